/**
 * A client of Okta's Groups API for browsers and Node.
 *
 * API facts in these comments name the operation of Okta's API reference that they come from, in italics: *List all
 * groups*. "Recorded" is what recorded traffic of real orgs shows and the reference does not say. Times are in whole
 * milliseconds from 1 to 2147483647, the most that a timer can count. Every method that talks to the org may reject
 * with an {@link OktaError}; {@link isOktaError} tells the kinds apart.
 *
 * @packageDocumentation
 * @module okta-groups
 */

/** A text that is usually one of `T`; others may come (Okta adds values), so they are allowed too. */
export type Open<T extends string> = T | (string & Record<never, never>);
/** ISO 8601 in UTC, as Okta wrote it: `2026-11-24T22:54:22.000Z`. */
export type IsoDate = string;
/** Anything that JSON can hold. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * `type` of a group: `OKTA_GROUP` is Okta's own, `APP_GROUP` comes from an app by import, `BUILT_IN` is `Everyone` and
 * its like. Only an `OKTA_GROUP` can be changed, and its members (*Replace a group*, *Assign a user to a group*).
 */
export type GroupType = Open<'OKTA_GROUP' | 'APP_GROUP' | 'BUILT_IN'>;
/** `status` of a user, as *List all member users* answers it. */
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

/** The attributes that every group's profile has (`OktaUserGroupProfile` of *Add a group*). */
export interface BaseGroupProfile {
  /** Of Okta's own groups there is one of each name; imported groups may share one (recorded). */
  name: string;
  /** `null` or empty in many recorded groups, though the reference says text. */
  description?: string | null | undefined;
}

/**
 * A group, as the org answered it: unknown fields and the order of keys are kept. `C` are the custom attributes of the
 * org's group profiles.
 *
 * With `fields` of {@link ListGroupsParams} only what was asked for is there, whatever this type says.
 */
export interface Group<C extends object = {}> {
  /** Such as `00g1emaKYZTWRYYRRTSK`. */
  id: string;
  /** When the group was added. */
  created: IsoDate;
  /** When its profile was last changed. */
  lastUpdated: IsoDate;
  /** When a user was last assigned or unassigned. */
  lastMembershipUpdated: IsoDate;
  /** `okta:user_group`, `okta:windows_security_principal`; it does not follow from `type` (recorded). */
  objectClass: string[];
  /** Where the group comes from, and so whether it can be changed. */
  type: GroupType;
  /** Standard and custom attributes. Which custom ones there are is the org's choice: each may be absent. */
  profile: BaseGroupProfile & Partial<C> & { [attribute: string]: unknown };
  /** What {@link ListGroupsParams.expand} asked for. */
  _embedded?: {
    /** With `expand: 'stats'`. */
    stats?: GroupStats;
    /** With `expand: 'app'`, of an `APP_GROUP`: the app that it comes from. */
    app?: {
      /** As in {@link App}. */
      id?: string;
      /** As in {@link App}. */
      name?: string;
      /** As in {@link App}. */
      label?: string;
      /** As in {@link App}. */
      signOnMode?: string;
      [field: string]: unknown;
    };
    [field: string]: unknown;
  };
  /** Links to what belongs to the group, by relation. */
  _links?: Record<string, unknown>;
  /** Of an `APP_GROUP`: the app that it comes from. */
  source?: {
    /** The app's: `source.id` of an expression. */
    id: string;
    [field: string]: unknown;
  };
  /** Fields that are not described here. */
  [field: string]: unknown;
}

/** Counts of a group: `expand=stats` of *List all groups*. */
export interface GroupStats {
  /** Members. */
  usersCount?: number;
  /** Apps that the group is assigned to. */
  appsCount?: number;
  /** Apps that the group is pushed to. */
  groupPushMappingsCount?: number;
  /** Whether the group has an admin role. Spelled so by the vendor. */
  hasAdminPrivlege?: boolean;
  /** Fields that are not described here. */
  [field: string]: unknown;
}

/** A member of a group, as *List all member users* answers it. `U` are the custom attributes of user profiles. */
export interface User<U extends object = {}> {
  /** Such as `00u118oQYT4TBTemp0g4`. */
  id: string;
  /** Whether the user is active, and if not, why. */
  status: UserStatus;
  /** When the user was added. */
  created: IsoDate;
  /** `null` of one who never was (recorded: 436 of 443 members of test orgs). */
  lastLogin?: IsoDate | null;
  /** When the user was last changed. */
  lastUpdated?: IsoDate;
  /** Standard and custom attributes; each may be absent. */
  profile: Partial<U> & {
    /** The name to sign in with. */
    login?: string;
    /** Where mail goes. */
    email?: string;
    /** Given name. */
    firstName?: string | null;
    /** Family name. */
    lastName?: string | null;
    [attribute: string]: unknown;
  };
  /** Fields that are not described here. */
  [field: string]: unknown;
}

/** An application that is assigned to a group, as *List all assigned applications* answers it. */
export interface App {
  /** Such as `0oa1gjh63g214q0Hq0g4`. */
  id: string;
  /** The app's kind in Okta's catalogue: `google`. */
  name: string;
  /** The name that people gave it: `Google Workspace`. */
  label: string;
  /** Whether it is in use. */
  status: Open<'ACTIVE' | 'INACTIVE' | 'DELETED'>;
  /** How its users sign in: `SAML_2_0`. */
  signOnMode?: string;
  /** Fields that are not described here. */
  [field: string]: unknown;
}

/**
 * Who is asking. {@link bearer} and {@link ssws} make one, `okta-groups/auth` has service apps, DPoP and sessions; an
 * object of your own may do it otherwise.
 */
export interface Auth {
  /** Names the way it is done. A page refuses `ssws`: see {@link ClientOptions.dangerouslyAllowBrowser}. */
  readonly kind: string;
  /**
   * The headers that prove who is asking. Called before each attempt (`attempt` counts from 1), within its `timeout`.
   * Values are visible ASCII, blanks and tabs; other ones fail the call with an {@link OktaConfigError}. An
   * {@link OktaError} that it throws reaches the caller as it is, anything else as the `cause` of an
   * {@link OktaConfigError}; neither is tried again.
   */
  authorize(request: {
    method: string;
    url: string;
    /** 1 for the first time. */
    attempt: number;
    /** Aborted when the call is given up, or its time is up. */
    signal: AbortSignal;
    /** When the call began, in milliseconds of a clock that never goes back. */
    began: number;
  }): Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>>;
  /**
   * Told of a 401 to headers that {@link Auth.authorize} gave: `true` if the next ones will be others. The call is then
   * sent again, once. Of calls at the same time each is told of its own: where others than the `refused` ones are given by
   * now, there is nothing to renew. `began` is that of the call: of many calls that began before a renewal, none need ask
   * for another one.
   */
  invalidate?(why: 'unauthorized', refused: Readonly<Record<string, string>>, began: number): boolean;
}

/** A token, and when it ends, if that is known. */
export type TokenResult =
  | string
  | {
      /** What follows `Bearer` or `SSWS`. */
      token: string;
      /** Epoch milliseconds, or a Date. */
      expiresAt?: number | Date | undefined;
    };
/**
 * A token, or a function that gives one. The function is asked once for all calls that wait for it; its token is
 * used until a minute before `expiresAt` (half its life, if that is less; without one, for good), or until the org answers
 * 401. `reason` says why it is asked. `signal` aborts when no call waits for the answer any more. A call that begins after
 * another waited for the answer as long as its `timeout`, in vain, asks anew.
 */
export type TokenSource =
  | string
  | ((context: {
      reason: 'first' | 'expiring' | 'unauthorized';
      signal: AbortSignal;
    }) => TokenResult | Promise<TokenResult>);

/**
 * `Authorization: Bearer …`: an OAuth 2.0 access token of the org's own authorization server, with the scope
 * `okta.groups.read` or, for writes, `okta.groups.manage`. A line break at its end is taken off.
 *
 * The token is in no error, event, log or `JSON.stringify` of the result.
 *
 * @throws {@link OktaConfigError} if a token that is given as text is empty, or not of visible ASCII; the message does
 * not hold it. One that a function gives fails the call that needs it, with the same error; what the function throws is
 * the `cause` of one.
 */
export declare function bearer(token: TokenSource): Auth;
/**
 * `Authorization: SSWS …`: an API token. It has its owner's rights; for servers and scripts only (see
 * {@link ClientOptions.dangerouslyAllowBrowser}). Otherwise as {@link bearer}.
 *
 * @throws {@link OktaConfigError} as {@link bearer}.
 */
