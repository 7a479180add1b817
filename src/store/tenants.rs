//! Tenants: the unit of isolation.

use super::statement::Statement;
use super::{TenantKey, Transaction};
use crate::error::Result;

/// A tenant.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// Its key.
    pub key: TenantKey,
    /// Its name, as it stands in addresses.
    pub name: String,
    /// Microseconds since 1970 UTC.
    pub created: i64,
    /// JSON object: settings that differ from the default.
    pub settings: String,
    /// Grows with every change of its schemas, its settings or the index.
    pub schema_version: i64,
}

type Columns = (i32, String, i64, String, i64);

const TENANTS: &str = "SELECT tenant_key, name, created, settings, schema_version FROM tenant";

impl From<Columns> for Tenant {
    fn from((key, name, created, settings, schema_version): Columns) -> Self {
        Self {
            key: TenantKey(key),
            name,
            created,
            settings,
            schema_version,
        }
    }
}

/// Inserts a tenant.
///
/// # Errors
/// `uniqueness` when the name is taken; the database's.
pub async fn insert(tx: &mut Transaction, name: &str, now: i64) -> Result<Tenant> {
    let insert = Statement::new(
        "INSERT INTO tenant (name, created) VALUES ($1, $2) RETURNING tenant_key, name, created, settings, schema_version",
    );
    let row: Columns = tx.fetch_one(insert.arg(name).arg(now)).await?;
    Ok(row.into())
}

/// The tenant of that name.
///
/// # Errors
/// The database's.
pub async fn by_name(tx: &mut Transaction, name: &str) -> Result<Option<Tenant>> {
    let row: Option<Columns> = tx
        .fetch_optional(Statement::new(TENANTS).then(" WHERE name = $1").arg(name))
        .await?;
    Ok(row.map(Tenant::from))
}

/// The tenant with that key.
///
/// # Errors
/// The database's.
pub async fn by_key(tx: &mut Transaction, tenant: TenantKey) -> Result<Option<Tenant>> {
    let select = Statement::new(TENANTS).then(" WHERE tenant_key = $1");
    let row: Option<Columns> = tx.fetch_optional(select.arg(tenant.0)).await?;
    Ok(row.map(Tenant::from))
}

/// As [`by_key`], and nobody else changes the tenant until the transaction ends.
///
/// # Errors
/// The database's.
pub async fn lock(tx: &mut Transaction, tenant: TenantKey) -> Result<Option<Tenant>> {
    let mut select = Statement::new(TENANTS).then(" WHERE tenant_key = $1");
    select.push(tx.dialect().for_update());
    let row: Option<Columns> = tx.fetch_optional(select.arg(tenant.0)).await?;
    Ok(row.map(Tenant::from))
}

/// Makes every request that follows read the tenant's schemas and settings anew, on every instance.
///
/// # Errors
/// The database's.
pub async fn bump(tx: &mut Transaction, tenant: TenantKey) -> Result<()> {
    let update = Statement::new(
        "UPDATE tenant SET schema_version = schema_version + 1 WHERE tenant_key = $1",
    );
    tx.execute(update.arg(tenant.0)).await.map(|_| ())
}

/// As [`bump`], for all tenants: the index has changed.
///
/// # Errors
/// The database's.
pub async fn bump_all(tx: &mut Transaction) -> Result<()> {
    let update = Statement::new("UPDATE tenant SET schema_version = schema_version + 1");
    tx.execute(update).await.map(|_| ())
}

/// Writes the tenant's settings.
///
/// # Errors
/// The database's.
pub async fn set_settings(tx: &mut Transaction, tenant: TenantKey, settings: &str) -> Result<()> {
    let update = Statement::new("UPDATE tenant SET settings = $2 WHERE tenant_key = $1");
    tx.execute(update.arg(tenant.0).arg(settings))
        .await
        .map(|_| ())
}

/// All tenants, by name.
///
/// # Errors
/// The database's.
pub async fn list(tx: &mut Transaction) -> Result<Vec<Tenant>> {
    let rows: Vec<Columns> = tx
        .fetch_all(Statement::new(TENANTS).then(" ORDER BY name"))
        .await?;
    Ok(rows.into_iter().map(Tenant::from).collect())
}

/// Deletes a tenant with everything in it but its changes, which are append-only.
///
/// # Errors
/// The database's.
pub async fn delete(tx: &mut Transaction, tenant: TenantKey) -> Result<()> {
    for statement in [
        "DELETE FROM membership WHERE tenant_key = $1",
        "DELETE FROM attribute_index WHERE tenant_key = $1",
        "DELETE FROM resource WHERE tenant_key = $1",
        "DELETE FROM resource_count WHERE tenant_key = $1",
        "DELETE FROM access_token WHERE tenant_key = $1",
        "DELETE FROM oauth_client WHERE tenant_key = $1",
        "DELETE FROM token_issuer WHERE tenant_key = $1",
        "DELETE FROM held_operation WHERE tenant_key = $1",
        "DELETE FROM connection WHERE tenant_key = $1",
        "DELETE FROM tenant_schema WHERE tenant_key = $1",
        "DELETE FROM tenant WHERE tenant_key = $1",
    ] {
        tx.execute(Statement::new(statement).arg(tenant.0)).await?;
    }
    Ok(())
}

/// Lets one instance at a time do what follows: the first start.
///
/// # Errors
/// The database's.
pub async fn lock_all(tx: &mut Transaction) -> Result<()> {
    let take = Statement::new(
        "INSERT INTO setting (name, value) VALUES ('first_start', $1) ON CONFLICT (name) DO UPDATE SET value = setting.value",
    );
    tx.execute(take.arg("done")).await.map(|_| ())
}
