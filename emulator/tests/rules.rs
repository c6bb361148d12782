//! Group rules: their life, their refusals, and whom they make a member.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::*;
use okta_groups_emulator::faults::Act;
use okta_groups_emulator::{Options, Org, Request, Response, SeedData};
use serde_json::{Value, json};

const RULES: &str = "/api/v1/groups/rules";

/// Four people, two of them members of B by hand.
fn staff() -> Org {
    staff_with(options())
}

fn staff_with(options: Options) -> Org {
    let person = |id: &str, status: &str, department: &str| {
        json!({ "id": id, "status": status, "profile": { "firstName": id, "lastName": "Doe", "login": id,
            "department": department, "badge": id } })
    };
    let data = json!({
        "users": [
            person("00u1", "ACTIVE", "Sales"), person("00u2", "STAGED", "Sales"),
            person("00u3", "ACTIVE", "Legal"), person("00u4", "DEPROVISIONED", "Sales"),
        ],
        "groups": [
            group("00gA", "OKTA_GROUP", "Target"), group("00gB", "OKTA_GROUP", "Source"),
            group("00gC", "OKTA_GROUP", "Chained"), group("00gE", "BUILT_IN", "Everyone"),
            group("00gP", "APP_GROUP", "Imported"),
        ],
        "memberships": { "00gB": ["00u1", "00u3"], "00gA": ["00u3"] }
    });
    let mut org = Org::new(options);
    org.load(SeedData::from_json(&data.to_string()).unwrap()).unwrap();
    org
}

fn rule(name: &str, expression: &str, targets: &[&str]) -> Value {
    json!({
        "type": "group_rule", "name": name,
        "conditions": { "people": { "users": {} }, "expression": { "type": "urn:okta:expression:1.0", "value": expression } },
        "actions": { "assignUserToGroups": { "groupIds": targets } }
    })
}

fn at(org: &mut Org, ms: i64, method: &str, path: &str, body: &str) -> Response {
    let request = Request::new(method, path).header("authorization", "SSWS t").body(body);
    org.handle(&request, NOW + ms)
}

fn create(org: &mut Org, ms: i64, rule: &Value) -> String {
    let made = at(org, ms, "POST", RULES, &rule.to_string());
    assert_eq!(made.status, 200, "{}", made.body);
    body(&made)["id"].as_str().unwrap().to_owned()
}

fn activate(org: &mut Org, ms: i64, id: &str) {
    let done = at(org, ms, "POST", &format!("{RULES}/{id}/lifecycle/activate"), "");
    assert_eq!((done.status, done.body.as_str(), done.get("content-type")), (204, "", None));
}

fn deactivate(org: &mut Org, ms: i64, id: &str) {
    assert_eq!(at(org, ms, "POST", &format!("{RULES}/{id}/lifecycle/deactivate"), "").status, 204);
}

fn read(org: &mut Org, ms: i64, id: &str) -> Value {
    body(&at(org, ms, "GET", &format!("{RULES}/{id}"), ""))
}

fn members(org: &mut Org, ms: i64, group: &str) -> Vec<String> {
    ids(&at(org, ms, "GET", &format!("/api/v1/groups/{group}/users"), ""))
}

/// Status, code, summary and causes.
fn refusal(response: &Response) -> (u16, String, String, Vec<String>) {
    let error = body(response);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let causes = error["errorCauses"].as_array().unwrap();
    let causes = causes.iter().map(|cause| text(&cause["errorSummary"])).collect();
    (response.status, text(&error["errorCode"]), text(&error["errorSummary"]), causes)
}

