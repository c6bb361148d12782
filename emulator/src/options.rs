//! The options of an org, as plain data.

use std::num::NonZeroU32;

use okta_groups::filter::{Warning, WarningReason};
use serde::Deserialize;

use crate::fault_options::FaultOptions;
use crate::rate_limit::RateLimit;

/// The options of an org. The default: any token, Okta's rate limits, links to the host of the request.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Options {
    /// The origin of the org. Links begin with it, and `aud` of assertions and `htu` of proofs must name it. Default:
    /// `http://` and the request's `Host`. With an origin of `https://`, the org can run behind a proxy that ends TLS.
    pub org_url: Option<String>,
    /// Limits per minute.
    pub rate_limit: RateLimit,
    /// The tokens that the org accepts. An empty list accepts every token that is not empty.
    pub tokens: Vec<Token>,
    /// The service apps that may sign in at `/oauth2/v1/token`. An empty list accepts every one.
    pub service_apps: Vec<ServiceApp>,
    /// The hosts that the org answers for over a network, in addition to loopback hosts and the host of `org_url`.
    pub allowed_hosts: Vec<String>,
    /// The origins whose pages may read answers and send cookies. Pages at loopback hosts may always read answers.
    pub cors: Vec<String>,
    /// The seed of ids and request ids.
    pub seed: u64,
    /// Behaviour that differs between real orgs, off by default.
    pub quirks: Quirks,
    /// The faults that [`Org::deliver`](crate::Org::deliver) injects.
    pub faults: FaultOptions,
}

/// A token that the org accepts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Token {
    /// The token, as it follows `SSWS` or `Bearer`.
    pub token: String,
    /// The scopes, such as `okta.groups.read`. `okta.groups.manage` includes reading. An empty list means all.
    #[serde(default)]
    pub scopes: Vec<String>,
}

/// A service app that the org accepts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServiceApp {
    /// The client ID: `iss` and `sub` of its assertions.
    pub client_id: String,
    /// The scopes that are granted to the app. An empty list means all.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Whether the app's tokens must be bound to a key by a DPoP proof.
    #[serde(default)]
    pub dpop: bool,
}

/// Behaviour that was recorded on some orgs only, and leniency that the reference does not document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Quirks {
    /// Whether a page that is not full has a `next`, which leads to an empty page without one.
    pub next_on_short_page: bool,
    /// Whether `self` and `next` are in one `Link` header, joined by a comma, and not in two.
    pub joined_links: bool,
    /// The parts of `filter` and `search` that the org accepts beyond the reference. Default: none.
    pub undocumented: Undocumented,
    /// The items of a page whose request has no `limit`. Default: 10,000 groups, 1,000 users, 20 apps.
    pub default_limit: Option<NonZeroU32>,
    /// The highest number of groups that a `q` finds. Default: 300.
    pub q_limit: Option<NonZeroU32>,
    /// Milliseconds until a group's list of members shows an added or removed member; the list of a user's groups shows the
    /// change at once (recorded: 0 to 2,000). Default 0.
    pub member_lag: u32,
    /// Milliseconds until rules add and remove people. A rule whose target group is deleted turns INVALID after half of this
    /// time. Default 1,000.
    pub rule_delay: Option<u32>,
    /// Whether members never have `_embedded["group-rules"]`, also with `expand=group-rules`.
    pub unsaid_group_rules: bool,
    /// Whether the `next` of a list of members keeps `expand=group-rules`, which Okta is reported to drop.
    pub kept_group_rules: bool,
    /// The highest number of bytes of path and query. The org answers 414 to a longer URL.
    pub max_url: Option<u32>,
}

/// The kinds of [`Warning`] with which the org still accepts an expression.
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

    /// Whether the org accepts an expression with this warning.
    pub(crate) fn takes(self, warning: &Warning) -> bool {
        match warning.reason {
            // No refusal was recorded or reported, and a group may have such a name.
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
