// The contract of every call: arguments, answers, tokens and timeouts.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { inspect } from 'node:util';
import { Readable } from 'node:stream';
import test from 'node:test';
import * as esm from 'okta-groups';
import { OktaGroups, bearer, isOktaError, ssws } from 'okta-groups';
import { ORG_URL, failure, faults, fixture, json, scripted } from './support.mjs';

const GROUP = { id: '00g1', profile: { name: 'West' } };

test('a call is sent as the reference says', async () => {
  const { client, sent } = scripted(() => json(GROUP), { headers: { 'x-caller': 'audit' } });
  await client.groups.create({ name: 'West', description: null });
  await client.groups.get('00g1', { headers: { 'x-run': '7' } });
  const [post, get] = sent;
  assert.equal(post.method, 'POST');
  assert.equal(post.url.href, `${ORG_URL}/api/v1/groups`);
  assert.equal(post.body, '{"profile":{"name":"West","description":null}}');
  assert.equal(post.headers.get('content-type'), 'application/json');
  assert.equal(post.headers.get('accept'), 'application/json');
  assert.equal(post.headers.get('authorization'), 'Bearer token');
  assert.equal(post.headers.get('x-caller'), 'audit');
  assert.equal(post.init.redirect, 'manual');
  assert.equal(post.init.credentials, 'omit');
  assert.equal(get.headers.get('content-type'), null);
  assert.equal(get.headers.get('x-run'), '7');
});

test('a limit that no page can have is refused with the range of the list', async () => {
  const { client, sent } = scripted(() => json([]));
  const { groups } = client;
  const whole = 'limit must be a whole number';
  for (const limit of [0, -0, -1, 0.5, 2.5, NaN, Infinity, -Infinity, 10_001, 2 ** 32, 1e21]) {
    for (const read of [(list) => list, (list) => list.first(), (list) => list.toArray({ max: 1 })]) {
      const error = await failure(read(groups.list({ limit })));
      assert.equal(error.message, `${whole} from 1 to 10000`, String(limit));
      assert.equal(error.argument, 'limit');
    }
  }
  for (const limit of [0, -1, 2.5, NaN, -Infinity]) {
    for (const list of [groups.listUsers('00g1', { limit }), groups.listApps('00g1', { limit })]) {
      assert.equal((await failure(list.first())).message, `${whole}, 1 or more`, String(limit));
    }
  }
  assert.equal((await failure(groups.list({ limit: '5' }))).message, 'limit must be a number, not a string');
  assert.equal(sent.length, 0);
  await groups.list({ limit: 10_000 });
  await groups.listUsers('00g1', { limit: 10_001 });
  assert.deepEqual(
    sent.map(({ url }) => url.searchParams.get('limit')),
    ['10000', '10001'],
  );
});

test('a body reaches the caller as it came', async () => {
  const text =
    '{"id":"00g1","__proto__":{"isAdmin":true},"big":9007199254740993,"z":1,"a":"\\ud800","profile":{"name":"x"}}';
  const { client } = scripted(() => new Response(text, { headers: { 'content-type': 'application/json' } }));
  const group = await client.groups.get('00g1');
  assert.deepEqual(Object.keys(group), ['id', '__proto__', 'big', 'z', 'a', 'profile']);
  assert.equal(Object.getPrototypeOf(group), Object.prototype);
  assert.equal(group.isAdmin, undefined);
  assert.equal(group.a, '\ud800');
});

