//! Tests the machine step by step: which output follows which input, and when. `tests/members.rs` and the npm
//! package run the same machine against an org.

use super::super::{MaxFailedAdds, Mode, Order, Skipped};
use super::*;

const ORG: &str = "https://acme.okta.com";

const REPORT: Output = Output::Done(End::Report);
const GROUP: Output = Output::Group { within: None };
/// The read of the group after the last write.
const LAST: Output = Output::Group { within: Some(LOOK_TIME) };

fn owned(ids: &str) -> Vec<String> {
    ids.split_whitespace().map(str::to_owned).collect()
}

/// The state of a group after this many changes of its members.
fn state(changes: u32) -> BasedOn {
    let last_membership_updated = Some(format!("2025-01-01T00:00:00.00{changes}Z"));
    BasedOn { last_membership_updated, at: Some("2025-09-11T16:23:30.000Z".to_owned()) }
}

/// A plan that was made after one change of the group's members.
fn stored(add: &str, remove: &str) -> MemberPlan {
    MemberPlan {
        based_on: state(1),
        add: owned(add),
        remove: owned(remove),
        max_removals: MaxRemovals::ANY,
        ..MemberPlan::new(ORG, "00g1")
    }
}

/// Options without a limit on removals.
fn any() -> BulkOptions {
    BulkOptions {
        plan: PlanOptions { max_removals: Some(MaxRemovals::ANY), ..PlanOptions::default() },
        ..BulkOptions::default()
    }
}

/// `not-found E0000007` is an error of that kind with that code; an empty text is no error.
fn fault(text: &str) -> Option<Fault<'_>> {
    let (kind, code) = text.split_once(' ').map_or((text, None), |(kind, code)| (kind, Some(code)));
    (!kind.is_empty()).then_some(Fault { kind, code, status: 0 })
}

fn wait(ms: u64) -> Output {
    Output::Wait(Some(Duration::from_millis(ms)))
}

/// A machine and its time.
struct Story {
    run: BulkRun,
    now: Duration,
}

impl Story {
    fn planning(desired: &str, options: BulkOptions) -> Self {
        // Real clocks do not start at zero.
        let now = Duration::from_secs(100);
        Story { run: BulkRun::planning(ORG, "00g1", owned(desired), options, true, now), now }
    }

    fn applying(plan: MemberPlan, options: BulkOptions) -> Self {
        let now = Duration::from_secs(100);
        Story { run: BulkRun::applying(ORG, plan, options, now), now }
    }

    /// A machine that has made its plan from `members` and starts to write.
    fn writing(desired: &str, members: &str, options: BulkOptions) -> Self {
        let mut story = Story::planning(desired, options);
        story.next(GROUP);
        assert!(matches!(story.group(1), Output::Members { .. }));
        story.members(members);
        // The rules cannot be read, so it stays unknown which members a rule assigned.
        match story.step(Input::Page(true)) {
            Output::Rules => story.unread("forbidden E0000006", Output::Planned),
            output => assert_eq!(output, Output::Planned, "{members}"),
        }
        story
    }

    /// A machine whose writes are all done.
    fn verifying(desired: &str, members: &str, verify: u64) -> Self {
        let verify = Some(Duration::from_millis(verify));
        let mut story = Story::writing(desired, members, BulkOptions { verify, ..any() });
        let (adds, removes) = (story.run.the_plan().add.len(), story.run.the_plan().remove.len());
        for at in 0..adds + removes {
            story.next(Output::Write(at));
            story.wrote(at, "", Output::Settled(at, Status::Done));
        }
        story.next(Output::Members { rules: false });
        story
    }

    fn step(&mut self, input: Input<'_>) -> Output {
        self.run.step(input, self.now)
    }

    #[track_caller]
    fn next(&mut self, output: Output) {
        assert_eq!(self.step(Input::Next), output);
    }

    #[track_caller]
    fn abort(&mut self, output: Output) {
        assert_eq!(self.step(Input::Abort), output);
    }

    /// Feeds the group after this many changes of its members.
    fn group(&mut self, changes: u32) -> Output {
        self.group_of("OKTA_GROUP", changes)
    }

    fn group_of(&mut self, kind: &str, changes: u32) -> Output {
        let updated = state(changes).last_membership_updated;
        let at = date_text("Thu, 11 Sep 2025 16:23:30 GMT");
        let (updated, at) = (updated.as_deref(), at.as_deref());
        self.step(Input::Group(GroupNow { kind: Some(kind), updated, at }))
    }

