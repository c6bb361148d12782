// The command finds org and credential in one source, and sends no token to another org.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { createOrg } from 'okta-groups/emulator';
import { certificates } from '../runtimes/certificate.mjs';
import { TOKEN, ends, folder, ndjson, servedOrg } from './support.mjs';

let org;
let home;
let tokenFile;
const privateKey = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}).privateKey;

before(async () => {
  org = await servedOrg('--groups', 5, '--users', 5, '--rate-limit', 'off');
  home = folder();
  mkdirSync(join(home, '.okta'));
  tokenFile = join(home, 'token');
  writeFileSync(tokenFile, `${TOKEN}\n`);
  writeFileSync(join(home, 'key.pem'), privateKey);
});

/** Signs in by these variables and this `~/.okta/okta.yaml`. */
async function list(code, { args = [], env = {}, yaml, home: at = home } = {}) {
  if (yaml !== undefined) {
    at = folder();
    mkdirSync(join(at, '.okta'));
    writeFileSync(join(at, '.okta', 'okta.yaml'), yaml);
  }
  return ends(code, ['list', '-o', 'ids', '--max', '1', ...args], {
    env: { HOME: at, USERPROFILE: at, ...env },
  });
}
const NOWHERE = 'http://127.0.0.1:1';

test('each source signs in', async () => {
  const url = org.url;
  const orgOnly = `okta:\n  client:\n    orgUrl: ${url}\n`;
  for (const given of [
    { args: ['--org', url, '--token-file', tokenFile] },
    { args: ['--org', url, '--token-file', tokenFile, '--bearer'] },
    { args: ['--org', url, '--key-file', join(home, 'key.pem'), '--client-id', '0oa1'] },
    { env: { OKTA_ORG_URL: url, OKTA_TOKEN: TOKEN } },
    { env: { OKTA_CLIENT_ORGURL: url, OKTA_CLIENT_TOKEN: TOKEN } },
    { env: { OKTA_CLIENT_ORGURL: url, OKTA_CLIENT_TOKEN: TOKEN, OKTA_CLIENT_AUTHORIZATIONMODE: 'Bearer' } },
    {
      env: {
        OKTA_CLIENT_ORGURL: url,
        OKTA_CLIENT_AUTHORIZATIONMODE: 'PrivateKey',
        OKTA_CLIENT_CLIENTID: '0oa1',
        OKTA_CLIENT_PRIVATEKEY: privateKey,
        OKTA_CLIENT_SCOPES: 'okta.groups.read',
      },
    },
    { yaml: `${orgOnly}    token: "${TOKEN}"\n` },
    {
      yaml: `${orgOnly}    authorizationMode: PrivateKey\n    clientId: 0oa1\n    scopes:\n      - okta.groups.read\n    privateKey: |\n${privateKey.replace(/^/gm, '      ')}\n`,
    },
    {
      yaml: `${orgOnly}    authorizationMode: PrivateKey\n    clientId: 0oa1\n    privateKey: ${join(home, 'key.pem')}\n`,
    },
  ]) {
    const { stdout } = await list(0, given);
    assert.match(stdout, /^00g\w+\n$/);
  }
});

test('the order is flags, profile, environment, file', async () => {
  const elsewhere = { OKTA_ORG_URL: NOWHERE, OKTA_TOKEN: TOKEN };
  const wrong = `okta:\n  client:\n    orgUrl: ${NOWHERE}\n    token: "${TOKEN}"\n`;
  await list(0, { args: ['--org', org.url, '--token-file', tokenFile], env: elsewhere, yaml: wrong });
  await list(0, { env: { OKTA_ORG_URL: org.url, OKTA_TOKEN: TOKEN }, yaml: wrong });
  writeFileSync(
    join(home, '.okta', 'mine.yaml'),
    `okta:\n  client:\n    orgUrl: ${org.url}\n    token: ${TOKEN}\n`,
  );
  await list(0, { args: ['--profile', 'mine'], env: elsewhere });
  await list(0, { args: ['--config', join(home, '.okta', 'mine.yaml')], env: elsewhere });
  assert.match((await list(4, { args: ['--profile', 'none'] })).stderr, /the profile none .* does not exist/);
  await list(64, { args: ['--profile', '../mine'] });
});

test('without a home folder the command reads no file of it, and --profile says what is missing', async () => {
  const cwd = folder();
  mkdirSync(join(cwd, '.okta'));
  const yaml = `okta:\n  client:\n    orgUrl: ${NOWHERE}\n    token: ${TOKEN}\n`;
  for (const name of ['okta', 'mine']) writeFileSync(join(cwd, '.okta', `${name}.yaml`), yaml);
  // The system does not know the user, as in containers.
  const unknown = `import os from 'node:os'; import { syncBuiltinESMExports } from 'node:module';
    os.homedir = () => { throw new Error('uv_os_homedir returned ENOENT'); }; syncBuiltinESMExports();`;
  const node = ['--import', `data:text/javascript,${encodeURIComponent(unknown)}`];
  for (const options of [
    { env: { HOME: '', USERPROFILE: '' } },
    { env: { HOME: '.', USERPROFILE: '.' } },
    { node },
  ]) {
    const run = (code, args, env) => ends(code, args, { cwd, ...options, env: { ...options.env, ...env } });
    const list = ['list', '-o', 'ids', '--max', '1'];
    assert.match((await run(4, list)).stderr, /there is no sign-in/);
    assert.match((await run(4, [...list, '--profile', 'mine'])).stderr, /needs a home folder[^]*set HOME/);
    assert.match((await run(0, list, org.env)).stdout, /^00g/);
    await run(0, ['help']);
  }
});

