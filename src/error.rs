//! Every error of the crate, with what is needed to debug it, its kind, and whether it is transient. No error
//! holds a header that was sent.

use std::borrow::Cow;
use std::fmt;

use crate::filter::{IS_READ, Warning, quoted};
use crate::page::PaginationReason;
use crate::policy::{Outcome, ReplyView, is_certificate, millis};
use crate::request::{ArgumentError, Method, Operation, Request, in_rust};
use crate::text::digits;
use crate::time::Duration;

/// Why a call failed. `C` is what the platform threw, if it did.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Error<C = ()> {
    /// The client's settings are wrong. Nothing was sent.
    Config(ArgumentError),
    /// An argument cannot be sent. Nothing was sent.
    Argument(ArgumentError),
    /// The program's source of tokens failed.
    Auth(C),
    /// A time limit was reached.
    Timeout {
        /// What the call was waiting for.
        phase: Phase,
        /// The limit that was reached.
        limit: Duration,
    },
    /// The network or the platform failed before an answer came, or (in a browser) CORS refused it.
    Connection {
        /// The platform's error.
        cause: C,
        /// The platform's code for the error, if it has one (`ECONNREFUSED`).
        code: Option<String>,
        /// The origin of the request's URL.
        origin: String,
        /// Whether a refusal by CORS would look the same.
        maybe_cors: bool,
    },
    /// The program's own code failed in the middleware around the sending. Holds its error.
    Refused(C),
    /// The caller aborted the call.
    Aborted,
    /// The answer is not the API's.
    Response(Box<ResponseFault>),
    /// A list cannot be continued.
    Pagination(PaginationReason),
    /// The API answered with an error.
    Api(Box<ApiFault>),
    /// No group or several groups have the name.
    Lookup(Box<LookupFault>),
}

/// A lookup by name that did not find exactly one group.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LookupFault {
    /// The name that was looked up.
    pub name: String,
    /// Whether no group or several groups have it.
    pub reason: LookupReason,
    /// Ids of the groups that have the name.
    pub candidates: Vec<String>,
    /// Made with the fault: the npm package, whose JavaScript looks groups up, holds no code for it.
    message: String,
}

impl LookupFault {
    pub(crate) fn new(name: &str, reason: LookupReason, candidates: Vec<String>) -> Self {
        let count = match candidates.len() {
            0 => "no".to_owned(),
            count => count.to_string(),
        };
        let message = [&count, " groups are named ", &quoted(name)].concat();
        LookupFault { name: name.to_owned(), reason, candidates, message }
    }
}

/// Why a lookup by name failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LookupReason {
    /// No group has the name.
    None,
    /// Several groups have the name.
    Ambiguous,
}

impl LookupReason {
    /// The name of the reason in JavaScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            LookupReason::None => "none",
            LookupReason::Ambiguous => "ambiguous",
        }
    }
}

/// Okta's `errorCode` for a resource that does not exist.
pub(crate) const MISSING: &str = "E0000007";

/// The request that an error is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct On {
    /// The HTTP method.
    pub method: Method,
    /// The path, with ids.
    pub path: String,
}

impl On {
    pub(crate) fn of(request: &Request) -> Self {
        On { method: request.method(), path: request.path.clone() }
    }
}

/// What a call was waiting for when a time limit was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// The rate-limit gate.
    Queue,
    /// The token of an attempt. The attempt was not sent.
    Token,
    /// One attempt, from its start to the end of the body.
    Attempt,
    /// The call as a whole, with its waits and retries.
    Total,
}

impl Phase {
    /// The name of the phase in JavaScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            Phase::Queue => "queue",
            Phase::Token => "token",
            Phase::Attempt => "attempt",
            Phase::Total => "total",
        }
    }
}

/// An answer that is not the API's.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResponseFault {
    /// Why it is not the API's.
    pub reason: ResponseReason,
    /// The operation.
    pub operation: Operation,
    /// The path, with a name for each id ([`Request::template`]).
    pub path: Cow<'static, str>,
    /// HTTP status; 0 if the platform hides it.
    pub status: u16,
    /// The answer's `Content-Type`.
    pub content_type: Option<String>,
    /// The beginning of the body, or the path to the value with another shape: at most 200 characters,
    /// without markup.
    pub snippet: Option<String>,
    /// Okta's id of the request.
    pub request_id: Option<String>,
}

