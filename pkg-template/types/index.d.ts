/**
 * A client of Okta's Groups API for browsers and Node.
 *
 * API facts in these comments name the operation of Okta's API reference that they come from. Times are in
 * milliseconds. Every method that talks to the org may reject with an {@link OktaError}; {@link isOktaError} tells
 * the kinds apart.
 *
 * @packageDocumentation
 */

/** A text that is usually one of `T`; others may come (Okta adds values), so they are allowed too. */
export type Open<T extends string> = T | (string & Record<never, never>);
/** ISO 8601 in UTC, as Okta wrote it: `2026-11-24T22:54:22.000Z`. */
export type IsoDate = string;
/** Anything that JSON can hold. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** `type` of a group. */
export type GroupType = Open<'OKTA_GROUP' | 'APP_GROUP' | 'BUILT_IN'>;
/** `status` of a user. */
export type UserStatus = Open<
  | 'ACTIVE'
  | 'DEPROVISIONED'
  | 'LOCKED_OUT'
  | 'PASSWORD_EXPIRED'
  | 'PROVISIONED'
  | 'RECOVERY'
  | 'STAGED'
  | 'SUSPENDED'
>;

/** The attributes that every group's profile has. */
export interface BaseGroupProfile {
  /** Not unique in an org: two imported groups may share a name. */
  name: string;
  /** `null` in many recorded groups, though the reference says text. */
  description?: string | null;
}

/** A group, as the org answered it: unknown fields and the order of keys are kept. */
export interface Group<C extends object = {}> {
  /** Such as `00g1emaKYZTWRYYRRTSK`. */
  id: string;
  created: IsoDate;
  lastUpdated: IsoDate;
  lastMembershipUpdated: IsoDate;
  /** `okta:user_group`, `okta:windows_security_principal`; it does not follow from `type` (recorded). */
  objectClass: string[];
  type: GroupType;
  profile: BaseGroupProfile & Partial<C> & { [attribute: string]: unknown };
  /** With `expand`. */
  _embedded?: {
    stats?: GroupStats;
    app?: { id?: string; name?: string; label?: string; signOnMode?: string; [field: string]: unknown };
    [field: string]: unknown;
  };
  _links?: Record<string, unknown>;
  /** Of an APP_GROUP: the app that it comes from. */
  source?: { id: string; [field: string]: unknown };
  [field: string]: unknown;
}

/** `expand=stats` of *List all groups*. */
export interface GroupStats {
  usersCount?: number;
  appsCount?: number;
  groupPushMappingsCount?: number;
  /** Spelled so by the vendor. */
  hasAdminPrivlege?: boolean;
  [field: string]: unknown;
}

/** A member of a group. */
export interface User<U extends object = {}> {
  id: string;
  status: UserStatus;
  created: IsoDate;
  lastLogin?: IsoDate | null;
  lastUpdated?: IsoDate;
  profile: Partial<U> & {
    login?: string;
    email?: string;
    firstName?: string | null;
    lastName?: string | null;
    [attribute: string]: unknown;
  };
  [field: string]: unknown;
}

/** An application that is assigned to a group. */
export interface App {
  id: string;
  name: string;
  label: string;
  status: Open<'ACTIVE' | 'INACTIVE' | 'DELETED'>;
  signOnMode?: string;
  [field: string]: unknown;
}

/**
 * Who is asking. {@link bearer} and {@link ssws} make one, `okta-groups/auth` has service apps, DPoP and sessions; an
 * object of your own may do it otherwise.
 */
export interface Auth {
  readonly kind: string;
  /**
   * The headers that go with a request, asked for each time that it is sent. Values of visible ASCII only. An
   * {@link OktaError} that it throws reaches the caller as it is, anything else as the cause of an
   * {@link OktaConfigError}; neither is tried again.
   */
  authorize(request: {
    method: string;
    url: string;
    /** 1 for the first time. */
    attempt: number;
    /** Aborted when the call is given up, or its time is up. */
    signal: AbortSignal;
  }): Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>>;
  /** Told of a 401: `true` if the next {@link Auth.authorize} will give other headers. The call is then sent again, once. */
  invalidate?(why: 'unauthorized'): boolean;
}

