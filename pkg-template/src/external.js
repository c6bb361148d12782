// The entry `okta-groups/external`: everything, with the wasm in a separate file.
export { init, wasmIntegrity } from './apart.js';
export * from './api.js';
