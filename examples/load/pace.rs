//! When requests are sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Gives out the moments of requests until a limit is reached.
pub(crate) enum Pace {
    /// Whoever asks sends at once.
    Closed { deadline: Instant, left: AtomicU32 },
    /// Moments that were planned at a fixed rate, whether anybody is free to send then or not.
    Open(Mutex<UnboundedReceiver<Instant>>),
}

impl Pace {
    /// Begins now.
    pub(crate) fn start(seconds: u64, requests: u32, rate: Option<u32>) -> Arc<Self> {
        let deadline = Instant::now() + Duration::from_secs(seconds);
        let Some(rate) = rate else {
            let left = AtomicU32::new(requests);
            return Arc::new(Self::Closed { deadline, left });
        };
        let (sender, receiver) = unbounded_channel();
        // A thread of its own sleeps far more exactly than the runtime's timer, which counts in milliseconds.
        thread::spawn(move || plan(&sender, rate, requests, deadline));
        Arc::new(Self::Open(Mutex::new(receiver)))
    }

    /// The moment from which the latency of the next request counts; none when it is over.
    pub(crate) async fn next(&self) -> Option<Instant> {
        match self {
            Self::Closed { deadline, left } => {
                let now = Instant::now();
                let next = left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1));
                next.ok().filter(|_| now < *deadline).map(|_| now)
            }
            Self::Open(moments) => moments.lock().await.recv().await,
        }
    }
}

fn plan(moments: &UnboundedSender<Instant>, rate: u32, requests: u32, deadline: Instant) {
    let start = Instant::now();
    for request in 0..requests {
        let due = start + Duration::from_secs(u64::from(request)) / rate;
        if due >= deadline {
            return;
        }
        thread::sleep(due.saturating_duration_since(Instant::now()));
        if moments.send(due).is_err() {
            return;
        }
    }
}
