//! One type an operation, in the order of the reference; each turns into a [`Request`].

use super::encode::encode;
use super::{ArgumentError, DEFAULT_LIMIT, GroupId, Operation, Query, Request, UserId};

/// The order of a `search`, with `sortBy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortOrder {
    /// `asc`, the reference's default.
    Asc,
    /// `desc`
    Desc,
}

impl SortOrder {
    /// The reference's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            SortOrder::Asc => "asc",
            SortOrder::Desc => "desc",
        }
    }
}

/// *List all groups*. Every parameter of the reference; `filter` and `search` as the text that is sent.
#[derive(Clone, Debug, Default)]
pub struct ListGroups {
    /// Matches the start of the name. Okta does not page it (no `Link` in 805 of 805 recorded answers) and
    /// stops at 300 groups.
    pub q: Option<String>,
    /// A filter expression.
    pub filter: Option<String>,
    /// A search expression.
    pub search: Option<String>,
    /// The vendor's own cursor.
    pub after: Option<String>,
    /// Groups in a page; unset is [`DEFAULT_LIMIT`], but with `q` nothing is sent, since a `q` that asks for
    /// 200 would lose what Okta gives up to 300.
    pub limit: Option<u32>,
    /// `stats`, `app`: metadata to embed.
    pub expand: Vec<String>,
    /// The property to sort a `search` by.
    pub sort_by: Option<String>,
    /// The order of `sort_by`.
    pub sort_order: Option<SortOrder>,
    /// Names of the fields to answer with (`fields`, release of August 2026).
    pub fields: Vec<String>,
}

impl ListGroups {
    /// `GET /api/v1/groups`
    ///
    /// # Errors
    /// If `limit` is out of the reference's range, or parameters exclude each other: a `q` cannot be paged, and only
    /// a `search` can be sorted (with `q` Okta ignores a `sortBy`: recorded).
    pub fn request(&self) -> Result<Request, ArgumentError> {
        let (expand, fields) = (joined(&self.expand), joined(&self.fields));
        let parameters = [
            ("q", self.q.as_deref()),
            ("filter", self.filter.as_deref()),
            ("search", self.search.as_deref()),
            ("after", self.after.as_deref()),
            ("expand", expand.as_deref()),
            ("sortBy", self.sort_by.as_deref()),
            ("sortOrder", self.sort_order.map(SortOrder::as_str)),
            ("fields", fields.as_deref()),
        ];
        list(Operation::ListGroups, &[], &parameters, self.limit)
    }
}

/// *Add a group*
#[derive(Clone, Debug)]
pub struct CreateGroup {
    /// The profile as JSON text.
    pub profile: String,
}

impl CreateGroup {
    /// `POST /api/v1/groups`
    pub fn request(&self) -> Request {
        one(Operation::CreateGroup, &[], Some(&self.profile))
    }
}

/// *Retrieve a group*
#[derive(Clone, Debug)]
pub struct GetGroup {
    /// The group.
    pub group: GroupId,
}

impl GetGroup {
    /// `GET /api/v1/groups/{groupId}`
    pub fn request(&self) -> Request {
        one(Operation::GetGroup, &[self.group.as_str()], None)
    }
}

/// *Replace a group*: an attribute left out of the profile vanishes (recorded).
#[derive(Clone, Debug)]
pub struct ReplaceGroup {
    /// The group.
    pub group: GroupId,
    /// The whole profile as JSON text.
    pub profile: String,
}

impl ReplaceGroup {
    /// `PUT /api/v1/groups/{groupId}`
    pub fn request(&self) -> Request {
        one(Operation::ReplaceGroup, &[self.group.as_str()], Some(&self.profile))
    }
}

/// *Delete a group*
#[derive(Clone, Debug)]
pub struct DeleteGroup {
    /// The group.
    pub group: GroupId,
}

impl DeleteGroup {
    /// `DELETE /api/v1/groups/{groupId}`
    pub fn request(&self) -> Request {
        one(Operation::DeleteGroup, &[self.group.as_str()], None)
    }
}

/// *List all assigned applications*
#[derive(Clone, Debug)]
pub struct ListApps {
    /// The group.
    pub group: GroupId,
    /// The vendor's own cursor.
    pub after: Option<String>,
    /// Apps in a page; unset is [`DEFAULT_LIMIT`] (the vendor's own default is 20).
    pub limit: Option<u32>,
}

impl ListApps {
    /// The whole list of a group, in pages of the default size.
    ///
    /// # Errors
    /// As [`GroupId::new`].
    pub fn of(group: impl Into<String>) -> Result<Self, ArgumentError> {
        Ok(ListApps { group: GroupId::new(group)?, after: None, limit: None })
    }

