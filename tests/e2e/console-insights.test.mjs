// The screen Insights: every figure is counted from what was read, sums up, and leads to its list; partial data says so.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { visit } from './browser.mjs';
import { ownOrg, until } from './console-org.mjs';

const button = (scope, name) => scope.getByRole('button', { name, exact: true });
const chart = (page, name) => page.getByRole('figure', { name, exact: true });

/** The bars of a chart: name, count and address; the table below says the same. */
async function barsOf(page, name) {
  return chart(page, name).evaluate((figure) => {
    const number = (text) => Number(text.replace(/\D/g, ''));
    const bars = [...figure.querySelectorAll('.bar-row')].map((row) => [
      row.querySelector('.bar-name').textContent,
      number(row.querySelector('.bar-count').textContent),
      row.getAttribute('href'),
    ]);
    const table = [...figure.querySelectorAll('tbody tr')].map((row) => [
      row.querySelector('th').textContent,
      number(row.querySelector('td').textContent),
      row.querySelector('a')?.getAttribute('href') ?? null,
    ]);
    const sum = number(figure.querySelector('tfoot td').textContent);
    return { bars, table, sum };
  });
}

/** An org of groups that a test describes. */
async function seeded(t, groups, memberships = {}, ...options) {
  const users = Array.from({ length: 120 }, (_, at) => ({
    id: `00u${String(at).padStart(17, '0')}`,
    status: 'ACTIVE',
    profile: {
      login: `p${at}@example.com`,
      email: `p${at}@example.com`,
      firstName: 'P',
      lastName: String(at),
    },
  }));
  const file = join(tmpdir(), `okta-groups-insights-${process.pid}-${groups.length}.json`);
  const ids = (count) => users.slice(0, count).map(({ id }) => id);
  const members = Object.fromEntries(Object.entries(memberships).map(([id, count]) => [id, ids(count)]));
  await writeFile(file, JSON.stringify({ groups, users, memberships: members }));
  return ownOrg(t, '--seed-data', file, '--rate-limit', 'off', ...options);
}

const idOf = (at) => `00g${String(at).padStart(17, '0')}`;
const groupOf = (at, name, { type = 'OKTA_GROUP', days = 5 } = {}) => {
  const date = new Date(Date.now() - days * 86_400_000).toISOString();
  return {
    id: idOf(at),
    type,
    created: date,
    lastUpdated: date,
    lastMembershipUpdated: date,
    objectClass: ['okta:user_group'],
    profile: { name, description: null },
  };
};

test('types, sizes, ages, empty and stale groups and names are counted; bars and tables agree and sum up', async (t) => {
  const groups = [
    groupOf(1, 'Payroll'),
    groupOf(2, 'payroll'),
    groupOf(3, 'P\u0430yroll'),
    groupOf(4, 'Night shift', { days: 400 }),
    groupOf(5, 'Day shift', { days: 800 }),
    groupOf(6, 'West', { type: 'APP_GROUP' }),
    groupOf(7, '<img src=x onerror=alert(1)>\u202eevil'),
  ];
  const org = await seeded(t, groups, {
    [idOf(1)]: 1,
    [idOf(2)]: 9,
    [idOf(4)]: 10,
    [idOf(5)]: 99,
    [idOf(6)]: 120,
  });
  const page = await visit(t, `${org.url}/?screen=insights`);
  await page.getByText(/^7 groups, all that this sign-in may see/).waitFor();
  await until(
    () => barsOf(page, 'Type').catch(() => ({ sum: 0 })),
    ({ sum }) => sum === 7,
    'the charts',
  );
  const counts = async (name) => {
    const { bars, table, sum } = await barsOf(page, name);
    assert.deepEqual(bars, table, `the table below ${name} says what its bars say`);
    assert.equal(sum, 7, name);
    return Object.fromEntries(bars.map(([label, count]) => [label, count]));
  };
  assert.deepEqual(await counts('Type'), { Okta: 6, App: 1 });
  assert.deepEqual(await counts('Members'), {
    0: 2,
    1: 1,
    '2–9': 1,
    '10–99': 2,
    '100–999': 1,
    '1,000–9,999': 0,
    '10,000 or more': 0,
  });
  const widths = await chart(page, 'Members')
    .locator('.fill')
    .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().width));
  assert.ok(
    widths[0] > widths[1] && widths[1] > 5 && widths[5] === 0,
    `bars are as long as their counts: ${widths}`,
  );
  const ages = await counts('Last change');
  assert.deepEqual([ages['Last 30 days'], ages['1 to 2 years ago'], ages.Earlier], [5, 1, 1]);
  await counts('Source');
  const tiles = await page.locator('.tiles a').allTextContents();
  assert.deepEqual(
    tiles.map((text) => Number.parseInt(text, 10)),
    [2, 2, 1, 1],
  );
  const duplicates = page.getByRole('region', { name: 'Names used more than once' });
  assert.deepEqual(await duplicates.locator('.alike a').allTextContents(), ['Payroll', 'payroll']);
  const alike = page.getByRole('region', { name: 'Names that look alike' });
  assert.equal(await alike.locator('.alike a').count(), 3);
  const compared = await alike.getByRole('link', { name: /^Compare/ }).getAttribute('href');
  assert.match(compared, /screen=compare&ids=/);
});

