// `export`: writes all groups, their members or their apps to stdout or to a file. With a checkpoint it resumes the file after
// an interruption of any kind.
import { existsSync } from 'node:fs';
import { ClosedPipe, EXIT, refused, usage } from '../exit.js';
import { columnsFor, GROUP_CSV } from '../groups.js';
import { counted, duration, grouped, printable, quoted } from '../printable.js';
import { shardName } from '../shard.js';
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
/** The shortest time between two checkpoints, since each waits for the disk. */
const CHECKPOINT_MS = 500;

const FORMS = { csv: 'csv', json: 'json', ndjson: 'ndjson', jsonl: 'ndjson' };

/** @param {any} context */
export async function exported(context) {
  const { args, flags, words } = context;
  const what = args.what ?? 'groups';
  if (flags.checkpoint !== undefined && flags.out === undefined) {
    throw usage('--checkpoint needs --out: the command cannot know how much of its output a pipe kept');
  }
  if (what === 'apps' && flags.expand) throw usage('--expand is for groups');
  if (what === 'members' && flags.expand)
    throw usage('--expand is for groups; members come with their rules');
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
  /** @type {any} */
  let progress;
  words.progress(() => progressLine(sink.rows, Date.now() - began, progress));
  let state = saved?.state;
  let savedAt = 0;
  const save = (done) => {
    if (flags.checkpoint === undefined) return;
    sink.flush();
    replaceOwn(flags.checkpoint, `${JSON.stringify({ ...job, ...sink.place(), state, done })}\n`);
    savedAt = Date.now();
  };
  const { max = Infinity } = flags;
  /** Rows that no checkpoint covers yet: they are written before the next one. */
  let open = [];
  const checkpoint = async (now) => {
    await sink.write(open.splice(0));
    state = now;
    words.moved();
    if (Date.now() - savedAt >= CHECKPOINT_MS) save(false);
  };
  const onProgress = (now) => {
    progress = now;
  };
  try {
    if (!saved) save(false);
    if (sink.rows < max) {
      for await (const row of ITEMS[what](client, context, { resume: state, checkpoint, onProgress })) {
        open.push(row);
        if (sink.rows + open.length >= max) break;
      }
    }
    await sink.write(open);
    await sink.end();
    if (flags.max === undefined) save(true);
  } catch (error) {
    words.end();
    if (!(error instanceof ClosedPipe)) goOn(context, sink, () => save(false));
    throw error;
  } finally {
    await sink.close();
  }
  words.end();
  for (const [path, rows] of sink.unseen) {
    words.warn(
      `${counted(rows, 'row')} had ${printable(path)}, for which there is no column: name the columns with --fields`,
    );
  }
  const missing = state?.missing?.length;
  if (missing) words.warn(`${counted(missing, 'group')} were deleted while they were read`);
  if (flags.out !== undefined) words.say(`${counted(sink.rows, 'row')} in ${flags.out}`);
  return EXIT.DONE;
}

function progressLine(rows, ms, progress) {
  const parts = [`${grouped(rows)} rows in ${duration(ms)}`];
  if (progress?.groups !== undefined) parts.push(`of ${counted(progress.groups, 'group')}`);
  if (progress?.etaMs !== undefined && progress.left < progress.items * 9)
    parts.push(`about ${duration(progress.etaMs)} left`);
  return parts.join(', ');
}

/** Saves a checkpoint of the written rows, and prints how to resume. */
function goOn({ flags, words }, sink, save) {
  if (flags.checkpoint !== undefined) {
    try {
      save();
    } catch {
      // A full disk takes no checkpoint either: the previous one stays valid.
    }
    words.tell(`go on with the same command: ${quoted(flags.checkpoint)} has the place`);
  } else if (sink.rows > 0) {
    words.tell(`${counted(sink.rows, 'row')} were written, and not all; --out with --checkpoint can go on`);
  }
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

/** Reads the checkpoint of the same job. */
function resumed(path, job) {
  if (path === undefined || !existsSync(path)) return undefined;
  const saved = parsedJson(`the checkpoint ${printable(path)}`, readText(path));
  const isCount = (count) => Number.isInteger(count) && count >= 0;
  if (saved?.v !== VERSION || typeof saved.command !== 'string' || ![saved.rows, saved.bytes].every(isCount))
    throw refused(`${printable(path)} is not a checkpoint of an export: the command does not overwrite it`);
  for (const name of Object.keys(job)) {
    if (JSON.stringify(saved[name]) === JSON.stringify(job[name])) continue;
    const shown = (value) => printable(name === 'shard' && value ? shardName(value) : (value ?? 'none'));
    throw refused(
      `the checkpoint ${printable(path)} belongs to another job: its ${name} is ${shown(saved[name])}, not ${shown(job[name])}`,
    );
  }
  return saved;
}

/**
 * The export of each kind, with the form of its rows.
 * @type {Record<string, (client: any, context: any, options: any) => AsyncIterable<any>>}
 */
const ITEMS = {
  groups: (client, { flags, stop }, options) =>
    client.groups.exportGroups({
      ...listed(flags),
      ...(flags.expand && { expand: flags.expand }),
      ...lanes(flags),
      ...options,
      signal: stop.signal,
    }),
  members: (client, context, options) =>
    rowsOf(ofGroups(client, context, options, 'exportMembers'), ({ groupId, group, user, rules }) => ({
      groupId,
      groupName: group?.profile?.name,
      userId: user.id,
      login: user.profile?.login,
      email: user.profile?.email,
      status: user.status,
      ...(rules && { rules }),
    })),
  apps: (client, context, options) =>
    rowsOf(ofGroups(client, context, options, 'exportApps'), ({ groupId, group, app }) => ({
      groupId,
      groupName: group?.profile?.name,
      appId: app.id,
      name: app.name,
      label: app.label,
      status: app.status,
    })),
};

/** Exports the members or apps of groups; the export of groups behind it resumes at the checkpoint, too. */
function ofGroups(client, { flags, stop }, options, method) {
  const { signal } = stop;
  const source = client.groups.exportGroups({
    ...listed(flags),
    ...(options.resume && { resume: options.resume.source }),
    signal,
  });
  return client.groups[method](source, { ...lanes(flags), ...options, signal });
}

const listed = ({ search }) => (search === undefined ? {} : { search });
const lanes = ({ lanes: count, shard }) => ({ ...(count && { lanes: count }), ...(shard && { shard }) });

async function* rowsOf(items, row) {
  for await (const item of items) yield row(item);
}
