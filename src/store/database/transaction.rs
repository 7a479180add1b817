//! A transaction on either database, with as few ways to the database as can be.
//!
//! Each way costs more than most statements: a message to the connection's thread with SQLite, to another process or machine with
//! PostgreSQL. So a write begins with its first statement, not before it, and what is to be written without an answer
//! ([`Transaction::later`]) goes along with what comes next: as one text with SQLite, as one statement with PostgreSQL. A write of
//! PostgreSQL that is one statement altogether needs neither `BEGIN` nor `COMMIT`, and one of SQLite that is known whole does not wait for
//! its turn with the writer at every statement: it is handed over (`writer::Whole`).

use sqlx::AssertSqlSafe;

use super::handle::{Handle, Readers, Turn, lost, send_to};
use super::pool::within;
use super::{Row, View, failed, postgres_arguments, sqlite_arguments};
use crate::error::{Error, Result};
use crate::store::statement::{Dialect, Statement};

/// How many statements may wait for the end of a transaction of SQLite that has no turn, whichever tables they write to.
const MOST_WAITING: usize = 16;

/// A transaction, or what single statements are read with.
pub struct Transaction {
    pub(super) handle: Handle,
    stage: Stage,
    changes_clients: bool,
    /// What is to be written with the next statement.
    waiting: Vec<Statement>,
    is_replica: bool,
    care: Care,
}

/// What a write does besides writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Care {
    /// It compares versions, and is done again if it lost.
    Versions,
    /// It locks what it reads to change it, as it has lost against another one before.
    Locks,
    /// It locks that as well, and nothing waits: the outcome of each statement is to be known at once.
    Prompt,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It only reads.
    Reading,
    /// It is to write, and has not begun.
    Unbegun,
    Begun,
    /// Its only statement has been carried out.
    Done,
}

/// Reads rows with `$method` on whichever connection the transaction has.
macro_rules! run {
    ($transaction:expr, $statement:expr, $row:ty, $method:ident) => {{
        let Statement { sql, args, .. } = $statement;
        match &mut $transaction.handle {
            Handle::Unleased(_) => Err(misplaced($transaction.stage)),
            Handle::Sqlite(lease) => {
                let sql = Statement::without_numbers(sql, args.len());
                let arguments = sqlite_arguments(args)?;
                let done = sqlx::query_as_with::<_, $row, _>(AssertSqlSafe(sql), arguments)
                    .$method(lease.connection().map_err(failed)?)
                    .await;
                lease.noted(done).map_err(failed)
            }
            Handle::SqliteWriter(turn) => {
                let share = turn.taken()?;
                let sql = Statement::without_numbers(sql, args.len());
                let arguments = sqlite_arguments(args)?;
                let done = sqlx::query_as_with::<_, $row, _>(AssertSqlSafe(sql), arguments)
                    .$method(share.connection().map_err(failed)?)
                    .await;
                share.noted(done).map_err(failed)
            }
            Handle::Postgres(lease) => {
                let arguments = postgres_arguments(args)?;
                let patience = lease.patience();
                let statement = sqlx::query_as_with::<_, $row, _>(AssertSqlSafe(sql), arguments);
                let done = within(
                    patience,
                    statement.$method(lease.connection().map_err(failed)?),
                )
                .await;
                lease.noted(done).map_err(failed)
            }
        }
    }};
}

impl Transaction {
    fn reading(handle: Handle) -> Self {
        Self {
            handle,
            stage: Stage::Reading,
            changes_clients: false,
            waiting: Vec::new(),
            is_replica: false,
            care: Care::Versions,
        }
    }

    /// One that takes a connection from there when it needs one.
    pub(super) fn of_readers(source: Readers) -> Self {
        Self {
            is_replica: matches!(source, Readers::Replica(_)),
            ..Self::reading(Handle::Unleased(source))
        }
    }

    pub(super) fn of_writer(turn: Turn) -> Self {
        Self::reading(Handle::SqliteWriter(turn))
    }

    /// The same, to write.
    pub(super) fn writing(self, is_prompt: bool) -> Self {
        let care = if is_prompt { Care::Prompt } else { self.care };
        Self {
            stage: Stage::Unbegun,
            care,
            ..self
        }
    }

    /// The same, to lock what it reads to change it, before all others who want to change it.
    pub(in crate::store) fn locking(self) -> Self {
        let care = match self.care {
            Care::Versions | Care::Locks => Care::Locks,
            Care::Prompt => Care::Prompt,
        };
        Self { care, ..self }
    }

