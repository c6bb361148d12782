//! Memberships in bulk: reads members, sends what is to be sent and reports. What is decided is decided in
//! [`members`](crate::members).

use std::collections::HashSet;
use std::future::{self, Future};
use std::pin::{Pin, pin};
use std::time::Duration;

use futures_lite::future as lite;
use futures_util::future::{Fuse, FusedFuture, FutureExt};
use futures_util::stream::{FuturesUnordered, StreamExt};
use serde_json::Value;

use super::groups::{Groups, read};
use super::{CallOptions, Failure, Meta, Reply};
use crate::error::{ApiKind, Error};
use crate::filter::Timestamp;
use crate::host::{HeaderMap, Host, Platform};
use crate::members::{
    BasedOn, Bucket, Member, MemberPlan, Next, Op, Outcome, PlanOptions, Progress, RuleManaged, Run,
    RunOptions, Status, Stopped, check_group, check_plan, plan,
};
use crate::model::{Group, User};
use crate::policy::{Priority, parse_http_date};
use crate::request::{
    ArgumentError, AssignUser, GetGroup, GroupId, ListUsers, Operation, UnassignUser, UserId,
};
use crate::sync::MaybeSend;

/// The most that one write takes, whatever other calls may: it may have to wait for windows of the limit.
const WRITE_TIME: Duration = Duration::from_secs(300);
/// How long a run that is stopped lets settle what is under way. Then it gives up what is left of it.
const GRACE: Duration = Duration::from_secs(2);
/// The most that a look at the group takes, to say what the rest of a run is based on.
const LOOK_TIME: Duration = Duration::from_secs(2);
/// Between two looks at the members that were written.
const VERIFY_PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(8));

/// How [`Groups::apply_plan`] runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ApplyOptions {
    /// The order, how many writes at the same time, what stops it, and how long it may take.
    pub run: RunOptions,
    /// What to do when the group's members have changed since the plan was made. Default [`IfStale::Replan`].
    pub if_stale: IfStale,
    /// Reads the members afterwards, until they are as written or so much time has passed: a list may lag behind.
    /// Default: it does not.
    pub verify: Option<Duration>,
}

/// What to do with a plan that is stale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IfStale {
    /// The members are read, and what is done already is left out. Nothing is added to the plan.
    #[default]
    Replan,
    /// It is an error.
    Fail,
    /// It is applied as it is.
    Ignore,
}

/// Watches a run, and may end it. `()` does neither.
pub trait Watch<H: Platform> {
    /// So many members were read.
    fn read(&self, members: usize) {
        let _ = members;
    }

    /// How far the writes are: at most ten times a second, and at the end.
    fn progress(&self, progress: &Progress) {
        let _ = progress;
    }

    /// A write settled, with its failure if it failed.
    fn settled(&self, op: Op, user_id: &str, status: Status, failure: Option<&Failure<H>>) {
        let _ = (op, user_id, status, failure);
    }

    /// Whether that failure stops the run (`failures` counts it, too); besides what [`RunOptions::stops`] says. Default: no.
    fn stops(&self, failure: &Failure<H>, failures: usize) -> bool {
        let _ = (failure, failures);
        false
    }

    /// Resolves when no more writes are to start. What is under way has two seconds to settle then, and the report
    /// says what is left. (Dropping the run ends it there and then, without a report.) Default: never.
    fn aborted(&self) -> impl Future<Output = ()> + MaybeSend {
        future::pending()
    }
}

impl<H: Platform> Watch<H> for () {}

/// A write of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Write {
    /// Which.
    pub op: Op,
    /// Of whom.
    pub user_id: String,
}

