// Membership in bulk, as a script uses it: plans, runs, what stops a run, and how it goes on later.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOrg } from 'okta-groups/emulator';
import { OktaBulkError, OktaGroups, bearer, isOktaError } from 'okta-groups';
import { failure, json, scripted, trapNext } from './support.mjs';

const LIST = 'GET /api/v1/groups/{groupId}/users';
const ADD = 'PUT /api/v1/groups/{groupId}/users/{userId}';
const ANY = { maxRemovals: false };
const id = '00g1';
const ids = Array.from({ length: 300 }, (_, n) => `00u${n}`);

/** An org with a group of the first users; `sent` are the requests, and `rules` its faults. */
function orgWith(
  rules = [],
  { members = 20, onFetch = undefined, rateLimit = 'off', atOnce = 10, ...options } = {},
) {
  const profile = { name: 'West', description: null };
  const org = createOrg({
    seedData: {
      groups: [
        { id, type: 'OKTA_GROUP', profile },
        { id: '00gEveryone', type: 'BUILT_IN', profile: { name: 'Everyone', description: null } },
      ],
      users: ids.map((user) => ({ id: user, status: 'ACTIVE', profile: { login: user } })),
      memberships: { [id]: ids.slice(0, members) },
    },
    rateLimit,
    faults: { rules },
  });
  const sent = [];
  const fetch = (url, init) => {
    sent.push(`${init.method} ${new URL(url).pathname}`);
    return onFetch?.(sent, init) ?? org.fetch(url, init);
  };
  const client = new OktaGroups({
    orgUrl: org.orgUrl,
    auth: bearer(() => 'token'),
    fetch,
    retry: { baseDelay: 1, maxDelay: 1 },
    rateLimit: { maxConcurrency: atOnce },
    ...options,
  });
  return { client, org, groups: client.groups, sent, members: () => new Set(org.snapshot().memberships[id]) };
}

const writes = (sent) => sent.filter((request) => !request.startsWith('GET'));

test('a group gets exactly the members that are desired', async () => {
  const { groups, members, sent } = orgWith();
  const desired = ids.slice(3, 25);
  const report = await groups.syncMembers(id, new Set(desired));
  assert.deepEqual(members(), new Set(desired));
  const { ok, added, removed, failed, notAttempted, requests, retries, rest, stopped, dryRun, plan } = report;
  assert.deepEqual(
    [ok, dryRun, failed, notAttempted, rest, stopped],
    [true, false, [], [], undefined, undefined],
  );
  assert.deepEqual(added.toSorted(), ids.slice(20, 25).toSorted());
  assert.deepEqual(removed.toSorted(), ids.slice(0, 3).toSorted());
  assert.equal(plan.unchanged, 17);
  assert.deepEqual([requests, retries], [sent.length, 0]);
  const methods = writes(sent).map((request) => request.split(' ')[0]);
  assert.deepEqual(methods, [...Array(5).fill('PUT'), ...Array(3).fill('DELETE')], 'adds come first');
  assert.equal((await groups.syncMembers(id, desired)).plan.add.length, 0);
});

test('a plan is plain JSON that can be looked at, stored and applied later', async () => {
  const { groups, members, org, sent } = orgWith();
  async function* desired() {
    yield* ids.slice(2, 22);
    yield ids[2];
  }
  const plan = await groups.planMembers(id, desired());
  assert.equal(writes(sent).length, 0);
  const { basedOn, ...rest } = plan;
  assert.deepEqual(rest, {
    v: 1,
    groupId: id,
    add: ids.slice(20, 22),
    remove: plan.remove,
    unchanged: 18,
    skipped: [{ userId: ids[2], reason: 'duplicate' }],
    warnings: [],
    org: org.orgUrl,
    maxRemovals: { ratio: 0.25 },
    ruleManaged: 'skip',
    keep: [],
  });
  assert.deepEqual(new Set(plan.remove), new Set(ids.slice(0, 2)));
  assert.ok(Date.parse(basedOn.lastMembershipUpdated) >= 0 && Date.parse(basedOn.at) > 0);
  const report = await groups.applyPlan(JSON.parse(JSON.stringify(plan)));
  assert.ok(report.ok);
  assert.deepEqual(members(), new Set(ids.slice(2, 22)));
});

test('a dry run sends no write', async () => {
  const { groups, sent } = orgWith();
  const run = groups.syncMembers(id, ids.slice(0, 25), { dryRun: true });
  const report = await run;
  assert.deepEqual([report.ok, report.dryRun, report.added, report.alreadyOk], [true, true, [], []]);
  assert.deepEqual(report.plan.add, ids.slice(20, 25));
  assert.equal(await run.plan, report.plan);
  assert.equal(writes(sent).length, 0);
});

test('mode add only adds, mode remove only removes', async () => {
  const { groups } = orgWith();
  const desired = ids.slice(5, 25);
  const add = await groups.planMembers(id, desired, { mode: 'add' });
  assert.deepEqual([add.add.length, add.remove.length], [5, 0]);
  const remove = await groups.planMembers(id, desired, { mode: 'remove' });
  assert.deepEqual([remove.add.length, remove.remove.length], [0, 5]);
});

