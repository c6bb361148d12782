// The Content-Security-Policy of the console, which tests/console/policy.test.mjs holds equal to that of each of its hosts.

/** The policy as a meta element may hold it. */
const OF_THE_PAGE =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
/** The policy as a header, which alone may forbid frames. */
export const POLICY = `${OF_THE_PAGE}; frame-ancestors 'none'`;
