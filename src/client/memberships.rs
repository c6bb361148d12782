//! Memberships of many groups for programs in Rust: plans the groups, then runs the plans, several groups at
//! once. [`BulkRun`](crate::members::BulkRun) decides what each group's plan and run does; `members::many` what holds over all groups.

use crate::time::Duration;
use std::collections::BTreeSet;
use std::fmt;
use std::future::{self, Future, poll_fn};
use std::marker::PhantomData;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use futures_lite::future as lite;
use futures_util::future::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};
use serde_json::Value;

use super::Failure;
use super::groups::Groups;
use super::members::{ApplyOptions, BulkError, BulkReport, RunDriver, Watch, bucket_of_writes};
use crate::export::Shard;
use crate::host::{Host, Platform};
use crate::members::{
    BulkOptions, GroupKey, MaxRemovals, MemberPlan, MembershipsPlan, Naming, PlanOptions, Progress,
    RunOptions, RunPace, SkippedGroup, Status, Stopped, WriteOp, ends_all, eta,
};
use crate::model::GroupType;
use crate::request::ArgumentError;
use crate::sync::{Lock, MaybeSend};

/// The number of groups that are planned, or run, at once. The gate throttles all of them together.
const LANES: u32 = 4;
/// The most writes of one group in flight.
const CONCURRENCY: u32 = 3;

/// How [`Groups::plan_memberships`] plans.
#[derive(Clone, Debug)]
pub struct MembershipsOptions {
    /// How each group is planned.
    pub plan: PlanOptions,
    /// How the members are named. Default: by user id.
    pub naming: Naming,
    /// Ids of members who are not removed from any group.
    pub keep: Vec<String>,
    /// The limit on removals over all groups. Default: a quarter of all members.
    pub max_removals_overall: MaxRemovals,
    /// How many groups are planned at once, 1 to 8. Default 4.
    pub lanes: u32,
    /// Only one part of the groups. Default: all.
    pub shard: Option<Shard>,
}

impl Default for MembershipsOptions {
    fn default() -> Self {
        MembershipsOptions {
            plan: PlanOptions::default(),
            naming: Naming::default(),
            keep: Vec::new(),
            max_removals_overall: MaxRemovals::default(),
            lanes: LANES,
            shard: None,
        }
    }
}

/// How [`Groups::apply_plans`] runs.
#[derive(Clone, Debug, PartialEq)]
pub struct ApplyManyOptions {
    /// How each group's plan is run. [`RunOptions::concurrency`] is of one group, here 3 by default;
    /// [`RunOptions::total_timeout`] limits the run of all groups.
    pub each: ApplyOptions,
    /// How many groups are run at once, 1 to 8. Default 4.
    pub lanes: u32,
}

impl Default for ApplyManyOptions {
    fn default() -> Self {
        let run = RunOptions { concurrency: CONCURRENCY, ..RunOptions::default() };
        ApplyManyOptions { each: ApplyOptions { run, ..ApplyOptions::default() }, lanes: LANES }
    }
}

/// Observes the plans and runs of many groups, and may stop them. `()` does neither.
pub trait WatchMany<H: Platform> {
    /// Is called after each group: how many are planned, and how many are skipped.
    fn planned(&self, planned: usize, skipped: usize) {
        let _ = (planned, skipped);
    }

    /// Is called with the progress of the writes of all groups, at most ten times a second, when the rate limit
    /// begins or ends to hold them back, and once at the end.
    fn progress(&self, progress: &Progress) {
        let _ = progress;
    }

    /// Is called when a write is finished, with its failure if it failed.
    fn settled(
        &self,
        group_id: &str,
        op: WriteOp,
        user_id: &str,
        status: Status,
        failure: Option<&Failure<H>>,
    ) {
        let _ = (group_id, op, user_id, status, failure);
    }

    /// Whether this failure stops the run of its group. `failures` counts the group's failures so far, this one
    /// included. Default: no.
    fn stops(&self, failure: &Failure<H>, failures: usize) -> bool {
        let _ = (failure, failures);
        false
    }

    /// The run of all groups stops as [`Watch::aborted`] says when this future is ready. Default: never ready.
    fn aborted(&self) -> impl Future<Output = ()> + MaybeSend {
        future::pending()
    }
}

impl<H: Platform> WatchMany<H> for () {}

