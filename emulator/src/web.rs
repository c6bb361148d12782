//! The wasm host: what the page's own `fetch` converts from and to. JSON and flat lists cross, nothing else.

use wasm_bindgen::prelude::*;

use crate::faults::{Act, Delivery, FaultOptions, Pace};
use crate::message::{Request, Response};
use crate::options::{Options, Quirks, ServiceApp, Token};
use crate::org::{Org, SeedData};
use crate::rate_limit::RateLimit;
use crate::seed::SeedOptions;

/// What `createOrg` takes, but for what only JavaScript needs.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct WebOptions {
    groups: usize,
    users: usize,
    seed: u64,
    org_url: Option<String>,
    rate_limit: RateLimit,
    tokens: Vec<Token>,
    service_apps: Vec<ServiceApp>,
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
            org_url: None,
            rate_limit: RateLimit::default(),
            tokens: Vec::new(),
            service_apps: Vec::new(),
            quirks: Quirks::default(),
            faults: FaultOptions::default(),
            seed_data: None,
        }
    }
}

impl WebOptions {
    /// Reads them, or says which of them is wrong and how: where in the JSON is nothing to whoever gave an object.
    fn read(json: &str) -> Result<Self, String> {
        let given = serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(json));
        given.map_err(|error| {
            let said = error.to_string();
            said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said).to_owned()
        })
    }
}

/// An org for JavaScript.
#[wasm_bindgen]
pub struct EmulatedOrg {
    org: Org,
}

#[wasm_bindgen]
impl EmulatedOrg {
    /// An org from options as JSON. Throws a text that says what is wrong with them.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str) -> Result<EmulatedOrg, String> {
        let given = WebOptions::read(options)?;
        let options = Options {
            org_url: given.org_url,
            rate_limit: given.rate_limit,
            tokens: given.tokens,
            service_apps: given.service_apps,
            seed: given.seed,
            quirks: given.quirks,
            faults: given.faults,
        };
        let org = match given.seed_data {
            None => {
                reserve(given.groups, given.users);
                let seed = SeedOptions { groups: given.groups, users: given.users, seed: given.seed };
                Org::seeded(options, seed)
            }
            Some(data) => {
                let mut org = Org::new(options);
                org.load(data).map_err(|error| error.to_string())?;
                org
            }
        };
        Ok(Self { org })
    }

    /// Answers a request. `headers` are names and values in turn, `now` is milliseconds since 1970.
    pub fn handle(
        &mut self,
        method: String,
        path_and_query: String,
        headers: Vec<String>,
        body: Vec<u8>,
        now: f64,
    ) -> EmulatedResponse {
        let mut rest = headers.into_iter();
        let pairs = std::iter::from_fn(|| Some((rest.next()?, rest.next()?)));
        let request = Request { method, path_and_query, headers: pairs.collect(), body };
        let Delivery { delay_ms, act } = self.org.deliver(&request, now as i64);
        EmulatedResponse::new(delay_ms, act)
    }

    /// Everything in the org, as the JSON of `seedData`.
    pub fn snapshot(&self) -> String {
        self.org.snapshot().to_json()
    }
}

/// An answer for JavaScript.
#[wasm_bindgen]
pub struct EmulatedResponse {
    delay_ms: u32,
    act: &'static str,
    response: Response,
    pace: Pace,
}

/// Has the memory of a large org grow once. By itself it grows by 64 KiB, 2,800 times for 100,000 groups, and each time
/// the engine looks for what it could collect.
fn reserve(groups: usize, users: usize) {
    let mut memory = Vec::<u8>::new();
    let bytes = groups.saturating_mul(1900).saturating_add(users.saturating_mul(750));
    // Without that much in one piece it still may grow bit by bit.
    let _ = memory.try_reserve_exact(bytes);
    std::hint::black_box(&memory);
}

impl EmulatedResponse {
    fn new(delay_ms: u32, act: Act) -> Self {
        let (act, response, pace) = match act {
            Act::Answer(response, pace) => ("answer", response, pace),
            Act::Reset => ("reset", Response::default(), Pace::Whole),
            Act::Hang => ("hang", Response::default(), Pace::Whole),
        };
        Self { delay_ms, act, response, pace }
    }
}

#[wasm_bindgen]
impl EmulatedResponse {
    /// Milliseconds to wait first.
    #[wasm_bindgen(getter, js_name = delayMs)]
    pub fn delay_ms(&self) -> u32 {
        self.delay_ms
    }

    /// What to do then: `answer`, `reset` or `hang`.
    #[wasm_bindgen(getter)]
    pub fn act(&self) -> String {
        self.act.to_owned()
    }

    /// The bytes after which the connection breaks.
    #[wasm_bindgen(getter, js_name = cutAfter)]
    pub fn cut_after(&self) -> Option<u32> {
        match self.pace {
            Pace::Cut(after) => u32::try_from(after).ok(),
            _ => None,
        }
    }

    /// The bytes of each piece of a slow body.
    #[wasm_bindgen(getter)]
    pub fn chunk(&self) -> Option<u32> {
        match self.pace {
            Pace::Slow { chunk, .. } => u32::try_from(chunk).ok(),
            _ => None,
        }
    }

    /// Milliseconds before each piece of a slow body.
    #[wasm_bindgen(getter, js_name = pauseMs)]
    pub fn pause_ms(&self) -> u32 {
        match self.pace {
            Pace::Slow { pause_ms, .. } => pause_ms,
            _ => 0,
        }
    }

    /// The status code.
    #[wasm_bindgen(getter)]
    pub fn status(&self) -> u16 {
        self.response.status
    }

    /// Names and values in turn.
    #[wasm_bindgen(getter)]
    pub fn headers(&self) -> Vec<String> {
        let pairs = self.response.headers.iter();
        pairs.flat_map(|(name, value)| [name.clone().into_owned(), value.clone()]).collect()
    }

    /// The body, empty for a 204. Moved out: the second call answers nothing.
    #[wasm_bindgen(js_name = takeBody)]
    pub fn take_body(&mut self) -> String {
        std::mem::take(&mut self.response.body)
    }
}
