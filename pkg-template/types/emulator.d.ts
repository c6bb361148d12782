/**
 * A local Okta org, in the page or process: for tests and demos. It answers groups, members, people, group rules
 * and owners as recorded traffic and the reference say, and misbehaves on demand. Its wasm is its own: a page that uses the client alone does not load it.
 *
 * @packageDocumentation
 * @module okta-groups/emulator
 */

/** Options of {@link createOrg}. Unknown keys are an error that names the key. */
export interface CreateOrgOptions {
  /**
   * Groups in all, the built-in `Everyone` and `Okta Administrators` included.
   *
   * @defaultValue 100
   */
  groups?: number | undefined;
  /**
   * Users.
   *
   * @defaultValue 500
   */
  users?: number | undefined;
  /**
   * The same seed and sizes make the same org, ids included, here and in the native program (links begin with `orgUrl`).
   * Ids of what is created later depend on the seed and on the requests so far.
   *
   * @defaultValue 7
   */
  seed?: number | undefined;
  /**
   * Group rules, three in four of them ACTIVE; users who match them are members already.
   *
   * @defaultValue 0
   */
  rules?: number | undefined;
  /**
   * Groups with owners: one to three users each, some of them a group, too.
   *
   * @defaultValue 0
   */
  owners?: number | undefined;
  /**
   * The origin of the org, `https://` or `http://`: of its links, and of `aud` and `htu` in assertions and proofs. By default each org has one of its own, so that the clients
   * of two share no rate limits, and answers on `https://example.okta.com` as well.
   *
   * @defaultValue "https://example.okta.com", of the next one "https://example-2.okta.com", and so on
   */
  orgUrl?: string | URL | undefined;
  /**
   * Requests per minute: one number for every bucket, or one each, or `'off'`: limits are reported and never refused.
   *
   * @defaultValue { group: 1000, groups: 500, users: 600, schemas: 100 }
   */
  rateLimit?:
    | 'off'
    | number
    | {
        /** Of one group: `/api/v1/groups/{groupId}`. */
        group?: number | undefined;
        /** Of all else below `/api/v1/groups`. */
        groups?: number | undefined;
        /** Of `/api/v1/users`, `/api/v1/users/{id}` and `/api/v1/users/{id}/groups`, which count apart. */
        users?: number | undefined;
        /** Of `/api/v1/meta/schemas`. */
        schemas?: number | undefined;
        /** Whether they are refused once they are used up; reported they are in any case. */
        enforced?: boolean | undefined;
      }
    | undefined;
  /**
   * The tokens the org knows.
   *
   * @defaultValue every token that is not empty, with all scopes
   */
  tokens?: readonly EmulatorToken[] | undefined;
  /**
   * The service apps that may sign in at `/oauth2/v1/token`, for `serviceApp()`; their tokens are known for an hour,
   * besides `tokens`. Form, claims, replay, scopes and DPoP proofs are checked; signatures and a proof's
   * `ath` are not.
   *
   * @defaultValue every one, with all scopes
   */
  serviceApps?: readonly EmulatorServiceApp[] | undefined;
  /**
   * The hosts by which the org may be asked over a network, such as `okta.test`, besides loopback hosts and that of its
   * `orgUrl`. A request with another `Host` is answered with 421, so that no page reaches a served org by a name of its own
   * that leads to loopback (DNS rebinding). A pattern such as `*`, which would match no host, is an error.
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
  /** Oddities of real orgs, and laxity that Okta's reference does not document; all are off by default. */
  quirks?:
    | {
        /** A page that is not full still has a `next`, to an empty page. */
        nextOnShortPage?: boolean | undefined;
        /** `self` and `next` in one `Link` header, joined by a comma. */
        joinedLinks?: boolean | undefined;
        /**
         * What the org takes in `search` and `filter` although `check()` warns of it; all else of which `check()` warns is
         * refused with 400 `E0000031`, and a date with `E0000030`.
         *
         * @defaultValue []
         */
        undocumented?: readonly UndocumentedExpression[] | undefined;
        /**
         * The items of a page whose request has no `limit`, from 1. Small, it shows a program that ignores `next`.
         *
         * @defaultValue 10000 groups, 1000 users, 20 apps
         */
        defaultLimit?: number | undefined;
        /**
         * The most groups that a request with `q` finds, whatever its `limit`, from 1.
         *
         * @defaultValue 300
         */
        qLimit?: number | undefined;
        /**
         * Milliseconds for which a group's list of members does not show who was added or removed. A user's list of groups
         * shows it at once (recorded: a lag of 0 to 2,000 ms).
         *
         * @defaultValue 0
         */
        memberLag?: number | undefined;
        /**
         * Milliseconds after which active rules add and remove people: after an activation, and after each change that
         * they may follow. A rule whose target group is deleted turns INVALID after half of them.
         *
         * @defaultValue 1000
         */
        ruleDelay?: number | undefined;
        /** Members never carry `_embedded['group-rules']`, whatever `expand` asks for: the org does not say. */
        unsaidGroupRules?: boolean | undefined;
        /** `next` of a list of members keeps `expand=group-rules`, which Okta is reported to lose. */
        keptGroupRules?: boolean | undefined;
        /**
         * Bytes of path and query beyond which a request is answered with 414.
         *
         * @defaultValue no limit
         */
        maxUrl?: number | undefined;
      }
    | undefined;
  /**
   * What goes wrong, by a script, a seed or both.
   *
   * @defaultValue nothing
   */
  faults?: FaultOptions | undefined;
  /**
   * The org's clock, milliseconds since 1970.
   *
   * @defaultValue Date.now
   */
  now?: (() => number) | undefined;
  /** What is in the org instead of a seeded one; takes what {@link EmulatedOrg.snapshot} gives. */
  seedData?: SeedData | undefined;
}

