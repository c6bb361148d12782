// Files of what a list holds, as the command `okta-groups list -o csv` and `-o ndjson` writes them: the same columns, the same
// guard of cells, so that a file of the console and one of the command are one kind.
import Papa from 'papaparse';

import { counted } from './numbers.ts';

/** Forms of a file. */
export type FileForm = 'csv' | 'ndjson';

/** Columns of groups, before the custom attributes of the first page. */
export const GROUP_COLUMNS: readonly string[] = [
  'id',
  'type',
  'profile.name',
  'profile.description',
  'created',
  'lastUpdated',
  'lastMembershipUpdated',
];

/** A spreadsheet runs a cell that begins with one of these, also in full width; a `;` begins a cell in half of Europe. */
const FORMULA = /(^|;)(?=[=+\-@\t\r\n|%\uff1d\uff0b\uff0d\uff20])/g;

/** A cell that a spreadsheet takes for text: with an apostrophe before what it would run. */
export const guarded = (text: string): string => text.replace(FORMULA, (_, before: string) => `${before}'`);

/** A cell as it was before {@link guarded}. */
export const unguarded = (text: string): string =>
  text.replace(/^'(?=[=+\-@\t\r\n|%\uff1d\uff0b\uff0d\uff20])/, '');

/** How a file is written. */
export interface FileOptions {
  readonly form: FileForm;
  /** Columns of CSV; the first page adds the attributes of its profiles. */
  readonly columns?: readonly string[];
  /** The mark by which Excel reads UTF-8. */
  readonly bom?: boolean;
  /** The file has its heading already: it is gone on with, in these `columns`. */
  readonly isResumed?: boolean;
}

/** Writes rows page by page, so that a file of any size streams. */
export class FileWriter {
  readonly form: FileForm;
  #columns: string[];
  #bom: boolean;
  #isOpen: boolean;
  #count = 0;
  #unseen = new Map<string, number>();

  constructor({ form, columns = GROUP_COLUMNS, bom = false, isResumed = false }: FileOptions) {
    this.form = form;
    this.#columns = [...columns];
    this.#bom = bom;
    this.#isOpen = isResumed;
  }

  /** Rows that were written. */
  get count(): number {
    return this.#count;
  }

  /** Columns so far: a file is gone on with in the same ones. */
  get columns(): readonly string[] {
    return this.#columns;
  }

  /** Attributes of profiles that have no column since they came after the first page, with how many rows have them. */
  get unseen(): ReadonlyMap<string, number> {
    return this.#unseen;
  }

  /** The text of a page. */
  rows(items: readonly unknown[]): string {
    if (items.length === 0) return '';
    this.#count += items.length;
    if (this.form === 'ndjson') return items.map((item) => `${jsonText(item)}\n`).join('');
    let text = '';
    if (!this.#isOpen) {
      for (const path of attributesOf(items)) if (!this.#columns.includes(path)) this.#columns.push(path);
      text = this.#heading();
      this.#isOpen = true;
    }
    for (const item of items)
      for (const path of attributesOf([item]))
        if (!this.#columns.includes(path)) this.#unseen.set(path, (this.#unseen.get(path) ?? 0) + 1);
    const cells = items.map((item) => this.#columns.map((path) => guarded(cellOf(valueAt(item, path)))));
    return `${text}${Papa.unparse(cells, { newline: '\n' })}\n`;
  }

  /**
   * The end of the file: a heading if there was no row, and for a file that was stopped a last line that says so.
   *
   * @param why - Why the file is not whole: `stopped by you`, `the org answered 500`.
   */
  end(why?: string): string {
    const heading = this.form === 'csv' && !this.#isOpen ? this.#heading() : '';
    if (why === undefined) return heading;
    const said = `partial: ${why} after ${counted(this.#count, 'row')}`;
    return this.form === 'csv'
      ? `${heading}${Papa.unparse([[`# ${said}`]], { newline: '\n' })}\n`
      : `${jsonText({ partial: said })}\n`;
  }

  #heading(): string {
    return `${this.#bom ? '\ufeff' : ''}${Papa.unparse([this.#columns.map(guarded)], { newline: '\n' })}\n`;
  }
}

/**
 * The name of a file: `groups-acme.okta.com-2026-11-30.csv`. A partial one says so: `….partial.csv`.
 *
 * @param parts - What is in the file, the org, the day; characters that file systems refuse become `-`.
 */
export function fileName(parts: readonly string[], form: string, isPartial = false): string {
  const name = parts
    .map((part) =>
      part
        .normalize('NFC')
        .replace(/[\p{C}\p{Z}\\/:*?"<>|%]+/gu, '-')
        .replace(/^[-.]+|[-.]+$/g, ''),
    )
    .filter(Boolean)
    .join('-');
  return `${[...name].slice(0, 120).join('') || 'file'}${isPartial ? '.partial' : ''}.${form}`;
}

/** The value of a path; the name of an attribute may hold dots. */
export function valueAt(item: unknown, path: string): unknown {
  if (typeof item !== 'object' || item === null) return undefined;
  const record = item as Record<string, unknown>;
  if (Object.hasOwn(record, path)) return record[path];
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    const key = path.slice(0, dot);
    if (Object.hasOwn(record, key)) return valueAt(record[key], path.slice(dot + 1));
  }
  return undefined;
}

function cellOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function attributesOf(items: readonly unknown[]): Set<string> {
  const paths = new Set<string>();
  for (const item of items) {
    const profile = valueAt(item, 'profile');
    if (typeof profile === 'object' && profile !== null)
      for (const key of Object.keys(profile)) paths.add(`profile.${key}`);
  }
  return paths;
}

/** JSON that a terminal can bear: what it would obey is escaped. */
function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
