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

/** A random tree of `depth` levels at most, as the builders make it and as JSON. */
function randomTree(random, depth) {
  const kind = depth > 0 ? Math.floor(random() * 5) : 4;
  if (kind === 4) {
    const leaf = [
      () => [pr('a.b'), { op: 'pr', attr: 'a.b' }],
      () => [sw('profile.name', 'ä"\\\n😀'), { op: 'sw', attr: 'profile.name', value: 'ä"\\\n😀' }],
      () => [eq('x-1', -1.5e300), { op: 'eq', attr: 'x-1', value: -1.5e300 }],
      () => [co('$y', ''), { op: 'co', attr: '$y', value: '' }],
      () => [eq('z', false), { op: 'eq', attr: 'z', value: false }],
      () => [parse('n eq null'), { op: 'eq', attr: 'n', value: null }],
    ][Math.floor(random() * 6)];
    return leaf();
  }
  if (kind === 3) {
    const [built, tree] = randomTree(random, depth - 1);
    return [not(built), { op: 'not', args: [tree] }];
  }
  const [op, join] = random() < 0.5 ? ['and', and] : ['or', or];
  const terms = Array.from({ length: 1 + Math.floor(random() * 3) }, () => randomTree(random, depth - 1));
  // At times joined in a loop, from the left or from the right, and at times with one that was read.
  let built = join(...terms.map(([term]) => term));
  if (kind === 1) built = terms.map(([term]) => term).reduce((all, term) => join(all, false, term));
  if (kind === 2)
    built = parse(String(terms.map(([term]) => term).reduceRight((all, term) => join(term, all))));
  const args = terms.flatMap(([, tree]) => (tree.op === op ? tree.args : [tree]));
  return [built, args.length === 1 ? args[0] : { op, args }];
}

test('what is joined in JavaScript is what Rust reads in its text', () => {
  let state = 7;
  // mulberry32
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  for (let run = 0; run < 2000; run++) {
    const [built, tree] = randomTree(random, 1 + (run % 5));
    const text = String(built);
    const read = parse(text);
    assert.equal(String(read), text);
    assert.deepEqual(JSON.parse(JSON.stringify(built)), tree, text);
    assert.deepEqual(JSON.parse(JSON.stringify(read)), tree, text);
    assert.deepEqual(structuredClone(built), tree);
    assert.deepEqual({ ...built }, { ...read });
    assert.equal(String(parse(`\t( ${text} )`)), text);
  }
});

test('an expression is as deep in JavaScript as in Rust', () => {
  const negated = (depth) => Array.from({ length: depth }).reduce((term) => not(term), pr('a'));
  for (const [depth, join] of [
    [63, (term) => and(term, pr('b'))],
    [63, (term) => or(pr('b'), and(term), term)],
    [64, (term) => and(term)],
    [64, (term) => or(term, null)],
  ]) {
    assert.equal(String(parse(String(join(negated(depth))))), String(join(negated(depth))));
  }
  for (const build of [
    () => not(negated(64)),
    () => and(negated(64), pr('b')),
    () => or(pr('b'), negated(64)),
  ]) {
    assert.throws(build, (error) => isOktaError(error, 'argument') && error.message.includes('64 levels'));
  }
  assert.throws(() => parse(`not (${negated(64)})`), OktaExpressionError);
  // Groups of one kind are one group, however they were nested.
  const chain = Array.from({ length: 500 }).reduce((all) => or(pr('a'), or(all, pr('b'))), pr('c'));
  assert.equal(chain.args.length, 1001);
});

/** Counts what crosses to the core while `run` runs: calls, and bytes of texts. */
function crossings(run) {
  const { encodeInto } = TextEncoder.prototype;
  const seen = { texts: 0, bytes: 0 };
  TextEncoder.prototype.encodeInto = function (text, into) {
    const told = encodeInto.call(this, text, into);
    seen.texts++;
    seen.bytes += told.written;
    return told;
  };
  const restore = () => (TextEncoder.prototype.encodeInto = encodeInto);
  const done = (result) => {
    restore();
    return { ...seen, result };
  };
  try {
    const result = run();
    if (typeof result?.then !== 'function') return done(result);
    return result.then(done);
  } catch (error) {
    restore();
    throw error;
  }
}

