/**
 * Copies the own properties into an object without prototype: a polluted `Object.prototype` sets no option.
 * @param {any} options
 * @returns {any}
 */
export function own(options) {
  return { __proto__: null, ...options };
}
