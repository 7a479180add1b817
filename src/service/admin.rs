//! Tenants, connections and tokens: what operators do, by the command line now and the console later.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use uuid::Uuid;

use super::{Service, registries};
use crate::auth::bearer::{self, NewToken};
use crate::auth::{Scopes, settings};
use crate::error::{Error, ErrorKind, Result};
use crate::in_transaction;
use crate::schema::{AttributeDef, AttributeId, Custom, IndexKey, Preparation, Registry};
use crate::store::changes::{Change, Origin, append};
use crate::store::{
    TenantKey, Transaction, attribute_index, connections, resources, tenants, tokens,
};

pub use crate::store::connections::Connection;
pub use crate::store::tenants::Tenant;
pub use crate::store::tokens::Token;

/// The shortest bootstrap token, in characters.
pub const MIN_BOOTSTRAP_CHARACTERS: usize = 32;
const DEFAULT_NAME: &str = "default";

/// What the first start made.
#[derive(Debug)]
pub struct FirstStart {
    /// The tenant's name.
    pub tenant: String,
    /// The connection's name.
    pub connection: String,
    /// The token, unless the operator set it.
    pub token: Option<String>,
}

/// Creates a tenant. Names are lower-case letters, digits and hyphens: they stand in addresses.
///
/// # Errors
/// `invalidValue` for the name; `uniqueness` when it is taken.
pub async fn create_tenant(service: &Service, name: &str) -> Result<Tenant> {
    check_name("tenant", name)?;
    let now = service.clock.now();
    let created = in_transaction!(service.store, |tx| {
        let tenant = tenants::insert(tx, name, now).await?;
        record(tx, tenant.key, "create-tenant", &json!({"name": name}), now).await?;
        Ok(tenant)
    });
    created.map_err(|error| taken(error, &format!("there is a tenant {name:?} already")))
}

/// All tenants.
///
/// # Errors
/// The database's.
pub async fn list_tenants(service: &Service) -> Result<Vec<Tenant>> {
    tenants::list(&mut service.store.reader().await?).await
}

/// The tenant of that name.
///
/// # Errors
/// 404.
pub async fn get_tenant(service: &Service, name: &str) -> Result<Tenant> {
    let found = tenants::by_name(&mut service.store.reader().await?, name).await?;
    found.ok_or_else(|| Error::not_found(format!("there is no tenant {name:?}")))
}

/// Changes a tenant's settings.
///
/// # Errors
/// `invalidValue` for a setting; `uniqueness` when values are to be unique and are not, with their number.
pub async fn update_tenant(
    service: &Service,
    tenant: &Tenant,
    own: &[(String, String)],
) -> Result<()> {
    let now = service.clock.now();
    let wanted: Vec<(AttributeId, bool)> = in_transaction!(service.store, |tx| {
        tenants::lock_all(tx).await?;
        let present = tenants::lock(tx, tenant.key).await?;
        let present = present.ok_or_else(|| Error::not_found("the tenant is gone"))?;
        let settings = merged(settings::TENANT_SETTINGS, &present.settings, own)?;
        let custom = registries::custom(tx, tenant.key, &settings).await?;
        let wanted = uniqueness(tx, custom).await?;
        set_uniqueness(tx, tenant, &wanted).await?;
        tenants::set_settings(tx, tenant.key, &settings).await?;
        tenants::bump(tx, tenant.key).await?;
        let detail = json!({"name": tenant.name, "settings": settings});
        record(tx, tenant.key, "update-tenant", &detail, now).await?;
        Ok(wanted)
    })?;
    // Whoever wrote by the old settings has ended after this; what they wrote follows. To be repeated, if it is interrupted.
    service.store.wait_for_writers().await?;
    in_transaction!(service.store, |tx| set_uniqueness(tx, tenant, &wanted)
        .await)
}

/// The index numbers whose uniqueness depends on the tenant's settings, and whether their values are to be unique.
async fn uniqueness(tx: &mut Transaction, custom: Custom) -> Result<Vec<(AttributeId, bool)>> {
    let names = settings::TENANT_SETTINGS.iter();
    let relaxed = |relaxed: Vec<String>| Custom {
        relaxed,
        ..custom.clone()
    };
    let strictest = registries::build(tx, &relaxed(Vec::new())).await?;
    let loosest = relaxed(names.map(|setting| setting.name.to_owned()).collect());
    let loosest = registries::build(tx, &loosest).await?;
    let wanted = registries::build(tx, &custom).await?;
    let attributes = |registry: &Registry| -> Vec<Arc<AttributeDef>> {
        let types = registry.resource_types().iter();
        types
            .flat_map(|resource_type| resource_type.all_attributes().cloned())
            .collect()
    };
    let mut all = Vec::new();
    let pairs = attributes(&strictest).into_iter().zip(attributes(&loosest));
    for ((strict, loose), wanted) in pairs.zip(attributes(&wanted)) {
        if strict.is_unique() != loose.is_unique() {
            all.push((wanted.id, wanted.is_unique()));
        }
        all.extend(wanted.scoped.map(|scoped| (scoped.id, scoped.is_unique)));
    }
    Ok(all)
}

