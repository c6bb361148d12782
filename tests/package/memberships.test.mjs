// Memberships of many groups: a plan for each, one run, one report; a group that fails skips itself alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OktaGroups, bearer } from 'okta-groups';
import { createOrg } from 'okta-groups/emulator';
import { failure, virtualTime } from './support.mjs';

async function local(options = {}, count = 6) {
  const org = createOrg({ groups: 40, users: 80, ...options });
  const sent = [];
  const fetch = async (url, init) => {
    const answer = await org.fetch(url, init);
    sent.push({ method: init.method, url: new URL(url), status: answer.status });
    return answer;
  };
  const client = new OktaGroups({ orgUrl: org.orgUrl, auth: bearer(() => 'token'), fetch });
  const groups = await client.groups
    .list({ search: 'type eq "OKTA_GROUP"' })
    .toArray({ max: count, onExceed: 'truncate' });
  const users = (await client.users.list().toArray({ max: 1000 }))
    .filter(({ status }) => status !== 'DEPROVISIONED')
    .map(({ id }) => id);
  const members = async (id) =>
    (await client.groups.listUsers(id).toArray({ max: 1000 })).map(({ id }) => id).sort();
  sent.length = 0;
  return { client, org, groups, users, members, sent };
}

/** No limits: of a run, and of planning besides. */
const each = { maxRemovals: false, ruleManaged: 'include' };
const open = { ...each, maxRemovalsOverall: false };

const writes = (sent) => sent.filter(({ method }) => method !== 'GET');

test('many groups get exactly the members that are desired, from a Map, an object and a stream', async () => {
  const { client, groups, users, members, sent } = await local();
  const desired = (offset) => groups.map(({ id }, at) => [id, users.slice(offset + at, offset + at + 9)]);
  async function* stream(entries) {
    yield* entries;
  }
  for (const [offset, form] of [
    [0, (entries) => new Map(entries)],
    [10, Object.fromEntries],
    [20, stream],
  ]) {
    sent.length = 0;
    const plan = await client.groups.planMemberships(form(desired(offset)), open);
    assert.deepEqual(writes(sent), [], 'a plan writes nothing');
    assert.deepEqual(
      plan.plans.map(({ groupId }) => groupId),
      groups.map(({ id }) => id),
    );
    const report = await client.groups.applyPlan(JSON.parse(JSON.stringify(plan)), each);
    assert.ok(report.ok);
    for (const [id, wanted] of desired(offset)) assert.deepEqual(await members(id), [...wanted].sort());
    const { length } = report.added;
    assert.equal(length + report.removed.length, writes(sent).length);
  }
  const again = await client.groups.syncMemberships(new Map(desired(20)), open);
  assert.deepEqual([again.ok, again.added, again.removed], [true, [], []]);
});

test('groups are named, and one that fails skips itself alone', async () => {
  const { client, groups, users, members, sent } = await local();
  const [one, other] = groups;
  const gone = groups[2].id;
  await client.groups.delete(gone);
  sent.length = 0;
  const desired = new Map([
    [{ name: one.profile.name }, users.slice(0, 3)],
    [{ name: 'no such group' }, users.slice(0, 3)],
    [gone, users.slice(0, 3)],
    [other.id, users.slice(3, 6)],
  ]);
  const error = await failure(client.groups.syncMemberships(desired, open));
  assert.equal(error.kind, 'bulk');
  const { report } = error;
  assert.deepEqual(
    report.skipped.map(({ group, kind }) => [group.name ?? group, kind]),
    [
      ['no such group', 'lookup'],
      [gone, 'not-found'],
    ],
  );
  assert.deepEqual(await members(one.id), users.slice(0, 3).sort());
  assert.deepEqual(await members(other.id), users.slice(3, 6).sort());
  assert.match(error.message, /2 groups not planned/);
});

test('limits hold for each group and over all, before any write', async () => {
  const { client, groups, sent } = await local();
  const none = new Map(groups.map(({ id }) => [id, []]));
  const whole = await failure(client.groups.syncMemberships(none, { allowEmpty: true, maxRemovals: false }));
  assert.deepEqual([whole.kind, whole.argument], ['argument', 'maxRemovalsOverall']);
  const plan = await client.groups.planMemberships(none, { allowEmpty: true, maxRemovals: { ratio: 0.1 } });
  assert.ok(plan.skipped.length > 0 && plan.skipped.every(({ message }) => /maxRemovals/.test(message)));
  assert.deepEqual(writes(sent), []);
});