    /// The same, with this view.
    pub(super) async fn seeing(mut self, view: View) -> Result<Self> {
        const ONE_STATE: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        const WIDELY: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \
            SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL enable_hashjoin = on";
        if view != View::Newest {
            self.connect().await?;
        }
        let begun = match (&mut self.handle, view) {
            (Handle::SqliteWriter(_) | Handle::Unleased(_), _) | (_, View::Newest) => Ok(()),
            (Handle::Sqlite(lease), View::OneState | View::Widely) => lease.begin("BEGIN").await,
            (Handle::Postgres(lease), View::OneState) => lease.begin(ONE_STATE).await,
            (Handle::Postgres(lease), View::Widely) => lease.begin(WIDELY).await,
        };
        begun.map_err(failed)?;
        Ok(self)
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self.handle {
            Handle::Sqlite(_) | Handle::SqliteWriter(_) | Handle::Unleased(Readers::File(_)) => {
                Dialect::Sqlite
            }
            Handle::Postgres(_) | Handle::Unleased(Readers::Hosts(_) | Readers::Replica(_)) => {
                Dialect::Postgres
            }
        }
    }

    /// Whether a replica answers: what fails there may be asked of the primary.
    #[must_use]
    pub fn is_replica(&self) -> bool {
        self.is_replica
    }

    /// Whether it has changed what the tokens of clients stand for.
    pub(in crate::store) fn changes_clients(&self) -> bool {
        self.changes_clients
    }

    /// Writes this before whatever comes next, or with the commit: a failure is known then. With PostgreSQL, two writes of one table never
    /// wait together, as they might be of one row.
    ///
    /// # Errors
    /// Those of what waited before.
    pub(crate) async fn later(&mut self, statement: Statement) -> Result<()> {
        self.later_together(vec![statement]).await
    }

    /// As [`Self::later`], of statements that write different rows of one table.
    ///
    /// # Errors
    /// As [`Self::later`].
    pub(crate) async fn later_together(&mut self, statements: Vec<Statement>) -> Result<()> {
        if statements.is_empty() {
            return Ok(());
        }
        let is_counted = statements.iter().any(|statement| statement.is_of_one_row);
        if self.care == Care::Prompt || (is_counted && self.has_turn()) {
            for statement in statements {
                let is_of_one_row = statement.is_of_one_row;
                if self.execute(statement).await? != 1 && is_of_one_row {
                    return Err(lost());
                }
            }
            return Ok(());
        }
        self.check_writes()?;
        let is_waiting = |statement: &Statement| {
            let waiting = self.waiting.iter();
            waiting
                .map(Statement::target)
                .any(|target| target == statement.target())
        };
        let is_short = self.dialect() == Dialect::Sqlite
            && !self.has_turn()
            && self.waiting.len() + statements.len() <= MOST_WAITING;
        if !is_short && statements.iter().any(is_waiting) {
            self.write_waiting().await?;
        }
        for statement in statements {
            self.changes_clients |= statement.changes_clients();
            self.waiting.push(statement);
        }
        Ok(())
    }

    /// Whether a write belongs here.
    fn check_writes(&self) -> Result<()> {
        match self.stage {
            Stage::Unbegun | Stage::Begun => Ok(()),
            Stage::Reading | Stage::Done => Err(misplaced(self.stage)),
        }
    }

    /// Whether it has the turn of SQLite's writer.
    fn has_turn(&self) -> bool {
        matches!(&self.handle, Handle::SqliteWriter(turn) if turn.share.is_some())
    }

    async fn write_waiting(&mut self) -> Result<()> {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() {
            return Ok(());
        }
        self.begin().await?;
        let is_counted = waiting.iter().any(|statement| statement.is_of_one_row);
        if is_counted && self.dialect() == Dialect::Sqlite {
            for statement in waiting {
                let is_of_one_row = statement.is_of_one_row;
                if self.send(statement).await? != 1 && is_of_one_row {
                    return Err(lost());
                }
            }
            return Ok(());
        }
        let statement = Statement::together(waiting, self.dialect());
        self.send(statement).await.map(|_| ())
    }

    /// Takes a connection, if it has none yet.
    async fn connect(&mut self) -> Result<()> {
        if let Handle::Unleased(source) = &self.handle {
            self.handle = source.lease().await.map_err(failed)?;
        }
        Ok(())
    }

    pub(super) async fn begin(&mut self) -> Result<()> {
        if self.stage != Stage::Unbegun {
            return Ok(());
        }
        self.connect().await?;
        let begun = match &mut self.handle {
            Handle::Unleased(_) | Handle::Sqlite(_) => Ok(()),
            Handle::SqliteWriter(turn) => turn.take().await?.open().await,
            Handle::Postgres(lease) => lease.begin("BEGIN").await,
        };
        begun.map_err(failed)?;
        self.stage = Stage::Begun;
        Ok(())
    }

