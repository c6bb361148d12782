//! HTTP requests and answers as plain values, which hosts convert.

use std::borrow::Cow;

/// A request as a host received it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Request {
    /// `GET`, `POST`, `PUT`, `DELETE`, `OPTIONS`..., upper-case.
    pub method: String,
    /// The path and the query as sent, still percent-encoded: `/api/v1/groups?limit=3`.
    pub path_and_query: String,
    /// Names in any case.
    pub headers: Vec<(String, String)>,
    /// The body, empty if there is none.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without headers or body.
    pub fn new(method: &str, path_and_query: &str) -> Self {
        Self { method: method.to_owned(), path_and_query: path_and_query.to_owned(), ..Self::default() }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets the body to this text.
    #[must_use]
    pub fn body(mut self, text: &str) -> Self {
        self.body = text.as_bytes().to_vec();
        self
    }

    /// The first header of this name, in any case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The path and the query, without the `?`.
    pub(crate) fn split(&self) -> (&str, &str) {
        self.path_and_query.split_once('?').unwrap_or((&self.path_and_query, ""))
    }
}

/// An answer for a host to send.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers in order; a name may occur twice, as `Link` does.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// JSON, or nothing.
    pub body: String,
}

impl Response {
    /// The first header of this name, in any case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.get_all(name).next()
    }

    /// Every header of this name, in any case.
    pub fn get_all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        self.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}
