// What the build puts beside the sources: wasm-bindgen's glue, the bundled core, the wasm.
declare module 'okta-groups-core' {
  export function initSync(module: { module: BufferSource | WebAssembly.Module }): WebAssembly.Exports;
  export default function load(module: { module_or_path: unknown }): Promise<WebAssembly.Exports>;
}
declare module 'okta-groups-emulator-core' {
  export function initSync(module: { module: BufferSource | WebAssembly.Module }): WebAssembly.Exports;
}
declare module '*/core.js' {
  export { initSync, default as load } from 'okta-groups-core';
}
declare module '*-inline.js' {
  const base64: string;
  export default base64;
}
declare module '*/core_bg.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
