//! The real driver against a misbehaving org, in virtual time: what holds whatever goes wrong.
//!
//! Every schedule of faults comes from a number; a failure names it, and `OKTA_GROUPS_SEED=n` runs that one alone.
//! `OKTA_GROUPS_SOAK=100000` runs so many instead of 2,000.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod driver;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Duration;

use driver::{SimHost, Wire, World, ids, in_flight, settings};
use futures_lite::future;
use okta_groups::client::{CallOptions, Client, Settings};
use okta_groups::error::{Error, Phase};
use okta_groups::policy::{RateLimitOptions, RetryOptions};
use okta_groups::request::{
    AssignUser, CreateGroup, DeleteGroup, GetGroup, GroupId, ListApps, ListGroups, ListUsers, ReplaceGroup,
    Request, SortOrder, UnassignUser, UserId,
};
use okta_groups_emulator::faults::{Fault, FaultOptions, FaultRule, RandomFaults};
use okta_groups_emulator::{Options, Org, RateLimit, Request as Raw, SeedData, SeedOptions};
use serde_json::{Value, json};

/// Runs `story` for many numbers, each its own schedule.
fn schedules(share: u64, story: impl Fn(u64)) {
    let number = |name| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    if let Some(seed) = number("OKTA_GROUPS_SEED") {
        return story(seed);
    }
    for seed in 0..number("OKTA_GROUPS_SOAK").unwrap_or(2_000) * share / 100 {
        if let Err(problem) = catch_unwind(AssertUnwindSafe(|| story(seed))) {
            eprintln!("OKTA_GROUPS_SEED={seed} repeats this");
            std::panic::resume_unwind(problem);
        }
    }
}

/// What no seeded group is called.
const NAME: &str = "written once";

/// An org that can be told to stop misbehaving.
struct Stage {
    world: Rc<World>,
    org: Rc<RefCell<Org>>,
    rng: fastrand::Rng,
    settings: Settings,
}

impl Stage {
    fn new(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut options = Options::default();
        options.org_url = Some("https://acme.okta.com".to_owned());
        options.rate_limit = match rng.u8(..4) {
            0 => RateLimit::OFF,
            1 => RateLimit::each(rng.u32(15..60)),
            _ => RateLimit::default(),
        };
        options.quirks.next_on_short_page = rng.bool();
        options.quirks.joined_links = rng.bool();
        let rate = [0.02, 0.1, 0.3, 0.6, 0.9][rng.usize(..5)];
        let mut faults = RandomFaults::new(rng.u64(..)).rate(rate);
        // A few kinds of trouble at a time, or all of them.
        if rng.bool() {
            let few: Vec<Fault> = (0..rng.usize(1..4)).map(|_| fault(&mut rng)).collect();
            faults = faults.of(&few);
        }
        options.faults.random = Some(faults);
        if rng.u8(..4) == 0 {
            options.faults.rules.push(FaultRule::new(fault(&mut rng)).nth(rng.u32(1..8)));
        }
        let mut settings = settings();
        settings.timeout = Duration::from_millis([1_000, 5_000, 30_000][rng.usize(..3)]);
        settings.total_timeout = Duration::from_secs([3, 60, 300][rng.usize(..3)]);
        settings.retry = match rng.u8(..4) {
            0 => RetryOptions::none(),
            1 => RetryOptions { max_attempts: 10, budget: None, ..RetryOptions::default() },
            _ => RetryOptions::default(),
        };
        settings.rate_limit.prevent = rng.u8(..8) > 0;
        let org = small_org(options, &mut rng);
        Stage { world: World::new(), org: Rc::new(RefCell::new(org)), rng, settings }
    }

    /// An org that works, with a bucket of `limit` a minute.
    fn calm(seed: u64, limit: u32) -> Self {
        let mut options = Options::default();
        options.org_url = Some("https://acme.okta.com".to_owned());
        options.rate_limit = RateLimit::each(limit);
        let mut rng = fastrand::Rng::with_seed(seed);
        let org = Rc::new(RefCell::new(small_org(options, &mut rng)));
        Stage { world: World::new(), org, rng, settings: settings() }
    }

    fn host(&mut self) -> SimHost {
        let (org, posts) = (Rc::clone(&self.org), Cell::new(0));
        let wire: Wire = Rc::new(move |request, now| {
            let mut request = request.clone();
            // The org refuses a second group of one name; here it would hide that it was asked for.
            if request.method == "POST" {
                posts.set(posts.get() + 1);
                let body = String::from_utf8(request.body).unwrap();
                request.body = body.replace(NAME, &format!("{NAME} {}", posts.get())).into_bytes();
            }
            org.borrow_mut().deliver(&request, now)
        });
        SimHost::new(&self.world, self.rng.u64(..), wire)
    }

