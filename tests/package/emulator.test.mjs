// The local org in the process: `createOrg(...).fetch` as a caller of fetch sees it.
import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';

import { OktaGroups, bearer } from 'okta-groups';
import { createOrg, serveOrg } from 'okta-groups/emulator';

const headers = { Authorization: 'SSWS token' };
const sent = (body) => ({
  method: 'POST',
  headers: { ...headers, 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});

test('fetch of the local org takes a string, a URL and a Request', async () => {
  const org = createOrg({ groups: 10, users: 5 });
  const url = `${org.orgUrl}/api/v1/groups?limit=2`;
  const bodies = [];
  for (const input of [url, new URL(url), new Request(url), '/api/v1/groups?limit=2']) {
    const response = await org.fetch(input, { headers });
    assert.ok(response instanceof Response);
    assert.equal(response.status, 200);
    assert.equal(response.url, url);
    bodies.push(await response.json());
  }
  for (const body of bodies) assert.deepEqual(body, bodies[0]);
});

test('a whole org is walked by its Link headers', async () => {
  const org = createOrg({ groups: 45, users: 0 });
  const ids = new Set();
  let url = '/api/v1/groups?limit=7';
  while (url) {
    const response = await org.fetch(url, { headers });
    for (const group of await response.json()) ids.add(group.id);
    url = /<([^<>]*)>; rel="next"/.exec(response.headers.get('Link') ?? '')?.[1];
  }
  assert.equal(ids.size, 45);
});

test('a group is created, read, updated and deleted, with a name in any script', async () => {
  const org = createOrg({ groups: 2, users: 0 });
  const created = await org.fetch('/api/v1/groups', sent({ profile: { name: 'ああ 🙂' } }));
  const group = await created.json();
  assert.deepEqual(group.profile, { name: 'ああ 🙂', description: null });
  const deleted = await org.fetch(`/api/v1/groups/${group.id}`, { method: 'DELETE', headers });
  assert.equal(deleted.status, 204);
  assert.equal(deleted.body, null);
  assert.equal((await org.fetch(`/api/v1/groups/${group.id}`, { headers })).status, 404);
});

test('an aborted signal rejects with its reason, before and during', async () => {
  const org = createOrg({ groups: 2, users: 0 });
  const before = AbortSignal.abort(new Error('no longer needed'));
  await assert.rejects(org.fetch('/api/v1/groups', { headers, signal: before }), /no longer needed/);
  const during = new AbortController();
  const call = org.fetch('/api/v1/groups', {
    ...sent({ profile: { name: 'never' } }),
    signal: during.signal,
  });
  during.abort();
  await assert.rejects(call, { name: 'AbortError' });
  const found = await org.fetch('/api/v1/groups?q=never', { headers });
  assert.deepEqual(await found.json(), []);
});

test('fetch of the local org rejects requests to another origin', async () => {
  const org = createOrg({ orgUrl: 'https://acme.okta.com/' });
  assert.equal(org.orgUrl, 'https://acme.okta.com');
  await assert.rejects(org.fetch('https://example.com/api/v1/groups', { headers }), TypeError);
});

test('options that are unknown or ill-typed are named', () => {
  assert.throws(() => createOrg({ grops: 1 }), /grops/);
  const refused = (options, message) =>
    assert.throws(() => createOrg(options), { name: 'TypeError', message });
  refused({ groups: 'many' }, 'createOrg: groups: invalid type: string "many", expected usize');
  const rules = [{ on: { operation: 'getGroup' }, act: 'status', status: 'bad' }];
  refused({ faults: { rules } }, /faults\.rules\[0\]/);
  assert.throws(() => createOrg({ now: 5 }), /now/);
  assert.throws(() => createOrg({ seedData: { groups: [{}] } }), /id/);
});

test('a snapshot makes the same org, and reset the org it was', async () => {
  const org = createOrg({ groups: 20, users: 10 });
  const first = org.snapshot();
  await org.fetch('/api/v1/groups', sent({ profile: { name: 'new', costCenter: 7 } }));
  const later = org.snapshot();
  assert.equal(later.groups.length, 21);
  assert.deepEqual(createOrg({ seedData: later, orgUrl: org.orgUrl }).snapshot(), later);
  org.reset();
  assert.deepEqual(org.snapshot(), first);
});

test('the clock and the limit are the options', async () => {
  let now = 0;
  for (const [rateLimit, second] of [
    ['off', 200],
    [1, 429],
    [{ groups: 1 }, 429],
    [{ group: 1 }, 200],
  ]) {
    const org = createOrg({ groups: 2, users: 0, rateLimit, now: () => now });
    now = 0;
    await org.fetch('/api/v1/groups', { headers });
    const response = await org.fetch('/api/v1/groups', { headers });
    assert.equal(response.status, second, JSON.stringify(rateLimit));
    assert.equal(response.headers.get('Date'), 'Thu, 01 Jan 1970 00:00:00 GMT');
    assert.equal(response.headers.get('X-Rate-Limit-Reset'), '60');
    now = 60_000;
    assert.equal((await org.fetch('/api/v1/groups', { headers })).status, 200);
  }
});

const faulty = (...rules) => createOrg({ groups: 10, users: 0, faults: { rules } });

test('an org fails as its rules say', async () => {
  const list = 'GET /api/v1/groups';
  const org = faulty(
    { operation: list, nth: 1, fault: { error: { status: 503, code: 'E0000010' } } },
    { operation: list, nth: 2, fault: 'loginPage' },
    { operation: list, nth: 3, fault: 'reset' },
    { operation: list, nth: 4, fault: { truncatedBody: 40 } },
  );
  const ask = () => org.fetch('/api/v1/groups', { headers });
  const readOnly = await ask();
  assert.equal(readOnly.status, 503);
  assert.equal((await readOnly.json()).errorCode, 'E0000010');
  assert.match(await (await ask()).text(), /^<!DOCTYPE html>/);
  await assert.rejects(ask(), (error) => error instanceof TypeError && error.cause.code === 'ECONNRESET');
  assert.equal((await (await ask()).text()).length, 40);
  assert.equal((await ask()).status, 200);
});

test('a write that got lost may have been done', async () => {
  const org = faulty({ operation: 'POST /api/v1/groups', after: true, fault: 'reset' });
  await assert.rejects(org.fetch('/api/v1/groups', sent({ profile: { name: 'lost' } })), TypeError);
  assert.equal(org.snapshot().groups.length, 11);
});

test('bodies are cut and slow, and a signal reaches them', async () => {
  const whole = await (await faulty().fetch('/api/v1/groups', { headers })).text();
  const cut = await faulty({ fault: { cutBody: 40 } }).fetch('/api/v1/groups', { headers });
  await assert.rejects(cut.text(), TypeError);
  const slow = () => faulty({ fault: { slowBody: { chunk: 512, pauseMs: 1 } } });
  assert.deepEqual((await (await slow().fetch('/api/v1/groups', { headers })).text()).length, whole.length);
  const stop = new AbortController();
  const stopped = await slow().fetch('/api/v1/groups', { headers, signal: stop.signal });
  stop.abort();
  await assert.rejects(stopped.text(), { name: 'AbortError' });
});

test('an answer that is late or never comes ends with the signal', async () => {
  for (const fault of ['hang', { latency: 60_000 }]) {
    const stop = new AbortController();
    const call = faulty({ fault }).fetch('/api/v1/groups', { headers, signal: stop.signal });
    setTimeout(() => stop.abort(), 20);
    await assert.rejects(call, { name: 'AbortError' });
  }
});

test('faults at random are the same for the same seed; those that are none are named', async () => {
  const run = async (seed) => {
    const random = { seed, rate: 0.5, of: ['rateLimit', 'proxyError', { error: { status: 500 } }] };
    const org = createOrg({ groups: 2, users: 0, faults: { random } });
    const statuses = [];
    for (let i = 0; i < 20; i++) statuses.push((await org.fetch('/api/v1/groups', { headers })).status);
    return statuses;
  };
  assert.deepEqual(await run(1), await run(1));
  assert.notDeepEqual(await run(1), await run(2));
  assert.throws(() => faulty({ fault: 'hangs' }), /hangs/);
  assert.throws(() => faulty({ operation: 'GET /groups', fault: 'hang' }), /GET \/groups/);
});

test('each org has an origin of its own, unless it is given one', async () => {
  const [one, other] = [createOrg({ groups: 1 }), createOrg({ groups: 1 })];
  assert.notEqual(one.orgUrl, other.orgUrl);
  assert.match(other.orgUrl, /^https:\/\/example-\d+\.okta\.com$/);
  assert.equal(createOrg({ orgUrl: 'https://acme.okta.com/' }).orgUrl, 'https://acme.okta.com');
  // The one that a test may have written down.
  const known = await other.fetch('https://example.okta.com/api/v1/groups', { headers });
  assert.equal(known.status, 200);
  await assert.rejects(other.fetch('https://acme.okta.com/api/v1/groups', { headers }), TypeError);
});

test('a served org is known by its own hosts and pages, and reads no endless body', async (t) => {
  const served = async (options) => {
    const org = await serveOrg({ groups: 3, users: 0, ...options });
    t.after(() => org.close());
    const { port } = new URL(org.orgUrl);
    // fetch sets no Host.
    const ask = (headers, body = '', more = {}) =>
      new Promise((resolve, reject) => {
        const options = {
          port,
          path: '/api/v1/groups',
          headers: { authorization: 'SSWS t', ...headers },
          ...more,
        };
        const request = http.request(options, (response) => {
          response
            .resume()
            .on('end', () => resolve(response))
            .on('error', reject);
        });
        request.on('error', reject).end(body);
      });
    return ask;
  };
  const ask = await served();
  for (const [host, status] of [
    ['localhost', 200],
    ['127.0.0.1:80', 200],
    ['evil.example', 421],
    ['127.0.0.1.evil.example', 421],
  ]) {
    assert.equal((await ask({ host })).statusCode, status, host);
  }
  for (const [origin, allowed] of [
    ['http://localhost:5173', 'http://localhost:5173'],
    ['https://evil.example', undefined],
    ['null', undefined],
  ]) {
    const { headers } = await ask({ origin });
    assert.equal(headers['access-control-allow-origin'], allowed);
    assert.equal(headers['access-control-allow-credentials'], undefined);
  }
  const own = await served({ allowedHosts: ['okta.test'], cors: ['https://console.example.com'] });
  const { statusCode, headers } = await own({ host: 'okta.test:1', origin: 'https://console.example.com' });
  assert.equal(statusCode, 200);
  assert.equal(headers['access-control-allow-origin'], 'https://console.example.com');
  assert.equal(headers['access-control-allow-credentials'], 'true');

  const post = (size) => ask({ 'content-type': 'application/json' }, 'x'.repeat(size), { method: 'POST' });
  assert.equal((await post(1024 * 1024)).statusCode, 400);
  const refused = await post(1024 * 1024 + 1).catch((error) => error);
  // The connection may be gone before the answer is read.
  assert.ok(refused.statusCode === 413 || /EPIPE|ECONNRESET/.test(refused.code), String(refused));
  // It goes on.
  assert.equal((await ask({})).statusCode, 200);
  for (const wrong of [{ cors: 'x' }, { allowedHosts: [7] }])
    await assert.rejects(serveOrg(wrong), TypeError);
});

test('a request leaves no open port behind, and the clock is looked up late', async (t) => {
  const ports = [];
  class Counted extends MessageChannel {
    constructor() {
      super();
      for (const port of [this.port1, this.port2]) {
        ports.push(port);
        t.mock.method(port, 'close');
      }
    }
  }
  t.mock.method(globalThis, 'MessageChannel', Counted);
  const org = createOrg({ groups: 3, users: 0 });
  const date = async () => {
    const answer = await org.fetch('/api/v1/groups', { headers: { authorization: 'SSWS t' } });
    return Date.parse(answer.headers.get('date'));
  };
  await date();
  assert.deepEqual(
    ports.map((port) => port.close.mock.callCount()),
    [1, 1],
  );
  // Timers that are faked after the org was made.
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000_000_000 });
  assert.equal(await date(), 1_000_000_000_000);
  t.mock.timers.tick(60_000);
  assert.equal(await date(), 1_000_000_060_000);
});

