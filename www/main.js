// Joins the parts: which org, the list, the group beside it, the dialogs, the address.
import { eq, isOktaError } from './okta-groups.js';
import { keepGroup, keepSearch, shown } from './address.js';
import { ask } from './ask.js';
import { byId, el, isFocusLost, quoted } from './dom.js';
import { errorNote } from './error-note.js';
import { GroupList } from './group-list.js';
import { GroupPanel } from './group-panel.js';
import { say, warn } from './notices.js';
import { connect, isInPage, switched } from './org.js';
import { onePressOneAction } from './presses.js';
import { LISTS, ONE_GROUP, progress } from './waits.js';

onePressOneAction();
const here = () => new URL(location.href);
byId('in-page').addEventListener('change', () => location.assign(switched(here())));
const tellOrg = () => (byId('in-page').checked = isInPage(here()));
tellOrg();
// A page that one goes back to may come as it was left: with the box as it was clicked.
addEventListener('pageshow', tellOrg);

try {
  start(await connect(here()));
} catch (error) {
  byId('groups-foot').replaceChildren(errorNote('The page could not start.', error));
}

function start({ client, name }) {
  byId('org').textContent = name;
  const { groups } = client;
  const list = new GroupList(client, { open, searched: keepSearch });
  const panel = new GroupPanel(client, { close: closed, edit, delete: remove, membership });
  /** Reads of one group that are under way, by its id. Of each group only the last one counts. */
  const reads = new Map();
  const deleted = new Set();
  let deleting = false;
  let restoring;

  byId('new').addEventListener('click', create);
  addEventListener('popstate', restore);
  restore();

  function open(group, { focus = true } = {}) {
    restoring?.abort();
    list.select(group.id);
    keepGroup(group.id);
    panel.show(group, { focus });
  }

  function closed(group, { focus }) {
    list.select(undefined);
    keepGroup('');
    if (focus) list.focus(group.id);
  }

  /** Shows what the address says. */
  function restore() {
    const { search, group } = shown();
    restoring?.abort();
    list.search(search);
    if (group === (panel.group?.id ?? '')) return;
    const known = list.get(group);
    if (known) open(known);
    else if (group === '') panel.close();
    else openById(group);
  }

  async function openById(id) {
    const { signal } = (restoring = new AbortController());
    try {
      const group = await find(id, signal);
      if (signal.aborted) return;
      // Who has begun to type meanwhile goes on.
      if (group) return open(group, { focus: isFocusLost() });
      say('There is no group with the id that the address names.');
    } catch (error) {
      if (signal.aborted) return;
      warn('The group that the address names could not be read.', error);
    }
    if (panel.group) panel.close();
    else keepGroup('');
  }

  /** A group with all that is shown of it, or `undefined`. */
  function find(id, signal) {
    return groups.list({ filter: eq('id', id), expand: ['stats', 'app'], signal }).first();
  }

  /** What is known of a group now, which may have changed since it was looked at. */
  function latest(group) {
    return panel.group?.id === group.id ? panel.group : (list.get(group.id) ?? group);
  }

  /** Shows a group as it is now, wherever it is shown. */
  function update(group) {
    list.put(group, latest(group));
    if (panel.group?.id === group.id) panel.show(group);
  }

  async function create() {
    const act = (profile, signal) => groups.create(profile, { signal });
    const failed = ({ name }) => ['The group ', quoted(name), ' was not created.'];
    const done = await askProfile('New group', 'Create', { act, failed, bucket: LISTS });
    if (!done) return;
    const group = { _embedded: { stats: { usersCount: 0 } }, ...done.result };
    list.put(group);
    // Who has left the dialog is busy with something else.
    if (done.seen) open(group);
    say('Created ', quoted(group.profile.name), '.');
  }

  async function edit(group) {
    const { id, profile } = group;
    const act = async (patch, signal) =>
      Object.keys(patch).length > 0 && groups.update(id, patch, { signal });
    const failed = () => ['The group ', quoted(profile.name), ' was not changed.'];
    const done = await askProfile('Edit group', 'Save', { act, failed, bucket: ONE_GROUP }, profile);
    if (!done) return;
    if (!done.result) return say('Nothing was changed.');
    // The answer to a change embeds nothing.
    const { _embedded } = latest(group);
    update({ ...(_embedded && { _embedded }), ...done.result });
    // A read that is under way may be of the time before.
    if (reads.has(id)) reread(group);
    say('Saved ', quoted(done.result.profile.name), '.');
  }

  /**
   * Asks whether to delete a group, and deletes it. The group is read before it is named, and again before it goes: what
   * the page shows may be old, and another admin may change it while the dialog is open.
   */
  async function remove(group) {
    const { id } = group;
    // One at a time: until the group is read there is no dialog that would keep others away.
    if (deleting) return;
    let named;
    try {
      deleting = true;
      say(progress('Reading the group…', { bucket: ONE_GROUP, as: 'span' }));
      named = await read(id);
    } catch (error) {
      say();
      return warn(
        ['The group ', quoted(group.profile.name), ' could not be read, and was not deleted.'],
        error,
      );
    } finally {
      deleting = false;
    }
    if (!named) return gone(group);
    const shown = latest(group);
    refresh(named);
    say();
    // Meanwhile another group or another dialog was opened.
    if (panel.group?.id !== id || document.querySelector('dialog[open]')) return;
    byId('deletion-text').replaceChildren(...deletion(named, changes(shown, named)));

    const act = async (_, signal) => {
      const now = await read(id, signal);
      if (!now) return { gone: true };
      const changed = changes(named, now);
      if (changed.length > 0) {
        named = now;
        refresh(now);
        byId('deletion-text').replaceChildren(...deletion(now, changed));
        return { again: ['The group was not deleted: it has changed. Read again what would be deleted.'] };
      }
      return groups.delete(id, { signal });
    };
    const failed = () => ['The group ', quoted(named.profile.name), ' was not deleted.'];
    const done = await ask(byId('deletion'), { act, failed, bucket: ONE_GROUP });
    if (!done) return;
    if (done.result?.gone) return gone(named);
    forget(id);
    say('Deleted ', quoted(named.profile.name), '.');
  }

  /** A group as it is now, or `undefined` if it is gone. */
  async function read(id, signal) {
    try {
      return await groups.get(id, { signal });
    } catch (error) {
      if (isOktaError(error, 'not-found')) return undefined;
      throw error;
    }
  }

  /** Shows a group that was read without what is embedded in lists. */
  function refresh(group) {
    const { _embedded } = latest(group);
    update({ ...(_embedded && { _embedded }), ...group });
  }

  function gone(group) {
    forget(group.id);
    say('The group ', quoted(group.profile.name), ' is gone: it was deleted already.');
  }

  function forget(id) {
    deleted.add(id);
    reads.get(id)?.abort();
    if (panel.group?.id === id) panel.close();
    list.remove(id);
  }

  function membership(group, said) {
    say(...said);
    if (!deleted.has(group.id)) reread(group);
  }

  /** Reads a group whose members have changed: it has other counts and times. */
  async function reread(group) {
    const { id, profile } = group;
    const read = new AbortController();
    reads.get(id)?.abort();
    reads.set(id, read);
    try {
      const now = await find(id, read.signal);
      if (now && !read.signal.aborted) update(now);
    } catch (error) {
      if (!read.signal.aborted)
        warn(['The group ', quoted(profile.name), ' could not be read again.'], error);
    } finally {
      if (reads.get(id) === read) reads.delete(id);
    }
  }
}

