//! Memberships of many groups in virtual time: the client's own driver, its gate, and the local org on the other end. A
//! whole org under its rate limit, and small orgs under faults, groups that are deleted, aborts and kills.
//!
//! `OKTA_GROUPS_SOAK=100000` runs so many small schedules instead of 150.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod driver;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use driver::{Asked, SimHost, Wire, World, in_flight, settings};
use fastrand::Rng;
use futures_lite::future as lite;
use okta_groups::client::{
    ApplyManyOptions, Client, Failure, MembershipsError, MembershipsOptions, MembershipsReport, Settings,
    WatchMany,
};
use okta_groups::members::{
    GroupKey, MaxRemovals, MembershipsPlan, PlanOptions, Progress, RuleManaged, RunOptions, Status, WriteOp,
};
use okta_groups::policy::RetryOptions;
use okta_groups_emulator::faults::{Act, Delivery};
use okta_groups_emulator::{Options, Org, RateLimit, Request, SeedData};
use send_wrapper::SendWrapper;
use serde_json::{Value, json};

type Members = BTreeMap<String, Vec<String>>;

/// An org with these members in each group, and as many users as are named.
fn org(members: &Members, others: &Members, rate_limit: RateLimit) -> Rc<RefCell<Org>> {
    let mut options = Options::default();
    options.rate_limit = rate_limit;
    let ids: BTreeSet<&String> = members.values().chain(others.values()).flatten().collect();
    let user = |id: &&String| json!({ "id": id, "status": "ACTIVE", "profile": { "login": id } });
    let group = |id: &String| json!({ "id": id, "type": "OKTA_GROUP", "profile": { "name": id, "description": null } });
    let seed = json!({
        "groups": members.keys().map(group).collect::<Vec<_>>(),
        "users": ids.iter().map(user).collect::<Vec<_>>(),
        "memberships": members,
    });
    let mut org = Org::new(options);
    org.load(SeedData::from_json(&seed.to_string()).unwrap()).unwrap();
    Rc::new(RefCell::new(org))
}

/// The members of the groups that exist, by the org itself.
fn members_of(org: &Rc<RefCell<Org>>, groups: &Members, now: i64) -> BTreeMap<String, BTreeSet<String>> {
    let mut all = BTreeMap::new();
    for group in groups.keys() {
        let mut after = String::new();
        let mut ids = BTreeSet::new();
        loop {
            let answer = ask(org, "GET", &format!("/api/v1/groups/{group}/users?limit=1000{after}"), now);
            let Act::Answer(response, _) = answer.act else { panic!() };
            if response.status == 404 {
                break;
            }
            let page: Value = serde_json::from_str(&response.body).unwrap();
            let page = page.as_array().unwrap();
            ids.extend(page.iter().map(|user| user["id"].as_str().unwrap().to_owned()));
            let next = response.headers.iter().find(|(_, value)| value.contains("rel=\"next\""));
            let Some((_, next)) = next else {
                all.insert(group.clone(), ids);
                break;
            };
            let cursor = next.split("after=").nth(1).unwrap();
            after = format!("&after={}", &cursor[..cursor.find(['&', '>']).unwrap()]);
        }
    }
    all
}

fn ask(org: &Rc<RefCell<Org>>, method: &str, path: &str, now: i64) -> Delivery {
    let headers = vec![("authorization".to_owned(), format!("SSWS {}", driver::CANARY))];
    let request =
        Request { method: method.to_owned(), path_and_query: path.to_owned(), headers, body: Vec::new() };
    org.borrow_mut().deliver(&request, now)
}

const ANY: PlanOptions = PlanOptions {
    mode: okta_groups::members::Mode::Exact,
    rule_managed: RuleManaged::Include,
    max_removals: Some(MaxRemovals::ANY),
    allow_empty: true,
};

fn open() -> MembershipsOptions {
    MembershipsOptions { plan: ANY, max_removals_overall: MaxRemovals::ANY, ..Default::default() }
}

