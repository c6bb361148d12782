//! Updates of group rules: the stories that both languages tell, `fixtures/rule-stories.json` (the package's tests read the
//! same file), and writes to rules that come at once.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod driver;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use driver::{SimHost, Wire, World};
use futures_util::future::join_all;
use okta_groups::client::{CallOptions, Client, Failure, Settings};
use okta_groups::error::Error;
use okta_groups::org::OrgUrl;
use okta_groups_emulator::faults::{Act, Delivery, Pace};
use okta_groups_emulator::{Request, Response};
use serde_json::{Map, Value, json};

const ORG: &str = "https://acme.okta.com";
const RULE: &str = "0pr1";

fn refusal(code: Option<&str>, causes: &[&str]) -> Value {
    let causes: Vec<Value> = causes.iter().map(|cause| json!({ "errorSummary": cause })).collect();
    json!({ "errorCode": code, "errorSummary": "Api validation failed", "errorCauses": causes })
}

/// What a request asks: `get`, `replace`, `activate`, `deactivate`, or the method of another one.
fn asked(request: &Request) -> String {
    let path = request.path_and_query.split('?').next().unwrap();
    match (path.rsplit_once("lifecycle/"), request.method.as_str()) {
        (Some((_, verb)), _) => verb.to_owned(),
        (None, "GET") => "get".to_owned(),
        (None, "PUT") => "replace".to_owned(),
        (None, method) => method.to_owned(),
    }
}

fn answer(status: u16, body: &Value) -> Act {
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let headers = vec![("content-type".into(), "application/json".to_owned())];
    Act::Answer(Response { status, headers, body: text }, Pace::Whole)
}

/// An org with one rule, which does what a story says.
struct Script {
    story: Value,
    rule: Map<String, Value>,
    counts: BTreeMap<String, u64>,
    requests: Vec<String>,
    body: Value,
}

impl Script {
    fn new(story: &Value) -> Self {
        let status = story["status"].as_str().unwrap_or("ACTIVE");
        let rule = json!({
            "id": RULE,
            "type": "group_rule",
            "name": "old",
            "status": status,
            "created": "2025-01-01T00:00:00.000Z",
            "lastUpdated": "2025-01-01T00:00:00.000Z",
            "allGroupsValid": true,
            "conditions": {
                "people": { "users": { "exclude": ["00ux"] }, "groups": { "exclude": ["00gx"] } },
                "expression": { "value": "user.old==\"a\"", "type": "urn:okta:expression:1.0" },
            },
            "actions": { "assignUserToGroups": { "groupIds": ["00g1"] } },
            "_embedded": { "groupIdToGroupNameMap": { "00g1": "West" } },
        });
        let mut rule = rule.as_object().unwrap().clone();
        rule.extend(story["rule"].as_object().cloned().unwrap_or_default());
        Script {
            story: story.clone(),
            rule,
            counts: BTreeMap::new(),
            requests: Vec::new(),
            body: Value::Null,
        }
    }

    /// What the org does.
    fn done(&mut self, on: &str) -> (u16, Value) {
        let status = self.rule["status"].as_str().unwrap().to_owned();
        match on {
            "get" => (200, self.rule.clone().into()),
            "replace" if status == "ACTIVE" => (400, refusal(Some("E0000001"), &["the rule is ACTIVE"])),
            "replace" if self.body["conditions"]["expression"]["value"] == "broken" => {
                let causes = ["Invalid expression syntax broken", "conditions: Invalid expression"];
                (400, refusal(Some("E0000001"), &causes))
            }
            "replace" => {
                let mut rule = self.body.as_object().unwrap().clone();
                for name in ["id", "status", "created"] {
                    rule.insert(name.to_owned(), self.rule[name].clone());
                }
                rule.insert("lastUpdated".to_owned(), json!("2025-01-02T00:00:00.000Z"));
                self.rule = rule;
                (200, self.rule.clone().into())
            }
            _ if status == "INVALID" => {
                let cause = format!("Cannot {on} a Group Rule with the status INVALID.");
                (400, refusal(Some("E0000001"), &[&cause]))
            }
            _ => {
                let status = if on == "activate" { "ACTIVE" } else { "INACTIVE" };
                self.rule.insert("status".to_owned(), status.into());
                (204, Value::Null)
            }
        }
    }

