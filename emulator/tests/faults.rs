//! The org misbehaves as it is told to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{NOW, body, group, ids, options};
use okta_groups::request::Operation;
use okta_groups_emulator::faults::{Act, Delivery, Fault, FaultOptions, FaultRule, Pace, RandomFaults};
use okta_groups_emulator::{Org, RateLimit, Request, Response, SeedOptions};
use serde_json::json;

fn with(rules: Vec<FaultRule>) -> Org {
    let mut options = options();
    options.faults.rules = rules;
    options.rate_limit = RateLimit::each(100);
    Org::seeded(options, SeedOptions { groups: 10, users: 5, seed: 7 })
}

fn deliver(org: &mut Org, method: &str, path: &str, text: &str, at: i64) -> Delivery {
    org.deliver(&Request::new(method, path).header("authorization", "SSWS t").body(text), at)
}

fn answer(org: &mut Org, path: &str) -> Response {
    match deliver(org, "GET", path, "", NOW).act {
        Act::Answer(response, Pace::Whole) => response,
        other => panic!("{other:?}"),
    }
}

fn create(org: &mut Org, name: &str) -> Act {
    deliver(org, "POST", "/api/v1/groups", &json!({ "profile": { "name": name } }).to_string(), NOW).act
}

fn named(org: &mut Org, name: &str) -> usize {
    let request = Request::new("GET", &format!("/api/v1/groups?q={name}")).header("authorization", "SSWS t");
    // A used-up bucket has its next window by then.
    ids(&org.handle(&request, NOW + 60_000)).len()
}

#[test]
fn a_rule_strikes_the_requests_it_names() {
    let mut org = with(vec![
        FaultRule::new(Fault::error(500, "E0000009")).on(Operation::ListGroups).nth(2),
        FaultRule::new(Fault::status(504)).on(Operation::GetGroup).times(1),
    ]);
    let statuses = |org: &mut Org, path: &str| [0; 3].map(|_| answer(org, path).status);
    assert_eq!(statuses(&mut org, "/api/v1/groups"), [200, 500, 200]);
    let id = ids(&answer(&mut org, "/api/v1/groups?limit=1")).remove(0);
    assert_eq!(statuses(&mut org, &format!("/api/v1/groups/{id}")), [504, 200, 200]);
}

#[test]
fn the_errors_okta_and_others_answer_with() {
    for (fault, status, code, remaining) in [
        (Fault::RateLimit, 429, Some("E0000047"), Some("0")),
        (Fault::Concurrency, 429, Some("E0000047"), Some("0")),
        (Fault::BareRateLimit, 429, Some("E0000047"), None),
        (Fault::error(500, "E0000009"), 500, Some("E0000009"), Some("99")),
        (Fault::error(503, "E0000010"), 503, Some("E0000010"), Some("99")),
        (Fault::error(503, "E0000100"), 503, Some("E0000100"), Some("99")),
        (Fault::status(502), 502, None, None),
        (Fault::ProxyError, 502, None, None),
        (Fault::LoginPage, 200, None, None),
    ] {
        let mut org = with(vec![FaultRule::new(fault.clone()).nth(1)]);
        let struck = answer(&mut org, "/api/v1/groups");
        assert_eq!(struck.status, status, "{fault:?}");
        assert_eq!(struck.get("x-rate-limit-remaining"), remaining, "{fault:?}");
        match code {
            Some(code) => assert_eq!(body(&struck)["errorCode"], code, "{fault:?}"),
            None => assert!(!struck.body.starts_with('{'), "{fault:?}"),
        }
        let limit = struck.get("x-rate-limit-limit");
        assert_eq!(limit == Some("0"), fault == Fault::Concurrency, "{fault:?}");
    }
}

#[test]
fn a_used_up_bucket_stays_so_until_its_window_ends() {
    let mut org = with(vec![FaultRule::new(Fault::RateLimit).nth(1)]);
    let mut at = |ms| match deliver(&mut org, "GET", "/api/v1/groups", "", NOW + ms).act {
        Act::Answer(response, _) => response.status,
        other => panic!("{other:?}"),
    };
    assert_eq!([at(0), at(59_000), at(60_000)], [429, 429, 200]);
}

