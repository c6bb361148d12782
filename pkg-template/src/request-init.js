// The second argument of `fetch`.

/**
 * What `fetch` is told: the program's own options, and what takes their place. It inherits nothing: fetch would take a
 * polluted prototype's `dispatcher`. Okta's API has no redirects: one that is followed would carry the token along.
 * @param {any} options
 * @param {any} own
 * @returns {any}
 */
export function requestInit(options, { method, headers, body, signal }) {
  const fixed = { redirect: 'manual', credentials: 'omit' };
  return { __proto__: null, ...options, ...fixed, method, headers, body, signal };
}
