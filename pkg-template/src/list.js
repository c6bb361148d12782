// Lists: pages come from Rust, items from here (an item that crosses from wasm costs ten times as much).
import { PAGES, TO_ARRAY, callOptions } from './options.js';
import { Awaitable, tracer } from './promise.js';
import { hide, isOktaError, oktaError } from '../../src/web/errors.js';

/** A list that asks for nothing until it is awaited or iterated, and starts anew each time it is. */
export class PagedList extends Awaitable {
  #open;

  /** `open(cursor)` starts a walk through the pages. */
  constructor(open) {
    // Awaited, a list is its first page.
    super(() => this.#firstPage());
    this.#open = open;
  }

  /**
   * The pages, from the start of the list or from `cursor`.
   * @param {{ cursor?: string }} [options]
   */
  async *pages(options) {
    const { cursor } = callOptions(options, PAGES);
    for await (const { page } of this.#walk(tracer(), cursor)) yield page;
  }

  /** The items of all pages. */
  [Symbol.asyncIterator]() {
    const traced = tracer();
    return new Items(this.#walk(traced), traced);
  }

  /** `trail` leads back to where `page.next()` was first called: a walk of its own sees no loop. */
  async *#walk(traced, cursor, trail) {
    const { walk, prefetch } = this.#open(cursor);
    let coming;
    let hasNext = true;
    const readAhead = () => {
      if (prefetch && hasNext) (coming ??= traced(walk.next())).catch(() => {});
    };
    // Nothing but what is yielded holds a page: one that is held is copied by the collector.
    const take = async (first) => {
      const { page: read, check } = await (coming ?? traced(walk.next()));
      coming = undefined;
      check?.();
      const page = new Page(read, (place) => this.#page({ ...place, before: trail }));
      for (let place = trail; place; place = place.before) {
        if (page.hasNext && place.cursor === page.cursor) throw looping(page, cursor);
      }
      hasNext = page.hasNext;
      if (!first) readAhead();
      return { page, readAhead, check };
    };
    try {
      for (let first = true; hasNext; first = false) {
        yield take(first);
      }
    } finally {
      // Whoever stops early cancels what was read ahead.
      walk.end();
    }
  }

  /**
   * All items, of which there may be `max`.
   * @param {{ max?: any, onExceed?: string }} [options]
   */
  async toArray(options) {
    const { max, onExceed = 'throw' } = callOptions(options, TO_ARRAY);
    if (!(max === Infinity || (Number.isInteger(max) && max > 0))) {
      throw oktaError('argument', 'max must be given: the most items to hold, a whole number or Infinity', {
        argument: 'max',
      });
    }
    const items = [];
    try {
      for await (const page of this.pages()) {
        if (items.length + page.items.length > max) {
          if (onExceed === 'throw') {
            throw oktaError('pagination', `the list has more than ${max} items`, { reason: 'exceeded' });
          }
          return items.concat(page.items.slice(0, max - items.length));
        }
        for (const item of page.items) items.push(item);
        // What is to be truncated needs no more pages.
        if (items.length === max && onExceed !== 'throw') return items;
      }
      return items;
    } catch (/** @type {any} */ error) {
      if (!isOktaError(error)) throw error;
      // Of a page that the list cannot go on from, the cursor would lead to its items again.
      if (error.items) delete error.cursor;
      hide(error, 'items', items.concat(error.items ?? []));
      throw error;
    }
  }

  /** The first item, or `undefined` of an empty list. */
  async first() {
    for await (const item of this) return item;
    return undefined;
  }

  #firstPage() {
    return this.#page({});
  }

  /** The page at a place, `{ cursor, before }`. */
  async #page(trail) {
    for await (const { page } of this.#walk(tracer(), trail.cursor, trail)) return page;
    return undefined;
  }

  [Symbol.for('nodejs.util.inspect.custom')]() {
    return 'PagedList { for await (const item of list), .pages(), .toArray({ max }), .first() }';
  }
}

/**
 * The items of a walk's pages. Written out, not a generator: an item that is at hand costs one Promise, not three.
 */
class Items {
  #walk;
  #items = [];
  #at = 0;
  #readAhead;
  #check;
  #coming;
  #traced;

  constructor(walk, traced) {
    this.#walk = walk;
    this.#traced = traced;
  }

  next() {
    // One after another, though a caller may ask for several at once.
    if (this.#coming || this.#at >= this.#items.length) {
      const coming = this.#traced(
        (this.#coming ?? Promise.resolve()).catch(() => {}).then(() => this.#take()),
      );
      this.#coming = coming;
      const settle = () => {
        if (this.#coming === coming) this.#coming = undefined;
      };
      coming.then(settle, settle);
      return coming;
    }
    // Whoever comes for a second item is likely to come for the next page.
    if (this.#at === 1) this.#readAhead();
    try {
      return Promise.resolve(this.#item());
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #item() {
    try {
      this.#check?.();
    } catch (error) {
      this.return().catch(() => {});
      throw error;
    }
    return { value: this.#items[this.#at++], done: false };
  }

  async #take() {
    while (this.#at >= this.#items.length) {
      this.#items = [];
      const { value, done } = await this.#walk.next();
      if (done) return { value: undefined, done };
      this.#items = value.page.items;
      this.#readAhead = value.readAhead;
      this.#check = value.check;
      this.#at = 0;
    }
    return this.#item();
  }

  async return(value) {
    this.#items = [];
    await this.#walk.return();
    return { value, done: true };
  }

  [Symbol.asyncIterator]() {
    return this;
  }
}

function looping({ items }, cursor) {
  const message = 'the next link leads to a page that was read already';
  return oktaError('pagination', message, { reason: 'loop', cursor, items });
}

/** One page: its items, and the cursor of the page after it, which `follow` reads. */
class Page {
  constructor({ items, cursor, response }, follow) {
    this.items = items;
    if (cursor !== undefined) this.cursor = cursor;
    this.hasNext = cursor !== undefined;
    // Not shown: a copy for another thread or a store cannot hold Headers.
    hide(this, 'response', response);
    // Of the page itself: a framework's proxy of it has no private members.
    hide(this, 'next', async () => (cursor === undefined ? undefined : follow({ cursor })));
  }

  [Symbol.iterator]() {
    return this.items[Symbol.iterator]();
  }
}
