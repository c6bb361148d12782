// The console in Chromium, beside the page of an earlier checkout if its folder is given: the first view on a slow 3G
// network, then a list of 100,000 groups. `console ROUNDS OLD_CHECKOUT OLD_ROWS`: the folder has the checkout's `www` and
// its built `pkg`. Its list takes minutes for some ten thousand rows, so it is read up to OLD_ROWS. Each figure that has an
// aim is printed beside it.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { brotliCompressSync } from 'node:zlib';

import { report, startOrg } from './support.mjs';

const { chromium } = createRequire(new URL('../tests/package.json', import.meta.url))('playwright-core');
const FLAGS = JSON.parse(readFileSync(new URL('../tests/chromium-flags.json', import.meta.url), 'utf8'));
/** 400 kbit/s with a round trip of 400 ms. */
const SLOW_3G = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 };
const SMALL = ['--groups', '1000', '--users', '5000'];
const LARGE = ['--groups', '100000', '--users', '50000'];
const VIEW = { width: 1440, height: 900 };
/** Seconds that a page has to read the large list. */
const MOST_READING = 900;
/** Seconds without a further row after which it is taken for stuck. */
const MOST_IDLE = 60;
const OPENINGS = 7;

const [, , rounds = '3', before, beforeRows = '10000'] = process.argv;
const here = new URL('..', import.meta.url).pathname;

/** What differs between the two pages: where their files are, and how a script finds and uses their parts. */
const PAGES = {
  ...(before && {
    before: {
      mounts: [`/=${resolve(before, 'www')}`, `/pkg=${resolve(before, 'pkg')}`],
      rows: Number(beforeRows),
      row: '#groups tbody tr',
      focus: '#groups tbody tr button',
      heading: '#panel-name',
      close: '#close',
      scroller: '.list',
    },
  }),
  console: {
    mounts: [`/=${resolve(here, 'pkg/dist/console')}`],
    rows: 100_000,
    row: '.grid [data-index]',
    focus: '.grid [data-index]',
    heading: '.panel h2',
    close: '.panel-bar button',
    scroller: '.grid',
    hasMore: true,
  },
};

const kilobytes = (bytes) => bytes / 1000;
const sum = (values) => values.reduce((all, one) => all + one, 0);

/** Runs `task` with a browser and an org of its own, which serves the page's files. */
async function visiting({ mounts, gzip }, size, task) {
  const org = await startOrg([
    ...size,
    ...(gzip ? ['--gzip'] : []),
    ...mounts.flatMap((mount) => ['--static', mount]),
  ]);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: FLAGS });
  try {
    const page = await (await browser.newContext({ viewport: VIEW })).newPage();
    page.setDefaultTimeout(120_000);
    return await task(page, org.url);
  } finally {
    await browser.close();
    org.stop();
  }
}

/** When the first words and the first row are there on slow 3G, and what was asked for until then. */
async function firstView(page, url, { row }) {
  const network = await page.context().newCDPSession(page);
  const asked = new Map();
  network.on('Network.requestWillBeSent', ({ requestId, request, wallTime }) =>
    asked.set(requestId, { url: request.url, at: wallTime * 1000, bytes: 0 }),
  );
  // Not the sum at the end, which is not told of a body whose reader stops at its last byte.
  network.on('Network.dataReceived', ({ requestId, encodedDataLength }) => {
    const request = asked.get(requestId);
    if (request) request.bytes += encodedDataLength;
  });
  await network.send('Network.enable');
  await network.send('Network.setCacheDisabled', { cacheDisabled: true });
  await network.send('Network.emulateNetworkConditions', SLOW_3G);
  await page.addInitScript((selector) => {
    globalThis.firstRow = new Promise((done) => {
      const look = () => {
        if (!document.querySelector(selector)) return;
        observer.disconnect();
        done(performance.now());
      };
      const observer = new MutationObserver(look);
      observer.observe(document, { childList: true, subtree: true });
    });
  }, row);
  await page.goto(url, { waitUntil: 'commit' });
  const { wordsMs, rowMs, origin } = await page.evaluate(async () => {
    const rowMs = await globalThis.firstRow;
    const [paint] = performance.getEntriesByName('first-contentful-paint');
    return { wordsMs: paint.startTime, rowMs, origin: performance.timeOrigin };
  });
  // Files that were asked for before the row may still come.
  await page.waitForLoadState('networkidle');
  const before = [...asked.values()].filter(({ at }) => at <= origin + rowMs);
  const brotli = await Promise.all(
    before.map(async ({ url }) => {
      const headers = { authorization: 'SSWS token', 'accept-encoding': 'identity' };
      const body = await (await fetch(url, { headers })).arrayBuffer();
      return brotliCompressSync(new Uint8Array(body)).length;
    }),
  );
  return {
    wordsMs,
    rowMs,
    requests: before.length,
    wireKb: kilobytes(sum(before.map(({ bytes }) => bytes))),
    brotliKb: kilobytes(sum(brotli)),
  };
}

