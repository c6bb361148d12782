//! Whole-org exports for programs in Rust: sends the reads that [`Export`] and [`OfGroups`] order, several at
//! once, and gives their items to the program page by page. It decides nothing.

use crate::time::Duration;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future;
use std::marker::PhantomData;
use std::pin::{Pin, pin};

use futures_lite::future as lite;
use futures_util::stream::{FuturesUnordered, StreamExt};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::groups::{Groups, List, expression, misshapen};
use super::{Failure, Meta};
use crate::export::{
    Export, GroupsCheckpoint, OfGroups, OfGroupsCheckpoint, Order, Rows, SavedRange, Shard, SourceCheckpoint,
    time_text,
};
use crate::filter::{Attr, Expr, Op, Parameter, Timestamp, Warning, WarningReason, attr};
use crate::host::{Event, Host, Platform};
use crate::model::{Application, Group, User};
use crate::request::{ArgumentError, GroupId, ListApps, ListGroups, ListUsers, Operation, SortOrder};
use crate::sync::Shared;

/// What [`Groups::export_groups`] exports, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupsExport {
    /// Only groups that match, as in [`ListGroups::search`]. Default: all groups.
    pub search: Option<String>,
    /// `stats` or `app`: the metadata to embed.
    pub expand: Vec<String>,
    /// How many listings run at once, 1 to 8. The gate throttles all of them together. Default 4.
    pub lanes: u32,
    /// The number of groups in a page, 1 to 10,000. Default 200.
    pub limit: u32,
    /// Only one part of the org. Default: all groups.
    pub shard: Option<Shard>,
    /// The checkpoint of an export that was stopped. Default: starts at the beginning.
    pub resume: Option<GroupsCheckpoint>,
}

impl Default for GroupsExport {
    fn default() -> Self {
        GroupsExport {
            search: None,
            expand: Vec::new(),
            lanes: LANES,
            limit: LIMIT,
            shard: None,
            resume: None,
        }
    }
}

/// How [`Groups::export_members`] and [`Groups::export_apps`] export.
#[derive(Clone, Debug, PartialEq)]
pub struct OfGroupsExport {
    /// How many groups are read at once, 1 to 8. The gate throttles all of them together. Default 4.
    pub lanes: u32,
    /// The number of rows in a page, 1 to 10,000. Default 200.
    pub limit: u32,
    /// Only the groups of one part of the org. Default: all groups of the source.
    pub shard: Option<Shard>,
    /// The checkpoint of an export that was stopped. Its source is resumed, too. Default: starts at the
    /// beginning.
    pub resume: Option<OfGroupsCheckpoint>,
}

impl Default for OfGroupsExport {
    fn default() -> Self {
        OfGroupsExport { lanes: LANES, limit: LIMIT, shard: None, resume: None }
    }
}

const LANES: u32 = 4;
const LIMIT: u32 = 200;

/// Which groups [`Groups::export_members`] and [`Groups::export_apps`] read.
#[derive(Clone, Debug, PartialEq)]
pub enum GroupSource {
    /// The groups of an export of groups. [`OfGroupsExport::resume`] resumes it.
    Groups(GroupsExport),
    /// These groups. To resume, pass the same ids in the same order.
    Ids(Vec<String>),
}

/// A page of an export.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ExportPage<T, C> {
    /// The groups or rows.
    pub items: Vec<T>,
    /// The place to resume after this page. Store it once the items are stored.
    pub checkpoint: C,
    /// The estimate of groups that are left to list; `None` while one plain list is read, and for an export
    /// over given ids.
    pub left: Option<u64>,
    /// How long the rest will take by the pace so far; `None` if `left` is, and before anything was exported.
    pub eta: Option<Duration>,
}

/// A member of a group.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MemberRow {
    /// The id of the group.
    pub group_id: String,
    /// The group, if the source is [`GroupSource::Groups`].
    pub group: Option<Shared<Group>>,
    /// The member.
    pub user: User,
    /// The ids of the rules that assigned the member: none for a member who was added by hand, `None` if the
    /// org does not say.
    pub rules: Option<Vec<String>>,
}

/// An application that a group is assigned to.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AppRow {
    /// The id of the group.
    pub group_id: String,
    /// The group, if the source is [`GroupSource::Groups`].
    pub group: Option<Shared<Group>>,
    /// The application.
    pub app: Application,
}

