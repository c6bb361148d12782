//! Groups and their profiles.

use serde::{Deserialize, Serialize};

use super::open_enum::open_enum;
use super::{Field, Object};

open_enum! {
    /// How a group's profile and memberships are managed.
    GroupType {
        /// Managed in Okta, by hand or by group rules. The only type whose profile and members the API can
        /// change.
        OktaGroup = "OKTA_GROUP",
        /// Imported from an app such as Active Directory, and managed there.
        AppGroup = "APP_GROUP",
        /// Managed by Okta itself, such as Everyone.
        BuiltIn = "BUILT_IN",
    }
}

/// A group, as *List all groups*, *Retrieve*, *Add* and *Replace a group* return it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Group {
    /// The id, `00g...`.
    pub id: String,
    /// When the group was created, `yyyy-MM-ddTHH:mm:ss.SSSZ`.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub created: Field<String>,
    /// When the profile last changed.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub last_updated: Field<String>,
    /// When the memberships last changed.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub last_membership_updated: Field<String>,
    /// Decides which attributes the profile has: `okta:user_group` or `okta:windows_security_principal`. It
    /// is independent of `type`: most recorded app groups are `okta:user_group`.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub object_class: Field<Vec<String>>,
    /// Who manages the group.
    #[serde(rename = "type", default, skip_serializing_if = "Field::is_absent")]
    pub group_type: Field<GroupType>,
    /// Name, description, imported and custom attributes.
    #[serde(default)]
    pub profile: GroupProfile,
    /// The app that an app group comes from. Not in Okta's reference; recorded on app groups.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub source: Field<GroupSource>,
    /// Present if it was requested by `expand`.
    #[serde(rename = "_embedded", default, skip_serializing_if = "Field::is_absent")]
    pub embedded: Field<GroupEmbedded>,
    /// Related resources: `logo`, `users`, `apps`, and on some groups `source` and `owners`.
    #[serde(rename = "_links", default, skip_serializing_if = "Field::is_absent")]
    pub links: Field<Object>,
    /// Fields that this library does not know, in their order.
    #[serde(flatten)]
    pub other: Object,
}

/// A group's profile. [`Group::object_class`] decides which imported attributes it has.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GroupProfile {
    /// The name. Unique among the org's own groups, not among imported ones.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub name: Field<String>,
    /// The description. `null` in recorded answers, although the reference says string.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub description: Field<String>,
    /// Active Directory: `Security` or `Distribution`.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub group_type: Field<String>,
    /// Active Directory: the name for systems before Windows 2000.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub sam_account_name: Field<String>,
    /// Active Directory: the security identifier, `S-1-5-...`.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub object_sid: Field<String>,
    /// Active Directory: `Global`, `Universal` or `DomainLocal`.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub group_scope: Field<String>,
    /// Active Directory: the distinguished name.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub dn: Field<String>,
    /// Active Directory: the name with its domain, `CORP\Engineering`.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub windows_domain_qualified_name: Field<String>,
    /// Active Directory: the `objectGUID` in base64.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub external_id: Field<String>,
    /// Google Workspace: the group's id there.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub google_external_id: Field<String>,
    /// Custom attributes of the org's schema. Strings, integers, booleans and arrays are recorded.
    #[serde(flatten)]
    pub custom: Object,
}

/// The app a group was imported from.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GroupSource {
    /// The app's id, `0oa...`.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub id: Field<String>,
    /// Fields this library does not know.
    #[serde(flatten)]
    pub other: Object,
}

/// What `expand` adds to *List all groups*.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GroupEmbedded {
    /// With `expand=stats`.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub stats: Field<GroupStats>,
    /// With `expand=app`, on groups imported from an app.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub app: Field<EmbeddedApp>,
    /// Fields this library does not know.
    #[serde(flatten)]
    pub other: Object,
}

/// The counts of a group, with `expand=stats`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GroupStats {
    /// Number of member users.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub users_count: Field<i64>,
    /// Number of assigned apps.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub apps_count: Field<i64>,
    /// Number of group push mappings.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub group_push_mappings_count: Field<i64>,
    /// Whether the group grants an admin role. Okta's contract spells the key `hasAdminPrivlege`, but real
    /// orgs do not; a key with that spelling is kept in [`GroupStats::other`].
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub has_admin_privilege: Field<bool>,
    /// Fields this library does not know.
    #[serde(flatten)]
    pub other: Object,
}

/// The app that a group comes from, with `expand=app`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EmbeddedApp {
    /// The app's id.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub id: Field<String>,
    /// The app's key name, `active_directory`.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub name: Field<String>,
    /// The app's display name.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub label: Field<String>,
    /// How the app signs on.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub sign_on_mode: Field<super::SignOnMode>,
    /// Fields this library does not know.
    #[serde(flatten)]
    pub other: Object,
}
