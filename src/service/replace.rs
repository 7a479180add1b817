//! PUT (RFC 7644 §3.5.1).

use serde_json::{Map, Value};
use uuid::Uuid;

use super::account::{personal, rules};
use super::membership::{Delta, Group, Known};
use super::modify::{Edited, finish, is_locked};
use super::ownership::{owner, visible};
use super::represent::{self, Representation};
use super::{Call, Service, not_found, object, parse_id, shield, written_attributes};
use crate::auth::Scope;
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::resource::etag::Preconditions;
use crate::resource::patch::MemberChange;
use crate::schema::project::Projection;
use crate::schema::validate::{self, Incoming};
use crate::schema::{AttributeDef, Mutability, ResourceType};
use crate::store::Transaction;
use crate::store::resources::{self, PasswordUpdate, Stored};

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
    let prepared = prepare(service, call, resource_type, id, body, preconditions).await?;
    let projection = call.shown(resource_type, projection)?;
    let written = written_attributes(resource_type, &prepared.incoming.document);
    let projection = projection.after_write(written);
    let _turn = service.turns.take(prepared.id).await;
    let outcome = in_transaction!(service.store, |tx| {
        let stored = execute(service, tx, call, resource_type, &prepared).await?;
        represent::written(service, tx, call, stored, &projection).await
    });
    shield::note(service, call).await;
    represent::answer(service, call, outcome?, &projection).await
}

/// A validated replacement: what is left to do needs the database.
#[derive(Debug)]
pub struct Prepared<'a> {
    id: Uuid,
    incoming: Incoming,
    password_hash: Option<String>,
    preconditions: &'a Preconditions,
}

impl Prepared<'_> {
    /// The id of the resource.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }
}

/// Validates the body and hashes the password.
///
/// # Errors
/// `invalidValue` and `invalidSyntax`; 404 for what cannot be an id; 403, 428.
pub async fn prepare<'a>(
    service: &Service,
    call: &Call<'_>,
    resource_type: &ResourceType,
    id: &str,
    body: &Value,
    preconditions: &'a Preconditions,
) -> Result<Prepared<'a>> {
    call.caller.require(Scope::Write(resource_type.family))?;
    let id = parse_id(resource_type, id)?;
    call.caller.require_own(id)?;
    call.require_version(preconditions)?;
    let incoming = validate::resource(
        resource_type,
        &call.registry.schema_ids(),
        object(body)?,
        call.caller.settings.patch.reading,
    )?;
    validate::complete(resource_type, &incoming.document)?;
    let personal = personal(resource_type, &incoming.document);
    let password_hash = service
        .hashed(call, incoming.password.as_deref(), personal)
        .await?;
    Ok(Prepared {
        id,
        incoming,
        password_hash,
        preconditions,
    })
}

/// Replaces the resource in a transaction; answers the row as it stands then.
///
/// # Errors
/// As [`replace`].
pub async fn execute(
    service: &Service,
    tx: &mut Transaction,
    call: &Call<'_>,
    resource_type: &ResourceType,
    prepared: &Prepared<'_>,
) -> Result<Stored> {
    let (id, incoming) = (prepared.id, &prepared.incoming);
    let (tenant, kind) = (call.caller.tenant, resource_type.id);
    let found = if is_locked(resource_type) {
        resources::lock(tx, tenant, kind, id).await?
    } else {
        resources::watch(tx, tenant, kind, id).await?
    };
    let (stored, in_force) = found.ok_or_else(|| not_found(resource_type, &id.to_string()))?;
    call.check_version(in_force)?;
    prepared.preconditions.check_write(stored.meta.version)?;
    let (mut old, hidden) = visible(call, resource_type, &stored)?;
    let mut new = merged(resource_type, &old, incoming)?;
    let owner = owner(call, resource_type, &old, &new, stored.owner);
    hidden.restore(&mut old);
    hidden.restore(&mut new);
    let mut delta = Delta::default();
    if let Some(members) = &incoming.members {
        let change = MemberChange::Replace(members.clone());
        let group = Group {
            call,
            resource_type,
            key: stored.key,
            is_operators: rules::is_operators(resource_type, &old),
        };
        delta = group.apply(tx, &[change], &Known::default()).await?;
    }
    let password = prepared
        .password_hash
        .as_deref()
        .map_or(PasswordUpdate::Keep, PasswordUpdate::Set);
    let edited = Edited {
        stored: &stored,
        old: &old,
        new: &new,
        owner,
        password,
        delta: &delta,
        operation: "replace",
        is_deactivated: false,
    };
    finish(service, tx, call, resource_type, edited).await
}

