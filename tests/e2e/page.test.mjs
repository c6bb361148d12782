// The demo page as a person uses it, before the native local org.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { heading, ids, refusal, row, rows, scrollToTheEnd, search, settled, visit } from './browser.mjs';

const URL_OF_ORG = process.env.OKTA_GROUPS_EMULATOR_URL;
assert.ok(URL_OF_ORG, 'OKTA_GROUPS_EMULATOR_URL is where the org answers: cargo xtask test e2e sets it');

test('a person sees the groups with source, description and members', async (t) => {
  const page = await visit(t, URL_OF_ORG);
  const everyone = row(page, 'Everyone');
  await everyone.waitFor();
  assert.match(await everyone.innerText(), /All users in your organization\s+Built in\s+5,000/);
  assert.match(await page.locator('#groups').innerText(), /Google Workspace/);
  assert.equal(await page.getByRole('columnheader').count(), 4);
});

test('scrolling shows every group exactly once', async (t) => {
  const page = await visit(t, URL_OF_ORG);
  await settled(page);
  assert.equal(await rows(page).count(), 100, 'one page at first: the others only when they are wanted');
  await scrollToTheEnd(page, '#list', '#count');
  assert.deepEqual(
    await ids(page),
    (await all('/groups')).map(({ id }) => id),
  );
});

test('after an error, Retry goes on with the page that failed', async (t) => {
  const asked = [];
  let refuse = true;
  const page = await visit(t, URL_OF_ORG, {
    refusals: [403],
    prepare: (page) =>
      page.route('**/api/v1/groups?*', (route) => {
        const { searchParams } = new URL(route.request().url());
        asked.push(searchParams.get('after'));
        if (!refuse || asked.length < 3) return route.continue();
        refuse = false;
        return route.fulfill({
          status: 403,
          headers: { 'X-Okta-Request-Id': 'request-of-page-3' },
          json: { errorCode: 'E0000006', errorSummary: 'Not today', errorId: 'oae1', errorCauses: [] },
        });
      }),
  });
  await settled(page);
  await scrollToTheEnd(page, '#list', '#count');
  const note = await refusal(page.locator('#groups-foot'));
  assert.equal(note.text, 'The groups could not be loaded. Not today');
  assert.equal(note.Code, 'E0000006');
  assert.equal(note['Request id'], 'request-of-page-3');
  assert.equal(await rows(page).count(), 200, 'what came before stays');

  await page.getByRole('button', { name: 'Retry' }).click();
  await page.waitForFunction(() => document.querySelectorAll('#groups tbody tr').length > 200);
  assert.ok(
    await rows(page)
      .nth(200)
      .getByRole('button')
      .evaluate((button) => button === document.activeElement),
    'focus is on the first group that came',
  );
  await scrollToTheEnd(page, '#list', '#count');
  assert.deepEqual(
    await ids(page),
    (await all('/groups')).map(({ id }) => id),
  );
  assert.deepEqual(
    asked.filter((cursor, index) => asked.indexOf(cursor) !== index),
    [asked[2]],
    'only the page that failed was asked for twice',
  );
});

test('the search follows the typing, with one call for a word', async (t) => {
  const page = await visit(t, URL_OF_ORG);
  await settled(page);
  const searches = [];
  page.on('request', (request) => searches.push(new URL(request.url()).searchParams.get('search')));
  await page.getByRole('searchbox').pressSequentially('zürich', { delay: 15 });
  await page.waitForFunction(() => document.querySelector('#groups tbody').textContent.startsWith('Zürich'));
  assert.deepEqual(searches, ['profile.name sw "zürich"']);
  const names = await rows(page).getByRole('button').allTextContents();
  assert.ok(names.length > 5 && names.every((name) => name.startsWith('Zürich')), names.join());
  assert.equal(await page.locator('#count').textContent(), `${names.length} groups`);

  await page.getByRole('searchbox').fill('');
  await page.waitForFunction(() => document.querySelector('#count').textContent.endsWith('so far'));
});

test('what is searched is a text, whatever it holds', async (t) => {
  const page = await visit(t, URL_OF_ORG);
  await settled(page);
  await search(page, 'Málaga Payroll "Res');
  assert.equal(await rows(page).first().getByRole('button').textContent(), 'Málaga Payroll "Restricted"');
  for (const odd of ['" or id pr or id eq "', '\\', '%22 & # +']) {
    await search(page, odd);
    assert.equal(await rows(page).count(), 0, odd);
    await page.getByText(`No group has a name that starts with “${odd}”.`).waitFor();
  }
});