test('update keeps every attribute that it does not name', async () => {
  const profile = JSON.parse('{"name":"West","costCenter":7,"tags":["a"],"note":null,"__proto__":{"x":1}}');
  const { client, sent } = scripted((_, init) =>
    json(init.method === 'GET' ? { id: '00g1', profile } : GROUP),
  );
  await client.groups.update('00g1', { name: 'East', note: undefined, extra: true });
  assert.equal(
    sent[1].body,
    '{"profile":{"name":"East","costCenter":7,"tags":["a"],"note":null,"__proto__":{"x":1},"extra":true}}',
  );
  class Draft {
    #name = 'South';
    toJSON() {
      return { name: this.#name };
    }
  }
  await client.groups.update('00g1', new Draft());
  assert.equal(JSON.parse(sent[3].body).profile.name, 'South');
  assert.equal(JSON.parse(sent[3].body).profile.costCenter, 7);
});

test('an attribute may have any name', async () => {
  const { client, sent } = scripted(() => json(GROUP));
  const profile = { name: 'West', then: 'soon', toString: 'x', nested: { then: 1, list: [{ a: null }] } };
  await client.groups.replace('00g1', profile);
  assert.deepEqual(JSON.parse(sent[0].body).profile, profile);
});

test('update writes nothing to a group whose profile it was not given', async () => {
  for (const body of [{ id: '00g1' }, { id: '00g1', profile: null }, { id: '00g1', profile: [] }]) {
    const { client, sent } = scripted(() => json(body));
    const error = await failure(client.groups.update('00g1', { name: 'East' }));
    assert.deepEqual([error.kind, error.reason, sent.length], ['response', 'shape', 1]);
    const { method, path, status, response } = error;
    assert.deepEqual([method, path, status], ['GET', '/api/v1/groups/{groupId}', 200]);
    assert.equal(response.attempts, 1);
  }
});

test('arguments that cannot be sent are named, and nothing is sent', async () => {
  const { client, sent } = scripted(() => json(GROUP));
  const { groups } = client;
  for (const id of [
    '',
    '.',
    '..',
    '%2e%2E',
    'a/b',
    'a\\b',
    'a?b',
    'a#b',
    'a%b',
    'a\nb',
    '\ud800',
    null,
    undefined,
    {},
    [],
    NaN,
    7,
  ]) {
    for (const call of [
      () => groups.get(id),
      () => groups.delete(id),
      () => groups.replace(id, { name: 'x' }),
      () => groups.update(id, { name: 'x' }),
      () => groups.listUsers(id).first(),
      () => groups.listApps(id).first(),
      () => groups.assignUser(id, '00u1'),
    ]) {
      const error = await failure(call());
      assert.ok(isOktaError(error, 'argument'), `${call} ${inspect(id)}: ${error}`);
      assert.equal(error.argument, 'groupId');
    }
    assert.equal((await failure(groups.unassignUser('00g1', id))).argument, 'userId');
  }
  for (const [argument, call] of [
    ['limt', () => groups.list({ limt: 5 }).first()],
    ['limit', () => groups.list({ limit: '5' }).first()],
    ['limit', () => groups.list({ limit: 0 }).first()],
    ['limit', () => groups.list({ limit: 10_001 }).first()],
    ['limit', () => groups.list({ limit: 2.5 }).first()],
    ['search', () => groups.list({ search: '' }).first()],
    ['q', () => groups.list({ q: null }).first()],
    ['q', () => groups.list({ q: '\udc00' }).first()],
    ['sortOrder', () => groups.list({ search: 'id pr', sortBy: 'id', sortOrder: 'up' }).first()],
    ['expand', () => groups.list({ expand: 7 }).first()],
    ['prefetch', () => groups.list({ prefetch: 5 }).first()],
    ['expnd', () => groups.listUsers('00g1', { expnd: [] }).first()],
    ['q', () => groups.listApps('00g1', { q: 'x' }).first()],
    ['signal', () => groups.get('00g1', { signal: {} })],
    ['timeout', () => groups.get('00g1', { timeout: -1 })],
    ['tmeout', () => groups.get('00g1', { tmeout: 5 })],
    ['headers', () => groups.get('00g1', { headers: { Authorization: 'x' } })],
    ['headers', () => groups.get('00g1', { headers: { 'x-a': 'b\nc' } })],
    ['headers', () => groups.get('00g1', { headers: new Headers({ 'x-a': 'b' }) })],
    ['headers', () => groups.list({ headers: new Map([['x-a', 'b']]) }).first()],
    ['options', () => groups.get('00g1', 'soon')],
    ['profile', () => groups.create('West')],
    ['profile', () => groups.create()],
    ['profile', () => groups.create([])],
    ['profile', () => groups.create(new Map([['name', 'x']]))],
    ['profile', () => groups.create({ toJSON() {} })],
    ['profile', () => groups.replace('00g1', { toJSON: () => 5 })],
    ['profile', () => groups.create(Promise.resolve({ name: 'x' }))],
    ['profile', () => groups.create({ name: 'x', n: new Map() })],
    ['profile', () => groups.create({ name: 'x', n: Promise.resolve(1) })],
    ['profile', () => groups.create({ name: 'x', n: new Date(NaN) })],
    ['profile', () => groups.create({ name: 'x', n: [undefined] })],
    ['cursor', () => groups.list().pages({ cursor: null }).next()],
    ['cursor', () => groups.list().pages({ cursor: '' }).next()],
    ['cursr', () => groups.list().pages({ cursr: 'x' }).next()],
    ['mx', () => groups.list().toArray({ mx: 5 })],
    ['profile', () => groups.create({ name: 'x', n: NaN })],
    ['profile', () => groups.create({ name: 'x', n: 1n })],
    ['profile', () => groups.create({ name: 'x', f() {} })],
    ['patch', () => groups.update('00g1')],
    ['patch', () => groups.update('00g1', new Map([['name', 'x']]))],
    ['patch', () => groups.update('00g1', { n: Infinity })],
  ]) {
    const error = await failure(call());
    assert.ok(isOktaError(error, 'argument'), `${call}: ${error}`);
    assert.equal(error.argument, argument, `${call}: ${error}`);
    assert.ok(error.message.includes(argument), error.message);
  }
  assert.equal(sent.length, 0);
});

test('an unknown option is refused with the list of known options', async () => {
  const { client } = scripted(() => json([]));
  const { message } = await failure(client.groups.list({ prefetsh: 0 }).first());
  assert.match(message, /^prefetsh is not an option; options are .*\bcursor, prefetch, signal\b/);
  const made = () => new OktaGroups({ orgUrl: ORG_URL, auth: bearer('token'), middlewares: [] });
  assert.throws(made, /^OktaConfigError: middlewares is not an option; options are orgUrl, .*\bmiddleware\b/);
});

test('a client set up wrongly says which option is wrong', () => {
  const good = { orgUrl: ORG_URL, auth: bearer('token') };
  for (const [argument, options] of [
    ['orgUrl', { auth: good.auth }],
    ['auth', { orgUrl: ORG_URL }],
    ['auth', { ...good, auth: 'token' }],
    ['auth', { ...good, auth: {} }],
    ['orgUrl', { ...good, orgUrl: 'example.okta.com' }],
    ['orgUrl', { ...good, orgUrl: 'http://example.okta.com' }],
    ['orgUrl', { ...good, orgUrl: 'https://example-admin.okta.com' }],
    ['orgUrl', { ...good, orgUrl: 'https://example.okta.com/api/v1' }],
    ['orgUrl', { ...good, orgUrl: 'https://example.okta.com/oauth2/default' }],
    ['orgURL', { ...good, orgURL: ORG_URL }],
    ['timeout', { ...good, timeout: 0 }],
    ['timeout', { ...good, timeout: '30s' }],
    ['fetch', { ...good, fetch: 'fetch' }],
    ['nextLink', { ...good, nextLink: 'maybe' }],
    ['headers', { ...good, headers: { cookie: 'x' } }],
    ['attempts', { ...good, retry: { attempts: 3 } }],
    ['reserve', { ...good, rateLimit: { reserve: 2 } }],
    ['userAgent', { ...good, userAgent: 'a\nb' }],
    ['options', undefined],
    ['options', 'https://example.okta.com'],
  ]) {
    assert.throws(
      () => new OktaGroups(options),
      (error) => {
        assert.ok(isOktaError(error, 'config'), String(error));
        assert.ok(
          error.argument === argument || (options === undefined && error.argument === 'orgUrl'),
          `${error}`,
        );
        return true;
      },
      argument,
    );
  }
  for (const token of ['', ' ', 'x y', 'SSWS abc\ndef', 'é', '\u2028', undefined, null, 7]) {
    assert.throws(
      () => ssws(token),
      (error) => isOktaError(error, 'config') && !(token?.length > 1 && error.message.includes(token)),
    );
  }
  assert.ok(new OktaGroups({ ...good, orgUrl: new URL(ORG_URL), auth: ssws('token\n') }));
  // Rust's tests read the same table.
  for (const [token, reason] of fixture('tokens.json')) {
    const made = () => bearer(token);
    if (reason) assert.throws(made, { name: 'OktaConfigError', message: `bearer: the token ${reason}` });
    else made();
  }
});

test('options are read where they are, not from a polluted prototype', async () => {
  const polluted = {
    fetch: () => assert.fail('called'),
    orgUrl: 'https://evil.example',
    headers: { 'x-evil': '1' },
    timeout: 1,
    retry: false,
  };
  Object.assign(Object.prototype, polluted);
  let sent;
  try {
    const made = scripted(() => json(GROUP));
    await made.client.groups.get('00g1');
    [sent] = made.sent;
  } finally {
    for (const key of Object.keys(polluted)) delete Object.prototype[key];
  }
  assert.equal(sent.url.origin, ORG_URL);
  assert.equal(sent.headers.get('x-evil'), null);
});

test('answers that are not the API say so', async () => {
  const html = '<!doctype html><title>Sign in</title><p>Please sign in';
  const list = (client) => client.groups.list().first();
  const get = (client) => client.groups.get('00g1');
  const remove = (client) => client.groups.delete('00g1');
  for (const [reason, call, response] of [
    ['html', get, () => new Response(html, { headers: { 'content-type': 'text/html' } })],
    ['html', list, () => new Response(html)],
    ['html', remove, () => new Response(html)],
    [
      'json',
      get,
      () => new Response('{"id":"00g1","prof', { headers: { 'content-type': 'application/json' } }),
    ],
    ['shape', get, () => json([GROUP])],
    ['shape', list, () => json(GROUP)],
    ['shape', get, () => json(null)],
    ['shape', get, () => new Response('')],
    ['shape', list, () => new Response(null, { status: 204 })],
    [
      'redirect',
      get,
      () => new Response(null, { status: 302, headers: { location: 'https://evil.example' } }),
    ],
    ['redirect', remove, () => new Response(null, { status: 308, headers: { location: '/' } })],
  ]) {
    const { client, sent } = scripted(response, { retry: false });
    const error = await failure(call(client));
    assert.ok(isOktaError(error, 'response'), `${reason}: ${error}`);
    assert.equal(error.reason, reason);
    assert.equal(sent.length, 1);
    if (reason === 'html') assert.equal(error.snippet, 'Sign in Please sign in');
  }
  const big = scripted(() => json({ id: '00g1', pad: 'x'.repeat(5000) }), { maxResponseBytes: 1000 });
  assert.equal((await failure(big.client.groups.get('00g1'))).reason, 'too-large');
});

test('errors of the API are told apart, whatever their body', async () => {
  const body = {
    errorCode: 'E0000006',
    errorSummary: 'No',
    errorId: 'oae1',
    errorCauses: [{ errorSummary: 'why' }],
  };
  for (const [status, kind, type, answer, expected] of [
    [400, 'bad-request', 'OktaApiError', body, { code: 'E0000006', causes: ['why'] }],
    [401, 'unauthorized', 'OktaApiError', { ...body, errorCauses: null }, { causes: [] }],
    [403, 'forbidden', 'OktaForbiddenError', body, { errorId: 'oae1' }],
    [
      404,
      'not-found',
      'OktaNotFoundError',
      { status: 404, message: 'Resource not found' },
      { summary: 'Resource not found' },
    ],
    [409, 'conflict', 'OktaConflictError', {}, { code: undefined }],
    [429, 'rate-limit', 'OktaRateLimitError', body, {}],
    [418, 'api', 'OktaApiError', { error: 'use_dpop_nonce' }, { summary: 'use_dpop_nonce' }],
    [500, 'server', 'OktaServerError', '<h1>Oops</h1>', {}],
    [502, 'server', 'OktaServerError', '', {}],
    [503, 'server', 'OktaServerError', '{"errorCode":', {}],
  ]) {
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
    const { client } = scripted(
      () => new Response(text, { status, headers: { 'x-okta-request-id': 'X1' } }),
      { retry: false },
    );
    const error = await failure(client.groups.get('00g1'));
    assert.equal(error.kind, kind);
    assert.ok(
      error instanceof esm[type] &&
        error instanceof esm.OktaApiError &&
        error instanceof esm.OktaError &&
        error instanceof Error,
    );
    assert.equal(error.name, type);
    assert.equal(error.requestId, 'X1');
    assert.equal(error.response.status, status);
    assert.ok(error.message.startsWith(`Okta ${status} `), error.message);
    assert.match(error.stack, /calls\.test\.mjs/, 'the stack shows who called');
    for (const [key, value] of Object.entries(expected))
      assert.deepEqual(error[key], value, `${status} ${key}`);
    assert.equal(JSON.parse(JSON.stringify(error)).kind, kind);
  }
  const { client } = scripted(
    () =>
      json(body, {
        status: 403,
        headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="okta.groups.manage"' },
      }),
    { retry: false },
  );
  assert.equal((await failure(client.groups.delete('00g1'))).missingScope, 'okta.groups.manage');
});

test('errors are known by another copy of the package', async () => {
  const cjs = createRequire(import.meta.url)('okta-groups');
  assert.notEqual(cjs.OktaNotFoundError, esm.OktaNotFoundError);
  const { client } = scripted(() => json({}, { status: 404 }));
  const error = await failure(client.groups.get('00g1'));
  assert.ok(cjs.isOktaError(error, 'not-found'));
  assert.ok(error instanceof cjs.OktaNotFoundError && error instanceof cjs.OktaError);
  assert.ok(!(error instanceof cjs.OktaServerError) && !cjs.isOktaError(error, 'server'));
  for (const value of [new Error('x'), null, undefined, 'x', {}]) assert.ok(!esm.isOktaError(value));
});

test('a signal ends a call wherever it is', async () => {
  const hang = () => new Promise(() => {});
  const slowBody = () =>
    new Response(new ReadableStream({ pull: hang }), { headers: { 'content-type': 'application/json' } });
  for (const [where, options] of [
    ['token', { auth: bearer(hang) }],
    ['headers', {}],
    ['body', { fetch: async () => slowBody() }],
    [
      'backoff',
      {
        fetch: async () => new Response('', { status: 503 }),
        retry: { baseDelay: 60_000, maxDelay: 60_000 },
      },
    ],
  ]) {
    const { client } = scripted(hang, options);
    const controller = new AbortController();
    const call = failure(client.groups.get('00g1', { signal: controller.signal }));
    setTimeout(() => controller.abort(new Error('enough')), 20);
    const error = await call;
    assert.ok(isOktaError(error, 'aborted'), `${where}: ${error}`);
    assert.equal(error.name, 'AbortError');
    assert.equal(error.cause.message, 'enough');
  }
  const { client, sent } = scripted(() => json(GROUP));
  assert.ok(
    isOktaError(await failure(client.groups.get('00g1', { signal: AbortSignal.abort('no') })), 'aborted'),
  );
  assert.equal(sent.length, 0);
});

test('a timeout covers headers and body', async () => {
  const hang = () => new Promise(() => {});
  for (const fetch of [hang, async () => new Response(new ReadableStream({ pull: hang }))]) {
    const { client } = scripted(hang, { fetch, retry: false });
    const error = await failure(client.groups.get('00g1', { timeout: 30 }));
    assert.ok(isOktaError(error, 'timeout'), String(error));
    assert.deepEqual([error.phase, error.timeoutMs], ['attempt', 30]);
  }
  const { client } = scripted(hang);
  const error = await failure(client.groups.get('00g1', { totalTimeout: 30 }));
  assert.deepEqual([error.kind, error.phase, error.timeoutMs], ['timeout', 'total', 30]);
});

test('every fault of fetch becomes a typed error', async () => {
  for (const fetch of [
    () => {
      throw new TypeError('boom');
    },
    async () => Promise.reject('just text'),
    async () => undefined,
    async () => 'text',
    async () => {
      throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } });
    },
  ]) {
    const { client } = scripted(undefined, { fetch, retry: false });
    const error = await failure(client.groups.get('00g1'));
    assert.ok(isOktaError(error, 'connection'), String(error));
    assert.equal(error.maybeCors, false);
  }
  // A stand-in for Response, as test doubles are.
  const { client } = scripted(undefined, {
    fetch: async () => ({ status: 200, headers: new Headers(), text: async () => JSON.stringify(GROUP) }),
  });
  assert.deepEqual(await client.groups.get('00g1'), GROUP);
});

