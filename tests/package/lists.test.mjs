// The contract of a list: every item once, in order, or an error whose cursor leads to the rest.
import assert from 'node:assert/strict';
import test from 'node:test';
import { inspect } from 'node:util';
import { OktaPaginationError, bearer, isOktaError } from 'okta-groups';
import { failure, groups, json, pagedAnswer, scripted } from './support.mjs';

const ids = (items) => Array.from(items, (item) => item.id);

test('a list keeps its options although the program changes the object later', async () => {
  const { client, sent } = scripted(() => json([]));
  const options = { filter: 'type eq "BUILT_IN"' };
  const first = client.groups.list(options);
  options.filter = 'type eq "OKTA_GROUP"';
  await first;
  assert.equal(sent[0].url.searchParams.get('filter'), 'type eq "BUILT_IN"');
});

test('a list that is aborted goes on by its cursor, an array that fails has what was read so far', async () => {
  const page = (url) => {
    const at = Number(url.searchParams.get('after') ?? 0);
    const next = `<https://example.okta.com/api/v1/groups?after=${at + 1}&limit=200>; rel="next"`;
    return at > 3 ? json({}, { status: 403 }) : json([{ id: `00g${at}` }], { headers: { link: next } });
  };
  const { client } = scripted(page);
  const stop = new AbortController();
  const seen = [];
  const error = await failure(
    (async () => {
      for await (const group of client.groups.list({ signal: stop.signal })) {
        if (seen.push(group.id) === 2) stop.abort();
      }
    })(),
  );
  assert.equal(error.kind, 'aborted');
  const next = await client.groups.list({ cursor: error.cursor });
  assert.equal(next.items[0].id, `00g${seen.length}`);
  const gathered = await failure(client.groups.list().toArray({ max: 100 }));
  assert.equal(gathered.kind, 'forbidden');
  assert.deepEqual(ids(gathered.items), ['00g0', '00g1', '00g2', '00g3']);
  const rest = await failure(client.groups.list({ cursor: gathered.cursor }).toArray({ max: 100 }));
  assert.deepEqual([rest.kind, rest.items], ['forbidden', []]);
  assert.ok(!('items' in gathered.toJSON()));
  const tooMany = await failure(client.groups.list().toArray({ max: 3 }));
  assert.deepEqual([tooMany.reason, ids(tooMany.items)], ['exceeded', ['00g0', '00g1', '00g2']]);
});

test('an aborted list yields nothing more, and its cursor leads to the rest', async () => {
  for (const [at, limit, rest] of [
    [1, 10, 0],
    [10, 10, 10],
    [14, 10, 10],
    [23, 10, 20],
    [3, 30, 0],
  ]) {
    const { client } = scripted(pagedAnswer(25));
    const stop = new AbortController();
    const seen = [];
    const error = await failure(
      (async () => {
        for await (const group of client.groups.list({ limit, signal: stop.signal })) {
          if (seen.push(group) !== at) continue;
          // What has been read ahead by then is not given, either.
          await new Promise((resolve) => setTimeout(resolve, 5));
          stop.abort(new Error('mine'));
        }
      })(),
    );
    assert.ok(isOktaError(error, 'aborted'), String(error));
    assert.deepEqual([seen.length, error.cause.message], [at, 'mine']);
    // From the start, where the first page was not over.
    const left = await client.groups.list({ limit, cursor: error.cursor }).toArray({ max: 99 });
    assert.deepEqual(ids(left), ids(groups(rest, 25)), `aborted after ${at}`);
  }

  const { client } = scripted(pagedAnswer(25));
  const { signal } = ((c) => (c.abort(), c))(new AbortController());
  const items = client.groups.list({ signal })[Symbol.asyncIterator]();
  assert.ok(isOktaError(await failure(items.next()), 'aborted'));
  assert.deepEqual(await items.next(), { value: undefined, done: true });
  const stop = new AbortController();
  const pages = client.groups.list({ limit: 10, signal: stop.signal }).pages();
  await pages.next();
  await pages.next();
  await new Promise((resolve) => setTimeout(resolve, 5));
  stop.abort();
  const { cursor } = await failure(pages.next());
  assert.deepEqual(ids((await client.groups.list({ limit: 10, cursor })).items), ids(groups(20, 25)));
});