    /// Feeds a page: `a` is a member, `a*` was assigned by a rule, `a!` is kept by the caller, and of `a?`
    /// the org does not say whether a rule assigned it.
    #[track_caller]
    fn page(&mut self, members: &str, is_last: bool, output: Output) {
        self.members(members);
        assert_eq!(self.step(Input::Page(is_last)), output, "{members}");
    }

    fn members(&mut self, members: &str) {
        for word in members.split_whitespace() {
            let rules = (!word.contains('?')).then_some(if word.contains('*') { "0pr1" } else { "" });
            self.run.member(word.trim_end_matches(['*', '!', '?']), word.contains('!'), rules);
        }
    }

    #[track_caller]
    fn unread(&mut self, kind: &str, output: Output) {
        assert_eq!(self.step(Input::Unread(fault(kind).unwrap())), output, "{kind}");
    }

    #[track_caller]
    fn wrote(&mut self, at: usize, kind: &str, output: Output) {
        assert_eq!(self.step(Input::Wrote(at, fault(kind))), output, "{kind}");
    }

    fn later(&mut self, ms: u64) {
        self.now += Duration::from_millis(ms);
    }

    fn whom(&self, status: Status) -> Vec<(WriteOp, &str)> {
        self.run.places(status).into_iter().map(|at| (self.run.op(at), self.run.id(at))).collect()
    }
}

#[test]
fn a_wrong_argument_is_refused_before_the_group_is_read() {
    let ratio = |ratio| Some(MaxRemovals { ratio, ..MaxRemovals::ANY });
    let of_plan = |ratio_of| {
        let plan = PlanOptions { max_removals: ratio(ratio_of), ..PlanOptions::default() };
        BulkOptions { plan, ..BulkOptions::default() }
    };
    let of_run = |ratio_of| BulkOptions { max_removals: ratio(ratio_of), ..BulkOptions::default() };
    let run = RunOptions { order: Order::RemoveFirst, ..RunOptions::default() };
    let good = stored("a", "b");
    let mut stories = vec![
        (Story::planning("a", of_run(0.0)), ""),
        (Story::planning("a", of_run(1.0)), ""),
        (Story::applying(good.clone(), any()), ""),
        (Story::planning("a", of_plan(1.5)), "ratio"),
        (Story::planning("a", of_plan(-0.1)), "ratio"),
        (Story::planning("a", of_plan(f64::NAN)), "ratio"),
        (Story::planning("a", of_run(1.5)), "ratio"),
        (Story::applying(good.clone(), of_run(1.5)), "ratio"),
        (Story::planning("a", BulkOptions { run, ..any() }), "maxFailedAdds"),
        (Story::planning("a ..", any()), "desired"),
        (Story::applying(MemberPlan { v: 2, ..good.clone() }, any()), "plan"),
        (Story::applying(MemberPlan { org: "https://other.okta.com".into(), ..good.clone() }, any()), "plan"),
        (Story::applying(MemberPlan { group_id: "a/b".into(), ..good.clone() }, any()), "groupId"),
        (Story::applying(stored("a", "a"), any()), "plan"),
        (Story::applying(stored("a ..", ""), any()), "plan"),
    ];
    for (number, (story, argument)) in stories.iter_mut().enumerate() {
        let expected = if argument.is_empty() { GROUP } else { Output::Done(End::Refused) };
        assert_eq!(story.step(Input::Next), expected, "{number}");
        if !argument.is_empty() {
            assert_eq!(story.run.refusal().argument, *argument, "{number}");
        }
    }
}