/// What a run came to. [`Failure`]s of single writes are in it; they are no failure of the run.
#[derive(Debug)]
#[non_exhaustive]
pub struct BulkReport<H: Platform> {
    /// The plan that was applied, less what was done already.
    pub plan: MemberPlan,
    /// Ids of those who were added.
    pub added: Vec<String>,
    /// Ids of those who were removed.
    pub removed: Vec<String>,
    /// Ids of those with whom nothing was to be done any more.
    pub already_ok: Vec<String>,
    /// Writes that failed after all retries.
    pub failed: Vec<(Write, Failure<H>)>,
    /// Writes that were not begun, or given up: they may have been done, but doing them again does no harm.
    pub not_attempted: Vec<Write>,
    /// Why it stopped before its end, if it did.
    pub stopped: Option<Stopped>,
    /// Ids of those who are not to be seen as written yet, where that was to be verified.
    pub unverified: Option<Vec<String>>,
    /// Requests that were sent, of all attempts.
    pub requests: u32,
    /// How many of them were not the first attempt of a call.
    pub retries: u32,
    /// How long calls waited for their turn, added up.
    pub waited: Duration,
    /// How long it took.
    pub duration: Duration,
    /// What is left, ready for [`Groups::apply_plan`]: what was not attempted, then what failed. `None` if nothing is.
    pub rest: Option<MemberPlan>,
}

impl<H: Platform> BulkReport<H> {
    /// Whether all of the plan was done, and seen where it was to be verified.
    pub fn ok(&self) -> bool {
        self.rest.is_none() && self.unverified.as_ref().is_none_or(Vec::is_empty)
    }
}

impl<'a, H: Host<Body = Value>> Groups<'a, H> {
    /// Who is to be added to a group and removed from it, so that its members are those desired. Nothing is changed.
    /// Reads with *Retrieve a group* and *List all member users*.
    ///
    /// # Errors
    /// Those of [`plan`] and of [`Client::call`](super::Client::call); a group whose members Okta or an app decides.
    pub async fn plan_members(
        &self,
        group: &str,
        desired: &[impl AsRef<str>],
        options: &PlanOptions,
    ) -> Result<MemberPlan, Failure<H>> {
        self.plan_members_keeping(group, desired, options, |_| false).await
    }

    /// The same, where members of whom `keep` says so are not removed.
    ///
    /// # Errors
    /// Those of [`Groups::plan_members`].
    pub async fn plan_members_keeping(
        &self,
        group: &str,
        desired: &[impl AsRef<str>],
        options: &PlanOptions,
        keep: impl Fn(&User) -> bool,
    ) -> Result<MemberPlan, Failure<H>> {
        Work::new(self, &()).plan(&GroupId::new(group)?, desired, options, keep).await
    }

    /// Does what a plan says, with as many *Assign a user to a group* and *Unassign a user from a group*. Where calls wait
    /// for their turn, others go before its writes.
    ///
    /// # Errors
    /// What is wrong with the plan, and what it takes to know whether it is stale. A write that fails is no error:
    /// [`BulkReport::failed`].
    pub async fn apply_plan(
        &self,
        plan: &MemberPlan,
        options: &ApplyOptions,
        watch: &impl Watch<H>,
    ) -> Result<BulkReport<H>, Failure<H>> {
        let mut work = Work::new(self, watch);
        let group = GroupId::new(plan.group_id.as_str())?;
        let (plan, already_ok) = work.current(&group, plan, options.if_stale).await?;
        Ok(work.apply(&group, plan, already_ok, options).await)
    }

    /// [`Groups::plan_members`], then [`Groups::apply_plan`].
    ///
    /// # Errors
    /// Those of [`Groups::plan_members`].
    pub async fn sync_members(
        &self,
        group: &str,
        desired: &[impl AsRef<str>],
        plan: &PlanOptions,
        options: &ApplyOptions,
        watch: &impl Watch<H>,
    ) -> Result<BulkReport<H>, Failure<H>> {
        let group = GroupId::new(group)?;
        let mut work = Work::new(self, watch);
        let plan = work.plan(&group, desired, plan, |_| false).await?;
        Ok(work.apply(&group, plan, Vec::new(), options).await)
    }
}

