//! Renders an expression as canonical text, so that equal expressions give equal URLs. Does not use `fmt`,
//! which the WebAssembly client does not link.

use std::fmt::{self, Display, Formatter};

use super::ast::{Expr, Value};

/// Canonical text: only necessary parentheses (an `or` under `and`, anything under `not`), single spaces,
/// lower-case operators, JSON strings.
impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

/// As in an expression: texts are quoted and escaped.
impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

impl Expr {
    /// The text of `Display`.
    pub(crate) fn to_text(&self) -> String {
        let mut out = String::new();
        write(self, &mut out);
        out
    }
}

impl Value {
    /// The text of `Display`.
    pub(crate) fn to_text(&self) -> String {
        match self {
            Value::String(text) => quoted(text),
            Value::Number(number) => number.as_str().to_owned(),
            Value::Bool(true) => "true".to_owned(),
            Value::Bool(false) => "false".to_owned(),
            Value::Null => "null".to_owned(),
        }
    }
}

fn write(expr: &Expr, out: &mut String) {
    match expr {
        Expr::And(terms) => join(terms, " and ", |term| matches!(term, Expr::Or(_)), out),
        Expr::Or(terms) => join(terms, " or ", |_| false, out),
        Expr::Not(term) => {
            out.push_str("not ");
            enclosed(term, out);
        }
        Expr::Compare { attr, op, value } => {
            for part in [attr.as_str(), " ", op.as_str(), " ", &value.to_text()] {
                out.push_str(part);
            }
        }
        Expr::Present { attr } => {
            out.push_str(attr.as_str());
            out.push_str(" pr");
        }
    }
}

fn join(terms: &[Expr], word: &str, encloses: fn(&Expr) -> bool, out: &mut String) {
    let mut between = "";
    for term in terms {
        out.push_str(between);
        between = word;
        if encloses(term) { enclosed(term, out) } else { write(term, out) }
    }
}

fn enclosed(term: &Expr, out: &mut String) {
    out.push('(');
    write(term, out);
    out.push(')');
}

/// Text as a JSON string.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for char in text.chars() {
        let escape = match char {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\u{8}' => "\\b",
            '\u{c}' => "\\f",
            control if control < ' ' => {
                out.push_str("\\u00");
                let code = u32::from(control);
                out.extend([code >> 4, code & 15].map(|nibble| char::from_digit(nibble, 16).unwrap_or('0')));
                continue;
            }
            plain => {
                out.push(plain);
                continue;
            }
        };
        out.push_str(escape);
    }
    out.push('"');
    out
}
