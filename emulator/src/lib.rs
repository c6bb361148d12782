//! A local Okta org: groups, users, apps and memberships in memory. One pure function answers requests: [`Org::handle`], or
//! [`Org::deliver`] with faults. The org has no clock, no randomness and no network of its own.
//!
//! | module | decides |
//! |---|---|
//! | `org` | the steps of a request, from token to response |
//! | `operation`, `auth`, `rate_limit`, `cors` | the operation; the rights of the token; the rate limit; hosts and pages |
//! | `service_apps` | which service apps get a token |
//! | `listing`, `query`, `sort`, `page`, `cursor` | the groups of a list, their order, the first one of a page, and its `Link` |
//! | `users` | one person, lists of people, a person's groups |
//! | `rules`, `rule_expression`, `regex` | which users rules add, when and by which condition |
//! | `owners` | the owners of a group |
//! | `schemas` | the attributes that groups and users may have |
//! | `profile` | the profiles that a group may have |
//! | `refusal` | every refusal, with Okta's codes and texts |
//! | `store`, `render` | the data with its indexes; bodies from stored pieces |
//! | `front` | paths outside of the API |
//! | `control`, `given` | requests outside of the API that read and change the org's size, limits and faults |
//! | `fault_options`, `faults`, `deliver` | faults, and how hosts carry them out |
//! | `seed` | the content of an org by a seed and sizes |
//! | `http`, `web` | nothing: the two hosts convert and call |
//!
//! If the vendor's reference and recorded traffic differ, the recording wins; each such place says so.
//!
//! Neither recordings nor documents give some answers. The org guesses them (guesses about people, rules and owners are in
//! `docs/testing.md`, with the recorded and documented behaviour):
//!
//! | question | answer |
//! |---|---|
//! | a name that another group has | 400 E0000001, among Okta's own groups and without regard to case |
//! | `limit` that is no number, below 1, above 10,000 | 400 E0000037, 400 E0000001, counts as 10,000 |
//! | an `after` that no page has as its cursor | 400 E0000031 for groups and the org's users (as on `/devices`), E0000029 for members, apps and a user's groups (as on `/apps`) |
//! | an invalid date in an expression, or one of an undocumented form | 400 E0000030 |
//! | any other part of an expression that the client's `check` warns of | 400 E0000031, unless `Quirks::undocumented` has it |
//! | a character beyond U+FFFF in an expression, of which `check` warns | accepted |
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
mod size;
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
pub use size::SeedOptions;
pub use store::{AttributeType, SeedError};
