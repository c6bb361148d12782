//! The org's URL and name. Decides which origin a token may be sent to, and which texts are refused as an
//! org's URL.

use std::fmt;
use std::str::FromStr;

use crate::request::{ArgumentError, Request};
use crate::text::{find, position, split, split_last, trim, trim_end, trim_start};

/// The identity of an org, independent of the URL by which a client reaches it. Cursors and plans are bound
/// to it, so that those of a server are valid behind a browser's proxy, and vice versa. It is the origin of
/// the org's own URL; the default is the client's URL ([`OrgUrl::name`]).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OrgName(String);

impl OrgName {
    /// Parses the origin of an org: `https://example.okta.com`. Plain `http` is accepted for loopback hosts
    /// only.
    ///
    /// # Errors
    /// Those of [`OrgUrl::parse`]; [`ArgumentError`] if there is a path.
    pub fn parse(text: &str) -> Result<Self, ArgumentError> {
        let named = |error| ArgumentError { argument: "org".into(), ..error };
        let url = OrgUrl::parse(text).map_err(named)?;
        if !url.base_path.is_empty() {
            return Err(ArgumentError::new("org", ["must be an origin: ", &url.origin].concat()));
        }
        Ok(url.name())
    }

    /// The name: an origin as browsers print it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OrgName {
    type Err = ArgumentError;

    fn from_str(text: &str) -> Result<Self, ArgumentError> {
        OrgName::parse(text)
    }
}

impl fmt::Display for OrgName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The URL of an org or of a proxy in front of it: an origin and a path prefix (empty for the org itself).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OrgUrl {
    origin: String,
    base_path: String,
}

impl FromStr for OrgUrl {
    type Err = ArgumentError;

    fn from_str(text: &str) -> Result<Self, ArgumentError> {
        OrgUrl::parse(text)
    }
}

impl fmt::Display for OrgUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.origin())?;
        f.write_str(self.base_path())
    }
}

impl OrgUrl {
    /// Parses `https://example.okta.com` or `https://console.example.com/okta`. Plain `http` is accepted for
    /// loopback hosts only.
    ///
    /// # Errors
    /// [`ArgumentError`] if the text is not such a URL, is not https, or has credentials, a query or a
    /// fragment. An `-admin` host is refused, too: it serves the console, and API calls to it fail in
    /// confusing ways. So are URLs of Okta's pages, authorization servers and API: on Okta's own domains any
    /// path, elsewhere the paths that Okta is known to serve. Any other path is the prefix of a proxy. The
    /// error names the URL that was probably meant, without credentials and query.
    pub fn parse(text: &str) -> Result<Self, ArgumentError> {
        // Notes each fault, corrects it and reads on, so that the error can name the URL that was meant.
        let mut fault = "";
        let wrong = |reason: &str| Err(ArgumentError::new("orgUrl", reason));
        let mut rest = text.trim();
        let bare = trim(rest, b"\"'`<>");
        if bare != rest {
            note(&mut fault, "must not be in quotes");
            rest = bare.trim();
        }
        let mut scheme = "";
        while let Some((name, after)) = split_scheme(rest) {
            if !scheme.is_empty() {
                note(&mut fault, "names its scheme twice");
            }
            scheme = name;
            rest = after.strip_prefix("://").unwrap_or_else(|| {
                note(&mut fault, SHAPE);
                trim_start(after, b":/")
            });
        }
        if scheme.is_empty() {
            note(&mut fault, SHAPE);
            rest = trim_start(rest, b"/");
        }
        let end = position(rest, b"?#").unwrap_or(rest.len());
        if end < rest.len() {
            note(&mut fault, "must not have a query or a fragment");
        }
        let rest = rest.get(..end).unwrap_or("");
        let (authority, path) =
            rest.split_at_checked(position(rest, b"/").unwrap_or(end)).unwrap_or_default();
        let mut authority = authority.to_ascii_lowercase();
        if let Some((_, place)) = split_last(&authority, b'@') {
            note(&mut fault, "must not have a user or password in it");
            authority = place.to_owned();
        }
        let (host, port) = split_port(&authority);
        let mut host = host.to_owned();
        if !is_host(&host)
            || !is_port(port)
            || (scheme.is_empty() && position(&host, b".[").is_none() && port.is_empty())
        {
            return wrong(if fault.is_empty() { "has no valid host name or port" } else { fault });
        }
        let mut path = trim_end(path, b"/");
        if !path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\') || has_dot_segment(path) {
            return wrong("has a path that cannot be kept as it is");
        }
        if let Some(org) = okta_org(&host) {
            if let Some(org) = org.strip_suffix("-admin") {
                note(&mut fault, "is the address of the admin console; use the org's own, without -admin");
                let domain = host.get(org.len() + "-admin".len()..).unwrap_or("");
                host = [org, domain].concat();
            }
            if !path.is_empty() {
                note(&mut fault, "must be the org's own URL");
                path = "";
            }
        } else if let Some(before) = before_page(path) {
            note(&mut fault, "must be the org's own URL");
            path = before;
        }
        let is_loopback = is_loopback(&host);
        let (scheme, default_port) = match scheme {
            "http" | "" if is_loopback => ("http://", "80"),
            "http" => {
                note(&mut fault, "must be https (plain http only for loopback hosts)");
                ("https://", "80")
            }
            "https" | "" => ("https://", "443"),
            _ => return wrong("must be https"),
        };
        let mut origin = [scheme, &host].concat();
        if !port.is_empty() && port != default_port {
            origin.push(':');
            origin.push_str(port);
        }
        if fault.is_empty() {
            return Ok(OrgUrl { origin, base_path: path.to_owned() });
        }
        wrong(&[fault, "; probably meant: ", &origin, path].concat())
    }

    /// Scheme, host and port, as browsers print an origin.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The prefix of every path: `/okta`, or empty.
    pub fn base_path(&self) -> &str {
        &self.base_path
    }

    /// The org's default name: this URL. The prefix tells apart the orgs behind one proxy.
    pub fn name(&self) -> OrgName {
        OrgName([self.origin.as_str(), &self.base_path].concat())
    }

    /// The URL of `request`.
    pub fn url(&self, request: &Request) -> String {
        [&self.origin, &self.base_path, request.target().as_str()].concat()
    }
}