export declare function ssws(token: TokenSource): Auth;

/**
 * What is sent again. Reads, `PUT` and `DELETE` are, after failed connections, timeouts and 5xx; *Add a group* only
 * where the org cannot have run it. The guide on errors has the table.
 */
export interface RetryOptions {
  /**
   * Times that one request is sent, the first included: 1 to 100. Not counted: waits for a rate limit whose end is
   * known, one renewal of the token, and smaller pages of a list. 1 is no retry of any kind.
   *
   * @defaultValue 4
   */
  maxAttempts?: number | undefined;
  /**
   * The most milliseconds of the first wait. The most doubles each time, and a random share of it is waited.
   *
   * @defaultValue 500
   */
  baseDelay?: number | undefined;
  /**
   * The most milliseconds of any wait, but for one that a proxy asks for by `Retry-After`.
   *
   * @defaultValue 20_000
   */
  maxDelay?: number | undefined;
  /**
   * The most milliseconds that a call waits after rate-limit answers (429), in all. A longer wait is not begun: the
   * call rejects at once with an {@link OktaRateLimitError}.
   *
   * @defaultValue 90_000
   */
  maxRateLimitWait?: number | undefined;
}

/** How the org's rate limits are kept before the org has to. */
export interface RateLimitOptions {
  /**
   * Requests at the same time, 1 to 1000. A 429 that says "too many at once" halves it for a while.
   *
   * @defaultValue 10, in browsers 6
   */
  maxConcurrency?: number | undefined;
  /**
   * Share of each bucket that is left to others (people, other programs of the org), from 0 to 1.
   *
   * @defaultValue 0.1
   */
  reserve?: number | undefined;
  /**
   * Names the bucket that a request counts in, for orgs whose limits are cut in another way (by an app of their own, by
   * a proxy); `undefined` leaves it to the default: `groups/{id}` for GET, PUT and DELETE of one group, `groups` for the
   * rest. If it throws or gives no text, the call fails with an {@link OktaConfigError}, and nothing is sent. The client
   * keeps at most 64 buckets: idle ones make room for new names, and while none is idle, new names share one bucket.
   */
  bucketOf?: ((method: string, path: string) => string | undefined) | undefined;
}

/** The last known state of a rate-limit bucket: the requests that the org counts together. */
export interface RateLimitState {
  /** `groups/{id}`: one group read, replaced or deleted. `groups`: all else, lists and memberships too. */
  bucket: string;
  /** Requests per window. */
  limit: number;
  /** Requests left in the window. */
  remaining: number;
  /** When the window ends, by the org's clock: epoch milliseconds. */
  resetAt: number;
  /** In what time it is surely over, in milliseconds, whatever the clock here says; 0 once it is. */
  resetsInMs: number;
  /** Requests of ours without an answer yet. */
  inFlight: number;
  /** The limit that was last hit: requests per window, or at the same time. `window` where none was. */
  kind: 'window' | 'concurrency';
}

/** What the client does, as it does it: told apart by `type`. No event holds a token. */
export type ClientEvent =
  | {
      /** An attempt is about to be sent. */
      type: 'request';
      /** Numbers the call, among those that share the org's limits. */
      id: string;
      /** `GET`, `POST`, `PUT` or `DELETE`. */
      method: string;
      /** Without host and query. */
      path: string;
      /** From 1. */
      attempt: number;
    }
  | {
      /** An attempt was answered, whatever the answer is. */
      type: 'response';
      /** The call's. */
      id: string;
      /** HTTP status. */
      status: number;
      /** Milliseconds from sending to the end of the body. */
      durationMs: number;
      /** `X-Okta-Request-Id`: what Okta's support asks for. */
      requestId?: string;
    }
  | {
      /** A call is sent again. */
      type: 'retry';
      /** The call's. */
      id: string;
      /** The attempt that failed, from 1. */
      attempt: number;
      /** Milliseconds from now; 0 if only the rate limit says when. */
      delayMs: number;
      /** Why. It has no `response`. */
      error: OktaError;
    }
  | {
      /** A call waits before it is sent. */
      type: 'throttle';
      /** See {@link RateLimitState.bucket}. */
      bucket: string;
      /** The bucket is used up, or what is left of it is for others, or enough requests are under way. */
      reason: 'remaining' | 'reserve' | 'concurrency';
      /** For how many milliseconds, if that is known. */
      waitMs?: number;
    }
  | {
      /** A list's page was too much for the org, and is asked for with a smaller `limit`. */
      type: 'page-shrink';
      /** The `limit` that was too much. */
      from: number;
      /** The one that is sent now. */
      to: number;
      /** The list's, without host and query. */
      path: string;
    }
  | {
      /** Another token is asked for: by each call that got a 401, and by `okta-groups/auth` whenever it asks. */
      type: 'token';
      /** There was none yet, the one there was is about to end, or the org refused it with a 401. */
      reason: 'first' | 'expiring' | 'unauthorized';
    }
  | ({
      /** A list's expression holds what Okta does not document; see {@link check}. */
      type: 'warning';
    } & ParameterWarning);