test('an org from one source and a credential from another are refused, both named, and nothing is sent', async () => {
  let asked = 0;
  const other = createServer((_, response) => {
    asked += 1;
    response.end();
  });
  await once(other.listen(0, '127.0.0.1'), 'listening');
  after(() => other.close());
  const url = `http://127.0.0.1:${other.address().port}`;
  const tokenOnly = `okta:\n  client:\n    token: ${TOKEN}\n`;
  const whole = `okta:\n  client:\n    orgUrl: ${org.url}\n    token: ${TOKEN}\n`;
  for (const [given, names] of [
    [{ args: ['--org', url], env: { OKTA_TOKEN: TOKEN } }, ['--org', 'OKTA_TOKEN']],
    [{ args: ['--org', url], env: { OKTA_ORG_URL: org.url, OKTA_TOKEN: TOKEN } }, ['--org', 'OKTA_TOKEN']],
    [{ args: ['--token-file', tokenFile], env: { OKTA_ORG_URL: url } }, ['--token-file', 'OKTA_ORG_URL']],
    [{ args: ['--org', url], yaml: whole }, ['--org', '~/.okta/okta.yaml']],
    [{ env: { OKTA_ORG_URL: url, OKTA_CLIENT_TOKEN: TOKEN } }, ['OKTA_ORG_URL', 'OKTA_CLIENT_TOKEN']],
    [{ env: { OKTA_CLIENT_ORGURL: url, OKTA_TOKEN: TOKEN } }, ['OKTA_CLIENT_ORGURL', 'OKTA_TOKEN']],
    [{ env: { OKTA_ORG_URL: url }, yaml: tokenOnly }, ['OKTA_ORG_URL', '~/.okta/okta.yaml']],
    [{ env: { OKTA_TOKEN: TOKEN }, yaml: whole }, ['OKTA_TOKEN', '~/.okta/okta.yaml']],
    [{ env: { OKTA_CLIENT_ORGURL: url }, yaml: whole }, ['OKTA_CLIENT_ORGURL', '~/.okta/okta.yaml']],
    [
      {
        env: { OKTA_ORG_URL: url, OKTA_TOKEN: TOKEN, OKTA_CLIENT_ORGURL: org.url, OKTA_CLIENT_TOKEN: TOKEN },
      },
      ['OKTA_ORG_URL', 'OKTA_CLIENT_ORGURL'],
    ],
    [
      { env: { OKTA_ORG_URL: org.url, OKTA_TOKEN: TOKEN, OKTA_CLIENT_TOKEN: TOKEN } },
      ['OKTA_TOKEN', 'OKTA_CLIENT_TOKEN'],
    ],
    [{ args: ['--config', join(home, 'a.yaml'), '--org', url] }, ['--config', '--org']],
  ]) {
    const { stderr } = await list(4, given);
    for (const name of names) assert.ok(stderr.includes(name), `${name}: ${stderr}`);
  }
  assert.equal(asked, 0);
});

test('an incomplete sign-in names what is missing', async () => {
  for (const [given, said] of [
    [{}, /there is no sign-in[^]*okta-groups serve/],
    [{ args: ['--org', NOWHERE] }, /lack --token-file/],
    [{ args: ['--key-file', join(home, 'key.pem')] }, /lack --org and --client-id/],
    [{ env: { OKTA_ORG_URL: NOWHERE } }, /lacks OKTA_TOKEN/],
    [
      { env: { OKTA_CLIENT_ORGURL: NOWHERE, OKTA_CLIENT_AUTHORIZATIONMODE: 'PrivateKey' } },
      /lacks OKTA_CLIENT_CLIENTID and OKTA_CLIENT_PRIVATEKEY/,
    ],
    [{ yaml: `okta:\n  client:\n    token: [${TOKEN}\n` }, /is not YAML/],
    [
      { env: { OKTA_ORG_URL: 'https://example-admin.okta.com', OKTA_TOKEN: TOKEN } },
      /OKTA_ORG_URL is the address of the admin console/,
    ],
    [{ env: { OKTA_ORG_URL: org.url, OKTA_TOKEN: `${TOKEN} with blanks\u00e9` } }, /from the environment/],
    [{ env: { OKTA_ORG_URL: `http://${TOKEN}@127.0.0.1:1`, OKTA_TOKEN: TOKEN } }, /OKTA_ORG_URL/],
  ]) {
    assert.match((await list(4, given)).stderr, said);
  }
});