const SHAPE: &str = "must be a URL such as https://example.okta.com";

/// The paths that Okta serves and that users copy from the address bar or the reference, in lower case.
const PAGES: [&str; 12] = [
    "/oauth2",
    "/.well-known",
    "/api/v1/groups",
    "/api/v1/users",
    "/app/userhome",
    "/login/login.htm",
    "/login/default",
    "/login/signout",
    "/login/sessioncookieredirect",
    "/signin/refresh-auth-state",
    "/enduser/settings",
    "/enduser/catalog",
];

/// Keeps the first fault.
fn note(fault: &mut &'static str, reason: &'static str) {
    if fault.is_empty() {
        *fault = reason;
    }
}

/// The scheme in lower case, and the text after its name, if `text` begins with one. `http` and `https` are
/// recognised even with half of `://`.
fn split_scheme(text: &str) -> Option<(&'static str, &str)> {
    let name = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (name, rest) = text.split_at_checked(name)?;
    for known in ["http", "https"] {
        if name.eq_ignore_ascii_case(known) && (rest.starts_with(':') || rest.starts_with("//")) {
            return Some((known, rest));
        }
    }
    rest.starts_with("://").then_some(("another", rest))
}

/// The part of `path` before the path of an Okta page or of the API, if there is one.
fn before_page(path: &str) -> Option<&str> {
    let lower = path.to_ascii_lowercase();
    let leads = |page: &str| {
        let at = find(&lower, page)?;
        let after = lower.as_bytes().get(at + page.len());
        (after.is_none() || after == Some(&b'/')).then_some(at)
    };
    let api = lower.strip_suffix("/api/v1").map(str::len);
    path.get(..api.or_else(|| PAGES.iter().find_map(|page| leads(page)))?)
}

fn split_port(authority: &str) -> (&str, &str) {
    match split_last(authority, b':') {
        Some((host, port)) if !host.starts_with('[') || host.ends_with(']') => (host, port),
        _ => (authority, ""),
    }
}

/// Whether the port is empty or written as browsers print it.
fn is_port(port: &str) -> bool {
    let is_number = |port: u64| port < 65_536;
    port.is_empty() || (!port.starts_with(['0', '+']) && port.parse().is_ok_and(is_number))
}

