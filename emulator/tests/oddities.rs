//! What recorded orgs do and a naive local org would not. Each test is one line of the recordings' list.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::*;
use okta_groups_emulator::{Options, Org, Request, SeedOptions};
use serde_json::{Value, json};

fn links(response: &okta_groups_emulator::Response) -> Vec<String> {
    response.get_all("Link").map(str::to_owned).collect()
}

#[test]
fn with_q_there_is_no_link_whatever_else_is_asked() {
    let mut org = seeded(300, 10);
    for query in
        ["q=w", "q=w&limit=1", "q=w&filter=type+eq+%22OKTA_GROUP%22", "q=w&sortBy=profile.name&limit=200"]
    {
        let response = get(&mut org, &format!("/api/v1/groups?{query}"));
        assert!(!ids(&response).is_empty(), "{query}");
        assert_eq!(links(&response), Vec::<String>::new(), "{query}");
    }
    assert_eq!(ids(&get(&mut org, "/api/v1/groups?q=w&limit=1")).len(), 1);
}

#[test]
fn pages_without_a_limit_are_as_long_as_a_quirk_says_and_lead_on() {
    let mut options = options();
    options.quirks = serde_json::from_value(json!({ "defaultLimit": 2, "qLimit": 305 })).unwrap();
    let mut org = Org::seeded(options, SeedOptions { groups: 5, users: 5, seed: 7 });
    let everyone = ids(&get(&mut org, "/api/v1/groups?filter=type+eq+%22BUILT_IN%22"))[0].clone();
    for path in ["/api/v1/groups", &format!("/api/v1/groups/{everyone}/users")] {
        let (first, second) = (get(&mut org, path), get(&mut org, &format!("{path}?limit=4")));
        assert_eq!((ids(&first).len(), ids(&second).len()), (2, 4), "{path}");
        assert!(next(&first).unwrap().starts_with(&format!("{path}?limit=2&after=")), "{path}");
    }
    for number in 0..310 {
        let sent = json!({ "profile": { "name": format!("Many {number}") } });
        assert_eq!(ask(&mut org, "POST", "/api/v1/groups", &sent.to_string()).status, 200);
    }
    for (query, found) in [("q=many&limit=400", 305), ("q=many&limit=304", 304), ("q=many", 2)] {
        assert_eq!(ids(&get(&mut org, &format!("/api/v1/groups?{query}"))).len(), found, "{query}");
    }
}

#[test]
fn q_finds_names_that_start_so_in_any_case_and_stops_at_300() {
    let mut org = seeded(2, 0);
    for number in 0..310 {
        org =
            org.with_group(group(&format!("00gx{number}"), "OKTA_GROUP", &format!("Team {number}"))).unwrap();
    }
    org = org.with_group(group("00gInside", "OKTA_GROUP", "The Team")).unwrap();
    assert_eq!(ids(&get(&mut org, "/api/v1/groups?q=tEAM")).len(), 300);
    assert_eq!(ids(&get(&mut org, "/api/v1/groups?q=team+309")), ["00gx309"]);
    assert_eq!(ids(&get(&mut org, "/api/v1/groups?q=team+30"))[0], "00gx30");
}

#[test]
fn sort_by_is_ignored_with_q() {
    let mut org = seeded(300, 10);
    let unsorted = ids(&get(&mut org, "/api/v1/groups?q=w"));
    for sort in
        ["sortBy=name&sortOrder=desc", "sortBy=created", "sortBy=id&sortOrder=desc", "sortOrder=sideways"]
    {
        assert_eq!(ids(&get(&mut org, &format!("/api/v1/groups?q=w&{sort}"))), unsorted, "{sort}");
    }
}

#[test]
fn a_next_on_a_short_page_leads_to_an_empty_one() {
    let mut odd = options();
    odd.quirks.next_on_short_page = true;
    let mut org = small_with(odd);
    let first = get(&mut org, "/api/v1/groups/00gEveryone/users?limit=1000");
    assert_eq!(ids(&first).len(), 2);
    let second = get(&mut org, &next(&first).unwrap());
    assert_eq!((ids(&second).len(), next(&second)), (0, None));
}

#[test]
fn self_and_next_are_two_headers_or_one_with_a_comma() {
    let path = "/api/v1/groups?limit=1";
    assert_eq!(links(&get(&mut small(), path)).len(), 2);
    let mut joined = options();
    joined.quirks.joined_links = true;
    let one = links(&get(&mut small_with(joined), path));
    assert_eq!(one.len(), 1);
    assert!(one[0].contains("rel=\"self\", <https://acme.okta.com/"), "{}", one[0]);
}

