//! Bulk membership for programs in Rust: the loop that carries out what [`BulkRun`] orders, and its report.
//! It decides nothing.

use std::fmt;
use std::future::{self, Future};
use std::pin::pin;

use futures_lite::future as lite;
use futures_util::future::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};
use serde_json::Value;

use super::drive::Control;
use super::groups::{Groups, List, read};
use super::{CallOptions, Client, Failure, Meta, Reply};
use crate::error::Error;
use crate::host::{HeaderMap, Host, Platform};
use crate::members::{
    BucketState, BulkOptions, BulkRun, End, Fault, GroupNow, IfStale, Input, MaxRemovals, MemberPlan, Naming,
    Output, PlanOptions, Progress, RuleManaged, RunOptions, Status, Stopped, WRITE_TIME, WriteOp, date_text,
};
use crate::model::{Group, GroupRule, RuleStatus, User, UserStatus};
use crate::page::PaginationReason;
use crate::policy::Priority;
use crate::request::{
    ArgumentError, AssignUser, GetGroup, GetUser, GroupId, ListOrgUsers, ListRules, ListUsers, Operation,
    UnassignUser, UserId, UserKey,
};
use crate::sync::MaybeSend;
use crate::time::Duration;

/// How [`Groups::apply_plan`] runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ApplyOptions {
    /// The order of adds and removals, how many writes are in flight, what stops the run, its time limit, and
    /// how many failed adds it tolerates before it withholds the removals.
    pub run: RunOptions,
    /// What to do if the group's members changed since the plan was made. Default [`IfStale::Replan`].
    pub if_stale: IfStale,
    /// Reads the members after the writes, until they are as written or this much time has passed: Okta's
    /// list may lag behind. Default: no such check.
    pub verify: Option<Duration>,
    /// A second limit on removals, in addition to the plan's.
    pub max_removals: Option<MaxRemovals>,
    /// Whether members whom a rule assigned are removed. Of this and the plan's value the stricter applies.
    pub rule_managed: Option<RuleManaged>,
    /// Ids of members who are not removed, in addition to the plan's.
    pub keep: Vec<String>,
}

impl ApplyOptions {
    fn bulk(&self, plan: PlanOptions) -> BulkOptions {
        let ApplyOptions { run, if_stale, verify, max_removals, rule_managed, ref keep } = *self;
        let keep = keep.clone();
        let naming = Naming::default();
        BulkOptions { naming, plan, max_removals, rule_managed, keep, run, if_stale, verify, dry_run: false }
    }
}

/// Observes a run, and may stop it. `()` does neither.
pub trait Watch<H: Platform> {
    /// Is called after each page of members, with the number of members read.
    fn read(&self, members: usize) {
        let _ = members;
    }

    /// Is called with the progress of the writes, at most ten times a second, when the rate limit begins or ends
    /// to hold them back, and once at the end.
    fn progress(&self, progress: &Progress) {
        let _ = progress;
    }

    /// Is called when a write is finished, with its failure if it failed.
    fn settled(&self, op: WriteOp, user_id: &str, status: Status, failure: Option<&Failure<H>>) {
        let _ = (op, user_id, status, failure);
    }

    /// Whether this failure stops the run. `failures` counts all failures so far, this one included.
    /// [`RunOptions::stops`] applies as well. Default: no.
    fn stops(&self, failure: &Failure<H>, failures: usize) -> bool {
        let _ = (failure, failures);
        false
    }

    /// The run starts no more writes when this future is ready. Writes that wait for the rate limit or for a
    /// retry end at once; writes that were sent get two seconds to finish. The report lists what is left.
    /// (Dropping the run's future ends it at once, without a report.) Default: never ready.
    fn aborted(&self) -> impl Future<Output = ()> + MaybeSend {
        future::pending()
    }
}

impl<H: Platform> Watch<H> for () {}

/// A write of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Write {
    /// Add or remove.
    pub op: WriteOp,
    /// The id of the user.
    pub user_id: String,
}