async fn set_uniqueness(
    tx: &mut Transaction,
    tenant: &Tenant,
    wanted: &[(AttributeId, bool)],
) -> Result<()> {
    for (attribute, is_unique) in wanted {
        let duplicates = if *is_unique {
            attribute_index::duplicates(tx, tenant.key, *attribute).await?
        } else {
            0
        };
        if duplicates > 0 {
            return Err(Error::uniqueness(format!(
                "{duplicates} values are used more than once; change them first"
            )));
        }
        attribute_index::set_unique(tx, tenant.key, *attribute, *is_unique).await?;
    }
    Ok(())
}

/// Deletes a tenant with everything in it.
///
/// # Errors
/// The database's.
pub async fn delete_tenant(service: &Service, tenant: &Tenant) -> Result<()> {
    let now = service.clock.now();
    in_transaction!(service.store, |tx| {
        record(
            tx,
            tenant.key,
            "delete-tenant",
            &json!({"name": tenant.name}),
            now,
        )
        .await?;
        tenants::delete(tx, tenant.key).await
    })
}

/// Registers a connection with a profile and settings that differ from it.
///
/// # Errors
/// `invalidValue` for the name, the profile or a setting; `uniqueness` when the name is taken.
pub async fn create_connection(
    service: &Service,
    tenant: &Tenant,
    name: &str,
    profile: &str,
    own: &[(String, String)],
) -> Result<Connection> {
    check_name("connection", name)?;
    settings::check_profile(profile)?;
    let own = merged(settings::SETTINGS, "{}", own)?;
    let now = service.clock.now();
    let created = in_transaction!(service.store, |tx| {
        let connection = connections::insert(tx, tenant.key, name, profile, &own, now).await?;
        record(
            tx,
            tenant.key,
            "create-connection",
            &json!({"name": name, "profile": profile, "settings": own}),
            now,
        )
        .await?;
        Ok(connection)
    });
    created.map_err(|error| {
        taken(
            error,
            &format!(
                "the tenant {:?} has a connection {name:?} already",
                tenant.name
            ),
        )
    })
}

/// A tenant's connections.
///
/// # Errors
/// The database's.
pub async fn list_connections(service: &Service, tenant: &Tenant) -> Result<Vec<Connection>> {
    connections::list(&mut service.store.reader().await?, tenant.key).await
}

/// The connection of that name.
///
/// # Errors
/// 404.
pub async fn get_connection(service: &Service, tenant: &Tenant, name: &str) -> Result<Connection> {
    let found = connections::by_name(&mut service.store.reader().await?, tenant.key, name).await?;
    found.ok_or_else(|| {
        Error::not_found(format!(
            "the tenant {:?} has no connection {name:?}",
            tenant.name
        ))
    })
}

/// Changes a connection's profile, or settings of its own.
///
/// # Errors
/// `invalidValue` for the profile or a setting.
pub async fn update_connection(
    service: &Service,
    connection: &Connection,
    profile: Option<&str>,
    own: &[(String, String)],
) -> Result<()> {
    let profile = profile.unwrap_or(&connection.profile);
    settings::check_profile(profile)?;
    let own = merged(settings::SETTINGS, &connection.settings, own)?;
    let now = service.clock.now();
    in_transaction!(service.store, |tx| {
        connections::update(tx, connection, profile, &own).await?;
        record(
            tx,
            connection.tenant,
            "update-connection",
            &json!({"name": connection.name, "profile": profile, "settings": own}),
            now,
        )
        .await
    })
}

/// Deletes a connection; its tokens end, the resources it created stay.
///
/// # Errors
/// The database's.
pub async fn delete_connection(service: &Service, connection: &Connection) -> Result<()> {
    let now = service.clock.now();
    in_transaction!(service.store, |tx| {
        record(
            tx,
            connection.tenant,
            "delete-connection",
            &json!({"name": connection.name}),
            now,
        )
        .await?;
        connections::delete(tx, connection).await
    })
}

/// Makes a token for a connection, or for one user: `user` is an id or a user name.
///
/// # Errors
/// `invalidValue` for the scopes; 404 for the user.
pub async fn create_token(
    service: &Service,
    connection: &Connection,
    scopes: &str,
    expires_at: Option<time::OffsetDateTime>,
    user: Option<&str>,
) -> Result<NewToken> {
    let token = bearer::generate()?;
    let expires = expires_at.and_then(|at| i64::try_from(at.unix_timestamp_nanos() / 1_000).ok());
    let scopes = Scopes::parse(scopes)?;
    let subject = match user {
        Some(user) => Some(find_user(service, connection.tenant, user).await?),
        None => None,
    };
    let inserted = in_transaction!(service.store, |tx| insert_token(
        service,
        tx,
        connection,
        &token.secret,
        Grant {
            scopes: &scopes,
            expires,
            subject
        }
    )
    .await);
    inserted?;
    Ok(token)
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
struct Grant<'a> {
    scopes: &'a Scopes,
    expires: Option<i64>,
    subject: Option<Uuid>,
}

