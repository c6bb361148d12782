// Owners, rules, users and any other path, as a script uses them, against answers from memory.
import assert from 'node:assert/strict';
import test from 'node:test';
import { bearer, eq, isOktaError, ownerDate } from 'okta-groups';
import { ORG_URL, failure, fixture, json, scripted } from './support.mjs';

const target = ({ url }) => url.href.slice(ORG_URL.length);
const RULE = { type: 'group_rule', name: 'R', conditions: { expression: { value: 'user.a=="b"' } } };

test('each operation sends its method, path, query and body', async () => {
  const owner = { id: '00u2', type: 'USER' };
  for (const [call, method, path, body] of [
    [(c) => c.groups.get('00g1', { expand: ['stats', 'app'] }), 'GET', '/groups/00g1?expand=stats%2Capp'],
    [(c) => c.groups.get('00g1', { expand: 'stats' }), 'GET', '/groups/00g1?expand=stats'],
    [(c) => c.groups.listOwners('00g1'), 'GET', '/groups/00g1/owners?limit=200'],
    [
      (c) => c.groups.listOwners('00g1', { search: eq('type', 'USER'), after: 'x', limit: 5 }),
      'GET',
      '/groups/00g1/owners?search=type%20eq%20%22USER%22&after=x&limit=5',
    ],
    [(c) => c.groups.assignOwner('00g1', owner), 'POST', '/groups/00g1/owners', owner],
    [(c) => c.groups.deleteOwner('00g1', '00u2'), 'DELETE', '/groups/00g1/owners/00u2'],
    [
      (c) => c.rules.list({ search: 'a "b" \\', limit: 200, expand: 'groupIdToGroupNameMap' }),
      'GET',
      '/groups/rules?search=a%20%22b%22%20%5C&limit=200&expand=groupIdToGroupNameMap',
    ],
    [(c) => c.rules.create(RULE), 'POST', '/groups/rules', RULE],
    [(c) => c.rules.get('00g1'), 'GET', '/groups/rules/00g1'],
    [
      (c) => c.rules.replace('00g1', { ...RULE, id: '00g1' }),
      'PUT',
      '/groups/rules/00g1',
      { ...RULE, id: '00g1' },
    ],
    [(c) => c.rules.delete('00g1'), 'DELETE', '/groups/rules/00g1'],
    [(c) => c.rules.delete('00g1', { removeUsers: false }), 'DELETE', '/groups/rules/00g1?removeUsers=false'],
    [(c) => c.rules.delete('00g1', { removeUsers: true }), 'DELETE', '/groups/rules/00g1?removeUsers=true'],
    [(c) => c.rules.activate('00g1'), 'POST', '/groups/rules/00g1/lifecycle/activate'],
    [(c) => c.rules.deactivate('00g1'), 'POST', '/groups/rules/00g1/lifecycle/deactivate'],
    [
      (c) => c.users.list({ search: 'profile.login eq "a"', sortBy: 'id', sortOrder: 'desc' }),
      'GET',
      '/users?search=profile.login%20eq%20%22a%22&limit=200&sortBy=id&sortOrder=desc',
    ],
    [(c) => c.users.list({ q: 'Isaac' }), 'GET', '/users?q=Isaac&limit=200'],
    [
      (c) => c.users.get("o'brien/x\\y?#%@example.com"),
      'GET',
      "/users/o'brien%2Fx%5Cy%3F%23%25%40example.com",
    ],
    [(c) => c.users.listGroups('me'), 'GET', '/users/me/groups?limit=200'],
  ]) {
    const { client, sent } = scripted((url, { method }) => {
      const isList = method === 'GET' && !/00g1\?|00g1$|brien/.test(url.href);
      return json(isList ? [] : { id: '00g1' });
    });
    await call(client);
    assert.deepEqual(
      sent.map((request) => [request.method, target(request)]),
      [[method, `/api/v1${path}`]],
    );
    assert.deepEqual(JSON.parse(sent[0].body), body ?? null, String(call));
  }
});

