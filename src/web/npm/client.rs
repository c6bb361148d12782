//! The client that the npm package is made of. Each method reads its arguments, and returns a call, or a walk through the
//! pages of a list, for the package's JavaScript to run.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::call::{JsCall, JsWalk};
use super::errors::{argument_error, config_error, failure};
use super::expr::read;
use super::js::{Fields, credential_of, is_browser, profile_text};
use super::options::{Kind, Known, Options, text};
use super::platform::Npm;
use crate::client::{
    Call, CallOptions, Client, Failure, Settings, SharedLimits, check_header, check_own_header,
};
use crate::filter::{Expr, Parameter, check};
use crate::host::{Event, Platform};
use crate::org::OrgUrl;
use crate::page::NextLink;
use crate::policy::{RateLimitOptions, RetryOptions};
use crate::request::{
    ArgumentError, AssignUser, CreateGroup, DeleteGroup, GetGroup, GroupId, ListApps, ListGroups, ListUsers,
    MAX_LIMIT, ReplaceGroup, Request, SortOrder, UnassignUser, UserId,
};

const CLIENT_OPTIONS: Known = &[
    // A URL object is as good as its text.
    ("orgUrl", Kind::Any),
    ("auth", Kind::Object),
    ("fetch", Kind::Function),
    ("fetchOptions", Kind::Object),
    // Checked by whoever puts it around `fetch`.
    ("middleware", Kind::Any),
    ("headers", Kind::Object),
    ("timeout", Kind::Millis),
    ("totalTimeout", Kind::Millis),
    ("maxResponseBytes", Kind::Number(1, u32::MAX)),
    ("nextLink", Kind::OneOf(&["rebase", "reject"])),
    ("userAgent", Kind::Text),
    ("retry", Kind::Any),
    ("rateLimit", Kind::Any),
    ("onEvent", Kind::Function),
    ("dangerouslyAllowBrowser", Kind::Flag),
];
const RETRY_OPTIONS: Known = &[
    ("maxAttempts", Kind::Number(1, 100)),
    ("baseDelay", Kind::Millis),
    ("maxDelay", Kind::Millis),
    ("maxRateLimitWait", Kind::Millis),
];
const RATE_LIMIT_OPTIONS: Known =
    &[("maxConcurrency", Kind::Number(1, 1000)), ("reserve", Kind::Share), ("bucketOf", Kind::Function)];
const CALL_OPTIONS: Known = &[
    ("signal", Kind::Signal),
    ("timeout", Kind::Millis),
    ("totalTimeout", Kind::Millis),
    ("retry", Kind::Any),
    ("headers", Kind::Object),
];
const CREATE_OPTIONS: Known = &[("ifExists", Kind::OneOf(&["throw", "return"]))];
const REMOVE_OPTIONS: Known = &[("ifMissing", Kind::OneOf(&["throw", "ignore"]))];
const PAGE_OPTIONS: Known = &[
    ("limit", Kind::Number(1, MAX_LIMIT)),
    ("after", Kind::SomeText),
    ("cursor", Kind::Text),
    // Checked here, done by the list in JavaScript.
    ("prefetch", Kind::Number(0, 1)),
];
const LIST_GROUPS_OPTIONS: Known = &[
    ("q", Kind::SomeText),
    ("filter", Kind::SomeText),
    ("search", Kind::SomeText),
    ("expand", Kind::Any),
    ("sortBy", Kind::SomeText),
    ("sortOrder", Kind::OneOf(&["asc", "desc"])),
    ("fields", Kind::Any),
];
const LIST_USERS_OPTIONS: Known = &[("search", Kind::SomeText), ("expand", Kind::Any)];

thread_local! {
    static LIMITS: RefCell<SharedLimits> = RefCell::default();
}

/// The client behind `OktaGroups`.
#[wasm_bindgen(js_name = Client)]
pub struct JsClient(Rc<Client<Npm>>);

#[wasm_bindgen(js_class = Client)]
impl JsClient {
    /// Reads the options of `new OktaGroups(options)`.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue) -> Result<JsClient, JsValue> {
        client_of(options).map(|client| JsClient(Rc::new(client))).map_err(|error| config_error(&error))
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

