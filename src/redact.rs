//! Decides which parts of the sent headers are secret, and where a text quotes them.
//!
//! A secret part is what follows a scheme, or the value in `name=value`, if it has at least [`RUN`]
//! characters; a shorter value is secret only together with its name. Each run of [`RUN`] characters of a
//! part is redacted in a text: plain, percent-encoded (once or twice), in base64 at any offset, or broken by
//! white space. The time is linear in the length of the text.
//!
//! `pkg-template/src/auth/redact.js` finds the same runs without the core; a test of the package holds the
//! two equal.

use crate::base64::sextet;
use crate::host::Header;
use crate::text::{is_one, is_token, position, split_first, trim};

/// This many characters of a secret in a row are not a coincidence.
const RUN: usize = 8;
/// Of a short `name=value`, at most this many of its last characters are compared.
const WHOLE: usize = 32;
/// How many bytes one byte of a text can stand for: itself and base64 (at four offsets, four characters are
/// three bytes), each in three steps of percent-decoding.
const READINGS: usize = 12;
const REDACTED: &str = "[redacted]";

/// The headers of a request that may be secret.
#[derive(Clone, Copy, Default)]
pub(crate) struct Secrets<'a> {
    /// The headers that authenticate the request.
    pub(crate) proof: &'a [Header],
    /// The program's own headers. Those with a telling name are secret ([`is_secret`]).
    pub(crate) own: [&'a [Header]; 2],
}

impl Secrets<'_> {
    /// `text` with quotes of the secrets replaced; the rest stays as it is.
    pub(crate) fn redacted(self, text: String) -> String {
        let parts = self.parts();
        // A short text, such as the request id of each answer, fits into a table faster than a long token.
        if parts.whole.is_empty() && text.len() <= parts.long.iter().map(Vec::len).sum() {
            let mut own = Table::new(text.len() * READINGS);
            search(&text, &mut |scan, _| own.insert(scan.run));
            if !parts.runs().any(|run| own.has(number(run))) {
                return text;
            }
        }
        Redactor::new(parts).redacted(text)
    }

    /// A redactor for many texts.
    pub(crate) fn redactor(self) -> Redactor {
        Redactor::new(self.parts())
    }

    fn parts(self) -> Parts {
        let mut parts = Parts::default();
        let own = self.own.into_iter().flatten().filter(|(name, _)| is_secret(name));
        self.proof.iter().chain(own).for_each(|(name, value)| parts.read(name, value));
        parts
    }
}

/// Redacts texts.
pub(crate) struct Redactor {
    runs: Table,
    whole: Vec<Vec<u8>>,
}

impl Redactor {
    fn new(parts: Parts) -> Self {
        let mut runs = Table::new(parts.runs().count());
        parts.runs().for_each(|run| runs.insert(number(run)));
        Redactor { runs, whole: parts.whole }
    }

    /// `text` with quotes of the secrets replaced.
    pub(crate) fn redacted(&self, text: String) -> String {
        let marks = self.marks(&text);
        if marks.is_empty() {
            return text;
        }
        let mut out = String::new();
        let mut is_within = false;
        for (at, c) in text.char_indices() {
            let is_marked = marks.get(at) == Some(&true);
            match (is_marked, is_within) {
                (false, _) => out.push(c),
                (true, false) => out.push_str(REDACTED),
                (true, true) => {}
            }
            is_within = is_marked;
        }
        out
    }

    /// Whether each byte of `text` is part of a quote; empty if there is no quote.
    fn marks(&self, text: &str) -> Vec<bool> {
        let mut marks = Vec::new();
        search(text, &mut |scan, end| {
            let is_run = self.runs.has(scan.run).then_some(RUN);
            let whole = self.whole.iter().filter(|whole| scan.ends_with(whole)).map(Vec::len);
            for length in whole.chain(is_run) {
                marks.resize(text.len(), false);
                let quote = marks.get_mut(scan.start(length)..end);
                quote.into_iter().flatten().for_each(|mark| *mark = true);
            }
        });
        marks
    }
}

