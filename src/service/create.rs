//! POST (RFC 7644 §3.3).

use serde_json::{Map, Value};
use uuid::Uuid;

use super::membership::{Delta, Group, Known};
use super::represent::{self, Representation};
use super::{Call, Service, check_unique, object, owner, to_text, written_attributes};
use crate::auth::Scope;
use crate::error::Result;
use crate::in_transaction;
use crate::resource::{Meta, changes, display_name, index_entries, patch::MemberChange};
use crate::schema::project::Projection;
use crate::schema::{ResourceType, validate};
use crate::store::changes::{Change, append};
use crate::store::resources::{self, Stored};
use crate::store::{ConnectionKey, Transaction, attribute_index};

/// A validated create: what is left to do needs the database.
#[derive(Debug)]
pub struct Prepared {
    /// Its id.
    pub id: Uuid,
    document: Map<String, Value>,
    password_hash: Option<String>,
    /// Who are to be members.
    pub members: Vec<Uuid>,
}

/// Creates a resource.
///
/// # Errors
/// `invalidValue`, `invalidSyntax`, `uniqueness`; 403.
pub async fn create(
    service: &Service,
    call: &Call<'_>,
    resource_type: &ResourceType,
    body: &Value,
    projection: Projection,
) -> Result<Representation> {
    let prepared = prepare(service, call, resource_type, Uuid::now_v7(), body).await?;
    let projection = projection.after_write(written_attributes(resource_type, &prepared.document));
    let outcome = in_transaction!(service.store, |tx| {
        let stored = execute(service, tx, call, resource_type, &prepared).await?;
        represent::written(service, tx, call, stored, &projection).await
    });
    represent::answer(service, call, outcome?, &projection).await
}

/// Validates the body and hashes the password.
///
/// # Errors
/// `invalidValue` and `invalidSyntax`; 403.
pub async fn prepare(
    service: &Service,
    call: &Call<'_>,
    resource_type: &ResourceType,
    id: Uuid,
    body: &Value,
) -> Result<Prepared> {
    call.caller.require(Scope::Write)?;
    call.caller.require_connection()?;
    let incoming = validate::resource(
        resource_type,
        &call.registry.schema_ids(),
        object(body)?,
        call.caller.settings.patch.reading,
    )?;
    let mut document = incoming.document;
    for (attribute, value) in &resource_type.defaults {
        let is_decided = validate::get(&document, attribute).is_some()
            || incoming.cleared.contains(&attribute.path());
        if !is_decided {
            validate::set(&mut document, attribute, value.clone());
        }
    }
    validate::complete(resource_type, &document)?;
    let password_hash = service.hashed(incoming.password.as_deref()).await?;
    Ok(Prepared {
        id,
        document,
        password_hash,
        members: incoming.members.unwrap_or_default(),
    })
}

/// Inserts the resource, its index rows, its members and its `change`.
///
/// # Errors
/// `uniqueness`; `invalidValue` for members that do not exist.
pub async fn execute(
    service: &Service,
    tx: &mut Transaction,
    call: &Call<'_>,
    resource_type: &ResourceType,
    prepared: &Prepared,
) -> Result<Stored> {
    let stored = insert(service, tx, call, resource_type, prepared).await?;
    complete(tx, call, resource_type, prepared, &stored).await?;
    Ok(stored)
}

/// Inserts the resource's row and its index rows: from here on others may refer to it.
///
/// # Errors
/// `uniqueness`.
pub async fn insert(
    service: &Service,
    tx: &mut Transaction,
    call: &Call<'_>,
    resource_type: &ResourceType,
    prepared: &Prepared,
) -> Result<Stored> {
    let now = service.clock.now();
    let id = prepared.id;
    let tenant = call.caller.tenant;
    let owner = owner(call, resource_type, &Map::new(), &prepared.document, None);
    let entries = index_entries(
        resource_type,
        &prepared.document,
        owner.map(ConnectionKey::number),
    );
    check_unique(tx, call, resource_type, &entries, None).await?;
    let document = to_text(&prepared.document)?;
    let name = display_name(resource_type, &prepared.document);
    let new = resources::NewResource {
        resource_type: resource_type.id,
        id,
        connection: call.caller.connection,
        owner,
        document: &document,
        display_name: name.as_deref(),
        password_hash: prepared.password_hash.as_deref(),
        now,
    };
    let (key, in_force) = resources::insert(tx, tenant, new).await?;
    call.check_version(in_force)?;
    attribute_index::insert(tx, tenant, key, &entries).await?;
    let meta = Meta {
        created: now,
        last_modified: now,
        version: 1,
    };
    Ok(Stored {
        key,
        resource_type: resource_type.id,
        id,
        document,
        meta,
        owner,
    })
}

/// Adds what refers to other resources, and the `change`.
///
/// # Errors
/// `invalidValue` for members that do not exist.
pub async fn complete(
    tx: &mut Transaction,
    call: &Call<'_>,
    resource_type: &ResourceType,
    prepared: &Prepared,
    stored: &Stored,
) -> Result<()> {
    let (tenant, key, id) = (call.caller.tenant, stored.key, stored.id);
    let mut delta = Delta::default();
    if !prepared.members.is_empty() {
        let change = MemberChange::Add(prepared.members.clone());
        let group = Group {
            call,
            resource_type,
            key,
        };
        delta = group.apply(tx, &[change], &Known::default()).await?;
    }
    let mut attributes = changes::between(resource_type, &Map::new(), &prepared.document);
    if prepared.password_hash.is_some() {
        attributes.insert("password".to_owned(), Value::from("set"));
    }
    let details = delta.details(attributes);
    let recorded = details.into_iter().map(|detail| Change {
        resource: Some((resource_type.id, id)),
        version: Some(1),
        operation: "create",
        detail,
        at: stored.meta.created,
    });
    append(tx, tenant, &call.origin, recorded.collect()).await?;
    resources::count(tx, tenant, resource_type.id, key, id, 1).await
}
