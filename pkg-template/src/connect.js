/**
 * The method by which an `auth` is told, when a client is made with it, how that client reaches its org:
 * `(options, fetch, sameCredential) => ({ auth?, fetch? })`, which take the place of the client's own. `fetch` is the
 * one to use where the options name none. What it sends goes past the client's middleware, which is to see no secret.
 *
 * By the registry: the entries of the package are bundled apart.
 */
export const CONNECT = Symbol.for('okta-groups.connect');
