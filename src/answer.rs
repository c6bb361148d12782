//! Decides what an answer means: a body of the operation's shape, an error of the API, or something that is
//! not the API's. It does not decide what is retried.

use std::borrow::Cow;

use crate::error::{ApiFault, Error, ErrorBody, ResponseFault, ResponseReason, snippet};
use crate::filter::{IS_READ, Parameter, Warning, check, parse};
use crate::host::{Body, HeaderMap, Incoming, Shape};
use crate::redact::Secrets;
use crate::request::{AnswerShape, Decoded, Operation, Request, pairs};
use crate::text::{split_first, trim};

/// The parts of an answer that decide its meaning: status, headers, and what is known of the body.
#[derive(Clone, Debug, Default)]
pub(crate) struct AnswerFacts<'a> {
    pub(crate) status: u16,
    /// By [`ReadHeader`].
    pub(crate) headers: [Option<Cow<'a, str>>; HEADERS.len()],
    pub(crate) body: BodyFacts,
    /// The types and names of a page's groups, if the call looks for one of them.
    pub(crate) groups: Vec<[Option<String>; 2]>,
}

/// The headers that the core reads, in the order of [`ReadHeader`].
pub(crate) const HEADERS: [&str; 9] = [
    "x-rate-limit-limit",
    "x-rate-limit-remaining",
    "x-rate-limit-reset",
    "date",
    "retry-after",
    "x-okta-request-id",
    "content-type",
    "www-authenticate",
    "link",
];

/// The place of a header in [`HEADERS`].
#[derive(Clone, Copy)]
pub(crate) enum ReadHeader {
    Limit,
    Remaining,
    Reset,
    Date,
    RetryAfter,
    RequestId,
    ContentType,
    WwwAuthenticate,
    Link,
}

/// What is known of a body.
#[derive(Clone, Debug, Default)]
pub(crate) enum BodyFacts {
    #[default]
    Empty,
    /// Not JSON: the beginning of the text.
    Text(String),
    Json {
        shape: Shape,
        /// The beginning of the text.
        beginning: String,
        /// The `id` of an object; empty if it is not a text.
        id: Option<String>,
        /// The body as an error object.
        error: ErrorBody,
    },
}

/// Which part of the body is the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Yield {
    Nothing,
    Whole,
    /// The item of the array with this index.
    Item(usize),
}

impl AnswerFacts<'_> {
    /// The facts of an answer, and its decoded body. With `looks`, the types and names of a page's groups are
    /// read.
    pub(crate) fn of<Headers: HeaderMap, B: Body>(
        incoming: &Incoming<Headers, B::Text>,
        looks: bool,
    ) -> (AnswerFacts<'static>, Option<B>) {
        let body = incoming.text.as_ref().and_then(B::decode);
        let mut groups = Vec::new();
        let facts = match (&incoming.text, &body) {
            (None, _) => BodyFacts::Empty,
            (Some(text), None) => BodyFacts::Text(B::beginning(text)),
            (Some(text), Some(body)) => {
                let shape = body.shape();
                if let Shape::Array(count) = shape
                    && looks
                {
                    let items = (0..count).filter_map(|index| body.item(index));
                    groups.extend(
                        items.map(|item| [item.text_at(&["type"]), item.text_at(&["profile", "name"])]),
                    );
                }
                BodyFacts::Json {
                    shape,
                    beginning: B::beginning(text),
                    id: body.has("id").then(|| body.text_at(&["id"]).unwrap_or_default()),
                    error: body.error_body(),
                }
            }
        };
        let facts = AnswerFacts {
            status: incoming.status,
            headers: HEADERS.map(|name| incoming.headers.get(name).map(Cow::Owned)),
            body: facts,
            groups,
        };
        (facts, body)
    }

    pub(crate) fn header(&self, header: ReadHeader) -> Option<&str> {
        self.headers.get(header as usize)?.as_deref()
    }

    /// A header without quotes of the secrets.
    fn redacted(&self, header: ReadHeader, secrets: Secrets<'_>) -> Option<String> {
        Some(secrets.redacted(self.header(header)?.to_owned()))
    }

    /// The number of items of a page.
    pub(crate) fn items(&self) -> Option<usize> {
        match self.body {
            BodyFacts::Json { shape: Shape::Array(items), .. } => Some(items),
            _ => None,
        }
    }
}

