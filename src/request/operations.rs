//! One type for each operation, in the order of the reference. It decides the parameters, their defaults and
//! which of them exclude each other; `request()` makes the [`Request`].

use std::borrow::Cow;

use super::encode::encode;
use super::id::check_id;
use super::{
    ArgumentError, Body, DEFAULT_LIMIT, GroupId, Operation, OwnerId, Query, Request, RuleId, UserId, UserKey,
};
use crate::text::{digits, split};

/// The order of a sorted `search`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortOrder {
    /// `asc`, the reference's default.
    Asc,
    /// `desc`
    Desc,
}

impl SortOrder {
    /// The value of `sortOrder`.
    pub const fn as_str(self) -> &'static str {
        match self {
            SortOrder::Asc => "asc",
            SortOrder::Desc => "desc",
        }
    }
}

/// *List all groups*, with every parameter of the reference. `filter` and `search` are texts and are sent as
/// they are.
#[derive(Clone, Debug, Default)]
pub struct ListGroups {
    /// Matches the start of the name. Okta does not page it (no `Link` in 805 of 805 recorded answers) and
    /// returns at most 300 groups.
    pub q: Option<String>,
    /// A filter expression.
    pub filter: Option<String>,
    /// A search expression.
    pub search: Option<String>,
    /// Okta's own cursor.
    pub after: Option<String>,
    /// The number of groups in a page, 1 to 10,000. Default [`DEFAULT_LIMIT`], but nothing with `q`: a limit
    /// of 200 would lose groups, since Okta returns up to 300.
    pub limit: Option<u32>,
    /// `stats` or `app`: the metadata to embed.
    pub expand: Vec<String>,
    /// The property by which a `search` is sorted.
    pub sort_by: Option<String>,
    /// The order of `sort_by`. Okta's default is ascending.
    pub sort_order: Option<SortOrder>,
    /// The names of the fields in the answer (`fields`, release of August 2026).
    pub fields: Vec<String>,
}

impl ListGroups {
    /// `GET /api/v1/groups`
    ///
    /// # Errors
    /// [`ArgumentError`] if `limit` is out of the reference's range, or if parameters exclude each other: `q`
    /// has no `after`, and `sort_by` needs a `search` (with `q` Okta ignores `sortBy`: recorded).
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
        one(Operation::CreateGroup, &[], &[], Some(&self.profile))
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
        one(Operation::GetGroup, &[self.group.as_str()], &[], None)
    }

    /// The same with `expand`: `stats` or `app` adds metadata to `_embedded` (reported from real orgs; not in
    /// Okta's reference).
    pub fn request_with(&self, expand: &[&str]) -> Request {
        let expand = some(&expand.join(","));
        one(Operation::GetGroup, &[self.group.as_str()], &[("expand", expand.as_deref())], None)
    }
}

/// *Replace a group*. Okta drops every attribute that the profile leaves out (recorded).
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
        one(Operation::ReplaceGroup, &[self.group.as_str()], &[], Some(&self.profile))
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
        one(Operation::DeleteGroup, &[self.group.as_str()], &[], None)
    }
}

/// *List all assigned applications*
#[derive(Clone, Debug)]
pub struct ListApps {
    /// The group.
    pub group: GroupId,
    /// Okta's own cursor.
    pub after: Option<String>,
    /// The number of apps in a page, at least 1. Default [`DEFAULT_LIMIT`] (Okta's own default is 20).
    pub limit: Option<u32>,
}

impl ListApps {
    /// All apps of a group, in pages of the default size.
    ///
    /// # Errors
    /// Those of [`GroupId::new`].
    pub fn of(group: impl Into<String>) -> Result<Self, ArgumentError> {
        Ok(ListApps { group: GroupId::new(group)?, after: None, limit: None })
    }

    /// `GET /api/v1/groups/{groupId}/apps`
    ///
    /// # Errors
    /// [`ArgumentError`] if `limit` is 0.
    pub fn request(&self) -> Result<Request, ArgumentError> {
        list(Operation::ListApps, &[self.group.as_str()], &[("after", self.after.as_deref())], self.limit)
    }
}

