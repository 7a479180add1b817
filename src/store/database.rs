//! SQLite or PostgreSQL: pools, transactions, running a statement. The only module that knows which it is.

mod appending;
mod batches;
mod checkpoints;
mod handle;
mod line;
mod migrations;
mod pool;
mod replicas;
pub(super) mod rows;
mod sources;
mod transaction;
mod writer;

use std::borrow::Borrow;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{Duration, Instant};

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgRow};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqliteRow, SqliteSynchronous,
};
use sqlx::{Arguments, FromRow};

use self::batches::Batches;
use self::handle::{Readers, Turn};
use self::migrations::{
    POSTGRES_LOG, POSTGRES_MIGRATIONS, SQLITE_LOG, SQLITE_MIGRATIONS, migrator,
};
use self::pool::Pool;
use self::replicas::Replicas;
use self::sources::{File, Hosts};
pub use self::transaction::Transaction;
use self::writer::Writer;
use super::statement::{Arg, Dialect, Statement};
use crate::error::{self, Error, Result};

/// How long a caller waits for a connection before it is told to come back later.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// One writes the provisioning log, the others read it.
const LOG_CONNECTIONS: u32 = 2;

/// How long a statement of it may take.
const LOG_TIMEOUT: Duration = Duration::from_mins(1);

/// How long a command waits for transactions that began before it.
const WRITERS_TIMEOUT: Duration = Duration::from_secs(30);

const URL_HINT: &str = "database.url must be sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE";

/// A row of either database.
pub(crate) trait Row:
    Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>
{
}
impl<T> Row for T where T: Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>
{}

/// What a reader sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Each statement the newest committed state.
    Newest,
    /// All its statements one state.
    OneState,
    /// All its statements one state, and much of it: PostgreSQL plans each anew, with its values and with joins of whole sets.
    Widely,
}

#[derive(Debug, Clone)]
pub(crate) enum Database {
    /// SQLite has one writer.
    Sqlite {
        readers: Batches<File>,
        writer: Writer,
    },
    Postgres(Batches<Hosts>, Option<Replicas>),
}

/// Where a database is, and how it is used.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: &'a str,
    /// Connections at most: of PostgreSQL, to each host.
    pub max_connections: u32,
    /// Replicas of PostgreSQL, to read from.
    pub read_urls: &'a [String],
    /// How long a statement of PostgreSQL may take; then its connection is given up.
    pub statement_timeout: Option<Duration>,
}

impl Database {
    /// Opens `sqlite:PATH` or `postgres://…` and brings its tables up to date.
    pub(crate) async fn open(options: Options<'_>) -> Result<Self> {
        let Options {
            url,
            max_connections,
            read_urls,
            statement_timeout,
        } = options;
        let database = match url.split(':').next() {
            Some("sqlite") => {
                Self::open_sqlite(url, max_connections, SqliteSynchronous::Full).await?
            }
            Some("postgres" | "postgresql") => {
                let hosts = Hosts::parse(url, postgres_options)?;
                Self::open_postgres(hosts, max_connections, statement_timeout).await?
            }
            _ => return Err(Error::invalid_value(URL_HINT)),
        };
        database
            .migrate(migrator(SQLITE_MIGRATIONS), migrator(POSTGRES_MIGRATIONS))
            .await?;
        database.with_replicas(read_urls, max_connections, statement_timeout)
    }

    fn with_replicas(
        self,
        urls: &[String],
        max_connections: u32,
        statement_timeout: Option<Duration>,
    ) -> Result<Self> {
        match self {
            Self::Postgres(primary, _) if !urls.is_empty() => {
                let replicas = urls.iter().map(|url| {
                    let hosts = Hosts::parse(url, postgres_options)?;
                    Pool::new(hosts, max_connections, statement_timeout).map_err(failed)
                });
                let replicas = replicas.collect::<Result<Vec<_>>>()?;
                let replicas = Replicas::new(primary.pool(), replicas);
                Ok(Self::Postgres(primary, Some(replicas)))
            }
            Self::Sqlite { .. } if !urls.is_empty() => Err(Error::invalid_value(
                "database.read_urls are replicas of a PostgreSQL, and database.url is none",
            )),
            other => Ok(other),
        }
    }

    /// Opens the database of the provisioning log. What it has acknowledged may be lost with the machine's power, not with the
    /// process: nothing but the log depends on it, and it must not slow down those who write resources.
    pub(crate) async fn open_log(url: &str) -> Result<Self> {
        let database = match url.split(':').next() {
            Some("sqlite") => {
                Self::open_sqlite(url, LOG_CONNECTIONS, SqliteSynchronous::Normal).await?
            }
            Some("postgres" | "postgresql") => {
                let hosts = Hosts::parse(url, |options| {
                    postgres_options(options).options([("synchronous_commit", "off")])
                })?;
                Self::open_postgres(hosts, LOG_CONNECTIONS, Some(LOG_TIMEOUT)).await?
            }
            _ => return Err(Error::invalid_value(URL_HINT)),
        };
        let own_table = |mut migrator: Migrator| {
            migrator.dangerous_set_table_name("_muster_log_migrations");
            migrator
        };
        database
            .migrate(
                own_table(migrator(SQLITE_LOG)),
                own_table(migrator(POSTGRES_LOG)),
            )
            .await?;
        Ok(database)
    }

