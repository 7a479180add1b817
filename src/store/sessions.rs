//! Sessions of people who have signed in, and the API tokens of operators, by the hash of their secret.
//!
//! Every request looks its session up: what ends here is refused at the next request, on every instance.

use std::collections::HashMap;

use uuid::Uuid;

use super::statement::{LIST_CHUNK, Statement};
use super::{ResourceKey, TenantKey, Transaction};
use crate::error::Result;

/// A session, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Public name.
    pub id: String,
    /// Microseconds since 1970 UTC, as the following.
    pub created: i64,
    /// When it was used last, give or take a minute.
    pub last_used: i64,
    /// When it ends, whether it is used or not.
    pub expires: i64,
    /// The name of an operator's API token; none: a browser's session.
    pub name: Option<String>,
    /// The address it was begun from.
    pub address: Option<String>,
    /// The browser, in its own words.
    pub agent: Option<String>,
    /// When the second factor was shown in it; none: not in this one.
    pub factor_shown: Option<i64>,
    /// When its owner last proved who they are, by password or by code; none: never, as for API tokens.
    pub proven: Option<i64>,
}

/// A session that was presented, and whose it is.
#[derive(Debug, Clone)]
pub struct Presented {
    /// The session.
    pub session: Session,
    /// The tenant.
    pub tenant: TenantKey,
    /// The tenant's name.
    pub tenant_name: String,
    /// The version of the tenant's schemas and settings.
    pub schema_version: i64,
    /// The person's key.
    pub key: ResourceKey,
    /// The person's id.
    pub subject: Uuid,
    /// Since when the person has a second factor.
    pub factor_confirmed: Option<i64>,
}

type Columns = (
    String,
    i64,
    i64,
    i64,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<i64>,
);

impl From<Columns> for Session {
    fn from(columns: Columns) -> Self {
        let (id, created, last_used, expires, name, address, agent, factor_shown, proven) = columns;
        Self {
            id,
            created,
            last_used,
            expires,
            name,
            address,
            agent,
            factor_shown,
            proven,
        }
    }
}