/// *List all member users*
#[derive(Clone, Debug)]
pub struct ListUsers {
    /// The group.
    pub group: GroupId,
    /// A search expression that selects members (`search`, release of July 2026).
    pub search: Option<String>,
    /// Okta's own cursor.
    pub after: Option<String>,
    /// The number of users in a page, at least 1. Default [`DEFAULT_LIMIT`], which the reference recommends
    /// (Okta's own default is 1000).
    pub limit: Option<u32>,
    /// `group-rules`: which rules assigned each member (release of June 2026).
    pub expand: Vec<String>,
}

impl ListUsers {
    /// All members of a group, in pages of the default size.
    ///
    /// # Errors
    /// Those of [`GroupId::new`].
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
    /// [`ArgumentError`] if `limit` is 0.
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
        one(Operation::AssignUser, &[self.group.as_str(), self.user.as_str()], &[], None)
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
        one(Operation::UnassignUser, &[self.group.as_str(), self.user.as_str()], &[], None)
    }
}

/// *List all group owners*. Its pages have no `Link` (recorded: 0 of 28), so a full page fails the list: the
/// rest cannot be found.
#[derive(Clone, Debug)]
pub struct ListOwners {
    /// The group.
    pub group: GroupId,
    /// An expression that selects owners; the reference names their type: `type eq "GROUP"`.
    pub search: Option<String>,
    /// Okta's own cursor.
    pub after: Option<String>,
    /// The most owners, at least 1. Default [`DEFAULT_LIMIT`] (Okta's own default is 1000).
    pub limit: Option<u32>,
}

impl ListOwners {
    /// All owners of a group.
    ///
    /// # Errors
    /// Those of [`GroupId::new`].
    pub fn of(group: impl Into<String>) -> Result<Self, ArgumentError> {
        Ok(ListOwners { group: GroupId::new(group)?, search: None, after: None, limit: None })
    }

    /// `GET /api/v1/groups/{groupId}/owners`
    ///
    /// # Errors
    /// [`ArgumentError`] if `limit` is 0.
    pub fn request(&self) -> Result<Request, ArgumentError> {
        let parameters = [("search", self.search.as_deref()), ("after", self.after.as_deref())];
        list(Operation::ListOwners, &[self.group.as_str()], &parameters, self.limit)
    }
}

/// *Assign a group owner*
#[derive(Clone, Debug)]
pub struct AssignOwner {
    /// The group.
    pub group: GroupId,
    /// The owner as JSON text: `{"id":"00u1","type":"USER"}`.
    pub owner: String,
}

impl AssignOwner {
    /// `POST /api/v1/groups/{groupId}/owners`
    pub fn request(&self) -> Request {
        one(Operation::AssignOwner, &[self.group.as_str()], &[], Some(&self.owner))
    }
}

/// *Delete a group owner*
#[derive(Clone, Debug)]
pub struct DeleteOwner {
    /// The group.
    pub group: GroupId,
    /// The owner.
    pub owner: OwnerId,
}

impl DeleteOwner {
    /// `DELETE /api/v1/groups/{groupId}/owners/{ownerId}`
    pub fn request(&self) -> Request {
        one(Operation::DeleteOwner, &[self.group.as_str(), self.owner.as_str()], &[], None)
    }
}

/// *List all group rules*
#[derive(Clone, Debug, Default)]
pub struct ListRules {
    /// A keyword, not an expression.
    pub search: Option<String>,
    /// Okta's own cursor.
    pub after: Option<String>,
    /// The number of rules in a page, 1 to 200. Default [`DEFAULT_LIMIT`] (Okta's own default is 50).
    pub limit: Option<u32>,
    /// `groupIdToGroupNameMap`: the names of the target groups.
    pub expand: Vec<String>,
}

