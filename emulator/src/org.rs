//! The org: one function that maps a request and the time to a response. Decides the order of the checks, from token to
//! operation; other modules decide each.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use okta_groups::model::GroupType;
use serde_json::{Value, json};

use crate::auth::Grant;
use crate::faults::{Faults, Struck};
use crate::message::{Request, Response};
use crate::operation::Operation;
use crate::options::Options;
use crate::page::{Page, PageRequest, limits};
use crate::random::Random;
use crate::rate_limit::{Allowance, RateLimiter};
use crate::refusal::Refusal;
use crate::render::{Expand, push_app, push_group, push_member, push_user};
use crate::rules::{self, Rules};
use crate::service_apps::{self, SignIns};
use crate::size::Size;
use crate::sort::Searches;
use crate::store::{AttributeType, Attribution, GroupRecord, Numbered, SeedError, Store, Table};
use crate::users;
use crate::{cors, front, listing, owners, profile, schemas, time};

/// An Okta org in memory: groups, users, apps and memberships.
///
/// A new org is empty; [`seeded`](Self::seeded) and the `with_` methods fill it. It has no clock: each request brings the
/// time.
pub struct Org {
    pub(crate) options: Options,
    pub(crate) store: Store,
    group_searches: Searches<()>,
    user_searches: Searches<u32>,
    rules: Rules,
    /// The number of creates of rules in progress, as the host reports them.
    pub(crate) creating: u32,
    /// The number of concurrent creates of rules, and the time of the first.
    pub(crate) burst: (u32, i64),
    random: Random,
    limiter: RateLimiter,
    sign_ins: SignIns,
    pub(crate) faults: Faults,
    /// The sizes and the seed that the org was made with.
    pub(crate) size: Size,
}

/// The successful answer of an operation.
pub(crate) struct Reply {
    status: u16,
    body: String,
    /// Values of `Link` headers.
    links: Vec<String>,
}

impl Reply {
    fn json(body: String) -> Self {
        Self { status: 200, body, links: Vec::new() }
    }

    fn no_content() -> Self {
        Self { status: 204, body: String::new(), links: Vec::new() }
    }
}

impl Org {
    /// Makes an empty org.
    pub fn new(options: Options) -> Self {
        let random = Random::new(options.seed);
        let faults = Faults::new(options.faults.clone());
        Self {
            store: Store::new(options.quirks.member_lag.into()),
            group_searches: Searches::default(),
            user_searches: Searches::default(),
            rules: Rules::new(options.quirks),
            creating: 0,
            burst: (0, i64::MIN),
            random,
            limiter: RateLimiter::default(),
            sign_ins: SignIns::default(),
            faults,
            size: Size { seed: options.seed, ..Size::default() },
            options,
        }
    }

    /// Replaces the org by the one that `make` makes of its options. Issued tokens stay valid.
    pub(crate) fn replace(&mut self, make: impl FnOnce(Options) -> Self) {
        let (options, sign_ins) = (self.options.clone(), std::mem::take(&mut self.sign_ins));
        // The old content is dropped first, so that a large org is not in memory twice.
        *self = Self::new(Options::default());
        *self = make(options);
        self.sign_ins = sign_ins;
    }

    pub(crate) fn seed_parts(&mut self) -> (&mut Store, &mut Rules, &mut Random) {
        (&mut self.store, &mut self.rules, &mut self.random)
    }

    /// Adds a group, in the form of the API's answers; only `id` is required. `_embedded.stats.groupPushMappingsCount` and
    /// `hasAdminPrivilege` are read. With an `owners` among `_links`, the group's answers have that link. The custom
    /// attributes of an `okta:user_group` become part of the org's schema.
    ///
    /// # Errors
    /// [`SeedError::Json`], [`SeedError::DuplicateId`].
    pub fn with_group(mut self, group: Value) -> Result<Self, SeedError> {
        self.store.seed_group(group)?;
        Ok(self)
    }

    /// Adds a user, in the form of *List all member users*. Lists are in the order in which users were added, which should be
    /// the order of ids (recorded); [`load`](Self::load) sorts them.
    ///
    /// # Errors
    /// [`SeedError::Json`], [`SeedError::DuplicateId`].
    pub fn with_user(mut self, user: Value) -> Result<Self, SeedError> {
        self.store.seed_user(user)?;
        Ok(self)
    }

