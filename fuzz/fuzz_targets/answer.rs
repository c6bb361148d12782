//! Any answers, to the whole client: every call ends, within its time, with a body of the right shape or a bounded
//! error, and a POST that may have run is not sent again.
//!
//! The input is a script of answers, apart by a zero byte: a status, lines of headers, an empty line, a body. What is
//! not text breaks the connection; when the script is at its end nothing answers any more.
#![no_main]

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::{Future, poll_fn, ready};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use okta_groups::client::{CallOptions, Client, Failure, Settings};
use okta_groups::error::Error;
use okta_groups::host::{Attempt, Event, Header, Host, Incoming, Outgoing, Platform, SendFault, Sent};
use okta_groups::org::OrgUrl;
use okta_groups::request::{CreateGroup, ListGroups, Method};
use send_wrapper::SendWrapper;
use serde_json::Value;

const TOKEN: &str = "canary-00aBcDeFgHiJkLmNoP";

struct Script {
    now: Rc<Clock>,
    answers: RefCell<VecDeque<Vec<u8>>>,
    created: Cell<bool>,
    fresh_tokens: Cell<u32>,
}

/// Virtual time: when nothing can go on it jumps to the next timer.
#[derive(Default)]
struct Clock {
    now: Cell<Duration>,
    next: Cell<Option<Duration>>,
}

impl Clock {
    fn run<T>(&self, future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        loop {
            self.next.set(None);
            if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                return value;
            }
            self.now.set(self.next.get().expect("nothing more happens"));
        }
    }
}

impl Platform for Script {
    type Headers = Vec<Header>;
    type Body = Value;
    type Cause = ();

    fn now(&self) -> Duration {
        self.now.now.get()
    }

    fn random(&self) -> f64 {
        0.5
    }

    fn refresh_token(&self, _: &[Header], _: Duration) -> bool {
        let left = self.fresh_tokens.get();
        self.fresh_tokens.set(left.saturating_sub(1));
        left > 0
    }

    fn event(&self, _: &Event<'_, ()>) {}

    fn may_hide_headers(&self) -> bool {
        false
    }
}

impl Host for Script {
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        let clock = Rc::clone(&self.now);
        let at = clock.now.get().saturating_add(duration);
        SendWrapper::new(poll_fn(move |_| {
            if clock.now.get() >= at {
                return Poll::Ready(());
            }
            clock.next.set(Some(clock.next.get().map_or(at, |next| next.min(at))));
            Poll::Pending
        }))
    }

    fn authorize(&self, _: Attempt<'_>) -> impl Future<Output = Result<Vec<Header>, ()>> + Send {
        ready(Ok(vec![("authorization".to_owned(), format!("SSWS {TOKEN}"))]))
    }

    fn send(&self, outgoing: Outgoing<'_>) -> impl Future<Output = Sent<Self>> + Send {
        SendWrapper::new(self.answer(outgoing))
    }
}

impl Script {
    async fn answer(&self, outgoing: Outgoing<'_>) -> Sent<Self> {
        assert!(outgoing.url.starts_with("https://acme.okta.com/api/v1/groups"), "{}", outgoing.url);
        assert!(!self.created.get() || outgoing.method != Method::Post, "created twice");
        self.created.set(true);
        let Some(answer) = self.answers.borrow_mut().pop_front() else { return std::future::pending().await };
        let failed = || SendFault::Failed { cause: (), code: Some("ECONNRESET".into()), maybe_cors: false };
        let answer = String::from_utf8(answer).map_err(|_| failed())?;
        let (head, body) = answer.split_once("\n\n").unwrap_or((&answer, ""));
        let mut head = head.lines();
        let status = head.next().and_then(|status| status.parse().ok()).unwrap_or(200);
        self.created.set(matches!(status, 200..=299 | 500 | 502 | 504));
        let headers = head.filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
        let text = (!body.is_empty()).then(|| body.to_owned());
        Ok(Incoming { status, headers: headers.collect(), text, lossy: false })
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut answers: VecDeque<Vec<u8>> = bytes.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect();
    answers.truncate(32);
    let clock = Rc::<Clock>::default();
    let script = Script {
        now: Rc::clone(&clock),
        answers: RefCell::new(answers),
        created: Cell::new(false),
        fresh_tokens: Cell::new(1),
    };
    let settings = Settings::new(OrgUrl::parse("https://acme.okta.com").unwrap());
    let total = settings.total_timeout;
    let client = Client::new(script, settings);

    let started = clock.now.get();
    let create = CreateGroup { profile: "{}".to_owned() }.request();
    match clock.run(client.call(&create, &CallOptions::default())) {
        Ok(reply) => assert!(reply.body.is_some_and(|body| body.is_object())),
        Err(failure) => bounded(&failure, bytes.len()),
    }
    let ended = clock.now.get();
    assert!(ended - started <= total, "a call took {:?}", ended - started);

    let first = ListGroups { limit: Some(200), ..ListGroups::default() }.request().unwrap();
    let mut walk = client.walk(first, None).unwrap();
    for _ in 0..40 {
        let started = clock.now.get();
        let page = clock.run(client.page(&mut walk, &CallOptions::default()));
        assert!(clock.now.get() - started <= total);
        match page {
            Ok(Some(reply)) => assert!(reply.body.is_some_and(|body| body.is_array())),
            Ok(None) => break,
            Err(failure) => return bounded(&failure, bytes.len()),
        }
    }
});

fn bounded(failure: &Failure<Script>, input: usize) {
    let message = failure.error.to_string();
    assert!(message.len() <= input + 2000, "{message}");
    if let Error::Response(fault) = &failure.error {
        assert!(fault.snippet.as_ref().is_none_or(|snippet| snippet.chars().count() <= 201));
    }
    assert!(!format!("{:?}", failure.error).contains(TOKEN));
}
