// What a screen reads, as a signal with the states that every screen shows.
import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { isOktaError } from 'okta-groups/external';
import type { OktaGroups, Page, Cursor } from 'okta-groups/external';

import { asPerson } from './person.ts';
import { client, comebacks } from './session.ts';

/** Reads that failed for want of the network or of a sign-in: each is read again once that is back. */
const waiting = new Set<() => void>();
comebacks.subscribe(() => {
  const all = [...waiting];
  waiting.clear();
  for (const again of all) again();
});

/** Whether a read that failed like this may succeed once the network or the sign-in is back. */
export const mayComeBack = (error: unknown): boolean =>
  isOktaError(error, 'connection') || isOktaError(error, 'unauthorized') || isOktaError(error, 'timeout');

export type Loaded<T> =
  | { state: 'loading' }
  | { state: 'ready'; value: T }
  | { state: 'failed'; error: unknown }
  | { state: 'cancelled' };

/** One value, read by `read`. A new `load` aborts the one before. */
export class Load<T> {
  readonly #state = signal<Loaded<T>>({ state: 'loading' });
  #turn = new AbortController();
  #again: (() => void) | undefined;

  get state(): ReadonlySignal<Loaded<T>> {
    return this.#state;
  }

  get value(): T | undefined {
    const state = this.#state.value;
    return state.state === 'ready' ? state.value : undefined;
  }

  /** Reads. What was read before stays shown with `keep` until the new value is there. */
  async load(
    read: (client: OktaGroups, signal: AbortSignal) => Promise<T>,
    { keep = false }: { keep?: boolean } = {},
  ): Promise<void> {
    this.#end();
    const turn = (this.#turn = new AbortController());
    if (!keep || this.#state.value.state !== 'ready') this.#state.value = { state: 'loading' };
    try {
      const value = await asPerson(async () => read(await client(), turn.signal));
      if (!turn.signal.aborted) this.#state.value = { state: 'ready', value };
    } catch (error) {
      if (turn.signal.aborted) return;
      this.#state.value = { state: 'failed', error };
      this.#again = () => void this.load(read, { keep });
      if (mayComeBack(error)) waiting.add(this.#again);
    }
  }

  #end(): void {
    this.#turn.abort();
    if (this.#again) waiting.delete(this.#again);
  }

  /** Puts a value in place of what was read, after a write that says what there is now. */
  set(value: T): void {
    this.#end();
    this.#state.value = { state: 'ready', value };
  }

  cancel(): void {
    this.#turn.abort();
    if (this.#state.value.state === 'loading') this.#state.value = { state: 'cancelled' };
  }

  /** Ends it: nothing is told any more. */
  stop(): void {
    this.#end();
  }
}

export interface ListState<T> {
  items: readonly T[];
  /** More exists, or may exist. */
  more: boolean;
  /** `loading`: a page is under way; `idle`: waits to be asked on; `complete`: all is read. */
  state: 'loading' | 'idle' | 'complete' | 'failed' | 'cancelled';
  error?: unknown;
}

/** A list, read page by page, that goes on at the page that failed. */
export class ListLoad<T> {
  readonly #state = signal<ListState<T>>({ items: [], more: true, state: 'idle' });
  #turn = new AbortController();
  #cursor: Cursor | undefined;
  readonly #again = () => void this.next();
  #list:
    | ((client: OktaGroups, cursor: Cursor | undefined, signal: AbortSignal) => PromiseLike<Page<T>>)
    | undefined;

  get state(): ReadonlySignal<ListState<T>> {
    return this.#state;
  }

  /** Begins anew, with another list, and reads its first page. `list` passes `cursor` and `signal` on; it may make
   * smaller items of the org's. */
  async start(
    list: (client: OktaGroups, cursor: Cursor | undefined, signal: AbortSignal) => PromiseLike<Page<T>>,
  ): Promise<void> {
    this.stop();
    this.#list = list;
    this.#cursor = undefined;
    this.#state.value = { items: [], more: true, state: 'idle' };
    await this.next();
  }

  /** Reads the next page; nothing while one is under way or when all is read. */
  async next(): Promise<void> {
    const { state } = this.#state.value;
    if (!this.#list || state === 'loading' || state === 'complete') return;
    waiting.delete(this.#again);
    const turn = (this.#turn = new AbortController());
    const { items } = this.#state.value;
    this.#state.value = { items, more: true, state: 'loading' };
    try {
      const list = this.#list;
      const page = await asPerson(async () => list(await client(), this.#cursor, turn.signal));
      if (turn.signal.aborted) return;
      this.#cursor = page.cursor;
      this.#state.value = {
        // Not those from before the read: `update` may have changed them since.
        items: [...this.#state.value.items, ...page.items],
        more: page.hasNext,
        state: page.hasNext ? 'idle' : 'complete',
      };
    } catch (error) {
      if (turn.signal.aborted) return;
      const cancelled = isOktaError(error, 'aborted');
      this.#state.value = { ...this.#state.value, state: cancelled ? 'cancelled' : 'failed', error };
      if (mayComeBack(error)) waiting.add(this.#again);
    }
  }

  /** Reads all that is left, one page at a time. */
  async rest(): Promise<void> {
    do await this.next();
    while (this.#state.value.state === 'idle');
  }

  /** Changes the items in place of another read, after a write: the list of an org may lag behind its writes. */
  update(change: (items: readonly T[]) => readonly T[]): void {
    this.#state.value = { ...this.#state.value, items: change(this.#state.value.items) };
  }

  cancel(): void {
    this.#turn.abort();
    if (this.#state.value.state === 'loading')
      this.#state.value = { ...this.#state.value, state: 'cancelled' };
  }

  stop(): void {
    this.#turn.abort();
    waiting.delete(this.#again);
  }
}
