//! Plans and runs of memberships. Ids come from JavaScript as one text with a line for each: that is over many times
//! faster than texts on their own.

use std::time::Duration;

use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;

use super::client::JsClient;
use super::errors::argument_error;
use super::js::Fields;
use crate::error::whole_millis;
use crate::members::{
    Bucket, MaxRemovals, Member, Mode, Next, Op, Order, Outcome, PlanOptions, RuleManaged, Run, RunOptions,
    Status, Stopped, check_group, check_plan, plan,
};
use crate::request::{ArgumentError, GroupId};

/// What decides about one plan and its run.
#[wasm_bindgen(js_name = Members)]
pub struct JsMembers {
    plan: PlanOptions,
    options: RunOptions,
    run: Run,
}

type Read<T> = Result<T, ArgumentError>;

#[wasm_bindgen(js_class = Members)]
impl JsMembers {
    /// By the options of `planMembers`, `applyPlan`, or both together, once they are checked; `mode`, `rule_managed` and
    /// `order` are 0 for the default. `removals_count: None`: `maxRemovals` was not given. Times are milliseconds of one clock.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::too_many_arguments, reason = "an object of them would be read property by property")]
    pub fn new(
        mode: u8,
        rule_managed: u8,
        removals_count: Option<f64>,
        removals_ratio: Option<f64>,
        allow_empty: bool,
        order: u8,
        concurrency: Option<u32>,
        stops: bool,
        total_timeout: Option<f64>,
        now: f64,
    ) -> JsMembers {
        let defaults = RunOptions::default();
        let options = RunOptions {
            order: match order {
                1 => Order::RemoveFirst,
                2 => Order::Interleave,
                _ => Order::AddFirst,
            },
            concurrency: concurrency.unwrap_or(defaults.concurrency),
            stops,
            total_timeout: total_timeout.map(time),
        };
        let plan = PlanOptions {
            mode: match mode {
                1 => Mode::Add,
                2 => Mode::Remove,
                _ => Mode::Exact,
            },
            rule_managed: match rule_managed {
                1 => RuleManaged::Include,
                2 => RuleManaged::Fail,
                _ => RuleManaged::Skip,
            },
            max_removals: removals_count.map(|count| MaxRemovals {
                // Infinity is the largest number, too.
                count: count as u32,
                ratio: removals_ratio.unwrap_or(MaxRemovals::default().ratio),
            }),
            allow_empty,
        };
        JsMembers { plan, options, run: Run::new(0, 0, options, time(now)) }
    }

    /// Refuses a group whose members cannot be changed, by its id and (once it is known) its `type`.
    pub fn group(&self, id: &str, kind: &str) -> Result<(), JsValue> {
        GroupId::new(id).and_then(|_| check_group(kind)).map_err(|error| argument_error(&error))
    }

    /// `{ add, remove, unchanged, skipped, warnings }` of so many desired ids and so many members. A member's line begins
    /// with a digit, the sum of: 1 if it is kept, 2 if it is there by a rule, 4 if the org does not say that.
    pub fn plan(
        &self,
        desired: &str,
        desired_count: u32,
        members: &str,
        member_count: u32,
    ) -> Result<Object, JsValue> {
        let read = || {
            let desired = lines("desired", desired, desired_count)?;
            let members: Vec<Member<'_>> =
                lines("members", members, member_count)?.into_iter().map(member).collect();
            let plan = plan(&desired, &members, &self.plan)?;
            let skipped: Array = plan
                .skipped
                .iter()
                .map(|(id, reason)| Fields::new().set("userId", *id).set("reason", reason.as_str()).0)
                .collect();
            Ok(Fields::new()
                .set("add", array(&plan.add))
                .set("remove", array(&plan.remove))
                .set("unchanged", plan.unchanged as f64)
                .set("skipped", skipped)
                .set("warnings", array(&plan.warnings))
                .0)
        };
        read().map_err(|error| argument_error(&error))
    }

    /// Refuses a plan of so many ids that was not made here.
    pub fn check(&self, ids: &str, count: u32) -> Result<(), JsValue> {
        let check = || check_plan(&lines("plan", ids, count)?);
        check().map_err(|error| argument_error(&error))
    }

