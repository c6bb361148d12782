// Makes the second argument of `fetch`.

/**
 * The program's `fetchOptions`, overridden by the request's own. Without prototype, since fetch would read the
 * `dispatcher` of a polluted one; a literal with `__proto__: null` is slower. A redirect is an error: Okta's API has none,
 * and following one would send the token along.
 * @param {any} options
 * @param {any} own
 * @returns {any}
 */
export function requestInit(options, { method, headers, body, signal }) {
  const init = { ...options, redirect: 'manual', credentials: 'omit', method, headers, body, signal };
  return Object.setPrototypeOf(init, null);
}
