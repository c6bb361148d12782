//! A client of Okta's Groups API whose deciding parts do no I/O: they take plain values
//! (a status, headers, the time) and return plain values (a request, a decision).
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod answer;
pub mod client;
pub mod error;
pub mod filter;
pub mod host;
pub mod model;
pub mod org;
pub mod page;
pub mod policy;
pub mod request;
#[cfg(target_arch = "wasm32")]
pub mod web;
