use crate::error::MISSING;

/// What a call failed with.
#[derive(Clone, Copy, Debug)]
pub struct Fault<'a> {
    /// The kind of the error: [`Error::kind`](crate::error::Error::kind).
    pub kind: &'a str,
    /// Okta's `errorCode`.
    pub code: Option<&'a str>,
    /// The HTTP status of the answer; 0 where there was none.
    pub status: u16,
}

impl Fault<'_> {
    /// Whether the org itself says that there is no such thing.
    pub(super) fn is_missing(&self) -> bool {
        self.kind == "not-found" && self.code == Some(MISSING)
    }

    /// Whether the org itself refuses a parameter.
    pub(super) fn is_refusal(&self) -> bool {
        self.kind == "bad-request" && self.code.is_some()
    }
}
