//! The host for native programs: reqwest and tokio (feature `reqwest`, or `native` to choose another TLS
//! library). It sends and measures time; the client decides.
//!
//! ```
//! use okta_groups::client::Settings;
//! use okta_groups::error::Error;
//! use okta_groups::filter::attr;
//! use okta_groups::native::{Auth, Client, ReqwestHost};
//! use okta_groups::org::OrgUrl;
//! use okta_groups::request::{ListGroups, ListUsers};
//! use serde_json::json;
//!
//! # async fn local_org() -> std::io::Result<String> {
//! #     let org = okta_groups_emulator::Org::seeded(Default::default(), Default::default());
//! #     let server = okta_groups_emulator::http::Server::bind(org, 0, &[]).await?;
//! #     let url = server.url();
//! #     tokio::spawn(server.run(std::future::pending()));
//! #     Ok(url)
//! # }
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (org_url, token) = (local_org().await?, "token");
//! let org = OrgUrl::parse(&org_url)?; // https://example.okta.com
//! let client = Client::new(ReqwestHost::new(Auth::ssws(token)?)?, Settings::new(org));
//! let groups = client.groups();
//!
//! let search = attr("type")?.eq("OKTA_GROUP").to_string();
//! let mut list = groups.list(&ListGroups { search: Some(search), ..ListGroups::default() })?;
//! while let Some(group) = list.next().await? {
//!     println!("{} {}", group.id, group.profile.name.as_deref().unwrap_or_default());
//! }
//!
//! let group = groups.create(&json!({ "name": "West Coast", "description": "West of The Rockies" })).await?;
//! groups.update(&group.id, &json!({ "description": null })).await?; // keeps every other attribute
//! let users = groups.list_users(&ListUsers::of(&group.id)?)?.to_vec(10_000).await?;
//! assert!(users.is_empty());
//! groups.delete(&group.id).await?;
//!
//! match groups.get(&group.id).await.map_err(|failure| failure.error) {
//!     Err(Error::Api(fault)) => println!("{:?} {:?}", fault.body.code, fault.request_id),
//!     other => println!("{other:?}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The host needs a tokio runtime with timers. The client and its futures are `Send`. A clone may be used by
//! another task and shares the org's rate limits with the first. Dropping a future cancels its call.
//!
//! # An export that can be resumed
//!
//! A list's cursor is the place where the rest of the list begins, in this program or another.
//!
//! ```
//! # use okta_groups::native::{Client, Failure};
//! # use okta_groups::request::ListGroups;
//! use std::io::{self, Write};
//!
//! use serde_json::Value;
//!
//! /// Writes the groups as lines of JSON. Returns the cursor to resume at, `None` when all are written.
//! async fn export(client: &Client, from: Option<&str>, out: &mut impl Write) -> io::Result<Option<String>> {
//!     let all = ListGroups::default().request().map_err(io::Error::other)?;
//!     let mut list = client.groups().list_as::<Value>(all).map_err(io::Error::other)?;
//!     if let Some(cursor) = from {
//!         list = list.resume(cursor).map_err(io::Error::other)?;
//!     }
//!     loop {
//!         let place = list.cursor();
//!         match list.next_page().await {
//!             Ok(Some(page)) => page.iter().try_for_each(|group| writeln!(out, "{group}"))?,
//!             Ok(None) => return Ok(None),
//!             Err(failure) if failure.error.is_transient() && place.is_some() => return Ok(place),
//!             Err(failure) => return Err(io::Error::other(failure)),
//!         }
//!     }
//! }
//! ```

mod env;

use std::error::Error;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use std::{fmt, io, iter};

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use serde_json::Value;
use tokio::time::Instant;

/// The version of reqwest whose builder [`ReqwestHost::with`] takes.
pub use ::reqwest;

pub use crate::auth::{Token, TokenReason};
pub use crate::host::BoxError;
use crate::host::{self, Attempt, Event, Header, Host, Incoming, Outgoing, Platform, SendFault, Sent};
use crate::policy::connection_code;
use crate::request::Method;
pub use env::from_env;

/// A client over reqwest.
pub type Client = crate::client::Client<ReqwestHost>;

/// A call that failed.
pub type Failure = crate::client::Failure<ReqwestHost>;

/// The credential.
pub type Auth = crate::auth::Auth<BoxError>;

/// Sends by reqwest. It follows no redirect, retries nothing by itself, and reads no more of a body than the
/// client's limit.
#[derive(Clone)]
pub struct ReqwestHost {
    http: reqwest::Client,
    auth: Arc<Auth>,
    listener: Option<Listener>,
}

/// The start of all hosts' clocks: clients that share their limits need one clock.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

type Listener = Arc<dyn Fn(&Event<'_, BoxError>) + Send + Sync>;

impl fmt::Debug for ReqwestHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestHost").field("auth", &self.auth).finish_non_exhaustive()
    }
}

impl ReqwestHost {
    /// A host that authenticates its requests by `auth`.
    ///
    /// # Errors
    /// If TLS or the system's proxies cannot be set up.
    pub fn new(auth: Auth) -> Result<Self, reqwest::Error> {
        let agent = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
        ReqwestHost::with(auth, reqwest::Client::builder().user_agent(agent))
    }

