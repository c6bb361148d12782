//! The operations on groups with models, for programs in Rust: [`Groups`] and [`List`]. They convert and
//! call; the one decision here is which attributes cannot be written back unchanged.

use std::borrow::Cow;
use std::{fmt, vec};

use futures_lite::{Stream, stream};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::drive::Control;
use super::{CallOptions, Client, Failure, Meta, Reply, Walk};
use crate::error::{Error, ResponseFault, ResponseReason, snippet};
use crate::filter::{Expr, Parameter, ParseError, parse};
use crate::host::{HeaderMap, Host, Platform};
use crate::model::{Application, Group, GroupOwner, OwnerType, User};
use crate::page::PaginationReason;
use crate::request::{
    ArgumentError, AssignOwner, AssignUser, CreateGroup, DeleteGroup, DeleteOwner, GetGroup, GroupId,
    ListApps, ListGroups, ListOwners, ListUsers, Method, Operation, OwnerId, ReplaceGroup, Request,
    UnassignUser, UserId,
};

/// The operations of the Groups API, with one set of [`CallOptions`]. [`Client::groups`] returns it.
#[derive(Debug)]
pub struct Groups<'a, H> {
    pub(super) client: &'a Client<H>,
    pub(super) options: CallOptions,
}

impl<H> Clone for Groups<'_, H> {
    fn clone(&self) -> Self {
        Groups { client: self.client, options: self.options.clone() }
    }
}

impl<H: Host<Body = Value>> Client<H> {
    /// The operations of the Groups API, with models. [`Client::call`] runs them on JSON.
    pub fn groups(&self) -> Groups<'_, H> {
        Groups { client: self, options: CallOptions::default() }
    }
}

impl<'a, H: Host<Body = Value>> Groups<'a, H> {
    /// The same operations with other options.
    #[must_use]
    pub fn with(self, options: CallOptions) -> Self {
        Groups { options, ..self }
    }

