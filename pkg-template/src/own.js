/**
 * Options without what they inherit: a polluted `Object.prototype` would set them.
 * @param {any} options
 * @returns {any}
 */
export function own(options) {
  return { __proto__: null, ...options };
}