test('members whom keep names stay', async () => {
  const { groups } = orgWith();
  const desired = ids.slice(2, 20);
  for (const keep of [[ids[0]], (user) => user.id === ids[0]]) {
    const plan = await groups.planMembers(id, desired, { keep });
    assert.deepEqual(plan.remove, [ids[1]]);
    assert.deepEqual(plan.skipped, [{ userId: ids[0], reason: 'kept' }]);
  }
});

test('keep must not return a Promise, which would keep every member', async () => {
  const { groups, sent } = orgWith();
  const error = await failure(groups.syncMembers(id, ids.slice(2, 20), { keep: async () => false }));
  assert.ok(isOktaError(error, 'argument'), String(error));
  assert.equal(error.argument, 'keep');
  assert.deepEqual(writes(sent), []);
});

test('members by a group rule are left alone, unless they are to go or to fail it', async () => {
  const user = (id, rules) => ({ id, _embedded: { 'group-rules': rules } });
  const { client, sent } = scripted((url) => {
    if (!url.pathname.endsWith('/users'))
      return json({ id: '00g1', type: 'OKTA_GROUP', lastMembershipUpdated: 'x' });
    return json([user('a', []), user('b', [{ id: '0pr1' }]), user('c', [])], {
      headers: { link: '<x>; rel="self"' },
    });
  });
  const plan = await client.groups.planMembers('00g1', ['a'], ANY);
  assert.deepEqual(plan.remove, ['c']);
  assert.deepEqual(plan.skipped, [{ userId: 'b', reason: 'rule-managed', rules: ['0pr1'] }]);
  assert.deepEqual(plan.warnings, []);
  assert.equal(sent.at(-1).url.searchParams.get('expand'), 'group-rules');
  const all = await client.groups.planMembers('00g1', ['a'], { ...ANY, ruleManaged: 'include' });
  assert.deepEqual(all.remove, ['b', 'c']);
  assert.ok(!sent.at(-1).url.searchParams.has('expand'));
  const error = await failure(client.groups.planMembers('00g1', ['a'], { ...ANY, ruleManaged: 'fail' }));
  assert.deepEqual([error.kind, error.argument], ['argument', 'ruleManaged']);
});

test('guards refuse a likely mistake before anything is written', async () => {
  const { groups, sent } = orgWith();
  for (const [argument, desired, options, group = id] of [
    ['desired', []],
    ['desired', ids[0]],
    ['desired', ids.join(',')],
    ['desired', new String(ids[0])],
    ['desired', new Map([[ids[0], true]])],
    ['desired', [1, 2]],
    ['desired', ids.map((id) => ({ id }))],
    ['desired', ['']],
    ['desired', undefined],
    ['desired', [ids[0], 7]],
    ['desired', [ids[0], '..']],
    ['desired', [ids[0], `${ids[1]}\n${ids[2]}`]],
    ['desired', ['\ud800']],
    ['maxRemovals', ids.slice(0, 14)],
    ['maxRemovals', ids.slice(0, 19), { maxRemovals: { count: 0 } }],
    ['maxRemovals', ids.slice(0, 10), { maxRemovals: { ratio: 0.4 } }],
    ['groupId', ids, {}, '00gEveryone'],
    ['groupId', ids, {}, '..'],
    ['mode', ids, { mode: 'all' }],
    ['ratio', ids, { maxRemovals: { ratio: 2 } }],
    ['keep', ids, { keep: 7 }],
  ]) {
    const error = await failure(groups.syncMembers(group, desired, options));
    assert.deepEqual([error.kind, error.argument], ['argument', argument], String(error));
  }
  for (const [desired, options, removals] of [
    [ids.slice(0, 15), {}, 5],
    [ids.slice(0, 10), { maxRemovals: { ratio: 0.5 } }, 10],
    [ids.slice(20, 21), ANY, 20],
    [[], { allowEmpty: true }, 20],
  ]) {
    assert.equal((await groups.planMembers(id, desired, options)).remove.length, removals);
  }
  assert.equal(writes(sent).length, 0);
});

test('an id with what files leave in it is nobody, and is refused', async () => {
  const { groups, sent } = orgWith();
  for (const id of ['\ufeff00u0', ' 00u0', '00u0 ', '"00u0"', '00u0,x', '00u0\u200b', '00u\u00a00']) {
    const error = await failure(groups.syncMembers('00g1', [...ids.slice(1, 20), id], ANY));
    assert.equal(error.argument, 'desired', JSON.stringify(id));
    assert.match(error.message, /item 19/);
  }
  assert.equal(writes(sent).length, 0);
});

test('a list of members that fails midway never turns into removals', async () => {
  for (const rule of [
    { operation: LIST, nth: 2, fault: 'nextFirst' },
    { operation: LIST, nth: 2, fault: 'nextSelf' },
    { operation: LIST, path: 'after=', fault: { error: { status: 403, code: 'E0000006' } } },
    { operation: LIST, path: 'after=', fault: { error: { status: 503 } } },
    { operation: LIST, path: 'after=', fault: 'loginPage' },
    { operation: LIST, path: 'after=', fault: { cutBody: 100 } },
    { operation: LIST, path: 'after=', fault: { pageTooLarge: 1 } },
  ]) {
    const { groups, sent } = orgWith([rule], { members: 250 });
    const error = await failure(groups.syncMembers(id, ids.slice(0, 240)));
    assert.ok(isOktaError(error), String(error));
    assert.ok(error.cursor, `${error} ${JSON.stringify(rule)}`);
    assert.equal(writes(sent).length, 0);
  }
});

