//! Writes that are known whole before their turn comes: several statements as one text, carried out one after the other by one task. It has
//! the next text at hand when one is done, where those who write by themselves ([`super::Share`]) have to be woken for their turn,
//! and again for each of their statements.

use std::sync::Arc;

use futures_util::TryStreamExt as _;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, Either, Error, Executor as _};
use tokio::sync::watch;

use super::super::line::{Line, Serving};
use super::{Seat, Writer, is_losing, outcome};

/// A write: all of it, or nothing.
pub(in crate::store::database) struct Whole {
    /// Statements with `;` between them.
    pub sql: String,
    pub arguments: SqliteArguments,
    /// Which of them are to change exactly one row; where another number is changed, nothing of the write remains.
    pub of_one_row: Vec<usize>,
}

/// What became of it.
#[derive(Debug)]
pub(in crate::store::database) enum Written {
    /// It is on disk, and these rows are its answer.
    Kept(Vec<SqliteRow>),
    /// A statement that was to change one row changed another number of them.
    Lost,
}

/// Those who wait for the task.
pub(super) type Queue = Line<Whole, sqlx::Result<Written>>;

impl Writer {
    /// Carries a write out when its turn comes, and answers when it is on disk.
    ///
    /// # Errors
    /// `PoolTimedOut` when the turn does not come in time; those of its statements, of which nothing remains then; others when it is not
    /// on disk.
    pub(in crate::store::database) async fn write(&self, whole: Whole) -> sqlx::Result<Written> {
        self.queue.wait(whole, || self.clone().serve()).await?
    }

    /// Carries out what waits, a turn at a time: those who write by themselves have theirs in between.
    async fn serve(self) {
        let mut serving = Serving::begun(&self.queue);
        loop {
            let mut seat = Arc::clone(&self.seat).lock_owned().await;
            seat.write_group(&self).await;
            drop(seat);
            if serving.is_over() {
                return;
            }
        }
    }
}

impl Seat {
    /// Writes what waits into the open transaction or a new one, and ends it.
    async fn write_group(&mut self, writer: &Writer) {
        let Some(first) = writer.queue.next() else {
            return;
        };
        let done = match self.open(writer).await {
            Ok(done) => done,
            Err(error) => {
                _ = first.answer.send(Err(error));
                return;
            }
        };
        let mut answers = Vec::new();
        let mut next = Some(first);
        while let Some(place) = next {
            let written = self.write(place.what).await;
            answers.push((place.answer, written));
            next = if self.group.as_ref().is_none_or(super::Group::is_over) {
                None
            } else {
                writer.queue.next()
            };
        }
        self.end_group(None).await;
        let is_kept = outcome(done).await;
        for (answer, written) in answers {
            _ = answer.send(match written {
                // Nothing was written, and nothing stands in the way of writing it again.
                Ok(Written::Kept(_)) if !is_kept => Err(Error::WorkerCrashed),
                written => written,
            });
        }
    }

    /// The open transaction, or a new one, with a savepoint in it; what tells of its end.
    async fn open(&mut self, writer: &Writer) -> sqlx::Result<watch::Receiver<Option<bool>>> {
        if self.group.as_ref().is_none_or(super::Group::is_over) {
            self.end_group(None).await;
            self.begin_group(&writer.options, false).await?;
        }
        let opened = self.run("SAVEPOINT share").await;
        opened.inspect_err(|_| self.break_group())?;
        let group = self.group.as_ref().ok_or(Error::PoolClosed)?;
        Ok(group.done.subscribe())
    }

    /// Writes one into the open transaction. The savepoint of the one before ends with it: whether a row was changed is known by then.
    async fn write(&mut self, whole: Whole) -> sqlx::Result<Written> {
        /// The statements before those of the write.
        const BEFORE: usize = 2;
        let text = format!("RELEASE share; SAVEPOINT share; {}", whole.sql);
        let connection = self.connection.as_mut().ok_or(Error::WorkerCrashed)?;
        let statement = sqlx::query_with(AssertSqlSafe(text), whole.arguments);
        let mut steps = connection.fetch_many(statement);
        let (mut rows, mut changed) = (Vec::new(), Vec::new());
        let failed = loop {
            match steps.try_next().await {
                Ok(Some(Either::Left(done))) => changed.push(done.rows_affected()),
                Ok(Some(Either::Right(row))) => rows.push(row),
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        drop(steps);
        let is_one = |position: &usize| changed.get(BEFORE + position) == Some(&1);
        let written = match failed {
            Some(error) => Err(error),
            None if whole.of_one_row.iter().all(is_one) => Ok(Written::Kept(rows)),
            None => Ok(Written::Lost),
        };
        if let Ok(Written::Kept(_)) = written {
            if let Some(group) = &mut self.group {
                group.kept += 1;
            }
            return written;
        }
        let is_lost = written.as_ref().is_err_and(is_losing);
        if is_lost || self.run("ROLLBACK TO share").await.is_err() {
            self.break_group();
        }
        written
    }
}
