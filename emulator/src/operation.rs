//! Finds the operation of a request by method and path, with its scope and rate limit bucket.

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
    ListRules,
    CreateRule,
    GetRule(String),
    ReplaceRule(String),
    DeleteRule(String),
    ActivateRule(String),
    DeactivateRule(String),
    ListOwners(String),
    AssignOwner(String),
    /// Group, then owner.
    DeleteOwner(String, String),
    /// *List all users* of the org.
    ListAllUsers,
    /// A user by id, login or the login's part before the `@`.
    GetUser(String),
    /// *List all groups* of a user.
    ListUserGroups(String),
    /// The schema of group profiles.
    GroupSchema,
    /// The schema of user profiles.
    UserSchema,
}

/// The fixed facts of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row {
    /// Method and path, as the reference writes them.
    pub(crate) route: &'static str,
    /// The scope that the reference names.
    pub(crate) scope: &'static str,
    pub(crate) bucket: Bucket,
    pub(crate) is_list: bool,
}

const READ: &str = "okta.groups.read";
const MANAGE: &str = "okta.groups.manage";
const USERS: &str = "okta.users.read";
const SCHEMAS: &str = "okta.schemas.read";

impl Operation {
    /// Every route that the org answers.
    pub(crate) const ROUTES: [&'static str; 24] = [
        "GET /api/v1/groups",
        "POST /api/v1/groups",
        "GET /api/v1/groups/{groupId}",
        "PUT /api/v1/groups/{groupId}",
        "DELETE /api/v1/groups/{groupId}",
        "GET /api/v1/groups/{groupId}/apps",
        "GET /api/v1/groups/{groupId}/users",
        "PUT /api/v1/groups/{groupId}/users/{userId}",
        "DELETE /api/v1/groups/{groupId}/users/{userId}",
        "GET /api/v1/groups/rules",
        "POST /api/v1/groups/rules",
        "GET /api/v1/groups/rules/{groupRuleId}",
        "PUT /api/v1/groups/rules/{groupRuleId}",
        "DELETE /api/v1/groups/rules/{groupRuleId}",
        "POST /api/v1/groups/rules/{groupRuleId}/lifecycle/activate",
        "POST /api/v1/groups/rules/{groupRuleId}/lifecycle/deactivate",
        "GET /api/v1/groups/{groupId}/owners",
        "POST /api/v1/groups/{groupId}/owners",
        "DELETE /api/v1/groups/{groupId}/owners/{ownerId}",
        "GET /api/v1/users",
        "GET /api/v1/users/{id}",
        "GET /api/v1/users/{id}/groups",
        "GET /api/v1/meta/schemas/group/default",
        "GET /api/v1/meta/schemas/user/default",
    ];

    /// Finds the operation. A slash at the end of the path is ignored (recorded).
    ///
    /// # Errors
    /// [`Refusal::NoPath`] or [`Refusal::Method`].
    pub(crate) fn of(method: &str, path: &str) -> Result<Self, Refusal> {
        let path = path.strip_suffix('/').unwrap_or(path);
        let rest = path.strip_prefix("/api/v1/").ok_or(Refusal::NoPath)?;
        let segments: Vec<_> = rest.split('/').map(|segment| url::decode(segment).into_owned()).collect();
        if segments.iter().any(String::is_empty) {
            return Err(Refusal::NoPath);
        }
        let texts: Vec<_> = segments.iter().map(String::as_str).collect();
        match texts.as_slice() {
            ["groups", "rules", rest @ ..] => Self::of_rules(method, rest),
            ["groups", rest @ ..] => Self::of_groups(method, rest),
            ["users", rest @ ..] => Self::of_users(method, rest),
            ["meta", "schemas", "group", "default"] if method == "GET" => Ok(Self::GroupSchema),
            ["meta", "schemas", "user", "default"] if method == "GET" => Ok(Self::UserSchema),
            ["meta", "schemas", "group" | "user", "default"] => Err(Refusal::Method),
            _ => Err(Refusal::NoPath),
        }
    }

    fn of_groups(method: &str, path: &[&str]) -> Result<Self, Refusal> {
        match (method, path) {
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
            ("GET", &[id, "owners"]) => Ok(Self::ListOwners(id.to_owned())),
            ("POST", &[id, "owners"]) => Ok(Self::AssignOwner(id.to_owned())),
            ("DELETE", &[id, "owners", owner]) => Ok(Self::DeleteOwner(id.to_owned(), owner.to_owned())),
            (_, [_, "users" | "owners", _] | [_, "owners"]) => Err(Refusal::Method),
            _ => Err(Refusal::NoPath),
        }
    }

