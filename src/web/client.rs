//! The classes that the npm package is made of. Each method reads its arguments, and returns a Promise of
//! `{ data, response }`; the package's JavaScript gives them their final shape.

use std::cell::RefCell;
use std::rc::Rc;

use futures_lite::future;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use web_sys::AbortSignal;

use super::errors::{abort_error, argument_error, config_error, failure};
use super::host::{Aborted, AuthSource, WebHost, meta_to_js};
use super::js::{merge_profile, page, profile_text, reply};
use super::options::{Options, text};
use crate::client::{CallOptions, Client, Failure, Reply, Settings, check_header};
use crate::error::Error;
use crate::org::OrgUrl;
use crate::page::{NextLink, Pager};
use crate::request::{
    ArgumentError, AssignUser, CreateGroup, DeleteGroup, GetGroup, GroupId, ListApps, ListGroups, ListUsers,
    MAX_LIMIT, ReplaceGroup, Request, SortOrder, UnassignUser, UserId,
};

const CLIENT_OPTIONS: &[&str] = &[
    "orgUrl",
    "auth",
    "fetch",
    "fetchOptions",
    "headers",
    "timeout",
    "totalTimeout",
    "maxResponseBytes",
    "nextLink",
    "userAgent",
];
const CALL_OPTIONS: &[&str] = &["signal", "timeout", "totalTimeout", "headers"];
const PAGE_OPTIONS: &[&str] = &["limit", "after", "cursor"];
const LIST_GROUPS_OPTIONS: &[&str] = &["q", "filter", "search", "expand", "sortBy", "sortOrder", "fields"];
const LIST_USERS_OPTIONS: &[&str] = &["search", "expand"];

/// The client behind `OktaGroups`.
#[wasm_bindgen(js_name = Client)]
pub struct JsClient(Rc<Client<WebHost>>);

#[wasm_bindgen(js_class = Client)]
impl JsClient {
    /// Reads the options of `new OktaGroups(options)`; `fetch` is the platform's, for when they name none.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue, fetch: &JsValue) -> Result<JsClient, JsValue> {
        client_of(options, fetch)
            .map(|client| JsClient(Rc::new(client)))
            .map_err(|error| config_error(&error))
    }

    /// *Add a group*
    #[wasm_bindgen(js_name = createGroup)]
    pub fn create_group(&self, profile: &JsValue, options: &JsValue) -> Promise {
        self.call(options, || Ok(CreateGroup { profile: profile_json(profile)? }.request()))
    }

    /// *Retrieve a group*
    #[wasm_bindgen(js_name = getGroup)]
    pub fn get_group(&self, group: &JsValue, options: &JsValue) -> Promise {
        self.call(options, || Ok(GetGroup { group: group_id(group)? }.request()))
    }

    /// *Replace a group*
    #[wasm_bindgen(js_name = replaceGroup)]
    pub fn replace_group(&self, group: &JsValue, profile: &JsValue, options: &JsValue) -> Promise {
        self.call(options, || {
            Ok(ReplaceGroup { group: group_id(group)?, profile: profile_json(profile)? }.request())
        })
    }

    /// *Retrieve a group*, then *Replace a group* with the attributes of `patch` changed and all others kept.
    #[wasm_bindgen(js_name = updateGroup)]
    pub fn update_group(&self, group: &JsValue, patch: &JsValue, options: &JsValue) -> Promise {
        let prepared = (|| {
            // Refuses a patch that cannot be sent before anything is.
            profile_json(patch)?;
            Ok((group_id(group)?, Call::of(options, &[CALL_OPTIONS])?))
        })();
        let (client, patch) = (Rc::clone(&self.0), patch.clone());
        settle(prepared, move |(group, call): (GroupId, Call)| async move {
            let merge = |current: &JsValue| profile_json(&merge_profile(current, &patch));
            call.run(client.update(group, merge, &call.options)).await.map(|reply| reply_to_js(&reply))
        })
    }

    /// *Delete a group*
    #[wasm_bindgen(js_name = deleteGroup)]
    pub fn delete_group(&self, group: &JsValue, options: &JsValue) -> Promise {
        self.call(options, || Ok(DeleteGroup { group: group_id(group)? }.request()))
    }

    /// *Assign a user to a group*
    #[wasm_bindgen(js_name = assignUser)]
    pub fn assign_user(&self, group: &JsValue, user: &JsValue, options: &JsValue) -> Promise {
        self.call(options, || Ok(AssignUser { group: group_id(group)?, user: user_id(user)? }.request()))
    }

    /// *Unassign a user from a group*
    #[wasm_bindgen(js_name = unassignUser)]
    pub fn unassign_user(&self, group: &JsValue, user: &JsValue, options: &JsValue) -> Promise {
        self.call(options, || Ok(UnassignUser { group: group_id(group)?, user: user_id(user)? }.request()))
    }

    /// *List all groups*
    #[wasm_bindgen(js_name = listGroups)]
    pub fn list_groups(&self, options: &JsValue) -> Result<Walk, JsValue> {
        self.walk(options, LIST_GROUPS_OPTIONS, |options| {
            ListGroups {
                q: options.some_text("q")?,
                filter: options.some_text("filter")?,
                search: options.some_text("search")?,
                after: options.some_text("after")?,
                limit: options.number("limit", 1, MAX_LIMIT)?,
                expand: options.names("expand")?,
                sort_by: options.some_text("sortBy")?,
                sort_order: options
                    .choice("sortOrder", &[("asc", SortOrder::Asc), ("desc", SortOrder::Desc)])?,
                fields: options.names("fields")?,
            }
            .request()
        })
    }

    /// *List all member users*
    #[wasm_bindgen(js_name = listUsers)]
    pub fn list_users(&self, group: &JsValue, options: &JsValue) -> Result<Walk, JsValue> {
        self.walk(options, LIST_USERS_OPTIONS, |options| {
            ListUsers {
                group: group_id(group)?,
                search: options.some_text("search")?,
                after: options.some_text("after")?,
                limit: options.number("limit", 1, MAX_LIMIT)?,
                expand: options.names("expand")?,
            }
            .request()
        })
    }

    /// *List all assigned applications*
    #[wasm_bindgen(js_name = listApps)]
    pub fn list_apps(&self, group: &JsValue, options: &JsValue) -> Result<Walk, JsValue> {
        self.walk(options, &[], |options| {
            ListApps {
                group: group_id(group)?,
                after: options.some_text("after")?,
                limit: options.number("limit", 1, MAX_LIMIT)?,
            }
            .request()
        })
    }
}

