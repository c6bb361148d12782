//! The host for Rust front ends: [`WebHost`], with tokens from Rust and bodies for Rust.

use std::time::Duration;

use js_sys::{Function, Object, Reflect};
use serde_json::Value;
use wasm_bindgen::prelude::*;

use super::{AuthSource, Listener, WebHost};
use crate::host::{Attempt, Event, Header, Host, Incoming, Outgoing, Platform, Sent};
use crate::org::OrgUrl;
use crate::sync::Shared;

/// A client over `fetch`.
pub type Client = crate::client::Client<FetchHost>;

/// A call that failed.
pub type Failure = crate::client::Failure<FetchHost>;

/// Who is asking. A source of tokens fails with what JavaScript may throw.
pub type Auth = crate::auth::Auth<JsValue>;

/// The global `fetch`, for programs in Rust.
#[derive(Clone, Debug)]
pub struct FetchHost {
    web: Shared<WebHost>,
    auth: Shared<Auth>,
}

impl FetchHost {
    /// A host whose requests to `org` carry `auth`; `listener` may watch what the client does.
    ///
    /// # Errors
    /// If there is no global `fetch`.
    pub fn new(org: &OrgUrl, auth: Auth, listener: Option<Listener>) -> Result<Self, JsValue> {
        let fetch: Function = Reflect::get(&js_sys::global(), &"fetch".into())?.dyn_into()?;
        let web = WebHost::new(fetch, None, AuthSource(Object::new()), listener, org.origin());
        Ok(FetchHost { web: Shared::new(web), auth: Shared::new(auth) })
    }
}

impl Platform for FetchHost {
    type Headers = web_sys::Headers;
    type Body = Value;
    type Cause = JsValue;

    fn now(&self) -> Duration {
        self.web.now()
    }

    fn random(&self) -> f64 {
        self.web.random()
    }

    fn refresh_token(&self, refused: &[Header]) -> bool {
        self.auth.refresh(refused)
    }

    fn event(&self, event: &Event<'_, JsValue>) {
        self.web.event(event);
    }

    fn may_hide_headers(&self) -> bool {
        self.web.may_hide_headers()
    }
}

impl Host for FetchHost {
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> {
        self.web.sleep(duration)
    }

    async fn authorize(&self, _: Attempt<'_>) -> Result<Vec<Header>, JsValue> {
        self.auth.headers(|| self.now()).await
    }

    async fn send(&self, outgoing: Outgoing<'_>) -> Sent<Self> {
        let Incoming { status, headers, text } = self.web.send(outgoing).await?;
        Ok(Incoming { status, headers, text: text.map(String::from) })
    }
}
