// Promises of calls, with the caller in their stack traces.
import { hide } from './error-classes.js';

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

/**
 * A Promise of `data` with `withResponse()`. `run(resolve, reject)` begins what resolves to `{ data, response }`.
 *
 * Its error shows who made the call. V8 takes long to write down where a program is, so that is done when a call fails: by then
 * it knows whose `await` waits for the Promise. Who calls `then()` is written down at once, since nothing leads there later.
 * @param {(resolve: (reply: any) => void, reject: (error: any) => void) => void} run
 */
export function apiPromise(run) {
  let whole;
  let here;
  const failed = async (error) => {
    throw shown(error, here ?? caller(failed));
  };
  const data = new Promise(run).then((reply) => {
    whole = reply;
    return reply.data;
  }, failed);
  function then(resolve, reject = undefined) {
    here ??= caller(then);
    return Promise.prototype.then.call(data, resolve, reject);
  }
  hide(data, 'then', then);
  hide(data, 'withResponse', () => then(() => whole));
  return data;
}

/** Where this is called, less `below` and what it called: an error from inside wasm, or one made later, would not show it. */
function caller(below) {
  const here = { stack: '' };
  Error.captureStackTrace?.(here, below);
  return here;
}

/** `promise`, its error with the stack of this call. */
export function traced(promise) {
  return tracer(traced)(promise);
}

/** An error with the stack of `here`. */
function shown(error, here) {
  const frames = here.stack.indexOf('\n    at ');
  if (error instanceof Error && frames >= 0) error.stack = `${error}${here.stack.slice(frames)}`;
  return error;
}

/**
 * Gives the errors of Promises the stack of this call, less `below` and what it called.
 * @param {Function} [below]
 */
export function tracer(below = tracer) {
  const here = caller(below);
  return async (promise) => {
    try {
      return await promise;
    } catch (error) {
      throw shown(error, here);
    }
  };
}