fn desired(members: &Members) -> Vec<(GroupKey, Vec<String>)> {
    members.iter().map(|(group, ids)| (GroupKey::Id(group.clone()), ids.clone())).collect()
}

/// A request that changes a member: the method, the group and the user.
fn write_of(asked: &Asked) -> Option<(&'static str, &str, &str)> {
    let mut parts = asked.target.strip_prefix("/api/v1/groups/")?.split('/');
    let (group, _, user) = (parts.next()?, parts.next()?, parts.next()?);
    (asked.method != "GET").then_some((asked.method, group, user))
}

/// Notes the progress.
struct Log<'w> {
    world: &'w Rc<World>,
    progress: RefCell<Vec<(Duration, Progress)>>,
}

impl WatchMany<SimHost> for Log<'_> {
    fn progress(&self, progress: &Progress) {
        self.progress.borrow_mut().push((self.world.now(), *progress));
    }
}

/// 400 groups with 60,000 members of which 6,000 change, in a bucket of 500 a minute.
#[test]
fn a_whole_org_is_synced_in_the_time_that_the_bucket_allows() {
    let mut rng = Rng::with_seed(7);
    let (mut before, mut after) = (Members::new(), Members::new());
    for group in 0..400 {
        let mut users: Vec<usize> = (0..1000).collect();
        rng.shuffle(&mut users);
        let name = |users: &[usize]| users.iter().map(|user| format!("00u{user:04}")).collect::<Vec<_>>();
        // Eight come and seven go, or the other way round.
        let comes = 7 + group % 2;
        before.insert(format!("00g{group:03}"), name(&users[..150]));
        after.insert(format!("00g{group:03}"), name(&users[15 - comes..150 + comes]));
    }
    let limit = RateLimit { groups: 500, group: 1000, ..RateLimit::each(500) };
    let org = org(&before, &after, limit);
    let world = World::new();
    let wire: Wire = Rc::new({
        let org = Rc::clone(&org);
        move |request, now| org.borrow_mut().deliver(request, now)
    });
    let client = Client::new(SimHost::new(&world, 1, wire), settings());
    let log = Log { world: &world, progress: RefCell::default() };
    let began = world.now();
    let groups = client.groups();
    let (plans, apply) = (open(), ApplyManyOptions::default());
    let run = groups.sync_memberships(desired(&after), &plans, &apply, &log);
    let report = world.block_on(run).unwrap();
    let took = (world.now() - began).as_secs_f64();
    assert!(report.ok() && report.groups.len() == 400);
    let asked = client.host().asked.borrow();
    let writes: Vec<_> = asked.iter().filter_map(|asked| Some((asked.at, write_of(asked)?))).collect();
    assert_eq!(writes.len(), 6000, "each change is sent once");
    assert!(client.host().statuses.borrow().iter().all(|status| *status != 429), "the limit was kept");
    let now_is = members_of(&org, &after, world.server_now() + 120_000);
    let expected = after.iter().map(|(group, ids)| (group.clone(), ids.iter().cloned().collect()));
    assert_eq!(now_is, expected.collect());

    // A read of one group counts in another bucket.
    let is_single = |asked: &&Asked| asked.target.trim_start_matches("/api/v1/groups/").contains('/');
    let requests = asked.iter().filter(is_single).count();
    let windows = requests.div_ceil(450) - 1;
    let ratio = took / (windows as f64 * 60.0);
    println!("{requests} requests, {windows} windows, {took:.1} s: {ratio:.4} of what the bucket allows");
    assert!(ratio <= 1.03, "{ratio:.4}");

    // Fairness: while a group has writes left, the groups beside it send at most two writes for each that they may have
    // under way, before it sends its next one.
    let beside = 2 * 3 * 3;
    let mut last = BTreeMap::new();
    let mut most = 0;
    for (at, (_, (_, group, _))) in writes.iter().enumerate() {
        if let Some(before) = last.insert(*group, at) {
            most = most.max(at - before - 1);
        }
    }
    println!("at most {most} writes of others between two of a group");
    assert!(most <= beside, "{most}");
    // Groups begin in their order: none waits for more than the groups that run before it.
    let mut begun: Vec<&str> = Vec::new();
    for (_, (_, group, _)) in &writes {
        if !begun.contains(group) {
            begun.push(group);
        }
    }
    for (at, group) in begun.iter().enumerate() {
        let number: usize = group[3..].parse().unwrap();
        assert!(number.abs_diff(at) <= 3, "{group} began as number {at}");
    }

    // The time left, from a tenth of the writes on.
    let progress = log.progress.borrow();
    let (begins, ends) = (progress[0].0, progress.last().unwrap().0);
    let whole = (ends - begins).as_secs_f64();
    let mut worst: f64 = 0.0;
    for (at, told) in progress.iter().filter(|(_, told)| told.done * 10 >= told.total) {
        let error = ((*at - begins) + told.eta.unwrap()).as_secs_f64() / whole - 1.0;
        worst = if error.abs() > worst.abs() { error } else { worst };
    }
    println!("the time left is off by {worst:.3} of {whole:.1} s");
    assert!(worst.abs() <= 0.03, "{worst:.3}");
}