    /// *List all groups*. The first page is requested when the first item is read. Each part of an expression
    /// that Okta does not document for its parameter emits an
    /// [`Event::Warning`](crate::host::Event::Warning).
    ///
    /// # Errors
    /// Those of [`ListGroups::request`]; a `search` or `filter` that is not an expression.
    pub fn list(&self, request: &ListGroups) -> Result<List<'a, H, Group>, Failure<H>> {
        let first = request.request()?;
        for (parameter, name, text) in
            [(Parameter::Filter, "filter", &request.filter), (Parameter::Search, "search", &request.search)]
        {
            if let Some(expr) = expression(name, text.as_deref())? {
                self.client.warn(&expr, parameter);
            }
        }
        self.list_as(first)
    }

    /// *List all group owners*. Okta sends no `Link` header for it, so a full page is an error: use a larger
    /// `limit`.
    ///
    /// # Errors
    /// Those of [`ListOwners::request`]; a `search` that is not an expression.
    pub fn list_owners(&self, request: &ListOwners) -> Result<List<'a, H, GroupOwner>, Failure<H>> {
        let first = request.request()?;
        expression("search", request.search.as_deref())?;
        self.list_as(first)
    }

    /// *List all member users*
    ///
    /// # Errors
    /// Those of [`ListUsers::request`]; a `search` that is not an expression.
    pub fn list_users(&self, request: &ListUsers) -> Result<List<'a, H, User>, Failure<H>> {
        let first = request.request()?;
        expression("search", request.search.as_deref())?;
        self.list_as(first)
    }

    /// *List all assigned applications*
    ///
    /// # Errors
    /// Those of [`ListApps::request`].
    pub fn list_apps(&self, request: &ListApps) -> Result<List<'a, H, Application>, Failure<H>> {
        self.list_as(request.request()?)
    }

    /// Any list with items of your own type, or with [`Value`] as the item type. With [`ListGroups::fields`]
    /// the items may lack what the models need.
    ///
    /// # Errors
    /// Those of [`Client::walk`].
    pub fn list_as<T: DeserializeOwned>(&self, first: Request) -> Result<List<'a, H, T>, Failure<H>> {
        list(self.client, self.options.clone(), first)
    }

    /// *Retrieve a group*
    ///
    /// # Errors
    /// Those of [`Client::call`].
    pub async fn get(&self, group: &str) -> Result<Group, Failure<H>> {
        self.object(&GetGroup { group: GroupId::new(group)? }.request()).await
    }

    /// *Retrieve a group* with `stats` or `app` in [`Group::embedded`] (reported from real orgs; not in
    /// Okta's reference).
    ///
    /// # Errors
    /// Those of [`Client::call`].
    pub async fn get_with(&self, group: &str, expand: &[&str]) -> Result<Group, Failure<H>> {
        self.object(&GetGroup { group: GroupId::new(group)? }.request_with(expand)).await
    }

    /// *Add a group*. The profile is a [`GroupProfile`](crate::model::GroupProfile), or anything that
    /// serializes as one. A create is retried only if Okta certainly did not receive it.
    ///
    /// # Errors
    /// Those of [`Client::call`]; [`Failure::may_have_run`] is true if Okta may have created the group.
    pub async fn create(&self, profile: &impl Serialize) -> Result<Group, Failure<H>> {
        let profile = text(object_of("profile", profile)?);
        self.object(&CreateGroup { profile }.request()).await.inspect(|group| self.note(group))
    }

    /// *Add a group*, or the existing group of exactly that name; see [`Client::create_or_find`].
    ///
    /// # Errors
    /// Those of [`Client::create_or_find`].
    pub async fn create_or_find(&self, profile: &impl Serialize) -> Result<Group, Failure<H>> {
        let profile = object_of("profile", profile)?;
        let name = profile.get("name").and_then(Value::as_str).map(str::to_owned);
        let name = name.ok_or_else(|| ArgumentError::new("profile", "has no name to look for"))?;
        let reply = self.client.create_or_find(text(profile), &name, &self.options).await?;
        model(Operation::CreateGroup, reply).inspect(|group| self.note(group))
    }

    /// Remembers the group for `find_by_name`, since the search index may not have it yet.
    fn note(&self, group: &Group) {
        self.client.written.note(group, self.client.host.now());
    }

    /// *Replace a group*. Okta drops every attribute that the profile leaves out.
    ///
    /// # Errors
    /// Those of [`Client::call`].
    pub async fn replace(&self, group: &str, profile: &impl Serialize) -> Result<Group, Failure<H>> {
        let (group, profile) = (GroupId::new(group)?, text(object_of("profile", profile)?));
        self.object(&ReplaceGroup { group, profile }.request()).await.inspect(|group| self.note(group))
    }

    /// *Retrieve a group*, then *Replace a group*: changes the attributes in `patch` and keeps all others.
    ///
    /// # Errors
    /// Those of [`Client::call`]; a [`ResponseFault`], before anything is written, if an attribute that
    /// `patch` does not name would be written back changed: its bytes are not UTF-8, or it holds an integer
    /// beyond 64 bits.
    pub async fn update(&self, group: &str, patch: &impl Serialize) -> Result<Group, Failure<H>> {
        let (group, patch) = (GroupId::new(group)?, object_of("patch", patch)?);
        let merge = |current: Reply<H>| {
            let mut group = current.body.unwrap_or_default();
            match group.get_mut("profile").map(Value::take) {
                Some(Value::Object(mut profile)) => {
                    if let Some((name, what)) = changed_back(&profile, &patch, current.lossy, current.inexact)
                    {
                        let at = ["profile.", name, ", which ", what].concat();
                        return Err(misshapen(
                            Operation::GetGroup,
                            Operation::GetGroup.route().1.into(),
                            current.meta,
                            &at,
                        ));
                    }
                    profile.extend(patch.clone());
                    Ok(text(profile))
                }
                // Without the profile, the write would drop every attribute that the patch does not name.
                _ => Err(misshapen(
                    Operation::GetGroup,
                    Operation::GetGroup.route().1.into(),
                    current.meta,
                    "profile",
                )),
            }
        };
        let reply = self.client.update(group, merge, &self.options).await?;
        model(Operation::ReplaceGroup, reply).inspect(|group| self.note(group))
    }

    /// *Delete a group*
    ///
    /// # Errors
    /// Those of [`Client::call`].
    pub async fn delete(&self, group: &str) -> Result<(), Failure<H>> {
        self.nothing(&DeleteGroup { group: GroupId::new(group)? }.request()).await
    }

    /// *Delete a group*. A group that does not exist counts as deleted.
    ///
    /// # Errors
    /// Those of [`Client::call`].
    pub async fn delete_if_exists(&self, group: &str) -> Result<(), Failure<H>> {
        self.remove(&DeleteGroup { group: GroupId::new(group)? }.request()).await
    }

    /// *Assign a user to a group*. A user who is a member already stays a member.
    ///
    /// # Errors
    /// Those of [`Client::call`].
    pub async fn assign_user(&self, group: &str, user: &str) -> Result<(), Failure<H>> {
        let (group, user) = (GroupId::new(group)?, UserId::new(user)?);
        self.nothing(&AssignUser { group, user }.request()).await
    }

    /// *Unassign a user from a group*. A user who is not a member is no error.
    ///
    /// # Errors
    /// Those of [`Client::call`].
    pub async fn unassign_user(&self, group: &str, user: &str) -> Result<(), Failure<H>> {
        let (group, user) = (GroupId::new(group)?, UserId::new(user)?);
        self.nothing(&UnassignUser { group, user }.request()).await
    }

    /// *Unassign a user from a group*. A user who does not exist counts as unassigned; a group that does not
    /// exist is an error.
    ///
    /// # Errors
    /// Those of [`Client::call`].
    pub async fn unassign_user_if_exists(&self, group: &str, user: &str) -> Result<(), Failure<H>> {
        let (group, user) = (GroupId::new(group)?, UserId::new(user)?);
        self.remove(&UnassignUser { group, user }.request()).await
    }

    /// *Assign a group owner*: a user, or a group. The write is retried only if Okta certainly did not
    /// receive it.
    ///
    /// # Errors
    /// Those of [`Client::call`]; [`Failure::is_bad_request`] is true for an owner that is assigned already.
    pub async fn assign_owner(
        &self,
        group: &str,
        owner: &str,
        owner_type: OwnerType,
    ) -> Result<GroupOwner, Failure<H>> {
        let (group, owner) = (GroupId::new(group)?, OwnerId::new(owner)?);
        let owner = serde_json::json!({ "id": owner.as_str(), "type": owner_type }).to_string();
        self.object(&AssignOwner { group, owner }.request()).await
    }

    /// *Delete a group owner*: removes a user or group from the group's owners.
    ///
    /// # Errors
    /// Those of [`Client::call`].
    pub async fn delete_owner(&self, group: &str, owner: &str) -> Result<(), Failure<H>> {
        let (group, owner) = (GroupId::new(group)?, OwnerId::new(owner)?);
        self.nothing(&DeleteOwner { group, owner }.request()).await
    }

    async fn object<T: DeserializeOwned>(&self, request: &Request) -> Result<T, Failure<H>> {
        model(request.operation, self.client.call(request, &self.options).await?)
    }

    async fn nothing(&self, request: &Request) -> Result<(), Failure<H>> {
        self.client.call(request, &self.options).await.map(drop)
    }

    async fn remove(&self, request: &Request) -> Result<(), Failure<H>> {
        self.client.remove(request, &self.options).await.map(drop)
    }
}

