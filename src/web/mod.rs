//! The wasm edge: converts and calls. A decision found here is a bug.
//!
//! * `host` runs the client on `fetch`, timers and `JSON.parse`;
//! * `options` reads JavaScript objects, naming what is wrong with them;
//! * `expr` hands expressions over, and tests JavaScript objects with them;
//! * `errors` makes JavaScript errors of ours;
//! * `js` names what is called in JavaScript;
//! * `client` (feature `npm`) holds the classes that the npm package is made of.

#[cfg(feature = "npm")]
mod client;
mod errors;
#[cfg(feature = "npm")]
mod expr;
mod host;
mod js;
#[cfg(feature = "npm")]
mod options;

pub use host::{AuthSource, WebHost};

/// Smaller by 5 KB of wasm than the default.
#[cfg(feature = "npm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
