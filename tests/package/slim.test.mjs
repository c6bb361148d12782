// The entry `okta-groups/slim`: the client without expressions and bulk runs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import test from 'node:test';
import * as main from 'okta-groups';
import { createOrg } from 'okta-groups/emulator';
import * as slim from 'okta-groups/slim';
import { ORG_URL, failure, json } from './support.mjs';

await slim.init();

/** What it leaves out: expressions and bulk runs. */
const LEFT_OUT = [
  ...[
    'eq',
    'ne',
    'gt',
    'ge',
    'lt',
    'le',
    'sw',
    'co',
    'ew',
    'pr',
    'between',
    'oneOf',
    'and',
    'or',
    'not',
    'expr',
  ],
  ...['parse', 'fromJSON', 'check', 'compile', 'matches', 'OktaExpressionError', 'OktaBulkError'],
  'shardOf',
];
const BULK = [
  ...['planMembers', 'applyPlan', 'syncMembers', 'planMemberships', 'syncMemberships'],
  ...['exportGroups', 'exportMembers', 'exportApps'],
];
const TYPES_LEFT_OUT = [
  ...[
    'Condition',
    'Expr',
    'ExprNode',
    'ExprWarning',
    'FilterAttr',
    'Known',
    'MatchOptions',
    'ParameterWarning',
  ],
  ...['ApplyOptions', 'BulkEvent', 'BulkFailure', 'BulkProgress', 'BulkReport', 'BulkRun', 'BulkWrite'],
  ...[
    'AppRow',
    'ExportGroupsOptions',
    'ExportOfGroupsOptions',
    'ExportOptions',
    'GroupSource',
    'GroupsCheckpoint',
    'GroupsProgress',
    'MemberRow',
    'OfGroupsCheckpoint',
    'OfGroupsProgress',
    'Shard',
  ],
  ...['MaxRemovals', 'MemberPlan', 'MemberRule', 'PlanOptions', 'StayOptions', 'UnresolvedMember', 'UserIds'],
  ...[
    'ApplyMembershipsOptions',
    'DesiredMemberships',
    'GroupKey',
    'GroupRef',
    'MembershipsPlan',
    'MembershipsReport',
  ],
  ...['MembershipsRun', 'PlanMembershipsOptions', 'PlanningProgress', 'SkippedGroup'],
];

const isListed = (name) => name !== 'default';
const methods = (object) => {
  const names = new Set();
  for (let of = object; of !== Object.prototype; of = Object.getPrototypeOf(of)) {
    for (const name of Object.getOwnPropertyNames(of)) if (name !== 'constructor') names.add(name);
  }
  return [...names].sort();
};

/** A client whose requests `urls` holds. */
function recorded(options = {}) {
  const urls = [];
  const fetch = async (url) => {
    urls.push(new URL(url));
    return json([]);
  };
  const client = new slim.OktaGroups({
    orgUrl: ORG_URL,
    auth: slim.bearer(() => 'token'),
    fetch,
    ...options,
  });
  return { client, urls };
}

test('it exports the client, and what goes with it', () => {
  const kept = Object.keys(main).filter((name) => !LEFT_OUT.includes(name));
  const wanted = [...kept, 'init', 'quote', 'wasmIntegrity'].sort();
  assert.deepEqual(Object.keys(slim).sort(), wanted);
  const required = createRequire(import.meta.url)('okta-groups/slim');
  assert.deepEqual(Object.keys(required).filter(isListed).sort(), wanted);
  assert.equal(slim.OktaGroups.name, 'OktaGroups');
});

