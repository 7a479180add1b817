//! Connections: provisioning clients of a tenant.

use serde_json::json;

use super::{NewSetting, check_name, merged, record, taken};
use crate::auth::settings;
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::service::Service;
use crate::store::connections::{self, Connection};
use crate::store::tenants::Tenant;

/// Registers a connection with a profile and settings that differ from it.
///
/// # Errors
/// `invalidValue` for the name, the profile or a setting; `uniqueness` when the name is taken.
pub async fn create_connection(
    service: &Service,
    tenant: &Tenant,
    name: &str,
    profile: &str,
    own: &[NewSetting],
) -> Result<Connection> {
    check_name("connection", name)?;
    settings::profile(profile)?;
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

/// Changes a connection's profile, or settings of its own, from the next request on.
///
/// # Errors
/// `invalidValue` for the profile or a setting.
pub async fn update_connection(
    service: &Service,
    connection: &Connection,
    profile: Option<&str>,
    own: &[NewSetting],
) -> Result<()> {
    if let Some(profile) = profile {
        settings::profile(profile)?;
    }
    let now = service.clock.now();
    in_transaction!(service.store, |tx| {
        let present = connections::lock(tx, connection).await?;
        let present = present.ok_or_else(|| Error::not_found("the connection is gone"))?;
        let profile = profile.unwrap_or(&present.profile);
        let own = merged(settings::SETTINGS, &present.settings, own)?;
        connections::update(tx, connection, profile, &own).await?;
        let detail = json!({"name": connection.name, "profile": profile, "settings": own});
        record(tx, connection.tenant, "update-connection", &detail, now).await
    })
}

/// Makes a connection read-only, or writable again, from the next request on.
///
/// # Errors
/// The database's.
pub async fn set_frozen(service: &Service, connection: &Connection, is_frozen: bool) -> Result<()> {
    let now = service.clock.now();
    let operation = if is_frozen {
        "freeze-connection"
    } else {
        "unfreeze-connection"
    };
    in_transaction!(service.store, |tx| {
        connections::set_frozen(tx, connection, is_frozen.then_some(now)).await?;
        let detail = json!({"name": connection.name});
        record(tx, connection.tenant, operation, &detail, now).await
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
