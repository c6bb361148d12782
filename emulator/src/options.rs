//! The options of an org: plain data, which uses nothing of the org.

use std::num::NonZeroU32;

use okta_groups::filter::{Warning, WarningReason};
use serde::Deserialize;

use crate::fault_options::FaultOptions;
use crate::rate_limit::RateLimit;

/// How an org behaves. The default: any token, Okta's rate limits, links on the host a request names.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Options {
    /// The origin of the org: of its links, and of `aud` and `htu` in assertions and proofs. Default: `http://` and the
    /// request's `Host`. With an origin of `https://`, the org can stand behind a proxy that ends TLS.
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

/// Oddities recorded on some orgs and not on most, and laxity that the reference does not document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Quirks {
    /// A page that is not full still has a `next`, to an empty page that has none.
    pub next_on_short_page: bool,
    /// `self` and `next` in one `Link` header, joined by a comma, and not in two.
    pub joined_links: bool,
    /// What the org takes in `filter` and `search` beyond the reference. Default: nothing.
    pub undocumented: Undocumented,
    /// The items of a page whose request has no `limit`. Default: 10,000 groups, 1,000 users, 20 apps.
    pub default_limit: Option<NonZeroU32>,
    /// The most groups that a `q` finds. Default: 300.
    pub q_limit: Option<NonZeroU32>,
    /// Milliseconds for which a group's list of members does not show who was added or removed, while the list of a
    /// user's groups does (recorded: 0 to 2,000). Default 0.
    pub member_lag: u32,
    /// Milliseconds after which rules add and remove people. A rule whose target group is deleted is INVALID after half of
    /// them. Default 1,000.
    pub rule_delay: Option<u32>,
    /// Whether members never say by which rules they are members, whatever `expand` asks for.
    pub unsaid_group_rules: bool,
    /// Whether the `next` of a list of members keeps `expand=group-rules`, which Okta is reported to lose.
    pub kept_group_rules: bool,
    /// Bytes of path and query beyond which a request is answered with 414.
    pub max_url: Option<u32>,
}

/// Kinds of [`Warning`] with which an expression is taken all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub struct Undocumented(u32);

/// The reasons of a warning, and operators one by one.
const KINDS: [&str; 15] = [
    "attribute",
    "operator",
    "value",
    "date",
    "not",
    "pr",
    "eq",
    "ne",
    "gt",
    "ge",
    "lt",
    "le",
    "sw",
    "co",
    "ew",
];

impl Undocumented {
    /// Every undocumented operator, `pr` and `not` included.
    pub const OPERATORS: Self = Self(0b10);

    /// Whether an expression with this warning is taken.
    pub(crate) fn takes(self, warning: &Warning) -> bool {
        match warning.reason {
            // Nobody saw one refused, and a group may have such a name.
            WarningReason::Character => true,
            WarningReason::Operator if self.has(warning.op) => true,
            reason => self.has(reason.as_str()),
        }
    }

    fn has(self, kind: &str) -> bool {
        bit(kind).is_some_and(|bit| self.0 & bit != 0)
    }
}

fn bit(kind: &str) -> Option<u32> {
    KINDS.iter().position(|known| *known == kind).map(|at| 1 << at)
}

impl TryFrom<Vec<String>> for Undocumented {
    type Error = String;

    fn try_from(kinds: Vec<String>) -> Result<Self, String> {
        kinds.iter().try_fold(Self::default(), |Self(bits), kind| match bit(kind) {
            Some(bit) => Ok(Self(bits | bit)),
            None => Err(format!("{kind:?} is none of {}", KINDS.join(", "))),
        })
    }
}
