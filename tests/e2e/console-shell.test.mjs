// The frame of every screen: what fails while it starts, no network, keys, focus, narrow windows, and what is kept of a page
// that was left.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { visit } from './browser.mjs';
import { focused, ownOrg, until } from './console-org.mjs';
import { consoleFile } from './console-proxy.mjs';
import { listening } from './site.mjs';

const SIZE = ['--groups', 60, '--users', 40, '--rules', 6, '--rate-limit', 'off'];
const SCREENS = ['Groups', 'Members in bulk', 'Rules', 'People', 'Compare', 'Insights', 'Activity', 'Org'];
const button = (scope, name) => scope.getByRole('button', { name, exact: true });
const link = (page, name) => page.getByRole('navigation').getByRole('link', { name, exact: true });
const rows = (page) => page.getByRole('grid').locator('[role=row][data-index]');

/** Blocks files of the console, until the function that it gives is called. */
async function blocked(page, pattern) {
  const stop = (route) => route.abort();
  await page.route(pattern, stop);
  return () => page.unroute(pattern, stop);
}

test('a script or a core that does not come has its words and a way on', async (t) => {
  const { url } = await ownOrg(t, ...SIZE);
  const page = await visit(t, 'about:blank', { expected: [/ERR_FAILED|Failed to fetch|failed/i] });

  let free = await blocked(page, /\/main-\w+\.js$/);
  await page.goto(url);
  await page.getByText(/^The console could not start: main-\w+\.js did not load\./).waitFor();
  await free();
  await button(page, 'Load it again').click();
  await rows(page).first().waitFor();

  // A script that the first one imports.
  free = await blocked(page, /\/chunk-\w+\.js$/);
  await page.goto(`${url}/?again`);
  await page.getByText(/^The console could not start: (chunk|main)-\w+\.js did not load\./).waitFor();
  await free();

  free = await blocked(page, /\/core_bg-\w+\.wasm$/);
  await page.goto(`${url}/?once-more`);
  const alert = page.getByRole('main').getByRole('alert');
  await alert.getByText('The console could not start.').waitFor();
  await alert.getByText('the wasm could not be loaded').first().waitFor();
  await free();
  await button(alert, 'Try again').click();
  await rows(page).first().waitFor();

  free = await blocked(page, /\/rules-\w+\.js$/);
  await link(page, 'Rules').click();
  await page.getByText('The screen Rules could not be loaded.').waitFor();
  // The rest of the console goes on.
  await link(page, 'Groups').click();
  await rows(page).first().waitFor();
  await free();
  await link(page, 'Rules').click();
  await page.getByText('6 rules', { exact: true }).waitFor();

  free = await blocked(page, /\/compare-\w+\.js$/);
  await link(page, 'Compare').click();
  await page.getByText('The screen Compare could not be loaded.').waitFor();
  await free();
  await button(page, 'Retry').click();
  await page.getByRole('heading', { name: 'Compare', level: 1 }).waitFor();
});