impl<'a, H: Host<Body = Value>> Groups<'a, H> {
    /// Exports the groups of an org by several listings at once, over disjoint ranges of `created`. `each`
    /// takes one page after another, in the order in which they arrive, and returns a future; the next pages are
    /// read while it runs. An error of `each` ends the export. A group that exists and is searchable during the whole export comes
    /// exactly once, also over any number of stops and resumes; the guide *Whole-org exports* has more
    /// guarantees. An org that refuses to search by `created` gets one plain list, with an
    /// [`Event::Warning`].
    ///
    /// # Errors
    /// An error of `each`; an [`ArgumentError`] for wrong options or the checkpoint of another export; those of
    /// [`List::next_page`]; a [`ResponseFault`](crate::error::ResponseFault) if the org sends groups out of the
    /// order of `created` while several lanes run. What `each` has taken can be resumed.
    pub async fn export_groups<E: From<Failure<H>>, F: Future<Output = Result<(), E>>>(
        &self,
        export: &GroupsExport,
        each: impl FnMut(ExportPage<Group, GroupsCheckpoint>) -> F,
    ) -> Result<(), E> {
        let run = GroupPages::new(self, export, export.resume.as_ref())?;
        let read = |order| async move { read_groups(self, order).await };
        drive(run, read, each).await
    }

    /// Exports the members of many groups, several groups at once. Each group is read once, however often the
    /// source names it. `each` takes one page after another; see [`Groups::export_groups`]. A group that was
    /// deleted meanwhile has no rows, and its id is in [`OfGroupsCheckpoint::missing`].
    ///
    /// # Errors
    /// Those of [`Groups::export_groups`].
    pub async fn export_members<E: From<Failure<H>>, F: Future<Output = Result<(), E>>>(
        &self,
        groups: GroupSource,
        export: &OfGroupsExport,
        each: impl FnMut(ExportPage<MemberRow, OfGroupsCheckpoint>) -> F,
    ) -> Result<(), E> {
        let list = |group: &str| {
            let (group, expand) = (GroupId::new(group)?, vec!["group-rules".to_owned()]);
            let request = ListUsers { group, search: None, after: None, limit: Some(export.limit), expand };
            self.list_users(&request)
        };
        let row = |group_id: &str, group: Option<Shared<Group>>, user: User| {
            let rules = user.embedded.as_ref().and_then(|embedded| embedded.get("group-rules")?.as_array());
            let id = |rule: &Value| rule["id"].as_str().unwrap_or_default().to_owned();
            let rules = rules.map(|rules| rules.iter().map(id).collect());
            MemberRow { group_id: group_id.to_owned(), group, user, rules }
        };
        self.export_of("members", groups, export, list, row, each).await
    }

    /// Exports the applications of many groups: see [`Groups::export_members`].
    ///
    /// # Errors
    /// Those of [`Groups::export_groups`].
    pub async fn export_apps<E: From<Failure<H>>, F: Future<Output = Result<(), E>>>(
        &self,
        groups: GroupSource,
        export: &OfGroupsExport,
        each: impl FnMut(ExportPage<AppRow, OfGroupsCheckpoint>) -> F,
    ) -> Result<(), E> {
        let list = |group: &str| {
            let group = GroupId::new(group)?;
            self.list_apps(&ListApps { group, after: None, limit: Some(export.limit) })
        };
        let row = |group_id: &str, group, app| AppRow { group_id: group_id.to_owned(), group, app };
        self.export_of("apps", groups, export, list, row, each).await
    }

    async fn export_of<T: DeserializeOwned, R, E: From<Failure<H>>, F: Future<Output = Result<(), E>>>(
        &self,
        kind: &'static str,
        groups: GroupSource,
        export: &OfGroupsExport,
        list: impl Fn(&str) -> Result<List<'a, H, T>, Failure<H>>,
        row: impl Fn(&str, Option<Shared<Group>>, T) -> R,
        each: impl FnMut(ExportPage<R, OfGroupsCheckpoint>) -> F,
    ) -> Result<(), E> {
        let run = RowsRun::new(self, kind, groups, export, row)?;
        let list = &list;
        let read = |order| async move {
            match order {
                RowsOrder::Groups(order) => RowsEnded::Groups(read_groups(self, order).await),
                RowsOrder::Rows(rows) => {
                    let list = list(&rows.group);
                    let result = read_rows(list, rows.cursor.as_deref()).await;
                    RowsEnded::Rows(rows, result)
                }
            }
        };
        drive(run, read, each).await
    }
}