test('a page that shrinks until the org can bear it leads to the same plan', async () => {
  const rule = { operation: LIST, path: 'after=', fault: { pageTooLarge: 20 } };
  const { groups } = orgWith([rule], { members: 250 });
  const plan = await groups.planMembers(id, ids.slice(10, 260));
  assert.deepEqual([plan.add, plan.remove], [ids.slice(250, 260), ids.slice(0, 10)]);
});

test('each write is told of as it settles, to whoever iterates, early or late', async () => {
  const { groups } = orgWith([
    { operation: ADD, nth: 2, fault: { error: { status: 400, code: 'E0000001' } } },
  ]);
  const run = groups.syncMembers(id, ids.slice(1, 30), { concurrency: 1, maxFailedAdds: false });
  const events = [];
  for await (const event of run) events.push(event);
  assert.equal(events.length, 11);
  assert.deepEqual(events[0], { userId: ids[20], op: 'add', status: 'done' });
  assert.deepEqual(events.at(-1), { userId: ids[0], op: 'remove', status: 'done' });
  const [{ error }] = events.filter((event) => event.status === 'failed');
  assert.ok(isOktaError(error, 'bad-request'));
  const again = [];
  for await (const event of run) again.push(event);
  assert.deepEqual(again, events);
});

test('an item that fails fails no other, and the run rejects', async () => {
  const { groups, members } = orgWith();
  const run = groups.syncMembers(id, ['00unobody', ...ids.slice(0, 22)]);
  const report = await run.report();
  assert.equal(report.ok, false);
  assert.deepEqual(
    report.failed.map(({ userId, op }) => [userId, op]),
    [['00unobody', 'add']],
  );
  assert.ok(isOktaError(report.failed[0].error, 'not-found'));
  assert.deepEqual(report.rest.add, ['00unobody']);
  assert.equal(report.stopped, undefined);
  assert.deepEqual(members(), new Set(ids.slice(0, 22)));
  const error = await failure(run);
  assert.equal(error.cause, report.failed[0].error);
  assert.ok(error instanceof OktaBulkError && isOktaError(error, 'bulk'));
  assert.equal(error.report, report);
  assert.deepEqual(error.errors, [report.failed[0].error]);
  assert.match(error.message, /^1 write failed, Okta 404 E0000007/);
  assert.ok(!JSON.stringify(error).includes(ids[0]));
});

test("a 404 without Okta's code, such as a proxy's, removes nobody", async () => {
  for (const page of [
    new Response('<html>', { status: 404 }),
    Response.json({ error: 'no' }, { status: 404 }),
  ]) {
    const { groups, members } = orgWith([], {
      onFetch: (sent, { method }) => (method === 'DELETE' ? page.clone() : undefined),
    });
    const before = members();
    const report = await groups.syncMembers(id, ids.slice(2, 20)).report();
    assert.deepEqual([report.ok, report.removed, report.alreadyOk], [false, [], []]);
    assert.deepEqual(
      report.failed.map(({ userId }) => userId),
      ids.slice(0, 2),
    );
    assert.deepEqual(members(), before);
  }
});

test('a run whose time is up does not wait for the last of its writes', async () => {
  const { groups } = orgWith([], {
    onFetch: (sent, { method, signal }) =>
      method === 'PUT' || method === 'DELETE'
        ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
        : undefined,
  });
  const began = performance.now();
  const report = await groups.syncMembers(id, ids.slice(0, 21), { totalTimeout: 50 }).report();
  assert.ok(performance.now() - began < 10_000, 'two seconds of grace, not the minutes of a call');
  assert.deepEqual([report.ok, report.stopped, report.notAttempted.length], [false, 'total-timeout', 1]);
  const late = orgWith([], {
    onFetch: (sent, { method }) =>
      method === 'PUT'
        ? new Promise((resolve) => setTimeout(resolve, 100, new Response(null, { status: 204 })))
        : undefined,
  });
  const done = await late.groups.syncMembers(id, ids.slice(0, 21), { totalTimeout: 50 });
  assert.deepEqual([done.ok, 'stopped' in done, done.added], [true, false, ids.slice(20, 21)]);
});

