//! Clients of OAuth 2, other issuers, and the keys that sign our access tokens.

use serde_json::{Value, json};
use time::Duration;

use super::tokens::{default_scopes, end_of};
use super::{check_name, local, record, record_by, taken};
use crate::auth::oauth::Assertions;
use crate::auth::{Reading, Scopes, bearer, jwt, keys};
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::service::Service;
use crate::store::changes::Origin;
use crate::store::clients;
use crate::store::connections::Connection;
use crate::store::signing_keys::{self, SigningKey};
use crate::store::tenants::{self, Tenant};

pub use crate::store::clients::{Client, Issuer};

/// A client that has just been made; the only time its secret is known.
#[derive(Debug)]
pub struct NewClient {
    /// `client_id`.
    pub id: String,
    /// `client_secret`; none for a client that signs assertions.
    pub secret: Option<String>,
}

/// Makes a client of a connection: with a secret, or one whose assertions are accepted.
///
/// # Errors
/// `invalidValue` for scopes and keys.
pub async fn create_client(
    service: &Service,
    connection: &Connection,
    scopes: Option<&str>,
    assertions: Option<&Assertions>,
) -> Result<NewClient> {
    create(service, &local(), connection, scopes, assertions).await
}

pub(super) async fn create(
    service: &Service,
    by: &Origin,
    connection: &Connection,
    scopes: Option<&str>,
    assertions: Option<&Assertions>,
) -> Result<NewClient> {
    let scopes = match scopes {
        Some(scopes) => Scopes::parse(scopes)?,
        None => default_scopes(connection)?,
    };
    if let Some(keys) = assertions.and_then(|assertions| assertions.keys.as_ref()) {
        jwt::key_set(keys)?;
    }
    let assertion = match assertions {
        Some(assertions) => Some(text(assertions)?),
        None => None,
    };
    let id = bearer::client_id()?;
    let secret = match &assertion {
        Some(_) => None,
        None => Some(bearer::client_secret()?),
    };
    let now = service.clock.now();
    let hash = secret.as_deref().map(bearer::hash);
    in_transaction!(service.store, |tx| {
        let (hash, assertion) = (hash.clone(), assertion.clone());
        clients::insert(
            tx,
            connection,
            &id,
            hash,
            assertion,
            &scopes.to_string(),
            now,
        )
        .await?;
        let detail = json!({
            "id": id, "connection": connection.name, "scopes": scopes.to_string(), "signs": assertions.is_some(),
        });
        record_by(tx, by, connection.tenant, "create-client", &detail, now).await
    })?;
    Ok(NewClient { id, secret })
}

fn text(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::internal("a configuration could not be written").caused_by(error))
}

/// A tenant's clients, without their secrets.
///
/// # Errors
/// The database's.
pub async fn list_clients(service: &Service, tenant: &Tenant) -> Result<Vec<Client>> {
    clients::list(&mut service.store.reader(), tenant.key).await
}

fn unknown(tenant: &Tenant, id: &str) -> Error {
    Error::not_found(format!("the tenant {:?} has no client {id:?}", tenant.name))
}

/// Gives a client another secret. The one before stays good for the overlap.
///
/// # Errors
/// 404; `invalidValue` for a client that signs assertions.
pub async fn rotate_client(
    service: &Service,
    tenant: &Tenant,
    id: &str,
    overlap: Duration,
) -> Result<String> {
    rotate(service, &local(), tenant, id, overlap).await
}

pub(super) async fn rotate(
    service: &Service,
    by: &Origin,
    tenant: &Tenant,
    id: &str,
    overlap: Duration,
) -> Result<String> {
    let secret = bearer::client_secret()?;
    let now = service.clock.now();
    in_transaction!(service.store, |tx| {
        let known = clients::list(tx, tenant.key).await?;
        let client = known.into_iter().find(|client| client.id == id);
        let client = client.ok_or_else(|| unknown(tenant, id))?;
        if client.secret_hash.is_none() {
            return Err(Error::invalid_value(
                "this client has no secret: it signs assertions with a key of its own",
            ));
        }
        clients::set_secret(tx, &client, bearer::hash(&secret), end_of(service, overlap)).await?;
        record_by(tx, by, tenant.key, "rotate-client", &json!({"id": id}), now).await
    })?;
    Ok(secret)
}

/// Deletes a client; its access tokens are refused from the next request on.
///
/// # Errors
/// 404.
pub async fn delete_client(service: &Service, tenant: &Tenant, id: &str) -> Result<()> {
    delete(service, &local(), tenant, id).await
}

pub(super) async fn delete(
    service: &Service,
    by: &Origin,
    tenant: &Tenant,
    id: &str,
) -> Result<()> {
    let now = service.clock.now();
    in_transaction!(service.store, |tx| {
        if !clients::delete(tx, tenant.key, id).await? {
            return Err(unknown(tenant, id));
        }
        record_by(tx, by, tenant.key, "delete-client", &json!({"id": id}), now).await
    })
}

/// What an issuer is registered with.
#[derive(Debug)]
pub struct NewIssuer<'a> {
    /// Its name, for operators.
    pub name: &'a str,
    /// The tenant; none: a claim names it.
    pub tenant: Option<&'a Tenant>,
    /// The connection; none: a claim names it.
    pub connection: Option<&'a Connection>,
    /// `iss`.
    pub issuer: &'a str,
    /// `aud`.
    pub audience: &'a str,
    /// How its tokens are read.
    pub reading: Reading,
    /// The most that its tokens allow.
    pub scopes: &'a str,
}

