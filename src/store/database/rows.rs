//! Rows of any table as they lie there, and what goes round them when a whole database is copied: the one place where this differs between
//! the databases.

use std::str::FromStr;

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow, SqliteSynchronous};
use sqlx::{FromRow, Row as _, TypeInfo as _, ValueRef as _};

use super::handle::Handle;
use super::migrations::{POSTGRES_LOG, POSTGRES_MIGRATIONS, SQLITE_LOG, SQLITE_MIGRATIONS};
use super::sources::Hosts;
use super::{Database, LOG_CONNECTIONS, Transaction, URL_HINT, failed, postgres_options};
use crate::error::{Error, Result};
use crate::store::statement::{Arg, Dialect, Statement};
use crate::store::tables::{Cell, Cells, Kind, Table};

/// The tables of a database belong to its resources, or to the provisioning log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Part {
    Resources,
    Log,
}

/// How far a database's tables are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Migrated {
    /// None are there.
    Absent,
    /// Of an older version of the program.
    Older,
    /// Of a newer one.
    Newer,
    UpToDate,
}

impl Database {
    /// Whether there is a file, as SQLite's databases have one.
    pub(in crate::store) fn exists(url: &str) -> bool {
        SqliteConnectOptions::from_str(url).is_ok_and(|options| options.get_filename().exists())
    }

    /// Opens a database that is there, without changing its tables.
    pub(in crate::store) async fn open_as_it_is(url: &str) -> Result<Self> {
        match url.split(':').next() {
            Some("sqlite") => {
                if !Self::exists(url) {
                    return Err(Error::not_found(format!("there is no database {url:?}")));
                }
                Self::open_sqlite(url, LOG_CONNECTIONS, SqliteSynchronous::Full).await
            }
            Some("postgres" | "postgresql") => {
                Self::open_postgres(Hosts::parse(url, postgres_options)?, LOG_CONNECTIONS, None)
                    .await
            }
            _ => Err(Error::invalid_value(URL_HINT)),
        }
    }

    /// How far its tables are.
    pub(in crate::store) async fn migrated(&self, part: Part) -> Result<Migrated> {
        let mut reader = self.reader();
        let find = match self.dialect() {
            Dialect::Sqlite => {
                "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $1"
            }
            Dialect::Postgres => {
                "SELECT COUNT(*) FROM pg_class WHERE oid = to_regclass($1) AND relkind = 'r'"
            }
        };
        let (table, select) = match part {
            Part::Resources => (
                "_sqlx_migrations",
                "SELECT version FROM _sqlx_migrations WHERE success ORDER BY version",
            ),
            Part::Log => (
                "_muster_log_migrations",
                "SELECT version FROM _muster_log_migrations WHERE success ORDER BY version",
            ),
        };
        let found: (i64,) = reader.fetch_one(Statement::new(find).arg(table)).await?;
        if found.0 == 0 {
            return Ok(Migrated::Absent);
        }
        let done: Vec<(i64,)> = reader.fetch_all(Statement::new(select)).await?;
        let known = match (self.dialect(), part) {
            (Dialect::Sqlite, Part::Resources) => SQLITE_MIGRATIONS,
            (Dialect::Sqlite, Part::Log) => SQLITE_LOG,
            (Dialect::Postgres, Part::Resources) => POSTGRES_MIGRATIONS,
            (Dialect::Postgres, Part::Log) => POSTGRES_LOG,
        };
        let known: Vec<i64> = known.iter().map(|(version, _, _)| *version).collect();
        let done: Vec<i64> = done.into_iter().map(|(version,)| version).collect();
        Ok(if done == known {
            Migrated::UpToDate
        } else if done.iter().all(|version| known.contains(version)) {
            Migrated::Older
        } else {
            Migrated::Newer
        })
    }
}

