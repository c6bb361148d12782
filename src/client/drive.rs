//! Runs calls over a [`Host`]: sleeps, obtains tokens, sends, and keeps bodies, headers and causes. `call`
//! decides what happens next.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::Poll;

use futures_lite::future;

use super::call::Call;
use super::step::{Failed, FailedCall, Input, NoAnswer, Note, Output, Succeeded, Success};
use super::turn::WakeOnDrop;
use super::{CallOptions, Client, Failure, Meta, Reply, Walk};
use crate::answer::{AnswerFacts, Yield};
use crate::error::Error;
use crate::host::{Body, Event, Host, Platform, SendFault, Sent};
use crate::policy::connection_code;
use crate::request::{GroupId, Operation, Request};
use crate::sync::Shared;

impl<H: Host> Client<H> {
    /// Runs one operation, with the waits and retries that the settings allow.
    ///
    /// # Errors
    /// Every [`Error`] but `Pagination` and `Lookup`.
    pub async fn call(&self, request: &Request, options: &CallOptions) -> Result<Reply<H>, Failure<H>> {
        self.call_of(request, options, None).await
    }

    /// The same, under the control of a run.
    pub(super) async fn call_of(
        &self,
        request: &Request,
        options: &CallOptions,
        control: Option<&Control>,
    ) -> Result<Reply<H>, Failure<H>> {
        let call = Call::new(&self.terms, request.clone(), options.clone(), None, self.host.now());
        self.run(call, control).await
    }

    /// Runs one request of the rule update with this number, under the update's control.
    pub(super) async fn call_of_update(
        &self,
        request: &Request,
        options: &CallOptions,
        update: u32,
        control: &Control,
    ) -> Result<Reply<H>, Failure<H>> {
        let call = Call::new(&self.terms, request.clone(), options.clone(), None, self.host.now());
        self.run(call.map(|call| call.part_of(&self.terms, update)), Some(control)).await
    }

    /// Changes a group's profile: reads the group, lets `merge` turn the answer into the whole new profile
    /// (JSON text), and writes that, because *Replace a group* drops every attribute that is left out. If the
    /// answer of the write is lost, it reads and merges again, since another client may have changed the
    /// group meanwhile.
    ///
    /// # Errors
    /// Those of [`Client::call`]; the error that `merge` returns.
    pub async fn update(
        &self,
        group: GroupId,
        mut merge: impl FnMut(Reply<H>) -> Result<String, Failure<H>>,
        options: &CallOptions,
    ) -> Result<Reply<H>, Failure<H>> {
        let call = Call::updating(&self.terms, group, options.clone(), self.host.now());
        let mut drive = Drive::new(self, call)?;
        let mut input = Input::Start;
        loop {
            match drive.run(input).await {
                // All requests of the update share one total timeout.
                None => {
                    let may_have_run = drive.call.may_have_run();
                    let merged = drive.merging().map_or_else(|| Ok(String::new()), &mut merge);
                    let lost = |failure| Failure { may_have_run, ..failure };
                    input = Input::Merged(merged.map_err(lost)?);
                }
                Some(result) => return drive.finish(result),
            }
        }
    }

    /// *Add a group*, or the existing group of exactly that name. If Okta answers that the name is taken, or
    /// the answer is lost, the call looks the group up within its total timeout; the reply is then that of
    /// the lookup. `profile` is JSON text, `name` the name in it.
    ///
    /// # Errors
    /// Those of [`Client::call`]; the error of *Add a group* if the lookup finds no group.
    pub async fn create_or_find(
        &self,
        profile: String,
        name: &str,
        options: &CallOptions,
    ) -> Result<Reply<H>, Failure<H>> {
        self.run(Call::creating(&self.terms, profile, name, options.clone(), self.host.now()), None).await
    }

    /// Runs a delete, such as *Delete a group* or *Unassign a user from a group*. A target that does not
    /// exist counts as success.
    ///
    /// # Errors
    /// Those of [`Client::call`].
    pub async fn remove(&self, request: &Request, options: &CallOptions) -> Result<Reply<H>, Failure<H>> {
        self.run(Call::removing(&self.terms, request.clone(), options.clone(), self.host.now()), None).await
    }

