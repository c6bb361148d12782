// Service apps, DPoP and sessions, against a server that checks what they sign.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import test from 'node:test';
import { inspect } from 'node:util';
import { OktaApiError, OktaConfigError, OktaError, OktaGroups, bearer, isOktaError } from 'okta-groups';
import { dpop, serviceApp, session } from 'okta-groups/auth';
import { createOrg } from 'okta-groups/emulator';
import { answerJson, serve } from './server.mjs';
import { ORGS, ORG_URL, failure, faults, json, scripted } from './support.mjs';

const GROUP = { id: '00g1', profile: { name: 'West' } };
const TOKEN = { token_type: 'Bearer', expires_in: 3600, access_token: 't0ken' };
const CLIENT_ID = '0oa1canaryapp';
const RSA = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = (key, type = 'pkcs8') => key.export({ type, format: 'pem' });
const ec = (namedCurve) => crypto.generateKeyPairSync('ec', { namedCurve });
const decoded = (part) => JSON.parse(Buffer.from(part, 'base64url').toString());
const sha256 = (text) => crypto.createHash('sha256').update(text).digest('base64url');
const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The header and claims of a JWS whose signature holds. */
function verified(jws, publicKey) {
  const [header, claims, signature] = jws.split('.');
  const { alg } = decoded(header);
  const hash = `sha${alg.slice(2)}`;
  const key = alg.startsWith('ES') ? { key: publicKey, dsaEncoding: 'ieee-p1363' } : publicKey;
  const text = Buffer.from(`${header}.${claims}`);
  assert.ok(crypto.verify(hash, text, key, Buffer.from(signature, 'base64url')), `the signature of ${alg}`);
  return { header: decoded(header), claims: decoded(claims) };
}

function refusal(error, error_description, status = 400, headers = {}) {
  return { status, body: { error, error_description }, headers };
}

/**
 * An org that knows one service app. `rules` may refuse a request for a token, or answer the API; both get what was
 * learnt about the request.
 */
async function orgOf(
  t,
  { publicKey = RSA.publicKey, rules = {}, offset = 0, life = 3600, issuer, prefix = '' } = {},
) {
  const seen = { tokens: [], api: [], jtis: new Set(), issued: new Map() };
  const org = await serve(t, (request, response) => {
    // What a reverse proxy sends on.
    assert.ok(request.url.startsWith(prefix), request.url);
    const path = request.url.slice(prefix.length);
    const self = issuer ?? org.url;
    const date = new Date(Date.now() + offset);
    const seconds = date.getTime() / 1000;
    const once = (jti) => {
      assert.ok(!seen.jtis.has(jti), 'a jti is used once');
      seen.jtis.add(jti);
    };
    const proofOf = (htm) => {
      if (!request.headers.dpop) return undefined;
      const { jwk } = decoded(request.headers.dpop.split('.')[0]);
      assert.ok(!('d' in jwk));
      const key = crypto.createPublicKey({ key: jwk, format: 'jwk' });
      const { header, claims } = verified(request.headers.dpop, key);
      assert.equal(header.typ, 'dpop+jwt');
      assert.deepEqual([claims.htm, claims.htu], [htm, self + path.split('?')[0]]);
      once(claims.jti);
      return { ...claims, skew: claims.iat - seconds };
    };
    const send = ({ status = 200, body, headers = {} }) => {
      response.writeHead(status, {
        'content-type': 'application/json',
        date: date.toUTCString(),
        ...headers,
      });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };

    if (path !== '/oauth2/v1/token') {
      const proof = proofOf(request.method);
      const [scheme, token] = request.headers.authorization.split(' ');
      if (proof) assert.equal(proof.ath, sha256(token));
      const asked = { ...request, proof, scheme, token, isKnown: seen.issued.has(token) };
      seen.api.push(asked);
      const isList = request.method === 'GET' && request.url.split('?')[0].endsWith('/groups');
      return send(rules.api?.(asked, seen.api.length) ?? { body: isList ? [GROUP] : GROUP });
    }
    assert.equal(request.method, 'POST');
    assert.equal(request.headers['content-type'], 'application/x-www-form-urlencoded');
    assert.equal(request.headers.authorization, undefined);
    const form = Object.fromEntries(new URLSearchParams(request.body));
    assert.deepEqual([form.grant_type, form.client_assertion_type], ['client_credentials', TYPE]);
    const { header, claims } = verified(form.client_assertion, publicKey);
    assert.deepEqual([claims.iss, claims.sub, claims.aud], [CLIENT_ID, CLIENT_ID, `${self}/oauth2/v1/token`]);
    once(claims.jti);
    const proof = proofOf('POST');
    const asked = { header, claims, proof, scope: form.scope, headers: request.headers, form };
    seen.tokens.push(asked);
    const ahead = claims.exp - seconds;
    if (ahead <= 0) return send(refusal('invalid_client', 'The client_assertion token is expired.', 401));
    if (ahead > 3600) return send(refusal('invalid_client', 'An expiration too far into the future.', 401));
    const refused = rules.token?.(asked, seen.tokens.length);
    if (refused) return send(refused);
    const token = `t0ken-${crypto.randomUUID()}`;
    seen.issued.set(token, form.scope);
    const body = {
      token_type: proof ? 'DPoP' : 'Bearer',
      expires_in: life,
      access_token: token,
      scope: form.scope,
    };
    return send({ body });
  });
  return { ...org, seen };
}

const appOf = (options) => serviceApp({ clientId: CLIENT_ID, privateKey: pem(RSA.privateKey), ...options });
const clientOf = ({ url }, options) =>
  new OktaGroups({ orgUrl: url, auth: appOf(), retry: { baseDelay: 1, maxDelay: 2 }, ...options });

