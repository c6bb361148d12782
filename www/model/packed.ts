// Rows as bytes. As objects and texts, 100,000 rows cost the browser 100 MB while pages come: its collector copies whatever it
// keeps, twice, and makes room for that. Bytes in large blocks are not copied.
import type { GroupRow } from './row.ts';

/** Bytes of a block. */
const BLOCK = 2 ** 18;
/** Numbers of a record, eight bytes each. */
const NUMBERS = ['created', 'lastUpdated', 'lastMembershipUpdated', 'users', 'apps'] as const;
/** Where the number of the origin stands in a record, and where its texts begin. */
const ORIGIN = 8 * NUMBERS.length;
const TEXTS = ORIGIN + 4;
/** Characters that are made from bytes at once. */
const AT_ONCE = 4_096;

let block = new DataView(new ArrayBuffer(0));
let free = 0;

/** Where a group comes from. Few differ. */
type Origin = Pick<GroupRow, 'type' | 'sourceId' | 'sourceName'>;
const origins: Origin[] = [];
const originNumbers = new Map<string, number>();

function originOf({ type, sourceId, sourceName }: GroupRow): number {
  const key = JSON.stringify([type, sourceId, sourceName]);
  const known = originNumbers.get(key);
  if (known !== undefined) return known;
  originNumbers.set(key, origins.length);
  return origins.push({ type, sourceId, sourceName }) - 1;
}

/** The same row as bytes; its texts and numbers are read where they are asked for. */
export function pack(row: GroupRow): GroupRow {
  const texts = [row.id, row.name, row.description, row.custom ? JSON.stringify(row.custom) : ''];
  const wide = texts.map((text) => /[^\0-\xff]/.test(text));
  const size = texts.reduce((sum, { length }, nth) => sum + 4 + (wide[nth] ? 2 : 1) * length, TEXTS);
  if (free + size > block.byteLength) {
    block = new DataView(new ArrayBuffer(Math.max(BLOCK, size)));
    free = 0;
  }
  const bytes = block;
  const at = free;
  free += size;
  for (const [nth, name] of NUMBERS.entries()) bytes.setFloat64(at + 8 * nth, row[name] ?? NaN);
  bytes.setUint32(at + ORIGIN, originOf(row));
  let to = at + TEXTS;
  for (const [nth, text] of texts.entries()) {
    bytes.setUint32(to, 2 * text.length + Number(wide[nth]));
    to += 4;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (wide[nth]) bytes.setUint16(to, unit);
      else bytes.setUint8(to, unit);
      to += wide[nth] ? 2 : 1;
    }
  }
  return new PackedRow(bytes, at);
}

class PackedRow implements GroupRow {
  readonly #bytes: DataView;
  readonly #at: number;

  constructor(bytes: DataView, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get id(): string {
    return this.#text(0);
  }

  get name(): string {
    return this.#text(1);
  }

  get description(): string {
    return this.#text(2);
  }

  get custom(): GroupRow['custom'] {
    const text = this.#text(3);
    return text === '' ? undefined : (JSON.parse(text) as GroupRow['custom']);
  }

  get type(): string {
    return this.#origin.type;
  }

  get sourceId(): string | undefined {
    return this.#origin.sourceId;
  }

  get sourceName(): string | undefined {
    return this.#origin.sourceName;
  }

  get created(): number {
    return this.#number(0);
  }

  get lastUpdated(): number {
    return this.#number(1);
  }

  get lastMembershipUpdated(): number {
    return this.#number(2);
  }

  get users(): number | undefined {
    return known(this.#number(3));
  }

  get apps(): number | undefined {
    return known(this.#number(4));
  }

  get #origin(): Origin {
    return origins[this.#bytes.getUint32(this.#at + ORIGIN)] as Origin;
  }

  #number(nth: number): number {
    return this.#bytes.getFloat64(this.#at + 8 * nth);
  }

  #text(nth: number): string {
    let at = this.#at + TEXTS;
    for (; nth > 0; nth--) at += 4 + sizeOf(this.#bytes.getUint32(at));
    const head = this.#bytes.getUint32(at);
    const end = at + 4 + sizeOf(head);
    const step = head % 2 === 1 ? 2 : 1;
    let text = '';
    for (let from = at + 4; from < end; from += AT_ONCE * step) {
      const units: number[] = [];
      for (let index = from; index < Math.min(end, from + AT_ONCE * step); index += step)
        units.push(step === 2 ? this.#bytes.getUint16(index) : this.#bytes.getUint8(index));
      text += String.fromCharCode(...units);
    }
    return text;
  }
}

/** Bytes of a text, by the number before it: twice its length, and 1 where a character takes two bytes. */
const sizeOf = (head: number): number => (head >>> 1) * (1 + (head % 2));

const known = (count: number): number | undefined => (Number.isNaN(count) ? undefined : count);
