/** A list read page by page as they are wanted. It can be left at any time, and goes on where it failed. */
export class Feed {
  #list;
  #left = new AbortController();
  #pages;
  #cursor;
  #ended = false;

  /** `open(signal)` gives the client's list. */
  constructor(open) {
    this.#list = open(this.#left.signal);
  }

  get ended() {
    return this.#ended;
  }

  /** Whether nobody waits for it any more; its last call then fails as aborted. */
  get left() {
    return this.#left.signal.aborted;
  }

  /** The items of the next page. After an error, asked again, it is the page that failed. */
  async next() {
    this.#pages ??= this.#list.pages({ cursor: this.#cursor });
    try {
      const { value: page } = await this.#pages.next();
      this.#cursor = page?.cursor;
      this.#ended = !page?.hasNext;
      return page?.items ?? [];
    } catch (error) {
      this.#pages = undefined;
      throw error;
    }
  }

  leave() {
    this.#left.abort();
    // Ends what the client read ahead.
    this.#pages?.return();
  }
}
