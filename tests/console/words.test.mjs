// Times, numbers and estimates in words; requests as commands.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import {
  ago,
  bytesText,
  counted,
  curlOf,
  duration,
  estimate,
  estimateText,
  grouped,
  pagesNow,
  readOn,
  share,
  shellQuoted,
} from '../../target/console/model.js';
import { draws } from './support.mjs';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

test('counts have separators and the right form of their word', () => {
  assert.equal(grouped(12_300, 'en'), '12,300');
  assert.deepEqual(
    [0, 1, 2, 12_300].map((count) => counted(count, 'group', undefined, 'en')),
    ['0 groups', '1 group', '2 groups', '12,300 groups'],
  );
  assert.equal(counted(2, 'person', 'people'), '2 people');
  assert.deepEqual(
    [
      [0, 5],
      [5, 5],
      [1, 1000],
      [999, 1000],
      [1, 3],
      [0, 0],
    ].map(([part, whole]) => share(part, whole)),
    ['0 %', '100 %', 'under 1 %', 'over 99 %', '33 %', undefined],
  );
  assert.deepEqual([1, 999, 1000, 9940, 9960, 340_000, 999_600, 1.2e6, 5e15].map(bytesText), [
    '1 byte',
    '999 bytes',
    '1.0 KB',
    '9.9 KB',
    '10 KB',
    '340 KB',
    '1.0 MB',
    '1.2 MB',
    '5000 TB',
  ]);
});

test('times are told by how long ago they were', () => {
  const now = Date.UTC(2026, 10, 30);
  const said = (ms) => ago(now - ms, now);
  assert.deepEqual(
    [
      0,
      59_999,
      MINUTE,
      119_999,
      60 * MINUTE,
      DAY,
      59 * DAY,
      60 * DAY,
      400 * DAY,
      730 * DAY,
      731 * DAY,
      4000 * DAY,
    ].map(said),
    [
      'just now',
      'just now',
      '1 minute ago',
      '1 minute ago',
      '1 hour ago',
      '1 day ago',
      '59 days ago',
      '1 month ago',
      '13 months ago',
      '23 months ago',
      '2 years ago',
      '10 years ago',
    ],
  );
  assert.equal(said(-5 * MINUTE), 'in 5 minutes');
  assert.equal(ago(NaN, now), '');
});

test('waits are rounded up', () => {
  assert.deepEqual(
    [
      0,
      999,
      1000,
      1001,
      89_000,
      89_001,
      241_000,
      300_000,
      601_000,
      90 * MINUTE - 1,
      90 * MINUTE,
      120 * MINUTE,
      48 * 60 * MINUTE,
    ].map(duration),
    [
      'under a second',
      'under a second',
      '1 s',
      '2 s',
      '89 s',
      '1 min 30 s',
      '4 min 10 s',
      '5 min',
      '11 min',
      '1 h 30 min',
      '1 h 30 min',
      '2 h',
      '2 days',
    ],
  );
});

test('an estimate is the time that the rate limit takes', () => {
  const bucket = { limit: 500, remaining: 500, resetsInMs: MINUTE };
  assert.deepEqual(estimate(86, { bucket, paceMs: 100 }), { requests: 86, ms: 8600 });
  // 450 now, 450 in the next window, 100 in the one after it.
  assert.equal(estimate(1000, { bucket, paceMs: 10 }).ms, 2 * MINUTE + 100 * 10);
  assert.equal(
    estimate(10, { bucket: { ...bucket, remaining: 50, resetsInMs: 20_000 }, paceMs: 10 }).ms,
    20_000 + 100,
  );
  assert.equal(
    estimate(10, { bucket: { ...bucket, remaining: 0, resetsInMs: 0 }, paceMs: 10 }).ms,
    100,
    'a window that is over is a new one',
  );
  assert.equal(
    estimate(460, { bucket: { ...bucket, remaining: 0, resetsInMs: 0 }, paceMs: 10 }).ms,
    MINUTE + 100,
    'and the window after it is a minute later',
  );
  assert.equal(estimate(10, { paceMs: 10 }).ms, 100);
  assert.equal(estimate(0, { bucket }).ms, 0);
  assert.equal(estimateText({ requests: 86, ms: 39_500 }), 'about 40 s, 86 requests');
  assert.equal(estimateText({ requests: 1, ms: 5 }), 'about under a second, 1 request');
});

