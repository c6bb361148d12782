// `plan`, `apply`, `sync` and `sync-many`.
import { confirmed } from '../ask.js';
import { counted, json, printable } from '../printable.js';
import { EXIT, notFound, refused, usage } from '../exit.js';
import { kindCode } from '../errors.js';
import { groupIdOf, idArgument } from '../groups.js';
import { bytesOf, membershipsOf, rowsLine } from '../input.js';
import { shardName } from '../shard.js';
import { mustBeNew, readText, writeNew } from '../files.js';
import { Output } from '../output.js';
import { attribute, idsOf, peopleOfFile } from '../people.js';
import { parsedJson } from './groups.js';
import { planLines, timeLine } from '../plan-view.js';
import { emptyRest, nameOfGroup, runPlan } from '../run.js';

/** A list that mixes ids and logins is refused if it has more logins than this: each costs a request. */
const MIXED = 100;
const UNRESOLVED_SHOWN = 50;

export async function plan(context) {
  const { flags, host, words } = context;
  mustBeNew(flags.out);
  const { plan: made } = await planned(context);
  const text = `${json(made, 2)}\n`;
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
  const { client, plan: ready } = await planned(context);
  if (!flags.apply) {
    await dryRun(context, ready);
    words.say('nothing was changed: --apply carries the plan out');
    return EXIT.DONE;
  }
  if (isNothing(ready)) {
    words.say('there is nothing to do');
    return EXIT.DONE;
  }
  if (ready.remove.length > 0) {
    await confirmed(
      context,
      `Remove ${counted(ready.remove.length, 'member')} and add ${ready.add.length} in ${ready.org}?`,
    );
  }
  return runPlan(context, client, ready, {});
}

/** Whether a plan needs no run. A plan with members of unknown rules is run even without writes: its run is incomplete. */
const isNothing = ({ add, remove, skipped }) =>
  add.length + remove.length === 0 && !skipped.some(({ reason }) => reason === 'rule-unknown');

/** Prints the writes of a plan as data: with `--output`, or if stdout is no terminal. */
async function dryRun({ flags, host }, plan) {
  const form = flags.output ?? (host.stdout.isTTY ? undefined : 'ndjson');
  if (form === undefined) return;
  const output = new Output(host.stdout, { form, columns: ['groupId', 'op', 'userId'] });
  if (form === 'json') {
    await output.one(plan);
    return;
  }
  for (const { groupId, add, remove } of plan.plans ?? [plan]) {
    await output.rows([
      ...add.map((userId) => ({ groupId, op: 'add', userId })),
      ...remove.map((userId) => ({ groupId, op: 'remove', userId })),
    ]);
  }
  await output.end();
}

/** Reads the desired and the current members, makes the plan, and shows it. */
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
  words.end();
  blocked(context, plan, rows);
  // A plan that only adds does not count the other members.
  const counts = flags.mode !== 'add' && flags.unresolved !== 'skip';
  words.say(...(await planLines({ client, org, plan, group, counts, signal })));
  for (const name of keep?.unseen() ?? []) words.warn(`--keep ${printable(name)} is not a member`);
  return { client, plan };
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

/** The desired members as one list, with the attribute `by` as `planMembers` takes it, and the row of each value. */
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

/** Makes the function `keep`, which keeps members by id or login. */
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

/** Ends the command before any write if a row matches no user or several, and shows these rows. */
function blocked(context, { unresolved = [] }, rows) {
  blockedBy(
    context,
    unresolved.map((each) => ({ ...each, row: rows.get(each.value) })),
  );
}

const REASONS = { none: 'nobody', ambiguous: 'several people', deactivated: 'somebody who is deactivated' };

function reasonOf({ reason, candidates = [] }) {
  const ids = candidates.slice(0, 5).map(printable).join(', ');
  return `${REASONS[reason] ?? printable(reason)}${ids ? `: ${ids}` : ''}`;
}