/// Why an answer is not the API's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResponseReason {
    /// An HTML page: of a proxy, a login, or because of a wrong `orgUrl`.
    Html,
    /// Not JSON, or JSON that is cut off.
    Json,
    /// JSON of an unexpected shape.
    Shape,
    /// More bytes than the client reads.
    TooLarge,
    /// A redirect: the API has none, and following it would send the token elsewhere.
    Redirect,
    /// A success that the API does not use: 205, a partial body (206), or several answers (207).
    Status,
}

impl ResponseReason {
    /// The name of the reason in JavaScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            ResponseReason::Html => "html",
            ResponseReason::Json => "json",
            ResponseReason::Shape => "shape",
            ResponseReason::TooLarge => "too-large",
            ResponseReason::Redirect => "redirect",
            ResponseReason::Status => "status",
        }
    }

    const fn message(self) -> &'static str {
        match self {
            ResponseReason::Html => "an HTML page instead of JSON (a proxy, a login page or a wrong orgUrl)",
            ResponseReason::Json => "a body that is not JSON, or is cut off",
            ResponseReason::Shape => "JSON of an unexpected shape",
            ResponseReason::TooLarge => "a body larger than maxResponseBytes",
            ResponseReason::Redirect => "a redirect, which is not followed",
            ResponseReason::Status => "a status that may stand for a partial body",
        }
    }
}

/// An error of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiFault {
    /// The operation.
    pub operation: Operation,
    /// The path, with a name for each id ([`Request::template`]).
    pub path: Cow<'static, str>,
    /// HTTP status.
    pub status: u16,
    /// Okta's error object, as far as the body has one.
    pub body: ErrorBody,
    /// Okta's id of the request.
    pub request_id: Option<String>,
    /// The scopes that a 403 names in `WWW-Authenticate`.
    pub missing_scope: Option<String>,
    /// Only for a list of groups that Okta refused with `E0000031`: the parts of its `filter` and `search`
    /// that Okta does not document, one of which is the likely reason.
    pub warnings: Vec<Warning>,
    /// How many times the request was sent.
    pub attempts: u32,
    /// Only for a 429: the time until the rate limit lets requests through again; `None` if it is unknown.
    pub retry_after: Option<Duration>,
}

/// Okta's error object, or what was read from another body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorBody {
    /// `errorCode`. Decide on this: "Only the errorCode property is supported for runtime error flow control"
    /// (Okta).
    pub code: Option<String>,
    /// `errorSummary`, a text for people.
    pub summary: String,
    /// `errorCauses[].errorSummary`.
    pub causes: Vec<String>,
    /// `errorId`, which Okta's support asks for.
    pub error_id: Option<String>,
}

/// The classes of API errors, by status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApiKind {
    /// 400
    BadRequest,
    /// 401
    Unauthorized,
    /// 403
    Forbidden,
    /// 404
    NotFound,
    /// 409, 412
    Conflict,
    /// 429
    RateLimit,
    /// 5xx
    Server,
    /// Any other status.
    Other,
}

impl ApiKind {
    /// The class of `status`.
    pub const fn of(status: u16) -> Self {
        match status {
            400 => ApiKind::BadRequest,
            401 => ApiKind::Unauthorized,
            403 => ApiKind::Forbidden,
            404 => ApiKind::NotFound,
            409 | 412 => ApiKind::Conflict,
            429 => ApiKind::RateLimit,
            500..=599 => ApiKind::Server,
            _ => ApiKind::Other,
        }
    }

    /// The name in JavaScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            ApiKind::BadRequest => "bad-request",
            ApiKind::Unauthorized => "unauthorized",
            ApiKind::Forbidden => "forbidden",
            ApiKind::NotFound => "not-found",
            ApiKind::Conflict => "conflict",
            ApiKind::RateLimit => "rate-limit",
            ApiKind::Server => "server",
            ApiKind::Other => "api",
        }
    }
}

