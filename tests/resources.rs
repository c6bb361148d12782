//! Owners, rules, users and any other path in Rust, with a script on the other end of the wire.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod driver;

use std::cell::RefCell;
use std::fs;
use std::rc::Rc;

use driver::{SimHost, World, answer, settings};
use okta_groups::client::{CallOptions, Client, Failure, List};
use okta_groups::error::Error;
use okta_groups::model::{Field, GroupRule, OwnerType, RuleStatus};
use okta_groups::page::PaginationReason;
use okta_groups::request::{
    Links, ListOrgUsers, ListOwners, ListRules, ListUserGroups, Method, Other, OtherList,
};
use okta_groups_emulator::Request;
use okta_groups_emulator::faults::{Act, Delivery};
use serde_json::{Value, json};

/// A client whose requests `wire` answers; what was sent is kept with its body.
struct Org {
    world: Rc<World>,
    client: Client<SimHost>,
    sent: Rc<RefCell<Vec<String>>>,
}

impl Org {
    fn new(wire: impl Fn(&Request, usize) -> Delivery + 'static) -> Self {
        let (world, sent) = (World::new(), Rc::<RefCell<Vec<String>>>::default());
        let kept = Rc::clone(&sent);
        let host = SimHost::new(
            &world,
            1,
            Rc::new(move |request: &Request, _| {
                let body = String::from_utf8(request.body.clone()).unwrap();
                let line = format!("{} {} {body}", request.method, request.path_and_query);
                kept.borrow_mut().push(line.trim_end().to_owned());
                let number = kept.borrow().len();
                wire(request, number)
            }),
        );
        Org { client: Client::new(host, settings()), world, sent }
    }

    fn sent(&self) -> Vec<String> {
        self.sent.borrow().clone()
    }

    fn all(
        &self,
        list: Result<List<'_, SimHost, Value>, Failure<SimHost>>,
    ) -> Result<usize, Failure<SimHost>> {
        self.world.block_on(async { list?.to_vec(1000).await.map(|items| items.len()) })
    }
}

fn linked(delivery: Delivery, link: Option<String>) -> Delivery {
    let Act::Answer(mut response, pace) = delivery.act else { panic!("no answer") };
    response.headers.extend(link.map(|link| ("Link".into(), link)));
    Delivery { act: Act::Answer(response, pace), ..delivery }
}

fn reset() -> Delivery {
    Delivery { delay_ms: 0, act: Act::Reset }
}

