//! Memberships in bulk, as a program in Rust uses them: plans, runs, what stops a run, and how it goes on later. The local
//! org on the other end, in virtual time.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod driver;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use driver::{SimHost, Wire, World, in_flight, settings};
use futures_lite::future as lite;
use okta_groups::client::{ApplyOptions, BulkError, BulkReport, Client, Failure, IfStale, Settings, Watch};
use okta_groups::members::{
    By, IfUnresolved, MaxFailedAdds, MaxRemovals, MemberPlan, Mode, Naming, PlanOptions, Progress,
    RuleManaged, RunOptions, Status, Stopped, WriteOp,
};
use okta_groups::policy::{RateLimitOptions, RetryOptions};
use okta_groups::request::{GroupId, ListGroups, ListUsers, Operation};
use okta_groups_emulator::faults::{Act, Delivery, Fault, FaultRule};
use okta_groups_emulator::{Options, Org, RateLimit, Request, SeedData};
use send_wrapper::SendWrapper;
use serde_json::{Value, json};

const GROUP: &str = "00g1";
const ANY: PlanOptions = PlanOptions {
    mode: Mode::Exact,
    rule_managed: RuleManaged::Skip,
    max_removals: Some(MaxRemovals::ANY),
    allow_empty: false,
};

fn ids(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|n| format!("00u{n}")).collect()
}

fn set(ids: &[String]) -> BTreeSet<String> {
    ids.iter().cloned().collect()
}

/// What a run came to, whether or not that is an error.
fn report_of(result: Result<BulkReport<SimHost>, BulkError<SimHost>>) -> BulkReport<SimHost> {
    match result {
        Ok(report) => {
            assert!(report.ok());
            report
        }
        Err(BulkError::Incomplete(report)) => {
            assert!(!report.ok());
            *report
        }
        Err(error) => panic!("{error}"),
    }
}

/// An org with a group of its first twenty users, and a client of it.
struct Console {
    world: Rc<World>,
    client: Client<SimHost>,
    org: Rc<RefCell<Org>>,
    wire: Wire,
    settings: Settings,
}

impl Console {
    fn new(rules: impl IntoIterator<Item = FaultRule>) -> Self {
        Console::with(rules, RateLimit::OFF, settings(), |_, delivery| delivery)
    }

    /// `answered` may change what the org answers.
    fn with(
        rules: impl IntoIterator<Item = FaultRule>,
        rate_limit: RateLimit,
        settings: Settings,
        answered: impl Fn(&Request, Delivery) -> Delivery + 'static,
    ) -> Self {
        let mut options = Options::default();
        options.rate_limit = rate_limit;
        options.faults.rules.extend(rules);
        let users: Vec<Value> = ids(0..300)
            .iter()
            .map(|id| json!({ "id": id, "status": "ACTIVE", "profile": { "login": id } }))
            .collect();
        let seed = json!({
            "groups": [
                { "id": GROUP, "type": "OKTA_GROUP", "profile": { "name": "West", "description": null } },
                { "id": "00gAll", "type": "BUILT_IN", "profile": { "name": "Everyone", "description": null } },
            ],
            "users": users,
            "memberships": { GROUP: ids(0..20) },
        });
        let mut org = Org::new(options);
        org.load(SeedData::from_json(&seed.to_string()).unwrap()).unwrap();
        let org = Rc::new(RefCell::new(org));
        let world = World::new();
        let wire: Wire = Rc::new({
            let org = Rc::clone(&org);
            move |request, now| answered(request, org.borrow_mut().deliver(request, now))
        });
        let settings = Settings {
            retry: RetryOptions { base_delay: Duration::from_millis(1), ..settings.retry },
            ..settings
        };
        let client = Client::new(SimHost::new(&world, 1, Rc::clone(&wire)), settings.clone());
        Console { world, client, org, wire, settings }
    }

    /// Another client of the org, on another kind of host.
    fn client_with(&self, change: impl FnOnce(&mut SimHost)) -> Client<SimHost> {
        let mut host = SimHost::new(&self.world, 1, Rc::clone(&self.wire));
        change(&mut host);
        Client::new(host, self.settings.clone())
    }

    fn plan(&self, desired: &[String], options: &PlanOptions) -> Result<MemberPlan, Failure<SimHost>> {
        self.world.block_on(self.client.groups().plan_members(GROUP, desired, options))
    }

    fn apply(
        &self,
        plan: &MemberPlan,
        options: &ApplyOptions,
        watch: &impl Watch<SimHost>,
    ) -> Result<BulkReport<SimHost>, BulkError<SimHost>> {
        self.world.block_on(self.client.groups().apply_plan(plan, options, watch))
    }

    fn sync(&self, desired: &[String], watch: &impl Watch<SimHost>) -> BulkReport<SimHost> {
        self.sync_with(desired, &ApplyOptions::default(), watch)
    }

    fn sync_with(
        &self,
        desired: &[String],
        options: &ApplyOptions,
        watch: &impl Watch<SimHost>,
    ) -> BulkReport<SimHost> {
        let groups = self.client.groups();
        report_of(self.world.block_on(groups.sync_members(GROUP, desired, &ANY, options, watch)))
    }

    fn members(&self) -> BTreeSet<String> {
        let snapshot: Value = serde_json::from_str(&self.org.borrow().snapshot().to_json()).unwrap();
        let members = snapshot["memberships"][GROUP].as_array().unwrap();
        members.iter().map(|id| id.as_str().unwrap().to_owned()).collect()
    }

    /// The methods of what was sent, reads apart.
    fn writes(&self) -> Vec<&'static str> {
        let asked = self.client.host().asked.borrow();
        asked.iter().map(|asked| asked.method).filter(|method| *method != "GET").collect()
    }
}

fn on(operation: Operation, fault: Fault) -> FaultRule {
    FaultRule::new(fault).on(operation)
}

#[test]
fn a_group_gets_exactly_the_members_that_are_desired() {
    let console = Console::new([]);
    let desired = ids(3..25);
    let report = console.sync(&desired, &());
    assert!(report.ok());
    assert_eq!(console.members(), set(&desired));
    assert_eq!((report.added, report.removed), (ids(20..25), ids(0..3)));
    assert_eq!((report.plan.unchanged, report.stopped, report.retries), (17, None, 0));
    assert_eq!(report.requests as usize, console.client.host().asked.borrow().len());
    assert_eq!(console.writes(), ["PUT", "PUT", "PUT", "PUT", "PUT", "DELETE", "DELETE", "DELETE"]);
    let again = console.sync(&desired, &());
    assert!(again.plan.add.is_empty() && again.plan.remove.is_empty());
}

#[test]
fn a_plan_is_kept_as_json_of_one_form_with_javascript() {
    let console = Console::new([]);
    let mut desired = ids(2..22);
    desired.push("00u2".to_owned());
    let plan = console.plan(&desired, &ANY).unwrap();
    assert!(console.writes().is_empty());
    let mut kept = serde_json::to_value(&plan).unwrap();
    let based_on = kept.as_object_mut().unwrap().remove("basedOn").unwrap();
    assert_eq!(based_on["at"], "2025-09-11T16:23:30.000Z", "to the second, as the answer's Date is");
    assert!(based_on["lastMembershipUpdated"].is_string());
    assert_eq!(
        kept,
        json!({
            "v": 1, "org": "https://acme.okta.com", "groupId": GROUP,
            "add": ["00u20", "00u21"], "remove": ["00u0", "00u1"], "unchanged": 18,
            "skipped": [{ "userId": "00u2", "reason": "duplicate" }], "warnings": [],
            "maxRemovals": false, "ruleManaged": "skip", "keep": [],
        })
    );
    let read: MemberPlan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    assert_eq!(read, plan);
    assert!(console.apply(&read, &ApplyOptions::default(), &()).unwrap().ok());
    assert_eq!(console.members(), set(&ids(2..22)));
}

