// Expressions: built, read, checked and evaluated in JavaScript by the same code as in Rust and in the local org.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import test from 'node:test';
import {
  OktaExpressionError,
  OktaGroups,
  and,
  between,
  check,
  co,
  compile,
  eq,
  ew,
  expr,
  fromJSON,
  ge,
  gt,
  isOktaError,
  le,
  lt,
  matches,
  ne,
  not,
  oneOf,
  or,
  parse,
  pr,
  sw,
  bearer,
} from 'okta-groups';
import { createOrg } from 'okta-groups/emulator';
import { failure, json, scripted, sharedLines } from './support.mjs';

test('what an object throws as it is read is thrown on, and harms nothing else', () => {
  const mine = new Error('mine');
  const throwing = {
    get name() {
      throw mine;
    },
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const byName = compile('profile.name eq "a"');
  assert.throws(() => byName({ profile: throwing }), mine);
  assert.throws(() => byName({ profile: proxy }), TypeError);
  assert.throws(() => byName(proxy), TypeError);
  assert.throws(
    () => compile('profile.tags eq "a" or profile.name pr')({ profile: { tags: proxy } }),
    TypeError,
  );
  assert.equal(byName({ profile: { name: 'a' } }), true);
});

test('expressions are built and print as their text', () => {
  for (const [built, text] of [
    [eq('type', 'OKTA_GROUP'), 'type eq "OKTA_GROUP"'],
    [sw('profile.name', 'R&D "West"\\'), 'profile.name sw "R&D \\"West\\"\\\\"'],
    [co('profile.description', 'ああ'), 'profile.description co "ああ"'],
    [ew('profile.name', '\n\u0001'), 'profile.name ew "\\n\\u0001"'],
    [
      gt('lastUpdated', new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 6))),
      'lastUpdated gt "2026-01-02T03:04:05.006Z"',
    ],
    [ge('profile.weight', 1.5), 'profile.weight ge 1.5'],
    [lt('profile.weight', -1e21), 'profile.weight lt -1e+21'],
    [le('profile.cost', 4711), 'profile.cost le 4711'],
    [eq('profile.restricted', true), 'profile.restricted eq true'],
    [pr('source.id'), 'source.id pr'],
    [ne('profile.name', 'x'), 'profile.name lt "x" or profile.name gt "x"'],
    [ne('profile.restricted', true), 'profile.restricted eq false'],
    [between('profile.cost', 1, 2), 'profile.cost ge 1 and profile.cost le 2'],
    [oneOf('id', ['a', 'b']), 'id eq "a" or id eq "b"'],
    [and(pr('a'), or(pr('b'), pr('c')), not(pr('d'))), 'a pr and (b pr or c pr) and not (d pr)'],
    [or(and(pr('a'), pr('b')), pr('c')), 'a pr and b pr or c pr'],
    [and(false, pr('a'), null, undefined, '', 0), 'a pr'],
    [
      expr`type eq ${'OKTA_GROUP'} and ${or(pr('a'), pr('b'))} and c gt ${7}`,
      'type eq "OKTA_GROUP" and (a pr or b pr) and c gt 7',
    ],
    [parse('  type  EQ "A"  AND ( id pr ) '), 'type eq "A" and id pr'],
    [parse('source.id eq null'), 'source.id eq null'],
    [parse('profile.name ne "x" and a ne true'), 'profile.name ne "x" and a ne true'],
  ]) {
    assert.equal(String(built), text);
    assert.equal(String(parse(text)), text);
    assert.equal(String(fromJSON(JSON.parse(JSON.stringify(built)))), text);
    assert.ok(Object.isFrozen(built));
  }
  const tree = and(eq('type', 'OKTA_GROUP'), pr('id'));
  assert.deepEqual(JSON.parse(JSON.stringify(tree)), {
    op: 'and',
    args: [
      { op: 'eq', attr: 'type', value: 'OKTA_GROUP' },
      { op: 'pr', attr: 'id' },
    ],
  });
  assert.throws(() => tree.args.push(1), TypeError);
});

test('what a user typed stays a value', () => {
  for (const typed of ['x" or type eq "APP_GROUP', 'back\\', '"', '\\"', "' or 1", '\u0000', ')', 'a" pr']) {
    const built = and(sw('profile.name', typed), eq('type', 'OKTA_GROUP'));
    assert.equal(built.args.length, 2);
    assert.equal(parse(String(built)).args[0].value, typed);
    assert.equal(String(expr`profile.name sw ${typed} and type eq ${'OKTA_GROUP'}`), String(built));
    assert.throws(
      () => eq(typed, 1),
      (error) => isOktaError(error, 'argument') && error.argument === 'attr',
    );
  }
  assert.throws(() => expr`${'profile.name'} eq "x"`, OktaExpressionError);
});

