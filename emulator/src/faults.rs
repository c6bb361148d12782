//! Decides which faults strike a request, and what each does to the answer.
//!
//! Pure like the rest: [`Org::deliver`](crate::Org::deliver) returns how an answer is sent (late, slow, cut, never), and the
//! host carries it out. A rule's `fault` is one of:
//!
//! | JSON | what happens | runs? |
//! |---|---|---|
//! | `"rateLimit"` | 429; other programs have used up the bucket until its window ends | never |
//! | `"concurrency"` | 429 with limit and remaining 0 | never |
//! | `"bareRateLimit"` | 429 without rate headers | never |
//! | `{"error": {"status": 503, "code": "E0000010"}}` | Okta's error object; without a code a gateway's text | by `after` |
//! | `"proxyError"`, `"loginPage"` | 502 and 200, each with an HTML page | by `after` |
//! | `"hang"`, `"reset"` | the org never answers; the connection breaks | by `after` |
//! | `{"pageTooLarge": 50}` | 500 for a page of more items than this | reads only |
//! | `{"cutBody": 40}`, `{"truncatedBody": 40}` | the connection breaks, or the text ends, after this number of bytes | yes |
//! | `{"slowBody": {"chunk": 64, "pauseMs": 50}}` | the body comes in pieces | yes |
//! | `{"latency": 500}` | the answer is late by this number of milliseconds | yes |
//! | `"duplicateHeaders"`, `"missingHeaders"`, `"hiddenDate"` | rate limit headers twice, or none; no `Date` | yes |
//! | `{"clockOffset": 90000}` | `Date` and `X-Rate-Limit-Reset` are off by this number of milliseconds | yes |
//! | `{"nextHost": "https://acme-admin.okta.com"}` | `next` leads to another origin | yes |
//! | `"nextSelf"`, `"nextFirst"` | `next` leads to the same page, or to the first page | yes |
//! | `{"nextLoses": "limit"}` | `next` lacks one of its parameters | yes |
//! | `"emptyPage"` | an empty page whose `next` leads to the items that it should have held | yes |
//! | `{"lag": 2000}` | lists omit groups and people that are younger than this number of milliseconds | yes |

pub use crate::fault_options::{Fault, FaultOptions, FaultRule, OperationName, RandomFaults};
use crate::message::{Request, Response};
use crate::options::Quirks;
use crate::page::PageRequest;
use crate::refusal::Refusal;

impl Fault {
    /// The answer in place of the org's, if the fault has one.
    pub(crate) fn instead(&self, is_list: bool, request: &Request, quirks: Quirks) -> Option<Instead> {
        Some(match self {
            Self::RateLimit => Instead::Refuse(Struck::RateLimit),
            Self::Concurrency => Instead::Refuse(Struck::Concurrency),
            Self::BareRateLimit => Instead::Refuse(Struck::BareRateLimit),
            Self::Error { status, code: Some(code) } => Instead::Refuse(Struck::error(*status, code)),
            Self::Error { status, code: None } => Instead::Page(*status, "text/plain", "upstream error"),
            Self::ProxyError => Instead::Page(502, "text/html", PROXY_PAGE),
            Self::LoginPage => Instead::Page(200, "text/html; charset=utf-8", LOGIN_PAGE),
            Self::Hang => Instead::Hang,
            Self::Reset => Instead::Reset,
            Self::PageTooLarge(most) if is_list => {
                let limit = PageRequest::parse(request.split().1, usize::MAX, quirks).ok()?.limit;
                return (limit > *most).then(|| Instead::Refuse(Struck::error(500, "E0000009")));
            }
            _ => return None,
        })
    }

    /// Whether the fault's answer says that nothing was done, so that the org must not carry out the request.
    pub(crate) fn says_not_done(&self) -> bool {
        match self {
            Self::RateLimit | Self::Concurrency | Self::BareRateLimit => true,
            Self::Error { code: Some(code), .. } => matches!(code.as_str(), "E0000010" | "E0000181"),
            _ => false,
        }
    }
}

const PROXY_PAGE: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
    <center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n";
const LOGIN_PAGE: &str = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><form method=\"post\">\
    <input name=\"user\"><input name=\"password\" type=\"password\"></form></body></html>";

/// An answer in place of the org's.
pub(crate) enum Instead {
    Refuse(Struck),
    Page(u16, &'static str, &'static str),
    Hang,
    Reset,
}

/// A refusal that a fault causes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Struck {
    RateLimit,
    Concurrency,
    BareRateLimit,
    Error { status: u16, code: String, after: bool },
}

impl Struck {
    pub(crate) fn error(status: u16, code: &str) -> Self {
        Self::Error { status, code: code.to_owned(), after: false }
    }

    pub(crate) fn refusal(&self) -> Refusal {
        match self {
            Self::RateLimit | Self::Concurrency | Self::BareRateLimit => Refusal::RateLimited,
            Self::Error { status, code, .. } => Refusal::Fault { status: *status, code: code.clone() },
        }
    }
}

/// How a host sends an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The milliseconds that it waits first.
    pub delay_ms: u32,
    /// What the host does then.
    pub act: Act,
}

/// The action of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Sends an answer.
    Answer(Response, Pace),
    /// Breaks the connection without an answer.
    Reset,
    /// Sends nothing, for as long as the client waits.
    Hang,
}

/// How a body is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// At once.
    Whole,
    /// The first bytes; then the connection breaks.
    Cut(usize),
    /// In pieces of `chunk` bytes, at least 1, with a pause before each.
    Slow {
        /// Bytes of a piece.
        chunk: usize,
        /// Milliseconds.
        pause_ms: u32,
    },
}

/// The state of faults between requests.
pub(crate) struct Faults {
    options: FaultOptions,
    /// For each rule, the number of requests that it matched and that it struck.
    counts: Vec<(u32, u32)>,
    rng: fastrand::Rng,
}

pub(crate) struct Strike {
    pub(crate) fault: Fault,
    pub(crate) after: bool,
}

impl Faults {
    pub(crate) fn new(options: FaultOptions) -> Self {
        let seed = options.random.as_ref().map_or(0, |random| random.seed);
        let counts = vec![(0, 0); options.rules.len()];
        Self { options, counts, rng: fastrand::Rng::with_seed(seed) }
    }

    /// The faults that strike a request of the operation `route`.
    pub(crate) fn strikes(&mut self, request: &Request, route: Option<&str>) -> Vec<Strike> {
        let mut strikes = Vec::new();
        for (rule, (matched, struck)) in self.options.rules.iter().zip(&mut self.counts) {
            let matches = rule.operation.as_ref().is_none_or(|name| Some(&*name.0) == route)
                && rule.path.as_ref().is_none_or(|part| request.path_and_query.contains(part.as_str()));
            if !matches {
                continue;
            }
            *matched = matched.saturating_add(1);
            let strikes_now = rule.nth.is_none_or(|nth| *matched == nth)
                && rule.every.is_none_or(|every| matched.is_multiple_of(every.max(1)))
                && rule.times.is_none_or(|times| *struck < times);
            if strikes_now {
                *struck = struck.saturating_add(1);
                strikes.push(Strike { fault: rule.fault.clone(), after: rule.after });
            }
        }
        if let Some(random) = &self.options.random {
            // All three numbers are drawn for each request, so that the faults of a request do not depend on earlier faults.
            let (share, choice, after) = (self.rng.f64(), self.rng.u64(..), self.rng.bool());
            if share < random.rate
                && let Some(fault) = random.of.get((choice % random.of.len().max(1) as u64) as usize)
            {
                strikes.push(Strike { fault: fault.clone(), after });
            }
        }
        strikes
    }
}
