//! Access tokens: made, rotated, revoked.

use serde_json::{Value, json};
use time::Duration;
use uuid::Uuid;

use super::{local, record_by};
use crate::auth::bearer::{self, NewToken};
use crate::auth::{Scopes, settings};
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::schema::{IndexKey, Preparation};
use crate::service::Service;
use crate::store::changes::Origin;
use crate::store::connections::Connection;
use crate::store::tenants::Tenant;
use crate::store::tokens::{self, Token};
use crate::store::{TenantKey, Transaction, attribute_index, connections, resources};

pub use crate::store::tokens::Expiring;

/// How long a token lives when nobody says otherwise (RFC 7644 §7.4 demands a limited life).
pub const DEFAULT_LIFE: Duration = Duration::days(365);

/// Makes a token for a connection, or for one user: `user` is an id or a user name. Without scopes it gets those of the
/// connection's profile; without a life it never ends.
///
/// # Errors
/// `invalidValue` for the scopes; 404 for the user.
pub async fn create_token(
    service: &Service,
    connection: &Connection,
    scopes: Option<&str>,
    life: Option<Duration>,
    user: Option<&str>,
) -> Result<NewToken> {
    create(service, &local(), connection, scopes, life, user).await
}

pub(super) async fn create(
    service: &Service,
    by: &Origin,
    connection: &Connection,
    scopes: Option<&str>,
    life: Option<Duration>,
    user: Option<&str>,
) -> Result<NewToken> {
    let token = bearer::generate()?;
    let scopes = match scopes {
        Some(scopes) => Scopes::parse(scopes)?,
        None => default_scopes(connection)?,
    };
    let subject = match user {
        Some(user) => Some(find_user(service, connection.tenant, user).await?),
        None => None,
    };
    let grant = Grant {
        scopes,
        expires: life.map(|life| end_of(service, life)),
        subject,
    };
    in_transaction!(service.store, |tx| {
        insert_token(service, tx, by, connection, &token.secret, grant).await
    })?;
    Ok(token)
}

/// The scopes of a connection's clients unless others are asked for.
pub(super) fn default_scopes(connection: &Connection) -> Result<Scopes> {
    match settings::profile(&connection.profile) {
        Ok(profile) => Scopes::parse(&profile.scopes),
        // A profile that this version does not know any more.
        Err(_) => Ok(Scopes::all()),
    }
}

/// When something ends that begins now, in microseconds since 1970 UTC.
pub(super) fn end_of(service: &Service, life: Duration) -> i64 {
    let life = i64::try_from(life.whole_microseconds()).unwrap_or(i64::MAX);
    service.clock.now().saturating_add(life)
}

/// The user with this id, or with this user name.
async fn find_user(service: &Service, tenant: TenantKey, user: &str) -> Result<Uuid> {
    let mut reader = service.store.snapshot().await?;
    let registry = service.registries.read(&mut reader, tenant).await?.registry;
    let missing = || Error::not_found(format!("there is no user {user:?}"));
    if let Ok(id) = Uuid::try_parse(user) {
        let found = resources::of_any_type(&mut reader, tenant, id).await?;
        let resource_type = found.and_then(|row| registry.resource_type(row.resource_type));
        let is_user = resource_type.is_some_and(|resource_type| resource_type.enabled.is_some());
        return if is_user { Ok(id) } else { Err(missing()) };
    }
    let mut attributes = registry
        .resource_types()
        .iter()
        .flat_map(|resource_type| resource_type.all_attributes());
    let name = attributes
        .find(|attribute| attribute.preparation == Preparation::Username)
        .ok_or_else(missing)?;
    let key = IndexKey::of(name, &Value::from(user)).ok_or_else(missing)?;
    let holder = attribute_index::holder(&mut reader, tenant, name.id, key.as_str()).await?;
    let keys: Vec<_> = holder.into_iter().collect();
    let rows = resources::by_keys(&mut reader, &keys).await?;
    rows.first().map(|row| row.id).ok_or_else(missing)
}

/// What a token is good for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grant {
    pub(super) scopes: Scopes,
    pub(super) expires: Option<i64>,
    pub(super) subject: Option<Uuid>,
}

