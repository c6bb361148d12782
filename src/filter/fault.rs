//! Why an expression cannot be built: the error that numbers, times and expressions share. `build` has its
//! messages.

/// Why an expression cannot be built.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// `and` or `or` without a term, which would mean "everything". Holds the operator.
    Empty(&'static str),
    /// More than [`MAX_DEPTH`](super::MAX_DEPTH) levels of nesting.
    TooDeep,
    /// Not an attribute path. Holds the text.
    Attr(String),
    /// Not a JSON number (NaN, an infinity, or not a number at all). Holds the text.
    Number(String),
    /// Not an ISO 8601 instant of the years 0000 to 9999. Holds the text.
    Time(String),
    /// Not an operator. Holds the text.
    Op(String),
}
