// Faults of other clients of this API: each story is one that another client fails, with its report or the source file.
// Stories that other tests here cover are not repeated.
import assert from 'node:assert/strict';
import test from 'node:test';
import { inspect } from 'node:util';
import { OktaGroups, bearer, isOktaError } from 'okta-groups';
import { answerJson, serve } from './server.mjs';
import { ORG_URL, failure, groups, json, pagedAnswer, scripted } from './support.mjs';

const GROUP = { id: '00g1', profile: { name: 'West' } };
const ids = (items) => items.map((item) => item.id);
const LIMITED = { errorCode: 'E0000047', errorSummary: 'API call exceeded rate limit' };

/** Every delay that is asked of `setTimeout` until the test ends. */
function timers(t) {
  const { setTimeout } = globalThis;
  const delays = [];
  globalThis.setTimeout = (callback, delay, ...rest) => {
    delays.push(delay);
    return setTimeout(callback, delay, ...rest);
  };
  t.after(() => (globalThis.setTimeout = setTimeout));
  return delays;
}

test('several next() at once give each item once, in order, from one request a page', async () => {
  // okta-sdk-nodejs: two at once fetched page 1 twice and gave the same item twice.
  const { client, sent } = scripted(pagedAnswer(25));
  const items = client.groups.list({ limit: 10 })[Symbol.asyncIterator]();
  const results = await Promise.all(Array.from({ length: 30 }, () => items.next()));
  assert.deepEqual(
    results.filter(({ done }) => !done).map(({ value }) => value.id),
    ids(groups(0, 25)),
  );
  assert.equal(results.filter(({ done }) => done).length, 5);
  assert.equal(sent.length, 3);
});

test('two loops over one list do not take items from each other', async () => {
  const { client } = scripted(pagedAnswer(25));
  const list = client.groups.list({ limit: 10 });
  const pairs = [];
  const other = list[Symbol.asyncIterator]();
  for await (const group of list) pairs.push([group.id, (await other.next()).value.id]);
  assert.deepEqual(
    pairs,
    ids(groups(0, 25)).map((id) => [id, id]),
  );
});

test('an error in the middle of a list is thrown, also when items are mapped or gathered', async () => {
  // okta-sdk-python: the error was swallowed and the list cut short.
  const answer = (url) =>
    url.searchParams.get('after') === '10' ? json({}, { status: 403 }) : pagedAnswer(25)(url);
  const { client } = scripted(answer);
  const list = client.groups.list({ limit: 10 });
  assert.ok(isOktaError(await failure(list.toArray({ max: 99 })), 'forbidden'));
  const pages = list.pages();
  await pages.next();
  assert.ok(isOktaError(await failure(pages.next()), 'forbidden'));
});

test('a list may take longer than one call may, also with a 429 in it', async () => {
  // okta-sdk-nodejs: the timeout ran over the whole collection, so that a 429 on page 4 ended it.
  let refused = 0;
  const paged = pagedAnswer(60);
  const { client } = scripted(
    async (url) => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      if (url.searchParams.get('after') === '40' && refused++ === 0)
        return json(LIMITED, { status: 429, headers: { 'retry-after': '0' } });
      return paged(url);
    },
    { totalTimeout: 400, timeout: 300 },
  );
  // Longer than one call may take: each page is a call.
  assert.equal((await client.groups.list({ limit: 5 }).toArray({ max: 99 })).length, 60);
  assert.equal(refused, 2);
});

test('after a 429 the client waits for the reset, whatever the local clock says', async (t) => {
  // Others take the local clock: 90 s fast, they come back at once; without Date, some wait NaN ms.
  const delays = timers(t);
  for (const withDate of [true, false]) {
    for (const offset of [-90_000, 0, 90_000]) {
      let limitedAt;
      let reset;
      const { client, sent } = scripted(() => {
        const now = Date.now() + offset;
        if (sent.length === 1) {
          limitedAt = performance.now();
          reset = Math.ceil(now / 1000) + 1;
        }
        const headers = {
          'x-rate-limit-limit': '600',
          'x-rate-limit-remaining': sent.length === 1 ? '0' : '599',
          'x-rate-limit-reset': String(reset),
          ...(withDate ? { date: new Date(now).toUTCString() } : {}),
        };
        return sent.length === 1 && withDate
          ? json(LIMITED, { status: 429, headers })
          : json(GROUP, { headers });
      });
      assert.deepEqual(await client.groups.get('00g1'), GROUP);
      assert.equal(sent.length, withDate ? 2 : 1);
      // The reset is at least a second away; what is asked before it would be refused.
      if (withDate) assert.ok(performance.now() - limitedAt >= 1000, `came back ${offset} early`);
    }
  }
  assertTimers(delays);
});

