//! When a request may be sent and what follows from its outcome: small state machines without I/O. They
//! decide nothing about the content of requests or answers.
//!
//! | question | answer |
//! |---|---|
//! | which rate-limit bucket does a request count in? | [`bucket_of`](crate::request::bucket_of) |
//! | may this request be sent now? | [`Gate::ask`] |
//! | what is the outcome of an attempt? | [`Outcome::of_reply`], [`Outcome::of_no_reply`] |
//! | is the request retried, and when? | [`Retry::after`] |
//! | does the client's budget allow another retry? | [`Budget`] |
//! | how many items should a page have? | [`PageSize`] |
//! | what time is it on the server's clock? | [`ServerClock`] |
//!
//! `now` is the time since any fixed moment on a clock that never steps (`performance.now`); the wall clock
//! is never read. `random` is in `[0, 1)`. Delays stay below 2^31 - 1 ms: a longer JavaScript timer fires at
//! once.
//!
//! A driver runs a call like this:
//!
//! 1. [`Gate::enqueue`], then [`Gate::ask`] until [`Admit::Go`]. Give up at once if [`Admit::At`] is later
//!    than [`Retry::latest_send`], and when that moment passes while waiting.
//! 2. [`Gate::sent`] and [`Retry::sending`], then send.
//! 3. [`Gate::done`] with the reply's headers, or [`Gate::cancel`] if there is none. `cancel` after `done`
//!    does nothing, so that a drop guard may always call it.
//! 4. [`Retry::after`] with the outcome. For a retry, [`Gate::again`] puts the ticket back in its old place.

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

use crate::time::Duration;

/// The longest delay of a JavaScript timer: Node fires a longer one after 1 ms (docs/okta-facts.md#timers).
const MAX_TIMER: Duration = Duration::from_millis(0x7fff_fffe);

/// Full jitter: uniform between zero and `ceiling`.
fn jitter(ceiling: Duration, random: f64) -> Duration {
    let ceiling = millis(ceiling.min(MAX_TIMER));
    Duration::from_millis((ceiling as f64 * random.clamp(0.0, 1.0)) as u64)
}

/// `base * 2^doublings`, at most `cap`.
fn doubled(base: Duration, doublings: u32, cap: Duration) -> Duration {
    let doubled = millis(base.min(MAX_TIMER)) << doublings.min(16);
    Duration::from_millis(u64::try_from(doubled).unwrap_or(u64::MAX)).min(cap)
}

/// In milliseconds, bounded so that sums with epoch times cannot overflow.
pub(crate) fn millis(time: Duration) -> i64 {
    time.as_millis().min(1 << 53) as i64
}
