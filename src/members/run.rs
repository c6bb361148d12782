//! Decides the order of a plan's writes, how many are in flight, and when they stop.
//! Does not plan, and sends nothing.

use super::AddsSoFar;
use super::ids::{self, IdSet};
use crate::error::MISSING;
use crate::policy::{RateLimit, millis};
use crate::request::ArgumentError;
use crate::time::Duration;

/// This many 403s in a row stop a run, since every write is forbidden then; a single 403 may be about one
/// protected user.
const FORBIDDEN_ROW: u32 = 5;
/// The shortest time between two progress reports.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);

/// The kind of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteOp {
    /// *Assign a user to a group*
    Add,
    /// *Unassign a user from a group*
    Remove,
}

/// The order of adds and removals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// All adds settle before the first removal starts.
    #[default]
    AddFirst,
    /// All removals settle before the first add starts.
    RemoveFirst,
    /// Adds and removals take turns.
    Interleave,
}

/// How many adds may fail before the run withholds the removals: if most replacements were not added, the
/// users whom they replace must stay. The run never removes anybody if every add failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MaxFailedAdds {
    /// 5 % of the first plan's adds, rounded down; 0 for fewer than 20 adds.
    #[default]
    Share,
    /// This many.
    Count(u32),
    /// Any number. Orders other than [`Order::AddFirst`] need this.
    Any,
}

impl MaxFailedAdds {
    /// Whether removals may start when `missing` of `planned` adds are not done.
    fn allows(self, planned: u32, missing: u32) -> bool {
        let most = match self {
            MaxFailedAdds::Any => return true,
            MaxFailedAdds::Share => planned / 20,
            MaxFailedAdds::Count(most) => most,
        };
        missing == 0 || (missing <= most && missing < planned)
    }
}

/// How a plan's writes are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunOptions {
    /// Default [`Order::AddFirst`].
    pub order: Order,
    /// The most writes in flight, at least 1. Default 8.
    pub concurrency: u32,
    /// Whether a 401 or five 403s in a row stop the run. Default: yes.
    pub stops: bool,
    /// The longest that the run may take. Default: no limit.
    pub total_timeout: Option<Duration>,
    /// How many adds may fail before the removals are withheld. Default 5 %.
    pub max_failed_adds: MaxFailedAdds,
}

impl RunOptions {
    /// # Errors
    /// [`ArgumentError`] for an order that starts removals before all adds have settled, unless
    /// [`MaxFailedAdds::Any`] is set.
    pub fn check(&self) -> Result<(), ArgumentError> {
        match self.order == Order::AddFirst || self.max_failed_adds == MaxFailedAdds::Any {
            true => Ok(()),
            false => {
                let reason = "must be false where removals do not wait for the adds (order)";
                Err(ArgumentError::new("maxFailedAdds", reason))
            }
        }
    }
}

impl Default for RunOptions {
    fn default() -> Self {
        RunOptions {
            order: Order::AddFirst,
            concurrency: 8,
            stops: true,
            total_timeout: None,
            max_failed_adds: MaxFailedAdds::Share,
        }
    }
}

/// The outcome of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteOutcome {
    /// The write succeeded.
    Done,
    /// Okta answered that the user or the group does not exist.
    Missing,
    /// Okta answered 403.
    Forbidden,
    /// Every other write would fail in the same way.
    Hopeless,
    /// The driver aborted the write after the run was stopped.
    Aborted,
    /// The write failed otherwise, after all retries.
    Failed,
}

impl WriteOutcome {
    /// The outcome of a failure, by the error's kind ([`crate::error::Error::kind`]) and Okta's `errorCode`.
    pub fn of_failure(kind: &str, code: Option<&str>) -> Self {
        match (kind, code) {
            // Any other 404 comes from a proxy.
            ("not-found", Some(MISSING)) => WriteOutcome::Missing,
            // Orgs also refuse read-only groups by "Unsupported operation" (docs/okta-facts.md#errors).
            ("forbidden", _) | (_, Some("E0000060")) => WriteOutcome::Forbidden,
            ("unauthorized" | "config" | "internal", _) => WriteOutcome::Hopeless,
            ("aborted", _) => WriteOutcome::Aborted,
            _ => WriteOutcome::Failed,
        }
    }
}

