// Loads the core's wasm once, at its first use: importing the package does no work. Only the named imports of the bindings
// are bundled, not their own loader.
import { __wbg_reset_state, initSync } from 'okta-groups-core';
import { explained } from './explain.js';
import { oktaError } from './error-classes.js';
import { instance, recover } from './trap.js';

let isReady = false;
let loading;
let find = () => {
  throw oktaError('config', `${ENTRY}: await init() before anything else is used`, { argument: 'init' });
};

/** Sets the function that returns the wasm (bytes or a module) synchronously. */
export function provide(source) {
  find = source;
}

/** Loads the core from `source`, unless `check` throws. A response is compiled during the download if possible. */
export async function load(source, check) {
  if (isReady) return;
  // One load at a time: a second instance would replace the first, whose objects are already in use.
  loading ??= compiled(source).then((module) => {
    check(module);
    start(module);
  });
  try {
    await loading;
  } catch (error) {
    throw explained(error);
  } finally {
    loading = undefined;
  }
}

/** Makes the core ready: call this before any use of the classes and functions of the bindings. */
export function ready() {
  if (!isReady) {
    try {
      start(find());
    } catch (error) {
      throw explained(error);
    }
  }
  recover(__wbg_reset_state);
}

/** Returns a function that returns the core's object of `make`, and makes it again after a trap. */
export function kept(make) {
  let made;
  let of;
  return () => {
    ready();
    if (of !== instance()) {
      made = make();
      of = instance();
    }
    return made;
  };
}

function start(module) {
  if (!isReady) initSync({ module });
  isReady = true;
}

/** The compiled module of `source`: a module, bytes, a URL, a Request or a Response, or a Promise of one. */
async function compiled(source) {
  // By globalThis: Next.js with webpack refuses the text `WebAssembly.compile` in code for its edge runtime, also if unused.
  const wasm = globalThis.WebAssembly;
  let given = await source;
  // Checked first: naming Request or Response makes Node load its fetch, which takes long.
  // Not by `instanceof`: the module may be of another realm, as in the edge runtime.
  if (given?.[Symbol.toStringTag] === 'WebAssembly.Module') return given;
  if (ArrayBuffer.isView(given)) return wasm.compile(/** @type {BufferSource} */ (given));
  if (typeof given === 'string' || given instanceof URL || given instanceof Request) {
    given = await fetch(given);
  }
  if (given instanceof Response) {
    const type = given.headers.get('content-type') ?? '';
    // A server of a single-page app answers each unknown path with its HTML page.
    const isPage = type.startsWith('text/html');
    if (!given.ok || isPage) {
      throw new Error(
        `the wasm was not found: ${given.status}${isPage ? ', an HTML page,' : ''} at ${given.url}`,
      );
    }
    // compileStreaming() requires this type. With another type the wasm still compiles, but not during the download.
    if (type.startsWith('application/wasm')) return wasm.compileStreaming(given);
    given = await given.arrayBuffer();
  }
  return wasm.compile(given);
}
