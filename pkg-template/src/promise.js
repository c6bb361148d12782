// Promises of calls, whose errors have the caller in their stack traces.
import { hide } from './error-classes.js';

/** An object with the methods of a Promise. Each use of a method makes a new Promise by the function `promise`. */
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
 * A Promise of `data` with `withResponse()`. `run(resolve, reject)` begins a call that resolves to `{ data, response }`.
 *
 * Its error has the stack of the caller. Capturing a stack takes V8 long, so this happens only when a call fails: V8 then
 * still knows which `await` waits for the Promise. The stack of a caller of `then()` is captured at once, since V8 cannot
 * find it later.
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

/** Captures the stack of the caller of `below`: an error that is made inside the wasm, or later, has another stack. */
function caller(below) {
  const here = { stack: '' };
  Error.captureStackTrace?.(here, below);
  return here;
}

/** Gives the error of `promise` the stack of this call. */
export function traced(promise) {
  return tracer(traced)(promise);
}

/** Gives an error the stack of `here`. */
function shown(error, here) {
  const frames = here.stack.indexOf('\n    at ');
  if (error instanceof Error && frames >= 0) error.stack = `${error}${here.stack.slice(frames)}`;
  return error;
}

/**
 * Returns a function that gives the errors of Promises the stack of this call, from the caller of `below` on.
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
