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
    /// When it was used last, give or take a minute.
    pub last_used: Option<i64>,
    /// From which address.
    pub last_address: Option<String>,
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
    /// The user it belongs to.
    pub subject: Option<Uuid>,
    /// The connection it belongs to.
    pub client: ClientFacts,
}

/// What a request needs to know of the connection it comes from, whichever way it proved to be that.
#[derive(Debug, Clone)]
pub struct ClientFacts {
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
    /// Since when it is read-only.
    pub frozen: Option<i64>,
    /// The version of the tenant's schemas, settings and index.
    pub schema_version: i64,
}

/// The columns of [`ClientFacts`], of `tenant t` and `connection c`.
pub(super) type FactColumns = (i32, String, i32, String, String, String, Option<i64>, i64);

const FACTS: &str = "SELECT t.tenant_key, t.name, c.connection_key, c.name, c.profile, c.settings, c.frozen, t.schema_version \
    FROM tenant t JOIN connection c ON c.tenant_key = t.tenant_key";

impl From<FactColumns> for ClientFacts {
    fn from(
        (
            tenant,
            tenant_name,
            connection,
            connection_name,
            profile,
            settings,
            frozen,
            schema_version,
        ): FactColumns,
    ) -> Self {
        Self {
            tenant: TenantKey(tenant),
            tenant_name,
            connection: ConnectionKey(connection),
            connection_name,
            profile,
            settings,
            frozen,
            schema_version,
        }
    }
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
        Option<Uuid>,
        i32,
        String,
        i32,
        String,
        String,
        String,
        Option<i64>,
        i64,
    );
    let select = Statement::new(
        "SELECT a.token_id, a.scopes, a.expires, a.revoked, a.subject_id, \
         t.tenant_key, t.name, c.connection_key, c.name, c.profile, c.settings, c.frozen, t.schema_version \
         FROM access_token a JOIN tenant t ON t.tenant_key = a.tenant_key JOIN connection c ON c.connection_key = a.connection_key \
         WHERE a.token_hash = $1",
    );
    let row: Option<Columns> = tx.fetch_optional(select.arg(hash.to_vec())).await?;
    Ok(row.map(
        |(token_id, scopes, expires, revoked, subject, t0, t1, c0, c1, c2, c3, c4, version)| {
            Presented {
                token_id,
                scopes,
                expires,
                revoked,
                subject,
                client: ClientFacts::from((t0, t1, c0, c1, c2, c3, c4, version)),
            }
        },
    ))
}

/// What is known of a connection, by the names of its tenant and itself.
///
/// # Errors
/// The database's.
pub async fn facts_by_name(
    tx: &mut Transaction,
    tenant: &str,
    connection: &str,
) -> Result<Option<ClientFacts>> {
    let select = Statement::new(FACTS).then(" WHERE t.name = $1 AND c.name = $2");
    let row: Option<FactColumns> = tx
        .fetch_optional(select.arg(tenant).arg(connection))
        .await?;
    Ok(row.map(ClientFacts::from))
}

/// What is known of a tenant's connection, by its name.
///
/// # Errors
/// The database's.
pub async fn facts_in_tenant(
    tx: &mut Transaction,
    tenant: TenantKey,
    connection: &str,
) -> Result<Option<ClientFacts>> {
    let select = Statement::new(FACTS).then(" WHERE t.tenant_key = $1 AND c.name = $2");
    let row: Option<FactColumns> = tx
        .fetch_optional(select.arg(tenant.0).arg(connection))
        .await?;
    Ok(row.map(ClientFacts::from))
}

/// What is known of a connection, by its key.
///
/// # Errors
/// The database's.
pub async fn facts_by_key(
    tx: &mut Transaction,
    connection: ConnectionKey,
) -> Result<Option<ClientFacts>> {
    let select = Statement::new(FACTS).then(" WHERE c.connection_key = $1");
    let row: Option<FactColumns> = tx.fetch_optional(select.arg(connection.0)).await?;
    Ok(row.map(ClientFacts::from))
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
        Option<i64>,
        Option<String>,
    );
    let select = Statement::new(
        "SELECT a.token_id, c.name, a.scopes, a.created, a.expires, a.revoked, a.subject_id, a.last_used, a.last_address \
         FROM access_token a JOIN connection c ON c.connection_key = a.connection_key WHERE a.tenant_key = $1 ORDER BY a.token_key",
    );
    let rows: Vec<Columns> = tx.fetch_all(select.arg(tenant.0)).await?;
    let tokens = rows.into_iter().map(
        |(id, connection, scopes, created, expires, revoked, subject, last_used, last_address)| {
            Token {
                id,
                connection,
                scopes,
                created,
                expires,
                revoked,
                subject,
                last_used,
                last_address,
            }
        },
    );
    Ok(tokens.collect())
}

/// A token that is about to end: tenant, connection, public name, and when.
#[derive(Debug, Clone)]
pub struct Expiring {
    /// The tenant's name.
    pub tenant: String,
    /// The connection's name.
    pub connection: String,
    /// Public name.
    pub id: String,
    /// When it ends, in microseconds since 1970 UTC.
    pub expires: i64,
}

/// The tokens in use that end between two times, of all tenants; those that were rotated away or never used are no loss.
///
/// # Errors
/// The database's.
pub async fn expiring(tx: &mut Transaction, from: i64, until: i64) -> Result<Vec<Expiring>> {
    let select = Statement::new(
        "SELECT t.name, c.name, a.token_id, a.expires FROM access_token a JOIN tenant t ON t.tenant_key = a.tenant_key \
         JOIN connection c ON c.connection_key = a.connection_key \
         WHERE a.expires > $1 AND a.expires <= $2 AND a.revoked IS NULL AND a.replaced IS NULL ORDER BY a.expires LIMIT 1000",
    );
    let rows: Vec<(String, String, String, i64)> =
        tx.fetch_all(select.arg(from).arg(until)).await?;
    let expiring = rows
        .into_iter()
        .map(|(tenant, connection, id, expires)| Expiring {
            tenant,
            connection,
            id,
            expires,
        });
    Ok(expiring.collect())
}

/// Lets a token end at a time, unless it ends before; another has taken its place.
///
/// # Errors
/// The database's.
pub async fn replace(
    tx: &mut Transaction,
    tenant: TenantKey,
    id: &str,
    now: i64,
    ends: i64,
) -> Result<()> {
    let update = Statement::new(
        "UPDATE access_token SET expires = CASE WHEN expires < $4 THEN expires ELSE $4 END, replaced = $3 \
         WHERE tenant_key = $1 AND token_id = $2",
    );
    let update = update.arg(tenant.0).arg(id).arg(now).arg(ends);
    tx.execute(update).await.map(|_| ())
}

/// Notes when tokens were used last, and from where.
///
/// # Errors
/// The database's.
pub async fn note_use(
    tx: &mut Transaction,
    id: &str,
    at: i64,
    address: Option<&str>,
) -> Result<()> {
    let update = Statement::new(
        "UPDATE access_token SET last_used = $2, last_address = COALESCE($3, last_address) WHERE token_id = $1 AND COALESCE(last_used, 0) < $2",
    );
    let update = update.arg(id).arg(at).arg(address.map(str::to_owned));
    tx.execute(update).await.map(|_| ())
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
