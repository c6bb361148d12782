// The client's shape in JavaScript. Every method converts and calls.
import { core, kept } from './wasm.js';
import { drive } from './drive.js';
import { instance } from './trap.js';
import { around } from './middleware.js';
import { apiPromise } from './promise.js';
import { textOf } from './expr.js';
import { PagedList } from './list.js';
import { applyPlan, planMembers, syncMembers } from './members.js';
import { copied, own } from './own.js';
import { CONNECT } from './connect.js';
import { isOktaError, oktaError } from '../../src/web/errors.js';
import { mergeProfile, profileText, sameCredential } from '../../src/web/host.js';

/** A client of one org's groups. */
export class OktaGroups {
  #client;
  #orgUrl;

  constructor(options) {
    // What is given may be changed later, and the client made again after that.
    const given = copied(options);
    // Late-bound: a test may replace the global fetch after the client was made.
    const fetch = (url, init) => globalThis.fetch(url, init);
    const connect = given?.auth?.[CONNECT];
    if (connect) Object.assign(given, given.auth[CONNECT](given, fetch, sameCredential));
    if (given?.middleware !== undefined) {
      const outer = around(given.middleware, given.fetch ?? fetch);
      // Another kind of `fetch` is refused with the other options.
      if (typeof (given.fetch ?? fetch) === 'function') given.fetch = outer;
    }
    const client = kept((core) => new core.Client(given));
    client();
    this.#client = client;
    this.#orgUrl = String(given.orgUrl);
    this.groups = new Groups(client, { fetch, ...given });
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

  /** The answer to the call that `begin` gives, with options to be checked there. */
  #answer(options, begin) {
    const asked = copied(options);
    return drive(() => begin(this.#client(), asked), this.#link, asked?.signal).done;
  }

  #call(options, begin) {
    return apiPromise(this.#answer(options, begin));
  }

  #list(options, open) {
    return new PagedList((cursor) => {
      const asked = own(options);
      const { prefetch = 1 } = asked;
      for (const parameter of ['filter', 'search']) {
        if (Object.hasOwn(asked, parameter)) asked[parameter] = textOf(asked[parameter]);
      }
      const from = (cursor) => open(this.#client(), cursor === undefined ? asked : { ...asked, cursor });
      return { walk: new Walk(from, cursor, this.#link, asked.signal), prefetch };
    });
  }

  list(options) {
    return this.#list(options, (client, asked) => client.listGroups(asked));
  }

  get(groupId, options) {
    return this.#call(options, (client, asked) => client.getGroup(groupId, asked));
  }

  create(profile, options) {
    return this.#call(options, (client, asked) => client.createGroup(profile, asked));
  }

  replace(groupId, profile, options) {
    return this.#call(options, (client, asked) => client.replaceGroup(groupId, profile, asked));
  }

  update(groupId, patch, options) {
    return apiPromise(this.#update(groupId, patch, options));
  }

  /** *Retrieve a group*, then *Replace a group*, which drops every attribute that is left out. */
  async #update(groupId, patch, options) {
    // A patch that cannot be sent is refused before anything is.
    try {
      profileText(patch);
    } catch (reason) {
      throw oktaError('argument', `patch ${reason}`, { argument: 'patch' });
    }
    const { data } = await this.#answer(options, (client, asked) => client.getGroup(groupId, asked));
    const profile = mergeProfile(data, patch);
    return this.#answer(options, (client, asked) => client.replaceGroup(groupId, profile, asked));
  }

  delete(groupId, options) {
    return this.#call(options, (client, asked) => client.deleteGroup(groupId, asked));
  }

  listUsers(groupId, options) {
    return this.#list(options, (client, asked) => client.listUsers(groupId, asked));
  }

  listApps(groupId, options) {
    return this.#list(options, (client, asked) => client.listApps(groupId, asked));
  }

  assignUser(groupId, userId, options) {
    return this.#call(options, (client, asked) => client.assignUser(groupId, userId, asked));
  }

  unassignUser(groupId, userId, options) {
    return this.#call(options, (client, asked) => client.unassignUser(groupId, userId, asked));
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

  async next() {
    this.#call = drive(() => this.#walk().next(), this.#link, this.#signal);
    const page = await this.#call.done.catch((error) => {
      if (isOktaError(error, 'internal') && this.#cursor !== undefined) error.cursor = this.#cursor;
      throw error;
    });
    this.#cursor = page?.cursor;
    return page;
  }

  /** Gives up the page that is being read, if one is, and the place. */
  end() {
    this.#call?.stop();
    if (this.#of === instance()) this.#place.free();
  }
}
