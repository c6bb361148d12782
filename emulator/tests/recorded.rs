//! Recorded sequences, asked again of the local org: same status, same shape. Passes without the recordings.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::*;
use okta_groups_emulator::{AttributeType, Org};
use serde_json::{Value, json};

struct Exchange {
    source: String,
    method: String,
    url: String,
    sent: String,
    status: u16,
    link: Vec<String>,
    body: Value,
}

fn recorded() -> Vec<Exchange> {
    let shared = std::env::var("OKTA_GROUPS_SHARED")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared").to_owned());
    let Ok(text) = std::fs::read_to_string(format!("{shared}/traffic/recorded.jsonl")) else {
        return Vec::new();
    };
    text.lines()
        .map(|line| {
            let row: Value = serde_json::from_str(line).unwrap();
            let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
            let headers = row["responseHeaders"].as_object().unwrap();
            let link = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("link"));
            let link = link
                .map(|(_, values)| values.as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()));
            let body: Value = serde_json::from_str(&text("responseBody")).unwrap_or(Value::Null);
            // One recorder kept no request bodies: what was sent is then taken from what came back.
            let not_kept =
                text("method") != "GET" && text("requestBody").is_empty() && body["profile"].is_object();
            let sent = if not_kept {
                json!({ "profile": body["profile"] }).to_string()
            } else {
                text("requestBody")
            };
            Exchange {
                source: text("source"),
                method: text("method"),
                url: text("url"),
                sent,
                status: row["status"].as_u64().unwrap() as u16,
                link: link.into_iter().flatten().collect(),
                body,
            }
        })
        .collect()
}

/// Keys and kinds of value, `null` apart, without the parts that are the org's and not the operation's.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let inner = object.iter().filter(|(key, _)| !matches!(key.as_str(), "_links" | "source"));
            let sorted: BTreeMap<_, _> = inner.map(|(key, value)| (key, shape(value))).collect();
            serde_json::to_value(sorted).unwrap()
        }
        Value::Array(items) => {
            let distinct: BTreeMap<_, _> =
                items.iter().map(shape).map(|item| (item.to_string(), item)).collect();
            distinct.into_values().collect()
        }
        Value::String(_) => json!("string"),
        Value::Number(_) => json!("number"),
        Value::Bool(_) => json!("boolean"),
        Value::Null => Value::Null,
    }
}

fn id_of(url: &str) -> Option<&str> {
    url.strip_prefix("/api/v1/groups/")?.split(['/', '?']).next().filter(|id| !id.is_empty())
}

fn segments(url: &str) -> Vec<&str> {
    url.split('?')
        .next()
        .unwrap()
        .trim_start_matches("/api/v1/groups")
        .split('/')
        .filter(|s| !s.is_empty())
        .collect()
}

/// An org that holds what a recorded answer says was there.
fn org_before(exchange: &Exchange) -> Org {
    let mut org = Org::new(options());
    let attributes = |org: Org, profile: &Value| {
        let custom = profile.as_object().into_iter().flatten();
        custom.filter(|(name, _)| !matches!(name.as_str(), "name" | "description")).fold(
            org,
            |org, (name, value)| {
                let attribute = match value {
                    Value::Bool(_) => AttributeType::Boolean,
                    Value::Number(_) => AttributeType::Integer,
                    _ => AttributeType::String,
                };
                org.with_attribute(name, attribute)
            },
        )
    };
    if let Ok(sent) = serde_json::from_str::<Value>(&exchange.sent) {
        org = attributes(org, &sent["profile"]);
    }
    let found = exchange.status < 400;
    match (exchange.method.as_str(), segments(&exchange.url).as_slice()) {
        ("GET", []) => {
            for item in exchange.body.as_array().unwrap() {
                org = org.with_group(item.clone()).unwrap();
            }
        }
        ("GET" | "PUT", [_]) if found => org = org.with_group(exchange.body.clone()).unwrap(),
        ("DELETE", [id]) => org = org.with_group(group(id, "OKTA_GROUP", "to go")).unwrap(),
        (_, [id, kind @ ("users" | "apps")]) => {
            org = org.with_group(group(id, "OKTA_GROUP", "listed")).unwrap();
            for item in exchange.body.as_array().unwrap() {
                let member = item["id"].as_str().unwrap();
                org = if *kind == "users" {
                    org.with_user(item.clone()).and_then(|org| org.with_members(id, &[member])).unwrap()
                } else {
                    org.with_app(item.clone()).and_then(|org| org.with_assigned_apps(id, &[member])).unwrap()
                };
            }
        }
        (_, [id, "users", user]) => {
            org = org.with_group(group(id, "OKTA_GROUP", "joined")).unwrap();
            if found {
                org = org.with_user(json!({ "id": user, "status": "ACTIVE" })).unwrap();
            }
        }
        _ => {}
    }
    org
}

