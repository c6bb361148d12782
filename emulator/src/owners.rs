//! Owners of groups: lists, assigns and removes people and groups. The behaviour is recorded, except where a comment calls it
//! a guess.

use okta_groups::filter::{Expr, Op, Value as Constant};
use serde_json::{Value, json};

use crate::message::Request;
use crate::options::Quirks;
use crate::page::{PageRequest, limits};
use crate::profile;
use crate::refusal::{INVALID_CURSOR, Refusal};
use crate::store::{GroupRecord, Owner, SeedError, Store};
use crate::time;

/// *List all group owners*: in the order of ids, without a profile and without a `Link`, so that a `limit` cuts the list
/// (a guess). `search` finds by `type` (documented).
///
/// # Errors
/// [`Refusal`] of a bad `limit` or `search`, or of any `after`, since no page has a cursor.
pub(crate) fn list(store: &Store, group: &GroupRecord, query: &str) -> Result<String, Refusal> {
    // Without the quirk of small pages: there is no `Link` to the rest.
    let page = PageRequest::parse(query, limits::OWNERS, Quirks::default())?;
    if page.get("after").is_some() {
        return Err(Refusal::invalid_search(Some(INVALID_CURSOR)));
    }
    let wanted = page.get("search").map(type_of).transpose()?;
    let found =
        group.owners.iter().filter(|(_, owner)| wanted.is_none_or(|is_group| is_group == owner.is_group));
    let rows =
        found.take(page.limit).map(|(id, owner)| body(store, id, owner, &time::sql(owner.assigned_ms)));
    Ok(["[", &rows.collect::<Vec<_>>().join(","), "]"].concat())
}

/// Reads `search`: true for `type eq "GROUP"`, false for `type eq "USER"`.
fn type_of(search: &str) -> Result<bool, Refusal> {
    let refused = || Refusal::invalid_search(None);
    match okta_groups::filter::parse(search).map_err(|_| refused())? {
        Expr::Compare { attr, op: Op::Eq, value: Constant::String(text) } if attr.as_str() == "type" => {
            match text.to_ascii_uppercase().as_str() {
                "GROUP" => Ok(true),
                "USER" => Ok(false),
                _ => Err(refused()),
            }
        }
        _ => Err(refused()),
    }
}

/// *Assign a group owner*. Returns the body; its date has another form than in lists.
///
/// # Errors
/// [`Refusal`] of a body without an owner, of an unknown owner (a group's id with the type USER is unknown), or of one who
/// already owns the group.
pub(crate) fn assign(
    store: &mut Store,
    group: &str,
    request: &Request,
    now_ms: i64,
) -> Result<String, Refusal> {
    let given = profile::object(request)?;
    let text = |name: &str| given.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let id = text("id").ok_or_else(|| Refusal::field("id", "The field cannot be left blank"))?;
    let is_group = match text("type") {
        Some("USER") => false,
        Some("GROUP") => true,
        Some(_) => return Err(Refusal::field("type", "The field must be one of: GROUP, USER")),
        None => return Err(Refusal::field("type", "The field cannot be left blank")),
    };
    if is_group && store.group(id).is_none() {
        return Err(Refusal::NoGroup(id.to_owned()));
    }
    if !is_group && store.users.number(id).is_none() {
        return Err(Refusal::NoUser(id.to_owned()));
    }
    let owner = Owner { is_group, assigned_ms: now_ms };
    let body = body(store, id, &owner, &time::java(now_ms));
    if !store.insert_owner(group, id, owner) {
        return Err(Refusal::Validation {
            field: "owner".to_owned(),
            causes: vec!["Provided owner is already assigned to this group".to_owned()],
        });
    }
    Ok(body)
}

fn body(store: &Store, id: &str, owner: &Owner, last_updated: &str) -> String {
    let display_name = match owner.is_group {
        true => store.group(id).map(|group| group.name().to_owned()).unwrap_or_default(),
        false => full_name(store, id),
    };
    json!({
        "id": id, "type": type_name(owner), "resolved": true, "originId": null, "originType": "OKTA_DIRECTORY",
        "displayName": display_name, "lastUpdated": last_updated
    })
    .to_string()
}

fn full_name(store: &Store, id: &str) -> String {
    let user = store.users.by_id(id).map(|user| user.value()).unwrap_or_default();
    let name = |name: &str| user.get("profile").and_then(|profile| profile.get(name)).and_then(Value::as_str);
    let names: Vec<_> = ["firstName", "lastName"].into_iter().filter_map(name).collect();
    names.join(" ")
}

fn type_name(owner: &Owner) -> &'static str {
    if owner.is_group { "GROUP" } else { "USER" }
}

/// Adds an owner to a seeded org, in the form of the API's answers; only `id` is required.
///
/// # Errors
/// [`SeedError::UnknownId`], [`SeedError::DuplicateId`].
pub(crate) fn seed(store: &mut Store, group: &str, owner: &Value) -> Result<(), SeedError> {
    let text = |name: &str| owner.get(name).and_then(Value::as_str);
    let id = text("id").unwrap_or_default();
    let is_group = store.group(id).is_some();
    if store.group(group).is_none() || !(is_group || store.users.number(id).is_some()) {
        return Err(SeedError::UnknownId(if store.group(group).is_none() { group } else { id }.to_owned()));
    }
    let assigned_ms = text("lastUpdated").and_then(time::parse).unwrap_or_default();
    if store.insert_owner(group, id, Owner { is_group, assigned_ms }) {
        Ok(())
    } else {
        Err(SeedError::DuplicateId(id.to_owned()))
    }
}

/// The owners of every group, in the form of [`seed`].
pub(crate) fn snapshot(store: &Store) -> std::collections::BTreeMap<String, Vec<Value>> {
    let owned = store.groups().filter(|group| !group.owners.is_empty());
    let owners = |group: &GroupRecord| {
        let row = |(id, owner): (&String, &Owner)| json!({ "id": id, "type": type_name(owner), "lastUpdated": time::sql(owner.assigned_ms) });
        group.owners.iter().map(row).collect()
    };
    owned.map(|group| (group.id.clone(), owners(group))).collect()
}
