//! A list gives every item once, whatever happens between its pages.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::collections::BTreeSet;

use common::*;
use okta_groups_emulator::{Org, Request, SeedOptions, Undocumented};
use serde_json::Value;

#[test]
fn the_whole_org_comes_exactly_once_at_any_page_size() {
    let mut org = seeded(431, 50);
    let all = ids(&get(&mut org, "/api/v1/groups"));
    assert_eq!(all.len(), 431);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 431);
    for limit in [1, 7, 200, 431, 10_000] {
        assert_eq!(walk(&mut org, &format!("/api/v1/groups?limit={limit}"), |_, _| ()), all, "limit {limit}");
    }
}

#[test]
fn a_full_last_page_has_no_next() {
    let mut org = seeded(10, 0);
    assert_eq!(next(&get(&mut org, "/api/v1/groups?limit=10")), None);
    assert!(next(&get(&mut org, "/api/v1/groups?limit=9")).is_some());
}

#[test]
fn members_and_apps_come_exactly_once() {
    let mut org = seeded(60, 333);
    let everyone = ids(&get(&mut org, "/api/v1/groups?q=everyone")).remove(0);
    for limit in [1, 7, 200] {
        let users = walk(&mut org, &format!("/api/v1/groups/{everyone}/users?limit={limit}"), |_, _| ());
        assert_eq!((users.len(), users.iter().collect::<BTreeSet<_>>().len()), (333, 333));
    }
    for group in ids(&get(&mut org, "/api/v1/groups")) {
        let whole = ids(&get(&mut org, &format!("/api/v1/groups/{group}/apps")));
        assert_eq!(walk(&mut org, &format!("/api/v1/groups/{group}/apps?limit=2"), |_, _| ()), whole);
    }
}

#[test]
fn groups_created_and_deleted_between_pages_move_nothing() {
    for query in [
        "limit=7",
        "limit=7&search=id+sw+%2200g%22&sortBy=profile.name",
        "limit=7&filter=type+eq+%22OKTA_GROUP%22",
    ] {
        let mut org = seeded(120, 5);
        let own = ids(&get(&mut org, "/api/v1/groups?filter=type+eq+%22OKTA_GROUP%22"));
        let before: BTreeSet<String> =
            walk(&mut org, &format!("/api/v1/groups?{query}"), |_, _| ()).into_iter().collect();
        let mut deleted = BTreeSet::new();
        let seen = walk(&mut org, &format!("/api/v1/groups?{query}"), |org, page| {
            if page > 12 {
                return;
            }
            // One that was listed, one that was not, and one more at either end of the names.
            for victim in [&own[page], &own[own.len() - page]] {
                assert_eq!(ask(org, "DELETE", &format!("/api/v1/groups/{victim}"), "").status, 204);
                deleted.insert(victim.clone());
            }
            for name in [format!("000 new {page}"), format!("zzz new {page}")] {
                let body = serde_json::json!({ "profile": { "name": name } }).to_string();
                assert_eq!(ask(org, "POST", "/api/v1/groups", &body).status, 200);
            }
        });
        let unique: BTreeSet<String> = seen.iter().cloned().collect();
        assert_eq!(unique.len(), seen.len(), "{query}: a group came twice");
        let missing: Vec<_> = before.difference(&unique).filter(|id| !deleted.contains(*id)).collect();
        assert!(missing.is_empty(), "{query}: {missing:?} were there all along and never came");
    }
}

#[test]
fn a_deleted_last_group_of_a_page_is_still_a_place_to_go_on_from() {
    let mut org = seeded(30, 0);
    let all = ids(&get(&mut org, "/api/v1/groups"));
    let first = get(&mut org, "/api/v1/groups?limit=10");
    let last = &ids(&first)[9];
    assert_eq!(ask(&mut org, "DELETE", &format!("/api/v1/groups/{last}"), "").status, 204);
    assert_eq!(ids(&get(&mut org, &next(&first).unwrap())), all[10..20]);
}

#[test]
fn a_sorted_search_is_sorted_and_ties_go_by_id() {
    let mut org = seeded(200, 0);
    for (by, order) in [
        ("profile.name", "asc"),
        ("profile.name", "desc"),
        ("lastUpdated", "desc"),
        ("type", "asc"),
        ("type", "desc"),
        ("profile.costCenter", "asc"),
        ("profile.costCenter", "desc"),
        ("profile.restricted", "asc"),
        ("profile.noSuchThing", "desc"),
    ] {
        let query = format!("/api/v1/groups?search=id+sw+%2200g%22&sortBy={by}&sortOrder={order}");
        let rows = body(&get(&mut org, &query));
        let key = |row: &Value| by.split('.').fold(row.clone(), |value, name| value[name].clone());
        for pair in rows.as_array().unwrap().windows(2) {
            let (a, b) = (key(&pair[0]), key(&pair[1]));
            let in_order = match (&a, &b) {
                _ if a == b => pair[0]["id"].as_str() < pair[1]["id"].as_str(),
                (_, Value::Null) => true,
                (Value::Null, _) => false,
                (Value::String(a), Value::String(b)) => {
                    (a.to_lowercase() <= b.to_lowercase()) == (order == "asc")
                        || a.to_lowercase() == b.to_lowercase()
                }
                (Value::Number(a), Value::Number(b)) => (a.as_i64() < b.as_i64()) == (order == "asc"),
                (Value::Bool(a), Value::Bool(b)) => (a < b) == (order == "asc"),
                other => panic!("{other:?}"),
            };
            assert!(in_order, "{by} {order}: {a} then {b}");
        }
        let whole = ids(&get(&mut org, &query));
        assert_eq!(walk(&mut org, &format!("{query}&limit=7"), |_, _| ()), whole, "{by} {order}");
    }
}

