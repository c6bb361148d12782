// The lists of groups that were read: compact rows, read page by page, which follow what is changed in other places of
// the page.
import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { isOktaError } from 'okta-groups/external';
import type { Cursor, Group, RateLimitState, SearchAttr } from 'okta-groups/external';

import { toRow, withUsers } from '../model/row.ts';
import type { GroupRow } from '../model/row.ts';
import { Rows } from '../model/rows.ts';
import type { SortOrder } from '../model/rows.ts';
import { EXPAND, FIRST_PAGE, firstGroups } from './early.ts';
import { after, whenQuiet } from './person.ts';
import { client } from './session.ts';

/** Groups in a page after the first: the most that Okta recommends. */
export const PAGE = 200;

let isFirstRead = true;

/** What the org is asked for. */
export interface Query {
  readonly search?: string | undefined;
  readonly sortBy?: string | undefined;
  readonly sortOrder?: SortOrder | undefined;
}

export interface GroupListState {
  /**
   * `idle`: more exists, and nobody reads it; `loading`: a page is under way; `complete`: all is read; `failed` and `cancelled`: a
   * read ended before its end, and goes on at the page where it ended.
   */
  readonly state: 'idle' | 'loading' | 'complete' | 'failed' | 'cancelled';
  readonly error?: unknown;
  /** While the list waits so that the org's rate limit keeps its reserve: until when, by `Date.now()`. */
  readonly waitsUntil?: number | undefined;
  /** The list reads on by itself up to this number of rows. */
  readonly target: number;
  /** When the first page of what is shown was read; by `Date.now()`. */
  readonly readAt?: number | undefined;
  /** Rows that a refresh has read so far; they are shown once it has read as far as the list was. */
  readonly refreshed?: number | undefined;
}

/** The part of a bucket that reading on leaves to people and other programs. */
const RESERVE = 0.1;

/** Requests that reading on may still send in this window. */
export function spare({ limit, remaining, inFlight }: RateLimitState): number {
  return Math.max(0, remaining - inFlight - Math.ceil(limit * RESERVE));
}

/** Groups that match a query, read page by page. A list stays in memory when another is shown. */
export class GroupList {
  readonly query: Query;
  readonly rows = new Rows();
  readonly #state = signal<GroupListState>({ state: 'idle', target: 0 });
  #cursor: Cursor | undefined;
  #turn = new AbortController();
  /** Pages of a refresh, until they take the place of the rows. */
  #fresh: GroupRow[] | undefined;
  #freshAt = 0;
  /** Rows that a refresh reads before they are shown. */
  #until = 0;
  /** Where the list was before a refresh, which a cancelled refresh comes back to. */
  #before: { cursor: Cursor | undefined; state: GroupListState } | undefined;
  #pageMs = 0;
  /** The rows are those of {@link #early}. */
  #isEarly = false;

  constructor(query: Query) {
    this.query = query;
  }

  get state(): ReadonlySignal<GroupListState> {
    return this.#state;
  }

  get isComplete(): boolean {
    return this.#state.peek().state === 'complete';
  }

  /** Milliseconds that a page takes, from those that were read. */
  get pageMs(): number {
    return this.#pageMs;
  }

