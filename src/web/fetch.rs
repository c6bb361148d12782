//! The host for Rust front ends: `fetch`, timers, tokens from Rust and bodies for Rust.

use std::fmt;
use std::time::Duration;

use gloo_net::http::{Headers, Response};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Function, JsString, Object, Promise, Reflect};
use serde_json::Value;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, RequestCredentials, RequestInit, RequestRedirect};

use super::js::{clock_now, clock_reached, is_cross_origin, math_random, read_text, without_secrets};
use super::platform::{now, send_fault};
use crate::error::whole_millis;
use crate::host::{Attempt, Event, Header, Host, Incoming, Outgoing, Platform, SendFault, Sent};
use crate::org::OrgUrl;
use crate::redact::Secrets;
use crate::sync::Shared;

/// A client over `fetch`.
pub type Client = crate::client::Client<FetchHost>;

/// A call that failed.
pub type Failure = crate::client::Failure<FetchHost>;

/// Who is asking. A source of tokens fails with what JavaScript may throw.
pub type Auth = crate::auth::Auth<JsValue>;

/// Called with each event.
pub type Listener = Box<dyn Fn(&Event<'_, JsValue>)>;

/// `fetch`, for programs in Rust.
#[derive(Clone)]
pub struct FetchHost {
    fetch: Function,
    auth: Shared<Auth>,
    listener: Option<Shared<Listener>>,
    cross_origin: bool,
}

impl fmt::Debug for FetchHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FetchHost").field("auth", &self.auth).finish_non_exhaustive()
    }
}

impl FetchHost {
    /// A host over the global `fetch`, whose requests to `org` carry `auth`; `listener` may watch what the client does.
    ///
    /// # Errors
    /// If there is no global `fetch`.
    pub fn new(org: &OrgUrl, auth: Auth, listener: Option<Listener>) -> Result<Self, JsValue> {
        let fetch: Function = Reflect::get(&js_sys::global(), &"fetch".into())?.dyn_into()?;
        Ok(FetchHost::with(fetch, org, auth, listener))
    }

    /// As [`FetchHost::new`], over another `fetch`.
    pub fn with(fetch: Function, org: &OrgUrl, auth: Auth, listener: Option<Listener>) -> Self {
        FetchHost {
            fetch,
            auth: Shared::new(auth),
            listener: listener.map(Shared::new),
            cross_origin: is_cross_origin(org.origin()),
        }
    }

    async fn exchange(
        &self,
        outgoing: &Outgoing<'_>,
    ) -> Result<Incoming<web_sys::Headers, String>, SendFault<JsValue>> {
        let failed = |cause: JsValue| {
            let secrets = Secrets { own: [outgoing.headers, &[]], ..Secrets::default() };
            send_fault(without_secrets(&cause, &mut |text| secrets.redacted(text)), self.cross_origin)
        };
        let abort = AbortOnDrop::new().map_err(failed)?;
        let init = init(outgoing, &abort.controller.signal());
        // Two plain arguments, not a Request: another implementation's fetch does not know this platform's class.
        let answer =
            self.fetch.call2(&JsValue::UNDEFINED, &JsValue::from_str(outgoing.url), &init).map_err(failed)?;
        let answer = JsFuture::from(Promise::resolve(&answer)).await.map_err(failed)?;
        if !answer.is_object() {
            return Err(failed(JsError::new("fetch did not resolve to a Response").into()));
        }
        let response = Response::from(answer.unchecked_into::<web_sys::Response>());
        let (status, headers) = (response.status(), response.headers().into_raw());
        let text = read_text(&response.into(), outgoing.max_bytes).await.map_err(failed)?;
        abort.disarm();
        match text.dyn_into::<JsString>() {
            Ok(text) => Ok(Incoming { status, headers, text: (text.length() > 0).then(|| text.into()) }),
            Err(_) => Err(SendFault::TooLarge { status }),
        }
    }
}

impl Platform for FetchHost {
    type Headers = web_sys::Headers;
    type Body = Value;
    type Cause = JsValue;

    fn now(&self) -> Duration {
        now()
    }

    fn random(&self) -> f64 {
        math_random()
    }

    fn refresh_token(&self, refused: &[Header], began: Duration) -> bool {
        self.auth.refresh(refused, began)
    }

    fn event(&self, event: &Event<'_, JsValue>) {
        if let Some(listener) = &self.listener {
            listener(event);
        }
    }

    fn may_hide_headers(&self) -> bool {
        self.cross_origin
    }
}

impl Host for FetchHost {
    async fn sleep(&self, duration: Duration) {
        let millis = whole_millis(duration).min(i32::MAX as u32);
        let due = clock_now() + f64::from(millis);
        TimeoutFuture::new(millis).await;
        clock_reached(due);
    }

    async fn authorize(&self, attempt: Attempt<'_>) -> Result<Vec<Header>, JsValue> {
        self.auth.headers(attempt.began, now).await
    }

    async fn send(&self, outgoing: Outgoing<'_>) -> Sent<Self> {
        self.exchange(&outgoing).await
    }
}

fn init(outgoing: &Outgoing<'_>, signal: &AbortSignal) -> RequestInit {
    let init: RequestInit = Object::create(JsValue::NULL.unchecked_ref::<Object>()).unchecked_into();
    let headers = Headers::new();
    for (name, value) in outgoing.headers {
        headers.set(name, value);
    }
    init.set_method(outgoing.method.as_str());
    init.set_headers(&headers.into_raw());
    init.set_signal(Some(signal));
    // The API has no redirects: one that is followed would carry the token along.
    init.set_redirect(RequestRedirect::Manual);
    init.set_credentials(RequestCredentials::Omit);
    if let Some(body) = outgoing.body {
        init.set_body(&JsValue::from_str(body));
    }
    init
}

/// Aborts what its signal was given to, unless that came to its end.
struct AbortOnDrop {
    controller: AbortController,
    done: bool,
}

impl AbortOnDrop {
    fn new() -> Result<Self, JsValue> {
        Ok(AbortOnDrop { controller: AbortController::new()?, done: false })
    }

    fn disarm(mut self) {
        self.done = true;
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if !self.done {
            self.controller.abort();
        }
    }
}
