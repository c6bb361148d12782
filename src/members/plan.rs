//! Decides which users a plan adds and removes, and which removals are refused. Reads and sends nothing.

use serde::{Deserialize, Serialize};

use super::MemberPlan;
use super::ids::{self, IdSet};
use super::stored::Skipped;
use crate::request::ArgumentError;

/// Which differences between the desired and the current members a plan removes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Adds and removes.
    #[default]
    Exact,
    /// Adds desired users who are not members; removes nobody.
    Add,
    /// Removes members who are not desired; adds nobody.
    Remove,
}

/// What happens to members who are not desired but whom a group rule assigned, or of whom the org does not
/// say whether a rule assigned them. If such a member is removed, Okta assigns them again or makes them an
/// exception of the rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleManaged {
    /// Removes them like other members, and does not ask the org for rules.
    Include,
    /// Leaves them in the group. A run that leaves members of unknown origin is not
    /// [`ok`](crate::client::BulkReport::ok).
    #[default]
    Skip,
    /// Fails the plan.
    Fail,
}

impl RuleManaged {
    /// The name in JavaScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            RuleManaged::Include => "include",
            RuleManaged::Skip => "skip",
            RuleManaged::Fail => "fail",
        }
    }
}

/// A safety limit on removals.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "StoredCap", into = "StoredCap")]
pub struct MaxRemovals {
    /// The most removals. Default: no such limit.
    pub count: u32,
    /// The largest share of the members that may be removed, from 0 to 1. Default 0.25.
    pub ratio: f64,
}

impl Default for MaxRemovals {
    fn default() -> Self {
        MaxRemovals { count: u32::MAX, ratio: 0.25 }
    }
}

impl MaxRemovals {
    /// No limit.
    pub const ANY: Self = MaxRemovals { count: u32::MAX, ratio: 1.0 };

    /// Whether this many removals of this many members are allowed. The ratio counts as the decimal number
    /// that was written: 0.29 of 100 allows 29, although 0.29 and the product are each rounded in binary by
    /// up to half a unit in the last place.
    pub fn allows(self, removals: usize, members: usize) -> bool {
        let share = members as f64 * self.ratio * (1.0 + 2.0 * f64::EPSILON);
        removals == 0 || (removals as f64 <= share && removals <= self.count as usize)
    }

    /// The stricter of both limits.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        MaxRemovals { count: self.count.min(other.count), ratio: self.ratio.min(other.ratio) }
    }
}

/// The form in JSON: `false` for no limit, or the parts that are not the default.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum StoredCap {
    Any(bool),
    Of {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        count: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ratio: Option<f64>,
    },
}

impl From<MaxRemovals> for StoredCap {
    fn from(max: MaxRemovals) -> Self {
        match max == MaxRemovals::ANY {
            true => StoredCap::Any(false),
            false => StoredCap::Of {
                count: Some(max.count).filter(|count| *count < u32::MAX),
                ratio: Some(max.ratio),
            },
        }
    }
}

impl TryFrom<StoredCap> for MaxRemovals {
    type Error = &'static str;

    fn try_from(stored: StoredCap) -> Result<Self, Self::Error> {
        let default = MaxRemovals::default();
        match stored {
            StoredCap::Any(false) => Ok(MaxRemovals::ANY),
            StoredCap::Of { count, ratio } if ratio.is_none_or(|ratio| (0.0..=1.0).contains(&ratio)) => {
                Ok(MaxRemovals {
                    count: count.unwrap_or(default.count),
                    ratio: ratio.unwrap_or(default.ratio),
                })
            }
            _ => Err("maxRemovals is false, or a count and a ratio from 0 to 1"),
        }
    }
}

/// How to make a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PlanOptions {
    /// Default [`Mode::Exact`].
    pub mode: Mode,
    /// Default [`RuleManaged::Skip`].
    pub rule_managed: RuleManaged,
    /// `None` stands for [`MaxRemovals::default`], or for [`MaxRemovals::ANY`] if the desired list is empty
    /// and [`PlanOptions::allow_empty`] is set.
    pub max_removals: Option<MaxRemovals>,
    /// Whether the desired list may be empty. Default: no, since an empty list is often a failed query.
    pub allow_empty: bool,
}

impl PlanOptions {
    /// Whether the plan needs to know which members a rule assigned: the members are then read with
    /// `expand=group-rules`.
    pub fn asks_for_rules(&self) -> bool {
        self.mode != Mode::Add && self.rule_managed != RuleManaged::Include
    }

