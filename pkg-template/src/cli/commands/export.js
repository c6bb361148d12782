// `export`: all groups, their members or their apps, to stdout or to a file that it goes on with after an end of any kind.
import { existsSync } from 'node:fs';
import { ClosedPipe, EXIT, refused, usage } from '../exit.js';
import { columnsFor, GROUP_CSV } from '../groups.js';
import { counted, duration, grouped, printable, quoted } from '../printable.js';
import { inShard, shardName } from '../shard.js';
import { Output } from '../output.js';
import { outputFlags } from '../lists.js';
import { FileSink } from '../sink.js';
import { parsedJson } from './groups.js';
import { readText, replaceOwn } from '../files.js';

const COLUMNS = {
  groups: GROUP_CSV,
  members: ['groupId', 'groupName', 'userId', 'login', 'email', 'status', 'rules'],
  apps: ['groupId', 'groupName', 'appId', 'name', 'label', 'status'],
};

const VERSION = 1;
/** A checkpoint costs a write that waits for the disk: not more often than this. */
const CHECKPOINT_MS = 500;

const FORMS = { csv: 'csv', json: 'json', ndjson: 'ndjson', jsonl: 'ndjson' };

/** @param {any} context */
export async function exported(context) {
  const { args, flags, words } = context;
  const what = args.what ?? 'groups';
  if (flags.checkpoint !== undefined && flags.out === undefined)
    throw usage('--checkpoint needs --out: of what stdout took, nobody knows how much is kept');
  const { client, org } = await context.connect();
  const form = flags.output ?? FORMS[flags.out?.split('.').pop() ?? ''];
  const job = {
    v: VERSION,
    command: `export ${what}`,
    org,
    search: flags.search ?? null,
    expand: flags.expand ?? null,
    shard: flags.shard ?? null,
    form: form ?? null,
    out: flags.out ?? null,
  };
  const saved = resumed(flags.checkpoint, job);
  if (saved?.done) {
    words.say(`${flags.out} is complete already: ${counted(saved.rows, 'row')}`);
    return EXIT.DONE;
  }
  const sink = sinkFor(context, what, form, saved);
  const began = Date.now();
  words.progress(() => `${grouped(sink.rows)} rows in ${duration(Date.now() - began)}`);
  let state = saved?.state;
  const save = (done) => {
    if (flags.checkpoint === undefined) return;
    sink.flush();
    replaceOwn(flags.checkpoint, `${JSON.stringify({ ...job, ...sink.place(), state, done })}\n`);
  };
  let savedAt = 0;
  try {
    if (!saved) save(false);
    const left = () => (flags.max ?? Infinity) - sink.rows;
    if (left() > 0) {
      for await (const step of SOURCES[what](client, context, state)) {
        const rows = step.rows.slice(0, left());
        await sink.write(rows);
        words.moved();
        // Of a part of a step nothing is kept: it is read again.
        if (rows.length < step.rows.length) break;
        state = step.state;
        if (Date.now() - savedAt >= CHECKPOINT_MS) {
          save(false);
          savedAt = Date.now();
        }
        if (left() <= 0) break;
      }
    }
    await sink.end();
    if (flags.max === undefined) save(true);
  } catch (error) {
    words.end();
    if (!(error instanceof ClosedPipe)) goOn(context, sink);
    throw error;
  } finally {
    await sink.close();
  }
  words.end();
  for (const [path, rows] of sink.unseen)
    words.warn(
      `${counted(rows, 'row')} had ${printable(path)}, for which there is no column: name the columns with --fields`,
    );
  if (flags.out !== undefined) words.say(`${counted(sink.rows, 'row')} in ${flags.out}`);
  return EXIT.DONE;
}

function goOn({ flags, words }, sink) {
  if (flags.checkpoint !== undefined)
    words.tell(`go on with the same command: ${quoted(flags.checkpoint)} has the place`);
  else if (sink.rows > 0)
    words.tell(
      `${counted(sink.rows, 'row')} of an unknown number were written; --out with --checkpoint can go on`,
    );
}

