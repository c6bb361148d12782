//! The expression language of `filter` and `search`: build, parse, render, check, evaluate.
//!
//! | file | question |
//! |---|---|
//! | `ast` | what an expression is, and what cannot be one |
//! | `build` | how Rust code writes one |
//! | `parse`, `render` | text to expression and back, exactly |
//! | `json` | the same as plain JSON: the AST of the npm package |
//! | `check` | does the documentation of `filter` or `search` know these attributes and operators |
//! | `eval` | does a record match; `record` answers for `serde_json` values |
//! | `number`, `time` | the two kinds of value whose text has more than one spelling |
//! | `fault`, `parameter` | what the others share: why nothing can be built, and where an expression is sent |
//!
//! Not decided here: percent-encoding, which parameters go together, and whether Okta will
//! accept an expression. Syntax errors are errors; everything else is at most a [`Warning`],
//! because Okta widens its grammar (`co` came in 2025).

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
#[cfg(all(target_arch = "wasm32", feature = "expressions"))]
pub(crate) use {check::is_documented, parse::parse_value};

/// Whether texts are read as expressions, to tell what in them is not documented: everywhere but in the wasm of
/// `okta-groups/slim`, which so links no parser.
pub(crate) const IS_READ: bool =
    cfg!(any(not(target_arch = "wasm32"), not(feature = "npm"), feature = "expressions"));