    /// The limit on removals for this many desired ids.
    pub(super) fn cap(&self, desired: usize) -> MaxRemovals {
        self.max_removals.unwrap_or(match desired {
            0 => MaxRemovals::ANY,
            _ => MaxRemovals::default(),
        })
    }
}

/// A member of the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// The user's id.
    pub id: &'a str,
    /// Whether the caller keeps the member in any case.
    pub kept: bool,
    /// The ids of the group rules that assigned the member, separated by blanks; empty if the member was
    /// added by hand. `None` if the org does not say.
    pub rules: Option<&'a str>,
}

impl<'a> Member<'a> {
    /// Why the member stays although it is not desired, and by which rules; `None` if it is removed.
    fn stays(&self, rule_managed: RuleManaged) -> Result<Option<Stay<'a>>, ArgumentError> {
        let (reason, rules) = match self.rules {
            _ if self.kept => return Ok(Some((SkipReason::Kept, ""))),
            Some("") => return Ok(None),
            Some(rules) => (SkipReason::RuleManaged, rules),
            None => (SkipReason::RuleUnknown, ""),
        };
        match rule_managed {
            RuleManaged::Include => Ok(None),
            RuleManaged::Skip => Ok(Some((reason, rules))),
            RuleManaged::Fail => {
                let said = match reason {
                    SkipReason::RuleUnknown => ": the org did not say whether it is a member by a group rule",
                    _ => " is a member by a group rule",
                };
                Err(ArgumentError::new("ruleManaged", [self.id, said].concat()))
            }
        }
    }
}

/// Why a member stays, and the ids of the rules that assigned it.
type Stay<'a> = (SkipReason, &'a str);

/// Why a user is neither added nor removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkipReason {
    /// A group rule assigned the member.
    RuleManaged,
    /// The org does not say whether a group rule assigned the member.
    RuleUnknown,
    /// The caller keeps the member.
    Kept,
    /// The id is in the desired list more than once.
    Duplicate,
}

impl SkipReason {
    /// The name of the reason in JavaScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            SkipReason::RuleManaged => "rule-managed",
            SkipReason::RuleUnknown => "rule-unknown",
            SkipReason::Kept => "kept",
            SkipReason::Duplicate => "duplicate",
        }
    }
}

/// The changes of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes<'a> {
    /// Ids to add, in the order of the desired list.
    pub add: Vec<&'a str>,
    /// Ids to remove, in the order they were read.
    pub remove: Vec<&'a str>,
    /// How many desired users are members already.
    pub unchanged: usize,
    /// Which users are skipped, why, and the ids of the rules that assigned them, separated by blanks.
    pub skipped: Vec<(&'a str, SkipReason, &'a str)>,
    /// Texts for the operator: how many members stay because the org does not say whether a rule assigned
    /// them.
    pub warnings: Vec<String>,
}

/// Refuses a group whose members the API cannot change, by its `type`.
///
/// # Errors
/// [`ArgumentError`] for `APP_GROUP` and `BUILT_IN`: *Assign a user to a group* accepts only groups of type
/// `OKTA_GROUP`.
pub fn check_group(kind: &str) -> Result<(), ArgumentError> {
    let owner = match kind {
        "APP_GROUP" => "is of type APP_GROUP, whose members its app decides",
        "BUILT_IN" => "is of type BUILT_IN, whose members Okta decides",
        _ => return Ok(()),
    };
    Err(ArgumentError::new("groupId", owner))
}

/// The changes that turn `members` (the whole list) into `desired`.
///
/// # Errors
/// [`ArgumentError`] for an id that cannot be sent; for an empty desired list or too many removals, unless
/// the options allow them; for a member whom a rule assigned under [`RuleManaged::Fail`].
pub fn plan<'a>(
    desired: &[&'a str],
    members: &[Member<'a>],
    options: &PlanOptions,
) -> Result<Changes<'a>, ArgumentError> {
    let ids: Vec<&str> = members.iter().map(|member| member.id).collect();
    ids::check("desired", desired)?;
    ids::check("members", &ids)?;
    if desired.is_empty() && options.mode != Mode::Add && !options.allow_empty {
        return Err(ArgumentError::new(
            "desired",
            "is empty; allowEmpty: true allows a group without members",
        ));
    }
    let mut wanted = IdSet::new(desired);
    let mut current = IdSet::new(&ids);
    let mut plan = Changes::default();
    for &id in desired {
        match (wanted.first(id), current.has(id)) {
            (false, _) => plan.skipped.push((id, SkipReason::Duplicate, "")),
            (true, true) => plan.unchanged += 1,
            (true, false) if options.mode != Mode::Remove => plan.add.push(id),
            (true, false) => {}
        }
    }
    for member in members {
        // A list can show a member twice if others come and go while it is read.
        if !current.first(member.id) || options.mode == Mode::Add || wanted.has(member.id) {
            continue;
        }
        match member.stays(options.rule_managed)? {
            Some((reason, rules)) => plan.skipped.push((member.id, reason, rules)),
            None => plan.remove.push(member.id),
        }
    }
    check_removals(plan.remove.len(), current.len(), options.cap(desired.len()))?;
    let unknown = plan.skipped.iter().filter(|(_, reason, _)| *reason == SkipReason::RuleUnknown).count();
    plan.warnings = unknown_warning(unknown).into_iter().collect();
    Ok(plan)
}