/// The final state of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// The write changed the group.
    Done,
    /// The group was already as the write wanted it.
    Noop,
    /// The write failed.
    Failed,
    /// The write is left for another run. It may have run; repeating it does no harm.
    Left,
    /// It depends on whether the group exists: read the group, then call [`Run::looked`].
    Look,
}

/// Why a run stopped early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stopped {
    /// The caller aborted the run.
    Aborted,
    /// A failure stopped the run.
    StopOn,
    /// The run's time was up.
    TotalTimeout,
}

impl Stopped {
    /// The name in JavaScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            Stopped::Aborted => "aborted",
            Stopped::StopOn => "stopOn",
            Stopped::TotalTimeout => "total-timeout",
        }
    }
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextAction {
    /// Start the write with this index in the plan's `add` or `remove`.
    Start(WriteOp, u32),
    /// Wait until a write settles.
    Wait,
    /// The run is over: every write that started has settled.
    End,
}

/// The rate-limit bucket that the writes count in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BucketState {
    /// How many requests the client may still send in this window.
    pub open: u32,
    /// How many requests it may send in each later window.
    pub share: u32,
    /// The time until the window ends.
    pub resets_in: Duration,
    /// The length of a window.
    pub window: Duration,
}

impl BucketState {
    /// The rate-limit bucket of reads and writes of members.
    pub const NAME: &str = "groups";
}

impl From<RateLimit<'_>> for BucketState {
    fn from(limit: RateLimit<'_>) -> Self {
        let share = limit.limit.saturating_sub(limit.reserved);
        let is_over = limit.resets_in.is_zero();
        let open = if is_over { share } else { limit.remaining.saturating_sub(limit.reserved) };
        BucketState { open, share, resets_in: limit.resets_in, window: limit.window }
    }
}

/// The progress of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// All writes of the plan.
    pub total: u32,
    /// Writes that changed the group or were not needed.
    pub done: u32,
    /// Writes that failed.
    pub failed: u32,
    /// Writes in flight.
    pub in_flight: u32,
    /// How long the rest will take, by the pace so far and by the rate limit. `None` before the first write
    /// has settled.
    pub eta: Option<Duration>,
    /// Whether the client holds writes back until the rate-limit window ends.
    pub throttled: bool,
}

/// Decides the order of a plan's writes, and when they stop.
#[derive(Clone, Debug)]
pub struct Run {
    options: RunOptions,
    adds: Side,
    removes: Side,
    done: u32,
    failed: u32,
    forbidden_row: u32,
    stopped: Option<Stopped>,
    /// The adds of this run and of earlier runs of the same plan.
    so_far: AddsSoFar,
    withheld: bool,
    began: Duration,
    pace: RunPace,
    reported: Option<Duration>,
}

/// The adds or the removals of a run.
#[derive(Clone, Copy, Debug)]
struct Side {
    total: u32,
    started: u32,
    in_flight: u32,
}

impl Side {
    fn new(total: usize) -> Self {
        Side { total: u32::try_from(total).unwrap_or(u32::MAX), started: 0, in_flight: 0 }
    }

    fn left(self) -> bool {
        self.started < self.total
    }

    fn settled(self) -> bool {
        !self.left() && self.in_flight == 0
    }
}

/// Checks the ids that a stored plan adds and removes.
///
/// # Errors
/// [`ArgumentError`] for an id that cannot be sent, or that is listed twice: the order of its two writes
/// would be chance.
pub fn check_plan(ids: &[&str]) -> Result<(), ArgumentError> {
    ids::check("plan", ids)?;
    let mut seen = IdSet::new(ids);
    match ids.iter().position(|id| !seen.first(id)) {
        Some(number) => Err(ids::at("plan", number, "is a duplicate")),
        None => Ok(()),
    }
}

impl Run {
    /// A run that starts now, of this many writes.
    pub fn new(adds: usize, removes: usize, options: RunOptions, now: Duration) -> Self {
        Run::going_on(AddsSoFar::default(), adds, removes, options, now)
    }

    /// The same, for a plan of which earlier runs have done some adds.
    pub fn going_on(
        so_far: AddsSoFar,
        adds: usize,
        removes: usize,
        options: RunOptions,
        now: Duration,
    ) -> Self {
        let adds = Side::new(adds);
        let planned = so_far.planned.max(so_far.done.saturating_add(adds.total));
        Run {
            options,
            so_far: AddsSoFar { planned, ..so_far },
            withheld: false,
            adds,
            removes: Side::new(removes),
            done: 0,
            failed: 0,
            forbidden_row: 0,
            stopped: None,
            began: now,
            pace: RunPace::new(now),
            reported: None,
        }
    }