#[test]
fn a_new_rule_is_inactive_and_comes_back_whole() {
    let mut org = staff();
    let sent = rule("Sales", "user.department==\"Sales\"\n  AND true", &["00gA"]);
    let made = body(&at(&mut org, 0, "POST", RULES, &sent.to_string()));
    let id = made["id"].as_str().unwrap();
    assert!(id.starts_with("0pr") && id.len() == 20);
    let expected = json!({
        "type": "group_rule", "id": id, "status": "INACTIVE", "name": "Sales",
        "created": "2025-01-01T00:00:00.000Z", "lastUpdated": "2025-01-01T00:00:00.000Z",
        "conditions": {
            "people": { "users": { "exclude": [] }, "groups": { "exclude": [] } },
            "expression": { "value": "user.department==\"Sales\"\n  AND true", "type": "urn:okta:expression:1.0" }
        },
        "actions": { "assignUserToGroups": { "groupIds": ["00gA"] } },
        "allGroupsValid": true
    });
    assert_eq!(made, expected);
    assert_eq!(read(&mut org, 1, id), expected);
    // Nobody becomes a member by an inactive rule.
    assert_eq!(members(&mut org, 60_000, "00gA"), ["00u3"]);
}

#[test]
fn an_active_rule_makes_people_members_a_little_later_and_who_was_there_by_hand_stays() {
    let mut org = staff();
    let id = create(&mut org, 0, &rule("B", "isMemberOfAnyGroup(\"00gB\")", &["00gA"]));
    activate(&mut org, 1_000, &id);
    assert_eq!(read(&mut org, 1_000, &id)["status"], "ACTIVE");
    assert_eq!(read(&mut org, 1_000, &id)["lastUpdated"], "2025-01-01T00:00:01.000Z");
    assert_eq!(members(&mut org, 1_999, "00gA"), ["00u3"]);
    assert_eq!(members(&mut org, 2_000, "00gA"), ["00u1", "00u3"]);
    let target = body(&at(&mut org, 9_000, "GET", "/api/v1/groups/00gA", ""));
    assert_eq!(target["lastMembershipUpdated"], "2025-01-01T00:00:02.000Z");
    assert_eq!(ids(&at(&mut org, 9_000, "GET", "/api/v1/users/00u1/groups", "")), ["00gE", "00gA", "00gB"]);
    // Who joins B by hand follows, who leaves it goes.
    at(&mut org, 10_000, "PUT", "/api/v1/groups/00gB/users/00u2", "");
    at(&mut org, 10_000, "DELETE", "/api/v1/groups/00gB/users/00u1", "");
    at(&mut org, 10_000, "DELETE", "/api/v1/groups/00gB/users/00u3", "");
    assert_eq!(members(&mut org, 10_999, "00gA"), ["00u1", "00u3"]);
    assert_eq!(members(&mut org, 11_000, "00gA"), ["00u2", "00u3"]);
}

#[test]
fn a_rule_that_is_replaced_lets_people_go_once_it_is_active_again() {
    let mut org = staff();
    let id = create(&mut org, 0, &rule("Sales", "user.department==\"Sales\"", &["00gA"]));
    activate(&mut org, 0, &id);
    // STAGED people, too, and nobody who is DEPROVISIONED.
    assert_eq!(members(&mut org, 1_000, "00gA"), ["00u1", "00u2", "00u3"]);
    deactivate(&mut org, 2_000, &id);
    assert_eq!(read(&mut org, 2_000, &id)["status"], "INACTIVE");
    deactivate(&mut org, 2_000, &id);
    assert_eq!(members(&mut org, 60_000, "00gA"), ["00u1", "00u2", "00u3"]);
    let changed = rule("Sales 2", "user.department==\"BLAH\"", &["00gA"]).to_string();
    let replaced = at(&mut org, 61_000, "PUT", &format!("{RULES}/{id}"), &changed);
    let answered = body(&replaced);
    assert_eq!(
        (replaced.status, &answered["status"], &answered["name"]),
        (200, &json!("INACTIVE"), &json!("Sales 2"))
    );
    assert_eq!(answered["lastUpdated"], "2025-01-01T00:01:01.000Z");
    assert_eq!(answered["created"], "2025-01-01T00:00:00.000Z");
    assert_eq!(members(&mut org, 70_000, "00gA"), ["00u1", "00u2", "00u3"]);
    activate(&mut org, 70_000, &id);
    assert_eq!(members(&mut org, 71_000, "00gA"), ["00u3"]);
}

