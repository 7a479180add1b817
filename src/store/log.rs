//! The provisioning log: what was asked and answered, kept apart from the resources, so that its writes never wait for theirs or
//! theirs for it.

pub use super::database::log_url as url_beside;
use super::database::{Database, Transaction};
use super::statement::{Arg, Statement};
use super::{ConnectionKey, TenantKey};
use crate::error::Result;

/// The database of the log.
#[derive(Debug, Clone)]
pub struct LogStore {
    database: Database,
}

/// A request and its answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// Number of the entry.
    pub key: i64,
    /// When it came, in microseconds since 1970 UTC.
    pub at: i64,
    /// How long it took, in microseconds.
    pub duration: i64,
    /// The tenant, once that was known.
    pub tenant: Option<i32>,
    /// The connection.
    pub connection: Option<i32>,
    /// Who, in words.
    pub actor: String,
    /// Public name of the token.
    pub token_id: Option<String>,
    /// From where.
    pub address: Option<String>,
    /// The request's id.
    pub request_id: String,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// What followed the question mark.
    pub query: String,
    /// JSON: headers that matter for the answer.
    pub headers: String,
    /// The resource type of the address.
    pub resource_type: Option<String>,
    /// The resource of the address, or the one that was created.
    pub resource_id: Option<String>,
    /// The status of the answer.
    pub status: i16,
    /// `ok`, `refused`, `held` or `failed`.
    pub outcome: String,
    /// The kind of error (`ErrorKind::name`).
    pub error_kind: Option<String>,
    /// The `scimType` of the answer.
    pub scim_type: Option<String>,
    /// The sentence of the answer.
    pub detail: Option<String>,
    /// The body, without secrets.
    pub request_body: Option<String>,
    /// Its length as it was sent, in bytes.
    pub request_bytes: i64,
    /// The body of the answer.
    pub response_body: Option<String>,
    /// Its length, in bytes.
    pub response_bytes: i64,
}

/// Which entries are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Of this tenant.
    pub tenant: Option<TenantKey>,
    /// Of this connection.
    pub connection: Option<ConnectionKey>,
    /// About the resource with this id.
    pub resource: Option<String>,
    /// With requests that read it as well: there is no index for those.
    pub with_reads: bool,
    /// With this outcome.
    pub outcome: Option<String>,
    /// With this method.
    pub method: Option<String>,
    /// Without requests that only read.
    pub changes_only: bool,
    /// With a status of this hundred: 4 for 400 to 499.
    pub hundred: Option<i16>,
    /// Of the request with this id.
    pub request_id: Option<String>,
    /// Not before this time.
    pub since: Option<i64>,
    /// The same, looked at row by row: for those who bound the numbers themselves.
    pub not_before: Option<i64>,
    /// Not from this time on.
    pub until: Option<i64>,
    /// After the entry with this number.
    pub after: Option<i64>,
    /// Before the entry with this number.
    pub before: Option<i64>,
    /// Oldest first instead of newest first.
    pub is_ascending: bool,
    /// So many.
    pub limit: i64,
}

/// How a connection did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// When its last request came, in microseconds since 1970 UTC.
    pub last: Option<i64>,
    /// How many came.
    pub requests: i64,
    /// How many of them were not carried out.
    pub failures: i64,
    /// There may have been more.
    pub is_more: bool,
}

/// What a list shows.
type Summary = (
    i64,
    i64,
    i64,
    Option<i32>,
    Option<i32>,
    String,
    String,
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    i16,
    String,
    Option<String>,
    Option<String>,
);

/// The first half of an entry: sixteen columns are the most that one row can have.
type Head = (
    i64,
    i64,
    Option<i32>,
    Option<i32>,
    String,
    Option<String>,
    Option<String>,
    String,
    String,
    String,
    String,
    String,
);

/// The second half.
type Tail = (
    Option<String>,
    Option<String>,
    i16,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    i64,
    Option<String>,
    i64,
);

impl LogStore {
    /// Opens the log's database and brings its tables up to date.
    ///
    /// # Errors
    /// When it cannot be reached or migrated.
    pub async fn open(url: &str) -> Result<Self> {
        Ok(Self {
            database: Database::open_log(url).await?,
        })
    }

    /// Appends entries in one transaction.
    ///
    /// # Errors
    /// The database's.
    pub async fn append(&self, entries: Vec<Entry>) -> Result<()> {
        let rows = entries.into_iter().map(cells);
        self.database.append("request_log", INSERTED, rows).await
    }

