/**
 * A local Okta org in the page or process, for tests and demos. It answers requests for groups, members, people, group
 * rules and owners as recorded traffic and Okta's reference show, and injects faults on demand. It has a wasm instance
 * of its own: a page that uses the client alone does not load it.
 *
 * @packageDocumentation
 * @module okta-groups/emulator
 */

/** Options of {@link createOrg}. Unknown keys are an error that names the key. */
export interface CreateOrgOptions {
  /**
   * The number of groups, including the built-in `Everyone` and `Okta Administrators`.
   *
   * @defaultValue 100
   */
  groups?: number | undefined;
  /**
   * The number of users.
   *
   * @defaultValue 500
   */
  users?: number | undefined;
  /**
   * The seed of the org's content. The same seed and sizes make the same org with the same ids, here and in the native
   * program (links begin with `orgUrl`). The ids of objects that requests create depend on the seed and on the requests
   * so far.
   *
   * @defaultValue 7
   */
  seed?: number | undefined;
  /**
   * The number of group rules. Three in four are ACTIVE, and the users who match them are members already.
   *
   * @defaultValue 0
   */
  rules?: number | undefined;
  /**
   * The number of groups with owners. Each has one to three users as owners, and some have a group, too.
   *
   * @defaultValue 0
   */
  owners?: number | undefined;
  /**
   * The origin of the org, `https://` or `http://`. Links begin with it, and `aud` of assertions and `htu` of proofs must
   * name it. By default each org has an origin of its own, so that clients of two orgs share no rate limits, and also
   * answers requests to `https://example.okta.com`.
   *
   * @defaultValue "https://example.okta.com", for the next org "https://example-2.okta.com", and so on
   */
  orgUrl?: string | URL | undefined;
  /**
   * The rate limits in requests per minute: one number for all buckets, or a number for each. With `'off'` the org
   * reports its limits and never answers 429 for them.
   *
   * @defaultValue { group: 1000, groups: 500, users: 600, schemas: 100 }
   */
  rateLimit?:
    | 'off'
    | number
    | {
        /** The bucket of `/api/v1/groups/{groupId}`. */
        group?: number | undefined;
        /** The bucket of all other paths below `/api/v1/groups`. */
        groups?: number | undefined;
        /** The three buckets of `/api/v1/users`, `/api/v1/users/{id}` and `/api/v1/users/{id}/groups`. */
        users?: number | undefined;
        /** The bucket of `/api/v1/meta/schemas`. */
        schemas?: number | undefined;
        /** Whether the org answers 429 once a limit is used up. The org reports limits in either case. */
        enforced?: boolean | undefined;
      }
    | undefined;
  /**
   * The tokens that the org accepts.
   *
   * @defaultValue every token that is not empty, with all scopes
   */
  tokens?: readonly EmulatorToken[] | undefined;
  /**
   * The service apps that may sign in at `/oauth2/v1/token`, for `serviceApp()`. The org accepts their tokens for an hour,
   * in addition to `tokens`. It checks form, claims, replay, scopes and DPoP proofs; it does not check signatures nor a
   * proof's `ath`.
   *
   * @defaultValue every service app, with all scopes
   */
  serviceApps?: readonly EmulatorServiceApp[] | undefined;
  /**
   * The hosts that a served org answers for, such as `okta.test`, in addition to loopback hosts and the host of its
   * `orgUrl`. The org answers 421 to a request with another `Host`, so that no page reaches it by a name that resolves to
   * loopback (DNS rebinding). A pattern such as `*`, which would match no host, is an error.
   *
   * @defaultValue loopback hosts
   */
  allowedHosts?: readonly string[] | undefined;
  /**
   * The origins whose pages may read answers and send cookies, such as `https://console.example.com`. Pages at loopback
   * hosts may read answers in any case, without cookies. A pattern such as `*`, which would match no origin, is an error.
   *
   * @defaultValue pages at loopback hosts
   */
  cors?: readonly string[] | undefined;
  /** Behaviour that differs between real orgs, and leniency that Okta's reference does not document. All off by default. */
  quirks?:
    | {
        /** A page that is not full has a `next` that leads to an empty page. */
        nextOnShortPage?: boolean | undefined;
        /** `self` and `next` are in one `Link` header, joined by a comma. */
        joinedLinks?: boolean | undefined;
        /**
         * The parts of `search` and `filter` that the org accepts although `check()` warns of them. The org answers 400
         * `E0000031` to all other parts that `check()` warns of, and `E0000030` to a date.
         *
         * @defaultValue []
         */
        undocumented?: readonly UndocumentedExpression[] | undefined;
        /**
         * The items of a page whose request has no `limit`, from 1. A small number makes a program fail that ignores
         * `next`.
         *
         * @defaultValue 10000 groups, 1000 users, 20 apps
         */
        defaultLimit?: number | undefined;
        /**
         * The highest number of groups that a request with `q` finds, whatever its `limit`, from 1.
         *
         * @defaultValue 300
         */
        qLimit?: number | undefined;
        /**
         * Milliseconds until a group's list of members shows an added or removed member. A user's list of groups shows the
         * change at once (recorded: a lag of 0 to 2,000 ms).
         *
         * @defaultValue 0
         */
        memberLag?: number | undefined;
        /**
         * Milliseconds until active rules add and remove people: after an activation, and after each change that a rule
         * may depend on. A rule whose target group is deleted turns INVALID after half of this time.
         *
         * @defaultValue 1000
         */
        ruleDelay?: number | undefined;
        /** Members never have `_embedded['group-rules']`, also with `expand=group-rules`. */
        unsaidGroupRules?: boolean | undefined;
        /** `next` of a list of members keeps `expand=group-rules`, which Okta is reported to drop. */
        keptGroupRules?: boolean | undefined;
        /**
         * The highest number of bytes of path and query. The org answers 414 to a longer URL.
         *
         * @defaultValue no limit
         */
        maxUrl?: number | undefined;
      }
    | undefined;
  /**
   * The faults that the org injects: by rules, at random by a seed, or both.
   *
   * @defaultValue no faults
   */
  faults?: FaultOptions | undefined;
  /**
   * The org's clock: returns milliseconds since 1970.
   *
   * @defaultValue Date.now
   */
  now?: (() => number) | undefined;
  /** The content of the org, in place of seeded content. {@link EmulatedOrg.snapshot} returns this form. */
  seedData?: SeedData | undefined;
}

