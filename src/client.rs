//! The client: runs the deciding parts of this crate over a [`Host`].

use std::time::Duration;

use futures_lite::future;

use crate::answer::{REQUEST_ID, judge};
use crate::error::{Error, Phase, ResponseFault, ResponseReason};
use crate::host::{Attempt, Header, HeaderMap, Host, Outgoing, SendFault, Shape};
use crate::org::OrgUrl;
use crate::page::{LinkHeader, NextLink, Pager};
use crate::request::{ArgumentError, GetGroup, GroupId, Operation, ReplaceGroup, Request};

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
    /// Headers to send with every request, checked by [`check_header`].
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
    /// Besides [`Settings::headers`].
    pub headers: Vec<Header>,
}

/// A success.
#[derive(Debug)]
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
#[derive(Debug)]
pub struct Failure<H: Host> {
    /// What went wrong.
    pub error: Error<H::Cause>,
    /// About the answer.
    pub meta: Option<Meta<H::Headers>>,
}

impl<H: Host> From<Error<H::Cause>> for Failure<H> {
    fn from(error: Error<H::Cause>) -> Self {
        Failure { error, meta: None }
    }
}

/// A client of one org.
#[derive(Debug)]
pub struct Client<H> {
    host: H,
    settings: Settings,
}

impl<H: Host> Client<H> {
    /// A client on `host`.
    pub fn new(host: H, settings: Settings) -> Self {
        Client { host, settings }
    }

    /// The settings it was made with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The platform it runs on.
    pub fn host(&self) -> &H {
        &self.host
    }

    /// Runs one operation.
    ///
    /// # Errors
    /// Every [`Error`] but [`Error::Pagination`].
    pub async fn call(&self, request: &Request, options: &CallOptions) -> Result<Reply<H>, Failure<H>> {
        let started = self.host.now();
        let total = options.total_timeout.unwrap_or(self.settings.total_timeout);
        let url = self.settings.org.url(request);
        let work = self.attempt(request, &url, options, 1, started);
        self.within(total, Phase::Total, work).await
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

    /// Reads the page that `pager` is at and moves it on. On an error the pager stays at that page, so that
    /// [`Pager::cursor`] names the exact rest of the list. `None` at the end.
    ///
    /// # Errors
    /// Every [`Error`].
    pub async fn page(
        &self,
        pager: &mut Pager,
        options: &CallOptions,
    ) -> Result<Option<Reply<H>>, Failure<H>> {
        let Some(request) = pager.request().cloned() else { return Ok(None) };
        let reply = self.call(&request, options).await?;
        let items = match reply.body.as_ref().map(|body| self.host.shape(body)) {
            Some(Shape::Array(items)) => items,
            _ => 0,
        };
        let link = reply.meta.headers.get("link");
        let link = match &link {
            Some(value) => LinkHeader::Value(value),
            None if self.host.may_hide_headers() => LinkHeader::MaybeHidden,
            None => LinkHeader::Absent,
        };
        match pager.advance(&self.settings.org, link, items) {
            Ok(()) => Ok(Some(reply)),
            Err(error) => Err(Failure { error: Error::Pagination(error.reason), meta: Some(reply.meta) }),
        }
    }

    async fn attempt(
        &self,
        request: &Request,
        url: &str,
        options: &CallOptions,
        number: u32,
        started: Duration,
    ) -> Result<Reply<H>, Failure<H>> {
        let method = request.method();
        let proof = self.host.authorize(Attempt { method, url, number }).await.map_err(Error::Auth)?;
        let mut headers = vec![("accept".to_owned(), "application/json".to_owned())];
        if request.body.is_some() {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        headers.extend(self.settings.headers.iter().chain(&options.headers).cloned());
        for (name, value) in &proof {
            check_header("auth", name, value).map_err(Error::Config)?;
        }
        headers.extend(proof);
        let max_bytes = self.settings.max_response_bytes;
        let outgoing = Outgoing { method, url, headers: &headers, body: request.body.as_deref(), max_bytes };
        let timeout = options.timeout.unwrap_or(self.settings.timeout);
        let sent =
            async { self.host.send(outgoing).await.map_err(|fault| send_error(fault, request.operation)) };
        let incoming = self.within(timeout, Phase::Attempt, sent).await?;
        let judged = judge(&self.host, request.operation, number, &incoming);
        let meta = Meta {
            status: incoming.status,
            request_id: incoming.headers.get(REQUEST_ID),
            headers: incoming.headers,
            url: url.to_owned(),
            attempts: number,
            duration: self.host.now().saturating_sub(started),
            waited: Duration::ZERO,
        };
        match judged {
            Ok(body) => Ok(Reply { body, meta }),
            Err(error) => Err(Failure { error, meta: Some(meta) }),
        }
    }

    async fn within<T, E: From<Error<H::Cause>>>(
        &self,
        limit: Duration,
        phase: Phase,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let late = async {
            self.host.sleep(limit).await;
            Err(Error::Timeout { phase, limit }.into())
        };
        future::or(work, late).await
    }
}

fn send_error<Cause>(fault: SendFault<Cause>, operation: Operation) -> Error<Cause> {
    match fault {
        SendFault::Failed { cause, maybe_cors } => Error::Connection { cause, maybe_cors },
        SendFault::TooLarge { status } => Error::Response(Box::new(ResponseFault {
            reason: ResponseReason::TooLarge,
            operation,
            status,
            content_type: None,
            snippet: None,
            request_id: None,
        })),
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

/// Checks a header of the caller's own: besides [`check_header`], it must not be one that this client, or the
/// platform, is answerable for.
///
/// # Errors
/// As [`check_header`], and if the name is reserved.
pub fn check_own_header(name: &str, value: &str) -> Result<(), ArgumentError> {
    const RESERVED: [&str; 7] =
        ["authorization", "cookie", "host", "content-length", "transfer-encoding", "connection", "dpop"];
    if RESERVED.iter().any(|reserved| name.eq_ignore_ascii_case(reserved)) {
        return Err(ArgumentError::new("headers", ["must not set ", name].concat()));
    }
    check_header("headers", name, value)
}