#[test]
fn who_is_kept_or_there_by_a_rule_stays() {
    let console = Console::with([], RateLimit::OFF, settings(), |request, mut delivery| {
        if request.path_and_query.contains("expand=group-rules")
            && let Act::Answer(response, _) = &mut delivery.act
        {
            let mut users: Value = serde_json::from_str(&response.body).unwrap();
            for user in users.as_array_mut().unwrap() {
                let rules = if user["id"] == "00u1" { json!([{ "id": "0pr1" }]) } else { json!([]) };
                user["_embedded"] = json!({ "group-rules": rules });
            }
            response.body = users.to_string();
        }
        delivery
    });
    let groups = console.client.groups();
    let desired = ids(3..20);
    let plan =
        console.world.block_on(
            groups.plan_members_by(&Naming::default(), GROUP, &desired, &ANY, |user| user.id == "00u0"),
        );
    let plan = plan.unwrap();
    assert_eq!((plan.remove.as_slice(), plan.warnings.len()), (&ids(2..3)[..], 0));
    let skipped: Vec<_> =
        plan.skipped.iter().map(|skipped| (skipped.user_id.as_str(), skipped.reason.as_str())).collect();
    assert_eq!(skipped, [("00u0", "kept"), ("00u1", "rule-managed")]);
}

#[test]
fn what_is_likely_a_mistake_is_refused_before_anything_is_written() {
    let console = Console::new([]);
    let default = PlanOptions::default();
    for (group, desired, said) in [
        (GROUP, ids(0..10), "max_removals would be passed: 10 of 20 members would go"),
        (GROUP, vec![], "desired is empty; allow_empty: true allows a group without members"),
        (GROUP, vec!["a@b.c".to_owned()], "desired item 0 is a login; the id of the user is needed"),
        (GROUP, vec!["..".to_owned()], "desired item 0 is a dot segment, which would change the path"),
        ("00gAll", ids(0..10), "group_id is of type BUILT_IN, whose members Okta decides"),
        ("", ids(0..10), "group_id is empty"),
    ] {
        let groups = console.client.groups();
        let failure = console.world.block_on(groups.plan_members(group, &desired, &default)).unwrap_err();
        assert_eq!(failure.to_string(), said);
    }
    let mut plan = console.plan(&ids(0..25), &ANY).unwrap();
    plan.remove = vec!["00u20".to_owned()];
    let twice = console.apply(&plan, &ApplyOptions::default(), &()).err().unwrap();
    assert_eq!(twice.to_string(), "plan item 5 is a duplicate");
    plan.v = 2;
    assert!(console.apply(&plan, &ApplyOptions::default(), &()).is_err());
    assert!(console.writes().is_empty());
}

#[test]
fn a_list_of_members_that_fails_midway_never_turns_into_removals() {
    let rule = on(Operation::ListUsers, Fault::status(404));
    let console = Console::new([rule]);
    let groups = console.client.groups();
    let (desired, options) = (ids(0..1), ApplyOptions::default());
    let run = groups.sync_members(GROUP, &desired, &ANY, &options, &());
    let error = console.world.block_on(run).err().unwrap();
    assert!(matches!(error, BulkError::Failed(failure) if failure.error.kind() == "not-found"));
    assert!(console.writes().is_empty());
}

/// What a run tells, in words.
#[derive(Default)]
struct Log {
    settled: RefCell<Vec<String>>,
    progress: RefCell<Vec<Progress>>,
    read: Cell<usize>,
    /// So many failures stop it.
    most: Option<usize>,
}

impl Watch<SimHost> for Log {
    fn read(&self, members: usize) {
        self.read.set(members);
    }

    fn progress(&self, progress: &Progress) {
        self.progress.borrow_mut().push(*progress);
    }

    fn settled(&self, op: WriteOp, user_id: &str, status: Status, failure: Option<&Failure<SimHost>>) {
        let kind = failure.map_or("", |failure| failure.error.kind());
        self.settled.borrow_mut().push(format!("{op:?} {user_id} {status:?} {kind}").trim_end().to_owned());
    }

    fn stops(&self, _: &Failure<SimHost>, failures: usize) -> bool {
        self.most.is_some_and(|most| failures >= most)
    }
}

#[test]
fn a_write_that_fails_fails_no_other_and_is_left_for_later() {
    let refused = on(Operation::AssignUser, Fault::error(400, "E0000001")).times(1);
    let console = Console::new([refused]);
    let log = Log::default();
    let report = console.sync_with(&ids(1..22), &removing_anyway(), &log);
    assert!(!report.ok());
    assert_eq!((report.added, report.removed), (ids(21..22), ids(0..1)));
    let failed: Vec<_> =
        report.failed.iter().map(|(write, failure)| (write.user_id.as_str(), failure.error.kind())).collect();
    assert_eq!(failed, [("00u20", "bad-request")]);
    assert_eq!(*log.settled.borrow(), ["Add 00u20 Failed bad-request", "Add 00u21 Done", "Remove 00u0 Done"]);
    assert_eq!(log.read.get(), 20);
    let last = *log.progress.borrow().last().unwrap();
    assert_eq!((last.total, last.done, last.failed, last.in_flight), (3, 2, 1, 0));
    let rest = report.rest.unwrap();
    assert_eq!((rest.add.as_slice(), rest.remove.len()), (&ids(20..21)[..], 0));
    assert!(console.apply(&rest, &fail_if_stale(), &()).unwrap().ok());
    assert_eq!(console.members(), set(&ids(1..22)));
}

fn one_at_a_time() -> ApplyOptions {
    ApplyOptions { run: RunOptions { concurrency: 1, ..RunOptions::default() }, ..ApplyOptions::default() }
}

fn removing_anyway() -> ApplyOptions {
    let mut options = one_at_a_time();
    options.run.max_failed_adds = MaxFailedAdds::Any;
    options
}

fn fail_if_stale() -> ApplyOptions {
    ApplyOptions { if_stale: IfStale::Fail, ..ApplyOptions::default() }
}

#[test]
fn who_is_gone_already_counts_as_removed_but_not_where_the_group_is_gone() {
    let gone = || on(Operation::UnassignUser, Fault::error(404, "E0000007")).times(1);
    let console = Console::new([gone()]);
    let report = console.sync(&ids(1..20), &());
    assert!(report.ok());
    assert_eq!((report.removed.len(), report.already_ok), (0, ids(0..1)));

    // Of something in between, which knows nothing of members.
    let console = Console::new([on(Operation::UnassignUser, Fault::status(404)).times(1)]);
    let report = console.sync(&ids(1..20), &());
    assert_eq!((report.ok(), report.failed.len(), report.already_ok.len()), (false, 1, 0));

    let console = Console::new([
        on(Operation::UnassignUser, Fault::error(404, "E0000007")),
        on(Operation::GetGroup, Fault::error(404, "E0000007")).nth(2),
    ]);
    let report = console.sync_with(&ids(2..20), &one_at_a_time(), &());
    assert_eq!(report.stopped, Some(Stopped::StopOn));
    assert_eq!((report.failed.len(), report.not_attempted.len(), report.already_ok.len()), (1, 1, 0));
}

#[test]
fn a_stale_plan_is_narrowed_to_what_is_left_of_it_or_refused() {
    let console = Console::new([]);
    let plan = console.plan(&ids(1..22), &ANY).unwrap();
    console.world.block_on(async {
        let groups = console.client.groups();
        groups.assign_user(GROUP, "00u20").await.unwrap();
        groups.unassign_user(GROUP, "00u0").await.unwrap();
    });
    let failure = console.apply(&plan, &fail_if_stale(), &()).err().unwrap();
    assert_eq!(failure.to_string(), "plan is stale: the group's members have changed since it was made");
    let before = console.writes().len();
    let report = console.apply(&plan, &ApplyOptions::default(), &()).unwrap();
    assert!(report.ok());
    assert_eq!(
        (report.added, set(&report.already_ok)),
        (ids(21..22), set(&["00u0".to_owned(), "00u20".to_owned()]))
    );
    assert_eq!(console.writes().len(), before + 1);
}

#[test]
fn a_token_that_is_refused_or_a_rule_of_ones_own_stops_the_run() {
    let console = Console::new([on(Operation::AssignUser, Fault::error(401, "E0000011"))]);
    let report = console.sync_with(&ids(0..40), &one_at_a_time(), &());
    assert_eq!(report.stopped, Some(Stopped::StopOn));
    assert_eq!((report.failed.len(), report.not_attempted.len(), console.writes().len()), (1, 19, 1));

    let console = Console::new([on(Operation::AssignUser, Fault::error(400, "E0000001"))]);
    let report = console.sync_with(&ids(0..40), &one_at_a_time(), &Log { most: Some(3), ..Log::default() });
    assert_eq!(report.stopped, Some(Stopped::StopOn));
    assert_eq!((report.failed.len(), report.not_attempted.len()), (3, 17));
}