/// A list, read item by item or page by page. It returns every item or fails, and then [`List::cursor`] is
/// the place where the rest can be read later.
pub struct List<'a, H: Host, T> {
    client: &'a Client<H>,
    options: CallOptions,
    first: Request,
    walk: Walk,
    /// The unread items of the last page, and the cursor of that page.
    rest: vec::IntoIter<T>,
    began: Option<String>,
    meta: Option<Box<Meta<H::Headers>>>,
}

/// Leaves out the unread items.
impl<H: Host, T> fmt::Debug for List<'_, H, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List")
            .field("path", &self.first.path)
            .field("cursor", &self.walk.cursor())
            .finish_non_exhaustive()
    }
}

impl<H: Host<Body = Value>, T: DeserializeOwned> List<'_, H, T> {
    /// The same list from `cursor` on. [`List::cursor`] returned the cursor, in this program or another.
    ///
    /// # Errors
    /// [`Error::Pagination`] if the cursor has another form, was changed, or belongs to another list or org
    /// ([`Settings::org`](super::Settings::org)).
    pub fn resume(self, cursor: &str) -> Result<Self, Failure<H>> {
        let walk = self.client.walk(self.first.clone(), Some(cursor))?;
        Ok(List { walk, rest: Vec::new().into_iter(), ..self })
    }

    /// The next item, `None` at the end. Reads pages as they are needed.
    ///
    /// # Errors
    /// Those of [`Client::page`]. Calling it again requests the same page again.
    pub async fn next(&mut self) -> Result<Option<T>, Failure<H>> {
        loop {
            if let Some(item) = self.rest.next() {
                return Ok(Some(item));
            }
            match self.next_page().await? {
                Some(page) => self.rest = page.into_iter(),
                None => return Ok(None),
            }
        }
    }

    /// The next page, `None` at the end. After [`List::next`] it first returns the unread items of that page.
    /// A page may be empty.
    ///
    /// # Errors
    /// As [`List::next`].
    pub async fn next_page(&mut self) -> Result<Option<Vec<T>>, Failure<H>> {
        self.next_page_of(None).await
    }

    /// The same, under the control of a run.
    pub(super) async fn next_page_of(
        &mut self,
        control: Option<&Control>,
    ) -> Result<Option<Vec<T>>, Failure<H>> {
        if self.rest.len() > 0 {
            return Ok(Some(std::mem::take(&mut self.rest).collect()));
        }
        self.began = self.walk.cursor();
        let page = self.client.page_of(&mut self.walk, &self.options, control).await?;
        let Some(reply) = page else { return Ok(None) };
        match read_at(self.first.operation, self.first.template(), reply) {
            Ok((page, meta)) => {
                self.meta = Some(meta);
                Ok(Some(page))
            }
            Err(failure) => {
                // Back to the page whose items were not returned.
                self.walk = self.client.walk(self.first.clone(), self.began.as_deref())?;
                Err(failure)
            }
        }
    }

    /// All items that were not read yet.
    ///
    /// # Errors
    /// Those of [`List::next`]; [`PaginationReason::Exceeded`] if there are more than `max` items. The list
    /// then goes back to where it was before, so that [`List::cursor`] skips nothing.
    pub async fn to_vec(&mut self, max: usize) -> Result<Vec<T>, Failure<H>> {
        let start = self.cursor();
        let mut items = Vec::new();
        loop {
            let failure = match self.next_page().await {
                Ok(None) => return Ok(items),
                Ok(Some(page)) => {
                    items.extend(page);
                    if items.len() <= max {
                        continue;
                    }
                    Error::Pagination(PaginationReason::Exceeded).into()
                }
                Err(failure) => failure,
            };
            self.walk = self.client.walk(self.first.clone(), start.as_deref())?;
            return Err(failure);
        }
    }

    /// The items as a stream. It ends after an error; [`List::cursor`] then tells where to resume.
    pub fn stream(&mut self) -> impl Stream<Item = Result<T, Failure<H>>> {
        stream::unfold(Some(self), |list| async {
            let list = list?;
            match list.next().await {
                Ok(item) => Some((Ok(item?), Some(list))),
                Err(failure) => Some((Err(failure), None)),
            }
        })
    }

    /// The place to resume later with [`List::resume`]: the cursor of the next item's page, which may begin
    /// with items that were read already. It holds the org's name and the query, and no secret. `None` at the
    /// list's start and at its end.
    pub fn cursor(&self) -> Option<String> {
        if self.rest.len() > 0 { self.began.clone() } else { self.walk.cursor() }
    }

    /// Whether all items were read. [`List::cursor`] is `None` then, as it is before the first item.
    pub fn is_done(&self) -> bool {
        self.rest.len() == 0 && self.walk.is_done()
    }

    /// The same, for the error of what the page holds.
    pub(super) fn into_meta(self) -> Option<Box<Meta<H::Headers>>> {
        self.meta
    }

    /// The status, headers and timing of the last page's answer.
    pub fn meta(&self) -> Option<&Meta<H::Headers>> {
        self.meta.as_deref()
    }
}

