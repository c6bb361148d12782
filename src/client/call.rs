//! A call as a state machine: it says what is to be done next, and is told what came of that. Whoever runs it waits,
//! asks for tokens and sends: `drive` in Rust, the npm package's `drive.js` in JavaScript.
//!
//! 1. [`Call::ask`] until it says [`Step::Go`].
//! 2. [`Call::begin`], which says how long the attempt may take; ask for the proof of who is asking, [`Call::prove`],
//!    and send.
//! 3. [`Call::answered`], [`Call::unanswered`], [`Call::unproven`] or [`Call::late`]; then from the start again, unless
//!    it is done.

use std::mem;
use std::time::Duration;

use super::find::{Find, gone, was_removed};
use super::turn::{Pause, Turn};
use super::{CallOptions, Client, Failure, Meta, Reply, check_header, check_own_header};
use crate::answer::{REQUEST_ID, header, judge};
use crate::error::{Error, Phase, ResponseFault, ResponseReason};
use crate::host::{Attempt, Event, Header, HeaderMap, Incoming, Outgoing, Platform, SendFault, TextOf};
use crate::policy::{self, Class, Decision, Learnt, Outcome, PageSize, RateView, Resized, Retry};
use crate::redact::Secrets;
use crate::request::{Answer, ArgumentError, CreateGroup, Method, Operation, Request};
use crate::sync::Wake;

/// What is to be done next.
pub(crate) enum Step<P: Platform> {
    /// Send.
    Go,
    /// Ask again after so long, or when woken: another call's end may be what it waits for.
    Wait(Pause),
    /// Ask again after so long.
    Rest(Duration),
    /// Nothing.
    Done(Result<Reply<P>, Failure<P>>),
}

/// When a call has what its caller wanted.
enum Goal<P: Platform> {
    /// When it is answered.
    Answer,
    /// When what should go is gone.
    Gone,
    /// When there is a group of that name.
    Found(Box<Find<P>>),
}

pub(crate) struct Call<P: Platform> {
    request: Request,
    options: CallOptions,
    goal: Goal<P>,
    /// The page size that the org can bear, of a list's page.
    size: Option<PageSize>,
    turn: Turn,
    retry: Retry,
    number: u32,
    started: Duration,
    total: Duration,
    attempts: u32,
    waited: Duration,
    /// Since when it waits for its turn.
    queued: Duration,
    /// The pause after the last attempt.
    rest: Option<Duration>,
    failed: Option<Failure<P>>,
    /// Okta's id of the first attempt that failed.
    first_id: Option<String>,
    /// Of the attempt under way.
    url: String,
    proof: Vec<Header>,
    sent: Duration,
    is_proven: bool,
    is_last: bool,
}

impl<P: Platform> Call<P> {
    pub(super) fn new(
        client: &Client<P>,
        request: Request,
        options: CallOptions,
        size: Option<PageSize>,
    ) -> Result<Self, Failure<P>> {
        check_own_headers(&client.settings.headers).map_err(Error::Config)?;
        check_own_headers(&options.headers)?;
        let class = match request.operation.answer() {
            Answer::Page => Class::List,
            _ => Class::of(request.method()),
        };
        let total = options.total_timeout.unwrap_or(client.settings.total_timeout);
        let retry = options.retry.unwrap_or(client.settings.retry);
        let bucket = client.host.bucket(&request).map_err(Error::Config)?;
        let started = client.host.now();
        Ok(Call {
            retry: Retry::new(retry, class, Some(total), started),
            turn: Turn::new(&client.limits, &bucket, options.priority),
            number: client.limits.next_call(),
            request,
            options,
            goal: Goal::Answer,
            size,
            started,
            total,
            attempts: 0,
            waited: Duration::ZERO,
            queued: started,
            rest: None,
            failed: None,
            first_id: None,
            url: String::new(),
            proof: Vec::new(),
            sent: started,
            is_proven: false,
            is_last: false,
        })
    }

    /// The page size that the org can bear, by what it answered.
    pub(crate) fn size(&self) -> Option<&PageSize> {
        self.size.as_ref()
    }

    /// Takes it as a success that what should go is not there.
    pub(crate) fn settle_for_gone(&mut self) {
        self.goal = Goal::Gone;
    }

