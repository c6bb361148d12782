import { initSync } from "./core.js";
import module from "./core_bg.wasm";

export const start = () => initSync({ module });