/// Accepts the access tokens of another issuer.
///
/// # Errors
/// `invalidValue` for what would never work; `uniqueness` for a name, or an issuer with this audience, that is there already.
pub async fn create_issuer(service: &Service, new: &NewIssuer<'_>) -> Result<()> {
    check_name("issuer", new.name)?;
    let needed = |what: &str| Err(Error::invalid_value(what));
    if new.issuer.is_empty() || new.audience.is_empty() {
        return needed("an issuer needs what its tokens say as \"iss\" and as \"aud\"");
    }
    if new.reading.algorithms()?.is_empty() {
        return needed("an issuer needs at least one algorithm, as in RS256");
    }
    match (&new.reading.keys, &new.reading.keys_url) {
        (Some(keys), None) => jwt::key_set(keys).map(|_| ())?,
        (None, Some(_)) => {}
        _ => {
            return needed(
                "an issuer needs its keys or the address where it publishes them, one of the two",
            );
        }
    }
    let is_found = new.connection.is_some() || new.reading.connection_claim.is_some();
    let has_tenant = new.tenant.is_some() || new.reading.tenant_claim.is_some();
    if !is_found || !has_tenant {
        return needed("an issuer needs a tenant and a connection, or the claims that name them");
    }
    let scopes = Scopes::parse(new.scopes)?.to_string();
    let now = service.clock.now();
    let row = Issuer {
        tenant: new.tenant.map(|tenant| tenant.key),
        connection: new.connection.map(|connection| connection.key),
        name: new.name.to_owned(),
        issuer: new.issuer.to_owned(),
        audience: new.audience.to_owned(),
        configuration: text(&new.reading)?,
        scopes,
        created: now,
    };
    let detail = json!({"name": row.name, "issuer": row.issuer, "audience": row.audience, "scopes": row.scopes});
    let created = in_transaction!(service.store, |tx| {
        clients::insert_issuer(tx, &row).await?;
        recorded(tx, new.tenant, "create-issuer", &detail, now).await
    });
    created.map_err(|error| {
        taken(
            error,
            "there is an issuer of that name already, or one with this \"iss\" and \"aud\"",
        )
    })
}

/// Records what concerns one tenant there, and what concerns all of them in each.
async fn recorded(
    tx: &mut crate::store::Transaction,
    tenant: Option<&Tenant>,
    operation: &'static str,
    detail: &Value,
    now: i64,
) -> Result<()> {
    if let Some(tenant) = tenant {
        return record(tx, tenant.key, operation, detail, now).await;
    }
    for tenant in tenants::list(tx).await? {
        record(tx, tenant.key, operation, detail, now).await?;
    }
    Ok(())
}

/// All issuers.
///
/// # Errors
/// The database's.
pub async fn list_issuers(service: &Service) -> Result<Vec<Issuer>> {
    clients::list_issuers(&mut service.store.reader()).await
}

/// Accepts the tokens of an issuer no longer.
///
/// # Errors
/// 404.
pub async fn delete_issuer(service: &Service, name: &str) -> Result<()> {
    let now = service.clock.now();
    in_transaction!(service.store, |tx| {
        if !clients::delete_issuer(tx, name).await? {
            return Err(Error::not_found(format!("there is no issuer {name:?}")));
        }
        recorded(tx, None, "delete-issuer", &json!({"name": name}), now).await
    })
}

/// The signing keys, without their private halves in what is shown.
///
/// # Errors
/// The database's.
pub async fn list_keys(service: &Service) -> Result<Vec<SigningKey>> {
    signing_keys::list(&mut service.store.reader()).await
}

/// Makes a new signing key; the others sign no more, and verify until their tokens have expired.
///
/// # Errors
/// `invalidValue` for an algorithm that cannot sign.
pub async fn rotate_key(service: &Service, algorithm: &str) -> Result<SigningKey> {
    let key = keys::generate(algorithm, service.clock.now())?;
    in_transaction!(service.store, |tx| {
        tenants::lock_all(tx).await?;
        signing_keys::insert(tx, &key).await?;
        signing_keys::retire_others(tx, &key).await
    })?;
    Ok(key)
}

/// Renews the signing key that is older than so many days, and forgets those whose tokens have long expired.
///
/// # Errors
/// The database's.
pub async fn renew_keys(service: &Service, algorithm: &str, days: i64) -> Result<()> {
    const DAY: i64 = 86_400_000_000;
    let now = service.clock.now();
    let known = list_keys(service).await?;
    let signing = known
        .iter()
        .filter(|key| key.algorithm == algorithm && key.retired.is_none());
    let newest = signing.map(|key| key.created).max();
    if newest.is_some_and(|created| created < now - days * DAY) {
        let key = rotate_key(service, algorithm).await?;
        tracing::info!(key = key.key_id, algorithm, "a new signing key is in force");
    }
    let gone = now - 2 * DAY;
    if known
        .iter()
        .any(|key| key.retired.is_some_and(|retired| retired < gone))
    {
        in_transaction!(service.store, |tx| signing_keys::forget(tx, gone).await)?;
    }
    Ok(())
}
