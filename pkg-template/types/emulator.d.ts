/** Options of {@link createOrg}. Unknown keys are an error that names the key. */
export interface CreateOrgOptions {
  /** Groups in all, the built-in `Everyone` and `Okta Administrators` included. @default 100 */
  groups?: number;
  /** Users. @default 500 */
  users?: number;
  /** The same seed and sizes make the same org, ids included. @default 7 */
  seed?: number;
  /** The origin the org answers on and writes into its links. @default "https://example.okta.com" */
  orgUrl?: string | URL;
  /**
   * Requests per minute: one number for both buckets, or one each (`group` is `/api/v1/groups/{id}`,
   * `groups` the rest), or `'off'`: limits are reported and never refused.
   * @default { group: 1000, groups: 500 }
   */
  rateLimit?: 'off' | number | { group?: number; groups?: number; enforced?: boolean };
  /** The tokens the org knows. @default every token that is not empty, with all scopes */
  tokens?: readonly EmulatorToken[];
  /**
   * The service apps that may sign in at `/oauth2/v1/token`, for `serviceApp()`; their tokens are known for an hour,
   * besides `tokens`. Form, claims, replay, scopes and DPoP proofs are checked; signatures are not.
   * @default every one, with all scopes
   */
  serviceApps?: readonly EmulatorServiceApp[];
  /** Oddities of real orgs that are off by default. */
  quirks?: {
    /** A page that is not full still has a `next`, to an empty page. */
    nextOnShortPage?: boolean;
    /** `self` and `next` in one `Link` header, joined by a comma. */
    joinedLinks?: boolean;
  };
  /** What goes wrong, by a script, a seed or both. @default nothing */
  faults?: {
    /** Every rule that a request matches strikes it. */
    rules?: readonly FaultRule[];
    /** Faults at random: the same for the same seed and the same requests. */
    random?: {
      /** A whole number from 0. */
      seed: number;
      /** The share of requests that are struck, from 0 to 1. @default 0.1 */
      rate?: number;
      /** The faults to choose from. @default one of every kind */
      of?: readonly Fault[];
    };
  };
  /** The org's clock, milliseconds since 1970. @default Date.now */
  now?: () => number;
  /** What is in the org instead of a seeded one; takes what {@link EmulatedOrg.snapshot} gives. */
  seedData?: SeedData;
}

/** A token the org knows. */
export interface EmulatorToken {
  /** What follows `SSWS` or `Bearer`. */
  token: string;
  /** Such as `okta.groups.read`; `okta.groups.manage` includes reading. @default all */
  scopes?: readonly string[];
}

/** A service app the org knows. */
export interface EmulatorServiceApp {
  clientId: string;
  /** The scopes that are granted to it. @default all */
  scopes?: readonly string[];
  /** Whether its tokens must be bound to a key. @default false */
  dpop?: boolean;
}

/**
 * Which requests a {@link Fault} strikes; a condition that is not given holds for all.
 *
 * @example
 * // The second page of members is too much for the org, and every tenth write gets lost after it was done.
 * const org = createOrg({
 *   faults: {
 *     rules: [
 *       { operation: 'GET /api/v1/groups/{groupId}/users', nth: 2, fault: { error: { status: 504 } } },
 *       { operation: 'PUT /api/v1/groups/{groupId}/users/{userId}', every: 10, after: true, fault: 'reset' },
 *     ],
 *   },
 * });
 */
export interface FaultRule {
  /** As the reference writes it: `GET /api/v1/groups/{groupId}/users`. */
  operation?: string;
  /** A part of path and query, as sent. */
  path?: string;
  /** Only the nth of the requests that match so far, from 1. */
  nth?: number;
  /** Only every so many of them. */
  every?: number;
  /** Only so many times. */
  times?: number;
  /**
   * Strikes after the org has done what was asked, which a client cannot know then. Means nothing for faults whose
   * answer says that nothing was done (429, read-only).
   * @default false
   */
  after?: boolean;
  /** What happens. */
  fault: Fault;
}

/** What can go wrong. */
export type Fault =
  /** 429: others have used up the rate limit until its window ends. */
  | 'rateLimit'
  /** 429 for too many requests at the same time: limit and remaining are 0. */
  | 'concurrency'
  /** 429 without rate headers. */
  | 'bareRateLimit'
  /** Okta's error object with this code (`E0000010`, ...), or without a code the text of a gateway. */
  | { error: { status: number; code?: string } }
  /** 502 with an HTML page. */
  | 'proxyError'
  /** 200 with an HTML page. */
  | 'loginPage'
  /** Never an answer. */
  | 'hang'
  /** The connection breaks before the answer. */
  | 'reset'
  /** 500 for pages of more items than this. */
  | { pageTooLarge: number }
  /** The connection breaks after so many bytes of the body. */
  | { cutBody: number }
  /** The body ends after so many bytes, as if it were whole. */
  | { truncatedBody: number }
  /** The body comes in pieces of `chunk` bytes, each after `pauseMs` milliseconds. */
  | { slowBody: { chunk: number; pauseMs: number } }
  /** The answer is late by so many milliseconds. */
  | { latency: number }
  /** Rate headers come twice. */
  | 'duplicateHeaders'
  /** No rate headers. */
  | 'missingHeaders'
  /** No `Date`. */
  | 'hiddenDate'
  /** `Date` and `X-Rate-Limit-Reset` by a clock that is wrong by so many milliseconds. */
  | { clockOffset: number }
  /** `next` is on this origin. */
  | { nextHost: string }
  /** `next` is the page itself. */
  | 'nextSelf'
  /** `next` is the first page. */
  | 'nextFirst'
  /** `next` is without this parameter. */
  | { nextLoses: string }
  /** An empty page, whose `next` leads to what it should have held. */
  | 'emptyPage'
  /** Groups younger than so many milliseconds are not in lists yet. */
  | { lag: number };

/** The content of an org. Objects are bodies as the API answers them; only their `id` must be there. */
export interface SeedData {
  groups?: readonly object[];
  users?: readonly object[];
  apps?: readonly object[];
  /** User ids by group id. */
  memberships?: Readonly<Record<string, readonly string[]>>;
  /** App ids by group id. */
  appAssignments?: Readonly<Record<string, readonly string[]>>;
  /** Custom attributes groups may have, beside those the groups here have. */
  attributes?: Readonly<Record<string, 'boolean' | 'integer' | 'number' | 'string' | 'array'>>;
}

/** A local org. */
export interface EmulatedOrg {
  /** Answers as the org's server would; give it to `new OktaGroups({ fetch })`. Rejects for other origins. */
  readonly fetch: typeof globalThis.fetch;
  /** The origin, for `new OktaGroups({ orgUrl })`. */
  readonly orgUrl: string;
  /** Makes the org what it was at first, rate limits included. */
  reset(): void;
  /** Everything in the org, as a `seedData` that makes the same org. */
  snapshot(): Required<SeedData>;
}

/**
 * Makes a local Okta org in memory, answering the Groups API.
 *
 * @throws TypeError if an option is unknown or ill-typed.
 */
export declare function createOrg(options?: CreateOrgOptions): EmulatedOrg;
