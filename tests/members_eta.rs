//! The time that a run says is left, against the time that it takes, in virtual time: a bucket of any size, any reserve,
//! and a start at any point of the window.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[allow(dead_code, reason = "policy_sim uses the rest")]
mod sim;

use std::time::Duration;

use okta_groups::members::{BucketState, NextAction, Run, RunOptions, WriteOp, WriteOutcome};
use okta_groups::policy::RateLimitOptions;
use proptest::prelude::*;
use sim::{Scenario, Windows, run_watching};

/// A report: how much of the writes was done, when, and how long the rest was said to take.
struct Told {
    share: f64,
    at: f64,
    eta: f64,
}

/// Runs the writes. Returns what was told, and how long the run took.
fn run(scenario: &Scenario) -> (Vec<Told>, f64) {
    let began = Duration::from_millis(scenario.local_origin as u64);
    let options = RunOptions { concurrency: u32::MAX, ..RunOptions::default() };
    let mut run = Run::new(scenario.writes, 0, options, began);
    while let NextAction::Start(..) = run.next(began) {}
    let (mut told, mut settled) = (Vec::new(), 0);
    let report = run_watching(scenario, &mut |now, done, gate| {
        for _ in settled..done {
            run.settled(WriteOp::Add, WriteOutcome::Done);
        }
        settled = done;
        let bucket =
            gate.rate_limits(now).find(|limit| limit.bucket == BucketState::NAME).map(BucketState::from);
        let Some(progress) = run.progress(now, false, bucket) else { return };
        let seconds = |time: Duration| time.as_secs_f64();
        if let Some(eta) = progress.eta {
            let share = done as f64 / scenario.writes as f64;
            told.push(Told { share, at: seconds(now - began), eta: seconds(eta) });
        }
    });
    assert_eq!((report.done, report.failed), (scenario.writes, 0), "{report:?}");
    (told, report.duration as f64 / 1000.0)
}

/// The error that is allowed, of all the time that the run takes: a tenth. Or a window, where the requests in flight decide
/// whether the run needs one more: nobody knows how many of them the org counted already. Or a quarter, where no limit makes
/// the run wait: it is told the pace of the first writes, whose times are random.
fn allowed(scenario: &Scenario) -> f64 {
    let share = scenario.limit - (f64::from(scenario.limit) * scenario.gate.reserve) as u32;
    let last = (scenario.writes as u32 + scenario.used.min(share)) % share;
    let in_flight = scenario.workers as u32;
    let is_at_edge = last <= in_flight || share - last <= in_flight;
    let (_, whole) = run(scenario);
    match whole {
        ..60.0 => 0.25,
        _ if is_at_edge => f64::max(0.1, 62.0 / whole),
        _ => 0.1,
    }
}

/// The largest error from a tenth of the writes on, of all the time that the run takes.
fn worst(scenario: &Scenario) -> f64 {
    let (told, whole) = run(scenario);
    let errors = told.iter().filter(|told| told.share >= 0.1).map(|told| (told.at + told.eta) / whole - 1.0);
    errors.fold(0.0, |worst: f64, error| if error.abs() > worst.abs() { error } else { worst })
}

fn scenario(limit: u32, writes: usize, reserve: f64, windows: Windows, used: u32, seed: u64) -> Scenario {
    let gate = RateLimitOptions { reserve, ..RateLimitOptions::default() };
    Scenario { limit, writes, used, windows, seed, gate, workers: 8, ..Scenario::default() }
}

/// As a run of 2,000 writes in a bucket of 500 a minute was told 268 s after a minute, and took 244.
#[test]
fn a_run_that_waits_for_the_limit_is_told_when_it_ends() {
    for windows in [Windows::Lazy, Windows::Fixed(1), Windows::Fixed(30_000), Windows::Fixed(59_999)] {
        let scenario = scenario(500, 2000, 0.1, windows, 0, 1);
        let (told, whole) = run(&scenario);
        for told in told.iter().filter(|told| told.share >= 0.1) {
            println!(
                "{windows:?} {:.3} at {:.1}: {:.1} of {whole:.1}",
                told.share,
                told.at,
                told.at + told.eta
            );
        }
        let worst = worst(&scenario);
        assert!(worst.abs() <= 0.03, "{windows:?}: {worst:.3}");
    }
}

/// Eight windows take 1,032 of the 1,028 writes, so that eight requests in flight decide about a ninth.
#[test]
fn a_run_that_ends_with_a_window_may_be_told_another_one() {
    let scenario = scenario(134, 1028, 0.0445, Windows::Lazy, 0, 8);
    let (worst, allowed) = (worst(&scenario), allowed(&scenario));
    assert!(allowed > 0.1 && worst.abs() <= allowed, "{worst:.3} of {allowed:.3}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_time_left_is_within_a_tenth_from_a_tenth_on(
        limit in 60_u32..=1200,
        writes in 500_usize..=20_000,
        reserve in 0.0..=0.5,
        end in prop::option::of(1_u64..60_000),
        used in 0.0..1.0,
        seed in 1_u64..1000,
    ) {
        // A lazy window begins with the first request, so nobody has used it before.
        let windows = end.map_or(Windows::Lazy, Windows::Fixed);
        let used = end.map_or(0, |_| (f64::from(limit) * used) as u32);
        let scenario = scenario(limit, writes, reserve, windows, used, seed);
        let (worst, allowed) = (worst(&scenario), allowed(&scenario));
        println!("{limit} {writes} {reserve:.2} {windows:?} {used}: {worst:.3} of {allowed:.3}");
        prop_assert!(worst.abs() <= allowed, "{}", worst);
    }
}
