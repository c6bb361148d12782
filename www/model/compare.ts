// Groups side by side: who is in which, and what one lacks of another.
import type { Work } from './slices.ts';

/** A group to compare, with the ids of its members. */
export interface MemberList {
  readonly groupId: string;
  readonly members: Iterable<string>;
}

/** The people who are in exactly these of the compared groups. */
export interface Region {
  /** Places of the groups in the comparison, ascending. */
  readonly groups: readonly number[];
  readonly members: readonly string[];
}

/** 2 to 5 groups, taken apart: each person is in one region. */
export interface Comparison {
  readonly groupIds: readonly string[];
  /** Members of each group; a person who comes twice in a list counts once. */
  readonly counts: readonly number[];
  /** People in any of the groups. */
  readonly total: number;
  /** The regions that have members: those of more groups first, then by the order of the groups. */
  readonly regions: readonly Region[];
}

/** The fewest and the most groups of a comparison. */
export const COMPARED = { min: 2, max: 5 } as const;

/** People that are counted in one piece: some milliseconds. */
const STEP = 10_000;

/**
 * Compares 2 to 5 member lists, in pieces.
 *
 * @throws RangeError for fewer or more.
 */
export function* comparing(lists: readonly MemberList[]): Work<Comparison> {
  if (lists.length < COMPARED.min || lists.length > COMPARED.max)
    throw new RangeError(`${COMPARED.min} to ${COMPARED.max} groups can be compared`);
  /** For each person, a bit for each group. */
  const where = new Map<string, number>();
  const counts: number[] = [];
  let seen = 0;
  for (const [at, { members }] of lists.entries()) {
    let count = 0;
    for (const id of members) {
      if (++seen % STEP === 0) yield;
      const known = where.get(id) ?? 0;
      if (known & (1 << at)) continue;
      where.set(id, known | (1 << at));
      count++;
    }
    counts.push(count);
  }
  const byGroups = new Map<number, string[]>();
  for (const [id, bits] of where) {
    if (++seen % STEP === 0) yield;
    const region = byGroups.get(bits);
    if (region) region.push(id);
    else byGroups.set(bits, [id]);
  }
  const regions = [...byGroups].map(([bits, members]) => ({
    groups: lists.flatMap((_, at) => (bits & (1 << at) ? [at] : [])),
    members,
  }));
  regions.sort((a, b) => b.groups.length - a.groups.length || (a.groups.join() < b.groups.join() ? -1 : 1));
  return { groupIds: lists.map(({ groupId }) => groupId), counts, total: where.size, regions };
}

/** The people who are in a group of the comparison. */
export function membersIn(comparison: Comparison, group: number): string[] {
  return comparison.regions.flatMap(({ groups, members }) => (groups.includes(group) ? members : []));
}

/** The people who are in the group `from` and not in `to`. */
export function missingIn(comparison: Comparison, from: number, to: number): string[] {
  return comparison.regions.flatMap(({ groups, members }) =>
    groups.includes(from) && !groups.includes(to) ? members : [],
  );
}

/**
 * The members that `to` is to have, for `planMembers`. `add` keeps all its members and adds those whom `from` has besides;
 * `same` makes it equal to `from`.
 */
export function desiredMembers(
  comparison: Comparison,
  from: number,
  to: number,
  how: 'add' | 'same',
): string[] {
  if (how === 'same') return membersIn(comparison, from);
  return [...membersIn(comparison, to), ...missingIn(comparison, from, to)];
}

/** The words for a region: `in all`, `only in A`, `in A and B`. */
export function regionText({ groups }: Region, names: readonly string[]): string {
  const named = groups.map((at) => names[at] ?? '');
  if (groups.length === names.length) return names.length === 2 ? 'In both' : `In all ${names.length}`;
  if (named.length === 1) return `Only in ${named[0]}`;
  return `Only in ${named.slice(0, -1).join(', ')} and ${named.at(-1)}`;
}
