//! People: by id and login, lists of all with `search`, `filter` and `q`, and a person's groups.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::*;
use okta_groups::filter::{Matcher, Parameter};
use okta_groups_emulator::faults::Act;
use okta_groups_emulator::{Options, Org, RateLimit, Request, SeedData, Token};
use serde_json::{Value, json};

fn person(id: &str, status: &str, first: &str, last: &str, login: &str) -> Value {
    json!({
        "id": id, "status": status, "created": "2020-01-01T00:00:00.000Z", "lastUpdated": "2021-06-01T00:00:00.000Z",
        "profile": { "firstName": first, "lastName": last, "login": login, "email": login,
            "employeeNumber": id.trim_start_matches("00u"), "level": id.len() }
    })
}

/// Four people in three statuses; the ids are in another order than the seed.
fn people() -> Org {
    people_with(options())
}

fn people_with(options: Options) -> Org {
    let mut org = Org::new(options);
    let users = json!({ "users": [
        person("00u4", "DEPROVISIONED", "Dan", "Reyes", "dan@gone.example.com"),
        person("00u1", "ACTIVE", "Ana", "O'Brien", "Ana.OBrien@example.com"),
        person("00u3", "STAGED", "Çelik", "Brock \"B\" \\", "isaac@b.example.com"),
        person("00u2", "ACTIVE", "Isaac", "Brock", "isaac@a.example.com"),
    ] });
    org.load(SeedData::from_json(&users.to_string()).unwrap()).unwrap();
    org
}

fn search(expression: &str) -> String {
    format!("/api/v1/users?search={}", encode(expression))
}

fn filter(expression: &str) -> String {
    format!("/api/v1/users?filter={}", encode(expression))
}

#[test]
fn one_person_is_found_by_id_login_in_any_case_and_short_name() {
    let mut org = people();
    for key in ["00u1", "ana.obrien@example.com", "Ana.OBrien%40example.com", "ana.obrien"] {
        let user = body(&get(&mut org, &format!("/api/v1/users/{key}")));
        assert_eq!(user["id"], "00u1", "{key}");
        assert_eq!(user["profile"]["lastName"], "O'Brien");
        assert_eq!(user["_links"]["self"]["href"], "https://acme.okta.com/api/v1/users/00u1");
    }
    // Two logins begin with `isaac@`.
    for key in ["isaac", "00uNone", "ME", "00U1"] {
        let response = get(&mut org, &format!("/api/v1/users/{key}"));
        let error = body(&response);
        assert_eq!((response.status, &error["errorCode"]), (404, &json!("E0000007")), "{key}");
        assert_eq!(error["errorSummary"], format!("Not found: Resource not found: {key} (User)"));
    }
}

#[test]
fn a_list_of_people_is_in_the_order_of_ids_and_leaves_out_who_is_deprovisioned() {
    let mut org = people();
    let all = get(&mut org, "/api/v1/users");
    assert_eq!(ids(&all), ["00u1", "00u2", "00u3"]);
    assert_eq!(all.get("link"), Some("<https://acme.okta.com/api/v1/users?limit=200>; rel=\"self\""));
    assert_eq!(walk(&mut org, "/api/v1/users?limit=1", |_, _| {}), ["00u1", "00u2", "00u3"]);
    // The most is 200.
    let link = get(&mut org, "/api/v1/users?limit=1000");
    assert!(link.get("link").unwrap().contains("?limit=200>"));
}