/// Whether a header's name says that its value is secret (`x-api-key`, `cf-access-token`).
pub(crate) fn is_secret(name: &str) -> bool {
    const WORDS: [&str; 10] =
        ["auth", "token", "key", "secret", "cookie", "session", "credential", "passw", "signature", "jwt"];
    let has = |word: &str| {
        let (name, word) = (name.as_bytes(), word.as_bytes());
        name.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word))
    };
    WORDS.iter().any(|word| has(word))
}

/// The secret parts of headers, without blanks.
#[derive(Default)]
struct Parts {
    /// Parts of which each run is secret.
    long: Vec<Vec<u8>>,
    /// Short parts that are secret only as a whole `name=value`.
    whole: Vec<Vec<u8>>,
}

impl Parts {
    fn read(&mut self, name: &str, value: &str) {
        let value = value.trim();
        // Another header's value may consist of several words that are all secret, so that only a plain word
        // counts as its scheme.
        let is_credential = name.to_ascii_lowercase().ends_with("authorization");
        let is_scheme =
            |byte: u8| byte.is_ascii_alphabetic() || byte == b'-' || (is_credential && is_token(byte));
        let rest = match split_first(value, b" \t") {
            Some((scheme, rest)) if scheme.bytes().all(is_scheme) => rest,
            _ => value,
        };
        let (mut from, mut may_begin, mut is_quoted) = (0, true, false);
        for (at, byte) in rest.bytes().enumerate() {
            if may_begin && !is_quoted && name_of(rest.get(at..).unwrap_or_default()).is_some() {
                self.take(rest.get(from..at).unwrap_or_default());
                from = at;
            }
            may_begin = is_one(byte, SEPARATORS);
            is_quoted ^= byte == b'"';
        }
        self.take(rest.get(from..).unwrap_or_default());
    }

    /// Takes a `name=value` with all that follows up to the next one, or the text before the first one.
    fn take(&mut self, text: &str) {
        let text = trim(text, SEPARATORS);
        let value = name_of(text).and_then(|name| text.get(name.len() + 1..)).unwrap_or(text);
        let secret = squeezed(trim(value, b"\""));
        if secret.len() >= RUN {
            let decoded = decoded(&secret);
            if decoded.len() < secret.len() {
                self.long.push(decoded);
            }
            self.long.push(secret);
        } else if value.len() < text.len() {
            let mut whole = squeezed(text);
            self.whole.push(whole.split_off(whole.len().saturating_sub(WHOLE)));
        }
    }

    fn runs(&self) -> impl Iterator<Item = &[u8]> {
        self.long.iter().flat_map(|part| part.windows(RUN))
    }
}

const SEPARATORS: &[u8] = b" \t,;";

/// The name in the `name=value` at the start of `text`. A `=` at the end is padding.
fn name_of(text: &str) -> Option<&str> {
    let (name, rest) = text.split_at_checked(text.bytes().take_while(|byte| is_token(*byte)).count())?;
    let value = rest.strip_prefix('=')?;
    (!name.is_empty() && !value.is_empty() && !value.starts_with('=')).then_some(name)
}

fn squeezed(text: &str) -> Vec<u8> {
    text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect()
}

/// Percent-decoded.
fn decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut escape = Escape::default();
    text.iter().for_each(|byte| escape.feed((*byte, 0, 0), &mut |(byte, ..)| out.push(byte)));
    escape.end(&mut |(byte, ..)| out.push(byte));
    out
}

/// A run as a number.
fn number(run: &[u8]) -> u64 {
    run.iter().fold(0, |number, byte| (number << 8) + u64::from(*byte))
}

/// A set of runs.
struct Table {
    slots: Vec<u64>,
}

impl Table {
    fn new(count: usize) -> Self {
        Table { slots: vec![0; (2 * count + 2).next_power_of_two()] }
    }

