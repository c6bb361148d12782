// Everything that both entries export. Each file has one job; what is decided is decided in Rust.
export { OktaGroups } from './client.js';
export { bearer, ssws } from './auth.js';
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

// For the entries only: how the wasm is come by.
export { provide, load } from './wasm.js';
