//! The client as a native program uses it: reqwest, tokio's threads, and the local org behind a real socket.
#![cfg(all(feature = "reqwest", not(target_arch = "wasm32")))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::HashSet;
use std::error::Error as _;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_lite::StreamExt;
use okta_groups::client::{
    self, ApplyManyOptions, ApplyOptions, CallOptions, GroupSource, GroupsExport, MembershipsOptions,
    OfGroupsExport, Settings, Watch,
};
use okta_groups::error::{Error, ResponseReason};
use okta_groups::host::{Event, Host, Platform};
use okta_groups::members::{MaxRemovals, PlanOptions, RuleManaged};
use okta_groups::model::{Field, Group, GroupProfile};
use okta_groups::native::{Auth, BoxError, Client, Failure, ReqwestHost, Token, TokenReason, reqwest};
use okta_groups::org::OrgUrl;
use okta_groups::page::PaginationReason;
use okta_groups::policy::RetryOptions;
use okta_groups::request::{ListApps, ListGroups, ListUsers, Operation};
use okta_groups_emulator::faults::{Fault, FaultRule};
use okta_groups_emulator::http::Server;
use okta_groups_emulator::{Options, Org, RateLimit, SeedOptions, Token as KnownToken};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// What must never be seen outside of a request's `Authorization`.
const CANARY: &str = "canary-00aBcDeFgHiJkLmNoP";

/// Serves an org as long as the test runs, and tells its URL.
async fn serve(options: Options, seed: SeedOptions) -> String {
    let server = Server::bind(Org::seeded(options, seed), 0, &[]).await.unwrap();
    let url = server.url();
    tokio::spawn(server.run(std::future::pending()));
    url
}

async fn small_org() -> String {
    serve(Options::default(), SeedOptions { groups: 40, users: 30, seed: 7 }).await
}

async fn org_with(rules: impl IntoIterator<Item = FaultRule>) -> String {
    let mut options = Options::default();
    options.faults.rules.extend(rules);
    serve(options, SeedOptions { groups: 40, users: 30, seed: 7 }).await
}

/// Answers every connection with the same bytes, and counts them.
async fn serve_bytes(bytes: Vec<u8>) -> (String, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicU32::new(0));
    tokio::spawn({
        let count = Arc::clone(&count);
        async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let _ = connection.read(&mut [0; 4096]).await;
                let _ = connection.write_all(&bytes).await;
            }
        }
    });
    (url, count)
}

fn settings(url: &str) -> Settings {
    Settings::new(OrgUrl::parse(url).unwrap())
}

fn host() -> ReqwestHost {
    host_of(Auth::ssws(CANARY).unwrap())
}

/// Whatever proxies the machine has, this is on loopback.
fn host_of(auth: Auth) -> ReqwestHost {
    ReqwestHost::with(auth, reqwest::Client::builder().no_proxy()).unwrap()
}

fn client(url: &str) -> Client {
    Client::new(host(), settings(url))
}

/// What the client tells, as `Debug` writes it.
fn watched(url: &str) -> (Client, Arc<Mutex<Vec<String>>>) {
    let events = Arc::<Mutex<Vec<String>>>::default();
    let host = host().on_event({
        let events = Arc::clone(&events);
        move |event: &Event<'_, BoxError>| events.lock().unwrap().push(format!("{event:?}"))
    });
    (Client::new(host, settings(url)), events)
}

fn in_flight(client: &Client) -> u32 {
    let mut sum = 0;
    client.limits().rate_limits(client.host().now(), &mut |limit| sum += limit.in_flight);
    sum
}

fn profile(name: &str) -> GroupProfile {
    let mut profile = GroupProfile::default();
    profile.name = name.into();
    profile
}

