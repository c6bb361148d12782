//! Parses the rate-limit headers of a reply, and decides which values are plausible.
//! The gate decides what follows from them.

use super::{Limit, ServerClock};
use crate::filter::midnight;
use crate::text::split;
use crate::time::Duration;

/// The rate-limit headers of a reply, as received: repeated lines are joined by commas, as `fetch` joins
/// them.
#[derive(Clone, Copy, Debug, Default)]
pub struct RateView<'a> {
    /// HTTP status.
    pub status: u16,
    /// `X-Rate-Limit-Limit`
    pub limit: Option<&'a str>,
    /// `X-Rate-Limit-Remaining`
    pub remaining: Option<&'a str>,
    /// `X-Rate-Limit-Reset`, in epoch seconds
    pub reset: Option<&'a str>,
    /// `Date`
    pub date: Option<&'a str>,
    /// `Retry-After`. Okta sends none (recorded: not one in 158 rows), but proxies may.
    pub retry_after: Option<&'a str>,
}

/// The parsed headers; `None` for a header that is missing or senseless.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RateHeaders {
    /// Requests per window; 0 if the concurrency limit was hit.
    pub limit: Option<u32>,
    /// Requests left in the window.
    pub remaining: Option<u32>,
    /// When the window ends: epoch milliseconds on the server's clock.
    pub reset: Option<i64>,
    /// The server's time: epoch milliseconds.
    pub date: Option<i64>,
    /// How long the client is asked to wait.
    pub retry_after: Option<Duration>,
}

/// Resets outside of `-5 s ..= +120 s` of the server's time are implausible
/// (docs/okta-facts.md#rate-limit-headers).
const RESET_BEHIND: i64 = 5_000;
const RESET_AHEAD: i64 = 120_000;
/// A larger epoch is in milliseconds (docs/okta-facts.md#rate-limit-headers).
const SECONDS_BELOW: u64 = 1_000_000_000_000;
/// The year 2001: a smaller number is no epoch (such as `7200`).
const EPOCH_MIN: u64 = 1_000_000_000_000;
/// The year 9999: keeps sums of times from overflowing.
const EPOCH_MAX: u64 = 253_402_300_799_000;
/// A longer `Retry-After` is cut to the default `totalTimeout`, so that one bad header cannot stop the client
/// for a day.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(300);

impl RateHeaders {
    /// Parses the headers of a reply that was received at `now`. `clock` says which resets are plausible.
    #[must_use]
    pub fn parse(view: &RateView<'_>, clock: &ServerClock, now: Duration) -> Self {
        let date = view.date.and_then(parse_http_date);
        let (earliest, latest) = (clock.earliest(now).or(date), clock.latest(now).or(date));
        let plausible = |reset: &i64| {
            earliest.is_none_or(|time| *reset >= time - RESET_BEHIND)
                && latest.is_none_or(|time| *reset <= time + RESET_AHEAD)
        };
        Self {
            limit: view.limit.and_then(smallest),
            remaining: view.remaining.and_then(smallest),
            // Some replies repeat the header (okta-sdk-java#259). The soonest plausible value counts, as in
            // Okta's .NET and Python SDKs.
            reset: view.reset.and_then(|text| {
                let resets: Vec<i64> = numbers(text).into_iter().filter_map(epoch_millis).collect();
                resets.iter().copied().filter(plausible).min().or_else(|| resets.into_iter().min())
            }),
            date,
            retry_after: view.retry_after.and_then(|text| retry_after(text, date.or(clock.earliest(now)))),
        }
    }

    /// `(limit, remaining, reset)` if the reply has all of them.
    #[must_use]
    pub fn window(&self) -> Option<(u32, u32, i64)> {
        self.limit.filter(|&limit| limit > 0).zip(self.remaining).zip(self.reset).map(|((l, m), r)| (l, m, r))
    }

    /// Which limit caused a 429 with these headers.
    #[must_use]
    pub fn limit_hit(&self) -> Limit {
        match (self.limit, self.remaining, self.reset) {
            (Some(0), Some(0), _) => Limit::Concurrency,
            (Some(1..), Some(0), Some(_)) => Limit::Window,
            _ => Limit::Unknown,
        }
    }
}

/// In a vector, since four headers are read so: each reader of an iterator is its code again.
fn numbers(text: &str) -> Vec<u64> {
    split(text, b',').filter_map(|part| digits(part.trim().as_bytes())).collect()
}

