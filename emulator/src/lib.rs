//! A local Okta org: groups, users, apps and memberships in memory, answered by one pure function,
//! [`Org::handle`] ([`Org::deliver`] where it shall misbehave). It has no clock, no randomness and no network of its own.
//!
//! | module | question |
//! |---|---|
//! | `org` | what happens to a request, from token to response |
//! | `operation`, `auth`, `rate_limit`, `cors` | which operation it is; who may; how often; from where |
//! | `service_apps` | who gets a token |
//! | `listing`, `query`, `sort`, `page`, `cursor` | which groups, in which order, from where, and the `Link` on |
//! | `users` | one person, lists of people, a person's groups |
//! | `rules`, `rule_expression`, `regex` | who is made a member, when and by which condition |
//! | `owners` | who owns a group |
//! | `schemas` | which attributes groups and users may have |
//! | `profile` | what may be written into a group |
//! | `refusal` | every way to say no, in Okta's words |
//! | `store`, `render` | the data with its indexes; bodies from kept pieces |
//! | `front` | what is outside of the API |
//! | `control`, `given` | the org's own size, limits and faults, read and changed beside the API |
//! | `fault_options`, `faults`, `deliver` | what goes wrong on demand, and what hosts do about it |
//! | `seed` | a believable org from a seed and sizes |
//! | `http`, `web` | the two hosts, which convert and call |
//!
//! Where the vendor's reference and recorded traffic differ, the recording wins; each place says so.
//!
//! Some answers no recording and no document gives. Decided here, and easily changed (those about people, rules and owners
//! stand in `docs/testing.md`, beside what is recorded and documented of them):
//!
//! | question | answer |
//! |---|---|
//! | a name that is taken | 400 E0000001, among Okta's own groups and without regard to case |
//! | `limit` that is no number, below 1, above 10,000 | 400 E0000037, 400 E0000001, taken as 10,000 |
//! | `after` no page ended with | 400 E0000031 for groups and the org's users (as on `/devices`), E0000029 for members, apps and a user's groups (as on `/apps`) |
//! | a date in an expression that is none, or of a form that is not documented | 400 E0000030 |
//! | whatever else the client's `check` warns of in an expression | 400 E0000031, unless `Quirks::undocumented` has it |
//! | a character beyond U+FFFF in an expression, of which `check` warns | taken |
//! | `/` | a small page, without a token; other paths outside of `/api/`: 404 E0000008 |
//! | order without `sortBy`; with `q` | by id, which grows with time; by name |
//! | groups without a value for `sortBy` | last, in both directions |
//! | `q` beside `filter` and `search` | all must hold |
#![forbid(unsafe_code)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod auth;
mod control;
mod cors;
mod cursor;
mod deliver;
mod fault_options;
pub mod faults;
mod front;
mod given;
#[cfg(feature = "http")]
pub mod http;
mod listing;
mod message;
mod operation;
mod options;
mod org;
mod owners;
mod page;
mod profile;
mod query;
mod random;
mod rate_limit;
mod refusal;
mod regex;
mod render;
mod rule_expression;
mod rules;
mod schemas;
mod seed;
mod service_apps;
mod sort;
mod store;
mod time;
mod url;
mod users;
#[cfg(target_arch = "wasm32")]
mod web;

pub use cors::{check_host, check_origin};
pub use message::{Request, Response};
pub use options::{Options, Quirks, ServiceApp, Token, Undocumented};
pub use org::{Membership, Org, SeedData};
pub use rate_limit::RateLimit;
pub use seed::SeedOptions;
pub use store::{AttributeType, SeedError};