test('each bar leads to a list with as many groups', async (t) => {
  const groups = [
    ...Array.from({ length: 9 }, (_, at) => groupOf(at + 1, `Team ${at + 1}`, { days: at < 4 ? 500 : 3 })),
    groupOf(20, 'App team', { type: 'APP_GROUP' }),
  ];
  const org = await seeded(t, groups, { [idOf(1)]: 3, [idOf(2)]: 30, [idOf(20)]: 1 });
  const page = await visit(t, `${org.url}/?screen=insights`);
  await page.getByText(/^10 groups, all that this sign-in may see/).waitFor();
  for (const name of ['Type', 'Members', 'Last change']) {
    const { bars } = await until(
      () => barsOf(page, name).catch(() => ({ sum: 0 })),
      ({ sum }) => sum === 10,
      name,
    );
    for (const [label, count, href] of bars.filter(([, , href]) => href)) {
      await chart(page, name).locator(`.bars a[href="${href}"]`).click();
      const grid = page.getByRole('grid', { name: 'Groups' });
      await until(
        () => grid.locator('[data-index]').count(),
        (found) => found === count,
        `${label}: ${count} groups`,
      );
      await page.goBack();
      await page.getByRole('heading', { name: 'Insights', level: 1 }).waitFor();
    }
  }
});

test('partial data says so, reading stops and goes on, and a failure keeps the figures', async (t) => {
  const org = await ownOrg(t, '--groups', 4400, '--users', 20, '--rate-limit', 'off');
  const page = await visit(t, `${org.url}/?screen=insights`, { refusals: [500, 404] });
  const status = page.getByRole('main').getByRole('status');
  await status.getByText(/^Partial: 2,050.* read, more exist\./).waitFor();
  const sum = () =>
    barsOf(page, 'Type').then(
      (found) => found.sum,
      () => 0,
    );
  await until(sum, (found) => found === 2050, 'figures of 2,050');

  // A page that does not come, until Cancel.
  const held = [];
  await page.route('**/api/v1/groups?**', (route) => held.push(route));
  await button(page, 'Read all groups').click();
  await until(() => held.length, Boolean, 'a page');
  await status.getByText(/so far; the figures are partial/).waitFor();
  await button(page, 'Cancel').click();
  await status.getByText(/^Partial: 2,050/).waitFor();
  await page.unroute('**/api/v1/groups?**');
  for (const route of held) await route.abort().catch(() => {});

  await fetch(`${org.url}/local-org/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ rules: [{ fault: 'loginPage' }] }),
  });
  await button(page, 'Read all groups').click();
  await page
    .getByRole('alert')
    .getByText(/could not all be read: 2,050.*The figures are partial\./)
    .waitFor();
  assert.equal(await sum(), 2050);
  await fetch(`${org.url}/local-org/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  await button(page.getByRole('main'), 'Retry').click();
  await page.getByText(/^4,400 groups, all that this sign-in may see/).waitFor();
  await until(sum, (found) => found === 4400, 'all figures');
});