    fn client(&mut self) -> Rc<Client<SimHost>> {
        let settings = self.settings.clone();
        Rc::new(Client::new(self.host(), settings))
    }

    fn calm_down(&self) {
        self.org.borrow_mut().set_faults(FaultOptions::default());
    }

    /// A client that nothing goes wrong for, once whatever is under way has ended.
    fn calm_client(&mut self) -> Rc<Client<SimHost>> {
        self.world.settle();
        self.world.block_on(self.world.sleep(Duration::from_secs(120)));
        self.calm_down();
        let settings = Settings {
            next_link: self.settings.next_link,
            rate_limit: RateLimitOptions { reserve: 0.0, ..RateLimitOptions::default() },
            ..settings()
        };
        Rc::new(Client::new(self.host(), settings))
    }

    /// What the org holds, asked past client and faults.
    fn ask(&self, method: &str, target: &str) -> Value {
        let request = Raw::new(method, target).header("authorization", "SSWS t");
        for minutes in 0..3 {
            let response = self.org.borrow_mut().handle(&request, self.world.server_now() + minutes * 60_000);
            if response.status != 429 {
                return serde_json::from_str(&response.body).unwrap();
            }
        }
        panic!("no answer past the limit");
    }

    /// A group of Okta's own: only those can be changed.
    fn own_group(&mut self) -> Option<GroupId> {
        let groups = self.ask("GET", "/api/v1/groups?filter=type+eq+%22OKTA_GROUP%22");
        self.one_of(&groups).map(|id| GroupId::new(id).unwrap())
    }

    fn any_group(&mut self) -> GroupId {
        let groups = self.ask("GET", "/api/v1/groups");
        GroupId::new(self.one_of(&groups).unwrap()).unwrap()
    }

    fn user(&mut self) -> UserId {
        let groups = self.ask("GET", "/api/v1/groups?filter=type+eq+%22BUILT_IN%22");
        let everyone = ids(Some(&groups)).remove(0);
        let users = self.ask("GET", &format!("/api/v1/groups/{everyone}/users"));
        UserId::new(self.one_of(&users).unwrap()).unwrap()
    }

    fn one_of(&mut self, list: &Value) -> Option<String> {
        let ids = ids(Some(list));
        (!ids.is_empty()).then(|| ids[self.rng.usize(..ids.len())].clone())
    }

    fn is_member(&self, group: &GroupId, user: &UserId) -> bool {
        let users = self.ask("GET", &format!("/api/v1/groups/{}/users", group.as_str()));
        ids(Some(&users)).iter().any(|id| id == user.as_str())
    }
}

/// Up to 60 groups, users and apps, made of as little as an org takes.
fn small_org(options: Options, rng: &mut fastrand::Rng) -> Org {
    let mut org = Org::new(options);
    let id = |prefix: &str, number: usize| format!("{prefix}{number:03}");
    let (groups, users, apps) = (rng.usize(1..60), rng.usize(1..60), rng.usize(..60));
    let group = |number: usize, rng: &mut fastrand::Rng| {
        let group_type = match number {
            0 => "BUILT_IN",
            _ => ["OKTA_GROUP", "OKTA_GROUP", "OKTA_GROUP", "APP_GROUP"][rng.usize(..4)],
        };
        // Names are not unique.
        let name = ["Everyone", "R&D", "West Coast", "Zürich", "a \"quoted\" one"][rng.usize(..5)];
        json!({ "id": id("00g", number), "type": group_type, "objectClass": ["okta:user_group"],
            "profile": { "name": name } })
    };
    let mut some = |of: usize, prefix: &str, all: bool| {
        let share = rng.f64();
        (0..of).filter(|_| all || rng.f64() < share).map(|number| id(prefix, number)).collect::<Vec<_>>()
    };
    let members =
        (0..groups).map(|number| (id("00g", number), some(users, "00u", number == 0))).collect::<Vec<_>>();
    let assigned =
        (0..groups).map(|number| (id("00g", number), some(apps, "0oa", false))).collect::<Vec<_>>();
    let mut data = SeedData::default();
    data.groups = (0..groups).map(|number| group(number, rng)).collect();
    data.users = (0..users).map(|number| json!({ "id": id("00u", number) })).collect();
    data.apps = (0..apps).map(|number| json!({ "id": id("0oa", number) })).collect();
    data.memberships = members.into_iter().collect();
    data.app_assignments = assigned.into_iter().collect();
    org.load(data).unwrap();
    org
}

