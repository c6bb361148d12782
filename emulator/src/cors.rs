//! Decides which pages may read answers (CORS), and which host names the org answers for. Any page in a browser can send
//! requests to a server on loopback, also by a foreign name that resolves to it (DNS rebinding).

use std::borrow::Cow;

use crate::message::{Request, Response};
use crate::options::Options;

/// The headers that a page of another origin may read.
const EXPOSED: &str =
    "Date, Link, X-Okta-Request-Id, X-Rate-Limit-Limit, X-Rate-Limit-Remaining, X-Rate-Limit-Reset";

pub(crate) fn is_preflight(request: &Request) -> bool {
    request.method == "OPTIONS"
        && request.get("origin").is_some()
        && request.get("access-control-request-method").is_some()
}

pub(crate) fn preflight(request: &Request, options: &Options) -> Response {
    let Some(mut headers) = allowed(request, options) else {
        return Response {
            status: 204,
            headers: vec![("Vary".into(), "Origin".to_owned())],
            body: String::new(),
        };
    };
    let asked = request.get("access-control-request-headers").unwrap_or_default();
    headers.extend([
        ("Access-Control-Allow-Methods".into(), "GET, POST, PUT, DELETE, OPTIONS".to_owned()),
        ("Access-Control-Allow-Headers".into(), asked.to_owned()),
        ("Access-Control-Max-Age".into(), "600".to_owned()),
        ("Vary".into(), "Origin, Access-Control-Request-Headers".to_owned()),
    ]);
    Response { status: 204, headers, body: String::new() }
}

/// The CORS headers of an answer; none for a request from the org's own origin or without a page.
pub(crate) fn headers(request: &Request, base: &str, options: &Options) -> Headers {
    if request.get("origin").is_none_or(|origin| origin == base) {
        return Vec::new();
    }
    let mut headers = allowed(request, options).unwrap_or_default();
    if !headers.is_empty() {
        headers.push(("Access-Control-Expose-Headers".into(), EXPOSED.to_owned()));
    }
    headers.push(("Vary".into(), "Origin".to_owned()));
    headers
}

type Headers = Vec<(Cow<'static, str>, String)>;

/// Refuses an origin of [`Options::cors`] that would match no page.
///
/// # Errors
/// A text that names the origin.
pub fn check_origin(origin: &str) -> Result<(), String> {
    let parts = origin.trim_end_matches('/').split_once("://");
    let default_port = match parts {
        Some(("https", _)) => ":443",
        _ => ":80",
    };
    let is_one = parts
        .is_some_and(|(scheme, host)| !scheme.is_empty() && is_host(host) && !host.ends_with(default_port));
    if is_one || origin == "null" {
        return Ok(());
    }
    Err(format!("{origin:?} is not an origin such as https://console.example.com; list each origin"))
}

/// Refuses a host of [`Options::allowed_hosts`] that would match no request.
///
/// # Errors
/// A text that names the host.
pub fn check_host(host: &str) -> Result<(), String> {
    if is_host(host) {
        return Ok(());
    }
    Err(format!("{host:?} is not a host name such as okta.test; list each host"))
}

/// Whether a text is a name or address, with or without a port: no pattern, path or user.
fn is_host(host: &str) -> bool {
    let is_odd =
        |char: char| char.is_whitespace() || matches!(char, '*' | '/' | '?' | '#' | '@' | ',' | '\\');
    let name = name_of(host);
    !name.is_empty() && !host.contains(is_odd) && (!name.contains(':') || name.starts_with('['))
}

/// The headers that let a page read the answer: a page at a loopback host, or a listed one, which may also send cookies.
fn allowed(request: &Request, options: &Options) -> Option<Headers> {
    let origin = request.get("origin")?;
    let is_listed =
        options.cors.iter().any(|listed| listed.trim_end_matches('/').eq_ignore_ascii_case(origin));
    let host = origin.split_once("://").map(|(_, host)| host);
    if !is_listed && !host.is_some_and(is_loopback) {
        return None;
    }
    let mut headers: Headers = vec![("Access-Control-Allow-Origin".into(), origin.to_owned())];
    if is_listed {
        headers.push(("Access-Control-Allow-Credentials".into(), "true".to_owned()));
    }
    Some(headers)
}

/// Whether the `Host` of the request is a loopback host, the host of the org's URL or a listed one. A request without `Host`
/// did not come over a network.
pub(crate) fn knows_host(request: &Request, options: &Options) -> bool {
    let own = options.org_url.as_deref().and_then(|url| url.split_once("://")).map(|(_, host)| host);
    let Some(host) = request.get("host") else { return true };
    let known = options.allowed_hosts.iter().map(String::as_str).chain(own);
    is_loopback(host) || known.map(name_of).any(|known| known.eq_ignore_ascii_case(name_of(host)))
}

/// The refusal of a request that [`knows_host`] does not hold for.
pub(crate) fn misdirected() -> Response {
    Response {
        status: 421,
        headers: vec![("Content-Type".into(), "text/plain".to_owned())],
        body: "The local org refuses this Host; the option allowedHosts adds it.\n".to_owned(),
    }
}

/// A host without its port.
fn name_of(host: &str) -> &str {
    let host = host.split('/').next().unwrap_or(host);
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

fn is_loopback(host: &str) -> bool {
    let name = name_of(host).to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || name == "[::1]"
        || name.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}
