// `owners list`, `owners add` and `owners remove`.
import { confirmed } from '../ask.js';
import { groupIdOf, idArgument } from '../groups.js';
import { listParams } from './groups.js';
import { personId } from '../people.js';
import { printable } from '../printable.js';
import { writeList, writeOne } from '../lists.js';

const COLUMNS = ['id', 'type', 'displayName', 'originType', 'resolved'];

export async function list(context) {
  const { client } = await context.connect();
  const id = await groupIdOf(context, client);
  const params = listParams(context.flags);
  return writeList(context, (page) => client.groups.listOwners(id, { ...params, ...page }), {
    columns: COLUMNS,
    one: 'owner',
  });
}

export async function add(context) {
  const { client, group, id, type, signal } = await meant(context);
  await writeOne(context, await client.groups.assignOwner(group, { id, type }, { signal }), COLUMNS);
}

export async function remove(context) {
  const { client, group, id, signal, org } = await meant(context);
  await confirmed(context, `Remove the owner ${printable(id)} from the group ${group} in ${org}?`);
  const ignore = context.flags['if-missing'] === 'ignore';
  await client.groups.deleteOwner(group, id, { signal, ...(ignore && { ifMissing: 'ignore' }) });
  context.words.say(`${id} is no longer an owner of ${group}`);
}

async function meant(context) {
  const { flags, args, stop } = context;
  const { client, org } = await context.connect();
  const type = flags['owner-type'] ?? 'USER';
  const group = await groupIdOf(context, client);
  const id =
    type === 'USER' ? await personId(client, args.owner, stop.signal) : idArgument('OWNER', args.owner);
  return { client, org, group, id, type, signal: stop.signal };
}
