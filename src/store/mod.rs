//! Everything on disk, and the only code that knows SQL.
//!
//! Every SQL text stands once, with `$1` placeholders, for both databases, but for what is one statement of PostgreSQL
//! (`creation`, `joining`), and which condition of a filter finds the others' candidates (`pages`). Every verb that touches resources takes the
//! tenant: there is no way to ask without one. A write is a transaction ([`in_transaction!`](crate::in_transaction)) that also appends to `change`.
//!
//! No SCIM rule lives here, except which value of an attribute is the one to sort by.

/// Reads from a replica where there is one, and from the primary where that cannot answer: `read_elastic!(store, view, |tx| …)`,
/// a `Result`. The body runs once or twice.
#[macro_export]
macro_rules! read_elastic {
    ($store:expr, $view:expr, |$tx:ident| $body:expr) => {
        $crate::read_elastic!(keeping, $store, $view, |$tx| $body).map(|(_, value)| value)
    };
    // With the transaction in which it was read.
    (keeping, $store:expr, $view:expr, |$tx:ident| $body:expr) => {{
        let mut source = $store.elastic($view).await?;
        let $tx = &mut source;
        match $body {
            Err(error) if source.is_replica() && $crate::store::may_be_of_replica(&error) => {
                let mut source = $store.primary($view).await?;
                let $tx = &mut source;
                $body.map(|value| (source, value))
            }
            outcome => outcome.map(|value| (source, value)),
        }
    }};
}

/// Runs a body in a write transaction and commits it: `in_transaction!(store, |tx| …)`, a `Result`.
///
/// The body is an async block that answers a `Result`; on `Ok` its effects are on disk when the macro's value is there, on `Err`
/// nothing of it remains. A body that lost against another transaction runs again from its beginning, a bounded number of
/// times. With `alone`, it shares its commit with nobody: for writes of many resources, which others would wait for. (A macro and not a method: a closure that borrows and yields a `Send` future cannot be written in today's Rust.)
#[macro_export]
macro_rules! in_transaction {
    ($store:expr, |$tx:ident| $body:expr) => {
        $crate::in_transaction!(@ $store.attempts(false), |$tx| $body)
    };
    ($store:expr, alone, |$tx:ident| $body:expr) => {
        $crate::in_transaction!(@ $store.attempts(true), |$tx| $body)
    };
    (@ $attempts:expr, |$tx:ident| $body:expr) => {{
        let mut attempts = $attempts;
        loop {
            let mut transaction = attempts.begin().await?;
            let outcome = {
                let $tx = &mut transaction;
                async { $body }.await
            };
            if let Some(outcome) = attempts.finish(transaction, outcome).await {
                break outcome;
            }
        }
    }};
}

pub mod attribute_index;
pub mod changes;
pub mod clients;
pub mod connections;
pub mod copy;
pub mod counts;
pub mod creation;
pub mod credentials;
mod database;
pub mod facts;
pub mod joining;
pub mod letters;
pub mod links;
pub mod listing;
pub mod log;
pub mod members;
pub mod operators;
pub mod owner_links;
pub mod pages;
mod predicate_sql;
pub mod profiles;
pub mod resources;
pub mod schemas;
pub mod second_factors;
pub mod sessions;
pub mod shield;
pub mod signing_keys;
mod statement;
pub mod statistics;
mod tables;
pub mod tenants;
pub mod tokens;
pub mod tombstones;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use database::Database;
pub use database::{Options, Transaction, View, folder_beside};
pub use statement::Dialect;
use statement::Statement;

use crate::error::{Error, ErrorKind, Result};
use crate::schema::AttributeId;

/// The database.
#[derive(Debug, Clone)]
pub struct Store {
    database: Database,
    /// How often this instance has changed tenants, connections or tokens.
    client_changes: Arc<AtomicU64>,
}

/// Whoever asks whether it answers does not wait as long as a request does.
const PING_TIMEOUT: Duration = Duration::from_secs(1);

/// How often a transaction that lost against another one is tried at most.
const MAX_ATTEMPTS: u32 = 12;

/// The attempts at one write.
#[derive(Debug)]
pub struct Attempts<'a> {
    store: &'a Store,
    is_alone: bool,
    number: u32,
}

impl Attempts<'_> {
    /// Begins the next one. One that has lost locks what it reads from then on: those who do not pause would let it lose every time.
    ///
    /// # Errors
    /// 503 when one that goes alone does not get its turn in time.
    pub async fn begin(&self) -> Result<Transaction> {
        let begun = self.store.database.begin_write(self.is_alone).await?;
        Ok(if self.number > 1 {
            begun.locking()
        } else {
            begun
        })
    }

    /// Commits or rolls back; `None`: lost against another transaction, to be tried again.
    pub async fn finish<T>(
        &mut self,
        transaction: Transaction,
        outcome: Result<T>,
    ) -> Option<Result<T>> {
        let outcome = match outcome {
            Ok(value) => {
                let changes_clients = transaction.changes_clients();
                let committed = transaction.commit().await;
                if changes_clients {
                    self.store.client_changes.fetch_add(1, Ordering::AcqRel);
                }
                committed.map(|()| value)
            }
            Err(error) => {
                transaction.rollback().await;
                Err(error)
            }
        };
        match outcome {
            Err(error) if error.kind() == ErrorKind::Conflict && self.number < MAX_ATTEMPTS => {
                tracing::debug!(attempt = self.number, %error, "a transaction is tried again");
                tokio::time::sleep(pause(self.number)).await;
                self.number += 1;
                None
            }
            outcome => Some(outcome),
        }
    }
}

