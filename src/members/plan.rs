use serde::{Deserialize, Serialize};

use super::ids::{self, IdSet};
use crate::request::ArgumentError;

/// Which differences are to be evened out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// All.
    #[default]
    Exact,
    /// Who is missing is added; nobody is removed.
    Add,
    /// Who is too many is removed; nobody is added.
    Remove,
}

/// What becomes of members that a group rule put there and that are not desired: a rule adds them again, or makes an
/// exception of whoever is removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RuleManaged {
    /// They stay.
    #[default]
    Skip,
    /// They go like others.
    Include,
    /// There is no plan.
    Fail,
}

/// How many removals are no mistake.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaxRemovals {
    /// So many. Default: any number.
    pub count: u32,
    /// This share of the members, from 0 to 1. Default 0.25.
    pub ratio: f64,
}

impl Default for MaxRemovals {
    fn default() -> Self {
        MaxRemovals { count: u32::MAX, ratio: 0.25 }
    }
}

impl MaxRemovals {
    /// Any removals.
    pub const ANY: Self = MaxRemovals { count: u32::MAX, ratio: 1.0 };
}

/// How to plan.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PlanOptions {
    /// Default [`Mode::Exact`].
    pub mode: Mode,
    /// Default [`RuleManaged::Skip`].
    pub rule_managed: RuleManaged,
    /// `None` is [`MaxRemovals::default`], but [`MaxRemovals::ANY`] where nobody is desired and that is allowed.
    pub max_removals: Option<MaxRemovals>,
    /// Whether nobody may be desired. Default: no, since what gave the ids may just have failed.
    pub allow_empty: bool,
}

impl PlanOptions {
    /// Whether it matters which members are there by a group rule: they are read with `expand=group-rules` then.
    pub fn asks_for_rules(&self) -> bool {
        self.mode != Mode::Add && self.rule_managed != RuleManaged::Include
    }
}

/// A member, as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// The user's id.
    pub id: &'a str,
    /// Whether the caller wants to keep it in any case.
    pub kept: bool,
    /// Whether a group rule put it there. `None` where the org does not say.
    pub by_rule: Option<bool>,
}

/// Why an id is neither added nor removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// A group rule put it there.
    RuleManaged,
    /// The caller wants to keep it.
    Kept,
    /// It is desired more than once.
    Duplicate,
}

impl Reason {
    /// The name of the reason in JavaScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            Reason::RuleManaged => "rule-managed",
            Reason::Kept => "kept",
            Reason::Duplicate => "duplicate",
        }
    }
}

/// What is to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes<'a> {
    /// Whom to add, in the order they are desired.
    pub add: Vec<&'a str>,
    /// Whom to remove, in the order they were read.
    pub remove: Vec<&'a str>,
    /// How many are members as desired.
    pub unchanged: usize,
    /// Who is left out, and why.
    pub skipped: Vec<(&'a str, Reason)>,
    /// What could not be known.
    pub warnings: Vec<&'static str>,
}

/// Refuses a group whose members the API does not change, by its `type`.
///
/// # Errors
/// Of an `APP_GROUP` and a `BUILT_IN` one: *Assign a user to a group* takes groups of type `OKTA_GROUP`.
pub fn check_group(kind: &str) -> Result<(), ArgumentError> {
    let owner = match kind {
        "APP_GROUP" => "is of type APP_GROUP, whose members its app decides",
        "BUILT_IN" => "is of type BUILT_IN, whose members Okta decides",
        _ => return Ok(()),
    };
    Err(ArgumentError::new("groupId", owner))
}

