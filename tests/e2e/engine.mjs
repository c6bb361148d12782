// Firefox or WebKit, one for a test file. They have no driver here that could look into a page: each page is a frame of
// a page that does as this server says, and tells its own errors.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';

import { listening } from './site.mjs';

const { ENGINE } = process.env;
const PROGRAM = process.env[ENGINE];
assert.ok(PROGRAM, `${ENGINE} is the path of the browser: cargo xtask test e2e sets it`);
const START = {
  FIREFOX: (profile, url) => [PROGRAM, '--headless', '--no-remote', '--profile', profile, url],
  // It has no headless mode.
  WEBKIT: (_, url) => ['xvfb-run', '--auto-servernum', PROGRAM, '--private', url],
};
/** Firefox asks the network for nothing that is not a page's. */
const PREFERENCES = [
  'app.normandy.enabled',
  'app.update.enabled',
  'browser.safebrowsing.downloads.remote.enabled',
  'browser.safebrowsing.malware.enabled',
  'browser.safebrowsing.phishing.enabled',
  'browser.shell.checkDefaultBrowser',
  'datareporting.policy.dataSubmissionEnabled',
  'extensions.update.enabled',
  'network.captive-portal-service.enabled',
  'network.connectivity-service.enabled',
];
const PATIENCE = 60_000;

/** What a page is to do next, each in its turn, and what came of it. */
class Channel {
  #orders = [];
  #waiting;
  #results = new Map();

  /** Resolves with the page's answer. */
  order(what) {
    const id = crypto.randomUUID();
    this.#orders.push({ id, ...what });
    this.#deliver();
    return new Promise((resolve, reject) => {
      const late = setTimeout(reject, PATIENCE, new Error(`${ENGINE} did not do ${JSON.stringify(what)}`));
      this.#results.set(id, (result) => {
        clearTimeout(late);
        resolve(result);
      });
    });
  }

  /** The page asks for its next order with what came of the last. */
  async serve(request, response) {
    const chunks = await request.toArray();
    const { id, ...result } = JSON.parse(Buffer.concat(chunks).toString());
    this.#results.get(id)?.(result);
    this.#results.delete(id);
    this.#waiting = response;
    this.#deliver();
  }

  #deliver() {
    if (!this.#waiting || this.#orders.length === 0) return;
    this.#waiting.setHeader('Access-Control-Allow-Origin', '*');
    this.#waiting.end(JSON.stringify(this.#orders.shift()));
    this.#waiting = undefined;
  }
}

/** In the page at the top: opens and closes frames. */
async function top() {
  for (let done = {}; ;) {
    const answer = await fetch('/channel/top', { method: 'POST', body: JSON.stringify(done) });
    const { id, open, close } = await answer.json();
    if (open) document.body.append(Object.assign(document.createElement('iframe'), { src: open }));
    else [...document.querySelectorAll('iframe')].find(({ src }) => src === close).remove();
    done = { id };
  }
}

/** In a frame: runs stories, and tells what the console was told and which errors no one caught. */
async function frame(channel) {
  const said = [];
  const faults = [];
  for (const level of ['debug', 'log', 'info', 'warn', 'error']) {
    console[level] = (...told) => said.push(told.map((one) => one?.stack ?? String(one)).join(' '));
  }
  addEventListener('error', ({ message }) => faults.push(message));
  addEventListener('unhandledrejection', ({ reason }) => faults.push(String(reason)));
  const { tell } = await import('/tell.js');
  for (let done = {}; ;) {
    const body = JSON.stringify({ ...done, said: said.splice(0), faults: faults.splice(0) });
    const { id, ...story } = await (await fetch(channel, { method: 'POST', body })).json();
    done = await tell(story).then(
      (value) => ({ id, value }),
      (error) => ({ id, error: `${error}\n${error.stack}` }),
    );
  }
}

const channels = { top: new Channel() };
let url;
let browser;
let profile;
before(async () => {
  profile = await mkdtemp(join(tmpdir(), 'okta-groups-'));
  const preferences = PREFERENCES.map((name) => `user_pref("${name}", false);\n`);
  await writeFile(join(profile, 'user.js'), preferences.join(''));
  url = await listening((request, response) => {
    const [, folder, channel] = request.url.split('/');
    if (folder === 'channel') channels[channel].serve(request, response);
    else response.end(`<!doctype html><title>Tests</title><script type="module">(${top})()</script>`);
  });
  const [program, ...args] = START[ENGINE](profile, url);
  browser = spawn(program, args, { detached: true, stdio: 'ignore' });
  browser.on('error', (error) => assert.fail(`${program}: ${error.message}`));
});
after(async () => {
  // Its helpers, too.
  if (browser?.pid) process.kill(-browser.pid, 'SIGKILL');
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
});

/** A page at `address`, closed with the test, which fails for what no one in it caught. */
export async function opened(t, address, texts) {
  const id = crypto.randomUUID();
  const channel = (channels[id] = new Channel());
  texts['/frame.js'] = `(${frame})("${url}/channel/${id}")`;
  texts['/'] += '<script type="module" src="/frame.js"></script>';
  const said = [];
  const faults = [];
  await channels.top.order({ open: `${address}/` });
  t.after(async () => {
    await channels.top.order({ close: `${address}/` });
    assert.deepEqual(faults, [], 'all errors were caught');
  });
  return {
    said,
    async evaluate(story) {
      const result = await channel.order(story);
      said.push(...result.said);
      faults.push(...result.faults);
      if ('error' in result) throw new Error(result.error);
      return result.value;
    },
  };
}
