// The vendor's OpenAPI contract, where it lies beside the project: every request that is sent and every body that
// the local org answers is held against it. What it lacks is listed here by name.
import assert from 'node:assert/strict';
import test from 'node:test';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { OktaGroups, bearer } from 'okta-groups';
import { createOrg } from 'okta-groups/emulator';
import { failure, shared, sharedLines } from './support.mjs';

const contracts = ['okta-groups', 'okta-group-rules-owners']
  .map((name) => shared(`api/${name}.openapi.yaml`))
  .filter(Boolean)
  .map((text) => parse(text));

/** The operations that no contract here has, by method and path. */
const OPERATIONS_LACKED = ['get /api/v1/users', 'get /api/v1/users/{id}'];
/** The parameters that real orgs take and the contract does not know, by its operation. */
const PARAMETERS_LACKED = ['getGroup expand', 'listUserGroups after', 'listUserGroups limit'];
/** The answers that real orgs give and the contract does not know, by its operation. */
const ANSWERS_LACKED = ['createGroupRule 423', 'deactivateGroupRule 400'];
/** What recorded bodies have and the contract refuses: null in texts, and dates of owners that are not ISO 8601. */
const NULLS_LACKED = ['description', 'errorRedirectUrl', 'loginRedirectUrl', 'originId'];
const OWNER_DATES = 'GroupOwner';

/** OpenAPI 3.0 as JSON Schema: `nullable` is a type there; what recordings contradict is let be. */
function schema(node, key, of) {
  if (Array.isArray(node)) return node.map((item) => schema(item, undefined, of));
  if (typeof node !== 'object' || node === null) return node;
  const out = {};
  for (const [name, value] of Object.entries(node)) {
    if (
      ['nullable', 'example', 'discriminator', 'xml', 'externalDocs', 'readOnly', 'writeOnly'].includes(name)
    )
      continue;
    out[name] = schema(value, name, key === 'schemas' ? name : of);
  }
  if (of === OWNER_DATES && key === 'lastUpdated') delete out.format;
  const recordedNull = NULLS_LACKED.includes(key);
  if ((node.nullable || recordedNull) && typeof out.type === 'string') out.type = [out.type, 'null'];
  if (out.enum && node.nullable) out.enum = [...out.enum, null];
  return out;
}

