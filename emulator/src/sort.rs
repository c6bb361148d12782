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
