//! PATCH (RFC 7644 §3.5.2), and what every change of an existing resource ends with.

use serde_json::{Map, Value};

use super::membership::{self, Delta};
use super::represent::{self, Representation, Written};
use super::{Call, Service, check_unique, not_found, object, parse_document, parse_id, to_text};
use crate::auth::Scope;
use crate::error::Result;
use crate::in_transaction;
use crate::resource::etag::Preconditions;
use crate::resource::patch::{self, PasswordChange};
use crate::resource::{Meta, Resource, changes, display_name, index_entries};
use crate::schema::project::Projection;
use crate::schema::{Relation, ResourceType};
use crate::store::changes::{Change, append};
use crate::store::resources::{self, PasswordUpdate, Stored};
use crate::store::{Transaction, attribute_index};

/// The answer to a PATCH.
#[derive(Debug)]
pub enum Modified {
    /// 200 with the resource.
    Resource(Representation),
    /// 204.
    Silent {
        /// Where it is.
        location: String,
        /// Its version.
        version: i64,
    },
}

/// Applies a PATCH body.
///
/// A type with members is answered silently unless a projection was asked for: a group can be very large.
///
/// # Errors
/// 404, 412 and everything that [`patch::apply`] says; `uniqueness`; 403.
pub async fn modify(
    service: &Service,
    call: &Call<'_>,
    resource_type: &ResourceType,
    id: &str,
    body: &Value,
    preconditions: &Preconditions,
    projection: Projection,
) -> Result<Modified> {
    call.caller.require(Scope::Write)?;
    let parsed = parse_id(resource_type, id)?;
    let settings = call.caller.settings.patch;
    let operations = patch::parse(object(body)?, settings)?;
    let hash = match patch::last_password(&operations, resource_type) {
        Some(password) => service.hashed(Some(password)).await?,
        None => None,
    };
    let is_silent = resource_type.relation(Relation::Members).is_some() && !projection.is_given();
    let outcome = in_transaction!(service.store, |tx| {
        let stored = resources::lock(tx, call.caller.tenant, resource_type.id, parsed).await?;
        let stored = stored.ok_or_else(|| not_found(resource_type, id))?;
        preconditions.check_write(stored.meta.version)?;
        let resource = Resource {
            id: parsed,
            document: parse_document(&stored.document)?,
            meta: stored.meta,
            members: None,
            groups: None,
        };
        let outcome = patch::apply(&operations, &resource, resource_type, settings)?;
        let mut delta = Delta::default();
        membership::apply(
            service,
            tx,
            call,
            resource_type,
            stored.key,
            &outcome.members,
            &mut delta,
        )
        .await?;
        let password = match outcome.password {
            Some(PasswordChange::Set(_)) => hash
                .as_deref()
                .map_or(PasswordUpdate::Keep, PasswordUpdate::Set),
            Some(PasswordChange::Clear) => PasswordUpdate::Clear,
            None => PasswordUpdate::Keep,
        };
        let edited = Edited {
            stored: &stored,
            old: &resource.document,
            new: &outcome.document,
            password,
            delta: &delta,
            operation: "modify",
        };
        let stored = finish(service, tx, call, resource_type, edited).await?;
        if is_silent {
            return Ok((Written::Row(stored), outcome.written));
        }
        let shown = projection.clone().after_write(outcome.written.clone());
        let written = represent::written(service, tx, call, stored, &shown).await?;
        Ok((written, outcome.written))
    });
    let (written, attributes) = outcome?;
    if let (true, Written::Row(stored)) = (is_silent, &written) {
        let location = represent::location(&call.base_url, &resource_type.endpoint, stored.id);
        return Ok(Modified::Silent {
            location,
            version: stored.meta.version,
        });
    }
    let projection = projection.after_write(attributes);
    let answer = represent::answer(service, call, written, &projection).await?;
    Ok(Modified::Resource(answer))
}

/// An existing resource before and after a change.
pub(super) struct Edited<'a> {
    pub(super) stored: &'a Stored,
    pub(super) old: &'a Map<String, Value>,
    pub(super) new: &'a Map<String, Value>,
    pub(super) password: PasswordUpdate<'a>,
    pub(super) delta: &'a Delta,
    pub(super) operation: &'static str,
}

/// Writes what differs: document, index rows, version, `change`. Answers the row as it stands then.
///
/// Where nothing differs, nothing is written: neither version nor `lastModified` moves (RFC 7644 §3.5.2.1).
///
/// # Errors
/// `uniqueness`; the database's.
pub(super) async fn finish(
    service: &Service,
    tx: &mut Transaction,
    call: &Call<'_>,
    resource_type: &ResourceType,
    edited: Edited<'_>,
) -> Result<Stored> {
    let Edited {
        stored,
        old,
        new,
        password,
        delta,
        operation,
    } = edited;
    let is_document_changed = old != new;
    if !is_document_changed && password == PasswordUpdate::Keep && delta.is_empty() {
        return Ok(stored.clone());
    }
    let now = service.clock.now().max(stored.meta.last_modified);
    let tenant = call.caller.tenant;
    let document = to_text(new)?;
    if is_document_changed || password != PasswordUpdate::Keep {
        let (before, after) = (
            index_entries(resource_type, old),
            index_entries(resource_type, new),
        );
        let added: Vec<_> = after
            .iter()
            .filter(|entry| !before.contains(entry))
            .cloned()
            .collect();
        check_unique(tx, call, resource_type, &added, Some(stored.key)).await?;
        let name = display_name(resource_type, new);
        let update = resources::Update {
            key: stored.key,
            version: stored.meta.version,
            document: &document,
            display_name: name.as_deref(),
            password,
            now,
        };
        resources::update(tx, update).await?;
        attribute_index::update(tx, tenant, stored.key, &before, &after).await?;
    } else {
        resources::touch(tx, &[stored.key], now).await?;
    }
    let version = stored.meta.version + 1;
    let mut attributes = changes::between(resource_type, old, new);
    match password {
        PasswordUpdate::Keep => None,
        PasswordUpdate::Set(_) => attributes.insert("password".to_owned(), Value::from("set")),
        PasswordUpdate::Clear => attributes.insert("password".to_owned(), Value::from("removed")),
    };
    let resource = Some((resource_type.id, stored.id));
    let recorded = delta.details(attributes).into_iter().map(|detail| Change {
        resource,
        version: Some(version),
        operation,
        detail,
        at: now,
    });
    append(tx, tenant, &call.origin, recorded.collect()).await?;
    let meta = Meta {
        last_modified: now,
        version,
        ..stored.meta
    };
    Ok(Stored {
        document,
        meta,
        ..stored.clone()
    })
}