#[test]
fn an_active_rule_is_not_replaced() {
    let mut org = staff();
    let sent = rule("Sales", "user.department==\"Sales\"", &["00gA"]);
    let id = create(&mut org, 0, &sent);
    activate(&mut org, 0, &id);
    let refused = at(&mut org, 0, "PUT", &format!("{RULES}/{id}"), &sent.to_string());
    let (status, code, summary, causes) = refusal(&refused);
    assert_eq!((status, code.as_str()), (400, "E0000001"));
    assert_eq!(summary, "Api validation failed: updateRule");
    assert_eq!(causes, ["Cannot update a Group Rule with the status ACTIVE."]);
    assert_eq!(read(&mut org, 0, &id)["status"], "ACTIVE");
}

#[test]
fn the_end_of_a_target_makes_a_rule_invalid_a_moment_later() {
    let mut org = staff();
    let sent = rule("Sales", "user.department==\"Sales\"", &["00gA", "00gC"]);
    let id = create(&mut org, 0, &sent);
    activate(&mut org, 0, &id);
    assert_eq!(at(&mut org, 5_000, "DELETE", "/api/v1/groups/00gC", "").status, 204);
    let before = read(&mut org, 5_499, &id);
    assert_eq!((&before["status"], &before["allGroupsValid"]), (&json!("ACTIVE"), &json!(true)));
    // The lifecycle knows before the reads do (recorded).
    let refused = at(&mut org, 5_499, "POST", &format!("{RULES}/{id}/lifecycle/deactivate"), "");
    let expected = (
        400,
        "E0000001".to_owned(),
        "Api validation failed: updateRuleStatus".to_owned(),
        vec!["Cannot activate or deactivate a Group Rule with the status INVALID.".to_owned()],
    );
    assert_eq!(refusal(&refused), expected);
    let after = read(&mut org, 5_500, &id);
    assert_eq!((&after["status"], &after["allGroupsValid"]), (&json!("INVALID"), &json!(false)));
    assert_eq!(
        after["actions"]["assignUserToGroups"]["groupIds"],
        json!(["00gA", "00gC"]),
        "the dead id stays"
    );
    for verb in ["activate", "deactivate"] {
        let path = format!("{RULES}/{id}/lifecycle/{verb}");
        assert_eq!(refusal(&at(&mut org, 6_000, "POST", &path, "")), expected);
    }
    // It runs no more, and is replaced only with targets that exist.
    assert_eq!(at(&mut org, 6_000, "PUT", "/api/v1/groups/00gB/users/00u2", "").status, 204);
    let path = format!("{RULES}/{id}");
    assert_eq!(at(&mut org, 6_000, "PUT", &path, &sent.to_string()).status, 400);
    let mended = rule("Sales", "user.department==\"Sales\"", &["00gA"]).to_string();
    assert_eq!(body(&at(&mut org, 6_000, "PUT", &path, &mended))["status"], "INACTIVE");
    assert_eq!(read(&mut org, 60_000, &id)["allGroupsValid"], true);
    // Or it is deleted as it is.
    assert_eq!(at(&mut org, 61_000, "DELETE", "/api/v1/groups/00gA", "").status, 204);
    assert_eq!(read(&mut org, 62_000, &id)["status"], "INVALID");
    assert_eq!(at(&mut org, 62_000, "DELETE", &path, "").status, 202);
}