    /// The entries that are wanted, without bodies.
    ///
    /// # Errors
    /// The database's.
    pub async fn list(&self, wanted: &Wanted) -> Result<Vec<Entry>> {
        let mut reader = self.database.reader();
        let after = match wanted.since {
            // Walks back over what is newer than that, and no further.
            Some(since) => boundary(&mut reader, since).await?,
            None => None,
        };
        let select = selection(wanted, wanted.after.max(after));
        let rows: Vec<Summary> = reader.fetch_all(select).await?;
        let entries = rows.into_iter().map(
            |(
                key,
                at,
                duration,
                tenant,
                connection,
                actor,
                request_id,
                method,
                path,
                query,
                resource_type,
                resource_id,
                status,
                outcome,
                scim_type,
                detail,
            )| Entry {
                key,
                at,
                duration,
                tenant,
                connection,
                actor,
                request_id,
                method,
                path,
                query,
                resource_type,
                resource_id,
                status,
                outcome,
                scim_type,
                detail,
                ..Entry::default()
            },
        );
        Ok(entries.collect())
    }

    /// How a connection did since a time, by its newest entries: at most so many are looked at, by an index.
    ///
    /// # Errors
    /// The database's.
    pub async fn tally(
        &self,
        tenant: TenantKey,
        connection: ConnectionKey,
        since: i64,
        most: i64,
    ) -> Result<Tally> {
        let mut reader = self.database.reader();
        let select = Statement::new(
            "SELECT MAX(at), CAST(COALESCE(SUM(CASE WHEN at >= $3 THEN 1 ELSE 0 END), 0) AS BIGINT), \
             CAST(COALESCE(SUM(CASE WHEN at >= $3 AND outcome <> 'ok' THEN 1 ELSE 0 END), 0) AS BIGINT) \
             FROM (SELECT at, outcome FROM request_log WHERE tenant_key = $1 AND connection_key = $2 ORDER BY log_key DESC LIMIT $4) AS newest",
        );
        let select = select.arg(tenant.0).arg(connection.0).arg(since);
        let (last, requests, failures): (Option<i64>, i64, i64) =
            reader.fetch_one(select.arg(most)).await?;
        Ok(Tally {
            last,
            requests,
            failures,
            is_more: requests >= most,
        })
    }

    /// The number of the newest entry; 0 without one.
    ///
    /// # Errors
    /// The database's.
    pub async fn newest(&self) -> Result<i64> {
        let mut reader = self.database.reader();
        let select =
            Statement::new("SELECT log_key FROM request_log ORDER BY log_key DESC LIMIT 1");
        let row: Option<(i64,)> = reader.fetch_optional(select).await?;
        Ok(row.map_or(0, |(key,)| key))
    }

    /// When the entry with that number came, or the last one before it.
    ///
    /// # Errors
    /// The database's.
    pub async fn time_of(&self, key: i64) -> Result<Option<i64>> {
        let mut reader = self.database.reader();
        let select = Statement::new(
            "SELECT at FROM request_log WHERE log_key <= $1 ORDER BY log_key DESC LIMIT 1",
        );
        let row: Option<(i64,)> = reader.fetch_optional(select.arg(key)).await?;
        Ok(row.map(|(at,)| at))
    }

    /// The whole entry with that number.
    ///
    /// # Errors
    /// The database's.
    pub async fn get(&self, key: i64) -> Result<Option<Entry>> {
        let mut reader = self.database.reader();
        let head = Statement::new(
            "SELECT at, duration, tenant_key, connection_key, actor, token_id, address, request_id, method, path, query, headers FROM request_log WHERE log_key = $1",
        );
        let head: Option<Head> = reader.fetch_optional(head.arg(key)).await?;
        let tail = Statement::new(
            "SELECT resource_type, resource_id, status, outcome, error_kind, scim_type, detail, request_body, request_bytes, response_body, response_bytes FROM request_log WHERE log_key = $1",
        );
        let tail: Option<Tail> = reader.fetch_optional(tail.arg(key)).await?;
        Ok(head.zip(tail).map(|(head, tail)| Entry {
            key,
            at: head.0,
            duration: head.1,
            tenant: head.2,
            connection: head.3,
            actor: head.4,
            token_id: head.5,
            address: head.6,
            request_id: head.7,
            method: head.8,
            path: head.9,
            query: head.10,
            headers: head.11,
            resource_type: tail.0,
            resource_id: tail.1,
            status: tail.2,
            outcome: tail.3,
            error_kind: tail.4,
            scim_type: tail.5,
            detail: tail.6,
            request_body: tail.7,
            request_bytes: tail.8,
            response_body: tail.9,
            response_bytes: tail.10,
        }))
    }