    /// Reads the walk's current page and moves the walk on. On an error the walk stays at that page, so that
    /// [`Walk::cursor`] leads to the rest of the list. `None` at the end.
    ///
    /// # Errors
    /// Every [`Error`] but `Lookup`.
    pub async fn page(&self, walk: &mut Walk, options: &CallOptions) -> Result<Option<Reply<H>>, Failure<H>> {
        self.page_of(walk, options, None).await
    }

    /// The same, under the control of a run.
    pub(super) async fn page_of(
        &self,
        walk: &mut Walk,
        options: &CallOptions,
        control: Option<&Control>,
    ) -> Result<Option<Reply<H>>, Failure<H>> {
        let call = walk.begin(&self.terms, options.clone(), self.host.now());
        let Some(call) = call.map_err(|failed| attached(*failed, None, None, None))? else { return Ok(None) };
        let mut drive = Drive::new(self, Ok(call))?;
        drive.control = control;
        let Some(result) = drive.run(Input::Start).await else { return Ok(None) };
        let result = walk.end(&self.terms, &drive.call, result);
        drive.finish(result).map(Some)
    }

    async fn run(
        &self,
        call: Result<Box<Call>, Failed>,
        control: Option<&Control>,
    ) -> Result<Reply<H>, Failure<H>> {
        let mut drive = Drive::new(self, call)?;
        drive.control = control;
        let result = drive.run(Input::Start).await;
        drive.finish(result.unwrap_or_else(|| Err(Error::Aborted.into())))
    }
}

/// What a run shares with its calls. A call that is dropped cannot report how many attempts it sent, so the
/// count stands here.
#[derive(Debug, Default)]
pub(super) struct Control {
    begun: AtomicU32,
    is_halted: AtomicBool,
}

impl Control {
    /// How many attempts of all calls have started.
    pub(super) fn begun(&self) -> u32 {
        self.begun.load(Ordering::Relaxed)
    }

    /// Aborts each call that waits for the gate or for a retry, now or later. A call whose request was sent goes
    /// on. A call notices when it is polled.
    pub(super) fn halt(&self) {
        self.is_halted.store(true, Ordering::Relaxed);
    }
}

/// A running call, with the bodies, headers and causes that the state machine does not see.
struct Drive<'a, H: Platform> {
    client: &'a Client<H>,
    call: Box<Call>,
    _wake: WakeOnDrop,
    /// The headers or the cause of each attempt, in order.
    attempts: Vec<Remains<H>>,
    control: Option<&'a Control>,
    /// The body of the last answer.
    body: Option<H::Body>,
    /// Whether it was not valid UTF-8.
    lossy: bool,
    /// Whether one of its numbers was rounded when it was decoded.
    inexact: bool,
    meta: Option<Box<Meta<()>>>,
}

/// The headers or the cause that an attempt left.
struct Remains<H: Platform> {
    headers: Option<H::Headers>,
    cause: Option<H::Cause>,
}

impl<'a, H: Host> Drive<'a, H> {
    fn new(client: &'a Client<H>, call: Result<Box<Call>, Failed>) -> Result<Self, Failure<H>> {
        let call = call.map_err(|failed| attached(*failed, None, None, None))?;
        let wake = WakeOnDrop(Shared::clone(&client.terms.limits));
        Ok(Drive {
            client,
            call,
            _wake: wake,
            attempts: Vec::new(),
            control: None,
            body: None,
            lossy: false,
            inexact: false,
            meta: None,
        })
    }

