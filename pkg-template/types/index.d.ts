/**
 * A client of Okta's Groups API for browsers and Node.
 *
 * API facts in these comments name the operation of Okta's API reference that they come from, in italics: *List all
 * groups*. "Recorded" is what recorded traffic of real orgs shows and the reference does not say. Times are in whole
 * milliseconds from 1 to 2147483647, the most that a timer can count. Every method that sends requests may reject
 * with an {@link OktaError}; {@link isOktaError} tells the kinds apart.
 *
 * @packageDocumentation
 * @module okta-groups
 */

/** A string that is usually one of `T`. Okta adds values over time, so other strings are allowed. */
export type Open<T extends string> = T | (string & Record<never, never>);
/** ISO 8601 in UTC, as Okta wrote it: `2026-11-24T22:54:22.000Z`. */
export type IsoDate = string;
/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * `type` of a group: `OKTA_GROUP` is Okta's own, `APP_GROUP` comes from an app by import, `BUILT_IN` marks
 * built-in groups such as `Everyone`. Only an `OKTA_GROUP` and its members can be changed (*Replace a group*, *Assign a
 * user to a group*).
 */
export type GroupType = Open<'OKTA_GROUP' | 'APP_GROUP' | 'BUILT_IN'>;
/** `status` of a user (*List all member users*). */
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
  /** Unique among groups of type `OKTA_GROUP`; imported groups may share a name (recorded). */
  name: string;
  /** The reference says string; many recorded groups have `null` or `''`. */
  description?: string | null | undefined;
}

/**
 * A group, unchanged as the org answered it, with unknown fields and the order of keys. `C` are the custom attributes of the
 * org's group profiles.
 *
 * With `fields` of {@link ListGroupsParams}, the org sends only those fields; this type does not reflect that.
 */