function blockedBy({ flags, words }, unresolved) {
  if (unresolved.length === 0) return;
  const shown = unresolved.slice(0, UNRESOLVED_SHOWN);
  const lines = shown.map((each) => `${rowsLine([each])}: ${reasonOf(each)}`);
  if (unresolved.length > shown.length) lines.push(`and ${unresolved.length - shown.length} more`);
  const rows = counted(unresolved.length, 'row');
  if (flags.unresolved === 'skip') {
    words.warn(`${rows} left out: the plan only adds`);
    words.tell(...lines.map((line) => `  ${line}`));
    return;
  }
  throw notFound(
    `${rows} of the list ${unresolved.length === 1 ? 'matches' : 'match'} nobody, or several people`,
    ...lines,
    '--unresolved skip leaves them out, and then only adds',
  );
}

export async function apply(context) {
  const { args, flags, stop, words } = context;
  mustBeNew(flags.rest);
  const read = [];
  for (const path of args.file) read.push(await planOf(context, path));
  ofOneSplit(read);
  const plans = read.flatMap((plan) => plan.plans ?? [plan]);
  const { client, org } = await context.connect();
  for (const { org: of } of [...read, ...plans]) {
    if (of !== org)
      throw refused(`the plan belongs to the org ${printable(of)}, and you are signed in to ${org}`);
  }
  const doubled = plans.find(
    ({ groupId }, at) => plans.findIndex((other) => other.groupId === groupId) !== at,
  );
  if (doubled) throw refused(`the group ${printable(doubled.groupId)} is in two of the plans`);
  const { signal } = stop;
  for (const plan of plans.slice(0, GROUPS_SHOWN)) {
    const group = await client.groups.get(plan.groupId, { signal });
    words.say(...(await planLines({ client, org, plan, group, signal })));
  }
  if (plans.length > GROUPS_SHOWN) words.say(`and ${plans.length - GROUPS_SHOWN} more groups`);
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
  return runPlan(context, client, read.length === 1 ? read[0] : plans, {
    ...(maxRemovals !== undefined && { maxRemovals }),
    ...(ruleManaged && { ruleManaged }),
    ...(keep && { keep: keeper(keep)?.keeps }),
  });
}

/** Reads the plan in a file: a plan of one group, of many, or the rest of a run. */
async function planOf(context, path) {
  const text = path === '-' ? new TextDecoder().decode(await bytesOf('-', context)) : readText(path);
  const read = parsedJson(printable(path), text);
  const isOne = (each) =>
    typeof each === 'object' &&
    each !== null &&
    typeof each.org === 'string' &&
    typeof each.groupId === 'string' &&
    Array.isArray(each.add) &&
    Array.isArray(each.remove);
  const isMany = Array.isArray(read?.plans) && typeof read.org === 'string' && read.plans.every(isOne);
  if (!isMany && !isOne(read))
    throw usage(`${printable(path)} holds no plan`, 'plan, sync and sync-many write such files');
  const whole = (plan) => ({ skipped: [], warnings: [], ...plan });
  return isMany ? { ...read, plans: read.plans.map(whole) } : whole(read);
}

/** Refuses the rests of several shards unless they are all shards of one split, each once. A single rest may be applied. */
function ofOneSplit(read) {
  const parts = read.flatMap(({ shard }) => (shard ? [shard] : []));
  if (parts.length === 0 || read.length === 1) return;
  const [{ of }] = parts;
  if (parts.length < read.length || parts.some((part) => part.of !== of)) {
    throw refused('the files come from different --shard splits');
  }
  const seen = new Set();
  for (const part of parts) {
    if (seen.has(part.index)) throw refused(`the part ${shardName(part)} is given twice`);
    seen.add(part.index);
  }
  const missing = Array.from({ length: of }, (_, index) => index).filter((index) => !seen.has(index));
  if (missing.length > 0) {
    const names = missing.slice(0, 10).map((index) => shardName({ index, of }));
    throw refused(
      `parts are missing: ${names.join(', ')}`,
      'sync-many --shard writes a file for each part, also for one that is done, if --rest names it',
    );
  }
}

/** Above this number of groups, only the sums are shown. */
const GROUPS_SHOWN = 20;

