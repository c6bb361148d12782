//! One group by its name. `pkg-template/src/find.js` decides the same for JavaScript; the stories of both hold the two equal.

use std::time::Duration;

use serde_json::Value;

use super::Failure;
use super::groups::Groups;
use crate::error::{Error, LookupFault, LookupReason};
use crate::filter::{folded, quoted};
use crate::host::{Host, Platform};
use crate::model::{Group, GroupType};
use crate::request::{ArgumentError, ListGroups};
use crate::sync::{Lock, Shared};

/// So long a group that this client wrote is remembered, since a search may not have it yet.
const REMEMBERED: Duration = Duration::from_secs(30);

/// The groups that a client wrote of late, the latest last.
#[derive(Clone, Debug, Default)]
pub(super) struct Written(Shared<Lock<Vec<Entry>>>);

#[derive(Debug)]
struct Entry {
    id: String,
    key: String,
    at: Duration,
}

impl Written {
    /// A group was created, or replaced.
    pub(super) fn note(&self, group: &Group, now: Duration) {
        let mut entries = self.0.lock();
        entries.retain(|entry| entry.is_fresh(now) && entry.id != group.id);
        entries.push(Entry { id: group.id.clone(), key: key_of(group), at: now });
    }

    /// The ids of those of a name, and of those in `found`.
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

/// What names have in common that differ by case.
fn key_of(group: &Group) -> String {
    group.profile.name.as_ref().map(|name| folded(name)).unwrap_or_default()
}

impl<H: Host<Body = Value>> Groups<'_, H> {
    /// The one group of a name, of a type if it is given. Names are compared without regard to case, as Okta does: two groups
    /// whose names differ by case are ambiguous. Reads *List all groups* with a `search`; a group that this client created or
    /// renamed in the last 30 s is found even if the search does not have it yet.
    ///
    /// # Errors
    /// [`Error::Lookup`] if no group has the name, or several have it; those of [`Client::call`](super::Client::call).
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
        // What was written of late, the search may have as it was before, or not at all.
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
                Err(Error::Lookup(Box::new(LookupFault { name: name.to_owned(), reason, candidates })).into())
            }
        }
    }
}

fn is_missing<H: Platform>(failure: &Failure<H>) -> bool {
    matches!(&failure.error, Error::Api(fault) if fault.is_missing())
}
