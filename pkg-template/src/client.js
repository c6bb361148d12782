// The client's shape in JavaScript. Every method converts and calls.
import { now } from '../../src/web/clock.js';
import { core, kept } from './wasm.js';
import { aborted, drive } from './drive.js';
import { instance } from './trap.js';
import { around } from './middleware.js';
import { apiPromise } from './promise.js';
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
  callNumbers,
  callOptions,
  clientNumbers,
  clientOptions,
  headerList,
  listOptions,
  profileArgument,
  textArgument,
} from './options.js';
import { CONNECT } from './connect.js';
import { builtHere } from './expr.js';
import { misshapen } from './shape.js';
import { isOktaError } from '../../src/web/errors.js';
import { credentialOf, isLossy, isRecord, sameCredential } from '../../src/web/host.js';

/** The texts of a list's options, in the order that the core knows them by. */
const LIST_TEXTS = ['q', 'filter', 'search', 'after', 'expand', 'sortBy', 'sortOrder', 'fields'];

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
    const client = kept(
      (core) =>
        new core.Client(
          [orgUrl, String(given.org ?? ''), given.userAgent ?? '', ...headerList(given.headers)],
          [...callNumbers(given), ...clientNumbers(given)],
          given.nextLink === 'reject',
          auth.kind === 'session',
          rateLimit !== false,
          auth,
          credentialOf(auth),
          own(rateLimit).bucketOf,
          given.onEvent,
        ),
    );
    client();
    this.#client = client;
    this.#orgUrl = orgUrl;
    this.groups = new Groups(client, given);
    Object.freeze(this);
  }

  /** What is known of each rate-limit bucket, by its name. */
  rateLimits() {
    return new Map(this.#client().rateLimits());
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

  /** The answer of an operation, whose arguments `texts` gives. */
  async #answer(operation, given, texts, known = CALL) {
    const options = callOptions(given, known);
    const told = [...texts(options), ...headerList(options.headers)];
    const flags = [options.ifMissing === 'ignore', options.bulk].map((is) => (is ? 1 : NaN));
    const numbers = [...callNumbers(options), ...flags];
    return drive(
      () => this.#client().call(OPERATIONS.indexOf(operation), told, numbers),
      this.#link,
      options.signal,
    ).done;
  }

  #call(...call) {
    return apiPromise(this.#answer(...call));
  }

  /** What a bulk run asks besides the operations. */
  #bulk = {
    client: () => this.#client(),
    /** What a plan is bound to. */
    org: () => this.#client().org,
    write: (operation, groupId, userId, options) =>
      this.#call(operation, { ...options, bulk: true }, () => [group(groupId), user(userId)], BULK),
  };

  /** The list of an operation, of the group whose id `idOf` gives. */
  #list(operation, options, known, idOf = () => '') {
    // A list is read later, and again.
    const given = asTheyAre(options);
    return new PagedList((cursor) => {
      const options = listOptions(given, known);
      const texts = LIST_TEXTS.map((name) => String(options[name] ?? ''));
      // Where nobody listens to warnings, what is not documented need not be looked for.
      const [filter, search] = ['filter', 'search'].map((name) => builtHere(options[name], name));
      const silent = this.#link.onEvent ? 0 : 10;
      const numbers = [...callNumbers(options), options.limit, (filter + 4 * search) | silent];
      const open = (from = options.cursor ?? '') => {
        const told = [idOf(), from, ...texts, ...headerList(options.headers)];
        return this.#client().list(OPERATIONS.indexOf(operation), told, numbers);
      };
      const { signal, prefetch = 1 } = options;
      return { walk: new Walk(open, cursor, this.#link, signal), prefetch };
    });
  }

  list(options) {
    return this.#list('listGroups', options, LIST_GROUPS);
  }

  get(groupId, options) {
    return this.#call('getGroup', options, () => [group(groupId), '']);
  }

  create(profile, options) {
    const texts = ({ ifExists }) => {
      const json = profileArgument('profile', profile);
      return [ifExists === 'return' ? textArgument('profile', JSON.parse(json).name) : '', json];
    };
    return this.#call('createGroup', options, texts, CREATE);
  }

  replace(groupId, profile, options) {
    return this.#call('replaceGroup', options, () => [group(groupId), profileArgument('profile', profile)]);
  }

  update(groupId, patch, options) {
    return apiPromise(this.#update(groupId, patch, options));
  }

  /** *Retrieve a group*, then *Replace a group*, which drops every attribute that is left out. */
  async #update(groupId, patch, options) {
    // Before anything is sent: what JSON leaves out of it (`undefined`) is kept as it is.
    const changed = JSON.parse(profileArgument('patch', patch));
    options = asTheyAre(options);
    const began = now();
    const { data, response } = await this.#answer('getGroup', options, () => [group(groupId), '']);
    if (!isRecord(data.profile)) {
      throw misshapen('a group without a profile', '/api/v1/groups/{groupId}', response);
    }
    for (const name of Object.keys(data.profile)) {
      const isLost = isLossy(response.headers);
      const changes =
        (!Object.hasOwn(changed, name) && changedBack(data.profile[name], isLost)) ||
        changedBack(name, isLost);
      if (changes) {
        const what = `${changes} in ${name}: it would be written back as another`;
        throw misshapen(what, '/api/v1/groups/{groupId}', response);
      }
    }
    const profile = () => [group(groupId), profileArgument('patch', { ...data.profile, ...changed })];
    // Together they take no longer than one call may.
    const total = own(options).totalTimeout ?? this.#link.totalTimeout ?? 300_000;
    const totalTimeout = Math.max(1, Math.round(total - (now() - began)));
    return this.#answer('replaceGroup', { ...options, totalTimeout }, profile);
  }

  delete(groupId, options) {
    return this.#call('deleteGroup', options, () => [group(groupId), ''], REMOVE);
  }

  listUsers(groupId, options) {
    return this.#list('listUsers', options, LIST_USERS, () => group(groupId));
  }

  listApps(groupId, options) {
    return this.#list('listApps', options, LIST, () => group(groupId));
  }

  assignUser(groupId, userId, options) {
    return this.#call('assignUser', options, () => [group(groupId), user(userId)]);
  }

  unassignUser(groupId, userId, options) {
    return this.#call('unassignUser', options, () => [group(groupId), user(userId)], REMOVE);
  }

  planMembers(groupId, desired, options) {
    return planMembers(this, this.#bulk, groupId, desired, options);
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

/** An error with the cursor of the page that it is about; the first has none. */
function placed(error, cursor) {
  return cursor === undefined ? error : Object.assign(error, { cursor });
}

/** A walk through a list's pages, which goes on where it was if its place in the core is gone: by a trap, or its end. */
class Walk {
  #open;
  #cursor;
  #link;
  #signal;
  #place;
  #of;
  #call;

  constructor(open, cursor, link, signal) {
    this.#open = open;
    this.#cursor = cursor;
    this.#link = link;
    this.#signal = signal;
    this.#walk();
  }

  #walk() {
    core();
    if (this.#of !== instance()) {
      this.#place = this.#open(this.#cursor);
      this.#of = instance();
    }
    return this.#place;
  }

  /** The next page, and where there is a signal a check to be made before it or another of its items is given. */
  async next() {
    const from = this.#cursor;
    this.#call = drive(() => this.#walk().next(), this.#link, this.#signal);
    const page = await this.#call.done.catch((error) => {
      // With the page size that the org can bear.
      this.#cursor = error?.cursor ?? from;
      const untold = isOktaError(error, 'internal') || isOktaError(error, 'aborted');
      throw untold ? placed(error, from) : error;
    });
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
