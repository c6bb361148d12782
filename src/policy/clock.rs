//! Decides within which bounds the server's clock is. The gate decides how long to wait.

use super::millis;
use crate::time::Duration;

/// `Date` and `X-Rate-Limit-Reset` are cut to the second, so the true moment may be up to this much later.
/// (Recorded: 26 of 26 first replies of a window have Reset = Date + 60 exactly, so both are cut alike.)
pub(super) const SECOND: i64 = 1000;

/// Bounds on the time of the server's clock, which ends rate-limit windows. Learnt from replies.
///
/// The local wall clock is not used, so it may be wrong by any amount. Each reply bounds the server's time to
/// the window that it names, since the reply was made within it. `Date` bounds the time to a second if it
/// comes from the same clock, but a proxy may write its own `Date`. So `Date` counts until it contradicts a
/// window or itself, and never again after that: once a window was seen to begin, windows alone give the time
/// as precisely.
#[derive(Clone, Debug, Default)]
pub struct ServerClock {
    windows: Option<Bounds>,
    date: Option<Bounds>,
    date_is_off: bool,
}

/// Bounds on `server epoch - local time`, in milliseconds.
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

    fn agrees(self, other: Option<Self>) -> bool {
        other.is_some_and(|other| self.and(other).is_some())
    }
}

impl ServerClock {
    /// Learns from one reply: its `Date`, and the `(reset, length)` of its rate-limit window in epoch
    /// milliseconds. `refused` is true for a 429 that says the window is used up: that window is certainly
    /// still on.
    ///
    /// Returns true if the reply contradicts what was known (a clock stepped, or the machine slept). Only the
    /// newest bounds are kept then.
    pub fn learn(
        &mut self,
        date: Option<i64>,
        window: Option<(i64, i64)>,
        refused: bool,
        sent: Duration,
        received: Duration,
    ) -> bool {
        let (sent, received) = (millis(sent), millis(received).max(millis(sent)));
        let by_date = date.map(|date| Bounds { lo: date - received, hi: date + SECOND - sent });
        // Less a millisecond: in it the window is over, however its end was cut.
        let by_window = window
            .map(|(reset, length)| Bounds { lo: reset - length - received, hi: reset + SECOND - 1 - sent });
        let mut stepped = false;
        if let Some(new) = by_window {
            let both = self.windows.map_or(Some(new), |known| known.and(new));
            // If `Date` continues as before, this window is longer than assumed.
            let is_longer = || {
                let date = by_date.filter(|_| !self.date_is_off && !refused);
                self.windows.is_some_and(|known| known.agrees(date))
            };
            if both.is_some() {
                self.windows = both;
            } else if !is_longer() {
                *self = Self { windows: Some(new), ..Self::default() };
                stepped = true;
            }
        }
        if let Some(new) = by_date {
            let both = self.date.map_or(Some(new), |known| known.and(new));
            stepped |= both.is_none() && self.windows.is_none();
            self.date_is_off |= both.is_none() && self.windows.is_some();
            self.date = Some(both.unwrap_or(new));
        }
        self.date_is_off |= self.windows.is_some_and(|it| self.date.is_some() && !it.agrees(self.date));
        stepped
    }

    fn bounds(&self) -> Option<Bounds> {
        match (self.windows, self.date.filter(|_| !self.date_is_off)) {
            (Some(windows), Some(date)) => windows.and(date),
            (one, other) => one.or(other),
        }
    }

    /// The earliest time that the server's clock may show, in epoch milliseconds. `None` before the first
    /// reply with a time.
    #[must_use]
    pub fn earliest(&self, now: Duration) -> Option<i64> {
        self.bounds().map(|bounds| bounds.lo + millis(now))
    }

    /// The latest time that the server's clock may show, in epoch milliseconds.
    #[must_use]
    pub fn latest(&self, now: Duration) -> Option<i64> {
        self.bounds().map(|bounds| bounds.hi + millis(now))
    }

    /// The local time at which the server's clock has certainly passed `server` (epoch milliseconds).
    #[must_use]
    pub fn surely_past(&self, server: i64) -> Option<Duration> {
        self.bounds().map(|bounds| Duration::from_millis(u64::try_from(server - bounds.lo).unwrap_or(0)))
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
        // The server's clock shows T0 + 900 when the local clock shows 1000; `Date` says T0.
        assert!(!clock.learn(Some(T0), None, false, at(950), at(1050)));
        assert_eq!((clock.earliest(at(1050)), clock.latest(at(950))), (Some(T0), Some(T0 + 1000)));
        // `Date` says T0 + 1000 a moment later, so that second has just begun.
        assert!(!clock.learn(Some(T0 + 1000), None, false, at(1100), at(1150)));
        assert_eq!(clock.earliest(at(1150)), Some(T0 + 1000));
        assert_eq!(clock.latest(at(1150)), Some(T0 + 1200));
    }

    #[test]
    fn without_a_date_the_first_reply_of_a_window_tells_the_time() {
        let mut clock = ServerClock::default();
        clock.learn(None, Some((T0 + 60_000, 60_000)), false, at(100), at(200));
        assert_eq!(clock.earliest(at(200)), Some(T0));
        assert_eq!(clock.surely_past(T0 + 60_000), Some(at(60_200)));
        // A later reply of the same window does not raise the lower bound.
        clock.learn(None, Some((T0 + 60_000, 60_000)), false, at(30_100), at(30_200));
        assert_eq!(clock.earliest(at(200)), Some(T0));
    }