test('what would change a path, or is no option or body, is named before anything is sent', async () => {
  const { client, sent } = scripted(() => json({}));
  const { groups, rules, users } = client;
  for (const [call, argument, message] of [
    [() => rules.get('a/b'), 'ruleId', /^ruleId holds one of/],
    [() => rules.activate('..'), 'ruleId', /^ruleId is a dot segment/],
    [() => rules.delete(undefined), 'ruleId', /^ruleId must be a string, not undefined/],
    [() => groups.deleteOwner('00g1', ''), 'ownerId', /^ownerId is empty/],
    [() => groups.listOwners('00g\n'), 'groupId', /^groupId holds a control character/],
    [() => users.get(''), 'idOrLogin', /^idOrLogin is empty/],
    [() => users.get('..'), 'idOrLogin', /^idOrLogin is a dot segment/],
    [() => users.listGroups('.'), 'idOrLogin', /^idOrLogin is a dot segment/],
    [() => users.get('\ud800'), 'idOrLogin', /surrogate/],
    [() => rules.list({ limit: 201 }), 'limit', /^limit must be a whole number from 1 to 200$/],
    [() => rules.list({ search: eq('name', 'a') }), 'search', /^search must be a string/],
    [() => rules.list({ q: 'a' }), 'q', /^q is not an option/],
    [() => users.list({ limit: 201 }), 'limit', /from 1 to 200/],
    [() => users.list({ q: 'a', after: 'b' }), 'after', /not paged/],
    [() => users.list({ sortBy: 'id' }), 'sortBy', /for a search only/],
    [() => groups.update('00g1', {}, { expand: 'stats' }), 'expand', /^expand is not an option/],
    [() => rules.create([]), 'rule', /^rule must be an object$/],
    [() => rules.create({ a: NaN }), 'rule', /^rule holds a value that JSON cannot carry: a is NaN/],
    [() => rules.create(Promise.resolve({})), 'rule', /^rule must be an object$/],
    [() => groups.assignOwner('00g1', '00u1'), 'owner', /^owner must be an object$/],
  ]) {
    const error = await failure(call());
    assert.ok(isOktaError(error, 'argument'), `${call}: ${error}`);
    assert.equal(error.argument, argument, String(call));
    assert.match(error.message, message);
  }
  for (const [call, kind] of [
    [() => users.list({ search: 'a b' }), 'expression'],
    [() => groups.listOwners('00g1', { search: '(' }), 'expression'],
  ]) {
    assert.ok(isOktaError(await failure(call()), kind));
  }
  assert.equal(sent.length, 0);
});

test('an owner and a user may have another id than the path; a rule may not', async () => {
  const { client } = scripted(() => json({ id: '00other' }));
  assert.deepEqual(await client.users.get('isaac@example.com'), { id: '00other' });
  assert.deepEqual(await client.groups.assignOwner('00g1', { id: '00u1', type: 'USER' }), { id: '00other' });
  for (const call of [() => client.rules.get('0pr1'), () => client.rules.replace('0pr1', RULE)]) {
    const error = await failure(call());
    assert.ok(isOktaError(error, 'response'));
    assert.equal(error.path, '/api/v1/groups/rules/{ruleId}');
  }
});

test("both forms of an owner's date are read", () => {
  for (const [text, millis] of fixture('owner-dates.json')) {
    assert.deepEqual(ownerDate(text).getTime(), millis ?? NaN, text);
  }
});

/** Pages of `count` items with Okta's links, in pages of the `limit` that was asked for or `size`; `link` is false for none. */
function paged(count, { size = 200, link = true, item = (n) => ({ id: `id${n}` }) } = {}) {
  return (url) => {
    const limit = Number(url.searchParams.get('limit') ?? size);
    const after = Number(url.searchParams.get('after') ?? 0);
    const end = Math.min(after + limit, count);
    const headers = new Headers({ 'content-type': 'application/json' });
    if (link) {
      const at = (rel, place) => {
        const target = new URL(url);
        if (place) target.searchParams.set('after', place);
        headers.append('link', `<${target.href.replaceAll('%20', '+')}>; rel="${rel}"`);
      };
      at('self');
      if (end < count) at('next', end);
    }
    const items = Array.from({ length: Math.max(0, end - after) }, (_, n) => item(after + n));
    return new Response(JSON.stringify(items), { headers });
  };
}