test('a service app signs for itself with whatever key it has', async (t) => {
  const jwk = (pair, more) => ({ ...pair.privateKey.export({ format: 'jwk' }), ...more });
  const cryptoKey = async (pair, algorithm) =>
    crypto.subtle.importKey(
      'pkcs8',
      pair.privateKey.export({ type: 'pkcs8', format: 'der' }),
      algorithm,
      false,
      ['sign'],
    );
  const rsa = (hash) => ({ name: 'RSASSA-PKCS1-v1_5', hash });
  const [p256, p384, p521] = ['P-256', 'P-384', 'P-521'].map(ec);
  for (const [alg, pair, privateKey, kid, keyId] of [
    ['RS256', RSA, pem(RSA.privateKey)],
    ['RS256', RSA, pem(RSA.privateKey).replaceAll('\n', '\\n'), 'k1', 'k1'],
    ['RS256', RSA, `\n${pem(RSA.privateKey).replaceAll('\n', '\r\n')}`],
    ['RS256', RSA, Buffer.from(pem(RSA.privateKey))],
    ['RS256', RSA, jwk(RSA, { kid: 'of the JWK', use: 'sig', key_ops: ['verify'] }), 'of the JWK'],
    ['RS256', RSA, JSON.stringify(jwk(RSA, { kid: 'a' })), 'b', 'b'],
    ['RS384', RSA, jwk(RSA, { alg: 'RS384' })],
    ['RS512', RSA, await cryptoKey(RSA, rsa('SHA-512'))],
    ['ES256', p256, pem(p256.privateKey)],
    ['ES384', p384, pem(p384.privateKey)],
    ['ES512', p521, pem(p521.privateKey)],
    ['ES256', p256, jwk(p256)],
    ['ES512', p521, JSON.stringify(jwk(p521))],
    ['ES384', p384, await cryptoKey(p384, { name: 'ECDSA', namedCurve: 'P-384' })],
  ]) {
    const org = await orgOf(t, { publicKey: pair.publicKey });
    const auth = appOf({ privateKey, ...(keyId && { keyId }) });
    assert.deepEqual(await clientOf(org, { auth }).groups.get('00g1'), GROUP);
    const [{ header, claims, scope }] = org.seen.tokens;
    assert.deepEqual(header, { alg, ...(kid && { kid }) });
    assert.equal(scope, 'okta.groups.read');
    assert.ok(claims.exp * 1000 - Date.now() <= 301_000);
    const [{ scheme, isKnown, proof }] = org.seen.api;
    assert.deepEqual([scheme, isKnown, proof], ['Bearer', true, undefined]);
  }
});

test('a key that cannot sign says why, and is not quoted', async () => {
  const p256 = ec('P-256');
  const { d, ...publicJwk } = RSA.privateKey.export({ format: 'jwk' });
  const hmac = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const body = pem(RSA.privateKey).split('\n').slice(1, 3).join('');
  for (const [privateKey, reason] of [
    [pem(RSA.privateKey, 'pkcs1'), /PKCS#1.*openssl pkcs8 -topk8 -nocrypt/],
    [pem(p256.privateKey, 'sec1'), /SEC 1.*openssl pkcs8/],
    [
      RSA.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }),
      /encrypted; decrypt it: openssl/,
    ],
    [RSA.publicKey.export({ type: 'spki', format: 'pem' }), /something other than a private key/],
    [publicJwk, /public key/],
    [{ kty: 'oct', k: d }, /another algorithm/],
    [{ kty: 'EC', crv: 'secp256k1', d }, /another algorithm/],
    [{ ...publicJwk, d, alg: 'PS256' }, /another algorithm than RS256/],
    [`{${body}`, /not JSON/],
    [body, /neither a PEM text/],
    ['-----BEGIN PRIVATE KEY-----\n*\n-----END PRIVATE KEY-----', /not base64/],
    [hmac, /HMAC/],
    [RSA.privateKey, /must be a CryptoKey, a JWK or a PEM text/],
    [Buffer.from(body), /neither a PEM text/],
    [undefined, /must be a CryptoKey/],
    [null, /must be a CryptoKey/],
  ]) {
    const error = await failure((async () => appOf({ privateKey }))());
    assert.ok(isOktaError(error, 'config'), String(error));
    assert.equal(error.argument, 'privateKey');
    assert.match(error.message, reason);
    for (const secret of [body.slice(0, 20), d.slice(0, 20)]) assert.ok(!inspect(error).includes(secret));
  }
  // What only an import shows.
  const broken = `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----`;
  const { client, sent } = scripted(() => json(GROUP), { auth: appOf({ privateKey: broken }) });
  const [first, second] = await Promise.all([client.groups.get('1'), client.groups.get('2')].map(failure));
  assert.match(first.message, /privateKey could not be imported/);
  assert.ok(isOktaError(first, 'config') && first !== second);
  assert.equal(sent.length, 0);
});

