// The console's screen People, and the picker, before a local org of each test's own.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { visit } from './browser.mjs';
import { focused, ownOrg, until, writesOf } from './console-org.mjs';

const SIZE = ['--groups', 30, '--users', 300, '--rate-limit', 'off'];

const button = (scope, name) => scope.getByRole('button', { name, exact: true });
const finder = (page) => page.getByRole('combobox', { name: 'Find a person' });
const grid = (page, name) => page.getByRole('grid', { name: `Groups of ${name}` });
const rows = (scope) => scope.locator('[role=row][data-index]');
const nameOf = ({ profile }) => `${profile.firstName} ${profile.lastName}`;

/** Groups by name, with these users as members by hand. */
async function groupsWith(api, names, users) {
  const made = [];
  for (const name of names) {
    const group = await api('POST', 'groups', { profile: { name } });
    for (const { id } of users) await api('PUT', `groups/${group.id}/users/${id}`);
    made.push(group);
  }
  return made;
}

test('the picker finds by name, email, full name and login; typing aborts the search before; the keyboard alone chooses', async (t) => {
  const { url, api } = await ownOrg(t, ...SIZE);
  const users = (await api('GET', 'users?limit=200')).filter(({ status }) => status === 'ACTIVE');
  const [user, other] = users;
  const page = await visit(t, `${url}/?screen=people`, { refusals: [404] });
  const searches = [];
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (pathname === '/api/v1/users') searches.push(searchParams.get('q') ?? searchParams.get('search'));
  });
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'combobox');

  // The first search is held back until the second was answered: its late answer is not shown.
  let release;
  await page.route(/users\?.*q=zz/, async (route) => {
    await new Promise((go) => (release = go));
    await route.continue().catch(() => undefined);
  });
  await page.keyboard.type('zz');
  await until(() => release, Boolean, 'the first search');
  // Letters that come within the pause are one search.
  await finder(page).evaluate(
    (field, text) => {
      for (let end = 1; end <= text.length; end++) {
        field.value = text.slice(0, end);
        field.dispatchEvent(new InputEvent('input', { bubbles: true }));
      }
    },
    user.profile.email.slice(0, 14),
  );
  const options = page.getByRole('option');
  await page.getByRole('option', { name: user.profile.login }).waitFor();
  release();
  assert.deepEqual(searches, ['zz', user.profile.email.slice(0, 14)]);

  // Escape closes the list alone; the arrows open it again; Enter that is held chooses once.
  await page.keyboard.press('Escape');
  assert.equal(await options.filter({ visible: true }).count(), 0);
  assert.equal(await finder(page).inputValue(), user.profile.email.slice(0, 14));
  await page.keyboard.press('ArrowDown');
  await options.first().waitFor();
  const active = await finder(page).getAttribute('aria-activedescendant');
  assert.equal(await page.locator(`[id="${active}"]`).getAttribute('aria-selected'), 'true');
  await page.keyboard.press('Control+A');
  await page.keyboard.type(nameOf(user));
  await page.getByRole('option', { name: user.profile.login }).waitFor();
  const at = (await options.allTextContents()).findIndex((text) => text.includes(user.profile.login));
  for (let step = 0; step <= at; step++) await page.keyboard.press('ArrowDown');
  await page.keyboard.down('Enter');
  await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  await page.getByRole('heading', { name: nameOf(user) }).waitFor();
  assert.match(page.url(), new RegExp(`user=${user.id}$`));
  assert.equal(await focused(page), 'combobox Find a person');

  // What the search does not find, the id or the login does.
  await page.keyboard.type('nobody-has-this');
  await page.getByRole('option', { name: 'Look up the id or login nobody-has-this' }).waitFor();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.getByText('No person has the id or login nobody-has-this.').waitFor();
  assert.equal(await finder(page).getAttribute('aria-invalid'), 'true');
  await page.keyboard.press('Control+A');
  await page.keyboard.type(other.id);
  await page.getByRole('option', { name: `Look up the id or login ${other.id}` }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: nameOf(other) }).waitFor();
});

