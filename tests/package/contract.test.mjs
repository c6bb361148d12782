// The vendor's OpenAPI contract, where it lies beside the project: every request that is sent and every body that
// the local org answers is held against it.
import assert from 'node:assert/strict';
import test from 'node:test';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { OktaGroups, bearer } from 'okta-groups';
import { createOrg } from 'okta-groups/emulator';
import { failure, shared } from './support.mjs';

const text = shared('api/okta-groups.openapi.yaml');
const contract = text ? parse(text) : undefined;

/** OpenAPI 3.0 as JSON Schema: `nullable` is a type there; what recordings contradict is let be. */
function schema(node, key) {
  if (Array.isArray(node)) return node.map((item) => schema(item));
  if (typeof node !== 'object' || node === null) return node;
  const out = {};
  for (const [name, value] of Object.entries(node)) {
    if (
      ['nullable', 'example', 'discriminator', 'xml', 'externalDocs', 'readOnly', 'writeOnly'].includes(name)
    )
      continue;
    out[name] = schema(value, name);
  }
  // Recorded: null in description (159 groups) and in the redirect URLs of apps, which the contract forbids.
  const recordedNull = ['description', 'errorRedirectUrl', 'loginRedirectUrl'].includes(key);
  if ((node.nullable || recordedNull) && typeof out.type === 'string') out.type = [out.type, 'null'];
  if (out.enum && node.nullable) out.enum = [...out.enum, null];
  return out;
}

function validators() {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addFormat('int32', true).addFormat('int64', true);
  ajv.addSchema({ $id: 'contract', paths: schema(contract.paths), components: schema(contract.components) });
  const escape = (part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
  return (pointer) => ajv.compile({ $ref: `contract#/${pointer.map(escape).join('/')}` });
}

function pathOf(pathname) {
  for (const template of Object.keys(contract.paths)) {
    const pattern = new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`);
    if (pattern.test(pathname)) return template;
  }
  throw new Error(`the contract has no path for ${pathname}`);
}

function checkExchange(at, compiled, request, response, body) {
  const method = request.method.toLowerCase();
  const template = pathOf(request.url.pathname);
  const operation = contract.paths[template][method];
  assert.ok(operation, `${method} ${template}`);
  const parameters = [...(operation.parameters ?? []), ...(contract.paths[template].parameters ?? [])].map(
    (p) => (p.$ref ? contract.components.parameters[p.$ref.split('/').at(-1)] : p),
  );
  const known = parameters.filter((p) => p.in === 'query').map((p) => p.name);
  for (const [name, value] of request.url.searchParams) {
    assert.ok(known.includes(name), `${name} is no parameter of ${operation.operationId}`);
    const { schema: of } = parameters.find((p) => p.name === name);
    if (of.type === 'integer')
      assert.ok(Number(value) >= (of.minimum ?? 0) && Number(value) <= (of.maximum ?? Infinity));
  }
  const validate = (pointer, value, what) => {
    const key = pointer.join('|');
    compiled[key] ??= at(pointer);
    assert.ok(compiled[key](value), `${what}: ${JSON.stringify(compiled[key].errors?.slice(0, 3))}`);
  };
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
  if (!answer) return;
  if (answer.$ref) {
    const name = answer.$ref.split('/').at(-1);
    validate(
      ['components', 'responses', name, 'content', 'application/json', 'schema'],
      body,
      `${response.status} of ${operation.operationId}`,
    );
  } else if (answer.content?.['application/json']) {
    validate(
      [
        'paths',
        template,
        method,
        'responses',
        String(response.status),
        'content',
        'application/json',
        'schema',
      ],
      body,
      `${response.status} of ${operation.operationId}`,
    );
  } else {
    assert.equal(body, undefined);
  }
}

test('requests and answers keep to the contract', async () => {
  const org = createOrg({ groups: 300, users: 200, seed: 7, rateLimit: 'off' });
  const seen = new Map();
  const at = contract && validators();
  const compiled = {};
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
      if (contract) checkExchange(at, compiled, request, response, answer ? JSON.parse(answer) : undefined);
    } catch (error) {
      // Thrown here it would look like a network that failed.
      violations.push(`${request.method} ${url}: ${error.message}`);
    }
    return response;
  };
  const { groups } = new OktaGroups({ orgUrl: org.orgUrl, auth: bearer(() => 'token'), fetch });
  const all = await groups.list({ limit: 100, expand: ['stats', 'app'] }).toArray({ max: 1000 });
  await groups
    .list({ search: 'type eq "APP_GROUP"', sortBy: 'created', sortOrder: 'desc' })
    .toArray({ max: 1000 });
  await groups.list({ filter: 'type eq "BUILT_IN"' }).toArray({ max: 1000 });
  await groups.list({ q: 'a', limit: 10 });
  const everyone = all.find((group) => group.type === 'BUILT_IN');
  const users = await groups.listUsers(everyone.id, { limit: 50 }).toArray({ max: 1000 });
  for (const group of all.slice(0, 40)) await groups.listApps(group.id).toArray({ max: 100 });
  const made = await groups.create({ name: 'Contract', description: 'x' });
  await groups.get(made.id);
  await groups.replace(made.id, { name: 'Contract 2' });
  await groups.update(made.id, { description: 'y' });
  await groups.assignUser(made.id, users[0].id);
  await groups.unassignUser(made.id, users[0].id);
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
});
