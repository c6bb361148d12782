// Loads the wasm of the entries that keep it in a separate file (external, slim), by init().
import { load } from './wasm.js';

/** The subresource integrity hash of the entry's wasm file. */
export const wasmIntegrity = WASM_INTEGRITY;

/**
 * Loads the wasm, once, before any other use of the entry. Without `source` it loads the file in the folder of this file.
 */
export async function init(source) {
  return load(source ?? beside(), assertOurs);
}

function beside() {
  const url = new URL(WASM_FILE, import.meta.url);
  // Node's fetch does not read files. Not an import: bundlers for browsers fail at an import of `node:`.
  return url.protocol === 'file:' ? globalThis.process.getBuiltinModule('node:fs').readFileSync(url) : url;
}

/** Refuses the wasm of another build: it may link and fail only at its first use. */
function assertOurs(module) {
  const [stamp] = WebAssembly.Module.customSections(module, 'okta-groups');
  const found = stamp && new TextDecoder().decode(stamp);
  if (found !== WASM_BUILD) throw new Error(`it is ${found ?? 'no core of okta-groups'}, not ${WASM_BUILD}`);
}
