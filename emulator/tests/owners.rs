//! Owners of groups.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::*;
use okta_groups_emulator::{Org, Response, SeedData};
use serde_json::{Value, json};

fn owned() -> Org {
    small()
        .with_user(json!({ "id": "00uZoe", "status": "ACTIVE",
            "profile": { "firstName": "Zoë", "lastName": "O'Brien", "login": "zoe@example.com" } }))
        .unwrap()
}

fn assign(org: &mut Org, id: &str, kind: &str) -> Response {
    let body = json!({ "id": id, "type": kind }).to_string();
    ask(org, "POST", "/api/v1/groups/00gOwn/owners", &body)
}

#[test]
fn an_owner_comes_back_with_a_date_in_one_form_and_is_listed_in_another() {
    let mut org = owned();
    let made = assign(&mut org, "00uZoe", "USER");
    assert_eq!((made.status, made.get("link")), (201, None));
    let expected = json!({
        "id": "00uZoe", "type": "USER", "resolved": true, "originId": null, "originType": "OKTA_DIRECTORY",
        "displayName": "Zoë O'Brien", "lastUpdated": "Wed Jan 01 00:00:00 UTC 2025"
    });
    assert_eq!(body(&made), expected);
    assert_eq!(assign(&mut org, "00gEveryone", "GROUP").status, 201);
    let list = get(&mut org, "/api/v1/groups/00gOwn/owners");
    // In the order of ids, not of assignment; without a `Link`.
    assert_eq!(ids(&list), ["00gEveryone", "00uZoe"]);
    assert_eq!(list.get("link"), None);
    assert_eq!(body(&list)[0]["displayName"], "Everyone");
    assert_eq!(body(&list)[1]["lastUpdated"], "2025-01-01 00:00:00.0");
}

#[test]
fn what_owns_a_group_already_or_is_not_there_is_refused_as_recorded() {
    let mut org = owned();
    assert_eq!(assign(&mut org, "00uZoe", "USER").status, 201);
    let not_found = |id: &str, kind: &str| format!("Not found: Resource not found: {id} ({kind})");
    for (id, kind, status, code, summary, cause) in [
        (
            "00uZoe",
            "USER",
            400,
            "E0000001",
            "Api validation failed: owner".to_owned(),
            Some("Provided owner is already assigned to this group"),
        ),
        ("00gEveryone", "USER", 404, "E0000007", not_found("00gEveryone", "User"), None),
        ("00uZoe", "GROUP", 404, "E0000007", not_found("00uZoe", "UserGroup"), None),
        (
            "",
            "USER",
            400,
            "E0000001",
            "Api validation failed: id".to_owned(),
            Some("id: The field cannot be left blank"),
        ),
        (
            "00uZoe",
            "APP",
            400,
            "E0000001",
            "Api validation failed: type".to_owned(),
            Some("type: The field must be one of: GROUP, USER"),
        ),
    ] {
        let response = assign(&mut org, id, kind);
        let error = body(&response);
        assert_eq!((response.status, &error["errorCode"]), (status, &json!(code)), "{id} {kind}");
        assert_eq!(error["errorSummary"], summary);
        assert_eq!(
            error["errorCauses"].as_array().unwrap().first().map(|it| &it["errorSummary"]),
            cause.map(|it| json!(it)).as_ref()
        );
    }
    let remove = |org: &mut Org, path: &str| ask(org, "DELETE", path, "");
    assert_eq!(remove(&mut org, "/api/v1/groups/00gOwn/owners/00uZoe").status, 204);
    let again = remove(&mut org, "/api/v1/groups/00gOwn/owners/00uZoe");
    assert_eq!(
        (again.status, &body(&again)["errorSummary"]),
        (404, &json!(not_found("00uZoe", "LinkedObject")))
    );
    let nowhere = remove(&mut org, "/api/v1/groups/00gNone/owners/00uZoe");
    assert_eq!(body(&nowhere)["errorSummary"], not_found("00gNone", "UserGroup"));
    assert_eq!(get(&mut org, "/api/v1/groups/00gNone/owners").status, 404);
    assert_eq!(get(&mut org, "/api/v1/groups/00gOwn/owners").body, "[]");
}

