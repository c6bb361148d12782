// The group panel of the console before a local org of its own: what is written is undone, asked, and told as it happened.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { answered, hold, visit } from './browser.mjs';

const CONSOLE = fileURLToPath(new URL('../../pkg/dist/console', import.meta.url));

/** A native local org that serves the console; ended by `stop`. */
async function serve(...options) {
  const program = process.env.OKTA_GROUPS_EMULATOR_BIN;
  assert.ok(program, 'OKTA_GROUPS_EMULATOR_BIN is the native local org: cargo xtask test e2e sets it');
  const args = ['--port', '0', '--rate-limit', 'off', '--static', `/=${CONSOLE}`, ...options];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  for await (const chunk of child.stdout) {
    said += chunk;
    if (said.includes('\n')) break;
  }
  const url = /http:\/\/\S+/.exec(said)[0];
  return {
    url,
    async stop() {
      child.kill();
      if (child.exitCode === null) await once(child, 'exit');
    },
    async api(method, path, body) {
      const answer = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: { authorization: 'SSWS test', 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      assert.ok(answer.ok || answer.status === 404, `${method} ${path}: ${answer.status} ${text}`);
      return text === '' || answer.status === 404 ? undefined : JSON.parse(text);
    },
    async members(group) {
      const all = await this.api('GET', `/groups/${group}/users?limit=200`);
      return all.map(({ id }) => id);
    },
    /** A group with the first `count` people. */
    async group(name, count = 0) {
      const { id } = await this.api('POST', '/groups', { profile: { name, description: 'Of a test' } });
      const people = await this.api('GET', `/users?limit=${Math.max(1, count)}`);
      for (const person of people.slice(0, count)) await this.api('PUT', `/groups/${id}/users/${person.id}`);
      return { id, name, people };
    },
  };
}

let org;
before(async () => (org = await serve('--groups', '30', '--users', '60')));
after(() => org.stop());

const fullName = ({ profile }) => `${profile.firstName} ${profile.lastName}`;
const panel = (page) => page.getByRole('region', { name: /^Group/ });
const member = (page, person) => panel(page).locator(`[data-key="${person.id}"]`);
const notices = (page) => page.getByRole('region', { name: 'Notices' });
const tab = (page, name) => panel(page).getByRole('tab', { name }).click();
const open = (t, id, options = {}, { at = org, tab } = {}) =>
  visit(t, `${at.url}/?group=${id}${tab ? `&tab=${tab}` : ''}`, options);

/** What the page sent to the org, as `METHOD path`. */
function sent(page, pattern) {
  const all = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    const line = `${request.method()} ${pathname}`;
    if (pattern.test(line)) all.push(line);
  });
  return all;
}

/** A key that is held: pressed once, and repeated. */
async function holdKey(page, key, times) {
  for (let time = 0; time < times; time++) await page.keyboard.down(key);
  await page.keyboard.up(key);
}

const focused = (page) => page.evaluate(() => document.activeElement?.closest('[data-key]')?.dataset.key);
const hasFocus = (page) => page.evaluate(() => document.activeElement !== document.body);

const okta = (status, code, summary) => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify({ errorCode: code, errorSummary: summary, errorId: 'oaeTest', errorCauses: [] }),
});

