//! The operations on groups, owners, rules and users, and any other request, as values: method, path, query
//! and body.
//!
//! This module decides how a call is written on the wire, and refuses arguments that could change its meaning
//! there. It does not know hosts or headers, and sends nothing.

mod bucket;
mod encode;
mod id;
mod names;
mod operations;
mod other;

pub use bucket::bucket_of;
use bucket::template_of;
pub use encode::Query;
pub(crate) use encode::{Decoded, encode, pairs, same};
pub(crate) use id::check_id;
pub use id::{GroupId, OwnerId, RuleId, UserId, UserKey};
pub(crate) use names::in_rust;
pub use operations::{
    ActivateRule, AssignOwner, AssignUser, CreateGroup, CreateRule, DeactivateRule, DeleteGroup, DeleteOwner,
    DeleteRule, GetGroup, GetRule, GetUser, ListApps, ListGroups, ListOrgUsers, ListOwners, ListRules,
    ListUserGroups, ListUsers, ReplaceGroup, ReplaceRule, SortOrder, UnassignUser,
};
#[cfg(all(target_arch = "wasm32", feature = "npm"))]
pub(crate) use operations::{list_at, one_at, path_of};
#[cfg(all(target_arch = "wasm32", feature = "npm"))]
pub(crate) use other::below;
pub use other::{Other, OtherList};

use std::borrow::Cow;
use std::fmt;

use crate::text::{before, split, split_first};

/// The page size when the caller names none. The reference recommends `limit=200` for groups and for members
/// ("Any number greater than 200 affects performance and accuracy").
pub const DEFAULT_LIMIT: u32 = 200;

/// The largest `limit` of *List all groups* in the reference.
pub const MAX_LIMIT: u32 = 10_000;

/// The HTTP methods of Okta's API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates something: a second run creates it again.
    Post,
    /// Replaces or assigns; a second run leaves the same state.
    Put,
    /// Deletes or unassigns.
    Delete,
    /// Changes a part of something; none of the named operations uses it.
    Patch,
}

impl Method {
    /// The method as HTTP spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
            Method::Patch => "PATCH",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The operations of the reference, in its order, and any other request.
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
    /// *List all group owners*
    ListOwners,
    /// *Assign a group owner*
    AssignOwner,
    /// *Delete a group owner*
    DeleteOwner,
    /// *List all group rules*
    ListRules,
    /// *Create a group rule*
    CreateRule,
    /// *Retrieve a group rule*
    GetRule,
    /// *Replace a group rule*
    ReplaceRule,
    /// *Delete a group rule*
    DeleteRule,
    /// *Activate a group rule*
    ActivateRule,
    /// *Deactivate a group rule*
    DeactivateRule,
    /// *List all users* of the org
    ListOrgUsers,
    /// *Retrieve a user*
    GetUser,
    /// *List all groups* of a user
    ListUserGroups,
    /// Any other request.
    Other {
        /// The HTTP method.
        method: Method,
        /// Whether the client may retry a write that may have run already.
        idempotent: bool,
    },
    /// Any other list.
    OtherList {
        /// Whether its pages have a `Link` header.
        links: Links,
    },
}

impl Operation {
    /// The operations with a row of their own, in the order of `pkg-template/src/operations.js`.
    pub const ALL: [Operation; 22] = [
        Operation::ListGroups,
        Operation::CreateGroup,
        Operation::GetGroup,
        Operation::ReplaceGroup,
        Operation::DeleteGroup,
        Operation::ListApps,
        Operation::ListUsers,
        Operation::AssignUser,
        Operation::UnassignUser,
        Operation::ListOwners,
        Operation::AssignOwner,
        Operation::DeleteOwner,
        Operation::ListRules,
        Operation::CreateRule,
        Operation::GetRule,
        Operation::ReplaceRule,
        Operation::DeleteRule,
        Operation::ActivateRule,
        Operation::DeactivateRule,
        Operation::ListOrgUsers,
        Operation::GetUser,
        Operation::ListUserGroups,
    ];

