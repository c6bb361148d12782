//! Writes and reads the forms of a time that Okta uses. Times are milliseconds since 1970.

use okta_groups::filter::Timestamp;

const DAY_MS: i64 = 86_400_000;
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

/// `yyyy-MM-ddTHH:mm:ss.000Z`. Okta drops the milliseconds: every recorded body has `.000`. Empty above the year 9999.
pub(crate) fn iso(ms: i64) -> String {
    Timestamp::from_millis(ms.div_euclid(1000) * 1000).map(|time| time.to_string()).unwrap_or_default()
}

/// `Thu, 27 Aug 2020 18:55:13 GMT`, the `Date` header.
pub(crate) fn http_date(ms: i64) -> String {
    let (weekday, [day, month, year, clock]) = http_parts(ms);
    format!("{weekday}, {day} {month} {year} {clock} GMT")
}

/// The day of the week; day, month, year and time of day.
fn http_parts(ms: i64) -> (&'static str, [String; 4]) {
    let iso = iso(ms);
    let part = |from: usize, to: usize| iso.get(from..to).unwrap_or_default().to_owned();
    let weekday = WEEKDAYS.get(ms.div_euclid(DAY_MS).rem_euclid(7) as usize).unwrap_or(&"");
    let month = part(5, 7).parse::<usize>().ok().and_then(|month| MONTHS.get(month - 1)).unwrap_or(&"");
    (weekday, [part(8, 10), (*month).to_owned(), part(0, 4), part(11, 19)])
}

/// `Wed Mar 04 10:08:01 UTC 2026`: `lastUpdated` of an owner that was just assigned (recorded).
pub(crate) fn java(ms: i64) -> String {
    let (weekday, date) = http_parts(ms);
    let [day, month, year, clock] = date;
    format!("{weekday} {month} {day} {clock} UTC {year}")
}

/// `2026-03-04 10:08:01.0`: `lastUpdated` of an owner in a list (recorded).
pub(crate) fn sql(ms: i64) -> String {
    let iso = iso(ms);
    format!("{} {}.0", iso.get(..10).unwrap_or_default(), iso.get(11..19).unwrap_or_default())
}

/// Reads [`java`], [`sql`] and ISO 8601.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let iso = match text.split_whitespace().collect::<Vec<_>>().as_slice() {
        [_, month, day, clock, _, year] => {
            let month = MONTHS.iter().position(|name| name == month)? + 1;
            format!("{year}-{month:02}-{day}T{clock}.000Z")
        }
        [date, clock] => format!("{date}T{}.000Z", clock.split('.').next()?),
        _ => text.to_owned(),
    };
    Timestamp::parse(&iso).ok().map(|time| time.as_millis())
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

    #[test]
    fn an_owners_instants_are_spelled_in_two_ways_and_read_back() {
        let ms = 1_772_618_881_000;
        assert_eq!(java(ms), "Wed Mar 04 10:08:01 UTC 2026");
        assert_eq!(sql(ms), "2026-03-04 10:08:01.0");
        for text in [java(ms), sql(ms), iso(ms)] {
            assert_eq!(parse(&text), Some(ms), "{text}");
        }
        for text in ["", "yesterday", "Wed Foo 04 10:08:01 UTC 2026", "2026-03-04 10"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
