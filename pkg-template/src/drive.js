// Runs the core's calls: waits, gets tokens and sends requests. The core decides each next step (wait, prove, send, done)
// from the facts that this file reports, in the records of records.js.
import { answerFacts, faultFacts, tooLarge } from './answer.js';
import { eventOf, failure, meta } from './failure.js';
import { EVENT, FAILURE, INPUTS, OUTPUT, joined, read } from './records.js';
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
/** The orders that the core may give; any other record is a failure. */
const ORDERS = ['name', 'queue', 'wait', 'prove', 'send', 'renew', 'merge', 'done'];

/**
 * The abort controllers of answered attempts, for reuse: Node takes long to make one. Each serves at most ten attempts,
 * since `fetch` may leave its listeners on the signal.
 * @type {{ controller: AbortController, uses: number }[]}
 */
const spare = [];
const USES = 10;

/** Make the core begin a call, continue one, or begin the call of a list's next page. Each returns the next order as text. */
export const begun = guarded((client, record) => client.begin(record, now(), Math.random()));
const went = guarded((client, call, input, text) => client.step(call, input, text, now(), Math.random()));
export const turned = guarded((walk) => walk.next(now(), Math.random()));

/** One attempt of a request, with its answer or error. */
class Attempt {
  lent = spare.pop() ?? { controller: new AbortController(), uses: USES };
  /** The status and headers of the answer. */
  status;
  headers;
  /** Whether the attempt threw; `cause` is then the thrown value, which may be `undefined`. */
  hasCause = false;
  cause;

  /** @param {any} order */
  constructor(order) {
    this.order = order;
  }

  failed(cause) {
    this.hasCause = true;
    this.cause = cause;
  }
}

/**
 * One call. It waits for one thing at a time: the source of a token, an answer, or a timer. Callbacks continue it, which
 * saves a Promise for each step.
 */
export class Run {
  #link;
  #resolve;
  #reject;
  #own;
  #merge;
  #client;
  #made;
  /** The core's number of the call. */
  #call;
  #isOver = false;
  /** Whether a write may have run in the org, if the call ended now. */
  #isRisky = false;
  /** All attempts, in the order in which the core counts them. */
  #attempts = [];
  /** The current attempt. */
  #attempt;
  /** The timer of the current attempt's timeout, or of a wait. */
  #timer;
  #proof;
  #began = now();
  #body;
  #unlisten;
  #unhalt;
  #halt;

  /**
   * `own` is the call's own headers, alternating names and values. `merge(body, response)` returns the new profile of an
   * update.
   * @param {{ auth: any, fetch: Function, fetchOptions?: object, onEvent?: Function, rateLimit?: any }} link
   * @param {(result: any) => void} resolve
   * @param {(error: any) => void} reject
   * @param {string[]} [own]
   * @param {(body: any, response: any) => string} [merge]
   */
  constructor(link, resolve, reject, own = [], merge = undefined) {
    this.#link = link;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#own = own;
    this.#merge = merge;
  }

