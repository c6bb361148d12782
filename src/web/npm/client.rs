//! The client that the npm package is made of. What its methods are given has been checked in JavaScript, as far as types
//! go (`options.js`); they return a call, or a walk through the pages of a list, to be run there.

use std::cell::RefCell;
use std::iter;
use std::rc::Rc;
use std::time::Duration;
use std::vec;

use js_sys::{Array, Function, Object};
use wasm_bindgen::prelude::*;

use super::call::{JsCall, JsWalk};
use super::errors::{argument_error, config_error, failure};
use super::expr::read;
use super::js::Fields;
use super::platform::Npm;
use crate::client::{Call, CallOptions, Client, Settings, SharedLimits, check_header, check_own_header};
use crate::error::whole_millis;
use crate::filter::Parameter;
use crate::host::{Header, Platform};
use crate::org::{OrgName, OrgUrl};
use crate::page::NextLink;
use crate::policy::{Priority, RateLimit, RateLimitOptions, RetryOptions};
use crate::request::{ArgumentError, Operation, check_id, list, one};

/// The parameters of lists but for `limit`, by the reference's names.
const PARAMETERS: [&str; 8] = ["q", "filter", "search", "after", "expand", "sortBy", "sortOrder", "fields"];

thread_local! {
    static LIMITS: RefCell<SharedLimits> = RefCell::default();
}

/// The client behind `OktaGroups`.
#[wasm_bindgen(js_name = Client)]
pub struct JsClient(Rc<Client<Npm>>);

#[wasm_bindgen(js_class = Client)]
impl JsClient {
    /// `texts` are `orgUrl`, `org`, `userAgent` and the headers; `numbers` those of [`call_options`], then `maxResponseBytes`,
    /// `maxConcurrency` and `reserve`. `credential` is the number of the one that `auth` gives.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::too_many_arguments, reason = "an object of them would be read property by property")]
    pub fn new(
        texts: Vec<String>,
        numbers: &[f64],
        reject_links: bool,
        session: bool,
        prevent: bool,
        auth: Object,
        credential: u32,
        bucket_of: Option<Function>,
        on_event: Option<Function>,
    ) -> Result<JsClient, JsValue> {
        let settings = settings(Texts(texts.into_iter()), numbers, reject_links, session, prevent);
        let settings = settings.map_err(|error| config_error(&error))?;
        let host = Npm::new(auth, on_event, bucket_of, settings.org.origin());
        let limits = LIMITS.with_borrow_mut(|shared| {
            shared.of(&settings.org, credential, settings.rate_limit, &settings.retry)
        });
        Ok(JsClient(Rc::new(Client::sharing(host, settings, limits))))
    }

    /// Which org it is: what cursors and plans are bound to.
    #[wasm_bindgen(getter)]
    pub fn org(&self) -> String {
        self.0.settings().org_name.as_str().to_owned()
    }

    /// The last known state of each rate-limit bucket, as `[name, state]` pairs.
    #[wasm_bindgen(js_name = rateLimits)]
    pub fn rate_limits(&self) -> Array {
        let entries = Array::new();
        self.0.limits().rate_limits(self.0.host().now(), &mut |limit| {
            let state = Fields::new()
                .set("bucket", limit.bucket)
                .set("limit", limit.limit)
                .set("remaining", limit.remaining)
                .set("resetAt", limit.reset_at as f64)
                .set("resetsInMs", whole_millis(limit.resets_in))
                .set("inFlight", limit.in_flight)
                .set("kind", limit.kind.as_str());
            entries.push(&Array::of2(&limit.bucket.into(), &state.0));
        });
        entries
    }

    /// A call of an operation. `texts` are the id of a group (of *Add a group* the name that will do, if there is such a
    /// group), that of a user or a profile, and the headers; `numbers` those of [`call_options`], then whether it is no
    /// failure that what should go is missing, and whether it is one of many.
    pub fn call(&self, operation: usize, texts: Vec<String>, numbers: &[f64]) -> Result<JsCall, JsValue> {
        let begin = || {
            let mut texts = Texts(texts.into_iter());
            let (group, other) = (texts.next().unwrap_or_default(), texts.next().unwrap_or_default());
            let mut options = call_options(numbers, texts);
            if number(numbers, 7).is_some() {
                options.priority = Priority::Bulk;
            }
            let operation = named(operation);
            let request = match operation {
                Operation::CreateGroup if !group.is_empty() => {
                    return Call::creating(&self.0, other, &group, options);
                }
                Operation::CreateGroup => one(operation, &[], Some(&other)),
                _ => {
                    check_id("groupId", &group)?;
                    match operation {
                        Operation::ReplaceGroup => one(operation, &[&group], Some(&other)),
                        Operation::AssignUser | Operation::UnassignUser => {
                            check_id("userId", &other)?;
                            one(operation, &[&group, &other], None)
                        }
                        _ => one(operation, &[&group], None),
                    }
                }
            };
            let mut call = self.0.begin(request, options)?;
            if number(numbers, 6).is_some() {
                call.settle_for_gone();
            }
            Ok(call)
        };
        match begin() {
            Ok(call) => Ok(JsCall::new(Rc::clone(&self.0), call, None)),
            Err(failed) => Err(failure(&failed, None)),
        }
    }