test('a key is taken as files, shells and deployments hold it, or named', async () => {
  const text = pem(RSA.privateKey);
  const jwk = JSON.stringify(RSA.privateKey.export({ format: 'jwk' }));
  const certificate = '-----BEGIN CERTIFICATE-----\nTUlJQg==\n-----END CERTIFICATE-----\n';
  const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';
  const base64 = (of) => Buffer.from(of).toString('base64');
  for (const privateKey of [
    certificate + text,
    text + certificate,
    `Bag Attributes\n    friendlyName: x\n${text}`,
    parameters + text,
    text.replaceAll('\n', '\\n'),
    text.replaceAll('\n', '\\\\n'),
    text.replaceAll('\n', '\\\\\\\\n'),
    text.replaceAll('\n', '\\r\\n'),
    text.replaceAll('\n', '\r\n'),
    text.replaceAll('\n', '\r'),
    text.replaceAll('\n', ' '),
    text.replaceAll('\n', ''),
    text.replaceAll(/\s/g, ''),
    text.replaceAll('\n', '\n    '),
    `\ufeff${text}`,
    `"${text}"`,
    `'${text.replaceAll('\n', '\\n')}'`,
    JSON.stringify(text),
    base64(text),
    base64(text).replace(/.{76}/g, '$&\n'),
    `"${base64(text)}"`,
    base64(certificate + text),
    Buffer.from(base64(text)),
    RSA.privateKey.export({ type: 'pkcs8', format: 'der' }),
    jwk,
    `'${jwk}'`,
    JSON.stringify(jwk),
    jwk.replaceAll('"', '\\"'),
    base64(jwk),
    Buffer.from(jwk).toString('base64url'),
    `{"keys":[${jwk}]}`,
    JSON.stringify(JSON.parse(jwk), null, 2),
  ]) {
    const { client, sent } = scripted((url) => json(url.pathname.endsWith('token') ? TOKEN : GROUP), {
      auth: appOf({ privateKey }),
    });
    await client.groups.get('00g1');
    const { client_assertion: assertion } = Object.fromEntries(new URLSearchParams(sent[0].body));
    verified(assertion, RSA.publicKey);
  }

  const p256 = ec('P-256');
  const encrypted = { cipher: 'aes-256-cbc', passphrase: 'x' };
  for (const [privateKey, reason] of [
    [parameters + pem(p256.privateKey, 'sec1'), /SEC 1.*openssl pkcs8/],
    [base64(pem(RSA.privateKey, 'pkcs1')), /PKCS#1.*openssl pkcs8/],
    [RSA.privateKey.export({ type: 'pkcs1', format: 'pem', ...encrypted }), /encrypted; decrypt it/],
    [base64(RSA.privateKey.export({ type: 'pkcs8', format: 'pem', ...encrypted })), /encrypted; decrypt it/],
    ['-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----', /OpenSSH.*ssh-keygen/],
    ['-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----', /a private key in another form/],
    [certificate, /something other than a private key/],
    [text + pem(p256.privateKey), /2 private keys/],
    [text.slice(0, 300), /cut off/],
    [base64(text).slice(0, 300), /cut off/],
    [text.replaceAll(/-----.*-----|\n/g, ''), /neither a PEM text.*first and last line/],
    [`{"keys":[${jwk},${jwk}]}`, /set of 2 keys/],
    [{ keys: [] }, /set of 0 keys/],
    ['"{"', /not JSON/],
    ['/etc/okta/key.pem', /path of a file/],
    ['./key', /path of a file/],
    ['~/key.json', /path of a file/],
    ['C:\\keys\\okta.pem', /path of a file/],
    ['key.pem', /path of a file/],
    ['file:///etc/key', /path of a file/],
    ['', /neither a PEM text/],
    ['$OKTA_PRIVATE_KEY', /neither a PEM text/],
  ]) {
    assert.throws(
      () => appOf({ privateKey }),
      (error) =>
        isOktaError(error, 'config') && error.argument === 'privateKey' && reason.test(error.message),
      `${JSON.stringify(privateKey).slice(0, 60)}: ${reason}`,
    );
  }
});

test('behind a reverse proxy a service app names the org, whose own URL Okta compares', async (t) => {
  const issuer = 'https://acme.okta.com';
  const nonce = ({ proof }) => (proof ? undefined : refusal('invalid_dpop_proof', 'A proof is missing.'));
  const org = await orgOf(t, { issuer, prefix: '/okta', rules: { token: nonce } });
  const orgUrl = `${org.url}/okta`;
  for (const [options, client] of [
    [{}, { org: issuer }],
    [{}, { org: new URL('https://ACME.okta.com:443/') }],
    [{ org: issuer }, {}],
    [{ org: 'https://other.okta.com' }, { org: issuer }],
  ]) {
    const { groups } = clientOf({ url: orgUrl }, { auth: appOf(options), ...client });
    assert.deepEqual(await groups.get('00g1'), GROUP);
    assert.equal((await groups.list({ limit: 1, q: 'x' }).first()).id, '00g1');
    assert.ok(org.seen.api.at(-1).proof, 'DPoP');
  }
});

test('a service app signs requests that are sent without a client', async (t) => {
  const org = await orgOf(t);
  const auth = appOf();
  const url = `${org.url}/api/v1/groups?limit=1`;
  const [headers, same] = await Promise.all([
    auth.authorize({ method: 'GET', url }),
    auth.authorize({ url }),
  ]);
  assert.deepEqual(headers, same);
  assert.deepEqual(await (await fetch(url, { headers })).json(), [GROUP]);
  assert.equal(org.seen.tokens.length, 1);
  assert.equal(auth.invalidate('unauthorized', headers), true);
  const next = await auth.authorize({ method: 'GET', url });
  assert.notEqual(next.authorization, headers.authorization);
  auth.invalidate('unauthorized', headers);
  assert.deepEqual(await auth.authorize({ method: 'GET', url }), next);

  // With a proof, of the method and the URL as Okta gets it.
  const behind = await orgOf(t, { issuer: 'https://acme.okta.com', prefix: '/okta' });
  const bound = appOf({ dpop: true, org: 'https://acme.okta.com' });
  const proxied = `${behind.url}/okta/api/v1/groups/00g1`;
  const proved = await bound.authorize({ method: 'DELETE', url: proxied });
  assert.equal((await fetch(proxied, { method: 'DELETE', headers: proved })).status, 200);

  for (const wrong of [
    '',
    undefined,
    '/api/v1/groups',
    'http://acme.okta.com/api/v1/groups',
    'https://acme.okta.com/',
    'https://acme.okta.com/?x=/api/v1/groups',
    'ftp://localhost/api/v1/groups',
  ]) {
    const error = await failure(auth.authorize({ method: 'GET', url: wrong }));
    assert.ok(isOktaError(error, 'config') && error.argument === 'url', `${wrong}: ${error}`);
  }
});

test('options of auth that are wrong are named', () => {
  for (const [make, argument] of [
    [() => serviceApp(), 'options'],
    [() => serviceApp('0oa1'), 'options'],
    [() => appOf({ clientID: 'x' }), 'clientID'],
    [() => appOf({ clientId: '' }), 'clientId'],
    [() => appOf({ clientId: 7 }), 'clientId'],
    [() => appOf({ keyId: 7 }), 'keyId'],
    [() => appOf({ scopes: [] }), 'scopes'],
    [() => appOf({ scopes: 'okta.groups.read' }), 'scopes'],
    [() => appOf({ scopes: ['okta.groups.read okta.users.read'] }), 'scopes'],
    [() => appOf({ dpop: 'yes' }), 'dpop'],
    [() => dpop({ token: 'x' }), 'keyPair'],
    [() => dpop({ token: 'x', keyPair: RSA }), 'keyPair'],
    [() => session({ xsrfToken: 'x' }), 'xsrfToken'],
    [() => appOf({ org: 'acme.okta.com' }), 'org'],
    [() => appOf({ org: 'https://acme.okta.com/okta' }), 'org'],
  ]) {
    assert.throws(make, (error) => isOktaError(error, 'config') && error.argument === argument, argument);
  }
});

test('options of auth are read where they are, not from a polluted prototype', async (t) => {
  const org = await orgOf(t);
  const polluted = { keyId: 'evil', scopes: ['evil'], fetchOptions: { dispatcher: 1 }, userAgent: 'evil' };
  Object.assign(Object.prototype, polluted);
  t.after(() => Object.keys(polluted).forEach((key) => delete Object.prototype[key]));
  await clientOf(org).groups.get('00g1');
  const [{ header, scope, headers }] = org.seen.tokens;
  assert.deepEqual([Object.keys(header), scope], [['alg'], 'okta.groups.read']);
  assert.notEqual(headers['user-agent'], 'evil');
});

test('one token serves all who wait for it, until shortly before it ends', async (t) => {
  const org = await orgOf(t);
  const events = [];
  const auth = appOf({ scopes: ['okta.groups.read', 'okta.groups.manage'] });
  const [client, other] = [1, 2].map(() => clientOf(org, { auth, onEvent: (event) => events.push(event) }));
  await Promise.all([1, 2, 3, 4].flatMap(() => [client.groups.get('00g1'), other.groups.get('00g1')]));
  assert.equal(org.seen.tokens.length, 1);
  assert.equal(org.seen.tokens[0].scope, 'okta.groups.read okta.groups.manage');
  assert.deepEqual(
    events.filter(({ type }) => type === 'token'),
    [{ type: 'token', reason: 'first' }],
  );

  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  t.mock.timers.tick(3539_000);
  await client.groups.get('00g1');
  assert.equal(org.seen.tokens.length, 1);
  t.mock.timers.tick(2000);
  await client.groups.get('00g1');
  assert.equal(org.seen.tokens.length, 2);
  assert.deepEqual(events.filter(({ type }) => type === 'token').at(-1), {
    type: 'token',
    reason: 'expiring',
  });
});

test('a token that lives for a minute is used for half of it', async (t) => {
  const org = await orgOf(t, { life: 60 });
  const { groups } = clientOf(org);
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  for (const [seconds, tokens] of [
    [0, 1],
    [29, 1],
    [2, 2],
  ]) {
    t.mock.timers.tick(seconds * 1000);
    await groups.get('00g1');
    assert.equal(org.seen.tokens.length, tokens);
  }
});

test('a 401 makes the client ask for one new token, a 403 does not', async (t) => {
  const status = { now: 200 };
  const org = await orgOf(t, {
    rules: {
      api: ({ token }) => {
        const isFirst = token === [...org.seen.issued.keys()][0];
        if (status.now === 401 && isFirst) return { status: 401, body: { errorCode: 'E0000011' } };
        if (status.now === 403) return { status: 403, body: { errorCode: 'E0000006' } };
        return undefined;
      },
    },
  });
  const { groups } = clientOf(org);
  await groups.get('00g1');
  status.now = 401;
  const clock = performance.now.bind(performance);
  t.mock.method(performance, 'now', () => clock() + 60_000);
  await Promise.all([1, 2, 3].map(() => groups.get('00g1')));
  assert.equal(org.seen.tokens.length, 2);
  status.now = 403;
  assert.ok(isOktaError(await failure(groups.get('00g1')), 'forbidden'));
  assert.equal(org.seen.tokens.length, 2);
});

test('a token that the org never takes is asked for no more than twice', async (t) => {
  const org = await orgOf(t, { rules: { api: () => ({ status: 401, body: { errorCode: 'E0000011' } }) } });
  assert.ok(isOktaError(await failure(clientOf(org).groups.get('00g1')), 'unauthorized'));
  assert.ok(org.seen.tokens.length <= 2);
  assert.equal(org.seen.api.length, 2);
});

test('what the token endpoint refuses is named, and the API is not asked', async (t) => {
  let answer;
  const org = await orgOf(t, { rules: { token: () => answer } });
  const html = { 'content-type': 'text/html' };
  for (const [given, kind, code, message] of [
    [refusal('invalid_client', 'The client is unknown.', 401), 'unauthorized', 'invalid_client', /unknown/],
    [
      refusal('invalid_scope', 'No such scope.'),
      'bad-request',
      'invalid_scope',
      /400 invalid_scope on POST .*No such/,
    ],
    [refusal('access_denied'), 'bad-request', 'access_denied', /access_denied/],
    [
      { status: 403, body: { errorCode: 'E0000006', errorSummary: 'No permission' } },
      'forbidden',
      'E0000006',
      /No perm/,
    ],
    [{ status: 404, body: '<html>', headers: html }, 'not-found', undefined, /HTML page/],
    [{ status: 400, body: '' }, 'bad-request', undefined, /no OAuth error/],
    [{ status: 400, body: '[null]' }, 'bad-request', undefined, /no OAuth error/],
    [refusal('use_dpop_nonce', 'Without a nonce.'), 'bad-request', 'use_dpop_nonce', /nonce/],
    [{ status: 503, body: '<html>', headers: html }, 'server', undefined, /503 on POST .*HTML page/],
    [{ body: '<!DOCTYPE html><p>Sign in', headers: html }, 'response', 'html', /HTML page/],
    [{ body: '{"access_token":"eyJzZWNyZXQ' }, 'response', 'json', /cut off/],
    [{ body: {} }, 'response', 'shape', /JSON without a token/],
    [{ body: { access_token: null, token_type: 'Bearer' } }, 'response', 'shape', /without a token/],
    [{ body: { access_token: 'a b\n' } }, 'response', 'shape', /without a token/],
    [
      { body: { access_token: 'x', token_type: 'DPoP' } },
      'response',
      'shape',
      /bound to a key, for a request without a proof/,
    ],
    [{ body: 'x'.repeat(2 << 20) }, 'response', 'too-large', /larger than a token/],
    [{ status: 302, headers: { location: '/login' }, body: '' }, 'response', 'redirect', /redirect/],
  ]) {
    answer = given;
    const error = await failure(clientOf(org, { auth: appOf() }).groups.get('00g1'));
    assert.ok(isOktaError(error, kind), `${kind}: ${error}`);
    assert.match(error.message, message);
    assert.equal(error.code ?? error.reason, code, String(error));
    assert.deepEqual([error.method, error.path], ['POST', '/oauth2/v1/token']);
    if (error instanceof OktaApiError) {
      assert.deepEqual([error.status, error.response.status], [given.status, given.status]);
      assert.deepEqual(error.causes, []);
    }
    assert.ok(!inspect(error).includes('eyJzZWNyZXQ'));
  }
  assert.equal(org.seen.api.length, 0);
});

test('the core and the token endpoint’s reader take the same out of a text', async () => {
  // Answers to the assertion, then the API's to a proof that is the same text.
  let seed = 1;
  const random = (below) => Math.floor(((seed = (seed * 16807) % 2147483647) / 2147483647) * below);
  const pieces = [
    () => 'é あ\u0000\u200b\ufeff %4 %zz %',
    () => '\n \u00a0',
    (run) => run,
    (run) => run.slice(0, 7),
    (run) => encodeURIComponent(encodeURIComponent(`%${run}`)),
    (run) => [...run].map((c) => `%${c.charCodeAt(0).toString(16)}`).join(''),
    (run) => btoa(run),
    (run) => btoa(`x${run}`).replaceAll('+', '-').replace(/.{5}/g, '$&\r\n'),
    (run) => encodeURIComponent(btoa(`${run}>>>`)),
    (run) => run.replace(/./g, '$& '),
    (run) => run.replace(/.{9}/g, '$&é'),
    () => '%41%0a%20%00%ff+/-_==',
  ];
  for (let round = 0; round < 60; round++) {
    let text;
    let assertion;
    const fetch = async (_, init) => {
      assertion = new URLSearchParams(init.body).get('client_assertion');
      const run = () => {
        const from = random(assertion.length - 40);
        return assertion.slice(from, from + 7 + random(30));
      };
      text = Array.from({ length: 1 + random(9) }, () => pieces[random(pieces.length)](run())).join('');
      return json({ error: 'invalid_client', error_description: text }, { status: 401 });
    };
    const asking = scripted(undefined, { auth: appOf(), fetch, retry: false }).client;
    const { summary } = await failure(asking.groups.get('00g1'));
    const auth = { kind: 'own', authorize: () => ({ authorization: `Bearer ${assertion}` }) };
    const answer = () => json({ errorCode: 'E0000011', errorSummary: text }, { status: 403 });
    const error = await failure(scripted(answer, { auth, retry: false }).client.groups.get('00g1'));
    assert.equal(summary, error.summary, JSON.stringify(text));
  }
});

test('an error of the fetch that asks for a token does not tell how', async () => {
  let asked;
  const fetch = (url, init) => {
    asked = new URLSearchParams(init.body).get('client_assertion');
    return Promise.reject(Object.assign(new TypeError(`no ${init.body}`), { init }));
  };
  const client = clientOf({ url: 'https://example.okta.com' }, { auth: appOf(), fetch, retry: false });
  const error = await failure(client.groups.get('00g1'));
  assert.ok(isOktaError(error, 'connection') && asked.length > 100);
  assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(asked.slice(-40)));
  assert.match(error.cause.message, /quotes the token/);
});

