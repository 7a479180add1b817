//! Who has been deleted: what operators still see until it is purged. No client ever does.

use uuid::Uuid;

use super::statement::Statement;
use super::{TenantKey, Transaction};
use crate::error::Result;
use crate::schema::ResourceTypeId;

/// A deleted resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// `id`.
    pub id: Uuid,
    /// Its type.
    pub resource_type: ResourceTypeId,
    /// Customer or operator.
    pub kind: String,
    /// The name to sign in with.
    pub username: Option<String>,
    /// The name for people.
    pub display_name: Option<String>,
    /// Who deleted it.
    pub actor: String,
    /// When: microseconds since 1970 UTC.
    pub deleted: i64,
}

/// Sets one.
///
/// # Errors
/// The database's.
pub async fn insert(tx: &mut Transaction, tenant: TenantKey, tombstone: &Tombstone) -> Result<()> {
    let insert = Statement::new(
        "INSERT INTO tombstone (tenant_key, id, resource_type, kind, username, display_name, actor, deleted) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    );
    let insert = insert
        .arg(tenant.0)
        .arg(tombstone.id)
        .arg(tombstone.resource_type.0)
        .arg(tombstone.kind.as_str())
        .arg(tombstone.username.clone())
        .arg(tombstone.display_name.clone())
        .arg(tombstone.actor.as_str())
        .arg(tombstone.deleted);
    tx.execute(insert).await.map(|_| ())
}

type Columns = (
    Uuid,
    i16,
    String,
    Option<String>,
    Option<String>,
    String,
    i64,
);

impl From<Columns> for Tombstone {
    fn from((id, resource_type, kind, username, display_name, actor, deleted): Columns) -> Self {
        Self {
            id,
            resource_type: ResourceTypeId(resource_type),
            kind,
            username,
            display_name,
            actor,
            deleted,
        }
    }
}

/// Those of a tenant, the latest first.
///
/// # Errors
/// The database's.
pub async fn list(
    tx: &mut Transaction,
    tenant: TenantKey,
    skip: i64,
    count: i64,
) -> Result<Vec<Tombstone>> {
    let select = Statement::new(
        "SELECT id, resource_type, kind, username, display_name, actor, deleted FROM tombstone WHERE tenant_key = $1 ORDER BY deleted DESC, id LIMIT $2 OFFSET $3",
    );
    let rows: Vec<Columns> = tx
        .fetch_all(select.arg(tenant.0).arg(count).arg(skip))
        .await?;
    Ok(rows.into_iter().map(Tombstone::from).collect())
}

/// The one with that id.
///
/// # Errors
/// The database's.
pub async fn get(tx: &mut Transaction, tenant: TenantKey, id: Uuid) -> Result<Option<Tombstone>> {
    let select = Statement::new(
        "SELECT id, resource_type, kind, username, display_name, actor, deleted FROM tombstone WHERE tenant_key = $1 AND id = $2",
    );
    let row: Option<Columns> = tx.fetch_optional(select.arg(tenant.0).arg(id)).await?;
    Ok(row.map(Tombstone::from))
}

/// Purges one, and what the history of the resource says of its values; answers whether there was one.
///
/// # Errors
/// The database's.
pub async fn purge(tx: &mut Transaction, tenant: TenantKey, id: Uuid) -> Result<bool> {
    let delete = Statement::new("DELETE FROM tombstone WHERE tenant_key = $1 AND id = $2");
    if tx.execute(delete.arg(tenant.0).arg(id)).await? == 0 {
        return Ok(false);
    }
    let erase = Statement::new(
        "UPDATE change SET detail = '{\"purged\":true}' WHERE tenant_key = $1 AND resource_id = $2",
    );
    tx.execute(erase.arg(tenant.0).arg(id)).await?;
    Ok(true)
}

/// Some that were set before then, with their tenants.
///
/// # Errors
/// The database's.
pub async fn before(
    tx: &mut Transaction,
    tenant: TenantKey,
    time: i64,
    count: i64,
) -> Result<Vec<Uuid>> {
    let select = Statement::new(
        "SELECT id FROM tombstone WHERE tenant_key = $1 AND deleted < $2 ORDER BY deleted LIMIT $3",
    );
    let rows: Vec<(Uuid,)> = tx
        .fetch_all(select.arg(tenant.0).arg(time).arg(count))
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
