//! What an answer means: a body of the right shape, the API's error, or something that is not the API's at all.

use crate::error::{ApiFault, Error, ErrorBody, ResponseFault, ResponseReason, redacted, snippet};
use crate::host::{Body, Header, HeaderMap, Incoming, Platform, Shape, TextOf};
use crate::request::{Answer, Operation};

/// The body of a success, decoded (`None` for an operation that answers with nothing), or what went wrong. What the
/// answer quotes of `proof` is taken out of that.
pub(crate) fn judge<P: Platform>(
    operation: Operation,
    attempts: u32,
    incoming: &Incoming<P::Headers, TextOf<P>>,
    proof: &[Header],
) -> Result<Option<P::Body>, Error<P::Cause>> {
    match incoming.status {
        200..=299 => success::<P>(operation, incoming, proof),
        0 | 300..=399 => Err(fault(operation, incoming, ResponseReason::Redirect, None)),
        _ => Err(api_fault::<P>(operation, attempts, incoming, proof)),
    }
}

fn success<P: Platform>(
    operation: Operation,
    incoming: &Incoming<P::Headers, TextOf<P>>,
    proof: &[Header],
) -> Result<Option<P::Body>, Error<P::Cause>> {
    let wanted = operation.answer();
    let Some(text) = &incoming.text else {
        return match wanted {
            Answer::Nothing => Ok(None),
            Answer::Page | Answer::Object => Err(fault(operation, incoming, ResponseReason::Shape, None)),
        };
    };
    let failed =
        |reason| Err(fault(operation, incoming, reason, Some(redacted(P::Body::beginning(text), proof))));
    if wanted == Answer::Nothing {
        // A login page answers 200 to a DELETE that never reached the org.
        return if is_markup(&P::Body::beginning(text)) { failed(ResponseReason::Html) } else { Ok(None) };
    }
    let Some(body) = P::Body::decode(text) else {
        return failed(if is_markup(&P::Body::beginning(text)) {
            ResponseReason::Html
        } else {
            ResponseReason::Json
        });
    };
    match (wanted, body.shape()) {
        (Answer::Page, Shape::Array(_)) | (Answer::Object, Shape::Object) => Ok(Some(body)),
        _ => failed(ResponseReason::Shape),
    }
}

fn fault<Headers: HeaderMap, Text, Cause>(
    operation: Operation,
    incoming: &Incoming<Headers, Text>,
    reason: ResponseReason,
    beginning: Option<String>,
) -> Error<Cause> {
    Error::Response(Box::new(ResponseFault {
        reason,
        operation,
        status: incoming.status,
        content_type: incoming.headers.get("content-type"),
        snippet: beginning.map(|text| snippet(&text)),
        request_id: incoming.headers.get(REQUEST_ID),
    }))
}

fn api_fault<P: Platform>(
    operation: Operation,
    attempts: u32,
    incoming: &Incoming<P::Headers, TextOf<P>>,
    proof: &[Header],
) -> Error<P::Cause> {
    let body = match &incoming.text {
        None => ErrorBody { summary: "no body".to_owned(), ..ErrorBody::default() },
        Some(text) => match P::Body::decode(text) {
            Some(body) => body.error_body().redacted(proof),
            None => no_error_object(&redacted(P::Body::beginning(text), proof)),
        },
    };
    Error::Api(Box::new(ApiFault {
        operation,
        status: incoming.status,
        body,
        request_id: incoming.headers.get(REQUEST_ID),
        missing_scope: incoming.headers.get("www-authenticate").and_then(|value| scope_of(&value)),
        attempts,
    }))
}

/// The header in which Okta names a request.
pub(crate) const REQUEST_ID: &str = "x-okta-request-id";

fn no_error_object(beginning: &str) -> ErrorBody {
    let what = if is_markup(beginning) {
        "an HTML page, not the API's error object: "
    } else {
        "not the API's error object: "
    };
    ErrorBody { summary: [what, &snippet(beginning)].concat(), ..ErrorBody::default() }
}

fn is_markup(beginning: &str) -> bool {
    beginning.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').starts_with('<')
}

/// The scope that a 403 asks for: `error="insufficient_scope", scope="okta.groups.manage"`.
fn scope_of(challenge: &str) -> Option<String> {
    let parameters = || challenge.split([',', ' ']).filter_map(|part| part.split_once('='));
    let is_scope =
        parameters().any(|(name, value)| name == "error" && value.trim_matches('"') == "insufficient_scope");
    let (_, scope) = parameters().find(|(name, _)| *name == "scope").filter(|_| is_scope)?;
    Some(scope.trim_matches('"').to_owned())
}

impl ErrorBody {
    /// Reads the error objects that were seen: Okta's own, OAuth's, and those of things in between. What is not a
    /// text where one is expected is as good as absent.
    pub fn read(text: impl Fn(&str) -> Option<String>, causes: Vec<String>) -> Self {
        let summary = ["errorSummary", "error_description", "message", "error"];
        ErrorBody {
            code: text("errorCode"),
            summary: summary
                .into_iter()
                .filter_map(&text)
                .find(|text| !text.is_empty())
                .unwrap_or_else(|| "an error object without a summary".to_owned()),
            causes,
            id: text("errorId"),
        }
    }

    fn redacted(mut self, proof: &[Header]) -> Self {
        self.summary = redacted(self.summary, proof);
        self.causes = self.causes.into_iter().map(|cause| redacted(cause, proof)).collect();
        self
    }
}
