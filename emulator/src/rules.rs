//! Group rules: reads and writes them, and decides when active rules add and remove users after a change.
//!
//! | behaviour | source |
//! |---|---|
//! | shapes, statuses, 202 with `{}`, both causes of a broken expression, INVALID after a target's end | recorded |
//! | an INVALID rule is neither activated nor deactivated; it can be deleted | recorded |
//! | active rules add and remove users some time after the activation, also STAGED users; members by hand stay | recorded |
//! | an ACTIVE rule is not replaced; a removal by hand excludes the user; members stay while a rule is inactive | documented |
//! | `removeUsers`; DEPROVISIONED users; 2,000 rules, 100 targets, 100 excluded users | documented |
//! | the refusal of a name that another rule has | reported |
//! | an INVALID rule can be replaced if all its targets exist, and is then INACTIVE | a guess |
//! | the texts of other refusals; `search` finds a part of the name; `limit` above 200 is refused | a guess |

use okta_groups::model::GroupType;
use serde_json::{Value, json};

use crate::cursor::Cursor;
use crate::message::Request;
use crate::options::Quirks;
use crate::page::{Page, PageRequest, limits};
use crate::profile;
use crate::random::Random;
use crate::refusal::Refusal;
use crate::rule_expression::Expression;
use crate::store::{SeedError, Store, fold, push_field};
use crate::time;

const MAX_NAME: usize = 50;
const MAX_TARGETS: usize = 100;
const MAX_EXCLUDED: usize = 100;
const MAX_RULES: usize = 2_000;
const DEFAULT_DELAY_MS: i64 = 1_000;
/// The highest number of rounds until rules that depend on one another have settled.
const MAX_ROUNDS: usize = 50;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Inactive,
    Active,
    Invalid,
}

impl Status {
    fn as_str(self) -> &'static str {
        match self {
            Self::Inactive => "INACTIVE",
            Self::Active => "ACTIVE",
            Self::Invalid => "INVALID",
        }
    }
}

#[derive(Debug, Clone)]
struct Rule {
    id: String,
    /// A number that grows with each rule: the order of lists.
    serial: u32,
    status: Status,
    created: String,
    last_updated: String,
    terms: Terms,
}

/// The part of a rule that a request may set.
#[derive(Debug, Clone)]
struct Terms {
    name: String,
    excluded: Vec<String>,
    /// The excluded groups of the request, stored without an effect: Okta does not support them (documented).
    excluded_groups: Vec<Value>,
    text: String,
    expression: Expression,
    targets: Vec<String>,
}

/// The rules of an org, in the order of their creation.
pub(crate) struct Rules {
    rows: Vec<Rule>,
    serial: u32,
    delay_ms: i64,
    /// The time at which the active rules run next.
    due_ms: Option<i64>,
    /// The rules that will turn INVALID, each with its time.
    failing: Vec<(i64, String)>,
}

impl Rules {
    pub(crate) fn new(quirks: Quirks) -> Self {
        let delay_ms = quirks.rule_delay.map_or(DEFAULT_DELAY_MS, i64::from);
        Self { rows: Vec::new(), serial: 0, delay_ms, due_ms: None, failing: Vec::new() }
    }

    fn get(&self, id: &str) -> Result<&Rule, Refusal> {
        self.rows.iter().find(|rule| rule.id == id).ok_or_else(|| Refusal::NoRule(id.to_owned()))
    }

    fn get_mut(&mut self, id: &str) -> Result<&mut Rule, Refusal> {
        self.rows.iter_mut().find(|rule| rule.id == id).ok_or_else(|| Refusal::NoRule(id.to_owned()))
    }

    /// The name of a rule.
    pub(crate) fn name(&self, id: &str) -> Option<&str> {
        self.rows.iter().find(|rule| rule.id == id).map(|rule| rule.terms.name.as_str())
    }

    /// Schedules the active rules after a change of members or of names of groups.
    pub(crate) fn touch(&mut self, now_ms: i64) {
        if self.due_ms.is_none() && self.rows.iter().any(|rule| rule.status == Status::Active) {
            self.due_ms = Some(now_ms + self.delay_ms);
        }
    }