/// An export, as [`drive`] runs it.
trait Run<H: Platform> {
    type Order;
    type Ended;
    /// A page that was read.
    type Read;
    /// A page for the program.
    type Page;

    fn lanes(&self) -> usize;

    /// The next read that may start.
    fn next(&mut self) -> Result<Option<Self::Order>, Failure<H>>;

    /// Takes the result of a read. Returns the page that the program gets.
    fn take(&mut self, ended: Self::Ended) -> Result<Option<Self::Read>, Failure<H>>;

    /// The program takes a page.
    fn page(&mut self, read: Self::Read) -> Self::Page;
}

/// Runs an export: reads ahead by at most two pages for each lane, and goes on while the program takes a page.
/// A failure is returned after the pages that arrived before it.
async fn drive<H: Platform, R: Run<H>, F, T, E: From<Failure<H>>>(
    mut run: R,
    read: impl Fn(R::Order) -> F,
    mut each: impl FnMut(R::Page) -> T,
) -> Result<(), E>
where
    F: Future<Output = R::Ended>,
    T: Future<Output = Result<(), E>>,
{
    let mut under_way = FuturesUnordered::new();
    let mut pages = VecDeque::new();
    let mut failed = None;
    loop {
        start(&mut run, &read, &mut under_way, pages.len(), &mut failed);
        let Some(page) = pages.pop_front() else {
            if let Some(failure) = failed {
                return Err(E::from(failure));
            }
            let Some(ended) = under_way.next().await else { return Ok(()) };
            run.take(ended).map_or_else(|failure| failed = Some(failure), |page| pages.extend(page));
            continue;
        };
        let page = run.page(page);
        let mut taking = pin!(each(page));
        while let Some(ended) = beside(&mut under_way, taking.as_mut()).await? {
            run.take(ended).map_or_else(|failure| failed = Some(failure), |page| pages.extend(page));
            start(&mut run, &read, &mut under_way, pages.len(), &mut failed);
        }
    }
}

/// Starts the reads that may start.
fn start<H: Platform, R: Run<H>, F: Future<Output = R::Ended>>(
    run: &mut R,
    read: impl Fn(R::Order) -> F,
    under_way: &mut FuturesUnordered<F>,
    pages: usize,
    failed: &mut Option<Failure<H>>,
) {
    while failed.is_none() && under_way.len() + pages < 2 * run.lanes() {
        match run.next() {
            Ok(Some(order)) => under_way.push(read(order)),
            Ok(None) => return,
            Err(failure) => *failed = Some(failure),
        }
    }
}

/// The next read that ends while the program takes a page; `None` once it has taken it.
async fn beside<F: Future, E>(
    under_way: &mut FuturesUnordered<F>,
    taking: Pin<&mut impl Future<Output = Result<(), E>>>,
) -> Result<Option<F::Output>, E> {
    let taken = async { taking.await.map(|()| None) };
    let read = async {
        match under_way.next().await {
            Some(ended) => Ok(Some(ended)),
            None => future::pending().await,
        }
    };
    lite::or(taken, read).await
}

fn check(lanes: u32, limit: u32, shard: Option<Shard>) -> Result<usize, ArgumentError> {
    if !(1..=8).contains(&lanes) {
        return Err(ArgumentError::new("lanes", "must be a whole number from 1 to 8"));
    }
    if !(1..=10_000).contains(&limit) {
        return Err(ArgumentError::new("limit", "must be a whole number from 1 to 10000"));
    }
    shard.map_or(Ok(()), Shard::check)?;
    Ok(lanes as usize)
}

/// An export of groups: what is read, how far, and by which requests.
struct GroupPages<'a, 'g, H> {
    groups: &'g Groups<'a, H>,
    export: Export,
    lanes: usize,
    limit: u32,
    search: Option<Expr>,
    expand: Vec<String>,
    shard: Option<Shard>,
    is_plain: bool,
    /// How many groups the program has taken, over all runs and in this run.
    items: u64,
    here: u64,
    began: Duration,
}

/// A read of groups.
struct GroupOrder {
    is_newest: bool,
    range: u32,
    is_plain: bool,
    list: ListGroups,
    cursor: Option<String>,
}