test('a newer search aborts the one under way', async (t) => {
  const page = await visit(t, URL_OF_ORG);
  await settled(page);
  await page.route(/search=.*berlin/, () => {}); // never answered
  const aborted = page.waitForEvent('requestfailed', (request) => request.url().includes('berlin'));
  const underWay = page.waitForRequest(/search=.*berlin/);
  await page.getByRole('searchbox').fill('berlin');
  await underWay;
  await search(page, 'sydney');
  assert.equal((await aborted).failure().errorText, 'net::ERR_ABORTED');
  assert.match(await rows(page).first().innerText(), /^Sydney/);
});

test('a group is created, renamed and deleted', async (t) => {
  const page = await visit(t, URL_OF_ORG);
  await settled(page);
  const dialog = page.getByRole('dialog');

  await page.getByRole('button', { name: 'New group' }).click();
  await dialog.getByLabel('Name').fill('Ops on call');
  await dialog.getByLabel('Description').fill('Woken first');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await page.getByText('Created “Ops on call”.').waitFor();
  assert.equal(await heading(page).textContent(), 'Ops on call');
  assert.match(await rows(page).first().innerText(), /Ops on call\s+Woken first/);
  const [created] = await all(`/groups?search=${encodeURIComponent('profile.name eq "Ops on call"')}`);
  assert.equal(created.profile.description, 'Woken first');

  await page.getByRole('button', { name: 'Rename', exact: true }).click();
  assert.equal(await dialog.getByLabel('Name').inputValue(), 'Ops on call');
  await dialog.getByLabel('Name').fill('Ops asleep');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved “Ops asleep”.').waitFor();
  assert.equal(await heading(page).textContent(), 'Ops asleep');
  assert.equal(await row(page, 'Ops on call').count(), 0);
  assert.deepEqual((await api(`/groups/${created.id}`)).body.profile, {
    name: 'Ops asleep',
    description: 'Woken first',
  });

  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  assert.match(await dialog.innerText(), /“Ops asleep” will be deleted for good/);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  assert.equal((await api(`/groups/${created.id}`)).status, 200, 'a delete not confirmed is none');
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await dialog.getByRole('button', { name: 'Delete group' }).click();
  await page.getByText('Deleted “Ops asleep”.').waitFor();
  assert.equal(await row(page, 'Ops asleep').count(), 0);
  assert.equal(await page.locator('#panel').isVisible(), false);
  assert.equal((await api(`/groups/${created.id}`)).status, 404);
});

test('a rename keeps the attributes that the page does not show', async (t) => {
  const group = (await all('/groups')).find(
    ({ type, profile }) => type === 'OKTA_GROUP' && profile.costCenter,
  );
  const page = await visit(t, URL_OF_ORG);
  await search(page, group.profile.name);
  await row(page, group.profile.name).click();
  await page.getByRole('button', { name: 'Rename', exact: true }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('A careful new name');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved “A careful new name”.').waitFor();
  const { body: now } = await api(`/groups/${group.id}`);
  assert.deepEqual(now.profile, { ...group.profile, name: 'A careful new name' });
});

test('what the org refuses is shown with code, causes and request id', async (t) => {
  const page = await visit(t, URL_OF_ORG, { refusals: [400, 403] });
  const dialog = page.getByRole('dialog');
  const answerTo = (method) => page.waitForResponse((response) => response.request().method() === method);

  await row(page, 'Everyone').click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  const deleted = answerTo('DELETE');
  await dialog.getByRole('button', { name: 'Delete group' }).click();
  const built_in = await refusal(dialog);
  assert.match(built_in.text, /The group was not deleted\. You do not have permission/);
  assert.equal(built_in.Code, 'E0000006');
  assert.equal(built_in.Status, '403');
  assert.equal(built_in['Request id'], (await deleted).headers()['x-okta-request-id']);
  // Not held against the answer's body: Chromium may have dropped it by now.
  assert.match(built_in['Error id'], /^oae[\w-]{22}$/);
  await page.keyboard.press('Escape');
  assert.ok(await row(page, 'Everyone').isVisible());

  const imported = (await all('/groups?limit=100')).find(({ type }) => type === 'APP_GROUP');
  await page.locator(`[data-id="${imported.id}"]`).click();
  await page.getByRole('button', { name: 'Rename', exact: true }).click();
  await dialog.getByLabel('Name').fill('Mine now');
  await dialog.getByRole('button', { name: 'Save' }).click();
  assert.equal((await refusal(dialog)).Code, 'E0000006');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'New group' }).click();
  await dialog.getByLabel('Name').fill('Everyone');
  await dialog.getByRole('button', { name: 'Create' }).click();
  const duplicate = await refusal(dialog);
  assert.equal(duplicate.Code, 'E0000001');
  assert.equal(duplicate.causes.length, 1);
  assert.match(duplicate.causes[0], /^name: /);
  assert.equal(await dialog.getByLabel('Name').inputValue(), 'Everyone', 'what was entered is still there');
});

