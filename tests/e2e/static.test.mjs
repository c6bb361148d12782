// The console as a static site: the org is in it, and its host forbids all that a careful host forbids.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { POLICY } from '../policy.mjs';
import { visit } from './browser.mjs';
import { CONSOLE, site } from './site.mjs';

test('the console works in a folder of a static site, under a strict policy, and asks only that folder', async (t) => {
  const { url } = await site({ policy: POLICY, folders: CONSOLE });
  const address = `${url}/console/`;
  const requests = [];
  const page = await visit(t, `${address}?org=page`, {
    prepare: async (page) => page.on('request', (request) => requests.push(request.url())),
  });
  await page.getByRole('row', { name: /Everyone/ }).click();
  await page.getByRole('heading', { name: 'Everyone' }).waitFor();
  for (const screen of ['Members in bulk', 'Rules', 'People', 'Compare', 'Insights', 'Activity', 'Org']) {
    await page.getByRole('link', { name: screen, exact: true }).click();
    await page.getByRole('heading', { level: 1, name: screen }).waitFor();
  }
  assert.deepEqual(
    requests.filter((request) => !request.startsWith(address)),
    [],
  );
});

test('a site without an org says so, and leads to an org in the page', async (t) => {
  const { url } = await site({ policy: POLICY, folders: CONSOLE });
  const page = await visit(t, `${url}/console/`, { refusals: [404] });
  await page.getByRole('link', { name: 'Use an org in this page' }).first().click();
  await page.getByRole('row', { name: /Everyone/ }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get('org'), 'page');
});
