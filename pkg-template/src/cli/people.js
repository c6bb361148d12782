// Resolves the people that arguments and files name: ids stay as they are, logins and other attributes are looked up. Names
// without a match are shown before any write.
import { eq, isOktaError } from 'okta-groups';
import { bytesOf, kindOf, peopleOf, rowsLine } from './input.js';
import { idArgument } from './groups.js';
import { notFound, usage } from './exit.js';
import { counted, printable } from './printable.js';

const MISSING_SHOWN = 20;

/** The client's name of the attribute in `--by`. */
export const attribute = (by) =>
  by === undefined || ['id', 'login', 'email'].includes(by) || by.startsWith('profile.')
    ? by
    : `profile.${by}`;

/**
 * Reads the people from arguments, of which `-` is standard input.
 * @returns {Promise<import('./input.js').People[]>}
 */
export async function peopleOfArguments(context, values) {
  const { flags, words } = context;
  const lists = [];
  const named = values.filter((value) => value !== '-');
  for (const value of named) {
    if (value === '') throw usage('PERSON is empty');
    lists.push({ by: attribute(flags.by) ?? kindOf(value), people: [{ value }] });
  }
  if (values.length - named.length > 1)
    throw usage('- is given twice, but standard input can be read only once');
  if (named.length < values.length) {
    const bytes = await bytesOf('-', context);
    lists.push(
      ...peopleOf(bytes, {
        by: attribute(flags.by),
        column: flags.column,
        source: 'standard input',
        warn: (line) => words.warn(line),
      }),
    );
  }
  return merged(lists);
}

/** Reads the people from a file. */
export async function peopleOfFile(context, path) {
  const { flags, words } = context;
  const source = path === '-' ? 'standard input' : printable(path);
  return peopleOf(await bytesOf(path, context), {
    by: attribute(flags.by),
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

/** The id of the person in an argument. */
export async function personId(client, value, signal) {
  const [id] = await idsOf(client, [{ by: kindOf(value), people: [{ value }] }], signal);
  return id;
}

/** The ids of a few people, in their order. One error lists all that are not found. */
export async function idsOf(client, lists, signal) {
  const ids = [];
  const missing = [];
  for (const { by, people } of lists) {
    const found = await Promise.all(people.map(({ value }) => lookedUp(client, by, value, signal)));
    found.forEach(({ id, reason }, at) => {
      if (id === undefined) missing.push(`${rowsLine([people[at]])}: ${reason}`);
      else ids.push(id);
    });
  }
  if (missing.length > 0) {
    const shown = missing.slice(0, MISSING_SHOWN);
    if (missing.length > shown.length) shown.push(`and ${missing.length - shown.length} more`);
    const names = counted(missing.length, 'name');
    throw notFound(
      `${names} ${missing.length === 1 ? 'matches' : 'match'} nobody, or several people`,
      ...shown,
      'nothing was changed',
    );
  }
  return ids;
}

/** Resolves one person: an id as it is, a login, or an attribute value that exactly one active person has. */
async function lookedUp(client, by, value, signal) {
  if (by === 'id') return { id: idArgument('PERSON', value) };
  if (by === 'login') return byLogin(client, value, signal);
  const attribute = by === 'email' ? 'profile.email' : by;
  const found = await client.users
    .list({ search: eq(attribute, value), limit: 10, signal })
    .toArray({ max: 10, onExceed: 'truncate' });
  const active = found.filter(({ status }) => status !== 'DEPROVISIONED');
  if (active.length === 1) return { id: active[0].id };
  return { reason: active.length > 1 ? 'several people' : found.length > 0 ? 'deactivated' : 'nobody' };
}

async function byLogin(client, value, signal) {
  try {
    const { id, profile } = await client.users.get(value, { signal });
    // Okta also accepts the part of a login before its @ and may return another user: the whole login must match.
    return profile?.login?.toLowerCase() === value.toLowerCase() ? { id } : { reason: 'nobody' };
  } catch (error) {
    if (isOktaError(error, 'not-found')) return { reason: 'nobody' };
    throw error;
  }
}
