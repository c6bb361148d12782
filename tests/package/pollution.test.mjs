// A program with a polluted Object.prototype: no call may have another result because of it.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';
import { inspect } from 'node:util';
import { OktaGroups, and, bearer, check, compile, eq, matches, parse } from 'okta-groups';
import { ORG_URL } from './support.mjs';

const ROOT = new URL('../../', import.meta.url);

/** Every name that occurs in the package's JavaScript: each may be that of a property. */
function names() {
  const folders = ['pkg-template/src/', 'src/web/'];
  const files = folders.flatMap((folder) =>
    readdirSync(new URL(folder, ROOT), { recursive: true })
      // The command has a process of its own, and other packages beside it.
      .filter((name) => name.endsWith('.js') && !name.startsWith('cli/'))
      .map((name) => readFileSync(new URL(folder + name, ROOT), 'utf8')),
  );
  const code = files.join('\n').replaceAll(/^ *(\/\/|\*|\/\*).*$/gm, '');
  // After a dot, or in an object or a pattern of one.
  const found = code.matchAll(/(?:\.|[{,]\s*|\n\s*|['"])([a-z_$][\w$]*)(?=\W)/g);
  return [...new Set(Array.from(found, ([, name]) => name))].filter(
    // The language reads `return` of each iterator that a loop leaves.
    (name) => name !== 'return' && !(name in Object.prototype),
  );
}

/** What would do most harm where it is read; any other name gets a text. */
const VALUES = {
  code: 'ECONNREFUSED',
  cause: { code: 'ECONNREFUSED' },
  errno: 'ECONNREFUSED',
  syscall: 'connect',
  errors: [{ code: 'ECONNREFUSED' }],
  profile: { name: 'lost' },
  kind: 'session',
  retry: false,
  rateLimit: false,
  reserve: 1,
  maxConcurrency: 1,
  dryRun: true,
  allowEmpty: true,
  mode: 'remove',
  maxRemovals: false,
  ruleManaged: 'include',
  ifExists: 'return',
  ifMissing: 'ignore',
  bulk: true,
  limit: 1,
  max: 1,
  timeout: 1,
  totalTimeout: 1,
  prefetch: 0,
  aborted: true,
  errorCode: 'E0000007',
  errorSummary: 'evil',
  ignoreBOM: true,
  once: true,
};

const headers = (extra) => new Headers({ 'content-type': 'application/json', ...extra });
const own = (object) => Object.assign(Object.create(null), object);
const answered = (status, body, extra) => ({ status, text: JSON.stringify(body), headers: headers(extra) });
const user = (n) => ({ id: `00u${n}`, status: 'ACTIVE', profile: { login: `u${n}@example.com` } });
const group = (n) => ({
  id: `00g${n}`,
  type: 'OKTA_GROUP',
  lastMembershipUpdated: '2026-01-01T00:00:00.000Z',
  profile: { name: `G${n}`, extra: [1, { a: null }] },
});
const link = (path, next) =>
  [`<${ORG_URL}${path}>; rel="self"`, ...(next ? [`<${ORG_URL}${next}>; rel="next"`] : [])].join(', ');
const LIST = '/api/v1/groups?limit=2';
const MEMBERS = '/api/v1/groups/00g1/users';

// Made before: what a test's own platform makes of a polluted prototype is not the question.
const ANSWERS = {
  [`GET ${LIST}`]: answered(200, [group(1), group(2)], { link: link(LIST, `${LIST}&after=2`) }),
  'GET /api/v1/groups?after=2&limit=2': answered(200, [group(3)], { link: link(LIST) }),
  [`GET ${LIST}&after=2`]: answered(200, [group(3)], { link: link(LIST) }),
  'GET /api/v1/groups/00g1': answered(200, group(1)),
  'GET /api/v1/groups/00g9': answered(404, {
    errorCode: 'E0000007',
    errorSummary: 'Not found',
    errorCauses: [],
  }),
  'GET /api/v1/groups/00g8': answered(502, {}),
  'PUT /api/v1/groups/00g1': answered(200, group(1)),
  'POST /api/v1/groups': answered(200, group(1)),
  'DELETE /api/v1/groups/00g1': answered(204),
  'PUT /api/v1/groups/00g1/users/00u1': answered(204),
  'PUT /api/v1/groups/00g1/users/00u5': answered(204),
  'DELETE /api/v1/groups/00g1/users/00u1': answered(204),
  [`GET ${MEMBERS}`]: answered(200, [user(1), user(2)], { link: link(MEMBERS) }),
  'DELETE /api/v1/groups/00g9': answered(404, {
    errorCode: 'E0000007',
    errorSummary: 'Not found (UserGroup)',
  }),
};

/** What came of everything that a program does, as texts. */
async function story() {
  const told = [];
  const sent = [];
  const fetch = async (url, init) => {
    const { pathname, search } = new URL(url);
    const key = `${init.method} ${pathname}${search}`;
    sent.push(`${key} ${init.body} ${new Headers(init.headers).get('authorization')}`);
    if (init.method === 'POST' && init.body.includes('lost')) throw new TypeError('fetch failed');
    if (pathname.endsWith('/00ghang')) return new Promise(() => {});
    const answer = ANSWERS[key] ?? ANSWERS[`${init.method} ${pathname}`];
    if (!answer) throw new Error(`nothing answers ${key}`);
    const { status, text = '', headers } = answer;
    return own({ status, headers, body: null, text: async () => text ?? '' });
  };
  const events = [];
  const client = new OktaGroups({
    orgUrl: ORG_URL,
    auth: bearer(async () => 'token-of-a-test'),
    fetch,
    onEvent: (event) => events.push(Object.keys(event).join(), event.type),
    retry: { maxAttempts: 2, baseDelay: 1 },
  });
  const { groups } = client;
  const show = (value) =>
    inspect(value, { depth: 9, sorted: true })
      .replaceAll(/(durationMs|waitedMs|timeoutMs|resetsInMs|at|tookMs|elapsedMs): [^,}\n]*/gi, '')
      .replaceAll(/\n +at .*/g, '');
  const tell = async (name, work) => {
    try {
      told.push(`${name}: ${show(await work())}`);
    } catch (error) {
      // The test, too, reads what an error has itself.
      const { mayHaveRun, status, summary, argument, cursor, cause } = {
        __proto__: null,
        ...error,
        cause: Object.hasOwn(error, 'cause') ? error.cause : undefined,
      };
      const { kind, message } = error;
      const fields = Object.entries({ kind, message, mayHaveRun, status, summary, argument, cursor });
      told.push(
        `${name} failed: ${fields.join('; ')} ${Object.keys(error)} ${JSON.stringify(error)} ${cause}`,
      );
    }
  };
  await tell('page', () => groups.list({ limit: 2 }));
  await tell('all', () => groups.list({ limit: 2 }).toArray({ max: 9 }));
  await tell('first', () => groups.list({ limit: 2 }).first());
  await tell('items', async () => {
    const ids = [];
    for await (const { id } of groups.list({ limit: 2 })) ids.push(id);
    for await (const page of groups.list({ limit: 2 }).pages())
      ids.push(Object.keys(page), page.items.length);
    return ids;
  });
  await tell('get', () =>
    groups
      .get('00g1')
      .withResponse()
      .then(({ data, response }) => [data, response.status]),
  );
  await tell('create', () => groups.create({ name: 'West', tags: ['a'], at: new Date(0) }));
  await tell('update', () => groups.update('00g1', { description: 'd' }));
  await tell('replace', () => groups.replace('00g1', { name: 'x' }));
  await tell('delete', () => groups.delete('00g1'));
  await tell('delete nothing', () => groups.delete('00g9'));
  await tell('delete, or not', () => groups.delete('00g9', { ifMissing: 'ignore' }));
  await tell('assign', () => groups.assignUser('00g1', '00u1'));
  await tell('missing', () => groups.get('00g9'));
  await tell('lost', () => groups.create({ name: 'lost' }));
  await tell('wrong', () => groups.get('a/b'));
  await tell('wrong option', () => groups.get('00g1', { evil: 1 }));
  await tell('wrong profile', () => groups.create({ name: 'x', re: /x/ }));
  await tell('aborted', () => groups.get('00g1', { signal: AbortSignal.abort('mine') }));
  await tell('aborted later', () => {
    const control = new AbortController();
    const call = groups.get('00ghang', { signal: control.signal });
    setTimeout(() => control.abort('mine'), 1);
    return call;
  });
  await tell('late', () => groups.get('00ghang', { timeout: 5, retry: false }));
  await tell('sync', () => groups.syncMembers('00g1', ['00u2', '00u5'], { maxRemovals: { count: 5 } }));
  await tell('plan', () => groups.planMembers('00g1', ['00u2']));
  await tell('expressions', () => [
    String(and(eq('a', 'b'), parse('c gt 1'))),
    JSON.stringify(eq('a', new Date(0))),
    check(eq('id', 'x'), 'search'),
    matches('profile.name eq "West"', { profile: { name: 'West' } }),
    matches('profile.name pr', { profile: {} }),
    compile('type eq "x"')({}),
  ]);
  await tell('limits', () => [...client.rateLimits().keys()]);
  return [...told, ...sent, ...events];
}

test('no property of Object.prototype changes what a call does', async () => {
  const wanted = await story();
  assert.deepEqual(await story(), wanted, 'the story is the same each time');
  const changed = [];
  for (const name of names()) {
    Object.defineProperty(Object.prototype, name, {
      value: Object.hasOwn(VALUES, name) ? VALUES[name] : 'evil',
      writable: true,
      configurable: true,
    });
    let found;
    try {
      found = await story();
    } catch (error) {
      found = [`the story failed: ${error?.stack}`];
    } finally {
      delete Object.prototype[name];
    }
    const place = found.findIndex((text, at) => text !== wanted[at]);
    if (place >= 0 || found.length !== wanted.length)
      changed.push(`${name}: ${found[place]}\n  not ${wanted[place]}`);
  }
  assert.deepEqual(changed, []);
});
