//! What others cost a healthy client, who sends a GET every five milliseconds: first alone, then beside them.
//!
//! `beside slow URL TOKEN CONNECTIONS [SECONDS]`: beside as many connections as said that send a head or a body at one byte a
//! second; those that the server ends are opened again. Bodies never get complete, so nothing is changed.
//!
//! `beside sign-ins URL TOKEN ATTEMPTS [SECONDS]`: beside rounds of as many wrong sign-ins at once as said, one after the other, each
//! for a person of its own, at `/sign-in` of the same server. It must let so many come from one address:
//! `MUSTER_LIMITS__ADDRESS_ATTEMPTS=1000000`.
//!
//! Each of the two measurements takes ten seconds unless said otherwise.

mod sign_ins;
mod slow;

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{Request, Uri};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Handle};
use tokio::time::{sleep, timeout};

const MAX_CONNECTIONS: usize = 2_000;
const MAX_SECONDS: u64 = 60;
const PACE: Duration = Duration::from_millis(5);
const USAGE: &str = "beside slow|sign-ins URL TOKEN NUMBER [SECONDS]";

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

struct Target {
    /// Host and port, to connect to.
    authority: String,
    path: String,
    token: String,
}

/// Who disturbs the healthy client.
enum Others {
    Slow,
    SignIns,
}

/// The healthy client has a thread of its own: it must not wait for the others inside this program.
fn main() -> Outcome<()> {
    let (others, target, number, seconds) = arguments()?;
    let elsewhere = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let here = Builder::new_current_thread().enable_all().build()?;
    let (target, others_runtime) = (Arc::new(target), elsewhere.handle());
    let outcome = here.block_on(compare(&others, &target, number, seconds, others_runtime));
    elsewhere.shutdown_background();
    outcome
}

/// Measures alone and beside them, and prints both and their ratio.
async fn compare(
    others: &Others,
    target: &Arc<Target>,
    number: usize,
    seconds: u64,
    elsewhere: &Handle,
) -> Outcome<()> {
    println!(
        "{:<12} {:>8} {:>10} {:>10} {:>10}",
        "", "requests", "p50 (ms)", "p99 (ms)", "reconnects"
    );
    let alone = measure(target, "alone", seconds).await?;
    let (beside, told) = match others {
        Others::Slow => {
            let slow = slow::Slow::begin(elsewhere, target, number).await;
            let beside = measure(target, "beside slow", seconds).await?;
            (beside, slow.end().await)
        }
        Others::SignIns => {
            let sign_ins = sign_ins::SignIns::begin(elsewhere, target, number);
            let beside = measure(target, "beside them", seconds).await?;
            (beside, sign_ins.end().await?)
        }
    };
    println!(
        "ratio: p50 {:.2}, p99 {:.2}; {told}",
        beside.0 / alone.0,
        beside.1 / alone.1,
    );
    Ok(())
}

fn arguments() -> Outcome<(Others, Target, usize, u64)> {
    let mut arguments = std::env::args().skip(1);
    let others = match arguments.next().as_deref() {
        Some("slow") => Others::Slow,
        Some("sign-ins") => Others::SignIns,
        _ => return Err(USAGE.into()),
    };
    let uri: Uri = arguments.next().ok_or(USAGE)?.parse()?;
    let token = arguments.next().ok_or(USAGE)?;
    let number: usize = arguments.next().ok_or(USAGE)?.parse()?;
    let seconds: u64 = arguments.next().map_or(Ok(10), |seconds| seconds.parse())?;
    if number > MAX_CONNECTIONS || seconds == 0 || seconds > MAX_SECONDS / 2 {
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
        path: uri
            .path_and_query()
            .map_or("/", |path| path.as_str())
            .to_owned(),
        token,
    };
    Ok((others, target, number, seconds))
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
