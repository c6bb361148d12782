//! Calls and walks as `drive.js` runs them: text in, text out, in the records of [`crate::records`].

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::errors::failure;
use super::js::{flag, micros, text};
use crate::answer::{AnswerFacts, BodyFacts, Yield};
use crate::client::{
    Call, CallOptions, Failed, Input, NoAnswer, Note, Output, Pause, Success, Terms, Wake, WakeOnDrop, Walk,
};
use crate::error::{ErrorBody, whole_millis};
use crate::host::{Header, Shape};
use crate::policy::connection_code;
use crate::records::{AnswerRecord, EventRecord, INPUTS, NoAnswerRecord, OutputRecord};
use crate::request::{Answer, ArgumentError};

/// The longest time that `setTimeout` can count.
const MAX_MILLIS: u32 = i32::MAX as u32;

/// A call under way.
pub(super) struct Running {
    call: Call,
    /// What it reads a page of.
    walk: Option<Rc<RefCell<Walk>>>,
    /// Where it waits for the gate.
    pause: Option<Pause>,
    _wake: WakeOnDrop,
}

/// The calls under way of a client, each by a number.
#[derive(Default)]
pub(super) struct Calls {
    running: Vec<Option<Running>>,
    free: Vec<u32>,
}

impl Calls {
    fn put(&mut self, running: Running) -> u32 {
        match self.free.pop() {
            Some(number) => {
                self.back(number, running);
                number
            }
            None => {
                self.running.push(Some(running));
                self.running.len() as u32 - 1
            }
        }
    }

    fn take(&mut self, number: u32) -> Option<Running> {
        self.running.get_mut(number as usize)?.take()
    }

    fn back(&mut self, number: u32, running: Running) {
        if let Some(place) = self.running.get_mut(number as usize) {
            *place = Some(running);
        }
    }
}

/// What the calls of a client share.
pub(super) struct Shared {
    pub(super) terms: Terms,
    /// Whether the program names buckets itself.
    pub(super) names_buckets: bool,
    pub(super) calls: RefCell<Calls>,
}

impl Shared {
    /// Begins a call.
    pub(super) fn begin(
        &self,
        call: Result<Call, Failed>,
        walk: Option<Rc<RefCell<Walk>>>,
        now: f64,
        random: f64,
    ) -> String {
        match call {
            Err(failed) => failure(&failed, None),
            Ok(call) => {
                let wake = WakeOnDrop(Rc::clone(&self.terms.limits));
                let running = Running { call, walk, pause: None, _wake: wake };
                let number = self.calls.borrow_mut().put(running);
                self.go(number, Input::Start, now, random)
            }
        }
    }

    pub(super) fn step(&self, number: u32, input: usize, text: &str, now: f64, random: f64) -> String {
        let answer;
        let fault;
        let input = match INPUTS.get(input).copied().unwrap_or_default() {
            "named" => Input::Named(match text {
                "" => Ok(self.default_bucket(number)),
                text => bucket(text),
            }),
            "woken" => Input::Woken,
            "proof" => Input::Proof(headers(pairs(text))),
            "noProof" => Input::NoProof,
            "answer" => {
                answer = facts(&AnswerRecord::read(text));
                Input::Answer(&answer)
            }
            "noAnswer" => {
                fault = NoAnswerRecord::read(text);
                Input::NoAnswer(match fault.fault() {
                    "refused" => NoAnswer::Refused,
                    "too-large" => {
                        NoAnswer::TooLarge { status: number_of(fault.status()).unwrap_or_default() }
                    }
                    _ => {
                        let codes = fault.rest().iter().map(AsRef::as_ref);
                        let (code, unsent) = connection_code(codes, fault.says());
                        let unsent = unsent || !fault.is_unsent().is_empty();
                        NoAnswer::Failed { code, unsent, maybe_cors: self.terms.hides_headers }
                    }
                })
            }
            "renewed" => Input::Renewed(!text.is_empty()),
            "merged" => Input::Merged(text.to_owned()),
            "timeUp" => Input::TimeUp,
            _ => Input::Abort,
        };
        self.go(number, input, now, random)
    }

    /// Has `wake` called when the wait of a call may be over early.
    pub(super) fn park(&self, number: u32, wake: &Function) {
        let calls = self.calls.borrow();
        let Some(Some(running)) = calls.running.get(number as usize) else { return };
        let wake = wake.clone();
        let wake: Wake = Box::new(move || drop(wake.call0(&JsValue::UNDEFINED)));
        if let Some(pause) = running.pause {
            running.call.park(pause, wake);
        }
    }

