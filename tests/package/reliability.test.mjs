// What the client does when the org, the network or the client itself fails.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOrg } from 'okta-groups/emulator';
import { OktaGroups, OktaInternalError, bearer, compile, eq, isOktaError, ssws } from 'okta-groups';
import { failure, groups, json, pagedAnswer, realTrap, scripted, trapNext } from './support.mjs';

/** A client of a local org that fails by `rules`. */
function orgWith(rules, options = {}) {
  const org = createOrg({ groups: 5, users: 5, seed: 7, rateLimit: 'off', faults: { rules } });
  const client = new OktaGroups({
    orgUrl: org.orgUrl,
    auth: bearer(() => 'token'),
    fetch: org.fetch,
    ...options,
  });
  return { org, client };
}

async function named(client, name) {
  const all = await client.groups.list().toArray({ max: 100 });
  return all.filter((group) => group.profile.name === name);
}

test('a group that exists already is returned, if asked for', async () => {
  const { client } = orgWith([]);
  const made = await client.groups.create({ name: 'West "1"', description: 'first' });
  assert.ok(isOktaError(await failure(client.groups.create({ name: 'West "1"' })), 'bad-request'));
  const again = await client.groups.create({ name: 'West "1"' }, { ifExists: 'return' });
  assert.deepEqual([again.id, again.profile.description], [made.id, 'first']);
  const fresh = await client.groups.create({ name: 'East' }, { ifExists: 'return' });
  assert.notEqual(fresh.id, made.id);
});

test('a create whose answer was lost is found again, and there is one group', async () => {
  for (const fault of ['reset', { error: { status: 500 } }, 'hang']) {
    const rule = { operation: 'POST /api/v1/groups', times: 1, after: true, fault };
    const { client } = orgWith([rule], { timeout: 100 });
    const { data, response } = await client.groups
      .create({ name: 'West' }, { ifExists: 'return' })
      .withResponse();
    assert.equal(data.profile.name, 'West');
    assert.ok(response.url.includes('search='), response.url);
    assert.equal((await named(client, 'West')).length, 1, fault);
  }
});

test('a create that was never run fails as it failed', async () => {
  const rule = { operation: 'POST /api/v1/groups', fault: 'reset' };
  const { client } = orgWith([rule], { totalTimeout: 400 });
  const error = await failure(client.groups.create({ name: 'West' }, { ifExists: 'return' }));
  assert.ok(isOktaError(error, 'connection'), String(error));
  assert.equal((await named(client, 'West')).length, 0);
});

test('a removal of a missing member may count as done', async () => {
  const { client } = orgWith([]);
  const { id } = await client.groups.create({ name: 'West' });
  const ignore = { ifMissing: 'ignore' };
  assert.ok(isOktaError(await failure(client.groups.unassignUser(id, '00unobody')), 'not-found'));
  assert.equal(await client.groups.unassignUser(id, '00unobody', ignore), undefined);
  assert.equal(await client.groups.delete(id, ignore), undefined);
  assert.equal(await client.groups.delete(id, ignore), undefined);
  assert.ok(isOktaError(await failure(client.groups.delete(id)), 'not-found'));
  assert.ok(isOktaError(await failure(client.groups.unassignUser(id, '00unobody', ignore)), 'not-found'));
});

test('which of user and group is missing is told by ids or by looking, not by English', async () => {
  const missing = (errorSummary) =>
    json({ errorCode: 'E0000007', errorSummary, errorCauses: [] }, { status: 404 });
  for (const [summary, group, isGone, requests] of [
    ['Nicht gefunden: 00u1 (Benutzer)', undefined, true, 1],
    ['Nicht gefunden: 00g1 (Benutzergruppe)', undefined, false, 1],
    ['Not found: Resource not found (User)', missing('00g1'), false, 2],
    ['Not found: Resource not found (UserGroup)', json({ id: '00g1', type: 'OKTA_GROUP' }), true, 2],
    ['', json({ id: '00g1', type: 'OKTA_GROUP' }), true, 2],
    ['', new Response('<html>', { status: 404 }), false, 2],
  ]) {
    const { client, sent } = scripted((_, { method }) => (method === 'DELETE' ? missing(summary) : group));
    const call = client.groups.unassignUser('00g1', '00u1', { ifMissing: 'ignore' });
    const error = await call.then(
      () => undefined,
      (error) => error,
    );
    assert.equal(error?.kind, isGone ? undefined : 'not-found', summary);
    assert.equal(sent.length, requests, summary);
  }
});