function assertTimers(delays) {
  for (const delay of delays) {
    assert.ok(Number.isFinite(delay) && delay >= 0 && delay < 2 ** 31, `a timer of ${delay} ms`);
  }
}

test('senseless rate-limit headers never make a senseless timer', async (t) => {
  const delays = timers(t);
  for (const [limit, remaining, reset, date] of [
    ['600', '0', '', undefined],
    ['600', '0', 'NaN', 'today'],
    ['600', '0', '-1', new Date().toUTCString()],
    ['600', '0', '1e300', new Date().toUTCString()],
    ['600', '0', '99999999999999999999', undefined],
    ['600', '0', '0', new Date(0).toUTCString()],
    ['600', '0', String(2 ** 53), new Date().toUTCString()],
    ['', '', '', ''],
    ['0', '0', String(Math.floor(Date.now() / 1000) + 7200), new Date().toUTCString()],
    ['1, 1', '0, 0', '5, 5', 'Thu, 01 Jan 1970 00:00:00 GMT, Thu, 01 Jan 1970 00:00:00 GMT'],
  ]) {
    const headers = {
      'x-rate-limit-limit': limit,
      'x-rate-limit-remaining': remaining,
      'x-rate-limit-reset': reset,
    };
    if (date !== undefined) headers.date = date;
    for (const retryAfter of [undefined, '-5', 'soon', '1e9', '99999999999', '']) {
      const { client } = scripted(
        () =>
          json(LIMITED, {
            status: 429,
            headers: retryAfter === undefined ? headers : { ...headers, 'retry-after': retryAfter },
          }),
        { totalTimeout: 30 },
      );
      const error = await failure(client.groups.get('00g1'));
      assert.ok(isOktaError(error, 'rate-limit') || isOktaError(error, 'timeout'), String(error));
    }
  }
  assertTimers(delays);
});

test('a reset two hours away is an error now, not a sleep of two hours', async (t) => {
  // okta-sdk-nodejs planned 7,201,000 ms.
  const delays = timers(t);
  const { client, sent } = scripted(
    () => {
      const headers = { 'retry-after': '7200', date: new Date().toUTCString() };
      return json(LIMITED, { status: 429, headers });
    },
    { totalTimeout: 60_000 },
  );
  const error = await failure(client.groups.get('00g1'));
  assert.ok(isOktaError(error, 'rate-limit'), String(error));
  assert.equal(error.code, 'E0000047');
  assert.equal(sent.length, 1);
  assertTimers(delays.filter((delay) => delay > 60_000));
  assert.ok(delays.every((delay) => delay <= 60_000));
});

test('a 429 that has only Retry-After is waited for; a 502 of a load balancer is tried again', async () => {
  // okta-sdk-nodejs did not retry the first, discord/access#544 not the second.
  for (const first of [
    () => json(LIMITED, { status: 429, headers: { 'retry-after': '1' } }),
    () => new Response('<html>502', { status: 502, headers: { 'content-type': 'text/html' } }),
    () => new Response(null, { status: 503 }),
    () => new Response(null, { status: 504 }),
  ]) {
    const { client, sent } = scripted((_, __, n) => (n === 1 ? first() : json(GROUP)), {
      retry: { baseDelay: 1 },
    });
    assert.deepEqual(await client.groups.get('00g1'), GROUP);
    assert.equal(sent.length, 2);
  }
});

test('the client stops before the limit is hit, so that nobody is refused', async (t) => {
  // okta-sdk-nodejs#417, okta-sdk-golang#434: a retry after 429 still logs a violation and starves others.
  const LIMIT = 8;
  let window = 0;
  let used = 0;
  let most = 0;
  const org = await serve(t, (_, response) => {
    const now = Date.now();
    const ends = Math.floor(now / 2000) * 2 + 2;
    if (ends !== window) [window, used] = [ends, 0];
    used++;
    most = Math.max(most, used);
    const headers = {
      date: new Date(now).toUTCString(),
      'x-rate-limit-limit': LIMIT,
      'x-rate-limit-remaining': Math.max(0, LIMIT - used),
      'x-rate-limit-reset': ends,
    };
    answerJson(response, used > LIMIT ? LIMITED : GROUP, used > LIMIT ? 429 : 200, headers);
  });
  const client = new OktaGroups({ orgUrl: org.url, auth: bearer('token') });
  const calls = Array.from({ length: 12 }, () => client.groups.get('00g1'));
  assert.deepEqual(
    await Promise.all(calls),
    calls.map(() => GROUP),
  );
  assert.equal(org.requests.length, 12, 'none was refused');
  assert.ok(most <= LIMIT);
});

