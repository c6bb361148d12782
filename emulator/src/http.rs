//! The native host: serves the org over HTTP on loopback, and folders beside it. The org decides each answer.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::serve::ListenerExt;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_lite::{Stream, stream};
use percent_encoding::percent_decode_str;
use tokio::net::TcpListener;
use tokio::time::sleep;
use tower_http::services::ServeDir;

use crate::faults::{Act, Delivery, Pace};
use crate::message::{Request, Response};
use crate::org::Org;

/// The largest request body in bytes; Okta's own limit is far lower.
const MAX_BODY: usize = 1024 * 1024;

/// A folder served beside the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaticMount {
    /// The path that the files are served at, `/` or `/www`.
    pub path: String,
    /// The folder.
    pub folder: PathBuf,
}

/// A bound server that has not started to answer.
pub struct Server {
    listener: TcpListener,
    router: Router,
    address: SocketAddr,
}

impl Server {
    /// Binds `port` on 127.0.0.1; 0 picks a free port.
    ///
    /// # Errors
    /// The operating system's error for the port.
    pub async fn bind(org: Org, port: u16, mounts: &[StaticMount]) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, router: router(org, mounts), address })
    }

    /// The origin of the server, `http://127.0.0.1:8080`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Compresses the org's answers for clients that accept gzip, as real orgs do (recorded). A slow or broken body is not
    /// compressed.
    #[must_use]
    pub fn with_gzip(mut self) -> Self {
        self.router = self.router.layer(from_fn(gzip));
        self
    }

    /// Serves until `stop` completes.
    ///
    /// # Errors
    /// The operating system's error for the socket.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
        // No delay, so that small answers are sent at once.
        let listener = self.listener.tap_io(|connection| {
            let _ = connection.set_nodelay(true);
        });
        axum::serve(listener, self.router).with_graceful_shutdown(stop).await
    }
}

type SharedOrg = Arc<Mutex<Org>>;

fn router(org: Org, mounts: &[StaticMount]) -> Router {
    let org: SharedOrg = Arc::new(Mutex::new(org));
    let mut files = Router::new();
    let mut root = None;
    for mount in mounts {
        let folder = mount.folder.clone();
        let service = Router::new()
            .fallback_service(ServeDir::new(&folder).precompressed_br())
            .layer(from_fn(move |request, next| within(folder.clone(), request, next)))
            .layer(from_fn(as_site));
        match mount.path.trim_end_matches('/') {
            "" => root = Some(service),
            path => files = files.nest_service(path, service),
        }
    }
    let files = match root {
        Some(root) => files.fallback_service(root),
        None => files.fallback(answer),
    };
    files
        .route("/api/{*path}", axum::routing::any(answer))
        .route("/oauth2/v1/token", axum::routing::any(answer))
        .route("/local-org", axum::routing::any(answer))
        .route("/local-org/faults", axum::routing::any(answer))
        .layer(from_fn_with_state(Arc::clone(&org), known_host))
        .with_state(org)
}

/// Passes on a request whose `Host` the org knows, and refuses any other.
async fn known_host(
    State(org): State<SharedOrg>,
    request: axum::extract::Request,
    next: Next,
) -> axum::response::Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let named = Request::new("", "").header("host", host);
    if !org.lock().unwrap_or_else(PoisonError::into_inner).knows_host(&named) {
        return convert(Org::misdirected(), Pace::Whole);
    }
    next.run(request).await
}

/// The headers of every file. A page may load scripts and wasm from its own host only, and send requests to that host only.
/// No page of another origin may frame it, keep a handle of its window or embed its files.
const OF_FILES: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
      img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
      require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    // The request decides whether a file is compressed.
    (header::VARY, "accept-encoding"),
];

