//! Walks a list: decides which page comes next, which text is its cursor, and when a `Link` header is
//! refused.
//!
//! The [`Pager`] takes each answer's `Link` header and number of items. It resolves the `next` link against
//! the request's URL, checks that the link belongs to the same list, and puts its query on the org's URL
//! (real orgs answer with `-admin` hosts, proxies with others). It sends nothing and reads no item.

mod cursor;
mod link;

pub use link::{Link, Links, links};

use std::fmt;

use crate::org::{OrgName, OrgUrl};
use crate::request::{DEFAULT_LIMIT, Links as Linked, Query, Request, pairs, same};
use crate::text::{before, find, is_one, position, split, split_first, split_last, trim_end, trim_start};
use cursor::{Cursor, PLACES, list_of, place_of};

/// The most empty pages in a row that are read; one more means that the list is endless. Okta sends a `next`
/// on some empty pages.
const MAX_EMPTY_PAGES: u32 = 100;

const LOGS: &str = "/api/v1/logs";

/// What to do with a `next` link whose origin is not the org's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NextLink {
    /// Keep its path and query, and send the request to the org's origin.
    #[default]
    Rebase,
    /// Fail with [`PaginationReason::Origin`].
    Reject,
}

/// Why a list cannot be continued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PaginationReason {
    /// `next` leads to a page that was read already. (Okta has sent such links: the list would never end.)
    Loop,
    /// `next` is on another origin, and the rule is [`NextLink::Reject`].
    Origin,
    /// `next` leads out of the list: to another path, or to another value of a parameter.
    Path,
    /// More than 100 empty pages in a row.
    EmptyPages,
    /// The cursor has another form, was changed, or belongs to another list or org.
    Cursor,
    /// The list has more items than the caller's `max`.
    Exceeded,
    /// A full page came without a `Link` header: a proxy, middleware or the browser (cross-origin) removed
    /// it.
    HiddenLink,
}

/// Whether a header mentions `rel=next` although no `next` link could be parsed from it.
fn mentions_next(header: &str) -> bool {
    let plain: Vec<u8> = header.bytes().filter(|b| !is_one(*b, b" \"'")).collect();
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
            PaginationReason::Cursor => "the cursor was changed, or belongs to another list or org",
            PaginationReason::Exceeded => "the list has more items than max",
            PaginationReason::HiddenLink => {
                "a full page came without a Link header, so the rest of the list cannot be found: a proxy or \
                 middleware dropped it, this origin may not read it (Access-Control-Expose-Headers), or the list has \
                 none and needs a larger limit (owners)"
            }
        }
    }
}

/// A list that cannot be continued. The page that showed this was not returned: a walk that resumes at
/// [`Pager::cursor`] reads that page again, and all that follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaginationError {
    /// The reason.
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

/// A walk through the pages of one list.
#[derive(Clone, Debug)]
pub struct Pager {
    request: Request,
    /// The query of the caller's first request. Its parameters apply to the whole list.
    own: String,
    org: OrgName,
    list: u64,
    /// The hashes of all places that were read, sorted.
    seen: Vec<u64>,
    /// The hashes of the last places, the current one included.
    last: Vec<u64>,
    empty: u32,
    started: bool,
    done: bool,
    rule: NextLink,
}

impl Pager {
    /// A walk from the page that `first` requests. Its cursors are bound to `org`.
    pub fn new(first: Request, org: &OrgName, rule: NextLink) -> Self {
        let place = place_of(&first.query);
        Pager {
            list: list_of(&first.path, &first.query),
            own: first.query.clone(),
            request: first,
            org: org.clone(),
            seen: vec![place],
            last: vec![place],
            empty: 0,
            started: false,
            done: false,
            rule,
        }
    }