test('it has every type of the main entry except those of expressions and bulk runs', () => {
  const types = (entry) =>
    readFileSync(new URL(`../../pkg-template/types/${entry}.d.ts`, import.meta.url), 'utf8')
      .replace(/\/\*\*.*?\*\//gs, '')
      .replace(/\ball\.\w+/g, '');
  const form = /^export (?:declare )?(?:abstract )?(?:type|interface|class|function|namespace|const) (\w+)/gm;
  const declared = new Set(Array.from(types('index').matchAll(form), ([, name]) => name));
  const mentioned = new Set(types('slim').match(/\w+/g));
  const missing = [...declared].filter((name) => !mentioned.has(name));
  assert.deepEqual(missing.sort(), [...LEFT_OUT, ...TYPES_LEFT_OUT].sort());
});

test('it has every operation of the main entry but the bulk runs and the update of a rule', () => {
  const options = { orgUrl: ORG_URL, auth: main.bearer('t'), fetch: () => json([]) };
  const [all, alone] = [new main.OktaGroups(options), new slim.OktaGroups(options)];
  assert.deepEqual(methods(alone), methods(all));
  assert.deepEqual(
    methods(alone.groups),
    methods(all.groups).filter((name) => !BULK.includes(name)),
  );
  assert.ok(BULK.every((name) => typeof all.groups[name] === 'function'));
  assert.deepEqual(
    methods(alone.rules),
    methods(all.rules).filter((name) => name !== 'update'),
  );
  assert.deepEqual(methods(alone.users), methods(all.users));
  assert.equal(typeof slim.OktaGroups.fromEnv, 'function');
});

test('it runs the operations against a local org', async () => {
  const { fetch, orgUrl } = createOrg({ groups: 450, users: 20, seed: 7, rateLimit: 'off' });
  const client = new slim.OktaGroups({ orgUrl, auth: slim.bearer('token'), fetch });
  const all = await client.groups.list({ limit: 200 }).toArray({ max: 1000 });
  assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
  assert.ok(all.length >= 450);
  const name = 'Say "hi" \\ R&D';
  const made = await client.groups.create({ name });
  assert.equal((await client.groups.create({ name }, { ifExists: 'return' })).id, made.id);
  const search = `profile.name eq ${slim.quote(name)}`;
  const found = await client.groups.list({ search }).toArray({ max: 10 });
  assert.deepEqual(
    found.map(({ id }) => id),
    [made.id],
  );
  const changed = await client.groups.update(made.id, { description: 'new' });
  assert.deepEqual([changed.profile.name, changed.profile.description], [name, 'new']);
  await client.groups.delete(made.id);
  const error = await failure(client.groups.get(made.id));
  assert.ok(error instanceof slim.OktaNotFoundError && error instanceof main.OktaNotFoundError);
});

test('quote() writes a value as the expressions of the main entry do', () => {
  const values = ['', 'a', 'R&D "beta" \\ \n\t\u0001 ü 😀', 7, -0.5, 1e300, true, false, new Date(1e12)];
  for (const value of values) {
    assert.equal(`profile.x eq ${slim.quote(value)}`, String(main.eq('profile.x', value)));
    assert.equal(
      String(main.parse(`profile.x eq ${slim.quote(value)}`)),
      String(main.eq('profile.x', value)),
    );
  }
  const wrong = [
    undefined,
    null,
    {},
    [],
    Symbol('x'),
    1n,
    '\ud800',
    new Date(NaN),
    new Date(8e15),
    main.eq('id', 'x'),
  ];
  for (const value of wrong) {
    assert.throws(
      () => slim.quote(value),
      (error) => error instanceof slim.OktaArgumentError && error.argument === 'value',
    );
  }
});

test('it sends a filter and a search as they are', async () => {
  const events = [];
  const { client, urls } = recorded({ onEvent: (event) => events.push(event.type) });
  for (const text of ['no expression (', 'profile.name EQ  "x"', 'not (created pr)']) {
    await client.groups.list({ search: text });
    await client.groups.list({ filter: text });
    await client.groups.listUsers('00g1', { search: text });
    await client.users.list({ search: text });
    const [search, filter, ...others] = urls.splice(0).map((url) => url.searchParams);
    const searched = [search, ...others].map((parameters) => parameters.get('search'));
    assert.deepEqual([filter.get('filter'), ...searched], [text, text, text, text]);
  }
  assert.ok(!events.includes('warning'));
});

test('it refuses an expression, and says what it takes', async () => {
  const { client, urls } = recorded();
  for (const [argument, list] of [
    ['search', client.groups.list({ search: main.eq('type', 'OKTA_GROUP') })],
    ['filter', client.groups.list({ filter: main.eq('type', 'OKTA_GROUP') })],
    ['search', client.groups.listUsers('00g1', { search: main.eq('id', 'x') })],
    ['filter', client.users.list({ filter: main.eq('id', 'x') })],
  ]) {
    const error = await failure(list);
    assert.ok(error instanceof slim.OktaArgumentError);
    assert.equal(error.argument, argument);
    assert.match(
      error.message,
      /must be a string \(okta-groups\/slim has no expressions; .*String\(expression\)/,
    );
  }
  const error = await failure(client.groups.list({ search: '' }));
  assert.deepEqual([error.kind, error.argument], ['argument', 'search']);
  assert.equal(urls.length, 0);
  const expression = main.eq('type', 'OKTA_GROUP');
  await client.groups.list({ search: String(expression) });
  assert.equal(urls[0].searchParams.get('search'), 'type eq "OKTA_GROUP"');
});

test('what the org refuses in an expression is its own error, without warnings', async () => {
  const answer = { errorCode: 'E0000031', errorSummary: 'Invalid search criteria.', errorCauses: [] };
  const { client } = recorded({ fetch: async () => json(answer, { status: 400 }) });
  const error = await failure(client.groups.list({ filter: 'profile.name eq "x"' }));
  assert.deepEqual([error.kind, error.code], ['bad-request', 'E0000031']);
  assert.doesNotMatch(error.message, /documented/);
});