async fn insert_token(
    service: &Service,
    tx: &mut Transaction,
    connection: &Connection,
    secret: &str,
    grant: Grant<'_>,
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
    record(tx, connection.tenant, "create-token", &detail, now).await
}

/// A tenant's tokens, without their secrets.
///
/// # Errors
/// The database's.
pub async fn list_tokens(service: &Service, tenant: &Tenant) -> Result<Vec<Token>> {
    tokens::list(&mut service.store.reader().await?, tenant.key).await
}

/// Revokes a token; the next request with it is refused.
///
/// # Errors
/// 404.
pub async fn revoke_token(service: &Service, tenant: &Tenant, token_id: &str) -> Result<()> {
    let now = service.clock.now();
    in_transaction!(service.store, |tx| {
        if !tokens::revoke(tx, tenant.key, token_id, now).await? {
            return Err(Error::not_found(format!(
                "the tenant {:?} has no token {token_id:?}",
                tenant.name
            )));
        }
        record(
            tx,
            tenant.key,
            "revoke-token",
            &json!({"id": token_id}),
            now,
        )
        .await
    })
}

/// On an empty database: makes the tenant `default` with one connection and one token.
///
/// Several instances may call this at once; one of them does it.
///
/// # Errors
/// `invalidValue` for a bootstrap token that is too short.
pub async fn first_start(
    service: &Service,
    bootstrap_token: Option<&str>,
) -> Result<Option<FirstStart>> {
    if let Some(token) = bootstrap_token {
        check_bootstrap_token(token)?;
    }
    let generated = bearer::generate()?.secret;
    let secret = bootstrap_token.unwrap_or(&generated);
    let is_made = in_transaction!(service.store, |tx| {
        tenants::lock_all(tx).await?;
        if !tenants::list(tx).await?.is_empty() {
            return Ok(false);
        }
        let now = service.clock.now();
        let tenant = tenants::insert(tx, DEFAULT_NAME, now).await?;
        record(
            tx,
            tenant.key,
            "create-tenant",
            &json!({"name": DEFAULT_NAME}),
            now,
        )
        .await?;
        let connection =
            connections::insert(tx, tenant.key, DEFAULT_NAME, "generic", "{}", now).await?;
        record(
            tx,
            tenant.key,
            "create-connection",
            &json!({"name": DEFAULT_NAME, "profile": "generic"}),
            now,
        )
        .await?;
        insert_token(
            service,
            tx,
            &connection,
            secret,
            Grant {
                scopes: &Scopes::parse("read write")?,
                expires: None,
                subject: None,
            },
        )
        .await?;
        Ok(true)
    });
    if !is_made? {
        return Ok(None);
    }
    let token = if bootstrap_token.is_some() {
        None
    } else {
        Some(generated)
    };
    Ok(Some(FirstStart {
        tenant: DEFAULT_NAME.to_owned(),
        connection: DEFAULT_NAME.to_owned(),
        token,
    }))
}

/// A token stands in a header: letters, digits and `-._~+/=` (RFC 6750 §2.1).
fn check_bootstrap_token(token: &str) -> Result<()> {
    let is_sendable = token
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte));
    if is_sendable && token.len() >= MIN_BOOTSTRAP_CHARACTERS {
        return Ok(());
    }
    Err(Error::invalid_value(format!(
        "server.bootstrap_token must have at least {MIN_BOOTSTRAP_CHARACTERS} characters, all of them letters, digits or one of -._~+/="
    )))
}

pub(super) async fn record(
    tx: &mut Transaction,
    tenant: TenantKey,
    operation: &str,
    detail: &Value,
    now: i64,
) -> Result<()> {
    let origin = Origin {
        request_id: String::new(),
        connection: None,
        actor: "operator".to_owned(),
    };
    append(
        tx,
        tenant,
        &origin,
        vec![Change {
            resource: None,
            version: None,
            operation,
            detail: detail.to_string(),
            at: now,
        }],
    )
    .await
}

fn check_name(what: &str, name: &str) -> Result<()> {
    let is_valid = !name.is_empty()
        && name.len() <= 63
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && !name.starts_with('-');
    if is_valid {
        return Ok(());
    }
    Err(Error::invalid_value(format!(
        "{name:?} cannot name a {what}: 1 to 63 lower-case letters, digits and hyphens, not beginning with a hyphen"
    )))
}

fn merged(known: &[settings::Setting], present: &str, own: &[(String, String)]) -> Result<String> {
    let mut merged: Map<String, Value> = serde_json::from_str(present).map_err(|error| {
        Error::internal("a connection's settings are malformed").caused_by(error)
    })?;
    for (name, value) in own {
        settings::check(known, name, value)?;
        merged.insert(name.clone(), Value::from(value.as_str()));
    }
    Ok(Value::Object(merged).to_string())
}

fn taken(error: Error, detail: &str) -> Error {
    if error.kind() == ErrorKind::Uniqueness {
        Error::uniqueness(detail)
    } else {
        error
    }
}
