/**
 * The key of an `auth` method that a client calls when it is made: `(options, fetch, sameCredential) => ({ auth?, fetch? })`.
 * The returned `auth` and `fetch` replace the client's own. `fetch` is the default if the options name none. Token
 * requests bypass the client's middleware, so that no middleware sees a secret.
 *
 * A registered symbol, since the entries of the package are bundled separately.
 */
export const CONNECT = Symbol.for('okta-groups.connect');