#[test]
fn links_put_limit_first_blanks_as_plus_and_quotes_as_percent_22() {
    let response = get(&mut small(), "/api/v1/groups?filter=type%20eq%20%22APP_GROUP%22&limit=1");
    let links = links(&response);
    assert_eq!(
        links[0],
        "<https://acme.okta.com/api/v1/groups?limit=1&filter=type+eq+%22APP_GROUP%22>; rel=\"self\""
    );
    assert!(links[1].starts_with("<https://acme.okta.com/api/v1/groups?limit=1&after="), "{}", links[1]);
    assert!(links[1].ends_with("&filter=type+eq+%22APP_GROUP%22>; rel=\"next\""), "{}", links[1]);
}

#[test]
fn the_server_writes_its_defaults_into_self() {
    for (path, limit) in [
        ("/api/v1/groups", 10_000),
        ("/api/v1/groups/00gOwn/users", 1_000),
        ("/api/v1/groups/00gOwn/apps", 20),
        ("/api/v1/groups/", 10_000),
    ] {
        let this = path.trim_end_matches('/');
        let expected = format!("<https://acme.okta.com{this}?limit={limit}>; rel=\"self\"");
        assert_eq!(links(&get(&mut small(), path)), [expected], "{path}");
    }
    let most = get(&mut small(), "/api/v1/groups?limit=10001");
    assert!(links(&most)[0].contains("limit=10000>"));
}

