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
  /** Oddities of real orgs that are off by default. */
  quirks?: {
    /** A page that is not full still has a `next`, to an empty page. */
    nextOnShortPage?: boolean;
    /** `self` and `next` in one `Link` header, joined by a comma. */
    joinedLinks?: boolean;
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