/** A token, and when it ends (epoch milliseconds, or a Date), if that is known. */
export type TokenResult = string | { token: string; expiresAt?: number | Date };
/**
 * A token, or a function that gives one. The function is asked once for all calls that wait for it; its token is
 * used until a minute before `expiresAt`, or until the org answers 401.
 */
export type TokenSource =
  | string
  | ((context: { reason: 'first' | 'expiring' | 'unauthorized' }) => TokenResult | Promise<TokenResult>);

/**
 * `Authorization: Bearer …`: an OAuth 2.0 access token of the org's own authorization server, with the scope
 * `okta.groups.read` or `okta.groups.manage`.
 *
 * @throws {@link OktaConfigError} if the token is no visible ASCII text; the message does not hold it.
 */
export declare function bearer(token: TokenSource): Auth;
/**
 * `Authorization: SSWS …`: an API token. It has its owner's rights; for servers and scripts only.
 *
 * @throws {@link OktaConfigError} as {@link bearer}.
 */
export declare function ssws(token: TokenSource): Auth;

/** What is sent again. See the guide on rate limits for what is safe to. */
export interface RetryOptions {
  /** Times that one request is sent, the first included. @default 4 */
  maxAttempts?: number;
  /** The most that the first wait takes; it doubles each time, of which a random share is taken. @default 500 */
  baseDelay?: number;
  /** The most that any wait takes. @default 20_000 */
  maxDelay?: number;
  /** The most that a call waits after rate-limit answers (429). @default 90_000 */
  maxRateLimitWait?: number;
}

/** How the org's rate limits are kept. */
export interface RateLimitOptions {
  /** Requests at the same time. @default 10, in browsers 6 */
  maxConcurrency?: number;
  /** Share of each bucket left to others, from 0 to 1. @default 0.1 */
  reserve?: number;
}

/** The last known state of a rate-limit bucket. */
export interface RateLimitState {
  bucket: string;
  /** Requests per window. */
  limit: number;
  /** Requests left in the window. */
  remaining: number;
  /** When the window ends, by the org's clock: epoch milliseconds. */
  resetAt: number;
  /** Requests of ours without an answer yet. */
  inFlight: number;
  /** The limit that was last hit. */
  kind: 'window' | 'concurrency';
}

/** What the client does, as it does it. `id` is the call's. No event holds a token. */
export type ClientEvent =
  | { type: 'request'; id: string; method: string; path: string; attempt: number }
  | { type: 'response'; id: string; status: number; durationMs: number; requestId?: string }
  | { type: 'retry'; id: string; attempt: number; delayMs: number; error: OktaError }
  | {
      type: 'throttle';
      bucket: string;
      reason: 'remaining' | 'reserve' | 'concurrency' | 'turn';
      waitMs?: number;
    }
  | { type: 'page-shrink'; from: number; to: number; path: string }
  | { type: 'token'; reason: 'first' | 'expiring' | 'unauthorized' }
  | ({ type: 'warning'; parameter: 'filter' | 'search' } & ExprWarning);

/** A request as {@link Middleware} sees it. Of these only the headers can be changed. */
export interface MiddlewareRequest {
  readonly method: string;
  readonly url: URL;
  /**
   * As they are sent, but for those that prove who is asking (`Authorization`, `DPoP`, `Cookie`, `X-Okta-XsrfToken`):
   * these are put in after all middleware, in place of any that it set, so that none can leak a token. Other headers
   * that an `auth` of your own gives are seen.
   */
  readonly headers: Headers;
  /** JSON text. */
  readonly body?: string | undefined;
  /** Aborted with the attempt. */
  readonly signal: AbortSignal;
}
/**
 * Wraps an attempt. `next` sends it (once; with other headers, if given, in place of all that the request has) and
 * gives the answer before its body is read: read a `clone()` of it. Instead of calling `next`, it may answer with a
 * `Response` of its own. What it throws is the cause of an {@link OktaConnectionError}, and sent again as one; an
 * {@link OktaError} is not, and reaches the caller as it is.
 */
export type Middleware = (
  request: MiddlewareRequest,
  next: (change?: { headers?: ConstructorParameters<typeof Headers>[0] }) => Promise<Response>,
) => Promise<Response> | Response;

