//! Which records an expression matches: the documented semantics, and a second evaluator that
//! shares no code with the first.
#![allow(clippy::unwrap_used)]

use okta_groups::filter::{Attr, CaseRule, Expr, Matcher, Op, Parameter, Value as Literal, matches, parse};
use proptest::prelude::*;
use serde_json::{Value, json};

/// An imported group with everything that is odd: a list, custom attributes of three types, a
/// null description, dates in three spellings, a key with a dot in it.
fn group() -> Value {
    json!({
        "id": "00g1", "type": "APP_GROUP", "source": {"id": "0oa1"},
        "objectClass": ["okta:user_group", "other"],
        "created": "2015-11-11T12:00:00.000Z",
        "lastUpdated": "2015-11-11T14:00:00+02:00",
        "lastMembershipUpdated": "2015-11-11T11:59:59.999Z",
        "profile": {
            "name": "West Coast Größe", "description": null, "empty": "", "sigma": "ΛΟΓΟΣ",
            "size": 42, "ratio": 0.5, "huge": 9_007_199_254_740_993_u64, "minus": -1,
            "paid": true, "tags": ["Red", "green", null, 7, true], "none": [], "blank": ["", null],
            "nested": [[["deep"]]], "parts": [{"kind": "x", "n": 1}, {"kind": "y", "n": 2}],
            "dotted.key": "z", "date": "2015-11-11T12:00:00Z", "object": {}
        }
    })
}

