//! The queue at the gate: [`Limits`] holds what the calls of one credential share, [`Turn`] is a call's place
//! in the queue, [`Writer`] a place in the line of writes to rules. `policy::Gate` decides which call goes
//! next; this module locks it and wakes calls when it changes.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

use super::step::{Note, Pause};
use super::writers::Writers;
use crate::org::OrgUrl;
use crate::policy::line::{Line, steps};
use crate::policy::{
    Admit, Budget, Gate, Learnt, Priority, RateLimit, RateLimitOptions, RateView, Retry, RetryOptions,
    TicketId, Wait, Why,
};
use crate::request::{Method, Request};
use crate::sync::{Lock, Shared, Wake, WeakShared};
use crate::time::Duration;

/// What the calls of one org and credential share: rate limits, retry budget and the line of writes to rules.
pub struct Limits {
    gate: Lock<Gate>,
    pub(super) budget: Lock<Budget>,
    /// The function that wakes a waiting call, by the number of its ticket.
    parked: Lock<Line<Wake>>,
    /// Counts changes of the gate.
    changes: AtomicU32,
    /// The count at which waiting calls were last woken.
    woken: AtomicU32,
    calls: AtomicU32,
    /// The ids of created groups that were not deleted, and when they were created.
    created: Lock<Vec<(String, Duration)>>,
    /// The line of writes to rules.
    pub(super) writers: Writers,
}

/// Okta may answer 404 to a group for this long after it was created (reported of two tools).
const NEW_FOR: Duration = Duration::from_secs(30);
/// The most ids in [`Limits::created`]; the oldest is dropped.
const CREATED_MAX: usize = 1000;

/// The [`Limits`] in use, one for each org and credential. Limits that no client holds any more are dropped.
#[derive(Debug, Default)]
pub struct SharedLimits {
    /// Sorted by credential and org.
    kept: Vec<(u32, OrgUrl, RateLimitOptions, WeakShared<Limits>)>,
    /// At this length `of` drops the entries that no client holds.
    full: usize,
}

impl SharedLimits {
    /// The limits for a client of `org` with the credential of this number: shared with the existing clients,
    /// or new. Clients with other [`RateLimitOptions`] get limits of their own.
    pub fn of(
        &mut self,
        org: &OrgUrl,
        credential: u32,
        rate_limit: RateLimitOptions,
        retry: &RetryOptions,
    ) -> Shared<Limits> {
        // The threshold doubles with what was left, so that the cost for each new client is constant.
        if self.kept.len() >= self.full {
            steps(self.kept.len());
            self.kept.retain(|(.., limits)| limits.strong_count() > 0);
            self.full = (2 * self.kept.len()).max(1);
        }
        let first = self.kept.partition_point(|(c, o, ..)| {
            steps(1);
            (c, o) < (&credential, org)
        });
        let same = self.kept.iter().skip(first).take_while(|(c, o, ..)| *c == credential && o == org);
        let same = same.filter(|(_, _, kept, _)| *kept == rate_limit);
        if let Some(limits) = same.filter_map(|(.., limits)| limits.upgrade()).next() {
            return limits;
        }
        let limits = Shared::new(Limits::new(rate_limit, retry));
        steps(self.kept.len() - first);
        self.kept.insert(first, (credential, org.clone(), rate_limit, Shared::downgrade(&limits)));
        limits
    }
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limits").field("gate", &self.gate).finish_non_exhaustive()
    }
}

impl Limits {
    /// A new number for a call, for events.
    pub(super) fn next_call(&self) -> u32 {
        self.calls.fetch_add(1, Ordering::Relaxed).wrapping_add(1)
    }