test('a page is a plain object with items, cursor and hasNext, and nothing hidden', async () => {
  const { client } = scripted(pagedAnswer(25));
  const list = client.groups.list({ limit: 10 });
  const { cursor } = await list;
  const first = { items: groups(0, 10), cursor, hasNext: true };
  const last = { items: groups(20, 25), hasNext: false };
  const pages = [await list, (await list.withResponse()).data, (await list.pages().next()).value];
  for (const page of pages) {
    assert.deepEqual(page, first);
    assert.deepEqual(Reflect.ownKeys(page), ['items', 'cursor', 'hasNext']);
    assert.equal(Object.getPrototypeOf(page), Object.prototype);
    assert.deepEqual(JSON.parse(JSON.stringify(page)), first);
    assert.deepEqual(structuredClone(page), first);
    assert.throws(() => [...page], TypeError);
  }
  for await (const page of list.pages()) if (!page.hasNext) pages.push(page);
  assert.deepEqual(pages.at(-1), last);
  assert.deepEqual(Reflect.ownKeys(pages.at(-1)), ['items', 'hasNext']);
});

test('for await of a page, which an async function makes of a list, fails instead of leaving out the rest', async () => {
  const { client, sent } = scripted(pagedAnswer(401));
  const lateList = async () => client.groups.list();
  let count = 0;
  const error = await failure(
    (async () => {
      for await (const _ of await lateList()) count++;
    })(),
  );
  assert.ok(error instanceof TypeError, String(error));
  assert.deepEqual([count, sent.length], [0, 1]);
});

test('withResponse() of a list and of its pages tells about the answers', async () => {
  const { client, sent } = scripted(pagedAnswer(25));
  const list = client.groups.list({ limit: 10 });
  const pages = list.pages();
  assert.deepEqual(ids((await pages.next()).value.items), ids(groups(0, 10)));
  const seen = [];
  for await (const { data, response, ...rest } of pages.withResponse()) {
    assert.deepEqual([response.status, response.attempts, rest], [200, 1, {}]);
    assert.ok(response.headers.get('link').includes('rel="self"'));
    seen.push(data.items.length);
  }
  assert.deepEqual(seen, [10, 5], 'they go on where the pages are');
  assert.equal(sent.length, 3);
  const { data, response } = await list.withResponse();
  assert.deepEqual(
    [data.items.length, response.url],
    [10, 'https://example.okta.com/api/v1/groups?limit=10'],
  );
  const broken = scripted(() => json({}, { status: 403 })).client.groups.list();
  assert.equal((await failure(broken.withResponse())).kind, 'forbidden');
  assert.equal((await failure(broken.pages().withResponse().next())).kind, 'forbidden');
  const unused = list.pages().withResponse();
  await unused.return();
  assert.deepEqual(await unused.next(), { value: undefined, done: true });
});

test('a list asks for nothing until it is used, and starts anew each time', async () => {
  const { client, sent } = scripted(pagedAnswer(25));
  const list = client.groups.list({ limit: 10 });
  await new Promise(setImmediate);
  assert.equal(sent.length, 0);
  for (const _ of [1, 2]) {
    const seen = [];
    for await (const group of list) seen.push(group);
    assert.deepEqual(ids(seen), ids(groups(0, 25)));
  }
  assert.equal(sent.length, 6);
  // Whatever watches a request's signal (a fetch, middleware) is not told that a request was given up which was answered.
  assert.ok(sent.every(({ init }) => !init.signal.aborted));
});

test('a list has the methods of a Promise of its first page', async () => {
  const { client, sent } = scripted(pagedAnswer(25));
  const list = client.groups.list({ limit: 10 });
  let ended = 0;
  assert.equal((await list.catch(assert.fail).finally(() => ended++)).items.length, 10);
  assert.equal((await list.finally(() => ended++)).items.length, 10);
  assert.equal(await client.groups.list({ limit: -1 }).catch((error) => error.argument), 'limit');
  assert.deepEqual([ended, sent.length], [2, 2]);
});

