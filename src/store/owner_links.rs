//! The links by which tenants get their first owners, by the hash of their secret: one for each tenant.

use super::statement::Statement;
use super::{TenantKey, Transaction};
use crate::error::Result;

/// Makes a link the tenant's only one.
///
/// # Errors
/// The database's.
pub async fn replace(
    tx: &mut Transaction,
    tenant: TenantKey,
    hash: &[u8],
    now: i64,
    expires: i64,
) -> Result<()> {
    let insert = Statement::new(
        "INSERT INTO owner_link (tenant_key, link_hash, created, expires) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (tenant_key) DO UPDATE SET link_hash = excluded.link_hash, created = excluded.created, expires = excluded.expires",
    );
    let insert = insert
        .arg(tenant.0)
        .arg(hash.to_vec())
        .arg(now)
        .arg(expires);
    tx.execute(insert).await.map(|_| ())
}

/// Whether the tenant's link has that hash and has not ended; nothing is consumed.
///
/// # Errors
/// The database's.
pub async fn peek(tx: &mut Transaction, tenant: TenantKey, hash: &[u8], now: i64) -> Result<bool> {
    let select = Statement::new(
        "SELECT tenant_key FROM owner_link WHERE tenant_key = $1 AND link_hash = $2 AND expires > $3",
    );
    let row: Option<(i32,)> = tx
        .fetch_optional(select.arg(tenant.0).arg(hash.to_vec()).arg(now))
        .await?;
    Ok(row.is_some())
}

/// Uses a link up; answers whether it was still good. Of many at once one succeeds.
///
/// # Errors
/// The database's.
pub async fn consume(
    tx: &mut Transaction,
    tenant: TenantKey,
    hash: &[u8],
    now: i64,
) -> Result<bool> {
    let delete = Statement::new(
        "DELETE FROM owner_link WHERE tenant_key = $1 AND link_hash = $2 AND expires > $3",
    );
    let delete = delete.arg(tenant.0).arg(hash.to_vec()).arg(now);
    Ok(tx.execute(delete).await? > 0)
}

/// Makes the tenant's link void.
///
/// # Errors
/// The database's.
pub async fn void(tx: &mut Transaction, tenant: TenantKey) -> Result<()> {
    let delete = Statement::new("DELETE FROM owner_link WHERE tenant_key = $1");
    tx.execute(delete.arg(tenant.0)).await.map(|_| ())
}

/// Forgets links that have ended.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Transaction, now: i64) -> Result<u64> {
    let delete = Statement::new("DELETE FROM owner_link WHERE expires <= $1");
    tx.execute(delete.arg(now)).await
}
