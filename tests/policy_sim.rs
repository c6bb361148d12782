//! 1,000 membership writes against a model org in virtual time: the scenarios the client is judged by.
//!
//! "What the bucket allows" is the duration of an oracle that sees the org's state and is never refused.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod sim;

use okta_groups::policy::{RateLimitOptions, RetryOptions, parse_http_date};
use proptest::prelude::*;
use sim::{Report, Scenario, Windows, allowed, run};

fn windows(seed: u64) -> [Windows; 2] {
    [Windows::Lazy, Windows::Fixed(1 + seed * 6_131 % 60_000)]
}

/// Runs over seeds and kinds of windows; each report comes with its duration as a share of what the bucket allows.
fn runs(scenario: &Scenario) -> Vec<(Report, f64)> {
    (1..=20)
        .flat_map(|seed| windows(seed).map(|windows| Scenario { seed, windows, ..scenario.clone() }))
        .map(|scenario| {
            let report = run(&scenario);
            let share = report.duration as f64 / allowed(&scenario) as f64;
            println!("{:?} seed {}: {report:?} {share:.3}", scenario.windows, scenario.seed);
            (report, share)
        })
        .collect()
}

fn all_done_in_time_and_never_refused(scenario: &Scenario) {
    for (report, share) in runs(scenario) {
        assert_eq!((report.done, report.failed), (scenario.writes, 0));
        assert_eq!((report.window_429s, report.concurrency_429s), (0, 0));
        assert!(share <= 1.05, "{share:.3} of what the bucket allows");
    }
}

#[test]
fn local_clock_right() {
    all_done_in_time_and_never_refused(&Scenario::default());
}

/// The wall clock is not an input, so that it may be wrong by any amount. What can differ is where the monotonic
/// clock starts.
#[test]
fn local_clock_90_s_fast() {
    all_done_in_time_and_never_refused(&Scenario { local_origin: 190_000, ..Scenario::default() });
}

#[test]
fn local_clock_90_s_slow() {
    all_done_in_time_and_never_refused(&Scenario { local_origin: 10_000, ..Scenario::default() });
}

#[test]
fn shared_bucket_with_100_foreign_requests_a_minute() {
    let gate = RateLimitOptions::default();
    all_done_in_time_and_never_refused(&Scenario { foreign: 100, gate, ..Scenario::default() });
}
