import { byId, el, facts, isFocusLost, quoted, time, user as text } from './dom.js';
import { isOktaError } from './okta-groups.js';
import { errorNote } from './error-note.js';
import { FeedView } from './feed-view.js';
import { source } from './group-list.js';
import { hush, warn } from './notices.js';
import { progress } from './waits.js';

const PAGE = 50;

/** One group beside the list: what it is, its members and its apps. */
export class GroupPanel {
  #client;
  #on;
  #panel = byId('panel');
  #form = byId('add');
  #input = byId('user-id');
  #submit = byId('add').querySelector('[type=submit]');
  #refused = byId('add').querySelector('.refused');
  #group;
  /** Another one each time that a group is opened or closed: what a call of an earlier one comes to is told elsewhere. */
  #turn;
  #members;
  #apps;
  #tabs = [byId('tab-members'), byId('tab-apps')];
  #chosen;

  /** `on` has `close(group, { focus })` (whether it had focus), `edit(group)`, `delete(group)` and `membership(group, said)`. */
  constructor(client, on) {
    this.#client = client;
    this.#on = on;
    const lost = () => this.#chosen.focus();
    this.#members = new FeedView({
      rows: byId('members-rows'),
      foot: byId('members-foot'),
      count: byId('members-count'),
      row: (user) => this.#member(user),
      word: 'member',
      lost: () => (isChangeable(this.#group) ? this.#input.focus() : lost()),
    });
    this.#apps = new FeedView({
      rows: byId('apps-rows'),
      foot: byId('apps-foot'),
      count: byId('apps-count'),
      row: app,
      word: 'app',
      lost,
    });
    byId('close').addEventListener('click', () => this.close());
    byId('edit').addEventListener('click', () => on.edit(this.#group));
    byId('delete').addEventListener('click', () => on.delete(this.#group));
    this.#panel.addEventListener('keydown', ({ key }) => key === 'Escape' && this.close());
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#add();
    });
    for (const tab of this.#tabs) {
      tab.addEventListener('click', () => tab !== this.#chosen && this.#choose(tab));
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
  show(group, { focus = true } = {}) {
    const another = group.id !== this.#group?.id;
    this.#group = group;
    this.#describe();
    if (!another) return;
    this.#turn = {};
    this.#panel.hidden = false;
    document.body.classList.add('open');
    this.#form.reset();
    this.#ready();
    this.#members.clear();
    this.#apps.clear();
    this.#choose(this.#tabs[0]);
    this.#panel.scrollTop = 0;
    if (focus) byId('panel-name').focus({ preventScroll: true });
  }

  close() {
    const group = this.#group;
    const focus = isFocusLost() || this.#panel.contains(document.activeElement);
    this.#group = undefined;
    this.#turn = undefined;
    this.#members.clear();
    this.#apps.clear();
    this.#panel.hidden = true;
    document.body.classList.remove('open');
    this.#on.close(group, { focus });
  }

  #describe() {
    const { id, type, profile, created, lastUpdated, lastMembershipUpdated, _embedded } = this.#group;
    byId('panel-name').textContent = profile.name;
    byId('panel-description').textContent = profile.description ?? '';
    const rows = [
      ['Id', el('code', {}, id)],
      ['Type', type],
      ['Source', text(source(this.#group))],
      ['Members', _embedded?.stats?.usersCount?.toLocaleString()],
      ['Created', time(created)],
      ['Profile changed', time(lastUpdated)],
      ['Members changed', time(lastMembershipUpdated)],
    ];
    byId('facts').replaceChildren(...facts(rows));
    this.#offer();
  }

  /** What an org refuses of a group of this type, whoever asks, is not offered. */
  #offer() {
    const isOpen = isChangeable(this.#group);
    byId('edit').hidden = this.#form.hidden = !isOpen;
    byId('delete').hidden = !isDeletable(this.#group);
    byId('fixed').replaceChildren(...(isOpen ? [] : why(this.#group)));
  }

  #choose(chosen) {
    this.#chosen = chosen;
    for (const tab of this.#tabs) {
      tab.setAttribute('aria-selected', String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      byId(tab.getAttribute('aria-controls')).hidden = tab !== chosen;
    }
    if (chosen === this.#tabs[0]) {
      this.#apps.leave();
      this.#loadMembers();
    } else {
      this.#members.leave();
      this.#loadApps();
    }
  }

  #loadMembers() {
    const { id } = this.#group;
    const list = (signal) => this.#client.groups.listUsers(id, { limit: PAGE, signal });
    this.#members.show(list, { empty: 'Nobody is in this group.' });
  }

  #loadApps() {
    const { id } = this.#group;
    const list = (signal) => this.#client.groups.listApps(id, { limit: PAGE, signal });
    this.#apps.show(list, { empty: 'No app is assigned to this group.' });
  }

  #member(user) {
    const { firstName, lastName, login } = user.profile;
    const name = [firstName, lastName].filter(Boolean).join(' ') || login || user.id;
    const about = el('div.about', {}, named(name, user.status));
    about.append(el('span.muted', { dir: 'auto' }, login ?? ''), el('code', {}, user.id));
    const row = el('li', {}, about);
    if (!isChangeable(this.#group)) return row;
    const remove = el('button.quiet', { type: 'button', 'aria-label': `Remove ${name}` }, 'Remove');
    const refused = el('div.refused');
    remove.addEventListener('click', () => this.#remove(user, name, { row, remove, refused }));
    row.append(remove, refused);
    return row;
  }

  async #add() {
    const group = this.#group;
    const turn = this.#turn;
    const userId = this.#input.value.trim();
    const isHere = () => turn === this.#turn && this.#form.checkVisibility();
    const wasShown = this.#members.item(userId) !== undefined;
    this.#submit.disabled = true;
    const added = await this.#change({
      change: (signal) => this.#client.groups.assignUser(group.id, userId, { signal }),
      doing: 'Adding…',
      place: this.#refused,
      isHere,
      failed: 'The member was not added.',
      failedElsewhere: ['The member ', text(userId), ' was not added to ', quoted(group.profile.name), '.'],
    });
    // The org answers the same to a user who was a member: only of a row that is shown the page knows.
    const what = wasShown ? ' was a member of ' : ' is a member of ';
    const when = wasShown ? ' already.' : ' now.';
    if (added) this.#on.membership(group, [text(userId), what, quoted(group.profile.name), when]);
    if (turn !== this.#turn) return;
    this.#submit.disabled = false;
    if (added && this.#input.value.trim() === userId) this.#input.value = '';
    if (added && this.#chosen === this.#tabs[0]) this.#loadMembers();
    if (isHere() && (isFocusLost() || this.#form.contains(document.activeElement))) this.#input.focus();
  }

  async #remove(user, name, { row, remove, refused }) {
    const group = this.#group;
    const turn = this.#turn;
    const hadFocus = document.activeElement === remove;
    const isHere = () => turn === this.#turn && row.isConnected && row.checkVisibility();
    remove.disabled = true;
    const removed = await this.#change({
      change: (signal) => this.#client.groups.unassignUser(group.id, user.id, { signal }),
      doing: 'Removing…',
      place: refused,
      isHere,
      failed: [text(name), ' was not removed.'],
      failedElsewhere: [text(name), ' was not removed from ', quoted(group.profile.name), '.'],
    });
    remove.disabled = false;
    if (hadFocus && isFocusLost() && isHere()) remove.focus({ preventScroll: true });
    if (!removed) return;
    this.#on.membership(group, ['Removed ', text(name), ' from ', quoted(group.profile.name), '.']);
    if (turn === this.#turn) this.#members.remove(user.id);
  }

  /**
   * Makes a change to the members; whether it was made. While it waits it can be cancelled. What refuses it is shown at
   * its place, or if that is out of sight by now, with the notices.
   */
  async #change({ change, doing, place, isHere, failed, failedElsewhere }) {
    hush();
    const call = new AbortController();
    const cancel = el(
      'button.quiet',
      { type: 'button', hidden: true, onclick: () => call.abort() },
      'Cancel',
    );
    const note = progress(doing, { waiting: (is) => (cancel.hidden = !is) });
    const status = el('div.doing', {}, note, cancel);
    place.replaceChildren(status);
    try {
      await change(call.signal);
      return true;
    } catch (error) {
      if (isOktaError(error, 'aborted') && !error.mayHaveRun) return false;
      if (!isHere()) warn(failedElsewhere, error);
      else {
        const told = errorNote(failed, error);
        place.append(told);
        told.scrollIntoView({ block: 'nearest' });
      }
      return false;
    } finally {
      // In the next turn the place is another one's.
      status.remove();
    }
  }

  #ready() {
    this.#submit.disabled = false;
    this.#refused.replaceChildren();
  }
}

const isChangeable = ({ type }) => type === 'OKTA_GROUP';
const isDeletable = ({ type }) => type === 'OKTA_GROUP' || type === 'APP_GROUP';

function why(group) {
  switch (group.type) {
    case 'BUILT_IN':
      return ['This group is built in: it cannot be changed.'];
    case 'APP_GROUP':
      return ['This group comes from ', text(source(group)), ': only there it can be changed.'];
    default:
      return ['A group of this type cannot be changed here.'];
  }
}

function app({ name, label, status }) {
  return el('li', {}, el('div.about', {}, named(label, status), el('span.muted', {}, name)));
}

function named(name, status) {
  return el('span', {}, el('bdi.name', {}, name), ' ', el('span.tag', { title: 'Status' }, status));
}
