//! Plans and runs of memberships. Ids come from JavaScript as one text with a line for each: that is over many times
//! faster than texts on their own.

use std::time::Duration;

use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;

use super::errors::argument_error;
use super::js::Fields;
use super::options::{Kind, Known, Options, text};
use crate::error::whole_millis;
use crate::members::{
    Bucket, MaxRemovals, Member, Mode, Next, Op, Order, Outcome, PlanOptions, RuleManaged, Run, RunOptions,
    Status, Stopped, check_group, check_plan, plan,
};
use crate::request::{ArgumentError, GroupId};

const PLAN_OPTIONS: Known = &[
    ("mode", Kind::OneOf(&["exact", "add", "remove"])),
    ("keep", Kind::Any),
    ("ruleManaged", Kind::OneOf(&["skip", "include", "fail"])),
    ("maxRemovals", Kind::Any),
    ("allowEmpty", Kind::Flag),
];
const APPLY_OPTIONS: Known = &[
    ("concurrency", Kind::Number(1, 1000)),
    ("order", Kind::OneOf(&["add-first", "remove-first", "interleave"])),
    ("stopOn", Kind::Function),
    ("ifStale", Kind::OneOf(&["replan", "throw", "ignore"])),
    ("verify", Kind::Any),
    ("totalTimeout", Kind::Millis),
    ("onProgress", Kind::Function),
];
const SYNC_OPTIONS: Known = &[("dryRun", Kind::Flag)];
const SIGNAL: Known = &[("signal", Kind::Signal)];
const MAX_REMOVALS: Known = &[("count", Kind::Any), ("ratio", Kind::Share)];
const VERIFY: Known = &[("timeoutMs", Kind::Millis)];

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
    /// Reads the options of `planMembers`, `applyPlan`, or both together. Times are milliseconds of one clock.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue, plans: bool, applies: bool, now: f64) -> Result<JsMembers, JsValue> {
        let none: Known = &[];
        let known = [
            if plans { PLAN_OPTIONS } else { none },
            if applies { APPLY_OPTIONS } else { none },
            if plans && applies { SYNC_OPTIONS } else { none },
            SIGNAL,
        ];
        let read = Options::new(options, "options", &known)
            .and_then(|options| Ok((plan_options(&options)?, run_options(&options)?)));
        let (plan, options) = read.map_err(|error| argument_error(&error))?;
        Ok(JsMembers { plan, options, run: Run::new(0, 0, options, time(now)) })
    }

    /// Refuses a group whose members cannot be changed, by its id and (once it is known) its `type`.
    pub fn group(&self, id: &JsValue, kind: &str) -> Result<(), JsValue> {
        text("groupId", id)
            .and_then(GroupId::new)
            .and_then(|_| check_group(kind))
            .map_err(|error| argument_error(&error))
    }

    /// `{ add, remove, unchanged, skipped }` of so many desired ids and so many members. A member's line begins with
    /// a digit: 1 if it is kept, 2 if it is there by a rule, 3 if both.
    pub fn plan(
        &self,
        desired: &JsValue,
        desired_count: u32,
        members: &JsValue,
        member_count: u32,
    ) -> Result<Object, JsValue> {
        let read = || {
            let (desired, members) = (text("desired", desired)?, text("members", members)?);
            let desired = lines("desired", &desired, desired_count)?;
            let members: Vec<Member<'_>> =
                lines("members", &members, member_count)?.into_iter().map(member).collect();
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
                .0)
        };
        read().map_err(|error| argument_error(&error))
    }

    /// Refuses a plan of so many ids that was not made here.
    pub fn check(&self, ids: &JsValue, count: u32) -> Result<(), JsValue> {
        let check = || check_plan(&lines("plan", &text("plan", ids)?, count)?);
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

    /// What a write that settled counts as: 0 done, 1 not needed, 2 failed, 3 left; 4 to look for the group first. `kind` is
    /// that of the error; empty, there was none.
    pub fn settled(&mut self, remove: bool, kind: &str) -> u8 {
        let outcome = if kind.is_empty() { Outcome::Done } else { Outcome::of_failure(kind) };
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

    /// `{ total, done, failed, inFlight, etaMs?, throttled }`, if it is time to tell. The last three are of the bucket
    /// that the writes count in; a limit of 0 is none.
    pub fn progress(&mut self, now: f64, last: bool, limit: u32, remaining: u32, resets_in: f64) -> JsValue {
        let bucket = (limit > 0).then(|| Bucket { limit, remaining, resets_in: time(resets_in) });
        match self.run.progress(time(now), last, bucket) {
            None => JsValue::UNDEFINED,
            Some(progress) => Fields::new()
                .set("total", progress.total)
                .set("done", progress.done)
                .set("failed", progress.failed)
                .set("inFlight", progress.in_flight)
                .set_some("etaMs", progress.eta.map(whole_millis))
                .set("throttled", progress.throttled)
                .0
                .into(),
        }
    }
}

fn plan_options(options: &Options) -> Read<PlanOptions> {
    Ok(PlanOptions {
        mode: match said(options, "mode", &["add", "remove"]) {
            Some(0) => Mode::Add,
            Some(_) => Mode::Remove,
            None => Mode::Exact,
        },
        rule_managed: match said(options, "ruleManaged", &["include", "fail"]) {
            Some(0) => RuleManaged::Include,
            Some(_) => RuleManaged::Fail,
            None => RuleManaged::Skip,
        },
        max_removals: match options.get("maxRemovals") {
            None => None,
            Some(given) if given.as_bool() == Some(false) => Some(MaxRemovals::ANY),
            Some(given) => {
                let given = Options::new(given, "maxRemovals", &[MAX_REMOVALS])?;
                let defaults = MaxRemovals::default();
                let count = given.number("count");
                if given.get("count").is_some() && count.is_none_or(|count| count.is_nan() || count < 0.0) {
                    return Err(ArgumentError::new("count", "must be a number from 0"));
                }
                Some(MaxRemovals {
                    // Infinity is the largest number, too.
                    count: count.map_or(defaults.count, |count| count as u32),
                    ratio: given.number("ratio").unwrap_or(defaults.ratio),
                })
            }
        },
        allow_empty: options.flag("allowEmpty"),
    })
}

fn run_options(options: &Options) -> Read<RunOptions> {
    let defaults = RunOptions::default();
    if let Some(given) = options.get("verify").filter(|given| given.as_bool() != Some(false)) {
        let given = Options::new(given, "verify", &[VERIFY])?;
        if given.get("timeoutMs").is_none() {
            return Err(ArgumentError::new("timeoutMs", "is missing"));
        }
    }
    Ok(RunOptions {
        order: match said(options, "order", &["remove-first", "interleave"]) {
            Some(0) => Order::RemoveFirst,
            Some(_) => Order::Interleave,
            None => Order::AddFirst,
        },
        concurrency: options.whole("concurrency").unwrap_or(defaults.concurrency),
        stops: options.get("stopOn").is_none(),
        total_timeout: options.millis("totalTimeout"),
    })
}

/// Which of these an option says; none is the default.
#[inline(never)]
fn said(options: &Options, key: &str, choices: &[&str]) -> Option<usize> {
    let said = options.text(key)?;
    choices.iter().position(|choice| *choice == said)
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
    Member { id, kept: matches!(facts, "1" | "3"), by_rule: matches!(facts, "2" | "3") }
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
