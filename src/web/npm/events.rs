//! Events and answers as JavaScript sees them.

use std::time::Duration;

use wasm_bindgen::prelude::*;

use super::errors::retried;
use super::expr::warning_to_js;
use super::js::{Fields, response_meta};
use crate::client::Meta;
use crate::host::Event;

pub(super) fn event_to_js(event: &Event<'_, JsValue>) -> Fields {
    let of = |kind: &str| Fields::new().set("type", kind);
    let of_call = |kind: &str, call: u32| of(kind).set("id", call.to_string());
    match event {
        Event::Request { call, request, attempt } => of_call("request", *call)
            .set("method", request.method().as_str())
            .set("path", request.path.as_str())
            .set("attempt", *attempt),
        Event::Response { call, status, duration, request_id } => of_call("response", *call)
            .set("status", *status)
            .set("durationMs", millis(*duration))
            .set_some("requestId", *request_id),
        Event::Retry { call, attempt, delay, error } => of_call("retry", *call)
            .set("attempt", *attempt)
            .set("delayMs", millis(*delay))
            .set("error", retried(error)),
        Event::Throttle { bucket, wait, reason } => of("throttle")
            .set("bucket", *bucket)
            .set("reason", reason.as_str())
            .set_some("waitMs", wait.map(millis)),
        Event::PageShrink { from, to, request } => {
            of("page-shrink").set("from", *from).set("to", *to).set("path", request.path.as_str())
        }
        Event::Warning(warning) => {
            warning_to_js(warning).set("type", "warning").set("parameter", warning.parameter.as_str())
        }
        Event::Token => of("token").set("reason", "unauthorized"),
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

pub(super) fn meta_to_js(meta: &Meta<web_sys::Headers>) -> JsValue {
    response_meta(
        meta.status,
        &meta.headers,
        meta.request_id.as_deref(),
        &meta.url,
        meta.attempts,
        millis(meta.duration),
        millis(meta.waited),
    )
}