#[test]
fn a_sorted_search_shows_a_change_at_once() {
    let mut org = small();
    let sorted = "/api/v1/groups?search=type+eq+%22OKTA_GROUP%22&sortBy=profile.name";
    let create = |org: &mut _, name: &str| {
        let sent = serde_json::json!({ "profile": { "name": name } }).to_string();
        body(&ask(org, "POST", "/api/v1/groups", &sent))["id"].as_str().unwrap().to_owned()
    };
    let (a, b) = (create(&mut org, "A"), create(&mut org, "B"));
    assert_eq!(ids(&get(&mut org, sorted)), [a.as_str(), &b, "00gOwn"]);
    ask(&mut org, "PUT", &format!("/api/v1/groups/{a}"), r#"{"profile":{"name":"C"}}"#);
    assert_eq!(ids(&get(&mut org, sorted)), [b.as_str(), &a, "00gOwn"]);
    ask(&mut org, "DELETE", &format!("/api/v1/groups/{b}"), "");
    assert_eq!(ids(&get(&mut org, sorted)), [a.as_str(), "00gOwn"]);
    let by_members = "/api/v1/groups?search=type+eq+%22OKTA_GROUP%22&sortBy=lastMembershipUpdated";
    assert_eq!(ids(&get(&mut org, by_members)), ["00gOwn", a.as_str()]);
    let joined =
        Request::new("PUT", "/api/v1/groups/00gOwn/users/00uIsaac").header("authorization", "SSWS t");
    assert_eq!(org.handle(&joined, NOW + 1_000).status, 204);
    assert_eq!(ids(&get(&mut org, by_members)), [a.as_str(), "00gOwn"]);
}

#[test]
fn sort_by_without_a_search_does_nothing() {
    let mut org = seeded(50, 0);
    let plain = ids(&get(&mut org, "/api/v1/groups"));
    assert_eq!(ids(&get(&mut org, "/api/v1/groups?sortBy=profile.name&sortOrder=desc")), plain);
}

#[test]
fn an_index_finds_what_a_scan_finds() {
    // A scan needs operators that the reference does not document.
    let mut lenient = options();
    lenient.quirks.undocumented = Undocumented::OPERATORS;
    let mut org = Org::seeded(lenient, SeedOptions { groups: 400, users: 20, seed: 7 });
    let all = body(&get(&mut org, "/api/v1/groups"));
    let one = &all[100];
    let (id, name) = (one["id"].as_str().unwrap(), &one["profile"]["name"]);
    for (indexed, scanned) in [
        (format!("search=id eq \"{id}\""), format!("search=id ge \"{id}\" and id le \"{id}\"")),
        ("search=type eq \"app_group\"".into(), "search=type sw \"app\"".into()),
        ("filter=type eq \"APP_GROUP\"".into(), "search=type sw \"app\"".into()),
        ("filter=type eq \"app_group\"".into(), "filter=type eq \"nothing\"".into()),
        (
            format!("search=profile.name eq {name}"),
            format!("search=profile.name ge {name} and profile.name le {name}"),
        ),
        (
            format!("search=type eq \"OKTA_GROUP\" and profile.name eq {name}"),
            format!("search=type sw \"okta\" and (profile.name ge {name} and profile.name le {name})"),
        ),
        (
            "search=type eq \"OKTA_GROUP\" and profile.region eq \"emea\"".into(),
            "search=profile.region sw \"EMEA\" and type sw \"O\"".into(),
        ),
    ] {
        let list = |org: &mut _, query: &str| {
            let (parameter, text) = query.split_once('=').unwrap();
            walk(org, &format!("/api/v1/groups?{parameter}={}&limit=7", encode(text)), |_, _| ())
        };
        assert_eq!(list(&mut org, &indexed), list(&mut org, &scanned), "{indexed}");
    }
}

#[test]
fn filter_and_search_and_q_narrow_together() {
    let mut org = seeded(400, 20);
    let both = ids(&get(
        &mut org,
        "/api/v1/groups?filter=type+eq+%22APP_GROUP%22&search=profile.objectSid+sw+%22S-1%22",
    ));
    assert!(!both.is_empty());
    let q = ids(&get(&mut org, "/api/v1/groups?q=admin&filter=type+eq+%22APP_GROUP%22"));
    assert!(!q.is_empty() && q.iter().all(|id| both.contains(id)));
}
