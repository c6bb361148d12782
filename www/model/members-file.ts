// People, and groups with people, that a pasted text or a file names: ids, logins or addresses, one a line or in a column of CSV.
// The command line reads the same files the same way; the console shows faults with their lines and guesses a column by what is
// in it, since the plan is shown before anything is sent.
import Papa from 'papaparse';
import { unguarded } from './csv.ts';
import { nameText, isMarked } from './names.ts';
import { counted } from './numbers.ts';
import type { Work } from './slices.ts';

/** By what a value names a person; `value`: by another attribute of the profile, exactly. */
export type PersonKind = 'id' | 'login' | 'email' | 'value';

/** A person that the text names. */
export interface NamedMember {
  readonly value: string;
  readonly kind: PersonKind;
  /** Line of the text, from 1. */
  readonly line: number;
}

/** A line that cannot be used, and why. */
export interface LineFault {
  /** Line of the text, from 1. */
  readonly line: number;
  readonly message: string;
}

/** A table of a text: rows of trimmed cells. */
export interface Table {
  readonly rows: readonly { readonly cells: readonly string[]; readonly line: number }[];
  readonly delimiter: string;
  readonly faults: readonly LineFault[];
}

/** How a table is read. What is absent is guessed. */
export interface MembersOptions {
  /** Column that names the people, from 0. */
  readonly column?: number | undefined;
  /** Column that names the groups, from 0: of {@link membershipsOf}. */
  readonly groupColumn?: number | undefined;
  /** Whether the first row is a heading. */
  readonly hasHeading?: boolean | undefined;
  /** What the column holds; else each value says by its form whether it is an id or a login. */
  readonly kind?: PersonKind | undefined;
}

/** Which people a text names. */
export interface MembersFile {
  /** Each person once, in the order of the text. */
  readonly members: readonly NamedMember[];
  /** Lines that named a person again. */
  readonly duplicates: number;
  /** Lines that cannot be used: at most {@link FAULT_LIMIT} of `faultCount`. Nothing may be applied while there are any. */
  readonly faults: readonly LineFault[];
  readonly faultCount: number;
  /** Rows of the text, without the heading and empty lines. */
  readonly rowCount: number;
  readonly delimiter: string;
  readonly hasHeading: boolean;
  /** The first row's cells: names to choose a column by. */
  readonly columns: readonly string[];
  /** The column that was read; `undefined` if none could be guessed: the person chooses. */
  readonly column: number | undefined;
  /** What the people are named by; `mixed` if by ids and logins, `undefined` if nobody is named. */
  readonly by: PersonKind | 'mixed' | undefined;
}

/** Groups with their members, by ids or names of groups. */
export interface MembershipsFile {
  readonly groupsBy: 'id' | 'name';
  /** Each group once, in the order of the text. */
  readonly groups: ReadonlyMap<string, readonly NamedMember[]>;
  readonly duplicates: number;
  readonly faults: readonly LineFault[];
  readonly faultCount: number;
  readonly rowCount: number;
  /** The heading: names to choose the columns by. */
  readonly columns: readonly string[];
  /** The columns that were read; `undefined` if the heading names none. */
  readonly column: number | undefined;
  readonly groupColumn: number | undefined;
  readonly by: PersonKind | 'mixed' | undefined;
}

/** An address has at most 320 characters; longer cells are a quote that is not closed, or no names. */
const VALUE_LIMIT = 320;

/** The most faults that are kept. */
export const FAULT_LIMIT = 200;

/** Headings that name a person; the first that is there counts. */
const PEOPLE: readonly (readonly [PersonKind, readonly string[]])[] = [
  ['id', ['id', 'userid', 'user.id']],
  ['login', ['login', 'profile.login', 'user.login']],
  ['email', ['email', 'profile.email', 'user.email']],
];
/** More headings that spreadsheets and directories have: used only where none of {@link PEOPLE} is there. */
const OTHERS: readonly (readonly [PersonKind, readonly string[]])[] = [
  ['id', ['user id', 'user_id', 'okta id']],
  ['login', ['username', 'user name', 'user_name', 'userprincipalname', 'upn', 'login name']],
  [
    'email',
    ['e-mail', 'mail', 'email address', 'e-mail address', 'primary email', 'email address [required]'],
  ],
];
const GROUP_ID = ['groupid', 'group', 'group.id'];
const GROUP_NAME = ['groupname', 'group.name', 'group.profile.name'];

/** Ids of users: 20 characters that begin with 00u. */
const ID = /^00u[0-9A-Za-z]{17}$/;

