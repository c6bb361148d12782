//! What `wasm-tools` says for the commands to read.

/// The test runner of wasm-bindgen is told to run a binary: a line before whatever that prints.
pub const BINARY: &str = "xtask: wasm test binary ";

/// A name that the snipping of panics looked for in vain.
pub const VAIN: &str = "looked in vain for ";
