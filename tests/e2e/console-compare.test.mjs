// The console's screen Compare before a local org of each test's own.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { visit } from './browser.mjs';
import { focused, ownOrg, until, writesOf } from './console-org.mjs';

const SIZE = ['--groups', 20, '--users', 300, '--rate-limit', 'off'];

/** An org with groups of the test's own, each with the people of those places. */
async function withGroups(t, members) {
  const org = await ownOrg(t, ...SIZE);
  const people = await org.api('GET', 'users?limit=100');
  const groups = [];
  for (const [name, places] of Object.entries(members)) {
    const group = await org.api('POST', 'groups', { profile: { name } });
    for (const at of places) await org.api('PUT', `groups/${group.id}/users/${people[at].id}`);
    groups.push(group);
  }
  const screen = (...chosen) => `${org.url}/?screen=compare&ids=${chosen.map(({ id }) => id).join(',')}`;
  return { ...org, people, groups, screen };
}

const range = (from, to) => Array.from({ length: to - from }, (_, at) => from + at);
const button = (page, name) => page.getByRole('main').getByRole('button', { name, exact: true });
const table = (page) => page.getByRole('grid', { name: 'People of the compared groups' });
const shown = (page) => table(page).locator('[role=row][data-index]');

/** The regions as the table has them: words and counts. */
const regions = (page) =>
  page
    .getByRole('main')
    .locator('table tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) => [row.querySelector('th').textContent, Number(row.querySelector('td').textContent)]),
    );

test('two groups: only the one, both, only the other; the sums are the member counts; filters show who', async (t) => {
  const { people, groups, screen } = await withGroups(t, { Sales: range(0, 12), Support: range(8, 15) });
  const page = await visit(t, screen(...groups));
  await page.getByText('15 people in Sales (12), Support (7)').waitFor();
  assert.deepEqual(await regions(page), [
    ['In both', 4],
    ['Only in Sales', 8],
    ['Only in Support', 3],
  ]);
  await page.waitForFunction(() => document.title.startsWith('Sales and Support – Compare'));
  await button(page, 'Only in Support').click();
  await page.getByText('3 of 15 people').waitFor();
  const logins = await shown(page).locator('[role=gridcell]:first-child bdi.muted').allTextContents();
  assert.deepEqual(
    logins.sort(),
    people
      .slice(12, 15)
      .map(({ profile }) => profile.login)
      .sort(),
  );
  const cells = await shown(page).first().getByRole('gridcell').allTextContents();
  assert.deepEqual(cells.slice(1), ['–no member', '●member']);
  await button(page, 'Only in Support').click();
  await page.getByLabel('Find a person').fill(people[3].profile.login);
  await page.getByText('1 of 15 people').waitFor();

  const download = page.waitForEvent('download');
  await button(page, 'Save as CSV').click();
  const csv = await readFile(await (await download).path(), 'utf8');
  const lines = csv.trim().split('\n');
  assert.equal(lines[0], 'userId,name,login,Sales,Support');
  assert.equal(lines.length, 16);
  assert.equal(lines.filter((line) => line.endsWith('yes,yes')).length, 4);
});

test('groups of which nothing can be read, not even the name, say so at once and can be read again', async (t) => {
  const { groups, screen } = await withGroups(t, { Sales: range(0, 4), Support: range(2, 6) });
  let refuses = true;
  const page = await visit(t, screen(...groups), {
    refusals: [401],
    prepare: (page) =>
      page.route('**/api/v1/**', (route) =>
        refuses
          ? route.fulfill({
              status: 401,
              contentType: 'application/json',
              body: '{"errorCode":"E0000011","errorSummary":"Invalid token provided"}',
            })
          : route.fallback(),
      ),
  });
  const failed = page.getByText('The members could not all be read: 0 members so far.');
  await until(
    () => failed.count(),
    (count) => count === 2,
    'both failures',
  );
  refuses = false;
  for (let left = 2; left > 0; left--) await button(page, 'Retry').first().click();
  await page.getByText(/^6 people in /).waitFor();
});

test('a group has no difference from itself; groups without members have nobody', async (t) => {
  const { groups, screen } = await withGroups(t, { Sales: range(0, 5), Empty: [], Void: [] });
  const page = await visit(t, screen(groups[0], groups[0]));
  await page.getByText('The groups have the same members.').waitFor();
  assert.deepEqual(await regions(page), [['In both', 5]]);
  for (const name of [/^Plan: add the 0 missing/, /^Plan: make it the same/])
    assert.equal(await page.getByRole('button', { name }).getAttribute('aria-disabled'), 'true');
  await page.goto(screen(groups[1], groups[2]));
  await page.getByText('None of the groups has a member.').waitFor();
});

