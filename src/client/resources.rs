//! Rules, users and any other path, with models in and out, for programs in Rust.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::groups::{List, expression, list, model, object_of, read_at, text};
use super::{CallOptions, Client, Failure};
use crate::host::Host;
use crate::model::{Group, GroupRule, User};
use crate::request::{
    ActivateRule, CreateRule, DeactivateRule, DeleteRule, GetRule, GetUser, ListOrgUsers, ListRules,
    ListUserGroups, Other, OtherList, ReplaceRule, Request, RuleId, UserKey,
};

/// The operations of the Group Rules API, with one set of [`CallOptions`]: [`Client::rules`].
#[derive(Debug)]
pub struct Rules<'a, H> {
    client: &'a Client<H>,
    options: CallOptions,
}

/// Reads of the Users API, with one set of [`CallOptions`]: [`Client::users`].
#[derive(Debug)]
pub struct Users<'a, H> {
    client: &'a Client<H>,
    options: CallOptions,
}

impl<H: Host<Body = Value>> Client<H> {
    /// The operations of the Group Rules API.
    pub fn rules(&self) -> Rules<'_, H> {
        Rules { client: self, options: CallOptions::default() }
    }

    /// Reads of the Users API: for pickers, for ids by login, for the groups of a user.
    pub fn users(&self) -> Users<'_, H> {
        Users { client: self, options: CallOptions::default() }
    }

    /// Any other request, with the retries, limits and errors of the operations. An answer without a body is read as
    /// `null`.
    ///
    /// # Errors
    /// Those of [`Other::request`] and [`Client::call`].
    pub async fn request<T: DeserializeOwned>(
        &self,
        request: &Other,
        options: &CallOptions,
    ) -> Result<T, Failure<H>> {
        let request = request.request()?;
        let reply = self.call(&request, options).await?;
        read_at(request.operation, request.template(), reply).map(|(model, _)| model)
    }

    /// Any other list, with the pages, cursors and errors of the operations.
    ///
    /// # Errors
    /// Those of [`OtherList::request`].
    pub fn paginate<T: DeserializeOwned>(
        &self,
        request: &OtherList,
        options: CallOptions,
    ) -> Result<List<'_, H, T>, Failure<H>> {
        list(self, options, request.request()?)
    }
}

impl<'a, H: Host<Body = Value>> Rules<'a, H> {
    /// The same with options of their own.
    #[must_use]
    pub fn with(self, options: CallOptions) -> Self {
        Rules { options, ..self }
    }

    /// *List all group rules*
    ///
    /// # Errors
    /// Those of [`ListRules::request`].
    pub fn list(&self, request: &ListRules) -> Result<List<'a, H, GroupRule>, Failure<H>> {
        list(self.client, self.options.clone(), request.request()?)
    }

    /// *Retrieve a group rule*
    ///
    /// # Errors
    /// Those of [`Client::call`].
    pub async fn get(&self, rule: &str) -> Result<GroupRule, Failure<H>> {
        self.object(&GetRule { rule: RuleId::new(rule)?, expand: Vec::new() }.request()).await
    }

    /// *Create a group rule*, which is `INACTIVE` at first. `rule` is a [`GroupRule`], or anything that serializes as one. It
    /// is never sent twice, unless it certainly was not received.
    ///
    /// # Errors
    /// Those of [`Client::call`].
    pub async fn create(&self, rule: &impl Serialize) -> Result<GroupRule, Failure<H>> {
        self.object(&CreateRule { rule: text(object_of("rule", rule)?) }.request()).await
    }

    /// *Replace a group rule*, which must be `INACTIVE` (documented).
    ///
    /// # Errors
    /// Those of [`Client::call`].
    pub async fn replace(&self, id: &str, rule: &impl Serialize) -> Result<GroupRule, Failure<H>> {
        let body = text(object_of("rule", rule)?);
        self.object(&ReplaceRule { rule: RuleId::new(id)?, body }.request()).await
    }

    /// *Delete a group rule*. With `remove_users`, the people whom it put into its groups leave them; else they stay
    /// (documented).
    ///
    /// # Errors
    /// Those of [`Client::call`].
    pub async fn delete(&self, rule: &str, remove_users: bool) -> Result<(), Failure<H>> {
        self.nothing(&DeleteRule { rule: RuleId::new(rule)?, remove_users: Some(remove_users) }.request())
            .await
    }

    /// *Activate a group rule*. Okta adds and removes people a little later.
    ///
    /// # Errors
    /// Those of [`Client::call`].
    pub async fn activate(&self, rule: &str) -> Result<(), Failure<H>> {
        self.nothing(&ActivateRule { rule: RuleId::new(rule)? }.request()).await
    }

    /// *Deactivate a group rule*; one that is `INACTIVE` stays so (recorded), one that is `INVALID` is refused (recorded).
    ///
    /// # Errors
    /// Those of [`Client::call`].
    pub async fn deactivate(&self, rule: &str) -> Result<(), Failure<H>> {
        self.nothing(&DeactivateRule { rule: RuleId::new(rule)? }.request()).await
    }

    async fn object(&self, request: &Request) -> Result<GroupRule, Failure<H>> {
        model(request.operation, self.client.call(request, &self.options).await?)
    }

    async fn nothing(&self, request: &Request) -> Result<(), Failure<H>> {
        self.client.call(request, &self.options).await.map(drop)
    }
}

impl<'a, H: Host<Body = Value>> Users<'a, H> {
    /// The same with options of their own.
    #[must_use]
    pub fn with(self, options: CallOptions) -> Self {
        Users { options, ..self }
    }

    /// *List all users* of the org.
    ///
    /// # Errors
    /// Those of [`ListOrgUsers::request`]; a `search` or `filter` that is no expression.
    pub fn list(&self, request: &ListOrgUsers) -> Result<List<'a, H, User>, Failure<H>> {
        let first = request.request()?;
        expression("search", request.search.as_deref())?;
        expression("filter", request.filter.as_deref())?;
        list(self.client, self.options.clone(), first)
    }

    /// *Retrieve a user* by id or login.
    ///
    /// # Errors
    /// Those of [`Client::call`].
    pub async fn get(&self, id_or_login: &str) -> Result<User, Failure<H>> {
        let request = GetUser { user: UserKey::new(id_or_login)? }.request();
        model(request.operation, self.client.call(&request, &self.options).await?)
    }

    /// *List all groups* of a user.
    ///
    /// # Errors
    /// Those of [`ListUserGroups::request`].
    pub fn list_groups(&self, request: &ListUserGroups) -> Result<List<'a, H, Group>, Failure<H>> {
        list(self.client, self.options.clone(), request.request()?)
    }
}