    /// Adds an app, in the form of *List all Assigned Applications*.
    ///
    /// # Errors
    /// [`SeedError::Json`], [`SeedError::DuplicateId`].
    pub fn with_app(mut self, app: Value) -> Result<Self, SeedError> {
        self.store.seed_app(app)?;
        Ok(self)
    }

    /// Adds users as members of a group of any type.
    ///
    /// # Errors
    /// [`SeedError::UnknownId`].
    pub fn with_members(mut self, group: &str, users: &[&str]) -> Result<Self, SeedError> {
        for user in users {
            self.store.seed_membership(group, user)?;
        }
        Ok(self)
    }

    /// Assigns apps to a group.
    ///
    /// # Errors
    /// [`SeedError::UnknownId`].
    pub fn with_assigned_apps(mut self, group: &str, apps: &[&str]) -> Result<Self, SeedError> {
        for app in apps {
            self.store.seed_app_assignment(group, app)?;
        }
        Ok(self)
    }

    /// Adds users and groups as owners of a group.
    ///
    /// # Errors
    /// [`SeedError::UnknownId`], [`SeedError::DuplicateId`].
    pub fn with_owners(mut self, group: &str, owners: &[&str]) -> Result<Self, SeedError> {
        for owner in owners {
            owners::seed(&mut self.store, group, &json!({ "id": owner }))?;
        }
        Ok(self)
    }

    /// Adds a rule, in the form of *Retrieve a group rule*. An ACTIVE rule adds the users who match it at once.
    ///
    /// # Errors
    /// [`SeedError::DuplicateId`], [`SeedError::Expression`], [`SeedError::UnknownId`] without an `id`.
    pub fn with_rule(mut self, rule: &Value) -> Result<Self, SeedError> {
        rules::seed(&mut self.rules, &self.store, rule)?;
        rules::settle_seed(&self.rules, &mut self.store);
        Ok(self)
    }

    /// Adds a custom attribute that groups may have.
    #[must_use]
    pub fn with_attribute(mut self, name: &str, attribute: AttributeType) -> Self {
        self.store.define_attribute(name, attribute);
        self
    }

    /// Adds the content of a [`snapshot`](Self::snapshot), or any part of one.
    ///
    /// # Errors
    /// [`SeedError`].
    pub fn load(&mut self, mut data: SeedData) -> Result<(), SeedError> {
        let id = |user: &Value| user.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        data.users.sort_by_key(id);
        data.users.into_iter().try_for_each(|user| self.store.seed_user(user).map(drop))?;
        data.apps.into_iter().try_for_each(|app| self.store.seed_app(app).map(drop))?;
        data.groups.into_iter().try_for_each(|group| self.store.seed_group(group))?;
        for (group, users) in &data.memberships {
            users.iter().try_for_each(|user| self.store.seed_membership(group, user))?;
        }
        for (group, apps) in &data.app_assignments {
            apps.iter().try_for_each(|app| self.store.seed_app_assignment(group, app))?;
        }
        self.store.user_attributes.extend(data.user_attributes);
        data.rules.iter().try_for_each(|rule| rules::seed(&mut self.rules, &self.store, rule))?;
        for (group, members) in &data.group_rules {
            for (user, why) in members {
                let attribution = match why {
                    Some(why) => {
                        Attribution { rules: why.rules.clone(), by_hand: why.by_hand, is_unsaid: false }
                    }
                    None => Attribution { by_hand: true, is_unsaid: true, ..Attribution::default() },
                };
                self.store.seed_attribution(group, user, attribution)?;
            }
        }
        rules::settle_seed(&self.rules, &mut self.store);
        for (group, owners) in &data.owners {
            owners.iter().try_for_each(|owner| owners::seed(&mut self.store, group, owner))?;
        }
        for (name, attribute) in data.attributes {
            self.store.define_attribute(&name, attribute);
        }
        self.size = Size {
            groups: self.store.groups().count(),
            users: self.store.users.len(),
            rules: data.rules.len(),
            owners: data.owners.len(),
            ..self.size
        };
        Ok(())
    }