    /// A walk from `cursor`, which a walk of the same list returned. Its pages have the `limit` that the
    /// caller set in `first`, since Okta takes `limit` and `after` apart from one another. Without one they
    /// have the cursor's, 200 at most.
    ///
    /// # Errors
    /// [`PaginationReason::Cursor`] if the cursor has another form, was changed, or belongs to another list
    /// or org.
    pub fn resume(
        first: Request,
        cursor: &str,
        org: &OrgName,
        rule: NextLink,
    ) -> Result<Self, PaginationError> {
        let mut pager = Pager::new(first, org, rule);
        let place = Cursor::from_text(cursor, pager.list, org).ok_or(PaginationReason::Cursor)?;
        let asked = pager.request.limit();
        // A `next` back to the list's start is a loop even for a walk that did not begin there.
        for known in place.places.iter().copied().chain([place_of(&place.query)]) {
            pager.remember(known);
        }
        pager.last = place.places;
        pager.request.query = place.query;
        if let Some(asked) = asked {
            let own = pager.request.limit().filter(|_| pager.request.has_default_limit);
            pager.request.set_limit(own.map_or(asked, |own| own.min(asked)));
        }
        pager.started = true;
        Ok(pager)
    }

    /// The request for the next page; `None` at the end of the list.
    pub fn request(&self) -> Option<&Request> {
        (!self.done).then_some(&self.request)
    }

    /// The cursor of the next page, which [`Pager::resume`] takes; `None` at the list's start and end. It
    /// holds the org's name, the query and the last places, and no secret.
    pub fn cursor(&self) -> Option<String> {
        let here = || Cursor { places: self.last.clone(), query: self.request.query.clone() };
        (self.started && !self.done).then(|| here().to_text(self.list, &self.org))
    }

    /// Sets the `limit` of the following pages. Only the page size in the cursor changes.
    pub fn set_limit(&mut self, limit: u32) {
        self.request.set_limit(limit);
    }

    /// Takes the answer to [`Pager::request`] and moves on. `link` is its `Link` header, several joined by
    /// commas. A page may be empty or short and still have a `next` (recorded): only a page without `next` is
    /// the last. A page without any link is the last only if it is not full.
    ///
    /// # Errors
    /// [`PaginationError`] if the list cannot be continued from here; the walk then stays where it was.
    pub fn advance(&mut self, org: &OrgUrl, link: Option<&str>, items: usize) -> Result<(), PaginationError> {
        let next = match link {
            Some(value) => match links(value).find(|link| link.is("next")) {
                // There is a next page, but its URL cannot be read.
                None if mentions_next(value) => return Err(PaginationReason::Path.into()),
                next => next,
            },
            None if self.is_full(items) => return Err(PaginationReason::HiddenLink.into()),
            None => None,
        };
        let Some(next) = next else {
            self.done = true;
            return Ok(());
        };
        let query = self.follow(org, next.target)?;
        // The System Log ends with a link to the same page (recorded), which a program may poll later.
        if self.request.path == LOGS && place_of(&query) == place_of(&self.request.query) {
            self.done = true;
            return Ok(());
        }
        let empty = if items == 0 { self.empty + 1 } else { 0 };
        if empty > MAX_EMPTY_PAGES {
            return Err(PaginationReason::EmptyPages.into());
        }
        let place = place_of(&query);
        if !self.remember(place) {
            return Err(PaginationReason::Loop.into());
        }
        if self.last.len() >= PLACES {
            self.last.remove(0);
        }
        self.last.push(place);
        self.empty = empty;
        let limit = self.request.limit();
        self.request.query = query;
        // The org may change the page size, but a link without one keeps the former.
        if let (None, Some(limit)) = (self.request.limit(), limit) {
            self.request.set_limit(limit);
        }
        self.started = true;
        Ok(())
    }

    /// Remembers a place; false if it was read already.
    fn remember(&mut self, place: u64) -> bool {
        let Err(at) = self.seen.binary_search(&place) else { return false };
        self.seen.insert(at, place);
        true
    }

