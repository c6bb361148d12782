// The local org as a server: natively and by `serveOrg` the same.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';

import { OktaGroups, bearer } from 'okta-groups';
import { serviceApp } from 'okta-groups/auth';
import { createOrg, serveOrg } from 'okta-groups/emulator';
import { certificates } from '../runtimes/certificate.mjs';
import { failure } from './support.mjs';

/** Starts the native program with these arguments and resolves to its URL. */
async function native(t, ...args) {
  const program = process.env.OKTA_GROUPS_EMULATOR_BIN;
  assert.ok(program, 'OKTA_GROUPS_EMULATOR_BIN is the local org: cargo xtask test package sets it');
  const running = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => running.kill());
  for await (const line of createInterface({ input: running.stdout })) {
    const [url] = /http:\S+/.exec(line) ?? [];
    if (url) return url;
  }
  throw new Error('the native org did not start');
}

async function served(t, options) {
  const org = await serveOrg(options);
  t.after(() => org.close());
  return org;
}

/** Status, header lines as they came, and body. */
async function ask(url, { headers = {}, body = '', ...options } = {}) {
  const { request } = url.startsWith('https:') ? https : http;
  const sent = request(url, { headers: { authorization: 'SSWS token', ...headers }, ...options });
  sent.end(body);
  const [response] = await once(sent, 'response');
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += chunk;
  const raw = response.rawHeaders;
  const lines = (wanted) => raw.filter((_, at) => at % 2 === 1 && raw[at - 1].toLowerCase() === wanted);
  return { status: response.statusCode, raw, lines, text };
}

test('an org tells and changes its size, limits and faults alike wherever it runs', async (t) => {
  const { start, steps } = JSON.parse(
    readFileSync(new URL('../fixtures/local-org.json', import.meta.url), 'utf8'),
  );
  const { groups, users, seed } = start;
  const args = ['--groups', groups, '--users', users, '--seed', seed].map(String);
  const inProcess = createOrg({ groups, users, seed });
  const hosts = {
    inProcess: inProcess.fetch,
    node: over((await served(t, { groups, users, seed })).url),
    native: over(await native(t, ...args)),
  };
  for (const [host, fetch] of Object.entries(hosts)) {
    let state = start;
    for (const step of steps) {
      const { method = 'PUT', path, contentType = 'application/json', status } = step;
      const what = `${host}: ${JSON.stringify(step)}`;
      const sent = step.text ?? ('body' in step ? JSON.stringify(step.body) : undefined);
      const headers = contentType === null ? {} : { 'content-type': contentType };
      // Bytes bring no content type of their own.
      const body = sent === undefined ? undefined : new TextEncoder().encode(sent);
      const response = await fetch(path, { method, headers, body });
      const answer = await response.json();
      assert.equal(response.status, status, `${what} ${JSON.stringify(answer)}`);
      if (step.error === undefined) {
        state = step.state ? { ...state, ...step.state } : answer;
        assert.deepEqual(answer, state, what);
      } else {
        assert.match(answer.error, new RegExp(step.error), what);
      }
      for (const expected of step.lists ?? []) {
        const listed = await fetch('/api/v1/groups?limit=1', { headers: { authorization: 'SSWS token' } });
        const text = await listed.text();
        if (typeof expected === 'string') assert.ok(text.startsWith(expected), what);
        else assert.equal(listed.status, expected, what);
      }
    }
    assert.deepEqual(state, start);
  }
  // The same through the method, whose errors are the table's words.
  for (const { path, body, status, error } of steps) {
    if (path !== '/local-org/faults' || body === undefined) continue;
    if (status === 200) inProcess.setFaults(body);
    if (status === 400) {
      const message = new RegExp(error.replace('^', '^setFaults: '));
      assert.throws(() => inProcess.setFaults(body), { name: 'TypeError', message });
    }
  }
});

const over = (url) => (path, init) => fetch(url + path, init);

test('faults that are set replace those of the options, until the org is reset', async (t) => {
  const broken = { rules: [{ operation: 'GET /api/v1/groups', fault: 'proxyError' }] };
  const options = { groups: 3, users: 0, faults: broken };
  for (const org of [createOrg(options), await served(t, options)]) {
    const status = async () =>
      (await org.fetch('/api/v1/groups', { headers: { authorization: 'SSWS token' } })).status;
    assert.equal(await status(), 502);
    assert.equal(org.setFaults({ rules: [{ nth: 2, fault: { error: { status: 500 } } }] }), undefined);
    assert.deepEqual([await status(), await status(), await status()], [200, 500, 200]);
    for (const wrong of [null, [], 'hang', () => {}, { rules: [{ fault: 'hangs' }] }])
      assert.throws(() => org.setFaults(wrong), TypeError);
    org.setFaults({ rules: [{ nth: 2, fault: { error: { status: 500 } } }] });
    assert.deepEqual([await status(), await status()], [200, 500]);
    org.setFaults();
    assert.equal(await status(), 200);
    org.reset();
    assert.equal(await status(), 502);
  }
});