/** How a client is set up. An unknown or ill-typed key is an {@link OktaConfigError} that names it. */
export interface ClientOptions {
  /** `https://example.okta.com`, or a proxy of yours with a path: `https://console.example.com/okta`. */
  orgUrl: string | URL;
  auth: Auth;
  /** Called as `fetch(url, init)`, without `this`. @default the global one */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Goes into every `init`: a `dispatcher`, `cache`, `priority`. The client's own settings win. */
  fetchOptions?: Omit<RequestInit, 'method' | 'body' | 'headers' | 'signal' | 'redirect' | 'credentials'> & {
    dispatcher?: unknown;
  };
  /** Sent with every request; not `Authorization` and its like. */
  headers?: Readonly<Record<string, string>>;
  /** `User-Agent` in Node; browsers send their own. */
  userAgent?: string;
  /** The most that one attempt takes, headers and body. @default 30_000 */
  timeout?: number;
  /** The most that a call takes, with waits and retries. @default 300_000 */
  totalTimeout?: number;
  /** `false` sends every request once. */
  retry?: RetryOptions | false;
  /** `false` holds nothing back before the org refuses it. */
  rateLimit?: RateLimitOptions | false;
  /** The most bytes of a body. @default 33_554_432 (32 MiB) */
  maxResponseBytes?: number;
  /** A `next` link on another origin: keep its path and query, or fail. @default 'rebase' */
  nextLink?: 'rebase' | 'reject';
  /**
   * Goes around each attempt, retries included, the first outermost. It runs when the request has its turn, within
   * `timeout`.
   *
   * @example
   * const timed: Middleware = async (request, next) => {
   *   const started = performance.now();
   *   const response = await next({ headers: [...request.headers, ['x-trace-id', traceId()]] });
   *   histogram.record(performance.now() - started, { status: response.status });
   *   return response;
   * };
   */
  middleware?: readonly Middleware[];
  /** May watch; what it throws is ignored. */
  onEvent?: (event: ClientEvent) => void;
  /** Lets {@link ssws} or a service app be used in a page, where every visitor can read it. @default false */
  dangerouslyAllowBrowser?: boolean;
}

/** What one call wants otherwise than its client. */
export interface RequestOptions {
  /** Cancels the call wherever it is; the call rejects with an {@link OktaAbortError}. */
  signal?: AbortSignal | undefined;
  timeout?: number | undefined;
  totalTimeout?: number | undefined;
  retry?: RetryOptions | false | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
}

/** About an answer. */
export interface ResponseMeta {
  status: number;
  headers: Headers;
  /** `X-Okta-Request-Id`: what Okta's support asks for. */
  requestId?: string;
  url: string;
  /** Times that the request was sent. */
  attempts: number;
  /** From the call to the whole answer. */
  durationMs: number;
  /** How much of it was waiting. */
  waitedMs: number;
}

/** A Promise whose request is under way, with one method more. */
export interface ApiPromise<T> extends Promise<T> {
  /** The result together with the answer it came in. */
  withResponse(): Promise<{ data: T; response: ResponseMeta }>;
}

/** A place in a list, as opaque text without host or secret. It may be stored. */
export type Cursor = string;

/** How a list is read. */
export interface PageOptions extends RequestOptions {
  /**
   * Items in a page, 1 to 10000; it shrinks by itself where the org cannot bear it. Okta recommends at most 200.
   * @default 200, but with `q` nothing is sent, since Okta then gives up to 300 groups and no more
   */
  limit?: number | undefined;
  /** Where to go on: {@link Page.cursor}, or `cursor` of an error. */
  cursor?: Cursor | undefined;
  /** Okta's own cursor, as an alternative to `cursor`. */
  after?: string | undefined;
  /** Pages that are read ahead. @default 1, from the second item or page on */
  prefetch?: 0 | 1 | undefined;
}

/** Attributes that `filter` of *List all groups* knows. */
export type FilterAttr = 'id' | 'type' | 'lastUpdated' | 'lastMembershipUpdated';
/** Attributes that `search` of *List all groups* knows; `C` are the custom ones of the org's profiles. */
export type SearchAttr<C extends object = {}> =
  | FilterAttr
  | 'created'
  | 'source.id'
  | 'profile.name'
  | 'profile.description'
  | `profile.${Extract<keyof C, string>}`
  | (`profile.${string}` & Record<never, never>);