test('the members and apps of a group are shown, page by page', async (t) => {
  const groups = await all('/groups?expand=stats');
  const { id, profile } = groups.find(({ type, _embedded: { stats } }) => {
    return type === 'OKTA_GROUP' && stats.usersCount > 60 && stats.usersCount < 200 && stats.appsCount > 1;
  });
  const page = await visit(t, URL_OF_ORG);
  await search(page, profile.name);
  await page.locator(`[data-id="${id}"]`).click();
  assert.equal(await heading(page).textContent(), profile.name);

  const members = page.getByRole('list', { name: 'Members' }).getByRole('listitem');
  await members.first().waitFor();
  assert.equal(await members.count(), 50);
  await scrollToTheEnd(page, '#panel', '#members-count');
  assert.deepEqual(
    await members.locator('code').allTextContents(),
    (await all(`/groups/${id}/users`)).map((user) => user.id),
  );

  await page.getByRole('tab', { name: 'Members' }).press('ArrowRight');
  assert.equal(await page.getByRole('tab', { name: 'Apps' }).getAttribute('aria-selected'), 'true');
  const apps = page.getByRole('list', { name: 'Apps' }).getByRole('listitem');
  await apps.first().waitFor();
  assert.deepEqual(
    await apps.locator('.name').allTextContents(),
    (await all(`/groups/${id}/apps`)).map((app) => app.label),
  );
});

test('a member is added by id and removed', async (t) => {
  const { body: group } = await api('/groups', { method: 'POST', body: { profile: { name: 'Choir' } } });
  const [{ id: everyone }] = await all('/groups?q=Everyone');
  const [user] = (await api(`/groups/${everyone}/users?limit=1`)).body;
  const page = await visit(t, URL_OF_ORG, { refusals: [404] });
  await search(page, 'Choir');
  await row(page, 'Choir').click();
  await page.getByText('Nobody is in this group.').waitFor();

  const input = page.getByLabel('Add a member by user id');
  await input.fill('00uNobody');
  await input.press('Enter');
  const unknown = await refusal(page.locator('#add'));
  assert.equal(unknown.Code, 'E0000007');
  assert.match(unknown.text, /The member was not added\. .*00uNobody \(User\)/);
  await input.fill('../../users/me');
  await input.press('Enter');
  await page.locator('#add').getByText('argument', { exact: true }).waitFor();

  await input.fill(user.id);
  await input.press('Enter');
  await page.getByText(`Added ${user.id}.`).waitFor();
  await page.getByRole('listitem').filter({ hasText: user.profile.login }).waitFor();
  await page.waitForFunction(() => document.querySelector('#groups tbody .number').textContent === '1');
  assert.equal((await all(`/groups/${group.id}/users`)).length, 1);

  await page.getByRole('button', { name: /^Remove / }).click();
  await page.getByText('Nobody is in this group.').waitFor();
  await page.waitForFunction(() => document.querySelector('#groups tbody .number').textContent === '0');
  assert.deepEqual(await all(`/groups/${group.id}/users`), []);
});