#[test]
fn a_description_left_out_is_null() {
    let mut org = small();
    let created = ask(&mut org, "POST", "/api/v1/groups", r#"{"profile":{"name":"new"}}"#);
    assert!(created.body.contains(r#""profile":{"name":"new","description":null}"#), "{}", created.body);
}

#[test]
fn post_answers_200_and_204_has_neither_body_nor_content_type() {
    let mut org = small();
    let created = ask(&mut org, "POST", "/api/v1/groups", r#"{"profile":{"name":"new"}}"#);
    assert_eq!((created.status, created.get("content-type")), (200, Some("application/json")));
    let deleted = ask(&mut org, "DELETE", "/api/v1/groups/00gOwn", "");
    assert_eq!((deleted.status, deleted.get("content-type"), deleted.body.as_str()), (204, None, ""));
}

#[test]
fn timestamps_end_in_000z() {
    let mut org = small();
    let request = Request::new("POST", "/api/v1/groups").header("authorization", "SSWS t");
    let created = org.handle(&request.body(r#"{"profile":{"name":"new"}}"#), NOW + 789);
    let group = body(&created);
    assert_eq!(group["created"], "2025-01-01T00:00:00.000Z");
    assert_eq!(created.get("date"), Some("Wed, 01 Jan 2025 00:00:00 GMT"));
}

#[test]
fn put_replaces_the_whole_profile() {
    let mut org = small();
    let path = "/api/v1/groups/00gOwn";
    ask(
        &mut org,
        "PUT",
        path,
        r#"{"profile":{"name":"a","description":"d","costCenter":7,"restricted":true}}"#,
    );
    let replaced = body(&ask(&mut org, "PUT", path, r#"{"profile":{"name":"a","costCenter":7}}"#));
    assert_eq!(replaced["profile"], json!({ "name": "a", "description": null, "costCenter": 7 }));
    assert_eq!(replaced["created"], "2020-01-01T00:00:00.000Z");
    assert_eq!(replaced["lastUpdated"], "2025-01-01T00:00:00.000Z");
    assert_eq!(body(&get(&mut org, path)), replaced);
}

#[test]
fn put_takes_the_complete_group_as_it_was_read() {
    let mut org = small();
    let mut read = body(&get(&mut org, "/api/v1/groups/00gOwn"));
    read["profile"]["description"] = json!("changed");
    read["type"] = json!("BUILT_IN");
    let response = ask(&mut org, "PUT", "/api/v1/groups/00gOwn", &read.to_string());
    let written = body(&response);
    assert_eq!((response.status, &written["profile"]), (200, &read["profile"]));
    assert_eq!(written["type"], "OKTA_GROUP");
}

#[test]
fn a_group_may_keep_its_own_name_in_another_case() {
    let response =
        ask(&mut small(), "PUT", "/api/v1/groups/00gOwn", r#"{"profile":{"name":"WEST COAST USERS"}}"#);
    assert_eq!(response.status, 200);
}

#[test]
fn imported_groups_share_names_and_block_none() {
    let mut org = small();
    let search = encode(r#"profile.name eq "administrators""#);
    assert_eq!(ids(&get(&mut org, &format!("/api/v1/groups?search={search}"))), ["00gApp", "00gPushed"]);
    let own = ask(&mut org, "POST", "/api/v1/groups", r#"{"profile":{"name":"Administrators"}}"#);
    assert_eq!(own.status, 200);
}

#[test]
fn object_class_does_not_follow_type() {
    let mut org = seeded(400, 10);
    let groups = body(&get(&mut org, "/api/v1/groups?filter=type+eq+%22APP_GROUP%22"));
    let classes: std::collections::BTreeSet<_> =
        groups.as_array().unwrap().iter().map(|g| g["objectClass"][0].as_str().unwrap()).collect();
    assert_eq!(
        classes.into_iter().collect::<Vec<_>>(),
        ["okta:user_group", "okta:windows_security_principal"]
    );
    for group in groups.as_array().unwrap() {
        let windows = group["objectClass"][0] == "okta:windows_security_principal";
        assert_eq!(group["profile"]["objectSid"].is_string(), windows);
        assert_eq!(group["profile"]["googleExternalId"].is_string(), !windows);
        assert!(group["source"]["id"].is_string());
    }
}

#[test]
fn a_name_of_any_script_comes_back_as_it_was() {
    let mut org = small();
    let name = "testAcc_[xx]ZZZ_ああああ_\"<&>\\\u{1f600}";
    let created =
        ask(&mut org, "POST", "/api/v1/groups", &json!({ "profile": { "name": name } }).to_string());
    assert_eq!(body(&created)["profile"]["name"], name);
    let search = encode(&format!("profile.name eq {}", Value::from(name)));
    assert_eq!(ids(&get(&mut org, &format!("/api/v1/groups?search={search}"))).len(), 1);
}

#[test]
fn users_and_apps_have_the_nulls_of_the_recordings() {
    let mut org = seeded(3, 200);
    let everyone = ids(&get(&mut org, "/api/v1/groups?q=everyone")).remove(0);
    let users = body(&get(&mut org, &format!("/api/v1/groups/{everyone}/users")));
    let users = users.as_array().unwrap();
    assert_eq!(users.len(), 200);
    for key in ["activated", "statusChanged", "lastLogin", "passwordChanged"] {
        assert!(users.iter().any(|user| user[key].is_null() && user.get(key).is_some()), "{key}");
    }
    assert!(users.iter().all(|user| user["profile"]["mobilePhone"].is_null()));
    let app = body(&get(&mut small(), "/api/v1/groups/00gOwn/apps"));
    assert_eq!(app[0]["_links"]["groups"]["href"], "https://acme.okta.com/api/v1/apps/0oaDirectory/groups");
}

#[test]
fn membership_moves_its_timestamp_only_when_it_changes() {
    let mut org = small();
    let updated = |org: &mut Org| body(&get(org, "/api/v1/groups/00gOwn"))["lastMembershipUpdated"].clone();
    let path = "/api/v1/groups/00gOwn/users/00uIsaac";
    assert_eq!(ask(&mut org, "DELETE", path, "").status, 204);
    assert_eq!(updated(&mut org), "2020-01-01T00:00:00.000Z");
    assert_eq!(ask(&mut org, "PUT", path, "").status, 204);
    assert_eq!(updated(&mut org), "2025-01-01T00:00:00.000Z");
    assert_eq!(ask(&mut org, "PUT", path, "").status, 204);
    assert_eq!(ids(&get(&mut org, "/api/v1/groups/00gOwn/users")), ["00uIsaac"]);
}

#[test]
fn expand_embeds_counts_and_the_source_app() {
    let response = get(&mut small(), "/api/v1/groups?expand=stats,app&filter=id+eq+%2200gApp%22");
    let embedded = &body(&response)[0]["_embedded"];
    assert_eq!(embedded["stats"]["usersCount"], 0);
    // As real answers spell it; the vendor's contract has `hasAdminPrivlege`.
    assert_eq!(embedded["stats"]["hasAdminPrivilege"], false);
    assert!(embedded["stats"].get("hasAdminPrivlege").is_none());
    assert_eq!(embedded["app"]["label"], "corp.example.com");
    let built_in = get(&mut small(), "/api/v1/groups?expand=app%2Cstats&filter=type+eq+%22BUILT_IN%22");
    let embedded = &body(&built_in)[0]["_embedded"];
    assert_eq!((&embedded["stats"]["usersCount"], embedded.get("app")), (&json!(2), None));
    assert_eq!(body(&get(&mut small(), "/api/v1/groups"))[0].get("_embedded"), None);
}

#[test]
fn another_origin_may_read_the_headers_a_client_needs() {
    let page = "http://localhost:5173";
    let preflight = Request::new("OPTIONS", "/api/v1/groups")
        .header("Origin", page)
        .header("Access-Control-Request-Method", "GET")
        .header("Access-Control-Request-Headers", "authorization,content-type");
    let allowed = small().handle(&preflight, NOW);
    assert_eq!(allowed.get("Access-Control-Allow-Origin"), Some(page));
    assert_eq!(allowed.get("Access-Control-Allow-Headers"), Some("authorization,content-type"));
    let request = Request::new("GET", "/api/v1/groups").header("Origin", page);
    // Also on an error, or a page could not tell a 401 from a network that is down.
    for request in [request.clone(), request.header("Authorization", "SSWS t")] {
        let response = small().handle(&request, NOW);
        assert_eq!(response.get("Access-Control-Allow-Origin"), Some(page), "{}", response.status);
        let exposed = response.get("Access-Control-Expose-Headers").unwrap();
        for name in ["Date", "Link", "X-Okta-Request-Id", "X-Rate-Limit-Reset"] {
            assert!(exposed.split(", ").any(|exposed| exposed == name), "{name}");
        }
    }
    assert_eq!(get(&mut small(), "/api/v1/groups").get("Access-Control-Allow-Origin"), None);
}

#[test]
fn pages_of_somebody_else_read_nothing_unless_they_are_listed() {
    let mut options = Options::default();
    options.cors = vec!["https://console.example.com/".to_owned()];
    let mut org = Org::seeded(options, SeedOptions { groups: 3, users: 0, seed: 1 });
    for (page, reads, sends_cookies) in [
        ("http://localhost:5173", true, false),
        ("https://app.localhost", true, false),
        ("http://127.0.0.1:8080", true, false),
        ("http://[::1]:8080", true, false),
        ("https://console.example.com", true, true),
        ("https://console.example.com:8443", false, false),
        ("http://console.example.com", false, false),
        ("https://evil.example", false, false),
        ("http://localhost.evil.example", false, false),
        ("http://127.0.0.1.evil.example", false, false),
        ("null", false, false),
    ] {
        let preflight =
            Request::new("OPTIONS", "/api/v1/groups").header("Access-Control-Request-Method", "GET");
        for request in
            [preflight, Request::new("GET", "/api/v1/groups"), Request::new("POST", "/oauth2/v1/token")]
        {
            let answer = org.handle(&request.header("Origin", page), NOW);
            assert_eq!(answer.get("Access-Control-Allow-Origin"), reads.then_some(page), "{page}");
            let credentials = answer.get("Access-Control-Allow-Credentials");
            assert_eq!(credentials, sends_cookies.then_some("true"), "{page}");
            assert!(answer.get_all("Vary").any(|vary| vary.starts_with("Origin")), "{page}");
        }
    }
}

#[test]
fn an_org_is_known_by_loopback_hosts_its_own_and_those_that_are_listed() {
    let mut options = Options::default();
    options.org_url = Some("https://acme.okta.com".to_owned());
    options.allowed_hosts = vec!["okta.test".to_owned(), "box:8080".to_owned()];
    let org = Org::seeded(options, SeedOptions { groups: 3, users: 0, seed: 1 });
    for (host, is_known) in [
        ("localhost:8080", true),
        ("LOCALHOST", true),
        ("127.0.0.1:8080", true),
        ("127.1.2.3", true),
        ("[::1]:8080", true),
        ("okta.localhost:1", true),
        ("acme.okta.com", true),
        ("okta.test:9000", true),
        ("box", true),
        ("evil.example", false),
        ("evil.example:8080", false),
        ("127.0.0.1.evil.example", false),
        ("128.0.0.1", false),
        ("0.0.0.0", false),
        ("", false),
    ] {
        assert_eq!(org.knows_host(&Request::new("GET", "/").header("Host", host)), is_known, "{host}");
    }
    assert!(org.knows_host(&Request::new("GET", "/")));
}
