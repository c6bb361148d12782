// Everything that both entries export. Each file has one job; what is decided is decided in Rust.
export { OktaGroups } from './client.js';
export { bearer, ssws } from './auth.js';
export * from './errors.js';

// For the entries only: how the wasm is come by.
export { provide, load } from './wasm.js';