impl JsClient {
    fn call(&self, options: &JsValue, request: impl FnOnce() -> Read<Request>) -> Promise {
        let prepared = (|| Ok((request()?, Call::of(options, &[CALL_OPTIONS])?)))();
        let client = Rc::clone(&self.0);
        settle(prepared, move |(request, call): (Request, Call)| async move {
            call.run(client.call(&request, &call.options)).await.map(|reply| reply_to_js(&reply))
        })
    }

    fn walk(
        &self,
        options: &JsValue,
        own: &'static [&'static str],
        request: impl FnOnce(&Options) -> Read<Request>,
    ) -> Result<Walk, JsValue> {
        let known = [own, PAGE_OPTIONS, CALL_OPTIONS];
        let read = || {
            let options = Options::new(options, "options", &known)?;
            Ok((request(&options)?, options.some_text("cursor")?, Call::from_options(&options)?))
        };
        let (first, cursor, call) = read().map_err(|error| argument_error(&error))?;
        let rule = self.0.settings().next_link;
        let pager = match cursor {
            None => Pager::new(first, rule),
            Some(cursor) => Pager::resume(first, &cursor, rule)
                .map_err(|error| failure(Error::Pagination(error.reason).into(), Some(cursor)))?,
        };
        Ok(Walk {
            client: Rc::clone(&self.0),
            call: Rc::new(call),
            pager: Rc::new(RefCell::new(Some(pager))),
        })
    }
}

/// A walk through the pages of a list, one at a time.
#[wasm_bindgen]
pub struct Walk {
    client: Rc<Client<WebHost>>,
    call: Rc<Call>,
    /// Away while a page is being read.
    pager: Rc<RefCell<Option<Pager>>>,
}

#[wasm_bindgen]
impl Walk {
    /// The next page, or `undefined` at the end. After an error the walk stays at the page that failed.
    pub fn next(&self) -> Promise {
        let (client, call, place) = (Rc::clone(&self.client), Rc::clone(&self.call), Rc::clone(&self.pager));
        future_to_promise(async move {
            let taken = place.borrow_mut().take();
            let Some(mut pager) = taken else {
                return Err(argument_error(&ArgumentError {
                    argument: "next",
                    reason: "was called while a page is being read".to_owned(),
                }));
            };
            let read = call.run_page(client.page(&mut pager, &call.options)).await;
            let result = match read {
                Ok(None) => Ok(JsValue::UNDEFINED),
                Ok(Some(reply)) => Ok(page(
                    &reply.body.unwrap_or(JsValue::UNDEFINED),
                    pager.cursor(),
                    &meta_to_js(&reply.meta),
                )),
                Err(fail) => Err(fail.into_js(pager.cursor())),
            };
            *place.borrow_mut() = Some(pager);
            result
        })
    }
}

type Read<T> = Result<T, ArgumentError>;

/// What a call was told besides its arguments.
struct Call {
    options: CallOptions,
    signal: Option<AbortSignal>,
}

/// Why a call ended early.
enum Stop {
    Aborted(JsValue),
    Failed(Failure<WebHost>),
}

