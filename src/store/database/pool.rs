//! Connections that are kept for whoever asks next.
//!
//! The pool of sqlx asks a connection whether it is alive each time it is given back: one more way to the database for every
//! request. Here that is asked only of a connection that was left in the middle of something, was not used for a while, or is older
//! than a failure of another one.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use deadpool::managed::{self, Manager, Metrics, Object, PoolError, RecycleError, RecycleResult};
use sqlx::{Connection, Error};
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout};

use super::ACQUIRE_TIMEOUT;

/// A connection that was not used for so long is asked whether it is alive.
const UNUSED: Duration = Duration::from_secs(1);

/// How long its answer may take.
const PING_TIMEOUT: Duration = Duration::from_secs(2);

/// How long the end waits for connections that are in use.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// Where connections of one kind come from.
pub(in crate::store) trait Source: fmt::Debug + Send + Sync + 'static {
    type Connection: Connection + Send;

    /// After this, a connection is replaced by a new one.
    const MAX_AGE: Option<Duration>;

    fn connect(&self) -> impl Future<Output = sqlx::Result<Self::Connection>> + Send;

    /// Runs a statement without arguments or rows.
    fn run(
        connection: &mut Self::Connection,
        sql: &'static str,
    ) -> impl Future<Output = sqlx::Result<()>> + Send;
}

/// A connection, and how many failures there had been when it was last known to be alive.
#[derive(Debug)]
pub(super) struct Kept<C> {
    connection: C,
    failures: u64,
}

#[derive(Debug)]
pub(super) struct Keeper<S> {
    source: S,
    failures: AtomicU64,
}

impl<S: Source> Manager for Keeper<S> {
    type Type = Kept<S::Connection>;
    type Error = Error;

    async fn create(&self) -> sqlx::Result<Self::Type> {
        let failures = self.failures.load(Ordering::Relaxed);
        // On the heap: whatever waits for a connection would be as large as the making of one, and is moved a dozen times for each request.
        let connection = Box::pin(self.source.connect()).await?;
        Ok(Kept {
            connection,
            failures,
        })
    }

    async fn recycle(&self, kept: &mut Self::Type, metrics: &Metrics) -> RecycleResult<Error> {
        if S::MAX_AGE.is_some_and(|age| metrics.age() > age) {
            return Err(RecycleError::message("it is old"));
        }
        let failures = self.failures.load(Ordering::Relaxed);
        if kept.failures == failures && metrics.last_used() < UNUSED {
            return Ok(());
        }
        let answer = timeout(PING_TIMEOUT, kept.connection.ping()).await;
        answer.map_err(|_| RecycleError::message("it does not answer"))??;
        kept.failures = failures;
        Ok(())
    }
}

/// Connections to one database.
pub(in crate::store) struct Pool<S: Source> {
    pool: managed::Pool<Keeper<S>>,
    /// How long a statement may take.
    patience: Option<Duration>,
}

impl<S: Source> Clone for Pool<S> {
    fn clone(&self) -> Self {
        Self {
            pool: self.pool.clone(),
            patience: self.patience,
        }
    }
}

impl<S: Source> fmt::Debug for Pool<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = &self.pool.manager().source;
        formatter.debug_tuple("Pool").field(source).finish()
    }
}

impl<S: Source> Pool<S> {
    /// Connects when somebody asks.
    ///
    /// # Errors
    /// Never: there is nothing in it that could be missing.
    pub(super) fn new(
        source: S,
        max_connections: u32,
        patience: Option<Duration>,
    ) -> sqlx::Result<Self> {
        let keeper = Keeper {
            source,
            failures: AtomicU64::new(0),
        };
        let size = usize::try_from(max_connections.max(1)).unwrap_or(usize::MAX);
        let built = managed::Pool::builder(keeper)
            .max_size(size)
            .queue_mode(managed::QueueMode::Lifo)
            .build();
        let pool = built.map_err(|error| Error::Configuration(Box::new(error)))?;
        Ok(Self { pool, patience })
    }

    /// How many connections there are at most.
    pub(super) fn most(&self) -> usize {
        self.pool.status().max_size
    }

    /// A connection, once one is free.
    ///
    /// # Errors
    /// `PoolTimedOut`, `PoolClosed`; those of connecting.
    pub(super) async fn get(&self) -> sqlx::Result<Lease<S>> {
        let found = timeout(ACQUIRE_TIMEOUT, self.pool.get()).await;
        match found {
            Ok(Ok(object)) => Ok(Lease {
                object: Some(object),
                patience: self.patience,
                is_busy: false,
                is_open: false,
            }),
            Ok(Err(PoolError::Backend(error))) => Err(error),
            Ok(Err(PoolError::Closed)) => Err(Error::PoolClosed),
            Ok(Err(_)) | Err(_) => Err(Error::PoolTimedOut),
        }
    }