    /// The query of the page at `target`, resolved against the request's URL (RFC 8288, 3.1). A parameter of
    /// the list that the link lost is added again; a link that changes one leads to another list and is
    /// refused.
    fn follow(&self, org: &OrgUrl, target: &str) -> Result<String, PaginationReason> {
        let target = before(target, b"#");
        let (address, query) = match split_first(target, b"?") {
            Some((address, query)) => (address, query),
            // An empty reference means the request itself.
            None if target.is_empty() => ("", self.request.query.as_str()),
            None => (target, ""),
        };
        let own_path = [org.base_path(), &self.request.path].concat();
        let (authority, path) = split_address(address)?;
        if let (NextLink::Reject, Some(authority)) = (self.rule, authority)
            && !is_at(org.origin(), authority)
        {
            return Err(PaginationReason::Origin);
        }
        let path = match (authority, path) {
            (None, "") => own_path.clone(),
            (None, relative) if !relative.starts_with('/') => {
                split_last(&own_path, b'/').map_or_else(String::new, |(folder, _)| [folder, "/"].concat())
                    + relative
            }
            _ => path.to_owned(),
        };
        let path = without_dots(&path);
        if !same(&path, &own_path) && !same(&path, &self.request.path) {
            return Err(PaginationReason::Path);
        }
        let own = || pairs(&self.own).filter(|(name, _)| !matches!(*name, "after" | "limit"));
        let mut whole = Query::new();
        for (name, pair) in pairs(query) {
            #[cfg(test)]
            cost::add(pair.len());
            let mut of_list = own().filter(|(own, _)| same(own, name)).peekable();
            let is_kept = match of_list.peek() {
                Some(_) => of_list.any(|(_, own)| same(own, pair)),
                None => !narrows(name) || matches!(pair.get(name.len()..), Some("" | "=")),
            };
            if !is_kept {
                return Err(PaginationReason::Path);
            }
            whole.push_written(pair);
        }
        // Okta's `next` lost `q` on /idps (recorded) and `expand` on groups (reported).
        for (name, pair) in own() {
            #[cfg(test)]
            cost::add(query.len());
            if !pairs(query).any(|(kept, _)| same(kept, name)) {
                whole.push_raw(pair);
            }
        }
        Ok(whole.into_string())
    }

    /// Whether the page may have been cut: it has as many items as were requested, or as the reference
    /// recommends or allows (the org may cap the request). A list that always comes in one piece is never
    /// full.
    fn is_full(&self, items: usize) -> bool {
        let row = self.request.operation.row();
        let is_linked = match row.links {
            Linked::Always | Linked::Unpaged => true,
            Linked::UnlessQ => !self.request.has("q"),
            Linked::Never => false,
        };
        let limit = self.request.limit();
        let most = match (row.links, limit) {
            // The owners of a group have no known cap, and the caller may raise the limit.
            (Linked::Unpaged, Some(limit)) => limit,
            _ => [limit, row.max_limit].into_iter().flatten().fold(DEFAULT_LIMIT, u32::min),
        };
        // Okta's own page sizes for a request without a limit.
        let is_default = limit.is_none() && matches!(items, 20 | 50 | 100);
        is_linked && (items >= most as usize || is_default)
    }
}

/// Whether the parameter makes a list shorter: a link that adds it would lose items.
fn narrows(name: &str) -> bool {
    ["q", "filter", "search"].iter().any(|narrowing| same(narrowing, name))
}

/// Splits an address into scheme and authority (`https://host`, or `//host` with the request's scheme), if it
/// has them, and path.
fn split_address(address: &str) -> Result<(Option<&str>, &str), PaginationReason> {
    let colon = position(address, b":/").filter(|at| address.get(*at..=*at) == Some(":"));
    let after = colon.map_or(0, |at| at + 1);
    let Some(rest) = address.get(after..).and_then(|rest| rest.strip_prefix("//")) else {
        // `mailto:x` has no place at an org.
        return if colon.is_some() { Err(PaginationReason::Path) } else { Ok((None, address)) };
    };
    let path = rest.get(before(rest, b"/").len()..).unwrap_or_default();
    Ok((address.get(..address.len() - path.len()), path))
}

/// Whether an authority, with or without a scheme, belongs to `origin`.
fn is_at(origin: &str, authority: &str) -> bool {
    let authority = authority.to_ascii_lowercase();
    let (scheme, host) = split_first(origin, b":").unwrap_or_default();
    let (own, other) = match find(&authority, "://").and_then(|at| authority.split_at_checked(at)) {
        Some((own, other)) => (own, other.get(3..).unwrap_or_default()),
        None => (scheme, trim_start(&authority, b"/")),
    };
    let port = if scheme == "https" { ":443" } else { ":80" };
    own == scheme && host.strip_prefix("//") == Some(other.strip_suffix(port).unwrap_or(other))
}