    fn answer(&mut self, request: &Request) -> Delivery {
        let on = asked(request);
        self.requests.push(on.clone());
        if on == "replace" {
            self.body = serde_json::from_slice(&request.body).unwrap();
        }
        let count = self.counts.entry(on.clone()).or_default();
        *count += 1;
        let count = *count;
        let fits = |rule: &&Value| {
            let nth = &rule["nth"];
            let nth = nth.is_null()
                || nth == &json!(count)
                || nth.as_array().is_some_and(|n| n.contains(&json!(count)));
            rule["on"] == *on && nth && rule["to"].as_u64().is_none_or(|to| count <= to)
        };
        let told = self.story["answers"].as_array().into_iter().flatten().find(fits);
        let told = told.cloned().unwrap_or_default();
        if let Some(status) = told["becomes"].as_str() {
            self.rule.insert("status".to_owned(), status.into());
        }
        let is_done = told["status"].is_null() && told["lost"] != "not done" && told["hang"] != true;
        let (status, body) = if is_done {
            self.done(&on)
        } else {
            (told["status"].as_u64().unwrap_or_default() as u16, refusal(told["code"].as_str(), &[]))
        };
        let act = match (told["lost"].is_null(), told["hang"].is_null()) {
            (false, _) => Act::Reset,
            (_, false) => Act::Hang,
            _ => answer(status, &body),
        };
        Delivery { delay_ms: told["delayMs"].as_u64().unwrap_or_default() as u32, act }
    }
}

fn settings() -> Settings {
    Settings { timeout: Duration::from_secs(600), ..Settings::new(OrgUrl::parse(ORG).unwrap()) }
}

fn host(world: &Rc<World>, wire: Wire) -> SimHost {
    let mut host = SimHost::new(world, 1, wire);
    host.travel = 0..1;
    host
}

/// A failure by its kind, and the argument where it names one.
fn end(failure: &Failure<SimHost>) -> String {
    match &failure.error {
        Error::Argument(error) => format!("argument {}", error.argument().replace("rule_id", "ruleId")),
        error => error.kind().to_owned(),
    }
}

#[test]
fn stories_end_as_the_table_says() {
    let stories: Value = serde_json::from_str(include_str!("fixtures/rule-stories.json")).unwrap();
    assert!(stories.as_array().unwrap().len() > 30);
    for story in stories.as_array().unwrap() {
        tell(story);
    }
}

fn tell(story: &Value) {
    let script = Rc::new(RefCell::new(Script::new(story)));
    let world = World::new();
    let wire: Wire = Rc::new({
        let script = Rc::clone(&script);
        move |request, _| script.borrow_mut().answer(request)
    });
    let client = Client::new(host(&world, wire), settings());
    let total_timeout = story["totalTimeout"].as_u64().map(Duration::from_millis);
    let options = CallOptions { total_timeout, ..CallOptions::default() };
    let stop = story["abortAt"].as_u64().map(|ms| world.sleep(Duration::from_millis(ms)));
    let began = world.now();
    let updated = world.block_on(async {
        let id = story["id"].as_str().unwrap_or(RULE);
        let rules = client.rules().with(options);
        match stop {
            Some(stop) => rules.update_until(id, &story["patch"], stop).await,
            None => rules.update(id, &story["patch"]).await,
        }
    });
    let mut told = Map::new();
    match updated {
        Ok(rule) => {
            told.insert("end".into(), json!("updated"));
            told.insert("answer".into(), json!(rule.status));
        }
        Err(failure) => {
            told.insert("end".into(), json!(end(&failure)));
            told.insert("mayHaveRun".into(), json!(failure.may_have_run));
            let left = failure.rule_status.as_ref().map(|status| status.as_str().to_owned());
            let suffix = left.as_ref().map(|left| format!("; the rule is left {left}"));
            assert_eq!(failure.to_string().contains("; the rule is left"), left.is_some(), "{failure}");
            assert!(failure.to_string().ends_with(&suffix.unwrap_or_default()), "{failure}");
            told.insert("left".into(), json!(left));
        }
    }
    let script = script.borrow();
    told.insert("ms".into(), json!((world.now() - began).as_millis() as u64));
    told.insert("requests".into(), json!(script.requests));
    told.insert("status".into(), script.rule["status"].clone());
    told.insert("is".into(), json!(if script.rule["name"] == "new" { "new" } else { "old" }));
    told.insert("body".into(), script.body.clone());
    for (name, expected) in story["expect"].as_object().unwrap() {
        let is = told.get(name).unwrap_or(&Value::Null);
        assert_eq!(is, expected, "{}: {name} of {told:?}", story["name"]);
    }
}

/// An org that answers a write to rules after a while; `sent` are the requests, and `most` how many writes were under way
/// at once.
struct Slow {
    sent: RefCell<Vec<String>>,
    under_way: RefCell<(u32, u32)>,
}

