//! Calls and walks, as the package's `drive.js` runs them.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, JsString};
use wasm_bindgen::prelude::*;

use super::client::headers;
use super::errors::failure;
use super::events::meta_to_js;
use super::js::{page, reply, request};
use super::platform::Npm;
use crate::client::{Call, CallOptions, Client, Reply, Step, Walk};
use crate::error::whole_millis;
use crate::host::{Incoming, SendFault};
use crate::redact::Secrets;

/// The longest time that `setTimeout` can count.
const MAX_MILLIS: u32 = i32::MAX as u32;

/// A call to be run. What a method gives is what is to be done next: `undefined` to send, a number of milliseconds to
/// wait before [`JsCall::ask`], or else the call's answer; it throws the call's error.
#[wasm_bindgen(js_name = Call)]
pub struct JsCall {
    client: Rc<Client<Npm>>,
    call: Call<Npm>,
    /// What it reads a page of.
    walk: Option<Rc<RefCell<Walk>>>,
}

type Next = Result<JsValue, JsValue>;

#[wasm_bindgen(js_class = Call)]
impl JsCall {
    /// Whether it may go; `wake` is called when a wait may be over early.
    pub fn ask(&mut self, wake: &Function) -> Next {
        let step = self.call.ask(&self.client);
        if let Step::Wait(pause) = &step {
            let wake = wake.clone();
            self.call.park(*pause, Box::new(move || drop(wake.call0(&JsValue::UNDEFINED))));
        }
        self.next(step)
    }

    /// Begins an attempt: what is to be sent, and how long it may take.
    pub fn begin(&mut self) -> JsValue {
        let time = whole_millis(self.call.begin(&self.client)).min(MAX_MILLIS);
        let outgoing = self.call.outgoing(&self.client, &[]);
        let number = self.call.attempt().number;
        request(outgoing.method.as_str(), outgoing.url, outgoing.body, number, time, outgoing.max_bytes)
    }

    /// Takes what `authorize()` gave, names and values in turns: the headers to send, as `fetch` takes them.
    pub fn prove(&mut self, proof: Vec<String>) -> Next {
        match self.call.prove(&self.client, headers(proof.into_iter())) {
            Ok(()) => {
                let headers = web_sys::Headers::new()?;
                for (name, value) in self.call.headers(&self.client) {
                    headers.set(&name, &value)?;
                }
                Ok(headers.into())
            }
            Err(step) => self.next(step),
        }
    }

    /// `authorize()` threw.
    pub fn unproven(&mut self, cause: JsValue) -> Next {
        let step = self.call.unproven(&self.client, cause);
        self.next(step)
    }

    /// `fetch` threw.
    pub fn unanswered(&mut self, cause: JsValue) -> Next {
        let step = self.call.unanswered(&self.client, self.client.host().send_fault(cause));
        self.next(step)
    }

    /// An answer; its text is `undefined` where there is more of it than the client wants.
    pub fn answered(&mut self, status: u16, headers: web_sys::Headers, text: Option<JsString>) -> Next {
        let step = match text {
            None => self.call.unanswered(&self.client, SendFault::TooLarge { status }),
            Some(text) => {
                let text = (text.length() > 0).then_some(text);
                self.call.answered(&self.client, Incoming { status, headers, text })
            }
        };
        self.next(step)
    }

    /// Whether the org may have done what was asked, by what is known of the attempts before.
    #[wasm_bindgen(js_name = mayHaveRun)]
    pub fn may_have_run(&self) -> bool {
        self.call.may_have_run()
    }

    /// `text` without what it quotes of the headers that were sent, and of `proof`, names and values in turns: the last
    /// that `authorize()` gave.
    pub fn redacted(&self, text: String, proof: Vec<String>) -> String {
        let proof = headers(proof.into_iter());
        Secrets { proof: &proof, ..self.call.secrets(&self.client) }.redacted(text)
    }

    /// The time is over.
    pub fn late(&mut self) -> Next {
        let step = self.call.late(&self.client);
        self.next(step)
    }
}

impl JsCall {
    pub(super) fn new(client: Rc<Client<Npm>>, call: Call<Npm>, walk: Option<Rc<RefCell<Walk>>>) -> Self {
        JsCall { client, call, walk }
    }

    fn next(&mut self, step: Step<Npm>) -> Next {
        let result = match step {
            Step::Go => return Ok(JsValue::UNDEFINED),
            // Rounded up: asked early, the queue says the same again, and is told of again.
            Step::Wait(pause) => return Ok((whole_millis(pause.time).min(MAX_MILLIS - 1) + 1).into()),
            Step::Rest(time) => return Ok(whole_millis(time).min(MAX_MILLIS).into()),
            Step::Done(result) => result,
        };
        let Some(walk) = &self.walk else {
            return match result {
                Ok(Reply { body, meta }) => Ok(reply(&body.unwrap_or_default(), &meta_to_js(&meta))),
                Err(failed) => Err(failure(&failed, None)),
            };
        };
        let mut walk = walk.borrow_mut();
        let result = walk.end(&self.client, self.call.size().cloned(), result);
        match result {
            Ok(Reply { body, meta }) => {
                Ok(page(&body.unwrap_or_default(), walk.cursor(), &meta_to_js(&meta)))
            }
            Err(failed) => Err(failure(&failed, walk.cursor())),
        }
    }
}

/// A walk through the pages of a list, one at a time.
#[wasm_bindgen(js_name = Walk)]
pub struct JsWalk {
    client: Rc<Client<Npm>>,
    walk: Rc<RefCell<Walk>>,
    options: CallOptions,
}

#[wasm_bindgen(js_class = Walk)]
impl JsWalk {
    /// The call that reads the next page, or `undefined` at the end. After an error the walk stays at the page that
    /// failed.
    pub fn next(&self) -> Result<Option<JsCall>, JsValue> {
        match self.walk.borrow().begin(&self.client, self.options.clone()) {
            Ok(call) => {
                let of = |call| JsCall::new(Rc::clone(&self.client), call, Some(Rc::clone(&self.walk)));
                Ok(call.map(of))
            }
            Err(failed) => Err(failure(&failed, None)),
        }
    }
}

impl JsWalk {
    pub(super) fn new(client: Rc<Client<Npm>>, walk: Walk, options: CallOptions) -> Self {
        JsWalk { client, walk: Rc::new(RefCell::new(walk)), options }
    }
}
