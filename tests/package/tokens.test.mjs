// Counts how often a source of tokens is called, and the cost of a token, with many calls and clients.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ssws, bearer, isOktaError } from 'okta-groups';
import { dpop, serviceApp } from 'okta-groups/auth';
import { groups, json, scripted } from './support.mjs';

const CALLS = 300;
const unauthorized = () => json({ errorCode: 'E0000011', errorSummary: 'Invalid token' }, { status: 401 });
const later = (ms = 1) => new Promise((resolve) => setTimeout(resolve, ms));

/** 300 calls at once, of which the org takes the tokens that `takes` says. */
async function crowd(source, takes) {
  const reasons = [];
  const auth = bearer(async ({ reason }) => {
    reasons.push(reason);
    return source(reasons.length);
  });
  const answer = async (url, init) => {
    await later();
    const token = new Headers(init.headers).get('authorization').replace('Bearer ', '');
    return takes(token) ? json(groups(0, 1)[0]) : unauthorized();
  };
  const { client, sent } = scripted(answer, { auth });
  const call = () => client.groups.get('00g0');
  const settled = await Promise.allSettled(Array.from({ length: CALLS }, call));
  const failed = settled.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
  return { client, sent, reasons, failed, call };
}

test('a source that hangs after its only call was aborted is asked anew by the next call', async () => {
  const signals = [];
  const auth = bearer(({ signal }) => {
    signals.push(signal);
    // The first question hears no abort.
    return signals.length === 1 ? new Promise(() => {}) : 'token';
  });
  const { client, sent } = scripted(() => json(groups(0, 1)[0]), { auth, timeout: 1000, retry: false });
  const control = new AbortController();
  const aborted = client.groups.get('00g0', { signal: control.signal });
  const rejected = assert.rejects(aborted, { kind: 'aborted' });
  await later();
  control.abort();
  await rejected;
  assert.equal(signals[0].aborted, true);
  assert.equal((await client.groups.get('00g0')).id, '00g0');
  assert.deepEqual([signals.length, signals[1].aborted, sent.length], [2, false, 1]);
});

test('a token that is refused is asked for once, and the new one serves all', async () => {
  const { reasons, failed, sent } = await crowd(
    (n) => `token-${n}`,
    (token) => token === 'token-2',
  );
  assert.deepEqual(failed, []);
  assert.deepEqual(reasons, ['first', 'unauthorized']);
  assert.ok(sent.length <= CALLS + 10, `${sent.length} requests`);
});

test('a source whose tokens are all refused is asked for another one once', async () => {
  for (const source of [(n) => `token-${n}`, () => 'the-same-token']) {
    const { reasons, failed, sent, call } = await crowd(source, () => false);
    assert.deepEqual(reasons, ['first', 'unauthorized']);
    assert.equal(failed.length, CALLS);
    assert.ok(failed.every((error) => isOktaError(error, 'unauthorized')));
    assert.ok(sent.length <= CALLS + 10, `${sent.length} requests`);
    // A call that begins later has it asked again.
    await assert.rejects(call(), { kind: 'unauthorized' });
    assert.deepEqual(reasons, ['first', 'unauthorized', 'unauthorized']);
  }
});

test('a token of the source that is good again is used by the next call', async () => {
  const { reasons, failed, call } = await crowd(
    (n) => `token-${n}`,
    (token) => token === 'token-3',
  );
  assert.deepEqual([failed.length, reasons.length], [CALLS, 2]);
  assert.equal((await call()).id, '00g0');
  assert.equal(reasons.length, 3);
});

test('a token that is about to end, or ended when it was given, is asked for once by calls that wait', async () => {
  for (const life of [-5000, 0, 20, 3000]) {
    const source = () => ({ token: 'token', expiresAt: Date.now() + life });
    const { reasons, failed, sent } = await crowd(source, () => true);
    assert.deepEqual(failed, []);
    assert.equal(sent.length, CALLS);
    // One that ended while the calls waited is asked for again.
    const most = life === 20 ? CALLS / 10 : 1;
    assert.ok(reasons.length <= most, `${life}: asked ${reasons.length} times`);
  }
});