/// Ends the run when so much time has passed.
struct After(Rc<World>, Duration);

impl Watch<SimHost> for After {
    fn aborted(&self) -> impl Future<Output = ()> + Send {
        SendWrapper::new(self.0.sleep(self.1))
    }
}

#[test]
fn a_run_that_is_aborted_lets_settle_what_is_under_way_and_goes_on_later() {
    let console = Console::new([]);
    let plan = console.plan(&ids(0..300), &ANY).unwrap();
    let watch = After(Rc::clone(&console.world), Duration::from_millis(500));
    let report = report_of(console.apply(&plan, &ApplyOptions::default(), &watch));
    assert_eq!(report.stopped, Some(Stopped::Aborted));
    assert!(report.failed.is_empty());
    assert!(report.added.len() > 8 && report.not_attempted.len() > 8);
    assert_eq!(report.added.len(), console.writes().len(), "what was sent has settled");
    let rest = report.rest.unwrap();
    assert!(console.apply(&rest, &fail_if_stale(), &()).unwrap().ok());
    assert_eq!(console.members(), set(&ids(0..300)));

    let aborted = After(Rc::clone(&console.world), Duration::ZERO);
    let (groups, options, desired) = (console.client.groups(), ApplyOptions::default(), ids(0..20));
    let run = groups.sync_members(GROUP, &desired, &ANY, &options, &aborted);
    let error = console.world.block_on(run).err().unwrap();
    assert!(matches!(error, BulkError::Aborted), "there is no plan to report on");
    assert_eq!(console.members(), set(&ids(0..300)));
}

#[test]
fn an_org_that_does_not_know_of_rules_keeps_its_members() {
    let refusing = || on(Operation::ListUsers, Fault::error(400, "E0000001")).nth(1);
    let without_rules = || on(Operation::ListRules, Fault::error(403, "E0000006"));
    let plan = Console::new([refusing(), without_rules()]).plan(&ids(0..19), &ANY).unwrap();
    assert_eq!((plan.remove.len(), plan.skipped.len(), plan.warnings.len()), (0, 1, 1));
    // One without any rule has put everybody into the group by hand.
    let plan = Console::new([refusing()]).plan(&ids(0..19), &ANY).unwrap();
    assert_eq!((plan.remove.len(), plan.skipped.len(), plan.warnings.len()), (1, 0, 0));
    let report = Console::new([refusing(), without_rules()]).sync(&ids(0..19), &());
    assert!(!report.ok() && report.rest.is_none(), "who may have to leave looks like no success");
    // One of something in between says nothing of the parameter.
    let other = on(Operation::ListUsers, Fault::status(400)).nth(1);
    assert_eq!(Console::new([other]).plan(&ids(0..19), &ANY).unwrap_err().error.kind(), "bad-request");
    let strict = PlanOptions { rule_managed: RuleManaged::Fail, ..ANY };
    let failure = Console::new([refusing()]).plan(&ids(0..19), &strict).unwrap_err();
    assert_eq!(failure.error.kind(), "bad-request");
}

#[test]
fn a_run_that_is_aborted_verifies_no_longer() {
    let console = Console::new([on(Operation::ListUsers, Fault::Hang).nth(1)]);
    let plan = MemberPlan { add: ids(20..21), ..Console::new([]).plan(&ids(0..20), &ANY).unwrap() };
    let options = ApplyOptions {
        verify: Some(Duration::from_secs(60)),
        if_stale: IfStale::Ignore,
        ..ApplyOptions::default()
    };
    let began = console.world.now();
    let watch = After(Rc::clone(&console.world), Duration::from_secs(3));
    let report = report_of(console.apply(&plan, &options, &watch));
    assert_eq!((report.added.len(), report.unverified), (1, Some(ids(20..21))));
    assert_eq!(console.world.now() - began, Duration::from_secs(3));
}

#[test]
fn what_hangs_when_a_run_is_stopped_is_given_up_after_two_seconds() {
    let console = Console::new([on(Operation::AssignUser, Fault::Hang).nth(1)]);
    let began = console.world.now();
    let watch = After(Rc::clone(&console.world), Duration::from_secs(1));
    let report = console.sync_with(&ids(0..22), &one_at_a_time(), &watch);
    assert!(console.world.now() - began < Duration::from_secs(4));
    assert_eq!((report.added.len(), report.failed.len(), report.not_attempted.len()), (0, 0, 2));
    assert_eq!(in_flight(&console.client), 0);
}

#[test]
fn a_run_that_is_dropped_writes_nothing_more() {
    let console = Console::new([]);
    let groups = console.client.groups();
    let options = ApplyOptions::default();
    let desired = ids(0..300);
    console.world.block_on(async {
        let run = groups.sync_members(GROUP, &desired, &ANY, &options, &());
        let late = console.world.sleep(Duration::from_secs(1));
        let report = lite::or(async { Some(run.await) }, async {
            late.await;
            None
        })
        .await;
        assert!(report.is_none());
    });
    let written = console.writes().len();
    assert!((9..280).contains(&written), "{written}");
    console.world.settle();
    assert_eq!((console.writes().len(), in_flight(&console.client)), (written, 0));
}

#[test]
fn a_run_that_its_time_cuts_short_can_go_on() {
    for early in [Duration::ZERO, Duration::from_millis(1)] {
        let mut console = Console::with([], RateLimit::each(100), settings(), |_, delivery| delivery);
        console.client = console.client_with(|host| host.early = early);
        let run = RunOptions { total_timeout: Some(Duration::from_secs(30)), ..RunOptions::default() };
        let log = Log::default();
        let report = console.sync_with(&ids(0..300), &ApplyOptions { run, ..ApplyOptions::default() }, &log);
        assert_eq!(report.stopped, Some(Stopped::TotalTimeout));
        assert!(report.duration < Duration::from_secs(33), "{:?}", report.duration);
        assert!(log.progress.borrow().iter().any(|progress| progress.throttled && progress.eta.is_some()));
        assert!(!console.client.host().statuses.borrow().contains(&429), "the limit was kept");
        let report = console.apply(&report.rest.unwrap(), &ApplyOptions::default(), &()).unwrap();
        assert!(report.ok());
        assert!(report.waited > Duration::from_secs(60));
        assert_eq!(console.members(), set(&ids(0..300)));
    }
}

#[test]
fn a_run_whose_time_is_up_does_not_wait_for_the_last_of_its_writes() {
    let console = Console::new([on(Operation::AssignUser, Fault::Hang)]);
    let run = RunOptions { total_timeout: Some(Duration::from_secs(1)), ..RunOptions::default() };
    let report = console.sync_with(&ids(0..21), &ApplyOptions { run, ..ApplyOptions::default() }, &());
    assert_eq!((report.stopped, report.not_attempted.len()), (Some(Stopped::TotalTimeout), 1));
    assert!(report.duration < Duration::from_secs(9), "{:?}", report.duration);
}

#[test]
fn a_look_at_what_was_written_takes_no_longer_than_it_may() {
    let console = Console::new([on(Operation::ListUsers, Fault::Hang).nth(2)]);
    let options = ApplyOptions { verify: Some(Duration::from_secs(3)), ..ApplyOptions::default() };
    let report = console.sync_with(&ids(0..21), &options, &());
    assert_eq!(report.unverified, Some(ids(20..21)));
    assert!(report.duration < Duration::from_secs(6), "{:?}", report.duration);
}

fn every(count: u32, mut rule: FaultRule) -> FaultRule {
    rule.every = Some(count);
    rule
}

#[test]
fn faults_that_pass_are_nothing_to_report() {
    let console = Console::new([
        every(5, on(Operation::AssignUser, Fault::status(503))),
        every(7, on(Operation::AssignUser, Fault::Reset).after()),
    ]);
    let report = console.sync(&ids(0..60), &());
    assert!(report.ok());
    assert!(report.retries > 8);
    assert_eq!(console.members(), set(&ids(0..60)));
}