    /// The slot of a run, or the free slot for it. A free slot holds 0, and there is always one.
    fn place(&self, run: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = (run.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & mask;
        while self.slots.get(at).is_some_and(|slot| *slot != 0 && *slot != run) {
            at = (at + 1) & mask;
        }
        at
    }

    fn insert(&mut self, run: u64) {
        let place = self.place(run);
        if let Some(slot) = self.slots.get_mut(place) {
            *slot = run;
        }
    }

    fn has(&self, run: u64) -> bool {
        run != 0 && self.slots.get(self.place(run)) == Some(&run)
    }
}

/// A byte, and its range in the text: start, end.
type Byte = (u8, usize, usize);

/// Calls `see` for each byte that can be read in a text, in each way of reading it, with the bytes before it.
fn search(text: &str, see: &mut dyn FnMut(&Scan, usize)) {
    // White space and invisible characters may separate any two characters.
    let is_gap = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
    };
    let depth = if position(text, b"%").is_some() { 2 } else { 0 };
    let mut reading = Reading::new(depth);
    for (at, c) in text.char_indices() {
        if !is_gap(c) || c == '\0' {
            // Secrets are ASCII; any other character ends a run.
            let byte = if c.is_ascii() { c as u8 } else { 0 };
            reading.feed((byte, at, at + c.len_utf8()), see);
        }
    }
    reading.end(see);
}

/// The ways to read a text: plain, as base64 at each of four offsets, and all of these again after
/// percent-decoding.
struct Reading {
    plain: Scan,
    base64: Vec<Base64>,
    decoded: Option<(Escape, Box<Reading>)>,
}

impl Reading {
    fn new(depth: usize) -> Self {
        Reading {
            plain: Scan::new(false),
            base64: (0..4).map(Base64::beginning_at).collect(),
            decoded: depth.checked_sub(1).map(|depth| (Escape::default(), Box::new(Reading::new(depth)))),
        }
    }

    fn feed(&mut self, byte: Byte, see: &mut dyn FnMut(&Scan, usize)) {
        if byte.0.is_ascii_whitespace() {
            return;
        }
        self.plain.feed(byte, see);
        self.base64.iter_mut().for_each(|base64| base64.feed(byte, see));
        if let Some((escape, reading)) = &mut self.decoded {
            escape.feed(byte, &mut |byte| reading.feed(byte, see));
        }
    }

    fn end(&mut self, see: &mut dyn FnMut(&Scan, usize)) {
        if let Some((escape, reading)) = &mut self.decoded {
            escape.end(&mut |byte| reading.feed(byte, see));
            reading.end(see);
        }
    }
}

/// The last bytes that were read.
struct Scan {
    run: u64,
    last: [(u8, usize); WHOLE],
    count: usize,
    is_base64: bool,
}

impl Scan {
    fn new(is_base64: bool) -> Self {
        Scan { run: 0, last: [(0, 0); WHOLE], count: 0, is_base64 }
    }

    fn feed(&mut self, (byte, start, end): Byte, see: &mut dyn FnMut(&Scan, usize)) {
        // Also in decoded base64: blanks are not part of a secret.
        if byte.is_ascii_whitespace() {
            return;
        }
        self.run = (self.run << 8) + u64::from(byte);
        if let Some(last) = self.last.get_mut(self.count % WHOLE) {
            *last = (byte, start);
        }
        self.count += 1;
        see(self, end);
    }

    /// The byte that precedes `others` later bytes.
    fn back(&self, others: usize) -> (u8, usize) {
        let at = self.count.wrapping_sub(others + 1) % WHOLE;
        self.last.get(at).copied().unwrap_or_default()
    }

    fn start(&self, length: usize) -> usize {
        self.back(length - 1).1
    }

    fn ends_with(&self, whole: &[u8]) -> bool {
        // A shorter text would be found by chance in any text that is read as base64.
        let is_long = whole.len() <= self.count && (!self.is_base64 || whole.len() >= RUN);
        is_long && whole.iter().rev().enumerate().all(|(others, byte)| self.back(others).0 == *byte)
    }
}

