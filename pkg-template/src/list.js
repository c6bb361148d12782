// Lists: pages by calls of the core, and items from those pages. The core decides which page comes next; items stay in
// JavaScript, since an item that crosses the border of the wasm costs ten times as much.
import { PAGES, TO_ARRAY, callOptions } from './options.js';
import { Awaitable, tracer } from './promise.js';
import { hide, isOktaError, oktaError } from './error-classes.js';

/** A list. It sends no request until it is awaited or iterated, and each use starts at the beginning. */
export class PagedList extends Awaitable {
  #open;

  /** `open(cursor)` starts a walk through the pages. */
  constructor(open) {
    // An awaited list resolves to its first page.
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
   * All items, at most `max`.
   * @param {{ max?: any, onExceed?: string }} [options]
   */
  async toArray(options) {
    const { max, onExceed = 'throw' } = callOptions(options, TO_ARRAY);
    if (!(max === Infinity || (Number.isInteger(max) && max > 0))) {
      throw oktaError('argument', 'max is required: the most items to hold, a whole number or Infinity', {
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
        // A truncated list needs no more pages.
        if (items.length === max && onExceed !== 'throw') return items;
      }
      return items;
    } catch (/** @type {any} */ error) {
      if (!isOktaError(error)) throw error;
      let read = items;
      if (isOktaError(error, 'pagination')) {
        // The items of the last page, from which the list cannot continue; its cursor would read these items again.
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

  /** The first page with the metadata of its answer. */
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

/** Reads the pages of a list, one ahead. After an error, the next read requests the same page again. */
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

  /**
   * Reads the next page. Returns it with its answer's metadata, `readAhead`, and `check`, which is run before an item is
   * passed on; returns `undefined` at the end.
   */
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
      // An iteration that was ended meanwhile gets no error.
      if (this.#isOver) return undefined;
      // After an abort nothing is read any more. After another error the core's walk is freed, and the next read makes one
      // again: most programs do not retry.
      if (isOktaError(error, 'aborted')) this.end();
      else this.#walk.end();
      throw error;
    }
    if (this.#isOver) return undefined;
    try {
      read.check?.();
      // Only the returned object references the page: the garbage collector copies objects that live longer.
      const { items, cursor, response } = read.page;
      // A plain object without hidden members: it passes through serialisers, stores and caches unchanged.
      const page = cursor === undefined ? { items, hasNext: false } : { items, cursor, hasNext: true };
      this.#hasNext = page.hasNext;
      const readAhead = () => this.#readAhead();
      if (!isFirst) readAhead();
      return { page, response, readAhead, check: read.check };
    } catch (error) {
      // The walk has passed this page and cannot read it again.
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

  /** Aborts the read of a page and ends the walk. */
  end() {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#walk?.end();
  }
}

/** Runs reads one after another, also if a caller starts several at once. */
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

/** The base of a list's iterators: as an async generator, but it continues after an error, and `return()` does not wait. */
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

/** A `Way` that starts with the first request of a page. */
class Steps {
  #begin;
  #way;
  #turns = new Turns();

  constructor(begin) {
    this.#begin = begin;
  }

  next() {
    // Begun here and not in the constructor: an error's stack then has the line that called `next()`.
    this.#way ??= this.#begin();
    return this.#turns.take(() => this.#way.next());
  }

  end() {
    this.#way ??= ENDED;
    this.#way.end();
  }
}

/** Iterates the pages of a list; `of` selects the value from each step. */
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

  /** Iterates the same pages, each with the metadata of its answer. */
  withResponse() {
    return new Pages(this.#steps, answered);
  }
}

/** @param {any} step */
function answered({ page, response }) {
  return { data: page, response };
}

/** The way of an iteration that was ended before its first read. */
const ENDED = { next: async () => undefined, end() {} };

/**
 * Iterates the items of a list's pages. Not a generator: an item that is already read costs one Promise, not three.
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
    // The second item starts the read of the next page: many programs take the first item only.
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
