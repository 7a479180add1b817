//! POST (RFC 7644 §3.3).

use serde_json::{Map, Value};
use uuid::Uuid;

use super::account::rules::{self, Writing};
use super::account::{effects, personal};
use super::membership::{Delta, Group, Known};
use super::modify::{Edited, finish};
use super::ownership::owner;
use super::represent::{self, Representation};
use super::{Call, Service, check_unique, object, parse_document, to_text, written_attributes};
use crate::auth::Scope;
use crate::error::{Error, ErrorKind, Result};
use crate::in_transaction;
use crate::resource::{
    IndexEntry, changes, display_name, index_entries, is_off, patch::MemberChange,
};
use crate::schema::project::Projection;
use crate::schema::{AttributeId, Relation, ResourceType, validate};
use crate::store::changes::{Change, append};
use crate::store::creation::{self, Creation};
use crate::store::resources::{self, PasswordUpdate, SchemaVersion, Stored};
use crate::store::{ConnectionKey, Transaction, attribute_index, counts};

/// A validated create: what is left to do needs the database.
#[derive(Debug)]
pub struct Prepared {
    /// Its id.
    pub id: Uuid,
    document: Map<String, Value>,
    password_hash: Option<String>,
    /// Who are to be members.
    pub members: Vec<Uuid>,
    effects: rules::Effects,
}

impl Prepared {
    /// The document as it will be.
    #[must_use]
    pub fn document(&self) -> &Map<String, Value> {
        &self.document
    }

    /// Takes the hash that another system made of the password.
    pub(super) fn import_hash(&mut self, hash: String) {
        self.password_hash = Some(hash);
    }
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
    let projection = call.shown(resource_type, projection)?;
    let projection = projection.after_write(written_attributes(resource_type, &prepared.document));
    let one = Create {
        resource_type,
        prepared: &prepared,
    };
    let outcome = in_transaction!(service.store, |tx| {
        let stored = match revive(service, tx, call, one).await? {
            Some(stored) => stored,
            None => single(service, tx, call, one).await?,
        };
        represent::written(service, tx, call, stored, &projection).await
    });
    match outcome {
        // The index knows that a value is taken, and not which.
        Err(error) if error.kind() == ErrorKind::Uniqueness => {
            check(&mut service.store.reader(), call, one).await?;
            Err(error)
        }
        outcome => represent::answer(service, call, outcome?, &projection).await,
    }
}

/// Creates one resource by as few statements as it can be.
async fn single(
    service: &Service,
    tx: &mut Transaction,
    call: &Call<'_>,
    create: Create<'_>,
) -> Result<Stored> {
    let has_members = create.resource_type.relation(Relation::Members).is_some();
    let follows = effects::follow_create(call, &create.prepared.effects);
    if creation::is_possible(tx) && !has_members && !follows {
        return whole(service, tx, call, create).await;
    }
    let stored = execute(service, tx, call, &[create]).await;
    let mut stored = stored.map_err(|(_, error)| error)?;
    stored
        .pop()
        .ok_or_else(|| Error::internal("a create inserted nothing"))
}

/// Creates a resource of which nothing follows.
async fn whole(
    service: &Service,
    tx: &mut Transaction,
    call: &Call<'_>,
    create: Create<'_>,
) -> Result<Stored> {
    let owner = owner_of(call, create);
    let row = new_row(call, create, owner, service.clock.now())?;
    let Some(change) = record(create, row.now, &Delta::default()).pop() else {
        return Err(Error::internal("a create is not recorded"));
    };
    let creation = Creation {
        tenant: call.caller.tenant,
        in_force: SchemaVersion(call.schema_version),
        row,
        entries: &entries(create, owner),
        change,
        origin: &call.origin,
    };
    let created = creation::create(tx, creation).await?;
    created.ok_or_else(Call::outdated)
}

fn new_row(
    call: &Call<'_>,
    create: Create<'_>,
    owner: Option<ConnectionKey>,
    now: i64,
) -> Result<resources::NewResource> {
    let prepared = create.prepared;
    Ok(resources::NewResource {
        resource_type: create.resource_type.id,
        id: prepared.id,
        connection: call.caller.connection,
        owner,
        document: to_text(&prepared.document)?,
        display_name: display_name(create.resource_type, &prepared.document),
        password_hash: prepared.password_hash.clone(),
        now,
    })
}

