//! How a group rule is updated so that it keeps its status: an active rule is deactivated, replaced and activated again, and
//! whatever goes wrong in between, the rule is activated again before the update fails. It is told what came of a step and
//! gives the next one; whoever drives it reads, merges and writes.
//!
//! A [`Step`] is a number for JavaScript: its lowest three bits are what is to be done ([`Step::READ`] …), the fourth says
//! that it is part of bringing the rule back. That has [`RESTORE_TIME`] of its own, and nobody's signal ends it.

use std::time::Duration;

/// How long it may take to bring a rule back.
pub(crate) const RESTORE_TIME: Duration = Duration::from_secs(30);

/// What came of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Fact {
    /// A write went well.
    Done,
    /// The step failed, and the org did nothing.
    Failed,
    /// The step failed, and the org may have done it.
    Lost,
    /// The caller gave up, or the time is over. The org did nothing.
    Over,
    /// The caller gave up, or the time is over. The org may have done it.
    OverLost,
    /// The rule was read: `ACTIVE`,
    Active,
    /// `INACTIVE`,
    Inactive,
    /// or `INVALID`, or another status.
    Other,
}

impl Fact {
    /// Of the status of a rule that was read.
    pub(crate) fn of_status(status: Option<&str>) -> Self {
        match status {
            Some("ACTIVE") => Fact::Active,
            Some("INACTIVE") => Fact::Inactive,
            _ => Fact::Other,
        }
    }

    /// Of a failure; `is_over` if the caller gave up, or the time is over.
    pub(crate) fn of_failure(may_have_run: bool, is_over: bool) -> Self {
        match (is_over, may_have_run) {
            (false, false) => Fact::Failed,
            (false, true) => Fact::Lost,
            (true, false) => Fact::Over,
            (true, true) => Fact::OverLost,
        }
    }
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step(u8);

const READ: u8 = 0;
const DEACTIVATE: u8 = 1;
/// With the new rule.
const REPLACE: u8 = 2;
const ACTIVATE: u8 = 3;
/// Replaces with the old rule.
const PUT_BACK: u8 = 4;
const END: u8 = 5;
const RESTORES: u8 = 8;

/// What a [`Step`] asks of its driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Read,
    Deactivate,
    Replace,
    Activate,
    PutBack,
    End,
}

impl Step {
    const fn nth(order: u8, number: u8) -> Self {
        Step(order | number << 4)
    }

    const fn back(order: u8, number: u8) -> Self {
        Step(order | RESTORES | number << 4)
    }

    pub(crate) const START: Step = Step::nth(READ, 0);
    const DEACTIVATES: Step = Step::nth(DEACTIVATE, 0);
    /// Whether it was deactivated is not known.
    const LOOKS_IF_INACTIVE: Step = Step::nth(READ, 1);
    /// A rule that was active, and is not any more.
    const REPLACES: Step = Step::nth(REPLACE, 0);
    /// A rule of another status, which stays so.
    const REPLACES_ONLY: Step = Step::nth(REPLACE, 1);
    const ACTIVATES: Step = Step::nth(ACTIVATE, 0);
    /// Whether it was activated is not known.
    const LOOKS_IF_ACTIVE: Step = Step::nth(READ, 2);
    const ACTIVATES_AGAIN: Step = Step::nth(ACTIVATE, 1);
    /// The new rule cannot be activated.
    const PUTS_BACK: Step = Step::back(PUT_BACK, 0);
    const LOOKS_BACK: Step = Step::back(READ, 0);
    const BRINGS_BACK: Step = Step::back(ACTIVATE, 0);
    const LOOKS_IF_BACK: Step = Step::back(READ, 1);
    const BRINGS_BACK_AGAIN: Step = Step::back(ACTIVATE, 1);
    /// The rule is new, and of the status that it had.
    pub(crate) const UPDATED: Step = Step::nth(END, 0);
    /// It failed; the rule has the status that it had.
    pub(crate) const KEPT: Step = Step::nth(END, 1);
    /// It failed; the rule was active, and is not, as far as is known.
    pub(crate) const LEFT: Step = Step::nth(END, 2);