    /// Passes the last known state of every rate-limit bucket to `each`. The gate is locked meanwhile: `each`
    /// must not call the client. `now` is the host's clock.
    pub fn rate_limits(&self, now: Duration, each: &mut dyn FnMut(RateLimit<'_>)) {
        self.gate.lock().rate_limits(now).for_each(each);
    }

    /// Limits without any knowledge of the org.
    pub fn new(rate_limit: RateLimitOptions, retry: &RetryOptions) -> Self {
        Limits {
            gate: Lock::new(Gate::new(rate_limit)),
            budget: Lock::new(Budget::new(retry.budget)),
            parked: Lock::new(Line::new()),
            changes: AtomicU32::new(0),
            woken: AtomicU32::new(0),
            calls: AtomicU32::new(0),
            created: Lock::default(),
            writers: Writers::default(),
        }
    }

    /// Remembers a group that was created.
    pub(super) fn created(&self, id: &str, now: Duration) {
        let mut created = self.created.lock();
        if created.len() == CREATED_MAX {
            created.remove(0);
        }
        created.push((id.to_owned(), now));
    }

    /// Forgets a group that was deleted.
    pub(super) fn deleted(&self, id: &str) {
        self.created.lock().retain(|(created, _)| created != id);
    }

    /// Whether the group was created in the last 30 s.
    pub(super) fn is_new(&self, id: &str, now: Duration) -> bool {
        let is_young = |at: &Duration| now.saturating_sub(*at) <= NEW_FOR;
        self.created.lock().iter().any(|(created, at)| created == id && is_young(at))
    }

    pub(super) fn changed(&self) {
        self.changes.fetch_add(1, Ordering::Release);
    }

    /// Wakes the calls at the heads of their queues if the gate changed. A driver calls this after each step.
    /// The wakes run outside of the locks, since one may drop a task at once.
    pub(crate) fn wake(&self) {
        let changes = self.changes.load(Ordering::Acquire);
        if self.woken.swap(changes, Ordering::AcqRel) == changes {
            return;
        }
        let mut woken = Vec::new();
        {
            let gate = self.gate.lock();
            let mut parked = self.parked.lock();
            woken.extend(gate.heads().filter_map(|head| parked.take(head.number())));
        }
        woken.extend(self.writers.take_wake());
        woken.into_iter().for_each(|wake| wake());
    }
}

/// A call's place in the gate's queue. Dropping it gives the place up.
pub(super) struct Turn {
    limits: Shared<Limits>,
    ticket: TicketId,
}

impl Turn {
    pub(super) fn new(limits: &Shared<Limits>, bucket: &str, priority: Priority) -> Self {
        let ticket = limits.gate.lock().enqueue(bucket, priority);
        Turn { limits: Shared::clone(limits), ticket }
    }

    /// Asks the gate. `None` if the request may be sent, else how long to wait. Fails at once if the wait
    /// would end later than `retry` allows.
    pub(super) fn ask(
        &self,
        retry: &Retry,
        now: Duration,
        random: f64,
        notes: &mut Vec<Note>,
    ) -> Result<Option<Pause>, Why> {
        self.leave();
        let seen = self.limits.changes.load(Ordering::Acquire);
        let (latest, why) = retry.latest_send();
        let admit = self.limits.gate.lock().ask(self.ticket, now, random);
        let (until, wait) = match admit {
            Admit::Go => {
                self.limits.changed();
                return Ok(None);
            }
            Admit::At(at, wait) => (at, wait),
            Admit::WhenChanged { wait, until } => (until.map_or(latest, |until| until.min(latest)), wait),
        };
        let is_known = matches!(admit, Admit::At(..));
        if now >= latest || (is_known && until > latest) {
            return Err(why);
        }
        let time = until.saturating_sub(now);
        if is_known || wait == Wait::Concurrency {
            let bucket = self.limits.gate.lock().bucket(self.ticket).to_owned();
            notes.push(Note::Throttle { bucket, wait: is_known.then_some(time), reason: wait });
        }
        Ok(Some(Pause { time, seen }))
    }

