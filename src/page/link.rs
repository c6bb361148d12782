//! Parses the `Link` header (RFC 8288) in one pass over its characters: regular expressions over this header
//! have been denial-of-service holes in other clients. It does not decide which link is followed.

use crate::text::{before, split_first, trim_start};

/// One link of a `Link` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link<'a> {
    /// The text between `<` and `>`.
    pub target: &'a str,
    /// The value of the first `rel` parameter: relation names, separated by blanks.
    pub rel: String,
}

impl Link<'_> {
    /// Whether `name` is one of the relations, in any case.
    pub fn is(&self, name: &str) -> bool {
        self.rel.split_ascii_whitespace().any(|rel| rel.eq_ignore_ascii_case(name))
    }
}

/// The links of a header's value. Several headers are one value, joined by commas as `fetch` joins them. A
/// malformed link is skipped up to the next comma.
pub fn links(value: &str) -> Links<'_> {
    Links { rest: value }
}

/// Iterator of [`links`].
#[derive(Clone, Debug)]
pub struct Links<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Links<'a> {
    type Item = Link<'a>;

    fn next(&mut self) -> Option<Link<'a>> {
        loop {
            self.rest = trim_start(self.rest, b" \t,");
            if self.rest.is_empty() {
                return None;
            }
            let Some(target) = self.target() else {
                self.parameters();
                continue;
            };
            let rel = self.parameters().unwrap_or_default();
            return Some(Link { target, rel });
        }
    }
}

impl<'a> Links<'a> {
    fn target(&mut self) -> Option<&'a str> {
        let rest = self.rest.strip_prefix('<')?;
        count(before(rest, b">").len());
        let Some((target, rest)) = split_first(rest, b">") else {
            // No other link can follow. Searching again from each `<` would cost the square of the header's
            // length.
            self.rest = "";
            return None;
        };
        self.rest = rest;
        Some(target.trim())
    }

    /// Reads to the comma that ends the link. The first `rel` counts (RFC 8288, 3.3).
    fn parameters(&mut self) -> Option<String> {
        let mut rel = None;
        loop {
            let name = self.until(b";,=").trim();
            let value = match self.take() {
                Some('=') => self.value(),
                Some(';') => continue,
                _ => return rel,
            };
            if rel.is_none() && name.eq_ignore_ascii_case("rel") {
                rel = Some(value);
            }
        }
    }

    fn value(&mut self) -> String {
        self.rest = trim_start(self.rest, b" \t");
        if !self.rest.starts_with('"') {
            return self.until(b";,").trim().to_owned();
        }
        self.take();
        let mut value = String::new();
        loop {
            match self.take() {
                Some('\\') => value.extend(self.take()),
                Some('"') | None => return value,
                Some(c) => value.push(c),
            }
        }
    }

    fn until(&mut self, ends: &[u8]) -> &'a str {
        let at = before(self.rest, ends).len();
        count(at);
        let (taken, rest) = self.rest.split_at_checked(at).unwrap_or_default();
        self.rest = rest;
        taken
    }

    fn take(&mut self) -> Option<char> {
        count(1);
        let mut chars = self.rest.chars();
        let first = chars.next();
        self.rest = chars.as_str();
        first
    }
}

/// Counts the characters that are read, for tests: a hostile header must not cost more than its length.
fn count(_bytes: usize) {
    #[cfg(test)]
    super::cost::add(_bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(value: &str) -> Vec<(&str, String)> {
        links(value).map(|link| (link.target, link.rel)).collect()
    }

    #[test]
    fn the_forms_a_header_takes() {
        for (value, expected) in [
            ("", vec![]),
            (r#"<https://a/x>; rel="self""#, vec![("https://a/x", "self")]),
            (r#"<a>; rel="self", <b>;rel="next""#, vec![("a", "self"), ("b", "next")]),
            (r#"<a>;rel=self,<b>;rel=next"#, vec![("a", "self"), ("b", "next")]),
            (r#"<a> ; title="x, y; rel=no" ; REL = "Next last""#, vec![("a", "Next last")]),
            (r#"<a,b>; rel=next"#, vec![("a,b", "next")]),
            (r#"<a>; rel="first"; rel="second""#, vec![("a", "first")]),
            (r#"<a>; title="say \"hi, there\""; rel=next"#, vec![("a", "next")]),
            (r#"<a>"#, vec![("a", "")]),
            (r#"<a>; rel"#, vec![("a", "")]),
            (r#",, , <a>; rel=next,"#, vec![("a", "next")]),
            (r#"nonsense; rel="next, no", <b>; rel=next"#, vec![("b", "next")]),
            (r#"<unclosed; rel=next"#, vec![]),
            (r#"<a>; rel="unclosed"#, vec![("a", "unclosed")]),
        ] {
            let expected: Vec<_> = expected.into_iter().map(|(t, r)| (t, r.to_owned())).collect();
            assert_eq!(read(value), expected, "{value}");
        }
    }

    #[test]
    fn a_relation_is_one_of_several_in_any_case() {
        let link = links(r#"<a>; rel="Last NEXT""#).next().unwrap();
        assert!(link.is("next") && link.is("last") && !link.is("nex"));
    }

    proptest! {
        #[test]
        fn every_link_written_is_read_back(targets in prop::collection::vec("[a-z/?=&,;%]{0,12}", 0..5), quoted: bool) {
            let rel = if quoted { "\"next\"" } else { "next" };
            let header: Vec<String> = targets.iter().map(|t| format!("<{t}>; title=\"a,b\"; rel={rel}")).collect();
            let header = header.join(", ");
            let read: Vec<&str> = links(&header).filter(|link| link.is("next")).map(|link| link.target).collect();
            prop_assert_eq!(read, targets.iter().map(|t| t.trim()).collect::<Vec<_>>());
        }

        #[test]
        fn any_text_ends(value in any::<String>()) {
            prop_assert!(links(&value).count() <= value.len());
        }
    }
}
