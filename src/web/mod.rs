//! The wasm edge: converts and calls. A decision found here is a bug.
//!
//! * `host` runs the client on `fetch`, timers and `JSON.parse`;
//! * `js` names what it calls in JavaScript;
//! * `npm` (feature `npm`) holds the classes that the npm package is made of.

mod host;
mod js;
#[cfg(feature = "npm")]
mod npm;

pub use host::{AuthSource, Listener, WebHost};

/// Smaller by 5 KB of wasm than the default.
#[cfg(feature = "npm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