/// The result of a run, with the [`Failure`]s of single writes.
#[derive(Debug)]
#[non_exhaustive]
pub struct BulkReport<H: Platform> {
    /// The plan that was applied, without the changes that the org already had.
    pub plan: MemberPlan,
    /// Ids of the users who were added.
    pub added: Vec<String>,
    /// Ids of the users who were removed.
    pub removed: Vec<String>,
    /// Ids of the users for whom the org already was as planned.
    pub already_ok: Vec<String>,
    /// Writes that failed after all retries.
    pub failed: Vec<(Write, Failure<H>)>,
    /// Writes that were not started, or given up. A write that was given up may have run; repeating it does
    /// no harm.
    pub not_attempted: Vec<Write>,
    /// Ids of the users who were not removed because too many adds failed: [`RunOptions::max_failed_adds`].
    pub withheld: Vec<String>,
    /// Why the run stopped early, if it did.
    pub stopped: Option<Stopped>,
    /// Ids of the users whose change Okta's list does not show yet; `None` without [`ApplyOptions::verify`].
    pub unverified: Option<Vec<String>>,
    /// How many requests were sent, all attempts counted.
    pub requests: u32,
    /// How many of them were retries.
    pub retries: u32,
    /// How long all calls together waited for the gate and for pauses between attempts.
    pub waited: Duration,
    /// How long the run took.
    pub duration: Duration,
    /// The plan of what is left, for [`Groups::apply_plan`]: writes that were not attempted, then writes that
    /// failed. `None` if nothing is left.
    pub rest: Option<MemberPlan>,
}

impl<H: Platform> BulkReport<H> {
    /// Whether the whole plan was applied and verified (if that was asked for), and no member stayed because
    /// the org does not say whether a rule assigned them
    /// ([`SkipReason::RuleUnknown`](crate::members::SkipReason::RuleUnknown)). Always true for a report that
    /// is returned as `Ok`.
    pub fn ok(&self) -> bool {
        self.rest.is_none() && self.unverified.as_ref().is_none_or(Vec::is_empty) && self.plan.unknown() == 0
    }
}

/// Why a run is incomplete. It is an error, so that `?` does not accept half of a run; the report says what
/// was done.
#[non_exhaustive]
pub enum BulkError<H: Platform> {
    /// An argument is wrong, or the group or its members could not be read. There is no report.
    Failed(Failure<H>),
    /// The run was aborted before there was a plan.
    Aborted,
    /// The run was aborted, stopped or cut short, writes failed, or members stayed who may have to leave.
    Incomplete(Box<BulkReport<H>>),
}

impl<H: Platform> BulkError<H> {
    /// The report of an incomplete run.
    pub fn report(&self) -> Option<&BulkReport<H>> {
        match self {
            BulkError::Incomplete(report) => Some(report),
            _ => None,
        }
    }
}

impl<H: Platform> From<Failure<H>> for BulkError<H> {
    fn from(failure: Failure<H>) -> Self {
        BulkError::Failed(failure)
    }
}

impl<H: Platform> From<ArgumentError> for BulkError<H> {
    fn from(error: ArgumentError) -> Self {
        BulkError::Failed(error.into())
    }
}

/// Leaves out the report, which is as long as the group: a program whose `main` returns the error prints it
/// by `{:?}`.
impl<H: Platform> fmt::Debug for BulkError<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BulkError::Failed(failure) => fmt::Debug::fmt(failure, f),
            _ => write!(f, "BulkError({self})"),
        }
    }
}

impl<H: Platform> fmt::Display for BulkError<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = match self {
            BulkError::Failed(failure) => return fmt::Display::fmt(failure, f),
            BulkError::Aborted => return f.write_str("the call was aborted"),
            BulkError::Incomplete(report) => report,
        };
        let stopped = report.stopped.map_or("", Stopped::as_str);
        let stopped = if report.withheld.is_empty() { stopped } else { "withheld: too many adds failed" };
        let not_attempted = [" not attempted (", stopped, ")"].concat();
        let unverified = report.unverified.as_ref().map_or(0, Vec::len);
        let mut separator = "";
        for (count, what) in [
            (report.failed.len(), " failed"),
            (report.not_attempted.len(), &not_attempted),
            (unverified, " not visible yet"),
        ] {
            if count > 0 {
                let writes = if count == 1 { "write" } else { "writes" };
                write!(f, "{separator}{count} {writes}{what}")?;
                separator = ", ";
            }
        }
        for text in report.plan.warnings.iter().filter(|_| report.plan.unknown() > 0) {
            write!(f, "{separator}{text}")?;
            separator = ", ";
        }
        if let Some((_, failure)) = report.failed.first() {
            write!(f, "{separator}{failure}")?;
        }
        Ok(())
    }
}

