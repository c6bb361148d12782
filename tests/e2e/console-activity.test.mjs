// The screen Activity: limits by bucket, each request with its attempts and waits, curl without a token, changes and undo.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { visit } from './browser.mjs';
import { focused, ownOrg } from './console-org.mjs';

const SIZE = ['--groups', 60, '--users', 40, '--rules', 6];
const button = (scope, name) => scope.getByRole('button', { name, exact: true });
const link = (page, name) => page.getByRole('navigation').getByRole('link', { name, exact: true });
const log = (page) => page.getByRole('grid', { name: 'Requests' }).locator('[role=row][data-index]');
const steps = (page) => page.getByRole('list', { name: 'Attempts and waits' }).getByRole('listitem');
const faults = (url, body) =>
  fetch(`${url}/local-org/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

test('each request has its row; attempts and retries stand below it; it is copied as curl without a token', async (t) => {
  const { url } = await ownOrg(t, ...SIZE);
  const page = await visit(t, 'about:blank', {
    refusals: [503],
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await page.goto(`${url}/?screen=rules`);
  await page.getByText('6 rules', { exact: true }).waitFor();
  await faults(url, { rules: [{ path: '/api/v1/groups?', times: 2, fault: { error: { status: 503 } } }] });
  await link(page, 'Groups').click();
  await page.getByRole('grid', { name: 'Groups' }).locator('[data-index]').first().waitFor();
  await link(page, 'Activity').click();

  await page.getByLabel('Path or query has').fill('limit=50');
  const row = log(page).filter({ hasText: 'limit=50' }).first();
  await row.waitFor();
  assert.match(await row.textContent(), /GET.*\/api\/v1\/groups\?.*200.*3$/);
  await row.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'GET /api/v1/groups' }).waitFor();
  const told = await steps(page).allTextContents();
  assert.equal(told.length, 3, told.join('\n'));
  assert.match(told[0], /Attempt 1: 503 after .* ms: .*sent again after [\d,]+ ms/);
  assert.match(told[2], /Attempt 3: 200 after/);
  await button(page, 'Copy the request id').click();
  const id = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(id.length > 4);
  await button(page, 'Copy as curl').click();
  const curl = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(curl, /^curl /);
  assert.match(curl, /"Authorization: SSWS \$TOKEN"/);
  assert.ok(curl.includes(`'${url}/api/v1/groups?`), curl);
  assert.doesNotMatch(curl, /console/);
  assert.match(page.url(), /request=/);
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: 'GET /api/v1/groups' }).waitFor({ state: 'detached' });
  assert.match(await focused(page), /^row /);

  await page.getByLabel('Path or query has').fill('');
  const all = await log(page).count();
  await page.getByLabel('Status').selectOption('Server errors (5xx)');
  assert.equal(await log(page).count(), 1);
  await page.getByLabel('Status').selectOption('All');
  await page.getByLabel('Method').selectOption('DELETE');
  await page.getByText(new RegExp(`^0 of ${all} requests`)).waitFor();
  await page.getByLabel('Method').selectOption('All');
  await button(page, 'Clear the log').click();
  await page.getByText('No requests yet.').waitFor();
});

test('the gauge names each bucket; a wait for the limit is told, is a row of its request, and ends', async (t) => {
  const { url } = await ownOrg(t, ...SIZE, '--rate-limit', 40);
  const page = await visit(t, url, { refusals: [429] });
  await page.getByRole('grid', { name: 'Groups' }).locator('[data-index]').first().waitFor();
  await link(page, 'Activity').click();
  const limits = page.getByRole('region', { name: 'Rate limits by bucket' });
  await limits
    .getByRole('row')
    .filter({ hasText: 'groups' })
    .getByText(/\d+ of 40/)
    .waitFor();
  assert.match(await limits.getByRole('row').nth(1).textContent(), /4.*in \d+ s/);
  await page
    .getByRole('img', { name: /^Requests of the last 3 minutes: \d+ requests? in the last minute/ })
    .waitFor();
  await page
    .getByRole('banner')
    .getByRole('link', { name: /^Rate limits ?groups \d+\/40/ })
    .waitFor();

  // Another program uses up the bucket; the console is told by the next answer, and waits.
  await faults(url, { rules: [{ path: '/groups/rules', times: 1, fault: 'rateLimit' }] });
  await link(page, 'Rules').click();
  await page
    .locator('.banners')
    .getByText(/Requests wait: \d+ s/)
    .waitFor();
  await link(page, 'Activity').click();
  await log(page).filter({ hasText: '/groups/rules' }).first().click();
  await steps(page).filter({ hasText: 'Waited: groups' }).first().waitFor();
  const told = await steps(page).allTextContents();
  assert.match(told[0], /Attempt 1: 429/);
  assert.match(told[1], /Waited: groups is used up, for [\d,]+ ms/);
});

test('changes are undone from the history, once, and saved as a file', async (t) => {
  const { url, api } = await ownOrg(t, ...SIZE, '--rate-limit', 'off');
  const group = await api('POST', 'groups', { profile: { name: 'History of changes' } });
  const [user] = await api('GET', 'users?limit=1');
  await api('PUT', `groups/${group.id}/users/${user.id}`);
  const page = await visit(t, `${url}/?group=${group.id}`);
  await page
    .getByRole('button', { name: /^Remove/ })
    .first()
    .click();
  await page
    .getByText(/^Removed .* from History of changes/)
    .first()
    .waitFor();
  await link(page, 'Activity').click();
  await page.getByRole('tab', { name: 'Changes (1)' }).click();
  const list = page.getByRole('list', { name: /Changes through this page/ });
  await list.getByText(/^Removed .* from History of changes/).waitFor();

  const saved = async (name) => {
    const [download] = await Promise.all([page.waitForEvent('download'), button(page, name).click()]);
    return [download.suggestedFilename(), await readFile(await download.path(), 'utf8')];
  };
  const [csvName, csv] = await saved('Save as CSV');
  assert.match(csvName, /^changes-.*\.csv$/);
  const [heading, row] = csv.replace('\ufeff', '').split('\n');
  assert.equal(heading, 'at,change,state,groupId,undo');
  assert.ok(row.includes(`done,${group.id}`), row);
  const [jsonName, json] = await saved('Save as JSON');
  assert.match(jsonName, /\.json$/);
  const [entry, ...others] = JSON.parse(json);
  assert.deepEqual([others.length, entry.groupId, entry.details.user.id], [0, group.id, user.id]);

  await list.getByRole('button', { name: /^Undo: Removed/ }).click();
  await list.getByText('undone').waitFor();
  assert.deepEqual(
    (await api('GET', `groups/${group.id}/users`)).map(({ id }) => id),
    [user.id],
  );
  await page.getByRole('tab', { name: 'Changes (2)' }).waitFor();
});
