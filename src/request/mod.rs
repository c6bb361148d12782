//! The nine operations of the Groups API as values: method, path, query and body.
//!
//! This folder decides how a call is written on the wire and refuses what could change its meaning there.
//! It does not know hosts, headers or how a request is sent.

mod bucket;
mod encode;
mod id;
mod names;
mod operations;

pub use bucket::bucket_of;
pub use encode::Query;
use encode::encode;
pub(crate) use encode::{Decoded, pairs, same};
pub(crate) use id::check_id;
pub use id::{GroupId, UserId};
pub(crate) use names::in_rust;
pub use operations::{
    AssignUser, CreateGroup, DeleteGroup, GetGroup, ListApps, ListGroups, ListUsers, ReplaceGroup, SortOrder,
    UnassignUser,
};
#[cfg(all(target_arch = "wasm32", feature = "npm"))]
pub(crate) use operations::{list, one};

use std::borrow::Cow;
use std::fmt;

/// The page size asked for when the caller names none: the reference recommends `limit=200` for groups and
/// for members ("Any number greater than 200 affects performance and accuracy").
pub const DEFAULT_LIMIT: u32 = 200;

/// The largest `limit` of *List all groups* in the reference.
pub const MAX_LIMIT: u32 = 10_000;

/// The HTTP methods that the nine operations use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// *Add a group*: the only operation that must never run twice.
    Post,
    /// Replaces or assigns; the same call twice leaves the same state.
    Put,
    /// Deletes or unassigns.
    Delete,
}

impl Method {
    /// The method as HTTP spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The operations of the reference, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// *List all groups*
    ListGroups,
    /// *Add a group*
    CreateGroup,
    /// *Retrieve a group*
    GetGroup,
    /// *Replace a group*
    ReplaceGroup,
    /// *Delete a group*
    DeleteGroup,
    /// *List all assigned applications*
    ListApps,
    /// *List all member users*
    ListUsers,
    /// *Assign a user to a group*
    AssignUser,
    /// *Unassign a user from a group*
    UnassignUser,
}

impl Operation {
    /// All nine, in the order of the reference.
    pub const ALL: [Operation; 9] = [
        Operation::ListGroups,
        Operation::CreateGroup,
        Operation::GetGroup,
        Operation::ReplaceGroup,
        Operation::DeleteGroup,
        Operation::ListApps,
        Operation::ListUsers,
        Operation::AssignUser,
        Operation::UnassignUser,
    ];

    /// The operation's row.
    pub const fn row(self) -> Row {
        // A GET, PUT or DELETE of one group counts in a bucket of its own; lists, *Add a group* and memberships
        // share another (recorded: 1000 and 500 in the same org).
        const GROUP: Row = Row {
            method: Method::Get,
            path: "/api/v1/groups/{groupId}",
            answer: Answer::Object,
            max_limit: None,
            links: Links::Never,
            bucket: "groups/{id}",
            body_id: Some(0),
        };
        const SHARED: Row = Row { bucket: "groups", body_id: None, ..GROUP };
        const LIST: Row = Row { answer: Answer::Page, links: Links::Always, ..SHARED };
        const MEMBERSHIP: Row =
            Row { path: "/api/v1/groups/{groupId}/users/{userId}", answer: Answer::Nothing, ..SHARED };
        match self {
            Operation::ListGroups => {
                Row { path: "/api/v1/groups", max_limit: Some(MAX_LIMIT), links: Links::UnlessQ, ..LIST }
            }
            Operation::CreateGroup => Row { method: Method::Post, path: "/api/v1/groups", ..SHARED },
            Operation::GetGroup => GROUP,
            Operation::ReplaceGroup => Row { method: Method::Put, ..GROUP },
            Operation::DeleteGroup => {
                Row { method: Method::Delete, answer: Answer::Nothing, body_id: None, ..GROUP }
            }
            Operation::ListApps => Row { path: "/api/v1/groups/{groupId}/apps", ..LIST },
            Operation::ListUsers => Row { path: "/api/v1/groups/{groupId}/users", ..LIST },
            Operation::AssignUser => Row { method: Method::Put, ..MEMBERSHIP },
            Operation::UnassignUser => Row { method: Method::Delete, ..MEMBERSHIP },
        }
    }

    /// Method and path template, as the reference prints them.
    pub const fn route(self) -> (Method, &'static str) {
        let row = self.row();
        (row.method, row.path)
    }

    /// What a success carries, by the reference.
    pub const fn answer(self) -> Answer {
        self.row().answer
    }
}

