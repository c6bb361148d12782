//! *List all groups*: which groups, in which order, from where.

use okta_groups::filter::Parameter;

use crate::cursor::Cursor;
use crate::options::Quirks;
use crate::page::{Page, PageRequest, limits};
use crate::query::{Query, rank};
use crate::refusal::{INVALID_CURSOR, Refusal};
use crate::render::{Expand, push_group};
use crate::sort::{Sort, SortKey};
use crate::store::{Candidates, GroupRecord, Store};

/// The most a `q` finds.
const MAX_Q: usize = 300;

/// The body and the values of `Link`.
///
/// # Errors
/// [`Refusal`] of a bad `limit`, `filter`, `search`, `sortBy`, `sortOrder` or `after`.
pub(crate) fn groups(
    store: &Store,
    query: &str,
    base: &str,
    quirks: Quirks,
) -> Result<(String, Vec<String>), Refusal> {
    let page = PageRequest::parse(query, limits::GROUPS)?;
    let conditions = conditions(&page)?;
    let matches = |group: &&GroupRecord| conditions.iter().all(|condition| condition.matches(group));
    let expand = page.get("expand").map(Expand::parse).unwrap_or_default();

    // With q there is no Link at all, no paging, and sortBy does nothing (recorded 805 of 805).
    if let Some(prefix) = page.get("q") {
        let found = store.starting_with(prefix).filter(matches).take(page.limit.min(MAX_Q));
        return Ok((body(found, base, expand, store), Vec::new()));
    }

    let (items, next) = match sort(&page)? {
        None => {
            let after = match cursor(&page)? {
                None => None,
                Some(Cursor::Group(id)) => Some(id),
                Some(_) => return Err(Refusal::invalid_search(Some(INVALID_CURSOR))),
            };
            let found = store.candidates(narrowest(&conditions), after.as_deref()).filter(matches);
            let Page { items, next } = Page::of(found, page.limit, quirks);
            (items, next.map(|last| Cursor::Group(last.id.clone())))
        }
        Some(sort) => {
            let after = match cursor(&page)? {
                None => None,
                Some(Cursor::Sorted(key, id)) => Some((key, id)),
                Some(_) => return Err(Refusal::invalid_search(Some(INVALID_CURSOR))),
            };
            let found = store.candidates(narrowest(&conditions), None).filter(matches);
            let Page { items, next } = sorted(found, &sort, after.as_ref(), page.limit, quirks);
            let next = next.map(|(key, group)| Cursor::Sorted(key, group.id.clone()));
            (items.into_iter().map(|(_, group)| group).collect(), next)
        }
    };
    let next = next.map(|cursor| cursor.encode());
    let kept = ["filter", "search", "sortBy", "sortOrder", "expand"];
    let links = page.links(&[base, "/api/v1/groups"].concat(), next.as_deref(), &kept);
    Ok((body(items.into_iter(), base, expand, store), links))
}

fn conditions(page: &PageRequest) -> Result<Vec<Query>, Refusal> {
    let filter = page.get("filter").map(|text| Query::parse(text, Parameter::Filter));
    let search = page.get("search").map(|text| Query::parse(text, Parameter::Search));
    filter.into_iter().chain(search).collect()
}

/// Only a search is sorted.
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

/// The fewest candidates any condition leaves.
fn narrowest(conditions: &[Query]) -> &Candidates {
    conditions
        .iter()
        .map(Query::candidates)
        .min_by_key(|candidates| rank(candidates))
        .unwrap_or(&Candidates::All)
}

fn sorted<'a>(
    found: impl Iterator<Item = &'a GroupRecord>,
    sort: &Sort,
    after: Option<&(SortKey, String)>,
    limit: usize,
    quirks: Quirks,
) -> Page<(SortKey, &'a GroupRecord)> {
    let behind = |key: &SortKey, id: &str| {
        after.is_none_or(|(last, last_id)| sort.compare((key, id), (last, last_id)).is_gt())
    };
    let order = |a: &(SortKey, &GroupRecord), b: &(SortKey, &GroupRecord)| {
        sort.compare((&a.0, &a.1.id), (&b.0, &b.1.id))
    };
    let mut rows: Vec<_> =
        found.map(|group| (sort.key(group), group)).filter(|(key, group)| behind(key, &group.id)).collect();
    // One more than the page, to know whether another follows; the rest need no order.
    if rows.len() > limit + 1 {
        rows.select_nth_unstable_by(limit, order);
        rows.truncate(limit + 1);
    }
    rows.sort_unstable_by(order);
    Page::of(rows.into_iter(), limit, quirks)
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
