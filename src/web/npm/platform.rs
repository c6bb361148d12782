//! What a client in JavaScript runs on, where nothing is waited for.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use js_sys::{Array, Function, JsString, Object};
use wasm_bindgen::prelude::*;

use super::events::event_to_js;
use super::js::{Fields, error_text, parse_json, records, tell};
use crate::error::ErrorBody;
use crate::host::{Body, Event, Header, Platform, SendFault, Shape};
use crate::request::{ArgumentError, Request};
use crate::web::js::{is_cross_origin, math_random};
use crate::web::platform::{get, now, send_fault};

pub(super) struct Npm {
    auth: Object,
    listener: Option<Function>,
    /// Called with method and path, it returns the name of a rate-limit bucket, or `undefined` for
    /// [`Request::bucket`].
    bucket_of: Option<Function>,
    cross_origin: bool,
}

impl Npm {
    pub(super) fn new(
        auth: Object,
        listener: Option<Function>,
        bucket_of: Option<Function>,
        origin: &str,
    ) -> Self {
        Npm { auth, listener, bucket_of, cross_origin: is_cross_origin(origin) }
    }

    /// What it means that `fetch` threw.
    pub(super) fn send_fault(&self, cause: JsValue) -> SendFault<JsValue> {
        send_fault(cause, self.cross_origin)
    }
}

impl fmt::Debug for Npm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Npm")
    }
}

impl Platform for Npm {
    type Headers = web_sys::Headers;
    type Body = JsValue;
    type Cause = JsValue;

    fn now(&self) -> Duration {
        now()
    }

    fn random(&self) -> f64 {
        math_random()
    }

    fn refresh_token(&self, refused: &[Header], began: Duration) -> bool {
        let invalidate = get(&self.auth, "invalidate").and_then(|f| f.dyn_into().ok());
        let refused = refused.iter().fold(Fields::new(), |fields, (name, value)| fields.set(name, value));
        let began = (began.as_secs_f64() * 1000.0).into();
        let answer = invalidate
            .and_then(|f: Function| f.call3(&self.auth, &"unauthorized".into(), &refused.0, &began).ok());
        answer.is_some_and(|again| again.is_truthy())
    }

    fn event(&self, event: &Event<'_, JsValue>) {
        if let Some(listener) = &self.listener {
            tell(listener, &event_to_js(event).0);
        }
    }

    fn bucket(&self, request: &Request) -> Result<Cow<'static, str>, ArgumentError> {
        let default = request.bucket();
        let Some(rule) = &self.bucket_of else { return Ok(default) };
        let (method, path) = (request.method().as_str().into(), request.path.as_str().into());
        match rule.call2(&JsValue::UNDEFINED, &method, &path) {
            Ok(name) if name.is_undefined() => Ok(default),
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

impl Body for JsValue {
    type Text = JsString;

    fn beginning(text: &JsString) -> String {
        text.slice(0, 1024).into()
    }

    fn decode(text: &JsString) -> Option<JsValue> {
        parse_json(text).ok()
    }

    fn shape(&self) -> Shape {
        match records(self) {
            Some(count) => Shape::Array(count as usize),
            None if self.is_object() && !self.is_array() => Shape::Object,
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
        let causes = causes.dyn_ref::<Array>().map(|causes| {
            causes
                .iter()
                .filter_map(|cause| error_text(&cause, "errorSummary").or_else(|| cause.as_string()))
                .collect()
        });
        ErrorBody::read(|name| error_text(self, name), causes.unwrap_or_default())
    }
}