/** By what a text names a person. */
export const kindOf = (value: string): PersonKind => (ID.test(value) ? 'id' : 'login');

/** A text of bytes, and whether its letters beyond ASCII are a guess since it is in an older encoding. */
export function decoded(bytes: Uint8Array): { readonly text: string; readonly isGuessed: boolean } {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe)
    return { text: new TextDecoder('utf-16le').decode(bytes), isGuessed: false };
  if (first === 0xfe && second === 0xff)
    return { text: new TextDecoder('utf-16be').decode(bytes), isGuessed: false };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), isGuessed: false };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), isGuessed: true };
  }
}

/** Characters that are parsed in one piece: some hundred lines. */
const PIECE = 8_192;
/** Characters whose line breaks are made plain in one piece. */
const LARGE_PIECE = 262_144;

/**
 * The table of a text, in pieces.
 *
 * @param options - `delimiter`: a separator in place of the one that is guessed.
 */
export function* readTable(
  text: string,
  { delimiter: given }: { delimiter?: string | undefined } = {},
): Work<Table> {
  const faults: LineFault[] = [];
  if (text.includes('\0'))
    return { rows: [], delimiter: ',', faults: [{ line: 1, message: 'The file is no text.' }] };
  const plain = yield* withPlainBreaks(text.replace(/^\ufeff/, ''));
  // Excel's own first line, which says the separator.
  const [, said] = /^sep=(.)\n/i.exec(plain) ?? [];
  const start = said === undefined ? 0 : plain.indexOf('\n') + 1;
  const delimiter = given ?? said ?? separatorOf(plain);
  const rows: { cells: string[]; line: number }[] = [];
  let line = start === 0 ? 1 : 2;
  for (let from = start; from < plain.length;) {
    const to = endOfPiece(plain, from, delimiter);
    const { data, errors } = Papa.parse(plain.slice(from, to), {
      delimiter,
      newline: '\n',
      skipEmptyLines: false,
    });
    const broken = new Map(errors.filter(({ type }) => type === 'Quotes').map(({ row }) => [row ?? 0, true]));
    // The line break at the end of a piece begins no row.
    const [only, ...others] = data.at(-1) ?? [];
    const last = only === '' && others.length === 0 ? data.length - 1 : data.length;
    for (let at = 0; at < last; at++) {
      const cells = data[at] ?? [];
      if (broken.has(at))
        faults.push({ line, message: 'A quote is not closed, or stands in the middle of a cell.' });
      const trimmed = cells.map((cell) => unguarded(cell.trim()));
      if (trimmed.some(Boolean)) rows.push({ cells: trimmed, line });
      line += 1 + cells.reduce((sum, cell) => sum + lineBreaks(cell), 0);
    }
    from = to;
    yield;
  }
  return { rows, delimiter, faults };
}

/** The text with `\n` for each line break. */
function* withPlainBreaks(text: string): Work<string> {
  if (!text.includes('\r')) return text;
  const parts: string[] = [];
  for (let from = 0; from < text.length;) {
    let to = from + LARGE_PIECE;
    if (text[to - 1] === '\r' && text[to] === '\n') to++;
    parts.push(text.slice(from, to).replace(/\r\n?/g, '\n'));
    from = to;
    yield;
  }
  return parts.join('');
}

/** The end of the last whole row that begins within a piece; the end of a longer row. Line breaks in quotes end no row. */
function endOfPiece(text: string, from: number, delimiter: string): number {
  const separator = delimiter.charCodeAt(0);
  let isQuoted = false;
  let isStart = true;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isQuoted) {
      if (code === QUOTE && text.charCodeAt(at + 1) === QUOTE) at++;
      else if (code === QUOTE) isQuoted = false;
      continue;
    }
    if (code === BREAK && at + 1 - from >= PIECE) return at + 1;
    isQuoted = isStart && code === QUOTE;
    isStart = code === BREAK || code === separator;
  }
  return text.length;
}

const QUOTE = 0x22;
const BREAK = 0x0a;

function lineBreaks(cell: string): number {
  let count = 0;
  for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) count++;
  return count;
}

/** Characters in which a separator is looked for: a list of one column has none. */
const HEAD = 65_536;

/** The separator that the first line has most of, outside of quotes. */
function separatorOf(text: string): string {
  const counts = new Map([',', ';', '\t'].map((each) => [each, 0]));
  let isQuoted = false;
  for (const char of text.slice(0, HEAD)) {
    if (char === '"') isQuoted = !isQuoted;
    else if (!isQuoted && char === '\n') {
      if ([...counts.values()].some(Boolean)) break;
    } else if (!isQuoted && counts.has(char)) counts.set(char, (counts.get(char) ?? 0) + 1);
  }
  return [...counts].reduce((most, each) => (each[1] > most[1] ? each : most))[0];
}

