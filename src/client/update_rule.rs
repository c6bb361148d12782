//! Runs the update of a group rule over a [`Host`]: sends the reads and writes that `rule` orders, and merges
//! the patch. It decides only what is refused before anything is sent.

use std::future::Future;
use std::pin::pin;

use futures_lite::future;
use serde::Serialize;
use serde_json::{Map, Value};

use super::drive::Control;
use super::groups::{Read, changed_back, misshapen, object_of, read, text};
use super::rule::{Fact, Order, RESTORE_TIME, Step};
use super::turn::{WakeOnDrop, Writer};
use super::{CallOptions, Client, Failure, LeftRule, Reply};
use crate::error::Error;
use crate::host::Host;
use crate::model::{GroupRule, RuleStatus};
use crate::policy::RetryOptions;
use crate::request::{ActivateRule, ArgumentError, DeactivateRule, GetRule, Operation, ReplaceRule, RuleId};
use crate::sync::Shared;
use crate::time::Duration;

/// The longest name of a rule (documented).
const NAME_MAX: usize = 50;

/// Attributes that only Okta sets.
const READ_ONLY: [&str; 7] =
    ["id", "status", "created", "lastUpdated", "allGroupsValid", "_embedded", "_links"];

/// Checks a whole rule or a patch and makes it a JSON object. The name's length is checked before anything is
/// sent: Okta would refuse the replace only when the rule is already inactive.
pub(super) fn rule_of(
    argument: &'static str,
    value: &impl Serialize,
) -> Result<Map<String, Value>, ArgumentError> {
    let rule = object_of(argument, value)?;
    match rule.get("name").and_then(Value::as_str) {
        Some(name) if name.chars().count() > NAME_MAX => {
            Err(ArgumentError::new(argument, "has a name of more than 50 characters"))
        }
        _ => Ok(rule),
    }
}

/// Merges `patch` into `rule`: objects recursively; any other value replaces the old one.
fn merged(rule: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (name, value) in patch {
        match (rule.get_mut(name), value) {
            (Some(Value::Object(before)), Value::Object(value)) => merged(before, value),
            _ => drop(rule.insert(name.clone(), value.clone())),
        }
    }
}

/// Updates a rule. When `stop` is ready, the rule's status is restored and the update fails.
pub(super) async fn update<H: Host<Body = Value>>(
    client: &Client<H>,
    options: &CallOptions,
    id: &str,
    patch: &impl Serialize,
    stop: impl Future<Output = ()>,
) -> Result<GroupRule, Failure<H>> {
    let rule = RuleId::new(id)?;
    let patch = rule_of("patch", patch)?;
    if let Some(name) = patch.keys().find(|name| READ_ONLY.contains(&name.as_str())) {
        return Err(ArgumentError::new("patch", ["must not set ", name].concat()).into());
    }
    let total = options.total_timeout.unwrap_or(client.settings().total_timeout);
    let limits = Shared::clone(client.limits());
    let _wake = WakeOnDrop(Shared::clone(&limits));
    let writer = Writer::of_update(&limits);
    let mut update = Update {
        client,
        options,
        until: client.host().now().saturating_add(total),
        writer,
        rule,
        patch,
        old: None,
        new: String::new(),
        status: None,
        reply: None,
        failure: None,
    };
    let mut stop = pin!(stop);
    let mut step = Step::START;
    while step.order() != Order::End {
        let next = update.carry_out(step, &mut stop).await;
        // Restoring the status has a time limit of its own.
        if next.restores() && !step.restores() {
            update.until = client.host().now().saturating_add(RESTORE_TIME);
        }
        if next == Step::UPDATED && step.order() != Order::Replace {
            update.status = Some(RuleStatus::Active);
        }
        step = next;
    }
    update.end(step)
}

/// A running update.
struct Update<'a, H: Host<Body = Value>> {
    client: &'a Client<H>,
    options: &'a CallOptions,
    until: Duration,
    writer: Writer,
    rule: RuleId,
    patch: Map<String, Value>,
    /// The rule as it was first read, and as it will be written, both as JSON text.
    old: Option<String>,
    new: String,
    /// The status that was read last, or that follows from the last step.
    status: Option<RuleStatus>,
    /// The answer of the replace, while the new rule may be in place.
    reply: Option<Reply<H>>,
    /// The error that the update returns if it fails.
    failure: Option<Failure<H>>,
}

