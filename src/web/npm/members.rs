//! Membership plans and runs for the package's `members.js`: texts in and out, as the records of
//! [`crate::records`]. A list is one field with a line for each id, which crosses the wasm border many times
//! faster than separate texts.

use wasm_bindgen::prelude::*;

use super::call::{number_of, time};
use super::client::JsClient;
use super::errors::argument_error;
use super::js::error_of;
use crate::error::whole_millis;
use crate::members::{
    AddsSoFar, BasedOn, BucketState, BulkOptions, BulkRun, By, End, Fault, GroupNow, IfStale, IfUnresolved,
    Input, MaxFailedAdds, MaxRemovals, MemberPlan, Mode, Naming, Order, Output, PlanOptions, RuleManaged,
    RunOptions, SkipReason, Skipped, Status, Unresolved, UnresolvedReason, eta,
};
use crate::page::PaginationReason;
use crate::records::{MemberInputs, MembersRecord, OrderRecord, ProgressRecord, StepRecord};
use crate::request::ArgumentError;
use crate::text::digits;
use crate::time::Duration;

/// One plan, its run, or both.
#[wasm_bindgen(js_name = Members)]
pub struct JsMembers(BulkRun);

#[wasm_bindgen(js_class = Members)]
impl JsMembers {
    /// Takes a [`MembersRecord`] of checked options. `ratio` is the one in the options' limit on removals,
    /// `own` the one in a stored plan's limit; NaN if there is none. Times are milliseconds of one clock.
    #[wasm_bindgen(constructor)]
    pub fn new(
        client: &JsClient,
        record: &str,
        ratio: f64,
        own: f64,
        now: f64,
    ) -> Result<JsMembers, JsValue> {
        let record = MembersRecord::read(record);
        let options = bulk_options(&record, ratio).map_err(|error| argument_error(&error))?;
        let org = client.org();
        Ok(JsMembers(match record.plans() {
            "" => BulkRun::applying(&org, stored(&record, own), options, time(now)),
            _ => {
                let (desired, runs) = (list(record.desired()), !record.runs().is_empty());
                BulkRun::planning(&org, record.group(), desired, options, runs, time(now))
            }
        }))
    }

    /// Feeds an input by its number, with a [`StepRecord`], and returns an [`OrderRecord`]. For each member
    /// or user the list has four texts: the id; the sum of 1 if the member is kept, 2 if the org does not say
    /// which rules assigned it, and 4 if it is deactivated; the ids of these rules; and the value that names
    /// it. For each rule it has an empty text, `4` unless the rule is active, the ids of its groups, and an
    /// empty text.
    pub fn step(&mut self, input: usize, record: &str, now: f64) -> Result<String, JsValue> {
        let record = StepRecord::read(record);
        let place = number_of(record.place()).unwrap_or_default();
        let [kind, code] = [record.kind(), record.code()];
        let fault =
            || Fault { kind, code: some(code), status: number_of(record.status()).unwrap_or_default() };
        let failed = some(kind).map(|_| fault());
        let input = MemberInputs::of(input).unwrap_or(MemberInputs::Abort);
        let rest: Vec<_> = record.rest().collect();
        for row in rest.chunks_exact(4) {
            let &[id, flags, rules, value] = row else { continue };
            let flags: u32 = number_of(flags).unwrap_or_default();
            let is_active = flags & 4 == 0;
            match input {
                MemberInputs::Rules => self.0.rule(is_active, rules.split(&[' '][..])),
                MemberInputs::Page => self.0.member(id, flags & 1 != 0, (flags & 2 == 0).then_some(rules)),
                _ => {}
            }
            self.0.user(id, value, is_active);
        }
        let input = match input {
            MemberInputs::Next => Input::Next,
            MemberInputs::Stop => {
                self.0.stop();
                return Ok(String::new());
            }
            MemberInputs::Group => Input::Group(GroupNow {
                kind: some(record.type_()),
                updated: some(record.updated()),
                at: some(record.at()),
            }),
            MemberInputs::Page | MemberInputs::Users | MemberInputs::Rules => {
                Input::Page(!record.is_last().is_empty())
            }
            MemberInputs::User => Input::User(failed),
            MemberInputs::Wrote => Input::Wrote(place, failed),
            MemberInputs::Looked => Input::Looked(place, failed),
            MemberInputs::Unread => Input::Unread(fault()),
            MemberInputs::Abort => Input::Abort,
        };
        let mut out = String::new();
        let mut order = OrderRecord::new(&mut out);
        let mut at = |what: &'static str, place: usize| {
            order.place(place as u32);
            what
        };
        let what = match self.0.step(input, time(now)) {
            Output::Group { within } => {
                order.ms(millis(within));
                "group"
            }
            Output::Members { rules } => {
                order.rules(rules);
                "list"
            }
            Output::Page => "page",
            Output::Users => {
                order.search(self.0.search());
                "users"
            }
            Output::User(place) => {
                order.name(self.0.name(place));
                "user"
            }
            Output::Rules => "rules",
            Output::Planned => {
                self.plan(&mut order);
                "plan"
            }
            Output::Write(place) => at("write", place),
            Output::Look(place) => at("look", place),
            Output::Settled(place, status) => {
                at("settled", place);
                order.status(match status {
                    Status::Done => "done",
                    Status::Noop => "noop",
                    Status::Failed => "failed",
                    Status::Left | Status::Look => "left",
                });
                "settled"
            }
            Output::Halt => "halt",
            Output::GiveUp => "give-up",
            Output::Wait(time) => {
                order.ms(millis(time));
                "wait"
            }
            Output::Done(End::Refused) => return Err(argument_error(&self.0.refusal())),
            Output::Done(End::Loop) => {
                let reason = PaginationReason::Loop;
                return Err(error_of("pagination", reason.message(), "reason", reason.as_str()));
            }
            Output::Done(End::Report) => {
                self.report(&mut order);
                "report"
            }
            Output::Done(End::Plan) => "end",
            Output::Done(End::Failed) => "failed",
            Output::Done(End::Aborted) => "aborted",
        };
        order.order(what);
        Ok(out)
    }

    /// A [`ProgressRecord`]; empty if it is too early for one. `reset_at` is set if the rate limit of
    /// `client` blocks all writes until then.
    pub fn progress(&mut self, client: &JsClient, now: f64, last: bool) -> String {
        let known = client
            .rate_limit_of(BucketState::NAME, time(now), |limit| (limit.reset_at, BucketState::from(limit)));
        let mut out = String::new();
        if let Some(progress) = self.0.progress(time(now), last, known.map(|(_, bucket)| bucket)) {
            let mut record = ProgressRecord::new(&mut out);
            record.total(progress.total);
            record.done(progress.done);
            record.failed(progress.failed);
            record.in_flight(progress.in_flight);
            record.eta_ms(millis(progress.eta));
            if let (true, Some((at, _))) = (progress.throttled, known) {
                record.reset_at(at.to_string());
            }
        }
        out
    }

    /// The largest share of the members that the plan may remove.
    #[wasm_bindgen(getter)]
    pub fn ratio(&self) -> f64 {
        self.0.the_plan().max_removals.ratio
    }
}

