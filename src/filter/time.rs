//! Instants: ISO 8601 text to milliseconds and back. Written here, since it is short and a calendar crate
//! would be a tenth of the client.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use super::fault::BuildError;

const DAY: i64 = 86_400_000;
/// 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z.
const RANGE: std::ops::RangeInclusive<i64> = -62_167_219_200_000..=253_402_300_799_999;

/// An instant of the years 0000 to 9999, in milliseconds since 1970-01-01T00:00:00Z. Its text has Okta's
/// form: `yyyy-MM-ddTHH:mm:ss.SSSZ`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant at `millis` since the epoch.
    ///
    /// # Errors
    /// [`BuildError::Time`] outside the years 0000 to 9999.
    pub fn from_millis(millis: i64) -> Result<Timestamp, BuildError> {
        if RANGE.contains(&millis) {
            Ok(Timestamp(millis))
        } else {
            Err(BuildError::Time(millis.to_string()))
        }
    }

    /// Parses `yyyy-MM-dd`, or a date with `THH:mm[:ss[.fraction]]` and an offset: `Z`, `+HH:mm`, `+HHmm` or
    /// `+HH`. Digits beyond milliseconds are dropped, since Okta keeps none.
    ///
    /// # Errors
    /// [`BuildError::Time`] if the text has another form. A time of day without an offset is not an instant.
    pub fn parse(text: &str) -> Result<Timestamp, BuildError> {
        read(text.as_bytes())
            .filter(|millis| RANGE.contains(millis))
            .map(Timestamp)
            .ok_or_else(|| BuildError::Time(text.into()))
    }

    /// Milliseconds since the epoch.
    pub fn as_millis(self) -> i64 {
        self.0
    }
}

impl TryFrom<SystemTime> for Timestamp {
    type Error = BuildError;

    fn try_from(time: SystemTime) -> Result<Self, BuildError> {
        let millis = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_millis()).ok(),
            // Rounded down, as times after the epoch are.
            Err(before) => i64::try_from(before.duration().as_nanos().div_ceil(1_000_000)).ok().map(|ms| -ms),
        };
        Timestamp::from_millis(millis.unwrap_or(i64::MAX))
    }
}

impl Timestamp {
    /// The text of `Display`.
    pub(crate) fn to_text(self) -> String {
        let (year, month, day) = civil(self.0.div_euclid(DAY));
        let of_day = self.0.rem_euclid(DAY);
        let (hour, minute) = (of_day / 3_600_000, of_day / 60_000 % 60);
        let (second, milli) = (of_day / 1_000 % 60, of_day % 1_000);
        let fields = [
            (year, 1_000, "-"),
            (month, 10, "-"),
            (day, 10, "T"),
            (hour, 10, ":"),
            (minute, 10, ":"),
            (second, 10, "."),
            (milli, 100, "Z"),
        ];
        let mut out = String::new();
        for (value, mut unit, end) in fields {
            while unit > 0 {
                out.push(char::from(b'0' + (value / unit % 10) as u8));
                unit /= 10;
            }
            out.push_str(end);
        }
        out
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

fn read(text: &[u8]) -> Option<i64> {
    let mut at = Digits(text);
    let year = at.digits(4)?;
    at.eat(b"-")?;
    let month = at.digits(2)?;
    at.eat(b"-")?;
    let day = at.digits(2)?;
    let midnight = midnight(year, month, day)?;
    if at.0.is_empty() {
        return Some(midnight);
    }
    at.eat(b"Tt")?;
    let hour = at.digits(2)?;
    at.eat(b":")?;
    let minute = at.digits(2)?;
    let mut millis = 0;
    if at.eat(b":").is_some() {
        let second = at.digits(2)?;
        // 60 is a leap second, which counts as the first second of the next minute.
        if second > 60 {
            return None;
        }
        millis = second * 1_000 + if at.eat(b".,").is_some() { at.fraction()? } else { 0 };
    }
    let offset = at.offset()?;
    if hour > 23 || minute > 59 || !at.0.is_empty() {
        return None;
    }
    Some(midnight + (hour * 60 + minute - offset) * 60_000 + millis)
}

/// When a day begins, in milliseconds since the epoch; none if the calendar has no such day.
pub(crate) fn midnight(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_day = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    is_day.then(|| days(year, month, day) * DAY)
}

struct Digits<'a>(&'a [u8]);

impl Digits<'_> {
    fn next(&mut self, accept: impl Fn(u8) -> bool) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        accept(first).then(|| {
            self.0 = rest;
            first
        })
    }

    fn eat(&mut self, any_of: &[u8]) -> Option<u8> {
        self.next(|byte| any_of.contains(&byte))
    }

    fn digit(&mut self) -> Option<i64> {
        self.next(|byte| byte.is_ascii_digit()).map(|byte| i64::from(byte - b'0'))
    }

    fn digits(&mut self, count: usize) -> Option<i64> {
        (0..count).try_fold(0, |value, _| Some(value * 10 + self.digit()?))
    }

    /// The first three digits of a second's fraction, as milliseconds.
    fn fraction(&mut self) -> Option<i64> {
        let mut millis = self.digit()? * 100;
        millis += self.digit().unwrap_or(0) * 10;
        millis += self.digit().unwrap_or(0);
        while self.digit().is_some() {}
        Some(millis)
    }

    /// Minutes east of UTC.
    fn offset(&mut self) -> Option<i64> {
        if self.eat(b"Zz").is_some() {
            return Some(0);
        }
        let east = self.eat(b"+-")? == b'+';
        let hours = self.digits(2)?;
        let colon = self.eat(b":").is_some();
        let minutes = if colon || !self.0.is_empty() { self.digits(2)? } else { 0 };
        if hours > 23 || minutes > 59 {
            return None;
        }
        let size = hours * 60 + minutes;
        Some(if east { size } else { -size })
    }
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The days from 1970-01-01 to a date of the proleptic Gregorian calendar. Years begin in March here, so that
/// the leap day is the last day of its year.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The inverse of [`days`].
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}
