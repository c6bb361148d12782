// Runs the calls of the core: waits, proves and sends. What is to be done next, the core decides; it is told facts, in
// the records of records.js.
import { answerFacts, faultFacts, tooLarge } from './answer.js';
import { eventOf, failure, meta } from './failure.js';
import { INPUTS, joined, readEvent, readFailure, readOutput } from './records.js';
import { headerList } from './options.js';
import { proved, redactedError } from './redact.js';
import { onAbort } from './signal.js';
import { calls, guarded, instance } from './trap.js';
import { after, now } from 'okta-groups-web/clock.js';
import { oktaError } from './error-classes.js';
import { isRecord } from './is-record.js';
import { readText } from 'okta-groups-web/body.js';
import { requestInit } from './request-init.js';
import { tell } from './tell.js';

const [NAMED, WOKEN, PROOF, NO_PROOF, ANSWER, NO_ANSWER, RENEWED, MERGED, TIME_UP, ABORT] = INPUTS.keys();
/** What the core may order; any other record is a failure. */
const ORDERS = ['name', 'queue', 'wait', 'prove', 'send', 'renew', 'merge', 'done'];

/**
 * The abort controllers of attempts that were answered: Node takes long to make one. Each serves few attempts, since
 * `fetch` may leave its listeners on the signal.
 * @type {{ controller: AbortController, uses: number }[]}
 */
const spare = [];
const USES = 10;

/** Has the core begin or go on, now. */
export const told = guarded((of, method, ...args) => of[method](...args, now(), Math.random()));

/**
 * Runs the call that `begin` gives, if it gives one: the core's client, and the text of the first output. `stop(error)`
 * ends it, as `signal` does and a trap. `merge(body, response)` gives the new profile of an update.
 * @param {() => [any, string]} begin
 * @param {{ auth: any, fetch: Function, fetchOptions?: object, onEvent?: Function, rateLimit?: any }} link
 * @param {any} signal
 * @param {string[]} [own] the call's own headers, names and values in turns
 * @param {(body: any, response: any) => string} [merge]
 * @returns {{ done: Promise<any>, stop(error?: Error, isTrap?: boolean): void }}
 */
export function drive(begin, link, signal, own = [], merge = undefined) {
  const run = new Run(link, own, merge);
  const done = run.all(begin, signal);
  return { done, stop: (error, isTrap) => run.stop(error, isTrap) };
}

class Run {
  #link;
  #merge;
  #client;
  #made;
  /** The core's number of the call. */
  #call;
  #isOver = false;
  /** Whether a write may have run if the call ended now. */
  #attempts = 0;
  #isRisky = false;
  /** What each attempt left: the headers of its answer, or what was thrown. */
  #left = [];
  #proof = [];
  #own;
  #began = now();
  #attempt;
  #response;
  #body;
  #goOn = (_) => {};
  #fail;

  constructor(link, own, merge) {
    this.#link = link;
    this.#own = own;
    this.#merge = merge;
  }