/// Adds the headers of a file. The browser caches a file whose name has a hash without end, and revalidates any other each
/// time, so that a page under development is never stale.
async fn as_site(request: axum::extract::Request, next: Next) -> axum::response::Response {
    let is_hashed = has_hash(request.uri().path());
    let mut response = next.run(request).await;
    let is_kept =
        is_hashed && (response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED);
    let kept = if is_kept { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    for (name, value) in OF_FILES {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Whether a path ends in `NAME-HASH.EXT` as bundlers write it: at least eight letters A to Z or digits.
fn has_hash(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let hash = name.rsplit_once('-').and_then(|(_, rest)| rest.split_once('.')).map(|(hash, _)| hash);
    hash.is_some_and(|hash| {
        hash.len() >= 8 && hash.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    })
}

/// Passes on a request if its file, and the compressed form beside it, are in `folder` after all links are resolved.
async fn within(folder: PathBuf, request: axum::extract::Request, next: Next) -> axum::response::Response {
    let path = percent_decode_str(request.uri().path()).decode_utf8_lossy();
    let file = path.trim_start_matches('/');
    let index = if file.is_empty() || file.ends_with('/') { "index.html" } else { "" };
    let is_outside = |name: String| match (folder.canonicalize(), folder.join(name).canonicalize()) {
        (Ok(folder), Ok(file)) => !file.starts_with(&folder),
        // The file service answers for a missing file.
        _ => false,
    };
    if ["", ".br"].into_iter().any(|form| is_outside([file, index, form].concat())) {
        return status(StatusCode::NOT_FOUND);
    }
    next.run(request).await
}

async fn answer(State(org): State<SharedOrg>, request: axum::extract::Request) -> axum::response::Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return status(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let headers = parts.headers.iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    let request = Request {
        method: parts.method.as_str().to_owned(),
        path_and_query: parts.uri.path_and_query().map_or("/", |text| text.as_str()).to_owned(),
        headers: headers.collect(),
        body: body.to_vec(),
    };
    let under_way = UnderWay { org: &org, request: &request };
    if org.lock().unwrap_or_else(PoisonError::into_inner).begin(&request) {
        sleep(CREATE).await;
    }
    let Delivery { delay_ms, act } =
        org.lock().unwrap_or_else(PoisonError::into_inner).deliver(&request, now_ms());
    if delay_ms > 0 {
        sleep(Duration::from_millis(delay_ms.into())).await;
    }
    drop(under_way);
    match act {
        Act::Answer(response, pace) => convert(response, pace),
        // A body that fails at once fails before the head is sent, so the client gets no byte.
        Act::Reset => {
            axum::response::Response::new(Body::from_stream(stream::once(Err::<Vec<u8>, _>(reset()))))
        }
        // The server drops this when the client disconnects.
        Act::Hang => std::future::pending().await,
    }
}

/// The time that a create of a rule takes, so that concurrent creates overlap.
const CREATE: Duration = Duration::from_millis(20);

/// Tells the org when a request ends, also if its client disconnects.
struct UnderWay<'a> {
    org: &'a SharedOrg,
    request: &'a Request,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.org.lock().unwrap_or_else(PoisonError::into_inner).end(self.request);
    }
}

/// The smallest body in bytes that is compressed.
const LEAST_TO_COMPRESS: u64 = 1000;

async fn gzip(request: axum::extract::Request, next: Next) -> axum::response::Response {
    let accepted = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let is_accepted = accepted.is_some_and(|accepted| accepted.split(',').any(|it| it.trim() == "gzip"));
    let response = next.run(request).await;
    let is_json = response.headers().get(header::CONTENT_TYPE).is_some_and(|it| it == "application/json");
    // A slow or broken body has no known length.
    let is_long = response.body().size_hint().exact().is_some_and(|length| length >= LEAST_TO_COMPRESS);
    if !(is_accepted && is_json && is_long) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let compressed = match to_bytes(body, usize::MAX).await {
        Ok(body) => encoder.write_all(&body).and_then(|()| encoder.finish()),
        Err(_) => return status(StatusCode::INTERNAL_SERVER_ERROR),
    };
    let Ok(compressed) = compressed else { return status(StatusCode::INTERNAL_SERVER_ERROR) };
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    head.headers.append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    axum::response::Response::from_parts(head, Body::from(compressed))
}

fn reset() -> std::io::Error {
    std::io::ErrorKind::ConnectionReset.into()
}

fn convert(response: Response, pace: Pace) -> axum::response::Response {
    let mut builder = axum::http::Response::builder().status(response.status);
    for (name, value) in response.headers {
        builder = builder.header(name.as_ref(), value);
    }
    let body = response.body.into_bytes();
    let body = match pace {
        Pace::Whole => Body::from(body),
        Pace::Cut(after) => {
            builder = builder.header(header::CONTENT_LENGTH, body.len());
            Body::from_stream(cut(body, after))
        }
        Pace::Slow { chunk, pause_ms } => {
            builder = builder.header(header::CONTENT_LENGTH, body.len());
            Body::from_stream(slow(body, chunk, Duration::from_millis(pause_ms.into())))
        }
    };
    builder.body(body).unwrap_or_else(|_| status(StatusCode::INTERNAL_SERVER_ERROR))
}

/// Sends fewer bytes than the head promised. The pause lets them reach the client before the connection breaks.
fn cut(mut body: Vec<u8>, after: usize) -> impl Stream<Item = std::io::Result<Vec<u8>>> {
    body.truncate(after);
    stream::unfold(Some(body), |kept| async {
        Some(match kept {
            Some(kept) if !kept.is_empty() => (Ok(kept), Some(Vec::new())),
            _ => {
                sleep(Duration::from_millis(20)).await;
                (Err(reset()), None)
            }
        })
    })
}

fn slow(body: Vec<u8>, chunk: usize, pause: Duration) -> impl Stream<Item = std::io::Result<Vec<u8>>> {
    stream::unfold(body, move |mut piece| async move {
        if piece.is_empty() {
            return None;
        }
        sleep(pause).await;
        let rest = piece.split_off(chunk.min(piece.len()));
        Some((Ok(piece), rest))
    })
}

fn status(status: StatusCode) -> axum::response::Response {
    let mut response = axum::response::Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