test('ifExists and ifMissing take their values only, and only where they apply', async () => {
  const { client, sent } = scripted(() => json({}));
  for (const [argument, call] of [
    ['ifExists', () => client.groups.create({ name: 'West' }, { ifExists: 'replace' })],
    ['profile', () => client.groups.create({}, { ifExists: 'return' })],
    ['ifExists', () => client.groups.replace('00g1', { name: 'West' }, { ifExists: 'return' })],
    ['ifMissing', () => client.groups.delete('00g1', { ifMissing: 'ignored' })],
    ['ifMissing', () => client.groups.assignUser('00g1', '00u1', { ifMissing: 'ignore' })],
  ]) {
    assert.equal((await failure(call())).argument, argument);
  }
  assert.equal(sent.length, 0);
});

/** An answer that leaves so much of the bucket. */
function limited(remaining) {
  const now = Math.floor(Date.now() / 1000);
  const headers = {
    date: new Date(now * 1000).toUTCString(),
    'x-rate-limit-limit': '100',
    'x-rate-limit-remaining': String(remaining),
    'x-rate-limit-reset': String(now + 30),
  };
  return json({ id: '00g1' }, { headers });
}

test('clients of one org and credential share its rate limits', async () => {
  const orgUrl = 'https://shared.example.com';
  const custom = { kind: 'custom', authorize: () => ({ 'x-token': 'a' }) };
  const source = bearer(() => 'one');
  const made = (options) => scripted(() => limited(77), { orgUrl, ...options }).client;
  for (const [first, second, shared] of [
    [{ auth: bearer('one') }, { auth: bearer('one\n') }, true],
    [{ auth: bearer('one') }, { auth: bearer('one'), orgUrl: new URL(`${orgUrl}/`) }, true],
    [{ auth: source }, { auth: source }, true],
    [{ auth: custom }, { auth: custom }, true],
    [{ auth: bearer('one') }, { auth: bearer('two') }, false],
    [{ auth: bearer('three') }, { auth: ssws('three') }, false],
    [{ auth: bearer('four') }, { auth: bearer('four'), orgUrl: `${orgUrl}/proxy` }, false],
    [{ auth: bearer('five') }, { auth: bearer('five'), rateLimit: { reserve: 0 } }, false],
    [{ auth: bearer(() => 'six') }, { auth: bearer(() => 'six') }, false],
    [{ auth: custom, orgUrl: `${orgUrl}/a` }, { auth: { ...custom }, orgUrl: `${orgUrl}/a` }, false],
  ]) {
    const [asking, other] = [made(first), made(second)];
    await asking.groups.get('00g1');
    // Less the time that is left, which passes.
    const known = (client) =>
      [...client.rateLimits()].map(([name, { resetsInMs, ...state }]) => [name, state]);
    assert.equal(known(asking).length, 1);
    assert.deepEqual(known(other), shared ? known(asking) : [], JSON.stringify([first, second]));
  }
});

test('an org whose buckets are cut in another way is told so', async () => {
  const asked = [];
  const bucketOf = (method, path) => {
    asked.push([method, path]);
    return path.endsWith('/users') ? 'members' : undefined;
  };
  const { client } = scripted(() => limited(77), { rateLimit: { bucketOf } });
  await client.groups.get('00g1');
  await failure(client.groups.listUsers('00g1').first());
  assert.deepEqual(asked, [
    ['GET', '/api/v1/groups/00g1'],
    ['GET', '/api/v1/groups/00g1/users'],
  ]);
  assert.deepEqual([...client.rateLimits().keys()], ['groups/{id}', 'members']);
  for (const wrong of [
    () => 7,
    () => null,
    () => {
      throw new Error('no');
    },
  ]) {
    const { client, sent } = scripted(() => json({}), { rateLimit: { bucketOf: wrong } });
    const error = await failure(client.groups.get('00g1'));
    assert.ok(isOktaError(error, 'config'), String(error));
    assert.equal(error.argument, 'bucketOf');
    assert.equal(sent.length, 0);
  }
});

