//! The client: runs the deciding parts of this crate over a [`Host`].

mod groups;
mod tolerant;
mod turn;

pub use groups::{Groups, List};
pub use turn::{Limits, SharedLimits};

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use futures_lite::future;

use crate::answer::{REQUEST_ID, judge};
use crate::error::{Error, Phase, ResponseFault, ResponseReason};
use crate::host::{
    Attempt, Body, Event, Header, HeaderMap, Host, Incoming, Outgoing, SendFault, Shape, TextOf,
};
use crate::org::OrgUrl;
use crate::page::{LinkHeader, NextLink, Pager, PaginationError};
use crate::policy::{
    self, Class, Decision, Learnt, Outcome, PageSize, RateLimitOptions, RateView, Resized, Retry,
    RetryOptions, Why,
};
use crate::request::{Answer, ArgumentError, GetGroup, GroupId, Operation, ReplaceGroup, Request};
use crate::sync::Shared;
use turn::Turn;

/// How a client behaves, whatever it is asked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the org is.
    pub org: OrgUrl,
    /// The longest that one attempt may take, headers and body. Default 30 s.
    pub timeout: Duration,
    /// The longest that a call may take, with waits and retries. Default 300 s.
    pub total_timeout: Duration,
    /// The most bytes of a body to read. Default 32 MiB.
    pub max_response_bytes: u32,
    /// What to do with a `next` link on another origin.
    pub next_link: NextLink,
    /// What is sent again, and how often.
    pub retry: RetryOptions,
    /// How the org's rate limits are kept.
    pub rate_limit: RateLimitOptions,
    /// Headers to send with every request. Whoever takes them from elsewhere checks them with [`check_own_header`].
    pub headers: Vec<Header>,
}

impl Settings {
    /// The defaults, for an org.
    pub fn new(org: OrgUrl) -> Self {
        Settings {
            org,
            timeout: Duration::from_secs(30),
            total_timeout: Duration::from_secs(300),
            max_response_bytes: 32 << 20,
            next_link: NextLink::default(),
            retry: RetryOptions::default(),
            rate_limit: RateLimitOptions::default(),
            headers: Vec::new(),
        }
    }
}

/// What one call wants otherwise than the client's [`Settings`].
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    /// In place of [`Settings::timeout`].
    pub timeout: Option<Duration>,
    /// In place of [`Settings::total_timeout`].
    pub total_timeout: Option<Duration>,
    /// In place of [`Settings::retry`].
    pub retry: Option<RetryOptions>,
    /// Besides [`Settings::headers`], and to be checked like them.
    pub headers: Vec<Header>,
}

/// A success.
pub struct Reply<H: Host> {
    /// The decoded body, where the operation answers with one.
    pub body: Option<H::Body>,
    /// About the answer.
    pub meta: Meta<H::Headers>,
}

/// About an answer.
#[derive(Clone, Debug)]
pub struct Meta<Headers> {
    /// HTTP status.
    pub status: u16,
    /// The answer's headers.
    pub headers: Headers,
    /// Okta's id of the request.
    pub request_id: Option<String>,
    /// The URL that was asked.
    pub url: String,
    /// How many times the request was sent.
    pub attempts: u32,
    /// From the call to the whole answer.
    pub duration: Duration,
    /// How much of it was waiting for a turn.
    pub waited: Duration,
}

/// A call that failed, with the answer that said so, where there was one.
pub struct Failure<H: Host> {
    /// What went wrong.
    pub error: Error<H::Cause>,
    /// About the answer.
    pub meta: Option<Box<Meta<H::Headers>>>,
    /// Whether the org may have done what was asked all the same.
    pub may_have_run: bool,
}

impl<H: Host> From<Error<H::Cause>> for Failure<H> {
    fn from(error: Error<H::Cause>) -> Self {
        Failure { error, meta: None, may_have_run: false }
    }
}

impl<H: Host> From<ArgumentError> for Failure<H> {
    fn from(error: ArgumentError) -> Self {
        Error::Argument(error).into()
    }
}

impl<H: Host> From<PaginationError> for Failure<H> {
    fn from(error: PaginationError) -> Self {
        Error::Pagination(error.reason).into()
    }
}

impl<H: Host> fmt::Debug for Reply<H>
where
    H::Body: fmt::Debug,
    H::Headers: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("body", &self.body).field("meta", &self.meta).finish()
    }
}

/// Without the answer's headers: `{:?}` is how a program's `main` prints it.
impl<H: Host> fmt::Debug for Failure<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { error, meta: _, may_have_run } = self;
        f.debug_struct("Failure")
            .field("error", error)
            .field("may_have_run", may_have_run)
            .finish_non_exhaustive()
    }
}