#[test]
fn a_write_is_lost_before_or_after_it_was_done() {
    for (after, groups) in [(false, 0), (true, 1)] {
        for fault in [Fault::Reset, Fault::Hang, Fault::status(504), Fault::error(500, "E0000009")] {
            let rule = FaultRule::new(fault.clone()).nth(1);
            let mut org = with(vec![if after { rule.after() } else { rule }]);
            let act = create(&mut org, "lost");
            match fault {
                Fault::Reset => assert_eq!(act, Act::Reset),
                Fault::Hang => assert_eq!(act, Act::Hang),
                _ => assert!(matches!(act, Act::Answer(Response { status: 500.., .. }, _))),
            }
            assert_eq!(named(&mut org, "lost"), groups, "{fault:?}");
        }
    }
    for fault in [Fault::RateLimit, Fault::Concurrency, Fault::BareRateLimit, Fault::error(503, "E0000010")] {
        let mut org = with(vec![FaultRule::new(fault.clone()).after()]);
        create(&mut org, "lost");
        assert_eq!(named(&mut org, "lost"), 0, "its answer says that nothing was done: {fault:?}");
    }
}

#[test]
fn links_that_lie() {
    let url = "https://acme.okta.com/api/v1/groups?limit=3";
    let second = "after=00g";
    for (fault, starts, holds) in [
        (Fault::NextHost("https://x.example/".into()), "https://x.example/api/v1/groups?limit=3&", second),
        (Fault::NextSelf, url, ""),
        (Fault::NextFirst, url, ""),
        (Fault::NextLoses("limit".into()), "https://acme.okta.com/api/v1/groups?after=", "after="),
    ] {
        let mut org = with(vec![FaultRule::new(fault.clone())]);
        let page = answer(&mut org, "/api/v1/groups?limit=3");
        assert_eq!(ids(&page).len(), 3);
        let next = page.get_all("link").find(|link| link.contains("rel=\"next\"")).unwrap();
        let target = next.split(['<', '>']).nth(1).unwrap();
        assert!(target.starts_with(starts) && (holds.is_empty() || target.contains("after=")), "{target}");
    }
}

#[test]
fn empty_pages_lead_on_to_what_they_should_have_held() {
    let mut org = with(vec![FaultRule::new(Fault::EmptyPage).times(3)]);
    let first = common::get(&mut org, "/api/v1/groups?limit=3");
    let (mut path, mut pages) = ("/api/v1/groups?limit=3".to_owned(), Vec::new());
    loop {
        let page = answer(&mut org, &path);
        pages.push(ids(&page));
        match common::next(&page) {
            Some(next) => path = next,
            None => break,
        }
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [0, 0, 0, 3, 3, 3, 1]);
    assert_eq!(pages[3], ids(&first));
}

#[test]
fn pages_above_a_size_are_too_much() {
    let mut org = with(vec![FaultRule::new(Fault::PageTooLarge(5))]);
    for (path, status) in
        [("/api/v1/groups?limit=6", 500), ("/api/v1/groups?limit=5", 200), ("/api/v1/groups", 500)]
    {
        assert_eq!(answer(&mut org, path).status, status, "{path}");
    }
}

#[test]
fn a_new_group_is_not_in_lists_yet() {
    // Nor one whose creation was done and not told.
    let lost = FaultRule::new(Fault::error(500, "E0000009")).on(Operation::CreateGroup).after();
    for rules in [vec![], vec![lost]] {
        let mut org = with([vec![FaultRule::new(Fault::Lag(2_000))], rules].concat());
        create(&mut org, "young");
        for (ms, seen) in [(0, 10), (1_999, 10), (2_000, 11)] {
            let Act::Answer(list, _) = deliver(&mut org, "GET", "/api/v1/groups", "", NOW + ms).act else {
                panic!()
            };
            assert_eq!(ids(&list).len(), seen, "after {ms} ms");
        }
    }
}