/** Scrolls to the end of what is read and asks for more; gives how many rows the list has. Runs in the page. */
function readMore({ row, scroller }) {
  const box = document.querySelector(scroller);
  if (!box) return 0;
  box.scrollTop = box.scrollHeight;
  const buttons = [...document.querySelectorAll('button')];
  const more =
    buttons.find(({ textContent }) => /^Read all/.test(textContent)) ??
    buttons.find(({ textContent }) => /^Read on/.test(textContent));
  more?.click();
  const rows = document.querySelectorAll(row);
  const last = rows[rows.length - 1];
  return Number(last?.dataset.index ?? rows.length - 1) + 1;
}

/** Reads until the list has so many rows; resolves to how many it has. `more` runs `readMore` in the page. */
async function readOn({ rows }, more) {
  const begun = Date.now();
  const end = begun + MOST_READING * 1000;
  let [most, grown] = [0, Date.now()];
  for (;;) {
    const count = await more();
    if (count >= rows) return count;
    if (count > most) [most, grown] = [count, Date.now()];
    if (Date.now() > end || Date.now() - grown > MOST_IDLE * 1000) {
      console.log(`  ${count} of ${rows} rows were read in ${((Date.now() - begun) / 1000).toFixed()} s`);
      return count;
    }
    await setTimeout(250);
  }
}

/** Milliseconds from Enter on a row until the group's name is painted. */
async function opening(page, { focus, heading, close }, nth) {
  await page.evaluate(
    ({ focus, heading, nth }) => {
      const inSight = [...document.querySelectorAll(focus)].filter((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        return top > 150 && bottom < innerHeight - 50;
      });
      inSight[nth % inSight.length].focus({ preventScroll: true });
      globalThis.opened = new Promise((done) => {
        addEventListener(
          'keydown',
          () => {
            const start = performance.now();
            const observer = new MutationObserver(() => {
              const name = document.querySelector(heading);
              if (!name?.textContent || !name.checkVisibility()) return;
              observer.disconnect();
              // A message that is posted in a frame is read after the frame was painted.
              requestAnimationFrame(() => {
                const { port1, port2 } = new MessageChannel();
                port1.onmessage = () => done(performance.now() - start);
                port2.postMessage(undefined);
              });
            });
            observer.observe(document, {
              childList: true,
              subtree: true,
              attributes: true,
              characterData: true,
            });
          },
          { once: true, capture: true },
        );
      });
    },
    { focus, heading, nth },
  );
  await page.keyboard.press('Enter');
  const took = await page.evaluate(() => globalThis.opened);
  await page.locator(close).first().click();
  await page.locator(heading).waitFor({ state: 'hidden' });
  await page.waitForTimeout(200);
  return took;
}

/** Runs `act`; gives the longest script and the longest task of the page meanwhile, 0 below 50 ms. */
async function longest(page, act) {
  await page.evaluate(() => {
    globalThis.longest = { scriptMs: 0, taskMs: 0 };
    const { longest } = globalThis;
    globalThis.watching = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (entry.entryType === 'longtask') longest.taskMs = Math.max(longest.taskMs, entry.duration);
        for (const { duration } of entry.scripts ?? [])
          longest.scriptMs = Math.max(longest.scriptMs, duration);
      }
    });
    for (const type of ['longtask', 'long-animation-frame']) globalThis.watching.observe({ type });
  });
  await act();
  await page.waitForTimeout(500);
  return page.evaluate(() => {
    globalThis.watching.disconnect();
    return globalThis.longest;
  });
}

/** Scrolls steadily by wheel, then by jumps through the whole list. */
async function scroll(page, { scroller }) {
  await page.evaluate((selector) => (document.querySelector(selector).scrollTop = 0), scroller);
  await page.mouse.move(VIEW.width / 3, VIEW.height / 2);
  for (let step = 0; step < 120; step++) {
    await page.mouse.wheel(0, 400);
    await page.waitForTimeout(16);
  }
  await page.evaluate(async (selector) => {
    const box = document.querySelector(selector);
    for (let jump = 0; jump < 40; jump++) {
      box.scrollTop = (box.scrollHeight * ((jump * 17) % 40)) / 40;
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    }
  }, scroller);
}

