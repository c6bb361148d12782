//! The nine operations of the Groups API as values: method, path, query and body.
//!
//! This folder decides how a call is written on the wire and refuses what could change its meaning there.
//! It does not know hosts, headers or how a request is sent.

mod encode;
mod id;
mod operations;

pub use encode::Query;
pub(crate) use encode::pairs;
pub(crate) use id::check_id;
pub use id::{GroupId, UserId};
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

    /// Method and path template, as the reference prints them.
    pub const fn route(self) -> (Method, &'static str) {
        match self {
            Operation::ListGroups => (Method::Get, "/api/v1/groups"),
            Operation::CreateGroup => (Method::Post, "/api/v1/groups"),
            Operation::GetGroup => (Method::Get, "/api/v1/groups/{groupId}"),
            Operation::ReplaceGroup => (Method::Put, "/api/v1/groups/{groupId}"),
            Operation::DeleteGroup => (Method::Delete, "/api/v1/groups/{groupId}"),
            Operation::ListApps => (Method::Get, "/api/v1/groups/{groupId}/apps"),
            Operation::ListUsers => (Method::Get, "/api/v1/groups/{groupId}/users"),
            Operation::AssignUser => (Method::Put, "/api/v1/groups/{groupId}/users/{userId}"),
            Operation::UnassignUser => (Method::Delete, "/api/v1/groups/{groupId}/users/{userId}"),
        }
    }

    /// What a success carries, by the reference.
    pub const fn answer(self) -> Answer {
        match self {
            Operation::ListGroups | Operation::ListApps | Operation::ListUsers => Answer::Page,
            Operation::CreateGroup | Operation::GetGroup | Operation::ReplaceGroup => Answer::Object,
            Operation::DeleteGroup | Operation::AssignUser | Operation::UnassignUser => Answer::Nothing,
        }
    }
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

    /// Whether the query has a parameter.
    pub fn has(&self, name: &str) -> bool {
        pairs(&self.query).any(|(given, _)| given == name)
    }

    /// The page size that is asked for.
    pub fn limit(&self) -> Option<u32> {
        let (_, pair) = pairs(&self.query).find(|(name, _)| *name == "limit")?;
        pair.split_once('=')?.1.parse().ok()
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgumentError {
    /// The name of the argument, as the caller spells it.
    pub argument: Cow<'static, str>,
    /// What was wrong with it.
    pub reason: String,
}

impl ArgumentError {
    pub(crate) fn new(argument: impl Into<Cow<'static, str>>, reason: impl Into<String>) -> Self {
        ArgumentError { argument: argument.into(), reason: reason.into() }
    }

    pub(crate) fn message(&self) -> String {
        [&self.argument, " ", &self.reason].concat()
    }
}

impl fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for ArgumentError {}