test('a group that is named twice, pairs that are none and options that are wrong are named', async () => {
  const { client, groups, users } = await local();
  const [{ id }] = groups;
  const { groups: api } = client;
  for (const [run, argument] of [
    [
      () =>
        api.planMemberships(
          [
            [id, users.slice(0, 2)],
            [id, users.slice(2, 4)],
          ],
          { maxRemovals: false },
        ),
      'desired',
    ],
    [() => api.planMemberships([[id]]), 'desired'],
    [() => api.planMemberships('a,b'), 'desired'],
    [() => api.planMemberships({}, { lanes: 0 }), 'lanes'],
    [() => api.syncMemberships({}, { resume: {} }), 'resume'],
    [() => api.applyPlan([{ v: 1, org: 'https://other.okta.com' }]), 'plan'],
  ]) {
    const error = await failure(Promise.resolve(run()));
    assert.deepEqual([error.kind, error.argument], ['argument', argument]);
  }
});

test('an aborted run says what is left, and the rest goes on', async () => {
  const { client, groups, users, members } = await local();
  const desired = new Map(groups.map(({ id }, at) => [id, users.slice(at, at + 12)]));
  const run = client.groups.syncMemberships(desired, open);
  let events = 0;
  for await (const { groupId, op } of run) {
    assert.ok(desired.has(groupId) && ['add', 'remove'].includes(op));
    if (++events === 5) run.abort(new Error('enough'));
  }
  const error = await failure(run);
  assert.deepEqual([error.kind, error.cause.message, error.report.stopped], ['bulk', 'enough', 'aborted']);
  const rest = JSON.parse(JSON.stringify(error.report.rest));
  const report = await client.groups.applyPlan(rest, each);
  assert.ok(report.ok);
  for (const [id, wanted] of desired) assert.deepEqual(await members(id), [...wanted].sort());
});

test('progress counts all groups, and ends with nothing left', async () => {
  const { client, groups, users } = await local();
  const desired = new Map(groups.map(({ id }, at) => [id, users.slice(at, at + 12)]));
  const seen = [];
  const report = await client.groups.syncMemberships(desired, {
    ...open,
    onProgress: (now) => seen.push(now),
  });
  const last = seen.at(-1);
  assert.deepEqual([last.done, last.failed, last.inFlight, last.etaMs], [last.total, 0, 0, 0]);
  assert.equal(last.total, report.added.length + report.removed.length + report.alreadyOk.length);
});

test('a refused token stops every group after a few requests', async () => {
  const { client, org, groups, users, sent } = await local({}, 30);
  const desired = new Map(groups.map(({ id }, at) => [id, users.slice(at, at + 12)]));
  const plan = await client.groups.planMemberships(desired, open);
  const denied = async () =>
    Response.json({ errorCode: 'E0000011', errorSummary: 'Invalid token provided' }, { status: 401 });
  let requests = 0;
  const refused = new OktaGroups({
    orgUrl: org.orgUrl,
    auth: bearer(() => 'token'),
    fetch: () => (requests++, denied()),
  });
  const error = await failure(refused.groups.applyPlan(plan, each));
  assert.deepEqual([error.kind, error.report.rest.plans.length], ['bulk', plan.plans.length]);
  assert.ok(requests < 40, `${requests} requests`);
  assert.ok(sent.length > 0);
});

test('an invalid plan, or one that names a group twice, is refused before any write', async () => {
  const { client, groups, users, sent } = await local();
  const desired = new Map(groups.slice(0, 2).map(({ id }) => [id, users.slice(0, 9)]));
  const plan = await client.groups.planMemberships(desired, open);
  const [one, other] = plan.plans;
  sent.length = 0;
  const wrongs = {
    'no plan in it': { ...plan, plans: [one, null] },
    'no adds': { ...plan, plans: [one, { ...other, add: undefined }] },
    'warnings that are none': { ...plan, plans: [one, { ...other, warnings: 5 }] },
    'skipped that is none': { ...plan, skipped: 'all' },
    'a plan of many in a list': [one, plan],
    'twice the same group': [one, other, { ...one, add: one.remove, remove: one.add }],
    'another org': [one, { ...other, org: 'https://other.okta.com' }],
  };
  for (const [what, wrong] of Object.entries(wrongs)) {
    const error = await failure(client.groups.applyPlan(wrong, each));
    assert.deepEqual([error.kind, error.argument], ['argument', 'plan'], what);
  }
  assert.deepEqual(sent, []);
  assert.match((await failure(client.groups.applyPlan(wrongs['twice the same group']))).message, /twice/);
});

