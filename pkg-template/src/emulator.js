import { initSync } from "okta-groups-emulator-core";
import wasm from "./emulator-inline.js";

export const start = () => initSync({ module: Uint8Array.from(atob(wasm), (c) => c.charCodeAt(0)) });