/// Whether a limit allows this many removals of this many members.
#[wasm_bindgen(js_name = removalsPass)]
pub fn removals_pass(removals: u32, members: u32, count: u32, ratio: f64) -> bool {
    MaxRemovals { count, ratio }.allows(removals as usize, members as usize)
}

/// The milliseconds that the remaining writes of several runs will take, and when the bucket opens again (epoch
/// milliseconds) if the rate limit holds them back until then; each is empty if there is none.
#[wasm_bindgen(js_name = etaOf)]
pub fn eta_of(client: &JsClient, left: u32, settled: u32, reads: u32, active: f64, now: f64) -> String {
    let known = client
        .rate_limit_of(BucketState::NAME, time(now), |limit| (limit.reset_at, BucketState::from(limit)));
    let until = known.filter(|(_, bucket)| left > 0 && bucket.open == 0).map(|(at, _)| at.to_string());
    let eta = eta(left, settled, reads, time(active), known.map(|(_, bucket)| bucket));
    [millis(eta), until.unwrap_or_default()].join(" ")
}

impl JsMembers {
    fn plan<'a>(&'a self, order: &mut OrderRecord<'a>) {
        let plan = self.0.the_plan();
        let line = |it: &Skipped| [it.reason.as_str(), " ", &it.user_id, " ", &it.rules.join(" ")].concat();
        let skipped: Vec<String> = plan.skipped.iter().map(line).collect();
        for Unresolved { value, reason, candidates } in &plan.unresolved {
            order.add(value);
            order.add(reason.as_str());
            order.add(&candidates.join(" "));
        }
        let max = plan.max_removals;
        based_on(order, &plan.based_on);
        order.org(plan.org.as_str());
        order.adds(plan.add.join("\n"));
        order.removes(plan.remove.join("\n"));
        order.unchanged(plan.unchanged as u32);
        order.skipped(skipped.join("\n"));
        order.warnings(plan.warnings.join("\n"));
        order.removals(max != MaxRemovals::ANY);
        if max.count < u32::MAX {
            order.count(max.count);
        }
        order.rule_managed(plan.rule_managed.as_str());
        order.keep(plan.keep.join("\n"));
        order.already_ok(self.0.already_ok().join("\n"));
        self.so_far(order);
    }

    fn report<'a>(&'a self, order: &mut OrderRecord<'a>) {
        based_on(order, self.0.rest_based_on());
        order.ok(self.0.ok());
        order.stopped(self.0.stopped().map_or("", |reason| reason.as_str()));
        order.withheld(self.0.withheld());
        if let Some(places) = self.0.unverified() {
            let places: Vec<String> = places.iter().map(|place| digits(*place as u64)).collect();
            order.verifies("1");
            order.unverified(places.join("\n"));
        }
        self.so_far(order);
    }

    fn so_far(&self, order: &mut OrderRecord<'_>) {
        let AddsSoFar { planned, done } = self.0.adds_so_far();
        order.planned(planned);
        order.done(done);
    }
}

