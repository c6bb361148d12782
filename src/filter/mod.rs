//! The expression language of `filter` and `search`: build, parse, render, check, evaluate.
//!
//! | file | decides |
//! |---|---|
//! | `ast` | what an expression is, and which ones cannot exist |
//! | `build` | how Rust code builds an expression |
//! | `parse`, `render` | how text becomes positions and an expression, and an expression its canonical text |
//! | `json` | how an expression is written as JSON: the AST of the npm package |
//! | `check` | whether Okta documents its attributes and operators for `filter` or `search` |
//! | `eval` | whether a record matches; `record` implements it for `serde_json` values |
//! | `number`, `time` | the two kinds of value with several spellings |
//! | `fault`, `parameter` | what several files share: the error of building, and the query parameter |
//!
//! Not decided here: percent-encoding, which parameters exclude each other, and whether Okta accepts an
//! expression. A syntax error is an error; everything else is at most a [`Warning`], because Okta extends its
//! grammar (`co` came in 2025).

mod ast;
mod build;
mod check;
mod eval;
mod fault;
mod json;
mod number;
mod parameter;
mod parse;
mod record;
mod render;
mod time;

pub use ast::{Attr, Expr, MAX_DEPTH, Op, Term, Terms, Value};
pub use build::attr;
pub use check::{Warning, WarningReason, check};
pub use eval::{CaseRule, Compiled, Operand, RecordModel};
pub use fault::BuildError;
pub use number::Number;
pub use parameter::Parameter;
pub use parse::{MAX_LENGTH, ParseError, parse};
pub(crate) use record::folded;
pub use record::{Constant, Json, Matcher, Scalar, matches};
pub(crate) use render::quoted;
pub use time::Timestamp;
pub(crate) use time::midnight;
#[cfg(all(target_arch = "wasm32", feature = "expressions"))]
pub(crate) use {
    check::documented_for,
    parse::{Tape, parse_value},
};

/// Whether the crate parses expressions to find what Okta does not document. False only in the wasm of
/// `okta-groups/slim`, which therefore links no parser.
pub(crate) const IS_READ: bool =
    cfg!(any(not(target_arch = "wasm32"), not(feature = "npm"), feature = "expressions"));
