// What several calls wait for together.
import { after } from 'okta-groups-web/clock.js';

/** A new token is asked for this long before the old one ends, its way to the org takes time, or at half its life. */
const EARLY_MS = 60_000;

/** When to ask for the token after one that was asked for at `began` and is good until `ends`. */
export function renewAt(began, ends) {
  return ends - Math.min(EARLY_MS, (ends - began) / 2);
}

/** One question at a time, whatever the number of calls that wait for its answer. */
export class Question {
  #flight;

  /**
   * The answer, asked for by `ask(signal)` if it is not yet, unless `signal` aborts first. If `ask` rejects with a function,
   * that makes an error for each who waits: what fails with it may write into it.
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
      throw typeof failed === 'function' ? failed() : failed;
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
