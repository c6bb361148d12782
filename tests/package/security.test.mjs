// A hostile or broken server, over real sockets, gets no token, loses no page of a list and ends no process.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import test from 'node:test';
import { inspect, promisify } from 'node:util';
import { createGzip } from 'node:zlib';
import { OktaGroups, bearer, isOktaError, ssws } from 'okta-groups';
import { answerJson, closedPort, serve, serveBytes } from './server.mjs';
import { ORG_URL, failure, groups, json, pagedAnswer, scripted } from './support.mjs';

const CANARY = 'c4n4ry-9f31bd77e0';
const GROUP = { id: '00g1', profile: { name: 'West' } };
const ids = (items) => items.map((item) => item.id);
const clientOf = ({ url }, options) =>
  new OktaGroups({ orgUrl: url, auth: bearer(CANARY), rateLimit: false, ...options });

/** Proofs that fetch would take along to another origin, where it drops `Authorization`. */
const otherProof = {
  kind: 'session',
  authorize: async () => ({ 'x-okta-xsrftoken': CANARY, dpop: CANARY }),
};

test('a redirect is an error, and no second request leaves', async (t) => {
  const evil = await serve(t, (_, response) => answerJson(response, GROUP));
  let answer;
  const org = await serve(t, (_, response) => response.writeHead(answer.status, answer.headers).end());
  const places = [
    '/api/v1/groups/00g2',
    `${evil.url}/api/v1/groups/00g1`,
    `//127.0.0.1:${evil.port}/api/v1/groups/00g1`,
    `http://localhost:${evil.port}/`,
  ];
  for (const auth of [bearer(CANARY), ssws(CANARY), otherProof]) {
    const { groups } = clientOf(org, { auth });
    for (const status of [301, 302, 303, 307, 308]) {
      for (const location of places) {
        answer = { status, headers: { location } };
        for (const call of [
          () => groups.get('00g1'),
          () => groups.list().first(),
          () => groups.create({ name: 'West' }),
          () => groups.delete('00g1'),
        ]) {
          const before = org.requests.length;
          const error = await failure(call());
          assert.ok(isOktaError(error, 'response'), `${status} ${location}: ${error}`);
          assert.deepEqual([error.reason, error.status], ['redirect', status]);
          assert.equal(org.requests.length, before + 1);
        }
      }
    }
  }
  assert.equal(evil.requests.length, 0);
});

test('the token goes to the org only, wherever next points', async (t) => {
  const evil = await serve(t, (_, response) => answerJson(response, groups(90, 99)));
  let place;
  const org = await serve(t, ({ url }, response) => {
    const after = Number(new URL(url, 'http://org').searchParams.get('after') ?? 0);
    const rel = after < 4 ? 'next' : 'self';
    const link = `<${place}/api/v1/groups?after=${after + 2}&limit=2>; rel="${rel}"`;
    answerJson(response, groups(after, after + 2), 200, { link });
  });
  const host = `127.0.0.1:${evil.port}`;
  for (place of [
    `http://${host}`,
    `https://${host}`,
    `ftp://${host}`,
    `//${host}`,
    `http://localhost:${evil.port}`,
    `http://127.0.0.1:${org.port}@${host}`,
    `http://user:password@${host}`,
    `HTTP://${host}`,
    'http://127.0.0.1',
    'https://example-admin.okta.com',
    '',
  ]) {
    const { groups: resource } = clientOf(org);
    assert.deepEqual(ids(await resource.list({ limit: 2 }).toArray({ max: 99 })), ids(groups(0, 6)), place);
  }
  for (place of [
    `\\\\${host}`,
    `/\\${host}`,
    `http:${host}`,
    `https:\\\\${host}`,
    `http://127.0.0.1:${org.port}\\@${host}`,
    `javascript:fetch('http://${host}')//`,
    `/\t/${host}`,
    `/x/..//${host}`,
  ]) {
    const { groups: resource } = clientOf(org);
    const seen = [];
    try {
      for await (const group of resource.list({ limit: 2 })) seen.push(group);
      assert.deepEqual(ids(seen), ids(groups(0, 6)), place);
    } catch (error) {
      assert.ok(isOktaError(error, 'pagination'), `${place}: ${error}`);
    }
  }
  assert.equal(evil.requests.length, 0);
  assert.ok(org.requests.every(({ headers }) => headers.authorization === `Bearer ${CANARY}`));
});

