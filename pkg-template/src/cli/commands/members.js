// `members list`, `members add` and `members remove`.
import { PERSON_COLUMNS, PERSON_CSV, columnsFor, groupIdOf } from '../groups.js';
import { confirmed } from '../ask.js';
import { counted, printable } from '../printable.js';
import { idsOf, peopleOfArguments } from '../people.js';
import { listParams } from './groups.js';
import { mustBeNew } from '../files.js';
import { notFound } from '../exit.js';
import { runPlan } from '../run.js';
import { writeList } from '../lists.js';

export async function list(context) {
  const { client } = await context.connect();
  const id = await groupIdOf(context, client);
  const params = listParams(context.flags);
  return writeList(context, (page) => client.groups.listUsers(id, { ...params, ...page }), {
    columns: columnsFor(context, PERSON_COLUMNS, PERSON_CSV),
    one: 'member',
  });
}

export async function add(context) {
  const { client, group, ids } = await meant(context);
  // An add keeps all members, so the group need not be read first.
  return runPlan(context, client, planOf(context, group, { add: ids }), { ifStale: 'ignore' });
}

export async function remove(context) {
  const { client, group, ids } = await meant(context);
  const { org } = context.signedIn;
  await confirmed(
    context,
    `Remove ${counted(ids.length, 'person', 'people')} from the group ${printable(group.profile.name)} (${group.id}) in ${org}?`,
  );
  return runPlan(context, client, planOf(context, group, { remove: ids }), {});
}

async function meant(context) {
  mustBeNew(context.flags.rest);
  const lists = await peopleOfArguments(context, context.args.person);
  if (lists.length === 0) throw notFound('the list is empty');
  context.signedIn = await context.connect();
  const { client } = context.signedIn;
  const { signal } = context.stop;
  const group = await client.groups.get(await groupIdOf(context, client), { signal });
  const ids = [...new Set(await idsOf(client, lists, signal))];
  return { client, group, ids };
}

/**
 * Makes a plan of these people only. The command names each person, so no share of the group limits the removals.
 * @param {any} context
 * @param {any} group
 * @param {{ add?: string[], remove?: string[] }} people
 */
function planOf({ flags, signedIn }, group, { add = [], remove = [] }) {
  return {
    v: 1,
    org: signedIn.org,
    groupId: group.id,
    basedOn: { lastMembershipUpdated: group.lastMembershipUpdated },
    add,
    remove,
    unchanged: 0,
    skipped: [],
    warnings: [],
    maxRemovals: false,
    ruleManaged: flags['rule-managed'] ?? 'skip',
    keep: [],
  };
}
