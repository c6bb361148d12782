use serde::{Deserialize, Serialize};

use super::open_enum::open_enum;
use super::{Field, Object};

open_enum! {
    /// Whether a rule runs.
    RuleStatus {
        /// Okta adds and removes people by it.
        Active = "ACTIVE",
        /// It does nothing; only now may it be replaced.
        Inactive = "INACTIVE",
        /// One of its groups is gone, so that it does nothing. It can be neither activated nor deactivated.
        Invalid = "INVALID",
    }
}

/// A group rule, as the Group Rules API answers it and takes it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GroupRule {
    /// Unique id, `0pr...`; absent of a rule that is to be created.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub id: Field<String>,
    /// `group_rule`.
    #[serde(rename = "type", default, skip_serializing_if = "Field::is_absent")]
    pub rule_type: Field<String>,
    /// At most 50 characters (documented).
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub name: Field<String>,
    /// Whether the rule runs; absent of a rule that is to be created.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub status: Field<RuleStatus>,
    /// When the rule was created. Orgs left it out of answers about one rule in 2023 (recorded).
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub created: Field<String>,
    /// When the rule last changed; as [`GroupRule::created`].
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub last_updated: Field<String>,
    /// Whom the rule takes.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub conditions: Field<RuleConditions>,
    /// What the rule does with them.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub actions: Field<RuleActions>,
    /// Whether all target groups are there. In no reference; recorded of every rule since 2023.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub all_groups_valid: Field<bool>,
    /// Present when asked for by `expand`: `groupIdToGroupNameMap`.
    #[serde(rename = "_embedded", default, skip_serializing_if = "Field::is_absent")]
    pub embedded: Field<Object>,
    /// Fields this library does not know, in their order.
    #[serde(flatten)]
    pub other: Object,
}

/// Whom a rule takes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RuleConditions {
    /// Users and groups that the rule leaves alone; absent in recordings of 2020.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub people: Field<RulePeople>,
    /// The condition.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub expression: Field<RuleExpression>,
    /// Fields this library does not know, in their order.
    #[serde(flatten)]
    pub other: Object,
}

/// Users and groups that a rule leaves alone.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RulePeople {
    /// Users by their ids.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub users: Field<RuleExclusion>,
    /// Groups by their ids.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub groups: Field<RuleExclusion>,
    /// Fields this library does not know, in their order.
    #[serde(flatten)]
    pub other: Object,
}

/// Ids that a rule leaves alone.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RuleExclusion {
    /// Their ids.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub exclude: Field<Vec<String>>,
    /// Fields this library does not know, in their order.
    #[serde(flatten)]
    pub other: Object,
}

/// A condition in Okta's expression language.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RuleExpression {
    /// `urn:okta:expression:1.0`.
    #[serde(rename = "type", default, skip_serializing_if = "Field::is_absent")]
    pub expression_type: Field<String>,
    /// Such as `user.department=="West"`.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub value: Field<String>,
    /// Fields this library does not know, in their order.
    #[serde(flatten)]
    pub other: Object,
}

/// What a rule does.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RuleActions {
    /// The groups that the rule puts people into.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub assign_user_to_groups: Field<RuleTargets>,
    /// Fields this library does not know, in their order.
    #[serde(flatten)]
    pub other: Object,
}

/// The groups that a rule puts people into.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RuleTargets {
    /// Their ids. That of a group that was deleted stays (recorded).
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub group_ids: Field<Vec<String>>,
    /// Fields this library does not know, in their order.
    #[serde(flatten)]
    pub other: Object,
}