test('a list has pages, an array, a first item and a first page', async () => {
  const { client } = scripted(pagedAnswer(25));
  const list = client.groups.list({ limit: 10 });
  const pages = [];
  for await (const page of list.pages()) pages.push(page);
  assert.deepEqual(
    pages.map((page) => [page.items.length, page.hasNext, typeof page.cursor]),
    [
      [10, true, 'string'],
      [10, true, 'string'],
      [5, false, 'undefined'],
    ],
  );
  assert.deepEqual(ids(await list.toArray({ max: 25 })), ids(groups(0, 25)));
  assert.equal((await list.first()).id, '00g0');
  const read = [];
  for (let page = { hasNext: true }; page.hasNext;) {
    page = await client.groups.list({ limit: 10, cursor: page.cursor });
    read.push(...page.items);
  }
  assert.deepEqual(ids(read), ids(groups(0, 25)));
});

test('toArray with truncate requests no page beyond max', async () => {
  const { client, sent } = scripted((url, _, n) =>
    n > 1 ? json({}, { status: 400 }) : pagedAnswer(25)(url),
  );
  const list = client.groups.list({ limit: 10, prefetch: 0 });
  assert.equal((await list.toArray({ max: 10, onExceed: 'truncate' })).length, 10);
  assert.equal(sent.length, 1);
});

test('toArray rejects a list of more than max items, and needs max', async () => {
  const { client } = scripted(pagedAnswer(25));
  const list = client.groups.list({ limit: 10 });
  const error = await failure(list.toArray({ max: 24 }));
  assert.ok(error instanceof OktaPaginationError);
  assert.equal(error.reason, 'exceeded');
  assert.equal((await list.toArray({ max: 24, onExceed: 'truncate' })).length, 24);
  for (const options of [undefined, {}, { max: 0 }, { max: '9' }, { max: 9, onExceed: 'x' }]) {
    assert.ok(isOktaError(await failure(list.toArray(options)), 'argument'));
  }
});

test('a list goes on from any page of an earlier walk, also with another page size', async () => {
  const { client } = scripted(pagedAnswer(25));
  for await (const page of client.groups.list({ limit: 10 }).pages()) {
    if (!page.cursor) continue;
    const content = Buffer.from(page.cursor.slice(3), 'base64url').toString('latin1');
    assert.ok(content.includes('https://example.okta.com '), 'a cursor holds the name of the org');
    const rest = await client.groups.list({ limit: 4, cursor: page.cursor }).toArray({ max: 25 });
    const done = Number(page.items.at(-1).id.slice(3)) + 1;
    assert.deepEqual(ids(rest), ids(groups(done, 25)));
    const pages = client.groups.list({ limit: 10 }).pages({ cursor: page.cursor });
    assert.equal((await pages.next()).value.items[0].id, `00g${done}`);
  }
});

test('beside a cursor an explicit limit holds for all further pages, also if it is the default 200', async () => {
  for (const [limit, expected] of [
    [undefined, ['10', '10']],
    [200, ['200', '200']],
    [300, ['300', '300']],
    [5, ['5', '5']],
  ]) {
    const { client, sent } = scripted(pagedAnswer(1000));
    const { cursor } = await client.groups.list({ limit: 10 });
    const pages = client.groups.list({ limit, cursor, prefetch: 0 }).pages();
    await pages.next();
    await pages.next();
    const limits = sent.slice(1).map(({ url }) => url.searchParams.get('limit'));
    assert.deepEqual(limits, expected, `limit ${limit}`);
    const first = Number(sent[1].url.searchParams.get('after'));
    const second = Number(sent[2].url.searchParams.get('after'));
    assert.deepEqual([first, second - first], [10, Number(expected[0])], 'no group is left out');
  }
});