/// A stale plan without removals does no harm: repeated adds have no effect.
#[test]
fn a_stored_plan_is_compared_with_the_members_before_it_removes_anybody() {
    const MEMBERS: Output = Output::Members { rules: true };
    const REFUSED: Output = Output::Done(End::Refused);
    for (remove, if_stale, changes, output) in [
        ("", IfStale::Replan, 1, Output::Planned),
        ("", IfStale::Replan, 2, Output::Members { rules: false }),
        ("", IfStale::Fail, 1, Output::Planned),
        ("", IfStale::Fail, 2, REFUSED),
        ("a", IfStale::Replan, 1, MEMBERS),
        ("a", IfStale::Replan, 2, MEMBERS),
        ("a", IfStale::Fail, 1, MEMBERS),
        ("a", IfStale::Fail, 2, REFUSED),
        ("a", IfStale::Ignore, 1, MEMBERS),
        ("a", IfStale::Ignore, 2, MEMBERS),
    ] {
        let mut story = Story::applying(stored("c", remove), BulkOptions { if_stale, ..any() });
        story.next(GROUP);
        story.next(Output::Wait(None));
        assert_eq!(story.group(changes), output, "{remove} {if_stale:?} {changes}");
        if output == REFUSED {
            assert_eq!(story.run.refusal().argument, "plan");
        }
    }
    let ignore = BulkOptions { if_stale: IfStale::Ignore, ..any() };
    Story::applying(stored("c", ""), ignore).next(Output::Planned);
}

#[test]
fn the_list_is_read_with_rules_where_a_rule_may_keep_somebody_who_would_go() {
    let include = RuleManaged::Include;
    let plan = |mode, rule_managed| PlanOptions { mode, rule_managed, ..any().plan };
    for (plan, rule_managed, rules) in [
        (plan(Mode::Exact, RuleManaged::Skip), None, true),
        (plan(Mode::Exact, RuleManaged::Fail), None, true),
        (plan(Mode::Exact, include), None, false),
        (plan(Mode::Exact, include), Some(RuleManaged::Skip), true),
        (plan(Mode::Exact, RuleManaged::Skip), Some(include), true),
        (plan(Mode::Add, RuleManaged::Skip), None, false),
    ] {
        let mut story = Story::planning("a", BulkOptions { plan, rule_managed, ..any() });
        story.next(GROUP);
        assert_eq!(story.group(1), Output::Members { rules }, "{plan:?} {rule_managed:?}");
    }
    // Of the stored plan's value and the caller's the stricter applies.
    for (own, rule_managed, rules) in
        [(include, None, false), (include, Some(RuleManaged::Skip), true), (RuleManaged::Skip, None, true)]
    {
        let stored = MemberPlan { rule_managed: own, ..stored("c", "a") };
        let mut story = Story::applying(stored, BulkOptions { rule_managed, ..any() });
        story.next(GROUP);
        assert_eq!(story.group(1), Output::Members { rules }, "{own:?} {rule_managed:?}");
    }
}

#[test]
fn a_group_whose_members_cannot_be_changed_is_refused() {
    let mut story = Story::planning("a", any());
    story.next(GROUP);
    assert_eq!(story.group_of("APP_GROUP", 1), Output::Done(End::Refused));
    assert_eq!(story.run.refusal().argument, "groupId");
    let mut story = Story::planning("a", any());
    story.next(GROUP);
    story.unread("connection", Output::Done(End::Failed));
    story.next(Output::Done(End::Failed));
}

/// Only the org's own refusal of the first page means that it does not know `expand=group-rules`.
#[test]
fn an_org_that_refuses_to_say_who_is_there_by_a_rule_is_asked_without() {
    let skip = RuleManaged::Skip;
    for (pages, rule_managed, kind, without) in [
        (0, skip, "bad-request E0000001", true),
        (0, skip, "bad-request", false),
        (0, skip, "server E0000009", false),
        (0, skip, "connection", false),
        (1, skip, "bad-request E0000001", false),
        (0, RuleManaged::Fail, "bad-request E0000001", false),
        (0, RuleManaged::Include, "bad-request E0000001", false),
    ] {
        let plan = PlanOptions { rule_managed, ..any().plan };
        let mut story = Story::planning("a", BulkOptions { plan, ..any() });
        story.next(GROUP);
        story.group(1);
        story.next(Output::Wait(None));
        if pages > 0 {
            story.page("b", false, Output::Page);
        }
        let expected = if without { Output::Members { rules: false } } else { Output::Done(End::Failed) };
        story.unread(kind, expected);
        if without {
            story.unread(kind, Output::Done(End::Failed));
        }
    }
}

