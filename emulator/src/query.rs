//! `filter` and `search` by the client's own expression language. Nothing else in this crate touches it.

use crate::refusal::Refusal;
use crate::store::{Candidates, GroupRecord};

pub(crate) struct Query;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parameter {
    Filter,
    Search,
}

impl Query {
    pub(crate) fn parse(_text: &str, _parameter: Parameter) -> Result<Self, Refusal> {
        Err(Refusal::invalid_search(None))
    }

    pub(crate) fn candidates(&self) -> Candidates {
        Candidates::All
    }

    pub(crate) fn matches(&self, _group: &GroupRecord) -> bool {
        false
    }
}
