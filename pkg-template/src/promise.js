// Promises of calls, with the caller in their stack traces.
import { own } from './own.js';

/** What has a Promise's methods, and one made for each use of them. */
export class Awaitable {
  #promise;

  constructor(promise) {
    this.#promise = promise;
  }

  then(resolve, reject) {
    return this.#promise().then(resolve, reject);
  }

  catch(reject) {
    return this.#promise().catch(reject);
  }

  finally(settled) {
    return this.#promise().finally(settled);
  }

  get [Symbol.toStringTag]() {
    return 'Promise';
  }
}

/** A Promise of `data` with `withResponse()`, of a Promise of `{ data, response }`. */
export function apiPromise(answer) {
  const whole = traced(answer);
  const data = whole.then((reply) => reply.data);
  const value = () => {
    // Whoever asks for the whole is told of a failure there.
    data.catch(() => {});
    return whole;
  };
  Object.defineProperty(data, 'withResponse', own({ value }));
  return data;
}

/** `promise`, its error with the stack of this call. */
export function traced(promise) {
  return tracer(traced)(promise);
}

/**
 * Gives errors the stack of this call, less `below` and what it called: one from inside wasm would not show who made the
 * call, one taken later only who awaits it.
 * @param {Function} [below]
 */
export function tracer(below = tracer) {
  const here = { stack: '' };
  Error.captureStackTrace?.(here, below);
  return async (promise) => {
    try {
      return await promise;
    } catch (error) {
      const frames = here.stack.indexOf('\n    at ');
      if (error instanceof Error && frames >= 0) error.stack = `${error}${here.stack.slice(frames)}`;
      throw error;
    }
  };
}