/// Members who come and go shift the list, so that a member appears again; eight pages without a new member
/// mean an endless list.
#[test]
fn a_list_that_shows_nobody_new_for_eight_pages_ends() {
    let mut story = Story::planning("a", any());
    story.next(GROUP);
    story.group(1);
    for number in 0..20 {
        story.page(&format!("u{number} u0"), false, Output::Page);
    }
    for _ in 0..7 {
        story.page("u1 u0", false, Output::Page);
    }
    story.page("new u0", false, Output::Page);
    for _ in 0..7 {
        story.page("new", false, Output::Page);
    }
    // Empty pages do not count here; the client counts them.
    for _ in 0..20 {
        story.page("", false, Output::Page);
    }
    assert_eq!(story.run.members_read(), 40 + 14 + 2 + 7);
    story.page("new", false, Output::Done(End::Loop));
}

#[test]
fn a_plan_says_who_comes_goes_and_stays() {
    let options = BulkOptions { keep: owned("c"), rule_managed: Some(RuleManaged::Skip), ..any() };
    let max = MaxRemovals { count: 2, ratio: 0.5 };
    let options = BulkOptions { max_removals: Some(max), ..options };
    let mut story = Story::writing("x a", "a b c d! e* f?", options.clone());
    let skipped = |id: &str, reason| {
        let rules = if reason == SkipReason::RuleManaged { "0pr1" } else { "" };
        Skipped::new(id.to_owned(), reason, rules)
    };
    let expected = MemberPlan {
        unchanged: 1,
        skipped: vec![
            skipped("c", SkipReason::Kept),
            skipped("d", SkipReason::Kept),
            skipped("e", SkipReason::RuleManaged),
            skipped("f", SkipReason::RuleUnknown),
        ],
        warnings: vec!["1 not removed: the org did not say whether a group rule put them there".to_owned()],
        max_removals: max,
        rule_managed: RuleManaged::Skip,
        keep: owned("c d"),
        ..stored("x", "b")
    };
    assert_eq!(*story.run.the_plan(), expected);
    // A member who may have to leave keeps the run from being ok, though every write is done.
    for at in 0..2 {
        story.next(Output::Write(at));
        story.wrote(at, "", Output::Settled(at, Status::Done));
    }
    story.next(REPORT);
    assert!(!story.run.ok() && story.run.rest().is_none());
    let plan = PlanOptions { rule_managed: RuleManaged::Include, ..any().plan };
    let story = Story::writing("a", "a e* f?", BulkOptions { plan, ..any() });
    let plan = story.run.the_plan();
    assert_eq!((&plan.remove, plan.rule_managed), (&owned("e f"), RuleManaged::Include));
    // The stricter limit and the stricter rule apply.
    for (options, members, argument) in [
        (options.clone(), "a b c d e f g h", "maxRemovals"),
        (BulkOptions { rule_managed: Some(RuleManaged::Fail), ..options }, "a b* c", "ruleManaged"),
        (BulkOptions { plan: PlanOptions::default(), ..BulkOptions::default() }, "a b", "maxRemovals"),
    ] {
        let mut story = Story::planning("x a", options);
        story.next(GROUP);
        story.group(1);
        story.page(members, true, Output::Done(End::Refused));
        assert_eq!(story.run.refusal().argument, argument, "{members}");
    }
}

#[test]
fn a_stored_plan_is_narrowed_to_what_the_group_still_needs() {
    let mut story = Story::applying(stored("a c", "b d"), BulkOptions { keep: owned("k"), ..any() });
    story.next(GROUP);
    story.group(2);
    story.page("a b k", true, Output::Planned);
    let plan = story.run.the_plan();
    assert_eq!((&plan.add, &plan.remove), (&owned("c"), &owned("b")));
    assert_eq!(plan.based_on, state(2));
    assert_eq!(story.run.already_ok(), ["a", "d"]);
    assert_eq!(story.run.adds_so_far(), AddsSoFar { planned: 2, done: 1 });
    // Of the plan's limit and the caller's the stricter applies.
    let half = Some(MaxRemovals { ratio: 0.5, ..MaxRemovals::ANY });
    for (max_removals, output) in [(None, Output::Planned), (half, Output::Done(End::Refused))] {
        let mut story = Story::applying(stored("", "b d"), BulkOptions { max_removals, ..any() });
        story.next(GROUP);
        story.group(1);
        story.page("a b d", true, output);
    }
}

