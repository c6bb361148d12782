// What the types say exactly: where a user's editor narrows, completes and refuses.
import {
  OktaApiError,
  OktaError,
  OktaGroups,
  OktaRateLimitError,
  and,
  bearer,
  between,
  check,
  eq,
  fromJSON,
  isOktaError,
  matches,
  ne,
  not,
  oneOf,
  ownerDate,
  or,
  pr,
  sw,
  type AnyOktaError,
  type ApiKind,
  type ApiPromise,
  type App,
  type Auth,
  type BulkReport,
  type ClientEvent,
  type Cursor,
  type Expr,
  type ExprWarning,
  type Group,
  type GroupRule,
  type GroupsResource,
  type ListGroupsParams,
  type OktaErrorKind,
  type Page,
  type PageWithResponse,
  type PagedList,
  type ResponseMeta,
  type SearchAttr,
  type User,
} from 'okta-groups';
import * as external from 'okta-groups/external';
import * as slim from 'okta-groups/slim';
import { createOrg, serveOrg, type Fault, type SeedData } from 'okta-groups/emulator';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

interface Custom {
  costCenter: number;
  region?: string;
}
declare function query<T>(read: () => T | Promise<T>): T;
declare const plain: OktaGroups;
declare const typed: OktaGroups<Custom, { department: string }>;

/** Custom attributes: known ones have their type, may be absent, and are all that may be given. */
export async function attributes(): Promise<void> {
  const group = await typed.groups.get('00g1');
  same<typeof group, Group<Custom>>(true);
  same<typeof group.profile.costCenter, number | undefined>(true);
  same<typeof group.profile.region, string | undefined>(true);
  same<typeof group.profile.description, string | null | undefined>(true);
  same<(typeof group.profile)['anything'], unknown>(true);

  // An org's other attributes go through a client that names none.
  await plain.groups.create({ name: 'West' });
  await plain.groups.create({ name: 'West', costCenter: 7 });
  await plain.groups.update('00g1', { costCenter: null, region: undefined });
  await plain.groups.replace('00g1', { ...group.profile, name: 'East' });
  // @ts-expect-error a name is text
  await plain.groups.create({ name: 7, costCenter: 7 });
  // @ts-expect-error there is no group without a name
  await plain.groups.replace('00g1', { costCenter: 7 });
  // @ts-expect-error nor can a name be taken away
  await plain.groups.update('00g1', { name: null });
  // @ts-expect-error an attribute that was not declared
  await typed.groups.create({ name: 'West', area: 7 });
  // @ts-expect-error nor to be changed
  await typed.groups.update('00g1', { area: 7 });
  await typed.groups.create({ name: 'West', region: null });
  await typed.groups.update('00g1', { region: null, costCenter: undefined, name: undefined });
  // @ts-expect-error a declared attribute of another type
  await typed.groups.update('00g1', { costCenter: '7' });
  await typed.groups.update('00g1', { region: 'West' });
  await typed.groups.replace('00g1', { name: 'West', region: undefined });

  const attr: SearchAttr<Custom> = 'profile.costCenter';
  const params: ListGroupsParams<Custom> = { sortBy: 'profile.region', sortOrder: 'desc', expand: 'stats' };
  typed.groups.list({ ...params, sortBy: attr });
  // @ts-expect-error no order of that name
  typed.groups.list({ sortOrder: 'descending' });
  // @ts-expect-error a parameter of another operation
  typed.groups.listUsers('00g1', { filter: 'id pr' });
  // @ts-expect-error a list of users is not sorted
  typed.groups.listUsers('00g1', { sortBy: 'profile.login' });
}

