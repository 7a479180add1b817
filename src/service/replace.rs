//! PUT (RFC 7644 §3.5.1).

use serde_json::{Map, Value};

use super::membership::{Delta, Group, Known};
use super::modify::{Edited, finish};
use super::represent::{self, Representation};
use super::{Call, Service, not_found, object, parse_document, parse_id, written_attributes};
use crate::auth::Scope;
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::resource::etag::Preconditions;
use crate::resource::patch::MemberChange;
use crate::schema::project::Projection;
use crate::schema::validate::{self, Incoming};
use crate::schema::{Mutability, ResourceType};
use crate::store::resources::{self, PasswordUpdate};

/// Replaces a resource by what the client sent.
///
/// What it leaves out is cleared, with three exceptions that protect what it may not know of: immutable attributes and those
/// with a default (`active`) keep their value, and so do the password and, unless `members` is sent, the members.
///
/// # Errors
/// 404, 412, `invalidValue`, `mutability`, `uniqueness`; 403.
pub async fn replace(
    service: &Service,
    call: &Call<'_>,
    resource_type: &ResourceType,
    id: &str,
    body: &Value,
    preconditions: &Preconditions,
    projection: Projection,
) -> Result<Representation> {
    call.caller.require(Scope::Write)?;
    let parsed = parse_id(resource_type, id)?;
    let incoming = validate::resource(resource_type, &service.schema_ids(), object(body)?)?;
    validate::complete(resource_type, &incoming.document)?;
    let password_hash = service.hashed(incoming.password.as_deref()).await?;
    let projection = projection.after_write(written_attributes(resource_type, &incoming.document));
    let _turn = service.turns.take(parsed).await;
    let outcome = in_transaction!(service.store, |tx| {
        let stored = resources::lock(tx, call.caller.tenant, resource_type.id, parsed).await?;
        let stored = stored.ok_or_else(|| not_found(resource_type, id))?;
        preconditions.check_write(stored.meta.version)?;
        let old = parse_document(&stored.document)?;
        let new = merged(resource_type, &old, &incoming)?;
        let mut delta = Delta::default();
        if let Some(members) = &incoming.members {
            let change = MemberChange::Replace(members.clone());
            let group = Group {
                service,
                call,
                resource_type,
                key: stored.key,
            };
            delta = group.apply(tx, &[change], &Known::default()).await?;
        }
        let password = password_hash
            .as_deref()
            .map_or(PasswordUpdate::Keep, PasswordUpdate::Set);
        let edited = Edited {
            stored: &stored,
            old: &old,
            new: &new,
            password,
            delta: &delta,
            operation: "replace",
        };
        let stored = finish(service, tx, call, resource_type, edited).await?;
        represent::written(service, tx, call, stored, &projection).await
    });
    represent::answer(service, call, outcome?, &projection).await
}

fn merged(
    resource_type: &ResourceType,
    old: &Map<String, Value>,
    incoming: &Incoming,
) -> Result<Map<String, Value>> {
    let mut new = incoming.document.clone();
    for attribute in resource_type.all_attributes() {
        let (before, after) = (
            validate::get(old, attribute),
            validate::get(&incoming.document, attribute),
        );
        let is_immutable = attribute.mutability == Mutability::Immutable;
        if is_immutable && before.is_some() && after.is_some() && before != after {
            return Err(Error::mutability(format!(
                "{:?} is immutable and already has another value",
                attribute.path()
            )));
        }
        let has_default = resource_type
            .defaults
            .iter()
            .any(|(defaulted, _)| defaulted.id == attribute.id);
        let is_hidden = attribute.mutability == Mutability::WriteOnly;
        let is_omitted = after.is_none() && !incoming.cleared.contains(&attribute.path());
        if let (true, Some(before)) = (
            is_omitted && (is_immutable || has_default || is_hidden),
            before,
        ) {
            validate::set(&mut new, attribute, before.clone());
        }
    }
    Ok(new)
}
