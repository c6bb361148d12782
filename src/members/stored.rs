use serde::{Deserialize, Serialize};

use super::{Changes, MaxRemovals, RuleManaged, SkipReason, Unresolved, UnresolvedReason};
use crate::filter::quoted;
use crate::request::ArgumentError;

/// A plan as it is kept. As JSON it is that of the npm package, each of which applies what the other planned.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberPlan {
    /// The form of the plan: 1.
    pub v: u32,
    /// The org's name, an origin. A client of another org refuses the plan.
    pub org: String,
    /// The group.
    pub group_id: String,
    /// When the members were read.
    pub based_on: BasedOn,
    /// Ids of whom to add, in the order they are desired.
    pub add: Vec<String>,
    /// Ids of whom to remove, in the order they were read.
    pub remove: Vec<String>,
    /// How many are members as desired.
    #[serde(default)]
    pub unchanged: usize,
    /// Who is left out, and why.
    #[serde(default)]
    pub skipped: Vec<Skipped>,
    /// For people: how many members stay because the org did not say enough of them.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// The limit on removals that it was made with. It holds when the plan is applied, too.
    #[serde(default)]
    pub max_removals: MaxRemovals,
    /// What becomes of members by a rule, when the plan is applied, too.
    #[serde(default)]
    pub rule_managed: RuleManaged,
    /// Ids of members whom the caller keeps: no removal of theirs is sent, whatever [`MemberPlan::remove`] says.
    #[serde(default)]
    pub keep: Vec<String>,
    /// Of a plan by logins or other names: the desired values that do not stand for one active user each. While there is
    /// one, the plan names no removals, and it is not applied unless [`MemberPlan::skips_unresolved`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unresolved: Vec<Unresolved>,
    /// Whether the plan adds the others, whatever is unresolved.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skips_unresolved: bool,
    /// Of the rest of a run: the adds that the first plan had, and how many of them are done. None in a first plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adds: Option<AddsSoFar>,
}

/// The adds of a plan that was run in parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddsSoFar {
    /// How many the first plan had.
    pub planned: u32,
    /// How many of them are done.
    pub done: u32,
}

/// What a plan is based on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BasedOn {
    /// The group's `lastMembershipUpdated` at that time. Another one means that the plan is stale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_membership_updated: Option<String>,
    /// That time, by the org's clock, `yyyy-MM-ddTHH:mm:ss.SSSZ`; none where the answer has no `Date`, or a browser hides it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// Someone who is neither added nor removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Skipped {
    /// The user's id.
    pub user_id: String,
    /// Why.
    pub reason: SkipReason,
    /// Of [`SkipReason::RuleManaged`]: the ids of the group rules that put the member there.
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
    /// The form of the plans that are made here.
    pub const VERSION: u32 = 1;

    pub(crate) fn new(org: &str, group: &str) -> Self {
        MemberPlan {
            v: Self::VERSION,
            org: org.to_owned(),
            group_id: group.to_owned(),
            ..MemberPlan::default()
        }
    }

    /// Takes what is to be done from `changes`.
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

    /// What keeps the plan from being applied, if something does.
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

    /// How many members stay of whom the org did not say enough.
    pub(crate) fn unknown(&self) -> usize {
        self.skipped.iter().filter(|skipped| skipped.reason == SkipReason::RuleUnknown).count()
    }
}
