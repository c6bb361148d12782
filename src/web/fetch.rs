//! The host for Rust front ends: `fetch`, timers, tokens from Rust, and bodies that Rust decodes. It decides
//! nothing.

use std::fmt;

use gloo_net::http::{Headers, Response};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Function, JsString, Object, Promise, Reflect};
use serde_json::Value;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, RequestCredentials, RequestInit, RequestRedirect};

use super::js::{
    clock_now, clock_reached, is_cross_origin, is_lossy, math_random, read_text, without_secrets,
};
use crate::error::whole_millis;
use crate::host::{
    Attempt, Cause, Event, Header, HeaderMap, Host, Incoming, Outgoing, Platform, SendFault, Sent,
};
use crate::org::OrgUrl;
use crate::policy::connection_code;
use crate::redact::Secrets;
use crate::sync::Shared;
use crate::time::Duration;

/// A client over `fetch`.
pub type Client = crate::client::Client<FetchHost>;

/// A call that failed.
pub type Failure = crate::client::Failure<FetchHost>;

/// The credential. The error of a source of tokens is any JavaScript value.
pub type Auth = crate::auth::Auth<JsValue>;

/// A function that is called with each event.
pub type Listener = Box<dyn Fn(&Event<'_, JsValue>)>;

/// Sends by `fetch`, for programs in Rust.
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
    /// A host over the global `fetch` that authenticates its requests to `org` by `auth`. `listener` may
    /// observe what the client does.
    ///
    /// # Errors
    /// If there is no global `fetch`.
    pub fn new(org: &OrgUrl, auth: Auth, listener: Option<Listener>) -> Result<Self, JsValue> {
        let fetch: Function = Reflect::get(&js_sys::global(), &"fetch".into())?.dyn_into()?;
        Ok(FetchHost::with(fetch, org, auth, listener))
    }

    /// Like [`FetchHost::new`], over another `fetch`.
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
            let cause = without_secrets(&cause, &mut |text| secrets.redacted(text));
            send_fault(cause, outgoing.url, self.cross_origin)
        };
        let abort = AbortOnDrop::new().map_err(failed)?;
        let init = init(outgoing, &abort.controller.signal());
        // Passes two plain arguments rather than a Request: the `fetch` of another implementation does not
        // know this platform's class.
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
            Ok(text) => {
                let lossy = is_lossy(&headers);
                Ok(Incoming { status, headers, text: (text.length() > 0).then(|| text.into()), lossy })
            }
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

impl Cause for JsValue {}

impl HeaderMap for web_sys::Headers {
    fn get(&self, name: &str) -> Option<String> {
        web_sys::Headers::get(self, name).ok().flatten()
    }
}

fn now() -> Duration {
    Duration::from_micros((clock_now() * 1000.0) as u64)
}

/// Classifies what `fetch` threw for `url`, as pkg-template/src/fault.js does.
fn send_fault(cause: JsValue, url: &str, maybe_cors: bool) -> SendFault<JsValue> {
    // Node throws TypeError("fetch failed") with the system's error as its cause; other runtimes put the code
    // on the error itself.
    let text = |object: &JsValue, name: &str| own(object, name).and_then(|text| text.as_string());
    let inner = own(&cause, "cause").unwrap_or_default();
    let codes = [text(&inner, "code"), text(&cause, "code"), text(&cause, "errno")];
    let messages = [&cause, &inner].map(|error| get(error, "message").and_then(|text| text.as_string()));
    // Without the URL, which may contain any word.
    let says = codes.iter().chain(&messages).flatten().map(String::as_str).collect::<Vec<_>>().join(" ");
    let says = says.replace(url, "");
    let (code, unsent) = connection_code(codes.iter().flatten().map(String::as_str), &says);
    let code = code.map(str::to_owned);
    let calls = [text(&inner, "syscall"), text(&cause, "syscall"), text(&cause, "erroredSysCall")];
    let unsent = unsent || calls.iter().flatten().any(|call| call == "connect" || call == "getaddrinfo");
    if unsent { SendFault::Unsent { cause, code } } else { SendFault::Failed { cause, code, maybe_cors } }
}

/// An own property of an object: with a polluted prototype any failure might look unsent.
fn own(object: &JsValue, name: &str) -> Option<JsValue> {
    let object: &Object = object.dyn_ref()?;
    let descriptor = Reflect::get_own_property_descriptor(object, &JsValue::from_str(name)).ok()?;
    get(&descriptor, "value")
}

fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &JsValue::from_str(name)).ok()
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
    // The API has no redirects, and following one would send the token along.
    init.set_redirect(RequestRedirect::Manual);
    init.set_credentials(RequestCredentials::Omit);
    if let Some(body) = outgoing.body {
        init.set_body(&JsValue::from_str(body));
    }
    init
}

/// Aborts the request when it is dropped, unless the request has ended.
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
