//! Decides the steps of a rule update that keeps the rule's status: an active rule is deactivated, replaced
//! and activated again, and after any failure in between it is activated again before the update fails. The
//! machine takes the result of a step and returns the next step; its driver reads, merges and writes.
//!
//! JavaScript gets a [`Step`] as a number: its lowest three bits say what to do ([`Step::order`]), the fourth
//! bit says that the step restores the rule's status. Restoring has a time limit of its own,
//! [`RESTORE_TIME`], and the caller's abort does not end it.

use crate::time::Duration;

/// The time limit for restoring the rule's status.
pub(crate) const RESTORE_TIME: Duration = Duration::from_secs(30);

/// The result of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Fact {
    /// The write succeeded.
    Done,
    /// The step failed, and the org changed nothing.
    Failed,
    /// The step failed, and the org may have carried it out.
    Lost,
    /// The caller aborted or the time ran out. The org changed nothing.
    Over,
    /// The caller aborted or the time ran out. The org may have carried the step out.
    OverLost,
    /// The rule was read and is `ACTIVE`.
    Active,
    /// The rule was read and is `INACTIVE`.
    Inactive,
    /// The rule was read and is `INVALID` or has another status.
    Other,
}

impl Fact {
    /// The result of a read, by the rule's status.
    pub(crate) fn of_status(status: Option<&str>) -> Self {
        match status {
            Some("ACTIVE") => Fact::Active,
            Some("INACTIVE") => Fact::Inactive,
            _ => Fact::Other,
        }
    }

    /// The result of a failed step. `is_over`: the caller aborted or the time ran out.
    pub(crate) fn of_failure(may_have_run: bool, is_over: bool) -> Self {
        match (is_over, may_have_run) {
            (false, false) => Fact::Failed,
            (false, true) => Fact::Lost,
            (true, false) => Fact::Over,
            (true, true) => Fact::OverLost,
        }
    }
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step(u8);

const READ: u8 = 0;
const DEACTIVATE: u8 = 1;
/// Writes the new rule.
const REPLACE: u8 = 2;
const ACTIVATE: u8 = 3;
/// Writes the old rule.
const PUT_BACK: u8 = 4;
const END: u8 = 5;
const RESTORES: u8 = 8;

/// What the driver does in a [`Step`].
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
    /// Reads whether the rule was deactivated.
    const LOOKS_IF_INACTIVE: Step = Step::nth(READ, 1);
    /// Replaces a rule that was active and was deactivated.
    const REPLACES: Step = Step::nth(REPLACE, 0);
    /// Replaces a rule that was not active; its status stays.
    const REPLACES_ONLY: Step = Step::nth(REPLACE, 1);
    const ACTIVATES: Step = Step::nth(ACTIVATE, 0);
    /// Reads whether the rule was activated.
    const LOOKS_IF_ACTIVE: Step = Step::nth(READ, 2);
    const ACTIVATES_AGAIN: Step = Step::nth(ACTIVATE, 1);
    /// Writes the old rule back, since the new one cannot be activated.
    const PUTS_BACK: Step = Step::back(PUT_BACK, 0);
    const LOOKS_BACK: Step = Step::back(READ, 0);
    const BRINGS_BACK: Step = Step::back(ACTIVATE, 0);
    const LOOKS_IF_BACK: Step = Step::back(READ, 1);
    const BRINGS_BACK_AGAIN: Step = Step::back(ACTIVATE, 1);
    /// The rule is replaced and has its former status.
    pub(crate) const UPDATED: Step = Step::nth(END, 0);
    /// The update failed; the rule has its former status.
    pub(crate) const KEPT: Step = Step::nth(END, 1);
    /// The update failed; the rule was active and may be inactive now.
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

    /// Whether the step restores the rule's status.
    pub(crate) fn restores(self) -> bool {
        self.0 & RESTORES != 0
    }

    /// The next step after this one had the result `fact`.
    pub(crate) fn next(self, fact: Fact) -> Step {
        use Fact::{Active, Done, Failed, Inactive, Lost, Other, Over, OverLost};
        match (self, fact) {
            (Step::START, Active) => Step::DEACTIVATES,
            // Okta refuses to deactivate an invalid rule (recorded), so it is replaced as it is.
            (Step::START, Inactive | Other) => Step::REPLACES_ONLY,

            (Step::DEACTIVATES, Done) => Step::REPLACES,
            // The rule may have become inactive or invalid since it was read.
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
            // Reads the status: the rule may be active, may need another try, or may have become invalid.
            (Step::BRINGS_BACK, Failed | Lost) => Step::LOOKS_IF_BACK,
            (Step::LOOKS_IF_BACK, Inactive) => Step::BRINGS_BACK_AGAIN,
            (Step::BRINGS_BACK | Step::LOOKS_IF_BACK | Step::BRINGS_BACK_AGAIN, _) => Step::LEFT,

            // Nothing was changed, or only the replacement of a rule that was not active failed.
            _ => Step::KEPT,
        }
    }
}

/// The steps by number, for JavaScript.
#[cfg(any(test, all(target_arch = "wasm32", feature = "bulk")))]
impl Step {
    pub(crate) fn number(self) -> u8 {
        self.0
    }

    /// The step that follows step `number` with the result `fact`.
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

    /// The rule in the org.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct Rule {
        status: Fact,
        is_new: bool,
    }

    /// Every possible result of a step: a fact, and the rule after it.
    fn outcomes(step: Step, rule: Rule) -> Vec<(Fact, Rule)> {
        let run = match step.order() {
            Order::Read => return failures(rule, rule).into_iter().chain([(rule.status, rule)]).collect(),
            Order::End => return Vec::new(),
            // Okta refuses both for an invalid rule (recorded).
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

    /// Walks every path of an update, with every failure of every step.
    fn walk(path: &mut Vec<(Step, Fact)>, step: Step, was: Fact, rule: Rule, ends: &mut Vec<Step>) {
        assert!(path.len() < 12, "no end: {path:?}");
        if step.order() == Order::End {
            let restored = path.iter().any(|(step, _)| step.restores());
            match step {
                Step::UPDATED => assert!(rule == Rule { status: was, is_new: true } && !restored, "{path:?}"),
                // A rule that became invalid was read as active before.
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
        // Only an active rule is restored.
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