fn based_on<'a>(order: &mut OrderRecord<'a>, based_on: &'a BasedOn) {
    order.updated(based_on.last_membership_updated.as_deref().unwrap_or_default());
    order.at(based_on.at.as_deref().unwrap_or_default());
}

fn bulk_options(record: &MembersRecord<'_>, ratio: f64) -> Result<BulkOptions, ArgumentError> {
    let defaults = RunOptions::default();
    let millis = |text: &str| number_of(text).map(Duration::from_millis);
    let rule_managed = some(record.rule_managed()).map(rule_managed);
    let max_removals = max_removals(record.removals(), record.count(), ratio);
    let naming = Naming {
        by: some(record.by()).map_or(Ok(By::Id), By::parse)?,
        if_unresolved: match record.skips_unresolved() {
            "" => IfUnresolved::Block,
            _ => IfUnresolved::Skip,
        },
    };
    Ok(BulkOptions {
        naming,
        plan: PlanOptions {
            mode: match record.mode() {
                "add" => Mode::Add,
                "remove" => Mode::Remove,
                _ => Mode::Exact,
            },
            rule_managed: rule_managed.unwrap_or_default(),
            max_removals,
            allow_empty: !record.allow_empty().is_empty(),
        },
        max_removals,
        rule_managed,
        keep: list(record.keep()),
        run: RunOptions {
            order: match record.order() {
                "remove-first" => Order::RemoveFirst,
                "interleave" => Order::Interleave,
                _ => Order::AddFirst,
            },
            concurrency: number_of(record.concurrency()).unwrap_or(defaults.concurrency),
            stops: record.stops_on().is_empty(),
            total_timeout: millis(record.total_timeout()),
            max_failed_adds: match record.max_failed_adds() {
                "" => MaxFailedAdds::Share,
                text => number_of(text).map_or(MaxFailedAdds::Any, MaxFailedAdds::Count),
            },
        },
        if_stale: match record.if_stale() {
            "throw" => IfStale::Fail,
            "ignore" => IfStale::Ignore,
            _ => IfStale::Replan,
        },
        verify: millis(record.verify()),
        dry_run: !record.dry_run().is_empty(),
    })
}

fn rule_managed(name: &str) -> RuleManaged {
    match name {
        "include" => RuleManaged::Include,
        "fail" => RuleManaged::Fail,
        _ => RuleManaged::Skip,
    }
}

/// The limit on removals: `any`, or `some` with a count and a ratio that may be missing.
fn max_removals(removals: &str, count: &str, ratio: f64) -> Option<MaxRemovals> {
    let default = MaxRemovals::default();
    match removals {
        "" => None,
        "any" => Some(MaxRemovals::ANY),
        _ => Some(MaxRemovals {
            count: number_of(count).unwrap_or(default.count),
            ratio: if ratio.is_nan() { default.ratio } else { ratio },
        }),
    }
}

/// A stored plan. Of its skipped users only those of unknown origin matter.
fn stored(record: &MembersRecord<'_>, ratio: f64) -> MemberPlan {
    let unknown = |user_id| Skipped::new(user_id, SkipReason::RuleUnknown, "");
    let unresolved = Unresolved {
        value: record.unresolved_value().to_owned(),
        reason: match record.unresolved_reason() {
            "ambiguous" => UnresolvedReason::Ambiguous,
            "deactivated" => UnresolvedReason::Deactivated,
            _ => UnresolvedReason::None,
        },
        candidates: Vec::new(),
    };
    let adds = number_of(record.planned()).zip(number_of(record.done()));
    let text = |text: &str| some(text).map(str::to_owned);
    MemberPlan {
        v: MemberPlan::VERSION,
        org: record.org().to_owned(),
        group_id: record.group().to_owned(),
        based_on: BasedOn { last_membership_updated: text(record.updated()), at: text(record.at()) },
        add: list(record.add()),
        remove: list(record.remove()),
        unchanged: number_of(record.unchanged()).unwrap_or_default(),
        skipped: list(record.unknown()).into_iter().map(unknown).collect(),
        warnings: Vec::new(),
        max_removals: max_removals(record.plan_removals(), record.plan_count(), ratio).unwrap_or_default(),
        rule_managed: rule_managed(record.plan_rule_managed()),
        keep: list(record.kept()),
        unresolved: vec![unresolved; number_of(record.unresolved()).unwrap_or_default()],
        skips_unresolved: !record.plan_skips().is_empty(),
        adds: adds.map(|(planned, done)| AddsSoFar { planned, done }),
    }
}

/// Ids, one on each line.
fn list(text: &str) -> Vec<String> {
    // Splits by a slice rather than a `char`, whose searcher would double this function's size.
    if text.is_empty() { Vec::new() } else { text.split(&['\n'][..]).map(str::to_owned).collect() }
}

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn millis(time: Option<Duration>) -> String {
    time.map(|time| digits(whole_millis(time))).unwrap_or_default()
}
