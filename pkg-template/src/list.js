// Lists: pages come from Rust, items from here (an item that crosses from wasm costs ten times as much).
import { PAGES, TO_ARRAY, callOptions } from './options.js';
import { Awaitable, tracer } from './promise.js';
import { hide, isOktaError, oktaError } from './error-classes.js';

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
   * @returns {any}
   */
  pages(options) {
    return new Pages(new Steps(() => this.#way(tracer(), callOptions(options, PAGES).cursor)));
  }

  /** The items of all pages. */
  [Symbol.asyncIterator]() {
    const traced = tracer();
    return new Items(this.#way(traced), traced);
  }

  #way(traced, cursor) {
    return new Way(() => this.#open(cursor), traced);
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
      let read = items;
      if (isOktaError(error, 'pagination')) {
        // Of a page that the list cannot go on from; the cursor would lead to its items again.
        read = items.concat(error.items ?? []);
        delete error.cursor;
      }
      hide(error, 'items', read);
      throw error;
    }
  }

  /** The first item, or `undefined` of an empty list. */
  async first() {
    for await (const item of this) return item;
    return undefined;
  }

  async #firstPage() {
    return (await this.withResponse()).data;
  }

  /** The first page, and about the answer that it came in. */
  async withResponse() {
    const way = this.#way(tracer());
    try {
      return answered(await way.next());
    } finally {
      way.end();
    }
  }

  [Symbol.for('nodejs.util.inspect.custom')]() {
    return 'PagedList { for await (const item of list), .pages(), .toArray({ max }), .first(), .withResponse() }';
  }
}

/** The way through the pages of a list. An error leaves it where it was, to be tried again. */
class Way {
  #open;
  #traced;
  #walk;
  #prefetch;
  #coming;
  #hasNext = true;
  #isOver = false;

  /** `open()` starts the walk. */
  constructor(open, traced) {
    this.#open = open;
    this.#traced = traced;
  }

  /** The next page, its answer, how to read ahead, and what to check before an item is given; nothing at the end. */
  async next() {
    if (!this.#hasNext) this.end();
    if (this.#isOver) return undefined;
    const isFirst = !this.#walk;
    if (isFirst) ({ walk: this.#walk, prefetch: this.#prefetch } = this.#open());
    const coming = this.#coming ?? this.#read();
    this.#coming = undefined;
    let read;
    try {
      read = await coming;
    } catch (error) {
      // Whoever ended it meanwhile is not told so.
      if (this.#isOver) return undefined;
      // Most never come back.
      if (isOktaError(error, 'aborted')) this.end();
      else this.#walk.end();
      throw error;
    }
    if (this.#isOver) return undefined;
    try {
      read.check?.();
      // Nothing but what is given holds a page: one that is held is copied by the collector.
      const { items, cursor, response } = read.page;
      // Plain, with nothing hidden: it is to pass through serialisers, stores and caches as it is.
      const page = cursor === undefined ? { items, hasNext: false } : { items, cursor, hasNext: true };
      this.#hasNext = page.hasNext;
      const readAhead = () => this.#readAhead();
      if (!isFirst) readAhead();
      return { page, response, readAhead, check: read.check };
    } catch (error) {
      // The walk is past that page.
      this.end();
      throw error;
    }
  }

  #read() {
    return this.#traced(this.#walk.next());
  }

  #readAhead() {
    if (this.#prefetch && this.#hasNext && !this.#isOver) (this.#coming ??= this.#read()).catch(() => {});
  }

  get isOver() {
    return this.#isOver;
  }

  /** Cancels what is being read. */
  end() {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#walk?.end();
  }
}

/** One after another, though a caller may ask for several at once. */
class Turns {
  #last;

  get areTaken() {
    return this.#last !== undefined;
  }

  take(work) {
    const turn = (this.#last ?? Promise.resolve()).catch(() => {}).then(work);
    this.#last = turn;
    const settle = () => {
      if (this.#last === turn) this.#last = undefined;
    };
    turn.then(settle, settle);
    return turn;
  }
}

/** What iterates a list: as an async generator, but it goes on after an error, and `return()` waits for no answer. */
class Iteration {
  /**
   * @param {any} [value]
   * @returns {Promise<any>}
   */
  async return(value) {
    return { value: await value, done: true };
  }

  /** @returns {Promise<any>} */
  async throw(error) {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator]() {
    return this;
  }
}

/** The way through a list from where it is first asked for a page. */
class Steps {
  #begin;
  #way;
  #turns = new Turns();

  constructor(begin) {
    this.#begin = begin;
  }

  next() {
    // Now: an error's stack is to have the line that asked.
    this.#way ??= this.#begin();
    return this.#turns.take(() => this.#way.next());
  }

  end() {
    this.#way ??= ENDED;
    this.#way.end();
  }
}

/** The pages of a list; `of` says what is given of each step. */
class Pages extends Iteration {
  #steps;
  #of;

  /** @param {Steps} steps @param {(step: any) => any} [of] */
  constructor(steps, of = ({ page }) => page) {
    super();
    this.#steps = steps;
    this.#of = of;
    if (Symbol.asyncDispose) this[Symbol.asyncDispose] = () => this.return(undefined);
  }

  async next() {
    const step = await this.#steps.next();
    return { value: step && this.#of(step), done: !step };
  }

  async return(value) {
    this.#steps.end();
    return super.return(value);
  }

  /** The same, each page with what is known of its answer. */
  withResponse() {
    return new Pages(this.#steps, answered);
  }
}

/** @param {any} step */
function answered({ page, response }) {
  return { data: page, response };
}

/** The way of who stopped before it began. */
const ENDED = { next: async () => undefined, end() {} };

/**
 * The items of a list's pages. Written out, not a generator: an item that is at hand costs one Promise, not three.
 */
class Items extends Iteration {
  #way;
  #items = [];
  #at = 0;
  #readAhead;
  #check;
  #turns = new Turns();
  #traced;

  constructor(way, traced) {
    super();
    this.#way = way;
    this.#traced = traced;
  }

  next() {
    if (this.#turns.areTaken || this.#at >= this.#items.length) {
      return this.#traced(this.#turns.take(() => this.#take()));
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
      const step = await this.#way.next();
      if (!step || this.#way.isOver) return { value: undefined, done: true };
      this.#items = step.page.items;
      this.#readAhead = step.readAhead;
      this.#check = step.check;
      this.#at = 0;
    }
    return this.#item();
  }

  async return(value) {
    this.#items = [];
    this.#way.end();
    return super.return(value);
  }
}