/** Sorts the whole list by name; gives how long that takes, and a key that is pressed right after its beginning. */
async function sort(page) {
  await page.evaluate(() => {
    const heads = [...document.querySelectorAll('.grid-head button')];
    const line = document.querySelector('#groups-count');
    globalThis.sorted = new Promise((done) => {
      const begun = performance.now();
      let isSorting = false;
      const observer = new MutationObserver(() => {
        const now = line.textContent.includes('Sorting');
        isSorting ||= now;
        if (!isSorting || now) return;
        observer.disconnect();
        done(performance.now() - begun);
      });
      observer.observe(line, { childList: true, subtree: true, characterData: true });
    });
    globalThis.typed = new Promise((done) => {
      const box = document.querySelector('input[type=search]');
      box.focus();
      const answer = ({ timeStamp }) => done(performance.now() - timeStamp);
      box.addEventListener('keydown', answer, { once: true });
    });
    heads.find(({ textContent }) => textContent === 'Name').click();
  });
  await page.keyboard.press('Shift');
  const sortKeyMs = await page.evaluate(() => globalThis.typed);
  return { sortKeyMs, sortMs: await page.evaluate(() => globalThis.sorted) };
}

/** Opens Insights, and waits for the figures. */
async function insights(page) {
  await page.getByRole('link', { name: 'Insights' }).click();
  await page.locator('.charts').waitFor();
}

/**
 * Memory once the large list is read, in MB: the renderer's resident memory two seconds after, half a minute after, and after a
 * garbage collection that is asked for; and what scripts hold then. Over a pipe of its own, because Playwright has the renderer keep the bodies of all answers.
 */
