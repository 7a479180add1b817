//! Moves what SQLite has written from its log into the database beside those who write, who would otherwise do it in a commit now and
//! then, with everybody waiting for them.
//!
//! A checkpoint takes nobody's turn, and so may never catch up with those who go on writing. When the log has become long, the last
//! part, which is short then, is moved while nobody writes: the log begins anew with the next write.

use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection as _, Error};
use tokio::sync::{Mutex, Notify};
use tokio::time::{sleep, timeout};

use super::writer::Writer;

/// How long commits are gathered before what they wrote is moved.
const GATHERING: Duration = Duration::from_millis(200);

/// From so many pages of the log on, writers wait for the end of a checkpoint.
const LONG: i64 = 8_192;

/// From so many pages on, SQLite makes a checkpoint in a commit: when this task does not come to it.
pub(super) const BACKSTOP_PAGES: &str = "65536";

/// How often it is seen whether there is still somebody who writes.
const LIVENESS: Duration = Duration::from_secs(1);

/// Makes checkpoints.
#[derive(Clone, Default)]
pub(super) struct Checkpoints {
    written: Arc<Notify>,
    connection: Arc<Mutex<State>>,
}

#[derive(Default)]
enum State {
    /// Nothing has been written yet.
    #[default]
    Idle,
    Open(SqliteConnection),
    Closed,
}

impl Checkpoints {
    /// Something has been committed.
    pub(super) fn note(&self) {
        self.written.notify_one();
    }

    /// Begins to watch the writer; ends with it.
    pub(super) fn watch(&self, options: SqliteConnectOptions, writer: &Writer) {
        let Self {
            written,
            connection,
        } = self.clone();
        let writer = writer.downgrade();
        tokio::spawn(async move {
            loop {
                let was_written = timeout(LIVENESS, written.notified()).await.is_ok();
                let Some(writer) = writer.upgrade() else {
                    return;
                };
                if !was_written {
                    continue;
                }
                sleep(GATHERING).await;
                let mut state = connection.lock().await;
                match checkpoint(&mut state, &options, &writer).await {
                    Ok(()) => {}
                    Err(Error::PoolClosed) => return,
                    Err(error) => tracing::warn!(%error, "a checkpoint failed"),
                }
            }
        });
    }

    /// Ends its connection.
    pub(super) async fn close(&self) {
        let mut state = self.connection.lock().await;
        if let State::Open(connection) = std::mem::replace(&mut *state, State::Closed)
            && let Err(error) = connection.close().await
        {
            tracing::debug!(%error, "a connection could not be closed");
        }
    }
}

async fn checkpoint(
    state: &mut State,
    options: &SqliteConnectOptions,
    writer: &Writer,
) -> sqlx::Result<()> {
    if matches!(state, State::Idle) {
        *state = State::Open(SqliteConnection::connect_with(options).await?);
    }
    let State::Open(connection) = state else {
        return Err(Error::PoolClosed);
    };
    if move_pages(connection).await? < LONG {
        return Ok(());
    }
    // Once more what was written meanwhile, so that little is left.
    move_pages(connection).await?;
    let turn = writer.pause().await;
    let moved = move_pages(connection).await;
    drop(turn);
    moved.map(|_| ())
}

/// Moves what can be moved without waiting; how many pages the log has.
async fn move_pages(connection: &mut SqliteConnection) -> sqlx::Result<i64> {
    let (_, pages, _): (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(PASSIVE)")
        .fetch_one(connection)
        .await?;
    Ok(pages)
}