/**
 * What an org may take in an expression beyond the reference: the `reason` of a warning of `check()`, or one operator.
 * `attribute` is an attribute that the parameter does not know (`profile.name` in `filter`), `operator` every operator,
 * `value` a value that can match nothing, `date` a date of another form than `2026-01-31T12:00:00.000Z`.
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

/** A token the org knows. */
export interface EmulatorToken {
  /** What follows `SSWS` or `Bearer`, with a blank between or, as the vendor's Python SDK sends it, without one. */
  token: string;
  /**
   * Such as `okta.groups.read`; `okta.groups.manage` includes reading.
   *
   * @defaultValue all
   */
  scopes?: readonly string[] | undefined;
}

/** A service app the org knows. */
export interface EmulatorServiceApp {
  /** Its client ID. */
  clientId: string;
  /**
   * The scopes that are granted to it.
   *
   * @defaultValue all
   */
  scopes?: readonly string[] | undefined;
  /**
   * Whether its tokens must be bound to a key.
   *
   * @defaultValue false
   */
  dpop?: boolean | undefined;
}

/**
 * Which requests a {@link Fault} strikes; a condition that is not given holds for all.
 *
 * @example
 * The second page of members is too much for the org, and every tenth write gets lost after it was done.
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
  /** As the reference writes it: `GET /api/v1/groups/{groupId}/users`. */
  operation?: string | undefined;
  /** A part of path and query, as sent. */
  path?: string | undefined;
  /** Only the nth of the requests that match so far, from 1. */
  nth?: number | undefined;
  /** Only every so many of them, from 1. */
  every?: number | undefined;
  /** Only so many times. */
  times?: number | undefined;
  /**
   * Strikes after the org has done what was asked, which a client cannot know then. Means nothing for faults whose
   * answer says that nothing was done (429, read-only).
   *
   * @defaultValue false
   */
  after?: boolean | undefined;
  /** What happens. */
  fault: Fault;
}