    /// What to do next. A write that it returns counts as started.
    pub fn next(&mut self, now: Duration) -> NextAction {
        let in_flight = self.adds.in_flight + self.removes.in_flight;
        let late = self.until().is_some_and(|until| now >= until);
        if late && !self.withheld && (in_flight > 0 || self.adds.left() || self.removes.left()) {
            self.stop(Stopped::TotalTimeout);
        }
        let op = if self.stopped.is_some() { None } else { self.turn() };
        match op {
            None if in_flight == 0 => NextAction::End,
            Some(op) if in_flight < self.options.concurrency.max(1) => {
                let side = self.side(op);
                let place = side.started;
                side.started += 1;
                side.in_flight += 1;
                NextAction::Start(op, place)
            }
            _ => NextAction::Wait,
        }
    }

    /// When the run's time is up.
    pub fn until(&self) -> Option<Duration> {
        self.options.total_timeout.map(|longest| self.began.saturating_add(longest))
    }

    /// The kind of the next write, if one may start.
    fn turn(&mut self) -> Option<WriteOp> {
        let (adds, removes) = (self.adds, self.removes);
        match self.options.order {
            Order::AddFirst if adds.left() => Some(WriteOp::Add),
            Order::AddFirst if adds.settled() && removes.left() => {
                let AddsSoFar { planned, done } = self.so_far;
                self.withheld = !self.options.max_failed_adds.allows(planned, planned.saturating_sub(done));
                (!self.withheld).then_some(WriteOp::Remove)
            }
            Order::RemoveFirst if removes.left() => Some(WriteOp::Remove),
            Order::RemoveFirst if removes.settled() && adds.left() => Some(WriteOp::Add),
            Order::Interleave if adds.left() && (adds.started <= removes.started || !removes.left()) => {
                Some(WriteOp::Add)
            }
            Order::Interleave if removes.left() => Some(WriteOp::Remove),
            _ => None,
        }
    }

    /// Whether removals were withheld because too many adds failed.
    pub fn withheld(&self) -> bool {
        self.withheld
    }

    /// The adds of this run and of earlier runs of the same plan.
    pub fn so_far(&self) -> AddsSoFar {
        self.so_far
    }

    /// Whether a write has started.
    pub fn has_begun(&self) -> bool {
        self.adds.started + self.removes.started > 0
    }

    /// Drops the writes in flight.
    pub fn give_up(&mut self) {
        self.adds.in_flight = 0;
        self.removes.in_flight = 0;
    }

    fn side(&mut self, op: WriteOp) -> &mut Side {
        match op {
            WriteOp::Add => &mut self.adds,
            WriteOp::Remove => &mut self.removes,
        }
    }

    /// Takes the outcome of a write.
    pub fn settled(&mut self, op: WriteOp, outcome: WriteOutcome) -> Status {
        let (status, hopeless) = match outcome {
            WriteOutcome::Missing => return Status::Look,
            WriteOutcome::Done => (Status::Done, false),
            WriteOutcome::Hopeless => (Status::Failed, true),
            WriteOutcome::Forbidden => (Status::Failed, self.forbidden_row + 1 >= FORBIDDEN_ROW),
            WriteOutcome::Aborted => (Status::Left, false),
            WriteOutcome::Failed => (Status::Failed, false),
        };
        self.forbidden_row = if outcome == WriteOutcome::Forbidden { self.forbidden_row + 1 } else { 0 };
        if hopeless && self.options.stops {
            self.stop(Stopped::StopOn);
        }
        self.count(op, status)
    }

    /// Takes the result of reading the group, after [`Status::Look`]: `Some(true)` if it exists,
    /// `Some(false)` if not, `None` if the read failed. A group that does not exist stops the run.
    pub fn looked(&mut self, op: WriteOp, there: Option<bool>) -> Status {
        if there == Some(false) {
            self.stop(Stopped::StopOn);
        }
        self.count(
            op,
            if op == WriteOp::Remove && there == Some(true) { Status::Noop } else { Status::Failed },
        )
    }

    fn count(&mut self, op: WriteOp, status: Status) -> Status {
        let side = self.side(op);
        side.in_flight = side.in_flight.saturating_sub(1);
        match status {
            Status::Failed => self.failed += 1,
            Status::Done | Status::Noop => {
                self.done += 1;
                self.so_far.done += u32::from(op == WriteOp::Add);
            }
            Status::Left | Status::Look => {}
        }
        status
    }

