//! PATCH (RFC 7644 §3.5.2), and what every change of an existing resource ends with.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::account::effects::{self, Written as Account};
use super::account::personal;
use super::account::rules::{self, Writing};
use super::membership::{self, Delta, Group, Known};
use super::ownership::{owner, visible};
use super::represent::{self, Representation, Written};
use super::shield::{self, Taking};
use super::{Call, Service, check_unique, not_found, object, parse_document, parse_id, to_text};
use crate::auth::Scope;
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::resource::etag::Preconditions;
use crate::resource::patch::{self, Operation, Outcome, PasswordChange};
use crate::resource::{Meta, Resource, changes, display_name, index_entries};
use crate::schema::project::Projection;
use crate::schema::{AttributeDef, Relation, ResourceType, validate};
use crate::store::changes::{Change, append};
use crate::store::joining::{self, Joining};
use crate::store::resources::{self, PasswordUpdate, SchemaVersion, Stored};
use crate::store::shield::Kind;
use crate::store::{ConnectionKey, Transaction, attribute_index, creation};

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
    let patch = prepare(service, call, resource_type, id, body, preconditions).await?;
    let is_silent = patch.is_silent() && !projection.is_given();
    let projection = call.shown(resource_type, projection)?;
    // An answer with the resource shows it as it is then, so it is read under the lock.
    let mut early = if is_silent {
        patch.look_ahead().await?
    } else {
        None
    };
    let _turn = service.turns.take(patch.parsed).await;
    let outcome = in_transaction!(service.store, |tx| {
        let Done {
            stored, written, ..
        } = patch.execute(tx, early.take()).await?;
        if is_silent {
            return Ok((Written::Row(stored), written));
        }
        let shown = projection.clone().after_write(written.clone());
        let represented = represent::written(service, tx, call, stored, &shown).await?;
        Ok((represented, written))
    });
    shield::note(service, call).await;
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

/// Reads the operations and hashes the password.
///
/// # Errors
/// `invalidSyntax`, `invalidPath`, `invalidFilter`; 404 for what cannot be an id; 403, 428.
pub async fn prepare<'a>(
    service: &'a Service,
    call: &'a Call<'a>,
    resource_type: &'a ResourceType,
    id: &str,
    body: &Value,
    preconditions: &'a Preconditions,
) -> Result<Patch<'a>> {
    call.caller.require(Scope::Write(resource_type.family))?;
    let parsed = parse_id(resource_type, id)?;
    call.caller.require_own(parsed)?;
    call.require_version(preconditions)?;
    let operations = patch::parse(object(body)?, call.caller.settings.patch)?;
    let password_hash = match patch::last_password(&operations, resource_type) {
        Some(password) => {
            let personal = known_personal(service, call, resource_type, parsed).await?;
            service.hashed(call, Some(password), personal).await?
        }
        None => None,
    };
    Ok(Patch {
        service,
        call,
        resource_type,
        parsed,
        operations,
        password_hash,
        preconditions,
    })
}

/// What a new password must not be made of.
async fn known_personal(
    service: &Service,
    call: &Call<'_>,
    resource_type: &ResourceType,
    id: Uuid,
) -> Result<Vec<String>> {
    let mut reader = service.store.reader();
    let stored = resources::get(&mut reader, call.caller.tenant, resource_type.id, id).await?;
    match stored {
        Some(stored) => Ok(personal(resource_type, &parse_document(&stored.document)?)),
        None => Ok(Vec::new()),
    }
}

/// A PATCH on its way to a resource.
#[derive(Debug)]
pub struct Patch<'a> {
    service: &'a Service,
    call: &'a Call<'a>,
    resource_type: &'a ResourceType,
    parsed: Uuid,
    operations: Vec<Operation>,
    password_hash: Option<String>,
    preconditions: &'a Preconditions,
}

/// A PATCH applied in memory.
#[derive(Debug)]
struct Applied {
    stored: Stored,
    resource: Resource,
    outcome: Outcome,
    known: Known,
    owner: Option<ConnectionKey>,
}

/// A PATCH that was carried out.
struct Done {
    stored: Stored,
    /// Paths of what was written.
    written: Vec<String>,
    delta: Delta,
}

