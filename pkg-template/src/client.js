// The client's shape in JavaScript. Every method converts and calls.
import { core } from './wasm.js';
import { apiPromise } from './promise.js';
import { textOf } from './expr.js';
import { PagedList, own } from './list.js';
import { oktaError } from '../../src/web/errors.js';

/** A client of one org's groups. */
export class OktaGroups {
  #client;
  #orgUrl;

  constructor(options) {
    // Late-bound: a test may replace the global fetch after the client was made.
    const client = new (core().Client)(options, (url, init) => globalThis.fetch(url, init));
    this.#client = client;
    this.#orgUrl = String(options.orgUrl);
    this.groups = new Groups(client);
    Object.freeze(this);
  }

  /** What is known of each rate-limit bucket, by its name. */
  rateLimits() {
    return new Map(this.#client.rateLimits());
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
    return list(options, (asked) => this.#client.listGroups(asked));
  }

  get(groupId, options) {
    return apiPromise(this.#client.getGroup(groupId, options));
  }

  create(profile, options) {
    return apiPromise(this.#client.createGroup(profile, options));
  }

  replace(groupId, profile, options) {
    return apiPromise(this.#client.replaceGroup(groupId, profile, options));
  }

  update(groupId, patch, options) {
    return apiPromise(this.#client.updateGroup(groupId, patch, options));
  }

  delete(groupId, options) {
    return apiPromise(this.#client.deleteGroup(groupId, options));
  }

  listUsers(groupId, options) {
    return list(options, (asked) => this.#client.listUsers(groupId, asked));
  }

  listApps(groupId, options) {
    return list(options, (asked) => this.#client.listApps(groupId, asked));
  }

  assignUser(groupId, userId, options) {
    return apiPromise(this.#client.assignUser(groupId, userId, options));
  }

  unassignUser(groupId, userId, options) {
    return apiPromise(this.#client.unassignUser(groupId, userId, options));
  }
}

function list(options, open) {
  return new PagedList((cursor) => {
    const { prefetch = 1, ...asked } = own(options);
    for (const parameter of ['filter', 'search']) {
      if (Object.hasOwn(asked, parameter)) asked[parameter] = textOf(asked[parameter]);
    }
    if (prefetch !== 0 && prefetch !== 1) {
      throw oktaError('argument', 'prefetch must be 0 or 1', { argument: 'prefetch' });
    }
    return { walk: open(cursor === undefined ? asked : { ...asked, cursor }), prefetch };
  });
}
