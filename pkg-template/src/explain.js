// Why wasm did not load, in words that help.
import { isOktaError, oktaError } from './error-classes.js';

/** The error for what was thrown as wasm was loaded. */
export function explained(cause) {
  if (isOktaError(cause)) return cause;
  // Naming what is not there would be a ReferenceError.
  if (!globalThis.WebAssembly) {
    const message = 'this runtime has no WebAssembly (node --jitless, and lockdown modes, take it away)';
    return oktaError('config', message, { argument: 'wasm', cause });
  }
  // A CSP without 'wasm-unsafe-eval' is the one reason that a user can mend; browsers only word it (Firefox: 'blocked by CSP').
  if (cause instanceof WebAssembly.CompileError && /policy|unsafe-eval|CSP/i.test(cause.message)) {
    const message =
      "the page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to script-src";
    return oktaError('config', message, { argument: 'csp', cause });
  }
  return oktaError('config', `the wasm could not be loaded: ${cause?.message ?? cause}`, {
    argument: 'init',
    cause,
  });
}
