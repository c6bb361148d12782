//! Which of the nine operations a request is.

use okta_groups::request::Operation as Named;

use crate::rate_limit::Bucket;
use crate::refusal::Refusal;
use crate::url;

/// One operation with the ids of its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operation {
    ListGroups,
    CreateGroup,
    GetGroup(String),
    ReplaceGroup(String),
    DeleteGroup(String),
    ListApps(String),
    ListUsers(String),
    AssignUser(String, String),
    UnassignUser(String, String),
}

pub(crate) const READ: &str = "okta.groups.read";
pub(crate) const MANAGE: &str = "okta.groups.manage";

impl Operation {
    /// A slash at the end changes nothing (recorded).
    ///
    /// # Errors
    /// [`Refusal::NoPath`] or [`Refusal::Method`].
    pub(crate) fn of(method: &str, path: &str) -> Result<Self, Refusal> {
        let path = path.strip_suffix('/').unwrap_or(path);
        let rest = path.strip_prefix("/api/v1/groups").ok_or(Refusal::NoPath)?;
        let segments: Vec<_> =
            rest.split('/').skip(1).map(|segment| url::decode(segment).into_owned()).collect();
        if !(rest.is_empty() || rest.starts_with('/')) || segments.iter().any(String::is_empty) {
            return Err(Refusal::NoPath);
        }
        let texts: Vec<_> = segments.iter().map(String::as_str).collect();
        match (method, texts.as_slice()) {
            ("GET", []) => Ok(Self::ListGroups),
            ("POST", []) => Ok(Self::CreateGroup),
            (_, []) => Err(Refusal::Method),
            ("GET", &[id]) => Ok(Self::GetGroup(id.to_owned())),
            ("PUT", &[id]) => Ok(Self::ReplaceGroup(id.to_owned())),
            ("DELETE", &[id]) => Ok(Self::DeleteGroup(id.to_owned())),
            (_, [_]) => Err(Refusal::Method),
            ("GET", &[id, "apps"]) => Ok(Self::ListApps(id.to_owned())),
            ("GET", &[id, "users"]) => Ok(Self::ListUsers(id.to_owned())),
            (_, [_, "apps" | "users"]) => Err(Refusal::Method),
            ("PUT", &[id, "users", user]) => Ok(Self::AssignUser(id.to_owned(), user.to_owned())),
            ("DELETE", &[id, "users", user]) => Ok(Self::UnassignUser(id.to_owned(), user.to_owned())),
            (_, [_, "users", _]) => Err(Refusal::Method),
            _ => Err(Refusal::NoPath),
        }
    }

    /// The scope the reference names for it.
    pub(crate) fn scope(&self) -> &'static str {
        match self {
            Self::ListGroups | Self::GetGroup(_) | Self::ListApps(_) | Self::ListUsers(_) => READ,
            Self::CreateGroup
            | Self::ReplaceGroup(_)
            | Self::DeleteGroup(_)
            | Self::AssignUser(..)
            | Self::UnassignUser(..) => MANAGE,
        }
    }

    /// The operation without its ids.
    pub(crate) fn name(&self) -> Named {
        match self {
            Self::ListGroups => Named::ListGroups,
            Self::CreateGroup => Named::CreateGroup,
            Self::GetGroup(_) => Named::GetGroup,
            Self::ReplaceGroup(_) => Named::ReplaceGroup,
            Self::DeleteGroup(_) => Named::DeleteGroup,
            Self::ListApps(_) => Named::ListApps,
            Self::ListUsers(_) => Named::ListUsers,
            Self::AssignUser(..) => Named::AssignUser,
            Self::UnassignUser(..) => Named::UnassignUser,
        }
    }

    pub(crate) fn bucket(&self) -> Bucket {
        match self {
            Self::GetGroup(_) | Self::ReplaceGroup(_) | Self::DeleteGroup(_) => Bucket::Group,
            Self::ListGroups
            | Self::CreateGroup
            | Self::ListApps(_)
            | Self::ListUsers(_)
            | Self::AssignUser(..)
            | Self::UnassignUser(..) => Bucket::Groups,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_one_of_the_nine_or_refused() {
        let (g, u) = ("00g1".to_owned(), "00u1".to_owned());
        for (method, path, expected) in [
            ("GET", "/api/v1/groups", Ok(Operation::ListGroups)),
            ("GET", "/api/v1/groups/", Ok(Operation::ListGroups)),
            ("POST", "/api/v1/groups", Ok(Operation::CreateGroup)),
            ("PATCH", "/api/v1/groups", Err(Refusal::Method)),
            ("GET", "/api/v1/groups/00g1", Ok(Operation::GetGroup(g.clone()))),
            ("GET", "/api/v1/groups/%300g1", Ok(Operation::GetGroup(g.clone()))),
            ("PUT", "/api/v1/groups/00g1", Ok(Operation::ReplaceGroup(g.clone()))),
            ("DELETE", "/api/v1/groups/00g1", Ok(Operation::DeleteGroup(g.clone()))),
            ("POST", "/api/v1/groups/00g1", Err(Refusal::Method)),
            ("GET", "/api/v1/groups/00g1/apps", Ok(Operation::ListApps(g.clone()))),
            ("GET", "/api/v1/groups/00g1/users", Ok(Operation::ListUsers(g.clone()))),
            ("POST", "/api/v1/groups/00g1/users", Err(Refusal::Method)),
            ("PUT", "/api/v1/groups/00g1/users/00u1", Ok(Operation::AssignUser(g.clone(), u.clone()))),
            ("DELETE", "/api/v1/groups/00g1/users/00u1", Ok(Operation::UnassignUser(g, u))),
            ("GET", "/api/v1/groups/00g1/users/00u1", Err(Refusal::Method)),
            ("GET", "/api/v1/groups/00g1/owners", Err(Refusal::NoPath)),
            ("GET", "/api/v1/groups//users", Err(Refusal::NoPath)),
            ("GET", "/api/v1/groupsies", Err(Refusal::NoPath)),
            ("GET", "/api/v1/users", Err(Refusal::NoPath)),
            ("GET", "/", Err(Refusal::NoPath)),
        ] {
            assert_eq!(Operation::of(method, path), expected, "{method} {path}");
        }
    }
}