    /// What is known of the operation.
    pub const fn row(self) -> Row {
        // A GET, PUT or DELETE of one group counts in a bucket of its own. Lists, *Add a group*, memberships,
        // owners and rules share another bucket (recorded: 1000 and 500 requests in the same org).
        const GROUP: Row = Row {
            method: Method::Get,
            path: "/api/v1/groups/{groupId}",
            answer: AnswerShape::Object,
            body: Body::None,
            max_limit: None,
            links: Links::Never,
            bucket: "groups/{id}",
            body_id: Some(0),
        };
        const SHARED: Row = Row { bucket: "groups", body_id: None, ..GROUP };
        const LIST: Row = Row { answer: AnswerShape::Page, links: Links::Always, ..SHARED };
        const MEMBERSHIP: Row =
            Row { path: "/api/v1/groups/{groupId}/users/{userId}", answer: AnswerShape::Nothing, ..SHARED };
        const OWNERS: Row = Row { path: "/api/v1/groups/{groupId}/owners", ..SHARED };
        const RULES: Row = Row { path: "/api/v1/groups/rules", ..SHARED };
        const RULE: Row = Row { path: "/api/v1/groups/rules/{ruleId}", body_id: Some(0), ..SHARED };
        const STATUS: Row = Row { method: Method::Post, answer: AnswerShape::Nothing, body_id: None, ..RULE };
        const OTHER: Row = Row { path: "", bucket: "", answer: AnswerShape::Any, ..SHARED };
        match self {
            Operation::ListGroups => {
                Row { path: "/api/v1/groups", max_limit: Some(MAX_LIMIT), links: Links::UnlessQ, ..LIST }
            }
            Operation::CreateGroup => {
                Row { method: Method::Post, path: "/api/v1/groups", body: Body::Profile, ..SHARED }
            }
            Operation::GetGroup => GROUP,
            Operation::ReplaceGroup => Row { method: Method::Put, body: Body::Profile, ..GROUP },
            Operation::DeleteGroup => {
                Row { method: Method::Delete, answer: AnswerShape::Nothing, body_id: None, ..GROUP }
            }
            Operation::ListApps => Row { path: "/api/v1/groups/{groupId}/apps", ..LIST },
            Operation::ListUsers => Row { path: "/api/v1/groups/{groupId}/users", ..LIST },
            Operation::AssignUser => Row { method: Method::Put, ..MEMBERSHIP },
            Operation::UnassignUser => Row { method: Method::Delete, ..MEMBERSHIP },
            Operation::ListOwners => Row { answer: AnswerShape::Page, links: Links::Unpaged, ..OWNERS },
            // The answer's id is the owner's, which is in the body, not in the path.
            Operation::AssignOwner => Row { method: Method::Post, body: Body::Whole, ..OWNERS },
            Operation::DeleteOwner => Row {
                method: Method::Delete,
                path: "/api/v1/groups/{groupId}/owners/{ownerId}",
                answer: AnswerShape::Nothing,
                ..OWNERS
            },
            Operation::ListRules => {
                Row { answer: AnswerShape::Page, max_limit: Some(200), links: Links::Always, ..RULES }
            }
            Operation::CreateRule => Row { method: Method::Post, body: Body::Whole, ..RULES },
            Operation::GetRule => RULE,
            Operation::ReplaceRule => Row { method: Method::Put, body: Body::Whole, ..RULE },
            // Okta answers 202 with `{}` (recorded: 103 of 103).
            Operation::DeleteRule => {
                Row { method: Method::Delete, answer: AnswerShape::Nothing, body_id: None, ..RULE }
            }
            Operation::ActivateRule => {
                Row { path: "/api/v1/groups/rules/{ruleId}/lifecycle/activate", ..STATUS }
            }
            Operation::DeactivateRule => {
                Row { path: "/api/v1/groups/rules/{ruleId}/lifecycle/deactivate", ..STATUS }
            }
            Operation::ListOrgUsers => Row {
                path: "/api/v1/users",
                bucket: "users",
                max_limit: Some(200),
                links: Links::UnlessQ,
                ..LIST
            },
            // The answer's id may differ from the path's, which may be a login.
            Operation::GetUser => Row { path: "/api/v1/users/{idOrLogin}", bucket: "users/{id}", ..SHARED },
            Operation::ListUserGroups => {
                Row { path: "/api/v1/users/{idOrLogin}/groups", bucket: "users/{id}/groups", ..LIST }
            }
            Operation::Other { method, .. } => Row { method, body: Body::Whole, ..OTHER },
            Operation::OtherList { links } => Row { answer: AnswerShape::Page, links, ..OTHER },
        }
    }

