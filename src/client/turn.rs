//! Waiting for the gate: the queue of a client's calls, and who is woken when it changes.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::host::{Event, Platform};
use crate::org::OrgUrl;
use crate::policy::{
    Admit, Budget, Gate, Learnt, Priority, RateLimit, RateLimitOptions, RateView, Retry, RetryOptions,
    TicketId, Wait, Why,
};
use crate::sync::{Lock, Shared, Wake, WeakShared};

/// What the calls of one org and credential share: its rate limits, and the budget of retries.
pub struct Limits {
    gate: Lock<Gate>,
    pub(super) budget: Lock<Budget>,
    parked: Lock<Vec<(TicketId, Wake)>>,
    /// Counts what may have changed anyone's turn.
    changes: AtomicU32,
    calls: AtomicU32,
}

/// The [`Limits`] in use, each for an org and a credential. What no client holds any more is not kept.
#[derive(Debug, Default)]
pub struct SharedLimits(Vec<(OrgUrl, u32, RateLimitOptions, WeakShared<Limits>)>);

impl SharedLimits {
    /// The limits for a client of `org` with the credential of this number: those of the clients there are, or new
    /// ones. Clients that want their limits kept in another way have limits of their own.
    pub fn of(
        &mut self,
        org: &OrgUrl,
        credential: u32,
        rate_limit: RateLimitOptions,
        retry: &RetryOptions,
    ) -> Shared<Limits> {
        self.0.retain(|(.., limits)| limits.strong_count() > 0);
        let same = self.0.iter().find(|(o, c, r, _)| *c == credential && o == org && *r == rate_limit);
        if let Some(limits) = same.and_then(|(.., limits)| limits.upgrade()) {
            return limits;
        }
        let limits = Shared::new(Limits::new(rate_limit, retry));
        self.0.push((org.clone(), credential, rate_limit, Shared::downgrade(&limits)));
        limits
    }
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limits").field("gate", &self.gate).finish_non_exhaustive()
    }
}

impl Limits {
    /// Numbers the calls, for events.
    pub(super) fn next_call(&self) -> u32 {
        self.calls.fetch_add(1, Ordering::Relaxed).wrapping_add(1)
    }

    /// The last known state of every rate-limit bucket. `each` must not ask the client for anything: no call goes on
    /// before it is done.
    /// `now` is the platform's.
    pub fn rate_limits(&self, now: Duration, each: &mut dyn FnMut(RateLimit<'_>)) {
        self.gate.lock().rate_limits(now).for_each(each);
    }

    /// Limits of which nothing is known yet.
    pub fn new(rate_limit: RateLimitOptions, retry: &RetryOptions) -> Self {
        Limits {
            gate: Lock::new(Gate::new(rate_limit)),
            budget: Lock::new(Budget::new(retry.budget)),
            parked: Lock::default(),
            changes: AtomicU32::new(0),
            calls: AtomicU32::new(0),
        }
    }

    /// Wakes those whose turn it may be now; outside of the locks, since that may drop a task there and then.
    fn changed(&self) {
        self.changes.fetch_add(1, Ordering::Release);
        let mut woken = Vec::new();
        {
            let gate = self.gate.lock();
            let mut parked = self.parked.lock();
            for head in gate.heads() {
                if let Some(at) = parked.iter().position(|(ticket, _)| *ticket == head) {
                    woken.push(parked.swap_remove(at));
                }
            }
        }
        woken.into_iter().for_each(|(_, wake)| wake());
    }
}

/// A call's place in the queue, given up when it is dropped.
pub(super) struct Turn {
    limits: Shared<Limits>,
    ticket: TicketId,
}

/// A wait for the queue.
#[derive(Clone, Copy)]
pub(crate) struct Pause {
    /// How long it is at most.
    pub(crate) time: Duration,
    /// What had changed before the queue was asked.
    seen: u32,
}

impl Turn {
    pub(super) fn new(limits: &Shared<Limits>, bucket: &str, priority: Priority) -> Self {
        let ticket = limits.gate.lock().enqueue(bucket, priority);
        Turn { limits: Shared::clone(limits), ticket }
    }

    /// How long to wait before asking again, unless the request may go. Fails as soon as that is known to be later
    /// than `retry` allows.
    pub(super) fn ask<P: Platform>(
        &self,
        platform: &P,
        retry: &Retry,
        now: Duration,
    ) -> Result<Option<Pause>, Why> {
        self.leave();
        let seen = self.limits.changes.load(Ordering::Acquire);
        let (latest, why) = retry.latest_send();
        let admit = self.limits.gate.lock().ask(self.ticket, now, platform.random());
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
            // Copied: whoever is told may ask for the limits.
            let bucket = self.limits.gate.lock().bucket(self.ticket).to_owned();
            platform.event(&Event::Throttle {
                bucket: &bucket,
                wait: is_known.then_some(time),
                reason: wait,
            });
        }
        Ok(Some(Pause { time, seen }))
    }

    /// Has `wake` called once it may be this call's turn, by something other than time. False if that has come
    /// already, since the queue was asked; `wake` may be called all the same.
    pub(super) fn park(&self, pause: Pause, wake: Wake) -> bool {
        self.leave();
        self.limits.parked.lock().push((self.ticket, wake));
        // After parking: what another thread changes from here on finds it parked.
        self.limits.changes.load(Ordering::Acquire) == pause.seen
    }

    fn leave(&self) {
        let mut parked = self.limits.parked.lock();
        let at = parked.iter().position(|(ticket, _)| *ticket == self.ticket);
        let left = at.map(|at| parked.swap_remove(at));
        drop(parked);
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

    /// Gives the token back and queues again, in the old place.
    pub(super) fn again(&self) {
        self.limits.gate.lock().again(self.ticket);
        self.limits.changed();
    }

    /// Gives the token back after an attempt that had no answer.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_shared_by_org_and_credential_as_long_as_they_are_held() {
        let mut shared = SharedLimits::default();
        let (acme, other) = ("https://acme.okta.com", OrgUrl::parse("https://acme.okta.com/okta").unwrap());
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
        assert_eq!(shared.0.len(), 1, "nothing is left of what no one holds");
    }
}
