//! The org misbehaves on demand: what strikes which request, and what becomes of its answer.
//!
//! Pure like the rest: [`Org::deliver`] says what shall happen to an answer (late, slow, cut, never), the host acts
//! it out. A rule's `fault` is one of:
//!
//! | JSON | what happens | runs? |
//! |---|---|---|
//! | `"rateLimit"` | 429; others have used up the bucket until its window ends | never |
//! | `"concurrency"` | 429 with limit and remaining 0 | never |
//! | `"bareRateLimit"` | 429 without rate headers | never |
//! | `{"error": {"status": 503, "code": "E0000010"}}` | Okta's error object; without a code a gateway's text | by `after` |
//! | `"proxyError"`, `"loginPage"` | 502 and 200, each with an HTML page | by `after` |
//! | `"hang"`, `"reset"` | no answer ever; the connection breaks | by `after` |
//! | `{"pageTooLarge": 50}` | 500 for a page of more than so many items | reads only |
//! | `{"cutBody": 40}`, `{"truncatedBody": 40}` | the connection breaks, or the text ends, after so many bytes | yes |
//! | `{"slowBody": {"chunk": 64, "pauseMs": 50}}` | the body comes in pieces | yes |
//! | `{"latency": 500}` | the answer is so many milliseconds late | yes |
//! | `"duplicateHeaders"`, `"missingHeaders"`, `"hiddenDate"` | rate headers twice, or none; no `Date` | yes |
//! | `{"clockOffset": 90000}` | `Date` and `X-Rate-Limit-Reset` by a clock that is wrong by so many milliseconds | yes |
//! | `{"nextHost": "https://acme-admin.okta.com"}` | `next` on another origin | yes |
//! | `"nextSelf"`, `"nextFirst"` | `next` is the page itself, or the first page | yes |
//! | `{"nextLoses": "limit"}` | `next` without one of its parameters | yes |
//! | `"emptyPage"` | an empty page whose `next` leads to what it should have held | yes |
//! | `{"lag": 2000}` | groups younger than so many milliseconds are not in lists yet | yes |

use std::borrow::Cow;

use okta_groups::page::links;
use okta_groups::request::{Answer, Operation as Named};
use serde::Deserialize;
use serde_json::Value;

use crate::message::{Request, Response};
use crate::operation::Operation;
use crate::org::Org;
use crate::page::PageRequest;
use crate::refusal::Refusal;
use crate::store::Store;
use crate::url::{push_pair, query_pairs};
use crate::{cors, time};

/// How an org misbehaves. The default: not at all.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct FaultOptions {
    /// Faults by a script. All rules that match a request strike it.
    pub rules: Vec<FaultRule>,
    /// Faults by a seed, beside the rules.
    pub random: Option<RandomFaults>,
}

/// Which requests a fault strikes. A condition that is not given holds for all.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct FaultRule {
    /// As the reference writes it: `GET /api/v1/groups/{groupId}/users`.
    #[serde(default)]
    pub operation: Option<OperationName>,
    /// A part of path and query, as sent.
    #[serde(default)]
    pub path: Option<String>,
    /// Only the nth of the requests that match so far, from 1.
    #[serde(default)]
    pub nth: Option<u32>,
    /// Only every so many of them.
    #[serde(default)]
    pub every: Option<u32>,
    /// Only so many times.
    #[serde(default)]
    pub times: Option<u32>,
    /// Strikes after the org has done what was asked, which the client then cannot know. Default: before.
    #[serde(default)]
    pub after: bool,
    /// What happens.
    pub fault: Fault,
}

impl FaultRule {
    /// A rule for every request.
    pub fn new(fault: Fault) -> Self {
        Self { operation: None, path: None, nth: None, every: None, times: None, after: false, fault }
    }

    /// The same for one operation.
    #[must_use]
    pub fn on(mut self, operation: Named) -> Self {
        self.operation = Some(OperationName(operation));
        self
    }