const normalHead = (head: string): string => head.toLowerCase().replaceAll(/\s+/g, ' ');

/** The people that a table names, in pieces. */
export function* membersOf(table: Table, options: MembersOptions = {}): Work<MembersFile> {
  const heads = table.rows[0]?.cells ?? [];
  const { column, hasHeading, kind } = personColumn(table, options);
  const rows = hasHeading ? table.rows.slice(1) : table.rows;
  const faults = new Faults(table.faults);
  const width = hasHeading ? heads.length : Infinity;
  const known = new Set<string>();
  const members: NamedMember[] = [];
  let duplicates = 0;
  if (column !== undefined) {
    for (const [at, { cells, line }] of rows.entries()) {
      if (at % 1000 === 999) yield;
      const member = personOf(cells, line, { column, kind, width }, faults);
      if (!member) continue;
      const key = keyOf(member);
      if (known.has(key)) duplicates++;
      else {
        known.add(key);
        members.push(member);
      }
    }
  } else if (rows.length > 0)
    faults.add(
      rows[0]?.line ?? 1,
      'No column is named id, login or email: choose the column that names the people.',
    );
  return {
    members,
    duplicates,
    faults: faults.list,
    faultCount: faults.count,
    rowCount: rows.length,
    delimiter: table.delimiter,
    hasHeading,
    columns: heads,
    column,
    by: byOf(members),
  };
}

/**
 * Groups with the people that a table names for each, in pieces. The table has a heading; columns `groupId` or `groupName`, and
 * `id`, `login` or `email`, are found by it unless they are given.
 */
export function* membershipsOf(
  table: Table,
  { column, groupColumn, kind: given }: MembersOptions = {},
): Work<MembershipsFile> {
  const columns = table.rows[0]?.cells ?? [];
  const heads = columns.map(normalHead);
  const byId = heads.findIndex((head) => GROUP_ID.includes(head));
  const found = byId >= 0 ? byId : heads.findIndex((head) => GROUP_NAME.includes(head));
  const groupsAt = groupColumn ?? (found >= 0 ? found : undefined);
  const named =
    column === undefined
      ? (headingOf(heads, PEOPLE) ?? headingOf(heads, OTHERS))
      : { column, kind: headingOf([heads[column] ?? ''], [...PEOPLE, ...OTHERS])?.kind };
  const faults = new Faults(table.faults);
  const groups = new Map<string, NamedMember[]>();
  const known = new Set<string>();
  const rows = table.rows.slice(1);
  let duplicates = 0;
  if (table.rows.length === 0) faults.add(1, 'The file is empty.');
  else if (groupsAt === undefined)
    faults.add(1, 'The first row names no column groupId or groupName: choose the column of groups.');
  else if (!named)
    faults.add(1, 'The first row names no column id, login or email: choose the column of people.');
  else {
    const place = { column: named.column, kind: given ?? named.kind, width: heads.length };
    for (const [at, { cells, line }] of rows.entries()) {
      if (at % 1000 === 999) yield;
      const group = cells[groupsAt] ?? '';
      if (group === '') {
        faults.add(line, 'No group is named.');
        continue;
      }
      const member = personOf(cells, line, place, faults);
      if (!member) continue;
      const key = JSON.stringify([group, keyOf(member)]);
      if (known.has(key)) {
        duplicates++;
        continue;
      }
      known.add(key);
      const members = groups.get(group);
      if (members) members.push(member);
      else groups.set(group, [member]);
    }
  }
  return {
    groupsBy: groupsByOf(groupsAt, heads, [...groups.keys()]),
    groups,
    duplicates,
    faults: faults.list,
    faultCount: faults.count,
    rowCount: rows.length,
    columns,
    column: named?.column,
    groupColumn: groupsAt,
    by: byOf([...groups.values()].flat()),
  };
}

/** What the groups are named by: as the heading says, else by what is in the column. */
function groupsByOf(
  at: number | undefined,
  heads: readonly string[],
  groups: readonly string[],
): MembershipsFile['groupsBy'] {
  const head = heads[at ?? -1] ?? '';
  if (GROUP_ID.includes(head)) return 'id';
  if (GROUP_NAME.includes(head)) return 'name';
  return groups.every((group) => /^00g[0-9A-Za-z]{17}$/.test(group)) ? 'id' : 'name';
}

