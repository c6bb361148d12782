//! Calls and walks for `drive.js`: texts in and out, as the records of [`crate::records`].

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::errors::failure;
use crate::answer::{AnswerFacts, BodyFacts, Yield};
use crate::client::{
    Call, CallOptions, Failed, Input, NoAnswer, Note, Output, Pause, Succeeded, Terms, Wake, WakeOnDrop, Walk,
};
use crate::error::{ErrorBody, whole_millis};
use crate::host::{Header, Shape};
use crate::policy::connection_code;
use crate::records::{AnswerRecord, EventRecord, Inputs, NoAnswerRecord, OutputRecord, list};
use crate::request::{AnswerShape, ArgumentError};
use crate::time::Duration;

/// The longest time that `setTimeout` can count, in milliseconds.
const MAX_MILLIS: u32 = i32::MAX as u32;

/// A running call.
pub(super) struct Running {
    call: Box<Call>,
    /// The walk whose page it reads.
    walk: Option<Rc<RefCell<Walk>>>,
    /// Its wait for the gate.
    pause: Option<Pause>,
    _wake: WakeOnDrop,
}

/// The running calls of a client, by number.
#[derive(Default)]
pub(super) struct Calls {
    running: Vec<Option<Box<Running>>>,
    free: Vec<u32>,
}

impl Calls {
    fn put(&mut self, running: Box<Running>) -> u32 {
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

    fn take(&mut self, number: u32) -> Option<Box<Running>> {
        self.running.get_mut(number as usize)?.take()
    }

    fn back(&mut self, number: u32, running: Box<Running>) {
        if let Some(place) = self.running.get_mut(number as usize) {
            *place = Some(running);
        }
    }
}

/// What the calls of a client share.
pub(super) struct Shared {
    pub(super) terms: Terms,
    /// Whether the program has its own bucket rule.
    pub(super) names_buckets: bool,
    /// The `Authorization` of a credential that never changes, so that JavaScript is not asked for it at each
    /// attempt.
    pub(super) authorization: Option<String>,
    pub(super) calls: RefCell<Calls>,
}

impl Shared {
    /// Starts a call.
    pub(super) fn begin(
        &self,
        call: Result<Box<Call>, Failed>,
        walk: Option<Rc<RefCell<Walk>>>,
        now: f64,
        random: f64,
    ) -> String {
        match call {
            Err(failed) => {
                let mut out = String::new();
                failure(&failed, None, &mut out);
                out
            }
            Ok(call) => {
                let wake = WakeOnDrop(Rc::clone(&self.terms.limits));
                let running = Box::new(Running { call, walk, pause: None, _wake: wake });
                let number = self.calls.borrow_mut().put(running);
                self.go(number, Input::Start, now, random)
            }
        }
    }

    pub(super) fn step(&self, number: u32, input: usize, text: &str, now: f64, random: f64) -> String {
        let record;
        let answer;
        let fault;
        let input = match Inputs::of(input).unwrap_or(Inputs::Abort) {
            Inputs::Named => Input::Named(match text {
                "" => Ok(self.default_bucket(number)),
                text => bucket(text),
            }),
            Inputs::Woken => Input::Woken,
            Inputs::Proof => Input::Proof(headers(list(text).into_iter())),
            Inputs::NoProof => Input::NoProof,
            Inputs::Answer => {
                record = AnswerRecord::read(text);
                answer = facts(&record);
                Input::Answer(&answer)
            }
            Inputs::NoAnswer => {
                fault = NoAnswerRecord::read(text);
                Input::NoAnswer(match fault.fault() {
                    "refused" => NoAnswer::Refused,
                    "too-large" => {
                        NoAnswer::TooLarge { status: number_of(fault.status()).unwrap_or_default() }
                    }
                    _ => {
                        let (code, unsent) = connection_code(fault.rest(), fault.says());
                        let unsent = unsent || !fault.is_unsent().is_empty();
                        NoAnswer::Failed { code, unsent, maybe_cors: self.terms.hides_headers }
                    }
                })
            }
            Inputs::Renewed => Input::Renewed(!text.is_empty()),
            Inputs::Merged => Input::Merged(text.to_owned()),
            Inputs::TimeUp => Input::TimeUp,
            Inputs::Abort => Input::Abort,
        };
        self.go(number, input, now, random)
    }