/// A write that settled.
struct Settled {
    group: String,
    op: WriteOp,
    user: String,
    status: Status,
    at: Duration,
}

/// Ends the run after a time, if at all.
struct After<'w>(&'w Rc<World>, Option<u64>, RefCell<Vec<Settled>>);

impl WatchMany<SimHost> for After<'_> {
    fn settled(&self, group: &str, op: WriteOp, user: &str, status: Status, _: Option<&Failure<SimHost>>) {
        let (group, user) = (group.to_owned(), user.to_owned());
        self.2.borrow_mut().push(Settled { group, op, user, status, at: self.0.now() });
    }

    fn aborted(&self) -> impl Future<Output = ()> + Send {
        let sleep = self.1.map(|ms| self.0.sleep(Duration::from_millis(ms)));
        SendWrapper::new(async move {
            match sleep {
                Some(sleep) => sleep.await,
                None => std::future::pending().await,
            }
        })
    }
}

/// How often a request meets a fault, in a hundred.
#[derive(Clone, Copy)]
struct Faults {
    unsent: u32,
    lost: u32,
    broken: u32,
}

fn schedules() -> u64 {
    std::env::var("OKTA_GROUPS_SOAK").ok().and_then(|text| text.parse().ok()).unwrap_or(150)
}

/// A small org, what is desired of it, and what happens meanwhile.
struct Schedule {
    world: Rc<World>,
    org: Rc<RefCell<Org>>,
    client: Client<SimHost>,
    after: Members,
    /// The group that is deleted on the way.
    gone: Rc<Cell<Option<String>>>,
    /// The writes that the org answered with 204, as the client got them.
    story: String,
}

