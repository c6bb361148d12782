//! Decides which profiles *Add* and *Replace a group* accept.

use okta_groups::model::Object;
use serde_json::Value;

use crate::message::Request;
use crate::refusal::Refusal;
use crate::store::{Store, is_base_attribute};

/// The highest number of characters of a name. The reference names none; Okta's admin console accepts no more.
const MAX_NAME: usize = 255;
/// The highest number of characters of a description, also of Okta's admin console.
const MAX_DESCRIPTION: usize = 1024;

/// Reads the profile of a request's body. The body may be a complete group: everything but its profile is ignored
/// (recorded). `replaces` is the group that may keep its name.
///
/// # Errors
/// [`Refusal::ContentType`], [`Refusal::BadJson`], [`Refusal::Validation`].
pub(crate) fn read(request: &Request, store: &Store, replaces: Option<&str>) -> Result<Object, Refusal> {
    let mut body = object(request)?;
    match body.remove("profile") {
        Some(Value::Object(profile)) => check(profile, store, replaces),
        Some(Value::Null) | None => Err(Refusal::field("profile", "The field cannot be left blank")),
        Some(_) => Err(Refusal::field("profile", "The field must be an object")),
    }
}

/// The JSON object of a request's body.
///
/// # Errors
/// [`Refusal::ContentType`], [`Refusal::BadJson`].
pub(crate) fn object(request: &Request) -> Result<Object, Refusal> {
    if let Some(content_type) = request.get("content-type") {
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/json") {
            return Err(Refusal::ContentType);
        }
    }
    let body: Value = serde_json::from_slice(&request.body).map_err(|_| Refusal::BadJson)?;
    if let Value::Object(body) = body { Ok(body) } else { Err(Refusal::BadJson) }
}

fn check(mut given: Object, store: &Store, replaces: Option<&str>) -> Result<Object, Refusal> {
    let name = name(given.remove("name"))?;
    let description = description(given.remove("description"))?;
    if store.name_is_taken(&name, replaces) {
        return Err(Refusal::field(
            "name",
            "An object with this field already exists in the current organization",
        ));
    }
    let mut profile = Object::new();
    profile.insert("name".to_owned(), Value::String(name));
    // A missing description is answered as null (recorded on POST and PUT); a missing custom attribute stays missing.
    profile.insert("description".to_owned(), description);
    for (attribute, value) in given {
        custom(&attribute, &value, store)?;
        if !value.is_null() {
            profile.insert(attribute, value);
        }
    }
    Ok(profile)
}

fn name(value: Option<Value>) -> Result<String, Refusal> {
    match value {
        Some(Value::String(name)) if name.trim().is_empty() => {
            Err(Refusal::field("name", "The field cannot be left blank"))
        }
        Some(Value::String(name)) if name.chars().count() > MAX_NAME => {
            Err(Refusal::field("name", "The field is too long, maximum is 255 characters"))
        }
        Some(Value::String(name)) => Ok(name),
        Some(Value::Null) | None => Err(Refusal::field("name", "The field cannot be left blank")),
        Some(_) => Err(Refusal::field("name", "The field must be a string")),
    }
}

fn description(value: Option<Value>) -> Result<Value, Refusal> {
    match value {
        Some(Value::String(text)) if text.chars().count() > MAX_DESCRIPTION => {
            Err(Refusal::field("description", "The field is too long, maximum is 1024 characters"))
        }
        Some(text @ Value::String(_)) => Ok(text),
        Some(Value::Null) | None => Ok(Value::Null),
        Some(_) => Err(Refusal::field("description", "The field must be a string")),
    }
}

fn custom(attribute: &str, value: &Value, store: &Store) -> Result<(), Refusal> {
    debug_assert!(!is_base_attribute(attribute));
    match store.attribute(attribute) {
        None => Err(Refusal::Validation {
            field: attribute.to_owned(),
            causes: vec![format!("Property name '{attribute}' is not defined in profile")],
        }),
        Some(_) if value.is_null() => Ok(()),
        Some(expected) if expected.accepts(value) => Ok(()),
        Some(expected) => {
            Err(Refusal::field(attribute, &format!("The field must be of type {}", expected.name())))
        }
    }
}
