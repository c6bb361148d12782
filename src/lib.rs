//! A client of Okta's Groups API whose deciding parts do no I/O: they take plain values
//! (a status, headers, the time) and return plain values (a request, a decision).
//!
//! | module | decides |
//! |---|---|
//! | [`request`] | how the nine operations of the reference are written, and which arguments cannot be |
//! | [`org`] | which origin a token may go to |
//! | [`page`] | which page comes next, and when an org's links cannot be believed |
//! | [`policy`] | when a request may go, what is sent again, how large a page may be |
//! | [`filter`] | what an expression of `filter` or `search` is, means and matches |
//! | [`model`] | what groups, users, applications and errors look like, to Rust |
//! | [`error`] | what can go wrong |
//! | [`client`] | nothing: it runs the others over a [`host`] |
//!
//! In wasm, `web` is a host on `fetch`; the npm package is made of it.
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

/// The guide for Rust is code that compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../docs/rust.md")]
struct Guide;
