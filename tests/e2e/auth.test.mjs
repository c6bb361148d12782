// `okta-groups/auth` in a real page: keys that cannot leave it, and the cookies of the signed-in user.
import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';

import { CANARY, open, org, page } from './package-page.mjs';

const decoded = (part) => JSON.parse(Buffer.from(part, 'base64url').toString());
const sha256 = (text) => createHash('sha256').update(text).digest('base64url');

/** The public key and the claims of a proof (RFC 9449) whose signature holds. */
function proved(jws) {
  const [header, claims, signature] = jws.split('.');
  const { typ, alg, jwk } = decoded(header);
  assert.deepEqual([typ, jwk.d], ['dpop+jwt', undefined]);
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const how = { ES256: { key, dsaEncoding: 'ieee-p1363' }, RS256: key }[alg];
  assert.ok(verify('sha256', Buffer.from(`${header}.${claims}`), how, Buffer.from(signature, 'base64url')));
  return { jwk, ...decoded(claims) };
}

/** An org that binds tokens to keys and asks for a nonce; `proofs` are those that came. Pages may read `exposed`. */
async function bindingOrg(exposed) {
  const proofs = [];
  const wrong = [];
  const check = ({ origin, pathname }, { method, headers }) => {
    const proof = proved(headers.dpop);
    assert.deepEqual([proof.htm, proof.htu], [method, origin + pathname]);
    assert.deepEqual([headers.authorization, proof.ath], [`DPoP ${CANARY}`, sha256(CANARY)]);
    assert.ok(Math.abs(proof.iat * 1000 - Date.now()) < 5000, 'made now');
    assert.ok(!proofs.some(({ jti }) => jti === proof.jti), 'made for this request');
    proofs.push(proof);
    return proof;
  };
  const expose = { 'Access-Control-Expose-Headers': exposed };
  const answer = (url, response, request) => {
    try {
      if (check(url, request).nonce !== 'n1') {
        const challenge = { 'WWW-Authenticate': 'DPoP error="use_dpop_nonce"', 'DPoP-Nonce': 'n1' };
        open(response, 401, { ...expose, ...challenge }).end('{"errorCode":"E0000011"}');
        return;
      }
      const after = Number(url.searchParams.get('after') ?? 0);
      const [link, place] = after < 2 ? ['next', after + 1] : ['self', after];
      const Link = `<${url.origin}/api/v1/groups?after=${place}&limit=1>; rel="${link}"`;
      open(response, 200, { ...expose, Link }).end(JSON.stringify([{ id: `00g${after}` }]));
    } catch (error) {
      wrong.push(error);
      open(response, 400).end('{}');
    }
  };
  const allow = {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Headers': 'authorization, dpop',
  };
  return { ...(await org(answer, allow)), proofs, wrong };
}

async function boundList({ OktaGroups }, { orgUrl, token, algorithm }) {
  const { dpop } = await import('/pkg/auth.js');
  const bytes = algorithm.publicExponent && { publicExponent: new Uint8Array(algorithm.publicExponent) };
  const keyPair = await crypto.subtle.generateKey({ ...algorithm, ...bytes }, false, ['sign', 'verify']);
  const client = new OktaGroups({ orgUrl, auth: dpop({ token, keyPair }) });
  const ids = [];
  for await (const { id } of client.groups.list({ limit: 1 })) ids.push(id);
  const leaves = (key) => crypto.subtle.exportKey('jwk', key).catch(() => undefined);
  return { ids, secret: await leaves(keyPair.privateKey), jwk: await leaves(keyPair.publicKey) };
}

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' };
const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: [1, 0, 1],
};

for (const [alg, algorithm] of [
  ['ES256', ECDSA],
  ['RS256', RSA],
]) {
  test(`a token that is bound to a key lists groups, each request with its own ${alg} proof`, async (t) => {
    const { run } = await page(t, { refusals: [401] });
    const { url, proofs, wrong } = await bindingOrg('Link, DPoP-Nonce, WWW-Authenticate');
    const { ids, secret, jwk } = await run(boundList, { orgUrl: url, token: CANARY, algorithm });
    assert.deepEqual(wrong, []);
    assert.deepEqual(ids, ['00g0', '00g1', '00g2']);
    assert.equal(secret, undefined, 'the key does not leave the page');
    for (const proof of proofs)
      for (const [name, value] of Object.entries(proof.jwk)) assert.equal(value, jwk[name]);
    assert.deepEqual(
      proofs.map(({ nonce }) => nonce),
      [undefined, 'n1', 'n1', 'n1'],
      'the nonce is asked for once',
    );
  });
}

