//! The expression as a value. An expression that cannot be sent cannot be built: groups have at least two
//! terms, nesting is bounded, attributes are well-formed, and numbers are finite.

use std::ops::Deref;

use super::fault::BuildError;
use super::number::Number;

/// The deepest nesting of `and`, `or`, `not` and parentheses that can be built or parsed. It bounds the
/// recursion over an [`Expr`], which matters most in WebAssembly, where an exhausted stack is a trap.
pub const MAX_DEPTH: usize = 64;

/// An expression of `filter` or `search`.
///
/// It is always in normal form: an `And` holds no `And` and an `Or` no `Or` directly, and both
/// hold two terms or more, so `parse(&x.to_string()) == Ok(x)` for every `x` whose text is
/// not longer than [`MAX_LENGTH`](super::MAX_LENGTH).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Expr {
    /// Matches if every term matches. Built by [`Expr::and`].
    And(Terms),
    /// Matches if at least one term matches. Built by [`Expr::or`].
    Or(Terms),
    /// Matches if the term does not, also if the term's attribute is missing. Built by [`Expr::not`].
    Not(Term),
    /// `attr op value`.
    Compare {
        /// The attribute.
        attr: Attr,
        /// The operator.
        op: Op,
        /// The constant.
        value: Value,
    },
    /// `attr pr`: the attribute has a value.
    Present {
        /// The attribute.
        attr: Attr,
    },
}

/// The terms of an `And` or an `Or`: two or more.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Terms {
    list: Vec<Expr>,
    depth: usize,
}

/// The term under a `Not`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Term {
    expr: Box<Expr>,
    depth: usize,
}

/// A comparison operator; `pr` is [`Expr::Present`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// equals
    Eq,
    /// is present and differs; Okta documents no such operator for groups, see [`Attr::ne`]
    Ne,
    /// greater than, later than
    Gt,
    /// greater than or equal
    Ge,
    /// less than, earlier than
    Lt,
    /// less than or equal
    Le,
    /// starts with
    Sw,
    /// contains
    Co,
    /// ends with
    Ew,
}

/// The constant of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// Quoted text, or a date.
    String(String),
    /// A JSON number.
    Number(Number),
    /// `true` or `false`.
    Bool(bool),
    /// `null`: parsed only so that it can be reported. No builder makes it, and nothing matches it.
    Null,
}

/// An attribute path: `ident('.' ident)*` where `ident` is `[A-Za-z_$][A-Za-z0-9_$-]*`.
/// Case-sensitive. The bare words `and`, `or` and `not` (in any case) are not attributes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Attr(Box<str>);

impl Expr {
    /// Joins `terms` by `and`. `None` is left out, nested `and`s are flattened, and a single term is returned
    /// as it is.
    ///
    /// # Errors
    /// [`BuildError::Empty`] if no term is left, [`BuildError::TooDeep`].
    pub fn and(terms: impl IntoIterator<Item = impl Into<Option<Expr>>>) -> Result<Expr, BuildError> {
        Expr::and_optional(terms)?.ok_or(BuildError::Empty("and"))
    }

    /// Like [`Expr::and`], but returns `None` if no term is left: for a form whose conditions may all be off.
    /// Okta takes a missing expression as "everything".
    ///
    /// # Errors
    /// [`BuildError::TooDeep`].
    pub fn and_optional(
        terms: impl IntoIterator<Item = impl Into<Option<Expr>>>,
    ) -> Result<Option<Expr>, BuildError> {
        joined(false, terms.into_iter().filter_map(Into::into).collect())
    }

    /// Joins `terms` by `or`, like [`Expr::and`].
    ///
    /// # Errors
    /// [`BuildError::Empty`] if no term is left, [`BuildError::TooDeep`].
    pub fn or(terms: impl IntoIterator<Item = impl Into<Option<Expr>>>) -> Result<Expr, BuildError> {
        Expr::or_optional(terms)?.ok_or(BuildError::Empty("or"))
    }

    /// Like [`Expr::and_optional`], for [`Expr::or`].
    ///
    /// # Errors
    /// [`BuildError::TooDeep`].
    pub fn or_optional(
        terms: impl IntoIterator<Item = impl Into<Option<Expr>>>,
    ) -> Result<Option<Expr>, BuildError> {
        joined(true, terms.into_iter().filter_map(Into::into).collect())
    }

    /// Negates the expression. `x.not()?.not()?` stays two negations, since a missing attribute has no value.
    ///
    /// # Errors
    /// [`BuildError::TooDeep`].
    #[allow(clippy::should_implement_trait)] // `!x` could not fail
    pub fn not(self) -> Result<Expr, BuildError> {
        let depth = deeper(self.depth())?;
        Ok(Expr::Not(Term { expr: Box::new(self), depth }))
    }

    /// The terms that must all match: those of a top-level `and`, else the expression itself. For a store
    /// that serves `id eq` or `type eq` from an index and tests the rest.
    pub fn conjuncts(&self) -> std::slice::Iter<'_, Expr> {
        match self {
            Expr::And(terms) => terms.iter(),
            other => std::slice::from_ref(other).iter(),
        }
    }

    /// The levels of `and`, `or` and `not`; 0 for a single comparison.
    pub fn depth(&self) -> usize {
        match self {
            Expr::And(terms) | Expr::Or(terms) => terms.depth,
            Expr::Not(term) => term.depth,
            Expr::Compare { .. } | Expr::Present { .. } => 0,
        }
    }
}

/// Used while terms are joined. `depth` is the depth of the group that they may become.
impl Terms {
    fn push(&mut self, term: Expr) {
        self.depth = self.depth.max(term.depth() + 1);
        self.list.push(term);
    }

