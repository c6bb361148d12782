//! Cursors: what identifies a place in a list, and the opaque text of it. Decides whether a text is a valid
//! cursor of a list and org.

use crate::base64;
use crate::org::OrgName;
use crate::request::{Decoded, pairs};
use crate::text::split_first;

/// The prefix of a cursor's text, which tells later formats from this one.
const VERSION: &str = "p1_";

/// How many former places a cursor holds. A chain of pages that is read by cursors alone detects cycles of up
/// to this many pages, at a cost that does not grow with its length.
pub(super) const PLACES: usize = 8;

/// A place in a list: the query of the page that starts there, and the walk's last places, this one included.
/// The text also holds the org's name, which is no secret, and a checksum over all of it and the list: a text
/// that was changed, or belongs to another list or org, is refused. The checksum is no signature, so anybody
/// can forge a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) places: Vec<u64>,
    /// Percent-encoded.
    pub(super) query: String,
}

impl Cursor {
    /// `list` is the hash of [`list_of`].
    pub(super) fn to_text(&self, list: u64, org: &OrgName) -> String {
        let mut bytes = vec![0; 8];
        bytes.push(self.places.len() as u8);
        self.places.iter().for_each(|place| bytes.extend(place.to_be_bytes()));
        for text in [org.as_str(), " ", &self.query] {
            bytes.extend(text.as_bytes());
        }
        let (sum, content) = bytes.split_at_mut(8);
        sum.copy_from_slice(&checksum(list, content).to_be_bytes());
        [VERSION, &base64::encode(&bytes)].concat()
    }

    pub(super) fn from_text(text: &str, list: u64, org: &OrgName) -> Option<Self> {
        let bytes = base64::decode(text.strip_prefix(VERSION)?)?;
        let (sum, content) = bytes.split_first_chunk()?;
        if u64::from_be_bytes(*sum) != checksum(list, content) {
            return None;
        }
        let (count, mut rest) = content.split_first()?;
        let mut places = Vec::new();
        for _ in 0..(*count).min(PLACES as u8) {
            let (place, after) = rest.split_first_chunk()?;
            places.push(u64::from_be_bytes(*place));
            rest = after;
        }
        // Bytes beyond ASCII become other characters, which neither a name nor a query has.
        let text: String = rest.iter().map(|byte| char::from(*byte)).collect();
        let (name, query) = split_first(&text, b" ")?;
        let safe = name == org.as_str() && query.bytes().all(|b| b.is_ascii_graphic() && b != b'#');
        safe.then(|| Cursor { places, query: query.to_owned() })
    }
}

/// Differs if any one byte differs.
fn checksum(list: u64, content: &[u8]) -> u64 {
    hash(list.to_be_bytes().into_iter().chain(content.iter().copied()))
}

/// The hash of the list that `query` requests: of all parameters but `after` and `limit`, in any order and
/// encoding, since Okta's links re-order and re-encode them (recorded).
pub(super) fn list_of(path: &str, query: &str) -> u64 {
    hash_pairs(query, &["after", "limit"]).wrapping_add(hash(path.bytes()))
}

/// The hash of the place that `query` requests: of all parameters but `limit`.
pub(super) fn place_of(query: &str) -> u64 {
    hash_pairs(query, &["limit"])
}

fn hash_pairs(query: &str, but: &[&str]) -> u64 {
    pairs(query)
        .filter(|(name, _)| !but.contains(name))
        .map(|(_, pair)| hash(Decoded::of(pair)))
        .fold(0, u64::wrapping_add)
}

/// FNV-1a: tells places apart, but protects nothing.
fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn org() -> OrgName {
        OrgName::parse("https://example.okta.com").unwrap()
    }

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

    /// A text with a valid checksum and any content.
    fn sealed(list: u64, content: &[u8]) -> String {
        let bytes = [&checksum(list, content).to_be_bytes()[..], content].concat();
        [VERSION, &base64::encode(&bytes)].concat()
    }

    #[test]
    fn text_that_is_no_cursor() {
        for text in
            ["", "p1_", "p1_AAAA", "p2_AAAAAAAAAAA", "00g1emaKYZTWRYYRRTSK", "p1_!!!!", "p1_AAAAAAAAAAAjIw"]
        {
            assert_eq!(Cursor::from_text(text, 1, &org()), None, "{text}");
        }
        let name = b"https://example.okta.com after=1";
        let good = [&[0][..], name].concat();
        assert!(Cursor::from_text(&sealed(1, &good), 1, &org()).is_some());
        for content in [
            &b""[..],
            &[0],
            &[1],
            &[9],
            name,
            b"\0https://example.okta.com",
            b"\0https://example.okta.com.evil.example after=1",
            b"\0 after=1",
            b"\0https://example.okta.com after=1#x",
            b"\0https://example.okta.com after=1 2",
            b"\0https://example.okta.com after=\xff",
        ] {
            assert_eq!(Cursor::from_text(&sealed(1, content), 1, &org()), None, "{content:?}");
        }
    }

    #[test]
    fn a_cursor_holds_the_name_of_the_org_and_the_query() {
        let text = Cursor { places: vec![1], query: "after=00g1".to_owned() }.to_text(1, &org());
        let bytes = base64::decode(text.strip_prefix(VERSION).unwrap()).unwrap();
        assert!(bytes.ends_with(b"https://example.okta.com after=00g1"));
    }

    fn cursors() -> impl Strategy<Value = Cursor> {
        (prop::collection::vec(any::<u64>(), 0..=PLACES), "[a-zA-Z0-9=&%+._-]{0,80}")
            .prop_map(|(places, query)| Cursor { places, query })
    }

    proptest! {
        #[test]
        fn a_cursor_is_read_back_in_its_list_and_org_alone(list: u64, other: u64, cursor in cursors()) {
            let text = cursor.to_text(list, &org());
            prop_assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'));
            prop_assert_eq!(Cursor::from_text(&text, list, &org()), Some(cursor));
            if other != list {
                prop_assert_eq!(Cursor::from_text(&text, other, &org()), None);
            }
            let elsewhere = OrgName::parse("https://example.oktapreview.com").unwrap();
            prop_assert_eq!(Cursor::from_text(&text, list, &elsewhere), None);
        }

        #[test]
        fn a_cursor_that_was_edited_is_none(
            cursor in cursors(),
            edits in prop::collection::vec((any::<prop::sample::Index>(), 0..4, "[A-Za-z0-9_-]"), 1..4),
        ) {
            let text = cursor.to_text(7, &org());
            let mut edited: Vec<char> = text.chars().collect();
            for (at, kind, with) in edits {
                let with = with.chars().next().unwrap();
                let at = at.index(edited.len());
                match kind {
                    0 => edited[at] = with,
                    1 => drop(edited.remove(at)),
                    2 => edited.insert(at, with),
                    _ => edited.swap(at, 0),
                }
            }
            let edited: String = edited.into_iter().collect();
            prop_assume!(edited != text);
            prop_assert_eq!(Cursor::from_text(&edited, 7, &org()), None);
        }

        #[test]
        fn any_text_is_a_cursor_or_not(text in any::<String>(), content in any::<Vec<u8>>()) {
            let _ = Cursor::from_text(&text, 1, &org());
            let _ = Cursor::from_text(&sealed(1, &content), 1, &org());
            let _ = place_of(&text);
        }
    }
}
