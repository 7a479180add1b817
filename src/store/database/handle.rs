//! What a transaction has of the database: nothing yet, a connection, or a turn of SQLite's writer.

use std::sync::Arc;

use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteRow;

use super::batches::Batches;
use super::pool::{Lease, within};
use super::replicas::Replica;
use super::sources::{File, Hosts};
use super::writer::{Share, Whole, Writer, Written};
use super::{failed, postgres_arguments, sqlite_arguments};
use crate::error::{Error, Result};
use crate::store::statement::{Dialect, Statement};

pub(super) enum Handle {
    /// None yet.
    Unleased(Readers),
    Sqlite(Lease<File>),
    SqliteWriter(Turn),
    Postgres(Lease<Hosts>),
}

/// Where a connection comes from once it is needed: what is read by a key may be answered without one.
pub(super) enum Readers {
    File(Batches<File>),
    Hosts(Batches<Hosts>),
    Replica(Arc<Replica>),
}

impl Readers {
    pub(super) async fn lease(&self) -> sqlx::Result<Handle> {
        Ok(match self {
            Self::File(readers) => Handle::Sqlite(readers.pool().get().await?),
            Self::Hosts(hosts) => Handle::Postgres(hosts.pool().get().await?),
            Self::Replica(replica) => Handle::Postgres(replica.lease().await?),
        })
    }
}

/// The turn of SQLite's writer, which is waited for when a statement needs it: a write that has read early and is known whole at its end
/// has none of its own.
pub(super) struct Turn {
    writer: Writer,
    pub readers: Batches<File>,
    pub share: Option<Share>,
}

impl Turn {
    pub(super) fn new(writer: Writer, readers: Batches<File>, share: Option<Share>) -> Self {
        Self {
            writer,
            readers,
            share,
        }
    }

    pub(super) async fn take(&mut self) -> Result<&mut Share> {
        if self.share.is_none() {
            self.share = Some(self.writer.begin(false).await.map_err(failed)?);
        }
        self.taken()
    }

    pub(super) fn taken(&mut self) -> Result<&mut Share> {
        let share = self.share.as_mut();
        share.ok_or_else(|| Error::internal("a statement came before its turn"))
    }

    /// Writes all of it; the rows that its statements answer.
    pub(super) async fn write(&self, statements: Vec<Statement>) -> Result<Vec<SqliteRow>> {
        let of_one_row = statements.iter().enumerate();
        let of_one_row = of_one_row.filter(|(_, statement)| statement.is_of_one_row);
        let of_one_row = of_one_row.map(|(position, _)| position).collect();
        let Statement { sql, args, .. } = Statement::together(statements, Dialect::Sqlite);
        let whole = Whole {
            sql: Statement::without_numbers(sql, args.len()),
            arguments: sqlite_arguments(args)?,
            of_one_row,
        };
        match self.writer.write(whole).await.map_err(failed)? {
            Written::Kept(rows) => Ok(rows),
            Written::Lost => Err(lost()),
        }
    }
}

/// Somebody else was faster.
pub(super) fn lost() -> Error {
    Error::conflict("the resource was changed by someone else at the same moment; try again")
}

/// Carries a statement out; the number of rows it changed.
pub(super) async fn send_to(lease: &mut Lease<Hosts>, statement: Statement) -> Result<u64> {
    let Statement { sql, args, .. } = statement;
    let patience = lease.patience();
    let statement = sqlx::query_with(AssertSqlSafe(sql), postgres_arguments(args)?);
    let done = statement.execute(lease.connection().map_err(failed)?);
    let done = within(patience, done).await;
    let done = lease.noted(done);
    done.map(|done| done.rows_affected()).map_err(failed)
}