impl<H: Host<Body = Value>> Update<'_, H> {
    /// Carries out a step and returns the next one.
    async fn carry_out(&mut self, step: Step, stop: &mut (impl Future<Output = ()> + Unpin)) -> Step {
        let rule = self.rule.clone();
        let request = match step.order() {
            Order::Read => GetRule { rule, expand: Vec::new() }.request(),
            Order::Deactivate => DeactivateRule { rule }.request(),
            Order::Replace => ReplaceRule { rule, body: self.new.clone() }.request(),
            Order::PutBack => ReplaceRule { rule, body: self.old.clone().unwrap_or_default() }.request(),
            Order::Activate | Order::End => ActivateRule { rule }.request(),
        };
        let now = self.client.host().now();
        let mut options =
            CallOptions { total_timeout: Some(self.until.saturating_sub(now)), ..self.options.clone() };
        if step.restores() {
            options.retry = Some(RetryOptions { max_attempts: 10, ..RetryOptions::default() });
        }
        let control = Control::default();
        let call = self.client.call_of_update(&request, &options, self.writer.id(), &control);
        let result = if step.restores() {
            call.await
        } else {
            let stopped = async {
                (&mut *stop).await;
                let may_have_run = step.order() != Order::Read && control.begun() > 0;
                Err(Failure { may_have_run, ..Error::Aborted.into() })
            };
            future::or(call, stopped).await
        };
        let result = match (step.order(), result) {
            (Order::Read, Ok(reply)) => self.learn(reply),
            (order, Ok(reply)) => {
                match order {
                    Order::Replace => self.reply = Some(reply),
                    Order::PutBack => self.reply = None,
                    _ => {}
                }
                Ok(Fact::Done)
            }
            (_, Err(failure)) => Err(failure),
        };
        let fact = result.unwrap_or_else(|failure| {
            let is_over = failure.kind() == "aborted" || self.client.host().now() >= self.until;
            let fact = Fact::of_failure(failure.may_have_run, is_over);
            // The failure of a write says more than the failure of the read that checks on it.
            if !step.restores() && (step.order() != Order::Read || self.failure.is_none()) {
                self.failure = Some(failure);
            }
            fact
        });
        step.next(fact)
    }

    /// Takes the rule's status; at the first read also makes the new rule.
    fn learn(&mut self, reply: Reply<H>) -> Result<Fact, Failure<H>> {
        let (lossy, inexact) = (reply.lossy, reply.inexact);
        let (mut rule, meta): (Map<String, Value>, _) = read(Operation::GetRule, reply)?;
        let status = rule.get("status").and_then(Value::as_str).map(RuleStatus::from);
        if self.old.is_none() {
            rule.retain(|name, _| !READ_ONLY.contains(&name.as_str()));
            if let Some((name, what)) = changed_back(&rule, &Map::new(), lossy, inexact) {
                let at = [name, ", which ", what].concat();
                return Err(misshapen(Operation::GetRule, Operation::GetRule.route().1.into(), meta, &at));
            }
            self.old = Some(text(rule.clone()));
            merged(&mut rule, &self.patch);
            self.new = text(rule);
        }
        let fact = Fact::of_status(status.as_ref().map(RuleStatus::as_str));
        self.status = status;
        Ok(fact)
    }

    fn end(self, step: Step) -> Result<GroupRule, Failure<H>> {
        let is_new = self.reply.is_some();
        if let (Step::UPDATED, Some(mut reply)) = (step, self.reply) {
            if let (Some(RuleStatus::Active), Some(Value::Object(rule))) = (&self.status, &mut reply.body) {
                // Okta answered the replace while the rule was inactive.
                rule.insert("status".to_owned(), "ACTIVE".into());
            }
            let read: Read<H, GroupRule> = read(Operation::ReplaceRule, reply);
            return read.map(|(rule, _)| rule);
        }
        let mut failure = self.failure.unwrap_or_else(|| Error::Aborted.into());
        failure.may_have_run |= is_new;
        failure.rule_status = match (step, self.status) {
            (_, Some(RuleStatus::Invalid)) => Some(LeftRule::Invalid),
            (Step::LEFT, _) => Some(LeftRule::Inactive),
            _ => None,
        };
        Err(failure)
    }
}
