// What several calls wait for together.
import { after, now } from 'okta-groups-web/clock.js';

/** A new token is asked for this long before the old one ends, its way to the org takes time, or at half its life. */
const EARLY_MS = 60_000;

/** When to ask for the token after one that was asked for at `began` and is good until `ends`. */
export function renewAt(began, ends) {
  return ends - Math.min(EARLY_MS, (ends - began) / 2);
}

/**
 * What a source gave last, and to which calls that still goes. A call that began before the source's last answer uses that
 * answer, whatever is wrong with it: however many calls wait, the source is asked once.
 */
export class Kept {
  /** The token: when it `ends`, when to renew it (`renewAt`), whether it was over when it came (`isOver`). */
  current;
  /** When the source gave the token there is. */
  #given = -1;
  /** When it gave the last one in place of a refused one. */
  #renewed = -1;
  #failed;

  /** Why the source is asked for another token. */
  get reason() {
    return !this.current ? 'first' : this.current.isRefused ? 'unauthorized' : 'expiring';
  }

  /**
   * The token for a call that began then; none if the source is to be asked. Throws what the source failed with, if it did
   * since then.
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

  /** The org answered 401 to the token, in a call that began then: whether asking again may help. */
  refuse(began) {
    this.current.isRefused = true;
    // Otherwise the source gave this one because of a 401, since the call began.
    return !(began < this.#renewed);
  }

  /** The source gave a token that it was asked for because of `reason`. */
  give(token, reason) {
    this.current = token;
    this.#failed = undefined;
    this.#given = now();
    if (reason === 'unauthorized') this.#renewed = this.#given;
  }

  /** The source failed. A call that begins from now on has it asked again. */
  fail(error) {
    this.#failed = { at: now(), error };
  }
}

/** What failed; a function makes an error for each call: what fails with it may write into it. */
function made(failed) {
  return typeof failed === 'function' ? failed() : failed;
}

/** One question at a time, whatever the number of calls that wait for its answer. */
export class Question {
  #flight;

  /**
   * The answer, asked for by `ask(signal)` if it is not yet, unless `signal` aborts first. If `ask` rejects with a function,
   * that makes an error for each who waits.
   * @param {(signal: AbortSignal) => Promise<any>} ask
   * @param {{ signal?: AbortSignal, attempt?: number }} [attempt]
   */
  join(ask, { signal, attempt = 1 } = {}) {
    const known = this.#flight;
    // A question that somebody waited for in vain may hang. Who waits for it again has given it longer.
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

/** How long a question goes on that nobody waits for, after an attempt was too short for it: another may come. */
const PATIENCE_MS = 60_000;

/** A question under way. It is given up when none of those who asked will wait any more. */
class Flight {
  #abort = new AbortController();
  #waiting = 0;
  #answer;
  /** Whether somebody's time was over before the answer came. */
  isLate = false;

  /** Asks at once: `ask(signal)`. */
  constructor(ask) {
    this.#answer = ask(this.#abort.signal);
    // Whoever waits is told of a failure; there may be nobody left.
    this.#answer.catch(() => {});
  }

  get isGivenUp() {
    return this.#abort.signal.aborted;
  }

  /** The answer, unless `signal` aborts first: by a TimeoutError that is not the last, if another attempt will ask. */
  join(signal) {
    return new Promise((resolve, reject) => {
      const leave = () => {
        reject(signal.reason);
        this.#waiting--;
        const { name, isLast = true } = signal.reason ?? {};
        this.isLate ||= name === 'TimeoutError';
        if (isLast) return this.#giveUp();
        const timer = after(PATIENCE_MS, () => this.#giveUp());
        // It keeps no process from its end.
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

/** Resolves after so many milliseconds, unless `signal` aborts first. */
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
