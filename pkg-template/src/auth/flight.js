/** A question that several wait for the answer to. It is given up when none of them waits any more. */
export class Flight {
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