impl<H: Platform> std::error::Error for BulkError<H> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            BulkError::Failed(failure) => std::error::Error::source(failure),
            _ => None,
        }
    }
}

impl<'a, H: Host<Body = Value>> Groups<'a, H> {
    /// Plans which users to add to a group and which to remove, so that its members are exactly `desired`
    /// (user ids). Changes nothing. Reads *Retrieve a group* and *List all member users*.
    ///
    /// # Errors
    /// Those of [`plan`](crate::members::plan) and of [`Client::call`](super::Client::call); a group whose
    /// members only Okta or an app changes; a list of members that repeats itself endlessly.
    pub async fn plan_members(
        &self,
        group: &str,
        desired: &[impl AsRef<str>],
        options: &PlanOptions,
    ) -> Result<MemberPlan, Failure<H>> {
        self.plan_members_by(&Naming::default(), group, desired, options, |_| false).await
    }

    /// The same for users named by login or by another attribute. Members for whom `keep` returns true are
    /// not removed; the plan carries their ids. The client looks names up by *List all users* with a
    /// `search`, many in one request, and a login that the search index does not have yet by *Retrieve a
    /// user*. [`MemberPlan::unresolved`] has the names that do not match exactly one active user.
    ///
    /// # Errors
    /// Those of [`Groups::plan_members`]; those of the lookups.
    pub async fn plan_members_by(
        &self,
        naming: &Naming,
        group: &str,
        desired: &[impl AsRef<str>],
        options: &PlanOptions,
        keep: impl Fn(&User) -> bool,
    ) -> Result<MemberPlan, Failure<H>> {
        let mut driver = RunDriver::new(self, &());
        let naming = naming.clone();
        let options = BulkOptions { naming, plan: *options, ..BulkOptions::default() };
        let mut run = driver.planning(group, desired, options, false);
        match driver.carry_out(&mut run, keep).await {
            Ok(_) => Ok(run.the_plan().clone()),
            Err(BulkError::Failed(failure)) => Err(failure),
            // Nothing can abort a plan: it is not watched.
            Err(_) => Err(ArgumentError::new("plan", "was aborted").into()),
        }
    }

    /// Applies a plan: sends one *Assign a user to a group* or *Unassign a user from a group* for each
    /// change. The gate admits other calls before these writes. Before the first removal the run reads the
    /// group and its members: members whom the plan keeps or a rule assigned stay, and removals beyond the
    /// limits are refused.
    ///
    /// # Errors
    /// [`BulkError::Failed`] if the plan is not valid or of another org, or if the group or its members
    /// cannot be read; [`BulkError::Incomplete`] if the report is not [`BulkReport::ok`].
    pub async fn apply_plan(
        &self,
        plan: &MemberPlan,
        options: &ApplyOptions,
        watch: &impl Watch<H>,
    ) -> Result<BulkReport<H>, BulkError<H>> {
        let mut driver = RunDriver::new(self, watch);
        let options = options.bulk(PlanOptions::default());
        let mut run = BulkRun::applying(driver.org(), plan.clone(), options, driver.began);
        let failed = driver.carry_out(&mut run, |_| false).await?;
        driver.report(run, failed)
    }