/** What an attribute is compared with. A Date is written in UTC with milliseconds. */
export type Value = string | number | boolean | Date;

/** An expression as plain JSON. */
export type ExprNode =
  | { readonly op: 'and' | 'or' | 'not'; readonly args: readonly ExprNode[] }
  | { readonly op: 'pr'; readonly attr: string }
  | {
      readonly op: 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le' | 'sw' | 'co' | 'ew';
      readonly attr: string;
      readonly value: string | number | boolean | null;
    };

/**
 * An expression of `filter` or `search`: a frozen tree ({@link ExprNode}) that prints as its canonical text. `A` are the
 * attributes in it, so that one which only `search` knows does not compile in `filter`.
 */
export type Expr<A extends string = string> = ExprNode & {
  toString(): string;
  toJSON(): ExprNode;
  /** For the compiler only. */
  readonly _attr?: A;
};
/** A condition, or nothing: what is falsy drops out of {@link and} and {@link or}. */
export type Condition<A extends string> = Expr<A> | false | null | undefined | '' | 0;

/** Equals. Texts compare without case in `search`, with it in `filter`; an array matches if any element does. */
export declare function eq<const A extends string>(attr: A, value: Value): Expr<A>;
/** Differs, written `attr lt value or attr gt value`: Okta has no `ne` for groups. A missing attribute does not match. */
export declare function ne<const A extends string>(attr: A, value: Value): Expr<A>;
/** Greater, later. */
export declare function gt<const A extends string>(attr: A, value: Value): Expr<A>;
/** Greater or equal. Not documented for groups. */
export declare function ge<const A extends string>(attr: A, value: Value): Expr<A>;
/** Less, earlier. */
export declare function lt<const A extends string>(attr: A, value: Value): Expr<A>;
/** Less or equal. Not documented for groups. */
export declare function le<const A extends string>(attr: A, value: Value): Expr<A>;
/** Starts with. */
export declare function sw<const A extends string>(attr: A, value: string): Expr<A>;
/** Contains; of groups, `profile.name` and `profile.description` only. */
export declare function co<const A extends string>(attr: A, value: string): Expr<A>;
/** Ends with. Not documented for groups. */
export declare function ew<const A extends string>(attr: A, value: string): Expr<A>;
/** Has a value. Not documented for groups. */
export declare function pr<const A extends string>(attr: A): Expr<A>;
/** From `first` to `last`, both included. */
export declare function between<const A extends string>(attr: A, first: Value, last: Value): Expr<A>;
/** Equals one of the values, of which there must be one. */
export declare function oneOf<const A extends string>(attr: A, values: Iterable<Value>): Expr<A>;
/**
 * All of the conditions that are on.
 *
 * @throws {@link OktaArgumentError} if none is: it would mean "everything".
 */
export declare function and<A extends string>(...conditions: [Condition<A>, ...Condition<A>[]]): Expr<A>;
/**
 * Any of the conditions that are on.
 *
 * @throws {@link OktaArgumentError} if none is.
 */
export declare function or<A extends string>(...conditions: [Condition<A>, ...Condition<A>[]]): Expr<A>;
/** The opposite. Not documented for groups. */
export declare function not<A extends string>(condition: Expr<A>): Expr<A>;
/**
 * An expression as a template: values are quoted, only expressions are spliced.
 *
 * @example expr`profile.name sw ${name} and ${isWest}`
 * @throws {@link OktaExpressionError}
 */
export declare function expr(strings: TemplateStringsArray, ...values: (Value | Expr)[]): Expr<never>;
/**
 * Reads a text.
 *
 * @throws {@link OktaExpressionError} that says where it is no expression.
 */
export declare function parse(text: string): Expr<never>;
/** Reads back what `JSON.stringify` made of an expression. */
export declare function fromJSON(node: ExprNode): Expr<never>;

