//! Where an org is: the only origin that a token is sent to.

use std::fmt;
use std::str::FromStr;

use crate::request::{ArgumentError, Request};

/// Which org it is, whatever URL it is asked by: cursors and plans are bound to this name, so that those which a
/// server made are good behind a browser's proxy, and the other way round. It is the origin of the org's own URL, or
/// by default the URL of a client ([`OrgUrl::name`]).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OrgName(String);

impl OrgName {
    /// Reads the origin of an org: `https://example.okta.com`. Plain `http` is for loopback hosts.
    ///
    /// # Errors
    /// As [`OrgUrl::parse`], and if it has a path.
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

/// The URL of an org, or of a proxy in front of it: an origin and a path prefix (empty for an org itself).
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Reads `https://example.okta.com` or `https://console.example.com/okta`. Plain `http` is for loopback hosts.
    ///
    /// # Errors
    /// If it is no such URL, is not https, or carries credentials, a query or a fragment. An `-admin` host is
    /// refused too: it serves the console, and API calls to it fail in ways that are hard to read. So is a path that
    /// leads into the API, as the reference's examples have it: the client adds that itself.
    pub fn parse(text: &str) -> Result<Self, ArgumentError> {
        let wrong = |reason: &str| Err(ArgumentError::new("orgUrl", reason));
        let text = text.trim();
        let parts = text.split_once(':').and_then(|(scheme, rest)| Some((scheme, rest.strip_prefix("//")?)));
        let Some((scheme, rest)) = parts else {
            return wrong("must be a URL such as https://example.okta.com");
        };
        let scheme = scheme.to_ascii_lowercase();
        let at = rest.find('/').unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(at).unwrap_or_default();
        let authority = authority.to_ascii_lowercase();
        if rest.contains(['?', '#']) {
            return wrong("must not have a query or a fragment");
        }
        if authority.contains('@') {
            return wrong("must not have a user or password in it");
        }
        let (host, port) = split_port(&authority);
        if !is_host(host) || !is_port(port) {
            return wrong("has no valid host name or port");
        }
        if !path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\') || has_dot_segment(path) {
            return wrong("has a path that cannot be kept as it is");
        }
        if is_admin_host(host) {
            return wrong("is the address of the admin console; use the org's own, without -admin");
        }
        let default_port = match scheme.as_str() {
            "https" => "443",
            "http" if is_loopback(host) => "80",
            "http" => return wrong("must be https (plain http only for loopback hosts)"),
            _ => return wrong("must be https"),
        };
        let mut origin = [scheme.as_str(), "://", host].concat();
        if !port.is_empty() && port != default_port {
            origin.push(':');
            origin.push_str(port);
        }
        let base_path = path.trim_end_matches('/');
        let api = base_path.strip_suffix("/groups").unwrap_or(base_path).strip_suffix("/api/v1");
        // That of its authorization servers is the URL that one comes across most.
        let issuer = base_path.strip_prefix("/oauth2").filter(|of| of.is_empty() || of.starts_with('/'));
        if let Some(before) = api.or(issuer.map(|_| "")) {
            return wrong(&["must be the org's own URL: ", &origin, before].concat());
        }
        Ok(OrgUrl { origin, base_path: base_path.to_owned() })
    }

    /// Scheme, host and port, as browsers print an origin.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The prefix of every path: `/okta`, or empty.
    pub fn base_path(&self) -> &str {
        &self.base_path
    }

    /// The name of the org where nobody gave it another: this URL. Its prefix tells orgs apart that one proxy serves.
    pub fn name(&self) -> OrgName {
        OrgName([self.origin.as_str(), &self.base_path].concat())
    }

    /// The URL of `request`.
    pub fn url(&self, request: &Request) -> String {
        [&self.origin, &self.base_path, request.target().as_str()].concat()
    }
}

fn split_port(authority: &str) -> (&str, &str) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !host.starts_with('[') || host.ends_with(']') => (host, port),
        _ => (authority, ""),
    }
}

