// Everything that the entries export. Each file has one job; what is decided is decided in Rust.
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
