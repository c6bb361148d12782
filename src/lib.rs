//! A client of Okta's Groups API whose deciding parts do no I/O: they take plain values
//! (a status, headers, the time) and return plain values (a request, a decision).
//!
//! | module | decides |
//! |---|---|
//! | [`request`] | how the nine operations of the reference are written, and which arguments cannot be |
//! | [`org`] | which origin a token may go to |
//! | [`page`] | which page comes next, and when an org's links cannot be believed |
//! | [`policy`] | when a request may go, what is sent again, how large a page may be |
//! | [`members`] | who is added to a group and removed from it, and when a run of such writes stops |
//! | [`export`] | which ranges of a list several listings read at once, and where an export resumes |
//! | [`filter`] | what an expression of `filter` or `search` is, means and matches |
//! | [`model`] | what groups, users, applications and errors look like, to Rust |
//! | [`error`] | what can go wrong |
//! | [`client`] | what a call does next, as a state machine; its drivers run that over a [`host`] |
//!
//! Besides, `auth` keeps tokens, where there is a host, and [`sync`] names what threads share, where there are threads.
//!
//! There are two hosts. `native` runs on reqwest and tokio (feature `reqwest`, or `native` without TLS), `web` in wasm on `fetch`; each shows in
//! its documentation how a program begins. A client then has the nine operations with models in
//! [`Client::groups`](client::Client::groups), and without them in [`Client::call`](client::Client::call).
//!
//! | to | see |
//! |---|---|
//! | read a list whole, by pages, or from where another program stopped | [`client::List`] |
//! | bring a group's members to a list | [`client::Groups::sync_members`] |
//! | decide by what went wrong | [`error::Error`], [`client::Failure`] |
//! | build, parse and evaluate expressions | [`filter`] |
//! | set time limits, retries, rate limits | [`client::Settings`], [`client::CallOptions`] |
//! | watch | [`host::Event`] |
//! | run on something else | [`host::Host`] |
//!
//! The npm package of the same name is made of `web` (feature `npm`).
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod answer;
#[cfg(any(feature = "native", target_arch = "wasm32"))]
pub mod auth;
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
#[cfg(target_arch = "wasm32")]
pub mod web;

/// The README's example compiles.
#[cfg(all(doctest, feature = "reqwest"))]
#[doc = include_str!("../README.md")]
struct Readme;

/// The guide for Rust is code that compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../docs/rust.md")]
struct Guide;
