//! What the org says no to, with Okta's status, code and words.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::*;
use okta_groups_emulator::{RateLimit, Request, Token};

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
            "/api/v1/groups?search=type+pr&sortBy=objectClass",
            "",
            400,
            "E0000031",
            "Invalid search criteria.",
            "",
        ),
        (
            "GET",
            "/api/v1/groups?search=type+pr&sortBy=id&sortOrder=sideways",
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
    let response = get(&mut small(), "/api/v1/groups?filter=lastUpdated+gt+%22yesterday%22");
    assert_eq!((response.status, &body(&response)["errorCode"]), (400, &"E0000030".into()));
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
