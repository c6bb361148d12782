// The one place that knows where the package is: in pkg/, beside this page's files.
export * from './pkg/dist/index.js';