#[test]
fn what_was_written_is_looked_for_if_that_is_asked() {
    let lists = Rc::new(Cell::new(0));
    let console = Console::with([], RateLimit::OFF, settings(), {
        let lists = Rc::clone(&lists);
        move |request, mut delivery| {
            // The second and third list lag behind: who was added is not in them.
            if request.path_and_query.contains("/users?")
                && lists.replace(lists.get() + 1) % 4 > 0
                && lists.get() < 4
                && let Act::Answer(response, _) = &mut delivery.act
            {
                let mut users: Value = serde_json::from_str(&response.body).unwrap();
                users.as_array_mut().unwrap().retain(|user| user["id"] != "00u20");
                response.body = users.to_string();
            }
            delivery
        }
    });
    let options = ApplyOptions { verify: Some(Duration::from_secs(10)), ..ApplyOptions::default() };
    let report = console.sync_with(&ids(0..21), &options, &());
    assert_eq!((report.ok(), report.unverified, lists.get()), (true, Some(vec![]), 4));

    let console = Console::new([on(Operation::ListUsers, Fault::status(400)).nth(2)]);
    let report = console.sync_with(&ids(0..21), &options, &());
    assert_eq!((report.ok(), report.unverified), (false, Some(ids(20..21))));
}

#[test]
fn what_someone_waits_for_goes_before_the_writes_of_a_run() {
    let one_at_once = Settings {
        rate_limit: okta_groups::policy::RateLimitOptions { max_concurrency: 1, ..settings().rate_limit },
        ..settings()
    };
    let console = Console::with([], RateLimit::OFF, one_at_once, |_, delivery| delivery);
    let groups = console.client.groups();
    let plan = console.plan(&ids(0..60), &ANY).unwrap();
    let before = console.client.host().asked.borrow().len();
    let waited_since = Cell::new(Duration::ZERO);
    let options = ApplyOptions { if_stale: IfStale::Ignore, ..ApplyOptions::default() };
    console.world.block_on(lite::zip(
        async { assert!(groups.apply_plan(&plan, &options, &()).await.unwrap().ok()) },
        async {
            console.world.sleep(Duration::from_millis(300)).await;
            waited_since.set(console.world.now());
            groups.get(GROUP).await.unwrap();
        },
    ));
    let asked = console.client.host().asked.borrow();
    let ahead = asked.iter().skip(before).position(|asked| asked.method == "GET").unwrap();
    let sent_by_then = asked.iter().skip(before).filter(|asked| asked.at <= waited_since.get()).count();
    assert!(
        ahead <= sent_by_then + 1,
        "{ahead} writes went before the read, {sent_by_then} of them before it was asked for"
    );
    assert_eq!(asked.len(), before + 41);
}

#[cfg(feature = "reqwest")]
#[test]
fn a_run_can_be_spawned_where_there_are_threads() {
    use okta_groups::native::{Auth, Client, ReqwestHost};

    fn is_send<T: Send>(_: T) {}
    let client = Client::new(ReqwestHost::new(Auth::ssws("token").unwrap()).unwrap(), settings());
    let (groups, plan, apply) = (client.groups(), PlanOptions::default(), ApplyOptions::default());
    is_send(groups.sync_members(GROUP, &["00u1"], &plan, &apply, &()));
}

#[test]
fn a_search_that_is_no_expression_is_refused_before_anything_is_sent() {
    let console = Console::new([]);
    let groups = console.client.groups();
    for text in ["type eq", "and", "type eq \"OKTA_GROUP", "(", "name eq 'x'"] {
        let text = Some(text.to_owned());
        let users = ListUsers {
            group: GroupId::new(GROUP).unwrap(),
            search: text.clone(),
            after: None,
            limit: None,
            expand: Vec::new(),
        };
        for (argument, refused) in [
            ("search", groups.list(&ListGroups { search: text.clone(), ..ListGroups::default() }).err()),
            ("filter", groups.list(&ListGroups { filter: text.clone(), ..ListGroups::default() }).err()),
            ("search", groups.list_users(&users).err()),
        ] {
            let refused = refused.unwrap().to_string();
            assert!(refused.starts_with(&format!("{argument} is not an expression: ")), "{refused}");
        }
    }
    assert!(console.client.host().asked.borrow().is_empty());
}

/// Random orgs, desires, options, plans that others change or that wait, and faults: whatever happens, nobody is removed
/// who should stay.
mod anything {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    #[derive(Clone, Debug)]
    struct Case {
        members: usize,
        /// What each of the first 30 users is: 0 nothing, 1 desired, 2 to be kept, 3 a member by a rule, 4 one of whom the org
        /// does not say.
        kinds: Vec<u8>,
        rule_managed: RuleManaged,
        max: MaxRemovals,
        max_failed_adds: MaxFailedAdds,
        concurrency: u32,
        /// Of each request in turn: 0 nothing, or a fault.
        faults: Vec<u8>,
        /// The ids that somebody writes into the plan's removals, and who leaves the group while it waits.
        edited: Vec<usize>,
        left: Vec<usize>,
        stale: IfStale,
        abort: Option<u64>,
    }

    fn cases() -> impl Strategy<Value = Case> {
        let kinds = prop::collection::vec(select(vec![0_u8, 1, 1, 1, 2, 3, 4]), 30);
        let rules =
            select(vec![RuleManaged::Skip, RuleManaged::Skip, RuleManaged::Fail, RuleManaged::Include]);
        let ratio = select(vec![0.1, 0.25, 0.29, 0.5, 1.0]);
        let count = select(vec![3, 10, u32::MAX]);
        let adds = select(vec![MaxFailedAdds::Share, MaxFailedAdds::Count(2), MaxFailedAdds::Any]);
        let faults = prop::collection::vec(select(vec![0_u8, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5]), 60);
        let who = || prop::collection::vec(0_usize..30, 0..8);
        let stale = select(vec![IfStale::Replan, IfStale::Ignore]);
        let shape = (1_usize..30, kinds, rules, ratio, count, adds, 1_u32..5);
        (shape, faults, who(), who(), stale, prop::option::of(0_u64..3000)).prop_map(
            |(
                (members, kinds, rule_managed, ratio, count, max_failed_adds, concurrency),
                faults,
                edited,
                left,
                stale,
                abort,
            )| Case {
                members,
                kinds,
                rule_managed,
                max: MaxRemovals { count, ratio },
                max_failed_adds,
                concurrency,
                faults,
                edited,
                left,
                stale,
                abort,
            },
        )
    }