    /// [`Groups::plan_members`], then [`Groups::apply_plan`].
    ///
    /// # Errors
    /// Those of [`Groups::plan_members`] as [`BulkError::Failed`]; those of [`Groups::apply_plan`];
    /// [`BulkError::Aborted`] if the run was aborted before there was a plan.
    pub async fn sync_members(
        &self,
        group: &str,
        desired: &[impl AsRef<str>],
        plan: &PlanOptions,
        options: &ApplyOptions,
        watch: &impl Watch<H>,
    ) -> Result<BulkReport<H>, BulkError<H>> {
        self.sync_members_by(&Naming::default(), group, desired, plan, options, watch).await
    }

    /// The same for users named by login or by another attribute. Nothing is written if a name does not match
    /// exactly one active user, unless [`IfUnresolved::Skip`](crate::members::IfUnresolved::Skip) is set.
    ///
    /// # Errors
    /// Those of [`Groups::plan_members_by`] and [`Groups::sync_members`].
    pub async fn sync_members_by(
        &self,
        naming: &Naming,
        group: &str,
        desired: &[impl AsRef<str>],
        plan: &PlanOptions,
        options: &ApplyOptions,
        watch: &impl Watch<H>,
    ) -> Result<BulkReport<H>, BulkError<H>> {
        let mut driver = RunDriver::new(self, watch);
        let options = BulkOptions { naming: naming.clone(), ..options.bulk(*plan) };
        let mut run = driver.planning(group, desired, options, true);
        let failed = driver.carry_out(&mut run, |_| false).await?;
        driver.report(run, failed)
    }
}

/// An order of the machine, with what it needs.
enum Order<'a, H: Host> {
    Group { within: Option<Duration> },
    Page(Lists, Box<List<'a, H, User>>),
    Rules(Box<List<'a, H, GroupRule>>),
    User { name: String },
    Write { at: usize, op: WriteOp, id: String },
    Look { at: usize },
}

/// What a list of users is read for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lists {
    Members,
    Found,
}