/// The way from `members` (all of them) to `desired`.
///
/// # Errors
/// An id that cannot be sent; nobody desired, or more removals, than is allowed; a member by a rule, where that is to
/// fail.
pub fn plan<'a>(
    desired: &[&'a str],
    members: &[Member<'a>],
    options: &PlanOptions,
) -> Result<Changes<'a>, ArgumentError> {
    let ids: Vec<&str> = members.iter().map(|member| member.id).collect();
    ids::check("desired", desired)?;
    ids::check("members", &ids)?;
    if desired.is_empty() && options.mode != Mode::Add && !options.allow_empty {
        return Err(ArgumentError::new("desired", "is empty; allowEmpty: true if nobody is to be a member"));
    }
    let mut wanted = IdSet::new(desired);
    let mut current = IdSet::new(&ids);
    let mut plan = Changes::default();
    for &id in desired {
        match (wanted.first(id), current.has(id)) {
            (false, _) => plan.skipped.push((id, Reason::Duplicate)),
            (true, true) => plan.unchanged += 1,
            (true, false) if options.mode != Mode::Remove => plan.add.push(id),
            (true, false) => {}
        }
    }
    let mut count = 0_u32;
    // Those who go, and of whom the org said that no rule put them there.
    let mut known = 0;
    for member in members {
        // A list may show a member twice when others come and go meanwhile.
        if !current.first(member.id) {
            continue;
        }
        count += 1;
        if options.mode == Mode::Add || wanted.has(member.id) {
            continue;
        }
        match (member.kept, member.by_rule == Some(true), options.rule_managed) {
            (true, ..) => plan.skipped.push((member.id, Reason::Kept)),
            (false, true, RuleManaged::Skip) => plan.skipped.push((member.id, Reason::RuleManaged)),
            (false, true, RuleManaged::Fail) => {
                let reason = [member.id, " is a member by a group rule"].concat();
                return Err(ArgumentError::new("ruleManaged", reason));
            }
            _ => {
                known += usize::from(member.by_rule.is_some());
                plan.remove.push(member.id);
            }
        }
    }
    let is_unsaid = plan.remove.len() > known;
    let max = options.max_removals.unwrap_or(match desired.is_empty() {
        true => MaxRemovals::ANY,
        false => MaxRemovals::default(),
    });
    let removals = plan.remove.len();
    if removals as f64 > f64::from(count) * max.ratio || removals as f64 > f64::from(max.count) {
        let reason =
            ["would be passed: ", &removals.to_string(), " of ", &count.to_string(), " members would go"];
        return Err(ArgumentError::new("maxRemovals", reason.concat()));
    }
    if is_unsaid && options.asks_for_rules() {
        plan.warnings.push("the org did not say of all who would go whether they are there by a group rule");
    }
    Ok(plan)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const ANY: PlanOptions = PlanOptions {
        mode: Mode::Exact,
        rule_managed: RuleManaged::Skip,
        max_removals: Some(MaxRemovals::ANY),
        allow_empty: true,
    };

    /// `a` is a member, `a*` one by a rule, `a!` one to keep, `a?` one of whom the org does not say.
    fn members<'a>(text: &'a str) -> Vec<Member<'a>> {
        let member = |word: &'a str| Member {
            id: word.trim_end_matches(['*', '!', '?']),
            kept: word.contains('!'),
            by_rule: (!word.contains('?')).then_some(word.contains('*')),
        };
        text.split_whitespace().map(member).collect()
    }

    fn ids(text: &str) -> Vec<&str> {
        text.split_whitespace().collect()
    }

    #[test]
    fn what_is_added_and_removed() {
        let modes = [Mode::Exact, Mode::Add, Mode::Remove];
        for (desired, current, mode, add, remove, unchanged) in [
            ("c a b", "b d", modes[0], "c a", "d", 1),
            ("c a b", "b d", modes[1], "c a", "", 1),
            ("c a b", "b d", modes[2], "", "d", 1),
            ("", "a b", modes[0], "", "a b", 0),
            ("", "a b", modes[1], "", "", 0),
            ("a a", "", modes[0], "a", "", 0),
            ("a", "a a", modes[0], "", "", 1),
            ("", "a a", modes[0], "", "a", 0),
            ("a", "a* b* c! d*!", modes[0], "", "", 1),
        ] {
            let members = members(current);
            let plan = plan(&ids(desired), &members, &PlanOptions { mode, ..ANY }).unwrap();
            assert_eq!(
                (plan.add, plan.remove, plan.unchanged),
                (ids(add), ids(remove), unchanged),
                "{desired} / {current} / {mode:?}"
            );
        }
    }

    #[test]
    fn who_is_left_out_is_told() {
        let members = members("a b* c! d*! e");
        let skipped = plan(&ids("a a e f f"), &members, &ANY).unwrap().skipped;
        let expected = [
            ("a", Reason::Duplicate),
            ("f", Reason::Duplicate),
            ("b", Reason::RuleManaged),
            ("c", Reason::Kept),
            ("d", Reason::Kept),
        ];
        assert_eq!(skipped, expected);
        let include = PlanOptions { rule_managed: RuleManaged::Include, ..ANY };
        assert_eq!(plan(&ids("a e"), &members, &include).unwrap().remove, ["b"]);
    }

    #[test]
    fn an_org_that_does_not_tell_of_rules_is_told_of() {
        let include = PlanOptions { rule_managed: RuleManaged::Include, ..ANY };
        for (desired, current, options, count) in [
            ("a", "a? b?", ANY, 1),
            ("a", "a? b", ANY, 0),
            ("a b", "a? b?", ANY, 0),
            ("a", "a? b?", include, 0),
        ] {
            let members = members(current);
            let warnings = plan(&ids(desired), &members, &options).unwrap().warnings;
            assert_eq!(warnings.len(), count, "{desired} / {current} / {options:?}");
        }
    }

    #[test]
    fn what_is_refused() {
        let max = |count, ratio| Some(MaxRemovals { count, ratio });
        let default = PlanOptions::default();
        let of = |max_removals| PlanOptions { max_removals, ..default };
        let empty = PlanOptions { allow_empty: true, ..default };
        for (desired, current, options, argument) in [
            ("a b c", "a b c d", default, ""),
            ("a b", "a b c d", default, "maxRemovals"),
            ("a b", "a b c d", of(max(u32::MAX, 0.5)), ""),
            ("a b", "a b c d", of(max(1, 0.5)), "maxRemovals"),
            ("x", "a", of(Some(MaxRemovals::ANY)), ""),
            ("", "a b", default, "desired"),
            ("", "", default, "desired"),
            ("", "a b", empty, ""),
            ("", "a b", PlanOptions { max_removals: max(1, 1.0), ..empty }, "maxRemovals"),
            ("", "a b", PlanOptions { mode: Mode::Remove, ..default }, "desired"),
            ("", "a b", PlanOptions { mode: Mode::Add, ..default }, ""),
            ("a b c", "a b c d*", PlanOptions { rule_managed: RuleManaged::Fail, ..default }, "ruleManaged"),
            ("a b c d", "a b c d*", PlanOptions { rule_managed: RuleManaged::Fail, ..default }, ""),
            ("a .. c", "a", default, "desired"),
            ("a", "a b/c", default, "members"),
        ] {
            let members = members(current);
            let refused = plan(&ids(desired), &members, &options).err();
            let refused = refused.map(|error| error.argument.into_owned()).unwrap_or_default();
            assert_eq!(refused, argument, "{desired} / {current} / {options:?}");
        }
    }

    #[test]
    fn what_is_wrong_with_an_id_is_said_with_its_place() {
        let error = plan(&["a", ".."], &[], &ANY).unwrap_err();
        assert_eq!(error.message(), "desired item 1 is a dot segment, which would change the path");
        let error = plan(&["a"], &members("a b"), &PlanOptions::default()).unwrap_err();
        assert_eq!(error.message(), "maxRemovals would be passed: 1 of 2 members would go");
    }

    #[test]
    fn which_groups_can_be_changed() {
        for (kind, refused) in
            [("OKTA_GROUP", false), ("APP_GROUP", true), ("BUILT_IN", true), ("NEW_KIND", false)]
        {
            assert_eq!(check_group(kind).is_err(), refused, "{kind}");
        }
    }

    proptest! {
        #[test]
        fn a_plan_carried_out_leads_to_what_was_desired(
            desired in prop::collection::vec("[a-d][a-d]?", 0..20),
            current in prop::collection::vec("[a-d][a-d]?", 0..20),
        ) {
            let wanted: Vec<&str> = desired.iter().map(String::as_str).collect();
            let members: Vec<Member<'_>> =
                current.iter().map(|id| Member { id, kept: false, by_rule: None }).collect();
            let plan = plan(&wanted, &members, &ANY).unwrap();
            let mut group: BTreeSet<&str> = current.iter().map(String::as_str).collect();
            prop_assert!(plan.add.iter().all(|id| group.insert(id)), "nobody is added twice");
            prop_assert!(plan.remove.iter().all(|id| group.remove(id)), "nobody is removed twice");
            prop_assert_eq!(group, wanted.iter().copied().collect());
            let duplicates = plan.skipped.len();
            prop_assert_eq!(plan.add.len() + plan.unchanged + duplicates, wanted.len());
        }
    }
}