test('a page of another origin changes no served org', async (t) => {
  for (const url of [(await served(t, {})).url, await native(t)]) {
    for (const [origin, status] of [
      [url, 200],
      ['http://127.0.0.1:1', 403],
      ['https://evil.example', 403],
      ['null', 403],
    ]) {
      const answer = await ask(`${url}/local-org/faults`, {
        method: 'PUT',
        headers: { origin, 'content-type': 'application/json' },
        body: '{}',
      });
      assert.equal(answer.status, status, origin);
      assert.deepEqual(answer.lines('access-control-allow-origin'), []);
    }
    const preflight = await ask(`${url}/local-org/faults`, {
      method: 'OPTIONS',
      headers: { origin: 'http://127.0.0.1:1', 'access-control-request-method': 'PUT' },
    });
    assert.deepEqual([preflight.status, preflight.lines('access-control-allow-origin')], [405, []]);
  }
});

test('the same seed, sizes and requests make the same ids natively and in wasm', async (t) => {
  const sizes = { groups: 60, users: 40, seed: 11 };
  const args = Object.entries(sizes).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const urls = [
    await native(t, ...args, '--rate-limit', 'off'),
    (await served(t, { ...sizes, rateLimit: 'off' })).orgUrl,
  ];
  const seen = await Promise.all(
    urls.map(async (url) => {
      const of = async (path, options) => {
        const answer = await ask(url + path, options);
        const requestId = answer.lines('x-okta-request-id');
        return [answer.status, requestId, answer.text.replaceAll(url, '')];
      };
      const lists = [await of('/api/v1/groups?expand=stats'), await of('/api/v1/groups?q=e')];
      const [{ id }] = JSON.parse(lists[0][2]);
      for (const list of ['users', 'apps']) lists.push(await of(`/api/v1/groups/${id}/${list}`));
      const headers = { 'content-type': 'application/json' };
      const body = '{"profile":{"name":"new"}}';
      const [status, requestId, text] = await of('/api/v1/groups', { method: 'POST', headers, body });
      const unknown = await of('/api/v1/groups/00gNone');
      return [lists, status, requestId, JSON.parse(text).id, unknown];
    }),
  );
  assert.equal(JSON.parse(seen[0][0][0][2]).length, sizes.groups);
  assert.deepEqual(seen[1], seen[0]);
});

