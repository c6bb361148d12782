//! Percent-encoding of queries and path segments, with the same unreserved characters as
//! `encodeURIComponent`; and the comparison of encoded texts.

use crate::text::{before, push_number, split};

/// Builds a query.
#[derive(Clone, Debug, Default)]
pub struct Query(String);

impl Query {
    /// An empty query.
    pub fn new() -> Self {
        Query::default()
    }

    /// Adds `name=value` and encodes the value. A blank becomes `%20`: Okta reads `+`, too, but proxies
    /// disagree about it.
    pub fn push(&mut self, name: &str, value: &str) {
        self.separate();
        self.0.push_str(name);
        self.0.push('=');
        encode(value, &mut self.0);
    }

    /// Adds `name=value` for a number.
    pub fn push_number(&mut self, name: &str, value: u32) {
        self.separate();
        self.0.push_str(name);
        self.0.push('=');
        push_number(value.into(), &mut self.0);
    }

    /// Adds encoded pairs, byte for byte.
    pub fn push_raw(&mut self, pairs: &str) {
        if !pairs.is_empty() {
            self.separate();
            self.0.push_str(pairs);
        }
    }

    /// Adds a pair from a link, byte for byte, and encodes only bytes that no URL may have.
    pub(crate) fn push_written(&mut self, pair: &str) {
        self.separate();
        for c in pair.chars() {
            if c.is_ascii_graphic() {
                self.0.push(c);
            } else {
                encode(c.encode_utf8(&mut [0; 4]), &mut self.0);
            }
        }
    }

    fn separate(&mut self) {
        if !self.0.is_empty() {
            self.0.push('&');
        }
    }

    /// The query, without `?`.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// Appends `text`, each byte outside `A-Z a-z 0-9 - _ . ! ~ * ' ( )` as `%XX`.
pub(crate) fn encode(text: &str, out: &mut String) {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z'
            | b'a'..=b'z'
            | b'0'..=b'9'
            | b'-'
            | b'_'
            | b'.'
            | b'!'
            | b'~'
            | b'*'
            | b'\''
            | b'('
            | b')' => out.push(char::from(byte)),
            _ => {
                out.push('%');
                for digit in [byte >> 4, byte & 15] {
                    out.push(HEX.get(usize::from(digit)).copied().unwrap_or('0'));
                }
            }
        }
    }
}

/// Each parameter of an encoded query: its name, and its `name=value` as it is written.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    split(query, b'&').filter(|pair| !pair.is_empty()).map(|pair| (before(pair, b"="), pair))
}

/// The bytes of a percent-encoded text; `+` is a blank.
pub(crate) struct Decoded<'a>(&'a [u8]);

impl<'a> Decoded<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Decoded(text.as_bytes())
    }
}

/// Whether two encoded texts are equal when they are decoded.
pub(crate) fn same(a: &str, b: &str) -> bool {
    Decoded::of(a).eq(Decoded::of(b))
}

impl Iterator for Decoded<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let (byte, rest) = match self.0 {
            [] => return None,
            [b'%', high, low, rest @ ..] => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => (high << 4 | low, rest),
                _ => (b'%', self.0.get(1..).unwrap_or_default()),
            },
            [b'+', rest @ ..] => (b' ', rest),
            [byte, rest @ ..] => (*byte, rest),
        };
        self.0 = rest;
        Some(byte)
    }
}

fn digit(c: u8) -> Option<u8> {
    char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(value: &str) -> String {
        let mut query = Query::new();
        query.push("q", value);
        query.into_string()
    }

    #[test]
    fn what_has_a_meaning_in_a_query_is_encoded() {
        for (value, wire) in [
            ("West Coast", "q=West%20Coast"),
            ("a+b", "q=a%2Bb"),
            ("R&D", "q=R%26D"),
            ("#1", "q=%231"),
            ("100%", "q=100%25"),
            ("a;b=c", "q=a%3Bb%3Dc"),
            ("\"quoted\"", "q=%22quoted%22"),
            ("ああ é 😀", "q=%E3%81%82%E3%81%82%20%C3%A9%20%F0%9F%98%80"),
            ("", "q="),
            ("%20", "q=%2520"),
        ] {
            assert_eq!(one(value), wire);
        }
    }

    fn decode(wire: &str) -> String {
        let bytes = wire.as_bytes();
        let mut out = Vec::new();
        let mut i = 0;
        while i < bytes.len() {
            if bytes[i] == b'%' {
                out.push(u8::from_str_radix(&wire[i + 1..i + 3], 16).unwrap());
                i += 3;
            } else {
                out.push(bytes[i]);
                i += 1;
            }
        }
        String::from_utf8(out).unwrap()
    }

    proptest! {
        #[test]
        fn a_server_reads_back_what_was_meant(value in any::<String>()) {
            let wire = one(&value);
            prop_assert!(!wire[2..].contains(['&', '+', '#', ' ', '=']));
            prop_assert_eq!(decode(&wire[2..]), value);
        }
    }

    #[test]
    fn a_query_is_put_together_of_what_is_ours_and_what_others_wrote() {
        let mut query = Query::new();
        query.push_raw("");
        query.push_raw("after=a%2Bb+c");
        query.push_raw("");
        query.push_number("limit", 10);
        // Blanks, line breaks and other bytes than ASCII are encoded; the rest is kept.
        query.push_written("q=a b%20c\u{e9}\u{e9}\nd");
        query.push_written("x");
        query.push_raw("y=1&z");
        assert_eq!(query.into_string(), "after=a%2Bb+c&limit=10&q=a%20b%20c%C3%A9%C3%A9%0Ad&x&y=1&z");
    }

    #[test]
    fn the_parameters_of_a_query_are_told_with_their_text() {
        let found: Vec<_> = pairs("&limit=10&q=a=b&&after&=x&").collect();
        assert_eq!(found, [("limit", "limit=10"), ("q", "q=a=b"), ("after", "after"), ("", "=x")]);
        assert_eq!(pairs("").count(), 0);
    }

    /// A server decodes both spellings of a cursor alike.
    #[test]
    fn texts_are_the_same_that_decode_alike() {
        for (a, b, is_same) in [
            ("", "", true),
            ("a%2Bb", "a%2bb", true),
            ("a+b", "a%20b", true),
            ("%41", "A", true),
            ("%C3%BC", "\u{fc}", true),
            ("%0f%F0", "\u{f}%f0", true),
            // Without two hex digits `%` stands for itself.
            ("%", "%25", true),
            ("%4", "%254", true),
            ("%4g", "%254g", true),
            ("a", "b", false),
            ("a", "ab", false),
            ("", "a", false),
            ("a+b", "a%2Bb", false),
            ("%41", "%14", false),
        ] {
            assert_eq!((same(a, b), same(b, a)), (is_same, is_same), "{a} {b}");
        }
        assert_eq!(Decoded::of("%7e+%zz").collect::<Vec<_>>(), b"~ %zz");
    }
}