impl<H: Host> fmt::Display for Failure<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<H: Host> std::error::Error for Failure<H> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}

/// A client of one org. A clone shares its rate limits and its budget.
#[derive(Clone, Debug)]
pub struct Client<H> {
    host: H,
    settings: Settings,
    limits: Shared<Limits>,
}

/// A walk through a list's pages, with the page size that the org can bear.
#[derive(Debug)]
pub struct Walk {
    pager: Pager,
    size: Option<PageSize>,
}

impl Walk {
    /// Where the next page starts; see [`Pager::cursor`].
    pub fn cursor(&self) -> Option<String> {
        self.pager.cursor()
    }
}

impl<H: Host> Client<H> {
    /// A client on `host`, with rate limits and a budget of its own.
    pub fn new(host: H, settings: Settings) -> Self {
        let limits = Shared::new(Limits::new(settings.rate_limit, &settings.retry));
        Client::sharing(host, settings, limits)
    }

    /// A client that shares `limits` with others of the same org and credential.
    pub fn sharing(host: H, settings: Settings, limits: Shared<Limits>) -> Self {
        Client { host, settings, limits }
    }

    /// The settings it was made with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The platform it runs on.
    pub fn host(&self) -> &H {
        &self.host
    }

    /// What it shares with others of the same org and credential.
    pub fn limits(&self) -> &Shared<Limits> {
        &self.limits
    }

    /// Runs one operation.
    ///
    /// # Errors
    /// Every [`Error`] but [`Error::Pagination`].
    pub async fn call(&self, request: &Request, options: &CallOptions) -> Result<Reply<H>, Failure<H>> {
        self.run(&mut Cow::Borrowed(request), None, options).await
    }

    /// Changes a group's profile: reads it, lets `merge` turn the group into the whole new profile (JSON text) and
    /// writes that, because *Replace a group* drops every attribute that is left out.
    ///
    /// # Errors
    /// Those of [`Client::call`], and what `merge` refuses.
    pub async fn update(
        &self,
        group: GroupId,
        merge: impl FnOnce(&H::Body) -> Result<String, ArgumentError>,
        options: &CallOptions,
    ) -> Result<Reply<H>, Failure<H>> {
        let current = self.call(&GetGroup { group: group.clone() }.request(), options).await?;
        let profile = match &current.body {
            Some(body) => merge(body).map_err(Error::Argument)?,
            None => return Ok(current),
        };
        self.call(&ReplaceGroup { group, profile }.request(), options).await
    }

    /// A walk through the list that `first` is a page of, from there or from `cursor`.
    ///
    /// # Errors
    /// If the cursor is none of ours, or is one of another list.
    pub fn walk(&self, first: Request, cursor: Option<&str>) -> Result<Walk, PaginationError> {
        let rule = self.settings.next_link;
        // A `q` is answered in one piece: asking for less of it would lose the rest.
        let size = (!first.has("q")).then(|| PageSize::new(first.limit()));
        let pager = match cursor {
            None => Pager::new(first, rule),
            Some(cursor) => Pager::resume(first, cursor, rule)?,
        };
        Ok(Walk { pager, size })
    }

    /// Reads the page that `walk` is at and moves it on. On an error it stays at that page, so that
    /// [`Walk::cursor`] names the exact rest of the list. `None` at the end.
    ///
    /// # Errors
    /// Every [`Error`].
    pub async fn page(&self, walk: &mut Walk, options: &CallOptions) -> Result<Option<Reply<H>>, Failure<H>> {
        let Some(request) = walk.pager.request() else { return Ok(None) };
        let mut request = Cow::Borrowed(request);
        let result = self.run(&mut request, walk.size.as_mut(), options).await;
        // Whoever asks for the page again asks for no more than the org could bear.
        if let Some(size) = &walk.size {
            walk.pager.set_limit(size.limit());
        }
        let reply = result?;
        let items = match reply.body.as_ref().map(Body::shape) {
            Some(Shape::Array(items)) => items,
            _ => 0,
        };
        let link = reply.meta.headers.get("link");
        let link = match &link {
            Some(value) => LinkHeader::Value(value),
            None if self.host.may_hide_headers() => LinkHeader::MaybeHidden,
            None => LinkHeader::Absent,
        };
        if let Err(error) = walk.pager.advance(&self.settings.org, link, items) {
            return Err(Failure {
                error: Error::Pagination(error.reason),
                meta: Some(Box::new(reply.meta)),
                may_have_run: false,
            });
        }
        if let Some(size) = &mut walk.size {
            size.good_page();
            walk.pager.set_limit(size.limit());
        }
        Ok(Some(reply))
    }

