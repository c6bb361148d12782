//! A client of Okta's Groups API whose deciding parts do no I/O: they take plain values
//! (a status, headers, the time) and return plain values (a request, a decision).
#![forbid(unsafe_code)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod filter;
pub mod policy;
pub mod request;
