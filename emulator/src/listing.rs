//! *List all groups*: selects and orders the groups, and finds the first one of a page.

use okta_groups::filter::Parameter;

use crate::cursor::Cursor;
use crate::options::{Quirks, Undocumented};
use crate::page::{Page, PageRequest, limits};
use crate::query::{Query, rank};
use crate::refusal::{INVALID_CURSOR, Refusal};
use crate::render::{Expand, push_group};
use crate::sort::{Searches, Sort};
use crate::store::{Candidates, GroupRecord, Store};

/// The highest number of groups that a `q` finds, unless a quirk sets another.
const MAX_Q: usize = 300;

/// The body and the values of `Link`.
///
/// # Errors
/// [`Refusal`] of a bad `limit`, `filter`, `search`, `sortBy`, `sortOrder` or `after`.
pub(crate) fn groups(
    store: &Store,
    searches: &mut Searches<()>,
    query: &str,
    base: &str,
    quirks: Quirks,
) -> Result<(String, Vec<String>), Refusal> {
    let page = PageRequest::parse(query, limits::GROUPS, quirks)?;
    let conditions = conditions(&page, quirks.undocumented)?;
    let expand = page.get("expand").map(Expand::parse).unwrap_or_default();

    // With q there is no Link at all, no paging, and sortBy does nothing (recorded 805 of 805).
    if let Some(prefix) = page.get("q") {
        let matching = store.starting_with(prefix).filter(|group| all_hold(&conditions, group));
        let found = matching.take(page.limit.min(quirks.q_limit.map_or(MAX_Q, |most| most.get() as usize)));
        return Ok((body(found, base, expand, store), Vec::new()));
    }

    let (items, next) = match (sort(&page)?, cursor(&page)?) {
        (None, after @ (None | Some(Cursor::Group(_)))) => {
            let after = match &after {
                Some(Cursor::Group(id)) => Some(id.as_str()),
                _ => None,
            };
            let Page { items, next } = Page::of(matching(store, &conditions, after), page.limit, quirks);
            (items, next.map(|last| Cursor::Group(last.id.clone())))
        }
        (Some(sort), after @ (None | Some(Cursor::Sorted(..)))) => {
            let texts = ["filter", "search"].map(|name| page.get(name).map(str::to_owned));
            let sorted = searches.get(texts, sort, (store.changes(), store.groups().len()), |sort| {
                let row = |group: &GroupRecord| (sort.key(group), group.id.clone(), ());
                matching(store, &conditions, None).map(row).collect()
            });
            let after = match &after {
                Some(Cursor::Sorted(key, id)) => Some((key, id.as_str())),
                _ => None,
            };
            let Page { items, next } = Page::of(sorted.behind(after), page.limit, quirks);
            let next = next.map(|(key, id, ())| Cursor::Sorted(key.clone(), id.clone()));
            (items.into_iter().filter_map(|(_, id, ())| store.group(id)).collect(), next)
        }
        _ => return Err(Refusal::invalid_search(Some(INVALID_CURSOR))),
    };
    let next = next.map(|cursor| cursor.encode());
    let kept = ["filter", "search", "sortBy", "sortOrder", "expand"];
    let links = page.links(&[base, "/api/v1/groups"].concat(), next.as_deref(), &kept);
    Ok((body(items.into_iter(), base, expand, store), links))
}

fn conditions(page: &PageRequest, taken: Undocumented) -> Result<Vec<Query>, Refusal> {
    let filter = page.get("filter").map(|text| Query::parse(text, Parameter::Filter, taken));
    let search = page.get("search").map(|text| Query::parse(text, Parameter::Search, taken));
    filter.into_iter().chain(search).collect()
}

/// The order of a search; lists without `search` are not sorted.
fn sort(page: &PageRequest) -> Result<Option<Sort>, Refusal> {
    match (page.get("search"), page.get("sortBy")) {
        (Some(_), Some(by)) => {
            let sort = Sort::new(by, page.get("sortOrder"));
            sort.map(Some).ok_or_else(|| Refusal::invalid_search(None))
        }
        _ => Ok(None),
    }
}

fn cursor(page: &PageRequest) -> Result<Option<Cursor>, Refusal> {
    let invalid = || Refusal::invalid_search(Some(INVALID_CURSOR));
    page.get("after").map(|after| Cursor::decode(after).ok_or_else(invalid)).transpose()
}

fn all_hold(conditions: &[Query], group: &GroupRecord) -> bool {
    conditions.iter().all(|condition| condition.matches(group))
}

/// Every group that meets all conditions, in the order of ids, after `after`.
fn matching<'a>(
    store: &'a Store,
    conditions: &[Query],
    after: Option<&str>,
) -> impl Iterator<Item = &'a GroupRecord> {
    let candidates = store.candidates(narrowest(conditions), after);
    candidates.filter(|group| all_hold(conditions, group))
}

/// The candidates of the condition that leaves the fewest.
fn narrowest(conditions: &[Query]) -> &Candidates {
    conditions
        .iter()
        .map(Query::candidates)
        .min_by_key(|candidates| rank(candidates))
        .unwrap_or(&Candidates::All)
}

fn body<'a>(
    groups: impl Iterator<Item = &'a GroupRecord>,
    base: &str,
    expand: Expand,
    store: &Store,
) -> String {
    let mut body = String::from("[");
    for group in groups {
        if body.len() > 1 {
            body.push(',');
        }
        push_group(&mut body, group, base, expand, store);
    }
    body.push(']');
    body
}