/// A page of groups that was read: its items, the cursor of the next page, and the facts of its answer.
struct GroupsRead<H: Platform> {
    items: Vec<Group>,
    cursor: Option<String>,
    meta: Option<Box<Meta<H::Headers>>>,
}

/// The result of a read of groups.
struct GroupsEnded<H: Platform> {
    order: GroupOrder,
    result: Result<GroupsRead<H>, Failure<H>>,
}

impl<'a, 'g, H: Host<Body = Value>> GroupPages<'a, 'g, H> {
    fn new(
        groups: &'g Groups<'a, H>,
        given: &GroupsExport,
        resume: Option<&GroupsCheckpoint>,
    ) -> Result<Self, Failure<H>> {
        let lanes = check(given.lanes, given.limit, given.shard)?;
        let search = expression("search", given.search.as_deref())?;
        if let Some(search) = &search {
            groups.client.warn(search, Parameter::Search);
        }
        let mut pages = GroupPages {
            groups,
            export: Export::new(lanes, given.limit as usize),
            lanes,
            limit: given.limit,
            search,
            expand: given.expand.clone(),
            shard: given.shard,
            is_plain: lanes == 1,
            items: 0,
            here: 0,
            began: groups.client.host.now(),
        };
        if let Some(saved) = resume {
            let (search, expand) = (pages.search_text(), pages.expand_text());
            let ranges = saved.ranges(pages.org(), pages.shard, search.as_deref(), expand.as_deref())?;
            pages.is_plain = saved.is_plain;
            pages.items = saved.items;
            pages.export = Export::resume(lanes, given.limit as usize, &ranges, !saved.is_plain);
        }
        Ok(pages)
    }

    fn org(&self) -> &'a str {
        self.groups.client.settings().org.as_str()
    }

    fn search_text(&self) -> Option<String> {
        self.search.as_ref().map(Expr::to_string)
    }

    fn expand_text(&self) -> Option<String> {
        (!self.expand.is_empty()).then(|| self.expand.join(","))
    }

    /// The next read that may start.
    fn order(&mut self) -> Option<GroupOrder> {
        let is_plain = self.is_plain;
        let (is_newest, range, from, to, cursor) = match self.export.order()? {
            Order::Newest { range, from, to } => (true, range, from, to, None),
            Order::Page { range, from, to, cursor } => (false, range, from, to, cursor),
        };
        let search = match is_plain {
            true => self.search_text(),
            false => Some(self.search_between(from, to)),
        };
        let sort_order = if is_newest { SortOrder::Desc } else { SortOrder::Asc };
        let list = ListGroups {
            search,
            expand: if is_newest { Vec::new() } else { self.expand.clone() },
            limit: Some(if is_newest { 1 } else { self.limit }),
            sort_by: (!is_plain).then(|| "created".to_owned()),
            sort_order: (!is_plain).then_some(sort_order),
            ..ListGroups::default()
        };
        Some(GroupOrder { is_newest, range, is_plain, list, cursor })
    }

    /// The search of a range. Okta documents `gt` and `lt` for `created`, and neither `ge` nor `le`. It sorts
    /// only the results of a search, so a range without bounds has a condition that every group meets.
    fn search_between(&self, from: Option<i64>, to: Option<i64>) -> String {
        let created = |op, millis: Option<i64>| {
            let time = time_text(millis?)?;
            attr("created").ok().map(|created| Attr::compare(created, op, time))
        };
        let after = created(Op::Gt, from.map(|from| from - 1));
        let before = created(Op::Lt, to);
        let bounds = Expr::and_optional([self.search.clone(), after, before]).ok().flatten();
        bounds.or_else(|| created(Op::Gt, Some(0))).map(|search| search.to_string()).unwrap_or_default()
    }

    /// Takes the result of a read. Returns the range and the groups of a page.
    fn ended(&mut self, ended: GroupsEnded<H>) -> Result<Option<(u32, Vec<Group>)>, Failure<H>> {
        let GroupsEnded { order, result } = ended;
        // The plain list reads the groups of this answer again: it was requested before the org refused a search.
        if self.is_plain && !order.is_plain {
            return Ok(None);
        }
        let GroupsRead { items, cursor, meta } = match result {
            Ok(page) => page,
            Err(failure) => {
                if order.is_plain || !failure.is_bad_request() || !self.export.refused() {
                    return Err(failure);
                }
                self.is_plain = true;
                let warning = Warning {
                    parameter: Parameter::Search,
                    attr: attr("created").ok(),
                    op: Op::Gt.as_str(),
                    reason: WarningReason::Operator,
                };
                self.groups.client.host.event(&Event::Warning(&warning));
                return Ok(None);
            }
        };
        if order.is_newest {
            let newest = items.first().and_then(|group| Timestamp::parse(group.created.as_deref()?).ok());
            self.export.newest(order.range, newest.map(Timestamp::as_millis));
            return Ok(None);
        }
        // A text that is not a time is out of order.
        let created = |group: &Group| {
            let time = group.created.as_deref().and_then(|text| Timestamp::parse(text).ok());
            time.map_or(i64::MIN, Timestamp::as_millis)
        };
        let times: Vec<i64> = items.iter().map(created).collect();
        let Ok(kept) = self.export.page(order.range, &times, cursor) else {
            let template = Operation::ListGroups.route().1.into();
            let unsorted = || ArgumentError::new("export", "got groups out of the order of created").into();
            return Err(meta.map_or_else(unsorted, |meta| {
                misshapen(Operation::ListGroups, template, meta, "created, out of order")
            }));
        };
        let is_ours = |group: &Group| self.shard.is_none_or(|shard| shard.has(&group.id));
        Ok(Some((order.range, items.into_iter().take(kept).filter(is_ours).collect())))
    }

    /// The program has taken a page.
    fn consumed(&mut self, range: u32, items: usize) {
        self.items += items as u64;
        self.here += items as u64;
        self.export.consumed(range);
    }

    fn checkpoint(&self) -> GroupsCheckpoint {
        GroupsCheckpoint {
            v: 1,
            kind: "groups".to_owned(),
            org: self.org().to_owned(),
            shard: self.shard,
            search: self.search_text(),
            expand: self.expand_text(),
            is_plain: self.is_plain,
            items: self.items,
            ranges: self.export.saved().into_iter().map(SavedRange::from).collect(),
        }
    }

    /// The estimate of groups that are left, and how long they take.
    fn left(&self) -> (Option<u64>, Option<Duration>) {
        let left = (!self.is_plain).then(|| self.export.left());
        let elapsed = self.groups.client.host.now().saturating_sub(self.began);
        let here = u32::try_from(self.here).ok().filter(|here| *here > 0);
        let eta = left.and_then(|left| u32::try_from(left).ok()).zip(here);
        (left, eta.map(|(left, here)| elapsed.saturating_mul(left) / here))
    }
}

