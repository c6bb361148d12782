import { initSync } from "./core.js";
import wasm from "./core-inline.js";

export const start = () => initSync({ module: Uint8Array.from(atob(wasm), (c) => c.charCodeAt(0)) });
