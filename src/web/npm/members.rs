//! Plans and runs of memberships, as the package's `members.js` carries them out. Ids cross as one text with a line for
//! each: that is over many times faster than texts on their own.

use std::time::Duration;

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::client::JsClient;
use super::errors::argument_error;
use super::js::{Fields, okta_error};
use crate::error::whole_millis;
use crate::members::{
    AddsSoFar, BasedOn, Bucket, BulkOptions, BulkRun, End, Fault, GroupNow, IfStale, Input, MaxFailedAdds,
    MaxRemovals, MemberPlan, Mode, Order, Output, PlanOptions, Reason, RuleManaged, RunOptions, Skipped,
    Status,
};
use crate::page::PaginationReason;
use crate::request::ArgumentError;

/// One plan, its run, or both. Each method but `stop` and `progress` gives the next order, `{ do, … }`.
#[wasm_bindgen(js_name = Members)]
pub struct JsMembers(BulkRun);

type Ordered = Result<Object, JsValue>;

#[wasm_bindgen(js_class = Members)]
impl JsMembers {
    /// By a record of names and values: `options` of `planMembers`, `applyPlan` or both, once they are checked, and
    /// `desired` ids or a stored `plan`. Times are milliseconds of one clock.
    #[wasm_bindgen(constructor)]
    pub fn new(client: &JsClient, group: &str, record: JsValue, now: f64) -> JsMembers {
        let given = Record(record);
        let options = bulk_options(&given.record("options"));
        let org = client.org();
        JsMembers(match given.list("desired") {
            Some(desired) => BulkRun::planning(&org, group, desired, options, given.flag("runs"), time(now)),
            None => BulkRun::applying(&org, stored(group, &given.record("plan")), options, time(now)),
        })
    }

    /// Goes on: an order was begun, told of, or waited for.
    pub fn next(&mut self, now: f64) -> Ordered {
        self.step(Input::Next, now)
    }

    /// The caller wants no more.
    pub fn abort(&mut self, now: f64) -> Ordered {
        self.step(Input::Abort, now)
    }

    /// The group was read.
    pub fn group(
        &mut self,
        kind: Option<String>,
        updated: Option<String>,
        date: Option<String>,
        now: f64,
    ) -> Ordered {
        let (kind, updated, date) = (kind.as_deref(), updated.as_deref(), date.as_deref());
        self.step(Input::Group(GroupNow { kind, updated, date }), now)
    }

    /// A page of so many members was read. A member's line begins with a digit, the sum of: 1 if it is kept, 2 if it is there
    /// by a rule, 4 if the org does not say that.
    pub fn page(&mut self, members: &str, count: u32, last: bool, now: f64) -> Ordered {
        let lines = lines(members);
        if lines.len() != count as usize {
            let error = ArgumentError::new("members", "hold an id with a control character");
            return Err(argument_error(&error));
        }
        for line in lines {
            let (facts, id) = line.split_at_checked(1).unwrap_or_default();
            let facts = facts.bytes().next().unwrap_or_default();
            self.0.member(id, facts & 1 != 0, (facts & 4 == 0).then_some(facts & 2 != 0));
        }
        self.step(Input::Page(last), now)
    }

    /// The group, or the page, could not be read.
    pub fn unread(&mut self, kind: &str, code: Option<String>, now: f64) -> Ordered {
        self.step(Input::Unread(Fault { kind, code: code.as_deref() }), now)
    }

    /// The write of a place settled; without a kind it did not fail.
    pub fn wrote(&mut self, place: u32, kind: Option<String>, code: Option<String>, now: f64) -> Ordered {
        self.step(Input::Wrote(place as usize, fault(&kind, &code)), now)
    }

    /// The group of the write of a place was read; without a kind it is there.
    pub fn looked(&mut self, place: u32, kind: Option<String>, code: Option<String>, now: f64) -> Ordered {
        self.step(Input::Looked(place as usize, fault(&kind, &code)), now)
    }

    /// Starts nothing more, by the caller's own rule.
    pub fn stop(&mut self) {
        self.0.stop();
    }