/** Something in an expression that Okta does not document for the parameter, and may refuse. */
export interface ExprWarning {
  readonly attr?: string;
  readonly op: string;
  readonly reason: Open<'attribute' | 'operator' | 'value' | 'character'>;
  readonly message: string;
}
/** What in an expression goes beyond the documentation of `filter` or `search`; lists tell it by `onEvent`. */
export declare function check(expression: Expr | string, parameter: 'filter' | 'search'): ExprWarning[];

/** Which parameter's rules hold: texts compare without case in `search`, with it in `filter`. @default 'search' */
export interface MatchOptions {
  parameter?: 'filter' | 'search';
}
/** Whether an object matches, as the org would say. */
export declare function matches(expression: Expr | string, record: unknown, options?: MatchOptions): boolean;
/** A predicate, for many objects: `groups.filter(compile(expression))`. */
export declare function compile(
  expression: Expr | string,
  options?: MatchOptions,
): (record: unknown) => boolean;

/** The parameters of *List all groups*. */
export interface ListGroupsParams<C extends object = {}> {
  /** Matches the start of the name, for pickers. Okta does not page it and gives at most 300 groups. */
  q?: string | undefined;
  /** Over `id`, `type`, `lastUpdated`, `lastMembershipUpdated`. */
  filter?: Expr<FilterAttr> | string | undefined;
  /** Over all attributes but `_embedded`, `_links` and `objectClass`. */
  search?: Expr<SearchAttr<C>> | string | undefined;
  /** Of a `search` only: any one property. */
  sortBy?: SearchAttr<C> | undefined;
  sortOrder?: 'asc' | 'desc' | undefined;
  /** Metadata to put in `_embedded`. */
  expand?: readonly Open<'stats' | 'app'>[] | Open<'stats' | 'app'> | undefined;
  /** Names of the fields to answer with. */
  fields?: readonly string[] | undefined;
}

/** The parameters of *List all member users*. */
export interface ListUsersParams {
  search?: Expr | string | undefined;
  expand?: readonly Open<'group-rules'>[] | Open<'group-rules'> | undefined;
}

/**
 * A list. Nothing is sent until it is awaited (its first page) or iterated (its items); each time it starts anew.
 * It gives every item, or throws an error whose `cursor` leads to the exact rest.
 */
export interface PagedList<T> extends AsyncIterable<T>, PromiseLike<Page<T>> {
  /** The pages, from the start or from `cursor`. */
  pages(options?: { cursor?: Cursor | undefined }): AsyncIterableIterator<Page<T>>;
  /**
   * All items. `max` must be said: an org may have more than a program can hold (`Infinity` is allowed).
   *
   * @throws {@link OktaPaginationError} `exceeded` if there are more than `max`, unless they are to be truncated.
   */
  toArray(options: { max: number; onExceed?: 'throw' | 'truncate' }): Promise<T[]>;
  /** The first item, or `undefined`. */
  first(): Promise<T | undefined>;
}

/** A page of a list. */
export interface Page<T> extends Iterable<T> {
  readonly items: readonly T[];
  /** Of the page after this one; absent on the last. */
  readonly cursor?: Cursor;
  readonly hasNext: boolean;
  /** The page after this one, or `undefined`. */
  next(): Promise<Page<T> | undefined>;
  readonly response: ResponseMeta;
}

/** Of *Add a group*. */
export interface CreateOptions extends RequestOptions {
  /**
   * `return`: gives the group of that exact name (of type `OKTA_GROUP`) if the org says that the name is taken, or if
   * the answer was lost and nobody knows whether the group was added. It is looked up by `search`, which lags a
   * little, and by `q`, a few times within `totalTimeout`; its profile is as it is in the org. If there is none, the
   * call rejects with the error of *Add a group*. @default 'throw'
   */
  ifExists?: 'throw' | 'return' | undefined;
}

/** Of *Delete a group* and *Unassign a user from a group*. */
export interface RemoveOptions extends RequestOptions {
  /**
   * `ignore`: a group to delete, or a user to unassign, that the org does not know (404 `E0000007`) is as good as
   * removed. A group that is missing when a user is unassigned is an error still. @default 'throw'
   */
  ifMissing?: 'throw' | 'ignore' | undefined;
}