test('a signal ends planning whose stream gives nothing more', async () => {
  const { client, groups, users } = await local();
  const control = new AbortController();
  const reason = new Error('enough');
  async function* stream() {
    yield [groups[0].id, users.slice(0, 3)];
    await new Promise(() => {});
  }
  const ended = failure(client.groups.planMemberships(stream(), { ...open, signal: control.signal }));
  setImmediate(() => control.abort(reason));
  const error = await ended;
  assert.deepEqual([error.kind, error.cause], ['aborted', reason]);
});

test('a misspelt field beside the name of a group is named, and skips that group', async () => {
  const { client, groups, users } = await local();
  const key = { name: groups[0].profile.name, typ: 'OKTA_GROUP' };
  const { plans, skipped } = await client.groups.planMemberships([[key, users.slice(0, 3)]], open);
  assert.deepEqual([plans.length, skipped[0].kind], [0, 'argument']);
  assert.match(skipped[0].message, /^typ is not an option; options are name, type$/);
});

/** Four groups that get 60 members each, in a bucket of 60 requests a minute, whose windows begin with a request. */
test('the progress of many groups tells when they end, and until when the rate limit holds them back', async (t) => {
  const { until, now } = virtualTime(t);
  const epoch = 1_757_607_710_000;
  let [ends, used, refused] = [0, 0, 0];
  const fetch = async (address, { method }) => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { pathname } = new URL(address);
    const id = pathname.split('/')[4];
    const headers = { date: new Date(epoch + now()).toUTCString() };
    let status = 200;
    if (pathname.includes('/users')) {
      if (now() >= ends) [ends, used] = [Math.floor((now() + 60_000) / 1000) * 1000, 0];
      if (++used > 60) [status, refused] = [429, refused + 1];
      headers['x-rate-limit-limit'] = '60';
      headers['x-rate-limit-remaining'] = String(Math.max(60 - used, 0));
      headers['x-rate-limit-reset'] = String((epoch + ends) / 1000);
      if (method === 'GET') headers.link = `<https://acme.okta.com${pathname}>; rel="self"`;
      else if (status === 200) status = 204;
    }
    const body = pathname.includes('/users') ? [] : { id, type: 'OKTA_GROUP', profile: { name: id } };
    await new Promise((resolve) => setTimeout(resolve, 50));
    return new Response(status === 204 ? null : JSON.stringify(body), { status, headers });
  };
  const client = new OktaGroups({ orgUrl: 'https://acme.okta.com', auth: bearer(() => 'token'), fetch });
  const desired = Array.from({ length: 4 }, (_, group) => [
    `00g${group}`,
    Array.from({ length: 60 }, (_, user) => `00u${group}${user}`),
  ]);
  const plan = await until(client.groups.planMemberships(desired, open));
  const told = [];
  const began = now();
  const onProgress = (progress) => told.push({ at: now() - began, ...progress });
  const report = await until(client.groups.applyPlan(plan, { onProgress }));
  const whole = now() - began;
  assert.deepEqual([report.ok, report.added.length, refused], [true, 240, 0]);
  const later = told.filter(({ done }) => done >= 24);
  assert.ok(later.length > 20, `${later.length} reports`);
  for (const { at, done, etaMs } of later) {
    const error = (at + etaMs) / whole - 1;
    assert.ok(Math.abs(error) <= 0.05, `after ${done} of 240 the end is off by ${error.toFixed(3)}`);
  }
  const held = told.filter(({ throttledUntil }) => throttledUntil);
  assert.ok(held.length > 0 && held.every(({ throttledUntil }) => throttledUntil.getTime() % 1000 === 0));
  assert.ok(
    told.some(({ done, throttledUntil }) => done > 24 && !throttledUntil),
    'it is not told for ever',
  );
  const last = told.at(-1);
  assert.deepEqual([last.total, last.done, last.failed, last.inFlight], [240, 240, 0, 0]);
});