    fn of_rules(method: &str, path: &[&str]) -> Result<Self, Refusal> {
        match (method, path) {
            ("GET", []) => Ok(Self::ListRules),
            ("POST", []) => Ok(Self::CreateRule),
            ("GET", &[id]) => Ok(Self::GetRule(id.to_owned())),
            ("PUT", &[id]) => Ok(Self::ReplaceRule(id.to_owned())),
            ("DELETE", &[id]) => Ok(Self::DeleteRule(id.to_owned())),
            ("POST", &[id, "lifecycle", "activate"]) => Ok(Self::ActivateRule(id.to_owned())),
            ("POST", &[id, "lifecycle", "deactivate"]) => Ok(Self::DeactivateRule(id.to_owned())),
            (_, [] | [_] | [_, "lifecycle", "activate" | "deactivate"]) => Err(Refusal::Method),
            _ => Err(Refusal::NoPath),
        }
    }

    fn of_users(method: &str, path: &[&str]) -> Result<Self, Refusal> {
        match (method, path) {
            ("GET", []) => Ok(Self::ListAllUsers),
            ("GET", &[id]) => Ok(Self::GetUser(id.to_owned())),
            ("GET", &[id, "groups"]) => Ok(Self::ListUserGroups(id.to_owned())),
            (_, [] | [_] | [_, "groups"]) => Err(Refusal::Method),
            _ => Err(Refusal::NoPath),
        }
    }