#[test]
fn writes_go_adds_first_and_each_is_told_of() {
    let mut story = Story::writing("x a y", "a b c k!", any());
    story.next(Output::Write(0));
    story.next(Output::Write(1));
    story.next(Output::Wait(None));
    assert!(story.run.progress(story.now, true, None).is_some_and(|it| (it.total, it.in_flight) == (4, 2)));
    story.wrote(1, "", Output::Settled(1, Status::Done));
    story.next(Output::Wait(None));
    story.wrote(0, "", Output::Settled(0, Status::Done));
    story.next(Output::Write(2));
    story.next(Output::Write(3));
    story.wrote(3, "", Output::Settled(3, Status::Done));
    assert_eq!(story.whom(Status::Left), [(WriteOp::Remove, "b")]);
    story.wrote(2, "", Output::Settled(2, Status::Done));
    let done = [(WriteOp::Add, "x"), (WriteOp::Add, "y"), (WriteOp::Remove, "b"), (WriteOp::Remove, "c")];
    assert_eq!(story.whom(Status::Done), done);
    story.next(REPORT);
    story.next(REPORT);
    let run = &story.run;
    assert!(run.ok() && !run.withheld() && run.rest().is_none() && run.unverified().is_none());
    assert_eq!((run.stopped(), run.adds_so_far()), (None, AddsSoFar { planned: 2, done: 2 }));
}

#[test]
fn a_plan_alone_and_a_dry_run_write_nothing() {
    let now = Duration::from_secs(100);
    let mut story = Story { run: BulkRun::planning(ORG, "00g1", owned("x"), any(), false, now), now };
    story.next(GROUP);
    story.group(1);
    story.page("b", true, Output::Planned);
    story.next(Output::Done(End::Plan));
    let mut story = Story::writing("x", "b", BulkOptions { dry_run: true, ..any() });
    story.next(REPORT);
    assert_eq!(story.whom(Status::Noop), [(WriteOp::Add, "x"), (WriteOp::Remove, "b")]);
    assert!(story.run.ok() && story.run.rest().is_none());
}

#[test]
fn what_is_left_of_a_run_is_based_on_the_group_as_the_run_left_it() {
    let ended = |last: &dyn Fn(&mut Story)| {
        let mut story = Story::writing("x", "b e* f?", any());
        story.next(Output::Write(0));
        story.wrote(0, "server", Output::Settled(0, Status::Failed));
        story.next(LAST);
        story.next(wait(2000));
        story.later(500);
        story.next(wait(1500));
        last(&mut story);
        story.next(REPORT);
        assert_eq!(story.run.rest_based_on(), &story.run.rest().unwrap().based_on);
        story.run
    };
    let run = ended(&|story| assert_eq!(story.group(5), REPORT));
    let unknown = Skipped::new("f".to_owned(), SkipReason::RuleUnknown, "");
    let expected = MemberPlan {
        based_on: state(5),
        skipped: vec![unknown],
        adds: Some(AddsSoFar { planned: 1, done: 0 }),
        ..stored("x", "b")
    };
    assert_eq!(run.rest(), Some(expected));
    assert!(run.withheld() && !run.ok());
    assert_eq!(run.stopped(), None);
    // A failed last read leaves the rest as stale as it was.
    type Last = fn(&mut Story);
    let silent: [Last; 3] = [
        |story| story.unread("connection", REPORT),
        |story| assert_eq!(story.group_of("APP_GROUP", 5), REPORT),
        |story| {
            story.later(1500);
            story.next(Output::GiveUp);
        },
    ];
    for last in silent {
        assert_eq!(*ended(&last).rest_based_on(), state(1));
    }
}

#[test]
fn a_404_to_a_write_is_about_the_user_where_the_group_is_there() {
    for (looked, status, stopped) in [
        ("", Status::Noop, None),
        ("not-found E0000007", Status::Failed, Some(Stopped::StopOn)),
        ("not-found E0000008", Status::Failed, None),
        ("not-found", Status::Failed, None),
        ("server E0000007", Status::Failed, None),
        ("connection", Status::Failed, None),
    ] {
        let mut story = Story::writing("a", "a b c", any());
        story.next(Output::Write(0));
        story.wrote(0, "not-found E0000007", Output::Look(0));
        assert_eq!(story.step(Input::Looked(0, fault(looked))), Output::Settled(0, status), "{looked}");
        assert_eq!(story.run.stopped(), stopped, "{looked}");
    }
}