test('a cursor of another list is refused before anything is sent', async () => {
  const { client, sent } = scripted(pagedAnswer(25));
  const { cursor } = await client.groups.list({ limit: 10 });
  const before = sent.length;
  for (const list of [
    client.groups.list({ cursor, filter: 'type eq "OKTA_GROUP"' }),
    client.groups.listUsers('00g1', { cursor }),
    client.groups.list({ cursor: 'p1_nonsense' }),
    client.groups.list({ cursor: '00g5' }),
  ]) {
    const error = await failure(list.first());
    assert.ok(isOktaError(error, 'pagination'), String(error));
    assert.equal(error.reason, 'cursor');
    assert.equal(error.cursor, undefined, 'none that leads to the same error');
  }
  assert.equal(sent.length, before);
});

test('an error in the middle carries the cursor of the exact rest', async () => {
  const answer = pagedAnswer(25);
  let broken = true;
  const { client } = scripted(
    (url) => {
      if (broken && url.searchParams.get('after') === '10') {
        return json({ errorCode: 'E0000031', errorSummary: 'Invalid search criteria.' }, { status: 400 });
      }
      return answer(url);
    },
    { retry: false },
  );
  const seen = [];
  const error = await failure(
    (async () => {
      for await (const group of client.groups.list({ limit: 10 })) seen.push(group);
    })(),
  );
  assert.equal(error.code, 'E0000031');
  assert.equal(seen.length, 10);
  broken = false;
  for await (const group of client.groups.list({ limit: 10, cursor: error.cursor })) seen.push(group);
  assert.deepEqual(ids(seen), ids(groups(0, 25)));
});

const linked = (link, items = groups(0, 2)) => json(items, link === undefined ? {} : { headers: { link } });

test('links that cannot be believed are errors, never a short list', async () => {
  for (const [reason, link, options] of [
    ['loop', '<https://example.okta.com/api/v1/groups?limit=2>; rel="next"'],
    ['path', '<https://example.okta.com/api/v1/users?after=1>; rel="next"'],
    ['origin', '<https://evil.example/api/v1/groups?after=1>; rel="next"', { nextLink: 'reject' }],
  ]) {
    const { client, sent } = scripted(() => linked(link), options);
    const error = await failure(client.groups.list({ limit: 2 }).toArray({ max: 100 }));
    assert.ok(isOktaError(error, 'pagination'), `${reason}: ${error}`);
    assert.equal(error.reason, reason);
    assert.equal(sent.length, 1);
    // Where that is how the list ends, they are not lost; and no log holds them.
    assert.deepEqual(error.items, groups(0, 2));
    assert.ok(!inspect(error).includes('00g1') && !JSON.stringify(error).includes('00g1'));
  }
});

test('a cycle of pages ends in an error, with no page read twice', async () => {
  const next = { '': 'a', a: 'b', b: 'a' };
  const { client, sent } = scripted((url) =>
    linked(`</api/v1/groups?after=${next[url.searchParams.get('after') ?? '']}>; rel="next"`),
  );
  const error = await failure(client.groups.list({ limit: 2 }).toArray({ max: 100 }));
  assert.equal(error.reason, 'loop');
  assert.equal(sent.length, 3);
  // What the page held that led back is given, too; no cursor leads to it again.
  assert.deepEqual([error.items.length, error.cursor], [6, undefined]);

  // Nor is any read twice by cursors alone.
  const chain = { limit: 2 };
  const before = sent.length;
  const looped = await failure(
    (async () => {
      for (;;) chain.cursor = (await client.groups.list(chain)).cursor;
    })(),
  );
  assert.deepEqual([looped.reason, sent.length - before], ['loop', 3]);
});