export async function syncMany(context) {
  const { args, flags, stop, words } = context;
  mustBeNew(flags.rest);
  const source = args.file === '-' ? 'standard input' : printable(args.file);
  const wanted = membershipsOf(await bytesOf(args.file, context), {
    by: attribute(flags.by),
    column: flags.column,
    source,
    warn: (line) => words.warn(line),
  });
  const { client, org } = await context.connect();
  const key = (group) => (wanted.groupsBy === 'id' ? idArgument('GROUP', group) : { name: group });
  const pairs = [...wanted.groups].map(([group, people]) => [key(group), people.map(({ value }) => value)]);
  const keep = keeper(flags.keep);
  let planned = 0;
  words.progress(() => `planned ${planned} of ${counted(pairs.length, 'group')}`);
  const { 'max-removals-total': maxRemovalsOverall, shard } = flags;
  const plan = await client.groups.planMemberships(pairs, {
    ...planOptions(flags),
    ...(wanted.by !== 'id' && { by: wanted.by }),
    ...(keep && { keep: keep.keeps }),
    ...(maxRemovalsOverall !== undefined && { maxRemovalsOverall }),
    ...(shard && { shard }),
    onProgress: (now) => {
      planned = now.planned + now.skipped;
      words.moved();
    },
    signal: stop.signal,
  });
  words.end();
  showMany({ words, org, flags, client }, plan);
  for (const name of keep?.unseen() ?? [])
    words.warn(`--keep ${printable(name)} is not a member of these groups`);
  blockedBy({ flags, words }, unresolvedOf(plan, wanted));
  const { plans, skipped } = plan;
  const sum = (name) => plans.reduce((all, one) => all + one[name].length, 0);
  const writes = sum('add') + sum('remove');
  if (flags.apply && !plans.every(isNothing)) {
    if (sum('remove') > 0) {
      await confirmed(
        context,
        `Remove ${counted(sum('remove'), 'member')} and add ${sum('add')} in ${counted(plans.length, 'group')} of ${org}?`,
      );
    }
    return runPlan(context, client, plan, {});
  }
  if (!flags.apply) await dryRun(context, plan);
  const nothing = flags.apply && emptyRest(flags, org);
  if (nothing) writeNew(flags.rest, `${json(nothing, 2)}\n`);
  words.say(
    flags.apply || writes === 0
      ? 'there is nothing to do'
      : 'nothing was changed: --apply carries the plan out',
  );
  if (skipped.length === 0) return EXIT.DONE;
  if (plans.length > 0) return EXIT.PARTLY;
  const codes = new Set(skipped.map(({ kind }) => (kind === 'argument' ? EXIT.REFUSED : kindCode(kind))));
  return codes.size === 1 ? [...codes][0] : EXIT.FAILED;
}

/** The rows that match no user or several, with their numbers in the file. */
function unresolvedOf({ plans }, { groups }) {
  const rows = new Map([...groups.values()].flat().map(({ value, row }) => [value, row]));
  return plans.flatMap(({ unresolved = [] }) =>
    unresolved.map((each) => ({ ...each, row: rows.get(each.value) })),
  );
}

function showMany({ words, org, flags, client }, { plans, skipped }) {
  const size = (value) => (typeof value === 'number' ? value : value.length);
  const sum = (name) => plans.reduce((all, plan) => all + size(plan[name]), 0);
  const changed = plans.filter(({ add, remove }) => add.length + remove.length > 0);
  const part = flags.shard ? `, part ${shardName(flags.shard)}` : '';
  words.say(
    `${org}  ${counted(plans.length, 'group')}${part}, of which ${changed.length} change`,
    `  add ${sum('add')}, remove ${sum('remove')}, unchanged ${sum('unchanged')}, stay ${sum('skipped')}`,
  );
  for (const { groupId, add, remove, unchanged } of changed.slice(0, GROUPS_SHOWN)) {
    words.say(`  ${groupId}: add ${add.length}, remove ${remove.length}, unchanged ${unchanged}`);
  }
  if (changed.length > GROUPS_SHOWN) words.say(`  and ${changed.length - GROUPS_SHOWN} more groups`);
  const writes = sum('add') + sum('remove');
  if (writes > 0) words.say(`  ${timeLine(client, writes)}`);
  for (const { group, message } of skipped) {
    words.tell(`  ${printable(nameOfGroup(group))} is left out: ${printable(message)}`);
  }
}
