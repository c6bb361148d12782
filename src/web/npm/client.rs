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
use crate::client::{
    Call, CallOptions, Client, Failure, Settings, SharedLimits, check_header, check_own_header,
};
use crate::error::Error;
use crate::filter::{Parameter, check};
use crate::host::{Event, Platform};
use crate::org::OrgUrl;
use crate::page::NextLink;
use crate::policy::{RateLimitOptions, RetryOptions};
use crate::request::{
    ArgumentError, AssignUser, CreateGroup, DeleteGroup, GetGroup, GroupId, ListApps, ListGroups, ListUsers,
    ReplaceGroup, Request, SortOrder, UnassignUser, UserId,
};

thread_local! {
    static LIMITS: RefCell<SharedLimits> = RefCell::default();
}

/// The client behind `OktaGroups`.
#[wasm_bindgen(js_name = Client)]
pub struct JsClient(Rc<Client<Npm>>);

#[wasm_bindgen(js_class = Client)]
impl JsClient {
    /// `credential` is the number of the one that `auth` gives; `numbers` are those of a call, then the most bytes of a
    /// body, the most requests at once and the share of each limit to leave to others.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::too_many_arguments, reason = "an object of them would be read property by property")]
    pub fn new(
        org_url: &str,
        auth: Object,
        credential: u32,
        numbers: &[f64],
        headers: Vec<String>,
        user_agent: Option<String>,
        reject_links: bool,
        session: bool,
        prevent: bool,
        bucket_of: Option<Function>,
        on_event: Option<Function>,
    ) -> Result<JsClient, JsValue> {
        let settings = || {
            let defaults = Settings::new(OrgUrl::parse(org_url)?);
            let call = call_options(numbers, headers);
            let mut headers = call.headers;
            for (name, value) in &headers {
                check_own_header(name, value)?;
            }
            if let Some(agent) = user_agent {
                check_header("userAgent", "user-agent", &agent)?;
                headers.push(("user-agent".to_owned(), agent));
            }
            let number = |at| number(numbers, at);
            let limit = defaults.rate_limit;
            Ok(Settings {
                timeout: call.timeout.unwrap_or(defaults.timeout),
                total_timeout: call.total_timeout.unwrap_or(defaults.total_timeout),
                max_response_bytes: number(6).map_or(defaults.max_response_bytes, |bytes| bytes as u32),
                next_link: if reject_links { NextLink::Reject } else { NextLink::Rebase },
                retry: call.retry.unwrap_or(defaults.retry),
                rate_limit: RateLimitOptions {
                    max_concurrency: number(7).map_or(limit.max_concurrency, |count| count as u32),
                    reserve: number(8).unwrap_or(limit.reserve),
                    session,
                    prevent,
                },
                headers,
                org: defaults.org,
            })
        };
        let settings: Settings = settings().map_err(|error| config_error(&error))?;
        let host = Npm::new(auth, on_event, bucket_of, settings.org.origin());
        let limits = LIMITS.with_borrow_mut(|shared| {
            shared.of(&settings.org, credential, settings.rate_limit, &settings.retry)
        });
        Ok(JsClient(Rc::new(Client::sharing(host, settings, limits))))
    }

    /// The last known state of each rate-limit bucket, as `[name, state]` pairs.
    #[wasm_bindgen(js_name = rateLimits)]
    pub fn rate_limits(&self) -> Array {
        let entries = Array::new();
        self.0.limits().rate_limits(|limit| {
            let state = Fields::new()
                .set("bucket", limit.bucket)
                .set("limit", limit.limit)
                .set("remaining", limit.remaining)
                .set("resetAt", limit.reset_at as f64)
                .set("inFlight", limit.in_flight)
                .set("kind", limit.kind.as_str());
            entries.push(&Array::of2(&limit.bucket.into(), &state.0));
        });
        entries
    }