  all(begin, signal) {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      const stop = (error, isTrap) => this.stop(error, isTrap);
      let unlisten;
      calls.add(stop);
      const settled = (settle) => (value) => {
        calls.delete(stop);
        unlisten?.();
        settle(value);
      };
      this.#run(begin, () => {
        unlisten = onAbort(signal, () => this.stop(aborted(signal.reason)));
      }).then(settled(resolve), settled(reject));
    });
  }

  stop(error = aborted(), isTrap = false) {
    if (this.#isOver) return;
    if (!isTrap) this.#abort();
    this.#isOver = true;
    if (this.#attempts) error.attempts = this.#attempts;
    this.#fail(this.#isRisky ? Object.assign(error, { mayHaveRun: true }) : error);
    this.#attempt?.abort();
    this.#goOn(undefined);
  }

  /** Has the core forget the call, and say whether it may have run, and how often it was sent. */
  #abort() {
    if (this.#call === undefined || this.#made !== instance()) return;
    const { mayHaveRun, attempts } = this.#step(ABORT);
    this.#isRisky = Boolean(mayHaveRun);
    this.#attempts = Number(attempts ?? 0);
    this.#call = undefined;
  }

  async #run(begin, listen) {
    const [client, text] = begin();
    if (!text) return undefined;
    this.#client = client;
    this.#made = instance();
    let next = this.#taken(text);
    if (next.call) this.#call = Number(next.call);
    listen();
    while (!this.#isOver) {
      switch (next.order) {
        case 'prove':
          next = await this.#once(next);
          break;
        case 'queue':
          client.park(this.#call, () => this.#goOn(undefined));
        // falls through
        case 'wait':
          if (next.ms > 0) await this.#within(Number(next.ms));
          if (!this.#isOver) next = this.#step(WOKEN);
          break;
        case 'name':
          next = this.#step(NAMED, this.#bucket(next));
          break;
        case 'renew':
          next = this.#step(RENEWED, this.#renew() ? '1' : '');
          break;
        case 'merge':
          next = this.#step(MERGED, this.#merged(next));
          break;
        case 'done':
          return this.#result(next);
        default:
          throw this.#failure(next);
      }
    }
    return undefined;
  }

  /** Tells the core what happened. Gives what is to be done next. */
  #step(input, text = '') {
    return this.#taken(told(this.#client, 'step', this.#call, input, text));
  }

  #taken(text) {
    const [first, ...events] = text.split('\x02');
    const isOrder = ORDERS.includes(first.slice(0, first.indexOf('\0')));
    const next = (isOrder ? readOutput : readFailure)(first);
    this.#isRisky = Boolean(next.mayHaveRun);
    // It is over: its number is another call's from here on.
    if (!isOrder || next.order === 'done') this.#call = undefined;
    for (let at = 0; at < events.length; at++) {
      const event = eventOf(readEvent(events[at]));
      if (event.type === 'retry') event.error = this.#failure(readFailure(events[++at]));
      tell(this.#link.onEvent, event);
    }
    return next;
  }

  /** One attempt, within its time. */
  async #once(order) {
    const lent = spare.pop() ?? { controller: new AbortController(), uses: USES };
    const attempt = lent.controller;
    this.#attempt = attempt;
    this.#left.push({ __proto__: null });
    const came = await this.#within(Number(order.ms), this.#send(order, attempt.signal));
    this.#attempt = undefined;
    if (this.#isOver) return undefined;
    if (came) return came(lent);
    // What it waits for is told whether another attempt will follow.
    const reason = new DOMException('the attempt took too long', 'TimeoutError');
    let isLast = true;
    try {
      const next = this.#step(TIME_UP);
      isLast = next.order === undefined;
      return next;
    } finally {
      attempt.abort(Object.assign(reason, { isLast }));
    }
  }

  /** Sends once. Gives how to tell the core what came of it, unless it is too late for that. */
  async #send(order, signal) {
    const { method, url, body } = order;
    const { auth, fetch, fetchOptions } = this.#link;
    const left = this.#left.at(-1);
    let proof;
    try {
      const attempt = Number(order.attempt);
      const given = await auth.authorize({ method, url, attempt, signal, began: this.#began });
      if (!isRecord(given)) throw new Error('authorize() gave no plain object of headers');
      proof = headerList(given);
      proved(auth, proof);
    } catch (cause) {
      left.cause = this.#redacted(cause);
      return () => this.#step(NO_PROOF);
    }
    if (signal.aborted) return undefined;
    this.#proof = proof;
    const next = this.#step(PROOF, joined(proof));
    if (next.order !== 'send') return () => next;
    try {
      const headers = new Headers();
      const given = order.rest.concat(proof);
      for (let at = 0; at < given.length; at += 2) headers.set(given[at], given[at + 1]);
      const init = requestInit(fetchOptions, { method, headers, body: body || undefined, signal });
      // Two plain arguments, not a Request: another implementation's fetch (undici's, node-fetch) does not know this
      // platform's class.
      const response = await fetch(url, init);
      if (typeof response !== 'object' || !response) throw new Error('fetch did not resolve to a Response');
      const text = await readText(response, Number(order.maxBytes), () => unreadable(response, method, url));
      return (lent) => this.#answered(response, text, order, lent);
    } catch (thrown) {
      const cause = this.#redacted(thrown);
      return () => {
        left.cause = cause;
        return this.#step(NO_ANSWER, faultFacts(cause, url));
      };
    }
  }

  #answered(response, text, order, lent) {
    if (text === undefined) return this.#step(NO_ANSWER, tooLarge(response.status));
    if (--lent.uses) spare.push(lent);
    const [facts, body] = answerFacts(response, text, order);
    this.#left.at(-1).headers = response.headers;
    this.#response = response;
    this.#body = body;
    return this.#step(ANSWER, facts);
  }

  /** What `work` comes to; `undefined` when `ms` are over, or something wakes it. */
  #within(ms, work) {
    return new Promise((resolve, reject) => {
      const timer = after(ms, () => resolve(undefined));
      // A timer that is left would keep a process from its end.
      const settle = (end) => (value) => {
        clearTimeout(timer);
        end(value);
      };
      this.#goOn = settle(resolve);
      work?.then(this.#goOn, settle(reject));
    });
  }

  /** The program's own name for a bucket. */
  #bucket({ method, url }) {
    try {
      const name = this.#link.rateLimit.bucketOf(method, url);
      if (name === undefined) return '';
      return typeof name === 'string' ? `=${name}` : 'wrong';
    } catch {
      return 'threw';
    }
  }

  /** Tells the source of tokens of a 401: whether it will give others. */
  #renew() {
    const { auth } = this.#link;
    try {
      return (
        typeof auth.invalidate === 'function' &&
        auth.invalidate('unauthorized', pairs(this.#proof), this.#began)
      );
    } catch {
      return false;
    }
  }

  #merged(order) {
    const isRisky = this.#isRisky;
    try {
      return this.#merge?.(this.#body, this.#meta(order)) ?? '';
    } catch (/** @type {any} */ error) {
      this.#abort();
      throw isRisky ? Object.assign(error, { mayHaveRun: true }) : error;
    }
  }

  #meta(order) {
    return meta(order, this.#response.status, this.#response.headers);
  }

  #result(order) {
    const { item, cursor } = order;
    const data = item === 'none' ? undefined : item === '' ? this.#body : this.#body[item];
    return { data, cursor: cursor || undefined, response: this.#meta(order) };
  }

  #failure(record) {
    return this.#redacted(failure(record, this.#left[record.of - 1], this.#body));
  }

  /** An error, less what it quotes of the headers that were sent. */
  #redacted(error) {
    if (this.#made !== instance()) return error;
    const redacted = (text, proof) => this.#client.redacted(text, joined(proof), joined(this.#own));
    return redactedError(error, { redacted }, this.#link.auth);
  }
}

/** The error of a Response with json() alone, of a mock: of its body neither the size nor the exact text is known. */
function unreadable({ status }, method, url) {
  const message = 'the Response that fetch gave has only json(): it needs a body, text() or arrayBuffer()';
  return oktaError('response', message, { reason: 'json', status, method, path: new URL(url).pathname });
}

/** The headers of a list of names and values in turns, which inherit nothing. */
function pairs(list) {
  const headers = { __proto__: null };
  for (let at = 0; at < list.length; at += 2) headers[list[at]] = list[at + 1];
  return headers;
}

export function aborted(cause) {
  return oktaError('aborted', 'the call was aborted', { cause });
}
