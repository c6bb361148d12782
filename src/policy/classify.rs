//! Decides the outcome of an attempt by status, error code or connection failure.
//! `retry` decides what follows from it.

use crate::text::find;

/// The outcome of one attempt: the rows of the retry matrix (docs/okta-facts.md#retries).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The operation's answer.
    Good,
    /// Certainly never sent.
    Unsent,
    /// The connection broke, perhaps after the request was sent.
    Lost,
    /// No complete answer within `timeout`.
    TimedOut,
    /// 408 or 425.
    NotTaken,
    /// 409 or 423 with a code that says "try again": not executed.
    TryAgain,
    /// 429: not executed.
    Limited(Limit),
    /// 500. For a list it means that the page was too large.
    ServerError,
    /// 502, a 503 without a known reason, or a gateway's own status (520 to 530).
    Unavailable,
    /// 503 that says the org is read-only: not executed.
    ReadOnly,
    /// 503 E0000100, "Unable to perform search query".
    SearchFailed,
    /// 504.
    GatewayTimeout,
    /// 401.
    Unauthorized,
    /// 404 with Okta's code for an unknown resource. Any other 404 comes from a proxy, or is about another
    /// path.
    NotFound,
    /// A status below 400 with a body that is not Okta's (a proxy's page, a login form).
    WrongContent,
    /// The result is unknown: the answer is too large, or the program's own code lost it. Final.
    Unknown,
    /// Any other answer. Final.
    Rejected,
}

/// Which limit caused a 429.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The bucket's window, which ends at a known time.
    Window,
    /// The number of concurrent requests.
    Concurrency,
    /// Unknown, since this bucket's rate-limit headers are hidden from the client: most likely the window,
    /// which ends within a minute.
    Hidden,
    /// Another limit (a nested bucket, an edge proxy).
    Unknown,
}

/// How an attempt without an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoReply<'a> {
    /// The transport failed, with its error code if it has one (Node: `error.cause.code`).
    Connection(Option<&'a str>),
    /// `timeout` elapsed.
    Timeout,
}

/// The parts of an answer that classify it.
#[derive(Clone, Copy, Debug)]
pub struct ReplyView<'a> {
    /// HTTP status.
    pub status: u16,
    /// `errorCode` of an error body.
    pub code: Option<&'a str>,
    /// For a good status: whether the body is what the operation answers with (JSON, or nothing).
    pub content_ok: bool,
    /// For a 429: [`Learnt::limited`](super::Learnt::limited).
    pub limited: Option<Limit>,
}

impl Outcome {
    /// Classifies an answer by status and `errorCode` only: "Only the errorCode property is supported for
    /// runtime error flow control" (docs/okta-facts.md#errors).
    #[must_use]
    pub fn of_reply(reply: &ReplyView<'_>) -> Self {
        match (reply.status, reply.code) {
            // A redirect is an error: the management API has none (docs/okta-facts.md#errors). Browsers hide
            // its status as 0. The redirecting server may have passed the request on.
            (0 | 300..=399, _) => Self::Unknown,
            (1..=399, _) if reply.content_ok => Self::Good,
            (1..=399, _) => Self::WrongContent,
            (401, _) => Self::Unauthorized,
            (404, Some("E0000007")) => Self::NotFound,
            (408 | 425, _) => Self::NotTaken,
            (409, Some("E0000112" | "E0000249" | "E0000268")) | (423, Some("E0000239")) => Self::TryAgain,
            (429, _) => Self::Limited(reply.limited.unwrap_or(Limit::Unknown)),
            (500, _) => Self::ServerError,
            (503, Some("E0000010" | "E0000181")) => Self::ReadOnly,
            (503, Some("E0000100")) => Self::SearchFailed,
            (504, _) => Self::GatewayTimeout,
            // "Unsupported", by the API or by HTTP.
            (501 | 505, _) => Self::Rejected,
            (500..=599, _) => Self::Unavailable,
            _ => Self::Rejected,
        }
    }

    /// Classifies an attempt without an answer. A browser's `TypeError` has no code and proves nothing.
    #[must_use]
    pub fn of_no_reply(why: NoReply<'_>) -> Self {
        match why {
            NoReply::Timeout => Self::TimedOut,
            NoReply::Connection(Some(code)) if UNSENT.contains(&code) => Self::Unsent,
            NoReply::Connection(Some(code)) if is_certificate(code) => Self::Rejected,
            NoReply::Connection(_) => Self::Lost,
        }
    }

    /// Classifies a failed connection by its code. `unsent`: the platform says that nothing was sent.
    pub(crate) fn of_connection(code: Option<&str>, unsent: bool) -> Self {
        match Self::of_no_reply(NoReply::Connection(code)) {
            Self::Lost if unsent => Self::Unsent,
            outcome => outcome,
        }
    }