const nested = (depth) => {
  let node = { op: 'pr', attr: 'a' };
  for (let i = 0; i < depth; i++) node = { op: 'not', args: [node] };
  return node;
};

test('what cannot be sent is refused, and named', () => {
  for (const [build, argument, named] of [
    [() => eq('profile.x', NaN), 'value', 'NaN'],
    [() => eq('profile.x', -Infinity), 'value', '-Infinity'],
    [() => gt('created', new Date(NaN)), 'value', 'Invalid Date'],
    [() => eq('profile.x', '\ud800'), 'value', 'surrogate'],
    [() => eq('profile.x', ['a']), 'value', 'array'],
    [() => eq('profile.x', 1n), 'value', 'a bigint'],
    [() => eq('profile.x', null), 'value', 'not null'],
    [() => eq('profile.x'), 'value', 'not an operator'],
    [() => eq('profile.x', null), 'value', 'null'],
    [() => eq('profile x', 1), 'attr', 'profile x'],
    [() => eq(undefined, 1), 'attr', 'undefined'],
    [() => and(), 'terms', 'everything'],
    [() => or(false, null), 'terms', 'everything'],
    [() => oneOf('id', []), 'value', 'everything'],
    [() => oneOf('id', 'ab'), 'values', 'not a string'],
    [() => oneOf('id', null), 'values', 'not null'],
    [() => and('type eq "A"'), 'terms', 'type eq "A"'],
    [() => fromJSON({ op: 'like', attr: 'a', value: 1 }), 'value', 'like'],
    [() => fromJSON({ op: 'EQ', attr: 'a', value: 1 }), 'value', 'EQ'],
    [() => fromJSON({ op: 'oneOf', attr: 'a', value: 1 }), 'value', 'oneOf'],
    [() => fromJSON({ attr: 'a', value: 1 }), 'value', 'undefined'],
    [() => fromJSON({ op: 'not', args: [pr('a'), pr('b')] }), 'terms', 'not'],
    [() => fromJSON(nested(20_000)), 'terms', '64 levels'],
    [() => check(pr('a'), 'q'), 'parameter', 'search'],
    [() => matches(pr('a'), {}, { parameter: 'q' }), 'parameter', 'search'],
    [() => matches(pr('a'), {}, { parametr: 'search' }), 'parametr', 'parameter'],
    [() => matches('a pr', {}, null), 'options', 'not null'],
    [() => compile(pr('a'), 'search'), 'options', 'not a string'],
    [() => expr('a pr'), 'strings', 'parse()'],
    [() => matches(structuredClone(pr('a')), {}), 'expression', 'fromJSON()'],
    [() => compile(undefined), 'expression', 'not undefined'],
    [() => check({}, 'filter'), 'expression', 'not an object'],
  ]) {
    assert.throws(build, (error) => {
      assert.ok(isOktaError(error, 'argument'), `${build}: ${error}`);
      assert.equal(error.argument, argument, `${build}: ${error}`);
      assert.ok(error.message.includes(named), `${build}: ${error.message}`);
      return true;
    });
  }
});

test('a text that is none says where, before anything is sent', async () => {
  for (const [text, position, found] of [
    ['profile.name eq', 15, 'end of expression'],
    ['profile.name like "x"', 13, '"like"'],
    ['profile.lastName eq "bob"smith"', 25, '"smith\\""'],
    ['profile.name+eq+%22IAM+Team%22', 12, undefined],
    ['id eq "foo\\"', 12, 'end of expression'],
    ['😀 eq 1', 0, undefined],
    ['('.repeat(20_000), 65, '"("'],
  ]) {
    const { client, sent } = scripted(() => json([]));
    for (const error of [
      await failure(client.groups.list({ search: text }).first()),
      await failure((async () => parse(text))()),
    ]) {
      assert.ok(error instanceof OktaExpressionError, String(error));
      assert.equal(error.position, position, `${text.slice(0, 40)}: ${error.message}`);
      if (found) assert.equal(error.found, found);
      assert.ok(error.expected.length > 0);
      assert.match(error.message, /\n +.*\n +\^$/);
    }
    assert.equal(sent.length, 0);
  }
});

