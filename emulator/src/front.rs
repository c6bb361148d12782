//! What is outside of the API: nothing of it needs a token.

use std::borrow::Cow;

use crate::message::{Request, Response};
use crate::time;

const PAGE: &str = "<!DOCTYPE html><html lang=\"en\"><title>A local Okta org</title><h1>A local Okta org</h1>\
    <p>It is for tests, and keeps everything in memory. Its API is below <code>/api/v1/</code>.</p></html>\n";

/// Whether a token is needed for this path, and Okta's error object is the answer to a request without one.
pub(crate) fn is_api(path: &str) -> bool {
    path.starts_with("/api/")
}

/// The page at `/`. A real org has a page to sign in there, or a redirection to one, for which nothing was recorded.
pub(crate) fn page(request: &Request, now_ms: i64) -> Option<Response> {
    let is_asked = request.split().0 == "/" && (request.method == "GET" || request.method == "HEAD");
    let headers: Vec<(Cow<'static, str>, String)> = vec![
        ("Date".into(), time::http_date(now_ms)),
        ("Content-Type".into(), "text/html; charset=utf-8".to_owned()),
    ];
    is_asked.then(|| Response { status: 200, headers, body: PAGE.to_owned() })
}
