//! The listener: accepts connections, holds each to its limits, and ends in an orderly way.
//!
//! TLS is in [`tls`]; who the client is behind a proxy, in [`proxy`]. No HTTP route and no SCIM rule is here.

mod bodies;
mod pace;
pub mod proxy;
mod pulse;
mod socket;
pub mod tls;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response, Version};
use hyper::body::{Body as _, Incoming};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;
use tower::Service;

use self::bodies::{Answer, Upload};
use self::pace::Pace;
use self::pulse::{Pulse, Times, Verdict};
use self::socket::Socket;
use self::tls::Tls;

/// How many streams a client may open and reset before they are served, and how many of its errors are answered.
const MAX_RESET_STREAMS: usize = 20;
const MAX_ERROR_STREAMS: usize = 128;

/// Connections that the operating system holds until they are accepted; it may have a lower limit of its own.
const BACKLOG: u32 = 1024;

/// The least hyper can do with.
const MIN_HEAD_BYTES: u32 = 8 * 1024;

/// The pause after a failed accept: with no file descriptor left, the next one would fail at once.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Failed accepts are logged at most this often.
const ACCEPT_LOG_INTERVAL: Duration = Duration::from_secs(10);

/// The limits of a listener.
#[derive(Debug, Clone)]
pub struct Options {
    /// With it every connection speaks TLS.
    pub tls: Option<Arc<Tls>>,
    /// Connections served at a time, at least one. A further one waits; the one that rested longest makes room for it.
    pub max_connections: u32,
    /// The time for a request's head: from its first byte, and for the first one from the connection's start, TLS
    /// handshake included.
    pub head_timeout: Duration,
    /// How long a connection may rest between two requests.
    pub idle_timeout: Duration,
    /// How long a client may take nothing of an answer that is ready.
    pub write_timeout: Duration,
    /// The largest head of a request, in bytes; less than 8,192 counts as that. With HTTP/2 the size of the header list.
    pub max_head_bytes: u32,
    /// The most headers of an HTTP/1 request.
    pub max_headers: usize,
    /// The most HTTP/2 requests on one connection at a time.
    pub max_streams: u32,
    /// How often an HTTP/2 client is asked whether it is still there, and how long its answer may take.
    pub ping_interval: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            tls: None,
            max_connections: 10_000,
            head_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(75),
            write_timeout: Duration::from_secs(30),
            max_head_bytes: 16 * 1024,
            max_headers: 100,
            max_streams: 100,
            ping_interval: Duration::from_secs(20),
        }
    }
}

/// Who is at the other end of the connection; in the extensions of every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// The address as the socket has it; an IPv4 address is never written as IPv6.
    pub address: SocketAddr,
    /// Whether the connection is TLS.
    pub is_tls: bool,
}

/// What the connections of a listener share.
struct Shared<S> {
    service: S,
    options: Options,
    protocol: auto::Builder<TokioExecutor>,
    permits: Arc<Semaphore>,
    /// Wakes the connection that has rested longest, to make room for a new one.
    room: Notify,
    stopped: watch::Receiver<bool>,
}