/// A port as browsers print it, or none.
fn is_port(port: &str) -> bool {
    let is_number = |port: u32| port < 65_536;
    port.is_empty() || (!port.starts_with(['0', '+']) && port.parse().is_ok_and(is_number))
}

fn is_host(host: &str) -> bool {
    match host.strip_prefix('[') {
        Some(v6) => v6.strip_suffix(']').is_some_and(|v6| {
            v6.contains(':') && v6.bytes().all(|b| b.is_ascii_hexdigit() || b == b':' || b == b'.')
        }),
        None => {
            !host.is_empty()
                && host.split('.').all(|label| !label.is_empty())
                && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let v4 = || {
        let parts: Vec<&str> = host.split('.').collect();
        parts.len() == 4
            && parts.first() == Some(&"127")
            && parts.iter().all(|p| p.parse::<u32>().is_ok_and(|p| p < 256))
    };
    host == "localhost" || host.ends_with(".localhost") || host == "[::1]" || v4()
}

fn is_admin_host(host: &str) -> bool {
    ["okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com", "okta.mil"].iter().any(|domain| {
        host.strip_suffix(domain)
            .and_then(|rest| rest.strip_suffix('.'))
            .is_some_and(|org| org.ends_with("-admin"))
    })
}

fn has_dot_segment(path: &str) -> bool {
    const DOTS: [&str; 6] = [".", "%2e", "..", ".%2e", "%2e.", "%2e%2e"];
    path.split('/').any(|segment| DOTS.iter().any(|dots| segment.eq_ignore_ascii_case(dots)))
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
    fn who_gives_another_url_of_an_org_is_told_its_own() {
        let admin = "is the address of the admin console; use the org's own, without -admin";
        for (text, reason) in [
            ("https://acme.okta.com/api/v1", "must be the org's own URL: https://acme.okta.com"),
            ("https://Acme.okta.com/api/v1/", "must be the org's own URL: https://acme.okta.com"),
            ("https://acme.okta.com/api/v1/groups", "must be the org's own URL: https://acme.okta.com"),
            ("http://[::1]:81/okta/api/v1/groups/", "must be the org's own URL: http://[::1]:81/okta"),
            ("https://acme.okta.com/oauth2/default", "must be the org's own URL: https://acme.okta.com"),
            ("https://acme.okta.com/oauth2/", "must be the org's own URL: https://acme.okta.com"),
            ("https://acme-admin.okta.com", admin),
            ("https://acme-admin.oktapreview.com/", admin),
            ("https://acme-admin.okta-emea.com/api/v1", admin),
            ("https://acme-admin.example.com", ""),
            ("https://acme-administration.okta.com", ""),
            ("https://console.example.com/api", ""),
            ("https://console.example.com/oauth2proxy", ""),
            ("https://console.example.com/groups", ""),
            ("https://console.example.com/api/v1/okta", ""),
            ("https://console.example.com/api/v11", ""),
        ] {
            let refused = OrgUrl::parse(text).map_err(|error| error.reason).err().unwrap_or_default();
            assert_eq!(refused, reason, "{text}");
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
            ("https://acme.okta.com/api/v1", "must be the org's own URL: https://acme.okta.com"),
            ("example.okta.com", "must be a URL such as https://example.okta.com"),
            ("", "must be a URL such as https://example.okta.com"),
        ] {
            let error = OrgName::parse(text).unwrap_err();
            assert_eq!((error.argument.as_ref(), error.reason.as_str()), ("org", reason), "{text}");
        }
    }

    #[test]
    fn a_request_is_put_behind_the_prefix() {
        let org = OrgUrl::parse("https://console.example.com/okta").unwrap();
        let request = GetGroup { group: GroupId::new("00g1").unwrap() }.request();
        assert_eq!(org.url(&request), "https://console.example.com/okta/api/v1/groups/00g1");
    }
}
