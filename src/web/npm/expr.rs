//! Expressions for JavaScript: builds comparisons and parses texts. JavaScript joins them: an expression
//! there knows its text and its depth, so that its terms are not parsed again.

use std::cell::RefCell;

use js_sys::{Array, JsString};
use wasm_bindgen::prelude::*;

use super::client::named;
use super::errors::{argument_error, expression_error};
use super::js::{self, Fields};
use crate::filter::{
    Attr, BuildError, CaseRule, Compiled, Constant, Expr, MAX_LENGTH, Op, Operand, Parameter, RecordModel,
    Scalar, Tape, Warning, check, documented_for, parse, parse_value,
};
use crate::request::{ArgumentError, Operation};

type Read<T> = Result<T, ArgumentError>;

/// The last expression that was read or built. JavaScript reads its tape in the wasm's memory: an array that
/// crosses the border is copied twice.
#[derive(Default)]
struct Last {
    tape: Tape,
    /// Its canonical text; empty if JavaScript has it.
    text: String,
}

thread_local! {
    static LAST: RefCell<Last> = RefCell::default();
}

/// `attr op value`. `pr` takes no value, `between` two, `oneOf` any number; `differs` builds a documented
/// form of `ne`. Values are literals. Returns the place of its tape.
#[wasm_bindgen(js_name = exprCompare)]
pub fn compare(op: &str, attr: &str, values: Vec<String>) -> Result<usize, JsValue> {
    let expr = comparison(op, attr, values).map_err(|error| argument_error(&error))?;
    Ok(written(&expr))
}

/// Parses an expression. Returns the place of its tape; 0 for a syntax error, which [`warnings`] throws.
#[wasm_bindgen(js_name = exprParse)]
pub fn parsed(text: &str) -> usize {
    let tape = LAST.with_borrow_mut(|last| std::mem::take(&mut last.tape));
    match tape.read(text, MAX_LENGTH) {
        Ok(tape) if tape.is_canonical => left(tape, text, String::new()),
        Ok(tape) => tape.expr(text).map_or(0, |expr| written(&expr)),
        Err(_) => 0,
    }
}

/// The canonical text of the last expression, if it is not the text that was parsed.
#[wasm_bindgen(js_name = exprText)]
pub fn text() -> String {
    LAST.with_borrow_mut(|last| std::mem::take(&mut last.text))
}

/// What Okta does not document of the expression in a parameter: objects `{ op, attr?, reason, message }`.
#[wasm_bindgen(js_name = exprCheck)]
pub fn warnings(text: &str, search: bool) -> Result<Array, JsValue> {
    let parameter = if search { Parameter::Search } else { Parameter::Filter };
    Ok(check(&read(text)?, parameter).iter().map(|warning| JsValue::from(warning_to_js(warning).0)).collect())
}

/// Checks an expression before a list is requested by it. Returns the events of what Okta does not document,
/// if the program `listens`.
#[wasm_bindgen(js_name = exprListed)]
pub fn listed(operation: &str, text: &str, search: bool, listens: bool) -> Result<Array, JsValue> {
    let operation = named(operation).map_err(|error| argument_error(&error))?;
    // The `search` of rules is a keyword.
    if operation == Operation::ListRules {
        return Ok(Array::new());
    }
    let expr = read(text)?;
    // For other parameters Okta documents too little to warn.
    if !listens || operation != Operation::ListGroups {
        return Ok(Array::new());
    }
    let parameter = if search { Parameter::Search } else { Parameter::Filter };
    Ok(check(&expr, parameter).iter().map(warning_event).collect())
}

/// A compiled expression that tests JavaScript objects.
#[wasm_bindgen(js_name = Matcher)]
pub struct JsMatcher(Compiled<Js>);

#[wasm_bindgen(js_class = Matcher)]
impl JsMatcher {
    /// Texts compare by the rules of `search` or of `filter`.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str, search: bool) -> Result<JsMatcher, JsValue> {
        let case = if search { CaseRule::Ignore } else { CaseRule::Exact };
        Ok(JsMatcher(Compiled::compile(&read(text)?, case)))
    }

    /// Whether `record` matches. It is read in place, not copied.
    pub fn matches(&self, record: &JsValue) -> bool {
        self.0.matches(JsRecord::Borrowed(record))
    }
}

/// Parses `text`; the error has the position of the fault.
fn read(text: &str) -> Result<Expr, JsValue> {
    parse(text).map_err(|error| expression_error(&error, text))
}

fn warning_to_js(warning: &Warning) -> Fields {
    Fields::new()
        .set("op", warning.op)
        .set_some("attr", warning.attr.as_ref().map(Attr::as_str))
        .set("reason", warning.reason.as_str())
        .set("message", warning.message())
}

/// The event of a warning.
fn warning_event(warning: &Warning) -> JsValue {
    warning_to_js(warning).set("type", "warning").set("parameter", warning.parameter.as_str()).0.into()
}

