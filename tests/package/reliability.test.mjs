// What the client does when the org, the network or the client itself fails.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOrg } from 'okta-groups/emulator';
import { OktaGroups, bearer, isOktaError, ssws } from 'okta-groups';
import { failure, json, scripted } from './support.mjs';

/** A client of a local org that fails by `rules`. */
function orgWith(rules, options = {}) {
  const org = createOrg({ groups: 5, users: 5, seed: 7, rateLimit: 'off', faults: { rules } });
  const client = new OktaGroups({
    orgUrl: org.orgUrl,
    auth: bearer(() => 'token'),
    fetch: org.fetch,
    ...options,
  });
  return { org, client };
}

async function named(client, name) {
  const all = await client.groups.list().toArray({ max: 100 });
  return all.filter((group) => group.profile.name === name);
}

test('a group that exists already is returned, if asked for', async () => {
  const { client } = orgWith([]);
  const made = await client.groups.create({ name: 'West "1"', description: 'first' });
  assert.ok(isOktaError(await failure(client.groups.create({ name: 'West "1"' })), 'bad-request'));
  const again = await client.groups.create({ name: 'West "1"' }, { ifExists: 'return' });
  assert.deepEqual([again.id, again.profile.description], [made.id, 'first']);
  const fresh = await client.groups.create({ name: 'East' }, { ifExists: 'return' });
  assert.notEqual(fresh.id, made.id);
});

test('a create whose answer was lost is found again, and there is one group', async () => {
  for (const fault of ['reset', { error: { status: 500 } }, 'hang']) {
    const rule = { operation: 'POST /api/v1/groups', times: 1, after: true, fault };
    const { client } = orgWith([rule], { timeout: 100 });
    const { data, response } = await client.groups
      .create({ name: 'West' }, { ifExists: 'return' })
      .withResponse();
    assert.equal(data.profile.name, 'West');
    assert.ok(response.url.includes('search='), response.url);
    assert.equal((await named(client, 'West')).length, 1, fault);
  }
});

test('a create that was never run fails as it failed', async () => {
  const rule = { operation: 'POST /api/v1/groups', fault: 'reset' };
  const { client } = orgWith([rule], { totalTimeout: 400 });
  const error = await failure(client.groups.create({ name: 'West' }, { ifExists: 'return' }));
  assert.ok(isOktaError(error, 'connection'), String(error));
  assert.equal((await named(client, 'West')).length, 0);
});

test('what is gone already may count as removed', async () => {
  const { client } = orgWith([]);
  const { id } = await client.groups.create({ name: 'West' });
  const ignore = { ifMissing: 'ignore' };
  assert.ok(isOktaError(await failure(client.groups.unassignUser(id, '00unobody')), 'not-found'));
  assert.equal(await client.groups.unassignUser(id, '00unobody', ignore), undefined);
  assert.equal(await client.groups.delete(id, ignore), undefined);
  assert.equal(await client.groups.delete(id, ignore), undefined);
  assert.ok(isOktaError(await failure(client.groups.delete(id)), 'not-found'));
  assert.ok(isOktaError(await failure(client.groups.unassignUser(id, '00unobody', ignore)), 'not-found'));
});

test('what to do about a group that exists is one of two things', async () => {
  const { client, sent } = scripted(() => json({}));
  for (const [argument, call] of [
    ['ifExists', () => client.groups.create({ name: 'West' }, { ifExists: 'replace' })],
    ['profile', () => client.groups.create({}, { ifExists: 'return' })],
    ['ifExists', () => client.groups.replace('00g1', { name: 'West' }, { ifExists: 'return' })],
    ['ifMissing', () => client.groups.delete('00g1', { ifMissing: 'ignored' })],
    ['ifMissing', () => client.groups.assignUser('00g1', '00u1', { ifMissing: 'ignore' })],
  ]) {
    assert.equal((await failure(call())).argument, argument);
  }
  assert.equal(sent.length, 0);
});

/** An answer that leaves so much of the bucket. */
function limited(remaining) {
  const now = Math.floor(Date.now() / 1000);
  const headers = {
    date: new Date(now * 1000).toUTCString(),
    'x-rate-limit-limit': '100',
    'x-rate-limit-remaining': String(remaining),
    'x-rate-limit-reset': String(now + 30),
  };
  return json({ id: '00g1' }, { headers });
}

test('clients of one org and credential share its rate limits', async () => {
  const orgUrl = 'https://shared.okta.com';
  const custom = { kind: 'custom', authorize: () => ({ 'x-token': 'a' }) };
  const source = bearer(() => 'one');
  const made = (options) => scripted(() => limited(77), { orgUrl, ...options }).client;
  for (const [first, second, shared] of [
    [{ auth: bearer('one') }, { auth: bearer('one\n') }, true],
    [{ auth: bearer('one') }, { auth: bearer('one'), orgUrl: new URL(`${orgUrl}/`) }, true],
    [{ auth: source }, { auth: source }, true],
    [{ auth: custom }, { auth: custom }, true],
    [{ auth: bearer('one') }, { auth: bearer('two') }, false],
    [{ auth: bearer('three') }, { auth: ssws('three') }, false],
    [{ auth: bearer('four') }, { auth: bearer('four'), orgUrl: `${orgUrl}/proxy` }, false],
    [{ auth: bearer('five') }, { auth: bearer('five'), rateLimit: { reserve: 0 } }, false],
    [{ auth: bearer(() => 'six') }, { auth: bearer(() => 'six') }, false],
    [{ auth: custom, orgUrl: `${orgUrl}/a` }, { auth: { ...custom }, orgUrl: `${orgUrl}/a` }, false],
  ]) {
    const [asking, other] = [made(first), made(second)];
    await asking.groups.get('00g1');
    assert.equal(asking.rateLimits().size, 1);
    const expected = shared ? asking.rateLimits() : new Map();
    assert.deepEqual(other.rateLimits(), expected, JSON.stringify([first, second]));
  }
});

test('two clients together have no more requests at once than one', async () => {
  let [now, most] = [0, 0];
  const answer = async () => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 5));
    now--;
    return json({ id: '00g1' });
  };
  const options = { auth: bearer('together'), rateLimit: { maxConcurrency: 3 } };
  const clients = [scripted(answer, options).client, scripted(answer, { ...options, auth: bearer('together') }).client];
  await Promise.all(Array.from({ length: 20 }, (_, i) => clients[i % 2].groups.get('00g1')));
  assert.equal(most, 3);
});
