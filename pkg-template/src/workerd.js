// The main entry for Workers, which compile no wasm at run time: there it is imported as a module.
import { provide } from './wasm.js';
import module from './core_bg.wasm';

provide(() => module);

export * from './api.js';