test('a thousand writes at 250 a minute take four minutes, within a tenth', () => {
  const { ms } = estimate(1000, { bucket: { limit: 250, remaining: 250, resetsInMs: MINUTE }, paceMs: 20 });
  assert.ok(Math.abs(ms - 4 * MINUTE) <= 0.4 * MINUTE, `${ms}`);
});

test('an estimate is never shorter for more requests, or with less left', () => {
  for (let seed = 1; seed <= 500; seed++) {
    const { int } = draws(seed);
    const limit = 1 + int(600);
    const bucket = { limit, remaining: int(limit + 1), resetsInMs: int(MINUTE) };
    const requests = int(3000);
    const { ms } = estimate(requests, { bucket, paceMs: 50 });
    assert.ok(ms >= requests * 50 && Number.isFinite(ms), `seed ${seed}`);
    assert.ok(estimate(requests + 1, { bucket, paceMs: 50 }).ms >= ms, `seed ${seed}`);
    const less = {
      ...bucket,
      remaining: Math.max(0, bucket.remaining - 1),
      resetsInMs: bucket.resetsInMs || 1,
    };
    if (bucket.resetsInMs > 0)
      assert.ok(estimate(requests, { bucket: less, paceMs: 50 }).ms >= ms, `seed ${seed}`);
  }
});

test('reading on costs a request a page, and stops at the reserve', () => {
  assert.deepEqual(readOn(12_300, 29_500, { paceMs: 100 }), { requests: 86, ms: 8600, isAll: true });
  assert.equal(readOn(10, 5).requests, 0);
  const bucket = { limit: 500, remaining: 60, resetsInMs: 1000 };
  assert.equal(pagesNow(bucket), 10);
  assert.equal(pagesNow({ ...bucket, remaining: 50 }), 0);
  assert.equal(pagesNow({ ...bucket, remaining: 0, resetsInMs: 0 }), 450);
  assert.equal(pagesNow(undefined), 1);
  // Nobody knows how long the list is: as far as this window goes, else as far as the next one goes, after its start.
  assert.deepEqual(readOn(200, undefined, { bucket, paceMs: 100 }), { requests: 10, ms: 1000, isAll: false });
  const none = { ...bucket, remaining: 50, resetsInMs: 20_000 };
  assert.deepEqual(readOn(200, undefined, { bucket: none, paceMs: 10 }), {
    requests: 450,
    ms: 24_500,
    isAll: false,
  });
  assert.deepEqual(readOn(200, undefined, { paceMs: 100 }), { requests: 1, ms: 100, isAll: false });
});

/** The words that a POSIX shell makes of a command. */
function words(command) {
  const script = `curl() { for word in "$@"; do printf '%s\\0' "$word"; done; }\n${command}\n`;
  return execFileSync('/bin/sh', ['-c', script], { env: { TOKEN: '00secret' } })
    .toString()
    .split('\0')
    .slice(0, -1);
}

test('a request is a command whose words are the request, with the token of the shell', () => {
  const body = JSON.stringify({ profile: { name: `it's "$TOKEN" \`id\` \\ !! \n` } });
  const command = curlOf(
    { method: 'POST', path: "/api/v1/groups?search=a%20b[1]{2}&x='y'", body },
    'https://acme.okta.com/',
  );
  assert.deepEqual(words(command), [
    '--request',
    'POST',
    '--header',
    'Authorization: SSWS 00secret',
    '--header',
    'Accept: application/json',
    '--header',
    'Content-Type: application/json',
    '--data-raw',
    body,
    '--globoff',
    '--url',
    "https://acme.okta.com/api/v1/groups?search=a%20b[1]{2}&x='y'",
  ]);
  assert.ok(!command.includes('00secret'));
  assert.deepEqual(
    words(curlOf({ method: 'GET', path: 'api/v1/groups' }, 'https://acme.okta.com', 'Bearer')).slice(0, 2),
    ['--header', 'Authorization: Bearer 00secret'],
  );
});

test('any text is one word of the shell (60 random ones)', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const text = draws(seed)
      .text(30)
      .replaceAll('\0', '')
      .replace(/[\ud800-\udfff]/gu, '');
    assert.deepEqual(words(`curl ${shellQuoted(text)}`), [text], `seed ${seed}`);
  }
});

test('what a terminal would obey is escaped in the command', () => {
  const command = curlOf(
    { method: 'POST', path: '/a\u202eb\u001b', body: JSON.stringify({ name: 'a\u202eb\u0085' }) },
    'https://acme.okta.com',
  );
  assert.doesNotMatch(command, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  assert.ok(command.includes('"a\\u202eb\\u0085"'));
});
