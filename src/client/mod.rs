//! The client: `call` decides what a call does next, `turn` and `find` decide for it; `step` has what it is told and what
//! it orders; `drive` runs calls over a [`Host`](crate::host::Host).

mod call;
mod drive;
mod find;
mod groups;
mod lookup;
mod members;
mod resources;
mod rule;
mod step;
mod turn;
mod update_rule;
mod writers;

pub use crate::members::IfStale;
pub use groups::{Groups, List};
pub use members::{ApplyOptions, BulkError, BulkReport, Watch, Write};
pub use resources::{Rules, Users};
pub use turn::{Limits, SharedLimits};

use std::fmt;
use std::time::Duration;

use crate::error::{ApiKind, Error, On};
use crate::filter::{Expr, Parameter, check};
use crate::host::{Event, Header, Platform};
use crate::org::{OrgName, OrgUrl};
use crate::page::{NextLink, Pager, PaginationError};
use crate::policy::{PageSize, Priority, RateLimitOptions, RetryOptions};
use crate::request::{ArgumentError, Request};
use crate::sync::Shared;

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

/// How a client behaves, whatever it is asked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the org is.
    pub org: OrgUrl,
    /// Which org it is: cursors and plans are bound to this name, never to the URL. Default: the URL.
    pub org_name: OrgName,
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
    /// Headers to send with every request; a call fails where [`check_own_header`] refuses one.
    pub headers: Vec<Header>,
}

