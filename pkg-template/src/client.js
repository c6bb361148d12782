// The client's shape in JavaScript. Every method converts and calls.
import { now } from 'okta-groups-web/clock.js';
import { core, kept } from './wasm.js';
import { aborted, drive, told } from './drive.js';
import { instance } from './trap.js';
import { around } from './middleware.js';
import { apiPromise, traced } from './promise.js';
import { PagedList } from './list.js';
import { applyPlan, planMembers, syncMembers } from './members.js';
import { own } from './own.js';
import {
  BULK,
  CALL,
  CREATE,
  LIST,
  LIST_GROUPS,
  LIST_USERS,
  REMOVE,
  callFields,
  callOptions,
  clientFields,
  clientOptions,
  headerList,
  listOptions,
  profileArgument,
  textArgument,
} from './options.js';
import { CONNECT } from './connect.js';
import { builtHere } from './expr.js';
import * as records from './records.js';
import { misshapen } from './shape.js';
import { isOktaError } from './error-classes.js';
import { credentialOf, sameCredential } from './credential.js';
import { isBrowser } from 'okta-groups-web/browser.js';
import { isLossy } from 'okta-groups-web/body.js';
import { isRecord } from './is-record.js';
import { tell } from './tell.js';

/** The options of a list that are texts. */
const LIST_TEXTS = ['limit', 'q', 'filter', 'search', 'after', 'expand', 'sortBy', 'sortOrder', 'fields'];

/** In the order of the reference, by which the core knows them. */
const OPERATIONS = [
  'listGroups',
  'createGroup',
  'getGroup',
  'replaceGroup',
  'deleteGroup',
  'listApps',
  'listUsers',
  'assignUser',
  'unassignUser',
];

/** A client of one org's groups. */
export class OktaGroups {
  #client;
  #orgUrl;

  constructor(options) {
    // What is given may be changed later, and the client made again after that.
    const given = clientOptions(options);
    // Late-bound: a test may replace the global fetch after the client was made.
    const fetch = (url, init) => globalThis.fetch(url, init);
    const connect = given.auth[CONNECT];
    if (connect) Object.assign(given, connect.call(given.auth, given, fetch, sameCredential));
    given.fetch ??= fetch;
    if (given.middleware !== undefined) given.fetch = around(given.middleware, given.fetch);
    const { auth, rateLimit } = given;
    const orgUrl = String(given.orgUrl);
    const record = records.written(
      records.CLIENT,
      {
        __proto__: null,
        orgUrl,
        org: given.org,
        userAgent: given.userAgent,
        credential: credentialOf(auth),
        rejectsLinks: given.nextLink === 'reject',
        isSession: auth.kind === 'session',
        prevents: rateLimit !== false,
        pageOrigin: isBrowser() && typeof location === 'object' ? location.origin : undefined,
        listens: given.onEvent !== undefined,
        namesBuckets: own(rateLimit).bucketOf !== undefined,
        ...clientFields(given),
        ...callFields(given),
      },
      headerList(given.headers),
    );
    const client = kept((core) => new core.Client(record));
    client();
    this.#client = client;
    this.#orgUrl = orgUrl;
    this.groups = new Groups(client, given);
    Object.freeze(this);
  }

