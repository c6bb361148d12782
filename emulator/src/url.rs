//! Reads queries leniently, and writes them as Okta's server does.

use std::borrow::Cow;

/// `%xx` decoded; a malformed escape stays as it is.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy()
}

/// The names and values of a query, `+` read as a blank.
pub(crate) fn query_pairs(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// Appends `name=value` with blanks as `+` and quotes as `%22`, as all recorded `Link` headers have them, for any encoding
/// of the request.
pub(crate) fn push_pair(query: &mut String, name: &str, value: &str) {
    query.push(if query.is_empty() { '?' } else { '&' });
    query.push_str(name);
    query.push('=');
    query.extend(form_urlencoded::byte_serialize(value.as_bytes()));
}