/// The path without `.` and `..` (RFC 3986, 5.2.4), and without slashes at its end.
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = split(trim_end(path, b"/"), b'/');
    segments.next();
    for segment in segments {
        match segment {
            "." => {}
            ".." => drop(kept.pop()),
            segment => kept.push(segment),
        }
    }
    let mut plain = String::new();
    for segment in kept {
        plain.push('/');
        plain.push_str(segment);
    }
    plain
}

/// Counts bytes that are compared, for tests.
#[cfg(test)]
mod cost {
    use std::cell::Cell;

    thread_local! {
        static DONE: Cell<usize> = const { Cell::new(0) };
    }

    pub(super) fn add(bytes: usize) {
        DONE.set(DONE.get() + bytes);
    }

    /// The count since the last call.
    pub(super) fn take() -> usize {
        DONE.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::ListGroups;

    fn org() -> OrgUrl {
        OrgUrl::parse("https://console.example.com/okta").unwrap()
    }

    fn pager(first: &ListGroups) -> Pager {
        Pager::new(first.request().unwrap(), &org().name(), NextLink::Rebase)
    }

    fn resumed(first: &ListGroups, cursor: &str) -> Result<Pager, PaginationReason> {
        Pager::resume(first.request().unwrap(), cursor, &org().name(), NextLink::Rebase).map_err(|e| e.reason)
    }

    fn filtered() -> ListGroups {
        ListGroups { filter: Some("type eq \"OKTA_GROUP\"".into()), ..ListGroups::default() }
    }

    fn walk() -> Pager {
        pager(&filtered())
    }

    fn next(target: &str) -> String {
        format!("<https://x/api/v1/groups?limit=200>; rel=\"self\", <{target}>; rel=\"next\"")
    }

    fn advance(pager: &mut Pager, target: &str, items: usize) -> Result<(), PaginationReason> {
        pager.advance(&org(), Some(&next(target)), items).map_err(|e| e.reason)
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
            let advanced = walk().advance(&org(), Some(header), 200);
            assert_eq!(advanced.is_ok(), ends, "{header}");
        }
    }

    #[test]
    fn next_out_of_the_list_is_refused() {
        for target in [
            "https://x/api/v1/users?after=1",
            "https://x/api/v1/groups/00g1?after=1",
            "https://x/api/v1/groups/../users?after=1",
            "https://x/api/v1/groups/%2e%2e/groups?after=1",
            "https://x/other/api/v1/groups?after=1",
            "https://x?after=1",
            "//x?after=1",
            "group?after=1",
            "v1/groups?after=1",
            "groups/groups?after=1",
            "/groups?after=1",
            "https:groups?after=1",
            "example.okta.com/api/v1/groups?after=1",
            ".?after=1",
            "javascript:alert(1)",
        ] {
            assert_eq!(advance(&mut walk(), target, 200), Err(PaginationReason::Path), "{target}");
        }
    }

    #[test]
    fn a_relative_next_is_resolved_against_the_request() {
        for target in [
            "?after=1",
            "?after=1#top",
            "groups?after=1",
            "./groups?after=1",
            "../v1/groups?after=1",
            "../v1/./groups/?after=1",
            "/okta/api/v1/groups?after=1",
            "/api/v1/groups?after=1",
            "//other.example/api/v1/groups?after=1",
            "https://x/api/v1/x/../groups?after=1",
            "https://x/api/v1/%67roups?after=1",
        ] {
            let mut pager = walk();
            assert_eq!(advance(&mut pager, target, 200), Ok(()), "{target}");
            let query = "after=1&filter=type%20eq%20%22OKTA_GROUP%22&limit=200";
            assert_eq!(pager.request().unwrap().query, query, "{target}");
        }
        for target in ["", "#top", "?", "groups", "./groups", "/api/v1/groups"] {
            assert_eq!(advance(&mut walk(), target, 200), Err(PaginationReason::Loop), "{target}");
        }
        let members = crate::request::ListUsers::of("00g ü").unwrap().request().unwrap();
        for target in ["?after=1", "users?after=1", "/api/v1/groups/00g%20%c3%bc/users?after=1"] {
            let mut pager = Pager::new(members.clone(), &org().name(), NextLink::Reject);
            assert_eq!(advance(&mut pager, target, 1), Ok(()), "{target}");
        }
    }

