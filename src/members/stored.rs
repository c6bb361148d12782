//! The plan in its stored form, JSON. Decides only whether unresolved names keep a plan from being applied.

use serde::{Deserialize, Serialize};

use super::{Changes, MaxRemovals, RuleManaged, SkipReason, Unresolved, UnresolvedReason};
use crate::filter::quoted;
use crate::request::ArgumentError;

/// A plan that can be stored as JSON. Rust and the npm package read and apply each other's plans.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberPlan {
    /// The version of the format: [`MemberPlan::VERSION`].
    pub v: u32,
    /// The org's name (an origin). A client of another org refuses the plan.
    pub org: String,
    /// The id of the group.
    pub group_id: String,
    /// The state of the group when the plan was made.
    pub based_on: BasedOn,
    /// Ids of the users to add, in the order of the desired list.
    pub add: Vec<String>,
    /// Ids of the members to remove, in the order they were read.
    pub remove: Vec<String>,
    /// How many desired users are members already.
    #[serde(default)]
    pub unchanged: usize,
    /// Which users are neither added nor removed, and why.
    #[serde(default)]
    pub skipped: Vec<Skipped>,
    /// Texts for the operator: how many members stay because the org does not say whether a rule assigned
    /// them.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// The limit on removals of the plan. It is checked again when the plan is applied.
    #[serde(default)]
    pub max_removals: MaxRemovals,
    /// Whether members whom a rule assigned are removed. It applies again when the plan is applied.
    #[serde(default)]
    pub rule_managed: RuleManaged,
    /// Ids of members who stay: the run does not remove them, even if [`MemberPlan::remove`] lists them.
    #[serde(default)]
    pub keep: Vec<String>,
    /// Only for a plan by login or another attribute: the desired values that do not match exactly one active
    /// user. While there is one, the plan removes nobody, and it can be applied only with
    /// [`MemberPlan::skips_unresolved`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unresolved: Vec<Unresolved>,
    /// Whether the plan can be applied with unresolved values: it then only adds the resolved users.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skips_unresolved: bool,
    /// Only for the rest of a run: how many adds the first plan had, and how many are done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adds: Option<AddsSoFar>,
}

/// The adds of a plan that is applied in several runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddsSoFar {
    /// How many adds the first plan had.
    pub planned: u32,
    /// How many of them are done.
    pub done: u32,
}

/// The state of the group that a plan is based on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BasedOn {
    /// The group's `lastMembershipUpdated`. If the group has another value later, the plan is stale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_membership_updated: Option<String>,
    /// When the group was read, by the org's clock, as `yyyy-MM-ddTHH:mm:ss.SSSZ`. `None` if the answer has
    /// no `Date` or the browser hides it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// A user who is neither added nor removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Skipped {
    /// The user's id.
    pub user_id: String,
    /// Why the user is skipped.
    pub reason: SkipReason,
    /// Only for [`SkipReason::RuleManaged`]: the ids of the group rules that assigned the user.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
}

impl Skipped {
    pub(crate) fn new(user_id: String, reason: SkipReason, rules: &str) -> Self {
        let rules = rules.split(&[' '][..]).filter(|id| !id.is_empty()).map(str::to_owned).collect();
        Skipped { user_id, reason, rules }
    }
}

impl MemberPlan {
    /// The version of the format that this client writes.
    pub const VERSION: u32 = 1;

    pub(crate) fn new(org: &str, group: &str) -> Self {
        MemberPlan {
            v: Self::VERSION,
            org: org.to_owned(),
            group_id: group.to_owned(),
            ..MemberPlan::default()
        }
    }

    /// The requests of the plan's run in the bucket of its writes, besides them: the members are read, in pages
    /// of 200, before one of them is removed.
    pub(crate) fn reads(&self) -> u32 {
        let pages = 1 + (self.unchanged + self.remove.len()) / 200;
        if self.remove.is_empty() { 0 } else { u32::try_from(pages).unwrap_or(u32::MAX) }
    }

    /// Takes the writes and the skipped users from `changes`.
    pub(crate) fn change(&mut self, changes: Changes<'_>) {
        let owned = |ids: Vec<&str>| ids.into_iter().map(str::to_owned).collect();
        let skipped =
            |(id, reason, rules): (&str, SkipReason, &str)| Skipped::new(id.to_owned(), reason, rules);
        self.add = owned(changes.add);
        self.remove = owned(changes.remove);
        self.unchanged = changes.unchanged;
        self.skipped = changes.skipped.into_iter().map(skipped).collect();
        self.warnings = changes.warnings;
    }

    /// An error if unresolved values keep the plan from being applied.
    pub(crate) fn check_resolved(&self) -> Result<(), ArgumentError> {
        match self.unresolved.first() {
            Some(first) if !self.skips_unresolved => {
                let others = match self.unresolved.len() {
                    1 => String::new(),
                    count => [" and ", &(count - 1).to_string(), " more"].concat(),
                };
                let what = match first.reason {
                    UnresolvedReason::None => ", which no user bears",
                    UnresolvedReason::Ambiguous => ", which several users bear",
                    UnresolvedReason::Deactivated => ", which only a deactivated user bears",
                };
                let reason = ["holds ", &quoted(&first.value), what, &others].concat();
                Err(ArgumentError::new("unresolved", reason))
            }
            _ => Ok(()),
        }
    }

    /// How many members stay because the org does not say whether a rule assigned them.
    pub(crate) fn unknown(&self) -> usize {
        self.skipped.iter().filter(|skipped| skipped.reason == SkipReason::RuleUnknown).count()
    }
}
