//! A call as a state machine without I/O: [`Call::step`] takes what happened and gives the only thing that may happen
//! next. It reads no clock, draws no number and calls nothing back: the time and a random number are arguments, events
//! are taken from it after the step.
//!
//! | [`Output`] | what the driver does | legal [`Input`]s next |
//! |---|---|---|
//! | `Name` | names the rate-limit bucket of [`Call::request`] | `Named` |
//! | `Wait` | waits so long, or until the gate changes | `Woken`, `Abort` |
//! | `Prove` | starts the timer of the attempt, obtains the headers that authenticate it | `Proof`, `NoProof`, `TimeUp`, `Abort` |
//! | `Send` | sends [`Call::outgoing`] | `Answer`, `NoAnswer`, `TimeUp`, `Abort` |
//! | `Renew` | tells the source of tokens of a 401 | `Renewed` |
//! | `Merge` | makes the new profile of the body that just came | `Merged` |
//! | `Done` | gives the caller the result | none |
//!
//! Bodies, headers and causes stay with the driver; a [`Failed`] says by a number of an attempt whose they are.

use std::mem;
use std::time::Duration;

use super::find::{CreateLookup, Missing, gone, missing, named};
use super::step::{Failed, Input, NoAnswer, Note, Output, PageFacts, Pause, Succeeded, Success};
use super::turn::{Turn, Writer};
use super::{CallOptions, Meta, Terms, check_header, check_own_headers};
use crate::answer::{AnswerFacts, BodyFacts, judge};
use crate::error::{Error, On, Phase, ResponseFault, ResponseReason};
use crate::host::{Attempt, Header, Outgoing};
use crate::policy::{
    Class, Decision, NoReply, Outcome, PageSize, RateView, ReplyView, Resized, Retry, RetryOptions,
};
use crate::redact::Secrets;
use crate::request::{
    AnswerShape, ArgumentError, CreateGroup, GetGroup, GroupId, Method, Operation, ReplaceGroup, Request,
};
use crate::text::find;

/// When a call has what its caller wanted.
enum Goal {
    /// When it is answered.
    Answer,
    /// When what should go is gone.
    Gone,
    /// The same, once it is known whether the group is there: of the request that said that something is not.
    Looked(Failed),
    /// When there is a group of that name.
    Found(Box<CreateLookup>),
    /// When the group's profile is changed: it is read, merged by the driver, and written.
    Updated(Box<Update>),
}

struct Update {
    group: GroupId,
    /// Of the write, while the group is read again since its answer was lost.
    write: Option<Tries>,
}

/// What is known of the attempts of one request.
struct Tries {
    retry: Retry,
    attempts: u32,
    /// Okta's id of the first attempt that failed.
    first_id: Option<String>,
}

