// The package in a real page: under a strict policy, on another origin than the org's, and with little to read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';

import { CANARY, STRICT, open, org, page } from './package-page.mjs';

const ORG = process.env.OKTA_GROUPS_EMULATOR_URL;
assert.ok(ORG, 'OKTA_GROUPS_EMULATOR_URL is where the org answers: cargo xtask test e2e sets it');

async function listed({ OktaGroups, bearer }, { orgUrl, token, limit = 200, options }) {
  const client = new OktaGroups({ orgUrl, auth: bearer(token), ...options });
  const pages = [];
  const ids = [];
  for await (const { data, response } of client.groups.list({ limit }).pages().withResponse()) {
    pages.push([data.items.length, response.requestId !== undefined]);
    ids.push(...data.items.map((group) => group.id));
  }
  console.log('listed', client, client.groups, JSON.stringify(client));
  return { pages, ids, limits: [...client.rateLimits()] };
}

test('a page of another origin, under a strict policy, lists page by page and sees the limits', async (t) => {
  const { run } = await page(t);
  const { pages, ids, limits } = await run(listed, { orgUrl: ORG, token: CANARY, limit: 300 });
  assert.deepEqual(
    pages.map(([length]) => length),
    [300, 300, 300, ids.length - 900],
  );
  assert.ok(pages.every(([, hasRequestId]) => hasRequestId));
  assert.ok(ids.length >= 1000);
  assert.equal(new Set(ids).size, ids.length);
  const [[bucket, state]] = limits;
  assert.equal(bucket, 'groups');
  assert.ok(state.limit > 0 && state.remaining < state.limit && state.resetAt > 0, inspect(state));
});

test('a page creates, updates and deletes a group', async (t) => {
  const { run } = await page(t, { refusals: [404] });
  async function written({ OktaGroups, bearer, isOktaError }, { orgUrl, token }) {
    const { groups } = new OktaGroups({ orgUrl, auth: bearer(token) });
    const made = await groups.create({ name: `From a page ${performance.timeOrigin}` });
    const { profile } = await groups.update(made.id, { description: 'ああ' });
    await groups.delete(made.id);
    const gone = await groups.get(made.id).catch((error) => isOktaError(error, 'not-found'));
    return { description: profile.description, gone };
  }
  const done = await run(written, { orgUrl: ORG, token: CANARY });
  assert.deepEqual(done, { description: 'ああ', gone: true });
});

test('a page reaches people, owners, rules and any other path', async (t) => {
  const { run } = await page(t, { refusals: [404] });
  async function reached({ OktaGroups, bearer, ownerDate }, { orgUrl, token }) {
    const client = new OktaGroups({ orgUrl, auth: bearer(token) });
    const { groups, rules, users } = client;
    const { items } = await users.list({ limit: 1 });
    const [{ id, profile }] = items;
    const user = await users.get(profile.login);
    const group = await groups.create({ name: `Owned by a page ${performance.timeOrigin}` });
    await groups.assignOwner(group.id, { id, type: 'USER' });
    const [owner] = await groups.listOwners(group.id).toArray({ max: 5 });
    await groups.deleteOwner(group.id, id);
    const rule = await rules.create({
      type: 'group_rule',
      name: `Of a page ${Date.now()}`,
      conditions: { expression: { type: 'urn:okta:expression:1.0', value: 'user.lastName=="None"' } },
      actions: { assignUserToGroups: { groupIds: [group.id] } },
    });
    await rules.activate(rule.id);
    const { status } = await rules.get(rule.id);
    await rules.deactivate(rule.id);
    await rules.delete(rule.id);
    const own = await users.listGroups(id).toArray({ max: 1000 });
    const schema = await client.request('GET', ['meta', 'schemas', 'group', 'default']);
    const all = await client.paginate(['groups'], { query: { limit: 400 } }).toArray({ max: 5000 });
    await client.request('DELETE', ['groups', group.id]);
    const gone = await client.request('GET', ['groups', group.id]).catch((error) => error.path);
    return {
      found: user.id === id && owner.id === id && ownerDate(owner.lastUpdated) > 0,
      status,
      first: own[0].profile.name,
      schema: typeof schema.definitions,
      all: all.length >= 1000,
      gone,
    };
  }
  assert.deepEqual(await run(reached, { orgUrl: ORG, token: CANARY }), {
    found: true,
    status: 'ACTIVE',
    first: 'Everyone',
    schema: 'object',
    all: true,
    gone: '/api/v1/groups/{id}',
  });
});

