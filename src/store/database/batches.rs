//! Reads that are asked for at the same time are one statement.
//!
//! To find a row by a key is less work for a database than the statement around it: with PostgreSQL, eight of them cost as much as
//! three, one by one. So whoever wants to read while others are being answered waits for those, and then goes with all who have
//! come meanwhile; whoever comes alone does not wait.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments as _, AssertSqlSafe, ColumnIndex, Decode, Error, Row, Type};
use tokio::task::yield_now;

use super::line::{Line, Place, Serving};
use super::pool::{Lease, Pool, Source, is_broken, within};
use super::sources::{File, Hosts};
use super::{ACQUIRE_TIMEOUT, Arg, Statement, failed, postgres_arguments, sqlite_arguments};
use crate::error::{self, Result};

/// How many statements are asked as one at most.
const MOST: usize = 8;

/// How often all who are ready go before whoever asks. In the first round it is found out whose requests have arrived meanwhile, in the second those
/// come so far that they ask, too.
const ROUNDS: usize = 2;

/// Where statements of one text can be asked as one.
pub(in crate::store) trait Batched: Source {
    type Row: Row + Send;
    type Arguments: Send;

    fn arguments(args: Vec<Arg>) -> Result<Self::Arguments>;

    /// Several as one. The last column of each row is the position of its statement.
    ///
    /// # Errors
    /// An argument is not of a kind that can be.
    fn together(statements: &[Statement]) -> Result<(String, Self::Arguments)>;

    fn rows(
        lease: &mut Lease<Self>,
        sql: String,
        arguments: Self::Arguments,
    ) -> impl Future<Output = sqlx::Result<Vec<Self::Row>>> + Send
    where
        Self: Sized;
}

/// A pool, and those who want to read from it.
pub(in crate::store) struct Batches<S: Batched> {
    pool: Pool<S>,
    line: Arc<Line<Statement, Outcome<S>>>,
}

type Outcome<S> = Result<Vec<<S as Batched>::Row>, Arc<Error>>;

impl<S: Batched> Clone for Batches<S> {
    fn clone(&self) -> Self {
        Self {
            pool: self.pool.clone(),
            line: Arc::clone(&self.line),
        }
    }
}

impl<S: Batched> fmt::Debug for Batches<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pool.fmt(formatter)
    }
}

impl<S> Batches<S>
where
    S: Batched,
    usize: ColumnIndex<S::Row>,
    i64: for<'r> Decode<'r, <S::Row as Row>::Database> + Type<<S::Row as Row>::Database>,
{
    /// At most half of the connections are used for it: others want some, too.
    pub(super) fn new(pool: Pool<S>) -> Self {
        let line = Line::new((pool.most() / 2).max(1), ACQUIRE_TIMEOUT);
        Self { pool, line }
    }

    pub(super) fn pool(&self) -> &Pool<S> {
        &self.pool
    }

    /// The rows of a statement that only reads.
    ///
    /// # Errors
    /// 503 when no connection is free in time; the database's.
    pub(super) async fn rows(&self, statement: Statement) -> Result<Vec<S::Row>> {
        let serve = || self.clone().serve();
        let outcome = self.line.wait(statement, serve).await.map_err(failed)?;
        outcome.map_err(failed)
    }

    async fn serve(self) {
        let mut serving = Serving::begun(&self.line);
        loop {
            for _ in 0..ROUNDS {
                yield_now().await;
            }
            let lease = self.pool.get().await;
            // Those who have waited for a connection as long as they may go by themselves.
            if !matches!(lease, Err(Error::PoolTimedOut)) {
                let asked = self.line.next_alike(MOST, |a, b| a.sql == b.sql);
                self.answer(lease, asked).await;
            }
            if serving.is_over() {
                return;
            }
        }
    }

    async fn answer(
        &self,
        lease: sqlx::Result<Lease<S>>,
        asked: Vec<Place<Statement, Outcome<S>>>,
    ) {
        let (statements, answers): (Vec<_>, Vec<_>) = asked
            .into_iter()
            .map(|place| (place.what, place.answer))
            .unzip();
        let outcomes = match lease {
            Ok(lease) => self.outcomes(lease, statements).await,
            Err(error) => all_failed(error, statements.len()),
        };
        for (outcome, answer) in outcomes.into_iter().zip(answers) {
            // Whoever has gone away meanwhile needs none.
            _ = answer.send(outcome);
        }
    }

    async fn outcomes(&self, mut lease: Lease<S>, statements: Vec<Statement>) -> Vec<Outcome<S>> {
        if statements.len() > 1
            && let Ok((sql, arguments)) = S::together(&statements)
        {
            let rows = S::rows(&mut lease, sql, arguments).await;
            match rows.and_then(|rows| by_position(rows, statements.len())) {
                Ok(parts) => return parts.into_iter().map(Ok).collect(),
                // The fault of one of them is not that of the others.
                Err(error) if matches!(error, Error::Database(_)) && !is_broken(&error) => {}
                Err(error) => return all_failed(error, statements.len()),
            }
        }
        let mut outcomes = Vec::with_capacity(statements.len());
        for statement in statements {
            let outcome = match S::arguments(statement.args) {
                Ok(arguments) => S::rows(&mut lease, statement.sql, arguments).await,
                Err(error) => Err(Error::Encode(Box::new(error))),
            };
            outcomes.push(outcome.map_err(Arc::new));
        }
        outcomes
    }
}

