//! The options of an org: plain data, which uses nothing of the org.

use serde::Deserialize;

use crate::fault_options::FaultOptions;
use crate::rate_limit::RateLimit;

/// How an org behaves. The default: any token, Okta's rate limits, links on the host a request names.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Options {
    /// The origin of the org's links. Default: `http://` and the request's `Host`.
    pub org_url: Option<String>,
    /// Limits per minute.
    pub rate_limit: RateLimit,
    /// The tokens the org knows. Default, if there are none: every token that is not empty.
    pub tokens: Vec<Token>,
    /// The service apps that may sign in at `/oauth2/v1/token`. Default, if there are none: every one.
    pub service_apps: Vec<ServiceApp>,
    /// The hosts by which it may be asked over a network, besides loopback hosts and that of `org_url`.
    pub allowed_hosts: Vec<String>,
    /// The origins whose pages may read its answers and send cookies. Pages at loopback hosts may read them in any case.
    pub cors: Vec<String>,
    /// What makes ids and request ids.
    pub seed: u64,
    /// Oddities of real orgs that are rare enough to be off by default.
    pub quirks: Quirks,
    /// What [`Org::deliver`](crate::Org::deliver) lets go wrong.
    pub faults: FaultOptions,
}

/// A token the org knows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Token {
    /// What follows `SSWS` or `Bearer`.
    pub token: String,
    /// Such as `okta.groups.read`. `okta.groups.manage` includes reading. Default, if there are none: all.
    #[serde(default)]
    pub scopes: Vec<String>,
}

/// A service app the org knows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServiceApp {
    /// `iss` and `sub` of its assertions.
    pub client_id: String,
    /// The scopes that are granted to it. Default, if there are none: all.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Whether its tokens must be bound to a key by a DPoP proof.
    #[serde(default)]
    pub dpop: bool,
}

/// Oddities recorded on some orgs and not on most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Quirks {
    /// A page that is not full still has a `next`, to an empty page that has none.
    pub next_on_short_page: bool,
    /// `self` and `next` in one `Link` header, joined by a comma, and not in two.
    pub joined_links: bool,
}