    /// A call of *Add a group* that settles for a group of that name, too.
    pub(crate) fn creating(
        client: &Client<P>,
        profile: String,
        name: &str,
        options: CallOptions,
    ) -> Result<Self, Failure<P>> {
        let mut call = Call::new(client, CreateGroup { profile }.request(), options, None)?;
        let deadline = call.started.saturating_add(call.total);
        call.goal = Goal::Found(Box::new(Find::new(name, deadline)));
        Ok(call)
    }

    /// Whether it may go now.
    pub(crate) fn ask(&mut self, client: &Client<P>) -> Step<P> {
        let now = client.host.now();
        if let Goal::Found(find) = &mut self.goal
            && let Some((look, total)) = find.look(now)
        {
            let options = CallOptions { total_timeout: Some(total), ..self.options.clone() };
            match Call::new(client, look, options, None) {
                Ok(next) => {
                    let goal = mem::replace(&mut self.goal, Goal::Answer);
                    *self = Call { goal, ..next };
                }
                Err(failed) => return self.done(client, Err(failed)),
            }
        }
        if let Some(rest) = self.rest.take() {
            self.waited = self.waited.saturating_add(rest);
            self.queued = now;
            self.turn.again();
        }
        match self.turn.ask(&client.host, &self.retry, now) {
            Ok(Some(pause)) => Step::Wait(pause),
            Ok(None) => Step::Go,
            Err(_) => {
                let failed = self.failed.take();
                let none = || Error::Timeout { phase: Phase::Queue, limit: self.total };
                let failed = failed.unwrap_or_else(|| self.failure(none().into()));
                self.done(client, Err(failed))
            }
        }
    }

    /// Has `wake` called when the pause that [`Call::ask`] told may be over early. False if it is over already.
    pub(crate) fn park(&self, pause: Pause, wake: Wake) -> bool {
        self.turn.park(pause, wake)
    }

    /// An attempt begins. It may take so long.
    pub(crate) fn begin(&mut self, client: &Client<P>) -> Duration {
        let now = client.host.now();
        self.retry.sending(now);
        self.waited = self.waited.saturating_add(now.saturating_sub(self.queued));
        self.attempts += 1;
        self.is_proven = false;
        self.url = client.settings.org.url(&self.request);
        let left = self.started.saturating_add(self.total).saturating_sub(now);
        let timeout = self.timeout(client);
        self.is_last = left <= timeout;
        timeout.min(left)
    }

