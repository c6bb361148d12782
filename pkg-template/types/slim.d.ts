export declare function init(): Promise<WebAssembly.Exports>;
