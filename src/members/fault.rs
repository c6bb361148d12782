//! The facts of a failed call by which a run decides.

use crate::error::MISSING;

/// The error of a call, as far as a run decides by it.
#[derive(Clone, Copy, Debug)]
pub struct Fault<'a> {
    /// The kind of the error: [`Error::kind`](crate::error::Error::kind).
    pub kind: &'a str,
    /// Okta's `errorCode`.
    pub code: Option<&'a str>,
    /// The HTTP status of the answer; 0 if there was none.
    pub status: u16,
}

impl Fault<'_> {
    /// Whether Okta itself says that the resource does not exist.
    pub(super) fn is_missing(&self) -> bool {
        self.kind == "not-found" && self.code == Some(MISSING)
    }

    /// Whether Okta itself refuses a parameter.
    pub(super) fn is_refusal(&self) -> bool {
        self.kind == "bad-request" && self.code.is_some()
    }
}