function validators(contract) {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addFormat('int32', true).addFormat('int64', true);
  ajv.addSchema({ $id: 'contract', paths: schema(contract.paths), components: schema(contract.components) });
  const escape = (part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
  const compiled = {};
  return (pointer, value, what) => {
    const key = pointer.join('|');
    compiled[key] ??= ajv.compile({ $ref: `contract#/${pointer.map(escape).join('/')}` });
    assert.ok(compiled[key](value), `${what}: ${JSON.stringify(compiled[key].errors?.slice(0, 3))}`);
  };
}

/** The contract that has the operation of a request, with its path; nothing where it is known that none has. */
function found(known, method, pathname) {
  const matches = (template) => new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(pathname);
  const all = known.flatMap(({ contract, validate }) =>
    Object.keys(contract.paths)
      .filter((path) => matches(path) && contract.paths[path][method])
      .map((path) => ({ contract, validate, template: path, operation: contract.paths[path][method] })),
  );
  // A literal path goes before one with an id.
  const ids = ({ template }) => template.split('{').length;
  if (all.length) return all.reduce((best, next) => (ids(next) < ids(best) ? next : best));
  const isLacked = OPERATIONS_LACKED.find(
    (name) => name.startsWith(`${method} `) && matches(name.slice(method.length + 1)),
  );
  assert.ok(isLacked, `the contract has no ${method} ${pathname}`);
  return isLacked;
}

/** Holds an exchange against the contract; `lacks` takes what it lacks. */
function checkExchange(known, request, response, body, lacks) {
  const method = request.method.toLowerCase();
  const of = found(known, method, request.url.pathname.replace(/\/$/, ''));
  if (typeof of === 'string') {
    lacks.add(of);
    return;
  }
  const { contract, validate, template, operation } = of;
  const parameters = [...(operation.parameters ?? []), ...(contract.paths[template].parameters ?? [])].map(
    (p) => (p.$ref ? contract.components.parameters[p.$ref.split('/').at(-1)] : p),
  );
  for (const [name, value] of request.url.searchParams) {
    const parameter = parameters.find((p) => p.in === 'query' && p.name === name);
    const place = `${operation.operationId} ${name}`;
    if (!parameter && PARAMETERS_LACKED.includes(place)) {
      lacks.add(place);
      continue;
    }
    assert.ok(parameter, `${name} is no parameter of ${operation.operationId}`);
    const { type, minimum = 0, maximum = Infinity, enum: values } = parameter.schema;
    if (type === 'integer') assert.ok(Number(value) >= minimum && Number(value) <= maximum, place);
    if (type === 'boolean') assert.match(value, /^(true|false)$/);
    if (values) assert.ok(values.includes(value), place);
  }
  if (operation.requestBody) {
    validate(
      ['paths', template, method, 'requestBody', 'content', 'application/json', 'schema'],
      JSON.parse(request.body),
      `the body of ${operation.operationId}`,
    );
  } else {
    assert.equal(request.body, null);
  }
  const answer = operation.responses[response.status];
  const place = `${operation.operationId} ${response.status}`;
  if (!answer) {
    // No contract declares 401 or what a list or another call answers to nonsense.
    if (ANSWERS_LACKED.includes(place)) lacks.add(place);
    return;
  }
  if (answer.$ref) {
    const name = answer.$ref.split('/').at(-1);
    validate(['components', 'responses', name, 'content', 'application/json', 'schema'], body, place);
  } else if (answer.content?.['application/json']) {
    const at = ['paths', template, method, 'responses', String(response.status), 'content'];
    validate([...at, 'application/json', 'schema'], body, place);
  } else {
    // The 202 of a rule's DELETE has an empty object.
    assert.deepEqual(body ?? {}, {});
  }
}

const known = contracts.map((contract) => ({ contract, validate: validators(contract) }));

test('requests and answers keep to the contract', async () => {
  const org = createOrg({ groups: 300, users: 200, seed: 7, rateLimit: 'off' });
  const seen = new Map();
  const lacks = new Set();
  const violations = [];
  const fetch = async (url, init) => {
    const response = await org.fetch(url, init);
    const answer = await response.clone().text();
    const request = { method: init.method, url: new URL(url), body: init.body ?? null };
    seen.set(
      `${request.method} ${response.status}`,
      (seen.get(`${request.method} ${response.status}`) ?? 0) + 1,
    );
    try {
      const body = answer ? JSON.parse(answer) : undefined;
      if (known.length) checkExchange(known, request, response, body, lacks);
    } catch (error) {
      // Thrown here it would look like a network that failed.
      violations.push(`${request.method} ${url}: ${error.message}`);
    }
    return response;
  };
  const { groups, rules, users } = new OktaGroups({ orgUrl: org.orgUrl, auth: bearer(() => 'token'), fetch });
  const all = await groups.list({ limit: 100, expand: ['stats', 'app'] }).toArray({ max: 1000 });
  await groups
    .list({ search: 'type eq "APP_GROUP"', sortBy: 'created', sortOrder: 'desc' })
    .toArray({ max: 1000 });
  await groups.list({ filter: 'type eq "BUILT_IN"' }).toArray({ max: 1000 });
  await groups.list({ q: 'a', limit: 10 });
  const everyone = all.find((group) => group.type === 'BUILT_IN');
  const members = await groups.listUsers(everyone.id, { limit: 50 }).toArray({ max: 1000 });
  for (const group of all.slice(0, 40)) await groups.listApps(group.id).toArray({ max: 100 });
  const made = await groups.create({ name: 'Contract', description: 'x' });
  await groups.get(made.id);
  await groups.replace(made.id, { name: 'Contract 2' });
  await groups.update(made.id, { description: 'y' });
  await groups.assignUser(made.id, members[0].id);
  await groups.unassignUser(made.id, members[0].id);
  await groups.get(made.id, { expand: ['stats', 'app'] });
  const owner = await groups.assignOwner(made.id, { id: members[0].id, type: 'USER' });
  await groups.assignOwner(made.id, { id: everyone.id, type: 'GROUP' });
  await failure(groups.assignOwner(made.id, { id: members[0].id, type: 'USER' }));
  await groups.listOwners(made.id, { search: 'type eq "USER"' });
  await groups.listOwners(made.id);
  await groups.deleteOwner(made.id, owner.id);
  await failure(groups.deleteOwner(made.id, owner.id));
  const wanted = (value) => ({
    type: 'group_rule',
    name: 'Contract',
    conditions: { expression: { type: 'urn:okta:expression:1.0', value } },
    actions: { assignUserToGroups: { groupIds: [made.id] } },
  });
  const rule = await rules.create(wanted('user.lastName=="None"'));
  await failure(rules.create(wanted('user.lastName==')));
  await rules.get(rule.id);
  await rules.replace(rule.id, { ...rule, name: 'Contract 2' });
  await rules.activate(rule.id);
  await rules.list({ search: 'Contract', limit: 1, expand: 'groupIdToGroupNameMap' }).toArray({ max: 100 });
  await rules.deactivate(rule.id);
  await rules.delete(rule.id, { removeUsers: false });
  await failure(rules.get(rule.id));
  await users.list({ limit: 100 }).toArray({ max: 1000 });
  await users.get(members[0].profile.login);
  await users.listGroups(members[0].id).toArray({ max: 1000 });
  await users.listGroups(members[0].profile.login, { limit: 1 }).toArray({ max: 1000 });
  await groups.delete(made.id);
  await failure(groups.get(made.id));
  await failure(groups.create({ name: '' }));
  await failure(groups.delete(everyone.id));
  for (const kind of [
    'GET 200',
    'POST 200',
    'PUT 200',
    'PUT 204',
    'DELETE 204',
    'GET 404',
    'POST 400',
    'DELETE 403',
  ]) {
    assert.ok(seen.get(kind) > 0, kind);
  }
  assert.deepEqual(violations.slice(0, 5), []);
  // Each gap is one that the calls above meet.
  if (known.length) assert.deepEqual([...lacks].sort(), [...OPERATIONS_LACKED, ...PARAMETERS_LACKED].sort());
});

test('recorded exchanges on rules, owners and a user’s groups keep to the contract, but for its gaps', () => {
  const files = ['rules', 'owners', 'user-groups'].map((name) => `traffic/${name}.jsonl`);
  const rows = known.length ? files.flatMap(sharedLines) : [];
  const lacks = new Set();
  for (const row of rows) {
    const request = {
      method: row.method,
      url: new URL(row.url, 'https://example.okta.com'),
      // Of some rows it was not recorded.
      body: row.requestBody ?? (/^(POST|PUT)$/.test(row.method) && !/lifecycle/.test(row.url) ? '{}' : null),
    };
    const body = row.responseBody ? JSON.parse(row.responseBody) : undefined;
    try {
      checkExchange(known, request, row, body, lacks);
    } catch (error) {
      error.message = `${row.method} ${row.url}: ${error.message}`;
      throw error;
    }
  }
  for (const place of lacks) assert.ok(ANSWERS_LACKED.includes(place), place);
});