#[test]
fn a_stopped_run_halts_what_was_not_sent_and_gives_the_rest_two_seconds() {
    type Stop = fn(&mut Story);
    let timed = RunOptions { total_timeout: Some(Duration::from_secs(9)), ..RunOptions::default() };
    let stops: [(Stop, RunOptions, Stopped); 3] = [
        (|story| story.abort(Output::Halt), RunOptions::default(), Stopped::Aborted),
        (
            |story| {
                story.run.stop();
                story.next(Output::Halt);
            },
            RunOptions::default(),
            Stopped::StopOn,
        ),
        (
            |story| {
                story.next(wait(9000));
                story.later(8999);
                story.next(wait(1));
                story.later(1);
                story.next(Output::Halt);
            },
            timed,
            Stopped::TotalTimeout,
        ),
    ];
    for (stop, run, why) in stops {
        let mut story =
            Story::writing("x y", "b", BulkOptions { run: RunOptions { concurrency: 2, ..run }, ..any() });
        story.next(Output::Write(0));
        story.next(Output::Write(1));
        stop(&mut story);
        story.next(wait(2000));
        story.later(500);
        story.wrote(1, "", Output::Settled(1, Status::Done));
        story.next(wait(1500));
        story.later(1500);
        story.next(Output::GiveUp);
        story.next(LAST);
        assert_eq!(story.group(3), REPORT);
        assert_eq!(story.run.stopped(), Some(why));
        assert_eq!(story.whom(Status::Left), [(WriteOp::Add, "x"), (WriteOp::Remove, "b")]);
        assert!(!story.run.ok());
    }
    // A stop after the last write has no effect.
    let mut story = Story::writing("x", "", any());
    story.next(Output::Write(0));
    story.abort(Output::Halt);
    story.next(wait(2000));
    story.wrote(0, "", Output::Settled(0, Status::Done));
    story.next(REPORT);
    assert!(story.run.ok() && story.run.stopped().is_none());
}

#[test]
fn a_stopped_run_waits_for_nothing_if_nothing_was_sent() {
    let mut story = Story::writing("x y", "", any());
    story.next(Output::Write(0));
    story.next(Output::Write(1));
    story.abort(Output::Halt);
    for at in 0..2 {
        story.wrote(at, "aborted", Output::Settled(at, Status::Left));
    }
    story.next(LAST);
    assert_eq!(story.group(1), REPORT);
    assert_eq!(story.whom(Status::Left), [(WriteOp::Add, "x"), (WriteOp::Add, "y")]);
    // A read of the group that was not sent says nothing of the write.
    let mut story = Story::writing("a", "a b", any());
    story.next(Output::Write(0));
    story.wrote(0, "not-found E0000007", Output::Look(0));
    story.abort(Output::Halt);
    let aborted = fault("aborted");
    assert_eq!(story.step(Input::Looked(0, aborted)), Output::Settled(0, Status::Left));
    assert_eq!(story.run.rest().unwrap().remove, owned("b"));
}

#[test]
fn what_was_written_is_looked_for_with_longer_and_longer_pauses() {
    let mut story = Story::verifying("x", "b", 10_000);
    story.next(wait(10_000));
    story.page("b", true, wait(500));
    story.later(200);
    story.next(wait(300));
    story.later(300);
    for pause in [1000, 2000, 4000] {
        story.next(Output::Members { rules: false });
        story.page("x", false, Output::Page);
        story.page("b", true, wait(pause));
        assert_eq!(story.run.unverified(), Some(&[1][..]), "the add is seen, the removal is not");
        story.later(pause);
    }
    // The next pause would be eight seconds, and two and a half are left.
    story.next(Output::Members { rules: false });
    story.page("b x", true, REPORT);
    assert_eq!(story.run.unverified(), Some(&[1][..]));
    assert!(!story.run.ok() && story.run.rest().is_none());
    // Each check reads the current list.
    let mut story = Story::verifying("x", "b", 10_000);
    story.page("b", true, wait(500));
    story.later(500);
    story.next(Output::Members { rules: false });
    story.page("x", true, REPORT);
    assert!(story.run.ok());
    // No pause is longer than eight seconds.
    let mut story = Story::verifying("x", "", 60_000);
    for pause in [500, 1000, 2000, 4000, 8000, 8000, 8000] {
        story.page("", true, wait(pause));
        story.later(pause);
        story.next(Output::Members { rules: false });
    }
    story.page("x", true, REPORT);
    assert_eq!(story.run.unverified(), Some(&[][..]));
    assert!(story.run.ok());
}