  /** What is known of each rate-limit bucket, by its name. */
  rateLimits() {
    return new Map(this.#client().rateLimits(now()));
  }

  toJSON() {
    return { orgUrl: this.#orgUrl };
  }

  [Symbol.for('nodejs.util.inspect.custom')]() {
    return `OktaGroups { orgUrl: '${this.#orgUrl}' }`;
  }
}

/** The operations on groups, named by the reference's words. */
class Groups {
  #client;
  #link;

  constructor(client, link) {
    this.#client = client;
    this.#link = link;
    Object.freeze(this);
  }

  /**
   * The answer of an operation, whose arguments `fields` gives.
   * @param {(body: any, response: any) => string} [merge]
   */
  async #answer(operation, given, fields, known = CALL, merge = undefined) {
    const options = callOptions(given, known);
    const headers = headerList(options.headers);
    const record = records.written(
      records.CALL,
      {
        __proto__: null,
        operation: String(OPERATIONS.indexOf(operation)),
        isBulk: options.bulk,
        ...(options.ifMissing === 'ignore' && { goal: 'gone' }),
        ...fields(options),
        ...callFields(options),
      },
      headers,
    );
    /** @returns {[any, string]} */
    const begin = () => {
      const client = this.#client();
      return [client, told(client, 'begin', record)];
    };
    return drive(begin, this.#link, options.signal, headers, merge).done;
  }

  /** @param {[any, any, any, any?, any?]} call */
  #call(...call) {
    return apiPromise(this.#answer(...call));
  }

  /** What a bulk run asks besides the operations. */
  #bulk = {
    client: () => this.#client(),
    /** What a plan is bound to. */
    org: () => this.#client().org,
    write: (operation, groupId, userId, options) =>
      this.#call(operation, { ...options, bulk: true }, () => both(groupId, userId), BULK),
  };

  /** The list of an operation, of the group whose id `idOf` gives. */
  #list(operation, options, known, idOf = () => '') {
    // A list is read later, and again.
    const given = asTheyAre(options);
    return new PagedList((cursor) => {
      const options = listOptions(given, known);
      const list = {
        ...options,
        operation: String(OPERATIONS.indexOf(operation)),
        group: idOf(),
        ...callFields(options),
      };
      // Texts, as what else they may be is written: an expression, an array of names.
      for (const name of LIST_TEXTS) list[name] = String(options[name] ?? '');
      // Where nobody listens to warnings, what is not documented need not be looked for.
      const silent = this.#link.onEvent ? 0 : 2;
      list.filterKnown = String(builtHere(options.filter, 'filter') | silent);
      list.searchKnown = String(builtHere(options.search, 'search') | silent);
      const headers = headerList(options.headers);
      const open = (from = options.cursor ?? '') => {
        const client = this.#client();
        const walk = client.list(
          records.written(records.LIST, { __proto__: null, ...list, cursor: from }, headers),
        );
        const { onEvent } = this.#link;
        if (onEvent) for (const warning of walk.warnings()) tell(onEvent, warning);
        return [client, walk];
      };
      const { signal, prefetch = 1 } = options;
      return { walk: new Walk(open, cursor, this.#link, signal, headers), prefetch };
    });
  }

  list(options) {
    return this.#list('listGroups', options, LIST_GROUPS);
  }

  get(groupId, options) {
    return this.#call('getGroup', options, () => one(groupId));
  }

  create(profile, options) {
    const fields = ({ ifExists }) => {
      const json = profileArgument('profile', profile);
      const found = ifExists === 'return';
      return {
        profile: json,
        ...(found && { goal: 'found', name: textArgument('profile', JSON.parse(json).name) }),
      };
    };
    return this.#call('createGroup', options, fields, CREATE);
  }

  replace(groupId, profile, options) {
    return this.#call('replaceGroup', options, () => ({
      ...one(groupId),
      profile: profileArgument('profile', profile),
    }));
  }

  update(groupId, patch, options) {
    return apiPromise(this.#update(groupId, patch, options));
  }

  /** *Retrieve a group*, then *Replace a group*, which drops every attribute that is left out. */
  async #update(groupId, patch, options) {
    // Before anything is sent: what JSON leaves out of it (`undefined`) is kept as it is.
    const changed = JSON.parse(profileArgument('patch', patch));
    const merge = (body, response) => {
      const { profile } = own(body);
      if (!isRecord(profile)) {
        throw misshapen('a group without a profile', '/api/v1/groups/{groupId}', response);
      }
      for (const name of Object.keys(profile)) {
        const isLost = isLossy(response.headers);
        const changes =
          (!Object.hasOwn(changed, name) && changedBack(profile[name], isLost)) || changedBack(name, isLost);
        if (changes) {
          const what = `${changes} in ${name}: it would be written back as another`;
          throw misshapen(what, '/api/v1/groups/{groupId}', response);
        }
      }
      return profileArgument('patch', { ...profile, ...changed });
    };
    return this.#answer('getGroup', options, () => ({ ...one(groupId), goal: 'updated' }), CALL, merge);
  }

  delete(groupId, options) {
    return this.#call('deleteGroup', options, () => one(groupId), REMOVE);
  }

  listUsers(groupId, options) {
    return this.#list('listUsers', options, LIST_USERS, () => group(groupId));
  }

  listApps(groupId, options) {
    return this.#list('listApps', options, LIST, () => group(groupId));
  }

  assignUser(groupId, userId, options) {
    return this.#call('assignUser', options, () => both(groupId, userId));
  }

  unassignUser(groupId, userId, options) {
    return this.#call('unassignUser', options, () => both(groupId, userId), REMOVE);
  }

  planMembers(groupId, desired, options) {
    return traced(planMembers(this, this.#bulk, groupId, desired, options));
  }

  applyPlan(plan, options) {
    return applyPlan(this, this.#bulk, plan, options);
  }

  syncMembers(groupId, desired, options) {
    return syncMembers(this, this.#bulk, groupId, desired, options);
  }
}

/** Options as they are now, whatever becomes of their object; what is wrong with them is said where they are checked. */
const asTheyAre = (options) => (isRecord(options) ? { ...options } : options);

/** What in a value of a profile would be written back as something else, if anything. */
function changedBack(value, isLost, depth = 0) {
  if (typeof value === 'string') {
    return isLost && value.includes('\ufffd') && 'a text that is no UTF-8';
  }
  if (typeof value === 'object' && value) {
    // As deep as it could be written.
    if (depth > 900) return 'a value that nests too deep';
    for (const part of Object.entries(value).flat()) {
      const found = changedBack(part, isLost, depth + 1);
      if (found) return found;
    }
    return undefined;
  }
  const isInexact =
    typeof value === 'number' && (value % 1 === 0 ? !Number.isSafeInteger(value) : !Number.isFinite(value));
  return isInexact && 'a number that JavaScript does not hold exactly';
}

const group = (groupId) => textArgument('groupId', groupId);
const user = (userId) => textArgument('userId', userId);
const one = (groupId) => ({ group: group(groupId) });
const both = (groupId, userId) => ({ ...one(groupId), user: user(userId) });

/** An error with the cursor of the page that it is about; the first has none. */
function placed(error, cursor) {
  return cursor === undefined ? error : Object.assign(error, { cursor });
}

/** A walk through a list's pages, which goes on where it was if its place in the core is gone: by a trap, or its end. */
class Walk {
  #open;
  #client;
  #cursor;
  #link;
  #signal;
  #headers;
  #place;
  #of;
  #call;

  constructor(open, cursor, link, signal, headers) {
    this.#open = open;
    this.#cursor = cursor;
    this.#link = link;
    this.#signal = signal;
    this.#headers = headers;
    this.#walk();
  }

  #walk() {
    core();
    if (this.#of !== instance()) {
      [this.#client, this.#place] = this.#open(this.#cursor);
      this.#of = instance();
    }
    return this.#place;
  }

  /** @returns {[any, string]} */
  #begin() {
    const place = this.#walk();
    return [this.#client, told(place, 'next')];
  }

  /** The next page, and where there is a signal a check to be made before it or another of its items is given. */
  async next() {
    const from = this.#cursor;
    this.#call = drive(() => this.#begin(), this.#link, this.#signal, this.#headers);
    const read = await this.#call.done.catch((error) => {
      // With the page size that the org can bear.
      this.#cursor = error?.cursor ?? from;
      const untold = isOktaError(error, 'internal') || isOktaError(error, 'aborted');
      throw untold ? placed(error, from) : error;
    });
    const page = read && { items: read.data, cursor: read.cursor, response: read.response };
    this.#cursor = page?.cursor;
    const signal = this.#signal;
    const check =
      signal &&
      (() => {
        // Whoever gave up wants no more of what has been read.
        if (signal.aborted) throw placed(aborted(signal.reason), from);
      });
    return { page, check };
  }

  /** Gives up the page that is being read, if one is, and the place. */
  end() {
    this.#call?.stop();
    const [of, place] = [this.#of, this.#place];
    this.#of = undefined;
    // Later: a callback of the core's may be asking, while it holds the place.
    queueMicrotask(() => of === instance() && place.free());
  }
}