    /// Deletes some of the entries from before a time; how many. To be repeated until there are none.
    ///
    /// # Errors
    /// The database's.
    pub async fn prune(&self, before: i64) -> Result<u64> {
        let delete = Statement::new(
            "DELETE FROM request_log WHERE at < $1 AND log_key IN (SELECT log_key FROM request_log ORDER BY log_key LIMIT 5000)",
        );
        let mut tx = self.database.begin_write(false).await?;
        match tx.execute(delete.arg(before)).await {
            Ok(deleted) => tx.commit().await.map(|()| deleted),
            Err(error) => {
                tx.rollback().await;
                Err(error)
            }
        }
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.database.close().await;
    }
}

/// The number of the last entry from before a time.
async fn boundary(tx: &mut Transaction, since: i64) -> Result<Option<i64>> {
    let select = Statement::new(
        "SELECT log_key FROM request_log WHERE at < $1 ORDER BY log_key DESC LIMIT 1",
    );
    let row: Option<(i64,)> = tx.fetch_optional(select.arg(since)).await?;
    Ok(row.map(|(key,)| key))
}

fn selection(wanted: &Wanted, after: Option<i64>) -> Statement {
    let mut select = Statement::new(
        "SELECT log_key, at, duration, tenant_key, connection_key, actor, request_id, method, path, query, resource_type, resource_id, \
         status, outcome, scim_type, detail FROM request_log WHERE log_key > ",
    );
    select.bind(after.unwrap_or(0));
    if let Some(before) = wanted.before {
        select.push(" AND log_key < ").bind(before);
    }
    if let Some(not_before) = wanted.not_before {
        select.push(" AND at >= ").bind(not_before);
    }
    if let Some(until) = wanted.until {
        select.push(" AND at < ").bind(until);
    }
    if let Some(tenant) = wanted.tenant {
        select.push(" AND tenant_key = ").bind(tenant.0);
    }
    if let Some(connection) = wanted.connection {
        select.push(" AND connection_key = ").bind(connection.0);
    }
    if let Some(resource) = &wanted.resource {
        if !wanted.with_reads {
            select.push(" AND method <> 'GET' AND resource_id IS NOT NULL");
        }
        select.push(" AND resource_id = ").bind(resource.as_str());
    }
    if let Some(method) = &wanted.method {
        select.push(" AND method = ").bind(method.as_str());
    }
    if wanted.changes_only {
        select.push(" AND method <> 'GET' AND path NOT LIKE '%/.search'");
    }
    if let Some(hundred) = wanted.hundred {
        let first = hundred.clamp(0, 9) * 100;
        select.push(" AND status >= ").bind(first);
        select.push(" AND status < ").bind(first + 100);
    }
    if let Some(request_id) = &wanted.request_id {
        select.push(" AND request_id = ").bind(request_id.as_str());
    }
    if let Some(outcome) = &wanted.outcome {
        if outcome != "ok" {
            select.push(" AND outcome <> 'ok'");
        }
        select.push(" AND outcome = ").bind(outcome.as_str());
    }
    select.push(if wanted.is_ascending {
        " ORDER BY log_key LIMIT "
    } else {
        " ORDER BY log_key DESC LIMIT "
    });
    select.bind(wanted.limit);
    select
}

/// The columns of [`cells`].
const INSERTED: &str = "at, duration, tenant_key, connection_key, actor, token_id, address, request_id, method, path, query, headers, \
    resource_type, resource_id, status, outcome, error_kind, scim_type, detail, request_body, request_bytes, response_body, response_bytes";

/// What is inserted.
fn cells(entry: Entry) -> [Arg; 23] {
    [
        entry.at.into(),
        entry.duration.into(),
        entry.tenant.into(),
        entry.connection.into(),
        entry.actor.into(),
        entry.token_id.into(),
        entry.address.into(),
        entry.request_id.into(),
        entry.method.into(),
        entry.path.into(),
        entry.query.into(),
        entry.headers.into(),
        entry.resource_type.into(),
        entry.resource_id.into(),
        entry.status.into(),
        entry.outcome.into(),
        entry.error_kind.into(),
        entry.scim_type.into(),
        entry.detail.into(),
        entry.request_body.into(),
        entry.request_bytes.into(),
        entry.response_body.into(),
        entry.response_bytes.into(),
    ]
}