/// Whoever the same connection has deactivated, told by the value of its own name space (`externalId`): creating them again brings
/// them back, where the connection says so.
///
/// # Errors
/// The database's.
pub async fn returning(
    tx: &mut Transaction,
    call: &Call<'_>,
    create: Create<'_>,
) -> Result<Option<Stored>> {
    let resource_type = create.resource_type;
    let document = &create.prepared.document;
    let (Some(connection), Some(enabled)) = (call.caller.connection, &resource_type.enabled) else {
        return Ok(None);
    };
    if !call.caller.settings.revives || is_off(document, enabled) {
        return Ok(None);
    }
    let own = index_entries(resource_type, document, Some(connection.number()));
    let scoped: Vec<AttributeId> = resource_type
        .attributes
        .iter()
        .filter_map(|attribute| attribute.scoped.map(|scoped| scoped.id))
        .collect();
    let Some(entry) = own.iter().find(|entry| scoped.contains(&entry.attribute)) else {
        return Ok(None);
    };
    let tenant = call.caller.tenant;
    let holder = attribute_index::holder(tx, tenant, entry.attribute, &entry.key).await?;
    let keys: Vec<_> = holder.into_iter().collect();
    let Some(stored) = resources::by_keys(tx, &keys).await?.pop() else {
        return Ok(None);
    };
    let is_gone = is_off(&parse_document(&stored.document)?, enabled);
    Ok(Some(stored).filter(|stored| is_gone && stored.resource_type == resource_type.id))
}

/// Brings somebody back, with the same id and what the create says of them.
///
/// # Errors
/// As a replacement.
pub async fn revive(
    service: &Service,
    tx: &mut Transaction,
    call: &Call<'_>,
    create: Create<'_>,
) -> Result<Option<Stored>> {
    let Some(found) = returning(tx, call, create).await? else {
        return Ok(None);
    };
    let (tenant, resource_type) = (call.caller.tenant, create.resource_type);
    let locked = resources::lock(tx, tenant, resource_type.id, found.id).await?;
    let Some((stored, in_force)) = locked else {
        return Ok(None);
    };
    call.check_version(in_force)?;
    let old = parse_document(&stored.document)?;
    let is_still_gone = resource_type
        .enabled
        .as_ref()
        .is_some_and(|enabled| is_off(&old, enabled));
    if !is_still_gone {
        return Ok(None);
    }
    let password = create.prepared.password_hash.as_deref();
    let mut new = create.prepared.document.clone();
    // A lock, for one, is not lifted by somebody's return.
    for attribute in resource_type.all_attributes() {
        let is_kept = resource_type.kept.contains(&attribute.path());
        if let (true, Some(value)) = (is_kept, validate::get(&old, attribute)) {
            validate::set(&mut new, attribute, value.clone());
        }
    }
    let edited = Edited {
        stored: &stored,
        old: &old,
        new: &new,
        owner: call.caller.connection,
        password: password.map_or(PasswordUpdate::Keep, PasswordUpdate::Set),
        delta: &Delta::default(),
        operation: "revive",
        is_deactivated: false,
    };
    finish(service, tx, call, resource_type, edited)
        .await
        .map(Some)
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
    call.caller.require(Scope::Write(resource_type.family))?;
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
    let personal = personal(resource_type, &document);
    let password_hash = service
        .hashed(call, incoming.password.as_deref(), personal)
        .await?;
    let password = password_hash
        .as_deref()
        .map_or(PasswordUpdate::Keep, PasswordUpdate::Set);
    let members = incoming.members.unwrap_or_default();
    let writing = Writing {
        call,
        resource_type,
        old: None,
        password,
        members_leave: false,
        is_deactivated: false,
        now: service.clock.now(),
    };
    let effects = rules::settle(writing, &mut document)?;
    Ok(Prepared {
        id,
        document,
        password_hash,
        members,
        effects,
    })
}

/// A create on its way to the database.
#[derive(Debug, Clone, Copy)]
pub struct Create<'a> {
    /// The resource's type.
    pub resource_type: &'a ResourceType,
    /// What is to be created.
    pub prepared: &'a Prepared,
}

/// Checks that no other resource has the unique values: the friendly half of uniqueness.
///
/// # Errors
/// `uniqueness`, naming the attribute.
pub async fn check(tx: &mut Transaction, call: &Call<'_>, create: Create<'_>) -> Result<()> {
    let owner = owner_of(call, create);
    check_unique(
        tx,
        call,
        create.resource_type,
        &entries(create, owner),
        None,
    )
    .await
}

