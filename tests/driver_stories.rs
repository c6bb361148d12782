//! What the driver does with each answer, one story at a time: a script on the other end of the wire, virtual time.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod driver;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use driver::{Asked, CANARY, SimHost, Wire, World, answer, ids, in_flight, settings};
use futures_lite::future;
use okta_groups::client::{CallOptions, Client, Reply, Settings, check_own_header};
use okta_groups::error::{Error, Phase, ResponseReason};
use okta_groups::page::{NextLink, PaginationReason};
use okta_groups::policy::RetryOptions;
use okta_groups::request::{
    AssignUser, CreateGroup, DeleteGroup, GetGroup, GroupId, ListGroups, ListUsers, ReplaceGroup, Request,
    UnassignUser, UserId,
};
use okta_groups_emulator::Response;
use okta_groups_emulator::faults::{Act, Delivery, Pace};
use serde_json::json;

const SECOND: Duration = Duration::from_secs(1);

/// A client whose requests are answered by a script, in order; when it is over, nothing answers.
struct Story {
    world: Rc<World>,
    client: Client<SimHost>,
}

impl Story {
    fn new(script: impl IntoIterator<Item = Delivery>) -> Self {
        Story::with(settings(), script)
    }

    fn with(settings: Settings, script: impl IntoIterator<Item = Delivery>) -> Self {
        let world = World::new();
        let script = RefCell::new(script.into_iter().collect::<VecDeque<_>>());
        let wire: Wire = Rc::new(move |_, _| script.borrow_mut().pop_front().unwrap_or_else(hang));
        let mut host = SimHost::new(&world, 1, wire);
        host.travel = 0..1;
        host.events = Some(Rc::default());
        Story { client: Client::new(host, settings), world }
    }

    fn call(&self, request: &Request) -> Result<Reply<SimHost>, Error<&'static str>> {
        self.call_with(request, &CallOptions::default())
    }

    fn call_with(
        &self,
        request: &Request,
        options: &CallOptions,
    ) -> Result<Reply<SimHost>, Error<&'static str>> {
        let result = self.world.block_on(self.client.call(request, options));
        assert_eq!(in_flight(&self.client), 0);
        result.map_err(|failure| failure.error)
    }

    fn sent(&self) -> usize {
        self.client.host().asked.borrow().len()
    }

    fn targets(&self) -> Vec<String> {
        self.client.host().asked.borrow().iter().map(|asked| asked.target.clone()).collect()
    }

    /// Of the kinds of events there were, those named.
    fn events(&self, name: &str) -> usize {
        let events = self.client.host().events.as_ref().unwrap().borrow();
        events.iter().filter(|event| event.starts_with(name)).count()
    }
}

fn hang() -> Delivery {
    Delivery { delay_ms: 0, act: Act::Hang }
}

fn reset() -> Delivery {
    Delivery { delay_ms: 0, act: Act::Reset }
}

fn late(delay_ms: u32, delivery: Delivery) -> Delivery {
    Delivery { delay_ms, ..delivery }
}

fn with_header(delivery: Delivery, name: &'static str, value: &str) -> Delivery {
    let Act::Answer(mut response, pace) = delivery.act else { panic!("no answer") };
    response.headers.push((name.into(), value.to_owned()));
    Delivery { act: Act::Answer(response, pace), ..delivery }
}

fn error(status: u16, code: &str) -> Delivery {
    answer(status, &json!({ "errorCode": code, "errorSummary": "a summary", "errorId": "oae1" }).to_string())
}

fn group() -> GroupId {
    GroupId::new("00g1").unwrap()
}

fn user() -> UserId {
    UserId::new("00u1").unwrap()
}

fn list() -> Request {
    ListGroups::default().request().unwrap()
}

