//! A client of Okta's Groups API. The modules that decide do no I/O: they take plain values (a status,
//! headers, the time) and return plain values (a request, a decision).
//!
//! | module | decides |
//! |---|---|
//! | [`request`] | how each operation is written as a request, and which arguments are refused |
//! | [`org`] | which origin a token may go to |
//! | [`page`] | which page comes next, and when a `Link` header is refused |
//! | [`policy`] | when a request may be sent, what is retried, how large a page may be |
//! | [`members`] | which users are added to a group and removed from it, and when a run of such writes stops
//! |
//! | [`export`] | which ranges of a list several cursors read in parallel, and where an export resumes |
//! | [`filter`] | how an expression of `filter` or `search` is parsed, rendered and evaluated |
//! | [`model`] | the Rust types of groups, users, applications and Okta's errors |
//! | [`error`] | every error, and whether it is transient |
//! | [`client`] | what a call does next, as a state machine; a driver runs it over a [`host`] |
//!
//! `auth` obtains and renews tokens (on both hosts). [`sync`] has the locks and shared pointers: real ones
//! with threads, cheap ones in wasm.
//!
//! A host sends requests and keeps time. There are two: `native` runs on reqwest and tokio (feature
//! `reqwest`, or `native` without TLS), `web` runs in wasm on `fetch`. Each module's documentation has an
//! example. [`Client::groups`](client::Client::groups) returns the operations with models,
//! [`Client::call`](client::Client::call) runs any of them on JSON.
//!
//! | to | see |
//! |---|---|
//! | read a whole list, read it by pages, resume it from a cursor | [`client::List`] |
//! | make a group's members equal to a list of users | [`client::Groups::sync_members`] |
//! | decide by the kind of an error | [`error::Error`], [`client::Failure`] |
//! | build, parse and evaluate expressions | [`filter`] |
//! | set time limits, retries, rate limits | [`client::Settings`], [`client::CallOptions`] |
//! | observe requests, retries and throttling | [`host::Event`] |
//! | run on another HTTP client or runtime | [`host::Host`] |
//!
//! The npm package of the same name wraps `web` (feature `npm`).
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod answer;
#[cfg(any(feature = "native", target_arch = "wasm32"))]
pub mod auth;
mod base64;
pub mod client;
pub mod error;
pub mod export;
pub mod filter;
pub mod host;
mod json;
pub mod members;
pub mod model;
#[cfg(all(feature = "native", not(target_arch = "wasm32")))]
pub mod native;
pub mod org;
pub mod page;
pub mod policy;
#[cfg(any(test, all(target_arch = "wasm32", feature = "npm")))]
#[cfg_attr(
    not(feature = "bulk"),
    allow(dead_code, reason = "the records of bulk runs stand in the same list")
)]
mod records;
mod redact;
pub mod request;
pub mod sync;
mod text;
mod time;
#[cfg(target_arch = "wasm32")]
pub mod web;

/// Compiles the example of the README.
#[cfg(all(doctest, feature = "reqwest"))]
#[doc = include_str!("../README.md")]
struct Readme;

/// Compiles and runs the guide for Rust.
#[cfg(doctest)]
#[doc = include_str!("../docs/rust.md")]
struct Guide;