    async fn open_sqlite(
        url: &str,
        max_connections: u32,
        synchronous: SqliteSynchronous,
    ) -> Result<Self> {
        let invalid = |error: sqlx::Error| {
            Error::internal(format!("{url:?} is not a SQLite database URL")).caused_by(error)
        };
        let options = SqliteConnectOptions::from_str(url).map_err(invalid)?;
        prepare_file(options.get_filename())?;
        let options = options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .busy_timeout(Duration::from_secs(10))
            .foreign_keys(true)
            .statement_cache_capacity(500)
            // Rows of a page arrive without making the connection's thread wait for their reader.
            .row_buffer_size(1_024)
            // KiB for each of up to nine connections; the system caches the file as well.
            .pragma("cache_size", "-4096")
            .pragma("wal_autocheckpoint", checkpoints::BACKSTOP_PAGES)
            .pragma("temp_store", "memory");
        let cannot_open = |error: sqlx::Error| {
            Error::unavailable(format!("cannot open the database {url:?}")).caused_by(error)
        };
        let writer = Writer::open(options.clone()).await.map_err(cannot_open)?;
        let readers = File(options.pragma("query_only", "on"));
        let readers = Pool::new(readers, max_connections.clamp(1, 8), None).map_err(cannot_open)?;
        let readers = Batches::new(readers);
        Ok(Self::Sqlite { readers, writer })
    }

    async fn open_postgres(
        hosts: Hosts,
        max_connections: u32,
        statement_timeout: Option<Duration>,
    ) -> Result<Self> {
        // The pool would wait for a database that may never come; whoever starts the server wants to know why it does not.
        let cannot_connect = |error: sqlx::Error| {
            Error::unavailable("cannot connect to the database").caused_by(error)
        };
        hosts.probe().await.map_err(cannot_connect)?;
        let pool = Pool::new(hosts, max_connections, statement_timeout).map_err(cannot_connect)?;
        Ok(Self::Postgres(Batches::new(pool), None))
    }

    /// Runs the migrations that are missing. On PostgreSQL under an advisory lock: instances may start at once.
    async fn migrate(&self, sqlite: Migrator, postgres: Migrator) -> Result<()> {
        let outcome = match self {
            Self::Sqlite { writer, .. } => writer.migrate(&sqlite).await,
            Self::Postgres(hosts, _) => {
                let mut lease = hosts.pool().get().await.map_err(failed)?;
                let connection = lease.connection().map_err(failed)?;
                let outcome = postgres.run(connection).await;
                if outcome.is_ok() {
                    lease.noted(Ok(())).map_err(failed)?;
                }
                outcome
            }
        };
        outcome
            .map_err(|error| Error::internal("the database could not be migrated").caused_by(error))
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite { .. } => Dialect::Sqlite,
            Self::Postgres(..) => Dialect::Postgres,
        }
    }

    /// How many can read at once.
    pub(in crate::store) fn readers(&self) -> usize {
        match self {
            Self::Sqlite { readers, .. } => readers.pool().most(),
            Self::Postgres(hosts, _) => hosts.pool().most(),
        }
    }

    /// What single statements are read with, each of which sees the newest committed state.
    pub(crate) fn reader(&self) -> Transaction {
        Transaction::of_readers(match self {
            Self::Sqlite { readers, .. } => Readers::File(readers.clone()),
            Self::Postgres(hosts, _) => Readers::Hosts(hosts.clone()),
        })
    }

    /// What is read with.
    pub(crate) async fn primary(&self, view: View) -> Result<Transaction> {
        self.reader().seeing(view).await
    }

    /// As [`Self::primary`], or of a replica that has everything that is acknowledged now.
    pub(crate) async fn elastic(&self, view: View) -> Result<Transaction> {
        if let Self::Postgres(_, Some(replicas)) = self
            && let Some(replica) = replicas.reader().await
            && let Ok(reader) = Transaction::of_readers(Readers::Replica(replica))
                .seeing(view)
                .await
        {
            return Ok(reader);
        }
        self.primary(view).await
    }

    /// Begins a write; one that is long goes `alone`, so that nobody's commit waits for it.
    pub(super) async fn begin_write(&self, alone: bool) -> Result<Transaction> {
        let transaction = match self {
            Self::Sqlite { readers, writer } => {
                let share = if alone {
                    Some(writer.begin(alone).await.map_err(failed)?)
                } else {
                    None
                };
                Transaction::of_writer(Turn::new(writer.clone(), readers.clone(), share))
            }
            Self::Postgres(..) => self.reader(),
        };
        Ok(transaction.writing(alone))
    }

    /// Waits until every write transaction of this database that is open now has ended, and every statement of ours that runs now:
    /// a write that is one statement sees what was there when it began, and counts as a writer only when it writes its
    /// first row. SQLite has one writer, who has ended before the next begins.
    ///
    /// # Errors
    /// 503 when one is still open after [`WRITERS_TIMEOUT`].
    pub(crate) async fn wait_for_writers(&self) -> Result<()> {
        const OPEN: &str = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
            AND pid <> pg_backend_pid() AND ((backend_xid IS NOT NULL AND age(backend_xid) > age(CAST($1 AS xid))) \
            OR (application_name = 'muster' AND state = 'active' AND query_start < CAST($2 AS timestamptz)))";
        if let Self::Sqlite { .. } = self {
            return self.begin_write(true).await?.commit().await;
        }
        let mut reader = self.reader();
        let now = Statement::new("SELECT pg_current_xact_id()::xid::text, clock_timestamp()::text");
        let (now, at): (String, String) = reader.fetch_one(now).await?;
        let started = Instant::now();
        loop {
            let select = Statement::new(OPEN).arg(now.as_str()).arg(at.as_str());
            let (open,): (i64,) = reader.fetch_one(select).await?;
            if open == 0 {
                return Ok(());
            }
            if started.elapsed() > WRITERS_TIMEOUT {
                return Err(Error::unavailable(format!(
                    "{open} transactions that began before this command are still open in the database; end them and run the command again"
                )));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until all connections are given back and closed.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { readers, writer } => {
                readers.pool().close().await;
                writer.close().await;
            }
            Self::Postgres(hosts, replicas) => {
                if let Some(replicas) = replicas {
                    replicas.close().await;
                }
                hosts.pool().close().await;
            }
        }
    }
}