test('two clients together have no more requests at once than one', async () => {
  let [now, most] = [0, 0];
  const answer = async () => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 5));
    now--;
    return json({ id: '00g1' });
  };
  const options = { auth: bearer('together'), rateLimit: { maxConcurrency: 3 } };
  const clients = [
    scripted(answer, options).client,
    scripted(answer, { ...options, auth: bearer('together') }).client,
  ];
  await Promise.all(Array.from({ length: 20 }, (_, i) => clients[i % 2].groups.get('00g1')));
  assert.equal(most, 3);
});

test('a wait is told with the number of the call that waits', async () => {
  const events = [];
  const { client } = scripted(() => json({ id: '00g1' }), {
    auth: bearer('waiting'),
    rateLimit: { maxConcurrency: 1 },
    onEvent: (event) => events.push(event),
  });
  await Promise.all([1, 2, 3].map(() => client.groups.get('00g1')));
  const told = (type) => events.filter((event) => event.type === type);
  const ids = told('request').map(({ id }) => id);
  assert.equal(new Set(ids).size, 3);
  const waits = told('throttle');
  assert.ok(waits.every(({ reason }) => reason === 'concurrency'));
  assert.deepEqual([...new Set(waits.map(({ id }) => id))].sort(), ids.slice(1).sort());
});

