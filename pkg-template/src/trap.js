// What a trap in wasm (a panic, an exhausted stack) must not do: leave the next call a core that is half changed, a
// Promise that never settles, or an exception that ends the process. Whatever is thrown out of the core, the frames
// that it passed did not finish, so that instance is given up; the next use of the core makes a new one.
import { oktaError } from '../../src/web/errors.js';
import { abandon } from '../../src/web/host.js';

/** What was thrown out of the instance in use, if anything was. */
let trap;
let depth = 0;
let number = 0;
/** How to reject the calls that are under way. */
const calls = new Set();

/** Names the instance in use: what was made in another is not to be touched. */
export function instance() {
  return number;
}

/** Has `renew` make a new instance, if the one in use is given up. */
export function recover(renew) {
  if (!trap) return;
  // Frames of the old instance are still there: a callback of theirs is asking.
  if (depth > 0) throw broken();
  renew();
  trap = undefined;
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

function guarded(run) {
  return (...args) => {
    // Of the bindings' own clearing up, which is to find nothing to do.
    if (trap) return [];
    depth++;
    try {
      return run(...args);
    } catch (cause) {
      trap ??= { cause };
      for (const reject of calls) reject(broken());
      calls.clear();
      abandon();
      throw broken();
    } finally {
      depth--;
    }
  };
}

/** The Promise that `start` gives, which is rejected by a trap too. */
export function call(start) {
  return new Promise((resolve, reject) => {
    calls.add(reject);
    const done = () => calls.delete(reject);
    try {
      start().then(resolve, reject).finally(done);
    } catch (error) {
      done();
      reject(error);
    }
  });
}
