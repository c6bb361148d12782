// The demo page as a person uses it, before the native local org.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  answered,
  calm,
  heading,
  hold,
  ids,
  refusal,
  row,
  rows,
  scrollToTheEnd,
  search,
  settled,
  visit,
} from './browser.mjs';

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
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url());
    // Chromium asks for the icon again when the address changes.
    if (pathname.startsWith('/api/')) searches.push(searchParams.get('search'));
  });
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

  await page.getByRole('button', { name: 'Edit', exact: true }).click();
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
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
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

  // Pushed to an app: the org deletes it only once it is not.
  const pushed = (await all('/groups?expand=stats')).find(({ type, _embedded: { stats } }) => {
    return type === 'APP_GROUP' && stats.groupPushMappingsCount > 0;
  });
  await search(page, pushed.profile.name);
  await page.locator(`[data-id="${pushed.id}"]`).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  const deleted = answerTo('DELETE');
  await dialog.getByRole('button', { name: 'Delete group' }).click();
  const refused = await refusal(dialog);
  assert.match(
    refused.text,
    /^The group “.*” was not deleted\. You do not have permission/,
    'the error names the group',
  );
  assert.equal(refused.Code, 'E0000006');
  assert.equal(refused.Status, '403');
  assert.equal(refused['Request id'], (await deleted).headers()['x-okta-request-id']);
  // Not held against the answer's body: Chromium may have dropped it by now.
  assert.match(refused['Error id'], /^oae[\w-]{22}$/);
  assert.equal(
    await dialog.getByRole('button', { name: 'Delete group' }).evaluate(isFocused),
    true,
    'focus is back on what was pressed',
  );
  await page.keyboard.press('Escape');
  assert.ok(await page.locator(`[data-id="${pushed.id}"]`).isVisible());

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
  await page.getByText(`${user.id} is a member of “Choir” now.`).waitFor();
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
  await press('ArrowDown', 'ArrowDown');
  const third = await rows(page).nth(2).getByRole('button').textContent();
  assert.equal(await focused(), third);
  await press('Enter');
  assert.equal(await focused(), third);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'panel-name');
  await press('Tab', 'Tab', 'Tab');
  assert.equal(await focused(), 'Delete');
  await press('Enter');
  await page.getByRole('dialog').waitFor();
  assert.equal(await focused(), 'Cancel', 'the harmless answer is the nearest');
  await press('Escape');
  assert.equal(await focused(), 'Delete');
  await press('Escape');
  assert.equal(await page.evaluate(() => document.activeElement.closest('tr').rowIndex), 3);
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
  const { id } = await groupWithMembers();
  await page.goto(`${URL_OF_ORG}/?group=${id}`);
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

test('what comes of a membership change is told of its group, whichever is open by then', async (t) => {
  const [first, second] = [await made('Dawn shift'), await made('Night shift')];
  const user = await someone();
  const page = await visit(t, `${URL_OF_ORG}/?search=Dawn&group=${first.id}`, { refusals: [404] });
  const next = await hold(page, isOf('PUT', /\/users\//));
  const field = page.getByLabel('Add a member by user id');
  const problem = page.locator('#problems');
  /** Adds someone to the first group, and has the second one open, with an id half typed, before the answer. */
  async function addAndMoveOn(id) {
    await page.goto(`${URL_OF_ORG}/?search=Dawn&group=${first.id}`);
    await field.fill(id);
    await field.press('Enter');
    const route = await next();
    await page.evaluate((id) => {
      history.pushState(null, '', `?search=Night&group=${id}`);
      dispatchEvent(new PopStateEvent('popstate'));
    }, second.id);
    await heading(page).getByText('Night shift').waitFor();
    await settled(page);
    await field.fill('00uHalf');
    return route;
  }
  async function isUntouched() {
    assert.equal(await field.inputValue(), '00uHalf');
    assert.equal(await field.evaluate(isFocused), true);
    assert.equal(await page.getByRole('button', { name: 'Add', exact: true }).isEnabled(), true);
    assert.equal(await page.locator('#add [role=alert]').count(), 0);
  }

  await (await addAndMoveOn('00uNobody')).continue();
  assert.match((await refusal(problem)).text, /^The member 00uNobody was not added to “Dawn shift”\./);
  await isUntouched();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  assert.equal(await problem.getByRole('alert').count(), 0);
  assert.notEqual(await page.evaluate(() => document.activeElement.tagName), 'BODY');

  await (await addAndMoveOn(user.id)).continue();
  await page.getByText(`${user.id} is a member of “Dawn shift” now.`).waitFor();
  await isUntouched();

  const route = await addAndMoveOn('00uNobody');
  await page.getByRole('button', { name: 'Close' }).click();
  await route.continue();
  assert.match((await refusal(problem)).text, /“Dawn shift”/);
});

test('a group that is deleted while it is read again stays away', async (t) => {
  const { page, next, group } = await readAgain(t, 'Brief lives');
  const tell = await answered(await next());
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: 'Delete group' }).click();
  await page.getByText('Deleted “Brief lives”.').waitFor();
  await tell();
  await calm(page);
  assert.equal(await page.locator(`[data-id="${group.id}"]`).count(), 0);
  assert.equal(await page.locator('#count').textContent(), '0 groups');
});

