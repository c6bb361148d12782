//! The interface to the platform: time, tokens, HTTP and events. This module decides nothing.

use std::borrow::Cow;
use std::future::Future;

pub use crate::error::Cause;
use crate::error::{Error, ErrorBody};
use crate::filter::Warning;
use crate::policy::Wait;
use crate::request::{ArgumentError, Method, Request};
use crate::sync::{MaybeSend, MaybeSync};
use crate::time::Duration;

/// The part of a platform that never waits.
pub trait Platform {
    /// The headers of an answer.
    type Headers: HeaderMap + MaybeSend + MaybeSync;
    /// A decoded body, wherever the platform keeps it.
    type Body: Body + MaybeSend + MaybeSync;
    /// What the platform throws when a request or a token fails.
    type Cause: Cause + MaybeSend + MaybeSync;

    /// The time since a fixed moment, never going back. It agrees with [`Host::sleep`]. Hosts of clients that
    /// share their limits count from the same moment.
    fn now(&self) -> Duration;

    /// A number in `[0, 1)`, for jitter.
    fn random(&self) -> f64;

    /// Takes a 401 to the headers of a [`Host::authorize`]. `began` is the start of the call. Returns whether
    /// the next `authorize` returns other headers. If another call has renewed the token already, the source
    /// need not be asked again.
    fn refresh_token(&self, refused: &[Header], began: Duration) -> bool;

    /// Takes an event. The host may only observe it.
    fn event(&self, event: &Event<'_, Self::Cause>);

    /// The rate-limit bucket of a request. Default: [`Request::bucket`].
    ///
    /// # Errors
    /// [`ArgumentError`] if the program's own rule returns no bucket.
    fn bucket(&self, request: &Request) -> Result<Cow<'static, str>, ArgumentError> {
        Ok(request.bucket())
    }

    /// Whether the platform can hide an answer's headers from the program (cross-origin in a browser).
    fn may_hide_headers(&self) -> bool;
}

/// A platform whose waits are Rust futures: `fetch` in a Rust front end, an HTTP library natively, a script
/// in a simulation.
///
/// Dropping a future of a host stops its work: a dropped [`Host::send`] aborts the request. Outside of wasm
/// the futures are `Send`, so that a program that is generic over its host can spawn them.
pub trait Host: Platform {
    /// Resolves after `duration`.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + MaybeSend;

    /// The headers that authenticate the attempt. The client checks them before the platform sees them, since
    /// the platform's errors would quote them.
    fn authorize(
        &self,
        attempt: Attempt<'_>,
    ) -> impl Future<Output = Result<Vec<Header>, Self::Cause>> + MaybeSend;

    /// Sends a request and reads the whole answer. Follows no redirect.
    fn send(&self, outgoing: Outgoing<'_>) -> impl Future<Output = Sent<Self>> + MaybeSend;
}

/// A JSON body: [`serde_json::Value`] if Rust decodes it, a `JsValue` if JavaScript does.
pub trait Body: Sized {
    /// A body that is not decoded yet.
    type Text: MaybeSend + MaybeSync;

    /// The beginning of a body, at least 256 characters if it is as long.
    fn beginning(text: &Self::Text) -> String;

    /// Decodes JSON; `None` if it is not JSON.
    fn decode(text: &Self::Text) -> Option<Self>;

    /// Whether decoding rounds a number in the text.
    fn is_inexact(_text: &Self::Text) -> bool {
        false
    }

    /// What kind of JSON value it is.
    fn shape(&self) -> Shape;

    /// The item of an array; `None` if there is none.
    fn item(&self, index: usize) -> Option<Self>;

    /// The text at a path of property names; `None` if there is none.
    fn text_at(&self, path: &[&str]) -> Option<String>;

    /// Whether it is an object with a property of this name.
    fn has(&self, name: &str) -> bool;

    /// Reads the body as an error object, as far as it is one.
    fn error_body(&self) -> ErrorBody;
}

/// Any Rust error.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

impl Cause for BoxError {
    fn as_error(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.as_ref())
    }
}

/// A header's name and value.
pub type Header = (String, String);

/// The result of [`Host::send`].
pub type Sent<P> = Result<Incoming<<P as Platform>::Headers, TextOf<P>>, SendFault<<P as Platform>::Cause>>;

/// A platform's body that is not decoded yet.
pub type TextOf<P> = <<P as Platform>::Body as Body>::Text;

/// The headers of an answer.
pub trait HeaderMap {
    /// The value of a header, by its name in any case. Several values are joined by commas.
    fn get(&self, name: &str) -> Option<String>;
}

