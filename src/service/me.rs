//! /Me (RFC 7644 §3.11): the resource of the user whose token it is.

use std::sync::Arc;

use super::account::State;
use super::{Call, Service, parse_document};
use crate::auth::Caller;
use crate::error::{Error, Result};
use crate::resource::is_off;
use crate::schema::{Registry, ResourceType};
use crate::store::resources;

/// Refuses the token of a user who is gone or may not use the account.
///
/// # Errors
/// 401.
pub async fn check_subject(service: &Service, caller: &Caller, registry: &Registry) -> Result<()> {
    let Some(subject) = caller.subject else {
        return Ok(());
    };
    let mut reader = service.store.reader();
    let row = resources::of_any_type(&mut reader, caller.tenant, subject).await?;
    let row = row.ok_or_else(|| Error::invalid_token("the token's user has been deleted"))?;
    let resource_type = registry.resource_type(row.resource_type);
    let account = resource_type.and_then(|resource_type| resource_type.account.as_ref());
    if let Some(account) = account {
        let document = parse_document(&row.document)?;
        if State::of(account, &document) != State::Active {
            return Err(Error::invalid_token("the token's user is not active"));
        }
    }
    let enabled = resource_type.and_then(|resource_type| resource_type.enabled.as_ref());
    if let (Some(enabled), None) = (enabled, account) {
        let document = parse_document(&row.document)?;
        if is_off(&document, enabled) {
            return Err(Error::invalid_token("the token's user is not active"));
        }
    }
    Ok(())
}

/// The type and the id of the caller's own resource.
///
/// # Errors
/// 404 for a token that belongs to a connection.
pub async fn resource<'a>(
    service: &Service,
    call: &Call<'a>,
) -> Result<(&'a Arc<ResourceType>, String)> {
    let nobody = || {
        Error::not_found(
            "this token belongs to a connection, not to a user; /Me is for the tokens of users",
        )
    };
    let subject = call.caller.subject.ok_or_else(nobody)?;
    let mut reader = service.store.reader();
    let row = resources::of_any_type(&mut reader, call.caller.tenant, subject).await?;
    let resource_type = row.and_then(|row| call.registry.resource_type(row.resource_type));
    let resource_type = resource_type.ok_or_else(nobody)?;
    Ok((resource_type, subject.to_string()))
}