impl<H: Host<Body = Value>> Groups<'_, H> {
    /// Sends a write, or looks at the group of one that was `refused`.
    async fn one<'p>(
        &self,
        group: &GroupId,
        write: Place<'p>,
        refused: Option<Failure<H>>,
    ) -> Settled<'p, H> {
        let Some(refused) = refused else {
            let options = CallOptions {
                total_timeout: Some(WRITE_TIME),
                priority: Priority::Bulk,
                ..self.options.clone()
            };
            let request = UserId::new(write.id).map(|user| match write.op {
                Op::Add => AssignUser { group: group.clone(), user }.request(),
                Op::Remove => UnassignUser { group: group.clone(), user }.request(),
            });
            let result = match request {
                Ok(request) => self.client.call(&request, &options).await,
                Err(error) => Err(error.into()),
            };
            return Settled { write, sent: Sent::of(&result), failure: result.err(), looked: None };
        };
        let result = self.client.call(&GetGroup { group: group.clone() }.request(), &self.options).await;
        let there = match &result {
            Ok(_) => Some(true),
            Err(Failure { error: Error::Api(fault), .. }) if fault.is_missing() => Some(false),
            Err(_) => None,
        };
        Settled { write, sent: Sent::of(&result), failure: Some(refused), looked: Some(there) }
    }
}

/// One plan, its run, or both.
struct Work<'a, H, W> {
    groups: &'a Groups<'a, H>,
    watch: &'a W,
    began: Duration,
    sent: Sent,
}

/// What calls took.
#[derive(Clone, Copy, Default)]
struct Sent {
    requests: u32,
    retries: u32,
    waited: Duration,
}

impl Sent {
    fn of<H: Platform>(result: &Result<Reply<H>, Failure<H>>) -> Self {
        match result {
            Ok(reply) => Sent::of_meta(&reply.meta),
            Err(failure) => Sent::new(failure.attempts, failure.waited),
        }
    }

    fn of_meta<Headers>(meta: &Meta<Headers>) -> Self {
        Sent::new(meta.attempts, meta.waited)
    }

    fn new(attempts: u32, waited: Duration) -> Self {
        Sent { requests: attempts, retries: attempts.saturating_sub(1), waited }
    }

    fn add(&mut self, more: Sent) {
        self.requests += more.requests;
        self.retries += more.retries;
        self.waited = self.waited.saturating_add(more.waited);
    }
}

impl<'a, H: Host<Body = Value>, W: Watch<H>> Work<'a, H, W> {
    fn new(groups: &'a Groups<'a, H>, watch: &'a W) -> Self {
        Work { groups, watch, began: groups.client.host.now(), sent: Sent::default() }
    }

    async fn plan(
        &mut self,
        group: &GroupId,
        desired: &[impl AsRef<str>],
        options: &PlanOptions,
        keep: impl Fn(&User) -> bool,
    ) -> Result<MemberPlan, Failure<H>> {
        // Before the members are read: who comes or goes meanwhile makes the plan stale.
        let based_on = self.state(group, &self.groups.options).await?;
        let take = |user: User| {
            let rules = user.embedded.as_ref().and_then(|embedded| embedded.get("group-rules"));
            let by_rule = rules.map(|rules| rules.as_array().is_some_and(|rules| !rules.is_empty()));
            (keep(&user), by_rule, user.id)
        };
        let rules = match options.asks_for_rules() {
            true if options.rule_managed == RuleManaged::Skip => Rules::IfKnown,
            true => Rules::Needed,
            false => Rules::Unasked,
        };
        let members = self.read(group, rules, take).await?;
        let members: Vec<Member<'_>> =
            members.iter().map(|(kept, by_rule, id)| Member { id, kept: *kept, by_rule: *by_rule }).collect();
        let desired: Vec<&str> = desired.iter().map(AsRef::as_ref).collect();
        Ok(MemberPlan::new(group.as_str(), based_on, plan(&desired, &members, options)?))
    }

    /// What a plan is based on.
    async fn state(&mut self, group: &GroupId, options: &CallOptions) -> Result<BasedOn, Failure<H>> {
        let result = self.groups.client.call(&GetGroup { group: group.clone() }.request(), options).await;
        self.sent.add(Sent::of(&result));
        let (group, meta) = read::<H, Group>(Operation::GetGroup, result?)?;
        if let Some(kind) = group.group_type.as_ref() {
            check_group(kind.as_str())?;
        }
        let date = meta.headers.get("date").as_deref().and_then(parse_http_date);
        Ok(BasedOn {
            last_membership_updated: group.last_membership_updated.as_ref().cloned(),
            at: date.and_then(|date| Timestamp::from_millis(date).ok()).map(|at| at.to_string()),
        })
    }

