// What must compile for a strict user, and (by `@ts-expect-error`) what must not.
import {
  OktaGroups,
  and,
  bearer,
  compile,
  eq,
  expr,
  gt,
  or,
  parse,
  sw,
  isOktaError,
  ssws,
  type BulkReport,
  type ClientEvent,
  type Group,
  type MemberPlan,
  type Middleware,
  type Page,
  type User,
} from 'okta-groups';
import { init } from 'okta-groups/external';
import { dpop, serviceApp, session, type DpopOptions, type ServiceAppOptions } from 'okta-groups/auth';
import { createOrg } from 'okta-groups/emulator';

interface Custom {
  costCenter: number;
}

const org = createOrg({ groups: 10 });
const client = new OktaGroups<Custom, { department: string }>({
  orgUrl: org.orgUrl,
  auth: bearer(async ({ reason, signal }) =>
    reason === 'first' && !signal.aborted ? 'token' : { token: 'token', expiresAt: new Date() },
  ),
  fetch: org.fetch,
  retry: { maxAttempts: 2 },
  rateLimit: false,
  onEvent: (event: ClientEvent) => void (event.type === 'retry' && event.error.kind),
});

async function* userIds(): AsyncIterable<string> {
  yield '00u1';
}

export async function use(): Promise<void> {
  await init(new URL('https://example.com/core_bg.wasm'));
  for await (const group of client.groups.list({ limit: 10, expand: ['stats'], signal: undefined })) {
    const costCenter: number | undefined = group.profile.costCenter;
    const unknown: unknown = group.profile['region'];
    void [costCenter, unknown, group._embedded?.stats?.usersCount];
  }
  const page: Page<Group<Custom>> = await client.groups.list();
  const users: User<{ department: string }>[] = await client.groups.listUsers('00g1').toArray({ max: 10 });
  const department: string | undefined = users[0]?.profile.department;
  const { data, response } = await client.groups.create({ name: 'x', costCenter: 1 }).withResponse();
  await client.groups.update(data.id, { description: null });
  void [page.cursor?.length, department, response.headers.get('date')];
  try {
    await client.groups.delete('00g1');
  } catch (error) {
    if (isOktaError(error, 'not-found')) error.code satisfies string | undefined;
    if (isOktaError(error, 'timeout')) error.phase satisfies 'queue' | 'token' | 'attempt' | 'total';
    if (isOktaError(error, 'bulk')) error.report.rest satisfies MemberPlan | undefined;
    if (isOktaError(error, 'rate-limit')) error.retryAfterMs satisfies number | undefined;
    if (isOktaError(error)) error.kind satisfies string;
    if (isOktaError(error) && error.mayHaveRun) error.attempts satisfies number | undefined;
  }

  const flag = Math.random() > 2;
  const west = and(
    sw('profile.name', 'West'),
    flag && eq('profile.costCenter', 1),
    gt('created', new Date()),
  );
  client.groups.list({ search: west, sortBy: 'profile.costCenter' });
  client.groups.list({ search: or(west, eq('profile.anything', true)), filter: eq('type', 'OKTA_GROUP') });
  client.groups.list({ filter: expr`type eq ${'OKTA_GROUP'}`, search: parse('id eq "x"') });
  page.items.filter(compile(west));
  // @ts-expect-error an attribute that only search knows
  client.groups.list({ filter: sw('profile.name', 'West') });
  // @ts-expect-error an attribute that only search knows, deeper
  client.groups.list({ filter: and(eq('type', 'OKTA_GROUP'), eq('created', 'x')) });
  // @ts-expect-error no such attribute
  client.groups.list({ search: eq('name', 'West') });
  // @ts-expect-error text only
  sw('profile.name', 7);

  const traced: Middleware = (request, next) =>
    next({ headers: [...request.headers, ['x-id', request.url.href]] });
  new OktaGroups({ orgUrl: 'https://example.okta.com', auth: ssws('x'), middleware: [traced] });
  await client.groups.create({ name: 'West' }, { ifExists: 'return' });
  await client.groups.unassignUser('00g1', '00u1', { ifMissing: 'ignore' });
  const control = new AbortController();
  const plan: MemberPlan = await client.groups.planMembers('00g1', new Set(['00u1']), {
    keep: (user) => user.profile.department === 'IT',
    maxRemovals: { ratio: 0.5 },
    signal: control.signal,
  });
  const run = client.groups.applyPlan(JSON.parse(JSON.stringify(plan)) as MemberPlan, {
    stopOn: (error, failures) => isOktaError(error, 'server') && failures > 3,
    onProgress: ({ phase, etaMs }) => void [phase, etaMs],
    verify: { timeoutMs: 1000 },
  });
  for await (const { op, status, error } of run) void [op, status, error?.kind];
  const report: BulkReport = await run;
  if (report.rest) await client.groups.applyPlan(report.rest, { maxRemovals: { count: 5 }, keep: ['00u1'] });
  const told: BulkReport = await run.report();
  told.withheld satisfies string[] | undefined;
  // @ts-expect-error a run that is not ok rejects when it is awaited
  await run.orThrow();
  await client.groups.syncMembers('00g1', userIds(), { dryRun: true, mode: 'add', concurrency: 2 });
  // @ts-expect-error an option of a sync only
  client.groups.applyPlan(plan, { dryRun: true });
  // @ts-expect-error a string is no list of ids
  client.groups.syncMembers('00g1', '00u1,00u2');
  // @ts-expect-error a Map gives pairs
  client.groups.syncMembers('00g1', new Map([['00u1', true]]));
  // @ts-expect-error ids are strings
  client.groups.syncMembers('00g1', [1, 2]);
  // @ts-expect-error ids of users, not users
  client.groups.syncMembers('00g1', [{ id: '00u1' }]);
  // @ts-expect-error a string is no list of ids
  client.groups.syncMembers('00g1', ['00u1'], { keep: '00u1' });
  client.groups.syncMembers('00g1', ['00u1'], { order: 'interleave', maxFailedAdds: false });
  // @ts-expect-error no such mode
  await client.groups.planMembers('00g1', [], { mode: 'all' });

  // @ts-expect-error of a create only
  await client.groups.get('00g1', { ifExists: 'return' });

  // @ts-expect-error max must be said
  await client.groups.list().toArray();
  // @ts-expect-error no such parameter
  client.groups.list({ limt: 5 });
  // @ts-expect-error an attribute of another type
  await client.groups.create({ name: 'x', costCenter: 'a' });
  // @ts-expect-error a name must be given
  await client.groups.replace('00g1', {});
  // @ts-expect-error auth must be given
  new OktaGroups({ orgUrl: 'https://example.okta.com' });
  // @ts-expect-error a token is text
  ssws(7);

  const app: ServiceAppOptions = {
    clientId: '0oa1',
    privateKey: '-----BEGIN PRIVATE KEY-----',
    scopes: undefined,
  };
  const keyPair = (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
    'sign',
    'verify',
  ])) as DpopOptions['keyPair'];
  for (const auth of [
    serviceApp({ ...app, keyId: 'k1', dpop: 'auto' }),
    serviceApp({ ...app, privateKey: keyPair.privateKey, scopes: ['okta.groups.manage', 'okta.users.read'] }),
    serviceApp({ ...app, privateKey: { kty: 'EC', crv: 'P-256' } }),
    dpop({ token: async () => ({ token: 'x', expiresAt: Date.now() }), keyPair }),
    session(),
    session({ xsrfToken: () => undefined }),
  ]) {
    new OktaGroups({ orgUrl: 'https://example.okta.com', auth });
  }
  // @ts-expect-error a key must be given
  serviceApp({ clientId: '0oa1' });
  // @ts-expect-error two modes and one in between
  serviceApp({ ...app, dpop: 'yes' });
  // @ts-expect-error the pair, not a key
  dpop({ token: 'x', keyPair: keyPair.privateKey });
}
