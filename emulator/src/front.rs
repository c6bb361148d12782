//! Answers paths outside of the API, which need no token.

use std::borrow::Cow;

use crate::message::{Request, Response};
use crate::time;

const PAGE: &str = "<!DOCTYPE html><html lang=\"en\"><title>A local Okta org</title><h1>A local Okta org</h1>\
    <p>It is for tests, and keeps everything in memory. Its API is below <code>/api/v1/</code>.</p></html>\n";

/// Whether a path needs a token. A request without one gets Okta's error object.
pub(crate) fn is_api(path: &str) -> bool {
    path.starts_with("/api/")
}

/// The page at `/`. A real org has its sign-in page there, or a redirect to it; neither was recorded.
pub(crate) fn page(request: &Request, now_ms: i64) -> Option<Response> {
    let is_asked = request.split().0 == "/" && (request.method == "GET" || request.method == "HEAD");
    let headers: Vec<(Cow<'static, str>, String)> = vec![
        ("Date".into(), time::http_date(now_ms)),
        ("Content-Type".into(), "text/html; charset=utf-8".to_owned()),
    ];
    is_asked.then(|| Response { status: 200, headers, body: PAGE.to_owned() })
}