    /// All members; one page less, and it is an error.
    async fn read<T>(
        &mut self,
        group: &GroupId,
        rules: Rules,
        mut take: impl FnMut(User) -> T,
    ) -> Result<Vec<T>, Failure<H>> {
        let list = |expand| {
            let group = group.clone();
            self.groups.list_users(&ListUsers { group, search: None, after: None, limit: None, expand })
        };
        let expand = if rules == Rules::Unasked { Vec::new() } else { vec!["group-rules".to_owned()] };
        let mut pages = list(expand)?;
        let mut coming = match pages.next_page().await {
            // An org that does not know the parameter: who is there by a rule is not known then.
            Err(failure) if rules == Rules::IfKnown && is_refusal(&failure) => {
                pages = list(Vec::new())?;
                pages.next_page().await?
            }
            first => first?,
        };
        let mut taken = Vec::new();
        while let Some(page) = coming {
            self.sent.add(pages.meta().map(Sent::of_meta).unwrap_or_default());
            taken.extend(page.into_iter().map(&mut take));
            self.watch.read(taken.len());
            coming = pages.next_page().await?;
        }
        Ok(taken)
    }

    async fn ids(&mut self, group: &GroupId) -> Result<HashSet<String>, Failure<H>> {
        Ok(self.read(group, Rules::Unasked, |user| user.id).await?.into_iter().collect())
    }

    /// A plan as far as it is not done yet, and who that is about.
    async fn current(
        &mut self,
        group: &GroupId,
        plan: &MemberPlan,
        if_stale: IfStale,
    ) -> Result<(MemberPlan, Vec<String>), Failure<H>> {
        if plan.v != MemberPlan::VERSION {
            return Err(ArgumentError::new("plan", "is of another version than 1").into());
        }
        let ids: Vec<&str> = plan.add.iter().chain(&plan.remove).map(String::as_str).collect();
        check_plan(&ids)?;
        if if_stale == IfStale::Ignore {
            return Ok((plan.clone(), Vec::new()));
        }
        let based_on = self.state(group, &self.groups.options).await?;
        if based_on.last_membership_updated == plan.based_on.last_membership_updated {
            return Ok((plan.clone(), Vec::new()));
        }
        if if_stale == IfStale::Fail {
            let reason = "is stale: the group's members have changed since it was made";
            return Err(ArgumentError::new("plan", reason).into());
        }
        let members = self.ids(group).await?;
        let (added, add) = plan.add.iter().cloned().partition(|id| members.contains(id));
        let (remove, removed) = plan.remove.iter().cloned().partition(|id| members.contains(id));
        let already_ok: Vec<String> = [added, removed].concat();
        let unchanged = plan.unchanged + already_ok.len();
        Ok((MemberPlan { based_on, add, remove, unchanged, ..plan.clone() }, already_ok))
    }

    async fn apply(
        &mut self,
        group: &GroupId,
        plan: MemberPlan,
        mut already_ok: Vec<String>,
        options: &ApplyOptions,
    ) -> BulkReport<H> {
        let mut aborted = pin!(self.watch.aborted().fuse());
        let Written { statuses, failed, stopped } =
            self.write(group, &plan, options.run, aborted.as_mut()).await;
        let (mut added, mut removed, mut not_attempted) = (Vec::new(), Vec::new(), Vec::new());
        let writes =
            plan.add.iter().map(|id| (Op::Add, id)).chain(plan.remove.iter().map(|id| (Op::Remove, id)));
        for ((op, id), status) in writes.zip(statuses) {
            match (status, op) {
                (Status::Done, Op::Add) => added.push(id.clone()),
                (Status::Done, Op::Remove) => removed.push(id.clone()),
                (Status::Noop, _) => already_ok.push(id.clone()),
                (Status::Left | Status::Look, _) => not_attempted.push(Write { op, user_id: id.clone() }),
                (Status::Failed, _) => {}
            }
        }
        let unverified = match options.verify {
            Some(time) if !(added.is_empty() && removed.is_empty()) => {
                Some(self.unverified(group, &added, &removed, time, aborted).await)
            }
            _ => None,
        };
        let rest = self.rest(group, &plan, &not_attempted, &failed).await;
        let Sent { requests, retries, waited } = self.sent;
        BulkReport {
            plan,
            added,
            removed,
            already_ok,
            failed,
            not_attempted,
            stopped: stopped.filter(|_| rest.is_some()),
            unverified,
            requests,
            retries,
            waited,
            duration: self.groups.client.host.now().saturating_sub(self.began),
            rest,
        }
    }

