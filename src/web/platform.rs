//! What the client asks of a JavaScript platform, whoever waits for its answers.

use std::time::Duration;

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

use super::js::{clock_now, is_okta_error};
use crate::host::{Cause, HeaderMap, SendFault};
use crate::policy::connection_code;

pub(super) fn now() -> Duration {
    Duration::from_micros((clock_now() * 1000.0) as u64)
}

/// What it means that `fetch` threw.
pub(super) fn send_fault(cause: JsValue, maybe_cors: bool) -> SendFault<JsValue> {
    if is_okta_error(&cause) {
        return SendFault::Refused(cause);
    }
    // Node: TypeError("fetch failed") with the system's error as its cause; others have the code themselves.
    let text = |object: &JsValue, name: &str| own(object, name).and_then(|text| text.as_string());
    let inner = own(&cause, "cause").unwrap_or_default();
    let codes = [text(&inner, "code"), text(&cause, "code"), text(&cause, "errno")];
    let says = [&cause, &inner]
        .map(|error| get(error, "message").and_then(|text| text.as_string()).unwrap_or_default())
        .join(" ");
    let (code, unsent) = connection_code(codes.iter().flatten().map(String::as_str), &says);
    let code = code.map(str::to_owned);
    if unsent { SendFault::Unsent { cause, code } } else { SendFault::Failed { cause, code, maybe_cors } }
}

/// What an object has itself: a polluted prototype would say of any failure that nothing was sent.
fn own(object: &JsValue, name: &str) -> Option<JsValue> {
    let object: &Object = object.dyn_ref()?;
    let descriptor = Reflect::get_own_property_descriptor(object, &JsValue::from_str(name)).ok()?;
    get(&descriptor, "value")
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
