// The console's screen Groups before local orgs of the tests' own.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { hold, visit } from './browser.mjs';
import { focused, ownOrg, until } from './console-org.mjs';

const rows = (page) => page.locator('.grid-row');
const grid = (page) => page.getByRole('grid', { name: 'Groups' });
const main = (page) => page.getByRole('main');
const button = (page, name) => main(page).getByRole('button', { name, exact: true });
const foot = (page) => page.locator('#groups-count');
const names = (page) =>
  rows(page).evaluateAll((all) => all.map((row) => row.querySelector('.name').textContent));
/** What the rows have in a column, in their order. */
const cells = (page, head) =>
  grid(page).evaluate((grid, head) => {
    const heads = [...grid.querySelectorAll('[role=columnheader]')];
    const column = heads.findIndex(({ textContent }) => textContent.startsWith(head));
    return [...grid.querySelectorAll('.grid-row')].map((row) => row.children[column].textContent);
  }, head);
const params = (page) => new URL(page.url()).searchParams;
const count = (page, text) => page.locator('#groups-count').filter({ hasText: text }).waitFor();
const selected = (page, text) =>
  page.getByRole('group', { name: 'Selected groups' }).getByText(text, { exact: false }).first().waitFor();

/** Queries of the lists of groups that the page asks for, in order. */
function listsOf(page) {
  const lists = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (request.method() === 'GET' && url.pathname === '/api/v1/groups') lists.push(url.searchParams);
  });
  return lists;
}

/** All groups of an org, as its API lists them. */
async function everyGroup({ url }, query = '') {
  const all = [];
  for (let next = `${url}/api/v1/groups?limit=1000${query}`; next;) {
    const answer = await fetch(next, { headers: { authorization: 'SSWS test' } });
    all.push(...(await answer.json()));
    next = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
  }
  return all;
}

/** Opens the list and waits until what is beside the rows is there, too. */
async function open(t, org, query = '', options) {
  const page = await visit(t, `${org.url}/${query}`, options);
  await page.getByRole('button', { name: 'Columns' }).waitFor();
  return page;
}

/** Reads the list to its end. */
async function readAll(page, total) {
  await page.getByRole('button', { name: /^Read all/ }).click();
  await count(page, `${total.toLocaleString('en-US')} groups.`);
}

test('the first row takes at most 8 requests, of which one is of the org', async (t) => {
  const org = await ownOrg(t, '--groups', 300);
  const asked = [];
  let before = 0;
  const page = await visit(t, org.url, {
    prepare: async (page) => {
      page.on('request', (request) => asked.push(new URL(request.url())));
      // What the page asks for after the rows were put into it is not before them.
      await page.exposeFunction('firstRow', () => (before ||= asked.length));
      await page.addInitScript(() => {
        const observer = new MutationObserver(() => {
          if (!document.querySelector('[data-index="0"]')) return;
          observer.disconnect();
          firstRow();
        });
        observer.observe(document, { childList: true, subtree: true });
      });
    },
  });
  await page.getByRole('button', { name: 'Columns' }).waitFor();
  await page.waitForLoadState('networkidle');
  assert.ok(before >= 5 && before <= 8, asked.slice(0, before).join('\n'));
  const lists = asked.filter(({ pathname }) => pathname.startsWith('/api/'));
  assert.deepEqual(
    lists.map(({ searchParams }) => [searchParams.get('limit'), searchParams.get('expand')]),
    [
      ['50', 'stats,app'],
      ['200', 'stats,app'],
    ],
    'what the screen shows comes first',
  );
});

test('the first rows are drawn while the client is still on its way, and their answer serves the client', async (t) => {
  const org = await ownOrg(t, '--groups', 300);
  const lists = [];
  let early;
  const page = await visit(t, org.url, {
    prepare: async (page) => {
      page.on('request', (request) => {
        const { pathname, search } = new URL(request.url());
        if (pathname === '/api/v1/groups') lists.push(search);
      });
      const row = page.locator('[data-index="19"]').waitFor();
      await page.route('**/*.wasm', async (route) => {
        await row;
        early = { names: await names(page), lists: lists.length };
        await route.continue();
      });
    },
  });
  await count(page, '250 groups read, more exist.');
  assert.equal(early.names[0], (await everyGroup(org))[0].profile.name);
  assert.deepEqual((await names(page)).slice(0, 20), early.names.slice(0, 20));
  assert.equal(early.lists, 1);
  assert.equal(lists.length, 2, 'the client takes the answer that there is, and reads on');
  await rows(page).first().click();
  await page.getByRole('complementary').or(page.locator('.panel')).first().waitFor();
});

test('a first answer that is no list is the client’s to handle', async (t) => {
  const org = await ownOrg(t, '--groups', 30);
  const answers = [
    { status: 503, body: 'down' },
    { status: 429, headers: { 'retry-after': '1' }, json: { errorCode: 'E0000047' } },
    { status: 200, contentType: 'text/html', body: '<p>[]</p>' },
    { status: 200, json: { not: 'a list' } },
  ];
  for (const answer of answers) {
    let sent = 0;
    const page = await visit(t, org.url, {
      refusals: [503, 429],
      prepare: (page) =>
        page.route('**/api/v1/groups?*', (route) =>
          sent++ === 0 ? route.fulfill(answer) : route.fallback(),
        ),
    });
    const retry = button(page, 'Retry').first();
    await retry.or(foot(page).getByText('30 groups.')).first().waitFor();
    assert.equal(
      (await rows(page).count()) === 0,
      await retry.isVisible(),
      'what is not a list shows no rows',
    );
    if (await retry.isVisible()) await retry.click();
    await count(page, '30 groups.');
    assert.equal(sent, 2);
  }
});

