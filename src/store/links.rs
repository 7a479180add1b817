//! Links that are good once, for one person, purpose, address and password, by the hash of their secret.

use uuid::Uuid;

use super::statement::Statement;
use super::{ResourceKey, TenantKey, Transaction};
use crate::error::Result;

/// A link, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The tenant.
    pub tenant: TenantKey,
    /// The tenant's name.
    pub tenant_name: String,
    /// The person's key.
    pub key: ResourceKey,
    /// The person's id.
    pub subject: Uuid,
    /// What it is good for.
    pub purpose: String,
    /// Where it was sent; none: an operator handed it over.
    pub address: Option<String>,
    /// Microseconds since 1970 UTC.
    pub expires: i64,
}

/// What an insert needs.
#[derive(Debug, Clone, Copy)]
pub struct NewLink<'a> {
    /// The tenant.
    pub tenant: TenantKey,
    /// The person.
    pub person: ResourceKey,
    /// What it is good for.
    pub purpose: &'a str,
    /// Where it is sent; none: it is handed over.
    pub address: Option<&'a str>,
    /// Microseconds since 1970 UTC.
    pub expires: i64,
}

/// Inserts a link for the password that the person has now.
///
/// # Errors
/// The database's.
pub async fn insert(tx: &mut Transaction, link: &NewLink<'_>, hash: &[u8], now: i64) -> Result<()> {
    let insert = Statement::new(
        "INSERT INTO account_link (tenant_key, resource_key, purpose, address, password_version, link_hash, created, expires) \
         VALUES ($1, $2, $3, $4, COALESCE((SELECT password_version FROM credential WHERE resource_key = $2), 0), $5, $6, $7)",
    );
    let insert = insert
        .arg(link.tenant.0)
        .arg(link.person.0)
        .arg(link.purpose)
        .arg(link.address.map(str::to_owned))
        .arg(hash.to_vec())
        .arg(now)
        .arg(link.expires);
    tx.execute(insert).await.map(|_| ())
}

type Columns = (i32, String, i64, Uuid, String, Option<String>, i64);

impl From<Columns> for Link {
    fn from((tenant, tenant_name, key, subject, purpose, address, expires): Columns) -> Self {
        Self {
            tenant: TenantKey(tenant),
            tenant_name,
            key: ResourceKey(key),
            subject,
            purpose,
            address,
            expires,
        }
    }
}

/// The link with that hash, if it is still good; nothing is consumed.
///
/// # Errors
/// The database's.
pub async fn peek(tx: &mut Transaction, hash: &[u8], now: i64) -> Result<Option<Link>> {
    let select = Statement::new(
        "SELECT l.tenant_key, t.name, l.resource_key, r.id, l.purpose, l.address, l.expires \
         FROM account_link l JOIN tenant t ON t.tenant_key = l.tenant_key JOIN resource r ON r.resource_key = l.resource_key \
         WHERE l.link_hash = $1 AND l.expires > $2 \
         AND l.password_version = COALESCE((SELECT password_version FROM credential c WHERE c.resource_key = l.resource_key), 0)",
    );
    let row: Option<Columns> = tx
        .fetch_optional(select.arg(hash.to_vec()).arg(now))
        .await?;
    Ok(row.map(Link::from))
}

/// Uses a link up; answers whether it was still good. Of many at once one succeeds.
///
/// # Errors
/// The database's.
pub async fn consume(tx: &mut Transaction, hash: &[u8], now: i64) -> Result<bool> {
    let delete = Statement::new(
        "DELETE FROM account_link WHERE link_hash = $1 AND expires > $2 \
         AND password_version = COALESCE((SELECT password_version FROM credential c WHERE c.resource_key = account_link.resource_key), 0)",
    );
    Ok(tx.execute(delete.arg(hash.to_vec()).arg(now)).await? > 0)
}

/// Makes all links of a person void. It may be done with the commit.
///
/// # Errors
/// The database's.
pub async fn void_all(tx: &mut Transaction, person: ResourceKey) -> Result<()> {
    let delete = Statement::new("DELETE FROM account_link WHERE resource_key = $1");
    tx.later(delete.arg(person.0)).await
}

/// Makes the links of a person for one purpose void: a new one takes their place.
///
/// # Errors
/// The database's.
pub async fn void(tx: &mut Transaction, person: ResourceKey, purpose: &str) -> Result<()> {
    let delete =
        Statement::new("DELETE FROM account_link WHERE resource_key = $1 AND purpose = $2");
    tx.execute(delete.arg(person.0).arg(purpose))
        .await
        .map(|_| ())
}

/// Forgets links that have ended.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Transaction, now: i64) -> Result<u64> {
    let delete = Statement::new("DELETE FROM account_link WHERE expires <= $1");
    tx.execute(delete.arg(now)).await
}
