// `console`: the server of the page, its guards, and the proxy that keeps the token.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { delimiter, dirname, join } from 'node:path';
import test, { after, before } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { OktaGroups } from 'okta-groups';
import { createOrg } from 'okta-groups/emulator';
import { OPERATIONS } from '../../pkg-template/src/operations.js';
import { ROUTES, routeOf } from '../../pkg-template/src/cli/console/routes.js';
import { POLICY } from '../policy.mjs';
import { CLI, TOKEN, ends, folder, lines, servedOrg, started, until } from './support.mjs';

/** What is to be done when the file's tests are over, whatever test began it. */
const ENDS = [];
after(() => ENDS.forEach((end) => end()));

const HTML = `<!doctype html><title>Console</title><meta name="okta-groups-host" content='{"kind":"same-origin"}'>
<script type="module" src="./main-ABCD1234.js"></script>\n`;
const SCRIPT = `globalThis.loaded = true; // ${'x'.repeat(2000)}\n`;
/** On every answer, whatever it is. */
const POLICIES = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** The package with a small console in it, whatever console was built. */
const cli = (() => {
  const copy = join(folder(), 'pkg');
  cpSync(dirname(dirname(CLI)), copy, { recursive: true });
  const files = join(copy, 'dist/console');
  rmSync(files, { recursive: true, force: true });
  mkdirSync(files);
  writeFileSync(join(files, 'index.html'), HTML);
  writeFileSync(join(files, 'index.html.br'), brotliCompressSync(HTML));
  writeFileSync(join(files, 'main-ABCD1234.js'), SCRIPT);
  writeFileSync(join(files, 'main-ABCD1234.js.br'), brotliCompressSync(SCRIPT));
  writeFileSync(join(files, 'main-ABCD1234.css'), 'p{}');
  writeFileSync(join(files, 'icon-ABCD1234.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(files, 'core_bg-ABCD1234.wasm'), Buffer.of(0, 97, 115, 109, 1, 0, 0, 0));
  writeFileSync(join(files, 'notes.txt'), 'not served');
  return join(copy, 'dist/cli.js');
})();

/** An org that notes what it was sent; `answer` takes the place of its answers, `options` are those of a local org. */
async function recordedOrg(options = {}) {
  const asked = [];
  const org = { asked, answer: undefined };
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const entry = { method, url, headers, body: String(body), ended: false };
    response.on('close', () => (entry.ended = !response.writableFinished));
    asked.push(entry);
    if (org.answer) return org.answer(response, entry);
    const { host: _, ...rest } = headers;
    const answered = await inner.fetch(inner.orgUrl + url, {
      method,
      headers: rest,
      body: body.length > 0 ? body : undefined,
    });
    response.sendDate = false;
    response.writeHead(answered.status, [...answered.headers].flat());
    response.end(Buffer.from(await answered.arrayBuffer()));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  ENDS.push(() => {
    server.close();
    server.closeAllConnections();
  });
  org.url = `http://127.0.0.1:${server.address().port}`;
  const inner = createOrg({ groups: 450, users: 50, rateLimit: 'off', orgUrl: org.url, ...options });
  return Object.assign(org, { inner, env: { OKTA_ORG_URL: org.url, OKTA_TOKEN: TOKEN } });
}

/** Starts the console, and opens its link unless told otherwise. */
async function openedConsole(args = [], { isOpened = true, ...options } = {}) {
  const { child, out, done } = started(['console', ...args], { cli, ...options });
  done.catch(() => {});
  ENDS.push(() => child.kill());
  await until(() => out.stdout.includes('\n') || child.exitCode !== null, 'the link of the console');
  assert.match(out.stdout, /^http:/, out.stderr);
  const [link] = lines(out.stdout);
  const { origin } = new URL(link);
  const page = { link, origin, out, cookie: '' };
  /** Sends as a browser does from the page: with its cookie, and an origin where it sends one. */
  page.fetch = (path, { headers, ...init } = {}) => {
    const given = new Headers(headers);
    if (page.cookie && !given.has('cookie')) given.set('cookie', page.cookie);
    if ((init.method ?? 'GET') !== 'GET' && !given.has('origin')) given.set('origin', origin);
    return fetch(new URL(path, origin), { redirect: 'manual', ...init, headers: given });
  };
  page.open = async (url = link) => {
    const response = await fetch(url, { redirect: 'manual' });
    if (response.status === 303) page.cookie = response.headers.get('set-cookie').split(';')[0];
    return response;
  };
  /** The newest link: each one opens once. */
  page.newest = () => lines(`${out.stdout}${out.stderr}`).findLast((line) => line.includes('/console/open/'));
  page.client = (options = {}) =>
    new OktaGroups({
      orgUrl: origin,
      auth: { kind: 'page', authorize: () => ({ authorization: 'Bearer of-the-page' }) },
      fetch: (url, init) => page.fetch(url, init),
      ...options,
    });
  page.signIn = (body, headers) =>
    page.fetch('/console/sign-in', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  page.session = async () => (await page.fetch('/console/session')).json();
  page.end = async () => {
    child.kill('SIGINT');
    const ended = await done;
    assert.equal(ended.code, 0, ended.stderr);
    return ended;
  };
  if (isOpened) assert.equal((await page.open()).status, 303);
  return page;
}

/** Sends headers that no `fetch` sends. */
function raw(origin, { path = '/', method = 'GET', headers = {} } = {}) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    const sent = httpRequest({ hostname, port, path, method, headers }, (response) => {
      let text = '';
      response.on('data', (data) => (text += data));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

function hasPolicies(headers, what) {
  const of = (name) => (typeof headers.get === 'function' ? headers.get(name) : headers[name]);
  for (const [name, value] of Object.entries(POLICIES)) assert.equal(of(name), value, `${name}: ${what}`);
}

let org;
let page;
before(async () => {
  org = await recordedOrg();
  page = await openedConsole([], { env: org.env });
});

test('the proxy lets through what the client sends, and the two schemas', async () => {
  const sent = new Set();
  const names = {
    groupId: '00g1',
    userId: '00u1',
    ownerId: '00o1',
    ruleId: '0pr1',
    idOrLogin: 'ada@example.com',
  };
  const paths = Object.entries(names).map(([name, id]) => [encodeURIComponent(id), `{${name}}`]);
  const client = new OktaGroups({
    orgUrl: 'https://example.okta.com',
    auth: { kind: 'none', authorize: () => ({}) },
    retry: false,
    fetch: async (url, { method }) => {
      const segments = new URL(url).pathname.split('/');
      const named = segments.map((segment) => paths.find(([id]) => id === segment)?.[1] ?? segment);
      sent.add(`${method} ${named.join('/')}`);
      assert.equal(routeOf(method, new URL(url).pathname), `${method} ${named.join('/')}`);
      return new Response('{}', { status: 404, headers: { 'content-type': 'application/json' } });
    },
  });
  const bodies = {
    profile: { name: 'a' },
    rule: { name: 'a', type: 'group_rule' },
    owner: { id: '00o1', type: 'USER' },
  };
  for (const row of OPERATIONS) {
    const [path, ...args] = row.split(' ?')[0].split(' ');
    const [resource, method] = path.split('.');
    const before = sent.size;
    await client[resource][method](...args.map((name) => names[name] ?? bodies[name])).catch(() => {});
    assert.equal(sent.size, before + 1, row);
  }
  for (const schema of ['group', 'user']) sent.add(`GET /api/v1/meta/schemas/${schema}/default`);
  assert.deepEqual([...ROUTES].sort(), [...sent].sort());
});

test('no other path, method or form of an id is let through', async () => {
  const before = org.asked.length;
  const paths = [
    'GET /api/v1/logs',
    'GET /api/v1/apps',
    'GET /api/v1/meta/schemas/app/default',
    'GET /api/v1/groups/',
    'GET /api/v1//groups',
    'GET /api/v1/groups/00g1/users/',
    'GET /api/v1/groups/..',
    'GET /api/v1/groups/%2e%2e',
    'GET /api/v1/groups/.%2E/users',
    'GET /api/v1/groups/00g1%2F..%2F..%2Flogs',
    'GET /api/v1/groups/a%5Cb',
    'GET /api/v1/groups/a%3Fb',
    'GET /api/v1/groups/a%25b',
    'GET /api/v1/groups/a%0Ab',
    'GET /api/v1/groups/%ff',
    'GET /api/v1/groups/%zz',
    'GET /api/v1/groups/a;b',
    'GET /api/v1/users/..%2Flogs',
    'GET /api/v1/users/a%2F%2e%2e%2Flogs',
    'GET /API/v1/groups',
    'GET /api/v1/../v1/groups',
    'POST /api/v1/groups/00g1',
    'PATCH /api/v1/groups/00g1',
    'PUT /api/v1/groups/rules',
    'DELETE /api/v1/groups/rules',
    'DELETE /api/v1/users/00u1',
    'POST /api/v1/users',
    'POST /api/v1/groups/rules/0pr1/lifecycle/delete',
    'POST /api/v1/meta/schemas/group/default',
    'HEAD /api/v1/groups',
    'OPTIONS /api/v1/groups',
  ];
  for (const each of paths) {
    const [method, path] = each.split(' ');
    assert.equal(routeOf(method, path), undefined, each);
    const answer = await raw(page.origin, {
      method,
      path,
      headers: { cookie: page.cookie, origin: page.origin },
    });
    assert.ok([403, 404].includes(answer.status), `${each}: ${answer.status}`);
  }
  assert.equal(org.asked.length, before);
  // What a person may be called is let through.
  for (const login of ['ada', 'ada+x@example.com', 'a/b@example.com', 'Ünal@example.com', '...'])
    assert.equal(
      routeOf('GET', `/api/v1/users/${encodeURIComponent(login)}`),
      'GET /api/v1/users/{idOrLogin}',
    );
});

test('a link opens the console once, and the next one opens another browser', async () => {
  const own = await openedConsole([], { env: org.env, isOpened: false });
  assert.match(own.link, /^http:\/\/127\.0\.0\.1:\d+\/console\/open\/[\w-]{43}$/);
  const shut = await own.fetch('/');
  assert.equal(shut.status, 403);
  assert.match(await shut.text(), /open the link that okta-groups console prints/);
  // Neither another secret nor another method uses the link up.
  assert.equal((await fetch(`${own.link.slice(0, -1)}.`, { redirect: 'manual' })).status, 403);
  assert.equal((await fetch(own.link, { method: 'HEAD', redirect: 'manual' })).status, 403);
  const opened = await own.open();
  assert.equal(opened.status, 303);
  assert.equal(opened.headers.get('location'), '/');
  const cookie = opened.headers.get('set-cookie');
  assert.match(cookie, /^okta_groups_console_\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/);
  assert.ok(!cookie.includes(own.link.slice(-43)));
  hasPolicies(opened.headers, 'the exchange');
  assert.equal(opened.headers.get('cache-control'), 'no-store');
  assert.equal((await own.fetch('/')).status, 200);

  const again = await fetch(own.link, { redirect: 'manual' });
  assert.equal(again.status, 403);
  assert.match(await again.text(), /was used already/);
  assert.equal(again.headers.get('set-cookie'), null);

  await until(() => own.newest() !== own.link, 'the next link');
  const next = own.newest().trim();
  const other = await fetch(next, { redirect: 'manual' });
  assert.equal(other.status, 303);
  assert.equal((await fetch(next, { redirect: 'manual' })).status, 403);
  await own.end();
});

test('a request without the cookie, or with another, gets nothing and sends nothing', async () => {
  const before = org.asked.length;
  const [name] = page.cookie.split('=');
  for (const cookie of [
    undefined,
    '',
    name,
    `${name}=`,
    `${name}=${'a'.repeat(43)}`,
    `x${page.cookie}`,
    `${page.cookie}x`,
    page.cookie.toUpperCase(),
    `other=${page.cookie.split('=')[1]}`,
  ]) {
    for (const path of ['/', '/main-ABCD1234.js', '/api/v1/groups', '/console/session', '/none']) {
      const headers = { origin: page.origin, ...(cookie !== undefined && { cookie }) };
      const answer = await raw(page.origin, { path, headers });
      assert.equal(answer.status, 403, `${path} with ${cookie}`);
      assert.match(answer.text, /has not opened the console/);
      hasPolicies(answer.headers, path);
    }
    const forget = await raw(page.origin, {
      path: '/console/forget',
      method: 'POST',
      headers: { origin: page.origin, ...(cookie !== undefined && { cookie }) },
    });
    assert.equal(forget.status, 403);
  }
  assert.equal(org.asked.length, before);
  // A server at another port of the host may have set cookies, too.
  const both = await raw(page.origin, { headers: { cookie: `a=b; ${name}=no; ${page.cookie}` } });
  assert.equal(both.status, 200);
  // The page's client is told in the form of Okta.
  const api = await raw(page.origin, { path: '/api/v1/groups' });
  assert.equal(JSON.parse(api.text).errorCode, 'E0000005');
});

test('a Host of another name, a page of another origin and a request of no page are refused', async () => {
  const before = org.asked.length;
  const { host, port } = new URL(page.origin);
  const { cookie } = page;
  for (const [headers, status, method = 'GET'] of [
    [{}, 200],
    [{ host: `localhost:${port}` }, 200],
    [{ host: `localhost:${port}`, origin: `http://localhost:${port}` }, 200],
    [{ host: 'console.example' }, 403],
    [{ host: `console.example:${port}` }, 403],
    [{ host: '127.0.0.1' }, 403],
    [{ host: `127.0.0.1:${Number(port) + 1}` }, 403],
    [{ host: `[::1]:${port}` }, 403],
    [{ host: `127.0.0.1.example:${port}` }, 403],
    [{ origin: 'http://console.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ origin: `https://${host}` }, 403],
    [{ origin: `http://localhost:${port}` }, 403],
    [{ 'sec-fetch-site': 'none' }, 200],
    [{ 'sec-fetch-site': 'same-origin' }, 200],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{}, 403, 'POST'],
    [{ origin: 'null' }, 403, 'POST'],
    [{ origin: page.origin, 'sec-fetch-site': 'cross-site' }, 403, 'POST'],
    [{ origin: page.origin, 'sec-fetch-site': 'same-origin' }, 200, 'POST'],
  ]) {
    const path = method === 'GET' ? '/api/v1/groups?limit=1' : '/api/v1/groups';
    const count = org.asked.length;
    org.answer = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('[]');
    const answer = await raw(page.origin, { path, method, headers: { cookie, ...headers } });
    assert.equal(answer.status, status, `${method} ${JSON.stringify(headers)}: ${answer.text}`);
    assert.equal(org.asked.length - count, status === 200 ? 1 : 0);
    hasPolicies(answer.headers, JSON.stringify(headers));
    assert.equal(answer.headers['access-control-allow-origin'], undefined);
  }
  org.answer = undefined;
  assert.ok(org.asked.length > before);
  // A link that another site's page leads to is not used up by that.
  const link = page.newest().trim();
  const led = await raw(page.origin, {
    path: new URL(link).pathname,
    headers: { 'sec-fetch-site': 'cross-site' },
  });
  assert.equal(led.status, 403);
  assert.match(led.text, /copy it into the address bar/);
  // The preflight of another origin's page.
  const preflight = await raw(page.origin, {
    path: '/api/v1/groups',
    method: 'OPTIONS',
    headers: { cookie, origin: 'http://console.example', 'access-control-request-method': 'PUT' },
  });
  assert.equal(preflight.status, 403);
});

test('the target of a request is a path below the console', async () => {
  const before = org.asked.length;
  for (const path of [
    'http://example.com/api/v1/groups',
    '*',
    '//example.com/api/v1/groups',
    '/../../etc/passwd',
  ])
    assert.ok((await raw(page.origin, { path, headers: { cookie: page.cookie } })).status >= 400, path);
  assert.equal(org.asked.length, before);
});

test('files come with their type, for ever where a hash names them, and compressed where the browser can', async () => {
  const get = (path, headers) => page.fetch(path, { headers });
  const index = await get('/');
  assert.equal(index.headers.get('content-type'), 'text/html; charset=utf-8');
  assert.equal(index.headers.get('cache-control'), 'no-cache');
  const html = await index.text();
  const [, content] = /<meta name="okta-groups-host" content="([^"]*)">/.exec(html);
  const told = JSON.parse(content.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code)));
  assert.deepEqual(told, { kind: 'proxy', org: org.url, readOnly: false, signedIn: true });
  assert.equal(html.replace(/content="[^"]*"/, `content='{"kind":"same-origin"}'`), HTML);
  assert.equal(await (await get('/index.html')).text(), html);
  assert.equal(await (await get('/?screen=groups')).text(), html);

  for (const [path, type] of [
    ['/main-ABCD1234.js', 'text/javascript; charset=utf-8'],
    ['/main-ABCD1234.css', 'text/css; charset=utf-8'],
    ['/icon-ABCD1234.svg', 'image/svg+xml'],
    ['/core_bg-ABCD1234.wasm', 'application/wasm'],
  ]) {
    const { headers, status } = await get(path);
    assert.equal(status, 200);
    assert.equal(headers.get('content-type'), type);
    assert.equal(headers.get('cache-control'), 'public, max-age=31536000, immutable');
    hasPolicies(headers, path);
  }
  for (const [encodings, isBrotli] of [
    ['gzip, br', true],
    ['BR;q=0.5', true],
    ['gzip', false],
    ['br;q=0', false],
    ['br;q=0.00, gzip', false],
    ['xbr', false],
  ]) {
    const response = await get('/main-ABCD1234.js', { 'accept-encoding': encodings });
    assert.equal(response.headers.get('content-encoding'), isBrotli ? 'br' : null, encodings);
    assert.equal(response.headers.get('vary'), 'accept-encoding');
    assert.equal(await response.text(), SCRIPT);
  }
  const head = await raw(page.origin, {
    path: '/main-ABCD1234.js',
    method: 'HEAD',
    headers: { cookie: page.cookie },
  });
  assert.deepEqual(
    [head.status, head.headers['content-length'], head.text],
    [200, String(SCRIPT.length), ''],
  );
});

test('no path of a request leads to a file besides those of the console', async () => {
  for (const path of [
    '/../cli.js',
    '/..%2fcli.js',
    '/%2e%2e/cli.js',
    '/..\\cli.js',
    '/./main-ABCD1234.js',
    '//main-ABCD1234.js',
    '/main-ABCD1234.js/',
    '/main-ABCD1234.js.br',
    '/notes.txt',
    '/constructor',
    '/__proto__',
    '/cli.js',
    '/console',
  ]) {
    const answer = await raw(page.origin, { path, headers: { cookie: page.cookie } });
    assert.equal(answer.status, 404, path);
    hasPolicies(answer.headers, path);
    assert.ok(!answer.text.includes('main'), answer.text);
  }
});

test('the client lists, writes and reads errors through the proxy as it does without', async () => {
  const client = page.client({ org: org.url });
  const direct = new OktaGroups({
    orgUrl: org.url,
    auth: { kind: 'direct', authorize: () => ({ authorization: `SSWS ${TOKEN}` }) },
  });
  const before = org.asked.length;
  const ids = async (of) => (await of.groups.list({ limit: 200 }).toArray({ max: 1000 })).map(({ id }) => id);
  const through = await ids(client);
  assert.equal(org.asked.length - before, 3);
  assert.equal(through.length, 450);
  assert.deepEqual(through, await ids(direct));

  const made = await client.groups.create({ name: 'Made in the console' });
  assert.equal((await direct.groups.get(made.id)).profile.name, 'Made in the console');
  const [{ id: userId }] = (await direct.users.list({ limit: 1 })).items;
  await client.groups.assignUser(made.id, userId);
  assert.equal((await client.groups.listUsers(made.id)).items[0].id, userId);
  await client.groups.unassignUser(made.id, userId);
  await client.groups.delete(made.id);
  await assert.rejects(client.groups.get(made.id), { kind: 'not-found', code: 'E0000007' });
  const { response } = await client.groups.get(through[0]).withResponse();
  assert.ok(response.requestId);
  assert.ok(client.rateLimits().size > 0, 'the headers of the rate limit come through');
  // A cursor of the page is good for a server's client, and the other way round.
  const { cursor } = await client.groups.list({ limit: 100 });
  assert.equal((await direct.groups.list({ limit: 100, cursor })).items.length, 100);
  // The schemas.
  assert.ok((await client.request('GET', ['meta', 'schemas', 'group', 'default'])).definitions);
});

test("the org gets the command's credential and none of the page's headers", async () => {
  const count = org.asked.length;
  const answer = await page.fetch('/api/v1/groups?limit=1&search=type%20eq%20%22OKTA_GROUP%22', {
    headers: {
      accept: 'application/json',
      authorization: 'SSWS of-the-page',
      dpop: 'of-the-page',
      'x-okta-xsrftoken': 'of-the-page',
      'x-forwarded-for': '192.0.2.1',
      'user-agent': 'of-the-page',
      'x-okta-retry-for': 'reqA',
      referer: page.origin,
      'accept-language': 'de',
    },
  });
  assert.equal(answer.status, 200);
  const [{ method, url, headers }] = org.asked.slice(count);
  assert.equal(`${method} ${url}`, 'GET /api/v1/groups?limit=1&search=type%20eq%20%22OKTA_GROUP%22');
  assert.equal(headers.authorization, `SSWS ${TOKEN}`);
  assert.match(headers['user-agent'], /^okta-groups-cli\//);
  assert.equal(headers.accept, 'application/json');
  assert.equal(headers['x-okta-retry-for'], 'reqA');
  for (const name of ['cookie', 'origin', 'referer', 'dpop', 'x-okta-xsrftoken', 'x-forwarded-for'])
    assert.equal(headers[name], undefined, name);
  assert.ok(!JSON.stringify(headers).includes('of-the-page'));
  await page.fetch('/api/v1/groups', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  assert.equal(org.asked.at(-1).body, '{}');
  assert.equal(org.asked.at(-1).headers['content-type'], 'application/json');
});

test('the page gets the headers that its client reads, and no cookie, policy or redirect of the org', async () => {
  const date = 'Mon, 03 Feb 2020 10:00:00 GMT';
  const passed = {
    'content-type': 'application/json',
    date,
    link: `<${org.url}/api/v1/groups?after=1>; rel="next"`,
    'retry-after': '7',
    'www-authenticate': 'Bearer error="insufficient_scope"',
    'x-okta-request-id': 'reqA',
    'x-rate-limit-limit': '500',
    'x-rate-limit-remaining': '499',
    'x-rate-limit-reset': '1580724060',
  };
  const dropped = {
    'set-cookie': 'sid=of-the-org',
    'content-security-policy': "default-src *; frame-ancestors 'self'",
    'access-control-allow-origin': '*',
    'x-frame-options': 'SAMEORIGIN',
    'cache-control': 'public',
    server: 'nginx',
    'dpop-nonce': 'n',
    'x-other': 'y',
  };
  org.answer = (response) => response.writeHead(200, { ...passed, ...dropped }).end('[]');
  const answer = await page.fetch('/api/v1/groups');
  for (const [name, value] of Object.entries(passed)) assert.equal(answer.headers.get(name), value, name);
  for (const name of Object.keys(dropped)) assert.notEqual(answer.headers.get(name), dropped[name], name);
  assert.equal(answer.headers.get('set-cookie'), null);
  hasPolicies(answer.headers, 'an answer of the org');
  // A browser would ask for a password.
  org.answer = (response) => response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
  assert.equal((await page.fetch('/api/v1/groups')).headers.get('www-authenticate'), null);

  for (const status of [301, 302, 303, 307, 308, 304]) {
    const count = org.asked.length;
    const location = `${org.url}/login`;
    org.answer = (response) => response.writeHead(status, { location }).end();
    const redirect = await page.fetch('/api/v1/groups');
    const text = await redirect.text();
    assert.equal(redirect.status, 502);
    assert.match(JSON.parse(text).errorSummary, new RegExp(`redirect \\(${status}\\)`));
    assert.equal(redirect.headers.get('location'), null);
    assert.ok(!text.includes('login'));
    assert.equal(org.asked.length, count + 1);
  }
  org.answer = undefined;
});

test('a 429, a 401 and an unreachable org are typed errors in the page', async () => {
  const client = page.client({ retry: false });
  const rate = { 'x-rate-limit-limit': '500', 'x-rate-limit-remaining': '0' };
  const okta = (code) =>
    JSON.stringify({ errorCode: code, errorSummary: 'Said by the org', errorCauses: [] });
  for (const [status, code, headers, kind] of [
    [
      429,
      'E0000047',
      { ...rate, 'x-rate-limit-reset': String(Math.ceil(Date.now() / 1000) + 60) },
      'rate-limit',
    ],
    [401, 'E0000011', {}, 'unauthorized'],
    [403, 'E0000006', {}, 'forbidden'],
  ]) {
    org.answer = (response) =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(okta(code));
    const fresh = page.client({ retry: false, rateLimit: false });
    await assert.rejects(fresh.groups.get('00g1'), (error) => {
      assert.deepEqual([error.kind, error.code, error.status], [kind, code, status]);
      assert.match(error.message, /Said by the org/);
      return true;
    });
  }
  // Nobody is called back for a fixed token: the org is asked once.
  const count = org.asked.length;
  org.answer = (response) => response.writeHead(401).end();
  assert.equal((await page.fetch('/api/v1/groups')).status, 401);
  assert.equal(org.asked.length, count + 1);
  // The connection breaks before the answer, and within it.
  org.answer = (response) => response.socket.destroy();
  const broken = await page.fetch('/api/v1/groups');
  assert.equal(broken.status, 502);
  assert.match((await broken.json()).errorSummary, /could not reach http:\/\/127\.0\.0\.1/);
  await assert.rejects(client.groups.list());
  org.answer = (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
    response.write('[{"id":');
    setTimeout(() => response.socket.destroy(), 20);
  };
  const cut = await page.fetch('/api/v1/groups');
  assert.equal(cut.status, 200);
  await assert.rejects(cut.text());
  org.answer = undefined;
});

test('answers stream, and a page that goes away ends the request to the org', async () => {
  let more;
  org.answer = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('[{"id":"00g1"}');
    more = () => response.end(']');
  };
  const streamed = await page.fetch('/api/v1/groups');
  const reader = streamed.body.getReader();
  assert.equal(Buffer.from((await reader.read()).value).toString(), '[{"id":"00g1"}');
  more();
  assert.equal(Buffer.from((await reader.read()).value).toString(), ']');

  // Within the answer, and before it.
  const abort = new AbortController();
  const inside = await page.fetch('/api/v1/groups', { signal: abort.signal });
  await inside.body.getReader().read();
  const first = org.asked.at(-1);
  abort.abort();
  await until(() => first.ended, 'the end of the request whose answer had begun');

  org.answer = () => {};
  const count = org.asked.length;
  const controller = new AbortController();
  const waiting = page.client().groups.get('00g1', { signal: controller.signal });
  await until(() => org.asked.length > count, 'the request');
  const second = org.asked.at(-1);
  assert.equal(second.ended, false);
  controller.abort();
  await assert.rejects(waiting, { kind: 'aborted' });
  await until(() => second.ended, 'the end of the request');
  org.answer = undefined;
});

test('a body over 1 MiB is refused before the org is asked', async () => {
  const count = org.asked.length;
  const post = (bytes) =>
    page.fetch('/api/v1/groups', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: 'x'.repeat(bytes),
    });
  const large = await post(1024 * 1024 + 1);
  assert.equal(large.status, 413);
  assert.match((await large.json()).errorSummary, /1 MiB/);
  assert.equal(org.asked.length, count);
  org.answer = (response) => response.writeHead(400).end();
  assert.equal((await post(1024 * 1024)).status, 400);
  assert.equal(org.asked.at(-1).body.length, 1024 * 1024);
  org.answer = undefined;
});

test('--read-only lets no change through, and the page is told', async () => {
  const reader = await openedConsole(['--read-only'], { env: org.env });
  assert.deepEqual(await reader.session(), { org: org.url, readOnly: true, signedIn: true });
  assert.match(await (await reader.fetch('/')).text(), /&#34;readOnly&#34;:true/);
  const client = reader.client();
  const { items } = await client.groups.list({ limit: 2 });
  const count = org.asked.length;
  const [{ id }] = items;
  for (const write of [
    () => client.groups.create({ name: 'a' }),
    () => client.groups.replace(id, { name: 'a' }),
    () => client.groups.delete(id),
    () => client.groups.assignUser(id, '00u1'),
    () => client.groups.unassignUser(id, '00u1'),
    () => client.rules.activate('0pr1'),
  ]) {
    await assert.rejects(write(), (error) => {
      assert.deepEqual([error.kind, error.code, error.status], ['forbidden', 'E0000006', 403]);
      assert.match(error.message, /--read-only/);
      return true;
    });
  }
  assert.equal(org.asked.length, count);
  await reader.end();
});

test('a token that is typed is kept by the process, and forget drops it', async () => {
  const own = await openedConsole(['--org', org.url]);
  assert.match(own.out.stderr, /the page asks for one/);
  assert.deepEqual(await own.session(), { org: org.url, readOnly: false, signedIn: false });
  const client = own.client();
  const count = org.asked.length;
  await assert.rejects(client.groups.list(), { kind: 'unauthorized' });
  for (const [body, headers, says] of [
    ['{', {}, /not JSON/],
    ['null', {}, /needs a token/],
    [{ token: 1 }, {}, /needs a token/],
    [{ token: TOKEN, kind: 'basic' }, {}, /ssws or bearer/],
    [{ token: `SSWS ${TOKEN}` }, {}, /must not begin with its scheme/],
    [{ token: `${TOKEN}\r\nx: y` }, {}, /a character that no token has/],
    [{ token: '' }, {}, /is empty/],
    [{ token: TOKEN }, { 'content-type': 'text/plain' }, /application\/json/],
  ]) {
    const refused = await own.signIn(body, headers);
    assert.equal(refused.status, 400, JSON.stringify(body));
    const text = await refused.text();
    assert.match(JSON.parse(text).errorSummary, says);
    assert.ok(!text.includes(TOKEN), text);
  }
  assert.equal((await own.signIn({ token: TOKEN }, { origin: 'http://console.example' })).status, 403);
  assert.equal((await own.session()).signedIn, false);
  assert.equal(org.asked.length, count);

  const signedIn = await own.signIn({ token: TOKEN });
  assert.deepEqual([signedIn.status, await signedIn.text()], [204, '']);
  assert.equal((await own.session()).signedIn, true);
  assert.match(await (await own.fetch('/')).text(), /&#34;signedIn&#34;:true/);
  assert.equal((await client.groups.list({ limit: 2 })).items.length, 2);
  assert.equal(org.asked.at(-1).headers.authorization, `SSWS ${TOKEN}`);
  await own.signIn({ token: `${TOKEN}b`, kind: 'bearer' });
  await client.groups.list({ limit: 2 });
  assert.equal(org.asked.at(-1).headers.authorization, `Bearer ${TOKEN}b`);

  assert.equal((await own.fetch('/console/forget', { method: 'POST' })).status, 204);
  assert.equal((await own.session()).signedIn, false);
  const after = org.asked.length;
  await assert.rejects(client.groups.list(), { kind: 'unauthorized' });
  assert.equal(org.asked.length, after);
  for (const [method, path] of [
    ['GET', '/console/sign-in'],
    ['POST', '/console/session'],
    ['GET', '/console/forget'],
    ['POST', '/console/other'],
  ])
    assert.equal((await own.fetch(path, { method })).status, 403, path);
  await own.end();
});

test('the scopes of an access token of Okta are told, of another token none', async () => {
  const own = await openedConsole(['--org', org.url]);
  const jwt = (claims) =>
    ['{"alg":"none"}', typeof claims === 'string' ? claims : JSON.stringify(claims), TOKEN]
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');
  for (const [token, scopes] of [
    [jwt({ scp: ['okta.groups.read', 'okta.users.read'] }), ['okta.groups.read', 'okta.users.read']],
    [jwt({ scp: ['<b>'] }), undefined],
    [jwt({ scp: 'okta.groups.read' }), undefined],
    [jwt({}), undefined],
    [jwt('null'), undefined],
    [jwt('{'), undefined],
    [`${TOKEN}.x`, undefined],
    [TOKEN, undefined],
  ]) {
    assert.equal((await own.signIn({ token, kind: 'bearer' })).status, 204);
    assert.deepEqual((await own.session()).scopes, scopes);
  }
  await own.signIn({ token: jwt({ scp: ['okta.groups.read'] }) });
  assert.equal((await own.session()).scopes, undefined);
  await own.end();
});

test('a token of the environment is in nothing that the console says or answers', async () => {
  const own = await openedConsole(['--verbose'], { env: org.env });
  const said = [];
  const keep = async (response) => {
    said.push(JSON.stringify([...response.headers]), await response.text());
    return response;
  };
  await keep(await own.fetch('/'));
  await keep(await own.fetch('/console/session'));
  await keep(await own.fetch('/api/v1/groups?limit=2&search=profile.name%20eq%20%22Ada%22'));
  await keep(await own.fetch('/api/v1/groups/00gNONE'));
  await keep(await own.fetch('/api/v1/logs'));
  org.answer = (response) => response.socket.destroy();
  await keep(await own.fetch('/api/v1/groups'));
  org.answer = undefined;
  await keep(await own.fetch('/console/forget', { method: 'POST' }));
  await keep(await own.fetch('/api/v1/groups'));
  assert.equal((await own.session()).signedIn, false);
  const { stdout, stderr } = await own.end();
  assert.match(stderr, /^GET \/api\/v1\/groups 200$/m);
  assert.match(stderr, /^GET \/api\/v1\/groups\/\{groupId\} 404$/m);
  const printed = `${stdout}${stderr}`;
  const cookie = own.cookie.split('=')[1];
  for (const secret of [TOKEN, Buffer.from(TOKEN).toString('base64'), cookie])
    assert.ok(!`${said.join('\n')}${printed}`.includes(secret));
  for (const ofTheOrg of ['Ada', '00gNONE'])
    assert.ok(!printed.includes(ofTheOrg), 'routes are logged, no values');
  // Each link is printed once.
  for (const [link] of printed.matchAll(/\/console\/open\/[\w-]+/g))
    assert.equal(printed.split(link).length, 2);
});

test('a service app signs in with DPoP, and its tokens and proofs are renewed by the proxy', async () => {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const scopes = ['okta.groups.manage', 'okta.users.read'];
  const strict = await recordedOrg({ serviceApps: [{ clientId: '0oa1', scopes, dpop: true }] });
  const env = {
    OKTA_CLIENT_ORGURL: strict.url,
    OKTA_CLIENT_AUTHORIZATIONMODE: 'PrivateKey',
    OKTA_CLIENT_CLIENTID: '0oa1',
    OKTA_CLIENT_PRIVATEKEY: privateKey,
  };
  const own = await openedConsole([], { env });
  assert.deepEqual(await own.session(), { org: strict.url, readOnly: false, signedIn: true, scopes });
  const client = own.client({ retry: false });
  assert.equal((await client.groups.list({ limit: 3 })).items.length, 3);
  const made = await client.groups.create({ name: 'By the app' });
  assert.equal(made.profile.name, 'By the app');
  const api = () => strict.asked.filter(({ url }) => url.startsWith('/api/'));
  for (const { headers } of api()) {
    assert.match(headers.authorization, /^DPoP /);
    assert.ok(headers.dpop);
  }
  // Another nonce, then another token: the page is told of neither, and a write is sent again with its body.
  const { length } = api();
  const challenges = ['DPoP error="use_dpop_nonce"', 'DPoP error="invalid_token"'];
  let tokens = strict.asked.filter(({ url }) => url.startsWith('/oauth2/')).length;
  for (const challenge of challenges) {
    let left = 1;
    strict.answer = (response, entry) => {
      if (entry.url.startsWith('/api/') && left-- > 0) {
        response.writeHead(401, { 'www-authenticate': challenge, 'dpop-nonce': `nonce-${challenge.length}` });
        response.end();
        // The answers after this are the org's.
        strict.answer = undefined;
      }
    };
    const before = api().length;
    await client.groups.create({ name: `Again ${challenge.length}` });
    const [first, second] = api().slice(before);
    assert.equal(first.body, second.body);
    assert.notEqual(first.headers.dpop, second.headers.dpop);
    const now = strict.asked.filter(({ url }) => url.startsWith('/oauth2/')).length;
    assert.equal(now > tokens, challenge.includes('invalid_token'), challenge);
    tokens = now;
  }
  assert.equal(api().length, length + 4);
  // An org that goes on refusing is believed.
  strict.answer = (response, { url }) =>
    url.startsWith('/api/')
      ? response.writeHead(401, { 'www-authenticate': challenges[1] }).end()
      : response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_client"}');
  await assert.rejects(client.groups.get('00g1'), { kind: 'unauthorized' });
  strict.answer = undefined;
  await own.end();

  // Scopes for what --read-only needs, or those that are named.
  const reader = await openedConsole(['--read-only'], { env });
  assert.deepEqual((await reader.session()).scopes, ['okta.groups.read', 'okta.users.read']);
  await reader.end();
  const named = await openedConsole(['--scopes', 'okta.groups.read'], { env });
  assert.deepEqual((await named.session()).scopes, ['okta.groups.read']);
  await named.end();
});

test('the org and the credential come from one source, and --org alone takes none of another org', async () => {
  const home = folder();
  mkdirSync(join(home, '.okta'));
  const elsewhere = 'http://127.0.0.1:1';
  const yaml = (url) =>
    writeFileSync(
      join(home, '.okta/okta.yaml'),
      `okta:\n  client:\n    orgUrl: ${url}\n    token: ${TOKEN}\n`,
    );
  for (const [args, env, file, signedIn, warns] of [
    [['--org', org.url], {}, undefined, false],
    [['--org', `${org.url}/`], org.env, undefined, true],
    [['--org', org.url], {}, org.url, true],
    [
      ['--org', org.url],
      { OKTA_TOKEN: TOKEN },
      undefined,
      false,
      /OKTA_TOKEN from the environment is not used/,
    ],
    [
      ['--org', org.url],
      { OKTA_ORG_URL: elsewhere, OKTA_TOKEN: TOKEN },
      undefined,
      false,
      /OKTA_ORG_URL and OKTA_TOKEN/,
    ],
    [
      ['--org', org.url],
      {},
      elsewhere,
      false,
      /okta\.client\.token from the file ~\/\.okta\/okta\.yaml is not used/,
    ],
    [[], { OKTA_ORG_URL: org.url }, undefined, false],
    [[], { OKTA_ORG_URL: org.url }, elsewhere, false, /is not used/],
    [[], {}, org.url, true],
  ]) {
    rmSync(join(home, '.okta/okta.yaml'), { force: true });
    if (file) yaml(file);
    const own = await openedConsole(args, { env: { ...env, HOME: home, USERPROFILE: home } });
    assert.deepEqual(
      await own.session(),
      { org: org.url, readOnly: false, signedIn },
      JSON.stringify([args, env, file]),
    );
    const { stderr } = await own.end();
    if (warns) assert.match(stderr, warns);
    else assert.ok(!stderr.includes('not used'), stderr);
  }
  const fails = (code, args, env) => ends(code, ['console', ...args], { cli, env });
  assert.match((await fails(4, [], {})).stderr, /there is no org[^]*--org https/);
  assert.match((await fails(4, ['--org', 'https://acme-admin.okta.com'], {})).stderr, /admin console/);
  assert.match((await fails(4, ['--org', 'ftp://acme.okta.com'], {})).stderr, /from the flags/);
  assert.match((await fails(4, ['--org', org.url, '--client-id', '0oa1'], {})).stderr, /lack --key-file/);
  await fails(4, [], { OKTA_ORG_URL: org.url, OKTA_TOKEN: `${TOKEN} with blanks` });
});

test('a port that is taken ends with words, and --open hands the link to the browser', async () => {
  const { port } = new URL(page.origin);
  assert.match(
    (await ends(1, ['console', '--port', port], { cli, env: org.env })).stderr,
    /the port \d+ is taken/,
  );
  const bin = folder();
  const noted = join(bin, 'noted');
  writeFileSync(join(bin, 'xdg-open'), `#!/bin/sh\nprintf %s "$*" > '${noted}'\n`);
  chmodSync(join(bin, 'xdg-open'), 0o755);
  const env = { ...org.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
  const own = await openedConsole(['--open'], { env, isOpened: false });
  await until(() => existsSync(noted) && readFileSync(noted, 'utf8') !== '', 'the browser');
  assert.equal(readFileSync(noted, 'utf8'), own.link);
  assert.equal((await own.open()).status, 303);
  await own.end();
  const none = await openedConsole(['--open'], { env: { ...org.env, PATH: folder() } });
  await until(() => none.out.stderr.includes('open the link yourself'), 'the warning');
  await none.end();
});

test('requests go through HTTPS_PROXY as those of the other commands', async () => {
  const tunnels = [];
  const proxy = createServer();
  proxy.on('connect', ({ url }, socket) => {
    tunnels.push(url);
    socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n');
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  ENDS.push(() => proxy.close());
  const env = {
    OKTA_ORG_URL: 'https://example.okta.com',
    OKTA_TOKEN: TOKEN,
    HTTPS_PROXY: `http://127.0.0.1:${proxy.address().port}`,
  };
  const own = await openedConsole([], { env });
  assert.equal((await own.fetch('/api/v1/groups')).status, 502);
  assert.deepEqual(tunnels, ['example.okta.com:443']);
  await own.end();
});

test('the native local org is shown by the console that was built', async () => {
  const native = await servedOrg('--groups', 250, '--users', 20, '--rate-limit', 'off');
  const built = join(dirname(CLI), 'console');
  const own = await openedConsole([], { env: native.env, cli: existsSync(built) ? CLI : cli });
  assert.equal((await own.client().groups.list().toArray({ max: 1000 })).length, 250);
  const html = await (await own.fetch('/')).text();
  assert.ok(html.includes('&#34;kind&#34;:&#34;proxy&#34;'));
  for (const name of existsSync(built) ? readdirSync(built) : []) {
    if (name.endsWith('.br') || name === 'index.html') continue;
    const response = await own.fetch(`/${name}`, { headers: { 'accept-encoding': 'br' } });
    assert.equal(response.status, 200, name);
    assert.match(response.headers.get('cache-control'), /immutable/, name);
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), readFileSync(join(built, name)), name);
  }
  await own.end();
});

test('the guide names the headers that the console sends', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/console.md'), 'utf8');
  const table = Object.fromEntries(
    [...guide.matchAll(/^\| `([\w-]+)` +\| `(.+?)` +\|$/gm)].map(([, name, value]) => [
      name.toLowerCase(),
      value,
    ]),
  );
  for (const [name, value] of Object.entries(POLICIES)) assert.equal(table[name], value);
});

test('an installation without the console says so', async () => {
  const bare = join(folder(), 'pkg');
  cpSync(dirname(dirname(cli)), bare, { recursive: true });
  rmSync(join(bare, 'dist/console'), { recursive: true });
  const { stderr } = await ends(1, ['console'], { cli: join(bare, 'dist/cli.js'), env: org.env });
  assert.match(stderr, /this installation has no console/);
});
