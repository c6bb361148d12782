// People, rules and owners of the local org in the process, by its fetch alone: what a caller in JavaScript sees of them, and
// what the vendor's contract says of the answers, where it lies beside the project.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { createOrg } from 'okta-groups/emulator';
import { parse } from 'yaml';
import { shared } from './support.mjs';

const group = (id, name) => ({
  id,
  type: 'OKTA_GROUP',
  created: `2020-01-0${id.length}T00:00:00.000Z`,
  profile: { name },
});
const user = (id, department, status = 'ACTIVE') => ({
  id,
  status,
  created: '2020-01-01T00:00:00.000Z',
  profile: {
    firstName: id,
    lastName: 'Doe',
    login: `${id}@example.com`,
    email: `${id}@example.com`,
    department,
  },
});
const seedData = {
  groups: [group('00gSales', 'Sales'), group('00gBoss', 'Bosses')],
  users: [user('00uAna', 'Sales'), user('00uBob', 'Legal')],
  memberships: { '00gSales': ['00uBob'] },
};

const rule = (name, value, groupIds = ['00gSales']) => ({
  type: 'group_rule',
  name,
  conditions: { people: { users: {} }, expression: { type: 'urn:okta:expression:1.0', value } },
  actions: { assignUserToGroups: { groupIds } },
});

/** Asks the org; answers status, body and headers. */
function asker(org, seen = () => {}) {
  return async (method, path, body) => {
    const init = { method, headers: { authorization: 'SSWS token', 'content-type': 'application/json' } };
    if (body !== undefined) init.body = JSON.stringify(body);
    const response = await org.fetch(`/api/v1/${path}`, init);
    const text = await response.text();
    const answer = { status: response.status, body: text && JSON.parse(text), headers: response.headers };
    seen(method, path, answer);
    return answer;
  };
}

test('of rules created at the same time two in six are refused with 423, one after the other none is', async () => {
  const ask = asker(createOrg({ seedData }));
  const names = [1, 2, 3, 4, 5, 6];
  const atOnce = await Promise.all(names.map((n) => ask('POST', 'groups/rules', rule(`Rule ${n}`, 'true'))));
  assert.deepEqual(atOnce.map(({ status }) => status).sort(), [200, 200, 200, 200, 423, 423]);
  const { errorCode, errorCauses } = atOnce.find(({ status }) => status === 423).body;
  assert.deepEqual({ errorCode, errorCauses }, { errorCode: 'E0000239', errorCauses: [] });
  for (const n of names) {
    assert.equal((await ask('POST', 'groups/rules', rule(`Again ${n}`, 'true'))).status, 200);
  }
});

test('a rule makes people members by the clock of the org, and members say so', async () => {
  let clock = Date.UTC(2026, 0, 1);
  const ask = asker(createOrg({ seedData, now: () => clock, quirks: { ruleDelay: 5000 } }));
  const { body: made } = await ask('POST', 'groups/rules', rule('Sales', 'user.department == "Sales"'));
  assert.equal((await ask('POST', `groups/rules/${made.id}/lifecycle/activate`)).status, 204);
  const members = async () => (await ask('GET', 'groups/00gSales/users?expand=group-rules')).body;
  clock += 4999;
  assert.deepEqual(
    (await members()).map(({ id }) => id),
    ['00uBob'],
  );
  clock += 1;
  assert.deepEqual(
    (await members()).map(({ id, _embedded }) => [id, _embedded['group-rules']]),
    [
      ['00uAna', [{ id: made.id, name: 'Sales' }]],
      ['00uBob', []],
    ],
  );
  assert.deepEqual((await ask('DELETE', `groups/rules/${made.id}?removeUsers=true`)).body, {});
  assert.deepEqual(
    (await members()).map(({ id }) => id),
    ['00uBob'],
  );
});

test('a snapshot with rules, owners and the reasons of memberships makes the same org', async () => {
  const orgUrl = 'https://acme.okta.com';
  const org = createOrg({ orgUrl, groups: 40, users: 100, rules: 10, owners: 5, seed: 3 });
  const snapshot = org.snapshot();
  assert.equal(snapshot.rules.length, 10);
  assert.equal(Object.keys(snapshot.owners).length, 5);
  assert.ok(Object.keys(snapshot.groupRules).length > 0);
  assert.deepEqual(createOrg({ orgUrl, seedData: snapshot }).snapshot(), snapshot);
  const active = snapshot.rules.find(({ status }) => status === 'ACTIVE');
  const [target] = active.actions.assignUserToGroups.groupIds;
  const named = Object.values(snapshot.groupRules[target] ?? {}).some(({ rules }) =>
    rules.includes(active.id),
  );
  assert.ok(named, 'people of an active rule are members already');
});