    /// What is to be done.
    pub(crate) fn order(self) -> Order {
        match self.0 & 7 {
            READ => Order::Read,
            DEACTIVATE => Order::Deactivate,
            REPLACE => Order::Replace,
            ACTIVATE => Order::Activate,
            PUT_BACK => Order::PutBack,
            _ => Order::End,
        }
    }

    /// Whether it is part of bringing the rule back.
    pub(crate) fn restores(self) -> bool {
        self.0 & RESTORES != 0
    }

    /// What to do next, after what came of this step.
    pub(crate) fn next(self, fact: Fact) -> Step {
        use Fact::{Active, Done, Failed, Inactive, Lost, Other, Over, OverLost};
        match (self, fact) {
            (Step::START, Active) => Step::DEACTIVATES,
            // Okta deactivates no invalid rule (recorded), so that it is replaced as it is.
            (Step::START, Inactive | Other) => Step::REPLACES_ONLY,

            (Step::DEACTIVATES, Done) => Step::REPLACES,
            // It may have become invalid, or inactive, since it was read.
            (Step::DEACTIVATES, Failed | Lost) => Step::LOOKS_IF_INACTIVE,
            (Step::DEACTIVATES, OverLost) => Step::LOOKS_BACK,
            (Step::LOOKS_IF_INACTIVE, Inactive) => Step::REPLACES,
            (Step::LOOKS_IF_INACTIVE, Other) => Step::REPLACES_ONLY,
            (Step::LOOKS_IF_INACTIVE, Failed | Lost | Over | OverLost) => Step::LOOKS_BACK,

            (Step::REPLACES, Done) => Step::ACTIVATES,
            (Step::REPLACES, _) => Step::BRINGS_BACK,
            (Step::REPLACES_ONLY, Done) => Step::UPDATED,

            (Step::ACTIVATES | Step::ACTIVATES_AGAIN, Done) => Step::UPDATED,
            (Step::ACTIVATES | Step::ACTIVATES_AGAIN, Failed) => Step::PUTS_BACK,
            (Step::ACTIVATES | Step::ACTIVATES_AGAIN, Over) => Step::BRINGS_BACK,
            (Step::ACTIVATES, Lost) => Step::LOOKS_IF_ACTIVE,
            (Step::LOOKS_IF_ACTIVE, Active) => Step::UPDATED,
            (Step::LOOKS_IF_ACTIVE, Inactive) => Step::ACTIVATES_AGAIN,
            (Step::LOOKS_IF_ACTIVE, Other) => Step::LEFT,
            (Step::ACTIVATES | Step::LOOKS_IF_ACTIVE | Step::ACTIVATES_AGAIN, _) => Step::LOOKS_BACK,

            (Step::PUTS_BACK, _) => Step::BRINGS_BACK,
            (Step::LOOKS_BACK | Step::LOOKS_IF_BACK, Active) => Step::KEPT,
            (Step::LOOKS_BACK, Other) => Step::LEFT,
            (Step::LOOKS_BACK, _) => Step::BRINGS_BACK,
            (Step::BRINGS_BACK | Step::BRINGS_BACK_AGAIN, Done) => Step::KEPT,
            // Whether it is active, may be tried again, or has become invalid.
            (Step::BRINGS_BACK, Failed | Lost) => Step::LOOKS_IF_BACK,
            (Step::LOOKS_IF_BACK, Inactive) => Step::BRINGS_BACK_AGAIN,
            (Step::BRINGS_BACK | Step::LOOKS_IF_BACK | Step::BRINGS_BACK_AGAIN, _) => Step::LEFT,

            // Nothing was changed, or nothing but the rule itself.
            _ => Step::KEPT,
        }
    }
}

/// For JavaScript.
#[cfg(any(test, all(target_arch = "wasm32", feature = "bulk")))]
impl Step {
    pub(crate) fn number(self) -> u8 {
        self.0
    }