/// The result of a run of many groups.
#[derive(Debug)]
#[non_exhaustive]
pub struct MembershipsReport<H: Platform> {
    /// The report of each group that was run, in the order of the plans.
    pub groups: Vec<BulkReport<H>>,
    /// The groups whose plans were refused, or that could not be read: ids and failures.
    pub refused: Vec<(String, Failure<H>)>,
    /// The groups that were not planned.
    pub skipped: Vec<SkippedGroup>,
    /// Why the run stopped early, if it did.
    pub stopped: Option<Stopped>,
    /// How many requests the runs sent, all attempts counted.
    pub requests: u32,
    /// How many of them were retries.
    pub retries: u32,
    /// How long the run took, without planning.
    pub duration: Duration,
    /// The plans of what is left, for [`Groups::apply_plans`]. `None` if nothing is left.
    pub rest: Option<MembershipsPlan>,
}

impl<H: Platform> MembershipsReport<H> {
    /// Whether every group was planned and each plan was applied as [`BulkReport::ok`] says. Always true for a
    /// report that is returned as `Ok`.
    pub fn ok(&self) -> bool {
        self.rest.is_none()
            && self.stopped.is_none()
            && self.refused.is_empty()
            && self.skipped.is_empty()
            && self.groups.iter().all(BulkReport::ok)
    }
}

/// Why a run of many groups is incomplete. It is an error, so that `?` does not accept half of a run.
#[non_exhaustive]
pub enum MembershipsError<H: Platform> {
    /// An argument is wrong, or a failure that every group would meet ended the planning. There is no report.
    Failed(Failure<H>),
    /// The run was aborted before all plans were made.
    Aborted,
    /// A group was skipped or refused, or its run is incomplete.
    Incomplete(Box<MembershipsReport<H>>),
}

impl<H: Platform> From<Failure<H>> for MembershipsError<H> {
    fn from(failure: Failure<H>) -> Self {
        MembershipsError::Failed(failure)
    }
}

impl<H: Platform> From<ArgumentError> for MembershipsError<H> {
    fn from(error: ArgumentError) -> Self {
        MembershipsError::Failed(error.into())
    }
}

/// Leaves out the report, which is as long as the groups.
impl<H: Platform> fmt::Debug for MembershipsError<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MembershipsError::Failed(failure) => fmt::Debug::fmt(failure, f),
            _ => write!(f, "MembershipsError({self})"),
        }
    }
}

impl<H: Platform> fmt::Display for MembershipsError<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = match self {
            MembershipsError::Failed(failure) => return fmt::Display::fmt(failure, f),
            MembershipsError::Aborted => return f.write_str("the call was aborted"),
            MembershipsError::Incomplete(report) => report,
        };
        let left = report.rest.iter().flat_map(|rest| &rest.plans);
        let left: usize = left.map(|plan| plan.add.len() + plan.remove.len()).sum();
        let unfinished = report.groups.iter().filter(|group| !group.ok()).count();
        let mut separator = "";
        for (count, one, many) in [
            (report.skipped.len(), " group not planned", " groups not planned"),
            (report.refused.len(), " group refused", " groups refused"),
            (unfinished, " group incomplete", " groups incomplete"),
            (left, " write left", " writes left"),
        ] {
            if count > 0 {
                write!(f, "{separator}{count}{}", if count == 1 { one } else { many })?;
                separator = ", ";
            }
        }
        if let Some(stopped) = report.stopped {
            write!(f, " ({})", stopped.as_str())?;
        }
        Ok(())
    }
}

impl<H: Platform> std::error::Error for MembershipsError<H> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            MembershipsError::Failed(failure) => std::error::Error::source(failure),
            _ => None,
        }
    }
}

fn lanes(lanes: u32) -> Result<usize, ArgumentError> {
    match lanes {
        1..=8 => Ok(lanes as usize),
        _ => Err(ArgumentError::new("lanes", "must be a whole number from 1 to 8")),
    }
}