/// Decodes base64 of either alphabet, starting at an offset.
struct Base64 {
    offset: u8,
    skipped: u8,
    bits: u32,
    count: u8,
    /// The position of the character with the first of the bits.
    from: usize,
    scan: Scan,
}

impl Base64 {
    fn beginning_at(offset: u8) -> Self {
        Base64 { offset, skipped: 0, bits: 0, count: 0, from: 0, scan: Scan::new(true) }
    }

    fn feed(&mut self, (byte, start, end): Byte, see: &mut dyn FnMut(&Scan, usize)) {
        let Some(sextet) = sextet(byte) else {
            (self.skipped, self.count, self.scan.count, self.scan.run) = (0, 0, 0, 0);
            return;
        };
        if self.skipped < self.offset {
            self.skipped += 1;
            return;
        }
        let from = if self.count == 0 { start } else { self.from };
        self.bits = (self.bits << 6) + u32::from(sextet);
        self.count += 6;
        self.from = from;
        if self.count >= 8 {
            self.count -= 8;
            self.from = start;
            self.scan.feed(((self.bits >> self.count) as u8, from, end), see);
        }
    }
}

/// Decodes percent-encoding: holds the beginning of an escape back until its end is read.
#[derive(Default)]
struct Escape {
    held: [Byte; 2],
    count: u8,
}

impl Escape {
    fn feed(&mut self, byte: Byte, give: &mut dyn FnMut(Byte)) {
        let digit = |(byte, ..): Byte| char::from(byte).to_digit(16).map(|digit| digit as u8);
        let [percent, first] = self.held;
        match (self.count, digit(byte), digit(first)) {
            (1, Some(_), _) => {
                self.held = [percent, byte];
                self.count = 2;
            }
            (2, Some(low), Some(high)) => {
                self.count = 0;
                give(((high << 4) + low, percent.1, byte.2));
            }
            _ => {
                self.end(give);
                if byte.0 == b'%' {
                    self.held = [byte, byte];
                    self.count = 1;
                } else {
                    give(byte);
                }
            }
        }
    }

