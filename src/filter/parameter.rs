//! The query parameter of an expression. It decides what is documented and how texts compare.

/// The query parameter that an expression is sent in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parameter {
    /// `filter` of List Groups.
    Filter,
    /// `search` of List Groups.
    Search,
}

impl Parameter {
    /// The parameter's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Parameter::Filter => "filter",
            Parameter::Search => "search",
        }
    }
}