impl<H: Host<Body = Value>> Run<H> for GroupPages<'_, '_, H> {
    type Order = GroupOrder;
    type Ended = GroupsEnded<H>;
    type Read = (u32, Vec<Group>);
    type Page = ExportPage<Group, GroupsCheckpoint>;

    fn lanes(&self) -> usize {
        self.lanes
    }

    fn next(&mut self) -> Result<Option<GroupOrder>, Failure<H>> {
        Ok(self.order())
    }

    fn take(&mut self, ended: GroupsEnded<H>) -> Result<Option<Self::Read>, Failure<H>> {
        self.ended(ended)
    }

    fn page(&mut self, (range, items): Self::Read) -> Self::Page {
        self.consumed(range, items.len());
        let (left, eta) = self.left();
        ExportPage { items, checkpoint: self.checkpoint(), left, eta }
    }
}

async fn read_groups<H: Host<Body = Value>>(groups: &Groups<'_, H>, order: GroupOrder) -> GroupsEnded<H> {
    let result = async {
        let list: List<'_, H, Group> = groups.list_as(order.list.request()?)?;
        let (items, list) = page_of(list, order.cursor.as_deref()).await?;
        Ok(GroupsRead { items, cursor: list.cursor(), meta: list.into_meta() })
    };
    let result = result.await;
    GroupsEnded { order, result }
}

/// Reads one page of a list.
async fn page_of<'a, H: Host<Body = Value>, T: DeserializeOwned>(
    mut list: List<'a, H, T>,
    cursor: Option<&str>,
) -> Result<(Vec<T>, List<'a, H, T>), Failure<H>> {
    if let Some(cursor) = cursor {
        list = list.resume(cursor)?;
    }
    let items = list.next_page().await?.unwrap_or_default();
    Ok((items, list))
}

