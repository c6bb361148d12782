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

/** What happened to the rows since a view looked last. */
type Change = { readonly kind: 'put' | 'remove'; readonly id: string };

/**
 * The rows of a list in the order in which they arrived. A row that comes again takes the place of the older one, so that
 * pages that overlap show no group twice.
 */
export class Rows {
  /** Removed rows leave a hole until the next {@link clear}; the place of a row never changes. */
  #list: (GroupRow | undefined)[] = [];
  #places = new Map<string, number>();
  #views = new Set<RowView>();
  #version = 0;

  /** Number of rows. */
  get size(): number {
    return this.#places.size;
  }

  /** Counts changes: a screen draws again when it differs. */
  get version(): number {
    return this.#version;
  }

  get(id: string): GroupRow | undefined {
    const place = this.#places.get(id);
    return place === undefined ? undefined : this.#list[place];
  }

  has(id: string): boolean {
    return this.#places.has(id);
  }

  /** Place of a row in the order of arrival; -1 if there is none. It orders rows; it is no index. */
  placeOf(id: string): number {
    return this.#places.get(id) ?? -1;
  }

  /** Rows in the order of arrival. */
  *[Symbol.iterator](): Iterator<GroupRow> {
    for (const row of this.#list) if (row) yield row;
  }

  /** Adds the rows of a page. A known row is replaced where it is. */
  add(page: Iterable<GroupRow>): void {
    const changes: Change[] = [];
    for (const row of page) {
      const place = this.#places.get(row.id);
      if (place === undefined) {
        this.#places.set(row.id, this.#list.length);
        this.#list.push(row);
      } else this.#list[place] = row;
      changes.push({ kind: 'put', id: row.id });
    }
    this.#tell(changes);
  }

  /** Replaces the row of the same id; does nothing if there is none, since a list holds only what was read. */
  update(row: GroupRow): boolean {
    const isKnown = this.#places.has(row.id);
    if (isKnown) this.add([row]);
    return isKnown;
  }

  /** Removes a row. */
  remove(id: string): boolean {
    const place = this.#places.get(id);
    if (place === undefined) return false;
    this.#list[place] = undefined;
    this.#places.delete(id);
    this.#tell([{ kind: 'remove', id }]);
    return true;
  }

  /** Forgets all rows: another list begins. */
  clear(): void {
    this.#list = [];
    this.#places.clear();
    this.#version++;
    for (const view of this.#views) view.reset();
  }

  /** A view of the rows. Close it when it is shown no more. */
  view(spec: ViewSpec = {}): RowView {
    const view: RowView = new RowView(this, spec, () => this.#views.delete(view));
    this.#views.add(view);
    return view;
  }

  #tell(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    this.#version++;
    for (const view of this.#views) view.apply(changes);
  }
}

/**
 * The rows that a screen shows, in their order. `rebuild` filters and sorts all rows in pieces; from then on, the view follows
 * each page and each change by itself. Until a rebuild ends, the view shows what it showed before.
 */
export class RowView {
  #rows: Rows;
  #close: () => void;
  #where: ((row: GroupRow) => boolean) | undefined;
  #compare: (a: GroupRow, b: GroupRow) => number;
  #list: GroupRow[] = [];
  /** The rows of `#list` by id: a changed row is found by the row that it replaces. */
  #shown = new Map<string, GroupRow>();
  #version = 0;
  /** Changes during a rebuild; `undefined` while none runs. */
  #missed: Map<string, Change> | undefined;
  #build = 0;

  constructor(rows: Rows, spec: ViewSpec, close: () => void) {
    this.#rows = rows;
    this.#close = close;
    this.#where = spec.where;
    this.#compare = comparator(rows, spec);
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
    return this.#shown.has(id);
  }

  /** Index of a row in `list`; -1 if the view does not show it. */
  indexOf(id: string): number {
    const row = this.#shown.get(id);
    return row ? this.#find(row) : -1;
  }

  /**
   * Filters and sorts all rows by `spec`, in pieces. A rebuild that starts later replaces this one, which then ends without
   * effect.
   */
  *rebuild(spec: ViewSpec = {}): Work {
    const build = ++this.#build;
    this.#missed ??= new Map();
    try {
      const { where } = spec;
      const compare = comparator(this.#rows, spec);
      const found: GroupRow[] = [];
      yield* eachOf(this.#rows, (row) => {
        if (!where || where(row)) found.push(row);
      });
      const list = spec.sort ? yield* sortedOf(found, compare) : found;
      const shown = new Map<string, GroupRow>();
      yield* eachOf(list, (row) => shown.set(row.id, row));
      if (build !== this.#build) return;
      this.#where = where;
      this.#compare = compare;
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
    if (missed) this.apply([...missed.values()]);
  }

  /** Follows changes of the rows; {@link Rows} calls it. */
  apply(changes: readonly Change[]): void {
    if (this.#missed) {
      for (const change of changes) this.#missed.set(change.id, change);
      return;
    }
    const fresh = new Map<string, GroupRow>();
    const gone = new Set<GroupRow>();
    for (const { kind, id } of changes) {
      const old = this.#shown.get(id);
      const row = kind === 'put' ? this.#rows.get(id) : undefined;
      if (old === row && old !== undefined) continue;
      if (old) {
        gone.add(old);
        this.#shown.delete(id);
      }
      fresh.delete(id);
      if (row && (!this.#where || this.#where(row))) {
        fresh.set(id, row);
        this.#shown.set(id, row);
      }
    }
    if (gone.size === 0 && fresh.size === 0) return;
    this.#drop(gone);
    this.#merge([...fresh.values()].sort(this.#compare));
    this.#version++;
  }

  /** Shows nothing: the rows were cleared. */
  reset(): void {
    this.#build++;
    this.#missed = undefined;
    this.#list = [];
    this.#shown = new Map();
    this.#version++;
  }

  /** Stops following the rows. */
  close(): void {
    this.#build++;
    this.#close();
  }

  /** By halves; rows compare equal only with themselves. */
  #find(row: GroupRow): number {
    const at = this.#place(row);
    return this.#list[at] === row ? at : this.#list.indexOf(row);
  }

  /** Index of the first row, of the first `high` ones, that does not come before `row`. */
  #place(row: GroupRow, high = this.#list.length): number {
    let low = 0;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare(this.#list[middle] as GroupRow, row) < 0) low = middle + 1;
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
  #merge(fresh: readonly GroupRow[]): void {
    const list = this.#list;
    let left = list.length;
    for (const row of fresh) list.push(row);
    for (let right = fresh.length - 1, to = list.length - 1; right >= 0; right--) {
      const row = fresh[right] as GroupRow;
      const place = this.#place(row, left);
      while (left > place) list[to--] = list[--left] as GroupRow;
      list[to--] = row;
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

/** Rows without a value stand last in both orders; equal ones by id, as Okta sorts them. */
function comparator(rows: Rows, { sort, order = 'asc' }: ViewSpec): (a: GroupRow, b: GroupRow) => number {
  if (sort === undefined) return (a, b) => rows.placeOf(a.id) - rows.placeOf(b.id);
  if (sort === 'id') return (a, b) => sign(order) * compareIds(a, b);
  const value = valueBy(sort);
  return (a, b) => {
    const [one, other] = [value(a), value(b)];
    if (one === other) return compareIds(a, b);
    if (isMissing(one)) return isMissing(other) ? compareIds(a, b) : 1;
    if (isMissing(other)) return -1;
    return sign(order) * compareValues(one, other) || compareIds(a, b);
  };
}

const sign = (order: SortOrder): number => (order === 'desc' ? -1 : 1);

type Value = string | number;

const isMissing = (value: Value | undefined): value is undefined =>
  value === undefined || value === '' || Number.isNaN(value);

/** Numbers by size, before all texts. */
function compareValues(a: Value, b: Value): number {
  if (typeof a === 'number') return typeof b === 'number' ? a - b : -1;
  return typeof b === 'number' ? 1 : compareTexts(a, b);
}

/** What a column sorts by. */
function valueBy(sort: Exclude<SortKey, 'id'>): (row: GroupRow) => Value | undefined {
  if (sort === 'type') return (row) => typeName(row.type);
  if (sort === 'source') return sourceName;
  const name = attributeName(sort);
  if (name !== undefined) return (row) => attributeOf(row, name);
  return (row) => row[sort as Exclude<OwnKey, 'type' | 'source'>];
}
