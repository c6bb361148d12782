//! The wasm edge: it converts and calls. A decision in here is a bug.
//!
//! * `fetch` runs the client for programs in Rust. `js` declares the JavaScript that it calls, in the files
//!   beside it. The npm package's JavaScript imports these files, too, by the name `okta-groups-web`.
//! * `npm` (feature `npm`) has the classes that the npm package wraps. Only it calls the package's own
//!   JavaScript.
//!
//! # In a Rust front end
//!
//! With Leptos, Yew and similar frameworks you write no JavaScript: [`FetchHost`] takes its tokens from Rust,
//! and bodies are models. Without the feature `npm` the crate exports nothing from your wasm.
//!
//! ```no_run
//! use okta_groups::client::Settings;
//! use okta_groups::model::Group;
//! use okta_groups::org::OrgUrl;
//! use okta_groups::request::ListGroups;
//! use okta_groups::web::{Auth, Client, Failure, FetchHost, Token};
//! use wasm_bindgen::JsValue;
//!
//! fn client() -> Result<Client, JsValue> {
//!     let org = OrgUrl::parse("https://example.okta.com").map_err(|error| error.to_string())?;
//!     let auth = Auth::bearer_from(|_reason| async {
//!         Ok(Token::new("the signed-in user's access token").expires_in(std::time::Duration::from_secs(3600)))
//!     });
//!     Ok(Client::new(FetchHost::new(&org, auth, None)?, Settings::new(org)))
//! }
//!
//! /// For `spawn_local`, a Leptos `LocalResource`, a Yew effect, …: dropping the future aborts its requests.
//! async fn first_page(client: &Client) -> Result<Vec<Group>, Failure> {
//!     let request = ListGroups { limit: Some(50), ..ListGroups::default() };
//!     Ok(client.groups().list(&request)?.next_page().await?.unwrap_or_default())
//! }
//! ```

mod fetch;
mod js;
#[cfg(feature = "npm")]
mod npm;

pub use crate::auth::{Token, TokenReason};
pub use fetch::{Auth, Client, Failure, FetchHost, Listener};

/// Takes 5 KB less wasm than the default allocator.
#[cfg(feature = "npm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
