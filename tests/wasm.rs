//! The client on a real JavaScript engine, as a Rust front end uses it: run in Node and in Chromium.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::panic)]

use std::time::Duration;

use js_sys::{Function, Reflect};
use okta_groups::client::{CallOptions, Settings};
use okta_groups::error::{Error, Phase, ResponseReason};
use okta_groups::filter::{self, Number, attr};
use okta_groups::org::OrgUrl;
use okta_groups::policy::RetryOptions;
use okta_groups::request::{DeleteGroup, GetGroup, GroupId, ListGroups};
use okta_groups::web::{self, Auth, FetchHost, TokenReason};
use wasm_bindgen_test::wasm_bindgen_test;

/// A client whose `fetch(url, init)` has the given JavaScript body.
fn client(fetch: &str) -> web::Client {
    let settings = Settings {
        retry: RetryOptions::none(),
        timeout: Duration::from_millis(200),
        ..Settings::new(OrgUrl::parse("https://example.okta.com").unwrap())
    };
    let fetch = Function::new_with_args("url, init", fetch);
    let auth = Auth::bearer("token").unwrap();
    web::Client::new(FetchHost::with(fetch, &settings.org_url, auth, None), settings)
}

fn group() -> okta_groups::request::Request {
    GetGroup { group: GroupId::new("00g1").unwrap() }.request()
}

#[wasm_bindgen_test]
async fn a_group_is_read_as_it_came() {
    let client = client(
        "if (init.headers.get('authorization') !== 'Bearer token' || init.redirect !== 'manual') throw 'unset';
         return new Response(JSON.stringify({ id: '00g1', url, big: 1e300, profile: { name: 'é😀' } }))",
    );
    let reply = client.call(&group(), &CallOptions::default()).await.unwrap();
    let body = reply.body.unwrap();
    assert_eq!(body["url"], "https://example.okta.com/api/v1/groups/00g1");
    assert_eq!(body["profile"]["name"], "é😀");
    assert_eq!((reply.meta.status, reply.meta.attempts), (200, 1));
}

#[wasm_bindgen_test]
async fn an_update_writes_back_no_text_that_was_not_utf_8() {
    let client = client(
        "if (init.method !== 'GET') throw 'written';
         const bytes = Array.from('{\"id\":\"00g1\",\"profile\":{\"name\":\"K\\xf6ln\"}}', (c) => c.charCodeAt(0));
         return new Response(new Uint8Array(bytes))",
    );
    let patch = serde_json::json!({ "description": "x" });
    let failure = client.groups().update("00g1", &patch).await.err().unwrap();
    let Error::Response(fault) = &failure.error else { panic!("{failure:?}") };
    assert_eq!(fault.reason, ResponseReason::Shape);
    assert_eq!(fault.snippet.as_deref(), Some("at profile.name, which is not UTF-8"));
}

#[wasm_bindgen_test]
async fn a_walk_reads_every_page() {
    let client = client(
        "const after = Number(new URL(url).searchParams.get('after') ?? 0);
         const headers = after < 3 ? { link: `<${url.split('?')[0]}?after=${after + 1}>; rel=\"next\"` } : {};
         return new Response(JSON.stringify([{ id: after }]), { headers })",
    );
    let mut walk = client.walk(ListGroups::default().request().unwrap(), None).unwrap();
    let mut pages = 0;
    while client.page(&mut walk, &CallOptions::default()).await.unwrap().is_some() {
        pages += 1;
    }
    assert_eq!(pages, 4);
}

#[wasm_bindgen_test]
async fn a_rust_front_end_reads_models_with_tokens_of_its_own() {
    let fetch = Function::new_with_args(
        "url, init",
        "if (init.headers.get('authorization') !== 'Bearer Unauthorized') {
             return new Response('{\"errorCode\":\"E0000011\"}', { status: 401 });
         }
         const after = Number(new URL(url).searchParams.get('after') ?? 0);
         const link = `<${url.split('?')[0]}?after=${after + 1}>; rel=\"next\"`;
         const page = [{ id: `00g${after}`, profile: { name: 'é😀', weight: 1 }, later: [after] }];
         return new Response(JSON.stringify(page), { headers: after < 2 ? { link } : {} })",
    );
    let real = Reflect::get(&js_sys::global(), &"fetch".into()).unwrap();
    Reflect::set(&js_sys::global(), &"fetch".into(), &fetch).unwrap();
    let org = OrgUrl::parse("https://example.okta.com").unwrap();
    let auth = Auth::bearer_from(|reason: TokenReason| async move { Ok(format!("{reason:?}")) });
    let client = web::Client::new(FetchHost::new(&org, auth, None).unwrap(), Settings::new(org));
    Reflect::set(&js_sys::global(), &"fetch".into(), &real).unwrap();

    let groups = client.groups().list(&ListGroups::default()).unwrap().to_vec(10).await.unwrap();
    assert_eq!(groups.iter().map(|group| group.id.as_str()).collect::<Vec<_>>(), ["00g0", "00g1", "00g2"]);
    assert_eq!(groups[2].profile.name.as_deref(), Some("é😀"));
    assert_eq!(groups[2].other["later"][0], 2);
}