    /// Stops the run: no write starts any more, and those in flight settle. The first reason is kept.
    pub fn stop(&mut self, reason: Stopped) {
        self.stopped.get_or_insert(reason);
    }

    /// Why the run stopped early, if it did.
    pub fn stopped(&self) -> Option<Stopped> {
        self.stopped
    }

    /// The progress, at most ten times a second; always with `last`, and when the rate limit begins or ends to
    /// hold all writes back.
    pub fn progress(&mut self, now: Duration, last: bool, bucket: Option<BucketState>) -> Option<Progress> {
        let total = self.adds.total.saturating_add(self.removes.total);
        let settled = self.done + self.failed;
        let left = total.saturating_sub(settled);
        let throttled = left > 0 && bucket.is_some_and(|bucket| bucket.open == 0);
        let changes = throttled != self.pace.is_held;
        let active = self.pace.seen(now, throttled);
        let early = self.reported.is_some_and(|at| now.saturating_sub(at) < PROGRESS_INTERVAL);
        // A wait of a minute is reported as it begins and ends, however short a time ago the last report was.
        if early && !last && !changes {
            return None;
        }
        self.reported = Some(now);
        Some(Progress {
            total,
            done: self.done,
            failed: self.failed,
            in_flight: self.adds.in_flight + self.removes.in_flight,
            eta: eta(left, settled, 0, active, bucket),
            throttled,
        })
    }
}

/// Measures how long a run could write: the time for which the rate limit held all writes back does not count.
#[derive(Clone, Copy, Debug)]
pub struct RunPace {
    at: Duration,
    active: Duration,
    is_held: bool,
}

impl RunPace {
    /// Whether the rate limit held all writes back when that was last seen.
    pub fn is_held(&self) -> bool {
        self.is_held
    }

    /// A run that begins now.
    pub fn new(now: Duration) -> Self {
        RunPace { at: now, active: Duration::ZERO, is_held: false }
    }

    /// Takes whether the rate limit holds all writes back from now on. Returns the time for which it did not.
    pub fn seen(&mut self, now: Duration, is_held: bool) -> Duration {
        if !self.is_held {
            self.active = self.active.saturating_add(now.saturating_sub(self.at));
        }
        (self.at, self.is_held) = (now, is_held);
        self.active
    }
}

/// The time that `left` writes will take, of one run or of several runs that share a bucket. `settled` writes
/// took the time `active`, without the time for which the rate limit held all writes back. `reads` more requests
/// count in the same bucket. Each window takes the requests that the bucket allows, or as many as the pace allows
/// if these are fewer. `None` before the first write has settled.
pub fn eta(
    left: u32,
    settled: u32,
    reads: u32,
    active: Duration,
    bucket: Option<BucketState>,
) -> Option<Duration> {
    if settled == 0 {
        return None;
    }
    let by_pace = millis(active) as f64 * f64::from(left) / f64::from(settled);
    let time = match bucket {
        Some(bucket) if left > 0 => bucket.time_for(f64::from(left) + f64::from(reads), by_pace),
        _ => by_pace,
    };
    Some(Duration::from_millis(time as u64))
}