test('a full page whose Link is hidden is an error; a page that is not full is the end', async (t) => {
  const { run } = await page(t);
  const hiding = await org((url, response) => {
    const count = url.searchParams.get('limit') === '2' ? 2 : 3;
    const next = `<http://127.0.0.1/api/v1/groups?after=2&limit=2>; rel="next"`;
    open(response, 200, { Link: next, 'X-Rate-Limit-Limit': 1, 'X-Rate-Limit-Remaining': 0 });
    response.end(JSON.stringify(Array.from({ length: count }, (_, i) => ({ id: `00g${i}` }))));
  });
  const full = await run(listed, { orgUrl: hiding.url, token: CANARY, limit: 2 });
  assert.deepEqual([full.failed, full.reason], ['pagination', 'hidden-link']);
  assert.equal(hiding.requests.length, 1);
  const { ids, limits } = await run(listed, { orgUrl: hiding.url, token: CANARY, limit: 10 });
  assert.equal(ids.length, 3);
  assert.deepEqual(limits, [], 'what is hidden is not guessed');
});

test('a worker of a page sees no more than the page, and says so', async (t) => {
  const worker = `
    import { OktaGroups, bearer } from '/pkg/index.js';
    onmessage = async ({ data: { orgUrl, token, limit } }) => {
      const { groups } = new OktaGroups({ orgUrl, auth: bearer(token), retry: false });
      try {
        postMessage(await groups.list({ limit }));
      } catch (error) {
        postMessage(error.toJSON());
      }
    };`;
  const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src *";
  const { run } = await page(t, {
    policy,
    texts: { '/worker.js': worker },
    expected: [/CORS policy/, /net::ERR_FAILED/],
  });
  async function inWorker(_, given) {
    const worker = new Worker('/worker.js', { type: 'module' });
    const told = new Promise((resolve) => (worker.onmessage = ({ data }) => resolve(data)));
    worker.postMessage(given);
    return told.finally(() => worker.terminate());
  }
  const shut = await org((_, response) => response.end('[]'));
  const refused = await run(inWorker, { orgUrl: shut.url, token: CANARY });
  assert.deepEqual([refused.kind, refused.maybeCors], ['connection', true]);
  const hiding = await org((_, response) => open(response).end('[{"id":"00g0"},{"id":"00g1"}]'));
  const full = await run(inWorker, { orgUrl: hiding.url, token: CANARY, limit: 2 });
  assert.deepEqual([full.kind, full.reason], ['pagination', 'hidden-link']);
  const { items, hasNext } = await run(inWorker, { orgUrl: hiding.url, token: CANARY, limit: 3 });
  assert.deepEqual([items.length, hasNext], [2, false]);
});

test('an empty list whose headers are hidden is empty', async (t) => {
  const { run } = await page(t);
  const hiding = await org((_, response) => open(response).end('[]'));
  assert.deepEqual((await run(listed, { orgUrl: hiding.url, token: CANARY })).ids, []);
});

test('a redirect, which a page cannot look into, is refused and not followed', async (t) => {
  const { run } = await page(t);
  const evil = await org((_, response) => open(response).end('[]'));
  for (const status of [301, 302, 303, 307, 308]) {
    const moved = await org((_, response) => open(response, status, { Location: evil.url }).end());
    const error = await run(listed, { orgUrl: moved.url, token: CANARY });
    assert.deepEqual([error.failed, error.reason, error.status], ['response', 'redirect', 0]);
    assert.equal(moved.requests.length, 1);
  }
  assert.equal(evil.requests.length, 0);
});

test('where the org lets no page in, the error says that it may be that', async (t) => {
  const { run } = await page(t, { expected: [/CORS policy/, /net::ERR_FAILED/] });
  const shut = await org((_, response) =>
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('[]'),
  );
  const error = await run(listed, { orgUrl: shut.url, token: CANARY, options: { retry: false } });
  assert.deepEqual([error.failed, error.maybeCors], ['connection', true]);
  assert.match(error.message, /CORS/);
  assert.match(error.causedBy, /TypeError/);
});

test("a failure on the page's own origin does not mention CORS", async (t) => {
  const { run } = await page(t, { refusals: [404] });
  async function sameOrigin({ OktaGroups, bearer }, token) {
    const fetch = () => Promise.reject(new TypeError('Failed to fetch'));
    const client = new OktaGroups({ orgUrl: location.origin, auth: bearer(token), fetch, retry: false });
    return client.groups.get('00g1');
  }
  const error = await run(sameOrigin, CANARY);
  assert.deepEqual([error.failed, error.maybeCors], ['connection', false]);
});

test('a page has no API token, unless it was told twice', async (t) => {
  const { run } = await page(t);
  async function withApiToken({ OktaGroups, ssws }, { orgUrl, token, dangerouslyAllowBrowser }) {
    const client = new OktaGroups({ orgUrl, auth: ssws(token), dangerouslyAllowBrowser });
    return (await client.groups.list({ limit: 1 })).items.length;
  }
  const refused = await run(withApiToken, { orgUrl: ORG, token: CANARY });
  assert.deepEqual([refused.failed, refused.argument], ['config', 'auth']);
  assert.match(refused.message, /dangerouslyAllowBrowser/);
  assert.equal(await run(withApiToken, { orgUrl: ORG, token: CANARY, dangerouslyAllowBrowser: true }), 1);
});