test('an older read does not undo a new name', async (t) => {
  const { page, next } = await readAgain(t, 'Old name');
  const tell = await answered(await next());
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Old name no more');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved “Old name no more”.').waitFor();
  await tell();
  await calm(page);
  assert.equal(await heading(page).textContent(), 'Old name no more');
  assert.equal(await row(page, 'Old name no more').count(), 1);
  // What the older read would have told is read anew.
  await (await next()).continue();
  await counted(page, '1');
  assert.equal(await heading(page).textContent(), 'Old name no more');
});

test('counts are those of the last read, whichever answers last', async (t) => {
  const { page, next, add } = await readAgain(t, 'Growing');
  const older = await answered(await next());
  await add(await someone(1));
  await (await next()).continue();
  await counted(page, '2');
  await older();
  await calm(page);
  await counted(page, '2');
});

test('a row that changes keeps focus and the tab stop', async (t) => {
  const { page, next, group } = await readAgain(t, 'In focus');
  const route = await next();
  const button = row(page, 'In focus').getByRole('button');
  await button.focus();
  await route.continue();
  await counted(page, '1');
  assert.equal(await button.evaluate(isFocused), true);
  assert.equal(await button.evaluate(({ tabIndex }) => tabIndex), 0);
  assert.equal(await page.locator('#groups [tabindex="0"]').count(), 1);
  assert.equal(await page.locator(`[data-id="${group.id}"] [aria-current]`).count(), 1);
});

test('a dialog that is left while it sends does nothing to the next one, and its outcome is told', async (t) => {
  const page = await visit(t, URL_OF_ORG, { refusals: [400] });
  await settled(page);
  const next = await hold(page, isOf('POST', /groups$/));
  const dialog = page.getByRole('dialog');
  async function createAndInsist(name) {
    await page.getByRole('button', { name: 'New group' }).click();
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByRole('button', { name: 'Create' }).click();
    const route = await next();
    await page.keyboard.press('Escape');
    await dialog.getByText('Sending…').waitFor();
    // At the third one Chromium closes it whatever the page says.
    for (let times = 0; times < 4 && (await dialog.isVisible()); times++) await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    return route;
  }

  const first = await createAndInsist('Left behind');
  await page.getByText('Still under way.').waitFor();
  await page.getByRole('button', { name: 'New group' }).click();
  assert.equal(await dialog.getByRole('alert').count(), 0);
  await dialog.getByLabel('Name').fill('The next one');
  await first.continue();
  await page.getByText('Created “Left behind”.').waitFor();
  assert.equal(await dialog.getByLabel('Name').inputValue(), 'The next one');
  assert.equal(await dialog.getByRole('button', { name: 'Create' }).isEnabled(), true);
  assert.equal(await page.locator('#panel').isVisible(), false, 'what is in use is not covered');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });

  const second = await createAndInsist('Everyone');
  await second.continue();
  const note = await refusal(page.locator('#problems'));
  assert.match(note.text, /^The group “Everyone” was not created\./);
  assert.equal(await page.getByText('Still under way.').count(), 0);
  assert.equal((await all('/groups?q=Left behind')).length, 1);
});