/// One failure for all of them.
fn all_failed<R>(error: Error, statements: usize) -> Vec<Result<R, Arc<Error>>> {
    let error = Arc::new(error);
    (0..statements).map(|_| Err(Arc::clone(&error))).collect()
}

/// The rows of each statement.
fn by_position<R>(rows: Vec<R>, statements: usize) -> sqlx::Result<Vec<Vec<R>>>
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: for<'r> Decode<'r, R::Database> + Type<R::Database>,
{
    let mut parts: Vec<Vec<R>> = (0..statements).map(|_| Vec::new()).collect();
    for row in rows {
        let position: i64 = row.try_get(row.len().saturating_sub(1))?;
        let part = usize::try_from(position)
            .ok()
            .and_then(|position| parts.get_mut(position));
        part.ok_or(Error::RowNotFound)?.push(row);
    }
    Ok(parts)
}

impl Batched for File {
    type Row = SqliteRow;
    type Arguments = SqliteArguments;

    fn arguments(args: Vec<Arg>) -> Result<SqliteArguments> {
        sqlite_arguments(args)
    }

    /// As a `UNION`, which SQLite carries out part by part.
    fn together(statements: &[Statement]) -> Result<(String, SqliteArguments)> {
        let mut all = Statement::default();
        for (position, statement) in statements.iter().enumerate() {
            all.push(if position > 0 {
                " UNION ALL SELECT *, "
            } else {
                "SELECT *, "
            });
            all.sql.push_str(&position.to_string());
            all.push(" FROM (").append(statement.clone()).push(")");
        }
        let sql = Statement::without_numbers(all.sql, all.args.len());
        Ok((sql, sqlite_arguments(all.args)?))
    }

    async fn rows(
        lease: &mut Lease<Self>,
        sql: String,
        arguments: SqliteArguments,
    ) -> sqlx::Result<Vec<SqliteRow>> {
        let statement = sqlx::query_with(AssertSqlSafe(sql), arguments);
        let done = statement.fetch_all(lease.connection()?).await;
        lease.noted(done)
    }
}

impl Batched for Hosts {
    type Row = PgRow;
    type Arguments = PgArguments;

    fn arguments(args: Vec<Arg>) -> Result<PgArguments> {
        postgres_arguments(args)
    }

    /// The statement once, for each line of a table of the arguments: its text does not depend on how many there are. `OFFSET 0` lets
    /// PostgreSQL plan it as it does by itself, and not as a part of something larger.
    fn together(statements: &[Statement]) -> Result<(String, PgArguments)> {
        let mut arguments = PgArguments::default();
        let Some(first) = statements.first() else {
            return Err(error::Error::internal("there is nothing to be asked"));
        };
        let (mut arrays, mut columns) = (String::new(), String::new());
        for position in 0..first.args.len() {
            let all: Vec<Option<&Arg>> = statements
                .iter()
                .map(|statement| statement.args.get(position))
                .collect();
            add_array(&mut arguments, &all)?;
            let comma = if position > 0 { ", " } else { "" };
            _ = write!(arrays, "{comma}${}", position + 1);
            _ = write!(columns, "a{}, ", position + 1);
        }
        let statement = first.sql.replace('$', "asked.a");
        let sql = format!(
            "SELECT found.*, asked.n - 1 FROM unnest({arrays}) WITH ORDINALITY AS asked ({columns}n), \
             LATERAL (SELECT * FROM ({statement}) one OFFSET 0) found"
        );
        Ok((sql, arguments))
    }

    async fn rows(
        lease: &mut Lease<Self>,
        sql: String,
        arguments: PgArguments,
    ) -> sqlx::Result<Vec<PgRow>> {
        let patience = lease.patience();
        let statement = sqlx::query_with(AssertSqlSafe(sql), arguments);
        let done = within(patience, statement.fetch_all(lease.connection()?)).await;
        lease.noted(done)
    }
}

