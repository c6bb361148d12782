// Joins the parts: which org, the list, the group beside it, the dialogs.
import { eq } from './okta-groups.js';
import { ask } from './ask.js';
import { byId } from './dom.js';
import { errorNote } from './error-note.js';
import { GroupList } from './group-list.js';
import { GroupPanel } from './group-panel.js';
import { connect, isInPage, switched } from './org.js';

const address = new URL(location.href);
byId('in-page').checked = isInPage(address);
byId('in-page').addEventListener('change', () => location.assign(switched(address)));

try {
  start(await connect(address));
} catch (error) {
  byId('groups-foot').replaceChildren(errorNote('The page could not start.', error));
}

function start({ client, name }) {
  byId('org').textContent = name;
  const { groups } = client;
  const list = new GroupList(client, open);
  const panel = new GroupPanel(client, {
    close(group) {
      list.select(undefined);
      list.focus(group.id);
    },
    rename,
    delete: remove,
    membership,
  });
  byId('new').addEventListener('click', create);
  list.load();

  function open(group) {
    list.select(group.id);
    panel.show(group);
  }

  /** Shows what is known of a group now, wherever it is shown. */
  function update(group) {
    list.put(group);
    if (panel.group?.id === group.id) panel.show(group);
  }

  async function create() {
    const act = ({ name, description }) =>
      groups.create(description === '' ? { name } : { name, description });
    const group = await askProfile('New group', 'Create', { act, failed: 'The group was not created.' });
    if (!group) return;
    list.put(group);
    open(group);
    say(`Created “${group.profile.name}”.`);
  }

  async function rename(group) {
    const { profile } = group;
    const act = (entered) => groups.update(group.id, changed(profile, entered));
    const failed = 'The group was not changed.';
    const renamed = await askProfile('Rename group', 'Save', { act, failed }, profile);
    if (!renamed) return;
    // The answer to a change embeds nothing.
    update({ _embedded: group._embedded, ...renamed });
    say(`Saved “${renamed.profile.name}”.`);
  }

  async function remove(group) {
    const { name } = group.profile;
    byId('deletion-text').textContent =
      `“${name}” will be deleted for good. Its members lose the access that it gives them.`;
    const act = () => groups.delete(group.id);
    if (!(await ask(byId('deletion'), { act, failed: 'The group was not deleted.' }))) return;
    panel.close();
    list.remove(group.id);
    say(`Deleted “${name}”.`);
  }

  async function membership(group, said) {
    say(said);
    try {
      const now = await groups.list({ filter: eq('id', group.id), expand: ['stats', 'app'] }).first();
      if (now) update(now);
    } catch (error) {
      say(`${said} The group could not be read again: ${error.message}`);
    }
  }
}

/** Asks for a profile in the dialog that makes and renames groups. */
function askProfile(title, button, action, { name = '', description } = {}) {
  const dialog = byId('profile');
  byId('profile-title').textContent = title;
  byId('profile-name').value = name;
  byId('profile-description').value = description ?? '';
  dialog.querySelector('[type=submit]').textContent = button;
  return ask(dialog, action);
}

/** What was entered anew: a description that was absent or null and is still empty stays as it was. */
function changed(profile, entered) {
  return Object.fromEntries(Object.entries(entered).filter(([key, value]) => value !== (profile[key] ?? '')));
}

function say(text) {
  byId('notice').textContent = text;
}
