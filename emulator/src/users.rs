//! Answers one person by id or login, lists of people, and a person's groups.

use std::collections::BTreeSet;

use okta_groups::filter::{
    Attr, Expr, Matcher, Op, Parameter, Timestamp, Value as Constant, Warning, WarningReason,
};

use crate::cursor::Cursor;
use crate::options::Quirks;
use crate::page::{Page, PageRequest, limits};
use crate::refusal::{INVALID_CURSOR, Refusal};
use crate::render::{Expand, push_group, push_user};
use crate::sort::{Searches, Sort, SortKey};
use crate::store::{GroupRecord, NAMES_END, Numbered, Store, fold};

/// The attributes outside of the profile that `search` and `sortBy` accept (documented).
const TOP_LEVEL: [&str; 7] =
    ["id", "status", "created", "activated", "statusChanged", "lastUpdated", "type.id"];
/// The attributes that `filter` accepts, each with `eq` (documented).
const FILTER: [&str; 7] = [
    "id",
    "status",
    "lastUpdated",
    "profile.login",
    "profile.email",
    "profile.firstName",
    "profile.lastName",
];
/// Attributes whose value is an instant.
const INSTANTS: [&str; 4] = ["created", "activated", "statusChanged", "lastUpdated"];
/// Attributes of which `search` finds a part with `co` (documented).
const SEARCHED_FOR_PARTS: [&str; 4] =
    ["profile.login", "profile.email", "profile.firstName", "profile.lastName"];

/// The user of the token, in place of an id.
pub(crate) const ME: &str = "me";

/// Finds a user by id, by login in any case, or by the part of a login before its `@`, if only one login begins so.
///
/// # Errors
/// [`Refusal::NoUser`].
pub(crate) fn find(store: &Store, key: &str) -> Result<u32, Refusal> {
    let by_id = || store.users.number(key);
    let by_login = || store.by_login.get(&fold(key))?.first().copied();
    let by_short_name = || {
        let start = fold(key) + "@";
        let mut found =
            store.by_login.range(start.clone()..).take_while(|(login, _)| login.starts_with(&start));
        let (_, numbers) = found.next()?;
        if found.next().is_some() { None } else { numbers.first().copied() }
    };
    // `me` is never a login, also if a user has that login.
    let found = if key == ME { None } else { by_id().or_else(by_login).or_else(by_short_name) };
    found.ok_or_else(|| Refusal::NoUser(key.to_owned()))
}

/// *List all users*: the body and the values of `Link`.
///
/// # Errors
/// [`Refusal`] of a bad `limit`, `filter`, `search`, `sortBy`, `sortOrder` or `after`.
pub(crate) fn list(
    store: &Store,
    searches: &mut Searches<u32>,
    query: &str,
    base: &str,
    quirks: Quirks,
) -> Result<(String, Vec<String>), Refusal> {
    let mut page = PageRequest::parse(query, limits::ALL_USERS, quirks)?;
    page.limit = page.limit.min(limits::ALL_USERS);
    let conditions = conditions(&page, quirks)?;
    let url = [base, "/api/v1/users"].concat();

    // `q` has one page and no order (documented).
    if let Some(prefix) = page.get("q").map(fold) {
        if page.get("limit").is_none() && quirks.default_limit.is_none() {
            page.limit = limits::USERS_BY_Q;
        }
        let found = store
            .users
            .rows()
            .filter(|user| !user.is_deprovisioned && begins(user, &prefix) && all_hold(&conditions, user));
        let body = body(found.take(page.limit), base);
        return Ok((body, page.links(&url, None, &["q", "filter", "search"])));
    }

    let (items, next): (Vec<&Numbered>, _) = match sort(&page)? {
        None => {
            let rows = matching(store, &conditions, number_after(&page)?);
            let Page { items, next } = Page::of(rows, page.limit, quirks);
            let items = items.into_iter().filter_map(|number| store.users.get(number)).collect();
            (items, next.map(|number| Cursor::Number(number).encode()))
        }
        Some(sort) => {
            let after = sorted_after(&page)?;
            let texts = ["filter", "search"].map(|name| page.get(name).map(str::to_owned));
            // No operation changes a person, so their number says whether there are others.
            let people = store.users.len();
            let sorted = searches.get(texts, sort, (people as u64, people), |sort| {
                let row = |number: u32| {
                    let user = store.users.get(number)?;
                    let value = user.value();
                    let at = sort.by.split('.').try_fold(&value, |value, name| value.get(name));
                    Some((SortKey::of(at), user.id.clone(), number))
                };
                matching(store, &conditions, None).filter_map(row).collect()
            });
            let after = after.as_ref().map(|(key, id)| (key, id.as_str()));
            let Page { items, next } = Page::of(sorted.behind(after), page.limit, quirks);
            let next = next.map(|(key, id, _)| Cursor::Sorted(key.clone(), id.clone()).encode());
            (items.into_iter().filter_map(|(_, _, number)| store.users.get(*number)).collect(), next)
        }
    };
    let kept = ["filter", "search", "sortBy", "sortOrder"];
    Ok((body(items.into_iter(), base), page.links(&url, next.as_deref(), &kept)))
}

