//! Why an expression cannot be built: numbers, times and expressions fail alike. `build` says it in words.

/// Why an expression cannot be built.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// `and` or `or` was given no term: it would mean "everything".
    Empty(&'static str),
    /// More than [`MAX_DEPTH`](super::MAX_DEPTH) levels of nesting.
    TooDeep,
    /// Not an attribute path; holds the text.
    Attr(String),
    /// Not a number JSON can express (NaN, an infinity, not a number at all); holds the text.
    Number(String),
    /// Not an ISO 8601 instant of the years 0000 to 9999; holds the text.
    Time(String),
    /// Not an operator; holds the text.
    Op(String),
}
