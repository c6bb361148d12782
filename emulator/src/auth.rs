//! Reads the token of a request and checks its scopes. Decides 401 and 403, not which scopes an operation needs.

use crate::message::Request;
use crate::options::Token;
use crate::refusal::Refusal;
use crate::service_apps::{SignIns, is_proved};

const DPOP: &str = "DPoP";

/// The scheme at the beginning of a header, in any case, and the token after it.
fn scheme_and_token(value: &str) -> Option<(&'static str, &str)> {
    ["SSWS", "Bearer", DPOP].into_iter().find_map(|scheme| {
        let (start, token) = value.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some((scheme, token.trim_start()))
    })
}

/// The rights of a request's token.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Grant<'a> {
    Everything,
    Scopes(&'a [String]),
    /// The scopes of a service app, which has no user.
    App(&'a [String]),
}

impl<'a> Grant<'a> {
    /// Reads `Authorization: SSWS x`, `Bearer x` or `DPoP x`. The blank may be missing: the vendor's Python SDK sends `SSWSx`
    /// and `Bearerx`, which real orgs accept.
    ///
    /// # Errors
    /// [`Refusal::Unauthorized`] for anything else, or a token that is neither `issued` to a service app nor among
    /// `known`, if there are any.
    pub(crate) fn of(
        request: &Request,
        known: &'a [Token],
        issued: &'a SignIns,
        base: &str,
        now_ms: i64,
    ) -> Result<Self, Refusal> {
        let (scheme, token) = request
            .get("authorization")
            .and_then(|value| scheme_and_token(value.trim()))
            .ok_or(Refusal::Unauthorized)?;
        let is_proved = scheme == DPOP && is_proved(request, base, now_ms);
        if let Some(scopes) = issued.scopes(scheme, token, is_proved, now_ms) {
            return scopes.map(Self::App).ok_or(Refusal::Unauthorized);
        }
        if token.is_empty() || (scheme == DPOP && !is_proved) {
            return Err(Refusal::Unauthorized);
        }
        match known.iter().find(|known| known.token == token) {
            Some(known) if known.scopes.is_empty() => Ok(Self::Everything),
            Some(known) => Ok(Self::Scopes(&known.scopes)),
            None if known.is_empty() => Ok(Self::Everything),
            None => Err(Refusal::Unauthorized),
        }
    }

    /// # Errors
    /// [`Refusal::MissingScope`].
    pub(crate) fn require(self, scope: &'static str) -> Result<(), Refusal> {
        let has = |wanted: &str| match self {
            Self::Everything => true,
            Self::Scopes(scopes) | Self::App(scopes) => scopes.iter().any(|scope| scope == wanted),
        };
        // The scope to manage includes reading.
        let granted =
            has(scope) || scope.strip_suffix("read").is_some_and(|what| has(&[what, "manage"].concat()));
        if granted { Ok(()) } else { Err(Refusal::MissingScope(scope)) }
    }
}
