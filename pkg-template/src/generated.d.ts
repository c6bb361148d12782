// What the build makes and the sources import: wasm-bindgen's glue, the wasm. They are untyped
// here; what users see of them is in ../types.
declare module 'okta-groups-core';
declare module 'okta-groups-emulator-core';
declare module '*-inline.js';
declare module '*/core_bg.wasm';

/** Whether this is okta-groups/slim, which has neither expressions nor bulk runs. */
declare const SLIM: boolean;
/** The entry whose wasm is a file of its own, and that file: its name, the build that ends it, and its hash. */
declare const ENTRY: string;
declare const WASM_FILE: string;
declare const WASM_BUILD: string;
declare const WASM_INTEGRITY: string;