fn owner_of(call: &Call<'_>, create: Create<'_>) -> Option<ConnectionKey> {
    let document = &create.prepared.document;
    owner(call, create.resource_type, &Map::new(), document, None)
}

fn entries(create: Create<'_>, owner: Option<ConnectionKey>) -> Vec<IndexEntry> {
    let owner = owner.map(ConnectionKey::number);
    index_entries(create.resource_type, &create.prepared.document, owner)
}

/// Inserts resources: first every row, so that they may refer to each other, then their members and their `change`.
///
/// As many statements for a hundred of them as for one. A failure names the position of the one that failed, as far as it is
/// known; unless [`check`] was asked before, a value that is taken is found by the unique index, which does not know.
///
/// # Errors
/// `uniqueness`; `invalidValue` for members that do not exist.
pub async fn execute(
    service: &Service,
    tx: &mut Transaction,
    call: &Call<'_>,
    creates: &[Create<'_>],
) -> std::result::Result<Vec<Stored>, (usize, Error)> {
    if creates.is_empty() {
        return Ok(Vec::new());
    }
    let stored = insert(service, tx, call, creates).await;
    let stored = stored.map_err(|error| (0, error))?;
    let mut recorded = Vec::with_capacity(creates.len());
    for (position, (create, stored)) in creates.iter().zip(&stored).enumerate() {
        let delta = join(tx, call, *create, stored).await;
        let delta = delta.map_err(|error| (position, error))?;
        let followed = follow(service, tx, call, *create, stored).await;
        followed.map_err(|error| (position, error))?;
        recorded.extend(record(*create, stored.meta.created, &delta));
    }
    let tenant = call.caller.tenant;
    let ended = append(tx, tenant, &call.origin, recorded).await;
    ended.map_err(|error| (0, error))?;
    let counted = counts::count(tx, tenant, &stored, 1).await;
    counted.map_err(|error| (0, error))?;
    Ok(stored)
}

/// Inserts the rows of the resources and of the index.
async fn insert(
    service: &Service,
    tx: &mut Transaction,
    call: &Call<'_>,
    creates: &[Create<'_>],
) -> Result<Vec<Stored>> {
    let (now, tenant) = (service.clock.now(), call.caller.tenant);
    let mut rows = Vec::with_capacity(creates.len());
    let mut index = Vec::with_capacity(creates.len());
    for create in creates {
        let owner = owner_of(call, *create);
        rows.push(new_row(call, *create, owner, now)?);
        index.push(entries(*create, owner));
    }
    let (stored, in_force) = resources::insert(tx, tenant, rows).await?;
    call.check_version(in_force)?;
    let rows: Vec<_> = stored.iter().map(|row| row.key).zip(index).collect();
    attribute_index::insert(tx, tenant, &rows).await?;
    Ok(stored)
}

/// What follows from the new account, if anything does.
async fn follow(
    service: &Service,
    tx: &mut Transaction,
    call: &Call<'_>,
    create: Create<'_>,
    stored: &Stored,
) -> Result<()> {
    let written = effects::Written {
        call,
        resource_type: create.resource_type,
        stored,
        old: &Map::new(),
        new: &create.prepared.document,
        now: service.clock.now(),
    };
    effects::begin(tx, written, &create.prepared.effects).await
}

/// Adds the members.
async fn join(
    tx: &mut Transaction,
    call: &Call<'_>,
    create: Create<'_>,
    stored: &Stored,
) -> Result<Delta> {
    if create.prepared.members.is_empty() {
        return Ok(Delta::default());
    }
    let change = MemberChange::Add(create.prepared.members.clone());
    let group = Group {
        call,
        resource_type: create.resource_type,
        key: stored.key,
        is_operators: rules::is_operators(create.resource_type, &create.prepared.document),
    };
    group.apply(tx, &[change], &Known::default()).await
}

fn record(create: Create<'_>, created: i64, delta: &Delta) -> Vec<Change> {
    let document = &create.prepared.document;
    let mut attributes = changes::between(create.resource_type, &Map::new(), document);
    if create.prepared.password_hash.is_some() {
        attributes.insert("password".to_owned(), Value::from("set"));
    }
    let recorded = delta.details(Some(attributes)).map(|detail| Change {
        resource: Some((create.resource_type.id, create.prepared.id)),
        version: Some(1),
        operation: "create",
        detail,
        at: created,
    });
    recorded.collect()
}
