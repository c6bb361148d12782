// Shares one token request among all calls that wait for a token, caches the token, and decides when it is renewed.
import { after, now } from 'okta-groups-web/clock.js';

/** A token is renewed this long before it expires, since a request takes time to reach the org; at most half of its life. */
const EARLY_MS = 60_000;

/** The time to renew a token that was requested at `began` and is valid until `ends`. */
export function renewAt(began, ends) {
  return ends - Math.min(EARLY_MS, (ends - began) / 2);
}

/**
 * Caches the last token or error of a source, and decides which calls use it. A call that began before the source's last
 * answer uses that answer, also if it is an error or expired: one request of the source serves all waiting calls.
 */
export class Kept {
  /** The token: the time it `ends`, the time to renew it (`renewAt`), whether it was expired on arrival (`isOver`). */
  current;
  /** The time at which the source returned the current token. */
  #given = -1;
  /** The time at which the source last replaced a refused token. */
  #renewed = -1;
  #failed;

  /** The reason of the next token request. */
  get reason() {
    return !this.current ? 'first' : this.current.isRefused ? 'unauthorized' : 'expiring';
  }

  /**
   * The token for a call that began at `began`; `undefined` if the source must be called. Throws the source's error if it
   * failed after that time.
   */
  for(began) {
    const { current } = this;
    if (current && this.#serves(current, began)) return current;
    if (began < this.#failed?.at) throw made(this.#failed.error);
    return undefined;
  }

  #serves(current, began) {
    if (current.isRefused) return began < this.#renewed;
    const time = Date.now();
    return time < current.renewAt || (began < this.#given && (time < current.ends || current.isOver));
  }

  /** Marks the token as refused (401) in a call that began at `began`. Returns whether another token may help. */
  refuse(began) {
    this.current.isRefused = true;
    // If not, the source already replaced a refused token by this one during the call.
    return !(began < this.#renewed);
  }

  /** Caches a token that the source returned for `reason`. */
  give(token, reason) {
    this.current = token;
    this.#failed = undefined;
    this.#given = now();
    if (reason === 'unauthorized') this.#renewed = this.#given;
  }

  /** Caches an error of the source. A call that begins later calls the source again. */
  fail(error) {
    this.#failed = { at: now(), error };
  }
}

/** The error for one call. A function makes a new error for each call, since calls may add fields to it. */
function made(failed) {
  return typeof failed === 'function' ? failed() : failed;
}

/** Runs one token request at a time, shared by all calls that wait for it. */
export class Question {
  #flight;

  /**
   * Waits for the answer, and starts `ask(signal)` if no request runs. Rejects if `signal` aborts first. If `ask` rejects
   * with a function, each call gets its own error from it.
   * @param {(signal: AbortSignal) => Promise<any>} ask
   * @param {{ signal?: AbortSignal, attempt?: number }} [attempt]
   */
  join(ask, { signal, attempt = 1 } = {}) {
    const known = this.#flight;
    // A request that outlasted the timeout of a call may hang: a first attempt starts another. A later attempt of the same
    // call keeps waiting for it.
    if (!known || known.isGivenUp || (known.isLate && attempt === 1)) {
      const flight = new Flight((given) =>
        ask(given).finally(() => {
          if (this.#flight === flight) this.#flight = undefined;
        }),
      );
      this.#flight = flight;
    }
    return this.#flight.join(signal).catch((failed) => {
      throw made(failed);
    });
  }
}

/** A request that no call waits for is aborted after this time if an attempt timed out: its next attempt may join again. */
const PATIENCE_MS = 60_000;

/** A running request. It is aborted when no call waits for it any more. */
class Flight {
  #abort = new AbortController();
  #waiting = 0;
  #answer;
  /** Whether an attempt timed out before the answer. */
  isLate = false;

  /** Starts the request by `ask(signal)`. */
  constructor(ask) {
    this.#answer = ask(this.#abort.signal);
    // Each `join` rejects on its own; this prevents an unhandled rejection if no call waits any more.
    this.#answer.catch(() => {});
  }

  get isGivenUp() {
    return this.#abort.signal.aborted;
  }

  /**
   * Waits for the answer; rejects if `signal` aborts first. A TimeoutError with `isLast: false` means that another attempt
   * will join.
   */
  join(signal) {
    return new Promise((resolve, reject) => {
      const leave = () => {
        reject(signal.reason);
        this.#waiting--;
        const { name, isLast = true } = signal.reason ?? {};
        this.isLate ||= name === 'TimeoutError';
        if (isLast) return this.#giveUp();
        const timer = after(PATIENCE_MS, () => this.#giveUp());
        // The timer does not keep the process alive.
        /** @type {any} */ (timer).unref?.();
      };
      const stay = () => signal?.removeEventListener('abort', leave);
      this.#waiting++;
      if (signal?.aborted) leave();
      else signal?.addEventListener('abort', leave);
      this.#answer.then(resolve, reject).then(stay);
    });
  }

  #giveUp() {
    if (this.#waiting === 0) this.#abort.abort();
  }
}

/** Resolves after this number of milliseconds; rejects if `signal` aborts first. */
export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = after(milliseconds, () => {
      signal.removeEventListener('abort', stop);
      resolve(undefined);
    });
    signal.addEventListener('abort', stop);
  });
}
