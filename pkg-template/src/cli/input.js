// Reads people from files and standard input: a list of ids or logins, one per line, or CSV as spreadsheets and directories
// write it. An invalid row is refused before any write.
import Papa from 'papaparse';
import { usage } from './exit.js';
import { readBytes } from './files.js';
import { unguarded } from './output.js';
import { counted, printable } from './printable.js';

/** The columns that name a person, with their attribute; the first one that the file has counts. */
const PEOPLE = /** @type {const} */ ([
  ['id', ['id', 'userid', 'user.id']],
  ['login', ['login', 'profile.login', 'user.login']],
  ['email', ['email', 'profile.email', 'user.email']],
]);

/** The columns that name a group. */
const GROUP_ID = ['groupid', 'group', 'group.id'];
const GROUP_NAME = ['groupname', 'group.name', 'group.profile.name'];

/** Ids of users: 20 characters that begin with 00u. */
const ID = /^00u[0-9A-Za-z]{17}$/;

/** @typedef {{ value: string, row?: number }} Named a person, and its row in the file, from 1 */
/** @typedef {{ by: string, people: Named[] }} People */

/** Whether a text is a user's id or a login. */
export const kindOf = (value) => (ID.test(value) ? 'id' : 'login');

/** Reads a whole file, or standard input for `-`. */
export async function bytesOf(path, { host, stdin }) {
  if (path !== '-') return readBytes(path);
  return stdin.read(host);
}

/** Standard input. Only one argument may read it. */
export class Stdin {
  #taken = false;

  async read({ stdin }) {
    if (this.#taken) throw usage('- is given twice, but standard input can be read only once');
    this.#taken = true;
    if (stdin.isTTY) throw usage('- reads standard input, which is this terminal: pipe a file into it');
    const chunks = [];
    for await (const chunk of stdin) chunks.push(chunk);
    return Buffer.concat(chunks);
  }
}

/** Decodes a text. `guessed` means an older encoding than Unicode, whose letters beyond ASCII are a guess. */
function decoded(bytes) {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe)
    return { text: new TextDecoder('utf-16le').decode(bytes), guessed: false };
  if (first === 0xfe && second === 0xff)
    return { text: new TextDecoder('utf-16be').decode(bytes), guessed: false };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), guessed: false };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), guessed: true };
  }
}

/**
 * Splits a file into rows of cells, each with its row number in a spreadsheet.
 * @param {Uint8Array} bytes
 * @param {string} source
 */
function rowsOf(bytes, source) {
  const { text, guessed } = decoded(bytes);
  if (text.includes('\u0000')) throw usage(`${source} is not text`);
  // Excel's line `sep=;`, which names the separator.
  const [, said] = /^sep=(.)\r?\n/i.exec(text) ?? [];
  const body = said ? text.slice(text.indexOf('\n') + 1) : text;
  const delimiter = said ?? separatorOf(body);
  const { data, errors } = Papa.parse(body, { delimiter, header: false, skipEmptyLines: false });
  const broken = errors.find(({ type }) => type === 'Quotes');
  if (broken)
    throw usage(
      `${source}, row ${(broken.row ?? 0) + 1}: a quote is not closed, or stands in the middle of a cell`,
    );
  const rows = /** @type {string[][]} */ (data)
    .map((cells, at) => ({ cells: cells.map((text) => unguarded(text.trim())), row: at + 1 }))
    .filter(({ cells }) => cells.some(Boolean));
  return { rows, guessed, delimiter };
}

/** The most frequent separator of the first line, outside of quotes. */
function separatorOf(text) {
  const counts = new Map([',', ';', '\t'].map((each) => [each, 0]));
  let quoted = false;
  for (const char of text) {
    if (char === '"') quoted = !quoted;
    else if (!quoted && char === '\n') {
      if ([...counts.values()].some(Boolean)) break;
    } else if (!quoted && counts.has(char)) counts.set(char, (counts.get(char) ?? 0) + 1);
  }
  return [...counts].reduce((most, each) => (each[1] > most[1] ? each : most))[0];
}