impl ListRules {
    /// `GET /api/v1/groups/rules`
    ///
    /// # Errors
    /// [`ArgumentError`] if `limit` is out of the reference's range.
    pub fn request(&self) -> Result<Request, ArgumentError> {
        let expand = joined(&self.expand);
        let parameters = [
            ("search", self.search.as_deref()),
            ("after", self.after.as_deref()),
            ("expand", expand.as_deref()),
        ];
        list(Operation::ListRules, &[], &parameters, self.limit)
    }
}

/// *Create a group rule*. The rule is `INACTIVE` at first.
#[derive(Clone, Debug)]
pub struct CreateRule {
    /// The rule as JSON text.
    pub rule: String,
}

impl CreateRule {
    /// `POST /api/v1/groups/rules`
    pub fn request(&self) -> Request {
        one(Operation::CreateRule, &[], &[], Some(&self.rule))
    }
}

/// *Retrieve a group rule*
#[derive(Clone, Debug)]
pub struct GetRule {
    /// The rule.
    pub rule: RuleId,
    /// `groupIdToGroupNameMap`: the names of the target groups.
    pub expand: Vec<String>,
}

impl GetRule {
    /// `GET /api/v1/groups/rules/{ruleId}`
    pub fn request(&self) -> Request {
        let expand = joined(&self.expand);
        one(Operation::GetRule, &[self.rule.as_str()], &[("expand", expand.as_deref())], None)
    }
}

/// *Replace a group rule*. Okta replaces only an `INACTIVE` rule (documented).
#[derive(Clone, Debug)]
pub struct ReplaceRule {
    /// The rule.
    pub rule: RuleId,
    /// The whole rule as JSON text.
    pub body: String,
}

impl ReplaceRule {
    /// `PUT /api/v1/groups/rules/{ruleId}`
    pub fn request(&self) -> Request {
        one(Operation::ReplaceRule, &[self.rule.as_str()], &[], Some(&self.body))
    }
}

/// *Delete a group rule*
#[derive(Clone, Debug)]
pub struct DeleteRule {
    /// The rule.
    pub rule: RuleId,
    /// Whether Okta removes the users whom the rule assigned from its groups. Okta's default: they stay
    /// members (documented).
    pub remove_users: Option<bool>,
}

impl DeleteRule {
    /// `DELETE /api/v1/groups/rules/{ruleId}`
    pub fn request(&self) -> Request {
        let removes = self.remove_users.map(|removes| if removes { "true" } else { "false" });
        one(Operation::DeleteRule, &[self.rule.as_str()], &[("removeUsers", removes)], None)
    }
}

/// *Activate a group rule*
#[derive(Clone, Debug)]
pub struct ActivateRule {
    /// The rule.
    pub rule: RuleId,
}

impl ActivateRule {
    /// `POST /api/v1/groups/rules/{ruleId}/lifecycle/activate`
    pub fn request(&self) -> Request {
        one(Operation::ActivateRule, &[self.rule.as_str()], &[], None)
    }
}

/// *Deactivate a group rule*
#[derive(Clone, Debug)]
pub struct DeactivateRule {
    /// The rule.
    pub rule: RuleId,
}

impl DeactivateRule {
    /// `POST /api/v1/groups/rules/{ruleId}/lifecycle/deactivate`
    pub fn request(&self) -> Request {
        one(Operation::DeactivateRule, &[self.rule.as_str()], &[], None)
    }
}

/// *List all users* of the org.
#[derive(Clone, Debug, Default)]
pub struct ListOrgUsers {
    /// A search expression.
    pub search: Option<String>,
    /// A filter expression.
    pub filter: Option<String>,
    /// Matches the start of a name or an email address. Okta returns a single page.
    pub q: Option<String>,
    /// Okta's own cursor.
    pub after: Option<String>,
    /// The number of users in a page, 1 to 200. Default [`DEFAULT_LIMIT`], also with `q` (Okta's own default
    /// for it is 10).
    pub limit: Option<u32>,
    /// The property by which a `search` is sorted.
    pub sort_by: Option<String>,
    /// The order of `sort_by`. Okta's default is ascending.
    pub sort_order: Option<SortOrder>,
}