test('100,000 groups: few rows are alive, one page is read at a time, and a click goes before the next', async (t) => {
  const org = await ownOrg(t, '--groups', 100_000, '--users', 2_000, '--rate-limit', 'off');
  const page = await open(t, org);
  await page.evaluate(() => performance.setResourceTimingBufferSize(5_000));
  // Scrolling reads on by itself, to some thousand rows.
  await page.locator('[data-index="0"]').focus();
  for (let at = 0; at < 40; at++) {
    await page.keyboard.press('End');
    const text = await foot(page).textContent();
    if (/^3,0/.test(text)) break;
    await page.waitForTimeout(60);
  }
  await count(page, '3,050 groups read, more exist.');
  const all = page.getByRole('button', { name: /^Read all 100,000 \(about .+, 485 requests\)$/ });
  await all.waitFor();
  assert.equal(await grid(page).getAttribute('aria-rowcount'), '-1');
  await all.click();
  await page.getByRole('progressbar', { name: 'Read' }).waitFor();

  // A click: no page is asked for until the group has come.
  const heldGroup = await hold(page, (request) => /\/groups\/00g\w+$/.test(new URL(request.url()).pathname));
  await rows(page).nth(3).click();
  const group = await heldGroup();
  // The page that was under way comes; the next is not asked for.
  await page.waitForTimeout(500);
  const read = await foot(page).textContent();
  await page.waitForTimeout(400);
  assert.equal(await foot(page).textContent(), read, 'reading on waits for what a person opened');
  await group.fallback();
  await page.keyboard.press('Escape');

  await foot(page).filter({ hasText: '100,000 groups.' }).waitFor({ timeout: 120_000 });
  const pages = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .filter(({ name }) => name.includes('/api/v1/groups?'))
      .map(({ startTime, responseEnd }) => [startTime, responseEnd]),
  );
  assert.ok(pages.length >= 497, `${pages.length} pages`);
  for (let at = 1; at < pages.length; at++) assert.ok(pages[at][0] >= pages[at - 1][1], 'one page at a time');
  assert.equal(await grid(page).getAttribute('aria-rowcount'), '100001');
  const alive = await grid(page).evaluate(async (element) => {
    let most = 0;
    for (let at = 0; at < 40; at++) {
      element.scrollTop = (at * 1_300_013) % 3_500_000;
      for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
      most = Math.max(most, element.querySelectorAll('[role=row]').length);
    }
    return most;
  });
  assert.ok(alive <= 80, `${alive} rows were alive`);

  // A sort leaves the page to the keys, and a newer one takes its place.
  const { compare } = new Intl.Collator('en-US', { numeric: true });
  const head = page.getByRole('columnheader', { name: 'Name' }).getByRole('button');
  await page.evaluate(() => {
    globalThis.seen = [];
    addEventListener('keydown', ({ key }) =>
      seen.push(`${key} ${document.querySelector('#groups-count').textContent.includes('Sorting')}`),
    );
  });
  for (const key of ['F7', 'F8']) {
    await head.evaluate((button) => button.click());
    await page.keyboard.press(key);
  }
  await until(
    () => names(page),
    (all) => compare(all[0], all[5]) > 0,
    'the names from the last one on',
  );
  await count(page, '100,000 groups.');
  assert.deepEqual(
    await page.evaluate(() => seen),
    ['F7 true', 'F8 true'],
    'keys are heard while rows are sorted',
  );
  assert.match(page.url(), /sort=name&order=desc/);
  await page.locator('[data-index]').first().focus();
  await page.keyboard.press('End');
  await page.locator('[data-index="99999"]:focus').waitFor();
  assert.equal(await page.locator('[data-index="99999"]').getAttribute('aria-rowindex'), '100001');
  await page.keyboard.press('PageUp');
  const index = await page.evaluate(() => Number(document.activeElement.dataset.index));
  assert.ok(index > 99_900 && index < 99_999, `Page Up went to ${index}`);
  await page.keyboard.press('Control+a');
  await selected(page, 'All 100,000 are selected.');
});

test('a search finds words inside names and descriptions, as one step of the history', async (t) => {
  const org = await ownOrg(t, '--groups', 600);
  await org.api('POST', 'groups', { profile: { name: '"or "1" eq "1', description: 'x' } });
  const page = await open(t, org);
  const lists = listsOf(page);
  await page.locator('[data-index="0"]').focus();
  await page.keyboard.press('/');
  assert.match(await focused(page), /^input Search names/);
  await page.keyboard.type('legal', { delay: 30 });
  await count(page, 'found.');
  const expected = (await everyGroup(org)).filter(({ profile: { name, description } }) =>
    `${name}\n${description}`.toLowerCase().includes('legal'),
  );
  await count(page, `${expected.length} groups found.`);
  assert.ok(
    (await names(page)).some((name) => /\S+ legal/i.test(name)),
    'a word inside a name',
  );
  assert.equal(lists.at(-1).get('search'), 'profile.name co "legal" or profile.description co "legal"');
  assert.equal(params(page).get('text'), 'legal');
  await page.goBack();
  await count(page, '250 groups read, more exist.');
  assert.equal(await page.getByRole('searchbox').inputValue(), '', 'one step back leaves the search');

  await page.getByRole('searchbox').fill('"or "1');
  await count(page, '1 group found.');
  assert.equal(
    lists.at(-1).get('search'),
    'profile.name co "\\"or \\"1" or profile.description co "\\"or \\"1"',
  );
  await page.getByRole('searchbox').fill('nobody has this');
  await count(page, 'No group matches.');
  await button(page, 'Show all groups').click();
  await count(page, '250 groups read, more exist.');
});

