//! Stores the org's data, with indexes so that a page costs no scan of all groups.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use okta_groups::model::{Application, Field, Group, GroupType, Object, User, UserProfile, UserStatus};
use serde_json::Value;

/// The error of seeding an org with an invalid group, user, app, membership or rule.
#[derive(Debug)]
#[non_exhaustive]
pub enum SeedError {
    /// Not an object of the expected shape.
    Json(serde_json::Error),
    /// Two groups, users or apps have this id.
    DuplicateId(String),
    /// No group, user or app of this id.
    UnknownId(String),
    /// The local org cannot evaluate the expression of the rule with this id.
    Expression(String),
}

impl std::fmt::Display for SeedError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Json(error) => write!(f, "not seed data: {error}"),
            Self::DuplicateId(id) => write!(f, "the id {id} is used twice"),
            Self::UnknownId(id) => write!(f, "no object has the id {id}"),
            Self::Expression(id) => {
                write!(f, "the local org does not understand the expression of the rule {id}")
            }
        }
    }
}

impl std::error::Error for SeedError {}

impl From<serde_json::Error> for SeedError {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error)
    }
}

/// A stored group.
#[derive(Debug, Clone)]
pub(crate) struct GroupRecord {
    pub(crate) id: String,
    pub(crate) created: String,
    pub(crate) last_updated: String,
    pub(crate) last_membership_updated: String,
    pub(crate) object_class: Vec<String>,
    pub(crate) group_type: GroupType,
    pub(crate) profile: Object,
    /// The app that an app group is imported from.
    pub(crate) source: Option<String>,
    /// Unknown top-level fields of a seeded group.
    pub(crate) other: Object,
    /// Whether `_links` has `owners`, as in orgs with governance.
    pub(crate) has_owners_link: bool,
    /// The owners by id, which is the order of the list (recorded).
    pub(crate) owners: BTreeMap<String, Owner>,
    pub(crate) push_mappings: i64,
    pub(crate) has_admin_privilege: bool,
    pub(crate) members: BTreeSet<u32>,
    /// How members joined, for members who were not added by hand only.
    pub(crate) attributions: BTreeMap<u32, Attribution>,
    /// Memberships that changed within the lag of the list of members, oldest first.
    pub(crate) recent: Vec<Change>,
    pub(crate) apps: BTreeSet<u32>,
    /// The time of its creation in milliseconds, which `created` rounds. Seeded groups count as old.
    pub(crate) added_ms: i64,
    /// The body without `_embedded` and `_links`, rendered once per change and not per request.
    pub(crate) json: String,
}

/// How a user became a member.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Attribution {
    /// The ids of the rules that added the user.
    pub(crate) rules: Vec<String>,
    /// Whether an admin also added the user by hand.
    pub(crate) by_hand: bool,
    /// Whether the org does not report the rules.
    pub(crate) is_unsaid: bool,
}

/// A membership that was added or removed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    at_ms: i64,
    user: u32,
    was_added: bool,
}

/// A user or a group that owns a group.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Owner {
    pub(crate) is_group: bool,
    pub(crate) assigned_ms: i64,
}

/// A user or an app, with its body without `_links`.
#[derive(Debug, Clone)]
pub(crate) struct Numbered {
    pub(crate) id: String,
    /// The key name of an app; empty for a user.
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) sign_on_mode: String,
    /// Whether a user is DEPROVISIONED, whom lists of the org's users omit.
    pub(crate) is_deprovisioned: bool,
    /// The folded given name, family name, email and login of a user, separated by NUL. A search that compares them skips
    /// most users without parsing their bodies.
    pub(crate) names: String,
    pub(crate) json: String,
}

impl Numbered {
    /// The body without its links, parsed.
    pub(crate) fn value(&self) -> Value {
        serde_json::from_str(&[&self.json, "}"].concat()).unwrap_or_default()
    }
}

/// Users or apps by number and by id. No operation deletes one, so numbers are dense.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Numbered>,
    by_id: BTreeMap<String, u32>,
}

