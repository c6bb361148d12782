//! The wasm host: converts between the JavaScript of `createOrg` and the org. Options arrive as JSON; answers are objects.

use std::borrow::Cow;

use wasm_bindgen::prelude::*;

use crate::cors::{check_host, check_origin};
use crate::faults::{Act, Delivery, FaultOptions, Pace};
use crate::given;
use crate::message::{Request, Response};
use crate::options::{Options, Quirks, ServiceApp, Token};
use crate::org::{Org, SeedData};
use crate::rate_limit::RateLimit;
use crate::size::SeedOptions;

/// The options of `createOrg`, without those that only JavaScript needs.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct WebOptions {
    groups: usize,
    users: usize,
    seed: u64,
    rules: usize,
    owners: usize,
    org_url: Option<String>,
    rate_limit: RateLimit,
    tokens: Vec<Token>,
    service_apps: Vec<ServiceApp>,
    allowed_hosts: Vec<String>,
    cors: Vec<String>,
    quirks: Quirks,
    faults: FaultOptions,
    seed_data: Option<SeedData>,
}

impl Default for WebOptions {
    fn default() -> Self {
        let SeedOptions { groups, users, seed } = SeedOptions::default();
        Self {
            groups,
            users,
            seed,
            rules: 0,
            owners: 0,
            org_url: None,
            rate_limit: RateLimit::default(),
            tokens: Vec::new(),
            service_apps: Vec::new(),
            allowed_hosts: Vec::new(),
            cors: Vec::new(),
            quirks: Quirks::default(),
            faults: FaultOptions::default(),
            seed_data: None,
        }
    }
}

/// An org for JavaScript.
#[wasm_bindgen]
pub struct EmulatedOrg {
    org: Org,
}

#[wasm_bindgen]
impl EmulatedOrg {
    /// Makes an org from options as JSON. Throws a text that names the wrong option.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str) -> Result<EmulatedOrg, String> {
        let given = given::read::<WebOptions>(options)?;
        let all = |name: &str, texts: &[String], check: fn(&str) -> Result<(), String>| {
            texts.iter().try_for_each(|text| check(text).map_err(|wrong| [name, ": ", &wrong].concat()))
        };
        all("cors", &given.cors, check_origin)?;
        all("allowedHosts", &given.allowed_hosts, check_host)?;
        let options = Options {
            org_url: given.org_url,
            rate_limit: given.rate_limit,
            tokens: given.tokens,
            service_apps: given.service_apps,
            allowed_hosts: given.allowed_hosts,
            cors: given.cors,
            seed: given.seed,
            quirks: given.quirks,
            faults: given.faults,
        };
        let org = match given.seed_data {
            None => {
                reserve(given.groups, given.users);
                let WebOptions { groups, users, seed, rules, owners, .. } = given;
                let seed = SeedOptions { groups, users, seed };
                Org::seeded(options, seed).with_seeded_owners(owners).with_seeded_rules(rules)
            }
            Some(data) => {
                let mut org = Org::new(options);
                org.load(data).map_err(|error| error.to_string())?;
                org
            }
        };
        Ok(Self { org })
    }

    /// Answers a request with the fields of an [`Answer`]. `headers` alternates names and values; `now` is milliseconds since
    /// 1970.
    pub fn handle(
        &mut self,
        method: String,
        path_and_query: String,
        headers: Vec<String>,
        body: Vec<u8>,
        now: f64,
    ) -> Result<JsValue, String> {
        let mut rest = headers.into_iter();
        let pairs = std::iter::from_fn(|| Some((rest.next()?, rest.next()?)));
        let request = Request { method, path_and_query, headers: pairs.collect(), body };
        let answer = Answer::new(if self.org.knows_host(&request) {
            self.org.deliver(&request, now as i64)
        } else {
            Delivery { delay_ms: 0, act: Act::Answer(Org::misdirected(), Pace::Whole) }
        });
        serde_wasm_bindgen::to_value(&answer).map_err(|error| error.to_string())
    }

    /// Notes that a request arrived, until [`end`](Self::end) when its answer is sent.
    pub fn begin(&mut self, method: &str, path_and_query: &str) {
        self.org.begin(&Request::new(method, path_and_query));
    }

    /// Notes that the answer to a request is sent.
    pub fn end(&mut self, method: &str, path_and_query: &str) {
        self.org.end(&Request::new(method, path_and_query));
    }

    /// Replaces all faults by those in the JSON. Throws a text that names the wrong part.
    #[wasm_bindgen(js_name = setFaults)]
    pub fn set_faults(&mut self, faults: &str) -> Result<(), String> {
        self.org.set_faults(given::read(faults)?);
        Ok(())
    }

    /// The whole content of the org, as the JSON of `seedData`.
    pub fn snapshot(&self) -> String {
        self.org.snapshot().to_json()
    }
}

/// Grows the wasm memory of a large org once. Otherwise it grows by 64 KiB, 2,800 times for 100,000 groups, and each growth
/// may start a garbage collection of the engine.
fn reserve(groups: usize, users: usize) {
    let mut memory = Vec::<u8>::new();
    let bytes = groups.saturating_mul(1900).saturating_add(users.saturating_mul(1150));
    // If this fails, the memory may still grow step by step.
    let _ = memory.try_reserve_exact(bytes);
    std::hint::black_box(&memory);
}

/// An answer, and how the host sends it.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    /// Milliseconds to wait first.
    delay_ms: u32,
    /// What to do then: `answer`, `reset` or `hang`.
    act: &'static str,
    /// The bytes after which the connection breaks.
    cut_after: Option<usize>,
    /// The bytes of each piece of a slow body.
    chunk: Option<usize>,
    /// Milliseconds before each piece of a slow body.
    pause_ms: u32,
    status: u16,
    /// Pairs, since a name may occur twice.
    headers: Vec<(Cow<'static, str>, String)>,
    /// Empty for a 204.
    body: String,
}

impl Answer {
    fn new(Delivery { delay_ms, act }: Delivery) -> Self {
        let (act, response, pace) = match act {
            Act::Answer(response, pace) => ("answer", response, pace),
            Act::Reset => ("reset", Response::default(), Pace::Whole),
            Act::Hang => ("hang", Response::default(), Pace::Whole),
        };
        let Response { status, headers, body } = response;
        let (cut_after, chunk, pause_ms) = match pace {
            Pace::Whole => (None, None, 0),
            Pace::Cut(after) => (Some(after), None, 0),
            Pace::Slow { chunk, pause_ms } => (None, Some(chunk), pause_ms),
        };
        Self { delay_ms, act, cut_after, chunk, pause_ms, status, headers, body }
    }
}
