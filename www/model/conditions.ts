// The conditions above the list: one form, and which of them the org decides.
import { isDay, type Day } from './days.ts';
import type { GroupRow } from './row.ts';

/** A range of days, both included; an open end is absent. */
export interface DayRange {
  readonly from?: Day;
  readonly to?: Day;
}

/** A range of whole numbers, both included; an open end is absent. */
export interface CountRange {
  readonly min?: number;
  readonly max?: number;
}

/**
 * Conditions of the list, as chips show them. All must hold. An absent key is no condition. {@link normal} gives the one form
 * that equal conditions have.
 */
export interface Conditions {
  /** Name or description contains this text. */
  readonly text?: string;
  /** Name starts with this text. */
  readonly startsWith?: string;
  /** One of these types. */
  readonly types?: readonly string[];
  /** From one of these apps, by their ids. */
  readonly sources?: readonly string[];
  /** Neither the profile nor the members changed since the start of this day. */
  readonly stale?: Day;
  /** Created in these days. */
  readonly created?: DayRange;
  /**
   * No members. A condition over the rows that were read with `expand=stats`: the org's `search` knows no counts, so a list that is
   * not read to its end is partial.
   */
  readonly empty?: true;
  /** Number of members: a condition over the rows, as `empty`. */
  readonly size?: CountRange;
}

/** The same conditions in one form: no empty values, lists sorted and without duplicates, no text that Okta's syntax cannot hold. */
export function normal(conditions: Conditions): Conditions {
  const { text, startsWith, types, sources, stale, created, empty, size } = conditions;
  const days = created && {
    ...(isDay(created.from) && { from: created.from }),
    ...(isDay(created.to) && { to: created.to }),
  };
  const counts = size && {
    ...(isCount(size.min) && size.min > 0 && { min: size.min }),
    ...(isCount(size.max) && { max: size.max }),
  };
  const all = {
    text: wellFormed(text),
    startsWith: wellFormed(startsWith),
    types: listed(types),
    sources: listed(sources),
    stale: isDay(stale) ? stale : undefined,
    created: days && Object.keys(days).length > 0 ? days : undefined,
    empty: empty === true || undefined,
    size: counts && Object.keys(counts).length > 0 ? counts : undefined,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const wellFormed = (text: string | undefined): string | undefined =>
  text?.replace(/[\ud800-\udfff]/gu, '\ufffd') || undefined;

function listed(values: readonly string[] | undefined): string[] | undefined {
  const texts = (values ?? []).flatMap((value) => wellFormed(value) ?? []);
  return texts.length > 0 ? [...new Set(texts)].sort() : undefined;
}

/** Whether there is no condition. */
export function isUnconditional(conditions: Conditions): boolean {
  return Object.keys(normal(conditions)).length === 0;
}

/** The conditions that the org's `search` decides: all but the counts. */
export function searched(conditions: Conditions): Conditions {
  const { empty: _empty, size: _size, ...rest } = normal(conditions);
  return rest;
}

/** The conditions that only rows decide: the counts. */
export function counting(conditions: Conditions): Conditions {
  const { empty, size } = normal(conditions);
  return { ...(empty && { empty }), ...(size && { size }) };
}

/** The test of the rows for `empty` and `size`; `undefined` if there is nothing to test. A row without counts does not pass. */
export function countTest(conditions: Conditions): ((row: GroupRow) => boolean) | undefined {
  const { empty, size } = normal(conditions);
  if (!empty && !size) return undefined;
  const { min = 0, max = Infinity } = size ?? {};
  return ({ users }) => users !== undefined && !(empty && users > 0) && users >= min && users <= max;
}