impl Schedule {
    fn new(seed: u64, rng: &mut Rng) -> Self {
        let (mut before, mut after) = (Members::new(), Members::new());
        let users = rng.usize(3..30);
        for group in 0..rng.usize(1..8) {
            let pick = |rng: &mut Rng| {
                let share = rng.f64();
                (0..users).filter(|_| rng.f64() < share).map(|user| format!("00u{user:02}")).collect()
            };
            before.insert(format!("00g{group}"), pick(rng));
            after.insert(format!("00g{group}"), pick(rng));
        }
        let faults = match rng.u32(0..3) {
            0 => Faults { unsent: 0, lost: 0, broken: 0 },
            1 => Faults { unsent: 3, lost: 5, broken: 5 },
            _ => Faults { unsent: 10, lost: 10, broken: 10 },
        };
        let limit = if rng.bool() { RateLimit::OFF } else { RateLimit::each(rng.u32(20..200)) };
        let org = org(&before, &after, limit);
        let world = World::new();
        let gone = Rc::new(Cell::new(None));
        let doomed =
            (rng.u32(0..4) == 0).then(|| (rng.u32(1..60), format!("00g{}", rng.usize(0..after.len()))));
        let wire: Wire = Rc::new({
            let (org, gone, rng) = (Rc::clone(&org), Rc::clone(&gone), RefCell::new(Rng::with_seed(seed)));
            let count = Cell::new(0);
            move |request, now| {
                count.set(count.get() + 1);
                if let Some((at, group)) = &doomed
                    && count.get() == *at
                {
                    ask(&org, "DELETE", &format!("/api/v1/groups/{group}"), now);
                    gone.set(Some(group.clone()));
                }
                let mut rng = rng.borrow_mut();
                let strikes = |rng: &mut Rng, share| rng.u32(0..100) < share;
                let act = if strikes(&mut rng, faults.unsent) {
                    Act::Reset
                } else {
                    let delivery = org.borrow_mut().deliver(request, now);
                    if strikes(&mut rng, faults.lost) {
                        if rng.bool() { Act::Reset } else { Act::Hang }
                    } else if strikes(&mut rng, faults.broken) {
                        driver::answer([500, 502, 503][rng.usize(0..3)], "").act
                    } else {
                        delivery.act
                    }
                };
                Delivery { delay_ms: rng.u32(0..300), act }
            }
        });
        let retry = RetryOptions { base_delay: Duration::from_millis(50), budget: None, ..settings().retry };
        let settings = Settings { retry, timeout: Duration::from_secs(5), ..settings() };
        let client = Client::new(SimHost::new(&world, seed, wire), settings);
        let story = format!("seed {seed}: {} groups, {users} users", after.len());
        Schedule { world, org, client, after, gone, story }
    }

    /// The requests that were sent since, which change a member.
    fn writes_since(&self, at: usize) -> Vec<(&'static str, String, String)> {
        let asked = self.client.host().asked.borrow();
        let writes = asked[at..].iter().filter_map(write_of);
        writes.map(|(method, group, user)| (method, group.to_owned(), user.to_owned())).collect()
    }

    fn sent(&self) -> usize {
        self.client.host().asked.borrow().len()
    }
}