/// The groups whose rows are exported.
enum Source<'a, 'g, H> {
    Groups {
        pages: Box<GroupPages<'a, 'g, H>>,
        /// The ranges and sizes of the pages whose groups are not all finished.
        open: VecDeque<(u32, usize)>,
    },
    Ids {
        left: std::vec::IntoIter<String>,
        /// How many ids are finished.
        at: u64,
    },
}

/// An export of the rows of groups.
struct RowsRun<'a, 'g, H, T, R> {
    groups: &'g Groups<'a, H>,
    kind: &'static str,
    lanes: usize,
    shard: Option<Shard>,
    machine: OfGroups,
    source: Source<'a, 'g, H>,
    /// The groups that are not finished, by their ids.
    known: BTreeMap<String, Shared<Group>>,
    row: R,
    _items: PhantomData<fn() -> T>,
    rows: u64,
    finished: u64,
    missing: Vec<String>,
}

/// A read of the source's groups, or of the rows of a group.
enum RowsOrder {
    Groups(GroupOrder),
    Rows(Rows),
}

/// A page of a group's rows.
struct Page<T> {
    rows: Rows,
    items: Vec<T>,
    cursor: Option<String>,
    is_missing: bool,
}

enum RowsEnded<H: Platform, T> {
    Groups(GroupsEnded<H>),
    Rows(Rows, Result<(Vec<T>, Option<String>), Failure<H>>),
}

impl<'a, 'g, H: Host<Body = Value>, T, R> RowsRun<'a, 'g, H, T, R> {
    fn new(
        groups: &'g Groups<'a, H>,
        kind: &'static str,
        source: GroupSource,
        given: &OfGroupsExport,
        row: R,
    ) -> Result<Self, Failure<H>> {
        let lanes = check(given.lanes, given.limit, given.shard)?;
        let resume = given.resume.clone();
        if let Some(saved) = &resume {
            saved.check(kind, groups.client.settings().org.as_str(), given.shard)?;
        }
        let saved_source = resume.as_ref().map(|saved| saved.source.clone());
        let other = || ArgumentError::new("resume", "is a checkpoint of another source");
        let source = match (source, saved_source) {
            (GroupSource::Groups(export), saved) => {
                let saved = match saved {
                    None | Some(SourceCheckpoint::Ids(0)) => export.resume.clone(),
                    Some(SourceCheckpoint::Groups(saved)) => Some(*saved),
                    Some(SourceCheckpoint::Ids(_)) => return Err(other().into()),
                };
                let pages = Box::new(GroupPages::new(groups, &export, saved.as_ref())?);
                Source::Groups { pages, open: VecDeque::new() }
            }
            (GroupSource::Ids(ids), saved) => {
                let at = match saved {
                    None => 0,
                    Some(SourceCheckpoint::Ids(at)) => at,
                    Some(SourceCheckpoint::Groups(_)) => return Err(other().into()),
                };
                // A group that is named again was read already, in this run or before the checkpoint.
                let mut seen = BTreeSet::new();
                let once = |id: String| if seen.insert(id.clone()) { id } else { String::new() };
                let ids: Vec<String> = ids.into_iter().map(once).collect();
                let skip = usize::try_from(at).unwrap_or(usize::MAX);
                let left = ids.into_iter().skip(skip).collect::<Vec<_>>().into_iter();
                Source::Ids { left, at }
            }
        };
        let (cursors, done, rows, finished, missing) = resume.map_or_else(Default::default, |saved| {
            (saved.cursors, saved.done, saved.rows, saved.groups, saved.missing)
        });
        Ok(RowsRun {
            groups,
            kind,
            lanes,
            shard: given.shard,
            machine: OfGroups::new(lanes, cursors, done),
            source,
            known: BTreeMap::new(),
            row,
            _items: PhantomData,
            rows,
            finished,
            missing,
        })
    }

    /// The groups of so many parts of the source are finished.
    fn settle(&mut self, parts: usize) {
        match &mut self.source {
            Source::Groups { pages, open, .. } => {
                for (range, groups) in open.drain(..parts.min(open.len())) {
                    pages.consumed(range, groups);
                }
            }
            Source::Ids { at, .. } => *at += parts as u64,
        }
    }

