// The screen Org: signing in by a proxy, locking, forgetting, read only and back; the size and the faults of a local org.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { visit } from './browser.mjs';
import { ownOrg, until } from './console-org.mjs';
import { heldBy, proxied } from './console-proxy.mjs';

const SIZE = ['--groups', 250, '--users', 60, '--rules', 4, '--rate-limit', 'off'];
const button = (scope, name) => scope.getByRole('button', { name, exact: true });
const banner = (page) => page.locator('.banners');

test('a token goes once to the proxy: it is in no document, storage, address, log or error, and gone after Forget', async (t) => {
  const org = await ownOrg(t, ...SIZE);
  const { url, state, token } = await proxied(org.url);
  const said = [];
  const page = await visit(t, `${url}/`, {
    refusals: [400, 401],
    prepare: async (page) => page.on('console', (message) => said.push(message.text())),
  });
  await banner(page).getByText('needs a sign-in').waitFor();
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  const field = page.getByLabel('Token', { exact: true });
  assert.deepEqual(await field.evaluate(({ type, autocomplete, name }) => [type, autocomplete, name]), [
    'password',
    'off',
    '',
  ]);

  // A wrong one: the words are the console's own, though the proxy quotes what it was given.
  await field.fill('00wrong-token');
  await page.keyboard.press('Enter');
  await page.getByText('The console’s proxy answered 400.').waitFor();
  assert.equal(await field.inputValue(), '');
  assert.equal(await field.evaluate((element) => element === document.activeElement), true);
  assert.equal(await field.getAttribute('aria-invalid'), 'true');

  // Emptied before the answer.
  let answer;
  await page.route('**/console/sign-in', (route) => (answer = () => route.continue()));
  await field.fill(`  ${token} `);
  await button(page, 'Sign in').click();
  await until(() => answer, Boolean, 'the sign-in');
  assert.equal(await field.inputValue(), '');
  answer();
  await page.getByText('The proxy has a token').waitFor();
  assert.deepEqual(state.posts, [
    { token: '00wrong-token', kind: 'ssws' },
    { token, kind: 'ssws' },
  ]);
  assert.equal(await banner(page).getByText('needs a sign-in').count(), 0);

  // What the proxy sends on, the log shows; none of it is the token.
  await page.getByRole('link', { name: 'Activity', exact: true }).click();
  await page.getByRole('link', { name: 'Groups', exact: true }).click();
  await page.getByRole('row').nth(3).waitFor();
  await page.getByRole('link', { name: 'Activity', exact: true }).click();
  await page.getByRole('grid', { name: 'Requests' }).locator('[data-index="0"]').click();
  await page.getByRole('list', { name: 'Attempts and waits' }).waitFor();
  assert.match(await page.locator('pre').textContent(), /Authorization: SSWS \$TOKEN/);
  assert.match(await page.locator('pre').textContent(), /https:\/\/acme\.okta\.com\/api\/v1\//);
  const clean = async () => {
    const held = await heldBy(page);
    for (const secret of [token, '00wrong-token']) {
      assert.ok(!held.includes(secret), 'the page holds a token');
      assert.ok(!said.join().includes(secret), 'the log of the browser holds a token');
      assert.ok(!state.asked.join().includes(secret), 'an address holds a token');
    }
  };
  await clean();

  await page.getByRole('link', { name: 'Org', exact: true }).click();
  await button(page, 'Forget').click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.waitForURL(/screen=org$/);
  assert.equal(state.forgets, 1);
  await clean();
  // Nothing that was read is kept either: the log begins anew.
  await page.getByRole('link', { name: 'Activity', exact: true }).click();
  await page.getByText('No requests yet.').waitFor();
});

test('an expired sign-in keeps what was read; signing in again reads on what failed', async (t) => {
  const org = await ownOrg(t, ...SIZE);
  const { url, state, token } = await proxied(org.url, { signedIn: true });
  const page = await visit(t, `${url}/?screen=rules`, { refusals: [401] });
  await page.getByText('4 rules', { exact: true }).waitFor();
  state.signedIn = false;
  await page.getByRole('grid', { name: 'Rules' }).locator('[data-index="0"]').click();
  await banner(page).getByText('missing or has expired').waitFor();
  await page.getByText('The sign-in is missing or has expired.').first().waitFor();
  assert.ok((await page.getByRole('grid', { name: 'Rules' }).locator('[data-index]').count()) >= 4);
  // Another tab signs in, or this one does: here the form of this one, in place.
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByLabel('Token', { exact: true }).fill(token);
  await button(page, 'Sign in').click();
  await page.getByText('The proxy has a token').waitFor();
  await page.goBack();
  await page.getByRole('grid', { name: 'Rules' }).waitFor();
  await page.getByRole('region', { name: 'Rule', exact: true }).waitFor();
  assert.equal(await page.getByRole('alert').count(), 0);
});

test('the console locks itself when nobody uses it: all data is hidden, the token dropped, also where the proxy fails first', async (t) => {
  const org = await ownOrg(t, ...SIZE);
  const { url, state } = await proxied(org.url, { signedIn: true });
  const page = await visit(t, 'about:blank', {
    refusals: [401, 500],
    prepare: async (page) => page.clock.install(),
  });
  await page.goto(`${url}/?screen=org`);
  await page.getByLabel('Lock the console').selectOption('After 5 minutes');
  await page.getByRole('link', { name: 'Groups', exact: true }).click();
  await page.getByRole('row').nth(3).waitFor();
  const name = await page.getByRole('row').nth(3).textContent();
  await page.clock.runFor('04:00');
  await page.keyboard.press('Shift');
  await page.clock.runFor('04:30');
  assert.equal(await page.getByRole('row').nth(3).textContent(), name, 'a key is use');
  state.failsToForget = true;
  await page.clock.runFor('01:00');
  await page.getByRole('heading', { name: 'Locked' }).waitFor();
  assert.equal(await page.getByRole('row').count(), 0);
  assert.equal(state.signedIn, true);
  state.failsToForget = false;
  await button(page, 'Try again').click();
  await page.getByText('The console locked itself').waitFor();
  assert.deepEqual([state.signedIn, state.forgets], [false, 1]);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
});

test('where the scopes say so, the console only reads; with --read-only it stays so; after a 403 there is a way back', async (t) => {
  const org = await ownOrg(t, ...SIZE);
  const scoped = await proxied(org.url, { signedIn: true, scopes: ['okta.groups.read'] });
  const page = await visit(t, `${scoped.url}/?screen=org`);
  await page.getByText('The token lacks the scope okta.groups.manage.').waitFor();
  assert.equal(await page.locator('.badge', { hasText: 'read only' }).count(), 1);
  await page.locator('code', { hasText: 'okta.groups.read' }).waitFor();
  await button(page, 'Try again to write').click();
  await page.getByText('Allowed, as far as the org allows them').waitFor();
  assert.equal(await page.locator('.badge', { hasText: 'read only' }).count(), 0);

  const closed = await proxied(org.url, { signedIn: true, readOnly: true });
  const other = await visit(t, `${closed.url}/?screen=org`);
  await other.getByText('The console was started with --read-only.').waitFor();
  assert.equal(await button(other, 'Try again to write').count(), 0);
});

test('a local org is made anew in another size after a question; a real org has no such panel', async (t) => {
  const org = await ownOrg(t, ...SIZE);
  const page = await visit(t, `${org.url}/?screen=org`, { refusals: [404] });
  await page.getByText('250 groups and 60 people at the start, by the seed 7').waitFor();
  const groups = page.getByLabel('Groups', { exact: true });
  await groups.fill('many');
  await page.getByText('A whole number from 0 to 500,000.').waitFor();
  assert.equal(await button(page, 'Make the org anew…').getAttribute('aria-disabled'), 'true');
  await groups.fill('30');
  await page.getByLabel('Seed', { exact: true }).fill('9');
  await button(page, 'Make the org anew…').click();
  const dialog = page.getByRole('dialog', { name: 'Make the org anew?' });
  await dialog.getByText('30 groups and 60 people by the seed 9').waitFor();
  await button(dialog, 'Cancel').click();
  assert.equal(await groups.inputValue(), '30');
  assert.equal((await org.api('GET', 'groups?limit=200')).length, 200);
  await button(page, 'Make the org anew…').click();
  await button(dialog, 'Make it anew').click();
  await page.getByText('30 groups and 60 people at the start, by the seed 9').waitFor();
  assert.equal((await org.api('GET', 'groups?limit=200')).length, 30);

  const { url } = await proxied(org.url, { signedIn: true });
  const real = await visit(t, `${url}/?screen=org`);
  await real.getByText('The proxy has a token').waitFor();
  assert.equal(await real.getByRole('heading', { name: 'Faults' }).count(), 0);
  // A server that answers nothing at /local-org is no local org.
  const absent = await visit(t, 'about:blank', { refusals: [404] });
  await absent.route('**/local-org', (route) => route.fulfill({ status: 404, body: 'no' }));
  await absent.goto(`${org.url}/?screen=org`);
  await absent.getByText('Use an org in this page').waitFor();
  assert.equal(await absent.getByRole('heading', { name: 'Faults' }).count(), 0);
});

test('the org in the page is made anew in another size, which a reload keeps and nothing else', async (t) => {
  const org = await ownOrg(t, ...SIZE);
  const page = await visit(t, `${org.url}/?org=page&screen=org`);
  await page.getByText('1,000 groups and 5,000 people').waitFor();
  await page.getByLabel('Groups', { exact: true }).fill('12');
  await page.getByLabel('People', { exact: true }).fill('20');
  await button(page, 'Make the org anew…').click();
  await button(page.getByRole('dialog'), 'Make it anew').click();
  await page.getByText('12 groups and 20 people at the start, by the seed 7').waitFor();
  const stored = await page.evaluate(() => [Object.keys(localStorage), Object.keys(sessionStorage)]);
  assert.deepEqual(stored, [[], ['okta-groups-org-in-page']]);
  await button(page, 'Forget').click();
  await page.getByText('1,000 groups and 5,000 people').waitFor();
  assert.deepEqual(await page.evaluate(() => Object.keys(sessionStorage)), []);
  await page.getByRole('link', { name: 'Leave the org in this page' }).click();
  await page.getByRole('row').nth(3).waitFor();
});

const FAULTS = [
  // The fault, when it strikes, and what the list of rules says: words, or that all is there.
  ['429: too many requests at once', 'Once', 'complete'],
  ['500: the org fails', 'Once', 'complete'],
  // The client tries smaller pages and waits in between for half a minute in all: the screen says so.
  ['500: the org fails', 'Every', /^The org answered 500\. The client tries again in \d+ s\./],
  ['503: the org is not available', 'Once', 'complete'],
  ['502 with a page of HTML', 'Once', 'complete'],
  ['200 with a page of HTML', 'Every', /could not (all )?be read/],
  ['A connection that breaks in the body', 'Once', 'complete'],
  ['A body that ends early, as if it were whole', 'Every', /could not (all )?be read/],
  ['A body that comes in small pieces', 'Once', 'complete'],
];

test('each fault is set in the panel, shows its words, and makes no list short', async (t) => {
  const org = await ownOrg(t, '--groups', 40, '--users', 30, '--rules', 30, '--rate-limit', 'off');
  const page = await visit(t, `${org.url}/?screen=org`, {
    refusals: [429, 500, 502, 503],
    expected: [/ERR_|Failed to load/],
  });
  const link = (name) => page.getByRole('link', { name, exact: true }).click();
  for (const [fault, when, outcome] of FAULTS) {
    await link('Org');
    await page.getByLabel('Fault', { exact: true }).selectOption(fault);
    await page.getByLabel('When').selectOption(when === 'Every' ? 'Every few requests' : when);
    if (when === 'Every') await page.getByLabel('Every so many requests').fill('1');
    await page.getByLabel('Of', { exact: true }).selectOption('rules');
    await button(page, 'Set this fault').click();
    await page.getByText(`Set: ${fault}`).waitFor();
    // A page that has read nothing yet.
    await page.goto(`${org.url}/?screen=rules`);
    if (outcome === 'complete') {
      await page.getByText('30 rules', { exact: true }).waitFor();
      continue;
    }
    const told = page.getByRole('main').locator('[role=alert], .loading [role=status]');
    await told.filter({ hasText: outcome }).first().waitFor();
    assert.equal(await page.getByText('30 rules', { exact: true }).count(), 0);
    // Once the org is well again, the screen's own Retry has all of it.
    await page.evaluate(() =>
      fetch('/local-org/faults', {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json' },
        body: '{}',
      }),
    );
    if (String(outcome).includes('tries again')) await page.reload();
    else await page.getByRole('main').getByRole('button', { name: 'Retry' }).first().click();
    await page.getByText('30 rules', { exact: true }).waitFor();
  }
  await link('Org');
  await page.getByText('Set: A body that comes in small pieces').waitFor();
  await button(page, 'End all faults').click();
  await page.getByText('The org answers as it should.').waitFor();
});

test('a next link that lies stops a list with words, or leads nowhere but to the org: no list is short', async (t) => {
  const org = await ownOrg(t, '--groups', 450, '--users', 20, '--rate-limit', 'off');
  const page = await visit(t, `${org.url}/?screen=org`);
  const link = (name) => page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
  const elsewhere = [];
  page.on('request', (request) => request.url().startsWith(org.url) || elsewhere.push(request.url()));
  for (const [fault, isWhole] of [
    ['A next link that leads to the same page', false],
    ['A next link that leads to the first page', false],
    ['A next link to another host', true],
  ]) {
    await page.goto(`${org.url}/?screen=org`);
    await page.getByLabel('Fault', { exact: true }).selectOption(fault);
    await page.getByLabel('When').selectOption('Every few requests');
    await page.getByLabel('Every so many requests').fill('1');
    await page.getByLabel('Of', { exact: true }).selectOption('lists of groups');
    await button(page, 'Set this fault').click();
    await page.getByText(`Set: ${fault}`).waitFor();
    await link('Insights');
    if (isWhole) await page.getByText(/^450 groups, all that this sign-in may see/).waitFor();
    else {
      await page
        .getByRole('alert')
        .getByText(/could not all be read: \d+ .*The figures are partial\./)
        .waitFor();
      assert.equal(await page.getByText(/all that this sign-in may see/).count(), 0);
    }
  }
  assert.deepEqual(elsewhere, []);
});