impl Tries {
    fn new(request: &Request, retry: RetryOptions, total: Duration, now: Duration) -> Self {
        let class = match request.operation {
            // Nobody knows what a second run of it would do, but who says so.
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

/// What the call waits for.
enum State {
    Begun,
    /// For its turn to write to rules.
    LinedUp,
    Naming,
    Waiting,
    Proving,
    Sending,
    Renewing(Option<Duration>, Failed),
    Merging,
    Over,
}

/// A 404 to a group that was just created is repeated for so long.
const NOT_YET: Duration = Duration::from_secs(5);
const NOT_YET_PAUSE: Duration = Duration::from_millis(250);

pub(crate) struct Call {
    request: Request,
    options: CallOptions,
    goal: Goal,
    state: State,
    /// The page size that the org can bear, of a list's page.
    size: Option<PageSize>,
    /// Its place among those who write to rules.
    writer: Option<Writer>,
    turn: Option<Turn>,
    retry: RetryOptions,
    tries: Tries,
    number: u32,
    /// When the caller asked.
    began: Duration,
    /// When the request under way began.
    started: Duration,
    total: Duration,
    waited: Duration,
    /// Since when it waits for its turn.
    queued: Duration,
    /// The pause after the last attempt.
    rest: Option<Duration>,
    /// The request to go on with after it.
    next: Option<Request>,
    failed: Option<Failed>,
    /// Since when the org does not know a group that it has just created.
    unknown_since: Option<Duration>,
    /// Counts the attempts of all its requests.
    serial: u32,
    notes: Vec<Note>,
    /// Of the attempt under way.
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

    /// Makes it a part of the update of a rule with this number, whose turn to write it has.
    pub(crate) fn part_of(mut self: Box<Self>, terms: &Terms, update: u32) -> Box<Self> {
        self.writer = Some(Writer::part_of(update, &terms.limits));
        self
    }

    /// A call that takes it as a success that what should go is not there.
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

    /// A call of *Add a group* that settles for a group of that name, too.
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

    /// *Retrieve a group*, then *Replace a group* with the profile that the driver makes of it. Where the answer of the
    /// write is lost, the group is read and merged again: somebody else may have changed it meanwhile.
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

    /// The page size that the org can bear, by what it answered.
    pub(crate) fn size(&self) -> Option<&PageSize> {
        self.size.as_ref()
    }

    /// The request under way.
    pub(crate) fn request(&self) -> &Request {
        &self.request
    }

    /// Its number, for events.
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

    /// The headers of the attempt that prove who is asking.
    pub(crate) fn proof(&self) -> &[Header] {
        &self.proof
    }

    /// When the caller asked, by the driver's clock.
    pub(crate) fn began(&self) -> Duration {
        self.began
    }

    /// The name of the group that a page is to be searched for.
    pub(crate) fn wanted(&self) -> Option<&str> {
        match &self.goal {
            Goal::Found(find) if find.is_looking() => Some(find.name()),
            _ => None,
        }
    }

    /// What it did since this was asked last.
    pub(crate) fn take_notes(&mut self) -> Vec<Note> {
        mem::take(&mut self.notes)
    }

    /// What the proof is asked for.
    pub(crate) fn attempt(&self) -> Attempt<'_> {
        Attempt {
            method: self.request.method(),
            url: &self.url,
            number: self.tries.attempts,
            began: self.began,
        }
    }

    /// The headers to send, but for the proof.
    pub(crate) fn headers(&self, terms: &Terms) -> Vec<Header> {
        let json = |name: &str| (name.to_owned(), "application/json".to_owned());
        let mut headers = vec![json("accept")];
        if self.request.body.is_some() {
            headers.push(json("content-type"));
        }
        // As Okta's own SDKs tell it (docs/okta-facts.md#retries); another origin's page would need leave for them.
        if let Some(id) = self.tries.first_id.as_ref().filter(|_| !terms.hides_headers) {
            headers.push(("x-okta-retry-for".to_owned(), id.clone()));
            headers.push(("x-okta-retry-count".to_owned(), (self.tries.attempts - 1).to_string()));
        }
        headers.extend(terms.settings.headers.iter().chain(&self.options.headers).cloned());
        headers
    }

    /// What of the headers must not be said.
    pub(super) fn secrets<'a>(&'a self, terms: &'a Terms) -> Secrets<'a> {
        Secrets { proof: &self.proof, own: [&terms.settings.headers, &self.options.headers] }
    }

    /// The request, with headers.
    pub(crate) fn outgoing<'a>(&'a self, terms: &Terms, headers: &'a [Header]) -> Outgoing<'a> {
        Outgoing {
            method: self.request.method(),
            url: &self.url,
            headers,
            body: self.request.body.as_deref(),
            max_bytes: terms.settings.max_response_bytes,
        }
    }

    /// Whether the org may have done what was asked, if the call ended now: nothing comes of a read.
    pub(crate) fn may_have_run(&self) -> bool {
        let is_write = self.request.method() != Method::Get;
        let lost = match &self.goal {
            Goal::Updated(update) => update.write.as_ref().is_some_and(|write| write.retry.may_have_run()),
            _ => false,
        };
        lost || (is_write && (matches!(self.state, State::Sending) || self.tries.retry.may_have_run()))
    }

    /// Has the gate's queue be left; `wake` is what [`super::Limits::wake`] calls when the wait may be over early.
    /// False if it is over already.
    pub(crate) fn park(&self, pause: Pause, wake: crate::sync::Wake) -> bool {
        match (&self.state, &self.writer) {
            (State::LinedUp, Some(writer)) => writer.park(wake),
            _ => self.turn.as_ref().is_none_or(|turn| turn.park(pause, wake)),
        }
    }

    /// Takes what happened; gives what is to be done next. What is not legal here ends the call.
    pub(crate) fn step(&mut self, terms: &Terms, input: Input<'_>, now: Duration, random: f64) -> Output {
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
            _ => self.end(
                terms,
                Err(ArgumentError::new("call", "was told of what it did not wait for").into()),
                now,
            ),
        }
    }

    /// Begins, a write to rules when it is its turn.
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

    /// Begins the request.
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

    /// Goes on with another request, which may take what is left of the time.
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

    /// Asks the gate whether the request may go.
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

    /// An attempt begins.
    fn begin(&mut self, terms: &Terms, now: Duration) -> Output {
        self.tries.retry.sending(now);
        self.waited = self.waited.saturating_add(now.saturating_sub(self.queued));
        self.tries.attempts += 1;
        self.serial += 1;
        self.url = terms.settings.org.url(&self.request);
        let left = self.deadline().saturating_sub(now);
        let timeout = self.timeout(terms);
        self.is_last = left <= timeout;
        self.state = State::Proving;
        Output::Prove { time: timeout.min(left) }
    }

    /// From here on the attempt counts as sent.
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

    fn lost(&mut self, terms: &Terms, fault: NoAnswer<'_>, now: Duration, random: f64) -> Output {
        let (outcome, error) = match fault {
            NoAnswer::Failed { code, unsent, maybe_cors } => {
                let outcome = Outcome::of_connection(code, unsent);
                let code = code.map(|code| self.secrets(terms).redacted(code.to_owned()));
                let origin = terms.settings.org.origin().to_owned();
                (outcome, Error::Connection { cause: (), code, origin, maybe_cors })
            }
            NoAnswer::Refused => (Outcome::Untold, Error::Refused(())),
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
                (Outcome::Untold, Error::Response(Box::new(fault)))
            }
        };
        self.unanswered(terms, outcome, error, now, random)
    }

