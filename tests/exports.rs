//! Whole-org exports as a program in Rust uses them: every group and row once, over stops and resumes, with the local org
//! on the other end, in virtual time.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod driver;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::future::ready;
use std::rc::Rc;

use driver::{SimHost, World, answer, in_flight, settings};
use okta_groups::client::{Client, Failure, GroupSource, GroupsExport, OfGroupsExport, Settings};
use okta_groups::export::{GroupsCheckpoint, OfGroupsCheckpoint, Shard};
use okta_groups::model::Group;
use okta_groups::policy::RateLimitOptions;
use okta_groups::request::{ListApps, ListGroups, ListUsers, Operation};
use okta_groups_emulator::faults::{Fault, FaultRule};
use okta_groups_emulator::{Options, Org, RateLimit, SeedOptions};
use serde_json::json;

const OWN: &str = r#"type eq "OKTA_GROUP""#;

struct Stage {
    world: Rc<World>,
    client: Client<SimHost>,
}

impl Stage {
    fn new(groups: usize) -> Self {
        Stage::with(groups, [], settings(), |_| None)
    }

    /// `other` may answer a target (path and query) in place of the org.
    fn with(
        groups: usize,
        rules: impl IntoIterator<Item = FaultRule>,
        settings: Settings,
        other: impl Fn(&str) -> Option<(u16, &'static str)> + 'static,
    ) -> Self {
        let mut options = Options::default();
        options.rate_limit = RateLimit::OFF;
        options.faults.rules.extend(rules);
        let org = Rc::new(RefCell::new(Org::seeded(options, SeedOptions { groups, users: 60, seed: 7 })));
        let world = World::new();
        let mut host = SimHost::new(
            &world,
            1,
            Rc::new(move |request, now| match other(&request.path_and_query) {
                Some((status, body)) => answer(status, body),
                None => org.borrow_mut().deliver(request, now),
            }),
        );
        host.events = Some(Rc::default());
        Stage { world, client: Client::new(host, settings) }
    }

    /// Runs an export to its end, or until a page is refused. Returns the items of the pages before.
    fn groups(&self, export: &GroupsExport) -> Result<Vec<Group>, Failure<SimHost>> {
        let mut all = Vec::new();
        let groups = self.client.groups();
        self.world.block_on(groups.export_groups(export, |page| {
            all.extend(page.items);
            ready(Ok::<(), Failure<SimHost>>(()))
        }))?;
        Ok(all)
    }

    fn listed(&self, search: Option<&str>) -> Vec<String> {
        let request = ListGroups { search: search.map(str::to_owned), ..ListGroups::default() };
        let mut list = self.client.groups().list(&request).unwrap();
        ids(self.world.block_on(list.to_vec(10_000)).unwrap())
    }

    fn asked(&self) -> Vec<String> {
        let asked = self.client.host().asked.borrow();
        asked.iter().map(|asked| format!("{} {}", asked.method, asked.target)).collect()
    }

    /// The rows of all groups as single lists give them.
    fn rows(&self) -> BTreeSet<(String, String)> {
        let mut rows = BTreeSet::new();
        for group in self.listed(None) {
            let mut list = self.client.groups().list_users(&ListUsers::of(group.clone()).unwrap()).unwrap();
            let users = self.world.block_on(list.to_vec(10_000)).unwrap();
            rows.extend(users.into_iter().map(|user| (group.clone(), user.id)));
        }
        rows
    }
}

fn ids(groups: Vec<Group>) -> Vec<String> {
    let mut ids: Vec<String> = groups.into_iter().map(|group| group.id).collect();
    ids.sort();
    ids
}

/// A checkpoint as a program stores it.
fn stored<T: serde::Serialize + serde::de::DeserializeOwned>(checkpoint: &T) -> T {
    serde_json::from_str(&serde_json::to_string(checkpoint).unwrap()).unwrap()
}

/// The program's own error, which ends an export.
#[derive(Debug)]
enum Stop {
    Full,
    Failed(Failure<SimHost>),
}

impl From<Failure<SimHost>> for Stop {
    fn from(failure: Failure<SimHost>) -> Self {
        Stop::Failed(failure)
    }
}

#[test]
fn every_group_comes_once_with_any_number_of_lanes() {
    let stage = Stage::new(450);
    for search in [None, Some(OWN)] {
        let listed = stage.listed(search);
        for lanes in [1, 2, 4, 8] {
            let before = stage.asked().len();
            let search = search.map(str::to_owned);
            let exported =
                stage.groups(&GroupsExport { search, lanes, limit: 10, ..Default::default() }).unwrap();
            assert_eq!(ids(exported), listed);
            let asked = stage.asked().split_off(before);
            let most = listed.len().div_ceil(10) as f64 * 1.05 + 3.0 * f64::from(lanes);
            assert!(asked.len() as f64 <= most, "{lanes} lanes: {} requests", asked.len());
            assert_eq!(in_flight(&stage.client), 0);
        }
    }
}

#[test]
fn no_more_listings_run_at_once_than_there_are_lanes() {
    let (most, stage) = (Cell::new(0), Stage::new(450));
    let groups = stage.client.groups();
    stage
        .world
        .block_on(groups.export_groups(&GroupsExport { lanes: 3, limit: 10, ..Default::default() }, |_| {
            most.set(most.get().max(in_flight(&stage.client)));
            ready(Ok::<(), Failure<SimHost>>(()))
        }))
        .unwrap();
    assert!((1..=3).contains(&most.get()), "{} at once", most.get());
}

/// The program takes a page, stores it with its checkpoint, and stops after some more, again and again.
#[test]
fn an_export_that_is_stopped_anywhere_resumes_from_its_checkpoint_and_gives_nothing_twice() {
    let stage = Stage::new(250);
    let listed = stage.listed(None);
    for stops_after in [1, 8] {
        let mut saved: Option<GroupsCheckpoint> = None;
        let mut kept = Vec::new();
        for run in 0.. {
            assert!(run < 100);
            let mut left = stops_after + run;
            let groups = stage.client.groups();
            let export = GroupsExport { limit: 10, resume: saved.clone(), ..Default::default() };
            let result = stage.world.block_on(groups.export_groups(&export, |page| {
                if left == 0 {
                    return ready(Err(Stop::Full));
                }
                left -= 1;
                kept.extend(page.items);
                saved = Some(stored(&page.checkpoint));
                ready(Ok(()))
            }));
            match result {
                Ok(()) => break,
                Err(Stop::Full) => assert_eq!(in_flight(&stage.client), 0),
                Err(Stop::Failed(failure)) => panic!("{failure}"),
            }
        }
        let saved = saved.unwrap();
        assert_eq!((saved.ranges.len(), saved.items), (0, listed.len() as u64));
        assert_eq!(ids(kept), listed, "{stops_after}");
    }
}

#[test]
fn a_checkpoint_is_of_one_org_one_shard_one_search_and_one_expand() {
    let stage = Stage::new(60);
    let saved = RefCell::new(None);
    let own = GroupsExport { search: Some(OWN.to_owned()), limit: 10, ..Default::default() };
    let groups = stage.client.groups();
    stage
        .world
        .block_on(groups.export_groups(&own, |page| {
            saved.borrow_mut().get_or_insert(page.checkpoint);
            ready(Ok::<(), Failure<SimHost>>(()))
        }))
        .unwrap();
    let saved = saved.into_inner().unwrap();
    let with = |change: &dyn Fn(&mut GroupsCheckpoint)| {
        let mut saved = saved.clone();
        change(&mut saved);
        GroupsExport { resume: Some(saved), ..own.clone() }
    };
    for (export, reason) in [
        (with(&|_| {}), ""),
        (with(&|saved| saved.org = "https://other.okta.com".into()), "is a checkpoint of another org"),
        (with(&|saved| saved.v = 2), "is no checkpoint of an export of groups"),
        (with(&|saved| saved.kind = "members".into()), "is no checkpoint of an export of groups"),
        (with(&|saved| saved.ranges[0].to = Some("soon".into())), "is no checkpoint"),
        (GroupsExport { search: None, ..with(&|_| {}) }, "another search or expand"),
        (GroupsExport { expand: vec!["stats".into()], ..with(&|_| {}) }, "another search or expand"),
        (GroupsExport { shard: Some(Shard { index: 0, of: 2 }), ..with(&|_| {}) }, "another shard"),
    ] {
        let before = stage.asked().len();
        let result = stage.groups(&export);
        match reason {
            "" => assert!(result.is_ok()),
            reason => {
                let error = result.unwrap_err().to_string();
                assert!(error.starts_with("resume ") && error.contains(reason), "{error}");
                assert_eq!(stage.asked().len(), before, "nothing is sent");
            }
        }
    }
}

#[test]
fn a_wrong_option_is_named() {
    let stage = Stage::new(10);
    for (export, argument) in [
        (GroupsExport { lanes: 0, ..Default::default() }, "lanes"),
        (GroupsExport { lanes: 9, ..Default::default() }, "lanes"),
        (GroupsExport { limit: 0, ..Default::default() }, "limit"),
        (GroupsExport { shard: Some(Shard { index: 3, of: 3 }), ..Default::default() }, "shard"),
        (GroupsExport { search: Some("type eq".into()), ..Default::default() }, "search"),
    ] {
        let error = stage.groups(&export).unwrap_err().to_string();
        assert!(error.starts_with(argument), "{error}");
    }
}

/// The npm package writes such a checkpoint. Times without a value are left out.
#[test]
fn a_checkpoint_of_the_npm_package_is_resumed() {
    let stage = Stage::new(60);
    let listed = stage.listed(Some(OWN));
    let saved = json!({
        "v": 1, "kind": "groups", "org": "https://acme.okta.com", "search": OWN, "items": 2,
        "ranges": [{ "from": "2015-01-01T00:00:00.000Z" }, { "to": "2015-01-01T00:00:00.000Z" }],
    });
    let resume = Some(serde_json::from_value(saved.clone()).unwrap());
    let export = GroupsExport { search: Some(OWN.to_owned()), limit: 10, resume, ..Default::default() };
    assert_eq!(ids(stage.groups(&export).unwrap()), listed);
    let written = serde_json::to_value(export.resume.unwrap()).unwrap();
    assert_eq!(written, saved, "it has one form in both");
}

#[test]
fn an_org_that_refuses_to_sort_by_created_gets_one_list_with_a_warning() {
    let refused = r#"{"errorCode":"E0000031","errorSummary":"Invalid search criteria.","errorCauses":[]}"#;
    let stage = Stage::with(45, [], settings(), move |target| {
        target.contains("sortBy=created").then_some((400, refused))
    });
    let exported = stage.groups(&GroupsExport { limit: 10, ..Default::default() }).unwrap();
    assert_eq!(ids(exported), stage.listed(None));
    let events = stage.client.host().events.as_ref().unwrap().borrow();
    let warnings: Vec<&String> = events.iter().filter(|event| event.starts_with("Warning")).collect();
    assert!(warnings.len() == 1 && warnings[0].contains("created"), "{warnings:?}");
}

#[test]
fn an_org_that_leaves_the_order_of_created_fails_the_export() {
    let page = r#"[{"id":"00g2","created":"2024-02-01T00:00:00.000Z","profile":{"name":"b"}},
                   {"id":"00g1","created":"2024-01-01T00:00:00.000Z","profile":{"name":"a"}}]"#;
    let stage = Stage::with(450, [], settings(), move |target| {
        (target.contains("created+gt") && target.contains("created+lt")
            || target.contains("created%20gt") && target.contains("created%20lt"))
        .then_some((200, page))
    });
    let error = stage.groups(&GroupsExport { limit: 10, ..Default::default() }).unwrap_err();
    assert_eq!(error.kind(), "response", "{error}");
    assert_eq!(in_flight(&stage.client), 0);
}

