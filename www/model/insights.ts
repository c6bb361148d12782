// What the rows that were read say of the org, and the list that each figure leads to. The figures of a chart sum up to the rows.
import type { Conditions } from './conditions.ts';
import { daysAgo, dayText, startOf, type Day } from './days.ts';
import { looksLike, sameCase } from './looks.ts';
import { grouped } from './numbers.ts';
import { typeName, type GroupRow } from './row.ts';
import { eachOf, sortedOf, type Work } from './slices.ts';

/** The list behind a figure: conditions, an expression that chips cannot show, or the groups themselves. */
export type FigureList =
  | { readonly conditions: Conditions; readonly search?: undefined; readonly ids?: undefined }
  | { readonly search: string; readonly conditions?: undefined; readonly ids?: undefined }
  | { readonly ids: readonly string[]; readonly conditions?: undefined; readonly search?: undefined };

/** A bar of a chart and a row of its table. */
export interface Figure {
  /** Stays the same while rows are added. */
  readonly key: string;
  readonly label: string;
  readonly count: number;
  readonly list: FigureList;
}

/** Groups whose names are the same but for case, or look alike. */
export interface Alike {
  /** The name of the first one. */
  readonly name: string;
  readonly ids: readonly string[];
}

/** All figures. Each of `types`, `sources`, `sizes` and `ages` sums up to `total`. */
export interface Insights {
  /** Rows that were counted. */
  readonly total: number;
  /** Rows whose number of members is not known: read without `expand=stats`. */
  readonly uncounted: number;
  readonly types: readonly Figure[];
  /** Apps that groups come from, the largest first; groups of no app by their type. */
  readonly sources: readonly Figure[];
  /** By number of members. The last figure holds the rows whose number is not known, if there are any. */
  readonly sizes: readonly Figure[];
  /** By the last change of profile or members, the latest first. */
  readonly ages: readonly Figure[];
  readonly empty: Figure;
  /** Neither profile nor members changed for a year. */
  readonly stale: Figure;
  /** Names that differ by case alone, or not at all. */
  readonly duplicates: readonly Alike[];
  /** Names that differ and look alike. */
  readonly lookAlikes: readonly Alike[];
}

/** Sizes: 0, 1, then powers of ten. */
const SIZES = [0, 1, 2, 10, 100, 1_000, 10_000];

/** Days since the last change. */
const AGES: readonly (readonly [days: number, label: string])[] = [
  [30, 'Last 30 days'],
  [90, '30 to 90 days ago'],
  [365, '90 days to a year ago'],
  [730, '1 to 2 years ago'],
];

/**
 * Counts rows, in pieces.
 *
 * @param now - Epoch milliseconds; ages go by days in UTC.
 */
