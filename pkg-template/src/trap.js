// Contains a trap in the wasm (a panic, an exhausted stack). An error that is thrown out of the core leaves its state half
// changed, so the wasm instance is dropped, all running calls are rejected, and the next use makes a new instance. No
// Promise stays pending, and no exception ends the process.
import { oktaError } from './error-classes.js';

/** The error that was thrown out of the current instance, as `{ cause }`; `undefined` without one. */
let trap;
let depth = 0;
let number = 0;
/** The running calls: each has `stop(reason, isTrap)`, where `reason` makes the error. */
export const calls = new Set();

/** The number of the current instance. Objects of another instance must not be used. */
export function instance() {
  return number;
}

/** Has `renew` make a new instance if the current one trapped. */
export function recover(renew) {
  if (!trap) return;
  // Frames of the old instance are still on the stack: one of their callbacks called this.
  if (depth > 0) throw broken();
  // Cleared first: the start of the new instance calls guarded exports.
  trap = undefined;
  renew();
  number++;
}

/** The memory of the current instance. */
export let memory;

/** Guards the exports of an instance. The build inserts this call into the bindings. */
export function guard(exports) {
  memory = Object.values(exports).find((value) => value[Symbol.toStringTag] === 'WebAssembly.Memory');
  const entry = ([name, value]) => [name, typeof value === 'function' ? guarded(value) : value];
  return Object.fromEntries(Object.entries(exports).map(entry));
}

function broken() {
  return oktaError('internal', "the client's core failed; the next call starts it anew", trap);
}

/** Wraps a function that uses the core: any error that it throws is a trap, also an error of the clock. */
export function guarded(run) {
  return (...args) => {
    // After a trap the bindings still call exports to free memory: they get an empty result.
    if (trap) return [];
    depth++;
    try {
      return run(...args);
    } catch (cause) {
      trap ??= { cause };
      for (const call of [...calls]) call.stop(broken, true);
      throw broken();
    } finally {
      depth--;
    }
  };
}
