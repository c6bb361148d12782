// Writes to group rules: one at a time, an update until its end, and what is refused before it is sent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOrg } from 'okta-groups/emulator';
import { OktaGroups, bearer, isOktaError } from 'okta-groups';
import { ORG_URL, failure, json, scripted, sharedLines, trapNext } from './support.mjs';

const LONG = '123456789 123456789 123456789 123456789 123456789 1';
const expression = (value) => ({ expression: { value, type: 'urn:okta:expression:1.0' } });
const rule = (name, group = '00g1') => ({
  type: 'group_rule',
  name,
  conditions: expression('user.department=="West"'),
  actions: { assignUserToGroups: { groupIds: [group] } },
});

/** An org that answers each request after a turn of the event loop; `most` is how many writes were under way at once. */
function slowOrg(auth = bearer(() => 'token')) {
  const told = { sent: [], most: 0 };
  let underWay = 0;
  const fetch = async (url, { method }) => {
    const [, id = '', verb = ''] = /rules\/?([^/]*)(?:\/lifecycle\/(\w+))?/.exec(new URL(url).pathname);
    told.sent.push(`${verb || method} ${id}`.trim());
    if (method !== 'GET') told.most = Math.max(told.most, ++underWay);
    await new Promise((resolve) => setTimeout(resolve, 2));
    if (method !== 'GET') underWay--;
    if (verb) return new Response(null, { status: 204 });
    return json({ ...rule(id), id, status: 'ACTIVE' }, { status: method === 'DELETE' ? 202 : 200 });
  };
  const client = () => new OktaGroups({ orgUrl: ORG_URL, auth, fetch });
  return { told, client };
}

test('writes to rules go one at a time, across the clients of a program', async () => {
  const { told, client } = slowOrg();
  const [one, other] = [client(), client()];
  const creates = Array.from({ length: 6 }, (_, at) => (at % 2 ? one : other).rules.create(rule(`r${at}`)));
  const patch = { name: 'x' };
  const updates = [one.rules.update('0pr1', patch), other.rules.update('0pr2', patch)];
  const others = [
    one.rules.delete('0pr3'),
    other.request('POST', ['groups', 'rules', '0pr4', 'lifecycle', 'activate']),
  ];
  // Reads wait for nobody.
  await one.rules.get('0pr5');
  assert.ok(told.sent.length < 6, String(told.sent));
  await Promise.all([...creates, ...updates, ...others]);
  assert.equal(told.most, 1);
  const steps = (id) => ['GET', 'deactivate', 'PUT', 'activate'].map((step) => `${step} ${id}`);
  assert.deepEqual(
    told.sent.filter((it) => /0pr[12]/.test(it)),
    [...steps('0pr1'), ...steps('0pr2')],
  );
});

test('a write to rules that is aborted in line lets the next one go', async () => {
  const { told, client } = slowOrg();
  const { rules } = client();
  const control = new AbortController();
  const first = rules.activate('0pr1');
  const aborted = rules.update('0pr2', {}, { signal: control.signal });
  const last = rules.activate('0pr3');
  control.abort(new Error('enough'));
  assert.ok(isOktaError(await failure(aborted), 'aborted'));
  await Promise.all([first, last]);
  assert.deepEqual(told.sent, ['activate 0pr1', 'activate 0pr3']);
});

test('a name of more than 50 characters is refused before it is sent', async () => {
  const { told, client } = slowOrg();
  const { rules } = client();
  for (const [call, argument] of [
    [rules.create(rule(LONG)), 'rule'],
    [rules.replace('0pr1', rule(LONG)), 'rule'],
    [rules.update('0pr1', { name: LONG }), 'patch'],
  ]) {
    const error = await failure(call);
    assert.deepEqual([error.kind, error.argument], ['argument', argument]);
    assert.equal(error.message, `${argument} has a name of more than 50 characters`);
  }
  assert.deepEqual(told.sent, []);
  // 50 characters, whatever their size in UTF-16.
  await rules.create(rule('𝒳'.repeat(50)));
});

test('what a patch or its options must not be is refused before anything is sent', async () => {
  const { told, client } = slowOrg();
  const { rules } = client();
  for (const [args, argument] of [
    [['0pr1', { id: '0pr2' }], 'patch'],
    [['0pr1', { allGroupsValid: true }], 'patch'],
    [['0pr1', 'name'], 'patch'],
    [['0pr1', undefined], 'patch'],
    [['0pr1', { name: 1n }], 'patch'],
    [[7, {}], 'ruleId'],
    [['0pr1', {}, { expand: 'x' }], 'expand'],
    [['0pr1', {}, { totalTimeout: 0 }], 'totalTimeout'],
  ]) {
    const error = await failure(rules.update(...args));
    assert.deepEqual([error.kind, error.argument], ['argument', argument], String(argument));
    assert.match(error.stack, /rules\.test\.mjs/);
  }
  assert.deepEqual(told.sent, []);
});

test('an update does not write back an answer that JavaScript would change', async () => {
  for (const body of [
    '{"id":"0pr1","status":"ACTIVE","name":"K\xf6ln"}',
    '{"id":"0pr1","status":"ACTIVE","name":"x","n":123456789012345678901}',
    '[]',
  ]) {
    const sent = [];
    const fetch = async (url, { method }) => {
      sent.push(method);
      return new Response(Buffer.from(body, 'latin1'), { headers: { 'content-type': 'application/json' } });
    };
    const { rules } = new OktaGroups({ orgUrl: ORG_URL, auth: bearer(() => 'token'), fetch, retry: false });
    assert.equal((await failure(rules.update('0pr1', { name: 'y' }))).kind, 'response');
    assert.ok(
      sent.every((method) => method === 'GET'),
      String(sent),
    );
  }
});