impl Stop {
    fn into_js(self, cursor: Option<String>) -> JsValue {
        match self {
            Stop::Aborted(reason) => abort_error(reason),
            Stop::Failed(fail) => failure(fail, cursor),
        }
    }
}

impl Call {
    fn of(options: &JsValue, known: &[&'static [&'static str]]) -> Read<Self> {
        Call::from_options(&Options::new(options, "options", known)?)
    }

    fn from_options(options: &Options) -> Read<Self> {
        Ok(Call {
            options: CallOptions {
                timeout: options.millis("timeout")?,
                total_timeout: options.millis("totalTimeout")?,
                headers: options.headers("headers")?,
            },
            signal: options.signal("signal")?,
        })
    }

    /// Runs `work` unless, or until, the call is aborted: dropping it cancels whatever it waits for.
    async fn run_page<T>(&self, work: impl Future<Output = Result<T, Failure<WebHost>>>) -> Result<T, Stop> {
        let work = async { work.await.map_err(Stop::Failed) };
        match &self.signal {
            None => work.await,
            Some(signal) => {
                let aborted = Aborted::new(signal.clone());
                future::or(async { Err(Stop::Aborted(aborted.await)) }, work).await
            }
        }
    }

    async fn run<T>(&self, work: impl Future<Output = Result<T, Failure<WebHost>>>) -> Result<T, JsValue> {
        self.run_page(work).await.map_err(|stop| stop.into_js(None))
    }
}

/// A Promise of what `work` makes of the prepared arguments, or of the argument error.
fn settle<A: 'static, F>(prepared: Read<A>, work: impl FnOnce(A) -> F + 'static) -> Promise
where
    F: Future<Output = Result<JsValue, JsValue>> + 'static,
{
    match prepared {
        Ok(arguments) => future_to_promise(work(arguments)),
        Err(error) => Promise::reject(&argument_error(&error)),
    }
}

fn reply_to_js(answer: &Reply<WebHost>) -> JsValue {
    reply(answer.body.as_ref().unwrap_or(&JsValue::UNDEFINED), &meta_to_js(&answer.meta))
}

fn client_of(options: &JsValue, fetch: &JsValue) -> Read<Client<WebHost>> {
    let options = Options::new(options, "options", &[CLIENT_OPTIONS])?;
    let org_url = match options.get("orgUrl") {
        // A URL object is as good as its text.
        Some(url) if url.is_object() => Some(String::from(url.unchecked_into::<Object>().to_string())),
        _ => options.text("orgUrl")?,
    };
    let Some(org_url) = org_url else { return Err(missing("orgUrl")) };
    let org = OrgUrl::parse(&org_url)?;
    let Some(auth) = options.object("auth")? else { return Err(missing("auth")) };
    let has_authorize =
        Reflect::get(&auth, &"authorize".into()).is_ok_and(|authorize| authorize.is_function());
    if !has_authorize {
        return Err(ArgumentError {
            argument: "auth",
            reason: "must be what bearer() or ssws() gives, or an object with authorize()".to_owned(),
        });
    }
    let fetch = match options.function("fetch")? {
        Some(fetch) => fetch,
        None => fetch.clone().dyn_into::<Function>().map_err(|_| missing("fetch"))?,
    };
    let defaults = Settings::new(org);
    let mut headers = options.headers("headers")?;
    if let Some(agent) = options.text("userAgent")? {
        check_header("userAgent", "user-agent", &agent)?;
        headers.push(("user-agent".to_owned(), agent));
    }
    let settings = Settings {
        timeout: options.millis("timeout")?.unwrap_or(defaults.timeout),
        total_timeout: options.millis("totalTimeout")?.unwrap_or(defaults.total_timeout),
        max_response_bytes: options
            .number("maxResponseBytes", 1, u32::MAX)?
            .unwrap_or(defaults.max_response_bytes),
        next_link: options
            .choice("nextLink", &[("rebase", NextLink::Rebase), ("reject", NextLink::Reject)])?
            .unwrap_or_default(),
        headers,
        org: defaults.org,
    };
    let fetch_options = options.object("fetchOptions")?;
    let host = WebHost::new(fetch, fetch_options, AuthSource(auth), settings.org.origin());
    Ok(Client::new(host, settings))
}

fn missing(key: &'static str) -> ArgumentError {
    ArgumentError { argument: key, reason: "is missing".to_owned() }
}

fn group_id(value: &JsValue) -> Read<GroupId> {
    GroupId::new(text("groupId", value)?)
}

fn user_id(value: &JsValue) -> Read<UserId> {
    UserId::new(text("userId", value)?)
}

fn profile_json(profile: &JsValue) -> Read<String> {
    profile_text(profile).map_err(|reason| ArgumentError {
        argument: "profile",
        reason: reason.as_string().unwrap_or_else(|| "cannot be written as JSON".to_owned()),
    })
}
