//! The client. `call` is the state machine of one call; it decides with `turn` (the queue at the gate) and
//! `find` (idempotent writes). `step` has the machine's inputs and outputs. `drive` runs calls over a
//! [`Host`](crate::host::Host). This module has the settings, the results, and [`Walk`], a place in a list.

mod call;
mod drive;
mod export;
mod find;
mod groups;
mod lookup;
mod members;
mod memberships;
mod resources;
mod rule;
mod step;
mod turn;
mod update_rule;
mod writers;

pub use crate::members::IfStale;
pub use export::{AppRow, ExportPage, GroupSource, GroupsExport, MemberRow, OfGroupsExport};
pub use groups::{Groups, List};
pub use members::{ApplyOptions, BulkError, BulkReport, Watch, Write};
pub use memberships::{ApplyManyOptions, MembershipsError, MembershipsOptions, MembershipsReport, WatchMany};
pub use resources::{Rules, Users};
pub use turn::{Limits, SharedLimits};

use std::fmt;

use crate::error::{ApiKind, Error, On};
use crate::filter::{Expr, Parameter, check};
use crate::host::{Event, Header, Platform};
use crate::org::{OrgName, OrgUrl};
use crate::page::{NextLink, Pager, PaginationError};
use crate::policy::{PageSize, Priority, RateLimitOptions, RetryOptions};
use crate::request::{ArgumentError, Request};
use crate::sync::Shared;
use crate::text::{is_one, is_token};
use crate::time::Duration;

#[cfg(all(target_arch = "wasm32", feature = "npm"))]
pub(crate) use crate::sync::Wake;
pub(crate) use call::Call;
#[cfg(all(target_arch = "wasm32", feature = "bulk"))]
pub(crate) use rule::Step;
pub(crate) use step::{Failed, Succeeded};
#[cfg(all(target_arch = "wasm32", feature = "npm"))]
pub(crate) use step::{Input, NoAnswer, Note, Output, Pause};
#[cfg(all(target_arch = "wasm32", feature = "npm"))]
pub(crate) use turn::WakeOnDrop;

/// How a client behaves in all its calls.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The org's URL: the only origin that gets the token.
    pub org_url: OrgUrl,
    /// The org's name: cursors and plans are bound to this name, not to the URL. Default: the URL.
    pub org: OrgName,
    /// The longest that one attempt may take, from its start to the end of the body. Default 30 s.
    pub timeout: Duration,
    /// The longest that a call may take, with all waits and retries. Default 300 s.
    pub total_timeout: Duration,
    /// The most bytes that the client reads of a body. Default 32 MiB.
    pub max_response_bytes: u32,
    /// What to do with a `next` link on another origin. Default: request its path and query from the org's
    /// own origin.
    pub next_link: NextLink,
    /// Which failures are retried, how often, and with which pauses.
    pub retry: RetryOptions,
    /// How the client throttles itself below the org's rate limits.
    pub rate_limit: RateLimitOptions,
    /// Headers that are sent with every request. A call fails if [`check_own_header`] refuses one of them.
    pub headers: Vec<Header>,
}

impl Settings {
    /// The defaults for the org at `org_url`.
    pub fn new(org_url: OrgUrl) -> Self {
        Settings {
            org: org_url.name(),
            org_url,
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

/// Options of one call, which override the client's [`Settings`].
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    /// Replaces [`Settings::timeout`].
    pub timeout: Option<Duration>,
    /// Replaces [`Settings::total_timeout`].
    pub total_timeout: Option<Duration>,
    /// Replaces [`Settings::retry`].
    pub retry: Option<RetryOptions>,
    /// Are sent in addition to [`Settings::headers`], and checked like them.
    pub headers: Vec<Header>,
    /// Which calls the gate admits first while several wait for a rate limit. Default
    /// [`Priority::Interactive`].
    pub priority: Priority,
}

/// The result of a successful call.
pub struct Reply<H: Platform> {
    /// The decoded body. `None` if the operation answers without one.
    pub body: Option<H::Body>,
    /// The answer's status, headers and timing.
    pub meta: Box<Meta<H::Headers>>,
    /// Whether the body was not valid UTF-8. It then holds U+FFFD for the invalid bytes and must not be
    /// written back.
    pub lossy: bool,
    /// Only for *Retrieve a group* and *Retrieve a group rule*: whether the body has a number that was
    /// rounded when it was decoded.
    pub inexact: bool,
}

/// An answer's status, headers and timing.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Meta<Headers> {
    /// HTTP status.
    pub status: u16,
    /// The answer's headers.
    pub headers: Headers,
    /// Okta's id of the request (`X-Okta-Request-Id`).
    pub request_id: Option<String>,
    /// The URL of the request.
    pub url: String,
    /// How many times the request was sent.
    pub attempts: u32,
    /// The time from the call's start to the end of the body.
    pub duration: Duration,
    /// How much of `duration` the call waited for the gate and for pauses between attempts.
    pub waited: Duration,
}

impl Meta<()> {
    /// Adds the headers, which the driver keeps: the state machine does not see them.
    pub(crate) fn with_headers<Headers>(self, headers: Headers) -> Meta<Headers> {
        let Meta { status, headers: (), request_id, url, attempts, duration, waited } = self;
        Meta { status, headers, request_id, url, attempts, duration, waited }
    }
}

/// The status of a rule that a failed update did not restore. Smaller than the model's enum, since each
/// failure holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LeftRule {
    /// The rule assigns nobody.
    Inactive,
    /// The rule refers to a group that was deleted.
    Invalid,
}

