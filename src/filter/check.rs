//! Finds what Okta does not document for an expression's parameter. The findings are warnings only: Okta
//! extends its grammar without notice, and the server decides.

use std::fmt;

use super::ast::{Attr, Expr, Op, Value};
use super::eval::{CaseRule, Operand, operand, text_operand};
use super::parameter::Parameter;
#[cfg(any(test, all(target_arch = "wasm32", feature = "expressions")))]
use super::parse::{Leaf, OR, Tape, leaf, parse_value};

/// A part of an expression that Okta's reference does not document.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Warning {
    /// The parameter that the expression is sent in.
    pub parameter: Parameter,
    /// The attribute, except for `not`.
    pub attr: Option<Attr>,
    /// The operator: one of [`Op::ALL`], `pr` or `not`.
    pub op: &'static str,
    /// What is not documented.
    pub reason: WarningReason,
}

/// What a [`Warning`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WarningReason {
    /// The attribute is not documented for the parameter. Okta refuses `profile.name` in
    /// `filter` with E0000031.
    Attribute,
    /// The operator is not documented for the attribute in the parameter.
    Operator,
    /// The value can match nothing: not a date for a date attribute, not a text for `sw`, `co` or `ew`, a
    /// boolean with an order, or `null`.
    Value,
    /// The value has a character beyond U+FFFF, of which Okta documents none.
    Character,
    /// The date does not have the form `yyyy-MM-dd'T'HH:mm:ss.SSSZZ`, the only one that Okta documents
    /// (E0000030).
    Date,
}

type Row = (&'static str, &'static [Op]);

/// *List all groups*, `filter`: every example and sentence of the reference.
const FILTER: &[Row] = &[
    ("id", &[Op::Eq]),
    ("type", &[Op::Eq]),
    ("lastUpdated", &[Op::Eq, Op::Gt, Op::Lt]),
    ("lastMembershipUpdated", &[Op::Eq, Op::Gt, Op::Lt]),
];

/// *List all groups*, `search`: `eq` and `sw` for every attribute, `co` for two attributes (2025), and `gt`
/// and `lt`, which the examples use on dates and the core page recommends in place of `ne`.
const SEARCH: &[Row] = &[
    ("profile.name", &[Op::Eq, Op::Sw, Op::Gt, Op::Lt, Op::Co]),
    ("profile.description", &[Op::Eq, Op::Sw, Op::Gt, Op::Lt, Op::Co]),
    ("profile.*", &[Op::Eq, Op::Sw, Op::Gt, Op::Lt]),
    ("id", &[Op::Eq, Op::Sw, Op::Gt, Op::Lt]),
    ("type", &[Op::Eq, Op::Sw, Op::Gt, Op::Lt]),
    ("source.id", &[Op::Eq, Op::Sw, Op::Gt, Op::Lt]),
    ("created", &[Op::Eq, Op::Gt, Op::Lt]),
    ("lastUpdated", &[Op::Eq, Op::Gt, Op::Lt]),
    ("lastMembershipUpdated", &[Op::Eq, Op::Gt, Op::Lt]),
];

/// The parts of `expr` that Okta does not document for `parameter`, in the order of the text.
pub fn check(expr: &Expr, parameter: Parameter) -> Vec<Warning> {
    let mut warnings = Vec::new();
    visit(expr, parameter, &mut |attr, op, reason| {
        warnings.push(Warning { parameter, attr: attr.cloned(), op, reason });
    });
    warnings
}

/// Which parameters [`check`] finds nothing for in a canonical text: the sum of 1 for `filter` and 2 for `search`.
#[cfg(any(test, all(target_arch = "wasm32", feature = "expressions")))]
pub(crate) fn documented_for(text: &str, tape: &Tape) -> u32 {
    let mut all = 3;
    for node in tape.each().iter().filter(|[kind, ..]| *kind > OR) {
        // `pr` and `not` are documented nowhere.
        let Leaf { attr, op: Some(op), literal } = leaf(text, node) else { return 0 };
        for (parameter, bit) in [(Parameter::Filter, 1), (Parameter::Search, 2)] {
            if !documented(attr, parameter).is_some_and(|ops| ops.contains(&op)) {
                all &= !bit;
            }
        }
        // Of a canonical text, escapes hide no date and no character beyond U+FFFF.
        let is_matchable = match literal.strip_prefix('"') {
            Some(text) => unmatchable_text(attr, op, text.strip_suffix('"').unwrap_or(text)).is_none(),
            None => parse_value(literal).is_ok_and(|value| unmatchable(attr, op, &value).is_none()),
        };
        if all == 0 || !is_matchable {
            return 0;
        }
    }
    all
}

