// The main entry: carries the wasm and compiles it on first use.
import { provide } from './wasm.js';
import base64 from './core-inline.js';

provide(() => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));

export * from './api.js';