    /// Schedules that rules whose target was deleted turn INVALID; that is not at once (recorded).
    pub(crate) fn group_is_gone(&mut self, group: &str, now_ms: i64) {
        let at_ms = now_ms + self.delay_ms / 2;
        let hit = self.rows.iter().filter(|rule| rule.terms.targets.iter().any(|target| target == group));
        self.failing.extend(hit.map(|rule| (at_ms, rule.id.clone())));
    }

    /// Excludes a user from these rules: an admin removed the user by hand (documented).
    pub(crate) fn exclude(&mut self, user: &str, rules: &[String]) {
        for rule in self.rows.iter_mut().filter(|rule| rules.contains(&rule.id)) {
            let excluded = &mut rule.terms.excluded;
            if excluded.len() < MAX_EXCLUDED && !excluded.iter().any(|known| known == user) {
                excluded.push(user.to_owned());
            }
        }
    }

    /// Runs the rules that are due by `now_ms`, and sets rules to INVALID whose target was deleted.
    pub(crate) fn run(&mut self, store: &mut Store, now_ms: i64) {
        let (due, left) = std::mem::take(&mut self.failing).into_iter().partition(|it| it.0 <= now_ms);
        self.failing = left;
        let due: Vec<(i64, String)> = due;
        for rule in self.rows.iter_mut().filter(|rule| due.iter().any(|(_, id)| *id == rule.id)) {
            rule.status = Status::Invalid;
        }
        for _ in 0..MAX_ROUNDS {
            let Some(due_ms) = self.due_ms.filter(|due_ms| *due_ms <= now_ms) else { return };
            // A change by rules makes the rules run again.
            self.due_ms = self.settle(store, due_ms).then(|| due_ms + self.delay_ms);
        }
        self.due_ms = self.due_ms.map(|due_ms| due_ms.max(now_ms + 1));
    }

    /// Runs all active rules once. True if that changes anything.
    fn settle(&self, store: &mut Store, now_ms: i64) -> bool {
        let mut changes: Vec<(&str, u32, &Rule, bool)> = Vec::new();
        let active: Vec<_> = self.rows.iter().filter(|rule| rule.status == Status::Active).collect();
        if active.is_empty() {
            return false;
        }
        for (number, user) in (0..).zip(store.users.rows()) {
            let value = user.value();
            for rule in &active {
                let holds = !user.is_deprovisioned
                    && !rule.terms.excluded.contains(&user.id)
                    && rule.terms.expression.holds(store, number, &value);
                for target in &rule.terms.targets {
                    let known = store.group(target).and_then(|group| group.attributions.get(&number));
                    let is_by_rule = known.is_some_and(|known| known.rules.contains(&rule.id));
                    if holds != is_by_rule {
                        changes.push((target, number, rule, holds));
                    }
                }
            }
        }
        let mut changed = false;
        for (target, number, rule, holds) in changes {
            changed |= match holds {
                true => store.add_by_rule(target, number, &rule.id, now_ms),
                false => store.leave_by_rule(target, number, &rule.id, false, now_ms),
            };
        }
        changed
    }
}

/// *List all group rules*: the body and the values of `Link`. `search` is a keyword of the name.
///
/// # Errors
/// [`Refusal`] of a bad `limit` or `after`.
pub(crate) fn list(
    rules: &Rules,
    store: &Store,
    query: &str,
    base: &str,
    quirks: Quirks,
) -> Result<(String, Vec<String>), Refusal> {
    let mut page = PageRequest::parse(query, limits::RULES, quirks)?;
    if page.limit > limits::MAX_RULES && page.get("limit").is_some() {
        return Err(Refusal::field("limit", "The field must be at most 200"));
    }
    // A quirk may have set a higher limit.
    page.limit = page.limit.min(limits::MAX_RULES);
    let after = page.number_after()?.unwrap_or(0);
    let keyword = page.get("search").map(fold);
    let found = rules.rows.iter().filter(|rule| {
        let is_meant = |keyword: &String| fold(&rule.terms.name).contains(keyword.as_str());
        rule.serial > after && keyword.as_ref().is_none_or(is_meant)
    });
    let Page { items, next } = Page::of(found, page.limit, quirks);
    let expands = page.get("expand").is_some_and(expands);
    let bodies: Vec<_> = items.into_iter().map(|rule| body(rule, store, expands)).collect();
    let next = next.map(|rule| Cursor::Number(rule.serial).encode());
    let url = [base, "/api/v1/groups/rules"].concat();
    let links = page.links(&url, next.as_deref(), &["search", "expand"]);
    Ok((["[", &bodies.join(","), "]"].concat(), links))
}

