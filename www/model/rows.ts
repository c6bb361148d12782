// The rows that were read, and views of them: filtered, sorted, and kept up to date while pages arrive.
import type { GroupRow } from './row.ts';
import { attributeOf, sourceName, typeName } from './row.ts';
import { eachOf, sortedOf, type Work } from './slices.ts';

/** Columns that the list sorts by. */
export const SORT_KEYS = [
  'name',
  'description',
  'type',
  'source',
  'users',
  'apps',
  'created',
  'lastUpdated',
  'lastMembershipUpdated',
  'id',
] as const;
/** A column of every list. */
export type OwnKey = (typeof SORT_KEYS)[number];
/** The column of one of the org's own attributes: `profile.` and its name. */
export type AttributeKey = `profile.${string}`;
/** A column that the list sorts by. */
export type SortKey = OwnKey | AttributeKey;

/** The name of the attribute that a column shows; `undefined` for a column of every list. */
export function attributeName(key: string): string | undefined {
  return /^profile\.(?!(?:name|description)$)([A-Za-z_]\w{0,99})$/.exec(key)?.[1];
}
/** Ascending or descending, as in `sortOrder` of *List all groups*. */
export type SortOrder = 'asc' | 'desc';

/** What a view shows, and in which order. */
export interface ViewSpec {
  /** Without it, rows stand in the order in which they arrived, as the org sorted them. */
  readonly sort?: SortKey | undefined;
  readonly order?: SortOrder | undefined;
  /** Which rows to show. */
  readonly where?: ((row: GroupRow) => boolean) | undefined;
}

/**
 * `sortBy` of *List all groups* for a column; `undefined` for counts, which the org does not sort by, and for its own
 * attributes, for which Okta documents no order.
 */
export function sortByOf(sort: SortKey): string | undefined {
  switch (sort) {
    case 'users':
    case 'apps':
      return undefined;
    case 'name':
    case 'description':
      return `profile.${sort}`;
    case 'source':
      return 'source.id';
    default:
      return attributeName(sort) === undefined ? sort : undefined;
  }
}

let packed = (row: GroupRow): GroupRow => row;

/** Has lists keep the rows that come from now on as `pack` makes them. */
export function packRows(pack: (row: GroupRow) => GroupRow): void {
  packed = pack;
}

/**
 * The rows of a list in the order in which they arrived. A row that comes again takes the place of the older one, so that
 * pages that overlap show no group twice.
 */
export class Rows {
  /** Removed rows leave a hole until the next {@link clear}; the place of a row never changes. */
  #list: (GroupRow | undefined)[] = [];
  #size = 0;
  /** Places by the hash of the id: the rows have the ids themselves. */
  #places = new Map<number, number>();
  /** Places of the ids whose hash is another's. */
  #clashes = new Map<string, number>();
  #views = new Set<RowView>();
  #version = 0;

  /** Number of rows. */
  get size(): number {
    return this.#size;
  }

  /** Counts changes: a screen draws again when it differs. */
  get version(): number {
    return this.#version;
  }

  get(id: string): GroupRow | undefined {
    return this.at(this.placeOf(id));
  }

  has(id: string): boolean {
    return this.placeOf(id) >= 0;
  }