#[test]
fn a_page_that_fails_ends_the_export_after_the_pages_that_came_before() {
    let stage = Stage::with(
        450,
        [FaultRule::new(Fault::error(403, "E0000006")).on(Operation::ListGroups).nth(9)],
        settings(),
        |_| None,
    );
    let (kept, saved) = (RefCell::new(Vec::new()), RefCell::new(None));
    let groups = stage.client.groups();
    let run = |resume| {
        let export = GroupsExport { limit: 10, resume, ..Default::default() };
        let (kept, saved, groups) = (&kept, &saved, &groups);
        stage.world.block_on(async move {
            groups
                .export_groups(&export, |page| {
                    kept.borrow_mut().extend(page.items);
                    *saved.borrow_mut() = Some(page.checkpoint);
                    ready(Ok::<(), Failure<SimHost>>(()))
                })
                .await
        })
    };
    assert!(run(None).unwrap_err().is_forbidden());
    assert!(!kept.borrow().is_empty());
    let resume = saved.borrow().clone();
    run(resume).unwrap();
    assert_eq!(ids(kept.take()), stage.listed(None));
}

/// The export's reads go on while the program takes a page, so that a call of the program finds a free permit.
#[test]
fn a_program_may_call_the_client_while_it_takes_a_page() {
    let rate_limit = RateLimitOptions { max_concurrency: 1, ..settings().rate_limit };
    let stage = Stage::with(120, [], Settings { rate_limit, ..settings() }, |_| None);
    let (groups, count) = (stage.client.groups(), Cell::new(0));
    let export = GroupsExport { limit: 10, ..Default::default() };
    let run = groups.export_groups(&export, |page| {
        let (groups, count) = (&groups, &count);
        async move {
            for group in page.items {
                count.set(count.get() + usize::from(groups.get(&group.id).await?.id == group.id));
            }
            Ok::<(), Failure<SimHost>>(())
        }
    });
    stage.world.block_on(run).unwrap();
    assert_eq!(count.get(), stage.listed(None).len());
}