/** Lists and pages. */
export async function lists(): Promise<void> {
  const list = typed.groups.list();
  same<typeof list, PagedList<Group<Custom>>>(true);
  const page = await list;
  same<typeof page, Page<Group<Custom>>>(true);
  same<typeof page.items, readonly Group<Custom>[]>(true);
  same<keyof typeof page, 'items' | 'cursor' | 'hasNext'>(true);
  same<typeof page.hasNext, boolean>(true);
  const whole = await list.withResponse();
  same<typeof whole, PageWithResponse<Group<Custom>>>(true);
  same<typeof whole.data, Page<Group<Custom>>>(true);
  same<typeof whole.response, ResponseMeta>(true);
  for await (const step of list.pages().withResponse()) same<typeof step, typeof whole>(true);
  // @ts-expect-error a page has no more to it: `list({ ...params, cursor })` goes on
  page.next();
  // @ts-expect-error about its answer, `withResponse()` of the list tells
  page.response;
  const first = await typed.groups.listApps('00g1').first();
  same<typeof first, App | undefined>(true);
  for await (const of of list.pages({ cursor: page.cursor })) same<typeof of, Page<Group<Custom>>>(true);
  for (const group of page.items) same<typeof group, Group<Custom>>(true);
  // @ts-expect-error a page is no list of all items: `page.items`
  for (const group of page) void group;
  const lateList = async () => typed.groups.list();
  // @ts-expect-error an awaited list is its first page, and the others would be left out
  for await (const group of await lateList()) void group;
  // @ts-expect-error so is one that an async function gave
  for await (const group of await list) void group;
  const cursor: Cursor | undefined = page.cursor;
  typed.groups.list({ cursor, limit: undefined, after: undefined, prefetch: 0 });
  // @ts-expect-error one page ahead, or none
  typed.groups.list({ prefetch: 2 });
  // What takes "a value or a Promise of it" sees a list as the Promise of its first page.
  const data = query(() => typed.groups.list());
  same<typeof data, Page<Group<Custom>>>(true);
  const pulled = await list.pages().next();
  same<typeof pulled.value, Page<Group<Custom>> | undefined>(true);
  const size = await list.catch((error: unknown) => String(error)).finally(() => {});
  same<typeof size, Page<Group<Custom>> | string>(true);
  const report = await plain.groups.syncMembers('00g1', ['00u1']).catch(() => undefined);
  same<typeof report, BulkReport | undefined>(true);
  // @ts-expect-error pages are read only
  page.items.push(first);
  // @ts-expect-error a list is iterated with await
  for (const group of list) void group;
  await list.toArray({ max: Infinity, onExceed: 'truncate' });
  // @ts-expect-error no such choice
  await list.toArray({ max: 1, onExceed: 'ignore' });
}

/** Promises of calls. */
export async function promises(): Promise<void> {
  const call = plain.groups.get('00g1');
  same<typeof call, ApiPromise<Group>>(true);
  const promise: Promise<Group> = call;
  const { data, response } = await call.withResponse();
  same<typeof response, ResponseMeta>(true);
  same<typeof data, Group>(true);
  const nothing = await plain.groups.delete('00g1');
  same<typeof nothing, void>(true);
  void [promise, nothing];
  // @ts-expect-error options are not a signal
  await plain.groups.get('00g1', new AbortController().signal);
  // @ts-expect-error an id is text
  await plain.groups.get(7);
}

/** Every kind of error narrows to its class, and there is no other. */
export function errors(error: unknown): string {
  if (!isOktaError(error)) return '';
  same<typeof error, AnyOktaError>(true);
  same<AnyOktaError['kind'], OktaErrorKind>(true);
  switch (error.kind) {
    case 'config':
    case 'argument':
      return error.argument;
    case 'expression':
      return `${error.position} ${error.found} ${error.expected.join()}`;
    case 'aborted':
      return error.name satisfies 'AbortError';
    case 'timeout':
      return `${error.phase} ${error.timeoutMs}`;
    case 'connection':
      return String(error.maybeCors);
    case 'response':
      return `${error.reason} ${error.snippet ?? ''}`;
    case 'pagination':
      return error.reason;
    case 'internal':
      return String(error.cause);
    case 'lookup':
      return `${error.reason} ${error.candidates.map(({ id }) => id).join()}`;
    case 'bulk':
      return `${error.report.failed.length} ${error.errors.length}`;
    case 'forbidden':
      return error.missingScope ?? '';
    case 'bad-request':
    case 'unauthorized':
    case 'not-found':
    case 'conflict':
    case 'rate-limit':
    case 'server':
    case 'api':
      return `${error.code ?? ''} ${error.response.status}`;
    default:
      return error satisfies never;
  }
}

