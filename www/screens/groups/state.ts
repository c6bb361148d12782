// What the screen Groups shows: it stays while other screens are shown, and outlives a reload in the address and in
// `history.state` (place and ids of selected rows; nothing else of the groups).
import { batch, computed, effect, signal, untracked } from '@preact/signals';

import { counting, countTest, isUnconditional, searched } from '../../model/conditions.ts';
import type { Conditions } from '../../model/conditions.ts';
import type { TextFault } from '../../model/expressions.ts';
import type { Address } from '../../model/address.ts';
import type { GroupRow } from '../../model/row.ts';
import { sortByOf } from '../../model/rows.ts';
import type { RowView, SortKey, ViewSpec } from '../../model/rows.ts';
import { atOnce } from '../../model/slices.ts';
import { GroupList, groupChanged, listOf } from '../../org/groups.ts';
import { warn } from '../../org/notices.ts';
import { client, comebacks } from '../../org/session.ts';
import { inTurns } from '../../org/turns.ts';
import type { Selecting } from '../../ui/grid.tsx';
import { address, go, hrefTo, leaving } from '../../ui/route.ts';

/** Rows up to which scrolling reads on by itself; beyond them the person decides. */
export const AHEAD = 3_000;
/** Rows that are filtered and sorted at once. */
const SMALL = 4_000;

/** The client is there, and with it the parser of expressions; or why not. */
export const ready = signal<boolean | { error: unknown }>(false);
export function connect(): void {
  ready.value = false;
  Promise.all([client(), needsLanguage.peek() && learn()]).then(
    () => (ready.value = true),
    (error: unknown) => (ready.value = { error }),
  );
}

/** Loads the language of `search`. */
export async function learn(): Promise<void> {
  language.value ??= await import('../../model/expressions.ts');
}

/** What the list is narrowed by: chips, or a text that chips cannot show, or a text with a fault. */
export interface Narrowing {
  readonly conditions: Conditions;
  /** `search` for the org. */
  readonly search?: string | undefined;
  /** An expression that chips cannot show. */
  readonly text?: string;
  readonly fault?: TextFault;
}

/** What the list shows, without what is open beside it. */
export const viewKey = computed(() => {
  const { conditions, search, sort, order } = address.value;
  return JSON.stringify([conditions, search, sort, order]);
});

/** The language of `search`: it loads where a list is narrowed. */
const language = signal<typeof import('../../model/expressions.ts') | undefined>(undefined);
const needsLanguage = computed(() => {
  const { conditions = {}, search } = address.value;
  return search !== undefined || !isUnconditional(searched(conditions));
});

export const narrowing = computed<Narrowing | undefined>(() => {
  // Without a language the first rows need no client: the boot script has asked for them.
  if (typeof ready.value === 'object' || (needsLanguage.value && !ready.value)) return undefined;
  // A group that is opened beside the list changes the address, and nothing here.
  viewKey.value;
  const { conditions = {}, search } = address.peek();
  if (!needsLanguage.value) return { conditions };
  if (!language.value) return undefined;
  const { fromExpression, toExpression } = language.value;
  if (search === undefined) return { conditions, search: toExpression(conditions) };
  const read = fromExpression(search);
  const counts = counting(conditions);
  if (read.fault) return { conditions: counts, text: read.text, fault: read.fault };
  if (read.conditions)
    return { conditions: { ...read.conditions, ...counts }, search: toExpression(read.conditions) };
  return { conditions: counts, search: read.text, text: read.text };
});

connect();
effect(() => {
  if (!needsLanguage.value || language.value) return;
  learn().catch((error: unknown) => {
    ready.value = { error };
  });
});

/** Goes to another state of the list. A view that is changed has its name no more. */
export function change(
  to: { [Key in keyof Address]?: Address[Key] | undefined },
  options?: { replace?: boolean },
): void {
  const { view: _view, ...rest } = address.peek();
  go(hrefTo({ ...rest, ...to } as Address), options);
}

/** Narrows the list by other conditions, in place of all there were. */
export function narrow(conditions: Conditions, options?: { replace?: boolean }): void {
  const { search: _search, view: _view, ...rest } = address.peek();
  go(hrefTo({ ...rest, conditions }), options);
}

/** Opens a group beside the list; `undefined` closes it. */
export function openGroup(id: string | undefined): void {
  const { group: _group, tab: _tab, ...rest } = address.peek();
  go(hrefTo(id === undefined ? rest : { ...rest, group: id }));
}

/** The columns of the org's own attributes, once their part has come. */
export const attributes = signal<typeof import('./attributes.tsx') | undefined>(undefined);
/** Loads that part, which reads the org's schema. */
export function needAttributes(): void {
  import('./attributes.tsx').then(
    (part) => (attributes.value = part),
    (error: unknown) => warn('The columns of attributes could not be loaded.', error),
  );
}

/** The list and its view that are drawn, and the place to go to whenever `key` changes. */
export const shown = signal<{ list: GroupList; view: RowView; key: string; top: number } | undefined>(
  undefined,
);
/** Rows are being filtered and sorted. */
export const isSorting = signal(false);
let turn = new AbortController();

/** Whether the org's answers come in the order that is asked for. */
export const isSortedByOrg = ({ query }: GroupList, sort: SortKey | undefined, order = 'asc'): boolean => {
  const by = sort && sortByOf(sort);
  return sort === undefined || (!!by && query.sortBy === by && (query.sortOrder ?? 'asc') === order);
};

