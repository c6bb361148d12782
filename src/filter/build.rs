//! Builds expressions in Rust code, and has the messages of [`BuildError`].
//!
//! ```
//! use okta_groups::filter::{Expr, attr};
//! # fn main() -> Result<(), okta_groups::filter::BuildError> {
//! let west = attr("profile.name")?.sw("West");
//! let app = attr("type")?.eq("APP_GROUP");
//! assert_eq!(Expr::and([west, app])?.to_string(), r#"profile.name sw "West" and type eq "APP_GROUP""#);
//! # Ok(())
//! # }
//! ```

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use super::ast::{Attr, Expr, MAX_DEPTH, Op, Value};
use super::fault::BuildError;
use super::number::Number;
use super::render::quoted;
use super::time::Timestamp;

/// An attribute, to build a comparison with: `attr("profile.name")?.sw("West")`.
///
/// # Errors
/// [`BuildError::Attr`] if `path` is not an attribute path.
pub fn attr(path: &str) -> Result<Attr, BuildError> {
    Attr::new(path)
}

/// Comparisons. Values are texts, integers, booleans, [`Timestamp`]s and [`Number`]s
/// (`Number::try_from(0.5)?`); texts and times are quoted.
impl Attr {
    /// `self op value`.
    pub fn compare(self, op: Op, value: impl Into<Value>) -> Expr {
        Expr::Compare { attr: self, op, value: value.into() }
    }

    /// Equals.
    pub fn eq(self, value: impl Into<Value>) -> Expr {
        self.compare(Op::Eq, value)
    }

    /// Differs. Okta documents no `ne` for groups, so this builds the documented `(self lt value or self gt
    /// value)`; for a boolean, which has no order, it compares with the opposite. A missing attribute does
    /// not match.
    pub fn ne(self, value: impl Into<Value>) -> Result<Expr, BuildError> {
        match value.into() {
            Value::Bool(value) => Ok(self.eq(!value)),
            value => Expr::or([self.clone().lt(value.clone()), self.gt(value)]),
        }
    }

    /// Greater or later.
    pub fn gt(self, value: impl Into<Value>) -> Expr {
        self.compare(Op::Gt, value)
    }

    /// Greater or equal. Not documented for groups.
    pub fn ge(self, value: impl Into<Value>) -> Expr {
        self.compare(Op::Ge, value)
    }

    /// Less or earlier.
    pub fn lt(self, value: impl Into<Value>) -> Expr {
        self.compare(Op::Lt, value)
    }

    /// Less or equal. Not documented for groups.
    pub fn le(self, value: impl Into<Value>) -> Expr {
        self.compare(Op::Le, value)
    }

    /// Starts with.
    pub fn sw(self, text: impl Into<String>) -> Expr {
        self.compare(Op::Sw, text.into())
    }

    /// Contains. In `search` Okta documents it for `profile.name` and `profile.description` only.
    pub fn co(self, text: impl Into<String>) -> Expr {
        self.compare(Op::Co, text.into())
    }

    /// Ends with. Not documented for groups.
    pub fn ew(self, text: impl Into<String>) -> Expr {
        self.compare(Op::Ew, text.into())
    }

    /// Has a value. Not documented for groups.
    pub fn pr(self) -> Expr {
        Expr::Present { attr: self }
    }

    /// From `first` to `last`, both inclusive: `self ge first and self le last`.
    pub fn between(self, first: impl Into<Value>, last: impl Into<Value>) -> Result<Expr, BuildError> {
        Expr::and([self.clone().ge(first), self.le(last)])
    }

    /// Equals one of `values`.
    ///
    /// # Errors
    /// [`BuildError::Empty`] without values.
    pub fn one_of(self, values: impl IntoIterator<Item = impl Into<Value>>) -> Result<Expr, BuildError> {
        Expr::or(values.into_iter().map(|value| self.clone().eq(value)))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::String(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::String(text)
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Value::String(text.clone())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Value::Number(i64::from(value).into())
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Value::Number(u64::from(value).into())
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::Number(value.into())
    }
}

impl From<u64> for Value {
    fn from(value: u64) -> Self {
        Value::Number(value.into())
    }
}

impl From<Number> for Value {
    fn from(value: Number) -> Self {
        Value::Number(value)
    }
}

impl TryFrom<f64> for Value {
    type Error = BuildError;

    /// Fails for NaN and the infinities.
    fn try_from(value: f64) -> Result<Self, BuildError> {
        Number::try_from(value).map(Value::Number)
    }
}

impl From<Timestamp> for Value {
    fn from(time: Timestamp) -> Self {
        Value::String(time.to_text())
    }
}

impl FromStr for Attr {
    type Err = BuildError;

    fn from_str(path: &str) -> Result<Self, BuildError> {
        Attr::new(path)
    }
}

impl AsRef<str> for Attr {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Attr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl BuildError {
    /// The text of `Display`.
    pub(crate) fn message(&self) -> String {
        match self {
            BuildError::Empty(word) => ["`", word, "` needs a condition"].concat(),
            BuildError::TooDeep => {
                let levels = (MAX_DEPTH as u32).to_string();
                ["more than ", &levels, " levels of and, or, not and parentheses"].concat()
            }
            BuildError::Attr(text) => [&quoted(text), " is not an attribute name"].concat(),
            BuildError::Number(text) => [text, " cannot be sent as a number"].concat(),
            BuildError::Time(text) => {
                [&quoted(text), " is not a date and time of the years 0000 to 9999"].concat()
            }
            BuildError::Op(text) => [&quoted(text), " is not an operator"].concat(),
        }
    }
}

impl Error for BuildError {}
