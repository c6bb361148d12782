// The vendor's SDK for Node, unchanged, against the local org.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';

import okta from '@okta/okta-sdk-nodejs';

import { byId, groupOf, secureOrg } from './support.mjs';

const clientOf = ({ orgUrl }, options = { token: 'token' }) => new okta.Client({ orgUrl, ...options });

async function collected(list) {
  const items = [];
  await (await list).each((item) => void items.push(item));
  return items;
}

/** An object of a model as it would be sent. */
const sent = (model) => JSON.parse(JSON.stringify(model));

const idsOf = async (list) => (await collected(list)).map(({ id }) => id);

test('lists of groups are walked to their end', async (t) => {
  const org = await secureOrg(t, { groups: 50, users: 20 });
  const { groupApi } = clientOf(org);
  const all = org.snapshot().groups.map(({ id }) => id);
  assert.deepEqual(await idsOf(groupApi.listGroups({ limit: 7 })), all);
  assert.deepEqual(await idsOf(groupApi.listGroups()), all);
  const iterated = [];
  for await (const group of await groupApi.listGroups({ limit: 49 })) iterated.push(group.id);
  assert.deepEqual(iterated, all);
});

test('search, filter, q, sorting and expand narrow as they say', async (t) => {
  const org = await secureOrg(t, { groups: 50, users: 20 });
  const { groupApi } = clientOf(org);
  const { groups } = org.snapshot();
  const imported = groups.filter(({ type }) => type === 'APP_GROUP').map(({ id }) => id);
  assert.deepEqual(await idsOf(groupApi.listGroups({ search: 'type eq "APP_GROUP"', limit: 2 })), imported);
  assert.deepEqual(await idsOf(groupApi.listGroups({ filter: 'type eq "APP_GROUP"' })), imported);
  assert.deepEqual(
    (await collected(groupApi.listGroups({ q: 'every' }))).map(({ profile }) => profile.name),
    ['Everyone'],
  );
  const sorted = await collected(
    groupApi.listGroups({
      search: 'type eq "OKTA_GROUP"',
      sortBy: 'profile.name',
      sortOrder: 'desc',
      limit: 7,
    }),
  );
  const names = sorted.map(({ profile }) => profile.name.toLowerCase());
  assert.deepEqual(names, names.toSorted().reverse());
  const [expanded] = await collected(groupApi.listGroups({ q: 'every', expand: 'stats' }));
  assert.equal(expanded._embedded.stats.usersCount, 20);
  await assert.rejects(collected(groupApi.listGroups({ filter: 'profile.name eq "x"' })), {
    status: 400,
    errorCode: 'E0000031',
  });
});

test('a group is created, read, updated and deleted', async (t) => {
  const org = await secureOrg(t, { groups: 3, users: 0 });
  const { groupApi } = clientOf(org);
  const made = await groupApi.createGroup({ group: { profile: { name: 'West "ああ"', description: 'd' } } });
  assert.equal(made.profile.name, 'West "ああ"');
  assert.equal((await groupApi.getGroup({ groupId: made.id })).type, 'OKTA_GROUP');
  made.profile.description = 'new';
  const replaced = await groupApi.replaceGroup({ groupId: made.id, group: made });
  assert.deepEqual(sent(replaced.profile), { name: 'West "ああ"', description: 'new' });
  await assert.rejects(groupApi.createGroup({ group: { profile: { name: 'west "ああ"' } } }), {
    status: 400,
    errorCode: 'E0000001',
  });
  await groupApi.deleteGroup({ groupId: made.id });
  await assert.rejects(groupApi.getGroup({ groupId: made.id }), { status: 404, errorCode: 'E0000007' });
});

test('members and apps of a group', async (t) => {
  const org = await secureOrg(t, { groups: 30, users: 30 });
  const { groupApi } = clientOf(org);
  const { groups, users, memberships, appAssignments } = org.snapshot();
  const { id: everyone } = groups.find(({ profile }) => profile.name === 'Everyone');
  assert.deepEqual(
    await idsOf(groupApi.listGroupUsers({ groupId: everyone, limit: 7 })),
    memberships[everyone],
  );
  const [groupId, apps] = Object.entries(appAssignments).find(([, apps]) => apps.length > 1);
  assert.deepEqual(await idsOf(groupApi.listAssignedApplicationsForGroup({ groupId, limit: 1 })), apps);
  const { id } = await groupApi.createGroup({ group: { profile: { name: 'West' } } });
  const [{ id: userId }] = users;
  await groupApi.assignUserToGroup({ groupId: id, userId });
  assert.deepEqual(await idsOf(groupApi.listGroupUsers({ groupId: id })), [userId]);
  await groupApi.unassignUserFromGroup({ groupId: id, userId });
  assert.deepEqual(await idsOf(groupApi.listGroupUsers({ groupId: id })), []);
  await assert.rejects(groupApi.assignUserToGroup({ groupId: everyone, userId }), { status: 403 });
});

