// `plan`, `apply`, `sync` and `sync-many`.
import { confirmed } from '../ask.js';
import { counted, json, printable } from '../printable.js';
import { CliError, EXIT, notFound, refused, usage } from '../exit.js';
import { groupIdOf } from '../groups.js';
import { bytesOf, rowsLine } from '../input.js';
import { mustBeNew, readText, writeNew } from '../files.js';
import { Output } from '../output.js';
import { idsOf, peopleOfFile } from '../people.js';
import { parsedJson } from './groups.js';
import { planLines } from '../plan-view.js';
import { runPlans } from '../run.js';

/** More people than this in a list that mixes ids and logins are not looked up one by one. */
const MIXED = 100;

export async function plan(context) {
  const { flags, host, words } = context;
  mustBeNew(flags.out);
  const made = await planned(context);
  await blocked(context, made);
  const text = `${json(made.plan, 2)}\n`;
  if (flags.out !== undefined) {
    writeNew(flags.out, text);
    words.say(`the plan is in ${flags.out}`, `carry it out with: okta-groups apply ${flags.out}`);
  } else if (!host.stdout.isTTY) {
    await new Output(host.stdout, {}).text(text);
  } else {
    words.say('--out FILE keeps the plan');
  }
}

export async function sync(context) {
  const { flags, words } = context;
  mustBeNew(flags.rest);
  const made = await planned(context);
  await blocked(context, made);
  const { client, plan: ready } = made;
  if (!flags.apply) {
    await dryRun(context, [ready]);
    words.say('nothing was changed: --apply changes it');
    return EXIT.DONE;
  }
  if (ready.remove.length > 0) {
    await confirmed(
      context,
      `Remove ${counted(ready.remove.length, 'member')} and add ${ready.add.length} in ${ready.org}?`,
    );
  }
  return runPlans(context, client, [ready], {});
}

/** The writes of a plan as data, for who asks for them. */
async function dryRun({ flags, host }, plans) {
  const form = flags.output ?? (host.stdout.isTTY ? undefined : 'ndjson');
  if (form === undefined) return;
  const output = new Output(host.stdout, { form, columns: ['groupId', 'op', 'userId'] });
  if (form === 'json')
    return plans.length === 1 ? output.one(plans[0]) : output.rows(plans).then(() => output.end());
  for (const { groupId, add, remove } of plans) {
    const writes = [
      ...add.map((userId) => ({ groupId, op: 'add', userId })),
      ...remove.map((userId) => ({ groupId, op: 'remove', userId })),
    ];
    await output.rows(writes);
  }
  return output.end();
}

/** Reads who is to be a member and who is one, plans, and shows the plan. */
async function planned(context) {
  const { args, flags, stop, words } = context;
  const { signal } = stop;
  const lists = await peopleOfFile(context, args.members);
  const { client, org } = await context.connect();
  const id = await groupIdOf(context, client);
  const group = await client.groups.get(id, { signal });
  words.progress(() => 'reading members');
  const { desired, by, rows } = await desiredOf(client, lists, signal);
  const keep = keeper(flags.keep);
  const plan = await client.groups.planMembers(id, desired, {
    ...planOptions(flags),
    ...(by && { by }),
    ...(keep && { keep: keep.keeps }),
    signal,
  });
  const lines = await planLines({ client, org, plan, group, signal });
  words.end();
  words.say(...lines);
  for (const name of keep?.unseen() ?? []) words.warn(`--keep ${printable(name)} is no member`);
  return { client, plan, rows };
}

export function planOptions(flags) {
  const {
    mode,
    'max-removals': maxRemovals,
    'rule-managed': ruleManaged,
    'allow-empty': allowEmpty,
    unresolved,
  } = flags;
  return {
    ...(mode && { mode }),
    ...(maxRemovals !== undefined && { maxRemovals }),
    ...(ruleManaged && { ruleManaged }),
    ...(allowEmpty && { allowEmpty }),
    ...(unresolved === 'skip' && { unresolved }),
  };
}

/** One list of values and what they are, as `planMembers` takes it, with the rows that they stand in. */
async function desiredOf(client, lists, signal) {
  const rows = new Map(lists.flatMap(({ people }) => people.map(({ value, row }) => [value, row])));
  if (lists.length > 1) {
    const looked = lists.filter(({ by }) => by !== 'id').reduce((sum, { people }) => sum + people.length, 0);
    if (looked > MIXED) throw usage('the list names people by id and by login: use one of them');
    return { desired: await idsOf(client, lists, signal), by: undefined, rows };
  }
  const [list] = lists;
  return {
    desired: list?.people.map(({ value }) => value) ?? [],
    by: list && list.by !== 'id' ? list.by : undefined,
    rows,
  };
}