    /// What a removal that was sent must not be.
    fn check(
        case: &Case,
        console: &Console,
        before: usize,
        there: &BTreeSet<String>,
    ) -> Result<(), TestCaseError> {
        let asked = console.client.host().asked.borrow();
        let mut removed = BTreeSet::new();
        let mut added = BTreeSet::new();
        for asked in asked.iter().skip(before) {
            let user = asked.target.rsplit('/').next().unwrap().to_owned();
            match asked.method {
                "DELETE" => drop(removed.insert(user)),
                "PUT" => drop(added.insert(user)),
                _ => {}
            }
        }
        for user in &removed {
            let kind =
                user.trim_start_matches("00u").parse::<usize>().ok().and_then(|n| case.kinds.get(n)).copied();
            prop_assert_ne!(kind, Some(2), "kept: {}", user);
            if case.rule_managed != RuleManaged::Include {
                prop_assert_ne!(kind, Some(3), "by a rule: {}", user);
                prop_assert_ne!(kind, Some(4), "nobody knows: {}", user);
            }
        }
        let gone = removed.intersection(there).count();
        prop_assert!(case.max.allows(gone, there.len()), "{} of {} went", gone, there.len());
        if !removed.is_empty() && case.max_failed_adds != MaxFailedAdds::Any {
            let missing = added.iter().filter(|id| !console.members().contains(*id)).count();
            let most = if case.max_failed_adds == MaxFailedAdds::Share { added.len() / 20 } else { 2 };
            prop_assert!(missing <= most, "{} of {} adds failed", missing, added.len());
            prop_assert!(added.is_empty() || missing < added.len());
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

        #[test]
        fn nobody_who_should_stay_is_removed(case in cases()) {
            let sent = Rc::new(Cell::new(0));
            let console = Console::with([], RateLimit::OFF, settings(), {
                let (case, sent) = (case.clone(), Rc::clone(&sent));
                move |request, mut delivery| {
                    let fault = case.faults[sent.replace(sent.get() + 1) % case.faults.len()];
                    let is_list = request.path_and_query.contains("/users?");
                    if let Act::Answer(response, _) = &mut delivery.act {
                        if request.path_and_query.starts_with("/api/v1/groups/rules") && response.status == 200 {
                            let actions = json!({ "assignUserToGroups": { "groupIds": [GROUP] } });
                            let rule = json!({ "id": "0pr1", "name": "West", "status": "ACTIVE", "actions": actions });
                            response.body = json!([rule]).to_string();
                        }
                        if is_list && response.status == 200 {
                            let mut users: Value = serde_json::from_str(&response.body).unwrap();
                            for user in users.as_array_mut().unwrap() {
                                let id = user["id"].as_str().unwrap().trim_start_matches("00u").to_owned();
                                let kind = id.parse::<usize>().ok().and_then(|n| case.kinds.get(n)).copied();
                                let asks = request.path_and_query.contains("expand=group-rules");
                                match kind {
                                    Some(3) if asks => user["_embedded"] = json!({ "group-rules": [{ "id": "0pr1" }] }),
                                    Some(4) => drop(user.as_object_mut().unwrap().remove("_embedded")),
                                    _ => {}
                                }
                            }
                            response.body = users.to_string();
                        }
                        match fault {
                            1 => response.status = 503,
                            2 if !is_list => *response = okta_groups_emulator::Response {
                                status: 404,
                                headers: response.headers.clone(),
                                body: json!({ "errorCode": "E0000007", "errorSummary": "?" }).to_string(),
                            },
                            3 => response.body.truncate(response.body.len() / 2),
                            4 if request.method == "PUT" => *response = okta_groups_emulator::Response {
                                status: 403,
                                headers: response.headers.clone(),
                                body: json!({ "errorCode": "E0000006", "errorSummary": "?" }).to_string(),
                            },
                            5 => delivery.delay_ms = 700,
                            _ => {}
                        }
                    }
                    delivery
                }
            });
            let all: Vec<String> = (0..case.members).map(|n| format!("00u{n}")).collect();
            set_members(&console, &all);
            let of = |kind: u8| (0..30).filter(|n| case.kinds[*n] == kind).map(|n| format!("00u{n}")).collect::<Vec<_>>();
            let (mut desired, keep) = (of(1), of(2));
            desired.push("00u299".to_owned());
            let options = PlanOptions {
                rule_managed: case.rule_managed,
                max_removals: Some(case.max),
                ..PlanOptions::default()
            };
            let apply = ApplyOptions {
                run: RunOptions {
                    concurrency: case.concurrency,
                    max_failed_adds: case.max_failed_adds,
                    ..RunOptions::default()
                },
                if_stale: case.stale,
                keep: keep.clone(),
                ..ApplyOptions::default()
            };
            let groups = console.client.groups();
            let planned = console.world.block_on(groups.plan_members_by(&Naming::default(), GROUP, &desired, &options, |user| keep.contains(&user.id)));
            if let Ok(mut plan) = planned {
                // Others edit the plan, and it waits while members leave.
                plan.remove.extend(case.edited.iter().map(|n| format!("00u{n}")));
                plan.remove.sort();
                plan.remove.dedup();
                plan.remove.retain(|id| !plan.add.contains(id));
                let left: Vec<String> = case.left.iter().map(|n| format!("00u{n}")).collect();
                let there: Vec<String> = all.iter().filter(|id| !left.contains(id)).cloned().collect();
                set_members(&console, &there);
                let before = console.client.host().asked.borrow().len();
                let without_keep = ApplyOptions { keep: Vec::new(), ..apply.clone() };
                let watch = After(Rc::clone(&console.world), Duration::from_millis(case.abort.unwrap_or(1_000_000_000)));
                let _ = console.world.block_on(groups.apply_plan(&plan, &without_keep, &watch));
                check(&case, &console, before, &set(&there))?;
            }
            set_members(&console, &all);
            let before = console.client.host().asked.borrow().len();
            let watch = After(Rc::clone(&console.world), Duration::from_millis(case.abort.unwrap_or(1_000_000_000)));
            let _ = console.world.block_on(groups.sync_members(GROUP, &desired, &options, &apply, &watch));
            for asked in console.client.host().asked.borrow().iter().skip(before).filter(|asked| asked.method == "DELETE") {
                prop_assert!(!desired.contains(&asked.target.rsplit('/').next().unwrap().to_owned()));
            }
            check(&case, &console, before, &set(&all))?;
        }
    }

    /// As if somebody else had changed the group.
    fn set_members(console: &Console, members: &[String]) {
        let mut seed: Value = serde_json::from_str(&console.org.borrow().snapshot().to_json()).unwrap();
        seed["memberships"][GROUP] = json!(members);
        let seed = SeedData::from_json(&seed.to_string()).unwrap();
        let mut options = Options::default();
        options.rate_limit = RateLimit::OFF;
        let mut org = Org::new(options);
        org.load(seed).unwrap();
        *console.org.borrow_mut() = org;
    }
}

/// The stories that both languages tell, `fixtures/bulk-stories.json`: a scripted org, options, and what comes of them.
/// The package's tests read the same file.
mod stories {
    use std::fmt::Write as _;

    use okta_groups::client::CallOptions;
    use okta_groups::error::Error;
    use okta_groups::filter::Expr;
    use okta_groups::members::{MaxFailedAdds, Order};
    use okta_groups_emulator::Response;
    use okta_groups_emulator::faults::Pace;
    use serde_json::Map;

    use super::*;

    const ORG: &str = "https://acme.okta.com";
    const DATE: &str = "Thu, 11 Sep 2025 16:23:30 GMT";

    /// `u0..3` is `u0`, `u1`, `u2`, and `u0..2@acme.com` is `u0@acme.com`, `u1@acme.com`.
    fn expanded(list: &Value) -> Vec<String> {
        let mut ids = Vec::new();
        for entry in list.as_array().into_iter().flatten() {
            let entry = entry.as_str().unwrap();
            match entry.split_once("..") {
                Some((from, to)) if !from.is_empty() => {
                    let (letter, from) = from.split_at(1);
                    let (to, end) = to.split_at(to.find('@').unwrap_or(to.len()));
                    let (from, to): (u32, u32) = (from.parse().unwrap(), to.parse().unwrap());
                    ids.extend((from..to).map(|n| format!("{letter}{n}{end}")));
                }
                _ => ids.push(entry.to_owned()),
            }
        }
        ids
    }

    /// An org that does what a story says.
    struct Script {
        story: Value,
        members: Vec<String>,
        changes: u32,
        counts: std::collections::BTreeMap<&'static str, u64>,
    }

    impl Script {
        fn change(&mut self, change: &str) {
            let (sign, rest) = change.split_at(1);
            let ids: Vec<Value> = rest.split(',').map(Value::from).collect();
            let ids = expanded(&Value::from(ids));
            match sign {
                "+" => self.members.extend(ids),
                "-" => self.members.retain(|id| !ids.contains(id)),
                _ => self.members = ids,
            }
            self.changes += 1;
        }

        /// A person of the org. By default the login is the id with the story's suffix.
        fn person(&self, id: &str) -> Value {
            let mut profile =
                json!({ "login": format!("{id}{}", self.story["suffix"].as_str().unwrap_or_default()) });
            let mut status = json!("ACTIVE");
            for (name, value) in self.story["people"][id].as_object().into_iter().flatten() {
                match name.as_str() {
                    "status" => status = value.clone(),
                    "unindexed" => {}
                    name => profile[name] = value.clone(),
                }
            }
            json!({ "id": id, "status": status, "profile": profile })
        }

        fn people(&self) -> Vec<String> {
            let mut people = expanded(&self.story["outside"]);
            people.extend(self.story["people"].as_object().into_iter().flatten().map(|(id, _)| id.clone()));
            people.extend(self.members.iter().filter(|id| self.story["people"][*id].is_null()).cloned());
            people
        }

