//! [`BulkRun`], one state machine for planning and running: it decides what is read, when a plan is stale,
//! which write goes next, when a run is cut short, how long the members are verified, and what the rest of
//! the run is. It has no clock and sends nothing.

use super::fault::Fault;
use super::ids::{self, IdSet, Seen};
use super::names::{Look, Names};
use super::plan::{narrow, texts};
use super::run::WriteOutcome;
use super::{
    AddsSoFar, BasedOn, By, IfUnresolved, MaxRemovals, Member, MemberPlan, Mode, Naming, NextAction,
    PlanOptions, Progress, RuleManaged, Run, RunOptions, SkipReason, Status, Stopped, WriteOp, check_group,
    check_plan, plan,
};
use crate::filter::Timestamp;
use crate::policy::parse_http_date;
use crate::request::{ArgumentError, GroupId};
use crate::time::Duration;

/// The total timeout of one write or read of the group, whatever the client's is: it may have to wait for
/// several rate-limit windows.
pub const WRITE_TIME: Duration = Duration::from_secs(300);
/// A stopped run waits this long for the answers to writes that were sent, then gives them up.
const GRACE: Duration = Duration::from_secs(2);
/// The longest that the last read of the group may take. It says what the rest of a run is based on.
const LOOK_TIME: Duration = Duration::from_secs(2);
/// The first and the longest pause between two reads of the members to verify the writes.
const VERIFY_PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(8));
/// This many pages in a row without a new member mean that the list is endless. Members who come and go while
/// the list is read appear again, but not on page after page.
const KNOWN_PAGES: u32 = 8;

/// What to do with a stale plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IfStale {
    /// Reads the members and drops the writes that are done already. Adds nothing to the plan.
    #[default]
    Replan,
    /// Refuses the plan.
    Fail,
    /// Applies the plan as it is. A plan with removals is still compared with the members.
    Ignore,
}

/// How to plan and how to run.
#[derive(Clone, Debug, Default)]
pub struct BulkOptions {
    /// How the desired members are named. Default: by user id.
    pub naming: Naming,
    /// How to plan.
    pub plan: PlanOptions,
    /// A limit on removals in addition to the plan's.
    pub max_removals: Option<MaxRemovals>,
    /// Of this and the plan's value the stricter applies.
    pub rule_managed: Option<RuleManaged>,
    /// Ids of members who stay, in addition to the plan's.
    pub keep: Vec<String>,
    /// How to run.
    pub run: RunOptions,
    /// What to do with a stale plan.
    pub if_stale: IfStale,
    /// Reads the members after the writes, until they are as written or this much time has passed. Default:
    /// no such check.
    pub verify: Option<Duration>,
    /// Whether the run sends no writes.
    pub dry_run: bool,
}

impl BulkOptions {
    fn check(&self) -> Result<(), ArgumentError> {
        let ratios = [self.plan.max_removals, self.max_removals];
        if ratios.iter().flatten().any(|max| !(0.0..=1.0).contains(&max.ratio)) {
            return Err(ArgumentError::new("ratio", "must be a number from 0 to 1"));
        }
        self.run.check()
    }
}

/// A group's answer, as far as a run uses it.
#[derive(Clone, Copy, Debug, Default)]
pub struct GroupNow<'a> {
    /// Its `type`.
    pub kind: Option<&'a str>,
    /// Its `lastMembershipUpdated`.
    pub updated: Option<&'a str>,
    /// The time of the answer's `Date` header as `yyyy-MM-ddTHH:mm:ss.SSSZ`: [`date_text`].
    pub at: Option<&'a str>,
}