    /// Like [`ReqwestHost::new`], with your own proxies, certificates, `User-Agent` and so on.
    ///
    /// With the feature `reqwest`, this installs ring as the process's cryptography for rustls, unless the
    /// program has installed another provider.
    ///
    /// # Errors
    /// If the HTTP client cannot be built.
    pub fn with(auth: Auth, http: reqwest::ClientBuilder) -> Result<Self, reqwest::Error> {
        #[cfg(feature = "reqwest")]
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // It fails only if another thread was faster, whose choice is as good.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        // Only the crate's own policies apply: the API has no redirects, and following one would send the
        // token along; requests that reqwest retries would be in no budget and in no event.
        let http = http.redirect(reqwest::redirect::Policy::none()).retry(reqwest::retry::never());
        Ok(ReqwestHost { http: http.referer(false).build()?, auth: Arc::new(auth), listener: None })
    }

    /// Calls `listener` with each event, on the thread where it occurs. The listener may only observe.
    #[must_use]
    pub fn on_event(self, listener: impl Fn(&Event<'_, BoxError>) + Send + Sync + 'static) -> Self {
        ReqwestHost { listener: Some(Arc::new(listener)), ..self }
    }

    async fn exchange(
        &self,
        outgoing: &Outgoing<'_>,
    ) -> Result<Incoming<HeaderMap, String>, SendFault<BoxError>> {
        let mut request = self.http.request(method(outgoing.method), outgoing.url);
        for (name, value) in outgoing.headers {
            let mut value = HeaderValue::from_str(value).map_err(|error| SendFault::Refused(error.into()))?;
            value.set_sensitive(name.eq_ignore_ascii_case(AUTHORIZATION.as_str()));
            request = request.header(name, value);
        }
        if let Some(body) = outgoing.body {
            request = request.body(body.to_owned());
        }
        let mut response = request.send().await.map_err(failed)?;
        let status = response.status().as_u16();
        let mut bytes = Vec::new();
        // Counts decompressed bytes.
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if bytes.len() + chunk.len() > outgoing.max_bytes as usize {
                return Err(SendFault::TooLarge { status });
            }
            bytes.extend_from_slice(&chunk);
        }
        let (text, lossy) = text(bytes);
        Ok(Incoming { status, headers: std::mem::take(response.headers_mut()), text, lossy })
    }
}

impl Platform for ReqwestHost {
    type Headers = HeaderMap;
    type Body = Value;
    type Cause = BoxError;

    fn now(&self) -> Duration {
        Instant::now().saturating_duration_since(*START)
    }

    fn random(&self) -> f64 {
        fastrand::f64()
    }

    fn refresh_token(&self, refused: &[Header], began: Duration) -> bool {
        self.auth.refresh(refused, began)
    }

    fn event(&self, event: &Event<'_, BoxError>) {
        if let Some(listener) = &self.listener {
            listener(event);
        }
    }

    fn may_hide_headers(&self) -> bool {
        false
    }
}

impl Host for ReqwestHost {
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    async fn authorize(&self, attempt: Attempt<'_>) -> Result<Vec<Header>, BoxError> {
        self.auth.headers(attempt.began, || self.now()).await
    }

    async fn send(&self, outgoing: Outgoing<'_>) -> Sent<Self> {
        self.exchange(&outgoing).await
    }
}

impl host::HeaderMap for HeaderMap {
    fn get(&self, name: &str) -> Option<String> {
        let values = self.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
        let values: Vec<_> = values.collect();
        (!values.is_empty()).then(|| values.join(", "))
    }
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Delete => reqwest::Method::DELETE,
        Method::Patch => reqwest::Method::PATCH,
    }
}

/// Decodes a body as browsers do: drops a byte order mark and replaces invalid UTF-8 by U+FFFD. Also returns
/// whether something was replaced.
fn text(bytes: Vec<u8>) -> (Option<String>, bool) {
    let read = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => String::from_utf8(rest.to_owned()),
        None => String::from_utf8(bytes),
    };
    let (text, lossy) = match read {
        Ok(text) => (text, false),
        Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), true),
    };
    ((!text.is_empty()).then_some(text), lossy)
}

fn failed(error: reqwest::Error) -> SendFault<BoxError> {
    let code = code(&error);
    let is_connect = error.is_connect();
    // The URL holds the search, and the call knows it anyway.
    let cause = error.without_url().into();
    if is_connect {
        SendFault::Unsent { cause, code }
    } else {
        SendFault::Failed { cause, code, maybe_cors: false }
    }
}

/// The code of an error in Node's spelling, by the innermost source.
fn code(error: &reqwest::Error) -> Option<String> {
    let sources: Vec<_> = iter::successors(error.source(), |&error| error.source()).collect();
    let kinds = sources.iter().rev().filter_map(|error| match error.downcast_ref().map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => Some("ECONNREFUSED"),
        Some(io::ErrorKind::ConnectionReset) => Some("ECONNRESET"),
        Some(io::ErrorKind::TimedOut) => Some("ETIMEDOUT"),
        Some(io::ErrorKind::HostUnreachable) => Some("EHOSTUNREACH"),
        Some(io::ErrorKind::NetworkUnreachable) => Some("ENETUNREACH"),
        _ => None,
    });
    let says: Vec<String> = sources.iter().map(ToString::to_string).collect();
    connection_code(kinds, &says.join(" ")).0.map(str::to_owned)
}