/// The pause after a lost attempt: of any length up to a bound that doubles, to an eighth of a second. Two that always waited alike would
/// meet again and again.
fn pause(attempt: u32) -> Duration {
    let longest = 1_000_u64 << attempt.min(7);
    let mut random = [0; 8];
    let drawn = match getrandom::fill(&mut random) {
        Ok(()) => u64::from_le_bytes(random) % longest,
        Err(_) => longest,
    };
    Duration::from_micros(drawn)
}

/// A tenant, as a key that every statement carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TenantKey(pub(crate) i32);

/// A connection's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConnectionKey(pub(crate) i32);

impl TenantKey {
    /// The number, to find what is kept apart from the resources.
    #[must_use]
    pub fn number(self) -> i32 {
        self.0
    }
}

impl ConnectionKey {
    /// The number, to set the values of one connection apart from those of another.
    #[must_use]
    pub fn number(self) -> i32 {
        self.0
    }
}

/// A resource's key, internal to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceKey(pub(crate) i64);

impl ResourceKey {
    /// Before every resource.
    pub const FIRST: Self = Self(-1);

    /// The number, to name a place in a list of operators.
    #[must_use]
    pub fn number(self) -> i64 {
        self.0
    }

    /// A place in a list of operators: there need be no resource with this key.
    #[must_use]
    pub fn numbered(number: i64) -> Self {
        Self(number)
    }
}

impl Store {
    /// Opens a database and migrates it.
    ///
    /// # Errors
    /// When it cannot be reached or migrated.
    pub async fn open(options: Options<'_>) -> Result<Self> {
        let database = Database::open(options).await?;
        Ok(Self {
            database,
            client_changes: Arc::default(),
        })
    }

    /// How often this instance has changed tenants, connections or tokens: what was read of them before is in force while the
    /// number is the same, as far as no other instance has changed it.
    #[must_use]
    pub fn client_changes(&self) -> u64 {
        self.client_changes.load(Ordering::Acquire)
    }

    /// The attempts at one write; used through [`in_transaction!`](crate::in_transaction).
    #[must_use]
    pub fn attempts(&self, is_alone: bool) -> Attempts<'_> {
        Attempts {
            store: self,
            is_alone,
            number: 1,
        }
    }

    /// For single reads. It takes a connection when one is needed.
    #[must_use]
    pub fn reader(&self) -> Transaction {
        self.database.reader()
    }

    /// A read transaction over one state of the database.
    ///
    /// # Errors
    /// 503 when no connection is free in time.
    pub async fn snapshot(&self) -> Result<Transaction> {
        self.database.primary(View::OneState).await
    }

    /// Whether all writes of the database are one process's, which gives them their turns.
    #[must_use]
    pub fn has_one_writer(&self) -> bool {
        self.database.dialect() == Dialect::Sqlite
    }

    /// How many can read at once.
    #[must_use]
    pub fn readers(&self) -> usize {
        self.database.readers()
    }

    /// What is read with, in this view.
    ///
    /// # Errors
    /// 503 when no connection is free in time.
    pub async fn primary(&self, view: View) -> Result<Transaction> {
        self.database.primary(view).await
    }

    /// As [`Self::primary`], of a replica where there are some: it has everything that was acknowledged before this call.
    ///
    /// # Errors
    /// As [`Self::primary`].
    pub async fn elastic(&self, view: View) -> Result<Transaction> {
        self.database.elastic(view).await
    }

    /// Whether the database answers within a second.
    ///
    /// # Errors
    /// 503 when it does not.
    pub async fn ping(&self) -> Result<()> {
        let answer = async {
            let mut reader = self.reader();
            let select = Statement::new("SELECT CAST(1 AS INTEGER)");
            reader.fetch_one::<(i32,)>(select).await.map(|_| ())
        };
        let answered = tokio::time::timeout(PING_TIMEOUT, answer).await;
        answered.unwrap_or_else(|_| {
            Err(Error::unavailable(
                "the database does not answer; try again",
            ))
        })
    }

    /// The numbers of attribute paths; those that have none yet get the next free ones.
    ///
    /// # Errors
    /// The database's.
    pub async fn number_attributes(
        &self,
        paths: &[String],
    ) -> Result<HashMap<String, AttributeId>> {
        let known = attribute_index::read_numbers(&mut self.reader()).await?;
        if paths.iter().all(|path| known.contains_key(path)) {
            return Ok(known);
        }
        in_transaction!(self, |tx| attribute_index::number(tx, paths).await)
    }

    /// Waits until every write transaction that is open now has ended.
    ///
    /// # Errors
    /// The database's.
    pub async fn wait_for_writers(&self) -> Result<()> {
        self.database.wait_for_writers().await
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.database.close().await;
    }
}

/// Whether a read failed because a replica answered it: it stopped, or what it still had to show was in the way of what it received.
#[must_use]
pub fn may_be_of_replica(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Conflict | ErrorKind::Unavailable | ErrorKind::Internal
    )
}
