import { Feed } from './feed.js';
import { counted, el, isFocusLost } from './dom.js';
import { errorNote } from './error-note.js';
import { progress } from './waits.js';

/**
 * Rows of a list that grow as one scrolls, and what is going on: loading, empty, failed. It is said below the rows, but
 * of the first page above them, where the count will be: nobody looks below old rows.
 */
export class FeedView {
  #rows;
  #foot;
  #count;
  #row;
  #word;
  #changed;
  #lost;
  #feed;
  #empty;
  #matches = () => true;
  #loading = false;
  /** Whether the rows are of what is asked for, and can be counted. */
  #current = false;
  /** By id: a group that changes while the list is read may be on two pages. */
  #elements = new Map();
  #items = new Map();
  /** What was changed here since the list was asked for, by id: a page may have been read before. */
  #changes = new Map();
  #watch;

  /**
   * `row(item, old)` makes the element of an item, or brings its `old` one up to date; `word` is what one is called;
   * `changed()` is told of rows that came or went; `lost()` finds a place for focus when the row that had it went.
   */
  constructor({ rows, foot, count, row, word, changed = () => {}, lost }) {
    this.#rows = rows;
    this.#foot = foot;
    this.#count = count;
    this.#row = row;
    this.#word = word;
    this.#changed = changed;
    this.#lost = lost;
    this.#watch = new IntersectionObserver(
      (seen) => seen.at(-1).isIntersecting && this.#more(),
      // scrollMargin is rootMargin for panes that scroll by themselves.
      { rootMargin: '600px', scrollMargin: '600px' },
    );
  }

  /**
   * Shows the list that `open(signal)` gives, from its start. Until it answers the old rows stay, dimmed. `matches(item)`
   * says whether an item belongs in it, `empty` (a text or its parts) what it means that there is none.
   */
  show(open, { empty, matches = () => true }) {
    this.outdate();
    this.#feed = new Feed(open);
    this.#empty = empty;
    this.#matches = matches;
    this.#changes.clear();
    return this.#more({ first: true });
  }

  /** What is shown is not what is asked for any more. */
  outdate() {
    this.leave();
    this.#current = false;
    this.#rows.setAttribute('aria-busy', 'true');
    this.#foot.replaceChildren();
    this.#sayLoading();
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
    this.#current = false;
    this.#elements.clear();
    this.#items.clear();
    this.#rows.replaceChildren();
    this.#foot.replaceChildren();
    this.#count.replaceChildren();
  }

  /**
   * Shows an item as it is now, `before` as it was. One that has come to belong here is put at the top, one that does
   * not any more goes. Which others there are below what is loaded, the list tells when it comes there.
   */
  put(item, before) {
    const isNew = this.#changes.get(item.id)?.isNew || !before || !this.#matches(before);
    this.#changes.set(item.id, { item, isNew });
    const old = this.#elements.get(item.id);
    if (!this.#matches(item)) this.#drop(item.id);
    else if (old) this.#set(item, old);
    else if (isNew) this.#rows.prepend(this.#set(item));
    this.#settle();
    this.#changed();
  }

  /** Takes an item out; focus that was in it goes to its neighbour. */
  remove(id) {
    this.#changes.set(id, {});
    this.#drop(id);
    this.#settle();
    this.#changed();
  }

  element(id) {
    return this.#elements.get(id);
  }

  item(id) {
    return this.#items.get(id);
  }

  async #more({ first = false } = {}) {
    if (this.#loading) return;
    const feed = this.#feed;
    this.#loading = true;
    this.#watch.disconnect();
    this.#foot.replaceChildren();
    if (first) this.#sayLoading();
    else this.#foot.append(progress('Loading…'));
    try {
      const items = await feed.next();
      if (feed.left) return;
      this.#loading = false;
      this.#current = true;
      if (first) this.#startOver(items);
      else this.#append(items);
      this.#settle();
    } catch (error) {
      if (feed.left) return;
      // Still loading: only the button goes on.
      if (first) this.#startOver([]);
      this.#count.replaceChildren();
      const retry = () => {
        this.#loading = false;
        this.#retry(first);
      };
      const button = el('button', { type: 'button', onclick: retry }, 'Retry');
      this.#foot.replaceChildren(errorNote(`The ${this.#word}s could not be loaded.`, error, button));
      this.#settle();
    }
  }

  /** The button that was pressed is gone: focus goes to what came, or to the next such button. */
  async #retry(first) {
    const last = first ? null : this.#rows.lastElementChild;
    await this.#more({ first });
    if (!isFocusLost()) return;
    const came = last ? last.nextElementSibling : this.#rows.firstElementChild;
    const next = (came ?? this.#foot).querySelector('button');
    if (next) next.focus();
    else this.#lost();
  }

  /** Shows the first page in place of the old rows. */
  #startOver(items) {
    const focused = [...this.#elements].find(([, element]) => element.contains(document.activeElement))?.[0];
    this.#rows.removeAttribute('aria-busy');
    this.#rows.replaceChildren();
    this.#elements.clear();
    this.#items.clear();
    for (const { item, isNew } of this.#changes.values()) {
      if (isNew && this.#matches(item)) this.#rows.prepend(this.#set(item));
    }
    this.#append(items);
    if (focused === undefined) return;
    const button = this.#elements.get(focused)?.querySelector('button');
    if (button) button.focus({ preventScroll: true });
    else this.#lost();
  }

  #append(items) {
    for (const read of items) {
      const change = this.#changes.get(read.id);
      const item = change ? change.item : read;
      const belongs = item && (!change || this.#matches(item));
      if (belongs && !this.#elements.has(item.id)) this.#rows.append(this.#set(item));
    }
    this.#changed();
  }

  #set(item, old) {
    const element = this.#row(item, old);
    this.#elements.set(item.id, element);
    this.#items.set(item.id, item);
    return element;
  }

  #drop(id) {
    const element = this.#elements.get(id);
    if (!element) return;
    const hadFocus = element.contains(document.activeElement);
    const next = (element.nextElementSibling ?? element.previousElementSibling)?.querySelector('button');
    element.remove();
    this.#elements.delete(id);
    this.#items.delete(id);
    if (!hadFocus) return;
    if (next) next.focus();
    else this.#lost();
  }

  #settle() {
    if (!this.#current) return;
    this.#say();
    if (this.#loading) return;
    if (!this.#feed || this.#feed.ended) {
      const isEmpty = this.#elements.size === 0;
      this.#foot.replaceChildren(...(isEmpty ? [el('p.empty', {}, ...[this.#empty].flat())] : []));
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

  #sayLoading() {
    this.#count.replaceChildren(progress('Loading…', { as: 'span' }));
  }
}
