// `plan`, `apply`, `sync` and `sync-many`.
import { confirmed } from '../ask.js';
import { counted, json, printable } from '../printable.js';
import { EXIT, notFound, refused, usage } from '../exit.js';
import { exitCode, explained } from '../errors.js';
import { groupByName, groupIdOf, idArgument } from '../groups.js';
import { bytesOf, membershipsOf, rowsLine } from '../input.js';
import { inShard, shardName } from '../shard.js';
import { mustBeNew, readText, writeNew } from '../files.js';
import { Output } from '../output.js';
import { attribute, idsOf, peopleOfFile } from '../people.js';
import { parsedJson } from './groups.js';
import { planLines, timeLine } from '../plan-view.js';
import { runPlans } from '../run.js';

/** More people than this in a list that mixes ids and logins are not looked up one by one. */
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
    await dryRun(context, [ready]);
    words.say('nothing was changed: --apply changes it');
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
  return runPlans(context, client, [ready], {});
}

/** Whether a plan needs no run: members of whom the org said nothing make even a run without writes one that is not whole. */
const isNothing = ({ add, remove, skipped }) =>
  add.length + remove.length === 0 && !skipped.some(({ reason }) => reason === 'rule-unknown');

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
  words.end();
  blocked(context, plan, rows);
  // A plan that only adds says nothing of the other members.
  const counts = flags.mode !== 'add' && flags.unresolved !== 'skip';
  words.say(...(await planLines({ client, org, plan, group, counts, signal })));
  for (const name of keep?.unseen() ?? []) words.warn(`--keep ${printable(name)} is no member`);
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
  const plans = [];
  const parts = [];
  for (const path of args.file) {
    const { plans: some, shard } = await plansOf(context, path);
    plans.push(...some);
    if (shard) parts.push(shard);
  }
  ofOneSplit(parts, args.file.length);
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
  return { shard: read?.shard, plans: plans.map((each) => ({ skipped: [], warnings: [], ...each })) };
}

/** Rests of parts are of the same split, each part once. */
function ofOneSplit(parts, files) {
  if (parts.length === 0) return;
  if (parts.length < files || parts.some(({ of }) => of !== parts[0].of)) {
    throw refused('the files are rests of parts of different splits');
  }
  const twice = parts.find(({ index }, at) => parts.findIndex((other) => other.index === index) !== at);
  if (twice) throw refused(`the part ${shardName(twice)} is there twice`);
}

/** More groups than this are shown by their sums alone. */
const GROUPS_SHOWN = 20;
const AT_ONCE = 6;

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
  const { signal } = stop;
  let planned = 0;
  words.progress(() => `planned ${planned} of ${counted(wanted.groups.size, 'group')}`);
  const groups = await pooled([...wanted.groups], AT_ONCE, async ([name, people]) => {
    try {
      const id =
        wanted.groupsBy === 'id'
          ? idArgument('GROUP', name)
          : (await groupByName(client, name, flags.type, signal)).id;
      if (!inShard(flags.shard, id)) return undefined;
      const keep = keeper(flags.keep);
      const by = wanted.by === 'id' ? {} : { by: wanted.by };
      const plan = await client.groups.planMembers(
        id,
        people.map(({ value }) => value),
        { ...planOptions(flags), ...by, ...(keep && { keep: keep.keeps }), signal },
      );
      return { name, id, plan, people };
    } catch (error) {
      if (stop.asked || ['unauthorized', 'config'].includes(/** @type {any} */ (error).kind)) throw error;
      return { name, error };
    } finally {
      planned += 1;
      words.moved();
    }
  });
  words.end();
  const all = groups.filter((each) => each !== undefined);
  const wrong = all.filter(({ error }) => error);
  const ready = all.filter(({ plan }) => plan);
  const doubled = ready.find(({ id }, at) => ready.findIndex((other) => other.id === id) !== at);
  if (doubled) throw refused(`the group ${doubled.id} is named twice`);
  showMany({ words, org, flags, client }, ready, wrong);
  const unresolved = ready.flatMap(({ plan, people }) => {
    const rows = new Map(people.map(({ value, row }) => [value, row]));
    return (plan.unresolved ?? []).map((each) => ({ ...each, row: rows.get(each.value) }));
  });
  blockedBy({ flags, words }, unresolved);
  const removals = ready.reduce((sum, { plan }) => sum + plan.remove.length, 0);
  overAll(flags['max-removals-total'], removals, ready);
  const plans = ready.map(({ plan }) => plan).filter(({ add, remove }) => add.length + remove.length > 0);
  if (!flags.apply) {
    await dryRun(context, plans);
    words.say('nothing was changed: --apply changes it');
  } else if (plans.length > 0) {
    const adds = plans.reduce((sum, { add }) => sum + add.length, 0);
    if (removals > 0)
      await confirmed(
        context,
        `Remove ${counted(removals, 'member')} and add ${adds} in ${counted(plans.length, 'group')} of ${org}?`,
      );
    const code = await runPlans(context, client, plans, {});
    return code === EXIT.DONE && wrong.length > 0 ? EXIT.PARTLY : code;
  } else {
    words.say('there is nothing to do');
  }
  if (wrong.length === 0) return EXIT.DONE;
  const codes = new Set(wrong.map(({ error }) => exitCode(error)));
  if (ready.length > 0) return EXIT.PARTLY;
  return codes.size === 1 ? [...codes][0] : EXIT.FAILED;
}

function showMany({ words, org, flags, client }, ready, wrong) {
  const sum = (name) =>
    ready.reduce(
      (all, { plan }) => all + (typeof plan[name] === 'number' ? plan[name] : plan[name].length),
      0,
    );
  const changed = ready.filter(({ plan }) => plan.add.length + plan.remove.length > 0);
  const part = flags.shard ? `, part ${shardName(flags.shard)}` : '';
  words.say(`${org}  ${counted(ready.length, 'group')}${part}, of which ${changed.length} change`);
  words.say(
    `  add ${sum('add')}, remove ${sum('remove')}, unchanged ${sum('unchanged')}, stay ${sum('skipped')}`,
  );
  for (const { name, plan } of changed.slice(0, GROUPS_SHOWN))
    words.say(
      `  ${printable(name)}: add ${plan.add.length}, remove ${plan.remove.length}, unchanged ${plan.unchanged}`,
    );
  if (changed.length > GROUPS_SHOWN) words.say(`  and ${changed.length - GROUPS_SHOWN} more groups`);
  const writes = sum('add') + sum('remove');
  if (writes > 0) words.say(`  ${timeLine(client, writes)}`);
  for (const { name, error } of wrong) words.tell(`  ${printable(name)} is left out: ${explained(error)[0]}`);
}

/** A cap over all groups: a share is of all their members. */
function overAll(most, removals, ready) {
  if (most === undefined || most === false) return;
  const members = ready.reduce(
    (sum, { plan }) =>
      sum +
      plan.unchanged +
      plan.remove.length +
      plan.skipped.filter(({ reason }) => reason !== 'duplicate').length,
    0,
  );
  const { count = Infinity, ratio = 1 } = most;
  const allowed = Math.min(count, Math.floor(members * ratio + 1e-9));
  if (removals > allowed)
    throw refused(
      `${removals} removals over all groups are more than the ${allowed} that --max-removals-total allows`,
    );
}

/** What becomes of each item, so many at a time. */
async function pooled(items, atOnce, work) {
  const results = new Array(items.length);
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at]);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}
