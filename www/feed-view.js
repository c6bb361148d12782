import { Feed } from './feed.js';
import { counted, el } from './dom.js';
import { errorNote } from './error-note.js';

/** Rows of a list that grow as one scrolls, and below them what is going on: loading, empty, failed. */
export class FeedView {
  #rows;
  #foot;
  #count;
  #row;
  #word;
  #changed;
  #feed;
  #empty;
  #loading = false;
  /** By id: a group that changes while the list is read may be on two pages. */
  #elements = new Map();
  #watch;

  /**
   * `row(item)` makes the element of an item; `word` is what one is called; `changed()` is told of rows that came or
   * went.
   */
  constructor({ rows, foot, count, row, word, changed = () => {} }) {
    this.#rows = rows;
    this.#foot = foot;
    this.#count = count;
    this.#row = row;
    this.#word = word;
    this.#changed = changed;
    this.#watch = new IntersectionObserver(
      (seen) => seen.at(-1).isIntersecting && this.#more(),
      // scrollMargin is rootMargin for panes that scroll by themselves.
      { rootMargin: '600px', scrollMargin: '600px' },
    );
  }

  /** Shows the list that `open(signal)` gives, from its start. Until it answers the old rows stay, dimmed. */
  show(open, { empty }) {
    this.leave();
    this.#feed = new Feed(open);
    this.#empty = empty;
    this.#rows.setAttribute('aria-busy', 'true');
    return this.#more({ first: true });
  }

  /** Stops reading. */
  leave() {
    this.#feed?.leave();
    this.#feed = undefined;
    this.#loading = false;
    this.#watch.disconnect();
  }

  clear() {
    this.leave();
    this.#elements.clear();
    this.#rows.replaceChildren();
    this.#foot.replaceChildren();
    this.#count.textContent = '';
  }

  /** Shows an item anew where it is, or at the top. */
  put(item) {
    const element = this.#row(item);
    const old = this.#elements.get(item.id);
    if (old) old.replaceWith(element);
    else this.#rows.prepend(element);
    this.#elements.set(item.id, element);
    if (!this.#loading) this.#settle();
    this.#changed();
  }

  /** Takes an item out and gives the element that a reader would look at next. */
  remove(id) {
    const element = this.#elements.get(id);
    const next = element?.nextElementSibling ?? element?.previousElementSibling;
    element?.remove();
    this.#elements.delete(id);
    if (!this.#loading) this.#settle();
    this.#changed();
    return next;
  }

  element(id) {
    return this.#elements.get(id);
  }

  async #more({ first = false } = {}) {
    if (this.#loading) return;
    const feed = this.#feed;
    this.#loading = true;
    this.#watch.disconnect();
    this.#foot.replaceChildren(el('p.loading', {}, 'Loading…'));
    try {
      const items = await feed.next();
      if (feed.left) return;
      if (first) this.#startOver();
      this.#append(items);
      this.#loading = false;
      this.#settle();
    } catch (error) {
      if (feed.left) return;
      if (first) this.#startOver();
      this.#loading = false;
      const retry = () => this.#retry(first);
      this.#foot.replaceChildren(errorNote(`The ${this.#word}s could not be loaded.`, error, retry));
      this.#say();
    }
  }

  /** The button that was pressed is gone: focus goes to what came, or to the next such button. */
  async #retry(first) {
    const last = first ? null : this.#rows.lastElementChild;
    await this.#more({ first });
    const came = last ? last.nextElementSibling : this.#rows.firstElementChild;
    (came ?? this.#foot).querySelector('button')?.focus();
  }

  #startOver() {
    this.#rows.removeAttribute('aria-busy');
    this.#rows.replaceChildren();
    this.#elements.clear();
  }

  #append(items) {
    const fresh = items.filter((item) => !this.#elements.has(item.id));
    for (const item of fresh) this.#elements.set(item.id, this.#row(item));
    this.#rows.append(...fresh.map((item) => this.#elements.get(item.id)));
    this.#changed();
  }

  #settle() {
    this.#say();
    if (!this.#feed || this.#feed.ended) {
      this.#foot.replaceChildren(...(this.#elements.size === 0 ? [el('p.empty', {}, this.#empty)] : []));
      return;
    }
    // Observed anew: it may still be in sight, of which nothing else would tell.
    const mark = el('div.mark');
    this.#foot.replaceChildren(mark);
    this.#watch.observe(mark);
  }

  #say() {
    const more = this.#feed?.ended ? '' : ' so far';
    this.#count.textContent = counted(this.#elements.size, this.#word) + more;
  }
}
