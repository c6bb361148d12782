//! Expression to text: canonical, so that equal expressions are equal URLs.

use std::fmt::{self, Display, Formatter, Write};

use super::ast::{Expr, Value};

/// Canonical text: minimal parentheses (an `or` under `and`, whatever is under `not`), one
/// space, lower-case operators, JSON strings.
impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Expr::And(terms) => join(f, terms, " and ", |term| matches!(term, Expr::Or(_))),
            Expr::Or(terms) => join(f, terms, " or ", |_| false),
            Expr::Not(term) => {
                f.write_str("not ")?;
                enclosed(f, term)
            }
            Expr::Compare { attr, op, value } => {
                for part in [attr.as_str(), " ", op.as_str(), " "] {
                    f.write_str(part)?;
                }
                value.fmt(f)
            }
            Expr::Present { attr } => {
                f.write_str(attr.as_str())?;
                f.write_str(" pr")
            }
        }
    }
}

fn join(f: &mut Formatter<'_>, terms: &[Expr], word: &str, encloses: fn(&Expr) -> bool) -> fmt::Result {
    let mut between = "";
    for term in terms {
        f.write_str(between)?;
        between = word;
        if encloses(term) { enclosed(f, term)? } else { term.fmt(f)? }
    }
    Ok(())
}

fn enclosed(f: &mut Formatter<'_>, term: &Expr) -> fmt::Result {
    f.write_char('(')?;
    term.fmt(f)?;
    f.write_char(')')
}

/// As in an expression: strings quoted and escaped.
impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Value::String(text) => Quoted(text).fmt(f),
            Value::Number(number) => f.write_str(number.as_str()),
            Value::Bool(true) => f.write_str("true"),
            Value::Bool(false) => f.write_str("false"),
            Value::Null => f.write_str("null"),
        }
    }
}

/// Text as a JSON string.
pub(super) struct Quoted<'a>(pub &'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        let mut rest = self.0;
        while let Some(at) = rest.find(|c: char| c == '"' || c == '\\' || c < ' ') {
            let (plain, tail) = rest.split_at(at);
            f.write_str(plain)?;
            let mut chars = tail.chars();
            match chars.next() {
                Some('"') => f.write_str("\\\"")?,
                Some('\\') => f.write_str("\\\\")?,
                Some('\n') => f.write_str("\\n")?,
                Some('\r') => f.write_str("\\r")?,
                Some('\t') => f.write_str("\\t")?,
                Some('\u{8}') => f.write_str("\\b")?,
                Some('\u{c}') => f.write_str("\\f")?,
                control => {
                    let code = control.map_or(0, u32::from);
                    f.write_str("\\u00")?;
                    for nibble in [code >> 4, code & 15] {
                        f.write_char(char::from_digit(nibble, 16).unwrap_or('0'))?;
                    }
                }
            }
            rest = chars.as_str();
        }
        f.write_str(rest)?;
        f.write_char('"')
    }
}
