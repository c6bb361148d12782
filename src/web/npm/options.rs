//! Reads option objects: own properties only (a polluted `Object.prototype` changes nothing), every key known,
//! every value of its type. What is wrong is named.

use std::time::Duration;

use js_sys::{Array, JsString, Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::client::check_own_header;
use crate::host::Header;
use crate::request::ArgumentError;

/// The longest time that `setTimeout` can count.
const MAX_MILLIS: u32 = i32::MAX as u32;

/// What an option may be.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Text,
    /// Text that means something: an empty expression would ask for everything.
    SomeText,
    /// A whole number, from and to.
    Number(u32, u32),
    /// A time that a timer can count.
    Millis,
    /// A number from 0 to 1.
    Share,
    Flag,
    Function,
    Object,
    Signal,
    /// One of the values of an enumeration.
    OneOf(&'static [&'static str]),
    /// Looked at by whoever reads it.
    Any,
}

/// The names of the options there are, and what each may be.
pub(super) type Known = &'static [(&'static str, Kind)];

/// The options that were given, each of the kind that is known of it: reading one cannot fail.
pub(super) struct Options(Vec<(&'static str, JsValue)>);

type Read<T> = Result<T, ArgumentError>;

impl Options {
    /// Takes `value`, named `what` in errors; `undefined` is no options at all. Each property is read once, so that
    /// a getter cannot answer differently after the check.
    pub(super) fn new(value: &JsValue, what: &'static str, known: &[Known]) -> Read<Self> {
        let mut given = Vec::new();
        if value.is_undefined() {
            return Ok(Options(given));
        }
        // Not instanceof: an object may have no prototype, or come from another realm.
        if !value.is_object() || Array::is_array(value) {
            return Err(ArgumentError::new(what, ["must be an object, not ", type_of(value)].concat()));
        }
        let object: &Object = value.unchecked_ref();
        let known = || known.iter().copied().flatten();
        for key in Object::keys(object) {
            let text = key.as_string().unwrap_or_default();
            let Some(&(name, kind)) = known().find(|(name, _)| *name == text) else {
                let names: Vec<&str> = known().map(|(name, _)| *name).collect();
                return Err(ArgumentError::new(
                    text,
                    ["is no option here; there are ", &names.join(", ")].concat(),
                ));
            };
            let value = Reflect::get(object, &key).unwrap_or_default();
            if !value.is_undefined() {
                kind.check(name, &value)?;
                given.push((name, value));
            }
        }
        Ok(Options(given))
    }

    /// An option that was given.
    pub(super) fn get(&self, key: &str) -> Option<&JsValue> {
        self.0.iter().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.get(key)?.as_string()
    }

    /// A number of any kind.
    pub(super) fn number(&self, key: &str) -> Option<f64> {
        self.get(key)?.as_f64()
    }

    pub(super) fn whole(&self, key: &str) -> Option<u32> {
        self.number(key).map(|number| number as u32)
    }

    pub(super) fn millis(&self, key: &str) -> Option<Duration> {
        self.whole(key).map(|ms| Duration::from_millis(u64::from(ms)))
    }

    pub(super) fn flag(&self, key: &str) -> bool {
        self.get(key).is_some_and(JsValue::is_truthy)
    }

    /// A function, an object or a signal.
    pub(super) fn object<T: JsCast>(&self, key: &str) -> Option<T> {
        self.get(key).map(|value| value.clone().unchecked_into())
    }

    /// A list of names: an array, or one text.
    pub(super) fn names(&self, key: &'static str) -> Read<Vec<String>> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        if value.is_string() {
            return Ok(vec![text(key, value)?]);
        }
        match value.dyn_ref::<Array>() {
            Some(array) => array.iter().map(|item| text(key, &item)).collect(),
            None => Err(ill_typed(key, "an array of texts", value)),
        }
    }

    pub(super) fn headers(&self, key: &'static str) -> Read<Vec<Header>> {
        let mut headers = Vec::new();
        let Some(object) = self.object(key) else { return Ok(headers) };
        for entry in Object::entries(&object) {
            let entry: Array = entry.unchecked_into();
            let (name, value) = (text(key, &entry.get(0))?, text(key, &entry.get(1))?);
            check_own_header(&name, &value)?;
            headers.push((name, value));
        }
        Ok(headers)
    }
}

impl Kind {
    fn check(self, key: &'static str, value: &JsValue) -> Read<()> {
        let (is_right, wanted) = match self {
            Kind::Any => (true, ""),
            Kind::Text => return text(key, value).map(drop),
            Kind::SomeText => match text(key, value)?.is_empty() {
                true => return Err(ArgumentError::new(key, "is empty; leave it out")),
                false => (true, ""),
            },
            Kind::Number(min, max) => return whole_number(key, value, min, max),
            Kind::Millis => return whole_number(key, value, 1, MAX_MILLIS),
            Kind::Share => match value.as_f64().is_some_and(|share| (0.0..=1.0).contains(&share)) {
                true => (true, ""),
                false => return Err(ArgumentError::new(key, "must be a number from 0 to 1")),
            },
            Kind::Flag => (value.as_bool().is_some(), "a boolean"),
            Kind::Function => (value.is_function(), "a function"),
            Kind::Object => (value.is_object(), "an object"),
            // Not instanceof: a signal may come from another realm or a polyfill.
            Kind::Signal => (is_signal(value), "an AbortSignal"),
            Kind::OneOf(names) => {
                match value.as_string().is_some_and(|text| names.contains(&text.as_str())) {
                    true => (true, ""),
                    false => {
                        return Err(ArgumentError::new(key, ["must be one of ", &names.join(", ")].concat()));
                    }
                }
            }
        };
        if is_right { Ok(()) } else { Err(ill_typed(key, wanted, value)) }
    }
}

fn whole_number(key: &'static str, value: &JsValue, min: u32, max: u32) -> Read<()> {
    let number = value.as_f64();
    if number.is_some_and(|n| n.trunc() == n && n >= f64::from(min) && n <= f64::from(max)) {
        return Ok(());
    }
    let range = ["must be a whole number from ", &min.to_string(), " to ", &max.to_string()].concat();
    Err(match number {
        Some(_) => ArgumentError::new(key, range),
        None => ArgumentError::new(key, [&range, ", not ", type_of(value)].concat()),
    })
}

fn is_signal(value: &JsValue) -> bool {
    let get = |name: &str| Reflect::get(value, &name.into()).unwrap_or_default();
    get("aborted").as_bool().is_some() && get("addEventListener").is_function()
}

/// A text argument. Half a surrogate pair cannot be sent: conversion would put U+FFFD in its place in silence.
pub(super) fn text(argument: &'static str, value: &JsValue) -> Read<String> {
    let Some(string) = value.dyn_ref::<JsString>() else {
        return Err(ill_typed(argument, "a string", value));
    };
    if !string.is_valid_utf16() {
        return Err(ArgumentError::new(argument, "holds half of a surrogate pair"));
    }
    Ok(String::from(string))
}

fn ill_typed(argument: &'static str, wanted: &str, value: &JsValue) -> ArgumentError {
    ArgumentError::new(argument, ["must be ", wanted, ", not ", type_of(value)].concat())
}

pub(super) fn type_of(value: &JsValue) -> &'static str {
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
