// The client's shape in JavaScript. Every method converts and calls.
import { core, kept } from './wasm.js';
import { call, instance } from './trap.js';
import { around } from './middleware.js';
import { apiPromise } from './promise.js';
import { textOf } from './expr.js';
import { PagedList } from './list.js';
import { applyPlan, planMembers, syncMembers } from './members.js';
import { own } from './own.js';
import { CONNECT } from './connect.js';
import { isOktaError } from '../../src/web/errors.js';
import { sameCredential } from '../../src/web/host.js';

/** A client of one org's groups. */
export class OktaGroups {
  #client;
  #orgUrl;

  constructor(options) {
    // What is given may be changed later, and the client made again after that.
    const given =
      typeof options === 'object' && options && !Array.isArray(options) ? { ...options } : options;
    // Late-bound: a test may replace the global fetch after the client was made.
    const fetch = (url, init) => globalThis.fetch(url, init);
    const { auth } = own(given);
    if (auth?.[CONNECT]) Object.assign(given, auth[CONNECT](given, fetch, sameCredential));
    const { middleware, fetch: inner = fetch } = own(given);
    if (middleware !== undefined) {
      const outer = around(middleware, inner);
      // Another kind of `fetch` is refused with the other options.
      if (typeof inner === 'function') given.fetch = outer;
    }
    const client = kept((core) => new core.Client(given, fetch));
    client();
    this.#client = client;
    this.#orgUrl = String(given.orgUrl);
    this.groups = new Groups(client);
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

  constructor(client) {
    this.#client = client;
    Object.freeze(this);
  }

  list(options) {
    return list(options, (asked) => this.#client().listGroups(asked));
  }

  get(groupId, options) {
    return apiPromise(call(() => this.#client().getGroup(groupId, options)));
  }

  create(profile, options) {
    return apiPromise(call(() => this.#client().createGroup(profile, options)));
  }

  replace(groupId, profile, options) {
    return apiPromise(call(() => this.#client().replaceGroup(groupId, profile, options)));
  }

  update(groupId, patch, options) {
    return apiPromise(call(() => this.#client().updateGroup(groupId, patch, options)));
  }

  delete(groupId, options) {
    return apiPromise(call(() => this.#client().deleteGroup(groupId, options)));
  }

  listUsers(groupId, options) {
    return list(options, (asked) => this.#client().listUsers(groupId, asked));
  }

  listApps(groupId, options) {
    return list(options, (asked) => this.#client().listApps(groupId, asked));
  }

  assignUser(groupId, userId, options) {
    return apiPromise(call(() => this.#client().assignUser(groupId, userId, options)));
  }

  unassignUser(groupId, userId, options) {
    return apiPromise(call(() => this.#client().unassignUser(groupId, userId, options)));
  }

  planMembers(groupId, desired, options) {
    return planMembers(this, groupId, desired, options);
  }

  applyPlan(plan, options) {
    return applyPlan(this, () => this.#client().rateLimits(), plan, options);
  }

  syncMembers(groupId, desired, options) {
    return syncMembers(this, () => this.#client().rateLimits(), groupId, desired, options);
  }
}

/** A walk through a list's pages, which goes on where it was if a trap takes its place in the core away. */
class Walk {
  #open;
  #cursor;
  #place;
  #of;

  constructor(open, cursor) {
    this.#open = open;
    this.#cursor = cursor;
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

  async next() {
    const page = await call(() => this.#walk().next()).catch((error) => {
      if (isOktaError(error, 'internal') && this.#cursor !== undefined) error.cursor = this.#cursor;
      throw error;
    });
    this.#cursor = page?.cursor;
    return page;
  }

  /** Gives up the page that is being read, if one is, and the place. */
  end() {
    if (this.#of !== instance()) return;
    this.#place.cancel();
    this.#place.free();
  }
}

function list(options, open) {
  return new PagedList((cursor) => {
    const asked = own(options);
    const { prefetch = 1 } = asked;
    for (const parameter of ['filter', 'search']) {
      if (Object.hasOwn(asked, parameter)) asked[parameter] = textOf(asked[parameter]);
    }
    return {
      walk: new Walk((from) => open(from === undefined ? asked : { ...asked, cursor: from }), cursor),
      prefetch,
    };
  });
}