test('a function gives one token for all calls that wait, and another after a 401', async (t) => {
  const asked = [];
  const auth = bearer(async ({ reason }) => {
    asked.push(reason);
    await new Promise(setImmediate);
    return `t${asked.length}`;
  });
  let expired = false;
  const { client, sent } = scripted(
    (_, init) => {
      const token = new Headers(init.headers).get('authorization');
      return expired && token === 'Bearer t1'
        ? json({ errorCode: 'E0000011' }, { status: 401 })
        : json(GROUP);
    },
    { auth },
  );
  await Promise.all([1, 2, 3, 4].map(() => client.groups.get('00g1')));
  assert.deepEqual(asked, ['first']);
  expired = true;
  await client.groups.get('00g1');
  assert.deepEqual(asked, ['first', 'unauthorized']);
  assert.equal(sent.at(-1).headers.get('authorization'), 'Bearer t2');

  // A 401 that comes late is to the token before: what was renewed meanwhile is good.
  let release;
  const late = new Promise((resolve) => (release = resolve));
  const told = [];
  const slow = scripted(
    async (url, init) => {
      if (new Headers(init.headers).get('authorization') !== 'Bearer u1') {
        return json({ ...GROUP, id: String(url).split('/').at(-1) });
      }
      if (String(url).endsWith('late')) await late;
      return json({ errorCode: 'E0000011' }, { status: 401 });
    },
    { auth: bearer(({ reason }) => `u${told.push(reason)}`) },
  );
  const waiting = slow.client.groups.get('late');
  await slow.client.groups.get('00g1');
  release();
  await waiting;
  assert.deepEqual(told, ['first', 'unauthorized']);
  assert.equal(slow.sent.at(-1).headers.get('authorization'), 'Bearer u2');

  const short = [];
  const expiring = bearer(({ reason }) => ({
    token: `s${short.push(reason)}`,
    expiresAt: Date.now() + 30_000,
  }));
  const again = scripted(() => json(GROUP), { auth: expiring });
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  for (const [seconds, reasons] of [
    [0, ['first']],
    [14, ['first']],
    [2, ['first', 'expiring']],
  ]) {
    t.mock.timers.tick(seconds * 1000);
    await again.client.groups.get('00g1');
    assert.deepEqual(
      short,
      reasons,
      'half of its life is used of a token that lives for less than two minutes',
    );
  }

  const fixed = scripted(() => json({}, { status: 401 }), { auth: bearer('fixed') });
  assert.equal((await failure(fixed.client.groups.get('00g1'))).kind, 'unauthorized');
  assert.equal(fixed.sent.length, 1);
});