#[test]
fn a_list_of_owners_is_cut_by_its_limit_and_found_by_type() {
    let mut org = owned().with_owners("00gOwn", &["00uZoe", "00gEveryone", "00uIsaac"]).unwrap();
    let path = "/api/v1/groups/00gOwn/owners";
    assert_eq!(ids(&get(&mut org, path)), ["00gEveryone", "00uIsaac", "00uZoe"]);
    let cut = get(&mut org, &format!("{path}?limit=2"));
    assert_eq!((ids(&cut).len(), cut.get("link")), (2, None));
    let find = |org: &mut Org, search: &str| get(org, &format!("{path}?search={}", encode(search)));
    assert_eq!(ids(&find(&mut org, r#"type eq "GROUP""#)), ["00gEveryone"]);
    assert_eq!(ids(&find(&mut org, r#"type eq "USER""#)), ["00uIsaac", "00uZoe"]);
    for search in [r#"id eq "00uZoe""#, r#"type sw "U""#, r#"type eq "APP""#, "type"] {
        assert_eq!(find(&mut org, search).status, 400, "{search}");
    }
    assert_eq!(get(&mut org, &format!("{path}?after=00uZoe")).status, 400);
}

#[test]
fn a_group_that_is_deleted_owns_nothing_any_more() {
    let mut org = owned().with_group(group("00gBoss", "OKTA_GROUP", "Bosses")).unwrap();
    assert_eq!(assign(&mut org, "00gBoss", "GROUP").status, 201);
    assert_eq!(ask(&mut org, "DELETE", "/api/v1/groups/00gBoss", "").status, 204);
    assert_eq!(get(&mut org, "/api/v1/groups/00gOwn/owners").body, "[]");
}

#[test]
fn owners_are_part_of_a_snapshot() {
    let mut org = owned();
    assign(&mut org, "00uZoe", "USER");
    let written = org.snapshot().to_json();
    let mut copy = Org::new(options());
    copy.load(SeedData::from_json(&written).unwrap()).unwrap();
    assert_eq!(copy.snapshot().owners, org.snapshot().owners);
    assert_eq!(
        get(&mut copy, "/api/v1/groups/00gOwn/owners").body,
        get(&mut org, "/api/v1/groups/00gOwn/owners").body
    );
    let unknown = json!({ "owners": { "00gOwn": [{ "id": "00uZoe" }] } }).to_string();
    assert!(Org::new(options()).load(SeedData::from_json(&unknown).unwrap()).is_err());
}

#[test]
fn one_group_embeds_its_counts_and_its_source_too() {
    let mut org = small();
    let of =
        |org: &mut Org, query: &str| body(&get(org, &format!("/api/v1/groups/{query}")))["_embedded"].clone();
    let embedded = of(&mut org, "00gApp?expand=stats,app");
    assert_eq!(embedded["app"]["label"], "corp.example.com");
    assert_eq!(embedded["stats"]["usersCount"], 0);
    assert_eq!(of(&mut org, "00gEveryone?expand=stats")["stats"]["usersCount"], 2);
    assert_eq!(of(&mut org, "00gOwn?expand=stats")["stats"]["appsCount"], 1);
    assert_eq!(of(&mut org, "00gOwn"), Value::Null);
    let spelled = json!({ "stats": { "hasAdminPrivilege": true } });
    let misspelled = json!({ "stats": { "hasAdminPrivlege": true } });
    for (id, stats) in [("00gA", spelled), ("00gB", misspelled)] {
        let mut admins = group(id, "OKTA_GROUP", id);
        admins["_embedded"] = stats;
        org = org.with_group(admins).unwrap();
        assert_eq!(of(&mut org, &format!("{id}?expand=stats"))["stats"]["hasAdminPrivilege"], true);
    }
}

/// Each recorded exchange about owners, of an org where they were there.
#[test]
fn each_recorded_exchange_about_owners_is_answered_alike() {
    let shared = std::env::var("OKTA_GROUPS_SHARED")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared").to_owned());
    let text = std::fs::read_to_string(format!("{shared}/traffic/owners.jsonl")).unwrap_or_default();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| row[name].as_str().unwrap_or_default();
        let recorded: Value = serde_json::from_str(text("responseBody")).unwrap_or_default();
        let (method, url) = (text("method"), text("url"));
        let owned = url.split('/').nth(4).unwrap();
        let mut org = Org::new(options()).with_group(group(owned, "OKTA_GROUP", "owned")).unwrap();
        let owners = match &recorded {
            Value::Array(owners) => owners.clone(),
            Value::Object(owner) => vec![json!(owner)],
            _ => vec![json!({ "id": url.split('/').nth(6).unwrap(), "displayName": "who goes" })],
        };
        for owner in owners {
            let (id, name) = (owner["id"].as_str().unwrap(), owner["displayName"].as_str().unwrap());
            let (first, last) = name.split_once(' ').unwrap_or((name, ""));
            org = match id.starts_with("00g") {
                true => org.with_group(group(id, "OKTA_GROUP", name)).unwrap(),
                false => org
                    .with_user(json!({ "id": id, "profile": { "firstName": first, "lastName": last } }))
                    .unwrap(),
            };
            if method != "POST" {
                let seed = json!({ "owners": { owned: [owner] } }).to_string();
                org.load(SeedData::from_json(&seed).unwrap()).unwrap();
            }
        }
        let date = row["responseHeaders"]["date"][0].as_str().unwrap();
        let request = okta_groups_emulator::Request::new(method, url).header("authorization", "SSWS t");
        let response = org.handle(&request.body(text("requestBody")), moment(date));
        assert_eq!(response.status, row["status"].as_u64().unwrap() as u16, "{method} {url}");
        let answered: Value = serde_json::from_str(&response.body).unwrap_or_default();
        assert_eq!(answered, recorded, "{method} {url}");
    }
}
