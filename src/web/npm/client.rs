//! The client that the npm package wraps. JavaScript has checked the types of all arguments (`options.js`).

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::call::{JsWalk, Shared, headers, number_of, time};
use super::errors::{argument_error, config_error};
#[cfg(feature = "bulk")]
use crate::client::Step;
use crate::client::{
    Call, CallOptions, Failed, Settings, SharedLimits, Terms, Walk, check_header, check_own_header,
};
use crate::error::whole_millis;
use crate::host::Header;
use crate::org::{OrgName, OrgUrl};
use crate::page::NextLink;
use crate::policy::{Priority, RateLimitOptions, RetryOptions};
use crate::records::{CallRecord, ClientRecord, LimitRecord, ListRecord, list as texts};
use crate::redact::Secrets;
use crate::request::{
    ArgumentError, GroupId, Links, Method, Operation, Request, below, list_at, one_at, path_of,
};
use crate::time::Duration;

thread_local! {
    static LIMITS: RefCell<SharedLimits> = RefCell::default();
}

/// The client in `OktaGroups`.
#[wasm_bindgen(js_name = Client)]
pub struct JsClient(Rc<Shared>);

#[wasm_bindgen(js_class = Client)]
impl JsClient {
    /// Takes a [`ClientRecord`].
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str) -> Result<JsClient, JsValue> {
        let record = ClientRecord::read(text);
        let settings = settings(&record).map_err(|error| config_error(&error))?;
        let credential = number_of(record.credential()).unwrap_or_default();
        let limits = LIMITS.with_borrow_mut(|shared| {
            shared.of(&settings.org_url, credential, settings.rate_limit, &settings.retry)
        });
        // A page of another origin than the org's cannot read all headers.
        let page = record.page_origin();
        let hides_headers = !page.is_empty() && page != settings.org_url.origin();
        let terms = Terms::new(settings, limits, hides_headers, !record.listens().is_empty());
        Ok(JsClient(Rc::new(Shared {
            terms,
            names_buckets: !record.names_buckets().is_empty(),
            authorization: some(record.authorization()).map(str::to_owned),
            calls: RefCell::default(),
        })))
    }

    /// The last known state of each rate-limit bucket, a [`LimitRecord`] each.
    #[wasm_bindgen(js_name = rateLimits)]
    pub fn rate_limits(&self, now: f64) -> String {
        let mut out = String::new();
        self.0.terms.limits.rate_limits(time(now), &mut |limit| {
            let mut record = LimitRecord::new(&mut out);
            record.bucket(limit.bucket);
            record.limit(limit.limit);
            record.remaining(limit.remaining);
            record.reset_at(Duration::from_millis(limit.reset_at.unsigned_abs()));
            record.resets_in_ms(whole_millis(limit.resets_in));
            record.in_flight(limit.in_flight);
            record.kind(limit.kind.as_str());
        });
        out
    }

    /// Starts the call of a [`CallRecord`]. Returns the record of what to do next or of a failure, and the
    /// records of events.
    pub fn begin(&self, text: &str, now: f64, random: f64) -> String {
        self.0.begin(self.call(&CallRecord::read(text), time(now)), None, now, random)
    }

    /// Feeds an input to a call: its number, and its text. Returns what to do next, like `begin`.
    pub fn step(&self, call: u32, input: usize, text: &str, now: f64, random: f64) -> String {
        self.0.step(call, input, text, now, random)
    }

    /// Registers `wake`, which is called when a call's wait for the gate may end early. False if it may have
    /// ended already.
    pub fn park(&self, call: u32, wake: &Function) -> bool {
        self.0.park(call, wake)
    }

    /// Redacts quotes of secret headers in a text. `list` has the text, the last headers that `authorize()`
    /// returned, and the call's own headers; both are lists of names and values in turns.
    pub fn redacted(&self, list: &str) -> String {
        let mut list = texts(list).into_iter();
        let mut next = || list.next().unwrap_or_default();
        let (text, proof, own) = (next(), in_turns(&next()), in_turns(&next()));
        Secrets { proof: &proof, own: [&self.0.terms.settings.headers, &own] }.redacted(text)
    }

    /// A walk through the list of a [`ListRecord`].
    pub fn list(&self, text: &str) -> Result<JsWalk, JsValue> {
        let record = ListRecord::read(text);
        let operation = match record.operation() {
            "" => None,
            number => Some(named(number).map_err(|error| argument_error(&error))?),
        };
        let walk = || {
            let first = match operation {
                None => {
                    let links = if record.link().is_empty() { Links::Always } else { Links::Never };
                    below(Operation::OtherList { links }, record.ids(), record.query().to_owned())
                }
                Some(operation) => {
                    let path = path_of(operation, &mut texts(record.ids()).into_iter().map(Cow::Owned))?;
                    let query = in_turns(record.query());
                    let mut limit = None;
                    let mut parameters = Vec::new();
                    for (name, value) in &query {
                        match name.as_str() {
                            // A value that is not a `limit` (0, -1, 2.5, NaN) becomes 0, which the operation
                            // refuses.
                            "limit" => limit = some(value).map(|limit| number_of(limit).unwrap_or(0)),
                            name => parameters.push((name, some(value))),
                        }
                    }
                    list_at(operation, path, &parameters, limit)
                }
            }?;
            Walk::new(&self.0.terms, first, some(record.cursor()))
                .map_err(|error| Failed::from(crate::error::Error::Pagination(error.reason)))
        };
        let retry =
            [record.max_attempts(), record.base_delay(), record.max_delay(), record.max_rate_limit_wait()];
        let options =
            call_options(record.timeout(), record.total_timeout(), retry, own_headers(record.rest()));
        match walk() {
            Ok(walk) => Ok(JsWalk::new(Rc::clone(&self.0), walk, options)),
            Err(failed) => Err(super::errors::plain(&failed)),
        }
    }
}

