//! Evaluates expressions on `serde_json` values, and has the comparisons that any host in Rust can use:
//! [`Constant`] against [`Scalar`].

use serde_json::Value;

use super::ast::{Expr, Op};
use super::eval::{CaseRule, Compiled, Operand, RecordModel};
use super::time::Timestamp;

/// A compiled expression for `serde_json` values: `matcher.matches(&value)`.
pub type Matcher = Compiled<Json>;

/// Whether `record` matches `expr`. For many records, compile a [`Matcher`] once.
pub fn matches(expr: &Expr, record: &Value, case: CaseRule) -> bool {
    Matcher::compile(expr, case).matches(record)
}

/// The [`RecordModel`] of `serde_json` values.
#[derive(Clone, Copy, Debug)]
pub enum Json {}

impl RecordModel for Json {
    type Value<'a> = &'a Value;
    type Key = Box<str>;
    type Constant = Constant;

    fn key(name: &str) -> Box<str> {
        name.into()
    }

    fn constant(operand: Operand<'_>) -> Constant {
        Constant::new(operand)
    }

    fn get<'a>(value: &Self::Value<'a>, key: &Box<str>) -> Option<Self::Value<'a>> {
        value.as_object()?.get(&**key)
    }

    fn any_element<'a>(
        value: &Self::Value<'a>,
        test: &mut dyn FnMut(Self::Value<'a>) -> bool,
    ) -> Option<bool> {
        Some(value.as_array()?.iter().any(test))
    }

    fn is_present(value: &&Value) -> bool {
        !value.is_null() && value.as_str() != Some("")
    }

    fn passes(value: &&Value, op: Op, constant: &Constant) -> bool {
        scalar(value).is_some_and(|scalar| constant.passes(scalar, op))
    }
}

fn scalar(value: &Value) -> Option<Scalar<'_>> {
    match value {
        Value::String(text) => Some(Scalar::Text(text)),
        Value::Bool(value) => Some(Scalar::Bool(*value)),
        Value::Number(number) => {
            let integer = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
            integer.map(Scalar::Integer).or_else(|| number.as_f64().map(Scalar::Float))
        }
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A single value of a record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar<'a> {
    /// Text, dates included.
    Text(&'a str),
    /// A whole number, exact.
    Integer(i128),
    /// Any other number.
    Float(f64),
    /// A boolean.
    Bool(bool),
}

/// The prepared constant of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Constant(Kind);

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Folded(String),
    Text(String),
    Instant(Timestamp),
    Integer(i128),
    Float(f64),
    Bool(bool),
}

impl Constant {
    /// Folds, parses and converts the constant once.
    pub fn new(operand: Operand<'_>) -> Constant {
        Constant(match operand {
            Operand::Text(text, CaseRule::Ignore) => Kind::Folded(folded(text)),
            Operand::Text(text, CaseRule::Exact) => Kind::Text(text.into()),
            Operand::Instant(time) => Kind::Instant(time),
            Operand::Number(number) => {
                number.as_integer().map_or_else(|| Kind::Float(number.to_f64()), Kind::Integer)
            }
            Operand::Bool(value) => Kind::Bool(value),
        })
    }

    /// Whether `scalar op self` holds; false if the types differ.
    pub fn passes(&self, scalar: Scalar<'_>, op: Op) -> bool {
        let ordering = match (&self.0, scalar) {
            (Kind::Folded(constant), Scalar::Text(text)) => return text_passes(&folded(text), op, constant),
            (Kind::Text(constant), Scalar::Text(text)) => return text_passes(text, op, constant),
            (Kind::Instant(constant), Scalar::Text(text)) => {
                Timestamp::parse(text).ok().map(|time| time.cmp(constant))
            }
            (Kind::Integer(constant), Scalar::Integer(value)) => Some(value.cmp(constant)),
            (Kind::Integer(constant), Scalar::Float(value)) => value.partial_cmp(&(*constant as f64)),
            (Kind::Float(constant), Scalar::Integer(value)) => (value as f64).partial_cmp(constant),
            (Kind::Float(constant), Scalar::Float(value)) => value.partial_cmp(constant),
            (Kind::Bool(constant), Scalar::Bool(value)) => Some(value.cmp(constant)),
            _ => None,
        };
        ordering.is_some_and(|ordering| op.holds(ordering))
    }
}

