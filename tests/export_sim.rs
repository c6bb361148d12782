//! Whole-org exports in virtual time: a model org whose groups are created, deleted and skewed in time, listings that
//! take random time and fail, exports that are stopped and resumed from their checkpoint.
//!
//! `OKTA_GROUPS_SOAK=100000` runs so many schedules instead of 200.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use okta_groups::export::{Export, Order, Saved, Unsorted, shard};

/// A group: when it was created, and its number, which orders groups of the same time.
type Group = (i64, u32);

struct Org {
    groups: BTreeSet<Group>,
    next: u32,
}

#[derive(Clone, Copy, Debug)]
enum Shape {
    Even,
    AllEqual,
    Bursts,
    OneOutlier,
    Growing,
}

const SHAPES: [Shape; 5] = [Shape::Even, Shape::AllEqual, Shape::Bursts, Shape::OneOutlier, Shape::Growing];
/// Ten years.
const SPAN: i64 = 315_360_000_000;

impl Org {
    fn new(shape: Shape, size: u32, rng: &mut Rng) -> Org {
        let bursts: Vec<i64> = (0..rng.u32(1..6)).map(|_| rng.i64(0..SPAN)).collect();
        let time = |at: u32, rng: &mut Rng| match shape {
            Shape::Even => rng.i64(0..SPAN),
            Shape::AllEqual => 1_000,
            Shape::Bursts => bursts[rng.usize(0..bursts.len())] + rng.i64(0..2_000),
            Shape::OneOutlier => {
                if at == 0 {
                    SPAN
                } else {
                    rng.i64(0..60_000)
                }
            }
            Shape::Growing => (rng.f64().powf(0.2) * SPAN as f64) as i64,
        };
        let groups = (0..size).map(|at| (time(at, rng), at)).collect();
        Org { groups, next: size }
    }

    /// A page of groups in `from..to` after a cursor, and the cursor of the next one.
    fn page(&self, from: i64, to: i64, after: Option<Group>, limit: usize) -> (Vec<Group>, Option<Group>) {
        let start = after.map_or((from, 0), |(time, id)| (time, id + 1)).max((from, 0));
        let mut groups: Vec<Group> =
            self.groups.range(start..).take_while(|(time, _)| *time < to).take(limit + 1).copied().collect();
        let more = groups.len() > limit;
        groups.truncate(limit);
        let cursor = if more { groups.last().copied() } else { None };
        (groups, cursor)
    }
}

/// What an export came to.
#[derive(Debug)]
struct Run {
    seen: BTreeMap<Group, u32>,
    requests: u32,
    time: u64,
    most: usize,
}

/// One page under way: it ends at a time, and gives what the org has at its start or its end.
struct Flight {
    ends: u64,
    order: Order,
}

fn cursor_text((time, id): Group, to: i64) -> String {
    format!("{time} {id} {to}")
}

fn cursor_of(text: &str) -> (Group, i64) {
    let parts: Vec<i64> = text.split(' ').map(|part| part.parse().unwrap()).collect();
    ((parts[0], parts[1] as u32), parts[2])
}

