//! The classes that the npm package wraps. They convert records and call the core; they decide nothing.
//!
//! * `client` has the client, `call` its calls and walks: texts in and out, as the records of
//!   [`crate::records`];
//! * `expr` (feature `expressions`) passes expressions to JavaScript, and evaluates them on JavaScript
//!   objects;
//! * `export` (feature `bulk`) splits a list over several listings;
//! * `members` (feature `bulk`) plans and runs changes of a group's members;
//! * `errors` writes errors;
//! * `js` declares the JavaScript that is called.
//!
//! The build compiles this twice: with both features, and with neither for `okta-groups/slim`, which is the
//! client alone.

mod call;
mod client;
mod errors;
#[cfg(feature = "bulk")]
mod export;
#[cfg(feature = "expressions")]
mod expr;
mod js;
#[cfg(feature = "bulk")]
mod members;
