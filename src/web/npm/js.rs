//! What the package's classes call in JavaScript.

use js_sys::{Function, JsString, Object, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = JSON, js_name = parse, catch)]
    pub(super) fn parse_json(text: &JsString) -> Result<JsValue, JsValue>;
}

#[wasm_bindgen(module = "/src/web/errors.js")]
extern "C" {
    #[wasm_bindgen(js_name = oktaError)]
    pub(super) fn okta_error(kind: &str, message: &str, fields: &Object) -> JsValue;

    #[wasm_bindgen(js_name = withFields)]
    pub(super) fn with_fields(error: &JsValue, fields: &Object) -> JsValue;
}

#[wasm_bindgen(module = "/src/web/host.js")]
extern "C" {
    /// Calls back with an event; what the callback throws is its own affair.
    pub(super) fn tell(listener: &Function, event: &Object);

    #[wasm_bindgen(js_name = responseMeta)]
    pub(super) fn response_meta(
        status: u16,
        headers: &web_sys::Headers,
        request_id: Option<&str>,
        url: &str,
        attempts: u32,
        duration_ms: f64,
        waited_ms: f64,
    ) -> JsValue;

    /// The own property of an object; none where there is no such property, or it is `null`.
    pub(super) fn own(value: &JsValue, name: &JsValue) -> Option<JsValue>;

    /// The text at the end of a path of one or two names, if objects alone lead there.
    #[wasm_bindgen(js_name = textAt)]
    pub(super) fn text_at(value: &JsValue, first: &JsValue, second: &JsValue) -> Option<String>;

    /// Whether it is an array, where asking does not throw.
    #[wasm_bindgen(js_name = isArray)]
    pub(super) fn is_array(value: &JsValue) -> bool;

    pub(super) fn records(value: &JsValue) -> Option<u32>;

    /// A text that an error object has itself.
    #[wasm_bindgen(js_name = errorText)]
    pub(super) fn error_text(body: &JsValue, name: &str) -> Option<String>;

    pub(super) fn request(
        method: &str,
        url: &str,
        body: Option<&str>,
        attempt: u32,
        timeout_ms: u32,
        max_bytes: u32,
    ) -> JsValue;

    pub(super) fn reply(data: &JsValue, response: &JsValue) -> JsValue;

    pub(super) fn page(items: &JsValue, cursor: Option<String>, response: &JsValue) -> JsValue;
}

/// A plain object in the making.
pub(super) struct Fields(pub(super) Object);

impl Fields {
    pub(super) fn new() -> Self {
        Fields(Object::new())
    }

    pub(super) fn set(self, name: &str, value: impl Into<JsValue>) -> Self {
        // A plain object takes any property.
        let _ = Reflect::set(&self.0, &name.into(), &value.into());
        self
    }

    pub(super) fn set_some<T: Into<JsValue>>(self, name: &str, value: Option<T>) -> Self {
        match value {
            Some(value) => self.set(name, value),
            None => self,
        }
    }
}