const normal = (head) => head.toLowerCase().replaceAll(/\s+/g, ' ');

/** The index of the column that names a person, if the first row is a heading. */
function personColumn(heads, by, column) {
  if (column !== undefined) {
    const at = heads.indexOf(normal(column));
    return at < 0 ? undefined : { at, by: by ?? byOfColumn(heads[at]) };
  }
  if (by !== undefined) {
    const known = PEOPLE.find(([attribute]) => attribute === by)?.[1] ?? [
      by.toLowerCase(),
      by.toLowerCase().replace(/^profile\./, ''),
    ];
    const at = heads.findIndex((head) => known.includes(head));
    return at < 0 ? undefined : { at, by };
  }
  for (const [attribute, names] of PEOPLE) {
    const at = heads.findIndex((head) => /** @type {readonly string[]} */ (names).includes(head));
    if (at >= 0) return { at, by: attribute };
  }
  return undefined;
}

const byOfColumn = (head) =>
  PEOPLE.find(([, names]) => /** @type {readonly string[]} */ (names).includes(head))?.[0];

/**
 * Reads the people in a file.
 * @param {Uint8Array} bytes
 * @param {{ by?: string, column?: string, source: string, warn: (line: string) => void }} options
 * @returns {People[]} one list for each attribute that names people
 */
export function peopleOf(bytes, { by, column, source, warn }) {
  const { rows, guessed } = rowsOf(bytes, source);
  if (rows.length === 0) return [];
  const heads = rows[0].cells.map(normal);
  const found = personColumn(heads, by, column);
  if (column !== undefined && !found)
    throw usage(`${source} has no column ${printable(column)}`, headsLine(rows[0].cells));
  if (!found) {
    const wide = rows.find(({ cells }) => cells.filter(Boolean).length > 1);
    if (wide) {
      throw usage(
        `${source} has no column ${by ? printable(by) : 'id, login or email'} in its first row`,
        headsLine(rows[0].cells),
        'name the column with --column, and what it holds with --by',
      );
    }
    return named(
      rows.map(({ cells, row }) => ({ value: cells[0], row })),
      by,
      { source, guessed, warn },
    );
  }
  regular(rows, source);
  const people = rows.slice(1).map(({ cells, row }) => ({ value: cells[found.at] ?? '', row }));
  return named(people, found.by, { source, guessed, warn });
}

/** Refuses a row with more cells than the heading: a value with a separator probably lacks quotes, which shifts its cells. */
function regular(rows, source) {
  const most = rows[0].cells.length;
  const wide = rows.filter(({ cells }) => cells.slice(most).some(Boolean));
  if (wide.length > 0)
    throw usage(
      `${source}: more cells than columns in ${rowsLine(wide.map(({ row }) => ({ row, value: '' })))}`,
    );
}

const headsLine = (heads) => `its first row is: ${heads.slice(0, 20).map(printable).join(', ')}`;

/** Groups people by their attribute; without one, the form of a text decides (id or login). */
function named(people, by, { source, guessed, warn }) {
  const empty = people.filter(({ value }) => value === '');
  if (empty.length > 0)
    throw usage(
      `${source}: ${counted(empty.length, 'row')} ${empty.length === 1 ? 'names' : 'name'} nobody: ${rowsLine(empty)}`,
    );
  if (guessed) {
    const unsure = people.filter(({ value }) => /[^\u0020-\u007e]/.test(value));
    if (unsure.length > 0)
      throw usage(
        `${source} is not UTF-8, and these rows hold letters that may be read wrongly: ${rowsLine(unsure)}`,
        'save it as "CSV UTF-8"',
      );
    warn(`${source} is not UTF-8; the column that is used holds only ASCII`);
  }
  const lists = new Map();
  for (const person of people) {
    const kind = by ?? kindOf(person.value);
    const list = lists.get(kind) ?? [];
    list.push(person);
    lists.set(kind, list);
  }
  return [...lists].map(([kind, list]) => ({ by: kind, people: list }));
}