export function* insightsOf(rows: Iterable<GroupRow>, now: number): Work<Insights> {
  const types = new Map<string, string[]>();
  /** Ids of groups by app, or by type below a key that no id has. */
  const sources = new Map<string, { label: string; ids: string[] }>();
  const sizes = SIZES.map(() => 0);
  const days = AGES.map(([age]) => daysAgo(age, now));
  const starts = days.map((day) => startOf(day).getTime());
  const ages = [...AGES.map(() => 0), 0];
  const uncounted: string[] = [];
  const undated: string[] = [];
  const cases = new Map<string, GroupRow[]>();
  let total = 0;
  yield* eachOf(rows, (row) => {
    total++;
    push(types, row.type, row.id);
    const key = row.sourceId ?? ` ${row.type}`;
    const source = sources.get(key);
    const label = row.sourceName ?? row.sourceId ?? typeName(row.type);
    if (source) source.ids.push(row.id);
    else sources.set(key, { label, ids: [row.id] });
    if (row.users === undefined) uncounted.push(row.id);
    else
      add(
        sizes,
        SIZES.findLastIndex((size) => (row.users as number) >= size),
      );
    const age = ageOf(row, starts);
    if (age === undefined) undated.push(row.id);
    else add(ages, age);
    push(cases, sameCase(row.name), row);
  });
  const duplicates: Alike[] = [];
  const skeletons = new Map<string, GroupRow[][]>();
  const addName = (same: GroupRow[]): void => {
    if (same.length > 1) duplicates.push(alike(same));
    push(skeletons, looksLike(same[0]?.name ?? ''), same);
  };
  yield* eachOf(cases.values(), addName, 100);
  const lookAlikes: Alike[] = [];
  yield* eachOf(skeletons.values(), (different) => {
    if (different.length > 1) lookAlikes.push(alike(different.flat()));
  });
  const stale = days[2] as Day;
  return {
    total,
    uncounted: uncounted.length,
    types: largestFirst(
      [...types].map(([type, ids]) =>
        figure(type, typeName(type), ids.length, { conditions: { types: [type] } }),
      ),
    ),
    sources: largestFirst(
      [...sources].map(([key, { label, ids }]) =>
        figure(
          key,
          label,
          ids.length,
          key.startsWith(' ') ? ofType(key.slice(1), ids, types) : { conditions: { sources: [key] } },
        ),
      ),
    ),
    sizes: [
      ...SIZES.map((min, at) => sizeFigure(min, SIZES[at + 1], sizes[at] ?? 0)),
      ...(uncounted.length > 0 ? [figure('unknown', 'Not known', uncounted.length, { ids: uncounted })] : []),
    ],
    ages: [
      ...AGES.map(([age, label], at) =>
        figure(String(age), label, ages[at] ?? 0, { search: changedBetween(days[at] as Day, days[at - 1]) }),
      ),
      figure('older', 'Earlier', ages[AGES.length] ?? 0, { conditions: { stale: days.at(-1) as Day } }),
      ...(undated.length > 0 ? [figure('unknown', 'Not known', undated.length, { ids: undated })] : []),
    ],
    empty: figure('empty', 'No members', sizes[0] ?? 0, { conditions: { empty: true } }),
    stale: figure(
      'stale',
      `Not changed since ${dayText(stale)}`,
      (ages[AGES.length - 1] ?? 0) + (ages[AGES.length] ?? 0),
      { conditions: { stale } },
    ),
    duplicates: yield* sortedOf(duplicates, byName),
    lookAlikes: yield* sortedOf(lookAlikes, byName),
  };
}

const alike = (same: readonly GroupRow[]): Alike => ({
  name: same[0]?.name ?? '',
  ids: same.map(({ id }) => id),
});

const byName = (a: Alike, b: Alike): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

function figure(key: string, label: string, count: number, list: FigureList): Figure {
  return { key, label, count, list };
}

const largestFirst = (figures: Figure[]): Figure[] =>
  figures.sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1));

function push<Key, Item>(map: Map<Key, Item[]>, key: Key, item: Item): void {
  const items = map.get(key);
  if (items) items.push(item);
  else map.set(key, [item]);
}

/** Index of the age of a row. Where one of its two dates is not known, it has an age only if the other is of the youngest. */
function ageOf(
  { lastUpdated, lastMembershipUpdated }: GroupRow,
  starts: readonly number[],
): number | undefined {
  const youngest = starts[0] ?? 0;
  if (lastUpdated >= youngest || lastMembershipUpdated >= youngest) return 0;
  const changed = Math.max(lastUpdated, lastMembershipUpdated);
  if (Number.isNaN(changed)) return undefined;
  const age = starts.findIndex((start) => changed >= start);
  return age < 0 ? starts.length : age;
}

function add(counts: number[], at: number): void {
  counts[at] = (counts[at] ?? 0) + 1;
}

/** Groups of a type that name no app. The type is their condition, unless others of the type name one. */
function ofType(
  type: string,
  ids: readonly string[],
  types: ReadonlyMap<string, readonly string[]>,
): FigureList {
  return types.get(type)?.length === ids.length ? { conditions: { types: [type] } } : { ids };
}

function sizeFigure(min: number, next: number | undefined, count: number): Figure {
  const max = next === undefined ? undefined : next - 1;
  const label =
    max === undefined
      ? `${grouped(min)} or more`
      : min === max
        ? grouped(min)
        : `${grouped(min)}–${grouped(max)}`;
  return figure(String(min), label, count, {
    conditions: min === 0 ? { empty: true } : { size: { min, ...(max !== undefined && { max }) } },
  });
}

/** The expression of groups whose last change of profile or members is on or after `from` and before `until`. */
function changedBetween(from: Day, until: Day | undefined): string {
  const after = new Date(startOf(from).getTime() - 1).toISOString();
  const recent = `lastUpdated gt "${after}" or lastMembershipUpdated gt "${after}"`;
  if (until === undefined) return recent;
  const before = startOf(until).toISOString();
  return `(${recent}) and lastUpdated lt "${before}" and lastMembershipUpdated lt "${before}"`;
}
