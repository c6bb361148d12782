// Makes the second argument of `fetch`.

/**
 * The program's `fetchOptions`, overridden by the request's own. Without prototype, since fetch would read the
 * `dispatcher` of a polluted one. A redirect is an error: Okta's API has none, and following one would send the token
 * along.
 * @param {any} options
 * @param {any} own
 * @returns {any}
 */
export function requestInit(options, { method, headers, body, signal }) {
  const fixed = { redirect: 'manual', credentials: 'omit' };
  return { __proto__: null, ...options, ...fixed, method, headers, body, signal };
}
