/**
 * The client alone, for pages that count bytes: every operation, with its rate limits, retries and typed errors, and without the
 * expression builders and the bulk runs of `okta-groups`. `filter` and `search` are texts, which this entry sends as they are;
 * {@link quote} writes a value for them. The wasm is a file of its own, `slim_bg.wasm`. Await {@link init} once before you make a
 * client.
 *
 * A program that needs expressions or bulk runs imports `okta-groups` or `okta-groups/external` instead, not besides: each copy of
 * the client keeps rate limits of its own, and the second one that makes a client says so on the console.
 *
 * @example
 * ```ts
 * import { OktaGroups, bearer, init, quote } from 'okta-groups/slim';
 *
 * const { OKTA_ORG_URL: orgUrl = '', OKTA_TOKEN: token = '' } = process.env;
 * await init();
 * const client = new OktaGroups({ orgUrl, auth: bearer(token) });
 * const search = `profile.name sw ${quote('R&D "beta')}`;
 * for await (const group of client.groups.list({ search })) console.log(group.profile.name);
 * ```
 *
 * @packageDocumentation
 * @module okta-groups/slim
 */
import type * as all from './index.js';
import type { WasmModule } from './external.js';

export {
  bearer,
  ssws,
  ownerDate,
  isOktaError,
  OktaError,
  OktaConfigError,
  OktaArgumentError,
  OktaAbortError,
  OktaTimeoutError,
  OktaConnectionError,
  OktaResponseError,
  OktaPaginationError,
  OktaInternalError,
  OktaLookupError,
  OktaApiError,
  OktaForbiddenError,
  OktaNotFoundError,
  OktaConflictError,
  OktaRateLimitError,
  OktaServerError,
} from './index.js';
export type {
  AnyOktaError,
  ApiKind,
  ApiPromise,
  App,
  Auth,
  BaseGroupProfile,
  CreateOptions,
  Cursor,
  DeleteRuleOptions,
  CustomAttributes,
  FetchInit,
  FetchResponse,
  FindOptions,
  GetGroupOptions,
  GetRuleOptions,
  Group,
  GroupOwner,
  GroupRule,
  GroupRuleInput,
  GroupRuleStatus,
  GroupStats,
  GroupType,
  HttpMethod,
  IsoDate,
  Json,
  ListRulesParams,
  Middleware,
  MiddlewareRequest,
  OktaErrorKind,
  Open,
  OtherListOptions,
  OtherRequestOptions,
  Page,
  PageIterator,
  PageOptions,
  PageWithResponse,
  PagedList,
  Patch,
  QueryValue,
  RateLimitOptions,
  RateLimitState,
  RemoveOptions,
  RequestOptions,
  ResponseMeta,
  RetryOptions,
  SearchAttr,
  TokenResult,
  TokenSource,
  User,
  UserStatus,
  Value,
} from './index.js';
export type { WasmModule } from './external.js';

/**
 * A value as `filter` and `search` have it: a text quoted and escaped, a Date as its ISO text in quotes, a number and a boolean as
 * they are.
 *
 * @throws `OktaArgumentError` if it is none of these, or a text that holds half of a surrogate pair.
 *
 * @example
 * ```js
 * import { quote } from 'okta-groups/slim';
 *
 * const search = `profile.name eq ${quote('R&D "beta"')} and lastUpdated gt ${quote(new Date(0))}`;
 * // profile.name eq "R&D \"beta\"" and lastUpdated gt "1970-01-01T00:00:00.000Z"
 * ```
 */
export declare function quote(value: all.Value): string;

/** What the client does, as it does it: the events of `okta-groups`, without warnings about expressions. */
export type ClientEvent = Exclude<
  all.ClientEvent,
  {
    /** The event that this entry does not have. */
    type: 'warning';
  }
>;

/** The options of {@link OktaGroups}. */
export interface ClientOptions extends Omit<all.ClientOptions, 'onEvent'> {
  /** Called with what the client does, as it does it. What it throws is ignored. */
  onEvent?: ((event: ClientEvent) => void) | undefined;
}

/** The parameters of *List all groups*. An empty text is an {@link OktaArgumentError}: leave out what is not meant. */
export interface ListGroupsParams<C extends object = {}> extends Omit<
  all.ListGroupsParams<C>,
  'filter' | 'search'
> {
  /** Over `id`, `type`, `lastUpdated`, `lastMembershipUpdated`: a text, sent as it is. */
  filter?: string | undefined;
  /** Over all attributes but `_embedded`, `_links` and `objectClass`: a text, sent as it is. */
  search?: string | undefined;
}

/** The parameters of *List all member users*. */
export interface ListUsersParams extends Omit<all.ListUsersParams, 'search'> {
  /** Over the members' attributes: a text, sent as it is. */
  search?: string | undefined;
}