/// Binds a listener where 1,024 connections may wait to be accepted; the library's own way allows 128.
///
/// # Errors
/// When the address cannot be resolved or bound.
pub async fn bind(address: &str) -> io::Result<TcpListener> {
    let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in tokio::net::lookup_host(address).await? {
        match bind_one(address) {
            Ok(listener) => return Ok(listener),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn bind_one(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // On Windows this would allow to take an address that is in use.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until `stopped` is true and the requests in flight are answered; the caller bounds the time for that.
///
/// Beyond [`max_connections`](Options::max_connections) a connection is left waiting instead of being refused: a healthy
/// client is answered a little later instead of failing, and by the limits room comes free within seconds.
pub fn serve<S>(
    listener: TcpListener,
    service: S,
    options: Options,
    stopped: watch::Receiver<bool>,
) -> JoinHandle<()>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S: Clone + Send + Sync + 'static,
    S::Future: Send,
{
    let shared = Arc::new(Shared {
        service,
        protocol: protocol(&options),
        permits: Arc::new(Semaphore::new(options.max_connections.max(1) as usize)),
        room: Notify::new(),
        stopped,
        options,
    });
    tokio::spawn(async move {
        accept_until_stopped(&listener, &shared).await;
        drop(listener);
        // A connection gives its permit back at its end: with all of them here, none is left.
        let all = shared.options.max_connections.max(1);
        _ = shared.permits.acquire_many(all).await;
    })
}

fn protocol(options: &Options) -> auto::Builder<TokioExecutor> {
    let max_head_bytes = options.max_head_bytes.max(MIN_HEAD_BYTES);
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .header_read_timeout(None)
        .max_buf_size(max_head_bytes as usize)
        .max_headers(options.max_headers);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(options.max_streams)
        .max_header_list_size(max_head_bytes)
        .max_pending_accept_reset_streams(MAX_RESET_STREAMS)
        .max_local_error_reset_streams(MAX_ERROR_STREAMS)
        .keep_alive_interval(options.ping_interval)
        .keep_alive_timeout(options.ping_interval);
    builder
}

async fn accept_until_stopped<S>(listener: &TcpListener, shared: &Arc<Shared<S>>)
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S: Clone + Send + Sync + 'static,
    S::Future: Send,
{
    let mut stopped = shared.stopped.clone();
    let mut logged_at = None;
    let mut pace = Pace::new();
    loop {
        let accepted = tokio::select! {
            biased;
            () = told(&mut stopped) => return,
            accepted = accept(listener, shared) => accepted,
        };
        match accepted {
            Ok((stream, address, permit)) => {
                tokio::spawn(connection(Arc::clone(shared), stream, address, permit));
                // Those who are here already come before the next new one.
                tokio::task::yield_now().await;
                pace.keep().await;
            }
            Err(error) => {
                if logged_at.is_none_or(|at: Instant| at.elapsed() >= ACCEPT_LOG_INTERVAL) {
                    logged_at = Some(Instant::now());
                    tracing::error!(%error, "a connection could not be accepted; trying on");
                }
                shared.room.notify_one();
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// The next connection, once there is room for it.
async fn accept<S>(
    listener: &TcpListener,
    shared: &Shared<S>,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let (stream, address) = listener.accept().await?;
    let permits = Arc::clone(&shared.permits);
    if let Ok(permit) = Arc::clone(&permits).try_acquire_owned() {
        return Ok((stream, address, permit));
    }
    shared.room.notify_one();
    let permit = permits.acquire_owned().await.map_err(io::Error::other)?;
    // Had another connection ended by itself, the call would still stand and end one without need.
    _ = pin!(shared.room.notified()).enable();
    Ok((stream, address, permit))
}

async fn connection<S>(
    shared: Arc<Shared<S>>,
    stream: TcpStream,
    address: SocketAddr,
    _permit: OwnedSemaphorePermit,
) where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S: Clone + Send + Sync + 'static,
    S::Future: Send,
{
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "nodelay could not be set");
    }
    let address = SocketAddr::new(address.ip().to_canonical(), address.port());
    let options = &shared.options;
    let pulse = Pulse::new(Times {
        head: options.head_timeout,
        idle: options.idle_timeout,
        write: options.write_timeout,
    });
    let socket = Socket::new(stream, Arc::clone(&pulse));
    let is_tls = options.tls.is_some();
    let peer = Peer { address, is_tls };
    let Some(tls) = &options.tls else {
        return drive(&shared, socket, peer, pulse).await;
    };
    let (until, _) = pulse.due();
    let handshake = TlsAcceptor::from(tls.current()).accept(socket);
    let mut stopped = shared.stopped.clone();
    let shaken = tokio::select! {
        biased;
        () = told(&mut stopped) => return,
        shaken = tokio::time::timeout_at(until, handshake) => shaken,
    };
    match shaken {
        Ok(Ok(stream)) => drive(&shared, stream, peer, pulse).await,
        Ok(Err(error)) => tracing::debug!(%address, %error, "the TLS handshake failed"),
        Err(_) => tracing::debug!(%address, "the TLS handshake took too long"),
    }
}

/// Speaks HTTP on a connection until the client, a limit or the server ends it.
async fn drive<S, I>(shared: &Shared<S>, io: I, peer: Peer, pulse: Arc<Pulse>)
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S: Clone + Send + Sync + 'static,
    S::Future: Send,
    I: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let answerer = Answerer {
        service: shared.service.clone(),
        pulse: Arc::clone(&pulse),
        peer,
    };
    let http = shared.protocol.serve_connection(TokioIo::new(io), answerer);
    let mut http = pin!(http);
    let mut alarm = pin!(tokio::time::sleep_until(pulse.due().0));
    let mut room = pin!(None);
    let mut stopped = shared.stopped.clone();
    let mut is_closing = false;
    loop {
        // In this order: what hyper did decides what is due.
        let verdict = tokio::select! {
            biased;
            ended = http.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(address = %peer.address, %error, "connection ended");
                }
                return;
            }
            () = told(&mut stopped), if !is_closing => Verdict::Idle,
            verdict = std::future::poll_fn(|cx| {
                pulse.poll_due(alarm.as_mut(), room.as_mut(), &shared.room, cx)
            }) => verdict,
        };
        if verdict != Verdict::Idle || is_closing {
            tracing::debug!(address = %peer.address, ?verdict, "connection ended by a limit");
            return;
        }
        is_closing = true;
        pulse.closing();
        http.as_mut().graceful_shutdown();
    }
}

/// Gives each request of a connection to the service.
struct Answerer<S> {
    service: S,
    pulse: Arc<Pulse>,
    peer: Peer,
}

impl<S> hyper::service::Service<Request<Incoming>> for Answerer<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response<Answer>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let is_http2 = request.version() == Version::HTTP_2;
        let turn = self.pulse.begin(is_http2, !request.body().is_end_stream());
        let pulse = Arc::clone(&self.pulse);
        let mut request = request.map(|body| Body::new(Upload::new(body, pulse)));
        request.extensions_mut().insert(self.peer);
        let mut service = self.service.clone();
        Box::pin(async move {
            std::future::poll_fn(|cx| service.poll_ready(cx)).await?;
            let response = service.call(request).await?;
            Ok(response.map(|body| Answer::new(body, turn)))
        })
    }
}

/// Ready once the server was told to stop.
async fn told(stopped: &mut watch::Receiver<bool>) {
    _ = stopped.wait_for(|is_stopped| *is_stopped).await;
}
