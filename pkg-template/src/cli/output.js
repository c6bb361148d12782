// Writes data to stdout or a file as table, CSV or JSON, page by page, so that a list of any length streams. A failed write
// fails the command; a closed pipe ends it.
import Papa from 'papaparse';
import stringWidth from 'string-width';
import { ClosedPipe, failed } from './exit.js';
import { json, printable } from './printable.js';

/** The smallest width of a table's column in a narrow terminal. */
const NARROW = 8;
const GAP = '  ';

/** A column: the path of a field, and its heading in a table. */
const column = (path) => ({ path, head: path.split('.').pop()?.toUpperCase() ?? path });

export class Output {
  #stream;
  #form;
  #columns;
  #fixed;
  #raw;
  #bom;
  #terminal;
  #room;
  #widths;
  #rows = 0;
  #open = false;
  #unseen = new Map();
  #bytes = 0;

  /**
   * @param {any} stream
   * @param {{ form?: string, fields?: string[], raw?: boolean, bom?: boolean, columns?: string[], resumed?: boolean }} options
   */
  constructor(stream, { form, fields, raw = false, bom = false, columns = ['id'], resumed = false }) {
    this.#stream = stream;
    this.#terminal = Boolean(stream.isTTY);
    this.#form = form ?? (this.#terminal ? 'table' : 'ndjson');
    this.#fixed = fields;
    this.#columns = (fields ?? columns).map(column);
    this.#raw = raw;
    this.#bom = bom;
    this.#room = this.#terminal ? Math.max(40, stream.columns || 80) : Infinity;
    // Each write handles its own error. Without a listener, the event would end the process.
    stream.on('error', () => {});
    // A resumed file already has its heading.
    this.#open = resumed;
  }

  get form() {
    return this.#form;
  }

  get rowCount() {
    return this.#rows;
  }

  /** The paths of the columns that are known so far. */
  get paths() {
    return this.#columns.map(({ path }) => path);
  }

  /** The number of written bytes. */
  get bytes() {
    return this.#bytes;
  }

  /** Writes a single object: as one object in JSON, with one field per line in a table. */
  async one(item) {
    switch (this.#form) {
      case 'json':
        return this.#write(`${json(this.#shown(item), 2)}\n`);
      case 'table':
        return this.#write(this.#upright(item));
      default:
        await this.rows([item]);
        return this.end();
    }
  }

  /** Writes the next items of a list. */
  async rows(items) {
    if (items.length === 0) return;
    const text = this.#text(items);
    this.#open = true;
    this.#rows += items.length;
    await this.#write(text);
  }