    #[test]
    fn a_stepped_clock_leaves_only_the_newest_bounds() {
        let mut clock = ServerClock::default();
        clock.learn(Some(T0), None, false, at(0), at(100));
        assert!(clock.learn(Some(T0 - 3_600_000), None, false, at(1000), at(1100)), "an hour back");
        assert_eq!(clock.earliest(at(1100)), Some(T0 - 3_600_000));
        assert!(clock.learn(Some(T0), None, false, at(2000), at(2100)), "and forth");
        assert_eq!(clock.earliest(at(2100)), Some(T0));
    }

    #[test]
    fn a_date_that_contradicts_a_window_counts_no_more() {
        for off in [-600_000, -61_000, 5_000, 600_000] {
            let mut clock = ServerClock::default();
            // Its window began 40 s ago; a `Date` that is 5 s ahead does not contradict that.
            assert!(!clock.learn(Some(T0 + off), Some((T0 + 20_000, 60_000)), false, at(0), at(100)));
            let trusted = clock.earliest(at(100)) == Some(T0 + off);
            assert_eq!(trusted, off == 5_000, "{off}");
            if !trusted {
                assert_eq!(clock.surely_past(T0 + 20_000), Some(at(60_100)));
            }
        }
    }

    #[test]
    fn a_429_that_names_the_same_window_corrects_the_clock() {
        let mut clock = ServerClock::default();
        let window = Some((T0 + 20_000, 60_000));
        clock.learn(Some(T0 + 5_000), window, false, at(0), at(100));
        assert_eq!(clock.surely_past(T0 + 21_000), Some(at(16_100)), "five seconds early");
        assert!(!clock.learn(Some(T0 + 21_100), window, true, at(16_100), at(16_200)));
        assert_eq!(clock.surely_past(T0 + 21_000), Some(at(61_100)));
        // The next window is seen to begin: from here on windows give the time.
        clock.learn(Some(T0 + 70_000), Some((T0 + 80_000, 60_000)), false, at(61_100), at(61_150));
        assert_eq!(clock.surely_past(T0 + 81_000), Some(at(121_100)));
    }

    #[test]
    fn a_429_is_believed_though_it_contradicts_all_that_is_known() {
        let mut clock = ServerClock::default();
        let window = Some((T0 + 115_000, 60_000));
        clock.learn(Some(T0), window, false, at(0), at(100));
        assert_eq!(clock.surely_past(T0 + 116_000), Some(at(61_100)), "as if it lasted a minute");
        assert!(clock.learn(Some(T0 + 61_100), window, true, at(61_200), at(61_300)));
        assert!(clock.surely_past(T0 + 116_000) > Some(at(61_300)));
    }

    #[test]
    fn a_date_that_contradicts_itself_counts_no_more() {
        for dates in [[0, 2_000], [3_000, 3_000], [3_000, -600_000]] {
            let mut clock = ServerClock::default();
            clock.learn(Some(T0), Some((T0 + 40_000, 60_000)), false, at(0), at(100));
            for (n, date) in (1..).zip(dates) {
                let [sent, received] = [at(1000 * n), at(1000 * n + 100)];
                let window = Some((T0 + 40_000, 60_000));
                assert!(
                    !clock.learn(Some(T0 + date), window, false, sent, received),
                    "no step of the org's clock"
                );
            }
            let by_window = Some(T0 - 20_000);
            assert_eq!(clock.earliest(at(100)) == by_window, dates != [0, 2_000], "{dates:?}");
        }
    }

    /// Replies of a bucket with a longer window must not look as if the clock had stepped.
    #[test]
    fn a_longer_window_does_not_spoil_what_others_tell() {
        let mut clock = ServerClock::default();
        clock.learn(Some(T0), Some((T0 + 60_000, 60_000)), false, at(0), at(100));
        for n in 1..5 {
            let now = at(1000 * n);
            let date = Some(T0 + 1000 * n as i64);
            assert!(!clock.learn(date, Some((T0 + 3_600_000, 60_000)), false, now, now));
            assert!(!clock.learn(date, Some((T0 + 60_000, 60_000)), false, now, now));
        }
        assert_eq!(clock.earliest(at(100)), Some(T0 + 100));
    }

    #[test]
    fn a_step_of_the_orgs_clock_is_learnt_from_windows_and_date_counts_again() {
        let mut clock = ServerClock::default();
        clock.learn(Some(T0 + 600_000), Some((T0 + 60_000, 60_000)), false, at(0), at(100));
        let back = T0 - 3_600_000;
        assert!(clock.learn(Some(back), Some((back + 60_000, 60_000)), false, at(1000), at(1100)));
        assert_eq!(clock.earliest(at(1100)), Some(back));
        assert_eq!(clock.latest(at(1000)), Some(back + 1000));
    }

    /// `Date` continues as before, but a 429 is certain: its window is on, whatever was known.
    #[test]
    fn a_429_of_another_window_is_believed_though_date_agrees_with_what_is_known() {
        for (refused, stepped) in [(true, true), (false, false)] {
            let mut clock = ServerClock::default();
            clock.learn(Some(T0), Some((T0 + 60_000, 60_000)), false, at(0), at(100));
            let other = Some((T0 + 3_600_000, 60_000));
            let now = at(1000);
            assert_eq!(clock.learn(Some(T0 + 1000), other, refused, now, now), stepped, "refused: {refused}");
        }
    }

    #[test]
    fn after_a_step_the_newest_window_tells_the_time() {
        let mut clock = ServerClock::default();
        clock.learn(None, Some((T0 + 60_000, 60_000)), false, at(0), at(100));
        let back = T0 - 3_600_000;
        assert!(clock.learn(None, Some((back + 60_000, 60_000)), false, at(1000), at(1100)));
        assert_eq!(clock.earliest(at(1100)), Some(back));
        assert_eq!(clock.surely_past(back + 60_000), Some(at(61_100)));
    }
}