export function classes(error: unknown): void {
  if (isOktaError(error, 'bad-request')) same<typeof error.causes, readonly string[]>(true);
  if (isOktaError(error, 'forbidden')) same<typeof error.missingScope, string | undefined>(true);
  if (error instanceof OktaRateLimitError) same<typeof error.kind, 'rate-limit'>(true);
  if (error instanceof OktaApiError) same<typeof error.kind, ApiKind>(true);
  if (error instanceof OktaError) same<typeof error.retryable, boolean>(true);
  if (isOktaError(error)) same<ReturnType<typeof error.toJSON>['kind'], OktaErrorKind>(true);
  // @ts-expect-error no such kind
  isOktaError(error, 'notfound');
  // @ts-expect-error users do not make them
  new OktaError('x');
}

/** Events are told apart by their type. */
export function events(event: ClientEvent): string {
  switch (event.type) {
    case 'request':
      return `${event.id} ${event.method} ${event.path} ${event.attempt}`;
    case 'response':
      return `${event.status} ${event.durationMs} ${event.requestId ?? ''}`;
    case 'no-answer':
      return `${event.id} ${event.attempt} ${event.reason} ${event.durationMs}`;
    case 'retry':
      return `${event.delayMs} ${event.error.kind}`;
    case 'throttle':
      return `${event.id} ${event.bucket} ${event.reason} ${event.waitMs ?? ''}`;
    case 'page-shrink':
      return `${event.from} ${event.to}`;
    case 'token':
      return event.reason;
    case 'warning':
      return `${event.parameter} ${event.reason} ${event.message}`;
    default:
      return event satisfies never;
  }
}

/** Expressions carry their attributes. */
export function expressions(): void {
  same<ReturnType<typeof eq<'id'>>, Expr<'id'>>(true);
  const dated = between('lastUpdated', new Date(0), '2026-01-01T00:00:00.000Z');
  plain.groups.list({ filter: or(dated, oneOf('type', ['OKTA_GROUP', 'APP_GROUP'])) });
  // Any number of conditions, and attributes that are known at run time alone.
  const ids: string[] = ['00g1', '00g2'];
  plain.groups.list({ filter: or(...ids.map((id) => eq('id', id))) });
  const attr: string = 'profile.region';
  plain.groups.list({ search: eq(attr, 'West') });
  const chosen: Expr[] = [eq(attr, 'West'), sw('profile.name', 'W')];
  plain.groups.list({ search: and(...chosen), filter: not(or(...chosen)) });
  const some: Expr<SearchAttr>[] = [eq('id', '00g1'), sw('profile.name', 'W')];
  plain.groups.list({ search: or(...some, undefined) });
  // A form whose conditions may all be off: `undefined` then, which a list takes and a group skips.
  plain.groups.list({ search: and.optional(...some, undefined), filter: or.optional(eq('id', 'x')) });
  plain.groups.list({ search: and(or.optional(...some), eq('id', 'x')) });
  // @ts-expect-error: there may be no expression
  matches(and.optional(eq('id', 'x')), {});
  // @ts-expect-error: filter does not know it
  plain.groups.list({ filter: and.optional(eq('profile.name', 'x')) });
  // @ts-expect-error attributes that only search knows
  plain.groups.list({ filter: or(...some) });
  // @ts-expect-error a text is no list of its letters
  oneOf('id', '00g1');
  plain.groups.list({ search: not(or(pr('profile.region'), ne('created', new Date()), undefined, '')) });
  plain.groups.list({ filter: fromJSON({ op: 'eq', attr: 'id', value: 'x' }) });
  const warnings = check('profile.name pr', 'filter');
  same<typeof warnings, ExprWarning[]>(true);
  const hit = matches(sw('profile.name', 'W'), { profile: {} }, { parameter: 'filter' });
  same<typeof hit, boolean>(true);
  // @ts-expect-error no such parameter
  check('id pr', 'q');
  // @ts-expect-error an object is no value
  eq('id', {});
  // @ts-expect-error a text is no condition: parse() makes one of it
  or('id pr', eq('id', 'x'));
  // @ts-expect-error an unknown operator
  fromJSON({ op: 'like', attr: 'id', value: 'x' });
}