  /**
   * Runs a call. `begin` returns the core's client and the text of the first output, which is empty if there is nothing to
   * call. An abort of `signal` ends the call, as `stop` does; an abort of `halt` ends it unless an attempt is under way.
   * @param {() => [any, string]} begin
   * @param {AbortSignal} [signal]
   * @param {AbortSignal} [halt]
   */
  begin(begin, signal, halt) {
    calls.add(this);
    this.#goOn(() => {
      const [client, text] = begin();
      if (!text) return this.#settle(this.#resolve);
      this.#client = client;
      this.#made = instance();
      const next = this.#taken(text);
      if (next.call) this.#call = Number(next.call);
      // Without closures for signals that are not there: they make the garbage collector copy each page of a list.
      if (signal) this.#unlisten = onAbort(signal, () => this.stop(() => aborted(signal.reason)));
      if (!SLIM && halt && !this.#isOver) {
        this.#halt = halt;
        this.#unhalt = onAbort(halt, () => this.#attempt || this.stop());
      }
      return next;
    });
  }

  /** Ends the call with the error that `reason` makes. */
  stop(reason = aborted, isTrap = false) {
    // The end of each list stops a call that is over: an error costs a stack, so it is made after this line.
    if (this.#isOver) return;
    const error = reason();
    const attempts = isTrap ? 0 : this.#abort();
    if (attempts) error.attempts = attempts;
    const attempt = this.#attempt;
    this.#settle(this.#reject, this.#isRisky ? Object.assign(error, { mayHaveRun: true }) : error);
    attempt?.lent.controller.abort();
  }

  /** Makes the core drop the call and report whether it may have run. Returns the number of attempts that were sent. */
  #abort() {
    if (this.#call === undefined || this.#made !== instance()) return 0;
    const { mayHaveRun, attempts } = this.#step(ABORT);
    this.#isRisky = Boolean(mayHaveRun);
    this.#call = undefined;
    return Number(attempts ?? 0);
  }

  #settle(settle, value) {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#ended();
    calls.delete(this);
    this.#unlisten?.();
    if (!SLIM) this.#unhalt?.();
    settle(value);
  }

  /** Carries out the order that `give` returns and all that follow, until one has to wait. It never throws. */
  #goOn(give) {
    try {
      let next = give();
      while (next && !this.#isOver) next = this.#act(next);
    } catch (error) {
      this.#settle(this.#reject, error);
    }
  }

  /** Carries out one order and returns the next; `undefined` if the call has to wait first. */
  #act(next) {
    switch (next.order) {
      case 'prove':
        return this.#prove(this.#begun(next));
      case 'send':
        // With a fixed `authorization` header there is no order `prove`, so `send` begins the attempt.
        this.#send(this.#attempt ?? this.#begun(next));
        return undefined;
      case 'queue':
      case 'wait':
        return this.#rest(next);
      case 'name':
        return this.#step(NAMED, this.#bucket(next));
      case 'renew':
        return this.#step(RENEWED, this.#renew() ? '1' : '');
      case 'merge':
        return this.#step(MERGED, this.#merged(next));
      case 'done':
        return this.#settle(this.#resolve, this.#result(next));
      default:
        throw this.#failure(next);
    }
  }

  /** Reports an input to the core. Returns the next order. */
  #step(input, text = '') {
    return this.#taken(went(this.#client, this.#call, input, text));
  }

  #taken(text) {
    const [first, ...events] = text.includes('\x02') ? text.split('\x02') : [text];
    let next = read(OUTPUT, first);
    const isOrder = ORDERS.includes(next.order);
    if (!isOrder) next = read(FAILURE, first);
    this.#isRisky = Boolean(next.mayHaveRun);
    // The call is over: the core may give its number to another call.
    if (!isOrder || next.order === 'done') this.#call = undefined;
    for (let at = 0; at < events.length; at++) {
      const event = eventOf(read(EVENT, events[at]));
      if (event.type === 'retry') event.error = this.#failure(read(FAILURE, events[++at]));
      tell(this.#link.onEvent, event);
    }
    return next;
  }

  /** Clears the timer: a timer that is left would keep the process alive. */
  #ended() {
    clearTimeout(this.#timer);
    this.#timer = this.#attempt = undefined;
  }

  /** Waits for the gate (`queue`) or for a time. */
  #rest({ order, ms }) {
    if (!SLIM && this.#halt?.aborted) return this.stop();
    if (order === 'wait' && !(ms > 0)) return this.#step(WOKEN);
    this.#timer = after(Number(ms), () => this.#woken());
    if (order === 'queue' && !this.#client.park(this.#call, () => this.#wake())) this.#wake();
    return undefined;
  }

  /** Continues a queued call in a microtask: the core may call this in the middle of another call. */
  #wake() {
    const timer = this.#timer;
    queueMicrotask(() => timer === this.#timer && this.#woken());
  }

  #woken() {
    this.#ended();
    if (!this.#isOver) this.#goOn(() => this.#step(WOKEN));
  }

  #begun(order) {
    const attempt = new Attempt(order);
    this.#attempts.push(attempt);
    this.#attempt = attempt;
    this.#timer = after(Number(order.ms), () => this.#late(attempt));
    return attempt;
  }

  #late(attempt) {
    this.#ended();
    // The reason of the abort tells the source of tokens whether another attempt follows (`isLast`).
    const reason = new DOMException('the attempt took too long', 'TimeoutError');
    let isLast = true;
    this.#goOn(() => {
      try {
        const next = this.#step(TIME_UP);
        isLast = next.order === undefined;
        return next;
      } finally {
        attempt.lent.controller.abort(Object.assign(reason, { isLast }));
      }
    });
  }

  /** Continues the call after an attempt's wait, unless the attempt has timed out or the call is over. */
  #still(attempt, give) {
    if (attempt === this.#attempt) this.#goOn(give);
  }

  /** Asks `auth` for the headers that authenticate an attempt. */
  #prove(attempt) {
    const { method, url, attempt: number } = attempt.order;
    const { signal } = attempt.lent.controller;
    const asked = { method, url, attempt: Number(number), signal, began: this.#began };
    new Promise((resolve) => {
      resolve(this.#link.auth.authorize(asked));
    }).then(
      (given) => this.#still(attempt, () => this.#proven(attempt, given)),
      (cause) => this.#still(attempt, () => this.#unproven(attempt, cause)),
    );
    return undefined;
  }

  #proven(attempt, given) {
    const { auth } = this.#link;
    try {
      if (!isRecord(given)) throw new Error('authorize() must return a plain object of headers');
      this.#proof = headerList(given);
      proved(auth, this.#proof);
    } catch (cause) {
      return this.#unproven(attempt, cause);
    }
    const next = this.#step(PROOF, joined(this.#proof));
    if (next.order !== 'send') this.#ended();
    return next;
  }

  #unproven(attempt, cause) {
    attempt.failed(this.#redacted(cause));
    this.#ended();
    return this.#step(NO_PROOF);
  }

  async #send(attempt) {
    const { method, url, body, maxBytes, rest } = attempt.order;
    const { fetch, fetchOptions, proof } = this.#link;
    let response;
    let text;
    try {
      const headers = new Headers();
      const given = rest.concat(this.#proof ?? proof);
      for (let at = 0; at < given.length; at += 2) headers.set(given[at], given[at + 1]);
      const init = { method, headers, body, signal: attempt.lent.controller.signal };
      // Two plain arguments, not a Request: the fetch of another implementation (undici, node-fetch) does not accept this
      // platform's class.
      response = await fetch(url, requestInit(fetchOptions, init));
      if (typeof response !== 'object' || !response) throw new Error('fetch did not resolve to a Response');
      text = await readText(response, Number(maxBytes), () => unreadable(response, method, url));
    } catch (thrown) {
      this.#still(attempt, () => {
        this.#ended();
        attempt.failed(this.#redacted(thrown));
        return this.#step(NO_ANSWER, faultFacts(attempt.cause, url));
      });
      return;
    }
    this.#still(attempt, () => this.#answered(attempt, response, text));
  }

  #answered(attempt, { status, headers }, text) {
    this.#ended();
    attempt.status = status;
    if (text === undefined) return this.#step(NO_ANSWER, tooLarge(status));
    attempt.headers = headers;
    if (--attempt.lent.uses) spare.push(attempt.lent);
    const [facts, body] = answerFacts(status, headers, text, attempt.order);
    this.#body = body;
    return this.#step(ANSWER, facts);
  }

  /** The name of a bucket by the program's `bucketOf`: `=` and the name, empty for the client's own name, or the fault. */
  #bucket({ method, url }) {
    try {
      const name = this.#link.rateLimit.bucketOf(method, url);
      if (name === undefined) return '';
      return typeof name === 'string' ? `=${name}` : 'wrong';
    } catch {
      return 'threw';
    }
  }

  /** Reports a 401 to the source of tokens. Returns whether the source will return another token. */
  #renew() {
    const { auth } = this.#link;
    try {
      return (
        typeof auth.invalidate === 'function' &&
        auth.invalidate('unauthorized', pairs(this.#proof ?? this.#link.proof), this.#began)
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

  /** The metadata of the answer to the last attempt, or to the attempt that the core names. */
  #meta(order) {
    return meta(order, this.#attempts.at((order.of ?? 0) - 1));
  }

  #result(order) {
    const { item, cursor } = order;
    const data = item === 'none' ? undefined : item === undefined ? this.#body : this.#body[item];
    return { data, cursor, response: this.#meta(order) };
  }

  #failure(record) {
    return this.#redacted(failure(record, this.#attempts[record.of - 1], this.#body));
  }

  /** Redacts in an error what it quotes of the sent headers. */
  #redacted(error) {
    if (this.#made !== instance()) return error;
    const redacted = (text, proof) => this.#client.redacted(joined([text, joined(proof), joined(this.#own)]));
    return redactedError(error, { redacted }, this.#link.auth);
  }
}

/** The error for a mock's Response that has json() only: neither the size nor the exact text of its body is known. */
function unreadable({ status }, method, url) {
  const message = 'fetch returned a Response with json() alone: it needs a body, text() or arrayBuffer()';
  return oktaError('response', message, { reason: 'json', status, method, path: new URL(url).pathname });
}

/** Makes an object without prototype from a list of alternating header names and values. */
function pairs(list) {
  const headers = { __proto__: null };
  for (let at = 0; at < list.length; at += 2) headers[list[at]] = list[at + 1];
  return headers;
}

/**
 * Settles as `promise`, or rejects with an abort error once `signal` aborts, since a stream of the program need not observe
 * the signal. Leaves no listener on the signal.
 * @param {any} signal
 * @param {Promise<any>} promise
 */
export function unlessAborted(signal, promise) {
  return new Promise((resolve, reject) => {
    const unlisten = onAbort(signal, () => reject(aborted(signal.reason)));
    promise.then(resolve, reject).finally(unlisten);
  });
}

export function aborted(cause) {
  return oktaError('aborted', 'the call was aborted', { cause });
}