test('with retries off, too, the next call has another token than the one that was refused', async () => {
  let made = 0;
  const { client, sent } = scripted(
    (_, { headers }) =>
      headers.get('authorization') === 'Bearer t1'
        ? json({ errorCode: 'E0000011' }, { status: 401 })
        : json(GROUP),
    { auth: bearer(() => `t${++made}`), retry: false },
  );
  assert.equal((await failure(client.groups.get('00g1'))).kind, 'unauthorized');
  assert.deepEqual(await client.groups.get('00g1'), GROUP);
  assert.equal(sent.length, 2);
});

test('a source of tokens that hangs once is asked again by the next call', async () => {
  const signals = [];
  const auth = bearer(({ signal }) => (signals.push(signal) === 1 ? new Promise(() => {}) : 'token'));
  const { client, sent } = scripted(() => json(GROUP), { auth, retry: false });
  const late = await failure(client.groups.get('00g1', { timeout: 20 }));
  assert.deepEqual(
    [late.kind, late.phase, late.message],
    ['timeout', 'token', 'auth gave no token within 20 ms, on GET /api/v1/groups/00g1'],
  );
  assert.deepEqual([late.mayHaveRun, sent.length], [undefined, 0]);
  assert.deepEqual(await client.groups.get('00g1'), GROUP);
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [true, false],
  );
});