test('groups are picked by keyboard up to five, and left out again; the address holds them', async (t) => {
  const names = ['Alpha team', 'Beta team', 'Gamma team', 'Delta team', 'Epsilon team'];
  const members = Object.fromEntries(names.map((name, at) => [name, range(at, at + 4)]));
  const { groups, url } = await withGroups(t, members);
  const page = await visit(t, `${url}/?screen=compare`);
  await page.getByText('No group is chosen.').waitFor();
  await page.getByRole('combobox').focus();
  for (const [at, { profile }] of groups.entries()) {
    await page.keyboard.type(profile.name);
    await page.getByRole('option', { name: new RegExp(`^${profile.name}`) }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`ids=.*${groups[at].id}`));
  }
  await page.getByText('5 groups are the most that are compared.').waitFor();
  await page.getByText(/^8 people in Alpha team \(4\)/).waitFor();
  const found = await regions(page);
  assert.equal(
    found.reduce((sum, [, count]) => sum + count, 0),
    8,
  );
  assert.ok(found.some(([words, count]) => words === 'Only in Alpha team and Beta team' && count === 1));
  assert.equal(await table(page).getByRole('columnheader').count(), 6);
  await button(page, 'Leave out Epsilon team').click();
  await page.getByText(/^7 people in Alpha team \(4\)/).waitFor();
  assert.equal(await focused(page), 'combobox Choose another group');
  assert.equal(new URL(page.url()).searchParams.get('ids').split(',').length, 4);
});

test('a group that fails leaves the others, and the comparison says that it is partial; a retry makes it whole', async (t) => {
  const { groups, screen } = await withGroups(t, {
    Sales: range(0, 6),
    Support: range(3, 9),
    Legal: range(5, 7),
  });
  let fails = true;
  const page = await visit(t, screen(...groups), {
    refusals: [403],
    prepare: (page) =>
      page.route(`**/groups/${groups[2].id}/users*`, (route) =>
        fails
          ? route.fulfill({
              status: 403,
              contentType: 'application/json',
              body: JSON.stringify({ errorCode: 'E0000006', errorSummary: 'You do not have permission' }),
            })
          : route.continue(),
      ),
  });
  await page.getByText('The comparison is partial: 1 group is not read to the end, and left out.').waitFor();
  await page.getByText('9 people in Sales (6), Support (6)').waitFor();
  fails = false;
  await button(page, 'Retry').click();
  await page.getByText('9 people in Sales (6), Support (6), Legal (2)').waitFor();
  assert.equal(await page.getByText('The comparison is partial').count(), 0);
});

test('reading can be cancelled and goes on', async (t) => {
  const { groups, screen } = await withGroups(t, { Sales: range(0, 6), Support: range(3, 9) });
  let held;
  const page = await visit(t, screen(...groups), {
    prepare: (page) =>
      page.route(`**/groups/${groups[1].id}/users*`, (route) => (held ? route.continue() : (held = route))),
  });
  await button(page, 'Cancel reading Support').click();
  await page.getByText('0 members read, more exist.').waitFor();
  await button(page, 'Read on').click();
  await page.getByText('9 people in Sales (6), Support (6)').waitFor();
});

test('the missing ones become a plan; nothing is written before it is applied', async (t) => {
  const { api, people, groups, screen } = await withGroups(t, { Sales: range(0, 12), Support: range(8, 15) });
  const page = await visit(t, screen(...groups));
  const writes = writesOf(page);
  await button(page, 'Plan: add the 8 missing').click();
  await page.getByRole('heading', { name: 'Plan for Support' }).waitFor();
  await page.getByText('8 to add, 0 to remove').waitFor();
  assert.deepEqual(writes, []);
  await button(page, 'Apply: add 8 people').click();
  await page.getByText('All of the plan is done. Added 8').waitFor();
  assert.deepEqual(
    writes.sort(),
    people
      .slice(0, 8)
      .map(({ id }) => `PUT groups/${groups[1].id}/users/${id}`)
      .sort(),
  );
  // Back at the comparison, the members are read anew.
  await page.goBack();
  await until(
    () => regions(page),
    (found) => found.length === 2 && found[0][1] === 12 && found[1][1] === 3,
    'the comparison after the change',
  );
  // Making it the same would remove three of fifteen: the plan names them, and its guard allows a quarter.
  await button(page, 'Plan: make it the same, add 0, remove 3').click();
  await page.getByText('0 to add, 3 to remove, 12 as they are.').waitFor();
  await button(page, 'Apply: remove 3 people').click();
  await page.getByText('All of the plan is done. Added 0, removed 3.').waitFor();
  const members = await api('GET', `groups/${groups[1].id}/users`);
  assert.equal(members.length, 12);
});