    /// *Add a group*
    #[wasm_bindgen(js_name = createGroup)]
    pub fn create_group(&self, profile: &JsValue, options: &JsValue) -> Result<JsCall, JsValue> {
        self.start(options, CREATE_OPTIONS, &|client, options, call| {
            let json = profile_json(profile)?;
            if options.text("ifExists").as_deref() != Some("return") {
                return client.begin(CreateGroup { profile: json }.request(), call);
            }
            let name = Reflect::get(profile, &"name".into()).unwrap_or_default();
            Call::creating(client, json, &text("profile", &name)?, call)
        })
    }

    /// *Retrieve a group*
    #[wasm_bindgen(js_name = getGroup)]
    pub fn get_group(&self, group: &JsValue, options: &JsValue) -> Result<JsCall, JsValue> {
        self.call(options, &|| Ok(GetGroup { group: group_id(group)? }.request()))
    }

    /// *Replace a group*
    #[wasm_bindgen(js_name = replaceGroup)]
    pub fn replace_group(
        &self,
        group: &JsValue,
        profile: &JsValue,
        options: &JsValue,
    ) -> Result<JsCall, JsValue> {
        self.call(options, &|| {
            Ok(ReplaceGroup { group: group_id(group)?, profile: profile_json(profile)? }.request())
        })
    }

    /// *Delete a group*
    #[wasm_bindgen(js_name = deleteGroup)]
    pub fn delete_group(&self, group: &JsValue, options: &JsValue) -> Result<JsCall, JsValue> {
        self.remove(options, &|| Ok(DeleteGroup { group: group_id(group)? }.request()))
    }

    /// *Assign a user to a group*
    #[wasm_bindgen(js_name = assignUser)]
    pub fn assign_user(&self, group: &JsValue, user: &JsValue, options: &JsValue) -> Result<JsCall, JsValue> {
        self.call(options, &|| Ok(AssignUser { group: group_id(group)?, user: user_id(user)? }.request()))
    }

    /// *Unassign a user from a group*
    #[wasm_bindgen(js_name = unassignUser)]
    pub fn unassign_user(
        &self,
        group: &JsValue,
        user: &JsValue,
        options: &JsValue,
    ) -> Result<JsCall, JsValue> {
        self.remove(options, &|| Ok(UnassignUser { group: group_id(group)?, user: user_id(user)? }.request()))
    }

    /// *List all groups*
    #[wasm_bindgen(js_name = listGroups)]
    pub fn list_groups(&self, options: &JsValue) -> Result<JsWalk, JsValue> {
        for parameter in [Parameter::Filter, Parameter::Search] {
            if let Some(expr) = expression(options, parameter.as_str())? {
                check(&expr, parameter)
                    .iter()
                    .for_each(|warning| self.0.host().event(&Event::Warning(warning)));
            }
        }
        self.walk(options, LIST_GROUPS_OPTIONS, &|options| {
            ListGroups {
                q: options.text("q"),
                filter: options.text("filter"),
                search: options.text("search"),
                after: options.text("after"),
                limit: options.whole("limit"),
                expand: options.names("expand")?,
                sort_by: options.text("sortBy"),
                sort_order: options.text("sortOrder").map(|order| match order.as_str() {
                    "desc" => SortOrder::Desc,
                    _ => SortOrder::Asc,
                }),
                fields: options.names("fields")?,
            }
            .request()
        })
    }

    /// *List all member users*
    #[wasm_bindgen(js_name = listUsers)]
    pub fn list_users(&self, group: &JsValue, options: &JsValue) -> Result<JsWalk, JsValue> {
        expression(options, "search")?;
        self.walk(options, LIST_USERS_OPTIONS, &|options| {
            ListUsers {
                group: group_id(group)?,
                search: options.text("search"),
                after: options.text("after"),
                limit: options.whole("limit"),
                expand: options.names("expand")?,
            }
            .request()
        })
    }

    /// *List all assigned applications*
    #[wasm_bindgen(js_name = listApps)]
    pub fn list_apps(&self, group: &JsValue, options: &JsValue) -> Result<JsWalk, JsValue> {
        self.walk(options, &[], &|options| {
            ListApps { group: group_id(group)?, after: options.text("after"), limit: options.whole("limit") }
                .request()
        })
    }
}

