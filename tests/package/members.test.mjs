// Membership in bulk, as a script uses it: plans, runs, what stops a run, and how it goes on later.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOrg } from 'okta-groups/emulator';
import { OktaBulkError, OktaGroups, bearer, isOktaError } from 'okta-groups';
import { failure, json, scripted } from './support.mjs';

const WRITE = { add: 'PUT /api/v1/groups/{groupId}/users/{userId}', remove: 'DELETE /api/v1/groups/{groupId}/users/{userId}' };
const ANY = { maxRemovals: false };

/** A client of a local org with a group of some of its users; `sent` are the requests so far. */
async function orgWith(rules = [], { members = 20, users = 60, onFetch, ...options } = {}) {
  const org = createOrg({ groups: 3, users, seed: 7, rateLimit: 'off', faults: { rules } });
  const sent = [];
  const fetch = (url, init) => {
    const { method } = init;
    sent.push(`${method} ${new URL(url).pathname}`);
    onFetch?.(sent);
    return org.fetch(url, init);
  };
  const auth = bearer(() => 'token');
  const client = new OktaGroups({ orgUrl: org.orgUrl, auth, fetch, ...options });
  const quiet = new OktaGroups({ orgUrl: org.orgUrl, auth, fetch: createQuiet(org) }).groups;
  const groups = await quiet.list({ limit: 3 }).toArray({ max: 100 });
  const everyone = groups.find((group) => group.type === 'BUILT_IN');
  const ids = (await quiet.listUsers(everyone.id).toArray({ max: 1000 })).map((user) => user.id);
  const { id } = await quiet.create({ name: 'West' });
  for (const user of ids.slice(0, members)) await quiet.assignUser(id, user);
  const of = async () => new Set((await quiet.listUsers(id).toArray({ max: 1000 })).map((user) => user.id));
  return { client, groups: client.groups, quiet, id, ids, everyone, sent, members: of };
}

/** The org's fetch, past its faults: a second org would not have the same groups. */
function createQuiet(org) {
  return (url, init) => org.fetch(url, init);
}

const writes = (sent) => sent.filter((request) => !request.startsWith('GET'));

test('a group gets exactly the members that are desired', async () => {
  const { groups, id, ids, members, sent } = await orgWith();
  const desired = ids.slice(3, 25);
  const report = await groups.syncMembers(id, new Set(desired));
  assert.deepEqual(await members(), new Set(desired));
  const { ok, added, removed, failed, notAttempted, requests, retries, rest, stopped, dryRun, plan } = report;
  assert.deepEqual([ok, dryRun, failed, notAttempted, rest, stopped], [true, false, [], [], undefined, undefined]);
  assert.deepEqual(added.toSorted(), ids.slice(20, 25).toSorted());
  assert.deepEqual(removed.toSorted(), ids.slice(0, 3).toSorted());
  assert.equal(plan.unchanged, 17);
  assert.deepEqual([requests, retries], [sent.length, 0]);
  const methods = writes(sent).map((request) => request.split(' ')[0]);
  assert.deepEqual(methods, [...Array(5).fill('PUT'), ...Array(3).fill('DELETE')], 'adds come first');
  assert.equal((await groups.syncMembers(id, desired)).plan.add.length, 0);
});

test('a plan is plain JSON that can be looked at, stored and applied later', async () => {
  const { groups, id, ids, members, sent } = await orgWith();
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
    warnings: ['the org did not say which members are there by a group rule'],
  });
  assert.deepEqual(new Set(plan.remove), new Set(ids.slice(0, 2)));
  assert.ok(Date.parse(basedOn.lastMembershipUpdated) && Date.parse(basedOn.at));
  const report = await groups.applyPlan(JSON.parse(JSON.stringify(plan)));
  assert.ok(report.ok);
  assert.deepEqual(await members(), new Set(ids.slice(2, 22)));
});

test('a dry run sends no write', async () => {
  const { groups, id, ids, sent } = await orgWith();
  const run = groups.syncMembers(id, ids.slice(0, 25), { dryRun: true });
  const report = await run.orThrow();
  assert.deepEqual([report.ok, report.dryRun, report.added, report.alreadyOk], [true, true, [], []]);
  assert.deepEqual(report.plan.add, ids.slice(20, 25));
  assert.equal(await run.plan, report.plan);
  assert.equal(writes(sent).length, 0);
});

test('only what is missing, or only who is too many, can be asked for', async () => {
  const { groups, id, ids } = await orgWith();
  const desired = ids.slice(5, 25);
  const add = await groups.planMembers(id, desired, { mode: 'add' });
  assert.deepEqual([add.add.length, add.remove.length], [5, 0]);
  const remove = await groups.planMembers(id, desired, { mode: 'remove' });
  assert.deepEqual([remove.add.length, remove.remove.length], [0, 5]);
});

