//! Decides whether a record matches: which value an attribute names, how values are compared, and what never
//! matches. The comparisons themselves belong to the host of the records, so that neither a JavaScript object
//! nor a Rust model is copied.
//!
//! - Values of `search` are compared without regard to case, those of `filter` with it ([`CaseRule`]);
//!   diacritics count.
//! - A path follows objects and their own properties only; a key that contains a dot cannot be reached.
//! - An array, at any place of the path, matches if any element does; arrays nest up to 64 levels.
//! - A missing or `null` attribute matches no comparison, not even `ne`. `not (...)` is plain negation, so it
//!   does match then.
//! - `pr` does not match a missing value, `null`, `""`, or an array without an element that is present.
//! - `created`, `lastUpdated` and `lastMembershipUpdated` are compared as instants, with any offset and
//!   precision; a value that is not a date matches nothing.
//! - Texts compare with texts (by code point, after folding), numbers with numbers, booleans with booleans
//!   (`eq` and `ne` only). `sw`, `co` and `ew` are for texts, including dates.

use std::cmp::Ordering;

use super::ast::{self, Attr, Expr, MAX_DEPTH, Op, Value};
use super::number::Number;
use super::parameter::Parameter;
use super::time::Timestamp;

/// Whether the case of texts counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CaseRule {
    /// Case does not count, as documented for `search`: texts are lower-cased, and a final sigma is a sigma.
    Ignore,
    /// Case counts, as documented for `filter`.
    Exact,
}

impl From<Parameter> for CaseRule {
    fn from(parameter: Parameter) -> Self {
        match parameter {
            Parameter::Filter => CaseRule::Exact,
            Parameter::Search => CaseRule::Ignore,
        }
    }
}

/// The constant that a record's value is compared with, for [`RecordModel::constant`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operand<'a> {
    /// A text, for any operator.
    Text(&'a str, CaseRule),
    /// An instant; the record's value is ISO 8601 text. Never for `sw`, `co` and `ew`.
    Instant(Timestamp),
    /// A number. Never for `sw`, `co` and `ew`.
    Number(&'a Number),
    /// A boolean. Only for `eq` and `ne`.
    Bool(bool),
}

/// The access to one kind of records: JSON values, JavaScript objects, Rust models. Keys and constants are
/// made once, when an expression is compiled.
pub trait RecordModel {
    /// A value within a record: a reference or a handle.
    type Value<'a>: Clone;
    /// A property name.
    type Key;
    /// The prepared constant of a comparison.
    type Constant;

    /// Prepares a property name.
    fn key(name: &str) -> Self::Key;
    /// Prepares a constant.
    fn constant(operand: Operand<'_>) -> Self::Constant;
    /// The own property `key`; `None` if there is none, or `value` is not an object.
    fn get<'a>(value: &Self::Value<'a>, key: &Self::Key) -> Option<Self::Value<'a>>;
    /// A shortcut for hosts with expensive steps: the value at the end of `path`, if only objects lead there
    /// and it is not an array. After `None` the evaluation takes every step.
    fn leap<'a>(_value: &Self::Value<'a>, _path: &[Self::Key]) -> Option<Self::Value<'a>> {
        None
    }
    /// Whether `test` is true for any element; `None` if `value` is not an array.
    fn any_element<'a>(
        value: &Self::Value<'a>,
        test: &mut dyn FnMut(Self::Value<'a>) -> bool,
    ) -> Option<bool>;
    /// Whether the value is neither `null` (or `undefined`) nor an empty text. Never called for arrays.
    fn is_present(value: &Self::Value<'_>) -> bool;
    /// Whether `value op constant` holds; false for values of another type. Never called for arrays.
    fn passes(value: &Self::Value<'_>, op: Op, constant: &Self::Constant) -> bool;
}

/// An expression that is compiled for the records of one host.
pub struct Compiled<H: RecordModel>(Test<H>);

enum Test<H: RecordModel> {
    All(Vec<Test<H>>),
    Any(Vec<Test<H>>),
    Not(Box<Test<H>>),
    Never,
    Present(Vec<H::Key>),
    Compare(Vec<H::Key>, Op, H::Constant),
}

impl<H: RecordModel> Compiled<H> {
    /// Compiles `expr`.
    pub fn compile(expr: &Expr, case: CaseRule) -> Self {
        Compiled(prepare(expr, case))
    }

    /// Whether `record` matches.
    pub fn matches(&self, record: H::Value<'_>) -> bool {
        holds::<H>(&self.0, &record)
    }
}

fn prepare<H: RecordModel>(expr: &Expr, case: CaseRule) -> Test<H> {
    let each = |terms: &[Expr]| terms.iter().map(|term| prepare(term, case)).collect();
    match expr {
        Expr::And(terms) => Test::All(each(terms)),
        Expr::Or(terms) => Test::Any(each(terms)),
        Expr::Not(term) => Test::Not(Box::new(prepare(term, case))),
        Expr::Present { attr } => Test::Present(path::<H>(attr)),
        Expr::Compare { attr, op, value } => match operand(attr.as_str(), *op, value, case) {
            Some(operand) => Test::Compare(path::<H>(attr), *op, H::constant(operand)),
            None => Test::Never,
        },
    }
}

fn path<H: RecordModel>(attr: &Attr) -> Vec<H::Key> {
    attr.segments().map(H::key).collect()
}

/// The constant of a comparison; `None` if nothing can match it.
pub(super) fn operand<'a>(attr: &str, op: Op, value: &'a Value, case: CaseRule) -> Option<Operand<'a>> {
    match value {
        Value::String(text) => text_operand(attr, op, text, case),
        Value::Number(_) | Value::Bool(_) if is_date(attr, op) => None,
        Value::Number(number) => (!is_of_text(op)).then_some(Operand::Number(number)),
        Value::Bool(value) => matches!(op, Op::Eq | Op::Ne).then_some(Operand::Bool(*value)),
        Value::Null => None,
    }
}