/// What the reference and the recordings say of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// The HTTP method.
    pub method: Method,
    /// The path, each id as `{name}`.
    pub path: &'static str,
    /// What a success carries.
    pub answer: Answer,
    /// The largest `limit` that the reference names, if it names one.
    pub max_limit: Option<u32>,
    /// Whether a page has a `Link` header.
    pub links: Links,
    /// The rate-limit bucket that a request counts in; empty where the path says it
    /// ([`bucket_of`]).
    pub bucket: &'static str,
    /// Which of the path's ids, counted from 0, the `id` of a successful body must equal.
    pub body_id: Option<u8>,
}

/// Whether the pages of a list carry a `Link` header, at least `rel="self"`. A full page without one has lost it
/// on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// Always (recorded: members 190 of 190, apps 2 of 2, rules 100 of 100, a user's groups 436 of 436).
    Always,
    /// Always but with the parameter `q`, which Okta does not page (recorded: 186 of 186 without `q`, 0 of 805 with).
    UnlessQ,
    /// Never; what is no list has none, and a group's owners have none (recorded: 0 of 28).
    Never,
}

/// The shape of a successful body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A JSON array, paged by the `Link` header.
    Page,
    /// A JSON object.
    Object,
    /// 204, or a success whose body does not matter.
    Nothing,
}

/// A call, ready to be put on an org's URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Which operation this is.
    pub operation: Operation,
    /// Path from the root of the API, percent-encoded: `/api/v1/groups/00g1/users`.
    pub path: String,
    /// Query without the `?`, percent-encoded; empty for none.
    pub query: String,
    /// JSON text.
    pub body: Option<String>,
}

impl Request {
    /// The HTTP method.
    pub const fn method(&self) -> Method {
        self.operation.route().0
    }

    /// The rate-limit bucket: that of the operation's row, or of the path where the row leaves it open.
    pub fn bucket(&self) -> Cow<'static, str> {
        match self.operation.row().bucket {
            "" => bucket_of(self.method(), &self.path),
            known => known.into(),
        }
    }

    /// Whether the query has a parameter.
    pub fn has(&self, name: &str) -> bool {
        pairs(&self.query).any(|(given, _)| given == name)
    }

    /// The page size that is asked for.
    pub fn limit(&self) -> Option<u32> {
        let (_, pair) = pairs(&self.query).find(|(name, _)| *name == "limit")?;
        pair.split_once('=')?.1.parse().ok().filter(|limit| *limit > 0)
    }

    /// Asks for another page size; all else stays byte for byte (a cursor must not be decoded and encoded again).
    pub fn set_limit(&mut self, limit: u32) {
        if self.limit() == Some(limit) {
            return;
        }
        let mut query = Query::new();
        let mut set = false;
        for (name, pair) in pairs(&self.query) {
            if name != "limit" {
                query.push_raw(pair);
            } else if !set {
                query.push_number("limit", limit);
                set = true;
            }
        }
        if !set {
            query.push_number("limit", limit);
        }
        self.query = query.into_string();
    }

    /// Whether a successful body may have this `id`: that of the path, where the operation's row says so.
    pub fn admits_body_id(&self, id: &str) -> bool {
        let row = self.operation.row();
        let Some(which) = row.body_id else { return true };
        let ids = row.path.split('/').zip(self.path.split('/')).filter(|(name, _)| name.starts_with('{'));
        let mut ids = ids.map(|(_, given)| given);
        let mut written = String::new();
        encode(id, &mut written);
        ids.nth(usize::from(which)) == Some(written.as_str())
    }

    /// The id of the group in the path, as it is written there.
    pub(crate) fn group_id(&self) -> Option<&str> {
        self.path.strip_prefix("/api/v1/groups/")?.split('/').next()
    }

    /// Path and query as they go on the wire.
    pub fn target(&self) -> String {
        let mut target = self.path.clone();
        if !self.query.is_empty() {
            target.push('?');
            target.push_str(&self.query);
        }
        target
    }
}

/// An argument that cannot be sent: nothing has been.
#[derive(Clone, PartialEq, Eq)]
pub struct ArgumentError {
    /// The name of the argument as JavaScript spells it.
    pub(crate) argument: Cow<'static, str>,
    pub(crate) reason: String,
}

impl ArgumentError {
    pub(crate) fn new(argument: impl Into<Cow<'static, str>>, reason: impl Into<String>) -> Self {
        ArgumentError { argument: argument.into(), reason: reason.into() }
    }

    /// The name of the argument: `sort_by`, `desired[3]`.
    pub fn argument(&self) -> String {
        in_rust(&self.argument)
    }

    /// What was wrong with it.
    pub fn reason(&self) -> String {
        in_rust(&self.reason)
    }

    /// What the JavaScript edge says. Rust's is `to_string()`.
    pub(crate) fn message(&self) -> String {
        [&self.argument, " ", &self.reason].concat()
    }
}

impl fmt::Debug for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArgumentError")
            .field("argument", &self.argument())
            .field("reason", &self.reason())
            .finish()
    }
}