test('a list takes expressions, also of another copy, and warns of what is not documented', async () => {
  const events = [];
  const { client, sent } = scripted(() => json([]), {
    onEvent: (event) => event.type === 'warning' && events.push(event),
  });
  const cjs = createRequire(import.meta.url)('okta-groups');
  await client.groups.list({ search: sw('profile.name', 'R&D') });
  await client.groups.list({ search: cjs.pr('id'), filter: 'profile.name eq "x"' });
  await client.groups.listUsers('00g1', { search: 'profile.email sw "a"' });
  assert.equal(sent[0].url.search, '?search=profile.name%20sw%20%22R%26D%22&limit=200');
  assert.equal(sent[1].url.searchParams.get('search'), 'id pr');
  assert.deepEqual(
    events.map(({ parameter, attr, op, reason }) => [parameter, attr, op, reason]),
    [
      ['filter', 'profile.name', 'eq', 'attribute'],
      ['search', 'id', 'pr', 'operator'],
    ],
  );
  for (const [argument, options] of [
    ['after', { q: 'x', after: '1' }],
    ['sortBy', { sortBy: 'profile.name' }],
  ]) {
    assert.equal((await failure(client.groups.list(options).first())).argument, argument);
  }
});

const GROUPS = [
  {
    id: '1',
    type: 'OKTA_GROUP',
    created: '2026-01-01T00:00:00.000Z',
    profile: { name: 'West Side', tags: ['a', 'B'], cost: 7 },
  },
  {
    id: '2',
    type: 'APP_GROUP',
    created: '2026-01-01T01:00:00+01:00',
    profile: { name: 'ÉCOLE', cost: '7', on: true },
  },
  { id: '3', type: 'BUILT_IN', created: 'never', profile: { name: '', description: null } },
  {},
];

test('objects are tested where they are', () => {
  for (const [expression, ids] of [
    [sw('profile.name', 'WEST'), ['1']],
    [eq('profile.name', 'école'), ['2']],
    [eq('profile.name', 'ecole'), []],
    [eq('profile.tags', 'b'), ['1']],
    [eq('profile.cost', 7), ['1']],
    [eq('profile.cost', '7'), ['2']],
    [eq('profile.on', true), ['2']],
    [eq('created', '2026-01-01T00:00:00Z'), ['1', '2']],
    [pr('profile.name'), ['1', '2']],
    [pr('profile.description'), []],
    [not(pr('profile')), [undefined]],
    [ne('profile.name', 'x'), ['1', '2', '3']],
    [ne('profile.on', false), ['2']],
    ['type eq "app_group" or profile.cost ge 7', ['1', '2']],
  ]) {
    const found = GROUPS.filter((group) => matches(expression, group)).map((group) => group.id);
    assert.deepEqual(found, ids, String(expression));
    assert.deepEqual(
      GROUPS.filter(compile(expression)).map((group) => group.id),
      ids,
    );
  }
  assert.ok(!matches(sw('profile.name', 'WEST'), GROUPS[0], { parameter: 'filter' }));
  for (const odd of [null, undefined, 7, 'x', [], () => {}, Object.create(null)])
    assert.equal(matches(pr('id'), odd), false);
  for (const inherited of ['constructor', '__proto__', 'profile.__proto__', 'profile.toString.name'])
    assert.equal(matches(pr(inherited), GROUPS[0]), false, inherited);
});

test('what can be built can be read and tested, however long', () => {
  const some = Array.from({ length: 5000 }, (_, i) => `00g${i}`);
  const long = oneOf('id', some);
  assert.ok(matches(long, { id: '00g4999' }) && !matches(long, { id: '00g5000' }));
  assert.equal(String(parse(String(long))), String(long));
});

test('a cached list filters as the org would', async () => {
  const org = createOrg({ groups: 400, users: 50, seed: 11, rateLimit: 'off' });
  const { groups } = new OktaGroups({ orgUrl: org.orgUrl, auth: bearer(() => 'token'), fetch: org.fetch });
  const all = await groups.list().toArray({ max: 1000 });
  for (const expression of [
    and(eq('type', 'okta_group'), co('profile.name', 'e')),
    or(sw('profile.name', 'a'), gt('created', all[50].created)),
    eq('profile.restricted', true),
    gt('profile.costCenter', 4000),
    pr('source.id'),
    not(sw('profile.name', 'e')),
    ne('profile.region', 'emea'),
  ]) {
    const found = await groups.list({ search: expression }).toArray({ max: 1000 });
    assert.deepEqual(
      found.map((g) => g.id).sort(),
      all
        .filter(compile(expression))
        .map((g) => g.id)
        .sort(),
      String(expression),
    );
  }
});

test('expressions from the wild are read or refused', () => {
  const rows = sharedLines('traffic/expressions.jsonl').filter(
    (row) => row.kind !== 'q' && !row.expr.startsWith('(no '),
  );
  const faulty = new Set([
    'id eq "foo\\"',
    'profile.lastName eq "bob"smith"',
    'profile.name eq',
    'profile.name like "x"',
    'profile.name+eq+%22IAM+Team%22',
    'profile.{attr} pr',
  ]);
  for (const { expr: text } of rows) {
    if (faulty.has(text)) assert.throws(() => parse(text), OktaExpressionError, text);
    else assert.equal(String(parse(String(parse(text)))), String(parse(text)));
  }
});