    /// The whole content of the org, in the form that [`load`](Self::load) reads.
    pub fn snapshot(&self) -> SeedData {
        let base = self.options.org_url.as_deref().unwrap_or(DEFAULT_URL);
        let (store, expand) = (&self.store, Expand { stats: true, app: false });
        let object = |push: &dyn Fn(&mut String)| {
            let mut json = String::new();
            push(&mut json);
            serde_json::from_str(&json).unwrap_or_default()
        };
        let ids = |numbers: &BTreeSet<u32>, table: &Table| {
            numbers.iter().filter_map(|&number| Some(table.get(number)?.id.clone())).collect::<Vec<_>>()
        };
        let per_group = |of: &dyn Fn(&GroupRecord) -> Vec<String>| {
            let lists = store.groups().map(|group| (group.id.clone(), of(group)));
            lists.filter(|(_, ids)| !ids.is_empty()).collect()
        };
        SeedData {
            groups: store.groups().map(|g| object(&|out| push_group(out, g, base, expand, store))).collect(),
            users: store.users.rows().map(|user| object(&|out| push_user(out, user, base))).collect(),
            apps: store.apps.rows().map(|app| object(&|out| push_app(out, app, base))).collect(),
            memberships: per_group(&|group| ids(&group.members, &store.users)),
            app_assignments: per_group(&|group| ids(&group.apps, &store.apps)),
            owners: owners::snapshot(store),
            rules: rules::snapshot(&self.rules, store),
            group_rules: attributions(store),
            user_attributes: store.user_attributes.iter().cloned().collect(),
            attributes: store.schema().map(|(name, attribute)| (name.to_owned(), attribute)).collect(),
        }
    }

    /// Notes that a host received a request, until [`end`](Self::end) when its answer is sent. By these two calls the org
    /// finds concurrent creates of rules, of which it refuses some with 423 (recorded: two of six). Returns true for a create
    /// of a rule, which takes a real org some time.
    pub fn begin(&mut self, request: &Request) -> bool {
        let creates = is_rule_create(request);
        self.creating += u32::from(creates);
        creates
    }

    /// Ends a request that [`begin`](Self::begin) noted.
    pub fn end(&mut self, request: &Request) {
        self.creating = self.creating.saturating_sub(u32::from(is_rule_create(request)));
    }

    /// Whether the org answers for the request's `Host`: a loopback host, the host of its URL, or one of
    /// [`Options::allowed_hosts`]. A server refuses other requests with [`Org::misdirected`].
    pub fn knows_host(&self, request: &Request) -> bool {
        cors::knows_host(request, &self.options)
    }

    /// The refusal (421) of a request for another host.
    pub fn misdirected() -> Response {
        cors::misdirected()
    }

    /// Answers `request` at `now_ms`, milliseconds since 1970, without faults. Hosts call [`deliver`](Self::deliver).
    pub fn handle(&mut self, request: &Request, now_ms: i64) -> Response {
        self.respond(request, now_ms, None)
    }

