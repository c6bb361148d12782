//! Checkpoints of exports in their stored form, JSON. Decides which checkpoint an export may resume.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Saved;
use crate::filter::Timestamp;
use crate::request::ArgumentError;

/// One part of an org's groups, by a hash of their ids: [`shard`](super::shard). Machines that do not know of
/// each other can each take one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// The number of the part, from 0.
    pub index: u32,
    /// How many parts there are.
    pub of: u32,
}

impl Shard {
    /// Whether the group belongs to this part.
    pub fn has(self, group_id: &str) -> bool {
        super::shard(group_id, self.of) == self.index
    }

    /// # Errors
    /// [`ArgumentError`] if there is no part of that number.
    pub fn check(self) -> Result<(), ArgumentError> {
        match self.index < self.of {
            true => Ok(()),
            false => {
                let reason = "must be { index, of } with an index from 0 to of - 1";
                Err(ArgumentError::new("shard", reason))
            }
        }
    }
}

/// The state of an export of groups, to be stored and resumed. Rust and the npm package resume each other's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupsCheckpoint {
    /// The version of the format, 1.
    pub v: u32,
    /// `groups`.
    pub kind: String,
    /// The org's name (an origin). A client of another org refuses the checkpoint.
    pub org: String,
    /// The part of the org that is exported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// The program's own search, in its canonical form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// What is embedded in each group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expand: Option<String>,
    /// Whether the export reads one list without ranges.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_plain: bool,
    /// How many groups the program has taken, over all runs.
    pub items: u64,
    /// The ranges of `created` that are not exported to their end; empty at the end of the export.
    pub ranges: Vec<SavedRange>,
}

/// A range of `created`, and the cursor at which it goes on. The times are `yyyy-MM-ddTHH:mm:ss.SSSZ`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedRange {
    /// The lower bound, inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The upper bound, exclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The upper bound of the search that the cursor belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<String>,
    /// The cursor of the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// The state of an export of members or applications, to be stored and resumed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfGroupsCheckpoint {
    /// The version of the format, 1.
    pub v: u32,
    /// `members` or `apps`.
    pub kind: String,
    /// The org's name (an origin). A client of another org refuses the checkpoint.
    pub org: String,
    /// The part of the org that is exported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// Where the source of groups goes on.
    pub source: SourceCheckpoint,
    /// The ids of groups that are finished, after the place of the source.
    #[serde(default)]
    pub done: Vec<String>,
    /// The cursors of groups that are read in part, by their ids.
    #[serde(default)]
    pub cursors: BTreeMap<String, String>,
    /// How many rows the program has taken, over all runs.
    pub rows: u64,
    /// How many groups are exported, missing ones included.
    pub groups: u64,
    /// The ids of groups that were deleted meanwhile.
    #[serde(default)]
    pub missing: Vec<String>,
}

/// Where the source of an export's groups goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SourceCheckpoint {
    /// How many groups of the program's list are finished.
    Ids(u64),
    /// The checkpoint of the export of groups.
    Groups(Box<GroupsCheckpoint>),
}

fn wrong(reason: impl Into<String>) -> ArgumentError {
    ArgumentError::new("resume", reason)
}

/// Whether an export may resume a checkpoint.
fn same(
    (v, kind, org, shard): (u32, &str, &str, Option<Shard>),
    (own_kind, own_org, own_shard): (&str, &str, Option<Shard>),
) -> Result<(), ArgumentError> {
    if v != 1 || kind != own_kind {
        return Err(wrong(["is no checkpoint of an export of ", own_kind].concat()));
    }
    if org != own_org {
        return Err(wrong(["is a checkpoint of another org, ", org].concat()));
    }
    if shard != own_shard {
        return Err(wrong("is a checkpoint of another shard"));
    }
    Ok(())
}

impl GroupsCheckpoint {
    /// The ranges of the machine. `search` and `expand` are the export's own.
    ///
    /// # Errors
    /// [`ArgumentError`] if the checkpoint belongs to another org, shard, search or `expand`.
    pub(crate) fn ranges(
        &self,
        org: &str,
        shard: Option<Shard>,
        search: Option<&str>,
        expand: Option<&str>,
    ) -> Result<Vec<Saved>, ArgumentError> {
        same((self.v, &self.kind, &self.org, self.shard), ("groups", org, shard))?;
        if (self.search.as_deref(), self.expand.as_deref()) != (search, expand) {
            return Err(wrong("belongs to an export with another search or expand"));
        }
        self.ranges.iter().map(SavedRange::saved).collect()
    }
}

impl OfGroupsCheckpoint {
    /// # Errors
    /// [`ArgumentError`] if the checkpoint belongs to another kind of export, org or shard.
    pub(crate) fn check(&self, kind: &str, org: &str, shard: Option<Shard>) -> Result<(), ArgumentError> {
        same((self.v, &self.kind, &self.org, self.shard), (kind, org, shard))
    }
}

impl SavedRange {
    fn saved(&self) -> Result<Saved, ArgumentError> {
        let time = |text: &Option<String>| {
            let time = text.as_deref().filter(|text| !text.is_empty()).map(Timestamp::parse).transpose();
            time.map(|time| time.map(Timestamp::as_millis)).map_err(|_| wrong("is no checkpoint"))
        };
        let [from, to, asked] = [time(&self.from)?, time(&self.to)?, time(&self.asked)?];
        Ok(Saved { from, to, asked, cursor: self.cursor.clone() })
    }
}

impl From<Saved> for SavedRange {
    fn from(Saved { from, to, asked, cursor }: Saved) -> Self {
        let [from, to, asked] = [from, to, asked].map(|time| time.and_then(time_text));
        SavedRange { from, to, asked, cursor }
    }
}

/// A time as Okta writes it; `None` beyond the year 9999.
pub(crate) fn time_text(millis: i64) -> Option<String> {
    Timestamp::from_millis(millis).ok().map(Timestamp::to_text)
}