        /// What `profile.login eq "a" or profile.login eq "b"` finds.
        fn found(&self, search: &str) -> Value {
            let terms = match okta_groups::filter::parse(search).unwrap() {
                Expr::Or(terms) => terms.iter().cloned().collect(),
                term => vec![term],
            };
            let bears = |person: &Value, term: &Expr| {
                let Expr::Compare { attr, value: okta_groups::filter::Value::String(wanted), .. } = term
                else {
                    panic!("{term}");
                };
                let value = &person["profile"][attr.as_str().trim_start_matches("profile.")];
                let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
                values.iter().any(|value| {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    text.to_lowercase() == wanted.to_lowercase()
                })
            };
            let indexed = |id: &String| self.story["people"][id]["unindexed"] != true;
            let people = self.people().into_iter().filter(indexed).map(|id| self.person(&id));
            people.filter(|person| terms.iter().any(|term| bears(person, term))).collect()
        }

        fn answer(&mut self, request: &Request) -> Delivery {
            let (path, query) =
                request.path_and_query.split_once('?').unwrap_or((&request.path_and_query, ""));
            let parts: Vec<String> = path.trim_start_matches("/api/v1/").split('/').map(decoded).collect();
            let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
            let search = query
                .split('&')
                .find_map(|pair| pair.strip_prefix("search="))
                .map(decoded)
                .unwrap_or_default();
            let on = match (request.method.as_str(), parts.as_slice()) {
                ("GET", ["users"]) => "findUsers",
                ("GET", ["users", _]) => "getUser",
                ("GET", ["groups", "rules"]) => "listRules",
                ("GET", [_, _]) => "getGroup",
                ("GET", _) => "listUsers",
                ("PUT", _) => "assignUser",
                _ => "unassignUser",
            };
            let user = parts.get(if on == "getUser" { 1 } else { 3 }).map(|id| (*id).to_owned());
            let user = user.unwrap_or_default();
            let asks_for_rules = query.contains("expand=group-rules");
            let count = self.counts.entry(on).or_default();
            *count += 1;
            let count = *count;
            let fits = |rule: &&Value| {
                let nth = &rule["nth"];
                let nth = nth.is_null()
                    || nth == &json!(count)
                    || nth.as_array().is_some_and(|n| n.contains(&json!(count)));
                rule["on"] == on
                    && nth
                    && rule["from"].as_u64().is_none_or(|from| count >= from)
                    && rule["to"].as_u64().is_none_or(|to| count <= to)
                    && rule["user"].as_str().is_none_or(|id| id == user)
                    && rule["expand"].as_bool().is_none_or(|asks| asks == asks_for_rules)
            };
            let rule = self.story["answers"]
                .as_array()
                .into_iter()
                .flatten()
                .find(fits)
                .cloned()
                .unwrap_or_default();
            let mut headers = vec![("content-type".into(), "application/json".to_owned())];
            if !self.story.as_object().unwrap().contains_key("date") {
                headers.push(("date".into(), DATE.to_owned()));
            }
            for (name, value) in rule["headers"].as_object().into_iter().flatten() {
                headers.push((name.clone().into(), value.as_str().unwrap().to_owned()));
            }
            let (mut status, mut body) = (200, String::new());
            if let Some(refused) = rule["status"].as_u64() {
                status = refused as u16;
                if let Some(code) = rule["code"].as_str() {
                    body = json!({ "errorCode": code, "errorSummary": "no", "errorCauses": [] }).to_string();
                }
            } else {
                match on {
                    "getGroup" => body = self.group(&rule).to_string(),
                    "listUsers" => {
                        let (page, link) = self.page(&rule, query, asks_for_rules);
                        body = page.to_string();
                        headers.push(("link".into(), link));
                    }
                    "findUsers" => {
                        let is_long = request.path_and_query.len() + ORG.len()
                            > self.story["maxUrl"].as_u64().unwrap_or(8000) as usize;
                        let terms = search.split(" or ").count() as u64;
                        let is_poisoned = self.story["poison"].as_str().is_some_and(|it| search.contains(it));
                        if is_long
                            || is_poisoned
                            || terms > self.story["maxTerms"].as_u64().unwrap_or(u64::MAX)
                        {
                            status = if is_long { 414 } else { 400 };
                            body = json!({ "errorCode": "E0000031", "errorSummary": "Invalid search criteria.", "errorCauses": [] })
                                .to_string();
                        } else {
                            body = self.found(&search).to_string();
                            headers.push(("link".into(), format!("<{ORG}/api/v1/users>; rel=\"self\"")));
                        }
                    }
                    "getUser" => {
                        let is_it = |id: &String| {
                            let person = self.person(id);
                            let login = person["profile"]["login"].as_str().unwrap().to_lowercase();
                            *id == user || login == user.to_lowercase()
                        };
                        match self.people().iter().find(|id| is_it(id)) {
                            Some(id) => body = self.person(id).to_string(),
                            None => {
                                status = 404;
                                body = json!({ "errorCode": "E0000007", "errorSummary": format!("Not found: {user} (User)"), "errorCauses": [] })
                                    .to_string();
                            }
                        }
                    }
                    "listRules" => {
                        headers.push(("link".into(), format!("<{ORG}/api/v1/groups/rules>; rel=\"self\"")));
                        let default = json!([["ACTIVE", GROUP]]);
                        let rules = self.story["rules"].as_array().unwrap_or(default.as_array().unwrap());
                        let rule = |(n, rule): (usize, &Value)| {
                            json!({
                                "id": format!("0pr{n}"),
                                "type": "group_rule",
                                "status": rule[0],
                                "actions": { "assignUserToGroups": { "groupIds": rule.as_array().unwrap()[1..] } },
                            })
                        };
                        body = rules.iter().enumerate().map(rule).collect::<Value>().to_string();
                    }
                    "assignUser" => {
                        status = 204;
                        if !self.members.contains(&user) && rule["hang"] != true {
                            self.change(&format!("+{user}"));
                        }
                    }
                    _ => {
                        status = 204;
                        self.change(&format!("-{user}"));
                    }
                }
            }
            let act = match rule["hang"] == true {
                true => Act::Hang,
                false => Act::Answer(Response { status, headers, body }, Pace::Whole),
            };
            Delivery { delay_ms: rule["delayMs"].as_u64().unwrap_or_default() as u32, act }
        }

        fn group(&self, rule: &Value) -> Value {
            let kind = [&rule["type"], &self.story["type"]].into_iter().find_map(Value::as_str);
            json!({
                "id": GROUP,
                "type": kind.unwrap_or("OKTA_GROUP"),
                "profile": { "name": "West", "description": null },
                "lastMembershipUpdated": format!("2025-01-01T00:00:00.{:03}Z", self.changes),
            })
        }

        fn page(&self, rule: &Value, query: &str, asks_for_rules: bool) -> (Value, String) {
            let size = self.story["pageSize"].as_u64().unwrap_or(200) as usize;
            let after = query.split('&').find_map(|pair| pair.strip_prefix("after="));
            let from: usize = after.map_or(0, |at| at.parse().unwrap());
            let asks_for_rules = asks_for_rules && (from == 0 || self.story["nextLosesExpand"] != true);
            let (byrule, unsaid) = (expanded(&self.story["byRule"]), expanded(&self.story["unsaid"]));
            let repeats = self.story["repeats"] == true;
            let start = if repeats { from % self.members.len() } else { from };
            let without = expanded(&rule["without"]);
            let users =
                self.members.iter().skip(start).take(size).filter(|id| !without.contains(id)).map(|id| {
                    let mut user = self.person(id);
                    if asks_for_rules && !unsaid.contains(id) {
                        let rules = if byrule.contains(id) { json!([{ "id": "0pr1" }]) } else { json!([]) };
                        user["_embedded"] = json!({ "group-rules": rules });
                    }
                    user
                });
            let url = format!("{ORG}/api/v1/groups/{GROUP}/users");
            let mut link = format!("<{url}>; rel=\"self\"");
            if repeats || from + size < self.members.len() {
                let next = from + size - self.story["overlap"].as_u64().unwrap_or_default() as usize;
                write!(link, ", <{url}?after={next}>; rel=\"next\"").unwrap();
            }
            (users.collect(), link)
        }
    }

