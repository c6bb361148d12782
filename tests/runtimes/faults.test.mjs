// The errors of each runtime's fetch, and of packages with a fetch, without an answer: whether the client finds in them that
// the request was not sent. tests/fixtures/faults.json has the errors.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createSecureServer, constants } from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test, { before } from 'node:test';

import { certificates } from './certificate.mjs';
import { BUN, DENO, NODES, project, ran } from './project.mjs';

const { ca, key, cert, expired, selfSigned } = certificates();

/** What each server does, and what the client is to make of it: attempts, `mayHaveRun` and `retryable`. */
const UNSENT = { attempts: 2, retryable: true };
const REJECTED = { attempts: 1, retryable: false };
const LOST = { attempts: 1, mayHaveRun: true, retryable: true };
/** What is to be told of each address: a code, or any. */
let cases;

before(async () => {
  const address = async (server, scheme = 'https') => {
    server.listen(0, '127.0.0.1').unref();
    await once(server, 'listening');
    return `${scheme}://127.0.0.1:${server.address().port}`;
  };
  const tls = (cert) => createTlsServer({ key, cert }, (request, response) => response.end('{}'));
  const gone = createServer();
  const refused = await address(gone, 'http');
  gone.close();
  const closing = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end());
  });
  const refusing = createSecureServer({ key, cert });
  refusing.on('stream', (stream) => {
    stream.on('error', () => {});
    stream.close(constants.NGHTTP2_REFUSED_STREAM);
  });
  cases = {
    refused: [refused, UNSENT, /^ECONNREFUSED$/],
    unknown: ['https://no-such-host.invalid', UNSENT, /^(ENOTFOUND|EAI_AGAIN)$/],
    selfSigned: [await address(tls(selfSigned)), REJECTED, /CERT/],
    expired: [await address(tls(expired)), REJECTED, /CERT/],
    closed: [await address(closing, 'http'), LOST, /^(ECONNRESET|UND_ERR_SOCKET)?$/],
    stream: [await address(refusing), UNSENT, /^REFUSED_STREAM$/],
  };
});

/** Creates a group at each address, by `fetch` and with a token that `serviceApp` asks for. */
const TRY = `
  import { OktaGroups, bearer } from 'okta-groups';
  import { serviceApp } from 'okta-groups/auth';
  const [privateKey, urls] = JSON.parse(process.env.GIVEN);
  const told = {};
  for (const [name, orgUrl] of Object.entries(urls)) {
    for (const auth of [bearer('token'), serviceApp({ clientId: '0oa1', privateKey })]) {
      const client = new OktaGroups({ orgUrl, auth, fetch: FETCH, retry: { maxAttempts: 2, baseDelay: 1 } });
      const { kind, message, attempts, mayHaveRun, retryable } = await client.groups.create({ name: 'West' }).catch((error) => error);
      (told[name] ??= []).push({ kind, message, attempts, mayHaveRun, retryable });
    }
  }
  console.log(JSON.stringify(told));
  process.exit();`;

/** Runs the file, and asserts what it tells. */
async function tried(t, program, args, { first = '', fetch = 'globalThis.fetch', names, tools = [] }) {
  const source = `${first}\n${TRY.replace('FETCH', fetch)}`;
  const folder = await project(t, { 'main.js': source, 'ca.pem': ca }, { tools });
  const urls = Object.fromEntries(names.map((name) => [name, cases[name][0]]));
  const authority = names.includes('stream') && join(folder, 'ca.pem');
  const env = {
    ...process.env,
    GIVEN: JSON.stringify([key, urls]),
    ...(authority && { NODE_EXTRA_CA_CERTS: authority, DENO_CERT: authority }),
  };
  const told = JSON.parse(await ran(folder, program, [...args, 'main.js'], { env }));
  for (const [name, [mine, token]] of Object.entries(told)) {
    const [url, { attempts, mayHaveRun, retryable }, code] = cases[name];
    const codeOf = ({ message }) => / failed(?: \(([A-Z_0-9]+)\))?/.exec(message)?.[1] ?? '';
    for (const { message, kind, ...rest } of [mine, token]) {
      const isToken = message.includes('/oauth2');
      assert.equal(kind, 'connection', message);
      assert.match(codeOf({ message }), code, `${name}: ${message}`);
      assert.ok(message.includes(url), message);
      // A token is asked for again, whatever became of the request before.
      const again = isToken && retryable ? { attempts: 2, retryable } : { attempts, mayHaveRun, retryable };
      assert.deepEqual(rest, JSON.parse(JSON.stringify(again)), `${name}: ${message}`);
    }
    assert.match(mine.message, /, on POST \/api\/v1\/groups$/);
    assert.ok(token.message.startsWith(`no answer of POST ${url}/oauth2/v1/token: `), token.message);
    assert.equal(codeOf(mine), codeOf(token), name);
  }
  assert.deepEqual(Object.keys(told), names);
}

const NAMES = ['refused', 'unknown', 'selfSigned', 'expired', 'closed'];

for (const [name, node] of NODES) test(name, (t) => tried(t, node, [], { names: NAMES }));
test('Bun', (t) => tried(t, BUN, [], { names: NAMES }));
const deno = ['run', '--allow-net', '--allow-env', '--no-remote'];
test('Deno', (t) => tried(t, DENO, deno, { first: "import process from 'node:process';", names: NAMES }));

for (const tool of ['node-fetch-2', 'node-fetch-3', 'cross-fetch']) {
  const first = `import fetch from '${tool}';`;
  test(tool, (t) => tried(t, process.execPath, [], { first, fetch: 'fetch', tools: [tool], names: NAMES }));
}

test('a stream of HTTP/2 that is refused, in Deno', (t) =>
  tried(t, DENO, deno, { first: "import process from 'node:process';", names: ['stream'] }));

test('a stream of HTTP/2 that is refused, by undici', (t) =>
  tried(t, process.execPath, [], {
    first: `import { Agent, fetch as send } from 'undici-7'; const dispatcher = new Agent({ allowH2: true });`,
    fetch: '(url, init) => send(url, { ...init, dispatcher })',
    tools: ['undici-7'],
    names: ['stream'],
  }));
