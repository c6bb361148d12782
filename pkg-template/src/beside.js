// Finds the main entry's wasm in Node: reads it from its file, since decoding the text takes ten times as long (5 ms).
import { bytesOf as decoded } from './inline.js';

/** Reads the wasm beside this file. Decodes `text` if there is no such file, as in a bundle. */
export function bytesOf(text) {
  try {
    // Deno would ask its user for a permission.
    if (globalThis.Deno) return decoded(text);
    const { readFileSync } = globalThis.process.getBuiltinModule('node:fs');
    // Not by a URL: bundlers would take it for an asset. In CommonJS there is no such folder.
    const bytes = readFileSync(`${import.meta.dirname}/${WASM_FILE}`);
    // A bundle may lie beside the wasm of another version. The build ends a wasm file with its own name.
    if (bytes.toString('latin1', bytes.length - WASM_BUILD.length) === WASM_BUILD) return bytes;
  } catch {
    // The text is there in any case.
  }
  return decoded(text);
}