    pub(crate) fn respond(&mut self, request: &Request, now_ms: i64, struck: Option<&Struck>) -> Response {
        self.rules.run(&mut self.store, now_ms);
        let base = self.base(request).into_owned();
        if cors::is_preflight(request) {
            return cors::preflight(request, &self.options);
        }
        if let Some(page) = front::page(request, now_ms) {
            return page;
        }
        let mut headers: Vec<(Cow<'static, str>, String)> = vec![
            ("Date".into(), time::http_date(now_ms)),
            ("X-Okta-Request-Id".into(), self.random.request_id()),
            ("Cache-Control".into(), "no-cache, no-store".to_owned()),
        ];
        if request.split().0 == service_apps::PATH {
            let apps = &self.options.service_apps;
            let answer = self.sign_ins.answer(request, apps, &base, now_ms, &mut self.random);
            headers.push(("Content-Type".into(), "application/json".to_owned()));
            headers.extend(answer.nonce.map(|nonce| ("DPoP-Nonce".into(), nonce)));
            headers.extend(cors::headers(request, &base, &self.options));
            return Response { status: answer.status, headers, body: answer.body.to_string() };
        }
        let (allowance, outcome) = self.answer(request, &base, now_ms, struck);
        if let Some(Allowance { limit, remaining, reset, .. }) = allowance {
            headers.push(("X-Rate-Limit-Limit".into(), limit.to_string()));
            headers.push(("X-Rate-Limit-Remaining".into(), remaining.to_string()));
            headers.push(("X-Rate-Limit-Reset".into(), reset.to_string()));
        }
        let reply = outcome.unwrap_or_else(|refusal| {
            if let Refusal::MissingScope(scope) = refusal {
                headers.push(("WWW-Authenticate".into(), insufficient_scope(&base, scope)));
            }
            let body = refusal.body(self.random.error_id());
            Reply { status: refusal.row().0, ..Reply::json(serde_json::to_string(&body).unwrap_or_default()) }
        });
        // A 204 has neither body nor Content-Type (recorded).
        if reply.status != 204 {
            headers.push(("Content-Type".into(), "application/json".to_owned()));
        }
        if self.options.quirks.joined_links && !reply.links.is_empty() {
            headers.push(("Link".into(), reply.links.join(", ")));
        } else {
            headers.extend(reply.links.into_iter().map(|link| ("Link".into(), link)));
        }
        headers.extend(cors::headers(request, &base, &self.options));
        Response { status: reply.status, headers, body: reply.body }
    }