/** The operations of the Groups API. */
export interface GroupsResource<C extends object = {}, U extends object = {}> {
  /** *List all groups*: `GET /api/v1/groups` */
  list(params?: ListGroupsParams<C> & PageOptions): PagedList<Group<C>>;
  /** *Retrieve a group*: `GET /api/v1/groups/{groupId}` */
  get(groupId: string, options?: RequestOptions): ApiPromise<Group<C>>;
  /** *Add a group*: `POST /api/v1/groups`. Never sent again once the org may have run it. */
  create(profile: BaseGroupProfile & Partial<C>, options?: CreateOptions): ApiPromise<Group<C>>;
  /** *Replace a group*: `PUT /api/v1/groups/{groupId}`. Attributes that are left out vanish. */
  replace(
    groupId: string,
    profile: BaseGroupProfile & Partial<C>,
    options?: RequestOptions,
  ): ApiPromise<Group<C>>;
  /** Changes some attributes and keeps all others: reads the group, then replaces its profile. */
  update(
    groupId: string,
    patch: Partial<BaseGroupProfile & C>,
    options?: RequestOptions,
  ): ApiPromise<Group<C>>;
  /** *Delete a group*: `DELETE /api/v1/groups/{groupId}` */
  delete(groupId: string, options?: RemoveOptions): ApiPromise<void>;
  /** *List all member users*: `GET /api/v1/groups/{groupId}/users` */
  listUsers(groupId: string, params?: ListUsersParams & PageOptions): PagedList<User<U>>;
  /** *List all assigned applications*: `GET /api/v1/groups/{groupId}/apps` */
  listApps(groupId: string, params?: PageOptions): PagedList<App>;
  /** *Assign a user to a group*: `PUT /api/v1/groups/{groupId}/users/{userId}` */
  assignUser(groupId: string, userId: string, options?: RequestOptions): ApiPromise<void>;
  /** *Unassign a user from a group*: `DELETE /api/v1/groups/{groupId}/users/{userId}` */
  unassignUser(groupId: string, userId: string, options?: RemoveOptions): ApiPromise<void>;
}

/**
 * A client of one org. Clients of the same `orgUrl` with the same credential in one process keep the org's rate limits
 * and their budget of retries together: with the same `auth` object, the same fixed token, or the same service app. One
 * that is given another `rateLimit` keeps its own.
 *
 * `C` are the custom attributes of its groups' profiles, `U` those of its users'.
 *
 * @example
 * const client = new OktaGroups({ orgUrl: 'https://example.okta.com', auth: bearer(token) });
 * for await (const group of client.groups.list()) console.log(group.profile.name);
 */
export declare class OktaGroups<C extends object = {}, U extends object = {}> {
  /** @throws {@link OktaConfigError} that names the option that is wrong. */
  constructor(options: ClientOptions);
  readonly groups: GroupsResource<C, U>;
  /** What is known of each rate-limit bucket, by its name. */
  rateLimits(): ReadonlyMap<string, RateLimitState>;
}

