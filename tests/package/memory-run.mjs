// Run by memory.test.mjs: tells one story, and prints what was in use in its course.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';

// Whoever looks at the core's memory must be there when it is made.
let memory;
globalThis.WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(Instance, given) {
    const instance = new Instance(...given);
    // Its name may have been shortened.
    memory = Object.values(instance.exports).find((item) => item instanceof WebAssembly.Memory);
    return instance;
  },
});
const { OktaGroups, bearer, isOktaError } = await import('okta-groups');

const ORG_URL = 'https://example.okta.com';
const TYPE = { 'content-type': 'application/json' };
const PAGE = JSON.stringify(
  Array.from({ length: 200 }, (_, i) => ({
    id: `00g${i}`.padEnd(20, 'x'),
    created: '2026-11-24T22:54:22.000Z',
    lastUpdated: '2026-11-24T22:54:22.000Z',
    lastMembershipUpdated: '2026-11-24T22:54:22.000Z',
    objectClass: ['okta:user_group'],
    type: 'OKTA_GROUP',
    profile: { name: `Group ${i}`, description: 'A group among a million', costCenter: i },
    _links: { self: { href: `${ORG_URL}/api/v1/groups/00g${i}` } },
  })),
);

async function used() {
  // What was in flight ends, what ended is collected, and what it held with it.
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    globalThis.gc();
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heap: heapUsed, wasm: memory.buffer.byteLength };
}

function active() {
  return process.getActiveResourcesInfo().filter((name) => !/^(TTYWrap|PipeWrap|FSReqCallback)$/.test(name));
}

function endless(last = Infinity) {
  return async (url) => {
    const page = Number(/after=(\d+)/.exec(url)?.[1] ?? 0) + 1;
    const rel = page < last ? 'next' : 'self';
    const link = `<${ORG_URL}/api/v1/groups?after=${page}&limit=200>; rel="${rel}"`;
    return new Response(PAGE, { headers: { ...TYPE, link } });
  };
}

async function million() {
  const client = new OktaGroups({ orgUrl: ORG_URL, auth: bearer('token'), fetch: endless(5000) });
  let items = 0;
  let warm;
  for await (const group of client.groups.list()) {
    items += group.profile.name === '' ? 0 : 1;
    if (items === 200_000) warm = await used();
  }
  return { items, pages: items / 200, warm, end: await used() };
}

/** Ends with its signal, as fetch does. */
const hang = (signal) =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }));

let giveToken = () => {};
const lateToken = () =>
  new Promise((resolve) => (giveToken = () => resolve({ token: 'token', expiresAt: 0 })));

const places = {
  before: {},
  token: { auth: bearer(lateToken) },
  headers: { fetch: (_, { signal }) => hang(signal) },
  body: {
    fetch: async (_, { signal }) =>
      new Response(
        new ReadableStream({
          start(controller) {
            signal.addEventListener('abort', () => controller.error(signal.reason), { once: true });
          },
        }),
        { headers: TYPE },
      ),
  },
  backoff: {
    // Of the answers that are tried again the one that costs no budget.
    fetch: async () => new Response('{}', { status: 408, headers: TYPE }),
    retry: { baseDelay: 60_000, maxDelay: 60_000 },
  },
  queue: { fetch: (_, { signal }) => hang(signal), rateLimit: { maxConcurrency: 1 } },
};

async function aborted(where) {
  const client = new OktaGroups({
    orgUrl: ORG_URL,
    auth: bearer('token'),
    fetch: endless(),
    ...places[where],
  });
  let count = 0;
  let listeners = 0;
  const batch = async () => {
    const stops = Array.from({ length: 100 }, () => new AbortController());
    if (where === 'before') for (const stop of stops) stop.abort();
    const calls = stops.map(({ signal }, i) =>
      i % 2 ? client.groups.get('00g1', { signal }) : client.groups.list({ signal }).first(),
    );
    const ended = Promise.allSettled(calls);
    for (let i = 0; i < 3; i++) await new Promise(setImmediate);
    for (const stop of stops) stop.abort();
    for (const { reason } of await ended) {
      assert.ok(isOktaError(reason, 'aborted'), String(reason));
      count++;
    }
    giveToken();
    // Until all have it: the next batch is to wait for another.
    await new Promise(setImmediate);
    for (const { signal } of stops) listeners += getEventListeners(signal, 'abort').length;
  };
  for (let i = 0; i < 10; i++) await batch();
  const warm = await used();
  count = 0;
  for (let i = 0; i < 170; i++) await batch();
  return { aborted: count, listeners, warm, end: await used(), active: active() };
}

async function left() {
  let open = 0;
  const paged = endless();
  const fetch = (url, { signal }) => {
    if (!url.includes('after=')) return paged(url);
    open++;
    signal.addEventListener('abort', () => open--, { once: true });
    return hang(signal);
  };
  const batch = async () => {
    const client = new OktaGroups({ orgUrl: ORG_URL, auth: bearer('token'), fetch });
    let n = 0;
    for await (const _ of client.groups.list()) if (++n === 3) break;
    await client.groups.list().first();
    // One that is begun and forgotten.
    await client.groups.list({ prefetch: 0 })[Symbol.asyncIterator]().next();
  };
  for (let i = 0; i < 100; i++) await batch();
  const warm = await used();
  for (let i = 0; i < 500; i++) {
    await batch();
    // Forgotten wasm objects are freed when the platform finds the time.
    if (i % 50 === 0) await used();
  }
  return { open, warm, end: await used(), active: active() };
}

async function shared() {
  const warnings = [];
  process.on('warning', ({ name }) => warnings.push(name));
  const { signal } = new AbortController();
  const client = new OktaGroups({ orgUrl: ORG_URL, auth: bearer('token'), fetch: endless(2) });
  for (let i = 0; i < 100; i++) {
    await Promise.all(Array.from({ length: 8 }, () => client.groups.list({ signal }).first()));
  }
  await used();
  return { warnings, listeners: getEventListeners(signal, 'abort').length, active: active() };
}

const name = process.argv[2];
const stories = { million, left, shared };
console.log(JSON.stringify(await (stories[name] ?? (() => aborted(name)))()));