impl<C> Error<C> {
    /// The error's `kind` in JavaScript.
    pub fn kind(&self) -> &'static str {
        match self {
            Error::Config(_) | Error::Auth(_) => "config",
            Error::Argument(_) => "argument",
            Error::Timeout { .. } => "timeout",
            Error::Connection { .. } | Error::Refused(_) => "connection",
            Error::Response(_) => "response",
            Error::Pagination(_) => "pagination",
            Error::Api(fault) => ApiKind::of(fault.status).as_str(),
            Error::Lookup(_) => "lookup",
            Error::Aborted => "aborted",
        }
    }

    /// Whether the same call may succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Timeout { .. } => true,
            Error::Connection { code, .. } => !code.as_deref().is_some_and(is_certificate),
            Error::Api(fault) => {
                let code = fault.body.code.as_deref();
                let reply = ReplyView { status: fault.status, code, content_ok: false, limited: None };
                Outcome::of_reply(&reply).is_transient()
            }
            _ => false,
        }
    }
}

impl<C> Error<C> {
    /// The end of the message: the request, for errors that do not name it themselves.
    pub(crate) fn place(&self, on: Option<&On>) -> String {
        match (self, on) {
            (Error::Timeout { .. } | Error::Connection { .. } | Error::Pagination(_), Some(on)) => {
                [", on ", on.method.as_str(), " ", &on.path].concat()
            }
            _ => String::new(),
        }
    }

    /// The message. Built without `fmt`, which would be a twentieth of the wasm.
    pub(crate) fn message(&self) -> String {
        match self {
            Error::Config(error) | Error::Argument(error) => error.message(),
            Error::Auth(_) => "auth failed to get the token".to_owned(),
            Error::Timeout { phase, limit } => {
                let what = match phase {
                    Phase::Queue => "the request was not sent within ",
                    Phase::Token => "auth gave no token within ",
                    Phase::Attempt => "the org did not answer within ",
                    Phase::Total => "the call did not end within ",
                };
                [what, &digits(whole_millis(*limit)), " ms"].concat()
            }
            Error::Connection { origin, code, maybe_cors, .. } => {
                let cors = if *maybe_cors { ", or the org does not allow this origin (CORS)" } else { "" };
                let mut message = ["no answer from ", origin, ": the network failed", cors].concat();
                if let Some(code) = code {
                    append(&mut message, &[" (", code, ")"]);
                }
                message
            }
            Error::Refused(_) => "the program's middleware failed".to_owned(),
            Error::Aborted => "the call was aborted".to_owned(),
            Error::Response(fault) => fault.message(),
            Error::Pagination(reason) => reason.message().to_owned(),
            Error::Api(fault) => fault.message(),
            Error::Lookup(fault) => fault.message.clone(),
        }
    }
}

/// One question for each class of [`ApiKind::of`].
impl<C> Error<C> {
    /// The class of the API's error, if the API answered with one.
    pub fn api_kind(&self) -> Option<ApiKind> {
        match self {
            Error::Api(fault) => Some(fault.kind()),
            _ => None,
        }
    }

    /// Whether the API answered 400: it refuses a value.
    pub fn is_bad_request(&self) -> bool {
        self.api_kind() == Some(ApiKind::BadRequest)
    }

    /// Whether the API answered 401: it refuses the token.
    pub fn is_unauthorized(&self) -> bool {
        self.api_kind() == Some(ApiKind::Unauthorized)
    }

    /// Whether the API answered 403: a permission or a scope is missing.
    pub fn is_forbidden(&self) -> bool {
        self.api_kind() == Some(ApiKind::Forbidden)
    }

    /// Whether the API answered 404. [`ApiFault::is_missing`] tells whether Okta itself said so.
    pub fn is_not_found(&self) -> bool {
        self.api_kind() == Some(ApiKind::NotFound)
    }

    /// Whether the API answered 409 or 412.
    pub fn is_conflict(&self) -> bool {
        self.api_kind() == Some(ApiKind::Conflict)
    }