/** What goes wrong in a local org: faults by rules, at random or both. */
export interface FaultOptions {
  /**
   * Every rule that a request matches strikes it.
   *
   * @defaultValue []
   */
  rules?: readonly FaultRule[] | undefined;
  /**
   * Faults at random: the same for the same seed and the same requests.
   *
   * @defaultValue none
   */
  random?:
    | {
        /** A whole number from 0. */
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

/** What can go wrong. */
export type Fault =
  /** 429: others have used up the rate limit until its window ends. */
  | 'rateLimit'
  /** 429 for too many requests at the same time: limit and remaining are 0. */
  | 'concurrency'
  /** 429 without rate headers. */
  | 'bareRateLimit'
  | {
      /** Okta's error object with this code (`E0000010`, ...), or without a code the text of a gateway. */
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
  /** Never an answer. */
  | 'hang'
  /** The connection breaks before the answer. */
  | 'reset'
  | {
      /** 500 for pages of more items than this. */
      pageTooLarge: number;
    }
  | {
      /** The connection breaks after so many bytes of the body. */
      cutBody: number;
    }
  | {
      /** The body ends after so many bytes, as if it were whole. */
      truncatedBody: number;
    }
  | {
      /** The body comes in pieces. */
      slowBody: {
        /** Bytes of a piece. */
        chunk: number;
        /** Milliseconds before each. */
        pauseMs: number;
      };
    }
  | {
      /** The answer is late by so many milliseconds. */
      latency: number;
    }
  /** Rate headers come twice. */
  | 'duplicateHeaders'
  /** No rate headers. */
  | 'missingHeaders'
  /** No `Date`. */
  | 'hiddenDate'
  | {
      /** `Date` and `X-Rate-Limit-Reset` by a clock that is wrong by so many milliseconds. */
      clockOffset: number;
    }
  | {
      /** `next` is on this origin. */
      nextHost: string;
    }
  /** `next` is the page itself. */
  | 'nextSelf'
  /** `next` is the first page. */
  | 'nextFirst'
  | {
      /** `next` is without this parameter. */
      nextLoses: string;
    }
  /** An empty page, whose `next` leads to what it should have held. */
  | 'emptyPage'
  | {
      /** Groups and people younger than so many milliseconds are not in lists yet. */
      lag: number;
    };

/** The content of an org. Objects are bodies as the API answers them; only their `id` must be there. */
export interface SeedData {
  /** As *List all groups* answers them. */
  groups?: readonly object[];
  /** As *List all member users* answers them. */
  users?: readonly object[];
  /** As *List all assigned applications* answers them. */
  apps?: readonly object[];
  /** User ids by group id. */
  memberships?: Readonly<Record<string, readonly string[]>>;
  /** App ids by group id. */
  appAssignments?: Readonly<Record<string, readonly string[]>>;
  /**
   * As *List all group rules* answers them, in the order of their creation. An ACTIVE rule has made its people members
   * already. A rule whose expression the local org does not understand is an error that names it.
   */
  rules?: readonly object[];
  /**
   * Why users are members of groups, by group id and user id: of those whom rules made members, and `null` where the org
   * does not say. Users named here need not be in `memberships`; members that are not named here were added by hand.
   */
  groupRules?: Readonly<Record<string, Readonly<Record<string, EmulatorMembership | null>>>>;
  /** Custom attributes that users may have, beside those that the users here have: expressions of rules may name them. */
  userAttributes?: readonly string[];
  /** Owners by group id, as *List all group owners* answers them; a group's id is a group, any other a user. */
  owners?: Readonly<Record<string, readonly object[]>>;
  /** Custom attributes groups may have, beside those the groups here have. */
  attributes?: Readonly<Record<string, 'boolean' | 'integer' | 'number' | 'string' | 'array'>>;
}

/** Why a user is a member of a group. */
export interface EmulatorMembership {
  /** The ids of the rules that made the user a member. */
  rules: readonly string[];
  /**
   * Whether an admin added the user by hand, too: then the user stays when no rule matches any more.
   *
   * @defaultValue false
   */
  byHand?: boolean;
}

/** A local org. */
export interface EmulatedOrg {
  /** Answers as the org's server would; give it to `new OktaGroups({ fetch })`. Rejects for other origins. */
  readonly fetch: typeof globalThis.fetch;
  /** The origin, for `new OktaGroups({ orgUrl })`. */
  readonly orgUrl: string;
  /** Makes the org what it was at first, rate limits and faults included. */
  reset(): void;
  /**
   * Has the org misbehave by these faults from the next request on, and by none that were set before; each rule counts
   * its requests from the start.
   *
   * @param faults - `{}` ends all faults, as does a call without it.
   * @throws TypeError that names what is wrong; the org then misbehaves as before.
   */
  setFaults(faults?: FaultOptions): void;
  /** Everything in the org, as a `seedData` that makes the same org. */
  snapshot(): Required<SeedData>;
}

/**
 * Makes a local Okta org in memory, answering the Groups API.
 *
 * @throws TypeError if an option is unknown or ill-typed; `OktaConfigError` `csp` where the page's policy forbids
 * WebAssembly, `wasm` where the runtime has none.
 */
export declare function createOrg(options?: CreateOrgOptions): EmulatedOrg;

/** A local org that is served. */
export interface ServedOrg extends EmulatedOrg {
  /** Where the server listens, such as `http://127.0.0.1:8080`: the `orgUrl`, unless an option sets another. */
  readonly url: string;
  /** Stops serving, and breaks off what is under way. */
  close(): Promise<void>;
}

/** Of {@link serveOrg}. */
export interface ServeOrgOptions extends CreateOrgOptions {
  /**
   * The origin of the org, if it is not where the server listens: that of a proxy that ends TLS before it.
   *
   * @defaultValue where the server listens
   */
  orgUrl?: string | URL | undefined;
  /**
   * A certificate of your own and its private key, as PEM: the org then speaks HTTPS.
   *
   * @defaultValue HTTP
   */
  tls?:
    | {
        /** The private key. */
        key: string | Uint8Array;
        /** The certificate, with those between it and an authority behind it. */
        cert: string | Uint8Array;
      }
    | undefined;
  /**
   * The port to listen on; 0 takes any that is free.
   *
   * @defaultValue 0
   */
  port?: number | undefined;
}

/**
 * Makes a local org and serves it over HTTP or HTTPS on loopback, at its `url`: for programs that are not JavaScript, and browser
 * tests with a real network between. For Node, Deno and Bun; while it listens, the process does not end. A body of more than
 * 1 MiB is answered with 413.
 *
 * @throws TypeError as {@link createOrg}, and where there is no `node:http`; the system's own error if the port is taken or
 * the certificate is none.
 */
export declare function serveOrg(options?: ServeOrgOptions): Promise<ServedOrg>;
