//! JavaScript errors: failures as records, of which `failure.js` makes errors; arguments' errors at once.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::call::{flag, micros, text};
use super::js::{Fields, okta_error};
use crate::client::Failed;
use crate::error::{Error, whole_millis};
use crate::filter::{Attr, ParseError};
use crate::records::FailureRecord;
use crate::request::ArgumentError;

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

/// The record of a failed call. `cursor` is where a list stopped.
pub(super) fn failure(failed: &Failed, cursor: Option<String>) -> String {
    let mut record = FailureRecord {
        kind: failed.error.kind().into(),
        message: [failed.error.message(), failed.error.place(failed.on.as_ref())].concat().into(),
        may_have_run: flag(failed.may_have_run),
        cursor: cursor.unwrap_or_default().into(),
        of: text(failed.of),
        has_page: flag(failed.has_page),
        ..Default::default()
    };
    if failed.attempts > 0 {
        record.attempts = text(failed.attempts);
    }
    if let Some(meta) = &failed.meta {
        record.answer_status = text(meta.status.into());
        record.answer_id = meta.request_id.as_deref().unwrap_or_default().into();
        record.url = meta.url.as_str().into();
        record.answer_attempts = text(meta.attempts);
        record.duration_ms = micros(meta.duration);
        record.waited_ms = micros(meta.waited);
    }
    if let Some(on) = &failed.on {
        record.method = on.method.as_str().into();
        record.path = on.path.as_str().into();
    }
    record.transient = flag(failed.error.is_transient());
    match &failed.error {
        Error::Config(error) | Error::Argument(error) => {
            record.argument = error.argument.as_ref().into();
            (record.method, record.path) = Default::default();
        }
        Error::Auth(()) => {
            record.argument = "auth".into();
            (record.method, record.path) = Default::default();
        }
        Error::Timeout { phase, limit } => {
            record.phase = phase.as_str().into();
            record.timeout_ms = text(whole_millis(*limit));
        }
        Error::Connection { maybe_cors, .. } => {
            record.maybe_cors = if *maybe_cors { "1" } else { "0" }.into()
        }
        Error::Refused(()) | Error::Aborted => {}
        Error::Pagination(reason) => record.reason = reason.as_str().into(),
        Error::Response(fault) => {
            record.reason = fault.reason.as_str().into();
            record.status = text(fault.status.into());
            record.path = fault.operation.route().1.into();
            record.content_type = fault.content_type.as_deref().unwrap_or_default().into();
            record.snippet = fault.snippet.as_deref().unwrap_or_default().into();
            record.request_id = fault.request_id.as_deref().unwrap_or_default().into();
        }
        Error::Api(fault) => {
            record.status = text(fault.status.into());
            record.path = fault.operation.route().1.into();
            record.code = fault.body.code.as_deref().unwrap_or_default().into();
            record.summary = fault.body.summary.as_str().into();
            record.error_id = fault.body.id.as_deref().unwrap_or_default().into();
            record.request_id = fault.request_id.as_deref().unwrap_or_default().into();
            record.missing_scope = fault.missing_scope.as_deref().unwrap_or_default().into();
            record.retry_after_ms = fault.opens_in.map(whole_millis).map(text).unwrap_or_default();
            record.rest = fault.body.causes.iter().map(Into::into).collect();
            record.warnings = text(fault.warnings.len() as u32);
            for warning in &fault.warnings {
                let attr = warning.attr.as_ref().map_or("", Attr::as_str);
                let [parameter, reason] = [warning.parameter.as_str(), warning.reason.as_str()];
                record.rest.extend([parameter, attr, warning.op, reason].map(|text| text.to_owned().into()));
                record.rest.push(warning.message().into());
            }
        }
    }
    let mut out = String::new();
    record.write(&mut out);
    out
}

/// The error of a list that cannot begin: an argument is wrong, or its cursor.
pub(super) fn plain(failed: &Failed) -> JsValue {
    let fields = match &failed.error {
        Error::Pagination(reason) => Fields::new().set("reason", reason.as_str()),
        Error::Config(error) | Error::Argument(error) => {
            Fields::new().set("argument", error.argument.as_ref())
        }
        _ => Fields::new(),
    };
    okta_error(failed.error.kind(), &failed.error.message(), &fields.0)
}
