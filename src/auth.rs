//! Who is asking: tokens, and where they come from. No token is in any `Debug`.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use futures_util::lock::Mutex;

use crate::host::Header;
use crate::request::ArgumentError;
use crate::sync::{Lock, MaybeSend, MaybeSync};

/// A new token is asked for this long before the old one ends, its way to the org takes time, or at half its life.
const EARLY: Duration = Duration::from_secs(60);

/// The `Authorization` of every request. `C` is what a source of tokens fails with.
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
    /// One question at a time, whatever the number of calls that wait for its answer.
    turn: Mutex<()>,
}

#[cfg(not(target_arch = "wasm32"))]
type Ask<C> = Box<dyn Fn(TokenReason) -> Answer<C> + Send + Sync>;
#[cfg(not(target_arch = "wasm32"))]
type Answer<C> = Pin<Box<dyn Future<Output = Result<Token, C>> + Send>>;
#[cfg(target_arch = "wasm32")]
type Ask<C> = Box<dyn Fn(TokenReason) -> Answer<C>>;
#[cfg(target_arch = "wasm32")]
type Answer<C> = Pin<Box<dyn Future<Output = Result<Token, C>>>>;

/// The token in use, the moment from which another is asked for, and why one is.
struct Kept {
    token: Option<(Token, Option<Duration>)>,
    reason: TokenReason,
}

/// Why a token is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenReason {
    /// There has been none.
    First,
    /// The last one expires within a minute.
    Expiring,
    /// The org answered 401 to the last one.
    Unauthorized,
}

/// A token, and how long it is good for, if that is known.
#[derive(Clone)]
pub struct Token {
    text: String,
    expires_in: Option<Duration>,
}

impl Token {
    /// A token, less the one line break that files and shells end it with.
    pub fn new(text: impl Into<String>) -> Self {
        let mut text = text.into();
        if text.ends_with('\n') {
            text.truncate(text.len() - if text.ends_with("\r\n") { 2 } else { 1 });
        }
        Token { text, expires_in: None }
    }

    /// How long it is good for from now on, as OAuth's `expires_in` says.
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
    /// `Authorization: Bearer …`: an OAuth 2.0 access token of the org's own authorization server, with the scope
    /// `okta.groups.read` or `okta.groups.manage`.
    ///
    /// # Errors
    /// If it is empty, not visible ASCII, in quotes or begins with its scheme; the message does not hold it.
    pub fn bearer(token: impl Into<Token>) -> Result<Self, ArgumentError> {
        Auth::fixed("Bearer", token.into())
    }

    /// `Authorization: SSWS …`: an API token. It has its owner's rights; for servers and scripts only.
    ///
    /// # Errors
    /// As [`Auth::bearer`].
    pub fn ssws(token: impl Into<Token>) -> Result<Self, ArgumentError> {
        Auth::fixed("SSWS", token.into())
    }

