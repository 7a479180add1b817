//! Tenants, connections and tokens: what operators do, by the command line now and the console later.

pub mod by_operator;
mod clients;
mod connections;
mod first_start;
mod tokens;

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::account::Intent;
use super::account::acting::Acting;
use super::account::people::require_operator;
use super::{Service, registries};
use crate::auth::{Permission, settings, tenant_settings};
use crate::error::{Error, ErrorKind, Result};
use crate::in_transaction;
use crate::schema::{AttributeDef, AttributeId, Custom, Registry};
use crate::store::changes::{Change, Origin, append};
use crate::store::{TenantKey, Transaction, attribute_index, tenants};

pub use crate::store::connections::Connection;
pub use crate::store::tenants::Tenant;
pub use crate::store::tokens::Token;
pub use clients::{
    Client, Issuer, NewClient, NewIssuer, create_client, create_issuer, delete_client,
    delete_issuer, list_clients, list_issuers, list_keys, renew_keys, rotate_client, rotate_key,
};
pub use connections::{
    create_connection, delete_connection, get_connection, list_connections, set_frozen,
    update_connection, version,
};
pub use first_start::{FirstStart, MIN_BOOTSTRAP_CHARACTERS, first_start};
pub use tokens::{
    DEFAULT_LIFE, Expiring, create_token, expiring_tokens, list_tokens, revoke_token, rotate_token,
};

/// A setting to change: its name and its new value; none: back to what it is without.
pub type NewSetting = (String, Option<String>);

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
    tenants::list(&mut service.store.reader()).await
}

/// The tenant of that name.
///
/// # Errors
/// 404.
pub async fn get_tenant(service: &Service, name: &str) -> Result<Tenant> {
    let found = tenants::by_name(&mut service.store.reader(), name).await?;
    found.ok_or_else(|| Error::not_found(format!("there is no tenant {name:?}")))
}

/// Changes a tenant's settings.
///
/// # Errors
/// `invalidValue` for a setting; `uniqueness` when values are to be unique and are not, with their number.
pub async fn update_tenant(service: &Service, tenant: &Tenant, own: &[NewSetting]) -> Result<()> {
    change_tenant(service, tenant, own, &local()).await
}

/// The settings of the tenant of an operator, with their values and where those come from.
///
/// # Errors
/// 403.
pub async fn settings_of(service: &Service, acting: &Acting) -> Result<Vec<settings::Explained>> {
    require_operator(acting, Permission::ManageSettings)?;
    let tenant = get_tenant(service, &acting.caller.tenant_name).await?;
    tenant_settings::explain_tenant(&tenant.settings)
}

/// Changes settings of the tenant of an operator; those that are as they are already stay untouched.
///
/// # Errors
/// 403, and as [`update_tenant`].
pub async fn change_settings(service: &Service, acting: &Acting, own: &[NewSetting]) -> Result<()> {
    require_operator(acting, Permission::ManageSettings)?;
    let tenant = get_tenant(service, &acting.caller.tenant_name).await?;
    let present = tenant_settings::explain_tenant(&tenant.settings)?;
    let is_new = |(name, value): &&NewSetting| {
        let known = present.iter().find(|(known, ..)| known.name == name);
        known.is_none_or(|(setting, known, _)| {
            let wanted = value.as_deref().unwrap_or(setting.default());
            wanted != known
        })
    };
    let own: Vec<NewSetting> = own.iter().filter(is_new).cloned().collect();
    if own.is_empty() {
        return Ok(());
    }
    let origin = acting.call(Intent::default()).origin;
    change_tenant(service, &tenant, &own, &origin).await
}

async fn change_tenant(
    service: &Service,
    tenant: &Tenant,
    own: &[NewSetting],
    origin: &Origin,
) -> Result<()> {
    let now = service.clock.now();
    let wanted: Vec<(AttributeId, bool)> = in_transaction!(service.store, |tx| {
        tenants::lock_all(tx).await?;
        let present = tenants::lock(tx, tenant.key).await?;
        let present = present.ok_or_else(|| Error::not_found("the tenant is gone"))?;
        let settings = merged(tenant_settings::TENANT_SETTINGS, &present.settings, own)?;
        let custom = registries::custom(tx, tenant.key, &settings).await?;
        let wanted = uniqueness(tx, custom).await?;
        set_uniqueness(tx, tenant, &wanted).await?;
        tenants::set_settings(tx, tenant.key, &settings).await?;
        tenants::bump(tx, tenant.key).await?;
        let detail = json!({
            "name": tenant.name,
            "settings": settings,
            "attributes": differences(&present.settings, &settings)?,
        });
        record_by(tx, origin, tenant.key, "update-tenant", &detail, now).await?;
        Ok(wanted)
    })?;
    // Whoever wrote by the old settings has ended after this; what they wrote follows. To be repeated, if it is interrupted.
    service.store.wait_for_writers().await?;
    in_transaction!(service.store, |tx| set_uniqueness(tx, tenant, &wanted)
        .await)
}

/// The index numbers whose uniqueness depends on the tenant's settings, and whether their values are to be unique.
async fn uniqueness(tx: &mut Transaction, custom: Custom) -> Result<Vec<(AttributeId, bool)>> {
    let names = tenant_settings::TENANT_SETTINGS.iter();
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

/// Whoever uses the command line, for the history.
pub(super) fn local() -> Origin {
    Origin {
        request_id: String::new(),
        connection: None,
        actor: "operator".to_owned(),
    }
}

/// What is different between two sets of settings, as the history tells of attributes.
fn differences(before: &str, after: &str) -> Result<Value> {
    let before = tenant_settings::explain_tenant(before)?;
    let after = tenant_settings::explain_tenant(after)?;
    let pairs = before.into_iter().zip(after);
    let changed = pairs.filter(|((_, old, _), (_, new, _))| old != new);
    let changed = changed.map(|((setting, old, _), (_, new, _))| {
        (setting.name.to_owned(), json!({"old": old, "new": new}))
    });
    Ok(Value::Object(changed.collect()))
}

pub(super) async fn record(
    tx: &mut Transaction,
    tenant: TenantKey,
    operation: &'static str,
    detail: &Value,
    now: i64,
) -> Result<()> {
    record_by(tx, &local(), tenant, operation, detail, now).await
}

/// Writes what was done, and by whom.
pub(super) async fn record_by(
    tx: &mut Transaction,
    by: &Origin,
    tenant: TenantKey,
    operation: &'static str,
    detail: &Value,
    now: i64,
) -> Result<()> {
    append(
        tx,
        tenant,
        by,
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

fn merged(known: &[settings::Setting], present: &str, own: &[NewSetting]) -> Result<String> {
    let mut merged: Map<String, Value> = serde_json::from_str(present).map_err(|error| {
        Error::internal("a connection's settings are malformed").caused_by(error)
    })?;
    for (name, value) in own {
        if let Some(value) = value {
            settings::check(known, name, value)?;
            merged.insert(name.clone(), Value::from(value.as_str()));
        } else {
            settings::find(known, name)?;
            merged.remove(name);
        }
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