test('a source of tokens that is slower than an attempt is asked once, and heard', async () => {
  let asked = 0;
  const auth = bearer(async () => {
    asked++;
    await new Promise((later) => setTimeout(later, 90));
    return 'token';
  });
  const { client } = scripted(() => json(GROUP), { auth, retry: { baseDelay: 1 } });
  assert.deepEqual(await client.groups.get('00g1', { timeout: 50 }), GROUP);
  assert.equal(asked, 1);
});

test('a question that hangs is not joined by calls that come once it was waited for in vain', async () => {
  let asked = 0;
  const auth = bearer(() => (asked++ ? 'token' : new Promise(() => {})));
  const { client } = scripted(() => json(GROUP), { auth, retry: false });
  const calls = [];
  for (let n = 0; n < 10; n++) {
    calls.push(client.groups.get('00g1', { timeout: 50 }).then(() => 'good', String));
    await new Promise((later) => setTimeout(later, 10));
  }
  const outcomes = await Promise.all(calls);
  assert.equal(outcomes.at(-1), 'good');
  assert.equal(asked, 2);
});

test('a write that may have been done says so, a read does not', async () => {
  const lost = () => Promise.reject(new TypeError('terminated'));
  const { client } = scripted(lost, { retry: { maxAttempts: 2, baseDelay: 1 } });
  const create = await failure(client.groups.create({ name: 'West' }));
  assert.deepEqual([create.kind, create.mayHaveRun, create.attempts], ['connection', true, 1]);
  const replace = await failure(client.groups.replace('00g1', { name: 'West' }));
  assert.deepEqual([replace.mayHaveRun, replace.attempts], [true, 2]);
  // Also where what fails then is another thing.
  let tokens = 0;
  // It has ended by the time of the second attempt.
  const source = () => (tokens++ ? '' : { token: 'a', expiresAt: Date.now() + 10 });
  const slow = () => new Promise((later) => setTimeout(later, 30)).then(lost);
  const untold = scripted(slow, { auth: bearer(source) });
  const wrong = await failure(untold.client.groups.replace('00g1', { name: 'West' }));
  assert.deepEqual([wrong.kind, wrong.mayHaveRun, untold.sent.length], ['config', true, 1]);
  assert.match(wrong.stack, /the token is empty/);
  const refused = scripted(() => json({}, { status: 429, headers: { 'retry-after': '60' } }));
  const stop = new AbortController();
  const waiting = failure(refused.client.groups.create({ name: 'West' }, { signal: stop.signal }));
  while (refused.sent.length === 0) await new Promise((later) => setTimeout(later, 5));
  await new Promise((later) => setTimeout(later, 20));
  stop.abort();
  assert.deepEqual([(await waiting).kind, (await waiting).mayHaveRun], ['aborted', undefined]);
  const read = await failure(client.groups.get('00g1'));
  assert.deepEqual([read.mayHaveRun, read.attempts, 'mayHaveRun' in read.toJSON()], [undefined, 2, false]);
  for (const [status, code, retryable] of [
    [409, 'E0000112', true],
    [409, 'E0000055', false],
    [423, 'E0000239', true],
    [408, undefined, true],
    [501, 'E0000060', false],
    [503, undefined, true],
    [524, undefined, true],
    [404, 'E0000007', false],
  ]) {
    const answer = () => json({ errorCode: code }, { status });
    const error = await failure(scripted(answer, { retry: false }).client.groups.get('00g1'));
    assert.deepEqual([error.status, error.retryable], [status, retryable]);
  }
});

test('a write that is given up once it was sent may have been done', async () => {
  const { client, sent } = scripted(() => new Promise(() => {}));
  for (const [call, mayHaveRun] of [
    [(signal) => client.groups.create({ name: 'West' }, { signal }), true],
    [(signal) => client.groups.get('00g1', { signal }), undefined],
  ]) {
    const stop = new AbortController();
    const before = sent.length;
    const failed = failure(call(stop.signal));
    while (sent.length === before) await new Promise(setImmediate);
    stop.abort();
    assert.deepEqual([(await failed).kind, (await failed).mayHaveRun], ['aborted', mayHaveRun]);
  }
  const unsent = await failure(client.groups.create({ name: 'West' }, { signal: AbortSignal.abort() }));
  assert.deepEqual([unsent.kind, unsent.mayHaveRun], ['aborted', undefined]);
});

/** Replaces methods of prototypes, as old libraries do, while `work` runs. */
async function polluted(changes, work) {
  for (const [type, name, value] of changes) {
    Object.defineProperty(type, name, { value, writable: true, configurable: true });
  }
  try {
    return await work();
  } finally {
    for (const [type, name, , before] of changes) {
      if (before) type[name] = before;
      else delete type[name];
    }
  }
}