type Begun = Result<Call<Npm>, Failure<Npm>>;

impl JsClient {
    fn call(&self, options: &JsValue, request: &dyn Fn() -> Read<Request>) -> Result<JsCall, JsValue> {
        self.start(options, &[], &|client, _, call| client.begin(request()?, call))
    }

    fn remove(&self, options: &JsValue, request: &dyn Fn() -> Read<Request>) -> Result<JsCall, JsValue> {
        self.start(options, REMOVE_OPTIONS, &|client, options, call| {
            let call = client.begin(request()?, call)?;
            Ok(if options.text("ifMissing").as_deref() == Some("ignore") { call.until_gone() } else { call })
        })
    }

    // Not generic, as are those above: one copy of each serves all methods.

    fn start(
        &self,
        options: &JsValue,
        own: Known,
        begin: &dyn Fn(&Client<Npm>, &Options, CallOptions) -> Begun,
    ) -> Result<JsCall, JsValue> {
        let begun = Options::new(options, "options", &[own, CALL_OPTIONS])
            .and_then(|options| Ok((call_options(&options)?, options)))
            .map_err(Failure::from)
            .and_then(|(call, options)| begin(&self.0, &options, call));
        match begun {
            Ok(call) => Ok(JsCall::new(Rc::clone(&self.0), call, None)),
            Err(failed) => Err(failure(&failed, None)),
        }
    }

    fn walk(
        &self,
        options: &JsValue,
        own: Known,
        request: &dyn Fn(&Options) -> Read<Request>,
    ) -> Result<JsWalk, JsValue> {
        let known = [own, PAGE_OPTIONS, CALL_OPTIONS];
        let read = Options::new(options, "options", &known)
            .and_then(|options| Ok((request(&options)?, options.text("cursor"), call_options(&options)?)));
        let (first, cursor, call) = read.map_err(|error| argument_error(&error))?;
        match self.0.walk(first, cursor.as_deref()) {
            Ok(walk) => Ok(JsWalk::new(Rc::clone(&self.0), walk, call)),
            Err(error) => Err(failure(&error.into(), cursor)),
        }
    }
}

type Read<T> = Result<T, ArgumentError>;

/// What a call was told besides its arguments; its signal is minded in JavaScript.
fn call_options(options: &Options) -> Read<CallOptions> {
    Ok(CallOptions {
        timeout: options.millis("timeout"),
        total_timeout: options.millis("totalTimeout"),
        retry: retry_options(options)?,
        headers: options.headers("headers")?,
    })
}

fn client_of(options: &JsValue) -> Read<Client<Npm>> {
    let options = Options::new(options, "options", &[CLIENT_OPTIONS])?;
    let org_url = match options.get("orgUrl") {
        None => return Err(missing("orgUrl")),
        Some(url) if url.is_object() => url.unchecked_ref::<Object>().to_string().into(),
        Some(url) => text("orgUrl", url)?,
    };
    let org = OrgUrl::parse(&org_url)?;
    let Some(auth) = options.object::<Object>("auth") else { return Err(missing("auth")) };
    let has_authorize =
        Reflect::get(&auth, &"authorize".into()).is_ok_and(|authorize| authorize.is_function());
    if !has_authorize {
        return Err(ArgumentError::new("auth", "must be an object with authorize(), as bearer() gives"));
    }
    let kind = Reflect::get(&auth, &"kind".into()).ok().and_then(|kind| kind.as_string());
    if kind.as_deref() == Some("ssws") && is_browser() && !options.flag("dangerouslyAllowBrowser") {
        let reason = "is an API token, and whoever opens the page can read it: use bearer(), \
                      a proxy of your own, or dangerouslyAllowBrowser";
        return Err(ArgumentError::new("auth", reason));
    }
    let defaults = Settings::new(org);
    let mut headers = options.headers("headers")?;
    headers.iter().try_for_each(|(name, value)| check_own_header(name, value))?;
    if let Some(agent) = options.text("userAgent") {
        check_header("userAgent", "user-agent", &agent)?;
        headers.push(("user-agent".to_owned(), agent));
    }
    let (rate_limit, bucket_of) = rate_limit_options(&options)?;
    let settings = Settings {
        timeout: options.millis("timeout").unwrap_or(defaults.timeout),
        total_timeout: options.millis("totalTimeout").unwrap_or(defaults.total_timeout),
        max_response_bytes: options.whole("maxResponseBytes").unwrap_or(defaults.max_response_bytes),
        next_link: match options.text("nextLink").as_deref() {
            Some("reject") => NextLink::Reject,
            _ => NextLink::Rebase,
        },
        retry: retry_options(&options)?.unwrap_or(defaults.retry),
        rate_limit,
        headers,
        org: defaults.org,
    };
    let credential = credential_of(&auth);
    let host = Npm::new(auth, options.object("onEvent"), bucket_of, settings.org.origin());
    let limits = LIMITS
        .with_borrow_mut(|shared| shared.of(&settings.org, credential, settings.rate_limit, &settings.retry));
    Ok(Client::sharing(host, settings, limits))
}