test('random faults strike the same requests natively and in wasm', async (t) => {
  const random = { seed: 5, rate: 0.5, of: ['proxyError', 'loginPage', 'bareRateLimit'] };
  const folder = mkdtempSync(join(tmpdir(), 'okta-groups-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'faults.json');
  writeFileSync(file, JSON.stringify({ random }));
  const small = ['--groups', '3', '--users', '0', '--rate-limit', 'off'];
  const urls = [
    await native(t, ...small, '--faults', file),
    (await served(t, { groups: 3, users: 0, rateLimit: 'off', faults: { random } })).orgUrl,
  ];
  const seen = [[], []];
  for (const [at, url] of urls.entries()) {
    for (let n = 0; n < 60; n++) {
      const { status, text } = await ask(`${url}/api/v1/groups?limit=1`);
      seen[at].push([status, text.slice(0, 10)].join(' '));
    }
  }
  assert.deepEqual(seen[1], seen[0]);
  assert.equal(new Set(seen[0]).size, 4, 'each fault struck, and not every request');
});

test('Link comes in two lines, or in one by a quirk, natively and in wasm alike', async (t) => {
  for (const [quirks, lines] of [
    [{}, 2],
    [{ joinedLinks: true }, 1],
  ]) {
    for (const url of [
      await native(t, '--groups', '5', '--quirks', JSON.stringify(quirks)),
      (await served(t, { groups: 5, quirks })).orgUrl,
    ]) {
      const links = (await ask(`${url}/api/v1/groups?limit=2`)).lines('link');
      assert.equal(links.length, lines, JSON.stringify([url, links]));
      assert.equal(links.join().match(/rel="(self|next)"/g).length, 2);
    }
  }
});

test('a page without a token is at /, natively and in wasm alike', async (t) => {
  for (const url of [await native(t), (await served(t, {})).orgUrl]) {
    const page = await fetch(url);
    assert.deepEqual([page.status, page.headers.get('content-type')], [200, 'text/html; charset=utf-8']);
    assert.match(await page.text(), /^<!DOCTYPE html>/);
    assert.equal((await fetch(`${url}/favicon.ico`)).status, 404);
    assert.equal((await fetch(`${url}/api/v1/groups`)).status, 401);
  }
});

test('an org has a certificate of its own', async (t) => {
  const { ca, key, cert } = certificates();
  const org = await served(t, { groups: 5, tls: { key, cert } });
  assert.match(org.orgUrl, /^https:\/\/127\.0\.0\.1:\d+$/);
  assert.equal(org.url, org.orgUrl);
  const answer = await ask(`${org.orgUrl}/api/v1/groups?limit=2`, { ca });
  assert.equal(answer.status, 200);
  for (const link of answer.lines('link')) assert.ok(link.startsWith(`<${org.orgUrl}/api/v1/groups?`), link);
  await assert.rejects(ask(`${org.orgUrl}/api/v1/groups`), /verify|self-signed/);
  for (const tls of [{}, { key }, { cert }, null, 'yes'])
    await assert.rejects(serveOrg({ tls }), { name: 'TypeError', message: /tls/ });
  await assert.rejects(serveOrg({ tls: { key: 'none', cert: 'none' } }), /PEM|DECODER|NO_START_LINE/i);
});

test('behind a proxy that ends TLS an org has the origin of the proxy: in links, aud and htu', async (t) => {
  const { ca, key, cert } = certificates();
  // The proxy is there first: its port is in its origin.
  let org;
  const proxy = https.createServer({ key, cert }, (request, response) => {
    const { method, headers, url } = request;
    const on = http.request(new URL(url, org), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(response);
    });
    request.pipe(on);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  t.after(() => {
    proxy.close();
    proxy.closeAllConnections();
  });
  const orgUrl = `https://127.0.0.1:${proxy.address().port}`;
  const options = { groups: 5, orgUrl, serviceApps: [{ clientId: '0oa1', dpop: true }] };
  const inWasm = await served(t, options);
  assert.deepEqual([inWasm.orgUrl, new URL(inWasm.url).protocol], [orgUrl, 'http:']);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  for (const url of [inWasm.url, await native(t, '--groups', '5', '--org-url', orgUrl)]) {
    org = url;
    const send = async (input, init) => {
      const request = new Request(input, init);
      const answer = await ask(request.url, {
        ca,
        method: request.method,
        headers: Object.fromEntries(request.headers),
        body: await request.text(),
      });
      const headers = new Headers();
      for (let at = 0; at < answer.raw.length; at += 2) headers.append(answer.raw[at], answer.raw[at + 1]);
      const response = new Response(answer.text, { status: answer.status, headers });
      return Object.defineProperty(response, 'url', { value: request.url });
    };
    const auth = serviceApp({
      clientId: '0oa1',
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      scopes: ['okta.groups.read'],
      dpop: true,
    });
    const client = new OktaGroups({ orgUrl, auth, fetch: send });
    const groups = await client.groups.list({ limit: 2 }).toArray({ max: 10 });
    assert.equal(groups.length, 5);
  }
});

test('hosts and origins that can never match are refused by name', async () => {
  for (const [options, message] of [
    [{ cors: ['*'] }, /cors: "\*" is not an origin/],
    [{ cors: ['https://ok.example.com', 'https://*.example.com'] }, /cors: "https:\/\/\*\.example\.com"/],
    [{ allowedHosts: ['*'] }, /allowedHosts: "\*" is not a host name/],
    [{ allowedHosts: ['https://okta.test'] }, /allowedHosts: "https:\/\/okta\.test"/],
    [{ quirks: { undocumented: ['like'] } }, /quirks\.undocumented: "like" is none of attribute, operator/],
    [{ quirks: { defaultLimit: 0 } }, /quirks\.defaultLimit/],
  ]) {
    assert.throws(() => createOrg(options), { name: 'TypeError', message }, String(message));
    await assert.rejects(serveOrg(options), { name: 'TypeError', message });
  }
});

test('a program that ignores next is seen to fail', async () => {
  const { fetch, orgUrl } = createOrg({ groups: 5, quirks: { defaultLimit: 2 } });
  const answer = await fetch('/api/v1/groups', { headers: { authorization: 'SSWS token' } });
  assert.equal((await answer.json()).length, 2);
  assert.match(answer.headers.get('link'), /[?&]limit=2&after=[^>]+>; rel="next"/);
  const client = new OktaGroups({ orgUrl, auth: bearer(() => 'token'), fetch });
  assert.equal((await client.groups.list().toArray({ max: 10 })).length, 5);
});

test('an undocumented expression is refused, unless a quirk takes it', async () => {
  const list = (quirks) => {
    const { fetch, orgUrl } = createOrg({ groups: 5, quirks });
    return new OktaGroups({ orgUrl, auth: bearer(() => 'token'), fetch }).groups.list({
      search: 'type ne "BUILT_IN"',
    });
  };
  const error = await failure(list({}).first());
  assert.deepEqual([error.kind, error.code], ['bad-request', 'E0000031']);
  assert.deepEqual(
    error.warnings?.map(({ op, reason }) => [op, reason]),
    [['ne', 'operator']],
  );
  assert.equal((await list({ undocumented: ['ne'] }).toArray({ max: 10 })).length, 3);
});