    /// `GET /api/v1/groups/{groupId}/apps`
    ///
    /// # Errors
    /// If `limit` is 0.
    pub fn request(&self) -> Result<Request, ArgumentError> {
        list(Operation::ListApps, &[self.group.as_str()], &[("after", self.after.as_deref())], self.limit)
    }
}

/// *List all member users*
#[derive(Clone, Debug)]
pub struct ListUsers {
    /// The group.
    pub group: GroupId,
    /// A search expression over the members (`search`, release of July 2026).
    pub search: Option<String>,
    /// The vendor's own cursor.
    pub after: Option<String>,
    /// Users in a page; unset is [`DEFAULT_LIMIT`], which the reference recommends (its own default is 1000).
    pub limit: Option<u32>,
    /// `group-rules`: which rules made each a member (release of June 2026).
    pub expand: Vec<String>,
}

impl ListUsers {
    /// The whole list of a group, in pages of the default size.
    ///
    /// # Errors
    /// As [`GroupId::new`].
    pub fn of(group: impl Into<String>) -> Result<Self, ArgumentError> {
        Ok(ListUsers {
            group: GroupId::new(group)?,
            search: None,
            after: None,
            limit: None,
            expand: Vec::new(),
        })
    }

    /// `GET /api/v1/groups/{groupId}/users`
    ///
    /// # Errors
    /// If `limit` is 0.
    pub fn request(&self) -> Result<Request, ArgumentError> {
        let expand = joined(&self.expand);
        let parameters = [
            ("search", self.search.as_deref()),
            ("after", self.after.as_deref()),
            ("expand", expand.as_deref()),
        ];
        list(Operation::ListUsers, &[self.group.as_str()], &parameters, self.limit)
    }
}

/// *Assign a user to a group*
#[derive(Clone, Debug)]
pub struct AssignUser {
    /// The group.
    pub group: GroupId,
    /// The user.
    pub user: UserId,
}

impl AssignUser {
    /// `PUT /api/v1/groups/{groupId}/users/{userId}`
    pub fn request(&self) -> Request {
        one(Operation::AssignUser, &[self.group.as_str(), self.user.as_str()], None)
    }
}

/// *Unassign a user from a group*
#[derive(Clone, Debug)]
pub struct UnassignUser {
    /// The group.
    pub group: GroupId,
    /// The user.
    pub user: UserId,
}

impl UnassignUser {
    /// `DELETE /api/v1/groups/{groupId}/users/{userId}`
    pub fn request(&self) -> Request {
        one(Operation::UnassignUser, &[self.group.as_str(), self.user.as_str()], None)
    }
}

/// A page of a list, with its `parameters` but for `limit`: `after` is one of them, with or without a value.
pub(crate) fn list(
    operation: Operation,
    ids: &[&str],
    parameters: &[(&str, Option<&str>)],
    limit: Option<u32>,
) -> Result<Request, ArgumentError> {
    let has = |name: &str| parameters.iter().any(|(known, value)| *known == name && value.is_some());
    if has("q") && has("after") {
        return Err(ArgumentError::new("after", "cannot go with q, which is not paged"));
    }
    if has("sortBy") && !has("search") && !has("q") {
        return Err(ArgumentError::new("sortBy", "is for a search only"));
    }
    let max = operation.row().max_limit;
    if limit.is_some_and(|limit| limit == 0 || max.is_some_and(|max| limit > max)) {
        let range = match max {
            Some(max) => ["must be a whole number from 1 to ", &max.to_string()].concat(),
            None => "must be a whole number, 1 or more".to_owned(),
        };
        return Err(ArgumentError::new("limit", range));
    }
    let limit = limit.or((!has("q")).then_some(DEFAULT_LIMIT));
    let mut query = Query::new();
    for (name, value) in parameters {
        if let Some(value) = value {
            query.push(name, value);
        }
        // Where the reference has it.
        if let ("after", Some(limit)) = (*name, limit) {
            query.push_number("limit", limit);
        }
    }
    Ok(Request { operation, path: path(operation, ids), query: query.into_string(), body: None })
}

/// What is no list.
pub(crate) fn one(operation: Operation, ids: &[&str], profile: Option<&str>) -> Request {
    let body = profile.map(|profile| ["{\"profile\":", profile, "}"].concat());
    Request { operation, path: path(operation, ids), query: String::new(), body }
}

/// The operation's path with these ids, which were checked.
fn path(operation: Operation, ids: &[&str]) -> String {
    let mut path = String::new();
    let mut ids = ids.iter();
    for segment in operation.route().1.split('/').skip(1) {
        path.push('/');
        if segment.starts_with('{') {
            ids.next().into_iter().for_each(|id| encode(id, &mut path));
        } else {
            path.push_str(segment);
        }
    }
    path
}

