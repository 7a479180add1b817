//! SQLite's one writer. Those who write queue for it, and commit together: each write is a savepoint of a transaction that is shared by all
//! who were waiting when it began, with one `COMMIT` and one wait for the disk. Nobody is answered before that, neither whoever wrote nor
//! whoever was refused: the reason of the refusal may be a write of the same transaction. Writes that are known whole beforehand are
//! handed over ([`whole`]); others have a turn of their own ([`Share`]).

#[cfg(test)]
mod tests;
mod whole;

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _, Error};
use tokio::sync::{Mutex, OwnedMutexGuard, watch};
use tokio::time::timeout;

use self::whole::Queue;
pub(super) use self::whole::{Whole, Written};
use super::ACQUIRE_TIMEOUT;
use super::checkpoints::Checkpoints;

/// Whoever comes later than this after the beginning of a shared transaction begins another one: those who have written wait for its commit.
const OPEN_FOR: Duration = Duration::from_millis(10);

/// SQLite's error codes after which what was written before may be gone: no memory, interrupted, the disk, a damaged file, a full disk.
const LOSING: [i32; 5] = [7, 9, 10, 11, 13];

/// The writer's connection, and the queue for it.
#[derive(Clone)]
pub(in crate::store) struct Writer {
    options: Arc<SqliteConnectOptions>,
    seat: Arc<Mutex<Seat>>,
    queue: Arc<Queue>,
    checkpoints: Checkpoints,
}

/// A writer that may have ended.
pub(super) struct WeakWriter {
    options: Arc<SqliteConnectOptions>,
    seat: Weak<Mutex<Seat>>,
    queue: Arc<Queue>,
    checkpoints: Checkpoints,
}

impl WeakWriter {
    pub(super) fn upgrade(&self) -> Option<Writer> {
        Some(Writer {
            options: Arc::clone(&self.options),
            seat: self.seat.upgrade()?,
            queue: Arc::clone(&self.queue),
            checkpoints: self.checkpoints.clone(),
        })
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Writer").finish_non_exhaustive()
    }
}

/// What only one at a time may use.
struct Seat {
    /// None once it has broken, until the next write, and after the end.
    connection: Option<SqliteConnection>,
    is_closed: bool,
    /// The open transaction.
    group: Option<Group>,
    /// How many transactions there have been.
    groups: u64,
    checkpoints: Checkpoints,
}

/// The writer's turn, while nothing is written.
pub(super) struct Pause {
    _seat: Taken,
}

/// A transaction that is shared.
struct Group {
    number: u64,
    began: Instant,
    /// Nobody else comes in.
    is_alone: bool,
    /// How many writes of it are to stay.
    kept: u32,
    /// SQLite may have undone it: nothing of it may stay.
    is_broken: bool,
    /// Whether it is on disk, once that is known.
    done: watch::Sender<Option<bool>>,
}

impl Group {
    /// Whether another one has to begin for whoever comes now.
    fn is_over(&self) -> bool {
        self.is_broken || self.is_alone || self.began.elapsed() > OPEN_FOR
    }
}

type Taken = OwnedMutexGuard<Seat>;

impl Writer {
    pub(super) async fn open(options: SqliteConnectOptions) -> sqlx::Result<Self> {
        let connection = SqliteConnection::connect_with(&options).await?;
        let checkpoints = Checkpoints::default();
        let seat = Seat {
            connection: Some(connection),
            is_closed: false,
            group: None,
            groups: 0,
            checkpoints: checkpoints.clone(),
        };
        let writer = Self {
            options: Arc::new(options.clone()),
            seat: Arc::new(Mutex::new(seat)),
            queue: Queue::new(1, ACQUIRE_TIMEOUT),
            checkpoints: checkpoints.clone(),
        };
        checkpoints.watch(options, &writer);
        Ok(writer)
    }

    pub(super) fn downgrade(&self) -> WeakWriter {
        WeakWriter {
            options: Arc::clone(&self.options),
            seat: Arc::downgrade(&self.seat),
            queue: Arc::clone(&self.queue),
            checkpoints: self.checkpoints.clone(),
        }
    }

    /// Ends what is open and lets nobody write until it is dropped.
    pub(super) async fn pause(&self) -> Pause {
        let mut seat = Arc::clone(&self.seat).lock_owned().await;
        seat.end_group(None).await;
        Pause { _seat: seat }
    }

    pub(super) async fn migrate(&self, migrator: &Migrator) -> Result<(), MigrateError> {
        let mut seat = self.seat.lock().await;
        let connection = seat.connection.as_mut().ok_or(Error::PoolClosed)?;
        migrator.run(connection).await
    }