    /// Begins the run of a plan: so many are added, so many removed.
    pub fn begin(&mut self, adds: u32, removes: u32, now: f64) {
        self.run = Run::new(adds as usize, removes as usize, self.options, time(now));
    }

    /// The place of the write to start, among all that are added and then all that are removed; -1 to wait, -2 at the
    /// end.
    pub fn next(&mut self, adds: u32, now: f64) -> f64 {
        match self.run.next(time(now)) {
            Next::Start(Op::Add, place) => f64::from(place),
            Next::Start(Op::Remove, place) => f64::from(adds) + f64::from(place),
            Next::Wait => -1.0,
            Next::End => -2.0,
        }
    }

    /// What a write that settled counts as: 0 done, 1 not needed, 2 failed, 3 left; 4 to look for the group first. `kind` and
    /// `code` are those of the error; without a kind there was none.
    pub fn settled(&mut self, remove: bool, kind: &str, code: &str) -> u8 {
        let outcome = if kind.is_empty() { Outcome::Done } else { Outcome::of_failure(kind, Some(code)) };
        number(self.run.settled(op(remove), outcome))
    }

    /// What it counts as, when the group was looked for: `there` or not, or nobody knows.
    pub fn looked(&mut self, remove: bool, there: Option<bool>) -> u8 {
        number(self.run.looked(op(remove), there))
    }

    /// Starts nothing more.
    pub fn stop(&mut self, aborted: bool) {
        self.run.stop(if aborted { Stopped::Aborted } else { Stopped::StopOn });
    }

    /// Why it stopped before its end, if it did.
    pub fn stopped(&self) -> Option<String> {
        self.run.stopped().map(|reason| reason.as_str().to_owned())
    }

    /// `{ total, done, failed, inFlight, etaMs?, resetAt? }`, if it is time to tell. The last is there where the rate limit
    /// of `client` lets nothing through until then.
    pub fn progress(&mut self, client: &JsClient, now: f64, last: bool) -> JsValue {
        let known = client.rate_limit_of(Bucket::NAME, |limit| (limit.reset_at, Bucket::from(limit)));
        match self.run.progress(time(now), last, known.map(|(_, bucket)| bucket)) {
            None => JsValue::UNDEFINED,
            Some(progress) => Fields::new()
                .set("total", progress.total)
                .set("done", progress.done)
                .set("failed", progress.failed)
                .set("inFlight", progress.in_flight)
                .set_some("etaMs", progress.eta.map(whole_millis))
                .set_some("resetAt", known.filter(|_| progress.throttled).map(|(at, _)| at as f64))
                .0
                .into(),
        }
    }
}

/// The lines of a text that so many were joined to: more, if one of them had two.
fn lines<'a>(argument: &'static str, text: &'a str, count: u32) -> Read<Vec<&'a str>> {
    // A slice, not a `char`: the searcher for one would be all of this function's size again.
    let lines: Vec<&str> = if count == 0 { Vec::new() } else { text.split(&['\n'][..]).collect() };
    match lines.len() == count as usize {
        true => Ok(lines),
        false => Err(ArgumentError::new(argument, "holds an id with a control character")),
    }
}

fn member(line: &str) -> Member<'_> {
    let (facts, id) = line.split_at_checked(1).unwrap_or_default();
    let facts = facts.bytes().next().unwrap_or_default();
    Member { id, kept: facts & 1 != 0, by_rule: (facts & 4 == 0).then_some(facts & 2 != 0) }
}

fn array(ids: &[&str]) -> Array {
    ids.iter().map(|id| JsValue::from_str(id)).collect()
}

fn op(remove: bool) -> Op {
    if remove { Op::Remove } else { Op::Add }
}

fn number(status: Status) -> u8 {
    match status {
        Status::Done => 0,
        Status::Noop => 1,
        Status::Failed => 2,
        Status::Left => 3,
        Status::Look => 4,
    }
}

fn time(ms: f64) -> Duration {
    Duration::from_millis(ms as u64)
}
