//! What shielded connections took away lately, and what is held for an operator's decision.

use uuid::Uuid;

use super::statement::Statement;
use super::{ConnectionKey, ResourceKey, Store, TenantKey, Transaction};
use crate::error::Result;
use crate::schema::ResourceTypeId;

/// What takes something away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A resource may no longer be used.
    Deactivation,
    /// A resource is gone.
    Deletion,
    /// Members are no longer in a group.
    Removal,
}

impl Kind {
    const ALL: [(Self, i16); 3] = [
        (Self::Deactivation, 1),
        (Self::Deletion, 2),
        (Self::Removal, 3),
    ];

    fn number(self) -> i16 {
        let found = Self::ALL.iter().find(|(kind, _)| *kind == self);
        found.map_or(0, |(_, number)| *number)
    }

    fn numbered(number: i16) -> Self {
        let found = Self::ALL.iter().find(|(_, known)| *known == number);
        found.map_or(Self::Removal, |(kind, _)| *kind)
    }
}

/// Lets one transaction at a time count for a connection.
///
/// # Errors
/// The database's.
pub async fn lock(tx: &mut Transaction, connection: ConnectionKey) -> Result<()> {
    let mut select =
        Statement::new("SELECT connection_key FROM connection WHERE connection_key = $1");
    select.push(tx.dialect().for_update());
    let select = select.arg(connection.0);
    tx.fetch_optional::<(i32,)>(select).await.map(|_| ())
}

/// How much was taken away since a time: in all, and of one group.
///
/// # Errors
/// The database's.
pub async fn taken(
    tx: &mut Transaction,
    connection: ConnectionKey,
    kind: Kind,
    scope: Option<Uuid>,
    since: i64,
) -> Result<(i64, i64)> {
    let select = Statement::new(
        "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN scope_id = $4 THEN amount ELSE 0 END), 0) AS BIGINT) \
         FROM shield_event WHERE connection_key = $1 AND kind = $2 AND at > $3",
    );
    let select = select.arg(connection.0).arg(kind.number()).arg(since);
    tx.fetch_one(select.arg(scope)).await
}

/// Notes that something was taken away.
///
/// # Errors
/// The database's.
pub async fn note(
    tx: &mut Transaction,
    connection: ConnectionKey,
    kind: Kind,
    scope: Option<Uuid>,
    now: i64,
    amount: i64,
) -> Result<()> {
    let insert = Statement::new(
        "INSERT INTO shield_event (connection_key, kind, scope_id, at, amount) VALUES ($1, $2, $3, $4, $5)",
    );
    let insert = insert.arg(connection.0).arg(kind.number()).arg(scope);
    tx.execute(insert.arg(now).arg(amount)).await.map(|_| ())
}

/// Whether a group has more members than a number. Looks at no more than that.
///
/// # Errors
/// The database's.
pub async fn has_more_members(tx: &mut Transaction, group: ResourceKey, than: i64) -> Result<bool> {
    let select = Statement::new(
        "SELECT COUNT(*) FROM (SELECT 1 AS one FROM membership WHERE group_key = $1 LIMIT $2) AS counted",
    );
    let (count,): (i64,) = tx
        .fetch_one(select.arg(group.0).arg(than.max(0) + 1))
        .await?;
    Ok(count > than)
}

/// A change that was too much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its number; 0: not stored yet.
    pub key: i64,
    /// What it does.
    pub kind: Kind,
    /// To what.
    pub resource_type: ResourceTypeId,
    /// To which.
    pub resource_id: Uuid,
    /// How many the last attempt would have taken away.
    pub amount: i64,
    /// How often it was tried.
    pub attempts: i64,
    /// When first, in microseconds since 1970 UTC.
    pub first_attempt: i64,
    /// When last.
    pub last_attempt: i64,
    /// `released` or `rejected`.
    pub decision: Option<String>,
    /// How many an operator has let pass.
    pub released: Option<i64>,
}

type Columns = (
    i64,
    i16,
    i16,
    Uuid,
    i64,
    i64,
    i64,
    i64,
    Option<String>,
    Option<i64>,
);

const HELD: &str = "SELECT held_key, kind, resource_type, resource_id, amount, attempts, first_attempt, last_attempt, decision, released FROM held_operation";

impl From<Columns> for Held {
    fn from(
        (
            key,
            kind,
            resource_type,
            resource_id,
            amount,
            attempts,
            first_attempt,
            last_attempt,
            decision,
            released,
        ): Columns,
    ) -> Self {
        Self {
            key,
            kind: Kind::numbered(kind),
            resource_type: ResourceTypeId(resource_type),
            resource_id,
            amount,
            attempts,
            first_attempt,
            last_attempt,
            decision,
            released,
        }
    }
}

/// The change to that resource that is held, or was.
///
/// # Errors
/// The database's.
pub async fn find(
    tx: &mut Transaction,
    connection: ConnectionKey,
    kind: Kind,
    resource: Uuid,
) -> Result<Option<Held>> {
    let select =
        Statement::new(HELD).then(" WHERE connection_key = $1 AND kind = $2 AND resource_id = $3");
    let select = select.arg(connection.0).arg(kind.number()).arg(resource);
    let row: Option<Columns> = tx.fetch_optional(select).await?;
    Ok(row.map(Held::from))
}