test('people and their groups', async (t) => {
  const org = await secureOrg(t, { groups: 30, users: 30 });
  const { userApi } = clientOf(org);
  const { groups, users, memberships } = org.snapshot();
  const [user] = users;
  assert.equal((await userApi.getUser({ userId: user.id })).profile.login, user.profile.login);
  assert.equal((await userApi.getUser({ userId: user.profile.login })).id, user.id);
  const search = `profile.login eq "${user.profile.login}"`;
  assert.deepEqual(await idsOf(userApi.listUsers({ search })), [user.id]);
  const active = users.filter(({ status }) => status !== 'DEPROVISIONED').map(({ id }) => id);
  assert.deepEqual((await idsOf(userApi.listUsers({ limit: 7 }))).sort(), active.sort());
  const own = groups.filter(({ id }) => memberships[id]?.includes(user.id)).sort(byId);
  const listed = await collected(userApi.listUserGroups({ userId: user.id }));
  assert.deepEqual(
    listed.sort(byId).map(({ id }) => id),
    own.map(({ id }) => id),
  );
});

test('owners of a group', async (t) => {
  const org = await secureOrg(t, { groups: 3, users: 5 });
  const { groupApi } = clientOf(org);
  const { id: groupId } = await groupApi.createGroup({ group: { profile: { name: 'West' } } });
  const { id } = org.snapshot().users.find(({ status }) => status === 'ACTIVE');
  const owner = await groupApi.assignGroupOwner({ groupId, GroupOwner: { id, type: 'USER' } });
  assert.equal(owner.id, id);
  assert.deepEqual(await idsOf(groupApi.listGroupOwners({ groupId })), [id]);
  await groupApi.deleteGroupOwner({ groupId, ownerId: id });
  assert.deepEqual(await idsOf(groupApi.listGroupOwners({ groupId })), []);
});

test('rules live, bring people and die', async (t) => {
  let later = 0;
  const org = await secureOrg(t, { groups: 3, users: 30, now: () => Date.now() + later });
  const { groupApi } = clientOf(org);
  const { users } = org.snapshot();
  const department = users[0].profile.department;
  const matching = users.filter(
    ({ status, profile }) => profile.department === department && status !== 'DEPROVISIONED',
  );
  const { id: groupId } = await groupApi.createGroup({ group: { profile: { name: 'West' } } });
  const rule = (name) => ({
    type: 'group_rule',
    name,
    conditions: {
      people: { users: { exclude: [] }, groups: { exclude: [] } },
      expression: { type: 'urn:okta:expression:1.0', value: `user.department=="${department}"` },
    },
    actions: { assignUserToGroups: { groupIds: [groupId] } },
  });
  const made = await groupApi.createGroupRule({ groupRule: rule('By department') });
  const { id: ruleId } = made;
  assert.equal(made.status, 'INACTIVE');
  const replaced = await groupApi.replaceGroupRule({ ruleId, groupRule: rule('By their department') });
  assert.equal(replaced.name, 'By their department');
  await groupApi.activateGroupRule({ ruleId });
  assert.equal((await groupApi.getGroupRule({ ruleId })).status, 'ACTIVE');
  later += 60_000;
  const members = await idsOf(groupApi.listGroupUsers({ groupId }));
  assert.deepEqual(members.sort(), matching.map(({ id }) => id).sort());
  await assert.rejects(groupApi.replaceGroupRule({ ruleId, groupRule: rule('Active') }), { status: 400 });
  await groupApi.deactivateGroupRule({ ruleId });
  for (const name of ['Second', 'Third']) await groupApi.createGroupRule({ groupRule: rule(name) });
  assert.equal((await idsOf(groupApi.listGroupRules({ limit: 1 }))).length, 3);
  assert.equal((await collected(groupApi.listGroupRules({ search: 'Third' })))[0].name, 'Third');
  await groupApi.deleteGroupRule({ ruleId });
  await assert.rejects(groupApi.getGroupRule({ ruleId }), { status: 404 });
});

test('a service app signs in with its key, with and without a proof of possession', async (t) => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' });
  for (const dpop of [false, true]) {
    const org = await secureOrg(t, {
      groups: 5,
      serviceApps: [{ clientId: '0oa1', dpop }],
      tokens: [{ token: 'other' }],
    });
    const { groupApi } = clientOf(org, {
      authorizationMode: 'PrivateKey',
      clientId: '0oa1',
      scopes: ['okta.groups.read'],
      privateKey: pem,
    });
    assert.equal((await collected(groupApi.listGroups({ limit: 2 }))).length, 5);
    await assert.rejects(groupApi.createGroup({ group: { profile: { name: 'x' } } }), { status: 403 });
  }
});

// What remains is the client's: the org sent it, as a request of our own shows.

test('its failure: custom attributes are not in what it reads, and a replacement drops them in the org', async (t) => {
  const org = await secureOrg(t, { groups: 60, users: 0 });
  const { groupApi } = clientOf(org);
  const custom = ({ type, profile }) =>
    type === 'OKTA_GROUP' && 'costCenter' in profile && profile.description !== null;
  const { id: groupId, profile } = org.snapshot().groups.find(custom);
  const read = await groupApi.getGroup({ groupId });
  assert.deepEqual(sent(read.profile), { name: profile.name, description: profile.description });
  await groupApi.replaceGroup({ groupId, group: read });
  assert.deepEqual(groupOf(org, groupId).profile, { name: profile.name, description: profile.description });
});

test('its failure: each() ends at an empty page that has a next', async (t) => {
  const rules = [{ operation: 'GET /api/v1/groups', nth: 2, fault: 'emptyPage' }];
  const org = await secureOrg(t, { groups: 10, users: 0, faults: { rules } });
  const { groupApi } = clientOf(org);
  assert.equal((await collected(groupApi.listGroups({ limit: 4 }))).length, 4);
});