    /// By the number of a step, and that of a fact.
    pub(crate) fn after(number: u8, fact: u8) -> Step {
        const FACTS: [Fact; 8] = [
            Fact::Done,
            Fact::Failed,
            Fact::Lost,
            Fact::Over,
            Fact::OverLost,
            Fact::Active,
            Fact::Inactive,
            Fact::Other,
        ];
        Step(number).next(FACTS.get(usize::from(fact)).copied().unwrap_or(Fact::Failed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The org's rule.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct Rule {
        status: Fact,
        is_new: bool,
    }

    /// What may come of a step: a fact, and the rule after it.
    fn outcomes(step: Step, rule: Rule) -> Vec<(Fact, Rule)> {
        let run = match step.order() {
            Order::Read => return failures(rule, rule).into_iter().chain([(rule.status, rule)]).collect(),
            Order::End => return Vec::new(),
            // Recorded: Okta refuses both for an invalid rule.
            Order::Deactivate | Order::Activate if rule.status == Fact::Other => return failures(rule, rule),
            Order::Deactivate => Rule { status: Fact::Inactive, ..rule },
            Order::Activate => Rule { status: Fact::Active, ..rule },
            // Okta replaces no active rule (documented).
            Order::Replace | Order::PutBack if rule.status == Fact::Active => return failures(rule, rule),
            Order::Replace => Rule { is_new: true, ..rule },
            Order::PutBack => Rule { is_new: false, ..rule },
        };
        failures(rule, run).into_iter().chain([(Fact::Done, run)]).collect()
    }

    fn failures(before: Rule, after: Rule) -> Vec<(Fact, Rule)> {
        let lost = [Fact::Lost, Fact::OverLost].into_iter().flat_map(|fact| [(fact, before), (fact, after)]);
        [Fact::Failed, Fact::Over].into_iter().map(|fact| (fact, before)).chain(lost).collect()
    }

    /// Every way that an update can go, whichever of its steps fail.
    fn walk(path: &mut Vec<(Step, Fact)>, step: Step, was: Fact, rule: Rule, ends: &mut Vec<Step>) {
        assert!(path.len() < 12, "no end: {path:?}");
        if step.order() == Order::End {
            let restored = path.iter().any(|(step, _)| step.restores());
            match step {
                Step::UPDATED => assert!(rule == Rule { status: was, is_new: true } && !restored, "{path:?}"),
                // An active rule that became invalid meanwhile was so when it was looked at.
                Step::KEPT => assert_eq!(rule.status, was, "{path:?}"),
                _ => {
                    assert_eq!((step, was), (Step::LEFT, Fact::Active), "{path:?}");
                    let (last, fact) = *path.last().unwrap();
                    assert!(fact == Fact::Other || (last.restores() && fact != Fact::Done), "{path:?}");
                }
            }
            ends.push(step);
            return;
        }
        // Nothing is changed once an update ends as it should, and what is changed is brought back.
        if step.restores() {
            assert_eq!(was, Fact::Active, "{path:?}");
        }
        for (fact, after) in outcomes(step, rule) {
            path.push((step, fact));
            walk(path, step.next(fact), was, after, ends);
            path.pop();
        }
    }

    #[test]
    fn every_way_of_an_update_keeps_the_status_or_says_that_it_did_not() {
        for was in [Fact::Active, Fact::Inactive, Fact::Other] {
            let mut ends = Vec::new();
            walk(&mut Vec::new(), Step::START, was, Rule { status: was, is_new: false }, &mut ends);
            for end in [Step::UPDATED, Step::KEPT, Step::LEFT] {
                assert_eq!(ends.contains(&end), end != Step::LEFT || was == Fact::Active, "{was:?} {end:?}");
            }
        }
    }

    #[test]
    fn a_rule_that_becomes_invalid_is_replaced_as_it_is() {
        let steps = [Fact::Active, Fact::Failed, Fact::Other, Fact::Done];
        let end = steps.into_iter().fold(Step::START, Step::next);
        assert_eq!(end, Step::UPDATED);
    }

    #[test]
    fn javascript_has_the_same_steps_by_number() {
        let facts = [
            Fact::Done,
            Fact::Failed,
            Fact::Lost,
            Fact::Over,
            Fact::OverLost,
            Fact::Active,
            Fact::Inactive,
            Fact::Other,
        ];
        let mut seen = vec![Step::START];
        while let Some(new) = seen
            .iter()
            .find_map(|step| facts.into_iter().map(|fact| step.next(fact)).find(|next| !seen.contains(next)))
        {
            seen.push(new);
        }
        assert_eq!(seen.len(), 16, "{seen:?}");
        for step in seen {
            for fact in facts {
                assert_eq!(Step::after(step.number(), fact as u8), step.next(fact));
            }
        }
    }
}
