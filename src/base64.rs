//! Base64url without padding (RFC 4648, section 5), in which cursors are written, and the six bits of a character of
//! either alphabet.

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The six bits that a character of either alphabet stands for.
pub(crate) fn sextet(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut out = String::new();
    let (mut bits, mut count) = (0_u32, 0);
    let mut push = |bits: u32| out.extend(LETTERS.get(bits as usize & 63).map(|letter| char::from(*letter)));
    for byte in bytes {
        bits = (bits << 8) + u32::from(*byte);
        count += 8;
        while count >= 6 {
            count -= 6;
            push(bits >> count);
        }
        bits &= 63;
    }
    if count > 0 {
        push(bits << (6 - count));
    }
    out
}

/// `None` unless it is the text that [`encode`] makes of these bytes: another alphabet, padding, or bits beyond the last
/// byte would be further texts for the same bytes.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.bytes() {
        bits = (bits << 6) + u32::from(sextet(byte)?);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
        bits &= 0xff;
    }
    (encode(&bytes) == text).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use base64ct::{Base64UrlUnpadded, Encoding};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bytes_are_written_as_base64url(bytes: Vec<u8>) {
            let text = encode(&bytes);
            prop_assert_eq!(&text, &Base64UrlUnpadded::encode_string(&bytes));
            prop_assert_eq!(decode(&text), Some(bytes));
        }

        #[test]
        fn no_other_text_is_read(text in "[A-Da-d0-3_+/=-]{0,12}") {
            prop_assert_eq!(decode(&text), Base64UrlUnpadded::decode_vec(&text).ok());
        }
    }
}