/// For hosts in tests.
impl HeaderMap for Vec<Header> {
    fn get(&self, name: &str) -> Option<String> {
        let named = self.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name));
        let values: Vec<&str> = named.map(|(_, value)| value.as_str()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }
}

/// The attempt that a token is needed for.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// The method of the request.
    pub method: Method,
    /// The URL of the request.
    pub url: &'a str,
    /// The number of the attempt, from 1.
    pub number: u32,
    /// When the call began, on the clock of [`Platform::now`].
    pub began: Duration,
}

/// A request as the host sends it.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// The method.
    pub method: Method,
    /// The whole URL.
    pub url: &'a str,
    /// The headers. They are checked.
    pub headers: &'a [Header],
    /// The body as JSON text.
    pub body: Option<&'a str>,
    /// The most bytes of the answer's body to read.
    pub max_bytes: u32,
}

/// An answer.
#[derive(Debug)]
pub struct Incoming<Headers, Text> {
    /// HTTP status; 0 if the platform hides a redirect.
    pub status: u16,
    /// The headers.
    pub headers: Headers,
    /// The body; `None` if it is empty.
    pub text: Option<Text>,
    /// Whether the body was not valid UTF-8. Its text then holds U+FFFD for the invalid bytes.
    pub lossy: bool,
}

/// Why there is no whole answer.
#[derive(Debug)]
#[non_exhaustive]
pub enum SendFault<Cause> {
    /// The network or the platform failed.
    Failed {
        /// The platform's error.
        cause: Cause,
        /// The platform's code for the error, if it has one (Node: `ECONNREFUSED`).
        code: Option<String>,
        /// Whether a refusal by CORS would look the same.
        maybe_cors: bool,
    },
    /// The connection was never made, so nothing was sent.
    Unsent {
        /// The platform's error.
        cause: Cause,
        /// The platform's code for the error, if it has one.
        code: Option<String>,
    },
    /// The program's own code failed in the middleware around the sending. Holds its error.
    Refused(Cause),
    /// The body has more than [`Outgoing::max_bytes`].
    TooLarge {
        /// The answer's status.
        status: u16,
    },
}

/// The kind of a JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// An array of objects, with the number of items.
    Array(usize),
    /// An object.
    Object,
    /// Anything else.
    Other,
}

/// Why an attempt ended without a whole answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoAnswerReason {
    /// The connection failed before or in the middle of the answer, or the program's middleware threw.
    Connection,
    /// The attempt or the call ran out of time.
    Timeout,
    /// The body exceeds the client's limit.
    TooLarge,
    /// The program aborted the call.
    Aborted,
}

impl NoAnswerReason {
    /// The name of the reason in JavaScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            NoAnswerReason::Connection => "connection",
            NoAnswerReason::Timeout => "timeout",
            NoAnswerReason::TooLarge => "too-large",
            NoAnswerReason::Aborted => "aborted",
        }
    }
}

/// What the client does, while it does it. No event holds a secret.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a, Cause> {
    /// A request is being sent.
    Request {
        /// The number of the call.
        call: u32,
        /// The request.
        request: &'a Request,
        /// The number of the attempt, from 1.
        attempt: u32,
    },
    /// An answer was received.
    Response {
        /// The number of the call.
        call: u32,
        /// HTTP status.
        status: u16,
        /// The time from sending to the end of the body.
        duration: Duration,
        /// Okta's id of the request.
        request_id: Option<&'a str>,
    },
    /// An attempt ended without a whole answer. Each attempt emits either this or [`Event::Response`], unless
    /// its future is dropped.
    NoAnswer {
        /// The number of the call.
        call: u32,
        /// The number of the attempt, from 1.
        attempt: u32,
        /// The time from sending to the failure.
        duration: Duration,
        /// The reason.
        reason: NoAnswerReason,
    },
    /// A request will be retried.
    Retry {
        /// The number of the call.
        call: u32,
        /// The attempt that failed.
        attempt: u32,
        /// The pause before the next attempt; it may then wait for the gate, too.
        delay: Duration,
        /// The error of that attempt.
        error: &'a Error<Cause>,
    },
    /// A request waits for the rate-limit gate.
    Throttle {
        /// The call that waits.
        call: u32,
        /// The rate-limit bucket.
        bucket: &'a str,
        /// How long it waits, if that is known.
        wait: Option<Duration>,
        /// The reason.
        reason: Wait,
    },
    /// A list continues with smaller pages.
    PageShrink {
        /// The former page size.
        from: u32,
        /// The new page size.
        to: u32,
        /// The request, with the new size.
        request: &'a Request,
    },
    /// The source of tokens will be asked for a new token, after a 401.
    Token,
    /// An expression uses what Okta does not document for its parameter; Okta may refuse it.
    Warning(&'a Warning),
}
