import { byId, el, facts, time } from './dom.js';
import { errorNote } from './error-note.js';
import { FeedView } from './feed-view.js';
import { source } from './group-list.js';

const PAGE = 50;

/** One group beside the list: what it is, its members and its apps. */
export class GroupPanel {
  #client;
  #on;
  #panel = byId('panel');
  #form = byId('add');
  #refused = byId('add').querySelector('.refused');
  #group;
  #members;
  #apps;
  #tabs = [byId('tab-members'), byId('tab-apps')];

  /** `on` has `close(group)`, `rename(group)`, `delete(group)` and `membership(group, said)`. */
  constructor(client, on) {
    this.#client = client;
    this.#on = on;
    this.#members = new FeedView({
      rows: byId('members-rows'),
      foot: byId('members-foot'),
      count: byId('members-count'),
      row: (user) => this.#member(user),
      word: 'member',
    });
    this.#apps = new FeedView({
      rows: byId('apps-rows'),
      foot: byId('apps-foot'),
      count: byId('apps-count'),
      row: app,
      word: 'app',
    });
    byId('close').addEventListener('click', () => this.close());
    byId('rename').addEventListener('click', () => on.rename(this.#group));
    byId('delete').addEventListener('click', () => on.delete(this.#group));
    this.#panel.addEventListener('keydown', ({ key }) => key === 'Escape' && this.close());
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#add();
    });
    for (const tab of this.#tabs) {
      tab.addEventListener('click', () => this.#choose(tab));
      tab.addEventListener('keydown', ({ key }) => {
        if (key !== 'ArrowLeft' && key !== 'ArrowRight') return;
        const other = this.#tabs.find((candidate) => candidate !== tab);
        this.#choose(other);
        other.focus();
      });
    }
  }

  get group() {
    return this.#group;
  }

  /** Shows a group. With the one that is shown already its members stay as they are. */
  show(group) {
    const another = group.id !== this.#group?.id;
    this.#group = group;
    this.#describe();
    if (!another) return;
    this.#panel.hidden = false;
    document.body.classList.add('open');
    this.#form.reset();
    this.#refused.replaceChildren();
    this.#members.clear();
    this.#apps.clear();
    this.#choose(this.#tabs[0]);
    this.#panel.scrollTop = 0;
    byId('panel-name').focus({ preventScroll: true });
  }

  close() {
    const group = this.#group;
    this.#group = undefined;
    this.#members.clear();
    this.#apps.clear();
    this.#panel.hidden = true;
    document.body.classList.remove('open');
    this.#on.close(group);
  }

  #describe() {
    const { id, type, profile, created, lastUpdated, lastMembershipUpdated } = this.#group;
    byId('panel-name').textContent = profile.name;
    byId('panel-description').textContent = profile.description ?? '';
    const rows = [
      ['Id', el('code', {}, id)],
      ['Type', type],
      ['Source', source(this.#group)],
      ['Created', time(created)],
      ['Profile changed', time(lastUpdated)],
      ['Members changed', time(lastMembershipUpdated)],
    ];
    byId('facts').replaceChildren(...facts(rows));
  }

  #choose(chosen) {
    for (const tab of this.#tabs) {
      tab.setAttribute('aria-selected', String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      byId(tab.getAttribute('aria-controls')).hidden = tab !== chosen;
    }
    const { groups } = this.#client;
    const { id } = this.#group;
    if (chosen === this.#tabs[0]) {
      this.#apps.leave();
      const list = (signal) => groups.listUsers(id, { limit: PAGE, signal });
      this.#members.show(list, { empty: 'Nobody is in this group.' });
    } else {
      this.#members.leave();
      const list = (signal) => groups.listApps(id, { limit: PAGE, signal });
      this.#apps.show(list, { empty: 'No app is assigned to this group.' });
    }
  }

  #member(user) {
    const { firstName, lastName, login } = user.profile;
    const name = [firstName, lastName].filter(Boolean).join(' ') || login || user.id;
    const remove = el('button.quiet', { type: 'button', 'aria-label': `Remove ${name}` }, 'Remove');
    remove.addEventListener('click', () => this.#remove(user, name, remove));
    return el(
      'li',
      {},
      el('div', {}, named(name, user.status), el('span.muted', {}, login), el('code', {}, user.id)),
      remove,
    );
  }

  async #add() {
    const group = this.#group;
    const input = byId('user-id');
    const userId = input.value.trim();
    const change = () => this.#client.groups.assignUser(group.id, userId);
    if (!(await this.#change(group, change, 'The member was not added.'))) return input.focus();
    input.value = '';
    input.focus();
    this.#on.membership(group, `Added ${userId}.`);
    if (this.#group?.id === group.id) this.#choose(this.#tabs[0]);
  }

  async #remove(user, name, button) {
    const group = this.#group;
    button.disabled = true;
    const change = () => this.#client.groups.unassignUser(group.id, user.id);
    const removed = await this.#change(group, change, `${name} was not removed.`);
    button.disabled = false;
    if (!removed) return;
    this.#on.membership(group, `Removed ${name}.`);
    if (this.#group?.id !== group.id) return;
    const next = this.#members.remove(user.id)?.querySelector('button');
    (next ?? byId('user-id')).focus();
  }

  /** Makes a change to the members; whether it was made. What refuses it is shown while its group is. */
  async #change(group, change, failed) {
    const submit = this.#form.querySelector('[type=submit]');
    submit.disabled = true;
    this.#refused.replaceChildren();
    try {
      await change();
      return true;
    } catch (error) {
      if (this.#group?.id === group.id) this.#refused.replaceChildren(errorNote(failed, error));
      return false;
    } finally {
      submit.disabled = false;
    }
  }
}

function app({ name, label, status }) {
  return el('li', {}, el('div', {}, named(label, status), el('span.muted', {}, name)));
}

function named(name, status) {
  return el('span', {}, el('span.name', {}, name), ' ', el('span.tag', { title: 'Status' }, status));
}
