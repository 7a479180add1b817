//! PATCH (RFC 7644 §3.5.2), and what every change of an existing resource ends with.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::membership::{Delta, Group, Known};
use super::represent::{self, Representation, Written};
use super::{Call, Service, check_unique, not_found, object, parse_document, parse_id, to_text};
use crate::auth::Scope;
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::resource::etag::Preconditions;
use crate::resource::patch::{self, Operation, Outcome, PasswordChange};
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
    let patch = Patch {
        service,
        call,
        resource_type,
        id,
        parsed,
        operations,
        preconditions,
    };
    let mut early = patch.look_ahead().await?;
    let _turn = service.turns.take(parsed).await;
    let outcome = in_transaction!(service.store, |tx| {
        let applied = match early.take() {
            Some(applied) => applied,
            None => patch.locked(tx).await?,
        };
        let Applied {
            stored,
            resource,
            outcome,
            known,
        } = applied;
        let group = Group {
            service,
            call,
            resource_type,
            key: stored.key,
        };
        let delta = group.apply(tx, &outcome.members, &known).await?;
        let password = match outcome.password {
            Some(PasswordChange::Set(_)) => {
                let hash = hash.as_deref();
                PasswordUpdate::Set(
                    hash.ok_or_else(|| Error::internal("a password was not hashed beforehand"))?,
                )
            }
            Some(PasswordChange::Clear) if resources::has_password(tx, stored.key).await? => {
                PasswordUpdate::Clear
            }
            Some(PasswordChange::Clear) | None => PasswordUpdate::Keep,
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

/// A PATCH on its way to a resource.
struct Patch<'a> {
    service: &'a Service,
    call: &'a Call<'a>,
    resource_type: &'a ResourceType,
    id: &'a str,
    parsed: Uuid,
    operations: Vec<Operation>,
    preconditions: &'a Preconditions,
}

/// A PATCH applied in memory.
struct Applied {
    stored: Stored,
    resource: Resource,
    outcome: Outcome,
    known: Known,
}

impl Patch<'_> {
    /// A PATCH of nothing but members needs no lock on the group while it is prepared: rows are added and removed whoever
    /// else does so. Everything it needs to know is read before the transaction.
    async fn look_ahead(&self) -> Result<Option<Applied>> {
        if *self.preconditions != Preconditions::default()
            || !patch::names_only_members(&self.operations, self.resource_type)
        {
            return Ok(None);
        }
        let mut reader = self.service.store.reader().await?;
        let stored = resources::get(
            &mut reader,
            self.call.caller.tenant,
            self.resource_type.id,
            self.parsed,
        )
        .await?;
        let mut applied = self.apply(stored)?;
        applied.known = Known::look_up(&mut reader, self.call, &applied.outcome.members).await?;
        Ok(Some(applied))
    }

    async fn locked(&self, tx: &mut Transaction) -> Result<Applied> {
        let stored = resources::lock(
            tx,
            self.call.caller.tenant,
            self.resource_type.id,
            self.parsed,
        )
        .await?;
        self.apply(stored)
    }

    fn apply(&self, stored: Option<Stored>) -> Result<Applied> {
        let stored = stored.ok_or_else(|| not_found(self.resource_type, self.id))?;
        self.preconditions.check_write(stored.meta.version)?;
        let resource = Resource {
            id: self.parsed,
            document: parse_document(&stored.document)?,
            meta: stored.meta,
            members: None,
            groups: None,
        };
        let outcome = patch::apply(
            &self.operations,
            &resource,
            self.resource_type,
            self.call.caller.settings.patch,
        )?;
        Ok(Applied {
            stored,
            resource,
            outcome,
            known: Known::default(),
        })
    }
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
    let meta = if is_document_changed || password != PasswordUpdate::Keep {
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
        Meta {
            last_modified: now,
            version: stored.meta.version + 1,
            ..stored.meta
        }
    } else {
        let touched = resources::touch(tx, stored.key, now).await?;
        touched.ok_or_else(|| Error::conflict("the resource was deleted at the same moment"))?
    };
    let mut attributes = changes::between(resource_type, old, new);
    match password {
        PasswordUpdate::Keep => None,
        PasswordUpdate::Set(_) => attributes.insert("password".to_owned(), Value::from("set")),
        PasswordUpdate::Clear => attributes.insert("password".to_owned(), Value::from("removed")),
    };
    let resource = Some((resource_type.id, stored.id));
    let recorded = delta.details(attributes).into_iter().map(|detail| Change {
        resource,
        version: Some(meta.version),
        operation,
        detail,
        at: meta.last_modified,
    });
    append(tx, tenant, &call.origin, recorded.collect()).await?;
    Ok(Stored {
        document,
        meta,
        ..stored.clone()
    })
}