#[test]
fn each_recorded_request_gets_the_recorded_status_and_shape() {
    for exchange in recorded() {
        let what = format!("{} {} ({})", exchange.method, exchange.url, exchange.source);
        let mut org = org_before(&exchange);
        let response = ask(&mut org, &exchange.method, &exchange.url, &exchange.sent);
        assert_eq!(response.status, exchange.status, "{what}: {}", response.body);
        let answer = serde_json::from_str(&response.body).unwrap_or(Value::Null);
        assert_eq!(shape(&answer), shape(&exchange.body), "{what}");
        if exchange.method == "GET" && exchange.status == 200 && exchange.link.is_empty() {
            // Filtered recordings kept Link, so its absence proves something only for lists.
            assert!(response.get("link").is_none() || !exchange.url.contains("q="), "{what}");
        }
        for link in
            exchange.link.iter().filter(|link| link.contains("rel=\"self\"") && !link.contains("next"))
        {
            let path = |link: &str| link.split_once("/api/v1").map(|(_, rest)| rest.to_owned());
            assert_eq!(response.get("link").and_then(path), path(link), "{what}");
        }
    }
}

/// Create, get, replace, assign, list, unassign, delete of one group as one recorder saw them, in one org.
#[test]
fn each_recorded_life_of_a_group_is_lived_again() {
    let mut lives: BTreeMap<(String, String), Vec<Exchange>> = BTreeMap::new();
    for exchange in recorded() {
        let created = exchange.body["id"].as_str().filter(|_| exchange.method == "POST").map(str::to_owned);
        if let Some(id) = created.or_else(|| id_of(&exchange.url).map(str::to_owned)) {
            lives.entry((exchange.source.clone(), id)).or_default().push(exchange);
        }
    }
    let mut lived = 0;
    for ((source, recorded_id), life) in lives {
        let Some(birth) = life.iter().find(|e| e.method == "POST") else { continue };
        let mut org = org_before(birth);
        let created = body(&ask(&mut org, "POST", "/api/v1/groups", &birth.sent));
        let id = created["id"].as_str().unwrap().to_owned();
        assert_eq!(created["profile"], birth.body["profile"], "{source}");
        // The same user may come and go.
        let users: BTreeSet<&str> =
            life.iter().filter_map(|exchange| segments(&exchange.url).get(2).copied()).collect();
        for user in users {
            org = org.with_user(json!({ "id": user, "status": "ACTIVE" })).unwrap();
            let path = format!("/api/v1/groups/{id}/users/{user}");
            assert_eq!(ask(&mut org, "PUT", &path, "").status, 204);
            assert_eq!(ids(&get(&mut org, &format!("/api/v1/groups/{id}/users"))), [user]);
            assert_eq!(ask(&mut org, "DELETE", &path, "").status, 204);
        }
        assert_eq!(body(&get(&mut org, &format!("/api/v1/groups/{id}")))["profile"], birth.body["profile"]);
        assert_eq!(ask(&mut org, "DELETE", &format!("/api/v1/groups/{id}"), "").status, 204);
        let gone = body(&get(&mut org, &format!("/api/v1/groups/{id}")));
        assert_eq!(gone["errorSummary"], format!("Not found: Resource not found: {id} (UserGroup)"));
        assert!(!recorded_id.is_empty());
        lived += 1;
    }
    assert!(lived > 20 || recorded().is_empty(), "{lived} lives");
}