impl Table {
    pub(crate) fn number(&self, id: &str) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    pub(crate) fn get(&self, number: u32) -> Option<&Numbered> {
        self.rows.get(number as usize)
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<&Numbered> {
        self.get(self.number(id)?)
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &Numbered> {
        self.rows.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    fn insert(&mut self, row: Numbered) -> Result<u32, SeedError> {
        let number = self.rows.len() as u32;
        if self.by_id.insert(row.id.clone(), number).is_some() {
            return Err(SeedError::DuplicateId(row.id));
        }
        self.rows.push(row);
        Ok(number)
    }
}

/// The groups that an expression can match at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Candidates {
    All,
    /// The folded id; the other variants are folded, too.
    Id(String),
    Type(String),
    Name(String),
}

#[derive(Debug, Default)]
pub(crate) struct Store {
    groups: BTreeMap<String, GroupRecord>,
    /// Ids by the folded type.
    by_type: BTreeMap<String, BTreeSet<String>>,
    /// Folded name, then id.
    by_name: BTreeSet<(String, String)>,
    /// Folded id, then id.
    by_folded_id: BTreeSet<(String, String)>,
    pub(crate) users: Table,
    /// Users by folded login and by folded email.
    pub(crate) by_login: BTreeMap<String, Vec<u32>>,
    pub(crate) by_email: BTreeMap<String, Vec<u32>>,
    pub(crate) apps: Table,
    /// The custom attributes that groups may have, and the JSON type of each.
    schema: BTreeMap<String, AttributeType>,
    /// More attributes of users' profiles, beside Okta's own and those that users have.
    pub(crate) user_attributes: BTreeSet<String>,
    /// The custom attributes that some user has, and the JSON type of each unless it is `null` everywhere.
    pub(crate) seen_user_attributes: BTreeMap<String, Option<AttributeType>>,
    /// Milliseconds until the list of a group's members shows a change.
    pub(crate) member_lag: i64,
    /// Whether rules run for seeded content: `lastMembershipUpdated` then never moves back.
    pub(crate) is_seeding: bool,
    changes: u64,
}

/// The type of a custom attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AttributeType {
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// A text.
    String,
    /// A list.
    Array,
}

impl AttributeType {
    pub(crate) fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Bool(_) => Self::Boolean,
            Value::Number(n) if n.is_i64() || n.is_u64() => Self::Integer,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Null | Value::Object(_) => return None,
        })
    }

    pub(crate) fn accepts(self, value: &Value) -> bool {
        let of = Self::of(value);
        of == Some(self) || (self == Self::Number && of == Some(Self::Integer))
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
        }
    }
}

impl GroupRecord {
    /// Makes a group as *Add a group* does.
    pub(crate) fn new(id: String, profile: Object, now: &str) -> Self {
        Self {
            id,
            created: now.to_owned(),
            last_updated: now.to_owned(),
            last_membership_updated: now.to_owned(),
            object_class: vec!["okta:user_group".to_owned()],
            group_type: GroupType::OktaGroup,
            profile,
            source: None,
            other: Object::new(),
            has_owners_link: false,
            owners: BTreeMap::new(),
            push_mappings: 0,
            has_admin_privilege: false,
            members: BTreeSet::new(),
            attributions: BTreeMap::new(),
            recent: Vec::new(),
            apps: BTreeSet::new(),
            added_ms: i64::MIN,
            json: String::new(),
        }
    }