/** An `auth` and a `fetch` of one's own. */
export function own(): void {
  const auth: Auth = { kind: 'own', authorize: ({ attempt }) => ({ 'x-attempt': String(attempt) }) };
  new OktaGroups({
    orgUrl: new URL('https://example.okta.com'),
    auth,
    fetch: (url, init) => fetch(url, init),
  });
  new OktaGroups({ orgUrl: 'https://x', auth, rateLimit: { reserve: 0.5 }, retry: false });
  new OktaGroups({ orgUrl: 'https://x', auth, fetchOptions: { dispatcher: {}, keepalive: true } });
  // What was not decided may be passed on.
  new OktaGroups({ orgUrl: 'https://x', auth, fetch: undefined, retry: undefined, rateLimit: undefined });
  // Other implementations have types of their own, for what is the same.
  class OtherHeaders {
    get(name: string): string | null {
      return name;
    }
  }
  interface OtherInit {
    method?: string;
    headers?: OtherHeaders | Record<string, string>;
    body?: string | ArrayBuffer;
    signal?: { aborted: boolean };
  }
  const other = async (url: string | URL, init?: OtherInit) => ({
    status: 200,
    headers: new OtherHeaders(),
    text: async () => `${url}${init?.method}`,
  });
  new OktaGroups({ orgUrl: 'https://x', auth, fetch: other });
  // @ts-expect-error an answer without a status
  new OktaGroups({ orgUrl: 'https://x', auth, fetch: async () => ({ headers: new Headers() }) });
  // @ts-expect-error the client's own
  new OktaGroups({ orgUrl: 'https://x', auth, fetchOptions: { method: 'GET' } });
  // @ts-expect-error no such option
  new OktaGroups({ orgUrl: 'https://x', auth, token: 'x' });
  // @ts-expect-error headers are not given one by one
  new OktaGroups({ orgUrl: 'https://x', auth: { kind: 'own', authorize: () => 'Bearer x' } });
  // @ts-expect-error a time is no text
  bearer(() => ({ token: 'x', expiresAt: '2026-01-01' }));
  // @ts-expect-error read only
  plain.groups = typed.groups;
}

/** The entries are one package: what one makes the other takes. */
export function entries(): void {
  const client: OktaGroups = new external.OktaGroups({ orgUrl: 'https://x', auth: bearer('x') });
  const groups: GroupsResource = client.groups;
  client.groups.list({ search: external.eq('id', 'x') });
  void external.init(new Uint8Array());
  void external.init(fetch('/core_bg.wasm'));
  void groups;
}

/** The client alone: every operation, and neither expressions nor bulk runs. */
export async function alone(): Promise<void> {
  const options: slim.ClientOptions = {
    orgUrl: 'https://x',
    auth: slim.bearer('x'),
    onEvent: (event) => void (event.type satisfies slim.ClientEvent['type']),
  };
  const client = new slim.OktaGroups<{ costCenter: number }, { department: string }>(options);
  const states: ReadonlyMap<string, slim.RateLimitState> = client.rateLimits();
  const search = `profile.name sw ${slim.quote('x')} or created gt ${slim.quote(new Date())}`;
  const sortBy: slim.SearchAttr<{ costCenter: number }> = 'profile.costCenter';
  for await (const group of client.groups.list({ search, sortBy, filter: 'type eq "OKTA_GROUP"' })) {
    group.profile.costCenter satisfies number | undefined;
    const users: slim.PagedList<slim.User<{ department: string }>> = client.groups.listUsers(group.id, {
      search,
    });
    const [user] = await users.toArray({ max: 10 });
    user?.profile.department satisfies string | undefined;
    const { data } = await client.groups.update(group.id, { costCenter: 7 }).withResponse();
    data satisfies slim.Group<{ costCenter: number }>;
    await client.groups.delete(group.id, { ifMissing: 'ignore' });
  }
  await slim.init(new URL('https://example.com/slim_bg.wasm'));
  slim.wasmIntegrity satisfies string;
  void states;
  slim.OktaGroups.fromEnv({ timeout: 1 }).users.list({ search }) satisfies slim.PagedList<slim.User>;
  client.rules.list({ search: 'a keyword' }) satisfies slim.PagedList<slim.GroupRule>;
  // @ts-expect-error texts alone
  client.users.list({ filter: external.eq('id', 'x') });
  // @ts-expect-error texts alone
  client.groups.list({ search: external.eq('id', 'x') });
  // @ts-expect-error no expressions
  void slim.eq;
  // @ts-expect-error nor what reads them
  void slim.check;
  // @ts-expect-error no bulk runs
  void client.groups.syncMembers;
  // @ts-expect-error so that it is no client of the main entry
  const main: OktaGroups<{ costCenter: number }, { department: string }> = client;
  void main;
  // @ts-expect-error what is no value
  slim.quote(null);
}

