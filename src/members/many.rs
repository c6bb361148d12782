//! Plans of many groups in their stored form, JSON, and what is decided over all of them: the limit on removals,
//! and which failure of one group would meet every other group. Sends nothing.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{MaxRemovals, MemberPlan, SkipReason};
use crate::export::Shard;
use crate::request::ArgumentError;

/// The plans of many groups. Rust and the npm package read and apply each other's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MembershipsPlan {
    /// The version of the format, 1.
    pub v: u32,
    /// `memberships`.
    pub kind: String,
    /// The org's name (an origin). A client of another org refuses the plan.
    pub org: String,
    /// The part of the groups that was planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// A plan for each group, in the order in which the groups were given.
    pub plans: Vec<MemberPlan>,
    /// The groups that could not be planned, and why.
    #[serde(default)]
    pub skipped: Vec<SkippedGroup>,
}

/// A group that could not be planned. The others are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedGroup {
    /// The group as the program named it.
    pub group: GroupKey,
    /// The kind of the error: [`crate::error::Error::kind`].
    pub kind: String,
    /// The error's message.
    pub message: String,
}

/// How a program names a group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum GroupKey {
    /// By its id.
    Id(String),
    /// By its name, which exactly one group has.
    Name {
        /// The name.
        name: String,
        /// The type, such as `OKTA_GROUP`: only groups of this type are looked at.
        #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
        group_type: Option<String>,
    },
}

impl From<&str> for GroupKey {
    fn from(id: &str) -> Self {
        GroupKey::Id(id.to_owned())
    }
}

impl From<String> for GroupKey {
    fn from(id: String) -> Self {
        GroupKey::Id(id)
    }
}

impl MembershipsPlan {
    /// The plans of `org`, within the limit on removals over all groups.
    ///
    /// # Errors
    /// [`ArgumentError`] if the plans remove more.
    pub fn new(
        org: &str,
        shard: Option<Shard>,
        plans: Vec<MemberPlan>,
        skipped: Vec<SkippedGroup>,
        limit: MaxRemovals,
    ) -> Result<Self, ArgumentError> {
        let removals: usize = plans.iter().map(|plan| plan.remove.len()).sum();
        let members: usize = plans.iter().map(members_of).sum();
        if !limit.allows(removals, members) {
            let [removals, members] = [removals, members].map(|count| count.to_string());
            let more = " members, more than maxRemovalsOverall allows";
            let reason = ["would remove ", &removals, " of ", &members, more].concat();
            return Err(ArgumentError::new("maxRemovalsOverall", reason));
        }
        let (v, kind, org) = (1, "memberships".to_owned(), org.to_owned());
        Ok(MembershipsPlan { v, kind, org, shard, plans, skipped })
    }

    /// # Errors
    /// [`ArgumentError`] if the plan is of another version or org, or has two plans for one group: the run of
    /// the first one makes the second stale.
    pub fn check(&self, org: &str) -> Result<(), ArgumentError> {
        let wrong = |reason: String| Err(ArgumentError::new("plan", reason));
        if self.v != 1 || self.kind != "memberships" {
            return wrong("is no plan of many groups of version 1".to_owned());
        }
        let mut seen = BTreeSet::new();
        if let Some(twice) = self.plans.iter().find(|plan| !seen.insert(plan.group_id.as_str())) {
            return wrong(["names the group ", &twice.group_id, " twice"].concat());
        }
        let orgs = self.plans.iter().map(|plan| &plan.org).chain([&self.org]);
        match orgs.into_iter().find(|of| *of != org) {
            Some(other) => wrong(["is of another org, ", other].concat()),
            None => Ok(()),
        }
    }
}

/// How many members the group had when the plan was made.
fn members_of(plan: &MemberPlan) -> usize {
    let here = plan.skipped.iter().filter(|skipped| skipped.reason != SkipReason::Duplicate);
    plan.unchanged + plan.remove.len() + here.count()
}

/// Whether every other group would meet this failure, too, by the kind of the error
/// ([`crate::error::Error::kind`]): it ends the run of all groups. The others skip their own group alone.
pub fn ends_all(kind: &str) -> bool {
    matches!(kind, "aborted" | "config" | "unauthorized" | "internal" | "timeout" | "connection")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::Skipped;

    fn plan(group: &str, remove: usize, unchanged: usize) -> MemberPlan {
        let remove = (0..remove).map(|user| format!("00u{user}")).collect();
        MemberPlan { remove, unchanged, ..MemberPlan::new("https://acme.okta.com", group) }
    }

    /// The npm package runs its groups by the same facts, without asking the core for each.
    #[test]
    fn javascript_ends_all_groups_for_the_same_kinds_and_counts_the_same_reads() {
        let source = include_str!("../../pkg-template/src/memberships.js");
        let list = source.split("const WHOLE = new Set([").nth(1).unwrap().split("])").next().unwrap();
        let mut kinds: Vec<&str> = list.split('\'').skip(1).step_by(2).collect();
        kinds.sort_unstable();
        let all = [
            "aborted",
            "argument",
            "auth",
            "bad-request",
            "bulk",
            "config",
            "conflict",
            "connection",
            "forbidden",
            "internal",
            "lookup",
            "not-found",
            "pagination",
            "rate-limit",
            "refused",
            "response",
            "server",
            "timeout",
            "unauthorized",
        ];
        assert_eq!(kinds, all.into_iter().filter(|kind| ends_all(kind)).collect::<Vec<_>>());
        assert!(source.contains("remove.length && 1 + Math.floor((unchanged + remove.length) / 200)"));
        for (remove, unchanged, reads) in [(0, 500, 0), (1, 0, 1), (1, 198, 1), (1, 199, 2), (200, 200, 3)] {
            assert_eq!(plan("00g1", remove, unchanged).reads(), reads, "{remove} {unchanged}");
        }
    }

    #[test]
    fn the_limit_over_all_groups_counts_the_members_of_all() {
        let kept = |reason| Skipped::new("00uk".to_owned(), reason, "");
        let mut second = plan("00g2", 2, 0);
        // Who stays is a member; an id that was given twice is none.
        second.skipped =
            vec![kept(SkipReason::Kept), kept(SkipReason::RuleManaged), kept(SkipReason::Duplicate)];
        let plans = vec![plan("00g1", 1, 3), second];
        for (ratio, count, passes) in [
            (0.375, u32::MAX, true),
            (0.374, u32::MAX, false),
            (1.0, 3, true),
            (1.0, 2, false),
            (0.0, 9, false),
        ] {
            let made = MembershipsPlan::new("", None, plans.clone(), vec![], MaxRemovals { count, ratio });
            assert_eq!(made.is_ok(), passes, "{ratio} {count}");
            let error = made.err().map(|error| error.to_string()).unwrap_or_default();
            assert!(passes || error.contains("would remove 3 of 8 members"), "{error}");
        }
    }

    /// As `planMemberships` of the npm package writes it.
    #[test]
    fn a_plan_has_one_form_with_javascript() {
        let text = r#"{"v":1,"kind":"memberships","org":"https://acme.okta.com","shard":{"index":0,"of":2},"plans":[],"skipped":[{"group":{"name":"West","type":"OKTA_GROUP"},"kind":"lookup","message":"no"},{"group":"00g1","kind":"not-found","message":"gone"}]}"#;
        let plan: MembershipsPlan = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&plan).unwrap(), text);
        let name = GroupKey::Name { name: "West".to_owned(), group_type: Some("OKTA_GROUP".to_owned()) };
        assert_eq!([&plan.skipped[0].group, &plan.skipped[1].group], [&name, &GroupKey::from("00g1")]);
    }
}
