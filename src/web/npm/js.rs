//! What the package's classes call in the package's JavaScript, and how values are written for it.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/pkg-template/src/error-classes.js")]
extern "C" {
    #[wasm_bindgen(js_name = oktaError)]
    pub(super) fn okta_error(kind: &str, message: &str, fields: &Object) -> JsValue;
}

#[cfg(feature = "expressions")]
#[wasm_bindgen(module = "/pkg-template/src/matched.js")]
extern "C" {
    /// The own property of an object; none where there is no such property, or it is `null`.
    pub(super) fn own(value: &JsValue, name: &JsValue) -> Option<JsValue>;

    /// The text at the end of a path of one or two names, if objects alone lead there.
    #[wasm_bindgen(js_name = textAt)]
    pub(super) fn text_at(value: &JsValue, first: &JsValue, second: &JsValue) -> Option<String>;

    /// Whether it is an array, where asking does not throw.
    #[wasm_bindgen(js_name = isArray)]
    pub(super) fn is_array(value: &JsValue) -> bool;
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

    #[cfg(feature = "expressions")]
    pub(super) fn set_some<T: Into<JsValue>>(self, name: &str, value: Option<T>) -> Self {
        match value {
            Some(value) => self.set(name, value),
            None => self,
        }
    }
}
