// Owners, rules, users and any other path, as a script uses them, against answers from memory.
import assert from 'node:assert/strict';
import test from 'node:test';
import { eq, isOktaError, ownerDate } from 'okta-groups';
import { ORG_URL, failure, fixture, json, scripted } from './support.mjs';

const target = ({ url }) => url.href.slice(ORG_URL.length);
const RULE = { type: 'group_rule', name: 'R', conditions: { expression: { value: 'user.a=="b"' } } };

test('each operation sends its method, path, query and body', async () => {
  const owner = { id: '00u2', type: 'USER' };
  for (const [call, method, path, body] of [
    [(c) => c.groups.get('00g1', { expand: ['stats', 'app'] }), 'GET', '/groups/00g1?expand=stats%2Capp'],
    [(c) => c.groups.get('00g1', { expand: 'stats' }), 'GET', '/groups/00g1?expand=stats'],
    [(c) => c.groups.listOwners('00g1'), 'GET', '/groups/00g1/owners?limit=200'],
    [
      (c) => c.groups.listOwners('00g1', { search: eq('type', 'USER'), after: 'x', limit: 5 }),
      'GET',
      '/groups/00g1/owners?search=type%20eq%20%22USER%22&after=x&limit=5',
    ],
    [(c) => c.groups.assignOwner('00g1', owner), 'POST', '/groups/00g1/owners', owner],
    [(c) => c.groups.deleteOwner('00g1', '00u2'), 'DELETE', '/groups/00g1/owners/00u2'],
    [
      (c) => c.rules.list({ search: 'a "b" \\', limit: 200, expand: 'groupIdToGroupNameMap' }),
      'GET',
      '/groups/rules?search=a%20%22b%22%20%5C&limit=200&expand=groupIdToGroupNameMap',
    ],
    [(c) => c.rules.create(RULE), 'POST', '/groups/rules', RULE],
    [(c) => c.rules.get('00g1'), 'GET', '/groups/rules/00g1'],
    [
      (c) => c.rules.replace('00g1', { ...RULE, id: '00g1' }),
      'PUT',
      '/groups/rules/00g1',
      { ...RULE, id: '00g1' },
    ],
    [(c) => c.rules.delete('00g1'), 'DELETE', '/groups/rules/00g1'],
    [(c) => c.rules.delete('00g1', { removeUsers: false }), 'DELETE', '/groups/rules/00g1?removeUsers=false'],
    [(c) => c.rules.delete('00g1', { removeUsers: true }), 'DELETE', '/groups/rules/00g1?removeUsers=true'],
    [(c) => c.rules.activate('00g1'), 'POST', '/groups/rules/00g1/lifecycle/activate'],
    [(c) => c.rules.deactivate('00g1'), 'POST', '/groups/rules/00g1/lifecycle/deactivate'],
    [
      (c) => c.users.list({ search: 'profile.login eq "a"', sortBy: 'id', sortOrder: 'desc' }),
      'GET',
      '/users?search=profile.login%20eq%20%22a%22&limit=200&sortBy=id&sortOrder=desc',
    ],
    [(c) => c.users.list({ q: 'Isaac' }), 'GET', '/users?q=Isaac&limit=200'],
    [
      (c) => c.users.get("o'brien/x\\y?#%@example.com"),
      'GET',
      "/users/o'brien%2Fx%5Cy%3F%23%25%40example.com",
    ],
    [(c) => c.users.listGroups('me'), 'GET', '/users/me/groups?limit=200'],
  ]) {
    const { client, sent } = scripted((url, { method }) => {
      const isList = method === 'GET' && !/00g1\?|00g1$|brien/.test(url.href);
      return json(isList ? [] : { id: '00g1' });
    });
    await call(client);
    assert.deepEqual(
      sent.map((request) => [request.method, target(request)]),
      [[method, `/api/v1${path}`]],
    );
    assert.deepEqual(JSON.parse(sent[0].body), body ?? null, String(call));
  }
});

test('what would change a path, or is no option or body, is named before anything is sent', async () => {
  const { client, sent } = scripted(() => json({}));
  const { groups, rules, users } = client;
  for (const [call, argument, message] of [
    [() => rules.get('a/b'), 'ruleId', /^ruleId holds one of/],
    [() => rules.activate('..'), 'ruleId', /^ruleId is a dot segment/],
    [() => rules.delete(undefined), 'ruleId', /^ruleId must be a string, not undefined/],
    [() => groups.deleteOwner('00g1', ''), 'ownerId', /^ownerId is empty/],
    [() => groups.listOwners('00g\n'), 'groupId', /^groupId holds a control character/],
    [() => users.get(''), 'idOrLogin', /^idOrLogin is empty/],
    [() => users.get('..'), 'idOrLogin', /^idOrLogin is a dot segment/],
    [() => users.listGroups('.'), 'idOrLogin', /^idOrLogin is a dot segment/],
    [() => users.get('\ud800'), 'idOrLogin', /surrogate/],
    [() => rules.list({ limit: 201 }), 'limit', /^limit must be a whole number from 1 to 200$/],
    [() => rules.list({ search: eq('name', 'a') }), 'search', /^search must be a string/],
    [() => rules.list({ q: 'a' }), 'q', /^q is no option here/],
    [() => users.list({ limit: 201 }), 'limit', /from 1 to 200/],
    [() => users.list({ q: 'a', after: 'b' }), 'after', /not paged/],
    [() => users.list({ sortBy: 'id' }), 'sortBy', /for a search only/],
    [() => groups.update('00g1', {}, { expand: 'stats' }), 'expand', /^expand is no option here/],
    [() => rules.create([]), 'rule', /^rule must be an object$/],
    [() => rules.create({ a: NaN }), 'rule', /^rule holds a value that JSON cannot carry: a is NaN/],
    [() => rules.create(Promise.resolve({})), 'rule', /^rule must be an object$/],
    [() => groups.assignOwner('00g1', '00u1'), 'owner', /^owner must be an object$/],
  ]) {
    const error = await failure(call());
    assert.ok(isOktaError(error, 'argument'), `${call}: ${error}`);
    assert.equal(error.argument, argument, String(call));
    assert.match(error.message, message);
  }
  for (const [call, kind] of [
    [() => users.list({ search: 'a b' }), 'expression'],
    [() => groups.listOwners('00g1', { search: '(' }), 'expression'],
  ]) {
    assert.ok(isOktaError(await failure(call()), kind));
  }
  assert.equal(sent.length, 0);
});

test('an owner and a user may have another id than the path; a rule may not', async () => {
  const { client } = scripted(() => json({ id: '00other' }));
  assert.deepEqual(await client.users.get('isaac@example.com'), { id: '00other' });
  assert.deepEqual(await client.groups.assignOwner('00g1', { id: '00u1', type: 'USER' }), { id: '00other' });
  for (const call of [() => client.rules.get('0pr1'), () => client.rules.replace('0pr1', RULE)]) {
    const error = await failure(call());
    assert.ok(isOktaError(error, 'response'));
    assert.equal(error.path, '/api/v1/groups/rules/{ruleId}');
  }
});

test("both forms of an owner's date are read", () => {
  for (const [text, millis] of fixture('owner-dates.json')) {
    assert.deepEqual(ownerDate(text).getTime(), millis ?? NaN, text);
  }
});