test('an option of rules that is wrong is named', () => {
  assert.throws(() => createOrg({ quirks: { ruleDelay: -1 } }), /quirks\.ruleDelay/);
  const broken = { ...seedData, rules: [{ ...rule('x', 'user.'), id: '0prBroken' }] };
  assert.throws(() => createOrg({ seedData: broken }), { name: 'TypeError', message: /0prBroken/ });
  assert.throws(() => createOrg({ seedData: { owners: { '00gNone': [{ id: '00u1' }] } } }), /00gNone/);
});

// What recordings contradict, by name: an owner's two date forms are no date-time, and its `originId` is null.
const CONTRADICTED = { GroupOwner: ['lastUpdated', 'originId'] };
const NULLS = ['description'];

function contract() {
  const text = shared('api/okta-group-rules-owners.openapi.yaml');
  if (!text) return undefined;
  const parsed = parse(text);
  for (const [name, fields] of Object.entries(CONTRADICTED)) {
    for (const field of fields) delete parsed.components.schemas[name].properties[field];
  }
  const nullable = (node, key) => {
    if (Array.isArray(node)) return node.map((item) => nullable(item));
    if (typeof node !== 'object' || node === null) return node;
    const out = Object.fromEntries(
      Object.entries(node).map(([name, value]) => [name, nullable(value, name)]),
    );
    if (NULLS.includes(key) && out.type === 'string') out.type = ['string', 'null'];
    return out;
  };
  return nullable(parsed);
}

test(
  'answers of rules, owners and a person’s groups are as the contract says',
  { skip: !contract() },
  async () => {
    const parsed = contract();
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats(ajv);
    ajv.addFormat('int32', true);
    ajv.addSchema({ $id: 'contract', ...parsed });
    const escape = (part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
    const seen = new Set();
    const ask = asker(createOrg({ seedData }), (method, path, answer) => {
      const pathname = `/api/v1/${path.split('?')[0]}`;
      const template = Object.keys(parsed.paths).find((it) =>
        new RegExp(`^${it.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(pathname),
      );
      const verb = method.toLowerCase();
      const said = parsed.paths[template][verb].responses[answer.status];
      assert.ok(said, `${method} ${template} answers ${answer.status}`);
      seen.add(`${method} ${template} ${answer.status}`);
      if (!said.content?.['application/json'] && !said.$ref) return;
      const pointer = said.$ref
        ? ['components', 'responses', said.$ref.split('/').at(-1), 'content', 'application/json', 'schema']
        : [
            'paths',
            template,
            verb,
            'responses',
            String(answer.status),
            'content',
            'application/json',
            'schema',
          ];
      const validate = ajv.compile({ $ref: `contract#/${pointer.map(escape).join('/')}` });
      assert.ok(validate(answer.body), `${method} ${path}: ${ajv.errorsText(validate.errors)}`);
    });
    const { body: made } = await ask('POST', 'groups/rules', rule('Sales', 'user.department=="Sales"'));
    const one = `groups/rules/${made.id}`;
    await ask('GET', 'groups/rules?expand=groupIdToGroupNameMap&search=sal&limit=1');
    await ask('GET', `${one}?expand=groupIdToGroupNameMap`);
    await ask('PUT', one, rule('Sales people', 'user.department=="Sales"'));
    await ask('POST', `${one}/lifecycle/activate`);
    await ask('PUT', one, rule('Sales people', 'true'));
    await ask('POST', 'groups/rules', rule('Broken', 'user.'));
    await ask('POST', `${one}/lifecycle/deactivate`);
    await ask('DELETE', one);
    await ask('GET', one);
    await ask('POST', 'groups/00gSales/owners', { id: '00uAna', type: 'USER' });
    await ask('POST', 'groups/00gSales/owners', { id: '00gBoss', type: 'GROUP' });
    await ask('POST', 'groups/00gSales/owners', { id: '00gBoss', type: 'GROUP' });
    await ask('GET', 'groups/00gSales/owners?limit=10');
    await ask('DELETE', 'groups/00gSales/owners/00uAna');
    await ask('DELETE', 'groups/00gSales/owners/00uAna');
    await ask('GET', 'users/00uBob/groups');
    assert.equal(seen.size, 16);
  },
);
