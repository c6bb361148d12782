// A client of environment variables: which ones count, what is said of wrong ones, and a private key that is read when the
// first call needs it. Rust's tests read the same table.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { createOrg } from 'okta-groups/emulator';
import { OktaConfigError, OktaGroups } from 'okta-groups';
import { ORG_URL, failure, fixture, json } from './support.mjs';

const ACME = 'https://acme.okta.com';
const KEY_MODE = { OKTA_CLIENT_ORGURL: ACME, OKTA_CLIENT_CLIENTID: '0oa1' };

/** Runs `work` with no other variables of Okta's than `env`. */
async function within(env, work) {
  const others = Object.keys(process.env).filter((name) => name.startsWith('OKTA_'));
  const before = others.map((name) => [name, process.env[name]]);
  const clear = () => {
    for (const name of Object.keys(process.env)) if (name.startsWith('OKTA_')) delete process.env[name];
  };
  clear();
  Object.assign(process.env, env);
  try {
    return await work();
  } finally {
    clear();
    Object.assign(process.env, Object.fromEntries(before));
  }
}

/** What `fromEnv` threw. */
function thrown(make) {
  try {
    make();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

for (const { says, env, is, argument, reason } of fixture('environment.json')) {
  test(`fromEnv: ${says}`, () =>
    within(env, async () => {
      const sent = [];
      const fetch = async (url, { headers }) => {
        sent.push([new URL(url).origin, headers.get('authorization')]);
        return json([]);
      };
      if (!is) {
        const error = thrown(() => OktaGroups.fromEnv({ fetch }));
        assert.ok(error instanceof OktaConfigError);
        assert.deepEqual([error.argument, error.message], [argument, `${argument} ${reason}`]);
        assert.doesNotMatch(error.stack + JSON.stringify(error), /secret/);
        assert.match(error.stack, /env\.test\.mjs/);
        return;
      }
      const client = OktaGroups.fromEnv({ fetch, retry: false });
      assert.ok(client instanceof OktaGroups);
      assert.equal(client.toJSON().orgUrl.replace(/\/$/, ''), is.orgUrl);
      const list = client.groups.list();
      if (is.token) {
        assert.deepEqual((await list).items, []);
        assert.deepEqual(sent, [[is.orgUrl, `${is.scheme} ${is.token}`]]);
        return;
      }
      // The table's keys are none, which the first call tells.
      const error = await failure(list);
      assert.deepEqual([error.kind, error.argument], ['config', 'OKTA_CLIENT_PRIVATEKEY']);
      assert.equal(
        error.message,
        'OKTA_CLIENT_PRIVATEKEY is neither a PEM text (-----BEGIN PRIVATE KEY-----) nor a JWK',
      );
      assert.doesNotMatch(error.stack + JSON.stringify(error), /secret/);
      assert.deepEqual(sent, []);
    }));
}

async function keyPair() {
  const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ]);
  const jwk = JSON.stringify(await crypto.subtle.exportKey('jwk', privateKey));
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', privateKey)).toString('base64');
  const pem = `-----BEGIN PRIVATE KEY-----\n${der.match(/.{1,64}/g).join('\n')}\n-----END PRIVATE KEY-----\n`;
  return { jwk, pem };
}

/** A local org with one service app; `tokens` are the scopes of the tokens that were asked for. */
function orgOfApp() {
  const scopes = ['okta.groups.read', 'okta.groups.manage'];
  const org = createOrg({ serviceApps: [{ clientId: '0oa1', scopes }] });
  const tokens = [];
  const fetch = (url, init) => {
    if (new URL(url).pathname === '/oauth2/v1/token') {
      tokens.push(new URLSearchParams(String(init.body)).get('scope'));
    }
    return org.fetch(url, init);
  };
  const env = { OKTA_CLIENT_ORGURL: org.orgUrl, OKTA_CLIENT_CLIENTID: '0oa1' };
  return { fetch, tokens, env };
}

test('a private key in every form that variables hold it in', async () => {
  const { jwk, pem } = await keyPair();
  const base64 = (text) => Buffer.from(text).toString('base64');
  for (const key of [
    pem,
    pem.replaceAll('\n', '\\n'),
    pem.replaceAll('\n', '\r\n'),
    `"${pem.replaceAll('\n', '\\n')}"`,
    base64(pem),
    jwk,
    `'${jwk}'`,
    base64(jwk),
  ]) {
    const { fetch, tokens, env } = orgOfApp();
    await within({ ...env, OKTA_CLIENT_PRIVATEKEY: key }, async () => {
      const client = OktaGroups.fromEnv({ fetch });
      // What the environment holds later is of no matter.
      delete process.env.OKTA_CLIENT_PRIVATEKEY;
      assert.ok(Array.isArray((await client.groups.list({ limit: 1 })).items), key.slice(0, 20));
      await client.groups.list({ limit: 1 });
      assert.deepEqual(tokens, ['okta.groups.read']);
    });
  }
});

test('scopes are those of the variable, and clients of one app share their rate limits', async () => {
  const { jwk } = await keyPair();
  const { fetch, tokens, env } = orgOfApp();
  const more = { OKTA_CLIENT_SCOPES: 'okta.groups.read,okta.groups.manage', OKTA_CLIENT_PRIVATEKEY: jwk };
  await within({ ...env, ...more }, async () => {
    const [one, other] = [OktaGroups.fromEnv({ fetch }), OktaGroups.fromEnv({ fetch })];
    await one.groups.list({ limit: 1 });
    assert.deepEqual(tokens, ['okta.groups.read okta.groups.manage']);
    assert.deepEqual([...other.rateLimits().keys()], ['groups']);
  });
});