    /// Registers `wake`, which is called when a call's wait may end early. False if it may have ended
    /// already.
    pub(super) fn park(&self, number: u32, wake: &Function) -> bool {
        let calls = self.calls.borrow();
        let Some(Some(running)) = calls.running.get(number as usize) else { return true };
        let wake = wake.clone();
        let wake: Wake = Box::new(move || drop(wake.call0(&JsValue::UNDEFINED)));
        running.pause.is_none_or(|pause| running.call.park(pause, wake))
    }

    fn default_bucket(&self, number: u32) -> Cow<'static, str> {
        let calls = self.calls.borrow();
        let running = calls.running.get(number as usize).and_then(Option::as_ref);
        running.map(|running| running.call.request().bucket()).unwrap_or_default()
    }

    fn go(&self, number: u32, input: Input<'_>, now: f64, random: f64) -> String {
        let mut out = String::with_capacity(256);
        // The call is taken out, so that nothing is borrowed while other calls are woken.
        let running = self.calls.borrow_mut().take(number);
        let Some(mut running) = running else {
            failure(&ArgumentError::new("call", "is over").into(), None, &mut out);
            return out;
        };
        let now = time(now);
        let mut output = running.call.step(&self.terms, input, now, random);
        let mut within = None;
        // Steps that need nothing from JavaScript follow at once.
        loop {
            let input = match (&output, &self.authorization) {
                (Output::Name, _) if !self.names_buckets => Input::Named(Ok(running.call.request().bucket())),
                (Output::Prove { time }, Some(value)) => {
                    within = Some(*time);
                    Input::Proof(vec![("authorization".to_owned(), value.clone())])
                }
                _ => break,
            };
            output = running.call.step(&self.terms, input, now, random);
        }
        running.pause = None;
        match output {
            Output::Done(result) => {
                done(&self.terms, &running, result, &mut out);
                self.calls.borrow_mut().free.push(number);
                self.events(&mut running.call, &mut out);
            }
            output => {
                self.order(&mut running, number, output, within, &mut out);
                self.events(&mut running.call, &mut out);
                self.calls.borrow_mut().back(number, running);
            }
        }
        self.terms.limits.wake();
        out
    }

    /// Writes what to do next. `within` is the time limit of an attempt that is sent at once.
    fn order(
        &self,
        running: &mut Running,
        number: u32,
        output: Output,
        within: Option<Duration>,
        out: &mut String,
    ) {
        let call = &running.call;
        let request = call.request();
        let mut record = OutputRecord::new(out);
        let whole = |time: Duration| whole_millis(time).min(MAX_MILLIS);
        let (order, attempt) = match output {
            Output::Name => {
                record.method(request.method().as_str());
                record.url(request.path.as_str());
                ("name", None)
            }
            Output::Wait { time, gate: None } => {
                record.ms(whole(time));
                ("wait", None)
            }
            Output::Wait { time, gate } => {
                running.pause = gate;
                // Rounded up: if the gate is asked too early, it gives the same time again, with another
                // event.
                record.ms(whole(time).min(MAX_MILLIS - 1) + 1);
                ("queue", None)
            }
            Output::Prove { time } => ("prove", Some(time)),
            Output::Renew => ("renew", None),
            Output::Merge(meta) => {
                of_meta(&mut record, &meta);
                ("merge", None)
            }
            Output::Send | Output::Done(_) => ("send", within),
        };
        record.order(order);
        record.call(number);
        record.may_have_run(call.may_have_run());
        let Some(time) = attempt else { return };
        record.ms(whole(time));
        let outgoing = call.outgoing(&self.terms, &[]);
        record.method(outgoing.method.as_str());
        record.url(outgoing.url);
        record.body(outgoing.body);
        record.attempt(call.attempt().number);
        record.max_bytes(outgoing.max_bytes);
        record.expects(match request.operation.answer() {
            AnswerShape::Page => "array",
            AnswerShape::Object => "object",
            AnswerShape::Nothing | AnswerShape::Any => "",
        });
        record.looks(call.wanted().is_some());
        for (name, value) in call.headers(&self.terms) {
            record.add(&name);
            record.add(&value);
        }
    }

