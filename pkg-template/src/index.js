// The main entry: contains the wasm and compiles it on first use. The build also makes the entry for Workers from this file:
// Workers cannot compile wasm at run time, so that entry imports the wasm as a module.
import * as api from './api.js';
import { bytesOf } from 'okta-groups-inline';
import wasm from './core-inline.js';
import { provide } from './wasm.js';

/**
 * Provides the wasm and returns the export `used`, which needs it. Calls are marked as pure: bundlers drop unused exports,
 * and the wasm with them.
 */
function carried(used) {
  provide(() => (typeof wasm === 'string' ? bytesOf(wasm) : wasm));
  return used;
}

export { ownerDate } from './owner-date.js';
export { bearer, ssws } from './token.js';
export * from './errors.js';
export { OktaBulkError, OktaExpressionError } from './error-classes.js';
export const OktaGroups = /* @__PURE__ */ carried(api.OktaGroups);
export const eq = /* @__PURE__ */ carried(api.eq);
export const ne = /* @__PURE__ */ carried(api.ne);
export const gt = /* @__PURE__ */ carried(api.gt);
export const ge = /* @__PURE__ */ carried(api.ge);
export const lt = /* @__PURE__ */ carried(api.lt);
export const le = /* @__PURE__ */ carried(api.le);
export const sw = /* @__PURE__ */ carried(api.sw);
export const co = /* @__PURE__ */ carried(api.co);
export const ew = /* @__PURE__ */ carried(api.ew);
export const pr = /* @__PURE__ */ carried(api.pr);
export const between = /* @__PURE__ */ carried(api.between);
export const oneOf = /* @__PURE__ */ carried(api.oneOf);
export const and = /* @__PURE__ */ carried(api.and);
export const or = /* @__PURE__ */ carried(api.or);
export const not = /* @__PURE__ */ carried(api.not);
export const expr = /* @__PURE__ */ carried(api.expr);
export const parse = /* @__PURE__ */ carried(api.parse);
export const fromJSON = /* @__PURE__ */ carried(api.fromJSON);
export const check = /* @__PURE__ */ carried(api.check);
export const compile = /* @__PURE__ */ carried(api.compile);
export const matches = /* @__PURE__ */ carried(api.matches);
export const shardOf = /* @__PURE__ */ carried(api.shardOf);