/// Parses an expression, so that a text that is not one is refused before it is sent, as in JavaScript.
pub(super) fn expression(name: &'static str, text: Option<&str>) -> Result<Option<Expr>, ArgumentError> {
    let refused =
        |error: ParseError| ArgumentError::new(name, ["is not an expression: ", &error.to_string()].concat());
    text.map(parse).transpose().map_err(refused)
}

/// A list that starts at the page that `first` requests.
pub(super) fn list<H: Host<Body = Value>, T: DeserializeOwned>(
    client: &Client<H>,
    options: CallOptions,
    first: Request,
) -> Result<List<'_, H, T>, Failure<H>> {
    let walk = client.walk(first.clone(), None)?;
    Ok(List { client, options, walk, first, rest: Vec::new().into_iter(), began: None, meta: None })
}

pub(super) fn model<H: Host<Body = Value>, T: DeserializeOwned>(
    operation: Operation,
    reply: Reply<H>,
) -> Result<T, Failure<H>> {
    read(operation, reply).map(|(model, _)| model)
}

pub(super) type Read<H, T> = Result<(T, Box<Meta<<H as Platform>::Headers>>), Failure<H>>;

/// Deserializes an answer's body.
pub(super) fn read<H: Host<Body = Value>, T: DeserializeOwned>(
    operation: Operation,
    reply: Reply<H>,
) -> Read<H, T> {
    read_at(operation, operation.route().1.into(), reply)
}

