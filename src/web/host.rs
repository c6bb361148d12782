//! The client's host in browsers, Node and their kin: `fetch`, timers, `JSON.parse`.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use gloo_net::http::{Headers, Response};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Function, JsString, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, RequestCredentials, RequestInit, RequestRedirect};

use super::js::{
    close_request, error_text, is_cross_origin, is_okta_error, math_random, open_request, parse_json,
    performance_now, proof_request, read_text, request_init,
};
use crate::error::{ErrorBody, whole_millis};
use crate::host::{
    Attempt, Body, Cause, Event, Header, HeaderMap, Host, Incoming, Outgoing, Platform, SendFault, Sent,
    Shape,
};
use crate::policy;
use crate::request::{ArgumentError, Request};

/// Where the headers that prove who is asking come from: an object with `authorize`, as `api.d.ts` describes it.
#[derive(Clone, Debug)]
pub struct AuthSource(pub Object);

/// `fetch` and its surroundings.
pub struct WebHost {
    fetch: Function,
    fetch_options: Option<Object>,
    auth: AuthSource,
    listener: Option<Listener>,
    bucket_of: Option<Function>,
    cross_origin: bool,
}

/// Called with each event.
pub type Listener = Box<dyn Fn(&Event<'_, JsValue>)>;

impl fmt::Debug for WebHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebHost")
    }
}

impl WebHost {
    /// A host that sends with `fetch`; `fetch_options` go into every call's `init` (a `dispatcher`, `cache`, …).
    /// `listener` may watch.
    pub fn new(
        fetch: Function,
        fetch_options: Option<Object>,
        auth: AuthSource,
        listener: Option<Listener>,
        origin: &str,
    ) -> Self {
        WebHost {
            fetch,
            fetch_options,
            auth,
            listener,
            bucket_of: None,
            cross_origin: is_cross_origin(origin),
        }
    }

    /// Names the rate-limit buckets: called with method and path, it returns a name, or `undefined` for
    /// [`bucket_of`](policy::bucket_of)'s.
    #[must_use]
    pub fn bucket_of(self, rule: Option<Function>) -> Self {
        WebHost { bucket_of: rule, ..self }
    }

    fn init(&self, outgoing: &Outgoing<'_>, signal: &AbortSignal) -> Result<RequestInit, JsValue> {
        let init = request_init(self.fetch_options.as_ref());
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
        Ok(init)
    }

    async fn fetch(
        &self,
        outgoing: &Outgoing<'_>,
    ) -> Result<Incoming<web_sys::Headers, JsString>, SendFault<JsValue>> {
        let failed = |cause: JsValue| {
            if is_okta_error(&cause) {
                return SendFault::Refused(cause);
            }
            SendFault::Failed {
                // Node: TypeError("fetch failed") with the system's error as its cause.
                code: get(&cause, "cause").and_then(|cause| get(&cause, "code")?.as_string()),
                cause,
                maybe_cors: self.cross_origin,
            }
        };
        let abort = AbortOnDrop::new();
        let init = self.init(outgoing, &abort.controller.signal()).map_err(failed)?;
        // Two plain arguments, not a Request: another implementation's fetch (undici's, node-fetch) does not
        // know this platform's Request class.
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
            Ok(text) => Ok(Incoming { status, headers, text: (text.length() > 0).then_some(text) }),
            Err(_) => Err(SendFault::TooLarge { status }),
        }
    }
}

impl Platform for WebHost {
    type Headers = web_sys::Headers;
    type Body = JsValue;
    type Cause = JsValue;

    fn now(&self) -> Duration {
        Duration::from_micros((performance_now() * 1000.0) as u64)
    }

    fn random(&self) -> f64 {
        math_random()
    }

    fn refresh_token(&self, _: &[Header]) -> bool {
        let invalidate = get(&self.auth.0, "invalidate").and_then(|f| f.dyn_into().ok());
        let answer = invalidate.and_then(|f: Function| f.call1(&self.auth.0, &"unauthorized".into()).ok());
        answer.is_some_and(|again| again.is_truthy())
    }

