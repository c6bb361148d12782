//! Searches, splits and trims texts without the standard library's searchers, which are a copy of their code for
//! each kind of pattern. All marks are ASCII characters.

/// The position of the first of `marks`.
pub(crate) fn position(text: &str, marks: &[u8]) -> Option<usize> {
    text.bytes().position(|byte| is_one(byte, marks))
}

/// Whether a byte is one of `marks`.
#[expect(
    clippy::manual_contains,
    reason = "`contains` would search a short list with the code for long ones"
)]
pub(crate) fn is_one(byte: u8, marks: &[u8]) -> bool {
    marks.iter().any(|mark| *mark == byte)
}

/// Whether a byte may stand in an HTTP token, such as a header's name.
pub(crate) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || is_one(byte, b"!#$%&'*+-.^_`|~")
}

/// Appends a number.
pub(crate) fn push_number(number: u64, out: &mut String) {
    if number > 9 {
        push_number(number / 10, out);
    }
    out.push(char::from(b'0' + (number % 10) as u8));
}

/// A number as text. `to_string` is a copy of its code for each type of number, with a table of digits.
pub(crate) fn digits(number: impl Into<u64>) -> String {
    let mut out = String::new();
    push_number(number.into(), &mut out);
    out
}

/// As `str::split_once`, at the first of `marks`.
pub(crate) fn split_first<'a>(text: &'a str, marks: &[u8]) -> Option<(&'a str, &'a str)> {
    around(text, position(text, marks)?)
}

/// The text before the first of `marks`; all of it if there is none.
pub(crate) fn before<'a>(text: &'a str, marks: &[u8]) -> &'a str {
    split_first(text, marks).map_or(text, |(before, _)| before)
}

/// As `str::split`.
pub(crate) fn split(text: &str, mark: u8) -> Split<'_> {
    Split { rest: Some(text), mark }
}

/// Iterator of [`split`].
#[derive(Clone)]
pub(crate) struct Split<'a> {
    rest: Option<&'a str>,
    mark: u8,
}

impl<'a> Iterator for Split<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest.take()?;
        let Some((part, rest)) = split_first(text, &[self.mark]) else { return Some(text) };
        self.rest = Some(rest);
        Some(part)
    }
}

/// Without `marks` at the start.
pub(crate) fn trim_start<'a>(text: &'a str, marks: &[u8]) -> &'a str {
    let count = text.bytes().take_while(|byte| is_one(*byte, marks)).count();
    text.get(count..).unwrap_or_default()
}

/// Without `marks` at the end.
pub(crate) fn trim_end<'a>(text: &'a str, marks: &[u8]) -> &'a str {
    let count = text.bytes().rev().take_while(|byte| is_one(*byte, marks)).count();
    text.get(..text.len() - count).unwrap_or_default()
}

/// Without `marks` at both ends.
pub(crate) fn trim<'a>(text: &'a str, marks: &[u8]) -> &'a str {
    trim_end(trim_start(text, marks), marks)
}

/// Like `str::find`, for a short `part`: compares it at each position.
pub(crate) fn find(text: &str, part: &str) -> Option<usize> {
    match part.len() {
        0 => Some(0),
        length => text.as_bytes().windows(length).position(|window| window == part.as_bytes()),
    }
}

/// As `str::rsplit_once`, at an ASCII character.
pub(crate) fn split_last(text: &str, mark: u8) -> Option<(&str, &str)> {
    around(text, text.bytes().rposition(|byte| byte == mark)?)
}

/// The texts before and after the ASCII character at `at`.
fn around(text: &str, at: usize) -> Option<(&str, &str)> {
    text.get(..at).zip(text.get(at + 1..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_its_digits() {
        for number in [0, 7, 10, 99, 100, 1_234_567_890, u64::MAX] {
            assert_eq!(digits(number), number.to_string());
        }
    }

    #[test]
    fn what_is_found_is_what_the_standard_library_finds() {
        let texts = [
            "",
            "a",
            "ab",
            "aab",
            "https://a",
            "ba/üa::",
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
                assert!(split(text, mark as u8).eq(text.split(mark)), "{mark} in {text}");
            }
            let (marks, chars) = (b":/a", [':', '/', 'a']);
            assert_eq!(position(text, marks), text.find(chars), "{text}");
            assert_eq!(split_first(text, marks), text.split_once(chars), "{text}");
            assert_eq!(Some(before(text, marks)), text.split(chars).next(), "{text}");
            assert_eq!(trim_start(text, marks), text.trim_start_matches(chars), "{text}");
            assert_eq!(trim_end(text, marks), text.trim_end_matches(chars), "{text}");
            assert_eq!(trim(text, marks), text.trim_matches(chars), "{text}");
        }
    }
}
