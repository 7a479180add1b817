//! Clients and issuers of OAuth 2.

use super::connections::Connection;
use super::statement::Statement;
use super::tokens::ClientFacts;
use super::{ConnectionKey, TenantKey, Transaction};
use crate::error::Result;

/// A client that gets access tokens at the token endpoint.
#[derive(Debug, Clone)]
pub struct Client {
    /// Its key.
    pub key: i32,
    /// Its tenant.
    pub tenant: TenantKey,
    /// The connection it belongs to.
    pub connection: ConnectionKey,
    /// Its public name.
    pub id: String,
    /// SHA-256 of its secret.
    pub secret_hash: Option<Vec<u8>>,
    /// SHA-256 of the secret before the last rotation, and until when that is good.
    pub former: Option<(Vec<u8>, i64)>,
    /// JSON: whose assertions are accepted, and by which keys.
    pub assertion: Option<String>,
    /// What its tokens allow at most.
    pub scopes: String,
    /// Microseconds since 1970 UTC, as all times here.
    pub created: i64,
    /// When it got a token last.
    pub last_used: Option<i64>,
    /// From which address.
    pub last_address: Option<String>,
}

type Columns = (
    i32,
    i32,
    i32,
    String,
    Option<Vec<u8>>,
    Option<Vec<u8>>,
    Option<i64>,
    Option<String>,
    String,
    i64,
    Option<i64>,
    Option<String>,
);

const CLIENTS: &str = "SELECT client_key, tenant_key, connection_key, client_id, secret_hash, former_hash, former_expires, assertion, scopes, created, last_used, last_address FROM oauth_client";

impl From<Columns> for Client {
    fn from(
        (
            key,
            tenant,
            connection,
            id,
            secret_hash,
            former,
            until,
            assertion,
            scopes,
            created,
            last_used,
            last_address,
        ): Columns,
    ) -> Self {
        Self {
            key,
            tenant: TenantKey(tenant),
            connection: ConnectionKey(connection),
            id,
            secret_hash,
            former: former.zip(until),
            assertion,
            scopes,
            created,
            last_used,
            last_address,
        }
    }
}