    fn checkpoint(&self) -> OfGroupsCheckpoint {
        OfGroupsCheckpoint {
            v: 1,
            kind: self.kind.to_owned(),
            org: self.groups.client.settings().org.as_str().to_owned(),
            shard: self.shard,
            source: match &self.source {
                Source::Groups { pages, .. } => SourceCheckpoint::Groups(Box::new(pages.checkpoint())),
                Source::Ids { at, .. } => SourceCheckpoint::Ids(*at),
            },
            done: self.machine.done().cloned().collect(),
            cursors: self.machine.cursors().clone(),
            rows: self.rows,
            groups: self.finished,
            missing: self.missing.clone(),
        }
    }
}

impl<H, T, Row, R> Run<H> for RowsRun<'_, '_, H, T, R>
where
    H: Host<Body = Value>,
    R: Fn(&str, Option<Shared<Group>>, T) -> Row,
{
    type Order = RowsOrder;
    type Ended = RowsEnded<H, T>;
    type Read = Page<T>;
    type Page = ExportPage<Row, OfGroupsCheckpoint>;

    fn lanes(&self) -> usize {
        self.lanes
    }

    fn next(&mut self) -> Result<Option<RowsOrder>, Failure<H>> {
        loop {
            if let Some(rows) = self.machine.order() {
                return Ok(Some(RowsOrder::Rows(rows)));
            }
            if !self.machine.wants_groups() {
                return Ok(None);
            }
            match &mut self.source {
                Source::Groups { pages, .. } => return Ok(pages.order().map(RowsOrder::Groups)),
                Source::Ids { left, .. } => {
                    let Some(id) = left.next() else { return Ok(None) };
                    let is_ours = !id.is_empty() && self.shard.is_none_or(|shard| shard.has(&id));
                    let ids = if is_ours { vec![id] } else { Vec::new() };
                    let settled = self.machine.groups(ids);
                    self.settle(settled);
                }
            }
        }
    }

    fn take(&mut self, ended: RowsEnded<H, T>) -> Result<Option<Page<T>>, Failure<H>> {
        match ended {
            RowsEnded::Groups(ended) => {
                let Source::Groups { pages, open } = &mut self.source else { return Ok(None) };
                let Some((range, groups)) = pages.ended(ended)? else { return Ok(None) };
                open.push_back((range, groups.len()));
                let is_ours = |group: &Group| self.shard.is_none_or(|shard| shard.has(&group.id));
                let mut ids = Vec::with_capacity(groups.len());
                for group in groups.into_iter().filter(is_ours) {
                    ids.push(group.id.clone());
                    self.known.insert(group.id.clone(), Shared::new(group));
                }
                let settled = self.machine.groups(ids);
                self.settle(settled);
                Ok(None)
            }
            RowsEnded::Rows(rows, result) => {
                let (page, is_missing) = match result {
                    Ok(page) => (page, false),
                    // The group was deleted meanwhile, which does not stop the export of the others.
                    Err(failure) if failure.is_not_found() => ((Vec::new(), None), true),
                    Err(failure) => return Err(failure),
                };
                let (items, cursor) = page;
                self.machine.page(&rows, cursor.as_deref());
                Ok(Some(Page { rows, items, cursor, is_missing }))
            }
        }
    }

    fn page(&mut self, page: Page<T>) -> Self::Page {
        let Page { rows, items, cursor, is_missing } = page;
        let group = self.known.get(&rows.group).cloned();
        let row = |item| (self.row)(&rows.group, group.clone(), item);
        let items: Vec<Row> = items.into_iter().map(row).collect();
        self.rows += items.len() as u64;
        if cursor.is_none() {
            self.finished += 1;
            self.known.remove(&rows.group);
            self.missing.extend(is_missing.then(|| rows.group.clone()));
        }
        let settled = self.machine.consumed(&rows, cursor);
        self.settle(settled);
        let (left, eta) = match &self.source {
            Source::Groups { pages, .. } => pages.left(),
            Source::Ids { .. } => (None, None),
        };
        ExportPage { items, checkpoint: self.checkpoint(), left, eta }
    }
}

async fn read_rows<H: Host<Body = Value>, T: DeserializeOwned>(
    list: Result<List<'_, H, T>, Failure<H>>,
    cursor: Option<&str>,
) -> Result<(Vec<T>, Option<String>), Failure<H>> {
    let (items, list) = page_of(list?, cursor).await?;
    let cursor = list.cursor();
    Ok((items, cursor))
}