    /// Waits for its turn, and begins a write. One that takes long goes `alone`.
    ///
    /// # Errors
    /// `PoolTimedOut` when the turn does not come in time; the database's.
    pub(super) async fn begin(&self, alone: bool) -> sqlx::Result<Share> {
        let turn = timeout(ACQUIRE_TIMEOUT, Arc::clone(&self.seat).lock_owned());
        let mut seat = turn.await.map_err(|_| Error::PoolTimedOut)?;
        if alone || seat.group.as_ref().is_none_or(Group::is_over) {
            seat = self.next_group(seat, alone).await?;
        }
        Ok(Share {
            seat: Some(seat),
            is_open: false,
            is_ended: false,
        })
    }

    /// Ends the open transaction and begins another, in a task of its own: whoever asked for it may go away meanwhile.
    async fn next_group(&self, mut seat: Taken, alone: bool) -> sqlx::Result<Taken> {
        let (options, queue) = (Arc::clone(&self.options), Arc::clone(&self.seat));
        let begun = tokio::spawn(async move {
            seat.end_group(None).await;
            seat.begin_group(&options, alone).await?;
            let number = seat.groups;
            // Takes its place behind everybody who is waiting now.
            tokio::spawn(async move { queue.lock_owned().await.end_group(Some(number)).await });
            Ok(seat)
        });
        begun.await.map_err(|_| Error::WorkerCrashed)?
    }

    /// Ends what is open and closes the connection.
    pub(super) async fn close(&self) {
        self.checkpoints.close().await;
        let mut seat = self.seat.lock().await;
        seat.is_closed = true;
        seat.end_group(None).await;
        if let Some(connection) = seat.connection.take()
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "the database could not be closed");
        }
    }
}

impl Seat {
    async fn begin_group(
        &mut self,
        options: &SqliteConnectOptions,
        is_alone: bool,
    ) -> sqlx::Result<()> {
        if self.is_closed {
            return Err(Error::PoolClosed);
        }
        if self.connection.is_none() {
            self.connection = Some(SqliteConnection::connect_with(options).await?);
        }
        self.run("BEGIN IMMEDIATE").await?;
        self.groups += 1;
        self.group = Some(Group {
            number: self.groups,
            began: Instant::now(),
            is_alone,
            kept: 0,
            is_broken: false,
            done: watch::Sender::new(None),
        });
        Ok(())
    }

    /// Commits the open transaction, if it is the one with this number, and tells those who wait for it.
    async fn end_group(&mut self, number: Option<u64>) {
        let is_meant = |group: &mut Group| number.is_none_or(|number| group.number == number);
        let Some(group) = self.group.take_if(is_meant) else {
            return;
        };
        let is_kept = if group.is_broken {
            false
        } else if group.kept == 0 {
            self.run("ROLLBACK").await.is_ok()
        } else {
            let committed = self.run("COMMIT").await;
            match &committed {
                Ok(()) => self.checkpoints.note(),
                Err(error) => tracing::error!(%error, "a transaction could not be committed"),
            }
            committed.is_ok()
        };
        // Where it has ended by itself, this fails, and there is nothing to do.
        if !is_kept
            && let Err(error) = self.run("ROLLBACK").await
            && matches!(error, Error::WorkerCrashed)
        {
            self.connection = None;
        }
        group.done.send_replace(Some(is_kept));
    }

    async fn run(&mut self, sql: &'static str) -> sqlx::Result<()> {
        let connection = self.connection.as_mut().ok_or(Error::WorkerCrashed)?;
        sqlx::query(sql).execute(connection).await.map(|_| ())
    }

    fn break_group(&mut self) {
        if let Some(group) = &mut self.group {
            group.is_broken = true;
        }
    }
}

/// A write on its way: a part of a transaction. Dropped, nothing of it remains.
pub(super) struct Share {
    /// None once the turn is over.
    seat: Option<Taken>,
    /// Its savepoint has been asked for.
    is_open: bool,
    /// The statement that ends it has been sent.
    is_ended: bool,
}

impl Share {
    pub(super) fn connection(&mut self) -> sqlx::Result<&mut SqliteConnection> {
        let seat = self.seat.as_mut().ok_or(Error::PoolClosed)?;
        seat.connection.as_mut().ok_or(Error::WorkerCrashed)
    }