/** Members who stay, by id or login. */
export function keeper(names) {
  if (!names) return undefined;
  const wanted = new Map(names.map((name) => [name.toLowerCase(), name]));
  const ids = new Map(names.map((name) => [name, name]));
  const seen = new Set();
  const keeps = ({ id, profile }) => {
    const name = ids.get(id) ?? wanted.get(String(profile?.login ?? '').toLowerCase());
    if (name !== undefined) seen.add(name);
    return name !== undefined;
  };
  return { keeps, unseen: () => names.filter((name) => !seen.has(name)) };
}

/** Rows that match nobody, or several, are shown before a write, and end the command. */
async function blocked({ flags, words }, { plan, rows }) {
  const unresolved = plan.unresolved ?? [];
  if (unresolved.length === 0) return;
  const lines = unresolved
    .slice(0, 50)
    .map(
      ({ value, reason }) => `  ${rowsLine([{ value, row: rows.get(value) ?? 0 }])}: ${printable(reason)}`,
    );
  const more = unresolved.length > 50 ? [`  and ${unresolved.length - 50} more`] : [];
  if (flags.unresolved === 'skip') {
    words.warn(`${counted(unresolved.length, 'row')} left out: the plan only adds`);
    words.tell(...lines, ...more);
    return;
  }
  throw notFound(
    `${counted(unresolved.length, 'row')} of the list match nobody, or several people`,
    ...lines.map((line) => line.trimStart()),
    ...more,
    '--unresolved skip leaves them out, and then only adds',
  );
}

export async function apply(context) {
  const { args, flags, stop, words } = context;
  mustBeNew(flags.rest);
  const plans = [];
  for (const path of args.file) plans.push(...(await plansOf(context, path)));
  const { client, org } = await context.connect();
  for (const { org: of } of plans) {
    if (of !== org) throw refused(`the plan is of the org ${printable(of)}, and you are signed in to ${org}`);
  }
  const doubled = plans.find(
    ({ groupId }, at) => plans.findIndex((other) => other.groupId === groupId) !== at,
  );
  if (doubled) throw refused(`the group ${printable(doubled.groupId)} is in two of the plans`);
  for (const plan of plans)
    words.say(
      ...(await planLines({
        client,
        org,
        plan,
        group: await groupOf(client, plan.groupId, stop.signal),
        signal: stop.signal,
      })),
    );
  const sum = (name) => plans.reduce((all, plan) => all + plan[name].length, 0);
  const [adds, removals] = [sum('add'), sum('remove')];
  if (adds + removals === 0) {
    words.say('there is nothing to do');
    return EXIT.DONE;
  }
  await confirmed(
    context,
    `Add ${adds} and remove ${removals} in ${counted(plans.length, 'group')} of ${org}?`,
  );
  const { 'max-removals': maxRemovals, 'rule-managed': ruleManaged, keep } = flags;
  return runPlans(context, client, plans, {
    ...(maxRemovals !== undefined && { maxRemovals }),
    ...(ruleManaged && { ruleManaged }),
    ...(keep && { keep: keeper(keep)?.keeps }),
  });
}

async function groupOf(client, id, signal) {
  return client.groups.get(id, { signal });
}

/** The plans of a file: one, several, or the rest of a run. */
async function plansOf(context, path) {
  const text = path === '-' ? new TextDecoder().decode(await bytesOf('-', context)) : readText(path);
  const read = parsedJson(printable(path), text);
  const plans = Array.isArray(read) ? read : Array.isArray(read?.plans) ? read.plans : [read];
  const isPlan = (each) =>
    typeof each === 'object' &&
    each !== null &&
    typeof each.org === 'string' &&
    typeof each.groupId === 'string' &&
    Array.isArray(each.add) &&
    Array.isArray(each.remove);
  if (plans.length === 0 || !plans.every(isPlan))
    throw usage(`${printable(path)} holds no plan`, 'plan, sync and sync-many write such files');
  return plans.map((each) => ({ skipped: [], warnings: [], ...each }));
}

export async function syncMany() {
  throw new CliError(EXIT.USAGE, 'sync-many is not there yet');
}
