//! Several processes on one bucket, each with a gate of its own, against a model org in virtual time. The processes
//! share nothing but the org.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[allow(dead_code, reason = "policy_sim uses the rest")]
mod sim;

use okta_groups::policy::RateLimitOptions;
use sim::{Dates, Report, Scenario, Windows, allowed, run};

/// Ten processes make 2,000 calls in a bucket of 500 a minute.
fn ten(reserve: f64) -> Scenario {
    let gate = RateLimitOptions { reserve, ..RateLimitOptions::default() };
    Scenario { shares: vec![200; 10], limit: 500, concurrency_limit: 1000, gate, ..Scenario::default() }
}

fn runs(scenario: &Scenario) -> Vec<(Report, f64)> {
    (1..=3)
        .flat_map(|seed| {
            [Windows::Lazy, Windows::Fixed(1 + seed * 6_131 % 60_000)].map(|windows| Scenario {
                seed,
                windows,
                ..scenario.clone()
            })
        })
        .map(|scenario| {
            let report = run(&scenario);
            let share = report.duration as f64 / allowed(&scenario) as f64;
            println!("{:?} seed {}: {report:?} {share:.3}", scenario.windows, scenario.seed);
            (report, share)
        })
        .collect()
}

fn none_lost_and_few_429s(scenario: &Scenario, most_429s: usize, most_of_allowed: f64) {
    let calls: usize = scenario.shares.iter().sum();
    for (report, share) in runs(scenario) {
        assert_eq!((report.done + report.abandoned, report.failed), (calls, 0), "{report:?}");
        assert!(report.window_429s <= most_429s, "{report:?}");
        assert!(share <= most_of_allowed, "{share:.3}: {report:?}");
    }
}

/// Without regard for each other they get some 95 429s.
#[test]
fn ten_processes_leave_room_for_each_other() {
    none_lost_and_few_429s(&ten(0.1), 0, 1.03);
}

/// The last request of a window tells one process that nothing is left. Each of the nine others finds out by a 429, in
/// each of the three windows that are used up; without regard for each other they get some 165.
#[test]
fn ten_processes_without_a_reserve_use_up_each_window() {
    none_lost_and_few_429s(&ten(0.0), 40, 1.03);
    for seed in 1..=3 {
        let report = run(&Scenario { seed, ..ten(0.0) });
        assert!(report.duration as f64 <= 1.03 * 180_000.0, "{report:?}");
    }
}

#[test]
fn processes_with_unequal_loads_leave_room_for_each_other() {
    for shares in [vec![1900, 100], vec![1000, 1000], vec![20, 20, 20, 20, 20, 1900]] {
        none_lost_and_few_429s(&Scenario { shares: shares.clone(), ..ten(0.1) }, 0, 1.03);
        none_lost_and_few_429s(&Scenario { shares, ..ten(0.0) }, 3 * 6, 1.035);
    }
}

/// What the processes that ended would have spent is not left unused for long.
#[test]
fn where_half_of_the_processes_end_the_others_use_the_bucket() {
    for half_ends in [500, 1_000, 61_500, 90_000] {
        let scenario = Scenario { half_ends: Some(half_ends), ..ten(0.1) };
        for (report, _) in runs(&scenario) {
            assert_eq!((report.done + report.abandoned, report.failed, report.window_429s), (2000, 0, 0));
            let windows = (report.done as u64 + report.abandoned.min(50) as u64).div_ceil(450);
            assert!(report.duration <= windows * 60_000 + 10_000, "{report:?}");
        }
    }
}

/// Requests of programs that send at a steady rate and regard nobody.
#[test]
fn ten_processes_beside_foreign_requests() {
    for foreign in [30, 100, 300] {
        none_lost_and_few_429s(&Scenario { foreign, ..ten(0.1) }, 20, 1.03);
    }
}

#[test]
fn ten_processes_in_a_small_bucket() {
    for (limit, most_429s) in [(100, 20), (250, 5)] {
        for seed in 1..=3 {
            let shares = vec![limit as usize / 3; 10];
            let report = run(&Scenario { limit, shares, seed, ..ten(0.1) });
            assert_eq!((report.done, report.failed), (limit as usize / 3 * 10, 0), "{report:?}");
            assert!(report.window_429s <= most_429s, "{report:?}");
        }
    }
}

/// With replies that are lost, and with a `Date` that is hidden.
#[test]
fn ten_processes_behind_a_bad_connection() {
    none_lost_and_few_429s(&Scenario { lost: 20, ..ten(0.1) }, 20, 1.05);
    none_lost_and_few_429s(&Scenario { dates: Dates::Hidden, ..ten(0.1) }, 20, 1.4);
}

#[test]
fn a_process_alone_uses_all_of_its_bucket() {
    for reserve in [0.0, 0.1] {
        none_lost_and_few_429s(&Scenario { shares: vec![2000], ..ten(reserve) }, 0, 1.02);
    }
}
