// Chips and expressions convert into each other without losing a part of the expression.
import assert from 'node:assert/strict';
import test from 'node:test';
import { matches } from 'okta-groups';
import {
  chipsOf,
  countTest,
  counting,
  fromExpression,
  isDay,
  isUnconditional,
  normal,
  readExpression,
  searched,
  toExpression,
  toRecord,
  toRow,
} from '../../target/console/model.js';
import { draws, group, means } from './support.mjs';

const DAYS = ['1999-12-31', '2024-02-29', '2025-11-30', '2026-01-01'];

function anyConditions({ chance, pick, text, int }) {
  return {
    ...(chance(0.4) && { text: text() }),
    ...(chance(0.3) && { startsWith: text() }),
    ...(chance(0.4) && {
      types: Array.from({ length: int(4) }, () => pick(['OKTA_GROUP', 'APP_GROUP', 'BUILT_IN'])),
    }),
    ...(chance(0.3) && { sources: Array.from({ length: int(4) }, () => pick(['0oa1', '0oa2', text()])) }),
    ...(chance(0.3) && { stale: pick(DAYS) }),
    ...(chance(0.4) && {
      created: { ...(chance(0.5) && { from: pick(DAYS) }), ...(chance(0.5) && { to: pick(DAYS) }) },
    }),
    ...(chance(0.3) && { empty: true }),
    ...(chance(0.3) && {
      size: { ...(chance(0.5) && { min: int(5) }), ...(chance(0.5) && { max: int(5) }) },
    }),
  };
}

test('each chip is an expression that Okta documents', () => {
  const cases = [
    [{ text: 'R&D "West"' }, 'profile.name co "R&D \\"West\\"" or profile.description co "R&D \\"West\\""'],
    [{ startsWith: 'Sales' }, 'profile.name sw "Sales"'],
    [{ types: ['BUILT_IN', 'APP_GROUP'] }, 'type eq "APP_GROUP" or type eq "BUILT_IN"'],
    [{ sources: ['0oa1'] }, 'source.id eq "0oa1"'],
    [
      { stale: '2025-11-30' },
      'lastUpdated lt "2025-11-30T00:00:00.000Z" and lastMembershipUpdated lt "2025-11-30T00:00:00.000Z"',
    ],
    [
      { created: { from: '2024-02-29', to: '2024-02-29' } },
      'created gt "2024-02-28T23:59:59.999Z" and created lt "2024-03-01T00:00:00.000Z"',
    ],
    [{ empty: true, size: { max: 3 } }, undefined],
    [{}, undefined],
    [
      { text: 'a', types: ['APP_GROUP'], empty: true },
      '(profile.name co "a" or profile.description co "a") and type eq "APP_GROUP"',
    ],
  ];
  for (const [conditions, expected] of cases) {
    const text = toExpression(conditions);
    assert.equal(text, expected);
    if (text !== undefined) assert.deepEqual(readExpression(text).warnings, [], text);
  }
});

test('chips → text → chips gives the same chips (1,500 random sets)', () => {
  for (let seed = 1; seed <= 1500; seed++) {
    const conditions = anyConditions(draws(seed));
    const text = toExpression(conditions) ?? '';
    const back = fromExpression(text);
    assert.deepEqual(back, { conditions: searched(conditions) }, `seed ${seed}: ${text}`);
    assert.equal(toExpression(back.conditions) ?? '', text);
    assert.deepEqual(normal({ ...back.conditions, ...counting(conditions) }), normal(conditions));
  }
});

test('chips read an expression whose terms stand in any order', () => {
  for (const text of [
    'type eq "BUILT_IN" or type eq "APP_GROUP"',
    'type eq "APP_GROUP" and (profile.description co "a" or profile.name co "a")',
    'lastMembershipUpdated lt "2025-11-30T00:00:00.000Z" AND lastUpdated LT "2025-11-30T00:00:00.000Z"',
  ])
    assert.ok(fromExpression(text).conditions, text);
});