const FAST = { retry: { baseDelay: 1 } };
const LISTS = [
  ['rules', (c, o) => c.rules.list({ search: 'x', limit: 3, ...o })],
  ['users', (c, o) => c.users.list({ search: 'profile.lastName sw "O\'B\\"\\\\"', limit: 3, ...o })],
  ["a user's groups", (c, o) => c.users.listGroups('a/"\\b@example.com', { limit: 3, ...o })],
  ['another path', (c, o) => c.paginate(['apps', '0oa1', 'a/"\\b'], { query: { limit: 3, q: 'x' }, ...o })],
];
for (const [what, list] of LISTS) {
  test(`a list of ${what} gives every item over many pages, in spite of faults, and resumes by cursor`, async () => {
    const answer = paged(20);
    const { client, sent } = scripted((url, init, n) => {
      if (n === 2) return new Response('busy', { status: 503, headers: { 'retry-after': '0' } });
      if (n === 4) throw new TypeError('fetch failed');
      return answer(url);
    }, FAST);
    const expected = Array.from({ length: 20 }, (_, n) => `id${n}`);
    const ids = (await list(client).toArray({ max: 100 })).map(({ id }) => id);
    assert.deepEqual(ids, expected);
    assert.equal(sent.length, 9);
    // The path and the parameters are the same on every page.
    assert.equal(new Set(sent.map(({ url }) => url.pathname)).size, 1);
    const [{ url: first }] = sent;
    for (const [name, value] of first.searchParams) {
      if (name !== 'limit')
        assert.ok(
          sent.every(({ url }) => url.searchParams.get(name) === value),
          name,
        );
    }
    const { cursor, items } = await list(client);
    assert.equal(items.length, 3);
    const rest = await list(client, { cursor }).toArray({ max: 100 });
    assert.deepEqual(
      rest.map(({ id }) => id),
      expected.slice(3),
    );
    const error = await failure(client.groups.list({ cursor }).first());
    assert.equal(error.reason, 'cursor');
  });

  test(`a list of ${what} ends with an abort, and says where`, async () => {
    const { client } = scripted(paged(20), FAST);
    const gaveUp = new AbortController();
    const ids = [];
    const error = await failure(
      (async () => {
        for await (const { id } of list(client, { signal: gaveUp.signal })) {
          ids.push(id);
          if (ids.length === 4) gaveUp.abort();
        }
      })(),
    );
    assert.ok(isOktaError(error, 'aborted'));
    assert.ok(error.cursor);
    const rest = await list(client, { cursor: error.cursor }).toArray({ max: 100 });
    assert.deepEqual([...new Set([...ids, ...rest.map(({ id }) => id)])].length, 20);
  });

  test(`a list of ${what} whose full page has no Link, or whose next is its own request, is no list`, async () => {
    const { client } = scripted(paged(20, { link: false }));
    const hidden = await failure(list(client).toArray({ max: 100 }));
    assert.deepEqual([hidden.kind, hidden.reason, hidden.items.length], ['pagination', 'hidden-link', 3]);
    const { client: looping } = scripted((url) =>
      json([{ id: '1' }], { headers: { link: `<${url}>; rel="self", <${url}>; rel="next"` } }),
    );
    assert.equal((await failure(list(looping).toArray({ max: 100 }))).reason, 'loop');
  });
}

test('a full page of owners is an error, since owners have no Link; one owner less is the whole list', async () => {
  for (const [limit, full] of [
    [undefined, 200],
    [3, 3],
    [1000, 1000],
  ]) {
    const { client, sent } = scripted(paged(full, { link: false }));
    const error = await failure(client.groups.listOwners('00g1', { limit }).toArray({ max: Infinity }));
    assert.deepEqual([error.kind, error.reason, error.items.length], ['pagination', 'hidden-link', full]);
    assert.match(error.message, /larger limit \(owners\)/);
    assert.equal(sent[0].url.searchParams.get('limit'), String(full));
    const { client: other } = scripted(paged(full - 1, { link: false }));
    assert.equal(
      (await other.groups.listOwners('00g1', { limit }).toArray({ max: Infinity })).length,
      full - 1,
    );
  }
});

test('a list of users by q has one page', async () => {
  const { client } = scripted(paged(200, { link: false }));
  const page = await client.users.list({ q: 'a' });
  assert.deepEqual([page.items.length, page.hasNext], [200, false]);
});

test('any other list: what is full without a limit, and a list without Link headers', async () => {
  for (const [count, isFull] of [
    [0, false],
    [19, false],
    [20, true],
    [21, false],
    [50, true],
    [100, true],
    [199, false],
    [200, true],
    [300, true],
  ]) {
    const { client } = scripted(paged(count, { size: 1000, link: false }));
    const read = client.paginate(['policies']).toArray({ max: 1000 });
    if (isFull) assert.equal((await failure(read)).reason, 'hidden-link', String(count));
    else assert.equal((await read).length, count);
    const { client: other, sent } = scripted(paged(count, { size: 1000, link: false }));
    const all = await other.paginate(['policies'], { link: 'optional' }).toArray({ max: 1000 });
    assert.equal(all.length, count);
    assert.equal(target(sent[0]), '/api/v1/policies');
  }
});