    fn default_bucket(&self, number: u32) -> Cow<'static, str> {
        let calls = self.calls.borrow();
        let running = calls.running.get(number as usize).and_then(Option::as_ref);
        running.map(|running| running.call.request().bucket()).unwrap_or_default()
    }

    fn go(&self, number: u32, input: Input<'_>, now: f64, random: f64) -> String {
        // Taken out meanwhile: nothing is borrowed while others are woken.
        let running = self.calls.borrow_mut().take(number);
        let Some(mut running) = running else {
            return failure(&ArgumentError::new("call", "is over").into(), None);
        };
        let now = time(now);
        let mut output = running.call.step(&self.terms, input, now, random);
        if let (Output::Name, false) = (&output, self.names_buckets) {
            let bucket = running.call.request().bucket();
            output = running.call.step(&self.terms, Input::Named(Ok(bucket)), now, random);
        }
        running.pause = None;
        let mut out = String::new();
        match output {
            Output::Done(result) => {
                self.done(&mut running, result, &mut out);
                self.calls.borrow_mut().free.push(number);
                self.events(&mut running.call, &mut out);
            }
            output => {
                self.order(&mut running, number, output, &mut out);
                self.events(&mut running.call, &mut out);
                self.calls.borrow_mut().back(number, running);
            }
        }
        self.terms.limits.wake();
        out
    }

    /// Writes what is to be done next.
    fn order(&self, running: &mut Running, number: u32, output: Output, out: &mut String) {
        let call = &running.call;
        let request = call.request();
        let mut headers = Vec::new();
        let mut record = OutputRecord::new();
        record.call(text(number));
        let whole = |time: Duration| whole_millis(time).min(MAX_MILLIS);
        match output {
            Output::Name => {
                record.order("name");
                record.method(request.method().as_str());
                record.url(&request.path);
            }
            Output::Wait { time, gate } => {
                running.pause = gate;
                record.order(if gate.is_some() { "queue" } else { "wait" });
                // Rounded up: asked early, the gate says the same again, and is told of again.
                record.ms(text(match gate {
                    Some(_) => whole(time).min(MAX_MILLIS - 1) + 1,
                    None => whole(time),
                }));
            }
            Output::Prove { time } => {
                headers = call.headers(&self.terms);
                let outgoing = call.outgoing(&self.terms, &[]);
                record.order("prove");
                record.ms(text(whole(time)));
                record.method(outgoing.method.as_str());
                record.url(outgoing.url);
                record.body(outgoing.body.unwrap_or_default());
                record.attempt(text(call.attempt().number));
                record.max_bytes(text(outgoing.max_bytes));
                record.expects(match request.operation.answer() {
                    Answer::Page => "array",
                    Answer::Object => "object",
                    Answer::Nothing | Answer::Any => "",
                });
                record.looks(flag(call.wanted().is_some()));
            }
            Output::Renew => record.order("renew"),
            Output::Merge(meta) => {
                record.order("merge");
                of_meta(&mut record, &meta);
            }
            Output::Send | Output::Done(_) => record.order("send"),
        }
        record.may_have_run(flag(call.may_have_run()));
        for (name, value) in &headers {
            record.add(name);
            record.add(value);
        }
        record.write(out);
    }

    fn done(&self, running: &mut Running, result: Result<Success, Failed>, out: &mut String) {
        let (result, cursor) = match &running.walk {
            None => (result, None),
            Some(walk) => {
                let mut walk = walk.borrow_mut();
                let result = walk.end(&self.terms, &running.call, result);
                (result, walk.cursor())
            }
        };
        match result {
            Ok(Success { meta, body, .. }) => {
                let mut record = OutputRecord::new();
                record.order("done");
                record.item(match body {
                    Yield::Nothing => "none".into(),
                    Yield::Whole => "".into(),
                    Yield::Item(index) => text(index as u32),
                });
                record.cursor(cursor.unwrap_or_default());
                of_meta(&mut record, &meta);
                record.write(out);
            }
            Err(failed) => out.push_str(&failure(&failed, cursor)),
        }
    }

    /// Adds what the call did, if anybody listens.
    fn events(&self, call: &mut Call, out: &mut String) {
        let notes = call.take_notes();
        if !self.terms.listens {
            return;
        }
        for note in notes {
            let mut event = EventRecord::new();
            let path = &call.request().path;
            match &note {
                Note::Throttle { .. } | Note::PageShrink { .. } | Note::Token => {}
                _ => event.id(text(call.number())),
            }
            let kind = match note {
                Note::Request { attempt } => {
                    event.method(call.request().method().as_str());
                    event.path(path);
                    event.attempt(text(attempt));
                    "request"
                }
                Note::Response { status, duration, request_id } => {
                    event.status(text(status.into()));
                    event.duration_ms(micros(duration));
                    event.request_id(request_id.unwrap_or_default());
                    "response"
                }
                Note::Retry { attempt, delay } => {
                    event.attempt(text(attempt));
                    event.delay_ms(micros(delay));
                    "retry"
                }
                Note::Throttle { bucket, wait, reason } => {
                    event.bucket(bucket);
                    event.reason(reason.as_str());
                    event.wait_ms(wait.map(micros).unwrap_or_default());
                    "throttle"
                }
                Note::PageShrink { from, to } => {
                    event.from(text(from));
                    event.to(text(to));
                    event.path(path);
                    "page-shrink"
                }
                Note::Token => {
                    event.reason("unauthorized");
                    "token"
                }
            };
            event.type_(kind);
            event.write(out);
            // What a retry is about follows it.
            if kind == "retry"
                && let Some(failed) = call.failed()
            {
                out.push('\u{2}');
                out.push_str(&failure(failed, None));
            }
        }
    }
}

