//! What the org says no to, with Okta's status, code and words.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::*;
use okta_groups::filter::{Attr, Op, Parameter, check, parse};
use okta_groups_emulator::{Quirks, RateLimit, Request, Token, check_host, check_origin};
use serde_json::{Value, json};

const LONG: &str = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

#[test]
fn each_operation_refuses_with_oktas_status_code_and_cause() {
    let too_long = format!(r#"{{"profile":{{"name":"{}"}}}}"#, LONG.repeat(4));
    let rows: &[(&str, &str, &str, u16, &str, &str, &str)] = &[
        (
            "GET",
            "/api/v1/groups/00gNone",
            "",
            404,
            "E0000007",
            "Not found: Resource not found: 00gNone (UserGroup)",
            "",
        ),
        (
            "GET",
            "/api/v1/groups/00gNone/users",
            "",
            404,
            "E0000007",
            "Not found: Resource not found: 00gNone (UserGroup)",
            "",
        ),
        (
            "GET",
            "/api/v1/groups/00gNone/apps",
            "",
            404,
            "E0000007",
            "Not found: Resource not found: 00gNone (UserGroup)",
            "",
        ),
        (
            "PUT",
            "/api/v1/groups/00gNone",
            r#"{"profile":{"name":"x"}}"#,
            404,
            "E0000007",
            "Not found: Resource not found: 00gNone (UserGroup)",
            "",
        ),
        (
            "DELETE",
            "/api/v1/groups/00gNone",
            "",
            404,
            "E0000007",
            "Not found: Resource not found: 00gNone (UserGroup)",
            "",
        ),
        (
            "PUT",
            "/api/v1/groups/00gNone/users/00uIsaac",
            "",
            404,
            "E0000007",
            "Not found: Resource not found: 00gNone (UserGroup)",
            "",
        ),
        (
            "PUT",
            "/api/v1/groups/00gOwn/users/00uNone",
            "",
            404,
            "E0000007",
            "Not found: Resource not found: 00uNone (User)",
            "",
        ),
        (
            "DELETE",
            "/api/v1/groups/00gOwn/users/00uNone",
            "",
            404,
            "E0000007",
            "Not found: Resource not found: 00uNone (User)",
            "",
        ),
        (
            "PUT",
            "/api/v1/groups/00gApp",
            r#"{"profile":{"name":"x"}}"#,
            403,
            "E0000006",
            "You do not have permission to perform the requested action",
            "",
        ),
        (
            "PUT",
            "/api/v1/groups/00gEveryone",
            r#"{"profile":{"name":"x"}}"#,
            403,
            "E0000006",
            "You do not have permission to perform the requested action",
            "",
        ),
        (
            "PUT",
            "/api/v1/groups/00gApp/users/00uIsaac",
            "",
            403,
            "E0000006",
            "You do not have permission to perform the requested action",
            "",
        ),
        (
            "DELETE",
            "/api/v1/groups/00gEveryone/users/00uIsaac",
            "",
            403,
            "E0000006",
            "You do not have permission to perform the requested action",
            "",
        ),
        (
            "DELETE",
            "/api/v1/groups/00gEveryone",
            "",
            403,
            "E0000006",
            "You do not have permission to perform the requested action",
            "",
        ),
        (
            "DELETE",
            "/api/v1/groups/00gPushed",
            "",
            403,
            "E0000006",
            "You do not have permission to perform the requested action",
            "",
        ),
        ("POST", "/api/v1/groups", "", 400, "E0000003", "The request body was not well-formed.", ""),
        ("POST", "/api/v1/groups", "{", 400, "E0000003", "The request body was not well-formed.", ""),
        ("POST", "/api/v1/groups", "[]", 400, "E0000003", "The request body was not well-formed.", ""),
        (
            "POST",
            "/api/v1/groups",
            "{}",
            400,
            "E0000001",
            "Api validation failed: profile",
            "profile: The field cannot be left blank",
        ),
        (
            "POST",
            "/api/v1/groups",
            r#"{"profile":{}}"#,
            400,
            "E0000001",
            "Api validation failed: name",
            "name: The field cannot be left blank",
        ),
        (
            "POST",
            "/api/v1/groups",
            r#"{"profile":{"name":null}}"#,
            400,
            "E0000001",
            "Api validation failed: name",
            "name: The field cannot be left blank",
        ),
        (
            "POST",
            "/api/v1/groups",
            r#"{"profile":{"name":" "}}"#,
            400,
            "E0000001",
            "Api validation failed: name",
            "name: The field cannot be left blank",
        ),
        (
            "POST",
            "/api/v1/groups",
            r#"{"profile":{"name":7}}"#,
            400,
            "E0000001",
            "Api validation failed: name",
            "name: The field must be a string",
        ),
        (
            "POST",
            "/api/v1/groups",
            &too_long,
            400,
            "E0000001",
            "Api validation failed: name",
            "name: The field is too long, maximum is 255 characters",
        ),
        (
            "POST",
            "/api/v1/groups",
            r#"{"profile":{"name":"x","description":7}}"#,
            400,
            "E0000001",
            "Api validation failed: description",
            "description: The field must be a string",
        ),
        (
            "POST",
            "/api/v1/groups",
            r#"{"profile":{"name":"WEST coast users"}}"#,
            400,
            "E0000001",
            "Api validation failed: name",
            "name: An object with this field already exists in the current organization",
        ),
        (
            "POST",
            "/api/v1/groups",
            r#"{"profile":{"name":"x","notValid":1}}"#,
            400,
            "E0000001",
            "Api validation failed: notValid",
            "Property name 'notValid' is not defined in profile",
        ),
        (
            "POST",
            "/api/v1/groups",
            r#"{"profile":{"name":"x","costCenter":"12"}}"#,
            400,
            "E0000001",
            "Api validation failed: costCenter",
            "costCenter: The field must be of type integer",
        ),
        (
            "GET",
            "/api/v1/groups?filter=profile.name+eq+%22foo%22",
            "",
            400,
            "E0000031",
            "Invalid search criteria.",
            "",
        ),
        (
            "GET",
            "/api/v1/groups?filter=id+eq+%22foo%5c%22",
            "",
            400,
            "E0000031",
            "Invalid search criteria.",
            "",
        ),
        (
            "GET",
            "/api/v1/groups?search=profile.name%2Beq%2B%2522IAM%2BTeam%2522",
            "",
            400,
            "E0000031",
            "Invalid search criteria.",
            "Invalid search syntax.",
        ),
        ("GET", "/api/v1/groups?search=name+eq+%22x%22", "", 400, "E0000031", "Invalid search criteria.", ""),
        (
            "GET",
            "/api/v1/groups?search=type+sw+%22O%22&sortBy=objectClass",
            "",
            400,
            "E0000031",
            "Invalid search criteria.",
            "",
        ),
        (
            "GET",
            "/api/v1/groups?search=type+sw+%22O%22&sortBy=id&sortOrder=sideways",
            "",
            400,
            "E0000031",
            "Invalid search criteria.",
            "",
        ),
        (
            "GET",
            "/api/v1/groups?after=mock_cursor_for_testing",
            "",
            400,
            "E0000031",
            "Invalid search criteria.",
            "Invalid cursor.",
        ),
        (
            "GET",
            "/api/v1/groups/00gOwn/apps?after=00u1testcursorvalue",
            "",
            400,
            "E0000029",
            "Invalid paging request.",
            "Invalid cursor.",
        ),
        (
            "GET",
            "/api/v1/groups/00gOwn/users?after=x",
            "",
            400,
            "E0000029",
            "Invalid paging request.",
            "Invalid cursor.",
        ),
        (
            "GET",
            "/api/v1/groups?limit=abc",
            "",
            400,
            "E0000037",
            "Type mismatch exception.  The parameter limit must be an integer.",
            "",
        ),
        (
            "GET",
            "/api/v1/groups?limit=0",
            "",
            400,
            "E0000001",
            "Api validation failed: limit",
            "limit: The field must be at least 1",
        ),
        (
            "GET",
            "/api/v1/groups/00gOwn/users?limit=-1",
            "",
            400,
            "E0000001",
            "Api validation failed: limit",
            "limit: The field must be at least 1",
        ),
        ("GET", "/api/v1/nothing", "", 404, "E0000008", "The requested path was not found", ""),
        (
            "PATCH",
            "/api/v1/groups/00gOwn",
            "",
            405,
            "E0000022",
            "The endpoint does not support the provided HTTP method",
            "",
        ),
        (
            "POST",
            "/api/v1/groups/00gOwn/users",
            "",
            405,
            "E0000022",
            "The endpoint does not support the provided HTTP method",
            "",
        ),
    ];
    for (method, path, sent, status, code, summary, cause) in rows {
        let response = ask(&mut small(), method, path, sent);
        let error = body(&response);
        let causes: Vec<_> =
            error["errorCauses"].as_array().unwrap().iter().map(|c| &c["errorSummary"]).collect();
        assert_eq!(response.status, *status, "{method} {path} {sent}: {error}");
        assert_eq!((&error["errorCode"], &error["errorLink"]), (&(*code).into(), &(*code).into()));
        assert_eq!(error["errorSummary"], *summary, "{method} {path} {sent}");
        assert_eq!(causes, if cause.is_empty() { vec![] } else { vec![*cause] }, "{method} {path} {sent}");
        let error_id = error["errorId"].as_str().unwrap();
        assert!(error_id.starts_with("oae") && error_id.len() == 25, "{error_id}");
        assert_eq!(response.get("content-type"), Some("application/json"));
    }
}

#[test]
fn a_bad_date_is_named() {
    for date in ["%22yesterday%22", "%222026-01-01T00:00:00Z%22", "%222026-01-01%22", "%22%22", "5"] {
        for parameter in ["filter", "search"] {
            let response = get(&mut small(), &format!("/api/v1/groups?{parameter}=lastUpdated+gt+{date}"));
            assert_eq!((response.status, &body(&response)["errorCode"]), (400, &"E0000030".into()), "{date}");
        }
    }
}

/// Every attribute with every operator in both parameters, and the client's `check` of the same expression.
#[test]
fn an_expression_is_refused_exactly_where_check_warns() {
    let (mut org, mut taken) = (small(), 0);
    let attributes = [
        "id",
        "type",
        "created",
        "lastUpdated",
        "lastMembershipUpdated",
        "source.id",
        "profile.name",
        "profile.description",
        "profile.costCenter",
        "profile.samAccountName",
        "objectClass",
        "name",
        "_links",
    ];
    for (attribute, parameter) in
        attributes.into_iter().flat_map(|it| [(it, Parameter::Filter), (it, Parameter::Search)])
    {
        let is_date = Attr::new(attribute).unwrap().is_instant();
        let value = if is_date { "\"2026-01-01T00:00:00.000Z\"" } else { "\"x\"" };
        let compared = Op::ALL.iter().map(|(_, op)| format!("{attribute} {op} {value}"));
        let others = [format!("{attribute} pr"), format!("not ({attribute} eq {value})")];
        for text in compared.chain(others).chain([format!("{attribute} eq null")]) {
            let warnings = check(&parse(&text).unwrap(), parameter);
            let query = format!("/api/v1/groups?{}={}", parameter.as_str(), encode(&text));
            let response = get(&mut org, &query);
            assert_eq!(response.status == 200, warnings.is_empty(), "{query}: {}", response.body);
            taken += usize::from(response.status == 200);
            if response.status != 200 && !is_date {
                assert_eq!(body(&response)["errorCode"], "E0000031", "{query}");
            }
        }
    }
    // 2 attributes with 1 operator and 2 with 3 in a filter; in a search 2 with 5, 5 with 4 and 3 with 3.
    assert_eq!(taken, 2 + 6 + 10 + 20 + 9);
}

#[test]
fn what_is_not_documented_is_taken_by_a_quirk_for_each() {
    let ask = |quirks: Value, parameter: &str, text: &str| {
        let mut options = options();
        options.quirks = serde_json::from_value(quirks).unwrap();
        get(&mut small_with(options), &format!("/api/v1/groups?{parameter}={}", encode(text)))
    };
    for (parameter, text, kinds, found) in [
        ("search", r#"type ne "BUILT_IN""#, ["operator", "ne"], 3),
        ("search", "source.id pr", ["operator", "pr"], 1),
        ("search", r#"not (type eq "BUILT_IN")"#, ["operator", "not"], 3),
        ("search", r#"profile.name ge "E""#, ["operator", "ge"], 2),
        ("filter", r#"type sw "APP""#, ["operator", "sw"], 2),
        ("filter", r#"profile.name eq "Everyone""#, ["attribute", "attribute"], 1),
        ("search", "profile.description eq null", ["value", "value"], 0),
        ("search", r#"created lt "2026-01-01T00:00:00Z""#, ["date", "date"], 4),
    ] {
        assert_eq!(ask(json!({}), parameter, text).status, 400, "{text}");
        for kind in kinds {
            let answer = ask(json!({ "undocumented": [kind] }), parameter, text);
            assert_eq!(ids(&answer).len(), found, "{text} with {kind}");
            let other = if kind == "attribute" { "date" } else { "attribute" };
            assert_eq!(ask(json!({ "undocumented": [other] }), parameter, text).status, 400, "{text}");
        }
    }
    for wrong in
        [json!({ "undocumented": ["like"] }), json!({ "undocumented": "ne" }), json!({ "defaultLimit": 0 })]
    {
        assert!(serde_json::from_value::<Quirks>(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn only_the_api_asks_for_a_token() {
    for (method, path, status, says) in [
        ("GET", "/", 200, "<!DOCTYPE html>"),
        ("HEAD", "/", 200, "<!DOCTYPE html>"),
        ("GET", "/?x=1", 200, "<!DOCTYPE html>"),
        ("POST", "/", 404, "E0000008"),
        ("GET", "/favicon.ico", 404, "E0000008"),
        ("GET", "/api/v1/groups", 401, "E0000011"),
        ("GET", "/api/v1/nothing", 401, "E0000011"),
    ] {
        let response = small().handle(&Request::new(method, path), NOW);
        assert_eq!(response.status, status, "{method} {path}");
        assert!(response.body.contains(says), "{method} {path}: {}", response.body);
    }
}

#[test]
fn hosts_and_origins_that_match_nothing_are_refused() {
    for (text, is_origin, is_host) in [
        ("https://console.example.com", true, false),
        ("https://console.example.com/", true, false),
        ("http://console.example.com:8080", true, false),
        ("http://[2001:db8::1]:8080", true, false),
        ("null", true, true),
        ("okta.test", false, true),
        ("okta.test:8080", false, true),
        ("[2001:db8::1]", false, true),
        ("*", false, false),
        ("https://*.example.com", false, false),
        ("https://console.example.com/page", false, false),
        ("https://console.example.com:443", false, false),
        ("http://console.example.com:80", false, false),
        ("https://me@example.com", false, false),
        ("*.okta.test", false, false),
        ("a.test, b.test", false, false),
        ("", false, false),
        (":8080", false, false),
        ("https://", false, false),
    ] {
        assert_eq!(check_origin(text).is_ok(), is_origin, "{text}");
        assert_eq!(check_host(text).is_ok(), is_host, "{text}");
    }
}

#[test]
fn a_body_that_is_not_json_by_its_type_is_refused() {
    let request = Request::new("POST", "/api/v1/groups")
        .header("Authorization", "SSWS t")
        .header("Content-Type", "text/plain")
        .body(r#"{"profile":{"name":"x"}}"#);
    let response = small().handle(&request, NOW);
    assert_eq!((response.status, &body(&response)["errorCode"]), (400, &"E0000021".into()));
}

#[test]
fn only_tokens_of_a_known_scheme_come_in() {
    let mut known = options();
    known.tokens = vec![Token { token: "secret".into(), scopes: vec![] }];
    for (authorization, status) in [
        (None, 401),
        (Some(""), 401),
        (Some("SSWS"), 401),
        (Some("SSWS "), 401),
        (Some("Basic secret"), 401),
        (Some("SSWS other"), 401),
        (Some("SSWS secret"), 200),
        (Some("ssws secret"), 200),
        (Some("Bearer secret"), 200),
        (Some("DPoP secret"), 401),
        // Real orgs take a scheme without the blank, which the vendor's Python SDK sends.
        (Some("SSWSsecret"), 200),
        (Some("Bearersecret"), 200),
        (Some("bearersecret"), 200),
        (Some("Bearer   secret "), 200),
        (Some("SSWSother"), 401),
        (Some("Bearer"), 401),
        (Some("BearerSSWS secret"), 401),
        (Some("DPoPsecret"), 401),
        (Some("Basicsecret"), 401),
        (Some("secret"), 401),
        (Some("SSW\u{e9}secret"), 401),
    ] {
        let mut request = Request::new("GET", "/api/v1/groups");
        if let Some(authorization) = authorization {
            request = request.header("AUTHORIZATION", authorization);
        }
        let response = small_with(known.clone()).handle(&request, NOW);
        assert_eq!(response.status, status, "{authorization:?}");
        if status == 401 {
            assert_eq!(body(&response)["errorCode"], "E0000011");
        }
    }
}

#[test]
fn a_token_may_do_what_its_scopes_say() {
    let mut known = options();
    let token = |token: &str, scope: &str| Token { token: token.into(), scopes: vec![scope.into()] };
    known.tokens = vec![
        token("reader", "okta.groups.read"),
        token("manager", "okta.groups.manage"),
        token("other", "okta.users.read"),
    ];
    for (token, method, path, status) in [
        ("reader", "GET", "/api/v1/groups", 200),
        ("reader", "PUT", "/api/v1/groups/00gOwn/users/00uIsaac", 403),
        ("manager", "GET", "/api/v1/groups/00gOwn/users", 200),
        ("manager", "PUT", "/api/v1/groups/00gOwn/users/00uIsaac", 204),
        ("other", "GET", "/api/v1/groups", 403),
    ] {
        let request = Request::new(method, path).header("Authorization", &format!("Bearer {token}"));
        let response = small_with(known.clone()).handle(&request, NOW);
        assert_eq!(response.status, status, "{token} {method} {path}");
        if status == 403 {
            assert_eq!(body(&response)["errorCode"], "E0000006");
            assert!(response.get("WWW-Authenticate").unwrap().contains("error=\"insufficient_scope\""));
        }
    }
}

#[test]
fn over_the_limit_is_a_429_until_the_window_ends() {
    let mut limited = options();
    limited.rate_limit = RateLimit::each(2);
    let mut org = small_with(limited);
    let mut at = |ms: i64| {
        let request = Request::new("GET", "/api/v1/groups").header("Authorization", "SSWS t");
        let response = org.handle(&request, NOW + ms);
        let number = |name: &str| response.get(name).unwrap().parse::<i64>().unwrap();
        (
            response.status,
            number("X-Rate-Limit-Limit"),
            number("X-Rate-Limit-Remaining"),
            number("X-Rate-Limit-Reset") - NOW / 1000,
            response.get("Retry-After").is_some(),
        )
    };
    // No Retry-After on any recorded row.
    assert_eq!(at(0), (200, 2, 1, 60, false));
    assert_eq!(at(1), (200, 2, 0, 60, false));
    assert_eq!(at(2), (429, 2, 0, 60, false));
    assert_eq!(at(60_000), (200, 2, 1, 120, false));
}
