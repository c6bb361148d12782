// Loads the core, once, when it is first needed: importing the package does no work.
// What is not named here (the glue's own loader) is not bundled.
import { __wbg_reset_state, initSync } from 'okta-groups-core';
import { explained } from './explain.js';
import { oktaError } from './error-classes.js';
import { instance, recover } from './trap.js';

let isReady = false;
let loading;
let find = () => {
  throw oktaError('config', `${ENTRY}: await init() before anything else is used`, { argument: 'init' });
};

/** Says where the compiled or compilable wasm is to be had, synchronously. */
export function provide(source) {
  find = source;
}

/** Loads the core from `source`, unless `check` throws; what the platform can stream it compiles while it arrives. */
export async function load(source, check) {
  if (isReady) return;
  // Loaded twice at once, the second would take the place of the first under the objects made meanwhile.
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

/** Has the core ready for its classes and functions, which whoever needs them imports from the bindings. */
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

/** Gives what `make` makes in the core, made again where a trap took it away. */
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

/** The module that `source` is, or leads to. */
async function compiled(source) {
  // Not by its global name: Next.js with webpack refuses `WebAssembly.compile` in code for its edge runtime, used or not.
  const wasm = globalThis.WebAssembly;
  let given = await source;
  // Asked first: Node takes long to load its fetch, which naming Request or Response does.
  // Not by `instanceof`: the module may be of another realm, as in that runtime.
  if (given?.[Symbol.toStringTag] === 'WebAssembly.Module') return given;
  if (ArrayBuffer.isView(given)) return wasm.compile(/** @type {BufferSource} */ (given));
  if (typeof given === 'string' || given instanceof URL || given instanceof Request) {
    given = await fetch(given);
  }
  if (given instanceof Response) {
    const type = given.headers.get('content-type') ?? '';
    // What an app's server answers with for each path that it does not know.
    const isPage = type.startsWith('text/html');
    if (!given.ok || isPage) {
      throw new Error(
        `the wasm was not found: ${given.status}${isPage ? ', an HTML page,' : ''} at ${given.url}`,
      );
    }
    // A server that names another type than the platform streams is slower, not wrong.
    if (type.startsWith('application/wasm')) return wasm.compileStreaming(given);
    given = await given.arrayBuffer();
  }
  return wasm.compile(given);
}