test('withResponse() has the answer of the replace', async () => {
  const { client } = slowOrg();
  const { data, response } = await client().rules.update('0pr1', { name: 'new' }).withResponse();
  assert.equal(data.status, 'ACTIVE');
  assert.match(response.url, /rules\/0pr1$/);
  assert.equal(response.status, 200);
});

test("what the program's own fetch throws is the error, and the rule is activated again", async () => {
  const sent = [];
  const own = new RangeError('mine');
  const fetch = async (url, { method }) => {
    sent.push(`${method} ${new URL(url).pathname.split('/').at(-1)}`);
    if (method === 'PUT') throw own;
    if (method === 'GET') return json({ ...rule('old'), id: '0pr1', status: 'ACTIVE' });
    return new Response(null, { status: 204 });
  };
  const { rules } = new OktaGroups({ orgUrl: ORG_URL, auth: bearer(() => 'token'), fetch, retry: false });
  const error = await failure(rules.update('0pr1', { name: 'new' }));
  assert.ok(error === own || error.cause === own);
  assert.deepEqual(sent, ['GET 0pr1', 'POST deactivate', 'PUT 0pr1', 'POST activate']);
});

test('a trap in the core during an update leaves the rule active, and the line free', async () => {
  for (const at of ['deactivate', 'PUT 0pr1', 'activate']) {
    const { told, client } = slowOrg();
    let status = 'ACTIVE';
    const fetch = async (url, { method }) => {
      const [, id = '', verb = ''] = /rules\/?([^/]*)(?:\/lifecycle\/(\w+))?/.exec(new URL(url).pathname);
      const step = verb || `${method} ${id}`;
      told.sent.push(step);
      if (step === at && told.sent.filter((it) => it === at).length === 1) trapNext(Math, 'random');
      if (verb) {
        status = verb === 'activate' ? 'ACTIVE' : 'INACTIVE';
        return new Response(null, { status: 204 });
      }
      return json({ ...rule('r'), id, status });
    };
    const { rules } = new OktaGroups({ orgUrl: ORG_URL, auth: bearer(() => 'token'), fetch, retry: false });
    const settled = await rules.update('0pr1', { name: 'new' }).then(
      () => 'updated',
      (error) => error.kind,
    );
    assert.ok(['internal', 'updated'].includes(settled), settled);
    assert.equal(status, 'ACTIVE', `${at}: ${told.sent}`);
    await client().rules.create(rule('next'));
  }
});

test('the local org: an update of an active rule, a mistyped expression, and a rule that became invalid', async () => {
  const org = createOrg({ groups: 3, users: 5, seed: 3, rateLimit: 'off' });
  const client = new OktaGroups({ orgUrl: org.orgUrl, fetch: org.fetch, auth: bearer(() => 'token') });
  const group = await client.groups.create({ name: 'Targets' });
  const made = await client.rules.create(rule('West', group.id));
  await client.rules.activate(made.id);
  const updated = await client.rules.update(made.id, { conditions: expression('user.department=="East"') });
  assert.equal(updated.status, 'ACTIVE');
  const read = await client.rules.get(made.id);
  assert.equal(read.conditions.expression.value, 'user.department=="East"');
  assert.equal(read.status, 'ACTIVE');

  const mistyped = client.rules.update(made.id, { conditions: expression('user.department == AND') });
  const error = await failure(mistyped);
  assert.equal(error.kind, 'bad-request');
  assert.equal(error.ruleStatus, undefined);
  assert.deepEqual(await client.rules.get(made.id), read);
});

/** What a recorded row answered. */
const recorded = ({ status, responseBody }) =>
  new Response(status === 204 ? null : responseBody, {
    status,
    headers: { 'content-type': 'application/json' },
  });

test('recorded sequences: a rule that was changed by hand in four requests is changed by one update', async () => {
  for (const { source, rows } of sharedLines('traffic/rule-sequences.jsonl')) {
    const at = rows.findIndex((row) => row.method === 'PUT' && /groups\/rules\//.test(row.url));
    if (at < 0 || !/deactivate$/.test(rows[at - 1].url) || !/activate$/.test(rows[at + 1].url)) continue;
    const put = JSON.parse(rows[at].responseBody);
    const before = rows
      .slice(0, at)
      .findLast(({ url, method }) => method === 'GET' && /groups\/rules$/.test(url));
    const active = JSON.parse(before.responseBody).find(({ id }) => id === put.id);
    assert.equal(active.status, 'ACTIVE', source);
    const steps = [rows[at - 1], rows[at], rows[at + 1]];
    const { client, sent } = scripted((url, { method }, number) =>
      method === 'GET' ? json(active) : recorded(steps[number - 2]),
    );
    const { name, conditions } = put;
    const updated = await client.rules.update(put.id, { name, conditions });
    assert.deepEqual(updated, { ...put, status: 'ACTIVE' }, source);
    assert.deepEqual(
      sent.slice(1).map(({ method, url }) => `${method} ${url.pathname}`),
      steps.map(({ method, url }) => `${method} ${url}`),
    );
  }
});

test('recorded sequences: a create that got a 423 is sent again', async () => {
  for (const { rows } of sharedLines('traffic/rule-sequences.jsonl')) {
    for (const [at, busy] of rows.entries()) {
      if (busy.status !== 423) continue;
      const again = rows.slice(at).find((row) => row.status === 200 && row.requestBody === busy.requestBody);
      const { client, sent } = scripted((url, init, number) => recorded(number === 1 ? busy : again), {
        retry: { baseDelay: 1 },
      });
      assert.deepEqual(
        await client.rules.create(JSON.parse(busy.requestBody)),
        JSON.parse(again.responseBody),
      );
      assert.equal(sent.length, 2);
    }
  }
});
