//! Walking a list: which page comes next, where a caller can come back to, and when an org's links cannot be
//! believed.
//!
//! The [`Pager`] is given each answer's `Link` header and number of items. It takes only path and query from a
//! `next` link, checks that the path is the list's own and puts them on the org's URL (real orgs answer with
//! `-admin` hosts, proxies with others). It does not send anything and never looks into an item.

mod cursor;
mod link;

pub use link::{Link, Links, links};

use std::fmt;

use crate::org::OrgUrl;
use crate::request::{DEFAULT_LIMIT, Query, Request, pairs};
use cursor::{Cursor, list_of, place_of};

/// Empty pages in a row before a list is taken to be endless. Okta gives a `next` on some empty pages; ten
/// thousand of them would be a fault.
const MAX_EMPTY_PAGES: u32 = 100;

/// What to do with a `next` link that names another origin than the org's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NextLink {
    /// Keep its path and query, never its host.
    #[default]
    Rebase,
    /// Fail with [`PaginationReason::Origin`].
    Reject,
}

/// Why a list cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PaginationReason {
    /// `next` leads to a page that was read already (Okta has done so: the list would never end).
    Loop,
    /// `next` is on another origin, and [`NextLink::Reject`] was asked for.
    Origin,
    /// `next` leads out of the list.
    Path,
    /// Too many empty pages in a row.
    EmptyPages,
    /// The cursor is none of ours, or is one of another list.
    Cursor,
    /// The list has more items than the caller's `max`.
    Exceeded,
    /// A full page came without any `Link` header where headers can be hidden (cross-origin in a browser).
    HiddenLink,
}

/// Whether a header that no `next` was read from has one all the same.
fn speaks_of_next(header: &str) -> bool {
    let plain: Vec<u8> = header.bytes().filter(|b| !b" \"'".contains(b)).collect();
    plain.windows(8).any(|part| part.eq_ignore_ascii_case(b"rel=next"))
}

impl PaginationReason {
    /// The name of the reason in JavaScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            PaginationReason::Loop => "loop",
            PaginationReason::Origin => "origin",
            PaginationReason::Path => "path",
            PaginationReason::EmptyPages => "empty-pages",
            PaginationReason::Cursor => "cursor",
            PaginationReason::Exceeded => "exceeded",
            PaginationReason::HiddenLink => "hidden-link",
        }
    }

    pub(crate) const fn message(self) -> &'static str {
        match self {
            PaginationReason::Loop => "the next link leads to a page that was read already",
            PaginationReason::Origin => "the next link is on another origin than orgUrl",
            PaginationReason::Path => "the next link leads out of the list",
            PaginationReason::EmptyPages => "too many empty pages in a row",
            PaginationReason::Cursor => "the cursor does not belong to this list",
            PaginationReason::Exceeded => "the list has more items than max",
            PaginationReason::HiddenLink => {
                "a full page came without a Link header, which this origin may not be allowed to read \
                 (Access-Control-Expose-Headers): the rest of the list cannot be found"
            }
        }
    }
}

/// A list that cannot go on. The page whose answer showed it has not been handed out: a walk resumed at
/// [`Pager::cursor`] gives it and all that follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaginationError {
    /// Why.
    pub reason: PaginationReason,
}

impl fmt::Display for PaginationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason.message())
    }
}

impl std::error::Error for PaginationError {}

impl From<PaginationReason> for PaginationError {
    fn from(reason: PaginationReason) -> Self {
        PaginationError { reason }
    }
}

/// What an answer said about the page after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkHeader<'a> {
    /// The header's value; several headers joined by commas.
    Value(&'a str),
    /// There was none, and all headers can be seen.
    Absent,
    /// None could be seen, but one may be hidden (cross-origin in a browser).
    MaybeHidden,
}

/// A walk through the pages of one list.
#[derive(Clone, Debug)]
pub struct Pager {
    request: Request,
    list: u64,
    /// Sorted.
    seen: Vec<u64>,
    empty: u32,
    started: bool,
    done: bool,
    rule: NextLink,
}

impl Pager {
    /// A walk from the page that `first` asks for.
    pub fn new(first: Request, rule: NextLink) -> Self {
        let list = list_of(&first.path, &first.query);
        let seen = vec![place_of(&first.query)];
        Pager { request: first, list, seen, empty: 0, started: false, done: false, rule }
    }

