//! One machine for a plan, a run, or both: what is read, when a plan is stale, which write goes next, when a run is cut
//! short, how long it looks for what it wrote, and what the rest of it is. It has no clock and sends nothing.

use std::time::Duration;

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

/// The most that one write or look takes, whatever the client's calls may: it may have to wait for windows of the limit.
pub const WRITE_TIME: Duration = Duration::from_secs(300);
/// A run that is stopped gives what is under way so long to settle, then gives it up.
const GRACE: Duration = Duration::from_secs(2);
/// The most that the last look at the group takes, which says what the rest of a run is based on.
const LOOK_TIME: Duration = Duration::from_secs(2);
/// Between two looks at the members that were written: the first pause, and the longest.
const VERIFY_PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(8));
/// So many pages in a row without a single new member are a list that never ends. Members who come and go while the list
/// is read show up again, but not page after page.
const KNOWN_PAGES: u32 = 8;

/// What to do with a plan that is stale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IfStale {
    /// Reads the members and leaves out what is done already. Adds nothing to the plan.
    #[default]
    Replan,
    /// Fails.
    Fail,
    /// Applies the plan as it is. A plan with removals is compared with the members all the same.
    Ignore,
}

/// How to plan and to run.
#[derive(Clone, Debug, Default)]
pub struct BulkOptions {
    /// How the desired members are named.
    pub naming: Naming,
    /// How to plan.
    pub plan: PlanOptions,
    /// Besides the limits of the plan.
    pub max_removals: Option<MaxRemovals>,
    /// Besides that of the plan: the stricter one holds.
    pub rule_managed: Option<RuleManaged>,
    /// Ids of members who stay, besides those of the plan.
    pub keep: Vec<String>,
    /// How to run.
    pub run: RunOptions,
    /// What becomes of a plan that is stale.
    pub if_stale: IfStale,
    /// Reads the members afterwards, until they are as written or so much time has passed.
    pub verify: Option<Duration>,
    /// Whether no write is sent.
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

/// A group, as it was read.
#[derive(Clone, Copy, Debug, Default)]
pub struct GroupNow<'a> {
    /// Its `type`.
    pub kind: Option<&'a str>,
    /// Its `lastMembershipUpdated`.
    pub updated: Option<&'a str>,
    /// The time in the `Date` header of the answer, `yyyy-MM-ddTHH:mm:ss.SSSZ`: [`date_text`].
    pub at: Option<&'a str>,
}

