// The nine operations, as a script uses them, against both local orgs.
import assert from 'node:assert/strict';
import test from 'node:test';
import { OktaGroups, isOktaError } from 'okta-groups';
import { ORGS, failure } from './support.mjs';

let made = 0;
const fresh = () => `Operations ${process.pid} ${made++}`;

for (const [where, connect] of ORGS) {
  test(`an org ${where}`, async (t) => {
    const client = new OktaGroups(connect());
    const { groups } = client;

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
  });
}