    /// A walk from `cursor`, which a walk of the same list gave before. The page size is `first`'s; one that nobody asked for
    /// is no larger than the cursor's.
    ///
    /// # Errors
    /// [`PaginationReason::Cursor`], if the cursor is none of ours or is one of another list.
    pub fn resume(first: Request, cursor: &str, rule: NextLink) -> Result<Self, PaginationError> {
        let mut pager = Pager::new(first, rule);
        let place = Cursor::from_text(cursor).filter(|place| place.list == pager.list);
        let Some(place) = place else { return Err(PaginationReason::Cursor.into()) };
        let asked = pager.request.limit();
        // A `next` back to the list's start is a loop for a walk that did not begin there, too.
        pager.see(place_of(&place.query));
        pager.request.query = place.query;
        if let Some(asked) = asked {
            let own = pager.request.limit().filter(|own| asked == DEFAULT_LIMIT && *own < asked);
            pager.request.set_limit(own.unwrap_or(asked));
        }
        pager.started = true;
        Ok(pager)
    }

    /// The request for the next page; `None` at the end of the list.
    pub fn request(&self) -> Option<&Request> {
        (!self.done).then_some(&self.request)
    }

    /// Where the next page starts, as text that [`Pager::resume`] takes; `None` at the list's start and end.
    pub fn cursor(&self) -> Option<String> {
        let here = Cursor { list: self.list, query: self.request.query.clone() };
        (self.started && !self.done).then(|| here.to_text())
    }

    /// Asks for pages of `limit` items from here on; the cursor stays as it is, byte for byte.
    pub fn set_limit(&mut self, limit: u32) {
        self.request.set_limit(limit);
    }

    /// Takes note of the answer to [`Pager::request`] and moves on. A page may be empty or short and still have a
    /// `next` (recorded); only the absence of `next` is the end.
    ///
    /// # Errors
    /// If the list cannot go on from here; the walk then stays where it was.
    pub fn advance(
        &mut self,
        org: &OrgUrl,
        link: LinkHeader<'_>,
        items: usize,
    ) -> Result<(), PaginationError> {
        let next = match link {
            LinkHeader::Value(value) => match links(value).find(|link| link.is("next")) {
                // There is more, but not where.
                None if speaks_of_next(value) => return Err(PaginationReason::Path.into()),
                next => next,
            },
            LinkHeader::Absent => None,
            LinkHeader::MaybeHidden if self.is_full(items) => return Err(PaginationReason::HiddenLink.into()),
            LinkHeader::MaybeHidden => None,
        };
        let Some(next) = next else {
            self.done = true;
            return Ok(());
        };
        let query = self.follow(org, next.target)?;
        let empty = if items == 0 { self.empty + 1 } else { 0 };
        if empty > MAX_EMPTY_PAGES {
            return Err(PaginationReason::EmptyPages.into());
        }
        let place = place_of(&query);
        if !self.see(place) {
            return Err(PaginationReason::Loop.into());
        }
        self.empty = empty;
        self.request.query = query;
        self.started = true;
        Ok(())
    }

    /// Takes note of a place; false if it was known.
    fn see(&mut self, place: u64) -> bool {
        let Err(at) = self.seen.binary_search(&place) else { return false };
        self.seen.insert(at, place);
        true
    }

    /// The query of the page that `target` names, with the parameters that the link lost put back.
    fn follow(&self, org: &OrgUrl, target: &str) -> Result<String, PaginationReason> {
        let target = target.split('#').next().unwrap_or_default();
        let (address, query) = target.split_once('?').unwrap_or((target, ""));
        let (origin, path) = split_origin(address);
        if self.rule == NextLink::Reject
            && origin.is_some_and(|origin| !origin.eq_ignore_ascii_case(org.origin()))
        {
            return Err(PaginationReason::Origin);
        }
        let path = path.trim_end_matches('/');
        let ours =
            path == self.request.path || path.strip_prefix(org.base_path()) == Some(&self.request.path);
        if !ours {
            return Err(PaginationReason::Path);
        }
        let mut whole = Query::new();
        whole.push_raw(query);
        // Recorded on /idps: `q` was lost from next; reported for groups: `expand`.
        for (name, pair) in pairs(&self.request.query) {
            if name != "after" && !pairs(query).any(|(kept, _)| kept == name) {
                whole.push_raw(pair);
            }
        }
        Ok(whole.into_string())
    }