    /// The names of the query parameters that the client sends, in this order.
    pub const fn parameters(self) -> &'static [&'static str] {
        match self {
            Operation::ListGroups => {
                &["q", "filter", "search", "after", "limit", "expand", "sortBy", "sortOrder", "fields"]
            }
            Operation::GetGroup | Operation::GetRule => &["expand"],
            Operation::ListApps | Operation::ListUserGroups => &["after", "limit"],
            Operation::ListUsers | Operation::ListRules => &["search", "after", "limit", "expand"],
            Operation::ListOwners => &["search", "after", "limit"],
            Operation::DeleteRule => &["removeUsers"],
            Operation::ListOrgUsers => &["search", "filter", "q", "after", "limit", "sortBy", "sortOrder"],
            _ => &[],
        }
    }

    /// Method and path template, as the reference prints them.
    pub const fn route(self) -> (Method, &'static str) {
        let row = self.row();
        (row.method, row.path)
    }

    /// The shape of a successful answer, by the reference.
    pub const fn answer(self) -> AnswerShape {
        self.row().answer
    }
}

/// What the reference and the recordings say of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// The HTTP method.
    pub method: Method,
    /// The path, with each id as `{name}`.
    pub path: &'static str,
    /// The shape of a successful answer.
    pub answer: AnswerShape,
    /// The body of the request.
    pub body: Body,
    /// The largest `limit` in the reference, if it names one.
    pub max_limit: Option<u32>,
    /// Whether the pages have a `Link` header.
    pub links: Links,
    /// The rate-limit bucket of the request; empty if the path decides ([`bucket_of`]).
    pub bucket: &'static str,
    /// Which id of the path, counted from 0, must equal the `id` of a successful body; `None` for no such
    /// check.
    pub body_id: Option<u8>,
}

/// Whether the pages of a list have a `Link` header (at least `rel="self"`). If they have, a full page
/// without one lost it on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Links {
    /// Always (recorded: members 190 of 190, apps 2 of 2, rules 100 of 100, a user's groups 436 of 436).
    Always,
    /// Except with the parameter `q`, which Okta does not page (recorded: 186 of 186 without `q`, 0 of 805
    /// with it).
    UnlessQ,
    /// Never, although the list takes a `limit` (a group's owners; recorded: 0 of 28): the rest after a full
    /// page cannot be found.
    Unpaged,
    /// Never: the answer is not a list, or the list comes in one piece.
    Never,
}

/// The body of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// No body.
    None,
    /// The caller's JSON inside of `{"profile": …}`.
    Profile,
    /// The caller's JSON.
    Whole,
}

/// The shape of a successful body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerShape {
    /// A JSON array, paged by the `Link` header.
    Page,
    /// A JSON object.
    Object,
    /// No body (204), or a body that does not matter.
    Nothing,
    /// Any JSON, or no body.
    Any,
}

/// A request, ready to be sent to an org's URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The operation.
    pub operation: Operation,
    /// The path from the API's root, percent-encoded: `/api/v1/groups/00g1/users`.
    pub path: String,
    /// The query without `?`, percent-encoded; empty if there is none.
    pub query: String,
    /// The body as JSON text.
    pub body: Option<String>,
    /// Whether the query's `limit` is [`DEFAULT_LIMIT`] because the caller set none. A list that resumes then
    /// keeps the smaller page size of its cursor.
    pub has_default_limit: bool,
}

impl Request {
    /// The HTTP method.
    pub const fn method(&self) -> Method {
        self.operation.route().0
    }

