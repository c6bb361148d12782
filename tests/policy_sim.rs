//! 1,000 membership writes against a model org in virtual time: the scenarios the client is judged by.
//!
//! "What the bucket allows" is the duration of an oracle that sees the org's state and is never refused.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod sim;

use okta_groups::policy::{RateLimitOptions, parse_http_date};
use proptest::prelude::*;
use sim::{Dates, Report, Scenario, Windows, allowed, run};

fn windows(seed: u64) -> [Windows; 2] {
    [Windows::Lazy, Windows::Fixed(1 + seed * 6_131 % 60_000)]
}

/// Runs over seeds and kinds of windows; each report comes with its duration as a share of what the bucket allows.
fn runs(scenario: &Scenario) -> Vec<(Report, f64)> {
    (1..=8)
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

/// Where windows start with the first request, as recorded, the first reply tells the time. Where they are fixed to
/// the server's minute it only tells which minute, so the first wait may be a minute too long, once.
#[test]
fn date_hidden() {
    for seed in 1..=8 {
        let hidden = Scenario { dates: Dates::Hidden, seed, ..Scenario::default() };
        let (lazy, fixed) = (run(&hidden), run(&Scenario { windows: windows(seed)[1], ..hidden.clone() }));
        for report in [lazy, fixed] {
            assert_eq!((report.done, report.failed, report.window_429s), (1000, 0, 0));
            assert!(report.duration as f64 <= 180_000.0 * 1.05, "four windows of 250: {report:?}");
        }
        assert!(lazy.duration as f64 <= allowed(&hidden) as f64 * 1.05);
    }
}

/// 100 calls at once, where a bucket allows 60 a minute.
fn crowd(dates: Dates, windows: Windows, seed: u64, reserve: f64) -> Scenario {
    let gate = RateLimitOptions { reserve, ..RateLimitOptions::default() };
    Scenario { writes: 100, workers: 100, limit: 60, dates, windows, seed, gate, ..Scenario::default() }
}

fn at_most_one_429_a_window_and_none_lost(scenario: &Scenario) {
    let report = run(scenario);
    assert_eq!((report.done, report.failed), (scenario.writes, 0), "{scenario:?} {report:?}");
    assert!(report.most_429s_a_window <= 1, "{scenario:?} {report:?}");
    // A `Date` that was found to be wrong is not believed again.
    assert!(report.window_429s <= 1, "{scenario:?} {report:?}");
}

/// A proxy writes a `Date` of its own, while the limiter's reset is by the org's clock.
#[test]
fn a_date_that_is_off_costs_one_429_at_most() {
    let seconds = (-60..=60).chain((-720..=720).step_by(30));
    for (seed, second) in (1..).zip(seconds) {
        for windows in windows(seed) {
            for reserve in [0.0, 0.1] {
                let dates = Dates::Off(second * 1000 + i64::from(seed as u8) * 3);
                at_most_one_429_a_window_and_none_lost(&crowd(dates, windows, seed, reserve));
                // Over many windows, too.
                let long = Scenario { writes: 400, workers: 10, ..crowd(dates, windows, seed, reserve) };
                at_most_one_429_a_window_and_none_lost(&long);
            }
        }
    }
}

#[test]
fn a_date_of_several_clocks_or_of_none_costs_one_429_at_most() {
    for dates in [
        Dates::Hidden,
        Dates::Stuck,
        Dates::Among(&[0, 5_000]),
        Dates::Among(&[-5_000, 0, 5_000]),
        Dates::Among(&[0, 300_000]),
        Dates::Among(&[-600_000, 600_000]),
        Dates::Among(&[-600, 0, 900]),
        Dates::Then(10_000, 5_000),
        Dates::Then(70_000, 30_000),
        Dates::Then(70_000, -30_000),
        Dates::Then(500, 600_000),
    ] {
        for seed in 1..=8 {
            for windows in windows(seed) {
                at_most_one_429_a_window_and_none_lost(&crowd(dates, windows, seed, 0.1));
                let long = Scenario { writes: 400, workers: 10, ..crowd(dates, windows, seed, 0.0) };
                at_most_one_429_a_window_and_none_lost(&long);
            }
        }
    }
}

/// A wrong `Date` costs no more time than having none.
#[test]
fn a_date_that_is_off_costs_a_window_at_most() {
    for (seed, by) in (1..).zip([-600_000, -60_000, -20_000, -5_000, 5_000, 20_000, 60_000, 600_000]) {
        for windows in windows(seed) {
            let scenario = Scenario { windows, seed, dates: Dates::Off(by), ..Scenario::default() };
            let report = run(&scenario);
            let best = allowed(&scenario);
            assert!(report.duration <= best + best / 20 + 62_000, "{by}: {report:?}, allowed {best}");
        }
    }
}

/// 500 calls at once, at an org that bears none until `shut_until` and then so many at the same time.
fn storm(bears: usize, shut_until: u64, seed: u64) -> Scenario {
    Scenario {
        writes: 500,
        workers: 500,
        limit: 10_000,
        concurrency_limit: bears,
        shut_until,
        seed,
        ..Scenario::default()
    }
}

/// All are done by 1.2 times the ideal after the org bears requests again, and `luck` milliseconds: the ideal draws other
/// times of requests.
fn weathers(scenario: &Scenario, luck: u64) {
    let report = run(scenario);
    // As if the org had been open from the start.
    let ideal = allowed(&Scenario { shut_until: 0, workers: 20, ..scenario.clone() });
    assert_eq!((report.done, report.failed), (scenario.writes, 0), "{scenario:?} {report:?}");
    let limit = scenario.shut_until + ideal + ideal / 5 + luck;
    assert!(report.duration <= limit, "{} above {limit}: {scenario:?} {report:?}", report.duration);
    assert!(report.most_probes_a_second <= 2, "{scenario:?} {report:?}");
    let probes = 2 * scenario.shut_until.div_ceil(1000) as usize;
    let first = 2 * scenario.gate.max_concurrency as usize;
    assert!(report.refused_while_shut <= first + probes, "{scenario:?} {report:?}");
    // What it bears is found quickly, and rarely tried again.
    let after = report.concurrency_429s - report.refused_while_shut;
    assert!(after <= 40, "{after} after: {scenario:?} {report:?}");
}

#[test]
fn a_lasting_concurrency_429_is_no_storm() {
    for bears in 1..=20 {
        for shut_until in [0, 100, 300, 1000, 2500, 7_777, 20_000, 60_000] {
            weathers(&storm(bears, shut_until, bears as u64 + shut_until), 0);
        }
    }
}

#[test]
fn a_storm_is_weathered_without_prevention_too() {
    for (bears, shut_until) in [(1, 5_000), (5, 20_000), (20, 60_000)] {
        let storm = storm(bears, shut_until, 7);
        let gate = RateLimitOptions { prevent: false, ..storm.gate };
        let report = run(&Scenario { gate, ..storm.clone() });
        assert_eq!((report.done, report.failed), (500, 0), "{report:?}");
        // All are sent at first, and some of them again until all were refused.
        assert!(report.refused_while_shut <= 600 + 2 * shut_until as usize / 1000, "{report:?}");
    }
}

/// Concurrency limits are in no header: that one is there can only be learnt by hitting it.
#[test]
fn twenty_workers_where_fifteen_may_run() {
    let gate = RateLimitOptions { max_concurrency: 20, reserve: 0.0, ..RateLimitOptions::default() };
    let scenario = Scenario { workers: 20, concurrency_limit: 15, gate, ..Scenario::default() };
    for seed in 1..=8 {
        let narrow = Scenario { seed, ..scenario.clone() };
        let report = run(&narrow);
        assert_eq!((report.done, report.failed, report.window_429s), (1000, 0, 0));
        assert!(report.concurrency_429s <= 20, "{report:?}");
        assert!(report.duration as f64 <= allowed(&narrow) as f64 * 1.05, "{report:?}");
        let report = run(&Scenario { limit: 10_000, ..narrow });
        assert_eq!((report.done, report.failed), (1000, 0));
        assert!(report.concurrency_429s <= 20, "{report:?}");
        assert!(report.duration <= 18_000, "0.3 minutes: {report:?}");
    }
}

#[test]
fn ten_workers_never_meet_a_concurrency_limit_of_ten() {
    all_done_in_time_and_never_refused(&Scenario { concurrency_limit: 10, ..Scenario::default() });
}

#[test]
fn with_the_reserve_off_others_may_take_the_last_tokens_but_nothing_fails() {
    for (report, share) in runs(&Scenario { foreign: 100, ..Scenario::default() }) {
        assert_eq!(report.failed, 0);
        assert!(report.window_429s <= 4, "{report:?}");
        assert!(share <= 1.05, "{share:.3}");
    }
}

#[test]
fn all_headers_hidden_still_loses_nothing() {
    for workers in [1, 10] {
        for (report, share) in runs(&Scenario { headers_hidden: true, workers, ..Scenario::default() }) {
            assert_eq!((report.done, report.failed), (1000, 0), "{report:?}");
            assert!(report.window_429s <= 120, "ten at the wall and two a probe: {report:?}");
            assert!(share <= 1.5, "{share:.3}");
        }
    }
}

#[test]
fn lost_replies_are_counted_as_spent() {
    let gate = RateLimitOptions::default();
    for (report, _) in runs(&Scenario { lost: 20, gate, ..Scenario::default() }) {
        assert_eq!((report.failed, report.window_429s), (0, 0), "{report:?}");
    }
}

#[test]
fn no_more_than_the_cap_run_at_once() {
    for (report, _) in runs(&Scenario { workers: 50, limit: 5000, ..Scenario::default() }) {
        assert!(report.most_running <= 10, "{report:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever the org is like, every write is answered for and every wait ends.
    #[test]
    fn nothing_hangs(
        seed in 1u64..,
        workers in 1usize..30,
        limit in 1u32..600,
        fixed in prop::option::of(1u64..60_000),
        concurrency_limit in 1usize..40,
        others in 0u64..50,
        lost in 0u64..300,
        date_hidden: bool,
        date_off in prop_oneof![Just(0), -700_000i64..700_000],
        headers_hidden: bool,
        prevent: bool,
        reserve in 0.0..0.5f64,
        local_origin in 0i64..1 << 40,
    ) {
        let writes = (limit as usize * 2).min(400);
        let gate = RateLimitOptions { reserve, prevent, ..RateLimitOptions::default() };
        // Others who take all there is leave nothing to wait for.
        let foreign = u64::from(limit) * others / 100;
        let windows = fixed.map_or(Windows::Lazy, Windows::Fixed);
        let dates = if date_hidden { Dates::Hidden } else { Dates::Off(date_off) };
        let report = run(&Scenario {
            seed, writes, workers, limit, windows, concurrency_limit, foreign, lost,
            dates, headers_hidden, gate, local_origin, ..Scenario::default()
        });
        prop_assert_eq!(report.done + report.failed, writes);
        prop_assert!(report.longest_wait <= 61_250, "{:?}", report);
    }

    #[test]
    fn any_date_costs_one_429_at_most(
        seed in 1u64..,
        by in -700_000i64..700_000,
        fixed in prop::option::of(1u64..60_000),
        reserve in 0.0..0.3f64,
        limit in 20u32..120,
        writes in 50usize..300,
        workers in 2usize..100,
    ) {
        let windows = fixed.map_or(Windows::Lazy, Windows::Fixed);
        let scenario = Scenario { limit, writes, workers, ..crowd(Dates::Off(by), windows, seed, reserve) };
        at_most_one_429_a_window_and_none_lost(&scenario);
    }

    #[test]
    fn any_storm_is_weathered(
        seed in 1u64..,
        bears in 1usize..=20,
        shut_until in 0u64..60_000,
        max_concurrency in prop::sample::select(vec![6, 10, 20]),
    ) {
        let storm = storm(bears, shut_until, seed);
        weathers(&Scenario { gate: RateLimitOptions { max_concurrency, ..storm.gate }, ..storm }, 200);
    }

    #[test]
    fn http_dates_read_back(epoch in 0i64..253_402_300_800) {
        prop_assert_eq!(parse_http_date(&sim::http_date(epoch * 1000)), Some(epoch * 1000));
    }

    #[test]
    fn no_header_text_breaks_the_reader(text in ".{0,40}") {
        let _ = parse_http_date(&text);
    }
}
