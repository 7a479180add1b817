//! Connections: provisioning clients registered in a tenant.

use super::statement::Statement;
use super::{ConnectionKey, ResourceKey, TenantKey, Transaction};
use crate::error::Result;

/// A connection.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Its key.
    pub key: ConnectionKey,
    /// Its tenant.
    pub tenant: TenantKey,
    /// Its name, unique in the tenant.
    pub name: String,
    /// The profile its settings begin with.
    pub profile: String,
    /// JSON object: settings that differ from the profile.
    pub settings: String,
    /// Microseconds since 1970 UTC, as the following.
    pub created: i64,
    /// Since when it is read-only.
    pub frozen: Option<i64>,
}

type Columns = (i32, i32, String, String, String, i64, Option<i64>);

const CONNECTIONS: &str =
    "SELECT connection_key, tenant_key, name, profile, settings, created, frozen FROM connection";

impl From<Columns> for Connection {
    fn from((key, tenant, name, profile, settings, created, frozen): Columns) -> Self {
        Self {
            key: ConnectionKey(key),
            tenant: TenantKey(tenant),
            name,
            profile,
            settings,
            created,
            frozen,
        }
    }
}

/// Inserts a connection.
///
/// # Errors
/// `uniqueness` when the tenant has one of that name; the database's.
pub async fn insert(
    tx: &mut Transaction,
    tenant: TenantKey,
    name: &str,
    profile: &str,
    settings: &str,
    now: i64,
) -> Result<Connection> {
    let insert = Statement::new(
        "INSERT INTO connection (tenant_key, name, profile, settings, created) VALUES ($1, $2, $3, $4, $5) \
         RETURNING connection_key, tenant_key, name, profile, settings, created, frozen",
    );
    let row: Columns = tx
        .fetch_one(
            insert
                .arg(tenant.0)
                .arg(name)
                .arg(profile)
                .arg(settings)
                .arg(now),
        )
        .await?;
    Ok(row.into())
}

/// The connection of that name.
///
/// # Errors
/// The database's.
pub async fn by_name(
    tx: &mut Transaction,
    tenant: TenantKey,
    name: &str,
) -> Result<Option<Connection>> {
    let select = Statement::new(CONNECTIONS).then(" WHERE tenant_key = $1 AND name = $2");
    let row: Option<Columns> = tx.fetch_optional(select.arg(tenant.0).arg(name)).await?;
    Ok(row.map(Connection::from))
}

/// The tenant's connection with that key.
///
/// # Errors
/// The database's.
pub async fn by_key(
    tx: &mut Transaction,
    tenant: TenantKey,
    key: ConnectionKey,
) -> Result<Option<Connection>> {
    let select = Statement::new(CONNECTIONS).then(" WHERE tenant_key = $1 AND connection_key = $2");
    let row: Option<Columns> = tx.fetch_optional(select.arg(tenant.0).arg(key.0)).await?;
    Ok(row.map(Connection::from))
}

/// The connection as it is now, and nobody else changes it until the transaction ends.
///
/// # Errors
/// The database's.
pub async fn lock(tx: &mut Transaction, connection: &Connection) -> Result<Option<Connection>> {
    let mut select =
        Statement::new(CONNECTIONS).then(" WHERE tenant_key = $1 AND connection_key = $2");
    select.push(tx.dialect().for_update());
    let select = select.arg(connection.tenant.0).arg(connection.key.0);
    let row: Option<Columns> = tx.fetch_optional(select).await?;
    Ok(row.map(Connection::from))
}

/// A tenant's connections, by name.
///
/// # Errors
/// The database's.
pub async fn list(tx: &mut Transaction, tenant: TenantKey) -> Result<Vec<Connection>> {
    let select = Statement::new(CONNECTIONS).then(" WHERE tenant_key = $1 ORDER BY name");
    let rows: Vec<Columns> = tx.fetch_all(select.arg(tenant.0)).await?;
    Ok(rows.into_iter().map(Connection::from).collect())
}

/// Changes profile and settings.
///
/// # Errors
/// The database's.
pub async fn update(
    tx: &mut Transaction,
    connection: &Connection,
    profile: &str,
    settings: &str,
) -> Result<()> {
    let update = Statement::new(
        "UPDATE connection SET profile = $3, settings = $4 WHERE tenant_key = $1 AND connection_key = $2",
    );
    tx.execute(
        update
            .arg(connection.tenant.0)
            .arg(connection.key.0)
            .arg(profile)
            .arg(settings),
    )
    .await
    .map(|_| ())
}

/// Makes a connection read-only from a time on, or writable again.
///
/// # Errors
/// The database's.
pub async fn set_frozen(
    tx: &mut Transaction,
    connection: &Connection,
    since: Option<i64>,
) -> Result<()> {
    let update = Statement::new(
        "UPDATE connection SET frozen = $3 WHERE tenant_key = $1 AND connection_key = $2",
    );
    let update = update.arg(connection.tenant.0).arg(connection.key.0);
    tx.execute(update.arg(since)).await.map(|_| ())
}

/// Deletes a connection with its tokens; the resources it created stay.
///
/// # Errors
/// The database's.
pub async fn delete(tx: &mut Transaction, connection: &Connection) -> Result<()> {
    let delete =
        Statement::new("DELETE FROM connection WHERE tenant_key = $1 AND connection_key = $2");
    tx.execute(delete.arg(connection.tenant.0).arg(connection.key.0))
        .await
        .map(|_| ())
}

/// The name of the connection that created a resource; none: an operator, the person, or an import did.
///
/// # Errors
/// The database's.
pub async fn name_of_creator(
    tx: &mut Transaction,
    resource: ResourceKey,
) -> Result<Option<String>> {
    let select = Statement::new(
        "SELECT c.name FROM resource r JOIN connection c ON c.connection_key = r.connection_key WHERE r.resource_key = $1",
    );
    let row: Option<(String,)> = tx.fetch_optional(select.arg(resource.0)).await?;
    Ok(row.map(|(name,)| name))
}