    /// `Authorization: Bearer …` with the tokens that `ask` gives. It is asked once for all calls that wait for it; its
    /// token is used until a minute before it expires (half its life, if that is less), or until the org answers 401: then
    /// the call is sent again with another one, once.
    pub fn bearer_from<F, A, T>(ask: F) -> Self
    where
        F: Fn(TokenReason) -> A + MaybeSend + MaybeSync + 'static,
        A: Future<Output = Result<T, C>> + MaybeSend + 'static,
        T: Into<Token>,
    {
        Auth {
            scheme: "Bearer",
            source: Source::Asked(Asked {
                ask: Box::new(move |reason| {
                    let answer = ask(reason);
                    Box::pin(async move { answer.await.map(Into::into) })
                }),
                kept: Lock::new(Kept { token: None, reason: TokenReason::First }),
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

    /// The headers for a request, by the clock that `now` reads.
    pub(crate) async fn headers(&self, now: impl Fn() -> Duration) -> Result<Vec<Header>, C> {
        let token = match &self.source {
            Source::Fixed(token) => token.text.clone(),
            Source::Asked(asked) => asked.token(now).await?,
        };
        Ok(vec![("authorization".to_owned(), self.header(&token))])
    }

    /// Told of a 401 to these headers: whether asking again may help. A newer token than theirs is kept.
    pub(crate) fn refresh(&self, refused: &[Header]) -> bool {
        let Source::Asked(asked) = &self.source else { return false };
        let mut kept = asked.kept.lock();
        let is_refused = |token: &Token| refused.iter().any(|(_, value)| *value == self.header(&token.text));
        if kept.token.as_ref().is_some_and(|(token, _)| is_refused(token)) {
            *kept = Kept { token: None, reason: TokenReason::Unauthorized };
        }
        true
    }

    fn header(&self, token: &str) -> String {
        [self.scheme, " ", token].concat()
    }
}

/// What is wrong with the text of a token, or nothing. `checked` of the npm package's `token.js` decides the same: a
/// table of fixtures holds the two equal.
fn fault(text: &str) -> &'static str {
    let begins = |scheme: &&str| {
        let (start, rest) = text.split_at_checked(scheme.len()).unwrap_or_default();
        start.eq_ignore_ascii_case(scheme) && rest.starts_with(' ')
    };
    if text.is_empty() {
        "is empty"
    } else if text.starts_with(QUOTES) || text.ends_with(QUOTES) {
        "is in quotes, which must be left out"
    } else if ["ssws", "bearer", "dpop"].iter().any(begins) {
        "begins with its scheme, which is to be left out"
    } else if !text.bytes().all(|b| b.is_ascii_graphic()) {
        "holds a character that no token has (a blank, a line break, …)"
    } else {
        ""
    }
}

/// Files of environment variables leave them around values.
const QUOTES: [char; 3] = ['"', '\'', '`'];

impl<C> Asked<C> {
    async fn token(&self, now: impl Fn() -> Duration) -> Result<String, C> {
        if let Some(token) = self.current(now()) {
            return Ok(token);
        }
        let _turn = self.turn.lock().await;
        if let Some(token) = self.current(now()) {
            return Ok(token);
        }
        let reason = self.kept.lock().reason;
        let token = (self.ask)(reason).await?;
        Ok(self.kept.lock().keep(token, now()))
    }

    fn current(&self, now: Duration) -> Option<String> {
        self.kept.lock().current(now)
    }
}

impl Kept {
    fn current(&mut self, now: Duration) -> Option<String> {
        let (token, until) = self.token.as_ref()?;
        if until.is_none_or(|until| now < until) {
            return Some(token.text.clone());
        }
        self.reason = TokenReason::Expiring;
        None
    }

    fn keep(&mut self, token: Token, now: Duration) -> String {
        let text = token.text.clone();
        let until = token.expires_in.map(|left| now.saturating_add(left.saturating_sub(EARLY.min(left / 2))));
        self.token = Some((token, until));
        text
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    /// What [`Auth::headers`] gives at the second `at`.
    async fn header(auth: &Auth<()>, at: u64) -> String {
        let headers = auth.headers(|| Duration::from_secs(at)).await.unwrap();
        assert_eq!((headers.len(), headers[0].0.as_str()), (1, "authorization"));
        headers[0].1.clone()
    }

    fn authorization(value: &str) -> Header {
        ("authorization".to_owned(), value.to_owned())
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
        // A 401 that comes late, to a token that is none any more.
        assert!(auth.refresh(&[authorization("Bearer 0-First")]));
        assert_eq!(header(&auth, 1179).await, "Bearer 1-Expiring");
        assert!(auth.refresh(&[authorization("Bearer 1-Expiring")]));
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
        let auth = Auth::<()>::ssws("00abc\r\n").unwrap();
        assert_eq!(header(&auth, 1).await, "SSWS 00abc");
        assert!(!auth.refresh(&[authorization("SSWS 00abc")]));
        let table = include_str!("../tests/fixtures/tokens.json");
        let table: Vec<(String, String)> = serde_json::from_str(table).unwrap();
        for (text, reason) in table {
            let reason = (!reason.is_empty()).then(|| format!("auth the token {reason}"));
            let refused = Auth::<()>::bearer(text.clone()).err().map(|error| error.to_string());
            assert_eq!(refused, reason, "{text}");
        }
    }
}
