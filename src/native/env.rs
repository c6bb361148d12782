//! Reads the org and the credential from environment variables. Decides which variables count; an error names
//! the wrong variable, never its value. `env.js` of the npm package decides the same; the table
//! `tests/fixtures/environment.json` holds the two equal.

use std::env;
use std::env::VarError;

use super::Auth;
use crate::client::Settings;
use crate::org::OrgUrl;
use crate::request::ArgumentError;

const ORG_URL: &str = "OKTA_ORG_URL";
const TOKEN: &str = "OKTA_TOKEN";
const CLIENT_ORGURL: &str = "OKTA_CLIENT_ORGURL";
const CLIENT_TOKEN: &str = "OKTA_CLIENT_TOKEN";
const CLIENT_MODE: &str = "OKTA_CLIENT_AUTHORIZATIONMODE";
const CLIENT_ID: &str = "OKTA_CLIENT_CLIENTID";
const CLIENT_KEY: &str = "OKTA_CLIENT_PRIVATEKEY";
const CLIENT_SCOPES: &str = "OKTA_CLIENT_SCOPES";

/// The variables of this package.
const OWN: [&str; 2] = [ORG_URL, TOKEN];
/// The variables of Okta's SDKs, in the order in which an error names them.
const VENDOR: [&str; 6] = [CLIENT_TOKEN, CLIENT_KEY, CLIENT_ORGURL, CLIENT_ID, CLIENT_SCOPES, CLIENT_MODE];

/// Reads the credential and the settings from the environment: `OKTA_ORG_URL` and `OKTA_TOKEN`, or the
/// variables of Okta's own SDKs (`OKTA_CLIENT_ORGURL`, `OKTA_CLIENT_TOKEN`, `OKTA_CLIENT_AUTHORIZATIONMODE`).
/// An empty variable counts as missing.
///
/// ```no_run
/// use okta_groups::native::{Client, ReqwestHost, from_env};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (auth, settings) = from_env()?;
/// let client = Client::new(ReqwestHost::new(auth)?, settings);
/// # Ok(())
/// # }
/// ```
///
/// `OKTA_CLIENT_PRIVATEKEY` is refused, because this crate does not sign requests for tokens: obtain the
/// app's access tokens elsewhere and pass them by [`Auth::bearer_from`](crate::auth::Auth::bearer_from).
///
/// # Errors
/// [`ArgumentError`] if a variable is missing or wrong, or if variables of both families are set. It names
/// the variables, never a value.
pub fn from_env() -> Result<(Auth, Settings), ArgumentError> {
    let mut wrong = None;
    let found = found(|name| match env::var(name) {
        Ok(value) => Some(value),
        Err(VarError::NotPresent) => None,
        Err(VarError::NotUnicode(_)) => {
            wrong.get_or_insert_with(|| ArgumentError::new(name, "is not UTF-8"));
            None
        }
    });
    if let Some(wrong) = wrong {
        return Err(wrong);
    }
    let Found { org, credential } = found?;
    match credential {
        Credential::Token(auth) => Ok((auth, Settings::new(org))),
        Credential::App { .. } => Err(ArgumentError::new(
            CLIENT_KEY,
            "cannot be used, since this crate does not sign; set OKTA_CLIENT_TOKEN, or use Auth::bearer_from",
        )),
    }
}

/// What the variables say.
#[derive(Debug)]
struct Found {
    org: OrgUrl,
    credential: Credential,
}

#[derive(Debug)]
enum Credential {
    Token(Auth),
    /// A service app.
    #[cfg_attr(not(test), allow(dead_code, reason = "this crate does not sign"))]
    App {
        client_id: String,
        scopes: Option<Vec<String>>,
    },
}