  /** Ends the output at the end of the list, or where it stops and may be resumed. */
  async end() {
    if (this.#form === 'json') await this.#write(this.#open ? '\n]\n' : '[]\n');
    else if (!this.#open && this.#form === 'csv' && this.#fixed) await this.#write(this.#heading());
  }

  /** The attributes that have no column in the CSV, with the number of rows that have them. */
  get unseen() {
    return this.#unseen;
  }

  #text(items) {
    switch (this.#form) {
      case 'json': {
        const texts = items.map((item) => `  ${json(this.#shown(item), 2).replaceAll('\n', '\n  ')}`);
        return texts.map((text, at) => (this.#open || at > 0 ? ',\n' : '[\n') + text).join('');
      }
      case 'ndjson':
        return items.map((item) => `${json(this.#shown(item))}\n`).join('');
      case 'ids':
        return items.map((item) => `${printable(idOf(item))}\n`).join('');
      case 'csv':
        return this.#csv(items);
      default:
        return this.#table(items);
    }
  }

  #shown(item) {
    if (!this.#fixed) return item;
    return Object.fromEntries(this.#columns.map(({ path }) => [path, valueAt(item, path) ?? null]));
  }

  #csv(items) {
    let text = '';
    if (!this.#open) {
      if (!this.#fixed) this.#widen(items);
      text = this.#heading();
    }
    if (!this.#fixed) this.#notice(items);
    const cells = items.map((item) =>
      this.#columns.map(({ path }) => this.#guarded(cell(valueAt(item, path)))),
    );
    return `${text}${Papa.unparse(cells, { newline: '\n' })}\n`;
  }

  #heading() {
    const heads = this.#columns.map(({ path }) => this.#guarded(path));
    return `${this.#bom ? '\ufeff' : ''}${Papa.unparse([heads], { newline: '\n' })}\n`;
  }

  /** Adds columns for the custom attributes of the first page. */
  #widen(items) {
    for (const path of attributes(items)) {
      if (!this.#columns.some((known) => known.path === path)) this.#columns.push(column(path));
    }
  }

  #notice(items) {
    for (const item of items) {
      for (const path of attributes([item])) {
        if (this.#columns.some((known) => known.path === path)) continue;
        this.#unseen.set(path, (this.#unseen.get(path) ?? 0) + 1);
      }
    }
  }

  #guarded(text) {
    return this.#raw ? text : guarded(text);
  }

  #table(items) {
    const rows = items.map((item) => this.#columns.map(({ path }) => printable(cell(valueAt(item, path)))));
    const heads = this.#columns.map(({ head }) => head);
    // By the first page: waiting for all rows would prevent streaming.
    this.#widths ??= fitted(
      heads.map((head, at) =>
        Math.max(...[head, ...rows.map((row) => row[at])].map((text) => stringWidth(text))),
      ),
      this.#columns,
      this.#room,
    );
    const lines = (this.#open ? rows : [heads, ...rows]).map((row) => this.#line(row));
    return `${lines.join('\n')}\n`;
  }

  #line(row) {
    return row
      .map((text, at) => {
        const width = this.#widths[at];
        const shown = this.#terminal ? cut(text, width) : text;
        return at === row.length - 1 ? shown : shown + ' '.repeat(Math.max(0, width - stringWidth(shown)));
      })
      .join(GAP)
      .trimEnd();
  }

  #upright(item) {
    const paths = this.#fixed ?? leaves(item);
    const width = Math.max(0, ...paths.map((path) => stringWidth(printable(path))));
    const lines = paths.map((path) => {
      const name = printable(path);
      return `${name}${' '.repeat(width - stringWidth(name))}${GAP}${printable(cell(valueAt(item, path)))}`.trimEnd();
    });
    return `${lines.join('\n')}\n`;
  }

  /** Writes a text unchanged. */
  text(text) {
    return this.#write(text);
  }

  async #write(text) {
    if (text === '') return;
    if (this.#stream.destroyed || this.#stream.errored) throw broken(this.#stream.errored);
    await new Promise((resolve, reject) => {
      this.#stream.write(text, (error) => (error ? reject(broken(error)) : resolve(undefined)));
    });
    this.#bytes += Buffer.byteLength(text);
  }
}

function broken(error) {
  const { code } = error ?? {};
  // Windows reports a closed pipe as EOF.
  if (!code || code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED' || code === 'EOF')
    return new ClosedPipe('closed');
  const why = { ENOSPC: 'there is no space left', EFBIG: 'the file may not grow' }[code] ?? code;
  return failed(`the output cannot be written: ${why}`);
}

/**
 * The beginnings of a cell that a spreadsheet runs as a formula, also in full width. A `;` counts as the beginning of a cell,
 * since many locales use it as the separator.
 */
const FORMULA = /(^|;)(?=[=+\-@\t\r\n|%\uff1d\uff0b\uff0d\uff20])/g;

/** Escapes a cell, so that a spreadsheet reads it as text. */
export const guarded = (text) => text.replace(FORMULA, (_, before) => `${before}'`);

/** Reverts {@link guarded}. */
export const unguarded = (text) => text.replace(/^'(?=[=+\-@\t\r\n|%\uff1d\uff0b\uff0d\uff20])/, '');

const idOf = (item) => (typeof item === 'object' && item !== null ? (item.id ?? item.userId ?? '') : item);

/** The value at a path; the name of an attribute may contain dots. */
export function valueAt(item, path) {
  if (typeof item !== 'object' || item === null) return undefined;
  if (Object.hasOwn(item, path)) return item[path];
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    const key = path.slice(0, dot);
    if (Object.hasOwn(item, key)) return valueAt(item[key], path.slice(dot + 1));
  }
  return undefined;
}

function cell(value) {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The names of all attributes in the items' profiles. */
function attributes(items) {
  const paths = new Set();
  for (const { profile } of items) {
    if (typeof profile === 'object' && profile !== null)
      for (const key of Object.keys(profile)) paths.add(`profile.${key}`);
  }
  return paths;
}

/** The paths of all fields of an object, except its links. */
function leaves(item, before = '') {
  return Object.entries(item).flatMap(([key, value]) => {
    if (key === '_links' && before === '') return [];
    const inner =
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
    return inner ? leaves(value, `${before}${key}.`) : [`${before}${key}`];
  });
}

/** Reduces the widest columns until the table fits in the terminal. Ids keep their width, since a cut id is useless. */
function fitted(widths, columns, room) {
  const fits = [...widths];
  const sum = () => fits.reduce((all, width) => all + width, GAP.length * (fits.length - 1));
  const isId = columns.map(({ path }) => /(^|\.)id$|Id$/.test(path));
  while (sum() > room) {
    const widest = fits.reduce(
      (most, width, at) => (!isId[at] && width > (fits[most] ?? NARROW) ? at : most),
      -1,
    );
    if (widest < 0) break;
    fits[widest] -= 1;
  }
  return fits;
}

function cut(text, width) {
  if (stringWidth(text) <= width) return text;
  let shown = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(shown + segment) > width - 1) break;
    shown += segment;
  }
  return `${shown}…`;
}