/// `retry: false` is no retry of any kind.
fn retry_options(options: &Options) -> Read<Option<RetryOptions>> {
    let Some(given) = options.get("retry") else { return Ok(None) };
    if given.is_falsy() && given.as_bool().is_some() {
        return Ok(Some(RetryOptions::none()));
    }
    let given = Options::new(given, "retry", &[RETRY_OPTIONS])?;
    let defaults = RetryOptions::default();
    Ok(Some(RetryOptions {
        max_attempts: given.whole("maxAttempts").unwrap_or(defaults.max_attempts),
        base_delay: given.millis("baseDelay").unwrap_or(defaults.base_delay),
        max_delay: given.millis("maxDelay").unwrap_or(defaults.max_delay),
        max_rate_limit_wait: given.millis("maxRateLimitWait").unwrap_or(defaults.max_rate_limit_wait),
        budget: defaults.budget,
    }))
}

/// `rateLimit: false` holds nothing back before the org refuses it.
fn rate_limit_options(options: &Options) -> Read<(RateLimitOptions, Option<Function>)> {
    let defaults = RateLimitOptions {
        max_concurrency: if is_browser() { 6 } else { RateLimitOptions::default().max_concurrency },
        ..RateLimitOptions::default()
    };
    let Some(given) = options.get("rateLimit") else { return Ok((defaults, None)) };
    if given.is_falsy() && given.as_bool().is_some() {
        return Ok((RateLimitOptions { prevent: false, ..defaults }, None));
    }
    let given = Options::new(given, "rateLimit", &[RATE_LIMIT_OPTIONS])?;
    let read = RateLimitOptions {
        max_concurrency: given.whole("maxConcurrency").unwrap_or(defaults.max_concurrency),
        reserve: given.number("reserve").unwrap_or(defaults.reserve),
        ..defaults
    };
    Ok((read, given.object("bucketOf")))
}

fn missing(key: &'static str) -> ArgumentError {
    ArgumentError::new(key, "is missing")
}

/// The expression in an option, so that what is wrong with it is known before anything is sent. What is no text, or
/// none, is told where the option is read.
fn expression(options: &JsValue, key: &str) -> Result<Option<Expr>, JsValue> {
    let own = options.is_object() && Object::has_own(options.unchecked_ref::<Object>(), &key.into());
    let given = own.then(|| Reflect::get(options, &key.into()).ok()).flatten();
    match given.and_then(|text| text.as_string()).filter(|text| !text.is_empty()) {
        Some(text) => read(&text).map(Some),
        None => Ok(None),
    }
}

fn group_id(value: &JsValue) -> Read<GroupId> {
    GroupId::new(text("groupId", value)?)
}

fn user_id(value: &JsValue) -> Read<UserId> {
    UserId::new(text("userId", value)?)
}

fn profile_json(profile: &JsValue) -> Read<String> {
    profile_text(profile).map_err(|reason| {
        ArgumentError::new(
            "profile",
            reason.as_string().unwrap_or_else(|| "cannot be written as JSON".to_owned()),
        )
    })
}