/**
 * A part of an expression that an org may accept beyond Okta's reference: the `reason` of a warning of `check()`, or one
 * operator. `attribute` is an attribute that the parameter does not know (`profile.name` in `filter`), `operator` is
 * every operator, `value` is a value that can match nothing, `date` is a date of another form than
 * `2026-01-31T12:00:00.000Z`.
 */
export type UndocumentedExpression =
  | 'attribute'
  | 'operator'
  | 'value'
  | 'date'
  | 'not'
  | 'pr'
  | 'eq'
  | 'ne'
  | 'gt'
  | 'ge'
  | 'lt'
  | 'le'
  | 'sw'
  | 'co'
  | 'ew';

/** A token that the org accepts. */
export interface EmulatorToken {
  /**
   * The token, as it follows `SSWS` or `Bearer` in the header `Authorization`. The org accepts it with a blank between,
   * or without one as the vendor's Python SDK sends it.
   */
  token: string;
  /**
   * The scopes of the token, such as `okta.groups.read`; `okta.groups.manage` includes reading.
   *
   * @defaultValue all
   */
  scopes?: readonly string[] | undefined;
}

/** A service app that the org accepts. */
export interface EmulatorServiceApp {
  /** The client ID of the app. */
  clientId: string;
  /**
   * The scopes that are granted to the app.
   *
   * @defaultValue all
   */
  scopes?: readonly string[] | undefined;
  /**
   * Whether the app's tokens must be bound to a key (DPoP).
   *
   * @defaultValue false
   */
  dpop?: boolean | undefined;
}

/**
 * A fault, and the requests that it strikes: those that meet every condition here.
 *
 * @example
 * The second page of members is answered with 504, and the connection breaks after every tenth completed add.
 * ```ts
 * import { createOrg } from 'okta-groups/emulator';
 *
 * const org = createOrg({
 *   faults: {
 *     rules: [
 *       { operation: 'GET /api/v1/groups/{groupId}/users', nth: 2, fault: { error: { status: 504 } } },
 *       { operation: 'PUT /api/v1/groups/{groupId}/users/{userId}', every: 10, after: true, fault: 'reset' },
 *     ],
 *   },
 * });
 * ```
 */