    /// Sends `request` as often as it takes, and may. A page's request is made smaller where the org asks for it.
    async fn run(
        &self,
        request: &mut Cow<'_, Request>,
        mut size: Option<&mut PageSize>,
        options: &CallOptions,
    ) -> Result<Reply<H>, Failure<H>> {
        let host = &self.host;
        let mut progress = Progress::new(self.limits.next_call(), host.now());
        let total = options.total_timeout.unwrap_or(self.settings.total_timeout);
        let class = match request.operation.answer() {
            Answer::Page => Class::List,
            _ => Class::of(request.method()),
        };
        let settings = options.retry.unwrap_or(self.settings.retry);
        let mut retry = Retry::new(settings, class, Some(total), progress.started);
        let bucket = host.bucket(request).map_err(Error::Config)?;
        let turn = Turn::new(&self.limits, &bucket);
        let mut failed: Option<Failure<H>> = None;
        loop {
            let queued = host.now();
            if let Err(why) = turn.come(host, &retry).await {
                return Err(failed.unwrap_or_else(|| no_turn(why, total).into()));
            }
            retry.sending(host.now());
            progress.wait(host.now().saturating_sub(queued));
            progress.attempts += 1;
            let left = progress.started.saturating_add(total).saturating_sub(host.now());
            let attempt = self.attempt(request, options, &turn, &progress);
            let timeout = options.timeout.unwrap_or(self.settings.timeout);
            let late = async {
                host.sleep(timeout.min(left)).await;
                None
            };
            let ended = match future::or(async { Some(attempt.await) }, late).await {
                Some(ended) => ended,
                None if left <= timeout => {
                    return Err(Error::Timeout { phase: Phase::Total, limit: total }.into());
                }
                None => Ended::without_answer(
                    Outcome::of_failure(policy::Failure::Timeout),
                    Error::Timeout { phase: Phase::Attempt, limit: timeout },
                ),
            };
            turn.lost();
            let (now, random) = (host.now(), host.random());
            let decision = retry.after(
                ended.outcome,
                size.as_deref_mut(),
                ended.retry_after,
                &mut self.limits.budget.lock(),
                now,
                random,
            );
            let failure = match (ended.result, decision) {
                (Ok(reply), _) => return Ok(reply),
                // A first attempt had deleted it already: this is the success that got lost.
                (Err(Failure { meta: Some(meta), .. }), Decision::AlreadyGone) => {
                    return Ok(Reply { body: None, meta: *meta });
                }
                (Err(failure), _) => failure,
            };
            let at = match decision {
                Decision::Retry { at, page } => {
                    if let Some(Resized { from, to }) = page {
                        request.to_mut().set_limit(to);
                        host.event(&Event::PageShrink { from, to, request });
                    }
                    at
                }
                Decision::Requeue => now,
                Decision::RefreshToken if host.refresh_token() => {
                    host.event(&Event::Token);
                    now
                }
                _ => return Err(Failure { may_have_run: retry.may_have_run(), ..failure }),
            };
            let delay = at.saturating_sub(now);
            host.event(&Event::Retry {
                call: progress.call,
                attempt: progress.attempts,
                delay,
                error: &failure.error,
            });
            failed = Some(failure);
            if delay > Duration::ZERO {
                host.sleep(delay).await;
                progress.wait(delay);
            }
            turn.again();
        }
    }

