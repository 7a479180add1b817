//! What a document does not hold of an account: the circumstances of its password, failures to sign in, the address that is
//! known to be the person's.

use super::statement::Statement;
use super::{ResourceKey, TenantKey, Transaction};
use crate::error::Result;

/// The circumstances of a password; those of an account that has no row are all empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Credential {
    /// Grows with every new password.
    pub password_version: i64,
    /// Microseconds since 1970 UTC, as the following.
    pub password_changed: Option<i64>,
    /// When a temporary password ends.
    pub password_expires: Option<i64>,
    /// Wrong passwords in a row.
    pub failures: i64,
    /// When the last of them was given.
    pub last_failure: Option<i64>,
    /// Until when the account is locked for failures.
    pub locked_until: Option<i64>,
    /// How often in a row it was locked so.
    pub lockouts: i64,
    /// The address that a link has shown to be the person's.
    pub verified_address: Option<String>,
    /// When the person signed in last.
    pub last_sign_in: Option<i64>,
    /// When the address that letters go to became another one.
    pub address_changed: Option<i64>,
}

/// The row of an account.
///
/// # Errors
/// The database's.
pub async fn get(tx: &mut Transaction, key: ResourceKey) -> Result<Credential> {
    type Columns = (
        i64,
        Option<i64>,
        Option<i64>,
        i64,
        Option<i64>,
        Option<i64>,
        i64,
        Option<String>,
        Option<i64>,
        Option<i64>,
    );
    let select = Statement::new(
        "SELECT password_version, password_changed, password_expires, failures, last_failure, locked_until, lockouts, verified_address, last_sign_in, address_changed \
         FROM credential WHERE resource_key = $1",
    );
    let row: Option<Columns> = tx.fetch_optional(select.arg(key.0)).await?;
    Ok(row.map_or_else(
        Credential::default,
        |(
            password_version,
            password_changed,
            password_expires,
            failures,
            last_failure,
            locked_until,
            lockouts,
            verified_address,
            last_sign_in,
            address_changed,
        )| Credential {
            password_version,
            password_changed,
            password_expires,
            failures,
            last_failure,
            locked_until,
            lockouts,
            verified_address,
            last_sign_in,
            address_changed,
        },
    ))
}

/// Notes a new password, or that there is none any more; failures are forgotten. `expires`: of a temporary one.
///
/// # Errors
/// The database's.
pub async fn note_password(
    tx: &mut Transaction,
    tenant: TenantKey,
    key: ResourceKey,
    now: i64,
    expires: Option<i64>,
) -> Result<()> {
    let upsert = Statement::new(
        "INSERT INTO credential (resource_key, tenant_key, password_version, password_changed, password_expires, failures, lockouts) \
         VALUES ($1, $2, 1, $3, $4, 0, 0) \
         ON CONFLICT (resource_key) DO UPDATE SET password_version = credential.password_version + 1, password_changed = excluded.password_changed, \
         password_expires = excluded.password_expires, failures = 0, lockouts = 0, locked_until = NULL",
    );
    let upsert = upsert.arg(key.0).arg(tenant.0).arg(now).arg(expires);
    tx.execute(upsert).await.map(|_| ())
}

/// Counts a wrong password; answers how many there are in a row.
///
/// # Errors
/// The database's.
pub async fn note_failure(
    tx: &mut Transaction,
    tenant: TenantKey,
    key: ResourceKey,
    now: i64,
) -> Result<i64> {
    let upsert = Statement::new(
        "INSERT INTO credential (resource_key, tenant_key, password_version, failures, last_failure, lockouts) VALUES ($1, $2, 0, 1, $3, 0) \
         ON CONFLICT (resource_key) DO UPDATE SET failures = credential.failures + 1, last_failure = excluded.last_failure RETURNING failures",
    );
    let (failures,): (i64,) = tx
        .fetch_one(upsert.arg(key.0).arg(tenant.0).arg(now))
        .await?;
    Ok(failures)
}