    /// The same for the nth match only.
    #[must_use]
    pub fn nth(mut self, nth: u32) -> Self {
        self.nth = Some(nth);
        self
    }

    /// The same for the first matches only.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// The same, after the org has done what was asked.
    #[must_use]
    pub fn after(mut self) -> Self {
        self.after = true;
        self
    }
}

/// One of the nine operations, written as the reference does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct OperationName(pub Named);

impl TryFrom<String> for OperationName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let spelled = |operation: &Named| {
            let (method, path) = operation.route();
            text == [method.as_str(), " ", path].concat()
        };
        let unknown = || format!("{text} is no operation, such as GET {}", Named::ListUsers.route().1);
        Named::ALL.into_iter().find(spelled).map(Self).ok_or_else(unknown)
    }
}

/// Faults at random, the same for the same seed and requests.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct RandomFaults {
    /// The seed.
    pub seed: u64,
    /// The share of requests that are struck, from 0 to 1. Default 0.1.
    #[serde(default = "default_rate")]
    pub rate: f64,
    /// The faults to choose from. Default: one of every kind.
    #[serde(default = "Fault::every")]
    pub of: Vec<Fault>,
}

impl RandomFaults {
    /// One request in ten, by every kind of fault.
    pub fn new(seed: u64) -> Self {
        Self { seed, rate: default_rate(), of: Fault::every() }
    }

    /// The same at another rate.
    #[must_use]
    pub fn rate(mut self, rate: f64) -> Self {
        self.rate = rate;
        self
    }

    /// The same with other faults to choose from.
    #[must_use]
    pub fn of(mut self, faults: &[Fault]) -> Self {
        self.of = faults.to_vec();
        self
    }
}

fn default_rate() -> f64 {
    0.1
}

/// What can go wrong; the module's table says how.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the table above")]
pub enum Fault {
    RateLimit,
    Concurrency,
    BareRateLimit,
    Error {
        status: u16,
        #[serde(default)]
        code: Option<String>,
    },
    ProxyError,
    LoginPage,
    Hang,
    Reset,
    PageTooLarge(usize),
    CutBody(usize),
    TruncatedBody(usize),
    SlowBody {
        chunk: usize,
        pause_ms: u32,
    },
    Latency(u32),
    DuplicateHeaders,
    MissingHeaders,
    HiddenDate,
    ClockOffset(i64),
    NextHost(String),
    NextSelf,
    NextFirst,
    NextLoses(String),
    EmptyPage,
    Lag(u32),
}

impl Fault {
    /// An error object of Okta's.
    pub fn error(status: u16, code: &str) -> Self {
        Self::Error { status, code: Some(code.to_owned()) }
    }

    /// An error of something between client and org.
    pub fn status(status: u16) -> Self {
        Self::Error { status, code: None }
    }

    /// One of every kind.
    pub fn every() -> Vec<Self> {
        vec![
            Self::RateLimit,
            Self::Concurrency,
            Self::BareRateLimit,
            Self::error(500, "E0000009"),
            Self::status(502),
            Self::status(503),
            Self::error(503, "E0000010"),
            Self::error(503, "E0000100"),
            Self::status(504),
            Self::ProxyError,
            Self::LoginPage,
            Self::Hang,
            Self::Reset,
            Self::PageTooLarge(50),
            Self::CutBody(40),
            Self::TruncatedBody(40),
            Self::SlowBody { chunk: 256, pause_ms: 20 },
            Self::Latency(500),
            Self::DuplicateHeaders,
            Self::MissingHeaders,
            Self::HiddenDate,
            Self::ClockOffset(90_000),
            Self::NextHost("https://example-admin.okta.com".to_owned()),
            Self::NextSelf,
            Self::NextFirst,
            Self::NextLoses("limit".to_owned()),
            Self::EmptyPage,
            Self::Lag(2_000),
        ]
    }

