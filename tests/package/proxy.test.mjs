// The server's half of a proxy, as docs/browser.md has it: what it lets through, and what it does not.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';

import { OktaGroups } from 'okta-groups';
import { createOrg } from 'okta-groups/emulator';
import { snippets } from '../snippets.mjs';

const { code } = snippets().find(({ code }) => code.startsWith('// proxy.mjs'));

const org = createOrg({ groups: 450, users: 20 });
/** What the org was sent, and an answer to give in its place. */
let asked = [];
let answer;
let orgServer;
let proxy;
let origin;
let cookie;

before(async () => {
  orgServer = createServer(async (request, response) => {
    const { method, url, headers } = request;
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    asked.push({ method, url, headers, body: String(body) });
    const { host: _, ...rest } = headers;
    const init = { method, headers: rest, body: body.length > 0 ? body : undefined };
    const answered = answer ?? (await org.fetch(org.orgUrl + url, init));
    response.sendDate = false;
    response.writeHead(answered.status, [...answered.headers].flat());
    response.end(answered.body ? Buffer.from(await answered.arrayBuffer()) : undefined);
  });
  await once(orgServer.listen(0, '127.0.0.1'), 'listening');

  const free = createServer();
  await once(free.listen(0, '127.0.0.1'), 'listening');
  origin = `http://127.0.0.1:${free.address().port}`;
  await new Promise((closed) => free.close(closed));

  const folder = mkdtempSync(join(tmpdir(), 'proxy-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'proxy.mjs'), code);
  const { port } = orgServer.address();
  const env = { OKTA_ORG_URL: `http://127.0.0.1:${port}`, OKTA_TOKEN: 'secret-token', CONSOLE: origin };
  proxy = spawn(process.execPath, [join(folder, 'proxy.mjs')], { env: { ...process.env, ...env } });
  proxy.stderr.pipe(process.stderr);
  await once(proxy.stdout, 'data');
  [cookie] = (await fetch(`${origin}/`)).headers.get('set-cookie').split(';');
});
after(() => {
  proxy?.kill();
  orgServer?.close();
});

/** As the page's script sends it. */
const ours = () => ({ cookie, 'x-requested-with': 'console', 'sec-fetch-site': 'same-origin' });

/** As any program may send it: `fetch` normalises paths, and keeps some headers to itself. */
async function sent(method, path, headers = ours(), body) {
  asked = [];
  const call = request(`${origin}/`, { method, path, headers, agent: false });
  call.end(body);
  const [response] = await once(call, 'response');
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: String(Buffer.concat(chunks)) };
}

/** The page's half: its origin is the proxy's. */
function client(options) {
  return new OktaGroups({
    orgUrl: `${origin}/okta`,
    org: org.orgUrl,
    auth: { kind: 'console', authorize: () => ({ 'x-requested-with': 'console' }) },
    fetch: (url, init) =>
      fetch(url, { ...init, headers: { ...Object.fromEntries(new Headers(init.headers)), cookie } }),
    retry: false,
    ...options,
  });
}

test('a page lists through it to the end, and sees the rate limits and the request id', async () => {
  const page = client();
  const all = await page.groups.list().toArray({ max: 1000 });
  assert.equal(all.length, 450);
  const { response } = await page.groups.get(all[0].id).withResponse();
  assert.equal(response.status, 200);
  assert.match(response.requestId, /\w/);
  assert.ok(page.rateLimits().size > 0);
});

test('a cursor of a server that needs no proxy goes on in the page', async () => {
  const direct = new OktaGroups({
    orgUrl: org.orgUrl,
    auth: { kind: 'x', authorize: () => ({ authorization: 'SSWS t' }) },
    fetch: org.fetch,
  });
  const { cursor } = await direct.groups.list({ limit: 200 });
  assert.equal((await client().groups.list({ limit: 200, cursor }).toArray({ max: 1000 })).length, 250);
});

test('a write without a body in its answer comes back as it is', async () => {
  const { groups } = client();
  const group = await groups.list({ filter: 'type eq "OKTA_GROUP"' }).first();
  const userId = org.snapshot().users[0].id;
  await groups.assignUser(group.id, userId);
  const { status, body, headers } = await sent('PUT', `/okta/api/v1/groups/${group.id}/users/${userId}`);
  assert.deepEqual(
    { status, body, type: headers['content-type'] },
    { status: 204, body: '', type: undefined },
  );
});

test('the token and what belongs to the org alone go to the org, what a page sends besides does not', async () => {
  const headers = {
    ...ours(),
    accept: 'application/json',
    authorization: 'Bearer of-the-page',
    origin,
    referer: `${origin}/`,
    'x-forwarded-for': '10.0.0.1',
  };
  const { status } = await sent('GET', '/okta/api/v1/groups?limit=1&q=%2Fx', headers);
  assert.equal(status, 200);
  const [{ url, headers: received }] = asked;
  assert.equal(url, '/api/v1/groups?limit=1&q=%2Fx');
  assert.equal(received.authorization, 'SSWS secret-token');
  for (const name of ['cookie', 'origin', 'referer', 'x-requested-with', 'x-forwarded-for'])
    assert.equal(received[name], undefined, name);
});

test('of an answer, the headers that the client reads come through and no others', async () => {
  const headers = {
    'content-type': 'application/json',
    link: '<https://example.okta.com/api/v1/groups?after=x>; rel="next"',
    date: 'Sun, 29 Nov 2026 20:00:00 GMT',
    'x-rate-limit-limit': '600',
    'x-rate-limit-remaining': '5',
    'x-rate-limit-reset': '1796000000',
    'x-okta-request-id': 'req-1',
    'set-cookie': 'sid=secret',
    'content-security-policy': "default-src 'none'",
    'access-control-allow-origin': '*',
    location: 'https://elsewhere.example.com/',
  };
  for (const status of [200, 302, 429]) {
    answer = new Response('[]', { status, headers });
    const got = await sent('GET', '/okta/api/v1/groups');
    answer = undefined;
    const {
      connection: _,
      'keep-alive': __,
      'content-length': ___,
      'transfer-encoding': ____,
      ...rest
    } = got.headers;
    assert.equal(got.status, status);
    assert.deepEqual(Object.keys(rest).sort(), Object.keys(headers).slice(0, 7).sort());
    assert.equal(rest.date, headers.date);
    assert.ok(!JSON.stringify(got).includes('secret'));
  }
});

test("requests that do not come from the console's page do not reach the org", async () => {
  const { cookie: _, ...signedOut } = ours();
  const { 'x-requested-with': __, ...plain } = ours();
  for (const [name, headers, status] of [
    [
      'a form of another site',
      { ...plain, origin: 'https://evil.example.com', 'sec-fetch-site': 'cross-site' },
      403,
    ],
    ['a form without Sec-Fetch-Site', { ...plain, origin: 'https://evil.example.com' }, 403],
    ['a link', plain, 403],
    ['the header from another origin', { ...ours(), origin: 'https://evil.example.com' }, 403],
    ['a sandboxed frame', { ...ours(), origin: 'null' }, 403],
    ['a sibling domain', { ...ours(), 'sec-fetch-site': 'same-site' }, 403],
    ['who is not signed in', signedOut, 401],
    ['a session that is not there', { ...ours(), cookie: 'session=123' }, 401],
    ['the name of a property', { ...ours(), cookie: 'session=constructor' }, 401],
  ]) {
    for (const method of ['GET', 'DELETE', 'PUT']) {
      const got = await sent(method, '/okta/api/v1/groups/00g1/users/00u1', headers);
      assert.deepEqual([got.status, asked], [status, []], name);
    }
  }
  const preflight = { origin: 'https://evil.example.com', 'access-control-request-method': 'PUT' };
  const got = await sent('OPTIONS', '/okta/api/v1/groups', preflight);
  assert.deepEqual([got.status, got.headers['access-control-allow-origin'], asked], [403, undefined, []]);
});

test('a method or a path that is not allowed does not reach the org', async () => {
  for (const [method, path] of [
    ['POST', '/okta/api/v1/groups'],
    ['DELETE', '/okta/api/v1/groups/00g1'],
    ['GET', '/okta/api/v1/users'],
    ['GET', '/okta/api/v1/groups/../users'],
    ['GET', '/okta/api/v1/groups/..%2fusers'],
    ['GET', '/okta/api/v1/groups/%2e%2e/users'],
    ['GET', '/okta/api/v1/groups/00g1/../../users'],
    ['GET', '/okta//evil.example.com/api/v1/groups'],
    ['GET', '/okta/@evil.example.com/api/v1/groups'],
    ['GET', '/okta/api/v1/groups\\..\\users'],
    ['GET', '/okta/api/v1/groups/00g1/users/'],
    ['GET', '/okta/api/v1/groups#x'],
    ['get', '/okta/oauth2/v1/token'],
    ['PUT', '/okta/api/v1/groups/00g1/users/00u1/x'],
  ]) {
    const got = await sent(method, path).catch(({ code }) => ({ status: code }));
    assert.ok(
      [400, 403, 'ERR_UNESCAPED_CHARACTERS'].includes(got.status),
      `${method} ${path}: ${got.status}`,
    );
    assert.deepEqual(asked, [], path);
  }
  const { status } = await sent('GET', '/elsewhere');
  assert.equal(status, 404);
});

test('a body that is too long does not reach the org', async () => {
  const path = '/okta/api/v1/groups/00g1/users/00u1';
  const long = await sent(
    'PUT',
    path,
    { ...ours(), 'content-type': 'application/json' },
    'x'.repeat(200_000),
  ).catch(({ code }) => ({ status: code }));
  assert.ok([413, 'ECONNRESET', 'EPIPE'].includes(long.status), String(long.status));
  assert.deepEqual(asked, []);
});

test('an org that cannot be reached is a 502, which tells nothing of the server', async () => {
  const closed = once(orgServer.close(), 'close');
  orgServer.closeAllConnections();
  await closed;
  const { status, body } = await sent('GET', '/okta/api/v1/groups');
  assert.deepEqual([status, body], [502, '']);
});
