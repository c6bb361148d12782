//! The wasm host: what the page's own `fetch` converts from and to. JSON and flat lists cross, nothing else.

use wasm_bindgen::prelude::*;

use crate::message::{Request, Response};
use crate::options::{Options, Quirks, Token};
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
    quirks: Quirks,
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
            quirks: Quirks::default(),
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
    /// An org from options as JSON. Throws a text that says what is wrong with them.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str) -> Result<EmulatedOrg, String> {
        let given: WebOptions = serde_json::from_str(options).map_err(|error| error.to_string())?;
        let options = Options {
            org_url: given.org_url,
            rate_limit: given.rate_limit,
            tokens: given.tokens,
            seed: given.seed,
            quirks: given.quirks,
        };
        let org = match given.seed_data {
            None => {
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
        EmulatedResponse { response: self.org.handle(&request, now as i64) }
    }

    /// Everything in the org, as the JSON of `seedData`.
    pub fn snapshot(&self) -> String {
        self.org.snapshot().to_json()
    }
}

/// An answer for JavaScript.
#[wasm_bindgen]
pub struct EmulatedResponse {
    response: Response,
}

#[wasm_bindgen]
impl EmulatedResponse {
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
