// Writes of the console that wait, are cancelled, lose their answer or meet what others did, before a local org of each test's own.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { answered, hold, visit } from './browser.mjs';
import { ownOrg, until, writesOf } from './console-org.mjs';

const SIZE = ['--groups', 30, '--users', 60, '--rate-limit', 'off'];

/** An org with a group that has the first `members` of its people. */
async function withGroup(t, members = 0, ...options) {
  const org = await ownOrg(t, ...SIZE, ...options);
  const people = await org.api('GET', 'users?limit=50');
  const group = await org.api('POST', 'groups', { profile: { name: 'Night shift', description: 'Old' } });
  const path = (person) => `groups/${group.id}/users/${person.id}`;
  for (const person of people.slice(0, members)) await org.api('PUT', path(person));
  const ids = async () =>
    (await org.api('GET', `groups/${group.id}/users?limit=200`)).map(({ id }) => id).sort();
  const faults = async (value) => {
    const answer = await fetch(`${org.url}/local-org/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(value),
    });
    assert.ok(answer.ok, `faults: ${answer.status}`);
  };
  return { ...org, people, group, path, ids, faults, panelUrl: `${org.url}/?group=${group.id}` };
}

const fullName = ({ profile }) => `${profile.firstName} ${profile.lastName}`;
const panel = (page) => page.getByRole('region', { name: /^Group/ });
const notices = (page) => page.getByRole('region', { name: 'Notices' });
const dialog = (page) => page.getByRole('dialog');
const button = (scope, name) => scope.getByRole('button', { name, exact: true });
const member = (page, person) => panel(page).locator(`[data-key="${person.id}"]`);
const idsOf = (people) => people.map(({ id }) => id).sort();
const isWrite = (request) => request.method() !== 'GET';

/** Picks a person in the panel's field. */
async function pick(page, person) {
  await panel(page).getByRole('combobox', { name: 'Add a person' }).fill(person.profile.login);
  await panel(page)
    .getByRole('option', { name: new RegExp(person.profile.login) })
    .first()
    .click();
}

test('a write that waits for the rate limit says how long, and Cancel says that nothing was done', async (t) => {
  const { people, group, ids, faults, panelUrl } = await withGroup(t, 2);
  const page = await visit(t, panelUrl, { refusals: [429] });
  await member(page, people[0]).waitFor();
  await faults({ rules: [{ operation: 'PUT /api/v1/groups/{groupId}/users/{userId}', fault: 'rateLimit' }] });
  const [, , , late] = people;
  await pick(page, late);
  const waiting = notices(page)
    .locator('.notice')
    .filter({ hasText: `Waiting: Add ${fullName(late)} to Night shift` });
  await waiting.getByText(/Requests wait: \d+ s/).waitFor();
  await button(waiting, 'Cancel').click();
  await panel(page)
    .getByText(`${fullName(late)} was not added to Night shift.`)
    .waitFor();
  await waiting.waitFor({ state: 'detached' });
  assert.equal(await notices(page).getByText('Added').count(), 0);
  assert.deepEqual(await ids(), idsOf(people.slice(0, 2)));
  // The failure has its way on.
  await faults({});
  await panel(page).getByRole('button', { name: 'Try again' }).click();
  await waiting.waitFor();
  await button(waiting, 'Cancel').click();
  await waiting.waitFor({ state: 'detached' });
  assert.deepEqual(await ids(), idsOf(people.slice(0, 2)), `group ${group.id}`);
});

test('Cancel of a request that was sent looks: done, not to be seen, or not known', async (t) => {
  const { people, ids, panelUrl } = await withGroup(t, 4);
  const page = await visit(t, panelUrl, { expected: [/ERR_/] });
  await member(page, people[3]).waitFor();
  const next = await hold(page, isWrite);
  const waiting = notices(page).locator('.notice').filter({ hasText: 'Night shift' });

  // The org has done it, and its answer is on the way.
  await member(page, people[0]).getByRole('button', { name: 'Remove' }).click();
  await answered(await next());
  await button(waiting, 'Cancel').click();
  await notices(page)
    .getByText(`Removed ${fullName(people[0])} from Night shift`)
    .waitFor();
  await notices(page)
    .getByRole('button', { name: /^Undo: Removed/ })
    .waitFor();
  assert.deepEqual(await ids(), idsOf(people.slice(1, 4)));

  // The org has not got it so far.
  await member(page, people[1]).getByRole('button', { name: 'Remove' }).click();
  const held = await next();
  await button(waiting, 'Cancel').click();
  await panel(page)
    .getByText(
      `You cancelled after the request was sent, and the org does not show the change so far, so it is not known whether this was done. ${fullName(people[1])} may not have been removed from Night shift.`,
    )
    .waitFor();
  await held.abort().catch(() => undefined);
  assert.deepEqual(await ids(), idsOf(people.slice(1, 4)));
  await button(panel(page), 'Dismiss').click();

  // Looking waits as well, and can be cancelled.
  await member(page, people[2]).getByRole('button', { name: 'Remove' }).click();
  await next();
  const look = await hold(page, (request) => /users\/\w+\/groups/.test(request.url()));
  await button(waiting.filter({ hasText: 'Waiting: ' }), 'Cancel').click();
  await look();
  await button(waiting.filter({ hasText: 'Looking whether this was done' }), 'Cancel').click();
  await panel(page)
    .getByText('You cancelled after the request was sent, so it is not known whether this was done.', {
      exact: false,
    })
    .waitFor();
  assert.equal(
    await notices(page)
      .getByText(`Removed ${fullName(people[2])}`)
      .count(),
    0,
  );
});

test('the dialogs for a new group and a profile cancel a write that waits, and keep what was typed', async (t) => {
  const { api, group, faults, panelUrl } = await withGroup(t, 1);
  const page = await visit(t, `${panelUrl}&tab=profile`, { refusals: [429] });
  const field = panel(page).getByRole('textbox', { name: 'Description' });
  await field.fill('New');
  await faults({
    rules: [
      { operation: 'PUT /api/v1/groups/{groupId}', fault: 'rateLimit' },
      { operation: 'POST /api/v1/groups', fault: 'rateLimit' },
    ],
  });
  await button(panel(page), 'Save…').click();
  await dialog(page)
    .getByRole('button', { name: /^Save 1/ })
    .click();
  await dialog(page)
    .getByText(/Requests wait: \d+ s/)
    .waitFor();
  await page.keyboard.press('Escape');
  await button(dialog(page), 'Cancel').click();
  await panel(page).getByText('The profile of Night shift was not saved.').waitFor();
  assert.equal(await field.inputValue(), 'New', 'the edit stays');
  assert.equal((await api('GET', `groups/${group.id}`)).profile.description, 'Old');

  await panel(page).getByRole('button', { name: 'Take back 1 edit' }).click();
  await button(panel(page), 'Close').click();
  await button(page.getByRole('main'), 'New group').click();
  await dialog(page).getByLabel('Name').fill('Day shift');
  await button(dialog(page), 'Create').click();
  await dialog(page)
    .getByText(/Requests wait: \d+ s/)
    .waitFor();
  await button(dialog(page), 'Cancel').click();
  await dialog(page).getByText('The group was not created.').waitFor();
  assert.equal(await dialog(page).getByLabel('Name').inputValue(), 'Day shift');
  assert.equal(await notices(page).getByText('Created').count(), 0);
  assert.equal((await api('GET', 'groups?q=Day%20shift')).length, 0);
});

test('the question before deleting cancels a deletion that waits', async (t) => {
  const { api, group, faults, panelUrl } = await withGroup(t, 1);
  const page = await visit(t, panelUrl, { refusals: [429] });
  await button(panel(page), 'Delete…').click();
  await button(dialog(page), 'Delete the group').waitFor();
  await faults({ rules: [{ operation: 'DELETE /api/v1/groups/{groupId}', fault: 'rateLimit' }] });
  await button(dialog(page), 'Delete the group').click();
  await dialog(page)
    .getByText(/Requests wait: \d+ s/)
    .waitFor();
  await button(dialog(page), 'Cancel').click();
  await dialog(page).getByText('Night shift was not deleted.').waitFor();
  await button(dialog(page), 'Cancel').click();
  await dialog(page).waitFor({ state: 'detached' });
  assert.ok(await api('GET', `groups/${group.id}`));
  assert.equal(await notices(page).getByText('Deleted').count(), 0);
});

test('clicks at one place, however slow, remove one member: rows that slide under the pointer stay', async (t) => {
  const { people, ids, panelUrl } = await withGroup(t, 8);
  const page = await visit(t, panelUrl);
  const writes = writesOf(page);
  const { x, y } = await member(page, people[2]).getByRole('button', { name: 'Remove' }).boundingBox();
  for (let clicks = 0; clicks < 5; clicks++) {
    // A hand is never quite still.
    await page.mouse.click(x + 20 + clicks, y + 10 + (clicks % 3));
    await page.waitForTimeout(clicks === 0 ? 1500 : 600);
  }
  await member(page, people[2]).waitFor({ state: 'detached' });
  await page.mouse.click(x + 20, y + 10);
  await notices(page).getByText('The rows have moved under the pointer', { exact: false }).waitFor();
  assert.deepEqual(writes.length, 1, writes.join());
  assert.equal((await ids()).length, 7);
  // Whoever moves the pointer to a row means it, and so does a key.
  await page.mouse.move(400, 20);
  await page.mouse.click(x + 20, y + 10);
  await until(
    () => writes.length,
    (count) => count === 2,
    'the removal of the member who was pointed at',
  );
});

test('a note above the list that moves it leads no click to another row', async (t) => {
  const { people, ids, panelUrl } = await withGroup(t, 8);
  const page = await visit(t, panelUrl, { refusals: [400] });
  const { x, y } = await member(page, people[2]).getByRole('button', { name: 'Remove' }).boundingBox();
  await page.route('**/api/v1/groups/*/users/*', (route) =>
    route.fulfill({ status: 400, json: { errorCode: 'E0000001', errorSummary: 'Api validation failed' } }),
  );
  await page.mouse.click(x + 20, y + 10);
  await panel(page).getByText('was not removed from Night shift', { exact: false }).waitFor();
  await page.unroute('**/api/v1/groups/*/users/*');
  const writes = writesOf(page);
  for (let clicks = 0; clicks < 4; clicks++) {
    await page.mouse.click(x + 20, y + 10);
    await page.waitForTimeout(300);
  }
  assert.deepEqual(writes, []);
  assert.equal((await ids()).length, 8);
});

test('a typed name is not thrown away by Escape in the question before deleting', async (t) => {
  const { api, url } = await withGroup(t);
  const all = await api('GET', 'groups?limit=100&expand=stats');
  const used = all.find(({ type, _embedded }) => type === 'OKTA_GROUP' && _embedded.stats.appsCount > 0);
  const page = await visit(t, `${url}/?group=${used.id}`);
  await button(panel(page), 'Delete…').click();
  const name = dialog(page).getByRole('textbox', { name: 'Type the name of the group' });
  await name.fill('Half a na');
  await page.keyboard.press('Escape');
  await dialog(page).getByText('What you typed is not saved.').waitFor();
  await button(dialog(page), 'Keep editing').press('Enter');
  assert.equal(await name.inputValue(), 'Half a na');
  await page.keyboard.press('Escape');
  await button(dialog(page), 'Throw it away').click();
  await dialog(page).waitFor({ state: 'detached' });
  assert.ok(await api('GET', `groups/${used.id}`));
});

test('after the first 404 the panel of a group that somebody deleted says so, and offers nothing but Close', async (t) => {
  for (const tab of ['members', 'members, remove', 'owners', 'profile', 'apps']) {
    await t.test(tab, async (t) => {
      const { api, group, people, panelUrl } = await withGroup(t, 3);
      const page = await visit(
        t,
        `${panelUrl}&tab=${tab === 'apps' || tab.startsWith('members') ? 'members' : tab}`,
        { refusals: [404] },
      );
      await panel(page).getByRole('heading', { name: 'Night shift' }).waitFor();
      if (tab.startsWith('members')) await member(page, people[2]).waitFor();
      if (tab === 'owners') await panel(page).getByText('Nobody owns the group.').waitFor();
      if (tab === 'profile')
        await panel(page).getByRole('textbox', { name: 'Description' }).fill('Typed text');
      await api('DELETE', `groups/${group.id}`);
      if (tab === 'members') await pick(page, people[5]);
      if (tab === 'members, remove')
        await member(page, people[1]).getByRole('button', { name: 'Remove' }).click();
      if (tab === 'apps') await panel(page).getByRole('tab', { name: 'Apps' }).click();
      if (tab === 'profile') await button(panel(page), 'Save…').click();
      if (tab === 'owners') {
        await panel(page).getByRole('combobox', { name: 'Person' }).fill(people[0].profile.login);
        await panel(page)
          .getByRole('option', { name: new RegExp(people[0].profile.login) })
          .first()
          .click();
      }
      await panel(page).getByText('The org has no group with the id', { exact: false }).waitFor();
      assert.deepEqual(
        await panel(page).getByRole('button').allInnerTexts(),
        (await panel(page).getByRole('button').count()) === 1 ? ['Close'] : ['Close', 'Close'],
      );
      assert.equal(await panel(page).getByRole('tab').count(), 0);
      await panel(page).getByText('any more, which was Night shift').waitFor();
      if (tab === 'profile') {
        await panel(page).getByText('Typed text').waitFor();
        await page.keyboard.press('Escape');
        await panel(page).getByText('What you typed is not saved.').waitFor();
      }
    });
  }
});

/** Makes the people 2 to 6 the only members by the screen Members in bulk: it adds 4, 5, 6 and removes 0, 1. */
async function runBulk(page, people) {
  const members = idsOf(people.slice(2, 7)).join('\n');
  await page.getByLabel('Ids, logins or emails, one a line, or CSV').fill(members);
  await page.getByText('5 people, by id.', { exact: false }).first().waitFor();
  await page.getByLabel('Make these people the only members: others are removed').check();
  await page.getByText('Guards').click();
  await page.getByLabel('The most removals of a group').selectOption('any');
  await button(page.getByRole('main'), 'Plan').click();
  await page.getByRole('button', { name: /^Apply/ }).click();
  await page.getByText('All of the plan is done. Added 3, removed 2.').waitFor();
}

test('the undo of a bulk change looks at each person, takes back nothing that others did, and its report says what it is', async (t) => {
  const { api, url, group, path, people, ids } = await withGroup(t, 4);
  const page = await visit(t, `${url}/?screen=bulk&ids=${group.id}`);
  await runBulk(page, people);
  // Others put one back, and take one out.
  await api('PUT', path(people[0]));
  await api('DELETE', path(people[4]));
  const writes = writesOf(page);
  await button(page.getByRole('main'), 'Undo').click();
  await page.getByRole('heading', { name: 'Report of the undo: Night shift' }).waitFor();
  await page.getByText('It took back: Added 3 people to Night shift, removed 2 people.').waitFor();
  await page
    .getByText(
      'All of the undo is done. Added 1, removed 2. 2 writes were not needed: others had made the change already.',
    )
    .waitFor();
  assert.deepEqual(
    writes.sort(),
    [`PUT ${path(people[1])}`, `DELETE ${path(people[5])}`, `DELETE ${path(people[6])}`].sort(),
  );
  assert.deepEqual(await ids(), idsOf(people.slice(0, 4)));
  // The undo of the undo takes back what the undo did, and leaves the person alone whom others put back.
  await button(page.getByRole('main'), 'Undo').click();
  await page.getByText('All of the undo is done. Added 2, removed 1.').waitFor();
  assert.deepEqual(await ids(), idsOf([people[0], people[2], people[3], people[5], people[6]]));
});

test('the undo of a bulk change is whole right after it, although the list of members lags', async (t) => {
  const { url, group, people } = await withGroup(t, 4, '--quirks', '{"memberLag":4000}');
  await new Promise((done) => setTimeout(done, 4100));
  const page = await visit(t, `${url}/?screen=bulk&ids=${group.id}`);
  await runBulk(page, people);
  await button(page.getByRole('main'), 'Undo').click();
  await page.getByText('All of the undo is done. Added 2, removed 3.').waitFor({ timeout: 30_000 });
  const answer = async (person) => {
    const groups = await fetch(`${url}/api/v1/users/${person.id}/groups`, {
      headers: { authorization: 'SSWS test' },
    });
    return (await groups.json()).some(({ id }) => id === group.id);
  };
  for (const [at, person] of people.slice(0, 8).entries())
    assert.equal(await answer(person), at < 4, fullName(person));
});