test('joining reads no term again, whatever it is joined of', async () => {
  const terms = Array.from({ length: 4000 }, (_, i) => eq('profile.name', `é${i}`));
  for (const join of [(all, term) => or(all, term), (all, term) => or(term, all)]) {
    const { bytes, result } = crossings(() => terms.reduce((all, term) => join(all, term)));
    assert.equal(bytes, 0);
    assert.equal(result.op, 'or');
  }
  const long = terms.reduce((all, term) => or(all, term));
  assert.equal(long.args.length, 4000);
  assert.equal(String(long).length, terms.map(String).join(' or ').length);

  // Sent, its text crosses to Rust once, to be put into a URL, and is not read there.
  const { client } = scripted(() => json([]));
  const { bytes } = await crossings(() => client.groups.list({ search: long }).first());
  const length = Buffer.byteLength(String(long));
  // The glue writes the ASCII beginning itself.
  assert.ok(bytes > length - 100 && bytes < 1.5 * length, `${bytes} of ${length}`);
});

test('a form whose conditions are all off has no search, and nothing else means everything', async () => {
  for (const { optional } of [and, or]) {
    assert.equal(optional(), undefined);
    assert.equal(optional(undefined, null, false, '', 0), undefined);
    assert.equal(String(optional(false, pr('a'))), 'a pr');
    assert.throws(() => optional('a pr'), /is not an expression/);
    assert.throws(() => optional({}), /is not an expression/);
  }
  assert.equal(
    String(and.optional(pr('a'), or.optional(false, pr('b'), pr('c')))),
    'a pr and (b pr or c pr)',
  );
  assert.equal(String(or.optional(and.optional(undefined), pr('c'))), 'c pr');
  for (const build of [
    () => and(or.optional()),
    () => or(),
    () => and(undefined),
    () => not(and.optional()),
  ]) {
    assert.throws(build, (error) => isOktaError(error, 'argument') && error.argument === 'terms');
  }
  const { client, sent } = scripted(() => json([]));
  const form = ({ name, type }) => and.optional(name && sw('profile.name', name), type && eq('type', type));
  await client.groups.list({ search: form({}) }).first();
  await client.groups.list({ search: form({ name: 'West' }) }).first();
  assert.deepEqual(
    sent.map(({ url }) => url.searchParams.get('search')),
    [null, 'profile.name sw "West"'],
  );
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

test('values and attributes that an expression cannot hold are refused by name', () => {
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
    [() => and(), 'terms', 'needs a condition'],
    [() => or(false, null), 'terms', 'needs a condition'],
    [() => oneOf('id', []), 'value', 'needs a condition'],
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

test('text that is not an expression is refused with its position, before anything is sent', async () => {
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

test('expressions of any length that can be built can be parsed and matched', () => {
  const some = Array.from({ length: 5000 }, (_, i) => `00g${i}`);
  const long = oneOf('id', some);
  assert.ok(matches(long, { id: '00g4999' }) && !matches(long, { id: '00g5000' }));
  assert.equal(String(parse(String(long))), String(long));
});

test('a cached list filters as the org would', async () => {
  // Some of these the reference does not document, and the org takes them by a quirk alone.
  const quirks = { undocumented: ['operator'] };
  const org = createOrg({ groups: 400, users: 50, seed: 11, rateLimit: 'off', quirks });
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

test('expressions from the wild are judged by what the org said to them', () => {
  const files = ['expressions', 'expressions-more'].map((name) => sharedLines(`traffic/${name}.jsonl`));
  // Of a cursor that was refused there is a row without an expression.
  const rows = files.flat().filter(({ kind, expr }) => kind !== 'q' && !expr.startsWith('(no '));
  for (const { expr: text, kind, endpoint, evidence, note = '' } of rows) {
    const isRefused = /^(reported|recorded)-400$/.test(evidence);
    // The opinion of somebody's emulator is none of Okta's, and the reference shows one that it calls ill-formed.
    const isTaken = !isRefused && evidence !== 'emulator-rejects' && !note.includes('ill-formed');
    let read;
    try {
      read = parse(text);
    } catch (error) {
      assert.ok(
        error instanceof OktaExpressionError && !isTaken,
        `${text} was ${evidence}: ${error.message}`,
      );
      continue;
    }
    assert.equal(String(parse(String(read))), String(read));
    // Other operations know other attributes; a template holds no value yet, and code may be wrong.
    if (endpoint !== '/api/v1/groups' || note.includes('template')) continue;
    const isWarnedOf = check(read, kind).length > 0;
    if (isRefused) assert.ok(isWarnedOf, `${text} was ${evidence}`);
    else if (/-200$|^documented$/.test(evidence)) assert.ok(!isWarnedOf, `${text} was ${evidence}`);
  }
});