    /// `{ total, done, failed, inFlight, etaMs?, resetAt? }`, if it is time to tell. The last is there where the rate limit
    /// of `client` lets nothing through until then.
    pub fn progress(&mut self, client: &JsClient, now: f64, last: bool) -> JsValue {
        let known =
            client.rate_limit_of(Bucket::NAME, time(now), |limit| (limit.reset_at, Bucket::from(limit)));
        match self.0.progress(time(now), last, known.map(|(_, bucket)| bucket)) {
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

impl JsMembers {
    fn step(&mut self, input: Input<'_>, now: f64) -> Ordered {
        let order = |what: &str| Fields::new().set("do", what);
        let place = |what, place: usize| order(what).set("place", place as f64);
        Ok(match self.0.step(input, time(now)) {
            Output::Group => order("group"),
            Output::Members { rules } => order("list").set("rules", rules),
            Output::Page => order("page"),
            Output::Planned => self.plan(order("plan")),
            Output::Write(at) => place("write", at),
            Output::Look(at) => place("look", at),
            Output::Settled(at, status) => place("settled", at).set(
                "status",
                match status {
                    Status::Done => "done",
                    Status::Noop => "noop",
                    Status::Failed => "failed",
                    Status::Left | Status::Look => "left",
                },
            ),
            Output::GiveUp => order("give-up"),
            Output::Wait(time) => order("wait").set_some("ms", time.map(whole_millis)),
            Output::Done(End::Refused) => return Err(argument_error(&self.0.refusal())),
            Output::Done(End::Loop) => {
                let reason = PaginationReason::Loop;
                let fields = Fields::new().set("reason", reason.as_str());
                return Err(okta_error("pagination", reason.message(), &fields.0));
            }
            Output::Done(End::Report) => self.report(order("report")),
            Output::Done(End::Plan) => order("end"),
            Output::Done(End::Failed) => order("failed"),
            Output::Done(End::Aborted) => order("aborted"),
        }
        .0)
    }

    fn plan(&self, order: Fields) -> Fields {
        let plan = self.0.the_plan();
        let mut skipped = String::new();
        for Skipped { user_id, reason } in &plan.skipped {
            let between = if skipped.is_empty() { "" } else { "\n" };
            [between, reason.as_str(), " ", user_id].into_iter().for_each(|part| skipped.push_str(part));
        }
        let max = plan.max_removals;
        let warnings: Array = plan.warnings.iter().map(|text| JsValue::from_str(text)).collect();
        based_on(order, &plan.based_on)
            .set("org", plan.org.as_str())
            .set("add", plan.add.join("\n"))
            .set("remove", plan.remove.join("\n"))
            .set("unchanged", plan.unchanged as f64)
            .set("skipped", skipped)
            .set("warnings", warnings)
            .set_some("ratio", (max != MaxRemovals::ANY).then_some(max.ratio))
            .set_some("count", (max.count < u32::MAX).then_some(max.count))
            .set("ruleManaged", plan.rule_managed.as_str())
            .set("keep", plan.keep.join("\n"))
            .set("alreadyOk", self.0.already_ok().join("\n"))
            .set("planned", self.0.adds_so_far().planned)
            .set("done", self.0.adds_so_far().done)
    }

    fn report(&self, order: Fields) -> Fields {
        let AddsSoFar { planned, done } = self.0.adds_so_far();
        let unverified = self.0.unverified().map(|places| {
            let places: Array = places.iter().map(|at| JsValue::from(*at as f64)).collect();
            places
        });
        based_on(order, self.0.rest_based_on())
            .set("ok", self.0.ok())
            .set_some("stopped", self.0.stopped().map(|reason| reason.as_str()))
            .set("withheld", self.0.withheld())
            .set_some("unverified", unverified)
            .set("planned", planned)
            .set("done", done)
    }
}

fn based_on(order: Fields, based_on: &BasedOn) -> Fields {
    order
        .set_some("updated", based_on.last_membership_updated.as_deref())
        .set_some("at", based_on.at.as_deref())
}

/// A plain object of names and values that the package's own JavaScript makes.
struct Record(JsValue);

impl Record {
    fn get(&self, name: &str) -> JsValue {
        Reflect::get(&self.0, &name.into()).unwrap_or_default()
    }

    fn record(&self, name: &str) -> Record {
        Record(self.get(name))
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.get(name).as_f64()
    }

    fn time(&self, name: &str) -> Option<Duration> {
        self.number(name).map(time)
    }

    fn text(&self, name: &str) -> Option<String> {
        self.get(name).as_string()
    }

    fn flag(&self, name: &str) -> bool {
        self.get(name).is_truthy()
    }

    /// Ids, a line for each.
    fn list(&self, name: &str) -> Option<Vec<String>> {
        self.text(name).map(|text| lines(&text).into_iter().map(str::to_owned).collect())
    }

    fn rule_managed(&self) -> Option<RuleManaged> {
        let name = self.text("ruleManaged")?;
        [RuleManaged::Include, RuleManaged::Skip, RuleManaged::Fail]
            .into_iter()
            .find(|it| it.as_str() == name)
    }

    /// `false`, or `{ count?, ratio? }`.
    fn max_removals(&self) -> Option<MaxRemovals> {
        let (value, default) = (self.record("maxRemovals"), MaxRemovals::default());
        match value.0.is_undefined() {
            true => None,
            false if value.0.is_falsy() => Some(MaxRemovals::ANY),
            false => Some(MaxRemovals {
                // Infinity is the largest number, too.
                count: value.number("count").map_or(default.count, |count| count as u32),
                ratio: value.number("ratio").unwrap_or(default.ratio),
            }),
        }
    }
}

fn bulk_options(given: &Record) -> BulkOptions {
    let defaults = RunOptions::default();
    let text = |name| given.text(name).unwrap_or_default();
    let (rule_managed, max_removals) = (given.rule_managed(), given.max_removals());
    BulkOptions {
        plan: PlanOptions {
            mode: match text("mode").as_str() {
                "add" => Mode::Add,
                "remove" => Mode::Remove,
                _ => Mode::Exact,
            },
            rule_managed: rule_managed.unwrap_or_default(),
            max_removals,
            allow_empty: given.flag("allowEmpty"),
        },
        max_removals,
        rule_managed,
        keep: given.list("keep").unwrap_or_default(),
        run: RunOptions {
            order: match text("order").as_str() {
                "remove-first" => Order::RemoveFirst,
                "interleave" => Order::Interleave,
                _ => Order::AddFirst,
            },
            concurrency: given.number("concurrency").map_or(defaults.concurrency, |count| count as u32),
            stops: !given.flag("stopOn"),
            total_timeout: given.time("totalTimeout"),
            max_failed_adds: match (given.number("maxFailedAdds"), given.get("maxFailedAdds").is_undefined())
            {
                (Some(most), _) => MaxFailedAdds::Count(most as u32),
                (None, true) => MaxFailedAdds::Share,
                (None, false) => MaxFailedAdds::Any,
            },
        },
        if_stale: match text("ifStale").as_str() {
            "throw" => IfStale::Fail,
            "ignore" => IfStale::Ignore,
            _ => IfStale::Replan,
        },
        verify: given.record("verify").time("timeoutMs"),
        dry_run: given.flag("dryRun"),
    }
}

/// A plan that was stored. Of those who were skipped it needs to know whose rules were unknown.
fn stored(group: &str, given: &Record) -> MemberPlan {
    let list = |name| given.list(name).unwrap_or_default();
    let adds = given.record("adds");
    let unknown = |user_id| Skipped { user_id, reason: Reason::RuleUnknown };
    MemberPlan {
        v: MemberPlan::VERSION,
        org: given.text("org").unwrap_or_default(),
        group_id: group.to_owned(),
        based_on: BasedOn { last_membership_updated: given.text("updated"), at: given.text("at") },
        add: list("add"),
        remove: list("remove"),
        unchanged: given.number("unchanged").unwrap_or_default() as usize,
        skipped: list("unknown").into_iter().map(unknown).collect(),
        warnings: Vec::new(),
        max_removals: given.max_removals().unwrap_or_default(),
        rule_managed: given.rule_managed().unwrap_or_default(),
        keep: list("keep"),
        adds: adds
            .number("planned")
            .zip(adds.number("done"))
            .map(|(planned, done)| AddsSoFar { planned: planned as u32, done: done as u32 }),
    }
}

fn lines(text: &str) -> Vec<&str> {
    // A slice, not a `char`: the searcher for one would be all of this function's size again.
    if text.is_empty() { Vec::new() } else { text.split(&['\n'][..]).collect() }
}

fn fault<'a>(kind: &'a Option<String>, code: &'a Option<String>) -> Option<Fault<'a>> {
    kind.as_deref().map(|kind| Fault { kind, code: code.as_deref() })
}

fn time(ms: f64) -> Duration {
    Duration::from_millis(ms as u64)
}