/// The same, for a request whose path has the form `template`.
pub(super) fn read_at<H: Host<Body = Value>, T: DeserializeOwned>(
    operation: Operation,
    template: Cow<'static, str>,
    reply: Reply<H>,
) -> Read<H, T> {
    let Reply { body, meta, .. } = reply;
    match serde_path_to_error::deserialize(body.unwrap_or_default()) {
        Ok(model) => Ok((model, meta)),
        Err(error) => Err(misshapen(operation, template, meta, &error.path().to_string())),
    }
}

/// The first attribute that would be written back changed, and why: its name or its value (unless `patch`
/// replaces it) has a U+FFFD that may stand for invalid bytes, or it holds a number that was rounded.
pub(super) fn changed_back<'a>(
    profile: &'a Map<String, Value>,
    patch: &Map<String, Value>,
    is_lossy: bool,
    is_inexact: bool,
) -> Option<(&'a str, &'static str)> {
    fn text(text: &str, is_lossy: bool) -> Option<&'static str> {
        (is_lossy && text.contains(char::REPLACEMENT_CHARACTER)).then_some("is not UTF-8")
    }
    fn value(json: &Value, is_lossy: bool, is_inexact: bool) -> Option<&'static str> {
        let value = |part| value(part, is_lossy, is_inexact);
        match json {
            Value::String(json) => text(json, is_lossy),
            Value::Array(items) => items.iter().find_map(value),
            Value::Object(parts) => {
                parts.iter().find_map(|(name, part)| text(name, is_lossy).or_else(|| value(part)))
            }
            // serde_json reads an integer beyond 64 bits as the nearest double.
            Value::Number(number) if is_inexact => {
                let double = number.as_f64().filter(|_| number.is_f64()).unwrap_or_default();
                (double.abs() >= EXACT && double % 1.0 == 0.0).then_some("holds an integer beyond 64 bits")
            }
            _ => None,
        }
    }
    /// From here on doubles skip integers.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    profile.iter().find_map(|(name, own)| {
        let kept = (!patch.contains_key(name)).then_some(own);
        let what = text(name, is_lossy).or_else(|| value(kept?, is_lossy, is_inexact))?;
        Some((name.as_str(), what))
    })
}

/// An answer whose body does not have the operation's shape at `path`. Leaves out serde's message, which may
/// quote a secret from the body.
pub(super) fn misshapen<H: Platform>(
    operation: Operation,
    template: Cow<'static, str>,
    meta: Box<Meta<H::Headers>>,
    path: &str,
) -> Failure<H> {
    let error = Error::Response(Box::new(ResponseFault {
        reason: ResponseReason::Shape,
        operation,
        path: template,
        status: meta.status,
        content_type: meta.headers.get("content-type"),
        snippet: Some(snippet(&["at ", path].concat())),
        request_id: meta.request_id.clone(),
    }));
    Failure { may_have_run: operation.route().0 != Method::Get, ..Failure::of(error, meta) }
}

pub(super) fn object_of(
    argument: &'static str,
    value: &impl Serialize,
) -> Result<Map<String, Value>, ArgumentError> {
    match serde_json::to_value(value) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(ArgumentError::new(argument, "must be an object of attributes")),
        Err(error) => Err(ArgumentError::new(argument, ["is not JSON: ", &error.to_string()].concat())),
    }
}

pub(super) fn text(object: Map<String, Value>) -> String {
    Value::Object(object).to_string()
}