test('each attempt ends with one event, response or no-answer, the last attempt too', async () => {
  const broken = () =>
    new Response(
      new ReadableStream({
        pull(body) {
          body.enqueue(new TextEncoder().encode('{"id":'));
          body.error(new TypeError('terminated'));
        },
      }),
    );
  const reset = () => {
    throw new TypeError('network');
  };
  const hang = (_, { signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  const large = () => json({ id: '0'.repeat(2000) });
  const retry = { maxAttempts: 2, baseDelay: 1 };
  const lost = (attempt, reason) => `no-answer ${attempt} ${reason}`;
  for (const [answers, options, expected] of [
    [[() => json({ id: '00g1' })], {}, ['request 1', 'response']],
    [[() => json({}, { status: 500 })], { retry: false }, ['request 1', 'response']],
    [[broken], { retry: false }, ['request 1', lost(1, 'connection')]],
    [[reset], { retry: false }, ['request 1', lost(1, 'connection')]],
    [
      [reset, broken],
      { retry },
      ['request 1', lost(1, 'connection'), 'retry 1', 'request 2', lost(2, 'connection')],
    ],
    [
      [broken, () => json({ id: '00g1' })],
      { retry },
      ['request 1', lost(1, 'connection'), 'retry 1', 'request 2', 'response'],
    ],
    [[hang], { retry: false, timeout: 5 }, ['request 1', lost(1, 'timeout')]],
    [[hang], { totalTimeout: 5 }, ['request 1', lost(1, 'timeout')]],
    [[hang], { retry: false, aborts: true }, ['request 1', lost(1, 'aborted')]],
    [[large], { retry: false }, ['request 1', lost(1, 'too-large')]],
    [[], { headers: { authorization: 'a\nb' } }, []],
  ]) {
    const events = [];
    const { client, sent } = scripted((url, init, count) => answers[count - 1](url, init), {
      maxResponseBytes: 1000,
      onEvent: (event) => events.push(event),
    });
    const { aborts, ...rest } = options;
    const signal = aborts ? AbortSignal.timeout(5) : undefined;
    await client.groups.get('00g1', { ...rest, signal }).catch(() => undefined);
    const told = events.map(({ type, attempt, reason }) => [type, attempt, reason].join(' ').trim());
    assert.deepEqual(told, expected);
    assert.equal(sent.length, answers.length);
    for (const event of events.filter(({ type }) => type === 'no-answer')) {
      assert.deepEqual(Object.keys(event).sort(), ['attempt', 'durationMs', 'id', 'reason', 'type']);
      assert.equal(event.id, events[0].id);
      assert.ok(event.durationMs >= 0);
    }
  }
});

test('a trap in the core fails the calls that are under way, and the next call works', async () => {
  assert.throws(realTrap, WebAssembly.RuntimeError);
  let hang = true;
  const answer = () => (hang ? new Promise(() => {}) : json({ id: '00g1' }));
  for (const [of, name] of [
    [Math, 'random'],
    [performance, 'now'],
  ]) {
    const { client, sent } = scripted(answer, { totalTimeout: 2000 });
    const other = scripted(answer, { totalTimeout: 2000 }).client;
    hang = true;
    const waiting = [failure(client.groups.get('00g1')), failure(other.groups.get('00g2'))];
    const page = failure(client.groups.list().first());
    await new Promise(setImmediate);
    assert.equal(sent.length, 2);
    trapNext(of, name);
    const trapped = failure(client.groups.get('00g3'));
    for (const error of await Promise.all([...waiting, page, trapped])) {
      assert.ok(isOktaError(error, 'internal') && error instanceof OktaInternalError, String(error));
      assert.ok(error.cause instanceof WebAssembly.RuntimeError);
    }
    hang = false;
    assert.deepEqual(await client.groups.get('00g1'), { id: '00g1' });
    assert.deepEqual(await other.groups.get('00g1'), { id: '00g1' });
    assert.equal(client.rateLimits().size, 0);
  }
});

test('a trap loses nothing of a list, and expressions go on', async () => {
  const seen = [];
  const { client } = scripted(pagedAnswer(10));
  const isWest = compile('profile.name sw "G"');
  const pages = client.groups.list({ limit: 2, prefetch: 0 }).pages();
  const idle = client.groups.list({ limit: 2 })[Symbol.asyncIterator]();
  seen.push(...(await pages.next()).value.items);
  await idle.next();
  trapNext(Math, 'random');
  const error = await failure(pages.next());
  assert.ok(isOktaError(error, 'internal'), String(error));
  for await (const page of client.groups.list({ limit: 2 }).pages({ cursor: error.cursor }))
    seen.push(...page.items);
  assert.deepEqual(seen, groups(0, 10));

  // What was between two pages goes on by itself.
  let rest = 0;
  while (!(await idle.next()).done) rest++;
  assert.equal(rest, 9);
  assert.ok(isWest({ profile: { name: 'G1' } }));
  assert.equal(String(eq('profile.name', 'West')), 'profile.name eq "West"');
});

test('a callback that runs while the core fails does no harm', async () => {
  let inner;
  const { client } = scripted(() => json({ id: '00g1' }), {
    onEvent() {
      if (inner) return;
      trapNext(Math, 'random');
      inner = Promise.allSettled([client.groups.get('00g2')]);
    },
  });
  const outer = await Promise.allSettled([client.groups.get('00g1')]);
  const [first, second] = [...outer, ...(await inner)];
  for (const { value, reason } of [first, second]) {
    assert.ok(value?.id === '00g1' || isOktaError(reason, 'internal'), String(reason));
  }
  assert.deepEqual(await client.groups.get('00g1'), { id: '00g1' });
});

test('no new instance is made while frames of the one that failed are still there', async () => {
  const { guarded, instance, recover } = await import('../../pkg-template/src/trap.js');
  let renewed = 0;
  const renew = () => renewed++;
  const asked = guarded(() => {
    assert.throws(guarded(realTrap), { kind: 'internal' });
    // A callback of the old instance asks for the core.
    assert.throws(() => recover(renew), { kind: 'internal' });
    assert.deepEqual([renewed, instance()], [0, 0]);
  });
  asked();
  recover(renew);
  recover(renew);
  assert.deepEqual([renewed, instance()], [1, 1]);
});

test('a trap ends the requests and timers that the core had', async () => {
  const { client, sent } = scripted(() => new Promise(() => {}));
  const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const waiting = failure(client.groups.get('00g1'));
  await new Promise(setImmediate);
  trapNext(Math, 'random');
  await failure(client.groups.get('00g2'));
  await waiting;
  assert.ok(sent[0].init.signal.aborted);
  assert.equal(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length, timers);
});

test('many traps leave nothing behind that ends the process', async () => {
  const { client } = scripted(() => json({ id: '00g1' }));
  for (let i = 0; i < 50; i++) {
    trapNext(i % 2 ? Math : performance, i % 2 ? 'random' : 'now');
    assert.ok(isOktaError(await failure(client.groups.get('00g1')), 'internal'));
    assert.deepEqual(await client.groups.get('00g1'), { id: '00g1' });
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
});

test('calls that share a signal are one listener of it, and leave none', async (t) => {
  const warnings = [];
  const warned = (warning) => warnings.push(warning);
  process.on('warning', warned);
  t.after(() => process.off('warning', warned));
  const { client } = scripted((_, { signal }, n) =>
    n <= 30
      ? json({ id: '00g1' })
      : new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  );
  const control = new AbortController();
  const { signal } = control;
  let listeners = 0;
  for (const [name, by] of [
    ['addEventListener', 1],
    ['removeEventListener', -1],
  ]) {
    const real = signal[name];
    signal[name] = (...args) => ((listeners += by), real.apply(signal, args));
  }
  const all = () => Array.from({ length: 30 }, () => client.groups.get('00g1', { signal }));
  await Promise.all(all());
  assert.equal(listeners, 0);
  const calls = Promise.all(all().map(failure));
  assert.equal(listeners, 1);
  control.abort(new Error('mine'));
  for (const error of await calls) {
    assert.ok(isOktaError(error, 'aborted'), String(error));
    assert.equal(error.cause.message, 'mine');
  }
  assert.equal(listeners, 0);
  assert.ok(isOktaError(await failure(client.groups.get('00g1', { signal })), 'aborted'));
  await new Promise(setImmediate);
  assert.deepEqual(warnings, []);
});

test('middleware goes around each attempt, the first outermost', async () => {
  const log = [];
  const stage = (name) => async (request, next) => {
    log.push(`${name} ${request.method} ${request.url.pathname} ${request.headers.get('x-by') ?? '-'}`);
    const response = await next({ headers: [...request.headers, ['x-by', name]] });
    log.push(`${name} ${response.status}`);
    return response;
  };
  const { client, sent } = scripted(
    (_, __, n) => (n === 1 ? new Response('', { status: 503 }) : json({ id: '00g1' })),
    {
      middleware: [stage('outer'), stage('inner')],
      retry: { baseDelay: 1 },
      headers: { 'x-own': '1' },
    },
  );
  assert.deepEqual(await client.groups.get('00g1'), { id: '00g1' });
  const path = 'GET /api/v1/groups/00g1';
  const attempt = (status) => [
    `outer ${path} -`,
    `inner ${path} outer`,
    `inner ${status}`,
    `outer ${status}`,
  ];
  assert.deepEqual(log, [...attempt(503), ...attempt(200)]);
  for (const { headers } of sent) {
    assert.deepEqual([headers.get('x-by'), headers.get('x-own')], ['outer, inner', '1']);
    assert.equal(headers.get('authorization'), 'Bearer token');
  }
});

test('middleware sees the request but no token, and cannot set another', async () => {
  const seen = [];
  const { client, sent } = scripted(() => json({ id: '00g1' }), {
    middleware: [
      (request, next) => {
        seen.push(request.body, [...request.headers].join(), String(request.signal.aborted));
        request.headers.set('authorization', 'Bearer stolen');
        request.headers.set('x-more', 'yes');
        return next();
      },
    ],
  });
  await client.groups.create({ name: 'West' });
  assert.equal(seen[0], '{"profile":{"name":"West"}}');
  assert.ok(!seen.join().includes('token'), seen.join());
  assert.equal(sent[0].headers.get('authorization'), 'Bearer token');
  assert.equal(sent[0].headers.get('x-more'), 'yes');
  assert.equal(sent[0].body, seen[0]);
});

test('middleware may answer itself, or fail', async () => {
  const refusal = Object.assign(await failure(scripted().client.groups.get('')), { mine: true });
  for (const [stage, kind, attempts] of [
    [() => json({ id: '00g1', from: 'cache' }), undefined, 1],
    [() => json({ errorCode: 'E0000006' }, { status: 403 }), 'forbidden', 1],
    [() => 'no response', 'connection', 2],
    [() => Promise.reject(new Error('mine')), 'connection', 2],
    [
      () => {
        throw new Error('mine');
      },
      'connection',
      2,
    ],
    [() => Promise.reject(refusal), 'argument', 1],
    [(_, next) => next().then(next), 'config', 1],
  ]) {
    let asked = 0;
    const counted = (request, next) => (asked++, stage(request, next));
    const { client, sent } = scripted(() => json({ id: '00g1' }), {
      middleware: [counted],
      retry: { maxAttempts: 2, baseDelay: 1 },
    });
    const outcome = await client.groups.get('00g1').catch((error) => error);
    assert.equal(outcome.kind, kind, String(outcome));
    assert.equal(asked, attempts, String(outcome));
    assert.equal(sent.length, kind === 'config' ? 1 : 0);
    if (kind === undefined) assert.equal(outcome.from, 'cache');
    if (kind === 'argument') assert.equal(outcome, refusal);
    if (kind === 'connection' && outcome.cause.message !== 'fetch did not resolve to a Response') {
      assert.equal(outcome.cause.message, 'mine');
    }
  }
  for (const middleware of [null, {}, 'log', [undefined], [{}]]) {
    assert.throws(
      () => scripted(undefined, { middleware }),
      (error) => isOktaError(error, 'config') && error.argument === 'middleware',
    );
  }
});

test('a middleware that fails after the request was sent causes no retry', async () => {
  const refused = () => Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } });
  for (const [stage, sends, cause] of [
    // A collector that is down, after the answer or after the failure.
    [async (_, next) => (await next(), Promise.reject(refused())), 1, 'fetch failed'],
    [async (_, next) => (await next().catch(() => {}), Promise.reject(refused())), 1, 'fetch failed'],
    [(_, next) => (next(), undefined), 1, undefined],
    // The network's own error, passed on.
    [(_, next) => next(), 4, 'fetch failed'],
    // Before anything is sent.
    [() => Promise.reject(refused()), 0, 'fetch failed'],
  ]) {
    const { client, sent } = scripted(
      () => (cause && sends === 1 ? json({ id: '00g1' }) : Promise.reject(refused())),
      {
        middleware: [stage],
        retry: { baseDelay: 1, maxDelay: 1 },
      },
    );
    const error = await failure(client.groups.create({ name: 'West' }));
    assert.ok(isOktaError(error, 'connection'), String(error));
    // The scripted fetch counts a request once it has read its body.
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(sent.length, sends, String(stage));
    if (sends < 2 && cause) assert.equal(error.cause.message, cause);
  }
});

