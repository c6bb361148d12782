//! Orders a list by `sortBy` and `sortOrder`.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::store::{GroupRecord, fold};

/// The attribute and direction of a sorted search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sort {
    pub(crate) by: String,
    pub(crate) descending: bool,
}

/// The key that a group is sorted by. Groups without a value come last in both directions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum SortKey {
    #[serde(rename = "b")]
    Bool(bool),
    #[serde(rename = "n")]
    Number(f64),
    /// Folded: texts compare without case.
    #[serde(rename = "t")]
    Text(String),
    #[serde(rename = "m")]
    Missing,
}

impl Sort {
    /// The order of a list of groups; `None` if the attribute cannot sort.
    pub(crate) fn new(by: &str, order: Option<&str>) -> Option<Self> {
        Self::among(
            &["id", "type", "created", "lastUpdated", "lastMembershipUpdated", "source.id"],
            by,
            order,
        )
    }

    /// The order by an attribute of the profile, or by one of `top_level`.
    pub(crate) fn among(top_level: &[&str], by: &str, order: Option<&str>) -> Option<Self> {
        let descending = match order {
            None => false,
            Some(order) if order.eq_ignore_ascii_case("asc") => false,
            Some(order) if order.eq_ignore_ascii_case("desc") => true,
            Some(_) => return None,
        };
        let sortable =
            top_level.contains(&by) || by.strip_prefix("profile.").is_some_and(|name| !name.is_empty());
        sortable.then(|| Self { by: by.to_owned(), descending })
    }

    pub(crate) fn key(&self, group: &GroupRecord) -> SortKey {
        if let Some(text) = group.text(&self.by) {
            return SortKey::Text(fold(text));
        }
        SortKey::of(self.by.strip_prefix("profile.").and_then(|name| group.profile.get(name)))
    }

    /// Ties are broken by id, ascending in both directions.
    pub(crate) fn compare(&self, a: (&SortKey, &str), b: (&SortKey, &str)) -> Ordering {
        let missing = (*a.0 == SortKey::Missing).cmp(&(*b.0 == SortKey::Missing));
        let value = if self.descending { b.0.order(a.0) } else { a.0.order(b.0) };
        missing.then(value).then_with(|| a.1.cmp(b.1))
    }
}

/// The most sorted searches that are kept.
const MOST_SEARCHES: usize = 16;
/// The most rows that the kept searches have together, in sizes of the data.
const MOST_SIZES: usize = 4;

/// Caches the rows of the latest sorted searches: until the data change, a further page of one costs a page, not a sort.
/// There are several, since an export reads several searches in turn.
pub(crate) struct Searches<R> {
    /// The latest one is the last.
    kept: Vec<Sorted<R>>,
}

/// What a sorted search found, in its order: the key, the id, and where the row is.
pub(crate) struct Sorted<R> {
    texts: [Option<String>; 2],
    sort: Sort,
    changes: u64,
    rows: Vec<(SortKey, String, R)>,
}

impl<R> Default for Searches<R> {
    fn default() -> Self {
        Self { kept: Vec::new() }
    }
}

impl<R> Searches<R> {
    /// The rows of a search: the texts of `filter` and `search`, and the order. `rows` finds them, in any order, if there are
    /// none of these `changes` of the data, whose size is `of`.
    pub(crate) fn get(
        &mut self,
        texts: [Option<String>; 2],
        sort: Sort,
        (changes, of): (u64, usize),
        rows: impl FnOnce(&Sort) -> Vec<(SortKey, String, R)>,
    ) -> &Sorted<R> {
        self.kept.retain(|it| it.changes == changes);
        let known = self.kept.iter().position(|it| it.texts == texts && it.sort == sort);
        let latest = match known {
            Some(at) => self.kept.remove(at),
            None => {
                let mut rows = rows(&sort);
                rows.sort_unstable_by(|a, b| sort.compare((&a.0, &a.1), (&b.0, &b.1)));
                Sorted { texts, sort, changes, rows }
            }
        };
        let mut room = (of * MOST_SIZES).saturating_sub(latest.rows.len());
        let fits = |it: &&Sorted<R>| {
            let left = room.checked_sub(it.rows.len());
            room = left.unwrap_or(0);
            left.is_some()
        };
        let fitting = self.kept.iter().rev().take(MOST_SEARCHES - 1).take_while(fits).count();
        self.kept.drain(..self.kept.len() - fitting);
        self.kept.push_mut(latest)
    }
}

impl<R> Sorted<R> {
    /// The rows after a cursor, whose own row may no longer exist.
    pub(crate) fn behind(
        &self,
        after: Option<(&SortKey, &str)>,
    ) -> impl Iterator<Item = &(SortKey, String, R)> {
        let start = after.map_or(0, |after| {
            self.rows.partition_point(|row| self.sort.compare((&row.0, &row.1), after).is_le())
        });
        self.rows.iter().skip(start)
    }
}

impl SortKey {
    pub(crate) fn of(value: Option<&Value>) -> Self {
        match value {
            Some(Value::String(text)) => Self::Text(fold(text)),
            Some(Value::Bool(flag)) => Self::Bool(*flag),
            Some(Value::Number(number)) => Self::Number(number.as_f64().unwrap_or_default()),
            Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => Self::Missing,
        }
    }

    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (a, b) => a.rank().cmp(&b.rank()),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Bool(_) => 0,
            Self::Number(_) => 1,
            Self::Text(_) => 2,
            Self::Missing => 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A search by its text; counts how often its rows are found.
    fn get(searches: &mut Searches<()>, text: &str, changes: u64, rows: usize, found: &mut u32) -> usize {
        let sort = Sort { by: "created".to_owned(), descending: false };
        let texts = [None, Some(text.to_owned())];
        let sorted = searches.get(texts, sort, (changes, 10), |_| {
            *found += 1;
            (0..rows).rev().map(|row| (SortKey::Number(row as f64), row.to_string(), ())).collect()
        });
        assert!(
            sorted.behind(None).is_sorted_by(|a, b| sorted.sort.compare((&a.0, &a.1), (&b.0, &b.1)).is_lt())
        );
        sorted.behind(None).count()
    }

    #[test]
    fn searches_that_are_read_in_turn_are_each_sorted_once() {
        let (mut searches, mut found) = (Searches::default(), 0);
        for _ in 0..5 {
            for lane in 0..8 {
                assert_eq!(get(&mut searches, &lane.to_string(), 1, 5, &mut found), 5);
            }
        }
        assert_eq!(found, 8);
        get(&mut searches, "0", 2, 4, &mut found);
        assert_eq!((found, searches.kept.len()), (9, 1), "a change of the data empties the cache");
    }

    #[test]
    fn the_latest_searches_are_kept_up_to_a_number_and_to_four_times_the_data() {
        let (mut searches, mut found) = (Searches::default(), 0);
        for search in 0..40 {
            get(&mut searches, &search.to_string(), 1, 1, &mut found);
        }
        assert_eq!(searches.kept.len(), MOST_SEARCHES);
        get(&mut searches, "39", 1, 1, &mut found);
        assert_eq!((found, searches.kept.len()), (40, MOST_SEARCHES));
        for search in ["a", "b", "c", "d", "e"] {
            get(&mut searches, search, 1, 10, &mut found);
        }
        let texts: Vec<_> = searches.kept.iter().map(|it| it.texts[1].clone().unwrap_or_default()).collect();
        assert_eq!(texts, ["b", "c", "d", "e"]);
    }
}