/// Runs an export to its end. `stops`: one page in so many fails and the export resumes from its checkpoint.
fn run(
    org: &mut Org,
    lanes: usize,
    limit: usize,
    changes: u32,
    stops: u32,
    rng: &mut Rng,
    latency: u64,
) -> Run {
    let mut run = Run { seen: BTreeMap::new(), requests: 0, time: 0, most: 0 };
    let mut export = Export::new(lanes, limit);
    let mut flights: Vec<Flight> = Vec::new();
    // Pages that the program has not taken yet.
    let mut read: Vec<(u32, Vec<Group>)> = Vec::new();
    loop {
        while let Some(order) = export.order() {
            run.requests += 1;
            let ends = run.time + if stops > 0 || changes > 0 { rng.u64(50..400) } else { latency };
            flights.push(Flight { ends, order });
        }
        run.most = run.most.max(flights.len());
        let Some(at) = (0..flights.len()).min_by_key(|at| flights[*at].ends) else { break };
        let Flight { ends, order } = flights.swap_remove(at);
        run.time = ends;
        for _ in 0..changes {
            // Inserts are rarer than pages: a listing that the org outgrows has no end.
            if rng.u32(0..8) == 0 {
                org.groups.insert((SPAN + run.time as i64, org.next));
                org.next += 1;
            } else if let Some(group) = org.groups.iter().nth(rng.usize(0..org.groups.len().max(1))).copied()
            {
                org.groups.remove(&group);
            }
        }
        if stops > 0 && rng.u32(0..stops) == 0 {
            // The pages that the program has taken are the checkpoint's; the others come again.
            let saved = export.saved();
            export = Export::resume(lanes, limit, &saved, lanes > 1);
            flights.clear();
            read.clear();
            continue;
        }
        match order {
            Order::Newest { range, from, to } => {
                let (from, to) = (from.unwrap_or(0), to.unwrap_or(i64::MAX));
                let newest = org.groups.range((from, 0)..(to, 0)).next_back();
                export.newest(range, newest.map(|(time, _)| *time));
            }
            Order::Page { range, from, to, cursor } => {
                let place = cursor.as_deref().map(cursor_of);
                // A cursor's link keeps the bounds of the request that it came with.
                let asked = to.unwrap_or(i64::MAX);
                let to = place.map_or(asked, |(_, to)| to);
                assert_eq!(to, asked, "a cursor is sent with the search that it belongs to");
                let (groups, next) = org.page(from.unwrap_or(0), to, place.map(|(group, _)| group), limit);
                let times: Vec<i64> = groups.iter().map(|(time, _)| *time).collect();
                let kept = export.page(range, &times, next.map(|group| cursor_text(group, to))).unwrap();
                read.push((range, groups[..kept].to_vec()));
            }
        }
        // The program takes some of the pages, in the order in which they came.
        let taken = if stops > 0 { rng.usize(0..=read.len()) } else { read.len() };
        for (range, groups) in read.drain(..taken) {
            for group in groups {
                *run.seen.entry(group).or_default() += 1;
            }
            export.consumed(range);
        }
    }
    for (range, groups) in read {
        for group in groups {
            *run.seen.entry(group).or_default() += 1;
        }
        export.consumed(range);
    }
    assert!(export.is_over() && export.saved().is_empty());
    run
}

fn schedules() -> u64 {
    std::env::var("OKTA_GROUPS_SOAK").ok().and_then(|text| text.parse().ok()).unwrap_or(200)
}

#[test]
fn what_stays_throughout_comes_exactly_once() {
    for seed in 0..schedules() {
        let mut rng = Rng::with_seed(seed);
        let shape = SHAPES[rng.usize(0..SHAPES.len())];
        let (size, lanes, limit) = (rng.u32(0..600), rng.usize(1..9), rng.usize(2..30));
        let changes = rng.u32(0..3);
        let stops = if rng.bool() { rng.u32(5..60) } else { 0 };
        let mut org = Org::new(shape, size, &mut rng);
        let before = org.groups.clone();
        let run = run(&mut org, lanes, limit, changes, stops, &mut rng, 100);
        let story = format!("seed {seed}: {shape:?}, {size} groups, {lanes} lanes, limit {limit}");
        for group in before.intersection(&org.groups) {
            assert_eq!(run.seen.get(group), Some(&1), "{story}: {group:?}");
        }
        for (group, times) in &run.seen {
            assert_eq!(*times, 1, "{story}: {group:?}");
        }
        assert!(run.most <= lanes, "{story}: {} at once", run.most);
    }
}