test('chips are an expression and an expression is chips; a fault sends nothing', async (t) => {
  const org = await ownOrg(t, '--groups', 600);
  const page = await open(t, org, '', { refusals: [400] });
  await button(page, 'App').click();
  await count(page, 'found.');
  await page.getByRole('searchbox').fill('legal');
  await count(page, 'found.');
  await button(page, 'Expression').click();
  const text = page.getByRole('combobox', { name: /^Expression/ });
  const written = await text.inputValue();
  assert.equal(
    written,
    '(profile.name co "legal" or profile.description co "legal") and type eq "APP_GROUP"',
  );
  const address = page.url();
  const found = await foot(page).textContent();

  // The same conditions in another order are the same chips.
  await text.fill('type eq "APP_GROUP" and (profile.description co "legal" or profile.name co "legal")');
  await page.keyboard.press('Enter');
  assert.equal(page.url(), address);
  assert.equal(await button(page, 'App').getAttribute('aria-pressed'), 'true');
  assert.equal(await foot(page).textContent(), found);

  // Nothing is sent while the text has a fault; the caret stands under its column.
  const lists = listsOf(page);
  await text.fill('profile.name sw "');
  const caret = page.locator('.groups-caret');
  assert.equal(await caret.getAttribute('data-column'), '17', 'the text ends within a string');
  const [line, under] = (await caret.textContent()).split('\n');
  assert.equal(under.indexOf('^'), 17);
  assert.equal(line, 'profile.name sw "');
  assert.equal(await text.getAttribute('aria-invalid'), 'true');
  await page.keyboard.press('Enter');
  await page.waitForTimeout(300);
  assert.equal(lists.length, 0);
  assert.equal(await button(page, 'Search').getAttribute('aria-disabled'), 'true');

  // Completion by the keyboard: attribute, operator, value.
  await text.fill('');
  await page.keyboard.type('ty');
  await page.getByRole('option', { name: 'type' }).first().waitFor();
  for (const key of ['ArrowDown', 'Enter']) await page.keyboard.press(key);
  assert.equal(await text.inputValue(), 'type ');
  await page.keyboard.type('e');
  for (const key of ['ArrowDown', 'Enter']) await page.keyboard.press(key);
  await page.keyboard.type('"B');
  for (const key of ['ArrowDown', 'Enter']) await page.keyboard.press(key);
  assert.equal(await text.inputValue(), 'type eq "BUILT_IN"');
  await page.keyboard.press('Enter');
  await count(page, '2 groups found.');
  assert.equal(await button(page, 'Built in').getAttribute('aria-pressed'), 'true');

  // What chips cannot show stays as it is; a warning does not stop it.
  const own = 'not (type eq "BUILT_IN") and profile.name sw "L"';
  await text.fill(own);
  await page.getByText('Chips cannot show this expression').waitFor();
  assert.ok((await page.locator('.groups-box .banner').count()) > 0, 'Okta does not document not');
  await button(page, 'Close').click();
  await page.goto(`${org.url}/?search=${encodeURIComponent('type eq "BUILT_IN" or id eq "x"')}`);
  await count(page, '2 groups found.');
  assert.equal(await page.locator('.chip code').textContent(), 'type eq "BUILT_IN" or id eq "x"');
  await page.goto(`${org.url}/?search=${encodeURIComponent('type eq')}`);
  await page.getByText('The expression has a fault: nothing was asked of the org.').waitFor();
  await page.getByRole('combobox', { name: /^Expression/ }).waitFor();
});

test('conditions over counts are partial until all is read; an expression stays beside them', async (t) => {
  const org = await ownOrg(t, '--groups', 600);
  const page = await open(t, org);
  await button(page, 'No members').click();
  await page.getByText('more groups exist that were not read').waitFor();
  await page.getByRole('button', { name: 'No members (of those read)' }).waitFor();
  await page.getByRole('button', { name: /^Read all/ }).click();
  const empty = (await everyGroup(org, '&expand=stats')).filter(
    ({ _embedded }) => _embedded.stats.usersCount === 0,
  );
  await count(page, `${empty.length} of 600 groups read match.`);
  assert.equal(await grid(page).getAttribute('aria-rowcount'), String(empty.length + 1));
});

test('the org sorts what is not wholly read, the page what is; columns, rows and views are in the address', async (t) => {
  const org = await ownOrg(t, '--groups', 600);
  const page = await open(t, org);
  const lists = listsOf(page);
  const head = (name) => page.getByRole('columnheader', { name }).getByRole('button');
  await head('Profile changed').click();
  await until(
    () => lists.length,
    (length) => length === 1,
    'a sorted list',
  );
  assert.deepEqual([lists[0].get('sortBy'), lists[0].get('sortOrder')], ['lastUpdated', 'desc']);
  await page.goBack();
  await readAll(page, 600);
  lists.length = 0;
  await head('Members').first().click();
  await page.waitForFunction(() => document.querySelector('.grid-row')?.textContent.startsWith('Everyone'));
  // The other way round: what has no members comes first.
  await head('Members').first().click();
  await until(
    () => cells(page, 'Members'),
    ([first]) => first === '0',
    'the groups without members',
  );
  await head('Name').click();
  const shown = await names(page);
  const { compare } = new Intl.Collator('en-US', { numeric: true });
  assert.deepEqual(shown.slice(0, 20), [...shown].sort(compare).slice(0, 20));
  assert.equal(lists.length, 0, 'rows that are all read are sorted here');

  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'Id', exact: true }).check();
  await page.getByRole('checkbox', { name: 'Type', exact: true }).uncheck();
  await page.getByRole('checkbox', { name: 'Low rows' }).check();
  await page.keyboard.press('Escape');
  assert.match(await focused(page), /^button Columns/);
  assert.equal(await page.getByRole('columnheader', { name: 'Type' }).count(), 0);
  assert.equal(
    await rows(page)
      .first()
      .evaluate((row) => row.offsetHeight),
    28,
  );
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('textbox', { name: 'Name of this view' }).fill('By name');
  await page.getByRole('button', { name: 'Save this view' }).click();
  await page.getByRole('heading', { name: 'By name' }).waitFor();
  const address = page.url();
  assert.match(await page.title(), /^By name – Groups – /);

  // The address alone gives the same rows, columns and title.
  const other = await visit(t, address);
  await other.locator('[data-index="0"]').waitFor();
  assert.deepEqual(
    await other.getByRole('columnheader').allTextContents(),
    await page.getByRole('columnheader').allTextContents(),
  );
  assert.equal(await other.title(), await page.title());
  await button(page, 'Built in').click();
  await count(page, '2 groups found.');
  assert.equal(
    await page.getByRole('heading', { level: 1 }).textContent(),
    'Groups',
    'a changed view has no name',
  );
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('link', { name: 'By name' }).click();
  await page.getByRole('heading', { name: 'By name' }).waitFor();
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  assert.doesNotMatch(stored, /00g|Everyone|Legal/, 'nothing of the groups is stored');
});