test('a static site says that no org answers there, and leads to the org in the page', async (t) => {
  const answers = [
    [
      'with the status 404',
      (response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>404</h1>'),
    ],
    // A site of one page answers it to every path.
    [
      'with a web page',
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Site</h1>'),
    ],
  ];
  for (const [words, answer] of answers) {
    const url = await listening(async (request, response) => {
      const [path] = request.url.split('?');
      if (!(await consoleFile(path, response))) answer(response);
    });
    const page = await visit(t, url, { refusals: [404] });
    const told = page.locator('.banners').getByRole('alert');
    await told
      .getByText(`No org answers at this site: to the list of groups it answered ${words}.`)
      .waitFor();
    const way = told.getByRole('link', { name: 'Use an org in this page' });
    if (words === 'with a web page') {
      assert.equal(await way.getAttribute('href'), '?org=page');
      continue;
    }
    await way.click();
    await rows(page).first().waitFor();
    assert.equal(await page.getByRole('alert').count(), 0);
    await page.getByText('Org in this page').first().waitFor();
  }
});

test('without a network, what was read stays, and what failed is read once it is back', async (t) => {
  const { url } = await ownOrg(t, ...SIZE);
  const page = await visit(t, url, { expected: [/ERR_INTERNET_DISCONNECTED/] });
  await rows(page).nth(5).waitFor();
  // The screen is loaded, its data is not.
  await link(page, 'Rules').click();
  await page.getByText('6 rules', { exact: true }).waitFor();
  await link(page, 'Groups').click();
  await rows(page).nth(5).waitFor();
  await page.context().setOffline(true);
  await page.getByText('This device is offline. What was read stays').waitFor();
  assert.ok((await rows(page).count()) > 5);
  await link(page, 'Rules').click();
  await page.getByRole('alert').getByText('This device is offline.').waitFor();
  await page.context().setOffline(false);
  await page.getByText('6 rules', { exact: true }).waitFor();
  assert.equal(await page.getByRole('alert').count(), 0);
  assert.equal(await page.getByText('This device is offline').count(), 0);
});

test('the list of groups reads on by itself once the network is back', async (t) => {
  const { url } = await ownOrg(t, '--groups', 6000, '--users', 40, '--rate-limit', 'off');
  const page = await visit(t, url, { expected: [/ERR_INTERNET_DISCONNECTED/] });
  await page.locator('#groups-count').waitFor();
  await rows(page).nth(5).waitFor();
  await page.context().setOffline(true);
  await page.getByRole('searchbox').first().fill('a');
  await page.getByRole('main').getByRole('alert').getByText('This device is offline.').waitFor();
  await page.context().setOffline(false);
  await rows(page).first().waitFor();
  assert.equal(await page.getByRole('alert').count(), 0);
});

test('focus goes into a new screen; keys of one character act where nobody types, and can be switched off', async (t) => {
  const { url } = await ownOrg(t, ...SIZE);
  const page = await visit(t, url);
  await rows(page).first().waitFor();
  for (const name of SCREENS.slice(1)) {
    await link(page, name).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('main', { name }).getByRole('heading', { level: 1 }).waitFor();
    await page.waitForFunction((name) => document.title.startsWith(`${name} – `), name);
    await page.waitForFunction(() => document.activeElement?.closest('main'));
    assert.equal(await link(page, name).getAttribute('aria-current'), 'page');
  }
  await page.goBack();
  await page.getByRole('main', { name: 'Activity' }).waitFor();

  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Keys' });
  await keys.getByText('Select all rows that were read').waitFor();
  await page.keyboard.press('Escape');
  await keys.waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.activeElement !== document.body);

  const field = page.getByLabel('Path or query has');
  await field.focus();
  await page.keyboard.type('a?');
  assert.equal(await field.inputValue(), 'a?');
  assert.equal(await keys.count(), 0);
  await field.fill('');

  await button(page, 'Keys').focus();
  await page.keyboard.press('Enter');
  await keys.getByLabel(/Use the keys of one character/).uncheck();
  await button(keys, 'Close').click();
  await until(
    () => focused(page),
    (words) => words === 'button Keys',
    'the focus where it was',
  );
  await link(page, 'Org').focus();
  await page.keyboard.press('?');
  await page.waitForTimeout(100);
  assert.equal(await keys.count(), 0);

  await page.goto(url);
  await rows(page).first().waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'a Skip to the screen');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  assert.ok(await page.evaluate(() => document.activeElement.closest('main')));
});

test('at 320 px and in a low window every screen is reached and nothing goes sideways', async (t) => {
  const { url } = await ownOrg(t, ...SIZE);
  for (const viewport of [
    { width: 320, height: 640 },
    { width: 320, height: 256 },
  ]) {
    const page = await visit(t, url, { viewport });
    await rows(page).first().waitFor();
    for (const name of [...SCREENS.slice(1), 'Groups']) {
      await link(page, name).click();
      await page.getByRole('main', { name }).getByRole('heading', { level: 1 }).waitFor();
      const [wide, off] = await page.evaluate(() => [
        Math.max(document.documentElement.scrollWidth, document.querySelector('main').scrollWidth),
        [...document.querySelectorAll('nav a')].filter((each) => {
          const { left, right, height } = each.getBoundingClientRect();
          return left < 0 || right > innerWidth || height < 24;
        }).length,
      ]);
      assert.ok(wide <= 320, `${name} is ${wide} px wide`);
      assert.equal(off, 0, 'every link of the navigation is in sight');
    }
  }
});

test('a page that was left keeps nothing, and prints nothing', async (t) => {
  const { url } = await ownOrg(t, ...SIZE);
  const page = await visit(t, url);
  await rows(page).first().waitFor();
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.getByRole('grid').isVisible(), false);
  await page.emulateMedia({ media: 'screen' });
  const left = await page.evaluate(() => {
    dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
    return document.getElementById('app').textContent;
  });
  assert.equal(left, '');
  // As the browser gives the page back.
  const loaded = page.waitForEvent('load');
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
  await loaded;
  await rows(page).first().waitFor();
});
