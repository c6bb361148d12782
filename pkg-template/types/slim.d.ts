export * from './index.js';

/**
 * Loads the wasm, once, before anything else of this entry is used.
 *
 * @param source Where it is: a URL, a Response, its bytes, or a compiled module. Without it, it is looked for beside
 * this entry's own file, which holds for static servers and Node; bundlers want to be told
 * (`init(new URL('okta-groups/core_bg.wasm', import.meta.url))`).
 */
export declare function init(
  source?: URL | string | Response | Promise<Response> | BufferSource | WebAssembly.Module,
): Promise<void>;
