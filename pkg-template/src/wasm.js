// Loads the core, once, when it is first needed: importing the package does no work.
// What is not named here (the glue's own loader) is not bundled.
import {
  Client,
  Matcher,
  exprCheck,
  exprCompare,
  exprJoin,
  exprLiteral,
  exprParse,
  initSync,
} from 'okta-groups-core';
import { oktaError } from '../../src/web/errors.js';

const exported = { Client, Matcher, exprCheck, exprCompare, exprJoin, exprLiteral, exprParse };
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
  const module = await explained(() => compiled(source));
  if (!ready) initSync({ module });
  ready = true;
}

/** The module that `source` is, or leads to. */
async function compiled(source) {
  let given = await source;
  // Asked first: Node takes long to load its fetch, which naming Request or Response does.
  if (given instanceof WebAssembly.Module) return given;
  if (ArrayBuffer.isView(given)) return WebAssembly.compile(given);
  if (typeof given === 'string' || given instanceof URL || given instanceof Request)
    given = await fetch(given);
  if (given instanceof Response) {
    if (!given.ok) throw new Error(`the wasm was not found: ${given.status} at ${given.url}`);
    // A server that names another type than the platform streams is slower, not wrong.
    const streams = given.headers.get('content-type')?.startsWith('application/wasm');
    if (streams) return WebAssembly.compileStreaming(given);
    given = await given.arrayBuffer();
  }
  return WebAssembly.compile(given);
}

/** The core's classes and functions. */
export function core() {
  if (!ready) {
    explained(() => initSync({ module: find() }));
    ready = true;
  }
  return exported;
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
