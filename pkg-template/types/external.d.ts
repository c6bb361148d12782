/**
 * Everything that `okta-groups` exports, with the wasm in a file of its own, `core_bg.wasm`, which the engine compiles while it
 * arrives. Await {@link init} once before you use anything else of this entry.
 *
 * @packageDocumentation
 * @module okta-groups/external
 */
export * from './index.js';

/**
 * Loads the wasm, once: later calls do nothing. A client or an expression that a program makes before that is an
 * `OktaConfigError`.
 *
 * @param source - The wasm of this entry: its URL, a Response, its bytes, or a compiled module. Without it, `init` looks beside
 * this entry's own file, which is right for static servers and Node; bundlers need the URL
 * (`init(new URL('okta-groups/core_bg.wasm', import.meta.url))`).
 *
 * @throws `OktaConfigError` if the wasm is not found, is not of this very build, or cannot be compiled: with `argument` `csp`
 * if the page's Content-Security-Policy forbids it, `wasm` if the runtime has no WebAssembly, else `init`. You may call `init`
 * again.
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
 * import { init, wasmIntegrity } from 'okta-groups/external';
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
