//! Any rate-limit headers and dates: read without a panic or an overflow, and kept within what a client can wait.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use okta_groups::policy::{
    Admit, Gate, Priority, RateHeaders, RateLimitOptions, RateView, ServerClock, parse_http_date,
};
use okta_groups::request::{Method, bucket_of};

const DAY: Duration = Duration::from_secs(86_400);

// Each group of six lines is one reply: status, limit, remaining, reset, date, retry-after.
fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some(date) = parse_http_date(text) {
        assert!((0..=253_402_300_800_000).contains(&date), "{date}");
    }
    let lines: Vec<&str> = text.lines().collect();
    let mut gate = Gate::new(RateLimitOptions::default());
    let mut clock = ServerClock::default();
    let mut now = Duration::from_secs(100);
    for reply in lines.chunks(6).take(32) {
        let line = |at: usize| reply.get(at).copied().filter(|line| !line.is_empty());
        let view = RateView {
            status: line(0).and_then(|status| status.parse().ok()).unwrap_or(429),
            limit: line(1),
            remaining: line(2),
            reset: line(3),
            date: line(4),
            retry_after: line(5),
        };
        let read = RateHeaders::parse(&view, &clock, now);
        assert!(read.retry_after.is_none_or(|wait| wait <= Duration::from_secs(300)));
        let refused = view.status == 429 && line(2) == Some("0");
        clock.learn(read.date, read.reset.map(|reset| (reset, 60_000)), refused, now, now);
        assert!(clock.earliest(now) <= clock.latest(now));

        let ticket = gate.enqueue(&bucket_of(Method::Get, "/api/v1/groups"), Priority::Interactive);
        for _ in 0..8 {
            match gate.ask(ticket, now, 0.5) {
                Admit::At(at, ..) => {
                    assert!(at > now && at < now + DAY, "asked at {now:?}, told {at:?}");
                    now = at;
                }
                _ => break,
            }
        }
        gate.sent(ticket, now);
        gate.done(ticket, &view, now, 0.5);
    }
});