/// The same for a text.
pub(super) fn text_operand<'a>(attr: &str, op: Op, text: &'a str, case: CaseRule) -> Option<Operand<'a>> {
    if is_date(attr, op) {
        Timestamp::parse(text).ok().map(Operand::Instant)
    } else {
        Some(Operand::Text(text, case))
    }
}

fn is_of_text(op: Op) -> bool {
    matches!(op, Op::Sw | Op::Co | Op::Ew)
}

fn is_date(attr: &str, op: Op) -> bool {
    ast::is_instant(attr) && !is_of_text(op)
}

fn holds<H: RecordModel>(test: &Test<H>, record: &H::Value<'_>) -> bool {
    match test {
        Test::All(tests) => tests.iter().all(|test| holds(test, record)),
        Test::Any(tests) => tests.iter().any(|test| holds(test, record)),
        Test::Not(test) => !holds(test, record),
        Test::Never => false,
        Test::Present(path) => any::<H>(record.clone(), path, 0, &H::is_present),
        Test::Compare(path, op, constant) => {
            any::<H>(record.clone(), path, 0, &|value| H::passes(value, *op, constant))
        }
    }
}

/// Whether `leaf` is true for any value that `path` leads to.
fn any<'a, H: RecordModel>(
    mut value: H::Value<'a>,
    mut path: &[H::Key],
    nesting: usize,
    leaf: &dyn Fn(&H::Value<'a>) -> bool,
) -> bool {
    if let Some(value) = H::leap(&value, path) {
        return leaf(&value);
    }
    loop {
        let mut element = |element| nesting < MAX_DEPTH && any::<H>(element, path, nesting + 1, leaf);
        if let Some(found) = H::any_element(&value, &mut element) {
            return found;
        }
        let Some((key, rest)) = path.split_first() else {
            return leaf(&value);
        };
        match H::get(&value, key) {
            Some(next) => (value, path) = (next, rest),
            None => return false,
        }
    }
}

impl Op {
    /// Whether `value op constant` holds for this ordering of the two. False for `sw`, `co` and `ew`, which
    /// do not order.
    pub fn holds(self, ordering: Ordering) -> bool {
        match self {
            Op::Eq => ordering.is_eq(),
            Op::Ne => ordering.is_ne(),
            Op::Gt => ordering.is_gt(),
            Op::Ge => ordering.is_ge(),
            Op::Lt => ordering.is_lt(),
            Op::Le => ordering.is_le(),
            Op::Sw | Op::Co | Op::Ew => false,
        }
    }
}