async function memory({ mounts, ...at }) {
  const org = await startOrg([...LARGE, ...mounts.flatMap((mount) => ['--static', mount])]);
  const profile = mkdtempSync(join(tmpdir(), 'okta-groups-bench-'));
  const size = `--window-size=${VIEW.width},${VIEW.height}`;
  const flags = [...FLAGS, '--headless', size, '--remote-debugging-pipe', `--user-data-dir=${profile}`];
  const browser = spawn(process.env.CHROMIUM, flags, {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  try {
    const [, , , input, output] = browser.stdio;
    const waiting = new Map();
    let rest = '';
    output.setEncoding('utf8').on('data', (data) => {
      const messages = (rest + data).split('\0');
      rest = messages.pop();
      for (const { id, result, error } of messages.map((text) => JSON.parse(text))) {
        waiting.get(id)?.(error ? Promise.reject(new Error(error.message)) : result);
        waiting.delete(id);
      }
    });
    let calls = 0;
    const call = (method, params = {}, sessionId) =>
      new Promise((done) => {
        waiting.set(++calls, done);
        input.write(`${JSON.stringify({ id: calls, method, params, sessionId })}\0`);
      });
    const { targetId } = await call('Target.createTarget', { url: org.url });
    const { sessionId } = await call('Target.attachToTarget', { targetId, flatten: true });
    const expression = `(${readMore})(${JSON.stringify(at)})`;
    await readOn(at, async () => (await call('Runtime.evaluate', { expression }, sessionId)).result.value);
    await setTimeout(2000);
    const { processInfo } = await call('SystemInfo.getProcessInfo');
    const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => String(id));
    const residentMb = () => {
      const sizes = execFileSync('ps', ['-o', 'rss=', '-p', renderers.join(',')], { encoding: 'utf8' });
      // The page's own renderer is the largest: the browser keeps spare ones.
      return Math.max(...sizes.trim().split(/\s+/).map(Number)) / 1024;
    };
    const rendererMb = residentMb();
    await setTimeout(28_000);
    const settledMb = residentMb();
    await call('HeapProfiler.collectGarbage', {}, sessionId);
    await setTimeout(1000);
    const collectedMb = residentMb();
    const { usedSize } = await call('Runtime.getHeapUsage', {}, sessionId);
    return { rendererMb, settledMb, collectedMb, heapMb: usedSize / 2 ** 20 };
  } finally {
    browser.kill();
    await once(browser, 'exit');
    org.stop();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function largeList(page, url, at) {
  await page.goto(url);
  await page.locator(at.row).first().waitFor();
  let [rows, readMs] = [0, 0];
  const reading = await longest(page, async () => {
    const start = performance.now();
    rows = await readOn(at, () => page.evaluate(readMore, at));
    readMs = performance.now() - start;
  });
  await page.waitForTimeout(2000);
  const alive = await page.locator(at.row).count();
  const elements = await page.evaluate(() => document.querySelectorAll('*').length);
  await page.evaluate((selector) => {
    const box = document.querySelector(selector);
    box.scrollTop = box.scrollHeight / 2;
  }, at.scroller);
  await page.waitForTimeout(500);
  const openings = [];
  for (let nth = 0; nth < OPENINGS; nth++) openings.push(await opening(page, at, nth));
  const [firstOpenMs, ...others] = openings;
  const openMs = others.sort((a, b) => a - b)[others.length >> 1];
  const scrolling = await longest(page, () => scroll(page, at));
  const found = {
    rows,
    readMs,
    readTaskMs: reading.taskMs,
    alive,
    elements,
    firstOpenMs,
    openMs,
    scrollScriptMs: scrolling.scriptMs,
    scrollTaskMs: scrolling.taskMs,
  };
  if (!at.hasMore) return found;
  let sorted;
  const sorting = await longest(page, async () => (sorted = await sort(page)));
  const counting = await longest(page, () => insights(page));
  return { ...found, ...sorted, sortTaskMs: sorting.taskMs, insightsTaskMs: counting.taskMs };
}

const none = (modes) => Object.fromEntries(modes.map((mode) => [mode, []]));

// Each page before an org whose answers are compressed, as real orgs send them, and before one whose answers are not, as
// the local org of the earlier checkout sent them.
const hosts = Object.fromEntries(
  Object.entries(PAGES).flatMap(([mode, at]) => [
    [mode, at],
    [`${mode}, gzip`, { ...at, gzip: true }],
  ]),
);
const views = none(Object.keys(hosts));
for (let round = 0; round < Number(rounds); round++) {
  const turns = Object.entries(hosts);
  for (const [mode, at] of round % 2 ? turns.toReversed() : turns) {
    views[mode].push(await visiting(at, SMALL, (page, url) => firstView(page, url, at)));
  }
}
report('the first view of 1,000 groups on slow 3G', views, [
  'wordsMs',
  'rowMs',
  'requests',
  'wireKb',
  'brotliKb',
]);

const lists = none(Object.keys(PAGES));
for (const [mode, at] of Object.entries(PAGES)) {
  const list = await visiting(at, LARGE, (page, url) => largeList(page, url, at));
  lists[mode].push({ ...list, ...(await memory(at)) });
}
report('a list of 100,000 groups', lists, [
  'rows',
  'readMs',
  'readTaskMs',
  'alive',
  'elements',
  'firstOpenMs',
  'openMs',
  'scrollScriptMs',
  'scrollTaskMs',
  'sortMs',
  'sortKeyMs',
  'sortTaskMs',
  'insightsTaskMs',
  'rendererMb',
  'settledMb',
  'collectedMb',
  'heapMb',
]);

const median = (runs, figure) => runs.map((run) => run[figure]).sort((a, b) => a - b)[runs.length >> 1];
// Real orgs compress their answers.
const view = views['console, gzip'];
const list = lists.console;
const earlier = before && median(views['before, gzip'], 'rowMs');
console.log('\nfigures and their aims');
for (const [what, runs, figure, aim] of [
  ['words on slow 3G, ms', view, 'wordsMs', 1500],
  ...(earlier ? [['first row on slow 3G, ms', view, 'rowMs', 0.45 * earlier]] : []),
  ['requests before the first row', view, 'requests', 8],
  ['rows alive', list, 'alive', 80],
  ['opening a group, first, ms', list, 'firstOpenMs', 200],
  ['opening a group, ms', list, 'openMs', 200],
  ['longest task while scrolling, ms', list, 'scrollTaskMs', 50],
  ['longest task while reading, ms', list, 'readTaskMs', 50],
  ['longest task while sorting, ms', list, 'sortTaskMs', 50],
  ['longest task of Insights, ms', list, 'insightsTaskMs', 50],
  ['renderer right after reading, MB', list, 'rendererMb', 250],
  ['renderer half a minute after, MB', list, 'settledMb', 250],
  ['renderer after a collection, MB', list, 'collectedMb', 250],
]) {
  const value = median(runs, figure);
  const judged = value <= aim ? 'kept' : 'MISSED';
  console.log(
    `  ${what.padEnd(34)} ${value.toFixed().padStart(6)}   at most ${aim.toFixed().padStart(5)}   ${judged}`,
  );
}