fn text_passes(text: &str, op: Op, constant: &str) -> bool {
    match op {
        Op::Sw => text.starts_with(constant),
        Op::Co => contains(text, constant),
        Op::Ew => text.ends_with(constant),
        // UTF-8 sorts in the order of code points.
        _ => op.holds(text.cmp(constant)),
    }
}

/// Like `str::contains`, whose searcher is 2 KB of WebAssembly.
fn contains(text: &str, part: &str) -> bool {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    // A short part is compared at each place, which is cheaper than a table.
    match part.len() {
        0 => true,
        1..=16 => text.windows(part.len()).any(|window| window == part),
        long => long <= text.len() && finds(text, part, &mut |a, b| a == b),
    }
}

/// The algorithm of Knuth, Morris and Pratt reads each byte of `text` once, so that a long text that almost
/// contains a long part costs no more than another. `same` compares two bytes; a test counts its calls.
fn finds(text: &[u8], part: &[u8], same: &mut dyn FnMut(u8, u8) -> bool) -> bool {
    // For each prefix of `part`: the length of its longest proper suffix that is a prefix, too.
    let mut borders = vec![0_usize];
    let mut border = 0;
    let mut step = |from: &mut usize, byte: u8, borders: &[usize]| {
        loop {
            if part.get(*from).is_some_and(|&wanted| same(wanted, byte)) {
                *from += 1;
                return;
            }
            match from.checked_sub(1).and_then(|last| borders.get(last)) {
                Some(&shorter) => *from = shorter,
                None => return,
            }
        }
    };
    for &byte in part.iter().skip(1) {
        step(&mut border, byte, &borders);
        borders.push(border);
    }
    let mut found = 0;
    text.iter().any(|&byte| {
        step(&mut found, byte, &borders);
        found == part.len()
    })
}

/// Folds the case: lower-cases, and replaces a final sigma by a sigma. Any host can do the same by replacing
/// that one letter after its own lower-casing.
pub(crate) fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    lower_case(text).chars().map(|char| if char == 'ς' { 'σ' } else { char }).collect()
}

/// The npm package uses the engine's lower-casing: Rust's tables are 14 KB of WebAssembly.
#[cfg(all(target_arch = "wasm32", feature = "npm"))]
fn lower_case(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

#[cfg(not(all(target_arch = "wasm32", feature = "npm")))]
fn lower_case(text: &str) -> String {
    text.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_contains_finds_is_what_the_standard_library_finds() {
        let texts: Vec<String> = (0..2_u32.pow(9))
            .map(|bits| (0..9).map(|at| if bits >> at & 1 == 0 { 'a' } else { 'b' }).collect())
            .collect();
        for text in &texts {
            for part in texts.iter().step_by(7).flat_map(|part| (0..=9).filter_map(|end| part.get(..end))) {
                assert_eq!(contains(text, part), text.contains(part), "{part} in {text}");
                let found = part.is_empty() || finds(text.as_bytes(), part.as_bytes(), &mut |a, b| a == b);
                assert_eq!(found, text.contains(part), "{part} in {text}");
            }
        }
        assert!(
            contains("Grüße", "üß") && !contains("Grüße", "üs") && contains("", "") && !contains("", "a")
        );
    }

    #[test]
    fn a_text_is_searched_in_time_that_grows_as_it_does() {
        for size in [1_000, 10_000, 100_000] {
            let (text, part) = ("a".repeat(2 * size), "a".repeat(size) + "b");
            let mut comparisons = 0;
            let found = finds(text.as_bytes(), part.as_bytes(), &mut |a, b| {
                comparisons += 1;
                a == b
            });
            assert!(!found);
            assert!(comparisons <= 2 * (text.len() + part.len()), "{comparisons} for {size}");
        }
    }
}