fn create() -> Request {
    CreateGroup { profile: r#"{"name":"West"}"#.to_owned() }.request()
}

fn get() -> Request {
    GetGroup { group: group() }.request()
}

fn replace() -> Request {
    ReplaceGroup { group: group(), profile: r#"{"name":"West"}"#.to_owned() }.request()
}

fn delete() -> Request {
    DeleteGroup { group: group() }.request()
}

fn assign() -> Request {
    AssignUser { group: group(), user: user() }.request()
}

fn unassign() -> Request {
    UnassignUser { group: group(), user: user() }.request()
}

/// What each operation answers with when all is well.
fn good(request: &Request) -> Delivery {
    match (request.method().as_str(), request.path.as_str()) {
        ("GET", path) if path.ends_with("/groups") || path.ends_with("/users") => answer(200, "[]"),
        ("DELETE", _) => answer(204, ""),
        (_, path) if path.contains("/users/") => answer(204, ""),
        _ => answer(200, r#"{"id":"00g1"}"#),
    }
}

/// Each row: what comes first, then whether list, get, replace, delete, assign, unassign and create try again.
#[test]
fn what_is_tried_again() {
    let requests = [list(), get(), replace(), delete(), assign(), unassign(), create()];
    let but_create = [true, true, true, true, true, true, false];
    for (first, again) in [
        (error(400, "E0000001"), [false; 7]),
        (error(401, "E0000011"), [false; 7]),
        (error(403, "E0000006"), [false; 7]),
        (error(404, "E0000007"), [false; 7]),
        (answer(408, ""), but_create),
        (error(409, "E0000055"), [false; 7]),
        (error(409, "E0000112"), [true; 7]),
        (error(429, "E0000047"), [true; 7]),
        (error(500, "E0000009"), but_create),
        (error(501, "E0000060"), [false; 7]),
        (answer(502, "<html>Bad Gateway</html>"), but_create),
        (answer(503, ""), but_create),
        (error(503, "E0000010"), [true; 7]),
        (error(503, "E0000100"), but_create),
        (answer(504, "upstream error"), but_create),
        (reset(), but_create),
        (answer(302, ""), [false; 7]),
        // A page of a proxy: reads are read again, of writes it is not known what became of them.
        (answer(200, "<html>Sign in</html>"), [true, true, false, false, false, false, false]),
    ] {
        for (request, again) in requests.iter().zip(again) {
            let story = Story::new([first.clone(), good(request)]);
            let result = story.call(request);
            assert_eq!(story.sent(), if again { 2 } else { 1 }, "{first:?} to {request:?}");
            assert_eq!(result.is_ok(), again, "{first:?} to {request:?}");
            assert_eq!(story.events("Retry"), usize::from(again));
        }
    }
}

#[test]
fn an_attempt_that_hangs_is_tried_again_but_never_a_create() {
    for (request, sent) in [(list(), 2), (get(), 2), (replace(), 2), (delete(), 2), (create(), 1)] {
        let story = Story::new([hang(), good(&request)]);
        let result = story.call(&request);
        assert_eq!(story.sent(), sent, "{request:?}");
        assert_eq!(result.is_ok(), sent == 2, "{request:?}");
        let waited = story.client.host().asked.borrow().last().unwrap().at;
        assert!(sent == 1 || waited >= Duration::from_secs(130), "after the 30 s of an attempt");
    }
}

#[test]
fn with_retries_off_nothing_is_sent_twice() {
    let options = CallOptions { retry: Some(RetryOptions::none()), ..CallOptions::default() };
    for first in
        [error(429, "E0000047"), answer(503, ""), error(500, "E0000009"), reset(), error(401, "E0000011")]
    {
        for request in [list(), get(), delete(), create()] {
            let story = Story::new([first.clone(), good(&request)]);
            story.client.host().refreshes.set(1);
            assert!(story.call_with(&request, &options).is_err());
            assert_eq!(story.sent(), 1, "{first:?} to {request:?}");
        }
    }
}

#[test]
fn a_retry_names_the_request_that_it_is_of() {
    let failed = |id| with_header(answer(503, ""), "X-Okta-Request-Id", id);
    let script = || [reset(), failed("first"), failed("second"), good(&get())];
    let told = |story: &Story| {
        story.call(&get()).unwrap();
        let asked = story.client.host().asked.borrow();
        let of = |asked: &Asked| {
            let named = asked.headers.iter().filter(|(name, _)| name.starts_with("x-okta-retry-"));
            named.map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join(", ")
        };
        asked.iter().map(of).collect::<Vec<_>>()
    };
    let named = |count| format!("x-okta-retry-for: first, x-okta-retry-count: {count}");
    assert_eq!(told(&Story::new(script())), [String::new(), String::new(), named(2), named(3)]);

    let mut story = Story::new([]);
    let script = RefCell::new(VecDeque::from(script()));
    let wire: Wire = Rc::new(move |_, _| script.borrow_mut().pop_front().unwrap());
    let mut host = SimHost::new(&story.world, 1, wire);
    host.may_hide_headers = true;
    story.client = Client::new(host, settings());
    assert_eq!(told(&story), [""; 4], "a page of another origin may not send them");
}

#[test]
fn attempts_end_at_the_number_asked_for() {
    let story = Story::new((0..10).map(|_| answer(503, "")));
    let Err(Error::Api(fault)) = story.call(&get()) else { panic!() };
    assert_eq!((fault.status, fault.attempts, story.sent()), (503, 4, 4));
}

#[test]
fn a_timeout_names_its_phase() {
    let options = |total, timeout| CallOptions {
        total_timeout: Some(total),
        timeout: Some(timeout),
        retry: Some(RetryOptions::none()),
        ..CallOptions::default()
    };
    for (total, timeout, phase) in [
        (60 * SECOND, 5 * SECOND, Phase::Attempt),
        (5 * SECOND, 60 * SECOND, Phase::Total),
        (5 * SECOND, 5 * SECOND, Phase::Total),
    ] {
        let story = Story::new([]);
        let before = story.world.now();
        let error = story.call_with(&get(), &options(total, timeout)).unwrap_err();
        assert!(
            matches!(error, Error::Timeout { phase: of, limit } if of == phase && limit == 5 * SECOND),
            "{error:?}"
        );
        assert_eq!(story.world.now() - before, 5 * SECOND);
    }
}

/// The last attempt of a call has its event, too, although nothing follows it.
#[test]
fn each_attempt_ends_with_one_event() {
    let broken = || {
        let response = Response { status: 200, headers: vec![], body: "{\"id\":\"00g1\"}".to_owned() };
        Delivery { delay_ms: 0, act: Act::Answer(response, Pace::Cut(5)) }
    };
    let once = || CallOptions { retry: Some(RetryOptions::none()), ..CallOptions::default() };
    let twice = || CallOptions {
        retry: Some(RetryOptions { max_attempts: 2, ..RetryOptions::default() }),
        ..CallOptions::default()
    };
    let short = |options: CallOptions| CallOptions { timeout: Some(SECOND), ..options };
    let cut = || CallOptions { total_timeout: Some(SECOND), ..once() };
    let no_answer = |attempt: u32, reason: &str| format!("NoAnswer {attempt} {reason}");
    for (script, options, ends) in [
        (vec![good(&get())], once(), vec!["Response".to_owned()]),
        (vec![answer(500, "")], once(), vec!["Response".to_owned()]),
        (vec![broken()], once(), vec![no_answer(1, "Connection")]),
        (vec![reset()], once(), vec![no_answer(1, "Connection")]),
        (vec![reset(), broken()], twice(), vec![no_answer(1, "Connection"), no_answer(2, "Connection")]),
        (vec![broken(), good(&get())], twice(), vec![no_answer(1, "Connection"), "Response".to_owned()]),
        (vec![hang()], short(once()), vec![no_answer(1, "Timeout")]),
        (vec![hang(), hang()], short(twice()), vec![no_answer(1, "Timeout"), no_answer(2, "Timeout")]),
        (vec![hang()], cut(), vec![no_answer(1, "Timeout")]),
        (vec![answer(200, &" ".repeat(101))], once(), vec![no_answer(1, "TooLarge")]),
    ] {
        let story = Story::with(Settings { max_response_bytes: 100, ..settings() }, script);
        let _ = story.call_with(&get(), &options);
        let field = |event: &str, name: &str| {
            let after = event.split(&format!("{name}: ")).nth(1).unwrap();
            after.split([',', ' ']).next().unwrap().to_owned()
        };
        let events = story.client.host().events.as_ref().unwrap().borrow();
        let found: Vec<String> = events
            .iter()
            .filter_map(|event| match event.split(' ').next() {
                Some("Response") => Some("Response".to_owned()),
                Some("NoAnswer") => {
                    Some(format!("NoAnswer {} {}", field(event, "attempt"), field(event, "reason")))
                }
                _ => None,
            })
            .collect();
        assert_eq!(found, ends);
        assert_eq!(found.len(), events.iter().filter(|event| event.starts_with("Request ")).count());
    }
    // Without a token nothing is sent, so there is no attempt to report.
    let story = Story::new([]);
    let mut host = SimHost::new(&story.world, 1, Rc::new(|_, _| hang()));
    host.token_delay = 10 * SECOND;
    host.events = Some(Rc::default());
    let story = Story { client: Client::new(host, settings()), ..story };
    assert_eq!(story.call_with(&get(), &short(once())).unwrap_err().kind(), "timeout");
    assert_eq!((story.events("Request"), story.events("NoAnswer")), (0, 0));
}

#[test]
fn the_time_of_a_body_and_of_a_token_counts() {
    let timeout =
        CallOptions { timeout: Some(SECOND), retry: Some(RetryOptions::none()), ..CallOptions::default() };
    let response = Response { status: 200, headers: vec![], body: format!("[{}]", " ".repeat(98)) };
    let slow = Delivery { delay_ms: 0, act: Act::Answer(response, Pace::Slow { chunk: 1, pause_ms: 20 }) };
    let story = Story::new([slow]);
    assert_eq!(story.call_with(&list(), &timeout).unwrap_err().kind(), "timeout");

    let mut story = Story::new([]);
    let mut host = SimHost::new(&story.world, 1, Rc::new(|_, _| hang()));
    host.token_delay = 10 * SECOND;
    story.client = Client::new(host, settings());
    assert_eq!(story.call_with(&list(), &timeout).unwrap_err().kind(), "timeout");
    assert_eq!(story.sent(), 0);
    // Nobody knew who was asking: no request went, of which the org might have run something.
    for (retry, total) in [(RetryOptions::none(), 9 * SECOND), (RetryOptions::default(), 3 * SECOND)] {
        let options = CallOptions { retry: Some(retry), total_timeout: Some(total), ..timeout.clone() };
        let failure = story.world.block_on(story.client.call(&create(), &options)).err().unwrap();
        assert_eq!((failure.error.kind(), failure.may_have_run, story.sent()), ("timeout", false, 0));
    }
}

#[test]
fn a_backoff_that_would_end_too_late_is_not_begun() {
    let story = Story::new([with_header(answer(503, ""), "Retry-After", "60"), good(&get())]);
    let options = CallOptions { total_timeout: Some(30 * SECOND), ..CallOptions::default() };
    let before = story.world.now();
    let error = story.call_with(&get(), &options).unwrap_err();
    assert_eq!(error.kind(), "server", "the error that there was, not a timeout");
    assert_eq!((story.world.now() - before, story.sent()), (Duration::ZERO, 1));
}

#[test]
fn a_rate_limit_that_ends_too_late_is_not_waited_for() {
    let limited = |reset: &str| {
        let limited = with_header(error(429, "E0000047"), "X-Rate-Limit-Limit", "100");
        let limited = with_header(limited, "X-Rate-Limit-Remaining", "0");
        let limited = with_header(limited, "Date", "Thu, 11 Sep 2025 16:23:30 GMT");
        with_header(limited, "X-Rate-Limit-Reset", reset)
    };
    // 48 seconds from then.
    let options = |total| CallOptions { total_timeout: Some(total), ..CallOptions::default() };
    let story = Story::new([limited("1757607858"), good(&get())]);
    let before = story.world.now();
    let error = story.call_with(&get(), &options(30 * SECOND)).unwrap_err();
    assert_eq!(error.kind(), "rate-limit");
    assert_eq!((story.world.now() - before, story.sent()), (Duration::ZERO, 1));

    let story = Story::new([limited("1757607858"), good(&get())]);
    let reply = story.call_with(&get(), &options(90 * SECOND)).unwrap();
    assert_eq!((reply.meta.attempts, story.sent()), (2, 2));
    assert!((48 * SECOND..=50 * SECOND).contains(&reply.meta.waited), "{:?}", reply.meta.waited);
    assert_eq!(story.events("Throttle"), 1);
}

#[test]
fn a_401_is_answered_by_a_new_token_once() {
    let refused = || error(401, "E0000011");
    let story = Story::new([refused(), good(&create())]);
    story.client.host().refreshes.set(1);
    assert!(story.call(&create()).is_ok(), "not even a create was executed without a token");
    let tokens: Vec<_> = story
        .client
        .host()
        .asked
        .borrow()
        .iter()
        .map(|asked| asked.headers.last().unwrap().1.clone())
        .collect();
    assert_eq!(tokens, [format!("SSWS {CANARY}"), format!("SSWS {CANARY}-new")]);

    let story = Story::new([refused(), refused(), good(&get())]);
    story.client.host().refreshes.set(9);
    assert_eq!(story.call(&get()).unwrap_err().kind(), "unauthorized");
    assert_eq!((story.sent(), story.events("Token")), (2, 2), "the second one is not used again, either");

    // A call that is not to be sent again leaves no refused token to the next one.
    let story = Story::new([refused(), good(&get())]);
    story.client.host().refreshes.set(1);
    let once = CallOptions { retry: Some(RetryOptions::none()), ..CallOptions::default() };
    assert_eq!(story.call_with(&get(), &once).unwrap_err().kind(), "unauthorized");
    assert!(story.call_with(&get(), &once).is_ok());
    assert_eq!(story.client.host().refreshes.get(), 0);
}

#[test]
fn a_404_to_a_delete_is_its_success_if_an_earlier_attempt_may_have_done_it() {
    for request in [delete(), unassign()] {
        for (first, gone) in [
            (answer(502, ""), true),
            (reset(), true),
            (hang(), true),
            (error(500, "E0000009"), true),
            // These say that nothing was done.
            (error(429, "E0000047"), false),
            (error(503, "E0000010"), false),
            (error(401, "E0000011"), false),
        ] {
            let story = Story::new([first.clone(), error(404, "E0000007"), good(&get())]);
            story.client.host().refreshes.set(1);
            let result = story.call(&request);
            assert_eq!(result.is_ok(), gone, "after {first:?}");
            assert!(result.is_ok_and(|reply| reply.body.is_none()) == gone);
            // A 404 that names neither id may be about the group: that is looked up.
            assert_eq!(story.sent(), if gone && request == unassign() { 3 } else { 2 });
        }
    }
    assert_eq!(Story::new([error(404, "E0000007")]).call(&delete()).unwrap_err().kind(), "not-found");
    // Where no group is, no one was taken out of one.
    let summary = "Not found: Resource not found: 00g1 (UserGroup)";
    let nowhere = json!({ "errorCode": "E0000007", "errorSummary": summary }).to_string();
    for (request, gone) in [(delete(), true), (unassign(), false)] {
        let story = Story::new([answer(503, ""), answer(404, &nowhere)]);
        assert_eq!(story.call(&request).is_ok(), gone);
    }
    let named =
        |summary: &str| answer(404, &json!({ "errorCode": "E0000007", "errorSummary": summary }).to_string());
    for (summary, group, gone, sent) in [
        ("Not found: Resource not found: 00u1 (User)", None, true, 1),
        ("Nicht gefunden: 00u1", None, true, 1),
        ("Not found: Resource not found: 00g1 (UserGroup)", None, false, 1),
        ("Not found: Resource not found: me (User)", Some(good(&get())), true, 2),
        ("Not found: Resource not found: me (User)", Some(named("00g1")), false, 2),
        ("", Some(good(&get())), true, 2),
        ("", Some(named("")), false, 2),
        ("", Some(answer(403, "")), false, 2),
    ] {
        let story = Story::new([named(summary)].into_iter().chain(group.clone()));
        let options = CallOptions::default();
        let result = story.world.block_on(story.client.remove(&unassign(), &options));
        assert_eq!(result.is_ok(), gone, "{summary} {group:?}");
        let kind = result.err().map_or("", |failure| failure.error.kind());
        assert_eq!(kind, if gone { "" } else { "not-found" }, "its own error, not that of the look");
        assert_eq!(story.sent(), sent, "{summary}");
    }
    // Of something in between, it says nothing of the group.
    for other in [answer(404, "<html>Not found</html>"), answer(404, ""), error(404, "E0000008")] {
        let story = Story::new([answer(502, ""), other]);
        assert_eq!(story.call(&delete()).unwrap_err().kind(), "not-found");
    }
}

#[test]
fn an_answer_that_is_not_the_apis_is_named_with_how_it_begins() {
    let page = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in</body></html>";
    for (request, body, reason, snippet) in [
        (list(), page, ResponseReason::Html, Some("Sign in Please sign in")),
        (delete(), page, ResponseReason::Html, Some("Sign in Please sign in")),
        (list(), r#"[{"id":"00g1"},{"id"#, ResponseReason::Json, Some(r#"[{"id":"00g1"},{"id"#)),
        (list(), "{}", ResponseReason::Shape, Some("{}")),
        (get(), "[]", ResponseReason::Shape, Some("[]")),
        (get(), "", ResponseReason::Shape, Some("no body")),
        (list(), r#"[{"id":"00g1"},null]"#, ResponseReason::Shape, Some(r#"[{"id":"00g1"},null]"#)),
        (list(), r#"["00g1"]"#, ResponseReason::Shape, Some(r#"["00g1"]"#)),
    ] {
        let story = Story::new([answer(200, body), answer(200, body)]);
        let Err(Error::Response(fault)) = story.call(&request) else { panic!("{body}") };
        assert_eq!((fault.reason, fault.status), (reason, 200), "{body}");
        assert_eq!(fault.snippet.as_deref().map(str::trim), snippet, "{body}");
    }
    let Err(Error::Api(fault)) = Story::new([answer(400, page)]).call(&get()) else { panic!() };
    assert!(fault.body.summary.starts_with("an HTML page"), "{}", fault.body.summary);
    for (body, summary) in [
        (r#"{"title":"Nope","status":400}"#, r#"not the API's error object: {"title":"Nope","status":400}"#),
        (r#""boom""#, r#"not the API's error object: "boom""#),
        (r#"{"errorSummary":"a","errorCauses":["b",{"errorSummary":"c"}]}"#, "a"),
    ] {
        let Err(Error::Api(fault)) = Story::new([answer(400, body)]).call(&get()) else { panic!() };
        assert_eq!(fault.body.summary, summary);
        assert_eq!(fault.body.causes.len(), if summary == "a" { 2 } else { 0 });
    }
}

#[test]
fn a_redirect_is_refused_and_not_followed() {
    for status in [0, 301, 302, 307, 308] {
        let to = with_header(answer(status, ""), "Location", "https://evil.example/api/v1/groups/00g1");
        let story = Story::new([to, good(&get())]);
        let Err(Error::Response(fault)) = story.call(&get()) else { panic!("{status}") };
        assert_eq!(fault.reason, ResponseReason::Redirect);
        assert_eq!(story.sent(), 1);
    }
}

#[test]
fn a_body_above_the_limit_is_an_error_of_its_own() {
    let small = || Settings { max_response_bytes: 10, ..settings() };
    let story = Story::with(small(), [answer(200, "[\"0123456789\"]"), good(&list())]);
    let Err(Error::Response(fault)) = story.call(&list()) else { panic!() };
    assert_eq!((fault.reason, story.sent()), (ResponseReason::TooLarge, 1));
    // A create that is answered so has run.
    let story = Story::with(small(), [answer(200, "{\"id\":\"00g1234567890\"}")]);
    let failure = story.world.block_on(story.client.call(&create(), &CallOptions::default())).err().unwrap();
    assert_eq!((failure.may_have_run, failure.attempts), (true, 1));
}

fn page(items: &[&str], next: Option<&str>) -> Delivery {
    let body = items.iter().map(|id| json!({ "id": id })).collect::<Vec<_>>();
    let page = answer(200, &json!(body).to_string());
    match next {
        Some(next) => with_header(page, "Link", &format!("<{next}>; rel=\"next\"")),
        None => page,
    }
}

/// An error and the cursor to resume at.
type Broken = (Error<&'static str>, Option<String>);

/// The ids of a list and what it ended with.
fn walk(story: &Story, first: Request) -> (Vec<String>, Option<Broken>) {
    let mut walk = story.client.walk(first, None).unwrap();
    let mut all = Vec::new();
    loop {
        match story.world.block_on(story.client.page(&mut walk, &CallOptions::default())) {
            Ok(Some(page)) => all.extend(ids(page.body.as_ref())),
            Ok(None) => return (all, None),
            Err(failure) => return (all, Some((failure.error, walk.cursor()))),
        }
    }
}

const NEXT: &str =
    "https://acme.okta.com/api/v1/groups?after=00g%2B%2f%3D~x&limit=200&filter=type+eq+%22OKTA_GROUP%22";

#[test]
fn pages_shrink_where_the_org_asks_for_it_and_the_cursor_stays_byte_for_byte() {
    let first = ListGroups { filter: Some("type eq \"OKTA_GROUP\"".into()), ..ListGroups::default() }
        .request()
        .unwrap();
    let story = Story::new([
        page(&["1"], Some(NEXT)),
        error(500, "E0000009"),
        answer(504, ""),
        hang(),
        page(&["2"], None),
    ]);
    let (all, failed) = walk(&story, first);
    assert!(failed.is_none(), "{failed:?}");
    assert_eq!(all, ["1", "2"]);
    let at =
        |limit| format!("/api/v1/groups?after=00g%2B%2f%3D~x&limit={limit}&filter=type+eq+%22OKTA_GROUP%22");
    assert_eq!(story.targets()[1..], [at(200), at(100), at(50), at(25)]);
    assert_eq!(story.events("PageShrink"), 3);
}

#[test]
fn a_link_is_followed_with_its_own_limit() {
    let next = |after: u32, limit| format!("/api/v1/groups?after={after}&limit={limit}");
    let story =
        Story::new([page(&["1"], Some(&next(1, 50))), page(&["2"], Some(&next(2, 20))), page(&["3"], None)]);
    let (all, failed) = walk(&story, list());
    assert!(failed.is_none() && all.len() == 3);
    assert_eq!(story.targets()[1..], [next(1, 50), next(2, 20)]);
}

#[test]
fn a_list_goes_on_with_the_size_that_went_well_and_grows_back() {
    let next = |after: u32, limit| format!("/api/v1/groups?after={after}&limit={limit}");
    let mut script = vec![error(500, "E0000009")];
    script.extend((1..8).map(|number| page(&["x"], Some(&next(number, 200)))));
    script.push(page(&["x"], None));
    let story = Story::new(script);
    let (all, failed) = walk(&story, list());
    assert!(failed.is_none() && all.len() == 8);
    let limits: Vec<_> =
        story.targets().iter().map(|target| target.split("limit=").nth(1).unwrap().to_owned()).collect();
    assert_eq!(limits, ["200", "100", "100", "100", "100", "100", "200", "200", "200"]);
}

#[test]
fn a_page_that_fails_leaves_the_walk_where_it_was() {
    let story = Story::new([page(&["1"], Some(NEXT)), error(403, "E0000006"), page(&["2"], None)]);
    let first = ListGroups { filter: Some("type eq \"OKTA_GROUP\"".into()), ..ListGroups::default() }
        .request()
        .unwrap();
    let (all, failed) = walk(&story, first.clone());
    let (error, cursor) = failed.unwrap();
    assert_eq!((all, error.kind()), (vec!["1".to_owned()], "forbidden"));
    let mut rest = story.client.walk(first, cursor.as_deref()).unwrap();
    let page = story.world.block_on(story.client.page(&mut rest, &CallOptions::default())).unwrap().unwrap();
    assert_eq!(ids(page.body.as_ref()), ["2"]);
    let targets = story.targets();
    assert_eq!(targets[1], targets[2]);
}

#[test]
fn links_that_lie_end_the_list_with_an_error_or_are_put_right() {
    let host = "https://acme-admin.okta.com/api/v1/groups?after=2&limit=200";
    for (next, rule, sent_to, reason) in [
        (host, NextLink::Rebase, Some("/api/v1/groups?after=2&limit=200"), None),
        (host, NextLink::Reject, None, Some(PaginationReason::Origin)),
        ("/api/v1/groups?after=2", NextLink::Reject, Some("/api/v1/groups?after=2&limit=200"), None),
        ("/api/v1/groups?limit=200", NextLink::Rebase, None, Some(PaginationReason::Loop)),
        ("/api/v1/users?after=2", NextLink::Rebase, None, Some(PaginationReason::Path)),
    ] {
        let story = Story::with(
            Settings { next_link: rule, ..settings() },
            [page(&["1"], Some(next)), page(&["2"], None)],
        );
        let (all, failed) = walk(&story, list());
        assert_eq!(story.targets().get(1).map(String::as_str), sent_to, "{next}");
        match failed {
            None => assert_eq!(all, ["1", "2"]),
            Some((error, _)) => {
                assert!(matches!(error, Error::Pagination(why) if Some(why) == reason), "{error:?}");
                assert!(all.is_empty(), "the page that lied is not handed out");
                let story =
                    Story::with(Settings { next_link: rule, ..settings() }, [page(&["1"], Some(next))]);
                let mut walk = story.client.walk(list(), None).unwrap();
                let failed = story.world.block_on(story.client.page(&mut walk, &CallOptions::default()));
                assert_eq!(ids(failed.unwrap_err().page.as_deref()), ["1"], "but it is not lost");
            }
        }
    }
}

#[test]
fn a_full_page_without_a_link_is_never_the_end() {
    for may_hide_headers in [false, true] {
        let mut story = Story::new([]);
        let wire: Wire = Rc::new(|_, _| page(&["1", "2"], None));
        let mut host = SimHost::new(&story.world, 1, wire);
        host.may_hide_headers = may_hide_headers;
        story.client = Client::new(host, settings());
        let first = ListUsers { group: group(), search: None, after: None, limit: Some(2), expand: vec![] };
        let (_, failed) = walk(&story, first.request().unwrap());
        let is_hidden = matches!(failed, Some((Error::Pagination(PaginationReason::HiddenLink), None)));
        assert!(is_hidden, "{failed:?}");
    }
}

#[test]
fn pages_that_are_read_by_cursors_alone_see_a_loop() {
    let cycle = ["a", "b", "a"].map(|after| page(&["1"], Some(&format!("?after={after}"))));
    let story = Story::new(cycle);
    let mut cursor: Option<String> = None;
    let read = |cursor: Option<String>| {
        let mut walk = story.client.walk(list(), cursor.as_deref()).unwrap();
        let read = story.world.block_on(story.client.page(&mut walk, &CallOptions::default()));
        read.map(|_| walk.cursor()).map_err(|failure| failure.error)
    };
    for _ in 0..2 {
        cursor = read(cursor).unwrap();
    }
    let looped = read(cursor).unwrap_err();
    assert!(matches!(looped, Error::Pagination(PaginationReason::Loop)), "{looped:?}");
}

#[test]
fn a_cursor_is_of_the_org_whatever_the_url() {
    let named = |url: &str, name: &str| Settings {
        org_url: url.parse().unwrap(),
        org: name.parse().unwrap(),
        ..settings()
    };
    let org = "https://acme.okta.com";
    let server = Story::with(named(org, org), [page(&["1"], Some("/api/v1/groups?after=1"))]);
    let mut walk = server.client.walk(list(), None).unwrap();
    server.world.block_on(server.client.page(&mut walk, &CallOptions::default())).unwrap();
    let cursor = walk.cursor().unwrap();
    let proxied = Story::with(named("https://console.example.com/okta", org), []);
    assert_eq!(proxied.client.walk(list(), Some(&cursor)).unwrap().cursor(), Some(cursor.clone()));
    let other = Story::with(named(org, "https://other.okta.com"), []);
    let refused = other.client.walk(list(), Some(&cursor)).unwrap_err();
    assert_eq!(refused.reason, PaginationReason::Cursor);
}

#[test]
fn a_dropped_call_does_nothing_more_wherever_it_was() {
    for (stage, script) in [
        ("waiting for an answer", vec![hang()]),
        ("backing off", vec![with_header(answer(503, ""), "Retry-After", "60")]),
        ("waiting for a late answer", vec![late(5_000, good(&get()))]),
    ] {
        let story = Story::new(script);
        let call = async { drop(story.client.call(&get(), &CallOptions::default()).await) };
        story.world.block_on(future::or(call, story.world.sleep(SECOND)));
        story.world.settle();
        assert_eq!((story.sent(), in_flight(&story.client)), (1, 0), "{stage}");
    }
}

#[test]
fn no_secret_is_in_any_error_or_event() {
    let quotes = format!("<html>you sent SSWS {}</html>", "something else");
    let stories: Vec<Vec<Delivery>> = vec![
        vec![error(401, "E0000011")],
        vec![error(403, "E0000006")],
        vec![answer(200, &quotes), answer(200, &quotes)],
        vec![answer(302, "")],
        vec![reset(), reset(), reset(), reset()],
        vec![],
        vec![error(429, "E0000047"), good(&get())],
        vec![good(&get())],
    ];
    let mut texts = Vec::new();
    for script in stories {
        let story = Story::new(script);
        match story.world.block_on(story.client.call(&get(), &CallOptions::default())) {
            Ok(reply) => texts.push(format!("{:?}", reply.meta)),
            Err(failure) => {
                texts.push(format!("{failure:?}"));
                texts.push(failure.error.to_string());
            }
        }
        texts.extend(story.client.host().events.as_ref().unwrap().borrow().iter().cloned());
        texts.push(format!("{:?}", story.client.limits()));
        let sent = story.client.host().asked.borrow();
        assert!(sent.iter().all(|asked| asked.headers.last().unwrap().1.contains(CANARY)));
    }
    for token in [format!("{CANARY}\n"), format!("{CANARY}\u{e9}"), format!("{CANARY}\0")] {
        let story = Story::new([]);
        *story.client.host().token.borrow_mut() = token.clone();
        let failure = story.world.block_on(story.client.call(&get(), &CallOptions::default())).unwrap_err();
        assert_eq!(failure.error.kind(), "config");
        assert_eq!(story.sent(), 0, "the platform would quote it");
        texts.extend([format!("{failure:?}"), failure.error.to_string()]);
        for name in ["authorization", "x-mine"] {
            texts.push(format!("{:?}", check_own_header(name, &token).unwrap_err()));
        }
    }
    assert!(texts.len() > 40);
    for text in texts {
        assert!(!text.contains("canary"), "{text}");
    }
}

const TAKEN: &str = "name: An object with this field already exists in the current organization";

fn taken() -> Delivery {
    let causes = [json!({ "errorSummary": TAKEN })];
    let body = json!({ "errorCode": "E0000001", "errorSummary": "Api validation failed: name", "errorCauses": causes });
    answer(400, &body.to_string())
}

/// A page of groups: id, type and name of each.
fn found(groups: &[(&str, &str, &str)]) -> Delivery {
    let group = |(id, kind, name): &(&str, &str, &str)| json!({ "id": id, "type": kind, "profile": { "name": name } });
    answer(200, &groups.iter().map(group).collect::<serde_json::Value>().to_string())
}

fn create_or_find(story: &Story, options: &CallOptions) -> Result<String, Error<&'static str>> {
    let profile = r#"{"name":"West \"1\""}"#.to_owned();
    let result = story.world.block_on(story.client.create_or_find(profile, "West \"1\"", options));
    assert_eq!(in_flight(&story.client), 0);
    let reply = result.map_err(|failure| failure.error)?;
    Ok(reply.body.unwrap()["id"].as_str().unwrap().to_owned())
}

#[test]
fn a_group_that_exists_is_found_by_its_exact_name() {
    let name = r#"West "1""#;
    let exact = ("00g4", "OKTA_GROUP", name);
    let others =
        [("00g1", "OKTA_GROUP", r#"west "1""#), ("00g2", "APP_GROUP", name), ("00g3", "OKTA_GROUP", "West")];
    for (script, sent) in [
        (vec![taken(), found(&[others[0], others[1], exact])], 2),
        (vec![error(409, "E0000055"), found(&[exact])], 2),
        // Whether it was added is unknown; a search that lags behind does not show it yet.
        (vec![reset(), found(&[exact])], 2),
        (vec![hang(), found(&others), found(&[exact])], 3),
        (vec![error(500, "E0000009"), found(&[]), found(&[]), found(&[]), found(&[exact])], 5),
        (vec![answer(504, "upstream"), found(&[]), error(503, ""), found(&[exact])], 4),
    ] {
        let story = Story::new(script);
        assert_eq!(create_or_find(&story, &CallOptions::default()).unwrap(), "00g4");
        let asked = story.client.host().asked.borrow();
        assert_eq!(asked.len(), sent);
        assert_eq!(asked.iter().filter(|asked| asked.method == "POST").count(), 1);
    }
    let story = Story::new([reset(), found(&[]), found(&[exact])]);
    create_or_find(&story, &CallOptions::default()).unwrap();
    let search = "/api/v1/groups?search=profile.name%20eq%20%22West%20%5C%221%5C%22%22&limit=200";
    assert_eq!(story.targets()[1..], [search, "/api/v1/groups?q=West%20%221%22"]);
}

#[test]
fn a_create_that_is_not_found_again_fails_as_it_failed() {
    let nothing = || found(&[("00g1", "OKTA_GROUP", "West")]);
    let blank = json!([{ "errorSummary": "name: The field cannot be left blank" }]);
    let blank =
        json!({ "errorCode": "E0000001", "errorSummary": "Api validation failed", "errorCauses": blank });
    for (script, kind, sent) in [
        (vec![answer(400, &blank.to_string())], "bad-request", 1),
        // Without a cause it may be that the name is taken.
        (vec![error(400, "E0000001"), nothing(), nothing(), nothing(), nothing()], "bad-request", 5),
        (vec![error(403, "E0000006")], "forbidden", 1),
        (vec![taken(), nothing(), nothing(), nothing(), nothing()], "bad-request", 5),
        (vec![taken(), error(403, "E0000006")], "bad-request", 2),
        (std::iter::once(reset()).chain((0..8).map(|_| nothing())).collect(), "connection", 9),
    ] {
        let story = Story::new(script);
        assert_eq!(create_or_find(&story, &CallOptions::default()).unwrap_err().kind(), kind);
        assert_eq!(story.sent(), sent, "{kind}");
    }
}

#[test]
fn looking_for_a_group_ends_with_the_call() {
    let story = Story::new([reset(), found(&[]), found(&[])]);
    let started = story.world.now();
    let options = CallOptions { total_timeout: Some(SECOND), ..CallOptions::default() };
    assert_eq!(create_or_find(&story, &options).unwrap_err().kind(), "connection");
    assert!(story.world.now() - started <= SECOND);
}

#[test]
fn what_is_gone_already_may_count_as_removed() {
    let missing = |what: &str| {
        let summary = format!("Not found: Resource not found: {what}");
        answer(404, &json!({ "errorCode": "E0000007", "errorSummary": summary }).to_string())
    };
    for (request, response, removed) in [
        (delete(), missing("00g1 (UserGroup)"), true),
        (delete(), error(404, "E0000008"), false),
        (delete(), error(403, "E0000006"), false),
        (unassign(), missing("00u1 (User)"), true),
        (unassign(), missing("00g1 (UserGroup)"), false),
        (unassign(), answer(404, "<html>"), false),
    ] {
        let story = Story::new([response]);
        let result = story.world.block_on(story.client.remove(&request, &CallOptions::default()));
        assert_eq!(result.is_ok(), removed, "{}", request.path);
        assert_eq!(story.sent(), 1);
    }
}

#[test]
fn an_update_writes_nothing_to_a_group_whose_profile_it_was_not_given() {
    for (body, written) in [
        (r#"{"id":"00g1"}"#, false),
        (r#"{"id":"00g1","profile":null}"#, false),
        (r#"{"id":"00g1","profile":[]}"#, false),
        (r#"{"id":"00g1","profile":{"name":"West","region":7}}"#, true),
    ] {
        let story = Story::new([answer(200, body), answer(200, body)]);
        let patch = json!({ "description": "x" });
        let updated = story.world.block_on(story.client.groups().update("00g1", &patch));
        assert_eq!(story.sent(), if written { 2 } else { 1 }, "{body}");
        let Err(failure) = updated else { continue };
        let Error::Response(fault) = &failure.error else { panic!("{failure:?}") };
        assert_eq!((fault.reason, fault.status), (ResponseReason::Shape, 200));
        assert!(!failure.may_have_run && failure.meta.is_some() && !written);
    }
}

#[test]
fn an_update_leaves_what_it_does_not_name_as_it_is() {
    let body =
        r#"{"id":"00g1","profile":{"name":"West","lat":-51.024902535675764,"then":{"a":[1e+300,-0.0]}}}"#;
    let written = Rc::new(RefCell::new(String::new()));
    let world = World::new();
    let seen = Rc::clone(&written);
    let wire: Wire = Rc::new(move |request, _| {
        seen.replace(String::from_utf8(request.body.clone()).unwrap());
        answer(200, body)
    });
    let client = Client::new(SimHost::new(&world, 1, wire), settings());
    world.block_on(client.groups().update("00g1", &json!({ "description": null }))).unwrap();
    assert_eq!(
        *written.borrow(),
        r#"{"profile":{"name":"West","lat":-51.024902535675764,"then":{"a":[1e+300,-0.0]},"description":null}}"#
    );
}

/// 500 calls at an org that refuses all of them for a while.
#[test]
fn a_lasting_concurrency_429_is_probed_twice_a_second_and_then_all_calls_succeed() {
    for seconds in [1, 20, 60] {
        let world = World::new();
        let opens = world.now() + Duration::from_secs(seconds);
        let wire: Wire = {
            let world = Rc::clone(&world);
            Rc::new(move |_, _| {
                let zeros = |delivery| {
                    with_header(
                        with_header(delivery, "x-rate-limit-limit", "0"),
                        "x-rate-limit-remaining",
                        "0",
                    )
                };
                if world.now() < opens { zeros(error(429, "E0000047")) } else { late(100, answer(204, "")) }
            })
        };
        let client = Rc::new(Client::new(SimHost::new(&world, 1, wire), settings()));
        let done = Rc::new(RefCell::new(0));
        for _ in 0..500 {
            let (client, done) = (Rc::clone(&client), Rc::clone(&done));
            world.spawn(async move {
                client.call(&assign(), &CallOptions::default()).await.unwrap();
                *done.borrow_mut() += 1;
            });
        }
        world.settle();
        assert_eq!(*done.borrow(), 500);
        let refused = client.host().statuses.borrow().iter().filter(|&&status| status == 429).count();
        assert!(refused <= 2 + 2 * seconds as usize, "{refused} refusals in {seconds} s");
        let asked = client.host().asked.borrow();
        let took = asked.last().unwrap().at - opens;
        // 500 calls of 180 ms, ten at a time.
        assert!(took <= Duration::from_millis(1200 * 9), "{took:?}");
    }
}

/// A group whose answer is `body`, asked for by `get`.
#[test]
fn an_answer_is_taken_only_if_it_is_the_operations() {
    let refusal = json!({ "errorCode": "E0000009", "errorSummary": "Internal Server Error" }).to_string();
    for (request, status, body, kind, may_have_run) in [
        // Of the status: a part of the body, several answers, an empty form.
        (list(), 206, "[]", "response", false),
        (get(), 207, r#"{"id":"00g1"}"#, "response", false),
        (delete(), 205, "", "response", true),
        // Of the body: the API's error under a status that denies it.
        (delete(), 200, refusal.as_str(), "api", true),
        (assign(), 200, refusal.as_str(), "api", true),
        (create(), 200, refusal.as_str(), "api", true),
        (get(), 200, refusal.as_str(), "api", false),
        // Of the id: another group's, or none that is a text.
        (get(), 200, r#"{"id":"00g2"}"#, "response", false),
        (replace(), 200, r#"{"id":"00g2"}"#, "response", true),
        (get(), 200, r#"{"id":7}"#, "response", false),
        (get(), 200, r#"{"id":""}"#, "response", false),
        // What sent a redirect may have passed the write on.
        (create(), 307, "", "response", true),
        (get(), 302, "", "response", false),
        (list(), 200, "[]", "", false),
        (list(), 203, "[]", "", false),
        (create(), 201, r#"{"id":"00g9"}"#, "", false),
    ] {
        let retry = Some(RetryOptions::none());
        let story = Story::new([answer(status, body)]);
        let options = CallOptions { retry, ..CallOptions::default() };
        let result = story.world.block_on(story.client.call(&request, &options));
        let (found, ran) = match &result {
            Ok(_) => ("", false),
            Err(failure) => (failure.error.kind(), failure.may_have_run),
        };
        assert_eq!((found, ran), (kind, may_have_run), "{request:?} {status} {body}");
    }
}

#[test]
fn a_create_that_was_redirected_is_looked_for() {
    let found = answer(200, r#"[{"id":"00g9","type":"OKTA_GROUP","profile":{"name":"West"}}]"#);
    let story = Story::new([answer(302, ""), found]);
    let options = CallOptions::default();
    let found = story.client.create_or_find(r#"{"name":"West"}"#.into(), "West", &options);
    let reply = story.world.block_on(found).unwrap();
    assert_eq!(reply.body.unwrap()["id"], "00g9");
}

#[test]
fn an_update_whose_answer_was_lost_merges_what_there_is_by_then() {
    let current = |west: &str| answer(200, &json!({ "id": "00g1", "profile": { "name": west } }).to_string());
    for (lost, sent) in [
        (reset(), ["GET", "PUT", "GET", "PUT"].as_slice()),
        (hang(), &["GET", "PUT", "GET", "PUT"]),
        (answer(502, ""), &["GET", "PUT", "GET", "PUT"]),
        // Nothing was written: what was read is still what there is.
        (error(503, "E0000010"), &["GET", "PUT", "PUT"]),
    ] {
        let script = match sent.len() {
            4 => vec![current("before"), lost, current("since then"), current("merged")],
            _ => vec![current("before"), lost, current("merged")],
        };
        let story = Story::new(script);
        let merged = RefCell::new(Vec::new());
        let merge = |reply: Reply<SimHost>| {
            merged.borrow_mut().push(reply.body.unwrap()["profile"]["name"].as_str().unwrap().to_owned());
            Ok("{}".to_owned())
        };
        let options = CallOptions::default();
        let reply = story.world.block_on(story.client.update(group(), merge, &options)).unwrap();
        assert_eq!(reply.body.unwrap()["profile"]["name"], "merged");
        let methods: Vec<_> = story.client.host().asked.borrow().iter().map(|asked| asked.method).collect();
        assert_eq!(methods, sent);
        let reads = sent.iter().filter(|method| **method == "GET").count();
        assert_eq!(merged.borrow().as_slice(), &["before", "since then"][..reads]);
        assert_eq!(in_flight(&story.client), 0);
    }
}

#[test]
fn an_update_that_cannot_be_read_again_may_have_run() {
    let current = answer(200, r#"{"id":"00g1","profile":{"name":"West"}}"#);
    let story = Story::new([current, reset(), error(403, "E0000006")]);
    let merge = |_: Reply<SimHost>| Ok("{}".to_owned());
    let options = CallOptions::default();
    let failure = story.world.block_on(story.client.update(group(), merge, &options)).err().unwrap();
    assert!(failure.may_have_run && failure.error.is_forbidden(), "{failure}");
}

fn missing(id: &str, kind: &str) -> Delivery {
    let summary = format!("Not found: Resource not found: {id} ({kind})");
    answer(404, &json!({ "errorCode": "E0000007", "errorSummary": summary }).to_string())
}

/// Each row: what is asked of a group that was just created, and how long after, what the org answers first, and whether
/// it is asked again.
#[test]
fn a_group_that_was_just_created_is_not_missing_but_not_there_yet() {
    let members = || ListUsers::of("00g1").unwrap().request().unwrap();
    let never = RetryOptions::none();
    for (request, after, first, retry, again) in [
        (get(), 0, missing("00g1", "UserGroup"), None, true),
        (assign(), 20, missing("00g1", "UserGroup"), None, true),
        (members(), 20, missing("00g1", "UserGroup"), None, true),
        (get(), 31, missing("00g1", "UserGroup"), None, false),
        (get(), 0, missing("00g1", "UserGroup"), Some(never), false),
        (assign(), 0, missing("00u1", "User"), None, false),
        (delete(), 0, missing("00g1", "UserGroup"), None, false),
        (get(), 0, error(404, "E0000008"), None, false),
    ] {
        let story =
            Story::new([answer(200, r#"{"id":"00g1"}"#), first.clone(), first.clone(), good(&request)]);
        story.call(&create()).unwrap();
        story.world.block_on(story.world.sleep(after * SECOND));
        let result = story.call_with(&request, &CallOptions { retry, ..CallOptions::default() });
        assert_eq!(result.is_ok(), again, "{request:?} {after} {first:?}");
        assert_eq!(story.sent(), if again { 4 } else { 2 }, "{request:?} {after}");
    }
}

#[test]
fn a_new_group_that_stays_missing_is_missing_after_five_seconds() {
    let script = std::iter::repeat_n(missing("00g1", "UserGroup"), 30);
    let story = Story::new([answer(200, r#"{"id":"00g1"}"#)].into_iter().chain(script));
    story.call(&create()).unwrap();
    let began = story.world.now();
    assert!(story.call(&get()).is_err_and(|error| error.is_not_found()));
    let took = story.world.now() - began;
    assert!(took >= 3 * SECOND && took <= 6 * SECOND, "{took:?}");
    assert!(story.sent() < 12, "{}", story.sent());
    let total_timeout = Some(SECOND);
    let began = story.world.now();
    assert!(story.call_with(&get(), &CallOptions { total_timeout, ..CallOptions::default() }).is_err());
    assert!(story.world.now() - began <= SECOND);
}

#[test]
fn a_group_that_was_deleted_is_missing() {
    let story = Story::new([answer(200, r#"{"id":"00g1"}"#), answer(204, ""), missing("00g1", "UserGroup")]);
    story.call(&create()).unwrap();
    story.call(&delete()).unwrap();
    assert!(story.call(&get()).is_err_and(|error| error.is_not_found()));
    assert_eq!(story.sent(), 3);
}

#[test]
fn failures_without_an_answer_name_the_request() {
    let story = Story::new([reset()]);
    let options = CallOptions { retry: Some(RetryOptions::none()), ..CallOptions::default() };
    let failure = story.world.block_on(story.client.call(&assign(), &options)).err().unwrap();
    assert_eq!(
        failure.to_string(),
        "no answer from https://acme.okta.com: the network failed (ECONNRESET), on PUT \
         /api/v1/groups/00g1/users/00u1"
    );
    let late = Story::new([]);
    let failure = late.world.block_on(late.client.call(&get(), &options)).err().unwrap();
    assert_eq!(failure.to_string(), "the org did not answer within 30000 ms, on GET /api/v1/groups/00g1");
}