fn merged(
    resource_type: &ResourceType,
    old: &Map<String, Value>,
    incoming: &Incoming,
) -> Result<Map<String, Value>> {
    let mut new = incoming.document.clone();
    for attribute in resource_type.all_attributes() {
        let Some(before) = validate::get(old, attribute) else {
            continue;
        };
        let path = attribute.path();
        let has_default = resource_type
            .defaults
            .iter()
            .any(|(defaulted, _)| defaulted.path() == path);
        let after = validate::get(&incoming.document, attribute);
        let is_omitted = after.is_none() && !incoming.cleared.contains(&path);
        let is_listed = resource_type.kept.contains(&path);
        if is_omitted && (has_default || is_listed || is_kept(attribute)) {
            validate::set(&mut new, attribute, before.clone());
            continue;
        }
        if let Some(after) = after {
            check_same(attribute, before, after)?;
            if attribute.mutability == Mutability::Immutable {
                validate::set(&mut new, attribute, before.clone());
                continue;
            }
        }
        if attribute.multi_valued {
            keep_hidden_parts(attribute, before, &mut new);
        } else if after.is_some() || is_omitted {
            keep_parts(attribute, before, after, &mut new)?;
        }
    }
    Ok(new)
}

/// What the client may not have seen, or cannot change, is not cleared by leaving it out.
fn is_kept(attribute: &AttributeDef) -> bool {
    matches!(
        attribute.mutability,
        Mutability::Immutable | Mutability::WriteOnly | Mutability::ReadOnly
    )
}

/// An immutable value may be given again, and not another one.
fn check_same(attribute: &AttributeDef, before: &Value, after: &Value) -> Result<()> {
    if attribute.mutability == Mutability::Immutable && !validate::is_same(attribute, before, after)
    {
        return Err(Error::mutability(format!(
            "{:?} is immutable and already has another value",
            attribute.path()
        )));
    }
    Ok(())
}

/// As for whole attributes, for the parts of a complex one.
fn keep_parts(
    attribute: &AttributeDef,
    before: &Value,
    after: Option<&Value>,
    new: &mut Map<String, Value>,
) -> Result<()> {
    let mut kept = after
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let mut is_changed = false;
    for sub in attribute.sub_attributes.iter().filter(|sub| is_kept(sub)) {
        let Some(before) = before.get(&sub.name) else {
            continue;
        };
        if let Some(after) = kept.get(&sub.name) {
            check_same(sub, before, after)?;
        } else {
            kept.insert(sub.name.clone(), before.clone());
            is_changed = true;
        }
    }
    if is_changed {
        validate::set(new, attribute, Value::Object(kept));
    }
    Ok(())
}

/// A value that is given again keeps the parts that the client could not see.
fn keep_hidden_parts(attribute: &AttributeDef, before: &Value, new: &mut Map<String, Value>) {
    let hidden: Vec<&str> = attribute
        .sub_attributes
        .iter()
        .filter(|sub| sub.is_hidden())
        .map(|sub| sub.name.as_str())
        .collect();
    if hidden.is_empty() {
        return;
    }
    let seen = |value: &Value| {
        let mut seen = value.clone();
        if let Some(parts) = seen.as_object_mut() {
            parts.retain(|name, _| !hidden.contains(&name.as_str()));
        }
        validate::identity(attribute, &seen)
    };
    let Some(Value::Array(mut values)) = validate::take(new, attribute) else {
        return;
    };
    for value in &mut values {
        let own = seen(value);
        let mut known = before.as_array().into_iter().flatten();
        let known = known.find(|known| seen(known) == own);
        if let (Some(Value::Object(known)), Some(value)) = (known, value.as_object_mut()) {
            for name in &hidden {
                if let (Some(part), false) = (known.get(*name), value.contains_key(*name)) {
                    value.insert((*name).to_owned(), part.clone());
                }
            }
        }
    }
    validate::set(new, attribute, Value::Array(values));
}
