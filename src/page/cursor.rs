//! Places in a list: what identifies one, and the opaque text by which a caller comes back to it.

use base64ct::{Base64UrlUnpadded, Encoding};

use crate::request::pairs;

/// Written in front of a cursor's text, so that a later form can be told from this one.
const VERSION: &str = "p1_";

/// A place in a list: the query of the page that starts there. It carries no host and no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// What list this is a place in.
    pub(super) list: u64,
    /// The query of the page, percent-encoded.
    pub(super) query: String,
}

impl Cursor {
    pub(super) fn to_text(&self) -> String {
        let bytes = [&self.list.to_be_bytes()[..], self.query.as_bytes()].concat();
        [VERSION, &Base64UrlUnpadded::encode_string(&bytes)].concat()
    }

    pub(super) fn from_text(text: &str) -> Option<Self> {
        let bytes = Base64UrlUnpadded::decode_vec(text.strip_prefix(VERSION)?).ok()?;
        let (list, query) = bytes.split_first_chunk()?;
        let query = std::str::from_utf8(query).ok()?;
        let safe = query.bytes().all(|b| b.is_ascii_graphic() && b != b'#');
        safe.then(|| Cursor { list: u64::from_be_bytes(*list), query: query.to_owned() })
    }
}

/// Names the list that `query` asks for: everything but the place (`after`) and the page size, in any order and
/// encoding, since Okta's own links re-order and re-encode (recorded).
pub(super) fn list_of(path: &str, query: &str) -> u64 {
    hash_pairs(query, &["after", "limit"]).wrapping_add(hash(path.bytes()))
}

/// Names the place that `query` asks for: everything but the page size.
pub(super) fn place_of(query: &str) -> u64 {
    hash_pairs(query, &["limit"])
}

fn hash_pairs(query: &str, but: &[&str]) -> u64 {
    pairs(query)
        .filter(|(name, _)| !but.contains(name))
        .map(|(_, pair)| hash(Decoded(pair.as_bytes())))
        .fold(0, u64::wrapping_add)
}

/// FNV-1a: tells places apart, guards nothing.
fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

struct Decoded<'a>(&'a [u8]);

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

    #[test]
    fn a_place_is_the_same_however_it_is_written() {
        let ours = "filter=type%20eq%20%22APP_GROUP%22&limit=200&after=00g1";
        let okta = "after=00g1&limit=3&filter=type+eq+%22APP_GROUP%22";
        assert_eq!(place_of(ours), place_of(okta));
        assert_eq!(list_of("/a", ours), list_of("/a", okta));
        assert_ne!(place_of(ours), place_of("after=00g2&limit=3&filter=type+eq+%22APP_GROUP%22"));
        assert_ne!(list_of("/a", ours), list_of("/b", ours));
        assert_ne!(list_of("/a", ours), list_of("/a", "filter=type+eq+%22BUILT_IN%22"));
    }

    #[test]
    fn text_that_is_no_cursor() {
        for text in
            ["", "p1_", "p1_AAAA", "p2_AAAAAAAAAAA", "00g1emaKYZTWRYYRRTSK", "p1_!!!!", "p1_AAAAAAAAAAAjIw"]
        {
            assert_eq!(Cursor::from_text(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_cursor_is_read_back(list: u64, query in "[a-zA-Z0-9=&%+._-]{0,80}") {
            let cursor = Cursor { list, query };
            let text = cursor.to_text();
            prop_assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'));
            prop_assert_eq!(Cursor::from_text(&text), Some(cursor));
        }

        #[test]
        fn any_text_is_a_cursor_or_not(text in any::<String>()) {
            let _ = Cursor::from_text(&text);
            let _ = place_of(&text);
        }
    }
}
