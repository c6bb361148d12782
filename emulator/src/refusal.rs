//! Every refusal of the org, with Okta's status, code and texts. Other modules decide when one applies.

use std::borrow::Cow;

use okta_groups::model::{ApiError, ErrorCause};

/// The reason of a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A field of the body or the query is invalid; the causes explain it.
    Validation { field: String, causes: Vec<String> },
    /// The body is not a JSON object.
    BadJson,
    /// The body is not JSON by its `Content-Type`.
    ContentType,
    /// No token, or one that the org does not accept.
    Unauthorized,
    /// The type of the group forbids it.
    Forbidden,
    /// The token lacks this scope.
    MissingScope(&'static str),
    /// No group of this id.
    NoGroup(String),
    /// No user of this id.
    NoUser(String),
    /// No rule of this id.
    NoRule(String),
    /// No owner of this id.
    NoOwner(String),
    /// Nothing at this path.
    NoPath,
    /// The path has no such method.
    Method,
    /// A parameter that should be a number is not.
    TypeMismatch(String),
    /// An invalid cursor of a list of users or apps.
    InvalidPaging,
    /// An invalid date in an expression.
    InvalidDate,
    /// An invalid `filter` or `search`, or an invalid cursor of the list of groups.
    InvalidSearch { causes: Vec<String> },
    /// Over the rate limit.
    RateLimited,
    /// A fault by the options.
    Fault { status: u16, code: String },
}

pub(crate) const INVALID_CURSOR: &str = "Invalid cursor.";

impl Refusal {
    pub(crate) fn field(field: &str, problem: &str) -> Self {
        Self::Validation { field: field.to_owned(), causes: vec![format!("{field}: {problem}")] }
    }

    pub(crate) fn invalid_search(cause: Option<&str>) -> Self {
        Self::InvalidSearch { causes: cause.into_iter().map(str::to_owned).collect() }
    }

    /// Status, code, summary, causes.
    pub(crate) fn row(&self) -> (u16, &str, Cow<'static, str>, &[String]) {
        match self {
            Self::Validation { field, causes } => {
                (400, "E0000001", format!("Api validation failed: {field}").into(), causes)
            }
            Self::BadJson => (400, "E0000003", "The request body was not well-formed.".into(), &[]),
            Self::Forbidden | Self::MissingScope(_) => {
                (403, "E0000006", "You do not have permission to perform the requested action".into(), &[])
            }
            Self::NoGroup(id) => {
                (404, "E0000007", format!("Not found: Resource not found: {id} (UserGroup)").into(), &[])
            }
            Self::NoUser(id) => {
                (404, "E0000007", format!("Not found: Resource not found: {id} (User)").into(), &[])
            }
            Self::NoRule(id) => {
                (404, "E0000007", format!("Not found: Resource not found: {id} (PolicyRule)").into(), &[])
            }
            Self::NoOwner(id) => {
                (404, "E0000007", format!("Not found: Resource not found: {id} (LinkedObject)").into(), &[])
            }
            Self::NoPath => (404, "E0000008", "The requested path was not found".into(), &[]),
            Self::Unauthorized => (401, "E0000011", "Invalid token provided".into(), &[]),
            Self::ContentType => (
                400,
                "E0000021",
                "Bad request.  Accept and/or Content-Type headers likely do not match supported values."
                    .into(),
                &[],
            ),
            Self::Method => {
                (405, "E0000022", "The endpoint does not support the provided HTTP method".into(), &[])
            }
            Self::InvalidPaging => (400, "E0000029", "Invalid paging request.".into(), invalid_cursor()),
            Self::InvalidDate => (
                400,
                "E0000030",
                "Bad request. Invalid date. Dates must be of the form yyyy-MM-dd'T'HH:mm:ss.SSSZZ, e.g. \
                 2013-01-01T12:00:00.000-07:00."
                    .into(),
                &[],
            ),
            Self::InvalidSearch { causes } => (400, "E0000031", "Invalid search criteria.".into(), causes),
            Self::TypeMismatch(what) => {
                (400, "E0000037", format!("Type mismatch exception.  {what}").into(), &[])
            }
            Self::RateLimited => {
                (429, "E0000047", "API call exceeded rate limit due to too many requests.".into(), &[])
            }
            Self::Fault { status, code } => {
                let summary = match code.as_str() {
                    "E0000009" => "Internal Server Error",
                    "E0000010" => "Service is in read only mode",
                    "E0000239" => "Policy priorities are being reconciled. Please try again later.",
                    "E0000100" => "Unable to perform search query.",
                    _ => "An injected fault",
                };
                (*status, code, summary.into(), &[])
            }
        }
    }

    /// Okta's error object.
    pub(crate) fn body(&self, error_id: String) -> ApiError {
        let (_, code, summary, causes) = self.row();
        let mut error = ApiError::default();
        error.error_code = code.to_owned();
        error.error_summary = summary.into_owned();
        error.error_link = code.to_owned();
        error.error_id = error_id;
        error.error_causes = causes
            .iter()
            .map(|cause| {
                let mut row = ErrorCause::default();
                row.error_summary = cause.clone();
                row
            })
            .collect();
        error
    }
}

fn invalid_cursor() -> &'static [String] {
    static CAUSES: std::sync::OnceLock<[String; 1]> = std::sync::OnceLock::new();
    CAUSES.get_or_init(|| [INVALID_CURSOR.to_owned()])
}
