// Everything, with the wasm in a file of its own.
export { init, wasmIntegrity } from './apart.js';
export * from './api.js';