impl Settings {
    /// The defaults, for an org.
    pub fn new(org: OrgUrl) -> Self {
        Settings {
            org_name: org.name(),
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
    /// Besides [`Settings::headers`], and checked like them.
    pub headers: Vec<Header>,
    /// Who goes first where calls wait for the org's limits. Default [`Priority::Interactive`].
    pub priority: Priority,
}

/// A success.
pub struct Reply<H: Platform> {
    /// The decoded body, where the operation answers with one.
    pub body: Option<H::Body>,
    /// About the answer.
    pub meta: Box<Meta<H::Headers>>,
    /// Whether the answer was not UTF-8: the body holds U+FFFD in place of something else, and must not be written back.
    pub lossy: bool,
    /// Of an answer to *Retrieve a group* or *Retrieve a group rule*: whether it has a number that the body holds as another.
    pub inexact: bool,
}

/// About an answer.
#[derive(Clone, Debug)]
#[non_exhaustive]
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

impl Meta<()> {
    /// With the headers, which the core does not see.
    pub(crate) fn with_headers<Headers>(self, headers: Headers) -> Meta<Headers> {
        let Meta { status, headers: (), request_id, url, attempts, duration, waited } = self;
        Meta { status, headers, request_id, url, attempts, duration, waited }
    }
}

/// The status that an update left a rule in, against its will. Smaller than the model's: it is a part of each failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LeftRule {
    /// The rule does nothing.
    Inactive,
    /// The rule has a group that is gone.
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

/// A call that failed, with the answer that said so, where there was one.
#[non_exhaustive]
pub struct Failure<H: Platform> {
    /// What went wrong.
    pub error: Error<H::Cause>,
    /// Which request it is about.
    pub on: Option<Box<On>>,
    /// About the answer.
    pub meta: Option<Box<Meta<H::Headers>>>,
    /// Whether the org may have done what was asked all the same.
    pub may_have_run: bool,
    /// How many attempts were made.
    pub attempts: u32,
    /// How much of the time was waiting for a turn.
    pub waited: Duration,
    /// Of a list that cannot go on: the page that said so. It has not been handed out, and the walk's cursor leads to
    /// it again.
    pub page: Option<Box<H::Body>>,
    /// Of an update of a rule: the status that it is left in, if that is not the one that it should have.
    pub rule_status: Option<LeftRule>,
}

impl<H: Platform> Failure<H> {
    /// What an answer came to.
    pub(crate) fn of(error: Error<H::Cause>, meta: Box<Meta<H::Headers>>) -> Self {
        Failure { attempts: meta.attempts, waited: meta.waited, meta: Some(meta), ..error.into() }
    }
}

/// The questions that its [`Error`] answers.
impl<H: Platform> Failure<H> {
    /// The name of the kind in JavaScript.
    pub fn kind(&self) -> &'static str {
        self.error.kind()
    }

    /// The class of the error that the API answered with, where it did.
    pub fn api_kind(&self) -> Option<ApiKind> {
        self.error.api_kind()
    }

    /// Whether the same call may succeed later, as far as the failure tells.
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

    /// Whether time ran out.
    pub fn is_timeout(&self) -> bool {
        self.error.is_timeout()
    }

    /// Whether no answer came.
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

/// Without the answer's headers and the page: `{:?}` is how a program's `main` prints it.
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

/// A client of one org. A clone shares its rate limits and its budget.
#[derive(Clone, Debug)]
pub struct Client<H> {
    host: H,
    terms: Terms,
    /// Groups that a search may not have yet.
    written: lookup::Written,
}

/// What all calls of a client have in common.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) settings: Settings,
    pub(crate) limits: Shared<Limits>,
    /// Whether an answer's headers can be hidden from the program (cross-origin in a browser).
    pub(crate) hides_headers: bool,
    /// Whether anybody listens to events.
    pub(crate) listens: bool,
    /// What is wrong with the settings.
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

/// A walk through a list's pages, with the page size that the org can bear.
#[derive(Debug)]
pub struct Walk {
    pager: Pager,
    size: Option<PageSize>,
}

impl<H: Platform> Client<H> {
    /// A client on `host`, with rate limits and a budget of its own.
    pub fn new(host: H, settings: Settings) -> Self {
        let limits = Shared::new(Limits::new(settings.rate_limit, &settings.retry));
        Client::sharing(host, settings, limits)
    }

    /// A client that shares `limits` with others of the same org and credential, and with hosts of one clock (those of
    /// `ReqwestHost` have one).
    pub fn sharing(host: H, settings: Settings, limits: Shared<Limits>) -> Self {
        let hides_headers = host.may_hide_headers();
        let terms = Terms::new(settings, limits, hides_headers, true);
        Client { host, terms, written: lookup::Written::default() }
    }

    /// The settings it was made with.
    pub fn settings(&self) -> &Settings {
        &self.terms.settings
    }

    /// The platform it runs on.
    pub fn host(&self) -> &H {
        &self.host
    }

    /// What it shares with others of the same org and credential.
    pub fn limits(&self) -> &Shared<Limits> {
        &self.terms.limits
    }

    /// Tells what in an expression goes beyond the documentation of its parameter.
    pub(crate) fn warn(&self, expr: &Expr, parameter: Parameter) {
        check(expr, parameter).iter().for_each(|warning| self.host.event(&Event::Warning(warning)));
    }

    /// A walk through the list that `first` is a page of, from there or from `cursor`.
    ///
    /// # Errors
    /// If the cursor is none of ours, was changed, or is one of another list or org.
    pub fn walk(&self, first: Request, cursor: Option<&str>) -> Result<Walk, PaginationError> {
        Walk::new(&self.terms, first, cursor)
    }
}

impl Walk {
    pub(crate) fn new(terms: &Terms, first: Request, cursor: Option<&str>) -> Result<Self, PaginationError> {
        let (rule, org) = (terms.settings.next_link, &terms.settings.org_name);
        // A `q` is answered in one piece: asking for less of it would lose the rest. A list of which no limit was asked may
        // have none.
        let size = first.limit().filter(|_| !first.has("q")).map(|limit| PageSize::new(Some(limit)));
        let pager = match cursor {
            None => Pager::new(first, org, rule),
            Some(cursor) => Pager::resume(first, cursor, org, rule)?,
        };
        let known = pager.request().and_then(Request::limit);
        let size = size.map(|size| known.map_or(size.clone(), |limit| size.beginning_with(limit)));
        Ok(Walk { pager, size })
    }

    /// Where the next page starts; see [`Pager::cursor`].
    pub fn cursor(&self) -> Option<String> {
        self.pager.cursor()
    }

    /// Whether the walk has come to the end of the list.
    pub fn is_done(&self) -> bool {
        self.pager.request().is_none()
    }

    /// The call that reads the page that the walk is at. `None` at the end.
    pub(crate) fn begin(
        &self,
        terms: &Terms,
        options: CallOptions,
        now: Duration,
    ) -> Result<Option<Box<Call>>, Failed> {
        let Some(request) = self.pager.request() else { return Ok(None) };
        Call::new(terms, request.clone(), options, self.size.clone(), now).map(Some)
    }

    /// Moves past the page that `result` is about, and adopts the page size that it was read with. After an error the
    /// walk stays at that page, so that [`Walk::cursor`] names the exact rest of the list.
    pub(crate) fn end(
        &mut self,
        terms: &Terms,
        call: &Call,
        result: Result<Succeeded, Failed>,
    ) -> Result<Succeeded, Failed> {
        self.size = call.size().cloned();
        // Whoever asks for the page again asks for no more than the org could bear.
        if let Some(size) = self.size.as_ref().filter(|size| size.is_shrunk()) {
            self.pager.set_limit(size.limit());
        }
        let success = result?;
        let (link, items) =
            success.page.as_ref().map_or((None, 0), |page| (page.link.as_deref(), page.items));
        if let Err(error) = self.pager.advance(&terms.settings.org, link, items) {
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
        // Otherwise the link's own: it is followed as it is.
        if let Some(size) = &mut self.size
            && (size.good_page().is_some() || size.is_shrunk())
        {
            self.pager.set_limit(size.limit());
        }
        Ok(success)
    }
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

fn check_own_headers(headers: &[Header]) -> Result<(), ArgumentError> {
    headers.iter().try_for_each(|(name, value)| check_own_header(name, value))
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