    /// Adds the terms of a group of the same kind. The first such group keeps its memory, so that a group
    /// that grows by one term at a time is not copied each time.
    fn append(&mut self, mut group: Terms) {
        self.depth = self.depth.max(group.depth);
        if self.list.is_empty() {
            self.list = group.list;
        } else {
            self.list.append(&mut group.list);
        }
    }
}

/// Joins terms by `or` or `and`; `None` of no terms.
pub(super) fn joined(is_or: bool, terms: Vec<Expr>) -> Result<Option<Expr>, BuildError> {
    let mut all = Terms { list: Vec::new(), depth: 0 };
    for term in terms {
        match term {
            Expr::Or(inner) if is_or => all.append(inner),
            Expr::And(inner) if !is_or => all.append(inner),
            other => all.push(other),
        }
    }
    if all.list.len() > 1 {
        let group = if is_or { Expr::Or } else { Expr::And };
        return if all.depth > MAX_DEPTH { Err(BuildError::TooDeep) } else { Ok(Some(group(all))) };
    }
    // A single term is returned as it is, however deep it is.
    Ok(all.list.pop())
}

fn deeper(depth: usize) -> Result<usize, BuildError> {
    if depth < MAX_DEPTH { Ok(depth + 1) } else { Err(BuildError::TooDeep) }
}

impl Deref for Terms {
    type Target = [Expr];

    fn deref(&self) -> &[Expr] {
        &self.list
    }
}

impl Deref for Term {
    type Target = Expr;

    fn deref(&self) -> &Expr {
        &self.expr
    }
}

impl Op {
    /// The operators and their canonical texts.
    pub const ALL: [(Op, &'static str); 9] = [
        (Op::Eq, "eq"),
        (Op::Ne, "ne"),
        (Op::Gt, "gt"),
        (Op::Ge, "ge"),
        (Op::Lt, "lt"),
        (Op::Le, "le"),
        (Op::Sw, "sw"),
        (Op::Co, "co"),
        (Op::Ew, "ew"),
    ];

    /// The canonical text, in lower case.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(op, _)| *op == self).map_or("", |(_, text)| text)
    }

    /// The operator with this text, in any case.
    pub fn from_text(text: &str) -> Option<Op> {
        Self::ALL.iter().find(|(_, word)| word.eq_ignore_ascii_case(text)).map(|(op, _)| *op)
    }
}

impl Attr {
    /// Checks `path` and makes an attribute of it.
    ///
    /// # Errors
    /// [`BuildError::Attr`] if `path` is not an attribute path.
    pub fn new(path: &str) -> Result<Attr, BuildError> {
        if is_path(path) { Ok(Attr(path.into())) } else { Err(BuildError::Attr(path.into())) }
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the attribute's values are instants.
    pub fn is_instant(&self) -> bool {
        is_instant(self.as_str())
    }

    /// The names in the path.
    pub fn segments(&self) -> std::str::Split<'_, char> {
        self.0.split('.')
    }
}

pub(super) fn is_instant(path: &str) -> bool {
    ["created", "lastUpdated", "lastMembershipUpdated"].contains(&path)
}

/// The classes of bytes: letters, `_` and `$`, which begin a name; what a path consists of; blanks; what stands in a
/// quoted text as it is; and the sign that only numbers have.
const START: u8 = 1;
pub(super) const WORD: u8 = 2;
pub(super) const BLANK: u8 = 4;
pub(super) const PLAIN: u8 = 8;
pub(super) const SIGN: u8 = 16;

/// The classes of each byte: a look into a table costs less than the comparisons, and is less code.
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut left = classes.as_mut_slice();
    let mut byte = 0_u8;
    while let Some((class, rest)) = left.split_first_mut() {
        let plain = if byte >= b' ' && byte != b'"' && byte != b'\\' { PLAIN } else { 0 };
        *class = plain
            | match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' => START | WORD,
                b'0'..=b'9' | b'-' | b'.' => WORD,
                b'+' => SIGN,
                b' ' | b'\t' | b'\n' | b'\r' => BLANK,
                _ => 0,
            };
        left = rest;
        byte = byte.wrapping_add(1);
    }
    classes
};

/// Whether a byte is of one of the classes.
pub(super) fn is(byte: u8, classes: u8) -> bool {
    CLASSES.get(usize::from(byte)).is_some_and(|known| known & classes != 0)
}

/// Whether the text is an attribute path: names, which are no word of the language by themselves.
pub(super) fn is_path(text: &str) -> bool {
    are_names(text) && !["and", "or", "not"].iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Whether the text is names with dots between them.
pub(super) fn are_names(text: &str) -> bool {
    let mut class = START;
    for byte in text.bytes() {
        if !is(byte, class) {
            return false;
        }
        class = if byte == b'.' { START } else { WORD };
    }
    class == WORD
}

#[cfg(test)]
mod tests {
    use super::super::build::attr;
    use super::*;

    #[test]
    fn a_group_that_grows_by_a_term_at_a_time_is_rarely_copied() {
        let term = || attr("a").unwrap().pr();
        type Join = fn([Expr; 2]) -> Result<Expr, BuildError>;
        let joins: [Join; 2] = [|two| Expr::and(two), |two| Expr::or(two)];
        for join in joins {
            let mut group = join([term(), term()]).unwrap();
            let place = |group: &Expr| match group {
                Expr::And(terms) | Expr::Or(terms) => terms.list.as_ptr(),
                _ => unreachable!(),
            };
            let mut copies = 0;
            for _ in 0..4_000 {
                let before = place(&group);
                group = join([group, term()]).unwrap();
                copies += usize::from(place(&group) != before);
            }
            assert!(copies <= 12, "{copies}");
        }
    }
}