#[tokio::test]
async fn the_nine_operations() {
    let client = client(&small_org().await);
    let groups = client.groups();

    let mut west = profile("West Coast");
    west.description = "All users West of The Rockies".into();
    let group = groups.create(&west).await.unwrap();
    assert_eq!(groups.get(&group.id).await.unwrap(), group);
    assert_eq!(groups.create_or_find(&west).await.unwrap().id, group.id);

    let updated = groups.update(&group.id, &json!({ "description": null })).await.unwrap();
    assert_eq!(updated.profile.name, Field::from("West Coast"));
    assert_eq!(updated.profile.description.as_ref(), None);
    let replaced = groups.replace(&group.id, &profile("West")).await.unwrap();
    assert_eq!(replaced.profile.name, Field::from("West"));

    let user = all_users(&client).await.swap_remove(0);
    groups.assign_user(&group.id, &user).await.unwrap();
    let members = groups.list_users(&ListUsers::of(&group.id).unwrap()).unwrap().to_vec(10).await.unwrap();
    assert_eq!(members.iter().map(|member| &member.id).collect::<Vec<_>>(), [&user]);
    assert!(members[0].profile.as_ref().is_some_and(|profile| profile.login.as_ref().is_some()));
    groups.unassign_user(&group.id, &user).await.unwrap();
    groups.unassign_user_if_exists(&group.id, "00unobody").await.unwrap();
    assert!(groups.unassign_user(&group.id, "00unobody").await.is_err());
    let apps = groups.list_apps(&ListApps::of(&group.id).unwrap()).unwrap().to_vec(10).await.unwrap();
    assert!(apps.is_empty());

    groups.delete(&group.id).await.unwrap();
    groups.delete_if_exists(&group.id).await.unwrap();
    assert!(
        matches!(groups.delete(&group.id).await.unwrap_err().error, Error::Api(fault) if fault.status == 404)
    );
}

/// The ids of everyone.
async fn all_users(client: &Client) -> Vec<String> {
    let built_in = ListGroups { search: Some("type eq \"BUILT_IN\"".into()), ..ListGroups::default() };
    let everyone = client.groups().list(&built_in).unwrap().next().await.unwrap().unwrap();
    let mut users = client.groups().list_users(&ListUsers::of(&everyone.id).unwrap()).unwrap();
    users.to_vec(1000).await.unwrap().into_iter().map(|user| user.id).collect()
}

#[tokio::test]
async fn a_list_of_a_thousand_groups_gives_each_once() {
    let mut options = Options::default();
    options.rate_limit = RateLimit::OFF;
    let client = client(&serve(options, SeedOptions { groups: 1000, users: 10, seed: 7 }).await);
    let all = ListGroups::default();

    let mut list = client.groups().list(&all).unwrap();
    let mut ids = HashSet::new();
    {
        let mut groups = pin!(list.stream());
        while let Some(group) = groups.try_next().await.unwrap() {
            assert!(ids.insert(group.id));
        }
    }
    assert_eq!((ids.len(), list.cursor()), (1000, None));

    let mut list = client.groups().list(&ListGroups { limit: Some(300), ..all.clone() }).unwrap();
    let mut sizes = vec![];
    while let Some(page) = list.next_page().await.unwrap() {
        sizes.push(page.len());
    }
    assert_eq!(sizes, [300, 300, 300, 100]);
    assert_eq!(list.meta().map(|meta| meta.status), Some(200));

    let mut list = client.groups().list(&all).unwrap();
    let failure = list.to_vec(999).await.unwrap_err();
    assert!(matches!(failure.error, Error::Pagination(PaginationReason::Exceeded)));
    assert!(!list.is_done() && list.cursor().is_none(), "nothing is skipped");
    assert_eq!(list.to_vec(1000).await.unwrap().len(), 1000);
    assert!(list.is_done() && list.cursor().is_none());
    let mut raw = client.groups().list_as::<Value>(all.request().unwrap()).unwrap();
    assert!(raw.next().await.unwrap().unwrap()["_links"].is_object());
}

