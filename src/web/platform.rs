//! What the client asks of a JavaScript platform, whoever waits for its answers.

use std::time::Duration;

use js_sys::Reflect;
use wasm_bindgen::prelude::*;

use super::js::{clock_now, is_okta_error};
use crate::host::{Cause, HeaderMap, SendFault};

pub(super) fn now() -> Duration {
    Duration::from_micros((clock_now() * 1000.0) as u64)
}

/// What it means that `fetch` threw.
pub(super) fn send_fault(cause: JsValue, maybe_cors: bool) -> SendFault<JsValue> {
    if is_okta_error(&cause) {
        return SendFault::Refused(cause);
    }
    // Node: TypeError("fetch failed") with the system's error as its cause.
    let code = get(&cause, "cause").and_then(|cause| get(&cause, "code")?.as_string());
    SendFault::Failed { cause, code, maybe_cors }
}

pub(super) fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &JsValue::from_str(name)).ok()
}

impl Cause for JsValue {}

impl HeaderMap for web_sys::Headers {
    fn get(&self, name: &str) -> Option<String> {
        web_sys::Headers::get(self, name).ok().flatten()
    }
}