#[test]
fn each_operation_sends_what_the_package_sends() {
    let rule = json!({
        "type": "group_rule", "id": "0pr1", "status": "INACTIVE", "name": "R", "allGroupsValid": true, "isNew": [1],
        "conditions": { "people": { "groups": { "exclude": [] } }, "expression": { "value": "true" } },
        "actions": { "assignUserToGroups": { "groupIds": ["00g1"] } }
    });
    let owner = json!({ "id": "00u1", "type": "USER", "resolved": true, "originId": null, "lastUpdated": "x", "z": 1 });
    let (rule_text, owner_text) = (rule.to_string(), owner.to_string());
    let org = Org::new(move |request, _| match (request.method.as_str(), &request.path_and_query) {
        ("DELETE", path) if path.contains("rules") => answer(202, "{}"),
        ("DELETE", _) => answer(204, ""),
        (_, path) if path.contains("lifecycle") => answer(204, ""),
        (_, path) if path.contains("rules") => answer(200, &rule_text),
        (_, path) if path.contains("owners") => answer(201, &owner_text),
        (_, path) if path.contains("users") => answer(200, r#"{"id":"00u1","profile":{"login":"a"}}"#),
        _ => answer(
            200,
            r#"{"id":"00g1","_embedded":{"stats":{"hasAdminPrivilege":true,"hasAdminPrivlege":false}}}"#,
        ),
    });
    let (groups, rules, users) = (org.client.groups(), org.client.rules(), org.client.users());
    org.world.block_on(async {
        let group = groups.get_with("00g1", &["stats", "app"]).await.unwrap();
        let stats = group.embedded.unwrap().stats.unwrap();
        assert_eq!(
            (stats.has_admin_privilege, stats.other["hasAdminPrivlege"].clone()),
            (Field::Value(true), json!(false))
        );
        let given = groups.assign_owner("00g1", "00u1", OwnerType::User).await.unwrap();
        assert_eq!(
            (given.origin_id.is_null(), given.owner_type.clone()),
            (true, Field::Value(OwnerType::User))
        );
        assert_eq!(serde_json::to_value(given).unwrap(), owner);
        groups.delete_owner("00g1", "00u1").await.unwrap();

        let read = rules.get("0pr1").await.unwrap();
        assert_eq!(
            (read.status.clone(), read.created.is_absent()),
            (Field::Value(RuleStatus::Inactive), true)
        );
        assert_eq!(serde_json::to_value(&read).unwrap(), rule);
        let mut new = GroupRule::default();
        new.name = Field::Value("R".to_owned());
        rules.create(&new).await.unwrap();
        rules.replace("0pr1", &json!({ "name": "S", "own": null })).await.unwrap();
        rules.activate("0pr1").await.unwrap();
        rules.deactivate("0pr1").await.unwrap();
        rules.delete("0pr1", false).await.unwrap();
        let user = users.get("isaac/\"\\b@example.com").await.unwrap();
        assert_eq!(user.id, "00u1");
    });
    assert_eq!(
        org.sent(),
        [
            "GET /api/v1/groups/00g1?expand=stats%2Capp",
            r#"POST /api/v1/groups/00g1/owners {"id":"00u1","type":"USER"}"#,
            "DELETE /api/v1/groups/00g1/owners/00u1",
            "GET /api/v1/groups/rules/0pr1",
            r#"POST /api/v1/groups/rules {"name":"R"}"#,
            r#"PUT /api/v1/groups/rules/0pr1 {"name":"S","own":null}"#,
            "POST /api/v1/groups/rules/0pr1/lifecycle/activate",
            "POST /api/v1/groups/rules/0pr1/lifecycle/deactivate",
            "DELETE /api/v1/groups/rules/0pr1?removeUsers=false",
            "GET /api/v1/users/isaac%2F%22%5Cb%40example.com",
        ]
    );
}

/// `count` items in pages of the limit, or of 200.
fn paged(request: &Request, count: usize, has_links: bool) -> Delivery {
    let number = |name: &str| {
        let (_, rest) = request.path_and_query.split_once(&format!("{name}="))?;
        rest.split('&').next()?.parse::<usize>().ok()
    };
    let (after, limit) = (number("after").unwrap_or(0), number("limit").unwrap_or(1000));
    let end = count.min(after + limit);
    let items: Vec<Value> = (after..end).map(|n| json!({ "id": n.to_string() })).collect();
    let path = request.path_and_query.split('?').next().unwrap();
    let next = format!("<https://x{path}?after={end}&limit={limit}>; rel=\"next\"");
    let link = has_links.then(|| if end < count { next } else { "<https://x/>; rel=\"self\"".to_owned() });
    linked(answer(200, &Value::from(items).to_string()), link)
}

#[test]
fn every_list_is_read_to_its_end_in_spite_of_faults() {
    let org = || {
        Org::new(|request, number| match number {
            2 => answer(503, "{}"),
            4 => reset(),
            _ => paged(request, 20, true),
        })
    };
    let limit = Some(3);
    let rules = ListRules { limit, ..ListRules::default() };
    let users = ListOrgUsers { search: Some("id pr".into()), limit, ..ListOrgUsers::default() };
    let own = ListUserGroups { limit, ..ListUserGroups::of("a/b@example.com").unwrap() };
    let other = OtherList { query: vec![("limit".into(), "3".into())], ..OtherList::new(&["apps"]) };
    let firsts = [rules.request(), users.request(), own.request(), other.request()].map(Result::unwrap);
    for first in firsts {
        let org = org();
        assert_eq!(org.all(org.client.groups().list_as(first)).unwrap(), 20);
        assert_eq!(org.sent().len(), 9);
    }
    let read = org();
    let by_model = read.world.block_on(async {
        let rules = read.client.rules().list(&rules)?.to_vec(100).await?.len();
        let users = read.client.users().list(&users)?.to_vec(100).await?.len();
        let groups = read.client.users().list_groups(&own)?.to_vec(100).await?.len();
        let mut items = read.client.paginate::<Value>(&other, CallOptions::default())?;
        // Of the second page, whose items begin with the fourth.
        for _ in 0..4 {
            items.next().await?;
        }
        let cursor = items.cursor().unwrap();
        let rest = read.client.paginate::<Value>(&other, CallOptions::default())?.resume(&cursor)?;
        Ok::<_, Failure<SimHost>>((rules, users, groups, { rest }.to_vec(100).await?.len()))
    });
    assert_eq!(by_model.unwrap(), (20, 20, 20, 17));
}

#[test]
fn a_full_page_without_a_link_is_the_end_of_a_list_that_has_none_alone() {
    let reason = |count: usize, links: Option<Links>| {
        let org = Org::new(move |request, _| paged(request, count, false));
        let read = match links {
            None => {
                let first = ListOwners { limit: Some(3), ..ListOwners::of("00g1").unwrap() }.request();
                org.all(org.client.groups().list_as(first.unwrap()))
            }
            Some(links) => {
                let first = OtherList { links, ..OtherList::new(&["policies"]) };
                org.all(org.client.paginate(&first, CallOptions::default()))
            }
        };
        match read {
            Ok(read) => Ok(read),
            Err(Failure { error: Error::Pagination(reason), .. }) => Err(reason),
            Err(failure) => panic!("{failure}"),
        }
    };
    assert_eq!(reason(2, None), Ok(2));
    assert_eq!(reason(3, None), Err(PaginationReason::HiddenLink));
    for (count, is_full) in
        [(0, false), (19, false), (20, true), (50, true), (99, false), (100, true), (250, true)]
    {
        assert_eq!(reason(count, Some(Links::Never)), Ok(count));
        let expected = if is_full { Err(PaginationReason::HiddenLink) } else { Ok(count) };
        assert_eq!(reason(count, Some(Links::Always)), expected, "{count}");
    }
}

#[test]
fn a_next_that_is_its_own_request_ends_the_log_alone() {
    for (path, expected) in [("logs", Ok(1)), ("apps", Err("loop"))] {
        let org = Org::new(move |request, _| {
            let link = format!("<https://x{}>; rel=\"next\"", request.path_and_query);
            linked(answer(200, r#"[{"id":"1"}]"#), Some(link))
        });
        let list = OtherList { query: vec![("since".into(), "a:b".into())], ..OtherList::new(&[path]) };
        let read = org.all(org.client.paginate(&list, CallOptions::default()));
        let read = read.map_err(|failure| match failure.error {
            Error::Pagination(reason) => reason.as_str(),
            error => panic!("{error}"),
        });
        assert_eq!(read, expected);
    }
}

#[test]
fn any_other_request_gives_json_or_nothing_and_names_no_id_in_its_errors() {
    for (status, body, expected) in [
        (200, r#"{"a":[1,null]}"#, json!({ "a": [1, null] })),
        (201, "[]", json!([])),
        (200, "7", json!(7)),
        (204, "", Value::Null),
    ] {
        let org = Org::new(move |_, _| answer(status, body));
        let request = Other { body: Some("{}".into()), ..Other::new(Method::Patch, &["users", "isaac"]) };
        let given: Value = org.world.block_on(org.client.request(&request, &CallOptions::default())).unwrap();
        assert_eq!((given, org.sent()), (expected, vec!["PATCH /api/v1/users/isaac {}".to_owned()]));
    }
    let error = r#"{"errorCode":"E0000006","errorSummary":"No."}"#;
    for (status, body, message) in [
        (403, error, "Okta 403 E0000006 on GET /api/v1/users/{id}/roles: No."),
        (200, error, "Okta 200 E0000006 on GET /api/v1/users/{id}/roles: No."),
        (200, "<html>", "Okta 200 on GET /api/v1/users/{id}/roles: "),
    ] {
        let org = Org::new(move |_, _| answer(status, body));
        let request = Other::new(Method::Get, &["users", "isaac", "roles"]);
        let failed = org.world.block_on(org.client.request::<Value>(&request, &CallOptions::default()));
        let said = failed.unwrap_err().to_string();
        assert!(said.starts_with(message) && !said.contains("isaac"), "{said}");
    }
    // A page of another shape than the type that is asked for.
    let org = Org::new(|_, _| answer(200, r#"[{"id":7}]"#));
    let list = OtherList::new(&["users", "isaac", "x"]);
    let failed = org.world.block_on(async {
        org.client.paginate::<okta_groups::model::User>(&list, CallOptions::default())?.next().await
    });
    let said = failed.unwrap_err().to_string();
    assert!(said.starts_with("Okta 200 on GET /api/v1/users/{id}/x: "), "{said}");
}

#[test]
fn a_write_of_any_other_path_is_sent_again_only_if_it_is_idempotent_or_was_not_run() {
    for (method, idempotent, fault, attempts) in [
        (Method::Get, false, 500, 2),
        (Method::Post, false, 500, 1),
        (Method::Put, false, 500, 1),
        (Method::Patch, false, 500, 1),
        (Method::Delete, false, 500, 1),
        (Method::Post, false, 429, 2),
        (Method::Post, true, 500, 2),
        (Method::Put, true, 500, 2),
        (Method::Patch, true, 500, 2),
        (Method::Delete, true, 500, 2),
    ] {
        let org =
            Org::new(move |_, number| if number == 1 { answer(fault, "{}") } else { answer(200, "{}") });
        let request = Other { idempotent, ..Other::new(method, &["apps"]) };
        let result = org.world.block_on(org.client.request::<Value>(&request, &CallOptions::default()));
        assert_eq!((org.sent().len(), result.is_ok()), (attempts, attempts == 2), "{method} {idempotent}");
        assert_eq!(result.is_err_and(|failure| failure.may_have_run), attempts == 1 && method != Method::Get);
    }
}

/// The recorded requests are what the operations send, by method, path and query.
#[test]
fn every_recorded_request_is_one_of_an_operation() {
    let shared = std::env::var("OKTA_GROUPS_SHARED")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../shared").to_owned());
    for file in ["rules.jsonl", "owners.jsonl", "user-groups.jsonl"] {
        let Ok(text) = fs::read_to_string(format!("{shared}/traffic/{file}")) else { continue };
        for line in text.lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            let (status, body) = (row["status"].as_u64().unwrap() as u16, text("responseBody"));
            let link = row["responseHeaders"]["link"][0].as_str().map(str::to_owned);
            let org = Org::new(move |_, _| linked(answer(status, &body), link.clone()));
            let url = text("url");
            let path = url.split('?').next().unwrap().trim_end_matches('/').trim_start_matches("/api/v1/");
            let parts: Vec<&str> = path.split('/').collect();
            let asked: Value = serde_json::from_str(&text("requestBody")).unwrap_or(json!({}));
            let options = CallOptions {
                retry: Some(okta_groups::policy::RetryOptions::none()),
                ..CallOptions::default()
            };
            let (groups, rules, users) = (
                org.client.groups().with(options.clone()),
                org.client.rules().with(options.clone()),
                org.client.users().with(options),
            );
            let value = |model: Result<Value, serde_json::Error>| model.unwrap();
            let given: Result<Value, Failure<SimHost>> = org.world.block_on(async {
                let method = text("method");
                match (method.as_str(), &parts[..]) {
                    ("GET", ["groups", "rules"]) => {
                        let limit = url.contains("limit=1").then_some(1);
                        let search = url
                            .split("search=")
                            .nth(1)
                            .and_then(|rest| rest.split('&').next())
                            .map(str::to_owned);
                        let expand = url.contains("expand=").then(|| "groupIdToGroupNameMap".to_owned());
                        let list =
                            ListRules { limit, search, expand: expand.into_iter().collect(), after: None };
                        Ok(value(serde_json::to_value(rules.list(&list)?.next_page().await?)))
                    }
                    ("POST", ["groups", "rules"]) => {
                        Ok(value(serde_json::to_value(rules.create(&asked).await?)))
                    }
                    ("GET", ["groups", "rules", id]) => Ok(value(serde_json::to_value(rules.get(id).await?))),
                    ("PUT", ["groups", "rules", id]) => {
                        Ok(value(serde_json::to_value(rules.replace(id, &asked).await?)))
                    }
                    ("DELETE", ["groups", "rules", id]) => {
                        rules.delete(id, false).await.map(|()| Value::Null)
                    }
                    ("POST", ["groups", "rules", id, _, "activate"]) => {
                        rules.activate(id).await.map(|()| Value::Null)
                    }
                    ("POST", ["groups", "rules", id, _, "deactivate"]) => {
                        rules.deactivate(id).await.map(|()| Value::Null)
                    }
                    ("GET", ["groups", id, "owners"]) => Ok(value(serde_json::to_value(
                        groups.list_owners(&ListOwners::of(*id)?)?.next_page().await?,
                    ))),
                    ("POST", ["groups", id, "owners"]) => {
                        let (owner, kind) = (asked["id"].as_str().unwrap(), asked["type"].as_str().unwrap());
                        Ok(value(serde_json::to_value(groups.assign_owner(id, owner, kind.into()).await?)))
                    }
                    ("DELETE", ["groups", id, "owners", owner]) => {
                        groups.delete_owner(id, owner).await.map(|()| Value::Null)
                    }
                    ("GET", ["users", id, "groups"]) => Ok(value(serde_json::to_value(
                        users.list_groups(&ListUserGroups::of(*id)?)?.next_page().await?,
                    ))),
                    other => panic!("{other:?}"),
                }
            });
            let sent = org.sent();
            assert_eq!(sent.len(), 1, "{url}");
            assert!(
                sent[0].starts_with(&format!("{} /api/v1/{path}", text("method"))),
                "{} is not {url}",
                sent[0]
            );
            for parameter in url.split('?').nth(1).unwrap_or_default().split('&') {
                assert!(sent[0].contains(parameter), "{} has not {parameter}", sent[0]);
            }
            match given {
                Ok(given) => {
                    let body = text("responseBody");
                    let expected = serde_json::from_str(&body).unwrap_or(Value::Null);
                    let is_nothing = matches!(status, 202 | 204);
                    assert_eq!(given, if is_nothing { Value::Null } else { expected }, "{url}");
                }
                Err(failure) => {
                    let Error::Api(fault) = failure.error else { panic!("{url}: {}", failure.error) };
                    assert_eq!(fault.status, status);
                    assert!(text("responseBody").contains(fault.body.code.as_deref().unwrap()));
                }
            }
        }
    }
}
