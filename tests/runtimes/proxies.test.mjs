// Node behind a company's proxy: the recipe of docs/node.md by each undici on each Node, and Node's own ways.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, rm, symlink } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import test, { before } from 'node:test';

import { snippets } from '../snippets.mjs';
import { certificates } from './certificate.mjs';
import { NODES, ORG, TOOLS, project, ran } from './project.mjs';

const { code: recipe } = snippets().find(({ code }) => code.startsWith('// behind.mjs'));
const { ca, key, cert } = certificates();

/** The org by TLS, whose certificate nobody knows, and what a proxy was asked for. */
let orgUrl;
let proxyUrl;
let seen = [];
let env;

before(async () => {
  const org = createTlsServer({ key, cert }, (asked, answer) => {
    const { method, url, headers } = asked;
    const passed = request(ORG + url, { method, headers }, (answered) => {
      answer.writeHead(answered.statusCode, answered.rawHeaders);
      answered.pipe(answer);
    });
    asked.pipe(passed);
  });
  const proxy = createServer((asked, answer) => answer.writeHead(501).end());
  proxy.on('connect', ({ url }, socket) => {
    seen.push(url);
    const up = connect(new URL(`http://${url}`).port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      up.pipe(socket).pipe(up);
    });
    up.on('error', () => socket.destroy());
    socket.on('error', () => up.destroy());
  });
  for (const server of [org, proxy]) {
    server.listen(0, '127.0.0.1').unref();
    await once(server, 'listening');
  }
  orgUrl = `https://127.0.0.1:${org.address().port}`;
  proxyUrl = `http://127.0.0.1:${proxy.address().port}`;
  const { HTTP_PROXY, HTTPS_PROXY, NO_PROXY, http_proxy, https_proxy, no_proxy, ...rest } = process.env;
  env = { ...rest, OKTA_ORG_URL: orgUrl, OKTA_TOKEN: 'token' };
});

/** Runs a file; gives what it prints and how often the proxy was used. */
async function run(folder, node, file, vars = {}, args = []) {
  seen = [];
  const options = { env: { ...env, NODE_EXTRA_CA_CERTS: join(folder, 'company.pem'), ...vars } };
  return { said: (await ran(folder, node, [...args, file], options)).trim(), proxied: seen.length > 0 };
}

/** The least Node that an undici runs on. */
const LEAST = { 6: 18, 7: 20, 8: 22 };

const LIST = `
  import { OktaGroups, ssws } from 'okta-groups';
  process.env.NODE_EXTRA_CA_CERTS ??= 'company.pem'; // too late
  const client = new OktaGroups({ orgUrl: process.env.OKTA_ORG_URL, auth: ssws('token'), retry: false });
  const { kind, cause, items } = await client.groups.list().catch((error) => error);
  console.log(kind ? [kind, cause.cause?.code ?? cause.code].join(' ') : items.length);`;

for (const [name, node, major] of NODES) {
  test(`${name} behind a proxy`, async (t) => {
    const folder = await project(t, { 'behind.mjs': recipe, 'list.mjs': LIST, 'company.pem': ca });
    const undici = join(folder, 'node_modules/undici');
    for (const version of [6, 7, 8].filter((version) => LEAST[version] <= major)) {
      await t.test(`undici ${version} lists through HTTPS_PROXY`, async () => {
        await rm(undici, { force: true });
        await symlink(join(TOOLS, `undici-${version}`), undici, 'junction');
        const { version: used } = JSON.parse(await readFile(join(undici, 'package.json'), 'utf8'));
        assert.ok(used.startsWith(`${version}.`));
        const told = await run(folder, node, 'behind.mjs', { HTTPS_PROXY: proxyUrl });
        assert.deepEqual(told, { said: '200', proxied: true });
      });
    }

    await t.test(
      'NODE_EXTRA_CA_CERTS is read as Node starts, and an unknown certificate is named',
      async () => {
        assert.equal((await run(folder, node, 'list.mjs')).said, '200');
        const { said } = await run(folder, node, 'list.mjs', { NODE_EXTRA_CA_CERTS: undefined });
        assert.match(said, /^connection (SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/);
      },
    );

    await t.test(
      `HTTPS_PROXY alone has no effect, with NODE_USE_ENV_PROXY ${major < 22 ? 'neither' : 'it has'}`,
      async () => {
        const vars = { HTTPS_PROXY: proxyUrl };
        assert.deepEqual(await run(folder, node, 'list.mjs', vars), { said: '200', proxied: false });
        const both = await run(folder, node, 'list.mjs', { ...vars, NODE_USE_ENV_PROXY: '1' });
        assert.deepEqual(both, { said: '200', proxied: major >= 22 });
      },
    );
  });
}
