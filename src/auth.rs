//! Tokens: fixed ones, and those of a program's source. Decides when the source is asked for another token,
//! and which texts cannot be tokens. No `Debug` prints a token.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use futures_util::lock::Mutex;

use crate::host::Header;
use crate::request::ArgumentError;
use crate::sync::{Lock, MaybeSend, MaybeSync};
use crate::time::Duration;

/// A token is renewed this long before it expires, since a request takes time to reach the org; at most half
/// of its life before.
const EARLY: Duration = Duration::from_secs(60);

/// Makes the `Authorization` header of every request. `C` is the error of the source of tokens.
pub struct Auth<C> {
    scheme: &'static str,
    source: Source<C>,
}

enum Source<C> {
    Fixed(Token),
    Asked(Asked<C>),
}

struct Asked<C> {
    ask: Ask<C>,
    kept: Lock<Kept>,
    /// Held while the source is asked, so that all waiting calls share one answer.
    turn: Mutex<()>,
}

#[cfg(not(target_arch = "wasm32"))]
type Ask<C> = Box<dyn Fn(TokenReason) -> TokenFuture<C> + Send + Sync>;
#[cfg(not(target_arch = "wasm32"))]
type TokenFuture<C> = Pin<Box<dyn Future<Output = Result<Token, C>> + Send>>;
#[cfg(target_arch = "wasm32")]
type Ask<C> = Box<dyn Fn(TokenReason) -> TokenFuture<C>>;
#[cfg(target_arch = "wasm32")]
type TokenFuture<C> = Pin<Box<dyn Future<Output = Result<Token, C>>>>;

/// The token of the source that is in use.
struct Kept {
    token: Option<InUse>,
    /// When the source last replaced a refused token.
    renewed: Option<Duration>,
}

struct InUse {
    token: Token,
    /// Whether the org answered 401 to it.
    is_refused: bool,
    obtained: Duration,
}

/// Why the source is asked for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenReason {
    /// There is no token yet.
    First,
    /// The last token expires within a minute.
    Expiring,
    /// The org answered 401 to the last token.
    Unauthorized,
}

/// A token, and its life if it is known.
#[derive(Clone)]
pub struct Token {
    text: String,
    expires_in: Option<Duration>,
}

impl Token {
    /// A token. One line break at its end, as files and shells add it, is dropped.
    pub fn new(text: impl Into<String>) -> Self {
        let mut text = text.into();
        if text.ends_with('\n') {
            text.truncate(text.len() - if text.ends_with("\r\n") { 2 } else { 1 });
        }
        Token { text, expires_in: None }
    }

    /// How long the token is valid from now on (OAuth's `expires_in`).
    #[must_use]
    pub fn expires_in(self, duration: Duration) -> Self {
        Token { expires_in: Some(duration), ..self }
    }
}

impl From<String> for Token {
    fn from(text: String) -> Self {
        Token::new(text)
    }
}

impl From<&str> for Token {
    fn from(text: &str) -> Self {
        Token::new(text)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token([redacted])")
    }
}

impl<C> fmt::Debug for Auth<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.scheme)?;
        f.write_str("([redacted])")
    }
}