  #put(change: Partial<GroupListState>): void {
    this.#state.value = { ...this.#state.peek(), ...change };
    version.value++;
  }

  /** Reads the next page, and further ones until there are `target` rows. One read runs at a time. */
  async read(target = 0): Promise<void> {
    const before = this.#state.peek();
    const { search, sortBy } = this.query;
    if (before.state === 'complete') return;
    this.#put({ target: Math.max(before.target, target) });
    if (before.state === 'loading') return;
    const turn = (this.#turn = new AbortController());
    this.#put({ state: 'loading', error: undefined });
    if (isFirstRead && search === undefined && sortBy === undefined) void this.#early();
    try {
      let isFirst = this.#count === 0;
      do {
        if (!isFirst) await this.#takeTurn(turn.signal);
        const isLast = await this.#page(turn.signal);
        if (isLast) {
          this.#put({ state: 'complete', target: 0 });
          totals.set(this.query.search ?? '', this.rows.size);
          return;
        }
        // The rows of the first page are drawn before the next one is asked for.
        if (isFirst) await after(50, turn.signal);
        isFirst = false;
      } while (this.#fresh !== undefined || this.rows.size < Math.max(this.#state.peek().target, PAGE));
      this.#put({ state: 'idle', target: 0 });
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#dropEarly();
      const isCancelled = turn.signal.aborted || isOktaError(error, 'aborted');
      const state = !isCancelled ? 'failed' : turn.signal.reason === LEFT ? 'idle' : 'cancelled';
      this.#put({ state, error: state === 'idle' ? undefined : error, target: 0, waitsUntil: undefined });
    }
  }

  /** Shows the groups that the boot script read, until the client is there and has read the same answer. */
  async #early(): Promise<void> {
    const groups = await firstGroups();
    if (!isFirstRead || !Array.isArray(groups) || this.rows.size > 0) return;
    this.#isEarly = true;
    this.rows.add(
      groups.filter((group) => typeof group?.id === 'string').map((group: Group) => toRow(group)),
    );
    this.#put({});
  }

  #dropEarly(): void {
    if (this.#isEarly) this.rows.clear();
    this.#isEarly = false;
  }

  get #count(): number {
    return this.#fresh?.length ?? this.rows.size;
  }

  /** What a person waits for goes first, and the reserve of the rate limit is not touched. */
  async #takeTurn(signal: AbortSignal): Promise<void> {
    for (;;) {
      await whenQuiet(signal);
      const bucket = (await client()).rateLimits().get('groups');
      if (!bucket || spare(bucket) > 0 || bucket.resetsInMs <= 0) return;
      this.#put({ waitsUntil: Date.now() + bucket.resetsInMs });
      await after(bucket.resetsInMs + 100, signal);
      this.#put({ waitsUntil: undefined });
    }
  }

  /** Reads one page; tells whether it was the last. */
  async #page(signal: AbortSignal): Promise<boolean> {
    const org = await client();
    const { search, sortBy, sortOrder } = this.query;
    const began = performance.now();
    // Further pages keep the page size of their cursor, which the client shrinks for a slow org.
    const limit = isFirstRead ? FIRST_PAGE : this.rows.size > FIRST_PAGE ? undefined : PAGE;
    const page = await org.groups.list({
      // The org sorts the result of a search alone: this one finds every group.
      search: search ?? (sortBy === undefined ? undefined : EVERY),
      sortBy: sortBy as SearchAttr | undefined,
      sortOrder,
      limit,
      expand: EXPAND,
      cursor: this.#cursor,
      signal,
    });
    signal.throwIfAborted();
    isFirstRead = false;
    this.#dropEarly();
    const took = performance.now() - began;
    this.#pageMs = this.#pageMs === 0 ? took : 0.8 * this.#pageMs + 0.2 * took;
    this.#cursor = page.cursor;
    const rows = page.items.flatMap((group) => (gone.has(group.id) ? [] : this.#rowOf(group)));
    if (this.#fresh) {
      if (this.#fresh.length === 0) this.#freshAt = Date.now();
      this.#fresh.push(...rows);
      if (page.hasNext && this.#fresh.length < this.#until) {
        this.#put({ refreshed: this.#fresh.length });
        return false;
      }
      const fresh = this.#fresh;
      this.#fresh = this.#before = undefined;
      this.rows.clear();
      this.rows.add(fresh);
      this.#put({ readAt: this.#freshAt, refreshed: undefined });
    } else {
      const isFirst = this.rows.size === 0;
      this.rows.add(rows);
      this.#put(isFirst ? { readAt: Date.now() } : {});
    }
    return !page.hasNext;
  }

  /** A list may lag behind a write: what this page wrote later stays. */
  #rowOf(group: Group): GroupRow {
    const before = this.rows.get(group.id);
    const row = toRow(group, before);
    return before && before.lastUpdated > row.lastUpdated ? before : row;
  }

  /** Reads the list anew, as far as it was read. Its rows stay until then. */
  async refresh(): Promise<void> {
    this.#turn.abort();
    this.#turn = new AbortController();
    const state = this.#state.peek();
    if (this.rows.size > 0) {
      this.#before ??= { cursor: this.#cursor, state };
      this.#until = this.#before.state.state === 'complete' ? Infinity : this.rows.size;
      this.#fresh = [];
    }
    this.#cursor = undefined;
    this.#put({ state: 'idle', target: 0, refreshed: this.#fresh && 0, waitsUntil: undefined });
    await this.read();
  }

  /** The list is shown no more: it stops reading ahead, unless a person asked for all of it. */
  leave(isReadOn = false): void {
    const { state, target, refreshed } = this.#state.peek();
    if (state !== 'loading' || refreshed !== undefined || (isReadOn && target > this.rows.size + PAGE))
      return;
    this.#turn.abort(LEFT);
  }

  /** Stops reading. What was read stays; `read` goes on. */
  cancel(): void {
    const before = this.#before;
    if (before) {
      this.#turn.abort();
      this.#turn = new AbortController();
      this.#before = this.#fresh = undefined;
      this.#cursor = before.cursor;
      const { state, error } = before.state;
      const isRead = state !== 'loading';
      this.#state.value = {
        ...before.state,
        state: isRead ? state : 'cancelled',
        error,
        refreshed: undefined,
        waitsUntil: undefined,
        target: 0,
      };
      version.value++;
    } else if (this.#state.peek().state === 'loading') {
      this.#turn.abort(new DOMException('cancelled', 'AbortError'));
    }
  }
}

