//! A server with small limits, and clients that see every byte.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Extension, Path, Request};
use axum::routing::{get, post};
use muster::listen::{Options, Peer, bind, serve};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use tower::Layer;
use tower_http::normalize_path::NormalizePathLayer;

pub(crate) const HEAD: Duration = Duration::from_millis(400);
pub(crate) const IDLE: Duration = Duration::from_millis(1200);
/// A rest that is nearly too long.
pub(crate) const NEARLY_IDLE: Duration = Duration::from_millis(900);
pub(crate) const WRITE: Duration = Duration::from_millis(500);
/// What a busy machine may add to a limit.
pub(crate) const SLACK: Duration = Duration::from_millis(700);
pub(crate) const BIG: usize = 64 << 20;

/// Requests that are being answered, and the most there were at a time.
#[derive(Default)]
pub(crate) struct Gauge {
    now: AtomicUsize,
    pub(crate) peak: AtomicUsize,
}

pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    pub(crate) stop: watch::Sender<bool>,
    pub(crate) task: JoinHandle<()>,
    pub(crate) gauge: Arc<Gauge>,
}

pub(crate) fn small() -> Options {
    Options {
        head_timeout: HEAD,
        idle_timeout: IDLE,
        write_timeout: WRITE,
        ..Options::default()
    }
}

pub(crate) async fn start(options: Options) -> TestServer {
    let listener = bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    let gauge = Arc::new(Gauge::default());
    let service = NormalizePathLayer::trim_trailing_slash().layer(router(Arc::clone(&gauge)));
    let task = serve(listener, service, options, stopped);
    TestServer {
        address,
        stop,
        task,
        gauge,
    }
}

fn router(gauge: Arc<Gauge>) -> Router {
    Router::new()
        .route("/", get(async || "hello"))
        .route(
            "/peer",
            get(async |Extension(peer): Extension<Peer>| {
                format!("{} {}", peer.address, peer.is_tls)
            }),
        )
        .route("/slow/{milliseconds}", get(slow))
        .route("/big", get(async || Bytes::from(vec![b'x'; BIG])))
        .route("/length", post(async |body: Bytes| body.len().to_string()))
        .route(
            "/refuse",
            post(async |_: Request| {
                (
                    axum::http::StatusCode::PAYLOAD_TOO_LARGE,
                    Body::from("too much"),
                )
            }),
        )
        .layer(Extension(gauge))
}

async fn slow(
    Path(milliseconds): Path<u64>,
    Extension(gauge): Extension<Arc<Gauge>>,
) -> &'static str {
    let now = gauge.now.fetch_add(1, Ordering::SeqCst) + 1;
    gauge.peak.fetch_max(now, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    gauge.now.fetch_sub(1, Ordering::SeqCst);
    "slow"
}

/// An HTTP/1.1 client on any stream.
pub(crate) struct Raw<I>(pub(crate) I);

/// Head and body of an answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn status(&self) -> &str {
        self.head.split(' ').nth(1).unwrap()
    }
}

pub(crate) async fn connect(address: SocketAddr) -> Raw<TcpStream> {
    Raw(TcpStream::connect(address).await.unwrap())
}

impl<I: AsyncRead + AsyncWrite + Unpin> Raw<I> {
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
        self.0.flush().await.unwrap();
    }

    pub(crate) async fn get(&mut self, path: &str) -> Reply {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"))
            .await;
        self.reply().await
    }

    /// Reads one answer; panics when the connection ends before.
    pub(crate) async fn reply(&mut self) -> Reply {
        self.try_reply().await.expect("an answer")
    }

    pub(crate) async fn try_reply(&mut self) -> Option<Reply> {
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") {
            bytes.push(self.0.read_u8().await.ok()?);
        }
        let head = String::from_utf8(bytes).unwrap().to_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await.ok()?;
        let body = String::from_utf8(body).unwrap();
        Some(Reply { head, body })
    }

    /// Sends a byte every 25 ms, for at most ten seconds, until the connection is closed; how long that took.
    pub(crate) async fn drip(&mut self, bytes: impl IntoIterator<Item = u8>) -> Duration {
        let start = Instant::now();
        for byte in bytes.into_iter().take(400) {
            if self.0.write_all(&[byte]).await.is_err() {
                break;
            }
            _ = self.0.flush().await;
            let mut answer = [0; 1024];
            if let Ok(read) = timeout(Duration::from_millis(25), self.0.read(&mut answer)).await {
                assert!(matches!(read, Ok(0) | Err(_)), "an answer: {answer:?}");
                break;
            }
        }
        start.elapsed()
    }

    /// Reads until the connection is closed; how long that took.
    pub(crate) async fn until_closed(&mut self) -> Duration {
        let start = Instant::now();
        let mut rest = Vec::new();
        let ended = timeout(Duration::from_secs(10), self.0.read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "the connection stays open");
        start.elapsed()
    }
}

pub(crate) fn assert_about(took: Duration, limit: Duration) {
    let early = Duration::from_millis(30);
    assert!(took + early >= limit, "{took:?} is before {limit:?}");
    assert!(took < limit + SLACK, "{took:?} is long after {limit:?}");
}