test('a search shows and counts only what it finds, whatever is made or changed meanwhile', async (t) => {
  await made('Quokka one');
  await made('Quokka two');
  const page = await visit(t, `${URL_OF_ORG}/?search=quokka`);
  await settled(page);
  const said = () => page.locator('#count').textContent();
  assert.equal(await said(), '2 groups');
  const create = (name) => profile(page, 'New group', 'Create', name);
  const edit = (name) => profile(page, 'Edit', 'Save', name);

  await create('Wombat');
  await page.getByText('Created “Wombat”.').waitFor();
  assert.equal(await said(), '2 groups');
  assert.equal(await row(page, 'Wombat').count(), 0);
  await edit('QUOKKA three');
  await page.getByText('Saved “QUOKKA three”.').waitFor();
  assert.equal(await said(), '3 groups', 'a group that has come to be found is shown');
  await edit('Bandicoot');
  await page.getByText('Saved “Bandicoot”.').waitFor();
  assert.equal(await said(), '2 groups');
  assert.equal(await row(page, 'Bandicoot').count(), 0, 'one that is not found any more is not');
  await create('Quokka four');
  await row(page, 'Quokka four').waitFor();
  assert.equal(await said(), '3 groups');
  assert.match(await row(page, 'Quokka four').innerText(), /\s0$/, 'a new group has no members');
});

test('a group that is made while a list is on its way is in it', async (t) => {
  const page = await visit(t, 'about:blank');
  const next = await hold(page, isOf('GET', /groups\?/));
  await page.goto(URL_OF_ORG);
  const list = await answered(await next());
  await profile(page, 'New group', 'Create', 'Early bird');
  await page.getByText('Created “Early bird”.').waitFor();
  await list();
  await settled(page);
  assert.equal(await rows(page).first().getByRole('button').textContent(), 'Early bird');
  assert.equal(await page.locator('#count').textContent(), '101 groups so far');

  await page.getByRole('searchbox').fill('early');
  const found = await answered(await next());
  await profile(page, 'New group', 'Create', 'Early worm');
  await page.getByText('Created “Early worm”.').waitFor();
  await profile(page, 'New group', 'Create', 'Late worm');
  await page.getByText('Created “Late worm”.').waitFor();
  await profile(page, 'Edit', 'Save', 'Early after all');
  await page.getByText('Saved “Early after all”.').waitFor();
  await found();
  await settled(page);
  assert.deepEqual((await rows(page).getByRole('button').allTextContents()).sort(), [
    'Early after all',
    'Early bird',
    'Early worm',
  ]);
});

test('who waits for the rate limit is told how long, and can cancel', async (t) => {
  const { page, useUp } = await limited(t, '/', 40);
  const dialog = page.getByRole('dialog');
  const posts = [];
  page.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
  useUp();
  await search(page, 'zürich');
  await page.getByRole('button', { name: 'New group' }).click();
  await dialog.getByLabel('Name').fill('Patient');
  await dialog.getByRole('button', { name: 'Create' }).click();
  const reason = /^The org’s rate limit is used up: goes on in (\d+) s$/;
  await dialog.getByText(reason).waitFor();
  const left = async () => Number(reason.exec(await dialog.locator('.loading').textContent())[1]);
  const before = await left();
  assert.ok(before > 20 && before <= 45, String(before));
  await page.waitForFunction(
    (before) => parseInt(document.querySelector('dialog [role=timer]').textContent) < before,
    before,
  );
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'hidden' });
  assert.equal(await page.getByRole('alert').count(), 0, 'to cancel is no failure');
  assert.deepEqual(posts, []);

  await page.getByRole('searchbox').fill('kra');
  await page.locator('#count').getByText(reason).waitFor();
});