impl<'a, H: Host<Body = Value>> Groups<'a, H> {
    /// Makes a plan for each group of `desired`, several groups at once: which users to add and to remove, so
    /// that each group has exactly its members. Changes nothing. A group that cannot be planned is in
    /// [`MembershipsPlan::skipped`]; the others are planned.
    ///
    /// # Errors
    /// A failure that every group would meet, such as a refused token or a lost connection; a group that is
    /// named twice; plans that remove more than [`MembershipsOptions::max_removals_overall`].
    pub async fn plan_memberships<K: Into<GroupKey>, M: AsRef<str>>(
        &self,
        desired: impl IntoIterator<Item = (K, Vec<M>)>,
        options: &MembershipsOptions,
        watch: &impl WatchMany<H>,
    ) -> Result<MembershipsPlan, Failure<H>> {
        let lanes = lanes(options.lanes)?;
        options.shard.map_or(Ok(()), Shard::check)?;
        let seen = Lock::new(BTreeSet::new());
        let plan = |(at, (key, members)): (usize, (K, Vec<M>))| {
            let seen = &seen;
            async move {
                let key = key.into();
                let result = self.plan_one(&key, &members, options, seen).await;
                (at, key, result)
            }
        };
        let mut wanted = desired.into_iter().enumerate();
        let mut under_way: FuturesUnordered<_> = wanted.by_ref().take(lanes).map(plan).collect();
        let (mut plans, mut skipped) = (Vec::new(), Vec::new());
        while let Some((at, key, result)) = under_way.next().await {
            match result {
                Ok(plan) => plans.extend(plan.map(|plan| (at, plan))),
                Err(Refused::All(failure)) => return Err(failure),
                Err(Refused::One(failure)) => {
                    let (kind, message) = (failure.kind().to_owned(), failure.to_string());
                    skipped.push((at, SkippedGroup { group: key, kind, message }));
                }
            }
            watch.planned(plans.len(), skipped.len());
            under_way.extend(wanted.next().map(plan));
        }
        plans.sort_by_key(|(at, _)| *at);
        skipped.sort_by_key(|(at, _)| *at);
        let plans = plans.into_iter().map(|(_, plan)| plan).collect();
        let skipped = skipped.into_iter().map(|(_, group)| group).collect();
        let org = self.client.settings().org.as_str();
        let plan = MembershipsPlan::new(org, options.shard, plans, skipped, options.max_removals_overall)?;
        Ok(plan)
    }

    /// Plans one group; `None` if it belongs to another shard.
    async fn plan_one(
        &self,
        key: &GroupKey,
        members: &[impl AsRef<str>],
        options: &MembershipsOptions,
        seen: &Lock<BTreeSet<String>>,
    ) -> Result<Option<MemberPlan>, Refused<H>> {
        let group = match key {
            GroupKey::Id(id) => id.clone(),
            GroupKey::Name { name, group_type } => {
                let group_type = group_type.as_deref().map(GroupType::from);
                self.find_by_name(name, group_type.as_ref()).await?.id
            }
        };
        if !seen.lock().insert(group.clone()) {
            let reason = ["names the group ", &group, " twice"].concat();
            return Err(Refused::All(ArgumentError::new("desired", reason).into()));
        }
        if options.shard.is_some_and(|shard| !shard.has(&group)) {
            return Ok(None);
        }
        let mut driver = RunDriver::new(self, &());
        let MembershipsOptions { plan, naming, keep, .. } = options;
        let given =
            BulkOptions { naming: naming.clone(), plan: *plan, keep: keep.clone(), ..BulkOptions::default() };
        let mut run = driver.planning(&group, members, given, false);
        match driver.carry_out(&mut run, |_| false).await {
            Ok(_) => Ok(Some(run.the_plan().clone())),
            Err(BulkError::Failed(failure)) => Err(failure.into()),
            // Nothing can abort a plan: it is not watched.
            Err(_) => Err(Refused::All(ArgumentError::new("plan", "was aborted").into())),
        }
    }

    /// Runs the plans of many groups, several groups at once; each as [`Groups::apply_plan`] does. A group that
    /// is gone or refused is left alone, and the others are run.
    ///
    /// # Errors
    /// [`MembershipsError::Failed`] for a plan that is not valid, before anything is sent;
    /// [`MembershipsError::Incomplete`] if the report is not [`MembershipsReport::ok`].
    pub async fn apply_plans(
        &self,
        plan: &MembershipsPlan,
        options: &ApplyManyOptions,
        watch: &impl WatchMany<H>,
    ) -> Result<MembershipsReport<H>, MembershipsError<H>> {
        let aborted = pin!(watch.aborted().fuse());
        self.run_plans(plan, options, watch, aborted).await
    }

    /// [`Groups::plan_memberships`], then [`Groups::apply_plans`].
    ///
    /// # Errors
    /// Those of both; [`MembershipsError::Aborted`] if the run was aborted before all plans were made.
    pub async fn sync_memberships<K: Into<GroupKey>, M: AsRef<str>>(
        &self,
        desired: impl IntoIterator<Item = (K, Vec<M>)>,
        plan: &MembershipsOptions,
        options: &ApplyManyOptions,
        watch: &impl WatchMany<H>,
    ) -> Result<MembershipsReport<H>, MembershipsError<H>> {
        let mut aborted = pin!(watch.aborted().fuse());
        let planned = async { Some(self.plan_memberships(desired, plan, watch).await) };
        let stopped = async {
            aborted.as_mut().await;
            None
        };
        let plan = lite::or(stopped, planned).await.ok_or(MembershipsError::Aborted)??;
        self.run_plans(&plan, options, watch, aborted).await
    }