#[test]
fn shards_give_each_group_once() {
    let stage = Stage::new(120);
    let mut all = Vec::new();
    for index in 0..3 {
        let shard = Some(Shard { index, of: 3 });
        all.extend(stage.groups(&GroupsExport { limit: 10, shard, ..Default::default() }).unwrap());
    }
    assert_eq!(ids(all), stage.listed(None));
}

/// Exports the members of groups, with stops after so many pages. Returns the rows.
fn members(
    stage: &Stage,
    source: &GroupSource,
    given: &OfGroupsExport,
    stops_after: usize,
) -> (Vec<(String, String)>, OfGroupsCheckpoint) {
    let (mut rows, mut saved): (Vec<_>, Option<OfGroupsCheckpoint>) = (Vec::new(), None);
    for run in 0.. {
        assert!(run < 300);
        let mut left = stops_after + run;
        let groups = stage.client.groups();
        let export = OfGroupsExport { resume: saved.clone(), ..given.clone() };
        let result = stage.world.block_on(groups.export_members(source.clone(), &export, |page| {
            if left == 0 {
                return ready(Err(Stop::Full));
            }
            left -= 1;
            for row in page.items {
                assert_eq!(row.group.is_some(), matches!(source, GroupSource::Groups(_)));
                assert!(row.group.is_none_or(|group| group.id == row.group_id));
                assert!(row.rules.is_some(), "the local org says by which rule");
                rows.push((row.group_id, row.user.id));
            }
            saved = Some(stored(&page.checkpoint));
            ready(Ok(()))
        }));
        match result {
            Ok(()) => break,
            Err(Stop::Full) => assert_eq!(in_flight(&stage.client), 0),
            Err(Stop::Failed(failure)) => panic!("{failure}"),
        }
    }
    (rows, saved.unwrap())
}