    /// Starts what the core says, until nothing is under way.
    async fn write(
        &mut self,
        group: &GroupId,
        plan: &MemberPlan,
        options: RunOptions,
        mut aborted: Pin<&mut impl FusedFuture<Output = ()>>,
    ) -> Written<H> {
        let host = &self.groups.client.host;
        let (adds, removes) = (plan.add.len(), plan.remove.len());
        let began = host.now();
        let mut run = Run::new(adds, removes, options, began);
        let mut statuses = vec![Status::Left; adds + removes];
        let mut failed = Vec::new();
        let mut under_way = FuturesUnordered::new();
        let mut late =
            pin!(options.total_timeout.map_or_else(Fuse::terminated, |time| host.sleep(time).fuse()));
        let mut grace = pin!(Fuse::terminated());
        // A timer may fire a little early. Its time is up all the same.
        let mut not_before = Duration::ZERO;
        if lite::poll_once(aborted.as_mut()).await.is_some() {
            run.stop(Stopped::Aborted);
        }
        loop {
            let over = loop {
                match run.next(host.now().max(not_before)) {
                    Next::Start(op, place) => {
                        let place = place as usize;
                        let (ids, before) = match op {
                            Op::Add => (&plan.add, 0),
                            Op::Remove => (&plan.remove, adds),
                        };
                        let write =
                            Place { at: before + place, op, id: ids.get(place).map_or("", String::as_str) };
                        under_way.push(self.groups.one(group, write, None));
                    }
                    Next::Wait => break false,
                    Next::End => break true,
                }
            };
            self.tell(&mut run, over);
            if over {
                break;
            }
            if run.stopped().is_some() && grace.is_terminated() {
                grace.set(host.sleep(GRACE).fuse());
            }
            let settled = async { Woken::Settled(under_way.next().await) };
            let late = async {
                late.as_mut().await;
                Woken::Late
            };
            let abort = async {
                aborted.as_mut().await;
                Woken::Abort
            };
            let cut = async {
                grace.as_mut().await;
                Woken::Cut
            };
            match lite::or(lite::or(settled, abort), lite::or(late, cut)).await {
                Woken::Settled(None) => {}
                Woken::Late => not_before = began.saturating_add(options.total_timeout.unwrap_or_default()),
                Woken::Abort => run.stop(Stopped::Aborted),
                Woken::Cut => {
                    let requests = u32::try_from(under_way.len()).unwrap_or_default();
                    self.sent.add(Sent { requests, ..Sent::default() });
                    self.tell(&mut run, true);
                    break;
                }
                Woken::Settled(Some(Settled { write, failure, looked, sent })) => {
                    self.sent.add(sent);
                    let status = match (&failure, looked) {
                        (_, Some(there)) => run.looked(write.op, there),
                        (None, _) => run.settled(write.op, Outcome::Done),
                        (Some(failure), _) => {
                            let code = match &failure.error {
                                Error::Api(fault) => fault.body.code.as_deref(),
                                _ => None,
                            };
                            run.settled(write.op, Outcome::of_failure(failure.error.kind(), code))
                        }
                    };
                    if status == Status::Look {
                        under_way.push(self.groups.one(group, write, failure));
                        continue;
                    }
                    if let Some(place) = statuses.get_mut(write.at) {
                        *place = status;
                    }
                    let failure = failure.filter(|_| status == Status::Failed);
                    self.watch.settled(write.op, write.id, status, failure.as_ref());
                    if let Some(failure) = failure {
                        if self.watch.stops(&failure, failed.len() + 1) {
                            run.stop(Stopped::StopOn);
                        }
                        failed.push((
                            write.at,
                            Write { op: write.op, user_id: write.id.to_owned() },
                            failure,
                        ));
                    }
                }
            }
        }
        failed.sort_by_key(|(at, ..)| *at);
        let failed = failed.into_iter().map(|(_, write, failure)| (write, failure)).collect();
        Written { statuses, failed, stopped: run.stopped() }
    }