/// Which part of the body is the result, or the error. The error's texts are redacted by `secrets`.
pub(crate) fn judge(
    request: &Request,
    attempts: u32,
    facts: &AnswerFacts<'_>,
    secrets: Secrets<'_>,
) -> Result<Yield, Error> {
    match facts.status {
        // A partial body (206) would be a list that lost its rest.
        205..=207 => Err(fault(request, facts, ResponseReason::Status, None, secrets)),
        200..=299 => success(request, attempts, facts, secrets),
        0 | 300..=399 => Err(fault(request, facts, ResponseReason::Redirect, None, secrets)),
        _ => Err(api_fault(request, attempts, facts, secrets)),
    }
}

fn success(
    request: &Request,
    attempts: u32,
    facts: &AnswerFacts<'_>,
    secrets: Secrets<'_>,
) -> Result<Yield, Error> {
    let failed =
        |reason, beginning: &str| Err(fault(request, facts, reason, Some(beginning.to_owned()), secrets));
    match (request.operation.answer(), &facts.body) {
        (AnswerShape::Nothing | AnswerShape::Any, BodyFacts::Empty) => Ok(Yield::Nothing),
        (_, BodyFacts::Empty) => failed(ResponseReason::Shape, "no body"),
        // A login page answers 200 to a DELETE that never reached the org.
        (_, BodyFacts::Text(beginning)) if is_markup(beginning) => failed(ResponseReason::Html, beginning),
        (AnswerShape::Nothing, BodyFacts::Text(_)) => Ok(Yield::Nothing),
        (_, BodyFacts::Text(beginning)) => failed(ResponseReason::Json, beginning),
        // An error object under a successful status.
        (
            AnswerShape::Nothing | AnswerShape::Object | AnswerShape::Any,
            BodyFacts::Json { shape: Shape::Object, error, .. },
        ) if error.code.is_some() => Err(api_fault(request, attempts, facts, secrets)),
        (AnswerShape::Nothing, BodyFacts::Json { .. }) => Ok(Yield::Nothing),
        (AnswerShape::Page, BodyFacts::Json { shape: Shape::Array(_), .. }) => Ok(Yield::Whole),
        (AnswerShape::Any, BodyFacts::Json { .. }) => Ok(Yield::Whole),
        // The body of another group, or without an id: an update would write it into this group.
        (AnswerShape::Object, BodyFacts::Json { shape: Shape::Object, id, .. }) => {
            match id.as_ref().is_some_and(|id| request.admits_body_id(id)) {
                true => Ok(Yield::Whole),
                false => failed(ResponseReason::Shape, "another id, or none"),
            }
        }
        (_, BodyFacts::Json { beginning, .. }) => failed(ResponseReason::Shape, beginning),
    }
}

fn fault(
    request: &Request,
    facts: &AnswerFacts<'_>,
    reason: ResponseReason,
    beginning: Option<String>,
    secrets: Secrets<'_>,
) -> Error {
    Error::Response(Box::new(ResponseFault {
        reason,
        operation: request.operation,
        path: request.template(),
        status: facts.status,
        content_type: facts.redacted(ReadHeader::ContentType, secrets),
        snippet: beginning.map(|text| secrets.redacted(snippet(&text))),
        request_id: facts.redacted(ReadHeader::RequestId, secrets),
    }))
}

fn api_fault(request: &Request, attempts: u32, facts: &AnswerFacts<'_>, secrets: Secrets<'_>) -> Error {
    let body = match &facts.body {
        BodyFacts::Empty => ErrorBody { summary: "no body".to_owned(), ..ErrorBody::default() },
        BodyFacts::Text(beginning) => {
            ErrorBody { summary: no_error_object(beginning, secrets), ..ErrorBody::default() }
        }
        BodyFacts::Json { error, beginning, .. } => {
            let mut body = error.clone();
            if body.summary.is_empty() {
                body.summary = match body.code {
                    Some(_) => "an error object without a summary".to_owned(),
                    None => no_error_object(beginning, secrets),
                };
            }
            body.redacted(secrets)
        }
    };
    Error::Api(Box::new(ApiFault {
        operation: request.operation,
        path: request.template(),
        status: facts.status,
        request_id: facts.redacted(ReadHeader::RequestId, secrets),
        missing_scope: facts
            .redacted(ReadHeader::WwwAuthenticate, secrets)
            .and_then(|value| scope_of(&value)),
        warnings: match (facts.status, body.code.as_deref()) {
            (400, Some("E0000031")) => undocumented(request),
            _ => Vec::new(),
        },
        body,
        attempts,
        retry_after: None,
    }))
}

