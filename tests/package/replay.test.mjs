// Recorded exchanges: what goes out is what was recorded, what comes back reaches the caller untouched.
import assert from 'node:assert/strict';
import test from 'node:test';
import { isOktaError } from 'okta-groups';
import { fixture, scripted, sharedLines } from './support.mjs';

const GROUP = '/api/v1/groups/(?<groupId>[^/]+)';
const CALLS = [
  ['GET', /^\/api\/v1\/groups\/?$/, (groups, _, query) => page(groups.list(query))],
  ['POST', /^\/api\/v1\/groups\/?$/, (groups, _, __, body) => groups.create(body.profile)],
  ['GET', new RegExp(`^${GROUP}$`), (groups, { groupId }) => groups.get(groupId)],
  ['PUT', new RegExp(`^${GROUP}$`), (groups, { groupId }, _, body) => groups.replace(groupId, body.profile)],
  ['DELETE', new RegExp(`^${GROUP}$`), (groups, { groupId }) => groups.delete(groupId)],
  [
    'GET',
    new RegExp(`^${GROUP}/users$`),
    (groups, { groupId }, query) => page(groups.listUsers(groupId, query)),
  ],
  [
    'GET',
    new RegExp(`^${GROUP}/apps$`),
    (groups, { groupId }, query) => page(groups.listApps(groupId, query)),
  ],
  [
    'PUT',
    new RegExp(`^${GROUP}/users/(?<userId>[^/]+)$`),
    (groups, p) => groups.assignUser(p.groupId, p.userId),
  ],
  [
    'DELETE',
    new RegExp(`^${GROUP}/users/(?<userId>[^/]+)$`),
    (groups, p) => groups.unassignUser(p.groupId, p.userId),
  ],
];

async function page(list) {
  return (await list).items;
}

async function replay(exchange) {
  const { client, sent } = scripted(() => answerOf(exchange), { retry: false });
  const url = new URL(exchange.url, 'https://example.okta.com');
  const query = Object.fromEntries(url.searchParams);
  if (query.limit) query.limit = Number(query.limit);
  const [, pattern, call] = CALLS.find(
    ([method, path]) => method === exchange.method && path.test(url.pathname),
  );
  const body = exchange.requestBody
    ? JSON.parse(exchange.requestBody)
    : { profile: { name: 'not recorded' } };
  let result;
  let error;
  try {
    result = await call(client.groups, pattern.exec(url.pathname).groups ?? {}, query, body);
  } catch (caught) {
    error = caught;
  }

  const [request] = sent;
  assert.equal(sent.length, 1);
  assert.equal(request.method, exchange.method);
  // Two rows have a slash at the end, which means the same.
  assert.equal(request.url.pathname, url.pathname.replace(/\/$/, ''));
  // The client asks for 200 where the caller names no limit, but by `q`.
  const lists = exchange.method === 'GET' && call.toString().includes('page(');
  const expected = new Map(url.searchParams);
  if (lists && !expected.has('limit') && !expected.has('q')) expected.set('limit', '200');
  assert.deepEqual(new Map(request.url.searchParams), expected);
  if (exchange.method === 'POST' || (exchange.method === 'PUT' && !url.pathname.includes('/users/'))) {
    assert.deepEqual(JSON.parse(request.body), { profile: body.profile });
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
  } else if (exchange.status === 204) {
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