fn expands(text: &str) -> bool {
    text.split(',').any(|part| part.trim() == "groupIdToGroupNameMap")
}

/// *Retrieve a group rule*. `expand` works here, too (documented).
///
/// # Errors
/// [`Refusal::NoRule`].
pub(crate) fn get(rules: &Rules, store: &Store, id: &str, query: &str) -> Result<String, Refusal> {
    let pairs = crate::url::query_pairs(query);
    let asks = pairs.iter().any(|(name, value)| name == "expand" && expands(value));
    Ok(body(rules.get(id)?, store, asks))
}

/// *Create a group rule*. A new rule is INACTIVE.
///
/// # Errors
/// [`Refusal`] of the body.
pub(crate) fn create(
    rules: &mut Rules,
    store: &Store,
    random: &mut Random,
    request: &Request,
    now: &str,
) -> Result<String, Refusal> {
    let given = Value::Object(profile::object(request)?);
    let terms = Terms::read(&given, rules, store, None)?;
    if rules.rows.len() >= MAX_RULES {
        return Err(Refusal::field("rules", "The org has its 2000 rules already"));
    }
    if given.get("type").and_then(Value::as_str) != Some("group_rule") {
        return Err(Refusal::field("type", "The field must be: group_rule"));
    }
    rules.serial += 1;
    let rule = Rule {
        id: random.id("0pr"),
        serial: rules.serial,
        status: Status::Inactive,
        created: now.to_owned(),
        last_updated: now.to_owned(),
        terms,
    };
    let body = body(&rule, store, false);
    rules.rows.push(rule);
    Ok(body)
}

/// *Replace a group rule*. The rule must not be ACTIVE, and is INACTIVE afterwards.
///
/// # Errors
/// [`Refusal`] of the body or the status.
pub(crate) fn replace(
    rules: &mut Rules,
    store: &Store,
    id: &str,
    request: &Request,
    now: &str,
) -> Result<String, Refusal> {
    if rules.get(id)?.status == Status::Active {
        return Err(Refusal::Validation {
            field: "updateRule".to_owned(),
            causes: vec!["Cannot update a Group Rule with the status ACTIVE.".to_owned()],
        });
    }
    let given = Value::Object(profile::object(request)?);
    let terms = Terms::read(&given, rules, store, Some(id))?;
    let rule = rules.get_mut(id)?;
    rule.terms = terms;
    rule.status = Status::Inactive;
    now.clone_into(&mut rule.last_updated);
    let body = body(rule, store, false);
    rules.failing.retain(|(_, failing)| failing != id);
    Ok(body)
}

/// *Delete a group rule*, of any status. Its users stay members, unless `removeUsers=true`. Users whom another rule or an
/// admin also added stay in either case.
///
/// # Errors
/// [`Refusal::NoRule`], [`Refusal::TypeMismatch`].
pub(crate) fn delete(
    rules: &mut Rules,
    store: &mut Store,
    id: &str,
    query: &str,
    now_ms: i64,
) -> Result<(), Refusal> {
    rules.get(id)?;
    let pairs = crate::url::query_pairs(query);
    let given = pairs.iter().find(|(name, _)| name == "removeUsers").map(|(_, value)| value.as_str());
    let removes = match given {
        None | Some("" | "false") => false,
        Some("true") => true,
        Some(_) => {
            let mismatch = "The parameter removeUsers must be a boolean.";
            return Err(Refusal::TypeMismatch(mismatch.to_owned()));
        }
    };
    rules.rows.retain(|rule| rule.id != id);
    let held: Vec<(String, u32)> = store
        .groups()
        .flat_map(|group| {
            let of_rule = group.attributions.iter().filter(|it| it.1.rules.iter().any(|rule| rule == id));
            of_rule.map(|(user, _)| (group.id.clone(), *user))
        })
        .collect();
    for (group, user) in held {
        store.leave_by_rule(&group, user, id, !removes, now_ms);
    }
    Ok(())
}

