//! Reading from replicas what the primary has acknowledged.
//!
//! A read asks the primary how far it has come, and is answered by a replica that has come so far: whatever was acknowledged to anybody
//! before the read began is in its answer, through whichever instance it was written. Reads that come while that is asked are
//! asked for together, so that many of them cost the primary one small question. Where no replica catches up within a moment, or none
//! answers, the primary answers the read itself.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sqlx::postgres::PgRow;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep, timeout};

use super::batches::Batches;
use super::pool::{Lease, Pool, within};
use super::sources::Hosts;
use crate::error::{Error, ErrorKind, Result};
use crate::store::statement::Statement;

/// How long a read waits for a replica to catch up.
const PATIENCE: Duration = Duration::from_millis(10);

/// The pause before a replica that is behind is asked again.
const AGAIN: Duration = Duration::from_millis(1);

/// How long a replica that does not answer is left alone.
const AVOIDED: Duration = Duration::from_secs(5);

/// How long one that is behind is left alone: otherwise every read would wait for it first.
const BEHIND: Duration = Duration::from_millis(200);

/// How long a position, a connection to a replica or a row of one may be waited for.
const ANSWER_TIMEOUT: Duration = Duration::from_millis(500);

/// What was flushed by the primary, which is all that it has acknowledged, as a number.
const FLUSHED: &str = "SELECT (pg_current_wal_flush_lsn() - '0/0')::bigint";

/// A position at the end of a page may be in the middle of a record, as the primary flushes whole pages now and then for those who do not
/// wait for it. A replica cannot get there before the record goes on, so something is committed that everybody waits for.
const PAGE: i64 = 8_192;

/// A commit that is flushed to its end.
const COMMIT: &str = "SELECT pg_current_xact_id()::text";

/// What can be seen at a replica, or at one that has become the primary.
const REPLAYED: &str = "SELECT (CASE WHEN pg_is_in_recovery() THEN COALESCE(pg_last_wal_replay_lsn(), '0/0') \
    ELSE pg_current_wal_flush_lsn() END - '0/0')::bigint";

/// The replicas of a primary.
#[derive(Clone)]
pub(in crate::store) struct Replicas {
    primary: Asked,
    all: Arc<[Arc<Replica>]>,
    next: Arc<AtomicUsize>,
}

impl fmt::Debug for Replicas {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pools = self.all.iter().map(|replica| &replica.hosts);
        formatter.debug_list().entries(pools).finish()
    }
}

/// One of them: reads by a key that meet there are asked of it together.
pub(super) struct Replica {
    hosts: Batches<Hosts>,
    position: Asked,
    avoided_until: watch::Sender<Option<Instant>>,
}

impl Replicas {
    /// The replicas of a primary; needs a runtime.
    pub(super) fn new(primary: &Pool<Hosts>, replicas: Vec<Pool<Hosts>>) -> Self {
        let replicas = replicas.into_iter().map(|pool| {
            Arc::new(Replica {
                position: Asked::new(pool.clone(), REPLAYED),
                avoided_until: watch::Sender::new(None),
                hosts: Batches::new(pool),
            })
        });
        Self {
            primary: Asked::new(primary.clone(), FLUSHED),
            all: replicas.collect(),
            next: Arc::default(),
        }
    }

    /// A replica that has everything that is acknowledged now; `None` when the primary has to be asked.
    pub(super) async fn reader(&self) -> Option<Arc<Replica>> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (later, first) = self.all.split_at(number % self.all.len().max(1));
        let mut usable = first.iter().chain(later).filter(|one| !one.is_avoided());
        let replica = usable.next()?;
        let wanted = self.primary.position().await?;
        let caught_up = timeout(PATIENCE, replica.reach(wanted)).await;
        match caught_up {
            Ok(Some(())) => return Some(Arc::clone(replica)),
            Ok(None) => replica.note_absence(),
            // Others may be behind as well, and the primary is not.
            Err(_) => replica.avoid(BEHIND),
        }
        None
    }

    pub(super) async fn close(&self) {
        for replica in self.all.iter() {
            replica.hosts.pool().close().await;
        }
    }
}

impl Replica {
    /// A connection.
    pub(super) async fn lease(&self) -> sqlx::Result<Lease<Hosts>> {
        let lease = timeout(ANSWER_TIMEOUT, self.hosts.pool().get()).await;
        let lease = lease.unwrap_or(Err(sqlx::Error::PoolTimedOut));
        if lease.is_err() {
            self.note_absence();
        }
        lease
    }