    /// Whether the API answered 429 and the retries did not help.
    pub fn is_rate_limited(&self) -> bool {
        self.api_kind() == Some(ApiKind::RateLimit)
    }

    /// Whether the API answered with a status of 500 to 599.
    pub fn is_server_error(&self) -> bool {
        self.api_kind() == Some(ApiKind::Server)
    }

    /// Whether the call, an attempt or a wait reached its time limit.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Error::Timeout { .. })
    }

    /// Whether the network failed before an answer came.
    pub fn is_connection(&self) -> bool {
        matches!(self, Error::Connection { .. })
    }
}

impl Error {
    /// Adds what the platform threw.
    pub(crate) fn with_cause<C>(self, cause: Option<C>) -> Error<C> {
        match (self, cause) {
            (Error::Config(error), _) => Error::Config(error),
            (Error::Argument(error), _) => Error::Argument(error),
            (Error::Timeout { phase, limit }, _) => Error::Timeout { phase, limit },
            (Error::Response(fault), _) => Error::Response(fault),
            (Error::Pagination(reason), _) => Error::Pagination(reason),
            (Error::Api(fault), _) => Error::Api(fault),
            (Error::Lookup(fault), _) => Error::Lookup(fault),
            (Error::Auth(()), Some(cause)) => Error::Auth(cause),
            (Error::Connection { code, origin, maybe_cors, .. }, Some(cause)) => {
                Error::Connection { cause, code, origin, maybe_cors }
            }
            (Error::Refused(()), Some(cause)) => Error::Refused(cause),
            // The last three need a cause, which is missing.
            (Error::Aborted | Error::Auth(()) | Error::Connection { .. } | Error::Refused(()), _) => {
                Error::Aborted
            }
        }
    }
}

impl<C> Error<C> {
    /// What the platform threw.
    pub(crate) fn into_cause(self) -> Option<C> {
        match self {
            Error::Auth(cause) | Error::Connection { cause, .. } | Error::Refused(cause) => Some(cause),
            _ => None,
        }
    }
}

/// Spells names as in Rust. Texts of the org, a proxy or the platform stay as they came.
impl<C> fmt::Display for Error<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.message();
        match self {
            Error::Api(_) | Error::Lookup(_) => f.write_str(&message),
            Error::Response(fault) => {
                let own = fault.reason.message();
                f.write_str(&message.replacen(own, &in_rust(own), 1))
            }
            _ => f.write_str(&in_rust(&message)),
        }
    }
}

/// Whole milliseconds, at most as many as `u32` can hold.
pub(crate) fn whole_millis(duration: Duration) -> u32 {
    u32::try_from(millis(duration)).unwrap_or(u32::MAX)
}

/// What a platform throws.
pub trait Cause: fmt::Debug {
    /// The cause as the source of an [`Error`], if it is a Rust error.
    fn as_error(&self) -> Option<&(dyn std::error::Error + 'static)> {
        None
    }
}

impl Cause for () {}
impl Cause for &str {}
impl Cause for String {}

impl Cause for std::convert::Infallible {}

impl Cause for std::io::Error {
    fn as_error(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self)
    }
}

impl<C: Cause> std::error::Error for Error<C> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Auth(cause) | Error::Connection { cause, .. } | Error::Refused(cause) => cause.as_error(),
            _ => None,
        }
    }
}

impl ResponseFault {
    fn message(&self) -> String {
        let mut message = place(self.status, None, self.operation, &self.path);
        message.push_str(self.reason.message());
        if let Some(snippet) = &self.snippet {
            append(&mut message, &[": ", snippet]);
        }
        message
    }
}

impl ApiFault {
    /// The class of the status.
    pub fn kind(&self) -> ApiKind {
        ApiKind::of(self.status)
    }

    /// Whether Okta itself says that the resource does not exist. Any other 404 comes from a proxy, or is
    /// about another path.
    pub fn is_missing(&self) -> bool {
        self.status == 404 && self.body.code.as_deref() == Some(MISSING)
    }