/// The parts of a group list's expressions that Okta does not document.
fn undocumented(request: &Request) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if !IS_READ || request.operation != Operation::ListGroups {
        return warnings;
    }
    for (name, pair) in pairs(&request.query) {
        let parameter = match name {
            "filter" => Parameter::Filter,
            "search" => Parameter::Search,
            _ => continue,
        };
        let text = Decoded::of(split_first(pair, b"=").unwrap_or_default().1).collect();
        if let Some(expr) = String::from_utf8(text).ok().and_then(|text| parse(&text).ok()) {
            warnings.extend(check(&expr, parameter));
        }
    }
    warnings
}

fn no_error_object(beginning: &str, secrets: Secrets<'_>) -> String {
    let what = if is_markup(beginning) {
        "an HTML page, not the API's error object: "
    } else {
        "not the API's error object: "
    };
    [what, &secrets.redacted(snippet(beginning))].concat()
}

fn is_markup(beginning: &str) -> bool {
    beginning.chars().find(|c| !c.is_whitespace() && *c != '\u{feff}') == Some('<')
}

/// The scopes that a 403 names: `error="insufficient_scope", scope="okta.groups.manage"`.
fn scope_of(challenge: &str) -> Option<String> {
    let parameter = |wanted: &str| {
        let mut is_quoted = false;
        let mut parts = challenge.split(|c| {
            is_quoted ^= c == '"';
            !is_quoted && (c == ',' || c == ' ')
        });
        let named = |part: &'_ str| {
            let (name, value) = split_first(part, b"=")?;
            name.eq_ignore_ascii_case(wanted).then(|| trim(value, b"\"").to_owned())
        };
        parts.find_map(named)
    };
    parameter("error").filter(|error| error == "insufficient_scope").and(parameter("scope"))
}

impl ErrorBody {
    /// Reads any of the known error objects: Okta's, OAuth's, and those of proxies. A field that is not a
    /// text counts as absent; a missing summary is empty.
    pub fn read(text: impl Fn(&str) -> Option<String>, causes: Vec<String>) -> Self {
        let summary = ["errorSummary", "error_description", "message", "error"];
        ErrorBody {
            code: text("errorCode"),
            summary: summary.into_iter().filter_map(&text).find(|text| !text.is_empty()).unwrap_or_default(),
            causes,
            error_id: text("errorId"),
        }
    }