    /// What its first statement has to begin with; nothing for those after it.
    pub(super) fn opening(&mut self) -> &'static str {
        if std::mem::replace(&mut self.is_open, true) {
            return "";
        }
        "SAVEPOINT share; "
    }

    /// Opens it, unless a statement has done that.
    pub(super) async fn open(&mut self) -> sqlx::Result<()> {
        let opening = self.opening();
        if opening.is_empty() {
            return Ok(());
        }
        let opened = sqlx::query(opening).execute(self.connection()?).await;
        self.noted(opened).map(|_| ())
    }

    /// Notes the failures after which nothing of the transaction may stay.
    pub(super) fn noted<T>(&mut self, outcome: sqlx::Result<T>) -> sqlx::Result<T> {
        if let (Err(error), Some(seat)) = (&outcome, &mut self.seat)
            && is_losing(error)
        {
            seat.break_group();
        }
        outcome
    }

    /// Writes the rest, ends the write and waits until it is on disk.
    ///
    /// # Errors
    /// Those of the rest, of which nothing remains then; others when it is not on disk.
    pub(super) async fn keep(
        mut self,
        rest: String,
        arguments: SqliteArguments,
    ) -> sqlx::Result<()> {
        if rest.is_empty() {
            return if self.is_open {
                self.release().await
            } else {
                Ok(())
            };
        }
        // In a task of its own: whoever waits may go away, and the savepoint must be ended one way or the other.
        let kept = tokio::spawn(async move {
            let text = format!("{}{rest}; RELEASE share", self.opening());
            let written = sqlx::query_with(AssertSqlSafe(text), arguments);
            let written = written.execute(self.connection()?).await;
            match self.noted(written) {
                Ok(_) => self.released(Ok(())).await,
                Err(error) => self.undo().await.and(Err(error)),
            }
        });
        kept.await.map_err(|_| Error::WorkerCrashed)?
    }

    async fn release(mut self) -> sqlx::Result<()> {
        self.is_ended = true;
        let ended = sqlx::query("RELEASE share").execute(self.connection()?);
        let ended = ended.await;
        self.released(ended.map(|_| ())).await
    }

    /// Waits until everything is on disk, the savepoint having ended.
    async fn released(mut self, ended: sqlx::Result<()>) -> sqlx::Result<()> {
        self.is_ended = true;
        let Some(mut seat) = self.seat.take() else {
            return Err(Error::PoolClosed);
        };
        if ended.is_err() {
            seat.break_group();
        }
        let group = seat.group.as_mut().ok_or(Error::PoolClosed)?;
        group.kept += 1;
        let done = group.done.subscribe();
        drop(seat);
        if outcome(done).await {
            return Ok(());
        }
        // Nothing was written, and nothing stands in the way of writing it again.
        Err(ended.err().unwrap_or(Error::WorkerCrashed))
    }

    /// Undoes the write; waits until what it has seen is on disk.
    pub(super) async fn undo(mut self) -> sqlx::Result<()> {
        if !self.is_open {
            return Ok(());
        }
        self.is_ended = true;
        let undone = sqlx::raw_sql(UNDO).execute(self.connection()?);
        let undone = undone.await;
        let Some(mut seat) = self.seat.take() else {
            return Ok(());
        };
        if undone.is_err() {
            seat.break_group();
        }
        let group = seat.group.as_ref().filter(|group| group.kept > 0);
        let done = group.map(|group| group.done.subscribe());
        drop(seat);
        if let Some(done) = done {
            outcome(done).await;
        }
        undone.map(|_| ())
    }
}

const UNDO: &str = "ROLLBACK TO share; RELEASE share";

/// Whether the transaction is on disk.
async fn outcome(mut done: watch::Receiver<Option<bool>>) -> bool {
    let known = done.wait_for(Option::is_some).await;
    known.is_ok_and(|is_kept| *is_kept == Some(true))
}

fn is_losing(error: &Error) -> bool {
    match error {
        Error::Database(database) => {
            let code = database.code().and_then(|code| code.parse::<i32>().ok());
            code.is_some_and(|code| LOSING.contains(&(code & 0xff)))
        }
        Error::WorkerCrashed | Error::Io(_) => true,
        _ => false,
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let (Some(mut seat), true) = (self.seat.take(), self.is_open) else {
            return;
        };
        if self.is_ended {
            // Whoever waited for the end has gone. The statement is on its way, ahead of all others.
            if let Some(group) = &mut seat.group {
                group.kept += 1;
            }
            return;
        }
        let undo = async move {
            let undone = match seat.connection.as_mut() {
                Some(connection) => sqlx::raw_sql(UNDO).execute(connection).await,
                None => Err(Error::WorkerCrashed),
            };
            if undone.is_err() {
                seat.break_group();
            }
        };
        // Without a runtime the process ends, and the transaction with it.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(undo);
        }
    }
}
