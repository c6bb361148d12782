//! Owners of groups, and the two forms of their dates.

use serde::{Deserialize, Serialize};

use super::open_enum::open_enum;
use super::{Field, Object};

open_enum! {
    /// The kind of a group's owner.
    OwnerType {
        /// A user.
        User = "USER",
        /// A group: its members own the other group.
        Group = "GROUP",
    }
}

/// An owner of a group, as *List all group owners* and *Assign a group owner* return it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GroupOwner {
    /// The id of the user or group that owns the group.
    pub id: String,
    /// Whether it is a user or a group.
    #[serde(rename = "type", default, skip_serializing_if = "Field::is_absent")]
    pub owner_type: Field<OwnerType>,
    /// Whether Okta knows the owner; `true` in every recording.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub resolved: Field<bool>,
    /// The app instance that the owner comes from; `null` in every recording.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub origin_id: Field<String>,
    /// Where the owner comes from, such as `OKTA_DIRECTORY`.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub origin_type: Field<String>,
    /// `First Last` of a user, the name of a group.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub display_name: Field<String>,
    /// When the owner was assigned, as Okta sent it: in one of two forms, neither of them ISO 8601
    /// ([`owner_date`]).
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub last_updated: Field<String>,
    /// Fields this library does not know, in their order.
    #[serde(flatten)]
    pub other: Object,
}

/// Parses an owner's [`last_updated`](GroupOwner::last_updated) to milliseconds since 1970, UTC. *Assign a
/// group owner* returns `Wed Mar 04 10:08:01 UTC 2026`, *List all group owners* `2026-03-04 10:08:01.0` (both
/// recorded); the reference's example is `2023-03-29T18:30:58.000Z`. `None` for any other text.
#[must_use]
pub fn owner_date(text: &str) -> Option<i64> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let words: Vec<&str> = text.split(' ').collect();
    let (year, month, day, time) = match *words.as_slice() {
        [_, month, day, time, "UTC" | "GMT", year] => {
            let month = MONTHS.find(month).filter(|at| month.len() == 3 && at % 3 == 0)? / 3 + 1;
            (year, month as u64, day, time)
        }
        _ => {
            let (date, time) = text.split_once([' ', 'T'])?;
            let mut parts = date.splitn(3, '-');
            let (year, month) = (parts.next()?, number(parts.next()?, 2)?);
            (year, month, parts.next()?, time.strip_suffix('Z').unwrap_or(time))
        }
    };
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let [hour, minute, second] =
        time.splitn(3, ':').map(|part| number(part, 2)).collect::<Option<Vec<_>>>()?[..]
    else {
        return None;
    };
    let (year, day) = (number(year, 4)?, number(day, 2)?);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=days).contains(&day) || hour > 23 || minute > 59 || second > 59 || fraction.len() > 9 {
        return None;
    }
    let fraction = number(fraction, fraction.len())? * 1000 / 10_u64.pow(fraction.len() as u32);
    // The days since 1970-03-01, for years that begin in March (Howard Hinnant's days_from_civil).
    let (year, month) = if month > 2 { (year, month - 3) } else { (year.checked_sub(1)?, month + 9) };
    let days =
        (year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1) as i64 - 719_468;
    let seconds = days * 86_400 + (hour * 3_600 + minute * 60 + second) as i64;
    Some(seconds * 1000 + fraction as i64)
}

/// A number with exactly this many digits.
fn number(text: &str, digits: usize) -> Option<u64> {
    let is_number = text.len() == digits && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The package's `ownerDate` is tested with the same table.
    #[test]
    fn both_forms_of_a_date_are_read() {
        let rows = include_str!("../../tests/fixtures/owner-dates.json");
        let rows: Vec<(String, Option<i64>)> = serde_json::from_str(rows).unwrap();
        assert!(rows.len() > 20);
        for (text, millis) in rows {
            assert_eq!(owner_date(&text), millis, "{text}");
        }
    }
}