    pub(crate) fn name(&self) -> &str {
        self.profile.get("name").and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether this is the built-in group of all users.
    pub(crate) fn is_everyone(&self) -> bool {
        self.group_type == GroupType::BuiltIn && self.name() == "Everyone"
    }

    /// Whether a user is a member; all users are members of `Everyone`.
    pub(crate) fn has(&self, user: u32) -> bool {
        self.is_everyone() || self.members.contains(&user)
    }

    /// A text outside of the profile, by its path in `search` and `sortBy`.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        match path {
            "id" => Some(&self.id),
            "type" => Some(self.group_type.as_str()),
            "created" => Some(&self.created),
            "lastUpdated" => Some(&self.last_updated),
            "lastMembershipUpdated" => Some(&self.last_membership_updated),
            "source.id" => self.source.as_deref(),
            _ => None,
        }
    }

    fn from_model(group: Group) -> Result<Self, SeedError> {
        let Value::Object(profile) = serde_json::to_value(&group.profile)? else {
            return Ok(Self::new(group.id, Object::new(), ""));
        };
        let epoch = crate::time::iso(0);
        let created = group.created.into_option().unwrap_or(epoch);
        let mut record = Self::new(group.id, profile, &created);
        if let Field::Value(at) = group.last_updated {
            record.last_updated = at;
        }
        if let Field::Value(at) = group.last_membership_updated {
            record.last_membership_updated = at;
        }
        if let Field::Value(classes) = group.object_class {
            record.object_class = classes;
        }
        if let Field::Value(group_type) = group.group_type {
            record.group_type = group_type;
        }
        record.source = group.source.into_option().and_then(|source| source.id.into_option());
        record.other = group.other;
        record.has_owners_link = group.links.as_ref().is_some_and(|links| links.contains_key("owners"));
        if let Some(stats) = group.embedded.into_option().and_then(|embedded| embedded.stats.into_option()) {
            record.push_mappings = stats.group_push_mappings_count.into_option().unwrap_or(0);
            // Real orgs and the vendor's contract spell this differently; the model has one of them as a field.
            let spelled = ["hasAdminPrivilege", "hasAdminPrivlege"].map(|name| stats.other.get(name));
            let other = spelled.into_iter().flatten().find_map(Value::as_bool);
            record.has_admin_privilege = stats.has_admin_privilege.into_option().or(other).unwrap_or(false);
        }
        Ok(record)
    }

    /// Renders the part of the body that only changes with the group, with the recorded order of keys.
    fn render(&mut self) {
        let mut json = String::with_capacity(400);
        json.push('{');
        push_field(&mut json, "id", &self.id);
        push_field(&mut json, "created", &self.created);
        push_field(&mut json, "lastUpdated", &self.last_updated);
        push_field(&mut json, "lastMembershipUpdated", &self.last_membership_updated);
        push_field(&mut json, "objectClass", &self.object_class);
        push_field(&mut json, "type", &self.group_type);
        push_field(&mut json, "profile", &self.profile);
        if let Some(source) = &self.source {
            push_field(&mut json, "source", &serde_json::json!({ "id": source }));
        }
        for (name, value) in &self.other {
            push_field(&mut json, name, value);
        }
        json.shrink_to_fit();
        self.json = json;
    }
}

/// Appends `"name":value` to an unclosed object.
pub(crate) fn push_field(json: &mut String, name: &str, value: &(impl serde::Serialize + ?Sized)) {
    if !json.ends_with('{') {
        json.push(',');
    }
    // Writing JSON of these values to memory cannot fail.
    json.push_str(&serde_json::to_string(name).unwrap_or_default());
    json.push(':');
    json.push_str(&serde_json::to_string(value).unwrap_or_default());
}

impl Store {
    pub(crate) fn new(member_lag: i64) -> Self {
        Self { member_lag, ..Self::default() }
    }

    pub(crate) fn group(&self, id: &str) -> Option<&GroupRecord> {
        self.groups.get(id)
    }

    /// The number of changes of groups that lists can show.
    pub(crate) fn changes(&self) -> u64 {
        self.changes
    }

    pub(crate) fn groups(&self) -> impl ExactSizeIterator<Item = &GroupRecord> {
        self.groups.values()
    }