#[test]
fn a_look_at_what_was_written_ends_with_its_time() {
    // A pause that ends with the time is the last.
    let mut story = Story::verifying("x", "", 500);
    story.page("", true, wait(500));
    story.later(500);
    story.next(Output::Members { rules: false });
    story.next(Output::GiveUp);
    story.next(REPORT);
    assert_eq!(story.run.unverified(), Some(&[0][..]));
    let mut story = Story::verifying("x", "", 499);
    story.later(100);
    story.next(wait(399));
    story.page("", true, REPORT);
    // Writes stay unverified if the list cannot be read or is endless.
    let mut story = Story::verifying("x", "b", 500);
    story.unread("connection", REPORT);
    assert_eq!(story.run.unverified(), Some(&[0, 1][..]));
    let mut story = Story::verifying("x", "b", 500);
    story.page("b", false, Output::Page);
    for _ in 0..7 {
        story.page("b", false, Output::Page);
    }
    story.page("b", false, REPORT);
    assert_eq!(story.run.unverified(), Some(&[0, 1][..]));
    // Without a completed write there is nothing to verify.
    let verify = Some(Duration::from_secs(1));
    let mut story = Story::writing("x", "", BulkOptions { verify, ..any() });
    story.next(Output::Write(0));
    story.wrote(0, "server", Output::Settled(0, Status::Failed));
    story.next(LAST);
    assert_eq!(story.group(1), REPORT);
    assert_eq!(story.run.unverified(), None);
}

#[test]
fn an_abort_ends_what_it_meets() {
    // An abort before there is a plan leaves nothing.
    for pages in 0..3 {
        let mut story = Story::planning("x", any());
        if pages > 0 {
            story.next(GROUP);
        }
        if pages > 1 {
            story.group(1);
            story.page("b", false, Output::Page);
        }
        story.abort(Output::GiveUp);
        story.next(Output::Done(End::Aborted));
        story.abort(Output::Done(End::Aborted));
    }
    // An abort before a stored plan is compared leaves the whole plan, as stale as it was.
    for pages in 0..3 {
        let mut story = Story::applying(stored("x", "b"), any());
        if pages > 0 {
            story.next(GROUP);
        }
        if pages > 1 {
            story.group(2);
            story.page("b", false, Output::Page);
        }
        story.abort(Output::GiveUp);
        story.next(Output::Planned);
        story.next(REPORT);
        let rest = story.run.rest().unwrap();
        assert_eq!((rest.add, rest.remove, rest.based_on), (owned("x"), owned("b"), state(1)));
        assert_eq!(story.run.stopped(), Some(Stopped::Aborted));
    }
    let mut story = Story::applying(MemberPlan { v: 2, ..stored("x", "b") }, any());
    story.abort(Output::Done(End::Refused));
    // The plan was reported but no write started: reading the group would hide that the plan was stale.
    let mut story = Story::writing("x", "b", any());
    story.abort(REPORT);
    assert_eq!(story.whom(Status::Left), [(WriteOp::Add, "x"), (WriteOp::Remove, "b")]);
    // An abort ends the verification.
    let verify = Some(Duration::from_secs(1));
    let mut story = Story::writing("x", "", BulkOptions { verify, ..any() });
    story.next(Output::Write(0));
    story.abort(Output::Halt);
    story.wrote(0, "", Output::Settled(0, Status::Done));
    story.next(REPORT);
    assert_eq!(story.run.unverified(), Some(&[0][..]));
    for pauses in [false, true] {
        let mut story = Story::verifying("x", "", 9000);
        if pauses {
            story.page("", true, wait(500));
        }
        story.abort(Output::GiveUp);
        story.next(REPORT);
        assert_eq!(story.run.unverified(), Some(&[0][..]));
    }
}

/// With [`MaxFailedAdds::Any`] removals need not wait for the adds.
#[test]
fn the_order_of_the_writes_is_the_options() {
    let run = RunOptions {
        order: Order::RemoveFirst,
        max_failed_adds: MaxFailedAdds::Any,
        concurrency: 1,
        ..RunOptions::default()
    };
    let mut story = Story::writing("x", "b", BulkOptions { run, ..any() });
    story.next(Output::Write(1));
    story.wrote(1, "", Output::Settled(1, Status::Done));
    story.next(Output::Write(0));
}
