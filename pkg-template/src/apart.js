// What the entries have whose wasm is a file of its own, loaded by init().
import { load } from './wasm.js';

/** The hash of the entry's wasm file, for whoever fetches it. */
export const wasmIntegrity = WASM_INTEGRITY;

/**
 * Loads the wasm, once, before anything else is used. Without `source` it is found beside this file.
 */
export async function init(source) {
  return load(source ?? beside(), assertOurs);
}

function beside() {
  const url = new URL(WASM_FILE, import.meta.url);
  // Node's fetch reads no files. Not an import: bundlers for browsers stumble over `node:` in one.
  return url.protocol === 'file:' ? globalThis.process.getBuiltinModule('node:fs').readFileSync(url) : url;
}

/** Another build's wasm may well link, and fail at its first use. */
function assertOurs(module) {
  const [stamp] = WebAssembly.Module.customSections(module, 'okta-groups');
  const found = stamp && new TextDecoder().decode(stamp);
  if (found !== WASM_BUILD) throw new Error(`it is ${found ?? 'no core of okta-groups'}, not ${WASM_BUILD}`);
}