test('a search that fails says so and is done again; a quote in a name is no syntax', async (t) => {
  const { url, api } = await ownOrg(t, ...SIZE);
  const user = await api('GET', 'users?limit=1').then(([first]) => first);
  const page = await visit(t, `${url}/?screen=people`, { refusals: [403] });
  let isDown = true;
  await page.route(/\/users\?/, (route) =>
    isDown
      ? route.fulfill({ status: 403, json: { errorCode: 'E0000006', errorSummary: 'no', errorCauses: [] } })
      : route.fallback(),
  );
  await finder(page).fill(user.profile.firstName);
  await page
    .getByText('The org does not let the console search for people. Type the whole id or login.')
    .waitFor();
  isDown = false;
  await finder(page).fill('"or" x\\');
  await page.getByText('The org finds no person whose name or email begins with “"or" x\\”.').waitFor();
});

test('all groups of a person are read, page by page; a page that fails is read again, and the file says what it lacks', async (t) => {
  const { url, api, all } = await ownOrg(t, '--groups', 5, '--users', 20, '--rate-limit', 'off');
  const [user] = await api('GET', 'users?limit=1');
  const names = Array.from({ length: 230 }, (_, index) => `Own ${index}`);
  await groupsWith(api, names, [user]);
  const page = await visit(t, `${url}/?screen=people`, {
    refusals: [403],
    prepare: async (page) => {
      let times = 0;
      await page.route(/\/groups\?.*after=/, (route) =>
        ++times === 1
          ? route.fulfill({
              status: 403,
              json: { errorCode: 'E0000006', errorSummary: 'not now', errorCauses: [] },
            })
          : route.fallback(),
      );
    },
  });
  await page.goto(`${url}/?screen=people&user=${encodeURIComponent(user.profile.login)}`);
  await page.getByText('The groups could not all be read: 200 groups so far.').waitFor();
  const partial = page.waitForEvent('download');
  await button(page, 'Save as CSV (partial)').click();
  const part = await partial;
  assert.match(part.suggestedFilename(), /\.partial\.csv$/);
  assert.match((await readFile(await part.path(), 'utf8')).trim().split('\n').at(-1), /^"?# partial: /);
  await button(page, 'Retry').click();
  const count = (await all(`users/${user.id}/groups`)).length;
  assert.ok(count > 230);
  await page.getByText(`${count} groups`, { exact: true }).waitFor();
  // The address has the id in place of the login.
  assert.match(page.url(), new RegExp(`user=${user.id}$`));
  const whole = page.waitForEvent('download');
  await button(page, 'Save as CSV').click();
  const file = await readFile(await (await whole).path(), 'utf8');
  for (const name of ['Own 0', 'Own 229']) assert.ok(file.includes(`,${name},`), name);
  assert.equal(file.trim().split('\n').length, count + 1);

  await page.getByLabel('Filter these groups').fill('own 22');
  await page.getByText(`11 groups of ${count} read`).waitFor();
});

test('held Enter takes the person out of one group, and Undo brings the person back', async (t) => {
  const { url, api } = await ownOrg(t, ...SIZE);
  const [user] = await api('GET', 'users?limit=1');
  const made = await groupsWith(api, ['North', 'South', 'West'], [user]);
  const page = await visit(t, `${url}/?screen=people&user=${user.id}`);
  const writes = writesOf(page);
  await button(page, 'Remove from North').focus();
  for (let count = 0; count < 30; count++) await page.keyboard.down('Enter');
  await page.getByText(`Removed ${nameOf(user)} from North`).waitFor();
  for (let count = 0; count < 10; count++) await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  await button(page, 'Remove from North').waitFor({ state: 'detached' });
  assert.deepEqual(writes, [`DELETE groups/${made[0].id}/users/${user.id}`]);
  assert.match(await focused(page), /^row /);
  const groups = () =>
    api('GET', `users/${user.id}/groups`).then((all) => all.map(({ profile }) => profile.name));
  assert.ok(!(await groups()).includes('North'));
  await page.getByRole('button', { name: /^Undo/ }).click();
  await button(page, 'Remove from North').waitFor();
  assert.ok((await groups()).includes('North'));
  assert.equal(writes.length, 2);
});

test('a double click takes the person out of one group: the row that slides under the pointer stays', async (t) => {
  const { url, api } = await ownOrg(t, ...SIZE);
  const [user] = await api('GET', 'users?limit=1');
  await groupsWith(api, ['Zeta one', 'Zeta two', 'Zeta three'], [user]);
  const page = await visit(t, `${url}/?screen=people&user=${user.id}`);
  const writes = writesOf(page);
  await page.getByLabel('Filter these groups').fill('Zeta');
  const remove = page.getByRole('button', { name: /^Remove from Zeta/ });
  await until(
    () => remove.count(),
    (count) => count === 3,
    'the groups',
  );
  const { x, y } = await remove.first().boundingBox();
  await page.mouse.click(x + 8, y + 8);
  await until(
    () => remove.count(),
    (count) => count === 2,
    'the row to go',
  );
  // The browser counts the clicks of a double click, however late the page is.
  await page.mouse.down({ clickCount: 2 });
  await page.mouse.up({ clickCount: 2 });
  await page.waitForTimeout(500);
  assert.equal(writes.length, 1, writes.join());
  // A click at the same place does nothing either, however late it is. Whoever moves the pointer to the row means it.
  await page.mouse.click(x + 8, y + 8);
  await page.getByText('The rows have moved under the pointer', { exact: false }).waitFor();
  assert.equal(writes.length, 1, writes.join());
  await page.mouse.move(10, 10);
  await page.mouse.click(x + 8, y + 8);
  await until(
    () => remove.count(),
    (count) => count === 1,
    'the next row to go',
  );
  assert.equal(writes.length, 2, writes.join());
});

test('a removal that fails while another person is shown is told', async (t) => {
  const { url, api } = await ownOrg(t, ...SIZE);
  const [user] = await api('GET', 'users?limit=1');
  await groupsWith(api, ['Zeta one'], [user]);
  const page = await visit(t, `${url}/?screen=people&user=${user.id}`, { refusals: [400] });
  let release;
  await page.route('**/api/v1/groups/*/users/*', async (route) => {
    await new Promise((go) => (release = go));
    await route.fulfill({
      status: 400,
      contentType: 'application/json',
      body: '{"errorCode":"E0000001","errorSummary":"Refused for a test"}',
    });
  });
  await button(page, 'Remove from Zeta one').click();
  await until(() => release, Boolean, 'the removal');
  await page.getByRole('link', { name: 'Rules' }).first().click();
  await page.getByRole('heading', { name: 'Rules', level: 1 }).waitFor();
  release();
  await page.locator('.notices').getByText('was not removed from Zeta one.').waitFor();
});

test('a person is added to a group at once; nothing is said that did not happen', async (t) => {
  const { url, api } = await ownOrg(t, ...SIZE);
  const [user] = await api('GET', 'users?limit=1');
  const [north, south] = await groupsWith(api, ['Northernmost', 'Southernmost'], []);
  const page = await visit(t, `${url}/?screen=people&user=${user.id}`);
  const writes = writesOf(page);
  const picker = page.getByRole('combobox', { name: 'Add to a group' });
  await picker.fill('thernmo');
  await page.getByRole('option', { name: /^Northernmost/ }).click();
  await page.getByText(`Added ${nameOf(user)} to Northernmost`).waitFor();
  await button(page, 'Remove from Northernmost').waitFor();
  assert.equal(await focused(page), 'combobox Add to a group');

  // Elsewhere the person was added meanwhile: the org would answer 204 again.
  await api('PUT', `groups/${south.id}/users/${user.id}`);
  await picker.fill('thernmo');
  const member = page.getByRole('option', { name: /^Northernmost.*a member already/ });
  await member.waitFor();
  assert.equal(await member.getAttribute('aria-disabled'), 'true');
  await page.getByRole('option', { name: /^Southernmost/ }).click();
  await page.getByText(`${nameOf(user)} is a member of Southernmost already. Nothing was changed.`).waitFor();
  assert.deepEqual(writes, [`PUT groups/${north.id}/users/${user.id}`]);
  // Built-in groups and those of apps are Okta's and the apps'.
  await picker.fill('Everyone');
  await page.getByRole('option', { name: /^Everyone.*a member already/ }).waitFor();
});

test('how a person got into a group is read when it is asked for, after the cost was told', async (t) => {
  const { url, api } = await ownOrg(t, ...SIZE);
  const users = await api('GET', 'users?limit=200');
  const user = users.find(({ profile }) => profile.department === 'Sales');
  const [byRule, byHand] = await groupsWith(api, ['Sales office', 'By hand'], []);
  await api('PUT', `groups/${byHand.id}/users/${user.id}`);
  const rule = await api('POST', 'groups/rules', {
    type: 'group_rule',
    name: 'Sales people',
    conditions: { expression: { type: 'urn:okta:expression:1.0', value: 'user.department=="Sales"' } },
    actions: { assignUserToGroups: { groupIds: [byRule.id] } },
  });
  await api('POST', `groups/rules/${rule.id}/lifecycle/activate`);
  const groupsOf = () => api('GET', `users/${user.id}/groups`);
  await until(groupsOf, (all) => all.some(({ id }) => id === byRule.id), 'the rule to run');

  const page = await visit(t, `${url}/?screen=people&user=${user.id}`);
  const row = (name) => rows(grid(page, nameOf(user))).filter({ hasText: name });
  await until(
    () => row('By hand').last().getByRole('gridcell').allTextContents(),
    ([name, , , how]) => name === 'By hand' && how === 'by hand',
    'the group without a rule',
  );
  await row('Sales office').getByText('not known: 1 rule leads here').waitFor();
  const reads = [];
  page.on('request', (request) => /\/users\?/.test(request.url()) && reads.push(request.url()));
  await row('Sales office').focus();
  await page.keyboard.press('Enter');
  const panel = page.getByRole('region', { name: 'Group of the person' });
  await panel.getByText('Rules that put people into this group: Sales people (active).').waitFor();
  assert.equal(await focused(page), 'h3 Sales office');
  await button(panel, 'How did the person get here?').focus();
  await page.keyboard.press('Enter');
  await panel.getByText(/members, at most about .*, 1 request\./).waitFor();
  assert.deepEqual(reads, []);
  assert.equal(await focused(page), 'group How the person got here');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await panel.getByText('By the rule Sales people.').waitFor();
  await row('Sales office').getByText('by rule Sales people').waitFor();

  // Whom a rule had put there comes back as a member by hand: the undo says so.
  await button(panel, 'Remove from the group').click();
  await page.getByText(`Removed ${nameOf(user)} from Sales office`).waitFor();
  await page
    .getByText(/by hand/)
    .last()
    .waitFor();
  assert.match(await page.getByRole('log').textContent(), /by hand/);
});

test('two people are compared, and what one lacks becomes a plan of Members in bulk', async (t) => {
  const { url, api } = await ownOrg(t, ...SIZE);
  const users = (await api('GET', 'users?limit=200')).filter(({ status }) => status === 'ACTIVE');
  const [first, second] = users;
  await groupsWith(api, ['Both'], [first, second]);
  const only = await groupsWith(api, ['First 1', 'First 2'], [first]);
  await groupsWith(api, ['Second 1'], [second]);
  const groupsOf = ({ id }) => api('GET', `users/${id}/groups`);
  const ids = async (user) => new Set((await groupsOf(user)).map((group) => group.id));
  const [of1, of2] = [await ids(first), await ids(second)];
  const page = await visit(t, `${url}/?screen=people&user=${first.id}`);
  await button(page, 'Compare or copy to another person').click();
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'combobox');
  await page.keyboard.type(second.profile.email);
  await page.getByRole('option', { name: second.profile.login }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const count = async (name) =>
    Number((await page.getByRole('button', { name }).textContent()).match(/\d+$/)[0]);
  const lacks = (await groupsOf(second)).filter(({ id, type }) => !of1.has(id) && type === 'OKTA_GROUP');
  const plan = `Plan: add ${nameOf(first)} to ${lacks.length} group${lacks.length === 1 ? '' : 's'}`;
  await button(page, plan).waitFor();
  const both = [...of1].filter((id) => of2.has(id)).length;
  const counts = [
    await count(new RegExp(`^Only ${nameOf(first)}`)),
    await count(/^In both/),
    await count(new RegExp(`^Only ${nameOf(second)}`)),
  ];
  assert.deepEqual(counts, [of1.size - both, both, of2.size - both]);
  await page.getByRole('button', { name: new RegExp(`^Only ${nameOf(first)}`) }).click();
  const shown = page.getByRole('grid', { name: 'Groups of the two' });
  await until(
    () => rows(shown).count(),
    (number) => number === of1.size - both,
    'the chosen groups',
  );
  const writes = writesOf(page);
  await page.getByRole('button', { name: new RegExp(`^Plan: add ${nameOf(second)} to`) }).click();
  await page.getByRole('heading', { name: 'Members in bulk', level: 1 }).waitFor();
  assert.match(page.url(), /screen=bulk/);
  for (const { profile } of only) await page.getByText(profile.name, { exact: true }).first().waitFor();
  assert.deepEqual(writes, [], 'a plan is no write');
});

test('where people may not be read, the console says so, and one group at a time works by the id', async (t) => {
  const scopes = 'console:okta.groups.read,okta.groups.manage';
  const { url, api } = await ownOrg(t, ...SIZE, '--token', scopes, '--token', 'test');
  const [user] = await api('GET', 'users?limit=1');
  await groupsWith(api, ['Westernmost'], []);
  const page = await visit(t, `${url}/?screen=people`, { refusals: [403] });
  await finder(page).fill(user.id);
  await page.getByText('The org does not let the console search for people').waitFor();
  await page.getByRole('option', { name: `Look up the id or login ${user.id}` }).click();
  await page.getByText('The org does not let the console read people and their groups').waitFor();
  await page.getByRole('combobox', { name: 'Choose a group' }).fill('ternmost');
  await page.getByRole('option', { name: /^Westernmost/ }).click();
  await button(page, 'Add to the group').click();
  await page.getByText(`Added ${user.id} to Westernmost`).waitFor();
  await button(page, 'How did the person get here?').click();
  await button(page, 'Read the members').click();
  await page.getByText('By hand: an admin or a program added the person.').waitFor();
  await button(page, 'Remove from the group').click();
  await page.getByText(`Removed ${user.id} from Westernmost`).waitFor();
});

test('a person who is not there, and an org that fails for a while, have their words and a way on', async (t) => {
  const { url, api } = await ownOrg(t, ...SIZE);
  const [user] = await api('GET', 'users?limit=1');
  const page = await visit(t, `${url}/?screen=people&user=00uNobodyHasThisIdAt`, {
    expected: [/Failed to load resource/],
  });
  await page.getByText('The person could not be read.').waitFor();
  await button(page, 'Retry').waitFor();
  const faults = { random: { seed: 3, rate: 0.5 } };
  const put = (body) =>
    fetch(`${url}/local-org/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  assert.ok((await put(faults)).ok);
  await finder(page).fill(user.id);
  await page.getByRole('option', { name: /^Look up/ }).waitFor();
  await put({});
  await page.getByRole('option', { name: /^Look up/ }).click();
  await page.getByRole('heading', { name: nameOf(user) }).waitFor();
});
