//! Connections: provisioning clients of a tenant.

use serde_json::json;

use super::{NewSetting, check_name, local, merged, record_by, taken};
use crate::auth::{bearer, settings};
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::service::Service;
use crate::store::changes::Origin;
use crate::store::connections::{self, Connection};
use crate::store::tenants::Tenant;

/// What the console's page for new connections is called.
const RESERVED: &str = "new";

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
    create(service, &local(), tenant, name, profile, own).await
}

pub(super) async fn create(
    service: &Service,
    by: &Origin,
    tenant: &Tenant,
    name: &str,
    profile: &str,
    own: &[NewSetting],
) -> Result<Connection> {
    check_name("connection", name)?;
    if name == RESERVED {
        return Err(Error::invalid_value(format!(
            "{RESERVED:?} cannot name a connection: a page of the console has that address"
        )));
    }
    settings::profile(profile)?;
    let own = merged(settings::SETTINGS, "{}", own)?;
    let now = service.clock.now();
    let created = in_transaction!(service.store, |tx| {
        let connection = connections::insert(tx, tenant.key, name, profile, &own, now).await?;
        record_by(
            tx,
            by,
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
    connections::list(&mut service.store.reader(), tenant.key).await
}

/// The connection of that name.
///
/// # Errors
/// 404.
pub async fn get_connection(service: &Service, tenant: &Tenant, name: &str) -> Result<Connection> {
    let found = connections::by_name(&mut service.store.reader(), tenant.key, name).await?;
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
    update(service, &local(), connection, profile, own, None).await
}

/// As [`update_connection`]; `seen`: the profile and the settings that whoever asks has seen.
pub(super) async fn update(
    service: &Service,
    by: &Origin,
    connection: &Connection,
    profile: Option<&str>,
    own: &[NewSetting],
    seen: Option<&str>,
) -> Result<()> {
    if let Some(profile) = profile {
        settings::profile(profile)?;
    }
    let now = service.clock.now();
    in_transaction!(service.store, |tx| {
        let present = connections::lock(tx, connection).await?;
        let present = present.ok_or_else(|| Error::not_found("the connection is gone"))?;
        if seen.is_some_and(|seen| seen != version(&present)) {
            return Err(Error::precondition_failed(
                "somebody else has changed the connection meanwhile",
            ));
        }
        let profile = profile.unwrap_or(&present.profile);
        let own = merged(settings::SETTINGS, &present.settings, own)?;
        connections::update(tx, connection, profile, &own).await?;
        let detail = json!({"name": connection.name, "profile": profile, "settings": own});
        record_by(tx, by, connection.tenant, "update-connection", &detail, now).await
    })
}

/// What tells whether somebody has changed a connection's profile or settings.
#[must_use]
pub fn version(connection: &Connection) -> String {
    let text = format!("{}\n{}", connection.profile, connection.settings);
    bearer::public_id(&text)
}

/// Makes a connection read-only, or writable again, from the next request on.
///
/// # Errors
/// The database's.
pub async fn set_frozen(service: &Service, connection: &Connection, is_frozen: bool) -> Result<()> {
    freeze(service, &local(), connection, is_frozen).await
}

pub(super) async fn freeze(
    service: &Service,
    by: &Origin,
    connection: &Connection,
    is_frozen: bool,
) -> Result<()> {
    let now = service.clock.now();
    let operation = if is_frozen {
        "freeze-connection"
    } else {
        "unfreeze-connection"
    };
    in_transaction!(service.store, |tx| {
        connections::set_frozen(tx, connection, is_frozen.then_some(now)).await?;
        let detail = json!({"name": connection.name});
        record_by(tx, by, connection.tenant, operation, &detail, now).await
    })
}

/// Deletes a connection; its tokens end, the resources it created stay.
///
/// # Errors
/// The database's.
pub async fn delete_connection(service: &Service, connection: &Connection) -> Result<()> {
    delete(service, &local(), connection).await
}

pub(super) async fn delete(service: &Service, by: &Origin, connection: &Connection) -> Result<()> {
    let now = service.clock.now();
    in_transaction!(service.store, |tx| {
        record_by(
            tx,
            by,
            connection.tenant,
            "delete-connection",
            &json!({"name": connection.name}),
            now,
        )
        .await?;
        connections::delete(tx, connection).await
    })
}
