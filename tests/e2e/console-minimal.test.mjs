// The page without a build that is the example to copy (www/minimal.html): at most 100 lines with its script.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { visit } from './browser.mjs';

const folder = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

async function serve(t, ...options) {
  const args = [
    '--port',
    '0',
    '--static',
    `/=${folder('www')}`,
    '--static',
    `/pkg=${folder('pkg')}`,
    ...options,
  ];
  const child = spawn(process.env.OKTA_GROUPS_EMULATOR_BIN, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill());
  const line = await new Promise((resolve) => child.stdout.once('data', resolve));
  return /http:\S+/.exec(String(line))[0];
}

test('the page and its script have at most 100 lines', async () => {
  const texts = await Promise.all(
    ['www/minimal.html', 'www/minimal.js'].map((file) => readFile(folder(file), 'utf8')),
  );
  assert.ok(texts.join('').trimEnd().split('\n').length <= 100);
});

test('the plain page lists groups, searches, and shows members', async (t) => {
  const url = await serve(t, '--groups', '130', '--users', '300');
  const page = await visit(t, `${url}/minimal.html`, { refusals: [500] });
  const groups = page.locator('#groups li');
  await page.getByText('50 shown, more exist').waitFor();
  await page.getByRole('button', { name: 'More groups' }).click();
  await page.getByText('100 shown, more exist').waitFor();
  await page.getByRole('searchbox').fill('legal');
  await page.waitForFunction(() => document.querySelectorAll('#groups li').length < 50);
  for (const name of await groups.allTextContents()) assert.match(name, /legal/i);
  await page.getByRole('searchbox').fill('Everyone');
  await page.getByText('1 shown', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Everyone' }).click();
  await page.getByText('50 shown, more exist').waitFor();
  await page.locator('#name:focus').waitFor();
  assert.equal(await page.locator('#name').textContent(), 'Members of Everyone');

  // A page that fails is asked for again by the button, and nothing is shown twice.
  let fails = true;
  await page.route('**/users?*', (route) =>
    fails ? route.fulfill({ status: 500, contentType: 'application/json', body: '{}' }) : route.fallback(),
  );
  await page.getByRole('button', { name: 'More members' }).click();
  await page.getByText('Not all could be read').waitFor();
  fails = false;
  await page.getByRole('button', { name: 'More members' }).click();
  await page.getByText('100 shown, more exist').waitFor();
  const logins = await page.locator('#members li').allTextContents();
  assert.equal(new Set(logins).size, 100);
});