/// Any fault, its numbers too.
fn fault(rng: &mut fastrand::Rng) -> Fault {
    let every = Fault::every();
    match every[rng.usize(..every.len())].clone() {
        Fault::Latency(_) => Fault::Latency(rng.u32(..40_000)),
        Fault::CutBody(_) => Fault::CutBody(rng.usize(..2_000)),
        Fault::TruncatedBody(_) => Fault::TruncatedBody(rng.usize(..2_000)),
        Fault::SlowBody { .. } => Fault::SlowBody { chunk: rng.usize(1..500), pause_ms: rng.u32(..500) },
        Fault::PageTooLarge(_) => Fault::PageTooLarge(rng.usize(1..60)),
        Fault::ClockOffset(_) => Fault::ClockOffset(rng.i64(-200_000..200_000)),
        Fault::NextLoses(_) => Fault::NextLoses(
            ["limit", "search", "filter", "sortBy", "expand", "after"][rng.usize(..6)].to_owned(),
        ),
        other => other,
    }
}

fn any_list(stage: &mut Stage) -> Request {
    let limit = Some([1, 2, 3, 7, 10, 11, 25, 50, 199, 200][stage.rng.usize(..10)]);
    let groups = |list: ListGroups| ListGroups { limit, ..list }.request().unwrap();
    match stage.rng.u8(..8) {
        0 => {
            let (group, after) = (stage.any_group(), None);
            ListApps { group, after, limit }.request().unwrap()
        }
        1 | 2 => {
            let (group, after) = (stage.any_group(), None);
            ListUsers { group, search: None, after, limit, expand: vec![] }.request().unwrap()
        }
        3 => groups(ListGroups { filter: Some("type eq \"OKTA_GROUP\"".into()), ..ListGroups::default() }),
        4 => groups(ListGroups {
            search: Some("type eq \"OKTA_GROUP\" or type eq \"BUILT_IN\"".into()),
            sort_by: Some("profile.name".into()),
            sort_order: Some(if stage.rng.bool() { SortOrder::Asc } else { SortOrder::Desc }),
            ..ListGroups::default()
        }),
        5 => groups(ListGroups { expand: vec!["stats".into()], ..ListGroups::default() }),
        _ => groups(ListGroups::default()),
    }
}

struct Walked {
    items: Vec<String>,
    pages: u32,
    failed: Option<(Error<&'static str>, Option<String>)>,
}

async fn walk(client: &Client<SimHost>, first: Request, cursor: Option<&str>) -> Walked {
    let (world, total) = (&client.host().world, client.settings().total_timeout);
    let mut walk = client.walk(first, cursor).unwrap();
    let mut walked = Walked { items: Vec::new(), pages: 0, failed: None };
    loop {
        let started = world.now();
        let page = client.page(&mut walk, &CallOptions::default()).await;
        assert!(world.now() - started <= total, "{:?} of {total:?}", world.now() - started);
        match page {
            Ok(Some(page)) => walked.items.extend(ids(page.body.as_ref())),
            Ok(None) => return walked,
            Err(failure) => {
                walked.failed = Some((failure.error, walk.cursor()));
                return walked;
            }
        }
        walked.pages += 1;
    }
}

#[test]
fn a_list_gives_every_item_once_or_an_error_whose_cursor_resumes_to_the_rest() {
    let (whole, broken) = (Cell::new(0), Cell::new(0));
    schedules(50, |seed| {
        let mut stage = Stage::new(seed);
        let first = any_list(&mut stage);
        let expected = {
            let mut all = first.clone();
            all.set_limit(10_000);
            ids(Some(&stage.ask("GET", &all.target())))
        };
        let client = stage.client();
        let mut walked = stage.world.block_on(walk(&client, first.clone(), None));
        if let Some((error, cursor)) = walked.failed {
            assert_eq!(cursor.is_none(), walked.pages == 0, "{error:?}");
            let calm = stage.calm_client();
            let rest = stage.world.block_on(self::walk(&calm, first, cursor.as_deref()));
            assert!(rest.failed.is_none(), "after {error:?}: {:?}", rest.failed);
            walked.items.extend(rest.items);
            broken.set(broken.get() + 1);
        } else {
            whole.set(whole.get() + 1);
        }
        assert_eq!(walked.items, expected);
        assert_eq!(in_flight(&client), 0);
    });
    println!("{} lists to the end at once, {} in two goes", whole.get(), broken.get());
}

/// One call, with the time it took checked.
async fn call(client: &Client<SimHost>, request: Request) -> Result<Option<Value>, Error<&'static str>> {
    let (world, total) = (&client.host().world, client.settings().total_timeout);
    let started = world.now();
    let result = client.call(&request, &CallOptions::default()).await;
    assert!(world.now() - started <= total, "{:?} of {total:?}", world.now() - started);
    result.map(|reply| reply.body).map_err(|failure| failure.error)
}