test("the log's next to its own request is its end; elsewhere it is a loop", async () => {
  const log = (path, first = '') => {
    let polls = 0;
    const { client } = scripted((url) => {
      polls++;
      const after = url.searchParams.get('after') ?? first;
      const next = new URL(url);
      const isEnd = after === '2';
      if (!isEnd) next.searchParams.set('after', String(Number(after) + 1));
      const items = isEnd ? [] : [{ uuid: after }];
      return json(items, {
        headers: { link: `<${url}>; rel="self", <${next.href.replaceAll('%20', '+')}>; rel="next"` },
      });
    });
    const query = { since: '2026-11-30T00:00:00Z', filter: eq('eventType', 'group.user_membership.add') };
    return { read: client.paginate(path, { query }).toArray({ max: 10 }), polls: () => polls };
  };
  const { read, polls } = log(['logs']);
  assert.deepEqual(await read, [{ uuid: '' }, { uuid: '1' }]);
  assert.equal(polls(), 3);
  assert.equal((await failure(log(['logs', 'x']).read)).reason, 'loop');
  // The first page may be the end.
  const { client } = scripted((url) => json([], { headers: { link: `<${url}>; rel="next"` } }));
  assert.deepEqual(await client.paginate(['logs'], { query: { since: 'x' } }).toArray({ max: 1 }), []);
  // A page that was read before is a loop there as well.
  const places = [1, 2, 1];
  const { client: back } = scripted((url) =>
    json([{}], { headers: { link: `<${url.origin}${url.pathname}?after=${places.shift()}>; rel="next"` } }),
  );
  assert.equal((await failure(back.paginate(['logs']).toArray({ max: 10 }))).reason, 'loop');
});

test('any other list takes arrays only', async () => {
  for (const body of [{ items: [] }, 'x', null, 7]) {
    const { client } = scripted(() => json(body));
    const error = await failure(client.paginate(['users', 'isaac@example.com', 'roles']).first());
    assert.deepEqual([error.kind, error.reason], ['response', 'shape']);
    assert.equal(error.path, '/api/v1/users/{id}/roles');
  }
});

test('any other request gives the JSON of the answer as it came, or nothing', async () => {
  for (const [text, data] of [
    ['{"b":1,"a":null}', { b: 1, a: null }],
    ['[1,"x"]', [1, 'x']],
    ['null', null],
    ['0', 0],
    ['"x"', 'x'],
    [null, undefined],
  ]) {
    const { client } = scripted(() => new Response(text, { status: text === null ? 204 : 200 }));
    const { data: given, response } = await client.request('GET', ['meta', 'types']).withResponse();
    assert.equal(JSON.stringify(given), JSON.stringify(data));
    assert.equal(response.status, text === null ? 204 : 200);
  }
  const { client } = scripted(() => new Response('<html><title>Log in</title>'));
  const error = await failure(client.request('GET', ['apps', '0oa1gjh63g214q0Hq0g4']));
  assert.deepEqual([error.kind, error.reason, error.path], ['response', 'html', '/api/v1/apps/{id}']);
});

test('any other request is its segments, its query and its body', async () => {
  for (const [method, path, options, expected, body] of [
    ['GET', ['meta', 'schemas', 'group', 'default'], undefined, '/meta/schemas/group/default', null],
    ['GET', ['users', 'a/../b\\"?#%', 'ü'], {}, '/users/a%2F..%2Fb%5C%22%3F%23%25/%C3%BC', null],
    [
      'GET',
      ['apps'],
      {
        query: {
          'a b': 'c&d',
          limit: 5,
          on: false,
          none: undefined,
          list: ['x', 'y'],
          filter: eq('id', '"'),
        },
      },
      '/apps?a%20b=c%26d&limit=5&on=false&list=x%2Cy&filter=id%20eq%20%22%5C%22%22',
      null,
    ],
    ['GET', ['apps'], { query: { q: '' } }, '/apps?q=', null],
    ['POST', ['apps'], { body: { name: 'x' } }, '/apps', '{"name":"x"}'],
    ['PUT', ['apps'], { body: [1, null] }, '/apps', '[1,null]'],
    ['PATCH', ['apps'], { body: null }, '/apps', 'null'],
    ['DELETE', ['apps', '0oa1'], {}, '/apps/0oa1', null],
  ]) {
    const { client, sent } = scripted(() => json({}));
    await client.request(method, path, options);
    assert.deepEqual([sent[0].method, target(sent[0]), sent[0].body], [method, `/api/v1${expected}`, body]);
    assert.equal(sent[0].headers.get('content-type'), body && 'application/json');
    assert.equal(sent[0].headers.get('authorization'), 'Bearer token');
  }
});

