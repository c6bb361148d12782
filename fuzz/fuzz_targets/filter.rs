//! Any text: parse, and whatever is read renders to itself, crosses JSON and evaluates.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use okta_groups::filter::{CaseRule, Expr, Parameter, check, matches, parse};
use serde_json::{Value, json};

static RECORD: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "id": "00g1", "type": "OKTA_GROUP", "created": "2015-11-11T12:00:00.000Z",
        "a": [1, "x", null, [true, {"b": 2.5}]],
        "profile": {"name": "Größe ΣΑΣ", "n": 3, "b": false, "empty": ""},
    })
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match parse(text) {
        Ok(expr) => {
            let canonical = expr.to_string();
            let read = parse(&canonical).unwrap_or_else(|error| panic!("{}", error.render_caret(&canonical)));
            assert_eq!(read, expr);
            let form = serde_json::to_string(&expr).unwrap();
            assert!(serde_json::from_str::<Expr>(&form).is_ok(), "{form}");
            for parameter in [Parameter::Filter, Parameter::Search] {
                check(&expr, parameter);
                let found = matches(&expr, &RECORD, CaseRule::from(parameter));
                if let Ok(negated) = expr.clone().not() {
                    assert_ne!(found, matches(&negated, &RECORD, CaseRule::from(parameter)));
                }
            }
        }
        Err(error) => {
            assert!(text.is_char_boundary(error.offset));
            assert!(error.position <= error.offset);
            assert!(error.render_caret(text).ends_with('^'));
        }
    }
});
