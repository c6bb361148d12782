//! Answers the schemas of profiles, `/api/v1/meta/schemas/group/default` and `/api/v1/meta/schemas/user/default`, with the
//! attributes that groups and users may have (documented).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::store::{AttributeType, Store, USER_ATTRIBUTES};

/// The schema of groups: the two attributes of every group, and the org's custom attributes.
pub(crate) fn group(store: &Store, base: &str) -> String {
    let own = |title: &str, description: &str, required: bool| {
        let mut own = property(title, AttributeType::String);
        if let Value::Object(own) = &mut own {
            own.insert("description".to_owned(), json!(description));
            own.insert("required".to_owned(), json!(required));
        }
        own
    };
    let properties = [
        ("name".to_owned(), own("Name", "Group name", true)),
        ("description".to_owned(), own("Description", "Group description", false)),
    ];
    let text = "Okta group profile template with default permission settings";
    let custom = store.schema().collect();
    body(base, ["group", "Okta group", text], properties.into_iter().collect(), &["name"], custom)
}

/// The schema of users: Okta's own 31 attributes, and the custom attributes. The org stores no schema of users: an attribute
/// is custom if some user has it, or if the org's content names it, which makes it a text.
pub(crate) fn user(store: &Store, base: &str) -> String {
    let named = store.user_attributes.iter().map(|name| (name.as_str(), AttributeType::String));
    let seen = store.seen_user_attributes.iter();
    let seen = seen.map(|(name, attribute)| (name.as_str(), attribute.unwrap_or(AttributeType::String)));
    let custom: BTreeMap<&str, AttributeType> = named.chain(seen).collect();
    let custom = custom.into_iter().collect();
    let own =
        USER_ATTRIBUTES.into_iter().map(|name| (name.to_owned(), property(name, AttributeType::String)));
    let text = "Okta user profile template with default permission settings";
    body(base, ["user", "User", text], own.collect(), &["login", "email", "firstName", "lastName"], custom)
}

fn body(
    base: &str,
    [name, title, description]: [&str; 3],
    own: Map<String, Value>,
    required: &[&str],
    custom: Vec<(&str, AttributeType)>,
) -> String {
    let custom: Map<String, Value> =
        custom.into_iter().map(|(name, attribute)| (name.to_owned(), property(name, attribute))).collect();
    json!({
        "id": format!("{base}/meta/schemas/{name}/default"),
        "$schema": "http://json-schema.org/draft-04/schema#",
        "name": name,
        "title": title,
        "description": description,
        "created": "2015-01-01T00:00:00.000Z",
        "lastUpdated": "2015-01-01T00:00:00.000Z",
        "definitions": {
            "custom": { "id": "#custom", "type": "object", "properties": custom, "required": [] },
            "base": { "id": "#base", "type": "object", "properties": own, "required": required }
        },
        "type": "object",
        "properties": {
            "profile": { "allOf": [{ "$ref": "#/definitions/custom" }, { "$ref": "#/definitions/base" }] }
        }
    })
    .to_string()
}

fn property(title: &str, attribute: AttributeType) -> Value {
    let mut property = json!({
        "title": title,
        "type": attribute.name(),
        "mutability": "READ_WRITE",
        "scope": "NONE",
        "permissions": [{ "principal": "SELF", "action": "READ_ONLY" }],
        "master": { "type": "PROFILE_MASTER" }
    });
    if let (AttributeType::Array, Value::Object(property)) = (attribute, &mut property) {
        property.insert("items".to_owned(), json!({ "type": "string" }));
    }
    property
}