test('an expression that chips cannot show stays the text that it is', () => {
  for (const text of [
    'profile.name co "a"',
    'profile.name co "a" or profile.description co "b"',
    'profile.name co "a" or type eq "APP_GROUP"',
    'profile.name sw "a" and profile.name sw "b"',
    'type eq "A" and type eq "B"',
    'lastUpdated lt "2025-11-30T00:00:00.000Z"',
    'lastUpdated lt "2025-11-30T00:00:00.000Z" and lastMembershipUpdated lt "2025-11-29T00:00:00.000Z"',
    'lastUpdated lt "2025-11-30T00:00:00.001Z" and lastMembershipUpdated lt "2025-11-30T00:00:00.001Z"',
    'created gt "2024-02-28T00:00:00.000Z"',
    'created lt "yesterday"',
    'created gt "2024-02-28T23:59:59.999Z" and created gt "2024-03-28T23:59:59.999Z"',
    'not type eq "APP_GROUP"',
    'type pr',
    'type eq true',
    'profile.name sw ""',
    'profile.costCenter eq "42"',
    ' profile.costCenter  eq  "42" ',
    'type eq "APP_GROUP" and profile.costCenter eq "42"',
  ])
    assert.deepEqual(fromExpression(text), { text }, text);
});

test('no expression loses anything (3,000 random joins of terms)', () => {
  const TERMS = [
    'profile.name co "a"',
    'profile.description co "a"',
    'profile.name sw "b"',
    'type eq "APP_GROUP"',
    'type eq "BUILT_IN"',
    'source.id eq "0oa1"',
    'lastUpdated lt "2025-11-30T00:00:00.000Z"',
    'lastMembershipUpdated lt "2025-11-30T00:00:00.000Z"',
    'created gt "2024-02-28T23:59:59.999Z"',
    'created lt "2024-03-01T00:00:00.000Z"',
    'id sw "00g"',
  ];
  const records = [1, 2, 3, 4].map((at) =>
    group(at, {
      name: ['a', 'b', 'ab', 'c'][at - 1],
      type: at % 2 ? 'APP_GROUP' : 'BUILT_IN',
      source: '0oa1',
      created: '2024-02-29T12:00:00.000Z',
    }),
  );
  for (let seed = 1; seed <= 3000; seed++) {
    const { int, pick, chance } = draws(seed);
    const join = (depth) =>
      Array.from({ length: 1 + int(3) }, () =>
        depth > 0 && chance(0.4) ? `(${join(depth - 1)})` : pick(TERMS),
      ).join(pick([' and ', ' or ']));
    const text = join(2);
    const { conditions } = fromExpression(text);
    if (!conditions) continue;
    for (const record of records)
      assert.equal(matches(text, record), matches(toExpression(conditions), record), text);
  }
});

test('a fault has its place; an empty text is no condition', () => {
  const { text, fault } = fromExpression('profile.name sw "');
  assert.equal(text, 'profile.name sw "');
  assert.equal(fault.position, 17);
  assert.ok(fault.expected.length > 0);
  assert.deepEqual(fromExpression('  \n'), { conditions: {} });
  assert.equal(readExpression('profile.name co').fault.found, 'end of expression');
  const { warnings } = readExpression('profile.name ew "x"');
  assert.equal(warnings.length, 1);
  assert.equal(warnings[0].reason, 'operator');
});