test('a member of whom the org does not say whether a rule put it there stays, and the run is not ok', async () => {
  const rule = { _embedded: { 'group-rules': [{ id: '0pr1' }] } };
  const byHand = { _embedded: { 'group-rules': [] } };
  const unsaid = (id) => ({ id, _embedded: { 'group-rules': {} } });
  for (const [users, remove, unknown] of [
    [[{ id: '00u1' }, { id: '00u2', ...rule }], [], ['00u1']],
    [[unsaid('00u1'), { id: '00u4' }, { id: '00u5', ...byHand }], ['00u5'], ['00u1', '00u4']],
    [
      [
        { id: '00u1', ...byHand },
        { id: '00u2', ...rule },
      ],
      ['00u1'],
      [],
    ],
    [[{ id: '00u3' }, { id: '00u2', ...rule }], [], []],
  ]) {
    const { client } = scripted((url, { method }) => {
      if (method !== 'GET') return new Response(null, { status: 204 });
      const group = { id, type: 'OKTA_GROUP', lastMembershipUpdated: 'x' };
      return json(url.pathname.endsWith('/users') ? users : group, { headers: { link: '<x>; rel="self"' } });
    });
    const plan = await client.groups.planMembers(id, ['00u3'], ANY);
    const skipped = plan.skipped.filter(({ reason }) => reason === 'rule-unknown');
    assert.deepEqual([plan.remove, skipped.map(({ userId }) => userId)], [remove, unknown]);
    assert.equal(plan.warnings.length, unknown.length && 1);
    if (unknown.length) assert.match(plan.warnings[0], new RegExp(`^${unknown.length} not removed`));
    const run = client.groups.syncMembers(id, ['00u3'], ANY);
    const report = await run.report();
    assert.deepEqual([report.ok, report.rest, report.removed], [!unknown.length, undefined, remove]);
    if (unknown.length) assert.match((await failure(run)).message, /group rule/);
    const all = await client.groups.planMembers(id, ['00u3'], { ...ANY, ruleManaged: 'include' });
    assert.deepEqual([all.skipped, all.warnings], [[], []]);
  }
});

test('an org that does not know of rules is asked without them', async () => {
  const refusing = (url) =>
    url.searchParams.has('expand')
      ? json({ errorCode: 'E0000001' }, { status: 400 })
      : json(url.pathname.endsWith('/users') ? [{ id: '00u1' }] : { id, type: 'OKTA_GROUP' });
  const { client } = scripted(refusing);
  const plan = await client.groups.planMembers(id, ['00u3'], ANY);
  assert.deepEqual([plan.add, plan.remove, plan.warnings.length], [['00u3'], [], 1]);
  const strict = await failure(client.groups.planMembers(id, ['00u3'], { ...ANY, ruleManaged: 'fail' }));
  assert.equal(strict.kind, 'bad-request');

  // A page in between says nothing of the parameter, and what came before it is not to be forgotten.
  for (const [after, answer] of [
    [true, () => json({ errorCode: 'E0000001' }, { status: 400 })],
    [false, () => new Response('<html>', { status: 400 })],
  ]) {
    const link = { link: '<https://example.okta.com/api/v1/groups/00g1/users?after=1>; rel="next"' };
    const other = scripted((url) => {
      if (!url.pathname.endsWith('/users')) return json({ id, type: 'OKTA_GROUP' });
      return url.searchParams.has('after') === after ? answer() : json([{ id: '00u1' }], { headers: link });
    });
    assert.equal((await failure(other.client.groups.planMembers(id, ['00u3'], ANY))).kind, 'bad-request');
  }
});

test('a look at the group that hangs holds up no run that is aborted', async () => {
  const { client } = scripted((url, { method, signal }) => {
    if (method === 'PUT') return json({ errorCode: 'E0000007' }, { status: 404 });
    if (url.pathname.endsWith('/users')) return json([]);
    looks++;
    return looks === 1
      ? json({ id, type: 'OKTA_GROUP' })
      : new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });
  let looks = 0;
  const run = client.groups.syncMembers(id, ['00u1', '00u2']);
  while (looks < 2) await new Promise((later) => setTimeout(later, 5));
  const aborted = performance.now();
  run.abort();
  const report = await run.report();
  assert.ok(performance.now() - aborted < 8000, 'two seconds of grace, two to look once more');
  assert.deepEqual([report.stopped, report.failed, report.notAttempted.length], ['aborted', [], 2]);
});

test('a member who is gone already counts as removed', async () => {
  const { groups } = orgWith();
  const plan = await groups.planMembers(id, ids.slice(2, 20));
  await groups.unassignUser(id, plan.remove[0]);
  const narrowed = await groups.applyPlan(plan);
  assert.deepEqual([narrowed.ok, narrowed.alreadyOk, narrowed.removed], [true, [ids[0]], [ids[1]]]);
  const gone = { ...plan, remove: ['00unobody'] };
  const report = await groups.applyPlan(gone, { ifStale: 'ignore' });
  assert.deepEqual([report.ok, report.alreadyOk], [true, ['00unobody']]);
});

test('a stale plan is narrowed to what is left of it, or refused', async () => {
  const { groups, members, sent } = orgWith();
  const plan = await groups.planMembers(id, ids.slice(2, 25));
  await groups.assignUser(id, ids[20]);
  await groups.assignUser(id, ids[50]);
  const error = await failure(groups.applyPlan(plan, { ifStale: 'throw' }));
  assert.deepEqual([error.kind, error.argument], ['argument', 'plan']);
  assert.equal(writes(sent).length, 2);
  const run = groups.applyPlan(plan);
  const report = await run;
  assert.deepEqual([report.ok, report.alreadyOk], [true, [ids[20]]]);
  assert.deepEqual((await run.plan).add, ids.slice(21, 25));
  assert.deepEqual(members(), new Set([...ids.slice(2, 25), ids[50]]), 'who came meanwhile stays');
});

