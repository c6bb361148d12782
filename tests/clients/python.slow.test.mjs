// The vendor's SDK for Python and its MCP server, unchanged, against the local org. They are installed below the folder
// of the environment variable OKTA_GROUPS_CLIENTS, which `cargo xtask test clients --all` sets.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { authority, groupOf, secureOrg } from './support.mjs';

const FOLDER = fileURLToPath(new URL('python', import.meta.url));
const INSTALLED = process.env.OKTA_GROUPS_CLIENTS && join(process.env.OKTA_GROUPS_CLIENTS, 'python');
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = (type) => privateKey.export({ type, format: 'pem' });

before(() => {
  assert.ok(INSTALLED, 'OKTA_GROUPS_CLIENTS names a folder: cargo xtask test clients --all sets it');
  const requirements = readFileSync(join(FOLDER, 'requirements.txt'), 'utf8');
  const stamp = join(INSTALLED, 'installed.txt');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === requirements) return;
  rmSync(INSTALLED, { recursive: true, force: true });
  execFileSync('python3', ['-m', 'venv', INSTALLED]);
  // The MCP server asks for Python 3.13 and runs on 3.11 as well.
  const options = ['--quiet', '--no-deps', '--ignore-requires-python'];
  const pip = join(INSTALLED, 'bin/pip');
  execFileSync(pip, ['install', ...options, '-r', join(FOLDER, 'requirements.txt')], { stdio: 'inherit' });
  writeFileSync(stamp, requirements);
});

/** What a script of the folder `python` prints for `input`, as JSON. */
async function run(t, script, input, env = {}) {
  const home = mkdtempSync(join(tmpdir(), 'okta-groups-'));
  t.after(() => rmSync(home, { recursive: true }));
  const ca = join(home, 'ca.pem');
  writeFileSync(ca, authority);
  const own = { PATH: process.env.PATH, HOME: home, SSL_CERT_FILE: ca, REQUESTS_CA_BUNDLE: ca };
  const running = spawn(join(INSTALLED, 'bin/python'), [join(FOLDER, script)], { env: { ...own, ...env } });
  let [told, failed] = ['', ''];
  running.stdout.on('data', (data) => (told += data));
  running.stderr.on('data', (data) => (failed += data));
  running.stdin.end(JSON.stringify(input));
  await new Promise((ended) => running.on('close', ended));
  assert.ok(told.startsWith('{') || told.startsWith('['), failed);
  return JSON.parse(told);
}

/** What the tools of the MCP server give for these calls. */
const mcp = (t, { orgUrl }, calls) =>
  run(t, 'mcp_server.py', calls, {
    OKTA_MCP_SERVER: join(INSTALLED, 'bin/okta-mcp-server'),
    PYTHON_KEYRING_BACKEND: 'keyrings.alt.file.PlaintextKeyring',
    OKTA_ORG_URL: orgUrl,
    OKTA_CLIENT_ID: '0oa1',
    OKTA_SCOPES: 'okta.groups.read okta.groups.manage okta.users.read okta.apps.read',
    OKTA_PRIVATE_KEY: pem('pkcs8'),
    OKTA_KEY_ID: 'key',
  });

/** A part of the result of the nth call. */
const part = (n, ...path) => ({ $: [n, ...path] });
const ids = (items) => items.map(({ id }) => id);