/** Shows what the address says; reads the first page of a list that is new. */
async function show(
  { conditions, search, fault }: Narrowing,
  sort: SortKey | undefined,
  order: 'asc' | 'desc',
): Promise<void> {
  turn.abort();
  const own = (turn = new AbortController());
  isSorting.value = false;
  if (fault) return;
  const sortBy = sort && sortByOf(sort);
  const list = listOf({ search, sortBy, sortOrder: sortBy === undefined ? undefined : order });
  const before = shown.peek();
  if (before && before.list !== list) before.list.leave();
  const spec: ViewSpec = {
    where: countTest(conditions),
    ...(!isSortedByOrg(list, sort, order) && { sort, order }),
  };
  const view = before?.list === list ? before.view : list.rows.view(spec);
  const work = view.rebuild(spec);
  if (list.rows.size <= SMALL) atOnce(work);
  else {
    isSorting.value = true;
    try {
      await inTurns(work, own.signal);
    } catch {
      // Another view is shown in place of this one.
      if (before?.view !== view) view.close();
      return;
    } finally {
      // A sort that another one stopped ends after that has begun.
      if (own === turn) isSorting.value = false;
    }
  }
  if (before && before.view !== view) before.view.close();
  const { read = 0, top: keptTop = 0 } = kept();
  shown.value = { list, view, key: viewKey.peek(), top: keptTop };
  const { state } = list.state.peek();
  if (
    list.rows.size === 0 ? state === 'idle' || state === 'cancelled' : list.rows.size < Math.min(read, AHEAD)
  )
    void list.read(Math.min(read, AHEAD));
}

/** Shows the list that the address names, as long as the screen is there. */
export function follow(): () => void {
  const stop = [
    effect(() => {
      viewKey.value;
      top = kept().top ?? 0;
    }),
    effect(() => {
      // Each entry of the history has its place, also one that a group was opened in.
      address.value;
      untracked(() => keepPlaceSoon());
    }),
    effect(() => {
      const by = narrowing.value;
      const { sort, order = 'asc' } = address.peek();
      if (by) untracked(() => void show(by, sort, order));
    }),
    effect(() => {
      // The network, the sign-in or the client is back.
      comebacks.value;
      const list = ready.value === true && untracked(() => shown.peek()?.list);
      if (list && list.state.peek().state === 'failed') untracked(() => void list.read());
    }),
    effect(() => {
      const gone = groupChanged.value;
      if (gone?.kind === 'removed') untracked(() => deselect(gone.id));
    }),
  ];
  leaving.add(keepPlace);
  addEventListener('pagehide', keepPlace);
  return () => {
    for (const end of stop) end();
    leaving.delete(keepPlace);
    removeEventListener('pagehide', keepPlace);
    clearTimeout(timer);
    shown.peek()?.list.leave(true);
  };
}

// Place

interface Kept {
  top?: number;
  read?: number;
  selected?: string[];
}

/** What `history.state` keeps of this screen. */
export function kept(): Kept {
  return (history.state as { groups?: Kept } | null)?.groups ?? {};
}

let top = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
/** Selected rows beyond these are forgotten by a reload. */
const KEPT_SELECTED = 2_000;

/** Keeps the place in the entry of the history. */
function keepPlace(): void {
  clearTimeout(timer);
  timer = undefined;
  if ((address.peek().screen as string) !== 'groups') return;
  const ids = [...selected.peek().keys()];
  const groups: Kept = {
    top,
    read: Math.min(shown.peek()?.list.rows.size ?? 0, AHEAD),
    ...(ids.length > 0 && ids.length <= KEPT_SELECTED && { selected: ids }),
  };
  history.replaceState({ ...history.state, groups }, '');
}

/** Keeps the place once the person rests: browsers limit how often. */
export function keepPlaceSoon(at = top): void {
  top = at;
  timer ??= setTimeout(keepPlace, 300);
}

// Selection

/** Rows that are selected, by id: in whichever list they are. A row that is not read yet is `undefined`. */
export const selected = signal<ReadonlyMap<string, GroupRow | undefined>>(
  new Map(kept().selected?.map((id) => [id, undefined])),
);
/** What the last selecting said. */
export const selectionSaid = signal('');
/** The last selecting was of a range, which Shift+arrows make longer or shorter. */
export const range = { isOpen: false };
/** Id of the row that the keyboard is at. */
export const activeId = signal<string | undefined>(undefined);

/** Moves the keyboard's place; a move that does not extend the selection ends its range. */
export function activate(id: string | undefined, isRange = false): void {
  if (!isRange) range.isOpen = false;
  activeId.value = id;
}

/** Selects these rows, in place of those that are. */
export function choose(rows: ReadonlyMap<string, GroupRow | undefined>, said = ''): void {
  batch(() => {
    selected.value = rows;
    selectionSaid.value = said;
  });
  keepPlaceSoon();
}

/** Selects by a click or a key in the list. */
export function select(...what: [how: Selecting, index: number, from: number]): void {
  import('./select.ts').then(
    (part) => part.select(...what),
    (error: unknown) => warn('Nothing was selected.', error),
  );
}

/** What is gone is selected no more. */
function deselect(id: string): void {
  const next = new Map(selected.peek());
  if (next.delete(id)) choose(next);
}