test('what is sent of a profile reads back as what was given', async () => {
  class Named {
    constructor(name) {
      this.name = name;
    }
  }
  class Money {
    #cents = 5;
    toJSON() {
      return { cents: this.#cents };
    }
  }
  const date = new Date('2026-11-29T20:00:00.123Z');
  const deep = (depth) => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
  const answer = JSON.stringify(GROUP);
  const { client, sent } = scripted(() => new Response(answer));
  for (const [value, read = value] of [
    [['a', 'b']],
    [[[], {}, [[1]]]],
    [-0],
    [1e21],
    [0.1],
    ['\ud800 "\\ \u2028'],
    [date, '2026-11-29T20:00:00.123Z'],
    [{ at: [date] }, { at: ['2026-11-29T20:00:00.123Z'] }],
    [new Number(5), 5],
    [new String('x'), 'x'],
    [new Boolean(false), false],
    [new Named('x'), { name: 'x' }],
    [new Money(), { cents: 5 }],
    [new URL('https://a.example/b'), 'https://a.example/b'],
    [Object.create(null, { a: { value: 1, enumerable: true } }), { a: 1 }],
    [{ a: undefined, b: null }, { b: null }],
    [
      {
        get a() {
          return 1;
        },
      },
      { a: 1 },
    ],
    [deep(1000)],
  ]) {
    for (const changes of [
      [],
      [
        [
          Array.prototype,
          'toJSON',
          function () {
            return `[${this.join(', ')}]`;
          },
        ],
        [Date.prototype, 'toJSON', () => 'evil', Date.prototype.toJSON],
        [Object.prototype, 'toJSON', () => 'evil'],
        [String.prototype, 'toJSON', () => 'evil'],
      ],
    ]) {
      sent.length = 0;
      await polluted(changes, () => client.groups.create({ name: 'West', value }));
      const found = JSON.parse(sent[0].body).profile;
      assert.deepEqual(found, { name: 'West', value: read });
      assert.ok(Object.is(found.value, read) || typeof read === 'object');
    }
  }
});

test('what a profile cannot carry is refused by its path, unsent', async () => {
  const loop = {};
  loop.self = { loop };
  let deep = 1;
  for (let depth = 0; depth < 20_000; depth++) deep = depth % 2 ? { deep } : [deep];
  class Getter {
    x = 1;
    get name() {
      return 'x';
    }
  }
  class Private {
    #name = 'x';
  }
  const { client, sent } = scripted(() => json(GROUP));
  for (const value of [
    /x/,
    new Error('x'),
    new ArrayBuffer(1),
    new Uint8Array(1),
    Buffer.from('x'),
    new DataView(new ArrayBuffer(1)),
    new Getter(),
    new Private(),
    new Map([['a', 1]]),
    new Set([1]),
    new WeakMap(),
    new Headers({ a: 'b' }),
    new Number(NaN),
    NaN,
    -Infinity,
    1n,
    Object(1n),
    Symbol('x'),
    () => {},
    new Date(NaN),
    [undefined],
    [, 1],
    Object.assign([1], { name: 'x' }),
    { [Symbol('x')]: 1 },
    Promise.resolve(1),
    loop,
    deep,
  ]) {
    for (const call of [
      () => client.groups.create({ name: 'West', list: [1, { odd: value }] }),
      () => client.groups.replace('00g1', { name: 'West', list: [1, { odd: value }] }),
      () => client.groups.update('00g1', { list: [1, { odd: value }] }),
    ]) {
      const error = await failure(call());
      assert.ok(isOktaError(error, 'argument'), `${Object.prototype.toString.call(value)}: ${error}`);
      assert.match(error.message, /list\[1\]\.odd/);
    }
  }
  const tooDeep = JSON.parse('['.repeat(1001) + ']'.repeat(1001));
  const error = await failure(client.groups.create({ name: 'West', value: tooDeep }));
  assert.match(error.message, /nests more than 1000 levels deep/);
  assert.equal(sent.length, 0);
});

test('an update writes back nothing that it could not read', async () => {
  const bytes = (text) => Buffer.from(text, 'latin1');
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  for (const [attributes, patch, refused] of [
    ['"city":"K\xf6ln"', { description: 'd' }, /city/],
    ['"cities":[{"a":"K\xf6ln"}]', { description: 'd' }, /cities/],
    ['"cities":[{"\xf6":"x"}]', { description: 'd' }, /cities/],
    ['"city":"K\xf6ln"', { city: 'Bonn' }],
    // It stands so in the org.
    ['"city":"\xef\xbf\xbd"', { description: 'd' }],
    ['"city":"K\xc3\xb6ln"', { description: 'd' }],
    [`"deep":${deep}`, { description: 'd' }, /deep/],
    [`"deep":${deep}`, { deep: 1 }],
    ['"n":1e400', { description: 'd' }, /n/],
  ]) {
    const body = bytes(`{"id":"00g1","profile":{"name":"West",${attributes}}}`);
    const { client, sent } = scripted((_, { method }) =>
      method === 'GET' ? new Response(body) : json(GROUP),
    );
    const done = await client.groups.update('00g1', patch).catch((error) => error);
    assert.equal(sent.length, refused ? 1 : 2, attributes.slice(0, 40));
    if (refused) {
      assert.ok(isOktaError(done, 'response'), String(done));
      assert.match(done.message, refused);
    } else {
      const read = JSON.parse(body).profile;
      assert.deepEqual(JSON.parse(sent[1].body).profile, { ...read, ...patch });
    }
  }
});

test('a body is held to maxResponseBytes and read, whatever a Response has to read it by', async () => {
  const text = JSON.stringify(GROUP);
  const bytes = () => new TextEncoder().encode(text);
  const headers = new Headers({ 'content-type': 'application/json' });
  const kinds = {
    'a Node stream': () => ({ body: Readable.from([Buffer.from(text)]), text: async () => text }),
    'an iterator': () => ({
      body: {
        async *[Symbol.asyncIterator]() {
          yield bytes().subarray(0, 5);
          yield bytes().subarray(5);
        },
      },
    }),
    'texts of an iterator': () => ({ body: Readable.from([...text]) }),
    text: () => ({ text: async () => text }),
    arrayBuffer: () => ({ arrayBuffer: async () => bytes().buffer }),
    blob: () => ({ blob: async () => new Blob([text]) }),
    'a stream': () => new Response(text),
  };
  for (const [kind, make] of Object.entries(kinds)) {
    for (const length of [undefined, '5', String(text.length)]) {
      for (const max of [text.length, text.length - 1]) {
        const all = new Headers(headers);
        if (length) all.set('content-length', length);
        const answer = () => {
          const made = make();
          return {
            status: 200,
            headers: all,
            body: made.body,
            ...('text' in made && { text: () => made.text() }),
            ...made,
          };
        };
        const { client, sent } = scripted(answer, { maxResponseBytes: max, retry: { baseDelay: 1 } });
        const done = await client.groups.get('00g1').catch((error) => error);
        if (max < text.length) {
          assert.deepEqual([done.kind, done.reason, sent.length], ['response', 'too-large', 1], kind);
        } else assert.deepEqual(done, GROUP, kind);
      }
    }
  }
  let destroyed = 0;
  const endless = () => {
    const body = new Readable({
      read() {
        this.push(Buffer.alloc(1 << 16, ' '));
      },
      destroy(error, done) {
        destroyed++;
        done(error);
      },
    });
    return { status: 200, headers, body };
  };
  const { client, sent } = scripted(endless, { maxResponseBytes: 1 << 20, retry: { baseDelay: 1 } });
  assert.equal((await failure(client.groups.get('00g1'))).reason, 'too-large');
  assert.deepEqual([sent.length, destroyed], [1, 1]);
  const told = () => ({ ...endless(), headers: new Headers({ 'content-length': String(1 << 30) }) });
  const other = scripted(told, { maxResponseBytes: 1000, retry: { baseDelay: 1 } });
  assert.equal((await failure(other.client.groups.get('00g1'))).reason, 'too-large');
  assert.deepEqual([other.sent.length, destroyed], [1, 2]);
});

test('a Response with json() alone is an error that says so', async () => {
  const only = () => ({ ok: true, status: 200, headers: new Headers(), json: async () => GROUP });
  const { client, sent } = scripted(only, { retry: { baseDelay: 1 } });
  const error = await failure(client.groups.get('00g1'));
  assert.deepEqual([error.kind, error.reason, error.status, error.method], ['response', 'json', 200, 'GET']);
  assert.match(error.message, /json\(\) alone/);
  assert.equal(sent.length, 1);
  assert.equal((await failure(client.groups.create({ name: 'West' }))).mayHaveRun, true);
  const none = scripted(() => ({ status: 204, headers: new Headers() })).client;
  assert.equal(await none.groups.delete('00g1'), undefined);
});

test('an update changes no number that JavaScript cannot hold', async () => {
  const profile = (badge) => `{"id":"00g1","profile":{"name":"West","badge":${badge}}}`;
  for (const [badge, patch, writes] of [
    ['9007199254740993', { description: 'd' }, 0],
    ['[1,9007199254740993]', { description: 'd' }, 0],
    ['9007199254740993', { badge: 1 }, 1],
    ['9007199254740991', { description: 'd' }, 1],
    ['0.1', { description: 'd' }, 1],
  ]) {
    const { client, sent } = scripted(
      () => new Response(profile(badge), { headers: { 'content-type': 'application/json' } }),
    );
    const done = await client.groups.update('00g1', patch).catch((error) => error);
    assert.equal(sent.filter(({ method }) => method === 'PUT').length, writes, badge);
    if (!writes) assert.match(done.message, /badge/);
  }
});

test('the token is nowhere but in its header', async () => {
  const canary = 'c4n4ry-7f3a9';
  const emitted = [];
  const listen = (event) => emitted.push(event);
  const auths = [
    bearer(canary),
    ssws(canary),
    bearer(async () => canary),
    bearer(async () => `${canary}\nx: y`),
  ];
  for (const auth of auths) {
    for (const answer of [
      () => json(GROUP),
      () => json({ errorCode: 'E0000006' }, { status: 403 }),
      () => new Response('<html>', { status: 200 }),
      () => new Response(null, { status: 302 }),
      (_, init) => {
        new Headers({ authorization: `${new Headers(init.headers).get('x')}\n` });
        throw new TypeError('network');
      },
    ]) {
      const { client } = scripted(answer, { auth, retry: false, onEvent: listen });
      emitted.push(client, auth, client.rateLimits());
      await client.groups
        .get('00g1')
        .withResponse()
        .then(
          (whole) => emitted.push(whole),
          (error) => emitted.push(error),
        );
    }
  }
  for (const thing of emitted) {
    const shown = [
      inspect(thing, { depth: 20, showHidden: true, getters: true }),
      JSON.stringify(thing),
      String(thing?.stack),
      String(thing),
    ];
    for (const text of shown) assert.ok(!text?.includes(canary), text);
  }
  assert.ok(emitted.length > 40);
});

test('every call has its own Promise with its answer', async () => {
  const { client } = scripted(() => json(GROUP, { headers: { 'x-okta-request-id': 'X1' } }));
  const call = client.groups.get('00g1');
  assert.ok(call instanceof Promise);
  const { data, response } = await call.withResponse();
  assert.deepEqual(data, GROUP);
  assert.deepEqual([response.status, response.requestId, response.attempts], [200, 'X1', 1]);
  assert.ok(
    response.headers instanceof Headers && response.url.endsWith('/00g1') && response.durationMs >= 0,
  );
  assert.deepEqual(await call, GROUP);
});

test('a listener that throws changes nothing, and no less one that does so later', async (t) => {
  const unhandled = [];
  const listen = (error) => unhandled.push(error);
  process.on('unhandledRejection', listen);
  t.after(() => process.off('unhandledRejection', listen));
  const throws = () => {
    throw new Error('mine');
  };
  for (const onEvent of [throws, async () => throws(), () => ({ then: throws }), () => ({ then: 7 })]) {
    const { client } = scripted(() => json(GROUP), { onEvent });
    assert.deepEqual(await client.groups.get('00g1'), GROUP);
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(unhandled, []);
});

test('attempts that are answered take turns with few signals, which no attempt that was given up leaves to another', async () => {
  const signals = [];
  let late = 0;
  const { client } = scripted(
    (_, { signal }) => {
      signals.push(signal);
      assert.ok(!signal.aborted);
      return late-- > 0 ? new Promise(() => {}) : json(GROUP);
    },
    { retry: false },
  );
  for (let i = 0; i < 25; i++) await client.groups.get('00g1');
  assert.ok(new Set(signals).size <= 4, `${new Set(signals).size} signals`);
  // Each serves few: `fetch` may leave a listener on it with every use.
  for (const signal of new Set(signals)) assert.ok(signals.filter((other) => other === signal).length <= 10);
  await Promise.all([client.groups.get('00g1'), client.groups.get('00g1'), client.groups.get('00g1')]);
  assert.equal(new Set(signals.slice(-3)).size, 3, 'no two at once have the same');
  late = 1;
  assert.equal((await failure(client.groups.get('00g1', { timeout: 20 }))).kind, 'timeout');
  const given = signals.at(-1);
  assert.ok(given.aborted);
  for (let i = 0; i < 12; i++) await client.groups.get('00g1');
  assert.equal(signals.lastIndexOf(given), signals.length - 13);
});

test('an expiresAt in seconds, or that is not a time, is refused: each call would ask for a token', async () => {
  const now = Date.now();
  for (const [expiresAt, good] of [
    [now + 3_600_000, true],
    [new Date(now + 3_600_000), true],
    [undefined, true],
    [Infinity, true],
    [Math.floor(now / 1000) + 3600, false],
    [NaN, false],
    [new Date(NaN), false],
    [null, false],
    ['soon', false],
  ]) {
    let asked = 0;
    const auth = bearer(() => (asked++, { token: 'token', expiresAt }));
    const { client, sent } = scripted(() => json(GROUP), { auth });
    const outcome = await client.groups.get('00g1').catch((error) => error);
    assert.equal(isOktaError(outcome, 'config'), !good, String(expiresAt));
    if (good) await client.groups.get('00g1');
    assert.deepEqual([asked, sent.length], good ? [1, 2] : [1, 0], String(expiresAt));
    if (!good) assert.match(outcome.message, /expiresAt must be a Date, or milliseconds/);
  }
});

test('what proves that nothing was sent is read wherever an implementation says it', async () => {
  const url = `${ORG_URL}/api/v1/groups`;
  for (const { by, error, code, outcome } of faults(url)) {
    const { client, sent: requests } = scripted(() => Promise.reject(error), {
      retry: { maxAttempts: 2, baseDelay: 1 },
    });
    const failed = await failure(client.groups.create({ name: 'West' }));
    const told = [failed.kind, requests.length, failed.mayHaveRun, failed.retryable];
    const sent = outcome === 'Unsent' ? 2 : 1;
    const expected = ['connection', sent, outcome === 'Lost' ? true : undefined, outcome !== 'Rejected'];
    assert.deepEqual(told, expected, `${by}: ${error.message}`);
    const suffix = code ? ` (${code})` : '';
    assert.equal(
      failed.message,
      `no answer from ${ORG_URL}: the network failed${suffix}, on POST /api/v1/groups`,
    );
    assert.deepEqual([failed.method, failed.path], ['POST', '/api/v1/groups']);
  }
});

test('text of the URL in an error is not taken for a connection code', async () => {
  const { client, sent } = scripted(
    (url) => Promise.reject(new TypeError(`request to ${url} failed, reason: other side closed`)),
    { retry: { maxAttempts: 2, baseDelay: 1 } },
  );
  const { message, retryable } = await failure(client.groups.list({ q: 'certificate' }).first());
  assert.ok(retryable && sent.length === 2, message);
});

test('an update whose answer was lost merges what another wrote meanwhile', async () => {
  let profile = { name: 'West', description: 'old' };
  let isLost = true;
  const { client, sent } = scripted(
    (_, { method, body }) => {
      if (method === 'PUT' && isLost) {
        isLost = false;
        // Somebody else, before the client comes back.
        profile = { ...profile, description: 'theirs' };
        return Promise.reject(
          new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ECONNRESET' }) }),
        );
      }
      if (method === 'PUT') ({ profile } = JSON.parse(body));
      return json({ id: '00g1', profile });
    },
    { retry: { baseDelay: 1 } },
  );
  const group = await client.groups.update('00g1', { name: 'East' });
  assert.deepEqual(group.profile, { name: 'East', description: 'theirs' });
  assert.deepEqual(
    sent.map(({ method }) => method),
    ['GET', 'PUT', 'GET', 'PUT'],
  );
});

test('an answer is taken only if it is the operations own', async () => {
  const refusal = json({ errorCode: 'E0000009', errorSummary: 'Internal Server Error' });
  for (const [call, answer, kind, mayHaveRun] of [
    [(groups) => groups.list().first(), json([], { status: 206 }), 'response', undefined],
    [(groups) => groups.get('00g1'), json({ id: '00g2' }), 'response', undefined],
    // Of something in between, or of a mock that is no group: without an id it is nobody's.
    [(groups) => groups.get('00g1'), json({ message: 'Down for maintenance' }), 'response', undefined],
    [(groups) => groups.get('00g1'), json({ profile: { name: 'x' } }), 'response', undefined],
    [(groups) => groups.update('00g1', { name: 'x' }), json({ profile: {} }), 'response', undefined],
    [(groups) => groups.replace('00g1', { name: 'x' }), json({}), 'response', true],
    [(groups) => groups.create({ name: 'West' }), json({ error: 'unavailable' }), 'response', true],
    [
      (groups) => groups.update('00g1', { name: 'x' }),
      json({ id: '00g2', profile: {} }),
      'response',
      undefined,
    ],
    [(groups) => groups.delete('00g1'), refusal, 'api', true],
    [(groups) => groups.assignUser('00g1', '00u1'), refusal, 'api', true],
    [(groups) => groups.create({ name: 'West' }), refusal, 'api', true],
    [(groups) => groups.create({ name: 'West' }), new Response(null, { status: 302 }), 'response', true],
  ]) {
    const { client } = scripted(() => answer.clone(), { retry: false });
    const error = await failure(call(client.groups));
    assert.deepEqual([error.kind, error.mayHaveRun], [kind, mayHaveRun], String(call));
  }
});

test('the response of a delete whose 404 counts as success is all of one answer', async () => {
  const missing = (id) => ({ errorCode: 'E0000007', errorSummary: `Not found: ${id}`, errorCauses: [] });
  const { client } = scripted((url, { method }) =>
    method === 'DELETE'
      ? json(missing('nothing of that id'), { status: 404, headers: { 'x-okta-request-id': 'first' } })
      : json({ id: '00g1' }, { headers: { 'x-okta-request-id': 'second' } }),
  );
  const call = client.groups.unassignUser('00g1', '00u1', { ifMissing: 'ignore' });
  const { data, response } = await call.withResponse();
  assert.equal(data, undefined);
  assert.equal(response.status, 404);
  assert.equal(response.requestId, 'first');
  assert.equal(response.headers.get('x-okta-request-id'), 'first');
  assert.ok(response.url.endsWith('/api/v1/groups/00g1/users/00u1'), response.url);
});