    /// Sends the request once and judges the answer.
    async fn attempt(
        &self,
        request: &Request,
        options: &CallOptions,
        turn: &Turn<'_>,
        progress: &Progress,
    ) -> Ended<H> {
        let host = &self.host;
        let url = self.settings.org.url(request);
        let method = request.method();
        let number = progress.attempts;
        let mut headers = vec![("accept".to_owned(), "application/json".to_owned())];
        if request.body.is_some() {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        headers.extend(self.settings.headers.iter().chain(&options.headers).cloned());
        let unproven = headers.len();
        match host.authorize(Attempt { method, url: &url, number }).await {
            Err(cause) => return Ended::without_answer(Outcome::Rejected, Error::Auth(cause)),
            Ok(proof) => {
                if let Err(error) =
                    proof.iter().try_for_each(|(name, value)| check_header("auth", name, value))
                {
                    return Ended::without_answer(Outcome::Rejected, Error::Config(error));
                }
                headers.extend(proof);
            }
        }
        let max_bytes = self.settings.max_response_bytes;
        host.event(&Event::Request { call: progress.call, request, attempt: number });
        let sent = host.now();
        turn.sent(sent);
        let outgoing =
            Outgoing { method, url: &url, headers: &headers, body: request.body.as_deref(), max_bytes };
        let incoming = match host.send(outgoing).await {
            Ok(incoming) => incoming,
            Err(SendFault::Failed { cause, code, maybe_cors }) => {
                let outcome = Outcome::of_failure(policy::Failure::Connection(code.as_deref()));
                return Ended::without_answer(outcome, Error::Connection { cause, maybe_cors });
            }
            Err(SendFault::Refused(cause)) => {
                return Ended::without_answer(Outcome::Rejected, Error::Refused(cause));
            }
            Err(SendFault::TooLarge { status }) => {
                return Ended::without_answer(Outcome::Rejected, too_large(status, request.operation));
            }
        };
        let learnt = self.learn(turn, &incoming);
        let proof = headers.get(unproven..).unwrap_or_default();
        let judged = judge::<H>(request.operation, number, &incoming, proof);
        let outcome = Outcome::of_reply(&policy::Reply {
            status: incoming.status,
            code: match &judged {
                Err(Error::Api(fault)) => fault.body.code.as_deref(),
                _ => None,
            },
            content_ok: judged.is_ok(),
            limited: learnt.limited,
        });
        let meta = Meta {
            status: incoming.status,
            request_id: incoming.headers.get(REQUEST_ID),
            headers: incoming.headers,
            url,
            attempts: number,
            duration: host.now().saturating_sub(progress.started),
            waited: progress.waited,
        };
        host.event(&Event::Response {
            call: progress.call,
            status: meta.status,
            duration: host.now().saturating_sub(sent),
            request_id: meta.request_id.as_deref(),
        });
        let result = match judged {
            Ok(body) => Ok(Reply { body, meta }),
            Err(error) => Err(Failure { error, meta: Some(Box::new(meta)), may_have_run: false }),
        };
        Ended { outcome, retry_after: learnt.retry_after, result }
    }

    fn learn(&self, turn: &Turn<'_>, incoming: &Incoming<H::Headers, TextOf<H>>) -> Learnt {
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
        turn.done(&view, self.host.now(), self.host.random())
    }
}

/// How far a call has come.
struct Progress {
    call: u32,
    started: Duration,
    attempts: u32,
    waited: Duration,
}

impl Progress {
    fn new(call: u32, started: Duration) -> Self {
        Progress { call, started, attempts: 0, waited: Duration::ZERO }
    }

    fn wait(&mut self, duration: Duration) {
        self.waited = self.waited.saturating_add(duration);
    }
}

/// An attempt that has ended.
struct Ended<H: Host> {
    outcome: Outcome,
    retry_after: Option<Duration>,
    result: Result<Reply<H>, Failure<H>>,
}

impl<H: Host> Ended<H> {
    fn without_answer(outcome: Outcome, error: Error<H::Cause>) -> Self {
        Ended { outcome, retry_after: None, result: Err(error.into()) }
    }
}

/// A call whose turn would come too late.
fn no_turn<Cause>(why: Why, total: Duration) -> Error<Cause> {
    match why {
        Why::TotalTimeout => Error::Timeout { phase: Phase::Queue, limit: total },
        _ => Error::Timeout { phase: Phase::Total, limit: total },
    }
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

/// Checks a header before the platform can quote it in an error of its own; the message does not hold the value.
///
/// # Errors
/// If the name is no token, or the value holds anything but visible ASCII, blanks and tabs, or is empty.
pub fn check_header(argument: &'static str, name: &str, value: &str) -> Result<(), ArgumentError> {
    let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(ArgumentError::new(argument, "names a header that HTTP does not allow"));
    }
    let blank = value.trim_matches([' ', '\t']).is_empty();
    if blank || !value.bytes().all(|b| b.is_ascii_graphic() || b == b' ' || b == b'\t') {
        let reason = ["gives the header ", name, " a value that HTTP does not allow"].concat();
        return Err(ArgumentError::new(argument, reason));
    }
    Ok(())
}

/// Checks a header of the caller's own: besides [`check_header`], it must not be one that this client, or the
/// platform, is answerable for.
///
/// # Errors
/// As [`check_header`], and if the name is reserved.
pub fn check_own_header(name: &str, value: &str) -> Result<(), ArgumentError> {
    const RESERVED: [&str; 13] = [
        "authorization",
        "proxy-authorization",
        "cookie",
        "dpop",
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "keep-alive",
        "upgrade",
        "te",
        "trailer",
        "expect",
    ];
    if RESERVED.iter().any(|reserved| name.eq_ignore_ascii_case(reserved)) {
        return Err(ArgumentError::new("headers", ["must not set ", name].concat()));
    }
    check_header("headers", name, value)
}