test('retry: false sends everything once', async () => {
  // okta-sdk-java#795: retries could not be turned off.
  for (const answer of [
    () => json(LIMITED, { status: 429, headers: { 'retry-after': '0' } }),
    () => json({}, { status: 401 }),
    () => json({}, { status: 500 }),
    () => json({}, { status: 503 }),
    () => json({}, { status: 504 }),
    () => new Response('<html>'),
    () => {
      throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } });
    },
    () => {
      throw new TypeError('fetch failed');
    },
  ]) {
    for (const [clientRetry, callRetry] of [
      [false, undefined],
      [{ maxAttempts: 3 }, false],
      [{ maxAttempts: 1 }, undefined],
    ]) {
      const auth = bearer(async () => 'token');
      const { client, sent } = scripted(answer, { auth, retry: clientRetry });
      for (const call of [
        () => client.groups.get('00g1', { retry: callRetry }),
        () => client.groups.delete('00g1', { retry: callRetry }),
        () => client.groups.list({ retry: callRetry }).first(),
      ]) {
        sent.length = 0;
        await failure(call());
        assert.equal(sent.length, 1, `${answer}`);
      }
    }
  }
});

test('bodies of 64 KiB and more arrive, one after another', async (t) => {
  // okta-sdk-nodejs#56, open since 2018: the body was cloned, and hung.
  const org = await serve(t, ({ url }, response) => {
    const size = Number(/00g(\d+)/.exec(url)[1]);
    answerJson(response, { id: `00g${size}`, profile: { name: 'x'.repeat(size) } });
  });
  const { groups } = new OktaGroups({ orgUrl: org.url, auth: bearer('token'), timeout: 20_000 });
  for (const size of [40_000, 65_535, 65_536, 65_537, 1 << 20, 20 << 20]) {
    const group = await groups.get(`00g${size}`);
    assert.equal(group.profile.name.length, size);
  }
  const sizes = Array.from({ length: 20 }, (_, i) => 100_000 + i);
  const all = await Promise.all(sizes.map((size) => groups.get(`00g${size}`)));
  assert.deepEqual(
    all.map((group) => group.profile.name.length),
    sizes,
  );
});

test('a large profile is sent whole', async (t) => {
  const org = await serve(t, ({ body }, response) =>
    answerJson(response, { id: '00g1', ...JSON.parse(body) }),
  );
  const { groups } = new OktaGroups({ orgUrl: org.url, auth: bearer('token') });
  const description = 'ああ🙂'.repeat(50_000);
  assert.equal((await groups.create({ name: 'West', description })).profile.description, description);
});

test('a group that was read, renamed and written back keeps its custom attributes', async () => {
  // okta-sdk-nodejs#500, okta-sdk-java#984, okta-sdk-python#279: three clients dropped them on the way.
  const stored = {
    id: '00g1',
    profile: {
      name: 'West',
      description: null,
      costCenter: 7,
      tags: ['a', { b: null }],
      ünïcode: '',
      on: false,
    },
    newField: { unknown: [1, 2.5e-7, { deep: true }] },
    _links: { self: [{ href: 'https://x' }] },
    type: 'A_TYPE_OF_2030',
  };
  const { client, sent } = scripted((_, init) => {
    if (init.method === 'PUT') stored.profile = JSON.parse(init.body).profile;
    return json(stored);
  });
  const group = await client.groups.get('00g1');
  assert.deepEqual(group, stored);
  const written = await client.groups.replace(group.id, { ...group.profile, name: 'East' });
  assert.equal(JSON.stringify(written.profile), JSON.stringify({ ...group.profile, name: 'East' }));
  assert.equal(
    sent[1].body,
    '{"profile":{"name":"East","description":null,"costCenter":7,"tags":["a",{"b":null}],"ünïcode":"","on":false}}',
  );
});

test('groups that fit no model are in the list', async () => {
  // okta-sdk-dotnet#812: some groups did not decode, and the list was empty without a word.
  const odd = [
    { id: '00g1' },
    { id: '00g2', profile: null, type: 7, created: 'never', objectClass: 'text' },
    { id: '00g3', profile: { name: null }, _embedded: [] },
    { id: null },
    {},
  ];
  const { client } = scripted(() => json(odd));
  assert.deepEqual(await client.groups.list().toArray({ max: 9 }), odd);
});

