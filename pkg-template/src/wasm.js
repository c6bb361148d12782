// Loads the core, once, when it is first needed: importing the package does no work.
import * as glue from 'okta-groups-core';
import { oktaError } from '../../src/web/errors.js';
import { instance, recover } from './trap.js';

let ready = false;
let find = () => {
  throw oktaError('config', 'okta-groups/slim: await init() before anything else is used', {
    argument: 'init',
  });
};

/** Says where the compiled or compilable wasm is to be had, synchronously. */
export function provide(source) {
  find = source;
}

/** Loads the core from `source`; what the platform can stream it compiles while it arrives. */
export async function load(source) {
  if (ready) return;
  await explained(() => glue.default({ module_or_path: source }));
  ready = true;
}

/** The core's classes and functions. */
export function core() {
  if (!ready) {
    explained(() => glue.initSync({ module: find() }));
    ready = true;
  }
  recover(glue.__wbg_reset_state);
  return glue;
}

/** Gives what `make` makes of the core, made again where a trap took it away. */
export function kept(make) {
  let made;
  let of;
  return () => {
    const api = core();
    if (of !== instance()) {
      made = make(api);
      of = instance();
    }
    return made;
  };
}

function explained(compile) {
  try {
    const compiling = compile();
    return compiling?.catch ? compiling.catch(explain) : compiling;
  } catch (error) {
    return explain(error);
  }
}

function explain(error) {
  // A CSP without 'wasm-unsafe-eval' is the one reason that a user can mend; browsers only word it.
  if (error instanceof WebAssembly.CompileError && /policy|unsafe-eval/i.test(error.message)) {
    const message =
      "the page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to script-src";
    throw oktaError('config', message, { argument: 'csp', cause: error });
  }
  throw error;
}