    /// Begins the transaction and writes what waits, with SQLite as a part of the statement, which is one that answers rows.
    async fn with_waiting(&mut self, mut statement: Statement) -> Result<Statement> {
        self.check_writes()?;
        self.changes_clients |= statement.changes_clients();
        if self.waiting.iter().any(|waiting| waiting.is_of_one_row) {
            self.write_waiting().await?;
        }
        if let Handle::SqliteWriter(turn) = &mut self.handle {
            let mut text = Statement::new(turn.take().await?.opening());
            self.stage = Stage::Begun;
            for waiting in std::mem::take(&mut self.waiting) {
                text.append(waiting).push("; ");
            }
            if !text.sql.is_empty() {
                text.append(statement);
                statement = text;
            }
            return Ok(statement);
        }
        if !(statement.is_early && self.waiting.is_empty()) {
            self.write_waiting().await?;
            self.begin().await?;
        }
        Ok(statement)
    }

    /// Runs a statement; the number of rows it changed.
    pub(crate) async fn execute(&mut self, statement: Statement) -> Result<u64> {
        self.check_writes()?;
        self.changes_clients |= statement.changes_clients();
        self.write_waiting().await?;
        self.begin().await?;
        self.send(statement).await
    }

    async fn send(&mut self, statement: Statement) -> Result<u64> {
        match &mut self.handle {
            Handle::Unleased(_) | Handle::Sqlite(_) => Err(misplaced(Stage::Reading)),
            Handle::SqliteWriter(turn) => {
                let share = turn.taken()?;
                let Statement { sql, args, .. } = statement;
                let sql = Statement::without_numbers(sql, args.len());
                let done = sqlx::query_with(AssertSqlSafe(sql), sqlite_arguments(args)?)
                    .execute(share.connection().map_err(failed)?)
                    .await;
                let done = share.noted(done);
                done.map(|done| done.rows_affected()).map_err(failed)
            }
            Handle::Postgres(lease) => send_to(lease, statement).await,
        }
    }

    /// Whether nothing has been locked or written or is waiting, so that what is read to change it need not be locked, and all of it can be
    /// written at once.
    pub(crate) fn is_untouched(&self) -> bool {
        self.stage == Stage::Unbegun && self.waiting.is_empty() && self.care == Care::Versions
    }