/// A walk through the pages of a list, one at a time.
#[wasm_bindgen(js_name = Walk)]
pub struct JsWalk {
    shared: Rc<Shared>,
    walk: Rc<RefCell<Walk>>,
    options: CallOptions,
}

#[wasm_bindgen(js_class = Walk)]
impl JsWalk {
    /// Begins the call that reads the next page; an empty text at the end. After an error the walk stays at the page that
    /// failed.
    pub fn next(&self, now: f64, random: f64) -> String {
        let call = self.walk.borrow().begin(&self.shared.terms, self.options.clone(), time(now));
        match call.transpose() {
            None => String::new(),
            Some(call) => self.shared.begin(call, Some(Rc::clone(&self.walk)), now, random),
        }
    }
}

impl JsWalk {
    pub(super) fn new(shared: Rc<Shared>, walk: Walk, options: CallOptions) -> Self {
        JsWalk { shared, walk: Rc::new(RefCell::new(walk)), options }
    }
}

/// The name that the program gave a bucket, after a `=`; or what is wrong with it.
fn bucket(text: &str) -> Result<Cow<'_, str>, ArgumentError> {
    match text.split_at_checked(1) {
        Some(("=", name)) => Ok(name.into()),
        _ if text == "threw" => Err(ArgumentError::new("bucketOf", "threw an error of its own")),
        _ => Err(ArgumentError::new("bucketOf", "must return a string, or undefined for the default")),
    }
}

fn facts(record: &AnswerRecord<'_>) -> AnswerFacts {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let mut groups = Vec::new();
    let shape = match record.shape() {
        "array" => Some(Shape::Array(number_of(record.items()).unwrap_or_default())),
        "object" => Some(Shape::Object),
        "other" => Some(Shape::Other),
        _ => None,
    };
    let body = match shape {
        None if record.shape().is_empty() => BodyFacts::Empty,
        None => BodyFacts::Text(record.beginning().to_owned()),
        Some(shape) => {
            let mut causes = Vec::new();
            if let Shape::Array(_) = shape {
                let pairs = record.rest().chunks_exact(2);
                groups.extend(pairs.map(|pair| [pair.first(), pair.last()].map(|text| some(text?))));
            } else {
                causes.extend(record.rest().iter().map(|cause| cause.to_string()));
            }
            let error = ErrorBody::read(
                |name| {
                    let text = match name {
                        "errorCode" => record.error_code(),
                        "errorSummary" => record.error_summary(),
                        "error_description" => record.error_description(),
                        "message" => record.message(),
                        "error" => record.error(),
                        _ => record.error_id(),
                    };
                    some(text)
                },
                causes,
            );
            BodyFacts::Json { shape, beginning: record.beginning().to_owned(), id: some(record.id()), error }
        }
    };
    AnswerFacts {
        status: number_of(record.status()).unwrap_or_default(),
        limit: some(record.limit()),
        remaining: some(record.remaining()),
        reset: some(record.reset()),
        date: some(record.date()),
        retry_after: some(record.retry_after()),
        request_id: some(record.request_id()),
        content_type: some(record.content_type()),
        www_authenticate: some(record.www_authenticate()),
        link: some(record.link()),
        body,
        groups,
    }
}

fn of_meta(record: &mut OutputRecord<'_>, meta: &crate::client::Meta<()>) {
    record.request_id(meta.request_id.clone().unwrap_or_default());
    record.attempts(text(meta.attempts));
    record.duration_ms(micros(meta.duration));
    record.waited_ms(micros(meta.waited));
    record.url(meta.url.clone());
}

/// Names and values in turns.
pub(super) fn headers<'a>(mut texts: impl Iterator<Item = Cow<'a, str>>) -> Vec<Header> {
    std::iter::from_fn(|| Some((texts.next()?.into_owned(), texts.next()?.into_owned()))).collect()
}

pub(super) fn pairs(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    crate::records::parts(text).filter(|_| !text.is_empty())
}

pub(super) fn number_of<T: TryFrom<u64>>(text: &str) -> Option<T> {
    let number: u64 = text.parse().ok()?;
    number.try_into().ok()
}

/// `performance.now()` as time.
pub(super) fn time(ms: f64) -> Duration {
    Duration::from_micros((ms * 1000.0) as u64)
}