test('a full page without any Link header is an error, wherever it was lost', async () => {
  const bare = (body) =>
    new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });
  const answer = (url) => bare(groups(0, Number(url.searchParams.get('limit') ?? 200)));
  // Middleware that makes the answer anew.
  const anew = async (request, next) => bare(await (await next(request)).json());
  for (const options of [{}, { middleware: [anew] }, { orgUrl: 'https://console.example.com/okta' }]) {
    const { client } = scripted(options.middleware ? pagedAnswer(207) : answer, options);
    for (const read of [
      () => client.groups.list().toArray({ max: 999 }),
      () => client.groups.list(),
      () => client.groups.list({ limit: 1 }).first(),
      () => client.groups.list({ filter: 'type eq "OKTA_GROUP"' }).pages().next(),
      () => client.groups.listUsers('00g1', { limit: 7 }),
      () => client.groups.listApps('00g1'),
    ]) {
      const error = await failure(read());
      assert.deepEqual([error.kind, error.reason], ['pagination', 'hidden-link'], String(error));
    }
  }
  const { client } = scripted((url) =>
    url.pathname.endsWith('/users') ? bare(groups(0, 200)) : json({ id: '00g1', type: 'OKTA_GROUP' }),
  );
  for (const run of ['planMembers', 'syncMembers']) {
    const error = await failure(client.groups[run]('00g1', ['00u1'], { maxRemovals: false }));
    assert.deepEqual([error.kind, error.reason], ['pagination', 'hidden-link'], run);
  }
  const short = scripted(() => bare(groups(0, 3)));
  assert.equal((await short.client.groups.list({ limit: 4 }).toArray({ max: 9 })).length, 3);
  const picker = scripted(() => bare(groups(0, 300)));
  assert.equal((await picker.client.groups.list({ q: 'G' }).toArray({ max: 999 })).length, 300);
});

/** An answer whose headers are `headersOf(response)`, as a `fetch` that is not the platform's may give them. */
function foreign(response, headersOf) {
  return { status: response.status, headers: headersOf(response.headers), text: () => response.text() };
}

test('a fetch whose headers give arrays makes no list short', async () => {
  const list = async (headersOf) => {
    const answer = pagedAnswer(207);
    const { client, sent } = scripted((url) => foreign(answer(url), headersOf));
    const all = await client.groups
      .list()
      .toArray({ max: 999 })
      .catch(({ kind, reason }) => `${kind} ${reason}`);
    return [typeof all === 'string' ? all : all.length, sent.length];
  };
  const link = (change) => (headers) => ({
    get: (name) => (name === 'link' ? change(headers.get(name)) : headers.get(name)),
  });
  const lines = (text) => text.split(', ');
  for (const [name, headersOf] of Object.entries({
    'a text': link(String),
    'its lines': link(lines),
    'the next line first': link((text) => lines(text).reverse()),
    'all in one line': link((text) => [text]),
    'each header': (headers) => ({ get: (name) => headers.get(name)?.split(', ') }),
    'a Map of texts': (headers) => new Map(headers),
    'a Map of lines': (headers) => new Map([...headers].map(([name, text]) => [name, lines(text)])),
  })) {
    assert.deepEqual(await list(headersOf), [207, 2], name);
  }
  // What is no text is no header.
  for (const [name, headersOf] of Object.entries({
    'no lines': link(() => []),
    'an empty line': link(() => ['']),
    'lines that are no texts': link((text) => [...lines(text), { rel: 'next' }]),
    'lines of lines': link((text) => [lines(text)]),
    'parsed links': link(() => ({ next: { url: 'https://example.okta.com/api/v1/groups?after=200' } })),
    'a String object': link((text) => new String(text)),
    'a Promise': link((text) => Promise.resolve(text)),
    'a number': link(() => 1),
    'a get() that throws': () => ({
      get() {
        throw new Error('no such header');
      },
    }),
    'a Map of other names': (headers) => new Map([['Link', headers.get('link')]]),
    'a plain object': (headers) => Object.fromEntries(headers),
    'arrays of names and values': (headers) => [...headers],
    'no headers': () => undefined,
  })) {
    assert.deepEqual(await list(headersOf), ['pagination hidden-link', 1], name);
  }
});

