//! Parses `filter` and `search` with the client's own expression language, tests groups with them, and picks an index. No
//! other module reads such an expression for groups.

use okta_groups::filter::{
    Attr, Compiled, Constant, Expr, Json, Op, Operand, Parameter, RecordModel, Scalar, Value, Warning,
    WarningReason, check,
};
use okta_groups::model::Object;

use crate::options::Undocumented;
use crate::refusal::Refusal;
use crate::store::{Candidates, GroupRecord, fold};

/// An expression that is prepared to test groups.
pub(crate) struct Query {
    test: Compiled<Groups>,
    candidates: Candidates,
}

impl Query {
    /// # Errors
    /// [`Refusal::InvalidSearch`] or [`Refusal::InvalidDate`] for a syntax error, and for each warning of the client's
    /// [`check`] that is not in `taken`.
    pub(crate) fn parse(text: &str, parameter: Parameter, taken: Undocumented) -> Result<Self, Refusal> {
        let expr = okta_groups::filter::parse(text).map_err(|_| syntax_error(parameter))?;
        if let Some(warning) = check(&expr, parameter).iter().find(|warning| !taken.takes(warning)) {
            return Err(refusal(warning));
        }
        let candidates = expr.conjuncts().map(candidates).min_by_key(rank).unwrap_or(Candidates::All);
        Ok(Self { test: Compiled::compile(&expr, parameter.into()), candidates })
    }

    /// The groups that may match; no other group does.
    pub(crate) fn candidates(&self) -> &Candidates {
        &self.candidates
    }

    pub(crate) fn matches(&self, group: &GroupRecord) -> bool {
        self.test.matches(Node::Group(group))
    }
}

/// The rank of candidates: the fewest come first.
pub(crate) fn rank(candidates: &Candidates) -> u8 {
    match candidates {
        Candidates::Id(_) => 0,
        Candidates::Name(_) => 1,
        Candidates::Type(_) => 2,
        Candidates::All => 3,
    }
}

/// The refusal of a syntax error. By reports, a `filter` has no cause and a `search` has this one.
fn syntax_error(parameter: Parameter) -> Refusal {
    match parameter {
        Parameter::Filter => Refusal::invalid_search(None),
        Parameter::Search => Refusal::invalid_search(Some("Invalid search syntax.")),
    }
}

/// The refusal of a part that `check` warns of. By reports, `profile.name` in a `filter` is refused without a cause; a date
/// has its own code, whose text names the form.
fn refusal(warning: &Warning) -> Refusal {
    let is_date = warning.reason == WarningReason::Date
        || (warning.reason == WarningReason::Value && warning.attr.as_ref().is_some_and(Attr::is_instant));
    if is_date { Refusal::InvalidDate } else { Refusal::invalid_search(None) }
}

/// The candidates of a term, by an index that ignores case. The term itself is tested on each candidate.
fn candidates(term: &Expr) -> Candidates {
    match term {
        Expr::Compare { attr, op: Op::Eq, value: Value::String(text) } => match attr.as_str() {
            "id" => Candidates::Id(fold(text)),
            "type" => Candidates::Type(fold(text)),
            "profile.name" => Candidates::Name(fold(text)),
            _ => Candidates::All,
        },
        _ => Candidates::All,
    }
}

/// Gives the expression language access to the org's records in place, without a copy as JSON.
enum Groups {}

#[derive(Clone, Copy)]
enum Node<'a> {
    Group(&'a GroupRecord),
    /// `source`, an object with an `id`.
    Source(&'a str),
    Object(&'a Object),
    Text(&'a str),
    Json(&'a serde_json::Value),
}

impl RecordModel for Groups {
    type Value<'a> = Node<'a>;
    type Key = Box<str>;
    type Constant = Constant;

    fn key(name: &str) -> Box<str> {
        name.into()
    }

    fn constant(operand: Operand<'_>) -> Constant {
        Constant::new(operand)
    }

    fn get<'a>(value: &Self::Value<'a>, key: &Box<str>) -> Option<Self::Value<'a>> {
        match *value {
            Node::Group(group) => match &**key {
                "profile" => Some(Node::Object(&group.profile)),
                "source" => group.source.as_deref().map(Node::Source),
                name => group.text(name).map(Node::Text),
            },
            Node::Source(id) => (&**key == "id").then_some(Node::Text(id)),
            Node::Object(object) => object.get(&**key).map(Node::Json),
            Node::Json(json) => Json::get(&json, key).map(Node::Json),
            Node::Text(_) => None,
        }
    }

    fn any_element<'a>(
        value: &Self::Value<'a>,
        test: &mut dyn FnMut(Self::Value<'a>) -> bool,
    ) -> Option<bool> {
        match *value {
            Node::Json(json) => Json::any_element(&json, &mut |element| test(Node::Json(element))),
            Node::Group(_) | Node::Source(_) | Node::Object(_) | Node::Text(_) => None,
        }
    }

    fn is_present(value: &Node<'_>) -> bool {
        match *value {
            Node::Json(json) => Json::is_present(&json),
            Node::Text(text) => !text.is_empty(),
            Node::Group(_) | Node::Source(_) | Node::Object(_) => true,
        }
    }

    fn passes(value: &Node<'_>, op: Op, constant: &Constant) -> bool {
        match *value {
            Node::Json(json) => Json::passes(&json, op, constant),
            Node::Text(text) => constant.passes(Scalar::Text(text), op),
            Node::Group(_) | Node::Source(_) | Node::Object(_) => false,
        }
    }
}
