// The entry for pages that count bytes: the wasm is its own file, loaded by init().
import { load } from './wasm.js';

/**
 * Loads the wasm, once, before anything else is used. Without `source` it is found beside this file.
 */
export async function init(source) {
  return load(source ?? beside());
}

function beside() {
  const url = new URL('./core_bg.wasm', import.meta.url);
  // Node's fetch reads no files. Not an import: bundlers for browsers stumble over `node:` in one.
  return url.protocol === 'file:' ? globalThis.process.getBuiltinModule('node:fs').readFileSync(url) : url;
}

export * from './api.js';