test('other headers may be arrays, too', async () => {
  const reset = Math.floor(Date.now() / 1000) + 30;
  const given = {
    'content-type': ['application/json'],
    date: [new Date().toUTCString()],
    'x-okta-request-id': ['req-1'],
    'x-rate-limit-limit': ['600'],
    'x-rate-limit-remaining': ['7'],
    'x-rate-limit-reset': [String(reset)],
  };
  const headersOf = () => new Map(Object.entries(given));
  const { client } = scripted(() => foreign(json({ id: '00g1', type: 'OKTA_GROUP' }), headersOf));
  const { response } = await client.groups.get('00g1').withResponse();
  assert.equal(response.requestId, 'req-1');
  const [budget] = client.rateLimits().values();
  assert.deepEqual([budget.limit, budget.remaining], [600, 7]);

  const told = { errorCode: 'E0000007', errorSummary: 'Not found' };
  const refused = scripted(() => foreign(json(told, { status: 404 }), headersOf));
  const error = await failure(refused.client.groups.get('00g1'));
  assert.deepEqual([error.code, error.requestId], ['E0000007', 'req-1']);

  // Headers without get(): a plan reads the time of the answer from them.
  const plain = scripted((url) => {
    const body = url.pathname.endsWith('/users') ? [{ id: '00u1' }] : { id: '00g1', type: 'OKTA_GROUP' };
    return foreign(json(body), Object.fromEntries);
  });
  const plan = await plain.client.groups.planMembers('00g1', ['00u1', '00u2']);
  assert.deepEqual([plan.add, plan.remove, plan.unchanged], [['00u2'], [], 1]);
});

test('no inherited property moves a list', async (t) => {
  for (const name of [
    'cursor',
    'before',
    'hasNext',
    'items',
    'response',
    'page',
    'data',
    'check',
    'limit',
    'after',
  ]) {
    t.after(() => delete Object.prototype[name]);
    Object.defineProperty(Object.prototype, name, { value: 'polluted', configurable: true, writable: true });
    const { client, sent } = scripted(pagedAnswer(25));
    const list = client.groups.list({ limit: 10 });
    assert.equal((await list).items.length, 10, name);
    assert.deepEqual(ids(await list.toArray({ max: 25 })), ids(groups(0, 25)), name);
    assert.equal((await list.pages().withResponse().next()).value.data.items.length, 10, name);
    assert.equal(sent[0].url.search, '?limit=10', name);
    delete Object.prototype[name];
  }
});

test('a next that is relative is of the request; one that changes a parameter is not followed', async () => {
  const paged = (next) => (url) =>
    url.searchParams.has('after') ? linked('<x>; rel="self"') : linked(`<${next}>; rel="next"`);
  const filter = 'type eq "OKTA_GROUP"';
  for (const next of [
    '?after=x&limit=200',
    'groups?after=x',
    './groups?after=x',
    '//other/api/v1/groups?after=x',
  ]) {
    const { client, sent } = scripted(paged(next), { orgUrl: 'https://console.example.com/okta' });
    assert.equal((await client.groups.list({ filter, limit: 200 }).toArray({ max: 9 })).length, 4);
    assert.equal(sent[1].url.pathname, '/okta/api/v1/groups', next);
    assert.deepEqual([...sent[1].url.searchParams].sort(), [
      ['after', 'x'],
      ['filter', filter],
      ['limit', '200'],
    ]);
  }
  for (const [next, reason] of [
    ['?after=x&filter=', 'path'],
    ['?after=x&filter=id+pr', 'path'],
    ['?after=x&search=id+pr', 'path'],
    ['', 'loop'],
  ]) {
    const { client, sent } = scripted(paged(next));
    const error = await failure(client.groups.list({ filter }).toArray({ max: 9 }));
    assert.deepEqual([error.kind, error.reason, sent.length], ['pagination', reason, 1], next);
  }
});

test('a cursor is bound to the org, not to the URL of a request', async () => {
  const org = 'https://example.okta.com';
  const client = (orgUrl, org) => scripted(pagedAnswer(25), { orgUrl, ...(org && { org }) }).client;
  const server = client(org);
  const proxied = client('https://console.example.com/okta', org);
  for (const [from, to] of [
    [server, proxied],
    [proxied, server],
    [client(`${org}:443/`), client('http://localhost:3000', new URL(org))],
  ]) {
    const { cursor } = await from.groups.list({ limit: 10 });
    assert.deepEqual(ids((await to.groups.list({ limit: 10, cursor })).items), ids(groups(10, 20)));
  }
  const { cursor } = await server.groups.list({ limit: 10 });
  for (const other of [
    client('https://console.example.com/okta'),
    client('https://other.okta.com'),
    client(org, 'https://other.okta.com'),
  ]) {
    const error = await failure(other.groups.list({ limit: 10, cursor }));
    assert.deepEqual([error.kind, error.reason], ['pagination', 'cursor']);
  }
  for (const wrong of ['', 'example.okta.com', 'http://example.okta.com', `${org}/okta`, 1, null]) {
    const error = await failure((async () => scripted(pagedAnswer(1), { org: wrong }))());
    assert.deepEqual([error.kind, error.argument], ['config', 'org'], String(wrong));
  }
});

