export { load as init } from "./core.js";