    /// What comes in place of the org's answer, if the fault is of that kind.
    fn instead(&self, operation: Option<Named>, request: &Request) -> Option<Instead> {
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
            Self::PageTooLarge(most) if operation.is_some_and(is_list) => {
                let limit = PageRequest::parse(request.split().1, usize::MAX).ok()?.limit;
                return (limit > *most).then(|| Instead::Refuse(Struck::error(500, "E0000009")));
            }
            _ => return None,
        })
    }

    /// Whether the answer says that nothing was done, so that something done would make it a lie.
    fn says_not_done(&self) -> bool {
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

/// What comes in place of the org's answer.
enum Instead {
    Refuse(Struck),
    Page(u16, &'static str, &'static str),
    Hang,
    Reset,
}

/// A refusal that only a fault explains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Struck {
    RateLimit,
    Concurrency,
    BareRateLimit,
    Error { status: u16, code: String, after: bool },
}

impl Struck {
    fn error(status: u16, code: &str) -> Self {
        Self::Error { status, code: code.to_owned(), after: false }
    }

    pub(crate) fn refusal(&self) -> Refusal {
        match self {
            Self::RateLimit | Self::Concurrency | Self::BareRateLimit => Refusal::RateLimited,
            Self::Error { status, code, .. } => Refusal::Fault { status: *status, code: code.clone() },
        }
    }
}

/// What a host does with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// How long it waits first, in milliseconds.
    pub delay_ms: u32,
    /// What it does then.
    pub act: Act,
}

/// What a host does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Answers.
    Answer(Response, Pace),
    /// Breaks the connection without an answer.
    Reset,
    /// Nothing, for as long as the client waits.
    Hang,
}

/// How a body is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// At once.
    Whole,
    /// Its first bytes; then the connection breaks.
    Cut(usize),
    /// In pieces of `chunk` bytes, at least 1, with a pause before each.
    Slow {
        /// Bytes of a piece.
        chunk: usize,
        /// Milliseconds.
        pause_ms: u32,
    },
}

/// What is to be remembered between requests.
pub(crate) struct Faults {
    options: FaultOptions,
    /// Of each rule, the requests it matched and those it struck.
    counts: Vec<(u32, u32)>,
    rng: fastrand::Rng,
}

struct Strike {
    fault: Fault,
    after: bool,
}

impl Faults {
    pub(crate) fn new(options: FaultOptions) -> Self {
        let seed = options.random.as_ref().map_or(0, |random| random.seed);
        let counts = vec![(0, 0); options.rules.len()];
        Self { options, counts, rng: fastrand::Rng::with_seed(seed) }
    }

    fn strikes(&mut self, request: &Request, operation: Option<Named>) -> Vec<Strike> {
        let mut strikes = Vec::new();
        for (rule, (matched, struck)) in self.options.rules.iter().zip(&mut self.counts) {
            let matches = rule.operation.is_none_or(|name| Some(name.0) == operation)
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
            // All three are drawn each time, so that one request's luck does not depend on another's kind.
            let (share, choice, after) = (self.rng.f64(), self.rng.usize(..), self.rng.bool());
            if share < random.rate
                && let Some(fault) = random.of.get(choice % random.of.len().max(1))
            {
                strikes.push(Strike { fault: fault.clone(), after });
            }
        }
        strikes
    }
}

impl Org {
    /// Misbehaves by other options from here on.
    pub fn set_faults(&mut self, options: FaultOptions) {
        self.faults = Faults::new(options);
    }