    /// Adds the events of the call, if the program listens.
    fn events(&self, call: &mut Call, out: &mut String) {
        let notes = call.take_notes();
        if !self.terms.listens {
            return;
        }
        for note in notes {
            let mut event = EventRecord::new(out);
            let path = &call.request().path;
            match &note {
                Note::PageShrink { .. } | Note::Token => {}
                _ => event.id(call.number()),
            }
            let kind = match note {
                Note::Request { attempt } => {
                    event.method(call.request().method().as_str());
                    event.path(path.as_str());
                    event.attempt(attempt);
                    "request"
                }
                Note::Response { status, duration, request_id } => {
                    event.status(u32::from(status));
                    event.duration_ms(duration);
                    event.request_id(request_id.as_deref());
                    "response"
                }
                Note::NoAnswer { attempt, duration, reason } => {
                    event.attempt(attempt);
                    event.duration_ms(duration);
                    event.reason(reason.as_str());
                    "no-answer"
                }
                Note::Retry { attempt, delay } => {
                    event.attempt(attempt);
                    event.delay_ms(delay);
                    "retry"
                }
                Note::Throttle { bucket, wait, reason } => {
                    event.bucket(bucket.as_str());
                    event.reason(reason.as_str());
                    if let Some(wait) = wait {
                        event.wait_ms(wait);
                    }
                    "throttle"
                }
                Note::PageShrink { from, to } => {
                    event.from(from);
                    event.to(to);
                    event.path(path.as_str());
                    "page-shrink"
                }
                Note::Token => {
                    event.reason("unauthorized");
                    "token"
                }
            };
            event.type_(kind);
            // The failure of a retry follows its event.
            if kind == "retry"
                && let Some(failed) = call.failed()
            {
                failure(failed, None, out);
            }
        }
    }
}

/// Writes the result of a call.
fn done(terms: &Terms, running: &Running, result: Result<Succeeded, Failed>, out: &mut String) {
    let (result, cursor) = match &running.walk {
        None => (result, None),
        Some(walk) => {
            let mut walk = walk.borrow_mut();
            let result = walk.end(terms, &running.call, result);
            (result, walk.cursor())
        }
    };
    match result {
        Ok(success) => {
            let mut record = OutputRecord::new(out);
            record.order("done");
            match success.body {
                Yield::Nothing => record.item("none"),
                Yield::Whole => {}
                Yield::Item(index) => record.item(index as u32),
            }
            if success.of != running.call.serial() {
                record.of(success.of);
            }
            record.cursor(cursor.as_deref());
            of_meta(&mut record, &success.meta);
        }
        Err(failed) => failure(&failed, cursor.as_deref(), out),
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
    /// Starts the call that reads the next page; an empty text at the end. After an error the walk stays at
    /// the failed page.
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

/// The name that the program's rule returned, after a `=`; or the rule's error.
fn bucket(text: &str) -> Result<Cow<'_, str>, ArgumentError> {
    match text.split_at_checked(1) {
        Some(("=", name)) => Ok(name.into()),
        _ if text == "threw" => Err(ArgumentError::new("bucketOf", "threw an error of its own")),
        _ => Err(ArgumentError::new("bucketOf", "must return a string, or undefined for the default")),
    }
}

fn facts<'a>(record: &'a AnswerRecord<'_>) -> AnswerFacts<'a> {
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
            let mut rest = record.rest();
            if let Shape::Array(_) = shape {
                groups.extend(std::iter::from_fn(|| Some([some(rest.next()?), some(rest.next()?)])));
            } else {
                causes.extend(rest.map(str::to_owned));
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
        headers: record.headers().map(|text| (!text.is_empty()).then_some(Cow::Borrowed(text))),
        body,
        groups,
    }
}

fn of_meta(record: &mut OutputRecord<'_>, meta: &crate::client::Meta<()>) {
    record.request_id(meta.request_id.as_deref());
    record.attempts(meta.attempts);
    record.duration_ms(meta.duration);
    record.waited_ms(meta.waited);
}

/// Names and values in turns.
pub(super) fn headers(mut texts: impl Iterator<Item = String>) -> Vec<Header> {
    std::iter::from_fn(|| Some((texts.next()?, texts.next()?))).collect()
}

pub(super) fn number_of<T: TryFrom<u64>>(text: &str) -> Option<T> {
    let number: u64 = text.parse().ok()?;
    number.try_into().ok()
}

/// `performance.now()` as a duration.
pub(super) fn time(ms: f64) -> Duration {
    Duration::from_micros((ms * 1000.0) as u64)
}
