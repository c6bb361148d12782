//! A call as a state machine without I/O. [`Call::step`] takes what happened and returns the one thing that
//! the driver does next. It reads no clock, draws no random number and calls nothing back: the time and a
//! random number are arguments, and the driver takes the events after the step.
//!
//! | [`Output`] | what the driver does | legal [`Input`]s next |
//! |---|---|---|
//! | `Name` | names the rate-limit bucket of [`Call::request`] | `Named` |
//! | `Wait` | sleeps for the time, or until the gate changes | `Woken`, `Abort` |
//! | `Prove` | starts the timer, obtains the authenticating headers | `Proof`, `NoProof`, `TimeUp`, `Abort` |
//! | `Send` | sends [`Call::outgoing`] | `Answer`, `NoAnswer`, `TimeUp`, `Abort` |
//! | `Renew` | reports the 401 to the source of tokens | `Renewed` |
//! | `Merge` | makes the new profile from the body that was just read | `Merged` |
//! | `Done` | returns the result to the caller | none |
//!
//! Bodies, headers and causes stay with the driver. A [`Failed`] names the attempt that they belong to by its
//! number.

use std::mem;

use super::find::{CreateLookup, Missing, missing, named, succeed_as_gone};
use super::step::{Failed, Input, NoAnswer, Note, Output, PageFacts, Pause, Succeeded, Success};
use super::turn::{Turn, Writer};
use super::{CallOptions, Meta, Terms, check_header, check_own_headers};
use crate::answer::{AnswerFacts, BodyFacts, ReadHeader, judge};
use crate::error::{Error, On, Phase, ResponseFault, ResponseReason};
use crate::host::{Attempt, Header, NoAnswerReason, Outgoing};
use crate::policy::{
    Class, Decision, NoReply, Outcome, PageSize, RateView, ReplyView, Resized, Retry, RetryOptions,
};
use crate::redact::Secrets;
use crate::request::{
    AnswerShape, ArgumentError, CreateGroup, GetGroup, GroupId, Method, Operation, ReplaceGroup, Request,
};
use crate::text::{digits, find};
use crate::time::Duration;

/// When a call succeeds.
enum Goal {
    /// The request is answered.
    Answer,
    /// The target of the delete does not exist any more.
    Gone,
    /// The same, while the call checks whether the group exists. Holds the 404 of the delete.
    Looked(Failed),
    /// A group of that name exists.
    Found(Box<CreateLookup>),
    /// The group's profile is changed: the call reads the group, the driver merges, the call writes.
    Updated(Box<Update>),
}

struct Update {
    group: GroupId,
    /// The attempts of the write, while the group is read again because the write's answer was lost.
    write: Option<Tries>,
}

/// The attempts of one request.
struct Tries {
    retry: Retry,
    attempts: u32,
    /// Okta's id of the first attempt that failed.
    first_id: Option<String>,
}

impl Tries {
    fn new(request: &Request, retry: RetryOptions, total: Duration, now: Duration) -> Self {
        let class = match request.operation {
            // Only the caller knows whether a request to any other path is idempotent.
            Operation::Other { method, idempotent } if method != Method::Get => {
                if idempotent {
                    Class::Put
                } else {
                    Class::Post
                }
            }
            operation if operation.answer() == AnswerShape::Page => Class::List,
            _ => Class::of(request.method()),
        };
        Tries { retry: Retry::new(retry, class, Some(total), now), attempts: 0, first_id: None }
    }
}

/// Which input the call waits for.
enum State {
    Begun,
    /// A write to rules waits until the writes before it are done.
    LinedUp,
    Naming,
    Waiting,
    Proving,
    Sending,
    Renewing(Option<Duration>, Failed),
    Merging,
    Over,
}

/// A call repeats a 404 to a group that was just created for this long.
const NOT_YET: Duration = Duration::from_secs(5);
const NOT_YET_PAUSE: Duration = Duration::from_millis(250);

