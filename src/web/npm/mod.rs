//! What the npm package is made of.
//!
//! * `client` has the client, `call` its calls and walks: text in, text out, in the records of [`crate::records`];
//! * `expr` (feature `expressions`) hands expressions over, and tests JavaScript objects with them;
//! * `export` (feature `bulk`) splits a list over several listings;
//! * `members` (feature `bulk`) decides who is added to a group and removed from it;
//! * `errors` writes what went wrong;
//! * `js` names what is called in JavaScript.
//!
//! The build compiles this twice: with both features, and with neither for `okta-groups/slim`, the client alone.

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