/// What happened since the last step.
#[derive(Debug)]
pub enum Input<'a> {
    /// Nothing but time: the last order was started, reported or waited for.
    Next,
    /// The group was read.
    Group(GroupNow<'a>),
    /// A page was read: [`BulkRun::member`], [`BulkRun::user`] or [`BulkRun::rule`] took its items. `true`
    /// for the last page.
    Page(bool),
    /// The group or a page could not be read.
    Unread(Fault<'a>),
    /// A single user was read: [`BulkRun::user`] took it. With a fault, the read failed.
    User(Option<Fault<'a>>),
    /// The write at that place settled.
    Wrote(usize, Option<Fault<'a>>),
    /// The group was read because of the write at that place.
    Looked(usize, Option<Fault<'a>>),
    /// The caller aborts the run.
    Abort,
}

/// What to do next. [`Input::Next`] follows each order but [`Output::Done`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// Start to read the group; [`Input::Group`] follows later.
    Group {
        /// The total timeout of the read; `None` for the client's own. A read that would have to wait longer for
        /// the rate limit fails at once.
        within: Option<Duration>,
    },
    /// Start to read the list of members; [`Input::Page`] follows.
    Members {
        /// Whether to read it with `expand=group-rules`.
        rules: bool,
    },
    /// Start to read the users that [`BulkRun::search`] finds; [`Input::Page`] follows.
    Users,
    /// Start to read the user whose login is [`BulkRun::name`] of that place; [`Input::User`] follows.
    User(usize),
    /// Start to read the list of group rules; [`Input::Page`] follows.
    Rules,
    /// Start to read the list's next page; [`Input::Page`] follows.
    Page,
    /// Report that the plan is made: [`BulkRun::the_plan`].
    Planned,
    /// Start the write at that place in [`MemberPlan::add`] followed by [`MemberPlan::remove`];
    /// [`Input::Wrote`] follows.
    Write(usize),
    /// Start to read the group, to find out what the 404 to the write at that place means; [`Input::Looked`]
    /// follows.
    Look(usize),
    /// Report the final status of the write at that place.
    Settled(usize, Status),
    /// The run is stopped: abort each write, and each read because of a write, that waits for the rate limit or
    /// for a retry. Requests that were sent go on. The results of both are fed as ever.
    Halt,
    /// Drop all requests in flight: their results must not be fed any more.
    GiveUp,
    /// Wait for the next input, at most for this time.
    Wait(Option<Duration>),
    /// The machine is done.
    Done(End),
}

/// How the machine ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The plan is made, and no run was wanted.
    Plan,
    /// The run ended; the methods of [`BulkRun`] report on it.
    Report,
    /// The last read failed, and there is no plan.
    Failed,
    /// The list of members repeats itself endlessly.
    Loop,
    /// The run was aborted before there was a plan.
    Aborted,
    /// An argument is wrong: [`BulkRun::refusal`].
    Refused,
}

/// The state of the machine. Each names the step that the next [`Input::Next`] takes.
#[derive(Clone, Copy, Debug)]
enum Phase {
    Start,
    Group,
    Reading {
        rules: bool,
    },
    /// The names are looked up.
    Naming,
    /// The rules are read, since the org did not say of each member whether a rule assigned it.
    Rules,
    /// The run was aborted before a stored plan was compared with the members.
    Unread,
    Planned,
    Writing,
    Written,
    Verifying,
    Pausing {
        until: Duration,
    },
    Verified,
    Last {
        until: Duration,
    },
    Over(End),
}

/// A member of the list that is read.
#[derive(Clone, Debug)]
struct Row {
    id: String,
    kept: bool,
    /// See [`Member::rules`].
    rules: Option<String>,
}

/// A plan in the making, its run, or both.
#[derive(Debug)]
pub struct BulkRun {
    options: BulkOptions,
    phase: Phase,
    /// Whether the plan is run after it is made.
    runs: bool,
    /// The desired ids of a plan in the making.
    desired: Option<Vec<String>>,
    /// The desired names, until all are looked up.
    names: Option<Names>,
    /// Whether an active rule assigns users to the group; `None` until the rules are read.
    is_ruled: Option<bool>,
    plan: MemberPlan,
    org: String,
    rows: Vec<Row>,
    seen: Seen,
    /// How many pages in a row had no new member, and whether the current page has one. (The client counts
    /// empty pages.)
    known_pages: u32,
    has_new: Option<bool>,
    first_page: bool,
    based_on: BasedOn,
    already_ok: Vec<String>,
    so_far: AddsSoFar,
    run: Run,
    aborted: bool,
    statuses: Vec<Status>,
    grace: Option<Duration>,
    verify_until: Duration,
    pause: Duration,
    unverified: Option<Vec<usize>>,
    refusal: Option<ArgumentError>,
}

impl BulkRun {
    /// Makes a plan that gives the group of `org` (the org's name, an origin) the members `desired`. If
    /// `runs`, it applies the plan, too.
    pub fn planning(
        org: &str,
        group: &str,
        desired: Vec<String>,
        options: BulkOptions,
        runs: bool,
        now: Duration,
    ) -> Self {
        let mut plan = MemberPlan::new(org, group);
        let own = options.plan.cap(desired.len());
        plan.max_removals = options.max_removals.map_or(own, |other| own.and(other));
        plan.rule_managed =
            options.plan.rule_managed.max(options.rule_managed.unwrap_or(RuleManaged::Include));
        plan.keep.clone_from(&options.keep);
        Self::new(org, plan, Some(desired), options, runs, now)
    }

    /// Applies a stored plan to `org`.
    pub fn applying(org: &str, plan: MemberPlan, options: BulkOptions, now: Duration) -> Self {
        Self::new(org, plan, None, options, true, now)
    }

    fn new(
        org: &str,
        plan: MemberPlan,
        desired: Option<Vec<String>>,
        options: BulkOptions,
        runs: bool,
        now: Duration,
    ) -> Self {
        let by = &options.naming.by;
        let names = desired.as_ref().filter(|_| *by != By::Id).map(|values| Names::new(by.clone(), values));
        let (adds, removes) = (plan.add.len(), plan.remove.len());
        let planned = u32::try_from(adds).unwrap_or(u32::MAX);
        let so_far = plan.adds.unwrap_or(AddsSoFar { planned, done: 0 });
        BulkRun {
            phase: Phase::Start,
            runs,
            desired,
            names,
            is_ruled: None,
            org: org.to_owned(),
            rows: Vec::new(),
            seen: Seen::default(),
            known_pages: 0,
            has_new: None,
            first_page: true,
            based_on: BasedOn::default(),
            already_ok: Vec::new(),
            so_far,
            run: Run::going_on(so_far, adds, removes, options.run, now),
            aborted: false,
            statuses: Vec::new(),
            grace: None,
            verify_until: Duration::ZERO,
            pause: VERIFY_PAUSES.0,
            unverified: None,
            refusal: None,
            plan,
            options,
        }
    }

    /// Takes what happened and returns what to do next.
    pub fn step(&mut self, input: Input<'_>, now: Duration) -> Output {
        match (self.phase, input) {
            (_, Input::Abort) => self.abort(now),
            (Phase::Start, _) => match self.check() {
                Ok(()) => self.begin(now),
                Err(error) => self.refuse(error),
            },
            (Phase::Group, Input::Group(group)) => match self.group(&group, now) {
                Ok(output) => output,
                Err(error) => self.refuse(error),
            },
            (Phase::Group, Input::Unread(_)) => self.end(End::Failed),
            (Phase::Reading { rules }, Input::Unread(fault)) => {
                // The org does not know `expand=group-rules`: it stays unknown which members a rule assigned.
                let may_do_without = rules && self.rule_managed() == RuleManaged::Skip;
                match may_do_without && self.first_page && fault.is_refusal() {
                    true => self.read(false),
                    false => self.end(End::Failed),
                }
            }
            (Phase::Reading { .. }, Input::Page(false)) => match self.goes_on() {
                true => Output::Page,
                false => self.end(End::Loop),
            },
            (Phase::Reading { .. }, Input::Page(true)) => self.complete(now),
            (Phase::Naming | Phase::Rules, Input::Page(false)) => Output::Page,
            (Phase::Naming, Input::Page(true)) => {
                self.names.iter_mut().for_each(Names::searched);
                self.complete(now)
            }
            (Phase::Naming, Input::Unread(fault)) => {
                let goes_on = self.names.as_mut().is_some_and(|names| names.refused(&fault));
                self.complete_if(goes_on, now)
            }
            (Phase::Naming, Input::User(fault)) => {
                let goes_on = self.names.as_mut().is_some_and(|names| names.asked(fault.as_ref()));
                self.complete_if(goes_on, now)
            }
            (Phase::Naming, _) => self.complete(now),
            (Phase::Rules, Input::Page(true)) => {
                if self.is_ruled == Some(false) {
                    for row in &mut self.rows {
                        row.rules.get_or_insert_default();
                    }
                }
                self.complete(now)
            }
            // It stays unknown which members a rule assigned.
            (Phase::Rules, Input::Unread(_)) => self.complete(now),
            (Phase::Unread, _) => {
                self.phase = Phase::Over(End::Report);
                Output::Planned
            }
            (Phase::Planned, _) => match self.plan.check_resolved() {
                Err(error) if self.runs => self.refuse(error),
                _ => self.write_or_end(now),
            },
            (Phase::Writing, Input::Wrote(at, fault)) => {
                let outcome = fault
                    .map_or(WriteOutcome::Done, |fault| WriteOutcome::of_failure(fault.kind, fault.code));
                match self.run.settled(self.op(at), outcome) {
                    Status::Look => Output::Look(at),
                    status => self.settled(at, status),
                }
            }
            (Phase::Writing, Input::Looked(at, fault)) => {
                let op = self.op(at);
                let status = match fault {
                    // The run was stopped before the group was read, so the write is left for the next run.
                    Some(fault) if fault.kind == "aborted" => self.run.settled(op, WriteOutcome::Aborted),
                    fault => {
                        self.run.looked(op, fault.map_or(Some(true), |it| it.is_missing().then_some(false)))
                    }
                };
                self.settled(at, status)
            }
            (Phase::Writing, _) => self.write(now),
            (Phase::Written, _) => self.written(now),
            (Phase::Verifying, Input::Page(true)) => self.verified(now),
            (Phase::Verifying, Input::Page(false)) => match self.goes_on() {
                true => Output::Page,
                false => self.last(now),
            },
            // Writes that cannot be read back stay unverified.
            (Phase::Verifying, Input::Unread(_)) | (Phase::Verified, _) => self.last(now),
            (Phase::Verifying, _) if now >= self.verify_until => self.give_up(Phase::Verified),
            (Phase::Verifying, _) => Output::Wait(Some(self.verify_until - now)),
            (Phase::Pausing { until }, _) if now < until => Output::Wait(Some(until - now)),
            (Phase::Pausing { .. }, _) => self.verify(),
            (Phase::Last { .. }, Input::Group(group)) => {
                if check_group(group.kind.unwrap_or_default()).is_ok() {
                    self.based_on = based_on(&group);
                }
                self.end(End::Report)
            }
            (Phase::Last { .. }, Input::Unread(_)) => self.end(End::Report),
            (Phase::Last { until }, _) if now >= until => self.give_up(Phase::Over(End::Report)),
            (Phase::Last { until }, _) => Output::Wait(Some(until - now)),
            (Phase::Group | Phase::Reading { .. } | Phase::Rules, _) => Output::Wait(None),
            (Phase::Over(_), _) => self.over(),
        }
    }

    /// Takes a member of the current page; `rules` as in [`Member::rules`].
    pub fn member(&mut self, id: &str, kept: bool, rules: Option<&str>) {
        let is_new = self.seen.insert(id);
        self.has_new = Some(is_new || self.has_new == Some(true));
        self.rows.push(Row { id: id.to_owned(), kept, rules: rules.map(str::to_owned) });
    }

    /// Takes a user: a member, or the result of a lookup. `value` is that of [`BulkRun::attribute`].
    pub fn user(&mut self, id: &str, value: &str, is_active: bool) {
        if let Some(names) = &mut self.names {
            match self.phase {
                Phase::Naming => names.found_user(id, value, is_active),
                _ => names.member(id, value, is_active),
            }
        }
    }

    /// Takes a rule of the current page, with the ids of the groups that it assigns users to.
    pub fn rule<'a>(&mut self, is_active: bool, mut groups: impl Iterator<Item = &'a str>) {
        let is_target = is_active && groups.any(|id| id == self.plan.group_id);
        self.is_ruled = Some(is_target || self.is_ruled == Some(true));
    }

    /// The profile attribute that names the members; empty for the id.
    pub fn attribute(&self) -> &str {
        self.options.naming.by.attribute()
    }

    /// The expression of the current user search.
    pub fn search(&self) -> &str {
        self.names.as_ref().map_or("", Names::search)
    }

    /// The login of the user that is read alone.
    pub fn name(&self, place: usize) -> &str {
        self.names.as_ref().map_or("", |names| names.name(place))
    }

    /// How many members of the current list were read.
    pub fn members_read(&self) -> usize {
        self.rows.len()
    }

    fn check(&self) -> Result<(), ArgumentError> {
        self.options.check()?;
        let plan = &self.plan;
        GroupId::new(plan.group_id.as_str())?;
        if let Some(desired) = &self.desired {
            let BulkOptions { naming, plan, .. } = &self.options;
            if naming.if_unresolved == IfUnresolved::Skip && plan.mode == Mode::Remove {
                return Err(ArgumentError::new(
                    "unresolved",
                    "cannot be skip with mode remove: skip only adds",
                ));
            }
            if self.names.is_some() {
                let empty = desired.iter().position(String::is_empty);
                return empty.map_or(Ok(()), |at| Err(ids::at("desired", at, "is empty")));
            }
            return ids::check("desired", &texts(desired));
        }
        if plan.v != MemberPlan::VERSION {
            return Err(ArgumentError::new("plan", "must have version 1"));
        }
        if plan.org != self.org {
            return Err(ArgumentError::new("plan", ["belongs to the org ", &plan.org].concat()));
        }
        let ids: Vec<&str> = plan.add.iter().chain(&plan.remove).map(String::as_str).collect();
        check_plan(&ids)?;
        plan.check_resolved()
    }

    fn begin(&mut self, now: Duration) -> Output {
        if self.desired.is_none() {
            self.based_on = self.plan.based_on.clone();
            if self.options.if_stale == IfStale::Ignore && self.plan.remove.is_empty() {
                return self.announce_plan(now);
            }
        }
        self.phase = Phase::Group;
        Output::Group { within: None }
    }

    fn group(&mut self, group: &GroupNow<'_>, now: Duration) -> Result<Output, ArgumentError> {
        check_group(group.kind.unwrap_or_default())?;
        let (before, read) = (&self.plan.based_on, based_on(group));
        if self.desired.is_none() {
            let is_stale = before.last_membership_updated != read.last_membership_updated;
            if is_stale && self.options.if_stale == IfStale::Fail {
                let reason = "is stale: the group's members have changed since it was made";
                return Err(ArgumentError::new("plan", reason));
            }
            // No user is removed by a stored plan alone: it may be old or edited.
            if !is_stale && self.plan.remove.is_empty() {
                return Ok(self.announce_plan(now));
            }
        }
        // Taken before the members are read, so that a change meanwhile makes the plan stale.
        self.based_on = read;
        let asks = PlanOptions { rule_managed: self.rule_managed(), ..self.options.plan };
        Ok(self.read(asks.asks_for_rules() && (self.desired.is_some() || !self.plan.remove.is_empty())))
    }

    fn rule_managed(&self) -> RuleManaged {
        self.plan.rule_managed.max(self.options.rule_managed.unwrap_or(RuleManaged::Include))
    }

    fn read(&mut self, rules: bool) -> Output {
        self.phase = Phase::Reading { rules };
        self.forget();
        Output::Members { rules }
    }

    fn forget(&mut self) {
        self.rows = Vec::new();
        self.seen = Seen::default();
        (self.known_pages, self.has_new, self.first_page) = (0, None, true);
    }

    /// Whether the list may continue after this page.
    fn goes_on(&mut self) -> bool {
        self.first_page = false;
        self.known_pages = match self.has_new.take() {
            Some(true) => 0,
            Some(false) => self.known_pages + 1,
            None => self.known_pages,
        };
        self.known_pages < KNOWN_PAGES
    }

    fn complete_if(&mut self, goes_on: bool, now: Duration) -> Output {
        if goes_on { self.complete(now) } else { self.end(End::Failed) }
    }

    /// Orders the lookups that are left, one after another, then makes the plan.
    fn complete(&mut self, now: Duration) -> Output {
        if let Some(names) = &mut self.names {
            self.phase = Phase::Naming;
            match names.next() {
                Look::Search => return Output::Users,
                Look::One(place) => return Output::User(place),
                Look::Wait => return Output::Wait(None),
                Look::End => {}
            }
        }
        if let Some(names) = self.names.take() {
            let (ids, unresolved) = names.resolved();
            self.desired = Some(ids);
            self.plan.unresolved = unresolved;
            self.plan.skips_unresolved = self.options.naming.if_unresolved == IfUnresolved::Skip;
        }
        if self.is_ruled.is_none() && self.wants_rules() {
            self.is_ruled = Some(false);
            self.phase = Phase::Rules;
            return Output::Rules;
        }
        match self.planned() {
            Ok(()) => self.announce_plan(now),
            Err(error) => self.refuse(error),
        }
    }

    /// The plan's mode. With unresolved names it only adds, since a member to remove may be the unresolved
    /// user.
    fn mode(&self) -> Mode {
        match self.plan.skips_unresolved || !self.plan.unresolved.is_empty() {
            true => Mode::Add,
            false => self.options.plan.mode,
        }
    }

    /// Whether the plan would remove a member of whom the org does not say whether a rule assigned it.
    fn wants_rules(&self) -> bool {
        let planning = self.desired.as_ref();
        let is_free = planning.is_some() && self.mode() == Mode::Add;
        let mut unknown = self.rows.iter().filter(|row| row.rules.is_none() && !row.kept).peekable();
        if is_free || self.rule_managed() == RuleManaged::Include || unknown.peek().is_none() {
            return false;
        }
        let ids = texts(planning.unwrap_or(&self.plan.remove));
        let ids = IdSet::new(&ids);
        unknown.any(|row| ids.has(&row.id) != planning.is_some())
    }

    /// Makes the plan, or narrows the stored plan, by the members that were read.
    fn planned(&mut self) -> Result<(), ArgumentError> {
        let (rule_managed, mode) = (self.rule_managed(), self.mode());
        let keep = texts(&self.options.keep);
        let keep = IdSet::new(&keep);
        let mut members = Vec::with_capacity(self.rows.len());
        for Row { id, kept, rules } in &self.rows {
            members.push(Member { id, kept: *kept || keep.has(id), rules: rules.as_deref() });
        }
        let stored = &mut self.plan;
        if let Some(desired) = self.desired.take() {
            let max_removals = Some(stored.max_removals);
            let options = PlanOptions { mode, rule_managed, max_removals, ..self.options.plan };
            let changes = plan(&texts(&desired), &members, &options)?;
            stored.change(changes);
            stored.rule_managed = rule_managed;
            let kept = members.iter().filter(|member| member.kept && !keep.has(member.id));
            stored.keep.extend(kept.map(|member| member.id.to_owned()));
        } else {
            let own = stored.max_removals;
            let max = self.options.max_removals.map_or(own, |other| own.and(other));
            let adds = stored.add.len();
            self.already_ok = narrow(stored, &members, rule_managed, max)?;
            let done = u32::try_from(adds - stored.add.len()).unwrap_or(u32::MAX);
            self.so_far.done = self.so_far.done.saturating_add(done);
        }
        stored.based_on.clone_from(&self.based_on);
        Ok(())
    }

    fn announce_plan(&mut self, now: Duration) -> Output {
        self.forget();
        let (adds, removes) = (self.plan.add.len(), self.plan.remove.len());
        self.run = Run::going_on(self.so_far, adds, removes, self.options.run, now);
        self.phase = Phase::Planned;
        Output::Planned
    }

    fn write_or_end(&mut self, now: Duration) -> Output {
        let (adds, removes) = (self.plan.add.len(), self.plan.remove.len());
        let left = if self.options.dry_run { Status::Noop } else { Status::Left };
        self.statuses = vec![left; adds + removes];
        match (self.runs, self.options.dry_run) {
            (false, _) => self.end(End::Plan),
            (true, true) => self.end(End::Report),
            (true, false) => {
                if self.aborted {
                    self.run.stop(Stopped::Aborted);
                }
                self.phase = Phase::Writing;
                self.write(now)
            }
        }
    }

    fn write(&mut self, now: Duration) -> Output {
        let next = self.run.next(now);
        if next == NextAction::Wait && self.run.stopped().is_some() && self.grace.is_none() {
            self.grace = Some(now.saturating_add(GRACE));
            return Output::Halt;
        }
        match next {
            NextAction::Start(WriteOp::Add, place) => Output::Write(place as usize),
            NextAction::Start(WriteOp::Remove, place) => Output::Write(self.plan.add.len() + place as usize),
            NextAction::End => self.written(now),
            NextAction::Wait => {
                let until = self.grace.or(self.run.until());
                match until.map(|until| until.saturating_sub(now)) {
                    Some(Duration::ZERO) => {
                        self.run.give_up();
                        self.give_up(Phase::Written)
                    }
                    left => Output::Wait(left),
                }
            }
        }
    }

    fn settled(&mut self, at: usize, status: Status) -> Output {
        if let Some(place) = self.statuses.get_mut(at) {
            *place = status;
        }
        Output::Settled(at, status)
    }

    fn written(&mut self, now: Duration) -> Output {
        let done = self.places(Status::Done);
        match self.options.verify {
            Some(time) if !done.is_empty() => {
                self.unverified = Some(done);
                if self.aborted {
                    return self.last(now);
                }
                self.verify_until = now.saturating_add(time);
                self.verify()
            }
            _ => self.last(now),
        }
    }

    fn verify(&mut self) -> Output {
        self.phase = Phase::Verifying;
        self.forget();
        Output::Members { rules: false }
    }

    /// The members were read again.
    fn verified(&mut self, now: Duration) -> Output {
        let ids: Vec<&str> = self.rows.iter().map(|row| row.id.as_str()).collect();
        let members = IdSet::new(&ids);
        let is_missing = |at: &usize| members.has(self.id(*at)) != (self.op(*at) == WriteOp::Add);
        let unverified: Vec<usize> = self.places(Status::Done).into_iter().filter(is_missing).collect();
        let over = unverified.is_empty();
        self.unverified = Some(unverified);
        self.forget();
        let until = now.saturating_add(self.pause);
        if over || until > self.verify_until {
            return self.last(now);
        }
        self.phase = Phase::Pausing { until };
        let pause = self.pause;
        self.pause = (pause * 2).min(VERIFY_PAUSES.1);
        Output::Wait(Some(pause))
    }

    /// Reads the group once more if writes are left, since the run itself changed the state that the rest is
    /// based on. A run that wrote nothing leaves a stale plan stale.
    fn last(&mut self, now: Duration) -> Output {
        self.forget();
        if !self.has_rest() || !self.run.has_begun() {
            return self.end(End::Report);
        }
        self.phase = Phase::Last { until: now.saturating_add(LOOK_TIME) };
        Output::Group { within: Some(LOOK_TIME) }
    }

    fn abort(&mut self, now: Duration) -> Output {
        self.aborted = true;
        match self.phase {
            Phase::Start | Phase::Group | Phase::Reading { .. } | Phase::Naming | Phase::Rules
                if self.desired.is_none() =>
            {
                if matches!(self.phase, Phase::Start)
                    && let Err(error) = self.check()
                {
                    return self.refuse(error);
                }
                // Nothing was started: the whole plan is left as it is.
                self.based_on = self.plan.based_on.clone();
                self.run.stop(Stopped::Aborted);
                self.statuses = vec![Status::Left; self.plan.add.len() + self.plan.remove.len()];
                self.give_up(Phase::Unread)
            }
            Phase::Start | Phase::Group | Phase::Reading { .. } | Phase::Naming | Phase::Rules => {
                self.give_up(Phase::Over(End::Aborted))
            }
            Phase::Writing => {
                self.run.stop(Stopped::Aborted);
                self.write(now)
            }
            Phase::Verifying | Phase::Pausing { .. } => self.give_up(Phase::Verified),
            _ => self.step(Input::Next, now),
        }
    }

    fn give_up(&mut self, then: Phase) -> Output {
        self.phase = then;
        Output::GiveUp
    }

    fn end(&mut self, end: End) -> Output {
        self.phase = Phase::Over(end);
        self.over()
    }

    fn over(&self) -> Output {
        match self.phase {
            Phase::Over(end) => Output::Done(end),
            _ => Output::Wait(None),
        }
    }

    fn refuse(&mut self, error: ArgumentError) -> Output {
        self.refusal = Some(error);
        self.end(End::Refused)
    }

    /// The wrong argument, after [`End::Refused`].
    pub fn refusal(&mut self) -> ArgumentError {
        self.refusal.take().unwrap_or_else(|| ArgumentError::new("plan", "was refused"))
    }

    /// Stops the run for a reason of the caller's: no write starts any more.
    pub fn stop(&mut self) {
        self.run.stop(Stopped::StopOn);
    }

    /// The kind of the write at a place.
    pub fn op(&self, at: usize) -> WriteOp {
        if at < self.plan.add.len() { WriteOp::Add } else { WriteOp::Remove }
    }

    /// The user id of the write at a place.
    pub fn id(&self, at: usize) -> &str {
        let id = self.plan.add.get(at).or_else(|| self.plan.remove.get(at - self.plan.add.len()));
        id.map_or("", String::as_str)
    }

    /// The plan, once it is made.
    pub fn the_plan(&self) -> &MemberPlan {
        &self.plan
    }

    /// Ids of a stored plan that needed no write any more.
    pub fn already_ok(&self) -> &[String] {
        &self.already_ok
    }

    /// The places of the writes with a status.
    pub fn places(&self, status: Status) -> Vec<usize> {
        (0..self.statuses.len()).filter(|at| self.statuses.get(*at) == Some(&status)).collect()
    }

    /// Whether a write is left to do.
    fn has_rest(&self) -> bool {
        self.statuses.iter().any(|status| matches!(status, Status::Left | Status::Failed))
    }

    /// Why the run stopped early, if it did.
    pub fn stopped(&self) -> Option<Stopped> {
        self.run.stopped().filter(|_| self.has_rest())
    }

    /// Whether removals were withheld, because too many adds failed.
    pub fn withheld(&self) -> bool {
        self.run.withheld()
    }

    /// The places of the writes that the list of members does not show; `None` if they are not verified.
    pub fn unverified(&self) -> Option<&[usize]> {
        self.unverified.as_deref()
    }

    /// Whether every write is done, and verified if that was asked for.
    pub fn ok(&self) -> bool {
        !self.has_rest()
            && self.unverified.as_ref().is_none_or(Vec::is_empty)
            // Else members who may have to leave would look like a success.
            && self.plan.unknown() == 0
    }

    /// The state of the group that the rest of the run is based on.
    pub fn rest_based_on(&self) -> &BasedOn {
        &self.based_on
    }

    /// How many adds are done, of all that the first plan had.
    pub fn adds_so_far(&self) -> AddsSoFar {
        self.run.so_far()
    }

    /// The plan of what is left: writes that were not attempted, then writes that failed. `None` if nothing
    /// is left.
    pub fn rest(&self) -> Option<MemberPlan> {
        if !self.has_rest() {
            return None;
        }
        let mut rest = MemberPlan {
            based_on: self.based_on.clone(),
            add: Vec::new(),
            remove: Vec::new(),
            warnings: Vec::new(),
            adds: Some(self.adds_so_far()),
            ..self.plan.clone()
        };
        // These members are still not removed, and still of unknown origin.
        rest.skipped.retain(|skipped| skipped.reason == SkipReason::RuleUnknown);
        for at in self.places(Status::Left).into_iter().chain(self.places(Status::Failed)) {
            let side = if self.op(at) == WriteOp::Add { &mut rest.add } else { &mut rest.remove };
            side.push(self.id(at).to_owned());
        }
        Some(rest)
    }

    /// The progress of the writes: [`Run::progress`].
    pub fn progress(
        &mut self,
        now: Duration,
        last: bool,
        bucket: Option<super::BucketState>,
    ) -> Option<Progress> {
        self.run.progress(now, last, bucket)
    }
}

fn based_on(group: &GroupNow<'_>) -> BasedOn {
    let [last_membership_updated, at] = [group.updated, group.at].map(|text| text.map(str::to_owned));
    BasedOn { last_membership_updated, at }
}

/// The time of a `Date` header in the form of [`BasedOn::at`]; `None` if it is not a date. JavaScript formats
/// it without the core, which is smaller; both run the same stories as tests.
pub fn date_text(header: &str) -> Option<String> {
    parse_http_date(header).and_then(|at| Timestamp::from_millis(at).ok()).map(Timestamp::to_text)
}

#[cfg(test)]
mod tests;
