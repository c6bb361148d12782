//! Service apps get tokens, and use them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::*;
use okta_groups_emulator::{Org, Request, Response, ServiceApp, Token};
use serde_json::{Value, json};

const URL: &str = "/oauth2/v1/token";

fn jwt(claims: &Value) -> String {
    let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
    format!("{}.{}.{}", part("{}"), part(&claims.to_string()), part("signature"))
}

fn endpoint() -> String {
    format!("{}{URL}", options().org_url.unwrap())
}

fn assertion(jti: &str) -> Value {
    json!({ "iss": "0oa1", "sub": "0oa1", "aud": endpoint(), "exp": NOW / 1000 + 300, "jti": jti })
}

fn proof(method: &str, path: &str, jti: &str) -> Value {
    json!({ "htm": method, "htu": format!("{}{path}", options().org_url.unwrap()), "jti": jti, "iat": NOW / 1000 })
}

fn with(mut claims: Value, key: &str, value: impl Into<Value>) -> Value {
    claims[key] = value.into();
    claims
}

fn asked(assertion: &Value, scope: &str) -> Request {
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let (scope, assertion) = (scope.replace(' ', "+"), jwt(assertion));
    Request::new("POST", URL).body(&format!(
        "grant_type=client_credentials&client_assertion_type={kind}&scope={scope}&client_assertion={assertion}"
    ))
}

fn org_of(apps: Vec<ServiceApp>) -> Org {
    let mut known = options();
    known.service_apps = apps;
    known.tokens = vec![Token { token: "other".into(), scopes: vec![] }];
    small_with(known)
}

fn app(scopes: &[&str], dpop: bool) -> ServiceApp {
    ServiceApp { client_id: "0oa1".into(), scopes: scopes.iter().map(|&it| it.to_owned()).collect(), dpop }
}

fn list(org: &mut Org, authorization: &str, proof: Option<&Value>, now: i64) -> u16 {
    let mut request = Request::new("GET", "/api/v1/groups?limit=1").header("authorization", authorization);
    if let Some(proof) = proof {
        request = request.header("dpop", &jwt(proof));
    }
    org.handle(&request, now).status
}

fn outcome(response: &Response) -> String {
    body(response)["error"].as_str().unwrap_or("a token").to_owned()
}

#[test]
fn an_app_gets_a_token_for_its_scopes_and_for_an_hour() {
    let mut org = org_of(vec![]);
    let answer = org.handle(&asked(&assertion("1"), "okta.groups.read"), NOW);
    let token = body(&answer);
    assert_eq!(
        (answer.status, &token["token_type"], &token["expires_in"]),
        (200, &json!("Bearer"), &json!(3600))
    );
    assert_eq!(token["scope"], "okta.groups.read");
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    assert_eq!(list(&mut org, &bearer, None, NOW), 200);
    assert_eq!(list(&mut org, &bearer, None, NOW + 3_600_000), 401);
    assert_eq!(list(&mut org, &bearer.replace("Bearer", "SSWS"), None, NOW), 401);
    let write = Request::new("DELETE", "/api/v1/groups/00g1").header("authorization", &bearer);
    assert_eq!(org.handle(&write, NOW).status, 403);
}

#[test]
fn there_is_no_user_behind_an_app() {
    let mut org = org_of(vec![]);
    let token = body(&org.handle(&asked(&assertion("1"), "okta.users.read"), NOW));
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let mut status = |path: &str, authorization: &str| {
        org.handle(&Request::new("GET", path).header("authorization", authorization), NOW).status
    };
    assert_eq!(status("/api/v1/users/00uIsaac", &bearer), 200);
    for path in ["/api/v1/users/me", "/api/v1/users/me/groups"] {
        assert_eq!(status(path, &bearer), 404, "{path}");
        assert_eq!(status(path, "SSWS other"), 200, "{path}");
    }
}