fn check_removals(removals: usize, members: usize, max: MaxRemovals) -> Result<(), ArgumentError> {
    if max.allows(removals, members) {
        return Ok(());
    }
    let (removals, members) = (removals.to_string(), members.to_string());
    let reason = ["would be passed: ", &removals, " of ", &members, " members would go"].concat();
    Err(ArgumentError::new("maxRemovals", reason))
}

fn unknown_warning(count: usize) -> Option<String> {
    (count > 0).then(|| {
        let count = count.to_string();
        [&count, " not removed: the org did not say whether a group rule put them there"].concat()
    })
}

/// Narrows a stored plan to what is left, now that the group has these `members` (the whole list): drops
/// writes that are done already and removals of members who stay. Adds nothing to the plan. Returns the ids
/// that need no write any more.
///
/// # Errors
/// [`ArgumentError`] for more removals than `max` allows of the current members; for a member whom a rule
/// assigned under [`RuleManaged::Fail`].
pub(super) fn narrow(
    plan: &mut MemberPlan,
    members: &[Member<'_>],
    rule_managed: RuleManaged,
    max: MaxRemovals,
) -> Result<Vec<String>, ArgumentError> {
    let ids: Vec<&str> = members.iter().map(|member| member.id).collect();
    ids::check("members", &ids)?;
    let mut current = IdSet::new(&ids);
    let (keep, removals) = (texts(&plan.keep), texts(&plan.remove));
    let (keep, removals) = (IdSet::new(&keep), IdSet::new(&removals));
    let mut stays: Vec<Option<Stay<'_>>> = vec![None; removals.len()];
    for member in members {
        if let (true, Some(place)) = (current.first(member.id), removals.place(member.id)) {
            let member = Member { kept: member.kept || keep.has(member.id), ..*member };
            if let Some(stay) = stays.get_mut(place) {
                *stay = member.stays(rule_managed)?;
            }
        }
    }
    let stay = |id: &String| removals.place(id).and_then(|place| stays.get(place)).copied().flatten();
    let stays: Vec<Option<Stay<'_>>> = plan.remove.iter().map(stay).collect();
    let (mut already_ok, mut unknown) = (Vec::new(), 0);
    for id in std::mem::take(&mut plan.add) {
        if current.has(&id) { &mut already_ok } else { &mut plan.add }.push(id);
    }
    for (id, stay) in std::mem::take(&mut plan.remove).into_iter().zip(stays) {
        match stay {
            Some((reason, rules)) => {
                unknown += usize::from(reason == SkipReason::RuleUnknown);
                plan.skipped.push(Skipped::new(id, reason, rules));
            }
            None => if current.has(&id) { &mut plan.remove } else { &mut already_ok }.push(id),
        }
    }
    check_removals(plan.remove.len(), current.len(), max)?;
    plan.unchanged += already_ok.len();
    plan.warnings.extend(unknown_warning(unknown));
    Ok(already_ok)
}

pub(super) fn texts(ids: &[String]) -> Vec<&str> {
    ids.iter().map(String::as_str).collect()
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

    /// `a` is a member; `a*` was assigned by a rule; `a!` is kept; of `a?` the org does not say.
    fn members<'a>(text: &'a str) -> Vec<Member<'a>> {
        let member = |word: &'a str| Member {
            id: word.trim_end_matches(['*', '!', '?']),
            kept: word.contains('!'),
            rules: (!word.contains('?')).then_some(if word.contains('*') { "0pr1" } else { "" }),
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
            ("a", SkipReason::Duplicate),
            ("f", SkipReason::Duplicate),
            ("b", SkipReason::RuleManaged),
            ("c", SkipReason::Kept),
            ("d", SkipReason::Kept),
        ];
        let reasons: Vec<_> = skipped.iter().map(|(id, reason, _)| (*id, *reason)).collect();
        assert_eq!(reasons, expected);
        assert!(
            skipped
                .iter()
                .all(|(_, reason, rules)| (*reason == SkipReason::RuleManaged) == (*rules == "0pr1"))
        );
        let include = PlanOptions { rule_managed: RuleManaged::Include, ..ANY };
        assert_eq!(plan(&ids("a e"), &members, &include).unwrap().remove, ["b"]);
    }

    #[test]
    fn who_may_be_there_by_a_rule_stays_and_is_counted() {
        let include = PlanOptions { rule_managed: RuleManaged::Include, ..ANY };
        let add = PlanOptions { mode: Mode::Add, ..ANY };
        for (desired, current, options, remove, unknown) in [
            ("a", "a? b?", ANY, "", 1),
            ("a", "a? b c? d?", ANY, "b", 2),
            ("a b", "a? b?", ANY, "", 0),
            ("a", "a? b?!", ANY, "", 0),
            ("a", "a? b?", include, "b", 0),
            ("a", "a? b?", add, "", 0),
        ] {
            let members = members(current);
            let plan = plan(&ids(desired), &members, &options).unwrap();
            let skipped =
                plan.skipped.iter().filter(|(_, reason, _)| *reason == SkipReason::RuleUnknown).count();
            assert_eq!((plan.remove, skipped), (ids(remove), unknown), "{desired} / {current} / {options:?}");
            let warned: Vec<usize> =
                plan.warnings.iter().map(|it| it.split(' ').next().unwrap().parse().unwrap()).collect();
            assert_eq!(warned, if unknown > 0 { vec![unknown] } else { vec![] });
        }
    }

    #[test]
    fn a_ratio_means_the_decimal_that_was_written() {
        for (ratio, members, most) in [
            (0.29, 100, 29),
            (0.57, 100, 57),
            (0.07, 100, 7),
            (0.1, 30, 3),
            (0.7, 10, 7),
            (1.0 / 3.0, 3, 1),
            (1.0 / 3.0, 300, 100),
            (2.0 / 3.0, 300_000, 200_000),
            (0.25, 20, 5),
            (0.25, 23, 5),
            (0.0, 100, 0),
            (1.0, 100, 100),
        ] {
            let max = MaxRemovals { ratio, ..MaxRemovals::ANY };
            assert!(max.allows(most, members), "{most} of {members} by {ratio}");
            assert!(!max.allows(most + 1, members), "{} of {members} by {ratio}", most + 1);
        }
        assert!(!MaxRemovals { ratio: f64::NAN, ..MaxRemovals::ANY }.allows(1, 100));
        for hundredths in 0..=100_usize {
            for members in 1..300 {
                let (most, ratio) = (hundredths * members / 100, hundredths as f64 / 100.0);
                let max = MaxRemovals { ratio, ..MaxRemovals::ANY };
                assert!(max.allows(most, members) && !max.allows(most + 1, members), "{ratio} of {members}");
            }
        }
    }

    fn stored(add: &str, remove: &str, keep: &str) -> MemberPlan {
        let owned = |text| ids(text).into_iter().map(str::to_owned).collect();
        let plan = MemberPlan::new("https://acme.okta.com", "00g1");
        MemberPlan { add: owned(add), remove: owned(remove), keep: owned(keep), ..plan }
    }

    #[test]
    fn a_stored_plan_is_narrowed_to_what_is_left_of_it() {
        for (add, remove, keep, current, left, gone, already) in [
            ("a b", "c d", "", "a c e", "b", "c", "a d"),
            ("a", "c d e f g", "d", "b c* d e? f! g h i j k", "a", "g", ""),
            ("", "b", "", "a b b", "", "b", ""),
        ] {
            let max = MaxRemovals { ratio: 0.5, ..MaxRemovals::ANY };
            let members = members(current);
            let mut plan = stored(add, remove, keep);
            let done = narrow(&mut plan, &members, RuleManaged::Skip, max).unwrap();
            assert_eq!((plan.add.join(" "), plan.remove.join(" ")), (left.to_owned(), gone.to_owned()));
            assert_eq!(done.join(" "), already);
        }
        let mut narrowed = stored("", "c d e f", "d");
        narrow(&mut narrowed, &members("c* d e? f!"), RuleManaged::Skip, MaxRemovals::ANY).unwrap();
        let reasons: Vec<_> = narrowed.skipped.iter().map(|skipped| skipped.reason).collect();
        assert_eq!(
            reasons,
            [SkipReason::RuleManaged, SkipReason::Kept, SkipReason::RuleUnknown, SkipReason::Kept]
        );
        let warning = "1 not removed: the org did not say whether a group rule put them there";
        assert_eq!(narrowed.warnings, [warning]);
        // A write that is done already counts as unchanged.
        let mut narrowed = MemberPlan { unchanged: 3, ..stored("a b", "c d", "") };
        narrow(&mut narrowed, &members("a c e"), RuleManaged::Skip, MaxRemovals::ANY).unwrap();
        assert_eq!((narrowed.unchanged, narrowed.warnings), (3 + 2, vec![]));
        for (current, rule_managed, ratio, argument) in [
            ("c d e f", RuleManaged::Skip, 0.25, "maxRemovals"),
            ("c d e f", RuleManaged::Skip, 0.5, ""),
            ("c* d e f", RuleManaged::Fail, 1.0, "ruleManaged"),
            ("c? d e f", RuleManaged::Fail, 1.0, "ruleManaged"),
            ("c? d* e f", RuleManaged::Include, 1.0, ""),
        ] {
            let max = MaxRemovals { ratio, ..MaxRemovals::ANY };
            let refused = narrow(&mut stored("", "c d", ""), &members(current), rule_managed, max).err();
            assert_eq!(refused.map(|error| error.argument.into_owned()).unwrap_or_default(), argument);
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
            ("a b c", "a b c d?", PlanOptions { rule_managed: RuleManaged::Fail, ..default }, "ruleManaged"),
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
        let fail = PlanOptions { rule_managed: RuleManaged::Fail, ..ANY };
        let error = |current| plan(&["a"], &members(current), &fail).unwrap_err().message();
        assert_eq!(error("a b*"), "ruleManaged b is a member by a group rule");
        let unknown = "ruleManaged b: the org did not say whether it is a member by a group rule";
        assert_eq!(error("a b?"), unknown);
    }

    #[test]
    fn an_id_holds_nothing_that_a_file_may_leave_in_it() {
        for id in [
            "\u{feff}00u1",
            "00u1 x",
            "\"00u1\"",
            "'00u1'",
            "00u1,",
            "00u1;",
            "00u\u{e9}",
            "00u1@example.com",
        ] {
            let error = plan(&["a", id], &[], &ANY).unwrap_err();
            assert!(error.message().starts_with("desired item 1 "), "{id}: {}", error.message());
        }
        assert!(plan(&["00u1emaKYZTWRYYRRTSK", "x-1_2.~"], &[], &ANY).is_ok());
    }

    /// Rust and JavaScript read the same JSON, and the plan's limit applies when it is applied.
    #[test]
    fn a_limit_is_kept_as_javascript_writes_it() {
        let default = MaxRemovals::default();
        for (max, json) in [
            (MaxRemovals::ANY, "false"),
            (default, r#"{"ratio":0.25}"#),
            (MaxRemovals { count: 5, ratio: 1.0 }, r#"{"count":5,"ratio":1.0}"#),
            (MaxRemovals { count: 0, ratio: 0.0 }, r#"{"count":0,"ratio":0.0}"#),
        ] {
            assert_eq!(serde_json::to_string(&max).unwrap(), json);
            assert_eq!(serde_json::from_str::<MaxRemovals>(json).unwrap(), max);
        }
        for (json, max) in [
            ("{}", Some(default)),
            (r#"{"count":5}"#, Some(MaxRemovals { count: 5, ..default })),
            (r#"{"ratio":1}"#, Some(MaxRemovals::ANY)),
            (r#"{"ratio":1.5}"#, None),
            (r#"{"ratio":-0.5}"#, None),
            (r#"{"count":-1}"#, None),
            ("true", None),
            ("5", None),
        ] {
            assert_eq!(serde_json::from_str(json).ok(), max, "{json}");
        }
    }

    #[test]
    fn the_rule_for_members_by_a_rule_has_one_name_in_json_and_javascript() {
        for (rule_managed, name) in
            [(RuleManaged::Include, "include"), (RuleManaged::Skip, "skip"), (RuleManaged::Fail, "fail")]
        {
            assert_eq!(rule_managed.as_str(), name);
            assert_eq!(serde_json::to_value(rule_managed).unwrap(), name);
        }
        for (reason, name) in [
            (SkipReason::RuleManaged, "rule-managed"),
            (SkipReason::RuleUnknown, "rule-unknown"),
            (SkipReason::Kept, "kept"),
            (SkipReason::Duplicate, "duplicate"),
        ] {
            assert_eq!(reason.as_str(), name);
            assert_eq!(serde_json::to_value(reason).unwrap(), name);
        }
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
                current.iter().map(|id| Member { id, kept: false, rules: Some("") }).collect();
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