#[wasm_bindgen_test]
async fn what_fetch_throws_is_an_error() {
    for body in ["throw 'text'", "return Promise.reject(7)", "return undefined", "return 'no response'"] {
        let failure = client(body).call(&group(), &CallOptions::default()).await.unwrap_err();
        assert!(matches!(failure.error, Error::Connection { .. }), "{body}");
    }
}

#[wasm_bindgen_test]
async fn what_fetch_throws_says_whether_it_was_sent() {
    let table: Vec<serde_json::Value> = serde_json::from_str(include_str!("fixtures/faults.json")).unwrap();
    for row in table {
        let body = format!(
            "const made = ({{ message, cause, ...fields }}) =>
                 Object.assign(new Error(message, cause && {{ cause: made(cause) }}), fields);
             throw made({})",
            row["error"],
        );
        let failure = client(&body)
            .call(&DeleteGroup { group: GroupId::new("00g1").unwrap() }.request(), &CallOptions::default())
            .await
            .unwrap_err();
        let Error::Connection { code, .. } = &failure.error else { panic!("{row}") };
        assert_eq!(code.as_deref(), row["code"].as_str(), "{row}");
        assert_eq!(failure.may_have_run, row["outcome"] == "Lost", "{row}");
    }
}

#[wasm_bindgen_test]
async fn words_of_an_address_prove_nothing_of_the_connection() {
    let client = client("throw new TypeError(`error sending request for url (${url}): other side closed`)");
    let list = ListGroups { q: Some("certificate".to_owned()), ..ListGroups::default() };
    let mut walk = client.walk(list.request().unwrap(), None).unwrap();
    let failure = client.page(&mut walk, &CallOptions::default()).await.unwrap_err();
    assert!(matches!(&failure.error, Error::Connection { code: None, .. }), "{failure:?}");
}

#[wasm_bindgen_test]
async fn what_fetch_throws_does_not_tell_the_token() {
    let org = OrgUrl::parse("https://example.okta.com").unwrap();
    let settings = Settings { retry: RetryOptions::none(), ..Settings::new(org) };
    for (fetch, told) in [
        ("throw Object.assign(new Error('mine'), { request: new Request(url, init) })", false),
        ("throw Object.assign(new Error('mine'), { request: url })", true),
    ] {
        let auth = Auth::bearer("c4n4ry-9f31bd77e0").unwrap();
        let host =
            FetchHost::with(Function::new_with_args("url, init", fetch), &settings.org_url, auth, None);
        let failure = web::Client::new(host, settings.clone())
            .call(&group(), &CallOptions::default())
            .await
            .unwrap_err();
        let Error::Connection { cause, .. } = failure.error else { unreachable!() };
        assert_eq!(Reflect::has(&cause, &"request".into()).unwrap(), told, "{fetch}");
    }
}

#[wasm_bindgen_test]
async fn a_hanging_fetch_is_aborted() {
    let client = client(
        "return new Promise((_, reject) => init.signal.addEventListener('abort', () => {
             globalThis.aborted = true; reject(init.signal.reason) }))",
    );
    let failure = client.call(&group(), &CallOptions::default()).await.unwrap_err();
    assert!(matches!(failure.error, Error::Timeout { phase: Phase::Attempt, .. }));
    assert!(Reflect::get(&js_sys::global(), &"aborted".into()).unwrap().is_truthy());
}

#[wasm_bindgen_test]
async fn a_page_of_html_is_no_group() {
    let failure =
        client("return new Response('<html>Sign in')").call(&group(), &CallOptions::default()).await;
    let Error::Response(fault) = failure.unwrap_err().error else { unreachable!() };
    assert_eq!(fault.reason, ResponseReason::Html);
}

#[wasm_bindgen_test]
fn numbers_are_written_as_javascript_writes_them() {
    for (number, text) in
        [(0.1, "0.1"), (1e21, "1e+21"), (-0.5, "-0.5"), (123_456_789.25, "123456789.25"), (5e-7, "5e-7")]
    {
        assert_eq!(Number::try_from(number).unwrap().to_string(), text);
    }
}

#[wasm_bindgen_test]
fn expressions_are_the_same_here() {
    let expr = attr("profile.weight").unwrap().gt(Number::try_from(2.5).unwrap());
    assert_eq!(filter::parse(&expr.to_string()).unwrap(), expr);
    assert_eq!(filter::parse("a eq 1.50").unwrap().to_string(), "a eq 1.5");
}