    fn redacted(mut self, secrets: Secrets<'_>) -> Self {
        let redactor = secrets.redactor();
        self.summary = redactor.redacted(self.summary);
        let redacted = |text| redactor.redacted(text);
        self.causes = self.causes.into_iter().map(redacted).collect();
        self.code = self.code.map(redacted);
        self.error_id = self.error_id.map(redacted);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::ListGroups;

    #[test]
    fn a_refused_expression_comes_with_what_the_documentation_does_not_know_of_it() {
        let asked = |filter: Option<&str>, search: Option<&str>| {
            let [filter, search] = [filter, search].map(|text| text.map(str::to_owned));
            ListGroups { filter, search, ..ListGroups::default() }.request().unwrap()
        };
        let warned = |request: &Request, status, code: &str| {
            let error =
                ErrorBody { code: Some(code.into()), summary: "Invalid.".into(), ..ErrorBody::default() };
            let shape = Shape::Object;
            let body = BodyFacts::Json { shape, beginning: String::new(), id: None, error };
            let facts = AnswerFacts { status, body, ..AnswerFacts::default() };
            match judge(request, 1, &facts, Secrets::default()) {
                Err(Error::Api(fault)) => {
                    (fault.warnings.iter().map(Warning::to_string).collect::<Vec<_>>().join("; "), fault)
                }
                other => panic!("{other:?}"),
            }
        };
        let name = asked(Some("profile.name eq \"R&D +1\""), None);
        let (warnings, fault) = warned(&name, 400, "E0000031");
        assert_eq!(warnings, "profile.name is not documented for filter");
        assert_eq!(
            Error::<()>::Api(fault).to_string(),
            "Okta 400 E0000031 on GET /api/v1/groups: Invalid.: profile.name is not documented for filter"
        );
        let both = asked(Some("created gt \"2026\""), Some("not (profile.name ew \"x\")"));
        assert_eq!(
            warned(&both, 400, "E0000031").0,
            "created is not documented for filter; created gt: the value can match nothing; \
             not is not documented for search; profile.name ew is not documented for search"
        );
        // Documented expressions and other errors have no warnings.
        assert_eq!(warned(&asked(None, Some("profile.name eq \"x\"")), 400, "E0000031").0, "");
        for (status, code) in [(400, "E0000001"), (403, "E0000006"), (401, "E0000031")] {
            assert_eq!(warned(&name, status, code).0, "");
        }
    }

    #[test]
    fn an_object_is_the_operations_own_by_its_id() {
        let group = crate::request::GroupId::new("00g1").unwrap();
        let get = crate::request::GetGroup { group }.request();
        let create = crate::request::CreateGroup { profile: "{}".into() }.request();
        for (id, of_get, of_create) in [
            (Some("00g1"), true, true),
            (Some("00g2"), false, true),
            (Some(""), false, true),
            (None, false, false),
        ] {
            let (shape, error) = (Shape::Object, ErrorBody::default());
            let id = id.map(str::to_owned);
            let body = BodyFacts::Json { shape, beginning: String::new(), id, error };
            let facts = AnswerFacts { status: 200, body, ..AnswerFacts::default() };
            for (request, taken) in [(&get, of_get), (&create, of_create)] {
                assert_eq!(judge(request, 1, &facts, Secrets::default()).is_ok(), taken, "{:?}", facts.body);
            }
        }
    }

    /// The facts of an answer with this body.
    fn answered(
        status: u16,
        text: Option<&str>,
        headers: &[(&str, &str)],
        looks: bool,
    ) -> AnswerFacts<'static> {
        let headers: Vec<_> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let incoming = Incoming { status, headers, text: text.map(str::to_owned), lossy: false };
        AnswerFacts::of::<_, serde_json::Value>(&incoming, looks).0
    }

    #[test]
    fn the_facts_of_an_answer_are_its_status_its_headers_and_its_body() {
        let page = r#"[{"type":"OKTA_GROUP","profile":{"name":"a"}},{"id":"2"}]"#;
        let read = answered(200, Some(page), &[("X-Rate-Limit-Limit", "50"), ("date", "now")], true);
        assert_eq!((read.status, read.items()), (200, Some(2)));
        assert_eq!(
            [ReadHeader::Limit, ReadHeader::Date, ReadHeader::Link].map(|header| read.header(header)),
            [Some("50"), Some("now"), None]
        );
        let first = ["OKTA_GROUP", "a"].map(|text| Some(text.to_owned()));
        assert_eq!(read.groups, [first, [None, None]]);
        assert!(answered(200, Some(page), &[], false).groups.is_empty());
        for (text, items) in [
            (Some("[]"), Some(0)),
            (Some("[{},{},{}]"), Some(3)),
            (Some("{}"), None),
            (Some("<p>"), None),
            (None, None),
        ] {
            assert_eq!(answered(200, text, &[], true).items(), items, "{text:?}");
        }
    }