#[test]
fn every_member_of_every_group_comes_once_over_stops_and_resumes() {
    let stage = Stage::new(25);
    let (all, mut listed) = (stage.rows(), stage.listed(None));
    // Named twice, read once.
    listed.push(listed[3].clone());
    let groups = GroupSource::Groups(GroupsExport { limit: 7, lanes: 2, ..Default::default() });
    for source in [groups, GroupSource::Ids(listed.clone())] {
        for (lanes, limit) in [(1, 200), (4, 5)] {
            for stops_after in [3, 100_000] {
                let export = OfGroupsExport { lanes, limit, ..Default::default() };
                let (rows, saved) = members(&stage, &source, &export, stops_after);
                assert_eq!((rows.len(), &rows.into_iter().collect::<BTreeSet<_>>()), (all.len(), &all));
                assert_eq!((saved.rows, saved.groups), (all.len() as u64, listed.len() as u64 - 1));
                assert!(saved.done.is_empty() && saved.cursors.is_empty() && saved.missing.is_empty());
            }
        }
    }
}

#[test]
fn a_group_that_was_deleted_has_no_rows_and_is_named() {
    let stage = Stage::new(40);
    let listed = stage.listed(Some(OWN));
    stage.world.block_on(stage.client.groups().delete(&listed[2])).unwrap();
    let all = stage.rows().into_iter().filter(|(group, _)| listed.contains(group)).count();
    let (rows, saved) =
        members(&stage, &GroupSource::Ids(listed.clone()), &OfGroupsExport::default(), 100_000);
    assert_eq!(
        (rows.len(), saved.missing, saved.groups),
        (all, vec![listed[2].clone()], listed.len() as u64)
    );
}