function sinkFor(context, what, form, saved) {
  const { flags, host } = context;
  if (flags.out === undefined) {
    const output = new Output(host.stdout, {
      ...outputFlags(flags),
      columns: what === 'groups' ? columnsFor(context, GROUP_CSV.slice(0, 4), GROUP_CSV) : COLUMNS[what],
    });
    return {
      get rows() {
        return output.rowCount;
      },
      get unseen() {
        return output.unseen;
      },
      write: (rows) => output.rows(rows),
      end: () => output.end(),
      flush() {},
      place: () => ({}),
      async close() {},
    };
  }
  return new FileSink(
    flags.out,
    { ...outputFlags(flags), form: form ?? 'ndjson', columns: saved?.columns ?? COLUMNS[what] },
    saved,
  );
}

/** What a checkpoint of the same job says. */
function resumed(path, job) {
  if (path === undefined || !existsSync(path)) return undefined;
  const saved = parsedJson(`the checkpoint ${printable(path)}`, readText(path));
  if (saved?.v !== VERSION || typeof saved.command !== 'string')
    throw refused(`${printable(path)} is no checkpoint of an export, and is not written over`);
  for (const name of Object.keys(job)) {
    if (JSON.stringify(saved[name]) === JSON.stringify(job[name])) continue;
    const shown = (value) => printable(name === 'shard' && value ? shardName(value) : (value ?? 'none'));
    throw refused(
      `the checkpoint ${printable(path)} is of another job: its ${name} is ${shown(saved[name])}, and not ${shown(job[name])}`,
    );
  }
  return saved;
}

/**
 * Each gives rows, and the state from which what follows them can be read.
 * @type {Record<string, (client: any, context: any, state: any) => AsyncGenerator<{ rows: any[], state: any }>>}
 */
const SOURCES = { groups: groupsOf, members: membersOf, apps: appsOf };

function groupPages(client, { flags, stop }, cursor, expand) {
  const { search } = flags;
  return client.groups
    .list({
      ...(search && { search }),
      ...(expand && { expand }),
      ...(cursor && { cursor }),
      signal: stop.signal,
    })
    .pages();
}

async function* groupsOf(client, context, state) {
  const { flags } = context;
  for await (const page of groupPages(client, context, state?.cursor, flags.expand)) {
    yield { rows: page.items.filter(({ id }) => inShard(flags.shard, id)), state: { cursor: page.cursor } };
  }
}

/** Members of each group in turn; the state is the page of groups, the group in it, and the page of its members. */
async function* membersOf(client, context, state) {
  const rows = ({ id: groupId, profile }, user) => ({
    groupId,
    groupName: profile?.name,
    userId: user.id,
    login: user.profile?.login,
    email: user.profile?.email,
    status: user.status,
    rules: rulesOf(user),
  });
  yield* eachOf(client, context, state, rows, (id, page) =>
    client.groups.listUsers(id, { expand: context.flags.expand ?? 'group-rules', ...page }),
  );
}

async function* appsOf(client, context, state) {
  const rows = ({ id: groupId, profile }, app) => ({
    groupId,
    groupName: profile?.name,
    appId: app.id,
    name: app.name,
    label: app.label,
    status: app.status,
  });
  yield* eachOf(client, context, state, rows, (id, page) => client.groups.listApps(id, page));
}

async function* eachOf(client, context, from, row, list) {
  const { flags, stop } = context;
  let state = from ?? {};
  for await (const page of groupPages(client, context, state.groups, undefined)) {
    for (const [at, group] of page.items.entries()) {
      if (at < (state.at ?? 0) || !inShard(flags.shard, group.id)) continue;
      const inner = at === (state.at ?? 0) ? state.inner : undefined;
      for await (const members of list(group.id, {
        ...(inner && { cursor: inner }),
        signal: stop.signal,
      }).pages()) {
        const next = members.hasNext
          ? { groups: state.groups, at, inner: members.cursor }
          : { groups: state.groups, at: at + 1 };
        yield { rows: members.items.map((item) => row(group, item)), state: next };
      }
    }
    state = { groups: page.cursor };
    yield { rows: [], state };
  }
}

/** The rules by which someone is a member; empty by hand; absent where the org did not say. */
function rulesOf({ _embedded }) {
  const said = _embedded?.['group-rules'];
  return Array.isArray(said) ? said.map(({ id }) => id) : undefined;
}