    #[test]
    fn what_an_answer_means_to_each_kind_of_operation() {
        let group = crate::request::GroupId::new("00g1").unwrap();
        let delete = crate::request::DeleteGroup { group: group.clone() }.request();
        let get = crate::request::GetGroup { group }.request();
        let list = ListGroups::default().request().unwrap();
        let any = crate::request::Other::new(crate::request::Method::Post, &["apps"]).request().unwrap();
        let object = r#"{"id":"00g1"}"#;
        let error = r#"{"errorCode":"E0000007","errorSummary":"Not found."}"#;
        let page = "<!doctype html><title>Log in</title>";
        for (status, text, of_delete, of_get, of_list, of_any) in [
            (204, None, "ok", "shape", "shape", "ok"),
            (200, Some(object), "ok", "ok", "shape", "ok"),
            (200, Some("[]"), "ok", "shape", "ok", "ok"),
            (200, Some("done"), "ok", "json", "json", "json"),
            (200, Some("[{"), "ok", "json", "json", "json"),
            (200, Some(page), "html", "html", "html", "html"),
            (200, Some(" \u{feff}\n<html>"), "html", "html", "html", "html"),
            (200, Some("a < b"), "ok", "json", "json", "json"),
            (200, Some(error), "not-found", "not-found", "shape", "not-found"),
            (200, Some("7"), "ok", "shape", "shape", "ok"),
            (200, Some("null"), "ok", "shape", "shape", "ok"),
            (205, None, "status", "status", "status", "status"),
            (206, Some("[]"), "status", "status", "status", "status"),
            (207, Some(object), "status", "status", "status", "status"),
            (0, None, "redirect", "redirect", "redirect", "redirect"),
            (302, Some(page), "redirect", "redirect", "redirect", "redirect"),
            (199, None, "api", "api", "api", "api"),
            (404, Some(error), "not-found", "not-found", "not-found", "not-found"),
        ] {
            for (request, expected) in
                [(&delete, of_delete), (&get, of_get), (&list, of_list), (&any, of_any)]
            {
                let said = match judge(request, 1, &answered(status, text, &[], false), Secrets::default()) {
                    Ok(_) => "ok",
                    Err(Error::Response(fault)) => fault.reason.as_str(),
                    // An error object under a successful status has no class of its own.
                    Err(Error::Api(fault)) if fault.body.code.as_deref() == Some("E0000007") => "not-found",
                    Err(error) => error.kind(),
                };
                assert_eq!(said, expected, "{status} {text:?} of {:?}", request.operation);
            }
        }
    }

    #[test]
    fn an_api_error_has_a_summary_whatever_the_body_is() {
        let group = crate::request::GroupId::new("00g1").unwrap();
        let get = crate::request::GetGroup { group }.request();
        for (text, summary) in [
            (None, "no body"),
            (Some("Bad gateway"), "not the API's error object: Bad gateway"),
            (Some("5 > 4"), "not the API's error object: 5 > 4"),
            (Some("<h1>Bad</h1> gateway"), "an HTML page, not the API's error object: Bad gateway"),
            (Some("\n<p>Bad"), "an HTML page, not the API's error object: Bad"),
            (Some("[1]"), "not the API's error object: [1]"),
            (Some(r#"{"errorCode":"E1"}"#), "an error object without a summary"),
            (Some(r#"{"errorSummary":"","error_description":"b","message":"c"}"#), "b"),
            (Some(r#"{"errorSummary":"a","message":"c"}"#), "a"),
            (Some(r#"{"errorSummary":7,"message":"c","error":"d"}"#), "c"),
            (Some(r#"{"error":"d"}"#), "d"),
        ] {
            let facts = answered(500, text, &[], false);
            match judge(&get, 3, &facts, Secrets::default()) {
                Err(Error::Api(fault)) => {
                    assert_eq!((fault.body.summary.as_str(), fault.attempts), (summary, 3), "{text:?}");
                }
                other => panic!("{other:?}"),
            }
        }
        let said = |name: &str| match name {
            "errorCode" | "errorId" | "error" => Some(name.to_owned()),
            _ => None,
        };
        let body = ErrorBody::read(said, vec!["cause".to_owned()]);
        assert_eq!((body.code.as_deref(), body.error_id.as_deref()), (Some("errorCode"), Some("errorId")));
        assert_eq!((body.summary.as_str(), body.causes), ("error", vec!["cause".to_owned()]));
    }

    #[test]
    fn the_scope_that_a_403_asks_for() {
        for (challenge, scope) in [
            (r#"Bearer error="insufficient_scope", scope="okta.groups.manage""#, Some("okta.groups.manage")),
            (r#"Bearer scope="a b,c", error="insufficient_scope""#, Some("a b,c")),
            ("Bearer error=insufficient_scope,scope=okta.groups.read", Some("okta.groups.read")),
            ("Bearer Error=insufficient_scope Scope=a", Some("a")),
            // A parameter within quotes belongs to another parameter's value.
            (r#"Bearer realm="x, scope=no, y", error="insufficient_scope", scope="yes""#, Some("yes")),
            (r#"Bearer realm="x, error=insufficient_scope, y", scope="no""#, None),
            (r#"Bearer error="invalid_token", scope="no""#, None),
            (r#"Bearer scope="no""#, None),
            (r#"Bearer error="insufficient_scope""#, None),
            ("", None),
        ] {
            assert_eq!(scope_of(challenge).as_deref(), scope, "{challenge}");
        }
    }
}