    async fn run_plans(
        &self,
        plan: &MembershipsPlan,
        options: &ApplyManyOptions,
        watch: &impl WatchMany<H>,
        mut aborted: std::pin::Pin<&mut impl futures_util::future::FusedFuture<Output = ()>>,
    ) -> Result<MembershipsReport<H>, MembershipsError<H>> {
        let lanes = lanes(options.lanes)?;
        plan.check(self.client.settings().org.as_str())?;
        let host = &self.client.host;
        let began = host.now();
        let all = AllRuns::new(plan, began);
        let total_timeout = options.each.run.total_timeout;
        let run = |place: usize, plan: &MemberPlan| {
            let left = total_timeout.map(|total| total.saturating_sub(host.now().saturating_sub(began)));
            let run = RunOptions { total_timeout: left, ..options.each.run };
            let each = ApplyOptions { run, ..options.each.clone() };
            let (all, plan) = (&all, plan.clone());
            // Boxed, so that an abort can move them.
            Box::pin(async move {
                let part = OneRun { groups: self, place, plan: &plan, watch, all, host: PhantomData };
                let result = self.apply_plan(&plan, &each, &part).await;
                (place, result)
            })
        };
        let mut waiting = plan.plans.iter().enumerate();
        let mut under_way = FuturesUnordered::new();
        let mut ended: Vec<Option<BulkReport<H>>> = plan.plans.iter().map(|_| None).collect();
        let mut refused = Vec::new();
        let mut stopped = None;
        loop {
            while under_way.len() < lanes
                && stopped.is_none()
                && let Some((place, plan)) = waiting.next()
            {
                if total_timeout.is_some_and(|total| host.now().saturating_sub(began) >= total) {
                    stopped = Some(Stopped::TotalTimeout);
                    break;
                }
                under_way.push(run(place, plan));
            }
            let part = async { Some(under_way.next().await) };
            let abort = async {
                if aborted.is_terminated() {
                    future::pending().await
                }
                aborted.as_mut().await;
                None
            };
            let (place, result) = match lite::or(abort, part).await {
                Some(Some(part)) => part,
                Some(None) => break,
                None => {
                    stopped = Some(Stopped::Aborted);
                    all.is_aborted.store(true, Ordering::Relaxed);
                    // Put in anew, so that each is polled and notices.
                    under_way = under_way.into_iter().collect();
                    continue;
                }
            };
            let report = match result {
                Ok(report) => report,
                Err(BulkError::Incomplete(report)) => *report,
                Err(BulkError::Failed(failure)) => {
                    if ends_all(failure.kind()) {
                        stopped.get_or_insert(Stopped::StopOn);
                    }
                    let id = plan.plans.get(place).map(|plan| plan.group_id.clone()).unwrap_or_default();
                    refused.push((place, id, failure));
                    continue;
                }
                Err(BulkError::Aborted) => continue,
            };
            let last = report.failed.last().map(|(_, failure)| failure);
            match report.stopped {
                Some(Stopped::TotalTimeout) => drop(stopped.get_or_insert(Stopped::TotalTimeout)),
                // A refused token would fail for every other group, too.
                Some(Stopped::StopOn) if last.is_some_and(Failure::is_unauthorized) => {
                    stopped.get_or_insert(Stopped::StopOn);
                }
                _ => {}
            }
            if let Some(place) = ended.get_mut(place) {
                *place = Some(report);
            }
        }
        all.report(self, watch, true);
        refused.sort_by_key(|(place, ..)| *place);
        let refused = refused.into_iter().map(|(_, id, failure)| (id, failure)).collect();
        let report = reported(plan, ended, refused, stopped, host.now().saturating_sub(began));
        if report.ok() { Ok(report) } else { Err(MembershipsError::Incomplete(Box::new(report))) }
    }
}

/// Merges the reports of all groups, with the rest that was not done.
fn reported<H: Platform>(
    plan: &MembershipsPlan,
    ended: Vec<Option<BulkReport<H>>>,
    refused: Vec<(String, Failure<H>)>,
    stopped: Option<Stopped>,
    duration: Duration,
) -> MembershipsReport<H> {
    let is_open = |plan: &MemberPlan| !plan.add.is_empty() || !plan.remove.is_empty();
    let untouched = plan.plans.iter().zip(&ended).filter(|(plan, ended)| ended.is_none() && is_open(plan));
    let mut left: Vec<MemberPlan> = ended.iter().flatten().filter_map(|report| report.rest.clone()).collect();
    left.extend(untouched.map(|(plan, _)| plan.clone()));
    let rest =
        (!left.is_empty()).then(|| MembershipsPlan { plans: left, skipped: Vec::new(), ..plan.clone() });
    let groups: Vec<BulkReport<H>> = ended.into_iter().flatten().collect();
    MembershipsReport {
        requests: groups.iter().map(|report| report.requests).sum(),
        retries: groups.iter().map(|report| report.retries).sum(),
        groups,
        refused,
        skipped: plan.skipped.clone(),
        stopped,
        duration,
        rest,
    }
}

