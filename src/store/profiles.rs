//! What tenants say of the attributes of profiles.

use super::statement::Statement;
use super::{TenantKey, Transaction};
use crate::error::Result;

/// Paths as `User:title` with their settings as JSON text.
///
/// # Errors
/// The database's.
pub async fn list(tx: &mut Transaction, tenant: TenantKey) -> Result<Vec<(String, String)>> {
    let select = Statement::new(
        "SELECT path, setting FROM profile_attribute WHERE tenant_key = $1 ORDER BY path",
    );
    tx.fetch_all(select.arg(tenant.0)).await
}

/// Writes a setting over the one of the same path.
///
/// # Errors
/// The database's.
pub async fn put(tx: &mut Transaction, tenant: TenantKey, path: &str, setting: &str) -> Result<()> {
    let upsert = Statement::new(
        "INSERT INTO profile_attribute (tenant_key, path, setting) VALUES ($1, $2, $3) ON CONFLICT (tenant_key, path) DO UPDATE SET setting = excluded.setting",
    );
    tx.execute(upsert.arg(tenant.0).arg(path).arg(setting))
        .await
        .map(|_| ())
}
