//! What slow clients cost a healthy one: `slow URL TOKEN CONNECTIONS [SECONDS]`.
//!
//! One client sends a GET of the URL every five milliseconds, first alone, then beside as many connections as said that
//! send a head or a body at one byte a second; those that the server ends are opened again. Bodies never get complete,
//! so nothing is changed. Each of the two measurements takes ten seconds unless said otherwise.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{Request, Uri};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

const MAX_CONNECTIONS: usize = 2_000;
const MAX_SECONDS: u64 = 60;
const PACE: Duration = Duration::from_millis(5);

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

struct Target {
    /// Host and port, to connect to.
    authority: String,
    path: String,
    token: String,
}

/// What the slow connections went through.
#[derive(Default)]
struct Counts {
    open: AtomicUsize,
    ended: AtomicUsize,
    failed: AtomicUsize,
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let (target, connections, seconds) = arguments()?;
    let target = Arc::new(target);
    let counts = Arc::new(Counts::default());
    println!(
        "{:<12} {:>8} {:>10} {:>10} {:>10}",
        "", "requests", "p50 (ms)", "p99 (ms)", "reconnects"
    );
    let alone = measure(&target, "alone", seconds).await?;
    let mut slow = JoinSet::new();
    for number in 0..connections {
        let (target, counts) = (Arc::clone(&target), Arc::clone(&counts));
        slow.spawn(async move { drip_on(&target, number, &counts).await });
    }
    sleep(Duration::from_secs(2)).await;
    let opened = counts.open.load(Ordering::Relaxed);
    let beside = measure(&target, "beside slow", seconds).await?;
    slow.shutdown().await;
    println!(
        "ratio: p50 {:.2}, p99 {:.2}; slow connections open: {opened} of {connections}, ended by the server: {}, refused: {}",
        beside.0 / alone.0,
        beside.1 / alone.1,
        counts.ended.load(Ordering::Relaxed),
        counts.failed.load(Ordering::Relaxed),
    );
    Ok(())
}

fn arguments() -> Outcome<(Target, usize, u64)> {
    let mut arguments = std::env::args().skip(1);
    let usage = "slow URL TOKEN CONNECTIONS [SECONDS]";
    let uri: Uri = arguments.next().ok_or(usage)?.parse()?;
    let token = arguments.next().ok_or(usage)?;
    let connections: usize = arguments.next().ok_or(usage)?.parse()?;
    let seconds: u64 = arguments.next().map_or(Ok(10), |seconds| seconds.parse())?;
    if connections > MAX_CONNECTIONS || seconds == 0 || seconds > MAX_SECONDS / 2 {
        return Err(format!(
            "at most {MAX_CONNECTIONS} connections, and 1 to {} seconds",
            MAX_SECONDS / 2
        )
        .into());
    }
    if uri.scheme_str() != Some("http") {
        return Err("the URL must begin with http://".into());
    }
    let host = uri.host().ok_or("the URL names no host")?;
    let target = Target {
        authority: format!("{host}:{}", uri.port_u16().unwrap_or(80)),
        path: uri.path().to_owned(),
        token,
    };
    Ok((target, connections, seconds))
}

/// Sends requests at a steady pace and prints a line; the median and the 99th percentile in milliseconds.
async fn measure(target: &Target, label: &str, seconds: u64) -> Outcome<(f64, f64)> {
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut connection = open(target).await?;
    let (mut times, mut reconnects) = (Vec::new(), 0);
    while Instant::now() < end {
        let start = Instant::now();
        // A connection that the server ended is opened again, and that counts as time of the request.
        if get(target, &mut connection).await.is_err() {
            reconnects += 1;
            connection = open(target).await?;
            get(target, &mut connection).await?;
        }
        times.push(start.elapsed().as_secs_f64() * 1000.0);
        sleep(PACE.saturating_sub(start.elapsed())).await;
    }
    times.sort_by(f64::total_cmp);
    let (p50, p99) = (percentile(&times, 50), percentile(&times, 99));
    println!(
        "{label:<12} {:>8} {p50:>10.3} {p99:>10.3} {reconnects:>10}",
        times.len()
    );
    Ok((p50, p99))
}

fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let index = sorted.len() * percent / 100;
    sorted.get(index).copied().unwrap_or_default()
}

async fn open(target: &Target) -> Outcome<SendRequest<Empty<Bytes>>> {
    let stream = timeout(
        Duration::from_secs(20),
        TcpStream::connect(&target.authority),
    )
    .await??;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

async fn get(target: &Target, connection: &mut SendRequest<Empty<Bytes>>) -> Outcome<()> {
    let request = Request::get(&target.path)
        .header("host", &target.authority)
        .header("authorization", format!("Bearer {}", target.token))
        .body(Empty::new())?;
    connection.ready().await?;
    let answer = timeout(Duration::from_secs(20), connection.send_request(request)).await??;
    let status = answer.status();
    answer.into_body().collect().await?;
    if !status.is_success() {
        return Err(format!("the server answered {status}").into());
    }
    Ok(())
}

/// Opens slow connections one after the other: even numbers drip a head, odd ones a body.
async fn drip_on(target: &Target, number: usize, counts: &Counts) {
    // Not all in the same instant, neither at the start nor later.
    sleep(Duration::from_millis(number as u64 % 1000)).await;
    loop {
        let Ok(mut stream) = TcpStream::connect(&target.authority).await else {
            counts.failed.fetch_add(1, Ordering::Relaxed);
            sleep(Duration::from_secs(1)).await;
            continue;
        };
        counts.open.fetch_add(1, Ordering::Relaxed);
        drip(target, number, &mut stream).await;
        counts.open.fetch_sub(1, Ordering::Relaxed);
        counts.ended.fetch_add(1, Ordering::Relaxed);
    }
}

/// Sends a byte a second until the server has had enough.
async fn drip(target: &Target, number: usize, stream: &mut TcpStream) {
    let Target {
        authority,
        path,
        token,
    } = target;
    let is_body = number % 2 == 1;
    let start = if is_body {
        format!(
            "PATCH {path} HTTP/1.1\r\nHost: {authority}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/scim+json\r\nContent-Length: 10000\r\n\r\n"
        )
    } else {
        format!("GET {path} HTTP/1.1\r\nHost: {authority}\r\nX-Slow: ")
    };
    if stream.write_all(start.as_bytes()).await.is_err() {
        return;
    }
    let mut answer = [0; 4096];
    loop {
        if stream.write_all(b" ").await.is_err() {
            return;
        }
        // Any answer, or the end, is the end.
        if timeout(Duration::from_secs(1), stream.read(&mut answer))
            .await
            .is_ok()
        {
            return;
        }
    }
}