pub(crate) struct Call {
    request: Request,
    options: CallOptions,
    goal: Goal,
    state: State,
    /// Of a page's request: the page size that the org accepted last.
    size: Option<PageSize>,
    /// Its place in the line of writes to rules.
    writer: Option<Writer>,
    turn: Option<Turn>,
    retry: RetryOptions,
    tries: Tries,
    number: u32,
    /// When the caller started the call.
    began: Duration,
    /// When the current request started.
    started: Duration,
    total: Duration,
    waited: Duration,
    /// Since when the call waits for the gate.
    queued: Duration,
    /// The pause before the next attempt.
    rest: Option<Duration>,
    /// The request that follows, after a pause or a first request.
    next: Option<Request>,
    failed: Option<Failed>,
    /// Since when the org answers 404 to a group that it has just created.
    unknown_since: Option<Duration>,
    /// Counts the attempts over all requests of the call.
    serial: u32,
    notes: Vec<Note>,
    /// These four belong to the current attempt.
    url: String,
    proof: Vec<Header>,
    sent: Duration,
    is_last: bool,
}

impl Call {
    pub(crate) fn new(
        terms: &Terms,
        request: Request,
        options: CallOptions,
        size: Option<PageSize>,
        now: Duration,
    ) -> Result<Box<Self>, Failed> {
        if let Some(wrong) = &terms.wrong {
            return Err(Error::Config(wrong.clone()).into());
        }
        check_own_headers(&options.headers)?;
        let total = options.total_timeout.unwrap_or(terms.settings.total_timeout);
        let retry = options.retry.unwrap_or(terms.settings.retry);
        let number = terms.limits.next_call();
        Ok(Box::new(Call {
            tries: Tries::new(&request, retry, total, now),
            retry,
            number,
            writer: Writer::of(&request, &terms.limits, number),
            request,
            options,
            goal: Goal::Answer,
            state: State::Begun,
            size,
            turn: None,
            began: now,
            started: now,
            total,
            waited: Duration::ZERO,
            queued: now,
            rest: None,
            next: None,
            failed: None,
            unknown_since: None,
            serial: 0,
            notes: Vec::new(),
            url: String::new(),
            proof: Vec::new(),
            sent: now,
            is_last: false,
        }))
    }

    /// Makes the call a step of the rule update with this number: the call writes in the update's place in
    /// the line.
    pub(crate) fn part_of(mut self: Box<Self>, terms: &Terms, update: u32) -> Box<Self> {
        self.writer = Some(Writer::part_of(update, &terms.limits));
        self
    }

    /// A delete that succeeds if its target does not exist.
    pub(crate) fn removing(
        terms: &Terms,
        request: Request,
        options: CallOptions,
        now: Duration,
    ) -> Result<Box<Self>, Failed> {
        let mut call = Call::new(terms, request, options, None, now)?;
        call.goal = Goal::Gone;
        Ok(call)
    }

    /// *Add a group*, or the existing group of that name.
    pub(crate) fn creating(
        terms: &Terms,
        profile: String,
        name: &str,
        options: CallOptions,
        now: Duration,
    ) -> Result<Box<Self>, Failed> {
        let mut call = Call::new(terms, CreateGroup { profile }.request(), options, None, now)?;
        call.goal = Goal::Found(Box::new(CreateLookup::new(name, call.deadline())));
        Ok(call)
    }

    /// *Retrieve a group*, then *Replace a group* with the profile that the driver merges. If the write's
    /// answer is lost, the call reads and merges again, since another client may have changed the group
    /// meanwhile.
    pub(crate) fn updating(
        terms: &Terms,
        group: GroupId,
        options: CallOptions,
        now: Duration,
    ) -> Result<Box<Self>, Failed> {
        let mut call = Call::new(terms, GetGroup { group: group.clone() }.request(), options, None, now)?;
        call.goal = Goal::Updated(Box::new(Update { group, write: None }));
        Ok(call)
    }

    /// The page size that the org accepted last.
    pub(crate) fn size(&self) -> Option<&PageSize> {
        self.size.as_ref()
    }

    /// The current request.
    pub(crate) fn request(&self) -> &Request {
        &self.request
    }

    /// The request's number in events.
    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    /// The number of the last attempt, over all requests of the call.
    pub(crate) fn serial(&self) -> u32 {
        self.serial
    }

    /// The failure of the last attempt, while the call goes on.
    pub(crate) fn failed(&self) -> Option<&Failed> {
        self.failed.as_ref()
    }

    /// The headers that authenticate the attempt.
    pub(crate) fn proof(&self) -> &[Header] {
        &self.proof
    }

    /// When the caller started the call, by the driver's clock.
    pub(crate) fn began(&self) -> Duration {
        self.began
    }