/// What has happened.
#[derive(Debug)]
pub enum Input<'a> {
    /// Nothing but time: an order was begun, told of, or waited for.
    Next,
    /// The group was read.
    Group(GroupNow<'a>),
    /// A page was read, whose members [`BulkRun::member`] was told, users [`BulkRun::user`], or rules [`BulkRun::rule`];
    /// `true` if it was the last.
    Page(bool),
    /// The group, or the page, could not be read.
    Unread(Fault<'a>),
    /// A user was asked for alone. [`BulkRun::user`] was told unless it could not be read.
    User(Option<Fault<'a>>),
    /// The write of that place settled.
    Wrote(usize, Option<Fault<'a>>),
    /// The group of the write of that place was read.
    Looked(usize, Option<Fault<'a>>),
    /// The caller wants no more.
    Abort,
}

/// What to do now. [`Input::Next`] follows each but [`Output::Done`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// Begin to read the group; [`Input::Group`] follows later.
    Group,
    /// Begin to read the list of members from its start, with `expand=group-rules` or without; [`Input::Page`] follows.
    Members {
        /// Whether with it.
        rules: bool,
    },
    /// Begin to read the list of users that [`BulkRun::search`] finds; [`Input::Page`] follows.
    Users,
    /// Begin to read the user whose login is [`BulkRun::name`] of that place; [`Input::User`] follows.
    User(usize),
    /// Begin to read the list of group rules; [`Input::Page`] follows.
    Rules,
    /// Begin to read the next page of the list.
    Page,
    /// Tell that there is a plan: [`BulkRun::the_plan`].
    Planned,
    /// Begin the write of that place among [`MemberPlan::add`] and then [`MemberPlan::remove`]; [`Input::Wrote`] follows.
    Write(usize),
    /// Begin to read the group, to find out what the 404 to the write of that place means; [`Input::Looked`] follows.
    Look(usize),
    /// Tell what the write of that place came to.
    Settled(usize, Status),
    /// Give up all that is under way: no input of it is to follow.
    GiveUp,
    /// Wait until something happens, for so long at most.
    Wait(Option<Duration>),
    /// The end.
    Done(End),
}

/// What it came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// A plan, and no more was wanted.
    Plan,
    /// A run, which the methods of [`BulkRun`] report on.
    Report,
    /// The read that was told of last failed, and there is no plan.
    Failed,
    /// The list of members repeats itself for ever.
    Loop,
    /// It was aborted before there was a plan.
    Aborted,
    /// [`BulkRun::refusal`] says what an argument is wrong with.
    Refused,
}

/// Where it is. Each names the next thing that is done on [`Input::Next`].
#[derive(Clone, Copy, Debug)]
enum Phase {
    Start,
    Group,
    Reading {
        rules: bool,
    },
    /// Names are looked up.
    Naming,
    /// The rules are read, since the org did not say of each member whether a rule put it there.
    Rules,
    /// A stored plan that was not compared with the members, since the run was aborted.
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

/// A member, as it was read.
#[derive(Clone, Debug)]
struct Row {
    id: String,
    kept: bool,
    /// As [`Member::rules`].
    rules: Option<String>,
}

/// A plan in the making, its run, or both.
#[derive(Debug)]
pub struct BulkRun {
    options: BulkOptions,
    phase: Phase,
    /// Whether the plan is to be run.
    runs: bool,
    /// Of a plan that is to be made.
    desired: Option<Vec<String>>,
    /// The same, of members that are named otherwise than by ids, until each is found.
    names: Option<Names>,
    /// Whether an active rule puts people into the group, once the rules were read.
    is_ruled: Option<bool>,
    plan: MemberPlan,
    org: String,
    rows: Vec<Row>,
    seen: Seen,
    /// Pages in a row without anybody new, and whether this one has somebody new. (Empty ones the client counts.)
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
    /// Makes a plan for a group of `org` (its name, an origin) to have the members `desired`; runs it, too, if `runs`.
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

    /// Runs a stored plan at `org`.
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

    /// Takes what has happened, and gives what to do.
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
                // An org that does not know the parameter: which members are there by a rule is not known then.
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
            // Whether a rule put them there is still not known then.
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
                let there = match fault {
                    None => Some(true),
                    Some(fault) => fault.is_missing().then_some(false),
                };
                let status = self.run.looked(self.op(at), there);
                self.settled(at, status)
            }
            (Phase::Writing, _) => self.write(now),
            (Phase::Written, _) => self.written(now),
            (Phase::Verifying, Input::Page(true)) => self.verified(now),
            (Phase::Verifying, Input::Page(false)) => match self.goes_on() {
                true => Output::Page,
                false => self.last(now),
            },
            // What cannot be read is not verified.
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

    /// A member of the page that is being told of; `rules` as [`Member::rules`].
    pub fn member(&mut self, id: &str, kept: bool, rules: Option<&str>) {
        let is_new = self.seen.insert(id);
        self.has_new = Some(is_new || self.has_new == Some(true));
        self.rows.push(Row { id: id.to_owned(), kept, rules: rules.map(str::to_owned) });
    }

    /// A user: a member, or one who was looked up. `value` is that of the attribute by which members are named.
    pub fn user(&mut self, id: &str, value: &str, is_active: bool) {
        if let Some(names) = &mut self.names {
            match self.phase {
                Phase::Naming => names.bearer(id, value, is_active),
                _ => names.member(id, value, is_active),
            }
        }
    }

    /// A rule of the page that is being told of, with the ids of the groups that it puts people into.
    pub fn rule<'a>(&mut self, is_active: bool, mut groups: impl Iterator<Item = &'a str>) {
        let is_target = is_active && groups.any(|id| id == self.plan.group_id);
        self.is_ruled = Some(is_target || self.is_ruled == Some(true));
    }

    /// The attribute of profiles by which members are named; empty where that is the id.
    pub fn attribute(&self) -> &str {
        self.options.naming.by.attribute()
    }

    /// The expression that users are searched for by.
    pub fn search(&self) -> &str {
        self.names.as_ref().map_or("", Names::search)
    }

    /// The login of the user that is asked for alone.
    pub fn name(&self, place: usize) -> &str {
        self.names.as_ref().map_or("", |names| names.name(place))
    }

    /// How many members were read, in the list that is being read.
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
                    "cannot be skip where mode is remove: it only adds",
                ));
            }
            if self.names.is_some() {
                let empty = desired.iter().position(String::is_empty);
                return empty.map_or(Ok(()), |at| Err(ids::at("desired", at, "is empty")));
            }
            return ids::check("desired", &texts(desired));
        }
        if plan.v != MemberPlan::VERSION {
            return Err(ArgumentError::new("plan", "is of another version than 1"));
        }
        if plan.org != self.org {
            return Err(ArgumentError::new("plan", ["is of the org ", &plan.org].concat()));
        }
        let ids: Vec<&str> = plan.add.iter().chain(&plan.remove).map(String::as_str).collect();
        check_plan(&ids)?;
        plan.check_resolved()
    }

    fn begin(&mut self, now: Duration) -> Output {
        if self.desired.is_none() {
            self.based_on = self.plan.based_on.clone();
            if self.options.if_stale == IfStale::Ignore && self.plan.remove.is_empty() {
                return self.tell_plan(now);
            }
        }
        self.phase = Phase::Group;
        Output::Group
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
            // Nobody is removed on the word of a plan alone, which may be old, or have been edited.
            if !is_stale && self.plan.remove.is_empty() {
                return Ok(self.tell_plan(now));
            }
        }
        // The state before the members were read: what changes meanwhile makes the plan stale.
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

    /// Whether the list may go on after this page.
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

    /// Looks up what is not known yet, one thing after another, then makes the plan.
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
            Ok(()) => self.tell_plan(now),
            Err(error) => self.refuse(error),
        }
    }

    /// The mode of the plan: as long as somebody is unresolved it removes nobody, who may be that very one.
    fn mode(&self) -> Mode {
        match self.plan.skips_unresolved || !self.plan.unresolved.is_empty() {
            true => Mode::Add,
            false => self.options.plan.mode,
        }
    }

    /// Whether a member would go of whom the org does not say whether a rule put it there.
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

    /// Makes the plan, or narrows the one that there is, by the members that were read.
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

    fn tell_plan(&mut self, now: Duration) -> Output {
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
        if self.run.stopped().is_some() {
            self.grace.get_or_insert(now.saturating_add(GRACE));
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

    /// All members were read again.
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

    /// Looks at the group once more where something is left: the run itself has changed what the plan was based on. Where
    /// it changed nothing, a plan that was stale stays so.
    fn last(&mut self, now: Duration) -> Output {
        self.forget();
        if !self.has_rest() || !self.run.has_begun() {
            return self.end(End::Report);
        }
        self.phase = Phase::Last { until: now.saturating_add(LOOK_TIME) };
        Output::Group
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
                // Nothing was begun: all of the plan is left, as it is.
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

    /// What an argument is wrong with, after [`End::Refused`].
    pub fn refusal(&mut self) -> ArgumentError {
        self.refusal.take().unwrap_or_else(|| ArgumentError::new("plan", "was refused"))
    }

    /// The rule of the caller's own stops it: nothing more starts.
    pub fn stop(&mut self) {
        self.run.stop(Stopped::StopOn);
    }

    /// Which write is at a place.
    pub fn op(&self, at: usize) -> WriteOp {
        if at < self.plan.add.len() { WriteOp::Add } else { WriteOp::Remove }
    }

    /// Whose membership the write at a place is about.
    pub fn id(&self, at: usize) -> &str {
        let id = self.plan.add.get(at).or_else(|| self.plan.remove.get(at - self.plan.add.len()));
        id.map_or("", String::as_str)
    }

    /// The plan, once there is one.
    pub fn the_plan(&self) -> &MemberPlan {
        &self.plan
    }

    /// Ids of a stored plan that needed no write any more.
    pub fn already_ok(&self) -> &[String] {
        &self.already_ok
    }

    /// The places of the writes of a status.
    pub fn places(&self, status: Status) -> Vec<usize> {
        (0..self.statuses.len()).filter(|at| self.statuses.get(*at) == Some(&status)).collect()
    }

    /// Whether a write is left to do.
    fn has_rest(&self) -> bool {
        self.statuses.iter().any(|status| matches!(status, Status::Left | Status::Failed))
    }

    /// Why it stopped before its end, if it did.
    pub fn stopped(&self) -> Option<Stopped> {
        self.run.stopped().filter(|_| self.has_rest())
    }

    /// Whether removals were withheld, because too many adds failed.
    pub fn withheld(&self) -> bool {
        self.run.withheld()
    }

    /// The places of the writes that are not to be seen in the list of members, where that was to be verified.
    pub fn unverified(&self) -> Option<&[usize]> {
        self.unverified.as_deref()
    }

    /// Whether all that was asked is done, and seen where it was to be verified.
    pub fn ok(&self) -> bool {
        !self.has_rest()
            && self.unverified.as_ref().is_none_or(Vec::is_empty)
            // Members who may have to leave look like a success otherwise.
            && self.plan.unknown() == 0
    }

    /// What the rest of the run is based on.
    pub fn rest_based_on(&self) -> &BasedOn {
        &self.based_on
    }

    /// The adds that are done, of all that the first plan had.
    pub fn adds_so_far(&self) -> AddsSoFar {
        self.run.so_far()
    }

    /// What is left: what was not attempted, then what failed. `None` if nothing is.
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
        // Still not removed, and still not known of.
        rest.skipped.retain(|skipped| skipped.reason == SkipReason::RuleUnknown);
        for at in self.places(Status::Left).into_iter().chain(self.places(Status::Failed)) {
            let side = if self.op(at) == WriteOp::Add { &mut rest.add } else { &mut rest.remove };
            side.push(self.id(at).to_owned());
        }
        Some(rest)
    }

    /// How far the writes are: [`Run::progress`].
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

/// The time of a `Date` header as [`BasedOn::at`] has it, if it is a date. JavaScript writes it without the core, which is
/// smaller; the stories of both languages hold the two equal.
pub fn date_text(header: &str) -> Option<String> {
    parse_http_date(header).and_then(|at| Timestamp::from_millis(at).ok()).map(Timestamp::to_text)
}

#[cfg(test)]
mod tests;