#[tokio::test]
async fn clients_that_share_their_limits_have_one_clock() {
    let first = client("http://127.0.0.1:9");
    tokio::time::sleep(Duration::from_millis(200)).await;
    let second = Client::sharing(host(), settings("http://127.0.0.1:9"), first.limits().clone());
    let apart = second.host().now().abs_diff(first.host().now());
    assert!(apart < Duration::from_millis(100), "{apart:?}");
}

/// Each as a task of its own, which a program with several threads spawns.
#[tokio::test(flavor = "multi_thread")]
async fn exports_and_memberships_of_many_groups_run_as_tasks() {
    let mut options = Options::default();
    options.rate_limit = RateLimit::OFF;
    let url = serve(options, SeedOptions { groups: 60, users: 30, seed: 7 }).await;
    let exported = tokio::spawn({
        let client = client(&url);
        async move {
            let (mut ids, groups) = (Vec::new(), client.groups());
            let search = Some(r#"type eq "OKTA_GROUP""#.to_owned());
            let export = GroupsExport { search, limit: 10, ..GroupsExport::default() };
            groups
                .export_groups(&export, |page| {
                    ids.extend(page.items.into_iter().map(|group| group.id));
                    async { Ok::<(), Failure>(()) }
                })
                .await
                .unwrap();
            ids
        }
    });
    let groups = exported.await.unwrap();
    let distinct: HashSet<&String> = groups.iter().collect();
    assert!(groups.len() > 20 && distinct.len() == groups.len());

    let users = all_users(&client(&url)).await;
    let desired: Vec<(String, Vec<String>)> = groups
        .iter()
        .enumerate()
        .map(|(at, id)| (id.clone(), users[at % 20..at % 20 + 5].to_vec()))
        .collect();
    let (wanted, client) = (desired.clone(), client(&url));
    let synced = tokio::spawn({
        let client = client.clone();
        async move {
            let plan = PlanOptions {
                max_removals: Some(MaxRemovals::ANY),
                rule_managed: RuleManaged::Include,
                ..PlanOptions::default()
            };
            let options = MembershipsOptions {
                plan,
                max_removals_overall: MaxRemovals::ANY,
                ..MembershipsOptions::default()
            };
            let apply = ApplyManyOptions::default();
            client
                .groups()
                .sync_memberships(wanted, &options, &apply, &())
                .await
                .map(|report| report.groups.len())
        }
    });
    assert_eq!(synced.await.unwrap().unwrap(), groups.len());

    let rows = tokio::spawn(async move {
        let (mut rows, api) = (Vec::new(), client.groups());
        api.export_members(GroupSource::Ids(groups), &OfGroupsExport::default(), |page| {
            rows.extend(page.items.into_iter().map(|row| (row.group_id, row.user.id)));
            async { Ok::<(), Failure>(()) }
        })
        .await
        .unwrap();
        rows
    });
    let mut rows = rows.await.unwrap();
    let mut expected: Vec<(String, String)> = desired
        .into_iter()
        .flat_map(|(group, users)| users.into_iter().map(move |user| (group.clone(), user)))
        .collect();
    rows.sort();
    expected.sort();
    assert_eq!(rows, expected);
}

#[tokio::test]
async fn a_list_that_failed_goes_on_in_another_program() {
    let all = ListGroups { limit: Some(10), ..ListGroups::default() };
    let third = FaultRule::new(Fault::status(503)).on(Operation::ListGroups).nth(3);
    let url = org_with([third]).await;
    let impatient = CallOptions { retry: Some(RetryOptions::none()), ..CallOptions::default() };
    let client = client(&url);
    let mut list = client.groups().with(impatient).list(&all).unwrap();
    let mut ids = vec![];
    let failure = loop {
        match list.next().await {
            Ok(group) => ids.push(group.unwrap().id),
            Err(failure) => break failure,
        }
    };
    assert!(failure.error.is_transient());
    assert_eq!(ids.len(), 20);
    let cursor = list.cursor().unwrap();

    let client = self::client(&url);
    let mut rest = client.groups().list(&all).unwrap().resume(&cursor).unwrap();
    while let Some(group) = rest.next().await.unwrap() {
        ids.push(group.id);
    }
    assert_eq!((ids.len(), ids.iter().collect::<HashSet<_>>().len()), (40, 40));
    let users = ListUsers::of("00g1").unwrap();
    assert!(client.groups().list_users(&users).unwrap().resume(&cursor).is_err());
}

#[tokio::test]
async fn an_item_that_is_no_group_is_an_error_at_its_page() {
    let (url, _) = serve_bytes(http("200 OK", "", br#"[{ "id": "00g1" }, { "id": 7 }]"#)).await;
    let client = client(&url);
    let mut list = client.groups().list(&ListGroups::default()).unwrap();
    for _ in 0..2 {
        let failure = list.next().await.unwrap_err();
        assert!(failure.to_string().ends_with(": at [1].id"), "{failure}");
        assert!(matches!(failure.error, Error::Response(fault) if fault.reason == ResponseReason::Shape));
    }
}

#[tokio::test]
async fn what_okta_does_not_document_is_told_before_it_is_sent() {
    let url = org_with([]).await;
    let (client, events) = watched(&url);
    let search = Some(r#"profile.name ne "West""#.to_owned());
    let list = client.groups().list(&ListGroups { search, ..ListGroups::default() }).unwrap();
    let told = events.lock().unwrap().concat();
    assert!(told.starts_with("Warning(") && told.contains("\"ne\""), "{told}");
    drop(list);
}

#[tokio::test]
async fn a_temporary_refusal_is_retried() {
    let url = org_with([FaultRule::new(Fault::Concurrency).times(1)]).await;
    let (client, events) = watched(&url);
    let mut groups = client.groups().list(&ListGroups::default()).unwrap();
    assert!(groups.next().await.unwrap().is_some());
    assert_eq!(groups.meta().unwrap().attempts, 2);
    assert_eq!(events.lock().unwrap().iter().filter(|event| event.starts_with("Retry")).count(), 1);
}

#[tokio::test]
async fn errors_tell_what_went_wrong_and_why() {
    let client = client(&small_org().await);
    let failure = client.groups().get("00gnone").await.unwrap_err();
    let Error::Api(fault) = &failure.error else { panic!("{failure:?}") };
    assert_eq!((fault.status, fault.body.code.as_deref()), (404, Some("E0000007")));
    assert_eq!(failure.error.kind(), "not-found");
    assert!(failure.source().is_none() && failure.to_string().starts_with("Okta 404 E0000007 on GET "));

    let argument = client.groups().get("../users").await.unwrap_err();
    assert!(matches!(argument.error, Error::Argument(_)));
    let no_object = client.groups().create(&"West").await.unwrap_err();
    assert_eq!(no_object.to_string(), "profile must be an object of attributes");

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let once = CallOptions { retry: Some(RetryOptions::none()), ..CallOptions::default() };
    let unreachable = self::client(&url);
    let failure = unreachable.groups().with(once.clone()).create(&profile("West")).await.unwrap_err();
    assert!(!failure.may_have_run, "nothing was sent");
    assert!(matches!(&failure.error, Error::Connection { code: Some(code), .. } if code == "ECONNREFUSED"));
    let (plain, _) = serve_bytes(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()).await;
    let secure = self::client(&plain.replace("http:", "https:"));
    let no_tls = secure.groups().with(once.clone()).create(&profile("West")).await.unwrap_err();
    assert!(
        matches!(&no_tls.error, Error::Connection { code: None, .. }) && !no_tls.may_have_run,
        "{no_tls}"
    );
    let error: Box<dyn std::error::Error + Send + Sync> = failure.into();
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    assert!(causes.map(|cause| cause.to_string()).any(|cause| cause.contains("refused")), "{error:?}");
}

/// An answer as it is on the wire.
fn http(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (elsewhere, asked) = serve_bytes(http("200 OK", "", b"{}")).await;
    let location = format!("Location: {elsewhere}/api/v1/groups/00g1\r\n");
    let (url, _) = serve_bytes(http("302 Found", &location, b"")).await;
    let failure = client(&url).groups().get("00g1").await.unwrap_err();
    assert!(matches!(failure.error, Error::Response(fault) if fault.reason == ResponseReason::Redirect));
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

/// `{"id":"00g1","profile":{"name":"aaa…"}}`, 3,034 bytes, by gzip.
const ZIPPED: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xed\xc5\xbb\t\xc0 \x00@\xc1]^maZ\xb7\x11b\x82\x90\x8f\xd8\
    \x8a\xbb'cX\xbcknPw\x121\x9e\x1b\x81\xd6\xdf\xa3^\x854x\xf2\xfdO\x96$I\x92\xb4<\xe6\xfc\x00\x91\xbb\x05\x8f\xdb\x0b\
    \x00\x00";

#[tokio::test]
async fn no_more_of_a_body_is_read_than_allowed() {
    let (url, _) = serve_bytes(http("200 OK", "Content-Encoding: gzip\r\n", ZIPPED)).await;
    let group = client(&url).groups().get("00g1").await.unwrap();
    assert_eq!(group.profile.name.as_deref().map(str::len), Some(3000));

    let capped = Client::new(host(), Settings { max_response_bytes: 1000, ..settings(&url) });
    let failure = capped.groups().get("00g1").await.unwrap_err();
    assert!(matches!(failure.error, Error::Response(fault) if fault.reason == ResponseReason::TooLarge));
}

#[tokio::test]
async fn no_token_is_in_what_is_printed() {
    let echo = format!(r#"{{ "errorSummary": "Invalid token: SSWS {CANARY}" }}"#);
    let (url, _) = serve_bytes(http("403 Forbidden", "", echo.as_bytes())).await;
    let (client, events) = watched(&url);
    let failure = client.groups().get("00g1").await.unwrap_err();
    let printed = [
        format!("{client:?} {failure:?} {failure} {:?} {:?}", client.groups(), client.host()),
        format!("{:?} {:?}", Token::new(CANARY), Auth::bearer(CANARY).unwrap()),
        format!("{:?}", Auth::bearer(format!("{CANARY} {CANARY}")).unwrap_err()),
        events.lock().unwrap().concat(),
    ];
    assert!(printed.iter().all(|text| !text.contains(CANARY)), "{printed:?}");
    assert!(failure.to_string().contains("[redacted]"));
}

#[tokio::test]
async fn a_dropped_call_leaves_its_turn_to_others() {
    let url = org_with([FaultRule::new(Fault::Hang).on(Operation::GetGroup).times(1)]).await;
    let mut settings = settings(&url);
    settings.rate_limit.max_concurrency = 1;
    let (watched, events) = watched(&url);
    let client = Client::new(watched.host().clone(), settings);
    let group = client.groups().list(&ListGroups::default()).unwrap().next().await.unwrap().unwrap();
    let hanging = tokio::spawn({
        let (client, id) = (client.clone(), group.id.clone());
        async move { client.groups().get(&id).await.map(drop) }
    });
    while !events.lock().unwrap().iter().any(|event| event.contains("GetGroup")) {
        tokio::task::yield_now().await;
    }
    hanging.abort();
    assert!(hanging.await.unwrap_err().is_cancelled());
    assert_eq!(in_flight(&client), 0);
    assert_eq!(client.groups().get(&group.id).await.unwrap().id, group.id);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_of_many_tasks_keep_one_limit() {
    let url = small_org().await;
    let mut settings = settings(&url);
    settings.rate_limit.max_concurrency = 2;
    let client = Client::new(host(), settings);
    let groups: Vec<Group> = client.groups().list(&ListGroups::default()).unwrap().to_vec(40).await.unwrap();
    let tasks: Vec<_> = (0..200)
        .map(|number| {
            let (client, id) = (client.clone(), groups[number % groups.len()].id.clone());
            tokio::spawn(async move {
                let group = client.groups().get(&id).await?;
                let mut users = client.groups().list_users(&ListUsers::of(&group.id)?)?;
                users.to_vec(100).await.map(|users| users.len())
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(in_flight(&client), 0);
}

#[tokio::test]
async fn a_source_of_tokens_is_asked_once_for_all_and_again_after_a_401() {
    let mut options = Options::default();
    options.tokens.push(KnownToken { token: "second".into(), scopes: vec![] });
    let url = serve(options, SeedOptions { groups: 5, users: 5, seed: 7 }).await;
    let asked = Arc::<Mutex<Vec<TokenReason>>>::default();
    let auth = Auth::bearer_from({
        let asked = Arc::clone(&asked);
        move |reason| {
            asked.lock().unwrap().push(reason);
            async move {
                tokio::time::sleep(Duration::from_millis(1)).await;
                Ok(if reason == TokenReason::First { "first" } else { "second" })
            }
        }
    });
    let client = Client::new(host_of(auth), settings(&url));
    let group = client.groups().list(&ListGroups::default()).unwrap().next().await.unwrap().unwrap();
    for _ in 0..3 {
        client.groups().get(&group.id).await.unwrap();
    }
    assert_eq!(*asked.lock().unwrap(), [TokenReason::First, TokenReason::Unauthorized]);

    let broken = Auth::bearer_from(|_| async { Err::<Token, _>("no token today".into()) });
    let client = Client::new(host_of(broken), settings(&url));
    let failure = client.groups().get("00g1").await.unwrap_err();
    assert!(matches!(failure.error, Error::Auth(_)));
    assert_eq!(failure.source().unwrap().to_string(), "no token today");
}

/// A program that is generic over its host, to run on a test's own; that this compiles is the test.
#[test]
fn the_futures_of_any_host_may_go_to_other_threads() {
    fn send<T: Send>(future: T) -> T {
        future
    }
    fn program<H>(
        client: client::Client<H>,
        watch: impl Watch<H> + Send + Sync + 'static,
    ) -> impl Future + Send
    where
        H: Host<Body = Value> + Send + Sync + 'static,
    {
        send(async move {
            let groups = client.groups();
            let mut list = groups.clone().list(&ListGroups::default())?;
            while let Some(group) = list.next().await? {
                groups.update(&group.id, &json!({})).await?;
                let (members, options) = (["00u1".to_owned()], ApplyOptions::default());
                groups.sync_members(&group.id, &members, &PlanOptions::default(), &options, &watch).await?;
            }
            Ok::<(), client::BulkError<H>>(())
        })
    }
    drop(program(self::client("http://127.0.0.1:9"), ()));
}

#[tokio::test]
async fn an_update_writes_back_no_value_that_it_could_not_hold() {
    const BYTES: &str = "is not UTF-8";
    const BITS: &str = "holds an integer beyond 64 bits";
    for (profile, patch, named) in [
        // An attribute that the patch does not name, in Latin-1.
        (
            &b"\"name\":\"West\",\"city\":\"K\xf6ln\""[..],
            json!({ "name": "x" }),
            Some(("profile.city", BYTES)),
        ),
        (
            b"\"name\":\"W\",\"cities\":[\"Bonn\",{\"a\":\"K\xf6ln\"}]",
            json!({}),
            Some(("profile.cities", BYTES)),
        ),
        (b"\"name\":\"West\",\"more\":{\"K\xf6ln\":1}", json!({}), Some(("profile.more", BYTES))),
        // Integers that a double would change, or may have changed.
        (b"\"name\":\"W\",\"cost\":18446744073709551616", json!({}), Some(("profile.cost", BITS))),
        (b"\"name\":\"W\",\"cost\":-9223372036854775809", json!({}), Some(("profile.cost", BITS))),
        (
            b"\"name\":\"W\",\"costs\":[1,{\"a\":100000000000000000001}]",
            json!({}),
            Some(("profile.costs", BITS)),
        ),
        (
            b"\"name\":\"W\",\"far\":1e+300,\"cost\":1234567890123456789012",
            json!({ "cost": 1, "far": 2 }),
            None,
        ),
        (b"\"name\":\"W\",\"far\":1e+300", json!({}), None),
        (b"\"name\":\"W\",\"cost\":1234567890123456789012345678901234567890", json!({ "cost": 1 }), None),
        (
            b"\"name\":\"W\",\"cost\":18446744073709551615,\"part\":0.1,\"all\":4503599627370496.0",
            json!({}),
            None,
        ),
        // A name of which another would be made, whatever its value.
        (
            b"\"name\":\"West\",\"K\xf6ln\":1",
            json!({ "K\u{fffd}ln": 2 }),
            Some(("profile.K\u{fffd}ln", BYTES)),
        ),
        // The patch has another value; the org has U+FFFD itself.
        (b"\"name\":\"West\",\"city\":\"K\xf6ln\"", json!({ "city": "Bonn" }), None),
        ("\"name\":\"West\",\"city\":\"K\u{fffd}ln\"".as_bytes(), json!({ "name": "x" }), None),
    ] {
        let body = [b"{\"id\":\"00g1\",\"type\":\"OKTA_GROUP\",\"profile\":{", profile, b"}}"].concat();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        let (url, count) = serve_bytes([head.into_bytes(), body].concat()).await;
        let updated = client(&url).groups().update("00g1", &patch).await;
        assert_eq!(count.load(Ordering::SeqCst), if named.is_some() { 1 } else { 2 }, "{patch}");
        let Some((named, what)) = named else {
            updated.unwrap();
            continue;
        };
        let failure = updated.err().unwrap();
        let Error::Response(fault) = &failure.error else { panic!("{failure:?}") };
        assert_eq!((fault.reason, failure.may_have_run), (ResponseReason::Shape, false));
        assert_eq!(fault.snippet.as_deref(), Some(&*format!("at {named}, which {what}")));
    }
}

/// What threads need of types and futures; that this compiles is the test.
#[test]
fn the_client_and_its_futures_may_go_to_other_threads() {
    fn send_sync<T: Send + Sync + 'static>() {}
    fn send<T: Send>(_: impl FnOnce(&'static Client) -> T) {}
    send_sync::<(Client, ReqwestHost, Auth, Failure)>();
    send(|client| client.groups().list(&ListGroups::default()));
    send(|client| async { client.groups().create(&json!({})).await });
    send(|client| async { client.groups().create_or_find(&json!({})).await });
    send(|client| async { client.groups().update("00g1", &json!({})).await });
    send(|client| async { client.groups().delete_if_exists("00g1").await });
    send(|client| async { client.rules().update("0pr1", &json!({})).await });
    send(|client| async { client.rules().update_until("0pr1", &json!({}), async {}).await });
    send(|client| async { client.groups().assign_user("00g1", "00u1").await });
    send(|client| async {
        let mut list = client.groups().list(&ListGroups::default())?;
        let mut items = pin!(list.stream());
        items.try_next().await
    });
}

#[tokio::test]
async fn https_is_spoken_with_what_the_feature_brings() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let hello = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut bytes = [0; 3];
        connection.read_exact(&mut bytes).await.unwrap();
        bytes
    });
    let failure = Client::new(host(), Settings { retry: RetryOptions::none(), ..settings(&url) })
        .groups()
        .get("00g1")
        .await
        .unwrap_err();
    assert_eq!(hello.await.unwrap()[..2], [22, 3], "a record of a TLS handshake");
    assert!(failure.is_connection() && !failure.is_not_found(), "{failure:?}");
    assert!(rustls::crypto::CryptoProvider::get_default().is_some());
}
