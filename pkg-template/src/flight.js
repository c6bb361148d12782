// What several calls wait for together.

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
   */
  join(ask, signal) {
    if (!this.#flight || this.#flight.isGivenUp) {
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

/** A question under way. It is given up when none of those who asked waits any more. */
class Flight {
  #abort = new AbortController();
  #waiting = 0;
  #answer;

  /** Asks at once: `ask(signal)`. */
  constructor(ask) {
    this.#answer = ask(this.#abort.signal);
    // Whoever waits is told of a failure; there may be nobody left.
    this.#answer.catch(() => {});
  }

  get isGivenUp() {
    return this.#abort.signal.aborted;
  }

  /** The answer, unless `signal` aborts first. */
  join(signal) {
    return new Promise((resolve, reject) => {
      const leave = () => {
        reject(signal.reason);
        if (--this.#waiting === 0) this.#abort.abort(signal.reason);
      };
      const stay = () => signal?.removeEventListener('abort', leave);
      this.#waiting++;
      if (signal?.aborted) leave();
      else signal?.addEventListener('abort', leave, { once: true });
      this.#answer.then(resolve, reject).then(stay);
    });
  }
}

/** Resolves after so many milliseconds, unless `signal` aborts first. */
export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve(undefined);
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });
}