/** A request as {@link Middleware} sees it. Of these only the headers can be changed. */
export interface MiddlewareRequest {
  /** `GET`, `POST`, `PUT` or `DELETE`. */
  readonly method: string;
  /** With its query. */
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
 *
 * @throws {@link OktaConfigError} from `next`, called a second time.
 */
export type Middleware = (
  request: MiddlewareRequest,
  next: (change?: { headers?: ConstructorParameters<typeof Headers>[0] | undefined }) => Promise<Response>,
) => Promise<Response> | Response;

/** What a `fetch` is told, besides {@link ClientOptions.fetchOptions}: typed so that each implementation takes it. */
export interface FetchInit {
  /** `GET`, `POST`, `PUT` or `DELETE`. */
  method: string;
  /** A `Headers`, with those that prove who is asking. */
  headers: any;
  /** JSON text. */
  body?: string;
  /** An `AbortSignal`, aborted with the attempt. */
  signal: any;
  /** No redirect is followed: the token would travel. */
  redirect: 'manual';
  /** `include` with `session()`. */
  credentials: 'omit' | 'include';
}
/** What a `fetch` is to give: a `Response`, or as much of one as the client reads. */
export interface FetchResponse {
  /** HTTP status; 0 where the platform hides it. */
  readonly status: number;
  /** The answer's headers. */
  readonly headers: {
    /** The value of a header, whatever its case; `null` where there is none. */
    get(name: string): string | null;
  };
  /** The body. */
  text(): Promise<string>;
}

/** How a client is set up. An unknown or ill-typed key is an {@link OktaConfigError} that names it. */
export interface ClientOptions {
  /**
   * `https://example.okta.com`, or a proxy of yours with a path: `https://console.example.com/okta`. The only origin
   * that anything is sent to. Plain `http` is for loopback hosts. Credentials, a query, the host of the admin console
   * (`example-admin.okta.com`) and the paths of Okta's own pages and API (`/app/UserHome`, `/oauth2/default`,
   * `/api/v1`, which the client adds) are refused with the URL that was probably meant.
   */
  orgUrl: string | URL;
  /**
   * The origin of the org itself, `https://example.okta.com`, where `orgUrl` is a proxy. Cursors and plans are bound to
   * it and not to `orgUrl`: give it to the client behind the proxy, and a page that a server read goes on in the
   * browser. It is compared, never asked. Plain `http` is for loopback hosts.
   *
   * @defaultValue `orgUrl`
   */
  org?: string | URL;
  /** Who is asking: {@link bearer}, {@link ssws}, or an object of your own. */
  auth: Auth;
  /**
   * Called as `fetch(url, init)`, without `this`: one of your own, or of another implementation (undici's, node-fetch).
   *
   * @defaultValue the global one, looked up at each request
   */
  fetch?: ((url: string, init: FetchInit) => Promise<FetchResponse>) | undefined;
  /** Goes into every `init`: a `dispatcher`, `cache`, `priority`. The client's own settings win. */
  fetchOptions?:
    | (Omit<
        RequestInit,
        'method' | 'body' | 'headers' | 'signal' | 'redirect' | 'credentials' | 'dispatcher'
      > & {
        /** Of undici, in Node: a proxy, or an agent. */
        dispatcher?: unknown;
      })
    | undefined;
  /**
   * Sent with every request, but for headers that are the client's or the platform's: `Authorization`, `Cookie`, `Host`
   * and their like are an {@link OktaConfigError}. In a page each makes a CORS preflight that the org must allow.
   */
  headers?: Readonly<Record<string, string>> | undefined;
  /**
   * `User-Agent`. Browsers send their own all the same.
   *
   * @defaultValue the platform's: `node`
   */
  userAgent?: string | undefined;
  /**
   * The most milliseconds that one attempt takes, headers and body.
   *
   * @defaultValue 30_000
   */
  timeout?: number | undefined;
  /**
   * The most milliseconds that a call takes, with waits and retries. A page of a list is a call.
   *
   * @defaultValue 300_000
   */
  totalTimeout?: number | undefined;
  /** `false` sends every request once: no retry of any kind, not even after a 429 or 401. */
  retry?: RetryOptions | false | undefined;
  /** `false` holds nothing back before the org refuses it. */
  rateLimit?: RateLimitOptions | false | undefined;
  /**
   * The most bytes of a body, after decompression. A larger one is an {@link OktaResponseError} `too-large`.
   *
   * @defaultValue 33_554_432 (32 MiB)
   */
  maxResponseBytes?: number | undefined;
  /**
   * A `next` link on another origin (Okta's own, behind a proxy of yours): keep its path and query and ask `orgUrl`, or
   * fail with an {@link OktaPaginationError} `origin`. No setting lets another origin be asked.
   *
   * @defaultValue 'rebase'
   */
  nextLink?: 'rebase' | 'reject' | undefined;
  /**
   * Goes around each attempt, retries included, the first outermost. It runs when the request has its turn, within
   * `timeout`.
   *
   * @example
   * ```ts
   * import { OktaGroups, ssws, type Middleware } from 'okta-groups';
   *
   * const timed: Middleware = async (request, next) => {
   *   const started = performance.now();
   *   const response = await next({ headers: [...request.headers, ['x-trace-id', crypto.randomUUID()]] });
   *   console.log(request.method, request.url.pathname, response.status, performance.now() - started);
   *   return response;
   * };
   * const { OKTA_ORG_URL: orgUrl = '', OKTA_TOKEN: token = '' } = process.env;
   * const client = new OktaGroups({ orgUrl, auth: ssws(token), middleware: [timed] });
   * await client.groups.list().first();
   * ```
   */
  middleware?: readonly Middleware[] | undefined;
  /** May watch; what it throws is ignored. Called while the call goes on: it must not take long. */
  onEvent?: ((event: ClientEvent) => void) | undefined;
  /**
   * Lets {@link ssws} or a service app be used in a page or a worker of one, where every visitor can read it. Okta refuses API tokens by
   * CORS there: it helps only with a proxy of your own.
   *
   * @defaultValue false
   */
  dangerouslyAllowBrowser?: boolean | undefined;
}

/** What one call wants otherwise than its client. An unknown or ill-typed key is an {@link OktaArgumentError}. */
export interface RequestOptions {
  /** Cancels the call wherever it is; the call rejects with an {@link OktaAbortError}. */
  signal?: AbortSignal | undefined;
  /** In place of {@link ClientOptions.timeout}. */
  timeout?: number | undefined;
  /** In place of {@link ClientOptions.totalTimeout}. */
  totalTimeout?: number | undefined;
  /** In place of {@link ClientOptions.retry}, all of it: what is left out has its default. */
  retry?: RetryOptions | false | undefined;
  /** Besides {@link ClientOptions.headers}; of two of one name, these win. */
  headers?: Readonly<Record<string, string>> | undefined;
}

/** About an answer. */
export interface ResponseMeta {
  /** HTTP status. */
  status: number;
  /** All headers that the platform shows; in a page of another origin, few. */
  headers: Headers;
  /** `X-Okta-Request-Id`: what Okta's support asks for. */
  requestId?: string;
  /** Where the request was sent, with its query. */
  url: string;
  /** Times that the request was sent. */
  attempts: number;
  /** Milliseconds from the call to the whole answer. */
  durationMs: number;
  /** How many of them were waiting: for a turn, or to send again. */
  waitedMs: number;
}

/** A Promise whose request is under way, with one method more. */
export interface ApiPromise<T> extends Promise<T> {
  /** The result together with the answer it came in. It rejects as the Promise itself does. */
  withResponse(): Promise<{
    /** What the Promise itself resolves to. */
    data: T;
    /** About the answer. */
    response: ResponseMeta;
  }>;
}

/**
 * A place in a list, as opaque text. A program may store it, and pass it to a list of the same operation, with the same
 * parameters (but for `limit`), of the same org ({@link ClientOptions.org}). Any other list refuses it with an
 * {@link OktaPaginationError} `cursor`, and so does the same list if one character was changed.
 *
 * It holds the name of the org, the query of the page (with `filter` and `search` as they were given) and the last
 * places before it, by which a list sees that its pages go in circles; no token. It is encoded, not encrypted, and its
 * checksum is no signature.
 */
export type Cursor = string;

/** How a list is read. */
export interface PageOptions extends RequestOptions {
  /**
   * Items in a page, from 1; of groups to 10000. It shrinks by itself where the org cannot bear it (500, 504, a timeout), as *List all
   * groups* asks, and grows back. Okta recommends at most 200: a larger one "affects performance and accuracy".
   *
   * @defaultValue 200, but with `q` nothing is sent, since Okta then gives up to 300 groups and no more
   */
  limit?: number | undefined;
  /** Where to go on: {@link Page.cursor}, or {@link OktaError.cursor}. */
  cursor?: Cursor | undefined;
  /** Okta's own cursor (`after` of a `next` link), as an alternative to `cursor`. Not with `q`. */
  after?: string | undefined;
  /**
   * Pages that are read ahead, from the second item or page on.
   *
   * @defaultValue 1
   */
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

/**
 * What an attribute is compared with. A Date is written in UTC with milliseconds. NaN, infinities, invalid Dates and
 * half surrogate pairs are an {@link OktaArgumentError}.
 */
export type Value = string | number | boolean | Date;

/** An expression as plain JSON: what `JSON.stringify` makes of one, and {@link fromJSON} reads. */
export type ExprNode =
  | {
      /** All of the terms, any of them, or not the one. */
      readonly op: 'and' | 'or' | 'not';
      /** At least two; one of `not`. */
      readonly args: readonly ExprNode[];
    }
  | {
      /** Has a value. */
      readonly op: 'pr';
      /** The attribute's path. */
      readonly attr: string;
    }
  | {
      /** How they compare: see the functions of these names. */
      readonly op: 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le' | 'sw' | 'co' | 'ew';
      /** The attribute's path. */
      readonly attr: string;
      /** Dates are text. `null` only comes from {@link parse}. */
      readonly value: string | number | boolean | null;
    };

/**
 * An expression of `filter` or `search`: a frozen tree ({@link ExprNode}) that prints as its canonical text. `A` are the
 * attributes in it, so that one which only `search` knows does not compile in `filter`. Without `A` it is any expression:
 * what {@link matches}, {@link and} and {@link or} take. A variable for `search` is an `Expr<SearchAttr>`.
 */
export type Expr<A extends string = string> = ExprNode & {
  /** The text that is sent: lower-case operators, no more brackets than needed. */
  toString(): string;
  /** The tree alone. */
  toJSON(): ExprNode;
  /** For the compiler only. */
  readonly _attr?: A;
};
/**
 * The attributes of an expression, as far as the compiler knows them: one that is only known to be a `string` is taken
 * for right, like those of {@link parse}.
 */
export type Known<A extends string> = string extends A ? never : A;
/** A condition, or nothing: what is falsy drops out of {@link and} and {@link or}. */
export type Condition<A extends string> = Expr<A> | false | null | undefined | '' | 0;

/**
 * Equals. Texts compare without case in `search`, with it in `filter`; an array matches if any element does.
 *
 * Like all that compare: `attr` is an attribute's path, as Okta spells it.
 *
 * @throws {@link OktaArgumentError} if `attr` is no path of names, or the value cannot be written.
 */
export declare function eq<const A extends string>(attr: A, value: Value): Expr<Known<A>>;
/**
 * Differs, written `attr lt value or attr gt value`: Okta has no `ne` for groups. Of a boolean, which has no order, it is
 * `attr eq` the other one. A missing attribute does not match.
 *
 * @throws {@link OktaArgumentError} as {@link eq}.
 */
export declare function ne<const A extends string>(attr: A, value: Value): Expr<Known<A>>;
/**
 * Greater, later.
 *
 * @throws {@link OktaArgumentError} as {@link eq}.
 */
export declare function gt<const A extends string>(attr: A, value: Value): Expr<Known<A>>;
/**
 * Greater or equal. Not documented for groups, so {@link check} warns of it.
 *
 * @throws {@link OktaArgumentError} as {@link eq}.
 */
export declare function ge<const A extends string>(attr: A, value: Value): Expr<Known<A>>;
/**
 * Less, earlier.
 *
 * @throws {@link OktaArgumentError} as {@link eq}.
 */
export declare function lt<const A extends string>(attr: A, value: Value): Expr<Known<A>>;
/**
 * Less or equal. Not documented for groups, so {@link check} warns of it.
 *
 * @throws {@link OktaArgumentError} as {@link eq}.
 */
export declare function le<const A extends string>(attr: A, value: Value): Expr<Known<A>>;
/**
 * Starts with.
 *
 * @throws {@link OktaArgumentError} as {@link eq}.
 */
export declare function sw<const A extends string>(attr: A, value: string): Expr<Known<A>>;
/**
 * Contains; of groups, `profile.name` and `profile.description` only.
 *
 * @throws {@link OktaArgumentError} as {@link eq}.
 */
export declare function co<const A extends string>(attr: A, value: string): Expr<Known<A>>;
/**
 * Ends with. Not documented for groups, so {@link check} warns of it.
 *
 * @throws {@link OktaArgumentError} as {@link eq}.
 */
export declare function ew<const A extends string>(attr: A, value: string): Expr<Known<A>>;
/**
 * Has a value. Not documented for groups, so {@link check} warns of it.
 *
 * @throws {@link OktaArgumentError} as {@link eq}.
 */
export declare function pr<const A extends string>(attr: A): Expr<Known<A>>;
/**
 * From `first` to `last`, both included: `attr ge first and attr le last`, which Okta does not document for groups.
 *
 * @throws {@link OktaArgumentError} as {@link eq}.
 */
export declare function between<const A extends string>(attr: A, first: Value, last: Value): Expr<Known<A>>;
/**
 * Equals one of the values: `attr eq a or attr eq b`. A text is no list of its letters. The expression is part of the
 * request's URL, which servers take up to some 8 kB of: for hundreds of values, ask several times.
 *
 * @throws {@link OktaArgumentError} as {@link eq}, and if there are no values.
 */
export declare function oneOf<const A extends string>(
  attr: A,
  values: Iterable<Value> & object,
): Expr<Known<A>>;
/**
 * All of the conditions that are on. Conditions are joined without reading them again, so an expression may grow in a loop.
 *
 * @throws {@link OktaArgumentError} if none is (it would mean "everything"; see {@link and.optional}), or one is no
 * expression: a text is to go through {@link parse}.
 */
export declare function and<A extends string>(...conditions: Condition<A>[]): Expr<Known<A>>;
/** Ways to join conditions with `and` that {@link and} itself does not have. */
export declare namespace and {
  /**
   * As {@link and}, but `undefined` where no condition is on: for a form whose fields may all be empty. A list with the
   * `search` `undefined` gives everything; `and` and `or` skip it.
   *
   * @example
   * ```ts
   * import { OktaGroups, and, eq, ssws, sw } from 'okta-groups';
   *
   * const { OKTA_ORG_URL: orgUrl = '', OKTA_TOKEN: token = '' } = process.env;
   * const client = new OktaGroups({ orgUrl, auth: ssws(token) });
   * const form = { name: '', type: 'APP_GROUP' };
   * const search = and.optional(form.name && sw('profile.name', form.name), form.type && eq('type', form.type));
   * await client.groups.list({ search }).first();
   * ```
   *
   * @throws {@link OktaArgumentError} if a condition is no expression.
   */
  function optional<A extends string>(...conditions: Condition<A>[]): Expr<Known<A>> | undefined;
}
/**
 * Any of the conditions that are on.
 *
 * @throws {@link OktaArgumentError} as {@link and}.
 */
export declare function or<A extends string>(...conditions: Condition<A>[]): Expr<Known<A>>;
/** Ways to join conditions with `or` that {@link or} itself does not have. */
export declare namespace or {
  /**
   * As {@link or}, but `undefined` where no condition is on: as {@link and.optional}.
   *
   * @throws {@link OktaArgumentError} if a condition is no expression.
   */
  function optional<A extends string>(...conditions: Condition<A>[]): Expr<Known<A>> | undefined;
}
/**
 * The opposite. Not documented for groups, so {@link check} warns of it.
 *
 * @throws {@link OktaArgumentError} if `condition` is no expression.
 */
export declare function not<A extends string>(condition: Expr<A>): Expr<Known<A>>;
/**
 * An expression as a template: values are quoted, only expressions are spliced.
 *
 * @example
 * ```ts
 * import { eq, expr } from 'okta-groups';
 *
 * const name = 'R&D "West"';
 * const own = eq('type', 'OKTA_GROUP');
 * console.log(String(expr`profile.name sw ${name} and ${own}`)); // profile.name sw "R&D \"West\"" and type eq "OKTA_GROUP"
 * ```
 *
 * @throws {@link OktaExpressionError} if the text is none, {@link OktaArgumentError} if a value cannot be written.
 */
export declare function expr(strings: TemplateStringsArray, ...values: (Value | Expr)[]): Expr<never>;
/**
 * Reads a text. Its attributes are not known to the compiler, so it goes into `filter` and `search` alike.
 *
 * @throws {@link OktaExpressionError} that says where it is no expression.
 */
export declare function parse(text: string): Expr<never>;
/**
 * Reads back what `JSON.stringify` made of an expression.
 *
 * @throws {@link OktaArgumentError} if it is no tree of an expression.
 */
export declare function fromJSON(node: ExprNode): Expr<never>;

/** Something in an expression that Okta does not document for the parameter, and may refuse (400 `E0000031`). */
export interface ExprWarning {
  /** The attribute; absent for `not`. */
  readonly attr?: string;
  /** The operator. */
  readonly op: string;
  /**
   * What is not documented: the attribute in this parameter; the operator for the attribute; a value that can match
   * nothing (no date for a date); a character beyond U+FFFF; a date of another form than `yyyy-MM-ddTHH:mm:ss.SSSZ`.
   */
  readonly reason: Open<'attribute' | 'operator' | 'value' | 'character' | 'date'>;
  /** For people. */
  readonly message: string;
}
/** A warning, and the parameter that its expression was sent in. */
export interface ParameterWarning extends ExprWarning {
  /** Where it is sent. */
  readonly parameter: 'filter' | 'search';
}
/**
 * What in an expression goes beyond the documentation of `filter` or `search` of *List all groups*. Lists of groups do
 * this by themselves and tell it by {@link ClientOptions.onEvent}; Okta decides, and the error of an expression that it
 * refuses has the {@link OktaApiError.warnings}.
 *
 * @throws {@link OktaExpressionError} if a text is no expression.
 */
export declare function check(expression: Expr | string, parameter: 'filter' | 'search'): ExprWarning[];

/** How {@link matches} and {@link compile} compare. */
export interface MatchOptions {
  /**
   * Which parameter's rules hold: texts compare without case in `search`, with it in `filter`.
   *
   * @defaultValue 'search'
   */
  parameter?: 'filter' | 'search' | undefined;
}
/**
 * Whether an object matches, as the org would say. A `search` of Okta's lags behind changes; this does not.
 *
 * @throws {@link OktaExpressionError} if a text is no expression.
 */
export declare function matches(expression: Expr | string, record: unknown, options?: MatchOptions): boolean;
/**
 * A predicate, for many objects: `groups.filter(compile(expression))`.
 *
 * @throws {@link OktaExpressionError} if a text is no expression.
 */
export declare function compile(
  expression: Expr | string,
  options?: MatchOptions,
): (record: unknown) => boolean;

/** The parameters of *List all groups*. An empty text is an {@link OktaArgumentError}: leave out what is not meant. */
export interface ListGroupsParams<C extends object = {}> {
  /** Matches the start of the name, for pickers. Okta does not page it and gives at most 300 groups. */
  q?: string | undefined;
  /** Over `id`, `type`, `lastUpdated`, `lastMembershipUpdated`. A text that is none is an {@link OktaExpressionError}. */
  filter?: Expr<FilterAttr> | string | undefined;
  /** Over all attributes but `_embedded`, `_links` and `objectClass`. A text that is none is an {@link OktaExpressionError}. */
  search?: Expr<SearchAttr<C>> | string | undefined;
  /** Of a `search` only: any one property. Groups that are equal by it are ordered by `id`. */
  sortBy?: SearchAttr<C> | undefined;
  /**
   * The order of `sortBy`, without which Okta ignores it.
   *
   * @defaultValue 'asc', by Okta
   */
  sortOrder?: 'asc' | 'desc' | undefined;
  /** Metadata to put in `_embedded`: `stats` counts members, `app` describes the app that an `APP_GROUP` comes from. */
  expand?: readonly Open<'stats' | 'app'>[] | Open<'stats' | 'app'> | undefined;
  /** Names of the fields to answer with. */
  fields?: readonly string[] | undefined;
}

/** The parameters of *List all member users*. */
export interface ListUsersParams {
  /** Over the members' attributes. A text that is none is an {@link OktaExpressionError}. */
  search?: Expr | string | undefined;
  /** `group-rules`: the rules that made each a member. */
  expand?: readonly Open<'group-rules'>[] | Open<'group-rules'> | undefined;
}

/**
 * A list. Nothing is sent until it is awaited (its first page) or iterated (its items); each time it starts anew.
 * It gives every item, or throws an error whose `cursor` leads to the exact rest.
 *
 * Leaving a `for await` early cancels what was being read ahead; after its `signal` aborts it gives nothing more. What
 * cannot be sent is told when the list is used. It has a Promise's methods; each use of them asks anew.
 */
export interface PagedList<T> extends AsyncIterable<T>, Promise<Page<T>> {
  /** The pages, from the start or from `cursor`. */
  pages(options?: { cursor?: Cursor | undefined }): PageIterator<T>;
  /**
   * All items. `max` must be said: an org may have more than a program can hold (`Infinity` is allowed).
   *
   * @throws {@link OktaPaginationError} `exceeded` if there are more than `max`, unless they are to be truncated;
   * {@link OktaArgumentError} if `max` is no whole number above 0. What was read by then is in the error's `items`.
   */
  toArray(options: { max: number; onExceed?: 'throw' | 'truncate' | undefined }): Promise<T[]>;
  /** The first item, or `undefined` of an empty list. */
  first(): Promise<T | undefined>;
  /** The first page together with the answer that it came in. */
  withResponse(): Promise<PageWithResponse<T>>;
}

/** The pages of a list: {@link PagedList.pages}. */
export interface PageIterator<T> extends AsyncGenerator<Page<T>, undefined, undefined> {
  /** The same pages, each together with the answer that it came in. */
  withResponse(): AsyncGenerator<PageWithResponse<T>, undefined, undefined>;
}

/**
 * A page of a list: a plain object, which a server component, SvelteKit's `load`, a cache or a thread may hand on as it
 * is. Its items are `page.items`; the page after it is `list({ ...params, cursor: page.cursor })`.
 */
export interface Page<T> {
  /** May be empty though there is a next page (recorded). */
  readonly items: readonly T[];
  /** Of the page after this one; absent on the last. */
  readonly cursor?: Cursor;
  /** Whether there is a page after this one. */
  readonly hasNext: boolean;
}

/** A page and its answer. */
export interface PageWithResponse<T> {
  /** The page. */
  data: Page<T>;
  /** About the answer. */
  response: ResponseMeta;
}

/** Of *Add a group*. */
export interface CreateOptions extends RequestOptions {
  /**
   * `return`: gives the group of that exact name (of type `OKTA_GROUP`) if the org says that the name is taken, or if
   * the answer was lost and nobody knows whether the group was added. It is looked up by `search`, which lags a
   * little, and by `q`, a few times within `totalTimeout`; its profile is as it is in the org. If there is none, the
   * call rejects with the error of *Add a group*.
   *
   * @defaultValue 'throw'
   */
  ifExists?: 'throw' | 'return' | undefined;
}

/** Of *Delete a group* and *Unassign a user from a group*. */
export interface RemoveOptions extends RequestOptions {
  /**
   * `ignore`: a group to delete, or a user to unassign, that the org does not know (404 `E0000007`) is as good as
   * removed. A group that is missing when a user is unassigned is an error still.
   *
   * @defaultValue 'throw'
   */
  ifMissing?: 'throw' | 'ignore' | undefined;
}

/**
 * Custom attributes as they are written: those that `C` declares, `null` for no value, `undefined` as if left out. A client that declares none (`C`
 * is `{}`) takes any; what the org does not know, it refuses.
 */
export type CustomAttributes<C extends object> = keyof C extends never
  ? { [attribute: string]: unknown }
  : { [A in keyof C]?: C[A] | null | undefined };
/** Some of the attributes; `undefined` leaves one as it is. */
export type Patch<P> = { [A in keyof P]?: P[A] | undefined };

/**
 * The operations of the Groups API. Ids that are empty, are `.` or `..`, or hold any of `/ \\ ? # %` or a control
 * character are an {@link OktaArgumentError}: they would change the path. What the org answers with an error is an
 * {@link OktaApiError}.
 */
export interface GroupsResource<C extends object = {}, U extends object = {}> {
  /** *List all groups*: `GET /api/v1/groups`. Scope `okta.groups.read`. A `search` lags behind changes a little. */
  list(params?: ListGroupsParams<C> & PageOptions): PagedList<Group<C>>;
  /**
   * *Retrieve a group*: `GET /api/v1/groups/{groupId}`. Scope `okta.groups.read`.
   *
   * @throws {@link OktaNotFoundError} if there is no such group.
   */
  get(groupId: string, options?: RequestOptions): ApiPromise<Group<C>>;
  /**
   * *Add a group*: `POST /api/v1/groups`. Scope `okta.groups.manage`. Never sent again once the org may have run it.
   * A value that JSON would change or drop (`NaN`, a function) is an {@link OktaArgumentError}.
   *
   * @throws {@link OktaApiError} `bad-request` with `E0000001` if the name is taken, unless `ifExists` is `return`.
   */
  create(profile: BaseGroupProfile & CustomAttributes<C>, options?: CreateOptions): ApiPromise<Group<C>>;
  /**
   * *Replace a group*: `PUT /api/v1/groups/{groupId}`. Scope `okta.groups.manage`. Attributes that are left out vanish:
   * {@link GroupsResource.update} keeps them.
   *
   * @throws {@link OktaNotFoundError} if there is no such group, {@link OktaForbiddenError} if it is no `OKTA_GROUP`.
   */
  replace(
    groupId: string,
    profile: BaseGroupProfile & CustomAttributes<C>,
    options?: RequestOptions,
  ): ApiPromise<Group<C>>;
  /**
   * Changes some attributes and keeps all others: *Retrieve a group*, then *Replace a group*. `undefined` leaves an
   * attribute as it is, `null` is sent. Okta has no conditional write: of two at once, the later one wins, with what it
   * had read before. Where the answer of the write is lost, the client reads the group and merges again before it retries.
   *
   * @throws as {@link GroupsResource.replace}.
   */
  update(
    groupId: string,
    patch: Patch<BaseGroupProfile> & Patch<CustomAttributes<C>>,
    options?: RequestOptions,
  ): ApiPromise<Group<C>>;
  /**
   * *Delete a group*: `DELETE /api/v1/groups/{groupId}`. Scope `okta.groups.manage`. If the first answer was lost and the
   * org then says that there is no such group, it was deleted.
   *
   * @throws {@link OktaNotFoundError} if there is no such group, unless `ifMissing` is `ignore`.
   */
  delete(groupId: string, options?: RemoveOptions): ApiPromise<void>;
  /** *List all member users*: `GET /api/v1/groups/{groupId}/users`. Scope `okta.groups.read`. */
  listUsers(groupId: string, params?: ListUsersParams & PageOptions): PagedList<User<U>>;
  /** *List all assigned applications*: `GET /api/v1/groups/{groupId}/apps`. Scope `okta.groups.read`. */
  listApps(groupId: string, params?: PageOptions): PagedList<App>;
  /**
   * *Assign a user to a group*: `PUT /api/v1/groups/{groupId}/users/{userId}`. Scope `okta.groups.manage`. One who is a
   * member already stays one.
   *
   * @throws {@link OktaNotFoundError} if there is no such group or user, {@link OktaForbiddenError} if it is no
   * `OKTA_GROUP`.
   */
  assignUser(groupId: string, userId: string, options?: RequestOptions): ApiPromise<void>;
  /**
   * *Unassign a user from a group*: `DELETE /api/v1/groups/{groupId}/users/{userId}`. Scope `okta.groups.manage`.
   *
   * @throws as {@link GroupsResource.assignUser}, but for `ifMissing: 'ignore'`.
   */
  unassignUser(groupId: string, userId: string, options?: RemoveOptions): ApiPromise<void>;
  /**
   * Plans which users to add to a group and to remove from it, so that its members are `desired` (ids of users). Reads the
   * group and all its members, writes nothing. A list that cannot be read to its end rejects (also one that repeats the
   * same members for ever): it never turns into removals.
   *
   * @throws {@link OktaArgumentError} naming `groupId` for a group whose members are not the API's to change (`APP_GROUP`,
   * `BUILT_IN`), `desired` for an id that cannot be sent or nobody at all, `maxRemovals` for too many removals, or
   * `ruleManaged`.
   */
  planMembers(groupId: string, desired: UserIds, options?: PlanOptions<U>): Promise<MemberPlan>;
  /**
   * Applies a plan, which may have been stored as JSON: sends one *Assign a user to a group* or *Unassign a user from a
   * group* for each of its ids. The run has begun when this returns. Before it removes anybody it reads the group and its
   * members: members whom the plan or `keep` keeps, or whom a group rule put there, stay, and more removals than
   * `maxRemovals` allows of the members that there are now are refused, whatever was done to the plan meanwhile.
   *
   * @throws {@link OktaArgumentError} `plan` if it is none, is of another org, or is stale and `ifStale` is `throw`;
   * `maxRemovals` or `ruleManaged`. {@link OktaBulkError} if the run did not do all that was asked.
   */
  applyPlan(plan: MemberPlan, options?: ApplyOptions<U>): BulkRun;
  /**
   * {@link GroupsResource.planMembers}, then {@link GroupsResource.applyPlan}.
   *
   * @example
   * ```ts
   * import { OktaGroups, ssws } from 'okta-groups';
   *
   * const { OKTA_ORG_URL: orgUrl = '', OKTA_TOKEN: token = '' } = process.env;
   * const { groups } = new OktaGroups({ orgUrl, auth: ssws(token) });
   * const { items: [from, to] } = await groups.list({ filter: 'type eq "OKTA_GROUP"', limit: 2 });
   * const ids = (await groups.listUsers(from.id).toArray({ max: 1000 })).map(({ id }) => id);
   * const { added, removed } = await groups.syncMembers(to.id, ids, { allowEmpty: true, maxRemovals: false });
   * console.log(added.length, removed.length);
   * ```
   */
  syncMembers(
    groupId: string,
    desired: UserIds,
    options?: PlanOptions<U> & ApplyOptions<U> & { dryRun?: boolean | undefined },
  ): BulkRun;
}

/** Ids of users: an array, a Set, a generator, a stream of ids. A single string is none: it would be read letter by letter. */
export type UserIds = (Iterable<string> & object) | AsyncIterable<string>;

/** Safety limit on removals; `false` allows any. */
export type MaxRemovals =
  | {
      /** Absolute limit. @default Infinity */
      readonly count?: number | undefined;
      /** This share of the members, from 0 to 1; 0.29 of 100 members is 29. @default 0.25 */
      readonly ratio?: number | undefined;
    }
  | false;

/** Which members a plan, or a run, does not remove. */
export interface StayOptions<U extends object = {}> {
  /** Members who are never removed: their ids, or a function that says so. A plan carries their ids. */
  keep?: UserIds | ((user: User<U>) => boolean) | undefined;
  /**
   * Members whom a group rule put there and who are not desired: the rule would add them again, or make an exception of
   * them. `skip` leaves them in the group, `include` removes them like others, `fail` fails. But for `include` the members
   * are read with `expand=group-rules`. Members of whom the org does not answer that stay, too (`rule-unknown`); the plan
   * states how many, and the run is not `ok`, since some of them may have to leave. @default 'skip'
   */
  ruleManaged?: 'skip' | 'include' | 'fail' | undefined;
  /**
   * Refuses to remove more members: that is likely a mistake. A plan carries the limit.
   * @default { ratio: 0.25 }, but `false` where nobody is desired and `allowEmpty` is set
   */
  maxRemovals?: MaxRemovals | undefined;
}

/** How {@link GroupsResource.planMembers} plans. */
export interface PlanOptions<U extends object = {}> extends StayOptions<U> {
  /**
   * `add` adds desired users who are no members and removes nobody, `remove` removes members who are not desired and adds
   * nobody. `desired` are all members in each. @default 'exact'
   */
  mode?: 'exact' | 'add' | 'remove' | undefined;
  /** Whether nobody may be desired. What gave the ids may just have failed. @default false */
  allowEmpty?: boolean | undefined;
  /** Cancels the reading. */
  signal?: AbortSignal | undefined;
}

/** What is to be done with a group's members: plain JSON, to be looked at, stored and applied later. */
export interface MemberPlan {
  /** The version of this form. */
  readonly v: 1;
  /** The org's name, an origin. A client of another org refuses the plan. */
  readonly org: string;
  /** Whose members. */
  readonly groupId: string;
  /** The group's `lastMembershipUpdated` before its members were read, and when that was. */
  readonly basedOn: {
    /** As the org wrote it. */
    readonly lastMembershipUpdated: IsoDate;
    /** By the org's clock; absent where the answer has no `Date` header, or a browser hides it. */
    readonly at?: IsoDate;
  };
  /** Whom to add, in the order they are desired. */
  readonly add: readonly string[];
  /** Whom to remove, in the order they were read. */
  readonly remove: readonly string[];
  /** How many are members as desired. */
  readonly unchanged: number;
  /** Who is neither added nor removed, and why. */
  readonly skipped: readonly {
    /** Who. */
    readonly userId: string;
    /** Why. */
    readonly reason: 'rule-managed' | 'rule-unknown' | 'kept' | 'duplicate';
  }[];
  /** For people: how many members stay because the org did not say whether a group rule put them there. */
  readonly warnings: readonly string[];
  /** The limit on removals that it was made with. It holds when the plan is applied, too, with that of the run. */
  readonly maxRemovals: MaxRemovals;
  /** What becomes of members by a rule. It holds when the plan is applied, too: the stricter of this and that of the run. */
  readonly ruleManaged: 'skip' | 'include' | 'fail';
  /** Ids of members who are not removed, whatever `remove` says. */
  readonly keep: readonly string[];
  /** Of the `rest` of a run: the adds that the first plan had, and how many of them are done ({@link ApplyOptions.maxFailedAdds}). */
  readonly adds?: {
    /** How many the first plan had. */
    readonly planned: number;
    /** How many of them are done. */
    readonly done: number;
  };
}

/**
 * How {@link GroupsResource.applyPlan} runs. Where calls wait for their turn, others go before its writes, eight to one.
 * `keep`, `ruleManaged` and `maxRemovals` hold besides those of the plan, the stricter one of each.
 */
export interface ApplyOptions<U extends object = {}> extends StayOptions<U> {
  /** Writes at the same time, 1 to 1000; the client's own limits hold besides. @default 8 */
  concurrency?: number | undefined;
  /** One kind of write is done before the other begins, or they take turns. @default 'add-first' */
  order?: 'add-first' | 'remove-first' | 'interleave' | undefined;
  /**
   * Starts removals only if no more adds than this failed, and never if all of them did; otherwise removals are withheld:
   * whom the failed adds were to replace stays. `false` removes whatever became of the adds; an `order` other than
   * `add-first` needs that. The `rest` of a run counts on.
   * @default 5 % of the adds of the first plan, rounded down: none of fewer than 20
   */
  maxFailedAdds?: number | false | undefined;
  /**
   * Told of each write that failed and how many have: `true` starts no more. It takes the place of the client's own
   * rule, which stops on a token that is refused (401), and on five writes in a row that are forbidden (403). A group
   * that is gone stops a run in any case.
   */
  stopOn?: ((error: OktaError, failures: number) => boolean) | undefined;
  /**
   * When members have changed since the plan was made: `replan` reads them and leaves out what is done already (it
   * never does more than the plan says), `throw` rejects, `ignore` does not look if the plan removes nobody (and is
   * `replan` if it does). @default 'replan'
   */
  ifStale?: 'replan' | 'throw' | 'ignore' | undefined;
  /**
   * Reads the members afterwards, again and again for so long in all, until all that was written is to be seen; what is
   * not, is in `unverified`. @default false
   */
  verify?:
    | false
    | {
        /** For so long, in milliseconds. */
        timeoutMs: number;
      }
    | undefined;
  /** The most that the writes take together, in milliseconds. @default as long as it takes */
  totalTimeout?: number | undefined;
  /** At most ten times a second; what it throws is ignored. */
  onProgress?: ((progress: BulkProgress) => void) | undefined;
  /** As {@link BulkRun.abort}. */
  signal?: AbortSignal | undefined;
}

/** How far a run is. */
export interface BulkProgress {
  /** What is going on. */
  phase: 'reading' | 'planning' | 'applying' | 'verifying';
  /** Writes in all; 0 before there is a plan. */
  total: number;
  /** Writes that are done or were not needed; while reading, members that were read. */
  done: number;
  /** Writes that failed. */
  failed: number;
  /** Writes that are under way. */
  inFlight: number;
  /** What the rest will take, in milliseconds: by the pace so far and by the rate limit. */
  etaMs?: number;
  /** When the rate limit lets writes through again, by the org's clock. */
  throttledUntil?: Date;
}

/** What a run came to. */
export interface BulkReport {
  /**
   * Whether all of the plan is done, and seen if that was asked, and nobody stays as `rule-unknown`. The report of an
   * awaited run always is.
   */
  ok: boolean;
  /** Whose members. */
  groupId: string;
  /** Whether nothing was to be written. */
  dryRun: boolean;
  /** What was run. */
  plan: MemberPlan;
  /** Who was added. */
  added: string[];
  /** Who was removed. */
  removed: string[];
  /** Who was so already when the run came to it. */
  alreadyOk: string[];
  /** Writes that failed, after all retries. */
  failed: BulkFailure[];
  /**
   * Not begun, or given up when the run was stopped: one that was under way by then may have been done all the same. Doing
   * it again does no harm.
   */
  notAttempted: BulkWrite[];
  /** Ids of those who were not removed because too many adds failed: {@link ApplyOptions.maxFailedAdds}. */
  withheld?: string[];
  /** Why it did not come to its end. */
  stopped?: 'aborted' | 'stopOn' | 'total-timeout';
  /** With `verify`: who is not to be seen as written. */
  unverified?: string[];
  /** Requests that were sent, reads and retries included. */
  requests: number;
  /** Those of them that were sent again. */
  retries: number;
  /** What calls waited for their turn, summed. */
  waitedMs: number;
  /** From the call to the report. */
  durationMs: number;
  /** What is left, ready for {@link GroupsResource.applyPlan}: what was not attempted, then what failed. */
  rest?: MemberPlan;
}

/** A write of a run. */
export interface BulkWrite {
  /** Whose membership. */
  userId: string;
  /** *Assign a user to a group* or *Unassign a user from a group*. */
  op: 'add' | 'remove';
}

/** A write that failed. */
export interface BulkFailure extends BulkWrite {
  /** Why. */
  error: OktaError;
}

/** A write of a run that settled. */
export interface BulkEvent extends BulkWrite {
  /** `noop`: it was so already. */
  status: 'done' | 'noop' | 'failed';
  /** Of one that failed. */
  error?: OktaError;
}

/**
 * A run that is under way. `await run` gives its report, and rejects if the run did not do all that was asked. Iterating
 * gives each write as it settles, from the first on; it throws only if there is no plan to run.
 *
 * @example
 * ```ts
 * import { OktaGroups, ssws } from 'okta-groups';
 *
 * const { OKTA_ORG_URL: orgUrl = '', OKTA_TOKEN: token = '' } = process.env;
 * const { groups } = new OktaGroups({ orgUrl, auth: ssws(token) });
 * const { items: [from, to] } = await groups.list({ filter: 'type eq "OKTA_GROUP"', limit: 2 });
 * const ids = (await groups.listUsers(from.id).toArray({ max: 1000 })).map(({ id }) => id);
 * const run = groups.syncMembers(to.id, ids, { allowEmpty: true, maxRemovals: false });
 * for await (const { op, userId, status } of run) console.log(op, userId, status);
 * const report = await run; // rejects unless all was done
 * console.log(report.durationMs);
 * ```
 *
 * @throws {@link OktaBulkError} with the `report`, if the run was aborted, stopped or cut short, if writes failed or were
 * withheld, or if members stay as `rule-unknown`. Without a plan, the errors of any call: {@link OktaAbortError} if it was
 * aborted by then.
 */
export interface BulkRun extends Promise<BulkReport>, AsyncIterable<BulkEvent> {
  /** The plan that is run, as soon as there is one. */
  readonly plan: Promise<MemberPlan>;
  /** The report, whatever came of the run. Rejects only if there is no plan to run. */
  report(): Promise<BulkReport>;
  /**
   * Starts no more writes. Those under way settle, which is waited for two seconds; the rest is in the report. Before
   * there is a plan, the run rejects with an {@link OktaAbortError}.
   */
  abort(reason?: unknown): void;
}

/**
 * A client of one org. Clients of the same `orgUrl` with the same credential in one process keep the org's rate limits
 * and their budget of retries together: with the same `auth` object, the same fixed token, or the same service app. One
 * that is given another `rateLimit` keeps its own.
 *
 * `C` are the custom attributes of its groups' profiles, `U` those of its users'.
 *
 * @example
 * ```ts
 * import { OktaGroups, ssws } from 'okta-groups';
 *
 * const { OKTA_ORG_URL: orgUrl = '', OKTA_TOKEN: token = '' } = process.env;
 * const client = new OktaGroups<{ costCenter: number }>({ orgUrl, auth: ssws(token) });
 * for await (const group of client.groups.list()) console.log(group.profile.name, group.profile.costCenter);
 * ```
 */
export declare class OktaGroups<C extends object = {}, U extends object = {}> {
  /**
   * Synchronous, and sends nothing. The first one compiles the wasm (with `okta-groups/slim`, after its `init()`).
   *
   * @throws {@link OktaConfigError} that names the option that is wrong, or says why the wasm could not be loaded.
   */
  constructor(options: ClientOptions);
  /** The operations on groups, their members and apps. */
  readonly groups: GroupsResource<C, U>;
  /** What is known of each rate-limit bucket, by its name: nothing before the first answers. */
  rateLimits(): ReadonlyMap<string, RateLimitState>;
}

/**
 * Any error of this package; it throws no other. `instanceof` holds across two copies of it. No error holds a token, or
 * a header that was sent. {@link isOktaError} narrows by kind.
 */
export declare abstract class OktaError extends Error {
  /** What to decide on. */
  readonly kind: OktaErrorKind;
  /**
   * Whether the same call may succeed later: `timeout`, `connection`, `rate-limit`, and of the org's answers those that say
   * "try again" or that it is in trouble (5xx but 501 and 505). Not whether to repeat it is safe: see `mayHaveRun`.
   */
  readonly retryable: boolean;
  /**
   * There, and `true`, where a write failed that the org may have done all the same: its answer was lost, late or of no
   * use. *Add a group* that is sent again may then add a second group: look first, or create with `ifExists: 'return'`.
   */
  readonly mayHaveRun?: true;
  /** How many attempts were made, where any was. */
  readonly attempts?: number;
  /**
   * Of an error that {@link PagedList.toArray} throws: what it read so far. The list has the rest from `cursor`, unless the
   * error is an {@link OktaPaginationError}. Not in its JSON.
   */
  readonly items?: readonly unknown[];
  /**
   * Of an error thrown by a list: where it stopped. A list from this cursor gives the exact rest; of one that was aborted
   * between two items of a page, that whole page again. Absent if it was the first page.
   */
  readonly cursor?: Cursor;
  /**
   * Name, message and the error's fields, for logs and other threads (a copied error has none of its fields); without
   * `cause`, `response` and items.
   */
  toJSON(): {
    /** The class's: `OktaNotFoundError`. */
    name: string;
    /** For people. */
    message: string;
    /** As {@link OktaError.kind}. */
    kind: OktaErrorKind;
    [field: string]: unknown;
  };
}
/**
 * The client is set up wrongly, or `auth` gave no token (then what it threw is the `cause`); the request was not sent.
 */
export declare class OktaConfigError extends OktaError {
  readonly kind: 'config';
  /** The option; `wasm` where the runtime has no WebAssembly, `csp` or `init` where the wasm could not be loaded. */
  readonly argument: string;
}
/** An argument cannot be sent; nothing was. Not {@link OktaError.retryable}: the program is to be mended. */
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
  /** What is there. */
  readonly found: string;
  /** What could be. */
  readonly expected: readonly string[];
}
/** The call's signal was aborted; `cause` is its reason. A write may have run: then `mayHaveRun` is `true`. */
export declare class OktaAbortError extends OktaError {
  readonly kind: 'aborted';
  /** As the platform's own. */
  readonly name: 'AbortError';
}
/** Time ran out. A write may have run. */
export declare class OktaTimeoutError extends OktaError {
  readonly kind: 'timeout';
  /**
   * `queue`: the rate limit gives no turn within `totalTimeout` (told at once, nothing was sent); `token`: `auth` gave
   * none within `timeout` (nothing was sent); `attempt`: the last one took longer than `timeout`; `total`: `totalTimeout`
   * is over.
   */
  readonly phase: 'queue' | 'token' | 'attempt' | 'total';
  /** The milliseconds of the limit that was reached. */
  readonly timeoutMs: number;
  /** The method of the request that it is about. */
  readonly method?: string;
  /** Its path, with ids: `/api/v1/groups/00g1`. The message names both. */
  readonly path?: string;
}
/**
 * No answer came; `cause` is what `fetch` said, and the message names its code, if it gives one. A write may have run,
 * unless the code proves that nothing was sent. A refused certificate is not retried: `retryable` is false then.
 */
export declare class OktaConnectionError extends OktaError {
  readonly kind: 'connection';
  /** In a page, or a worker of one, that asks another origin: a refusal by CORS looks just the same. */
  readonly maybeCors: boolean;
  /** The method of the request that it is about. */
  readonly method?: string;
  /** Its path, with ids: `/api/v1/groups/00g1`. The message names both. */
  readonly path?: string;
}
/** An answer came that is not the API's. */
export declare class OktaResponseError extends OktaError {
  readonly kind: 'response';
  /**
   * `html`: a page, of a proxy, a login or a wrong `orgUrl`; `json`: no JSON, or cut off; `shape`: not what the operation
   * answers; `too-large`: more than `maxResponseBytes`; `redirect`: the API has none, and it is not followed; `status`: 205, 206
   * or 207, which do not promise the whole answer.
   */
  readonly reason: 'html' | 'json' | 'shape' | 'too-large' | 'redirect' | 'status';
  /** HTTP status; 0 where the platform hides it (a redirect, in browsers). */
  readonly status: number;
  /** `GET`, `POST`, `PUT` or `DELETE`. */
  readonly method: string;
  /** The path's template: `/api/v1/groups/{groupId}`. */
  readonly path: string;
  /** The media type that the answer claims to be. */
  readonly contentType?: string;
  /** How the body begins: at most 200 characters, without markup. */
  readonly snippet?: string;
  /** `X-Okta-Request-Id`, if it came from Okta at all. */
  readonly requestId?: string;
  /** About the answer, where its body was read. */
  readonly response?: ResponseMeta;
}
/** A list cannot go on. What it gave so far is right; it is not the whole. */
export declare class OktaPaginationError extends OktaError {
  readonly kind: 'pagination';
  /**
   * `loop`: `next` leads to a page that was read already; `origin`: to another origin, with `nextLink: 'reject'`; `path`:
   * out of the list; `empty-pages`: more than 100 in a row; `cursor`: the one given is of another list, or none;
   * `exceeded`: more items than `max`; `hidden-link`: a full page came without a `Link` header, which this page's origin
   * may not be allowed to read.
   */
  readonly reason: 'loop' | 'origin' | 'path' | 'empty-pages' | 'cursor' | 'exceeded' | 'hidden-link';
  /**
   * The items of the page that the list cannot go on from, where one was read. The list has not given them, and `cursor`
   * leads to them again. Of `toArray()`: all that was read, that page's included (but not of `exceeded`), without a cursor.
   */
  readonly items?: readonly unknown[];
}
/**
 * The client's core failed while the call ran: a bug, or an exhausted stack; `cause` is what WebAssembly threw. Calls
 * that were under way all reject with this error (a write may have run), the next call starts the core anew, and a
 * list goes on from `cursor`.
 */
export declare class OktaInternalError extends OktaError {
  readonly kind: 'internal';
}
/**
 * A run did not do all that was asked: it was aborted (`cause` is the reason that `abort` or the `signal` gave), stopped or
 * cut short, writes failed or were withheld, or members stay as `rule-unknown`. Neither property is in its JSON.
 */
export declare class OktaBulkError extends OktaError {
  readonly kind: 'bulk';
  /** What the run came to. */
  readonly report: BulkReport;
  /** Of the writes that failed. */
  readonly errors: readonly OktaError[];
}
/** Kinds of {@link OktaApiError}, by status: 400, 401, 403, 404, 409 and 412, 429, 5xx, and `api` for any other. */
export type ApiKind =
  'bad-request' | 'unauthorized' | 'forbidden' | 'not-found' | 'conflict' | 'rate-limit' | 'server' | 'api';
/** The org answered with an error. Those of kind `bad-request`, `unauthorized` and `api` have no class of their own. */
export declare class OktaApiError extends OktaError {
  readonly kind: ApiKind;
  /** HTTP status. */
  readonly status: number;
  /** `errorCode`: what to decide on. Absent where the body was not Okta's. */
  readonly code?: Open<
    'E0000001' | 'E0000004' | 'E0000006' | 'E0000007' | 'E0000011' | 'E0000031' | 'E0000047'
  >;
  /** `errorSummary`: for people. It may hold what users typed; never put it in HTML as it is. */
  readonly summary: string;
  /** `errorCauses`, their `errorSummary`: may be empty. */
  readonly causes: readonly string[];
  /**
   * Of a list of groups that the org refuses with `E0000031`: what in its `filter` and `search` Okta does not document,
   * and so likely why. The message holds it, too. Absent where there is nothing.
   */
  readonly warnings?: readonly ParameterWarning[];
  /** `errorId`: for Okta's support. */
  readonly errorId?: string;
  /** `X-Okta-Request-Id`: what Okta's support asks for. */
  readonly requestId?: string;
  /** `GET`, `POST`, `PUT` or `DELETE`. */
  readonly method: string;
  /** The path's template: `/api/v1/groups/{groupId}`. */
  readonly path: string;
  /** Times that the request was sent. */
  readonly attempts: number;
  /** About the answer. Not in the error of a `retry` event. */
  readonly response: ResponseMeta;
}
/** 403: the token's owner, or its scopes, may not do this; or the group is none that can be changed. */
export declare class OktaForbiddenError extends OktaApiError {
  readonly kind: 'forbidden';
  /** The scope that the token lacks, where the org says so; of several, as the org lists them. */
  readonly missingScope?: string;
}
/** 404: the group or user is not there, or not to be seen by the token's owner. */
export declare class OktaNotFoundError extends OktaApiError {
  readonly kind: 'not-found';
}
/** 409 or 412: it does not go with what is in the org now. */
export declare class OktaConflictError extends OktaApiError {
  readonly kind: 'conflict';
}
/** 429, after all the waiting that was allowed. */
export declare class OktaRateLimitError extends OktaApiError {
  readonly kind: 'rate-limit';
  /** In what time the limit lets requests through again, in milliseconds, where that is known. */
  readonly retryAfterMs?: number;
}
/** 5xx, after all attempts that were allowed. */
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
  | OktaBulkError
  | OktaForbiddenError
  | OktaNotFoundError
  | OktaConflictError
  | OktaRateLimitError
  | OktaServerError
  | (OktaApiError & { readonly kind: 'bad-request' })
  | (OktaApiError & { readonly kind: 'unauthorized' })
  | (OktaApiError & { readonly kind: 'api' });
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
  | 'bulk'
  | ApiKind;
/**
 * Whether `error` is this package's (any copy of it), and of `kind` if that is given.
 *
 * @example
 * ```ts
 * import { OktaGroups, isOktaError, ssws } from 'okta-groups';
 *
 * const { OKTA_ORG_URL: orgUrl = '', OKTA_TOKEN: token = '' } = process.env;
 * const client = new OktaGroups({ orgUrl, auth: ssws(token) });
 * try {
 *   await client.groups.get('00gnobody');
 * } catch (error) {
 *   if (!isOktaError(error, 'not-found')) throw error;
 *   console.log(error.code, error.requestId); // E0000007 and the id of the request
 * }
 * ```
 */
export declare function isOktaError<K extends OktaErrorKind = OktaErrorKind>(
  error: unknown,
  kind?: K,
): error is Extract<AnyOktaError, { kind: K }>;