test('an org is served over HTTP, with its faults', async (t) => {
  const rules = [
    { operation: 'GET /api/v1/groups/{groupId}', nth: 1, fault: 'reset' },
    { operation: 'GET /api/v1/groups/{groupId}', nth: 2, fault: { cutBody: 20 } },
    { operation: 'GET /api/v1/groups/{groupId}', nth: 3, fault: 'hang' },
  ];
  const org = await serveOrg({ groups: 45, users: 0, faults: { rules } });
  t.after(() => org.close());
  assert.match(org.orgUrl, /^http:\/\/127\.0\.0\.1:\d+$/);
  const options = { orgUrl: org.orgUrl, auth: bearer('token'), nextLink: 'reject' };
  const { groups } = new OktaGroups({ ...options, retry: { baseDelay: 1 } });
  const all = await groups.list({ limit: 7 }).toArray({ max: 100 });
  assert.equal(all.length, 45);
  const made = await groups.create({ name: 'ああ' });
  // Each fault costs an attempt.
  const got = await groups.get(made.id, { timeout: 500 }).withResponse();
  assert.deepEqual([got.data.profile.name, got.response.attempts], ['ああ', 4]);
  await groups.delete(made.id);
  assert.equal(org.snapshot().groups.length, 45);
  const preflight = await fetch(`${org.orgUrl}/api/v1/groups`, {
    method: 'OPTIONS',
    headers: { origin: 'http://localhost', 'access-control-request-method': 'GET' },
  });
  assert.ok(preflight.headers.has('access-control-allow-origin'));
  await assert.rejects(serveOrg({ port: Number(new URL(org.orgUrl).port) }), { code: 'EADDRINUSE' });
  await assert.rejects(serveOrg({ port: -1 }), TypeError);
  const servers = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
  const before = servers();
  await assert.rejects(serveOrg({ now: 5 }), TypeError);
  await new Promise((later) => setTimeout(later, 50));
  assert.ok(servers() <= before, 'no server is left');
  await org.close();
  await assert.rejects(fetch(org.orgUrl));
});