#[test]
fn headers_that_lie_or_are_not_there() {
    let of = |fault| answer(&mut with(vec![FaultRule::new(fault)]), "/api/v1/groups");
    let plain = of(Fault::Latency(0));
    assert_eq!(of(Fault::DuplicateHeaders).get_all("x-rate-limit-reset").count(), 2);
    assert_eq!(of(Fault::MissingHeaders).get("x-rate-limit-reset"), None);
    assert_eq!(of(Fault::HiddenDate).get("date"), None);
    let fast = of(Fault::ClockOffset(90_000));
    let reset = |it: &Response| it.get("x-rate-limit-reset").unwrap().parse::<i64>().unwrap();
    assert_eq!(reset(&fast), reset(&plain) + 90);
    assert_eq!(fast.get("date"), Some("Wed, 01 Jan 2025 00:01:30 GMT"));
}

#[test]
fn bodies_that_are_late_slow_or_short() {
    let act = |fault| deliver(&mut with(vec![FaultRule::new(fault)]), "GET", "/api/v1/groups", "", NOW);
    assert_eq!(act(Fault::Latency(70)).delay_ms, 70);
    assert!(matches!(act(Fault::CutBody(9)).act, Act::Answer(_, Pace::Cut(9))));
    let slow = Fault::SlowBody { chunk: 0, pause_ms: 5 };
    assert!(matches!(act(slow).act, Act::Answer(_, Pace::Slow { chunk: 1, pause_ms: 5 })));
    let Act::Answer(short, Pace::Whole) = act(Fault::TruncatedBody(9)).act else { panic!() };
    assert_eq!(short.body.len(), 9);
    let mut org = with(vec![FaultRule::new(Fault::CutBody(9))]);
    let id = group_to_delete(&mut org);
    assert_eq!(deliver(&mut org, "DELETE", &id, "", NOW).act, Act::Reset, "a 204 has no body to cut");
}

fn group_to_delete(org: &mut Org) -> String {
    let created = Request::new("POST", "/api/v1/groups")
        .header("authorization", "SSWS t")
        .body(r#"{"profile":{"name":"short"}}"#);
    ["/api/v1/groups/", body(&org.handle(&created, NOW))["id"].as_str().unwrap()].concat()
}

#[test]
fn a_seed_repeats_its_faults_and_strikes_its_share() {
    let run = |seed| {
        let mut options = options();
        options.faults.random = Some(RandomFaults::new(seed).rate(0.3));
        let mut org = Org::new(options).with_group(group("00g1", "OKTA_GROUP", "one")).unwrap();
        (0..1_000).map(|_| deliver(&mut org, "GET", "/api/v1/groups/00g1", "", NOW)).collect::<Vec<_>>()
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
    let late =
        |it: &Delivery| it.delay_ms > 0 || !matches!(it.act, Act::Answer(Response { status: 200, .. }, _));
    let struck = run(3).iter().filter(|it| late(it)).count();
    assert!((100..300).contains(&struck), "{struck} of 1000 visibly");
}

#[test]
fn faults_are_written_as_json() {
    let text = json!({
        "rules": [
            { "operation": "GET /api/v1/groups/{groupId}/users", "nth": 2, "fault": { "error": { "status": 504 } } },
            { "path": "00g1", "every": 10, "after": true, "fault": "reset" },
            { "fault": { "slowBody": { "chunk": 64, "pauseMs": 50 } } },
        ],
        "random": { "seed": 5, "of": ["hang", { "lag": 500 }] },
    });
    let read: FaultOptions = serde_json::from_value(text).unwrap();
    let users = FaultRule::new(Fault::status(504)).on(Operation::ListUsers).nth(2);
    assert_eq!(read.rules[0], users);
    assert_eq!(read.rules[2].fault, Fault::SlowBody { chunk: 64, pause_ms: 50 });
    assert_eq!(read.random, Some(RandomFaults::new(5).of(&[Fault::Hang, Fault::Lag(500)])));
    for wrong in [
        r#"{"rules": [{"fault": "hangs"}]}"#,
        r#"{"rules": [{"nth": 2}]}"#,
        r#"{"rules": [{"operation": "GET /groups", "fault": "hang"}]}"#,
        r#"{"rule": []}"#,
    ] {
        assert!(serde_json::from_str::<FaultOptions>(wrong).is_err(), "{wrong}");
    }
}