#[test]
fn an_expression_matches_as_documented() {
    // text, in search, in filter
    let table = [
        ("case is ignored in search only", r#"profile.name eq "west coast grÖSSE""#, false, false),
        ("case is ignored in search only", r#"profile.name eq "west coast GRÖße""#, true, false),
        ("case is ignored in search only", r#"profile.name eq "West Coast Größe""#, true, true),
        ("case is ignored in search only", r#"type sw "app_""#, true, false),
        ("diacritics count", r#"profile.name ew "grosse""#, false, false),
        ("diacritics count", r#"profile.name co "GRÖ""#, true, false),
        ("a final sigma is a sigma", r#"profile.sigma eq "λογος""#, true, false),
        ("a final sigma is a sigma", r#"profile.sigma eq "λογοσ""#, true, false),
        ("attributes are case-sensitive", r#"Type eq "APP_GROUP""#, false, false),
        ("any text starts with nothing", r#"profile.name sw """#, true, true),
        ("order is by scalar", r#"profile.name gt "West" and profile.name lt "Wf""#, true, true),
        ("order is by scalar", r#"profile.name ge "west""#, true, false),
        ("a path leads into objects", r#"source.id eq "0oa1""#, true, true),
        ("a path leads into objects", "source pr and profile.object pr", true, true),
        ("a path leads into objects", r#"source eq "0oa1""#, false, false),
        ("a path leads into objects", r#"id.x eq "00g1""#, false, false),
        ("a dotted key has no path", r#"profile.dotted.key eq "z""#, false, false),
        ("missing matches nothing", r#"profile.gone eq "x" or profile.gone ne "x""#, false, false),
        ("missing matches nothing", r#"not (profile.gone eq "x")"#, true, true),
        ("null matches nothing", r#"profile.description ne "x" or profile.description pr"#, false, false),
        ("null matches nothing", "profile.description eq null or profile.name ne null", false, false),
        ("present", "profile.name pr and profile.paid pr and profile.tags pr and id pr", true, true),
        ("empty is not present", "profile.empty pr", false, false),
        ("empty is not present", "profile.none pr or profile.blank pr", false, false),
        ("empty is still text", r#"profile.empty eq """#, true, true),
        ("any element", r#"profile.tags eq "Red""#, true, true),
        ("any element", r#"profile.tags eq "red""#, true, false),
        ("any element", "profile.tags eq 7 and profile.tags eq true", true, true),
        ("any element", r#"profile.tags ne "Red""#, true, true),
        ("any element", r#"profile.none ne "Red""#, false, false),
        ("any element", r#"profile.nested eq "deep""#, true, true),
        ("any element", r#"profile.parts.kind eq "y" and profile.parts.n gt 1"#, true, true),
        ("any element", r#"objectClass sw "okta:""#, true, true),
        ("numbers", "profile.size eq 42 and profile.size eq 42.0 and profile.size ge 4.2e1", true, true),
        ("numbers", "profile.size gt 41.5 and profile.size lt 1e3 and profile.minus lt 0", true, true),
        ("numbers", "profile.ratio eq 0.5 and profile.ratio ne 1 and profile.ratio lt 1", true, true),
        ("whole numbers are exact", "profile.huge eq 9007199254740993", true, true),
        ("whole numbers are exact", "profile.huge eq 9007199254740992", false, false),
        ("types do not mix", r#"profile.size eq "42" or profile.size ne "42""#, false, false),
        (
            "types do not mix",
            r#"profile.name eq 42 or profile.paid eq "true" or profile.paid eq 1"#,
            false,
            false,
        ),
        ("types do not mix", "profile.size sw 4", false, false),
        ("booleans have no order", "profile.paid eq true and profile.paid ne false", true, true),
        ("booleans have no order", "profile.paid gt false or profile.paid le true", false, false),
        (
            "instants",
            r#"created eq "2015-11-11T12:00Z" and lastUpdated eq "2015-11-11T12:00:00.000Z""#,
            true,
            true,
        ),
        ("instants", r#"lastUpdated le "2015-11-11T04:00:00-08:00""#, true, true),
        ("instants", r#"lastMembershipUpdated lt "2015-11-11T12:00:00Z""#, true, true),
        ("instants", r#"lastMembershipUpdated gt "2015-11-11""#, true, true),
        ("instants", r#"created sw "2015-11""#, true, true),
        ("no date matches nothing", r#"created ne "soon" or created gt 5 or created eq "x""#, false, false),
        ("custom dates are text", r#"profile.date eq "2015-11-11T12:00:00.000Z""#, false, false),
        ("and, or, not", r#"type eq "X" or type eq "APP_GROUP" and id eq "00g1""#, true, true),
        ("and, or, not", r#"(type eq "X" or type eq "APP_GROUP") and not (id eq "00g1")"#, false, false),
    ];
    let record = group();
    for (story, text, in_search, in_filter) in table {
        let expr = parse(text).unwrap();
        for (parameter, expected) in [(Parameter::Search, in_search), (Parameter::Filter, in_filter)] {
            let case = CaseRule::from(parameter);
            assert_eq!(matches(&expr, &record, case), expected, "{story}: {text} in {parameter:?}");
            assert_eq!(naive(&expr, &record, case == CaseRule::Ignore), expected, "naive, {story}: {text}");
        }
    }
}

#[test]
fn inherited_names_are_no_attributes() {
    for text in ["__proto__ pr", "constructor pr", "profile.toString pr", "profile.tags.length pr"] {
        assert!(!matches(&parse(text).unwrap(), &group(), CaseRule::Ignore), "{text}");
    }
}

#[test]
fn arrays_nested_without_end_are_followed_64_levels() {
    let nested = |levels: usize| (0..levels).fold(json!("x"), |inner, _| json!([inner]));
    let matcher = Matcher::compile(&parse(r#"a eq "x""#).unwrap(), CaseRule::Exact);
    assert!(matcher.matches(&json!({"a": nested(64)})));
    assert!(!matcher.matches(&json!({"a": nested(65)})));
}

#[test]
fn one_matcher_tests_many_groups() {
    let matcher = Matcher::compile(&parse(r#"profile.name sw "team ""#).unwrap(), CaseRule::Ignore);
    let names = ["Team A", "team", "TEAM B", "Other team "];
    let groups = names.map(|name| json!({"profile": {"name": name}}));
    let found: Vec<_> =
        groups.iter().filter(|group| matcher.matches(group)).map(|g| &g["profile"]["name"]).collect();
    assert_eq!(found, ["Team A", "TEAM B"]);
}

/// The documented semantics once more, as slowly and plainly as possible: every value of the
/// path is collected, text is folded whole, dates come from a table.
fn naive(expr: &Expr, record: &Value, ignore_case: bool) -> bool {
    match expr {
        Expr::And(terms) => !terms.iter().any(|term| !naive(term, record, ignore_case)),
        Expr::Or(terms) => terms.iter().filter(|term| naive(term, record, ignore_case)).count() > 0,
        Expr::Not(term) => !naive(term, record, ignore_case),
        Expr::Present { attr } => {
            leaves(record, attr).iter().any(|value| **value != json!("") && !value.is_null())
        }
        Expr::Compare { attr, op, value } => {
            leaves(record, attr).iter().any(|found| naive_compare(attr, found, *op, value, ignore_case))
        }
    }
}

fn leaves<'a>(record: &'a Value, attr: &Attr) -> Vec<&'a Value> {
    let mut values = flatten(vec![record]);
    for name in attr.as_str().split('.') {
        values = flatten(values.into_iter().filter_map(|value| value.get(name)).collect());
    }
    values
}

fn flatten(values: Vec<&Value>) -> Vec<&Value> {
    values
        .into_iter()
        .flat_map(|value| match value {
            Value::Array(items) => flatten(items.iter().collect()),
            other => vec![other],
        })
        .collect()
}

fn naive_compare(attr: &Attr, found: &Value, op: Op, literal: &Literal, ignore_case: bool) -> bool {
    let dated = ["created", "lastUpdated", "lastMembershipUpdated"].contains(&attr.as_str());
    let textual = [Op::Sw, Op::Co, Op::Ew].contains(&op);
    match (found, literal) {
        (Value::String(found), Literal::String(literal)) if dated && !textual => {
            naive_instant(found).zip(naive_instant(literal)).is_some_and(|(a, b)| naive_order(a, op, b))
        }
        (Value::String(found), Literal::String(literal)) => {
            let fold = |text: &str| {
                if ignore_case { text.to_lowercase().replace('ς', "σ") } else { text.to_owned() }
            };
            let (found, literal) = (fold(found), fold(literal));
            match op {
                Op::Sw => found.starts_with(&literal),
                Op::Co => found.contains(&literal),
                Op::Ew => found.ends_with(&literal),
                _ => naive_order(found.chars().collect::<Vec<_>>(), op, literal.chars().collect()),
            }
        }
        (Value::Number(found), Literal::Number(literal)) if !dated && !textual => {
            match (found.to_string().parse::<i128>(), literal.as_str().parse::<i128>()) {
                (Ok(found), Ok(literal)) => naive_order(found, op, literal),
                _ => naive_order(found.as_f64().unwrap(), op, literal.as_str().parse().unwrap()),
            }
        }
        (Value::Bool(found), Literal::Bool(literal)) if !dated => {
            (op == Op::Eq && found == literal) || (op == Op::Ne && found != literal)
        }
        _ => false,
    }
}

fn naive_order<T: PartialOrd>(a: T, op: Op, b: T) -> bool {
    match op {
        Op::Eq => a == b,
        Op::Ne => a != b,
        Op::Gt => a > b,
        Op::Ge => a >= b,
        Op::Lt => a < b,
        Op::Le => a <= b,
        Op::Sw | Op::Co | Op::Ew => false,
    }
}

/// The canonical text, which sorts as its instant does.
fn naive_instant(text: &str) -> Option<&str> {
    let canonical = text.len() == 24 && text.starts_with(|c: char| c.is_ascii_digit()) && text.ends_with('Z');
    let other = || DATES.iter().find(|(date, _)| *date == text).map(|(_, canonical)| *canonical);
    if canonical { Some(text) } else { other() }
}

/// Every date of these tests that is not canonical, and its canonical text.
const DATES: &[(&str, &str)] = &[
    ("2015-11-11T12:00Z", "2015-11-11T12:00:00.000Z"),
    ("2015-11-11T14:00:00+02:00", "2015-11-11T12:00:00.000Z"),
    ("2015-11-11T04:00:00-08:00", "2015-11-11T12:00:00.000Z"),
    ("2015-11-11T12:00:00Z", "2015-11-11T12:00:00.000Z"),
    ("2015-11-11", "2015-11-11T00:00:00.000Z"),
    ("2015-11-11T23:00:00.5-01:00", "2015-11-12T00:00:00.500Z"),
];

/// Few names and few values, so that expressions and records meet.
const PATHS: [&str; 8] =
    ["id", "type", "created", "lastUpdated", "profile.name", "profile.x", "source.id", "profile.list.y"];
const TEXTS: [&str; 10] = ["", "a", "A", "ab", "Ab", "é", "É", "ΣΑΣ", "σας", "İx"];

fn any_text() -> impl Strategy<Value = &'static str> {
    let date = (0..DATES.len(), any::<bool>()).prop_map(|(index, canonical)| {
        let (text, utc) = DATES[index];
        if canonical { utc } else { text }
    });
    prop_oneof![prop::sample::select(&TEXTS[..]), date]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => any_text().prop_map(|text| json!(text)),
        1 => (-2_i64..3).prop_map(|number| json!(number)),
        1 => (-2..3).prop_map(|number| json!(f64::from(number) / 2.0)),
        1 => any::<bool>().prop_map(|value| json!(value)),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| json!(items)),
            (inner.clone(), inner).prop_map(|(id, y)| json!({"id": id, "y": y})),
        ]
    })
}

fn any_record() -> impl Strategy<Value = Value> {
    prop::collection::vec(any_json(), 8).prop_map(|values| {
        let [id, kind, created, updated, name, x, source, list] = &values[..] else { unreachable!() };
        let source = json!({"id": source});
        json!({"id": id, "type": kind, "created": created, "lastUpdated": updated, "source": source,
               "profile": {"name": name, "x": x, "list": list}})
    })
}

fn any_expr() -> impl Strategy<Value = Expr> {
    let attr = prop::sample::select(&PATHS[..]).prop_map(|path| Attr::new(path).unwrap());
    let op = (0..Op::ALL.len()).prop_map(|index| Op::ALL[index].0);
    let value = prop_oneof![
        4 => any_text().prop_map(Literal::from),
        1 => (-2_i64..3).prop_map(Literal::from),
        1 => (-2..3).prop_map(|number| Literal::try_from(f64::from(number) / 2.0).unwrap()),
        1 => any::<bool>().prop_map(Literal::from),
        1 => Just(Literal::Null),
    ];
    let leaf = prop_oneof![
        4 => (attr.clone(), op, value).prop_map(|(attr, op, value)| attr.compare(op, value)),
        1 => attr.prop_map(Attr::pr),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|terms| Expr::and(terms).unwrap()),
            prop::collection::vec(inner.clone(), 1..4).prop_map(|terms| Expr::or(terms).unwrap()),
            inner.prop_map(|term| term.not().unwrap()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_naive_evaluator_says_the_same(expr in any_expr(), record in any_record(), ignore in any::<bool>()) {
        let case = if ignore { CaseRule::Ignore } else { CaseRule::Exact };
        prop_assert_eq!(matches(&expr, &record, case), naive(&expr, &record, ignore), "{} on {}", expr, record);
    }
}

#[test]
fn expressions_of_the_wild_evaluate_as_the_naive_evaluator_says() {
    let shared = std::env::var_os("OKTA_GROUPS_SHARED").map_or_else(
        || std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        std::path::PathBuf::from,
    );
    let files = ["traffic/expressions.jsonl", "traffic/expressions-more.jsonl"];
    let Ok(lines) = files
        .map(|file| std::fs::read_to_string(shared.join(file)))
        .into_iter()
        .collect::<Result<String, _>>()
    else {
        return;
    };
    let records = [
        group(),
        json!({"id": "00g2", "type": "OKTA_GROUP", "status": "ACTIVE", "created": "2013-01-01T00:00:00.000Z",
               "lastUpdated": "2022-01-01T00:00:00.000Z", "lastMembershipUpdated": "2019-01-01T00:00:00.000Z",
               "profile": {"name": "engineering", "department": "Engineering", "arrayAttr": ["arrayattrval1"]}}),
        json!({"id": "00g3", "type": "BUILT_IN", "source": {"id": "0oa2v0el0gP90aqjJ0g7"},
               "profile": {"name": "West Coast Users", "samAccountName": "WEST COAST users"}}),
    ];
    let mut evaluated = 0;
    for line in lines.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let Ok(expr) = parse(row["expr"].as_str().unwrap()) else { continue };
        for (record, ignore) in records.iter().flat_map(|record| [(record, true), (record, false)]) {
            let case = if ignore { CaseRule::Ignore } else { CaseRule::Exact };
            assert_eq!(matches(&expr, record, case), naive(&expr, record, ignore), "{expr} on {record}");
            evaluated += 1;
        }
    }
    assert!(evaluated > 100, "{evaluated}");
}