#[test]
fn a_checkpoint_of_rows_is_of_one_kind_org_shard_and_source() {
    let stage = Stage::new(40);
    let ids = GroupSource::Ids(stage.listed(None));
    let groups = GroupSource::Groups(GroupsExport::default());
    let (_, saved) = members(&stage, &ids, &OfGroupsExport::default(), 100_000);
    let with = |change: &dyn Fn(&mut OfGroupsCheckpoint)| {
        let mut saved = saved.clone();
        change(&mut saved);
        OfGroupsExport { resume: Some(saved), ..Default::default() }
    };
    for (source, export, reason) in [
        (&ids, with(&|saved| saved.org = "https://other.okta.com".into()), "another org"),
        (&ids, with(&|saved| saved.kind = "apps".into()), "is no checkpoint of an export of members"),
        (&ids, OfGroupsExport { shard: Some(Shard { index: 0, of: 2 }), ..with(&|_| {}) }, "another shard"),
        (&groups, with(&|_| {}), "another source"),
    ] {
        let groups = stage.client.groups();
        let run = groups.export_members(source.clone(), &export, |_| ready(Ok::<(), Failure<SimHost>>(())));
        let error = stage.world.block_on(run).unwrap_err().to_string();
        assert!(error.starts_with("resume ") && error.contains(reason), "{error}");
    }
}

#[test]
fn apps_are_exported_like_members() {
    let stage = Stage::new(40);
    let mut listed: BTreeMap<String, usize> = BTreeMap::new();
    for group in stage.listed(None) {
        let mut list = stage.client.groups().list_apps(&ListApps::of(group.clone()).unwrap()).unwrap();
        let apps = stage.world.block_on(list.to_vec(10_000)).unwrap().len();
        if apps > 0 {
            listed.insert(group, apps);
        }
    }
    let (groups, mut exported) = (stage.client.groups(), BTreeMap::<String, usize>::new());
    let source = GroupSource::Groups(GroupsExport::default());
    let export = OfGroupsExport::default();
    let run = groups.export_apps(source, &export, |page| {
        for row in page.items {
            assert!(!row.app.id.is_empty());
            *exported.entry(row.group_id).or_default() += 1;
        }
        ready(Ok::<(), Failure<SimHost>>(()))
    });
    stage.world.block_on(run).unwrap();
    assert!(!listed.is_empty());
    assert_eq!(exported, listed);
}

/// A program that stores rows from a task of its own.
#[cfg(feature = "reqwest")]
#[test]
fn an_export_can_be_spawned_where_there_are_threads() {
    use okta_groups::native::{Auth, Client, Failure, ReqwestHost};

    fn is_send<T: Send>(_: T) {}
    let client = Client::new(ReqwestHost::new(Auth::ssws("token").unwrap()).unwrap(), settings());
    let (groups, given, rows) = (client.groups(), GroupsExport::default(), OfGroupsExport::default());
    is_send(groups.export_groups(&given, |_| ready(Ok::<(), Failure>(()))));
    is_send(groups.export_members(GroupSource::Ids(vec![]), &rows, |_| ready(Ok::<(), Failure>(()))));
}

/// As the npm package writes it over an array of groups: two are finished, and the fourth while the third is read.
#[test]
fn a_checkpoint_of_rows_of_the_npm_package_is_resumed() {
    let stage = Stage::new(25);
    let (all, listed) = (stage.rows(), stage.listed(None));
    let saved = json!({
        "v": 1, "kind": "members", "org": "https://acme.okta.com", "source": 2, "done": [listed[3]],
        "cursors": {}, "rows": 7, "groups": 3, "missing": [],
    });
    let resume = serde_json::from_value(saved.clone()).ok();
    assert_eq!(serde_json::to_value(&resume).unwrap(), saved);
    let (groups, mut rows) = (stage.client.groups(), BTreeSet::new());
    let export = OfGroupsExport { resume, ..Default::default() };
    let run = groups.export_members(GroupSource::Ids(listed.clone()), &export, |page| {
        rows.extend(page.items.into_iter().map(|row| (row.group_id, row.user.id)));
        ready(Ok::<(), Failure<SimHost>>(()))
    });
    stage.world.block_on(run).unwrap();
    let done = [&listed[0], &listed[1], &listed[3]];
    assert_eq!(rows, all.into_iter().filter(|(group, _)| !done.contains(&group)).collect());
}