    /// The time of the attempt is over.
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
            // Who is asking was not known by then: nothing was sent.
            false => (Phase::Token, Outcome::Unsent),
        };
        let limit = self.timeout(terms);
        self.unanswered(terms, outcome, Error::Timeout { phase, limit }, now, random)
    }

    fn answered(&mut self, terms: &Terms, facts: &AnswerFacts<'_>, now: Duration, random: f64) -> Output {
        let view = RateView {
            status: facts.status,
            limit: facts.limit.as_deref(),
            remaining: facts.remaining.as_deref(),
            reset: facts.reset.as_deref(),
            date: facts.date.as_deref(),
            retry_after: facts.retry_after.as_deref(),
        };
        let learnt = self.turn.as_ref().map(|turn| turn.done(&view, now, random)).unwrap_or_default();
        let mut judged = judge(&self.request, self.tries.attempts, facts, self.secrets(terms));
        if let Err(Error::Api(fault)) = &mut judged {
            fault.opens_in = learnt.opens_in;
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
        // Redaction takes longer than all else here, and the caller of a success has the headers as they came.
        let is_told = terms.listens || judged.is_err() || !matches!(self.goal, Goal::Answer);
        let id = facts.request_id.as_deref().map(str::to_owned);
        let meta = Box::new(Meta {
            status: facts.status,
            request_id: if is_told { id.map(|id| self.secrets(terms).redacted(id)) } else { id },
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
                let page =
                    page.map(|items| PageFacts { link: facts.link.as_deref().map(str::to_owned), items });
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

    /// An attempt ended without an answer.
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
            // Whether or not this call may go on: the next one must not use a token that was refused.
            Err(failed) if outcome == Outcome::Unauthorized => {
                self.state = State::Renewing(retry_after, failed);
                Output::Renew
            }
            result => self.decide(terms, outcome, retry_after, result, false, now, random),
        }
    }

    /// Decides what follows from an attempt.
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
            // A first attempt had deleted it already: this is the success that got lost.
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

    /// When to ask again for a group that the org does not know yet, since it was created just now.
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
        // Each pause is as long as all before it.
        let at = now.saturating_add(now.saturating_sub(since).max(NOT_YET_PAUSE));
        (at <= since.saturating_add(NOT_YET).min(self.deadline())).then_some(at)
    }

    /// Has an update whose write may have run read the group again before it writes once more.
    fn read_again(&mut self) {
        let Goal::Updated(update) = &mut self.goal else { return };
        if self.request.operation == Operation::ReplaceGroup && self.tries.retry.may_have_run() {
            let request = GetGroup { group: update.group.clone() }.request();
            let tries = Tries::new(&request, self.retry, self.total, self.started);
            update.write = Some(mem::replace(&mut self.tries, tries));
            self.next = Some(request);
        }
    }

    /// The profile of an update is merged.
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

    /// With what is known of the call as a whole.
    fn failure(&self, error: Error) -> Failed {
        let mut failed = Failed::from(error);
        failed.on = Some(Box::new(On::of(&self.request)));
        failed.may_have_run = self.may_have_run();
        failed.attempts = self.tries.attempts;
        failed.waited = self.waited;
        failed
    }

    /// The request has come to its end: the call is done, or goes on with another.
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
                Err((Some(Missing::Target), failed)) => gone(failed),
                Err((Some(Missing::Either), failed)) => return self.look(failed),
                Err((_, failed)) => Err(failed),
            },
            // The group is there, so it is the user who is not.
            Goal::Looked(failed) => match result {
                Ok(_) => gone(mem::replace(failed, Error::Aborted.into())),
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

    /// Has a 404 count as a success where it says that what should go is not there.
    fn settle_for_gone(&mut self) {
        if let Goal::Answer = self.goal {
            self.goal = Goal::Gone;
        }
    }

    /// Looks whether the group is there that a user should be taken out of, since its 404 does not say which is missing.
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