    fn base<'a>(&'a self, request: &Request) -> Cow<'a, str> {
        match (&self.options.org_url, request.get("host")) {
            (Some(url), _) => url.trim_end_matches('/').into(),
            (None, Some(host)) => format!("http://{host}").into(),
            (None, None) => DEFAULT_URL.into(),
        }
    }

    /// Checks the token first, then path and method, then the rate limit, then the scope. So a request without a valid token
    /// is not counted, and the answer of a counted request always has the rate limit headers.
    fn answer(
        &mut self,
        request: &Request,
        base: &str,
        now_ms: i64,
        struck: Option<&Struck>,
    ) -> (Option<Allowance>, Result<Reply, Refusal>) {
        if !front::is_api(request.split().0) {
            return (None, Err(Refusal::NoPath));
        }
        let admitted = Grant::of(request, &self.options.tokens, &self.sign_ins, base, now_ms)
            .and_then(|grant| Ok((grant, Operation::of(&request.method, request.split().0)?)));
        let (grant, operation) = match admitted {
            Ok(admitted) => admitted,
            Err(refusal) => return (None, Err(refusal)),
        };
        let operation = self.of_token(operation, grant);
        let row = operation.row();
        let (rule, bucket) = (&self.options.rate_limit, row.bucket);
        let allowance = match struck {
            Some(Struck::RateLimit) => self.limiter.exhaust(rule, bucket, now_ms),
            Some(Struck::Concurrency) => Allowance::concurrency(now_ms),
            _ => self.limiter.count(rule, bucket, now_ms),
        };
        let outcome = if allowance.passes {
            grant.require(row.scope).and_then(|()| {
                let runs = matches!(struck, None | Some(Struck::Error { after: true, .. }));
                let reply = runs.then(|| self.operate(&operation, request, base, now_ms));
                match (struck, reply) {
                    (None, Some(reply)) => reply,
                    (struck, _) => Err(struck.map_or(Refusal::RateLimited, Struck::refusal)),
                }
            })
        } else {
            Err(Refusal::RateLimited)
        };
        (Some(allowance).filter(|_| struck != Some(&Struck::BareRateLimit)), outcome)
    }

    /// Replaces `me` in an operation by the user of the token: the user who made the API token (documented), here the first
    /// ACTIVE user. A service app has no user.
    fn of_token(&self, operation: Operation, grant: Grant<'_>) -> Operation {
        let is_active =
            |user: &&Numbered| user.value().get("status").and_then(Value::as_str) == Some("ACTIVE");
        let own = |key: String| {
            let asks = key == users::ME && !matches!(grant, Grant::App(_));
            let user = asks.then(|| self.store.users.rows().find(is_active)).flatten();
            user.map_or(key, |user| user.id.clone())
        };
        match operation {
            Operation::GetUser(key) => Operation::GetUser(own(key)),
            Operation::ListUserGroups(key) => Operation::ListUserGroups(own(key)),
            other => other,
        }
    }

    fn operate(
        &mut self,
        operation: &Operation,
        request: &Request,
        base: &str,
        now_ms: i64,
    ) -> Result<Reply, Refusal> {
        let now = &time::iso(now_ms);
        match operation {
            Operation::ListGroups => {
                let (_, query) = request.split();
                let quirks = self.options.quirks;
                let (body, links) =
                    listing::groups(&self.store, &mut self.group_searches, query, base, quirks)?;
                Ok(Reply { status: 200, body, links })
            }
            Operation::CreateGroup => {
                let profile = profile::read(request, &self.store, None)?;
                let id = self.random.id("00g");
                let group = GroupRecord { added_ms: now_ms, ..GroupRecord::new(id.clone(), profile, now) };
                // The id is new, so the insertion cannot fail.
                self.store.insert_group(group).map_err(|_| Refusal::NoGroup(id.clone()))?;
                self.one(&id, base, Expand::default())
            }
            Operation::GetGroup(id) => {
                // Undocumented, but reported from real orgs.
                let pairs = crate::url::query_pairs(request.split().1);
                let expand = pairs.iter().find(|(name, _)| name == "expand");
                self.one(id, base, expand.map(|(_, value)| Expand::parse(value)).unwrap_or_default())
            }
            Operation::ReplaceGroup(id) => {
                self.okta_group(id)?;
                let profile = profile::read(request, &self.store, Some(id))?;
                self.store.replace_profile(id, profile, now);
                self.rules.touch(now_ms);
                self.one(id, base, Expand::default())
            }
            Operation::DeleteGroup(id) => {
                let group = self.group(id)?;
                let deletable = match group.group_type {
                    GroupType::OktaGroup => true,
                    GroupType::AppGroup => group.push_mappings == 0,
                    _ => false,
                };
                if !deletable {
                    return Err(Refusal::Forbidden);
                }
                self.store.remove_group(id);
                self.rules.group_is_gone(id, now_ms);
                self.rules.touch(now_ms);
                Ok(Reply::no_content())
            }
            Operation::ListApps(id) => {
                let numbers = &self.group(id)?.apps;
                let (path, query) = request.split();
                let page = PageRequest::parse(query, limits::APPS, self.options.quirks)?;
                let push = |out: &mut String, _: u32, app: &Numbered| push_app(out, app, base);
                self.numbered(page, path, numbers, &self.store.apps, base, push, &["expand"])
            }
            Operation::ListUsers(id) => self.members(id, request, base, now_ms),
            Operation::ListRules => {
                let query = request.split().1;
                let (body, links) = rules::list(&self.rules, &self.store, query, base, self.options.quirks)?;
                Ok(Reply { status: 200, body, links })
            }
            Operation::CreateRule => {
                let random = &mut self.random;
                rules::create(&mut self.rules, &self.store, random, request, now).map(Reply::json)
            }
            Operation::GetRule(id) => {
                rules::get(&self.rules, &self.store, id, request.split().1).map(Reply::json)
            }
            Operation::ReplaceRule(id) => {
                rules::replace(&mut self.rules, &self.store, id, request, now).map(Reply::json)
            }
            Operation::DeleteRule(id) => {
                rules::delete(&mut self.rules, &mut self.store, id, request.split().1, now_ms)?;
                self.rules.touch(now_ms);
                Ok(Reply { status: 202, ..Reply::json("{}".to_owned()) })
            }
            Operation::ActivateRule(id) | Operation::DeactivateRule(id) => {
                let active = matches!(operation, Operation::ActivateRule(_));
                rules::set_active(&mut self.rules, &self.store, id, active, now_ms)?;
                Ok(Reply::no_content())
            }
            Operation::ListOwners(id) => {
                owners::list(&self.store, self.group(id)?, request.split().1).map(Reply::json)
            }
            Operation::AssignOwner(id) => {
                self.group(id)?;
                let body = owners::assign(&mut self.store, id, request, now_ms)?;
                Ok(Reply { status: 201, ..Reply::json(body) })
            }
            Operation::DeleteOwner(id, owner) => {
                self.group(id)?;
                match self.store.remove_owner(id, owner) {
                    true => Ok(Reply::no_content()),
                    false => Err(Refusal::NoOwner(owner.clone())),
                }
            }
            Operation::ListAllUsers => {
                let (_, query) = request.split();
                let quirks = self.options.quirks;
                let (body, links) = users::list(&self.store, &mut self.user_searches, query, base, quirks)?;
                Ok(Reply { status: 200, body, links })
            }
            Operation::GetUser(key) => {
                let number = users::find(&self.store, key)?;
                let mut body = String::new();
                if let Some(user) = self.store.users.get(number) {
                    push_user(&mut body, user, base);
                }
                Ok(Reply::json(body))
            }
            Operation::ListUserGroups(key) => {
                let (path, query) = request.split();
                let (body, links) = users::groups(&self.store, key, path, query, base, self.options.quirks)?;
                Ok(Reply { status: 200, body, links })
            }
            Operation::GroupSchema => Ok(Reply::json(schemas::group(&self.store, base))),
            Operation::UserSchema => Ok(Reply::json(schemas::user(&self.store, base))),
            Operation::AssignUser(id, user) => self.set_member(id, user, true, now_ms),
            Operation::UnassignUser(id, user) => self.set_member(id, user, false, now_ms),
        }
    }

    fn group(&self, id: &str) -> Result<&GroupRecord, Refusal> {
        self.store.group(id).ok_or_else(|| Refusal::NoGroup(id.to_owned()))
    }

    /// The group, if it is of a type whose profile and members can be changed.
    fn okta_group(&self, id: &str) -> Result<&GroupRecord, Refusal> {
        let group = self.group(id)?;
        if group.group_type == GroupType::OktaGroup { Ok(group) } else { Err(Refusal::Forbidden) }
    }

    fn one(&self, id: &str, base: &str, expand: Expand) -> Result<Reply, Refusal> {
        let mut body = String::with_capacity(1024);
        push_group(&mut body, self.group(id)?, base, expand, &self.store);
        Ok(Reply::json(body))
    }

    /// Adds or removes a member. Adding a member again, or removing a user who is no member, also answers 204.
    fn set_member(&mut self, group: &str, user: &str, member: bool, now_ms: i64) -> Result<Reply, Refusal> {
        self.okta_group(group)?;
        let number = self.store.users.number(user).ok_or_else(|| Refusal::NoUser(user.to_owned()))?;
        let by_rules = self.store.set_member(group, number, member, now_ms);
        self.rules.exclude(user, &by_rules);
        self.rules.touch(now_ms);
        Ok(Reply::no_content())
    }

    /// *List all member users*. `expand=group-rules` adds the rules that added each member. That real orgs accept this value,
    /// and drop it from `next`, is reported.
    fn members(&self, id: &str, request: &Request, base: &str, now_ms: i64) -> Result<Reply, Refusal> {
        let group = self.group(id)?;
        let (path, query) = request.split();
        let page = PageRequest::parse(query, limits::USERS, self.options.quirks)?;
        let quirks = self.options.quirks;
        let expands =
            page.get("expand").is_some_and(|text| text.split(',').any(|it| it.trim() == GROUP_RULES));
        let shown = self.store.members_shown(group, now_ms);
        let push = |out: &mut String, number: u32, user: &Numbered| {
            let attribution = group.attributions.get(&number);
            let is_said = !quirks.unsaid_group_rules && attribution.is_none_or(|it| !it.is_unsaid);
            let embedded = (expands && is_said).then(|| {
                let ids = attribution.map(|it| it.rules.as_slice()).unwrap_or_default();
                let named = |id: &String| Some(json!({ "id": id, "name": self.rules.name(id)? }));
                json!({ GROUP_RULES: ids.iter().filter_map(named).collect::<Vec<_>>() })
            });
            push_member(out, user, base, embedded.as_ref());
        };
        let kept: &[&str] = if expands && !quirks.kept_group_rules { &[] } else { &["expand"] };
        self.numbered(page, path, &shown, &self.store.users, base, push, kept)
    }

    /// A page of users or apps. `kept` lists the parameters that `next` keeps, in addition to those of the page.
    #[allow(clippy::too_many_arguments, reason = "a list's parts, each from elsewhere")]
    fn numbered(
        &self,
        page: PageRequest,
        path: &str,
        numbers: &BTreeSet<u32>,
        table: &Table,
        base: &str,
        push: impl Fn(&mut String, u32, &Numbered),
        kept: &[&str],
    ) -> Result<Reply, Refusal> {
        let after = page.number_after()?;
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let rows = numbers.range((from, Bound::Unbounded));
        let Page { items, next } = Page::of(rows.copied(), page.limit, self.options.quirks);
        let mut body = String::with_capacity(2 + items.len() * 600);
        body.push('[');
        for (number, row) in items.iter().filter_map(|&number| Some((number, table.get(number)?))) {
            if body.len() > 1 {
                body.push(',');
            }
            push(&mut body, number, row);
        }
        body.push(']');
        let next = next.map(|number| crate::cursor::Cursor::Number(number).encode());
        let url = [base, path.trim_end_matches('/')].concat();
        let links = page.links_losing(&url, next.as_deref(), &["expand"], kept);
        Ok(Reply { status: 200, body, links })
    }
}