test('an update ends within the totalTimeout of one call', async () => {
  const slow = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  for (const options of [{ totalTimeout: 150 }, {}]) {
    const { client, sent } = scripted(
      async (_, { method }) => {
        if (method === 'PUT') await slow(600);
        else await slow(100);
        return json({ id: '00g1', profile: { name: 'West' } });
      },
      { totalTimeout: options.totalTimeout ? 60_000 : 150 },
    );
    const began = performance.now();
    const error = await failure(client.groups.update('00g1', { name: 'East' }, options));
    assert.ok(isOktaError(error, 'timeout'), String(error));
    assert.equal(error.phase, 'total');
    assert.ok(error.timeoutMs < 150 && performance.now() - began < 400);
    assert.equal(sent.length, 2);
  }
});

test('an option that is undefined is one that is not given', async () => {
  const names = [
    'fetchOptions headers userAgent timeout totalTimeout retry rateLimit maxResponseBytes nextLink middleware onEvent',
    'dangerouslyAllowBrowser',
  ];
  const undecided = Object.fromEntries(
    names
      .join(' ')
      .split(' ')
      .map((name) => [name, undefined]),
  );
  const { client } = scripted(pagedAnswer(1), undecided);
  assert.equal((await client.groups.list({ signal: undefined, retry: undefined })).items.length, 1);
});
