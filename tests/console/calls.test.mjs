// The log of the client's calls: each request belongs to its call, with its attempts, waits and retries, and the log stays small.
import assert from 'node:assert/strict';
import test from 'node:test';

import {
  CallLog,
  Pace,
  attemptsOf,
  lastAttempt,
  passes,
  stateOf,
  tookMs,
} from '../../target/console/model.js';
import { draws } from './support.mjs';

const ORG = 'https://acme.okta.com';
const request = (id, path, attempt = 1, method = 'GET') => ({ type: 'request', id, method, path, attempt });
const response = (id, status, durationMs = 20, requestId = `r${id}`) => ({
  type: 'response',
  id,
  status,
  durationMs,
  requestId,
});
const asked = (pathAndQuery, method = 'GET', body = undefined) => ({
  method,
  url: new URL(ORG + pathAndQuery),
  body,
});

function logAt(start = 1000, kept = undefined) {
  const clock = { now: start };
  return { clock, log: new CallLog(() => clock.now, kept) };
}

test('a call keeps its query, its body, its attempts, what failed and what was waited for', () => {
  const { clock, log } = logAt();
  const wait = { type: 'throttle', id: '7', bucket: 'groups', reason: 'remaining', waitMs: 4000 };
  log.note(wait);
  clock.now = 3000;
  log.note({ ...wait, waitMs: 2000 });
  assert.equal(stateOf(log.get('7'), 3500), 'waiting');
  assert.equal(stateOf(log.get('7'), 6500), 'dropped', 'a call that ended while it waited tells no more');
  clock.now = 5000;
  log.note(request('7', '/api/v1/groups'));
  log.sent(asked('/api/v1/groups?limit=200', 'GET'))({ status: 500 });
  assert.equal(stateOf(log.get('7'), 5000), 'sent', 'the body has not ended');
  clock.now = 5050;
  log.note(response('7', 500, 50));
  log.note({ type: 'retry', id: '7', attempt: 1, delayMs: 300, error: { message: 'the org failed' } });
  log.note({ type: 'page-shrink', from: 200, to: 100, path: '/api/v1/groups' });
  assert.equal(stateOf(log.get('7'), 5100), 'waiting');
  clock.now = 5350;
  log.note(request('7', '/api/v1/groups', 2));
  log.sent(asked('/api/v1/groups?limit=100', 'GET', '{"a":1}'));
  clock.now = 5400;
  log.note(response('7', 200, 50, 'last'));
  const call = log.get('7');
  assert.deepEqual(
    call.steps.map(({ kind, number, status, bucket, until, at, from, to, retryMs }) =>
      kind === 'attempt' ? [number, status, retryMs] : kind === 'wait' ? [bucket, at, until] : [from, to],
    ),
    [
      ['groups', 1000, 5000],
      [1, 500, 300],
      [200, 100],
      [2, 200, undefined],
    ],
    'the same wait, told twice, is one wait',
  );
  assert.deepEqual(
    [call.query, call.body, attemptsOf(call), lastAttempt(call).requestId, stateOf(call, 6000), tookMs(call)],
    ['?limit=100', '{"a":1}', 2, 'last', 'answered', 4400],
  );
});

test('requests of calls that look alike are not taken for one another (2,000 random orders)', () => {
  for (let seed = 1; seed <= 2000; seed++) {
    const { int, chance, pick } = draws(seed);
    const { log } = logAt();
    const expected = new Map();
    const under = [];
    let last = 0;
    // A listener of events may begin a call: its event and its request come between those of the call around it.
    const begin = (id, attempt, depth) => {
      const query = `?n=${int(1e9)}`;
      log.note(request(id, '/api/v1/groups', attempt));
      if (depth < 3 && chance(0.2)) begin(String(++last), 1, depth + 1);
      // The listener aborted the call: no request follows.
      if (depth === 0 && chance(0.05)) return;
      under.push({ id, attempt, came: log.sent(asked(`/api/v1/groups${query}`)) });
      expected.set(id, query);
    };
    for (let step = 0; step < 30; step++) {
      if (under.length === 0 || chance(0.5)) begin(String(++last), 1, 0);
      else {
        const [{ id, attempt, came }] = under.splice(int(under.length), 1);
        const status = pick([200, 404, 500]);
        came({ status });
        log.note(response(id, status));
        if (status === 500) {
          log.note({ type: 'retry', id, attempt, delayMs: 1, error: { message: 'failed' } });
          begin(id, attempt + 1, 0);
        }
      }
    }
    for (const [id, query] of expected) assert.equal(log.get(id).query, query, `seed ${seed}, call ${id}`);
    assert.equal(log.list.length, last);
  }
});