/// Adds the arguments that several statements have in one place, as an array.
fn add_array(arguments: &mut PgArguments, all: &[Option<&Arg>]) -> Result<()> {
    macro_rules! add {
        ($($kind:ident),*) => {
            match all.first() {
                $(Some(Some(Arg::$kind(_))) => {
                    let values: Option<Vec<_>> = all
                        .iter()
                        .map(|arg| match arg {
                            Some(Arg::$kind(value)) => Some(value.clone()),
                            _ => None,
                        })
                        .collect();
                    values.map(|values| arguments.add(values))
                })*
                _ => None,
            }
        };
    }
    let added = add!(Bool, I16, I32, I64, Text, Id);
    let odd = || error::Error::internal("an argument cannot be asked about together with others");
    added
        .ok_or_else(odd)?
        .map_err(|error| odd().caused_by(error))
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use sqlx::sqlite::SqliteConnectOptions;
    use tempfile::TempDir;
    use tokio::task::JoinSet;

    use super::*;

    const FOUND: &str = "SELECT json(n), $2 FROM (SELECT $1 AS n) WHERE $3 > 0";

    fn asked(text: &str, number: i64, rows: i64) -> Statement {
        Statement::new(FOUND).arg(text).arg(number).arg(rows)
    }

    fn readers(connections: u32) -> (Batches<File>, TempDir) {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite:{}/r.db", folder.path().display());
        let options = SqliteConnectOptions::from_str(&url).unwrap();
        let pool = Pool::new(File(options.create_if_missing(true)), connections, None).unwrap();
        (Batches::new(pool), folder)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn each_gets_its_own_rows() {
        for connections in [1, 4] {
            let (readers, _folder) = readers(connections);
            let mut all = JoinSet::new();
            for number in 0..200_i64 {
                let readers = readers.clone();
                all.spawn(async move {
                    // Some find nothing, and some are wrong.
                    let statement = match number % 10 {
                        3 => asked("1", number, 0),
                        7 => asked("no JSON", number, 1),
                        _ => asked("1", number, 1),
                    };
                    (number, readers.rows(statement).await)
                });
            }
            while let Some(done) = all.join_next().await {
                let (number, rows) = done.unwrap();
                match (number % 10, rows) {
                    (3, Ok(rows)) => assert!(rows.is_empty()),
                    (7, Err(error)) => assert_eq!(error.kind(), error::ErrorKind::Internal),
                    (_, Ok(rows)) => {
                        assert_eq!(rows.len(), 1);
                        assert_eq!(rows[0].get::<i64, _>(1), number);
                    }
                    (_, Err(error)) => panic!("{number}: {error}"),
                }
            }
        }
    }

    #[tokio::test]
    async fn those_who_come_meanwhile_go_together() {
        let (readers, _folder) = readers(1);
        let held = readers.pool().get().await.unwrap();
        let mut all = JoinSet::new();
        for number in 0..20_i64 {
            let readers = readers.clone();
            all.spawn(async move { readers.rows(asked("1", number, 1)).await });
        }
        yield_now().await;
        // Whoever goes away is not asked for.
        let gone = tokio::time::timeout(
            std::time::Duration::from_millis(20),
            readers.rows(asked("no JSON", 1, 1)),
        );
        assert!(gone.await.is_err());
        drop(held);
        let mut together = 0;
        while let Some(rows) = all.join_next().await {
            // A row of several has their position behind it.
            together += usize::from(rows.unwrap().unwrap()[0].len() == 3);
        }
        assert_eq!(together, 20);
    }

    #[test]
    fn several_statements_become_one() {
        let one = |number: i64| {
            Statement::new("SELECT a FROM b WHERE c = $1 AND d = $2")
                .arg(number)
                .arg("x")
        };
        let all = [one(1), one(2)];
        assert_eq!(
            File::together(&all).unwrap().0,
            "SELECT *, 0 FROM (SELECT a FROM b WHERE c = $1 AND d = $2) UNION ALL \
             SELECT *, 1 FROM (SELECT a FROM b WHERE c = $3 AND d = $4)"
        );
        assert_eq!(
            Hosts::together(&all).unwrap().0,
            "SELECT found.*, asked.n - 1 FROM unnest($1, $2) WITH ORDINALITY AS asked (a1, a2, n), \
             LATERAL (SELECT * FROM (SELECT a FROM b WHERE c = asked.a1 AND d = asked.a2) one OFFSET 0) found"
        );
        let odd = [
            one(1),
            Statement::new("SELECT a FROM b WHERE c = $1").arg("x"),
        ];
        assert!(Hosts::together(&odd).is_err());
    }
}
