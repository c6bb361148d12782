//! The wasm edge: converts and calls. A decision found here is a bug.
//!
//! * `host` runs the client on `fetch`, timers and `JSON.parse`;
//! * `fetch` is that host with tokens and bodies for programs in Rust;
//! * `js` names what it calls in JavaScript;
//! * `npm` (feature `npm`) holds the classes that the npm package is made of.

mod fetch;
mod host;
mod js;
#[cfg(feature = "npm")]
mod npm;

pub use crate::auth::{Token, TokenReason};
pub use fetch::{Auth, Client, Failure, FetchHost};
pub use host::{AuthSource, Listener, WebHost};

/// Smaller by 5 KB of wasm than the default.
#[cfg(feature = "npm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
