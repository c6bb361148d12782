// What the build makes and the sources import: wasm-bindgen's glue, the bundled core, the wasm. They are untyped
// here; what users see of them is in ../types.
declare module 'okta-groups-core';
declare module 'okta-groups-emulator-core';
declare module '*/core.js';
declare module '*-inline.js';
declare module '*/core_bg.wasm';
