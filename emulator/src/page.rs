//! Reads the paging parameters of a list, cuts one page, and writes its `Link` headers.

use crate::cursor::Cursor;
use crate::options::Quirks;
use crate::refusal::Refusal;
use crate::url::{push_pair, query_pairs};

/// The `limit` in `self` of a request without one (recorded), and the largest one.
pub(crate) mod limits {
    pub(crate) const GROUPS: usize = 10_000;
    pub(crate) const USERS: usize = 1_000;
    pub(crate) const APPS: usize = 20;
    /// Rules (recorded), and their largest `limit` (documented).
    pub(crate) const RULES: usize = 50;
    pub(crate) const MAX_RULES: usize = 200;
    /// Owners of a group (documented).
    pub(crate) const OWNERS: usize = 1_000;
    /// All users of the org; also the largest `limit` (documented).
    pub(crate) const ALL_USERS: usize = 200;
    /// All users with `q` (documented).
    pub(crate) const USERS_BY_Q: usize = 10;
    /// A user's groups (recorded); also the largest `limit` (a guess).
    pub(crate) const USER_GROUPS: usize = 200;
    /// The largest `limit` of groups (documented). The reference names none for users and apps; they get the same.
    pub(crate) const MAX: usize = 10_000;
}

/// The parameters of a list.
pub(crate) struct PageRequest {
    pairs: Vec<(String, String)>,
    pub(crate) limit: usize,
}

impl PageRequest {
    /// Reads the parameters. Without `limit`, `default_limit` counts, unless `quirks` set another. A `limit` above the maximum
    /// counts as the maximum; one below 1, or no number, is refused. (These cases were not recorded.)
    ///
    /// # Errors
    /// [`Refusal::Validation`], [`Refusal::TypeMismatch`].
    pub(crate) fn parse(query: &str, default_limit: usize, quirks: Quirks) -> Result<Self, Refusal> {
        let pairs = query_pairs(query);
        let text = pairs.iter().find(|(name, _)| name == "limit").map(|(_, value)| value.as_str());
        let limit = match text.filter(|text| !text.is_empty()).map(str::parse::<i64>) {
            None => {
                quirks.default_limit.map_or(default_limit, |limit| (limit.get() as usize).min(limits::MAX))
            }
            Some(Ok(limit)) if limit < 1 => {
                return Err(Refusal::field("limit", "The field must be at least 1"));
            }
            Some(Ok(limit)) => usize::try_from(limit).unwrap_or(limits::MAX).min(limits::MAX),
            Some(Err(_)) => {
                return Err(Refusal::TypeMismatch("The parameter limit must be an integer.".to_owned()));
            }
        };
        Ok(Self { pairs, limit })
    }

    /// The first parameter of this name, unless it is empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let pair = self.pairs.iter().find(|(n, _)| n == name);
        pair.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The number after which a page of users or apps begins.
    ///
    /// # Errors
    /// [`Refusal::InvalidPaging`], as recorded on `/apps`.
    pub(crate) fn number_after(&self) -> Result<Option<u32>, Refusal> {
        match self.get("after").map(Cursor::decode) {
            None => Ok(None),
            Some(Some(Cursor::Number(number))) => Ok(Some(number)),
            Some(_) => Err(Refusal::InvalidPaging),
        }
    }

    /// The values of `Link`, in the server's own order: `limit`, `after`, the rest.
    pub(crate) fn links(&self, url: &str, next: Option<&str>, kept: &[&str]) -> Vec<String> {
        self.links_losing(url, next, kept, kept)
    }

    /// The values of `Link`, with a `next` that keeps fewer parameters than `self`.
    pub(crate) fn links_losing(
        &self,
        url: &str,
        next: Option<&str>,
        of_self: &[&str],
        of_next: &[&str],
    ) -> Vec<String> {
        let link = |after: Option<&str>, rel: &str, kept: &[&str]| {
            let mut query = String::new();
            push_pair(&mut query, "limit", &self.limit.to_string());
            if let Some(after) = after {
                push_pair(&mut query, "after", after);
            }
            for name in kept {
                if let Some(value) = self.get(name) {
                    push_pair(&mut query, name, value);
                }
            }
            format!("<{url}{query}>; rel=\"{rel}\"")
        };
        let this = link(self.get("after"), "self", of_self);
        std::iter::once(this).chain(next.map(|after| link(Some(after), "next", of_next))).collect()
    }
}

/// The items of a page, and the last item if another page follows.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<T>,
}

impl<T: Clone> Page<T> {
    pub(crate) fn of(items: impl Iterator<Item = T>, limit: usize, quirks: Quirks) -> Self {
        let mut rest = items;
        let items: Vec<T> = rest.by_ref().take(limit).collect();
        let more = items.len() == limit && rest.next().is_some();
        let next = if more || quirks.next_on_short_page { items.last().cloned() } else { None };
        Self { items, next }
    }
}