impl<C: 'static> Auth<C> {
    /// `Authorization: Bearer …`: an OAuth 2.0 access token of the org's own authorization server, with the
    /// scope `okta.groups.read` or `okta.groups.manage`.
    ///
    /// # Errors
    /// [`ArgumentError`] if the token is empty, not visible ASCII, in quotes, or begins with its scheme. The
    /// message does not contain the token.
    pub fn bearer(token: impl Into<Token>) -> Result<Self, ArgumentError> {
        Auth::fixed("Bearer", token.into())
    }

    /// `Authorization: SSWS …`: an API token. It has its owner's rights and is for servers and scripts only.
    ///
    /// # Errors
    /// Those of [`Auth::bearer`].
    pub fn ssws(token: impl Into<Token>) -> Result<Self, ArgumentError> {
        Auth::fixed("SSWS", token.into())
    }

    /// `Authorization: Bearer …` with tokens from `ask`. All calls that wait for a token share one answer of
    /// `ask`. The token is used until a minute before it expires (or half of its life before, if that is
    /// less), or until the org answers 401: the call is then retried once with another token. An invalid
    /// token (see [`Auth::bearer`]) fails the call, and nothing is sent.
    pub fn bearer_from<F, A, T>(ask: F) -> Self
    where
        F: Fn(TokenReason) -> A + MaybeSend + MaybeSync + 'static,
        A: Future<Output = Result<T, C>> + MaybeSend + 'static,
        T: Into<Token>,
        C: From<String>,
    {
        Auth {
            scheme: "Bearer",
            source: Source::Asked(Asked {
                ask: Box::new(move |reason| {
                    let answer = ask(reason);
                    Box::pin(async move {
                        let token = answer.await?.into();
                        match fault(&token.text) {
                            "" => Ok(token),
                            fault => Err(["the token ", fault].concat().into()),
                        }
                    })
                }),
                kept: Lock::new(Kept { token: None, renewed: None }),
                turn: Mutex::new(()),
            }),
        }
    }

    fn fixed(scheme: &'static str, token: Token) -> Result<Self, ArgumentError> {
        match fault(&token.text) {
            "" => Ok(Auth { scheme, source: Source::Fixed(token) }),
            fault => Err(ArgumentError::new("auth", ["the token ", fault].concat())),
        }
    }

    /// The headers of a request. `began` is the start of its call, on the clock of `now`.
    pub(crate) async fn headers(
        &self,
        began: Duration,
        now: impl Fn() -> Duration,
    ) -> Result<Vec<Header>, C> {
        let token = match &self.source {
            Source::Fixed(token) => token.text.clone(),
            Source::Asked(asked) => asked.token(began, now).await?,
        };
        Ok(vec![("authorization".to_owned(), self.header(&token))])
    }

    /// Takes a 401 to these headers. `began` is the start of the call. Returns whether another token may
    /// help. A newer token than the refused one is kept.
    pub(crate) fn refresh(&self, refused: &[Header], began: Duration) -> bool {
        let Source::Asked(asked) = &self.source else { return false };
        let mut kept = asked.kept.lock();
        let renewed = kept.renewed;
        let Some(used) = &mut kept.token else { return true };
        let header = self.header(&used.token.text);
        if refused.iter().all(|(_, value)| *value != header) {
            return true;
        }
        used.is_refused = true;
        // Else the source has renewed this token because of a 401 since the call began.
        renewed.is_none_or(|renewed| began >= renewed)
    }

    fn header(&self, token: &str) -> String {
        [self.scheme, " ", token].concat()
    }
}

/// What is wrong with the text of a token; empty if nothing is. `checked` in the npm package's `token.js`
/// decides the same; a table of fixtures holds the two equal.
fn fault(text: &str) -> &'static str {
    let begins = |scheme: &&str| {
        let (start, rest) = text.split_at_checked(scheme.len()).unwrap_or_default();
        start.eq_ignore_ascii_case(scheme) && rest.starts_with(' ')
    };
    if text.is_empty() {
        "is empty"
    } else if text.starts_with(QUOTES) || text.ends_with(QUOTES) {
        "must not be in quotes"
    } else if ["ssws", "bearer", "dpop"].iter().any(begins) {
        "must not begin with its scheme"
    } else if NO_TOKEN.iter().any(|word| text.eq_ignore_ascii_case(word)) || text.starts_with("[object ") {
        "looks like a missing value (undefined, null, [object Object], …)"
    } else if !text.bytes().all(|b| b.is_ascii_graphic()) {
        "holds a character that no token has (a blank, a line break, …)"
    } else {
        ""
    }
}

/// What programming languages and templates print for a missing value.
const NO_TOKEN: [&str; 5] = ["undefined", "null", "none", "nil", "NaN"];

/// Files of environment variables put quotes around values.
const QUOTES: [char; 3] = ['"', '\'', '`'];

