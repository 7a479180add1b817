//! Threads for work that takes a processor for a while, as hashing a password does.
//!
//! They are as many as may work at once, and stay: memory that one hashing has used is used by the next. (On tokio's threads for blocking
//! work, which come and go, each thread keeps what it has used.) On Linux they step back behind the threads that serve requests.

use std::fmt;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use tokio::sync::oneshot;

use crate::error::{Error, Result};

type Job = Box<dyn FnOnce() + Send>;

/// What a worker's share of a processor that others want is weighed by (setpriority(2)): half of theirs.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 3;

/// Threads that wait for work. The first work starts them; they end with what owns them.
pub(super) struct Workers {
    count: usize,
    jobs: OnceLock<Sender<Job>>,
}

impl fmt::Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workers")
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

impl Workers {
    /// So many.
    pub(super) fn new(count: usize) -> Self {
        Self {
            count,
            jobs: OnceLock::new(),
        }
    }

    /// Has the next worker do it, in the order of asking.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let job = Box::new(move || {
            // Nobody waits for it any more: then nothing has to be done.
            if !answer.is_closed() {
                let _ = answer.send(work());
            }
        });
        let jobs = self.jobs.get_or_init(|| start(self.count));
        let stopped = |error| Error::internal("work on a password was given up").caused_by(error);
        jobs.send(job).map_err(|error| stopped(error.to_string()))?;
        answered.await.map_err(|error| stopped(error.to_string()))
    }
}

fn start(count: usize) -> Sender<Job> {
    let (sender, receiver) = channel();
    let receiver = Arc::new(Mutex::new(receiver));
    for _ in 0..count {
        let receiver = Arc::clone(&receiver);
        let started = thread::Builder::new()
            .name("password".to_owned())
            .spawn(move || work(&receiver));
        if let Err(error) = started {
            tracing::error!(%error, "a thread for passwords could not be started");
        }
    }
    sender
}

fn work(jobs: &Mutex<Receiver<Job>>) {
    step_back();
    loop {
        // The lock is held while waiting: whoever has it takes the next one.
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else {
            return;
        };
        // What panics answers nothing, and the next one finds this worker where it was.
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(job));
    }
}

/// On Linux a priority is a thread's own; elsewhere it is the whole program's and stays.
fn step_back() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::debug!(%error, "threads for passwords have the priority of all others");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn no_more_work_at_once_than_there_are_workers() {
        let workers = Workers::new(2);
        let running = Arc::new(AtomicUsize::new(0));
        let all = (0..50).map(|_| {
            let running = Arc::clone(&running);
            workers.run(move || {
                let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                thread::sleep(Duration::from_millis(1));
                running.fetch_sub(1, Ordering::SeqCst);
                now
            })
        });
        let seen = futures_util::future::join_all(all).await;
        let most = seen.into_iter().map(|now| now.unwrap()).max();
        assert_eq!(most, Some(2));
    }

    #[tokio::test]
    async fn a_panic_ends_its_own_work_only() {
        let workers = Workers::new(1);
        let failed = workers.run(|| -> u8 { panic!("on purpose") }).await;
        assert_eq!(failed.unwrap_err().kind().status(), 500);
        assert_eq!(workers.run(|| 1).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_is_left() {
        let workers = Workers::new(1);
        let done = Arc::new(AtomicUsize::new(0));
        let busy = workers.run(|| thread::sleep(Duration::from_millis(50)));
        let count = Arc::clone(&done);
        let given_up = workers.run(move || count.fetch_add(1, Ordering::SeqCst));
        let both = async { tokio::join!(busy, given_up) };
        let both = tokio::time::timeout(Duration::from_millis(5), both).await;
        assert!(both.is_err());
        workers.run(|| ()).await.unwrap();
        assert_eq!(done.load(Ordering::SeqCst), 0);
    }
}
