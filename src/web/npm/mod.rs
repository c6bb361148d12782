//! What the npm package is made of.
//!
//! * `client` has the client, `call` its calls and walks, `platform` what they run on;
//! * `options` reads JavaScript objects, naming what is wrong with them;
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
mod options;
mod platform;
