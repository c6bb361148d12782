// Names of people and groups whose ids alone are known: read for what is in sight, some hundred ids with one request.
import { signal } from '@preact/signals';
import { isOktaError, oneOf } from 'okta-groups/external';
import type { Group, OktaGroups, PagedList, User } from 'okta-groups/external';

import { client } from './session.ts';

/** Those that have one of some ids. */
type ById = ReturnType<typeof oneOf<'id'>>;

/** How many ids one request asks for: its URL stays below 8 kB, the most that servers take. */
const AT_ONCE = 100;
/** Rows that scroll by are not asked for. */
const PAUSE_MS = 150;

/** What is known of ids, and asks the org for what is in sight. */
export class Names<T extends { id: string }> {
  readonly #known = new Map<string, T | undefined>();
  readonly #version = signal(0);
  #wanted = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The org refuses such reads; ids are shown alone. */
  readonly refused = signal(false);
  readonly #read: (client: OktaGroups, search: ById) => PagedList<T>;

  constructor(read: (client: OktaGroups, search: ById) => PagedList<T>) {
    this.#read = read;
  }

  /** Takes note of what was read for another purpose. Nothing is drawn anew for it. */
  note(item: T): void {
    this.#known.set(item.id, item);
  }

  /** What is known, without asking. */
  peek(id: string): T | undefined {
    return this.#known.get(id);
  }

  /** What is known; asks for the rest. A component that calls it while it draws is drawn anew with the answer. */
  get(id: string): T | undefined {
    void this.#version.value;
    if (!this.#known.has(id) && !this.refused.peek()) {
      // The latest are those in sight.
      this.#wanted.delete(id);
      this.#wanted.add(id);
      this.#timer ??= setTimeout(() => void this.#ask(), PAUSE_MS);
    }
    return this.#known.get(id);
  }

  async #ask(): Promise<void> {
    const ids = [...this.#wanted].slice(-AT_ONCE);
    this.#wanted = new Set();
    try {
      const { items } = await this.#read(await client(), oneOf('id', ids));
      for (const id of ids) this.#known.set(id, undefined);
      for (const item of items) this.note(item);
    } catch (error) {
      // Without a network, the ids are asked for again when they are drawn again.
      if (isOktaError(error, 'connection') || isOktaError(error, 'unauthorized')) return;
      this.refused.value = true;
    } finally {
      this.#timer = undefined;
    }
    this.#version.value++;
  }
}

/** People by their ids. Needs the scope `okta.users.read`. */
export const people = new Names<User>((org, search) => org.users.list({ search, limit: AT_ONCE }));

/** Groups by their ids. */
export const groups = new Names<Group>((org, search) => org.groups.list({ search, limit: AT_ONCE }));