test('a token request that is redirected goes nowhere else', async (t) => {
  const evil = await serve(t, (_, response) => answerJson(response, { access_token: 'x' }));
  for (const status of [301, 302, 303, 307, 308]) {
    const token = () => ({ status, headers: { location: `${evil.url}/oauth2/v1/token` }, body: '' });
    const org = await orgOf(t, { rules: { token } });
    const error = await failure(clientOf(org).groups.get('00g1'));
    assert.deepEqual([error.kind, error.reason], ['response', 'redirect']);
    assert.equal(org.seen.tokens.length, 1);
  }
  assert.equal(evil.requests.length, 0);
});

test('a list that cannot renew its token goes on from its cursor', async (t) => {
  let broken = false;
  const org = await orgOf(t, {
    life: 60,
    rules: {
      token: () => (broken ? refusal('invalid_client', 'Deactivated.', 401) : undefined),
      api: ({ url }) => {
        const after = new URL(url, 'http://org').searchParams.get('after');
        const link = `<${org.url}/api/v1/groups?after=1&limit=1>; rel="${after ? 'self' : 'next'}"`;
        return { body: [{ id: after ? '00g2' : '00g1' }], headers: { link } };
      },
    },
  });
  const { groups } = clientOf(org);
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const ids = [];
  const error = await failure(
    (async () => {
      for await (const { id } of groups.list({ limit: 1, prefetch: 0 })) {
        ids.push(id);
        broken = true;
        t.mock.timers.tick(90_000);
      }
    })(),
  );
  assert.deepEqual([ids, error.code], [['00g1'], 'invalid_client']);
  broken = false;
  const rest = await groups.list({ limit: 1, cursor: error.cursor }).toArray({ max: 9 });
  assert.deepEqual(
    rest.map(({ id }) => id),
    ['00g2'],
  );
});

