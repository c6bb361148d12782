//! Whole recordings about rules, owners and a person's groups, lived again in one org at the recorded times: same status,
//! same shape, same order, same causes. Passes without the recordings.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::*;
use okta_groups_emulator::faults::{Act, Fault, FaultOptions, FaultRule};
use okta_groups_emulator::{Org, Request, Response, SeedData};
use serde_json::{Value, json};

fn recordings(file: &str) -> Vec<Value> {
    let shared = std::env::var("OKTA_GROUPS_SHARED")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared").to_owned());
    let text = std::fs::read_to_string(format!("{shared}/traffic/{file}")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name].as_str().unwrap_or_default()
}

fn recorded_body(row: &Value) -> Value {
    serde_json::from_str(text(row, "responseBody")).unwrap_or_default()
}

fn time_of(row: &Value) -> i64 {
    row["responseHeaders"]["date"][0].as_str().map_or(NOW, moment)
}

fn items(body: &Value) -> &[Value] {
    match body {
        Value::Array(items) => items,
        Value::Object(_) => std::slice::from_ref(body),
        _ => &[],
    }
}

/// The ids that a text names.
fn ids_in(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| word.len() == 20 && ["00g", "00u", "0pr"].iter().any(|kind| word.starts_with(kind)))
}

/// An org that holds what a recording shows and did not make: people, and groups that were there before.
fn org_before(rows: &[Value]) -> Org {
    let is_made = |row: &&Value| {
        let is_create = ["/api/v1/groups", "/api/v1/groups/rules"].contains(&text(row, "url"));
        is_create && row["method"] == "POST" && row["status"].as_u64() < Some(300)
    };
    let made: BTreeSet<String> =
        rows.iter().filter(is_made).map(|row| text(&recorded_body(row), "id").to_owned()).collect();
    let (mut users, mut groups) = (BTreeMap::new(), BTreeMap::new());
    let mut joined = BTreeSet::new();
    for row in rows {
        for id in ids_in(text(row, "url")).filter(|id| id.starts_with("00u")) {
            users.entry(id.to_owned()).or_insert_with(|| json!({ "id": id, "status": "ACTIVE" }));
            if row["method"] == "PUT" {
                joined.extend(ids_in(text(row, "url")).filter(|id| id.starts_with("00g")).map(str::to_owned));
            }
        }
        for item in items(&recorded_body(row)) {
            let id = text(item, "id").to_owned();
            if id.starts_with("00u") && item["profile"].is_object() {
                users.insert(id, item.clone());
            } else if item["originType"].is_string() && !made.contains(&id) {
                let (first, last) = text(item, "displayName").split_once(' ').unwrap_or_default();
                let profile = json!({ "firstName": first, "lastName": last });
                users.insert(id.clone(), json!({ "id": id, "status": "ACTIVE", "profile": profile }));
            } else if id.starts_with("00g") && item["profile"].is_object() && !made.contains(&id) {
                groups.insert(id, item.clone());
            }
        }
    }
    let mut data = json!({
        "users": users.into_values().collect::<Vec<_>>(),
        "groups": groups.into_values().collect::<Vec<_>>()
    });
    // A person's groups before anybody was put into one.
    let mut memberships: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows {
        let url = text(row, "url");
        let of_user = url.starts_with("/api/v1/users/") && url.ends_with("/groups");
        for group in items(&recorded_body(row)).iter().filter(|_| of_user) {
            let id = text(group, "id").to_owned();
            if !made.contains(&id) && !joined.contains(&id) {
                memberships.entry(id).or_default().push(ids_in(url).next().unwrap().to_owned());
            }
        }
    }
    data["memberships"] = json!(memberships);
    let mut org = Org::new(options());
    org.load(SeedData::from_json(&data.to_string()).unwrap()).unwrap();
    org
}

