// The client's shape in JavaScript. Every method converts and calls.
import { core, kept } from './wasm.js';
import { drive } from './drive.js';
import { instance } from './trap.js';
import { around } from './middleware.js';
import { apiPromise } from './promise.js';
import { textOf } from './expr.js';
import { PagedList } from './list.js';
import { applyPlan, planMembers, syncMembers } from './members.js';
import { own } from './own.js';
import {
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
  profileArgument,
  textArgument,
} from './options.js';
import { CONNECT } from './connect.js';
import { isOktaError } from '../../src/web/errors.js';
import { credentialOf, mergeProfile, sameCredential } from '../../src/web/host.js';

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
          orgUrl,
          auth,
          credentialOf(auth),
          [...callNumbers(given), ...clientNumbers(given)],
          headerList(given),
          given.userAgent,
          given.nextLink === 'reject',
          auth.kind === 'session',
          rateLimit !== false,
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

  /** The answer to the call that `begin` gives, of the client and the options. */
  async #answer(given, known, begin) {
    const options = callOptions(given, known);
    const run = () => begin(this.#client(), options, callNumbers(options), headerList(options));
    return drive(run, this.#link, options.signal).done;
  }

  #call(given, known, begin) {
    return apiPromise(this.#answer(given, known, begin));
  }

  /** The list that `open` begins, of the client, the options and their texts of these names. */
  #list(given, known, names, open) {
    return new PagedList((cursor) => {
      const asked = own(given);
      for (const parameter of ['filter', 'search']) {
        if (Object.hasOwn(asked, parameter)) asked[parameter] = textOf(asked[parameter]);
      }
      const options = callOptions(Array.isArray(given) ? given : asked, known);
      const { prefetch = 1, signal } = options;
      const from = (cursor = options.cursor) => {
        const texts = [...names.map((name) => options[name]), cursor].map((text) => text ?? '');
        return open(this.#client(), options, texts, callNumbers(options), headerList(options));
      };
      return { walk: new Walk(from, cursor, this.#link, signal), prefetch };
    });
  }

  list(options) {
    const names = ['q', 'filter', 'search', 'sortBy', 'sortOrder', 'after'];
    return this.#list(options, LIST_GROUPS, names, (client, { expand, fields, limit }, texts, ...call) =>
      client.listGroups(texts, listOf(expand), listOf(fields), limit, ...call),
    );
  }

  get(groupId, options) {
    return this.#call(options, CALL, (client, _, ...call) => client.getGroup(idOf({ groupId }), ...call));
  }

  create(profile, options) {
    return this.#call(options, CREATE, (client, { ifExists }, ...call) => {
      const json = profileArgument('profile', profile);
      const name = ifExists === 'return' ? textArgument('profile', profile.name) : undefined;
      return client.createGroup(json, name, ...call);
    });
  }

  replace(groupId, profile, options) {
    return this.#call(options, CALL, this.#replacing(groupId, profile, 'profile'));
  }

  #replacing(groupId, profile, argument) {
    return (client, _, ...call) =>
      client.replaceGroup(idOf({ groupId }), profileArgument(argument, profile), ...call);
  }

  update(groupId, patch, options) {
    return apiPromise(this.#update(groupId, patch, options));
  }

  /** *Retrieve a group*, then *Replace a group*, which drops every attribute that is left out. */
  async #update(groupId, patch, options) {
    // A patch that cannot be sent is refused before anything is.
    profileArgument('patch', patch);
    const { data } = await this.get(groupId, options).withResponse();
    return this.#answer(options, CALL, this.#replacing(groupId, mergeProfile(data, patch), 'patch'));
  }

  delete(groupId, options) {
    return this.#call(options, REMOVE, (client, { ifMissing }, ...call) =>
      client.deleteGroup(idOf({ groupId }), ifMissing === 'ignore', ...call),
    );
  }

  listUsers(groupId, options) {
    return this.#list(options, LIST_USERS, ['search', 'after'], (client, { expand, limit }, texts, ...call) =>
      client.listUsers(idOf({ groupId }), texts, listOf(expand), limit, ...call),
    );
  }

  listApps(groupId, options) {
    return this.#list(options, LIST, ['after'], (client, { limit }, texts, ...call) =>
      client.listApps(idOf({ groupId }), texts, limit, ...call),
    );
  }

  assignUser(groupId, userId, options) {
    return this.#call(options, CALL, (client, _, ...call) =>
      client.assignUser(idOf({ groupId }), idOf({ userId }), ...call),
    );
  }

  unassignUser(groupId, userId, options) {
    return this.#call(options, REMOVE, (client, { ifMissing }, ...call) =>
      client.unassignUser(idOf({ groupId }), idOf({ userId }), ifMissing === 'ignore', ...call),
    );
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

/** The id in `{ name: id }`. */
function idOf(argument) {
  const [[name, id]] = Object.entries(argument);
  return textArgument(name, id);
}

/** Names: an array, or one text. */
function listOf(names = []) {
  return [names].flat();
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