    fn tell(&self, run: &mut Run, last: bool) {
        let now = self.groups.client.host.now();
        let mut bucket = None;
        self.groups.client.limits.rate_limits(now, &mut |limit| {
            if limit.bucket == Bucket::NAME {
                bucket = Some(limit.into());
            }
        });
        if let Some(progress) = run.progress(now, last, bucket) {
            self.watch.progress(&progress);
        }
    }

    /// Who is not to be seen in the list of members as written, when that is so or the time is up.
    async fn unverified(
        &mut self,
        group: &GroupId,
        added: &[String],
        removed: &[String],
        time: Duration,
        mut aborted: Pin<&mut impl FusedFuture<Output = ()>>,
    ) -> Vec<String> {
        let host = &self.groups.client.host;
        let until = host.now().saturating_add(time);
        let (mut pause, longest) = VERIFY_PAUSES;
        let mut unverified = [added, removed].concat();
        if aborted.is_terminated() {
            return unverified;
        }
        // What could not be read, or not in time, is not verified.
        while let Some(members) = {
            let late = lite::or(host.sleep(until.saturating_sub(host.now())), aborted.as_mut());
            lite::or(async { self.ids(group).await.ok() }, late.map(|()| None)).await
        } {
            let missing = added.iter().filter(|id| !members.contains(*id));
            unverified = missing.chain(removed.iter().filter(|id| members.contains(*id))).cloned().collect();
            if unverified.is_empty() || host.now().saturating_add(pause) > until {
                break;
            }
            lite::or(host.sleep(pause), aborted.as_mut()).await;
            if aborted.is_terminated() {
                break;
            }
            pause = (pause * 2).min(longest);
        }
        unverified
    }

    /// What is left of a plan. The run itself has changed what it was based on.
    async fn rest(
        &mut self,
        group: &GroupId,
        plan: &MemberPlan,
        not_attempted: &[Write],
        failed: &[(Write, Failure<H>)],
    ) -> Option<MemberPlan> {
        let left: Vec<&Write> = not_attempted.iter().chain(failed.iter().map(|(write, _)| write)).collect();
        if left.is_empty() {
            return None;
        }
        let of = |op| left.iter().filter(|write| write.op == op).map(|write| write.user_id.clone()).collect();
        let (add, remove) = (of(Op::Add), of(Op::Remove));
        let options = CallOptions { total_timeout: Some(LOOK_TIME), ..self.groups.options.clone() };
        let based_on = self.state(group, &options).await.unwrap_or_else(|_| plan.based_on.clone());
        Some(MemberPlan { based_on, add, remove, skipped: Vec::new(), warnings: Vec::new(), ..plan.clone() })
    }
}

/// Whether members are read with the group rules that they are there by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rules {
    Unasked,
    IfKnown,
    Needed,
}

/// Whether Okta itself refuses a parameter.
fn is_refusal<H: Platform>(failure: &Failure<H>) -> bool {
    matches!(&failure.error, Error::Api(fault) if fault.kind() == ApiKind::BadRequest && fault.body.code.is_some())
}

/// What was written.
struct Written<H: Platform> {
    /// Of the plan's writes: of those who are added, then of those who are removed.
    statuses: Vec<Status>,
    failed: Vec<(Write, Failure<H>)>,
    stopped: Option<Stopped>,
}

/// What a run was waiting for.
enum Woken<'a, H: Platform> {
    Settled(Option<Settled<'a, H>>),
    Abort,
    Late,
    Cut,
}

/// A write of a plan, and its place among all.
#[derive(Clone, Copy)]
struct Place<'a> {
    at: usize,
    op: Op,
    id: &'a str,
}

/// A write that settled, or the look at the group of one that found nothing.
struct Settled<'a, H: Platform> {
    write: Place<'a>,
    failure: Option<Failure<H>>,
    /// Whether the group is there, if that was asked and is known.
    looked: Option<Option<bool>>,
    sent: Sent,
}
