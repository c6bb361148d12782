//! Rules, users and any other path, with models in and out, for programs in Rust.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::groups::{List, expression, list, model, read_at, text};
use super::update_rule::{rule_of, update};
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
    pub(super) client: &'a Client<H>,
    pub(super) options: CallOptions,
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
    /// is never sent twice, unless it certainly was not received. All writes to rules go one at a time.
    ///
    /// # Errors
    /// Those of [`Client::call`]; a name of more than 50 characters, which is not sent.
    pub async fn create(&self, rule: &impl Serialize) -> Result<GroupRule, Failure<H>> {
        self.object(&CreateRule { rule: text(rule_of("rule", rule)?) }.request()).await
    }

    /// *Replace a group rule*, which must be `INACTIVE` (documented): [`Rules::update`] takes care of that.
    ///
    /// # Errors
    /// Those of [`Rules::create`].
    pub async fn replace(&self, id: &str, rule: &impl Serialize) -> Result<GroupRule, Failure<H>> {
        let body = text(rule_of("rule", rule)?);
        self.object(&ReplaceRule { rule: RuleId::new(id)?, body }.request()).await
    }

    /// Changes a rule so that it keeps its status: reads it, deactivates it if it is `ACTIVE`, replaces it with what `patch`
    /// says, and activates it again. Objects in `patch` are merged into the rule's, all else takes the place of what was
    /// there. A lost answer is followed by a look at the rule's status. Other writes to rules wait until the last step.
    ///
    /// If a step fails, the rule is activated again before the update fails, for at most 30 s, however long
    /// [`CallOptions::total_timeout`] is. [`Failure::rule_status`] is [`LeftRule::Inactive`](super::LeftRule::Inactive) only
    /// if that failed, too. A rule that is `INVALID` cannot be deactivated: it is replaced as it is.
    ///
    /// The rule does nothing while it is inactive. Whether Okta removes people meanwhile is recorded nowhere. If the future is
    /// dropped between two steps, the rule stays inactive: let it run, or end it by [`Rules::update_until`].
    ///
    /// # Errors
    /// Those of [`Client::call`]; [`Failure::may_have_run`] if the rule may be the new one.
    pub async fn update(&self, id: &str, patch: &impl Serialize) -> Result<GroupRule, Failure<H>> {
        self.update_until(id, patch, std::future::pending()).await
    }

    /// The same, until `stop` is ready: the rule is then activated again, and the update fails with [`Error::Aborted`].
    ///
    /// [`Error::Aborted`]: crate::error::Error::Aborted
    ///
    /// # Errors
    /// Those of [`Rules::update`].
    pub async fn update_until(
        &self,
        id: &str,
        patch: &impl Serialize,
        stop: impl Future<Output = ()>,
    ) -> Result<GroupRule, Failure<H>> {
        update(self.client, &self.options, id, patch, stop).await
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