test('who is to be kept is kept', async () => {
  const { groups, id, ids } = await orgWith();
  const desired = ids.slice(2, 20);
  for (const keep of [[ids[0]], (user) => user.id === ids[0]]) {
    const plan = await groups.planMembers(id, desired, { keep });
    assert.deepEqual(plan.remove, [ids[1]]);
    assert.deepEqual(plan.skipped, [{ userId: ids[0], reason: 'kept' }]);
  }
});

test('members by a group rule are left alone, unless they are to go or to fail it', async () => {
  const user = (id, rules) => ({ id, _embedded: { 'group-rules': rules } });
  const { client, sent } = scripted((url) => {
    if (!url.pathname.endsWith('/users')) return json({ id: '00g1', type: 'OKTA_GROUP', lastMembershipUpdated: 'x' });
    return json([user('a', []), user('b', [{ id: '0pr1' }]), user('c', [])], { headers: { link: '<x>; rel="self"' } });
  });
  const plan = await client.groups.planMembers('00g1', ['a'], ANY);
  assert.deepEqual(plan.remove, ['c']);
  assert.deepEqual(plan.skipped, [{ userId: 'b', reason: 'rule-managed' }]);
  assert.deepEqual(plan.warnings, []);
  assert.equal(sent.at(-1).url.searchParams.get('expand'), 'group-rules');
  const all = await client.groups.planMembers('00g1', ['a'], { ...ANY, ruleManaged: 'include' });
  assert.deepEqual(all.remove, ['b', 'c']);
  assert.ok(!sent.at(-1).url.searchParams.has('expand'));
  const error = await failure(client.groups.planMembers('00g1', ['a'], { ...ANY, ruleManaged: 'fail' }));
  assert.deepEqual([error.kind, error.argument], ['argument', 'ruleManaged']);
});