export interface FaultRule {
  /** Only this operation, as Okta's reference writes it: `GET /api/v1/groups/{groupId}/users`. */
  operation?: string | undefined;
  /** Only requests whose path and query, as sent, contain this text. */
  path?: string | undefined;
  /** Only the nth matching request, from 1. */
  nth?: number | undefined;
  /** Only every nth matching request, from 1. */
  every?: number | undefined;
  /** The highest number of requests that the fault strikes. */
  times?: number | undefined;
  /**
   * Whether the fault strikes after the org has carried out the request, which the client then cannot know. Ignored for
   * faults whose answer says that nothing was done (429, read-only).
   *
   * @defaultValue false
   */
  after?: boolean | undefined;
  /** The fault. */
  fault: Fault;
}

/** The faults of a local org: by rules, at random or both. */
export interface FaultOptions {
  /**
   * Faults by rules. Every rule that a request matches strikes it.
   *
   * @defaultValue []
   */
  rules?: readonly FaultRule[] | undefined;
  /**
   * Faults at random, reproducible: the same for the same seed and the same requests.
   *
   * @defaultValue none
   */
  random?:
    | {
        /** The seed, a whole number from 0. */
        seed: number;
        /**
         * The share of requests that are struck, from 0 to 1.
         *
         * @defaultValue 0.1
         */
        rate?: number | undefined;
        /**
         * The faults to choose from.
         *
         * @defaultValue one of every kind
         */
        of?: readonly Fault[] | undefined;
      }
    | undefined;
}

/** A fault that a local org can inject. */
export type Fault =
  /** 429: other programs have used up the rate limit until its window ends. */
  | 'rateLimit'
  /** 429 for too many requests at the same time: limit and remaining are 0. */
  | 'concurrency'
  /** 429 without rate headers. */
  | 'bareRateLimit'
  | {
      /** An error status with Okta's error object of this code (`E0000010`, ...), or with a gateway's text if no code is set. */
      error: {
        /** HTTP status, from 400 to 599. */
        status: number;
        /** Okta's `errorCode`. */
        code?: string;
      };
    }
  /** 502 with an HTML page. */
  | 'proxyError'
  /** 200 with an HTML page. */
  | 'loginPage'
  /** The org never answers. */
  | 'hang'
  /** The connection breaks before the answer. */
  | 'reset'
  | {
      /** 500 for a request of a page of more items than this. */
      pageTooLarge: number;
    }
  | {
      /** The connection breaks after this number of bytes of the body. */
      cutBody: number;
    }
  | {
      /** The body ends after this number of bytes without an error of the connection. */
      truncatedBody: number;
    }
  | {
      /** The body comes in pieces. */
      slowBody: {
        /** Bytes of a piece. */
        chunk: number;
        /** Milliseconds before each piece. */
        pauseMs: number;
      };
    }
  | {
      /** The answer is late by this number of milliseconds. */
      latency: number;
    }
  /** Each rate limit header comes twice. */
  | 'duplicateHeaders'
  /** The answer has no rate limit headers. */
  | 'missingHeaders'
  /** The answer has no `Date`. */
  | 'hiddenDate'
  | {
      /** `Date` and `X-Rate-Limit-Reset` are off by this number of milliseconds. */
      clockOffset: number;
    }
  | {
      /** `next` leads to this origin. */
      nextHost: string;
    }
  /** `next` leads to the same page again. */
  | 'nextSelf'
  /** `next` leads to the first page. */
  | 'nextFirst'
  | {
      /** `next` lacks this parameter. */
      nextLoses: string;
    }
  /** The page is empty, and its `next` leads to the items that it should have held. */
  | 'emptyPage'
  | {
      /** Lists omit groups and people that are younger than this number of milliseconds. */
      lag: number;
    };