impl ListOrgUsers {
    /// `GET /api/v1/users`
    ///
    /// # Errors
    /// Those of [`ListGroups::request`].
    pub fn request(&self) -> Result<Request, ArgumentError> {
        let parameters = [
            ("search", self.search.as_deref()),
            ("filter", self.filter.as_deref()),
            ("q", self.q.as_deref()),
            ("after", self.after.as_deref()),
            ("sortBy", self.sort_by.as_deref()),
            ("sortOrder", self.sort_order.map(SortOrder::as_str)),
        ];
        list(Operation::ListOrgUsers, &[], &parameters, self.limit)
    }
}

/// *Retrieve a user*
#[derive(Clone, Debug)]
pub struct GetUser {
    /// The user's id or login.
    pub user: UserKey,
}

impl GetUser {
    /// `GET /api/v1/users/{id}`
    pub fn request(&self) -> Request {
        one(Operation::GetUser, &[self.user.as_str()], &[], None)
    }
}

/// *List all groups* of a user. It shows a change of members at once (recorded).
#[derive(Clone, Debug)]
pub struct ListUserGroups {
    /// The user's id or login.
    pub user: UserKey,
    /// Okta's own cursor; not in Okta's reference.
    pub after: Option<String>,
    /// The number of groups in a page, at least 1. Default [`DEFAULT_LIMIT`], which is Okta's own (recorded;
    /// not in the reference).
    pub limit: Option<u32>,
}

impl ListUserGroups {
    /// All groups of a user.
    ///
    /// # Errors
    /// Those of [`UserKey::new`].
    pub fn of(user: impl Into<String>) -> Result<Self, ArgumentError> {
        Ok(ListUserGroups { user: UserKey::new(user)?, after: None, limit: None })
    }

    /// `GET /api/v1/users/{id}/groups`
    ///
    /// # Errors
    /// [`ArgumentError`] if `limit` is 0.
    pub fn request(&self) -> Result<Request, ArgumentError> {
        let parameters = [("after", self.after.as_deref())];
        list(Operation::ListUserGroups, &[self.user.as_str()], &parameters, self.limit)
    }
}

/// The request for a page of a list. `parameters` are all but `limit`, and must include `after`, with or
/// without a value.
pub(crate) fn list(
    operation: Operation,
    ids: &[&str],
    parameters: &[(&str, Option<&str>)],
    limit: Option<u32>,
) -> Result<Request, ArgumentError> {
    list_at(operation, path(operation, ids), parameters, limit)
}

/// The same for a given path.
pub(crate) fn list_at(
    operation: Operation,
    path: String,
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
            Some(max) => ["must be a whole number from 1 to ", &digits(max)].concat(),
            None => "must be a whole number, 1 or more".to_owned(),
        };
        return Err(ArgumentError::new("limit", range));
    }
    // Without a limit Okta returns up to 300 groups for a `q`, but only 10 users.
    let is_whole = operation == Operation::ListGroups && has("q");
    let has_default_limit = limit.is_none() && !is_whole;
    let limit = if has_default_limit { Some(DEFAULT_LIMIT) } else { limit };
    let mut query = Query::new();
    for (name, value) in parameters {
        if let Some(value) = value {
            query.push(name, value);
        }
        // `limit` follows `after`, as in the reference.
        if let ("after", Some(limit)) = (*name, limit) {
            query.push_number("limit", limit);
        }
    }
    Ok(Request { operation, path, query: query.into_string(), body: None, has_default_limit })
}

/// A request that is not for a list. `body` is JSON text: a group's profile, or the whole body.
pub(crate) fn one(
    operation: Operation,
    ids: &[&str],
    parameters: &[(&str, Option<&str>)],
    body: Option<&str>,
) -> Request {
    one_at(operation, path(operation, ids), parameters, body)
}

/// The same for a given path.
pub(crate) fn one_at(
    operation: Operation,
    path: String,
    parameters: &[(&str, Option<&str>)],
    body: Option<&str>,
) -> Request {
    let body = body.map(|body| match operation.row().body {
        Body::Profile => ["{\"profile\":", body, "}"].concat(),
        _ => body.to_owned(),
    });
    let mut query = Query::new();
    for (name, value) in parameters {
        if let Some(value) = value {
            query.push(name, value);
        }
    }
    Request { operation, path, query: query.into_string(), body, has_default_limit: false }
}

