// What several tests of the package share.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createOrg } from 'okta-groups/emulator';
import { OktaGroups, bearer } from 'okta-groups';

/** The lines of a file of recorded material that may lie beside the project, as objects; none where it does not. */
export function shared(path) {
  const root = process.env.OKTA_GROUPS_SHARED ?? new URL('../../../shared', import.meta.url).pathname;
  const file = `${root}/${path}`;
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

export function sharedLines(path) {
  return (shared(path) ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

export function fixture(name) {
  return JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8'));
}

export const ORG_URL = 'https://example.okta.com';

/** What each implementation of fetch throws for `url`, and what that means: `{ by, error, code, outcome }`. */
export function faults(url) {
  const made = ({ message, cause, ...fields }) => {
    const text = message.replace(`${ORG_URL}/`, url);
    return Object.assign(new TypeError(text, cause && { cause: made(cause) }), fields);
  };
  return fixture('faults.json').map((row) => ({ ...row, error: made(row.error) }));
}

/** A client whose fetch is `answer(url, init, n)`; `sent` holds the requests. */
export function scripted(answer, options = {}) {
  const sent = [];
  const fetch = async (url, init) => {
    const request = new Request(url, init);
    sent.push({
      method: request.method,
      url: new URL(request.url),
      headers: request.headers,
      body: request.body && (await request.clone().text()),
      init,
    });
    return answer(new URL(url), init, sent.length);
  };
  // A function: clients of the same fixed token would share their rate limits across tests.
  const client = new OktaGroups({ orgUrl: ORG_URL, auth: bearer(() => 'token'), fetch, ...options });
  return { client, sent };
}

export function json(body, { status = 200, headers = {} } = {}) {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

export function groups(from, to) {
  return Array.from({ length: to - from }, (_, i) => ({
    id: `00g${from + i}`,
    profile: { name: `G${from + i}` },
  }));
}

/** A list of `count` groups in pages of `limit`, with Okta's links. */
export function pagedAnswer(count) {
  return (url) => {
    const limit = Number(url.searchParams.get('limit'));
    const after = Number(url.searchParams.get('after') ?? 0);
    const end = Math.min(after + limit, count);
    const link = (rel, place) => `<${url.origin}${url.pathname}?${place}limit=${limit}>; rel="${rel}"`;
    const headers = new Headers({ 'content-type': 'application/json' });
    headers.append('link', link('self', ''));
    if (end < count) headers.append('link', link('next', `after=${end}&`));
    return new Response(JSON.stringify(groups(after, end)), { headers });
  };
}

/** The orgs that the package is tested against: the native one over HTTP, and the one in this process. */
export const ORGS = [
  ['over HTTP', () => ({ orgUrl: process.env.OKTA_GROUPS_EMULATOR_URL, auth: bearer(() => 'token') })],
  [
    'in this process',
    () => {
      const { fetch, orgUrl } = createOrg({ groups: 1000, users: 5000, seed: 7, rateLimit: 'off' });
      return { orgUrl, auth: bearer(() => 'token'), fetch };
    },
  ],
];

export async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('nothing failed');
}

/** What `unreachable`, which a panic ends in, throws. */
export function realTrap() {
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const type = [1, 4, 1, 0x60, 0, 0];
  const [func, start, code] = [
    [3, 2, 1, 0],
    [8, 1, 0],
    [10, 5, 1, 3, 0, 0, 0x0b],
  ];
  new WebAssembly.Instance(
    new WebAssembly.Module(Uint8Array.from([...header, ...type, ...func, ...start, ...code])),
  );
}

/**
 * The core traps when it next calls `name`: what it has borrowed by then stays so. `Math.random` is asked while the
 * gate is borrowed, `performance.now` first thing when a call asks to go, after the package's JavaScript has read it once.
 */
export function trapNext(of, name) {
  const original = of[name];
  let before = name === 'now' ? 1 : 0;
  Object.defineProperty(of, name, {
    configurable: true,
    writable: true,
    value() {
      if (before-- > 0) return original.call(of);
      Object.defineProperty(of, name, { configurable: true, writable: true, value: original });
      realTrap();
    },
  });
}

/** A clock that jumps to the next timer when nothing else is left to happen. */
export function virtualTime(t) {
  const { setImmediate } = globalThis;
  let time = 0;
  let serial = 0;
  const timers = new Map();
  t.mock.method(performance, 'now', () => time);
  t.mock.method(globalThis, 'setTimeout', (wake, ms = 0, ...args) => {
    timers.set(++serial, { at: time + Math.max(0, ms), wake: () => wake(...args) });
    return serial;
  });
  t.mock.method(globalThis, 'clearTimeout', (timer) => void timers.delete(timer));
  /** Runs until `promise` settles. */
  async function until(promise) {
    let settled = false;
    const settle = () => (settled = true);
    promise.then(settle, settle);
    for (;;) {
      // Bodies of answers are read in several turns of the event loop.
      for (let turn = 0; turn < 12 && !settled; turn++) await new Promise((resolve) => setImmediate(resolve));
      if (settled) return promise;
      const [next, timer] = [...timers].reduce((a, b) => (b[1].at < a[1].at ? b : a), [0, { at: Infinity }]);
      assert.ok(next, 'nothing more happens');
      timers.delete(next);
      time = Math.max(time, timer.at);
      timer.wake();
    }
  }
  return { until, now: () => time };
}