    /// The candidates in the order of ids, after `after`.
    pub(crate) fn candidates<'a>(
        &'a self,
        candidates: &Candidates,
        after: Option<&str>,
    ) -> Box<dyn Iterator<Item = &'a GroupRecord> + 'a> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        match candidates {
            Candidates::All => {
                Box::new(self.groups.range::<str, _>((from, Bound::Unbounded)).map(|(_, group)| group))
            }
            Candidates::Id(folded) => Box::new(self.folded(&self.by_folded_id, folded, after)),
            Candidates::Name(folded) => Box::new(self.folded(&self.by_name, folded, after)),
            Candidates::Type(folded) => match self.by_type.get(folded) {
                Some(ids) => Box::new(
                    ids.range::<str, _>((from, Bound::Unbounded)).filter_map(|id| self.groups.get(id)),
                ),
                None => Box::new(std::iter::empty()),
            },
        }
    }

    fn folded<'a>(
        &'a self,
        index: &'a BTreeSet<(String, String)>,
        folded: &str,
        after: Option<&str>,
    ) -> impl Iterator<Item = &'a GroupRecord> + use<'a> {
        let (folded, after) = (folded.to_owned(), after.unwrap_or_default().to_owned());
        index
            .range((folded.clone(), after.clone())..)
            .take_while(move |(key, _)| *key == folded)
            .filter(move |(_, id)| *id > after)
            .filter_map(|(_, id)| self.groups.get(id))
    }

    /// Groups whose name starts with `prefix` in any case, in the order of names.
    pub(crate) fn starting_with<'a>(&'a self, prefix: &str) -> impl Iterator<Item = &'a GroupRecord> + 'a {
        let prefix = fold(prefix);
        self.by_name
            .range((prefix.clone(), String::new())..)
            .take_while(move |(name, _)| name.starts_with(&prefix))
            .filter_map(|(_, id)| self.groups.get(id))
    }

    /// Whether another group than `except` that Okta itself manages has this name, in any case. Imported
    /// groups do not count: two app groups of one name are recorded.
    pub(crate) fn name_is_taken(&self, name: &str, except: Option<&str>) -> bool {
        self.candidates(&Candidates::Name(fold(name)), None)
            .any(|group| group.group_type != GroupType::AppGroup && except != Some(group.id.as_str()))
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<AttributeType> {
        self.schema.get(name).copied()
    }

    pub(crate) fn define_attribute(&mut self, name: &str, attribute: AttributeType) {
        self.schema.entry(name.to_owned()).or_insert(attribute);
    }

    pub(crate) fn schema(&self) -> impl Iterator<Item = (&str, AttributeType)> {
        self.schema.iter().map(|(name, attribute)| (name.as_str(), *attribute))
    }

    pub(crate) fn insert_group(&mut self, mut group: GroupRecord) -> Result<(), SeedError> {
        let id = group.id.clone();
        if self.groups.contains_key(&id) {
            return Err(SeedError::DuplicateId(id));
        }
        group.render();
        self.changes += 1;
        self.by_type.entry(fold(group.group_type.as_str())).or_default().insert(id.clone());
        self.by_name.insert((fold(group.name()), id.clone()));
        self.by_folded_id.insert((fold(&id), id.clone()));
        self.groups.insert(id, group);
        Ok(())
    }

    pub(crate) fn seed_group(&mut self, json: Value) -> Result<(), SeedError> {
        let group = GroupRecord::from_model(serde_json::from_value(json)?)?;
        if group.object_class.iter().any(|class| class == "okta:user_group") {
            for (name, value) in &group.profile {
                if let (false, Some(attribute)) = (is_base_attribute(name), AttributeType::of(value)) {
                    self.define_attribute(name, attribute);
                }
            }
        }
        self.insert_group(group)
    }

    pub(crate) fn seed_user(&mut self, json: Value) -> Result<u32, SeedError> {
        let mut user: User = serde_json::from_value(json)?;
        user.links = Field::Absent;
        self.insert_user(&user)
    }

    pub(crate) fn insert_user(&mut self, user: &User) -> Result<u32, SeedError> {
        let number = self.users.insert(Numbered {
            id: user.id.clone(),
            name: String::new(),
            label: String::new(),
            sign_on_mode: String::new(),
            is_deprovisioned: user.status.as_ref() == Some(&UserStatus::Deprovisioned),
            names: user.profile.as_ref().map(names).unwrap_or_default(),
            json: open_object(user)?,
        })?;
        if let Some(profile) = user.profile.as_ref() {
            for (name, value) in &profile.custom {
                if !USER_ATTRIBUTES.contains(&name.as_str()) {
                    let attribute = AttributeType::of(value);
                    let known = self.seen_user_attributes.entry(name.clone()).or_default();
                    *known = known.or(attribute);
                }
            }
            for (index, text) in [(&mut self.by_login, &profile.login), (&mut self.by_email, &profile.email)]
            {
                if let Some(text) = text.as_deref() {
                    index.entry(fold(text)).or_default().push(number);
                }
            }
        }
        Ok(number)
    }

    pub(crate) fn seed_app(&mut self, json: Value) -> Result<u32, SeedError> {
        let mut app: Application = serde_json::from_value(json)?;
        app.links = Field::Absent;
        self.apps.insert(Numbered {
            id: app.id.clone(),
            name: app.name.as_deref().unwrap_or_default().to_owned(),
            label: app.label.as_deref().unwrap_or_default().to_owned(),
            is_deprovisioned: false,
            names: String::new(),
            sign_on_mode: app.sign_on_mode.as_ref().map(|mode| mode.as_str().to_owned()).unwrap_or_default(),
            json: open_object(&app)?,
        })
    }

    pub(crate) fn seed_membership(&mut self, group: &str, user: &str) -> Result<(), SeedError> {
        let number = self.users.number(user).ok_or_else(|| SeedError::UnknownId(user.to_owned()))?;
        let group = self.groups.get_mut(group).ok_or_else(|| SeedError::UnknownId(group.to_owned()))?;
        group.members.insert(number);
        Ok(())
    }

    pub(crate) fn seed_app_assignment(&mut self, group: &str, app: &str) -> Result<(), SeedError> {
        let number = self.apps.number(app).ok_or_else(|| SeedError::UnknownId(app.to_owned()))?;
        let group = self.groups.get_mut(group).ok_or_else(|| SeedError::UnknownId(group.to_owned()))?;
        group.apps.insert(number);
        Ok(())
    }

    /// Adds an owner; false if it already owns the group.
    pub(crate) fn insert_owner(&mut self, group: &str, id: &str, owner: Owner) -> bool {
        let group = self.groups.get_mut(group);
        group.is_some_and(|group| group.owners.insert(id.to_owned(), owner).is_none())
    }

    /// Removes an owner; false if it does not own the group.
    pub(crate) fn remove_owner(&mut self, group: &str, id: &str) -> bool {
        self.groups.get_mut(group).is_some_and(|group| group.owners.remove(id).is_some())
    }

    pub(crate) fn replace_profile(&mut self, id: &str, profile: Object, now: &str) {
        if let Some(group) = self.groups.get_mut(id) {
            self.changes += 1;
            self.by_name.remove(&(fold(group.name()), id.to_owned()));
            group.profile = profile;
            now.clone_into(&mut group.last_updated);
            group.render();
            self.by_name.insert((fold(group.name()), id.to_owned()));
        }
    }

    pub(crate) fn remove_group(&mut self, id: &str) {
        if let Some(group) = self.groups.remove(id) {
            self.changes += 1;
            self.by_name.remove(&(fold(group.name()), id.to_owned()));
            self.by_folded_id.remove(&(fold(id), id.to_owned()));
            if let Some(ids) = self.by_type.get_mut(&fold(group.group_type.as_str())) {
                ids.remove(id);
            }
            for other in self.groups.values_mut() {
                other.owners.remove(id);
            }
        }
    }

    /// Adds or removes a member by hand. Returns the rules that had added the user.
    pub(crate) fn set_member(&mut self, group: &str, user: u32, member: bool, now_ms: i64) -> Vec<String> {
        let Some(record) = self.groups.get_mut(group) else { return Vec::new() };
        if member {
            if let Some(attribution) = record.attributions.get_mut(&user) {
                attribution.by_hand = true;
            }
            self.change_member(group, user, true, now_ms);
            return Vec::new();
        }
        let attribution = record.attributions.remove(&user);
        self.change_member(group, user, false, now_ms);
        attribution.map(|attribution| attribution.rules).unwrap_or_default()
    }

    /// Adds a member by a rule. Returns whether that changes anything.
    pub(crate) fn add_by_rule(&mut self, group: &str, user: u32, rule: &str, now_ms: i64) -> bool {
        let Some(record) = self.groups.get_mut(group) else { return false };
        let is_member = record.members.contains(&user);
        let attribution = record
            .attributions
            .entry(user)
            .or_insert_with(|| Attribution { by_hand: is_member, ..Attribution::default() });
        if attribution.rules.iter().any(|known| known == rule) {
            return false;
        }
        attribution.rules.push(rule.to_owned());
        self.change_member(group, user, true, now_ms);
        true
    }

    /// Ends a rule's reason for a membership. The user stays a member with `keep`, by hand or by another rule. Returns whether
    /// that changes anything.
    pub(crate) fn leave_by_rule(
        &mut self,
        group: &str,
        user: u32,
        rule: &str,
        keep: bool,
        now_ms: i64,
    ) -> bool {
        let Some(record) = self.groups.get_mut(group) else { return false };
        let Some(attribution) = record.attributions.get_mut(&user) else { return false };
        let before = attribution.rules.len();
        attribution.rules.retain(|known| known != rule);
        if attribution.rules.len() == before {
            return false;
        }
        if attribution.rules.is_empty() {
            let stays = attribution.by_hand || keep;
            record.attributions.remove(&user);
            if !stays {
                self.change_member(group, user, false, now_ms);
            }
        }
        true
    }

    /// Changes a membership. `lastMembershipUpdated` moves only if that changes anything.
    fn change_member(&mut self, group: &str, user: u32, member: bool, now_ms: i64) {
        if let Some(group) = self.groups.get_mut(group) {
            let changed = if member { group.members.insert(user) } else { group.members.remove(&user) };
            if changed {
                self.changes += 1;
                let now = crate::time::iso(now_ms);
                if !self.is_seeding || now > group.last_membership_updated {
                    group.last_membership_updated = now;
                }
                group.render();
                if self.member_lag > 0 {
                    group.recent.retain(|change| change.at_ms + self.member_lag > now_ms);
                    group.recent.push(Change { at_ms: now_ms, user, was_added: member });
                }
            }
        }
    }

    /// The members that the list of members shows: without changes within the lag.
    pub(crate) fn members_shown<'a>(&self, group: &'a GroupRecord, now_ms: i64) -> Cow<'a, BTreeSet<u32>> {
        let mut shown = Cow::Borrowed(&group.members);
        let recent = group.recent.iter().rev();
        for change in recent.take_while(|change| change.at_ms + self.member_lag > now_ms) {
            if change.was_added {
                shown.to_mut().remove(&change.user);
            } else {
                shown.to_mut().insert(change.user);
            }
        }
        shown
    }

    /// Sets how a user became a member of a group.
    pub(crate) fn seed_attribution(
        &mut self,
        group: &str,
        user: &str,
        attribution: Attribution,
    ) -> Result<(), SeedError> {
        self.seed_membership(group, user)?;
        if let (Some(user), Some(group)) = (self.users.number(user), self.groups.get_mut(group)) {
            group.attributions.insert(user, attribution);
        }
        Ok(())
    }

    /// Whether users' profiles may have an attribute.
    pub(crate) fn has_user_attribute(&self, name: &str) -> bool {
        USER_ATTRIBUTES.contains(&name)
            || self.user_attributes.contains(name)
            || self.seen_user_attributes.contains_key(name)
    }
}