test('a body without an end is cut off, compressed or not, and its connection closed', async (t) => {
  const zeros = Buffer.alloc(1 << 16, '0');
  const max = 1 << 20;
  let sent = 0;
  const pour = async (response, into) => {
    const closed = once(response, 'close');
    while (!response.destroyed && !into.destroyed) {
      sent += zeros.length;
      if (!into.write(zeros)) await Promise.race([once(into, 'drain'), closed]);
    }
    into.destroy();
  };
  for (const status of [200, 404, 500]) {
    for (const [how, headers, begin] of [
      ['chunked', {}, (response) => response],
      [
        'gzip',
        { 'content-encoding': 'gzip' },
        (response) => {
          const gzip = createGzip();
          gzip.on('error', () => {}).pipe(response);
          return gzip;
        },
      ],
    ]) {
      sent = 0;
      const org = await serve(t, (_, response) => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        pour(response, begin(response)).catch(() => {});
      });
      const error = await failure(clientOf(org, { maxResponseBytes: max }).groups.get('00g1'));
      assert.ok(isOktaError(error, 'response'), `${how} ${status}: ${error}`);
      assert.deepEqual([error.reason, error.status], ['too-large', status]);
      assert.equal(await org.requests[0].closed, false);
      assert.equal(org.requests.length, 1);
      // What the sockets and the decompressor hold comes on top; all of the bomb would be without end.
      if (how === 'chunked') assert.ok(sent < max + (32 << 20), `${sent} bytes were taken`);
    }
  }
});

test('a body that says it is too large is not read', async (t) => {
  const org = await serve(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1 << 30 });
    response.write('[');
  });
  const error = await failure(clientOf(org, { maxResponseBytes: 1000 }).groups.list().first());
  assert.equal(error.reason, 'too-large');
  assert.equal(await org.requests[0].closed, false);
});

test('a body of exactly maxResponseBytes is read', async (t) => {
  const body = JSON.stringify(GROUP);
  const org = await serve(t, (_, response) => answerJson(response, GROUP));
  const read = (maxResponseBytes) => clientOf(org, { maxResponseBytes }).groups.get('00g1');
  assert.deepEqual(await read(body.length), GROUP);
  assert.equal((await failure(read(body.length - 1))).reason, 'too-large');
});

test('an answer that drips, or never begins, ends with the timeout and so does its connection', async (t) => {
  for (const begin of [
    () => {},
    (response) => response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders(),
    (response) => {
      const dripping = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(dripping));
    },
  ]) {
    const org = await serve(t, (_, response) => begin(response));
    for (const call of ['get', 'delete']) {
      const error = await failure(clientOf(org, { timeout: 200, retry: false }).groups[call]('00g1'));
      assert.ok(isOktaError(error, 'timeout'), String(error));
      assert.deepEqual([error.phase, error.timeoutMs], ['attempt', 200]);
    }
    for (const { closed } of org.requests) assert.equal(await closed, false);
  }
});

test('an aborted call closes its connection', async (t) => {
  const org = await serve(t, () => {});
  const stop = new AbortController();
  const call = failure(clientOf(org).groups.get('00g1', { signal: stop.signal }));
  while (org.requests.length === 0) await new Promise(setImmediate);
  stop.abort();
  assert.ok(isOktaError(await call, 'aborted'));
  assert.equal(await org.requests[0].closed, false);
});