/// Locks for failures until then; they are counted anew.
///
/// # Errors
/// The database's.
pub async fn lock_until(tx: &mut Transaction, key: ResourceKey, until: i64) -> Result<()> {
    let update = Statement::new(
        "UPDATE credential SET failures = 0, lockouts = lockouts + 1, locked_until = $2 WHERE resource_key = $1",
    );
    tx.execute(update.arg(key.0).arg(until)).await.map(|_| ())
}

/// Takes the lock for failures away; how long the next one lasts is not forgotten before the person signs in.
///
/// # Errors
/// The database's.
pub async fn unlock(tx: &mut Transaction, key: ResourceKey) -> Result<()> {
    let update = Statement::new(
        "UPDATE credential SET failures = 0, locked_until = NULL WHERE resource_key = $1",
    );
    tx.execute(update.arg(key.0)).await.map(|_| ())
}

/// Notes that the person has signed in: failures are forgotten.
///
/// # Errors
/// The database's.
pub async fn note_sign_in(
    tx: &mut Transaction,
    tenant: TenantKey,
    key: ResourceKey,
    now: i64,
) -> Result<()> {
    let upsert = Statement::new(
        "INSERT INTO credential (resource_key, tenant_key, password_version, failures, lockouts, last_sign_in) VALUES ($1, $2, 0, 0, 0, $3) \
         ON CONFLICT (resource_key) DO UPDATE SET failures = 0, lockouts = 0, locked_until = NULL, last_sign_in = excluded.last_sign_in",
    );
    tx.execute(upsert.arg(key.0).arg(tenant.0).arg(now))
        .await
        .map(|_| ())
}

/// Notes which address is known to be the person's.
///
/// # Errors
/// The database's.
pub async fn note_address(
    tx: &mut Transaction,
    tenant: TenantKey,
    key: ResourceKey,
    address: &str,
) -> Result<()> {
    let upsert = Statement::new(
        "INSERT INTO credential (resource_key, tenant_key, password_version, failures, lockouts, verified_address) VALUES ($1, $2, 0, 0, 0, $3) \
         ON CONFLICT (resource_key) DO UPDATE SET verified_address = excluded.verified_address",
    );
    tx.execute(upsert.arg(key.0).arg(tenant.0).arg(address))
        .await
        .map(|_| ())
}

/// Notes that letters go to another address from now on.
///
/// # Errors
/// The database's.
pub async fn note_address_change(
    tx: &mut Transaction,
    tenant: TenantKey,
    key: ResourceKey,
    now: i64,
) -> Result<()> {
    let upsert = Statement::new(
        "INSERT INTO credential (resource_key, tenant_key, password_version, failures, lockouts, address_changed) VALUES ($1, $2, 0, 0, 0, $3) \
         ON CONFLICT (resource_key) DO UPDATE SET address_changed = excluded.address_changed",
    );
    tx.execute(upsert.arg(key.0).arg(tenant.0).arg(now))
        .await
        .map(|_| ())
}

/// Accounts whose lock for failures has ended, or whose temporary password has: some of them, with their tenants.
///
/// # Errors
/// The database's.
pub async fn ended(
    tx: &mut Transaction,
    now: i64,
    count: i64,
) -> Result<Vec<(TenantKey, ResourceKey)>> {
    let select = Statement::new(
        "SELECT tenant_key, resource_key FROM credential WHERE locked_until <= $1 OR password_expires <= $1 LIMIT $2",
    );
    let rows: Vec<(i32, i64)> = tx.fetch_all(select.arg(now).arg(count)).await?;
    let ended = rows.into_iter();
    Ok(ended
        .map(|(tenant, key)| (TenantKey(tenant), ResourceKey(key)))
        .collect())
}

/// Takes the password away that was temporary; it can no longer be used.
///
/// # Errors
/// The database's.
pub async fn forget_expiry(tx: &mut Transaction, key: ResourceKey) -> Result<()> {
    let update =
        Statement::new("UPDATE credential SET password_expires = NULL WHERE resource_key = $1");
    tx.execute(update.arg(key.0)).await.map(|_| ())
}
