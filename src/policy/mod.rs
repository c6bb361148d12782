//! What to do, and when: one small state machine per question, no I/O.
//!
//! | question | answer |
//! |---|---|
//! | which limit does a request count in? | [`bucket_of`](crate::request::bucket_of) |
//! | may this request go now? | [`Gate::ask`] |
//! | what happened to it? | [`Outcome::of_reply`], [`Outcome::of_no_reply`] |
//! | what follows from that? | [`Retry::after`] |
//! | may the client still afford retries? | [`Budget`] |
//! | how many items should a page have? | [`PageSize`] |
//! | what time is it at the server? | [`ServerClock`] |
//!
//! `now` is the time since any fixed moment on a clock that never steps (`performance.now`), the wall clock is
//! never asked. `random` is in `[0, 1)`. Delays are below 2^31 - 1 ms, above which JavaScript timers fire at once.
//!
//! One call is driven like this:
//!
//! 1. [`Gate::enqueue`], then [`Gate::ask`] until [`Admit::Go`]. Give up at once if [`Admit::At`] is later than
//!    [`Retry::latest_send`], and when that moment comes while waiting.
//! 2. [`Gate::sent`] and [`Retry::sending`], then send.
//! 3. [`Gate::done`] with the reply's headers, or [`Gate::cancel`] when there is none. `cancel` after `done` does
//!    nothing, so a guard may cancel whenever it is dropped.
//! 4. [`Retry::after`] with the outcome. To send again, [`Gate::again`] puts the ticket back in its old place.

mod budget;
mod classify;
mod clock;
mod gate;
mod headers;
pub(crate) mod line;
mod pace;
mod page_size;
mod retry;

pub use budget::{Budget, BudgetOptions};
pub use classify::{Limit, NoReply, Outcome, ReplyView};
pub(crate) use classify::{connection_code, is_certificate};
pub use clock::ServerClock;
pub use gate::{Admit, Gate, Learnt, Priority, RateLimit, RateLimitKind, RateLimitOptions, TicketId, Wait};
pub use headers::{RateHeaders, RateView, parse_http_date};
pub use page_size::{PageSize, Resized};
pub use retry::{Class, Decision, Retry, RetryOptions, Why};

use core::time::Duration;

/// The longest delay a JavaScript timer keeps: above it Node fires after 1 ms (docs/okta-facts.md#timers).
const MAX_TIMER: Duration = Duration::from_millis(0x7fff_fffe);

/// Full jitter: uniform between nothing and `ceiling`.
fn jitter(ceiling: Duration, random: f64) -> Duration {
    let ceiling = millis(ceiling.min(MAX_TIMER));
    Duration::from_millis((ceiling as f64 * random.clamp(0.0, 1.0)) as u64)
}

/// `base * 2^doublings`, at most `cap`.
fn doubled(base: Duration, doublings: u32, cap: Duration) -> Duration {
    let doubled = millis(base.min(MAX_TIMER)) << doublings.min(16);
    Duration::from_millis(u64::try_from(doubled).unwrap_or(u64::MAX)).min(cap)
}

/// Bounded so that sums with epoch times cannot overflow.
pub(crate) fn millis(time: Duration) -> i64 {
    time.as_secs().min(1 << 43) as i64 * 1000 + i64::from(time.subsec_millis())
}