    /// Whether the same request may succeed later.
    #[must_use]
    pub fn is_transient(self) -> bool {
        match self {
            Self::Unsent
            | Self::Lost
            | Self::TimedOut
            | Self::NotTaken
            | Self::TryAgain
            | Self::Limited(_)
            | Self::ServerError
            | Self::Unavailable
            | Self::ReadOnly
            | Self::SearchFailed
            | Self::GatewayTimeout => true,
            Self::Good
            | Self::Unauthorized
            | Self::NotFound
            | Self::WrongContent
            | Self::Unknown
            | Self::Rejected => false,
        }
    }

    /// Whether the server may have carried out the request although it did not confirm it.
    #[must_use]
    pub fn may_have_run(self) -> bool {
        match self {
            Self::Lost
            | Self::TimedOut
            | Self::NotTaken
            | Self::ServerError
            | Self::Unavailable
            | Self::SearchFailed
            | Self::GatewayTimeout
            | Self::WrongContent
            | Self::Unknown => true,
            Self::Good
            | Self::Unsent
            | Self::TryAgain
            | Self::Limited(_)
            | Self::ReadOnly
            | Self::Unauthorized
            | Self::NotFound
            | Self::Rejected => false,
        }
    }
}

/// Codes of connections that were never made, and of requests that the server certainly did not take. Node
/// uses the system's codes; undici and HTTP/2 have one each. EHOSTUNREACH is not one: an open connection can
/// end with it.
const UNSENT: [&str; 6] =
    ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EAI_NODATA", "UND_ERR_CONNECT_TIMEOUT", "REFUSED_STREAM"];

/// Texts, in lower case, for the same errors in runtimes that give no such code. The package's
/// `auth/fault.js` has the same table.
const WORDS: [(&str, &str); 11] = [
    // HTTP/2: Node's code, and the text of the crate under Deno and reqwest.
    ("refused_stream", "REFUSED_STREAM"),
    ("refused stream before processing", "REFUSED_STREAM"),
    // rustls and OpenSSL: `invalid peer certificate: UnknownIssuer`, `self-signed certificate`.
    ("certificate", "CERTIFICATE"),
    // Codes of Bun before 1.3.
    ("connectionrefused", "ECONNREFUSED"),
    ("failedtoopensocket", "ENOTFOUND"),
    ("connectionclosed", "ECONNRESET"),
    // Texts of the system: Linux, macOS and Windows.
    ("connection reset", "ECONNRESET"),
    ("connection refused", "ECONNREFUSED"),
    ("actively refused", "ECONNREFUSED"),
    // The resolver of hyper, under Deno and reqwest.
    ("dns error", "ENOTFOUND"),
    // Bun, without a code.
    ("unable to connect. is the computer able", "ECONNREFUSED"),
];

/// Whether the code means a refused certificate, by OpenSSL's names as Node and Bun give them. A retry would
/// meet the same certificate.
pub(crate) fn is_certificate(code: &str) -> bool {
    ["CERT", "CRL"].iter().any(|part| find(code, part).is_some())
        || code.starts_with("UNABLE_TO_")
        || ["HOSTNAME_MISMATCH", "INVALID_CA", "INVALID_PURPOSE", "PATH_LENGTH_EXCEEDED"].contains(&code)
}