impl LeftRule {
    /// The status as the API spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            LeftRule::Inactive => "INACTIVE",
            LeftRule::Invalid => "INVALID",
        }
    }
}

/// A failed call, with the answer that made it fail if there was one.
#[non_exhaustive]
pub struct Failure<H: Platform> {
    /// What went wrong.
    pub error: Error<H::Cause>,
    /// The request that failed.
    pub on: Option<Box<On>>,
    /// The answer's status, headers and timing, if there was an answer.
    pub meta: Option<Box<Meta<H::Headers>>>,
    /// Whether the org may have carried out the write although the call failed.
    pub may_have_run: bool,
    /// How many attempts were sent.
    pub attempts: u32,
    /// How long the call waited for the gate and for pauses between attempts.
    pub waited: Duration,
    /// Only for [`Error::Pagination`]: the page whose `Link` header was refused. The walk did not move past
    /// this page, and its cursor leads to it again.
    pub page: Option<Box<H::Body>>,
    /// Only for an update of a rule: the rule's status, if the update did not restore the former one.
    pub rule_status: Option<LeftRule>,
}

impl<H: Platform> Failure<H> {
    /// A failure that an answer caused.
    pub(crate) fn of(error: Error<H::Cause>, meta: Box<Meta<H::Headers>>) -> Self {
        Failure { attempts: meta.attempts, waited: meta.waited, meta: Some(meta), ..error.into() }
    }
}

/// Shortcuts to the questions that [`Error`] answers.
impl<H: Platform> Failure<H> {
    /// The error's `kind` in JavaScript.
    pub fn kind(&self) -> &'static str {
        self.error.kind()
    }

    /// The class of Okta's error, if the API answered with one.
    pub fn api_kind(&self) -> Option<ApiKind> {
        self.error.api_kind()
    }

    /// Whether the same call may succeed later.
    pub fn is_transient(&self) -> bool {
        self.error.is_transient()
    }

    /// Whether the API answered 400.
    pub fn is_bad_request(&self) -> bool {
        self.error.is_bad_request()
    }

    /// Whether the API answered 401.
    pub fn is_unauthorized(&self) -> bool {
        self.error.is_unauthorized()
    }

    /// Whether the API answered 403.
    pub fn is_forbidden(&self) -> bool {
        self.error.is_forbidden()
    }

    /// Whether the API answered 404.
    pub fn is_not_found(&self) -> bool {
        self.error.is_not_found()
    }

    /// Whether the API answered 409 or 412.
    pub fn is_conflict(&self) -> bool {
        self.error.is_conflict()
    }

    /// Whether the API answered 429.
    pub fn is_rate_limited(&self) -> bool {
        self.error.is_rate_limited()
    }

    /// Whether the API answered with a status of 500 to 599.
    pub fn is_server_error(&self) -> bool {
        self.error.is_server_error()
    }

    /// Whether the call or an attempt timed out.
    pub fn is_timeout(&self) -> bool {
        self.error.is_timeout()
    }

    /// Whether the network failed before an answer came.
    pub fn is_connection(&self) -> bool {
        self.error.is_connection()
    }
}