    /// Answers `request` at `now_ms` as [`Org::handle`] does, but for the faults of
    /// [`Options::faults`](crate::Options::faults): what is returned is for the host to act out.
    pub fn deliver(&mut self, request: &Request, now_ms: i64) -> Delivery {
        let (marked, request) = (request, without_mark(request));
        let operation = Operation::of(&request.method, request.split().0).ok().map(|it| it.name());
        let strikes =
            if cors::is_preflight(&request) { Vec::new() } else { self.faults.strikes(&request, operation) };
        let latency = strikes.iter().map(|strike| match strike.fault {
            Fault::Latency(ms) => ms,
            _ => 0,
        });
        let delay_ms = latency.fold(0, u32::saturating_add);
        let instead = strikes.iter().find_map(|strike| {
            let after = strike.after && !strike.fault.says_not_done();
            Some((strike.fault.instead(operation, &request)?, after))
        });
        let mut response = match instead {
            None => self.handle(&request, now_ms),
            Some((Instead::Refuse(mut struck), ran)) => {
                if let Struck::Error { after, .. } = &mut struck {
                    *after = ran;
                }
                self.respond(&request, now_ms, Some(&struck))
            }
            Some((other, ran)) => {
                if ran {
                    self.handle(&request, now_ms);
                }
                match other {
                    Instead::Hang => return Delivery { delay_ms, act: Act::Hang },
                    Instead::Reset => return Delivery { delay_ms, act: Act::Reset },
                    Instead::Page(status, content_type, body) => page(status, content_type, body, now_ms),
                    Instead::Refuse(_) => self.handle(&request, now_ms),
                }
            }
        };
        let mut pace = Pace::Whole;
        for Strike { fault, .. } in &strikes {
            match fault {
                Fault::CutBody(after) => {
                    pace = Pace::Cut((*after).min(response.body.len().saturating_sub(1)))
                }
                Fault::TruncatedBody(after) => truncate(&mut response.body, *after),
                Fault::SlowBody { chunk, pause_ms } => {
                    pace = Pace::Slow { chunk: (*chunk).max(1), pause_ms: *pause_ms };
                }
                Fault::Lag(lag_ms) if operation == Some(Named::ListGroups) && response.status == 200 => {
                    hide_young(&mut response, &self.store, now_ms - i64::from(*lag_ms));
                }
                Fault::DuplicateHeaders => {
                    let again: Vec<_> =
                        response.headers.iter().filter(|it| is_rate(&it.0)).cloned().collect();
                    response.headers.extend(again);
                }
                Fault::MissingHeaders => response.headers.retain(|(name, _)| !is_rate(name)),
                Fault::HiddenDate => response.headers.retain(|(name, _)| name != "Date"),
                Fault::ClockOffset(offset_ms) => shift_clock(&mut response, *offset_ms, now_ms),
                bent if operation.is_some_and(is_list) && response.status == 200 => {
                    bend_next(&mut response, bent, marked);
                }
                _ => {}
            }
        }
        if response.body.is_empty() && matches!(pace, Pace::Cut(_)) {
            return Delivery { delay_ms, act: Act::Reset };
        }
        Delivery { delay_ms, act: Act::Answer(response, pace) }
    }
}

fn is_list(operation: Named) -> bool {
    operation.answer() == Answer::Page
}

fn is_rate(header: &str) -> bool {
    header.starts_with("X-Rate-Limit-")
}