#[test]
fn a_deleted_rule_is_gone_at_once_and_takes_its_people_along_if_asked() {
    for (query, left) in [
        ("?removeUsers=true", vec!["00u3"]),
        ("?removeUsers=false", vec!["00u1", "00u2", "00u3"]),
        ("", vec!["00u1", "00u2", "00u3"]),
    ] {
        let mut org = staff();
        let id = create(
            &mut org,
            0,
            &rule("Sales", "user.department==\"Sales\" or user.badge==\"00u3\"", &["00gA"]),
        );
        activate(&mut org, 0, &id);
        assert_eq!(members(&mut org, 1_000, "00gA"), ["00u1", "00u2", "00u3"]);
        let gone = at(&mut org, 2_000, "DELETE", &format!("{RULES}/{id}{query}"), "");
        assert_eq!((gone.status, gone.body.as_str()), (202, "{}"));
        assert_eq!(gone.get("content-type"), Some("application/json"));
        let unknown = at(&mut org, 2_000, "GET", &format!("{RULES}/{id}"), "");
        let summary = format!("Not found: Resource not found: {id} (PolicyRule)");
        assert_eq!(refusal(&unknown), (404, "E0000007".to_owned(), summary, vec![]));
        assert_eq!(at(&mut org, 2_000, "GET", RULES, "").body, "[]");
        assert_eq!(members(&mut org, 10_000, "00gA"), left, "{query}");
        for (method, path) in [
            ("PUT", format!("{RULES}/{id}")),
            ("DELETE", format!("{RULES}/{id}")),
            ("POST", format!("{RULES}/{id}/lifecycle/activate")),
        ] {
            let body = rule("x", "true", &["00gA"]).to_string();
            assert_eq!(at(&mut org, 2_000, method, &path, &body).status, 404, "{method} {path}");
        }
    }
    let mut org = staff();
    let id = create(&mut org, 0, &rule("x", "true", &["00gA"]));
    assert_eq!(at(&mut org, 0, "DELETE", &format!("{RULES}/{id}?removeUsers=maybe"), "").status, 400);
}

#[test]
fn two_rules_hold_a_member_until_both_let_go() {
    let mut org = staff();
    let sales = create(&mut org, 0, &rule("Sales", "user.department==\"Sales\"", &["00gA"]));
    let named = create(&mut org, 0, &rule("Named", "user.badge==\"00u1\"", &["00gA"]));
    activate(&mut org, 0, &sales);
    activate(&mut org, 0, &named);
    let list = |org: &mut Org, ms| {
        let listed = body(&at(org, ms, "GET", "/api/v1/groups/00gA/users?expand=group-rules", ""));
        let row = |user: &Value| {
            (user["id"].as_str().unwrap().to_owned(), user["_embedded"]["group-rules"].clone())
        };
        listed.as_array().unwrap().iter().map(row).collect::<Vec<_>>()
    };
    let (of_sales, of_named) =
        (json!({ "id": sales, "name": "Sales" }), json!({ "id": named, "name": "Named" }));
    assert_eq!(
        list(&mut org, 1_000),
        [
            ("00u1".to_owned(), json!([of_sales, of_named])),
            ("00u2".to_owned(), json!([of_sales])),
            ("00u3".to_owned(), json!([])),
        ]
    );
    assert_eq!(at(&mut org, 2_000, "DELETE", &format!("{RULES}/{sales}?removeUsers=true"), "").status, 202);
    assert_eq!(
        list(&mut org, 3_000),
        [("00u1".to_owned(), json!([of_named])), ("00u3".to_owned(), json!([]))]
    );
}

#[test]
fn rules_that_follow_from_one_another_settle_step_by_step() {
    let mut org = staff();
    let chained = create(&mut org, 0, &rule("Chained", "isMemberOfGroupName(\"Target\")", &["00gC"]));
    let sales = create(&mut org, 0, &rule("Sales", "user.department==\"Sales\"", &["00gA"]));
    activate(&mut org, 0, &chained);
    assert_eq!(members(&mut org, 1_000, "00gC"), ["00u3"]);
    activate(&mut org, 1_000, &sales);
    assert_eq!(members(&mut org, 2_000, "00gA"), ["00u1", "00u2", "00u3"]);
    assert_eq!(members(&mut org, 2_000, "00gC"), ["00u3"]);
    assert_eq!(members(&mut org, 3_000, "00gC"), ["00u1", "00u2", "00u3"]);
}

