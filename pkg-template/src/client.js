// The client and its resources (groups, rules, users) in JavaScript. Each method checks and converts its arguments and has
// the core run a call. The core decides what is sent and retried; drive.js sends it.
import { now } from 'okta-groups-web/clock.js';
import { Client as Core } from 'okta-groups-core';
import { kept, ready } from './wasm.js';
import { Run, aborted, begun, turned } from './drive.js';
import { instance } from './trap.js';
import { around } from './middleware.js';
import { apiPromise, traced } from './promise.js';
import { limitOf } from './failure.js';
import { PagedList } from './list.js';
import { Written, findByName } from './find.js';
import { own } from './own.js';
import { OPERATIONS } from './operations.js';
import {
  PAGINATE,
  REQUEST,
  callFields,
  callOptions,
  clientFields,
  clientOptions,
  headerList,
  jsonArgument,
  listOptions,
  optionsOf,
  pathArgument,
  profileArgument,
  queryArgument,
  textArgument,
} from './options.js';
import { objectText } from './profile.js';
import { CONNECT } from './connect.js';
import { clientMade } from './copies.js';
import * as records from './records.js';
import { misshapen } from './shape.js';
import { isOktaError } from './error-classes.js';
import { authorizationOf, credentialOf, sameCredential } from './credential.js';
import { fromEnvironment } from 'okta-groups-env';
import { changedBack } from './changed-back.js';
import { ruleArgument, updateRule } from './rules.js';
import { isBrowser } from 'okta-groups-web/browser.js';
import { isLossy } from 'okta-groups-web/body.js';
import { isRecord } from './is-record.js';
import { proved } from './redact.js';
import { tell } from './tell.js';

/** A client of one org. Each entry of the package passes the class of its operations on groups. */
export class Client {
  #client;
  #calls;
  #orgUrl;