/// The operation's path with ids that were checked before.
fn path(operation: Operation, ids: &[&str]) -> String {
    path_of(operation, &mut ids.iter().map(|id| Cow::Borrowed(*id))).unwrap_or_default()
}

/// The operation's path with these ids. Each is checked under the name that the path has for it; a missing id
/// counts as empty.
pub(crate) fn path_of<'a>(
    operation: Operation,
    ids: &mut dyn Iterator<Item = Cow<'a, str>>,
) -> Result<String, ArgumentError> {
    let mut path = String::new();
    let mut segments = split(operation.row().path, b'/');
    segments.next();
    for segment in segments {
        path.push('/');
        match segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            None => path.push_str(segment),
            Some(name) => {
                let id = ids.next().unwrap_or_default();
                check_id(name, &id)?;
                encode(&id, &mut path);
            }
        }
    }
    Ok(path)
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
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
    fn the_operations_on_the_wire() {
        let rule = || RuleId::new("0pr1").unwrap();
        let (json, on) = (r#"{"name":"R"}"#.to_owned(), |path: &str| ["/api/v1/groups", path].concat());
        let login = || UserKey::new("isaac/\\\"b@example.com").unwrap();
        let expand = || vec!["groupIdToGroupNameMap".to_owned()];
        let owners =
            ListOwners { search: Some("type eq \"USER\"".into()), ..ListOwners::of("00g1").unwrap() };
        for (request, method, target, body) in [
            (
                GetGroup { group: group() }.request_with(&["stats", "app"]),
                Method::Get,
                on("/00g1?expand=stats%2Capp"),
                None,
            ),
            (
                owners.request().unwrap(),
                Method::Get,
                on("/00g1/owners?search=type%20eq%20%22USER%22&limit=200"),
                None,
            ),
            (
                AssignOwner { group: group(), owner: json.clone() }.request(),
                Method::Post,
                on("/00g1/owners"),
                Some(json.clone()),
            ),
            (
                DeleteOwner { group: group(), owner: OwnerId::new("00u1").unwrap() }.request(),
                Method::Delete,
                on("/00g1/owners/00u1"),
                None,
            ),
            (
                ListRules { search: Some("a b".into()), expand: expand(), ..ListRules::default() }
                    .request()
                    .unwrap(),
                Method::Get,
                on("/rules?search=a%20b&limit=200&expand=groupIdToGroupNameMap"),
                None,
            ),
            (CreateRule { rule: json.clone() }.request(), Method::Post, on("/rules"), Some(json.clone())),
            (
                GetRule { rule: rule(), expand: expand() }.request(),
                Method::Get,
                on("/rules/0pr1?expand=groupIdToGroupNameMap"),
                None,
            ),
            (
                ReplaceRule { rule: rule(), body: json.clone() }.request(),
                Method::Put,
                on("/rules/0pr1"),
                Some(json.clone()),
            ),
            (
                DeleteRule { rule: rule(), remove_users: None }.request(),
                Method::Delete,
                on("/rules/0pr1"),
                None,
            ),
            (
                DeleteRule { rule: rule(), remove_users: Some(false) }.request(),
                Method::Delete,
                on("/rules/0pr1?removeUsers=false"),
                None,
            ),
            (
                DeleteRule { rule: rule(), remove_users: Some(true) }.request(),
                Method::Delete,
                on("/rules/0pr1?removeUsers=true"),
                None,
            ),
            (
                ActivateRule { rule: rule() }.request(),
                Method::Post,
                on("/rules/0pr1/lifecycle/activate"),
                None,
            ),
            (
                DeactivateRule { rule: rule() }.request(),
                Method::Post,
                on("/rules/0pr1/lifecycle/deactivate"),
                None,
            ),
            (
                ListOrgUsers { q: Some("Isaac".into()), ..ListOrgUsers::default() }.request().unwrap(),
                Method::Get,
                "/api/v1/users?q=Isaac&limit=200".into(),
                None,
            ),
            (
                GetUser { user: login() }.request(),
                Method::Get,
                "/api/v1/users/isaac%2F%5C%22b%40example.com".into(),
                None,
            ),
            (
                ListUserGroups { user: login(), after: Some("2".into()), limit: Some(7) }.request().unwrap(),
                Method::Get,
                "/api/v1/users/isaac%2F%5C%22b%40example.com/groups?after=2&limit=7".into(),
                None,
            ),
        ] {
            assert_eq!((request.method(), request.target(), request.body), (method, target, body));
        }
    }

    #[test]
    fn lists_send_the_parameters_of_their_rows_in_that_order() {
        let some = || Some("x".to_owned());
        let names = |request: &Request| -> Vec<String> {
            crate::request::pairs(&request.query).map(|(name, _)| name.to_owned()).collect()
        };
        let users = ListOrgUsers {
            search: some(),
            filter: some(),
            q: None,
            after: some(),
            limit: None,
            sort_by: some(),
            sort_order: Some(SortOrder::Asc),
        };
        let expand = vec!["x".to_owned()];
        for request in [
            users.request().unwrap(),
            ListOrgUsers { q: some(), after: None, ..users }.request().unwrap(),
            ListRules { search: some(), after: some(), limit: None, expand }.request().unwrap(),
            ListOwners { search: some(), after: some(), ..ListOwners::of("00g1").unwrap() }
                .request()
                .unwrap(),
            ListUserGroups { after: some(), ..ListUserGroups::of("x").unwrap() }.request().unwrap(),
        ] {
            let sent = names(&request);
            let known =
                request.operation.parameters().iter().filter(|name| sent.iter().any(|sent| sent == *name));
            assert_eq!(sent, known.copied().collect::<Vec<_>>());
            assert!(sent.len() + 1 >= request.operation.parameters().len(), "{sent:?}");
        }
    }

    #[test]
    fn ids_are_checked_under_the_names_of_the_path() {
        for (operation, ids_of, expected) in [
            (Operation::ListRules, &[][..], Ok("/api/v1/groups/rules")),
            (Operation::GetRule, &["0pr1"], Ok("/api/v1/groups/rules/0pr1")),
            (Operation::GetRule, &[], Err("ruleId is empty")),
            (
                Operation::DeleteOwner,
                &["00g1", ".."],
                Err("ownerId is a dot segment, which would change the path"),
            ),
            (
                Operation::DeleteOwner,
                &["a/b", ""],
                Err("groupId holds one of / \\ ? # %, which would change the path"),
            ),
            (Operation::GetUser, &["."], Err("idOrLogin is a dot segment, which would change the path")),
            (Operation::GetUser, &[""], Err("idOrLogin is empty")),
            (Operation::GetUser, &["a/../\\?#%\n"], Ok("/api/v1/users/a%2F..%2F%5C%3F%23%25%0A")),
            (Operation::ActivateRule, &["a\n"], Err("ruleId holds a control character")),
        ] {
            let mut ids = ids_of.iter().map(|id| Cow::Borrowed(*id));
            let path = path_of(operation, &mut ids).map_err(|error| error.message());
            assert_eq!(
                path.as_deref(),
                expected.map_err(str::to_owned).as_deref(),
                "{operation:?} {ids_of:?}"
            );
        }
    }

    #[test]
    fn the_nine_operations_of_groups_on_the_wire() {
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
        let rules = |limit| ListRules { limit: Some(limit), ..ListRules::default() }.request();
        assert_eq!(rules(201).unwrap_err().to_string(), "limit must be a whole number from 1 to 200");
        assert!(rules(200).is_ok());
        let users = |limit| ListUsers { limit: Some(limit), ..ListUsers::of("00g1").unwrap() }.request();
        assert_eq!(users(0).unwrap_err().to_string(), "limit must be a whole number, 1 or more");
        assert!(users(10_001).is_ok());
    }
}