    /// Route, scope and bucket. One bucket serves rules, members and lists of groups, another GET, PUT and DELETE of
    /// one group (recorded); people are read from buckets of their own.
    pub(crate) fn row(&self) -> Row {
        const LIST: Row = Row { route: "", scope: READ, bucket: Bucket::Groups, is_list: true };
        const ONE: Row = Row { bucket: Bucket::Group, is_list: false, ..LIST };
        const WRITE: Row = Row { scope: MANAGE, is_list: false, ..LIST };
        match self {
            Self::ListGroups => Row { route: "GET /api/v1/groups", ..LIST },
            Self::CreateGroup => Row { route: "POST /api/v1/groups", ..WRITE },
            Self::GetGroup(_) => Row { route: "GET /api/v1/groups/{groupId}", ..ONE },
            Self::ReplaceGroup(_) => Row { route: "PUT /api/v1/groups/{groupId}", scope: MANAGE, ..ONE },
            Self::DeleteGroup(_) => Row { route: "DELETE /api/v1/groups/{groupId}", scope: MANAGE, ..ONE },
            Self::ListApps(_) => Row { route: "GET /api/v1/groups/{groupId}/apps", ..LIST },
            Self::ListUsers(_) => Row { route: "GET /api/v1/groups/{groupId}/users", ..LIST },
            Self::AssignUser(..) => Row { route: "PUT /api/v1/groups/{groupId}/users/{userId}", ..WRITE },
            Self::UnassignUser(..) => {
                Row { route: "DELETE /api/v1/groups/{groupId}/users/{userId}", ..WRITE }
            }
            Self::ListRules => Row { route: "GET /api/v1/groups/rules", ..LIST },
            Self::CreateRule => Row { route: "POST /api/v1/groups/rules", ..WRITE },
            Self::GetRule(_) => {
                Row { route: "GET /api/v1/groups/rules/{groupRuleId}", is_list: false, ..LIST }
            }
            Self::ReplaceRule(_) => Row { route: "PUT /api/v1/groups/rules/{groupRuleId}", ..WRITE },
            Self::DeleteRule(_) => Row { route: "DELETE /api/v1/groups/rules/{groupRuleId}", ..WRITE },
            Self::ActivateRule(_) => {
                Row { route: "POST /api/v1/groups/rules/{groupRuleId}/lifecycle/activate", ..WRITE }
            }
            Self::DeactivateRule(_) => {
                Row { route: "POST /api/v1/groups/rules/{groupRuleId}/lifecycle/deactivate", ..WRITE }
            }
            Self::ListOwners(_) => Row { route: "GET /api/v1/groups/{groupId}/owners", ..LIST },
            Self::AssignOwner(_) => Row { route: "POST /api/v1/groups/{groupId}/owners", ..WRITE },
            Self::DeleteOwner(..) => {
                Row { route: "DELETE /api/v1/groups/{groupId}/owners/{ownerId}", ..WRITE }
            }
            Self::ListAllUsers => {
                Row { route: "GET /api/v1/users", scope: USERS, bucket: Bucket::Users, ..LIST }
            }
            Self::GetUser(_) => {
                Row { route: "GET /api/v1/users/{id}", scope: USERS, bucket: Bucket::User, ..ONE }
            }
            Self::ListUserGroups(_) => {
                let bucket = Bucket::UserGroups;
                Row { route: "GET /api/v1/users/{id}/groups", scope: USERS, bucket, ..LIST }
            }
            Self::UserSchema => {
                let route = "GET /api/v1/meta/schemas/user/default";
                Row { route, ..Self::GroupSchema.row() }
            }
            Self::GroupSchema => {
                let bucket = Bucket::Schemas;
                Row { route: "GET /api/v1/meta/schemas/group/default", scope: SCHEMAS, bucket, ..ONE }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_one_operation_or_refused() {
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
            ("DELETE", "/api/v1/groups/00g1/users/00u1", Ok(Operation::UnassignUser(g, u.clone()))),
            ("GET", "/api/v1/groups/00g1/users/00u1", Err(Refusal::Method)),
            ("GET", "/api/v1/groups/00g1/roles", Err(Refusal::NoPath)),
            ("GET", "/api/v1/groups//users", Err(Refusal::NoPath)),
            ("GET", "/api/v1/groupsies", Err(Refusal::NoPath)),
            ("GET", "/api/v1/groups/rules/", Ok(Operation::ListRules)),
            ("POST", "/api/v1/groups/rules", Ok(Operation::CreateRule)),
            ("DELETE", "/api/v1/groups/rules", Err(Refusal::Method)),
            ("GET", "/api/v1/groups/rules/0pr1", Ok(Operation::GetRule("0pr1".to_owned()))),
            (
                "POST",
                "/api/v1/groups/rules/0pr1/lifecycle/activate",
                Ok(Operation::ActivateRule("0pr1".to_owned())),
            ),
            ("GET", "/api/v1/groups/rules/0pr1/lifecycle/activate", Err(Refusal::Method)),
            ("POST", "/api/v1/groups/rules/0pr1/lifecycle/pause", Err(Refusal::NoPath)),
            ("GET", "/api/v1/groups/00g1/owners/", Ok(Operation::ListOwners("00g1".to_owned()))),
            ("POST", "/api/v1/groups/00g1/owners", Ok(Operation::AssignOwner("00g1".to_owned()))),
            ("PUT", "/api/v1/groups/00g1/owners", Err(Refusal::Method)),
            (
                "DELETE",
                "/api/v1/groups/00g1/owners/00u1",
                Ok(Operation::DeleteOwner("00g1".to_owned(), u.clone())),
            ),
            ("GET", "/api/v1/groups/00g1/owners/00u1", Err(Refusal::Method)),
            ("GET", "/api/v1/users", Ok(Operation::ListAllUsers)),
            ("POST", "/api/v1/users", Err(Refusal::Method)),
            ("GET", "/api/v1/users/00u1", Ok(Operation::GetUser(u.clone()))),
            ("GET", "/api/v1/users/a%40b.c/groups", Ok(Operation::ListUserGroups("a@b.c".to_owned()))),
            ("DELETE", "/api/v1/users/00u1", Err(Refusal::Method)),
            ("GET", "/api/v1/users/00u1/factors", Err(Refusal::NoPath)),
            ("GET", "/api/v1/meta/schemas/group/default", Ok(Operation::GroupSchema)),
            ("POST", "/api/v1/meta/schemas/group/default", Err(Refusal::Method)),
            ("GET", "/api/v1/meta/schemas/user/default", Ok(Operation::UserSchema)),
            ("PUT", "/api/v1/meta/schemas/user/default", Err(Refusal::Method)),
            ("GET", "/api/v1/meta/schemas/user/other", Err(Refusal::NoPath)),
            ("GET", "/", Err(Refusal::NoPath)),
        ] {
            assert_eq!(Operation::of(method, path), expected, "{method} {path}");
            if let Ok(operation) = expected {
                assert!(Operation::ROUTES.contains(&operation.row().route), "{method} {path}");
            }
        }
    }

    #[test]
    fn each_route_is_the_route_of_the_operation_that_it_leads_to() {
        for route in Operation::ROUTES {
            let (method, path) = route.split_once(' ').unwrap();
            let operation = Operation::of(method, &path.replace(['{', '}'], "")).unwrap();
            assert_eq!(operation.row().route, route);
        }
    }
}