    /// A walk through the list of an operation. `texts` are the id of a group, `cursor`, those of [`PARAMETERS`] and the
    /// headers; `numbers` those of [`call_options`], then `limit`, then what need not be asked about `filter` (1: it was built
    /// here, so that its text is right; 2: nobody is to be warned of it) and, times 4, `search`.
    pub fn list(&self, operation: usize, texts: Vec<String>, numbers: &[f64]) -> Result<JsWalk, JsValue> {
        let operation = named(operation);
        let mut texts = Texts(texts.into_iter());
        let (group, cursor) = (texts.next(), texts.next());
        let values = PARAMETERS.map(|name| (name, texts.next()));
        let known = number(numbers, 7).unwrap_or(0.0) as u32;
        for (name, text) in &values {
            let (parameter, known) = match *name {
                "filter" => (Parameter::Filter, known),
                "search" => (Parameter::Search, known >> 2),
                _ => continue,
            };
            // Of members' parameters the documentation says too little to warn by.
            let warns = operation == Operation::ListGroups && known & 2 == 0;
            let Some(text) = text else { continue };
            if known & 1 == 0 || warns {
                let expr = read(text)?;
                if warns {
                    self.0.warn(&expr, parameter);
                }
            }
        }
        let first = || {
            let parameters = values.each_ref().map(|(name, value)| (*name, value.as_deref()));
            let limit = number(numbers, 6).map(|limit| limit as u32);
            if operation == Operation::ListGroups {
                return list(operation, &[], &parameters, limit);
            }
            let group = group.unwrap_or_default();
            check_id("groupId", &group)?;
            list(operation, &[&group], &parameters, limit)
        };
        let first = first().map_err(|error| argument_error(&error))?;
        match self.0.walk(first, cursor.as_deref()) {
            Ok(walk) => Ok(JsWalk::new(Rc::clone(&self.0), walk, call_options(numbers, texts))),
            Err(error) => Err(failure(&error.into(), None)),
        }
    }
}

impl JsClient {
    /// What is known of a bucket, if anything is.
    pub(super) fn rate_limit_of<T>(&self, bucket: &str, take: impl Fn(RateLimit<'_>) -> T) -> Option<T> {
        let mut found = None;
        self.0.limits().rate_limits(self.0.host().now(), &mut |limit| {
            if limit.bucket == bucket {
                found = Some(take(limit));
            }
        });
        found
    }
}

/// The operation of that number in the reference's order.
fn named(number: usize) -> Operation {
    Operation::ALL.get(number).copied().unwrap_or(Operation::ListGroups)
}

/// Texts in an order that both sides know; an empty one is none.
struct Texts(vec::IntoIter<String>);

impl Texts {
    fn next(&mut self) -> Option<String> {
        self.0.next().filter(|text| !text.is_empty())
    }
}

/// Headers, of names and values in turns.
pub(super) fn headers(mut texts: vec::IntoIter<String>) -> Vec<Header> {
    iter::from_fn(|| Some((texts.next()?, texts.next()?))).collect()
}

fn settings(
    mut texts: Texts,
    numbers: &[f64],
    reject_links: bool,
    session: bool,
    prevent: bool,
) -> Result<Settings, ArgumentError> {
    let defaults = Settings::new(OrgUrl::parse(&texts.next().unwrap_or_default())?);
    let org_name = texts.next().map(|name| OrgName::parse(&name)).transpose()?;
    let agent = texts.next();
    let CallOptions { timeout, total_timeout, retry, mut headers, .. } = call_options(numbers, texts);
    headers.iter().try_for_each(|(name, value)| check_own_header(name, value))?;
    if let Some(agent) = agent {
        check_header("userAgent", "user-agent", &agent)?;
        headers.push(("user-agent".to_owned(), agent));
    }
    let limit = defaults.rate_limit;
    Ok(Settings {
        timeout: timeout.unwrap_or(defaults.timeout),
        total_timeout: total_timeout.unwrap_or(defaults.total_timeout),
        max_response_bytes: number(numbers, 6).map_or(defaults.max_response_bytes, |bytes| bytes as u32),
        next_link: if reject_links { NextLink::Reject } else { NextLink::Rebase },
        retry: retry.unwrap_or(defaults.retry),
        rate_limit: RateLimitOptions {
            max_concurrency: number(numbers, 7).map_or(limit.max_concurrency, |count| count as u32),
            reserve: number(numbers, 8).unwrap_or(limit.reserve),
            session,
            prevent,
        },
        headers,
        org_name: org_name.unwrap_or(defaults.org_name),
        org: defaults.org,
    })
}

/// What a call was told besides its arguments: `timeout`, `totalTimeout`, `maxAttempts`, `baseDelay`, `maxDelay` and
/// `maxRateLimitWait`, where NaN is none. An option of `retry` that is left out is its default, if there is a `retry`: then
/// `maxAttempts` is a number, 0 for its default.
fn call_options(numbers: &[f64], rest: Texts) -> CallOptions {
    let millis = |at| number(numbers, at).map(|ms| Duration::from_millis(ms as u64));
    let defaults = RetryOptions::default();
    CallOptions {
        timeout: millis(0),
        total_timeout: millis(1),
        retry: number(numbers, 2).map(|attempts| RetryOptions {
            max_attempts: if attempts > 0.0 { attempts as u32 } else { defaults.max_attempts },
            base_delay: millis(3).unwrap_or(defaults.base_delay),
            max_delay: millis(4).unwrap_or(defaults.max_delay),
            max_rate_limit_wait: millis(5).unwrap_or(defaults.max_rate_limit_wait),
            budget: defaults.budget,
        }),
        headers: headers(rest.0),
        priority: Priority::default(),
    }
}

fn number(numbers: &[f64], at: usize) -> Option<f64> {
    numbers.get(at).copied().filter(|number| !number.is_nan())
}