    /// Closes all connections; waits for those that are in use.
    pub(super) async fn close(&self) {
        let until = Instant::now() + CLOSE_TIMEOUT;
        loop {
            for kept in self.pool.retain(|_, _| false).removed {
                if let Err(error) = kept.connection.close().await {
                    tracing::debug!(%error, "a connection could not be closed");
                }
            }
            if self.pool.status().size == 0 || Instant::now() > until {
                return self.pool.close();
            }
            sleep(Duration::from_millis(5)).await;
        }
    }
}

/// A connection in use. It goes back when it is dropped; what it was in the middle of is ended first.
pub(in crate::store) struct Lease<S: Source> {
    object: Option<Object<Keeper<S>>>,
    patience: Option<Duration>,
    /// A statement is on its way, and has not been answered to its end.
    is_busy: bool,
    /// A transaction has been begun.
    is_open: bool,
}

impl<S: Source> Lease<S> {
    /// The connection, for one statement, the outcome of which is to be [`Self::noted`].
    pub(super) fn connection(&mut self) -> sqlx::Result<&mut S::Connection> {
        self.is_busy = true;
        let object = self.object.as_mut().ok_or(Error::PoolClosed)?;
        Ok(&mut object.connection)
    }

    /// Notes how the statement ended: a connection that broke does not go back, and others are asked whether they still live.
    pub(super) fn noted<T>(&mut self, outcome: sqlx::Result<T>) -> sqlx::Result<T> {
        self.is_busy = false;
        if let Err(error) = &outcome
            && is_broken(error)
        {
            self.discard();
        }
        outcome
    }

    /// How long a statement may take.
    pub(super) fn patience(&self) -> Option<Duration> {
        self.patience
    }

    fn discard(&mut self) {
        let Some(object) = self.object.take() else {
            return;
        };
        if let Some(pool) = Object::pool(&object) {
            pool.manager().failures.fetch_add(1, Ordering::Relaxed);
        }
        drop(Object::take(object));
    }

    /// Begins a transaction with this statement; it ends with the lease, if not before.
    pub(super) async fn begin(&mut self, sql: &'static str) -> sqlx::Result<()> {
        self.is_open = true;
        self.run(sql).await
    }

    /// Ends the transaction, if there is one, with this statement.
    pub(super) async fn end(&mut self, sql: &'static str) -> sqlx::Result<()> {
        if !self.is_open {
            return Ok(());
        }
        self.run(sql).await?;
        self.is_open = false;
        Ok(())
    }

    async fn run(&mut self, sql: &'static str) -> sqlx::Result<()> {
        let patience = self.patience;
        let done = within(patience, S::run(self.connection()?, sql)).await;
        self.noted(done)
    }
}

impl<S: Source> Drop for Lease<S> {
    fn drop(&mut self) {
        let Some(mut object) = self.object.take() else {
            return;
        };
        if !self.is_busy && !self.is_open {
            return;
        }
        let (is_open, patience) = (self.is_open, self.patience);
        // Without a runtime the process ends, and its connections with it.
        let Ok(runtime) = Handle::try_current() else {
            return drop(Object::take(object));
        };
        runtime.spawn(async move {
            let connection = &mut object.connection;
            let ended = if is_open {
                within(patience, S::run(connection, "ROLLBACK")).await
            } else {
                within(patience, connection.ping()).await
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection was given up");
                drop(Object::take(object));
            }
        });
    }
}

/// Waits for a statement as long as it may take. The connection of one that takes longer is of no more use, and whether it was
/// carried out is not known.
pub(super) async fn within<T>(
    patience: Option<Duration>,
    statement: impl Future<Output = sqlx::Result<T>>,
) -> sqlx::Result<T> {
    let Some(patience) = patience else {
        return statement.await;
    };
    let done = timeout(patience, statement).await;
    done.unwrap_or_else(|_| {
        let late = "the database did not answer in time";
        let late = std::io::Error::new(std::io::ErrorKind::TimedOut, late);
        Err(Error::Io(late))
    })
}

/// Whether the connection is of no more use: it is gone, or the database behind it has become one that takes no writes.
pub(super) fn is_broken(error: &Error) -> bool {
    match error {
        Error::Io(_) | Error::Tls(_) | Error::Protocol(_) | Error::WorkerCrashed => true,
        Error::Database(database) => {
            // admin_shutdown, crash_shutdown, cannot_connect_now, read_only_sql_transaction
            let code = database.code();
            matches!(code.as_deref(), Some("57P01" | "57P02" | "57P03" | "25006"))
        }
        _ => false,
    }
}