impl fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&in_rust(&self.message()))
    }
}

impl std::error::Error for ArgumentError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_for_each_operation() {
        use Answer::{Nothing, Object, Page};
        use Links::{Always, Never, UnlessQ};
        let rows: [(_, _, _, _, _, _, Option<u8>); 9] = [
            ("GET", "/api/v1/groups", Page, Some(10_000), UnlessQ, "groups", None),
            ("POST", "/api/v1/groups", Object, None, Never, "groups", None),
            ("GET", "/api/v1/groups/{groupId}", Object, None, Never, "groups/{id}", Some(0)),
            ("PUT", "/api/v1/groups/{groupId}", Object, None, Never, "groups/{id}", Some(0)),
            ("DELETE", "/api/v1/groups/{groupId}", Nothing, None, Never, "groups/{id}", None),
            ("GET", "/api/v1/groups/{groupId}/apps", Page, None, Always, "groups", None),
            ("GET", "/api/v1/groups/{groupId}/users", Page, None, Always, "groups", None),
            ("PUT", "/api/v1/groups/{groupId}/users/{userId}", Nothing, None, Never, "groups", None),
            ("DELETE", "/api/v1/groups/{groupId}/users/{userId}", Nothing, None, Never, "groups", None),
        ];
        for (operation, expected) in Operation::ALL.into_iter().zip(rows) {
            let Row { method, path, answer, max_limit, links, bucket, body_id } = operation.row();
            assert_eq!((method.as_str(), path, answer, max_limit, links, bucket, body_id), expected);
        }
    }

    #[test]
    fn a_body_has_the_id_of_the_path_where_the_row_says_so() {
        let group = || GroupId::new("00g ü").unwrap();
        let get = GetGroup { group: group() }.request();
        let replace = ReplaceGroup { group: group(), profile: "{}".into() }.request();
        for request in [&get, &replace] {
            assert!(request.admits_body_id("00g ü"));
            for other in ["", "00g1", "00g%20%C3%BC", "00G ü"] {
                assert!(!request.admits_body_id(other), "{other}");
            }
        }
        for request in [
            CreateGroup { profile: "{}".into() }.request(),
            DeleteGroup { group: group() }.request(),
            AssignUser { group: group(), user: UserId::new("00u1").unwrap() }.request(),
        ] {
            assert!(request.admits_body_id("00g2"));
        }
    }

    #[test]
    fn a_request_counts_in_the_bucket_of_its_row() {
        let group = || GroupId::new("00g1").unwrap();
        assert_eq!(ListGroups::default().request().unwrap().bucket(), "groups");
        assert_eq!(GetGroup { group: group() }.request().bucket(), "groups/{id}");
        assert_eq!(ListUsers::of("00g1").unwrap().request().unwrap().bucket(), "groups");
    }

    #[test]
    fn the_page_size_is_told_and_changed_and_all_else_stays_as_it_is() {
        let with = |query: &str| Request { query: query.into(), ..ListGroups::default().request().unwrap() };
        for (query, limit, then) in [
            ("limit=200", Some(200), "limit=50"),
            ("limit=50", Some(50), "limit=50"),
            // Already what is asked for: not even written anew.
            ("&limit=50&", Some(50), "&limit=50&"),
            ("after=a%2bb+c&limit=1&expand=app", Some(1), "after=a%2bb+c&limit=50&expand=app"),
            ("q=limit", None, "q=limit&limit=50"),
            ("", None, "limit=50"),
            // No page has no items, and no number is no limit.
            ("limit=0&q=x", None, "limit=50&q=x"),
            ("limit&q=x", None, "limit=50&q=x"),
            ("limit=ten&q=x", None, "limit=50&q=x"),
            // Given twice, once is sent.
            ("limit=7&q=x&limit=8", Some(7), "limit=50&q=x"),
        ] {
            let mut request = with(query);
            assert_eq!(request.limit(), limit, "{query}");
            request.set_limit(50);
            assert_eq!(request.query, then, "{query}");
        }
        let request = with("q=after&limit=1");
        assert_eq!(
            ["q", "limit", "after", "lim", ""].map(|name| request.has(name)),
            [true, true, false, false, false]
        );
    }

    #[test]
    fn the_group_of_a_path_is_told_as_it_is_written_there() {
        let group = || GroupId::new("00g ü").unwrap();
        let assign = AssignUser { group: group(), user: UserId::new("00u1").unwrap() }.request();
        for request in [assign, GetGroup { group: group() }.request()] {
            assert_eq!(request.group_id(), Some("00g%20%C3%BC"));
        }
        assert_eq!(CreateGroup { profile: "{}".into() }.request().group_id(), None);
        assert_eq!(ListGroups::default().request().unwrap().group_id(), None);
    }
}