    /// Registers `wake`, which is called when the gate changes and it may be this call's turn. False if the
    /// gate changed since `pause` was made; `wake` may be called in that case, too.
    pub(super) fn park(&self, pause: Pause, wake: Wake) -> bool {
        self.leave();
        let before = self.limits.parked.lock().put(self.ticket.number(), wake);
        drop(before);
        // Read after parking, so that a change by another thread is either seen here or finds `wake` parked.
        self.limits.changes.load(Ordering::Acquire) == pause.seen
    }

    fn leave(&self) {
        let left = self.limits.parked.lock().take(self.ticket.number());
        // Dropped outside of the lock, since it may hold a task.
        drop(left);
    }

    pub(super) fn sent(&self, now: Duration) {
        self.limits.gate.lock().sent(self.ticket, now);
    }

    pub(super) fn done(&self, reply: &RateView<'_>, now: Duration, random: f64) -> Learnt {
        let learnt = self.limits.gate.lock().done(self.ticket, reply, now, random);
        self.limits.changed();
        learnt
    }

    /// Gives the gate's permit back and queues again in the old place.
    pub(super) fn again(&self) {
        self.limits.gate.lock().again(self.ticket);
        self.limits.changed();
    }

    /// Gives the gate's permit back after an attempt without an answer.
    pub(super) fn lost(&self) {
        self.limits.gate.lock().cancel(self.ticket);
        self.limits.changed();
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.leave();
        self.lost();
    }
}

/// A place in the line of writes to rules: of one request, or of an update with all its requests. Dropping it
/// leaves the line.
pub(crate) struct Writer {
    limits: Shared<Limits>,
    id: u32,
    is_part: bool,
}

impl Writer {
    /// The place of a write to rules; `None` for any other request.
    pub(super) fn of(request: &Request, limits: &Shared<Limits>, id: u32) -> Option<Self> {
        let writes = request.method() != Method::Get && request.path.starts_with("/api/v1/groups/rules");
        writes.then(|| Writer { limits: Shared::clone(limits), id, is_part: false })
    }

    /// The place of an update of a rule.
    pub(super) fn of_update(limits: &Shared<Limits>) -> Self {
        Writer { limits: Shared::clone(limits), id: limits.next_call(), is_part: false }
    }

    pub(super) fn id(&self) -> u32 {
        self.id
    }

    /// The place of one request of update `update`. Dropping it keeps the update's place until
    /// [`Limits::end_update`].
    pub(super) fn part_of(update: u32, limits: &Shared<Limits>) -> Self {
        Writer { limits: Shared::clone(limits), id: update, is_part: true }
    }

    pub(super) fn is_first(&self) -> bool {
        self.limits.writers.is_first(self.id)
    }

