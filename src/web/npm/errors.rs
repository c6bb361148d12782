//! JavaScript errors. Failed calls become records, of which `failure.js` makes errors; argument errors are
//! made here.

#[cfg(feature = "expressions")]
use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::js::error_of;
#[cfg(feature = "expressions")]
use super::js::{Fields, okta_error};
use crate::client::Failed;
use crate::error::{Error, whole_millis};
#[cfg(feature = "expressions")]
use crate::filter::ParseError;
use crate::filter::{Attr, IS_READ};
use crate::records::FailureRecord;
use crate::request::ArgumentError;

pub(super) fn argument_error(error: &ArgumentError) -> JsValue {
    wrong("argument", error)
}

pub(super) fn config_error(error: &ArgumentError) -> JsValue {
    wrong("config", error)
}

fn wrong(kind: &str, error: &ArgumentError) -> JsValue {
    error_of(kind, &error.message(), "argument", error.argument.as_ref())
}

#[cfg(feature = "expressions")]
pub(super) fn expression_error(error: &ParseError, text: &str) -> JsValue {
    let expected: Array = error.expected.iter().map(|item| JsValue::from_str(item)).collect();
    let fields = Fields::new()
        .set("position", error.position as u32)
        .set("found", error.found.as_str())
        .set("expected", expected);
    okta_error("expression", &error.render_caret(text), &fields.0)
}

/// Writes the record of a failed call. `cursor` is the place where its list stopped.
pub(super) fn failure(failed: &Failed, cursor: Option<&str>, out: &mut String) {
    let mut record = FailureRecord::new(out);
    record.kind(failed.error.kind());
    record.message([failed.error.message(), failed.error.place(failed.on.as_deref())].concat().as_str());
    record.may_have_run(failed.may_have_run);
    record.cursor(cursor);
    record.of(failed.of);
    record.has_page(failed.has_page);
    if failed.attempts > 0 {
        record.attempts(failed.attempts);
    }
    if let Some(meta) = &failed.meta {
        record.answer_id(meta.request_id.as_deref());
        record.answer_attempts(meta.attempts);
        record.duration_ms(meta.duration);
        record.waited_ms(meta.waited);
    }
    let is_local = matches!(failed.error, Error::Config(_) | Error::Argument(_) | Error::Auth(()));
    if let Some(on) = failed.on.as_ref().filter(|_| !is_local) {
        record.method(on.method.as_str());
        record.path(on.path.as_str());
    }
    record.transient(failed.error.is_transient());
    match &failed.error {
        Error::Config(error) | Error::Argument(error) => record.argument(error.argument.as_ref()),
        Error::Auth(()) => record.argument("auth"),
        Error::Timeout { phase, limit } => {
            record.phase(phase.as_str());
            record.timeout_ms(whole_millis(*limit));
        }
        Error::Connection { maybe_cors, .. } => {
            record.maybe_cors(if *maybe_cors { "1" } else { "0" });
        }
        Error::Refused(()) | Error::Aborted | Error::Lookup(_) => {}
        Error::Pagination(reason) => record.reason(reason.as_str()),
        Error::Response(fault) => {
            record.reason(fault.reason.as_str());
            record.status(u32::from(fault.status));
            record.path(fault.path.as_ref());
            record.content_type(fault.content_type.as_deref());
            record.snippet(fault.snippet.as_deref());
            record.request_id(fault.request_id.as_deref());
        }
        Error::Api(fault) => {
            record.status(u32::from(fault.status));
            record.path(fault.path.as_ref());
            record.code(fault.body.code.as_deref());
            record.summary(fault.body.summary.as_str());
            record.error_id(fault.body.error_id.as_deref());
            record.request_id(fault.request_id.as_deref());
            record.missing_scope(fault.missing_scope.as_deref());
            if let Some(retry_after) = fault.retry_after {
                record.retry_after_ms(whole_millis(retry_after));
            }
            fault.body.causes.iter().for_each(|cause| record.add(cause));
            record.warnings(fault.warnings.len() as u32);
            for warning in fault.warnings.iter().filter(|_| IS_READ) {
                let attr = warning.attr.as_ref().map_or("", Attr::as_str);
                let [parameter, reason] = [warning.parameter.as_str(), warning.reason.as_str()];
                [parameter, attr, warning.op, reason].into_iter().for_each(|text| record.add(text));
                record.add(&warning.message());
            }
        }
    }
}

/// The error of a list that cannot start, because of an argument or its cursor.
pub(super) fn plain(failed: &Failed) -> JsValue {
    let kind = failed.error.kind();
    let (field, value) = match &failed.error {
        Error::Pagination(reason) => ("reason", reason.as_str()),
        Error::Config(error) | Error::Argument(error) => ("argument", error.argument.as_ref()),
        _ => ("kind", kind),
    };
    error_of(kind, &failed.error.message(), field, value)
}