test('errors of the org, the network and the arguments do not tell the token', async (t) => {
  const { run, said } = await page(t, { expected: [/./], refusals: [401, 502] });
  const quoting = await org((url, response) => {
    const authorization = `Bearer ${CANARY}`;
    if (url.pathname.endsWith('/00g401')) {
      open(response, 401).end(
        JSON.stringify({ errorCode: 'E0000011', errorSummary: `Invalid: ${authorization}` }),
      );
    } else {
      open(response, 502, { 'Content-Type': 'text/html' }).end(`<pre>${authorization}</pre>`);
    }
  });
  async function failing({ OktaGroups, bearer }, { orgUrl, token }) {
    const told = [];
    const onEvent = (event) => told.push(JSON.stringify(event));
    for (const [url, id] of [
      [orgUrl, '00g401'],
      [orgUrl, '00g502'],
      [orgUrl, '..'],
      ['http://127.0.0.1:9', '00g1'],
    ]) {
      const client = new OktaGroups({
        orgUrl: url,
        auth: bearer(token),
        retry: { maxAttempts: 2, baseDelay: 1 },
        onEvent,
      });
      const error = await client.groups.get(id).catch((error) => error);
      console.error(error, client, error.cause);
      told.push(error.kind, String(error), JSON.stringify(error), error.stack, String(error.cause));
    }
    try {
      bearer(`${token}\nx`);
    } catch (error) {
      told.push(error.kind, String(error), error.stack);
    }
    return told;
  }
  const told = await run(failing, { orgUrl: quoting.url, token: CANARY });
  for (const kind of ['unauthorized', 'server', 'argument', 'connection', 'config'])
    assert.ok(told.includes(kind), kind);
  assert.ok(!told.join('\n').includes(CANARY), told.join('\n'));
  assert.ok(said.length >= 4);
});

async function first({ OktaGroups, bearer, init }, { orgUrl, token, source, wasm = '/pkg/core_bg.wasm' }) {
  if (source === 'beside') {
    await Promise.all([init(), init()]);
  } else if (source === 'bytes') {
    await init(await (await fetch(wasm)).arrayBuffer());
  } else if (source === 'response') {
    await init(fetch(wasm));
  } else if (source === 'module') {
    await init(await WebAssembly.compileStreaming(fetch(wasm)));
  } else if (source === 'two bytes') {
    await init(new Uint8Array([0, 97]));
  } else if (source) {
    await init(source);
  }
  const client = new OktaGroups({ orgUrl, auth: bearer(token) });
  return (await client.groups.list({ limit: 1 })).items.length;
}

for (const [entry, wasm] of [
  ['external', '/pkg/core_bg.wasm'],
  ['slim', '/pkg/slim_bg.wasm'],
]) {
  for (const source of ['beside', 'bytes', 'response', 'module', wasm]) {
    test(`the entry ${entry} takes its wasm as ${source}`, async (t) => {
      const { run, asked } = await page(t, { entry });
      assert.equal(await run(first, { orgUrl: ORG, token: CANARY, source, wasm }), 1);
      assert.equal(asked.filter((path) => path === wasm).length, 1, 'it is loaded once');
    });
  }
}

test('the external entry says what is wrong with its wasm, and may be given another', async (t) => {
  const { run } = await page(t, { entry: 'external', refusals: [404], expected: [/wasm/i, /net::ERR/] });
  const before = await run(first, { orgUrl: ORG, token: CANARY });
  assert.deepEqual([before.failed, before.argument], ['config', 'init']);
  for (const source of ['/pkg/nonesuch.wasm', '/', 'http://127.0.0.1:9/', 'two bytes']) {
    const error = await run(first, { orgUrl: ORG, token: CANARY, source });
    assert.deepEqual([error.failed, error.argument], ['config', 'init'], `${source}: ${error.message}`);
    assert.notEqual(error.causedBy, 'undefined');
    if (source === '/') assert.match(error.message, /200, an HTML page, at http/);
  }
  assert.equal(await run(first, { orgUrl: ORG, token: CANARY, source: 'beside' }), 1);
});

test('where the policy forbids WebAssembly, the local org names what to add, too', async (t) => {
  const policy = STRICT.replace(" 'wasm-unsafe-eval'", '');
  const { run } = await page(t, { policy, expected: [/Content Security Policy/] });
  async function emulated({ isOktaError }) {
    const { createOrg } = await import('/pkg/emulator.js');
    try {
      createOrg();
    } catch (error) {
      return isOktaError(error, 'config') && error.argument;
    }
    return undefined;
  }
  assert.equal(await run(emulated), 'csp');
});

for (const entry of ['index', 'external']) {
  test(`where the policy forbids WebAssembly, ${entry} names what to add`, async (t) => {
    const policy = STRICT.replace(" 'wasm-unsafe-eval'", '');
    const { run } = await page(t, { entry, policy, expected: [/Content Security Policy/] });
    const source = entry === 'external' ? 'bytes' : undefined;
    const error = await run(first, { orgUrl: ORG, token: CANARY, source });
    assert.deepEqual([error.failed, error.argument], ['config', 'csp']);
    assert.match(error.message, /'wasm-unsafe-eval'/);
  });
}
