//! The native host over a real socket.
#![cfg(feature = "http")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::io::{Read, Write};
use std::net::TcpStream;

use okta_groups_emulator::faults::{Fault, FaultRule};
use okta_groups_emulator::http::{Server, StaticMount};
use okta_groups_emulator::{Options, Org, SeedOptions};

/// Starts a server that lives as long as the test program and returns its origin.
fn start(mounts: &[StaticMount]) -> String {
    start_with(Options::default(), mounts)
}

fn start_with(options: Options, mounts: &[StaticMount]) -> String {
    start_server(options, mounts, |server| server)
}

fn start_gzip(options: Options) -> String {
    start_server(options, &[], Server::with_gzip)
}

fn start_server(options: Options, mounts: &[StaticMount], host: fn(Server) -> Server) -> String {
    let (sender, receiver) = std::sync::mpsc::channel();
    let mounts = mounts.to_vec();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let org = Org::seeded(options, SeedOptions { groups: 10, users: 10, seed: 1 });
            let server = host(Server::bind(org, 0, &mounts).await.unwrap());
            sender.send(server.url()).unwrap();
            server.run(std::future::pending()).await.unwrap();
        });
    });
    receiver.recv().unwrap()
}

/// Status line, headers and body of one request, as text.
fn exchange(origin: &str, head: &str, body: &str) -> String {
    let host = origin.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let length = body.len();
    write!(stream, "{head}\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn site() -> Vec<StaticMount> {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("site");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("index.html"), "<title>the page</title>").unwrap();
    std::fs::write(folder.join("app.js"), "export {}").unwrap();
    std::fs::write(folder.join("core.wasm"), "\0asm").unwrap();
    for name in ["main-ABCDEF23.js", "core_bg-QRSTUVW7.wasm", "main-abcdefgh.js", "main-ABC23.js"] {
        std::fs::write(folder.join(name), "whole").unwrap();
        std::fs::write(folder.join(name.to_owned() + ".br"), "small").unwrap();
    }
    ["/", "/pkg"].map(|path| StaticMount { path: path.into(), folder: folder.clone() }).to_vec()
}

#[test]
fn links_name_the_host_the_request_named_and_come_as_two_headers() {
    let origin = start(&[]);
    let answer = exchange(&origin, "GET /api/v1/groups?limit=2 HTTP/1.1\r\nAuthorization: SSWS t", "");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert_eq!(answer.matches(&format!("\r\nlink: <{origin}/api/v1/groups?limit=2")).count(), 2, "{answer}");
    assert_eq!(answer.to_lowercase().matches("\r\ndate:").count(), 1, "{answer}");
    assert!(answer.contains(&format!("\"href\":\"{origin}/api/v1/groups/00g")), "{answer}");
}

#[test]
fn a_body_arrives_and_a_204_has_none() {
    let origin = start(&[]);
    let head = "POST /api/v1/groups HTTP/1.1\r\nAuthorization: SSWS t\r\nContent-Type: application/json";
    let created = exchange(&origin, head, r#"{"profile":{"name":"ああ"}}"#);
    assert!(created.contains(r#""name":"ああ""#), "{created}");
    let id = created.split("\"id\":\"").nth(1).unwrap().split('"').next().unwrap();
    let head = format!("DELETE /api/v1/groups/{id} HTTP/1.1\r\nAuthorization: SSWS t");
    let deleted = exchange(&origin, &head, "");
    assert!(deleted.starts_with("HTTP/1.1 204 No Content\r\n"), "{deleted}");
    assert!(!deleted.contains("content-type") && deleted.ends_with("\r\n\r\n"), "{deleted}");
}

#[test]
fn folders_are_served_with_their_types_beside_the_api() {
    let origin = start(&site());
    for (path, content_type) in [
        ("/", "text/html"),
        ("/app.js", "text/javascript"),
        ("/core.wasm", "application/wasm"),
        ("/pkg/core.wasm", "application/wasm"),
    ] {
        let answer = exchange(&origin, &format!("GET {path} HTTP/1.1"), "");
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{path}: {answer}");
        assert!(answer.contains(&format!("content-type: {content_type}\r\n")), "{path}: {answer}");
        assert!(answer.contains("cache-control: no-cache\r\n"), "{path}: {answer}");
    }
    assert!(exchange(&origin, "GET /api/v1/groups HTTP/1.1", "").starts_with("HTTP/1.1 401"));
    assert!(exchange(&origin, "GET /missing.js HTTP/1.1", "").starts_with("HTTP/1.1 404"));
}

#[test]
fn a_compressed_form_beside_a_file_is_sent_to_who_takes_it() {
    let origin = start(&site());
    for (accepts, body) in [
        ("", "whole"),
        ("\r\nAccept-Encoding: gzip", "whole"),
        ("\r\nAccept-Encoding: br;q=0", "whole"),
        ("\r\nAccept-Encoding: gzip, deflate, br, zstd", "small"),
    ] {
        for (path, media) in
            [("main-ABCDEF23.js", "text/javascript"), ("pkg/core_bg-QRSTUVW7.wasm", "application/wasm")]
        {
            let answer = exchange(&origin, &format!("GET /{path} HTTP/1.1{accepts}"), "");
            assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with(body), "{path}: {answer}");
            assert_eq!(answer.contains("\r\ncontent-encoding: br\r\n"), body == "small", "{answer}");
            assert!(answer.contains(&format!("\r\ncontent-type: {media}\r\n")), "{answer}");
            assert!(answer.contains("\r\nvary: accept-encoding\r\n"), "{answer}");
        }
    }
}

#[test]
fn an_answer_is_compressed_for_a_client_that_takes_gzip_if_the_host_is_to() {
    let ask = |origin: &str, accepts: &str, path: &str| {
        let head = format!("GET {path} HTTP/1.1\r\nAuthorization: SSWS t{accepts}");
        let host = origin.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        write!(stream, "{head}\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
        let body = answer.split_off(end);
        (String::from_utf8(answer).unwrap(), body)
    };
    let takes = "\r\nAccept-Encoding: gzip, deflate, br";
    let compressed = start_gzip(Options::default());
    let (head, body) = ask(&compressed, takes, "/api/v1/groups");
    assert!(head.contains("\r\ncontent-encoding: gzip\r\nvary: Accept-Encoding\r\n"), "{head}");
    assert!(head.contains(&format!("\r\ncontent-length: {}\r\n", body.len())), "{head}");
    assert_eq!(head.matches("\r\nlink: ").count(), 1, "{head}");
    let mut text = String::new();
    flate2::read::GzDecoder::new(body.as_slice()).read_to_string(&mut text).unwrap();
    let (_, plain) = ask(&compressed, "", "/api/v1/groups");
    assert_eq!(text.as_bytes(), plain);
    assert!(body.len() * 3 < plain.len());
    let mut options = Options::default();
    options.faults.rules = vec![FaultRule::new(Fault::SlowBody { chunk: 4096, pause_ms: 1 })];
    for (origin, accepts, path) in [
        (&compressed, "", "/api/v1/groups"),
        (&compressed, "\r\nAccept-Encoding: br", "/api/v1/groups"),
        (&compressed, takes, "/api/v1/groups?limit=0"),
        (&start(&[]), takes, "/api/v1/groups"),
        (&start_gzip(options), takes, "/api/v1/groups"),
    ] {
        let (head, body) = ask(origin, accepts, path);
        assert!(
            !head.contains("content-encoding") && matches!(body[0], b'[' | b'{'),
            "{path} {accepts}: {head}"
        );
    }
}

#[test]
fn only_a_name_with_a_hash_is_kept_for_ever() {
    let origin = start(&site());
    for (path, is_kept) in [
        ("/main-ABCDEF23.js", true),
        ("/pkg/core_bg-QRSTUVW7.wasm", true),
        ("/main-abcdefgh.js", false),
        ("/main-ABC23.js", false),
        ("/app.js", false),
        ("/", false),
        // There may be one tomorrow.
        ("/missing-ABCDEF23.js", false),
    ] {
        let answer = exchange(&origin, &format!("GET {path} HTTP/1.1"), "");
        let kept = if is_kept { "public, max-age=31536000, immutable" } else { "no-cache" };
        assert!(answer.contains(&format!("\r\ncache-control: {kept}\r\n")), "{path}: {answer}");
    }
}

#[test]
fn files_are_safe_from_other_pages_and_the_api_answers_as_before() {
    let origin = start(&site());
    const HEADERS: [&str; 5] = [
        "\r\ncontent-security-policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'\r\n",
        "\r\nx-content-type-options: nosniff\r\n",
        "\r\nreferrer-policy: no-referrer\r\n",
        "\r\ncross-origin-opener-policy: same-origin\r\n",
        "\r\ncross-origin-resource-policy: same-origin\r\n",
    ];
    for (path, has) in [
        ("/", true),
        ("/pkg/app.js", true),
        ("/missing.js", true),
        ("/api/v1/groups", false),
        ("/local-org", false),
    ] {
        let answer = exchange(&origin, &format!("GET {path} HTTP/1.1\r\nAuthorization: SSWS t"), "");
        for header in HEADERS {
            assert_eq!(answer.contains(header), has, "{path} {header}: {answer}");
        }
    }
}

#[test]
fn the_state_of_the_org_is_beside_the_api_with_and_without_files() {
    for mounts in [site(), Vec::new()] {
        let origin = start(&mounts);
        let state = exchange(&origin, "GET /local-org HTTP/1.1", "");
        assert!(state.contains(r#"{"groups":10,"users":10,"seed":1,"#), "{state}");
        let put = |origin_header: &str| {
            let head = format!(
                "PUT /local-org/faults HTTP/1.1\r\nContent-Type: application/json\r\nOrigin: {origin_header}"
            );
            exchange(&origin, &head, r#"{"rules":[{"fault":"proxyError"}]}"#)
        };
        let list = || exchange(&origin, "GET /api/v1/groups HTTP/1.1\r\nAuthorization: SSWS t", "");
        assert!(put("http://localhost:1").starts_with("HTTP/1.1 403"));
        assert!(list().starts_with("HTTP/1.1 200"));
        assert!(put(&origin).starts_with("HTTP/1.1 200"));
        assert!(list().starts_with("HTTP/1.1 502"));
    }
}

#[test]
fn no_path_leads_out_of_a_folder() {
    let origin = start(&site());
    for path in [
        "/../Cargo.toml",
        "/pkg/../../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "/pkg/%2e%2e%2f%2e%2e%2fCargo.toml",
        "//etc/passwd",
    ] {
        let answer = exchange(&origin, &format!("GET {path} HTTP/1.1"), "");
        assert!(!answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    }
}

#[test]
fn an_unknown_path_without_a_site_is_oktas_404() {
    let origin = start(&[]);
    let answer = exchange(&origin, "GET /nothing HTTP/1.1\r\nAuthorization: SSWS t", "");
    assert!(answer.starts_with("HTTP/1.1 404") && answer.contains("E0000008"), "{answer}");
}

#[test]
fn faults_are_acted_out() {
    let faulty = |fault: Fault| {
        let mut options = Options::default();
        options.faults.rules = vec![FaultRule::new(fault)];
        exchange(&start_with(options, &[]), "GET /api/v1/groups HTTP/1.1\r\nAuthorization: SSWS t", "")
    };
    let (head, whole) = {
        let answer = exchange(&start(&[]), "GET /api/v1/groups HTTP/1.1\r\nAuthorization: SSWS t", "");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.len())
    };
    assert!(head.contains(&format!("content-length: {whole}")), "{head}");
    assert_eq!(faulty(Fault::Reset), "");
    let cut = faulty(Fault::CutBody(40));
    let (head, body) = cut.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-length: "), "{head}");
    assert_eq!(body.len(), 40);
    let slow = faulty(Fault::SlowBody { chunk: 4096, pause_ms: 1 });
    assert_eq!(slow.split_once("\r\n\r\n").unwrap().1.len(), whole);
    let proxy = faulty(Fault::ProxyError);
    assert!(proxy.starts_with("HTTP/1.1 502") && proxy.contains("<html>"), "{proxy}");
}

#[test]
fn a_request_for_another_host_is_refused() {
    let origin = start(&site());
    let ask = |host: &str, path: &str| {
        let mut stream = TcpStream::connect(origin.strip_prefix("http://").unwrap()).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: SSWS t\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    for path in ["/api/v1/groups", "/", "/pkg/app.js"] {
        assert!(ask("localhost", path).starts_with("HTTP/1.1 200"), "{path}");
        assert!(ask("evil.example", path).starts_with("HTTP/1.1 421"), "{path}");
    }
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_a_folder() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("linked");
    let secrets = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("secrets");
    for made in [&folder, &secrets] {
        let _ = std::fs::remove_dir_all(made);
        std::fs::create_dir_all(made).unwrap();
    }
    std::fs::write(secrets.join("key.txt"), "secret").unwrap();
    std::fs::write(folder.join("own.txt"), "own").unwrap();
    std::fs::write(folder.join("small.txt"), "own").unwrap();
    for (to, link) in [
        (secrets.join("key.txt"), "file.txt"),
        (secrets.clone(), "folder"),
        (folder.join("own.txt"), "with blank.txt"),
        (secrets.join("key.txt"), "small.txt.br"),
        (secrets.join("key.txt"), "index.html"),
    ] {
        std::os::unix::fs::symlink(to, folder.join(link)).unwrap();
    }
    // The folder itself may be behind a link.
    let linked = folder.with_extension("link");
    let _ = std::fs::remove_file(&linked);
    std::os::unix::fs::symlink(&folder, &linked).unwrap();
    let mounts = ["/", "/pkg"].map(|path| StaticMount { path: path.into(), folder: linked.clone() });
    let origin = start(&mounts);
    for mount in ["", "/pkg"] {
        for (path, status) in [
            ("own.txt", 200),
            ("with%20blank.txt", 200),
            ("file.txt", 404),
            ("small.txt", 404),
            ("", 404),
            ("folder/key.txt", 404),
            ("f%69le.txt", 404),
            ("folder/", 404),
            ("../secrets/key.txt", 404),
            ("%2e%2e/secrets/key.txt", 404),
        ] {
            let head = format!("GET {mount}/{path} HTTP/1.1\r\nAccept-Encoding: br");
            let answer = exchange(&origin, &head, "");
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{mount}/{path}: {answer}");
            assert!(!answer.contains("secret\n") && !answer.ends_with("secret"), "{path}");
        }
    }
}
