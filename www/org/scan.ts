// Reads a long list page by page without keeping it. It can be cancelled and goes on at the page where it stopped.
import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { isOktaError } from 'okta-groups/external';
import type { Cursor, OktaGroups, PagedList } from 'okta-groups/external';

import { whenQuiet } from './person.ts';
import { client } from './session.ts';

export interface ScanState {
  /** `idle`: not begun; `found`: `see` ended it before the end of the list. */
  state: 'idle' | 'reading' | 'done' | 'found' | 'failed' | 'cancelled';
  /** Items read so far. */
  read: number;
  error?: unknown;
}

export class Scan<T> {
  readonly #state = signal<ScanState>({ state: 'idle', read: 0 });
  readonly #list: (client: OktaGroups, cursor: Cursor | undefined, signal: AbortSignal) => PagedList<T>;
  readonly #see: (items: readonly T[]) => boolean;
  #turn = new AbortController();
  #cursor: Cursor | undefined;

  /**
   * @param list - The list; it passes `cursor` and `signal` on.
   * @param see - Looks at the items of each page, once. `true` ends the reading.
   */
  constructor(
    list: (client: OktaGroups, cursor: Cursor | undefined, signal: AbortSignal) => PagedList<T>,
    see: (items: readonly T[]) => boolean,
  ) {
    this.#list = list;
    this.#see = see;
  }

  get state(): ReadonlySignal<ScanState> {
    return this.#state;
  }

  /** Reads on, from the page that failed or was cancelled, to the end. */
  async run(): Promise<void> {
    const { state } = this.#state.value;
    if (state === 'reading' || state === 'done' || state === 'found') return;
    const turn = (this.#turn = new AbortController());
    let { read } = this.#state.value;
    this.#state.value = { state: 'reading', read };
    try {
      for (;;) {
        const page = await this.#list(await client(), this.#cursor, turn.signal);
        if (turn.signal.aborted) return;
        this.#cursor = page.cursor;
        read += page.items.length;
        const found = this.#see(page.items);
        if (found || !page.hasNext) {
          this.#state.value = { state: found ? 'found' : 'done', read };
          return;
        }
        this.#state.value = { state: 'reading', read };
        // A request that a person waits for is sent before the next page.
        await whenQuiet(turn.signal);
      }
    } catch (error) {
      if (turn.signal.aborted || isOktaError(error, 'aborted')) return;
      this.#state.value = { state: 'failed', read, error };
    }
  }

  cancel(): void {
    this.#turn.abort();
    if (this.#state.value.state === 'reading')
      this.#state.value = { ...this.#state.value, state: 'cancelled' };
  }
}
