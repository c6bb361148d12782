// `list`, `get`, `create`, `update`, `delete` and `apps`.
import { isOktaError } from 'okta-groups';
import { GROUP_COLUMNS, GROUP_CSV, columnsFor, groupIdOf } from '../groups.js';
import { confirmed } from '../ask.js';
import { counted, printable } from '../printable.js';
import { usage } from '../exit.js';
import { writeList, writeOne } from '../lists.js';

/** The parameters of a list, from its flags. */
export function listParams({ search, filter, q, 'sort-by': sortBy, 'sort-order': sortOrder, expand }) {
  const given = { search, filter, q, sortBy, sortOrder, expand };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

export async function list(context) {
  const { client } = await context.connect();
  const params = listParams(context.flags);
  // Okta answers `q` with one page, and chooses its size if the request has no `limit`.
  const pages =
    params.q === undefined || context.flags.limit !== undefined || context.flags.max !== undefined;
  return writeList(context, (page) => client.groups.list({ ...params, ...page }), {
    columns: columnsFor(context, GROUP_COLUMNS, GROUP_CSV),
    one: 'group',
    pages,
  });
}

export async function get(context) {
  const { client } = await context.connect();
  const id = await groupIdOf(context, client);
  const { expand } = context.flags;
  const group = await client.groups.get(id, { ...(expand && { expand }), signal: context.stop.signal });
  await writeOne(context, group, GROUP_CSV);
}

export async function create(context) {
  const { flags, args, stop } = context;
  const profile = { name: args.name, ...attributesOf(flags) };
  const { client } = await context.connect();
  const options = { signal: stop.signal, ...(flags['if-exists'] && { ifExists: flags['if-exists'] }) };
  await writeOne(context, await client.groups.create(profile, options), GROUP_CSV);
}

export async function update(context) {
  const { flags, stop } = context;
  const patch = attributesOf(flags);
  const names = Object.keys(patch);
  if (names.length === 0)
    throw usage('there is nothing to change: --set FIELD=TEXT, --set-json FIELD=JSON or --description TEXT');
  const { client, org } = await context.connect();
  const id = await groupIdOf(context, client);
  const group = await client.groups.get(id, { signal: stop.signal });
  await confirmed(
    context,
    `Change ${names.map(printable).join(', ')} of the group ${printable(group.profile.name)} (${group.id}) in ${org}?`,
  );
  await writeOne(context, await client.groups.update(id, patch, { signal: stop.signal }), GROUP_CSV);
}

export async function remove(context) {
  const { flags, stop, words } = context;
  const { client, org } = await context.connect();
  const id = await groupIdOf(context, client);
  const ignore = flags['if-missing'] === 'ignore';
  const group = await found(client, id, ignore, stop.signal);
  if (!group) {
    words.say(`there is no group ${id}`);
    return;
  }
  const members = group._embedded?.stats?.usersCount;
  const size = members === undefined ? '' : ` with ${counted(members, 'member')}`;
  await confirmed(
    context,
    `Delete the group ${printable(group.profile.name)} (${id})${size} in ${org}? This cannot be undone.`,
  );
  await client.groups.delete(id, { signal: stop.signal, ...(ignore && { ifMissing: 'ignore' }) });
  words.say(`deleted ${printable(group.profile.name)} (${id})`);
}

/** Reads a group with its number of members, if the org reports it. With `ignore`, returns nothing for a missing group. */
async function found(client, id, ignore, signal) {
  try {
    return await counting(client, id, signal);
  } catch (error) {
    if (isOktaError(error, 'not-found') && ignore) return undefined;
    throw error;
  }
}

async function counting(client, id, signal) {
  try {
    return await client.groups.get(id, { expand: 'stats', signal });
  } catch (error) {
    // The count is optional: if the org fails at it, the group is read without it.
    if (!isOktaError(error) || ['not-found', 'aborted', 'unauthorized'].includes(error.kind)) throw error;
    return client.groups.get(id, { signal });
  }
}

export async function apps(context) {
  const { client } = await context.connect();
  const id = await groupIdOf(context, client);
  return writeList(context, (page) => client.groups.listApps(id, page), {
    columns: ['id', 'name', 'label', 'status', ...columnsFor(context, [], ['signOnMode'])],
    one: 'app',
  });
}

/** The attributes from `--set`, `--set-json` and `--description`. */
export function attributesOf({ set = [], 'set-json': setJson = [], description }) {
  /** @type {Record<string, unknown>} */
  const attributes = {};
  const put = (name, value) => {
    if (Object.hasOwn(attributes, name)) throw usage(`${printable(name)} is set twice`);
    // Defined, not assigned: `__proto__` is a name like any other.
    Object.defineProperty(attributes, name, { value, enumerable: true, configurable: true, writable: true });
  };
  if (description !== undefined) put('description', description);
  for (const text of set) put(...halves(text));
  for (const text of setJson) {
    const [name, value] = halves(text);
    put(name, parsedJson(`--set-json ${printable(name)}`, value));
  }
  return attributes;
}

/** @returns {[string, string]} */
export function halves(text) {
  const at = text.indexOf('=');
  return [text.slice(0, at).replace(/^profile\./, ''), text.slice(at + 1)];
}

export function parsedJson(what, text) {
  try {
    return JSON.parse(text);
  } catch {
    throw usage(`${what} is not JSON`);
  }
}
