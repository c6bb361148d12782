//! Decides the `limit` of a list's pages: halved after a failure, doubled after successes.
//! `retry` decides when a failure is the page's size.

use crate::request::DEFAULT_LIMIT;

/// The `limit` of a list's pages. Okta recommends to shrink it: "If you receive an HTTP 500 status code, you
/// likely exceeded the request timeout. Retry your request with a smaller limit"
/// (docs/okta-facts.md#page-size).
#[derive(Clone, Debug)]
pub struct PageSize {
    asked: u32,
    limit: u32,
    good_pages: u32,
    excused: bool,
}

/// A change of `limit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resized {
    /// The former limit.
    pub from: u32,
    /// The limit of the next request.
    pub to: u32,
}

/// A page of this size is not what makes the server slow (docs/okta-facts.md#page-size).
const FLOOR: u32 = 10;
/// The limit doubles after this many successful pages in a row (docs/okta-facts.md#page-size).
const GROW_AFTER: u32 = 5;

impl PageSize {
    /// `asked` is the caller's `limit`. Default 200. It is always sent, since Okta's own defaults differ by
    /// operation.
    #[must_use]
    pub fn new(asked: Option<u32>) -> Self {
        let asked = asked.unwrap_or(DEFAULT_LIMIT);
        Self { asked, limit: asked, good_pages: 0, excused: false }
    }

    /// Starts with a smaller limit that has succeeded before.
    #[must_use]
    pub fn beginning_with(self, limit: u32) -> Self {
        Self { limit: limit.min(self.asked), ..self }
    }

    /// The `limit` of the next request.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// Whether the limit is smaller than the caller's.
    #[must_use]
    pub fn is_shrunk(&self) -> bool {
        self.limit < self.asked
    }

    /// Shrinks the limit after a failed page: 200, 100, 50, 25, 10. `None` at the smallest.
    pub fn shrink(&mut self) -> Option<Resized> {
        self.good_pages = 0;
        let half = self.limit / 2;
        // A limit of 12 would leave no further step above the smallest.
        let to = if half < 2 * FLOOR { FLOOR } else { half };
        (to < self.limit).then(|| self.resize(to))
    }

    /// True once for each page: the first 503 may be the server's own trouble, and does not shrink the page.
    pub fn excuse(&mut self) -> bool {
        !core::mem::replace(&mut self.excused, true)
    }

    /// Takes a successful page. After five in a row the limit doubles, up to the caller's.
    pub fn good_page(&mut self) -> Option<Resized> {
        self.excused = false;
        self.good_pages += 1;
        if !self.is_shrunk() || self.good_pages < GROW_AFTER {
            return None;
        }
        self.good_pages = 0;
        Some(self.resize(self.limit.saturating_mul(2).min(self.asked)))
    }

    fn resize(&mut self, to: u32) -> Resized {
        let from = core::mem::replace(&mut self.limit, to);
        Resized { from, to }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shrinks(asked: u32) -> Vec<u32> {
        let mut size = PageSize::new(Some(asked));
        core::iter::from_fn(|| size.shrink().map(|resized| resized.to)).collect()
    }

    #[test]
    fn halves_down_to_ten() {
        assert_eq!(shrinks(200), [100, 50, 25, 10]);
        assert_eq!(shrinks(10_000), [5000, 2500, 1250, 625, 312, 156, 78, 39, 10]);
        assert_eq!(shrinks(40), [20, 10]);
        assert_eq!(shrinks(39), [10]);
        assert_eq!(shrinks(30), [10]);
        assert_eq!(shrinks(11), [10]);
        assert!(shrinks(10).is_empty());
        assert!(shrinks(1).is_empty(), "a caller's smaller page is left as it is");
    }

    #[test]
    fn grows_back_to_what_was_asked_after_five_good_pages_each() {
        let mut size = PageSize::new(None);
        assert_eq!(size.limit(), 200);
        while size.shrink().is_some() {}
        let grown: Vec<_> =
            (1..=30).filter_map(|page| size.good_page().map(|resized| (page, resized.to))).collect();
        assert_eq!(grown, [(5, 20), (10, 40), (15, 80), (20, 160), (25, 200)]);
    }

    #[test]
    fn a_failure_starts_the_count_of_good_pages_again() {
        let mut size = PageSize::new(Some(50));
        size.shrink();
        (0..4).for_each(|_| assert_eq!(size.good_page(), None));
        size.shrink();
        (0..4).for_each(|_| assert_eq!(size.good_page(), None));
        assert_eq!(size.good_page(), Some(Resized { from: 10, to: 20 }));
    }

    #[test]
    fn each_page_is_excused_once() {
        let mut size = PageSize::new(None);
        assert!(size.excuse());
        assert!(!size.excuse());
        size.good_page();
        assert!(size.excuse());
    }

    #[test]
    fn a_list_begins_with_the_page_size_that_went_well_but_never_with_a_larger_one() {
        for (began, limit, is_shrunk) in [(25, 25, true), (100, 100, false), (500, 100, false)] {
            let size = PageSize::new(Some(100)).beginning_with(began);
            assert_eq!((size.limit(), size.is_shrunk()), (limit, is_shrunk), "{began}");
        }
    }
}
