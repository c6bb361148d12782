//! Encodes and decodes the opaque `after`. It holds the key of the last item, not its number, so a group that is created or
//! deleted between two pages shifts nothing.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::sort::SortKey;

/// The last item of a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Cursor {
    /// A group, in the order of ids.
    #[serde(rename = "g")]
    Group(String),
    /// A group, in the order of `sortBy`.
    #[serde(rename = "s")]
    Sorted(SortKey, String),
    /// A user or an app of a group, by its number in the org.
    #[serde(rename = "n")]
    Number(u32),
}

impl Cursor {
    pub(crate) fn encode(&self) -> String {
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(checksum(&bytes));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Decodes a cursor; `None` for a text that no page has as its cursor.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        let mut bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let sum = bytes.pop()?;
        if sum == checksum(&bytes) { serde_json::from_slice(&bytes).ok() } else { None }
    }
}

fn checksum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0x5a, |sum, byte| sum.rotate_left(1) ^ byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_and_anything_else_is_none() {
        for cursor in [
            Cursor::Group("00g1".into()),
            Cursor::Sorted(SortKey::Text("ä \"x\"".into()), "00g1".into()),
            Cursor::Sorted(SortKey::Missing, "00g1".into()),
            Cursor::Number(7),
        ] {
            assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        }
        for text in ["", "abc", "00ub0oNGTSWTBKOLGLNR", "%%%", "mock_cursor_for_testing"] {
            assert_eq!(Cursor::decode(text), None, "{text}");
        }
    }
}