    fn plan_options(given: &Value) -> PlanOptions {
        PlanOptions {
            mode: match given["mode"].as_str() {
                Some("add") => Mode::Add,
                Some("remove") => Mode::Remove,
                _ => Mode::Exact,
            },
            rule_managed: rule_managed(given).unwrap_or_default(),
            max_removals: max_removals(given),
            ..PlanOptions::default()
        }
    }

    fn rule_managed(given: &Value) -> Option<RuleManaged> {
        serde_json::from_value(given["ruleManaged"].clone()).ok()
    }

    fn max_removals(given: &Value) -> Option<MaxRemovals> {
        let given = given.get("maxRemovals")?;
        Some(serde_json::from_value(given.clone()).unwrap())
    }

    fn apply_options(given: &Value) -> ApplyOptions {
        let millis = |value: &Value| value.as_u64().map(Duration::from_millis);
        ApplyOptions {
            run: RunOptions {
                order: match given["order"].as_str() {
                    Some("remove-first") => Order::RemoveFirst,
                    Some("interleave") => Order::Interleave,
                    _ => Order::AddFirst,
                },
                concurrency: given["concurrency"].as_u64().map_or(8, |count| count as u32),
                stops: true,
                total_timeout: millis(&given["totalTimeout"]),
                max_failed_adds: match given.get("maxFailedAdds") {
                    None => MaxFailedAdds::Share,
                    Some(Value::Bool(_)) => MaxFailedAdds::Any,
                    Some(most) => MaxFailedAdds::Count(most.as_u64().unwrap() as u32),
                },
            },
            if_stale: match given["ifStale"].as_str() {
                Some("throw") => IfStale::Fail,
                Some("ignore") => IfStale::Ignore,
                _ => IfStale::Replan,
            },
            verify: millis(&given["verify"]["timeoutMs"]),
            max_removals: max_removals(given),
            rule_managed: rule_managed(given),
            keep: expanded(&given["keep"]),
        }
    }

    fn naming(given: &Value) -> Naming {
        Naming {
            by: given["by"].as_str().map_or(Ok(By::Id), By::parse).unwrap(),
            if_unresolved: match given["unresolved"].as_str() {
                Some("skip") => IfUnresolved::Skip,
                _ => IfUnresolved::Block,
            },
        }
    }

    /// Percent-decoded.
    pub(super) fn decoded(text: &str) -> String {
        let mut bytes = Vec::new();
        let mut rest = text.as_bytes();
        while let [first, after @ ..] = rest {
            rest = after;
            match (first, after) {
                (b'%', [high, low, after @ ..]) => {
                    let digits = [*high, *low];
                    bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
                    rest = after;
                }
                _ => bytes.push(*first),
            }
        }
        String::from_utf8(bytes).unwrap()
    }

    /// A failure by its kind, and the argument where it names one.
    fn end(failure: &Failure<SimHost>) -> String {
        match &failure.error {
            Error::Argument(error) => format!("argument {}", camel(&error.argument())),
            error => error.kind().to_owned(),
        }
    }

    /// A name of Rust's as JavaScript has it.
    fn camel(name: &str) -> String {
        let mut words = name.split('_');
        let first = words.next().unwrap_or_default().to_owned();
        words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
    }

    fn write(op: WriteOp, id: &str) -> String {
        format!("{} {id}", if op == WriteOp::Add { "add" } else { "remove" })
    }

    fn told_of_plan(plan: &MemberPlan, told: &mut Map<String, Value>) {
        let skipped =
            plan.skipped.iter().map(|skipped| format!("{} {}", skipped.user_id, skipped.reason.as_str()));
        told.insert("add".into(), json!(plan.add));
        told.insert("remove".into(), json!(plan.remove));
        told.insert("at".into(), json!(plan.based_on.at));
        told.insert("skipped".into(), skipped.collect());
        let ruled = plan.skipped.iter().filter(|skipped| !skipped.rules.is_empty());
        let ruled = ruled.map(|skipped| format!("{} {}", skipped.user_id, skipped.rules.join(" ")));
        told.insert("rules".into(), ruled.collect());
        let unresolved = plan.unresolved.iter().map(|it| {
            let parts = [it.value.as_str(), it.reason.as_str()];
            parts.into_iter().chain(it.candidates.iter().map(String::as_str)).collect::<Vec<_>>().join(" ")
        });
        told.insert("unresolved".into(), unresolved.collect());
        told.insert("warnings".into(), json!(plan.warnings));
    }

    fn told_of_report(report: &BulkReport<SimHost>, told: &mut Map<String, Value>) {
        told_of_plan(&report.plan, told);
        let failed = report
            .failed
            .iter()
            .map(|(it, failure)| format!("{} {}", write(it.op, &it.user_id), failure.error.kind()));
        let left = report.not_attempted.iter().map(|it| write(it.op, &it.user_id));
        let rest = report.rest.as_ref();
        for (name, value) in [
            ("end", json!("report")),
            ("ok", json!(report.ok())),
            ("added", json!(report.added)),
            ("removed", json!(report.removed)),
            ("alreadyOk", json!(report.already_ok)),
            ("failed", failed.collect()),
            ("notAttempted", left.collect()),
            ("withheld", json!(report.withheld)),
            ("stopped", json!(report.stopped.map(Stopped::as_str))),
            ("unverified", json!(report.unverified)),
            ("requests", json!(report.requests)),
            ("retries", json!(report.retries)),
            ("rest", if rest.is_some() { json!({}) } else { Value::Null }),
            ("restAdd", json!(rest.map(|rest| &rest.add))),
            ("restRemove", json!(rest.map(|rest| &rest.remove))),
            ("adds", json!(rest.and_then(|rest| rest.adds).map(|adds| [adds.planned, adds.done]))),
            ("moved", json!(rest.map(|rest| rest.based_on != report.plan.based_on))),
        ] {
            told.insert(name.into(), value);
        }
    }

    #[test]
    fn stories_end_as_the_table_says() {
        let stories: Value = serde_json::from_str(include_str!("fixtures/bulk-stories.json")).unwrap();
        for story in stories.as_array().unwrap() {
            tell(story);
        }
    }