fn comparison(op: &str, attr: &str, literals: Vec<String>) -> Read<Expr> {
    let attr = Attr::new(attr).map_err(|error| build_error("attr", &error))?;
    let mut values = Vec::new();
    for literal in literals {
        // The only text from JavaScript that may not be a literal is a number: NaN.
        let value = parse_value(&literal).map_err(|_| BuildError::Number(literal));
        values.push(value.map_err(|error| build_error("value", &error))?);
    }
    let built = match (op, values.as_slice()) {
        ("pr", []) => return Ok(attr.pr()),
        ("oneOf", _) => attr.one_of(values),
        ("differs", [value]) => attr.ne(value.clone()),
        ("between", [first, last]) => attr.between(first.clone(), last.clone()),
        (_, [value]) => match Op::from_text(op) {
            Some(op) => Ok(attr.compare(op, value.clone())),
            None => Err(BuildError::Op(op.to_owned())),
        },
        _ => Err(BuildError::Op(op.to_owned())),
    };
    built.map_err(|error| build_error("value", &error))
}

fn build_error(argument: &'static str, error: &BuildError) -> ArgumentError {
    ArgumentError::new(argument, ["cannot be used: ", &error.message()].concat())
}

/// Leaves the tape and the canonical text of `expr`.
fn written(expr: &Expr) -> usize {
    let text = expr.to_text();
    // A canonical text can be parsed. It may be longer than a text from JavaScript.
    Tape::default().read(&text, usize::MAX).map_or(0, |tape| left(tape, "", text))
}

/// Leaves a tape for JavaScript and returns its place in the memory. The first five numbers are:
///
/// - the number of nodes, which follow as [`Node`](crate::filter::Node) has them, with positions in UTF-16 units;
/// - its depth;
/// - the sum of 1 if it is documented for `filter` and 2 if for `search`;
/// - 1 if [`text`] has the text of the expression.
fn left(mut tape: Tape, source: &str, text: String) -> usize {
    let shown = if text.is_empty() { source } else { &text };
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let documented = documented_for(shown, &tape);
    let head = [count(tape.each().len()), count(tape.depth), documented, u32::from(!text.is_empty()), 0];
    if !tape.is_ascii {
        tape.count_units(shown);
    }
    if let Some(first) = tape.nodes.first_mut() {
        *first = head;
    }
    let place = tape.nodes.as_ptr().addr();
    LAST.set(Last { tape, text });
    place
}

/// JavaScript values as records: only the values that are compared cross the wasm border. A call into
/// JavaScript costs more than its work, so there is a single one for a path that leads to a text.
enum Js {}

#[derive(Clone)]
enum JsRecord<'a> {
    Borrowed(&'a JsValue),
    Owned(JsValue),
    Text(String),
}

impl JsRecord<'_> {
    fn value(&self) -> Option<&JsValue> {
        match self {
            JsRecord::Borrowed(value) => Some(value),
            JsRecord::Owned(value) => Some(value),
            JsRecord::Text(_) => None,
        }
    }
}

impl RecordModel for Js {
    type Value<'a> = JsRecord<'a>;
    type Key = JsValue;
    type Constant = Constant;

    fn key(name: &str) -> JsValue {
        JsValue::from_str(name)
    }

    fn constant(operand: Operand<'_>) -> Constant {
        Constant::new(operand)
    }

    fn get<'a>(value: &Self::Value<'a>, key: &JsValue) -> Option<Self::Value<'a>> {
        js::own(value.value()?, key).map(JsRecord::Owned)
    }

    fn leap<'a>(value: &Self::Value<'a>, path: &[JsValue]) -> Option<Self::Value<'a>> {
        let text = match path {
            [name] => js::text_at(value.value()?, name, &JsValue::UNDEFINED),
            [first, second] => js::text_at(value.value()?, first, second),
            _ => None,
        };
        text.map(JsRecord::Text)
    }

    fn any_element<'a>(
        value: &Self::Value<'a>,
        test: &mut dyn FnMut(Self::Value<'a>) -> bool,
    ) -> Option<bool> {
        let value = value.value()?;
        let mut elements = js::is_array(value).then(|| value.unchecked_ref::<Array>().iter())?;
        Some(elements.any(|element| test(JsRecord::Owned(element))))
    }

    fn is_present(value: &JsRecord<'_>) -> bool {
        match value {
            JsRecord::Text(text) => !text.is_empty(),
            JsRecord::Borrowed(value) => is_present(value),
            JsRecord::Owned(value) => is_present(value),
        }
    }

    fn passes(value: &JsRecord<'_>, op: Op, constant: &Constant) -> bool {
        match value {
            JsRecord::Text(text) => constant.passes(Scalar::Text(text), op),
            JsRecord::Borrowed(value) => passes(value, op, constant),
            JsRecord::Owned(value) => passes(value, op, constant),
        }
    }
}

fn is_present(value: &JsValue) -> bool {
    let empty = value.dyn_ref::<JsString>().is_some_and(|text| text.length() == 0);
    !(empty || value.is_null() || value.is_undefined() || value.is_function())
}

fn passes(value: &JsValue, op: Op, constant: &Constant) -> bool {
    if let Some(text) = value.as_string() {
        constant.passes(Scalar::Text(&text), op)
    } else if let Some(number) = value.as_f64() {
        constant.passes(Scalar::Float(number), op)
    } else if let Some(flag) = value.as_bool() {
        constant.passes(Scalar::Bool(flag), op)
    } else {
        false
    }
}