    /// Writes all of a write that [`Self::is_untouched`]: with PostgreSQL one statement, with SQLite several. It is committed with its
    /// answer, the first row; nothing can follow it.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn all_at_once<T: Row>(
        &mut self,
        mut statements: Vec<Statement>,
    ) -> Result<Option<T>> {
        if !self.is_untouched() {
            return Err(misplaced(self.stage));
        }
        let done = if let Handle::SqliteWriter(turn) = &self.handle {
            let rows = turn.write(statements).await?;
            let first = rows.first().map(T::from_row);
            first.transpose().map_err(failed)
        } else {
            let (Some(statement), true) = (statements.pop(), statements.is_empty()) else {
                return Err(misplaced(self.stage));
            };
            self.connect().await?;
            run!(self, statement, T, fetch_optional)
        };
        if done.is_ok() {
            self.stage = Stage::Done;
        }
        done
    }

    /// The rows of a read by key, where it can be asked together with others.
    async fn by_key<T: Row>(&self, statement: &mut Statement) -> Option<Result<Vec<T>>> {
        let is_free = match self.stage {
            Stage::Reading => true,
            Stage::Unbegun | Stage::Begun | Stage::Done => {
                statement.is_early && self.is_untouched()
            }
        };
        if !(is_free && statement.is_by_key) {
            return None;
        }
        match &self.handle {
            Handle::Unleased(Readers::File(readers))
            | Handle::SqliteWriter(Turn { readers, .. }) => {
                let rows = readers.rows(std::mem::take(statement)).await;
                Some(rows.and_then(|rows| read(&rows, |row| T::from_row(row))))
            }
            Handle::Unleased(Readers::Hosts(hosts)) => {
                let rows = hosts.rows(std::mem::take(statement)).await;
                Some(rows.and_then(|rows| read(&rows, |row| T::from_row(row))))
            }
            Handle::Unleased(Readers::Replica(replica)) => {
                let rows = replica.rows(std::mem::take(statement)).await;
                Some(rows.and_then(|rows| read(&rows, |row| T::from_row(row))))
            }
            Handle::Sqlite(_) | Handle::Postgres(_) => None,
        }
    }

    /// What is to come before a statement that answers rows; who answers it, where that is another connection than the
    /// transaction's, since it may be answered before that begins.
    async fn prepared(&mut self, statement: Statement) -> Result<(Option<Self>, Statement)> {
        if self.stage == Stage::Reading {
            self.connect().await?;
            return Ok((None, statement));
        }
        if let Handle::SqliteWriter(turn) = &self.handle
            && statement.is_early
            && self.is_untouched()
        {
            let lease = turn.readers.pool().get().await.map_err(failed)?;
            return Ok((Some(Self::reading(Handle::Sqlite(lease))), statement));
        }
        let statement = self.with_waiting(statement).await?;
        self.connect().await?;
        Ok((None, statement))
    }

    pub(crate) async fn fetch_all<T: Row>(&mut self, mut statement: Statement) -> Result<Vec<T>> {
        if let Some(rows) = self.by_key(&mut statement).await {
            return rows;
        }
        let (mut early, statement) = Box::pin(self.prepared(statement)).await?;
        let reader = early.as_mut().unwrap_or(self);
        run!(reader, statement, T, fetch_all)
    }

    pub(crate) async fn fetch_optional<T: Row>(
        &mut self,
        mut statement: Statement,
    ) -> Result<Option<T>> {
        if let Some(rows) = self.by_key(&mut statement).await {
            return rows.map(|rows| rows.into_iter().next());
        }
        let (mut early, statement) = Box::pin(self.prepared(statement)).await?;
        let reader = early.as_mut().unwrap_or(self);
        run!(reader, statement, T, fetch_optional)
    }

    pub(crate) async fn fetch_one<T: Row>(&mut self, statement: Statement) -> Result<T> {
        let (mut early, statement) = Box::pin(self.prepared(statement)).await?;
        let reader = early.as_mut().unwrap_or(self);
        run!(reader, statement, T, fetch_one)
    }

    /// Begins a part that can be undone by itself.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin_part(&mut self) -> Result<()> {
        self.care = Care::Prompt;
        self.execute(Statement::new("SAVEPOINT part"))
            .await
            .map(|_| ())
    }

    /// Ends the part that was begun last; unless it is kept, nothing of it remains.
    ///
    /// # Errors
    /// The database's.
    pub async fn end_part(&mut self, is_kept: bool) -> Result<()> {
        if !is_kept {
            self.execute(Statement::new("ROLLBACK TO SAVEPOINT part"))
                .await?;
        }
        self.execute(Statement::new("RELEASE SAVEPOINT part"))
            .await
            .map(|_| ())
    }

    pub(in crate::store) async fn commit(mut self) -> Result<()> {
        if !self.waiting.is_empty() {
            self.connect().await?;
        }
        let Self {
            handle,
            stage,
            waiting,
            ..
        } = self;
        match handle {
            Handle::Unleased(_) => Ok(()),
            Handle::Sqlite(mut lease) => lease.end("COMMIT").await.map_err(failed),
            Handle::SqliteWriter(mut turn) => {
                let Some(share) = turn.share.take() else {
                    if !waiting.is_empty() {
                        turn.write(waiting).await?;
                    }
                    return Ok(());
                };
                let Statement { sql, args, .. } = Statement::together(waiting, Dialect::Sqlite);
                let sql = Statement::without_numbers(sql, args.len());
                let kept = share.keep(sql, sqlite_arguments(args)?).await;
                kept.map_err(failed)
            }
            Handle::Postgres(mut lease) => {
                if !waiting.is_empty() {
                    send_to(&mut lease, Statement::together(waiting, Dialect::Postgres)).await?;
                }
                match stage {
                    Stage::Begun | Stage::Reading => lease.end("COMMIT").await.map_err(failed),
                    Stage::Unbegun | Stage::Done => Ok(()),
                }
            }
        }
    }

    /// Ends the transaction; nothing of it remains.
    pub async fn rollback(self) {
        if self.stage == Stage::Done {
            tracing::error!("a write was committed before something after it failed");
        }
        let outcome = match self.handle {
            Handle::Unleased(_) => Ok(()),
            Handle::Sqlite(mut lease) => lease.end("ROLLBACK").await,
            Handle::SqliteWriter(turn) => match turn.share {
                Some(share) => share.undo().await,
                None => Ok(()),
            },
            Handle::Postgres(mut lease) => lease.end("ROLLBACK").await,
        };
        if let Err(error) = outcome {
            tracing::warn!(%error, "a transaction could not be rolled back");
        }
    }
}

/// What is in rows.
fn read<R, T>(rows: &[R], from: impl Fn(&R) -> sqlx::Result<T>) -> Result<Vec<T>> {
    let read: sqlx::Result<Vec<T>> = rows.iter().map(from).collect();
    read.map_err(failed)
}

fn misplaced(stage: Stage) -> Error {
    match stage {
        Stage::Reading => Error::internal("a write was asked of a reader"),
        Stage::Unbegun | Stage::Begun => {
            Error::internal("a statement was to be all of a transaction that has others")
        }
        Stage::Done => Error::internal("a statement came after the end of its transaction"),
    }
}
