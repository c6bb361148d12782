//! Group rules.

use serde::{Deserialize, Serialize};

use super::open_enum::open_enum;
use super::{Field, Object};

open_enum! {
    /// A group rule's status.
    RuleStatus {
        /// Okta adds and removes members by the rule.
        Active = "ACTIVE",
        /// The rule assigns nobody. Only an inactive rule can be replaced.
        Inactive = "INACTIVE",
        /// One of the rule's groups was deleted, so that it assigns nobody. It can be neither activated nor
        /// deactivated.
        Invalid = "INVALID",
    }
}

/// A group rule, as the Group Rules API returns and accepts it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GroupRule {
    /// The id, `0pr...`; absent in a rule that is to be created.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub id: Field<String>,
    /// `group_rule`.
    #[serde(rename = "type", default, skip_serializing_if = "Field::is_absent")]
    pub rule_type: Field<String>,
    /// The name, at most 50 characters (documented).
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub name: Field<String>,
    /// The rule's status; absent in a rule that is to be created.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub status: Field<RuleStatus>,
    /// When the rule was created. In 2023 orgs left it out of answers about a single rule (recorded).
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub created: Field<String>,
    /// When the rule last changed; sometimes absent like [`GroupRule::created`].
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub last_updated: Field<String>,
    /// Which users the rule applies to.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub conditions: Field<RuleConditions>,
    /// What the rule does with these users.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub actions: Field<RuleActions>,
    /// Whether all target groups exist. Not in Okta's reference; recorded for every rule since 2023.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub all_groups_valid: Field<bool>,
    /// Present if it was requested by `expand`: `groupIdToGroupNameMap`.
    #[serde(rename = "_embedded", default, skip_serializing_if = "Field::is_absent")]
    pub embedded: Field<Object>,
    /// Fields this library does not know, in their order.
    #[serde(flatten)]
    pub other: Object,
}

/// Which users a rule applies to.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RuleConditions {
    /// Users and groups that the rule does not apply to; absent in recordings of 2020.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub people: Field<RulePeople>,
    /// The condition.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub expression: Field<RuleExpression>,
    /// Fields this library does not know, in their order.
    #[serde(flatten)]
    pub other: Object,
}

/// Users and groups that a rule does not apply to.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RulePeople {
    /// User ids.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub users: Field<RuleExclusion>,
    /// Group ids.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub groups: Field<RuleExclusion>,
    /// Fields this library does not know, in their order.
    #[serde(flatten)]
    pub other: Object,
}

/// Ids that a rule does not apply to.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RuleExclusion {
    /// The ids.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub exclude: Field<Vec<String>>,
    /// Fields this library does not know, in their order.
    #[serde(flatten)]
    pub other: Object,
}

/// A condition in Okta's Expression Language.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RuleExpression {
    /// `urn:okta:expression:1.0`.
    #[serde(rename = "type", default, skip_serializing_if = "Field::is_absent")]
    pub expression_type: Field<String>,
    /// The expression, such as `user.department=="West"`.
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
    /// The groups that the rule assigns users to.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub assign_user_to_groups: Field<RuleTargets>,
    /// Fields this library does not know, in their order.
    #[serde(flatten)]
    pub other: Object,
}

/// The groups that a rule assigns users to.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RuleTargets {
    /// The ids of the groups. The id of a deleted group stays in the list (recorded).
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub group_ids: Field<Vec<String>>,
    /// Fields this library does not know, in their order.
    #[serde(flatten)]
    pub other: Object,
}