test('a token that could not be had is not sent as "undefined"', async () => {
  // okta-sdk-nodejs sent `Bearer undefined` after a refusal of the token endpoint, and showed E0000011.
  for (const source of [
    async () => undefined,
    async () => null,
    async () => ({}),
    async () => ({ error: 'invalid_client' }),
    async () => '',
    () => 7,
    async () => {
      throw new Error('invalid_client');
    },
    () => {
      throw new Error('invalid_client');
    },
  ]) {
    const { client, sent } = scripted(() => json(GROUP), { auth: bearer(source) });
    const error = await failure(client.groups.get('00g1'));
    assert.ok(isOktaError(error, 'config'), String(error));
    assert.equal(error.argument, 'auth');
    assert.match(inspect(error), /invalid_client|the token/);
    assert.equal(sent.length, 0);
  }
});

test('a source of tokens that failed is asked again by the next call', async () => {
  let asked = 0;
  const auth = bearer(async () => {
    if (++asked === 1) throw new Error('not yet');
    return 'token';
  });
  const { client } = scripted(() => json(GROUP), { auth });
  await failure(client.groups.get('00g1'));
  assert.deepEqual(await client.groups.get('00g1'), GROUP);
});

test('an org URL with slashes at its end is the same org', async () => {
  // okta-sdk-nodejs#453: a slash too many in what was signed.
  for (const orgUrl of [ORG_URL, `${ORG_URL}/`, `${ORG_URL}//`, new URL(ORG_URL), ` ${ORG_URL}/\n`]) {
    const { client, sent } = scripted(() => json(GROUP), { orgUrl });
    await client.groups.get('00g1');
    await client.groups.create({ name: 'West' });
    assert.deepEqual(
      sent.map(({ url }) => url.href),
      [`${ORG_URL}/api/v1/groups/00g1`, `${ORG_URL}/api/v1/groups`],
    );
  }
});

test('an error shows the line that made the call, awaited or not', async () => {
  // okta-sdk-nodejs: errors of the API had `stack: ''`.
  const { client } = scripted(() => json({}, { status: 404 }));
  async function whoAwaits() {
    return await client.groups.get('00g1');
  }
  function whoDoesNot() {
    return client.groups.get('00g1').then();
  }
  async function whoWalks() {
    for await (const _ of client.groups.list()) assert.fail();
  }
  async function whoGathers() {
    await client.groups.listUsers('00g1').toArray({ max: 9 });
  }
  for (const call of [whoAwaits, whoDoesNot, whoWalks, whoGathers]) {
    const { stack, message } = await failure(call());
    assert.ok(stack.startsWith(`OktaNotFoundError: ${message}\n    at `), stack);
    assert.ok(stack.includes(call.name), stack);
    assert.ok(stack.includes('peers.test.mjs'), stack);
  }
});

test('lists and clients print as short text', async () => {
  // okta-sdk-nodejs#428: a user printed the collection, saw circular internals and filed a bug.
  const { client } = scripted(pagedAnswer(3));
  for (const thing of [client, client.groups, client.groups.list()]) {
    assert.ok(inspect(thing).length < 200, inspect(thing));
    assert.doesNotThrow(() => JSON.stringify(thing));
  }
});

test('a misspelt or foreign parameter is an error, never dropped', async () => {
  // okta-sdk-nodejs drops unknown keys without a word; its listGroupUsers has no `search`.
  const { client, sent } = scripted(() => json([]));
  await client.groups.listUsers('00g1', { search: 'profile.login sw "a"' }).toArray({ max: 1 });
  assert.equal(sent[0].url.searchParams.get('search'), 'profile.login sw "a"');
  const error = await failure(client.groups.listUsers('00g1', { filter: 'id eq "x"' }).first());
  assert.ok(isOktaError(error, 'argument'));
  assert.equal(error.argument, 'filter');
});

test('options need no prototype and may come from another realm', async () => {
  const { client, sent } = scripted(() => json(GROUP));
  const bare = (object) => Object.assign(Object.create(null), object);
  await client.groups.get('00g1', bare({ headers: bare({ 'x-run': '7' }), retry: bare({ maxAttempts: 2 }) }));
  assert.equal(sent[0].headers.get('x-run'), '7');
  await client.groups.create(bare({ name: 'West' }));
  assert.equal(sent[1].body, '{"profile":{"name":"West"}}');
  const auth = { kind: 'own', authorize: () => bare({ authorization: 'Bearer own' }) };
  const own = scripted(() => json(GROUP), { auth });
  await own.client.groups.get('00g1');
  assert.equal(own.sent[0].headers.get('authorization'), 'Bearer own');
});