    /// The rate-limit bucket: the one in the operation's row, or the path's if the row has none.
    pub fn bucket(&self) -> Cow<'static, str> {
        match self.operation.row().bucket {
            "" => bucket_of(self.method(), &self.path),
            known => known.into(),
        }
    }

    /// The path in errors, with a name for each id: the path of the operation's row, or with `{id}` for each
    /// id if the row has none.
    pub fn template(&self) -> Cow<'static, str> {
        match self.operation.row().path {
            "" => ["/api/v1/", &template_of(&self.path)].concat().into(),
            known => known.into(),
        }
    }

    /// Whether the query has the parameter.
    pub fn has(&self, name: &str) -> bool {
        pairs(&self.query).any(|(known, _)| known == name)
    }

    /// The page size: the parameter `limit`.
    pub fn limit(&self) -> Option<u32> {
        let (_, pair) = pairs(&self.query).find(|(name, _)| *name == "limit")?;
        let limit: u64 = split_first(pair, b"=")?.1.parse().ok()?;
        u32::try_from(limit).ok().filter(|limit| *limit > 0)
    }

    /// Sets the page size. The rest of the query stays byte for byte, since a cursor must not be decoded and
    /// encoded again.
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

    /// Whether a successful body may have this `id`: it must equal the path's id if the operation's row says
    /// so.
    pub fn admits_body_id(&self, id: &str) -> bool {
        let row = self.operation.row();
        let Some(which) = row.body_id else { return true };
        let ids =
            split(row.path, b'/').zip(split(&self.path, b'/')).filter(|(name, _)| name.starts_with('{'));
        let mut ids = ids.map(|(_, id)| id);
        let mut written = String::new();
        encode(id, &mut written);
        ids.nth(usize::from(which)) == Some(written.as_str())
    }

    /// The id of the group in the path, as it is encoded there.
    pub(crate) fn group_id(&self) -> Option<&str> {
        Some(before(self.path.strip_prefix("/api/v1/groups/")?, b"/"))
    }

    /// Path and query as they are sent.
    pub fn target(&self) -> String {
        let mut target = self.path.clone();
        if !self.query.is_empty() {
            target.push('?');
            target.push_str(&self.query);
        }
        target
    }
}

/// An argument that cannot be sent. Nothing was sent.
#[derive(Clone, PartialEq, Eq)]
pub struct ArgumentError {
    /// The argument's name in JavaScript.
    pub(crate) argument: Cow<'static, str>,
    pub(crate) reason: String,
}

impl ArgumentError {
    pub(crate) fn new(argument: impl Into<Cow<'static, str>>, reason: impl Into<String>) -> Self {
        ArgumentError { argument: argument.into(), reason: reason.into() }
    }

    /// The argument's name: `sort_by`, `desired[3]`.
    pub fn argument(&self) -> String {
        in_rust(&self.argument)
    }

    /// What is wrong with the argument.
    pub fn reason(&self) -> String {
        in_rust(&self.reason)
    }