impl BucketState {
    /// The milliseconds that this many requests take, which would take `by_pace` without a rate limit.
    fn time_for(self, requests: f64, by_pace: f64) -> f64 {
        let [resets_in, window] = [self.resets_in, self.window].map(|time| millis(time) as f64);
        // At most this many requests in that time.
        let paced = |time: f64| if by_pace > 0.0 { requests / by_pace * time } else { f64::INFINITY };
        let later = requests - f64::from(self.open).min(paced(resets_in));
        if later <= 0.0 {
            return by_pace;
        }
        let share = f64::from(self.share.max(1)).min(paced(window).max(1.0));
        let windows = (later / share).ceil() - 1.0;
        resets_in + windows * window + (later - windows * share) * by_pace / requests
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::RateLimitKind;
    use proptest::prelude::*;

    fn run(adds: usize, removes: usize, options: RunOptions) -> Run {
        Run::new(adds, removes, options, Duration::ZERO)
    }

    /// The order in which writes start if each settles at once: `+0` is the first add, `-0` the first
    /// removal.
    fn order_of(options: RunOptions) -> String {
        let mut run = run(3, 2, options);
        let mut order = String::new();
        while let NextAction::Start(op, place) = run.next(Duration::ZERO) {
            order += &format!("{}{place} ", if op == WriteOp::Add { '+' } else { '-' });
            run.settled(op, WriteOutcome::Done);
        }
        order
    }

    #[test]
    fn the_order_is_one_of_three() {
        for (order, expected) in [
            (Order::AddFirst, "+0 +1 +2 -0 -1 "),
            (Order::RemoveFirst, "-0 -1 +0 +1 +2 "),
            (Order::Interleave, "+0 -0 +1 -1 +2 "),
        ] {
            let options = RunOptions { order, max_failed_adds: MaxFailedAdds::Any, ..RunOptions::default() };
            assert_eq!(order_of(options), expected);
            assert_eq!(options.check(), Ok(()));
            let capped = RunOptions { max_failed_adds: MaxFailedAdds::Count(9), ..options };
            assert_eq!(capped.check().is_ok(), order == Order::AddFirst);
        }
    }

    #[test]
    fn removals_wait_for_the_adds_and_start_if_enough_of_them_are_done() {
        use MaxFailedAdds::{Any, Count, Share};
        let first = AddsSoFar::default();
        let rest = |planned, done| AddsSoFar { planned, done };
        for (so_far, adds, fails, max, withheld) in [
            (first, 0, 0, Share, false),
            (first, 1, 1, Share, true),
            (first, 19, 1, Share, true),
            (first, 20, 1, Share, false),
            (first, 20, 2, Share, true),
            (first, 39, 1, Share, false),
            (first, 40, 2, Share, false),
            (first, 40, 40, Share, true),
            (first, 40, 40, Any, false),
            (first, 40, 40, Count(40), true),
            (first, 40, 39, Count(39), false),
            (first, 40, 40, Count(39), true),
            (first, 40, 0, Count(0), false),
            (first, 40, 1, Count(0), true),
            (rest(100, 95), 5, 5, Share, false),
            (rest(100, 94), 6, 6, Share, true),
            (rest(40, 0), 40, 40, Share, true),
            // The rest was edited: adds that were dropped from it are not done.
            (rest(40, 0), 0, 0, Share, true),
            (rest(40, 37), 0, 0, Share, true),
            (rest(40, 38), 0, 0, Share, false),
        ] {
            let options = RunOptions { max_failed_adds: max, stops: false, ..RunOptions::default() };
            let mut run = Run::going_on(so_far, adds, 1, options, Duration::ZERO);
            let mut removed = false;
            let mut left = fails;
            while let NextAction::Start(op, _) = run.next(Duration::ZERO) {
                removed |= op == WriteOp::Remove;
                let fails = op == WriteOp::Add && left > 0;
                left -= usize::from(fails);
                run.settled(op, if fails { WriteOutcome::Failed } else { WriteOutcome::Done });
            }
            assert_eq!((run.withheld(), removed), (withheld, !withheld), "{so_far:?} {adds} {fails} {max:?}");
        }
    }

    #[test]
    fn nobody_is_removed_while_somebody_is_being_added() {
        let mut run = run(1, 1, RunOptions::default());
        assert_eq!(run.next(Duration::ZERO), NextAction::Start(WriteOp::Add, 0));
        assert_eq!(run.next(Duration::ZERO), NextAction::Wait);
        run.settled(WriteOp::Add, WriteOutcome::Done);
        assert_eq!(run.next(Duration::ZERO), NextAction::Start(WriteOp::Remove, 0));
        assert_eq!(run.next(Duration::ZERO), NextAction::Wait);
        run.settled(WriteOp::Remove, WriteOutcome::Done);
        assert_eq!(run.next(Duration::ZERO), NextAction::End);
    }

    /// Two of forty adds may fail, but one that is under way may still be needed.
    #[test]
    fn removals_wait_for_the_last_add_although_it_may_fail() {
        let mut run = run(40, 1, RunOptions { concurrency: 50, ..RunOptions::default() });
        for _ in 0..40 {
            assert!(matches!(run.next(Duration::ZERO), NextAction::Start(WriteOp::Add, _)));
        }
        for _ in 0..39 {
            run.settled(WriteOp::Add, WriteOutcome::Done);
        }
        assert_eq!(run.next(Duration::ZERO), NextAction::Wait);
        run.settled(WriteOp::Add, WriteOutcome::Failed);
        assert_eq!(run.next(Duration::ZERO), NextAction::Start(WriteOp::Remove, 0));
    }

    #[test]
    fn what_a_write_counts_as() {
        let there = [Some(true), Some(false), None];
        let gone = "not-found E0000007";
        for (op, failure, looked, status, stops) in [
            (WriteOp::Add, "", None, Status::Done, false),
            (WriteOp::Remove, "", None, Status::Done, false),
            (WriteOp::Add, gone, there[0], Status::Failed, false),
            (WriteOp::Remove, gone, there[0], Status::Noop, false),
            (WriteOp::Add, gone, there[1], Status::Failed, true),
            (WriteOp::Remove, gone, there[1], Status::Failed, true),
            (WriteOp::Remove, gone, there[2], Status::Failed, false),
            (WriteOp::Add, "unauthorized", None, Status::Failed, true),
            (WriteOp::Add, "config", None, Status::Failed, true),
            (WriteOp::Add, "internal", None, Status::Failed, true),
            (WriteOp::Add, "forbidden", None, Status::Failed, false),
            (WriteOp::Add, "bad-request", None, Status::Failed, false),
            (WriteOp::Add, "rate-limit", None, Status::Failed, false),
            (WriteOp::Add, "server", None, Status::Failed, false),
            (WriteOp::Add, "not-found E0000008", None, Status::Failed, false),
            (WriteOp::Remove, "connection", None, Status::Failed, false),
            (WriteOp::Remove, "timeout", None, Status::Failed, false),
            (WriteOp::Remove, "aborted", None, Status::Left, false),
        ] {
            let mut run = run(5, 5, RunOptions { order: Order::Interleave, ..RunOptions::default() });
            run.next(Duration::ZERO);
            run.next(Duration::ZERO);
            let (kind, code) = failure.split_once(' ').unwrap_or((failure, ""));
            let outcome =
                if kind.is_empty() { WriteOutcome::Done } else { WriteOutcome::of_failure(kind, Some(code)) };
            let status_now = match run.settled(op, outcome) {
                Status::Look => run.looked(op, looked),
                status => status,
            };
            assert_eq!((status_now, run.stopped().is_some()), (status, stops), "{op:?} {failure} {looked:?}");
        }
    }

    #[test]
    fn what_the_org_does_not_support_is_forbidden() {
        assert_eq!(WriteOutcome::of_failure("server", Some("E0000060")), WriteOutcome::Forbidden);
        assert_eq!(WriteOutcome::of_failure("server", Some("E0000009")), WriteOutcome::Failed);
        assert_eq!(WriteOutcome::of_failure("forbidden", None), WriteOutcome::Forbidden);
    }

    #[test]
    fn a_bucket_is_as_the_client_uses_it() {
        let seconds = Duration::from_secs;
        let limit = |remaining, resets_in| RateLimit {
            bucket: BucketState::NAME,
            limit: 100,
            remaining,
            reserved: 10,
            reset_at: 0,
            resets_in: seconds(resets_in),
            window: seconds(60),
            in_flight: 0,
            kind: RateLimitKind::Window,
        };
        for (remaining, resets_in, open) in [(100, 30, 90), (11, 30, 1), (10, 30, 0), (0, 30, 0), (0, 0, 90)]
        {
            let bucket = BucketState::from(limit(remaining, resets_in));
            let expected =
                BucketState { open, share: 90, resets_in: seconds(resets_in), window: seconds(60) };
            assert_eq!(bucket, expected, "{remaining} left, {resets_in} s");
        }
    }

    #[test]
    fn five_forbidden_writes_in_a_row_stop_it() {
        for (outcomes, stops) in [("ffff", false), ("fffff", true), ("ffff.ffff", false), ("ff.fffff", true)]
        {
            let mut run = run(100, 0, RunOptions::default());
            for outcome in outcomes.chars() {
                run.next(Duration::ZERO);
                run.settled(
                    WriteOp::Add,
                    if outcome == 'f' { WriteOutcome::Forbidden } else { WriteOutcome::Done },
                );
            }
            assert_eq!(run.stopped().is_some(), stops, "{outcomes}");
        }
    }

    #[test]
    fn a_rule_of_the_callers_takes_the_place_of_the_own() {
        let mut run = run(100, 0, RunOptions { stops: false, ..RunOptions::default() });
        for outcome in [WriteOutcome::Hopeless; 20] {
            run.next(Duration::ZERO);
            run.settled(WriteOp::Add, outcome);
        }
        assert_eq!(run.stopped(), None);
    }

    #[test]
    fn a_run_that_is_stopped_lets_settle_what_is_under_way() {
        let mut run = run(10, 0, RunOptions { concurrency: 2, ..RunOptions::default() });
        run.next(Duration::ZERO);
        run.next(Duration::ZERO);
        assert_eq!(run.next(Duration::ZERO), NextAction::Wait, "two at a time");
        run.stop(Stopped::Aborted);
        run.stop(Stopped::StopOn);
        assert_eq!(run.next(Duration::ZERO), NextAction::Wait);
        run.settled(WriteOp::Add, WriteOutcome::Done);
        run.settled(WriteOp::Add, WriteOutcome::Done);
        assert_eq!((run.next(Duration::ZERO), run.stopped()), (NextAction::End, Some(Stopped::Aborted)));
    }

    #[test]
    fn time_that_is_up_stops_it_unless_all_has_settled() {
        let options = RunOptions { total_timeout: Some(Duration::from_secs(9)), ..RunOptions::default() };
        for (adds, stopped) in [(1, None), (2, Some(Stopped::TotalTimeout))] {
            let mut run = run(adds, 0, options);
            run.next(Duration::ZERO);
            run.settled(WriteOp::Add, WriteOutcome::Done);
            assert_eq!(run.next(Duration::from_secs(9)), NextAction::End);
            assert_eq!(run.stopped(), stopped);
        }
        // Writes in flight are not waited for beyond that time.
        let mut run = run(1, 0, options);
        run.next(Duration::ZERO);
        assert_eq!(run.next(Duration::from_secs(9)), NextAction::Wait);
        assert_eq!(run.stopped(), Some(Stopped::TotalTimeout));
    }

    #[test]
    fn progress_is_told_ten_times_a_second() {
        let mut run = run(1000, 0, RunOptions::default());
        let mut reports = 0;
        for ms in 0..1000 {
            reports += u32::from(run.progress(Duration::from_millis(ms), false, None).is_some());
        }
        assert_eq!(reports, 10);
        // A wait for the limit is reported as it begins and as it ends.
        let bucket = |open| {
            let (resets_in, window) = (Duration::from_secs(60), Duration::from_secs(60));
            Some(BucketState { open, share: 90, resets_in, window })
        };
        for (ms, open, throttled) in
            [(991, 1, None), (992, 0, Some(true)), (993, 0, None), (994, 1, Some(false))]
        {
            let progress = run.progress(Duration::from_millis(ms), false, bucket(open));
            assert_eq!(progress.map(|progress| progress.throttled), throttled, "{ms}");
        }
        assert!(run.progress(Duration::from_millis(1000), true, None).is_some());
        assert!(run.progress(Duration::from_millis(1099), false, None).is_none());
        assert!(run.progress(Duration::from_millis(1100), false, None).is_some());
    }

    #[test]
    fn progress_counts_writes_by_what_came_of_them() {
        let mut run = run(4, 2, RunOptions { order: Order::Interleave, ..RunOptions::default() });
        assert!(!run.has_begun());
        for (op, outcome) in [
            (WriteOp::Add, Some(WriteOutcome::Done)),
            (WriteOp::Remove, Some(WriteOutcome::Failed)),
            (WriteOp::Add, None),
            (WriteOp::Remove, None),
            (WriteOp::Add, Some(WriteOutcome::Aborted)),
        ] {
            assert!(matches!(run.next(Duration::ZERO), NextAction::Start(next, _) if next == op));
            if let Some(outcome) = outcome {
                run.settled(op, outcome);
            }
            assert!(run.has_begun());
        }
        let expected = Progress {
            total: 6,
            done: 1,
            failed: 1,
            in_flight: 2,
            eta: Some(Duration::ZERO),
            throttled: false,
        };
        assert_eq!(run.progress(Duration::ZERO, false, None), Some(expected));
        run.give_up();
        assert_eq!(run.progress(Duration::ZERO, true, None).unwrap().in_flight, 0);
    }

    #[test]
    fn a_reason_to_stop_has_a_name() {
        for (stopped, name) in [
            (Stopped::Aborted, "aborted"),
            (Stopped::StopOn, "stopOn"),
            (Stopped::TotalTimeout, "total-timeout"),
        ] {
            assert_eq!(stopped.as_str(), name);
        }
    }

    #[test]
    fn the_time_left_goes_by_the_pace_and_by_the_rate_limit() {
        let bucket = |open, seconds| {
            let (resets_in, window) = (Duration::from_secs(seconds), Duration::from_secs(60));
            Some(BucketState { open, share: 90, resets_in, window })
        };
        for (settled, bucket, eta, throttled) in [
            (0, None, None, false),
            (10, None, Some(90), false),
            (100, None, Some(0), false),
            (10, bucket(90, 60), Some(90), false),
            // 60 in the next window, 30 at the same pace in the one after it.
            (10, bucket(0, 30), Some(120), true),
            (50, bucket(0, 60), Some(70), true),
            (50, bucket(50, 60), Some(10), false),
            (50, bucket(45, 60), Some(61), false),
            (2, bucket(90, 900), Some(940), false),
            (2, bucket(90, 400), Some(490), false),
            (5, bucket(0, 600), Some(790), true),
            (100, bucket(0, 600), Some(0), false),
        ] {
            let mut run = run(100, 0, RunOptions { concurrency: 100, ..RunOptions::default() });
            for _ in 0..settled {
                run.next(Duration::ZERO);
                run.settled(WriteOp::Add, WriteOutcome::Done);
            }
            let progress = run.progress(Duration::from_secs(10), false, bucket).unwrap();
            let expected = (eta.map(Duration::from_secs), throttled);
            assert_eq!((progress.eta, progress.throttled), expected, "{settled} {bucket:?}");
        }
    }

    #[test]
    fn a_stored_plan_is_checked() {
        for (ids, reason) in [
            (&["a", "b", "c"][..], ""),
            (&["a", "b", "a"], "plan item 2 is a duplicate"),
            (&["a", "a"], "plan item 1 is a duplicate"),
            (&["a", ".."], "plan item 1 is a dot segment, which would change the path"),
        ] {
            let refused = check_plan(ids).err().map(|error| error.message()).unwrap_or_default();
            assert_eq!(refused, reason);
        }
    }

    fn outcomes() -> impl Strategy<Value = WriteOutcome> {
        prop::sample::select(vec![
            WriteOutcome::Done,
            WriteOutcome::Done,
            WriteOutcome::Done,
            WriteOutcome::Missing,
            WriteOutcome::Forbidden,
            WriteOutcome::Hopeless,
            WriteOutcome::Failed,
        ])
    }

    proptest! {
        #[test]
        fn every_write_starts_once_and_settles_or_is_left(
            adds in 0_usize..20,
            removes in 0_usize..20,
            concurrency in 1_u32..5,
            order in prop::sample::select(vec![Order::AddFirst, Order::RemoveFirst, Order::Interleave]),
            outcomes in prop::collection::vec((outcomes(), 0_usize..4, any::<bool>()), 40),
        ) {
            let max_failed_adds = match order {
                Order::AddFirst => MaxFailedAdds::Share,
                _ => MaxFailedAdds::Any,
            };
            let options = RunOptions { order, concurrency, max_failed_adds, ..RunOptions::default() };
            let mut run = run(adds, removes, options);
            let (mut started, mut in_flight) = (Vec::new(), Vec::new());
            let mut outcomes = outcomes.into_iter().cycle();
            let mut settled = 0;
            loop {
                match run.next(Duration::ZERO) {
                    NextAction::Start(op, place) => {
                        prop_assert!(!started.contains(&(op, place)));
                        started.push((op, place));
                        in_flight.push(op);
                        prop_assert!(in_flight.len() <= concurrency as usize);
                    }
                    NextAction::Wait => {
                        prop_assert!(!in_flight.is_empty(), "it waits for something");
                        let (outcome, which, there) = outcomes.next().unwrap();
                        let op = in_flight.remove(which % in_flight.len());
                        if run.settled(op, outcome) == Status::Look {
                            run.looked(op, Some(there));
                        }
                        settled += 1;
                    }
                    NextAction::End => break,
                }
            }
            prop_assert_eq!(settled, started.len());
            let is_cut = run.stopped().is_some() || run.withheld();
            prop_assert!(is_cut || started.len() == adds + removes);
            let removed = started.iter().filter(|(op, _)| *op == WriteOp::Remove).count();
            prop_assert!(!run.withheld() || removed == 0);
            let progress = run.progress(Duration::ZERO, true, None).unwrap();
            prop_assert_eq!((progress.done + progress.failed) as usize, settled);
        }
    }
}