    fn event(&self, event: &Event<'_, JsValue>) {
        if let Some(listener) = &self.listener {
            listener(event);
        }
    }

    fn bucket(&self, request: &Request) -> Result<Cow<'static, str>, ArgumentError> {
        let default = policy::bucket_of(request.method(), &request.path);
        let Some(rule) = &self.bucket_of else { return Ok(default.into()) };
        let (method, path) = (request.method().as_str().into(), request.path.as_str().into());
        match rule.call2(&JsValue::UNDEFINED, &method, &path) {
            Ok(name) if name.is_undefined() => Ok(default.into()),
            Ok(name) if name.is_string() => Ok(name.as_string().unwrap_or_default().into()),
            Ok(_) => {
                Err(ArgumentError::new("bucketOf", "must return a string, or undefined for the default"))
            }
            Err(_) => Err(ArgumentError::new("bucketOf", "threw an error of its own")),
        }
    }

    fn may_hide_headers(&self) -> bool {
        self.cross_origin
    }
}

impl Host for WebHost {
    async fn sleep(&self, duration: Duration) {
        TimeoutFuture::new(whole_millis(duration).min(i32::MAX as u32)).await;
    }

    async fn authorize(&self, attempt: Attempt<'_>) -> Result<Vec<Header>, JsValue> {
        let abort = AbortOnDrop::new();
        let signal = abort.controller.signal();
        let request = proof_request(attempt.method.as_str(), attempt.url, attempt.number, &signal);
        let authorize: Function = Reflect::get(&self.auth.0, &"authorize".into())?.dyn_into()?;
        let headers = JsFuture::from(Promise::resolve(&authorize.call1(&self.auth.0, &request)?)).await?;
        abort.disarm();
        if !headers.is_object() {
            return Err(JsError::new("authorize() gave no object of headers").into());
        }
        let entries = Object::entries(headers.unchecked_ref());
        let header = |entry: JsValue| {
            let entry: Array = entry.unchecked_into();
            (entry.get(0).as_string().unwrap_or_default(), entry.get(1).as_string().unwrap_or_default())
        };
        Ok(entries.iter().map(header).collect())
    }

    async fn send(&self, outgoing: Outgoing<'_>) -> Sent<Self> {
        self.fetch(&outgoing).await
    }
}

impl Body for JsValue {
    type Text = JsString;

    fn beginning(text: &JsString) -> String {
        text.slice(0, 1024).into()
    }

    fn decode(text: &JsString) -> Option<JsValue> {
        parse_json(text).ok()
    }

    fn shape(&self) -> Shape {
        match self.dyn_ref::<Array>() {
            Some(array) => Shape::Array(array.length() as usize),
            None if self.is_object() => Shape::Object,
            None => Shape::Other,
        }
    }

    fn item(&self, index: usize) -> Option<JsValue> {
        Some(self.dyn_ref::<Array>()?.get(index as u32))
    }

    fn text_at(&self, path: &[&str]) -> Option<String> {
        path.iter().try_fold(self.clone(), |body, name| get(&body, name))?.as_string()
    }

    fn error_body(&self) -> ErrorBody {
        let causes = get(self, "errorCauses").unwrap_or_default();
        let causes = causes
            .dyn_ref::<Array>()
            .map(|causes| causes.iter().filter_map(|cause| error_text(&cause, "errorSummary")).collect());
        ErrorBody::read(|name| error_text(self, name), causes.unwrap_or_default())
    }
}

impl Cause for JsValue {}

impl HeaderMap for web_sys::Headers {
    fn get(&self, name: &str) -> Option<String> {
        web_sys::Headers::get(self, name).ok().flatten()
    }
}

fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &JsValue::from_str(name)).ok()
}

/// Aborts what its signal was given to, unless that came to its end.
struct AbortOnDrop {
    controller: AbortController,
    done: bool,
}

impl AbortOnDrop {
    fn new() -> Self {
        AbortOnDrop { controller: open_request(), done: false }
    }

    fn disarm(mut self) {
        self.done = true;
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        close_request(&self.controller, !self.done);
    }
}
