//! Answers for pages of other origins. The org trusts every origin, as if each were among its trusted origins.

use std::borrow::Cow;

use crate::message::{Request, Response};

/// What a page of another origin may read.
const EXPOSED: &str =
    "Date, Link, X-Okta-Request-Id, X-Rate-Limit-Limit, X-Rate-Limit-Remaining, X-Rate-Limit-Reset";

pub(crate) fn is_preflight(request: &Request) -> bool {
    request.method == "OPTIONS"
        && request.get("origin").is_some()
        && request.get("access-control-request-method").is_some()
}

pub(crate) fn preflight(request: &Request) -> Response {
    let origin = request.get("origin").unwrap_or_default();
    let asked = request.get("access-control-request-headers").unwrap_or_default();
    let headers = vec![
        ("Access-Control-Allow-Origin".into(), origin.to_owned()),
        ("Access-Control-Allow-Methods".into(), "GET, POST, PUT, DELETE, OPTIONS".to_owned()),
        ("Access-Control-Allow-Headers".into(), asked.to_owned()),
        ("Access-Control-Allow-Credentials".into(), "true".to_owned()),
        ("Access-Control-Max-Age".into(), "600".to_owned()),
        ("Vary".into(), "Origin, Access-Control-Request-Headers".to_owned()),
    ];
    Response { status: 204, headers, body: String::new() }
}

/// Nothing for a request from the org's own origin or from no page at all.
pub(crate) fn headers(request: &Request, base: &str) -> Vec<(Cow<'static, str>, String)> {
    match request.get("origin") {
        Some(origin) if origin != base => vec![
            ("Access-Control-Allow-Origin".into(), origin.to_owned()),
            ("Access-Control-Allow-Credentials".into(), "true".to_owned()),
            ("Access-Control-Expose-Headers".into(), EXPOSED.to_owned()),
            ("Vary".into(), "Origin".to_owned()),
        ],
        _ => Vec::new(),
    }
}
