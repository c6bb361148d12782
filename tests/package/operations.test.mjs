// The operations, as a script uses them, against both local orgs.
import assert from 'node:assert/strict';
import test from 'node:test';
import { OktaGroups, eq, isOktaError, ownerDate } from 'okta-groups';
import { ORGS, failure } from './support.mjs';

let made = 0;
const has = async (list, wanted) => {
  for await (const { id } of list) if (id === wanted) return true;
  return false;
};
const fresh = () => `Operations ${process.pid} ${made++}`;

for (const [where, connect] of ORGS) {
  test(`an org ${where}`, async (t) => {
    const client = new OktaGroups(connect());
    const { groups, rules, users } = client;

    await t.test('lists every group exactly once, whatever the page size', async () => {
      const all = new Set();
      for await (const group of groups.list()) {
        assert.ok(!all.has(group.id), `${group.id} came twice`);
        all.add(group.id);
      }
      assert.ok(all.size >= 1000);
      for (const limit of [7, 1000]) {
        const items = await groups.list({ limit }).toArray({ max: 5000 });
        assert.deepEqual(new Set(items.map((group) => group.id)), all);
        assert.equal(items.length, all.size);
      }
    });

    await t.test('creates, reads, replaces, updates and deletes a group', async () => {
      const name = fresh();
      const { data: created, response } = await groups
        .create({ name, description: null, costCenter: 4711, restricted: true, region: 'ああ & "co" #1' })
        .withResponse();
      assert.equal(response.status, 200);
      assert.ok(response.requestId);
      assert.equal(created.type, 'OKTA_GROUP');
      assert.deepEqual(await groups.get(created.id), created);

      const updated = await groups.update(created.id, { name: `${name} renamed` });
      assert.deepEqual(updated.profile, { ...created.profile, name: `${name} renamed` });

      const replaced = await groups.replace(created.id, { name });
      assert.equal(replaced.profile.name, name);
      assert.ok(!('costCenter' in replaced.profile), 'what a replacement leaves out is gone');

      assert.equal(await groups.delete(created.id), undefined);
      const gone = await failure(groups.get(created.id));
      assert.ok(isOktaError(gone, 'not-found'));
      assert.equal(gone.code, 'E0000007');
      assert.equal(gone.summary, `Not found: Resource not found: ${created.id} (UserGroup)`);
      assert.equal(gone.path, '/api/v1/groups/{groupId}');
    });

    await t.test('assigns and unassigns a user, and lists members and apps', async () => {
      const everyone = (await groups.list({ q: 'Everyone' })).items.find(
        (group) => group.type === 'BUILT_IN',
      );
      const [user] = (await groups.listUsers(everyone.id, { limit: 1 })).items;
      const group = await groups.create({ name: fresh() });
      assert.equal(await groups.assignUser(group.id, user.id), undefined);
      const members = await groups.listUsers(group.id).toArray({ max: 10 });
      assert.deepEqual(members, [user]);
      await groups.unassignUser(group.id, user.id);
      assert.deepEqual(await groups.listUsers(group.id).toArray({ max: 10 }), []);
      assert.deepEqual(await groups.listApps(group.id).toArray({ max: 10 }), []);
      await groups.delete(group.id);

      let count = 0;
      for await (const page of groups.listUsers(everyone.id, { limit: 1000 }).pages()) {
        count += page.items.length;
      }
      assert.equal(count, 5000);
    });

    await t.test('passes on what the org refuses, with its code', async () => {
      const everyone = (await groups.list({ q: 'Everyone' })).items.find(
        (group) => group.type === 'BUILT_IN',
      );
      const name = fresh();
      const group = await groups.create({ name });
      for (const [call, kind, code] of [
        [() => groups.create({ name }), 'bad-request', 'E0000001'],
        [() => groups.create({ name: '' }), 'bad-request', 'E0000001'],
        [() => groups.create({}), 'bad-request', 'E0000001'],
        [() => groups.create({ name: fresh(), noSuchAttribute: 1 }), 'bad-request', 'E0000001'],
        [() => groups.delete(everyone.id), 'forbidden', 'E0000006'],
        [() => groups.assignUser(everyone.id, '00uNobody'), undefined, undefined],
        [() => groups.assignUser(group.id, '00uNobody'), 'not-found', 'E0000007'],
        [() => groups.unassignUser(group.id, '00uNobody'), 'not-found', 'E0000007'],
        [() => groups.list({ filter: 'profile.name eq "x"' }).first(), 'bad-request', 'E0000031'],
        [() => groups.list({ search: 'profile.name eq' }).first(), undefined, undefined],
        [() => groups.get('00gNone'), 'not-found', 'E0000007'],
        [() => groups.delete('00gNone'), 'not-found', 'E0000007'],
        [() => groups.listUsers('00gNone').first(), 'not-found', 'E0000007'],
        [() => groups.listApps('00gNone').first(), 'not-found', 'E0000007'],
      ]) {
        const error = await failure(call());
        assert.ok(isOktaError(error, kind), `${call}: ${error}`);
        if (code) assert.equal(error.code, code, `${call}`);
      }
      await groups.delete(group.id);
    });

    await t.test('tells what is undocumented in an expression that the org refuses', async () => {
      const error = await failure(groups.list({ filter: 'profile.name eq "x" or id eq "y"' }).first());
      const warning = {
        parameter: 'filter',
        attr: 'profile.name',
        op: 'eq',
        reason: 'attribute',
        message: 'profile.name is not documented for filter',
      };
      assert.deepEqual(error.warnings, [warning]);
      assert.match(error.message, /E0000031 .*: profile\.name is not documented for filter \(request /);
      assert.deepEqual(JSON.parse(JSON.stringify(error)).warnings, [warning]);
      assert.deepEqual(error.causes, []);
      const none = await failure(groups.get('00gNone'));
      assert.equal('warnings' in none, false);
    });

    await t.test('searches, sorts and expands', async () => {
      const found = await groups
        .list({
          search: 'type eq "APP_GROUP" and profile.name sw "a"',
          sortBy: 'profile.name',
          sortOrder: 'desc',
        })
        .toArray({ max: 1000 });
      assert.ok(found.length > 0);
      const names = found.map((group) => group.profile.name.toLowerCase());
      assert.ok(names.every((name) => name.startsWith('a')));
      assert.deepEqual(names, names.toSorted().reverse());
      const { items } = await groups.list({ expand: ['stats', 'app'], limit: 5 });
      for (const group of items) assert.equal(typeof group._embedded.stats.usersCount, 'number');
    });

    await t.test(
      "tells a person's groups, by id and by login, over pages, and at once after a change",
      async () => {
        const everyone = (await groups.list({ q: 'Everyone' })).items.find(({ type }) => type === 'BUILT_IN');
        const [user] = (await groups.listUsers(everyone.id, { limit: 1 })).items;
        const group = await groups.create({ name: fresh() });
        await groups.assignUser(group.id, user.id);
        const byId = await users.listGroups(user.id).toArray({ max: 1000 });
        assert.deepEqual(
          byId.map(({ id }) => id).filter((id) => id === everyone.id || id === group.id),
          [everyone.id, group.id],
        );
        const byLogin = await users.listGroups(user.profile.login, { limit: 1 }).toArray({ max: 1000 });
        assert.deepEqual(byLogin, byId);
        await groups.unassignUser(group.id, user.id);
        assert.equal(await has(users.listGroups(user.id), group.id), false);
        await groups.delete(group.id);
        const none = await failure(users.listGroups('nobody@example.com').first());
        assert.deepEqual([none.kind, none.path], ['not-found', '/api/v1/users/{idOrLogin}/groups']);
      },
    );

    await t.test('finds people by id, login, search, filter and q', async () => {
      const [user] = (await users.list({ limit: 1 })).items;
      const { login, lastName } = user.profile;
      for (const given of [await users.get(user.id), await users.get(login)]) assert.equal(given.id, user.id);
      assert.equal((await failure(users.get('nobody@example.com'))).path, '/api/v1/users/{idOrLogin}');
      const [found] = await users.list({ search: eq('profile.login', login) }).toArray({ max: 2 });
      assert.equal(found.id, user.id);
      assert.ok(await has(users.list({ filter: eq('profile.login', login) }), user.id));
      const named = await users
        .list({
          search: eq('profile.lastName', lastName),
          sortBy: 'profile.login',
          sortOrder: 'desc',
          limit: 5,
        })
        .toArray({ max: 5000 });
      const logins = named.map(({ profile }) => profile.login);
      assert.deepEqual(logins, logins.toSorted().reverse());
      assert.ok(logins.includes(login));
      const page = await users.list({ q: lastName.slice(0, 3) });
      assert.equal(page.hasNext, false);
      assert.ok(page.items.length > 0);
    });

    await t.test('assigns, lists and deletes owners', async () => {
      const [user] = (await users.list({ limit: 1 })).items;
      const [group, parent] = [
        await groups.create({ name: fresh() }),
        await groups.create({ name: fresh() }),
      ];
      assert.deepEqual(await groups.listOwners(group.id).toArray({ max: 9 }), []);
      const assigned = await groups.assignOwner(group.id, { id: user.id, type: 'USER' });
      const ours = await groups.assignOwner(group.id, { id: parent.id, type: 'GROUP' });
      assert.deepEqual(
        [assigned.id, assigned.originId, ours.displayName],
        [user.id, null, parent.profile.name],
      );
      const owners = await groups.listOwners(group.id).toArray({ max: 9 });
      assert.deepEqual(owners.map(({ id }) => id).toSorted(), [user.id, parent.id].toSorted());
      // Two forms, one time.
      const listed = owners.find(({ id }) => id === user.id);
      assert.notEqual(listed.lastUpdated, assigned.lastUpdated);
      assert.deepEqual(ownerDate(listed.lastUpdated), ownerDate(assigned.lastUpdated));
      assert.ok(Math.abs(ownerDate(listed.lastUpdated) - Date.parse(group.created)) < 60_000);
      const full = await failure(groups.listOwners(group.id, { limit: 2 }).first());
      assert.deepEqual([full.kind, full.reason], ['pagination', 'hidden-link']);
      const again = await failure(groups.assignOwner(group.id, { id: user.id, type: 'USER' }));
      assert.deepEqual(
        [again.kind, again.causes],
        ['bad-request', ['Provided owner is already assigned to this group']],
      );
      await groups.deleteOwner(group.id, user.id);
      assert.equal((await failure(groups.deleteOwner(group.id, user.id))).kind, 'not-found');
      await groups.deleteOwner(group.id, user.id, { ifMissing: 'ignore' });
      await groups.delete(parent.id);
      await groups.delete(group.id);
      const gone = await failure(groups.deleteOwner(group.id, user.id, { ifMissing: 'ignore' }));
      assert.equal(gone.kind, 'not-found');
    });

    await t.test('creates, lists, reads, replaces, activates, deactivates and deletes a rule', async () => {
      const group = await groups.create({ name: fresh() });
      const name = `Rule ${process.pid} ${made++} "\\`;
      const rule = await rules.create({
        type: 'group_rule',
        name,
        conditions: { expression: { type: 'urn:okta:expression:1.0', value: 'user.lastName=="None"' } },
        actions: { assignUserToGroups: { groupIds: [group.id] } },
      });
      assert.deepEqual([rule.status, rule.name, rule.allGroupsValid], ['INACTIVE', name, true]);
      assert.deepEqual(await rules.get(rule.id), rule);
      const [listed] = await rules
        .list({ search: name, expand: 'groupIdToGroupNameMap' })
        .toArray({ max: 9 });
      assert.deepEqual(listed._embedded.groupIdToGroupNameMap, { [group.id]: group.profile.name });
      assert.ok(await has(rules.list({ limit: 1 }), rule.id));
      const replaced = await rules.replace(rule.id, { ...rule, name: `${name}2` });
      assert.equal(replaced.name, `${name}2`);
      assert.equal(await rules.activate(rule.id), undefined);
      assert.equal((await rules.get(rule.id)).status, 'ACTIVE');
      assert.equal(await rules.deactivate(rule.id), undefined);
      const broken = await failure(
        rules.create({ ...rule, conditions: { expression: { value: 'user.a ==' } } }),
      );
      assert.deepEqual([broken.kind, broken.causes.length], ['bad-request', 2]);
      const { data, response } = await rules.delete(rule.id, { removeUsers: false }).withResponse();
      assert.deepEqual([data, response.status], [undefined, 202]);
      assert.equal((await failure(rules.get(rule.id))).path, '/api/v1/groups/rules/{ruleId}');
      await rules.delete(rule.id, { ifMissing: 'ignore' });
      await groups.delete(group.id);
    });

    await t.test('takes any other path', async () => {
      const schema = await client.request('GET', ['meta', 'schemas', 'group', 'default']);
      assert.equal(typeof schema.definitions, 'object');
      const group = await client.request('POST', ['groups'], { body: { profile: { name: fresh() } } });
      const all = await client.paginate(['groups'], { query: { limit: 300 } }).toArray({ max: 5000 });
      assert.ok(all.some(({ id }) => id === group.id));
      assert.equal(await client.request('DELETE', ['groups', group.id]), undefined);
      const gone = await failure(client.request('GET', ['groups', group.id]));
      assert.deepEqual([gone.kind, gone.path], ['not-found', '/api/v1/groups/{id}']);
      const nowhere = await failure(client.request('GET', ['nowhere', 'at', 'all']));
      assert.equal(nowhere.path, '/api/v1/nowhere/at/all');
    });
  });
}