test('a held Enter on Remove removes one member; Undo gives the member back, with the focus on the row', async (t) => {
  const { id, people } = await org.group('Held Enter', 8);
  const page = await open(t, id);
  const removals = sent(page, /^DELETE .*\/users\//);
  const person = people[2];
  await member(page, person).getByRole('button', { name: 'Remove' }).focus();
  await holdKey(page, 'Enter', 40);
  await notices(page).getByText('Removed', { exact: false }).waitFor();
  assert.equal(removals.length, 1);
  assert.equal((await org.members(id)).length, 7);
  assert.equal(await focused(page), person.id, 'the row of the member has the focus, not another Remove');
  // The history takes back what a notice no longer offers; here the notice does.
  await notices(page).getByRole('button', { name: /^Undo/ }).press('Enter');
  await notices(page)
    .getByText(`Added ${fullName(person)}`, { exact: false })
    .waitFor();
  assert.deepEqual((await org.members(id)).sort(), people.map((each) => each.id).sort());
  await page.waitForFunction((key) => document.activeElement?.dataset.key === key, person.id);
  // The list is read again until it shows the change: the mark goes.
  await panel(page).getByText('not confirmed yet').first().waitFor({ state: 'hidden' });
  assert.equal(await focused(page), person.id);
});

test('a removed member leaves the list once the org confirms it, and the focus stays in the list', async (t) => {
  const { id, people } = await org.group('Focus after removal', 3);
  const page = await open(t, id);
  for (const person of [people[0], people[2], people[1]]) {
    await member(page, person).getByRole('button', { name: 'Remove' }).press('Enter');
    await member(page, person).waitFor({ state: 'detached' });
    assert.ok(await hasFocus(page), 'the focus is not lost');
  }
  await panel(page).getByText('The group has no members.').waitFor();
});

test('one who is a member already is not said to be added, whatever the list showed', async (t) => {
  const { id, people } = await org.group('Already', 4);
  const page = await open(t, id);
  await member(page, people[0]).waitFor();
  const late = (await org.api('GET', '/users?limit=20')).at(-1);
  await org.api('PUT', `/groups/${id}/users/${late.id}`);
  const writes = sent(page, /^PUT /);
  const field = panel(page).getByRole('combobox', { name: 'Add a person' });
  // One whom the list shows is marked in the choices.
  await field.fill(people[0].profile.login);
  await panel(page).getByRole('option').filter({ hasText: 'a member already' }).waitFor();
  await field.fill(late.profile.email);
  await panel(page)
    .getByRole('option', { name: new RegExp(late.profile.login) })
    .first()
    .click();
  await notices(page)
    .getByText(`${fullName(late)} is a member of Already already`, { exact: false })
    .waitFor();
  assert.deepEqual(writes, []);
  assert.equal(await notices(page).getByText('Added').count(), 0);
});

test('a person is picked and added by keys alone, shown at once, and undone from the history', async (t) => {
  const { id } = await org.group('Keys', 1);
  const page = await open(t, id);
  const writes = sent(page, /^(PUT|DELETE) /);
  const person = (await org.api('GET', '/users?limit=30')).at(-1);
  const field = panel(page).getByRole('combobox', { name: 'Add a person' });
  await field.focus();
  await page.keyboard.type(person.profile.email);
  await panel(page).getByRole('option').first().waitFor();
  await page.keyboard.press('ArrowDown');
  await holdKey(page, 'Enter', 20);
  await notices(page)
    .getByText(`Added ${fullName(person)} to Keys`, { exact: false })
    .waitFor();
  assert.equal(writes.length, 1);
  await member(page, person).waitFor();
  assert.ok((await org.members(id)).includes(person.id));
  await panel(page).getByRole('tab', { name: 'Members' }).focus();
  await page.keyboard.press('End');
  assert.match(page.url(), /tab=history/);
  const entry = panel(page)
    .getByRole('listitem')
    .filter({ hasText: `Added ${fullName(person)}` });
  await entry.getByRole('button', { name: /^Undo/ }).press('Enter');
  await entry.getByText('undone').waitFor();
  assert.ok(!(await org.members(id)).includes(person.id));
  await panel(page)
    .getByRole('listitem')
    .filter({ hasText: `Removed ${fullName(person)}` })
    .waitFor();
  assert.ok(await hasFocus(page));
});

test('a member whom a rule put there comes back by hand: the notice and the row say so', async (t) => {
  const own = await serve('--groups', '10', '--users', '40', '--quirks', '{"ruleDelay":0}');
  t.after(() => own.stop());
  const { id } = await own.group('By a rule');
  const [person] = await own.api('GET', '/users?limit=1');
  const rule = await own.api('POST', '/groups/rules', {
    type: 'group_rule',
    name: 'That one',
    conditions: {
      expression: { type: 'urn:okta:expression:1.0', value: `user.login=="${person.profile.login}"` },
    },
    actions: { assignUserToGroups: { groupIds: [id] } },
  });
  await own.api('POST', `/groups/rules/${rule.id}/lifecycle/activate`);
  for (let tries = 0; tries < 50 && (await own.members(id)).length === 0; tries++) {
    await new Promise((done) => setTimeout(done, 50));
  }
  const page = await open(t, id, {}, { at: own });
  await member(page, person).getByRole('link', { name: 'That one' }).waitFor();
  await panel(page).getByText('Okta excludes whom you remove from the rules', { exact: false }).waitFor();
  await member(page, person).getByRole('button', { name: 'Remove' }).click();
  await notices(page).getByText('not by the rule That one', { exact: false }).waitFor();
  await notices(page).getByRole('button', { name: /^Undo/ }).click();
  await member(page, person).getByText('by hand').waitFor();
  await panel(page).getByText('not confirmed yet').first().waitFor({ state: 'hidden' });
  await member(page, person).getByText('by hand').waitFor();
});

test('where the org does not say who is here by a rule, the panel says unknown and names the rules', async (t) => {
  const own = await serve('--groups', '10', '--users', '40', '--quirks', '{"unsaidGroupRules":true}');
  t.after(() => own.stop());
  const { id, people } = await own.group('Unsaid', 2);
  const page = await open(t, id, {}, { at: own });
  await panel(page).getByText('No rule puts people into this group', { exact: false }).waitFor();
  await member(page, people[0]).getByText('by hand').waitFor();
  await own.api('POST', '/groups/rules', {
    type: 'group_rule',
    name: 'Into unsaid',
    conditions: { expression: { type: 'urn:okta:expression:1.0', value: 'user.department=="X"' } },
    actions: { assignUserToGroups: { groupIds: [id] } },
  });
  await page.reload();
  await panel(page).getByRole('link', { name: 'Into unsaid' }).waitFor();
  await member(page, people[0]).getByText('unknown').waitFor();
});

test('a list that lags shows what was done, marked until a later read confirms it', async (t) => {
  const own = await serve('--groups', '10', '--users', '40', '--quirks', '{"memberLag":3000}');
  t.after(() => own.stop());
  const { id, people } = await own.group('Lag', 3);
  await new Promise((done) => setTimeout(done, 3100));
  const page = await open(t, id, {}, { at: own });
  const late = (await own.api('GET', '/users?limit=10')).at(-1);
  await member(page, people[0]).getByRole('button', { name: 'Remove' }).click();
  await member(page, people[0]).getByText('removed, not confirmed yet').waitFor();
  const field = panel(page).getByRole('combobox', { name: 'Add a person' });
  await field.fill(late.profile.login);
  await panel(page)
    .getByRole('option', { name: new RegExp(late.profile.login) })
    .first()
    .click();
  await member(page, late).getByText('added, not confirmed yet').waitFor();
  // Another look at the panel within the lag tells the same.
  await panel(page).getByRole('button', { name: 'Close' }).click();
  await page.goBack();
  await member(page, late).getByText('added, not confirmed yet').waitFor();
  await member(page, people[0]).getByText('removed, not confirmed yet').waitFor();
  await member(page, late).getByText('not confirmed yet').waitFor({ state: 'hidden' });
  await member(page, people[0]).waitFor({ state: 'detached' });
  await member(page, late).getByText('by hand').waitFor();
});

test('deleting reads the group anew, shows what hangs on it, and asks for the name where apps do', async (t) => {
  const all = await org.api('GET', '/groups?limit=200&expand=stats');
  const used = all.find(({ type, _embedded }) => type === 'OKTA_GROUP' && _embedded.stats.appsCount > 0);
  const { id } = used;
  const page = await open(t, id);
  await panel(page).getByRole('heading', { name: used.profile.name }).waitFor();
  const renamed = `Renamed meanwhile ${Date.now()}`;
  await org.api('PUT', `/groups/${id}`, { profile: { ...used.profile, name: renamed } });
  const deletions = sent(page, /^DELETE /);
  await panel(page).getByRole('button', { name: 'Delete…' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: `Delete the group ${renamed}?` });
  await dialog.getByText('It was renamed elsewhere', { exact: false }).waitFor();
  const { usersCount, appsCount } = used._embedded.stats;
  await dialog.getByText(`${usersCount} member`, { exact: false }).waitFor();
  await dialog.getByText(`assigned to ${appsCount} app`, { exact: false }).waitFor();
  const button = dialog.getByRole('button', { name: 'Delete the group' });
  await button.press('Enter');
  const name = dialog.getByRole('textbox', { name: 'Type the name of the group' });
  await name.fill(used.profile.name);
  await button.press('Enter');
  assert.deepEqual(deletions, [], 'the old name deletes nothing');
  await name.fill(renamed);
  await button.focus();
  await holdKey(page, 'Enter', 10);
  await notices(page).getByText(`Deleted the group ${renamed}`, { exact: false }).waitFor();
  assert.equal(deletions.length, 1);
  assert.equal(await org.api('GET', `/groups/${id}`), undefined);
  await panel(page).waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.activeElement !== document.body);
  assert.ok(!page.url().includes('group='));
  assert.equal(await notices(page).getByRole('button', { name: /^Undo/ }).count(), 0);
});