test('a change of members that waits for the rate limit can be cancelled, too', async (t) => {
  const group = await groupWithMembers();
  const { page, useUp } = await limited(t, `/?group=${group.id}`, 6);
  const members = page.getByRole('list', { name: 'Members' }).getByRole('listitem');
  await members.first().waitFor();
  useUp();
  await search(page, 'zürich');
  const remove = members.first().getByRole('button', { name: /^Remove/ });
  await remove.click();
  await members.first().getByText('rate limit is used up').waitFor();
  await members.first().getByRole('button', { name: 'Cancel' }).click();
  await page.waitForFunction(() => !document.querySelector('#members-rows .doing'));
  assert.equal(await remove.isEnabled(), true);
  assert.equal((await all(`/groups/${group.id}/users`)).length, group._embedded.stats.usersCount);

  await page.getByRole('button', { name: 'New group' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Worth the wait');
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  await page.getByText('Created “Worth the wait”.').waitFor();
});

test('while a search is on its way there is no count', async (t) => {
  const page = await visit(t, URL_OF_ORG);
  await settled(page);
  const next = await hold(page, (request) => request.url().includes('search='));
  await page.getByRole('searchbox').fill('zürich');
  await page.waitForFunction(() => document.querySelector('#count').textContent === 'Loading…');
  await (await next()).continue();
  await settled(page);
  assert.match(await page.locator('#count').textContent(), /^\d+ groups$/);
});

test('a failed Remove is shown where it was pressed, and nothing older beside it', async (t) => {
  const group = await groupWithMembers();
  const user = await someone(99);
  const page = await visit(t, `${URL_OF_ORG}/?group=${group.id}`, {
    refusals: [403],
    viewport: { width: 1280, height: 500 },
  });
  const field = page.getByLabel('Add a member by user id');
  await field.fill(user.id);
  await field.press('Enter');
  await page.getByText(`${user.id} is a member of`).waitFor();
  await page.route('**/users/*', (route) => route.fulfill({ status: 403, json: forbidden('Not today') }));
  const last = page.getByRole('list', { name: 'Members' }).getByRole('listitem').last();
  const remove = last.getByRole('button', { name: /^Remove/ });
  await remove.click();
  assert.match((await refusal(last)).text, / was not removed\. Not today$/);
  assert.equal(await page.locator('#notice').textContent(), '');
  assert.equal(await isInView(last.getByRole('alert')), true);
  assert.equal(await remove.evaluate(isFocused), true);
  assert.equal(await remove.isEnabled(), true);

  // Out of sight by the time of the answer: told with the notices.
  await page.unroute('**/users/*');
  const next = await hold(page, isOf('DELETE', /\/users\//));
  await remove.click();
  const route = await next();
  await page.getByRole('tab', { name: 'Apps' }).click();
  await route.fulfill({ status: 403, json: forbidden('Not now') });
  const note = await refusal(page.locator('#problems'));
  assert.ok(note.text.includes(`was not removed from “${group.profile.name}”. Not now`), note.text);
});

test('after Remove focus is on the next member', async (t) => {
  const group = await groupWithMembers();
  const page = await visit(t, `${URL_OF_ORG}/?group=${group.id}`);
  const remove = page.getByRole('button', { name: /^Remove / });
  await remove.nth(1).waitFor();
  const [name, nextName] = await remove.evaluateAll((all) => all.map((one) => one.ariaLabel));
  await remove.first().press('Enter');
  await page.getByText(`${name.replace('Remove', 'Removed')} from`).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.ariaLabel), nextName);
});

test('what was done is in sight however the page is scrolled, on a phone as well', async (t) => {
  for (const viewport of [
    { width: 360, height: 640 },
    { width: 1280, height: 600 },
  ]) {
    const page = await visit(t, URL_OF_ORG, { viewport });
    await settled(page);
    await page.locator('#list').evaluate((list) => list.scrollTo(0, 1000));
    await page.locator('#new').evaluate((button) => button.click());
    await page.getByRole('dialog').getByLabel('Name').fill(`Of width ${viewport.width}`);
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
    const notice = page.getByRole('status').filter({ hasText: `Created “Of width ${viewport.width}”.` });
    await notice.waitFor();
    assert.equal(await isInView(notice), true);
    await page.getByLabel('Add a member by user id').fill((await someone()).id);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const added = page.getByRole('status').filter({ hasText: 'is a member of' });
    await added.waitFor();
    assert.equal(await isInView(added), true);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  }
});

test('a text that runs from right to left leaves the sentence around it in order', async (t) => {
  const name = 'מנהלים (1)';
  const page = await visit(t, `${URL_OF_ORG}/?search=${encodeURIComponent('מנ')}`);
  await settled(page);
  const isolated = (scope) =>
    page
      .locator(scope)
      .evaluateAll(
        (all, name) =>
          all.some((one) => one.textContent === name && getComputedStyle(one).unicodeBidi === 'isolate'),
        name,
      );
  await profile(page, 'New group', 'Create', name);
  await page.getByText(`Created “${name}”.`).waitFor();
  assert.equal(await isolated('#notice *'), true, 'in a notice');
  assert.equal(await isolated('#groups *'), true, 'in the list');
  assert.equal(await isolated('#panel-name'), true, 'as a heading');
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog').waitFor();
  assert.equal(await isolated('#deletion-text *'), true, 'in a dialog');
  await page.keyboard.press('Escape');
  await search(page, `${name}!`);
  await page.getByText('No group has a name').waitFor();
  assert.equal(await page.locator('#groups-foot bdi').textContent(), `${name}!`);
  for (const field of ['#search', '#profile-name', '#profile-description'])
    assert.equal(await page.locator(field).getAttribute('dir'), 'auto', field);
});

test('a Retry that finds nothing leaves focus in the page', async (t) => {
  const group = await groupWithMembers();
  let refuse = true;
  const page = await visit(t, 'about:blank', { refusals: [403] });
  const answer = (route) =>
    refuse ? route.fulfill({ status: 403, json: forbidden('Not today') }) : route.fulfill({ json: [] });
  await page.route(/groups\?.*limit=100/, answer);
  await page.route(/\/(users|apps)\?/, answer);
  await page.goto(`${URL_OF_ORG}/?group=${group.id}`);
  const focused = () => page.evaluate(() => document.activeElement.id);
  async function retry(foot, empty) {
    refuse = true;
    await refusal(page.locator(foot));
    refuse = false;
    await page.locator(foot).getByRole('button', { name: 'Retry' }).click();
    await page.locator(foot).getByText(empty).waitFor();
    await calm(page);
  }

  await refusal(page.locator('#groups-foot'));
  assert.equal(await page.locator('#count').textContent(), '', 'nothing is counted that was not read');
  await retry('#groups-foot', 'There are no groups yet.');
  assert.equal(await focused(), 'search');
  await retry('#members-foot', 'Nobody is in this group.');
  assert.equal(await focused(), 'user-id');
  refuse = true;
  await page.getByRole('tab', { name: 'Apps' }).click();
  await retry('#apps-foot', 'No app is assigned to this group.');
  assert.equal(await focused(), 'tab-apps');
});

test('the box says which org it is, also of a page that comes back', async (t) => {
  const page = await visit(t, URL_OF_ORG);
  await settled(page);
  const box = page.getByRole('checkbox', { name: 'Use an org in this page' });
  await box.evaluate((box) => {
    box.checked = true;
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
  });
  assert.equal(await box.isChecked(), false);
});

test('the address holds the search and the group: they can be reloaded and gone back from', async (t) => {
  const page = await visit(t, URL_OF_ORG, { viewport: { width: 360, height: 640 } });
  await settled(page);
  const start = await page.evaluate(() => history.length);
  const params = () => Object.fromEntries(new URL(page.url()).searchParams);
  await search(page, 'zür');
  assert.deepEqual(params(), { search: 'zür' });
  const button = rows(page).nth(2).getByRole('button');
  const name = await button.textContent();
  await button.click();
  assert.equal(await heading(page).textContent(), name);
  const id = params().group;
  assert.deepEqual(params(), { search: 'zür', group: id });

  await page.reload();
  await heading(page).getByText(name, { exact: true }).waitFor();
  await settled(page);
  assert.equal(await page.locator('#search').inputValue(), 'zür');
  assert.ok((await rows(page).allTextContents()).every((text) => text.startsWith('Zür')));

  await page.goBack();
  await page.locator('#panel').waitFor({ state: 'hidden' });
  assert.deepEqual(params(), { search: 'zür' });
  assert.equal(await button.evaluate(isFocused), true);
  await page.goForward();
  await heading(page).getByText(name, { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Close' }).click();
  assert.deepEqual(params(), { search: 'zür' });

  for (const other of [0, 1]) {
    await rows(page).nth(other).getByRole('button').click();
    await page.getByRole('button', { name: 'Close' }).click();
  }
  assert.equal(await page.evaluate(() => history.length), start + 1, 'no entry for each group that was seen');

  await page.goto(`${URL_OF_ORG}/?group=00gGone`);
  await page.getByText('There is no group with the id that the address names.').waitFor();
  assert.deepEqual(params(), {});
});

test('what an org refuses of a group whatever is asked, is not offered', async (t) => {
  const page = await visit(t, URL_OF_ORG);
  await row(page, 'Everyone').click();
  await page.getByText('50 members so far').waitFor();
  await page.getByText('This group is built in: it cannot be changed.').waitFor();
  const offered = () => page.locator('#panel').getByRole('button').allTextContents();
  assert.deepEqual(await offered(), ['Close']);
  assert.equal(await page.getByLabel('Add a member by user id').isVisible(), false);
  assert.match(await page.locator('#facts').innerText(), /Members\s+5,000/);

  const imported = (await all('/groups?limit=100')).find(({ type }) => type === 'APP_GROUP');
  await page.locator(`[data-id="${imported.id}"]`).click();
  await page.getByText(/^This group comes from .*: only there it can be changed\.$/).waitFor();
  assert.deepEqual((await offered()).slice(0, 2), ['Close', 'Delete']);
});

test('nothing is sent where nothing is to be done', async (t) => {
  const group = await groupWithMembers();
  const page = await visit(t, `${URL_OF_ORG}/?group=${group.id}`);
  await page
    .getByRole('button', { name: /^Remove/ })
    .first()
    .waitFor();
  await settled(page);
  const asked = [];
  page.on('request', (request) => asked.push(`${request.method()} ${request.url()}`));
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Nothing was changed.').waitFor();
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await dialog.getByLabel('Name').fill('   ');
  await dialog.getByRole('button', { name: 'Save' }).click();
  assert.equal(await dialog.getByLabel('Name').evaluate((name) => name.validity.patternMismatch), true);
  assert.equal(await dialog.isVisible(), true);
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: 'Members' }).click();
  await calm(page);
  assert.deepEqual(asked, []);
});

test('in forced colors what is chosen can still be seen', async (t) => {
  const { id } = await groupWithMembers();
  const page = await visit(t, `${URL_OF_ORG}/?group=${id}`, { forcedColors: 'active' });
  await settled(page);
  const border = (element) => {
    const { borderLeftWidth, borderBottomColor } = getComputedStyle(element);
    return { borderLeftWidth, borderBottomColor };
  };
  const [chosen, other] = [':has([aria-current])', ':not(:has([aria-current]))'];
  const width = async (which) =>
    (await page.locator(`#groups tbody tr${which} th`).first().evaluate(border)).borderLeftWidth;
  assert.notEqual(await width(chosen), await width(other));
  const color = async (name) => (await page.getByRole('tab', { name }).evaluate(border)).borderBottomColor;
  assert.notEqual(await color('Members'), await color('Apps'));
});

const isFocused = (element) => element === document.activeElement;

/** Whether all of an element is in sight, in no pane scrolled away. */
const isInView = (locator) =>
  locator.evaluate(
    (element) =>
      new Promise((tell) =>
        new IntersectionObserver(([{ intersectionRatio }]) => tell(intersectionRatio > 0.99)).observe(
          element,
        ),
      ),
  );

const isOf = (method, path) => (request) => request.method() === method && path.test(request.url());

const forbidden = (errorSummary) => ({
  errorCode: 'E0000006',
  errorSummary,
  errorLink: 'E0000006',
  errorId: 'oae1',
  errorCauses: [],
});

const made = async (name) => (await api('/groups', { method: 'POST', body: { profile: { name } } })).body;

/** Some of the org's users. */
let users;
async function someone(number = 0) {
  users ??= all('/groups?q=Everyone').then(([{ id }]) => api(`/groups/${id}/users?limit=100`));
  return (await users).body[number];
}

test('a key that is held removes one member, not the next ones too', async (t) => {
  const group = await made('Pressed long');
  const members = await Promise.all([0, 1, 2, 3].map((index) => someone(index)));
  for (const { id } of members) await api(`/groups/${group.id}/users/${id}`, { method: 'PUT' });
  const page = await visit(t, `${URL_OF_ORG}/?search=Pressed&group=${group.id}`);
  const remove = page.getByRole('button', { name: /^Remove / });
  await remove.nth(3).waitFor();
  const writes = writesOf(page);
  await remove.first().focus();
  await page.keyboard.down('Enter');
  await page.getByText('Removed ').waitFor();
  await counted(page, '3');
  await held(page, 'Enter');
  assert.equal(writes.length, 1, writes.join());
  await page.keyboard.up('Enter');
  assert.equal(await remove.first().evaluate(isFocused), true);

  await page.keyboard.press('Enter');
  await counted(page, '2');
  assert.equal(writes.length, 2, 'a second press is a second removal');
  await page.keyboard.down(' ');
  await held(page, ' ');
  await page.keyboard.up(' ');
  await counted(page, '1');
  assert.equal(writes.length, 3, writes.join());
  assert.equal((await all(`/groups/${group.id}/users`)).length, 1);
});

test('a key that is held presses no button of what it opened', async (t) => {
  const group = await made('Held open');
  const page = await visit(t, `${URL_OF_ORG}/?group=${group.id}`);
  const dialog = page.getByRole('dialog');
  const writes = writesOf(page);
  for (const name of ['Delete', 'Edit', 'New group']) {
    await page.getByRole('button', { name, exact: true }).focus();
    await page.keyboard.down('Enter');
    await dialog.waitFor();
    await held(page, 'Enter');
    assert.equal(await dialog.isVisible(), true, `${name}: the dialog is still open`);
    await page.keyboard.up('Enter');
    await page.keyboard.down('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await held(page, 'Escape');
    await page.keyboard.up('Escape');
    assert.equal(await page.locator('#panel').isVisible(), true, `${name}: the panel is still open`);
  }
  await page.getByRole('button', { name: 'Delete', exact: true }).press('Enter');
  await dialog.getByRole('button', { name: 'Delete group' }).focus();
  await page.keyboard.down('Enter');
  await page.getByText('Deleted “Held open”.').waitFor();
  await held(page, 'Enter');
  await page.keyboard.up('Enter');
  assert.equal(writes.length, 1, writes.join());

  // What is written is written on.
  await page.getByRole('button', { name: 'New group' }).click();
  for (const label of ['Name', 'Description']) {
    const field = dialog.getByLabel(label);
    await field.focus();
    for (let times = 0; times < 3; times += 1) await page.keyboard.down(' ');
    await page.keyboard.up(' ');
    assert.equal(await field.inputValue(), '   ');
  }
  for (let times = 0; times < 2; times += 1) await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  assert.equal(await dialog.getByLabel('Description').inputValue(), '   \n\n');
});

test('the second click of a double click removes nobody', async (t) => {
  const group = await made('Twice');
  for (const index of [0, 1, 2]) {
    await api(`/groups/${group.id}/users/${(await someone(index)).id}`, { method: 'PUT' });
  }
  const page = await visit(t, `${URL_OF_ORG}/?search=Twice&group=${group.id}`);
  const remove = page.getByRole('button', { name: /^Remove / });
  await remove.nth(2).waitFor();
  const writes = writesOf(page);
  const click = async (clickCount) => {
    await page.mouse.down({ clickCount });
    await page.mouse.up({ clickCount });
  };
  const { x, y, width, height } = await remove.first().boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
  await click(1);
  await counted(page, '2');
  await click(2);
  await calm(page);
  assert.equal(writes.length, 1, writes.join());
  await click(1);
  await counted(page, '1');
  assert.equal(writes.length, 2, 'a click of its own is a removal of its own');
});

test('a delete names the group as it is now', async (t) => {
  const group = await made('Named once');
  const page = await visit(t, `${URL_OF_ORG}/?search=Named`);
  await row(page, 'Named once').click();
  const rename = (name, description) =>
    api(`/groups/${group.id}`, { method: 'PUT', body: { profile: { name, description } } });
  const dialog = page.getByRole('dialog');
  const said = () => dialog.locator('#deletion-text').innerText();

  await rename('Named twice');
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await dialog.waitFor();
  assert.match(await said(), /^“Named twice” will be deleted .*\n.* renamed: .* “Named once”\.$/);
  assert.equal(await heading(page).textContent(), 'Named twice');

  await rename('Named thrice');
  await dialog.getByRole('button', { name: 'Delete group' }).click();
  await dialog.getByRole('alert').getByText('The group was not deleted: it has changed.').waitFor();
  assert.match(await said(), /^“Named thrice” will be deleted .*\n.* renamed: .* “Named twice”\.$/);
  assert.equal(await dialog.getByRole('button', { name: 'Cancel' }).evaluate(isFocused), true);
  assert.equal((await api(`/groups/${group.id}`)).status, 200);

  await rename('Named thrice', 'Not for long');
  await dialog.getByRole('button', { name: 'Delete group' }).click();
  await dialog.getByText('It has been changed since it was shown.').waitFor();
  await dialog.getByRole('button', { name: 'Delete group' }).click();
  await page.getByText('Deleted “Named thrice”.').waitFor();
  assert.equal((await api(`/groups/${group.id}`)).status, 404);
});

test('a delete of a group that is gone says so', async (t) => {
  const page = await visit(t, `${URL_OF_ORG}/?search=Going`, { refusals: [404] });
  await settled(page);
  const dialog = page.getByRole('dialog');
  for (const isOpen of [false, true]) {
    const name = `Going ${isOpen ? 'last' : 'first'}`;
    const { id } = await made(name);
    await search(page, `Going ${isOpen ? 'l' : 'f'}`);
    await row(page, name).click();
    if (!isOpen) await api(`/groups/${id}`, { method: 'DELETE' });
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    if (isOpen) {
      await dialog.waitFor();
      await api(`/groups/${id}`, { method: 'DELETE' });
      await dialog.getByRole('button', { name: 'Delete group' }).click();
    }
    await page.getByText(`The group “${name}” is gone: it was deleted already.`).waitFor();
    assert.equal(await dialog.isVisible(), false);
    assert.equal(await page.locator('#panel').isVisible(), false);
    assert.equal(await row(page, name).count(), 0);
  }
});

test('a delete whose group cannot be read deletes nothing, and one that comes late asks nothing', async (t) => {
  const [first, second] = [await made('Late one'), await made('Late two')];
  const page = await visit(t, `${URL_OF_ORG}/?search=Late`, { refusals: [403] });
  const writes = writesOf(page);
  await row(page, 'Late one').click();
  const next = await hold(page, isOf('GET', new RegExp(`/groups/${first.id}$`)));
  const press = () => page.getByRole('button', { name: 'Delete', exact: true }).click();
  await press();
  await (await next()).fulfill({ status: 403, json: forbidden('Not today') });
  const note = await refusal(page.locator('#problems'));
  assert.match(note.text, /“Late one” could not be read, and was not deleted\. Not today$/);

  await press();
  const route = await next();
  await row(page, 'Late two').click();
  await route.continue();
  await calm(page);
  assert.equal(await page.getByRole('dialog').isVisible(), false);
  assert.equal(await heading(page).textContent(), second.profile.name);
  assert.deepEqual(writes, []);
});

test('a user who is a member already is not called added', async (t) => {
  const group = await made('Already');
  const { id } = await someone();
  await api(`/groups/${group.id}/users/${id}`, { method: 'PUT' });
  const page = await visit(t, `${URL_OF_ORG}/?group=${group.id}`);
  await page.getByRole('button', { name: /^Remove / }).waitFor();
  const add = async (id) => {
    await page.getByLabel('Add a member by user id').fill(id);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
  };
  await add(id);
  await page.getByText(`${id} was a member of “Already” already.`).waitFor();
  // Added by someone else since the page read the members: of that the page knows nothing, and claims nothing.
  const { id: other } = await someone(1);
  await api(`/groups/${group.id}/users/${other}`, { method: 'PUT' });
  await add(other);
  await page.getByText(`${other} is a member of “Already” now.`).waitFor();
  assert.doesNotMatch(await page.locator('body').innerText(), /Added/);
});

/** What the page has written from now on. */
function writesOf(page) {
  const writes = [];
  page.on('request', (request) => {
    if (request.method() !== 'GET') writes.push(`${request.method()} ${request.url()}`);
  });
  return writes;
}

/** A key that is down stays down: the keyboard repeats it. */
async function held(page, key) {
  for (let times = 0; times < 5; times += 1) {
    await page.keyboard.down(key);
    await calm(page);
  }
}

/** Makes or edits a group in the dialog. */
async function profile(page, open, submit, name) {
  await page.getByRole('button', { name: open, exact: true }).click();
  await page.getByRole('dialog').getByLabel('Name').fill(name);
  await page.getByRole('dialog').getByRole('button', { name: submit }).click();
}

/** A new group open in the page, and someone added to it: `next` holds the reads of the group that follow. */
async function readAgain(t, name) {
  const group = await made(name);
  const page = await visit(t, `${URL_OF_ORG}/?search=${encodeURIComponent(name)}`);
  await row(page, name).click();
  await page.getByText('Nobody is in this group.').waitFor();
  const next = await hold(page, isOf('GET', /filter=id/));
  const add = async ({ id }) => {
    await page.getByLabel('Add a member by user id').fill(id);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText(`${id} is a member of`).waitFor();
  };
  await add(await someone());
  return { page, group, next, add };
}

/** Waits until the first group of the list has so many members. */
const counted = (page, count) =>
  page.waitForFunction(
    (count) => document.querySelector('#groups tbody .number').textContent === count,
    count,
  );

/**
 * A page at `path` whose org has a rate limit for so many seconds from now on: `useUp()` has the next answers say that
 * it is used up.
 */
async function limited(t, path, seconds) {
  const page = await visit(t, 'about:blank');
  const end = Math.ceil(Date.now() / 1000) + seconds;
  let remaining = '400';
  await page.route('**/api/v1/**', async (route) => {
    if (Date.now() > end * 1000) return route.fallback();
    const response = await route.fetch();
    const limit = {
      'x-rate-limit-limit': '500',
      'x-rate-limit-remaining': remaining,
      'x-rate-limit-reset': String(end),
    };
    await route.fulfill({ response, headers: { ...response.headers(), ...limit } });
  });
  await page.goto(URL_OF_ORG + path);
  await settled(page);
  return { page, useUp: () => (remaining = '0') };
}

/** An Okta group that has members, but few. */
let counts;
async function groupWithMembers() {
  counts ??= await api('/groups?expand=stats&limit=200');
  return counts.body.find(({ type, _embedded: { stats } }) => {
    return type === 'OKTA_GROUP' && stats.usersCount > 3 && stats.usersCount < 40;
  });
}

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
    body: response.status === 204 ? undefined : await response.json(),
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