    #[test]
    fn a_foreign_origin_can_be_refused() {
        for (target, refused) in [
            ("https://console.example.com/api/v1/groups?after=1", false),
            ("HTTPS://Console.example.com:443/api/v1/groups?after=1", false),
            ("//console.example.com/api/v1/groups?after=1", false),
            ("/api/v1/groups?after=1", false),
            ("?after=1", false),
            ("https://console.example.com.evil.com/api/v1/groups?after=1", true),
            ("https://console.example.com@evil.com/api/v1/groups?after=1", true),
            ("https://console.example.com:80/api/v1/groups?after=1", true),
            ("http://console.example.com/api/v1/groups?after=1", true),
            ("//evil.com/api/v1/groups?after=1", true),
        ] {
            let mut pager = Pager { rule: NextLink::Reject, ..walk() };
            let expected = if refused { Err(PaginationReason::Origin) } else { Ok(()) };
            assert_eq!(advance(&mut pager, target, 200), expected, "{target}");
        }
    }

    #[test]
    fn a_next_that_changes_a_parameter_of_the_list_is_refused() {
        let all = ListGroups {
            search: Some("profile.name sw \"R&D\"".into()),
            expand: vec!["stats".into(), "app".into()],
            sort_by: Some("profile.name".into()),
            sort_order: Some(crate::request::SortOrder::Desc),
            fields: vec!["id".into()],
            ..filtered()
        };
        let own = all.request().unwrap().query;
        for (pair, other) in [
            ("filter=type%20eq%20%22OKTA_GROUP%22", "filter=type+eq+%22APP_GROUP%22"),
            ("search=profile.name%20sw%20%22R%26D%22", "search=profile.name+sw+%22R"),
            ("expand=stats%2Capp", "expand=stats"),
            ("sortBy=profile.name", "sortBy=id"),
            ("sortOrder=desc", "sortOrder=asc"),
            ("fields=id", "fields=id%2Cprofile"),
        ] {
            assert!(own.contains(pair), "{pair}");
            let name = pair.split('=').next().unwrap();
            let encoded = format!("%{:x}{}=x", name.as_bytes()[0], &name[1..]);
            for changed in [other, &format!("{name}="), name, &encoded, &format!("{pair}&{name}=")] {
                let target = format!("/api/v1/groups?after=1&{changed}");
                assert_eq!(advance(&mut pager(&all), &target, 200), Err(PaginationReason::Path), "{changed}");
            }
            for kept in ["", pair, &pair.replace("%20", "+"), &format!("{pair}&{pair}")] {
                let target = format!("/api/v1/groups?after=1&{kept}");
                assert_eq!(advance(&mut pager(&all), &target, 200), Ok(()), "{kept}");
            }
        }
        // Parameters that the list does not have: refused if they make it shorter.
        for (added, is_refused) in [
            ("filter=x", true),
            ("search=x", true),
            ("q=x", true),
            ("%71=x", true),
            ("q=", false),
            ("filter", false),
            ("expand=stats", false),
            ("sortOrder=asc", false),
            ("managedBy=x", false),
            ("limit=5", false),
        ] {
            let mut pager = pager(&ListGroups::default());
            let target = format!("/api/v1/groups?after=1&{added}");
            let expected = if is_refused { Err(PaginationReason::Path) } else { Ok(()) };
            assert_eq!(advance(&mut pager, &target, 200), expected, "{added}");
        }
    }

    #[test]
    fn a_next_may_change_the_page_size_but_not_lose_it() {
        for (limit, sent) in
            [("limit=50", "limit=50"), ("limit=", ""), ("limit=0", ""), ("limit=x", ""), ("", "")]
        {
            let mut pager = pager(&ListGroups::default());
            advance(&mut pager, &format!("?{limit}&after=1"), 200).unwrap();
            let query = &pager.request().unwrap().query;
            let sent = if sent.is_empty() { "limit=200" } else { sent };
            assert!(query.split('&').any(|pair| pair == sent), "{limit}: {query}");
            assert_eq!(query.matches("limit").count(), 1, "{limit}: {query}");
        }
    }

