//! The token endpoint, `/oauth2/v1/token`: service apps sign in with an assertion and get a token for an hour.
//!
//! The org checks form, claims, replay, scopes and proofs of possession. It does not verify signatures, since it has no keys,
//! nor a proof's `ath`, which would need a hash function.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::message::Request;
use crate::options::ServiceApp;
use crate::random::Random;
use crate::url;

pub(crate) const PATH: &str = "/oauth2/v1/token";

const LIFE_MS: i64 = 3_600_000;
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The issued tokens, and the `jti`s of used assertions and proofs.
#[derive(Default)]
pub(crate) struct SignIns {
    issued: Vec<Issued>,
    /// Used `jti`s, each with the time until which a replay is refused, in seconds since 1970.
    seen: Vec<(String, i64)>,
    nonce: Option<String>,
}

struct Issued {
    token: String,
    scopes: Vec<String>,
    bound: bool,
    ends_ms: i64,
}

/// The answer of the endpoint.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) nonce: Option<String>,
}

/// OAuth's `error` and `error_description`.
type Refused = (u16, &'static str, &'static str);

#[derive(Deserialize)]
struct Assertion {
    iss: String,
    sub: String,
    aud: String,
    /// A number that may have a fraction (RFC 7519, section 2), as some libraries write it.
    exp: f64,
    /// Okta documents `jti` and `iat` as optional.
    jti: Option<String>,
}

#[derive(Deserialize)]
struct Proof {
    htm: String,
    htu: String,
    jti: String,
    iat: f64,
    nonce: Option<String>,
}

impl SignIns {
    /// The scopes of a token that the org issued; `None` if it has expired, or if the request lacks the proof of its key.
    pub(crate) fn scopes(
        &self,
        scheme: &str,
        token: &str,
        is_proved: bool,
        now_ms: i64,
    ) -> Option<Option<&[String]>> {
        let issued = self.issued.iter().find(|it| it.token == token)?;
        let fits = if issued.bound { is_proved } else { scheme.eq_ignore_ascii_case("Bearer") };
        Some((fits && issued.ends_ms > now_ms).then_some(issued.scopes.as_slice()))
    }

    pub(crate) fn answer(
        &mut self,
        request: &Request,
        apps: &[ServiceApp],
        base: &str,
        now_ms: i64,
        random: &mut Random,
    ) -> Answer {
        match self.grant(request, apps, base, now_ms) {
            Ok((scopes, bound)) => {
                let token = random.hex(64);
                let scope = scopes.join(" ");
                let token_type = if bound { "DPoP" } else { "Bearer" };
                let body = json!({
                    "token_type": token_type, "expires_in": LIFE_MS / 1000, "access_token": token, "scope": scope,
                });
                self.issued.push(Issued { token, scopes, bound, ends_ms: now_ms + LIFE_MS });
                Answer { status: 200, body, nonce: None }
            }
            Err((status, error, description)) => Answer {
                status,
                body: json!({ "error": error, "error_description": description }),
                nonce: (error == "use_dpop_nonce")
                    .then(|| self.nonce.get_or_insert_with(|| random.hex(32)).clone()),
            },
        }
    }