test('where the org hides its nonce from pages, the error is that of the org', async (t) => {
  const { run } = await page(t, { refusals: [401] });
  const { url, proofs, wrong } = await bindingOrg('Link');
  const error = await run(boundList, { orgUrl: url, token: CANARY, algorithm: ECDSA });
  assert.deepEqual([error.failed, error.code, proofs.length, wrong], ['unauthorized', 'E0000011', 1, []]);
});

async function signedIn({ OktaGroups, bearer, isOktaError }, { orgUrl, xsrfToken, token }) {
  const { session } = await import('/pkg/auth.js');
  const options = xsrfToken === undefined ? {} : { xsrfToken: async () => xsrfToken };
  const { groups } = new OktaGroups({ orgUrl: orgUrl ?? location.origin, auth: session(options) });
  const listed = (await groups.list()).items.map((group) => group.id);
  const { id } = await groups.create({ name: 'West' });
  await groups.delete(id);
  const ended = await groups.get('00gEnded').catch((error) => isOktaError(error, 'forbidden') && error.code);
  const others = new OktaGroups({ orgUrl: orgUrl ?? location.origin, auth: bearer(token) });
  await others.groups.list().first();
  return { listed, id, ended };
}

/** An org that knows its admin by a cookie, which `requests` tells of, and answers pages as `allowed` says. */
function cookieOrg(allowed = () => ({})) {
  const requests = [];
  const api = ({ method, url, headers }, response) => {
    const { cookie, authorization } = headers;
    requests.push([method, cookie, authorization?.split(' ')[0], headers['x-okta-xsrftoken']]);
    const json = (status, body) =>
      response
        .writeHead(status, { 'Content-Type': 'application/json', ...allowed(headers) })
        .end(JSON.stringify(body));
    if (url.endsWith('/00gEnded'))
      return json(403, { errorCode: 'E0000005', errorSummary: 'Invalid session' });
    if (method === 'DELETE') return response.writeHead(204, allowed(headers)).end();
    return json(200, method === 'GET' ? [{ id: '00g1' }] : { id: '00g2' });
  };
  return { api, requests };
}

const SIGNED_IN = { 'Set-Cookie': `sid=${CANARY}; HttpOnly; SameSite=Lax` };
const COOKIE = `sid=${CANARY}`;
const ASKED = [
  ['GET', COOKIE, undefined, undefined],
  ['POST', COOKIE, undefined, 'xsrf-1'],
  ['DELETE', COOKIE, undefined, 'xsrf-1'],
  ['GET', COOKIE, undefined, undefined],
];

test('a page of the org itself uses the session of who is signed in there', async (t) => {
  const { api, requests } = cookieOrg();
  const html = '<!doctype html><span id="_xsrfToken" hidden> xsrf-1 </span>';
  const { run } = await page(t, { api, texts: { '/': html }, headers: SIGNED_IN, refusals: [403] });
  const told = await run(signedIn, { token: CANARY });
  assert.deepEqual(told, { listed: ['00g1'], id: '00g2', ended: 'E0000005' });
  assert.deepEqual(requests, [...ASKED, ['GET', undefined, 'Bearer', undefined]], 'and no other auth does');
});

test('a page that the org trusts uses it from another origin, with the token that it is given', async (t) => {
  const allowed = ({ origin }) => ({
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
  });
  const { api, requests } = cookieOrg(allowed);
  const { run, url: origin } = await page(t, { headers: SIGNED_IN, refusals: [403] });
  const { url } = await org((_, response, request) => api(request, response), {
    ...allowed({ origin }),
    'Access-Control-Allow-Methods': 'GET, POST, DELETE',
    'Access-Control-Allow-Headers': 'authorization, content-type, x-okta-xsrftoken',
  });
  const told = await run(signedIn, { orgUrl: url, xsrfToken: 'xsrf-1', token: CANARY });
  assert.deepEqual(told, { listed: ['00g1'], id: '00g2', ended: 'E0000005' });
  assert.deepEqual(requests, [...ASKED, ['GET', undefined, 'Bearer', undefined]]);
});
