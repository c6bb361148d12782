/**
 * The same client with its wasm in a file of its own, for pages that count bytes: all that `okta-groups` exports, and
 * {@link init}, which is awaited once before anything of this entry is used.
 *
 * @packageDocumentation
 * @module okta-groups/slim
 */
export * from './index.js';

/**
 * Loads the wasm, once: later calls do nothing. An expression or a client that is made before is an `OktaConfigError`.
 *
 * @param source - Where it is: a URL, a Response, its bytes, or a compiled module. Without it, it is looked for beside
 * this entry's own file, which holds for static servers and Node; bundlers want to be told
 * (`init(new URL('okta-groups/core_bg.wasm', import.meta.url))`).
 *
 * @throws `OktaConfigError` if the wasm is not found, is no wasm of this very build, or may not be compiled: with `argument` `csp` if the
 * page's Content-Security-Policy forbids it, `wasm` if the runtime has no WebAssembly, else `init`. It may be tried again.
 */
export declare function init(
  source?: URL | string | Response | Promise<Response> | ArrayBuffer | ArrayBufferView | WasmModule,
): Promise<void>;

/**
 * The hash of this package's `core_bg.wasm`, as subresource integrity has it (`sha384-…`): for whoever serves that file from
 * elsewhere, and for `fetch`.
 *
 * @example
 * ```js
 * import { init, wasmIntegrity } from 'okta-groups/slim';
 *
 * const wasm = new URL(import.meta.resolve('okta-groups/core_bg.wasm'));
 * if (wasm.protocol !== 'file:') await init(fetch(wasm, { integrity: wasmIntegrity }));
 * ```
 */
export declare const wasmIntegrity: string;

/** A `WebAssembly.Module`, where the types of the platform know one. */
export type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } }
  ? Module
  : object;
