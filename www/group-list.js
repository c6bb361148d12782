import { sw } from './okta-groups.js';
import { byId, el, time } from './dom.js';
import { FeedView } from './feed-view.js';

const PAGE = 100;
/** A call per pause in typing, not per letter. */
const PAUSE_MS = 200;
const ARROWS = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' };
const ENDS = { Home: 'firstElementChild', End: 'lastElementChild' };

/** The table of groups with its search. */
export class GroupList {
  #client;
  #open;
  #view;
  #body = document.querySelector('#groups tbody');
  #search = byId('search');
  #selected;
  #pause;

  /** `open(group)` is called with the group that is chosen. */
  constructor(client, open) {
    this.#client = client;
    this.#open = open;
    this.#view = new FeedView({
      rows: this.#body,
      foot: byId('groups-foot'),
      count: byId('count'),
      row: (group) => this.#row(group),
      word: 'group',
      changed: () => this.#keepTabStop(),
    });
    this.#search.addEventListener('input', () => {
      clearTimeout(this.#pause);
      this.#pause = setTimeout(() => this.load(), PAUSE_MS);
    });
    this.#body.addEventListener('keydown', (event) => this.#move(event));
    this.#body.addEventListener('focusin', (event) => this.#makeTabStop(event.target));
  }

  /** Reads the list for what is searched, from its start. A call still under way is aborted. */
  load() {
    const name = this.#search.value.trim();
    const asked = name === '' ? {} : { search: sw('profile.name', name), sortBy: 'profile.name' };
    const empty =
      name === ''
        ? 'There are no groups yet. Make the first one.'
        : `No group has a name that starts with “${name}”.`;
    const list = (signal) =>
      this.#client.groups.list({ ...asked, limit: PAGE, expand: ['stats', 'app'], signal });
    return this.#view.show(list, { empty });
  }

  put(group) {
    this.#view.put(group);
  }

  /** Takes a group out; focus goes to its neighbour. */
  remove(id) {
    const neighbour = this.#view.remove(id)?.querySelector('button');
    (neighbour ?? this.#search).focus();
  }

  /** Marks a group as the one that is shown beside the list, or none. */
  select(id) {
    this.#button(this.#selected)?.removeAttribute('aria-current');
    this.#selected = id;
    this.#button(id)?.setAttribute('aria-current', 'true');
  }

  focus(id) {
    (this.#button(id) ?? this.#search).focus();
  }

  #button(id) {
    return this.#view.element(id)?.querySelector('button');
  }

  #row(group) {
    const { name, description } = group.profile;
    const stats = group._embedded?.stats;
    const button = el('button', { type: 'button', onclick: () => this.#open(group) }, name);
    button.tabIndex = -1;
    if (group.id === this.#selected) button.setAttribute('aria-current', 'true');
    return el(
      'tr',
      { 'data-id': group.id, onclick: ({ target }) => target === button || this.#open(group) },
      el(
        'th',
        { scope: 'row' },
        button,
        el('span.muted', {}, el('span.narrow', {}, source(group) + (description ? ' · ' : '')), description),
      ),
      el('td.wide', {}, source(group)),
      el('td.number', {}, stats?.usersCount === undefined ? '–' : stats.usersCount.toLocaleString()),
      el('td.wide', {}, time(group.lastUpdated)),
    );
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