    /// *Add a group*; with `name`, the group of that name will do.
    #[wasm_bindgen(js_name = createGroup)]
    pub fn create_group(
        &self,
        profile: String,
        name: Option<String>,
        numbers: &[f64],
        headers: Vec<String>,
    ) -> Result<JsCall, JsValue> {
        let options = call_options(numbers, headers);
        self.started(match name {
            Some(name) => Call::creating(&self.0, profile, &name, options),
            None => self.0.begin(CreateGroup { profile }.request(), options),
        })
    }

    /// *Retrieve a group*
    #[wasm_bindgen(js_name = getGroup)]
    pub fn get_group(&self, group: &str, numbers: &[f64], headers: Vec<String>) -> Result<JsCall, JsValue> {
        self.start(GroupId::new(group).map(|group| GetGroup { group }.request()), false, numbers, headers)
    }

    /// *Replace a group*
    #[wasm_bindgen(js_name = replaceGroup)]
    pub fn replace_group(
        &self,
        group: &str,
        profile: String,
        numbers: &[f64],
        headers: Vec<String>,
    ) -> Result<JsCall, JsValue> {
        let request = GroupId::new(group).map(|group| ReplaceGroup { group, profile }.request());
        self.start(request, false, numbers, headers)
    }

    /// *Delete a group*; `ignore` one that is missing.
    #[wasm_bindgen(js_name = deleteGroup)]
    pub fn delete_group(
        &self,
        group: &str,
        ignore: bool,
        numbers: &[f64],
        headers: Vec<String>,
    ) -> Result<JsCall, JsValue> {
        self.start(GroupId::new(group).map(|group| DeleteGroup { group }.request()), ignore, numbers, headers)
    }

    /// *Assign a user to a group*
    #[wasm_bindgen(js_name = assignUser)]
    pub fn assign_user(
        &self,
        group: &str,
        user: &str,
        numbers: &[f64],
        headers: Vec<String>,
    ) -> Result<JsCall, JsValue> {
        let request = ids(group, user).map(|(group, user)| AssignUser { group, user }.request());
        self.start(request, false, numbers, headers)
    }

    /// *Unassign a user from a group*; `ignore` one that is missing.
    #[wasm_bindgen(js_name = unassignUser)]
    pub fn unassign_user(
        &self,
        group: &str,
        user: &str,
        ignore: bool,
        numbers: &[f64],
        headers: Vec<String>,
    ) -> Result<JsCall, JsValue> {
        let request = ids(group, user).map(|(group, user)| UnassignUser { group, user }.request());
        self.start(request, ignore, numbers, headers)
    }

    /// *List all groups*. `texts` are `q`, `filter`, `search`, `sortBy`, `sortOrder`, `after` and `cursor`; one that is
    /// empty is none.
    #[wasm_bindgen(js_name = listGroups)]
    #[allow(clippy::too_many_arguments, reason = "an object of them would be read property by property")]
    pub fn list_groups(
        &self,
        texts: Vec<String>,
        expand: Vec<String>,
        fields: Vec<String>,
        limit: Option<u32>,
        numbers: &[f64],
        headers: Vec<String>,
    ) -> Result<JsWalk, JsValue> {
        let mut texts = Texts(texts.into_iter());
        let list = ListGroups {
            q: texts.next(),
            filter: texts.next(),
            search: texts.next(),
            sort_by: texts.next(),
            sort_order: texts.next().map(|order| match order.as_str() {
                "desc" => SortOrder::Desc,
                _ => SortOrder::Asc,
            }),
            after: texts.next(),
            limit,
            expand,
            fields,
        };
        for (parameter, text) in [(Parameter::Filter, &list.filter), (Parameter::Search, &list.search)] {
            if let Some(text) = text {
                for warning in check(&read(text)?, parameter) {
                    self.0.host().event(&Event::Warning(&warning));
                }
            }
        }
        self.walk(list.request(), texts.next(), numbers, headers)
    }