/// Where the log of a database is: beside a SQLite file in one of its own, or in the same PostgreSQL database.
#[must_use]
pub fn log_url(url: &str) -> String {
    let Some(file) = url.strip_prefix("sqlite:") else {
        return url.to_owned();
    };
    let (path, options) = match file.split_once('?') {
        Some((path, options)) => (path, format!("?{options}")),
        None => (file, String::new()),
    };
    let stem = path.strip_suffix(".db").unwrap_or(path);
    format!("sqlite:{stem}-log.db{options}")
}

/// Where files of a database are kept: beside a SQLite file, or in the folder `data`.
#[must_use]
pub fn folder_beside(url: &str, name: &str) -> PathBuf {
    let file = url.strip_prefix("sqlite:").unwrap_or_default();
    let path = file.split('?').next().unwrap_or_default();
    let path = path.strip_prefix("//").unwrap_or(path);
    match Path::new(path).parent() {
        Some(folder) => folder.join(name),
        None => Path::new("data").join(name),
    }
}

/// How sessions of PostgreSQL are set up.
fn postgres_options(options: PgConnectOptions) -> PgConnectOptions {
    options
        .application_name("muster")
        .statement_cache_capacity(500)
        // Every statement is written to be driven by an index. Plans that read whole tables, made while statistics are
        // missing or wrong, cost a first sync most: measured 160 instead of 9,000 reads a second after 100,000 creates.
        .options([
            ("enable_seqscan", "off"),
            ("enable_hashjoin", "off"),
            ("enable_mergejoin", "off"),
            // With one plan to choose, it need not be chosen anew for every execution.
            ("plan_cache_mode", "force_generic_plan"),
            ("jit", "off"),
        ])
}

/// Makes the folder of a database file, and the file itself readable by its owner alone: it holds personal data.
fn prepare_file(file: &Path) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    if let Some(folder) = file.parent()
        && !folder.as_os_str().is_empty()
        && !folder.exists()
    {
        // One level: a whole new tree is more likely a misspelt path.
        std::fs::create_dir(folder).map_err(|error| {
            Error::internal(format!("cannot create {}", folder.display())).caused_by(error)
        })?;
    }
    let created = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file);
    match created {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(Error::unavailable(format!("cannot create {}", file.display())).caused_by(error))
        }
        _ => Ok(()),
    }
}

fn sqlite_arguments(args: Vec<Arg>) -> Result<SqliteArguments> {
    let mut arguments = SqliteArguments::default();
    for arg in args {
        add(&mut arguments, arg)?;
    }
    Ok(arguments)
}

fn postgres_arguments(args: Vec<Arg>) -> Result<PgArguments> {
    let mut arguments = PgArguments::default();
    for arg in args {
        add(&mut arguments, arg)?;
    }
    Ok(arguments)
}

