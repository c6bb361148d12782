//! What an answer means: a body of the right shape, the API's error, or something that is not the API's at all.

use crate::error::{ApiFault, Error, ErrorBody, ResponseFault, ResponseReason, snippet};
use crate::host::{Body, HeaderMap, Incoming, Platform, Shape, TextOf};
use crate::redact::Secrets;
use crate::request::{Answer, Operation};

/// The body of a success, decoded (`None` for an operation that answers with nothing), or what went wrong. What the
/// answer quotes of `secrets` is taken out of that.
pub(crate) fn judge<P: Platform>(
    operation: Operation,
    attempts: u32,
    incoming: &Incoming<P::Headers, TextOf<P>>,
    secrets: Secrets<'_>,
) -> Result<Option<P::Body>, Error<P::Cause>> {
    match incoming.status {
        200..=299 => success::<P>(operation, incoming, secrets),
        0 | 300..=399 => Err(fault(operation, incoming, ResponseReason::Redirect, None, secrets)),
        _ => Err(api_fault::<P>(operation, attempts, incoming, secrets)),
    }
}

fn success<P: Platform>(
    operation: Operation,
    incoming: &Incoming<P::Headers, TextOf<P>>,
    secrets: Secrets<'_>,
) -> Result<Option<P::Body>, Error<P::Cause>> {
    let wanted = operation.answer();
    let Some(text) = &incoming.text else {
        return match wanted {
            Answer::Nothing => Ok(None),
            Answer::Page | Answer::Object => {
                Err(fault(operation, incoming, ResponseReason::Shape, Some("no body".to_owned()), secrets))
            }
        };
    };
    let failed = |reason| Err(fault(operation, incoming, reason, Some(P::Body::beginning(text)), secrets));
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
    secrets: Secrets<'_>,
) -> Error<Cause> {
    Error::Response(Box::new(ResponseFault {
        reason,
        operation,
        status: incoming.status,
        content_type: header(incoming, "content-type", secrets),
        snippet: beginning.map(|text| secrets.redacted(snippet(&text))),
        request_id: header(incoming, REQUEST_ID, secrets),
    }))
}

/// A header of an answer, without what it quotes of the secrets.
pub(crate) fn header<Headers: HeaderMap, Text>(
    incoming: &Incoming<Headers, Text>,
    name: &str,
    secrets: Secrets<'_>,
) -> Option<String> {
    incoming.headers.get(name).map(|value| secrets.redacted(value))
}

fn api_fault<P: Platform>(
    operation: Operation,
    attempts: u32,
    incoming: &Incoming<P::Headers, TextOf<P>>,
    secrets: Secrets<'_>,
) -> Error<P::Cause> {
    let body = match &incoming.text {
        None => ErrorBody { summary: "no body".to_owned(), ..ErrorBody::default() },
        Some(text) => {
            let mut body = P::Body::decode(text).map(|body| body.error_body()).unwrap_or_default();
            if body.summary.is_empty() {
                body.summary = match body.code {
                    Some(_) => "an error object without a summary".to_owned(),
                    None => no_error_object(&P::Body::beginning(text), secrets),
                };
            }
            body.redacted(secrets)
        }
    };
    Error::Api(Box::new(ApiFault {
        operation,
        status: incoming.status,
        body,
        request_id: header(incoming, REQUEST_ID, secrets),
        missing_scope: header(incoming, "www-authenticate", secrets).and_then(|value| scope_of(&value)),
        attempts,
        opens_in: None,
    }))
}

/// The header in which Okta names a request.
pub(crate) const REQUEST_ID: &str = "x-okta-request-id";

fn no_error_object(beginning: &str, secrets: Secrets<'_>) -> String {
    let what = if is_markup(beginning) {
        "an HTML page, not the API's error object: "
    } else {
        "not the API's error object: "
    };
    [what, &secrets.redacted(snippet(beginning))].concat()
}

fn is_markup(beginning: &str) -> bool {
    beginning.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').starts_with('<')
}

/// The scopes that a 403 asks for: `error="insufficient_scope", scope="okta.groups.manage"`.
fn scope_of(challenge: &str) -> Option<String> {
    let parameter = |wanted: &str| {
        let mut is_quoted = false;
        let mut parts = challenge.split(|c| {
            is_quoted ^= c == '"';
            !is_quoted && (c == ',' || c == ' ')
        });
        let named = |part: &'_ str| {
            let (name, value) = part.split_once('=')?;
            name.eq_ignore_ascii_case(wanted).then(|| value.trim_matches('"').to_owned())
        };
        parts.find_map(named)
    };
    parameter("error").filter(|error| error == "insufficient_scope").and(parameter("scope"))
}

impl ErrorBody {
    /// Reads the error objects that were seen: Okta's own, OAuth's, and those of things in between. What is not a
    /// text where one is expected is as good as absent; the summary is then empty.
    pub fn read(text: impl Fn(&str) -> Option<String>, causes: Vec<String>) -> Self {
        let summary = ["errorSummary", "error_description", "message", "error"];
        ErrorBody {
            code: text("errorCode"),
            summary: summary.into_iter().filter_map(&text).find(|text| !text.is_empty()).unwrap_or_default(),
            causes,
            id: text("errorId"),
        }
    }

    fn redacted(mut self, secrets: Secrets<'_>) -> Self {
        let redactor = secrets.redactor();
        self.summary = redactor.redacted(self.summary);
        let redacted = |text| redactor.redacted(text);
        self.causes = self.causes.into_iter().map(redacted).collect();
        self.code = self.code.map(redacted);
        self.id = self.id.map(redacted);
        self
    }
}