#[test]
fn a_write_happened_if_it_succeeded_and_a_group_is_created_once_at_most() {
    let (succeeded, failed) = (Cell::new(0), Cell::new(0));
    schedules(50, |seed| {
        let mut stage = Stage::new(seed);
        let (user, own) = (stage.user(), stage.own_group());
        let client = stage.client();
        let kind = if own.is_some() { stage.rng.u8(..6) } else { 0 };
        let group = own.unwrap_or_else(|| stage.any_group());
        let profile = || json!({ "name": NAME, "description": "by the simulation" }).to_string();
        let request = match kind {
            0 | 1 => CreateGroup { profile: profile() }.request(),
            2 => ReplaceGroup { group: group.clone(), profile: profile() }.request(),
            3 => DeleteGroup { group: group.clone() }.request(),
            4 => AssignUser { group: group.clone(), user: user.clone() }.request(),
            _ => UnassignUser { group: group.clone(), user: user.clone() }.request(),
        };
        let result = stage.world.block_on(call(&client, request));
        stage.world.settle();
        let named = ids(Some(&stage.ask("GET", "/api/v1/groups?q=written+once")));
        match kind {
            0 | 1 => {
                assert!(named.len() <= 1, "{} groups after {result:?}", named.len());
                if let Ok(body) = &result {
                    assert_eq!(ids(Some(&json!([body]))), named);
                }
            }
            2 if result.is_ok() => assert_eq!(named, [group.as_str()]),
            3 if result.is_ok() => {
                let left = ids(Some(&stage.ask("GET", "/api/v1/groups")));
                assert!(!left.iter().any(|id| id == group.as_str()));
            }
            4 if result.is_ok() => assert!(stage.is_member(&group, &user)),
            5 if result.is_ok() => assert!(!stage.is_member(&group, &user)),
            _ => {}
        }
        assert_eq!(in_flight(&client), 0);
        let counter = if result.is_ok() { &succeeded } else { &failed };
        counter.set(counter.get() + 1);
    });
    println!("{} writes succeeded, {} failed", succeeded.get(), failed.get());
}

/// Several calls at once, some of which are dropped at any moment of their lives.
#[test]
fn a_dropped_call_sends_nothing_more_and_leaves_nothing_behind() {
    schedules(15, |seed| {
        let mut stage = Stage::new(seed);
        let client = stage.client();
        let calls: u64 = stage.rng.u64(1..12);
        for _ in 0..calls {
            let request = any_list(&mut stage);
            let patience = Duration::from_millis(stage.rng.u64(..8_000));
            let (client, world) = (Rc::clone(&client), Rc::clone(&stage.world));
            stage.world.spawn(async move {
                let walk = async { drop(walk(&client, request, None).await) };
                future::or(walk, world.sleep(patience)).await;
            });
        }
        stage.world.block_on(stage.world.sleep(Duration::from_secs(8)));
        let sent = client.host().asked.borrow().len();
        assert_eq!(in_flight(&client), 0);
        stage.world.settle();
        assert_eq!(client.host().asked.borrow().len(), sent, "sent after all calls were dropped");

        // What is left of the gate lets the next one through, as soon as the limit does.
        stage.world.block_on(stage.world.sleep(Duration::from_secs(120)));
        stage.calm_down();
        let group = stage.any_group();
        let options = CallOptions { total_timeout: Some(Duration::from_secs(300)), ..CallOptions::default() };
        let request = GetGroup { group }.request();
        let reply = stage.world.block_on(async { client.call(&request, &options).await.map(drop) });
        assert!(reply.is_ok(), "{:?}", reply.unwrap_err().error);
    });
}

