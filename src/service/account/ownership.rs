//! Values that belong to the provisioning client that looks after a resource: nobody else changes them.

use serde_json::json;
use uuid::Uuid;

use super::acting::Acting;
use super::effects::Written;
use super::{Intent, people};
use crate::auth::Permission;
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::schema::{EditedBy, ProfileAttribute, validate};
use crate::service::Service;
use crate::store::changes::{Change, append};
use crate::store::{Transaction, connections, resources};

/// Whether values of an attribute belong to the provisioning client that looks after a resource, where there is one.
pub(super) fn is_owned(one: &ProfileAttribute) -> bool {
    one.edited_by == EditedBy::Connection
}

/// Refuses a change of a value that belongs to a connection, by anybody but provisioning clients and the server itself.
///
/// # Errors
/// 403 naming the connection.
pub(super) async fn check(tx: &mut Transaction, written: Written<'_>) -> Result<()> {
    let call = written.call;
    let is_free = call.caller.connection.is_some() || call.intent.is_automatic;
    if is_free {
        return Ok(());
    }
    let mut owned = written
        .resource_type
        .profile
        .iter()
        .filter(|one| is_owned(one))
        .map(|one| &one.attribute);
    let changed = owned.find(|attribute| {
        validate::get(written.old, attribute) != validate::get(written.new, attribute)
    });
    let Some(attribute) = changed else {
        return Ok(());
    };
    let key = written.stored.key;
    let Some(connection) = connections::name_of_creator(tx, key).await? else {
        return Ok(());
    };
    Err(Error::forbidden(format!(
        "{:?} belongs to the connection {connection:?}: change it there, or detach the account from it; an account can be locked in any case",
        attribute.path()
    )))
}

/// Takes a person away from the connection that looks after them: from now on they are looked after here.
///
/// # Errors
/// 403; 404; `invalidValue` for somebody whom no connection looks after.
pub async fn detach(service: &Service, acting: &Acting, id: Uuid) -> Result<()> {
    let (resource_type, _) = acting.people()?;
    let call = acting.call(Intent::default());
    in_transaction!(service.store, |tx| {
        let person = acting.lock(tx, &call, id).await?;
        people::require(acting, &person, Permission::EditPeople)?;
        let key = person.stored.key;
        let Some(connection) = connections::name_of_creator(tx, key).await? else {
            return Err(Error::invalid_value(
                "no provisioning client looks after this person",
            ));
        };
        resources::detach(tx, key).await?;
        let change = Change {
            resource: Some((resource_type.id, id)),
            version: None,
            operation: "detach",
            detail: json!({"connection": connection}).to_string(),
            at: service.clock.now(),
        };
        append(tx, call.caller.tenant, &call.origin, vec![change]).await
    })
}