#[test]
fn rules_that_undo_one_another_do_not_hang_the_org() {
    let mut org = staff();
    let id = create(&mut org, 0, &rule("Paradox", "!isMemberOfGroup(\"00gC\")", &["00gC"]));
    activate(&mut org, 0, &id);
    assert!(members(&mut org, 1_000, "00gC").len() == 3);
    assert!(members(&mut org, 2_000, "00gC").is_empty());
    assert!(members(&mut org, 1_000_000_000, "00gC").len() <= 3);
}

#[test]
fn who_is_removed_by_hand_is_excluded_and_stays_out() {
    let mut org = staff();
    let id = create(&mut org, 0, &rule("Sales", "user.department==\"Sales\"", &["00gA"]));
    activate(&mut org, 0, &id);
    assert_eq!(members(&mut org, 1_000, "00gA"), ["00u1", "00u2", "00u3"]);
    assert_eq!(at(&mut org, 2_000, "DELETE", "/api/v1/groups/00gA/users/00u1", "").status, 204);
    assert_eq!(read(&mut org, 2_000, &id)["conditions"]["people"]["users"]["exclude"], json!(["00u1"]));
    assert_eq!(members(&mut org, 60_000, "00gA"), ["00u2", "00u3"]);
    // Who was excluded from the start never comes.
    let mut excluding = rule("Not 2", "user.department==\"Sales\"", &["00gC"]);
    excluding["conditions"]["people"] =
        json!({ "users": { "exclude": ["00u2"] }, "groups": { "exclude": [] } });
    let id = create(&mut org, 60_000, &excluding);
    activate(&mut org, 60_000, &id);
    assert_eq!(members(&mut org, 70_000, "00gC"), ["00u1"]);
}

#[test]
fn what_a_rule_must_not_be_is_refused() {
    let mut org = staff();
    create(&mut org, 0, &rule("Taken", "true", &["00gA"]));
    let with = |path: &str, value: Value| {
        let mut changed = rule("New", "true", &["00gA"]);
        *changed.pointer_mut(path).unwrap() = value;
        changed
    };
    let fifty = "ä".repeat(50);
    for (body, summary, cause) in [
        (with("/name", json!("")), "name", "name: The field cannot be left blank"),
        (
            with("/name", json!(format!("{fifty}x"))),
            "name",
            "name: The field is too long, maximum is 50 characters",
        ),
        (with("/name", json!("TAKEN")), "name", "name: Policy rule name already in use"),
        (with("/type", json!("rule")), "type", "type: The field must be: group_rule"),
        (
            with("/conditions/expression/value", Value::Null),
            "conditions.expression.value",
            "conditions.expression.value: The field cannot be left blank",
        ),
        (
            with("/conditions/expression/type", json!("urn:okta:expression:2.0")),
            "conditions.expression.type",
            "conditions.expression.type: The field must be: urn:okta:expression:1.0",
        ),
        (
            with("/actions/assignUserToGroups/groupIds", json!([])),
            "actions.assignUserToGroups.groupIds",
            "actions.assignUserToGroups.groupIds: The field cannot be left blank",
        ),
        (
            with("/actions/assignUserToGroups/groupIds", json!(["00gA", "00gNone"])),
            "actions.assignUserToGroups.groupIds",
            "actions.assignUserToGroups.groupIds: Invalid group 00gNone",
        ),
        (
            with("/actions/assignUserToGroups/groupIds", json!(["00gP"])),
            "actions.assignUserToGroups.groupIds",
            "actions.assignUserToGroups.groupIds: Invalid group 00gP",
        ),
    ] {
        let refused = at(&mut org, 0, "POST", RULES, &body.to_string());
        let expected = format!("Api validation failed: {summary}");
        assert_eq!(refusal(&refused), (400, "E0000001".to_owned(), expected, vec![cause.to_owned()]));
    }
    create(&mut org, 0, &with("/name", json!(fifty)));
    for text in ["[]", "{", "null"] {
        assert_eq!(refusal(&at(&mut org, 0, "POST", RULES, text)).1, "E0000003");
    }
}