    /// Passes on the bytes that were held back.
    fn end(&mut self, give: &mut dyn FnMut(Byte)) {
        self.held.iter().take(self.count.into()).for_each(|byte| give(*byte));
        self.count = 0;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn redacted(text: &str, headers: &[(&str, &str)]) -> String {
        let proof: Vec<Header> =
            headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        Secrets { proof: &proof, ..Secrets::default() }.redacted(text.to_owned())
    }

    /// Base64 as `btoa` encodes it.
    fn base64(text: &str) -> String {
        use base64ct::{Base64, Encoding};
        Base64::encode_string(text.as_bytes())
    }

    fn percent(text: &str) -> String {
        text.bytes().map(|byte| format!("%{byte:02x}")).collect()
    }

    #[test]
    fn what_a_server_quotes_of_the_proof_is_taken_out() {
        let long = "abcdefghij.0123456789".repeat(9);
        for (proof, text, expected) in [
            (
                "Bearer c4n4ry-1234",
                "Bearer c4n4ry-1234, twice: c4n4ry-1234.",
                "Bearer [redacted], twice: [redacted].",
            ),
            ("Bearer c4n4ry-1234", "ああ c4n4ry-1234 ああ", "ああ [redacted] ああ"),
            ("SSWS redacted", "redacted", "[redacted]"),
            ("x", "x", "x"),
            ("Bearer token", "Invalid token provided", "Invalid token provided"),
            // Fewer than 8 characters in a row are not redacted.
            ("Bearer c4n4ry-1234", "c4n4ry-", "c4n4ry-"),
            ("Bearer c4n4ry-1234", "4n4ry-12 n4ry-12", "[redacted] n4ry-12"),
            (&long, &long[..50], "[redacted]"),
            (&long, &["<", &long, ">"].concat(), "<[redacted]>"),
            // Broken by white space, or by an invisible character.
            ("Bearer c4n4ry-1234", "is c4n4ry\n  -\u{200b}1234 here", "is [redacted] here"),
            ("Bearer c4n4ry-1234", "c4n4ry\0-1234", "c4n4ry\0-1234"),
            // Percent-encoded, once and twice.
            ("Bearer c4n/ry=1234", "a=c4n%2Fry%3d1234&b", "a=[redacted]&b"),
            ("Bearer c4n/ry=1234", "a=c4n%252Fry%253d1234&b", "a=[redacted]&b"),
            ("Bearer c4n4ry-1234", "100 %, %4, 5%", "100 %, %4, 5%"),
        ] {
            assert_eq!(redacted(text, &[("authorization", proof)]), expected, "{proof}");
        }
    }

    #[test]
    fn a_secret_part_follows_a_scheme_or_a_name() {
        let cookie = "sid=abcdefghijkl; theme=dark; quoted=\"12345678\"; empty=; last=s%3Aabcd.efgh";
        let text =
            "sid=abcdefghijkl theme=dark theme dark quoted 12345678 empty last s:abcd.efgh s%3Aabcd.efgh";
        let said = "sid=[redacted] [redacted] theme dark quoted [redacted] empty last [redacted] [redacted]";
        assert_eq!(redacted(text, &[("cookie", cookie)]), said);

        let signed =
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/eu, SignedHeaders=host;x-date, Signature=0123456789";
        let text = "AWS4-HMAC-SHA256 Credential AKIDEXAMPLE SignedHeaders=host; Signature 0123456789";
        let said = "AWS4-HMAC-SHA256 Credential [redacted] SignedHeaders=host; Signature [redacted]";
        assert_eq!(redacted(text, &[("authorization", signed)]), said);

        // Several words after a scheme are one secret; padding is not a value; two headers are two secrets.
        let words = "Custom correct horse battery";
        assert_eq!(redacted("Custom cthorseb", &[("authorization", words)]), "Custom [redacted]");
        let basic = [("authorization", "Basic dXNlcjpwYXNz=="), ("x-api-key", "Key 12345678 abc")];
        assert_eq!(redacted("dXNlcjpwYXNz== 345678abc", &basic), "[redacted] [redacted]");
        assert_eq!(redacted("key1word key2word", &[("x-api-key", "key1word key2word")]), "[redacted]");
    }

    #[test]
    fn headers_of_the_callers_own_are_secret_by_their_names() {
        let own = [
            ("x-api-key".to_owned(), "abcdefghij".to_owned()),
            ("accept-language".to_owned(), "klmnopqrst".to_owned()),
        ];
        let secrets = Secrets { own: [&own, &[]], ..Secrets::default() };
        assert_eq!(secrets.redacted("abcdefghij klmnopqrst".to_owned()), "[redacted] klmnopqrst");
    }

    proptest! {
        /// However a text quotes a secret, no 8 characters of it in a row are left.
        #[test]
        fn no_run_of_a_secret_is_left(
            secret in "[!#-+\\--:<>-~]{12,60}",
            scheme in "(Bearer |SSWS |Custom-2 |)",
            (from, length) in (0_usize..49, 8_usize..60),
            before in "[ -~あ\\n]{0,30}",
            after in "[ -~あ\\n]{0,30}",
            how in 0..4,
            gap in "[ \\n\\t\u{a0}]{1,3}",
        ) {
            let length = length.max(if how == 2 { 12 } else { 8 }).min(secret.len());
            let from = from.min(secret.len() - length);
            let run = secret[from..from + length].to_owned();
            let quoted = match how {
                0 => run.clone(),
                1 => percent(&run),
                2 => base64(&[before.as_str(), &run, &after].concat()),
                _ => run.chars().map(String::from).collect::<Vec<_>>().join(&gap),
            };
            let text = [before.as_str(), &quoted, &after].concat();
            let said = redacted(&text, &[("authorization", &[scheme.as_str(), &secret].concat())]);
            prop_assert!(said.contains(REDACTED), "{said}");
            for read in [said.as_bytes(), &decoded(said.as_bytes())] {
                let read = squeezed(&String::from_utf8_lossy(read));
                for run in secret.as_bytes().windows(RUN) {
                    prop_assert!(!read.windows(RUN).any(|part| part == run), "{said}");
                }
            }
            // The characters that encode nothing but the run.
            let own = (before.len() * 8).div_ceil(6)..(before.len() + run.len()) * 8 / 6;
            if how == 2 {
                for part in quoted.as_bytes()[own].windows(12) {
                    prop_assert!(!said.as_bytes().windows(12).any(|left| left == part), "{said}");
                }
            }
        }

        /// A text that shares no run with a secret stays as it is.
        #[test]
        fn other_text_stays_as_it_is(secret in "[A-Z]{8,60}", text in "([a-z0-9 %.=&あé\\n\u{200b}]|%3[0-9]){0,200}") {
            prop_assert_eq!(redacted(&text, &[("authorization", &["Bearer ", &secret].concat())]), text);
        }
    }

    /// Counts instead of timing: each character is read once for each way of reading.
    #[test]
    fn the_work_is_linear_in_the_text() {
        for unit in ["c4n4ry-1", "%25", "%", "a", " ", "c4n4ry-1 ", "あ"] {
            let count = |times: usize| {
                let mut count = 0_usize;
                search(&unit.repeat(times), &mut |_, _| count += 1);
                count
            };
            assert!(count(4000) <= 4 * count(1000) + 100, "{unit}");
        }
    }

    #[test]
    fn schemes_quotes_and_padding_part_what_is_secret() {
        for (name, value, text, expected) in [
            // A short value is secret together with its name, also in a short text.
            ("cookie", "sid=abcdefghijklmnopqrstuvwxyz; theme=dark", "theme=dark", "[redacted]"),
            ("x-api-key", "My-Key c4n4ry-1234", "My-Key c4n4ry-1234", "My-Key [redacted]"),
            // A quoted value ends at its closing quote, and no other value begins within it.
            ("cookie", "q=\"12345678\"; b=short", "b=short", "[redacted]"),
            ("cookie", "q=\"abcd x=efgh\"", "abcd x=efgh", "[redacted]"),
            // A `=` at the end is padding; a `=` at the start has no name.
            ("authorization", "Basic dXNlcjpwYXM=", "dXNlcjpw", "[redacted]"),
            ("authorization", "Bearer =12345678", "=1234567", "[redacted]"),
        ] {
            assert_eq!(redacted(text, &[(name, value)]), expected, "{name}: {value}");
        }
    }

    #[test]
    fn the_table_of_runs_has_room_for_each_reading_and_spreads_them() {
        let letters = |count: usize, first: u32| -> String {
            let letter = |seed: &mut u32| {
                *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                Some(char::from(b'a' + (*seed >> 24) as u8 % 26))
            };
            let mut seed = first;
            std::iter::from_fn(|| letter(&mut seed)).take(count).collect()
        };
        let (secret, text) = (letters(900, 1), letters(400, 2));
        assert_eq!(redacted(&text, &[("authorization", &secret)]), text);
        let table = Table::new(500);
        let mut places: Vec<usize> =
            text.as_bytes().windows(RUN).take(100).map(|run| table.place(number(run))).collect();
        places.sort_unstable();
        places.dedup();
        assert!(places.len() > 80, "{}", places.len());
    }

    #[test]
    fn base64_of_either_alphabet_and_an_escape_that_the_text_ends_in_are_read() {
        for (name, value, text, expected) in [
            ("authorization", "Bearer abc~~~abc???abc", "YWJjfn5+YWJjPz8/YWJj", "[redacted]"),
            ("authorization", "Bearer abc~~~abc???abc", "YWJjfn5-YWJjPz8_YWJj", "[redacted]"),
            ("authorization", "Bearer abcdefg%", "%61bcdefg%", "[redacted]"),
            // A short `name=value` would be found by chance in any text that is read as base64.
            ("cookie", "a=b", "see YT1i. a=b", "see YT1i. [redacted]"),
        ] {
            assert_eq!(redacted(text, &[(name, value)]), expected, "{name}: {value}");
        }
    }
}
