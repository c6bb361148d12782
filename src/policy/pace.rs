use core::time::Duration;

/// How many requests may be in flight at the same time, where the org answers 429 to what is too many.
///
/// Such a 429 says no number. A request that was refused beside others tells that the org bears fewer than that;
/// where all that were in flight were refused, the org bears none at the moment: then one request at a time finds out
/// when it bears some again.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    most: f64,
    cap: f64,
    /// What the org bears, as far as is known: `cap` grows back to this quickly, and `ceiling` itself slowly.
    ceiling: f64,
    refused: Duration,
    /// How long after a refusal the ceiling is believed.
    patience: Duration,
    /// All requests that were in flight were refused.
    is_shut: bool,
    /// When the next request may go.
    opens: Duration,
}

/// With one request in this time at most two a second find out whether the org bears some again, also where they travel
/// for longer or shorter.
const PROBE_EVERY: Duration = Duration::from_millis(550);
/// The ceiling is tried again after this, doubled each time that it was right.
const PATIENCE_MIN: Duration = Duration::from_millis(500);
const PATIENCE_MAX: Duration = Duration::from_secs(60);
/// Each success makes room for so many more below the ceiling.
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

    /// When the next request may go, if that is later than `now`.
    pub(super) fn opens(&self, now: Duration) -> Option<Duration> {
        (now < self.opens).then_some(self.opens)
    }

    /// A request succeeded.
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

    /// A request was refused that was sent at `sent`, one of so many in flight, or, for 1, the last of those that were all
    /// refused.
    pub(super) fn refused(&mut self, in_flight: usize, sent: Duration, now: Duration) {
        let in_flight = in_flight as f64;
        self.cap = self.cap.min((in_flight / 2.0).max(1.0));
        if in_flight <= 1.0 {
            self.is_shut = true;
            // What it bears once it bears some is not known.
            self.ceiling = self.most;
            self.patience = PATIENCE_MIN;
            self.opens = sent.saturating_add(PROBE_EVERY);
        } else if !self.is_shut {
            self.ceiling = self.ceiling.min(in_flight - 1.0);
            // Of those that were sent before the first refusal came, one counts; what was long ago does not.
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

    /// Sends as many as it may every 100 ms, of which the org bears `bears(now)`. Gives the refusals until each second.
    fn refusals(pace: &mut Pace, seconds: u64, bears: impl Fn(u64) -> usize) -> Vec<usize> {
        let mut refused = 0;
        (0..seconds * 10)
            .filter_map(|tenth| {
                let (sent, now) = (at(1000 + tenth * 100), at(1090 + tenth * 100));
                let sends = if pace.opens(sent).is_some() { 0 } else { pace.cap() };
                for in_flight in 1..=sends {
                    if in_flight > bears(tenth / 10) {
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
        for bears in 1..=20 {
            let mut pace = Pace::new(20);
            let refused = refusals(&mut pace, 120, |_| bears);
            assert!(refused[0] <= 20, "{bears}: {refused:?}");
            // At 0.5, 1, 2, 4, 8, 16, 32 and 60 s from each other.
            assert!(refused[119] - refused[0] <= 2 * 8, "{bears}: {refused:?}");
            assert!((bears..=bears + 1).contains(&pace.cap()), "{bears}: {}", pace.cap());
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

    /// The ceiling is believed for twice as long each time that a later request is refused, within two minutes.
    #[test]
    fn a_ceiling_that_was_right_again_is_believed_for_longer() {
        let mut pace = Pace::new(20);
        for (sent, patience) in [
            (1_000_000, 500),
            // Sent when the first refusal came, or before: it tells nothing new.
            (1_000_090, 500),
            (1_000_181, 1000),
            // Two minutes after the last refusal, which is long ago.
            (1_120_271, 500),
            (1_240_360, 1000),
            (1_240_451, 2000),
        ] {
            pace.refused(8, at(sent), at(sent + 90));
            assert_eq!(pace.patience, at(patience), "{sent}");
        }
    }
}