/// *Activate* or *deactivate a group rule*. A rule that already has the status gets the same answer (recorded for INACTIVE).
/// A rule whose target was deleted is refused here before reads show it as INVALID (recorded).
///
/// # Errors
/// [`Refusal::NoRule`], [`Refusal::Validation`] of an INVALID rule.
pub(crate) fn set_active(
    rules: &mut Rules,
    store: &Store,
    id: &str,
    active: bool,
    now_ms: i64,
) -> Result<(), Refusal> {
    let rule = rules.get_mut(id)?;
    let is_invalid = rule.status == Status::Invalid
        || rule.terms.targets.iter().any(|target| store.group(target).is_none());
    if is_invalid {
        return Err(Refusal::Validation {
            field: "updateRuleStatus".to_owned(),
            causes: vec!["Cannot activate or deactivate a Group Rule with the status INVALID.".to_owned()],
        });
    }
    rule.status = if active { Status::Active } else { Status::Inactive };
    rule.last_updated = time::iso(now_ms);
    rules.touch(now_ms);
    Ok(())
}

impl Terms {
    /// Reads a body. `replaces` is the rule that may keep its name and, if the body has no `actions`, its targets.
    fn read(given: &Value, rules: &Rules, store: &Store, replaces: Option<&str>) -> Result<Self, Refusal> {
        let name = match given.get("name") {
            Some(Value::String(name)) if name.chars().count() > MAX_NAME => {
                return Err(Refusal::field("name", "The field is too long, maximum is 50 characters"));
            }
            Some(Value::String(name)) if !name.trim().is_empty() => name.clone(),
            _ => return Err(Refusal::field("name", "The field cannot be left blank")),
        };
        let has_name =
            |rule: &Rule| fold(&rule.terms.name) == fold(&name) && replaces != Some(rule.id.as_str());
        if rules.rows.iter().any(has_name) {
            return Err(Refusal::field("name", "Policy rule name already in use"));
        }
        let conditions = given.get("conditions");
        let expression = conditions.and_then(|conditions| conditions.get("expression"));
        let part = |name: &str| expression.and_then(|it| it.get(name)).and_then(Value::as_str);
        let Some(text) = part("value").filter(|text| !text.trim().is_empty()) else {
            return Err(Refusal::field("conditions.expression.value", "The field cannot be left blank"));
        };
        if part("type").is_some_and(|it| it != EXPRESSION_TYPE) {
            return Err(Refusal::field(
                "conditions.expression.type",
                "The field must be: urn:okta:expression:1.0",
            ));
        }
        let parsed = Expression::parse(text, &|name| store.has_user_attribute(name));
        let Ok(expression) = parsed else {
            return Err(Refusal::Validation {
                field: "validateRule".to_owned(),
                causes: vec![
                    format!("Invalid expression syntax {text}"),
                    "conditions: Invalid expression".to_owned(),
                ],
            });
        };
        let people = conditions.and_then(|conditions| conditions.get("people"));
        let excluded = |kind: &str| {
            let list = people.and_then(|people| people.get(kind)).and_then(|kind| kind.get("exclude"));
            list.and_then(Value::as_array).cloned().unwrap_or_default()
        };
        let users: Vec<String> =
            excluded("users").iter().filter_map(Value::as_str).map(str::to_owned).collect();
        if users.len() > MAX_EXCLUDED {
            return Err(Refusal::field(
                "conditions.people.users.exclude",
                "The field has more than 100 users",
            ));
        }
        let kept = replaces.and_then(|id| rules.get(id).ok()).map(|rule| rule.terms.targets.clone());
        let targets = match given.get("actions").filter(|actions| !actions.is_null()) {
            Some(actions) => actions
                .pointer("/assignUserToGroups/groupIds")
                .and_then(Value::as_array)
                .map(|ids| ids.iter().filter_map(Value::as_str).map(str::to_owned).collect())
                .unwrap_or_default(),
            None => kept.unwrap_or_default(),
        };
        check_targets(&targets, store)?;
        Ok(Self {
            name,
            excluded: users,
            excluded_groups: excluded("groups"),
            text: text.to_owned(),
            expression,
            targets,
        })
    }
}

const EXPRESSION_TYPE: &str = "urn:okta:expression:1.0";