/// 20,000 groups in pages of 40: 500 requests of one listing, as 100,000 groups in pages of 200 take.
#[test]
fn lanes_share_the_work_and_send_few_more_requests() {
    for shape in SHAPES {
        for seed in 0..2 {
            let mut rng = Rng::with_seed(seed);
            let mut org = Org::new(shape, 20_000, &mut rng);
            let plain = run(&mut org, 1, 40, 0, 0, &mut rng, 100);
            for (lanes, share) in [(2, 0.56), (4, 0.28), (8, 0.16)] {
                let lanes_run = run(&mut org, lanes, 40, 0, 0, &mut rng, 100);
                let (time, requests) = (
                    lanes_run.time as f64 / plain.time as f64,
                    f64::from(lanes_run.requests) / f64::from(plain.requests),
                );
                println!("{shape:?} seed {seed} lanes {lanes}: time {time:.3}, requests {requests:.3}");
                assert!(requests <= 1.05, "{shape:?} {lanes}: {requests:.3} times the requests");
                if !matches!(shape, Shape::AllEqual) {
                    assert!(time <= share, "{shape:?} {lanes}: {time:.3} of the time");
                }
            }
        }
    }
}

#[test]
fn an_org_that_does_not_sort_gets_one_listing() {
    let mut export = Export::new(4, 3);
    let Some(Order::Page { range, .. }) = export.order() else { panic!() };
    assert_eq!(export.order(), Some(Order::Newest { range: 0, from: None, to: None }));
    export.newest(0, Some(100));
    assert_eq!(export.page(range, &[5, 3, 9], Some("next".into())), Ok(3));
    assert!(!export.is_split());
    let Some(Order::Page { cursor, .. }) = export.order() else { panic!() };
    assert_eq!((cursor.as_deref(), export.order()), (Some("next"), None));
}

#[test]
fn an_org_that_leaves_the_range_later_is_an_error() {
    let mut export = Export::new(2, 2);
    let Some(Order::Page { range, .. }) = export.order() else { panic!() };
    assert_eq!(export.order(), Some(Order::Newest { range: 0, from: None, to: None }));
    export.newest(0, Some(1_000));
    assert_eq!(export.page(range, &[0, 1], Some("a".into())), Ok(2));
    assert!(matches!(export.order(), Some(Order::Page { .. })));
    let Some(Order::Page { range, from: Some(from), .. }) = export.order() else { panic!() };
    assert_eq!(export.page(range, &[from - 1], None), Err(Unsorted));
}

#[test]
fn an_org_that_refuses_the_search_gets_one_plain_list() {
    let mut export = Export::new(4, 2);
    export.order();
    export.order();
    assert!(export.refused());
    assert!(!export.refused(), "only once");
    let order = export.order();
    assert_eq!(order, Some(Order::Page { range: 0, from: None, to: None, cursor: None }));
    assert_eq!(export.page(0, &[9, 1], None), Ok(2));
    assert!(export.is_over());
}

#[test]
fn a_checkpoint_holds_what_the_program_has_not_taken() {
    let mut export = Export::new(1, 2);
    export.order();
    assert_eq!(export.page(0, &[1, 2], Some("b".into())), Ok(2));
    export.order();
    assert_eq!(export.page(0, &[3], None), Ok(1));
    let saved = |cursor: Option<&str>| {
        vec![Saved { from: None, to: None, asked: None, cursor: cursor.map(String::from) }]
    };
    assert_eq!(export.saved(), saved(None));
    export.consumed(0);
    assert_eq!(export.saved(), saved(Some("b")));
    export.consumed(0);
    assert_eq!(export.saved(), []);
}

#[test]
fn shards_are_alike_in_size_and_each_group_is_in_one() {
    let mut counts = [0_u32; 10];
    for at in 0..10_000 {
        counts[shard(&format!("00g{at:017}"), 10) as usize] += 1;
    }
    assert!(counts.iter().all(|count| (850..1_150).contains(count)), "{counts:?}");
    // The command line and other languages may compute it: these do not change.
    let known = ["00g1emaKYZTWRYYRRTSK", "00g118oQYT4TBGuay0g4", ""].map(|id| shard(id, 1_000_000));
    assert_eq!(known, [597_050, 527_981, 998_923]);
    assert_eq!((shard("00g1", 1), shard("00g1", 0)), (0, 0));
}
