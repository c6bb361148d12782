//! What a call is told and what it orders: the words between [`Call`](super::Call) and whoever drives it, `turn` and `find`.

use std::borrow::Cow;
use std::time::Duration;

use super::Meta;
use crate::answer::{AnswerFacts, Yield};
use crate::error::{Error, On};
use crate::host::Header;
use crate::policy::Wait;
use crate::request::ArgumentError;

/// What happened since the last step.
pub(crate) enum Input<'a> {
    /// The driver begins.
    Start,
    /// The bucket's name, or what is wrong with the program's own rule.
    Named(Result<Cow<'a, str>, ArgumentError>),
    /// The wait is over, or the gate changed.
    Woken,
    /// The headers that authenticate the attempt.
    Proof(Vec<Header>),
    /// There are none: the source of tokens failed.
    NoProof,
    /// An answer came.
    Answer(&'a AnswerFacts<'a>),
    /// No whole answer came.
    NoAnswer(NoAnswer<'a>),
    /// Whether the source of tokens gives others from here on.
    Renewed(bool),
    /// The whole new profile, as JSON text.
    Merged(String),
    /// The time that the attempt may take is over.
    TimeUp,
    /// The caller gives the call up.
    Abort,
}

/// Why no whole answer came.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NoAnswer<'a> {
    /// The network failed, or the platform.
    Failed {
        /// The code of the failure.
        code: Option<&'a str>,
        /// Whether it is known that nothing was sent.
        unsent: bool,
        /// Whether a cross-origin refusal would look just the same.
        maybe_cors: bool,
    },
    /// The program's own code around the sending failed.
    Refused,
    /// The body has more bytes than the client reads.
    TooLarge {
        /// The status that came with it.
        status: u16,
    },
}

/// What is to be done next.
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
    /// About the answer whose body it is.
    Merge(Box<Meta<()>>),
    Done(Result<Succeeded, Failed>),
}

/// A wait for the queue.
#[derive(Clone, Copy)]
pub(crate) struct Pause {
    /// How long it is at most.
    pub(crate) time: Duration,
    /// What had changed before the queue was asked.
    pub(super) seen: u32,
}

/// A success. In a box, as a [`Failed`].
pub(crate) type Succeeded = Box<Success>;

/// A success: what of the last answer's body is the result.
pub(crate) struct Success {
    pub(crate) meta: Box<Meta<()>>,
    /// Which attempt was answered so, in the order in which the driver made them.
    pub(crate) of: u32,
    pub(crate) body: Yield,
    /// Of a page.
    pub(crate) page: Option<PageFacts>,
}

/// What of a page decides where the list goes on.
#[derive(Clone, Debug)]
pub(crate) struct PageFacts {
    pub(crate) link: Option<String>,
    pub(crate) items: usize,
}

/// A call that failed. In a box: it is handed on many times, and each copy of its fields is code.
pub(crate) type Failed = Box<FailedCall>;

/// A call that failed, less what the driver holds of it.
#[derive(Clone, Debug)]
pub(crate) struct FailedCall {
    pub(crate) error: Error,
    /// Which attempt it is about, in the order in which the driver made them; 0 for none.
    pub(crate) of: u32,
    /// About its answer, if one came.
    pub(crate) meta: Option<Box<Meta<()>>>,
    pub(crate) on: Option<Box<On>>,
    pub(crate) may_have_run: bool,
    pub(crate) attempts: u32,
    pub(crate) waited: Duration,
    /// Whether the page that came belongs to it: the list cannot go on from there.
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

/// What a call did, in the order in which it did it; [`Call::request`] is the request that it is about.
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
    /// The failure is that of [`Call::failed`].
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
