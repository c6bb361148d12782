//! Group rules, users and any other path, with models, for programs in Rust. The methods convert and call;
//! they decide nothing.

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

/// The operations of the Group Rules API, with one set of [`CallOptions`]. [`Client::rules`] returns it.
#[derive(Debug)]
pub struct Rules<'a, H> {
    pub(super) client: &'a Client<H>,
    pub(super) options: CallOptions,
}

/// The reads of the Users API, with one set of [`CallOptions`]. [`Client::users`] returns it.
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

    /// The reads of the Users API: for user pickers, to find ids by login, and to list the groups of a user.
    pub fn users(&self) -> Users<'_, H> {
        Users { client: self, options: CallOptions::default() }
    }

    /// Sends any other request, with the same retries, rate limits and errors. An answer without a body is
    /// deserialized from `null`.
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

    /// Reads any other list, with the same pages, cursors and errors.
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
    /// The same operations with other options.
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

    /// *Create a group rule*. The rule is `INACTIVE` at first. `rule` is a [`GroupRule`], or anything that
    /// serializes as one. A create is retried only if Okta certainly did not receive it. The client sends
    /// writes to rules one at a time.
    ///
    /// # Errors
    /// Those of [`Client::call`]; [`ArgumentError`](crate::request::ArgumentError) for a name of more than 50
    /// characters, which is not sent.
    pub async fn create(&self, rule: &impl Serialize) -> Result<GroupRule, Failure<H>> {
        self.object(&CreateRule { rule: text(rule_of("rule", rule)?) }.request()).await
    }

    /// *Replace a group rule*. Okta replaces only an `INACTIVE` rule (documented); [`Rules::update`]
    /// deactivates and activates it.
    ///
    /// # Errors
    /// Those of [`Rules::create`].
    pub async fn replace(&self, id: &str, rule: &impl Serialize) -> Result<GroupRule, Failure<H>> {
        let body = text(rule_of("rule", rule)?);
        self.object(&ReplaceRule { rule: RuleId::new(id)?, body }.request()).await
    }

    /// Changes a rule and keeps its status: reads the rule, deactivates it if it is `ACTIVE`, replaces it
    /// with the merged rule, and activates it again. Objects in `patch` are merged into the rule's objects;
    /// any other value replaces the old one. After a lost answer the client reads the rule's status. Other
    /// writes to rules wait until the last step.
    ///
    /// If a step fails, the client activates the rule again before the update fails, for at most 30 s
    /// whatever [`CallOptions::total_timeout`] is. Only if that fails, too, [`Failure::rule_status`] is
    /// [`LeftRule::Inactive`](super::LeftRule::Inactive). Okta cannot deactivate an `INVALID` rule: it is
    /// replaced as it is.
    ///
    /// The rule assigns nobody while it is inactive. Whether Okta removes users meanwhile is not recorded. A
    /// future that is dropped between two steps leaves the rule inactive: await it, or stop it by
    /// [`Rules::update_until`].
    ///
    /// # Errors
    /// Those of [`Client::call`]; [`Failure::may_have_run`] is true if the rule may have been replaced.
    pub async fn update(&self, id: &str, patch: &impl Serialize) -> Result<GroupRule, Failure<H>> {
        self.update_until(id, patch, std::future::pending()).await
    }

    /// The same, until `stop` is ready: the client then activates the rule again, and the update fails with
    /// [`Error::Aborted`].
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

    /// *Delete a group rule*. With `remove_users`, Okta removes the users whom the rule assigned from its
    /// groups; else they stay members (documented).
    ///
    /// # Errors
    /// Those of [`Client::call`].
    pub async fn delete(&self, rule: &str, remove_users: bool) -> Result<(), Failure<H>> {
        self.nothing(&DeleteRule { rule: RuleId::new(rule)?, remove_users: Some(remove_users) }.request())
            .await
    }

    /// *Activate a group rule*. Okta adds and removes users some time later.
    ///
    /// # Errors
    /// Those of [`Client::call`].
    pub async fn activate(&self, rule: &str) -> Result<(), Failure<H>> {
        self.nothing(&ActivateRule { rule: RuleId::new(rule)? }.request()).await
    }

    /// *Deactivate a group rule*. An `INACTIVE` rule stays inactive (recorded); Okta refuses an `INVALID`
    /// rule (recorded).
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
    /// The same operations with other options.
    #[must_use]
    pub fn with(self, options: CallOptions) -> Self {
        Users { options, ..self }
    }

    /// *List all users* of the org.
    ///
    /// # Errors
    /// Those of [`ListOrgUsers::request`]; a `search` or `filter` that is not an expression.
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
