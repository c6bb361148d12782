// What a trap in wasm (a panic, an exhausted stack) must not do: leave the next call a core that is half changed, a
// Promise that never settles, or an exception that ends the process. Whatever is thrown out of the core, the frames
// that it passed did not finish, so that instance is given up; the next use of the core makes a new one.
import { oktaError } from './error-classes.js';

/** What was thrown out of the instance in use, if anything was. */
let trap;
let depth = 0;
let number = 0;
/** The calls that are under way: each has `stop(error, isTrap)`. */
export const calls = new Set();

/** Names the instance in use: what was made in another is not to be touched. */
export function instance() {
  return number;
}

/** Has `renew` make a new instance, if the one in use is given up. */
export function recover(renew) {
  if (!trap) return;
  // Frames of the old instance are still there: a callback of theirs is asking.
  if (depth > 0) throw broken();
  // Before: a new instance has work to do at its start.
  trap = undefined;
  renew();
  number++;
}

/** The exports of an instance. The build puts it into the bindings. */
export function guard(exports) {
  const entry = ([name, value]) => [name, typeof value === 'function' ? guarded(value) : value];
  return Object.fromEntries(Object.entries(exports).map(entry));
}

function broken() {
  return oktaError('internal', "the client's core failed; the next call starts it anew", trap);
}

/** `run`, which uses the core: what is thrown meanwhile, by the clock too, is a trap. */
export function guarded(run) {
  return (...args) => {
    // Of the bindings' own clearing up, which is to find nothing to do.
    if (trap) return [];
    depth++;
    try {
      return run(...args);
    } catch (cause) {
      trap ??= { cause };
      for (const call of [...calls]) call.stop(broken(), true);
      throw broken();
    } finally {
      depth--;
    }
  };
}