test('errors about a key (a path, encrypted, cut off) name its variable', async () => {
  for (const [key, reason] of [
    ['/etc/secret/key.pem', /^OKTA_CLIENT_PRIVATEKEY is the path of a file; give what is in it/],
    ['./secret.jwk', /is the path of a file/],
    ['-----BEGIN PRIVATE KEY-----\nsecret', /^OKTA_CLIENT_PRIVATEKEY is PEM that is cut off/],
    ['-----BEGIN ENCRYPTED PRIVATE KEY-----\nsecret\n-----END ENCRYPTED PRIVATE KEY-----', /is encrypted/],
    ['{"kty":"RSA","n":"secret","e":"AQAB"}', /^OKTA_CLIENT_PRIVATEKEY is a public key/],
    ['-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----', /could not be imported/],
  ]) {
    await within({ ...KEY_MODE, OKTA_CLIENT_PRIVATEKEY: key }, async () => {
      const client = OktaGroups.fromEnv({ fetch: () => assert.fail('sent'), retry: false });
      const error = await failure(client.groups.get('00g1'));
      assert.deepEqual([error.kind, error.argument], ['config', 'OKTA_CLIENT_PRIVATEKEY']);
      assert.match(error.message, reason);
      assert.doesNotMatch(`${error.stack}${JSON.stringify(error)}`, /secret|c2VjcmV0/);
    });
  }
});

test('inspecting a client shows no value of an environment variable', async () => {
  const { inspect } = await import('node:util');
  await within({ ...KEY_MODE, OKTA_CLIENT_PRIVATEKEY: 'secret-key' }, () => {
    const client = OktaGroups.fromEnv();
    assert.doesNotMatch(inspect(client, { depth: 9, showHidden: true }) + JSON.stringify(client), /secret/);
  });
});

test('options are those of the constructor, less what the environment gives', () =>
  within({ OKTA_ORG_URL: ACME, OKTA_TOKEN: '00abc' }, () => {
    for (const [options, argument] of [
      [{ orgUrl: ORG_URL }, 'orgUrl'],
      [{ auth: {} }, 'auth'],
      [{ retires: false }, 'retires'],
      [{ timeout: 'soon' }, 'timeout'],
      [{ org: 'nowhere' }, 'org'],
      ['options', 'options'],
      [null, 'options'],
    ]) {
      const error = thrown(() => OktaGroups.fromEnv(options));
      assert.deepEqual([error.kind, error.argument], ['config', argument], JSON.stringify(options));
    }
    assert.ok(OktaGroups.fromEnv({ orgUrl: undefined, timeout: 1000 }) instanceof OktaGroups);
  }));

test('a variable that Object.prototype holds is ignored', async (t) => {
  t.after(() => delete Object.prototype.OKTA_TOKEN);
  Object.prototype.OKTA_TOKEN = 'polluted';
  await within({ OKTA_ORG_URL: ACME }, () => {
    assert.equal(thrown(() => OktaGroups.fromEnv()).message, 'OKTA_TOKEN is missing');
  });
});

test('CommonJS loads okta-groups/auth when the first call needs it, and no sooner', async () => {
  const require = createRequire(import.meta.url);
  const { OktaGroups: Required } = require('okta-groups');
  const isLoaded = () => Object.keys(require.cache).some((file) => file.endsWith('auth.cjs'));
  const { jwk } = await keyPair();
  const { fetch, env } = orgOfApp();
  await within({ ...env, OKTA_CLIENT_PRIVATEKEY: jwk }, async () => {
    const client = Required.fromEnv({ fetch });
    assert.ok(!isLoaded());
    await client.groups.list({ limit: 1 });
    assert.ok(isLoaded());
  });
});

test('builds for browsers have neither the variables nor okta-groups/auth', async () => {
  const at = (file) => new URL(`../../pkg/dist/${file}`, import.meta.url);
  const browser = await import(at('index.js').href);
  await within({ OKTA_ORG_URL: ACME, OKTA_TOKEN: '00abc' }, () => {
    const error = thrown(() => browser.OktaGroups.fromEnv());
    assert.deepEqual([error.kind, error.argument], ['config', 'env']);
  });
  for (const file of ['index.js', 'core.js', 'slim.js', 'workerd.js', 'edge-light.js']) {
    assert.doesNotMatch(await readFile(at(file), 'utf8'), /OKTA_CLIENT|okta-groups\/auth/, file);
  }
  // What bundlers for browsers read of CommonJS.
  const { OktaGroups: Plain } = createRequire(import.meta.url)(at('index.cjs').pathname);
  assert.doesNotMatch(await readFile(at('index.cjs'), 'utf8'), /auth\.cjs|okta-groups\/auth"\)/);
  const { jwk } = await keyPair();
  // Node has that module by now, with the function of its own form.
  const [symbol] = Object.getOwnPropertySymbols(Plain).filter((key) =>
    String(key).includes('okta-groups.auth'),
  );
  if (symbol) delete Plain[symbol];
  await within({ ...KEY_MODE, OKTA_CLIENT_PRIVATEKEY: jwk }, async () => {
    const error = await failure(Plain.fromEnv({ retry: false }).groups.get('00g1'));
    assert.equal(
      error.message,
      'OKTA_CLIENT_PRIVATEKEY needs the entry okta-groups/auth, which only Node loads',
    );
  });
});
