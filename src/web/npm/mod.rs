//! What the npm package is made of.
//!
//! * `client` has the client, `call` its calls and walks: text in, text out, in the records of [`crate::records`];
//! * `expr` hands expressions over, and tests JavaScript objects with them;
//! * `members` decides who is added to a group and removed from it;
//! * `errors` writes what went wrong;
//! * `js` names what is called in JavaScript.

mod call;
mod client;
mod errors;
mod expr;
mod js;
mod members;