    /// Runs the call from `input` until it is done. `None` if a body is to be merged.
    async fn run(&mut self, input: Input<'_>) -> Option<Result<Succeeded, Failed>> {
        let host = &self.client.host;
        let mut output = self.step(if self.is_halted() { Input::Abort } else { input });
        loop {
            output = match output {
                Output::Name => {
                    let bucket = host.bucket(self.call.request());
                    self.step(Input::Named(bucket))
                }
                Output::Prove { time } => {
                    let late = async {
                        host.sleep(time).await;
                        None
                    };
                    match future::or(async { Some(self.attempt().await) }, late).await {
                        Some(output) => output,
                        None => self.step(Input::TimeUp),
                    }
                }
                // `attempt` sends as soon as it has the token, so this never reaches here.
                Output::Send => self.step(Input::Abort),
                Output::Wait { time, gate: Some(pause) } => {
                    let call = &self.call;
                    let woken = poll_fn(|context| {
                        let waker = context.waker().clone();
                        match call.park(pause, Box::new(|| waker.wake())) {
                            true => Poll::Pending,
                            false => Poll::Ready(()),
                        }
                    });
                    let is_halted = self.is_halted_before(future::or(woken, host.sleep(time))).await;
                    self.step(if is_halted { Input::Abort } else { Input::Woken })
                }
                Output::Wait { time, gate: None } => {
                    let rest = async {
                        if !time.is_zero() {
                            host.sleep(time).await;
                        }
                    };
                    let is_halted = self.is_halted_before(rest).await;
                    self.step(if is_halted { Input::Abort } else { Input::Woken })
                }
                Output::Renew => {
                    let is_renewed = host.refresh_token(self.call.proof(), self.call.began());
                    self.step(Input::Renewed(is_renewed))
                }
                Output::Merge(meta) => {
                    self.meta = Some(meta);
                    return None;
                }
                Output::Done(result) => return Some(result),
            };
        }
    }

    fn is_halted(&self) -> bool {
        self.control.is_some_and(|control| control.is_halted.load(Ordering::Relaxed))
    }

    /// Waits, unless the run is halted first.
    async fn is_halted_before(&self, wait: impl Future<Output = ()>) -> bool {
        let halted = poll_fn(|_| if self.is_halted() { Poll::Ready(true) } else { Poll::Pending });
        let waited = async {
            wait.await;
            false
        };
        future::or(halted, waited).await
    }

    /// Obtains the token and sends the request once.
    async fn attempt(&mut self) -> Output {
        let host = &self.client.host;
        let at = self.attempts.len();
        self.attempts.push(Remains { headers: None, cause: None });
        if let Some(control) = self.control {
            control.begun.fetch_add(1, Ordering::Relaxed);
        }
        self.body = None;
        let proof = match host.authorize(self.call.attempt()).await {
            Ok(proof) => Input::Proof(proof),
            Err(cause) => {
                self.keep(at, None, Some(cause));
                Input::NoProof
            }
        };
        let output = self.step(proof);
        let Output::Send = output else { return output };
        let terms = &self.client.terms;
        let mut headers = self.call.headers(terms);
        headers.extend_from_slice(self.call.proof());
        let sent = host.send(self.call.outgoing(terms, &headers)).await;
        self.answered(at, sent)
    }

    fn answered(&mut self, at: usize, sent: Sent<H>) -> Output {
        let fault = match sent {
            Ok(incoming) => {
                let (facts, body) = AnswerFacts::of(&incoming, self.call.wanted().is_some());
                (self.body, self.lossy) = (body, incoming.lossy);
                // `update` writes these bodies back.
                let is_kept =
                    matches!(self.call.request().operation, Operation::GetGroup | Operation::GetRule);
                self.inexact = is_kept && incoming.text.as_ref().is_some_and(H::Body::is_inexact);
                self.keep(at, Some(incoming.headers), None);
                return self.step(Input::Answer(&facts));
            }
            Err(fault) => fault,
        };
        let (cause, code, unsent, maybe_cors) = match fault {
            SendFault::Failed { cause, code, maybe_cors } => (cause, code, false, maybe_cors),
            SendFault::Unsent { cause, code } => (cause, code, true, false),
            SendFault::Refused(cause) => {
                self.keep(at, None, Some(cause));
                return self.step(Input::NoAnswer(NoAnswer::Refused));
            }
            SendFault::TooLarge { status } => {
                return self.step(Input::NoAnswer(NoAnswer::TooLarge { status }));
            }
        };
        self.keep(at, None, Some(cause));
        let (code, _) = connection_code(code.as_deref().into_iter(), "");
        self.step(Input::NoAnswer(NoAnswer::Failed { code, unsent, maybe_cors }))
    }

