//! Wrong sign-ins, many at once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use super::{Outcome, Target};

/// How often each status was answered; without one, what went wrong.
type Counts = BTreeMap<String, usize>;

/// Rounds of sign-ins.
pub(super) struct SignIns {
    stop: Arc<AtomicBool>,
    rounds: JoinHandle<(usize, Counts)>,
}

impl SignIns {
    /// Begins rounds of so many.
    pub(super) fn begin(runtime: &Handle, target: &Arc<Target>, number: usize) -> Self {
        let (stop, target) = (Arc::new(AtomicBool::new(false)), Arc::clone(target));
        let stopped = Arc::clone(&stop);
        let rounds = runtime.spawn(async move {
            let (mut rounds, mut counts) = (0, Counts::new());
            while !stopped.load(Ordering::Relaxed) {
                round(&target, number, &mut counts).await;
                rounds += 1;
            }
            (rounds, counts)
        });
        Self { stop, rounds }
    }

    /// Ends with the round that is under way, and tells what was answered.
    pub(super) async fn end(self) -> Outcome<String> {
        self.stop.store(true, Ordering::Relaxed);
        let (rounds, counts) = self.rounds.await?;
        let counts: Vec<String> = counts
            .iter()
            .map(|(status, count)| format!("{status}: {count}"))
            .collect();
        Ok(format!("rounds: {rounds}; answers {}", counts.join(", ")))
    }
}

/// All at once, each over a connection of its own.
async fn round(target: &Arc<Target>, number: usize, counts: &mut Counts) {
    let mut attempts = JoinSet::new();
    for person in 0..number {
        let target = Arc::clone(target);
        attempts.spawn(async move {
            let patience = Duration::from_secs(30);
            match timeout(patience, attempt(&target, person)).await {
                Ok(Ok(status)) => status,
                Ok(Err(error)) => error.to_string(),
                Err(_) => "no answer".to_owned(),
            }
        });
    }
    while let Some(status) = attempts.join_next().await {
        *counts.entry(status.unwrap_or_default()).or_default() += 1;
    }
}

/// The status of one attempt.
async fn attempt(target: &Target, person: usize) -> Outcome<String> {
    let authority = &target.authority;
    let form = format!("username=nobody{person}%40example.com&password=wrong");
    let request = format!(
        "POST /sign-in HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    let mut stream = TcpStream::connect(authority).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let head = String::from_utf8_lossy(&answer);
    let status = head.split(' ').nth(1).ok_or("an answer without a status")?;
    Ok(status.to_owned())
}
