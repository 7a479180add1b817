//! Clients that send a byte a second.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::Target;

/// What the slow connections went through.
#[derive(Default)]
struct Counts {
    open: AtomicUsize,
    ended: AtomicUsize,
    failed: AtomicUsize,
}

/// The slow connections.
pub(super) struct Slow {
    tasks: JoinSet<()>,
    counts: Arc<Counts>,
    opened: usize,
    wanted: usize,
}

impl Slow {
    /// Opens so many, and waits until they are.
    pub(super) async fn begin(runtime: &Handle, target: &Arc<Target>, wanted: usize) -> Self {
        let counts = Arc::new(Counts::default());
        let mut tasks = JoinSet::new();
        for number in 0..wanted {
            let (target, counts) = (Arc::clone(target), Arc::clone(&counts));
            tasks.spawn_on(
                async move { drip_on(&target, number, &counts).await },
                runtime,
            );
        }
        sleep(Duration::from_secs(2)).await;
        let opened = counts.open.load(Ordering::Relaxed);
        Self {
            tasks,
            counts,
            opened,
            wanted,
        }
    }

    /// Closes them and tells what they went through.
    pub(super) async fn end(mut self) -> String {
        self.tasks.shutdown().await;
        let (opened, wanted) = (self.opened, self.wanted);
        format!(
            "slow connections open: {opened} of {wanted}, ended by the server: {}, refused: {}",
            self.counts.ended.load(Ordering::Relaxed),
            self.counts.failed.load(Ordering::Relaxed),
        )
    }
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
