// What may be typed next in an expression. The grammar and what Okta documents are the package's: this file asks its parser what
// it expects at the caret, and its check which operators an attribute has. It needs the package's `init()`.
import { check, isOktaError, parse } from 'okta-groups/external';
import { daysAgo, startOf } from './days.ts';

/** Attributes that `search` of *List all groups* documents for every org. */
export const SEARCH_ATTRIBUTES = [
  'profile.name',
  'profile.description',
  'type',
  'source.id',
  'created',
  'lastUpdated',
  'lastMembershipUpdated',
  'id',
] as const;

/** What an org adds to the completions. */
export interface CompletionSources {
  /** Custom attributes of group profiles, without `profile.`. */
  readonly custom?: readonly string[];
  /** Apps that groups come from: label by id. */
  readonly sources?: ReadonlyMap<string, string>;
  /** For dates; epoch milliseconds. */
  readonly now?: number;
}

/** A text that may stand at the caret. */
export interface Completion {
  readonly kind: 'attribute' | 'operator' | 'value' | 'word';
  /** What is put in place of the text between `from` and `to`. */
  readonly text: string;
  /** What it means. */
  readonly detail?: string;
}

/** The completions at a place of a text. */
export interface Completions {
  /** Start of what a completion replaces. */
  readonly from: number;
  /** End of it. */
  readonly to: number;
  readonly items: readonly Completion[];
}

const OPERATORS: Readonly<Record<string, string>> = {
  eq: 'equals',
  ne: 'differs',
  co: 'contains',
  sw: 'starts with',
  ew: 'ends with',
  gt: 'greater, later',
  lt: 'less, earlier',
  ge: 'greater or equal',
  le: 'less or equal',
  pr: 'has a value',
};

const TYPES: readonly (readonly [string, string])[] = [
  ['OKTA_GROUP', 'made in Okta'],
  ['APP_GROUP', 'imported from an app'],
  ['BUILT_IN', 'built in, such as Everyone'],
];

const DATES = ['created', 'lastUpdated', 'lastMembershipUpdated'];

/** What may stand at `caret`. After a fault before the caret there is nothing to complete. */
export function completions(text: string, caret: number, sources: CompletionSources = {}): Completions {
  const { from, isValue, attribute } = placeOf(text, caret);
  const before = text.slice(0, from);
  const typed = text.slice(from, caret);
  const to = isValue
    ? endOfValue(text, caret, typed.startsWith('"'))
    : caret + (/^[\w.]*/.exec(text.slice(caret))?.[0].length ?? 0);
  const expected = expectedAfter(before);
  const items: Completion[] = [];
  if (expected.includes('an attribute')) {
    items.push(...attributes(sources));
    if (before.trimEnd() !== before || before === '' || before.endsWith('('))
      items.push(
        { kind: 'word', text: 'not ', detail: 'not documented by Okta' },
        { kind: 'word', text: '(' },
      );
  }
  if (expected.includes('eq') && attribute !== undefined) items.push(...operators(attribute));
  if (expected.includes('a double-quoted string') && attribute !== undefined)
    items.push(...values(attribute, sources));
  if (expected.includes('and')) {
    items.push(
      { kind: 'word', text: 'and ', detail: 'both' },
      { kind: 'word', text: 'or ', detail: 'either' },
    );
    if (expected.includes(')')) items.push({ kind: 'word', text: ')' });
  }
  const start = bare(typed);
  const fits = items.filter(({ text }) => bare(text).includes(start) && text !== typed);
  // What begins with the typed text goes before what merely has it in it.
  const rank = ({ text }: Completion): number => (bare(text).startsWith(start) ? 0 : 1);
  return { from, to, items: fits.sort((a, b) => rank(a) - rank(b)) };
}

const bare = (text: string): string => text.toLowerCase().replaceAll('"', '').trimEnd();

