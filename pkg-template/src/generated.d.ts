// What the build makes and the sources import: wasm-bindgen's glue, the wasm. They are untyped
// here; what users see of them is in ../types.
declare module 'okta-groups-core';
declare module 'okta-groups-emulator-core';
declare module '*-inline.js';
declare module '*/core_bg.wasm';

/** Which build `core_bg.wasm` is, and the hash of its file. */
declare const WASM_BUILD: string;
declare const WASM_INTEGRITY: string;
