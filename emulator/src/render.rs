//! Writes bodies from stored pieces of JSON: a page costs no parsing and no clone.

use okta_groups::model::GroupType;

use crate::store::{GroupRecord, Numbered, Store, push_field};

/// The parts that `expand` embeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Expand {
    pub(crate) stats: bool,
    pub(crate) app: bool,
}

impl Expand {
    /// Values other than `stats` and `app` are ignored: the reference lists no error for them.
    pub(crate) fn parse(text: &str) -> Self {
        let has = |name| text.split(',').any(|part| part.trim() == name);
        Self { stats: has("stats"), app: has("app") }
    }
}

pub(crate) fn push_group(out: &mut String, group: &GroupRecord, base: &str, expand: Expand, store: &Store) {
    out.push_str(&group.json);
    if expand.stats || expand.app {
        push_embedded(out, group, base, expand, store);
    }
    let (logo, id) = (logo(group), group.id.as_str());
    out.push_str(",\"_links\":{\"logo\":[");
    for (size, separator) in [("medium", ","), ("large", "],")] {
        push_all(out, &["{\"name\":\"", size, "\",\"href\":\"", base, "/img/logos/groups/", logo, "-", size]);
        push_all(out, &[".png\",\"type\":\"image/png\"}", separator]);
    }
    if let Some(source) = &group.source {
        push_all(out, &["\"source\":{\"href\":\"", base, "/api/v1/apps/", source, "\"},"]);
    }
    if group.has_owners_link {
        push_all(out, &["\"owners\":{\"href\":\"", base, "/api/v1/groups/", id, "/owners\"},"]);
    }
    push_users_and_apps(out, base, id);
    out.push_str("}}");
}

fn push_embedded(out: &mut String, group: &GroupRecord, base: &str, expand: Expand, store: &Store) {
    let mut embedded = String::from("{");
    if expand.stats {
        let mut stats = String::from("{");
        push_field(&mut stats, "usersCount", &group.members.len());
        push_field(&mut stats, "appsCount", &group.apps.len());
        push_field(&mut stats, "groupPushMappingsCount", &group.push_mappings);
        push_field(&mut stats, "hasAdminPrivilege", &group.has_admin_privilege);
        stats.push_str(",\"_links\":{");
        push_users_and_apps(&mut stats, base, &group.id);
        stats.push_str("}}");
        push_all(&mut embedded, &["\"stats\":", &stats]);
    }
    let app = group.source.as_deref().filter(|_| expand.app && group.group_type == GroupType::AppGroup);
    if let Some(app) = app.and_then(|id| store.apps.by_id(id)) {
        let mut object = String::from("{");
        push_field(&mut object, "id", &app.id);
        push_field(&mut object, "name", &app.name);
        push_field(&mut object, "label", &app.label);
        push_field(&mut object, "signOnMode", &app.sign_on_mode);
        push_all(
            &mut object,
            &[",\"_links\":{\"self\":{\"href\":\"", base, "/api/v1/apps/", &app.id, "\"}}}"],
        );
        push_all(&mut embedded, &[if expand.stats { "," } else { "" }, "\"app\":", &object]);
    }
    push_all(out, &[",\"_embedded\":", &embedded, "}"]);
}

fn push_users_and_apps(out: &mut String, base: &str, id: &str) {
    push_all(out, &["\"users\":{\"href\":\"", base, "/api/v1/groups/", id, "/users\"},"]);
    push_all(out, &["\"apps\":{\"href\":\"", base, "/api/v1/groups/", id, "/apps\"}"]);
}

fn logo(group: &GroupRecord) -> &'static str {
    if group.object_class.iter().any(|class| class == "okta:windows_security_principal") {
        "active_directory"
    } else {
        "okta"
    }
}

pub(crate) fn push_user(out: &mut String, user: &Numbered, base: &str) {
    push_member(out, user, base, None);
}

/// Writes a member, with its `_embedded` if there is one.
pub(crate) fn push_member(
    out: &mut String,
    user: &Numbered,
    base: &str,
    embedded: Option<&serde_json::Value>,
) {
    out.push_str(&user.json);
    if let Some(embedded) = embedded {
        push_field(out, "_embedded", embedded);
    }
    push_all(out, &[",\"_links\":{\"self\":{\"href\":\"", base, "/api/v1/users/", &user.id, "\"}}}"]);
}

pub(crate) fn push_app(out: &mut String, app: &Numbered, base: &str) {
    let (id, name) = (app.id.as_str(), app.name.as_str());
    out.push_str(&app.json);
    push_all(
        out,
        &[",\"_links\":{\"appLinks\":[{\"name\":\"login\",\"href\":\"", base, "/home/", name, "/", id],
    );
    push_all(out, &["/2357\",\"type\":\"text/html\"}],\"groups\":{\"href\":\"", base, "/api/v1/apps/", id]);
    push_all(out, &["/groups\"},\"logo\":[{\"name\":\"medium\",\"href\":\"", base, "/img/logos/", name]);
    push_all(out, &[".png\",\"type\":\"image/png\"}],\"users\":{\"href\":\"", base, "/api/v1/apps/", id]);
    push_all(out, &["/users\"},\"deactivate\":{\"href\":\"", base, "/api/v1/apps/", id]);
    out.push_str("/lifecycle/deactivate\"}}}");
}

fn push_all(out: &mut String, pieces: &[&str]) {
    for piece in pieces {
        out.push_str(piece);
    }
}