/// Checks the targets: rules may add users to groups of type `OKTA_GROUP` only (documented).
fn check_targets(targets: &[String], store: &Store) -> Result<(), Refusal> {
    let field = "actions.assignUserToGroups.groupIds";
    if targets.is_empty() {
        return Err(Refusal::field(field, "The field cannot be left blank"));
    }
    if targets.len() > MAX_TARGETS {
        return Err(Refusal::field(field, "The field has more than 100 groups"));
    }
    let is_fit = |id: &String| store.group(id).is_some_and(|group| group.group_type == GroupType::OktaGroup);
    match targets.iter().find(|id| !is_fit(id)) {
        Some(id) => Err(Refusal::field(field, &format!("Invalid group {id}"))),
        None => Ok(()),
    }
}

/// The body of a rule, with its keys in the order of the recordings.
fn body(rule: &Rule, store: &Store, expands: bool) -> String {
    let Terms { name, excluded, excluded_groups, text, targets, .. } = &rule.terms;
    let mut out = String::from("{");
    push_field(&mut out, "type", "group_rule");
    push_field(&mut out, "id", &rule.id);
    push_field(&mut out, "status", rule.status.as_str());
    push_field(&mut out, "name", name);
    push_field(&mut out, "created", &rule.created);
    push_field(&mut out, "lastUpdated", &rule.last_updated);
    let conditions = json!({
        "people": { "users": { "exclude": excluded }, "groups": { "exclude": excluded_groups } },
        "expression": { "value": text, "type": EXPRESSION_TYPE }
    });
    push_field(&mut out, "conditions", &conditions);
    push_field(&mut out, "actions", &json!({ "assignUserToGroups": { "groupIds": targets } }));
    if expands {
        let named = |id: &String| Some((id.clone(), json!(store.group(id)?.name())));
        let names: serde_json::Map<_, _> = targets.iter().filter_map(named).collect();
        push_field(&mut out, "_embedded", &json!({ "groupIdToGroupNameMap": names }));
    }
    push_field(&mut out, "allGroupsValid", &(rule.status != Status::Invalid));
    out.push('}');
    out
}

/// Adds a rule to a seeded org, in the form of the API's answers; `id`, `name`, the expression and the targets are required.
/// Targets need not exist.
///
/// # Errors
/// [`SeedError::DuplicateId`], [`SeedError::UnknownId`] without an id, [`SeedError::Expression`].
pub(crate) fn seed(rules: &mut Rules, store: &Store, rule: &Value) -> Result<(), SeedError> {
    let text = |path: &str| rule.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = |path: &str| rule.pointer(path).and_then(Value::as_array).cloned().unwrap_or_default();
    let texts = |path: &str| list(path).iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let id = text("/id");
    if id.is_empty() {
        return Err(SeedError::UnknownId(id));
    }
    if rules.get(&id).is_ok() {
        return Err(SeedError::DuplicateId(id));
    }
    let expression = text("/conditions/expression/value");
    let parsed = Expression::parse(&expression, &|name| store.has_user_attribute(name));
    let or_epoch = |text: String| if text.is_empty() { time::iso(0) } else { text };
    rules.serial += 1;
    rules.rows.push(Rule {
        serial: rules.serial,
        status: match text("/status").as_str() {
            "ACTIVE" => Status::Active,
            "INVALID" => Status::Invalid,
            _ => Status::Inactive,
        },
        created: or_epoch(text("/created")),
        last_updated: or_epoch(text("/lastUpdated")),
        terms: Terms {
            name: text("/name"),
            excluded: texts("/conditions/people/users/exclude"),
            excluded_groups: list("/conditions/people/groups/exclude"),
            expression: parsed.map_err(|_| SeedError::Expression(id.clone()))?,
            text: expression,
            targets: texts("/actions/assignUserToGroups/groupIds"),
        },
        id,
    });
    Ok(())
}

/// Runs the active rules of a seeded org until they have settled.
pub(crate) fn settle_seed(rules: &Rules, store: &mut Store) {
    let last = rules.rows.iter().filter_map(|rule| time::parse(&rule.last_updated)).max().unwrap_or_default();
    store.is_seeding = true;
    let mut rounds = 0..MAX_ROUNDS;
    while rounds.next().is_some() && rules.settle(store, last) {}
    store.is_seeding = false;
}

/// All rules, in the form of [`seed`].
pub(crate) fn snapshot(rules: &Rules, store: &Store) -> Vec<Value> {
    rules.rows.iter().filter_map(|rule| serde_json::from_str(&body(rule, store, false)).ok()).collect()
}
