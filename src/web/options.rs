//! Reads option objects: own properties only (a polluted `Object.prototype` changes nothing), every key known,
//! every value of its type. What is wrong is named.

use std::time::Duration;

use js_sys::{Array, Function, JsString, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use crate::client::check_own_header;
use crate::host::Header;
use crate::request::ArgumentError;

/// The longest time that `setTimeout` can count.
const MAX_MILLIS: u32 = i32::MAX as u32;

/// An object whose keys are all known.
pub(super) struct Options(Option<Object>);

type Read<T> = Result<T, ArgumentError>;

impl Options {
    /// Takes `value`, named `what` in errors; `undefined` is no options at all.
    pub(super) fn new(value: &JsValue, what: &'static str, known: &[&'static [&'static str]]) -> Read<Self> {
        if value.is_undefined() {
            return Ok(Options(None));
        }
        let Some(object) =
            value.dyn_ref::<Object>().filter(|_| !value.is_function() && !Array::is_array(value))
        else {
            return Err(ArgumentError::new(what, ["must be an object, not ", type_of(value)].concat()));
        };
        for key in Object::keys(object) {
            let key = key.as_string().unwrap_or_default();
            if !known.iter().any(|names| names.contains(&key.as_str())) {
                let known: Vec<&str> = known.iter().flat_map(|names| names.iter().copied()).collect();
                let reason = ["is no option here; there are ", &known.join(", ")].concat();
                return Err(ArgumentError::new(key, reason));
            }
        }
        Ok(Options(Some(object.clone())))
    }

    /// An own property that is there and not `undefined`.
    pub(super) fn get(&self, key: &str) -> Option<JsValue> {
        let object = self.0.as_ref()?;
        let key = JsValue::from_str(key);
        if !Object::has_own(object, &key) {
            return None;
        }
        Reflect::get(object, &key).ok().filter(|value| !value.is_undefined())
    }

    pub(super) fn text(&self, key: &'static str) -> Read<Option<String>> {
        self.get(key).map(|value| text(key, &value)).transpose()
    }

    /// Text that means something: an empty expression would ask for everything.
    pub(super) fn some_text(&self, key: &'static str) -> Read<Option<String>> {
        match self.text(key)? {
            Some(text) if text.is_empty() => {
                Err(ArgumentError::new(key, "is empty; leave it out to mean nothing"))
            }
            text => Ok(text),
        }
    }

    pub(super) fn number(&self, key: &'static str, min: u32, max: u32) -> Read<Option<u32>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let number =
            value.as_f64().filter(|n| n.fract() == 0.0 && *n >= f64::from(min) && *n <= f64::from(max));
        match number {
            Some(number) => Ok(Some(number as u32)),
            None => {
                let range =
                    ["must be a whole number from ", &min.to_string(), " to ", &max.to_string()].concat();
                let reason = match value.as_f64() {
                    Some(_) => range,
                    None => [&range, ", not ", type_of(&value)].concat(),
                };
                Err(ArgumentError::new(key, reason))
            }
        }
    }

    pub(super) fn millis(&self, key: &'static str) -> Read<Option<Duration>> {
        Ok(self.number(key, 1, MAX_MILLIS)?.map(|ms| Duration::from_millis(u64::from(ms))))
    }

    /// A number from 0 to 1.
    pub(super) fn share(&self, key: &'static str) -> Read<Option<f64>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match value.as_f64().filter(|share| (0.0..=1.0).contains(share)) {
            Some(share) => Ok(Some(share)),
            None => Err(ArgumentError::new(key, "must be a number from 0 to 1")),
        }
    }

    pub(super) fn flag(&self, key: &'static str) -> Read<bool> {
        let Some(value) = self.get(key) else { return Ok(false) };
        value.as_bool().ok_or_else(|| ill_typed(key, "a boolean", &value))
    }

    pub(super) fn function(&self, key: &'static str) -> Read<Option<Function>> {
        self.typed(key, "a function")
    }

    pub(super) fn object(&self, key: &'static str) -> Read<Option<Object>> {
        self.typed(key, "an object")
    }

    pub(super) fn signal(&self, key: &'static str) -> Read<Option<AbortSignal>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        // Not instanceof: a signal may come from another realm or a polyfill.
        let is_signal = Reflect::get(&value, &"aborted".into())
            .is_ok_and(|aborted| aborted.as_bool().is_some())
            && Reflect::get(&value, &"addEventListener".into()).is_ok_and(|add| add.is_function());
        match is_signal {
            true => Ok(Some(value.unchecked_into())),
            false => Err(ill_typed(key, "an AbortSignal", &value)),
        }
    }

    /// One of the values of an enumeration.
    pub(super) fn choice<T: Copy>(&self, key: &'static str, choices: &[(&str, T)]) -> Read<Option<T>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let chosen = value.as_string().and_then(|text| choices.iter().find(|(name, _)| *name == text));
        match chosen {
            Some((_, chosen)) => Ok(Some(*chosen)),
            None => {
                let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
                Err(ArgumentError::new(key, ["must be one of ", &names.join(", ")].concat()))
            }
        }
    }

    /// A list of names: an array, or one text.
    pub(super) fn names(&self, key: &'static str) -> Read<Vec<String>> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        if value.is_string() {
            return Ok(vec![text(key, &value)?]);
        }
        match value.dyn_ref::<Array>() {
            Some(array) => array.iter().map(|item| text(key, &item)).collect(),
            None => Err(ill_typed(key, "an array of texts", &value)),
        }
    }

    pub(super) fn headers(&self, key: &'static str) -> Read<Vec<Header>> {
        let Some(object) = self.object(key)? else { return Ok(Vec::new()) };
        let mut headers = Vec::new();
        for entry in Object::entries(&object) {
            let entry: Array = entry.unchecked_into();
            let (name, value) = (text(key, &entry.get(0))?, text(key, &entry.get(1))?);
            check_own_header(&name, &value)?;
            headers.push((name, value));
        }
        Ok(headers)
    }

    fn typed<T: JsCast>(&self, key: &'static str, wanted: &str) -> Read<Option<T>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match value.dyn_into() {
            Ok(value) => Ok(Some(value)),
            Err(value) => Err(ill_typed(key, wanted, &value)),
        }
    }
}

/// A text argument. Half a surrogate pair cannot be sent: conversion would put U+FFFD in its place in silence.
pub(super) fn text(argument: &'static str, value: &JsValue) -> Read<String> {
    let Some(string) = value.dyn_ref::<JsString>() else {
        return Err(ill_typed(argument, "a string", value));
    };
    if !string.is_valid_utf16() {
        return Err(ArgumentError::new(
            argument,
            "holds half of a surrogate pair, which no encoding can send",
        ));
    }
    Ok(String::from(string))
}

fn ill_typed(argument: &'static str, wanted: &str, value: &JsValue) -> ArgumentError {
    ArgumentError::new(argument, ["must be ", wanted, ", not ", type_of(value)].concat())
}

fn type_of(value: &JsValue) -> &'static str {
    match () {
        () if value.is_undefined() => "undefined",
        () if value.is_null() => "null",
        () if value.is_string() => "a string",
        () if value.as_bool().is_some() => "a boolean",
        () if value.as_f64().is_some() => "a number",
        () if value.is_function() => "a function",
        () if Array::is_array(value) => "an array",
        () => "an object",
    }
}
