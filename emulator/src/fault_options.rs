//! Faults as plain data: by rules, at random by a seed, or both. The table of [`crate::faults`] describes each fault.

use std::borrow::Cow;

use okta_groups::request::Operation as Named;
use serde::{Deserialize, Deserializer, Serialize};

use crate::operation::Operation;

/// The faults of an org. The default: none.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct FaultOptions {
    /// Faults by rules. All rules that match a request strike it.
    pub rules: Vec<FaultRule>,
    /// Faults at random by a seed, in addition to the rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub random: Option<RandomFaults>,
}

/// A fault, and the requests that it strikes: those that meet every condition here.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct FaultRule {
    /// Only this operation, as Okta's reference writes it: `GET /api/v1/groups/{groupId}/users`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<OperationName>,
    /// Only requests whose path and query, as sent, contain this text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Only the nth matching request, from 1.
    #[serde(default, deserialize_with = "from_one", skip_serializing_if = "Option::is_none")]
    pub nth: Option<u32>,
    /// Only every nth matching request, from 1.
    #[serde(default, deserialize_with = "from_one", skip_serializing_if = "Option::is_none")]
    pub every: Option<u32>,
    /// The highest number of requests that the fault strikes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// Whether the fault strikes after the org has carried out the request, which the client then cannot know. Default: before.
    #[serde(default)]
    pub after: bool,
    /// The fault.
    pub fault: Fault,
}

impl FaultRule {
    /// A rule that strikes every request.
    pub fn new(fault: Fault) -> Self {
        Self { operation: None, path: None, nth: None, every: None, times: None, after: false, fault }
    }

    /// Limits the rule to one operation.
    #[must_use]
    pub fn on(mut self, operation: impl Into<OperationName>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// Limits the rule to the nth match.
    #[must_use]
    pub fn nth(mut self, nth: u32) -> Self {
        self.nth = Some(nth);
        self
    }

    /// Limits the rule to the first matches.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Strikes after the org has carried out the request.
    #[must_use]
    pub fn after(mut self) -> Self {
        self.after = true;
        self
    }
}

/// An operation of the org, as Okta's reference writes it: `GET /api/v1/groups/{groupId}/users`. The names in braces do not
/// matter.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String")]
pub struct OperationName(pub(crate) Cow<'static, str>);

impl From<Named> for OperationName {
    fn from(operation: Named) -> Self {
        let (method, path) = operation.route();
        let text = [method.as_str(), " ", path].concat();
        // The org answers every operation of the crate; a test holds that.
        Self::try_from(text.clone()).unwrap_or(Self(text.into()))
    }
}

impl TryFrom<String> for OperationName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let known = Operation::ROUTES.into_iter().find(|route| unnamed(route) == unnamed(&text));
        let unknown = || format!("{text} is no operation, such as GET /api/v1/groups/{{groupId}}/users");
        known.map(|route| Self(route.into())).ok_or_else(unknown)
    }
}

/// A route without the names of its ids.
fn unnamed(route: &str) -> String {
    let mut in_braces = false;
    let is_kept = |c: &char| {
        let was_in_braces = in_braces;
        in_braces = *c == '{' || (in_braces && *c != '}');
        !was_in_braces || !in_braces
    };
    route.chars().filter(is_kept).collect()
}

/// Faults at random, the same for the same seed and requests.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct RandomFaults {
    /// The seed.
    pub seed: u64,
    /// The share of requests that are struck, from 0 to 1. Default 0.1.
    #[serde(default = "default_rate", deserialize_with = "share")]
    pub rate: f64,
    /// The faults to choose from. Default: one of every kind.
    #[serde(default = "Fault::every")]
    pub of: Vec<Fault>,
}

impl RandomFaults {
    /// Strikes one request in ten, by every kind of fault.
    pub fn new(seed: u64) -> Self {
        Self { seed, rate: default_rate(), of: Fault::every() }
    }

