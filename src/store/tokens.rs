//! Access tokens, by the hash of their secret.

use uuid::Uuid;

use super::connections::Connection;
use super::statement::Statement;
use super::{ConnectionKey, TenantKey, Transaction};
use crate::error::Result;

/// A token, without its secret.
#[derive(Debug, Clone)]
pub struct Token {
    /// Public name.
    pub id: String,
    /// The connection's name.
    pub connection: String,
    /// What it allows, separated by blanks.
    pub scopes: String,
    /// Microseconds since 1970 UTC, as the following.
    pub created: i64,
    /// When it ends.
    pub expires: Option<i64>,
    /// When it was revoked.
    pub revoked: Option<i64>,
    /// The user it belongs to.
    pub subject: Option<Uuid>,
}

/// What a presented token stands for.
#[derive(Debug, Clone)]
pub struct Presented {
    /// Public name.
    pub token_id: String,
    /// What it allows.
    pub scopes: String,
    /// When it ends.
    pub expires: Option<i64>,
    /// When it was revoked.
    pub revoked: Option<i64>,
    /// The tenant.
    pub tenant: TenantKey,
    /// The tenant's name.
    pub tenant_name: String,
    /// The connection.
    pub connection: ConnectionKey,
    /// The connection's name.
    pub connection_name: String,
    /// The connection's profile.
    pub profile: String,
    /// The connection's own settings.
    pub settings: String,
    /// The version of the tenant's schemas, settings and index.
    pub schema_version: i64,
    /// The user it belongs to.
    pub subject: Option<Uuid>,
}

/// What an insert needs.
#[derive(Debug)]
pub struct NewRow<'a> {
    /// Public name.
    pub id: &'a str,
    /// SHA-256 of the secret.
    pub hash: &'a [u8],
    /// What it allows, separated by blanks.
    pub scopes: &'a str,
    /// Microseconds since 1970 UTC.
    pub now: i64,
    /// When it ends.
    pub expires: Option<i64>,
    /// The user it belongs to.
    pub subject: Option<Uuid>,
}

/// Inserts a token.
///
/// # Errors
/// The database's.
pub async fn insert(tx: &mut Transaction, connection: &Connection, new: NewRow<'_>) -> Result<()> {
    let insert = Statement::new(
        "INSERT INTO access_token (tenant_key, connection_key, token_id, token_hash, scopes, created, expires, subject_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    );
    let insert = insert
        .arg(connection.tenant.0)
        .arg(connection.key.0)
        .arg(new.id)
        .arg(new.hash.to_vec());
    let insert = insert.arg(new.scopes).arg(new.now).arg(new.expires);
    tx.execute(insert.arg(new.subject)).await.map(|_| ())
}

/// What the token with this hash stands for. One statement, by the unique index on `token_hash`.
///
/// # Errors
/// The database's.
pub async fn by_hash(tx: &mut Transaction, hash: &[u8]) -> Result<Option<Presented>> {
    type Columns = (
        String,
        String,
        Option<i64>,
        Option<i64>,
        i32,
        String,
        i32,
        String,
        String,
        String,
        i64,
        Option<Uuid>,
    );
    let select = Statement::new(
        "SELECT a.token_id, a.scopes, a.expires, a.revoked, t.tenant_key, t.name, c.connection_key, c.name, c.profile, c.settings, \
         t.schema_version, a.subject_id \
         FROM access_token a JOIN tenant t ON t.tenant_key = a.tenant_key JOIN connection c ON c.connection_key = a.connection_key \
         WHERE a.token_hash = $1",
    );
    let row: Option<Columns> = tx.fetch_optional(select.arg(hash.to_vec())).await?;
    Ok(row.map(
        |(
            token_id,
            scopes,
            expires,
            revoked,
            tenant,
            tenant_name,
            connection,
            connection_name,
            profile,
            settings,
            schema_version,
            subject,
        )| Presented {
            token_id,
            scopes,
            expires,
            revoked,
            tenant: TenantKey(tenant),
            tenant_name,
            connection: ConnectionKey(connection),
            connection_name,
            profile,
            settings,
            schema_version,
            subject,
        },
    ))
}

/// A tenant's tokens, oldest first.
///
/// # Errors
/// The database's.
pub async fn list(tx: &mut Transaction, tenant: TenantKey) -> Result<Vec<Token>> {
    type Columns = (
        String,
        String,
        String,
        i64,
        Option<i64>,
        Option<i64>,
        Option<Uuid>,
    );
    let select = Statement::new(
        "SELECT a.token_id, c.name, a.scopes, a.created, a.expires, a.revoked, a.subject_id FROM access_token a \
         JOIN connection c ON c.connection_key = a.connection_key WHERE a.tenant_key = $1 ORDER BY a.token_key",
    );
    let rows: Vec<Columns> = tx.fetch_all(select.arg(tenant.0)).await?;
    Ok(rows
        .into_iter()
        .map(
            |(id, connection, scopes, created, expires, revoked, subject)| Token {
                id,
                connection,
                scopes,
                created,
                expires,
                revoked,
                subject,
            },
        )
        .collect())
}

/// Revokes a token; false when the tenant has none of that name.
///
/// # Errors
/// The database's.
pub async fn revoke(tx: &mut Transaction, tenant: TenantKey, id: &str, now: i64) -> Result<bool> {
    let update = Statement::new(
        "UPDATE access_token SET revoked = COALESCE(revoked, $3) WHERE tenant_key = $1 AND token_id = $2",
    );
    Ok(tx.execute(update.arg(tenant.0).arg(id).arg(now)).await? > 0)
}
