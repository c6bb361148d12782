//! What the client asks of the platform it runs on: time, tokens and HTTP. Nothing here decides anything.

use std::borrow::Cow;
use std::future::Future;
use std::time::Duration;

pub use crate::error::Cause;
use crate::error::{Error, ErrorBody};
use crate::filter::Warning;
use crate::policy::Wait;
use crate::request::{ArgumentError, Method, Request};
use crate::sync::{MaybeSend, MaybeSync};

/// A platform, as far as nothing is waited for.
pub trait Platform {
    /// The headers of an answer.
    type Headers: HeaderMap + MaybeSend + MaybeSync;
    /// A decoded body, wherever the platform keeps it.
    type Body: Body + MaybeSend + MaybeSync;
    /// What the platform throws.
    type Cause: Cause + MaybeSend + MaybeSync;

    /// Time since an arbitrary moment, never going back. It moves with [`Host::sleep`], and hosts of clients that share
    /// their limits count from the same moment.
    fn now(&self) -> Duration;

    /// A number in `[0, 1)`, for jitter.
    fn random(&self) -> f64;

    /// Told of a 401 to the headers of a [`Host::authorize`]: whether that will give others the next time. Where it
    /// gives others by now, because another call was told before, it need not ask for them again. The call began then.
    fn refresh_token(&self, refused: &[Header], began: Duration) -> bool;

    /// Told of what the client does. May only watch.
    fn event(&self, event: &Event<'_, Self::Cause>);

    /// The rate-limit bucket that a request counts in: [`Request::bucket`], where the org has no rules of its own.
    ///
    /// # Errors
    /// If the program's own rule gives none.
    fn bucket(&self, request: &Request) -> Result<Cow<'static, str>, ArgumentError> {
        Ok(request.bucket())
    }

    /// Whether an answer's headers can be hidden from the program (cross-origin in a browser).
    fn may_hide_headers(&self) -> bool;
}

/// A platform that waits in Rust: `fetch` in a Rust front end, an HTTP library natively, a script in a simulation.
///
/// Dropping a future of a host stops what it was doing: a dropped [`Host::send`] aborts the request. Outside of wasm the
/// futures are `Send`, so that a program which is generic over its host can be spawned.
pub trait Host: Platform {
    /// Resolves after `duration`.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + MaybeSend;

    /// The headers that prove who is asking. They are checked before they reach the platform, whose own errors
    /// would quote them.
    fn authorize(
        &self,
        attempt: Attempt<'_>,
    ) -> impl Future<Output = Result<Vec<Header>, Self::Cause>> + MaybeSend;

    /// Sends a request and reads the whole answer, following no redirect.
    fn send(&self, outgoing: Outgoing<'_>) -> impl Future<Output = Sent<Self>> + MaybeSend;
}

/// A body of JSON: [`serde_json::Value`] where Rust reads it, a `JsValue` where JavaScript does.
pub trait Body: Sized {
    /// A body that is not decoded yet.
    type Text: MaybeSend + MaybeSync;

    /// The beginning of a body, at least 256 characters of it where it has them.
    fn beginning(text: &Self::Text) -> String;

    /// Decodes JSON.
    fn decode(text: &Self::Text) -> Option<Self>;

    /// Whether decoding the text changes a number that it holds.
    fn is_inexact(_text: &Self::Text) -> bool {
        false
    }

    /// What kind of JSON value it is.
    fn shape(&self) -> Shape;

    /// The item of an array, if it has so many.
    fn item(&self, index: usize) -> Option<Self>;

    /// The text at a path of property names, if there is one.
    fn text_at(&self, path: &[&str]) -> Option<String>;

    /// Whether it is an object with a property of this name.
    fn has(&self, name: &str) -> bool;