test('a token endpoint that fails for a while is asked again, each time with another assertion', async (t) => {
  t.mock.method(Math, 'random', () => 0);
  const over = String(Math.floor(Date.now() / 1000) - 1);
  for (const bad of [
    { status: 500, body: {} },
    { status: 502, body: '<html>' },
    { status: 503, body: '', headers: { 'retry-after': '0' } },
    { status: 429, body: {}, headers: { 'x-rate-limit-reset': over } },
    { status: 429, body: {} },
    'reset',
  ]) {
    const isBad = (n) => n <= 2;
    const org = await orgOf(t, {
      rules: { token: (_, n) => (isBad(n) && bad !== 'reset' ? bad : undefined) },
    });
    const lossy = async (url, init) => {
      const answer = await fetch(url, init);
      if (bad === 'reset' && isBad(org.seen.tokens.length)) throw new TypeError('fetch failed');
      return answer;
    };
    await clientOf(org, { fetch: lossy }).groups.get('00g1');
    assert.equal(org.seen.tokens.length, 3, JSON.stringify(bad));
    assert.equal(new Set(org.seen.tokens.map(({ claims }) => claims.jti)).size, 3);
  }
});

test('no answer of the token endpoint is a connection error', async (t) => {
  t.mock.method(Math, 'random', () => 0);
  const cause = new TypeError('fetch failed');
  const { client } = scripted(() => Promise.reject(cause), { auth: appOf() });
  const error = await failure(client.groups.get('00g1'));
  assert.deepEqual([error.kind, error.cause, error.retryable], ['connection', cause, true]);
  assert.match(error.message, /no answer of POST https:\S+\/oauth2\/v1\/token: the network failed$/);
});

test('what fetch throws for the token endpoint is read as the core reads it', async (t) => {
  t.mock.method(Math, 'random', () => 0);
  const url = `${ORG_URL}/oauth2/v1/token`;
  for (const { by, error, code, outcome } of faults(url)) {
    const { client, sent } = scripted(() => Promise.reject(error), {
      auth: appOf(),
      retry: { maxAttempts: 2, baseDelay: 1 },
    });
    const failed = await failure(client.groups.create({ name: 'West' }));
    const suffix = code ? ` (${code})` : '';
    assert.equal(failed.message, `no answer of POST ${url}: the network failed${suffix}`, by);
    const isFinal = outcome === 'Rejected';
    assert.deepEqual(
      [failed.kind, failed.retryable, failed.mayHaveRun, failed.attempts, sent.length],
      ['connection', !isFinal, undefined, isFinal ? 1 : 2, isFinal ? 1 : 2],
      `${by}: ${error.message}`,
    );
    assert.deepEqual([failed.method, failed.path], ['POST', '/oauth2/v1/token']);
  }
});

test('retry: false asks once, and a rate limit that lasts is told at once', async (t) => {
  const org = await orgOf(t, { rules: { token: () => ({ status: 503, body: {} }) } });
  assert.ok(isOktaError(await failure(clientOf(org, { retry: false }).groups.get('00g1')), 'server'));
  assert.equal(org.seen.tokens.length, 1);

  // Too many requests at the same time: its reset says nothing.
  const busy = { 'x-rate-limit-limit': '0', 'x-rate-limit-remaining': '0' };
  const soon = { ...busy, 'x-rate-limit-reset': String(Math.floor(Date.now() / 1000) + 48) };
  let asked = 0;
  const crowded = await orgOf(t, {
    rules: { token: () => (asked++ ? undefined : { status: 429, body: {}, headers: soon }) },
  });
  assert.equal((await clientOf(crowded).groups.get('00g1')).id, '00g1');

  const headers = () => ({ 'x-rate-limit-reset': String(Math.floor(Date.now() / 1000) + 3600) });
  const limited = await orgOf(t, { rules: { token: () => ({ status: 429, body: {}, headers: headers() }) } });
  const { groups } = clientOf(limited);
  for (const id of ['1', '2']) {
    assert.ok(isOktaError(await failure(groups.get(id)), 'rate-limit'));
    assert.equal(limited.seen.tokens.length, 1, 'and is not asked again before it ends');
  }
});