/// The code of a failed connection, by the platform's codes (`cause.code`, `code`, `errno`) and its message;
/// and whether the message says that the connection was never made. Other texts are dropped, since they may
/// hold anything, even a token.
pub(crate) fn connection_code<'a>(
    codes: impl Iterator<Item = &'a str> + Clone,
    says: &str,
) -> (Option<&'a str>, bool) {
    let is_code = |code: &&str| {
        code.len() < 64
            && code.bytes().next().is_some_and(|b| b.is_ascii_uppercase())
            && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    };
    let decides = |code: &&str| UNSENT.contains(code) || is_certificate(code);
    let says = says.to_ascii_lowercase();
    let contains = |word: &str| find(&says, word).is_some();
    let mut codes = codes.filter(is_code);
    let first = codes.clone().next();
    let word = WORDS.iter().find(|(word, _)| contains(word)).map(|(_, code)| *code);
    // A code from the platform is preferred, unless only the message decides.
    let code = codes.find(decides).or(word.filter(decides)).or(first).or(word);
    // Texts of hyper, under Deno and reqwest; of node-fetch 2; of Node for a handshake that ended early.
    let unsent = ["client error (connect)", "reason: connect e", "before secure tls connection"];
    (code, unsent.iter().any(|words| contains(words)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each text as the runtime was seen to give it; tests/runtimes/faults.test.mjs checks them again. The
    /// package reads the same table.
    #[test]
    fn what_implementations_say_of_a_failed_connection() {
        let table = include_str!("../../tests/fixtures/faults.json");
        let table: Vec<serde_json::Value> = serde_json::from_str(table).unwrap();
        assert!(table.len() > 30);
        for row in table {
            let error = &row["error"];
            let places = [error, &error["cause"]];
            let texts = |name| places.iter().filter_map(|error| error[name].as_str()).collect::<Vec<_>>();
            let codes = [texts("code"), texts("errno")].concat();
            let says = [texts("code"), texts("message")].concat().join(" ");
            let (found, unsent) = connection_code(codes.iter().copied(), &says);
            assert_eq!(found, row["code"].as_str(), "{row}");
            let calls = ["syscall", "erroredSysCall"].map(texts).concat();
            let unsent = unsent || calls.contains(&"connect") || calls.contains(&"getaddrinfo");
            let outcome = format!("{:?}", Outcome::of_connection(found, unsent));
            assert_eq!(outcome, row["outcome"], "{row}");
        }
    }

    #[test]
    fn replies() {
        use Outcome::*;
        for (status, code, content_ok, outcome) in [
            (200, None, true, Good),
            (204, None, true, Good),
            (302, None, true, Unknown),
            (0, None, false, Unknown),
            (200, None, false, WrongContent),
            (400, Some("E0000001"), true, Rejected),
            (400, Some("E0000031"), true, Rejected),
            (401, Some("E0000011"), true, Unauthorized),
            (401, Some("E0000015"), true, Unauthorized),
            (403, Some("E0000006"), true, Rejected),
            (404, Some("E0000007"), true, NotFound),
            (404, Some("E0000008"), true, Rejected),
            (404, None, true, Rejected),
            (408, None, false, NotTaken),
            (425, None, false, NotTaken),
            (409, Some("E0000112"), true, TryAgain),
            (409, Some("E0000249"), true, TryAgain),
            (409, Some("E0000268"), true, TryAgain),
            (409, Some("E0000055"), true, Rejected),
            (423, Some("E0000239"), true, TryAgain),
            (423, None, true, Rejected),
            (429, Some("E0000047"), true, Limited(Limit::Unknown)),
            (500, Some("E0000009"), true, ServerError),
            (501, Some("E0000060"), true, Rejected),
            (502, None, false, Unavailable),
            (503, None, false, Unavailable),
            (503, Some("E0000010"), true, ReadOnly),
            (503, Some("E0000181"), true, ReadOnly),
            (503, Some("E0000100"), true, SearchFailed),
            (504, None, false, GatewayTimeout),
            (505, None, false, Rejected),
            (524, None, false, Unavailable),
        ] {
            let reply = ReplyView { status, code, content_ok, limited: None };
            assert_eq!(Outcome::of_reply(&reply), outcome, "{status} {code:?}");
        }
    }

    #[test]
    fn attempts_without_a_reply() {
        for (why, outcome) in [
            (NoReply::Connection(Some("ECONNREFUSED")), Outcome::Unsent),
            (NoReply::Connection(Some("ENOTFOUND")), Outcome::Unsent),
            (NoReply::Connection(Some("EAI_AGAIN")), Outcome::Unsent),
            (NoReply::Connection(Some("UND_ERR_CONNECT_TIMEOUT")), Outcome::Unsent),
            (NoReply::Connection(Some("ECONNRESET")), Outcome::Lost),
            (NoReply::Connection(Some("UND_ERR_SOCKET")), Outcome::Lost),
            (NoReply::Connection(None), Outcome::Lost),
            (NoReply::Timeout, Outcome::TimedOut),
        ] {
            assert_eq!(Outcome::of_no_reply(why), outcome, "{why:?}");
        }
    }

    /// The retry matrix says what the client retries; this says what a program may retry.
    #[test]
    fn what_may_succeed_later_is_transient() {
        use Outcome::*;
        for outcome in [Unsent, Lost, TimedOut, NotTaken, TryAgain, ServerError, Unavailable, ReadOnly]
            .into_iter()
            .chain([SearchFailed, GatewayTimeout, Limited(Limit::Window), Limited(Limit::Concurrency)])
        {
            assert!(outcome.is_transient(), "{outcome:?}");
        }
        for outcome in [Good, Unauthorized, NotFound, WrongContent, Unknown, Rejected] {
            assert!(!outcome.is_transient(), "{outcome:?}");
        }
    }

    /// A program's own `fetch` may put anything into the code, even a token.
    #[test]
    fn what_does_not_look_like_a_code_is_left_out() {
        let (long, longest) = ("E".repeat(64), "E".repeat(63));
        for (text, code) in [
            (longest.as_str(), Some(longest.as_str())),
            (&long, None),
            ("secret", None),
            ("Secret", None),
            ("SECRET-1", None),
            ("1SECRET", None),
            ("_SECRET", None),
            ("", None),
            ("UND_ERR_2", Some("UND_ERR_2")),
        ] {
            assert_eq!(connection_code([text].into_iter(), ""), (code, false), "{text}");
        }
    }
}