/** Where the word or value at the caret begins, and which attribute stands before it. */
function placeOf(
  text: string,
  caret: number,
): { from: number; isValue: boolean; attribute: string | undefined } {
  const before = text.slice(0, caret);
  // Strings, words and other characters; a string that is not closed reaches to the caret.
  const tokens = [...before.matchAll(/"(?:[^"\\]|\\[^])*(?:"|\\?$)|[^\s()"]+|[()]/g)];
  const last = tokens.at(-1);
  const isOpen = last !== undefined && /^"/.test(last[0]) && !/^"(?:[^"\\]|\\[^])*"$/.test(last[0]);
  const isWord = last !== undefined && /^[^\s()"]/.test(last[0]) && last.index + last[0].length === caret;
  const from = isOpen || isWord ? last.index : caret;
  const words = tokens.filter(({ index }) => index < from).map(([token]) => token);
  const previous = words.at(-1) ?? '';
  const isValue = isOpen || previous.toLowerCase() in OPERATORS;
  const attribute = previous.toLowerCase() in OPERATORS ? words.at(-2) : previous;
  return {
    from,
    isValue,
    attribute: attribute !== undefined && isAttribute(attribute) ? attribute : undefined,
  };
}

const isAttribute = (word: string): boolean => /^[A-Za-z_$][\w.$-]*$/.test(word);

/** The end of the value that the caret is in or before: its closing quote, or the end of the word. */
function endOfValue(text: string, caret: number, isOpen: boolean): number {
  const string = isOpen ? /^(?:[^"\\\n]|\\[^])*"(?=[\s)]|$)/ : /^"(?:[^"\\]|\\[^])*"/;
  const rest = text.slice(caret);
  return caret + (string.exec(rest) ?? /^[^\s()"]*/.exec(rest) ?? [''])[0].length;
}

/** What the parser expects after a text; nothing if the text has a fault before its end. */
function expectedAfter(before: string): readonly string[] {
  try {
    parse(before);
    // A whole expression: after a blank, another term may follow.
    return /\s$/.test(before) ? ['and', 'or'] : [];
  } catch (error) {
    if (!isOktaError(error, 'expression')) throw error;
    return error.position >= before.trimEnd().length ? error.expected : [];
  }
}

function attributes({ custom = [] }: CompletionSources): Completion[] {
  const own = custom.filter((name) => isAttribute(name)).map((name) => `profile.${name}`);
  const all = new Set<string>([...SEARCH_ATTRIBUTES, ...own]);
  return [...all].map((attribute) => ({
    kind: 'attribute',
    text: `${attribute} `,
    ...(own.includes(attribute) && { detail: 'attribute of this org' }),
  }));
}

/** The operators that Okta documents for an attribute. */
function operators(attribute: string): Completion[] {
  const value = DATES.includes(attribute) ? '2026-01-01T00:00:00.000Z' : 'x';
  return Object.entries(OPERATORS).flatMap(([operator, detail]) => {
    const sample = operator === 'pr' ? `${attribute} pr` : `${attribute} ${operator} "${value}"`;
    if (check(sample, 'search').some(({ reason }) => reason === 'operator')) return [];
    return { kind: 'operator' as const, text: `${operator} `, detail };
  });
}

function values(attribute: string, { sources, now }: CompletionSources): Completion[] {
  const value = (text: string, detail?: string): Completion => ({
    kind: 'value',
    text: JSON.stringify(text),
    ...(detail !== undefined && { detail }),
  });
  if (attribute === 'type') return TYPES.map(([type, detail]) => value(type, detail));
  if (attribute === 'source.id') return [...(sources ?? [])].map(([id, label]) => value(id, label));
  if (DATES.includes(attribute) && now !== undefined)
    return [
      [0, 'today'],
      [30, '30 days ago'],
      [90, '90 days ago'],
      [365, 'a year ago'],
    ].map(([days, detail]) => value(startOf(daysAgo(Number(days), now)).toISOString(), String(detail)));
  return [value('')];
}
