//! Declares the package's JavaScript that these classes call, and builds plain objects for it.

#[cfg(feature = "expressions")]
use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/pkg-template/src/error-classes.js")]
extern "C" {
    #[cfg(feature = "expressions")]
    #[wasm_bindgen(js_name = oktaError)]
    pub(super) fn okta_error(kind: &str, message: &str, fields: &Object) -> JsValue;

    /// The error with one field.
    #[wasm_bindgen(js_name = errorOf)]
    pub(super) fn error_of(kind: &str, message: &str, field: &str, value: &str) -> JsValue;
}

#[cfg(feature = "expressions")]
#[wasm_bindgen(module = "/pkg-template/src/matched.js")]
extern "C" {
    /// The own property of an object; `None` if there is no such property, or it is `null`.
    pub(super) fn own(value: &JsValue, name: &JsValue) -> Option<JsValue>;

    /// The text at the end of a path of one or two names, if only objects lead there.
    #[wasm_bindgen(js_name = textAt)]
    pub(super) fn text_at(value: &JsValue, first: &JsValue, second: &JsValue) -> Option<String>;

    /// Whether it is an array; false if asking throws.
    #[wasm_bindgen(js_name = isArray)]
    pub(super) fn is_array(value: &JsValue) -> bool;
}

/// Builds a plain object.
#[cfg(feature = "expressions")]
pub(super) struct Fields(pub(super) Object);

#[cfg(feature = "expressions")]
impl Fields {
    pub(super) fn new() -> Self {
        Fields(Object::new())
    }

    pub(super) fn set(self, name: &str, value: impl Into<JsValue>) -> Self {
        // Setting a property of a plain object never fails.
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