test('the org’s own attributes are columns: shown, sorted by, and kept in the address', async (t) => {
  const org = await ownOrg(t, '--groups', 200);
  const page = await open(t, org);
  await count(page, '200 groups.');
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('group', { name: 'Attributes of the org' }).waitFor();
  await page.getByRole('checkbox', { name: 'costCenter', exact: true }).check();
  await page.getByRole('checkbox', { name: 'restricted', exact: true }).check();
  await page.keyboard.press('Escape');
  const heads = () => page.getByRole('columnheader').allTextContents();
  assert.deepEqual((await heads()).slice(-2), ['costCenter', 'restricted']);
  await page.getByRole('columnheader', { name: 'costCenter' }).getByRole('button').click();
  const all = await everyGroup(org);
  const centers = all
    .flatMap(({ profile }) => profile.costCenter ?? [])
    .sort((a, b) => a - b)
    .map(String);
  assert.ok(centers.length > 20);
  await until(
    () => cells(page, 'costCenter'),
    ([first]) => first === centers[0],
    'the sorted rows',
  );
  assert.deepEqual((await cells(page, 'costCenter')).slice(0, 20), centers.slice(0, 20));
  assert.match(page.url(), /[?&]sort=profile\.costCenter(&|$)/);
  assert.match(page.url(), /columns=[^&]*,profile\.costCenter,profile\.restricted/);

  const other = await visit(t, page.url());
  await other.getByRole('columnheader', { name: 'costCenter' }).waitFor();
  await other.getByText('200 groups.').waitFor();
  const first = other.locator('[data-index="0"]');
  await first.filter({ hasText: centers[0] }).waitFor();
});

test('where the schema may not be read, the attributes of the rows are columns by their names', async (t) => {
  const org = await ownOrg(t, '--groups', 60);
  const page = await visit(t, `${org.url}/?columns=profile.region,profile.nonesuch`, {
    refusals: [403],
    prepare: (page) =>
      page.route('**/meta/schemas/**', (route) =>
        route.fulfill({ status: 403, json: { errorCode: 'E0000006', errorSummary: 'no' } }),
      ),
  });
  await page.getByRole('columnheader', { name: 'nonesuch' }).waitFor();
  const all = await everyGroup(org);
  const { id, profile } = all.find(({ type, profile }) => type === 'OKTA_GROUP' && profile.region);
  await page.locator(`[data-key="${id}"]`).filter({ hasText: profile.region }).waitFor();
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'nonesuch' }).uncheck();
  await page.getByRole('columnheader', { name: 'nonesuch' }).waitFor({ state: 'detached' });
  assert.match(page.url(), /columns=profile\.region(&|$)/);
});

test('place, selection and the open group outlive a reload and Back', async (t) => {
  const org = await ownOrg(t, '--groups', 900);
  const page = await open(t, org);
  await grid(page).evaluate((element) => (element.scrollTop = 36 * 40));
  await count(page, '250 groups read');
  await grid(page).evaluate((element) => (element.scrollTop = 36 * 240));
  await count(page, '450 groups read');
  await grid(page).evaluate((element) => (element.scrollTop = 36 * 300));
  await page.locator('[data-index="310"]').click({ modifiers: ['Control'] });
  await page.locator('[data-index="312"]').click({ modifiers: ['Control'] });
  await selected(page, '2 groups selected');
  const name = await page.locator('[data-index="305"] .name').first().textContent();
  await page.locator('[data-index="305"]').click();
  await page.locator('.panel').getByRole('heading', { name, exact: true }).waitFor();
  const scrolled = () => grid(page).evaluate((element) => element.scrollTop);
  const top = await scrolled();
  await page.waitForTimeout(400);
  await page.reload();
  await page.locator('[data-index="305"]').waitFor();
  assert.equal(await scrolled(), top);
  await selected(page, '2 groups selected');
  assert.equal(await page.locator('[data-index="310"]').getAttribute('aria-selected'), 'true');
  await page.locator('.panel').getByRole('heading', { name, exact: true }).waitFor();
  assert.ok((await page.title()).startsWith(`${name} – Groups`));

  await page.locator('.panel').getByRole('button', { name: 'Close' }).click();
  await page.locator('[data-index="305"]:focus').waitFor();
  assert.equal(await scrolled(), top, 'closing a group leaves the place');
  await page.getByRole('searchbox').fill('legal');
  await count(page, 'found.');
  await selected(page, 'not in the list now');
  await page.goBack();
  await page.locator('[data-index="305"]').waitFor();
  assert.equal(await scrolled(), top, 'Back is where one was');
});