test('what no other request can be is named before anything is sent', async () => {
  const { client, sent } = scripted(() => json({}));
  const holes = ['a'];
  holes.length = 2;
  for (const [method, path, options, argument] of [
    ['GET', 'meta/schemas', {}, 'path'],
    ['GET', undefined, {}, 'path'],
    ['GET', [], {}, 'path'],
    ['GET', [''], {}, 'path[0]'],
    ['GET', ['users', '..'], {}, 'path[1]'],
    ['GET', ['users', '.', 'groups'], {}, 'path[1]'],
    ['GET', ['users', ''], {}, 'path[1]'],
    ['GET', ['users', 7], {}, 'path[1]'],
    ['GET', holes, {}, 'path[1]'],
    ['GET', ['users', '\udc00'], {}, 'path[1]'],
    ['get', ['users'], {}, 'method'],
    ['HEAD', ['users'], {}, 'method'],
    [undefined, ['users'], {}, 'method'],
    ['GET', ['users'], { body: {} }, 'body'],
    ['POST', ['users'], { body: { a: 1n } }, 'body'],
    ['POST', ['users'], { body: () => 0 }, 'body'],
    ['GET', ['users'], { query: 'a=b' }, 'query'],
    ['GET', ['users'], { query: new URLSearchParams('a=b') }, 'query'],
    ['GET', ['users'], { query: { a: null } }, 'query.a'],
    ['GET', ['users'], { query: { a: NaN } }, 'query.a'],
    ['GET', ['users'], { query: { a: ['x', {}] } }, 'query.a'],
    ['GET', ['users'], { limit: 5 }, 'limit'],
    ['GET', ['users'], { idempotent: 1 }, 'idempotent'],
  ]) {
    const error = await failure(client.request(method, path, options));
    assert.deepEqual([error.kind, error.argument], ['argument', argument], `${error}`);
    if (method !== 'GET' || ['body', 'idempotent'].includes(argument)) continue;
    const other = await failure(client.paginate(path, options).first());
    assert.deepEqual([other.kind, other.argument], ['argument', argument], `${other}`);
  }
  assert.equal(sent.length, 0);
});

test('a list keeps its arguments although the program changes them later', async () => {
  const { client, sent } = scripted(paged(2));
  const [path, query] = [['apps', '0oa1', 'users'], { limit: 1 }];
  const list = client.paginate(path, { query });
  path[1] = '..';
  query.limit = 9;
  assert.equal((await list.toArray({ max: 5 })).length, 2);
  assert.equal(target(sent[0]), '/api/v1/apps/0oa1/users?limit=1');
});