    pub(super) fn park(&self, wake: Wake) -> bool {
        self.limits.writers.park(self.id, wake)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if !self.is_part {
            self.limits.end_update(self.id);
        }
    }
}

impl Limits {
    /// Removes an update or a single write from the line, so that the next may go.
    pub(crate) fn end_update(&self, id: u32) {
        self.writers.leave(id);
        self.changed();
    }
}

/// Wakes waiting calls when it is dropped. A struct declares it after its call, so that the call's place is
/// free by then.
pub(crate) struct WakeOnDrop(pub(crate) Shared<Limits>);

impl Drop for WakeOnDrop {
    fn drop(&mut self) {
        self.0.wake();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::policy::line::count::grows_linearly;

    #[test]
    fn writers_go_in_the_order_they_came_and_each_is_woken_once() {
        let limits = Shared::new(Limits::new(RateLimitOptions::default(), &RetryOptions::default()));
        let [first, second, third] =
            [1, 2, 3].map(|id| Writer { limits: Shared::clone(&limits), id, is_part: id == 2 });
        assert!(first.is_first() && !second.is_first() && !third.is_first());
        let woken = Shared::new(AtomicU32::new(0));
        let wake = |by: u32| -> Wake {
            let woken = Shared::clone(&woken);
            Box::new(move || _ = woken.fetch_add(by, Ordering::Relaxed))
        };
        let woken_by = || {
            limits.wake();
            woken.swap(0, Ordering::Relaxed)
        };
        assert!(second.park(wake(10)) && third.park(wake(100)));
        assert_eq!(woken_by(), 0);
        drop(first);
        assert_eq!(woken_by(), 10);
        assert!(second.is_first() && !second.park(wake(10)) && !third.is_first());
        // The request of an update is done, the update is not.
        drop(second);
        assert_eq!(woken_by(), 0);
        assert!(third.park(wake(1000)));
        limits.end_update(2);
        assert_eq!(woken_by(), 1000);
        assert!(third.is_first());
        drop(third);
        assert_eq!(woken_by(), 0);
    }

    #[test]
    fn a_thousand_new_groups_are_remembered_for_half_a_minute() {
        let limits = Limits::new(RateLimitOptions::default(), &RetryOptions::default());
        let at = Duration::from_secs;
        (0..1001).for_each(|group| limits.created(&group.to_string(), at(100)));
        for (group, now, is_new) in [
            ("0", 100, false),
            ("1", 100, true),
            ("1000", 130, true),
            ("1000", 131, false),
            ("1001", 100, false),
        ] {
            assert_eq!(limits.is_new(group, at(now)), is_new, "{group} at {now}");
        }
        limits.deleted("1000");
        assert!(!limits.is_new("1000", at(100)));
    }

    #[test]
    fn limits_are_shared_by_org_and_credential_as_long_as_they_are_held() {
        let mut shared = SharedLimits::default();
        let (acme, other) =
            ("https://acme.example.com", OrgUrl::parse("https://acme.example.com/okta").unwrap());
        let acme = OrgUrl::parse(acme).unwrap();
        let (kept, retry) = (RateLimitOptions::default(), RetryOptions::default());
        let greedy = RateLimitOptions { reserve: 0.0, ..kept };
        let first = shared.of(&acme, 1, kept, &retry);
        for (org, credential, rate_limit, same) in [
            (&acme, 1, kept, true),
            (&acme, 2, kept, false),
            (&other, 1, kept, false),
            (&acme, 1, greedy, false),
        ] {
            assert_eq!(Shared::ptr_eq(&first, &shared.of(org, credential, rate_limit, &retry)), same);
        }
        drop(first);
        shared.of(&other, 3, kept, &retry);
        assert_eq!(shared.kept.len(), 1, "nothing is left of what no one holds");
    }

    /// Each client has its own credential, with ascending numbers.
    #[test]
    fn many_live_clients_cost_each_no_more_than_few() {
        let retry = RetryOptions::default();
        let orgs = ["https://acme.okta.com", "https://other.okta.com"].map(|org| OrgUrl::parse(org).unwrap());
        grows_linearly(1 << 14, |size| {
            let mut shared = SharedLimits::default();
            let of = |credential| {
                let org = &orgs[credential as usize % 2];
                shared.of(org, credential / 2, RateLimitOptions::default(), &retry)
            };
            let held: Vec<_> = (0..size as u32).map(of).collect();
            drop(held);
            (0..size as u32).for_each(|credential| {
                shared.of(&orgs[0], credential, RateLimitOptions::default(), &retry);
            });
            assert!(shared.kept.len() <= 2, "{}", shared.kept.len());
        });
    }

    /// The calls queue, are woken one by one, and leave.
    #[test]
    fn many_waiting_calls_cost_each_no_more_than_few() {
        grows_linearly(1 << 14, |size| {
            let limits = Shared::new(Limits::new(RateLimitOptions::default(), &RetryOptions::default()));
            let turns: Vec<_> = (0..size).map(|_| Turn::new(&limits, "groups", Priority::Bulk)).collect();
            for turn in &turns {
                let seen = limits.changes.load(Ordering::Acquire);
                turn.park(Pause { time: Duration::MAX, seen }, Box::new(|| {}));
            }
            drop(turns);
            assert_eq!(limits.parked.lock().len(), 0);
        });
    }
}