impl<H: Platform> From<Error<H::Cause>> for Failure<H> {
    fn from(error: Error<H::Cause>) -> Self {
        Failure {
            error,
            on: None,
            meta: None,
            may_have_run: false,
            attempts: 0,
            waited: Duration::ZERO,
            page: None,
            rule_status: None,
        }
    }
}

impl<H: Platform> From<ArgumentError> for Failure<H> {
    fn from(error: ArgumentError) -> Self {
        Error::Argument(error).into()
    }
}

impl<H: Platform> From<PaginationError> for Failure<H> {
    fn from(error: PaginationError) -> Self {
        Error::Pagination(error.reason).into()
    }
}

impl<H: Platform> fmt::Debug for Reply<H>
where
    H::Body: fmt::Debug,
    H::Headers: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("body", &self.body).field("meta", &self.meta).finish()
    }
}

/// Leaves out the answer's headers and the page: a program whose `main` returns the failure prints it by
/// `{:?}`.
impl<H: Platform> fmt::Debug for Failure<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { error, on, may_have_run, attempts, waited: _, meta: _, page: _, rule_status } = self;
        f.debug_struct("Failure")
            .field("error", error)
            .field("on", on)
            .field("may_have_run", may_have_run)
            .field("attempts", attempts)
            .field("rule_status", rule_status)
            .finish_non_exhaustive()
    }
}

impl<H: Platform> fmt::Display for Failure<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)?;
        f.write_str(&self.error.place(self.on.as_deref()))?;
        match &self.rule_status {
            Some(status) => write!(f, "; the rule is left {}", status.as_str()),
            None => Ok(()),
        }
    }
}

impl<H: Platform> std::error::Error for Failure<H> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}

/// A client of one org. Clones share the rate limits and the retry budget.
#[derive(Clone, Debug)]
pub struct Client<H> {
    host: H,
    terms: Terms,
    /// Groups written in the last 30 s: Okta's search may not have them yet.
    written: lookup::Written,
}

/// The settings and shared limits of all calls of a client.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) settings: Settings,
    pub(crate) limits: Shared<Limits>,
    /// Whether an answer's headers can be hidden from the program (cross-origin in a browser).
    pub(crate) hides_headers: bool,
    /// Whether the program listens to events. Without a listener the machine makes no notes of requests and
    /// answers.
    pub(crate) listens: bool,
    /// The error of the settings: every call fails with it.
    wrong: Option<ArgumentError>,
}

impl Terms {
    pub(crate) fn new(
        settings: Settings,
        limits: Shared<Limits>,
        hides_headers: bool,
        listens: bool,
    ) -> Self {
        let wrong = check_own_headers(&settings.headers).err();
        Terms { settings, limits, hides_headers, listens, wrong }
    }
}

/// A place in a list, and the page size that the org accepted last.
#[derive(Debug)]
pub struct Walk {
    pager: Pager,
    size: Option<PageSize>,
}

impl<H: Platform> Client<H> {
    /// A client on `host`, with rate limits and a retry budget of its own.
    pub fn new(host: H, settings: Settings) -> Self {
        let limits = Shared::new(Limits::new(settings.rate_limit, &settings.retry));
        Client::sharing(host, settings, limits)
    }

    /// A client that shares `limits` with other clients of the same org and credential. Their hosts must
    /// share one clock, as all `ReqwestHost`s do.
    pub fn sharing(host: H, settings: Settings, limits: Shared<Limits>) -> Self {
        let hides_headers = host.may_hide_headers();
        let terms = Terms::new(settings, limits, hides_headers, true);
        Client { host, terms, written: lookup::Written::default() }
    }

    /// The settings that the client was made with.
    pub fn settings(&self) -> &Settings {
        &self.terms.settings
    }

    /// The host that the client runs on.
    pub fn host(&self) -> &H {
        &self.host
    }

    /// The limits that the client shares with others of the same org and credential.
    pub fn limits(&self) -> &Shared<Limits> {
        &self.terms.limits
    }

    /// Emits an event for each part of an expression that Okta does not document for `parameter`.
    pub(crate) fn warn(&self, expr: &Expr, parameter: Parameter) {
        check(expr, parameter).iter().for_each(|warning| self.host.event(&Event::Warning(warning)));
    }

    /// A walk through a list. It begins at the page that `first` requests, or at `cursor`.
    ///
    /// # Errors
    /// [`PaginationError`] if the cursor has another form, was changed, or belongs to another list or org.
    pub fn walk(&self, first: Request, cursor: Option<&str>) -> Result<Walk, PaginationError> {
        Walk::new(&self.terms, first, cursor)
    }
}