/// A `filter` or a `search` that is prepared to test people.
struct Condition {
    expr: Expr,
    test: Matcher,
}

fn conditions(page: &PageRequest, quirks: Quirks) -> Result<Vec<Condition>, Refusal> {
    let mut found = Vec::new();
    for parameter in [Parameter::Filter, Parameter::Search] {
        let Some(text) = page.get(parameter.as_str()) else { continue };
        let cause = (parameter == Parameter::Search).then_some("Invalid search syntax.");
        let expr = okta_groups::filter::parse(text).map_err(|_| Refusal::invalid_search(cause))?;
        check(&expr, parameter, quirks)?;
        let test = Matcher::compile(&expr, parameter.into());
        found.push(Condition { expr, test });
    }
    Ok(found)
}

/// Refuses undocumented expressions: `not`, `ne` and `ew` are not documented for people, and `co` for four attributes only.
/// Parts that a quirk names are accepted.
fn check(expr: &Expr, parameter: Parameter, quirks: Quirks) -> Result<(), Refusal> {
    let takes = |attr: Option<&Attr>, op: &'static str, reason: WarningReason| {
        quirks.undocumented.takes(&Warning { parameter, attr: attr.cloned(), op, reason })
    };
    let refused_unless = |taken: bool| if taken { Ok(()) } else { Err(Refusal::invalid_search(None)) };
    let is_search = parameter == Parameter::Search;
    let is_known = |attribute: &str| match parameter {
        Parameter::Filter => FILTER.contains(&attribute),
        Parameter::Search => TOP_LEVEL.contains(&attribute) || attribute.starts_with("profile."),
    };
    match expr {
        Expr::And(terms) | Expr::Or(terms) => {
            terms.iter().try_for_each(|term| check(term, parameter, quirks))
        }
        Expr::Not(term) => {
            refused_unless(takes(None, "not", WarningReason::Operator))?;
            check(term, parameter, quirks)
        }
        Expr::Present { attr } => {
            refused_unless(is_known(attr.as_str()) || takes(Some(attr), "pr", WarningReason::Attribute))?;
            refused_unless(is_search || takes(Some(attr), "pr", WarningReason::Operator))
        }
        Expr::Compare { attr, op, value } => {
            let attribute = attr.as_str();
            let is_instant = INSTANTS.contains(&attribute);
            let is_documented = match op {
                Op::Eq => true,
                Op::Gt | Op::Ge | Op::Lt | Op::Le => is_search || is_instant,
                Op::Sw => is_search && !is_instant,
                Op::Co => is_search && SEARCHED_FOR_PARTS.contains(&attribute),
                _ => false,
            };
            refused_unless(is_known(attribute) || takes(Some(attr), op.as_str(), WarningReason::Attribute))?;
            refused_unless(is_documented || takes(Some(attr), op.as_str(), WarningReason::Operator))?;
            let is_date = |text: &String| Timestamp::parse(text).is_ok();
            match value {
                Constant::String(text) if is_instant && !is_date(text) => {
                    let taken = takes(Some(attr), op.as_str(), WarningReason::Value);
                    if taken { Ok(()) } else { Err(Refusal::InvalidDate) }
                }
                _ => Ok(()),
            }
        }
    }
}

fn all_hold(conditions: &[Condition], user: &Numbered) -> bool {
    if conditions.is_empty() {
        return true;
    }
    if !conditions.iter().all(|condition| may_hold(&condition.expr, user)) {
        return false;
    }
    let value = user.value();
    conditions.iter().all(|condition| condition.test.matches(&value))
}

/// False only if the user's names alone show that `expr` is false.
fn may_hold(expr: &Expr, user: &Numbered) -> bool {
    match expr {
        Expr::And(terms) => terms.iter().all(|term| may_hold(term, user)),
        Expr::Or(terms) => terms.iter().any(|term| may_hold(term, user)),
        Expr::Compare { attr, op: Op::Eq | Op::Sw | Op::Co | Op::Ew, value: Constant::String(text) }
            if SEARCHED_FOR_PARTS.contains(&attr.as_str()) =>
        {
            user.names.contains(&fold(text))
        }
        _ => true,
    }
}

/// Whether a first name, a last name or an email begins with `prefix`, which is folded.
fn begins(user: &Numbered, prefix: &str) -> bool {
    user.names.split(NAMES_END).take(3).any(|name| name.starts_with(prefix))
}