/// Inserts a client.
///
/// # Errors
/// The database's.
pub async fn insert(
    tx: &mut Transaction,
    connection: &Connection,
    id: &str,
    secret_hash: Option<Vec<u8>>,
    assertion: Option<String>,
    scopes: &str,
    now: i64,
) -> Result<()> {
    let insert = Statement::new(
        "INSERT INTO oauth_client (tenant_key, connection_key, client_id, secret_hash, assertion, scopes, created) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    );
    let insert = insert
        .arg(connection.tenant.0)
        .arg(connection.key.0)
        .arg(id);
    let insert = insert.arg(secret_hash).arg(assertion);
    tx.execute(insert.arg(scopes).arg(now)).await.map(|_| ())
}

/// The client of that name, of whichever tenant.
///
/// # Errors
/// The database's.
pub async fn by_id(tx: &mut Transaction, id: &str) -> Result<Option<Client>> {
    let select = Statement::new(CLIENTS).then(" WHERE client_id = $1");
    let row: Option<Columns> = tx.fetch_optional(select.arg(id)).await?;
    Ok(row.map(Client::from))
}

/// A tenant's clients, oldest first.
///
/// # Errors
/// The database's.
pub async fn list(tx: &mut Transaction, tenant: TenantKey) -> Result<Vec<Client>> {
    let select = Statement::new(CLIENTS).then(" WHERE tenant_key = $1 ORDER BY client_key");
    let rows: Vec<Columns> = tx.fetch_all(select.arg(tenant.0)).await?;
    Ok(rows.into_iter().map(Client::from).collect())
}

/// What a client's tokens allow at most, and what is known of its connection. One statement.
///
/// # Errors
/// The database's.
pub async fn facts(tx: &mut Transaction, id: &str) -> Result<Option<(String, ClientFacts)>> {
    type Facts = (
        String,
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
        "SELECT o.scopes, t.tenant_key, t.name, c.connection_key, c.name, c.profile, c.settings, c.frozen, t.schema_version \
         FROM oauth_client o JOIN tenant t ON t.tenant_key = o.tenant_key JOIN connection c ON c.connection_key = o.connection_key \
         WHERE o.client_id = $1",
    );
    let row: Option<Facts> = tx.fetch_optional(select.arg(id)).await?;
    Ok(row.map(|(scopes, t0, t1, c0, c1, c2, c3, c4, version)| {
        (
            scopes,
            ClientFacts::from((t0, t1, c0, c1, c2, c3, c4, version)),
        )
    }))
}

/// Gives a client another secret; the one before stays good until a time.
///
/// # Errors
/// The database's.
pub async fn set_secret(
    tx: &mut Transaction,
    client: &Client,
    secret_hash: Vec<u8>,
    former_until: i64,
) -> Result<()> {
    let update = Statement::new(
        "UPDATE oauth_client SET former_hash = secret_hash, former_expires = $3, secret_hash = $2 WHERE client_key = $1",
    );
    let update = update.arg(client.key).arg(secret_hash).arg(former_until);
    tx.execute(update).await.map(|_| ())
}

/// Deletes a client; false when the tenant has none of that name.
///
/// # Errors
/// The database's.
pub async fn delete(tx: &mut Transaction, tenant: TenantKey, id: &str) -> Result<bool> {
    let delete =
        Statement::new("DELETE FROM oauth_client WHERE tenant_key = $1 AND client_id = $2");
    Ok(tx.execute(delete.arg(tenant.0).arg(id)).await? > 0)
}

/// Notes that a client got a token.
///
/// # Errors
/// The database's.
pub async fn note_use(
    tx: &mut Transaction,
    client: &Client,
    at: i64,
    address: Option<&str>,
) -> Result<()> {
    let update = Statement::new(
        "UPDATE oauth_client SET last_used = $2, last_address = COALESCE($3, last_address) WHERE client_key = $1",
    );
    let update = update
        .arg(client.key)
        .arg(at)
        .arg(address.map(str::to_owned));
    tx.execute(update).await.map(|_| ())
}

/// Notes that an assertion has been used; false when it had been before.
///
/// # Errors
/// The database's.
pub async fn use_assertion(
    tx: &mut Transaction,
    client: &Client,
    hash: Vec<u8>,
    expires: i64,
    now: i64,
) -> Result<bool> {
    tx.execute(Statement::new("DELETE FROM used_assertion WHERE expires < $1").arg(now))
        .await?;
    let insert = Statement::new(
        "INSERT INTO used_assertion (client_key, assertion_hash, expires) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    );
    let insert = insert.arg(client.key).arg(hash).arg(expires);
    Ok(tx.execute(insert).await? > 0)
}

/// Another issuer whose access tokens are accepted.
#[derive(Debug, Clone)]
pub struct Issuer {
    /// The tenant; none: a claim names it.
    pub tenant: Option<TenantKey>,
    /// The connection; none: a claim names it.
    pub connection: Option<ConnectionKey>,
    /// Its name, for operators.
    pub name: String,
    /// What `iss` says.
    pub issuer: String,
    /// What `aud` says.
    pub audience: String,
    /// JSON: algorithms, keys, claims.
    pub configuration: String,
    /// The most that its tokens allow.
    pub scopes: String,
    /// Microseconds since 1970 UTC.
    pub created: i64,
}

type IssuerColumns = (
    Option<i32>,
    Option<i32>,
    String,
    String,
    String,
    String,
    String,
    i64,
);

const ISSUERS: &str = "SELECT tenant_key, connection_key, name, issuer, audience, configuration, scopes, created FROM token_issuer";

impl From<IssuerColumns> for Issuer {
    fn from(
        (tenant, connection, name, issuer, audience, configuration, scopes, created): IssuerColumns,
    ) -> Self {
        Self {
            tenant: tenant.map(TenantKey),
            connection: connection.map(ConnectionKey),
            name,
            issuer,
            audience,
            configuration,
            scopes,
            created,
        }
    }
}

/// Inserts an issuer.
///
/// # Errors
/// `uniqueness` for the name, or for issuer and audience together; the database's.
pub async fn insert_issuer(tx: &mut Transaction, issuer: &Issuer) -> Result<()> {
    let insert = Statement::new(
        "INSERT INTO token_issuer (tenant_key, connection_key, name, issuer, audience, configuration, scopes, created) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    );
    let insert = insert
        .arg(issuer.tenant.map(|tenant| tenant.0))
        .arg(issuer.connection.map(|connection| connection.0))
        .arg(issuer.name.as_str())
        .arg(issuer.issuer.as_str());
    let insert = insert
        .arg(issuer.audience.as_str())
        .arg(issuer.configuration.as_str())
        .arg(issuer.scopes.as_str());
    tx.execute(insert.arg(issuer.created)).await.map(|_| ())
}

/// The issuers that say this of themselves, each with another audience.
///
/// # Errors
/// The database's.
pub async fn issuers_called(tx: &mut Transaction, issuer: &str) -> Result<Vec<Issuer>> {
    let select = Statement::new(ISSUERS).then(" WHERE issuer = $1");
    let rows: Vec<IssuerColumns> = tx.fetch_all(select.arg(issuer)).await?;
    Ok(rows.into_iter().map(Issuer::from).collect())
}

/// All issuers, by name.
///
/// # Errors
/// The database's.
pub async fn list_issuers(tx: &mut Transaction) -> Result<Vec<Issuer>> {
    let rows: Vec<IssuerColumns> = tx
        .fetch_all(Statement::new(ISSUERS).then(" ORDER BY name"))
        .await?;
    Ok(rows.into_iter().map(Issuer::from).collect())
}

/// Deletes an issuer; false when there is none of that name.
///
/// # Errors
/// The database's.
pub async fn delete_issuer(tx: &mut Transaction, name: &str) -> Result<bool> {
    let delete = Statement::new("DELETE FROM token_issuer WHERE name = $1");
    Ok(tx.execute(delete.arg(name)).await? > 0)
}