impl Patch<'_> {
    /// Whether it is answered without the resource unless that is asked for.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.resource_type.relation(Relation::Members).is_some()
            && !self.call.caller.settings.answers_with_resource
    }

    /// The id of the resource.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.parsed
    }

    /// The type of the resource.
    #[must_use]
    pub fn resource_type(&self) -> &ResourceType {
        self.resource_type
    }

    /// Applies it in a transaction; answers the row as it stands then.
    ///
    /// # Errors
    /// As [`modify`].
    pub async fn apply(&self, tx: &mut Transaction) -> Result<Stored> {
        self.execute(tx, None).await.map(|done| done.stored)
    }

    /// As [`Self::apply`]; answers how many members were added, and how many removed.
    pub(super) async fn apply_to_members(&self, tx: &mut Transaction) -> Result<(i64, i64)> {
        let done = self.execute(tx, None).await?;
        Ok((done.delta.added(), done.delta.removed()))
    }

    async fn execute(&self, tx: &mut Transaction, early: Option<Applied>) -> Result<Done> {
        let (call, resource_type) = (self.call, self.resource_type);
        let applied = match early {
            Some(applied) => applied,
            None => self.locked(tx).await?,
        };
        let group = Group {
            call,
            resource_type,
            key: applied.stored.key,
            is_operators: rules::is_operators(resource_type, &applied.resource.document),
        };
        if let Some(done) = self.step(tx, &group, &applied).await? {
            return Ok(done);
        }
        let delta = group
            .apply(tx, &applied.outcome.members, &applied.known)
            .await?;
        let Applied {
            stored,
            resource,
            outcome,
            owner,
            ..
        } = applied;
        let password = match outcome.password {
            Some(PasswordChange::Set(_)) => {
                let hash = self.password_hash.as_deref();
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
            owner,
            password,
            delta: &delta,
            operation: "modify",
            is_deactivated: outcome.written.iter().any(|path| {
                let account = resource_type.account.as_ref();
                account.is_some_and(|account| account.active.path() == *path)
            }),
        };
        let stored = finish(self.service, tx, call, resource_type, edited).await?;
        Ok(Done {
            stored,
            written: outcome.written,
            delta,
        })
    }

    /// One member more or fewer, of which nothing follows, in one statement; `None` where it cannot be that.
    async fn step(
        &self,
        tx: &mut Transaction,
        group: &Group<'_>,
        applied: &Applied,
    ) -> Result<Option<Done>> {
        let Applied {
            stored,
            resource,
            outcome,
            known,
            owner,
        } = applied;
        if !creation::is_possible(tx) || self.resource_type.account.is_some() {
            return Ok(None);
        }
        let Some((step, member)) = group.only_step(tx, &outcome.members, known).await? else {
            return Ok(None);
        };
        let delta = Delta::of_one(step, member.id);
        let edited = Edited {
            stored,
            old: &resource.document,
            new: &outcome.document,
            owner: *owner,
            password: PasswordUpdate::Keep,
            delta: &delta,
            operation: "modify",
            is_deactivated: false,
        };
        let now = self.service.clock.now().max(stored.meta.last_modified);
        let (settled, effects) = settle(self.call, self.resource_type, &edited, now)?;
        let is_all = settled == resource.document
            && *owner == stored.owner
            && effects == rules::Effects::default()
            && outcome.password.is_none();
        if !is_all {
            return Ok(None);
        }
        let joining = Joining {
            step,
            tenant: self.call.caller.tenant,
            group: stored.key,
            resource: (self.resource_type.id, stored.id),
            member: member.key,
            detail: delta.details(Some(Map::new())).next().unwrap_or_default(),
            origin: &self.call.origin,
            now,
        };
        let joined = joining::join(tx, joining).await?;
        Ok(Some(Done {
            delta: if joined.is_some() {
                delta
            } else {
                Delta::default()
            },
            stored: Stored {
                meta: joined.unwrap_or(stored.meta),
                ..stored.clone()
            },
            written: outcome.written.clone(),
        }))
    }

    /// A PATCH of nothing but members needs no lock on the group while it is prepared: rows are added and removed whoever
    /// else does so. Everything it needs to know is read before the transaction.
    async fn look_ahead(&self) -> Result<Option<Applied>> {
        if *self.preconditions != Preconditions::default()
            || !patch::names_only_members(&self.operations, self.resource_type)
        {
            return Ok(None);
        }
        let (tenant, kind) = (self.call.caller.tenant, self.resource_type.id);
        let mut reader = self.service.store.reader();
        let (stored, known) = if let Some(member) = patch::only_member(&self.operations) {
            let group = (kind, self.parsed);
            let mark = membership::operators(self.call);
            let found = joining::read(&mut reader, tenant, group, member, &mark).await?;
            let (stored, member) = found.unzip();
            (stored, Known::from_iter(member.flatten()))
        } else {
            let stored = resources::get(&mut reader, tenant, kind, self.parsed).await?;
            (stored, Known::default())
        };
        let mut applied = self.in_memory(stored)?;
        let changes = &applied.outcome.members;
        applied.known = if known.covers(changes) {
            known
        } else {
            Known::look_up(&mut reader, self.call, changes).await?
        };
        Ok(Some(applied))
    }

    async fn locked(&self, tx: &mut Transaction) -> Result<Applied> {
        let tenant = self.call.caller.tenant;
        let (kind, id) = (self.resource_type.id, self.parsed);
        let found = if is_locked(self.resource_type) {
            resources::lock(tx, tenant, kind, id).await?
        } else {
            resources::watch(tx, tenant, kind, id).await?
        };
        if let Some((_, in_force)) = &found {
            self.call.check_version(*in_force)?;
        }
        self.in_memory(found.map(|(stored, _)| stored))
    }

    fn in_memory(&self, stored: Option<Stored>) -> Result<Applied> {
        let stored =
            stored.ok_or_else(|| not_found(self.resource_type, &self.parsed.to_string()))?;
        self.preconditions.check_write(stored.meta.version)?;
        let (document, hidden) = visible(self.call, self.resource_type, &stored)?;
        let mut resource = Resource {
            id: self.parsed,
            document,
            meta: stored.meta,
            members: None,
            groups: None,
        };
        let mut outcome = patch::apply(
            &self.operations,
            &resource,
            self.resource_type,
            self.call.caller.settings.patch,
        )?;
        if outcome.password.is_some() {
            self.call.caller.require(Scope::PasswordWrite)?;
        }
        let (before, after) = (&resource.document, &outcome.document);
        let owner = owner(self.call, self.resource_type, before, after, stored.owner);
        hidden.restore(&mut outcome.document);
        hidden.restore(&mut resource.document);
        Ok(Applied {
            stored,
            resource,
            outcome,
            known: Known::default(),
            owner,
        })
    }
}