test('a token endpoint that is down stops nobody while the token is good', async (t) => {
  let down = false;
  const org = await orgOf(t, { rules: { token: () => (down ? { status: 503, body: {} } : undefined) } });
  const { groups } = clientOf(org);
  await groups.get('00g1');
  down = true;
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  t.mock.timers.tick(3550_000);
  await groups.get('00g1');
  await groups.get('00g1');
  assert.equal(org.seen.tokens.length, 2, 'tried once, and not again at once');
  t.mock.timers.tick(60_000);
  assert.ok(isOktaError(await failure(groups.get('00g1')), 'server'));
});

test('a machine whose clock is wrong signs by the clock of the org', async (t) => {
  for (const offset of [7200_000, 600_000, -600_000, -7200_000]) {
    const org = await orgOf(t, { offset });
    const auth = appOf({ dpop: false });
    await clientOf(org, { auth }).groups.get('00g1');
    assert.equal(org.seen.tokens.length, offset === -600_000 ? 1 : 2, String(offset));
  }
  // It is told once; a clock that is right does not make the org change its mind.
  const org = await orgOf(t, { rules: { token: () => refusal('invalid_client', 'No such key.', 401) } });
  await failure(clientOf(org).groups.get('00g1'));
  assert.equal(org.seen.tokens.length, 1);
});

const MISSING = refusal('invalid_dpop_proof', 'The DPoP proof JWT header is missing.');
const nonceWanted = (nonce) =>
  refusal('use_dpop_nonce', 'A nonce is required.', 400, { 'dpop-nonce': nonce });

test('an app that needs DPoP learns the nonce by one request, then proves possession', async (t) => {
  const token = ({ proof }) => {
    if (!proof) return MISSING;
    return proof.nonce === 'n1' ? undefined : nonceWanted('n1');
  };
  for (const [mode, asked] of [
    ['auto', 3],
    [true, 2],
  ]) {
    const org = await orgOf(t, { rules: { token } });
    const client = clientOf(org, { auth: appOf({ dpop: mode }) });
    await client.groups.get('00g1');
    assert.equal(org.seen.tokens.length, asked);
    await client.groups.list().first();
    for (const { scheme, isKnown, proof } of org.seen.api) {
      assert.deepEqual([scheme, isKnown, proof.nonce], ['DPoP', true, undefined]);
      assert.ok(Math.abs(proof.skew) < 5);
    }
    assert.equal(org.seen.tokens.length, asked);
  }
  const never = await orgOf(t, { rules: { token } });
  const error = await failure(clientOf(never, { auth: appOf({ dpop: false }) }).groups.get('00g1'));
  assert.deepEqual([error.code, never.seen.tokens.length], ['invalid_dpop_proof', 1]);
});

test('an org that gives a token without the binding that was asked for is not trusted', async (t) => {
  const token = () => ({ body: { access_token: 'x', token_type: 'Bearer', expires_in: 3600 } });
  const org = await orgOf(t, { rules: { token } });
  const error = await failure(clientOf(org, { auth: appOf({ dpop: true }) }).groups.get('00g1'));
  assert.deepEqual([error.kind, error.reason], ['response', 'shape']);
  assert.match(error.message, /not bound to a key/);
});

test('a fetch whose headers give arrays proves with the nonce, and is told what the token endpoint says', async (t) => {
  const arrays = async (url, init) => {
    const response = await fetch(url, init);
    const get = (name) => response.headers.get(name)?.split(', ');
    return { status: response.status, headers: { get }, text: () => response.text() };
  };
  const token = ({ proof }) => (proof.nonce === 'n1' ? undefined : nonceWanted('n1'));
  const api = ({ proof }) =>
    proof.nonce === 'n2' ? undefined : challenge('use_dpop_nonce', { 'dpop-nonce': 'n2' });
  const org = await orgOf(t, { rules: { token, api } });
  const client = clientOf(org, { auth: appOf({ dpop: true }), fetch: arrays });
  await client.groups.get('00g1');
  assert.deepEqual([org.seen.tokens.length, org.seen.api.length], [2, 2]);

  const refused = refusal('invalid_client', 'No such app.', 401, { 'x-okta-request-id': 'req-1' });
  const other = await orgOf(t, { rules: { token: () => refused } });
  const error = await failure(clientOf(other, { auth: appOf(), fetch: arrays }).groups.get('00g1'));
  assert.deepEqual([error.code, error.requestId], ['invalid_client', 'req-1']);
});

test('a nonce that is never right is asked about once', async (t) => {
  let n = 0;
  const org = await orgOf(t, { rules: { token: () => nonceWanted(`n${n++}`) } });
  const error = await failure(clientOf(org, { auth: appOf({ dpop: true }) }).groups.get('00g1'));
  assert.deepEqual([error.code, org.seen.tokens.length], ['use_dpop_nonce', 2]);
});

const pairOf = () =>
  crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
const challenge = (error, headers) => ({
  status: 401,
  body: { errorCode: 'E0000011' },
  headers: { 'www-authenticate': `DPoP error="${error}"`, ...headers },
});

test('a token of a user that is bound to a key goes with a fresh proof each time', async (t) => {
  const org = await orgOf(t, { rules: { api: (_, n) => (n < 3 ? { status: 503, body: {} } : undefined) } });
  const auth = dpop({ token: 'user-token', keyPair: await pairOf() });
  await clientOf({ url: `${org.url}/` }, { auth })
    .groups.list({ search: 'id eq "x?#"', limit: 2 })
    .first();
  assert.equal(org.seen.api.length, 3);
  for (const { scheme, token, proof } of org.seen.api) {
    assert.deepEqual([scheme, token, proof.htu], ['DPoP', 'user-token', `${org.url}/api/v1/groups`]);
  }
  assert.equal(org.seen.tokens.length, 0);
});

test('an API that wants a nonce, or another time, gets it, with the same token', async (t) => {
  const keyPair = await pairOf();
  for (const [offset, api] of [
    [
      0,
      ({ proof }) => (proof.nonce === 'n2' ? undefined : challenge('use_dpop_nonce', { 'dpop-nonce': 'n2' })),
    ],
    [-3600_000, ({ proof }) => (Math.abs(proof.skew) < 60 ? undefined : challenge('invalid_dpop_proof'))],
    [3600_000, ({ proof }) => (Math.abs(proof.skew) < 60 ? undefined : challenge('invalid_dpop_proof'))],
  ]) {
    const org = await orgOf(t, { offset, rules: { api } });
    const { groups } = clientOf(org, { auth: dpop({ token: 'user-token', keyPair }) });
    await Promise.all([1, 2, 3].map(() => groups.get('00g1')));
    await groups.create({ name: 'West' });
    const refused = org.seen.api.map((asked) => api(asked) !== undefined);
    assert.deepEqual(refused, [...refused].sort().reverse(), 'none is refused any more once one was taken');
    assert.equal(refused.filter((is) => !is).length, 4);
    assert.ok(org.seen.api.every(({ token }) => token === 'user-token'));
  }
});