test('a connection that breaks costs a read nothing, and a create is sent once', async (t) => {
  const breaks = [
    ['before an answer', (socket) => socket.resetAndDestroy()],
    ['closed before an answer', (socket) => socket.end()],
    [
      'in the head',
      (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-type: appl', () => socket.resetAndDestroy()),
    ],
    [
      'in the body',
      (socket, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
        response.write('{"id":"00g1","prof', () => socket.resetAndDestroy());
      },
    ],
    [
      'in a chunked body',
      (socket, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"id":"00g1","prof', () => socket.destroy());
      },
    ],
  ];
  for (const [where, breakOff] of breaks) {
    const org = await serve(t, ({ method, socket }, response, n) => {
      if (n === 1) breakOff(socket, response);
      else if (method === 'DELETE') response.writeHead(204).end();
      else answerJson(response, GROUP);
    });
    const retry = { baseDelay: 1 };
    const { groups } = clientOf(org, { retry });
    for (const call of [
      () => groups.get('00g1'),
      () => groups.replace('00g1', { name: 'West' }),
      () => groups.delete('00g1'),
    ]) {
      org.requests.length = 0;
      const { response } = await call().withResponse();
      assert.deepEqual([org.requests.length, response.attempts], [2, 2], where);
    }
    org.requests.length = 0;
    const error = await failure(groups.create({ name: 'West' }));
    assert.ok(isOktaError(error, 'connection'), `${where}: ${error}`);
    assert.ok(error.cause instanceof Error);
    assert.equal(error.maybeCors, false);
    assert.deepEqual(
      org.requests.map(({ method }) => method),
      ['POST'],
      where,
    );
  }
});

test('a list goes on over a connection that breaks', async (t) => {
  let broken = 0;
  const org = await serve(t, async ({ url, socket }, response, n) => {
    if (n % 2 === 0) {
      broken++;
      socket.resetAndDestroy();
      return;
    }
    const page = pagedAnswer(25)(new URL(url, 'http://org'));
    answerJson(response, await page.json(), 200, { link: page.headers.get('link') });
  });
  const { groups: resource } = clientOf(org, { retry: { baseDelay: 1 } });
  assert.deepEqual(ids(await resource.list({ limit: 10 }).toArray({ max: 99 })), ids(groups(0, 25)));
  assert.ok(broken > 0);
});

test('pages of proxies, half of a JSON and bodies where none is due are told apart', async (t) => {
  const html = '<!doctype html><title>Bad gateway</title>';
  let answer;
  const org = await serve(t, (_, response) => {
    response.writeHead(answer.status, { 'content-type': answer.type });
    response.end(answer.body);
  });
  const { groups } = clientOf(org, { retry: false });
  const get = () => groups.get('00g1');
  const list = () => groups.list().first();
  const remove = () => groups.delete('00g1');
  for (const [status, type, body, call, kind, reason] of [
    [200, 'text/html', html, get, 'response', 'html'],
    [200, 'application/json', html, list, 'response', 'html'],
    [200, 'text/html', html, remove, 'response', 'html'],
    [200, 'application/json', '{"id":"00g1","prof', get, 'response', 'json'],
    [200, 'application/json', '[{"id":"00g1"},', list, 'response', 'json'],
    [200, 'application/json', '', get, 'response', 'shape'],
    [200, 'application/json', '[null]', get, 'response', 'shape'],
    [200, 'application/json', '{}', list, 'response', 'shape'],
    [502, 'text/html', html, get, 'server'],
    [502, 'text/html', html, remove, 'server'],
    [503, 'application/json', '{"errorCode":"E00', get, 'server'],
  ]) {
    answer = { status, type, body };
    const error = await failure(call());
    assert.ok(isOktaError(error, kind), `${status} ${body}: ${error}`);
    assert.deepEqual([error.reason, error.status], [reason, status]);
    if (body === html) assert.match(error.snippet ?? error.summary, /Bad gateway/);
  }
  answer = { status: 200, type: 'application/json', body: `\ufeff${JSON.stringify(GROUP)}` };
  assert.deepEqual(await get(), GROUP, 'a byte order mark is no part of the text');
  answer = { status: 200, type: 'application/json', body: JSON.stringify(GROUP) };
  assert.equal(await remove(), undefined, 'DELETE has been answered with 200');
});

test('a 204 with a body does not reach the next call', async (t) => {
  const org = await serveBytes(
    t,
    'HTTP/1.1 204 No Content\r\ncontent-length: 16\r\n\r\n{"id":"evil-one"}',
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${JSON.stringify(GROUP).length}\r\n\r\n${JSON.stringify(GROUP)}`,
  );
  const { groups } = clientOf(org, { retry: { baseDelay: 1 } });
  assert.equal(await groups.delete('00g1'), undefined);
  assert.deepEqual(await groups.get('00g1'), GROUP);
});

test('auth that returns Headers or a Map is refused, since its headers would be lost', async () => {
  for (const proof of [new Headers({ authorization: CANARY }), new Map([['authorization', CANARY]])]) {
    const { client, sent } = scripted(() => json([]), { auth: { kind: 'own', authorize: () => proof } });
    const error = await failure(client.groups.get('00g1'));
    assert.equal(error.kind, 'config');
    assert.equal(error.cause.message, 'authorize() must return a plain object of headers');
    assert.equal(sent.length, 0);
  }
});

test('a value that could end a header is refused unsent and untold', async (t) => {
  const org = await serve(t, (_, response) => answerJson(response, GROUP));
  for (const end of ['\r\nx-evil: 1', '\n', '\r', '\0', '\u2028', '🙂', 'é', '\x7f', '\x1b[31m']) {
    const value = `${CANARY}${end}`;
    for (const make of [
      () => clientOf(org, { auth: bearer(`${value}x`) }).groups.get('00g1'),
      () => clientOf(org, { auth: ssws(async () => `${value}x`) }).groups.get('00g1'),
      () =>
        clientOf(org, { auth: { kind: 'own', authorize: () => ({ 'x-proof': value }) } }).groups.get('00g1'),
      () => clientOf(org, { auth: { kind: 'own', authorize: () => ({ [value]: 'x' }) } }).groups.get('00g1'),
      () => clientOf(org, { headers: { 'x-own': value } }).groups.get('00g1'),
      () => clientOf(org, { userAgent: value }).groups.get('00g1'),
      () => clientOf(org).groups.get('00g1', { headers: { 'x-own': value } }),
    ]) {
      const error = await failure((async () => make())());
      assert.ok(isOktaError(error, 'config') || isOktaError(error, 'argument'), `${make}: ${error}`);
      assertUntold(error, `${make} ${inspect(end)}`);
    }
  }
  assert.equal(org.requests.length, 0);
});

test('headers that are the client’s own cannot be set', async (t) => {
  const org = await serve(t, (_, response) => answerJson(response, GROUP));
  for (const name of [
    'Authorization',
    'authorization',
    'AUTHORIZATION',
    'Authorization ',
    ' authorization',
    'Proxy-Authorization',
    'Cookie',
    'Host',
    'Content-Length',
    'Transfer-Encoding',
    'Connection',
    'Upgrade',
    'TE',
    'Trailer',
    'Expect',
    'Keep-Alive',
    'DPoP',
    '',
    'x:y',
    'x\r\ny',
  ]) {
    const headers = { [name]: 'x' };
    assert.throws(
      () => clientOf(org, { headers }),
      (error) => isOktaError(error, 'config'),
      name,
    );
    const error = await failure(clientOf(org).groups.get('00g1', { headers }));
    assert.ok(isOktaError(error, 'argument') && error.argument === 'headers', `${name}: ${error}`);
  }
  assert.equal(org.requests.length, 0);
});

test('fetchOptions change nothing that the client decides', async (t) => {
  const evil = await serve(t, (_, response) => answerJson(response, GROUP));
  const org = await serve(t, (_, response) => response.writeHead(307, { location: evil.url }).end());
  const { groups } = clientOf(org, {
    retry: false,
    fetchOptions: {
      method: 'POST',
      body: 'x',
      headers: { authorization: 'Basic x' },
      redirect: 'follow',
      credentials: 'include',
      signal: AbortSignal.abort(),
    },
  });
  assert.equal((await failure(groups.delete('00g1'))).reason, 'redirect');
  assert.equal((await failure(groups.get('00g1'))).reason, 'redirect');
  assert.deepEqual(
    org.requests.map(({ method, body, headers }) => [method, body, headers.authorization]),
    [
      ['DELETE', '', `Bearer ${CANARY}`],
      ['GET', '', `Bearer ${CANARY}`],
    ],
  );
  assert.equal(evil.requests.length, 0);
});

test('a polluted Object.prototype sends nothing elsewhere and changes no list', async () => {
  const stolen = [];
  const pollution = {
    // What fetch would read of its init.
    dispatcher: { dispatch: (options) => stolen.push(options) },
    agent: {},
    body: 'evil',
    redirect: 'follow',
    credentials: 'include',
    integrity: 'sha256-x',
    method: 'POST',
    mode: 'no-cors',
    referrer: 'http://evil',
    window: 1,
    // What the client would read of its options, or of an answer.
    auth: bearer('evil'),
    fetchOptions: { redirect: 'follow' },
    nextLink: 'reject',
    prefetch: 7,
    cursor: 'evil',
    search: 'no expression',
    filter: 'no expression',
    after: 'evil',
    max: 1,
    onExceed: 'truncate',
    expiresAt: 0,
    cause: 'evil',
    response: 'evil',
    errorCode: 'E0000010',
    errorSummary: 'evil',
  };
  const paged = pagedAnswer(25);
  const seen = [];
  let asked = 0;
  const { client } = scripted(undefined, {
    auth: bearer(async () => {
      asked++;
      return CANARY;
    }),
    async fetch(url, init) {
      for (const key of Object.keys(pollution)) {
        if (['redirect', 'credentials', 'method'].includes(key)) assert.ok(Object.hasOwn(init, key));
        else assert.equal(init[key], undefined, `init.${key}`);
      }
      seen.push(new Headers(init.headers).get('authorization'));
      return url.includes('/groups?') ? paged(new URL(url)) : json({}, { status: 503 });
    },
    retry: false,
  });
  const clean = (object) => Object.assign(Object.create(null), object);
  let all;
  let pages = 0;
  let error;
  for (const [key, value] of Object.entries(pollution)) {
    Object.defineProperty(Object.prototype, key, { value, writable: true, configurable: true });
  }
  try {
    const list = client.groups.list(clean({ limit: 10 }));
    for await (const _ of list.pages()) pages++;
    all = await list.toArray(clean({ max: 99 }));
    error = await failure(client.groups.get('00g1'));
  } finally {
    for (const key of Object.keys(pollution)) delete Object.prototype[key];
  }
  assert.deepEqual(stolen, []);
  assert.equal(pages, 3);
  assert.deepEqual(ids(all), ids(groups(0, 25)));
  assert.equal(asked, 1);
  assert.ok(seen.every((header) => header === `Bearer ${CANARY}`));
  assert.deepEqual([error.kind, error.code, error.cause], ['server', undefined, undefined]);
  assert.equal(error.response.status, 503);
});

test('an accessor on Object.prototype is not handed the proof', async () => {
  const stolen = [];
  let shown;
  const { client } = scripted(undefined, {
    fetch: async (_, init) => {
      shown = init.headers;
      return { status: 204, headers: new Map(), text: async () => '' };
    },
  });
  for (const key of ['headers', 'signal', 'body', 'authorization']) {
    const set = (value) => stolen.push([key, value]);
    Object.defineProperty(Object.prototype, key, { set, get: () => undefined, configurable: true });
  }
  try {
    await client.groups.delete('00g1');
  } finally {
    for (const key of ['headers', 'signal', 'body', 'authorization']) delete Object.prototype[key];
  }
  assert.deepEqual(stolen, []);
  assert.equal(shown.get('authorization'), 'Bearer token');
});

/** Everything that can be read from a thing without its private fields. */
function told(thing) {
  const texts = [
    inspect(thing, {
      depth: 30,
      showHidden: true,
      getters: true,
      maxStringLength: null,
      maxArrayLength: null,
    }),
    inspect(thing),
    `${thing?.stack}`,
  ];
  for (const read of [
    () => JSON.stringify(thing),
    () => String(thing),
    () => inspect(structuredClone(thing), { depth: 30, showHidden: true }),
  ]) {
    try {
      texts.push(read() ?? '');
    } catch (error) {
      texts.push(inspect(error, { depth: 30, showHidden: true }));
    }
  }
  if (thing?.cause) texts.push(...told(thing.cause));
  return texts;
}

function assertUntold(thing, what) {
  for (const text of told(thing)) assert.ok(!text.includes(CANARY), `${what}: ${text}`);
}

test('networks that fail in every way do not tell the token', async (t) => {
  const hang = await serve(t, () => {});
  const dead = { url: `http://127.0.0.1:${await closedPort()}` };
  const reset = await serve(t, ({ socket }) => socket.resetAndDestroy());
  const plain = { url: hang.url.replace('http:', 'https:') };
  const garbage = await serveBytes(t, 'SSH-2.0-OpenSSH_9.6\r\n');
  const flood = await serveBytes(t, `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(1 << 17)}\r\n\r\n`);
  const twice = await serveBytes(t, 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}');
  const zipped = await serveBytes(
    t,
    'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nnope',
  );
  const emitted = [];
  const warned = (warning) => emitted.push(['a warning', warning]);
  process.on('warning', warned);
  t.after(() => process.off('warning', warned));
  for (const [what, org, kind] of [
    ['nothing listens', dead, 'connection'],
    ['reset', reset, 'connection'],
    ['TLS to a plain port', plain, 'connection'],
    ['another protocol', garbage, 'connection'],
    ['too many headers', flood, 'connection'],
    ['two lengths', twice, 'connection'],
    ['no gzip', zipped, 'connection'],
    ['no answer', hang, 'timeout'],
  ]) {
    for (const auth of [bearer(CANARY), ssws(async () => CANARY), otherProof]) {
      const onEvent = (event) => emitted.push([`${what}: an event`, event]);
      const client = clientOf(org, { auth, onEvent, timeout: 500, retry: { maxAttempts: 2, baseDelay: 1 } });
      const call = client.groups.create({ name: 'West' });
      const error = await failure(call);
      assert.ok(isOktaError(error, kind), `${what}: ${error}`);
      emitted.push([what, error], [what, call], [what, client], [what, client.groups]);
      const list = client.groups.list();
      emitted.push([what, await failure(list.first())], [what, list], [what, client.rateLimits()]);
      if (auth !== otherProof) emitted.push([what, auth]);
    }
  }
  for (const [what, thing] of emitted) assertUntold(thing, what);
  assert.ok(emitted.some(([, event]) => event.type === 'retry'));
});

test('a server that quotes the request does not put the token into errors', async (t) => {
  let quote;
  const org = await serve(t, ({ headers }, response) => quote(headers, response));
  const quotes = [
    [
      'an error object',
      ({ authorization }, response) =>
        answerJson(
          response,
          {
            errorCode: 'E0000011',
            errorSummary: `Invalid token provided: ${authorization}`,
            errorCauses: [{ errorSummary: `header was ${authorization}.` }],
          },
          401,
        ),
    ],
    [
      'a debug page',
      ({ authorization }, response) => {
        response.writeHead(502, { 'content-type': 'text/html' });
        response.end(`<pre>GET /api/v1/groups\nauthorization: ${authorization}\n</pre>`);
      },
    ],
    [
      'a page that is no answer',
      ({ authorization }, response) => {
        response.writeHead(200, { 'content-type': 'text/html' });
        response.end(`<p>${'x'.repeat(170)} ${authorization}</p>`);
      },
    ],
    [
      'no JSON',
      ({ authorization }, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(`{"authorization":"${authorization}"`);
      },
    ],
  ];
  for (const [what, answer] of quotes) {
    quote = answer;
    for (const token of [CANARY, `${CANARY}${'.abcDEF-_'.repeat(300)}`]) {
      for (const auth of [bearer(token), ssws(token)]) {
        const events = [];
        const { groups } = clientOf(org, {
          auth,
          retry: { maxAttempts: 2, baseDelay: 1 },
          onEvent: (event) => events.push(event),
        });
        const error = await failure(groups.get('00g1'));
        assertUntold(error, what);
        assert.match(error.message, /redacted/, what);
        for (const event of events) assertUntold(event, what);
      }
    }
  }
});

test('an error of a fetch of one’s own does not tell the token, and is else left as it is', async () => {
  const wrong = (headers, extra) => Object.assign(new Error('mine'), extra(headers));
  const chain = (headers) => {
    let error = new TypeError(`bad header: ${headers.get('authorization')}`);
    for (let i = 0; i < 9; i++) error = new Error('outer', { cause: error });
    return error;
  };
  const throws = {
    get config() {
      throw new Error('a getter of mine');
    },
  };
  for (const [what, make] of [
    ['a message', (headers) => new TypeError(`Bearer ${headers.get('authorization').slice(7)} is no header`)],
    ['a cause', chain],
    ['the request', (headers) => wrong(headers, (h) => ({ request: new Request(ORG_URL, { headers: h }) }))],
    ['headers', (headers) => wrong(headers, (h) => ({ response: { config: { headers: h } } }))],
    ['a map', (headers) => wrong(headers, (h) => ({ options: new Map([['headers', [...h]]]) }))],
    ['several errors', (headers) => new AggregateError([new Error('a'), chain(headers)])],
    ['a text', (headers) => headers.get('authorization')],
  ]) {
    const events = [];
    const { client } = scripted(
      (_, { headers }) => {
        const made = make(headers);
        throw typeof made === 'string' ? made : Object.assign(made, { code: 'ECONNRESET' });
      },
      { auth: bearer(CANARY), onEvent: (event) => events.push(event), retry: { baseDelay: 1 } },
    );
    const error = await failure(client.groups.get('00g1'));
    assert.ok(isOktaError(error, 'connection'), what);
    for (const thing of [error, ...events]) assertUntold(thing, what);
    assert.match(error.cause.message, /quotes the token/, what);
    assert.equal(error.cause.cause.code, what === 'a text' ? undefined : 'ECONNRESET', what);
  }
  for (const [thrown, kept] of [
    [new Error('application/json', { cause: { headers: new Headers({ accept: 'x' }) } }), true],
    [Object.assign(new Error('a'), { code: 7 }), true],
    [undefined, true],
    ['a text', true],
    [Object.assign(new Error('deep'), { sockets: Array.from({ length: 2000 }, () => ({})) }), false],
    [throws, true],
    [Proxy.revocable({}, {}), true],
  ]) {
    const { proxy, revoke } = thrown?.revoke ? thrown : {};
    revoke?.();
    const own = proxy ?? thrown;
    const { client } = scripted(() => Promise.reject(own), { auth: bearer(CANARY), retry: false });
    const { cause } = await failure(client.groups.get('00g1'));
    if (proxy || !kept) assert.match(cause.message, /quotes the token/);
    else assert.equal(cause, own);
  }
});

/** Random numbers that a seed repeats. */
function seeded(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/!$&*';
const word = (random, length) => Array.from({ length }, () => CHARACTERS[random(CHARACTERS.length)]).join('');

/** Proofs of all kinds, each with its secret parts. */
const PROOFS = [
  (word) => [{ authorization: `Bearer ${word(40)}` }, (h) => [h.authorization.slice(7)]],
  (word) => [
    { authorization: `Custom-Scheme ${word(9)} ${word(12)}` },
    (h) => [h.authorization.slice(14).replace(' ', '')],
  ],
  (word) => [
    { authorization: `Signature keyId="${word(10)}", signature="${word(44)}"` },
    (h) => [...h.authorization.matchAll(/"([^"]+)"/g)].map(([, value]) => value),
  ],
  (word) => [
    { cookie: `sid=${word(24)}; theme=dark; lang=en` },
    (h) => [h.cookie.slice(4, 28), 'theme=dark', 'lang=en'],
  ],
  (word) => [
    { authorization: `DPoP ${word(60)}`, dpop: `${word(30)}.${word(50)}` },
    (h) => [h.authorization.slice(5), h.dpop],
  ],
  (word) => [
    { 'x-proof-one': word(16), 'x-proof-two': `Key ${word(20)}` },
    (h) => [h['x-proof-one'], h['x-proof-two'].slice(4)],
  ],
];

/** Ways to quote a secret. */
const QUOTINGS = [
  (text) => text,
  (text) => encodeURIComponent(text),
  (text) => [...text].map((c) => `%${c.charCodeAt(0).toString(16)}`).join(''),
  (text) => btoa(`a:${text}`),
  (text) => btoa(`${text}!!`).replaceAll('+', '-').replaceAll('/', '_'),
  (text) => text.replace(/.{3}/g, '$&\n  '),
];

/** Whether a thing shows a run of a secret in any of those ways. */
function showsRun(texts, secret) {
  const all = texts
    .join('\0')
    .replaceAll(/\\n/g, ' ')
    .replaceAll(/[\s\u2028]/g, '');
  const plain = all.replaceAll(/%([\da-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  const length = Math.min(8, secret.length);
  const runs = secret.includes('=')
    ? [secret]
    : Array.from({ length: secret.length - length + 1 }, (_, at) => secret.slice(at, at + length));
  const encoded =
    secret.length < 12
      ? []
      : [0, 1, 2].flatMap((offset) => {
          const whole = btoa(' '.repeat(offset) + secret);
          const own = whole.slice(
            Math.ceil((offset * 8) / 6),
            Math.floor(((offset + secret.length) * 8) / 6),
          );
          return Array.from({ length: own.length - 11 }, (_, at) => own.slice(at, at + 12));
        });
  const folded = all.replaceAll('-', '+').replaceAll('_', '/');
  return (
    runs.find((run) => all.includes(run) || plain.includes(run)) ??
    encoded.find((run) => folded.includes(run))
  );
}

const FOREIGN =
  'Die Gruppe »West« kennt niemand – 12 % 100%25, Custom-Scheme Signature keyId theme lang sid.';

for (const [at, proofOf] of PROOFS.entries()) {
  test(`no run of a proof is in what an answer makes of it: proof ${at + 1}`, async () => {
    const random = seeded(at + 1);
    for (let round = 0; round < 8; round++) {
      const [proof, partsOf] = proofOf((length) => word(random, length));
      const parts = partsOf(proof);
      const whole = [...parts, ...Object.values(proof)][random(parts.length + Object.keys(proof).length)];
      const quoted = QUOTINGS[random(QUOTINGS.length)](whole);
      const text = `${FOREIGN} ${quoted} ${FOREIGN}`;
      for (const [what, answer] of [
        ['a page', () => new Response(`<html><p>${quoted}</p>`, { status: 502 })],
        ['no answer', () => new Response(`<html><b>${quoted}`, { status: 200 })],
        [
          'an error object',
          () =>
            json(
              {
                errorCode: quoted,
                errorSummary: text,
                errorId: quoted,
                errorCauses: [{ errorSummary: text }],
              },
              { status: 400 },
            ),
        ],
        [
          'headers',
          () =>
            json(
              { errorCode: 'E0000006', errorSummary: FOREIGN },
              {
                status: 403,
                headers: {
                  'x-okta-request-id': quoted.replaceAll('\n', ' '),
                  'www-authenticate': `Bearer error="insufficient_scope", scope="${quoted.replaceAll('\n', ' ')}"`,
                  'x-echo': quoted.replaceAll('\n', ' '),
                },
              },
            ),
        ],
      ]) {
        const events = [];
        const { client } = scripted(answer, {
          auth: { kind: 'own', authorize: async () => ({ ...proof }) },
          onEvent: (event) => events.push(event),
          retry: { maxAttempts: 2, baseDelay: 1 },
        });
        const error = await failure(client.groups.get('00g1'));
        const texts = [error, ...events].flatMap(told);
        for (const part of parts) {
          assert.equal(showsRun(texts, part), undefined, `${what} ${JSON.stringify(proof)} ${quoted}`);
        }
        if (what === 'an error object') {
          assert.equal(error.causes[0].split('[redacted]')[0].slice(0, FOREIGN.length), FOREIGN);
          assert.ok(error.summary.endsWith(FOREIGN), error.summary);
        }
        if (what === 'headers') assert.equal(error.summary, FOREIGN);
      }
    }
  });

  test(`no run of a proof is in what is thrown around it: proof ${at + 1}`, async () => {
    const random = seeded(at + 100);
    class Odd extends Error {
      #text;
      constructor(text) {
        super('odd');
        this.#text = text;
      }
      toJSON() {
        return { text: this.#text };
      }
    }
    for (let round = 0; round < 3; round++) {
      const [proof, partsOf] = proofOf((length) => word(random, length));
      const parts = partsOf(proof);
      const quoted = QUOTINGS[random(QUOTINGS.length)](parts[random(parts.length)]);
      const text = `${FOREIGN} ${quoted} ${FOREIGN}`;
      for (const make of [
        () => new TypeError(text),
        () => text,
        () => new Error('outer', { cause: new Error(text) }),
        () => new AggregateError([new Error('a'), new Error(text)]),
        () => Object.assign(new Error('axios'), { config: { headers: { ...proof } } }),
        () =>
          Object.assign(new Error('got'), {
            request: new Request(ORG_URL, { headers: { 'x-a': quoted.replaceAll('\n', ' ') } }),
          }),
        () =>
          Object.assign(new Error('keys'), {
            [quoted]: 1,
            url: new URL(`https://a.example/?q=${encodeURIComponent(quoted)}`),
          }),
        () =>
          Object.defineProperty(new Error('a getter'), 'options', {
            get: () => ({ text }),
            enumerable: true,
          }),
        () => new DOMException(text, 'NetworkError'),
        () => Object.assign(new Error('boxed'), { boxed: new String(text), map: new Map([[quoted, 1]]) }),
        () => new Odd(text),
      ]) {
        for (const where of ['fetch', 'middleware', 'middleware after', 'authorize']) {
          const events = [];
          let asked = 0;
          const throws = () => {
            throw make();
          };
          const { client, sent } = scripted(where === 'fetch' ? throws : () => json({}, { status: 401 }), {
            auth: {
              kind: 'own',
              authorize: async () => (where === 'authorize' && ++asked > 1 ? throws() : { ...proof }),
              invalidate: () => true,
            },
            middleware: [
              async (_, next) => {
                if (where === 'middleware') throws();
                const answer = await next();
                if (where === 'middleware after') throws();
                return answer;
              },
            ],
            onEvent: (event) => events.push(event),
            retry: { maxAttempts: 2, baseDelay: 1 },
          });
          const error = await failure(client.groups.get('00g1'));
          assert.ok(isOktaError(error, where === 'authorize' ? 'config' : 'connection'), `${where} ${error}`);
          if (where === 'middleware after') assert.equal(sent.length, 1, 'it is not sent again');
          const texts = [error, ...events].flatMap(told);
          for (const part of parts) {
            assert.equal(showsRun(texts, part), undefined, `${where} ${make} ${JSON.stringify(proof)}`);
          }
        }
      }
    }
  });
}

test('headers of the program’s own are secret if their names say so', async () => {
  const secret = word(seeded(7), 30);
  for (const [name, isSecret] of [
    ['x-api-key', true],
    ['X-Amz-Security-Token', true],
    ['cf-access-client-secret', true],
    ['accept-language', false],
  ]) {
    for (const how of ['client', 'call']) {
      const headers = { [name]: secret };
      const { client } = scripted(() => new Response(`<p>${secret}`, { status: 502 }), {
        ...(how === 'client' && { headers }),
        retry: false,
      });
      const error = await failure(client.groups.get('00g1', how === 'call' ? { headers } : {}));
      assert.equal(error.message.includes(secret), !isSecret, name);
    }
  }
});

test('bodies are left alone, and so is what shares no run with a proof', async () => {
  const token = word(seeded(8), 40);
  const group = { id: '00g1', profile: { name: token, description: btoa(token) } };
  const auth = { kind: 'own', authorize: async () => ({ authorization: `Bearer ${token}` }) };
  const { client } = scripted(() => json(group), { auth });
  assert.deepEqual(await client.groups.get('00g1'), group);
  const thrown = Object.assign(new Error(FOREIGN), {
    config: { headers: { accept: 'a' }, data: token.slice(0, 7) },
  });
  const failing = scripted(() => Promise.reject(thrown), { auth, retry: false }).client;
  assert.equal((await failure(failing.groups.get('00g1'))).cause, thrown);
});

test('a process that dies of an error does not print the token', async () => {
  const script = `
    import { OktaGroups, ssws } from 'okta-groups';
    const client = new OktaGroups({ orgUrl: process.env.ORG_URL, auth: ssws(process.env.TOKEN), retry: false });
    console.log(client, client.groups, client.groups.list());
    client.groups.get('00g1');
  `;
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: new URL('.', import.meta.url),
    env: { ...process.env, TOKEN: CANARY, ORG_URL: `http://127.0.0.1:${await closedPort()}` },
  });
  const died = await failure(run);
  assert.equal(died.code, 1);
  assert.match(
    died.stderr,
    /OktaConnectionError: no answer from http:\/\/127\.0\.0\.1:\d+: the network failed \(ECONNREFUSED\)/,
  );
  assert.match(died.stderr, /ECONNREFUSED/);
  assert.ok(!`${died.stdout}${died.stderr}`.includes(CANARY));
});