pub(crate) fn is_rule_create(request: &Request) -> bool {
    Operation::of(&request.method, request.split().0) == Ok(Operation::CreateRule)
}

const GROUP_RULES: &str = "group-rules";
const DEFAULT_URL: &str = "https://example.okta.com";

fn insufficient_scope(base: &str, scope: &str) -> String {
    format!(
        "Bearer authorization_uri=\"{base}/oauth2/v1/authorize\", realm=\"{base}\", scope=\"{scope}\", \
         error=\"insufficient_scope\", \
         error_description=\"The access token provided does not contain the required scopes.\""
    )
}

/// The content of an org as JSON. [`Org::snapshot`] writes it and [`Org::load`] reads it.
#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct SeedData {
    /// Groups as the API answers them.
    pub groups: Vec<Value>,
    /// Users as the API answers them.
    pub users: Vec<Value>,
    /// Apps as the API answers them.
    pub apps: Vec<Value>,
    /// User ids by group id.
    pub memberships: BTreeMap<String, Vec<String>>,
    /// App ids by group id.
    pub app_assignments: BTreeMap<String, Vec<String>>,
    /// Owners by group id, in the form of *List all group owners*; only `id` is required.
    pub owners: BTreeMap<String, Vec<Value>>,
    /// Rules, in the form of *List all group rules* and in the order of their creation.
    pub rules: Vec<Value>,
    /// How users became members, by group id and user id, for users whom rules added; `null` means that the org does not
    /// report it. Users here need not be in `memberships`.
    pub group_rules: BTreeMap<String, BTreeMap<String, Option<Membership>>>,
    /// More custom attributes of users, beside those that `users` have.
    pub user_attributes: Vec<String>,
    /// More custom attributes of groups, beside those that `groups` have.
    pub attributes: BTreeMap<String, AttributeType>,
}

/// How a user became a member of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Membership {
    /// The ids of the rules that added the user.
    pub rules: Vec<String>,
    /// Whether an admin also added the user by hand. The user then stays a member when no rule matches any more.
    #[serde(default)]
    pub by_hand: bool,
}

fn attributions(store: &Store) -> BTreeMap<String, BTreeMap<String, Option<Membership>>> {
    let mut found = BTreeMap::new();
    for group in store.groups().filter(|group| !group.attributions.is_empty()) {
        let why = |(number, it): (&u32, &Attribution)| {
            let why = Membership { rules: it.rules.clone(), by_hand: it.by_hand };
            Some((store.users.get(*number)?.id.clone(), (!it.is_unsaid).then_some(why)))
        };
        found.insert(group.id.clone(), group.attributions.iter().filter_map(why).collect());
    }
    found
}

impl SeedData {
    /// Reads the content from JSON.
    ///
    /// # Errors
    /// [`SeedError::Json`].
    pub fn from_json(text: &str) -> Result<Self, SeedError> {
        Ok(serde_json::from_str(text)?)
    }

    /// Writes the content as JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| json!({}).to_string())
    }
}