/// The users who meet all conditions, by number, after `after`. Without a condition, DEPROVISIONED users are omitted
/// (documented).
fn matching<'a>(
    store: &'a Store,
    conditions: &'a [Condition],
    after: Option<u32>,
) -> Box<dyn Iterator<Item = u32> + 'a> {
    let holds = move |number: &u32| {
        let user = store.users.get(*number);
        user.is_some_and(|user| match conditions {
            [] => !user.is_deprovisioned,
            _ => all_hold(conditions, user),
        })
    };
    let fewest = conditions.iter().filter_map(|condition| candidates(store, &condition.expr));
    match fewest.min_by_key(BTreeSet::len) {
        Some(numbers) => {
            let rest = numbers.into_iter().filter(move |number| after.is_none_or(|after| *number > after));
            Box::new(rest.filter(holds))
        }
        None => Box::new((after.map_or(0, |after| after + 1)..store.users.len() as u32).filter(holds)),
    }
}

/// The only people who can match `expr`, if an index shows that.
fn candidates(store: &Store, expr: &Expr) -> Option<BTreeSet<u32>> {
    match expr {
        Expr::And(terms) => terms.iter().filter_map(|term| candidates(store, term)).min_by_key(BTreeSet::len),
        Expr::Or(terms) => terms.iter().try_fold(BTreeSet::new(), |mut all, term| {
            all.extend(candidates(store, term)?);
            Some(all)
        }),
        Expr::Compare { attr, op: Op::Eq, value: Constant::String(text) } => {
            let index = match attr.as_str() {
                "profile.login" => &store.by_login,
                "profile.email" => &store.by_email,
                "id" => return store.users.number(text).map(|number| BTreeSet::from([number])),
                _ => return None,
            };
            Some(index.get(&fold(text)).into_iter().flatten().copied().collect())
        }
        _ => None,
    }
}

/// The order of a search; lists without `search` are not sorted.
fn sort(page: &PageRequest) -> Result<Option<Sort>, Refusal> {
    match (page.get("search"), page.get("sortBy")) {
        (Some(_), Some(by)) => {
            let sort = Sort::among(&TOP_LEVEL, by, page.get("sortOrder"));
            sort.map(Some).ok_or_else(|| Refusal::invalid_search(None))
        }
        _ => Ok(None),
    }
}

fn number_after(page: &PageRequest) -> Result<Option<u32>, Refusal> {
    match page.get("after").map(Cursor::decode) {
        None => Ok(None),
        Some(Some(Cursor::Number(number))) => Ok(Some(number)),
        Some(_) => Err(Refusal::invalid_search(Some(INVALID_CURSOR))),
    }
}

fn sorted_after(page: &PageRequest) -> Result<Option<(SortKey, String)>, Refusal> {
    match page.get("after").map(Cursor::decode) {
        None => Ok(None),
        Some(Some(Cursor::Sorted(key, id))) => Ok(Some((key, id))),
        Some(_) => Err(Refusal::invalid_search(Some(INVALID_CURSOR))),
    }
}

fn body<'a>(users: impl Iterator<Item = &'a Numbered>, base: &str) -> String {
    let mut body = String::from("[");
    for user in users {
        if body.len() > 1 {
            body.push(',');
        }
        push_user(&mut body, user, base);
    }
    body.push(']');
    body
}

/// *List all groups* of a user. `Everyone` comes first, then all others by `created` (recorded 539 of 539). The reference
/// names no `limit` and no `after`, but answers always have a `Link` with `limit=200` (recorded). Only single pages were
/// recorded.
///
/// # Errors
/// [`Refusal`] of an unknown user, a bad `limit` or `after`.
pub(crate) fn groups(
    store: &Store,
    key: &str,
    path: &str,
    query: &str,
    base: &str,
    quirks: Quirks,
) -> Result<(String, Vec<String>), Refusal> {
    let user = find(store, key)?;
    let mut page = PageRequest::parse(query, limits::USER_GROUPS, quirks)?;
    page.limit = page.limit.min(limits::USER_GROUPS);
    let after = match page.get("after").map(Cursor::decode) {
        None => None,
        Some(Some(Cursor::Sorted(SortKey::Text(created), id))) => Some((created, id)),
        Some(_) => return Err(Refusal::InvalidPaging),
    };
    let mut groups: Vec<_> = store
        .groups()
        .filter(|group| group.has(user))
        .map(|group| (place(group), group.id.as_str(), group))
        .filter(|(created, id, _)| {
            after.as_ref().is_none_or(|(after, last)| (*created, *id) > (after.as_str(), last.as_str()))
        })
        .collect();
    groups.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    let Page { items, next } = Page::of(groups.into_iter(), page.limit, quirks);
    let mut body = String::from("[");
    for (_, _, group) in items {
        if body.len() > 1 {
            body.push(',');
        }
        push_group(&mut body, group, base, Expand::default(), store);
    }
    body.push(']');
    let next = next
        .map(|(created, id, _)| Cursor::Sorted(SortKey::Text(created.to_owned()), id.to_owned()).encode());
    let url = [base, path.trim_end_matches('/')].concat();
    Ok((body, page.links(&url, next.as_deref(), &[])))
}

/// The key that orders a user's groups.
fn place(group: &GroupRecord) -> &str {
    if group.is_everyone() { "" } else { &group.created }
}