/** The parameters of *List all group owners*. */
export interface ListOwnersParams extends Omit<all.ListOwnersParams, 'search'> {
  /** Searches the owners by their type, such as `type eq "GROUP"`: a text, sent as it is. */
  search?: string | undefined;
}

/** The parameters of *List all users*. */
export interface ListOrgUsersParams extends Omit<all.ListOrgUsersParams, 'search' | 'filter'> {
  /** Searches all attributes, such as `profile.department`: a text, sent as it is. */
  search?: string | undefined;
  /** Filters by a few attributes, such as `status` and `profile.login`: a text, sent as it is. */
  filter?: string | undefined;
}

/** The operations on users, as `okta-groups` has them. */
export interface UsersResource<C extends object = {}, U extends object = {}> extends Omit<
  all.UsersResource<C, U>,
  'list'
> {
  /** *List all users*. */
  list(params?: ListOrgUsersParams & all.PageOptions): all.PagedList<all.User<U>>;
}

/** The operations on groups, as `okta-groups` has them, without members in bulk and exports. */
export interface GroupsResource<C extends object = {}, U extends object = {}> extends Omit<
  all.GroupsResource<C, U>,
  | 'list'
  | 'listUsers'
  | 'listOwners'
  | 'planMembers'
  | 'applyPlan'
  | 'syncMembers'
  | 'planMemberships'
  | 'syncMemberships'
  | 'exportGroups'
  | 'exportMembers'
  | 'exportApps'
> {
  /** *List all groups*. */
  list(params?: ListGroupsParams<C> & all.PageOptions): all.PagedList<all.Group<C>>;
  /** *List all member users*. */
  listUsers(groupId: string, params?: ListUsersParams & all.PageOptions): all.PagedList<all.User<U>>;
  /** *List all group owners*. */
  listOwners(groupId: string, params?: ListOwnersParams & all.PageOptions): all.PagedList<all.GroupOwner>;
}

/** The operations on group rules, one request each: `update`, which keeps a rule's status, is of `okta-groups`. */
export interface RulesResource extends Omit<all.RulesResource, 'update'> {}

/** A client of one org, as `okta-groups` has it, with the operations of this entry. */
export declare class OktaGroups<C extends object = {}, U extends object = {}> {
  /**
   * Synchronous, and sends nothing.
   *
   * @throws {@link OktaConfigError} that names the option that is wrong, or says that {@link init} has not been awaited.
   */
  constructor(options: ClientOptions);
  /** Creates a client from environment variables, in Node, as `OktaGroups.fromEnv` of `okta-groups` does, after {@link init}. */
  static fromEnv<C extends object = {}, U extends object = {}>(
    options?: Omit<ClientOptions, 'orgUrl' | 'auth'>,
  ): OktaGroups<C, U>;
  /** The operations on groups, their members and apps. */
  readonly groups: GroupsResource<C, U>;
  /** The operations on group rules. */
  readonly rules: RulesResource;
  /** The operations on users. */
  readonly users: UsersResource<C, U>;
}
/** What it has besides, as in `okta-groups`. */
export interface OktaGroups<C extends object = {}, U extends object = {}> extends Omit<
  all.OktaGroups<C, U>,
  'groups' | 'rules' | 'users'
> {}

/**
 * Loads the wasm, once: later calls do nothing. A client that a program makes before that is an `OktaConfigError`.
 *
 * @param source - The wasm of this entry: its URL, a Response, its bytes, or a compiled module. Without it, `init` looks beside
 * this entry's own file, which is right for static servers and Node; bundlers need the URL
 * (`init(new URL('okta-groups/slim_bg.wasm', import.meta.url))`).
 *
 * @throws `OktaConfigError` if the wasm is not found, is not of this very build, or cannot be compiled: with `argument` `csp`
 * if the page's Content-Security-Policy forbids it, `wasm` if the runtime has no WebAssembly, else `init`. You may call `init`
 * again.
 */
export declare function init(
  source?: URL | string | Response | Promise<Response> | ArrayBuffer | ArrayBufferView | WasmModule,
): Promise<void>;

/**
 * The hash of this package's `slim_bg.wasm`, as subresource integrity has it (`sha384-…`): for whoever serves that file from
 * elsewhere, and for `fetch`.
 *
 * @example
 * ```js
 * import { init, wasmIntegrity } from 'okta-groups/slim';
 *
 * const wasm = new URL(import.meta.resolve('okta-groups/slim_bg.wasm'));
 * if (wasm.protocol !== 'file:') await init(fetch(wasm, { integrity: wasmIntegrity }));
 * ```
 */
export declare const wasmIntegrity: string;
