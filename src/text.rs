//! Searches for one text in another without the standard library's searcher, which is 2 KB of WebAssembly.

/// Like `str::find`, for a short `part`: compares it at each position.
pub(crate) fn find(text: &str, part: &str) -> Option<usize> {
    match part.len() {
        0 => Some(0),
        length => text.as_bytes().windows(length).position(|window| window == part.as_bytes()),
    }
}

/// As `str::rsplit_once`, at an ASCII character.
pub(crate) fn split_last(text: &str, mark: u8) -> Option<(&str, &str)> {
    let at = text.bytes().rposition(|byte| byte == mark)?;
    text.get(..at).zip(text.get(at + 1..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_is_what_the_standard_library_finds() {
        let texts = [
            "",
            "a",
            "ab",
            "aab",
            "https://a",
            "://",
            ":/",
            "://://",
            "Grüße",
            "üß",
            "ß",
            "CERT_HAS_EXPIRED",
        ];
        for text in texts {
            for part in texts {
                assert_eq!(find(text, part), text.find(part), "{part} in {text}");
            }
            for mark in [':', '/', 'a'] {
                assert_eq!(split_last(text, mark as u8), text.rsplit_once(mark), "{mark} in {text}");
            }
        }
    }
}