#[test]
fn what_is_wrong_with_a_request_for_a_token_is_said() {
    let good = || assertion("1");
    let app = || vec![app(&["okta.groups.read"], false)];
    let exp = |seconds: i64| with(good(), "exp", NOW / 1000 + seconds);
    let read = "okta.groups.read";
    for (apps, request, status, expected) in [
        (app(), asked(&good(), read), 200, "a token"),
        (app(), Request::new("GET", URL), 405, "invalid_request"),
        (app(), Request::new("POST", URL), 400, "unsupported_grant_type"),
        (app(), Request::new("POST", URL).body("grant_type=client_credentials"), 401, "invalid_client"),
        (app(), asked(&json!({}), read), 401, "invalid_client"),
        (app(), asked(&with(good(), "sub", "0oa2"), read), 401, "invalid_client"),
        (app(), asked(&with(with(good(), "sub", "0oa2"), "iss", "0oa2"), read), 401, "invalid_client"),
        (app(), asked(&with(good(), "aud", "https://other.okta.com"), read), 401, "invalid_client"),
        (app(), asked(&exp(0), read), 401, "invalid_client"),
        (app(), asked(&exp(3601), read), 401, "invalid_client"),
        (app(), asked(&good(), ""), 400, "invalid_scope"),
        (app(), asked(&good(), "okta.groups.read okta.groups.manage"), 400, "invalid_scope"),
        (vec![], asked(&good(), "okta.groups.read okta.groups.manage"), 200, "a token"),
    ] {
        let answer = org_of(apps).handle(&request, NOW);
        assert_eq!((answer.status, outcome(&answer).as_str()), (status, expected), "{request:?}");
    }
}

#[test]
fn an_assertion_is_good_once() {
    let mut org = org_of(vec![]);
    for (jti, expected) in [("1", "a token"), ("1", "invalid_client"), ("2", "a token")] {
        assert_eq!(outcome(&org.handle(&asked(&assertion(jti), "okta.groups.read"), NOW)), expected);
    }
    // `jti` is optional: what has none cannot be known again.
    let mut without = assertion("");
    without.as_object_mut().unwrap().remove("jti");
    let fraction = with(without.clone(), "exp", NOW as f64 / 1000.0 + 300.5);
    for claims in [&without, &without, &with(without.clone(), "jti", Value::Null), &fraction] {
        assert_eq!(outcome(&org.handle(&asked(claims, "okta.groups.read"), NOW)), "a token");
    }
}

#[test]
fn a_token_that_is_bound_needs_a_proof_each_time() {
    let mut org = org_of(vec![app(&[], true)]);
    let mut ask = |jti: &str, proof: Option<&Value>| {
        let mut request = asked(&assertion(jti), "okta.groups.read");
        if let Some(proof) = proof {
            request = request.header("dpop", &jwt(proof));
        }
        org.handle(&request, NOW)
    };
    assert_eq!(outcome(&ask("1", None)), "invalid_dpop_proof");
    assert_eq!(outcome(&ask("2", Some(&proof("GET", URL, "p1")))), "invalid_dpop_proof");
    let challenge = ask("3", Some(&proof("POST", URL, "p2")));
    assert_eq!((challenge.status, outcome(&challenge).as_str()), (400, "use_dpop_nonce"));
    let proved = |jti: &str| with(proof("POST", URL, jti), "nonce", challenge.get("dpop-nonce").unwrap());
    let late = with(proved("p3"), "iat", NOW / 1000 - 600);
    assert_eq!(outcome(&ask("4", Some(&late))), "invalid_dpop_proof");
    let answer = body(&ask("5", Some(&proved("p4"))));
    assert_eq!(answer["token_type"], "DPoP");
    assert_eq!(outcome(&ask("6", Some(&proved("p4")))), "invalid_dpop_proof");

    let token = answer["access_token"].as_str().unwrap();
    let fresh = proof("GET", "/api/v1/groups", "p5");
    for (scheme, proof, status) in [
        ("DPoP", Some(&fresh), 200),
        ("DPoP", None, 401),
        ("Bearer", Some(&fresh), 401),
        ("DPoP", Some(&proof("GET", "/api/v1/groups?limit=1", "p6")), 401),
        ("DPoP", Some(&proof("POST", "/api/v1/groups", "p7")), 401),
    ] {
        assert_eq!(list(&mut org, &format!("{scheme} {token}"), proof, NOW), status, "{scheme} {proof:?}");
    }
}