fn report_of(
    result: Result<MembershipsReport<SimHost>, MembershipsError<SimHost>>,
) -> Option<MembershipsReport<SimHost>> {
    match result {
        Ok(report) => {
            assert!(report.ok());
            Some(report)
        }
        Err(MembershipsError::Incomplete(report)) => {
            assert!(!report.ok());
            Some(*report)
        }
        Err(MembershipsError::Aborted) => None,
        Err(MembershipsError::Failed(failure)) => {
            assert!(failure.is_transient() || failure.kind() == "timeout", "{failure}");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn nothing_is_lost_and_nothing_is_done_twice() {
    for seed in 0..schedules() {
        let mut rng = Rng::with_seed(seed);
        let schedule = Schedule::new(seed, &mut rng);
        let Schedule { world, org, client, after, gone, story } = &schedule;
        let groups = client.groups();
        let run =
            RunOptions { concurrency: rng.u32(1..5), stops: true, ..ApplyManyOptions::default().each.run };
        let mut options = ApplyManyOptions { lanes: rng.u32(1..9), ..Default::default() };
        options.each.run = run;
        // Withheld removals stay until the adds are done.
        let mut rest: Option<MembershipsPlan> = None;
        let mut done: BTreeSet<(String, WriteOpKey, String)> = BTreeSet::new();
        let mut is_over = false;
        for round in 0..60 {
            // After some rounds nothing stops the run any more.
            let aborts = (round < 6 && rng.bool()).then(|| rng.u64(0..4000));
            let kills = (round < 6 && rng.u32(0..4) == 0).then(|| rng.u64(0..4000));
            let watch = After(world, aborts, RefCell::default());
            let sent = schedule.sent();
            let plans = open();
            let result = world.block_on(async {
                let work = async {
                    Some(match &rest {
                        None => groups.sync_memberships(desired(after), &plans, &options, &watch).await,
                        Some(rest) => groups.apply_plans(rest, &options, &watch).await,
                    })
                };
                let killed = async {
                    match kills {
                        Some(ms) => world.sleep(Duration::from_millis(ms)).await,
                        None => std::future::pending().await,
                    }
                    None
                };
                lite::or(work, killed).await
            });
            let writes = schedule.writes_since(sent);
            let is_killed = result.is_none();
            assert_eq!(in_flight(client), 0, "{story}, round {round}");
            // Adds before removes, in each group.
            for group in after.keys() {
                let of: Vec<&str> =
                    writes.iter().filter(|(_, of, _)| of == group).map(|(method, ..)| *method).collect();
                let first = of.iter().position(|method| *method == "DELETE").unwrap_or(of.len());
                assert!(of[first..].iter().all(|method| *method == "DELETE"), "{story}: {group} {of:?}");
            }
            // What an earlier run reported as done is not sent again from its rest.
            for (method, group, user) in &writes {
                let key = (group.clone(), *method, user.clone());
                assert!(!done.contains(&key), "{story}: {key:?} again");
            }
            let settled = watch.2.into_inner();
            // Nobody is removed while an add is under way.
            for Settled { group, at, .. } in settled.iter().filter(|it| it.op == WriteOp::Add) {
                let asked = client.host().asked.borrow();
                let removes = |asked: &&Asked| {
                    write_of(asked).is_some_and(|(method, of, _)| method == "DELETE" && of == group)
                };
                let first = asked[sent..].iter().find(removes).map(|asked| asked.at);
                assert!(first.is_none_or(|first| first >= *at), "{story}: {group} removes during its adds");
            }
            let is_done = |it: &Settled| it.status == Status::Done;
            done.extend(settled.into_iter().filter(is_done).map(|it| (it.group, method_of(it.op), it.user)));
            world.settle();
            assert_eq!(schedule.writes_since(sent).len(), writes.len(), "{story}: writes after the end");
            if is_killed {
                // The program starts anew: what was under way may be done or not.
                (rest, done) = (None, BTreeSet::new());
                continue;
            }
            match result.and_then(report_of) {
                None => (rest, done) = (None, BTreeSet::new()),
                Some(report) => {
                    let missing = gone.take();
                    gone.set(missing.clone());
                    let left: Option<MembershipsPlan> = report.rest.clone().map(|mut rest| {
                        rest.plans.retain(|plan| Some(&plan.group_id) != missing.as_ref());
                        serde_json::from_value(serde_json::to_value(rest).unwrap()).unwrap()
                    });
                    let left = left.filter(|rest| !rest.plans.is_empty());
                    let unplanned = report
                        .skipped
                        .iter()
                        .any(|it| it.group != GroupKey::Id(missing.clone().unwrap_or_default()));
                    match left {
                        Some(left) => rest = Some(left),
                        // A group that could not be planned is planned again.
                        None if unplanned => (rest, done) = (None, BTreeSet::new()),
                        None => {
                            is_over = true;
                            break;
                        }
                    }
                    if unplanned {
                        (rest, done) = (None, BTreeSet::new());
                    }
                }
            }
        }
        assert!(is_over, "{story}: it never ends");
        let now_is = members_of(org, after, world.server_now() + 600_000);
        for (group, ids) in after.iter().filter(|(group, _)| now_is.contains_key(*group)) {
            assert_eq!(now_is[group], ids.iter().cloned().collect(), "{story}: {group}");
        }
        let missing = gone.take();
        assert_eq!(now_is.len(), after.len() - usize::from(missing.is_some()), "{story}");
    }
}

type WriteOpKey = &'static str;

fn method_of(op: WriteOp) -> WriteOpKey {
    match op {
        WriteOp::Add => "PUT",
        WriteOp::Remove => "DELETE",
    }
}

/// Plans that would remove more than the limit over all groups are refused before anything is written, whatever each of
/// them removes.
#[test]
fn the_limit_over_all_groups_holds() {
    for seed in 0..schedules().min(500) {
        let mut rng = Rng::with_seed(seed);
        let (mut before, mut after) = (Members::new(), Members::new());
        let (mut removals, mut members) = (0, 0);
        for group in 0..rng.usize(1..6) {
            let (size, leaves) = (rng.usize(1..20), rng.usize(0..20));
            let leaves = leaves.min(size);
            let ids: Vec<String> = (0..size).map(|user| format!("00u{user:02}")).collect();
            after.insert(format!("00g{group}"), ids[leaves..].to_vec());
            before.insert(format!("00g{group}"), ids);
            (removals, members) = (removals + leaves, members + size);
        }
        let org = org(&before, &after, RateLimit::OFF);
        let world = World::new();
        let wire: Wire = Rc::new(move |request, now| org.borrow_mut().deliver(request, now));
        let client = Client::new(SimHost::new(&world, seed, wire), settings());
        let ratio = rng.f64();
        let limit = MaxRemovals { ratio, ..MaxRemovals::ANY };
        let options = MembershipsOptions { max_removals_overall: limit, ..open() };
        let groups = client.groups();
        let apply = ApplyManyOptions::default();
        let run = groups.sync_memberships(desired(&after), &options, &apply, &());
        let result = world.block_on(run);
        let writes = client.host().asked.borrow().iter().filter(|asked| asked.method != "GET").count();
        let passes = removals == 0 || removals as f64 <= members as f64 * ratio * (1.0 + 2.0 * f64::EPSILON);
        match passes {
            true => assert_eq!((result.unwrap().ok(), writes), (true, removals), "seed {seed}"),
            false => {
                let error = result.unwrap_err().to_string();
                assert!(error.contains(&format!("remove {removals} of {members} members")), "{error}");
                assert_eq!(writes, 0, "seed {seed}");
            }
        }
    }
}

#[test]
fn a_group_that_is_named_twice_is_refused_before_anything_is_written() {
    let members = Members::from([("00g1".to_owned(), vec!["00u1".to_owned()])]);
    let org = org(&members, &Members::new(), RateLimit::OFF);
    let world = World::new();
    let wire: Wire = Rc::new(move |request, now| org.borrow_mut().deliver(request, now));
    let client = Client::new(SimHost::new(&world, 1, wire), settings());
    let groups = client.groups();
    let name = GroupKey::Name { name: "00g1".to_owned(), group_type: Some("OKTA_GROUP".to_owned()) };
    let twice = vec![(GroupKey::from("00g1"), vec!["00u1"]), (name.clone(), vec!["00u1"])];
    let (plans, apply) = (open(), ApplyManyOptions::default());
    let run = groups.sync_memberships(twice, &plans, &apply, &());
    let error = world.block_on(run).unwrap_err().to_string();
    assert_eq!(error, "desired names the group 00g1 twice");
    let plan = world.block_on(groups.plan_memberships(vec![(name, vec!["00u1"])], &plans, &())).unwrap();
    let many = |plans: &[usize], org: &str| MembershipsPlan {
        plans: plans.iter().map(|at| plan.plans[*at].clone()).collect(),
        org: org.to_owned(),
        ..plan.clone()
    };
    for (plan, reason) in [
        (many(&[0, 0], &plan.org), "plan names the group 00g1 twice"),
        (many(&[0], "https://other.okta.com"), "plan is of another org, https://other.okta.com"),
        (MembershipsPlan { v: 2, ..plan.clone() }, "plan is no plan of many groups of version 1"),
    ] {
        let run = groups.apply_plans(&plan, &apply, &());
        assert_eq!(world.block_on(run).unwrap_err().to_string(), reason);
    }
    assert!(client.host().asked.borrow().iter().all(|asked| asked.method == "GET"));
}