test('a token that the org refuses ends with 4', async () => {
  const strict = await servedOrg('--groups', 3, '--users', 3, '--token', 'another');
  const { stderr } = await ends(4, ['list'], { env: strict.env });
  assert.match(stderr, /the org refuses this credential/);
});

test('whoami tells the org, the source and the kind of credential', async () => {
  const [token] = ndjson((await ends(0, ['whoami'], { env: org.env })).stdout);
  assert.equal(token.org, org.url);
  assert.equal(token.credential, 'API token');
  assert.equal(token.names, 'OKTA_ORG_URL OKTA_TOKEN');
  const user = await org.client.users.get(token.id);
  assert.equal(user.status, 'ACTIVE');
  assert.deepEqual(
    [token.login, token.name, token.status],
    [user.profile.login, `${user.profile.firstName} ${user.profile.lastName}`, user.status],
  );
  const key = ['--org', org.url, '--key-file', join(home, 'key.pem'), '--client-id', '0oa1'];
  const [app] = ndjson((await ends(0, ['whoami', ...key])).stdout);
  assert.deepEqual([app.credential, app.clientId, app.scopes], ['service app', '0oa1', 'okta.groups.read']);
  const { stdout } = await ends(0, ['whoami', '-o', 'table'], { env: org.env });
  assert.match(stdout, /^org +http/);
});

test('whoami of a token that is good for groups alone says that the org does not tell', async () => {
  const scoped = await servedOrg('--groups', 3, '--users', 3, '--token', `${TOKEN}:okta.groups.read`);
  const [who] = ndjson((await ends(0, ['whoami'], { env: scoped.env })).stdout);
  assert.deepEqual([who.login, who.readsGroups, who.id], ['(the org does not tell)', true, undefined]);
});

test('HTTPS_PROXY, NO_PROXY and NODE_EXTRA_CA_CERTS are kept, and a password of a proxy is not shown', async () => {
  const { ca, key, cert } = certificates();
  const caFile = join(home, 'ca.pem');
  writeFileSync(caFile, ca);
  const inner = createOrg({ groups: 5, users: 5, rateLimit: 'off' });
  const server = createTlsServer({ key, cert }, async (request, response) => {
    const { method, url, headers } = request;
    const { host: _, ...rest } = headers;
    const answered = await inner.fetch(inner.orgUrl + url, { method, headers: rest });
    const links = (answered.headers.get('link') ?? '').replaceAll(
      inner.orgUrl,
      `https://127.0.0.1:${server.address().port}`,
    );
    response.writeHead(answered.status, {
      'content-type': 'application/json',
      ...(links && { link: links }),
    });
    response.end(await answered.text());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const tunnels = [];
  const proxy = createServer((_, response) => response.writeHead(400).end());
  proxy.on('connect', (request, socket) => {
    tunnels.push({ url: request.url, authorization: request.headers['proxy-authorization'] });
    const [host, port] = request.url.split(':');
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  after(() => {
    server.close();
    server.closeAllConnections();
    proxy.close();
    proxy.closeAllConnections();
  });
  const url = `https://127.0.0.1:${server.address().port}`;
  const env = { OKTA_ORG_URL: url, OKTA_TOKEN: TOKEN, NODE_EXTRA_CA_CERTS: caFile };
  const address = `127.0.0.1:${proxy.address().port}`;
  const basic = `http://user:${TOKEN}@${address}`;

  await list(0, { env });
  assert.equal(tunnels.length, 0);
  await list(0, { env: { ...env, HTTPS_PROXY: basic } });
  assert.deepEqual(tunnels.splice(0), [
    {
      url: url.slice('https://'.length),
      authorization: `Basic ${Buffer.from(`user:${TOKEN}`).toString('base64')}`,
    },
  ]);
  await list(0, { env: { ...env, https_proxy: address } });
  assert.equal(tunnels.splice(0).length, 1);
  const who = await ends(0, ['whoami'], { env: { ...env, HTTPS_PROXY: basic } });
  assert.equal(ndjson(who.stdout)[0].proxy, `http://${address}`);
  tunnels.splice(0);
  for (const NO_PROXY of ['127.0.0.1', '*', `example.com, 127.0.0.1:${server.address().port}`])
    await list(0, { env: { ...env, HTTPS_PROXY: basic, NO_PROXY } });
  assert.equal(tunnels.length, 0);
  await list(0, { env: { ...env, HTTPS_PROXY: basic, NO_PROXY: '127.0.0.1:1,example.com' } });
  assert.equal(tunnels.splice(0).length, 1);
  // Without the authority the certificate is refused, and the variable is named.
  const { stderr } = await list(1, { env: { ...env, NODE_EXTRA_CA_CERTS: undefined } });
  assert.match(stderr, /NODE_EXTRA_CA_CERTS/);
  await list(4, { env: { ...env, HTTPS_PROXY: `socks5://user:${TOKEN}@${address}` } });
  await list(1, { env: { ...env, HTTPS_PROXY: `http://user:${TOKEN}@127.0.0.1:1` } });
});