test('the SDK reads and writes groups, members and apps', async (t) => {
  const org = await secureOrg(t, { groups: 30, users: 30 });
  const { groups, users, memberships, appAssignments } = org.snapshot();
  const owned = groups.find(({ type }) => type === 'OKTA_GROUP').id;
  const owning = { method: 'POST', body: JSON.stringify({ id: users[0].id, type: 'USER' }) };
  const headers = { authorization: 'SSWS token', 'content-type': 'application/json' };
  assert.equal((await org.fetch(`/api/v1/groups/${owned}/owners`, { ...owning, headers })).status, 201);
  const { id: everyone } = groups.find(({ profile }) => profile.name === 'Everyone');
  const [withApps, apps] = Object.entries(appAssignments).find(([, list]) => list.length > 1);
  const user = users[0].id;
  const made = part(4, 'data', 'id');
  const results = await run(t, 'sdk.py', {
    config: { orgUrl: org.orgUrl, token: 'token' },
    calls: [
      ['list_groups', {}],
      ['list_groups', { search: 'type eq "APP_GROUP"' }],
      ['list_groups', { filter: 'profile.name eq "x"' }],
      ['get_group', { group_id: everyone }],
      ['add_group', { group: { profile: { name: 'West', description: 'd' } } }],
      ['replace_group', { group_id: made, group: { profile: { name: 'Far West' } } }],
      ['list_group_users', { group_id: everyone }],
      ['list_assigned_applications_for_group', { group_id: withApps }],
      ['assign_user_to_group', { group_id: made, user_id: user }],
      ['list_group_users', { group_id: made }],
      ['unassign_user_from_group', { group_id: made, user_id: user }],
      ['list_group_users', { group_id: made }],
      ['delete_group', { group_id: made }],
      ['get_group', { group_id: made }],
      ['list_user_groups', { id: user }],
      ['get_user', { id: users[0].profile.login }],
      ['list_group_owners', { group_id: owned }],
      ['delete_group_owner', { group_id: owned, owner_id: user }],
      ['list_group_owners', { group_id: owned }],
      ['list_groups', { limit: 29 }],
      ['list_groups', { limit: 29, after: part(19, 'after') }],
    ],
  });
  const [all, imported, refused, one, created, replaced, members, apps_, , joined, , left, , gone] = results;
  assert.deepEqual(ids(all.data), ids(groups));
  assert.deepEqual(ids(imported.data), ids(groups.filter(({ type }) => type === 'APP_GROUP')));
  assert.match(refused.error.text, /E0000031/);
  assert.equal(one.data.id, everyone);
  assert.deepEqual([created.error, replaced.error], [null, null]);
  assert.deepEqual(ids(members.data), memberships[everyone]);
  assert.deepEqual(ids(apps_.data), apps);
  assert.deepEqual([ids(joined.data), left.data], [[user], []]);
  assert.equal(gone.error.status, 404);
  const [own, person, owners, disowned, unowned, , last] = results.slice(14);
  assert.deepEqual(
    ids(own.data).sort(),
    Object.keys(memberships)
      .filter((id) => memberships[id].includes(user))
      .sort(),
  );
  assert.equal(person.data.id, user);
  assert.deepEqual([ids(owners.data), disowned.error, unowned.data], [[user], null, []]);
  // It keeps the last of two lines of Link, which is `next` here as on recorded orgs.
  assert.deepEqual(ids(last.data), ids(groups).slice(29));
});

test('the SDK makes rules that bring people', async (t) => {
  const org = await secureOrg(t, { groups: 5, users: 30 });
  const { groups, users } = org.snapshot();
  const groupId = groups.find(({ type }) => type === 'OKTA_GROUP').id;
  const rule = (name) => ({
    type: 'group_rule',
    name,
    conditions: {
      expression: {
        type: 'urn:okta:expression:1.0',
        value: `user.department=="${users[0].profile.department}"`,
      },
    },
    actions: { assignUserToGroups: { groupIds: [groupId] } },
  });
  const id = { group_rule_id: part(0, 'data', 'id') };
  const results = await run(t, 'sdk.py', {
    config: { orgUrl: org.orgUrl, token: 'token' },
    calls: [
      ['create_group_rule', { group_rule: rule('By department') }],
      ['replace_group_rule', { ...id, group_rule: rule('By their department') }],
      ['activate_group_rule', id],
      ['get_group_rule', id],
      ['list_group_rules', { limit: 200 }],
      ['deactivate_group_rule', id],
      ['delete_group_rule', id],
      ['get_group_rule', id],
    ],
  });
  const [made, replaced, , active, listed, , , gone] = results;
  for (const result of results.slice(0, 7))
    assert.ok(!result.raised && !result.error, JSON.stringify(result));
  assert.deepEqual([made.data.status, replaced.data.name], ['INACTIVE', 'By their department']);
  assert.equal(active.data.status, 'ACTIVE');
  assert.deepEqual(ids(listed.data), [made.data.id]);
  assert.equal(gone.error.status, 404);
});

test('its failure: the SDK drops custom attributes of a profile that it is given as a dictionary', async (t) => {
  const org = await secureOrg(t, { groups: 3, users: 0 });
  const group = { profile: { name: 'West', costCenter: 42 } };
  await run(t, 'sdk.py', {
    config: { orgUrl: org.orgUrl, token: 'token' },
    calls: [['add_group', { group }]],
  });
  const made = org.snapshot().groups.find(({ profile }) => profile.name === 'West');
  assert.deepEqual(made.profile, { name: 'West', description: null });
  // The org takes the attribute of others.
  const headers = { authorization: 'SSWS token', 'content-type': 'application/json' };
  const other = JSON.stringify({ profile: { name: 'East', costCenter: 42 } });
  const { profile } = await (
    await org.fetch('/api/v1/groups', { method: 'POST', headers, body: other })
  ).json();
  assert.equal(profile.costCenter, 42);
});