    /// *List all member users*. `texts` are `search`, `after` and `cursor`.
    #[wasm_bindgen(js_name = listUsers)]
    pub fn list_users(
        &self,
        group: &str,
        texts: Vec<String>,
        expand: Vec<String>,
        limit: Option<u32>,
        numbers: &[f64],
        headers: Vec<String>,
    ) -> Result<JsWalk, JsValue> {
        let mut texts = Texts(texts.into_iter());
        let (search, after) = (texts.next(), texts.next());
        if let Some(search) = &search {
            read(search)?;
        }
        let request =
            GroupId::new(group).and_then(|group| ListUsers { group, search, after, limit, expand }.request());
        self.walk(request, texts.next(), numbers, headers)
    }

    /// *List all assigned applications*. `texts` are `after` and `cursor`.
    #[wasm_bindgen(js_name = listApps)]
    pub fn list_apps(
        &self,
        group: &str,
        texts: Vec<String>,
        limit: Option<u32>,
        numbers: &[f64],
        headers: Vec<String>,
    ) -> Result<JsWalk, JsValue> {
        let mut texts = Texts(texts.into_iter());
        let after = texts.next();
        let request = GroupId::new(group).and_then(|group| ListApps { group, after, limit }.request());
        self.walk(request, texts.next(), numbers, headers)
    }
}

type Read<T> = Result<T, ArgumentError>;

impl JsClient {
    fn start(
        &self,
        request: Read<Request>,
        ignore_missing: bool,
        numbers: &[f64],
        headers: Vec<String>,
    ) -> Result<JsCall, JsValue> {
        let options = call_options(numbers, headers);
        let begun = request.map_err(Failure::from).and_then(|request| self.0.begin(request, options));
        self.started(begun.map(|mut call| {
            if ignore_missing {
                call.settle_for_gone();
            }
            call
        }))
    }

    fn started(&self, begun: Result<Call<Npm>, Failure<Npm>>) -> Result<JsCall, JsValue> {
        match begun {
            Ok(call) => Ok(JsCall::new(Rc::clone(&self.0), call, None)),
            Err(failed) => Err(failure(&failed, None)),
        }
    }

    fn walk(
        &self,
        first: Read<Request>,
        cursor: Option<String>,
        numbers: &[f64],
        headers: Vec<String>,
    ) -> Result<JsWalk, JsValue> {
        let first = first.map_err(|error| argument_error(&error))?;
        match self.0.walk(first, cursor.as_deref()) {
            Ok(walk) => Ok(JsWalk::new(Rc::clone(&self.0), walk, call_options(numbers, headers))),
            Err(error) => Err(failure(&Error::Pagination(error.reason).into(), cursor)),
        }
    }
}

/// Texts in an order that both sides know.
struct Texts(vec::IntoIter<String>);

impl Texts {
    fn next(&mut self) -> Option<String> {
        self.0.next().filter(|text| !text.is_empty())
    }
}

/// What a call was told besides its arguments: `timeout`, `totalTimeout`, `maxAttempts`, `baseDelay`, `maxDelay` and
/// `maxRateLimitWait`, where NaN is none. An option of `retry` that is left out is its default, if there is a `retry`: then
/// `maxAttempts` is a number, 0 for its default.
fn call_options(numbers: &[f64], headers: Vec<String>) -> CallOptions {
    let millis = |at| number(numbers, at).map(|ms| Duration::from_millis(ms as u64));
    let defaults = RetryOptions::default();
    let mut headers = headers.into_iter();
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
        headers: iter::from_fn(|| Some((headers.next()?, headers.next()?))).collect(),
    }
}

fn number(numbers: &[f64], at: usize) -> Option<f64> {
    numbers.get(at).copied().filter(|number| !number.is_nan())
}

fn ids(group: &str, user: &str) -> Read<(GroupId, UserId)> {
    Ok((GroupId::new(group)?, UserId::new(user)?))
}
