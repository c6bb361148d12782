//! What the npm package is made of.
//!
//! * `client` has the client, `call` its calls and walks, `platform` what they run on;
//! * `expr` hands expressions over, and tests JavaScript objects with them;
//! * `members` decides who is added to a group and removed from it;
//! * `errors` and `events` say what happened;
//! * `js` names what is called in JavaScript.

mod call;
mod client;
mod errors;
mod events;
mod expr;
mod js;
mod members;
mod platform;
