//! Answers the requests outside of the API by which a console shows and changes the org's size, seed, limits and faults.
//!
//! | request | answer |
//! |---|---|
//! | `GET /local-org` | the state: `groups`, `users`, `seed`, `rules`, `owners`, `rateLimit`, `faults` |
//! | `PUT /local-org` | the new state: the org's content is made again with the members in the body and the others as they were |
//! | `PUT /local-org/faults` | the new state, with these faults only; each rule counts from the start |
//!
//! These requests need no token, and no fault strikes them. Pages of other origins change nothing: a change must be JSON by
//! its `Content-Type`, the org answers no preflight, and an `Origin` must equal the `Host`.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::fault_options::FaultOptions;
use crate::given;
use crate::message::{Request, Response};
use crate::org::Org;
use crate::rate_limit::RateLimit;
use crate::size::Size;

const STATE: &str = "/local-org";
const FAULTS: &str = "/local-org/faults";

/// The largest sizes, so that a typing error does not take all memory.
const MOST: usize = 500_000;
const MOST_RULES: usize = 2_000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct State<'a> {
    groups: usize,
    users: usize,
    seed: u64,
    rules: usize,
    owners: usize,
    rate_limit: RateLimit,
    faults: &'a FaultOptions,
}

/// The body of a `PUT /local-org`. A missing member keeps its value.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Anew {
    groups: Option<usize>,
    users: Option<usize>,
    seed: Option<u64>,
    rules: Option<usize>,
    owners: Option<usize>,
    rate_limit: Option<RateLimit>,
}

impl Org {
    /// Answers a request for the org's state; `None` for any other request.
    pub(crate) fn control(&mut self, request: &Request) -> Option<Response> {
        let path = request.split().0;
        if path != STATE && path != FAULTS {
            return None;
        }
        Some(match self.controlled(request, path == FAULTS) {
            Ok(()) => response(200, &self.state()),
            Err((status, words)) => response(status, &[("error", words)].into_iter().collect::<Words>()),
        })
    }

    fn controlled(&mut self, request: &Request, is_faults: bool) -> Result<(), (u16, String)> {
        match request.method.as_str() {
            "GET" if !is_faults => return Ok(()),
            "PUT" => {}
            _ => return Err((405, "GET /local-org, PUT /local-org or PUT /local-org/faults".to_owned())),
        }
        if !is_of_own_page(request) {
            return Err((403, "a page of another origin does not change this org".to_owned()));
        }
        let media = request.get("content-type").and_then(|value| value.split(';').next()).map(str::trim);
        if !media.is_some_and(|media| media.eq_ignore_ascii_case("application/json")) {
            return Err((415, "Content-Type is not application/json".to_owned()));
        }
        let wrong = |words: String| (400, words);
        let text =
            std::str::from_utf8(&request.body).map_err(|_| wrong("the body is not UTF-8".to_owned()))?;
        if is_faults {
            self.set_faults(given::read(text).map_err(wrong)?);
        } else {
            self.make_anew(given::read(text).map_err(wrong)?).map_err(wrong)?;
        }
        Ok(())
    }

    fn make_anew(&mut self, anew: Anew) -> Result<(), String> {
        let Anew { groups, users, seed, rules, owners, rate_limit } = anew;
        for (name, count, most) in [
            ("groups", groups, MOST),
            ("users", users, MOST),
            ("owners", owners, MOST),
            ("rules", rules, MOST_RULES),
        ] {
            if count.is_some_and(|count| count > most) {
                return Err([name, ": more than ", &most.to_string()].concat());
            }
        }
        let was = self.size;
        let size = Size {
            groups: groups.unwrap_or(was.groups),
            users: users.unwrap_or(was.users),
            seed: seed.unwrap_or(was.seed),
            rules: rules.unwrap_or(was.rules),
            owners: owners.unwrap_or(was.owners),
        };
        if let Some(rate_limit) = rate_limit {
            self.options.rate_limit = rate_limit;
        }
        self.seed_anew(size);
        Ok(())
    }

    fn state(&self) -> State<'_> {
        let Size { groups, users, seed, rules, owners } = self.size;
        let (rate_limit, faults) = (self.options.rate_limit, &self.options.faults);
        State { groups, users, seed, rules, owners, rate_limit, faults }
    }
}

type Words = std::collections::BTreeMap<&'static str, String>;

/// Whether the request has no `Origin`, or an `Origin` that equals its `Host`.
fn is_of_own_page(request: &Request) -> bool {
    request.get("origin").is_none_or(|origin| {
        let asking = origin.split_once("://").map(|(_, host)| host);
        asking.zip(request.get("host")).is_some_and(|(asking, own)| asking.eq_ignore_ascii_case(own))
    })
}

fn response(status: u16, body: &impl Serialize) -> Response {
    let headers: Vec<(Cow<'static, str>, String)> = vec![
        ("Content-Type".into(), "application/json".to_owned()),
        ("Cache-Control".into(), "no-store".to_owned()),
    ];
    Response { status, headers, body: serde_json::to_string(body).unwrap_or_default() }
}