/** Why a list stopped that is shown no more. */
const LEFT = new DOMException('the list is not shown', 'AbortError');

/** Groups that are deleted: a page that lags behind does not bring them back. */
const gone = new Set<string>();

/** A `search` that every group matches. */
const EVERY = 'created gt "1970-01-01T00:00:00.000Z"';

/** Grows with each change of any list. */
export const version = signal(0);

/** How many groups a `search` found when it was read to its end last (`''`: all groups). */
const totals = new Map<string, number>();
export const totalOf = (search: string | undefined): number | undefined => totals.get(search ?? '');
/** Tells a total from another source: the local org knows its size. */
export const setTotal = (search: string | undefined, count: number): void => {
  totals.set(search ?? '', count);
  version.value++;
};

/** Lists in memory, the one that was shown last at the end. */
let lists: GroupList[] = [];
/** Lists and rows that are kept beside the one that is shown. */
const KEPT_LISTS = 6;
const KEPT_ROWS = 150_000;

/**
 * The list of a query: one that was read before, or a new one. A list that is complete serves every order; the caller sorts its
 * rows.
 */
export function listOf(query: Query): GroupList {
  const same = lists.filter((list) => list.query.search === query.search);
  const list =
    same.find((each) => each.isComplete) ??
    same.find(
      ({ query: { sortBy, sortOrder } }) => sortBy === query.sortBy && sortOrder === query.sortOrder,
    ) ??
    new GroupList(query);
  lists = [...lists.filter((each) => each !== list), list];
  let rows = 0;
  lists = lists
    .reverse()
    .filter((each, at) => {
      rows += at === 0 ? 0 : each.rows.size;
      const isKept = at <= KEPT_LISTS && rows <= KEPT_ROWS;
      if (!isKept) each.cancel();
      return isKept;
    })
    .reverse();
  return list;
}

/** Changes that this page made to groups: lists and open screens follow them. */
export type GroupChange =
  | { readonly kind: 'created' | 'updated'; readonly group: Group }
  | { readonly kind: 'removed'; readonly id: string }
  /** Members were added or removed: by how many, as far as it is known. */
  | { readonly kind: 'members'; readonly id: string; readonly by: number };

/** The last change; each is a new object. */
export const groupChanged = signal<GroupChange | undefined>(undefined);

/** A group was made: it stands at the end of the lists that are not searched. */
export function created(group: Group): void {
  for (const list of lists) {
    if (list.query.search === undefined) list.rows.add([{ ...toRow(group), users: 0, apps: 0 }]);
  }
  tell({ kind: 'created', group });
}

/** A group's profile changed. It stays in the lists that show it until they are read anew. */
export function updated(group: Group): void {
  for (const { rows } of lists) {
    const before = rows.get(group.id);
    if (before) rows.update(toRow(group, before));
  }
  tell({ kind: 'updated', group });
}

/** A group was deleted, or is known to be gone. */
export function removed(id: string): void {
  gone.add(id);
  for (const { rows } of lists) rows.remove(id);
  tell({ kind: 'removed', id });
}

/** Members were added to a group (`by` above 0) or removed from it. */
export function membersChanged(id: string, by: number): void {
  for (const { rows } of lists) {
    const before = rows.get(id);
    if (before?.users === undefined) continue;
    rows.update({ ...withUsers(before, before.users + by), lastMembershipUpdated: Date.now() });
  }
  tell({ kind: 'members', id, by });
}

function tell(change: GroupChange): void {
  groupChanged.value = change;
  version.value++;
}