#[test]
fn an_expression_that_the_org_does_not_understand_has_both_recorded_causes() {
    let mut org = staff();
    let id = create(&mut org, 0, &rule("Fine", "true", &["00gA"]));
    for expression in [
        "(user.firstName == \"TestAcc\"",
        "user.firstName == AND user.lastName",
        "user.firstName == \"TestAcc\" AND",
        "user.unheardOf == \"x\"",
        "Arrays.size(user.badge) == 1",
        "user.firstName",
    ] {
        let sent = rule("Broken", expression, &["00gA"]).to_string();
        // Of an attribute any value may be a boolean.
        if expression == "user.firstName" {
            assert_eq!(at(&mut org, 0, "POST", RULES, &sent).status, 200);
            continue;
        }
        let expected = (
            400,
            "E0000001".to_owned(),
            "Api validation failed: validateRule".to_owned(),
            vec![
                format!("Invalid expression syntax {expression}"),
                "conditions: Invalid expression".to_owned(),
            ],
        );
        assert_eq!(refusal(&at(&mut org, 0, "POST", RULES, &sent)), expected);
        assert_eq!(refusal(&at(&mut org, 0, "PUT", &format!("{RULES}/{id}"), &sent)), expected);
    }
    // A custom attribute that somebody has is known; one that nobody has can be told to the org.
    create(&mut org, 0, &rule("Badge", "user.badge == \"x\"", &["00gA"]));
    org.load(SeedData::from_json(r#"{"userAttributes":["unheardOf"]}"#).unwrap()).unwrap();
    create(&mut org, 0, &rule("Told", "user.unheardOf == \"x\"", &["00gA"]));
}

#[test]
fn rules_are_listed_in_the_order_of_their_creation_by_keyword_and_page() {
    let mut org = staff();
    let mut made = Vec::new();
    for number in 0..5 {
        let name = format!("{} {number}", if number % 2 == 0 { "West" } else { "East" });
        made.push(create(&mut org, number, &rule(&name, "true", &["00gA", "00gB"])));
    }
    let all = get(&mut org, RULES);
    assert_eq!(ids(&all), made);
    assert_eq!(all.get("link"), Some("<https://acme.okta.com/api/v1/groups/rules?limit=50>; rel=\"self\""));
    assert_eq!(get(&mut org, &format!("{RULES}/")).get("link"), all.get("link"));
    assert_eq!(walk(&mut org, &format!("{RULES}?limit=2"), |_, _| {}), made);
    assert_eq!(ids(&get(&mut org, &format!("{RULES}?search=WEST"))), [&*made[0], &made[2], &made[4]]);
    assert_eq!(ids(&get(&mut org, &format!("{RULES}?search=t+3"))), [&*made[3]]);
    assert_eq!(walk(&mut org, &format!("{RULES}?search=west&limit=1"), |_, _| {}).len(), 3);
    let expanded = get(&mut org, &format!("{RULES}?expand=groupIdToGroupNameMap&limit=1"));
    let names = json!({ "groupIdToGroupNameMap": { "00gA": "Target", "00gB": "Source" } });
    assert_eq!(body(&expanded)[0]["_embedded"], names);
    assert!(next(&expanded).unwrap().ends_with("&expand=groupIdToGroupNameMap"));
    assert!(expanded.body.contains("}},\"allGroupsValid\""), "it stands before allGroupsValid (recorded)");
    let one = get(&mut org, &format!("{RULES}/{}?expand=groupIdToGroupNameMap", made[0]));
    assert_eq!(body(&one)["_embedded"], names);
    for query in ["limit=201", "limit=0", "after=0pr1"] {
        assert_eq!(get(&mut org, &format!("{RULES}?{query}")).status, 400, "{query}");
    }
    assert_eq!(get(&mut org, &format!("{RULES}?limit=200")).status, 200);
    let mut roomy = options();
    roomy.quirks.default_limit = std::num::NonZeroU32::new(1_000);
    assert!(get(&mut staff_with(roomy), RULES).get("link").unwrap().contains("limit=200>"));
}

#[test]
fn next_of_members_loses_group_rules_and_an_org_may_not_say_at_all() {
    let path = "/api/v1/groups/00gB/users?expand=group-rules&limit=1";
    let mut org = staff();
    let first = get(&mut org, path);
    assert!(first.get_all("link").next().unwrap().contains("limit=1&expand=group-rules>; rel=\"self\""));
    assert!(!next(&first).unwrap().contains("expand"));
    assert_eq!(body(&first)[0]["_embedded"], json!({ "group-rules": [] }));
    let second = get(&mut org, &next(&first).unwrap());
    assert!(body(&second)[0].get("_embedded").is_none());
    // Any other expand stays.
    assert!(
        next(&get(&mut org, "/api/v1/groups/00gB/users?expand=x&limit=1")).unwrap().ends_with("expand=x")
    );

    let mut quirky = options();
    quirky.quirks.kept_group_rules = true;
    quirky.quirks.unsaid_group_rules = true;
    let mut org = staff_with(quirky);
    let first = get(&mut org, path);
    assert!(next(&first).unwrap().ends_with("&expand=group-rules"));
    assert!(body(&first)[0].get("_embedded").is_none());
}

#[test]
fn a_lagging_list_of_members_does_not_show_a_change_that_a_persons_groups_show() {
    let mut lagging = options();
    lagging.quirks.member_lag = 2_000;
    let mut org = staff_with(lagging);
    at(&mut org, 0, "PUT", "/api/v1/groups/00gB/users/00u2", "");
    at(&mut org, 1_000, "DELETE", "/api/v1/groups/00gB/users/00u1", "");
    let groups =
        |org: &mut Org, user: &str| ids(&at(org, 1_000, "GET", &format!("/api/v1/users/{user}/groups"), ""));
    assert_eq!(groups(&mut org, "00u2"), ["00gE", "00gB"]);
    assert_eq!(groups(&mut org, "00u1"), ["00gE"]);
    assert_eq!(members(&mut org, 1_000, "00gB"), ["00u1", "00u3"]);
    assert_eq!(members(&mut org, 2_000, "00gB"), ["00u1", "00u2", "00u3"]);
    assert_eq!(members(&mut org, 3_000, "00gB"), ["00u2", "00u3"]);
    // What came and went again within the lag is not seen at all.
    at(&mut org, 10_000, "PUT", "/api/v1/groups/00gB/users/00u1", "");
    at(&mut org, 10_500, "DELETE", "/api/v1/groups/00gB/users/00u1", "");
    assert_eq!(members(&mut org, 11_000, "00gB"), ["00u2", "00u3"]);
    assert_eq!(members(&mut org, 13_000, "00gB"), ["00u2", "00u3"]);
}

#[test]
fn rules_and_why_people_are_members_are_part_of_a_snapshot() {
    let mut org = staff();
    let sales = create(&mut org, 0, &rule("Sales", "user.department==\"Sales\"", &["00gA"]));
    let legal = create(&mut org, 0, &rule("Legal", "user.department==\"Legal\"", &["00gA"]));
    activate(&mut org, 0, &sales);
    activate(&mut org, 0, &legal);
    assert_eq!(members(&mut org, 1_000, "00gA"), ["00u1", "00u2", "00u3"]);
    deactivate(&mut org, 2_000, &sales);
    let written = org.snapshot().to_json();
    let mut copy = Org::new(options());
    copy.load(SeedData::from_json(&written).unwrap()).unwrap();
    assert_eq!(copy.snapshot().to_json(), written);
    let list = "/api/v1/groups/00gA/users?expand=group-rules";
    assert_eq!(get(&mut copy, list).body, get(&mut org, list).body);
    // 00u3 was there by hand and stays.
    for id in [&sales, &legal] {
        at(&mut copy, 3_000, "DELETE", &format!("{RULES}/{id}?removeUsers=true"), "");
    }
    assert_eq!(members(&mut copy, 5_000, "00gA"), ["00u3"]);
}

#[test]
fn a_seed_may_leave_unsaid_why_somebody_is_a_member_and_names_the_rule_that_it_does_not_understand() {
    let mut org = staff();
    let unsaid = json!({ "groupRules": { "00gC": { "00u1": null } } }).to_string();
    org.load(SeedData::from_json(&unsaid).unwrap()).unwrap();
    let listed = body(&get(&mut org, "/api/v1/groups/00gC/users?expand=group-rules"));
    assert_eq!((&listed[0]["id"], listed[0].get("_embedded")), (&json!("00u1"), None));
    let mut broken = rule("Broken", "user.x ==", &["00gA"]);
    broken["id"] = json!("0prBroken");
    let error = staff().with_rule(&broken).err().unwrap().to_string();
    assert!(error.contains("0prBroken"), "{error}");
    let mut active = rule("Sales", "user.department==\"Sales\"", &["00gA"]);
    active["id"] = json!("0prSales");
    active["status"] = json!("ACTIVE");
    let mut org = staff().with_rule(&active).unwrap();
    assert_eq!(members(&mut org, 0, "00gA"), ["00u1", "00u2", "00u3"]);
    let target = body(&get(&mut org, "/api/v1/groups/00gA"));
    assert_eq!(
        target["lastMembershipUpdated"], "2020-01-01T00:00:00.000Z",
        "the rule's own date is before it"
    );
}

#[test]
fn of_creates_at_the_same_time_some_are_refused_and_one_by_one_none_is() {
    let mut org = staff();
    let request = |number: usize| {
        let body = rule(&format!("Rule {number}"), "true", &["00gA"]).to_string();
        Request::new("POST", RULES).header("authorization", "SSWS t").body(&body)
    };
    let answer = |org: &mut Org, request: &Request, ms: i64| match org.deliver(request, NOW + ms).act {
        Act::Answer(response, _) => response,
        other => panic!("{other:?}"),
    };
    let requests: Vec<_> = (0..6).map(request).collect();
    requests.iter().for_each(|request| assert!(org.begin(request)));
    let answers: Vec<_> = requests.iter().map(|request| answer(&mut org, request, 0)).collect();
    requests.iter().for_each(|request| org.end(request));
    let locked: Vec<_> = answers.iter().filter(|response| response.status == 423).collect();
    assert_eq!((locked.len(), answers.iter().filter(|response| response.status == 200).count()), (2, 4));
    let summary = "Policy priorities are being reconciled. Please try again later.".to_owned();
    assert_eq!(refusal(locked[0]), (423, "E0000239".to_owned(), summary, vec![]));
    for (number, late) in (10..16).map(request).zip(0..) {
        org.begin(&number);
        assert_eq!(answer(&mut org, &number, late).status, 200);
        org.end(&number);
    }
    // No other request is one.
    assert!(!org.begin(&Request::new("GET", RULES)));
}

#[test]
fn a_request_longer_than_the_org_takes_is_answered_with_414() {
    let mut short = options();
    short.quirks.max_url = Some(100);
    let mut org = staff_with(short);
    let status = |org: &mut Org, path: &str| {
        let request = Request::new("GET", path).header("authorization", "SSWS t");
        match org.deliver(&request, NOW).act {
            Act::Answer(response, _) => response.status,
            other => panic!("{other:?}"),
        }
    };
    let path = |length: usize| format!("/api/v1/users?q={}", "a".repeat(length - 16));
    assert_eq!((status(&mut org, &path(100)), status(&mut org, &path(101))), (200, 414));
}
