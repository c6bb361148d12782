//! Decides how many requests may be in flight. The gate decides about rate-limit windows.

use crate::time::Duration;

/// How many requests may be in flight at an org that answers 429 to too many at a time.
///
/// Such a 429 names no number. If one of several requests in flight is refused, the org takes fewer than that
/// many. If all of them are refused, the org takes none at the moment; then one request at a time finds out
/// when it takes some again.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    most: f64,
    cap: f64,
    /// How many requests the org takes, as far as is known. `cap` grows back to this quickly, the ceiling
    /// itself grows slowly.
    ceiling: f64,
    refused: Duration,
    /// How long the ceiling is trusted after a refusal.
    patience: Duration,
    /// Whether all requests in flight were refused.
    is_shut: bool,
    /// When the next request may be sent.
    opens: Duration,
}

/// The pause between requests while the org takes none: at most two a second find out whether it takes some
/// again, even if their travel times vary.
const PROBE_EVERY: Duration = Duration::from_millis(550);
/// The ceiling is tested after this time, which doubles each time that the ceiling was right.
const PATIENCE_MIN: Duration = Duration::from_millis(500);
const PATIENCE_MAX: Duration = Duration::from_secs(60);
/// How much each success raises `cap` below the ceiling.
const STEP: f64 = 2.0;

impl Pace {
    pub(super) fn new(most: u32) -> Self {
        let most = f64::from(most.max(1));
        Pace {
            most,
            cap: most,
            ceiling: most,
            refused: Duration::ZERO,
            patience: PATIENCE_MIN,
            is_shut: false,
            opens: Duration::ZERO,
        }
    }

    /// How many requests may be in flight.
    pub(super) fn cap(&self) -> usize {
        self.cap as usize
    }

    /// When the next request may be sent; `None` if at once.
    pub(super) fn opens(&self, now: Duration) -> Option<Duration> {
        (now < self.opens).then_some(self.opens)
    }

    /// Takes the success of a request.
    pub(super) fn good(&mut self, now: Duration) {
        self.is_shut = false;
        self.opens = Duration::ZERO;
        if self.cap < self.ceiling {
            self.cap = (self.cap + STEP).min(self.ceiling);
        } else if now >= self.refused.saturating_add(self.patience) {
            self.ceiling = (self.ceiling + 1.0 / self.ceiling).min(self.most);
            self.cap = self.ceiling;
        }
    }

    /// Takes the refusal of a request that was sent at `sent` with `in_flight` requests in flight.
    /// `in_flight` is 1 if all of them were refused.
    pub(super) fn refused(&mut self, in_flight: usize, sent: Duration, now: Duration) {
        let in_flight = in_flight as f64;
        self.cap = self.cap.min((in_flight / 2.0).max(1.0));
        if in_flight <= 1.0 {
            self.is_shut = true;
            // How many requests the org takes later is unknown.
            self.ceiling = self.most;
            self.patience = PATIENCE_MIN;
            self.opens = sent.saturating_add(PROBE_EVERY);
        } else if !self.is_shut {
            self.ceiling = self.ceiling.min(in_flight - 1.0);
            // Of the requests that were sent before the first refusal came, one counts. A refusal long ago
            // does not count.
            if sent > self.refused {
                let is_again = sent < self.refused.saturating_add(PATIENCE_MAX * 2);
                self.patience = if is_again { (self.patience * 2).min(PATIENCE_MAX) } else { PATIENCE_MIN };
            }
        }
        self.refused = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    /// Sends as many requests as it may every 100 ms; the org takes `capacity(now)` of them. Returns the count
    /// of refusals at each second.
    fn refusals(pace: &mut Pace, seconds: u64, capacity: impl Fn(u64) -> usize) -> Vec<usize> {
        let mut refused = 0;
        (0..seconds * 10)
            .filter_map(|tenth| {
                let (sent, now) = (at(1000 + tenth * 100), at(1090 + tenth * 100));
                let sends = if pace.opens(sent).is_some() { 0 } else { pace.cap() };
                for in_flight in 1..=sends {
                    if in_flight > capacity(tenth / 10) {
                        refused += 1;
                        pace.refused(in_flight, sent, now);
                    } else {
                        pace.good(now);
                    }
                }
                (tenth % 10 == 9).then_some(refused)
            })
            .collect()
    }

    #[test]
    fn what_the_org_bears_is_found_and_rarely_tried_again() {
        for capacity in 1..=20 {
            let mut pace = Pace::new(20);
            let refused = refusals(&mut pace, 120, |_| capacity);
            assert!(refused[0] <= 20, "{capacity}: {refused:?}");
            // The tests of the ceiling are 0.5, 1, 2, 4, 8, 16, 32 and 60 s apart.
            assert!(refused[119] - refused[0] <= 2 * 8, "{capacity}: {refused:?}");
            assert!((capacity..=capacity + 1).contains(&pace.cap()), "{capacity}: {}", pace.cap());
        }
    }

    #[test]
    fn an_org_that_bears_none_is_probed_twice_a_second() {
        let mut pace = Pace::new(10);
        let refused = refusals(&mut pace, 60, |second| if second < 50 { 0 } else { 4 });
        assert!(refused[49] <= 10 + 2 * 50, "{refused:?}");
        assert!(refused[59] - refused[49] <= 12, "{refused:?}");
        assert!((4..=5).contains(&pace.cap()), "{}", pace.cap());
    }

    #[test]
    fn an_org_that_bears_more_again_is_used_again() {
        let mut pace = Pace::new(10);
        refusals(&mut pace, 30, |second| if second < 10 { 2 } else { 10 });
        assert_eq!(pace.cap(), 10);
    }

    #[test]
    fn the_next_request_may_go_when_its_time_has_come() {
        let mut pace = Pace::new(10);
        pace.refused(1, at(1000), at(1090));
        assert_eq!(pace.opens(at(1549)), Some(at(1550)));
        assert_eq!(pace.opens(at(1550)), None);
    }

    #[test]
    fn each_success_makes_room_for_two_more() {
        let mut pace = Pace::new(10);
        pace.refused(1, at(1000), at(1090));
        let caps = [(); 6].map(|()| {
            pace.good(at(1200));
            pace.cap()
        });
        assert_eq!(caps, [3, 5, 7, 9, 10, 10]);
    }

    /// Each later refusal within two minutes doubles the time for which the ceiling is trusted.
    #[test]
    fn a_ceiling_that_was_right_again_is_believed_for_longer() {
        let mut pace = Pace::new(20);
        for (sent, patience) in [
            (1_000_000, 500),
            // Sent before the first refusal came: it says nothing new.
            (1_000_090, 500),
            (1_000_181, 1000),
            // Two minutes after the last refusal: that one does not count any more.
            (1_120_271, 500),
            (1_240_360, 1000),
            (1_240_451, 2000),
        ] {
            pace.refused(8, at(sent), at(sent + 90));
            assert_eq!(pace.patience, at(patience), "{sent}");
        }
    }
}