impl<C> Asked<C> {
    async fn token(&self, began: Duration, now: impl Fn() -> Duration) -> Result<String, C> {
        let current = |now| self.kept.lock().serves(began, now);
        if let Some(token) = current(now()) {
            return Ok(token);
        }
        let _turn = self.turn.lock().await;
        if let Some(token) = current(now()) {
            return Ok(token);
        }
        let reason = match &self.kept.lock().token {
            None => TokenReason::First,
            Some(used) if used.is_refused => TokenReason::Unauthorized,
            Some(_) => TokenReason::Expiring,
        };
        let token = (self.ask)(reason).await?;
        let text = token.text.clone();
        let mut kept = self.kept.lock();
        let obtained = now();
        if reason == TokenReason::Unauthorized {
            kept.renewed = Some(obtained);
        }
        kept.token = Some(InUse { token, is_refused: false, obtained });
        Ok(text)
    }
}

impl Kept {
    /// The token, unless the source must be asked for the call that started at `began`. A token that the
    /// source returned since then is used even if it is refused or expired: however many calls wait, the
    /// source is asked once.
    fn serves(&self, began: Duration, now: Duration) -> Option<String> {
        let used = self.token.as_ref()?;
        let life = used.token.expires_in;
        let left =
            |early| life.is_none_or(|life| now < used.obtained.saturating_add(life.saturating_sub(early)));
        let early = EARLY.min(life.unwrap_or_default() / 2);
        let serves = match used.is_refused {
            true => self.renewed.is_some_and(|renewed| began < renewed),
            false => {
                left(early)
                    || (began < used.obtained && (left(Duration::ZERO) || life == Some(Duration::ZERO)))
            }
        };
        serves.then(|| used.token.text.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    /// The [`Auth::headers`] at second `at`, for a call that started at second `began`.
    async fn header(auth: &Auth<String>, at: u64) -> String {
        header_of(auth, at, at).await
    }

    async fn header_of(auth: &Auth<String>, began: u64, at: u64) -> String {
        let headers = auth.headers(Duration::from_secs(began), || Duration::from_secs(at)).await.unwrap();
        assert_eq!((headers.len(), headers[0].0.as_str()), (1, "authorization"));
        headers[0].1.clone()
    }

    /// The [`Auth::refresh`] for a call that started at second `began`.
    fn refused(auth: &Auth<String>, began: u64, value: &str) -> bool {
        auth.refresh(&[("authorization".to_owned(), value.to_owned())], Duration::from_secs(began))
    }

    /// A source that counts how often it is asked, and returns `give` of the count.
    fn source(give: impl Fn(u64) -> Token + Send + Sync + 'static) -> (Auth<String>, Arc<AtomicU64>) {
        let asked = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&asked);
        let auth = Auth::bearer_from(move |_| {
            let token = give(count.fetch_add(1, Ordering::SeqCst));
            async move {
                tokio::task::yield_now().await;
                Ok(token)
            }
        });
        (auth, asked)
    }

    /// 300 calls that start at once, ten at a time, each retried after the first 401 that may be helped.
    async fn all_refused(auth: &Auth<String>, began: u64) {
        for wave in 0..30 {
            let at = began + 1 + wave;
            for _ in 0..2 {
                let mut again = false;
                let mut sent = Vec::new();
                for _ in 0..10 {
                    sent.push(header_of(auth, began, at).await);
                }
                for header in sent {
                    again |= refused(auth, began, &header);
                }
                if !again {
                    break;
                }
            }
        }
    }

    #[tokio::test]
    async fn a_token_that_is_refused_is_asked_for_once_more_however_many_calls_wait() {
        // The source returns another token each time, or the same token again and again.
        for is_same in [false, true] {
            let (auth, asked) = source(move |number| match is_same {
                true => Token::new("t"),
                false => Token::new(number.to_string()),
            });
            all_refused(&auth, 10).await;
            assert_eq!(asked.load(Ordering::SeqCst), 2, "the first one, and one because of a 401");
            // Later calls ask the source again, once.
            all_refused(&auth, 100).await;
            assert_eq!(asked.load(Ordering::SeqCst), 3);
        }
    }

    #[tokio::test]
    async fn a_token_that_ends_is_asked_for_once_however_many_calls_wait() {
        for life in [0, 1, 50] {
            let (auth, asked) = source(move |_| Token::new("t").expires_in(Duration::from_secs(life)));
            header(&auth, 10).await;
            for _ in 0..300 {
                header_of(&auth, 100, 101).await;
            }
            assert_eq!(asked.load(Ordering::SeqCst), 2, "{life}");
        }
        // A token that has expired since it was returned is not used.
        let (auth, asked) = source(|_| Token::new("t").expires_in(Duration::from_secs(50)));
        header_of(&auth, 100, 101).await;
        header_of(&auth, 100, 152).await;
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_source_that_fails_is_asked_again() {
        let number = AtomicU64::new(0);
        let auth = Auth::bearer_from(move |_| {
            let number = number.fetch_add(1, Ordering::SeqCst);
            async move { if number == 0 { Err(String::new()) } else { Ok("t") } }
        });
        let at = || Duration::from_secs(1);
        assert!(auth.headers(at(), at).await.is_err());
        assert_eq!(header(&auth, 1).await, "Bearer t");
    }

    #[tokio::test]
    async fn a_token_is_asked_for_a_minute_before_the_old_one_expires() {
        let number = Arc::new(AtomicU64::new(0));
        let asked = Arc::clone(&number);
        let auth = Auth::bearer_from(move |reason| {
            let number = asked.fetch_add(1, Ordering::SeqCst);
            async move { Ok(Token::new(format!("{number}-{reason:?}\n")).expires_in(Duration::from_secs(600))) }
        });
        for (at, expected) in [
            (100, "Bearer 0-First"),
            (639, "Bearer 0-First"),
            (640, "Bearer 1-Expiring"),
            (1179, "Bearer 1-Expiring"),
        ] {
            assert_eq!(header(&auth, at).await, expected, "{at}");
        }
        // A late 401 to a token that is not in use any more.
        assert!(refused(&auth, 1179, "Bearer 0-First"));
        assert_eq!(header(&auth, 1179).await, "Bearer 1-Expiring");
        assert!(refused(&auth, 1179, "Bearer 1-Expiring"));
        assert_eq!(header(&auth, 1179).await, "Bearer 2-Unauthorized");
    }

    #[tokio::test]
    async fn calls_at_the_same_time_wait_for_one_answer() {
        let number = Arc::new(AtomicU64::new(0));
        let asked = Arc::clone(&number);
        let auth = Auth::bearer_from(move |_| {
            asked.fetch_add(1, Ordering::SeqCst);
            async {
                tokio::task::yield_now().await;
                Ok("t")
            }
        });
        let (a, b, c) = tokio::join!(header(&auth, 1), header(&auth, 1), header(&auth, 1));
        assert_eq!([a, b, c], ["Bearer t"; 3]);
        assert_eq!(number.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_fixed_token_is_checked_and_never_renewed() {
        let auth = Auth::<String>::ssws("00abc\r\n").unwrap();
        assert_eq!(header(&auth, 1).await, "SSWS 00abc");
        assert!(!refused(&auth, 1, "SSWS 00abc"));
        let table = include_str!("../tests/fixtures/tokens.json");
        let table: Vec<(String, String)> = serde_json::from_str(table).unwrap();
        for (text, reason) in table {
            let reason = (!reason.is_empty()).then(|| format!("auth the token {reason}"));
            let refused = Auth::<String>::bearer(text.clone()).err().map(|error| error.to_string());
            assert_eq!(refused, reason, "{text}");
        }
    }

    #[tokio::test]
    async fn a_token_of_a_source_is_checked_like_a_fixed_one_and_asked_for_again() {
        let table = include_str!("../tests/fixtures/tokens.json");
        let table: Vec<(String, String)> = serde_json::from_str(table).unwrap();
        for (text, reason) in table {
            let asked = AtomicU64::new(0);
            let given = text.clone();
            let auth = Auth::<String>::bearer_from(move |_| {
                let text =
                    if asked.fetch_add(1, Ordering::SeqCst) == 0 { given.clone() } else { "t".to_owned() };
                async move { Ok(Token::new(text)) }
            });
            let at = || Duration::from_secs(1);
            let headers = auth.headers(at(), at).await;
            if reason.is_empty() {
                assert_eq!(headers.unwrap()[0].1, ["Bearer ", text.trim_end()].concat());
            } else {
                assert_eq!(headers.unwrap_err(), ["the token ", &reason].concat(), "{text:?}");
                assert_eq!(header(&auth, 1).await, "Bearer t");
            }
        }
    }
}
