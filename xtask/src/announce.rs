//! The beginnings of lines that `wasm-tools` prints for the commands of this program to read.

/// Announces a test binary of wasm-bindgen's runner, before the output of that binary.
pub const BINARY: &str = "xtask: wasm test binary ";

/// Announces a name that the snipping of panics did not find.
pub const VAIN: &str = "looked in vain for ";
