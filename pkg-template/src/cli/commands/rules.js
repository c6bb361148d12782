// `rules …`: group rules. The client keeps a rule's status during an update, and retries requests that the org locks (423).
import { isOktaError } from 'okta-groups';
import { bytesOf } from '../input.js';
import { columnsFor, idArgument } from '../groups.js';
import { confirmed } from '../ask.js';
import { listParams, parsedJson } from './groups.js';
import { printable } from '../printable.js';
import { usage } from '../exit.js';
import { writeList, writeOne } from '../lists.js';

const COLUMNS = ['id', 'status', 'name', 'conditions.expression.value'];
const CSV = [...COLUMNS, 'actions.assignUserToGroups.groupIds', 'created', 'lastUpdated'];

export async function list(context) {
  const { client } = await context.connect();
  const params = listParams(context.flags);
  return writeList(context, (page) => client.rules.list({ ...params, ...page }), {
    columns: columnsFor(context, COLUMNS, CSV),
    one: 'rule',
  });
}

export async function get(context) {
  const { client } = await context.connect();
  const { expand } = context.flags;
  const rule = await client.rules.get(ruleId(context), {
    ...(expand && { expand }),
    signal: context.stop.signal,
  });
  await writeOne(context, rule, CSV);
}

export async function create(context) {
  const { flags, stop, words } = context;
  const given = await body(context);
  const rule = { type: 'group_rule', ...given, ...changes(flags, given) };
  if (!rule.name || !rule.conditions || !rule.actions)
    throw usage('a rule needs --name, --expression and --groups, or a --body that has them');
  const { client } = await context.connect();
  let made = await client.rules.create(rule, { signal: stop.signal });
  if (flags.activate) {
    words.say(`made the rule ${made.id}`);
    await client.rules.activate(made.id, { signal: stop.signal });
    made = await client.rules.get(made.id, { signal: stop.signal });
  }
  await writeOne(context, made, CSV);
}

export async function update(context) {
  const { flags, stop } = context;
  const id = ruleId(context);
  const given = await body(context);
  const { client, org } = await context.connect();
  const rule = await client.rules.get(id, { signal: stop.signal });
  const patch = { ...given, ...changes(flags, given) };
  if (Object.keys(patch).length === 0)
    throw usage('there is nothing to change: --name, --expression, --groups or --body');
  const paused = rule.status === 'ACTIVE' ? ' The rule is inactive for a moment.' : '';
  await confirmed(context, `Change the rule ${printable(rule.name)} (${id}) in ${org}?${paused}`);
  await writeOne(context, await client.rules.update(id, patch, { signal: stop.signal }), CSV);
}

export async function remove(context) {
  const { flags, stop, words } = context;
  const { client, rule, id, org } = await meant(context);
  if (!rule) return void words.say(`there is no rule ${id}`);
  const users = flags['remove-users'] ? ' and remove the people that it added from its groups' : '';
  await confirmed(context, `Delete the rule ${printable(rule.name)} (${id})${users} in ${org}?`);
  await client.rules.delete(id, { signal: stop.signal, ...(flags['remove-users'] && { removeUsers: true }) });
  words.say(`deleted the rule ${printable(rule.name)} (${id})`);
}

export async function activate(context) {
  const { client, rule, id, org } = await meant(context);
  await confirmed(
    context,
    `Activate the rule ${printable(rule.name)} (${id}) in ${org}? The rule adds every person that it matches.`,
  );
  await client.rules.activate(id, { signal: context.stop.signal });
  context.words.say(`activated the rule ${printable(rule.name)} (${id})`);
}

export async function deactivate(context) {
  const { client, rule, id, org } = await meant(context);
  await confirmed(context, `Deactivate the rule ${printable(rule.name)} (${id}) in ${org}?`);
  await client.rules.deactivate(id, { signal: context.stop.signal });
  context.words.say(`deactivated the rule ${printable(rule.name)} (${id})`);
}

async function meant(context) {
  const id = ruleId(context);
  const { client, org } = await context.connect();
  try {
    return { client, org, id, rule: await client.rules.get(id, { signal: context.stop.signal }) };
  } catch (error) {
    if (isOktaError(error, 'not-found') && context.flags['if-missing'] === 'ignore')
      return { client, org, id, rule: undefined };
    throw error;
  }
}

const ruleId = ({ args }) => idArgument('RULE', args.rule);

async function body(context) {
  const { flags } = context;
  if (flags.body === undefined) return {};
  const read = parsedJson('--body', new TextDecoder().decode(await bytesOf(flags.body, context)));
  if (typeof read !== 'object' || read === null || Array.isArray(read))
    throw usage('--body is not a JSON object');
  return read;
}

/** The change of a rule by the flags. Other conditions in `--body` than the expression stay. */
function changes({ name, expression, groups }, given) {
  return {
    ...(name !== undefined && { name }),
    ...(expression !== undefined && {
      conditions: { ...given.conditions, expression: { type: 'urn:okta:expression:1.0', value: expression } },
    }),
    ...(groups !== undefined && { actions: { ...given.actions, assignUserToGroups: { groupIds: groups } } }),
  };
}