test('rows are selected by clicks and keys, and stay selected through search and sort', async (t) => {
  const org = await ownOrg(t, '--groups', 300);
  const page = await open(t, org);
  const marked = (wanted) =>
    until(
      () => page.locator('.grid-row[aria-selected=true]').count(),
      (count) => count === wanted,
      `${wanted} selected rows`,
    );
  await page.locator('[data-index="1"]').getByRole('checkbox').check();
  await page.locator('[data-index="4"]').click({ modifiers: ['Shift'] });
  await marked(4);
  assert.equal(params(page).get('group'), null, 'selecting opens nothing');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await marked(6);
  await page.keyboard.press('Shift+ArrowUp');
  await marked(5);
  await page.keyboard.press('Control+a');
  await selected(page, 'All 250 read are selected, not all that exist.');
  await button(page, 'Clear the selection').click();
  assert.match(await focused(page), /^row /);
  assert.equal(await page.getByRole('group', { name: 'Selected groups' }).count(), 0);

  const first = await page.locator('[data-index="3"]').getAttribute('data-key');
  await page.locator('[data-index="3"]').focus();
  await page.keyboard.press('Space');
  await page.locator('[data-index="9"]').getByRole('checkbox').check();
  await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
  await selected(page, '2 groups selected');
  const compare = main(page).getByRole('link', { name: 'Compare' });
  assert.match(await compare.getAttribute('href'), new RegExp(`screen=compare&ids=${first}(,|%2C)00g`));
  await main(page).getByRole('link', { name: 'Members in bulk' }).click();
  await until(
    () => params(page).get('screen'),
    (screen) => screen === 'bulk',
    'the screen',
  );
  assert.equal(params(page).get('ids').split(',').length, 2);
  await page.goBack();
  await selected(page, '2 groups selected');
});