test('a cursor that was changed is refused, whatever was changed', async () => {
  const { client, sent } = scripted(pagedAnswer(25));
  const filter = 'type eq "OKTA_GROUP"';
  const { cursor } = await client.groups.list({ filter, limit: 10 });
  const before = sent.length;
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  let state = 1;
  const random = (below) => (state = (state * 48271) % 0x7fffffff) % below;
  let refused = 0;
  const refuse = async (changed) => {
    if (changed === cursor) return;
    const error = await failure(client.groups.list({ filter, limit: 10, cursor: changed }));
    assert.deepEqual([error.kind, error.reason], ['pagination', 'cursor'], changed);
    refused++;
  };
  for (let at = 0; at < cursor.length; at++) {
    const [head, tail] = [cursor.slice(0, at), cursor.slice(at + 1)];
    await refuse(head + letters[random(64)] + tail);
    await refuse(head + tail);
    await refuse(head + letters[random(64)] + cursor.slice(at));
    await refuse(`${head || 'x'} ${tail}`);
  }
  assert.ok(refused > 3 * cursor.length);
  assert.equal(sent.length, before);
});

test('a JSON answer that is not an array of objects is refused as a list', async () => {
  for (const body of [[null], [{ id: '00g1' }, 1], [[{ id: '00g1' }]], ['00g1']]) {
    const { client } = scripted(() => json(body), { retry: false });
    const error = await failure(client.groups.list());
    assert.deepEqual([error.kind, error.reason], ['response', 'shape']);
  }
});

test('cursor and after cannot be combined', async () => {
  const { client } = scripted(() => json([]));
  const error = await failure(client.groups.list({ cursor: 'a', after: 'b' }));
  assert.deepEqual([error.kind, error.argument], ['argument', 'after']);
});

test('next is followed on orgUrl, whatever host it names and whatever it lost', async () => {
  const { client, sent } = scripted(
    (_, __, n) =>
      n < 3
        ? linked(`<https://org-admin.okta.com/api/v1/groups?after=${n}%2B>; rel="next"`)
        : linked('<x>; rel="self"'),
    { orgUrl: 'https://console.example.com/okta/' },
  );
  await client.groups
    .list({ search: 'profile.name sw "R&D"', expand: ['stats'], limit: 2 })
    .toArray({ max: 9 });
  assert.deepEqual(
    sent.map(({ url }) => url.href),
    [
      'https://console.example.com/okta/api/v1/groups?search=profile.name%20sw%20%22R%26D%22&limit=2&expand=stats',
      'https://console.example.com/okta/api/v1/groups?after=1%2B&search=profile.name%20sw%20%22R%26D%22&expand=stats&limit=2',
      'https://console.example.com/okta/api/v1/groups?after=2%2B&search=profile.name%20sw%20%22R%26D%22&expand=stats&limit=2',
    ],
  );
});

test('empty and short pages with a next are not the end; a q without Link is', async () => {
  const { client } = scripted((url) => {
    const after = Number(url.searchParams.get('after') ?? 0);
    const items = after === 1 || after === 2 ? [] : groups(after, after + 1);
    return linked(after < 4 ? `<https://x/api/v1/groups?after=${after + 1}>; rel="next"` : undefined, items);
  });
  assert.deepEqual(ids(await client.groups.list({ limit: 50 }).toArray({ max: 9 })), [
    '00g0',
    '00g3',
    '00g4',
  ]);

  const picker = scripted(() => json(groups(0, 10)));
  assert.equal((await picker.client.groups.list({ q: 'G', limit: 10 }).toArray({ max: 99 })).length, 10);
});

