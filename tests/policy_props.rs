//! The gate under any sequence of events.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::time::Duration;

use okta_groups::policy::{Admit, Gate, Priority, RateLimitOptions, RateView, TicketId};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Event {
    Enqueue { bucket: bool, bulk: bool },
    Ask(prop::sample::Index),
    Send(prop::sample::Index),
    Done(prop::sample::Index, Headers),
    Cancel(prop::sample::Index),
    Again(prop::sample::Index),
    Pass(u64),
}

#[derive(Clone, Debug)]
struct Headers {
    status: u16,
    limit: Option<String>,
    remaining: Option<String>,
    reset: Option<String>,
    date: Option<String>,
    retry_after: Option<String>,
}

fn headers() -> impl Strategy<Value = Headers> {
    let number = |range: std::ops::Range<i64>| {
        prop_oneof![
            8 => range.prop_map(|number| Some(number.to_string())),
            1 => Just(None),
            1 => "[-0-9., a-z]{0,24}".prop_map(Some),
        ]
    };
    let date = prop_oneof![
        Just(None),
        Just(Some("Thu, 11 Sep 2025 16:21:50 GMT".to_owned())),
        Just(Some("Thu, 11 Sep 2025 15:21:50 GMT".to_owned())),
        "[A-Za-z0-9,: ]{0,30}".prop_map(Some),
    ];
    let status = prop::sample::select(vec![200, 200, 200, 404, 429, 429, 500, 503]);
    (status, number(0..60), number(0..60), number(1_757_607_700..1_757_607_840), date, number(0..100))
        .prop_map(|(status, limit, remaining, reset, date, retry_after)| Headers {
            status,
            limit,
            remaining,
            reset,
            date,
            retry_after,
        })
}

impl Headers {
    fn view(&self) -> RateView<'_> {
        RateView {
            status: self.status,
            limit: self.limit.as_deref(),
            remaining: self.remaining.as_deref(),
            reset: self.reset.as_deref(),
            date: self.date.as_deref(),
            retry_after: self.retry_after.as_deref().filter(|_| self.status == 429),
        }
    }
}

fn event() -> impl Strategy<Value = Event> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        3 => (any::<bool>(), any::<bool>()).prop_map(|(bucket, bulk)| Event::Enqueue { bucket, bulk }),
        4 => index().prop_map(Event::Ask),
        3 => index().prop_map(Event::Send),
        3 => (index(), headers()).prop_map(|(index, headers)| Event::Done(index, headers)),
        1 => index().prop_map(Event::Cancel),
        1 => index().prop_map(Event::Again),
        2 => (0u64..40_000).prop_map(Event::Pass),
    ]
}

proptest! {
    #[test]
    fn tokens_never_leak_waits_are_bounded_and_nobody_starves(
        events in prop::collection::vec(event(), 0..200),
        reserve in 0.0..=1.0f64,
        random in 0.0..1.0f64,
    ) {
        let mut gate = Gate::new(RateLimitOptions { reserve, ..RateLimitOptions::default() });
        let mut now = Duration::from_secs(10);
        let mut tickets: Vec<TicketId> = Vec::new();
        let mut queued: Vec<TicketId> = Vec::new();
        let mut flying: Vec<TicketId> = Vec::new();

        for event in events {
            let pick = |index: prop::sample::Index| if tickets.is_empty() { None } else { Some(*index.get(&tickets)) };
            match event {
                Event::Enqueue { bucket, bulk } => {
                    let priority = if bulk { Priority::Bulk } else { Priority::Interactive };
                    let ticket = gate.enqueue(if bucket { "groups" } else { "groups/{id}" }, priority);
                    tickets.push(ticket);
                    queued.push(ticket);
                }
                Event::Ask(index) => {
                    if let Some(ticket) = pick(index) {
                        match gate.ask(ticket, now, random) {
                            Admit::Go => {
                                let waited = queued.iter().position(|&queued| queued == ticket);
                                prop_assert!(waited.is_some() || flying.contains(&ticket), "only who waits goes");
                                if let Some(index) = waited {
                                    queued.remove(index);
                                    flying.push(ticket);
                                }
                            }
                            Admit::At(at, _) => {
                                prop_assert!(at >= now && at - now <= Duration::from_millis(300_250));
                            }
                            Admit::WhenChanged { .. } => {}
                        }
                    }
                }
                Event::Send(index) => { if let Some(ticket) = pick(index) { gate.sent(ticket, now); } }
                Event::Done(index, headers) => {
                    if let Some(ticket) = pick(index) {
                        gate.done(ticket, &headers.view(), now, random);
                        flying.retain(|&other| other != ticket);
                        queued.retain(|&other| other != ticket);
                    }
                }
                Event::Cancel(index) => {
                    if let Some(ticket) = pick(index) {
                        gate.cancel(ticket);
                        flying.retain(|&other| other != ticket);
                        queued.retain(|&other| other != ticket);
                    }
                }
                Event::Again(index) => {
                    if let Some(ticket) = pick(index) {
                        gate.again(ticket);
                        flying.retain(|&other| other != ticket);
                        queued.retain(|&other| other != ticket);
                        queued.push(ticket);
                    }
                }
                Event::Pass(millis) => now += Duration::from_millis(millis),
            }
            prop_assert!(flying.len() <= 10);
            for view in gate.rate_limits(now) {
                let ours = flying.iter().filter(|&&ticket| gate.bucket(ticket) == view.bucket).count();
                prop_assert_eq!(view.in_flight as usize, ours);
            }
        }

        // All in flight get an answer, and then the rest go, whatever came before.
        for ticket in flying {
            gate.cancel(ticket);
        }
        let mut rounds = 0;
        while !queued.is_empty() {
            rounds += 1;
            prop_assert!(rounds < 2000, "{} still wait", queued.len());
            let heads: Vec<_> = gate.heads().collect();
            let mut soonest = now + Duration::from_secs(1);
            for head in heads {
                match gate.ask(head, now, random) {
                    Admit::Go => {
                        gate.sent(head, now);
                        gate.done(head, &RateView { status: 200, ..RateView::default() }, now, random);
                        queued.retain(|&other| other != head);
                        soonest = now;
                    }
                    Admit::At(at, _) => soonest = soonest.min(at),
                    Admit::WhenChanged { .. } => {}
                }
            }
            now = soonest.max(now);
        }
        prop_assert_eq!(gate.heads().count(), 0);
    }
}