test('of calls at the same time each is told of its own refusal: of its proof, or of its token', async () => {
  const ended = json({ errorCode: 'E0000011' }, { status: 401, headers: challenge('invalid_token').headers });
  let endBody;
  const unproven = new Response(new ReadableStream({ start: (body) => (endBody = () => body.close()) }), {
    status: 401,
    headers: challenge('use_dpop_nonce', { 'dpop-nonce': 'n1' }).headers,
  });
  const { client, sent } = scripted(
    (url, init, n) => {
      if (n === 1) return unproven;
      if (n === 2) return ended;
      if (n === 3) setTimeout(endBody);
      return json({ ...GROUP, id: url.pathname.slice(-4) });
    },
    { auth: dpop({ token: ({ reason }) => `${reason}-token`, keyPair: await pairOf() }) },
  );
  await Promise.all([client.groups.get('00g1'), client.groups.get('00g2')]);
  const told = sent.map(({ url, headers }) => [url.pathname.slice(-4), headers.get('authorization')]);
  // Whose proof is signed first, the platform decides.
  const [[unproved], [endedOne]] = told;
  assert.notEqual(unproved, endedOne);
  assert.deepEqual(told, [
    [unproved, 'DPoP first-token'],
    [endedOne, 'DPoP first-token'],
    [endedOne, 'DPoP unauthorized-token'],
    [unproved, 'DPoP unauthorized-token'],
  ]);
});

test('a user token that has ended is asked for again, if there is whom to ask', async (t) => {
  const keyPair = await pairOf();
  const api = ({ token }) => (token === 'u1' ? challenge('invalid_token') : undefined);
  const org = await orgOf(t, { rules: { api } });
  let n = 0;
  await clientOf(org, { auth: dpop({ token: () => `u${++n}`, keyPair }) }).groups.get('00g1');
  assert.equal(org.seen.api.length, 2);
  const fixed = clientOf(org, { auth: dpop({ token: 'u1', keyPair }) });
  assert.ok(isOktaError(await failure(fixed.groups.get('00g1')), 'unauthorized'));
  assert.equal(org.seen.api.length, 3);
});

test('a session sends cookies, and its proof against forgery with writes', async () => {
  const { client, sent } = scripted(() => json(GROUP), {
    auth: session({ xsrfToken: async () => 'xsrf-1' }),
  });
  await client.groups.get('00g1');
  await client.groups.replace('00g1', { name: 'West' });
  await client.groups.delete('00g1');
  assert.deepEqual(
    sent.map(({ headers, init }) => [headers.get('x-okta-xsrftoken'), init.credentials, init.redirect]),
    [
      [null, 'include', 'manual'],
      ['xsrf-1', 'include', 'manual'],
      ['xsrf-1', 'include', 'manual'],
    ],
  );
  assert.ok(sent.every(({ headers }) => !headers.has('authorization')));
  const none = scripted(() => json(GROUP), { auth: session() });
  await none.client.groups.replace('00g1', { name: 'West' });
  assert.equal(none.sent[0].headers.get('x-okta-xsrftoken'), null);
  const others = scripted(() => json(GROUP), { auth: bearer('x') });
  await others.client.groups.get('00g1');
  assert.equal(others.sent[0].init.credentials, 'omit');
});