    /// The granted scopes, and whether the token is bound to a key.
    fn grant(
        &mut self,
        request: &Request,
        apps: &[ServiceApp],
        base: &str,
        now_ms: i64,
    ) -> Result<(Vec<String>, bool), Refused> {
        if request.method != "POST" {
            return Err((405, "invalid_request", "The endpoint supports POST only."));
        }
        let form = url::query_pairs(&String::from_utf8_lossy(&request.body));
        let field = |name: &str| form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value);
        if field("grant_type") != "client_credentials" {
            return Err((400, "unsupported_grant_type", "The grant type must be client_credentials."));
        }
        if field("client_assertion_type") != ASSERTION_TYPE {
            return Err((401, "invalid_client", "The client_assertion_type is not supported."));
        }
        let assertion: Assertion = claims(field("client_assertion")).ok_or((
            401,
            "invalid_client",
            "The client_assertion is no JWT with iss, sub, aud and exp.",
        ))?;
        let app = apps.iter().find(|app| app.client_id == assertion.iss);
        if assertion.iss.is_empty() || assertion.iss != assertion.sub || (app.is_none() && !apps.is_empty()) {
            return Err((401, "invalid_client", "Invalid value for 'client_id' parameter."));
        }
        if assertion.aud != [base, PATH].concat() {
            return Err((
                401,
                "invalid_client",
                "The audience claim for client_assertion must be the endpoint invoked for the request.",
            ));
        }
        let now = now_ms / 1000;
        let exp = assertion.exp as i64;
        if exp <= now {
            return Err((401, "invalid_client", "The client_assertion token is expired."));
        }
        if exp > now + 3600 {
            return Err((
                401,
                "invalid_client",
                "The client_assertion token has an expiration too far into the future.",
            ));
        }
        if assertion.jti.is_some_and(|jti| !self.is_new(jti, exp, now)) {
            return Err((401, "invalid_client", "The client_assertion token has already been used."));
        }
        let scopes: Vec<String> =
            field("scope").split(' ').filter(|it| !it.is_empty()).map(str::to_owned).collect();
        let granted =
            |scope: &String| app.is_none_or(|app| app.scopes.is_empty() || app.scopes.contains(scope));
        if scopes.is_empty() || !scopes.iter().all(granted) {
            return Err((
                400,
                "invalid_scope",
                "One or more scopes are not granted to the client application.",
            ));
        }
        let bound = self.proved(request, base, now_ms)?;
        if app.is_some_and(|app| app.dpop) && !bound {
            return Err((400, "invalid_dpop_proof", "The DPoP proof JWT header is missing."));
        }
        Ok((scopes, bound))
    }

    /// Whether the request has a proof, which must be valid and have the org's nonce.
    fn proved(&mut self, request: &Request, base: &str, now_ms: i64) -> Result<bool, Refused> {
        let Some(header) = request.get("dpop") else { return Ok(false) };
        let invalid = |description| (400, "invalid_dpop_proof", description);
        let proof: Proof =
            claims(header).ok_or(invalid("The DPoP proof is no JWT with htm, htu, iat and jti."))?;
        if !fits(&proof, request, base) {
            return Err(invalid("The htm or htu claim is not the request's."));
        }
        if proof.nonce.is_none() || proof.nonce != self.nonce {
            return Err((400, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof."));
        }
        if !near(proof.iat, now_ms) {
            return Err(invalid("The DPoP proof was not issued now."));
        }
        let now = now_ms / 1000;
        if !self.is_new(proof.jti, now + 3600, now) {
            return Err(invalid("The DPoP proof has already been used."));
        }
        Ok(true)
    }

    fn is_new(&mut self, jti: String, until: i64, now: i64) -> bool {
        self.seen.retain(|(_, until)| *until > now);
        let is_new = self.seen.iter().all(|(seen, _)| *seen != jti);
        self.seen.push((jti, until));
        is_new
    }
}

/// Whether an API request has a proof of its own method, URL and time. The proof's key is not checked.
pub(crate) fn is_proved(request: &Request, base: &str, now_ms: i64) -> bool {
    let proof: Option<Proof> = request.get("dpop").and_then(claims);
    proof.is_some_and(|proof| fits(&proof, request, base) && near(proof.iat, now_ms))
}

fn fits(proof: &Proof, request: &Request, base: &str) -> bool {
    proof.htm == request.method && proof.htu == [base, request.split().0].concat()
}

/// Whether the time of a proof is near enough. Okta documents no limit; five minutes is common for servers.
fn near(iat: f64, now_ms: i64) -> bool {
    (iat - now_ms as f64 / 1000.0).abs() <= 300.0
}

/// The claims of a JWT: three parts, of which the second is JSON in base64url.
fn claims<T: for<'de> Deserialize<'de>>(jwt: &str) -> Option<T> {
    let mut parts = jwt.split('.');
    let (_, claims, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
        return None;
    };
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}
