// The main entry: carries the wasm and compiles it on first use.
import { bytesOf } from './inline.js';
import { provide } from './wasm.js';
import wasm from './core-inline.js';

provide(() => bytesOf(wasm));

export * from './api.js';
