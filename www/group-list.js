import { compile, sw } from './okta-groups.js';
import { byId, el, quoted, time, user } from './dom.js';
import { FeedView } from './feed-view.js';

const PAGE = 100;
/** A call per pause in typing, not per letter. */
const PAUSE_MS = 200;
const ARROWS = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' };
const ENDS = { Home: 'firstElementChild', End: 'lastElementChild' };

/** The table of groups with its search. */
export class GroupList {
  #client;
  #view;
  #body = document.querySelector('#groups tbody');
  #field = byId('search');
  #searched;
  #open;
  #onSearch;
  #selected;
  #pause;

  /** `open(group)` is called with the group that is chosen, `searched(text)` with what is searched from now on. */
  constructor(client, { open, searched }) {
    this.#client = client;
    this.#open = open;
    this.#onSearch = searched;
    this.#view = new FeedView({
      rows: this.#body,
      foot: byId('groups-foot'),
      count: byId('count'),
      row: (group, old) => this.#row(group, old),
      word: 'group',
      changed: () => this.#keepTabStop(),
      lost: () => this.#field.focus(),
    });
    this.#field.addEventListener('input', () => {
      this.#view.outdate();
      clearTimeout(this.#pause);
      this.#pause = setTimeout(() => this.#load(), PAUSE_MS);
    });
    this.#body.addEventListener('keydown', (event) => this.#move(event));
    this.#body.addEventListener('focusin', (event) => this.#makeTabStop(event.target));
  }

  /** Shows the groups that are found by a text, unless they are shown already. */
  search(text) {
    if (text === this.#searched) return;
    this.#field.value = text;
    this.#load();
  }

  /** Reads the list for what is searched, from its start. A call still under way is aborted. */
  #load() {
    clearTimeout(this.#pause);
    const name = this.#field.value.trim();
    this.#searched = name;
    this.#onSearch(name);
    const search = name === '' ? undefined : sw('profile.name', name);
    const asked = search ? { search, sortBy: 'profile.name' } : {};
    const list = (signal) =>
      this.#client.groups.list({ ...asked, limit: PAGE, expand: ['stats', 'app'], signal });
    return this.#view.show(list, {
      empty: search
        ? ['No group has a name that starts with ', quoted(name), '.']
        : 'There are no groups yet. Make the first one.',
      matches: search && compile(search),
    });
  }

  /** What is known of a group, if it is listed. */
  get(id) {
    return this.#view.item(id);
  }

  /** Shows a group as it is now where it belongs; `before` it was otherwise, or was not. */
  put(group, before) {
    this.#view.put(group, before);
  }

  remove(id) {
    this.#view.remove(id);
  }

  /** Marks a group as the one that is shown beside the list, or none. */
  select(id) {
    this.#button(this.#selected)?.removeAttribute('aria-current');
    this.#selected = id;
    this.#button(id)?.setAttribute('aria-current', 'true');
  }

  focus(id) {
    (this.#button(id) ?? this.#field).focus();
  }

  #button(id) {
    return this.#view.element(id)?.querySelector('button');
  }

  /** The button stays the same element: it may have focus, and be the tab stop. */
  #row(group, row = this.#newRow(group.id)) {
    const { name, description } = group.profile;
    const stats = group._embedded?.stats;
    const [heading] = row.children;
    const [button] = heading.children;
    button.replaceChildren(user(name));
    if (group.id === this.#selected) button.setAttribute('aria-current', 'true');
    const from = user(source(group));
    const about = el('span.muted', {}, el('span.narrow', {}, from, description ? ' · ' : ''));
    if (description) about.append(user(description));
    while (button.nextSibling) button.nextSibling.remove();
    while (heading.nextSibling) heading.nextSibling.remove();
    heading.append(about);
    row.append(
      el('td.wide', {}, from.cloneNode(true)),
      el('td.number', {}, stats?.usersCount === undefined ? '–' : stats.usersCount.toLocaleString()),
      el('td.wide', {}, time(group.lastUpdated)),
    );
    return row;
  }

  #newRow(id) {
    const button = el('button', { type: 'button', tabIndex: -1 });
    const row = el('tr', { 'data-id': id }, el('th', { scope: 'row' }, button));
    // The button's own click comes here, too. The group may have changed since the row was made.
    row.addEventListener('click', () => this.#open(this.#view.item(id)));
    return row;
  }

  #move(event) {
    const row = event.target.closest('tr');
    const to = ARROWS[event.key] ? row[ARROWS[event.key]] : this.#body[ENDS[event.key]];
    if (!to || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    to.querySelector('button').focus();
  }

  /** The Tab key stops once in a table of thousands; arrow keys move within. */
  #makeTabStop(button) {
    const old = this.#tabStop();
    if (old) old.tabIndex = -1;
    button.tabIndex = 0;
  }

  #keepTabStop() {
    const first = this.#body.querySelector('button');
    if (first && !this.#tabStop()) first.tabIndex = 0;
  }

  #tabStop() {
    return this.#body.querySelector('[tabindex="0"]');
  }
}

/** Where a group is from. A type that is not known here is shown as it came. */
export function source({ type, _embedded }) {
  switch (type) {
    case 'OKTA_GROUP':
      return 'Okta';
    case 'BUILT_IN':
      return 'Built in';
    case 'APP_GROUP':
      return _embedded?.app?.label ?? 'App';
    default:
      return type;
  }
}