    fn keep(&mut self, at: usize, headers: Option<H::Headers>, cause: Option<H::Cause>) {
        if let Some(remains) = self.attempts.get_mut(at) {
            *remains = Remains { headers, cause };
        }
    }

    /// Steps the state machine, emits its events, and wakes the calls that may go on.
    fn step(&mut self, input: Input<'_>) -> Output {
        let Client { host, terms, .. } = self.client;
        let output = self.call.step(terms, input, host.now(), host.random());
        terms.limits.wake();
        for note in self.call.take_notes() {
            self.emit(note);
        }
        output
    }

    fn emit(&mut self, note: Note) {
        let host = &self.client.host;
        let (call, request) = (self.call.number(), self.call.request());
        let event = match &note {
            Note::Request { attempt } => Event::Request { call, request, attempt: *attempt },
            Note::Response { status, duration, request_id } => Event::Response {
                call,
                status: *status,
                duration: *duration,
                request_id: request_id.as_deref(),
            },
            Note::NoAnswer { attempt, duration, reason } => {
                Event::NoAnswer { call, attempt: *attempt, duration: *duration, reason: *reason }
            }
            Note::Throttle { bucket, wait, reason } => {
                Event::Throttle { call, bucket, wait: *wait, reason: *reason }
            }
            Note::PageShrink { from, to } => Event::PageShrink { from: *from, to: *to, request },
            Note::Token => Event::Token,
            Note::Retry { attempt, delay } => {
                let Some(failed) = self.call.failed() else { return };
                let Some(remains) =
                    (failed.of as usize).checked_sub(1).and_then(|at| self.attempts.get_mut(at))
                else {
                    return;
                };
                let error = failed.error.clone().with_cause(remains.cause.take());
                host.event(&Event::Retry { call, attempt: *attempt, delay: *delay, error: &error });
                remains.cause = error.into_cause();
                return;
            }
        };
        host.event(&event);
    }

    /// The reply that is to be merged.
    fn merging(&mut self) -> Option<Reply<H>> {
        let headers = self.attempts.last_mut()?.headers.take()?;
        let meta = Box::new(self.meta.take()?.with_headers(headers));
        Some(Reply { body: self.body.take(), meta, lossy: self.lossy, inexact: self.inexact })
    }

    /// The headers or the cause of attempt number `of`.
    fn remains(&mut self, of: u32) -> Remains<H> {
        let at = (of as usize).checked_sub(1).filter(|at| *at < self.attempts.len());
        at.map_or(Remains { headers: None, cause: None }, |at| self.attempts.swap_remove(at))
    }

    /// Adds the headers, body and cause that the driver kept.
    fn finish(mut self, result: Result<Succeeded, Failed>) -> Result<Reply<H>, Failure<H>> {
        match result {
            Ok(success) => {
                let Success { meta, of, body, .. } = *success;
                let headers = self.remains(of).headers;
                let Some(headers) = headers else {
                    return Err(attached(*Failed::from(Error::Aborted), None, None, None));
                };
                let body = match body {
                    Yield::Nothing => None,
                    Yield::Whole => self.body,
                    Yield::Item(index) => self.body.and_then(|body| body.item(index)),
                };
                Ok(Reply {
                    body,
                    meta: Box::new(meta.with_headers(headers)),
                    lossy: self.lossy,
                    inexact: self.inexact,
                })
            }
            Err(failed) => {
                let Remains { headers, cause } = self.remains(failed.of);
                let page = self.body.filter(|_| failed.has_page).map(Box::new);
                Err(attached(*failed, headers, cause, page))
            }
        }
    }
}

/// A failure with the headers, cause and page that the driver kept.
fn attached<H: Platform>(
    failed: FailedCall,
    headers: Option<H::Headers>,
    cause: Option<H::Cause>,
    page: Option<Box<H::Body>>,
) -> Failure<H> {
    let FailedCall { error, of: _, meta, on, may_have_run, attempts, waited, has_page: _ } = failed;
    let meta = meta.zip(headers).map(|(meta, headers)| Box::new(meta.with_headers(headers)));
    Failure {
        error: error.with_cause(cause),
        on,
        meta,
        may_have_run,
        attempts,
        waited,
        page,
        rule_status: None,
    }
}