    fn tell(story: &Value) {
        let script = Rc::new(RefCell::new(Script {
            members: expanded(&story["members"]),
            story: story.clone(),
            changes: 0,
            counts: Default::default(),
        }));
        let world = World::new();
        let wire: Wire = Rc::new({
            let script = Rc::clone(&script);
            move |request, _| script.borrow_mut().answer(request)
        });
        let mut host = SimHost::new(&world, 1, wire);
        host.travel = 0..1;
        let settings = Settings {
            timeout: Duration::from_secs(600),
            retry: match story["retry"] == true {
                true => RetryOptions::default(),
                false => RetryOptions { max_attempts: 1, ..RetryOptions::default() },
            },
            rate_limit: RateLimitOptions {
                max_concurrency: story["maxConcurrency"].as_u64().unwrap_or(30) as u32,
                ..settings().rate_limit
            },
            ..settings()
        };
        let client = Client::new(host, settings);
        let groups = client.groups().with(CallOptions::default());
        let (mut plan, mut rest): (Option<MemberPlan>, Option<MemberPlan>) = (None, None);
        for (number, call) in story["calls"].as_array().unwrap().iter().enumerate() {
            for change in call["between"].as_array().into_iter().flatten() {
                script.borrow_mut().change(change.as_str().unwrap());
            }
            let given = &call["options"];
            let desired = expanded(&call["desired"]);
            let mut told = Map::new();
            let began = world.now();
            let run = async {
                let (options, watch) = (apply_options(given), MaybeAfter(&world, call["abortAt"].as_u64()));
                match call["do"].as_str().unwrap() {
                    "plan" => {
                        let keep = |user: &okta_groups::model::User| options.keep.contains(&user.id);
                        let planned = groups
                            .plan_members_by(&naming(given), GROUP, &desired, &plan_options(given), keep)
                            .await;
                        return planned.map(Some).map_err(BulkError::Failed);
                    }
                    "sync" => {
                        let plan = plan_options(given);
                        let naming = naming(given);
                        let run = groups.sync_members_by(&naming, GROUP, &desired, &plan, &options, &watch);
                        report(run.await, &mut told, &mut rest)?;
                    }
                    of => {
                        let stored = if of == "rest" { &rest } else { &plan };
                        let mut stored = serde_json::to_value(stored.as_ref().unwrap()).unwrap();
                        for (name, value) in call["edit"].as_object().into_iter().flatten() {
                            let fields = stored.as_object_mut().unwrap();
                            match value {
                                Value::Null => drop(fields.remove(name)),
                                Value::Array(_) => drop(fields.insert(name.clone(), json!(expanded(value)))),
                                _ => drop(fields.insert(name.clone(), value.clone())),
                            }
                        }
                        let stored = serde_json::from_value(stored).unwrap();
                        report(groups.apply_plan(&stored, &options, &watch).await, &mut told, &mut rest)?;
                    }
                }
                Ok(None)
            };
            let result: Result<Option<MemberPlan>, BulkError<SimHost>> = world.block_on(run);
            match result {
                Ok(Some(made)) => {
                    told.insert("end".into(), json!("plan"));
                    told_of_plan(&made, &mut told);
                    plan = Some(made);
                }
                Ok(None) => {}
                Err(error) => drop(told.insert(
                    "end".into(),
                    match &error {
                        BulkError::Failed(failure) => json!(end(failure)),
                        _ => json!("aborted"),
                    },
                )),
            }
            let mut members = script.borrow().members.clone();
            members.sort();
            told.insert("members".into(), json!(members));
            let read = ["getGroup", "listUsers", "findUsers", "getUser", "listRules"];
            let read = read.map(|on| script.borrow().counts.get(on).copied().unwrap_or_default());
            told.insert("read".into(), json!(read));
            told.insert("ms".into(), json!((world.now() - began).as_millis() as u64));
            for (name, expected) in call["expect"].as_object().into_iter().flatten() {
                let mut expected = expected.clone();
                let is_list = expected.as_array().is_some_and(|list| list.iter().all(Value::is_string));
                if is_list && name != "warnings" {
                    let mut ids = expanded(&expected);
                    if name == "members" {
                        ids.sort();
                    }
                    expected = json!(ids);
                }
                let is = told.get(name).unwrap_or(&Value::Null);
                assert_eq!(is, &expected, "{}, call {number}: {name} of {told:?}", story["name"]);
            }
        }
    }

    fn report(
        result: Result<BulkReport<SimHost>, BulkError<SimHost>>,
        told: &mut Map<String, Value>,
        rest: &mut Option<MemberPlan>,
    ) -> Result<(), BulkError<SimHost>> {
        if let Err(error) = &result {
            told.insert("message".into(), json!(error.to_string()));
        }
        let report = match result {
            Err(BulkError::Incomplete(report)) => *report,
            result => result?,
        };
        told_of_report(&report, told);
        *rest = report.rest;
        Ok(())
    }

    /// Ends the run when so many milliseconds have passed, if at all.
    struct MaybeAfter<'a>(&'a Rc<World>, Option<u64>);

    impl Watch<SimHost> for MaybeAfter<'_> {
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
}

/// The stories of looking a group up by its name that both languages tell, `fixtures/lookup-stories.json`: an org whose search has
/// the groups as they were at first. The package's tests read the same file.
mod lookups {
    use okta_groups::error::{Error, LookupFault};
    use okta_groups::filter::{CaseRule, matches, parse};
    use okta_groups::model::GroupType;
    use okta_groups_emulator::Response;
    use okta_groups_emulator::faults::Pace;

    use super::stories::decoded;
    use super::*;

    struct Script {
        groups: std::collections::BTreeMap<String, Value>,
        indexed: Vec<Value>,
        read: [u32; 2],
    }

    fn group(id: &str, kind: &Value, name: &Value) -> Value {
        json!({ "id": id, "type": kind, "profile": { "name": name, "description": null } })
    }

    impl Script {
        fn answer(&mut self, request: &Request) -> Delivery {
            let (path, query) =
                request.path_and_query.split_once('?').unwrap_or((&request.path_and_query, ""));
            let id = path.split('/').nth(4).unwrap_or_default();
            let body = || serde_json::from_slice::<Value>(request.body.as_ref()).unwrap();
            let (mut status, answer);
            status = 200;
            match (request.method.as_str(), id) {
                ("POST", _) => {
                    let id = format!("new{}", self.groups.len() + 1 - self.indexed.len());
                    answer = group(&id, &json!("OKTA_GROUP"), &body()["profile"]["name"]);
                    self.groups.insert(id, answer.clone());
                }
                ("GET", "") => {
                    self.read[0] += 1;
                    let search = query.split('&').find_map(|pair| pair.strip_prefix("search=")).unwrap();
                    let expr = parse(&decoded(search)).unwrap();
                    let found = self.indexed.iter().filter(|group| matches(&expr, group, CaseRule::Ignore));
                    answer = found.cloned().collect();
                }
                (method, _) => {
                    self.read[1] += u32::from(method == "GET");
                    match self.groups.get_mut(id) {
                        Some(group) => {
                            if method == "PUT" {
                                group["profile"] = body()["profile"].clone();
                            }
                            answer = group.clone();
                        }
                        None => {
                            status = 404;
                            answer = json!({ "errorCode": "E0000007", "errorSummary": "Not found", "errorCauses": [] });
                        }
                    }
                }
            }
            let headers = vec![
                ("content-type".into(), "application/json".to_owned()),
                ("link".into(), format!("<https://acme.okta.com{path}>; rel=\"self\"")),
            ];
            let response = Response { status, headers, body: answer.to_string() };
            Delivery { delay_ms: 0, act: Act::Answer(response, Pace::Whole) }
        }
    }

    #[test]
    fn stories_end_as_the_table_says() {
        let stories: Value = serde_json::from_str(include_str!("fixtures/lookup-stories.json")).unwrap();
        for story in stories.as_array().unwrap() {
            tell(story);
        }
    }

    fn tell(story: &Value) {
        let of = |(id, it): (&String, &Value)| (id.clone(), group(id, &it[0], &it[1]));
        let groups: std::collections::BTreeMap<_, _> =
            story["groups"].as_object().unwrap().iter().map(of).collect();
        let indexed = groups.values().cloned().collect();
        let script = Rc::new(RefCell::new(Script { groups, indexed, read: [0; 2] }));
        let world = World::new();
        let wire: Wire = Rc::new({
            let script = Rc::clone(&script);
            move |request, _| script.borrow_mut().answer(request)
        });
        let mut host = SimHost::new(&world, 1, wire);
        host.travel = 0..1;
        let client = Client::new(host, settings());
        let groups = client.groups();
        for step in story["steps"].as_array().unwrap() {
            if let Some(name) = step["create"].as_str() {
                world.block_on(groups.create(&json!({ "name": name }))).unwrap();
            }
            if let [Some(id), Some(name)] = [step["rename"][0].as_str(), step["rename"][1].as_str()] {
                world.block_on(groups.replace(id, &json!({ "name": name }))).unwrap();
            }
            if let Some(id) = step["gone"].as_str() {
                script.borrow_mut().groups.remove(id);
            }
            if let Some(ms) = step["wait"].as_u64() {
                world.block_on(world.sleep(Duration::from_millis(ms)));
            }
            let Some(name) = step["find"].as_str() else { continue };
            let group_type = step["type"].as_str().map(GroupType::from);
            let found = match world.block_on(groups.find_by_name(name, group_type.as_ref())) {
                Ok(group) => group.id,
                Err(failure) => match failure.error {
                    Error::Lookup(fault) => {
                        let LookupFault { reason, mut candidates, .. } = *fault;
                        candidates.sort();
                        candidates.insert(0, reason.as_str().to_owned());
                        candidates.join(" ")
                    }
                    error => error.kind().to_owned(),
                },
            };
            assert_eq!(found, step["expect"].as_str().unwrap(), "{}: {step}", story["name"]);
            if step["read"].is_array() {
                assert_eq!(json!(script.borrow().read), step["read"], "{}: {step}", story["name"]);
            }
        }
    }
}