test('a name of markup is a text everywhere', async (t) => {
  const name = `<img src=x onerror="alert('name')">`;
  const description = '<script>alert("description")</script>';
  await api('/groups', { method: 'POST', body: { profile: { name, description } } });
  const page = await visit(t, URL_OF_ORG);
  await search(page, '<img');
  assert.equal(await rows(page).first().getByRole('button').textContent(), name);
  await rows(page).first().click();
  assert.equal(await heading(page).textContent(), name);
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog').getByText(`“${name}” will be deleted`).waitFor();
  assert.equal(await page.locator('main img, dialog img, main script, dialog script').count(), 0);
  await page.getByRole('button', { name: 'Delete group' }).click();
  await page.getByText(`Deleted “${name}”.`).waitFor();
  await search(page, '<img src=y>');
  await page.getByText('starts with “<img src=y>”').waitFor();
});

test('everything is within reach of the keyboard, and focus is where one looks', async (t) => {
  const page = await visit(t, URL_OF_ORG);
  await settled(page);
  const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
  const press = (...keys) =>
    keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());

  await page.getByRole('searchbox').focus();
  await press('Tab', 'Tab');
  assert.equal(await focused(), 'Everyone');
  await press('ArrowDown');
  assert.equal(await focused(), 'Okta Administrators');
  await press('Enter');
  assert.equal(await focused(), 'Okta Administrators');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'panel-name');
  await press('Tab', 'Tab', 'Tab');
  assert.equal(await focused(), 'Delete');
  await press('Enter');
  assert.equal(await focused(), 'Cancel', 'the harmless answer is the nearest');
  await press('Escape');
  assert.equal(await focused(), 'Delete');
  await press('Escape');
  assert.equal(await page.evaluate(() => document.activeElement.closest('tr').rowIndex), 2);
  assert.equal(
    await page.locator('#groups [tabindex="0"]').count(),
    1,
    'the table is one stop of the Tab key',
  );
  await press('End');
  await page.waitForFunction(() => document.querySelectorAll('#groups tbody tr').length > 100);
});

test('every control and region has a name', async (t) => {
  const page = await visit(t, URL_OF_ORG);
  await row(page, 'Okta Administrators').click();
  await page
    .getByRole('button', { name: /^Remove / })
    .first()
    .waitFor();
  const devtools = await page.context().newCDPSession(page);
  const { nodes } = await devtools.send('Accessibility.getFullAXTree');
  const needsName = [
    'button',
    'textbox',
    'searchbox',
    'checkbox',
    'tab',
    'tabpanel',
    'table',
    'list',
    'region',
    'link',
  ];
  const nameless = nodes.filter(({ ignored, role, name }) => {
    return !ignored && needsName.includes(role?.value) && !name?.value;
  });
  assert.deepEqual(
    nameless.map(({ role }) => role.value),
    [],
  );
});

test('on a phone a group covers the list, which keeps its place', async (t) => {
  const page = await visit(t, URL_OF_ORG, { viewport: { width: 360, height: 640 } });
  await settled(page);
  const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
  assert.ok(await fits());
  const chosen = rows(page).nth(40);
  await chosen.scrollIntoViewIfNeeded();
  const place = await page.locator('#list').evaluate((list) => list.scrollTop);
  assert.ok(place > 0);
  await chosen.click();
  await page.locator('#panel').waitFor();
  assert.ok(await fits());
  assert.equal(await rows(page).first().isVisible(), false);
  await page.getByRole('button', { name: 'Close' }).click();
  assert.equal(await page.locator('#list').evaluate((list) => list.scrollTop), place);
});

test('the page is dark for those who want it dark', async (t) => {
  const ground = async (colorScheme) => {
    const page = await visit(t, URL_OF_ORG, { colorScheme });
    return page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  };
  assert.equal(await ground('light'), 'rgb(246, 247, 249)');
  assert.equal(await ground('dark'), 'rgb(20, 23, 28)');
});

/** Asks the org itself, past the page. */
async function api(path, { method = 'GET', body } = {}) {
  const response = await fetch(path.startsWith('http') ? path : `${URL_OF_ORG}/api/v1${path}`, {
    method,
    headers: { Authorization: 'Bearer test', 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const link = response.headers.get('Link') ?? '';
  return {
    status: response.status,
    body: await response.json(),
    next: /<([^<>]*)>; rel="next"/.exec(link)?.[1],
  };
}

async function all(path) {
  const items = [];
  for (let next = path; next;) {
    const page = await api(next);
    items.push(...page.body);
    next = page.next;
  }
  return items;
}
