// `users get`, `users list` and `users groups`.
import { GROUP_COLUMNS, GROUP_CSV, PERSON_COLUMNS, PERSON_CSV, columnsFor } from '../groups.js';
import { listParams } from './groups.js';
import { writeList, writeOne } from '../lists.js';

export async function get(context) {
  const { client } = await context.connect();
  await writeOne(
    context,
    await client.users.get(context.args.person, { signal: context.stop.signal }),
    PERSON_CSV,
  );
}

export async function list(context) {
  const { client } = await context.connect();
  const params = listParams(context.flags);
  return writeList(context, (page) => client.users.list({ ...params, ...page }), {
    columns: columnsFor(context, PERSON_COLUMNS, PERSON_CSV),
    one: 'person',
    many: 'people',
    pages: params.q === undefined || context.flags.limit !== undefined || context.flags.max !== undefined,
  });
}

export async function groups(context) {
  const { client } = await context.connect();
  return writeList(context, (page) => client.users.listGroups(context.args.person, page), {
    columns: columnsFor(context, GROUP_COLUMNS, GROUP_CSV),
    one: 'group',
  });
}