fn smallest(text: &str) -> Option<u32> {
    numbers(text).into_iter().filter_map(|number| u32::try_from(number).ok()).min()
}

fn epoch_millis(number: u64) -> Option<i64> {
    let millis = if number > SECONDS_BELOW { number } else { number.checked_mul(1000)? };
    i64::try_from(millis).ok().filter(|_| (EPOCH_MIN..=EPOCH_MAX).contains(&millis))
}

fn retry_after(text: &str, server_now: Option<i64>) -> Option<Duration> {
    let wait = match numbers(text).into_iter().max() {
        Some(seconds) => Duration::from_secs(seconds),
        None => Duration::from_millis(u64::try_from(parse_http_date(text)? - server_now?).unwrap_or(0)),
    };
    Some(wait.min(RETRY_AFTER_MAX))
}

/// Digits only: no sign, no point, no blanks.
fn digits(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 18 {
        return None;
    }
    text.iter().try_fold(0u64, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u64::from(byte - b'0')))
}

/// Parses `Thu, 27 Aug 2020 18:14:19 GMT` (RFC 9110 5.6.7) to epoch milliseconds. Of repeated dates the first
/// counts.
///
/// Reads only the form that servers must send.
#[must_use]
pub fn parse_http_date(text: &str) -> Option<i64> {
    const MARKS: [(usize, &str); 7] =
        [(3, ", "), (7, " "), (11, " "), (16, " "), (19, ":"), (22, ":"), (25, " GMT")];
    let text = text.trim_ascii();
    let part = |from: usize, to: usize| text.get(from..to);
    if !MARKS.iter().all(|&(at, mark)| part(at, at + mark.len()) == Some(mark)) {
        return None;
    }
    let name = part(8, 11)?.as_bytes();
    let month = b"JanFebMarAprMayJunJulAugSepOctNovDec".chunks(3).position(|month| month == name)?;
    let number = |from, to| digits(part(from, to)?.as_bytes()).map(|number| number as i64);
    let midnight = midnight(number(12, 16)?, month as i64 + 1, number(5, 7)?)?;
    let (hour, minute, second) = (number(17, 19)?, number(20, 22)?, number(23, 25)?);
    // 60 is a leap second.
    let millis = midnight + ((hour * 60 + minute) * 60 + second) * 1_000;
    (hour < 24 && minute < 60 && second <= 60 && millis >= 0).then_some(millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATE: &str = "Thu, 11 Sep 2025 16:21:50 GMT";
    const NOW: i64 = 1_757_607_710_000;

    #[test]
    fn http_dates() {
        for (text, epoch) in [
            (DATE, Some(NOW)),
            ("Thu, 27 Aug 2020 18:14:19 GMT", Some(1_598_552_059_000)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Thu, 29 Feb 2024 23:59:59 GMT", Some(1_709_251_199_000)),
            ("Fri, 01 Mar 2024 00:00:00 GMT", Some(1_709_251_200_000)),
            ("Thu, 11 Sep 2025 16:21:50 GMT, Thu, 11 Sep 2025 16:21:51 GMT", Some(NOW)),
            ("Thursday, 11-Sep-25 16:21:50 GMT", None),
            ("Thu Sep 11 16:21:50 2025", None),
            ("Thu, 11 Sep 2025 16:21:50 CET", None),
            ("Thu, 11 Sep 2025 25:21:50 GMT", None),
            ("Sun, 31 Feb 2025 16:21:50 GMT", None),
            ("Wed, 31 Dec 1969 23:59:59 GMT", None),
            ("Thu, 1é Sep 2025 16:21:50 GMT", None),
            ("", None),
        ] {
            assert_eq!(parse_http_date(text), epoch, "{text}");
        }
    }

    #[test]
    fn resets() {
        for (text, reset) in [
            ("1757607758", Some(NOW + 48_000)),
            // The header is repeated (okta-sdk-java#259).
            ("1757607758, 1757607750", Some(NOW + 40_000)),
            ("1757607758,1757607758", Some(NOW + 48_000)),
            // The value is in milliseconds.
            ("1757607758000", Some(NOW + 48_000)),
            // Only the plausible value counts.
            ("0, 1757607758", Some(NOW + 48_000)),
            ("1757607704, 1757607758", Some(NOW + 48_000)),
            ("1757607706", Some(NOW - 4_000)),
            // The window has just ended by the server's clock, while the reply travelled: it is still the
            // reply's window.
            ("1757607707, 1757607758", Some(NOW - 3_000)),
            // One value is too early, the other too late: the sooner one costs less.
            ("1757607110, 1757608400", Some(NOW - 600_000)),
            // Eighteen digits with leading zeros are a number; nineteen digits are not.
            ("000000001757607758", Some(NOW + 48_000)),
            ("0000000001757607758", None),
            // `Date` may be wrong by any amount: of two resets the one near it counts.
            ("1757607831", Some(NOW + 121_000)),
            ("1757607110", Some(NOW - 600_000)),
            ("1757607110, 1757607758", Some(NOW + 48_000)),
            ("1757608400, 1757608310", Some(NOW + 600_000)),
            ("7200", None),
            ("-1757607758", None),
            ("1757607758.5", None),
            ("99999999999999999999", None),
            ("soon", None),
            ("", None),
        ] {
            let view = RateView { date: Some(DATE), reset: Some(text), ..RateView::default() };
            assert_eq!(
                RateHeaders::parse(&view, &ServerClock::default(), Duration::ZERO).reset,
                reset,
                "{text}"
            );
        }
    }

    #[test]
    fn of_several_resets_the_one_near_the_clock_counts() {
        let view = RateView { reset: Some("1757607758, 1757608358"), ..RateView::default() };
        let mut clock = ServerClock::default();
        let reset = |clock: &ServerClock, at| RateHeaders::parse(&view, clock, Duration::from_secs(at)).reset;
        assert_eq!(reset(&clock, 0), Some(NOW + 48_000));
        clock.learn(Some(NOW), None, false, Duration::ZERO, Duration::ZERO);
        assert_eq!(reset(&clock, 0), Some(NOW + 48_000));
        assert_eq!(reset(&clock, 600), Some(NOW + 648_000), "the first is long over");
    }

    #[test]
    fn which_limit_a_429_is_about() {
        for (limit, remaining, reset, hit) in [
            (Some("250"), Some("0"), Some("1757607758"), Limit::Window),
            (Some("250, 250"), Some("0, 0"), Some("1757607758, 1757607758"), Limit::Window),
            (Some("0"), Some("0"), Some("1757607758"), Limit::Concurrency),
            (Some("0"), Some("0"), None, Limit::Concurrency),
            (Some("250"), Some("0"), None, Limit::Unknown),
            (Some("250"), Some("31"), Some("1757607758"), Limit::Unknown),
            (None, None, None, Limit::Unknown),
        ] {
            let view = RateView { status: 429, limit, remaining, reset, date: Some(DATE), retry_after: None };
            let read = RateHeaders::parse(&view, &ServerClock::default(), Duration::ZERO);
            assert_eq!(read.limit_hit(), hit, "{view:?}");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_and_never_a_day() {
        for (text, seconds) in [
            ("7", Some(7)),
            ("0", Some(0)),
            ("7, 9", Some(9)),
            ("86400", Some(300)),
            ("Thu, 11 Sep 2025 16:22:00 GMT", Some(10)),
            ("Thu, 11 Sep 2025 16:21:00 GMT", Some(0)),
            ("-1", None),
            ("later", None),
        ] {
            let view = RateView { date: Some(DATE), retry_after: Some(text), ..RateView::default() };
            let read = RateHeaders::parse(&view, &ServerClock::default(), Duration::ZERO);
            assert_eq!(read.retry_after, seconds.map(Duration::from_secs), "{text}");
        }
    }

    /// Epochs from 2001 to 9999; a number above those seconds is in milliseconds.
    #[test]
    fn an_epoch_is_in_seconds_or_milliseconds() {
        for (number, millis) in [
            (0, None),
            (999_999_999, None),
            (1_000_000_000, Some(1_000_000_000_000)),
            (253_402_300_799, Some(253_402_300_799_000)),
            (253_402_300_800, None),
            (1_000_000_000_000, None),
            (1_000_000_000_001, Some(1_000_000_000_001)),
            (253_402_300_799_000, Some(253_402_300_799_000)),
            (253_402_300_799_001, None),
            (u64::MAX, None),
        ] {
            assert_eq!(epoch_millis(number), millis, "{number}");
        }
    }
}
