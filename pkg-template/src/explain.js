// Explains why the wasm did not load: the error names the cause that a program can fix.
import { isOktaError, oktaError } from './error-classes.js';

/** Makes the error for a failure of loading the wasm. */
export function explained(cause) {
  if (isOktaError(cause)) return cause;
  // By globalThis: naming an undefined `WebAssembly` would be a ReferenceError.
  if (!globalThis.WebAssembly) {
    const message = 'this runtime has no WebAssembly (node --jitless, and lockdown modes, take it away)';
    return oktaError('config', message, { argument: 'wasm', cause });
  }
  // A CSP without 'wasm-unsafe-eval' is the one cause that a program can fix. Browsers report it only in the text (Firefox:
  // 'blocked by CSP').
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