    /// Sets the share of requests that are struck.
    #[must_use]
    pub fn rate(mut self, rate: f64) -> Self {
        self.rate = rate;
        self
    }

    /// Sets the faults to choose from.
    #[must_use]
    pub fn of(mut self, faults: &[Fault]) -> Self {
        self.of = faults.to_vec();
        self
    }
}

fn default_rate() -> f64 {
    0.1
}

fn from_one<'de, D: Deserializer<'de>>(given: D) -> Result<Option<u32>, D::Error> {
    let count = Option::deserialize(given)?;
    if count == Some(0) { Err(serde::de::Error::custom("not a whole number from 1")) } else { Ok(count) }
}

fn share<'de, D: Deserializer<'de>>(given: D) -> Result<f64, D::Error> {
    let share = f64::deserialize(given)?;
    if (0.0..=1.0).contains(&share) { Ok(share) } else { Err(serde::de::Error::custom("not from 0 to 1")) }
}

/// Reads an error status whose answer can have a body.
fn error_status<'de, D: Deserializer<'de>>(given: D) -> Result<u16, D::Error> {
    let status = u16::deserialize(given)?;
    if (400..=599).contains(&status) {
        Ok(status)
    } else {
        Err(serde::de::Error::custom("not from 400 to 599"))
    }
}

/// A fault; the table of the module `faults` describes each.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the table above")]
pub enum Fault {
    RateLimit,
    Concurrency,
    BareRateLimit,
    Error {
        #[serde(deserialize_with = "error_status")]
        status: u16,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
    ProxyError,
    LoginPage,
    Hang,
    Reset,
    PageTooLarge(usize),
    CutBody(usize),
    TruncatedBody(usize),
    SlowBody {
        chunk: usize,
        pause_ms: u32,
    },
    Latency(u32),
    DuplicateHeaders,
    MissingHeaders,
    HiddenDate,
    ClockOffset(i64),
    NextHost(String),
    NextSelf,
    NextFirst,
    NextLoses(String),
    EmptyPage,
    Lag(u32),
}

impl Fault {
    /// Answers with Okta's error object.
    pub fn error(status: u16, code: &str) -> Self {
        Self::Error { status, code: Some(code.to_owned()) }
    }

    /// Answers with the error of a gateway between client and org.
    pub fn status(status: u16) -> Self {
        Self::Error { status, code: None }
    }

    /// One of every kind.
    pub fn every() -> Vec<Self> {
        vec![
            Self::RateLimit,
            Self::Concurrency,
            Self::BareRateLimit,
            Self::error(500, "E0000009"),
            Self::status(502),
            Self::status(503),
            Self::error(503, "E0000010"),
            Self::error(503, "E0000100"),
            Self::status(504),
            Self::ProxyError,
            Self::LoginPage,
            Self::Hang,
            Self::Reset,
            Self::PageTooLarge(50),
            Self::CutBody(40),
            Self::TruncatedBody(40),
            Self::SlowBody { chunk: 256, pause_ms: 20 },
            Self::Latency(500),
            Self::DuplicateHeaders,
            Self::MissingHeaders,
            Self::HiddenDate,
            Self::ClockOffset(90_000),
            Self::NextHost("https://example-admin.okta.com".to_owned()),
            Self::NextSelf,
            Self::NextFirst,
            Self::NextLoses("limit".to_owned()),
            Self::EmptyPage,
            Self::Lag(2_000),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_named_as_the_reference_and_as_the_crate_name_it() {
        for operation in Named::ALL {
            assert!(Operation::ROUTES.contains(&&*OperationName::from(operation).0), "{operation:?}");
        }
        for text in ["GET /api/v1/users/{id}/groups", "GET /api/v1/users/{idOrLogin}/groups"] {
            assert_eq!(OperationName::try_from(text.to_owned()).unwrap().0, "GET /api/v1/users/{id}/groups");
        }
        assert!(OperationName::try_from("GET /api/v1/logs".to_owned()).is_err());
    }
}