/** The local org. */
export function org(): void {
  const faults: Fault[] = [
    'reset',
    { error: { status: 503, code: 'E0000010' } },
    { slowBody: { chunk: 1, pauseMs: 1 } },
  ];
  const made = createOrg({ rateLimit: 'off', faults: { random: { seed: 1, of: faults } }, now: () => 0 });
  const snapshot: Required<SeedData> = made.snapshot();
  createOrg({ groups: undefined, faults: undefined });
  createOrg({ seedData: snapshot, tokens: [{ token: 'x', scopes: ['okta.groups.read'] }] });
  new OktaGroups({ orgUrl: made.orgUrl, auth: bearer('x'), fetch: made.fetch });
  void serveOrg({ port: 8080, groups: 3 }).then((served) => served.close());
  void serveOrg({ orgUrl: 'https://okta.test', tls: { key: 'pem', cert: 'pem' } }).then(
    ({ url }) => url.length,
  );
  createOrg({ quirks: { undocumented: ['ne', 'date'], defaultLimit: 2, qLimit: 500 } });
  // @ts-expect-error: no operator
  createOrg({ quirks: { undocumented: ['like'] } });
  // @ts-expect-error no such fault
  createOrg({ faults: { rules: [{ fault: 'explode' }] } });
  // @ts-expect-error a rule has a fault
  createOrg({ faults: { rules: [{ nth: 1 }] } });
  // @ts-expect-error an unknown option
  createOrg({ group: 10 });
}

/** Owners, rules, users, and any other path. */
export async function resources(): Promise<void> {
  same<Awaited<ReturnType<typeof typed.users.get>>, User<{ department: string }>>(true);
  for await (const group of typed.users.listGroups('isaac@example.com', { limit: 5 })) {
    same<typeof group, Group<Custom>>(true);
  }
  await typed.groups.get('00g1', { expand: ['stats', 'app'] });
  await typed.groups.assignOwner('00g1', { id: '00u1', type: 'USER' });
  // @ts-expect-error an owner is a user or a group
  await typed.groups.assignOwner('00g1', { id: '00u1', type: 'APP' });
  const owner = await typed.groups.listOwners('00g1', { search: eq('type', 'USER') }).first();
  if (owner?.lastUpdated) same<ReturnType<typeof ownerDate>, Date>(true);
  same<NonNullable<typeof owner>['originId'], string | null | undefined>(true);

  const rule = await typed.rules.create({ name: 'R', conditions: { expression: { value: 'true' } } });
  same<typeof rule, GroupRule>(true);
  await typed.rules.replace(rule.id, { ...rule, name: 'S' });
  const updated = await typed.rules.update(
    rule.id,
    { conditions: { expression: { value: 'false' } } },
    { timeout: 1 },
  );
  updated satisfies GroupRule;
  // @ts-expect-error -- slim has the single requests alone
  new slim.OktaGroups({ orgUrl: '', auth: slim.bearer('t') }).rules.update(rule.id, {});
  await typed.rules.delete(rule.id, { removeUsers: true, ifMissing: 'ignore' });
  typed.rules.list({ search: 'R', limit: 200 });
  // @ts-expect-error a keyword, not an expression
  typed.rules.list({ search: eq('name', 'R') });
  typed.users.list({ search: eq('profile.login', 'a'), sortBy: 'profile.login' });
  // @ts-expect-error no parameter of users
  typed.users.list({ expand: 'stats' });

  same<Awaited<ReturnType<typeof plain.request>>, unknown>(true);
  const { data, response } = await plain
    .request<{ id: string }>('POST', ['apps'], {
      body: { name: 'x' },
      query: { activate: true },
      idempotent: true,
    })
    .withResponse();
  same<typeof data, { id: string }>(true);
  same<typeof response, ResponseMeta>(true);
  // @ts-expect-error an array of segments, never one text
  await plain.request('GET', 'apps');
  // @ts-expect-error one of five
  await plain.request('HEAD', ['apps']);
  same<Awaited<ReturnType<PagedList<App>['first']>>, App | undefined>(true);
  plain.paginate<App>(['apps'], { query: { limit: 200, q: undefined }, link: 'optional' });
  // @ts-expect-error the limit is a parameter of the query
  plain.paginate(['apps'], { limit: 200 });
}
