//! A small org and short ways to ask it.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use okta_groups_emulator::{AttributeType, Options, Org, RateLimit, Request, Response, SeedOptions};
use serde_json::{Value, json};

/// 2025-01-01T00:00:00Z.
pub const NOW: i64 = 1_735_689_600_000;

pub fn options() -> Options {
    let mut options = Options::default();
    options.org_url = Some("https://acme.okta.com".into());
    options.rate_limit = RateLimit::OFF;
    options
}

pub fn seeded(groups: usize, users: usize) -> Org {
    Org::seeded(options(), SeedOptions { groups, users, seed: 7 })
}

pub fn group(id: &str, group_type: &str, name: &str) -> Value {
    json!({
        "id": id, "created": "2020-01-01T00:00:00.000Z", "lastUpdated": "2020-01-01T00:00:00.000Z",
        "lastMembershipUpdated": "2020-01-01T00:00:00.000Z", "objectClass": ["okta:user_group"],
        "type": group_type, "profile": { "name": name, "description": null }
    })
}

/// One group of each type, two users, an app.
pub fn small() -> Org {
    small_with(options())
}

pub fn small_with(options: Options) -> Org {
    let mut imported = group("00gApp", "APP_GROUP", "Administrators");
    imported["source"] = json!({ "id": "0oaDirectory" });
    let mut pushed = group("00gPushed", "APP_GROUP", "Administrators");
    pushed["_embedded"] = json!({ "stats": { "groupPushMappingsCount": 1 } });
    Org::new(options)
        .with_app(json!({ "id": "0oaDirectory", "name": "active_directory", "label": "corp.example.com",
            "status": "ACTIVE", "signOnMode": "AUTO_LOGIN" }))
        .and_then(|org| org.with_user(json!({ "id": "00uIsaac", "status": "ACTIVE" })))
        .and_then(|org| org.with_user(json!({ "id": "00uAlice", "status": "STAGED" })))
        .and_then(|org| org.with_group(group("00gOwn", "OKTA_GROUP", "West Coast users")))
        .and_then(|org| org.with_group(imported))
        .and_then(|org| org.with_group(pushed))
        .and_then(|org| org.with_group(group("00gEveryone", "BUILT_IN", "Everyone")))
        .and_then(|org| org.with_members("00gEveryone", &["00uIsaac", "00uAlice"]))
        .and_then(|org| org.with_assigned_apps("00gOwn", &["0oaDirectory"]))
        .unwrap()
        .with_attribute("costCenter", AttributeType::Integer)
        .with_attribute("restricted", AttributeType::Boolean)
}

pub fn ask(org: &mut Org, method: &str, path: &str, body: &str) -> Response {
    let request = Request::new(method, path).header("authorization", "SSWS t").body(body);
    org.handle(&request, NOW)
}

pub fn get(org: &mut Org, path: &str) -> Response {
    ask(org, "GET", path, "")
}

pub fn body(response: &Response) -> Value {
    serde_json::from_str(&response.body).unwrap_or_else(|e| panic!("{e}: {}", response.body))
}

/// The ids of a list.
pub fn ids(response: &Response) -> Vec<String> {
    assert_eq!(response.status, 200, "{}", response.body);
    body(response).as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// The path and query of `rel="next"`.
pub fn next(response: &Response) -> Option<String> {
    let link = response.get_all("link").find(|link| link.contains("rel=\"next\""))?;
    let url = link.split(['<', '>']).nth(1).unwrap();
    Some(url.strip_prefix("https://acme.okta.com").unwrap().to_owned())
}

/// Every id of a list, page by page; `between` runs after each page.
pub fn walk(org: &mut Org, path: &str, mut between: impl FnMut(&mut Org, usize)) -> Vec<String> {
    let (mut all, mut path, mut pages) = (Vec::new(), Some(path.to_owned()), 0);
    while let Some(this) = path {
        let response = get(org, &this);
        all.extend(ids(&response));
        path = next(&response);
        pages += 1;
        assert!(pages < 10_000, "the list does not end");
        between(org, pages);
    }
    all
}

pub fn encode(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            },
        )
        .collect()
}

/// Milliseconds since 1970 of an HTTP date, `Wed, 04 Mar 2026 10:08:01 GMT`.
pub fn moment(http_date: &str) -> i64 {
    let parts: Vec<_> = http_date.split([' ', ',']).filter(|part| !part.is_empty()).collect();
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = months.iter().position(|name| *name == parts[2]).unwrap() + 1;
    let iso = format!("{}-{month:02}-{}T{}.000Z", parts[3], parts[1], parts[4]);
    okta_groups::filter::Timestamp::parse(&iso).unwrap().as_millis()
}