test('a group that somebody else deleted is told, in the question and in the panel', async (t) => {
  const { id } = await org.group('Gone already', 1);
  const page = await open(t, id, { refusals: [404] });
  await panel(page).getByRole('heading', { name: 'Gone already' }).waitFor();
  await org.api('DELETE', `/groups/${id}`);
  await panel(page).getByRole('button', { name: 'Delete…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('somebody else deleted it', { exact: false }).waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await panel(page).waitFor({ state: 'detached' });
  assert.equal(await notices(page).getByText('Deleted').count(), 0);
  await page.goto(`${org.url}/?group=${id}`);
  await panel(page).getByText('The org has no group with the id', { exact: false }).waitFor();
});

test('typed text is kept: Escape, leaving and another group ask first', async (t) => {
  const { id } = await org.group('Typed text');
  const page = await open(t, id, {}, { tab: 'profile' });
  const description = panel(page).getByRole('textbox', { name: 'Description' });
  await description.fill('A long text that nobody wants to type twice');
  await page.keyboard.press('Escape');
  const ask = panel(page).getByRole('alert').filter({ hasText: 'not saved' });
  await ask.getByRole('button', { name: 'Keep editing' }).press('Enter');
  assert.equal(await description.inputValue(), 'A long text that nobody wants to type twice');
  // Another tab of the panel keeps it, and so does a step back that is refused.
  await tab(page, 'Apps');
  await tab(page, 'Profile');
  assert.equal(await description.inputValue(), 'A long text that nobody wants to type twice');
  await page.getByRole('link', { name: 'Insights' }).click();
  await ask.waitFor();
  assert.ok(page.url().includes(`group=${id}`));
  await page.keyboard.press('Escape');
  await ask.waitFor({ state: 'detached' });
  assert.equal(await description.inputValue(), 'A long text that nobody wants to type twice');
  const asked = page.evaluate(() => {
    const event = new Event('beforeunload', { cancelable: true });
    dispatchEvent(event);
    return event.defaultPrevented;
  });
  assert.ok(await asked, 'the browser asks before it leaves the page');
  await page.getByRole('link', { name: 'Insights' }).click();
  await ask.getByRole('button', { name: 'Throw it away' }).click();
  await page.getByRole('heading', { name: 'Insights' }).waitFor();
  assert.equal((await org.api('GET', `/groups/${id}`)).profile.description, 'Of a test');
});

test('the difference is shown before saving, and Undo restores the profile', async (t) => {
  const { id } = await org.group('Before');
  const page = await open(t, id, {}, { tab: 'profile' });
  const writes = sent(page, /^PUT /);
  await panel(page).getByRole('textbox', { name: /^Name/ }).fill(' After ');
  await panel(page).getByText('reads as', { exact: false }).waitFor();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  const row = dialog.getByRole('row', { name: /^Name/ });
  await row.getByText('Before').waitFor();
  await row.getByText('After').waitFor();
  assert.deepEqual(writes, []);
  await dialog.getByRole('button', { name: 'Save 1 attribute' }).press('Enter');
  await notices(page).getByText('Renamed Before to', { exact: false }).waitFor();
  assert.equal(writes.length, 1);
  await panel(page).getByRole('heading', { name: 'After' }).waitFor();
  assert.match(await page.title(), /After.* – Groups – /);
  await notices(page).getByRole('button', { name: /^Undo/ }).click();
  await panel(page).getByRole('heading', { name: 'Before' }).waitFor();
  const { profile } = await org.api('GET', `/groups/${id}`);
  assert.deepEqual([profile.name, profile.description], ['Before', 'Of a test']);
});

test('what others changed meanwhile is shown: theirs stays, and of both the person decides', async (t) => {
  const { id } = await org.group('Mine and theirs');
  const page = await open(t, id, {}, { tab: 'profile' });
  await panel(page).getByRole('textbox', { name: 'Description' }).fill('Mine');
  await org.api('PUT', `/groups/${id}`, { profile: { name: 'Renamed by them', description: 'Theirs' } });
  await panel(page).getByRole('button', { name: 'Save…' }).click();
  const dialog = page.getByRole('dialog', { name: /Renamed by them/ });
  await dialog.getByRole('row', { name: /Renamed by them/ }).waitFor();
  await dialog.getByRole('radio', { name: /Save yours: Mine/ }).waitFor();
  await dialog.getByRole('radio', { name: /Keep theirs: Theirs/ }).check();
  await dialog.getByRole('button', { name: 'Keep what others saved' }).waitFor();
  await dialog.getByRole('radio', { name: /Save yours: Mine/ }).check();
  await dialog.getByRole('button', { name: 'Save 1 attribute' }).click();
  await notices(page).getByText('Changed description', { exact: false }).waitFor();
  const { profile } = await org.api('GET', `/groups/${id}`);
  assert.deepEqual([profile.name, profile.description], ['Renamed by them', 'Mine']);
});

test('a name that is taken marks its field, with the focus on it and the text kept', async (t) => {
  const { id } = await org.group('Wants another name');
  await org.group('The taken name');
  const page = await open(t, id, { refusals: [400] }, { tab: 'profile' });
  const name = panel(page).getByRole('textbox', { name: /^Name/ });
  await name.fill('The taken name');
  await panel(page).getByRole('button', { name: 'Save…' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Save 1/ })
    .click();
  await panel(page).getByText('Another group of the org has this name already', { exact: false }).waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'name');
  assert.equal(await name.getAttribute('aria-invalid'), 'true');
  const described = await name.getAttribute('aria-describedby');
  const words = await page.locator(`[id="${described.split(' ').at(-1)}"]`).textContent();
  assert.match(words, /has this name already/);
  assert.equal(await name.inputValue(), 'The taken name');
  await name.fill('');
  await panel(page).getByRole('button', { name: 'Save…' }).click();
  await panel(page).getByText('Name is required.').waitFor();
});

test('custom attributes have typed fields by the schema, and are kept and cleared', async (t) => {
  const own = await serve('--seed-data', await seed(t));
  t.after(() => own.stop());
  const page = await open(t, '00gcustom00000000001', {}, { at: own, tab: 'profile' });
  const field = (name, role = 'textbox') => panel(page).getByRole(role, { name });
  await field('costCenter').fill('12.5');
  await panel(page).getByRole('button', { name: 'Save…' }).click();
  await panel(page).getByText('costCenter is a whole number.').waitFor();
  await field('costCenter').fill('13');
  await field('isPublic', 'combobox').selectOption('true');
  await field('tags').fill('a\nb');
  await field('site').fill('');
  await panel(page).getByRole('button', { name: 'Save…' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Save 4/ })
    .click();
  await notices(page).getByText('Changed', { exact: false }).waitFor();
  const { profile } = await own.api('GET', '/groups/00gcustom00000000001');
  assert.deepEqual(profile, {
    name: 'Custom',
    description: null,
    costCenter: 13,
    isPublic: true,
    tags: ['a', 'b'],
    other: 'kept',
  });
  await notices(page).getByRole('button', { name: /^Undo/ }).click();
  await page.waitForFunction(() => document.querySelector('[name=site]')?.value === 'Kyiv');
  const undone = await own.api('GET', '/groups/00gcustom00000000001');
  assert.deepEqual(undone.profile, {
    name: 'Custom',
    description: null,
    costCenter: 12,
    site: 'Kyiv',
    other: 'kept',
  });
});

const HOSTILE = ['<img src=x onerror=alert(1)>', 'evil \u202Edesrever', 'W'.repeat(255), '  padded  '];

/** A file of an org with custom attributes and names that act. */
async function seed(t) {
  const { mkdtemp, rm, writeFile } = await import('node:fs/promises');
  const { tmpdir } = await import('node:os');
  const { join } = await import('node:path');
  const folder = await mkdtemp(join(tmpdir(), 'console-group-'));
  t.after(() => rm(folder, { recursive: true }));
  const group = (id, profile) => ({
    id,
    created: '2024-01-01T00:00:00.000Z',
    lastUpdated: '2024-01-01T00:00:00.000Z',
    lastMembershipUpdated: '2024-01-01T00:00:00.000Z',
    objectClass: ['okta:user_group'],
    type: 'OKTA_GROUP',
    profile,
  });
  const file = join(folder, 'org.json');
  const data = {
    groups: [
      group('00gcustom00000000001', {
        name: 'Custom',
        description: null,
        costCenter: 12,
        site: 'Kyiv',
        other: 'kept',
      }),
      ...HOSTILE.map((name, at) => group(`00ghostile000000000${at}`, { name, description: name })),
      { ...group('00gapp00000000000001', { name: 'Imported', description: null }), type: 'APP_GROUP' },
      { ...group('00gbuiltin0000000001', { name: 'Everyone', description: null }), type: 'BUILT_IN' },
    ],
    attributes: { costCenter: 'integer', isPublic: 'boolean', tags: 'array' },
  };
  await writeFile(file, JSON.stringify(data));
  return file;
}

test('names that act are text with marks, two lines at most; groups that cannot be changed say why', async (t) => {
  const own = await serve('--seed-data', await seed(t));
  t.after(() => own.stop());
  const page = await open(t, '00ghostile0000000000', { viewport: { width: 390, height: 844 } }, { at: own });
  for (const [at, shown] of [
    [0, '<img src=x onerror=alert(1)>'],
    [1, 'evil ⟨RLO⟩desrever'],
    [2, 'W'.repeat(255)],
    [3, '␠␠padded␠␠'],
  ]) {
    await page.goto(`${own.url}/?group=00ghostile000000000${at}`);
    const heading = panel(page).locator('h2');
    await heading.waitFor();
    assert.equal(await heading.textContent(), shown);
    const lines = await heading.evaluate(
      (element) => element.getBoundingClientRect().height / parseFloat(getComputedStyle(element).lineHeight),
    );
    assert.ok(lines < 2.1, `${lines} lines`);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
  }
  await page.goto(`${own.url}/?group=00gapp00000000000001&tab=profile`);
  await panel(page).getByText('imported from', { exact: false }).waitFor();
  assert.equal(await panel(page).getByRole('button', { name: 'Save…' }).count(), 0);
  await page.goto(`${own.url}/?group=00gbuiltin0000000001`);
  await panel(page).getByText('built in', { exact: false }).first().waitFor();
  const button = panel(page).getByRole('button', { name: 'Delete…' });
  assert.equal(await button.getAttribute('aria-disabled'), 'true');
  await button.press('Enter');
  assert.equal(await page.getByRole('dialog').count(), 0);
});

test('the first 403 on a write makes the console read only, with the reason', async (t) => {
  const { id, people } = await org.group('Forbidden', 2);
  const page = await open(t, id, { refusals: [403] });
  await page.route('**/users/*', (route) =>
    route.request().method() === 'DELETE'
      ? route.fulfill(okta(403, 'E0000006', 'You do not have permission to perform the requested action'))
      : route.fallback(),
  );
  await member(page, people[0]).getByRole('button', { name: 'Remove' }).click();
  await panel(page).getByText('was not removed', { exact: false }).waitFor();
  await panel(page)
    .getByText('The org refused a write: You do not have permission', { exact: false })
    .first()
    .waitFor();
  assert.equal(await panel(page).getByRole('button', { name: 'Remove' }).count(), 0);
  assert.equal(await panel(page).getByRole('combobox').count(), 0);
  assert.equal(await notices(page).getByText('Removed').count(), 0);
  assert.ok(await hasFocus(page));
});

test('where people may not be read, one is added by id, and membership is looked up in the list', async (t) => {
  const { id, people } = await org.group('By id', 2);
  const page = await open(t, id, { refusals: [403] });
  await page.route('**/api/v1/users**', (route) =>
    route.fulfill(okta(403, 'E0000006', 'You do not have permission to perform the requested action')),
  );
  await member(page, people[0]).waitFor();
  const other = (await org.api('GET', '/users?limit=9')).at(-1);
  const writes = sent(page, /^PUT /);
  const field = panel(page).getByRole('combobox', { name: 'Add a person' });
  await field.fill(other.id);
  await panel(page).getByText('does not let the console search', { exact: false }).waitFor();
  await panel(page).getByRole('option').last().click();
  await notices(page).getByText(`Added ${other.id}`, { exact: false }).waitFor();
  assert.equal(writes.length, 1);
  // The reads that were refused make nothing read only.
  assert.ok((await panel(page).getByRole('button', { name: 'Remove' }).count()) > 0);
});

test('a write whose answer was lost is looked up: done, not done, or not known', async (t) => {
  const { id, people } = await org.group('Lost answers', 3);
  const page = await open(t, id, { expected: [/ERR_FAILED|ERR_INTERNET/] });
  let runs = true;
  let cutsReads = false;
  await page.route('**/api/v1/**', async (route) => {
    if (route.request().method() === 'DELETE') {
      if (runs) await route.fetch();
      return route.abort();
    }
    return cutsReads ? route.abort() : route.fallback();
  });
  await member(page, people[0]).getByRole('button', { name: 'Remove' }).click();
  await notices(page).getByText('Removed', { exact: false }).waitFor();
  assert.equal((await org.members(id)).length, 2);
  runs = false;
  // The row may have slid to the place of the click before by now.
  await page.mouse.move(5, 5);
  await member(page, people[1]).getByRole('button', { name: 'Remove' }).click();
  await panel(page)
    .getByText(`${fullName(people[1])} was not removed`, { exact: false })
    .waitFor();
  assert.equal((await org.members(id)).length, 2);
  await panel(page).getByRole('button', { name: 'Dismiss' }).click();
  const looked = page.waitForResponse((response) => /\/users\/\w+\/groups/.test(response.url()));
  await member(page, people[2]).getByRole('button', { name: 'Remove' }).click();
  await looked;
  cutsReads = true;
  await panel(page).getByText('it is not known whether this was done', { exact: false }).waitFor();
  assert.ok(await hasFocus(page));
});

test('late answers for a group that is no longer shown change nothing of the next', async (t) => {
  const one = await org.group('Late one', 2);
  const two = await org.group('Late two', 1);
  const page = await visit(t, `${org.url}/`);
  const next = await hold(page, (request) => request.url().includes(one.id));
  await page.evaluate((id) => history.pushState(null, '', `?group=${id}`), one.id);
  await page.evaluate(() => dispatchEvent(new PopStateEvent('popstate')));
  const late = [await answered(await next()), await answered(await next())];
  await page.evaluate((id) => history.pushState(null, '', `?group=${id}`), two.id);
  await page.evaluate(() => dispatchEvent(new PopStateEvent('popstate')));
  await panel(page).getByRole('heading', { name: 'Late two' }).waitFor();
  for (const answer of late) await answer().catch(() => undefined);
  await member(page, two.people[0]).waitFor();
  assert.equal(await panel(page).getByText('Late one').count(), 0);
  assert.match(await page.title(), /^Late two/);
});

test('a dead network has words and a way on', async (t) => {
  const { id, people } = await org.group('Dead network', 1);
  let dead = true;
  const page = await open(t, id, {
    expected: [/ERR_FAILED/],
    prepare: (page) =>
      page.route(`**/api/v1/groups/${id}**`, (route) => (dead ? route.abort() : route.fallback())),
  });
  await panel(page).getByText('The server did not answer', { exact: false }).first().waitFor();
  dead = false;
  await panel(page).getByRole('button', { name: 'Retry' }).first().click();
  await panel(page).getByRole('heading', { name: 'Dead network' }).waitFor();
  await member(page, people[0]).waitFor();
});

test('owners are added and removed with Undo; where they may not be read, the panel says why', async (t) => {
  const { id } = await org.group('Owned');
  const [person] = await org.api('GET', '/users?limit=1');
  const page = await open(t, id, { refusals: [403] }, { tab: 'owners' });
  await panel(page).getByText('Nobody owns the group.').waitFor();
  await panel(page).getByRole('combobox', { name: 'Person' }).fill(person.profile.login);
  await panel(page)
    .getByRole('option', { name: new RegExp(person.profile.login) })
    .first()
    .click();
  await notices(page)
    .getByText(`Made ${fullName(person)} an owner`, { exact: false })
    .waitFor();
  const item = panel(page)
    .getByRole('listitem')
    .filter({ hasText: fullName(person) });
  await item.getByRole('button', { name: 'Remove' }).press('Enter');
  await item.waitFor({ state: 'detached' });
  assert.ok(await hasFocus(page));
  await notices(page)
    .getByRole('button', { name: /^Undo: Removed/ })
    .click();
  await item.waitFor();
  await page.route('**/api/v1/**/owners**', (route) => route.fulfill(okta(403, 'E0000006', 'No permission')));
  await page.reload();
  await panel(page).getByText('need Okta Identity Governance', { exact: false }).waitFor();
});

test('an undo takes back nothing that others did meanwhile, and says nothing that did not happen', async (t) => {
  const { id, people } = await org.group('Undo and others', 2);
  const page = await open(t, id);
  const writes = sent(page, /^PUT /);
  await member(page, people[0]).getByRole('button', { name: 'Remove' }).click();
  await notices(page).getByText('Removed', { exact: false }).waitFor();
  await org.api('PUT', `/groups/${id}/users/${people[0].id}`);
  await notices(page).getByRole('button', { name: /^Undo/ }).click();
  await notices(page).getByText('The org has that state already', { exact: false }).waitFor();
  assert.deepEqual(writes, []);
  await tab(page, 'Profile');
  await panel(page).getByRole('textbox', { name: 'Description' }).fill('Mine');
  await panel(page).getByRole('button', { name: 'Save…' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Save 1/ })
    .click();
  await notices(page).getByText('Changed description', { exact: false }).waitFor();
  await org.api('PUT', `/groups/${id}`, { profile: { name: 'Undo and others', description: 'Theirs' } });
  writes.length = 0;
  await tab(page, 'History');
  const entry = panel(page).getByRole('listitem').filter({ hasText: 'Changed description' });
  await entry.getByRole('button', { name: /^Undo/ }).click();
  await notices(page).getByText('Not undone. Somebody changed description', { exact: false }).waitFor();
  assert.deepEqual(writes, []);
  assert.equal((await org.api('GET', `/groups/${id}`)).profile.description, 'Theirs');
});

test('on a phone the panel covers the page, keeps the focus inside, and Back leads to the list', async (t) => {
  const { id, people } = await org.group('On a phone', 2);
  const page = await open(t, id, { viewport: { width: 320, height: 640 } });
  await member(page, people[0]).waitFor();
  for (let step = 0; step < 25; step++) {
    await page.keyboard.press('Tab');
    const where = await page.evaluate(() => {
      const { activeElement, body } = document;
      return activeElement === body || activeElement.closest('.panel.beside, .notices') !== null;
    });
    assert.ok(where, 'nothing that the panel covers gets the focus');
  }
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
  await panel(page).getByRole('button', { name: 'Back' }).press('Enter');
  await panel(page).waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.activeElement.closest('#screen') !== null);
  await page.keyboard.press('Tab');
  assert.ok(await hasFocus(page), 'the list can be used again');
});

test('a long list of members is windowed, read to its end on demand, and filtered', async (t) => {
  const own = await serve('--groups', '5', '--users', '1500');
  t.after(() => own.stop());
  const [{ id }] = await own.api('GET', '/groups?limit=1');
  const page = await open(t, id, {}, { at: own });
  const grid = panel(page).getByRole('grid');
  await panel(page).getByRole('button', { name: 'Read all the members (7 requests)' }).press('Enter');
  await panel(page).getByText('1,500 members', { exact: true }).waitFor();
  assert.ok((await grid.getByRole('row').count()) < 60, 'only the rows in sight are alive');
  assert.equal(await grid.getAttribute('aria-rowcount'), '1501');
  await grid.getByRole('row').nth(1).focus();
  await page.keyboard.press('End');
  await grid.locator('[aria-rowindex="1501"]').waitFor();
  await page.waitForFunction(() => document.activeElement.getAttribute('aria-rowindex') === '1501');
  const login = await grid.locator('[aria-rowindex="1501"] .muted').textContent();
  await panel(page).getByRole('searchbox', { name: 'Filter the members' }).fill(login);
  await panel(page).getByText('1 member of 1,500 matches', { exact: false }).waitFor();
  assert.equal(await grid.getByRole('row').count(), 2);
});
