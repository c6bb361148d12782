//! Makes ids and random choices, reproducible by the seed.

const ALPHANUMERIC: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ERROR_ID: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
const HEX: &[u8] = b"0123456789abcdef";

/// The last characters of every id of an org, as in a real one (`...X5d7`, `...X0h7`).
const ORG_SUFFIX: &str = "5d7";

pub(crate) struct Random {
    rng: fastrand::Rng,
    /// Ids of one prefix grow with time, as a real org's do.
    serial: u64,
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self { rng: fastrand::Rng::with_seed(seed), serial: 40_000_000_000 }
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        // Not by `usize`, which has 32 bits in wasm and would draw other numbers: wasm and native program make the same org.
        self.rng.u64(..end.max(1) as u64) as usize
    }

    /// True in `percent` cases of 100.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of `choices`.
    pub(crate) fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices.get(self.below(choices.len())).copied().unwrap_or_default()
    }

    /// An id: a prefix such as `00g`, then seven characters that grow, seven random ones, and three of the org.
    pub(crate) fn id(&mut self, prefix: &str) -> String {
        self.serial += 1 + self.rng.u64(..60);
        let mut head = [b'0'; 7];
        let mut rest = self.serial;
        for digit in head.iter_mut().rev() {
            *digit = ALPHANUMERIC.get((rest % 62) as usize).copied().unwrap_or(b'0');
            rest /= 62;
        }
        let mut id = String::with_capacity(20);
        id.push_str(prefix);
        id.extend(head.iter().map(|&digit| char::from(digit)));
        self.push(&mut id, ALPHANUMERIC, 7);
        id.push_str(ORG_SUFFIX);
        id
    }

    /// `oae` and 22 characters, an `errorId`.
    pub(crate) fn error_id(&mut self) -> String {
        let mut id = String::from("oae");
        self.push(&mut id, ERROR_ID, 22);
        id
    }

    /// 32 hexadecimal digits, an `X-Okta-Request-Id`.
    pub(crate) fn request_id(&mut self) -> String {
        self.hex(32)
    }

    /// Hexadecimal digits.
    pub(crate) fn hex(&mut self, length: usize) -> String {
        let mut text = String::with_capacity(length);
        self.push(&mut text, HEX, length);
        text
    }

    /// 24 characters that look like a base64 GUID, `OZJdWdONCU6h7WjQKp+LPA==`.
    pub(crate) fn base64_guid(&mut self) -> String {
        let mut text = String::with_capacity(24);
        self.push(&mut text, ALPHANUMERIC, 21);
        text.push_str("A==");
        text
    }

    fn push(&mut self, text: &mut String, alphabet: &[u8], length: usize) {
        for _ in 0..length {
            text.push(alphabet.get(self.below(alphabet.len())).copied().map_or('0', char::from));
        }
    }
}