impl<'r> FromRow<'r, SqliteRow> for Cells {
    fn from_row(row: &'r SqliteRow) -> sqlx::Result<Self> {
        let cells = (0..row.len()).map(|column| {
            let value = row.try_get_raw(column)?;
            if value.is_null() {
                return Ok(Cell::Null);
            }
            match value.type_info().name() {
                "INTEGER" | "BOOLEAN" | "NUMERIC" => {
                    row.try_get_unchecked(column).map(Cell::Integer)
                }
                "TEXT" => row.try_get_unchecked(column).map(Cell::Text),
                "BLOB" => row.try_get_unchecked(column).map(Cell::Bytes),
                other => Err(unknown(other)),
            }
        });
        cells.collect::<sqlx::Result<Vec<Cell>>>().map(Self)
    }
}

impl<'r> FromRow<'r, PgRow> for Cells {
    fn from_row(row: &'r PgRow) -> sqlx::Result<Self> {
        let cells = (0..row.len()).map(|column| {
            let value = row.try_get_raw(column)?;
            if value.is_null() {
                return Ok(Cell::Null);
            }
            let integer = |value: i64| Cell::Integer(value);
            match value.type_info().name() {
                "INT2" => row.try_get::<i16, _>(column).map(|n| integer(n.into())),
                "INT4" => row.try_get::<i32, _>(column).map(|n| integer(n.into())),
                "INT8" => row.try_get(column).map(integer),
                "BOOL" => row.try_get::<bool, _>(column).map(|b| integer(b.into())),
                "TEXT" => row.try_get(column).map(Cell::Text),
                "BYTEA" => row.try_get(column).map(Cell::Bytes),
                "UUID" => {
                    let id: uuid::Uuid = row.try_get(column)?;
                    Ok(Cell::Bytes(id.as_bytes().to_vec()))
                }
                other => Err(unknown(other)),
            }
        });
        cells.collect::<sqlx::Result<Vec<Cell>>>().map(Self)
    }
}

fn unknown(kind: &str) -> sqlx::Error {
    sqlx::Error::Decode(format!("a value of the unknown type {kind}").into())
}

/// How many arguments one INSERT has at most: few enough to be bound quickly.
const INSERT_ARGUMENTS: usize = 900;

/// How much one COPY takes, in bytes: its end is answered after some 40 ms, because TCP holds back the last of it. Not all at once, because
/// PostgreSQL keeps in memory which rows of a statement point at others.
const COPY_BYTES: usize = 4_194_304;

/// Rows on their way into a table.
pub(in crate::store) struct Load {
    table: &'static Table,
    /// As binary COPY has them.
    data: Vec<u8>,
}

impl Load {
    pub(in crate::store) fn new(table: &'static Table) -> Self {
        Self {
            table,
            data: Vec::new(),
        }
    }
}

/// What stands before the rows of PostgreSQL's binary COPY: signature, no flags, no extension.
const COPY_HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

impl Transaction {
    /// Lets nobody else touch these tables until the end, and lets many rows come in quickly.
    pub(in crate::store) async fn reserve(&mut self, tables: &[Table]) -> Result<()> {
        if self.dialect() == Dialect::Sqlite {
            // There is one writer. Pages that do not fit are written twice; in KiB.
            return self
                .execute(Statement::new("PRAGMA cache_size = -131072"))
                .await
                .map(|_| ());
        }
        self.execute(Statement::new("SET LOCAL lock_timeout = '5s'"))
            .await?;
        let mut lock = Statement::new("LOCK TABLE ");
        for (position, table) in tables.iter().enumerate() {
            lock.push(if position == 0 { "" } else { ", " })
                .push(table.name);
        }
        lock.push(" IN ACCESS EXCLUSIVE MODE");
        self.execute(lock).await.map(|_| ())
    }

