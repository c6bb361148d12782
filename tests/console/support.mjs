// What the tests of the console's model share: rows of groups, and random values that a seed repeats.

/** Numbers from 0 below 1, the same for the same seed (mulberry32). */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Draws from a random source. */
export function draws(seed) {
  const next = random(seed);
  const int = (below) => Math.floor(next() * below);
  return {
    int,
    chance: (share) => next() < share,
    pick: (values) => values[int(values.length)],
    /** Text of letters that quoting, addresses and files trip over. */
    text: (length = 12) => Array.from({ length: 1 + int(length) }, () => CHARS[int(CHARS.length)]).join(''),
  };
}

const CHARS = [
  ...'abcXYZ019 "\'\\/&=?#%+,;:.<>()[]{}|~\u00e9\u00df\u0131\u0130',
  '\n',
  '\t',
  '\u0000',
  '\u202e',
  '\u200b',
  '\u{1f600}',
  '\ud800',
  ' and ',
  ' or ',
  '..',
  '%00',
];

/** A group as the org answers it. */
export function group(at, { name = `Group ${at}`, description = null, type = 'OKTA_GROUP', ...rest } = {}) {
  const { users, apps, source, label, ...fields } = rest;
  const stats = users === undefined ? undefined : { usersCount: users, appsCount: apps ?? 0 };
  return {
    id: `00g${String(at).padStart(17, '0')}`,
    created: '2020-01-01T00:00:00.000Z',
    lastUpdated: '2024-01-01T00:00:00.000Z',
    lastMembershipUpdated: '2025-01-01T00:00:00.000Z',
    objectClass: ['okta:user_group'],
    type,
    profile: { name, description },
    ...(source && { source: { id: source } }),
    ...((stats || label) && { _embedded: { ...(stats && { stats }), ...(label && { app: { label } }) } }),
    ...fields,
  };
}

/** The test of a row that a set of chips means, stated without their expression. */
export function means({ text, startsWith, types, sources, stale, created = {}, empty, size }) {
  const has = (value, part) => value.toLowerCase().includes(part.toLowerCase());
  const same = (a, b) => a.toLowerCase() === b.toLowerCase();
  const start = (day) => Date.parse(`${day}T00:00:00.000Z`);
  const { min = 0, max = Infinity } = size ?? {};
  return ({ name, description, type, sourceId, users, ...row }) =>
    (text === undefined || has(name, text) || has(description, text)) &&
    (startsWith === undefined || name.toLowerCase().startsWith(startsWith.toLowerCase())) &&
    (!types?.length || types.some((each) => same(each, type))) &&
    (!sources?.length || sources.some((each) => sourceId !== undefined && same(each, sourceId))) &&
    (stale === undefined || (row.lastUpdated < start(stale) && row.lastMembershipUpdated < start(stale))) &&
    (created.from === undefined || row.created >= start(created.from)) &&
    (created.to === undefined || row.created < start(created.to) + 86_400_000) &&
    (!empty || users === 0) &&
    (size === undefined || (users !== undefined && users >= min && users <= max));
}
