//! Searches for one text in another without the standard library's searcher, which is 2 KB of WebAssembly.

/// Like `str::find`, for a short `part`: compares it at each position.
pub(crate) fn find(text: &str, part: &str) -> Option<usize> {
    match part.len() {
        0 => Some(0),
        length => text.as_bytes().windows(length).position(|window| window == part.as_bytes()),
    }
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
        }
    }
}