/// Whether a resource has to be locked before it is changed. Members are rows of their own, and their change is no `update` of
/// what was read; and while an index is being built, rows of it come that a change did not read of.
pub(super) fn is_locked(resource_type: &ResourceType) -> bool {
    resource_type.relation(Relation::Members).is_some()
        || resource_type
            .indexed_attributes()
            .any(|attribute| !attribute.is_searchable)
}

/// An existing resource before and after a change.
#[derive(Clone, Copy)]
pub(super) struct Edited<'a> {
    pub(super) stored: &'a Stored,
    pub(super) old: &'a Map<String, Value>,
    pub(super) new: &'a Map<String, Value>,
    /// The connection whose name space `externalId` is in afterwards.
    pub(super) owner: Option<ConnectionKey>,
    pub(super) password: PasswordUpdate<'a>,
    pub(super) delta: &'a Delta,
    pub(super) operation: &'static str,
    /// Somebody says that the account may not be used, who may have been waiting for its use.
    pub(super) is_deactivated: bool,
}

impl Edited<'_> {
    fn changes_nothing(&self) -> bool {
        !self.is_deactivated
            && self.old == self.new
            && self.owner == self.stored.owner
            && self.password == PasswordUpdate::Keep
            && self.delta.is_empty()
    }
}

/// Checks who may change this, and completes the new document; answers it with what follows from the change.
fn settle(
    call: &Call<'_>,
    resource_type: &ResourceType,
    edited: &Edited<'_>,
    now: i64,
) -> Result<(Map<String, Value>, rules::Effects)> {
    let mut settled = edited.new.clone();
    if edited.changes_nothing() {
        return Ok((settled, rules::Effects::default()));
    }
    check_self_service(call, resource_type, edited)?;
    let writing = Writing {
        call,
        resource_type,
        old: Some(edited.old),
        password: edited.password,
        members_leave: edited.delta.removed() > 0,
        is_deactivated: edited.is_deactivated,
        now,
    };
    let effects = rules::settle(writing, &mut settled)?;
    Ok((settled, effects))
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
    let now = service.clock.now().max(edited.stored.meta.last_modified);
    let (settled, mut effects) = settle(call, resource_type, &edited, now)?;
    let mut edited = Edited {
        new: &settled,
        ..edited
    };
    let account = Account {
        call,
        resource_type,
        stored: edited.stored,
        old: edited.old,
        new: edited.new,
        now,
    };
    if effects::has_unproven_password(tx, account, &effects).await? {
        edited.password = PasswordUpdate::Clear;
        effects.has_new_password = true;
    }
    let Edited {
        stored,
        old,
        new,
        owner,
        password,
        delta,
        operation,
        is_deactivated: _,
    } = edited;
    let is_document_changed = old != new || owner != stored.owner;
    if !is_document_changed && password == PasswordUpdate::Keep && delta.is_empty() {
        if effects.asks_reset {
            effects::apply(tx, account, &effects).await?;
        }
        return Ok(stored.clone());
    }
    check_taking(service, tx, call, resource_type, &edited).await?;
    let tenant = call.caller.tenant;
    let document = to_text(new)?;
    let meta = if is_document_changed || password != PasswordUpdate::Keep {
        let (before, after) = (
            index_entries(resource_type, old, stored.owner.map(ConnectionKey::number)),
            index_entries(resource_type, new, owner.map(ConnectionKey::number)),
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
            tenant,
            in_force: SchemaVersion(call.schema_version),
            document: &document,
            display_name: name.as_deref(),
            password,
            owner,
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
    effects::apply(tx, account, &effects).await?;
    let mut attributes = changes::between(resource_type, old, new);
    match password {
        PasswordUpdate::Keep => None,
        PasswordUpdate::Set(_) => attributes.insert("password".to_owned(), Value::from("set")),
        PasswordUpdate::Clear => attributes.insert("password".to_owned(), Value::from("removed")),
    };
    let resource = Some((resource_type.id, stored.id));
    let recorded = delta.details(Some(attributes)).map(|detail| Change {
        resource,
        version: Some(meta.version),
        operation,
        detail,
        at: meta.last_modified,
    });
    append(tx, tenant, &call.origin, recorded).await?;
    Ok(Stored {
        document,
        meta,
        owner,
        ..stored.clone()
    })
}

/// What the change takes away is counted by the connection's shield.
async fn check_taking(
    service: &Service,
    tx: &mut Transaction,
    call: &Call<'_>,
    resource_type: &ResourceType,
    edited: &Edited<'_>,
) -> Result<()> {
    let taking = |kind, group, amount| Taking {
        kind,
        resource_type,
        id: edited.stored.id,
        group,
        amount,
    };
    if shield::is_deactivation(resource_type, edited.old, edited.new) {
        let deactivation = taking(Kind::Deactivation, None, 1);
        shield::check(service, tx, call, deactivation).await?;
    }
    let removed = edited.delta.removed();
    let removal = taking(Kind::Removal, Some(edited.stored.key), removed);
    shield::check(service, tx, call, removal).await
}

/// People may change what concerns themselves, not what others rely on.
fn check_self_service(
    call: &Call<'_>,
    resource_type: &ResourceType,
    edited: &Edited<'_>,
) -> Result<()> {
    if call.caller.subject.is_none() {
        return Ok(());
    }
    let is_password =
        |attribute: &AttributeDef| attribute.is_password && edited.password != PasswordUpdate::Keep;
    let old = validate::values(resource_type, edited.old);
    let refused = old
        .zip(validate::values(resource_type, edited.new))
        .filter(|((attribute, old), (_, new))| is_password(attribute) || old != new)
        .map(|((attribute, _), _)| attribute.path())
        .find(|path| !resource_type.self_service.contains(path));
    match refused {
        Some(path) => Err(Error::forbidden(format!(
            "users cannot change {path:?} in their own resource; an administrator or the provisioning client can"
        ))),
        None => Ok(()),
    }
}