fn found(mut read: impl FnMut(&'static str) -> Option<String>) -> Result<Found, ArgumentError> {
    let mut values = Vec::new();
    for name in OWN.into_iter().chain(VENDOR) {
        values.push((name, read(name)));
    }
    let value = |wanted: &str| {
        values.iter().find(|(name, _)| *name == wanted).and_then(|(_, value)| value.as_deref())
    };
    let is_set = |name: &&'static str| value(name).is_some_and(|value| !value.trim().is_empty());
    let needed = |name: &'static str| match value(name) {
        Some(value) if !value.trim().is_empty() => Ok(value),
        Some(_) => Err(ArgumentError::new(name, "is empty")),
        None => Err(ArgumentError::new(name, "is missing")),
    };
    match (OWN.into_iter().find(is_set), VENDOR.into_iter().find(is_set)) {
        (None, None) => {
            let reason = "is missing; set it with OKTA_TOKEN, or OKTA_CLIENT_ORGURL with OKTA_CLIENT_TOKEN or \
                          OKTA_CLIENT_PRIVATEKEY";
            Err(ArgumentError::new(ORG_URL, reason))
        }
        (Some(own), Some(vendor)) => {
            let reason = " must not both be set: a token must not go to another org";
            Err(ArgumentError::new(own, ["and ", vendor, reason].concat()))
        }
        (Some(_), None) => {
            let org = org(ORG_URL, needed(ORG_URL)?)?;
            let auth = Auth::ssws(needed(TOKEN)?).map_err(|error| of_token(TOKEN, &error))?;
            Ok(Found { org, credential: Credential::Token(auth) })
        }
        (None, Some(_)) => {
            let org = org(CLIENT_ORGURL, needed(CLIENT_ORGURL)?)?;
            let of_app = is_set(&CLIENT_ID) || is_set(&CLIENT_KEY);
            let mode =
                value(CLIENT_MODE).map(|mode| bare(CLIENT_MODE, mode)).transpose()?.unwrap_or_default();
            let mode: String = mode.chars().filter(|c| !matches!(c, '_' | '-')).collect();
            let mode = match mode.to_ascii_lowercase().as_str() {
                "" if is_set(&CLIENT_TOKEN) && is_set(&CLIENT_KEY) => {
                    let reason = "and OKTA_CLIENT_PRIVATEKEY are both set; OKTA_CLIENT_AUTHORIZATIONMODE says which \
                                  one counts";
                    return Err(ArgumentError::new(CLIENT_TOKEN, reason));
                }
                "" if !is_set(&CLIENT_TOKEN) && !of_app => {
                    let reason = "is missing; set it, or OKTA_CLIENT_CLIENTID and OKTA_CLIENT_PRIVATEKEY";
                    return Err(ArgumentError::new(CLIENT_TOKEN, reason));
                }
                "" if is_set(&CLIENT_TOKEN) => "ssws",
                "" => "privatekey",
                "ssws" => "ssws",
                "bearer" => "bearer",
                "privatekey" => "privatekey",
                _ => return Err(ArgumentError::new(CLIENT_MODE, "must be SSWS, Bearer or PrivateKey")),
            };
            let named = |error: ArgumentError| of_token(CLIENT_TOKEN, &error);
            let credential = match mode {
                "ssws" => Credential::Token(Auth::ssws(needed(CLIENT_TOKEN)?).map_err(named)?),
                "bearer" => Credential::Token(Auth::bearer(needed(CLIENT_TOKEN)?).map_err(named)?),
                _ => {
                    let client_id = bare(CLIENT_ID, needed(CLIENT_ID)?)?.to_owned();
                    needed(CLIENT_KEY)?;
                    let scopes = value(CLIENT_SCOPES).filter(|_| is_set(&CLIENT_SCOPES));
                    Credential::App { client_id, scopes: scopes.map(names).transpose()? }
                }
            };
            Ok(Found { org, credential })
        }
    }
}

/// Trims a value. Quotes around it are an error: files of environment variables leave them.
fn bare<'a>(name: &'static str, value: &'a str) -> Result<&'a str, ArgumentError> {
    const QUOTES: [char; 3] = ['"', '\'', '`'];
    let value = value.trim();
    if value.starts_with(QUOTES) || value.ends_with(QUOTES) {
        return Err(ArgumentError::new(name, "must not be in quotes"));
    }
    Ok(value)
}

fn names(scopes: &str) -> Result<Vec<String>, ArgumentError> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':' | '/' | '-');
    let scopes = bare(CLIENT_SCOPES, scopes)?.split(|c: char| c == ',' || c.is_whitespace());
    let scopes: Vec<_> = scopes.filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
    if scopes.is_empty() || !scopes.iter().all(|scope| scope.chars().all(is_part)) {
        let reason = "must be names of scopes with blanks or commas between them";
        return Err(ArgumentError::new(CLIENT_SCOPES, reason));
    }
    Ok(scopes)
}

/// Parses the org's URL. Cuts the URL that was probably meant from the error, since it is most of the value.
fn org(name: &'static str, text: &str) -> Result<OrgUrl, ArgumentError> {
    OrgUrl::parse(text).map_err(|error| {
        let reason = error.reason.split("; probably meant").next().unwrap_or_default();
        ArgumentError::new(name, reason)
    })
}

fn of_token(name: &'static str, error: &ArgumentError) -> ArgumentError {
    ArgumentError::new(name, error.reason.strip_prefix("the token ").unwrap_or(&error.reason))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::Value;

    use super::*;

    #[tokio::test]
    async fn an_environment_is_a_client_or_an_error_that_names_the_variable() {
        let table: Vec<Value> =
            serde_json::from_str(include_str!("../../tests/fixtures/environment.json")).unwrap();
        assert!(table.len() > 30);
        for row in table {
            let says = &row["says"];
            let env = &row["env"];
            let found = found(|name| env[name].as_str().map(str::to_owned));
            let is = &row["is"];
            match found {
                Err(error) => {
                    let told = [row["argument"].as_str(), row["reason"].as_str()];
                    assert_eq!(told, [Some(error.argument.as_ref()), Some(&*error.reason)], "{says}");
                    assert!(!error.message().contains("secret"), "{error}");
                }
                Ok(Found { org, credential }) => {
                    assert_eq!(is["orgUrl"], org.to_string(), "{says}");
                    match credential {
                        Credential::Token(auth) => {
                            let [scheme, token] =
                                [&is["scheme"], &is["token"]].map(|it| it.as_str().unwrap());
                            let headers = auth.headers(Duration::ZERO, || Duration::ZERO).await.unwrap();
                            assert_eq!(headers[0].1, [scheme, " ", token].concat(), "{says}");
                        }
                        Credential::App { client_id, scopes } => {
                            assert_eq!(is["clientId"], client_id, "{says}");
                            assert_eq!(is["scopes"], serde_json::to_value(scopes).unwrap(), "{says}");
                        }
                    }
                }
            }
        }
    }
}