test('groups are deleted after each was read anew; apps ask for the name; what failed stays', async (t) => {
  const org = await ownOrg(t, '--groups', 60);
  const all = await everyGroup(org, '&expand=stats');
  const withApps = all.find(({ type, _embedded: { stats } }) => type === 'OKTA_GROUP' && stats.appsCount > 0);
  const made = [];
  for (const name of ['Zeta one', 'Zeta two', 'Zeta three', 'Zeta gone'])
    made.push(await org.api('POST', 'groups', { profile: { name } }));
  const page = await open(t, org, '', { refusals: [404, 400] });
  await until(
    () => page.locator('#groups-count').textContent(),
    (text) => text === '64 groups.',
    'the groups',
  );
  await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
  await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
  const rowOf = (id) => page.locator(`[data-key="${id}"]`);
  for (const { id } of made) await rowOf(id).getByRole('checkbox').check();
  // Elsewhere one is renamed, and one is deleted.
  await org.api('PUT', `groups/${made[0].id}`, { profile: { name: 'Renamed elsewhere' } });
  await org.api('DELETE', `groups/${made[3].id}`);
  const dialog = page.getByRole('dialog');
  await button(page, 'Delete…').click();
  await dialog.getByText('Renamed elsewhere').waitFor();
  await dialog.getByText('was deleted already').waitFor();
  const deletes = [];
  page.on('request', (request) => request.method() === 'DELETE' && deletes.push(request.url()));
  let refuse = true;
  await page.route(`**/groups/${made[1].id}`, (route) =>
    refuse && route.request().method() === 'DELETE'
      ? route.fulfill({
          status: 400,
          contentType: 'application/json',
          body: '{"errorCode":"E0000001","errorSummary":"Api validation failed"}',
        })
      : route.fallback(),
  );
  await dialog.getByRole('button', { name: 'Delete 3 groups' }).click();
  await dialog.getByText('2 groups deleted; 1 group gone already; 1 group not.').waitFor();
  await dialog.getByText(/^not deleted: /).waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await selected(page, '1 group selected');
  assert.equal(await rowOf(made[0].id).count(), 0);
  assert.equal(await rowOf(made[1].id).count(), 1, 'what failed stays');
  assert.deepEqual(
    new Set(deletes.map((url) => url.split('/').at(-1))),
    new Set(made.slice(0, 3).map(({ id }) => id)),
  );
  refuse = false;
  // A held Enter presses nothing in the question.
  await button(page, 'Delete…').focus();
  deletes.length = 0;
  for (let repeat = 0; repeat < 10; repeat++) await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  await dialog.getByRole('button', { name: 'Delete group' }).waitFor();
  await page.waitForTimeout(200);
  assert.deepEqual(deletes, []);
  await dialog.getByRole('button', { name: 'Delete group' }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.deepEqual(deletes.length, 1);
  assert.notEqual(await focused(page), 'body', 'the focus is not lost');

  await page.getByRole('searchbox').fill(withApps.profile.name);
  await count(page, 'found.');
  await rowOf(withApps.id).getByRole('checkbox').check();
  await button(page, 'Delete…').click();
  const remove = dialog.getByRole('button', { name: 'Delete group' });
  await dialog.getByText(`${withApps._embedded.stats.appsCount} app`).waitFor();
  assert.equal(await remove.getAttribute('aria-disabled'), 'true');
  await dialog.getByRole('textbox').fill(withApps.profile.name);
  assert.equal(await remove.getAttribute('aria-disabled'), null);
  await page.keyboard.press('Escape');
  await dialog.getByText('What you typed is not saved.').waitFor();
  await dialog.getByRole('button', { name: 'Throw it away' }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.ok(await org.api('GET', `groups/${withApps.id}`));
});

test('a deletion whose answer was lost is looked up: deleted, not deleted, or not known', async (t) => {
  const org = await ownOrg(t, '--groups', 30);
  const made = [];
  for (const name of ['Zeta done', 'Zeta kept', 'Zeta unclear'])
    made.push(await org.api('POST', 'groups', { profile: { name } }));
  const [done, kept, unclear] = made.map(({ id }) => id);
  const page = await open(t, org, '', { refusals: [404, 502], expected: [/ERR_FAILED/] });
  const rowOf = (id) => page.locator(`[data-key="${id}"]`);
  await page.getByRole('searchbox').fill('Zeta');
  await count(page, 'found.');
  for (const id of [done, kept, unclear]) await rowOf(id).getByRole('checkbox').check();
  await button(page, 'Delete…').click();
  const dialog = page.getByRole('dialog');
  const remove = dialog.getByRole('button', { name: 'Delete 3 groups' });
  await remove.waitFor();
  await page.route(`**/api/v1/groups/00g*`, async (route) => {
    const [id, isDelete] = [route.request().url().split('/').at(-1), route.request().method() === 'DELETE'];
    if (!isDelete) return id === unclear ? route.abort() : route.fallback();
    if (id === done) await route.fetch();
    return route.fulfill({ status: 502, contentType: 'text/html', body: '<p>Bad gateway' });
  });
  await remove.click();
  await dialog
    .getByText('1 group deleted; of 1 group it is not known; 1 group not.')
    .waitFor({ timeout: 60_000 });
  const said = (name) => dialog.getByRole('listitem').filter({ hasText: name });
  assert.match(await said('Zeta done').textContent(), / deleted$/);
  assert.match(await said('Zeta kept').textContent(), / not deleted: /);
  assert.match(await said('Zeta unclear').textContent(), / may be deleted: the answer was lost\. /);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await selected(page, '2 groups selected');
  assert.deepEqual([await rowOf(done).count(), await rowOf(kept).count()], [0, 1]);
  await page.getByRole('link', { name: 'Activity' }).click();
  await page.getByRole('tab', { name: /^Changes/ }).click();
  await page.getByText('Deleted the group Zeta done').first().waitFor();
});

test('a new group: faults stand by their fields, and typed text is not thrown away', async (t) => {
  const org = await ownOrg(t, '--groups', 30);
  const page = await open(t, org, '', { refusals: [400] });
  const posts = [];
  page.on('request', (request) => request.method() === 'POST' && posts.push(request.postData()));
  await button(page, 'New group').click();
  const dialog = page.getByRole('dialog');
  const name = dialog.getByLabel('Name');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByText('Type a name.').waitFor();
  assert.match(await focused(page), /^input Name/);
  assert.equal(posts.length, 0);
  await name.fill('Everyone');
  await name.press('Enter');
  await dialog.getByText('Another group has this name.').waitFor();
  assert.equal(await name.getAttribute('aria-invalid'), 'true');
  assert.match(await focused(page), /^input Name/);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  assert.equal(await name.inputValue(), 'Everyone', 'Escape throws nothing away');
  await name.fill('Choir');
  await dialog.getByLabel('Description').fill('Sings');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('Created the group Choir').waitFor();
  await page.locator('.panel').getByRole('heading', { name: 'Choir' }).waitFor();
  await count(page, '31 groups.');
  assert.equal(posts.length, 2);
});

test('a group whose creation had its answer lost is found, or said not to be known', async (t) => {
  const org = await ownOrg(t, '--groups', 30);
  const page = await open(t, org, '', { refusals: [502] });
  let isRun = true;
  await page.route('**/api/v1/groups', async (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    if (isRun) await route.fetch();
    return route.fulfill({ status: 502, contentType: 'text/html', body: '<p>Bad gateway' });
  });
  await button(page, 'New group').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Choir');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await page.getByText('Created the group Choir').waitFor();
  await page.locator('.panel').getByRole('heading', { name: 'Choir' }).waitFor();
  await page.keyboard.press('Escape');
  isRun = false;
  await button(page, 'New group').click();
  await dialog.getByLabel('Name').fill('Orchestra');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByText('it is not known whether the group was created').waitFor();
  assert.equal(await dialog.getByLabel('Name').inputValue(), 'Orchestra');
});

test('reading on leaves a tenth of the rate limit, and can be cancelled', async (t) => {
  const org = await ownOrg(t, '--groups', 5_000, '--rate-limit', 20);
  const page = await open(t, org);
  const lists = listsOf(page);
  await page.getByRole('button', { name: /^Read all/ }).click();
  await page.getByText('The console leaves a tenth of the rate limit to others.').waitFor();
  assert.equal(lists.length, 16, 'two pages were read before, and two requests are left');
  await button(page, 'Cancel').click();
  await page.getByRole('button', { name: /^Read all/ }).waitFor();
  await count(page, '3,450 groups read, more exist.');
});

test('a list goes on at the page that failed, and reads anew what is stale', async (t) => {
  const org = await ownOrg(t, '--groups', 1_000);
  const page = await open(t, org, '', { refusals: [503] });
  let pages = 0;
  let fails = true;
  await page.route('**/api/v1/groups?*', (route) => {
    if (new URL(route.request().url()).searchParams.has('after') && ++pages > 2 && fails)
      return route.fulfill({ status: 503, contentType: 'application/json', body: '{}' });
    return route.fallback();
  });
  await page.getByRole('button', { name: /^Read all/ }).click();
  await page.getByText('The groups could not all be read: 650 so far.').waitFor();
  assert.equal(await grid(page).getAttribute('aria-rowcount'), '-1');
  fails = false;
  const lists = listsOf(page);
  await button(page, 'Retry').click();
  await until(
    () => foot(page).textContent(),
    (text) => /^(8|1)/.test(text),
    'the next page',
  );
  assert.ok(lists[0].has('after'), 'not from the beginning');
  if (await page.getByRole('button', { name: /^Read all/ }).isVisible()) await readAll(page, 1_000);
  await count(page, '1,000 groups.');

  await org.api('POST', 'groups', { profile: { name: 'Made elsewhere' } });
  await grid(page).evaluate((element) => (element.scrollTop = 36 * 500));
  const top = await grid(page).evaluate((element) => element.scrollTop);
  await button(page, 'Refresh').click();
  await count(page, '1,001 groups.');
  assert.equal(await grid(page).evaluate((element) => element.scrollTop), top, 'the place stays');
});

test('a list that cannot be read says so and goes on', async (t) => {
  const org = await ownOrg(t, '--groups', 30);
  let isDown = true;
  const page = await visit(t, org.url, {
    expected: [/ERR_FAILED/],
    prepare: (page) =>
      page.route('**/api/v1/groups?*', (route) => (isDown ? route.abort() : route.fallback())),
  });
  await page.getByText('The groups could not be read.').waitFor();
  await button(page, 'Retry').click();
  await page.getByText('The groups could not be read.').waitFor();
  isDown = false;
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await count(page, '30 groups.');
});

test('reading all goes on while another screen is shown', async (t) => {
  const org = await ownOrg(t, '--groups', 1_200, '--rate-limit', 'off');
  const page = await open(t, org);
  const next = await hold(page, (request) => new URL(request.url()).searchParams.has('after'));
  await page.getByRole('button', { name: /^Read all/ }).click();
  const first = await next();
  await page.getByRole('link', { name: 'Org', exact: true }).click();
  await page.getByRole('heading', { name: 'Org', level: 1 }).waitFor();
  await first.fallback();
  for (let at = 0; at < 4; at++) await (await next()).fallback();
  await page.getByRole('link', { name: 'Groups', exact: true }).click();
  await count(page, '1,200 groups.');
});

test('changes made elsewhere on the page reach the list', async (t) => {
  const org = await ownOrg(t, '--groups', 30, '--users', 40);
  const group = await org.api('POST', 'groups', { profile: { name: 'Choir' } });
  const [person] = await org.api('GET', 'users?limit=1');
  await org.api('PUT', `groups/${group.id}/users/${person.id}`);
  const page = await open(t, org, `?text=Choir&group=${group.id}`);
  const row = page.locator(`[data-key="${group.id}"]`);
  await page
    .locator('.panel')
    .getByRole('button', { name: /^Remove/ })
    .first()
    .click();
  await page.waitForFunction(
    (key) => document.querySelector(`[data-key="${key}"] .end`)?.textContent === '0',
    group.id,
  );
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.waitForFunction(
    (key) => document.querySelector(`[data-key="${key}"] .end`)?.textContent === '1',
    group.id,
  );
  assert.equal(await row.count(), 1);
});

/** Takes away the picker of files, as browsers without it are; a download holds the file. */
const withoutPicker = (page) => page.addInitScript(() => delete window.showSaveFilePicker);

test('an export has each group once, goes on after a failure, and says when it is partial', async (t) => {
  const org = await ownOrg(t, '--groups', 3_000, '--rate-limit', 'off');
  const page = await open(t, org, '', { refusals: [500, 503], prepare: withoutPicker });
  const expected = (await everyGroup(org)).map(({ id }) => id).sort();
  let pages = 0;
  let fails = true;
  await page.route('**/api/v1/groups?*', (route) => {
    // The client gets over one 500 by itself; then the org is down.
    const status = ++pages === 7 ? 500 : fails && pages > 9 ? 503 : undefined;
    if (status === undefined) return route.fallback();
    return route.fulfill({ status, contentType: 'application/json', body: '{}' });
  });
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('button', { name: 'All groups of the org…' }).click();
  const box = page.getByRole('region', { name: 'Export' });
  await box.getByRole('radio', { name: /^NDJSON/ }).check();
  await box.getByRole('button', { name: 'Export' }).click();
  await box.getByText('The export was interrupted.').waitFor({ timeout: 30_000 });
  fails = false;
  const download = page.waitForEvent('download');
  await box.getByRole('button', { name: 'Resume' }).click();
  const file = await download;
  assert.match(file.suggestedFilename(), /^groups-.+\.ndjson$/);
  const lines = (await readFile(await file.path(), 'utf8')).trimEnd().split('\n');
  assert.deepEqual(lines.map((line) => JSON.parse(line).id).sort(), expected, 'each id once');
  await box.getByText('Exported 3,000 groups').waitFor();
  await box.getByRole('button', { name: 'Close' }).click();

  // A stopped one says so in its name and its last line.
  const held = await hold(page, () => true);
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('button', { name: 'All groups of the org…' }).click();
  await box.getByRole('button', { name: 'Export' }).click();
  await held();
  const partial = page.waitForEvent('download');
  await box.getByRole('button', { name: 'Stop, and keep the partial file' }).click();
  const stopped = await partial;
  assert.match(stopped.suggestedFilename(), /^groups-.+\.partial\.csv$/);
  const text = await readFile(await stopped.path(), 'utf8');
  assert.match(text, /^id,type,profile\.name/);
  assert.match(text.trimEnd().split('\n').at(-1), /^# partial: stopped after 0 rows/);
});

test('selected groups that a reload has not read are missing from no export unsaid', async (t) => {
  const org = await ownOrg(t, '--groups', 600);
  const page = await open(t, org, '', { refusals: [403], prepare: withoutPicker });
  await readAll(page, 600);
  await page.locator('[data-index="0"]').focus();
  await page.keyboard.press('Control+a');
  await selected(page, '600 groups selected');
  await page.waitForFunction(() => history.state?.groups?.selected?.length === 600);
  // After the reload the org gives the first page alone.
  await page.route(/\/api\/v1\/groups\?.*after=/, (route) =>
    route.fulfill({
      status: 403,
      contentType: 'application/json',
      body: '{"errorCode":"E0000006","errorSummary":"You do not have permission"}',
    }),
  );
  await page.reload();
  await selected(page, '600 groups selected');
  await button(page, 'Retry').waitFor();
  await page.getByRole('group', { name: 'Selected groups' }).getByRole('button', { name: 'Export' }).click();
  const box = page.getByRole('region', { name: 'Export' });
  const text = await box.getByText(/^Export \d+ of 600 selected groups$/).textContent();
  const missing = 600 - Number(/\d+/.exec(text)[0]);
  assert.ok(missing > 0);
  await box.getByText(`${missing} selected groups not read: the file would lack them.`).waitFor();
  await box.getByRole('button', { name: 'Read them' }).click();
  await box.getByText('Export 600 selected groups', { exact: true }).waitFor();
  const download = page.waitForEvent('download');
  await box.getByRole('button', { name: 'Export', exact: true }).click();
  const csv = await readFile(await (await download).path(), 'utf8');
  assert.equal(csv.trim().split('\n').length, 601);
});

test('an export streams to a file where the browser can write one', async (t) => {
  const org = await ownOrg(t, '--groups', 700, '--rate-limit', 'off');
  const page = await open(t, org, '?type=BUILT_IN', {
    prepare: (page) =>
      page.addInitScript(() => {
        window.written = { texts: [], closed: false };
        window.showSaveFilePicker = async ({ suggestedName }) => ({
          name: suggestedName,
          createWritable: async () => ({
            write: async (text) => void window.written.texts.push(text),
            close: async () => void (window.written.closed = true),
          }),
        });
      }),
  });
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('button', { name: 'All that the search finds…' }).click();
  const box = page.getByRole('region', { name: 'Export' });
  await box.getByRole('button', { name: 'Export' }).click();
  await box.getByText('Exported 2 groups').waitFor();
  const { texts, closed } = await page.evaluate(() => window.written);
  assert.ok(closed);
  assert.equal(texts.join('').trimEnd().split('\n').length, 3);
  await box.getByRole('button', { name: 'Close' }).click();
  await page.locator('[data-index="0"]').focus();
  await page.keyboard.press('Space');
  await page.getByRole('group', { name: 'Selected groups' }).getByRole('button', { name: 'Export' }).click();
  await box.getByText('Export 1 selected group').waitFor();
});

test('what is invisible in a name is marked, and markup is text', async (t) => {
  const org = await ownOrg(t, '--groups', 2);
  for (const name of [
    '  padded  ',
    'evil\u202ereversed',
    `<img src=x onerror="alert('name')">`,
    'W'.repeat(255),
  ])
    await org.api('POST', 'groups', { profile: { name, description: '<b>x</b>' } });
  const page = await open(t, org);
  const all = await names(page);
  assert.ok(all.includes('␠␠padded␠␠'));
  assert.ok(all.includes('evil⟨RLO⟩reversed'));
  assert.ok(all.includes(`<img src=x onerror="alert('name')">`));
  assert.equal(await page.locator('.grid img, .grid b').count(), 0);
  const heights = await rows(page).evaluateAll((all) => all.map((row) => row.offsetHeight));
  assert.deepEqual([...new Set(heights)], [36]);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
});

test('a list of which nothing could be read says that, and not that nothing matches', async (t) => {
  const org = await ownOrg(t, '--groups', 30);
  let refuses = true;
  const page = await visit(t, org.url, {
    refusals: [403],
    prepare: (page) =>
      page.route('**/api/v1/groups?**', (route) =>
        refuses
          ? route.fulfill({
              status: 403,
              contentType: 'application/json',
              body: '{"errorCode":"E0000006","errorSummary":"You do not have permission"}',
            })
          : route.fallback(),
      ),
  });
  await main(page).getByText('The groups could not be read.').waitFor();
  assert.equal(await main(page).getByText('match', { exact: false }).count(), 0);
  refuses = false;
  await button(page, 'Retry').click();
  await count(page, '30 groups.');
});

test('the box above the list says all only where each of its rows is selected', async (t) => {
  const org = await ownOrg(t, '--groups', 60);
  const page = await open(t, org);
  await count(page, '60 groups.');
  for (const index of [0, 1, 2, 3]) await rows(page).nth(index).getByRole('checkbox').check();
  await org.api('POST', 'groups', { profile: { name: 'Zeta one' } });
  await page.getByRole('searchbox').fill('Zeta one');
  await count(page, '1 group found.');
  const all = page.getByRole('checkbox', { name: 'Select all that are read' });
  assert.equal(await all.isChecked(), false, 'the four are in another list');
  await all.check();
  await selected(page, '5 groups selected');
  assert.equal(await all.isChecked(), true);
});

test('no button of the narrowest window lies under the list', async (t) => {
  const org = await ownOrg(t, '--groups', 30);
  for (const height of [568, 700]) {
    const page = await open(t, org, '', { viewport: { width: 320, height } });
    await button(page, 'Conditions and columns').click();
    // A click fails where something else lies over the button.
    for (const name of ['Okta', 'No members', 'Expression', /^Export/, 'New group'])
      await page
        .locator('.groups-bar')
        .last()
        .getByText(name, { exact: true })
        .first()
        .click({ trial: true });
  }
});

test('the list by the keyboard alone, and on a phone', async (t) => {
  const org = await ownOrg(t, '--groups', 300);
  const page = await open(t, org);
  await page.locator('.skip').focus();
  await page.keyboard.press('/');
  await page.keyboard.type('legal');
  await count(page, 'found.');
  await page.keyboard.press('ArrowDown');
  assert.match(await focused(page), /^row /);
  const key = await page.evaluate(() => document.activeElement.dataset.key);
  await page.keyboard.press('Enter');
  await until(
    () => params(page).get('group'),
    (id) => id === key,
    'the group',
  );
  await page.waitForFunction(() => document.activeElement.closest('.panel'));
  await page.keyboard.press('Escape');
  await page.locator(`[data-key="${key}"]:focus`).waitFor();
  assert.equal(params(page).get('group'), null);

  await page.setViewportSize({ width: 320, height: 640 });
  await page.waitForFunction(() => document.querySelectorAll('[role=columnheader]').length === 3);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await page.locator(`[data-key="${key}"] .name`).first().click();
  await page.locator('.panel').getByRole('button', { name: 'Back' }).click();
  await page.locator(`[data-key="${key}"]:focus`).waitFor();
});