/** Describes people by row and value; a person from an argument has no row. */
export function rowsLine(people) {
  const shown = people.slice(0, 10).map(({ row, value }) => {
    const text = value ? printable(value) : '';
    if (row === undefined) return text;
    return text ? `row ${row} (${text})` : `row ${row}`;
  });
  return shown.join(', ') + (people.length > 10 ? ` and ${people.length - 10} more` : '');
}

/**
 * Reads the members of many groups from a file.
 * @param {Uint8Array} bytes
 * @param {{ by?: string, column?: string, source: string, warn: (line: string) => void }} options
 * @returns {{ groupsBy: 'id' | 'name', by: string, groups: Map<string, Named[]> }}
 */
export function membershipsOf(bytes, options) {
  const { source, by } = options;
  const text = decoded(bytes).text.trimStart();
  if (text.startsWith('{')) return membershipsOfJson(text, by, source);
  const { rows, guessed } = rowsOf(bytes, source);
  if (rows.length === 0) throw usage(`${source} is empty`);
  const heads = rows[0].cells.map(normal);
  const byId = heads.findIndex((head) => GROUP_ID.includes(head));
  const groupAt = byId >= 0 ? byId : heads.findIndex((head) => GROUP_NAME.includes(head));
  const person = personColumn(heads, by, options.column);
  if (groupAt < 0)
    throw usage(`${source} has no column groupId or groupName in its first row`, headsLine(rows[0].cells));
  if (!person)
    throw usage(
      `${source} has no column ${by ? printable(by) : 'id, login or email'} in its first row`,
      headsLine(rows[0].cells),
    );
  regular(rows, source);
  const groups = new Map();
  const all = rows
    .slice(1)
    .map(({ cells, row }) => ({ group: cells[groupAt] ?? '', value: cells[person.at] ?? '', row }));
  const nameless = all.filter(({ group }) => group === '');
  if (nameless.length > 0)
    throw usage(
      `${source}: rows without a group: ${rowsLine(nameless.map(({ row }) => ({ row, value: '' })))}`,
    );
  const lists = named(all, person.by ?? 'id', { source, guessed, warn: options.warn });
  if (guessed && all.some(({ group }) => /[^\u0020-\u007e]/.test(group)))
    throw usage(`${source} is not UTF-8, and names of groups may be read wrongly`, 'save it as "CSV UTF-8"');
  for (const { group, value, row } of all) {
    const list = groups.get(group) ?? [];
    list.push({ value, row });
    groups.set(group, list);
  }
  return { groupsBy: byId >= 0 ? 'id' : 'name', by: lists[0]?.by ?? 'id', groups };
}

/** @returns {{ groupsBy: 'id' | 'name', by: string, groups: Map<string, Named[]> }} */
function membershipsOfJson(text, by, source) {
  let read;
  try {
    read = JSON.parse(text);
  } catch {
    throw usage(`${source} is not JSON`);
  }
  const groups = new Map();
  for (const [group, members] of Object.entries(read)) {
    const list = Array.isArray(members) && members.every((each) => typeof each === 'string' && each !== '');
    if (!list) throw usage(`${source}: the members of ${printable(group)} must be a list of strings`);
    groups.set(
      group,
      /** @type {string[]} */ (members).map((value, at) => ({ value, row: at + 1 })),
    );
  }
  const all = [...groups.values()].flat();
  const kinds = [...new Set(all.map(({ value }) => kindOf(value)))];
  if (by === undefined && kinds.length > 1)
    throw usage(`${source} names people by id and by login: use one of them`);
  return { groupsBy: 'id', by: by ?? kinds[0] ?? 'id', groups };
}