test('a plan that was tampered with is refused', async () => {
  const { groups, sent } = orgWith();
  const plan = await groups.planMembers(id, ids.slice(0, 25));
  for (const change of [
    { v: 2 },
    { groupId: '..' },
    { groupId: undefined },
    { add: undefined },
    { add: 'abc' },
    { add: [7] },
    { remove: ['../..'] },
    { remove: [plan.add[0]] },
    { basedOn: null },
  ]) {
    const error = await failure(groups.applyPlan({ ...plan, ...change }));
    assert.equal(error.kind, 'argument', JSON.stringify(change));
  }
  for (const nothing of [undefined, null, 7, 'plan']) {
    assert.equal((await failure(groups.applyPlan(nothing))).argument, 'plan');
  }
  assert.equal(writes(sent).length, 0);
});

test('a run that is aborted lets settle what is under way, and goes on later', async () => {
  let run;
  const onFetch = (sent) => void (writes(sent).length === 12 && run.abort('enough'));
  const { groups, members, sent } = orgWith([], { onFetch });
  const desired = ids.slice(4, 50);
  run = groups.syncMembers(id, desired, { concurrency: 4 });
  const error = await failure(run);
  const { report } = error;
  assert.ok(error instanceof OktaBulkError, String(error));
  assert.equal(error.cause, 'enough');
  assert.equal(await run.report(), report);
  assert.equal(report.stopped, 'aborted');
  assert.equal(report.ok, false);
  const attempted = writes(sent).length;
  assert.ok(attempted >= 12 && attempted < 16, String(attempted));
  assert.equal(report.added.length, attempted);
  assert.equal(report.notAttempted.length, 34 - attempted);
  assert.deepEqual(report.rest.add, report.plan.add.slice(attempted));
  assert.deepEqual(report.rest.remove, report.plan.remove);
  assert.equal(members().size, 20 + attempted);

  const before = writes(sent).length;
  const rest = await groups.applyPlan(JSON.parse(JSON.stringify(report.rest)));
  assert.equal(writes(sent).length - before, 34 - attempted);
  assert.equal(rest.rest, undefined);
  assert.deepEqual(members(), new Set(desired));
});

test('calls of a person go before the writes of a bulk run', async () => {
  let asked;
  const onFetch = (sent) => {
    if (writes(sent).length !== 10 || asked) return;
    asked = { at: sent.length, first: client.groups.list({ limit: 1 }).first() };
  };
  const { client, groups, sent } = orgWith([], { onFetch, atOnce: 1 });
  await groups.syncMembers(id, ids.slice(0, 60), { concurrency: 8 });
  await asked.first;
  const place = sent.indexOf('GET /api/v1/groups');
  assert.ok(place - asked.at <= 1, `${place - asked.at} writes went before it`);
});

test('a trap in the core ends a run, which reports what was done, and goes on later', async () => {
  let trapped = false;
  const onFetch = (sent) => {
    if (trapped || writes(sent).length < 12) return;
    trapped = true;
    trapNext(Math, 'random');
  };
  const { groups, members, sent } = orgWith([], { onFetch });
  const desired = ids.slice(4, 50);
  const report = await groups.syncMembers(id, desired, { concurrency: 4 }).report();
  assert.equal(report.ok, false);
  assert.ok(report.added.length > 0 && report.added.every((user) => members().has(user)));
  assert.ok(report.failed.length > 0, 'what was under way');
  assert.ok(report.failed.every(({ error }) => isOktaError(error, 'internal')));
  const { added, failed, notAttempted, rest, plan } = report;
  assert.equal(added.length + failed.length + notAttempted.length, plan.add.length + plan.remove.length);
  assert.equal(rest.add.length + rest.remove.length, failed.length + notAttempted.length);

  const before = writes(sent).length;
  await groups.applyPlan(JSON.parse(JSON.stringify(rest)));
  assert.ok(writes(sent).length - before <= rest.add.length + rest.remove.length);
  assert.deepEqual(members(), new Set(desired));
});

test('a signal aborts a run, too: while it reads, there is no report yet', async () => {
  const control = new AbortController();
  const { groups, org, sent } = orgWith([], { onFetch: () => control.abort('stop') });
  const error = await failure(groups.syncMembers(id, ids, { signal: control.signal }));
  assert.ok(isOktaError(error, 'aborted'));
  assert.equal(error.cause, 'stop');
  assert.equal(writes(sent).length, 0);
  const plan = {
    v: 1,
    org: org.orgUrl,
    groupId: id,
    basedOn: { lastMembershipUpdated: 'x', at: 'x' },
    add: ids,
    remove: [],
    unchanged: 0,
  };
  const report = await groups.applyPlan(plan, { signal: control.signal }).report();
  assert.deepEqual([report.stopped, report.notAttempted.length], ['aborted', 300]);
});

test('a token that is refused, or forbidden to write at all, stops the run', async () => {
  for (const [status, code, most] of [
    [401, 'E0000011', 4],
    [403, 'E0000006', 8],
  ]) {
    let broken = true;
    const no = () => json({ errorCode: code, errorSummary: 'no', errorCauses: [] }, { status });
    const onFetch = (_, { method }) => (broken && method !== 'GET' ? no() : undefined);
    const { groups } = orgWith([], { onFetch });
    const report = await groups.syncMembers(id, ids.slice(0, 60), { concurrency: 4 }).report();
    assert.equal(report.stopped, 'stopOn');
    assert.ok(report.failed.length <= most, String(report.failed.length));
    assert.equal(report.failed.length + report.notAttempted.length, 40);
    assert.ok(report.failed.every(({ error }) => error.status === status));
    broken = false;
    assert.equal((await groups.applyPlan(report.rest)).added.length, 40);
  }
});