/// For bulk runs and rule updates.
#[cfg(feature = "bulk")]
#[wasm_bindgen(js_class = Client)]
impl JsClient {
    /// The org's name, which plans and checkpoints are bound to.
    #[wasm_bindgen(getter)]
    pub fn org(&self) -> String {
        self.0.terms.settings.org.as_str().to_owned()
    }

    /// The next step of a rule update, after `step` had the result `fact`.
    #[wasm_bindgen(js_name = ruleStep)]
    pub fn rule_step(&self, step: u8, fact: u8) -> u8 {
        Step::after(step, fact).number()
    }

    /// Ends the rule update with this number: other writes to rules may be sent.
    #[wasm_bindgen(js_name = endUpdate)]
    pub fn end_update(&self, update: u32) {
        self.0.terms.limits.end_update(update);
        self.0.terms.limits.wake();
    }
}

#[cfg(feature = "bulk")]
impl JsClient {
    /// What is known of a bucket; `None` if nothing is.
    pub(super) fn rate_limit_of<T>(
        &self,
        bucket: &str,
        now: Duration,
        take: impl Fn(crate::policy::RateLimit<'_>) -> T,
    ) -> Option<T> {
        let mut found = None;
        self.0.terms.limits.rate_limits(now, &mut |limit| {
            if limit.bucket == bucket {
                found = Some(take(limit));
            }
        });
        found
    }
}

impl JsClient {
    fn call(&self, record: &CallRecord<'_>, now: Duration) -> Result<Box<Call>, Failed> {
        let terms = &self.0.terms;
        let retry =
            [record.max_attempts(), record.base_delay(), record.max_delay(), record.max_rate_limit_wait()];
        let mut options =
            call_options(record.timeout(), record.total_timeout(), retry, own_headers(record.rest()));
        if !record.is_bulk().is_empty() {
            options.priority = Priority::Bulk;
        }
        let body = some(record.body());
        if record.operation().is_empty() {
            let method = method(record.method())?;
            if method == Method::Get && body.is_some() {
                return Err(ArgumentError::new("body", "cannot go with GET").into());
            }
            let operation = Operation::Other { method, idempotent: !record.idempotent().is_empty() };
            let request = below(operation, record.ids(), record.query().to_owned())?;
            let request = Request { body: body.map(str::to_owned), ..request };
            return Call::new(terms, request, options, None, now);
        }
        let operation = named(record.operation())?;
        let path = path_of(operation, &mut texts(record.ids()).into_iter().map(Cow::Owned))?;
        let query = in_turns(record.query());
        let parameters: Vec<_> = query.iter().map(|(name, value)| (name.as_str(), some(value))).collect();
        let request = one_at(operation, path, &parameters, body);
        match record.goal() {
            "found" if !record.name().is_empty() => {
                Call::creating(terms, record.body().to_owned(), record.name(), options, now)
            }
            "gone" => Call::removing(terms, request, options, now),
            "updated" => {
                let group = texts(record.ids()).into_iter().next().unwrap_or_default();
                Call::updating(terms, GroupId::new(group)?, options, now)
            }
            _ => {
                let call = Call::new(terms, request, options, None, now)?;
                Ok(match number_of(record.update()) {
                    Some(update) => call.part_of(terms, update),
                    None => call,
                })
            }
        }
    }
}

/// A field with names and values in turns.
fn in_turns(field: &str) -> Vec<(String, String)> {
    headers(texts(field).into_iter())
}

fn own_headers<'a>(list: impl Iterator<Item = &'a str>) -> Vec<Header> {
    headers(list.map(str::to_owned))
}

