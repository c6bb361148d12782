//! Declares the JavaScript that the front end calls: the platform's, and the files beside this one. None of
//! it is the npm package's.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Math, js_name = random)]
    pub(super) fn math_random() -> f64;
}

#[wasm_bindgen(module = "/src/web/clock.js")]
extern "C" {
    /// The monotonic time in milliseconds, by the clock that the package's JavaScript reads, too.
    #[wasm_bindgen(js_name = now)]
    pub(super) fn clock_now() -> f64;

    /// Tells the clock that a timer fired that was due at `due`.
    #[wasm_bindgen(js_name = reached)]
    pub(super) fn clock_reached(due: f64);
}

#[wasm_bindgen(module = "/src/web/body.js")]
extern "C" {
    #[wasm_bindgen(js_name = readText, catch)]
    pub(super) async fn read_text(response: &web_sys::Response, max: u32) -> Result<JsValue, JsValue>;

    /// Whether the body that was read with these headers was not valid UTF-8.
    #[wasm_bindgen(js_name = isLossy)]
    pub(super) fn is_lossy(headers: &web_sys::Headers) -> bool;
}

#[wasm_bindgen(module = "/src/web/secrets.js")]
extern "C" {
    /// What `fetch` threw, or a copy without secrets if `redacted` finds one in its texts.
    #[wasm_bindgen(js_name = withoutSecrets)]
    pub(super) fn without_secrets(cause: &JsValue, redacted: &mut dyn FnMut(String) -> String) -> JsValue;
}

#[wasm_bindgen(module = "/src/web/browser.js")]
extern "C" {
    #[wasm_bindgen(js_name = isCrossOrigin)]
    pub(super) fn is_cross_origin(origin: &str) -> bool;
}
