// Recorded exchanges: the client sends the recorded requests, and the recorded answers reach the caller unchanged.
import assert from 'node:assert/strict';
import test from 'node:test';
import { isOktaError } from 'okta-groups';
import { fixture, scripted, sharedLines } from './support.mjs';

const ID = (name) => `(?<${name}>[^/]+)`;
const GROUP = `groups/${ID('groupId')}`;
const RULE = `groups/rules/${ID('ruleId')}`;
/** What each request is a call of: of the client, by the ids of the path, the query and the body. */
const CALLS = [
  ['GET', 'groups', ({ groups }, _, query) => page(groups.list(query))],
  ['POST', 'groups', ({ groups }, _, __, body) => groups.create(body.profile)],
  ['GET', 'groups/rules', ({ rules }, _, query) => page(rules.list(query))],
  ['POST', 'groups/rules', ({ rules }, _, __, body) => rules.create(body)],
  ['GET', RULE, ({ rules }, { ruleId }) => rules.get(ruleId)],
  ['PUT', RULE, ({ rules }, { ruleId }, _, body) => rules.replace(ruleId, body)],
  ['DELETE', RULE, ({ rules }, { ruleId }, query) => rules.delete(ruleId, query)],
  ['POST', `${RULE}/lifecycle/activate`, ({ rules }, { ruleId }) => rules.activate(ruleId)],
  ['POST', `${RULE}/lifecycle/deactivate`, ({ rules }, { ruleId }) => rules.deactivate(ruleId)],
  ['GET', GROUP, ({ groups }, { groupId }) => groups.get(groupId)],
  ['PUT', GROUP, ({ groups }, { groupId }, _, body) => groups.replace(groupId, body.profile)],
  ['DELETE', GROUP, ({ groups }, { groupId }) => groups.delete(groupId)],
  ['GET', `${GROUP}/users`, ({ groups }, { groupId }, query) => page(groups.listUsers(groupId, query))],
  ['GET', `${GROUP}/apps`, ({ groups }, { groupId }, query) => page(groups.listApps(groupId, query))],
  ['PUT', `${GROUP}/users/${ID('userId')}`, ({ groups }, p) => groups.assignUser(p.groupId, p.userId)],
  ['DELETE', `${GROUP}/users/${ID('userId')}`, ({ groups }, p) => groups.unassignUser(p.groupId, p.userId)],
  ['GET', `${GROUP}/owners`, ({ groups }, { groupId }, query) => page(groups.listOwners(groupId, query))],
  ['POST', `${GROUP}/owners`, ({ groups }, { groupId }, _, body) => groups.assignOwner(groupId, body)],
  ['DELETE', `${GROUP}/owners/${ID('ownerId')}`, ({ groups }, p) => groups.deleteOwner(p.groupId, p.ownerId)],
  [
    'GET',
    `users/${ID('userId')}/groups`,
    ({ users }, { userId }, query) => page(users.listGroups(userId, query)),
  ],
].map(([method, path, call]) => [method, new RegExp(`^/api/v1/${path}/?$`), call]);

async function page(list) {
  return (await list).items;
}

async function replay(exchange) {
  const { client, sent } = scripted(() => answerOf(exchange), { retry: false });
  const url = new URL(exchange.url, 'https://example.okta.com');
  const query = Object.fromEntries(url.searchParams);
  if (query.limit) query.limit = Number(query.limit);
  if (query.removeUsers) query.removeUsers = query.removeUsers === 'true';
  const [, pattern, call] = CALLS.find(
    ([method, path]) => method === exchange.method && path.test(url.pathname),
  );
  const body = exchange.requestBody
    ? JSON.parse(exchange.requestBody)
    : { profile: { name: 'not recorded' } };
  let result;
  let error;
  try {
    result = await call(client, pattern.exec(url.pathname).groups ?? {}, query, body);
  } catch (caught) {
    error = caught;
  }

  const [request] = sent;
  assert.equal(sent.length, 1);
  assert.equal(request.method, exchange.method);
  // Some rows have a slash at the end, which means the same.
  assert.equal(request.url.pathname, url.pathname.replace(/\/$/, ''));
  // The client asks for 200 where the caller names no limit, but by `q`.
  const lists = exchange.method === 'GET' && call.toString().includes('page(');
  const expected = new Map(url.searchParams);
  if (lists && !expected.has('limit') && !expected.has('q')) expected.set('limit', '200');
  assert.deepEqual(new Map(request.url.searchParams), expected);
  const hasProfile = /^\/api\/v1\/groups\/?$|^\/api\/v1\/groups\/(?!rules)[^/]+$/.test(url.pathname);
  const hasBody = /^(POST|PUT)$/.test(exchange.method) && !/\/(users|lifecycle)\//.test(url.pathname);
  if (hasBody) {
    assert.deepEqual(JSON.parse(request.body), hasProfile ? { profile: body.profile } : body);
  } else {
    assert.equal(request.body, null);
  }

  if (exchange.status >= 400) {
    const recorded = JSON.parse(exchange.responseBody);
    assert.ok(isOktaError(error, exchange.status === 404 ? 'not-found' : undefined), String(error));
    assert.equal(error.status, exchange.status);
    assert.equal(error.code, recorded.errorCode);
    assert.equal(error.summary, recorded.errorSummary);
    assert.equal(error.errorId, recorded.errorId);
    assert.deepEqual(
      error.causes,
      recorded.errorCauses.map((cause) => cause.errorSummary),
    );
  } else if (exchange.status === 204 || exchange.status === 202) {
    // The 202 of a rule's DELETE has an empty object, which says nothing.
    assert.match(exchange.responseBody ?? '', /^(\{\})?$/);
    assert.equal(error, undefined);
    assert.equal(result, undefined);
  } else {
    assert.equal(error, undefined);
    // Text for text: deep equality would not see another order of keys.
    assert.equal(JSON.stringify(result), JSON.stringify(JSON.parse(exchange.responseBody)));
  }
}

function answerOf({ status, responseHeaders, responseBody }) {
  const headers = new Headers();
  for (const [name, values] of Object.entries(responseHeaders)) {
    // The recorder kept the body as it was before compression.
    if (/^(content-encoding|content-length|transfer-encoding)$/i.test(name)) continue;
    for (const value of values) headers.append(name, value);
  }
  return new Response(status === 204 ? null : responseBody, { status, headers });
}

const rows = [
  ...fixture('exchanges.json'),
  ...sharedLines('traffic/recorded.jsonl'),
  ...sharedLines('traffic/distinct-shapes.jsonl'),
  ...sharedLines('traffic/rules.jsonl'),
  ...sharedLines('traffic/owners.jsonl'),
  ...sharedLines('traffic/user-groups.jsonl'),
  ...sharedLines('traffic/rule-sequences.jsonl').flatMap(({ rows }) => rows),
];

test(`${rows.length} exchanges are sent and answered as recorded`, async () => {
  for (const [index, row] of rows.entries()) {
    try {
      await replay(row);
    } catch (error) {
      error.message = `exchange ${index} (${row.method} ${row.url}): ${error.message}`;
      throw error;
    }
  }
});
