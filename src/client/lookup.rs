//! Finds one group by its name. `pkg-template/src/find.js` decides the same for JavaScript; both run the same
//! stories as tests.

use serde_json::Value;

use super::Failure;
use super::groups::Groups;
use crate::error::{Error, LookupFault, LookupReason};
use crate::filter::{folded, quoted};
use crate::host::{Host, Platform};
use crate::model::{Group, GroupType};
use crate::request::{ArgumentError, ListGroups};
use crate::sync::{Lock, Shared};
use crate::time::Duration;

/// How long the client remembers a group that it wrote: the search index may lag behind for as long.
const REMEMBERED: Duration = Duration::from_secs(30);

/// The groups that this client wrote in the last 30 s, the latest last.
#[derive(Clone, Debug, Default)]
pub(super) struct Written(Shared<Lock<Vec<Entry>>>);

#[derive(Debug)]
struct Entry {
    id: String,
    key: String,
    at: Duration,
}

impl Written {
    /// Remembers a group that was created or replaced.
    pub(super) fn note(&self, group: &Group, now: Duration) {
        let mut entries = self.0.lock();
        entries.retain(|entry| entry.is_fresh(now) && entry.id != group.id);
        entries.push(Entry { id: group.id.clone(), key: key_of(group), at: now });
    }

    /// The ids of the remembered groups that have this name or are in `found`.
    fn ids(&self, key: &str, found: &[Group], now: Duration) -> Vec<String> {
        let has = |id: &str| found.iter().any(|group| group.id == id);
        let entries = self.0.lock();
        let named =
            entries.iter().filter(|entry| entry.is_fresh(now) && (entry.key == key || has(&entry.id)));
        named.map(|entry| entry.id.clone()).collect()
    }
}

impl Entry {
    fn is_fresh(&self, now: Duration) -> bool {
        now.saturating_sub(self.at) <= REMEMBERED
    }
}

/// The group's name with its case folded.
fn key_of(group: &Group) -> String {
    group.profile.name.as_ref().map(|name| folded(name)).unwrap_or_default()
}

impl<H: Host<Body = Value>> Groups<'_, H> {
    /// Finds the one group with this name, and of this type if one is given. Names are compared without
    /// regard to case, as Okta compares them: two groups whose names differ by case are ambiguous. Reads
    /// *List all groups* with a `search`. A group that this client created or renamed in the last 30 s is
    /// found although the search index may not have it yet.
    ///
    /// # Errors
    /// [`Error::Lookup`] if no group or several groups have the name; those of
    /// [`Client::call`](super::Client::call).
    pub async fn find_by_name(
        &self,
        name: &str,
        group_type: Option<&GroupType>,
    ) -> Result<Group, Failure<H>> {
        if name.is_empty() {
            return Err(ArgumentError::new("name", "is empty").into());
        }
        let key = folded(name);
        let mut search = ["profile.name eq ", &quoted(name)].concat();
        if let Some(group_type) = group_type {
            search.push_str(" and type eq ");
            search.push_str(&quoted(group_type.as_str()));
        }
        let request = ListGroups { search: Some(search), ..ListGroups::default() };
        let mut found = self.list(&request)?.to_vec(usize::MAX).await?;
        // The search index may lack a group that was just written, or have its old name: such groups are read
        // by id.
        let now = self.client.host.now();
        for id in self.client.written.ids(&key, &found, now) {
            found.retain(|group| group.id != id);
            match self.get(&id).await {
                Ok(group) => found.push(group),
                Err(failure) if is_missing(&failure) => {}
                Err(failure) => return Err(failure),
            }
        }
        let is_it = |group: &Group| {
            key_of(group) == key && group_type.is_none_or(|wanted| group.group_type.as_ref() == Some(wanted))
        };
        found.retain(is_it);
        match (found.len(), found.pop()) {
            (1, Some(group)) => Ok(group),
            (count, last) => {
                let reason = if count == 0 { LookupReason::None } else { LookupReason::Ambiguous };
                let candidates = found.into_iter().chain(last).map(|group| group.id).collect();
                Err(Error::Lookup(Box::new(LookupFault::new(name, reason, candidates))).into())
            }
        }
    }
}

fn is_missing<H: Platform>(failure: &Failure<H>) -> bool {
    matches!(&failure.error, Error::Api(fault) if fault.is_missing())
}