/// Notes an attempt at a change that is held. One that was released and is held again took away more than that; the release stays
/// good for as many as it was for.
///
/// # Errors
/// The database's.
pub async fn hold(
    tx: &mut Transaction,
    tenant: TenantKey,
    connection: ConnectionKey,
    held: &Held,
) -> Result<()> {
    let upsert = Statement::new(
        "INSERT INTO held_operation (tenant_key, connection_key, kind, resource_type, resource_id, amount, attempts, first_attempt, last_attempt) \
         VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $7) ON CONFLICT (connection_key, kind, resource_id) DO UPDATE SET \
         amount = excluded.amount, attempts = held_operation.attempts + 1, last_attempt = excluded.last_attempt, \
         decision = CASE WHEN held_operation.decision = 'released' THEN NULL ELSE held_operation.decision END",
    );
    let upsert = upsert
        .arg(tenant.0)
        .arg(connection.0)
        .arg(held.kind.number());
    let upsert = upsert.arg(held.resource_type.0).arg(held.resource_id);
    let upsert = upsert.arg(held.amount).arg(held.last_attempt);
    tx.execute(upsert).await.map(|_| ())
}

/// What a connection's shield holds, oldest first; at most so many.
///
/// # Errors
/// The database's.
pub async fn list(
    tx: &mut Transaction,
    connection: ConnectionKey,
    limit: i64,
) -> Result<Vec<Held>> {
    let select = Statement::new(HELD).then(" WHERE connection_key = $1 ORDER BY held_key LIMIT $2");
    let rows: Vec<Columns> = tx.fetch_all(select.arg(connection.0).arg(limit)).await?;
    Ok(rows.into_iter().map(Held::from).collect())
}

/// How many changes of a tenant wait for a decision.
///
/// # Errors
/// The database's.
pub async fn count_undecided(tx: &mut Transaction, tenant: TenantKey) -> Result<i64> {
    let select = Statement::new(
        "SELECT COUNT(*) FROM held_operation WHERE tenant_key = $1 AND decision IS NULL",
    );
    let (count,): (i64,) = tx.fetch_one(select.arg(tenant.0)).await?;
    Ok(count)
}

/// Decides what is held and undecided, or only one of it; how many.
///
/// # Errors
/// The database's.
pub async fn decide(
    tx: &mut Transaction,
    connection: ConnectionKey,
    only: Option<i64>,
    decision: &'static str,
    now: i64,
) -> Result<u64> {
    let mut update = Statement::new(
        "UPDATE held_operation SET decision = $2, decided = $3, released = CASE WHEN $2 = 'released' THEN amount ELSE NULL END WHERE connection_key = $1",
    );
    update = update.arg(connection.0).arg(decision).arg(now);
    match only {
        Some(key) => update.push(" AND held_key = ").bind(key),
        None => update.push(" AND decision IS NULL"),
    };
    tx.execute(update).await
}

/// Forgets a change that was released and has been made.
///
/// # Errors
/// The database's.
pub async fn remove(tx: &mut Transaction, key: i64) -> Result<()> {
    let delete = Statement::new("DELETE FROM held_operation WHERE held_key = $1");
    tx.execute(delete.arg(key)).await.map(|_| ())
}

/// Forgets what is older than any window, and what nobody has tried for long.
///
/// # Errors
/// The database's.
pub async fn forget(store: &Store, now: i64) -> Result<()> {
    const DAY: i64 = 86_400_000_000;
    in_transaction!(store, |tx| {
        let events = Statement::new("DELETE FROM shield_event WHERE at < $1");
        tx.execute(events.arg(now - 8 * DAY)).await?;
        let held = Statement::new(
            "DELETE FROM held_operation WHERE last_attempt < $1 AND COALESCE(decided, 0) < $1",
        );
        tx.execute(held.arg(now - 30 * DAY)).await.map(|_| ())
    })
}

/// How much of a kind waits for a decision at a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The connection.
    pub connection: ConnectionKey,
    /// What the changes do.
    pub kind: Kind,
    /// How many changes.
    pub changes: i64,
    /// How many they take away together.
    pub amount: i64,
    /// When the first was tried first, in microseconds since 1970 UTC.
    pub since: i64,
}

/// What waits for a decision in a tenant, by connection and kind.
///
/// # Errors
/// The database's.
pub async fn waiting(tx: &mut Transaction, tenant: TenantKey) -> Result<Vec<Waiting>> {
    let select = Statement::new(
        "SELECT connection_key, kind, COUNT(*), CAST(COALESCE(SUM(amount), 0) AS BIGINT), MIN(first_attempt) FROM held_operation \
         WHERE tenant_key = $1 AND decision IS NULL GROUP BY connection_key, kind ORDER BY connection_key, kind",
    );
    let rows: Vec<(i32, i16, i64, i64, i64)> = tx.fetch_all(select.arg(tenant.0)).await?;
    let waiting = rows
        .into_iter()
        .map(|(connection, kind, changes, amount, since)| Waiting {
            connection: ConnectionKey(connection),
            kind: Kind::numbered(kind),
            changes,
            amount,
            since,
        });
    Ok(waiting.collect())
}

/// What of a connection waits for a decision, oldest first: so many, after the one with that number.
///
/// # Errors
/// The database's.
pub async fn undecided(
    tx: &mut Transaction,
    tenant: TenantKey,
    connection: ConnectionKey,
    after: i64,
    limit: i64,
) -> Result<Vec<Held>> {
    let select = Statement::new(HELD).then(
        " WHERE tenant_key = $1 AND connection_key = $2 AND decision IS NULL AND held_key > $3 ORDER BY held_key LIMIT $4",
    );
    let select = select.arg(tenant.0).arg(connection.0).arg(after);
    let rows: Vec<Columns> = tx.fetch_all(select.arg(limit)).await?;
    Ok(rows.into_iter().map(Held::from).collect())
}