    /// Reads an error object, as far as it is one.
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

/// What [`Host::send`] comes to.
pub type Sent<P> = Result<Incoming<<P as Platform>::Headers, TextOf<P>>, SendFault<<P as Platform>::Cause>>;

/// A body that is not decoded yet, on a platform.
pub type TextOf<P> = <<P as Platform>::Body as Body>::Text;

/// The headers of an answer.
pub trait HeaderMap {
    /// The value of a header, its name in any case; several are joined by commas.
    fn get(&self, name: &str) -> Option<String>;
}

/// For hosts of a test's own.
impl HeaderMap for Vec<Header> {
    fn get(&self, name: &str) -> Option<String> {
        let named = self.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name));
        let values: Vec<&str> = named.map(|(_, value)| value.as_str()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }
}

/// What a token is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// The method of the request.
    pub method: Method,
    /// The URL of the request.
    pub url: &'a str,
    /// 1 for the first time it is sent.
    pub number: u32,
    /// When the call began, by [`Platform::now`].
    pub began: Duration,
}

/// A request as it is sent.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// The method.
    pub method: Method,
    /// The whole URL.
    pub url: &'a str,
    /// The headers, checked.
    pub headers: &'a [Header],
    /// JSON text.
    pub body: Option<&'a str>,
    /// The most bytes of body to read.
    pub max_bytes: u32,
}

/// An answer.
#[derive(Debug)]
pub struct Incoming<Headers, Text> {
    /// HTTP status; 0 where the platform hides a redirect.
    pub status: u16,
    /// Its headers.
    pub headers: Headers,
    /// Its body; `None` for an empty one.
    pub text: Option<Text>,
    /// Whether the body was not UTF-8: its text holds U+FFFD in place of something else.
    pub lossy: bool,
}

/// Why no whole answer came.
#[derive(Debug)]
#[non_exhaustive]
pub enum SendFault<Cause> {
    /// The network, or the platform.
    Failed {
        /// What the platform said.
        cause: Cause,
        /// The platform's code for it, where it has one (Node: `ECONNREFUSED`).
        code: Option<String>,
        /// Whether a cross-origin refusal would look just the same.
        maybe_cors: bool,
    },
    /// No connection came about, so nothing was sent.
    Unsent {
        /// What the platform said.
        cause: Cause,
        /// The platform's code for it, where it has one.
        code: Option<String>,
    },
    /// The program's own code around the sending, which says for itself what the matter is.
    Refused(Cause),
    /// More than [`Outgoing::max_bytes`].
    TooLarge {
        /// The status that came with it.
        status: u16,
    },
}

/// The kinds of JSON values that an answer can be told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// An array of so many items.
    Array(usize),
    /// An object.
    Object,
    /// Anything else.
    Other,
}

/// What the client does, as it does it. Nothing in it is secret.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a, Cause> {
    /// A request is being sent.
    Request {
        /// The call that it belongs to.
        call: u32,
        /// The request.
        request: &'a Request,
        /// 1 for the first time.
        attempt: u32,
    },
    /// An answer came.
    Response {
        /// The call that it belongs to.
        call: u32,
        /// HTTP status.
        status: u16,
        /// From sending to the whole answer.
        duration: Duration,
        /// Okta's id of the request.
        request_id: Option<&'a str>,
    },
    /// A request will be sent again.
    Retry {
        /// The call that it belongs to.
        call: u32,
        /// The attempt that failed.
        attempt: u32,
        /// How long until then, besides any turn to wait for.
        delay: Duration,
        /// Why it failed.
        error: &'a Error<Cause>,
    },
    /// A request waits for its turn.
    Throttle {
        /// The rate-limit bucket.
        bucket: &'a str,
        /// How long, where that is known.
        wait: Option<Duration>,
        /// What it waits for.
        reason: Wait,
    },
    /// A list goes on with smaller pages.
    PageShrink {
        /// The page size that was too much.
        from: u32,
        /// The page size from here on.
        to: u32,
        /// The request, with the new size.
        request: &'a Request,
    },
    /// A new token is asked for, after a 401.
    Token,
    /// An expression goes beyond the documentation of its parameter; Okta may refuse it.
    Warning(&'a Warning),
}
