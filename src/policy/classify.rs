use crate::text::find;

/// What became of one attempt: the rows of the retry matrix (docs/okta-facts.md#retries).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The answer asked for.
    Good,
    /// Provably never sent.
    Unsent,
    /// Broken off, perhaps after it was sent.
    Lost,
    /// No full answer within `timeout`.
    TimedOut,
    /// 408, 425.
    NotTaken,
    /// 409 and 423 that say "try again": not executed.
    TryAgain,
    /// 429: not executed.
    Limited(Limit),
    /// 500. On a list it says the page was too much.
    ServerError,
    /// 502, a 503 that does not say why, or what gateways have of their own (520 to 530).
    Unavailable,
    /// 503 that says the org takes no writes now: not executed.
    ReadOnly,
    /// 503 E0000100, "Unable to perform search query".
    SearchFailed,
    /// 504.
    GatewayTimeout,
    /// 401.
    Unauthorized,
    /// 404 of what the org does not know. Any other is of something in between, or of another path.
    NotFound,
    /// A status below 400 whose body is not what Okta answers (a proxy's page, a login form).
    WrongContent,
    /// What came of it cannot be told: the answer is too large, or the program's own code lost it. Final.
    Untold,
    /// Any other answer: final.
    Rejected,
}

/// Which limit a 429 was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The bucket's window: it ends at a known time.
    Window,
    /// Requests at the same time.
    Concurrency,
    /// Rate headers are hidden from us in this bucket: most likely its window, until some time within a minute.
    Hidden,
    /// Another one (a nested bucket, an edge proxy).
    Unknown,
}

/// How an attempt without an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoReply<'a> {
    /// The transport failed, with its code if it gives one (Node: `error.cause.code`).
    Connection(Option<&'a str>),
    /// `timeout` passed.
    Timeout,
}

/// What of an answer decides.
#[derive(Clone, Copy, Debug)]
pub struct ReplyView<'a> {
    /// HTTP status.
    pub status: u16,
    /// `errorCode` of an error body.
    pub code: Option<&'a str>,
    /// Whether a body of a good status is what the operation answers (JSON, or nothing where nothing is due).
    pub content_ok: bool,
    /// [`Learnt::limited`](super::Learnt::limited) of a 429.
    pub limited: Option<Limit>,
}

impl Outcome {
    /// Classifies an answer. Only status and `errorCode` count: "Only the errorCode property is supported for
    /// runtime error flow control" (docs/okta-facts.md#errors).
    #[must_use]
    pub fn of_reply(reply: &ReplyView<'_>) -> Self {
        match (reply.status, reply.code) {
            // Redirects are errors: the management API has none (docs/okta-facts.md#errors). Browsers hide them as 0. What
            // sent one may have passed the request on.
            (0 | 300..=399, _) => Self::Untold,
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
            // "Unsupported", of the API or of HTTP.
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

    /// Classifies a failed connection by its code, and whether it is known that nothing was sent.
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
            | Self::Untold
            | Self::Rejected => false,
        }
    }

    /// Whether the server may have done what was asked, though it did not say so.
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
            | Self::Untold => true,
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

/// Codes of connections that did not come about, and of requests that a server proves not to have taken. Node names the
/// system's; undici and HTTP/2 have one each. EHOSTUNREACH is none: a connection that dies later may give it.
const UNSENT: [&str; 6] =
    ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EAI_NODATA", "UND_ERR_CONNECT_TIMEOUT", "REFUSED_STREAM"];

/// Words for the same in the errors of implementations that give no such code, in lower case. The package's
/// `auth/fault.js` has the same table.
const WORDS: [(&str, &str); 11] = [
    // HTTP/2, by Node's name and by that of the crate under Deno and reqwest.
    ("refused_stream", "REFUSED_STREAM"),
    ("refused stream before processing", "REFUSED_STREAM"),
    // rustls and OpenSSL: `invalid peer certificate: UnknownIssuer`, `self-signed certificate`.
    ("certificate", "CERTIFICATE"),
    // The codes of Bun before 1.3.
    ("connectionrefused", "ECONNREFUSED"),
    ("failedtoopensocket", "ENOTFOUND"),
    ("connectionclosed", "ECONNRESET"),
    // The system's words, of Linux and macOS, and of Windows.
    ("connection reset", "ECONNRESET"),
    ("connection refused", "ECONNREFUSED"),
    ("actively refused", "ECONNREFUSED"),
    // The resolver of hyper, under Deno and reqwest.
    ("dns error", "ENOTFOUND"),
    // Bun, without a code.
    ("unable to connect. is the computer able", "ECONNREFUSED"),
];

/// Whether the code says that a certificate was refused: OpenSSL's names for it, as Node and Bun give them. Another
/// attempt meets the same one.
pub(crate) fn is_certificate(code: &str) -> bool {
    ["CERT", "CRL"].iter().any(|part| find(code, part).is_some())
        || code.starts_with("UNABLE_TO_")
        || ["HOSTNAME_MISMATCH", "INVALID_CA", "INVALID_PURPOSE", "PATH_LENGTH_EXCEEDED"].contains(&code)
}

/// The code of a failed connection, by the codes that the platform's error gives (`cause.code`, `code`, `errno`) and
/// what it says; and whether that names the making of the connection. What is no code may be anything, a token too: it is
/// left out.
pub(crate) fn connection_code<'a>(
    codes: impl Iterator<Item = &'a str> + Clone,
    says: &str,
) -> (Option<&'a str>, bool) {
    let is_code = |code: &&str| {
        code.len() < 64
            && code.starts_with(|c: char| c.is_ascii_uppercase())
            && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    };
    let decides = |code: &&str| UNSENT.contains(code) || is_certificate(code);
    let says = says.to_ascii_lowercase();
    let contains = |word: &str| find(&says, word).is_some();
    let mut codes = codes.filter(is_code);
    let first = codes.clone().next();
    let word = WORDS.iter().find(|(word, _)| contains(word)).map(|(_, code)| *code);
    // A code of its own is the better one, unless only the words decide.
    let code = codes.find(decides).or(word.filter(decides)).or(first).or(word);
    // Words of hyper, under Deno and reqwest; of node-fetch 2; of Node for a handshake that ended early.
    let unsent = ["client error (connect)", "reason: connect e", "before secure tls connection"];
    (code, unsent.iter().any(|words| contains(words)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each as the implementation was seen to say it: tests/runtimes/faults.test.mjs asks it again. The package reads
    /// the same table.
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
            (302, None, true, Untold),
            (0, None, false, Untold),
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

    /// The retry matrix says what is sent again; this says what a program may try again.
    #[test]
    fn what_may_succeed_later_is_transient() {
        use Outcome::*;
        for outcome in [Unsent, Lost, TimedOut, NotTaken, TryAgain, ServerError, Unavailable, ReadOnly]
            .into_iter()
            .chain([SearchFailed, GatewayTimeout, Limited(Limit::Window), Limited(Limit::Concurrency)])
        {
            assert!(outcome.is_transient(), "{outcome:?}");
        }
        for outcome in [Good, Unauthorized, NotFound, WrongContent, Untold, Rejected] {
            assert!(!outcome.is_transient(), "{outcome:?}");
        }
    }

    /// It may be anything that a program's own fetch gives, a token too.
    #[test]
    fn what_does_not_look_like_a_code_is_left_out() {
        let (long, longest) = ("E".repeat(64), "E".repeat(63));
        for (given, code) in [
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
            assert_eq!(connection_code([given].into_iter(), ""), (code, false), "{given}");
        }
    }
}