/** What the dialog says of the group that it would delete. */
function deletion({ profile: { name } }, changed) {
  const what = [quoted(name), ' will be deleted for good. Its members lose the access that it gives them.'];
  return changed.length > 0 ? [...what, el('br'), el('strong', {}, ...changed)] : what;
}

/** In what a group differs from what was shown of it. */
function changes(shown, now) {
  if (shown.profile.name !== now.profile.name) {
    return ['It has been renamed: until now it was shown as ', quoted(shown.profile.name), '.'];
  }
  const same = ['type', 'lastUpdated'].every((field) => shown[field] === now[field]);
  const described = (shown.profile.description ?? '') === (now.profile.description ?? '');
  return same && described ? [] : ['It has been changed since it was shown.'];
}

/** Asks for a profile in the dialog that makes and edits groups. `act` gets what was entered otherwise than it was. */
function askProfile(title, button, { act, ...action }, { name = '', description } = {}) {
  const dialog = byId('profile');
  byId('profile-title').textContent = title;
  byId('profile-name').value = name;
  byId('profile-description').value = description ?? '';
  dialog.querySelector('[type=submit]').textContent = button;
  // As the fields have it, which know one kind of line break only.
  const before = new FormData(dialog.querySelector('form'));
  const changed = (entered) =>
    Object.fromEntries(Object.entries(entered).filter(([key, value]) => value !== before.get(key)));
  return ask(dialog, { ...action, act: (entered, signal) => act(changed(entered), signal) });
}
