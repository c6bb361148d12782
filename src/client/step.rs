//! The inputs and outputs of the state machine [`Call`](super::Call), and the types that it shares with its
//! drivers, `turn` and `find`. This module decides nothing.

use std::borrow::Cow;

use super::Meta;
use crate::answer::{AnswerFacts, Yield};
use crate::error::{Error, On};
use crate::host::{Header, NoAnswerReason};
use crate::policy::Wait;
use crate::request::ArgumentError;
use crate::time::Duration;

/// What happened since the last step.
pub(crate) enum Input<'a> {
    /// The driver starts the call.
    Start,
    /// The bucket's name, or the error of the program's own bucket rule.
    Named(Result<Cow<'a, str>, ArgumentError>),
    /// The wait is over, or the gate changed.
    Woken,
    /// The headers that authenticate the attempt.
    Proof(Vec<Header>),
    /// The source of tokens failed.
    NoProof,
    /// The answer to the attempt, with its whole body.
    Answer(&'a AnswerFacts<'a>),
    /// The attempt ended without a whole answer.
    NoAnswer(NoAnswer<'a>),
    /// Whether the source of tokens will return another token than the refused one.
    Renewed(bool),
    /// The whole new profile, as JSON text.
    Merged(String),
    /// The attempt's timer fired.
    TimeUp,
    /// The caller aborted the call.
    Abort,
}

/// Why an attempt ended without a whole answer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NoAnswer<'a> {
    /// The network or the platform failed.
    Failed {
        /// The error's code, such as `ECONNREFUSED`.
        code: Option<&'a str>,
        /// Whether it is certain that nothing was sent.
        unsent: bool,
        /// Whether a refusal by CORS would look the same.
        maybe_cors: bool,
    },
    /// The program's own code failed in the middleware around the sending.
    Refused,
    /// The body is larger than the client's limit.
    TooLarge {
        /// The answer's status.
        status: u16,
    },
}

/// What the driver does next; `call` has the table.
pub(crate) enum Output {
    Name,
    Wait {
        time: Duration,
        gate: Option<Pause>,
    },
    Prove {
        time: Duration,
    },
    Send,
    Renew,
    /// Holds what is known of the answer whose body is merged.
    Merge(Box<Meta<()>>),
    Done(Result<Succeeded, Failed>),
}

/// A wait in the gate's queue.
#[derive(Clone, Copy)]
pub(crate) struct Pause {
    /// The longest that the wait may take.
    pub(crate) time: Duration,
    /// The count of the gate's changes when the queue was asked.
    pub(super) seen: u32,
}

/// Boxed like [`Failed`].
pub(crate) type Succeeded = Box<Success>;

/// A success, and which part of the last body is its result.
pub(crate) struct Success {
    pub(crate) meta: Box<Meta<()>>,
    /// The number of the answered attempt, counted by the driver from 1.
    pub(crate) of: u32,
    pub(crate) body: Yield,
    /// Only for a page.
    pub(crate) page: Option<PageFacts>,
}

/// What decides where the list continues.
#[derive(Clone, Debug)]
pub(crate) struct PageFacts {
    pub(crate) link: Option<String>,
    pub(crate) items: usize,
}

/// Boxed, since it is passed on many times and each copy of its fields is code.
pub(crate) type Failed = Box<FailedCall>;

/// A failed call, without the headers, body and cause that the driver holds.
#[derive(Clone, Debug)]
pub(crate) struct FailedCall {
    pub(crate) error: Error,
    /// The number of the failed attempt, counted by the driver from 1; 0 for none.
    pub(crate) of: u32,
    /// What is known of the attempt's answer, if there was one.
    pub(crate) meta: Option<Box<Meta<()>>>,
    pub(crate) on: Option<Box<On>>,
    pub(crate) may_have_run: bool,
    pub(crate) attempts: u32,
    pub(crate) waited: Duration,
    /// Whether the failure is about the page's `Link` header, so that the page belongs to the failure.
    pub(crate) has_page: bool,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Box::new(FailedCall {
            error,
            of: 0,
            meta: None,
            on: None,
            may_have_run: false,
            attempts: 0,
            waited: Duration::ZERO,
            has_page: false,
        })
    }
}

impl From<ArgumentError> for Failed {
    fn from(error: ArgumentError) -> Self {
        Error::Argument(error).into()
    }
}

/// An event of a call, in the order of occurrence. [`Call::request`] is the request that it is about.
#[derive(Debug)]
pub(crate) enum Note {
    Request {
        attempt: u32,
    },
    Response {
        status: u16,
        duration: Duration,
        request_id: Option<String>,
    },
    NoAnswer {
        attempt: u32,
        duration: Duration,
        reason: NoAnswerReason,
    },
    /// [`Call::failed`] has the failure.
    Retry {
        attempt: u32,
        delay: Duration,
    },
    Throttle {
        bucket: String,
        wait: Option<Duration>,
        reason: Wait,
    },
    PageShrink {
        from: u32,
        to: u32,
    },
    Token,
}