test('a write of any other path is repeated only if it is idempotent, or certainly did not run', async () => {
  const busy = () => new Response('{"errorCode":"E0000009","errorSummary":"x"}', { status: 500 });
  const limited = () =>
    new Response('{}', {
      status: 429,
      headers: { 'x-rate-limit-limit': '50', 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': '1' },
    });
  const lost = () => {
    throw new TypeError('fetch failed');
  };
  for (const [method, idempotent, fault, attempts] of [
    ['GET', undefined, busy, 2],
    ['GET', undefined, lost, 2],
    ['POST', undefined, busy, 1],
    ['PUT', undefined, busy, 1],
    ['PATCH', undefined, lost, 1],
    ['DELETE', false, busy, 1],
    ['DELETE', undefined, lost, 1],
    ['POST', true, busy, 2],
    ['PUT', true, lost, 2],
    ['PATCH', true, busy, 2],
    ['DELETE', true, lost, 2],
    ['POST', undefined, limited, 2],
  ]) {
    const { client, sent } = scripted((_, __, n) => (n === 1 ? fault() : json({ ok: n })), FAST);
    const call = client.request(method, ['apps', '0oa1'], { idempotent });
    if (attempts === 2) {
      assert.deepEqual(await call, { ok: 2 }, method);
    } else {
      const error = await failure(call);
      assert.equal(error.mayHaveRun, true, `${method} ${error}`);
      assert.equal(error.path, fault === busy ? '/api/v1/apps/{id}' : '/api/v1/apps/0oa1');
    }
    assert.equal(sent.length, attempts, `${method} ${idempotent} ${fault}`);
  }
});

test('any other request has the limits, redaction and abort of the operations', async () => {
  const token = '00secretsecretsecretsecret';
  const reset = String(Math.ceil(Date.now() / 1000) + 30);
  const { client } = scripted(
    (url) =>
      new Response(JSON.stringify({ errorCode: 'E0000007', errorSummary: `Not found: ${token} (User)` }), {
        status: 404,
        headers: {
          'x-rate-limit-limit': '50',
          'x-rate-limit-remaining': '40',
          'x-rate-limit-reset': reset,
          date: new Date().toUTCString(),
        },
      }),
    { auth: bearer(() => token) },
  );
  const error = await failure(client.request('GET', ['users', 'isaac', 'roles']));
  assert.ok(isOktaError(error, 'not-found'));
  assert.equal(error.path, '/api/v1/users/{id}/roles');
  assert.doesNotMatch(JSON.stringify(error) + error.message, /secret|isaac/);
  await failure(client.users.get('isaac'));
  await failure(client.users.listGroups('isaac').first());
  await failure(client.users.list().first());
  await failure(client.rules.get('0pr1'));
  await failure(client.groups.listOwners('00g1').first());
  await failure(client.groups.get('00g1'));
  assert.deepEqual([...client.rateLimits().keys()].sort(), [
    'groups',
    'groups/{id}',
    'users',
    'users/{id}',
    'users/{id}/groups',
    'users/{id}/roles',
  ]);
  const { client: slow } = scripted(
    (_, { signal }) =>
      new Promise((__, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  );
  const gaveUp = new AbortController();
  const call = failure(slow.request('PUT', ['apps'], { signal: gaveUp.signal }));
  await new Promise((resolve) => setTimeout(resolve, 5));
  gaveUp.abort();
  const aborted = await call;
  assert.deepEqual([aborted.kind, aborted.mayHaveRun], ['aborted', true]);
  assert.equal((await failure(slow.request('GET', ['apps'], { timeout: 1, retry: false }))).kind, 'timeout');
});

test('deletes of owners and rules take a 404 for a success where it is one', async () => {
  const missing = (summary) =>
    new Response(JSON.stringify({ errorCode: 'E0000007', errorSummary: summary, errorCauses: [] }), {
      status: 404,
    });
  const lost = (_, __, n) => {
    if (n === 1) throw new TypeError('fetch failed');
    return missing('Not found: Resource not found: 0pr1 (PolicyRule)');
  };
  // The first attempt had deleted it.
  const { client: again } = scripted(lost, FAST);
  assert.equal(await again.rules.delete('0pr1'), undefined);
  for (const [call, summary, ends] of [
    [(c, o) => c.rules.delete('0pr1', o), 'Not found: Resource not found: 0pr1 (PolicyRule)', true],
    [
      (c, o) => c.groups.deleteOwner('00g1', '00u1', o),
      'Not found: Resource not found: 00u1 (LinkedObject)',
      true,
    ],
    [
      (c, o) => c.groups.deleteOwner('00g1', '00u1', o),
      'Not found: Resource not found: 00g1 (UserGroup)',
      false,
    ],
  ]) {
    const { client } = scripted(() => missing(summary));
    assert.ok(isOktaError(await failure(call(client)), 'not-found'));
    const { client: ignoring, sent } = scripted(() => missing(summary));
    const ended = call(ignoring, { ifMissing: 'ignore' });
    if (ends) assert.equal(await ended, undefined);
    else assert.ok(isOktaError(await failure(ended), 'not-found'));
    assert.equal(sent.length, 1);
  }
  // Which of the two is missing is looked up.
  const { client, sent } = scripted((url) =>
    url.pathname.endsWith('00g1')
      ? json({ id: '00g1' })
      : missing('Not found: Resource not found: (LinkedObject)'),
  );
  assert.equal(await client.groups.deleteOwner('00g1', '00u1', { ifMissing: 'ignore' }), undefined);
  assert.deepEqual(sent.map(target), ['/api/v1/groups/00g1/owners/00u1', '/api/v1/groups/00g1']);
});