    /// The rows of a read by key.
    pub(super) async fn rows(&self, statement: Statement) -> Result<Vec<PgRow>> {
        let rows = timeout(ANSWER_TIMEOUT, self.hosts.rows(statement)).await;
        let rows = rows.unwrap_or_else(|_| Err(Error::unavailable("the replica does not answer")));
        if let Err(error) = &rows
            && error.kind() == ErrorKind::Unavailable
        {
            self.note_absence();
        }
        rows
    }

    fn is_avoided(&self) -> bool {
        self.avoided_until
            .borrow()
            .is_some_and(|until| until > Instant::now())
    }

    fn note_absence(&self) {
        tracing::warn!(replica = ?self.hosts, "a replica does not answer; the primary answers its reads");
        self.avoid(AVOIDED);
    }

    fn avoid(&self, time: Duration) {
        let until = Some(Instant::now() + time);
        self.avoided_until.send_replace(until);
    }

    /// Waits until it has come so far; `None` when it does not answer.
    async fn reach(&self, wanted: i64) -> Option<()> {
        loop {
            if self.position.last() >= wanted || self.position.position().await? >= wanted {
                return Some(());
            }
            sleep(AGAIN).await;
        }
    }
}

/// A question about a position, asked for everybody together who wants an answer from now on.
#[derive(Clone)]
struct Asked {
    wanted: Arc<Wanted>,
    /// The number of the newest question that has been answered, and the answer; it stays when there is none.
    answers: watch::Receiver<Answer>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Answer {
    number: usize,
    position: i64,
    is_known: bool,
}

struct Wanted {
    number: AtomicUsize,
    notify: Notify,
}

impl Asked {
    fn new(pool: Pool<Hosts>, question: &'static str) -> Self {
        let wanted = Arc::new(Wanted {
            number: AtomicUsize::new(0),
            notify: Notify::new(),
        });
        let (sender, answers) = watch::channel(Answer::default());
        let weak = Arc::downgrade(&wanted);
        tokio::spawn(async move {
            loop {
                let Some(wanted) = weak.upgrade() else { return };
                // Dropped with the last who could ask: the permit of their last question wakes it, if nothing else does.
                _ = timeout(Duration::from_secs(1), wanted.notify.notified()).await;
                let number = wanted.number.load(Ordering::Acquire);
                drop(wanted);
                let last = *sender.borrow();
                if last.number == number {
                    continue;
                }
                let position = ask(&pool, question).await;
                sender.send_replace(Answer {
                    number,
                    position: position.unwrap_or(last.position),
                    is_known: position.is_some(),
                });
            }
        });
        Self { wanted, answers }
    }

    /// What was answered last: positions only grow.
    fn last(&self) -> i64 {
        self.answers.borrow().position
    }

    /// The answer to a question that is asked after this call.
    async fn position(&self) -> Option<i64> {
        let number = self.wanted.number.fetch_add(1, Ordering::AcqRel) + 1;
        self.wanted.notify.notify_one();
        let mut answers = self.answers.clone();
        let answer = answers.wait_for(|answer| answer.number >= number);
        let answer = *timeout(ANSWER_TIMEOUT, answer).await.ok()?.ok()?;
        answer.is_known.then_some(answer.position)
    }
}

async fn ask(pool: &Pool<Hosts>, question: &'static str) -> Option<i64> {
    let mut lease = timeout(ANSWER_TIMEOUT, pool.get()).await.ok()?.ok()?;
    let position = position_of(&mut lease, question).await?;
    if question != FLUSHED || position % PAGE != 0 {
        return Some(position);
    }
    let committed = sqlx::query(COMMIT).execute(lease.connection().ok()?);
    let committed = within(Some(ANSWER_TIMEOUT), committed).await;
    lease.noted(committed).ok()?;
    position_of(&mut lease, question).await
}

async fn position_of(lease: &mut Lease<Hosts>, question: &'static str) -> Option<i64> {
    let asked = sqlx::query_as(question).fetch_one(lease.connection().ok()?);
    let answered: sqlx::Result<(i64,)> = within(Some(ANSWER_TIMEOUT), asked).await;
    let (position,) = lease.noted(answered).ok()?;
    Some(position)
}
