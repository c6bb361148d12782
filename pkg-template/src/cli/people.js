// Which people are meant: ids as they are, logins and other attributes by looking them up. All who match nobody are shown
// before anything is written.
import { isOktaError } from 'okta-groups';
import { bytesOf, kindOf, peopleOf, rowsLine } from './input.js';
import { idArgument } from './groups.js';
import { notFound, usage } from './exit.js';
import { printable } from './printable.js';

/**
 * The people that arguments name, `-` among them.
 * @returns {Promise<import('./input.js').People[]>}
 */
export async function peopleOfArguments(context, values) {
  const { flags, words } = context;
  const lists = [];
  const named = values.filter((value) => value !== '-');
  for (const [at, value] of named.entries()) {
    if (value === '') throw usage('PERSON is empty');
    lists.push({ by: flags.by ?? kindOf(value), people: [{ value, row: at + 1 }] });
  }
  if (values.length - named.length > 1) throw usage('- is given twice, and there is one standard input');
  if (named.length < values.length) {
    const bytes = await bytesOf('-', context);
    lists.push(
      ...peopleOf(bytes, {
        by: flags.by,
        column: flags.column,
        source: 'standard input',
        warn: (line) => words.warn(line),
      }),
    );
  }
  return merged(lists);
}

/** The people of a file. */
export async function peopleOfFile(context, path) {
  const { flags, words } = context;
  const source = path === '-' ? 'standard input' : printable(path);
  return peopleOf(await bytesOf(path, context), {
    by: flags.by,
    column: flags.column,
    source,
    warn: (line) => words.warn(line),
  });
}

function merged(lists) {
  const all = new Map();
  for (const { by, people } of lists) all.set(by, [...(all.get(by) ?? []), ...people]);
  return [...all].map(([by, people]) => ({ by, people }));
}

/** The id of a person that one argument names. */
export async function personId(client, value, signal) {
  if (kindOf(value) === 'id') return value;
  return (await client.users.get(value, { signal })).id;
}

/** The ids of a few people, in their order; who is not found stands in one error together. */
export async function idsOf(client, lists, signal) {
  const ids = [];
  const missing = [];
  for (const { by, people } of lists) {
    if (by === 'id') {
      for (const { value } of people) ids.push(idArgument('PERSON', value));
      continue;
    }
    if (by !== 'login')
      throw usage(`people by ${printable(by)} are looked up by plan and sync; here they go by id or login`);
    const found = await Promise.all(people.map((person) => lookedUp(client, person, signal)));
    found.forEach((id, at) => (id === undefined ? missing.push(people[at]) : ids.push(id)));
  }
  if (missing.length > 0)
    throw notFound(`nobody has the login of ${rowsLine(missing)}`, 'nothing was changed');
  return ids;
}

async function lookedUp(client, { value }, signal) {
  try {
    return (await client.users.get(value, { signal })).id;
  } catch (error) {
    if (isOktaError(error, 'not-found')) return undefined;
    throw error;
  }
}