/** The content of an org. Objects have the form of the API's answers; only `id` is required. */
export interface SeedData {
  /** Groups, in the form of *List all groups*. */
  groups?: readonly object[];
  /** Users, in the form of *List all member users*. */
  users?: readonly object[];
  /** Apps, in the form of *List all assigned applications*. */
  apps?: readonly object[];
  /** User ids by group id. */
  memberships?: Readonly<Record<string, readonly string[]>>;
  /** App ids by group id. */
  appAssignments?: Readonly<Record<string, readonly string[]>>;
  /**
   * Group rules, in the form of *List all group rules* and in the order of their creation. An ACTIVE rule
   * adds the users who match it when the org is made. A rule whose expression the local org cannot evaluate is an error
   * that names the rule.
   */
  rules?: readonly object[];
  /**
   * How users became members of groups, by group id and user id, for users whom rules added; `null` means that the org
   * does not report it. Users here need not be in `memberships`. Members that are missing here were added by hand.
   */
  groupRules?: Readonly<Record<string, Readonly<Record<string, EmulatorMembership | null>>>>;
  /** More custom attributes of users, beside those that `users` have. Expressions of rules may name them. */
  userAttributes?: readonly string[];
  /**
   * Owners by group id, in the form of *List all group owners*. An owner is a group if its id is the id of a group,
   * otherwise a user.
   */
  owners?: Readonly<Record<string, readonly object[]>>;
  /** More custom attributes of groups, by name, beside those that `groups` have. */
  attributes?: Readonly<Record<string, 'boolean' | 'integer' | 'number' | 'string' | 'array'>>;
}

/** How a user became a member of a group. */
export interface EmulatorMembership {
  /** The ids of the rules that added the user. */
  rules: readonly string[];
  /**
   * Whether an admin also added the user by hand. The user then stays a member when no rule matches any more.
   *
   * @defaultValue false
   */
  byHand?: boolean;
}

/** A local org. */
export interface EmulatedOrg {
  /** A `fetch` that the org answers, for `new OktaGroups({ fetch })`. It rejects requests to other origins. */
  readonly fetch: typeof globalThis.fetch;
  /** The origin, for `new OktaGroups({ orgUrl })`. */
  readonly orgUrl: string;
  /** Restores the content, rate limits and faults that the org began with. */
  reset(): void;
  /**
   * Replaces all faults of the org from the next request on. Each rule counts its requests from the start.
   *
   * @param faults - `{}` ends all faults, as does a call without an argument.
   * @throws TypeError that names the wrong part; the org then keeps its faults.
   */
  setFaults(faults?: FaultOptions): void;
  /** Returns the whole content of the org, as a `seedData` that makes the same org. */
  snapshot(): Required<SeedData>;
}

/**
 * Makes a local Okta org in memory that answers the Groups API.
 *
 * @throws TypeError if an option is unknown or ill-typed. `OktaConfigError` with `argument` `csp` if the page's policy
 * forbids WebAssembly, or `wasm` if the runtime has none.
 */
export declare function createOrg(options?: CreateOrgOptions): EmulatedOrg;

/** A local org that a server answers for. */
export interface ServedOrg extends EmulatedOrg {
  /** The URL of the server, such as `http://127.0.0.1:8080`. `orgUrl` is the same, unless an option sets another. */
  readonly url: string;
  /** Stops the server and breaks open connections. */
  close(): Promise<void>;
}

/** Options of {@link serveOrg}. */
export interface ServeOrgOptions extends CreateOrgOptions {
  /**
   * The origin of the org, if it differs from the server's URL, such as the origin of a proxy that ends TLS.
   *
   * @defaultValue the URL of the server
   */
  orgUrl?: string | URL | undefined;
  /**
   * A certificate of your own and its private key, as PEM. The server then speaks HTTPS.
   *
   * @defaultValue no TLS: the server speaks HTTP
   */
  tls?:
    | {
        /** The private key. */
        key: string | Uint8Array;
        /** The certificate, followed by the intermediate certificates of its chain. */
        cert: string | Uint8Array;
      }
    | undefined;
  /**
   * The port to listen on; 0 picks a free port.
   *
   * @defaultValue 0
   */
  port?: number | undefined;
}

/**
 * Makes a local org and serves it over HTTP or HTTPS on loopback, at its `url`: for programs that are not JavaScript, and
 * for browser tests over a real network. It runs in Node, Deno and Bun. The listening server keeps the process alive. It
 * answers 413 to a body of more than 1 MiB.
 *
 * @throws TypeError as {@link createOrg}, and if the runtime has no `node:http`. The system's own error if the port is
 * taken or the certificate is invalid.
 */
export declare function serveOrg(options?: ServeOrgOptions): Promise<ServedOrg>;
