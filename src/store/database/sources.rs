//! Where connections come from: a file of SQLite, or the hosts of a PostgreSQL.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection as _, Error};
use tokio::time::{sleep, timeout};

use super::pool::Source;
use super::{URL_HINT, error};

/// Sessions of PostgreSQL are replaced after this: their memory grows with what they have planned.
const MAX_AGE: Duration = Duration::from_mins(30);

/// How long a host may take to connect, where there are several.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// The pause before hosts that could not be reached are tried again.
const CONNECT_AGAIN: Duration = Duration::from_millis(100);

/// A file, to be read.
#[derive(Debug)]
pub(in crate::store) struct File(pub(super) SqliteConnectOptions);

impl Source for File {
    type Connection = SqliteConnection;

    const MAX_AGE: Option<Duration> = None;

    async fn connect(&self) -> sqlx::Result<SqliteConnection> {
        SqliteConnection::connect_with(&self.0).await
    }

    async fn run(connection: &mut SqliteConnection, sql: &'static str) -> sqlx::Result<()> {
        sqlx::query(sql).execute(connection).await.map(|_| ())
    }
}

/// The hosts of one PostgreSQL, of which one takes writes.
pub(in crate::store) struct Hosts {
    hosts: Vec<PgConnectOptions>,
    /// Which of them took writes last.
    last: AtomicUsize,
}

impl fmt::Debug for Hosts {
    /// Without passwords.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosts = self.hosts.iter();
        let names = hosts.map(|host| format!("{}:{}", host.get_host(), host.get_port()));
        formatter.debug_list().entries(names).finish()
    }
}

impl Hosts {
    /// Reads `postgres://USER@HOST:PORT,HOST:PORT/DATABASE`.
    ///
    /// # Errors
    /// `invalidValue`.
    pub(super) fn parse(
        url: &str,
        set_up: impl Fn(PgConnectOptions) -> PgConnectOptions,
    ) -> error::Result<Self> {
        let options = one_each(url).into_iter().map(|url| {
            PgConnectOptions::from_str(&url)
                .map(&set_up)
                .map_err(|error| error::Error::invalid_value(URL_HINT).caused_by(error))
        });
        Ok(Self {
            hosts: options.collect::<error::Result<Vec<_>>>()?,
            last: AtomicUsize::new(0),
        })
    }

    /// Connects once.
    ///
    /// # Errors
    /// Why no host can be connected to.
    pub(super) async fn probe(&self) -> sqlx::Result<()> {
        self.primary().await?.close().await
    }

    /// The host that takes writes. One alone is not asked: it may be a replica that somebody copies from.
    async fn primary(&self) -> sqlx::Result<PgConnection> {
        if let [options] = self.hosts.as_slice() {
            return PgConnection::connect_with(options).await;
        }
        let mut failure = Error::Io(std::io::Error::other("every host is a replica"));
        let last = self.last.load(Ordering::Relaxed);
        let (before, from) = self.hosts.split_at(last.min(self.hosts.len()));
        for (number, options) in from.iter().chain(before).enumerate() {
            let tried = timeout(CONNECT_TIMEOUT, connect_to_primary(options)).await;
            match tried {
                Ok(Ok(Some(connection))) => {
                    let found = (last + number) % self.hosts.len().max(1);
                    self.last.store(found, Ordering::Relaxed);
                    return Ok(connection);
                }
                Ok(Ok(None)) => {}
                Ok(Err(error)) => failure = error,
                Err(_) => failure = Error::Io(std::io::ErrorKind::TimedOut.into()),
            }
        }
        Err(failure)
    }
}

impl Source for Hosts {
    type Connection = PgConnection;

    const MAX_AGE: Option<Duration> = Some(MAX_AGE);

    /// Tries again while none can be reached: whoever waits says how long.
    async fn connect(&self) -> sqlx::Result<PgConnection> {
        loop {
            match self.primary().await {
                Err(error) if is_passing(&error) => {
                    tracing::debug!(%error, "the database cannot be reached");
                    sleep(CONNECT_AGAIN).await;
                }
                outcome => return outcome,
            }
        }
    }

    async fn run(connection: &mut PgConnection, sql: &'static str) -> sqlx::Result<()> {
        sqlx::raw_sql(sql).execute(connection).await.map(|_| ())
    }
}

async fn connect_to_primary(options: &PgConnectOptions) -> sqlx::Result<Option<PgConnection>> {
    let mut connection = PgConnection::connect_with(options).await?;
    let (is_replica,): (bool,) = sqlx::query_as("SELECT pg_is_in_recovery()")
        .fetch_one(&mut connection)
        .await?;
    if !is_replica {
        return Ok(Some(connection));
    }
    connection.close().await.map(|()| None)
}

/// Whether it may pass by itself: nobody listens yet, or the database is starting, stopping or full.
fn is_passing(error: &Error) -> bool {
    match error {
        Error::Io(_) => true,
        Error::Database(database) => {
            let code = database.code();
            matches!(code.as_deref(), Some("57P01" | "57P02" | "57P03" | "53300"))
        }
        _ => false,
    }
}

/// The URL, once for each of its hosts.
fn one_each(url: &str) -> Vec<String> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return vec![url.to_owned()];
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (user, hosts) = match authority.rsplit_once('@') {
        Some((user, hosts)) => (format!("{user}@"), hosts),
        None => (String::new(), authority),
    };
    let hosts = hosts.split(',');
    hosts
        .map(|host| format!("{scheme}://{user}{host}{path}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_one_host_or_several() {
        assert_eq!(one_each("postgres://m@a/d"), ["postgres://m@a/d"]);
        assert_eq!(
            one_each("postgres://m:p,w@a:1,b:2/d?sslmode=require"),
            [
                "postgres://m:p,w@a:1/d?sslmode=require",
                "postgres://m:p,w@b:2/d?sslmode=require"
            ]
        );
        assert_eq!(
            one_each("postgres:///d?host=/run/a,b"),
            ["postgres:///d?host=/run/a,b"]
        );
    }
}