  /** Place of a row in the order of arrival; -1 if there is none. It orders rows; it is no index. */
  placeOf(id: string): number {
    const place = this.#places.get(hashOf(id));
    return place !== undefined && this.at(place)?.id === id ? place : (this.#clashes.get(id) ?? -1);
  }

  /** The row at a place; `undefined` where it was removed. */
  at(place: number): GroupRow | undefined {
    return this.#list[place];
  }

  /** Rows in the order of arrival. */
  *[Symbol.iterator](): Iterator<GroupRow> {
    for (const row of this.#list) if (row) yield row;
  }

  /** Places in the order of arrival, of rows that were removed, too. */
  places(): Iterable<number> {
    return this.#list.keys();
  }

  /** Adds the rows of a page. A known row is replaced where it is. */
  add(page: Iterable<GroupRow>): void {
    const places: number[] = [];
    for (const row of page) {
      let place = this.placeOf(row.id);
      if (place < 0) {
        place = this.#list.length;
        const hash = hashOf(row.id);
        if (this.#places.has(hash)) this.#clashes.set(row.id, place);
        else this.#places.set(hash, place);
        this.#size++;
      }
      this.#list[place] = packed(row);
      places.push(place);
    }
    this.#tell(places);
  }

  /** Replaces the row of the same id; does nothing if there is none, since a list holds only what was read. */
  update(row: GroupRow): boolean {
    const isKnown = this.has(row.id);
    if (isKnown) this.add([row]);
    return isKnown;
  }

  /** Removes a row. */
  remove(id: string): boolean {
    const place = this.placeOf(id);
    if (place < 0) return false;
    if (!this.#clashes.delete(id)) this.#places.delete(hashOf(id));
    this.#list[place] = undefined;
    this.#size--;
    this.#tell([place]);
    return true;
  }

  /** Forgets all rows: another list begins. */
  clear(): void {
    this.#list = [];
    this.#size = 0;
    this.#places.clear();
    this.#clashes.clear();
    this.#version++;
    for (const view of this.#views) view.reset();
  }

  /** A view of the rows. Close it when it is shown no more. */
  view(spec: ViewSpec = {}): RowView {
    const view: RowView = new RowView(this, spec, () => this.#views.delete(view));
    this.#views.add(view);
    return view;
  }

  #tell(places: readonly number[]): void {
    if (places.length === 0) return;
    this.#version++;
    for (const view of this.#views) view.apply(places);
  }
}

/** A number for an id, which few ids share. */
export function hashOf(id: string): number {
  let hash = 0;
  for (let at = 0; at < id.length; at++) hash = (Math.imul(hash, 31) + id.charCodeAt(at)) | 0;
  return hash & 0x3fff_ffff;
}

/**
 * The rows that a screen shows, in their order. `rebuild` filters and sorts all rows in pieces; from then on, the view follows
 * each page and each change by itself. Until a rebuild ends, the view shows what it showed before.
 */
export class RowView {
  #rows: Rows;
  #close: () => void;
  #where: ((row: GroupRow) => boolean) | undefined;
  #order: Order;
  #list: GroupRow[] = [];
  /** The rows of `#list` by their places: a changed row is found by the row that it replaces. */
  #shown: (GroupRow | undefined)[] = [];
  #version = 0;
  /** Places whose rows changed during a rebuild; `undefined` while none runs. */
  #missed: Set<number> | undefined;
  #build = 0;

  constructor(rows: Rows, spec: ViewSpec, close: () => void) {
    this.#rows = rows;
    this.#close = close;
    this.#where = spec.where;
    this.#order = orderOf(rows, spec);
  }

  /** The rows. The array is the view's own: it changes when `version` does. */
  get list(): readonly GroupRow[] {
    return this.#list;
  }

  /** Counts changes of `list`. */
  get version(): number {
    return this.#version;
  }

  has(id: string): boolean {
    return this.#shown[this.#rows.placeOf(id)] !== undefined;
  }

  /** Index of a row in `list`; -1 if the view does not show it. */
  indexOf(id: string): number {
    const row = this.#shown[this.#rows.placeOf(id)];
    return row ? this.#find(row) : -1;
  }

  /**
   * Filters and sorts all rows by `spec`, in pieces. A rebuild that starts later replaces this one, which then ends without
   * effect.
   */
  *rebuild(spec: ViewSpec = {}): Work {
    const build = ++this.#build;
    this.#missed ??= new Set();
    try {
      const { where } = spec;
      const order = orderOf(this.#rows, spec);
      const list: GroupRow[] = [];
      const keyed: Keyed[] = [];
      const shown: (GroupRow | undefined)[] = [];
      yield* eachOf(this.#rows.places(), (place) => {
        const row = this.#rows.at(place);
        if (!row || (where && !where(row))) return;
        shown[place] = row;
        if (spec.sort) keyed.push(order.keyed(row));
        else list.push(row);
      });
      for (const { row } of yield* sortedOf(keyed, order.compare)) list.push(row);
      if (build !== this.#build) return;
      this.#where = where;
      this.#order = order;
      this.#list = list;
      this.#shown = shown;
      this.#version++;
    } finally {
      // Also after a rebuild that was stopped: the view goes on with what it showed.
      if (build === this.#build) this.#catchUp();
    }
  }

  #catchUp(): void {
    const missed = this.#missed;
    this.#missed = undefined;
    if (missed) this.apply([...missed]);
  }

  /** Follows changes of the rows at these places; {@link Rows} calls it. */
  apply(places: readonly number[]): void {
    if (this.#missed) {
      for (const place of places) this.#missed.add(place);
      return;
    }
    const fresh = new Map<number, GroupRow>();
    const gone = new Set<GroupRow>();
    for (const place of places) {
      const old = this.#shown[place];
      const row = this.#rows.at(place);
      if (old === row) continue;
      if (old) gone.add(old);
      fresh.delete(place);
      const isShown = row && (!this.#where || this.#where(row));
      this.#shown[place] = isShown ? row : undefined;
      if (isShown) fresh.set(place, row);
    }
    if (gone.size === 0 && fresh.size === 0) return;
    this.#drop(gone);
    const { keyed, compare } = this.#order;
    this.#merge([...fresh.values()].map(keyed).sort(compare));
    this.#version++;
  }

  /** Shows nothing: the rows were cleared. */
  reset(): void {
    this.#build++;
    this.#missed = undefined;
    this.#list = [];
    this.#shown = [];
    this.#version++;
  }

  /** Stops following the rows. */
  close(): void {
    this.#build++;
    this.#close();
  }

  /** By halves; rows compare equal only with themselves. */
  #find(row: GroupRow): number {
    const at = this.#place(this.#order.keyed(row));
    return this.#list[at] === row ? at : this.#list.indexOf(row);
  }

  /** Index of the first row, of the first `high` ones, that does not come before `row`. */
  #place(key: Keyed, high = this.#list.length): number {
    const { keyed, compare } = this.#order;
    let low = 0;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(keyed(this.#list[middle] as GroupRow), key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #drop(gone: ReadonlySet<GroupRow>): void {
    if (gone.size === 0) return;
    if (gone.size === 1) {
      for (const row of gone) {
        const at = this.#list.indexOf(row);
        if (at >= 0) this.#list.splice(at, 1);
      }
      return;
    }
    this.#list = this.#list.filter((row) => !gone.has(row));
  }

  /** Merges sorted rows into the sorted list, from its end. Each looks for its place by halves: comparing is what costs. */
  #merge(fresh: readonly Keyed[]): void {
    const list = this.#list;
    let left = list.length;
    const { keyed, compare } = this.#order;
    const last = list[left - 1];
    const [first] = fresh;
    if (!last || !first || compare(keyed(last), first) < 0) {
      // The next page of the org's order.
      for (const { row } of fresh) list.push(row);
      return;
    }
    for (const { row } of fresh) list.push(row);
    for (let right = fresh.length - 1, to = list.length - 1; right >= 0; right--) {
      const key = fresh[right] as Keyed;
      const place = this.#place(key, left);
      while (left > place) list[to--] = list[--left] as GroupRow;
      list[to--] = key.row;
    }
  }
}

let collator: Intl.Collator | undefined;

/** Compares texts as people of this locale sort them; numbers in names by their value. */
export function compareTexts(a: string, b: string): number {
  collator ??= new Intl.Collator(undefined, { numeric: true });
  return collator.compare(a, b);
}

const compareIds = (a: GroupRow, b: GroupRow): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** A row with what it is sorted by, which is read once: from a packed row it is made each time. */
interface Keyed {
  readonly row: GroupRow;
  readonly value: Value | undefined;
}

/** An order of rows. */
interface Order {
  keyed(row: GroupRow): Keyed;
  compare(a: Keyed, b: Keyed): number;
}

/** Rows without a value stand last in both orders; equal ones by id, as Okta sorts them. */
function orderOf(rows: Rows, { sort, order }: ViewSpec): Order {
  const value = valueBy(rows, sort);
  const sign = sort !== undefined && order === 'desc' ? -1 : 1;
  return {
    keyed: (row) => ({ row, value: value(row) }),
    compare({ row: a, value: one }, { row: b, value: other }) {
      if (one === other) return compareIds(a, b);
      if (isMissing(one)) return isMissing(other) ? compareIds(a, b) : 1;
      if (isMissing(other)) return -1;
      const by = sort === 'id' ? compareIds(a, b) : compareValues(one, other);
      return sign * by || compareIds(a, b);
    },
  };
}

type Value = string | number;

const isMissing = (value: Value | undefined): value is undefined =>
  value === undefined || value === '' || Number.isNaN(value);

/** Numbers by size, before all texts. */
function compareValues(a: Value, b: Value): number {
  if (typeof a === 'number') return typeof b === 'number' ? a - b : -1;
  return typeof b === 'number' ? 1 : compareTexts(a, b);
}

/** What a column sorts by; without a column, the place of arrival. */
function valueBy(rows: Rows, sort: SortKey | undefined): (row: GroupRow) => Value | undefined {
  if (sort === undefined) return (row) => rows.placeOf(row.id);
  if (sort === 'type') return (row) => typeName(row.type);
  if (sort === 'source') return sourceName;
  const name = attributeName(sort);
  if (name !== undefined) return (row) => attributeOf(row, name);
  return (row) => row[sort as Exclude<OwnKey, 'type' | 'source'>];
}