/// What answers in the org's place sends none of the org's headers, those for pages of other origins included.
fn page(status: u16, content_type: &str, body: &str, now_ms: i64) -> Response {
    let headers: Vec<(Cow<'static, str>, String)> =
        vec![("Date".into(), time::http_date(now_ms)), ("Content-Type".into(), content_type.to_owned())];
    Response { status, headers, body: body.to_owned() }
}

/// Takes groups out of a list that were added after this time.
fn hide_young(response: &mut Response, store: &Store, after_ms: i64) {
    let is_young = |id: &str| store.group(id).is_some_and(|group| group.added_ms > after_ms);
    if let Ok(Value::Array(mut groups)) = serde_json::from_str(&response.body) {
        groups.retain(|group| group.get("id").and_then(Value::as_str).is_none_or(|id| !is_young(id)));
        response.body = Value::Array(groups).to_string();
    }
}

fn truncate(body: &mut String, after: usize) {
    let most = after.min(body.len().saturating_sub(1));
    let end = (0..=most).rev().find(|&at| body.is_char_boundary(at)).unwrap_or(0);
    body.truncate(end);
}

fn shift_clock(response: &mut Response, offset_ms: i64, now_ms: i64) {
    for (name, value) in &mut response.headers {
        match name.as_ref() {
            "Date" => *value = time::http_date(now_ms.saturating_add(offset_ms)),
            "X-Rate-Limit-Reset" => {
                if let Ok(reset) = value.parse::<i64>() {
                    *value = reset.saturating_add(offset_ms / 1000).to_string();
                }
            }
            _ => {}
        }
    }
}

/// Makes the `next` of a page lie. A list without `Link` headers (of a `q`) has nothing to bend.
fn bend_next(response: &mut Response, fault: &Fault, request: &Request) {
    let own: Vec<_> = response
        .get_all("link")
        .flat_map(links)
        .map(|link| (link.is("next"), link.target.to_owned()))
        .collect();
    let Some((_, this)) = own.iter().find(|(is_next, _)| !is_next) else { return };
    let base = this.split('?').next().unwrap_or_default();
    let true_next = own.iter().find(|(is_next, _)| *is_next).map(|(_, target)| target.as_str());
    let asked = query_pairs(request.split().1);
    let next = match fault {
        Fault::NextHost(origin) => true_next.map(|next| {
            let path = next.find("/api/").and_then(|at| next.get(at..)).unwrap_or_default();
            [origin.trim_end_matches('/'), path].concat()
        }),
        Fault::NextLoses(name) => true_next.map(|next| {
            let pairs = query_pairs(next.split_once('?').map_or("", |(_, query)| query));
            url(base, pairs.iter().filter(|(other, _)| other != name))
        }),
        Fault::NextSelf => Some(url(base, &asked)),
        Fault::NextFirst => Some(url(base, asked.iter().filter(|(name, _)| name != "after"))),
        Fault::EmptyPage => {
            response.body = "[]".to_owned();
            let after =
                asked.iter().find(|(name, _)| name == "after").map_or("", |(_, after)| after.as_str());
            let marked = ("after".to_owned(), mark(after));
            let others = asked.iter().filter(|(name, _)| name != "after");
            Some(url(base, others.chain([&marked])))
        }
        _ => return,
    };
    response.headers.retain(|(name, _)| name != "Link");
    response.headers.push(("Link".into(), format!("<{this}>; rel=\"self\"")));
    if let Some(next) = next {
        response.headers.push(("Link".into(), format!("<{next}>; rel=\"next\"")));
    }
}

fn url<'a>(base: &str, pairs: impl IntoIterator<Item = &'a (String, String)>) -> String {
    let mut query = String::new();
    pairs.into_iter().for_each(|(name, value)| push_pair(&mut query, name, value));
    [base, &query].concat()
}

/// In front of a cursor that leads on from an empty page: how many of them came before it.
const MARK: &str = "empty";

fn mark(after: &str) -> String {
    let (count, after) = unmark(after).unwrap_or((0, after));
    format!("{MARK}{}.{after}", count + 1)
}

fn unmark(after: &str) -> Option<(u32, &str)> {
    let (count, after) = after.strip_prefix(MARK)?.split_once('.')?;
    Some((count.parse().ok()?, after))
}

/// The request as the org knows it: what leads on from an empty page is the cursor that led there.
fn without_mark(request: &Request) -> Request {
    let (path, query) = request.split();
    let mut pairs = query_pairs(query);
    let marked = |(name, value): &(String, String)| name == "after" && unmark(value).is_some();
    if !pairs.iter().any(marked) {
        return request.clone();
    }
    for (name, value) in &mut pairs {
        if name == "after"
            && let Some((_, after)) = unmark(value)
        {
            *value = after.to_owned();
        }
    }
    let kept = pairs.iter().filter(|(name, value)| name != "after" || !value.is_empty());
    Request { path_and_query: url(path, kept), ..request.clone() }
}
