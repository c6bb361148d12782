// Waits of the client under fake timers, whichever of `setTimeout`, `Date` and `performance` a test replaces, and when.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { groups, json, scripted } from './support.mjs';

const real = { setTimeout, clearTimeout, Date, now: performance.now };

/** Timers of a fake clock, as fake-timer libraries make them: `install` says what of the platform they replace. */
function fakeTimers({ install, startsAt = 0 }) {
  const timers = new Map();
  const state = { at: startsAt, fired: 0 };
  let last = 0;
  if (install.includes('setTimeout')) {
    globalThis.setTimeout = (callback, ms = 0, ...rest) => {
      timers.set(++last, { at: state.at + Math.max(1, ms), run: () => callback(...rest) });
      const id = last;
      return { id, unref() {}, ref() {}, [Symbol.toPrimitive]: () => id };
    };
    globalThis.clearTimeout = (timer) => void timers.delete(Number(timer));
  }
  if (install.includes('Date')) {
    globalThis.Date = class extends real.Date {
      constructor(...rest) {
        super(...(rest.length ? rest : [1_757_607_710_000 + state.at]));
      }
      static now() {
        return 1_757_607_710_000 + state.at;
      }
    };
  }
  if (install.includes('performance')) performance.now = () => state.at;
  /** Lets `ms` of the fake clock pass; what becomes due fires in order, and the microtasks of each run. */
  const tick = async (ms) => {
    const until = state.at + ms;
    for (;;) {
      for (let i = 0; i < 50; i++) await null;
      await new Promise((resolve) => setImmediate(resolve));
      const [id, next] =
        [...timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
      if (!next) break;
      timers.delete(id);
      state.at = Math.max(state.at, next.at);
      state.fired++;
      assert.ok(state.fired < 500, 'a wait is begun again and again');
      next.run();
    }
    state.at = until;
  };
  return { tick, state };
}

afterEach(() => {
  Object.assign(globalThis, {
    setTimeout: real.setTimeout,
    clearTimeout: real.clearTimeout,
    Date: real.Date,
  });
  performance.now = real.now;
});

const FAKES = [
  ['setTimeout'],
  ['setTimeout', 'Date'],
  ['setTimeout', 'performance'],
  ['setTimeout', 'Date', 'performance'],
];

/** A 429 of a window of a minute, then answers. */
function limitedOnce() {
  let until;
  return (url, init, n) => {
    until ??= Math.floor(real.Date.now() / 1000) + 40;
    const headers = { 'x-rate-limit-limit': '60', 'x-rate-limit-reset': String(until) };
    if (n === 1)
      return json(
        { errorCode: 'E0000047' },
        { status: 429, headers: { ...headers, 'x-rate-limit-remaining': '0' } },
      );
    return json(groups(0, 1)[0], {
      headers: { ...headers, 'x-rate-limit-reset': String(until + 60), 'x-rate-limit-remaining': '59' },
    });
  };
}

for (const install of FAKES) {
  const name = install.join(' and ');

  test(`a rate limit is waited out by fake timers of ${name}, installed before the client and after`, async () => {
    for (const isBefore of [true, false]) {
      let fake = isBefore && fakeTimers({ install });
      const { client, sent } = scripted(limitedOnce());
      fake ||= fakeTimers({ install });
      let group;
      client.groups.get('00g0').then((found) => (group = found));
      await fake.tick(62_000);
      assert.equal(group?.id, '00g0', 'the wait ended');
      assert.equal(sent.length, 2);
      assert.ok(fake.state.fired < 20, `${fake.state.fired} timers`);
    }
  });

  test(`an attempt times out and backs off by fake timers of ${name}`, async () => {
    const fake = fakeTimers({ install });
    const { client, sent } = scripted(() => new Promise(() => {}), { timeout: 1000, totalTimeout: 10_000 });
    let failed;
    client.groups.get('00g0').catch((error) => (failed = error));
    await fake.tick(11_000);
    assert.equal(failed?.kind, 'timeout');
    assert.ok(sent.length > 1 && sent.length <= 4, `${sent.length} attempts`);
    assert.ok(fake.state.fired < 20, `${fake.state.fired} timers`);
  });
}

test('a wait ends where only the clock is fake and stands still', async () => {
  fakeTimers({ install: ['performance', 'Date'] });
  const busy = () => json({ errorCode: 'E0000009' }, { status: 500 });
  const answer = (url, init, n) => (n === 1 ? busy() : json(groups(0, 1)[0]));
  const { client, sent } = scripted(answer, { retry: { baseDelay: 300, maxDelay: 300 } });
  assert.equal((await client.groups.get('00g0')).id, '00g0');
  assert.equal(sent.length, 2);
});

test('a fake clock that begins at zero, and is taken away again, does not hold up a later wait', async () => {
  const { client, sent } = scripted(limitedOnce());
  const fake = fakeTimers({ install: ['setTimeout', 'Date', 'performance'] });
  let count = 0;
  client.groups.get('00g0').then(() => count++);
  await fake.tick(62_000);
  Object.assign(globalThis, {
    setTimeout: real.setTimeout,
    clearTimeout: real.clearTimeout,
    Date: real.Date,
  });
  performance.now = real.now;
  await client.groups.get('00g0');
  assert.deepEqual([count, sent.length], [1, 3]);
});