    /// Takes away the indexes that no constraint of a table needs; what it takes to make them again. On SQLite they stay: it would sort in memory.
    pub(in crate::store) async fn take_indexes(&mut self, tables: &[Table]) -> Result<Vec<String>> {
        if self.dialect() == Dialect::Sqlite {
            return Ok(Vec::new());
        }
        let mut taken = Vec::new();
        for table in tables {
            let select = Statement::new(
                "SELECT CAST(c.relname AS TEXT), pg_get_indexdef(i.indexrelid) FROM pg_index i \
                JOIN pg_class c ON c.oid = i.indexrelid \
                WHERE i.indrelid = to_regclass($1) \
                AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid) ORDER BY 1",
            );
            let found: Vec<(String, String)> = self.fetch_all(select.arg(table.name)).await?;
            for (name, definition) in found {
                self.run_text(format!("DROP INDEX {name}")).await?;
                taken.push(definition);
            }
        }
        Ok(taken)
    }

    /// Makes an index that was taken away.
    pub(in crate::store) async fn make_index(&mut self, definition: String) -> Result<()> {
        self.run_text(definition).await
    }

    async fn run_text(&mut self, sql: String) -> Result<()> {
        self.execute(Statement {
            sql,
            ..Statement::default()
        })
        .await
        .map(|_| ())
    }

    /// Writes rows, or keeps them in the load until there are enough.
    pub(in crate::store) async fn load(&mut self, load: &mut Load, rows: &[Cells]) -> Result<()> {
        let table = load.table;
        if self.dialect() == Dialect::Sqlite {
            for rows in rows.chunks(INSERT_ARGUMENTS / table.columns.len().max(1)) {
                self.insert(table, rows).await?;
            }
            return Ok(());
        }
        for row in rows {
            encode_row(&mut load.data, table, row)?;
        }
        if load.data.len() < COPY_BYTES {
            return Ok(());
        }
        self.finish_load(load).await
    }

    /// Writes what the load has kept.
    pub(in crate::store) async fn finish_load(&mut self, load: &mut Load) -> Result<()> {
        if load.data.is_empty() {
            return Ok(());
        }
        self.begin().await?;
        let Handle::Postgres(lease) = &mut self.handle else {
            return Ok(());
        };
        let start = Statement::new("COPY ").then(load.table.name);
        let sql = columns(start, load.table, " (", ") FROM STDIN (FORMAT binary)").sql;
        let done = copy_in(lease.connection().map_err(failed)?, &sql, &load.data).await;
        load.data.clear();
        lease.noted(done).map_err(failed)
    }

    async fn insert(&mut self, table: &Table, rows: &[Cells]) -> Result<()> {
        let start = Statement::new("INSERT INTO ").then(table.name);
        let mut insert = columns(start, table, " (", ") VALUES ");
        for (position, Cells(cells)) in rows.iter().enumerate() {
            insert.push(if position == 0 { "" } else { ", " });
            insert.bind_row(cells.iter().map(|cell| match cell {
                Cell::Null => Arg::OptionalText(None),
                Cell::Integer(value) => Arg::I64(*value),
                Cell::Text(value) => Arg::Text(value.clone()),
                Cell::Bytes(value) => Arg::Bytes(value.clone()),
            }));
        }
        self.execute(insert).await.map(|_| ())
    }

    /// The highest number that a table's rows have ever had.
    pub(in crate::store) async fn last_number(&mut self, table: &Table) -> Result<i64> {
        let select = match self.dialect() {
            Dialect::Sqlite => {
                Statement::new("SELECT seq FROM sqlite_sequence WHERE name = $1").arg(table.name)
            }
            Dialect::Postgres => Statement::new(
                "SELECT COALESCE(pg_sequence_last_value(to_regclass(pg_get_serial_sequence($1, $2))), 0)",
            )
            .arg(table.name)
            .arg(first_column(table)),
        };
        let found: Option<(i64,)> = self.fetch_optional(select).await?;
        Ok(found.map_or(0, |(number,)| number))
    }

