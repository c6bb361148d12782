// The demo page as a static page: the org is in it, and its host forbids all that a careful host forbids.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { heading, ids, refusal, row, rows, scrollToTheEnd, settled, visit } from './browser.mjs';
import { DEMO, site } from './site.mjs';

const STRICT =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'none'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

const demo = async (policy) => `${(await site({ policy, folders: DEMO })).url}/console/`;

test('the whole demo works without a server, under a strict policy', async (t) => {
  const address = await demo(STRICT);
  const requests = [];
  const page = await visit(t, `${address}?org=page`, {
    prepare: async (page) => page.on('request', (request) => requests.push(new URL(request.url()))),
  });
  await settled(page);
  assert.equal(await page.getByRole('checkbox', { name: 'Use an org in this page' }).isChecked(), true);
  await scrollToTheEnd(page, '#list', '#count');
  const listed = await ids(page);
  assert.equal(listed.length, 1000);
  assert.equal(new Set(listed).size, 1000);

  await page.getByRole('searchbox').fill('everyone');
  await page.waitForFunction(() => document.querySelector('#count').textContent === '1 group');
  await row(page, 'Everyone').click();
  await page.getByText('50 members so far').waitFor();
  await page.getByRole('button', { name: 'New group' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Everyone');
  await page.getByRole('button', { name: 'Create' }).click();
  const refused = await refusal(page.getByRole('dialog'));
  assert.equal(refused.Code, 'E0000001');
  assert.match(refused['Request id'], /./);
  await page.getByRole('button', { name: 'Cancel' }).click();

  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'New group' }).click();
  await dialog.getByLabel('Name').fill('Here today');
  await dialog.getByLabel('Name').press('Enter');
  await page.getByText('Created “Here today”.').waitFor();
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await dialog.getByLabel('Name').fill('Gone tomorrow');
  await dialog.getByLabel('Name').press('Enter');
  await page.getByText('Saved “Gone tomorrow”.').waitFor();
  assert.equal(await heading(page).textContent(), 'Gone tomorrow');
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: 'Delete group' }).click();
  await page.getByText('Deleted “Gone tomorrow”.').waitFor();

  const strangers = requests.filter(({ href }) => !href.startsWith(address));
  assert.deepEqual(strangers.map(String), []);
});

test('without an org behind it the page says so, and the org in the page is one click away', async (t) => {
  const page = await visit(t, await demo(STRICT.replace("connect-src 'none'", "connect-src 'self'")), {
    refusals: [404],
  });
  const note = await refusal(page.locator('#groups-foot'));
  assert.match(note.text, /The groups could not be loaded\./);
  assert.equal(note.Status, '404');
  await page.getByRole('checkbox', { name: 'Use an org in this page' }).check();
  await row(page, 'Everyone').waitFor();
  assert.ok((await rows(page).count()) > 1);
});

test('where the policy forbids WebAssembly the page names what to add', async (t) => {
  const address = await demo(STRICT.replace(" 'wasm-unsafe-eval'", ''));
  const page = await visit(t, address);
  const note = await refusal(page.locator('#groups-foot'));
  assert.match(note.text, /The page could not start\. .*'wasm-unsafe-eval'/);
  assert.equal(note.Kind, 'config');
});