    /// The group name to look for in the page that is read.
    pub(crate) fn wanted(&self) -> Option<&str> {
        match &self.goal {
            Goal::Found(find) if find.is_looking() => Some(find.name()),
            _ => None,
        }
    }

    /// Drains the events since the last drain.
    pub(crate) fn take_notes(&mut self) -> Vec<Note> {
        mem::take(&mut self.notes)
    }

    /// What the source of tokens learns of the attempt.
    pub(crate) fn attempt(&self) -> Attempt<'_> {
        Attempt {
            method: self.request.method(),
            url: &self.url,
            number: self.tries.attempts,
            began: self.began,
        }
    }

    /// The headers of the attempt, without those that authenticate it.
    pub(crate) fn headers(&self, terms: &Terms) -> Vec<Header> {
        let json = |name: &str| (name.to_owned(), "application/json".to_owned());
        let mut headers = vec![json("accept")];
        if self.request.body.is_some() {
            headers.push(json("content-type"));
        }
        // Okta's SDKs send these (docs/okta-facts.md#retries). Cross-origin they would need CORS permission,
        // which Okta does not give.
        if let Some(id) = self.tries.first_id.as_ref().filter(|_| !terms.hides_headers) {
            headers.push(("x-okta-retry-for".to_owned(), id.clone()));
            headers.push(("x-okta-retry-count".to_owned(), digits(self.tries.attempts - 1)));
        }
        headers.extend(terms.settings.headers.iter().chain(&self.options.headers).cloned());
        headers
    }

    /// The header values that errors and events must not contain.
    pub(super) fn secrets<'a>(&'a self, terms: &'a Terms) -> Secrets<'a> {
        Secrets { proof: &self.proof, own: [&terms.settings.headers, &self.options.headers] }
    }

    /// The request as the host sends it.
    pub(crate) fn outgoing<'a>(&'a self, terms: &Terms, headers: &'a [Header]) -> Outgoing<'a> {
        Outgoing {
            method: self.request.method(),
            url: &self.url,
            headers,
            body: self.request.body.as_deref(),
            max_bytes: terms.settings.max_response_bytes,
        }
    }

    /// Whether the org may have carried out a write if the call ended now. False for reads.
    pub(crate) fn may_have_run(&self) -> bool {
        let is_write = self.request.method() != Method::Get;
        let lost = match &self.goal {
            Goal::Updated(update) => update.write.as_ref().is_some_and(|write| write.retry.may_have_run()),
            _ => false,
        };
        lost || (is_write && (matches!(self.state, State::Sending) || self.tries.retry.may_have_run()))
    }

    /// Waits in the gate's queue or in the line of writes to rules. [`super::Limits::wake`] calls `wake` if
    /// the wait may end before its time. False if it may have ended already.
    pub(crate) fn park(&self, pause: Pause, wake: crate::sync::Wake) -> bool {
        match (&self.state, &self.writer) {
            (State::LinedUp, Some(writer)) => writer.park(wake),
            _ => self.turn.as_ref().is_none_or(|turn| turn.park(pause, wake)),
        }
    }

    /// Takes what happened and returns what to do next. An input that is not legal here ends the call with an
    /// error.
    pub(crate) fn step(&mut self, terms: &Terms, input: Input<'_>, now: Duration, random: f64) -> Output {
        if terms.listens && matches!(self.state, State::Sending) {
            self.unless_answered(&input, now);
        }
        if let Input::Abort = input {
            return self.abort();
        }
        let state = mem::replace(&mut self.state, State::Over);
        match (state, input) {
            (State::Begun, Input::Start) | (State::LinedUp, Input::Woken) => self.line_up(terms, now),
            (State::Naming, Input::Named(Ok(bucket))) => {
                self.turn = Some(Turn::new(&terms.limits, &bucket, self.options.priority));
                self.queue(terms, now, random)
            }
            (State::Naming, Input::Named(Err(wrong))) => {
                self.end(terms, Err(Error::Config(wrong).into()), now)
            }
            (State::Waiting, Input::Woken) => self.go_on(terms, now, random),
            (State::Proving, Input::Proof(proof)) => self.prove(terms, proof, now, random),
            (State::Proving, Input::NoProof) => {
                self.unanswered(terms, Outcome::Rejected, Error::Auth(()), now, random)
            }
            (State::Sending, Input::Answer(facts)) => self.answered(terms, facts, now, random),
            (State::Sending, Input::NoAnswer(fault)) => self.lost(terms, fault, now, random),
            (state @ (State::Proving | State::Sending), Input::TimeUp) => {
                self.late(terms, matches!(state, State::Sending), now, random)
            }
            (State::Renewing(retry_after, failed), Input::Renewed(is_renewed)) => {
                if is_renewed {
                    self.notes.push(Note::Token);
                }
                self.decide(terms, Outcome::Unauthorized, retry_after, Err(failed), is_renewed, now, random)
            }
            (State::Merging, Input::Merged(profile)) => self.write(terms, profile, now),
            _ => self.end(terms, Err(ArgumentError::new("call", "got an input out of turn").into()), now),
        }
    }

    /// Starts the call. A write to rules waits for its place in the line first.
    fn line_up(&mut self, terms: &Terms, now: Duration) -> Output {
        if self.writer.as_ref().is_none_or(Writer::is_first) {
            return self.name();
        }
        let time = self.deadline().saturating_sub(now);
        if time.is_zero() {
            let late = self.failure(Error::Timeout { phase: Phase::Queue, limit: self.total });
            return self.end(terms, Err(late), now);
        }
        self.state = State::LinedUp;
        Output::Wait { time, gate: Some(Pause { time, seen: 0 }) }
    }

    /// Starts the current request: the driver names its bucket.
    fn name(&mut self) -> Output {
        self.state = State::Naming;
        Output::Name
    }

    /// A wait is over.
    fn go_on(&mut self, terms: &Terms, now: Duration, random: f64) -> Output {
        if let Some(request) = self.next.take() {
            self.rest = None;
            self.turn_to(terms, request, None, now);
            return self.name();
        }
        if let Some(rest) = self.rest.take() {
            self.waited = self.waited.saturating_add(rest);
            self.queued = now;
            self.turn.iter().for_each(Turn::again);
        }
        self.queue(terms, now, random)
    }

    /// Starts another request, with the rest of the total timeout.
    fn turn_to(&mut self, terms: &Terms, request: Request, tries: Option<Tries>, now: Duration) {
        self.total = self.deadline().saturating_sub(now);
        self.started = now;
        self.queued = now;
        self.waited = Duration::ZERO;
        self.turn = None;
        self.failed = None;
        self.unknown_since = None;
        self.number = terms.limits.next_call();
        self.tries = tries.unwrap_or_else(|| Tries::new(&request, self.retry, self.total, now));
        self.request = request;
    }

    /// Asks the gate whether the request may be sent now.
    fn queue(&mut self, terms: &Terms, now: Duration, random: f64) -> Output {
        let asked = match &self.turn {
            Some(turn) => turn.ask(&self.tries.retry, now, random, &mut self.notes),
            None => Ok(None),
        };
        match asked {
            Ok(Some(pause)) => {
                self.state = State::Waiting;
                Output::Wait { time: pause.time, gate: Some(pause) }
            }
            Ok(None) => self.begin(terms, now),
            Err(_) => {
                let none = || Error::Timeout { phase: Phase::Queue, limit: self.total };
                let failed = self.failed.take().unwrap_or_else(|| self.failure(none()));
                self.end(terms, Err(failed), now)
            }
        }
    }

    /// Starts an attempt.
    fn begin(&mut self, terms: &Terms, now: Duration) -> Output {
        self.tries.retry.sending(now);
        self.waited = self.waited.saturating_add(now.saturating_sub(self.queued));
        self.tries.attempts += 1;
        self.serial += 1;
        self.url = terms.settings.org_url.url(&self.request);
        let left = self.deadline().saturating_sub(now);
        let timeout = self.timeout(terms);
        self.is_last = left <= timeout;
        self.state = State::Proving;
        Output::Prove { time: timeout.min(left) }
    }

    /// Takes the authenticating headers. From here on the attempt counts as sent.
    fn prove(&mut self, terms: &Terms, proof: Vec<Header>, now: Duration, random: f64) -> Output {
        let checked = proof.iter().try_for_each(|(name, value)| check_header("auth", name, value));
        if let Err(error) = checked {
            return self.unanswered(terms, Outcome::Rejected, Error::Config(error), now, random);
        }
        self.proof = proof;
        if terms.listens {
            self.notes.push(Note::Request { attempt: self.tries.attempts });
        }
        self.sent = now;
        self.turn.iter().for_each(|turn| turn.sent(now));
        self.state = State::Sending;
        Output::Send
    }

    /// Notes that the attempt which was sent ends by another input than an answer.
    fn unless_answered(&mut self, input: &Input<'_>, now: Duration) {
        let reason = match input {
            Input::Answer(_) => return,
            Input::Abort => NoAnswerReason::Aborted,
            Input::TimeUp => NoAnswerReason::Timeout,
            Input::NoAnswer(NoAnswer::TooLarge { .. }) => NoAnswerReason::TooLarge,
            _ => NoAnswerReason::Connection,
        };
        let duration = now.saturating_sub(self.sent);
        self.notes.push(Note::NoAnswer { attempt: self.tries.attempts, duration, reason });
    }

    fn lost(&mut self, terms: &Terms, fault: NoAnswer<'_>, now: Duration, random: f64) -> Output {
        let (outcome, error) = match fault {
            NoAnswer::Failed { code, unsent, maybe_cors } => {
                let outcome = Outcome::of_connection(code, unsent);
                let code = code.map(|code| self.secrets(terms).redacted(code.to_owned()));
                let origin = terms.settings.org_url.origin().to_owned();
                (outcome, Error::Connection { cause: (), code, origin, maybe_cors })
            }
            NoAnswer::Refused => (Outcome::Unknown, Error::Refused(())),
            NoAnswer::TooLarge { status } => {
                let fault = ResponseFault {
                    reason: ResponseReason::TooLarge,
                    operation: self.request.operation,
                    path: self.request.template(),
                    status,
                    content_type: None,
                    snippet: None,
                    request_id: None,
                };
                (Outcome::Unknown, Error::Response(Box::new(fault)))
            }
        };
        self.unanswered(terms, outcome, error, now, random)
    }

    /// The attempt's timer fired.
    fn late(&mut self, terms: &Terms, is_sent: bool, now: Duration, random: f64) -> Output {
        if self.is_last {
            self.turn.iter().for_each(Turn::lost);
            if is_sent {
                self.tries.retry.gave_up();
            }
            let failed = self.failure(Error::Timeout { phase: Phase::Total, limit: self.total });
            return self.end(terms, Err(failed), now);
        }
        let (phase, outcome) = match is_sent {
            true => (Phase::Attempt, Outcome::of_no_reply(NoReply::Timeout)),
            // The token never arrived, so nothing was sent.
            false => (Phase::Token, Outcome::Unsent),
        };
        let limit = self.timeout(terms);
        self.unanswered(terms, outcome, Error::Timeout { phase, limit }, now, random)
    }

    fn answered(&mut self, terms: &Terms, facts: &AnswerFacts<'_>, now: Duration, random: f64) -> Output {
        let view = RateView {
            status: facts.status,
            limit: facts.header(ReadHeader::Limit),
            remaining: facts.header(ReadHeader::Remaining),
            reset: facts.header(ReadHeader::Reset),
            date: facts.header(ReadHeader::Date),
            retry_after: facts.header(ReadHeader::RetryAfter),
        };
        let learnt = self.turn.as_ref().map(|turn| turn.done(&view, now, random)).unwrap_or_default();
        let mut judged = judge(&self.request, self.tries.attempts, facts, self.secrets(terms));
        if let Err(Error::Api(fault)) = &mut judged {
            fault.retry_after = learnt.opens_in;
        }
        let outcome = Outcome::of_reply(&ReplyView {
            status: facts.status,
            code: match &judged {
                Err(Error::Api(fault)) => fault.body.code.as_deref(),
                _ => None,
            },
            content_ok: judged.is_ok(),
            limited: learnt.limited,
        });
        // Redacting costs more than the rest of this function. The caller of a success gets the headers
        // unredacted anyway.
        let is_shown = terms.listens || judged.is_err() || !matches!(self.goal, Goal::Answer);
        let id = facts.header(ReadHeader::RequestId).map(str::to_owned);
        let meta = Box::new(Meta {
            status: facts.status,
            request_id: if is_shown { id.map(|id| self.secrets(terms).redacted(id)) } else { id },
            headers: (),
            url: mem::take(&mut self.url),
            attempts: self.tries.attempts,
            duration: now.saturating_sub(self.started),
            waited: self.waited,
        });
        if terms.listens {
            self.notes.push(Note::Response {
                status: meta.status,
                duration: now.saturating_sub(self.sent),
                request_id: meta.request_id.clone(),
            });
        }
        let result = match judged {
            Ok(mut body) => {
                if let Some(name) = self.wanted() {
                    body = named(&facts.groups, name);
                }
                if self.request.operation == Operation::CreateGroup
                    && let BodyFacts::Json { id: Some(id), .. } = &facts.body
                {
                    terms.limits.created(id, now);
                }
                let page = facts.items().filter(|_| self.request.operation.answer() == AnswerShape::Page);
                let page = page.map(|items| PageFacts {
                    link: facts.header(ReadHeader::Link).map(str::to_owned),
                    items,
                });
                Ok(Box::new(Success { meta, of: self.serial, body, page }))
            }
            Err(error) => {
                let mut failed = self.failure(error);
                failed.of = self.serial;
                failed.meta = Some(meta);
                Err(failed)
            }
        };
        self.ended(terms, outcome, learnt.retry_after, result, now, random)
    }

    /// Ends an attempt that got no usable answer.
    fn unanswered(
        &mut self,
        terms: &Terms,
        outcome: Outcome,
        error: Error,
        now: Duration,
        random: f64,
    ) -> Output {
        let mut failed = self.failure(error);
        failed.of = self.serial;
        self.ended(terms, outcome, None, Err(failed), now, random)
    }

    fn ended(
        &mut self,
        terms: &Terms,
        outcome: Outcome,
        retry_after: Option<Duration>,
        result: Result<Succeeded, Failed>,
        now: Duration,
        random: f64,
    ) -> Output {
        self.turn.iter().for_each(Turn::lost);
        match result {
            // Renewed even if this call ends here: the next call must not use a refused token.
            Err(failed) if outcome == Outcome::Unauthorized => {
                self.state = State::Renewing(retry_after, failed);
                Output::Renew
            }
            result => self.decide(terms, outcome, retry_after, result, false, now, random),
        }
    }

    /// Decides what follows an attempt: the end, a retry or a new token.
    #[allow(clippy::too_many_arguments, reason = "each is a fact of the attempt")]
    fn decide(
        &mut self,
        terms: &Terms,
        outcome: Outcome,
        retry_after: Option<Duration>,
        result: Result<Succeeded, Failed>,
        is_renewed: bool,
        now: Duration,
        random: f64,
    ) -> Output {
        let decision = self.tries.retry.after(
            outcome,
            self.size.as_mut(),
            retry_after,
            &mut terms.limits.budget.lock(),
            now,
            random,
        );
        let failed = match (result, decision) {
            (Ok(success), _) => return self.end(terms, Ok(success), now),
            // An earlier attempt deleted the target and its answer was lost: the 404 is a success.
            (Err(mut failed), Decision::AlreadyGone) => {
                self.settle_for_gone();
                failed.may_have_run = self.may_have_run();
                return self.end(terms, Err(failed), now);
            }
            (Err(mut failed), _) => {
                failed.may_have_run = self.may_have_run();
                failed
            }
        };
        let at = match decision {
            Decision::Retry { at, page } => {
                if let Some(Resized { from, to }) = page {
                    self.request.set_limit(to);
                    self.notes.push(Note::PageShrink { from, to });
                }
                at
            }
            Decision::Requeue => now,
            Decision::RefreshToken if is_renewed => now,
            _ => match self.not_yet(terms, &failed, now) {
                Some(at) => at,
                None => return self.end(terms, Err(failed), now),
            },
        };
        let delay = at.saturating_sub(now);
        self.notes.push(Note::Retry { attempt: self.tries.attempts, delay });
        let id = || failed.meta.as_ref()?.request_id.clone();
        self.tries.first_id = self.tries.first_id.take().or_else(id);
        self.failed = Some(failed);
        self.rest = Some(delay);
        self.read_again();
        self.state = State::Waiting;
        Output::Wait { time: delay, gate: None }
    }

    /// When to repeat a 404 to a group that this client has just created. `None` if the 404 is final.
    fn not_yet(&mut self, terms: &Terms, failed: &Failed, now: Duration) -> Option<Duration> {
        let Error::Api(fault) = &failed.error else { return None };
        let is_asked = matches!(
            self.request.operation,
            Operation::GetGroup
                | Operation::AssignUser
                | Operation::ListUsers
                | Operation::ListOwners
                | Operation::AssignOwner
        );
        let group = self.request.group_id().filter(|id| {
            is_asked
                && fault.is_missing()
                && find(&fault.body.summary, id).is_some()
                && terms.limits.is_new(id, now)
        });
        if group.is_none() || self.retry.max_attempts <= 1 {
            return None;
        }
        let since = *self.unknown_since.get_or_insert(now);
        // Each pause is as long as all pauses before it together.
        let at = now.saturating_add(now.saturating_sub(since).max(NOT_YET_PAUSE));
        (at <= since.saturating_add(NOT_YET).min(self.deadline())).then_some(at)
    }

    /// If a write may have run, an update reads the group again before it writes again.
    fn read_again(&mut self) {
        let Goal::Updated(update) = &mut self.goal else { return };
        if self.request.operation == Operation::ReplaceGroup && self.tries.retry.may_have_run() {
            let request = GetGroup { group: update.group.clone() }.request();
            let tries = Tries::new(&request, self.retry, self.total, self.started);
            update.write = Some(mem::replace(&mut self.tries, tries));
            self.next = Some(request);
        }
    }

    /// Sends the merged profile of an update.
    fn write(&mut self, terms: &Terms, profile: String, now: Duration) -> Output {
        let Goal::Updated(update) = &mut self.goal else { return self.name() };
        let request = ReplaceGroup { group: update.group.clone(), profile }.request();
        let tries = update.write.take();
        self.turn_to(terms, request, tries, now);
        self.name()
    }

    fn abort(&mut self) -> Output {
        let mut failed = self.failure(Error::Aborted);
        failed.of = self.serial;
        self.state = State::Over;
        self.turn = None;
        self.writer = None;
        Output::Done(Err(failed))
    }

    /// An error with the call's request, attempts and waits.
    fn failure(&self, error: Error) -> Failed {
        let mut failed = Failed::from(error);
        failed.on = Some(Box::new(On::of(&self.request)));
        failed.may_have_run = self.may_have_run();
        failed.attempts = self.tries.attempts;
        failed.waited = self.waited;
        failed
    }

    /// Ends the current request: the call is done, or continues with another request.
    fn end(&mut self, terms: &Terms, result: Result<Succeeded, Failed>, now: Duration) -> Output {
        self.turn = None;
        self.writer = None;
        if result.is_ok() && self.request.operation == Operation::DeleteGroup {
            self.request.group_id().iter().for_each(|id| terms.limits.deleted(id));
        }
        let result = match &mut self.goal {
            Goal::Answer => result,
            Goal::Gone => match result.map_err(|failed| (missing(&self.request, &failed.error), failed)) {
                Ok(success) => Ok(success),
                Err((Some(Missing::Target), failed)) => succeed_as_gone(failed),
                Err((Some(Missing::Either), failed)) => return self.look(failed),
                Err((_, failed)) => Err(failed),
            },
            // The group exists, so the 404 was about the user.
            Goal::Looked(failed) => match result {
                Ok(_) => succeed_as_gone(mem::replace(failed, Error::Aborted.into())),
                Err(_) => Err(mem::replace(failed, Error::Aborted.into())),
            },
            Goal::Found(find) => match find.after(result, now) {
                Ok((look, pause)) => {
                    self.next = Some(look);
                    self.state = State::Waiting;
                    return Output::Wait { time: pause, gate: None };
                }
                Err(result) => result,
            },
            Goal::Updated(_) => match result {
                Ok(success) if self.request.operation == Operation::GetGroup => {
                    self.state = State::Merging;
                    return Output::Merge(success.meta);
                }
                result => result,
            },
        };
        Output::Done(result)
    }

    /// Makes a 404 for the target of the delete count as success.
    fn settle_for_gone(&mut self) {
        if let Goal::Answer = self.goal {
            self.goal = Goal::Gone;
        }
    }

    /// Reads the group, since the 404 does not say whether the group or the user is missing.
    fn look(&mut self, failed: Failed) -> Output {
        let group = self.request.group_id().map(GroupId::new);
        let Some(Ok(group)) = group else { return Output::Done(Err(failed)) };
        self.next = Some(GetGroup { group }.request());
        self.goal = Goal::Looked(failed);
        self.state = State::Waiting;
        Output::Wait { time: Duration::ZERO, gate: None }
    }

    fn timeout(&self, terms: &Terms) -> Duration {
        self.options.timeout.unwrap_or(terms.settings.timeout)
    }

    fn deadline(&self) -> Duration {
        self.started.saturating_add(self.total)
    }
}