    fn message(&self) -> String {
        let mut message = place(self.status, self.body.code.as_deref(), self.operation, &self.path);
        message.push_str(&self.body.summary);
        let mut colon = ": ";
        let warnings: Vec<String> =
            if IS_READ { self.warnings.iter().map(Warning::message).collect() } else { Vec::new() };
        for cause in self.body.causes.iter().chain(&warnings) {
            append(&mut message, &[colon, cause]);
            colon = "; ";
        }
        let mut open = " (";
        for (name, id) in [("request ", &self.request_id), ("error ", &self.body.error_id)] {
            if let Some(id) = id {
                append(&mut message, &[open, name, id]);
                open = ", ";
            }
        }
        message.push_str(if open == ", " { ")" } else { "" });
        message
    }
}

/// `Okta 403 E0000006 on PUT /api/v1/groups/{groupId}: `
fn place(status: u16, code: Option<&str>, operation: Operation, path: &str) -> String {
    let mut place = ["Okta ", &digits(status)].concat();
    if let Some(code) = code {
        append(&mut place, &[" ", code]);
    }
    append(&mut place, &[" on ", operation.row().method.as_str(), " ", path, ": "]);
    place
}

fn append(text: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| text.push_str(part));
}

/// At most 200 characters of `text` on one line (`…` for the rest), without markup: enough to recognise a
/// page.
pub(crate) fn snippet(text: &str) -> String {
    let mut out = String::new();
    let mut left = 200;
    let mut in_tag = false;
    for c in text.chars() {
        let c = match c {
            '<' => {
                in_tag = true;
                continue;
            }
            '>' if in_tag => {
                in_tag = false;
                ' '
            }
            _ if in_tag => continue,
            c if c.is_whitespace() || c.is_control() => ' ',
            c => c,
        };
        if c == ' ' && (left == 0 || out.is_empty() || out.ends_with(' ')) {
            continue;
        }
        if left == 0 {
            out.push('…');
            break;
        }
        out.push(c);
        left -= 1;
    }
    if out.ends_with(' ') {
        out.pop();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Failure;
    use crate::host::{Event, Platform};

    #[test]
    fn an_api_error_says_what_one_debugs_with() {
        let fault = ApiFault {
            operation: Operation::AssignUser,
            path: Operation::AssignUser.route().1.into(),
            status: 403,
            body: ErrorBody {
                code: Some("E0000006".into()),
                summary: "You do not have permission to perform the requested action".into(),
                causes: vec!["first".into(), "second".into()],
                error_id: Some("oae1".into()),
            },
            request_id: Some("X0f4".into()),
            missing_scope: None,
            warnings: Vec::new(),
            attempts: 1,
            retry_after: None,
        };
        let error: Error = Error::Api(Box::new(fault));
        assert_eq!(
            error.to_string(),
            "Okta 403 E0000006 on PUT /api/v1/groups/{groupId}/users/{userId}: You do not have permission to \
             perform the requested action: first; second (request X0f4, error oae1)"
        );
        assert_eq!((error.kind(), error.is_transient()), ("forbidden", false));
    }

    #[test]
    fn classes_of_statuses() {
        for (status, kind) in [
            (400, "bad-request"),
            (401, "unauthorized"),
            (403, "forbidden"),
            (404, "not-found"),
            (405, "api"),
            (409, "conflict"),
            (412, "conflict"),
            (423, "api"),
            (429, "rate-limit"),
            (500, "server"),
            (503, "server"),
        ] {
            assert_eq!(ApiKind::of(status).as_str(), kind, "{status}");
        }
    }

    #[test]
    fn each_kind_has_a_question_of_its_own() {
        let api = |status| {
            let body = ErrorBody::default();
            Error::<()>::Api(Box::new(ApiFault {
                operation: Operation::GetGroup,
                path: Operation::GetGroup.route().1.into(),
                status,
                body,
                request_id: None,
                missing_scope: None,
                warnings: Vec::new(),
                attempts: 1,
                retry_after: None,
            }))
        };
        let timeout = Error::Timeout { phase: Phase::Total, limit: Duration::from_secs(1) };
        let connection =
            Error::Connection { cause: (), code: None, origin: "https://a".into(), maybe_cors: false };
        for (error, yes) in [
            (api(400), "bad-request"),
            (api(401), "unauthorized"),
            (api(403), "forbidden"),
            (api(404), "not-found"),
            (api(409), "conflict"),
            (api(412), "conflict"),
            (api(429), "rate-limit"),
            (api(503), "server"),
            (timeout, "timeout"),
            (connection, "connection"),
            (api(405), ""),
            (Error::Refused(()), ""),
        ] {
            let kind = error.kind();
            let failure = Failure::<Nowhere>::from(error);
            let error = &failure.error;
            for (question, of_error, of_failure) in [
                ("bad-request", error.is_bad_request(), failure.is_bad_request()),
                ("unauthorized", error.is_unauthorized(), failure.is_unauthorized()),
                ("forbidden", error.is_forbidden(), failure.is_forbidden()),
                ("not-found", error.is_not_found(), failure.is_not_found()),
                ("conflict", error.is_conflict(), failure.is_conflict()),
                ("rate-limit", error.is_rate_limited(), failure.is_rate_limited()),
                ("server", error.is_server_error(), failure.is_server_error()),
                ("timeout", error.is_timeout(), failure.is_timeout()),
                ("connection", error.is_connection(), failure.is_connection()),
            ] {
                assert_eq!(
                    (of_error, of_failure),
                    (question == yes, question == yes),
                    "{question} of {kind}"
                );
            }
            assert_eq!((failure.kind(), failure.api_kind()), (error.kind(), error.api_kind()));
            assert_eq!(failure.is_transient(), error.is_transient());
        }
    }

    /// A platform without a driver.
    #[derive(Debug)]
    enum Nowhere {}

    impl Platform for Nowhere {
        type Headers = Vec<crate::host::Header>;
        type Body = serde_json::Value;
        type Cause = ();

        fn now(&self) -> Duration {
            match *self {}
        }
        fn random(&self) -> f64 {
            match *self {}
        }
        fn refresh_token(&self, _: &[crate::host::Header], _: std::time::Duration) -> bool {
            match *self {}
        }
        fn event(&self, _: &Event<'_, ()>) {
            match *self {}
        }
        fn may_hide_headers(&self) -> bool {
            match *self {}
        }
    }

    #[test]
    fn messages_name_things_as_rust_does_and_leave_foreign_text_alone() {
        let fault = |reason, snippet: &str| {
            Error::<()>::Response(Box::new(ResponseFault {
                reason,
                operation: Operation::GetGroup,
                path: Operation::GetGroup.route().1.into(),
                status: 200,
                content_type: None,
                snippet: Some(snippet.into()),
                request_id: None,
            }))
        };
        let html = fault(ResponseReason::Html, "set orgUrl");
        assert!(html.to_string().ends_with("a login page or a wrong OrgUrl): set orgUrl"), "{html}");
        assert!(html.message().ends_with("a login page or a wrong orgUrl): set orgUrl"));
        let large = fault(ResponseReason::TooLarge, "");
        assert!(large.to_string().contains("larger than max_response_bytes"), "{large}");
        let argument = Error::<()>::Argument(ArgumentError::new("sortBy", "is for a search only"));
        assert_eq!(argument.to_string(), "sort_by is for a search only");
        assert_eq!(argument.message(), "sortBy is for a search only");
    }

    #[test]
    fn a_snippet_is_short_and_plain() {
        assert_eq!(snippet("<html><title>Bad\n gateway</title><p>nginx</p>"), "Bad gateway nginx");
        assert_eq!(snippet("{\"a\":"), "{\"a\":");
        assert_eq!(snippet(&"x".repeat(500)).chars().count(), 201);
        assert_eq!(snippet(&"x <b>".repeat(500)).chars().count(), 201);
        assert_eq!(snippet(""), "");
    }

    #[test]
    fn a_snippet_takes_out_tags_only_and_folds_what_is_not_seen() {
        assert_eq!(snippet("a > b"), "a > b");
        assert_eq!(snippet("a\u{1}b\u{a0}c\r\n\td "), "a b c d");
    }

    #[test]
    fn each_phase_and_reason_has_a_name_and_a_message() {
        for (phase, name, message) in [
            (Phase::Queue, "queue", "the request was not sent within 1500 ms"),
            (Phase::Token, "token", "auth gave no token within 1500 ms"),
            (Phase::Attempt, "attempt", "the org did not answer within 1500 ms"),
            (Phase::Total, "total", "the call did not end within 1500 ms"),
        ] {
            let error = Error::<()>::Timeout { phase, limit: Duration::from_millis(1500) };
            assert_eq!((phase.as_str(), error.message().as_str()), (name, message));
        }
        for (reason, name) in [
            (ResponseReason::Html, "html"),
            (ResponseReason::Json, "json"),
            (ResponseReason::Shape, "shape"),
            (ResponseReason::TooLarge, "too-large"),
            (ResponseReason::Redirect, "redirect"),
            (ResponseReason::Status, "status"),
        ] {
            assert_eq!(reason.as_str(), name);
        }
        // The limit is cut to what a `u32` can hold.
        for (limit, millis) in
            [(Duration::ZERO, 0), (Duration::from_micros(2999), 2), (Duration::from_secs(1 << 32), u32::MAX)]
        {
            assert_eq!(whole_millis(limit), millis);
        }
    }

    #[test]
    fn what_may_pass_is_transient_and_what_the_platform_threw_is_the_source() {
        use std::error::Error as _;
        let thrown = || std::io::Error::other("boom");
        let connection = |code: Option<&str>| Error::Connection {
            cause: thrown(),
            code: code.map(str::to_owned),
            origin: "https://a".into(),
            maybe_cors: false,
        };
        let api = |status| {
            Error::Api(Box::new(ApiFault {
                operation: Operation::GetGroup,
                path: Operation::GetGroup.route().1.into(),
                status,
                body: ErrorBody::default(),
                request_id: None,
                missing_scope: None,
                warnings: Vec::new(),
                attempts: 1,
                retry_after: None,
            }))
        };
        let timeout = || Error::Timeout { phase: Phase::Attempt, limit: Duration::from_secs(1) };
        let on = On { method: Method::Get, path: "/api/v1/groups/00g1".to_owned() };
        let place = ", on GET /api/v1/groups/00g1";
        for (error, is_transient, has_cause, said) in [
            (timeout(), true, false, place),
            (connection(None), true, true, place),
            (connection(Some("ECONNRESET")), true, true, place),
            (connection(Some("CERT_HAS_EXPIRED")), false, true, place),
            (Error::Pagination(PaginationReason::Loop), false, false, place),
            (api(503), true, false, ""),
            (api(429), true, false, ""),
            (api(404), false, false, ""),
            (Error::Auth(thrown()), false, true, ""),
            (Error::Refused(thrown()), false, true, ""),
            (Error::Aborted, false, false, ""),
        ] {
            assert_eq!(error.is_transient(), is_transient, "{error:?}");
            assert_eq!(
                (error.place(Some(&on)).as_str(), error.place(None).as_str()),
                (said, ""),
                "{error:?}"
            );
            assert_eq!(
                error.source().map(ToString::to_string),
                has_cause.then(|| "boom".to_owned()),
                "{error:?}"
            );
            assert_eq!(
                error.into_cause().map(|cause| cause.to_string()),
                has_cause.then(|| "boom".to_owned())
            );
        }
    }

    #[test]
    fn only_a_404_with_the_orgs_own_code_says_that_something_is_missing() {
        for (status, code, is_missing) in [
            (404, Some(MISSING), true),
            (404, Some("E0000022"), false),
            (404, None, false),
            (400, Some(MISSING), false),
        ] {
            let fault = ApiFault {
                operation: Operation::GetGroup,
                path: Operation::GetGroup.route().1.into(),
                status,
                body: ErrorBody { code: code.map(str::to_owned), ..ErrorBody::default() },
                request_id: None,
                missing_scope: None,
                warnings: Vec::new(),
                attempts: 1,
                retry_after: None,
            };
            assert_eq!(fault.is_missing(), is_missing, "{status} {code:?}");
        }
    }
}