/// A call that nobody wakes would end as a timeout in the queue.
#[test]
fn those_who_wait_are_woken_when_others_are_dropped() {
    schedules(5, |seed| {
        let mut stage = Stage::calm(seed, 10_000);
        let client = stage.client();
        let done = Rc::new(Cell::new(0));
        let mut expected = 0;
        let group = stage.any_group();
        for _ in 0..40 {
            let group = group.clone();
            let (client, world, done) = (Rc::clone(&client), Rc::clone(&stage.world), Rc::clone(&done));
            let dropped = stage.rng.bool();
            let patience = Duration::from_millis(if dropped { stage.rng.u64(..400) } else { 60_000 });
            expected += u32::from(!dropped);
            stage.world.spawn(async move {
                let get = async {
                    call(&client, GetGroup { group }.request()).await.unwrap();
                    if !dropped {
                        done.set(done.get() + 1);
                    }
                };
                future::or(get, world.sleep(patience)).await;
            });
        }
        stage.world.block_on(stage.world.sleep(Duration::from_secs(3)));
        assert_eq!(done.get(), expected);
        assert_eq!(in_flight(&client), 0);
    });
}

/// Ten workers write 1,000 memberships in a bucket of 250 a minute: the org's clock is what it is, ours is none.
#[test]
fn a_thousand_membership_writes_are_never_refused() {
    for (name, fault, seconds) in [
        ("right", None, 190),
        ("90 s fast", Some(Fault::ClockOffset(90_000)), 190),
        ("90 s slow", Some(Fault::ClockOffset(-90_000)), 190),
        ("Date hidden", Some(Fault::HiddenDate), 190),
        ("duplicate headers", Some(Fault::DuplicateHeaders), 190),
    ] {
        let mut options = Options::default();
        options.org_url = Some("https://acme.okta.com".to_owned());
        options.rate_limit.groups = 250;
        options.faults.rules.extend(fault.map(FaultRule::new));
        let mut stage = Stage::calm(1, 250);
        *stage.org.borrow_mut() = Org::seeded(options, SeedOptions { groups: 60, users: 1_000, seed: 1 });
        stage.settings.rate_limit.reserve = 0.0;
        let users: Vec<UserId> = {
            let groups = stage.ask("GET", "/api/v1/groups?filter=type+eq+%22BUILT_IN%22");
            let lists = ids(Some(&groups))
                .into_iter()
                .map(|id| ids(Some(&stage.ask("GET", &format!("/api/v1/groups/{id}/users")))));
            let all: BTreeSet<String> = lists.flatten().collect();
            all.into_iter().map(|id| UserId::new(id).unwrap()).collect()
        };
        assert_eq!(users.len(), 1_000);
        let group = stage.own_group().unwrap();
        // What was asked in setting the stage does not count.
        stage.world.block_on(stage.world.sleep(Duration::from_secs(120)));
        let client = stage.client();
        let left = Rc::new(RefCell::new(users));
        let started = stage.world.now();
        for _ in 0..10 {
            let (client, left, group) = (Rc::clone(&client), Rc::clone(&left), group.clone());
            stage.world.spawn(async move {
                loop {
                    let Some(user) = left.borrow_mut().pop() else { return };
                    call(&client, AssignUser { group: group.clone(), user }.request()).await.unwrap();
                }
            });
        }
        stage.world.settle();
        let took = stage.world.now() - started;
        let statuses = client.host().statuses.borrow().clone();
        assert_eq!(statuses.len(), 1_000, "{name}");
        assert!(statuses.iter().all(|status| *status == 204), "{name}");
        println!("clock {name}: {took:?}");
        // Three whole windows and what the last 250 take.
        assert!(took <= Duration::from_secs(seconds), "clock {name}: {took:?}");
        let members = ids(Some(&stage.ask("GET", &format!("/api/v1/groups/{}/users", group.as_str()))));
        assert_eq!(members.len(), 1_000, "{name}");
    }
}

#[test]
fn a_wait_that_would_be_too_long_fails_at_once() {
    let mut stage = Stage::calm(1, 5);
    stage.settings.total_timeout = Duration::from_secs(20);
    stage.settings.rate_limit.reserve = 0.0;
    let client = stage.client();
    let get = |group: &GroupId| GetGroup { group: group.clone() }.request();
    let group = GroupId::new("00gNone").unwrap();
    for _ in 0..5 {
        let answered = stage.world.block_on(call(&client, get(&group)));
        assert_eq!(answered.unwrap_err().kind(), "not-found");
    }
    let before = stage.world.now();
    let error = stage.world.block_on(call(&client, get(&group))).unwrap_err();
    assert!(matches!(error, Error::Timeout { phase: Phase::Queue, .. }), "{error:?}");
    assert_eq!(stage.world.now(), before, "no time was spent on waiting for nothing");
    assert_eq!(client.host().asked.borrow().len(), 5);
}