test('a 403 for a single user does not stop the run', async () => {
  const rule = { operation: ADD, path: '/00u30', fault: { error: { status: 403, code: 'E0000006' } } };
  const { groups } = orgWith([rule]);
  const report = await groups.syncMembers(id, ids.slice(0, 60)).report();
  assert.deepEqual([report.failed.length, report.added.length, report.stopped], [1, 39, undefined]);
});

test('a group that is deleted meanwhile stops the run: nobody counts as removed', async () => {
  const { groups } = orgWith([], {
    members: 60,
    onFetch: (sent) => {
      if (writes(sent).length === 10 && !sent.includes(`DELETE /api/v1/groups/${id}`)) groups.delete(id);
    },
  });
  const options = { ...ANY, mode: 'remove', concurrency: 2 };
  const report = await groups.syncMembers(id, ids.slice(60, 61), options).report();
  assert.equal(report.stopped, 'stopOn');
  assert.ok(report.failed.length >= 1 && report.failed.length <= 2, String(report.failed.length));
  assert.deepEqual(report.alreadyOk, []);
  assert.ok(report.removed.length <= 12 && report.notAttempted.length >= 46);
});

test('stopOn decides when a run stops', async () => {
  const rule = { operation: ADD, fault: { error: { status: 400, code: 'E0000001' } } };
  const { groups } = orgWith([rule]);
  const seen = [];
  const stopOn = (error, failures) => seen.push([error.kind, failures]) === 3;
  const report = await groups.syncMembers(id, ids.slice(0, 60), { stopOn, concurrency: 1 }).report();
  assert.deepEqual([report.stopped, report.failed.length], ['stopOn', 3]);
  assert.deepEqual(
    seen,
    [1, 2, 3].map((n) => ['bad-request', n]),
  );
});

test('faults that pass are nothing to report', async () => {
  const error = (status) => ({ error: { status } });
  const { groups, members } = orgWith([
    { operation: ADD, every: 7, times: 3, fault: error(503) },
    { operation: ADD, every: 11, times: 2, after: true, fault: 'reset' },
    { operation: 'DELETE /api/v1/groups/{groupId}/users/{userId}', nth: 2, after: true, fault: 'reset' },
    { operation: LIST, times: 1, fault: 'concurrency' },
  ]);
  const report = await groups.syncMembers(id, ids.slice(5, 60));
  assert.deepEqual(members(), new Set(ids.slice(5, 60)));
  assert.ok(report.retries >= 5, String(report.retries));
  assert.deepEqual(report.failed, []);
});

test('the rate limit is kept, and a run that its time cuts short can go on', async (t) => {
  const { groups, client, members } = orgWith([], { rateLimit: 30 });
  // Timers may fire early.
  const { setTimeout } = globalThis;
  t.mock.method(globalThis, 'setTimeout', (wake, ms) => setTimeout(wake, ms === 500 ? 495 : ms));
  const progress = [];
  const onProgress = (told) => progress.push(told);
  const report = await groups.syncMembers(id, ids.slice(0, 80), { onProgress, totalTimeout: 500 }).report();
  assert.ok(report.added.length > 10 && report.added.length < 30, String(report.added.length));
  assert.equal(report.stopped, 'total-timeout');
  assert.deepEqual(
    report.rest.add.toSorted(),
    ids
      .slice(20, 80)
      .filter((user) => !members().has(user))
      .toSorted(),
  );
  const last = progress.at(-1);
  assert.deepEqual([last.phase, last.total, last.done], ['applying', 60, report.added.length]);
  assert.ok(last.etaMs > 60_000, String(last.etaMs));
  assert.ok(last.throttledUntil > new Date());
  assert.ok(client.rateLimits().get('groups').remaining >= 0);
});

test('progress is told in phases, at most ten times a second', async () => {
  const { groups } = orgWith([], { members: 250 });
  const progress = [];
  const began = performance.now();
  await groups.syncMembers(id, ids, { onProgress: (told) => progress.push(told) });
  assert.ok(progress.length <= 3 + (performance.now() - began) / 100, String(progress.length));
  assert.equal(progress[0].phase, 'reading');
  assert.deepEqual(progress.at(-1), {
    phase: 'applying',
    total: 50,
    done: 50,
    failed: 0,
    inFlight: 0,
    etaMs: 0,
  });
  await groups.syncMembers(id, ids, {
    onProgress() {
      throw new Error('its own affair');
    },
  });
});

test('verify reads the member list until it shows the writes', async () => {
  const { groups } = orgWith();
  const report = await groups.syncMembers(id, ids.slice(2, 22), { verify: { timeoutMs: 1000 } });
  assert.deepEqual([report.ok, report.unverified], [true, []]);
  const lagging = orgWith([], {
    onFetch: (sent, { method }) => (method === 'PUT' ? new Response(null, { status: 204 }) : undefined),
  });
  const run = lagging.groups.syncMembers(id, ids.slice(0, 22), { verify: { timeoutMs: 1 } });
  const late = await run.report();
  assert.deepEqual([late.ok, late.unverified], [false, ids.slice(20, 22)]);
});