/// What was sent; one recorder kept no bodies, so that it is taken from what came back.
fn sent(row: &Value) -> String {
    let kept = text(row, "requestBody");
    let answered = recorded_body(row);
    let method = text(row, "method");
    if !kept.is_empty() || !matches!(method, "POST" | "PUT") || !answered.is_object() {
        return kept.to_owned();
    }
    match answered["profile"].is_object() {
        true => json!({ "profile": answered["profile"] }).to_string(),
        false => answered.to_string(),
    }
}

/// What is compared: without times, links and what only some years' recordings have.
fn essence(value: &Value) -> Value {
    match value {
        Value::Object(object) if object.contains_key("errorCode") => {
            json!({ "errorCode": object["errorCode"], "errorSummary": object["errorSummary"],
                "errorCauses": object["errorCauses"] })
        }
        Value::Object(object) => {
            let skipped =
                ["created", "lastUpdated", "lastMembershipUpdated", "_links", "people", "allGroupsValid"];
            let kept = object.iter().filter(|(key, _)| !skipped.contains(&key.as_str()));
            Value::Object(kept.map(|(key, value)| (key.clone(), essence(value))).collect())
        }
        Value::Array(items) => items.iter().map(essence).collect(),
        other => other.clone(),
    }
}

fn answer(org: &mut Org, request: &Request, ms: i64) -> Response {
    match org.deliver(request, ms).act {
        Act::Answer(response, _) => response,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_recorded_sequence_is_lived_again() {
    let mut lived = 0;
    for recording in recordings("rule-sequences.jsonl") {
        let rows = recording["rows"].as_array().unwrap();
        let mut org = org_before(rows);
        // Recorded id by ours.
        let mut theirs: BTreeMap<String, String> = BTreeMap::new();
        for (at, row) in rows.iter().enumerate() {
            let what = format!(
                "{} row {at}: {} {}",
                text(&recording, "source"),
                text(row, "method"),
                text(row, "url")
            );
            let to_ours = |text: &str| {
                theirs
                    .iter()
                    .fold(text.to_owned(), |text, (ours, theirs)| text.replace(theirs.as_str(), ours))
            };
            let status = row["status"].as_u64().unwrap() as u16;
            if text(row, "responseBody").contains("(User)") {
                // Somebody was deleted, which no operation of the local org does.
                continue;
            }
            if status == 423 {
                // What came at the same time is not in a recording's order.
                let mut faults = FaultOptions::default();
                faults.rules = vec![FaultRule::new(Fault::error(423, "E0000239")).times(1)];
                org.set_faults(faults);
            }
            let request = Request::new(text(row, "method"), &to_ours(text(row, "url")))
                .header("authorization", "SSWS t")
                .body(&to_ours(&sent(row)));
            let response = answer(&mut org, &request, time_of(row));
            assert_eq!(response.status, status, "{what}: {}", response.body);
            let recorded = recorded_body(row);
            if text(row, "method") == "POST"
                && status < 300
                && let (Some(ours), Some(id)) =
                    (body_or_null(&response)["id"].as_str(), recorded["id"].as_str())
            {
                theirs.insert(ours.to_owned(), id.to_owned());
            }
            let back =
                theirs.iter().fold(response.body.clone(), |text, (ours, theirs)| text.replace(ours, theirs));
            let answered: Value = serde_json::from_str(&back).unwrap_or_default();
            // Orgs that were shared have more than a recording shows.
            let is_whole = !text(row, "url").starts_with("/api/v1/groups?");
            if is_whole {
                let answered = in_order_of(&answered, &recorded);
                assert_eq!(essence(&answered), essence(&recorded), "{what}");
            }
            for (rule, theirs) in items(&answered).iter().zip(items(&recorded)) {
                if let Some(valid) = theirs.get("allGroupsValid") {
                    assert_eq!(&rule["allGroupsValid"], valid, "{what}");
                }
            }
            for link in row["responseHeaders"]["link"].as_array().into_iter().flatten().filter(|_| is_whole) {
                let path = |link: &str| link.split_once("/api/v1").unwrap().1.to_owned();
                let ours: Vec<_> =
                    response.get_all("link").map(|link| path(&fold_back(link, &theirs))).collect();
                assert!(ours.contains(&path(link.as_str().unwrap())), "{what}: {ours:?}");
            }
        }
        lived += 1;
    }
    assert!(lived == 0 || lived > 50, "{lived}");
}

/// A person's groups that were created in the same second come in the order of ids, which are ours here and theirs there:
/// of those, the recorded order counts.
fn in_order_of(answered: &Value, recorded: &Value) -> Value {
    let (Value::Array(ours), Value::Array(theirs)) = (answered, recorded) else { return answered.clone() };
    let place = |id: &Value| theirs.iter().position(|item| item["id"] == *id).unwrap_or(usize::MAX);
    let created = |item: &Value| theirs.get(place(&item["id"])).map(|it| it["created"].clone());
    let mut ours = ours.clone();
    for run in ours.chunk_by_mut(|a, b| a["objectClass"].is_array() && created(a) == created(b)) {
        run.sort_by_key(|item| place(&item["id"]));
    }
    Value::Array(ours)
}

fn fold_back(text: &str, theirs: &BTreeMap<String, String>) -> String {
    theirs.iter().fold(text.to_owned(), |text, (ours, theirs)| text.replace(ours.as_str(), theirs))
}

fn body_or_null(response: &Response) -> Value {
    serde_json::from_str(&response.body).unwrap_or_default()
}

/// Each row by itself, of an org where its rule, or what it asks for, is there.
#[test]
fn each_recorded_exchange_about_rules_is_answered_alike() {
    for row in recordings("rules.jsonl") {
        let (method, url, recorded) = (text(&row, "method"), text(&row, "url"), recorded_body(&row));
        let status = row["status"].as_u64().unwrap() as u16;
        let what = format!("{method} {url}");
        let mut org = Org::new(options());
        let named: Vec<String> = [url.to_owned(), sent(&row), recorded.to_string()]
            .iter()
            .flat_map(|text| ids_in(text).map(str::to_owned).collect::<Vec<_>>())
            .filter(|id| id.starts_with("00g"))
            .collect();
        for id in named.into_iter().chain(["00gTarget".to_owned()]).collect::<BTreeSet<_>>() {
            org = org.with_group(group(&id, "OKTA_GROUP", &id)).unwrap();
        }
        let in_path = ids_in(url).find(|id| id.starts_with("0pr")).filter(|_| status != 404);
        let standing = in_path.map(|id| {
            json!({ "id": id, "status": "INACTIVE", "name": "before",
                "conditions": { "expression": { "value": "true" } },
                "actions": { "assignUserToGroups": { "groupIds": ["00gTarget"] } } })
        });
        let before: Vec<Value> = match method {
            "GET" if status == 200 => items(&recorded).to_vec(),
            "PUT" => vec![recorded.clone()],
            _ => standing.into_iter().collect(),
        };
        for rule in before {
            org = org.with_rule(&rule).unwrap();
        }
        if status == 423 {
            let mut faults = FaultOptions::default();
            faults.rules = vec![FaultRule::new(Fault::error(423, "E0000239"))];
            org.set_faults(faults);
        }
        let request = Request::new(method, url).header("authorization", "SSWS t").body(&sent(&row));
        let response = answer(&mut org, &request, time_of(&row));
        assert_eq!(response.status, status, "{what}: {}", response.body);
        let (mut answered, mut recorded) = (essence(&body_or_null(&response)), essence(&recorded));
        if method == "POST" && status == 200 {
            for it in [&mut answered, &mut recorded] {
                it["id"] = json!("new");
            }
        }
        assert_eq!(answered, recorded, "{what}");
        for link in row["responseHeaders"]["link"].as_array().into_iter().flatten() {
            let path = |link: &str| link.split_once("/api/v1").unwrap().1.to_owned();
            assert_eq!(response.get("link").map(path), Some(path(link.as_str().unwrap())), "{what}");
        }
    }
}
