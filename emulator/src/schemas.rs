//! The schema of group profiles, `/api/v1/meta/schemas/group/default`: which attributes a group may have (documented).

use serde_json::{Value, json};

use crate::store::{AttributeType, Store};

/// The body: the two attributes of every group, and the org's custom ones.
pub(crate) fn group(store: &Store, base: &str) -> String {
    let custom = store.schema().map(|(name, attribute)| (name.to_owned(), property(name, attribute)));
    let custom: serde_json::Map<String, Value> = custom.collect();
    let own = |title: &str, description: &str, required: bool| {
        let mut own = property(title, AttributeType::String);
        if let Value::Object(own) = &mut own {
            own.insert("description".to_owned(), json!(description));
            own.insert("required".to_owned(), json!(required));
        }
        own
    };
    json!({
        "id": format!("{base}/meta/schemas/group/default"),
        "$schema": "http://json-schema.org/draft-04/schema#",
        "name": "group",
        "title": "Okta group",
        "description": "Okta group profile template with default permission settings",
        "created": "2015-01-01T00:00:00.000Z",
        "lastUpdated": "2015-01-01T00:00:00.000Z",
        "definitions": {
            "custom": { "id": "#custom", "type": "object", "properties": custom, "required": [] },
            "base": {
                "id": "#base",
                "type": "object",
                "properties": {
                    "name": own("Name", "Group name", true),
                    "description": own("Description", "Group description", false)
                },
                "required": ["name"]
            }
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