    /// Makes a table's next number higher than this one. On PostgreSQL, no rollback undoes that: numbers are left out then.
    pub(in crate::store) async fn number_after(&mut self, table: &Table, last: i64) -> Result<()> {
        if last == 0 {
            return Ok(());
        }
        if self.dialect() == Dialect::Postgres {
            let set = Statement::new("SELECT setval(pg_get_serial_sequence($1, $2), $3)")
                .arg(table.name)
                .arg(first_column(table))
                .arg(last);
            return self.fetch_one::<(i64,)>(set).await.map(|_| ());
        }
        let forget = Statement::new("DELETE FROM sqlite_sequence WHERE name = $1");
        self.execute(forget.arg(table.name)).await?;
        let note = Statement::new("INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)");
        self.execute(note.arg(table.name).arg(last))
            .await
            .map(|_| ())
    }

    /// Lets the database count what it has, where it plans by that.
    pub(in crate::store) async fn analyze(&mut self, table: &Table) -> Result<()> {
        if self.dialect() == Dialect::Sqlite {
            return Ok(());
        }
        let analyze = Statement::new("ANALYZE ").then(table.name);
        self.execute(analyze).await.map(|_| ())
    }
}

async fn copy_in(connection: &mut PgConnection, sql: &str, data: &[u8]) -> sqlx::Result<()> {
    let mut copy = connection.copy_in_raw(sql).await?;
    copy.send(COPY_HEADER).await?;
    copy.send(data).await?;
    copy.send((-1_i16).to_be_bytes().as_slice()).await?;
    copy.finish().await.map(|_| ())
}

fn first_column(table: &Table) -> &'static str {
    table.columns.first().map_or("", |(name, _)| name)
}

/// Appends the names of all columns.
pub(in crate::store) fn columns(
    mut sql: Statement,
    table: &Table,
    before: &'static str,
    after: &'static str,
) -> Statement {
    sql.push(before);
    for (position, (name, _)) in table.columns.iter().enumerate() {
        sql.push(if position == 0 { "" } else { ", " }).push(name);
    }
    sql.push(after);
    sql
}

/// One row of a binary COPY: the number of values, and each with its length.
fn encode_row(data: &mut Vec<u8>, table: &Table, Cells(cells): &Cells) -> Result<()> {
    let count = i16::try_from(cells.len()).unwrap_or(i16::MAX);
    data.extend(count.to_be_bytes());
    for ((name, kind), cell) in table.columns.iter().zip(cells) {
        let is_written = encode(data, *kind, cell);
        is_written.ok_or_else(|| {
            Error::internal(format!(
                "a value of {}.{name} does not fit into PostgreSQL's column{}",
                table.name,
                match cell {
                    Cell::Text(_) => ": it holds a NUL character",
                    _ => "",
                }
            ))
        })?;
    }
    Ok(())
}

fn encode(data: &mut Vec<u8>, kind: Kind, cell: &Cell) -> Option<()> {
    let mut put = |bytes: &[u8]| {
        let length = i32::try_from(bytes.len()).ok()?;
        data.extend(length.to_be_bytes());
        data.extend(bytes);
        Some(())
    };
    match (kind, cell) {
        (_, Cell::Null) => {
            data.extend((-1_i32).to_be_bytes());
            Some(())
        }
        (Kind::I16, Cell::Integer(n)) => put(&i16::try_from(*n).ok()?.to_be_bytes()),
        (Kind::I32, Cell::Integer(n)) => put(&i32::try_from(*n).ok()?.to_be_bytes()),
        (Kind::I64, Cell::Integer(n)) => put(&n.to_be_bytes()),
        (Kind::Bool, Cell::Integer(n)) => put(&u8::try_from(*n).ok()?.to_be_bytes()),
        (Kind::Text, Cell::Text(text)) if memchr::memchr(0, text.as_bytes()).is_none() => {
            put(text.as_bytes())
        }
        (Kind::Id, Cell::Bytes(bytes)) if bytes.len() == 16 => put(bytes),
        (Kind::Bytes, Cell::Bytes(bytes)) => put(bytes),
        _ => None,
    }
}