test('a call that is given up takes its token request along, unless others wait for it', async (t) => {
  const aborted = [];
  let hang = true;
  const org = await orgOf(t);
  const fetching = (url, init) => {
    if (!hang || !url.endsWith('/token')) return fetch(url, init);
    return new Promise((_, reject) => {
      init.signal.addEventListener('abort', () => {
        aborted.push(init.signal.reason);
        reject(init.signal.reason);
      });
    });
  };
  const { groups } = clientOf(org, { fetch: fetching });
  const [one, two] = [new AbortController(), new AbortController()];
  const calls = [groups.get('1', { signal: one.signal }), groups.get('2', { signal: two.signal })].map(
    failure,
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  one.abort();
  assert.equal((await calls[0]).kind, 'aborted');
  assert.equal(aborted.length, 0);
  two.abort();
  assert.equal((await calls[1]).kind, 'aborted');
  assert.equal(aborted.length, 1);
  assert.equal((await failure(groups.get('1', { timeout: 30, retry: false }))).kind, 'timeout');
  assert.equal(aborted.length, 2);
  hang = false;
  assert.deepEqual(await groups.get('00g1'), GROUP);
});

test('a wait of the token endpoint ends with the call, and leaves no timer', async (t) => {
  const org = await orgOf(t, {
    rules: { token: () => ({ status: 503, body: {}, headers: { 'retry-after': '20' } }) },
  });
  const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const signal = AbortSignal.timeout(200);
  assert.equal((await failure(clientOf(org).groups.get('00g1', { signal }))).kind, 'aborted');
  await new Promise(setImmediate);
  const after = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  assert.ok(after <= before, `${after} timers, there were ${before}`);
});

test('a token of one org is never sent to another', async (t) => {
  const [east, west] = [await orgOf(t), await orgOf(t)];
  const auth = appOf();
  for (const org of [east, west]) await clientOf(org, { auth }).groups.get('00g1');
  for (const { seen } of [east, west]) {
    assert.equal(seen.tokens.length, 1);
    assert.ok(seen.api.every(({ isKnown }) => isKnown));
  }
});

test('clients of one service app share the rate limits of an org', async (t) => {
  const reset = String(Math.floor(Date.now() / 1000) + 30);
  const headers = {
    'x-rate-limit-limit': '100',
    'x-rate-limit-remaining': '77',
    'x-rate-limit-reset': reset,
  };
  const org = await orgOf(t, { rules: { api: () => ({ body: GROUP, headers }) } });
  const [one, two] = [clientOf(org, { auth: appOf() }), clientOf(org, { auth: appOf() })];
  const other = clientOf(org, { auth: appOf({ clientId: '0oaother' }) });
  await one.groups.get('00g1');
  assert.equal(one.rateLimits().size, 1);
  assert.deepEqual(two.rateLimits(), one.rateLimits());
  assert.equal(other.rateLimits().size, 0);
});

test('the token is asked for as the client asks, but past its middleware', async (t) => {
  const org = await orgOf(t, { rules: { token: ({ proof }) => (proof ? undefined : MISSING) } });
  const dispatcher = { name: 'proxy' };
  const inits = [];
  const passed = [];
  const client = clientOf(org, {
    userAgent: 'console/1.0',
    fetchOptions: { dispatcher },
    fetch: (url, init) => {
      inits.push([new URL(url).pathname, init]);
      const { dispatcher: _, ...rest } = init;
      return fetch(url, rest);
    },
    middleware: [
      (request, next) => {
        passed.push([request.url.pathname, ...request.headers].flat().join());
        return next();
      },
    ],
  });
  await client.groups.get('00g1');
  assert.deepEqual(
    inits.map(([path]) => path),
    ['/oauth2/v1/token', '/oauth2/v1/token', '/api/v1/groups/00g1'],
  );
  for (const [, init] of inits) {
    assert.equal(init.dispatcher, dispatcher);
    assert.deepEqual([init.redirect, init.credentials], ['manual', 'omit']);
    assert.equal(Object.getPrototypeOf(init), null);
    assert.equal(new Headers(init.headers).get('user-agent'), 'console/1.0');
  }
  assert.equal(passed.length, 1);
  assert.doesNotMatch(passed[0], /eyJ|t0ken/);
});

test('a private key is refused in a page', async (t) => {
  globalThis.document = {};
  t.after(() => delete globalThis.document);
  assert.throws(
    () => clientOf({ url: 'https://example.okta.com' }),
    /auth is a private key, which every visitor/,
  );
  clientOf({ url: 'https://example.okta.com' }, { dangerouslyAllowBrowser: true });
});

test('a client whose other options are wrong says so, whatever its auth', () => {
  for (const [options, argument] of [
    [{ fetch: 7 }, 'fetch'],
    [{ orgUrl: 'ftp://x' }, 'orgUrl'],
    [{ retry: 7 }, 'retry'],
    [{ onEvent: 7 }, 'onEvent'],
  ]) {
    for (const auth of [appOf(), session()]) {
      const make = () => new OktaGroups({ orgUrl: 'https://example.okta.com', auth, ...options });
      assert.throws(make, (error) => isOktaError(error, 'config') && error.argument === argument, argument);
    }
  }
});

test('no key, assertion, token or proof is in anything that is emitted', async (t) => {
  const secrets = new Set([RSA.privateKey.export({ format: 'jwk' }).d]);
  const emitted = [];
  const echo = ({ form, proof, headers }) =>
    refusal(
      'invalid_client',
      `Not good: ${form.client_assertion} ${headers.dpop ?? proof} ${form.client_assertion.slice(0, 90)}`,
      401,
    );
  const api = ({ headers }) => ({
    status: 400,
    body: { errorCode: 'E0000001', errorSummary: `${headers.authorization} ${headers.dpop}` },
  });
  const html = () => ({ body: `<html>${[...secrets].join(' ')}` });
  for (const rules of [{}, { token: echo }, { token: html }, { api }, { api: html }]) {
    for (const mode of [true, false]) {
      const org = await orgOf(t, { rules });
      const auth = appOf({ dpop: mode });
      const client = clientOf(org, { auth, onEvent: (event) => emitted.push(event) });
      emitted.push(auth, client, client.rateLimits());
      await client.groups
        .get('00g1')
        .withResponse()
        .then(
          (whole) => emitted.push(whole),
          (error) => emitted.push(error),
        );
      for (const { form, headers } of org.seen.tokens) {
        for (const jws of [form.client_assertion, headers.dpop ?? '']) {
          const [, claims, signature] = jws.split('.');
          if (claims) secrets.add(claims).add(signature);
        }
      }
      for (const token of org.seen.issued.keys()) secrets.add(token);
      for (const { headers } of org.seen.api) if (headers.dpop) secrets.add(headers.dpop.split('.')[2]);
    }
  }
  emitted.push(
    dpop({ token: 't0ken-user', keyPair: await pairOf() }),
    session({ xsrfToken: () => 't0ken-xsrf' }),
  );
  const shown = emitted.flatMap((thing) => [
    inspect(thing, { depth: 20, showHidden: true, getters: true }),
    JSON.stringify(thing),
    String(thing?.stack),
    String(thing),
  ]);
  assert.ok(secrets.size > 20 && emitted.length > 40, `${secrets.size} ${emitted.length}`);
  for (const text of shown) {
    for (const secret of [...secrets, 't0ken-']) assert.ok(!text?.includes(secret), text);
  }
});

for (const [where, target] of ORGS) {
  test(`a service app and a user with a key are served by the local org ${where}`, async () => {
    for (const mode of ['auto', true, false]) {
      const { groups } = new OktaGroups({ ...target(), auth: appOf({ dpop: mode }) });
      await groups.list({ limit: 2 }).first();
      assert.equal((await failure(groups.create({ name: 'x' }))).missingScope, 'okta.groups.manage');
    }
    const auth = dpop({ token: 'user-token', keyPair: await pairOf() });
    await new OktaGroups({ ...target(), auth }).groups.list({ search: 'id sw "00g"', limit: 2 }).first();
  });
}

test('a local org that knows its service apps lets in no other', async () => {
  const serviceApps = [{ clientId: CLIENT_ID, scopes: ['okta.groups.read'], dpop: true }];
  const { fetch, orgUrl } = createOrg({ serviceApps, tokens: [{ token: 'x' }] });
  const asking = (options) => new OktaGroups({ fetch, orgUrl, auth: appOf(options) }).groups.list().first();
  await asking();
  for (const [options, code] of [
    [{ clientId: '0oaother' }, 'invalid_client'],
    [{ scopes: ['okta.groups.manage'] }, 'invalid_scope'],
    [{ dpop: false }, 'invalid_dpop_proof'],
  ]) {
    assert.equal((await failure(asking(options))).code, code);
  }
});

test('errors of this entry are those of the client', async () => {
  const error = await failure((async () => serviceApp({}))());
  assert.ok(error instanceof OktaConfigError && error instanceof OktaError && error instanceof Error);
  assert.equal(error.name, 'OktaConfigError');
});

test('an auth of one’s own knows when it is waited for in vain, and its errors are told as they are', async () => {
  const signals = [];
  const hang = ({ signal }) => {
    signals.push(signal);
    return new Promise(() => {});
  };
  const patient = scripted(() => json(GROUP), { auth: { kind: 'own', authorize: hang } });
  const signal = AbortSignal.timeout(20);
  assert.equal((await failure(patient.client.groups.get('1', { signal }))).kind, 'aborted');
  assert.equal(
    (await failure(patient.client.groups.get('1', { timeout: 20, retry: false }))).kind,
    'timeout',
  );
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [true, true],
  );

  const own = await failure((async () => serviceApp({}))());
  for (const [thrown, check] of [
    [own, (error) => error === own],
    [new Error('no vault'), (error) => isOktaError(error, 'config') && error.cause.message === 'no vault'],
  ]) {
    const auth = { kind: 'own', authorize: () => Promise.reject(thrown) };
    const { client, sent } = scripted(() => json(GROUP), { auth });
    assert.ok(check(await failure(client.groups.get('00g1'))));
    assert.equal(sent.length, 0);
  }
});
