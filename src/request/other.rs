//! Requests to any other path below `/api/v1/`, by the path's segments.

use super::encode::encode;
use super::id::check_segment;
use super::{ArgumentError, Links, Method, Operation, Query, Request};
use crate::text::{digits, split};

/// Any other request. Its answer is any JSON, or has no body.
///
/// ```
/// use okta_groups::request::{Method, Other};
///
/// let schema = Other::new(Method::Get, &["meta", "schemas", "group", "default"]);
/// assert_eq!(schema.request()?.path, "/api/v1/meta/schemas/group/default");
/// # Ok::<(), okta_groups::request::ArgumentError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Other {
    /// The HTTP method.
    pub method: Method,
    /// The segments of the path below `/api/v1/`, not encoded.
    pub path: Vec<String>,
    /// The names and values of the query, not encoded.
    pub query: Vec<(String, String)>,
    /// The body as JSON text.
    pub body: Option<String>,
    /// Whether the client may retry a write that may have run already.
    pub idempotent: bool,
}

impl Other {
    /// A request without query and body. A write is never retried after it may have run.
    pub fn new(method: Method, path: &[&str]) -> Self {
        let path = path.iter().map(|segment| (*segment).to_owned()).collect();
        Other { method, path, query: Vec::new(), body: None, idempotent: false }
    }

    /// Makes the [`Request`].
    ///
    /// # Errors
    /// [`ArgumentError`] if the path has no segment, or a segment is empty or a dot segment; if a GET has a
    /// body.
    pub fn request(&self) -> Result<Request, ArgumentError> {
        if self.method == Method::Get && self.body.is_some() {
            return Err(ArgumentError::new("body", "cannot go with GET"));
        }
        let operation = Operation::Other { method: self.method, idempotent: self.idempotent };
        Ok(Request { body: self.body.clone(), ..request(operation, &self.path, &self.query)? })
    }
}

/// Any other list: its pages are JSON arrays of objects.
#[derive(Clone, Debug)]
pub struct OtherList {
    /// The segments of the path below `/api/v1/`, not encoded.
    pub path: Vec<String>,
    /// The names and values of the query, not encoded, including `limit`. Without it no `limit` is sent.
    pub query: Vec<(String, String)>,
    /// [`Links::Always`]: a full page without a `Link` header is an error. [`Links::Never`]: such a page is
    /// the last.
    pub links: Links,
}

impl OtherList {
    /// A list without a query, whose pages have a `Link` header.
    pub fn new(path: &[&str]) -> Self {
        let path = path.iter().map(|segment| (*segment).to_owned()).collect();
        OtherList { path, query: Vec::new(), links: Links::Always }
    }

    /// The request for the first page.
    ///
    /// # Errors
    /// Those of [`Other::request`].
    pub fn request(&self) -> Result<Request, ArgumentError> {
        request(Operation::OtherList { links: self.links }, &self.path, &self.query)
    }
}

fn request(
    operation: Operation,
    segments: &[String],
    parameters: &[(String, String)],
) -> Result<Request, ArgumentError> {
    let mut path = String::new();
    for (at, segment) in segments.iter().enumerate() {
        path.push_str(if at > 0 { "/" } else { "" });
        encode(segment, &mut path);
    }
    if segments.is_empty() {
        return Err(ArgumentError::new("path", "is empty"));
    }
    let mut query = Query::new();
    for (name, value) in parameters {
        let mut encoded = String::new();
        encode(name, &mut encoded);
        query.push(&encoded, value);
    }
    below(operation, &path, query.into_string())
}

/// A request to an encoded path below `/api/v1/`, with an encoded query.
pub(crate) fn below(operation: Operation, path: &str, query: String) -> Result<Request, ArgumentError> {
    for (at, segment) in split(path, b'/').enumerate() {
        check_segment(["path[", &digits(at as u64), "]"].concat(), segment)?;
    }
    let path = ["/api/v1/", path].concat();
    Ok(Request { operation, path, query, body: None, has_default_limit: false })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_path_is_its_segments_each_encoded() {
        let request = Other {
            query: vec![("a b".into(), "c&d=e".into()), ("limit".into(), "5".into())],
            body: Some("[1]".into()),
            ..Other::new(Method::Patch, &["users", "a/../b\\\"?#%", "ü"])
        };
        let request = request.request().unwrap();
        assert_eq!(
            request.target(),
            "/api/v1/users/a%2F..%2Fb%5C%22%3F%23%25/%C3%BC?a%20b=c%26d%3De&limit=5"
        );
        assert_eq!((request.method(), request.limit()), (Method::Patch, Some(5)));
        assert_eq!(request.body.as_deref(), Some("[1]"));
        assert_eq!(
            (request.template(), request.bucket()),
            ("/api/v1/users/{id}/{id}".into(), "users/{id}/{id}".into())
        );
        let list = OtherList::new(&["logs"]).request().unwrap();
        assert_eq!(
            (list.target().as_str(), list.method(), list.limit()),
            ("/api/v1/logs", Method::Get, None)
        );
        let group = Other::new(Method::Get, &["groups", "00g1"]).request().unwrap();
        assert_eq!((group.template(), group.bucket()), ("/api/v1/groups/{id}".into(), "groups/{id}".into()));
    }

    #[test]
    fn a_segment_that_would_change_the_path_is_named() {
        for (path, message) in [
            (&[][..], "path is empty"),
            (&[""], "path[0] is empty"),
            (&["users", "", "groups"], "path[1] is empty"),
            (&["users", ".."], "path[1] is a dot segment, which would change the path"),
            (&["."], "path[0] is a dot segment, which would change the path"),
        ] {
            assert_eq!(Other::new(Method::Get, path).request().unwrap_err().to_string(), message);
            assert_eq!(OtherList::new(path).request().unwrap_err().to_string(), message);
        }
        let body = Other { body: Some("1".into()), ..Other::new(Method::Get, &["logs"]) };
        assert_eq!(body.request().unwrap_err().to_string(), "body cannot go with GET");
    }

    proptest! {
        #[test]
        fn any_text_is_one_segment_or_an_error(segment in any::<String>()) {
            if let Ok(request) = Other::new(Method::Get, &["users", &segment, "groups"]).request() {
                let segments: Vec<&str> = request.path.split('/').collect();
                prop_assert_eq!(segments.len(), 6);
                prop_assert!(!matches!(segments[4], "" | "." | ".."));
                prop_assert!(!request.path.contains(['?', '#', '\\', ' ']));
            }
        }
    }
}
