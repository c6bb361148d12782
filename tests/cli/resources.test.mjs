// People, owners, rules, any other path; then the tools.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { before } from 'node:test';
import { ends, folder, ndjson, servedOrg } from './support.mjs';

let org;
let env;
let cwd;
let person;
let group;
before(async () => {
  org = await servedOrg('--groups', 30, '--users', 250, '--rate-limit', 'off');
  env = org.env;
  cwd = folder();
  person = await org.client.users.list().first();
  group = await org.client.groups.create({ name: 'Resources' });
});
const one = async (args, options) => ndjson((await ends(0, args, { env, cwd, ...options })).stdout)[0];

test('users get, list and groups find people by id and login', async () => {
  assert.deepEqual(await one(['users', 'get', person.profile.login]), await org.client.users.get(person.id));
  assert.equal((await ends(3, ['users', 'get', 'nobody@example.com'], { env })).stdout, '');
  const all = ndjson((await ends(0, ['users', 'list'], { env })).stdout);
  assert.deepEqual(all, await org.client.users.list().toArray({ max: 1000 }));
  const groups = ndjson((await ends(0, ['users', 'groups', person.profile.login], { env })).stdout);
  assert.deepEqual(groups, await org.client.users.listGroups(person.id).toArray({ max: 1000 }));
  const search = ['users', 'list', '--search', `profile.login eq "${person.profile.login}"`, '-o', 'ids'];
  assert.equal((await ends(0, search, { env })).stdout, `${person.id}\n`);
});

test('members add and remove take logins, and those who match nobody stop them before a write', async () => {
  const [a, b] = (await org.client.users.list().toArray({ max: 1000 })).slice(5, 7);
  const none = await ends(3, ['members', 'add', group.id, a.profile.login, 'nobody@example.com'], {
    env,
    cwd,
  });
  assert.match(none.stderr, /nobody@example\.com/);
  assert.equal((await org.client.groups.listUsers(group.id).toArray({ max: 10 })).length, 0);
  await ends(0, ['members', 'add', group.id, a.profile.login.toUpperCase(), b.id], { env, cwd });
  assert.equal((await org.client.groups.listUsers(group.id).toArray({ max: 10 })).length, 2);
  await ends(0, ['members', 'remove', group.id, a.profile.login, '--yes'], { env, cwd });
  assert.deepEqual(
    (await org.client.groups.listUsers(group.id).toArray({ max: 10 })).map(({ id }) => id),
    [b.id],
  );
});

test('owners are listed, added and removed', async () => {
  const owner = await one(['owners', 'add', group.id, person.profile.login]);
  assert.equal(owner.id, person.id);
  assert.deepEqual(
    ndjson((await ends(0, ['owners', 'list', group.id], { env })).stdout).map(({ id }) => id),
    [person.id],
  );
  assert.match((await ends(5, ['owners', 'remove', group.id, person.id], { env })).stderr, /needs --yes/);
  await ends(0, ['owners', 'remove', group.id, person.id, '--yes'], { env });
  await ends(3, ['owners', 'remove', group.id, person.id, '--yes'], { env });
  await ends(0, ['owners', 'remove', group.id, person.id, '--yes', '--if-missing', 'ignore'], { env });
});

test('rules are made, changed, switched and deleted, each with --yes alone', async () => {
  const expression = 'user.department=="Sales"';
  const made = await one([
    'rules',
    'create',
    '--name',
    'Sales',
    '--expression',
    expression,
    '--groups',
    group.id,
  ]);
  assert.deepEqual([made.status, made.conditions.expression.value], ['INACTIVE', expression]);
  assert.deepEqual(await one(['rules', 'get', made.id]), await org.client.rules.get(made.id));
  for (const args of [['activate'], ['deactivate'], ['delete'], ['update', '--name', 'Other']]) {
    assert.match(
      (await ends(5, ['rules', args[0], made.id, ...args.slice(1)], { env })).stderr,
      /needs --yes/,
    );
  }
  await ends(0, ['rules', 'activate', made.id, '--yes'], { env });
  assert.equal((await org.client.rules.get(made.id)).status, 'ACTIVE');
  const changed = await one(['rules', 'update', made.id, '--name', 'Sales people', '--yes']);
  assert.deepEqual([changed.name, changed.status], ['Sales people', 'ACTIVE']);
  await ends(0, ['rules', 'deactivate', made.id, '--yes'], { env });
  assert.equal(ndjson((await ends(0, ['rules', 'list'], { env })).stdout).length, 1);
  await ends(0, ['rules', 'delete', made.id, '--yes'], { env });
  await ends(3, ['rules', 'delete', made.id, '--yes'], { env });
  await ends(64, ['rules', 'create', '--name', 'half'], { env });
  const body = JSON.stringify({
    type: 'group_rule',
    name: 'By body',
    conditions: made.conditions,
    actions: made.actions,
  });
  assert.equal(
    (await one(['rules', 'create', '--body', '-', '--activate'], { input: body })).status,
    'ACTIVE',
  );
});

test('request reaches any other path, and asks before it writes', async () => {
  assert.equal((await one(['request', 'GET', '/api/v1/groups/'.concat(group.id)])).id, group.id);
  assert.equal((await one(['request', 'get', 'groups', group.id])).id, group.id);
  assert.equal((await one(['request', 'GET', '/meta/schemas/group/default'])).name, 'group');
  const page = ndjson((await ends(0, ['request', 'GET', 'groups', '--query', 'limit=3'], { env })).stdout);
  assert.equal(page.length, 3);
  const all = ndjson(
    (await ends(0, ['request', 'GET', '/groups', '--paginate', '--query', 'limit=10'], { env })).stdout,
  );
  assert.equal(all.length, 31);
  writeFileSync(join(cwd, 'body.json'), '{"profile":{"name":"By request"}}');
  const post = ['request', 'POST', '/groups', '--body', 'body.json'];
  assert.match((await ends(5, post, { env, cwd })).stderr, /Send POST \/api\/v1\/groups to http/);
  const made = await one([...post, '--yes']);
  assert.equal((await ends(0, ['request', 'DELETE', `/groups/${made.id}`, '--yes'], { env })).stdout, '');
  // An id cannot leave its segment, and a query is no part of the path.
  await ends(64, ['request', 'GET', 'groups', '..', 'users'], { env });
  await ends(64, ['request', 'GET', '/groups?limit=1'], { env });
  await ends(64, ['request', 'GET', '/groups/%zz'], { env });
  await ends(3, ['request', 'GET', '/no/such/path'], { env });
});
