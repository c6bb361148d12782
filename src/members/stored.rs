use serde::{Deserialize, Serialize};

use super::{Changes, Reason};

/// A plan as it is kept. As JSON it is that of the npm package, each of which applies what the other planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberPlan {
    /// The form of the plan: 1.
    pub v: u32,
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
    /// What could not be known.
    #[serde(default)]
    pub warnings: Vec<String>,
}

/// What a plan is based on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BasedOn {
    /// The group's `lastMembershipUpdated` at that time. Another one means that the plan is stale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_membership_updated: Option<String>,
    /// That time, by the org's clock, `yyyy-MM-ddTHH:mm:ss.SSSZ`; none where a browser hides the answer's `Date`.
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
    pub reason: Reason,
}

impl MemberPlan {
    /// The form of the plans that are made here.
    pub(crate) const VERSION: u32 = 1;

    pub(crate) fn new(group: &str, based_on: BasedOn, changes: Changes<'_>) -> Self {
        let owned = |ids: Vec<&str>| ids.into_iter().map(str::to_owned).collect();
        let skipped = |(id, reason): (&str, Reason)| Skipped { user_id: id.to_owned(), reason };
        MemberPlan {
            v: Self::VERSION,
            group_id: group.to_owned(),
            based_on,
            add: owned(changes.add),
            remove: owned(changes.remove),
            unchanged: changes.unchanged,
            skipped: changes.skipped.into_iter().map(skipped).collect(),
            warnings: changes.warnings.into_iter().map(str::to_owned).collect(),
        }
    }
}