/** Any error of this package. `instanceof` holds across two copies of it. */
export declare abstract class OktaError extends Error {
  readonly kind: OktaErrorKind;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** Of an error thrown by a list: where it stopped. A list from this cursor gives the exact rest. */
  readonly cursor?: Cursor;
  toJSON(): object;
}
/** The client was set up wrongly; nothing was sent. */
export declare class OktaConfigError extends OktaError {
  readonly kind: 'config';
  /** The option. */
  readonly argument: string;
}
/** An argument cannot be sent; nothing was. */
export declare class OktaArgumentError extends OktaError {
  readonly kind: 'argument';
  /** The argument or option. */
  readonly argument: string;
}
/** A text is no expression. The message shows the place with a caret. */
export declare class OktaExpressionError extends OktaError {
  readonly kind: 'expression';
  /** Where, as an index into the text. */
  readonly position: number;
  readonly found: string;
  readonly expected: readonly string[];
}
/** The call's signal was aborted; `cause` is its reason. */
export declare class OktaAbortError extends OktaError {
  readonly kind: 'aborted';
  readonly name: 'AbortError';
}
/** Time ran out. */
export declare class OktaTimeoutError extends OktaError {
  readonly kind: 'timeout';
  /** `queue`: no turn within `totalTimeout`; `attempt`: `timeout`; `total`: `totalTimeout`. */
  readonly phase: 'queue' | 'attempt' | 'total';
  readonly timeoutMs: number;
}
/** No answer came; `cause` is what `fetch` said. */
export declare class OktaConnectionError extends OktaError {
  readonly kind: 'connection';
  /** In a page that asks another origin: a refusal by CORS looks just the same. */
  readonly maybeCors: boolean;
}
/** An answer came that is not the API's. */
export declare class OktaResponseError extends OktaError {
  readonly kind: 'response';
  readonly reason: 'html' | 'json' | 'shape' | 'too-large' | 'redirect';
  readonly status: number;
  readonly method: string;
  readonly path: string;
  readonly contentType?: string;
  /** How the body begins: at most 200 characters, without markup. */
  readonly snippet?: string;
  readonly requestId?: string;
  readonly response?: ResponseMeta;
}
/** A list cannot go on. */
export declare class OktaPaginationError extends OktaError {
  readonly kind: 'pagination';
  readonly reason: 'loop' | 'origin' | 'path' | 'empty-pages' | 'cursor' | 'exceeded' | 'hidden-link';
}
/**
 * The client's core failed while the call ran: a bug, or an exhausted stack; `cause` is what WebAssembly threw. Calls
 * that were under way all reject with this error (a write may have run), the next call starts the core anew, and a
 * list goes on from `cursor`.
 */
export declare class OktaInternalError extends OktaError {
  readonly kind: 'internal';
}
/** Kinds of {@link OktaApiError}, by status. */
export type ApiKind =
  'bad-request' | 'unauthorized' | 'forbidden' | 'not-found' | 'conflict' | 'rate-limit' | 'server' | 'api';
/** The org answered with an error. */
export declare class OktaApiError extends OktaError {
  readonly kind: ApiKind;
  readonly status: number;
  /** `errorCode`: what to decide on. Absent where the body was not Okta's. */
  readonly code?: Open<
    'E0000001' | 'E0000004' | 'E0000006' | 'E0000007' | 'E0000011' | 'E0000031' | 'E0000047'
  >;
  /** `errorSummary`: for people. It may hold what users typed; never put it in HTML as it is. */
  readonly summary: string;
  /** `errorCauses`: may be empty. */
  readonly causes: readonly string[];
  readonly errorId?: string;
  readonly requestId?: string;
  readonly method: string;
  /** The path's template: `/api/v1/groups/{groupId}`. */
  readonly path: string;
  readonly attempts: number;
  readonly response: ResponseMeta;
}
/** 403 */
export declare class OktaForbiddenError extends OktaApiError {
  readonly kind: 'forbidden';
  /** The scope that the token lacks, where the org says so. */
  readonly missingScope?: string;
}
/** 404 */
export declare class OktaNotFoundError extends OktaApiError {
  readonly kind: 'not-found';
}
/** 409 */
export declare class OktaConflictError extends OktaApiError {
  readonly kind: 'conflict';
}
/** 429, after all the waiting that was allowed. */
export declare class OktaRateLimitError extends OktaApiError {
  readonly kind: 'rate-limit';
}
/** 5xx */
export declare class OktaServerError extends OktaApiError {
  readonly kind: 'server';
}

/** Every error this package throws, told apart by `kind`. */
export type AnyOktaError =
  | OktaConfigError
  | OktaArgumentError
  | OktaExpressionError
  | OktaAbortError
  | OktaTimeoutError
  | OktaConnectionError
  | OktaResponseError
  | OktaPaginationError
  | OktaInternalError
  | OktaForbiddenError
  | OktaNotFoundError
  | OktaConflictError
  | OktaRateLimitError
  | OktaServerError
  | OktaApiError;
/** The kinds of errors. */
export type OktaErrorKind =
  | 'config'
  | 'argument'
  | 'expression'
  | 'aborted'
  | 'timeout'
  | 'connection'
  | 'response'
  | 'pagination'
  | 'internal'
  | ApiKind;
/** Whether `error` is this package's (any copy of it), and of `kind` if that is given. */
export declare function isOktaError<K extends OktaErrorKind = OktaErrorKind>(
  error: unknown,
  kind?: K,
): error is Extract<AnyOktaError, { kind: K }>;