test('a source that fails is asked once by calls that wait, and again by the next call', async () => {
  for (const wrong of [new Error('no token today'), 'b ad']) {
    const source = (n) => {
      if (n > 1) return 'token';
      if (wrong instanceof Error) throw wrong;
      return wrong;
    };
    const { reasons, failed, sent, call } = await crowd(source, () => true);
    assert.equal(failed.length, CALLS);
    assert.ok(failed.every((error) => isOktaError(error, 'config')));
    assert.equal(new Set(failed).size, CALLS, 'each call has an error of its own');
    if (wrong instanceof Error) assert.ok(failed.every(({ cause }) => cause === wrong));
    assert.deepEqual([reasons.length, sent.length], [1, 0]);
    assert.equal((await call()).id, '00g0');
    assert.equal(reasons.length, 2);
  }
});

const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
  'sign',
  'verify',
]);

test('a service app asks for a token once for calls that wait, whatever comes of it', async (t) => {
  const token = (life) => json({ token_type: 'Bearer', expires_in: life, access_token: 't0ken' });
  const group = () => json(groups(0, 1)[0]);
  for (const [answer, api, asked, fails] of [
    // The first token, and another one because of a 401; calls that begin later have it asked for again, once.
    [() => token(3600), unauthorized, [2, 3], true],
    [() => json({ error: 'invalid_scope' }, { status: 400 }), group, [1, 2], true],
    // Each token is over when it comes.
    [() => (t.mock.timers.tick(2000), token(1)), group, [1, 2], false],
  ]) {
    if (!fails) t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
    let count = 0;
    const { client } = scripted(
      async (url) => {
        await later();
        if (url.pathname !== '/oauth2/v1/token') return api();
        count++;
        return answer();
      },
      { auth: serviceApp({ clientId: '0oa1', privateKey }) },
    );
    for (const most of asked) {
      const calls = Array.from({ length: 40 }, () => client.groups.get('00g0'));
      const settled = await Promise.allSettled(calls);
      assert.equal(count, most);
      assert.ok(settled.every(({ status }) => status === (fails ? 'rejected' : 'fulfilled')));
      // Each call has an error of its own, which is told of that call.
      assert.equal(new Set(settled.map(({ reason }) => reason)).size, fails ? calls.length : 1);
    }
  }
});

test('a source of tokens that are bound to a key is asked for another one once', async () => {
  const reasons = [];
  const token = ({ reason }) => {
    reasons.push(reason);
    return `${reason}-token`;
  };
  const keyPair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  const { client } = scripted(unauthorized, { auth: dpop({ token, keyPair }) });
  await Promise.allSettled(Array.from({ length: 40 }, () => client.groups.get('00g0')));
  assert.deepEqual(reasons, ['first', 'unauthorized']);
});

test('a fixed token costs no more where many are in use, and the same one is one credential', () => {
  let derefs = 0;
  const { WeakRef: real } = globalThis;
  globalThis.WeakRef = class extends real {
    deref() {
      derefs++;
      return super.deref();
    }
  };
  try {
    const held = [];
    const work = (count) => {
      derefs = 0;
      for (let i = 0; i < count; i++) held.push(ssws(`00token-${held.length}`));
      return derefs;
    };
    work(1000);
    const [first, second] = [work(1000), work(8000)];
    assert.ok(second <= 8000 * 3 + first, `${first}, then ${second} looks for 8000`);
    derefs = 0;
    for (let i = 0; i < 1000; i++) held.push(ssws('00token-1'));
    assert.ok(derefs <= 1000, `${derefs} looks for 1000 of the same token`);
  } finally {
    globalThis.WeakRef = real;
  }
});