fn joined(values: &[String]) -> Option<String> {
    (!values.is_empty()).then(|| values.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Method;

    fn group() -> GroupId {
        GroupId::new("00g1").unwrap()
    }

    fn user() -> UserId {
        UserId::new("00u1").unwrap()
    }

    #[test]
    fn the_nine_operations_on_the_wire() {
        let list = ListGroups::default().request().unwrap();
        let apps = ListApps { group: group(), after: None, limit: None }.request().unwrap();
        let users = ListUsers { group: group(), search: None, after: None, limit: Some(1), expand: vec![] };
        let profile = r#"{"name":"West"}"#.to_owned();
        let body = Some(r#"{"profile":{"name":"West"}}"#.to_owned());
        for (request, method, target, expected_body) in [
            (list, Method::Get, "/api/v1/groups?limit=200", None),
            (
                CreateGroup { profile: profile.clone() }.request(),
                Method::Post,
                "/api/v1/groups",
                body.clone(),
            ),
            (GetGroup { group: group() }.request(), Method::Get, "/api/v1/groups/00g1", None),
            (ReplaceGroup { group: group(), profile }.request(), Method::Put, "/api/v1/groups/00g1", body),
            (DeleteGroup { group: group() }.request(), Method::Delete, "/api/v1/groups/00g1", None),
            (apps, Method::Get, "/api/v1/groups/00g1/apps?limit=200", None),
            (users.request().unwrap(), Method::Get, "/api/v1/groups/00g1/users?limit=1", None),
            (
                AssignUser { group: group(), user: user() }.request(),
                Method::Put,
                "/api/v1/groups/00g1/users/00u1",
                None,
            ),
            (
                UnassignUser { group: group(), user: user() }.request(),
                Method::Delete,
                "/api/v1/groups/00g1/users/00u1",
                None,
            ),
        ] {
            assert_eq!(request.method(), method);
            assert_eq!(request.target(), target);
            assert_eq!(request.body, expected_body);
        }
    }

    #[test]
    fn every_parameter_of_a_list_is_sent() {
        let list = ListGroups {
            q: None,
            filter: Some("type eq \"OKTA_GROUP\"".into()),
            search: Some("profile.name sw \"R&D\"".into()),
            after: Some("00g2+/=".into()),
            limit: Some(10),
            expand: vec!["stats".into(), "app".into()],
            sort_by: Some("profile.name".into()),
            sort_order: Some(SortOrder::Desc),
            fields: vec!["id".into(), "profile.name".into()],
        };
        assert_eq!(
            list.request().unwrap().query,
            "filter=type%20eq%20%22OKTA_GROUP%22&search=profile.name%20sw%20%22R%26D%22&after=00g2%2B%2F%3D&limit=10\
             &expand=stats%2Capp&sortBy=profile.name&sortOrder=desc&fields=id%2Cprofile.name"
        );
    }

    #[test]
    fn a_query_by_name_asks_for_no_page_size() {
        let list = ListGroups { q: Some("West".into()), ..ListGroups::default() };
        assert_eq!(list.request().unwrap().query, "q=West");
    }

    #[test]
    fn parameters_that_exclude_each_other_are_refused() {
        let some = || Some("x".to_owned());
        for (list, refused) in [
            (ListGroups { q: some(), after: some(), ..ListGroups::default() }, Some("after")),
            (ListGroups { sort_by: some(), ..ListGroups::default() }, Some("sortBy")),
            (ListGroups { sort_by: some(), filter: some(), ..ListGroups::default() }, Some("sortBy")),
            (ListGroups { sort_by: some(), search: some(), ..ListGroups::default() }, None),
            (ListGroups { sort_by: some(), q: some(), ..ListGroups::default() }, None),
        ] {
            assert_eq!(list.request().err().map(|error| error.argument.into_owned()).as_deref(), refused);
        }
    }

    #[test]
    fn a_limit_out_of_range_is_named() {
        for limit in [0, 10_001] {
            let list = ListGroups { limit: Some(limit), ..ListGroups::default() };
            let error = list.request().unwrap_err();
            assert_eq!(error.to_string(), "limit must be a whole number from 1 to 10000");
        }
        for limit in [1, 10_000] {
            let list = ListGroups { limit: Some(limit), ..ListGroups::default() };
            assert_eq!(list.request().unwrap().limit(), Some(limit));
        }
        let users = |limit| ListUsers { limit: Some(limit), ..ListUsers::of("00g1").unwrap() }.request();
        assert_eq!(users(0).unwrap_err().to_string(), "limit must be a whole number, 1 or more");
        assert!(users(10_001).is_ok());
    }
}
