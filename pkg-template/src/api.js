// The exports of the full entries (main and external), except what loads their wasm.
export { OktaGroups } from './full.js';
export { shardOf } from './export.js';
export { ownerDate } from './owner-date.js';
export { bearer, ssws } from './token.js';
export {
  eq,
  ne,
  gt,
  ge,
  lt,
  le,
  sw,
  co,
  ew,
  pr,
  between,
  oneOf,
  and,
  or,
  not,
  expr,
  parse,
  fromJSON,
  check,
  compile,
  matches,
} from './expr.js';
export * from './errors.js';
export { OktaBulkError, OktaExpressionError } from './error-classes.js';