test('a request of which nothing was told belongs to no call, and an attempt without an answer says why', () => {
  const { log } = logAt();
  log.sent(asked('/api/v1/groups?a=1'))({ status: 200 });
  assert.equal(log.list.length, 0);
  log.note(request('1', '/api/v1/groups/00g1', 1, 'PUT'));
  const came = log.sent(asked('/api/v1/groups/00g1', 'PUT', '{}'));
  came({ error: Object.assign(new Error('it was cancelled'), { name: 'AbortError' }) });
  assert.equal(lastAttempt(log.get('1')).failure, 'the call was aborted');
  assert.equal(stateOf(log.get('1'), 2000), 'failed');
  log.note(request('2', '/api/v1/groups'));
  log.sent(asked('/api/v1/groups'))({ error: new TypeError('Failed to fetch') });
  log.note({ type: 'retry', id: '2', attempt: 1, delayMs: 100, error: { message: 'no answer' } });
  assert.equal(lastAttempt(log.get('2')).failure, 'no answer', 'the client knows more of it than fetch said');
  assert.equal(stateOf(log.get('2'), 2000), 'waiting');
});

test('an attempt whose body breaks, times out or is aborted has failed, also if it is the last', () => {
  const lost = (id, reason) => ({ type: 'no-answer', id, attempt: 1, reason, durationMs: 20 });
  const failures = ['connection', 'timeout', 'too-large', 'aborted'].map((reason, at) => {
    const { log } = logAt();
    const id = String(at);
    log.note(request(id, '/api/v1/groups'));
    log.sent(asked('/api/v1/groups'))({ status: 200 });
    assert.equal(stateOf(log.get(id), 1000), 'sent');
    log.note(lost(id, reason));
    assert.equal(stateOf(log.get(id), 1000), 'failed');
    assert.ok(passes(log.get(id), { status: 'none' }));
    return lastAttempt(log.get(id)).failure;
  });
  assert.equal(new Set(failures).size, 4);
  for (const words of failures) assert.match(words, /^the \w+/);
  const { log } = logAt();
  log.note(request('1', '/api/v1/groups'));
  log.sent(asked('/api/v1/groups'))({ error: new TypeError('Failed to fetch') });
  log.note(lost('1', 'connection'));
  assert.equal(lastAttempt(log.get('1')).failure, 'Failed to fetch', 'what the browser said says more');
});

test('the log keeps the last calls, and 10,000 calls with 500 pages under way make no list that nobody asks for', () => {
  const { log } = logAt(1000, 500);
  for (let id = 1; id <= 10_000; id++) {
    log.note(request(String(id), '/api/v1/groups'));
    log.sent(asked('/api/v1/groups'));
    if (id > 500) log.note(response(String(id - 500), 200));
  }
  const { list } = log;
  assert.equal(list, log.list, 'one list for each version');
  assert.deepEqual([list.length, list[0].id, list.at(-1).id], [500, '10000', '9501']);
  log.note(response('10000', 200));
  assert.notEqual(list, log.list);
  // What ended after it was forgotten brings no call back.
  log.note(response('3', 200));
  assert.equal(log.get('3'), undefined);
  log.clear();
  assert.equal(log.list.length, 0);
});

test('ids that another client counts anew make new records', () => {
  const { log } = logAt();
  for (const query of ['?a=1', '?a=2']) {
    log.note(request('1', '/api/v1/groups'));
    log.sent(asked(`/api/v1/groups${query}`))({ status: 200 });
    log.note(response('1', 200));
  }
  assert.equal(log.list.length, 1);
  assert.deepEqual([log.list[0].query, log.list[0].steps.length], ['?a=2', 1]);
});

test('the log is filtered by method, by the status of any attempt and by the path', () => {
  const { log } = logAt();
  const call = (id, path, method, ...statuses) => {
    statuses.forEach((status, at) => {
      log.note(request(id, path, at + 1, method));
      log.sent(asked(`${path}?q=Pay`, method))(status ? { status } : { error: new Error('gone') });
      if (status) log.note(response(id, status));
    });
  };
  call('1', '/api/v1/groups', 'GET', 200);
  call('2', '/api/v1/groups', 'GET', 429, 200);
  call('3', '/api/v1/groups/00g/users/00u', 'PUT', 500);
  call('4', '/api/v1/groups', 'POST', undefined);
  call('5', '/api/v1/groups/x', 'GET', 404);
  const found = (filter) =>
    log.list
      .filter((each) => passes(each, filter))
      .map(({ id }) => id)
      .sort()
      .join();
  assert.equal(found({}), '1,2,3,4,5');
  assert.equal(found({ method: 'GET' }), '1,2,5');
  assert.equal(found({ status: 'ok' }), '1,2');
  assert.equal(found({ status: '4xx' }), '2,5');
  assert.equal(found({ status: '429' }), '2');
  assert.equal(found({ status: '5xx' }), '3');
  assert.equal(found({ status: 'none' }), '4');
  assert.equal(found({ status: 'retried' }), '2');
  assert.equal(found({ text: 'USERS', method: 'PUT' }), '3');
  assert.equal(found({ text: 'q=pay' }), '1,2,3,4,5');
});

test('the pace counts requests by second, also over gaps and a clock that goes back', () => {
  const pace = new Pace(5);
  for (const now of [10_100, 10_900, 12_000]) pace.count(now);
  assert.deepEqual(pace.series(12_999), [0, 0, 2, 0, 1]);
  assert.deepEqual(pace.series(14_000), [2, 0, 1, 0, 0]);
  pace.count(13_000);
  assert.deepEqual(pace.series(14_500), [2, 0, 1, 0, 1]);
  assert.deepEqual(pace.series(1_000_000), [0, 0, 0, 0, 0]);
});
