// Loads the core, once, when it is first needed: importing the package does no work.
import * as glue from 'okta-groups-core';
import { oktaError } from '../../src/web/errors.js';

let ready = false;
let loading;
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
  // Loaded twice at once, the second would take the place of the first under the objects made meanwhile.
  loading ??= compiled(source).finally(() => (loading = undefined));
  await loading;
}

async function compiled(source) {
  try {
    await glue.default({ module_or_path: source });
  } catch (error) {
    throw explained(error);
  }
  ready = true;
}

/** The core's classes and functions. */
export function core() {
  if (!ready) {
    const module = find();
    try {
      glue.initSync({ module });
    } catch (error) {
      throw explained(error);
    }
    ready = true;
  }
  return glue;
}

function explained(cause) {
  // A CSP without 'wasm-unsafe-eval' is the one reason that a user can mend; browsers only word it.
  if (cause instanceof WebAssembly.CompileError && /policy|unsafe-eval/i.test(cause.message)) {
    const message =
      "the page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to script-src";
    return oktaError('config', message, { argument: 'csp', cause });
  }
  return oktaError('config', 'the wasm could not be loaded: its source is no wasm of this version', {
    argument: 'init',
    cause,
  });
}