export interface Group<C extends object = {}> {
  /** Such as `00g1emaKYZTWRYYRRTSK`. */
  id: string;
  /** When the group was created. */
  created: IsoDate;
  /** When the profile last changed. */
  lastUpdated: IsoDate;
  /** When a member was last added or removed. */
  lastMembershipUpdated: IsoDate;
  /** `okta:user_group`, `okta:windows_security_principal`; it does not follow from `type` (recorded). */
  objectClass: string[];
  /** The origin of the group, which decides whether it can be changed. */
  type: GroupType;
  /** Standard and custom attributes. The org defines the custom attributes; each may be absent. */
  profile: BaseGroupProfile & Partial<C> & { [attribute: string]: unknown };
  /** The metadata that `expand` requested. */
  _embedded?: {
    /** With `expand: 'stats'`. */
    stats?: GroupStats;
    /** With `expand: 'app'`: the app that an `APP_GROUP` was imported from. */
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
  /** Links to related resources, by relation. */
  _links?: Record<string, unknown>;
  /** The app that an `APP_GROUP` was imported from. */
  source?: {
    /** Id of the app: `source.id` in an expression. */
    id: string;
    [field: string]: unknown;
  };
  /** Fields that this type does not describe. */
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
  /** Whether the group has an admin role. The contract spells it `hasAdminPrivlege`; the client passes on either as it came. */
  hasAdminPrivilege?: boolean;
  /** Fields that this type does not describe. */
  [field: string]: unknown;
}

/** A member of a group, as *List all member users* answers it. `U` are the custom attributes of user profiles. */
export interface User<U extends object = {}> {
  /** Such as `00u118oQYT4TBTemp0g4`. */
  id: string;
  /** State of the account. */
  status: UserStatus;
  /** When the user was created. */
  created: IsoDate;
  /** `null` if the user never signed in (recorded: 436 of 443 members of test orgs). */
  lastLogin?: IsoDate | null;
  /** When the user last changed. */
  lastUpdated?: IsoDate;
  /** Standard and custom attributes; each may be absent. */
  profile: Partial<U> & {
    /** The sign-in name. */
    login?: string;
    /** Primary email address. */
    email?: string;
    /** Given name. */
    firstName?: string | null;
    /** Family name. */
    lastName?: string | null;
    [attribute: string]: unknown;
  };
  /** The metadata that `expand` requested. */
  _embedded?: {
    /**
     * With `expand: 'group-rules'` of {@link GroupsResource.listUsers}: the group rules that put the member into the group. An
     * empty array: an admin or a program added the member by hand. Absent: the org did not say, as on later pages of some orgs
     * (reported; in no reference).
     */
    'group-rules'?: MemberRule[];
    [field: string]: unknown;
  };
  /** Fields that this type does not describe. */
  [field: string]: unknown;
}

/** A group rule that put a member into a group (reported; in no reference). */
export interface MemberRule {
  /** Such as `0pr3f7zMZZHPgUoWO0g4`. */
  id: string;
  /** Name of the rule. */
  name?: string;
  /** Fields that this type does not describe. */
  [field: string]: unknown;
}

/**
 * Whether a rule runs: an `INACTIVE` rule does nothing, and only then may it be replaced. An `INVALID` rule has a target group
 * that was deleted; Okta can neither activate nor deactivate it (recorded).
 */
export type GroupRuleStatus = Open<'ACTIVE' | 'INACTIVE' | 'INVALID'>;

/** What *Create a group rule* and *Replace a group rule* send, unchanged. */
export interface GroupRuleInput {
  /** `group_rule`. */
  type?: string;
  /** At most 50 characters (documented). */
  name?: string;
  /** Whom the rule takes. */
  conditions?: {
    /** Users and groups that the rule leaves alone, by their ids. */
    people?: {
      /** Users. */
      users?: {
        /** Their ids. */
        exclude?: string[];
        [field: string]: unknown;
      };
      /** Groups. */
      groups?: {
        /** Their ids. */
        exclude?: string[];
        [field: string]: unknown;
      };
      [field: string]: unknown;
    };
    /** The condition, in Okta's expression language. */
    expression?: {
      /** `urn:okta:expression:1.0`. */
      type?: string;
      /** Such as `user.department=="West"`. */
      value?: string;
      [field: string]: unknown;
    };
    [field: string]: unknown;
  };
  /** What the rule does with the people whom it takes. */
  actions?: {
    /** The groups that the rule puts them into. */
    assignUserToGroups?: {
      /** Their ids. The id of a deleted group stays in the list (recorded). */
      groupIds?: string[];
      [field: string]: unknown;
    };
    [field: string]: unknown;
  };
  /** Fields that this type does not describe. */
  [field: string]: unknown;
}

/** A group rule, unchanged as the org answered it (*List all group rules*, *Retrieve a group rule*). */
export interface GroupRule extends GroupRuleInput {
  /** Such as `0pr3f7zMZZHPgUoWO0g4`. */
  id: string;
  /** At most 50 characters (documented). */
  name: string;
  /** Whether the rule runs. A new rule is `INACTIVE` (recorded). */
  status: GroupRuleStatus;
  /** When the rule was created. In 2023 orgs left it out of answers about one rule (recorded). */
  created?: IsoDate;
  /** When the rule last changed. In 2023 orgs left it out of answers about one rule (recorded). */
  lastUpdated?: IsoDate;
  /** Whether all target groups exist. In no reference; every recorded rule since 2023 has it. */
  allGroupsValid?: boolean;
  /** The metadata that `expand` requested. */
  _embedded?: {
    /** With `expand: 'groupIdToGroupNameMap'`: the names of the target groups, by their ids. */
    groupIdToGroupNameMap?: Record<string, string>;
    [field: string]: unknown;
  };
}

/** An owner of a group, unchanged as the org answered it (*List all group owners*, *Assign a group owner*). */
export interface GroupOwner {
  /** Id of the user or the group that owns. */
  id: string;
  /** Whether the owner is a user or a group. */
  type: Open<'USER' | 'GROUP'>;
  /** Whether Okta knows the owner; `true` in every recording. */
  resolved?: boolean;
  /** Id of the app instance that the owner comes from; `null` in every recording, though the reference says string. */
  originId?: string | null;
  /** The origin of the owner: `OKTA_DIRECTORY`. */
  originType?: string;
  /** `First Last` of a user, the name of a group. */
  displayName?: string;
  /**
   * When the owner was assigned, in one of two forms that are not ISO 8601: `Wed Mar 04 10:08:01 UTC 2026` from *Assign a
   * group owner*, `2026-03-04 10:08:01.0` from *List all group owners* (recorded). {@link ownerDate} reads both.
   */
  lastUpdated?: string;
  /** Fields that this type does not describe. */
  [field: string]: unknown;
}

/**
 * Reads `lastUpdated` of a {@link GroupOwner} in each of its forms; their times are in UTC. Gives an invalid Date for any
 * other text.
 */
export declare function ownerDate(lastUpdated: string): Date;

/** An application that is assigned to a group (*List all assigned applications*). */
export interface App {
  /** Such as `0oa1gjh63g214q0Hq0g4`. */
  id: string;
  /** The app's kind in Okta's catalogue: `google`. */
  name: string;
  /** Display name: `Google Workspace`. */
  label: string;
  /** State of the app. */
  status: Open<'ACTIVE' | 'INACTIVE' | 'DELETED'>;
  /** How its users sign in: `SAML_2_0`. */
  signOnMode?: string;
  /** Fields that this type does not describe. */
  [field: string]: unknown;
}

/**
 * A credential. {@link bearer} and {@link ssws} make one; `okta-groups/auth` has service apps, DPoP and sessions; your
 * program may implement others.
 */
export interface Auth {
  /** Name of the scheme. Pages refuse `ssws`: see {@link ClientOptions.dangerouslyAllowBrowser}. */
  readonly kind: string;
  /**
   * Returns the headers that authenticate a request. The client calls it before each attempt, within the attempt's
   * `timeout`. Header values are visible ASCII, blanks and tabs; the client rejects the call with an {@link OktaConfigError}
   * for any other. If it throws an {@link OktaError}, the caller receives that error; any other exception becomes the `cause`
   * of an {@link OktaConfigError}. The client retries neither.
   */
  authorize(request: {
    method: string;
    url: string;
    /** Counts from 1. */
    attempt: number;
    /** Aborted when the caller aborts the call, or its time is over. */
    signal: AbortSignal;
    /** Start of the call, in milliseconds of a monotonic clock. */
    began: number;
  }): Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>>;
  /**
   * Reports a 401 for headers of {@link Auth.authorize}. Returns `true` if the next headers will be different; the client
   * then retries the call once. The client reports each concurrent call on its own: if `authorize` already returns headers
   * other than `refused`, there is nothing to renew. `began` is the start of that call: a call that started before the last
   * renewal needs no other renewal.
   */
  invalidate?(why: 'unauthorized', refused: Readonly<Record<string, string>>, began: number): boolean;
}

/** A token, with the time of its expiry if that is known. */
export type TokenResult =
  | string
  | {
      /** The token without `Bearer` or `SSWS`. */
      token: string;
      /** Epoch milliseconds, or a Date. */
      expiresAt?: number | Date | undefined;
    };
/**
 * A token, or a function that returns one. The client calls the function once for all calls that wait for a token. It uses
 * the token until a minute before `expiresAt` (half the token's life, if that is less; without `expiresAt`, without limit), or
 * until the org answers 401. `reason` says why the client needs a token. `signal` aborts when no call waits any more. If a
 * call has waited in vain for its `timeout`, the next call starts the function again.
 */
export type TokenSource =
  | string
  | ((context: {
      reason: 'first' | 'expiring' | 'unauthorized';
      signal: AbortSignal;
    }) => TokenResult | Promise<TokenResult>);

/**
 * `Authorization: Bearer …`: an OAuth 2.0 access token of the org's own authorization server, with the scope
 * `okta.groups.read` or, for writes, `okta.groups.manage`. A line break at its end is removed.
 *
 * The token appears in no error, event, log or `JSON.stringify` of the result.
 *
 * @throws {@link OktaConfigError} if the token is empty or not visible ASCII; the message does not hold it. For a token of a
 * function, the call that needs it rejects with the same error; an exception of the function becomes its `cause`.
 */
export declare function bearer(token: TokenSource): Auth;
/**
 * `Authorization: SSWS …`: an API token, with the rights of its owner. For servers and scripts only (see
 * {@link ClientOptions.dangerouslyAllowBrowser}). Otherwise like {@link bearer}.
 *
 * @throws {@link OktaConfigError} as {@link bearer}.
 */
export declare function ssws(token: TokenSource): Auth;

/**
 * Retries. The client retries reads, `PUT` and `DELETE` after failed connections, timeouts and 5xx. It retries *Add a group*
 * only if the org cannot have run it. The guide on errors has the table.
 */
export interface RetryOptions {
  /**
   * The most attempts of one request, the first included: 1 to 100. Waits for a rate limit whose end is known, one renewal
   * of the token, and smaller pages of a list do not count. 1 turns all retries off.
   *
   * @defaultValue 4
   */
  maxAttempts?: number | undefined;
  /**
   * Upper bound of the first wait, in milliseconds. It doubles with each retry; the client waits a random part of it.
   *
   * @defaultValue 500
   */
  baseDelay?: number | undefined;
  /**
   * Upper bound of every wait, in milliseconds, except of a wait that `Retry-After` asks for.
   *
   * @defaultValue 20_000
   */
  maxDelay?: number | undefined;
  /**
   * The most milliseconds that a call waits after 429 answers in all. The client does not start a longer wait: the call
   * rejects at once with an {@link OktaRateLimitError}.
   *
   * @defaultValue 90_000
   */
  maxRateLimitWait?: number | undefined;
}

/** Throttling: how the client stays within the org's rate limits before the org answers 429. */
export interface RateLimitOptions {
  /**
   * The most concurrent requests, 1 to 1000. A 429 that says "too many at once" halves it for a while.
   *
   * @defaultValue 10, in browsers 6
   */
  maxConcurrency?: number | undefined;
  /**
   * Share of each bucket that the client leaves to other programs and people, from 0 to 1.
   *
   * @defaultValue 0.1
   */
  reserve?: number | undefined;
  /**
   * Names the bucket that a request counts in, if a proxy or gateway counts differently. It returns `undefined` for the
   * default: `groups/{id}` for GET, PUT and DELETE of one group, `groups` for the rest. If it throws or returns another type,
   * the call rejects with an {@link OktaConfigError} and sends nothing. The client keeps at most 64 buckets: a new name replaces
   * an idle bucket, and while none is idle, new names share one bucket.
   */
  bucketOf?: ((method: string, path: string) => string | undefined) | undefined;
}

/** The last known state of a rate-limit bucket. A bucket holds the requests that the org counts together. */
export interface RateLimitState {
  /** Name of the bucket, such as `groups/{id}` (read, replace or delete one group) or `groups` (lists, memberships, …). */
  bucket: string;
  /** Requests per window. */
  limit: number;
  /** Requests left in the window. */
  remaining: number;
  /** When the window ends, by the org's clock: epoch milliseconds. */
  resetAt: number;
  /** Milliseconds until the window has certainly ended, whatever the local clock says; 0 afterwards. */
  resetsInMs: number;
  /** Requests of this client that have no answer yet. */
  inFlight: number;
  /** The limit that answered 429 last: requests per window, or concurrent requests. `window` if there was no 429. */
  kind: 'window' | 'concurrency';
}

/** An event of the client; `type` tells the events apart. No event holds a token. */
export type ClientEvent =
  | {
      /** An attempt is about to be sent. */
      type: 'request';
      /** Number of the call, unique among the clients that share the org's limits. */
      id: string;
      /** `GET`, `POST`, `PUT` or `DELETE`. */
      method: string;
      /** Without host and query. */
      path: string;
      /** From 1. */
      attempt: number;
    }
  | {
      /** An attempt got an answer of any status. */
      type: 'response';
      /** Number of the call. */
      id: string;
      /** HTTP status. */
      status: number;
      /** Milliseconds from sending to the end of the body. */
      durationMs: number;
      /** `X-Okta-Request-Id`: what Okta's support asks for. */
      requestId?: string;
    }
  | {
      /**
       * An attempt ended without a whole answer, whether or not the client retries it. Each attempt ends with one `response` or one
       * `no-answer`.
       */
      type: 'no-answer';
      /** Number of the call. */
      id: string;
      /** From 1. */
      attempt: number;
      /**
       * `connection`: the connection failed before or within the answer, or `middleware` threw; `timeout`: `timeout` or
       * `totalTimeout` passed; `too-large`: the body exceeds `maxResponseBytes`; `aborted`: the program aborted the call.
       */
      reason: 'connection' | 'timeout' | 'too-large' | 'aborted';
      /** Milliseconds from sending to the failure. */
      durationMs: number;
    }
  | {
      /** The client retries a call. */
      type: 'retry';
      /** Number of the call. */
      id: string;
      /** The attempt that failed, from 1. */
      attempt: number;
      /** Milliseconds until the retry; 0 if the rate limit alone decides when. */
      delayMs: number;
      /** The failure of that attempt. It has no `response`. */
      error: OktaError;
    }
  | {
      /** The client throttles a call: it waits before it sends it. */
      type: 'throttle';
      /** Number of the call. A call that waits its turn behind others may be told several times. */
      id: string;
      /** See {@link RateLimitState.bucket}. */
      bucket: string;
      /** `remaining`: the bucket is used up; `reserve`: the rest is for other programs; `concurrency`: too many concurrent requests. */
      reason: 'remaining' | 'reserve' | 'concurrency';
      /** Milliseconds of the wait, if known. */
      waitMs?: number;
    }
  | {
      /** The org could not answer a page of a list; the client retries with a smaller `limit`. */
      type: 'page-shrink';
      /** The `limit` that failed. */
      from: number;
      /** The `limit` of the retry. */
      to: number;
      /** Path of the list, without host and query. */
      path: string;
    }
  | {
      /** A call with a 401 requests another token, or `okta-groups/auth` requests one. */
      type: 'token';
      /** `first`: there was no token; `expiring`: the token is about to expire; `unauthorized`: the org answered 401. */
      reason: 'first' | 'expiring' | 'unauthorized';
    }
  | ({
      /** An expression of a list uses something that Okta does not document; see {@link check}. */
      type: 'warning';
    } & ParameterWarning);

/** A request as {@link Middleware} receives it. Middleware can change the headers only. */
export interface MiddlewareRequest {
  /** `GET`, `POST`, `PUT` or `DELETE`. */
  readonly method: string;
  /** URL with its query. */
  readonly url: URL;
  /**
   * All request headers except those that authenticate (`Authorization`, `DPoP`, `Cookie`, `X-Okta-XsrfToken`). The client
   * sets these after all middleware and overwrites values that middleware set, so that middleware cannot leak a token. Other
   * headers of your own `auth` are included.
   */
  readonly headers: Headers;
  /** JSON text. */
  readonly body?: string | undefined;
  /** Aborted with the attempt. */
  readonly signal: AbortSignal;
}
/**
 * Wraps an attempt. `next` sends the request once; `headers` of its argument replace all headers of the request. It resolves
 * before the body is read: read a `clone()` of the response. Middleware may return its own `Response` without calling `next`.
 * If it throws, the exception becomes the `cause` of an {@link OktaConnectionError}, which the client may retry; an
 * {@link OktaError} reaches the caller unchanged and without retry.
 *
 * @throws {@link OktaConfigError} from a second call of `next`.
 */
export type Middleware = (
  request: MiddlewareRequest,
  next: (change?: { headers?: ConstructorParameters<typeof Headers>[0] | undefined }) => Promise<Response>,
) => Promise<Response> | Response;

/** The `init` of `fetch`, besides {@link ClientOptions.fetchOptions}; its types fit every implementation of `fetch`. */
export interface FetchInit {
  /** `GET`, `POST`, `PUT` or `DELETE`. */
  method: string;
  /** A `Headers` object, which includes the credential. */
  headers: any;
  /** JSON text. */
  body?: string;
  /** An `AbortSignal`, aborted with the attempt. */
  signal: any;
  /** The client follows no redirect, since the token would follow it. */
  redirect: 'manual';
  /** `include` with `session()`. */
  credentials: 'omit' | 'include';
}
/** The result of `fetch`: a `Response`, or an object with the members that the client reads. */
export interface FetchResponse {
  /** HTTP status; 0 if the platform hides it. */
  readonly status: number;
  /** The response headers. */
  readonly headers: {
    /** The value of a header, whatever its case; `null` if it is absent. */
    get(name: string): string | null;
  };
  /** The body. */
  text(): Promise<string>;
}

/** Options of a client. An unknown or ill-typed key is an {@link OktaConfigError} that names it. */
export interface ClientOptions {
  /**
   * `https://example.okta.com`, or your proxy with a path: `https://console.example.com/okta`. The client sends requests to
   * this origin only. Plain `http` is for loopback hosts. Credentials, a query, the host of the admin console
   * (`example-admin.okta.com`) and the paths of Okta's own pages and API (`/app/UserHome`, `/oauth2/default`,
   * `/api/v1`, which the client adds) are refused with the URL that was probably meant.
   */
  orgUrl: string | URL;
  /**
   * The origin of the org, `https://example.okta.com`, if `orgUrl` is a proxy. Cursors and plans are bound to this origin and
   * not to `orgUrl`: a browser behind the proxy can then resume a page that a server read. The client compares this URL
   * and never sends requests to it. Plain `http` is for loopback hosts.
   *
   * @defaultValue `orgUrl`
   */
  org?: string | URL;
  /** The credential: {@link bearer}, {@link ssws}, one of `okta-groups/auth`, or your own implementation. */
  auth: Auth;
  /**
   * The `fetch` to use, of the program or of another implementation (undici, node-fetch). Called as `fetch(url, init)`
   * without `this`.
   *
   * @defaultValue the global one, looked up at each request
   */
  fetch?: ((url: string, init: FetchInit) => Promise<FetchResponse>) | undefined;
  /** Added to every `init`: a `dispatcher`, `cache`, `priority`. The client's own settings take precedence. */
  fetchOptions?:
    | (Omit<
        RequestInit,
        'method' | 'body' | 'headers' | 'signal' | 'redirect' | 'credentials' | 'dispatcher'
      > & {
        /** undici's, in Node: a proxy or an agent. */
        dispatcher?: unknown;
      })
    | undefined;
  /**
   * Headers of every request. Headers that the client or the platform sets (`Authorization`, `Cookie`, `Host`, …) are an
   * {@link OktaConfigError}. In a page of another origin, each of them needs a CORS preflight that the org must allow.
   */
  headers?: Readonly<Record<string, string>> | undefined;
  /**
   * `User-Agent`. Browsers ignore it and send their own.
   *
   * @defaultValue the platform's: `node`
   */
  userAgent?: string | undefined;
  /**
   * Time limit of one attempt, headers and body, in milliseconds.
   *
   * @defaultValue 30_000
   */
  timeout?: number | undefined;
  /**
   * Time limit of a call with its waits and retries, in milliseconds. Each page of a list is a call.
   *
   * @defaultValue 300_000
   */
  totalTimeout?: number | undefined;
  /** `false` sends every request once: no retry of any kind, not even after a 429 or 401. */
  retry?: RetryOptions | false | undefined;
  /** `false` turns throttling off. */
  rateLimit?: RateLimitOptions | false | undefined;
  /**
   * The most bytes of a body, after decompression. A larger body is an {@link OktaResponseError} `too-large`.
   *
   * @defaultValue 33_554_432 (32 MiB)
   */
  maxResponseBytes?: number | undefined;
  /**
   * Handling of a `next` link on another origin (Okta's own, behind your proxy): `rebase` requests its path and query from
   * `orgUrl`; `reject` fails with an {@link OktaPaginationError} `origin`. The client never sends a request to another origin.
   *
   * @defaultValue 'rebase'
   */
  nextLink?: 'rebase' | 'reject' | undefined;
  /**
   * Functions that wrap each attempt, retries included; the first is outermost. They run after throttling, within `timeout`.
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
  /** Receives each event synchronously: keep it short. The client ignores its exceptions. */
  onEvent?: ((event: ClientEvent) => void) | undefined;
  /**
   * Allows {@link ssws} and service apps in pages and their workers, where every visitor can read the secret. Okta refuses
   * API tokens by CORS there, so this is useful only with your own proxy.
   *
   * @defaultValue false
   */
  dangerouslyAllowBrowser?: boolean | undefined;
}

/** Options of one call, which override the client's. An unknown or ill-typed key is an {@link OktaArgumentError}. */
export interface RequestOptions {
  /** Aborts the call in any state; the call rejects with an {@link OktaAbortError}. */
  signal?: AbortSignal | undefined;
  /** Overrides {@link ClientOptions.timeout}. */
  timeout?: number | undefined;
  /** Overrides {@link ClientOptions.totalTimeout}. */
  totalTimeout?: number | undefined;
  /** Replaces {@link ClientOptions.retry} as a whole: absent keys have their defaults. */
  retry?: RetryOptions | false | undefined;
  /** Added to {@link ClientOptions.headers}; takes precedence for equal names. */
  headers?: Readonly<Record<string, string>> | undefined;
}

/** Metadata of an answer. */
export interface ResponseMeta {
  /** HTTP status. */
  status: number;
  /** All headers that the platform shows; few of them in a page of another origin. */
  headers: Headers;
  /** `X-Okta-Request-Id`: what Okta's support asks for. */
  requestId?: string;
  /** URL of the request, with its query. */
  url: string;
  /** Number of attempts. */
  attempts: number;
  /** Milliseconds from the call to the whole answer. */
  durationMs: number;
  /** The part of `durationMs` that the client waited, for the rate limit or before retries. */
  waitedMs: number;
}

/** A Promise of a running call, which can also give the answer's metadata. */
export interface ApiPromise<T> extends Promise<T> {
  /** The result with the metadata of its answer. Rejects like the Promise itself. */
  withResponse(): Promise<{
    /** The result of the call. */
    data: T;
    /** Metadata of the answer. */
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

/** Options of a list. */
export interface PageOptions extends RequestOptions {
  /**
   * Items in a page, from 1 (up to 10000 for groups, 200 for rules and users). After a 500, a 504 or a timeout the client retries with a smaller
   * `limit`, as *List all groups* asks, and later raises it again. Okta recommends at most 200: a larger one "affects
   * performance and accuracy".
   *
   * Beside `cursor` a `limit` replaces the page size of the cursor, for this page and all that follow: Okta takes `limit` and
   * `after` apart from one another.
   *
   * @defaultValue 200; beside `cursor` the smaller of 200 and the cursor's page size. With `q` of groups the client sends no `limit`, since Okta
   * then gives up to 300 groups and no more
   */
  limit?: number | undefined;
  /** Resumes a list: {@link Page.cursor}, or {@link OktaError.cursor}. */
  cursor?: Cursor | undefined;
  /** Okta's own cursor (`after` of a `next` link), as an alternative to `cursor`. Not with `q`. */
  after?: string | undefined;
  /**
   * Number of pages to read ahead, from the second item or page on.
   *
   * @defaultValue 1
   */
  prefetch?: 0 | 1 | undefined;
}

/** Attributes of `filter` in *List all groups*. */
export type FilterAttr = 'id' | 'type' | 'lastUpdated' | 'lastMembershipUpdated';
/** Attributes of `search` in *List all groups*; `C` are the custom attributes of the org's profiles. */
export type SearchAttr<C extends object = {}> =
  | FilterAttr
  | 'created'
  | 'source.id'
  | 'profile.name'
  | 'profile.description'
  | `profile.${Extract<keyof C, string>}`
  | (`profile.${string}` & Record<never, never>);

/**
 * A value to compare an attribute with. A Date is written in UTC with milliseconds. NaN, infinities, invalid Dates and
 * lone surrogates are an {@link OktaArgumentError}.
 */
export type Value = string | number | boolean | Date;

/** An expression as plain JSON: `JSON.stringify` writes it, {@link fromJSON} reads it. */
export type ExprNode =
  | {
      /** `and`: all terms match; `or`: any term matches; `not`: the term does not match. */
      readonly op: 'and' | 'or' | 'not';
      /** The terms: at least two; exactly one for `not`. */
      readonly args: readonly ExprNode[];
    }
  | {
      /** Matches if the attribute has a value. */
      readonly op: 'pr';
      /** The attribute's path. */
      readonly attr: string;
    }
  | {
      /** The comparison: see the functions of these names. */
      readonly op: 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le' | 'sw' | 'co' | 'ew';
      /** The attribute's path. */
      readonly attr: string;
      /** Dates are text. `null` only comes from {@link parse}. */
      readonly value: string | number | boolean | null;
    };

/**
 * An expression of `filter` or `search`: a frozen tree ({@link ExprNode}) that prints as its canonical text. `A` are the
 * attributes in it: an attribute that only `search` supports does not compile in `filter`. `Expr` without `A` is any
 * expression, as {@link matches}, {@link and} and {@link or} take it. A variable for `search` is an `Expr<SearchAttr>`.
 */
export type Expr<A extends string = string> = ExprNode & {
  /** The text that the client sends: lower-case operators, no needless brackets. */
  toString(): string;
  /** The tree alone. */
  toJSON(): ExprNode;
  /** For the type checker only; never present. */
  readonly _attr?: A;
};
/**
 * The attributes of an expression, as far as the type checker knows them. An attribute of type `string` is accepted
 * everywhere, as are those of {@link parse}.
 */
export type Known<A extends string> = string extends A ? never : A;
/** A condition, or a falsy value, which {@link and} and {@link or} skip. */
export type Condition<A extends string> = Expr<A> | false | null | undefined | '' | 0;

/**
 * Equals. `search` compares text case-insensitively, `filter` case-sensitively; an array matches if any element does.
 *
 * In all comparisons, `attr` is the path of an attribute in Okta's spelling.
 *
 * @throws {@link OktaArgumentError} if `attr` is not a path of names, or Okta's syntax cannot hold the value.
 */
export declare function eq<const A extends string>(attr: A, value: Value): Expr<Known<A>>;
/**
 * Differs. Written as `attr lt value or attr gt value`, since Okta has no `ne` for groups; for a boolean, as `attr eq` the
 * other boolean. A missing attribute does not match.
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
 * Greater or equal. Okta does not document it for groups, so {@link check} warns.
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
 * Less or equal. Okta does not document it for groups, so {@link check} warns.
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
 * Contains. Okta supports it for `profile.name` and `profile.description` of groups only.
 *
 * @throws {@link OktaArgumentError} as {@link eq}.
 */
export declare function co<const A extends string>(attr: A, value: string): Expr<Known<A>>;
/**
 * Ends with. Okta does not document it for groups, so {@link check} warns.
 *
 * @throws {@link OktaArgumentError} as {@link eq}.
 */
export declare function ew<const A extends string>(attr: A, value: string): Expr<Known<A>>;
/**
 * Has a value. Okta does not document it for groups, so {@link check} warns.
 *
 * @throws {@link OktaArgumentError} as {@link eq}.
 */
export declare function pr<const A extends string>(attr: A): Expr<Known<A>>;
/**
 * From `first` to `last`, both inclusive: `attr ge first and attr le last`, which Okta does not document for groups.
 *
 * @throws {@link OktaArgumentError} as {@link eq}.
 */
export declare function between<const A extends string>(attr: A, first: Value, last: Value): Expr<Known<A>>;
/**
 * Equals one of the values: `attr eq a or attr eq b`. A string is refused, since it would be a list of its letters. The
 * expression is part of the request's URL, which servers limit to about 8 kB: split hundreds of values over several lists.
 *
 * @throws {@link OktaArgumentError} as {@link eq}, and if there are no values.
 */
export declare function oneOf<const A extends string>(
  attr: A,
  values: Iterable<Value> & object,
): Expr<Known<A>>;
/**
 * All conditions match; falsy conditions are skipped. Joining does not parse the conditions again, so an expression may grow
 * in a loop.
 *
 * @throws {@link OktaArgumentError} if every condition is falsy (it would mean "everything"; see {@link and.optional}), or one
 * is not an expression: pass text through {@link parse}.
 */
export declare function and<A extends string>(...conditions: Condition<A>[]): Expr<Known<A>>;
/** Variants of {@link and}. */
export declare namespace and {
  /**
   * Like {@link and}, but returns `undefined` if every condition is falsy: for a form whose fields may all be empty. A list
   * with `search: undefined` gives everything; `and` and `or` skip it.
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
 * Any condition matches; falsy conditions are skipped.
 *
 * @throws {@link OktaArgumentError} as {@link and}.
 */
export declare function or<A extends string>(...conditions: Condition<A>[]): Expr<Known<A>>;
/** Variants of {@link or}. */
export declare namespace or {
  /**
   * Like {@link or}, but returns `undefined` if every condition is falsy: see {@link and.optional}.
   *
   * @throws {@link OktaArgumentError} if a condition is no expression.
   */
  function optional<A extends string>(...conditions: Condition<A>[]): Expr<Known<A>> | undefined;
}
/**
 * Negation. Okta does not document it for groups, so {@link check} warns.
 *
 * @throws {@link OktaArgumentError} if `condition` is no expression.
 */
export declare function not<A extends string>(condition: Expr<A>): Expr<Known<A>>;
/**
 * An expression from a template: values are quoted, expressions are inserted.
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
 * Parses text. The type checker does not know its attributes, so `filter` and `search` both accept the result.
 *
 * @throws {@link OktaExpressionError} with the position of the syntax error.
 */
export declare function parse(text: string): Expr<never>;
/**
 * Reads the JSON form of an expression.
 *
 * @throws {@link OktaArgumentError} if `node` is not such a form.
 */
export declare function fromJSON(node: ExprNode): Expr<never>;

/** A part of an expression that Okta does not document for the parameter and may refuse (400 `E0000031`). */
export interface ExprWarning {
  /** The attribute; absent for `not`. */
  readonly attr?: string;
  /** The operator. */
  readonly op: string;
  /**
   * `attribute`: not documented for this parameter; `operator`: not documented for the attribute; `value`: can match nothing
   * (no date for a date); `character`: beyond U+FFFF; `date`: another form than `yyyy-MM-ddTHH:mm:ss.SSSZ`.
   */
  readonly reason: Open<'attribute' | 'operator' | 'value' | 'character' | 'date'>;
  /** For people. */
  readonly message: string;
}
/** A warning, and the parameter that its expression was sent in. */
export interface ParameterWarning extends ExprWarning {
  /** The parameter. */
  readonly parameter: 'filter' | 'search';
}
/**
 * Finds what an expression uses beyond the documentation of `filter` or `search` in *List all groups*. Lists of groups run this
 * check and report warnings to {@link ClientOptions.onEvent}. If Okta refuses an expression, its error has the warnings
 * ({@link OktaApiError.warnings}).
 *
 * @throws {@link OktaExpressionError} if text is not a valid expression.
 */
export declare function check(expression: Expr | string, parameter: 'filter' | 'search'): ExprWarning[];

/** Options of {@link matches} and {@link compile}. */
export interface MatchOptions {
  /**
   * The parameter whose rules apply: `search` compares text case-insensitively, `filter` case-sensitively.
   *
   * @defaultValue 'search'
   */
  parameter?: 'filter' | 'search' | undefined;
}
/**
 * Whether an object matches, by the org's rules. Okta's `search` lags behind changes; this function does not.
 *
 * @throws {@link OktaExpressionError} if text is not a valid expression.
 */
export declare function matches(expression: Expr | string, record: unknown, options?: MatchOptions): boolean;
/**
 * Compiles a predicate for many objects: `groups.filter(compile(expression))`.
 *
 * @throws {@link OktaExpressionError} if text is not a valid expression.
 */
export declare function compile(
  expression: Expr | string,
  options?: MatchOptions,
): (record: unknown) => boolean;

/** Parameters of *List all groups*. An empty string is an {@link OktaArgumentError}: omit the parameter instead. */
export interface ListGroupsParams<C extends object = {}> {
  /** Matches the start of the name, for pickers. Okta answers a single page of at most 300 groups. */
  q?: string | undefined;
  /** Filters by `id`, `type`, `lastUpdated`, `lastMembershipUpdated`. Invalid text is an {@link OktaExpressionError}. */
  filter?: Expr<FilterAttr> | string | undefined;
  /** Searches all attributes except `_embedded`, `_links` and `objectClass`. Invalid text is an {@link OktaExpressionError}. */
  search?: Expr<SearchAttr<C>> | string | undefined;
  /** Sorts the result of a `search` by one property; groups with equal values are sorted by `id`. */
  sortBy?: SearchAttr<C> | undefined;
  /**
   * Direction of `sortBy`; Okta ignores it without `sortBy`.
   *
   * @defaultValue 'asc', by Okta
   */
  sortOrder?: 'asc' | 'desc' | undefined;
  /** Metadata for `_embedded`: `stats` counts members, `app` describes the app that an `APP_GROUP` was imported from. */
  expand?: readonly Open<'stats' | 'app'>[] | Open<'stats' | 'app'> | undefined;
  /** Names of the fields that the org sends. */
  fields?: readonly string[] | undefined;
}

/** The parameters of *List all member users*. */
export interface ListUsersParams {
  /** Searches the members' attributes. Invalid text is an {@link OktaExpressionError}. */
  search?: Expr | string | undefined;
  /** `group-rules`: the rules that made each a member. */
  expand?: readonly Open<'group-rules'>[] | Open<'group-rules'> | undefined;
}

/** The parameters of *List all group owners*. */
export interface ListOwnersParams {
  /** Searches the owners by their type: `type eq "GROUP"`. Invalid text is an {@link OktaExpressionError}. */
  search?: Expr | string | undefined;
}

/** Options of *Retrieve a group*. */
export interface GetGroupOptions extends RequestOptions {
  /** Metadata for `_embedded`, as in {@link ListGroupsParams.expand}. It works on one group too (reported; in no reference). */
  expand?: ListGroupsParams['expand'];
}

/** The parameters of *List all group rules*. An empty text is an {@link OktaArgumentError}; omit unused parameters. */
export interface ListRulesParams {
  /** A keyword, not an expression: rules whose names begin with it (recorded). */
  search?: string | undefined;
  /** `groupIdToGroupNameMap`: puts the names of the target groups into `_embedded`. */
  expand?: readonly Open<'groupIdToGroupNameMap'>[] | Open<'groupIdToGroupNameMap'> | undefined;
}

/** Options of *Retrieve a group rule*. */
export interface GetRuleOptions extends RequestOptions {
  /** As in {@link ListRulesParams.expand}. */
  expand?: ListRulesParams['expand'];
}

/** Options of *Delete a group rule*. */
export interface DeleteRuleOptions extends RequestOptions {
  /**
   * Whether the people whom the rule put into its groups leave them (documented; no recording shows it).
   *
   * @defaultValue false, by Okta
   */
  removeUsers?: boolean | undefined;
  /**
   * `ignore`: the call succeeds if the org does not know the rule (404 `E0000007`).
   *
   * @defaultValue 'throw'
   */
  ifMissing?: 'throw' | 'ignore' | undefined;
}

/** The parameters of *List all users*. An empty text is an {@link OktaArgumentError}; omit unused parameters. */
export interface ListOrgUsersParams {
  /** Searches all attributes, such as `profile.department`. Invalid text is an {@link OktaExpressionError}. */
  search?: Expr | string | undefined;
  /** Filters by a few attributes, such as `status` and `profile.login`. Invalid text is an {@link OktaExpressionError}. */
  filter?: Expr | string | undefined;
  /**
   * Matches the start of a name or an email address, for pickers. The result is one page: at most 200 users, and no `after`.
   */
  q?: string | undefined;
  /** Only with `search`: the property to sort by. */
  sortBy?: string | undefined;
  /**
   * The order of `sortBy`; Okta ignores it without `sortBy`.
   *
   * @defaultValue 'asc', by Okta
   */
  sortOrder?: 'asc' | 'desc' | undefined;
}

/** HTTP methods of {@link OktaGroups.request}. */
export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
/** A value of a query. The client encodes its text; an array becomes one text with commas, `undefined` is left out. */
export type QueryValue =
  string | number | boolean | Expr | readonly (string | number | boolean)[] | undefined;

/** Options of {@link OktaGroups.request}. */
export interface OtherRequestOptions extends RequestOptions {
  /** Parameters of the query, in this order. */
  query?: Readonly<Record<string, QueryValue>> | undefined;
  /**
   * The body: any JSON value. A value that JSON would change or drop (`NaN`, a function) is an {@link OktaArgumentError}.
   * Not with `GET`.
   */
  body?: unknown;
  /**
   * Whether a second run of the write changes nothing. With `true` the client retries it after a lost answer or a 5xx. Otherwise
   * the client retries a write only if the org has certainly not run it (429, a connection that never opened).
   *
   * @defaultValue false
   */
  idempotent?: boolean | undefined;
}

/** Options of {@link OktaGroups.paginate}. */
export interface OtherListOptions extends RequestOptions {
  /** Parameters of the query, in this order; `limit` and Okta's own `after` are among them. The client adds none. */
  query?: Readonly<Record<string, QueryValue>> | undefined;
  /**
   * Whether each page has a `Link` header. With `required` a full page without one is an {@link OktaPaginationError}
   * `hidden-link`. A page is full if it has `limit` or at least 200 items; without a `limit` also if it has exactly 20, 50 or
   * 100, which are Okta's own limits. With `optional` a page without a `Link` header is the last.
   *
   * @defaultValue 'required'
   */
  link?: 'required' | 'optional' | undefined;
  /** Resumes a list: {@link Page.cursor}, or {@link OktaError.cursor}. */
  cursor?: Cursor | undefined;
  /** As in {@link PageOptions.prefetch}. */
  prefetch?: 0 | 1 | undefined;
}

/**
 * A lazy list. It sends nothing until it is awaited (gives its first page) or iterated (gives its items); each use starts from
 * the beginning. It gives every item, or throws an error whose `cursor` leads to the exact rest.
 *
 * Leaving a `for await` early aborts the page that is being read ahead. After its `signal` aborts, the list gives nothing more.
 * Invalid arguments reject when the list is used. It has the methods of a Promise; each use of them sends a new request.
 */
export interface PagedList<T> extends AsyncIterable<T>, Promise<Page<T>> {
  /** The pages, from the start or from `cursor`. */
  pages(options?: { cursor?: Cursor | undefined }): PageIterator<T>;
  /**
   * All items in an array. `max` is required, since an org may have more items than fit into memory (`Infinity` is allowed).
   *
   * @throws {@link OktaPaginationError} `exceeded` if there are more than `max` items and `onExceed` is not `truncate`;
   * {@link OktaArgumentError} if `max` is not a whole number above 0. The error's `items` holds the items read so far.
   */
  toArray(options: { max: number; onExceed?: 'throw' | 'truncate' | undefined }): Promise<T[]>;
  /** The first item, or `undefined` if the list is empty. */
  first(): Promise<T | undefined>;
  /** The first page with the metadata of its answer. */
  withResponse(): Promise<PageWithResponse<T>>;
}

/** The pages of a list: {@link PagedList.pages}. */
export interface PageIterator<T> extends AsyncGenerator<Page<T>, undefined, undefined> {
  /** The same pages, each with the metadata of its answer. */
  withResponse(): AsyncGenerator<PageWithResponse<T>, undefined, undefined>;
}

/**
 * A page of a list: a plain object that survives JSON, structured clone and the serialisers of frameworks. Its items are
 * `page.items`; `list({ ...params, cursor: page.cursor })` gives the page after it.
 */
export interface Page<T> {
  /** The items. A page may be empty although there is a next page (recorded). */
  readonly items: readonly T[];
  /** Cursor of the next page; absent on the last page. */
  readonly cursor?: Cursor;
  /** Whether there is a page after this one. */
  readonly hasNext: boolean;
}

/** A page with the metadata of its answer. */
export interface PageWithResponse<T> {
  /** The page. */
  data: Page<T>;
  /** Metadata of the answer. */
  response: ResponseMeta;
}

/** Options of *Add a group*. */
export interface CreateOptions extends RequestOptions {
  /**
   * `return`: if the org says that the name is taken, or the answer was lost, the client looks up the group of that exact
   * name (of type `OKTA_GROUP`) and returns it with its current profile. It looks by `search`, which lags a little, and by
   * `q`, a few times within `totalTimeout`. If there is no such group, the call rejects with the error of *Add a group*.
   *
   * @defaultValue 'throw'
   */
  ifExists?: 'throw' | 'return' | undefined;
}

/** Options of *Delete a group*, *Unassign a user from a group* and *Delete a group owner*. */
export interface RemoveOptions extends RequestOptions {
  /**
   * `ignore`: the call succeeds if the org does not know the group to delete, the user to unassign or the owner to delete
   * (404 `E0000007`). A missing group of *Unassign a user from a group* or *Delete a group owner* is still an error.
   *
   * @defaultValue 'throw'
   */
  ifMissing?: 'throw' | 'ignore' | undefined;
}

/**
 * Custom attributes of a write: those that `C` declares. `null` clears an attribute, `undefined` omits it. A client without
 * declared attributes (`C` is `{}`) accepts any; the org refuses attributes that it does not know.
 */
export type CustomAttributes<C extends object> = keyof C extends never
  ? { [attribute: string]: unknown }
  : { [A in keyof C]?: C[A] | null | undefined };
/** Some of the attributes; `undefined` keeps an attribute unchanged. */
export type Patch<P> = { [A in keyof P]?: P[A] | undefined };

/**
 * The operations of the Groups API. Ids that are empty, are `.` or `..`, or hold any of `/ \\ ? # %` or a control
 * character are an {@link OktaArgumentError}: they would change the path. An error answer of the org is an
 * {@link OktaApiError}.
 */
export interface GroupsResource<C extends object = {}, U extends object = {}> {
  /** *List all groups*: `GET /api/v1/groups`. Scope `okta.groups.read`. Okta's `search` lags a little behind changes. */
  list(params?: ListGroupsParams<C> & PageOptions): PagedList<Group<C>>;
  /**
   * *Retrieve a group*: `GET /api/v1/groups/{groupId}`. Scope `okta.groups.read`.
   *
   * @throws {@link OktaNotFoundError} if there is no such group.
   */
  get(groupId: string, options?: GetGroupOptions): ApiPromise<Group<C>>;
  /**
   * *Add a group*: `POST /api/v1/groups`. Scope `okta.groups.manage`. The client never retries it if the org may
   * have run it. A value that JSON would change or drop (`NaN`, a function) is an {@link OktaArgumentError}.
   *
   * @throws {@link OktaApiError} `bad-request` with `E0000001` if the name is taken, unless `ifExists` is `return`.
   */
  create(profile: BaseGroupProfile & CustomAttributes<C>, options?: CreateOptions): ApiPromise<Group<C>>;
  /**
   * *Replace a group*: `PUT /api/v1/groups/{groupId}`. Scope `okta.groups.manage`. Okta drops attributes that are left
   * out: {@link GroupsResource.update} keeps them.
   *
   * @throws {@link OktaNotFoundError} if there is no such group, {@link OktaForbiddenError} if its type is not `OKTA_GROUP`.
   */
  replace(
    groupId: string,
    profile: BaseGroupProfile & CustomAttributes<C>,
    options?: RequestOptions,
  ): ApiPromise<Group<C>>;
  /**
   * Changes some attributes and keeps all others: *Retrieve a group*, then *Replace a group*. `undefined` keeps an attribute,
   * `null` clears it. Okta has no conditional write: of two concurrent updates, the later write wins and restores the values
   * that it had read. If the answer of the write is lost, the client reads the group and merges again before it retries.
   *
   * @throws as {@link GroupsResource.replace}.
   */
  update(
    groupId: string,
    patch: Patch<BaseGroupProfile> & Patch<CustomAttributes<C>>,
    options?: RequestOptions,
  ): ApiPromise<Group<C>>;
  /**
   * *Delete a group*: `DELETE /api/v1/groups/{groupId}`. Scope `okta.groups.manage`. If the first answer was lost and
   * the org then answers 404, the call succeeds: the first attempt deleted the group.
   *
   * @throws {@link OktaNotFoundError} if there is no such group, unless `ifMissing` is `ignore`.
   */
  delete(groupId: string, options?: RemoveOptions): ApiPromise<void>;
  /** *List all member users*: `GET /api/v1/groups/{groupId}/users`. Scope `okta.groups.read`. */
  listUsers(groupId: string, params?: ListUsersParams & PageOptions): PagedList<User<U>>;
  /** *List all assigned applications*: `GET /api/v1/groups/{groupId}/apps`. Scope `okta.groups.read`. */
  listApps(groupId: string, params?: PageOptions): PagedList<App>;
  /**
   * *Assign a user to a group*: `PUT /api/v1/groups/{groupId}/users/{userId}`. Scope `okta.groups.manage`. Succeeds also if the
   * user is a member already.
   *
   * @throws {@link OktaNotFoundError} if there is no such group or user, {@link OktaForbiddenError} if the group's
   * type is not `OKTA_GROUP`.
   */
  assignUser(groupId: string, userId: string, options?: RequestOptions): ApiPromise<void>;
  /**
   * *Unassign a user from a group*: `DELETE /api/v1/groups/{groupId}/users/{userId}`. Scope `okta.groups.manage`.
   *
   * @throws as {@link GroupsResource.assignUser}, except with `ifMissing: 'ignore'`.
   */
  unassignUser(groupId: string, userId: string, options?: RemoveOptions): ApiPromise<void>;
  /**
   * *List all group owners*: `GET /api/v1/groups/{groupId}/owners`. Scope `okta.groups.read`. The API needs Okta Identity
   * Governance. The list has no `Link` header (recorded), so the client cannot know what follows a full page:
   *
   * @throws {@link OktaPaginationError} `hidden-link` if the page has `limit` owners (200 unless `limit` says otherwise).
   */
  listOwners(groupId: string, params?: ListOwnersParams & PageOptions): PagedList<GroupOwner>;
  /**
   * *Assign a group owner*: `POST /api/v1/groups/{groupId}/owners`. Scope `okta.groups.manage`. The owner is a user or a
   * group. The client never retries it if the org may have run it.
   *
   * @throws {@link OktaApiError} `bad-request` with `E0000001` if the owner is assigned already, {@link OktaNotFoundError} if
   * there is no such group or owner (recorded).
   */
  assignOwner(
    groupId: string,
    owner: {
      /** Id of the user or the group. */
      id: string;
      /** Whether it is a user or a group. */
      type: 'USER' | 'GROUP';
    },
    options?: RequestOptions,
  ): ApiPromise<GroupOwner>;
  /**
   * *Delete a group owner*: `DELETE /api/v1/groups/{groupId}/owners/{ownerId}`. Scope `okta.groups.manage`.
   *
   * @throws {@link OktaNotFoundError} if there is no such group, or the group has no such owner, unless `ifMissing` is
   * `ignore`.
   */
  deleteOwner(groupId: string, ownerId: string, options?: RemoveOptions): ApiPromise<void>;
  /**
   * Finds the one group of a name. Okta compares names without regard to case, and so does this method: two groups whose names
   * differ by case are ambiguous. Names are not unique among groups that apps import (`APP_GROUP`); `type` narrows the search.
   * It reads *List all groups* with a `search`; a group that this client created or renamed in the last 30 s is found even if
   * the org's search index does not have it yet.
   *
   * @throws {@link OktaLookupError} if no group has the name (`reason: 'none'`), or several have it (`ambiguous`, with the
   * `candidates`). {@link OktaArgumentError} for an empty name.
   */
  findByName(name: string, options?: FindOptions): Promise<Group<C>>;
  /**
   * Plans which users to add to a group and which to remove, so that its members are `desired` (ids of users, or other names with {@link PlanOptions.by}). It reads the
   * group and all its members, and writes nothing. If the client cannot read the list of members to its end (or the org
   * repeats the same members for ever), the call rejects: an incomplete list never turns into removals.
   *
   * @throws {@link OktaArgumentError} that names `groupId` for a group whose members the API cannot change (`APP_GROUP`,
   * `BUILT_IN`), `desired` for an invalid id or an empty list, `maxRemovals` for too many removals, or `ruleManaged`.
   */
  planMembers(groupId: string, desired: UserIds, options?: PlanOptions<U>): Promise<MemberPlan>;
  /**
   * Applies a plan, which may have been stored as JSON: it sends one *Assign a user to a group* or *Unassign a user from a
   * group* for each id. The run has started when this method returns. Before it removes a member, it reads the group and its
   * members again. Members whom the plan or `keep` keeps, or whom a group rule added, stay. It refuses more removals than
   * `maxRemovals` allows of the current members, even if the plan was edited meanwhile.
   *
   * @throws {@link OktaArgumentError} `plan` if it is not a plan, belongs to another org, or is stale and `ifStale` is `throw`;
   * `unresolved` if the plan lists values that name no single user; `maxRemovals` or `ruleManaged`. {@link OktaBulkError} if
   * the run made only a part of its changes.
   */
  applyPlan(plan: MemberPlan, options?: ApplyOptions<U>): BulkRun;
  /**
   * Applies plans of many groups, several groups at once: as {@link GroupsResource.syncMemberships} does.
   *
   * @throws {@link OktaArgumentError} `plan`, before any write, if one of them is not a plan, belongs to another org, or is the
   * second plan of its group.
   */
  applyPlan(
    plans: MembershipsPlan | readonly MemberPlan[],
    options?: ApplyMembershipsOptions<U>,
  ): MembershipsRun;
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
  /**
   * Plans the members of many groups: one {@link MemberPlan} for each, several groups at once. Writes nothing. A group that
   * is missing, or whose plan is refused (for example by `maxRemovals`), is `skipped` alone with the reason.
   *
   * @throws {@link OktaArgumentError} `desired` if it names a group twice or is not pairs of a group and its members;
   * `maxRemovalsOverall` if the plans together would remove too many. The errors of any call that every group would meet:
   * aborted, unauthorized, connection, timeout.
   */
  planMemberships(desired: DesiredMemberships, options?: PlanMembershipsOptions<U>): Promise<MembershipsPlan>;
  /**
   * {@link GroupsResource.planMemberships}, then the plans, several groups at once. Within a group adds go before removals; a
   * group that fails stops no other group.
   *
   * @throws {@link OktaBulkError} with a {@link MembershipsReport} if a group was skipped or refused, or a run is incomplete.
   */
  syncMemberships(
    desired: DesiredMemberships,
    options?: Omit<PlanMembershipsOptions<U>, 'onProgress'> &
      ApplyMembershipsOptions<U> & { dryRun?: boolean | undefined },
  ): MembershipsRun;
  /**
   * All groups of the org by several listings at once (*List all groups* with `search` over ranges of `created`). Iterated like
   * a list; each iteration starts from the beginning, or from `resume`. A group that exists and is searchable throughout comes
   * exactly once, in no particular order. An org that refuses such a search gets one plain list, and `onEvent` a warning.
   *
   * @example
   * ```ts
   * import { OktaGroups, ssws } from 'okta-groups';
   *
   * const { OKTA_ORG_URL: orgUrl = '', OKTA_TOKEN: token = '' } = process.env;
   * const { groups } = new OktaGroups({ orgUrl, auth: ssws(token) });
   * let count = 0;
   * for await (const _ of groups.exportGroups({ lanes: 4 })) count++;
   * console.log(count);
   * ```
   *
   * @throws {@link OktaArgumentError} when it is iterated, `resume` for a checkpoint of another org, search, expand or shard.
   * {@link OktaResponseError} `shape` if the org leaves the order of `created` while several lanes run. Errors come after
   * every item that was read before them.
   */
  exportGroups(options?: ExportGroupsOptions<C>): AsyncIterable<Group<C>>;
  /**
   * The members of many groups, `lanes` groups at once (*List all member users* with `expand=group-rules`). `groups` are ids,
   * groups, or {@link GroupsResource.exportGroups}. A group that was deleted meanwhile gives no rows and counts as missing.
   * The export reads a group once, however often `groups` names it.
   *
   * @throws {@link OktaArgumentError} when it is iterated: `groups`, or `resume` for a checkpoint of another org or source.
   */
  exportMembers(groups: GroupSource, options?: ExportOfGroupsOptions): AsyncIterable<MemberRow<U>>;
  /**
   * The applications of many groups, `lanes` groups at once (*List all assigned applications*). Otherwise like
   * {@link GroupsResource.exportMembers}.
   */
  exportApps(groups: GroupSource, options?: ExportOfGroupsOptions): AsyncIterable<AppRow>;
}

/**
 * The operations of the Group Rules API: Okta puts users into groups by a condition. Ids are checked as those of
 * {@link GroupsResource}. An error answer of the org is an {@link OktaApiError}. Rules count in the same rate-limit bucket as
 * lists of groups (recorded).
 */
export interface RulesResource {
  /** *List all group rules*: `GET /api/v1/groups/rules`. Scope `okta.groups.read`. */
  list(params?: ListRulesParams & PageOptions): PagedList<GroupRule>;
  /**
   * *Create a group rule*: `POST /api/v1/groups/rules`. Scope `okta.groups.manage`. The new rule is `INACTIVE` (recorded). The
   * client never retries it if the org may have run it. All writes to rules by clients that share their rate limits go one at a
   * time, since Okta answers 423 to some that come at once (recorded).
   *
   * @throws {@link OktaArgumentError} for a `name` of more than 50 characters, which is not sent; {@link OktaApiError}
   * `bad-request` with `E0000001` if the org refuses the expression; its `causes` quote it.
   */
  create(rule: GroupRuleInput, options?: RequestOptions): ApiPromise<GroupRule>;
  /**
   * *Retrieve a group rule*: `GET /api/v1/groups/rules/{ruleId}`. Scope `okta.groups.read`.
   *
   * @throws {@link OktaNotFoundError} if there is no such rule.
   */
  get(ruleId: string, options?: GetRuleOptions): ApiPromise<GroupRule>;
  /**
   * *Replace a group rule*: `PUT /api/v1/groups/rules/{ruleId}`. Scope `okta.groups.manage`. Okta replaces only a rule that is
   * `INACTIVE` (documented); {@link RulesResource.update} takes care of that.
   *
   * @throws {@link OktaNotFoundError} if there is no such rule; {@link OktaApiError} `bad-request` if the org refuses it.
   */
  replace(ruleId: string, rule: GroupRuleInput, options?: RequestOptions): ApiPromise<GroupRule>;
  /**
   * Changes a rule so that it keeps its status: *Retrieve a group rule*, then *Deactivate* if the rule is `ACTIVE`, *Replace*
   * with what `patch` says, *Activate* again. Scope `okta.groups.manage`. The client merges objects in `patch` into the rule's
   * and replaces all other values, arrays too. Each step is retried on a 423; after a lost answer the client reads the rule's
   * status before it repeats *Activate*. Other writes to rules by this program wait until the last step.
   *
   * If a step fails, the call is aborted or its `totalTimeout` is over, the client activates the rule again before the call
   * rejects. That takes at most 30 s, whatever `signal` and `totalTimeout` say. Only if that fails too does the error have
   * `ruleStatus` `INACTIVE`, and its message says so. A process that is killed in between leaves the rule `INACTIVE`. The rule
   * does nothing while it is inactive; whether Okta removes people meanwhile is recorded nowhere.
   *
   * A rule that is `INVALID` cannot be deactivated (recorded): the client replaces it as it is, and if Okta refuses that, the
   * error has `ruleStatus` `INVALID`.
   *
   * @param patch - What changes. `id`, `status` and other fields that only Okta sets are refused.
   * @returns The answer of *Replace*, with the `status` that the rule has after the update.
   *
   * @throws {@link OktaArgumentError} for a `name` of more than 50 characters, before anything is sent;
   * {@link OktaApiError} `bad-request` if the org refuses the rule, such as a mistyped expression;
   * {@link OktaNotFoundError} if there is no such rule. `mayHaveRun` is `true` if the rule may be the new one.
   */
  update(ruleId: string, patch: GroupRuleInput, options?: RequestOptions): ApiPromise<GroupRule>;
  /**
   * *Delete a group rule*: `DELETE /api/v1/groups/rules/{ruleId}`. Scope `okta.groups.manage`. Okta answers 202 and may still
   * be at work. If the first answer was lost and the org then says that there is no such rule, the call succeeds.
   *
   * @throws {@link OktaNotFoundError} if there is no such rule, unless `ifMissing` is `ignore`.
   */
  delete(ruleId: string, options?: DeleteRuleOptions): ApiPromise<void>;
  /**
   * *Activate a group rule*: `POST /api/v1/groups/rules/{ruleId}/lifecycle/activate`. Scope `okta.groups.manage`. Okta adds and
   * removes people some seconds later (recorded). The client never retries it if the org may have run it.
   *
   * @throws {@link OktaNotFoundError} if there is no such rule; {@link OktaApiError} `bad-request` if the rule is `INVALID`.
   */
  activate(ruleId: string, options?: RequestOptions): ApiPromise<void>;
  /**
   * *Deactivate a group rule*: `POST /api/v1/groups/rules/{ruleId}/lifecycle/deactivate`. Scope `okta.groups.manage`. A rule
   * that is `INACTIVE` already stays so (recorded). The client never retries it if the org may have run it.
   *
   * @throws {@link OktaNotFoundError} if there is no such rule; {@link OktaApiError} `bad-request` if the rule is `INVALID`.
   */
  deactivate(ruleId: string, options?: RequestOptions): ApiPromise<void>;
}

/**
 * Reads of the Users API: users for pickers, ids by login, the groups of a user. A user is named by id, by login, or by the
 * part of a login before the `@` where that is unique. The client encodes the name, whatever is in it; only an empty one,
 * `.` and `..` are an {@link OktaArgumentError}. An error answer of the org is an {@link OktaApiError}. `C` and `U` are those
 * of {@link OktaGroups}.
 */
export interface UsersResource<C extends object = {}, U extends object = {}> {
  /** *List all users*: `GET /api/v1/users`. Scope `okta.users.read`. Okta's `search` lags a little behind changes. */
  list(params?: ListOrgUsersParams & PageOptions): PagedList<User<U>>;
  /**
   * *Retrieve a user*: `GET /api/v1/users/{id}`. Scope `okta.users.read`.
   *
   * @throws {@link OktaNotFoundError} if there is no such user.
   */
  get(idOrLogin: string, options?: RequestOptions): ApiPromise<User<U>>;
  /**
   * *List all groups* of a user: `GET /api/v1/users/{id}/groups`. Scope `okta.users.read`. It has no parameters in the
   * reference; orgs answer with pages of 200 and a `Link` header (recorded). It shows a change of members at once, while
   * {@link GroupsResource.listUsers} lagged up to 5 s behind (recorded).
   *
   * @throws {@link OktaNotFoundError} if there is no such user.
   */
  listGroups(idOrLogin: string, params?: PageOptions): PagedList<Group<C>>;
}

/** A group of {@link GroupsResource.planMemberships}: its id, or its exact name as {@link GroupsResource.findByName} takes it. */
export type GroupKey =
  | string
  | {
      /** Exact name. */
      name: string;
      /** Type, if several groups have that name. */
      type?: GroupType | undefined;
    };

/** Groups and the members that each should have: a Map, an object (by ids of groups), or pairs that are iterated. */
export type DesiredMemberships =
  | Readonly<Record<string, UserIds>>
  | Iterable<readonly [GroupKey, UserIds]>
  | AsyncIterable<readonly [GroupKey, UserIds]>;

/** Options of {@link GroupsResource.planMemberships}; those of {@link PlanOptions} apply to each group. */
export interface PlanMembershipsOptions<U extends object = {}> extends PlanOptions<U> {
  /** Groups at once, 1 to 8. @default 4 */
  lanes?: number | undefined;
  /** Plans only the groups of one part of the org; the plan names it. */
  shard?: Shard | undefined;
  /** The most removals of all groups together. @default { ratio: 0.25 } */
  maxRemovalsOverall?: MaxRemovals | undefined;
  /** Receives the progress of planning. The client ignores its exceptions. */
  onProgress?: ((progress: PlanningProgress) => void) | undefined;
}

/** Progress of {@link GroupsResource.planMemberships}. */
export interface PlanningProgress {
  /** Groups that have a plan. */
  planned: number;
  /** Groups that have none. */
  skipped: number;
}

/** Options of runs of many groups; those of {@link ApplyOptions} apply to each group, `onProgress` and `totalTimeout` to all. */
export interface ApplyMembershipsOptions<U extends object = {}> extends ApplyOptions<U> {
  /** Groups at once, 1 to 8. @default 4 */
  lanes?: number | undefined;
  /** Concurrent writes of each group. @default 3 */
  concurrency?: number | undefined;
}

/** Plans of many groups, as plain JSON that a program can show, store and apply later. */
export interface MembershipsPlan {
  /** Version of this format. */
  readonly v: 1;
  /** The format. */
  readonly kind: 'memberships';
  /** The origin of the org. A client of another org refuses the plan. */
  readonly org: string;
  /** The part of the org, if only that was planned. */
  readonly shard?: Shard;
  /** A plan for each group, in the order of `desired`. */
  readonly plans: readonly MemberPlan[];
  /** Groups that have no plan. */
  readonly skipped: readonly SkippedGroup[];
}

/** A group that has no plan, with the reason. */
export interface SkippedGroup {
  /** The group, as `desired` named it. */
  readonly group: GroupKey;
  /** Kind of the failure. */
  readonly kind: OktaErrorKind;
  /** The failure, for people. */
  readonly message: string;
}

/** A run of many groups: like {@link BulkRun}. */
export interface MembershipsRun
  extends
    Promise<MembershipsReport>,
    AsyncIterable<
      BulkEvent & {
        /** Id of the group. */
        groupId: string;
      }
    > {
  /** The plan, as soon as it is made. */
  readonly plan: Promise<MembershipsPlan>;
  /** The report, of an incomplete run as well. Rejects only if there is no plan. */
  report(): Promise<MembershipsReport>;
  /** Stops the run like {@link BulkRun.abort}. */
  abort(reason?: unknown): void;
}

/** Report of a run of many groups. */
export interface MembershipsReport {
  /** Whether every group has its members and none was skipped. */
  ok: boolean;
  /** Whether the run was a dry run, which writes nothing. */
  dryRun: boolean;
  /** Reports of the groups that ran, in the order of the plan. */
  groups: BulkReport[];
  /** Groups whose plan was refused when it was applied, with the error. */
  refused: {
    /** Id of the group. */
    groupId: string;
    /** The failure. */
    error: OktaError;
  }[];
  /** Groups that have no plan. */
  skipped: SkippedGroup[];
  /** Added members of all groups. */
  added: {
    /** Id of the group. */
    groupId: string;
    /** Id of the user. */
    userId: string;
  }[];
  /** Removed members of all groups. */
  removed: {
    /** Id of the group. */
    groupId: string;
    /** Id of the user. */
    userId: string;
  }[];
  /** Memberships that were already as planned. */
  alreadyOk: {
    /** Id of the group. */
    groupId: string;
    /** Id of the user. */
    userId: string;
  }[];
  /** Writes that failed, after all retries. */
  failed: (BulkFailure & {
    /** Id of the group. */
    groupId: string;
  })[];
  /** Writes that did not start, or that the run gave up when it stopped. */
  notAttempted: (BulkWrite & {
    /** Id of the group. */
    groupId: string;
  })[];
  /** Removals that were withheld because too many adds of their group failed. */
  withheld?: {
    /** Id of the group. */
    groupId: string;
    /** Id of the member. */
    userId: string;
  }[];
  /** Why the run stopped early. */
  stopped?: 'aborted' | 'stopOn' | 'total-timeout';
  /** Number of requests of the runs, reads and retries included. */
  requests: number;
  /** Number of retries. */
  retries: number;
  /** Sum of the times that calls waited, in milliseconds. */
  waitedMs: number;
  /** Milliseconds of the runs. */
  durationMs: number;
  /** The remaining changes of all groups, as a plan for {@link GroupsResource.applyPlan}. */
  rest?: MembershipsPlan;
}

/** A group by its id; a whole group is one, too. */
export interface GroupRef {
  /** Id of the group. */
  id: string;
}

/** Groups to export from: ids or groups, in an array or anything that is iterated, or {@link GroupsResource.exportGroups}. */
export type GroupSource = (Iterable<string | GroupRef> & object) | AsyncIterable<string | GroupRef>;

/** A part of an org for one of several machines; a group's part depends on its id alone ({@link shardOf}). */
export interface Shard {
  /** From 0 to `of` - 1. */
  index: number;
  /** Number of parts. */
  of: number;
}

/** Options that all exports have. */
export interface ExportOptions<State, Progress> extends RequestOptions {
  /** Listings at once, 1 to 8. Throttling applies to all of them together. @default 4 */
  lanes?: number | undefined;
  /** Items in a page, 1 to 10000. @default 200 */
  limit?: number | undefined;
  /** Exports only the groups of one part of the org. */
  shard?: Shard | undefined;
  /**
   * Receives the state of the export each time the program has taken all items of a page; the export awaits it. The state is
   * plain JSON without a token. If it throws, the iteration throws the same error.
   */
  checkpoint?: ((state: State) => void | Promise<void>) | undefined;
  /** The state to resume from: items of pages that were not taken completely come again. */
  resume?: State | undefined;
  /** Receives the progress after each page. The client ignores its exceptions. */
  onProgress?: ((progress: Progress) => void) | undefined;
}

/** Options of {@link GroupsResource.exportGroups}. */
export interface ExportGroupsOptions<C extends object = {}> extends ExportOptions<
  GroupsCheckpoint,
  GroupsProgress
> {
  /** Exports only groups that match, as in {@link ListGroupsParams.search}. */
  search?: Expr<SearchAttr<C>> | string | undefined;
  /** As in {@link ListGroupsParams.expand}. */
  expand?: ListGroupsParams<C>['expand'];
}

/** Options of {@link GroupsResource.exportMembers} and {@link GroupsResource.exportApps}. */
export type ExportOfGroupsOptions = ExportOptions<OfGroupsCheckpoint, OfGroupsProgress>;

/** State of an export of groups, as plain JSON. Programs store it and pass it to `resume`. */
export interface GroupsCheckpoint {
  /** Version of this format. */
  readonly v: 1;
  /** What is exported. */
  readonly kind: 'groups';
  /** The origin of the org. */
  readonly org: string;
  /** Number of groups that the program has taken, over all runs. */
  readonly items: number;
  /** Ranges of `created` that are not exported to their end; empty at the end of the export. */
  readonly ranges: readonly unknown[];
  [field: string]: unknown;
}

/** State of an export of members or applications, as plain JSON. */
export interface OfGroupsCheckpoint {
  /** Version of this format. */
  readonly v: 1;
  /** What is exported. */
  readonly kind: 'members' | 'apps';
  /** The origin of the org. */
  readonly org: string;
  /** Where the source goes on: `resume` of its {@link GroupsResource.exportGroups}, or the number of groups to skip. */
  readonly source: GroupsCheckpoint | number;
  /** Number of rows that the program has taken, over all runs. */
  readonly rows: number;
  /** Number of groups that are exported, missing ones included. */
  readonly groups: number;
  /** Ids of groups that the org no longer knows. */
  readonly missing: readonly string[];
  [field: string]: unknown;
}

/** Progress of an export of groups. */
export interface GroupsProgress {
  /** Groups that the program has taken, over all runs. */
  items: number;
  /** Estimated number of groups that are left; absent with a single listing. */
  left?: number;
  /** Estimated remaining time in milliseconds, from the pace of this run. */
  etaMs?: number;
}

/** Progress of an export of members or applications. */
export interface OfGroupsProgress {
  /** Rows that the program has taken, over all runs. */
  rows: number;
  /** Groups that are exported, missing ones included. */
  groups: number;
  /** Groups that the org no longer knows. */
  missing: number;
}

/** A membership: a row of {@link GroupsResource.exportMembers}. */
export interface MemberRow<U extends object = {}> {
  /** Id of the group. */
  groupId: string;
  /** The group, if the source gave more than its id. */
  group?: {
    /** Id of the group. */
    id: string;
    [field: string]: unknown;
  };
  /** The member. */
  user: User<U>;
  /**
   * Ids of the group rules that made the user a member; empty if somebody added the user by hand. Absent if the org did not
   * say.
   */
  rules?: readonly string[];
}

/** An assignment of an application: a row of {@link GroupsResource.exportApps}. */
export interface AppRow {
  /** Id of the group. */
  groupId: string;
  /** The group, if the source gave more than its id. */
  group?: {
    /** Id of the group. */
    id: string;
    [field: string]: unknown;
  };
  /** The application. */
  app: App;
}

/**
 * The part of an org, from 0 to `of` - 1, that a group belongs to. It depends on the id alone, so machines that know nothing of
 * each other divide the groups.
 *
 * @throws {@link OktaArgumentError} if `groupId` is not a string, or `of` is not a whole number above 0.
 */
export declare function shardOf(groupId: string, of: number): number;

/** Ids of users: an array, a Set, a generator or a stream of ids. A single string is refused: it would be a list of its letters. */
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

/** Members that a plan or a run does not remove. */
export interface StayOptions<U extends object = {}> {
  /** Members who are never removed: their ids, or a predicate. A plan carries their ids. */
  keep?: UserIds | ((user: User<U>) => boolean) | undefined;
  /**
   * Treatment of members who are not desired but whom a group rule added: the rule would add them again, or except them from
   * then on. `skip` leaves them in the group, `include` removes them, `fail` rejects. With `skip` and `fail`, the client
   * reads the members with `expand=group-rules`. Where the org does not state the rules of a member who would be removed, the
   * client reads *List all group rules*: if no active rule has the group as a target, every member was added by hand.
   * Otherwise that member stays as well (`rule-unknown`): the plan counts them, and the run is not `ok`, since some of them
   * may have to leave. @default 'skip'
   */
  ruleManaged?: 'skip' | 'include' | 'fail' | undefined;
  /**
   * The most removals; more of them are likely a mistake. A plan carries the limit.
   * @default { ratio: 0.25 }, but `false` if `desired` is empty and `allowEmpty` is set
   */
  maxRemovals?: MaxRemovals | undefined;
}

/** Options of {@link GroupsResource.findByName}. */
export interface FindOptions extends RequestOptions {
  /** The type of the group. @default any type */
  type?: GroupType | undefined;
}

/** Options of {@link GroupsResource.planMembers}. */
export interface PlanOptions<U extends object = {}> extends StayOptions<U> {
  /**
   * The attribute that `desired` names users by: their id, `login`, `email`, or another attribute of the profile, such as
   * `profile.employeeNumber`. Logins and emails compare without regard to case, other attributes exactly.
   *
   * The client looks values up with *List all users* and a `search` of as many values as a URL of 8 kB holds; if the org or a
   * proxy refuses it (400, 414, 431), with half as many. By `login`, it looks up only users who are not members yet. A login or
   * email that the search does not have yet, it asks for with *Retrieve a user*. A deactivated user counts only if no active
   * user bears the value. Needs the scope `okta.users.read`. @default 'id'
   */
  by?: 'id' | 'login' | 'email' | `profile.${string}` | undefined;
  /**
   * Treatment of values that do not name exactly one active user ({@link MemberPlan.unresolved}). `block`: the plan lists
   * them, names no removals, and cannot be applied. `skip`: the plan lists them and only adds the other users; it removes
   * nobody even if every value is found, since a member whose login changed would be removed. @default 'block'
   */
  unresolved?: 'block' | 'skip' | undefined;
  /**
   * `exact` adds and removes; `add` only adds desired users who are not members; `remove` only removes members who are not
   * desired. `desired` names all members in each mode. @default 'exact'
   */
  mode?: 'exact' | 'add' | 'remove' | undefined;
  /** Allows an empty `desired`, which otherwise is an error: the source of the ids may have failed. @default false */
  allowEmpty?: boolean | undefined;
  /** Aborts the reading. */
  signal?: AbortSignal | undefined;
}

/** A value of `desired` that does not name exactly one active user. */
export interface UnresolvedMember {
  /** The value, unchanged. */
  readonly value: string;
  /** `none`: no user bears it; `ambiguous`: several active users bear it; `deactivated`: only deactivated users bear it. */
  readonly reason: 'none' | 'ambiguous' | 'deactivated';
  /** Ids of the users who bear it, at most 100. */
  readonly candidates: readonly string[];
}

/** The changes to a group's members, as plain JSON that a program can show, store and apply later. */
export interface MemberPlan {
  /** Version of this format. */
  readonly v: 1;
  /** The origin of the org. A client of another org refuses the plan. */
  readonly org: string;
  /** Id of the group. */
  readonly groupId: string;
  /** The state of the group before the client read its members. */
  readonly basedOn: {
    /** The group's `lastMembershipUpdated`, unchanged. */
    readonly lastMembershipUpdated: IsoDate;
    /** Time of that reading by the org's clock; absent if the answer has no `Date` header or a browser hides it. */
    readonly at?: IsoDate;
  };
  /** Ids of users to add, in the order of `desired`. */
  readonly add: readonly string[];
  /** Ids of members to remove, in the order of the list of members. */
  readonly remove: readonly string[];
  /** Number of desired users who are members already. */
  readonly unchanged: number;
  /** Users whom the plan neither adds nor removes, with the reason. */
  readonly skipped: readonly {
    /** Id of the user. */
    readonly userId: string;
    /** `rule-managed`: a group rule added the member; `rule-unknown`: the org did not say; `kept`: `keep`; `duplicate`: named twice. */
    readonly reason: 'rule-managed' | 'rule-unknown' | 'kept' | 'duplicate';
    /** Ids of the group rules that added the member, if `reason` is `rule-managed`. */
    readonly rules?: readonly string[];
  }[];
  /** Only with {@link PlanOptions.by}: the values of `desired` that do not name exactly one active user. */
  readonly unresolved?: readonly UnresolvedMember[];
  /** Whether the run adds the other users though values are unresolved: {@link PlanOptions.unresolved}. */
  readonly skipsUnresolved?: true;
  /** For people: the number of members who stay because the org did not say whether a group rule added them. */
  readonly warnings: readonly string[];
  /** The limit on removals. The run applies it together with its own; the stricter one wins. */
  readonly maxRemovals: MaxRemovals;
  /** Treatment of members whom a rule added. The run applies it together with its own; the stricter one wins. */
  readonly ruleManaged: 'skip' | 'include' | 'fail';
  /** Ids of members who are never removed, even if `remove` names them. */
  readonly keep: readonly string[];
  /** Only in the `rest` of a run: the adds of the first plan, for {@link ApplyOptions.maxFailedAdds}. */
  readonly adds?: {
    /** Number of adds in the first plan. */
    readonly planned: number;
    /** Number of adds that are done. */
    readonly done: number;
  };
}

/**
 * Options of {@link GroupsResource.applyPlan}. While calls queue for the rate limit, the client sends eight other calls for each
 * write of a run. `keep`, `ruleManaged` and `maxRemovals` apply together with those of the plan; the stricter one wins.
 */
export interface ApplyOptions<U extends object = {}> extends StayOptions<U> {
  /** The most concurrent writes, 1 to 1000, within the client's own limit. @default 8 */
  concurrency?: number | undefined;
  /** The order of adds and removals: one kind first, or alternating. @default 'add-first' */
  order?: 'add-first' | 'remove-first' | 'interleave' | undefined;
  /**
   * The most adds that may fail before removals are withheld. Removals are always withheld if every add failed, so that a list
   * of wrong ids does not empty a group. `false` removes in any case; an `order` other than `add-first` needs `false`. The
   * `rest` of a run continues the count.
   * @default 5 % of the adds of the first plan, rounded down (0 for fewer than 20 adds)
   */
  maxFailedAdds?: number | false | undefined;
  /**
   * Receives each failed write with the number of failures; returns `true` to stop the run. It replaces the client's own
   * rule, which stops after a refused token (401) and after five forbidden writes (403) in a row. A deleted group always
   * stops the run.
   */
  stopOn?: ((error: OktaError, failures: number) => boolean) | undefined;
  /**
   * Treatment of a plan whose group has changed since: `replan` reads the members and omits changes that are done already (it
   * never makes more changes than the plan has), `throw` rejects, `ignore` does not read the members if the plan removes
   * nobody (otherwise it is `replan`). @default 'replan'
   */
  ifStale?: 'replan' | 'throw' | 'ignore' | undefined;
  /**
   * Reads the members after the run until they show every write, within a time limit; `unverified` names the others.
   * @default false
   */
  verify?:
    | false
    | {
        /** Time limit of all these reads, in milliseconds. */
        timeoutMs: number;
      }
    | undefined;
  /** Time limit of all writes together, in milliseconds. @default no limit */
  totalTimeout?: number | undefined;
  /**
   * Receives the progress: at most ten times a second, and when the rate limit begins or ends to hold the writes back. The
   * client ignores its exceptions.
   */
  onProgress?: ((progress: BulkProgress) => void) | undefined;
  /** Aborts the run like {@link BulkRun.abort}. */
  signal?: AbortSignal | undefined;
}

/** Progress of a run. */
export interface BulkProgress {
  /** The current phase. */
  phase: 'reading' | 'planning' | 'applying' | 'verifying';
  /** Number of writes; 0 before there is a plan. */
  total: number;
  /** Writes that are done or were not needed; in the phase `reading`, members read so far. */
  done: number;
  /** Writes that failed. */
  failed: number;
  /** Writes in flight. */
  inFlight: number;
  /** Estimated remaining time in milliseconds, from the pace so far and the rate limit. */
  etaMs?: number;
  /** When the rate limit's bucket opens again, by the org's clock. */
  throttledUntil?: Date;
}

/** Report of a run. */
export interface BulkReport {
  /**
   * Whether every change of the plan is done (and verified, with `verify`) and no member stays as `rule-unknown`. Always `true`
   * in the report of an awaited run.
   */
  ok: boolean;
  /** Id of the group. */
  groupId: string;
  /** Whether the run was a dry run, which writes nothing. */
  dryRun: boolean;
  /** The plan. */
  plan: MemberPlan;
  /** Ids of added users. */
  added: string[];
  /** Ids of removed users. */
  removed: string[];
  /** Ids of users whose membership was already as planned. */
  alreadyOk: string[];
  /** Writes that failed, after all retries. */
  failed: BulkFailure[];
  /**
   * Writes that did not start, or that the run gave up when it stopped. The org may have run a write that was in flight;
   * repeating it does no harm.
   */
  notAttempted: BulkWrite[];
  /** Ids of members whose removal was withheld because too many adds failed: {@link ApplyOptions.maxFailedAdds}. */
  withheld?: string[];
  /** Why the run stopped early. */
  stopped?: 'aborted' | 'stopOn' | 'total-timeout';
  /** With `verify`: ids of users whose write the list of members does not show. */
  unverified?: string[];
  /** Number of requests, reads and retries included. */
  requests: number;
  /** Number of retries. */
  retries: number;
  /** Sum of the times that calls waited, in milliseconds. */
  waitedMs: number;
  /** Milliseconds from the call to the report. */
  durationMs: number;
  /** The remaining changes, as a plan for {@link GroupsResource.applyPlan}: writes not attempted, then failed writes. */
  rest?: MemberPlan;
}

/** A write of a run. */
export interface BulkWrite {
  /** Id of the user. */
  userId: string;
  /** *Assign a user to a group* or *Unassign a user from a group*. */
  op: 'add' | 'remove';
}

/** A failed write. */
export interface BulkFailure extends BulkWrite {
  /** The failure. */
  error: OktaError;
}

/** A settled write of a run. */
export interface BulkEvent extends BulkWrite {
  /** `noop`: the membership was already as planned. */
  status: 'done' | 'noop' | 'failed';
  /** The failure, for the status `failed`. */
  error?: OktaError;
}

/**
 * A bulk run. `await run` resolves with its report, and rejects if the run made only a part of its changes. Iterating gives
 * each write as it settles, from the first on; it throws only if there is no plan to run.
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
 * const report = await run; // rejects if the run is incomplete
 * console.log(report.durationMs);
 * ```
 *
 * @throws {@link OktaBulkError} with the `report`, if the run was aborted, stopped or out of time, if writes failed or were
 * withheld, or if members stay as `rule-unknown`. Without a plan, the errors of any call, such as {@link OktaAbortError}.
 */
export interface BulkRun extends Promise<BulkReport>, AsyncIterable<BulkEvent> {
  /** The plan, as soon as it is made. */
  readonly plan: Promise<MemberPlan>;
  /** The report, of an incomplete run as well. Rejects only if there is no plan. */
  report(): Promise<BulkReport>;
  /**
   * Stops the run: it starts no more writes, drops at once those that wait for the rate limit or for a retry, and waits up to
   * two seconds for the answers to those that were sent; the report has the rest. Before there is a plan, the run rejects with
   * an {@link OktaAbortError}.
   */
  abort(reason?: unknown): void;
}

/**
 * A client of one org. Clients of the same `orgUrl` with the same credential (the same `auth` object, fixed token or service
 * app) in one process share throttling and the retry budget. A client with a different `rateLimit` keeps its own.
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
   * Creates a client synchronously and sends nothing. The first client compiles the wasm (with `okta-groups/external`, after its `init()`).
   *
   * @throws {@link OktaConfigError} that names the wrong option, or says why the wasm could not be loaded.
   */
  constructor(options: ClientOptions);
  /**
   * Creates a client from environment variables, in Node. The org and the credential come from one of two families:
   *
   * - `OKTA_ORG_URL` and `OKTA_TOKEN`, an API token;
   * - the variables of Okta's own SDKs: `OKTA_CLIENT_ORGURL` with `OKTA_CLIENT_TOKEN`, or with `OKTA_CLIENT_CLIENTID`,
   *   `OKTA_CLIENT_PRIVATEKEY` and `OKTA_CLIENT_SCOPES` (blanks or commas between them; default `okta.groups.read`).
   *   `OKTA_CLIENT_AUTHORIZATIONMODE` is `SSWS` (default), `Bearer` or `PrivateKey`, in any case; it may be left out where
   *   only a token, or only a private key, is set.
   *
   * An empty variable counts as missing. The private key is a PEM text of PKCS#8 or a JWK, also in base64; `fromEnv` reads no
   * files. `fromEnv` is synchronous: it loads `okta-groups/auth` at the first call, if a private key needs it, and that call
   * rejects if the key is wrong. Clients of the same app, or of the same token, share their rate limits.
   *
   * @param options - All options of the constructor but `orgUrl` and `auth`.
   * @throws {@link OktaConfigError} that names the variable, never its value: a variable is missing or wrong, or variables of
   * both families are set, since a token must not go to another org. In builds for browsers and Workers always.
   *
   * @example
   * ```js
   * import { OktaGroups } from 'okta-groups';
   *
   * const client = OktaGroups.fromEnv();
   * console.log(await client.groups.list().first());
   * ```
   */
  static fromEnv<C extends object = {}, U extends object = {}>(
    options?: Omit<ClientOptions, 'orgUrl' | 'auth'>,
  ): OktaGroups<C, U>;
  /** The operations on groups, their members, apps and owners. */
  readonly groups: GroupsResource<C, U>;
  /** The operations on group rules. */
  readonly rules: RulesResource;
  /** Reads of users and their groups. */
  readonly users: UsersResource<C, U>;
  /**
   * Sends a request to any other path below `/api/v1/` of the org, with the rate limits, retries, timeouts, redaction and
   * errors of the operations. Resolves to the JSON of the answer as it came, or to `undefined` for an answer without a body.
   *
   * @param path - The segments of the path below `/api/v1/`. The client encodes each, so that an id cannot change the path.
   *
   * @throws {@link OktaArgumentError} naming `path[0]` for a segment that is empty, `.` or `..`.
   *
   * @example
   * ```ts
   * import { OktaGroups, ssws } from 'okta-groups';
   *
   * const { OKTA_ORG_URL: orgUrl = '', OKTA_TOKEN: token = '' } = process.env;
   * const client = new OktaGroups({ orgUrl, auth: ssws(token) });
   * const schema = await client.request<{ id: string }>('GET', ['meta', 'schemas', 'group', 'default']);
   * console.log(schema.id);
   * ```
   */
  request<T = unknown>(
    method: HttpMethod,
    path: readonly string[],
    options?: OtherRequestOptions,
  ): ApiPromise<T>;
  /**
   * Any other list below `/api/v1/` of the org: its pages are JSON arrays of objects, linked by `Link` headers. `path` is as
   * in {@link OktaGroups.request}; the list is lazy, and its cursors resume it. On `/logs` a `next` that is the page's own
   * request ends the list (recorded); on any other path it is an {@link OktaPaginationError} `loop`.
   */
  paginate<T = Record<string, unknown>>(path: readonly string[], options?: OtherListOptions): PagedList<T>;
  /** The last known state of each rate-limit bucket, by name; empty before the first answer. */
  rateLimits(): ReadonlyMap<string, RateLimitState>;
}

/**
 * Base class of all errors of this package. `instanceof` works across two copies of the package. No error holds a token or a
 * request header. {@link isOktaError} narrows by kind.
 */
export declare abstract class OktaError extends Error {
  /** The kind of failure, for decisions in programs. */
  readonly kind: OktaErrorKind;
  /**
   * Whether the same call may succeed later: `timeout`, `connection`, `rate-limit`, and answers that say "try again" or that
   * the org is in trouble (5xx except 501 and 505). It does not say whether repeating is safe: see `mayHaveRun`.
   */
  readonly retryable: boolean;
  /**
   * `true` if the org may have run the failed write: its answer was lost, late or unreadable. Otherwise absent. Repeating
   * *Add a group* may then add a second group: look for it first, or create with `ifExists: 'return'`.
   */
  readonly mayHaveRun?: true;
  /**
   * The status that {@link RulesResource.update} leaves the rule in, if it is not the one that the rule should have: `INACTIVE` if
   * the rule was `ACTIVE` and could not be activated again, `INVALID` if one of its groups is gone. Otherwise absent.
   */
  readonly ruleStatus?: 'INACTIVE' | 'INVALID';
  /** Number of attempts; absent if nothing was sent. */
  readonly attempts?: number;
  /**
   * The items that {@link PagedList.toArray} read before it failed. `cursor` leads to the rest, unless the error is an
   * {@link OktaPaginationError}. Not part of the JSON.
   */
  readonly items?: readonly unknown[];
  /**
   * The place where a list failed. A list from this cursor gives the exact rest; after an abort between two items of a page,
   * it gives that whole page again. Absent if the first page failed.
   */
  readonly cursor?: Cursor;
  /**
   * Name, message and fields, for logs and other threads (structured clone drops the fields of an error); without `cause`,
   * `response` and `items`.
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
 * The client's set-up is wrong, or `auth` gave no token (`cause` is its exception); nothing was sent.
 */
export declare class OktaConfigError extends OktaError {
  readonly kind: 'config';
  /** The option; `wasm` if the runtime has no WebAssembly, `csp` or `init` if the wasm could not be loaded. */
  readonly argument: string;
}
/** An argument is invalid; nothing was sent. Not {@link OktaError.retryable}: fix the program. */
export declare class OktaArgumentError extends OktaError {
  readonly kind: 'argument';
  /** The argument or option. */
  readonly argument: string;
}
/** Text is not a valid expression. The message marks the position with a caret. */
export declare class OktaExpressionError extends OktaError {
  readonly kind: 'expression';
  /** Index into the text. */
  readonly position: number;
  /** The text at that position. */
  readonly found: string;
  /** What the syntax allows there. */
  readonly expected: readonly string[];
}
/** The caller's signal aborted the call; `cause` is its reason. `mayHaveRun` is `true` if a write may have run. */
export declare class OktaAbortError extends OktaError {
  readonly kind: 'aborted';
  /** The name of the platform's own abort errors. */
  readonly name: 'AbortError';
}
/** A time limit ended. A write may have run. */
export declare class OktaTimeoutError extends OktaError {
  readonly kind: 'timeout';
  /**
   * `queue`: throttling would take longer than `totalTimeout` (rejects at once, nothing was sent); `token`: `auth` gave no token
   * within `timeout` (nothing was sent); `attempt`: the last attempt took longer than `timeout`; `total`: `totalTimeout` is
   * over.
   */
  readonly phase: 'queue' | 'token' | 'attempt' | 'total';
  /** The milliseconds of the limit that was reached. */
  readonly timeoutMs: number;
  /** Method of the request. */
  readonly method?: string;
  /** Path of the request with ids: `/api/v1/groups/00g1`. The message names method and path. */
  readonly path?: string;
}
/**
 * The network failed; `cause` is the exception of `fetch`, and the message names its code if it has one. A write may have
 * run, unless the code proves that nothing was sent. The client does not retry an untrusted certificate (`retryable` is
 * false).
 */
export declare class OktaConnectionError extends OktaError {
  readonly kind: 'connection';
  /** `true` in pages and their workers for requests to another origin: a CORS refusal looks the same as a network failure. */
  readonly maybeCors: boolean;
  /** Method of the request. */
  readonly method?: string;
  /** Path of the request with ids: `/api/v1/groups/00g1`. The message names method and path. */
  readonly path?: string;
}
/** The answer is not one of the API. */
export declare class OktaResponseError extends OktaError {
  readonly kind: 'response';
  /**
   * `html`: a page of a proxy, a sign-in or a wrong `orgUrl`; `json`: invalid or truncated JSON; `shape`: not the result of this
   * operation; `too-large`: more than `maxResponseBytes`; `redirect`: the API has none, and the client follows none; `status`:
   * 205, 206 or 207, which do not promise the whole answer.
   */
  readonly reason: 'html' | 'json' | 'shape' | 'too-large' | 'redirect' | 'status';
  /** HTTP status; 0 if the platform hides it (a redirect, in browsers). */
  readonly status: number;
  /** `GET`, `POST`, `PUT` or `DELETE`. */
  readonly method: string;
  /** The path's template: `/api/v1/groups/{groupId}`. */
  readonly path: string;
  /** `Content-Type` of the answer. */
  readonly contentType?: string;
  /** Start of the body: at most 200 characters, without markup. */
  readonly snippet?: string;
  /** `X-Okta-Request-Id`, if the answer came from Okta. */
  readonly requestId?: string;
  /** Metadata of the answer, if its body was read. */
  readonly response?: ResponseMeta;
}
/** A list cannot continue. The items that it gave are right, but not complete. */
export declare class OktaPaginationError extends OktaError {
  readonly kind: 'pagination';
  /**
   * `loop`: `next` leads to a page that was read already; `origin`: `next` leads to another origin, with `nextLink: 'reject'`;
   * `path`: `next` leads to another list; `empty-pages`: more than 100 empty pages in a row; `cursor`: the cursor was changed
   * or belongs to another list or org; `exceeded`: more items than `max`; `hidden-link`: a full page came without a `Link`
   * header, which a proxy dropped, CORS hides, or the list never has (a group's owners: pass a larger `limit`).
   */
  readonly reason: 'loop' | 'origin' | 'path' | 'empty-pages' | 'cursor' | 'exceeded' | 'hidden-link';
  /**
   * The items of the page after which the list cannot continue, if one was read. The list has not given them; `cursor` leads to
   * them again. With `toArray()`: all items, including that page's (except for `exceeded`), without a cursor.
   */
  readonly items?: readonly unknown[];
}
/**
 * The wasm instance failed during the call, by a bug or an exhausted stack; `cause` is WebAssembly's exception. All running
 * calls reject with this error (a write may have run). The next call starts a new wasm instance, and a list resumes from
 * `cursor`.
 */
export declare class OktaInternalError extends OktaError {
  readonly kind: 'internal';
}
/**
 * A bulk run made only a part of its changes: it was aborted (`cause` is the reason of `abort` or the `signal`), stopped or
 * out of time, writes failed or were withheld, or members stay as `rule-unknown`. Its JSON holds neither property.
 */
export declare class OktaBulkError extends OktaError {
  readonly kind: 'bulk';
  /** The report of the run. */
  readonly report: BulkReport;
  /** The errors of the failed writes. */
  readonly errors: readonly OktaError[];
}
/** {@link GroupsResource.findByName} found no group of the name, or several. */
export declare class OktaLookupError extends OktaError {
  readonly kind: 'lookup';
  /** `none`: no group has the name; `ambiguous`: several groups have it. */
  readonly reason: 'none' | 'ambiguous';
  /** The groups that have the name, unchanged. */
  readonly candidates: readonly Group[];
}
/** Kinds of {@link OktaApiError}, by status: 400, 401, 403, 404, 409 and 412, 429, 5xx, and `api` for any other. */
export type ApiKind =
  'bad-request' | 'unauthorized' | 'forbidden' | 'not-found' | 'conflict' | 'rate-limit' | 'server' | 'api';
/** An error answer of the org. The kinds `bad-request`, `unauthorized` and `api` have no subclass. */
export declare class OktaApiError extends OktaError {
  readonly kind: ApiKind;
  /** HTTP status. */
  readonly status: number;
  /** `errorCode`, for decisions in programs. Absent if the body was not Okta's. */
  readonly code?: Open<
    'E0000001' | 'E0000004' | 'E0000006' | 'E0000007' | 'E0000011' | 'E0000031' | 'E0000047'
  >;
  /** `errorSummary`, for people. It may hold text that users typed: escape it in HTML. */
  readonly summary: string;
  /** The `errorSummary` of each of `errorCauses`; may be empty. */
  readonly causes: readonly string[];
  /**
   * For a list that the org refuses with `E0000031`: the parts of its `filter` and `search` that Okta does not document, and so
   * the likely causes. The message holds them, too. Absent if there are none.
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
  /** Number of attempts. */
  readonly attempts: number;
  /** Metadata of the answer. Absent from the error of a `retry` event. */
  readonly response: ResponseMeta;
}
/** 403: the token's owner or scopes do not allow the call, or the group cannot be changed. */
export declare class OktaForbiddenError extends OktaApiError {
  readonly kind: 'forbidden';
  /** The scope that the token lacks, if the org names it; several as the org lists them. */
  readonly missingScope?: string;
}
/** 404: the object does not exist, or the token's owner may not see it. */
export declare class OktaNotFoundError extends OktaApiError {
  readonly kind: 'not-found';
}
/** 409 or 412: the call conflicts with the current state of the org. */
export declare class OktaConflictError extends OktaApiError {
  readonly kind: 'conflict';
}
/** 429, after the client waited as long as the options allow. */
export declare class OktaRateLimitError extends OktaApiError {
  readonly kind: 'rate-limit';
  /** Milliseconds until the bucket opens again, if known. */
  readonly retryAfterMs?: number;
}
/** 5xx, after all attempts. */
export declare class OktaServerError extends OktaApiError {
  readonly kind: 'server';
}

/** Union of all errors of this package; `kind` discriminates it. */
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
  | OktaLookupError
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
  | 'lookup'
  | ApiKind;
/**
 * Whether `error` is an error of this package (of any copy), and of the given `kind`.
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