/** Faults of lines: the first ones, and how many there are. */
class Faults {
  readonly list: LineFault[];
  count: number;

  constructor(faults: readonly LineFault[]) {
    this.list = faults.slice(0, FAULT_LIMIT);
    this.count = faults.length;
  }

  add(line: number, message: string): void {
    this.count++;
    if (this.list.length < FAULT_LIMIT) this.list.push({ line, message });
  }
}

function personOf(
  cells: readonly string[],
  line: number,
  { column, kind, width }: { column: number; kind: PersonKind | undefined; width: number },
  faults: Faults,
): NamedMember | undefined {
  const value = cells[column] ?? '';
  const extra = cells.length > width && cells.slice(width).some(Boolean);
  // A row of more cells than the heading has likely lacks quotes: its cells stand in the wrong columns.
  if (extra) faults.add(line, `There are ${counted(cells.length, 'cell')} for ${counted(width, 'column')}.`);
  else if (value === '') faults.add(line, 'Nobody is named.');
  else if (value.length > VALUE_LIMIT)
    faults.add(line, `The name of a person has ${counted(value.length, 'character')}.`);
  else if (isMarked(value)) faults.add(line, `${nameText(value)} has characters that do not show.`);
  else if (kind === 'id' && !/^\w[\w.-]*$/.test(value)) faults.add(line, `${nameText(value)} is no id.`);
  else return { value, kind: kind ?? kindOf(value), line };
  return undefined;
}

/** Ids and other attributes differ by case; logins and addresses do not. */
const keyOf = ({ value, kind }: NamedMember): string =>
  kind === 'id' || kind === 'value' ? value : value.toLowerCase();

function byOf(members: readonly NamedMember[]): MembersFile['by'] {
  const [first] = members;
  if (!first) return undefined;
  return members.every(({ kind }) => kind === first.kind) ? first.kind : 'mixed';
}

function headingOf(
  heads: readonly string[],
  names: readonly (readonly [PersonKind, readonly string[]])[],
): { column: number; kind: PersonKind } | undefined {
  for (const [kind, known] of names) {
    const column = heads.findIndex((head) => known.includes(head));
    if (column >= 0) return { column, kind };
  }
  return undefined;
}

/** Rows that a guess looks at. */
const SAMPLE = 200;

function personColumn(
  { rows }: Table,
  { column, hasHeading, kind }: MembersOptions,
): { column: number | undefined; hasHeading: boolean; kind: PersonKind | undefined } {
  const heads = (rows[0]?.cells ?? []).map(normalHead);
  const named = hasHeading === false ? undefined : (headingOf(heads, PEOPLE) ?? headingOf(heads, OTHERS));
  if (column !== undefined) {
    const known = hasHeading === false ? undefined : headingOf([heads[column] ?? ''], [...PEOPLE, ...OTHERS]);
    return {
      column,
      hasHeading: hasHeading ?? (known !== undefined || looksHeaded(rows, column)),
      kind: kind ?? known?.kind,
    };
  }
  if (named) return { column: named.column, hasHeading: true, kind: kind ?? named.kind };
  const width = rows
    .slice(0, SAMPLE)
    .reduce((most, { cells }) => Math.max(most, cells.findLastIndex(Boolean) + 1), 0);
  const guess = width <= 1 ? 0 : personLike(rows.slice(1, SAMPLE + 1), width);
  if (guess === undefined || rows.length === 0)
    return { column: undefined, hasHeading: hasHeading ?? false, kind };
  return { column: guess, hasHeading: hasHeading ?? looksHeaded(rows, guess), kind };
}

const isPersonLike = (value: string): boolean => ID.test(value) || /^[^\s@]+@[^\s@]+$/.test(value);

/** The first column in which nearly every cell is an id or has the form of an address. */
function personLike(rows: Table['rows'], width: number): number | undefined {
  if (rows.length === 0) return undefined;
  const shares = Array.from(
    { length: width },
    (_, column) => rows.filter(({ cells }) => isPersonLike(cells[column] ?? '')).length / rows.length,
  );
  const best = Math.max(...shares);
  return best >= 0.9 ? shares.indexOf(best) : undefined;
}

/** Whether the first row is unlike all rows after it. */
function looksHeaded(rows: Table['rows'], column: number): boolean {
  const [first, ...others] = rows.slice(0, SAMPLE).map(({ cells }) => cells[column] ?? '');
  return first !== undefined && others.length > 0 && !isPersonLike(first) && others.every(isPersonLike);
}
