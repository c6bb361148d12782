//! What is called in JavaScript: the platform's, and the two files beside this one.

use js_sys::{JsString, Object};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = JSON, js_name = parse, catch)]
    pub(super) fn parse_json(text: &JsString) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    pub(super) fn performance_now() -> f64;

    #[wasm_bindgen(js_namespace = Math, js_name = random)]
    pub(super) fn math_random() -> f64;
}

#[wasm_bindgen(module = "/src/web/errors.js")]
extern "C" {
    /// Whether it is one of the package's own errors.
    #[wasm_bindgen(js_name = isOktaError)]
    pub(in crate::web) fn is_okta_error(error: &JsValue) -> bool;
}

#[wasm_bindgen(module = "/src/web/host.js")]
extern "C" {
    #[wasm_bindgen(js_name = readText, catch)]
    pub(super) async fn read_text(response: &web_sys::Response, max: u32) -> Result<JsValue, JsValue>;

    /// A request that is under way, to abort it by.
    #[wasm_bindgen(js_name = openRequest)]
    pub(super) fn open_request() -> web_sys::AbortController;

    /// Not under way any more: answered, or aborted here.
    #[wasm_bindgen(js_name = closeRequest)]
    pub(super) fn close_request(request: &web_sys::AbortController, abort: bool);

    /// The beginnings of fetch's `init`, which inherits nothing.
    #[wasm_bindgen(js_name = requestInit)]
    pub(super) fn request_init(options: Option<&Object>) -> web_sys::RequestInit;

    /// What an `auth` is told of a request.
    #[wasm_bindgen(js_name = proofRequest)]
    pub(super) fn proof_request(
        method: &str,
        url: &str,
        attempt: u32,
        signal: &web_sys::AbortSignal,
    ) -> Object;

    /// A text that an error object has itself.
    #[wasm_bindgen(js_name = errorText)]
    pub(super) fn error_text(body: &JsValue, name: &str) -> Option<String>;

    #[wasm_bindgen(js_name = isCrossOrigin)]
    pub(super) fn is_cross_origin(origin: &str) -> bool;
}