test('an expression takes the rows that the chips mean (3,000 random conditions)', () => {
  for (let seed = 1; seed <= 3000; seed++) {
    const random = draws(seed);
    const { pick, chance } = random;
    const conditions = searched(anyConditions(random));
    // Compared where case is plain: the core folds a final sigma and the like by itself.
    const plain = JSON.stringify(conditions).replace(/\\u0000|[^\u0020-\u007e]|\u0131|\u0130/g, '');
    const { text = 'a', startsWith = 'b', ...rest } = JSON.parse(plain);
    const name = chance(0.5) ? `x${text}y` : `${startsWith.toUpperCase()} z`;
    const description = pick([null, '', text.toUpperCase(), 'other']);
    const created = pick([
      '1999-12-31T23:59:59.999Z',
      '2024-02-29T00:00:00.000Z',
      '2025-11-29T23:59:59.999Z',
      '2026-01-02T00:00:00.000Z',
    ]);
    const from = group(1, {
      name,
      description,
      created,
      type: pick(['OKTA_GROUP', 'APP_GROUP']),
      source: pick([undefined, '0oa1', '0OA2']),
      lastUpdated: created,
    });
    const row = toRow({ ...from, lastMembershipUpdated: pick([created, '2025-11-30T00:00:00.000Z']) });
    const given = { ...rest, ...(conditions.text && { text }), ...(conditions.startsWith && { startsWith }) };
    const expression = toExpression(given);
    const expected = expression === undefined || matches(expression, toRecord(row));
    assert.equal(means(given)(row), expected, `seed ${seed}: ${expression}`);
  }
});

test('counts are conditions over rows; a row without counts passes none', () => {
  const row = (users) => toRow(group(1, { users }));
  const passes = (conditions) =>
    [0, 1, 2, 9, 10, undefined].map((users) => countTest(conditions)(row(users)));
  assert.equal(countTest({ text: 'a' }), undefined);
  assert.deepEqual(passes({ empty: true }), [true, false, false, false, false, false]);
  assert.deepEqual(passes({ size: { min: 2, max: 9 } }), [false, false, true, true, false, false]);
  assert.deepEqual(passes({ size: { max: 1 } }), [true, true, false, false, false, false]);
  assert.deepEqual(passes({ empty: true, size: { min: 1 } }), [false, false, false, false, false, false]);
  assert.equal(countTest({ size: { min: 0 } }), undefined, 'any size is no condition');
});

test('chips have words, and take away their own condition only', () => {
  const conditions = {
    text: 'legal',
    startsWith: 'T',
    types: ['APP_GROUP', 'OKTA_GROUP'],
    sources: ['0oa1', '0oa2'],
    stale: '2025-11-30',
    created: { from: '2025-01-01' },
    empty: true,
    size: { min: 2, max: 9 },
  };
  const chips = chipsOf(conditions, new Map([['0oa1', 'HR']]));
  assert.deepEqual(
    chips.map(({ label }) => label),
    [
      'Contains “legal”',
      'Name starts with “T”',
      'Type: App or Okta',
      'Source: HR or 0oa2',
      'Not changed since Nov 30, 2025',
      'Created since Jan 1, 2025',
      'No members',
      '2 to 9 members',
    ],
  );
  assert.deepEqual(
    chips.filter(({ isPartial }) => isPartial).map(({ key }) => key),
    ['empty', 'size'],
  );
  for (const { key, without } of chips) {
    assert.ok(!(key in without));
    assert.equal(Object.keys(without).length, 7);
  }
  assert.equal(chipsOf({ text: 'a\u202e ' })[0].label, 'Contains “a⟨RLO⟩␠”');
  const labels = (size) => chipsOf({ size })[0].label;
  assert.deepEqual([{ min: 1 }, { max: 1 }, { min: 1, max: 1 }, { min: 1000 }].map(labels), [
    '1 member or more',
    'At most 1 member',
    '1 member',
    '1,000 members or more',
  ]);
});

test('an empty condition is left out', () => {
  assert.deepEqual(
    normal({
      text: '',
      startsWith: undefined,
      types: [],
      sources: [''],
      stale: 'yesterday',
      created: { from: '2025-02-30' },
      empty: false,
      size: { min: 0, max: -1 },
    }),
    {},
  );
  assert.ok(isUnconditional({ types: [] }));
  for (const text of ['2025-11-31', '2025-1-1', '1899-12-31', '3000-01-01', '', null, 20250101])
    assert.ok(!isDay(text), String(text));
  assert.ok(isDay('2024-02-29') && !isDay('2025-02-29'));
});