/// A list that is being read.
enum Open<'a, H: Host> {
    Users(Lists, Box<List<'a, H, User>>),
    Rules(Box<List<'a, H, GroupRule>>),
}

/// The result of an order.
enum Ended<'a, H: Host> {
    Group(Result<Reply<H>, Failure<H>>),
    Page(Lists, Box<List<'a, H, User>>, Result<Option<Vec<User>>, Failure<H>>),
    Rules(Box<List<'a, H, GroupRule>>, Result<Option<Vec<GroupRule>>, Failure<H>>),
    User(Result<Reply<H>, Failure<H>>),
    Wrote(usize, Result<Reply<H>, Failure<H>>),
    Looked(usize, Result<Reply<H>, Failure<H>>),
}

impl<'a, H: Host<Body = Value>> Groups<'a, H> {
    /// Carries out an order.
    async fn order(&self, group: &str, order: Order<'a, H>, controls: &Controls) -> Ended<'a, H> {
        let Controls { reads, writes } = controls;
        let options = CallOptions { total_timeout: Some(WRITE_TIME), ..self.options.clone() };
        match order {
            Order::Group { within } => {
                let total_timeout = within.or(self.options.total_timeout);
                let options = CallOptions { total_timeout, ..self.options.clone() };
                Ended::Group(self.read_group(group, &options, reads).await)
            }
            Order::Look { at } => Ended::Looked(at, self.read_group(group, &options, writes).await),
            Order::Page(lists, mut list) => {
                let page = list.next_page_of(Some(reads)).await;
                Ended::Page(lists, list, page)
            }
            Order::Rules(mut list) => {
                let page = list.next_page_of(Some(reads)).await;
                Ended::Rules(list, page)
            }
            Order::User { name } => Ended::User(match UserKey::new(name) {
                Ok(user) => {
                    let request = GetUser { user }.request();
                    self.client.call_of(&request, &self.options, Some(reads)).await
                }
                Err(error) => Err(error.into()),
            }),
            Order::Write { at, op, id } => {
                let options = CallOptions { priority: Priority::Bulk, ..options };
                let request = || {
                    let (group, user) = (GroupId::new(group)?, UserId::new(id)?);
                    Ok(match op {
                        WriteOp::Add => AssignUser { group, user }.request(),
                        WriteOp::Remove => UnassignUser { group, user }.request(),
                    })
                };
                let result: Result<_, ArgumentError> = request();
                Ended::Wrote(
                    at,
                    match result {
                        Ok(request) => self.client.call_of(&request, &options, Some(writes)).await,
                        Err(error) => Err(error.into()),
                    },
                )
            }
        }
    }

    async fn read_group(
        &self,
        group: &str,
        options: &CallOptions,
        control: &Control,
    ) -> Result<Reply<H>, Failure<H>> {
        let group = GroupId::new(group)?;
        self.client.call_of(&GetGroup { group }.request(), options, Some(control)).await
    }
}

/// The controls of a run's calls: a run that is stopped halts the writes and the reads after a 404, and reads on.
#[derive(Default)]
struct Controls {
    reads: Control,
    writes: Control,
}

impl Controls {
    fn begun(&self) -> u32 {
        self.reads.begun() + self.writes.begun()
    }
}

/// Runs one [`BulkRun`].
pub(super) struct RunDriver<'a, 'g, H, W> {
    groups: &'g Groups<'a, H>,
    watch: &'g W,
    began: Duration,
    costs: CallCosts,
}

/// The requests, retries and waits of calls.
#[derive(Clone, Copy, Default)]
struct CallCosts {
    requests: u32,
    retries: u32,
    waited: Duration,
}

impl CallCosts {
    fn of<H: Platform>(result: &Result<Reply<H>, Failure<H>>) -> Self {
        match result {
            Ok(reply) => CallCosts::of_meta(&reply.meta),
            Err(failure) => CallCosts::new(failure.attempts, failure.waited),
        }
    }

    fn of_meta<Headers>(meta: &Meta<Headers>) -> Self {
        CallCosts::new(meta.attempts, meta.waited)
    }

    fn new(attempts: u32, waited: Duration) -> Self {
        CallCosts { requests: attempts, retries: attempts.saturating_sub(1), waited }
    }

    fn add(&mut self, more: CallCosts) {
        self.requests += more.requests;
        self.retries += more.retries;
        self.waited = self.waited.saturating_add(more.waited);
    }
}

impl<'a, 'g, H: Host<Body = Value>, W: Watch<H>> RunDriver<'a, 'g, H, W> {
    pub(super) fn new(groups: &'g Groups<'a, H>, watch: &'g W) -> Self {
        RunDriver { groups, watch, began: groups.client.host.now(), costs: CallCosts::default() }
    }

    fn org(&self) -> &'g str {
        self.groups.client.settings().org.as_str()
    }

    pub(super) fn planning(
        &self,
        group: &str,
        desired: &[impl AsRef<str>],
        options: BulkOptions,
        runs: bool,
    ) -> BulkRun {
        let desired = desired.iter().map(|id| id.as_ref().to_owned()).collect();
        BulkRun::planning(self.org(), group, desired, options, runs, self.began)
    }

    /// Carries out the machine's orders until it is done. Returns the failures of single writes, by their
    /// places in the plan.
    pub(super) async fn carry_out(
        &mut self,
        run: &mut BulkRun,
        keep: impl Fn(&User) -> bool,
    ) -> Result<Vec<(usize, Failure<H>)>, BulkError<H>> {
        let groups = self.groups;
        let host = &groups.client.host;
        let group = run.the_plan().group_id.clone();
        let mut aborted = pin!(self.watch.aborted().fuse());
        let controls = Controls::default();
        // Boxed, so that `Output::Halt` can move them.
        let start = |order| Box::pin(groups.order(&group, order, &controls));
        let mut under_way = FuturesUnordered::new();
        let mut list = None;
        let mut failed: Vec<(usize, Failure<H>)> = Vec::new();
        // The failure of the last read or write, and those of writes whose group is being read.
        let mut failure = None;
        let mut refused: Vec<(usize, Failure<H>)> = Vec::new();
        let mut writing = false;
        // A timer that fires slightly early counts as on time.
        let mut now = host.now();
        let mut output = match lite::poll_once(aborted.as_mut()).await {
            Some(()) => run.step(Input::Abort, now),
            None => run.step(Input::Next, now),
        };
        loop {
            let is_writing =
                matches!(output, Output::Write(_) | Output::Look(_) | Output::Settled(..) | Output::Halt);
            if writing && !is_writing {
                writing = matches!(output, Output::Wait(_));
                self.report_progress(run, !writing);
            }
            let mut input = Input::Next;
            match output {
                Output::Group { within } => under_way.push(start(Order::Group { within })),
                Output::Members { rules } => {
                    let expand = if rules { vec!["group-rules".to_owned()] } else { Vec::new() };
                    let group = GroupId::new(group.as_str())?;
                    let request = ListUsers { group, search: None, after: None, limit: None, expand };
                    let order = Order::Page(Lists::Members, Box::new(groups.list_users(&request)?));
                    under_way.push(start(order));
                }
                Output::Users => {
                    let search = Some(run.search().to_owned());
                    let request = ListOrgUsers { search, ..ListOrgUsers::default() };
                    let users = groups.client.users().with(groups.options.clone());
                    let order = Order::Page(Lists::Found, Box::new(users.list(&request)?));
                    under_way.push(start(order));
                }
                Output::User(place) => {
                    let name = run.name(place).to_owned();
                    under_way.push(start(Order::User { name }));
                }
                Output::Rules => {
                    let rules = groups.client.rules().with(groups.options.clone());
                    let order = Order::Rules(Box::new(rules.list(&ListRules::default())?));
                    under_way.push(start(order));
                }
                Output::Page => match list.take() {
                    Some(Open::Users(lists, list)) => {
                        under_way.push(start(Order::Page(lists, list)));
                    }
                    Some(Open::Rules(list)) => {
                        under_way.push(start(Order::Rules(list)));
                    }
                    None => {}
                },
                Output::Planned => writing = true,
                Output::Write(at) => {
                    let (op, id) = (run.op(at), run.id(at).to_owned());
                    under_way.push(start(Order::Write { at, op, id }));
                }
                Output::Look(at) => {
                    refused.extend(failure.take().map(|failure| (at, failure)));
                    under_way.push(start(Order::Look { at }));
                }
                Output::Settled(at, status) => {
                    let looked = refused.iter().position(|(place, _)| *place == at);
                    let failure = looked.map(|it| refused.swap_remove(it).1).or(failure.take());
                    let failure = failure.filter(|_| status == Status::Failed);
                    if status != Status::Left {
                        self.watch.settled(run.op(at), run.id(at), status, failure.as_ref());
                    }
                    if let Some(failure) = failure {
                        if self.watch.stops(&failure, failed.len() + 1) {
                            run.stop();
                        }
                        failed.push((at, failure));
                    }
                }
                Output::Halt => {
                    controls.writes.halt();
                    // Put in anew, so that each is polled and notices.
                    under_way = under_way.into_iter().collect();
                }
                Output::GiveUp => {
                    // Counts the attempts that were sent, not the calls that only waited for the gate.
                    let requests = controls.begun().saturating_sub(self.costs.requests);
                    let calls = u32::try_from(under_way.len()).unwrap_or_default();
                    let retries = requests.saturating_sub(calls);
                    self.costs.add(CallCosts { requests, retries, ..CallCosts::default() });
                    under_way = FuturesUnordered::new();
                }
                Output::Done(End::Plan | End::Report) => break,
                Output::Done(End::Aborted) => return Err(BulkError::Aborted),
                Output::Done(End::Refused) => return Err(run.refusal().into()),
                Output::Done(End::Loop) => {
                    return Err(Failure::from(Error::Pagination(PaginationReason::Loop)).into());
                }
                Output::Done(End::Failed) => {
                    let unknown = || ArgumentError::new("groupId", "could not be read").into();
                    return Err(failure.take().unwrap_or_else(unknown).into());
                }
                Output::Wait(time) => {
                    let settled = async {
                        match under_way.next().await {
                            Some(ended) => Woken::Ended(ended),
                            None => future::pending().await,
                        }
                    };
                    let abort = async {
                        aborted.as_mut().await;
                        Woken::Abort
                    };
                    let late = async {
                        match time {
                            Some(time) => host.sleep(time).await,
                            None => future::pending().await,
                        }
                        Woken::Late
                    };
                    let woken = lite::or(lite::or(settled, abort), late).await;
                    let until = time.map_or(now, |time| now.saturating_add(time));
                    now = host.now();
                    match woken {
                        Woken::Late => now = now.max(until),
                        Woken::Abort => input = Input::Abort,
                        Woken::Ended(ended) => {
                            failure = None;
                            output = self.feed(run, ended, &keep, &mut list, &mut failure, now);
                            continue;
                        }
                    }
                }
            }
            output = run.step(input, now);
        }
        failed.sort_by_key(|(at, _)| *at);
        Ok(failed)
    }

    fn report_progress(&self, run: &mut BulkRun, last: bool) {
        let now = self.groups.client.host.now();
        let bucket = bucket_of_writes(self.groups.client, now);
        if let Some(progress) = run.progress(now, last, bucket) {
            self.watch.progress(&progress);
        }
    }

    /// Feeds the result of an order to the machine.
    fn feed(
        &mut self,
        run: &mut BulkRun,
        ended: Ended<'a, H>,
        keep: impl Fn(&User) -> bool,
        list: &mut Option<Open<'a, H>>,
        failure: &mut Option<Failure<H>>,
        now: Duration,
    ) -> Output {
        match ended {
            Ended::Group(result) => {
                self.costs.add(CallCosts::of(&result));
                match result.and_then(|reply| read::<H, Group>(Operation::GetGroup, reply)) {
                    Ok((group, meta)) => {
                        let at = meta.headers.get("date").and_then(|date| date_text(&date));
                        let now_is = GroupNow {
                            kind: group.group_type.as_ref().map(|kind| kind.as_str()),
                            updated: group.last_membership_updated.as_ref().map(String::as_str),
                            at: at.as_deref(),
                        };
                        run.step(Input::Group(now_is), now)
                    }
                    Err(failed) => {
                        let output = run.step(Input::Unread(fault(&failed)), now);
                        *failure = Some(failed);
                        output
                    }
                }
            }
            Ended::Page(lists, pages, Ok(page)) => {
                self.costs.add(pages.meta().map(CallCosts::of_meta).unwrap_or_default());
                for user in page.into_iter().flatten() {
                    if lists == Lists::Members {
                        run.member(&user.id, keep(&user), rules_of(&user).as_deref());
                    }
                    feed_user(&user, run);
                }
                if lists == Lists::Members {
                    self.watch.read(run.members_read());
                }
                let is_last = pages.is_done();
                *list = Some(Open::Users(lists, pages));
                run.step(Input::Page(is_last), now)
            }
            Ended::Rules(pages, Ok(page)) => {
                self.costs.add(pages.meta().map(CallCosts::of_meta).unwrap_or_default());
                for rule in page.into_iter().flatten() {
                    let is_active = rule.status.as_ref() == Some(&RuleStatus::Active);
                    let actions =
                        rule.actions.as_ref().and_then(|actions| actions.assign_user_to_groups.as_ref());
                    let groups = actions.and_then(|targets| targets.group_ids.as_ref()).into_iter().flatten();
                    run.rule(is_active, groups.map(String::as_str));
                }
                let is_last = pages.is_done();
                *list = Some(Open::Rules(pages));
                run.step(Input::Page(is_last), now)
            }
            Ended::User(result) => {
                self.costs.add(CallCosts::of(&result));
                match result.and_then(|reply| read::<H, User>(Operation::GetUser, reply)) {
                    Ok((user, _)) => {
                        feed_user(&user, run);
                        run.step(Input::User(None), now)
                    }
                    Err(failed) => {
                        let output = run.step(Input::User(Some(fault(&failed))), now);
                        *failure = Some(failed);
                        output
                    }
                }
            }
            Ended::Page(_, _, Err(failed)) | Ended::Rules(_, Err(failed)) => {
                self.costs.add(CallCosts::new(failed.attempts, failed.waited));
                let output = run.step(Input::Unread(fault(&failed)), now);
                *failure = Some(failed);
                output
            }
            Ended::Wrote(at, result) => {
                self.costs.add(CallCosts::of(&result));
                *failure = result.err();
                run.step(Input::Wrote(at, failure.as_ref().map(fault)), now)
            }
            Ended::Looked(at, result) => {
                self.costs.add(CallCosts::of(&result));
                run.step(Input::Looked(at, result.as_ref().err().map(fault)), now)
            }
        }
    }

    fn report(&self, run: BulkRun, failed: Vec<(usize, Failure<H>)>) -> Result<BulkReport<H>, BulkError<H>> {
        let write = |at| Write { op: run.op(at), user_id: run.id(at).to_owned() };
        let of = |status, op| {
            let places = run.places(status).into_iter().filter(|at| run.op(*at) == op);
            places.map(|at| run.id(at).to_owned()).collect::<Vec<_>>()
        };
        let noops = run.places(Status::Noop).into_iter().map(|at| run.id(at).to_owned());
        let CallCosts { requests, retries, waited } = self.costs;
        let report = BulkReport {
            added: of(Status::Done, WriteOp::Add),
            removed: of(Status::Done, WriteOp::Remove),
            already_ok: run.already_ok().iter().cloned().chain(noops).collect(),
            failed: failed.into_iter().map(|(at, failure)| (write(at), failure)).collect(),
            not_attempted: run.places(Status::Left).into_iter().map(write).collect(),
            withheld: if run.withheld() { of(Status::Left, WriteOp::Remove) } else { Vec::new() },
            stopped: run.stopped(),
            unverified: run
                .unverified()
                .map(|places| places.iter().map(|at| run.id(*at).to_owned()).collect()),
            requests,
            retries,
            waited,
            duration: self.groups.client.host.now().saturating_sub(self.began),
            rest: run.rest(),
            plan: run.the_plan().clone(),
        };
        if report.ok() { Ok(report) } else { Err(BulkError::Incomplete(Box::new(report))) }
    }
}

/// The rate-limit bucket of the writes, if it is known.
pub(super) fn bucket_of_writes<H: Platform>(client: &Client<H>, now: Duration) -> Option<BucketState> {
    let mut bucket = None;
    client.limits().rate_limits(now, &mut |limit| {
        if limit.bucket == BucketState::NAME {
            bucket = Some(limit.into());
        }
    });
    bucket
}

/// The ids of the rules that assigned a member, separated by blanks; `None` if the org does not say.
fn rules_of(user: &User) -> Option<String> {
    // Anything but an array counts as unknown.
    let rules = user.embedded.as_ref()?.get("group-rules")?.as_array()?;
    let ids: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap_or("?")).collect();
    Some(ids.join(" "))
}

/// Feeds a user to the machine, by the attribute that names the members.
fn feed_user(user: &User, run: &mut BulkRun) {
    let profile = match run.attribute() {
        "" => return,
        attribute => user
            .profile
            .as_ref()
            .and_then(|profile| serde_json::to_value(profile).ok()?.get_mut(attribute).map(Value::take)),
    };
    let is_active = user.status.as_ref() != Some(&UserStatus::Deprovisioned);
    let values = match profile {
        Some(Value::Array(values)) => values,
        value => Vec::from_iter(value),
    };
    for value in values {
        match value {
            Value::String(text) => run.user(&user.id, &text, is_active),
            Value::Number(_) | Value::Bool(_) => run.user(&user.id, &value.to_string(), is_active),
            _ => {}
        }
    }
}

fn fault<H: Platform>(failure: &Failure<H>) -> Fault<'_> {
    let (code, status) = match &failure.error {
        Error::Api(fault) => (fault.body.code.as_deref(), fault.status),
        Error::Response(fault) => (None, fault.status),
        _ => (None, 0),
    };
    Fault { kind: failure.error.kind(), code, status }
}

/// What ended a wait.
enum Woken<'a, H: Host> {
    Ended(Ended<'a, H>),
    Abort,
    Late,
}