/// The attributes of Okta's own user profile (documented).
pub(crate) const USER_ATTRIBUTES: [&str; 31] = [
    "city",
    "costCenter",
    "countryCode",
    "department",
    "displayName",
    "division",
    "email",
    "employeeNumber",
    "firstName",
    "honorificPrefix",
    "honorificSuffix",
    "lastName",
    "locale",
    "login",
    "manager",
    "managerId",
    "middleName",
    "mobilePhone",
    "nickName",
    "organization",
    "postalAddress",
    "preferredLanguage",
    "primaryPhone",
    "profileUrl",
    "secondEmail",
    "state",
    "streetAddress",
    "timezone",
    "title",
    "userType",
    "zipCode",
];

/// Folds the case of a text, as `search` compares texts.
pub(crate) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(|letter| if letter == 'ς' { 'σ' } else { letter }).collect()
}

fn names(profile: &UserProfile) -> String {
    let texts = [&profile.first_name, &profile.last_name, &profile.email, &profile.login];
    let mut names = String::new();
    for text in texts {
        names.push_str(&fold(text.as_deref().unwrap_or_default()));
        names.push(NAMES_END);
    }
    names
}

/// Ends each of a user's names in [`Numbered::names`].
pub(crate) const NAMES_END: char = '\0';

/// Whether every group may have an attribute, without a schema of the org.
pub(crate) fn is_base_attribute(name: &str) -> bool {
    matches!(name, "name" | "description")
}

/// The JSON of an object without its closing brace.
fn open_object(value: &impl serde::Serialize) -> Result<String, SeedError> {
    let mut json = serde_json::to_string(value)?;
    json.pop();
    json.shrink_to_fit();
    Ok(json)
}
