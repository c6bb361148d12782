/**
 * Options without what they inherit: a polluted `Object.prototype` would set them.
 * @param {any} options
 * @returns {any}
 */
export function own(options) {
  return { __proto__: null, ...options };
}

/**
 * The same of what may be no options at all, which the core tells the caller.
 * @param {any} options
 * @returns {any}
 */
export function copied(options) {
  return typeof options === 'object' && options && !Array.isArray(options) ? own(options) : options;
}