fn visit(
    expr: &Expr,
    parameter: Parameter,
    warn: &mut dyn FnMut(Option<&Attr>, &'static str, WarningReason),
) {
    match expr {
        Expr::And(terms) | Expr::Or(terms) => terms.iter().for_each(|term| visit(term, parameter, warn)),
        Expr::Not(term) => {
            warn(None, "not", WarningReason::Operator);
            visit(term, parameter, warn);
        }
        Expr::Present { attr } => match documented(attr.as_str(), parameter) {
            None => warn(Some(attr), "pr", WarningReason::Attribute),
            Some(_) => warn(Some(attr), "pr", WarningReason::Operator),
        },
        Expr::Compare { attr, op, value } => {
            match documented(attr.as_str(), parameter) {
                None => warn(Some(attr), op.as_str(), WarningReason::Attribute),
                Some(ops) if !ops.contains(op) => warn(Some(attr), op.as_str(), WarningReason::Operator),
                Some(_) => {}
            }
            if let Some(reason) = unmatchable(attr.as_str(), *op, value) {
                warn(Some(attr), op.as_str(), reason);
            }
        }
    }
}

fn documented(path: &str, parameter: Parameter) -> Option<&'static [Op]> {
    let table = match parameter {
        Parameter::Filter => FILTER,
        Parameter::Search => SEARCH,
    };
    let known = |pattern: &str| match pattern.as_bytes() {
        [prefix @ .., b'*'] => path.as_bytes().starts_with(prefix),
        _ => path == pattern,
    };
    table.iter().find(|(pattern, _)| known(pattern)).map(|(_, ops)| *ops)
}

fn unmatchable(attr: &str, op: Op, value: &Value) -> Option<WarningReason> {
    match value {
        Value::String(text) => unmatchable_text(attr, op, text),
        _ => operand(attr, op, value, CaseRule::Exact).is_none().then_some(WarningReason::Value),
    }
}

fn unmatchable_text(attr: &str, op: Op, text: &str) -> Option<WarningReason> {
    match text_operand(attr, op, text, CaseRule::Exact) {
        None => Some(WarningReason::Value),
        // In UTF-8 these begin with a byte of 0xf0 or more.
        _ if text.bytes().any(|byte| byte >= 0xf0) => Some(WarningReason::Character),
        Some(Operand::Instant(_)) if !is_as_documented(text) => Some(WarningReason::Date),
        _ => None,
    }
}

/// Whether a date has the form `2013-01-01T12:00:00.000-07:00`, or the same with `Z`.
fn is_as_documented(date: &str) -> bool {
    let has = |at: usize, byte: u8| date.as_bytes().get(at) == Some(&byte);
    let ends = has(23, b'Z') && date.len() == 24 || date.len() == 29;
    ends && has(10, b'T') && has(16, b':') && has(19, b'.')
}

impl WarningReason {
    /// The name in JavaScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            WarningReason::Attribute => "attribute",
            WarningReason::Operator => "operator",
            WarningReason::Value => "value",
            WarningReason::Character => "character",
            WarningReason::Date => "date",
        }
    }
}

impl Warning {
    /// The text of `Display`.
    pub(crate) fn message(&self) -> String {
        let attr = self.attr.as_ref().map_or("", Attr::as_str);
        let (op, parameter) = (self.op, self.parameter.as_str());
        let between = if attr.is_empty() { "" } else { " " };
        match self.reason {
            WarningReason::Attribute => [attr, " is not documented for ", parameter].concat(),
            WarningReason::Operator => [attr, between, op, " is not documented for ", parameter].concat(),
            WarningReason::Value => [attr, " ", op, ": the value can match nothing"].concat(),
            WarningReason::Character => {
                [attr, " ", op, ": characters beyond U+FFFF are not supported"].concat()
            }
            WarningReason::Date => {
                [attr, " ", op, ": dates are documented as yyyy-MM-dd'T'HH:mm:ss.SSSZ"].concat()
            }
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::super::parse::{MAX_LENGTH, parse};
    use super::*;

    fn any_term() -> impl Strategy<Value = String> {
        let attrs = [
            "id",
            "type",
            "created",
            "lastUpdated",
            "profile.name",
            "profile.n",
            "source.id",
            "a",
            "profile",
        ];
        let ops = ["eq", "ne", "gt", "ge", "lt", "le", "sw", "co", "ew"];
        let literals = [
            r#""x""#,
            r#""é""#,
            r#""😀""#,
            r#""a\"b""#,
            r#""2015-11-11T00:00:00.000Z""#,
            r#""2015-11-11""#,
            "1",
            "true",
            "null",
        ];
        let comparison = (select(attrs.to_vec()), select(ops.to_vec()), select(literals.to_vec()))
            .prop_map(|(attr, op, literal)| [attr, op, literal].join(" "));
        prop_oneof![30 => comparison, 1 => Just("id pr".to_owned()), 1 => Just("not (id pr)".to_owned())]
    }

    proptest! {
        #[test]
        fn what_is_documented_is_what_has_no_warning(terms in prop::collection::vec(any_term(), 1..4)) {
            let text = terms.join(" and ");
            let tape = Tape::default().read(&text, MAX_LENGTH).expect("an expression");
            let expr = parse(&text).expect("an expression");
            let bit = |parameter, bit| if check(&expr, parameter).is_empty() { bit } else { 0 };
            let expected = bit(Parameter::Filter, 1) + bit(Parameter::Search, 2);
            prop_assert_eq!(documented_for(&text, &tape), expected, "{}", text);
        }
    }
}