    #[test]
    fn what_a_link_writes_as_no_url_may_have_it_is_encoded() {
        let mut pager = pager(&ListGroups::default());
        advance(&mut pager, "?after=a b\u{e9}\"&limit=200", 200).unwrap();
        assert_eq!(pager.request().unwrap().query, "after=a%20b%C3%A9\"&limit=200");
        let cursor = pager.cursor().unwrap();
        assert_eq!(resumed(&ListGroups::default(), &cursor).unwrap().request(), pager.request());
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
        pager.advance(&org(), Some("<https://x/api/v1/groups>; rel=self"), 200).unwrap();
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

    /// Okta sends a `next` on some empty pages. A hundred in a row are read, one more is an endless list.
    #[test]
    fn empty_pages_without_end_are_an_error() {
        let error_at = |with_items: Option<u32>| {
            let mut pager = walk();
            (1..10_000).find_map(|page| {
                let items = usize::from(with_items == Some(page));
                let error = advance(&mut pager, &format!("/api/v1/groups?after={page}"), items).err()?;
                Some((page, error))
            })
        };
        assert_eq!(error_at(None), Some((101, PaginationReason::EmptyPages)));
        assert_eq!(error_at(Some(1)), Some((102, PaginationReason::EmptyPages)));
        assert_eq!(error_at(Some(100)), Some((201, PaginationReason::EmptyPages)), "in a row");
    }

    #[test]
    fn a_reason_is_told_by_name_and_in_words() {
        for (reason, name, words) in [
            (PaginationReason::Loop, "loop", "read already"),
            (PaginationReason::Origin, "origin", "another origin than orgUrl"),
            (PaginationReason::Path, "path", "out of the list"),
            (PaginationReason::EmptyPages, "empty-pages", "empty pages in a row"),
            (PaginationReason::Cursor, "cursor", "another list or org"),
            (PaginationReason::Exceeded, "exceeded", "more items than max"),
            (PaginationReason::HiddenLink, "hidden-link", "Access-Control-Expose-Headers"),
        ] {
            assert_eq!(reason.as_str(), name);
            let message = PaginationError::from(reason).to_string();
            assert!(message.contains(words), "{name}: {message}");
        }
    }

    #[test]
    fn a_full_page_without_any_link_is_an_error() {
        let limited = |limit| ListGroups { limit: Some(limit), ..ListGroups::default() }.request().unwrap();
        let by_name = |limit| ListGroups { q: Some("West".into()), limit, ..ListGroups::default() }.request();
        let members = |limit| {
            let list = crate::request::ListUsers { limit, ..crate::request::ListUsers::of("00g1").unwrap() };
            list.request().unwrap()
        };
        let unlimited = Request { query: String::new(), ..limited(1) };
        for (list, items, is_full) in [
            (limited(200), 199, false),
            (limited(200), 200, true),
            (limited(200), 201, true),
            (limited(1), 1, true),
            (limited(1), 0, false),
            (limited(10_000), 199, false),
            (limited(10_000), 200, true),
            (unlimited.clone(), 199, false),
            (unlimited, 200, true),
            (members(None), 200, true),
            (members(Some(1000)), 999, true),
            (members(Some(50)), 50, true),
            (members(Some(50)), 49, false),
            (by_name(None).unwrap(), 300, false),
            (by_name(Some(10)).unwrap(), 10, false),
        ] {
            let mut pager = Pager::new(list.clone(), &org().name(), NextLink::Rebase);
            let expected = if is_full { Err(PaginationReason::HiddenLink) } else { Ok(()) };
            let advanced = pager.advance(&org(), None, items).map_err(|error| error.reason);
            assert_eq!(advanced, expected, "{items} of {list:?}");
            assert_eq!(pager.request().is_some(), is_full, "it stays where it was, or is over");
            let mut pager = Pager::new(list, &org().name(), NextLink::Rebase);
            pager.advance(&org(), Some("<https://x/>; rel=\"self\""), items).unwrap();
            assert!(pager.request().is_none());
        }
    }

    #[test]
    fn a_walk_resumes_where_another_stopped() {
        let mut pager = walk();
        assert_eq!(pager.cursor(), None);
        advance(&mut pager, "/api/v1/groups?after=a%2Bb&limit=200", 200).unwrap();
        let cursor = pager.cursor().unwrap();

        let smaller = ListGroups { limit: Some(50), ..filtered() };
        let mut again = resumed(&smaller, &cursor).unwrap();
        assert_eq!(
            again.request().unwrap().query,
            "after=a%2Bb&limit=50&filter=type%20eq%20%22OKTA_GROUP%22"
        );
        assert_eq!(
            advance(&mut again, "/api/v1/groups?limit=50", 50),
            Err(PaginationReason::Loop),
            "back to the start, which the other walk read"
        );
    }

    /// A list that resumes without a `limit` keeps the cursor's page size, which may be a shrunk one. The
    /// caller's `limit` replaces it, also in the pages that follow.
    #[test]
    fn a_resumed_list_has_the_limit_of_the_caller_or_else_of_the_cursor() {
        for (asked, at_cursor, sent) in [
            (None, 50, 50),
            (None, 200, 200),
            (None, 1000, 200),
            (Some(100), 50, 100),
            (Some(20), 50, 20),
            // The same number as the default, but the caller's.
            (Some(200), 50, 200),
            (Some(200), 1000, 200),
            (Some(1000), 200, 1000),
        ] {
            let mut pager = pager(&ListGroups { limit: Some(at_cursor), ..ListGroups::default() });
            advance(&mut pager, &format!("?after=1&limit={at_cursor}"), 50).unwrap();
            let first = ListGroups { limit: asked, ..ListGroups::default() };
            let again = resumed(&first, &pager.cursor().unwrap()).unwrap();
            assert_eq!(again.request().unwrap().limit(), Some(sent), "{asked:?} of {at_cursor}");
            let mut again = again;
            advance(&mut again, &format!("?after=2&limit={sent}"), 50).unwrap();
            let third = again.cursor().unwrap();
            let later = resumed(&ListGroups::default(), &third).unwrap();
            assert_eq!(later.request().unwrap().limit(), Some(sent.min(200)), "{asked:?} of {at_cursor}");
        }
    }

    /// An empty reference means the request itself (RFC 3986, 4.4), even if the walk did not begin at the
    /// list's start.
    #[test]
    fn an_empty_next_is_the_page_itself() {
        let mut pager = pager(&ListGroups { after: Some("1".into()), ..ListGroups::default() });
        assert_eq!(advance(&mut pager, "", 200), Err(PaginationReason::Loop));
        assert_eq!(advance(&mut pager, "?", 200), Ok(()), "an empty query is the list's start");
    }

    #[test]
    fn a_cursor_is_refused_by_any_other_list() {
        let mut pager = walk();
        advance(&mut pager, "?after=a", 200).unwrap();
        let cursor = pager.cursor().unwrap();
        assert!(resumed(&filtered(), &cursor).is_ok());
        let some = || Some("x".to_owned());
        for other in [
            ListGroups::default(),
            ListGroups { filter: some(), ..ListGroups::default() },
            ListGroups { search: some(), ..filtered() },
            ListGroups { expand: vec!["stats".into()], ..filtered() },
            ListGroups { fields: vec!["id".into()], ..filtered() },
        ] {
            assert_eq!(resumed(&other, &cursor).err(), Some(PaginationReason::Cursor), "{other:?}");
        }
        let first = filtered().request().unwrap();
        for name in ["https://console.example.com", "https://example.okta.com", "http://localhost"] {
            let name = OrgName::parse(name).unwrap();
            let other = Pager::resume(first.clone(), &cursor, &name, NextLink::Rebase);
            assert_eq!(other.err().map(|error| error.reason), Some(PaginationReason::Cursor), "{name}");
        }
        let users = |group| crate::request::ListUsers::of(group).unwrap().request().unwrap();
        let apps = crate::request::ListApps::of("00g1").unwrap().request().unwrap();
        let mut pager = Pager::new(users("00g1"), &org().name(), NextLink::Rebase);
        advance(&mut pager, "?after=a", 200).unwrap();
        let cursor = pager.cursor().unwrap();
        for (first, is_it) in [(users("00g1"), true), (users("00g2"), false), (apps, false)] {
            let again = Pager::resume(first, &cursor, &org().name(), NextLink::Rebase);
            assert_eq!(again.is_ok(), is_it);
        }
    }

    /// Reads each page with a new pager, by cursors alone.
    fn chain(next: impl Fn(usize) -> usize, pages: usize) -> (usize, Option<PaginationReason>) {
        let mut cursor: Option<String> = None;
        let mut at = 0;
        for read in 0..pages {
            let mut page = match &cursor {
                None => pager(&ListGroups::default()),
                Some(cursor) => resumed(&ListGroups::default(), cursor).unwrap(),
            };
            at = next(at);
            if let Err(reason) = advance(&mut page, &format!("?limit=200&after={at}"), 200) {
                return (read + 1, Some(reason));
            }
            cursor = page.cursor();
        }
        (pages, None)
    }

    #[test]
    fn a_chain_of_pages_by_cursor_sees_a_cycle_of_eight_pages() {
        for length in 1..=8 {
            let (read, reason) = chain(|at| if at < 100 + length { (at + 1).max(101) } else { 101 }, 200);
            assert_eq!((read, reason), (length + 1, Some(PaginationReason::Loop)), "{length}");
        }
        assert_eq!(chain(|at| at + 1, 300), (300, None));
    }

    #[test]
    fn a_cursor_does_not_grow_with_the_pages_before_it() {
        let mut pager = walk();
        let mut lengths = Vec::new();
        for at in 1000..1100 {
            advance(&mut pager, &format!("?after={at}"), 200).unwrap();
            lengths.push(pager.cursor().unwrap().len());
        }
        assert!(lengths[PLACES..].iter().all(|length| *length == lengths[PLACES]), "{lengths:?}");
        assert!(lengths[PLACES] < 300, "{lengths:?}");
    }

    #[test]
    fn a_hostile_header_costs_no_more_than_its_length() {
        let cost = |make: &dyn Fn(usize) -> String, length: usize| {
            let header = make(length);
            let mut pager = walk();
            cost::take();
            let _ = pager.advance(&org(), Some(&header), 200);
            // The second answer meets the request as the first one left it.
            let _ = pager.advance(&org(), Some(&header.replace("after=1", "after=2").replace('a', "b")), 200);
            cost::take() as f64 / header.len() as f64
        };
        let filled = |part: &'static str| move |length: usize| part.repeat(length / part.len());
        let within = |before: &'static str, part: &'static str, after: &'static str| {
            move |length: usize| [before, &part.repeat(length / part.len()), after].concat()
        };
        let names = |length: usize| {
            let pairs: String = (0..length / 12).map(|n| format!("a{n:09}=&")).collect();
            format!("<?{pairs}after=1>; rel=next")
        };
        type OfLength = Box<dyn Fn(usize) -> String>;
        let hostile: [(&str, OfLength); 14] = [
            ("<", Box::new(filled("<"))),
            ("<,", Box::new(filled("<,"))),
            ("<a ", Box::new(filled("<a "))),
            ("<>", Box::new(filled("<>"))),
            ("<>,", Box::new(filled("<>,"))),
            (",", Box::new(filled(","))),
            ("a,>", Box::new(within("", "a,", ">"))),
            ("<a>;", Box::new(within("<a>", ";", ""))),
            ("<a>;x=", Box::new(within("<a>", ";x=", ""))),
            ("<a>;x=\"", Box::new(within("<a>;x=\"", "\\\"", ""))),
            ("<a>;rel=\"", Box::new(within("<a>;rel=\"", "next ", ""))),
            ("<?a=&", Box::new(within("<?after=1&", "a=&", ">; rel=next"))),
            ("<../", Box::new(within("<", "../a/", "?after=1>; rel=next"))),
            ("names", Box::new(names)),
        ];
        let quoted = cost(&within("<a>;rel=\"", "next ", ""), 8 << 10);
        assert!(quoted >= 1.0, "the count sees what is looked at: {quoted} for each byte");
        for (name, make) in &hostile {
            let (small, large) = (cost(make, 8 << 10), cost(make, 64 << 10));
            assert!(large <= small * 1.2 + 0.1, "{name}: {small} for each byte, then {large}");
        }
    }

    #[test]
    fn a_smaller_page_keeps_the_cursor_byte_for_byte() {
        let mut pager = pager(&ListGroups::default());
        advance(&mut pager, "/api/v1/groups?after=x%2f+y&limit=200&expand=a", 200).unwrap();
        pager.set_limit(25);
        assert_eq!(pager.request().unwrap().query, "after=x%2f+y&limit=25&expand=a");
    }
}
