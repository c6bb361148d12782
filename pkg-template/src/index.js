// The main entry: carries the wasm and compiles it on first use.
import { bytesOf } from './base64.js';
import { provide } from './wasm.js';
import base64 from './core-inline.js';

provide(() => bytesOf(base64));

export * from './api.js';