fn is_host(host: &str) -> bool {
    match host.strip_prefix('[') {
        Some(v6) => v6.strip_suffix(']').is_some_and(|v6| {
            position(v6, b":").is_some()
                && v6.bytes().all(|b| b.is_ascii_hexdigit() || b == b':' || b == b'.')
        }),
        None => {
            !host.is_empty()
                && split(host, b'.').all(|label| !label.is_empty())
                && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let v4 = || {
        let parts: Vec<&str> = split(host, b'.').collect();
        parts.len() == 4
            && parts.first() == Some(&"127")
            && parts.iter().all(|p| p.parse::<u64>().is_ok_and(|p| p < 256))
    };
    host == "localhost" || host.ends_with(".localhost") || host == "[::1]" || v4()
}

/// The org's name in the host, if the host is in one of Okta's domains.
fn okta_org(host: &str) -> Option<&str> {
    ["okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com", "okta.mil"]
        .iter()
        .find_map(|domain| host.strip_suffix(domain)?.strip_suffix('.'))
}

fn has_dot_segment(path: &str) -> bool {
    const DOTS: [&str; 6] = [".", "%2e", "..", ".%2e", "%2e.", "%2e%2e"];
    split(path, b'/').any(|segment| DOTS.iter().any(|dots| segment.eq_ignore_ascii_case(dots)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::{GetGroup, GroupId};

    #[test]
    fn urls_that_are_orgs() {
        for (text, origin, base_path) in [
            ("https://example.okta.com", "https://example.okta.com", ""),
            ("https://example.okta.com/", "https://example.okta.com", ""),
            (" https://Example.OKTA.com:443// ", "https://example.okta.com", ""),
            ("https://id.example.com:8443/okta/", "https://id.example.com:8443", "/okta"),
            ("http://localhost:8080", "http://localhost:8080", ""),
            ("http://127.0.0.1", "http://127.0.0.1", ""),
            ("http://[::1]:3000", "http://[::1]:3000", ""),
            ("http://app.localhost:1", "http://app.localhost:1", ""),
        ] {
            let org = OrgUrl::parse(text).unwrap();
            assert_eq!((org.origin(), org.base_path()), (origin, base_path), "{text}");
        }
    }

    #[test]
    fn urls_that_are_not() {
        for text in [
            "",
            "example.okta.com",
            "/okta",
            "http://example.okta.com",
            "http://127.0.0.1.evil.com",
            "http://localhost.evil.com",
            "ftp://example.okta.com",
            "https://",
            "https:///x",
            "https://a b",
            "https://user:pw@example.okta.com",
            "https://example.okta.com?x",
            "https://example.okta.com/#x",
            "https://{yourOktaDomain}",
            "https://a..b",
            "https://example.okta.com:abc",
            "https://example.okta.com:65536",
            "https://example.okta.com:0443",
            "https://a/\\b",
            "https://a/../b",
            "https://a/%2e%2E/b",
            "https://acme-admin.okta.com",
            "javascript://alert",
        ] {
            let error = OrgUrl::parse(text).unwrap_err();
            assert_eq!(error.argument, "orgUrl", "{text}");
        }
    }

    #[test]
    fn a_url_that_was_pasted_is_answered_with_the_one_that_was_meant() {
        let acme = "https://acme.okta.com";
        for (text, meant) in [
            // URLs of the API and the authorization servers.
            ("https://acme.okta.com/api/v1", acme),
            ("https://Acme.okta.com/api/v1/", acme),
            ("https://acme.okta.com/api/v1/groups", acme),
            ("https://acme.okta.com/api/v1/groups/00g1?limit=1", acme),
            ("http://[::1]:81/okta/api/v1/groups/", "http://[::1]:81/okta"),
            ("https://acme.okta.com/oauth2/default", acme),
            ("https://acme.okta.com/oauth2/", acme),
            ("https://acme.okta.com/oauth2/default/.well-known/openid-configuration", acme),
            ("https://acme.okta.com/.well-known/", acme),
            ("https://id.acme.com/.well-known/okta-organization", "https://id.acme.com"),
            ("https://id.acme.com/okta/oauth2/v1/token", "https://id.acme.com/okta"),
            // URLs from the address bar.
            ("https://acme.okta.com/app/UserHome", acme),
            ("https://acme.okta.com/app/UserHome?session_hint=AUTHENTICATED#x", acme),
            ("https://acme.okta.com/login/login.htm?fromURI=%2Fapp%2FUserHome", acme),
            ("https://acme.okta.com/enduser/settings", acme),
            ("https://acme.okta.com/anything/else", acme),
            ("https://id.acme.com/app/UserHome", "https://id.acme.com"),
            ("https://id.acme.com:8443/LOGIN/login.htm", "https://id.acme.com:8443"),
            ("https://acme-admin.okta.com", acme),
            ("https://acme-admin.oktapreview.com/", "https://acme.oktapreview.com"),
            ("https://acme-admin.okta-emea.com/api/v1", "https://acme.okta-emea.com"),
            ("https://acme-admin.okta.com/admin/groups#tab", acme),
            ("acme-admin.okta.com/admin/dashboard", acme),
            // The scheme.
            ("https://https://acme.okta.com", acme),
            ("https://HTTP://acme.okta.com/", acme),
            ("https://https//acme.okta.com", acme),
            ("https:/acme.okta.com", acme),
            ("https//acme.okta.com", acme),
            ("acme.okta.com", acme),
            ("//acme.okta.com", acme),
            ("acme.okta.com/app/UserHome", acme),
            ("http://acme.okta.com:80", acme),
            ("localhost:8080", "http://localhost:8080"),
            ("id.acme.com/okta", "https://id.acme.com/okta"),
            // Text around the URL.
            ("\"https://acme.okta.com\"", acme),
            ("' https://acme.okta.com/ '", acme),
            ("<https://acme.okta.com>", acme),
            ("https://user:p@ss@acme.okta.com", acme),
            ("https://acme.okta.com?x", acme),
            ("https://acme.okta.com/#x", acme),
        ] {
            let reason = OrgUrl::parse(text).map_err(|error| error.reason).unwrap_err();
            let (fault, url) = reason.split_once("; probably meant: ").unwrap_or_default();
            assert_eq!((fault.is_empty(), url), (false, meant), "{text}: {reason}");
            assert!(!reason.contains("p@ss") && OrgUrl::parse(url).is_ok(), "{text}");
        }
    }

    #[test]
    fn proxies_and_domains_of_ones_own_are_as_they_are() {
        for text in [
            "https://acme-admin.example.com",
            "https://acme-administration.okta.com",
            "https://console.example.com/api",
            "https://console.example.com/oauth2proxy",
            "https://console.example.com/groups",
            "https://console.example.com/login",
            "https://console.example.com/app",
            "https://console.example.com/admin/okta",
            "https://console.example.com/api/v1/okta",
            "https://console.example.com/api/v11",
            "https://relay.example.com/https://acme.okta.com",
            "https://https.example.com",
            "https://acme.okta.com.example.com/okta",
            "https://notokta.com/okta",
        ] {
            let org = OrgUrl::parse(text).map(|org| org.to_string());
            assert_eq!(org.as_deref(), Ok(text));
        }
    }

    #[test]
    fn an_org_is_named_by_its_origin_or_the_url_it_is_asked_by() {
        for (text, name) in [
            ("https://example.okta.com", "https://example.okta.com"),
            (" https://Example.OKTA.com:443/ ", "https://example.okta.com"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ] {
            assert_eq!(OrgName::parse(text).unwrap().as_str(), name, "{text}");
            assert_eq!(OrgUrl::parse(text).unwrap().name().as_str(), name, "{text}");
        }
        let prefixed = OrgUrl::parse("https://Console.example.com/okta/").unwrap();
        assert_eq!(prefixed.name().to_string(), "https://console.example.com/okta");
        for (text, reason) in [
            ("https://console.example.com/okta", "must be an origin: https://console.example.com"),
            ("http://example.okta.com", "must be https (plain http only for loopback hosts)"),
            ("https://acme.okta.com/api/v1", "must be the org's own URL"),
            ("example.okta.com", "must be a URL such as https://example.okta.com"),
            ("", "must be a URL such as https://example.okta.com"),
        ] {
            let error = OrgName::parse(text).unwrap_err();
            assert_eq!(error.argument, "org", "{text}");
            assert!(error.reason.starts_with(reason), "{text}: {}", error.reason);
        }
    }

    #[test]
    fn a_request_is_put_behind_the_prefix() {
        let org = OrgUrl::parse("https://console.example.com/okta").unwrap();
        let request = GetGroup { group: GroupId::new("00g1").unwrap() }.request();
        assert_eq!(org.url(&request), "https://console.example.com/okta/api/v1/groups/00g1");
    }
}