impl Slow {
    fn wire(self: &Rc<Self>, world: &Rc<World>) -> Wire {
        let (slow, world) = (Rc::clone(self), Rc::clone(world));
        Rc::new(move |request, _| {
            let on = asked(request);
            let name = request.path_and_query.split('/').nth(5).unwrap_or_default();
            slow.sent.borrow_mut().push(format!("{on} {name}").trim().to_owned());
            let rule = json!({ "id": name, "name": name, "status": "ACTIVE" });
            if on != "get" {
                let mut under_way = slow.under_way.borrow_mut();
                under_way.0 += 1;
                under_way.1 = under_way.1.max(under_way.0);
                let (slow, after) = (Rc::clone(&slow), world.sleep(Duration::from_millis(199)));
                world.spawn(async move {
                    after.await;
                    slow.under_way.borrow_mut().0 -= 1;
                });
            }
            let act = match on.as_str() {
                "get" | "replace" | "POST" => answer(200, &rule),
                "DELETE" => answer(202, &json!({})),
                _ => answer(204, &Value::Null),
            };
            Delivery { delay_ms: 200, act }
        })
    }
}

#[test]
fn writes_to_rules_go_one_at_a_time_and_an_update_until_its_end() {
    let world = World::new();
    let slow = Rc::new(Slow { sent: RefCell::default(), under_way: RefCell::default() });
    let one = Client::new(host(&world, slow.wire(&world)), settings());
    let limits = one.limits().clone();
    // Another client of the same org and credential.
    let other = Client::sharing(host(&world, slow.wire(&world)), settings(), limits);
    let (rules, others) = (one.rules(), other.rules());
    let rule = json!({ "type": "group_rule", "name": "new" });
    world.block_on(async {
        let creates = async {
            let made = join_all(
                (0..6).map(|at| if at % 2 == 0 { &rules } else { &others }).map(|rules| rules.create(&rule)),
            );
            assert!(made.await.iter().all(Result::is_ok));
        };
        let patch = json!({ "name": "x" });
        let updates = join_all([
            rules.update("0pr1", &patch),
            others.update("0pr2", &patch),
            rules.update("0pr1", &patch),
        ]);
        let ((), updates, deleted, read) =
            futures_util::future::join4(creates, updates, rules.delete("0pr3", false), rules.get("0pr4"))
                .await;
        assert!(updates.iter().all(Result::is_ok));
        deleted.unwrap();
        // Reads wait for nobody.
        read.unwrap();
    });
    assert_eq!(slow.under_way.borrow().1, 1);
    let sent = slow.sent.borrow();
    let update = |rule: &str| ["get", "deactivate", "replace", "activate"].map(|on| format!("{on} {rule}"));
    let steps: Vec<String> =
        sent.iter().filter(|it| it.contains("0pr1") || it.contains("0pr2")).cloned().collect();
    assert_eq!(steps, [update("0pr1"), update("0pr2"), update("0pr1")].concat());
    assert_eq!(sent.len(), 6 + 12 + 1 + 1);
    assert!(sent.iter().position(|it| it == "get 0pr4").unwrap() < 3, "{sent:?}");
}

#[test]
fn a_write_that_is_given_up_in_line_lets_the_next_one_go() {
    let world = World::new();
    let slow = Rc::new(Slow { sent: RefCell::default(), under_way: RefCell::default() });
    let client = Client::new(host(&world, slow.wire(&world)), settings());
    let rules = client.rules();
    let short = CallOptions { total_timeout: Some(Duration::from_millis(100)), ..CallOptions::default() };
    let hasty = client.rules().with(short);
    let began = world.now();
    world.block_on(async {
        let dropped = async {
            let patch = json!({});
            let update = rules.update("0pr2", &patch);
            let late = world.sleep(Duration::from_millis(250));
            futures_lite::future::or(async { drop(update.await) }, late).await;
        };
        let (first, (), late, last) = futures_util::future::join4(
            rules.activate("0pr1"),
            dropped,
            hasty.activate("0pr3"),
            rules.activate("0pr4"),
        )
        .await;
        first.unwrap();
        last.unwrap();
        let late = late.unwrap_err();
        assert!(late.is_timeout() && !late.may_have_run, "{late}");
    });
    // The update was dropped as it read the rule: its turn is over.
    assert_eq!(*slow.sent.borrow(), ["activate 0pr1", "get 0pr2", "activate 0pr4"]);
    assert_eq!((world.now() - began).as_millis(), 450);
}