#[test]
fn search_and_filter_find_people_as_documented() {
    let mut org = people();
    for (path, found) in [
        (search(r#"profile.login eq "ana.obrien@EXAMPLE.com""#), vec!["00u1"]),
        (search(r#"profile.email eq "dan@gone.example.com" or id eq "00u2""#), vec!["00u2", "00u4"]),
        (search(r#"profile.lastName eq "brock""#), vec!["00u2"]),
        (search(r#"profile.lastName eq "Brock \"B\" \\""#), vec!["00u3"]),
        (search(r#"profile.firstName sw "ç""#), vec!["00u3"]),
        (search(r#"profile.login co "@a.""#), vec!["00u2"]),
        (search(r#"status eq "DEPROVISIONED""#), vec!["00u4"]),
        (search(r#"profile.login eq "isaac@a.example.com" and status eq "STAGED""#), vec![]),
        (search(r#"profile.employeeNumber eq "3""#), vec!["00u3"]),
        (search(r#"profile.level gt 3"#), vec!["00u1", "00u2", "00u3", "00u4"]),
        (search(r#"profile.costCenter pr"#), vec![]),
        (search(r#"lastUpdated gt "2021-05-01T00:00:00.000Z" and status lt "B""#), vec!["00u1", "00u2"]),
        (filter(r#"status eq "ACTIVE""#), vec!["00u1", "00u2"]),
        (filter(r#"profile.login eq "isaac@b.example.com""#), vec!["00u3"]),
        (filter(r#"id eq "00u4""#), vec!["00u4"]),
        (filter(r#"lastUpdated lt "2021-05-01T00:00:00.000Z""#), vec![]),
    ] {
        assert_eq!(ids(&get(&mut org, &path)), found, "{path}");
    }
}

#[test]
fn what_is_documented_of_no_list_of_people_is_refused() {
    let mut org = people();
    for (path, code) in [
        (search(r#"not (status eq "ACTIVE")"#), "E0000031"),
        (search(r#"status ne "ACTIVE""#), "E0000031"),
        (search(r#"profile.login ew ".com""#), "E0000031"),
        (search(r#"profile.title co "eng""#), "E0000031"),
        (search(r#"created sw "2020""#), "E0000031"),
        (search(r#"credentials.provider eq "OKTA""#), "E0000031"),
        (search(r#"created gt "yesterday""#), "E0000030"),
        (search(r#"profile.login eq"#), "E0000031"),
        (filter(r#"profile.title eq "x""#), "E0000031"),
        (filter(r#"profile.login sw "isaac""#), "E0000031"),
        (filter(r#"status gt "A""#), "E0000031"),
        (filter("status pr"), "E0000031"),
        ("/api/v1/users?after=00u1".to_owned(), "E0000031"),
        (search(r#"id pr"#) + "&sortBy=credentials", "E0000031"),
        (search(r#"id pr"#) + "&sortBy=id&sortOrder=up", "E0000031"),
        (search(r#"id pr"#) + "&sortBy=id&after=00u1", "E0000031"),
        ("/api/v1/users?limit=0".to_owned(), "E0000001"),
    ] {
        let response = get(&mut org, &path);
        assert_eq!((response.status, body(&response)["errorCode"].as_str()), (400, Some(code)), "{path}");
    }
}

#[test]
fn what_a_quirk_names_is_taken_of_people_too() {
    let mut lax = options();
    lax.quirks.undocumented = ["ne", "not", "attribute"].map(str::to_owned).to_vec().try_into().unwrap();
    let mut org = people_with(lax);
    for (path, found) in [
        (search(r#"status ne "ACTIVE""#), vec!["00u3", "00u4"]),
        (search(r#"not (status eq "ACTIVE")"#), vec!["00u3", "00u4"]),
        (filter(r#"profile.employeeNumber eq "2""#), vec!["00u2"]),
    ] {
        assert_eq!(ids(&get(&mut org, &path)), found, "{path}");
    }
    assert_eq!(get(&mut org, &search(r#"profile.login ew ".com""#)).status, 400);
}

#[test]
fn q_is_one_page_of_names_and_emails_that_begin_so() {
    let mut org = people();
    for (q, found) in [
        ("ISA", vec!["00u2", "00u3"]),
        ("o'b", vec!["00u1"]),
        ("bro", vec!["00u2", "00u3"]),
        ("dan", vec![]),
        ("rock", vec![]),
    ] {
        let response = get(&mut org, &format!("/api/v1/users?q={}", encode(q)));
        assert_eq!(ids(&response), found, "{q}");
        assert_eq!(next(&response), None);
    }
    let mut org = seeded(2, 2_000);
    let ten = get(&mut org, "/api/v1/users?q=a");
    assert_eq!((ids(&ten).len(), next(&ten)), (10, None));
    assert_eq!(ids(&get(&mut org, "/api/v1/users?q=a&limit=150")).len(), 150);
}

#[test]
fn people_who_are_young_are_not_in_lists_that_lag_and_are_found_by_login() {
    let mut late = person("00u9", "ACTIVE", "Lee", "Late", "late@example.com");
    late["created"] = json!("2025-01-01T00:00:00.000Z");
    let mut org = people().with_user(late).unwrap();
    let rule = json!({ "rules": [{ "operation": "GET /api/v1/users", "fault": { "lag": 5000 } }] });
    org.set_faults(serde_json::from_value(rule).unwrap());
    let mut ask = |path: &str, ms: i64| {
        let request = Request::new("GET", path).header("authorization", "SSWS t");
        match org.deliver(&request, NOW + ms).act {
            Act::Answer(response, _) => body(&response),
            other => panic!("{other:?}"),
        }
    };
    let by_login = search(r#"profile.login eq "late@example.com""#);
    assert_eq!(ask(&by_login, 2_000), json!([]));
    assert_eq!(ask(&by_login, 6_000)[0]["id"], "00u9");
    assert_eq!(ask("/api/v1/users/late@example.com", 2_000)["id"], "00u9");
}

#[test]
fn a_sorted_search_of_people_is_paged_in_its_order() {
    let mut org = people();
    let path = search("id pr") + "&sortBy=profile.lastName&sortOrder=desc&limit=2";
    assert_eq!(walk(&mut org, &path, |_, _| {}), ["00u4", "00u1", "00u3", "00u2"]);
    let first = get(&mut org, &path);
    let link = first.get("link").unwrap();
    assert_eq!(
        link,
        "<https://acme.okta.com/api/v1/users?limit=2&search=id+pr&sortBy=profile.lastName&sortOrder=desc>; rel=\"self\""
    );
    // Without a search nothing is sorted.
    assert_eq!(ids(&get(&mut org, "/api/v1/users?sortBy=profile.lastName")), ["00u1", "00u2", "00u3"]);
}

#[test]
fn many_logins_are_found_by_one_search() {
    let mut org = seeded(2, 3_000);
    let logins: Vec<_> = body(&get(&mut org, "/api/v1/users?limit=60"))
        .as_array()
        .unwrap()
        .iter()
        .map(|user| format!("profile.login eq {}", user["profile"]["login"]))
        .collect();
    let found = get(&mut org, &search(&logins.join(" or ")));
    assert_eq!(ids(&found).len(), 60);
}

fn named(id: &str, group_type: &str, name: &str, created: &str) -> Value {
    let mut it = group(id, group_type, name);
    it["created"] = json!(created);
    it
}

fn grouped() -> Org {
    people()
        .with_group(named("00gZ", "OKTA_GROUP", "Old", "2019-01-01T00:00:00.000Z"))
        .and_then(|org| org.with_group(named("00gA", "OKTA_GROUP", "New", "2024-01-01T00:00:00.000Z")))
        .and_then(|org| org.with_group(named("00gM", "APP_GROUP", "Imported", "2021-01-01T00:00:00.000Z")))
        .and_then(|org| org.with_group(named("00gE", "BUILT_IN", "Everyone", "2020-01-01T00:00:00.000Z")))
        .and_then(|org| org.with_group(named("00gX", "OKTA_GROUP", "Other", "2018-01-01T00:00:00.000Z")))
        .and_then(|org| org.with_members("00gZ", &["00u1", "00u2"]))
        .and_then(|org| org.with_members("00gA", &["00u1"]))
        .and_then(|org| org.with_members("00gM", &["00u1"]))
        .unwrap()
}

#[test]
fn a_persons_groups_begin_with_everyone_and_follow_by_created() {
    let mut org = grouped();
    let mine = get(&mut org, "/api/v1/users/00u1/groups");
    assert_eq!(ids(&mine), ["00gE", "00gZ", "00gM", "00gA"]);
    assert_eq!(
        mine.get_all("link").collect::<Vec<_>>(),
        ["<https://acme.okta.com/api/v1/users/00u1/groups?limit=200>; rel=\"self\""]
    );
    // Everyone has everybody, whatever was seeded.
    assert_eq!(ids(&get(&mut org, "/api/v1/users/dan@gone.example.com/groups")), ["00gE"]);
    assert_eq!(get(&mut org, "/api/v1/users/00uNone/groups").status, 404);
}

#[test]
fn a_persons_groups_are_paged_and_change_at_once() {
    let mut org = grouped();
    let path = "/api/v1/users/00u1/groups?limit=1";
    assert_eq!(walk(&mut org, path, |_, _| {}), ["00gE", "00gZ", "00gM", "00gA"]);
    // What ends a page may be gone when the next one comes.
    let left = |org: &mut Org, pages| {
        if pages == 2 {
            assert_eq!(ask(org, "DELETE", "/api/v1/groups/00gZ/users/00u1", "").status, 204);
        }
    };
    assert_eq!(walk(&mut org, path, left), ["00gE", "00gZ", "00gM", "00gA"]);
    assert_eq!(ids(&get(&mut org, "/api/v1/users/00u1/groups")), ["00gE", "00gM", "00gA"]);
    assert_eq!(ask(&mut org, "PUT", "/api/v1/groups/00gX/users/00u1", "").status, 204);
    assert_eq!(ids(&get(&mut org, "/api/v1/users/00u1/groups")), ["00gE", "00gX", "00gM", "00gA"]);
    let bad = get(&mut org, "/api/v1/users/00u1/groups?after=00gZ");
    assert_eq!((bad.status, &body(&bad)["errorCode"]), (400, &json!("E0000029")));
}

#[test]
fn people_need_a_scope_of_their_own_and_count_in_buckets_of_their_own() {
    let token = |name: &str, scope: &str| -> Token {
        serde_json::from_value(json!({ "token": name, "scopes": [scope] })).unwrap()
    };
    let mut options = options();
    options.rate_limit = RateLimit::each(2);
    options.tokens = vec![
        token("groups", "okta.groups.manage"),
        token("reader", "okta.users.read"),
        token("manager", "okta.users.manage"),
        token("schemas", "okta.schemas.read"),
    ];
    let mut org = people_with(options);
    let mut status = |name: &str, path: &str| {
        let request = Request::new("GET", path).header("authorization", &format!("SSWS {name}"));
        org.handle(&request, NOW).status
    };
    for path in ["/api/v1/users", "/api/v1/users/00u1", "/api/v1/users/00u1/groups"] {
        assert_eq!(status("groups", path), 403, "{path}");
        assert_eq!(status("reader", path), 200, "{path}");
        assert_eq!(status("manager", path), 429, "{path}: the third");
    }
    assert_eq!(status("groups", "/api/v1/groups"), 200);
    assert_eq!(status("groups", "/api/v1/meta/schemas/group/default"), 403);
    assert_eq!(status("schemas", "/api/v1/meta/schemas/group/default"), 200);
}

/// The org passes over users by their folded names before it compares; that must find nobody less than the comparison.
#[test]
fn a_search_by_names_finds_whom_the_comparison_alone_finds() {
    let names =
        ["Σίσυφος", "ΣΊΣΥΦΟΣ", "İpek", "ipek", "straße", "STRASSE", "Ǆamonja", "ǆamonja", "O'Brien", "a\"b"];
    let users: Vec<Value> = names
        .iter()
        .enumerate()
        .map(|(at, name)| {
            person(&format!("00u{at}"), "ACTIVE", name, names[at / 2], &format!("u{at}@Example.com"))
        })
        .collect();
    let mut org = Org::new(options());
    org.load(SeedData::from_json(&json!({ "users": users }).to_string()).unwrap()).unwrap();
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    let mut found = 0;
    for part in names.iter().flat_map(|name| {
        let first = name.chars().take(3).collect::<String>();
        let last = name.chars().skip(3).collect();
        [name.to_lowercase(), name.to_uppercase(), first, last]
    }) {
        let part = quoted(&part);
        for text in [
            format!("profile.firstName sw {part}"),
            format!("profile.lastName co {part}"),
            format!("profile.firstName eq {part} or profile.lastName eq {part}"),
            format!("profile.firstName co {part} and profile.login sw \"U\""),
            format!("profile.firstName sw {part} or status eq \"STAGED\" or profile.email co \"u3@EX\""),
        ] {
            let expression = okta_groups::filter::parse(&text).unwrap();
            let test = Matcher::compile(&expression, Parameter::Search.into());
            let expected: Vec<_> =
                users.iter().filter(|user| test.matches(user)).map(|user| user["id"].clone()).collect();
            let listed = ids(&get(&mut org, &search(&text)));
            assert_eq!(json!(listed), json!(expected), "{text}");
            found += listed.len();
        }
    }
    assert!(found > 200, "{found}");
}

#[test]
fn the_schema_names_the_attributes_that_groups_may_have() {
    let schema = body(&get(&mut small(), "/api/v1/meta/schemas/group/default"));
    let definitions = &schema["definitions"];
    assert_eq!(definitions["base"]["required"], json!(["name"]));
    assert_eq!(definitions["base"]["properties"]["description"]["type"], "string");
    assert_eq!(definitions["custom"]["properties"]["costCenter"]["type"], "integer");
    assert_eq!(definitions["custom"]["properties"]["restricted"]["type"], "boolean");
    assert_eq!(schema["id"], "https://acme.okta.com/meta/schemas/group/default");
}

#[test]
fn the_schema_names_the_attributes_that_users_may_have() {
    let schema = body(&get(&mut people(), "/api/v1/meta/schemas/user/default"));
    let definitions = &schema["definitions"];
    assert_eq!(definitions["base"]["required"], json!(["login", "email", "firstName", "lastName"]));
    assert_eq!(definitions["base"]["properties"].as_object().unwrap().len(), 31);
    assert_eq!(definitions["base"]["properties"]["department"]["type"], "string");
    let custom = definitions["custom"]["properties"].as_object().unwrap();
    assert_eq!(custom.keys().collect::<Vec<_>>(), ["level"]);
    assert_eq!(custom["level"]["type"], "integer");
    assert_eq!(schema["id"], "https://acme.okta.com/meta/schemas/user/default");
}

#[test]
fn me_is_the_user_of_the_token_the_first_who_is_active() {
    // 00u0 and 00u1 are not ACTIVE, and somebody's login begins so.
    let users = json!({ "users": [
        person("00u0", "STAGED", "Me", "Too", "me@example.com"),
        person("00u1", "DEPROVISIONED", "Dan", "Reyes", "dan@example.com"),
        person("00u2", "ACTIVE", "Ana", "O'Brien", "ana@example.com"),
        person("00u3", "ACTIVE", "Isaac", "Brock", "isaac@example.com"),
    ], "groups": [group("00g1", "OKTA_GROUP", "one")], "memberships": { "00g1": ["00u2"] } });
    let mut org = Org::new(options());
    org.load(SeedData::from_json(&users.to_string()).unwrap()).unwrap();
    let user = body(&get(&mut org, "/api/v1/users/me"));
    assert_eq!(user, body(&get(&mut org, "/api/v1/users/00u2")));
    assert_eq!(ids(&get(&mut org, "/api/v1/users/me/groups")), ["00g1"]);
    let empty = get(&mut Org::new(options()), "/api/v1/users/me");
    assert_eq!((empty.status, &body(&empty)["errorCode"]), (404, &json!("E0000007")));
}

/// Each recorded list of a person's groups, of an org that holds them and that person: the same groups in the same order,
/// the same `Link`.
#[test]
fn each_recorded_list_of_a_persons_groups_is_answered_alike() {
    let shared = std::env::var("OKTA_GROUPS_SHARED")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared").to_owned());
    let text = std::fs::read_to_string(format!("{shared}/traffic/user-groups.jsonl")).unwrap_or_default();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let recorded: Value = serde_json::from_str(row["responseBody"].as_str().unwrap()).unwrap();
        let url = row["url"].as_str().unwrap();
        let user = url.split('/').nth(4).unwrap();
        let mut org = Org::new(options()).with_user(json!({ "id": user, "status": "ACTIVE" })).unwrap();
        for group in recorded.as_array().unwrap().iter().rev() {
            let id = group["id"].as_str().unwrap();
            org = org.with_group(group.clone()).and_then(|org| org.with_members(id, &[user])).unwrap();
        }
        let response = get(&mut org, url);
        assert_eq!(response.status, row["status"].as_u64().unwrap() as u16);
        let answered = body(&response);
        for (ours, theirs) in answered.as_array().unwrap().iter().zip(recorded.as_array().unwrap()) {
            let less_links = |group: &Value| {
                let mut group = group.clone();
                let links = group["_links"].as_object_mut().unwrap();
                let kinds: Vec<_> = links.keys().cloned().collect();
                group["_links"] = json!(kinds);
                group
            };
            assert_eq!(less_links(ours), less_links(theirs), "{url}");
        }
        assert_eq!(answered.as_array().unwrap().len(), recorded.as_array().unwrap().len());
        let link = row["responseHeaders"]["link"][0].as_str().unwrap();
        let path = |link: &str| link.split_once("/api/v1").unwrap().1.to_owned();
        assert_eq!(path(response.get("link").unwrap()), path(link), "{url}");
    }
}