    /// The message in JavaScript; Rust's is `to_string()`.
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
        use AnswerShape::{Nothing, Object, Page};
        use Body::{None as Empty, Profile, Whole};
        use Links::{Always, Never, UnlessQ, Unpaged};
        let (group, rule) = ("/api/v1/groups/{groupId}", "/api/v1/groups/rules/{ruleId}");
        let (one, shared) = ("groups/{id}", "groups");
        let below = |path: &str, rest: &str| [path, rest].concat();
        let rows: [(_, _, _, _, _, _, _, Option<u8>); 22] = [
            ("GET", "/api/v1/groups".into(), Page, Empty, Some(10_000), UnlessQ, shared, None),
            ("POST", "/api/v1/groups".into(), Object, Profile, None, Never, shared, None),
            ("GET", group.into(), Object, Empty, None, Never, one, Some(0)),
            ("PUT", group.into(), Object, Profile, None, Never, one, Some(0)),
            ("DELETE", group.into(), Nothing, Empty, None, Never, one, None),
            ("GET", below(group, "/apps"), Page, Empty, None, Always, shared, None),
            ("GET", below(group, "/users"), Page, Empty, None, Always, shared, None),
            ("PUT", below(group, "/users/{userId}"), Nothing, Empty, None, Never, shared, None),
            ("DELETE", below(group, "/users/{userId}"), Nothing, Empty, None, Never, shared, None),
            ("GET", below(group, "/owners"), Page, Empty, None, Unpaged, shared, None),
            ("POST", below(group, "/owners"), Object, Whole, None, Never, shared, None),
            ("DELETE", below(group, "/owners/{ownerId}"), Nothing, Empty, None, Never, shared, None),
            ("GET", "/api/v1/groups/rules".into(), Page, Empty, Some(200), Always, shared, None),
            ("POST", "/api/v1/groups/rules".into(), Object, Whole, None, Never, shared, None),
            ("GET", rule.into(), Object, Empty, None, Never, shared, Some(0)),
            ("PUT", rule.into(), Object, Whole, None, Never, shared, Some(0)),
            ("DELETE", rule.into(), Nothing, Empty, None, Never, shared, None),
            ("POST", below(rule, "/lifecycle/activate"), Nothing, Empty, None, Never, shared, None),
            ("POST", below(rule, "/lifecycle/deactivate"), Nothing, Empty, None, Never, shared, None),
            ("GET", "/api/v1/users".into(), Page, Empty, Some(200), UnlessQ, "users", None),
            ("GET", "/api/v1/users/{idOrLogin}".into(), Object, Empty, None, Never, "users/{id}", None),
            (
                "GET",
                "/api/v1/users/{idOrLogin}/groups".into(),
                Page,
                Empty,
                None,
                Always,
                "users/{id}/groups",
                None,
            ),
        ];
        for (operation, expected) in Operation::ALL.into_iter().zip(rows) {
            let Row { method, path, answer, body, max_limit, links, bucket, body_id } = operation.row();
            let path = path.to_owned();
            assert_eq!((method.as_str(), path, answer, body, max_limit, links, bucket, body_id), expected);
        }
    }

    /// An operation has a row in JavaScript and one here, with the same ids, parameters and kind of answer.
    #[test]
    fn the_table_in_javascript_has_the_same_rows() {
        let file = include_str!("../../pkg-template/src/operations.js");
        let (_, table) = file.split_once("OPERATIONS = [").unwrap();
        let (table, _) = table.split_once("];").unwrap();
        let rows: Vec<&str> = table.split('\'').skip(1).step_by(2).collect();
        assert_eq!(rows.len(), Operation::ALL.len());
        for (operation, row) in Operation::ALL.into_iter().zip(rows) {
            let (call, options) = row.split_once(" ?").unwrap_or((row, ""));
            let mut words = call.split(' ');
            let (resource, method) = words.next().unwrap().split_once('.').unwrap();
            let known = operation.row();
            let mut arguments: Vec<&str> = known.path.split(['{', '}']).skip(1).step_by(2).collect();
            match known.body {
                Body::None => {}
                Body::Profile => arguments.push("profile"),
                Body::Whole if operation == Operation::AssignOwner => arguments.push("owner"),
                Body::Whole => arguments.push("rule"),
            }
            assert_eq!(words.collect::<Vec<_>>(), arguments, "{row}");
            // These two options are the client's own.
            let sent = options.split(' ').filter(|name| !matches!(*name, "" | "ifExists" | "ifMissing"));
            assert_eq!(sent.collect::<Vec<_>>(), operation.parameters(), "{row}");
            assert_eq!(method.starts_with("list"), known.answer == AnswerShape::Page, "{row}");
            let name = format!("{operation:?}").to_lowercase();
            let verb = method.split(char::is_uppercase).next().unwrap();
            assert!(name.starts_with(verb), "{row} is {operation:?}");
            assert!(known.path.contains(resource), "{row} is {operation:?}");
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
            // The limit is set already: the query is not rewritten.
            ("&limit=50&", Some(50), "&limit=50&"),
            ("after=a%2bb+c&limit=1&expand=app", Some(1), "after=a%2bb+c&limit=50&expand=app"),
            ("q=limit", None, "q=limit&limit=50"),
            ("", None, "limit=50"),
            // A limit of 0 counts as no limit.
            ("limit=0&q=x", None, "limit=50&q=x"),
            ("limit&q=x", None, "limit=50&q=x"),
            ("limit=ten&q=x", None, "limit=50&q=x"),
            // A parameter that is there twice is sent once.
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