fn method(name: &str) -> Result<Method, ArgumentError> {
    let all = [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete];
    let found = all.into_iter().find(|method| method.as_str() == name);
    found.ok_or_else(|| ArgumentError::new("method", "must be one of GET, POST, PUT, PATCH, DELETE"))
}

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// The operation with this number, in the reference's order.
pub(super) fn named(number: &str) -> Result<Operation, ArgumentError> {
    let operation = number_of::<usize>(number).and_then(|number| Operation::ALL.get(number).copied());
    operation.ok_or_else(|| ArgumentError::new("operation", "is unknown"))
}

fn settings(record: &ClientRecord<'_>) -> Result<Settings, ArgumentError> {
    let defaults = Settings::new(OrgUrl::parse(record.org_url())?);
    let org = match record.org() {
        "" => defaults.org,
        name => OrgName::parse(name)?,
    };
    let retry =
        [record.max_attempts(), record.base_delay(), record.max_delay(), record.max_rate_limit_wait()];
    let options = call_options(record.timeout(), record.total_timeout(), retry, own_headers(record.rest()));
    let CallOptions { timeout, total_timeout, retry, mut headers, .. } = options;
    headers.iter().try_for_each(|(name, value)| check_own_header(name, value))?;
    if !record.user_agent().is_empty() {
        check_header("userAgent", "user-agent", record.user_agent())?;
        headers.push(("user-agent".to_owned(), record.user_agent().to_owned()));
    }
    let limit = defaults.rate_limit;
    Ok(Settings {
        timeout: timeout.unwrap_or(defaults.timeout),
        total_timeout: total_timeout.unwrap_or(defaults.total_timeout),
        max_response_bytes: number_of(record.max_response_bytes()).unwrap_or(defaults.max_response_bytes),
        next_link: if record.rejects_links().is_empty() { NextLink::Rebase } else { NextLink::Reject },
        retry: retry.unwrap_or(defaults.retry),
        rate_limit: RateLimitOptions {
            max_concurrency: number_of(record.max_concurrency()).unwrap_or(limit.max_concurrency),
            // In millionths.
            reserve: number_of::<u32>(record.reserve()).map_or(limit.reserve, |share| f64::from(share) / 1e6),
            session: !record.is_session().is_empty(),
            prevent: !record.prevents().is_empty(),
        },
        headers,
        org,
        org_url: defaults.org_url,
    })
}

/// The options of a call. `retry` has `maxAttempts`, `baseDelay`, `maxDelay` and `maxRateLimitWait`. If
/// `maxAttempts` is a number (0 for its default), there is a `retry`, and an option that is left out has its
/// default.
fn call_options(timeout: &str, total_timeout: &str, retry: [&str; 4], headers: Vec<Header>) -> CallOptions {
    let millis = |text: &str| number_of(text).map(Duration::from_millis);
    let [attempts, base, max, wait] = retry;
    let defaults = RetryOptions::default();
    CallOptions {
        timeout: millis(timeout),
        total_timeout: millis(total_timeout),
        retry: number_of(attempts).map(|attempts| RetryOptions {
            max_attempts: if attempts > 0 { attempts } else { defaults.max_attempts },
            base_delay: millis(base).unwrap_or(defaults.base_delay),
            max_delay: millis(max).unwrap_or(defaults.max_delay),
            max_rate_limit_wait: millis(wait).unwrap_or(defaults.max_rate_limit_wait),
            budget: defaults.budget,
        }),
        headers,
        priority: Priority::default(),
    }
}