  /**
   * `listed` checks the expressions in a list's options and returns warning events; the slim entry has no parser for that.
   * @param {new (calls: any) => any} Groups
   */
  constructor(options, Groups, listed = (/** @type {any[]} */ ..._) => /** @type {any[]} */ ([])) {
    // A copy: the program may change its object later, and the core's client may be made again after a trap.
    const given = clientOptions(options);
    // Late-bound: a test may replace the global fetch after the client was made.
    const fetch = (url, init) => globalThis.fetch(url, init);
    const connect = given.auth[CONNECT];
    if (connect) Object.assign(given, connect.call(given.auth, given, fetch, sameCredential));
    given.fetch ??= fetch;
    if (given.middleware !== undefined) given.fetch = around(given.middleware, given.fetch);
    const { auth, rateLimit } = given;
    const authorization = authorizationOf(auth);
    if (authorization) proved(auth, (given.proof = ['authorization', authorization]));
    const orgUrl = String(given.orgUrl);
    const record = records.written(
      records.CLIENT,
      {
        __proto__: null,
        orgUrl,
        org: given.org,
        userAgent: given.userAgent,
        credential: credentialOf(auth),
        authorization,
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
    const client = kept(() => new Core(record));
    client();
    clientMade();
    this.#client = client;
    this.#orgUrl = orgUrl;
    const calls = new Calls(client, given, listed);
    this.#calls = calls;
    this.groups = Object.freeze(new Groups(calls));
    this.rules = Object.freeze(new Rules(calls));
    this.users = Object.freeze(new Users(calls));
    Object.freeze(this);
  }

  /**
   * Makes a client from environment variables. The CommonJS build for Node sets the symbol's function, which loads
   * `okta-groups/auth`.
   */
  static fromEnv(options) {
    const Client = /** @type {any} */ (this);
    return fromEnvironment(options, (given) => new Client(given), Client[Symbol.for('okta-groups.auth')]);
  }

  /** Sends a request that has no method of its own. */
  request(method, path, options) {
    return this.#calls.call(ANY, [method, path], options);
  }

  /** Reads a list that has no method of its own. */
  paginate(path, options) {
    // A copy: the list is read later, and may be read again.
    const { query } = own(options);
    const given = isRecord(query) ? { ...options, query: { ...query } } : options;
    return this.#calls.list(ANY_LIST, [Array.isArray(path) ? [...path] : path], given);
  }

  /** The known state of each rate-limit bucket, by its name. */
  rateLimits() {
    const text = this.#client().rateLimits(now());
    const limits = text
      ? text.split('\x02').map((record) => limitOf(records.read(records.LIMIT, record)))
      : [];
    return new Map(limits.map((limit) => [limit.bucket, limit]));
  }

  toJSON() {
    return { orgUrl: this.#orgUrl };
  }

  [Symbol.for('nodejs.util.inspect.custom')]() {
    return `OktaGroups { orgUrl: '${this.#orgUrl}' }`;
  }
}

/** Reads the arguments and options of `request` and `paginate`. */
const ANY = {
  number: '',
  known: REQUEST,
  fields: ([method, path], { query, body, idempotent }) => ({
    method: textArgument('method', method),
    ids: pathArgument(path),
    query: queryArgument(query),
    body: body === undefined ? '' : jsonArgument('body', body),
    idempotent,
  }),
};
const ANY_LIST = {
  number: '',
  known: PAGINATE,
  fields: ([path], { query, link }) => ({
    ids: pathArgument(path),
    query: queryArgument(query),
    link: link === 'optional',
  }),
};

/** The function that reads a body, by the name of the argument; every other argument is an id. */
const BODIES = {
  profile: profileArgument,
  rule: ruleArgument,
  owner: (argument, owner) => jsonArgument(argument, owner, objectText),
};

/** Runs the operations of a client. */
class Calls {
  /** The groups that this client wrote a short time ago: a search may not find them yet. */
  written = new Written();

  constructor(client, link, listed) {
    this.client = client;
    this.link = link;
    this.listed = listed;
  }

  /**
   * Runs an operation and resolves to its reply. The operation's `fields` reads the arguments and options.
   * @param {any} operation
   * @param {any[]} args
   * @param {any} asked
   */
  answer(operation, args, asked) {
    return new Promise((resolve, reject) => this.begin(resolve, reject, operation, args, asked));
  }

  /** Runs an operation and returns the promise that the caller gets. */
  call(operation, args, asked) {
    return apiPromise((resolve, reject) => this.begin(resolve, reject, operation, args, asked));
  }

  /**
   * Begins the call of an operation. `merge` makes the body of an update from the body that was read.
   * @param {(reply: any) => void} resolve
   * @param {(error: any) => void} reject
   * @param {any} operation
   * @param {any[]} args
   * @param {any} asked
   * @param {(body: any, response: any) => string} [merge]
   */
  begin(resolve, reject, { number, known, fields, writesGroup }, args, asked, merge = undefined) {
    const options = callOptions(asked, known);
    const headers = headerList(options.headers);
    const goal = options.ifMissing === 'ignore' ? 'gone' : undefined;
    /** @type {any} */
    const given = new records.Record();
    given.operation = number;
    given.isBulk = options.bulk;
    given.goal = goal;
    Object.assign(given, fields(args, options), callFields(options));
    const record = records.written(records.CALL, given, headers);
    const answered = (reply) => {
      this.written.note(reply.data);
      resolve(reply);
    };
    new Run(this.link, writesGroup ? answered : resolve, reject, headers, merge).begin(
      () => {
        const client = this.client();
        return [client, begun(client, record)];
      },
      options.signal,
      options.halt,
    );
  }

  list({ number, known, fields }, args, options) {
    // A copy: the list is read later, and may be read again.
    const given = asTheyAre(options);
    return new PagedList((cursor) => {
      const options = listOptions(given, known);
      const list = {
        operation: number,
        ...fields(args, options),
        ...callFields(options),
      };
      const headers = headerList(options.headers);
      const open = (from = options.cursor ?? '') => {
        const client = this.client();
        const { onEvent } = this.link;
        // Undocumented parts of expressions are looked for only if the program listens to events.
        const warnings = this.listed(number, options, Boolean(onEvent));
        const walk = client.list(
          records.written(records.LIST, { __proto__: null, ...list, cursor: from }, headers),
        );
        for (const warning of warnings) tell(onEvent, warning);
        return [client, walk];
      };
      const { signal, prefetch = 1 } = options;
      return { walk: new Walk(open, cursor, this.link, signal, headers), prefetch };
    });
  }
}

/**
 * Parses a row of the table of operations: its number, whether it is a list, the number of its arguments, its options, and
 * `fields`, which reads both.
 */
function operation(row, number) {
  const [call, options = ''] = row.split(' ?');
  const [path, ...names] = call.split(' ');
  const [resource, method] = path.split('.');
  const isList = method.startsWith('list');
  const parameters = options.split(' ').filter(Boolean);
  const sent = parameters.filter((name) => !name.startsWith('if'));
  const fields = (args, options) => {
    /** @type {any} */
    const read = new records.Record();
    const ids = [];
    for (const [at, name] of names.entries()) {
      if (Object.hasOwn(BODIES, name)) read.body = BODIES[name](name, args[at]);
      else ids.push(textArgument(name, args[at]));
    }
    if (options.ifExists === 'return') {
      read.goal = 'found';
      read.name = textArgument('profile', JSON.parse(read.body).name);
    }
    read.ids = records.joined(ids);
    // Options may be expressions or arrays of names: the query has their texts.
    const query = [];
    for (const name of sent) query.push(name, String(options[name] ?? ''));
    read.query = records.joined(query);
    return read;
  };
  const known = optionsOf(resource, parameters, isList);
  const writesGroup = names.includes('profile');
  return {
    number: String(number),
    isList,
    count: names.length,
    known,
    fields,
    writesGroup,
  };
}

/** The operations of one resource, as methods. */
class Resource {
  #calls;

  constructor(calls) {
    this.#calls = calls;
  }

  /** Adds a method to the class for each operation of the resource. */
  static of(resource, type) {
    for (const [number, row] of OPERATIONS.entries()) {
      const [name] = row.split(' ');
      if (!name.startsWith(`${resource}.`)) continue;
      // Read at the first call: reading the whole table takes a twentieth of the import.
      let read;
      /** @this {Resource} */
      const value = function (...given) {
        read ??= operation(row, number);
        const calls = this.#calls;
        const options = given[read.count];
        return read.isList ? calls.list(read, given, options) : calls.call(read, given, options);
      };
      const method = name.slice(resource.length + 1);
      Object.defineProperty(type.prototype, method, own({ value, writable: true, configurable: true }));
    }
    return type;
  }
}

const RulesResource = SLIM
  ? class extends Resource {}
  : class extends Resource {
      #calls;

      constructor(calls) {
        super(calls);
        this.#calls = calls;
      }

      update(ruleId, patch, options) {
        const update = () => updateRule(this.#calls, (name) => named(name).number, ruleId, patch, options);
        return apiPromise((resolve, reject) => update().then(resolve, reject));
      }
    };

export const Rules = /* @__PURE__ */ Resource.of('rules', RulesResource);
export const Users = /* @__PURE__ */ Resource.of('users', class Users extends Resource {});

/** Returns an operation of the table by its name. */
export function named(name) {
  const number = OPERATIONS.findIndex((row) => row.split(' ')[0] === name);
  return operation(OPERATIONS[number], number);
}

/** The read that begins the call of an update. */
const UPDATE = /* @__PURE__ */ (() => {
  const { number, fields } = named('groups.get');
  return {
    number,
    writesGroup: true,
    known: optionsOf('groups', [], false),
    fields: (args, options) => ({ ...fields(args, options), goal: 'updated' }),
  };
})();

/** Returns the private runner of the calls of `groups`, for bulk runs and exports. @type {(groups: any) => Calls} */
export let callsOf;

class GroupsResource extends Resource {
  #calls;

  static {
    if (!SLIM) callsOf = (groups) => groups.#calls;
  }

  constructor(calls) {
    super(calls);
    this.#calls = calls;
  }

  /**
   * Sends *Retrieve a group*, then *Replace a group* with the whole profile: a replacement drops every attribute that it
   * omits.
   */
  update(groupId, patch, options) {
    return apiPromise((resolve, reject) => {
      // Checked before any request is sent. JSON omits attributes that are `undefined`: the update keeps their values.
      const changed = JSON.parse(profileArgument('patch', patch));
      const merge = (body, response) => {
        const { profile } = own(body);
        if (!isRecord(profile)) {
          throw misshapen('a group without a profile', '/api/v1/groups/{groupId}', response);
        }
        for (const name of Object.keys(profile)) {
          const isLost = isLossy(response.headers);
          const changes =
            (!Object.hasOwn(changed, name) && changedBack(profile[name], isLost)) ||
            changedBack(name, isLost);
          if (changes) {
            const what = `${changes} in ${name}: an update would change it`;
            throw misshapen(what, '/api/v1/groups/{groupId}', response);
          }
        }
        return profileArgument('patch', { ...profile, ...changed });
      };
      this.#calls.begin(resolve, reject, UPDATE, [groupId], options, merge);
    });
  }

  findByName(name, options) {
    return traced(findByName(this, this.#calls.written, name, options));
  }
}

export const Groups = /* @__PURE__ */ Resource.of('groups', GroupsResource);

/** Copies options, so that later changes of the object have no effect. Invalid options are refused where they are checked. */
const asTheyAre = (options) => (isRecord(options) ? { ...options } : options);

/** Adds to an error the cursor of the page that failed; the first page has none. */
function placed(error, cursor) {
  return cursor === undefined ? error : Object.assign(error, { cursor });
}

/**
 * A walk through the pages of a list, by a walk of the core. If the core's walk no longer exists (the wasm instance
 * trapped, or the walk ended), another one continues at the last cursor.
 */
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
    ready();
    if (this.#of !== instance()) {
      [this.#client, this.#place] = this.#open(this.#cursor);
      this.#of = instance();
    }
    return this.#place;
  }

  /** @returns {[any, string]} */
  #begin() {
    const place = this.#walk();
    return [this.#client, turned(place)];
  }

  /**
   * Reads the next page. With a signal, also returns `check`, which throws once the signal has aborted: run it before the
   * page or one of its items is passed on.
   */
  async next() {
    const from = this.#cursor;
    const done = new Promise((resolve, reject) => {
      this.#call = new Run(this.#link, resolve, reject, this.#headers);
      this.#call.begin(() => this.#begin(), this.#signal);
    });
    const read = await done.catch((error) => {
      // The error's cursor holds the page size that the client reduced to.
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
        // After an abort the program gets no more items, also none that are already read.
        if (signal.aborted) throw placed(aborted(signal.reason), from);
      });
    return { page, check };
  }

  /** Stops the request of the current page, if there is one, and frees the core's walk. */
  end() {
    this.#call?.stop();
    const [of, place] = [this.#of, this.#place];
    this.#of = undefined;
    // In a microtask: a callback of the core may have called this, while the core still borrows the walk.
    queueMicrotask(() => of === instance() && place.free());
  }
}