/// Adds one argument; the bounds list what both databases can encode.
fn add<A>(arguments: &mut A, arg: Arg) -> Result<()>
where
    A: Arguments,
    bool: Encodable<A::Database>,
    i16: Encodable<A::Database>,
    i32: Encodable<A::Database>,
    i64: Encodable<A::Database>,
    String: Encodable<A::Database>,
    uuid::Uuid: Encodable<A::Database>,
    Vec<u8>: Encodable<A::Database>,
    Option<i16>: Encodable<A::Database>,
    Option<i32>: Encodable<A::Database>,
    Option<i64>: Encodable<A::Database>,
    Option<String>: Encodable<A::Database>,
    Option<Vec<u8>>: Encodable<A::Database>,
    Option<uuid::Uuid>: Encodable<A::Database>,
{
    let added = match arg {
        Arg::Bool(value) => arguments.add(value),
        Arg::I16(value) => arguments.add(value),
        Arg::I32(value) => arguments.add(value),
        Arg::I64(value) => arguments.add(value),
        Arg::Text(value) => arguments.add(value),
        Arg::Id(value) => arguments.add(value),
        Arg::Bytes(value) => arguments.add(value),
        Arg::OptionalI16(value) => arguments.add(value),
        Arg::OptionalI32(value) => arguments.add(value),
        Arg::OptionalI64(value) => arguments.add(value),
        Arg::OptionalText(value) => arguments.add(value),
        Arg::OptionalBytes(value) => arguments.add(value),
        Arg::OptionalId(value) => arguments.add(value),
    };
    added.map_err(|error| Error::internal("an argument could not be encoded").caused_by(error))
}

/// What a database can encode.
trait Encodable<D: sqlx::Database>: for<'q> sqlx::Encode<'q, D> + sqlx::Type<D> {}
impl<D: sqlx::Database, T: for<'q> sqlx::Encode<'q, D> + sqlx::Type<D>> Encodable<D> for T {}

/// Sorts a database failure by kind: taken values, lost races, an absent database, a fault of ours.
fn failed<E>(error: E) -> Error
where
    E: Borrow<sqlx::Error> + std::error::Error + Send + Sync + 'static,
{
    let sort = match error.borrow() {
        sqlx::Error::Database(database) => match database.kind() {
            sqlx::error::ErrorKind::UniqueViolation => Sort::Taken,
            // A row vanished between our reading it and our pointing at it.
            sqlx::error::ErrorKind::ForeignKeyViolation => Sort::Race,
            _ => sort_by_code(database.code().as_deref().unwrap_or_default()),
        },
        sqlx::Error::Io(late) if late.kind() == std::io::ErrorKind::TimedOut => Sort::Late,
        sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::Io(_)
        | sqlx::Error::WorkerCrashed => Sort::Away,
        _ => Sort::Fault,
    };
    match sort {
        Sort::Taken => {
            Error::uniqueness("a value that must be unique is already in use").caused_by(error)
        }
        Sort::Race => Error::conflict("the resource is being changed by many at once; try again")
            .caused_by(error),
        Sort::Away => {
            Error::unavailable("the database is not available; try again").caused_by(error)
        }
        Sort::Late => Error::unavailable(
            "the database did not answer in time; try again, or ask for less: a filter by a value of an indexed attribute looks at least",
        )
        .caused_by(error),
        Sort::Fault => Error::internal("a statement failed").caused_by(error),
    }
}

enum Sort {
    Taken,
    Race,
    Away,
    Late,
    Fault,
}

fn sort_by_code(code: &str) -> Sort {
    match code {
        // serialization_failure, deadlock_detected; division_by_zero: a write of one row was of none
        "40001" | "40P01" | "22012" => Sort::Race,
        // SQLITE_BUSY and its relatives; too_many_connections, admin_shutdown, crash_shutdown, cannot_connect_now,
        // read_only_sql_transaction: the primary has become a replica
        "5" | "261" | "517" | "53300" | "57P01" | "57P02" | "57P03" | "25006" => Sort::Away,
        _ => Sort::Fault,
    }
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection, SqliteConnection};

    /// `.cargo/config.toml` says why.
    #[tokio::test]
    async fn sqlite_is_compiled_for_speed() {
        let mut memory = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let options: Vec<(String,)> = sqlx::query_as("PRAGMA compile_options")
            .fetch_all(&mut memory)
            .await
            .unwrap();
        let has = |name: &str| options.iter().any(|(option,)| option == name);
        assert!(has("ENABLE_QPSG"), "{options:?}");
        assert!(has("DEFAULT_MEMSTATUS=0"), "{options:?}");
        assert!(!has("ENABLE_STAT4"), "{options:?}");
        assert!(!has("ENABLE_MEMORY_MANAGEMENT"), "{options:?}");
    }
}
