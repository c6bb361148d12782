export declare function start(): WebAssembly.Exports;
