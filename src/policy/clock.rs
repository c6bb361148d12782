use core::time::Duration;

use super::millis;

/// `Date` and `X-Rate-Limit-Reset` are cut to the second, so the true moment may be up to this much later.
/// (Recorded: 26 of 26 first replies of a window have Reset = Date + 60 exactly, so both are cut alike.)
pub(super) const SECOND: i64 = 1000;

/// Bounds on the server's time, learnt from its replies (docs/okta-facts.md#rate-limit-headers).
///
/// The local wall clock plays no part, so it may be wrong by any amount. `Date` bounds the server's time to a
/// second; where it is hidden (cross-origin browsers), the end of the rate-limit window bounds it to a window.
#[derive(Clone, Debug, Default)]
pub struct ServerClock {
    bounds: Option<Bounds>,
}

/// Bounds on `server epoch - local time`, milliseconds.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    lo: i64,
    hi: i64,
}

impl Bounds {
    fn and(self, other: Self) -> Option<Self> {
        let both = Self { lo: self.lo.max(other.lo), hi: self.hi.min(other.hi) };
        (both.lo <= both.hi).then_some(both)
    }
}

impl ServerClock {
    /// Learns from one reply: its `Date` and the `(reset, length)` of its rate-limit window, in epoch milliseconds.
    ///
    /// Returns true if the reply contradicts what was known (a clock stepped, a machine slept): then only the
    /// newest bounds are kept.
    pub fn learn(
        &mut self,
        date: Option<i64>,
        window: Option<(i64, i64)>,
        sent: Duration,
        received: Duration,
    ) -> bool {
        let (sent, received) = (millis(sent), millis(received).max(millis(sent)));
        let by_date = date.map(|date| Bounds { lo: date - received, hi: date + SECOND - sent });
        let by_window =
            window.map(|(reset, length)| Bounds { lo: reset - length - received, hi: reset + SECOND - sent });
        let newest = match (by_date, by_window) {
            // Where they disagree the window is not as long as assumed.
            (Some(date), Some(window)) => date.and(window).unwrap_or(date),
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => return false,
        };
        let refined = self.bounds.map_or(Some(newest), |known| known.and(newest));
        self.bounds = Some(refined.unwrap_or(newest));
        refined.is_none()
    }

    /// The server's time is at least this, epoch milliseconds. `None` before the first reply that tells.
    #[must_use]
    pub fn earliest(&self, now: Duration) -> Option<i64> {
        self.bounds.map(|bounds| bounds.lo + millis(now))
    }

    /// The server's time is at most this, epoch milliseconds.
    #[must_use]
    pub fn latest(&self, now: Duration) -> Option<i64> {
        self.bounds.map(|bounds| bounds.hi + millis(now))
    }

    /// The local time at which the server's time is surely past `server`, epoch milliseconds.
    #[must_use]
    pub fn surely_past(&self, server: i64) -> Option<Duration> {
        self.bounds.map(|bounds| Duration::from_millis(u64::try_from(server - bounds.lo).unwrap_or(0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: i64 = 1_757_607_710_000;

    fn at(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn each_date_narrows_the_bounds_to_the_second_it_was_cut_to() {
        let mut clock = ServerClock::default();
        assert_eq!(clock.earliest(at(0)), None);
        // The server's clock shows T0 + 900 when ours shows 1000; it says T0.
        assert!(!clock.learn(Some(T0), None, at(950), at(1050)));
        assert_eq!((clock.earliest(at(1050)), clock.latest(at(950))), (Some(T0), Some(T0 + 1000)));
        // A moment later it says T0 + 1000, which is known to be the start of that second.
        assert!(!clock.learn(Some(T0 + 1000), None, at(1100), at(1150)));
        assert_eq!(clock.earliest(at(1150)), Some(T0 + 1000));
        assert_eq!(clock.latest(at(1150)), Some(T0 + 1200));
    }

    #[test]
    fn without_a_date_the_first_reply_of_a_window_tells_the_time() {
        let mut clock = ServerClock::default();
        clock.learn(None, Some((T0 + 60_000, 60_000)), at(100), at(200));
        assert_eq!(clock.earliest(at(200)), Some(T0));
        assert_eq!(clock.surely_past(T0 + 60_000), Some(at(60_200)));
        // A later reply of the same window adds nothing to the lower bound.
        clock.learn(None, Some((T0 + 60_000, 60_000)), at(30_100), at(30_200));
        assert_eq!(clock.earliest(at(200)), Some(T0));
    }

    #[test]
    fn a_stepped_clock_leaves_only_the_newest_bounds() {
        let mut clock = ServerClock::default();
        clock.learn(Some(T0), None, at(0), at(100));
        assert!(clock.learn(Some(T0 - 3_600_000), None, at(1000), at(1100)), "an hour back");
        assert_eq!(clock.earliest(at(1100)), Some(T0 - 3_600_000));
        assert!(clock.learn(Some(T0), None, at(2000), at(2100)), "and forth");
        assert_eq!(clock.earliest(at(2100)), Some(T0));
    }

    #[test]
    fn a_window_of_another_length_does_not_spoil_what_date_says() {
        let mut clock = ServerClock::default();
        assert!(!clock.learn(Some(T0), Some((T0 + 115_000, 60_000)), at(0), at(100)));
        assert_eq!(clock.earliest(at(100)), Some(T0));
    }
}