    /// Whether the page held all it was asked for, or as much as the reference recommends (the org may cap what is
    /// asked for), so that there may be more. A `q` is never paged.
    fn is_full(&self, items: usize) -> bool {
        let asked = self.request.limit().map(|limit| limit.min(DEFAULT_LIMIT) as usize);
        asked.is_some_and(|asked| items >= asked) && !self.request.has("q")
    }
}

fn split_origin(address: &str) -> (Option<&str>, &str) {
    let (scheme, rest) = address.split_once('/').unwrap_or((address, ""));
    let authority = match rest.strip_prefix('/') {
        Some(authority) if scheme.is_empty() || scheme.ends_with(':') => authority,
        _ => return (None, address),
    };
    let path = authority.find('/').and_then(|at| authority.get(at..)).unwrap_or_default();
    (address.get(..address.len() - path.len()), path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::ListGroups;

    fn org() -> OrgUrl {
        OrgUrl::parse("https://console.example.com/okta").unwrap()
    }

    fn walk() -> Pager {
        let first = ListGroups { filter: Some("type eq \"OKTA_GROUP\"".into()), ..ListGroups::default() };
        Pager::new(first.request().unwrap(), NextLink::Rebase)
    }

    fn next(target: &str) -> String {
        format!("<https://x/api/v1/groups?limit=200>; rel=\"self\", <{target}>; rel=\"next\"")
    }

    fn advance(pager: &mut Pager, target: &str, items: usize) -> Result<(), PaginationReason> {
        pager.advance(&org(), LinkHeader::Value(&next(target)), items).map_err(|e| e.reason)
    }

    #[test]
    fn next_is_followed_by_path_and_query_only() {
        for target in [
            "https://example-admin.okta.com/api/v1/groups?after=00g2&limit=200&filter=type+eq+%22OKTA_GROUP%22",
            "http://evil.example:99/okta/api/v1/groups?after=00g2&limit=200&filter=type+eq+%22OKTA_GROUP%22#x",
            "/api/v1/groups/?after=00g2&limit=200&filter=type+eq+%22OKTA_GROUP%22",
            "//evil/api/v1/groups?after=00g2&limit=200&filter=type+eq+%22OKTA_GROUP%22",
        ] {
            let mut pager = walk();
            advance(&mut pager, target, 200).unwrap();
            assert_eq!(
                org().url(pager.request().unwrap()),
                "https://console.example.com/okta/api/v1/groups?after=00g2&limit=200&filter=type+eq+%22OKTA_GROUP%22"
            );
        }
    }

    #[test]
    fn a_next_that_cannot_be_read_does_not_end_the_list() {
        for (header, ends) in [
            (r#"</api/v1/groups?after=1; rel="next""#, false),
            (r#"garbage; rel = "Next""#, false),
            ("</api/v1/groups?after=1>; rel='next'", false),
            (r#"</api/v1/groups?after=next>; rel="self""#, true),
            ("garbage", true),
        ] {
            let advanced = walk().advance(&org(), LinkHeader::Value(header), 200);
            assert_eq!(advanced.is_ok(), ends, "{header}");
        }
    }

    #[test]
    fn next_out_of_the_list_is_refused() {
        for target in [
            "https://x/api/v1/users?after=1",
            "https://x/api/v1/groups/00g1?after=1",
            "https://x/api/v1/groups/../users?after=1",
            "https://x/other/api/v1/groups?after=1",
            "https://x?after=1",
            "groups?after=1",
            "",
            "javascript:alert(1)",
        ] {
            assert_eq!(advance(&mut walk(), target, 200), Err(PaginationReason::Path), "{target}");
        }
    }

    #[test]
    fn a_foreign_origin_can_be_refused() {
        for (target, refused) in [
            ("https://console.example.com/api/v1/groups?after=1", false),
            ("/api/v1/groups?after=1", false),
            ("https://console.example.com.evil.com/api/v1/groups?after=1", true),
            ("https://console.example.com@evil.com/api/v1/groups?after=1", true),
            ("http://console.example.com/api/v1/groups?after=1", true),
            ("//console.example.com/api/v1/groups?after=1", true),
        ] {
            let mut pager = Pager { rule: NextLink::Reject, ..walk() };
            let expected = if refused { Err(PaginationReason::Origin) } else { Ok(()) };
            assert_eq!(advance(&mut pager, target, 200), expected, "{target}");
        }
    }

    #[test]
    fn parameters_that_a_link_lost_are_put_back() {
        let mut pager = walk();
        advance(&mut pager, "https://x/api/v1/groups?after=a%2Bb", 200).unwrap();
        let query = &pager.request().unwrap().query;
        assert_eq!(query, "after=a%2Bb&filter=type%20eq%20%22OKTA_GROUP%22&limit=200");
    }

    #[test]
    fn an_empty_or_short_page_with_next_is_not_the_end() {
        let mut pager = walk();
        advance(&mut pager, "/api/v1/groups?after=1", 0).unwrap();
        advance(&mut pager, "/api/v1/groups?after=2", 1).unwrap();
        assert!(pager.request().is_some());
        pager.advance(&org(), LinkHeader::Value("<https://x/api/v1/groups>; rel=self"), 200).unwrap();
        assert_eq!((pager.request(), pager.cursor()), (None, None));
    }

    #[test]
    fn a_page_read_before_is_a_loop_however_it_is_written() {
        let filter = "filter=type+eq+%22OKTA_GROUP%22";
        let mut pager = walk();
        assert_eq!(
            advance(&mut pager, &format!("/api/v1/groups?limit=50&{filter}"), 200),
            Err(PaginationReason::Loop),
            "next is the page itself"
        );
        advance(&mut pager, "/api/v1/groups?after=a", 200).unwrap();
        advance(&mut pager, "/api/v1/groups?after=b", 200).unwrap();
        let before = pager.cursor();
        assert_eq!(
            advance(&mut pager, &format!("/api/v1/groups?{filter}&after=%61"), 200),
            Err(PaginationReason::Loop)
        );
        assert_eq!(pager.cursor(), before, "the walk stays where it was");
    }

    #[test]
    fn empty_pages_without_end_are_an_error() {
        let mut pager = walk();
        let error =
            (0..10_000).find_map(|n| advance(&mut pager, &format!("/api/v1/groups?after={n}"), 0).err());
        assert_eq!(error, Some(PaginationReason::EmptyPages));
    }

    #[test]
    fn a_hidden_link_is_an_error_only_where_there_may_be_more() {
        let plain = ListGroups::default();
        let by_name = ListGroups { q: Some("West".into()), limit: Some(200), ..ListGroups::default() };
        for (list, link, items, expected) in [
            (&plain, LinkHeader::MaybeHidden, 200, Err(PaginationReason::HiddenLink)),
            (&plain, LinkHeader::MaybeHidden, 199, Ok(())),
            (&plain, LinkHeader::Absent, 200, Ok(())),
            (&by_name, LinkHeader::MaybeHidden, 200, Ok(())),
        ] {
            let mut pager = Pager::new(list.request().unwrap(), NextLink::Rebase);
            assert_eq!(pager.advance(&org(), link, items).map_err(|e| e.reason), expected);
        }
    }

    #[test]
    fn a_walk_resumes_where_another_stopped() {
        let mut pager = walk();
        assert_eq!(pager.cursor(), None);
        advance(&mut pager, "/api/v1/groups?after=a%2Bb&limit=200", 200).unwrap();
        let cursor = pager.cursor().unwrap();

        let smaller = ListGroups {
            filter: Some("type eq \"OKTA_GROUP\"".into()),
            limit: Some(50),
            ..ListGroups::default()
        };
        let resumed = Pager::resume(smaller.request().unwrap(), &cursor, NextLink::Rebase).unwrap();
        assert_eq!(
            resumed.request().unwrap().query,
            "after=a%2Bb&limit=50&filter=type%20eq%20%22OKTA_GROUP%22"
        );

        let mut resumed = resumed;
        assert_eq!(
            advance(&mut resumed, "/api/v1/groups?limit=50", 50),
            Err(PaginationReason::Loop),
            "back to the start, which the other walk read"
        );

        let other = ListGroups::default().request().unwrap();
        let error = Pager::resume(other, &cursor, NextLink::Rebase).unwrap_err();
        assert_eq!(error.reason, PaginationReason::Cursor);
    }

    #[test]
    fn a_smaller_page_keeps_the_cursor_byte_for_byte() {
        let mut pager = walk();
        advance(&mut pager, "/api/v1/groups?after=x%2f+y&limit=200&filter=a", 200).unwrap();
        pager.set_limit(25);
        assert_eq!(pager.request().unwrap().query, "after=x%2f+y&limit=25&filter=a");
    }
}
