//! A local Okta org: groups, users, apps and memberships in memory, answered by one pure function,
//! [`Org::handle`]. It has no clock, no randomness and no network of its own.
//!
//! | module | question |
//! |---|---|
//! | `org` | what happens to a request, from token to response |
//! | `operation`, `auth`, `rate_limit`, `cors` | which operation it is; who may; how often; from where |
//! | `listing`, `query`, `sort`, `page`, `cursor` | which groups, in which order, from where, and the `Link` on |
//! | `profile` | what may be written into a group |
//! | `refusal` | every way to say no, in Okta's words |
//! | `store`, `render` | the data with its indexes; bodies from kept pieces |
//! | `seed` | a believable org from a seed and sizes |
//! | `http`, `web` | the two hosts, which convert and call |
//!
//! Where the vendor's reference and recorded traffic differ, the recording wins; each place says so.
#![forbid(unsafe_code)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod auth;
mod cors;
mod cursor;
#[cfg(feature = "http")]
pub mod http;
mod listing;
mod message;
mod operation;
mod options;
mod org;
mod page;
mod profile;
mod query;
mod random;
mod rate_limit;
mod refusal;
mod render;
mod seed;
mod sort;
mod store;
mod time;
mod url;
#[cfg(target_arch = "wasm32")]
mod web;

pub use message::{Request, Response};
pub use options::{Options, Quirks, Token};
pub use org::{Org, SeedData};
pub use rate_limit::RateLimit;
pub use seed::SeedOptions;
pub use store::{AttributeType, SeedError};