test('a run that fails before it has a plan tells all who ask, and nobody else', async (t) => {
  const unhandled = [];
  const listen = (error) => unhandled.push(error);
  process.on('unhandledRejection', listen);
  t.after(() => process.off('unhandledRejection', listen));
  const { groups } = orgWith();
  const start = () => groups.syncMembers('00gnone', ids);
  const iterated = async (run) => {
    for await (const _ of run) assert.fail('there is nothing');
  };
  const caught = (run) => run.finally(() => ended++).catch((error) => Promise.reject(error));
  let ended = 0;
  for (const ask of [(run) => run, iterated, (run) => run.plan, (run) => run.report(), caught]) {
    assert.ok(isOktaError(await failure(ask(start())), 'not-found'));
  }
  for await (const _ of groups.syncMembers(id, ids.slice(0, 22))) break;
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(ended, 1);
  assert.deepEqual(unhandled, []);
});

test('a run that is iterated, asked for its report or its plan rejects nowhere else', async (t) => {
  const unhandled = [];
  const listen = (error) => unhandled.push(error);
  process.on('unhandledRejection', listen);
  t.after(() => process.off('unhandledRejection', listen));
  const start = (options) => orgWith().groups.syncMembers(id, ['00unobody', ...ids.slice(1, 20)], options);
  const events = [];
  for await (const { op, status } of start()) events.push(`${op} ${status}`);
  assert.deepEqual(events, ['add failed'], 'the removal is withheld');
  for await (const _ of start()) break;
  const report = await start().report();
  assert.deepEqual([report.ok, report.withheld, report.removed], [false, [ids[0]], []]);
  await start().plan;
  const control = new AbortController();
  const run = start({ signal: control.signal });
  run.plan.then(() => control.abort(new Error('Ctrl-C')));
  const settled = [];
  for await (const event of run) settled.push(event);
  const { stopped, notAttempted } = await run.report();
  assert.deepEqual([stopped, notAttempted.length + settled.length], ['aborted', 2]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(unhandled, []);
});

test('the stack of an error begins where the program called, whenever the error was found', async () => {
  const { groups } = orgWith([{ operation: ADD, fault: { error: { status: 403, code: 'E0000006' } } }]);
  const blank = [' 00u1'];
  const plan = await groups.planMembers(id, ids.slice(0, 25));
  for (const call of [
    function planHere() {
      return groups.planMembers(id, blank);
    },
    function planOfThatOption() {
      return groups.planMembers(id, ids, { mode: 'all' });
    },
    function planOfNothing() {
      return groups.planMembers(id, []);
    },
    function syncHere() {
      return groups.syncMembers(id, blank);
    },
    function syncThatFails() {
      return groups.syncMembers(id, ids.slice(0, 25));
    },
    function applyHere() {
      return groups.applyPlan({ ...plan, add: blank });
    },
    function reportOf() {
      return groups.syncMembers(id, blank).report();
    },
  ]) {
    const { stack, message } = await failure(call());
    assert.ok(stack.includes(message) && stack.includes(call.name), stack);
    assert.ok(stack.includes('members.test.mjs'), stack);
  }
});

test("the error of an aborted run has the signal's reason as its cause", async () => {
  const reason = new Error('Ctrl-C');
  for (const abort of [(run) => run.abort(reason), (run, control) => control.abort(reason)]) {
    const { groups } = orgWith();
    const control = new AbortController();
    const run = groups.syncMembers(id, ids.slice(0, 60), { signal: control.signal });
    for await (const _ of run) abort(run, control);
    const error = await failure(run);
    assert.deepEqual([error.kind, error.cause, error.report.stopped], ['bulk', reason, 'aborted']);
    assert.match(error.message, /not attempted \(aborted\)$/);
    assert.ok(!JSON.stringify(error).includes(ids[0]));
  }
});

test('members are planned by logins and emails of a whole org, in a few requests and with short URLs', async () => {
  const person = (n) => `person.${n}@a-rather-long-company-name.example.com`;
  const users = Array.from({ length: 1200 }, (_, n) => ({
    id: `00u${n}`,
    status: n === 5 ? 'DEPROVISIONED' : 'ACTIVE',
    profile: { login: person(n), email: n === 7 ? person(6).toUpperCase() : person(n), firstName: `"${n}\\` },
  }));
  const profile = { name: 'West', description: null };
  const org = createOrg({
    seedData: {
      groups: [
        { id, type: 'OKTA_GROUP', profile },
        { id: '00gEveryone', type: 'BUILT_IN', profile: { name: 'Everyone', description: null } },
      ],
      users,
      memberships: { [id]: ids.slice(100, 120) },
    },
    rateLimit: 'off',
  });
  const sent = [];
  const fetch = (url, init) => {
    sent.push(url);
    return org.fetch(url, init);
  };
  const { groups } = new OktaGroups({ orgUrl: org.orgUrl, auth: bearer(() => 'token'), fetch });
  const logins = Array.from({ length: 1000 }, (_, n) => person(n + 100));
  const plan = await groups.planMembers(
    id,
    logins.map((login) => login.toUpperCase()),
    { by: 'login' },
  );
  assert.deepEqual([plan.add.length, plan.remove, plan.unresolved, plan.unchanged], [980, [], [], 20]);
  assert.ok(sent.length <= 25, `${sent.length} requests`);
  assert.ok(Math.max(...sent.map(({ length }) => length)) <= 8000);
  const emails = [person(5), person(6), person(8), 'nobody@example.com'];
  const some = await groups.planMembers(id, emails, { by: 'email', mode: 'add' });
  assert.deepEqual(some.add, ['00u8']);
  assert.deepEqual(some.unresolved, [
    { value: person(5), reason: 'deactivated', candidates: ['00u5'] },
    { value: person(6), reason: 'ambiguous', candidates: ['00u6', '00u7'] },
    { value: 'nobody@example.com', reason: 'none', candidates: [] },
  ]);
  const refused = await failure(groups.applyPlan(structuredClone(some)));
  assert.deepEqual([refused.kind, refused.argument], ['argument', 'unresolved']);
  assert.match(refused.message, /"person\.5@[^"]*", which only a deactivated user bears and 2 more$/);
  const skipped = await groups.syncMembers(id, emails, { by: 'email', unresolved: 'skip' });
  assert.deepEqual([skipped.added, skipped.removed, skipped.plan.skipsUnresolved], [['00u8'], [], true]);
  const quoted = await groups.planMembers(id, ['"9\\'], { by: 'profile.firstName', mode: 'add' });
  assert.deepEqual([quoted.add, quoted.unresolved], [['00u9'], []]);
});

test('the options by and unresolved are checked', async () => {
  const { groups, sent } = orgWith();
  for (const [desired, options, argument] of [
    [['a'], { by: 'name' }, 'by'],
    [['a'], { by: 7 }, 'by'],
    [['a'], { by: 'profile.a b' }, 'by'],
    [['a'], { by: 'login', unresolved: 'throw' }, 'unresolved'],
    [['a'], { by: 'login', unresolved: 'skip', mode: 'remove' }, 'unresolved'],
    [['a', ''], { by: 'login' }, 'desired'],
    ['a', { by: 'login' }, 'desired'],
  ]) {
    const error = await failure(groups.planMembers(id, desired, options));
    assert.deepEqual([error.kind, error.argument], ['argument', argument], error.message);
  }
  assert.deepEqual(sent, []);
  const empty = await failure(groups.planMembers(id, [], { by: 'login' }));
  assert.deepEqual([empty.kind, empty.argument], ['argument', 'desired']);
  const plan = await groups.planMembers(id, ids.slice(0, 20), { by: 'id' });
  assert.ok(!('unresolved' in plan));
});

test('a run that names nobody for a value tells its plan, then rejects before a write', async () => {
  const { groups, sent } = orgWith();
  const run = groups.syncMembers(id, ['00u1', 'nobody'], { by: 'login' });
  const { unresolved, remove } = await run.plan;
  assert.deepEqual([unresolved, remove], [[{ value: 'nobody', reason: 'none', candidates: [] }], []]);
  const error = await failure(run);
  assert.deepEqual([error.kind, error.argument], ['argument', 'unresolved']);
  assert.deepEqual(writes(sent), []);
});

test('an inherited property says nothing of a member or a plan', async (t) => {
  const polluted = { 'group-rules': [], _embedded: { 'group-rules': [] }, id: '00u1', ratio: 1, count: 99 };
  t.after(() => Object.keys(polluted).forEach((name) => delete Object.prototype[name]));
  const { client } = scripted((url) =>
    json(
      url.pathname.endsWith('/users') ? [{ id: 'a' }, { id: 'b' }, { id: 'c' }] : { id, type: 'OKTA_GROUP' },
    ),
  );
  Object.assign(Object.prototype, polluted);
  const plan = await client.groups.planMembers(id, ['a'], { maxRemovals: { ratio: 1 } });
  assert.deepEqual([plan.remove, plan.skipped.length], [[], 2]);
  const most = { maxRemovals: { count: 1 }, ruleManaged: 'include' };
  assert.equal((await failure(client.groups.planMembers(id, ['a'], most))).argument, 'maxRemovals');
});

test('a hundred thousand members are planned from their ids alone', async () => {
  const many = Array.from({ length: 100_000 }, (_, n) => `00u${String(n * 7919).padStart(17, 'x')}`);
  const { client } = scripted((url) => {
    if (!url.pathname.endsWith('/users')) return json({ id, type: 'OKTA_GROUP', lastMembershipUpdated: 'x' });
    const at = Number(url.searchParams.get('after') ?? 0);
    const link =
      at + 10_000 < many.length
        ? `<${url.origin}${url.pathname}?after=${at + 10_000}>; rel="next"`
        : '<x>; rel="self"';
    return json(
      many.slice(at, at + 10_000).map((user) => ({ id: user })),
      { headers: { link } },
    );
  });
  const options = { ruleManaged: 'include' };
  const plan = await client.groups.planMembers(id, [...many.slice(1000), 'new'].toReversed(), options);
  assert.deepEqual([plan.add, plan.remove.length, plan.unchanged], [['new'], 1000, 99_000]);
});