test('what is likely a mistake is refused before anything is written', async () => {
  const { groups, id, ids, everyone, sent } = await orgWith();
  for (const [argument, desired, options, group = id] of [
    ['desired', []],
    ['desired', ids[0]],
    ['desired', undefined],
    ['desired', [ids[0], 7]],
    ['desired', [ids[0], '..']],
    ['desired', [ids[0], `${ids[1]}\n${ids[2]}`]],
    ['desired', ['\ud800']],
    ['maxRemovals', ids.slice(0, 14)],
    ['maxRemovals', ids.slice(0, 19), { maxRemovals: { count: 0 } }],
    ['maxRemovals', ids.slice(0, 10), { maxRemovals: { ratio: 0.4 } }],
    ['groupId', ids, {}, everyone.id],
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

test('a list of members that fails midway never turns into removals', async () => {
  const list = 'GET /api/v1/groups/{groupId}/users';
  for (const rule of [
    { operation: list, nth: 3, fault: 'nextSelf' },
    { operation: list, path: 'after=', fault: { error: { status: 403, code: 'E0000006' } } },
    { operation: list, path: 'after=', fault: { error: { status: 500 } } },
    { operation: list, path: 'after=', fault: 'loginPage' },
  ]) {
    const { groups, id, ids, sent } = await orgWith([], { members: 0 });
    void rule;
    const setUp = await orgWith([rule], { members: 250, users: 300, retry: { baseDelay: 1, maxDelay: 1 } }).catch((error) => error);
    if (setUp instanceof Error) continue;
    const error = await failure(setUp.groups.syncMembers(setUp.id, setUp.ids, ANY));
    assert.ok(isOktaError(error), String(error));
    assert.equal(writes(setUp.sent).length, 0);
    void [groups, id, ids, sent];
  }
});

test('each write is told of as it settles, to whoever iterates, early or late', async () => {
  const { groups, id, ids } = await orgWith([
    { operation: WRITE.add, nth: 22, fault: { error: { status: 400, code: 'E0000001' } } },
  ]);
  const run = groups.syncMembers(id, ids.slice(1, 30), { concurrency: 1 });
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

test('an item that fails fails no other; orThrow() throws', async () => {
  const { groups, id, ids, members } = await orgWith();
  const run = groups.syncMembers(id, ['00unobody', ...ids.slice(0, 22)]);
  const report = await run;
  assert.equal(report.ok, false);
  assert.deepEqual(report.failed.map(({ userId, op }) => [userId, op]), [['00unobody', 'add']]);
  assert.ok(isOktaError(report.failed[0].error, 'not-found'));
  assert.deepEqual(report.rest.add, ['00unobody']);
  assert.equal(report.stopped, undefined);
  assert.deepEqual(await members(), new Set(ids.slice(0, 22)));
  const error = await failure(run.orThrow());
  assert.ok(error instanceof OktaBulkError && isOktaError(error, 'bulk'));
  assert.equal(error.report, report);
  assert.deepEqual(error.errors, [report.failed[0].error]);
  assert.match(error.message, /^1 writes failed, Okta 404 E0000007/);
  assert.ok(!JSON.stringify(error).includes(ids[0]));
});

test('who is gone already counts as removed', async () => {
  const { groups, quiet, id, ids } = await orgWith();
  const plan = await groups.planMembers(id, ids.slice(2, 20));
  await quiet.unassignUser(id, plan.remove[0]);
  for (const [ifStale, alreadyOk, removed] of [['replan', plan.remove.slice(0, 1), plan.remove.slice(1)]]) {
    const report = await groups.applyPlan(plan, { ifStale });
    assert.deepEqual([report.ok, report.alreadyOk, report.removed], [true, alreadyOk, removed]);
  }
  const gone = { ...plan, remove: ['00unobody'] };
  const report = await groups.applyPlan(gone, { ifStale: 'ignore' });
  assert.deepEqual([report.ok, report.alreadyOk], [true, ['00unobody']]);
});

test('a stale plan is narrowed to what is left of it, or refused', async () => {
  const { groups, quiet, id, ids, members, sent } = await orgWith();
  const plan = await groups.planMembers(id, ids.slice(2, 25));
  await quiet.assignUser(id, ids[20]);
  await quiet.assignUser(id, ids[50]);
  const error = await failure(groups.applyPlan(plan, { ifStale: 'throw' }));
  assert.deepEqual([error.kind, error.argument], ['argument', 'plan']);
  assert.equal(writes(sent).length, 0);
  const run = groups.applyPlan(plan);
  const report = await run;
  assert.deepEqual([report.ok, report.alreadyOk], [true, [ids[20]]]);
  assert.deepEqual((await run.plan).add, ids.slice(21, 25));
  assert.deepEqual(await members(), new Set([...ids.slice(2, 25), ids[50]]), 'who came meanwhile stays');
});

test('a plan that was tampered with is refused', async () => {
  const { groups, id, ids, sent } = await orgWith();
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
  const onFetch = (sent) => writes(sent).length === 12 && run.abort('enough');
  const { groups, id, ids, members, sent } = await orgWith([], { onFetch });
  const desired = ids.slice(4, 50);
  run = groups.syncMembers(id, desired, { concurrency: 4 });
  const report = await run;
  assert.equal(report.stopped, 'aborted');
  assert.equal(report.ok, false);
  const attempted = writes(sent).length;
  assert.ok(attempted >= 12 && attempted < 16, String(attempted));
  assert.equal(report.added.length, attempted);
  assert.equal(report.notAttempted.length, 34 - attempted);
  assert.deepEqual(report.rest.add, report.plan.add.slice(attempted));
  assert.deepEqual(report.rest.remove, report.plan.remove);
  assert.equal((await members()).size, 20 + attempted);

  const before = writes(sent).length;
  const rest = await groups.applyPlan(JSON.parse(JSON.stringify(report.rest))).orThrow();
  assert.equal(writes(sent).length - before, 34 - attempted);
  assert.equal(rest.rest, undefined);
  assert.deepEqual(await members(), new Set(desired));
});

test('a signal aborts a run, too: while it reads, there is no report yet', async () => {
  const control = new AbortController();
  const { groups, id, ids, sent } = await orgWith([], { onFetch: () => control.abort('stop') });
  const error = await failure(groups.syncMembers(id, ids, { signal: control.signal }));
  assert.ok(isOktaError(error, 'aborted'));
  assert.equal(error.cause, 'stop');
  assert.equal(writes(sent).length, 0);
  const plan = { v: 1, groupId: id, basedOn: { lastMembershipUpdated: 'x', at: 'x' }, add: ids, remove: [], unchanged: 0 };
  const report = await groups.applyPlan(plan, { signal: control.signal });
  assert.deepEqual([report.stopped, report.notAttempted.length], ['aborted', 60]);
});

test('a token that is refused, or forbidden to write at all, stops the run', async () => {
  for (const [status, code, most] of [
    [401, 'E0000011', 4],
    [403, 'E0000006', 8],
  ]) {
    let broken = false;
    const onFetch = () => {};
    const { client, id, ids, quiet } = await orgWith([], { onFetch });
    void client;
    const sent = [];
    const fetch = (url, init) => {
      if (init.method !== 'GET') {
        sent.push(init.method);
        if (broken) return json({ errorCode: code, errorSummary: 'no', errorCauses: [] }, { status });
      }
      return quietFetch(url, init);
    };
    const quietFetch = fetchOf.get(quiet);
    const groups = new OktaGroups({ orgUrl: orgUrlOf.get(quiet), auth: bearer(() => 'token'), fetch }).groups;
    broken = true;
    const report = await groups.syncMembers(id, ids, { concurrency: 4 });
    assert.equal(report.stopped, 'stopOn');
    assert.ok(report.failed.length <= most, String(report.failed.length));
    assert.equal(report.failed.length + report.notAttempted.length, 40);
    assert.ok(report.failed.every(({ error }) => error.status === status));
    broken = false;
    const rest = await groups.applyPlan(report.rest).orThrow();
    assert.equal(rest.added.length, 40);
  }
});