    /// What the proof is asked for.
    pub(crate) fn attempt(&self) -> Attempt<'_> {
        Attempt { method: self.request.method(), url: &self.url, number: self.attempts, began: self.started }
    }

    /// Takes the proof of who is asking. From here on the attempt counts as sent.
    ///
    /// # Errors
    /// What to do instead, if a header of it is none.
    pub(crate) fn prove(&mut self, client: &Client<P>, proof: Vec<Header>) -> Result<(), Step<P>> {
        let checked = proof.iter().try_for_each(|(name, value)| check_header("auth", name, value));
        if let Err(error) = checked {
            return Err(self.failed(client, Outcome::Rejected, Error::Config(error)));
        }
        self.proof = proof;
        self.is_proven = true;
        client.host.event(&Event::Request {
            call: self.number,
            request: &self.request,
            attempt: self.attempts,
        });
        self.sent = client.host.now();
        self.turn.sent(self.sent);
        Ok(())
    }

    /// The headers to send.
    pub(crate) fn headers(&self, client: &Client<P>) -> Vec<Header> {
        let json = |name: &str| (name.to_owned(), "application/json".to_owned());
        let mut headers = vec![json("accept")];
        if self.request.body.is_some() {
            headers.push(json("content-type"));
        }
        // As Okta's own SDKs tell it (docs/okta-facts.md#retries); another origin's page would need leave for them.
        if let Some(id) = self.first_id.as_ref().filter(|_| !client.host.may_hide_headers()) {
            headers.push(("x-okta-retry-for".to_owned(), id.clone()));
            headers.push(("x-okta-retry-count".to_owned(), (self.attempts - 1).to_string()));
        }
        let own = client.settings.headers.iter().chain(&self.options.headers);
        headers.extend(own.chain(&self.proof).cloned());
        headers
    }

    /// What of the headers must not be said.
    pub(crate) fn secrets<'a>(&'a self, client: &'a Client<P>) -> Secrets<'a> {
        Secrets { proof: &self.proof, own: [&client.settings.headers, &self.options.headers] }
    }

    /// The request, with [`Call::headers`].
    pub(crate) fn outgoing<'a>(&'a self, client: &Client<P>, headers: &'a [Header]) -> Outgoing<'a> {
        Outgoing {
            method: self.request.method(),
            url: &self.url,
            headers,
            body: self.request.body.as_deref(),
            max_bytes: client.settings.max_response_bytes,
        }
    }

    /// There is no proof.
    pub(crate) fn unproven(&mut self, client: &Client<P>, cause: P::Cause) -> Step<P> {
        self.failed(client, Outcome::Rejected, Error::Auth(cause))
    }

    /// No whole answer came.
    pub(crate) fn unanswered(&mut self, client: &Client<P>, fault: SendFault<P::Cause>) -> Step<P> {
        let origin = client.settings.org.origin().to_owned();
        let (outcome, error) = match fault {
            SendFault::Failed { cause, code, maybe_cors } => (
                Outcome::of_no_reply(policy::NoReply::Connection(code.as_deref())),
                Error::Connection { cause, code, origin, maybe_cors },
            ),
            SendFault::Unsent { cause, code } => {
                (Outcome::Unsent, Error::Connection { cause, code, origin, maybe_cors: false })
            }
            SendFault::Refused(cause) => (Outcome::Untold, Error::Refused(cause)),
            SendFault::TooLarge { status } => (Outcome::Untold, too_large(status, self.request.operation)),
        };
        self.failed(client, outcome, error)
    }

    /// The time that the attempt may take is over.
    pub(crate) fn late(&mut self, client: &Client<P>) -> Step<P> {
        if self.is_last {
            self.turn.lost();
            if self.is_proven {
                self.retry.gave_up();
            }
            let error = Error::Timeout { phase: Phase::Total, limit: self.total };
            let failed = self.failure(error.into());
            return self.done(client, Err(failed));
        }
        let (phase, outcome) = match self.is_proven {
            true => (Phase::Attempt, Outcome::of_no_reply(policy::NoReply::Timeout)),
            // Who is asking was not known by then: nothing was sent.
            false => (Phase::Token, Outcome::Unsent),
        };
        self.failed(client, outcome, Error::Timeout { phase, limit: self.timeout(client) })
    }

    /// An answer came.
    pub(crate) fn answered(
        &mut self,
        client: &Client<P>,
        incoming: Incoming<P::Headers, TextOf<P>>,
    ) -> Step<P> {
        let host = &client.host;
        let learnt = self.learn(client, &incoming);
        let mut judged = judge::<P>(self.request.operation, self.attempts, &incoming, self.secrets(client));
        if let Err(Error::Api(fault)) = &mut judged {
            fault.opens_in = learnt.opens_in;
        }
        let outcome = Outcome::of_reply(&policy::ReplyView {
            status: incoming.status,
            code: match &judged {
                Err(Error::Api(fault)) => fault.body.code.as_deref(),
                _ => None,
            },
            content_ok: judged.is_ok(),
            limited: learnt.limited,
        });
        let now = host.now();
        let meta = Box::new(Meta {
            status: incoming.status,
            request_id: header(&incoming, REQUEST_ID, self.secrets(client)),
            headers: incoming.headers,
            url: mem::take(&mut self.url),
            attempts: self.attempts,
            duration: now.saturating_sub(self.started),
            waited: self.waited,
        });
        host.event(&Event::Response {
            call: self.number,
            status: meta.status,
            duration: now.saturating_sub(self.sent),
            request_id: meta.request_id.as_deref(),
        });
        let result = match judged {
            Ok(body) => Ok(Reply { body, meta }),
            Err(error) => Err(Failure::of(error, meta)),
        };
        self.ended(client, outcome, learnt.retry_after, result)
    }

    fn learn(&self, client: &Client<P>, incoming: &Incoming<P::Headers, TextOf<P>>) -> Learnt {
        let names =
            ["x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset", "date", "retry-after"];
        let [limit, remaining, reset, date, retry_after] = names.map(|name| incoming.headers.get(name));
        let view = RateView {
            status: incoming.status,
            limit: limit.as_deref(),
            remaining: remaining.as_deref(),
            reset: reset.as_deref(),
            date: date.as_deref(),
            retry_after: retry_after.as_deref(),
        };
        self.turn.done(&view, client.host.now(), client.host.random())
    }

    fn failed(&mut self, client: &Client<P>, outcome: Outcome, error: Error<P::Cause>) -> Step<P> {
        self.ended(client, outcome, None, Err(error.into()))
    }

    /// Decides what follows from an attempt.
    fn ended(
        &mut self,
        client: &Client<P>,
        outcome: Outcome,
        retry_after: Option<Duration>,
        result: Result<Reply<P>, Failure<P>>,
    ) -> Step<P> {
        let host = &client.host;
        self.turn.lost();
        let now = host.now();
        // Whether or not this call may go on: the next one must not use a token that was refused.
        let is_renewed = outcome == Outcome::Unauthorized && host.refresh_token(&self.proof, self.started);
        if is_renewed {
            host.event(&Event::Token);
        }
        let decision = self.retry.after(
            outcome,
            self.size.as_mut(),
            retry_after,
            &mut client.limits.budget.lock(),
            now,
            host.random(),
        );
        let failed = match (result, decision) {
            (Ok(reply), _) => return self.done(client, Ok(reply)),
            // A first attempt had deleted it already: this is the success that got lost.
            (Err(Failure { error: Error::Api(fault), meta: Some(meta), .. }), Decision::AlreadyGone)
                if was_removed(self.request.operation, &fault) =>
            {
                return self.done(client, Ok(Reply { body: None, meta }));
            }
            (Err(failed), _) => self.failure(failed),
        };
        let at = match decision {
            Decision::Retry { at, page } => {
                if let Some(Resized { from, to }) = page {
                    self.request.set_limit(to);
                    host.event(&Event::PageShrink { from, to, request: &self.request });
                }
                at
            }
            Decision::Requeue => now,
            Decision::RefreshToken if is_renewed => now,
            _ => return self.done(client, Err(failed)),
        };
        let delay = at.saturating_sub(now);
        host.event(&Event::Retry { call: self.number, attempt: self.attempts, delay, error: &failed.error });
        let id = || failed.meta.as_ref()?.request_id.clone();
        self.first_id = self.first_id.take().or_else(id);
        self.failed = Some(failed);
        self.rest = Some(delay);
        Step::Rest(delay)
    }

    /// Whether the org may have done what was asked. Nothing comes of a read.
    pub(crate) fn may_have_run(&self) -> bool {
        self.retry.may_have_run() && self.request.method() != Method::Get
    }

    /// With what is known of the call as a whole.
    fn failure(&self, failed: Failure<P>) -> Failure<P> {
        Failure { may_have_run: self.may_have_run(), attempts: self.attempts, waited: self.waited, ..failed }
    }

    /// Whether the caller has what it wanted, now that the request has come to its end.
    fn done(&mut self, client: &Client<P>, result: Result<Reply<P>, Failure<P>>) -> Step<P> {
        match &mut self.goal {
            Goal::Answer => Step::Done(result),
            Goal::Gone => Step::Done(result.or_else(|failed| gone(self.request.operation, failed))),
            Goal::Found(find) => find.after(result, client.host.now()),
        }
    }

    fn timeout(&self, client: &Client<P>) -> Duration {
        self.options.timeout.unwrap_or(client.settings.timeout)
    }
}

fn check_own_headers(headers: &[Header]) -> Result<(), ArgumentError> {
    headers.iter().try_for_each(|(name, value)| check_own_header(name, value))
}

fn too_large<Cause>(status: u16, operation: Operation) -> Error<Cause> {
    Error::Response(Box::new(ResponseFault {
        reason: ResponseReason::TooLarge,
        operation,
        status,
        content_type: None,
        snippet: None,
        request_id: None,
    }))
}
