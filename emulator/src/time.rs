//! The two spellings of an instant that Okta uses, from milliseconds since 1970.

use std::fmt::Write;

const DAY: i64 = 86_400;
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

/// `yyyy-MM-ddTHH:mm:ss.000Z`. Okta cuts the milliseconds off: `.000` in every recorded body.
pub(crate) fn iso(ms: i64) -> String {
    let ((year, month, day), (hour, minute, second), _) = civil(ms);
    let mut text = String::with_capacity(24);
    let _ = write!(text, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.000Z");
    text
}

/// `Thu, 27 Aug 2020 18:55:13 GMT`, the `Date` header.
pub(crate) fn http_date(ms: i64) -> String {
    let ((year, month, day), (hour, minute, second), days) = civil(ms);
    let weekday = WEEKDAYS.get(days.rem_euclid(7) as usize).unwrap_or(&"");
    let month = MONTHS.get(month as usize - 1).unwrap_or(&"");
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

/// Date, time of day and days since 1970 (days to date after Howard Hinnant's `civil_from_days`).
fn civil(ms: i64) -> ((i64, i64, i64), (i64, i64, i64), i64) {
    let seconds = ms.div_euclid(1000);
    let (days, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    ((year, month, day), (second / 3_600, second / 60 % 60, second % 60), days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_spelled_as_okta_does() {
        for (ms, as_iso, as_http) in [
            (0, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
            (1_598_554_513_999, "2020-08-27T18:55:13.000Z", "Thu, 27 Aug 2020 18:55:13 GMT"),
            (1_709_164_800_000, "2024-02-29T00:00:00.000Z", "Thu, 29 Feb 2024 00:00:00 GMT"),
            (-1, "1969-12-31T23:59:59.000Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
        ] {
            assert_eq!(iso(ms), as_iso);
            assert_eq!(http_date(ms), as_http);
        }
    }
}