impl Walk {
    pub(crate) fn new(terms: &Terms, first: Request, cursor: Option<&str>) -> Result<Self, PaginationError> {
        let (rule, org) = (terms.settings.next_link, &terms.settings.org);
        // Okta answers a `q` with one page, so shrinking its `limit` would lose the rest. A request without a
        // `limit` stays without one, since its list may not accept one.
        let size = first.limit().filter(|_| !first.has("q")).map(|limit| PageSize::new(Some(limit)));
        let pager = match cursor {
            None => Pager::new(first, org, rule),
            Some(cursor) => Pager::resume(first, cursor, org, rule)?,
        };
        let known = pager.request().and_then(Request::limit);
        let size = size.map(|size| known.map_or(size.clone(), |limit| size.beginning_with(limit)));
        Ok(Walk { pager, size })
    }

    /// The cursor of the next page; see [`Pager::cursor`].
    pub fn cursor(&self) -> Option<String> {
        self.pager.cursor()
    }

    /// Whether the walk is at the end of the list.
    pub fn is_done(&self) -> bool {
        self.pager.request().is_none()
    }

    /// The call that reads the walk's current page. `None` at the end.
    pub(crate) fn begin(
        &self,
        terms: &Terms,
        options: CallOptions,
        now: Duration,
    ) -> Result<Option<Box<Call>>, Failed> {
        let Some(request) = self.pager.request() else { return Ok(None) };
        Call::new(terms, request.clone(), options, self.size.clone(), now).map(Some)
    }

    /// Moves the walk past the page that `result` is about, and keeps the page size that the page was read
    /// with. After an error the walk stays at that page, so that [`Walk::cursor`] leads to the rest of the
    /// list.
    pub(crate) fn end(
        &mut self,
        terms: &Terms,
        call: &Call,
        result: Result<Succeeded, Failed>,
    ) -> Result<Succeeded, Failed> {
        self.size = call.size().cloned();
        // A repeated request must not ask for more items than the page size that succeeded.
        if let Some(size) = self.size.as_ref().filter(|size| size.is_shrunk()) {
            self.pager.set_limit(size.limit());
        }
        let success = result?;
        let (link, items) =
            success.page.as_ref().map_or((None, 0), |page| (page.link.as_deref(), page.items));
        if let Err(error) = self.pager.advance(&terms.settings.org_url, link, items) {
            let mut meta = success.meta;
            meta.request_id = meta.request_id.map(|id| call.secrets(terms).redacted(id));
            let mut failed = Failed::from(Error::Pagination(error.reason));
            failed.of = call.serial();
            failed.on = Some(Box::new(On::of(call.request())));
            failed.attempts = meta.attempts;
            failed.waited = meta.waited;
            failed.meta = Some(meta);
            failed.has_page = true;
            return Err(failed);
        }
        // An unshrunk page size leaves the `next` link as the org sent it.
        if let Some(size) = &mut self.size
            && (size.good_page().is_some() || size.is_shrunk())
        {
            self.pager.set_limit(size.limit());
        }
        Ok(success)
    }
}

/// Checks a header here, since the platform's own error would quote the value. This error never contains the
/// value.
///
/// # Errors
/// [`ArgumentError`] if the name is not an HTTP token, or if the value is empty or holds anything but visible
/// ASCII, blanks and tabs.
pub fn check_header(argument: &'static str, name: &str, value: &str) -> Result<(), ArgumentError> {
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(ArgumentError::new(argument, "names a header that HTTP does not allow"));
    }
    let blank = value.bytes().all(|b| is_one(b, b" \t"));
    if blank || !value.bytes().all(|b| b.is_ascii_graphic() || b == b' ' || b == b'\t') {
        let reason = ["gives the header ", name, " a value that HTTP does not allow"].concat();
        return Err(ArgumentError::new(argument, reason));
    }
    Ok(())
}

fn check_own_headers(headers: &[Header]) -> Result<(), ArgumentError> {
    headers.iter().try_for_each(|(name, value)| check_own_header(name, value))
}

/// Checks a header that the program adds. Besides [`check_header`] it refuses the names that this client or
/// the platform sets itself.
///
/// # Errors
/// Those of [`check_header`]; [`ArgumentError`] if the name is reserved.
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