/// Inserts a session of a person.
///
/// # Errors
/// The database's.
pub async fn insert(
    tx: &mut Transaction,
    tenant: TenantKey,
    person: ResourceKey,
    session: &Session,
    hash: &[u8],
) -> Result<()> {
    let insert = Statement::new(
        "INSERT INTO account_session (tenant_key, resource_key, session_id, session_hash, created, last_used, expires, name, address, agent, factor_shown, proven) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    );
    let insert = insert
        .arg(tenant.0)
        .arg(person.0)
        .arg(session.id.as_str())
        .arg(hash.to_vec())
        .arg(session.created)
        .arg(session.last_used)
        .arg(session.expires)
        .arg(session.name.clone())
        .arg(session.address.clone())
        .arg(session.agent.clone())
        .arg(session.factor_shown)
        .arg(session.proven);
    tx.execute(insert).await.map(|_| ())
}

/// The session with that hash. One statement, by the unique index on the hash.
///
/// # Errors
/// The database's.
pub async fn by_hash(tx: &mut Transaction, hash: &[u8]) -> Result<Option<Presented>> {
    type Row = (
        String,
        i64,
        i64,
        i64,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<i64>,
        Option<i64>,
        i32,
        String,
        i64,
        i64,
        Uuid,
        Option<i64>,
    );
    let select = Statement::new(
        "SELECT s.session_id, s.created, s.last_used, s.expires, s.name, s.address, s.agent, s.factor_shown, s.proven, s.tenant_key, t.name, \
         t.schema_version, s.resource_key, r.id, f.confirmed \
         FROM account_session s JOIN tenant t ON t.tenant_key = s.tenant_key JOIN resource r ON r.resource_key = s.resource_key \
         LEFT JOIN second_factor f ON f.resource_key = s.resource_key \
         WHERE s.session_hash = $1",
    );
    let row: Option<Row> = tx.fetch_optional(select.arg(hash.to_vec())).await?;
    Ok(row.map(
        |(
            id,
            created,
            last_used,
            expires,
            name,
            address,
            agent,
            factor_shown,
            proven,
            tenant,
            tenant_name,
            schema_version,
            key,
            subject,
            factor_confirmed,
        )| Presented {
            session: Session::from((
                id,
                created,
                last_used,
                expires,
                name,
                address,
                agent,
                factor_shown,
                proven,
            )),
            tenant: TenantKey(tenant),
            tenant_name,
            schema_version,
            key: ResourceKey(key),
            subject,
            factor_confirmed,
        },
    ))
}

/// The sessions of a person, the newest first.
///
/// # Errors
/// The database's.
pub async fn of_person(tx: &mut Transaction, person: ResourceKey) -> Result<Vec<Session>> {
    let select = Statement::new(
        "SELECT session_id, created, last_used, expires, name, address, agent, factor_shown, proven FROM account_session WHERE resource_key = $1 ORDER BY session_key DESC",
    );
    let rows: Vec<Columns> = tx.fetch_all(select.arg(person.0)).await?;
    Ok(rows.into_iter().map(Session::from).collect())
}

/// How many sessions each of these people has; who has none is left out.
///
/// # Errors
/// The database's.
pub async fn counts(
    tx: &mut Transaction,
    people: &[ResourceKey],
) -> Result<HashMap<ResourceKey, i64>> {
    let mut counts = HashMap::with_capacity(people.len());
    for chunk in people.chunks(LIST_CHUNK) {
        let keys: Vec<i64> = chunk.iter().map(|key| key.0).collect();
        let mut select = Statement::new(
            "SELECT resource_key, COUNT(*) FROM account_session WHERE resource_key IN ",
        );
        select.bind_list(&keys).push(" GROUP BY resource_key");
        let rows: Vec<(i64, i64)> = tx.fetch_all(select).await?;
        counts.extend(
            rows.into_iter()
                .map(|(key, count)| (ResourceKey(key), count)),
        );
    }
    Ok(counts)
}

/// Gives a session of a person another name and secret; what was presented before is good no more.
///
/// # Errors
/// The database's.
pub async fn renew(
    tx: &mut Transaction,
    person: ResourceKey,
    id: &str,
    (new_id, new_hash): (&str, &[u8]),
) -> Result<()> {
    let update = Statement::new(
        "UPDATE account_session SET session_id = $3, session_hash = $4 WHERE resource_key = $1 AND session_id = $2",
    );
    let update = update
        .arg(person.0)
        .arg(id)
        .arg(new_id)
        .arg(new_hash.to_vec());
    tx.execute(update).await.map(|_| ())
}

/// Notes that a session is in use.
///
/// # Errors
/// The database's.
pub async fn note_use(tx: &mut Transaction, hash: &[u8], now: i64) -> Result<()> {
    let update = Statement::new(
        "UPDATE account_session SET last_used = $2 WHERE session_hash = $1 AND last_used < $2",
    );
    tx.execute(update.arg(hash.to_vec()).arg(now))
        .await
        .map(|_| ())
}

/// Notes that the owner of a session has proved who they are; `with_factor`: by the second factor.
///
/// # Errors
/// The database's.
pub async fn note_proof(
    tx: &mut Transaction,
    person: ResourceKey,
    id: &str,
    with_factor: bool,
    now: i64,
) -> Result<()> {
    let mut update = Statement::new("UPDATE account_session SET proven = $3").arg(person.0);
    update = update.arg(id).arg(now);
    if with_factor {
        update.push(", factor_shown = $3");
    }
    update.push(" WHERE resource_key = $1 AND session_id = $2");
    tx.execute(update).await.map(|_| ())
}

/// Forgets, for all sessions of a person, that the second factor was shown: there is another one, or none.
///
/// # Errors
/// The database's.
pub async fn forget_factor(tx: &mut Transaction, person: ResourceKey) -> Result<()> {
    let update =
        Statement::new("UPDATE account_session SET factor_shown = NULL WHERE resource_key = $1");
    tx.execute(update.arg(person.0)).await.map(|_| ())
}

/// Ends the sessions of a person, all but one; answers how many.
///
/// # Errors
/// The database's.
pub async fn end_all(tx: &mut Transaction, person: ResourceKey, but: Option<&str>) -> Result<u64> {
    tx.execute(deletion(person, but)).await
}

/// Ends the sessions of a person, all but one. It may be done with the commit.
///
/// # Errors
/// The database's.
pub async fn end_later(tx: &mut Transaction, person: ResourceKey, but: Option<&str>) -> Result<()> {
    tx.later(deletion(person, but)).await
}

fn deletion(person: ResourceKey, but: Option<&str>) -> Statement {
    let mut delete =
        Statement::new("DELETE FROM account_session WHERE resource_key = $1").arg(person.0);
    if let Some(but) = but {
        delete.push(" AND session_id <> ").bind(but);
    }
    delete
}

/// Ends one session of a person; answers whether there was one.
///
/// # Errors
/// The database's.
pub async fn end(tx: &mut Transaction, person: ResourceKey, id: &str) -> Result<bool> {
    let delete =
        Statement::new("DELETE FROM account_session WHERE resource_key = $1 AND session_id = $2");
    Ok(tx.execute(delete.arg(person.0).arg(id)).await? > 0)
}

/// Forgets browser sessions that were not used since `idle_since`, and all that have ended.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Transaction, now: i64, idle_since: i64) -> Result<u64> {
    let delete = Statement::new(
        "DELETE FROM account_session WHERE expires <= $1 OR (last_used < $2 AND name IS NULL)",
    );
    tx.execute(delete.arg(now).arg(idle_since)).await
}