test('lists that fail for one reason each have what they read', async () => {
  let token = 'good';
  const answer = pagedAnswer(25);
  const auth = bearer(async () => ({ token, expiresAt: Date.now() + 40 }));
  const { client } = scripted(
    async (url) => {
      // When both have a page, the next token is bad.
      token = '';
      await new Promise((later) => setTimeout(later, 30));
      return answer(url);
    },
    { auth },
  );
  const lists = ['a', 'b'].map((q, n) =>
    client.groups.list({ limit: 5 + n, search: `id eq "${q}"`, prefetch: 0 }),
  );
  const errors = await Promise.all(lists.map((list) => failure(list.toArray({ max: 99 }))));
  assert.deepEqual(
    errors.map((error) => [error.kind, error.items.length, typeof error.cursor]),
    [
      ['config', 5, 'string'],
      ['config', 6, 'string'],
    ],
  );
});

test('an error leaves an iterator where it was, to be tried again', async () => {
  let broken = true;
  const answer = pagedAnswer(25);
  const { client } = scripted((url) =>
    broken && url.searchParams.get('after') ? json({}, { status: 403 }) : answer(url),
  );
  const list = client.groups.list({ limit: 10 });
  const items = list[Symbol.asyncIterator]();
  const pages = list.pages();
  for (let n = 0; n < 10; n++) await items.next();
  await pages.next();
  for (const iterator of [items, pages, items]) {
    assert.equal((await failure(iterator.next())).kind, 'forbidden');
  }
  broken = false;
  const rest = [];
  for await (const item of items) rest.push(item.id);
  assert.deepEqual(rest, ids(groups(10, 25)));
  assert.deepEqual(ids((await pages.next()).value.items), ids(groups(10, 20)));
});

test('return() waits for no answer, and gives up what was asked', async () => {
  let aborted = 0;
  const answer = pagedAnswer(25);
  const { client } = scripted((url, { signal }) => {
    if (!url.searchParams.get('after')) return answer(url);
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason, aborted++));
    });
  });
  const list = client.groups.list({ limit: 10, prefetch: 0 });
  for (const iterator of [list[Symbol.asyncIterator](), list.pages()]) {
    while (!(await hangs(iterator)));
  }
  assert.equal(aborted, 2);
  for (let ticks = 0; ticks < 12; ticks++) {
    const { client } = scripted(pagedAnswer(25));
    for (const iterator of [client.groups.list()[Symbol.asyncIterator](), client.groups.list().pages()]) {
      const next = iterator.next();
      await new Promise(setImmediate);
      for (let n = 0; n < ticks; n++) await undefined;
      await iterator.return();
      await next;
      assert.deepEqual(
        await iterator.next(),
        { value: undefined, done: true },
        'nothing comes after return()',
      );
    }
  }
  const unused = list.pages();
  assert.deepEqual(await unused.return(Promise.resolve(1)), { value: 1, done: true });
  assert.deepEqual(await unused.next(), { value: undefined, done: true });

  /** Whether its next one does not come; then it is left. */
  async function hangs(iterator) {
    const next = iterator.next();
    const late = new Promise((resolve) => setTimeout(resolve, 50, 'late'));
    if ((await Promise.race([next, late])) !== 'late') return false;
    assert.deepEqual(await iterator.return(), { value: undefined, done: true });
    assert.deepEqual(await next, { value: undefined, done: true });
    assert.deepEqual(await iterator.next(), { value: undefined, done: true });
    return true;
  }
});

test('a loop that ends early leaves no request running', async () => {
  const signals = [];
  const { client, sent } = scripted((url, init) => {
    signals.push(init.signal);
    return url.searchParams.get('after') ? new Promise(() => {}) : pagedAnswer(25)(url);
  });
  for await (const group of client.groups.list({ limit: 10 })) if (group.id === '00g5') break;
  assert.equal(sent.length, 2, 'the next page was read ahead');
  await new Promise(setImmediate);
  assert.ok(signals[1].aborted);

  const lazy = scripted(pagedAnswer(25));
  for await (const _ of lazy.client.groups.list({ limit: 10, prefetch: 0 })) break;
  await lazy.client.groups.list({ limit: 10 }).first();
  assert.equal(lazy.sent.length, 2);
});
