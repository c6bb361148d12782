// A real Chromium, one for a test file, and pages in it that are watched for errors.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before } from 'node:test';

import { chromium } from 'playwright-core';

/** The flags of Chromium, which cargo xtask and the benchmarks read, too. */
export const FLAGS = JSON.parse(readFileSync(new URL('../chromium-flags.json', import.meta.url), 'utf8'));

let browser;
before(async () => {
  const executablePath = process.env.CHROMIUM;
  assert.ok(executablePath, 'CHROMIUM is the path of the browser: cargo xtask test e2e sets it');
  browser = await chromium.launch({ executablePath, args: FLAGS });
});
after(() => browser?.close());

/**
 * A page at `url`, closed with the test, which fails for what the console calls an error. Answers that the test
 * wants refused are named: `refusals: [403]`, other errors that it wants told by `expected: [/CORS/]`.
 */
export async function visit(
  t,
  url,
  { refusals = [], expected = [], prepare = async () => {}, ...options } = {},
) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('dialog', (dialog) => {
    faults.push(`a dialog said ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on('console', (message) => {
    const refused = /responded with a status of (\d+)/.exec(message.text())?.[1];
    const wanted = refusals.includes(Number(refused)) || expected.some((text) => text.test(message.text()));
    if (message.type() === 'error' && !wanted) faults.push(message.text());
  });
  t.after(async () => {
    await context.close();
    assert.deepEqual(faults, [], 'the page logged no error');
  });
  await prepare(page);
  await page.goto(url);
  return page;
}

/**
 * Holds back requests to the org that `matches` names. The function that it gives resolves with the next of them, as a
 * route: to be sent on, or answered, when the test wants it.
 */
export async function hold(page, matches) {
  const held = [];
  const wanted = [];
  await page.route('**/api/v1/**', (route) => {
    if (!matches(route.request())) return route.fallback();
    const take = wanted.shift();
    if (take) take(route);
    else held.push(route);
  });
  return () =>
    new Promise((take, fail) => {
      if (held.length > 0) return take(held.shift());
      wanted.push(take);
      setTimeout(fail, 15_000, new Error('waited in vain for a request')).unref();
    });
}

/** Has the org answer a held request now; the page gets the answer when the function that it gives is called. */
export async function answered(route) {
  const response = await route.fetch();
  return () => route.fulfill({ response });
}

/** A page at `url` with what its console said, which tells stories (`tell.mjs`). */
export async function opened(t, url, _, options) {
  const said = [];
  const page = await visit(t, url, {
    ...options,
    prepare: async (page) => page.on('console', (message) => said.push(message.text())),
  });
  return {
    said,
    evaluate: (story) => page.evaluate(async (story) => (await import('/tell.js')).tell(story), story),
  };
}