pub(super) async fn insert_token(
    service: &Service,
    tx: &mut Transaction,
    by: &Origin,
    connection: &Connection,
    secret: &str,
    grant: Grant,
) -> Result<()> {
    let now = service.clock.now();
    let (id, scopes) = (bearer::public_id(secret), grant.scopes.to_string());
    let row = tokens::NewRow {
        id: &id,
        hash: &bearer::hash(secret),
        scopes: &scopes,
        now,
        expires: grant.expires,
        subject: grant.subject,
    };
    tokens::insert(tx, connection, row).await?;
    let detail = json!({
        "id": id, "connection": connection.name, "scopes": scopes, "expires": grant.expires, "user": grant.subject,
    });
    record_by(tx, by, connection.tenant, "create-token", &detail, now).await
}

/// Makes a token that takes the place of another: the same connection, scopes and user. The other one stays good for the
/// overlap, so that nothing fails while the new one is being entered.
///
/// # Errors
/// 404; `invalidValue` for a token that has ended.
pub async fn rotate_token(
    service: &Service,
    tenant: &Tenant,
    token_id: &str,
    overlap: Duration,
    life: Option<Duration>,
) -> Result<NewToken> {
    rotate(service, &local(), tenant, token_id, overlap, life).await
}

pub(super) async fn rotate(
    service: &Service,
    by: &Origin,
    tenant: &Tenant,
    token_id: &str,
    overlap: Duration,
    life: Option<Duration>,
) -> Result<NewToken> {
    let fresh = bearer::generate()?;
    let now = service.clock.now();
    let ends = end_of(service, overlap);
    in_transaction!(service.store, |tx| {
        let known = tokens::list(tx, tenant.key).await?;
        let old = known.into_iter().find(|token| token.id == token_id);
        let old = old.ok_or_else(|| unknown(tenant, token_id))?;
        if old.revoked.is_some() || old.expires.is_some_and(|expires| expires <= now) {
            return Err(Error::invalid_value(format!(
                "the token {token_id:?} has ended; make a new one with \"token create\""
            )));
        }
        let connection = connections::by_name(tx, tenant.key, &old.connection).await?;
        let connection = connection.ok_or_else(|| unknown(tenant, token_id))?;
        let grant = Grant {
            scopes: Scopes::parse(&old.scopes)?,
            expires: life.map(|life| end_of(service, life)),
            subject: old.subject,
        };
        insert_token(service, tx, by, &connection, &fresh.secret, grant).await?;
        tokens::replace(tx, tenant.key, token_id, now, ends).await?;
        let detail = json!({"id": token_id, "by": fresh.id, "ends": ends});
        record_by(tx, by, tenant.key, "rotate-token", &detail, now).await
    })?;
    Ok(fresh)
}

fn unknown(tenant: &Tenant, token_id: &str) -> Error {
    Error::not_found(format!(
        "the tenant {:?} has no token {token_id:?}",
        tenant.name
    ))
}

/// The tokens that end within a time and that nobody has rotated yet, of all tenants.
///
/// # Errors
/// The database's.
pub async fn expiring_tokens(service: &Service, within: Duration) -> Result<Vec<Expiring>> {
    let mut reader = service.store.reader();
    tokens::expiring(&mut reader, service.clock.now(), end_of(service, within)).await
}

/// A tenant's tokens, without their secrets.
///
/// # Errors
/// The database's.
pub async fn list_tokens(service: &Service, tenant: &Tenant) -> Result<Vec<Token>> {
    tokens::list(&mut service.store.reader(), tenant.key).await
}

/// Revokes a token; the next request with it is refused.
///
/// # Errors
/// 404.
pub async fn revoke_token(service: &Service, tenant: &Tenant, token_id: &str) -> Result<()> {
    revoke(service, &local(), tenant, token_id).await
}

pub(super) async fn revoke(
    service: &Service,
    by: &Origin,
    tenant: &Tenant,
    token_id: &str,
) -> Result<()> {
    let now = service.clock.now();
    in_transaction!(service.store, |tx| {
        if !tokens::revoke(tx, tenant.key, token_id, now).await? {
            return Err(unknown(tenant, token_id));
        }
        record_by(
            tx,
            by,
            tenant.key,
            "revoke-token",
            &json!({"id": token_id}),
            now,
        )
        .await
    })
}