test('the SDK signs in with a key, with and without a proof of possession', async (t) => {
  for (const dpop of [false, true]) {
    const options = { groups: 5, serviceApps: [{ clientId: '0oa1', dpop }], tokens: [{ token: 'other' }] };
    const org = await secureOrg(t, options);
    const [listed, refused] = await run(t, 'sdk.py', {
      config: {
        orgUrl: org.orgUrl,
        authorizationMode: 'PrivateKey',
        clientId: '0oa1',
        scopes: ['okta.groups.read'],
        privateKey: pem('pkcs8'),
        dpopEnabled: dpop,
      },
      calls: [
        ['list_groups', {}],
        ['add_group', { group: { profile: { name: 'x' } } }],
      ],
    });
    assert.equal(listed.data?.length, 5, JSON.stringify(listed.error));
    assert.equal(refused.error.status, 403);
  }
});

test('its failure: the SDK cannot read the date of an owner that it has assigned', async (t) => {
  const org = await secureOrg(t, { groups: 3, users: 3 });
  const { groups, users } = org.snapshot();
  const [groupId, id] = [groups.find(({ type }) => type === 'OKTA_GROUP').id, users[0].id];
  const owner = { assign_group_owner_request_body: { id, type: 'USER' } };
  const [assigned] = await run(t, 'sdk.py', {
    config: { orgUrl: org.orgUrl, token: 'token' },
    calls: [['assign_group_owner', { group_id: groupId, ...owner }]],
  });
  // Real orgs send this form, which is no ISO date, too.
  assert.match(assigned.raised, /lastUpdated\n.*'\w{3} \w{3} \d\d \d\d:\d\d:\d\d UTC \d{4}'/);
  const headers = { authorization: 'SSWS token' };
  const owners = await (await org.fetch(`/api/v1/groups/${groupId}/owners`, { headers })).json();
  assert.deepEqual(ids(owners), [id]);
});

test('the MCP server offers and does the work of groups', async (t) => {
  const org = await secureOrg(t, { groups: 50, users: 30, serviceApps: [{ clientId: '0oa1' }] });
  const { groups, users, memberships } = org.snapshot();
  const { id: everyone } = groups.find(({ profile }) => profile.name === 'Everyone');
  const user = users[0].id;
  const made = part(5, 'id');
  const calls = [
    ['list_groups', { limit: 20 }],
    ['list_groups', { fetch_all: true }],
    ['list_groups', { search: 'type eq "APP_GROUP"', fetch_all: true }],
    ['list_groups', { q: 'every' }],
    ['get_group', { group_id: everyone }],
    ['create_group', { profile: { name: 'West', description: 'd' } }],
    ['update_group', { group_id: made, profile: { name: 'Far West', description: 'd' } }],
    ['add_user_to_group', { group_id: made, user_id: user }],
    ['list_group_users', { group_id: made }],
    ['list_group_users', { group_id: everyone, fetch_all: true }],
    ['list_group_apps', { group_id: everyone }],
    ['list_user_groups', { user_id: user }],
    ['remove_user_from_group', { group_id: made, user_id: user }],
    ['list_group_users', { group_id: made }],
    ['list_users', { limit: 20 }],
    ['get_user', { user_id: user }],
  ];
  const { tools, results } = await mcp(t, org, calls);
  for (const [tool] of calls) assert.ok(tools.includes(tool), tool);
  const told = results.map((result) => JSON.stringify(result));
  for (const [at, text] of told.entries()) assert.doesNotMatch(text, /rror/, `${calls[at][0]}: ${text}`);
  const [page, all, imported] = results;
  assert.deepEqual(ids(page.items), ids(groups).slice(0, 20));
  assert.deepEqual(ids(all.items), ids(groups));
  assert.deepEqual(ids(imported.items), ids(groups.filter(({ type }) => type === 'APP_GROUP')));
  const has = (n, id) => told[n].includes(id);
  assert.ok(has(3, everyone) && has(4, everyone) && has(8, user) && !has(13, user) && has(15, user));
  for (const id of memberships[everyone]) assert.ok(has(9, id), id);
  for (const id of Object.keys(memberships)) assert.equal(has(11, id), memberships[id].includes(user), id);
  assert.equal(groupOf(org, results[5].id).profile.name, 'Far West');
});

test('its failure: fetch_all of the MCP server ends at an empty page that has a next, and says that it is whole', async (t) => {
  const rules = [{ operation: 'GET /api/v1/groups', nth: 2, fault: 'emptyPage' }];
  const org = await secureOrg(t, { groups: 50, users: 0, faults: { rules } });
  const { results } = await mcp(t, org, [['list_groups', { fetch_all: true }]]);
  const [{ items, has_more, pagination_info }] = results;
  assert.deepEqual([items.length, has_more, pagination_info.stopped_early], [20, false, false]);
});
