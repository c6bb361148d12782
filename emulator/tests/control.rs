//! The org's own state, read and changed beside the API.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::NOW;
use okta_groups_emulator::faults::{Act, Delivery, Fault, FaultOptions, FaultRule, Pace, RandomFaults};
use okta_groups_emulator::{Options, Org, Request, Response, SeedOptions};
use serde_json::{Value, json};

fn answered(org: &mut Org, request: &Request) -> Response {
    match org.deliver(request, NOW) {
        Delivery { delay_ms: 0, act: Act::Answer(response, Pace::Whole) } => response,
        other => panic!("{other:?}"),
    }
}

fn list(org: &mut Org) -> Response {
    answered(org, &Request::new("GET", "/api/v1/groups?limit=1").header("authorization", "SSWS t"))
}

/// Whether a text has a pattern's parts, as the same table asks of the other hosts by a regular expression.
fn has(text: &str, pattern: &str) -> bool {
    let plain = pattern.replace("(\\.hangs)?", "").replace('\\', "");
    let (from_start, to_end) = (plain.starts_with('^'), plain.ends_with('$'));
    let middle = plain.trim_start_matches('^').trim_end_matches('$');
    match (from_start, to_end) {
        (true, true) => text == middle,
        (true, false) => text.starts_with(middle),
        _ => text.contains(middle),
    }
}

#[test]
fn the_org_tells_and_changes_its_size_its_limits_and_its_faults() {
    let table: Value = serde_json::from_str(include_str!("../../tests/fixtures/local-org.json")).unwrap();
    let mut org = Org::seeded(Options::default(), SeedOptions { groups: 12, users: 20, seed: 3 });
    let mut state = table["start"].clone();
    for step in table["steps"].as_array().unwrap() {
        let method = step["method"].as_str().unwrap_or("PUT");
        let mut request = Request::new(method, step["path"].as_str().unwrap());
        if step.get("contentType") != Some(&Value::Null) {
            let media = step["contentType"].as_str().unwrap_or("application/json");
            request = request.header("content-type", media);
        }
        let body = step.get("body").map(Value::to_string);
        let text = step["text"].as_str().map(str::to_owned).or(body).unwrap_or_default();
        let response = answered(&mut org, &request.body(&text));
        let answer: Value = serde_json::from_str(&response.body).unwrap();
        assert_eq!(response.status, step["status"], "{step}: {answer}");
        assert_eq!(response.get("cache-control"), Some("no-store"));
        if let Some(error) = step["error"].as_str() {
            assert!(has(answer["error"].as_str().unwrap(), error), "{step}: {answer}");
        } else {
            match step.get("state") {
                Some(changes) => state.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone()),
                None => state = answer.clone(),
            }
            assert_eq!(answer, state, "{step}");
        }
        for expected in step["lists"].as_array().into_iter().flatten() {
            let listed = list(&mut org);
            match expected.as_str() {
                Some(start) => assert!(listed.body.starts_with(start), "{step}: {}", listed.body),
                None => assert_eq!(listed.status, *expected, "{step}"),
            }
        }
    }
    assert_eq!(state, table["start"]);
}

#[test]
fn a_page_of_another_origin_changes_nothing() {
    let mut org = Org::new(Options::default());
    let mut put = |origin: &str, host: Option<&str>| {
        let request = Request::new("PUT", "/local-org/faults").header("content-type", "application/json");
        let request = request.header("origin", origin).body("{}");
        let request = host.into_iter().fold(request, |request, host| request.header("host", host));
        answered(&mut org, &request).status
    };
    let host = Some("127.0.0.1:8080");
    assert_eq!(put("http://127.0.0.1:8080", host), 200);
    assert_eq!(put("https://127.0.0.1:8080", host), 200);
    for other in ["http://127.0.0.1:8081", "http://localhost:8080", "https://evil.example", "null", ""] {
        assert_eq!(put(other, host), 403, "{other}");
    }
    assert_eq!(put("http://127.0.0.1:8080", None), 403);
    // No preflight is answered, so a browser sends no request of such a page.
    let preflight = Request::new("OPTIONS", "/local-org/faults")
        .header("origin", "http://127.0.0.1:8081")
        .header("access-control-request-method", "PUT");
    let answer = answered(&mut org, &preflight);
    assert_eq!((answer.status, answer.get("access-control-allow-origin")), (405, None));
}

#[test]
fn an_org_that_is_made_anew_is_the_org_of_that_size_and_seed() {
    let seeded = |groups, seed| Org::seeded(Options::default(), SeedOptions { groups, users: 30, seed });
    let expected = seeded(40, 9).with_seeded_owners(5).with_seeded_rules(6).snapshot().to_json();
    let mut org = seeded(10, 1);
    let request = Request::new("PUT", "/local-org").header("content-type", "application/json");
    let size = json!({ "groups": 40, "seed": 9, "rules": 6, "owners": 5 });
    assert_eq!(answered(&mut org, &request.clone().body(&size.to_string())).status, 200);
    assert_eq!(org.snapshot().to_json(), expected);
    // The same again, whatever was done in between.
    let create = Request::new("POST", "/api/v1/groups").header("authorization", "SSWS t");
    let create = create.header("content-type", "application/json").body(r#"{"profile":{"name":"New"}}"#);
    assert_eq!(answered(&mut org, &create).status, 200);
    assert_eq!(answered(&mut org, &request.body("{}")).status, 200);
    assert_eq!(org.snapshot().to_json(), expected);
}

#[test]
fn every_fault_is_read_as_it_is_written() {
    let mut faults = FaultOptions::default();
    faults.rules = Fault::every().into_iter().map(FaultRule::new).collect();
    faults.rules[0] =
        faults.rules[0].clone().nth(1).times(2).after().on(okta_groups::request::Operation::ListGroups);
    faults.random = Some(RandomFaults::new(4));
    let json = serde_json::to_string(&faults).unwrap();
    assert!(!json.contains("null"), "{json}");
    assert_eq!(serde_json::from_str::<FaultOptions>(&json).unwrap(), faults);
}
