//! JavaScript errors, all made in one place.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::events::meta_to_js;
use super::js::{Fields, okta_error, with_fields};
use super::platform::Npm;
use crate::client::Failure;
use crate::error::{ApiFault, Error, ResponseFault, whole_millis};
use crate::filter::ParseError;
use crate::request::ArgumentError;
use crate::web::js::is_okta_error;

pub(super) fn argument_error(error: &ArgumentError) -> JsValue {
    let fields = Fields::new().set("argument", error.argument.as_ref());
    okta_error("argument", &error.message(), &fields.0)
}

pub(super) fn config_error(error: &ArgumentError) -> JsValue {
    let fields = Fields::new().set("argument", error.argument.as_ref());
    okta_error("config", &error.message(), &fields.0)
}

pub(super) fn expression_error(error: &ParseError, text: &str) -> JsValue {
    let expected: Array = error.expected.iter().map(|item| JsValue::from_str(item)).collect();
    let fields = Fields::new()
        .set("position", error.position as u32)
        .set("found", error.found.as_str())
        .set("expected", expected);
    okta_error("expression", &error.render_caret(text), &fields.0)
}

/// What a failed call rejects with. `cursor` is where a list stopped.
pub(super) fn failure(failure: &Failure<Npm>, cursor: Option<String>) -> JsValue {
    match &failure.error {
        // The program's own code, and ours for tokens, say for themselves what the matter is.
        Error::Refused(own) | Error::Auth(own) if is_okta_error(own) => {
            let fields = Fields::new()
                .set_some("mayHaveRun", failure.may_have_run.then_some(true))
                .set_some("cursor", cursor);
            return with_fields(own, &fields.0);
        }
        _ => {}
    }
    let fields = fields(&failure.error)
        .set_some("attempts", (failure.attempts > 0).then_some(failure.attempts))
        .set_some("mayHaveRun", failure.may_have_run.then_some(true))
        .set_some("cursor", cursor)
        .set_some("items", failure.page.as_deref())
        .set_some("response", failure.meta.as_deref().map(meta_to_js));
    okta_error(failure.error.kind(), &failure.error.message(), &fields.0)
}

/// The error that a retry is about.
pub(super) fn retried(error: &Error<JsValue>) -> JsValue {
    okta_error(error.kind(), &error.message(), &fields(error).0)
}

fn fields(error: &Error<JsValue>) -> Fields {
    match error {
        Error::Config(error) => Fields::new().set("argument", error.argument.as_ref()),
        Error::Argument(error) => Fields::new().set("argument", error.argument.as_ref()),
        Error::Auth(cause) => Fields::new().set("argument", "auth").set("cause", cause),
        Error::Timeout { phase, limit } => {
            Fields::new().set("phase", phase.as_str()).set("timeoutMs", whole_millis(*limit))
        }
        Error::Connection { cause, maybe_cors, .. } => {
            Fields::new().set("maybeCors", *maybe_cors).set("cause", cause)
        }
        Error::Refused(cause) => Fields::new().set("cause", cause),
        Error::Response(fault) => response_fields(fault),
        Error::Pagination(reason) => Fields::new().set("reason", reason.as_str()),
        Error::Api(fault) => api_fields(fault).set("retryable", error.is_transient()),
    }
}

fn response_fields(fault: &ResponseFault) -> Fields {
    let (method, path) = fault.operation.route();
    Fields::new()
        .set("reason", fault.reason.as_str())
        .set("status", fault.status)
        .set("method", method.as_str())
        .set("path", path)
        .set_some("contentType", fault.content_type.as_deref())
        .set_some("snippet", fault.snippet.as_deref())
        .set_some("requestId", fault.request_id.as_deref())
}

fn api_fields(fault: &ApiFault) -> Fields {
    let (method, path) = fault.operation.route();
    let causes: Array = fault.body.causes.iter().map(|cause| JsValue::from_str(cause)).collect();
    Fields::new()
        .set("status", fault.status)
        .set_some("code", fault.body.code.as_deref())
        .set("summary", fault.body.summary.as_str())
        .set("causes", causes)
        .set_some("errorId", fault.body.id.as_deref())
        .set_some("requestId", fault.request_id.as_deref())
        .set_some("missingScope", fault.missing_scope.as_deref())
        .set("method", method.as_str())
        .set("path", path)
        .set("attempts", fault.attempts)
        .set_some("retryAfterMs", fault.opens_in.map(whole_millis))
}