/// Why a group was not planned.
enum Refused<H: Platform> {
    /// No other group is planned either.
    All(Failure<H>),
    /// The other groups are planned.
    One(Failure<H>),
}

impl<H: Platform> From<Failure<H>> for Refused<H> {
    fn from(failure: Failure<H>) -> Self {
        if ends_all(failure.kind()) { Refused::All(failure) } else { Refused::One(failure) }
    }
}

/// What the runs of all groups share.
struct AllRuns {
    is_aborted: AtomicBool,
    total: u32,
    state: Lock<AllState>,
}

struct AllState {
    /// The progress of each group whose writes have begun.
    groups: Vec<Option<Progress>>,
    settled: u32,
    /// The requests of the other groups in the bucket of the writes, besides them.
    reads: u32,
    pace: RunPace,
    reported: Option<Duration>,
}

/// The shortest time between two progress reports.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);

impl AllRuns {
    fn new(plan: &MembershipsPlan, now: Duration) -> Self {
        let writes = plan.plans.iter().map(|plan| plan.add.len() + plan.remove.len());
        AllRuns {
            is_aborted: AtomicBool::new(false),
            total: u32::try_from(writes.sum::<usize>()).unwrap_or(u32::MAX),
            state: Lock::new(AllState {
                groups: plan.plans.iter().map(|_| None).collect(),
                settled: 0,
                reads: plan.plans.iter().map(MemberPlan::reads).sum(),
                pace: RunPace::new(now),
                reported: None,
            }),
        }
    }

    /// Reports the progress of all groups.
    fn report<H: Host<Body = Value>>(
        &self,
        groups: &Groups<'_, H>,
        watch: &impl WatchMany<H>,
        is_last: bool,
    ) {
        let now = groups.client.host.now();
        let bucket = bucket_of_writes(groups.client, now);
        let mut state = self.state.lock();
        let (settled, reads) = (state.settled, state.reads);
        let left = self.total.saturating_sub(settled);
        let throttled = left > 0 && bucket.is_some_and(|bucket| bucket.open == 0);
        let changes = throttled != state.pace.is_held();
        let active = state.pace.seen(now, throttled);
        let is_early = state.reported.is_some_and(|at| now.saturating_sub(at) < PROGRESS_INTERVAL);
        if is_early && !is_last && !changes {
            return;
        }
        state.reported = Some(now);
        let sum = |of: fn(&Progress) -> u32| state.groups.iter().flatten().map(of).sum::<u32>();
        let (done, failed, in_flight) = (sum(|it| it.done), sum(|it| it.failed), sum(|it| it.in_flight));
        drop(state);
        let eta = eta(left, settled, reads, active, bucket);
        watch.progress(&Progress { total: self.total, done, failed, in_flight, eta, throttled });
    }
}

/// The run of one group, as [`Groups::apply_plan`] watches it.
struct OneRun<'r, 'a, H, W> {
    groups: &'r Groups<'a, H>,
    place: usize,
    plan: &'r MemberPlan,
    watch: &'r W,
    all: &'r AllRuns,
    host: PhantomData<fn() -> H>,
}

impl<H: Host<Body = Value>, W: WatchMany<H>> Watch<H> for OneRun<'_, '_, H, W> {
    fn progress(&self, progress: &Progress) {
        {
            let mut state = self.all.state.lock();
            let place = state.groups.get_mut(self.place);
            if place.and_then(|place| place.replace(*progress)).is_none() {
                state.reads = state.reads.saturating_sub(self.plan.reads());
            }
        }
        self.all.report(self.groups, self.watch, false);
    }

    fn settled(&self, op: WriteOp, user_id: &str, status: Status, failure: Option<&Failure<H>>) {
        self.watch.settled(&self.plan.group_id, op, user_id, status, failure);
        self.all.state.lock().settled += 1;
        self.all.report(self.groups, self.watch, false);
    }

    fn stops(&self, failure: &Failure<H>, failures: usize) -> bool {
        self.watch.stops(failure, failures)
    }

    fn aborted(&self) -> impl Future<Output = ()> + MaybeSend {
        let all = self.all;
        poll_fn(move |_| match all.is_aborted.load(Ordering::Relaxed) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
    }
}
