//! The blast shield: when a connection takes away too much at once, the rest is held until an operator has looked at it.
//!
//! Deactivations, deletions and removals of members are counted within the connection's window, each by itself. What is within the
//! bounds passes, so that a leaver is out at once; what is beyond is answered 503, so that the client tries again later, and is
//! noted. An operator releases it, and the client's next attempt goes through, or rejects it, and the next attempt is answered 403.

use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::account::acting::Acting;
use super::account::people::require_operator;
use super::admin::{Connection, local, record_by};
use super::{Call, Service};
use crate::auth::Permission;
use crate::auth::settings::Shield;
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::resource::is_off;
use crate::schema::ResourceType;
use crate::store::changes::Origin;
use crate::store::resources::{self, Stored};
use crate::store::shield::{self, Held};
use crate::store::{ConnectionKey, ResourceKey, TenantKey, Transaction, counts};

pub use crate::store::shield::{Kind, Waiting};

/// How many held changes are shown.
const SHOWN: i64 = 10_000;

/// What a request tried and was held; noted when its transaction has ended.
#[derive(Debug, Default)]
pub struct Attempts(Mutex<Vec<Held>>);

/// Something that is about to be taken away.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taking<'a> {
    pub(super) kind: Kind,
    pub(super) resource_type: &'a ResourceType,
    pub(super) id: Uuid,
    /// The group that loses members.
    pub(super) group: Option<ResourceKey>,
    pub(super) amount: i64,
}

/// Whether a change takes away the permission to use a resource.
pub(super) fn is_deactivation(
    resource_type: &ResourceType,
    old: &Map<String, Value>,
    new: &Map<String, Value>,
) -> bool {
    let Some(enabled) = &resource_type.enabled else {
        return false;
    };
    !is_off(old, enabled) && is_off(new, enabled)
}

/// Whether what the caller takes away is counted.
pub(super) fn counts(call: &Call<'_>) -> bool {
    bounds(call).is_some()
}

fn bounds(call: &Call<'_>) -> Option<(Shield, ConnectionKey)> {
    let caller = call.caller;
    let (bounds, connection) = (caller.settings.shield?, caller.connection?);
    caller.subject.is_none().then_some((bounds, connection))
}

/// Counts what is taken away, in the transaction that does so.
///
/// # Errors
/// 503 for what is held; 403 for what has been rejected.
pub(super) async fn check(
    service: &Service,
    tx: &mut Transaction,
    call: &Call<'_>,
    taking: Taking<'_>,
) -> Result<()> {
    let Some((bounds, connection)) = bounds(call) else {
        return Ok(());
    };
    if taking.amount == 0 {
        return Ok(());
    }
    shield::lock(tx, connection).await?;
    let known = shield::find(tx, connection, taking.kind, taking.id).await?;
    let now = service.clock.now();
    if let Some(held) = known {
        if held.decision.as_deref() == Some("rejected") {
            return Err(Error::rejected(format!(
                "an operator has rejected this {}; it will not be carried out",
                word(taking.kind)
            )));
        }
        // The operator saw so many leave, and no more.
        return match held.released {
            Some(released) if taking.amount <= released => shield::remove(tx, held.key).await,
            Some(released) => {
                let more = format!("takes away more than the {released} that were released");
                Err(hold(call, taking, now, &more))
            }
            None => {
                let waiting = "is waiting for an operator's decision";
                Err(hold(call, taking, now, waiting))
            }
        };
    }
    if let Some(reason) = excess(tx, call.caller.tenant, connection, bounds, taking, now).await? {
        return Err(hold(call, taking, now, &reason));
    }
    let scope = taking.group.map(|_| taking.id);
    shield::note(tx, connection, taking.kind, scope, now, taking.amount).await
}

/// Why it is too much, if it is.
async fn excess(
    tx: &mut Transaction,
    tenant: TenantKey,
    connection: ConnectionKey,
    bounds: Shield,
    taking: Taking<'_>,
    now: i64,
) -> Result<Option<String>> {
    let since = now - i64::from(bounds.window_minutes) * 60_000_000;
    let scope = taking.group.map(|_| taking.id);
    let (all, of_group) = shield::taken(tx, connection, taking.kind, scope, since).await?;
    let total = all + taking.amount;
    if total <= i64::from(bounds.spare) {
        return Ok(None);
    }
    if total > i64::from(bounds.count) {
        return Ok(Some(format!(
            "would make more than {} within {} minutes (shield.count)",
            bounds.count, bounds.window_minutes
        )));
    }
    let percent = i64::from(bounds.percent);
    let is_too_large_a_part = if let Some(group) = taking.group {
        // The members that are being removed are no longer among those that are counted.
        let gone = of_group + taking.amount;
        let remaining = (gone.saturating_mul(100) + percent - 1) / percent - gone;
        gone > i64::from(bounds.spare)
            && !shield::has_more_members(tx, group, remaining - 1).await?
    } else {
        let present = counts::count_of_type(tx, tenant, taking.resource_type.id).await?;
        let before = if taking.kind == Kind::Deletion {
            present + all
        } else {
            present
        };
        total * 100 > percent * before
    };
    let whole = if taking.group.is_some() {
        "the group's members".to_owned()
    } else {
        format!("all of type {}", taking.resource_type.name)
    };
    Ok(is_too_large_a_part.then(|| {
        format!(
            "would make more than {percent} % of {whole} within {} minutes (shield.percent)",
            bounds.window_minutes
        )
    }))
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Deactivation => "deactivation",
        Kind::Deletion => "deletion",
        Kind::Removal => "removal of members",
    }
}

fn hold(call: &Call<'_>, taking: Taking<'_>, now: i64, reason: &str) -> Error {
    let mut attempts = call.held.0.lock().unwrap_or_else(PoisonError::into_inner);
    let is_noted = attempts
        .iter()
        .any(|held| held.kind == taking.kind && held.resource_id == taking.id);
    if !is_noted {
        attempts.push(Held {
            key: 0,
            kind: taking.kind,
            resource_type: taking.resource_type.id,
            resource_id: taking.id,
            amount: taking.amount,
            attempts: 1,
            first_attempt: now,
            last_attempt: now,
            decision: None,
            released: None,
        });
    }
    Error::held(format!(
        "held: this {} {reason}; nothing was changed, and an operator can release or reject it (muster connection held)",
        word(taking.kind)
    ))
}

/// Notes what a request tried and was held, whether the rest of it went through or not.
pub(super) async fn note(service: &Service, call: &Call<'_>) {
    let attempts = {
        let mut attempts = call.held.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *attempts)
    };
    let Some(connection) = call.caller.connection.filter(|_| !attempts.is_empty()) else {
        return;
    };
    match store(service, call.caller.tenant, connection, &attempts).await {
        Ok(()) => tracing::warn!(
            held = attempts.len(),
            "the connection's shield holds changes; \"muster connection held\" shows them"
        ),
        Err(error) => tracing::error!(%error, "held changes could not be noted"),
    }
}

async fn store(
    service: &Service,
    tenant: TenantKey,
    connection: ConnectionKey,
    attempts: &[Held],
) -> Result<()> {
    in_transaction!(service.store, |tx| {
        for held in attempts {
            shield::hold(tx, tenant, connection, held).await?;
        }
        Ok(())
    })
}

/// A held change, for people.
#[derive(Debug)]
pub struct Preview {
    /// Its number.
    pub id: i64,
    /// What it does.
    pub kind: Kind,
    /// `deactivation`, `deletion` or `removal of members`.
    pub what: &'static str,
    /// The resource type.
    pub resource_type: String,
    /// The resource.
    pub resource_id: Uuid,
    /// What it is called, while it exists.
    pub name: Option<String>,
    /// How many the last attempt would have taken away.
    pub amount: i64,
    /// How often it was tried.
    pub attempts: i64,
    /// When first, in microseconds since 1970 UTC.
    pub first_attempt: i64,
    /// When last.
    pub last_attempt: i64,
    /// What was decided.
    pub decision: Option<String>,
}

/// How many changes wait for a decision, in the whole tenant.
///
/// # Errors
/// The database's.
pub async fn count_held(service: &Service, acting: &Acting) -> Result<i64> {
    let mut reader = service.store.reader();
    shield::count_undecided(&mut reader, acting.caller.tenant).await
}

/// What a connection's shield holds.
///
/// # Errors
/// The database's.
pub async fn held(service: &Service, connection: &Connection) -> Result<Vec<Preview>> {
    let mut reader = service.store.snapshot().await?;
    let held = shield::list(&mut reader, connection.key, SHOWN).await?;
    previews(service, &mut reader, connection.tenant, held).await
}

async fn previews(
    service: &Service,
    reader: &mut Transaction,
    tenant: TenantKey,
    held: Vec<Held>,
) -> Result<Vec<Preview>> {
    let registry = service.registries.read(reader, tenant).await?;
    let mut previews = Vec::with_capacity(held.len());
    for held in held {
        let resource_type = registry.registry.resource_type(held.resource_type);
        let row = resources::of_any_type(reader, tenant, held.resource_id).await?;
        let name = match (&row, resource_type) {
            (Some(row), Some(resource_type)) => called(row, resource_type)?,
            _ => None,
        };
        previews.push(Preview {
            id: held.key,
            kind: held.kind,
            what: word(held.kind),
            resource_type: resource_type.map_or_else(String::new, |one| one.name.clone()),
            resource_id: held.resource_id,
            name,
            amount: held.amount,
            attempts: held.attempts,
            first_attempt: held.first_attempt,
            last_attempt: held.last_attempt,
            decision: held.decision,
        });
    }
    Ok(previews)
}

fn called(row: &Stored, resource_type: &ResourceType) -> Result<Option<String>> {
    let document = super::parse_document(&row.document)?;
    Ok(crate::resource::called(resource_type, &document))
}

/// Which of the held changes are meant.
#[derive(Debug, Clone)]
pub enum Which {
    /// All that nobody has decided.
    All,
    /// Those with these numbers.
    These(Vec<i64>),
}

/// Releases what is held, or rejects it; how many.
///
/// # Errors
/// 404 for a number that is none of the connection's.
pub async fn decide(
    service: &Service,
    connection: &Connection,
    which: &Which,
    is_released: bool,
) -> Result<u64> {
    decide_by(service, &local(), connection, which, is_released).await
}

/// What waits for a decision in the operator's tenant, by connection and kind.
///
/// # Errors
/// 403.
pub async fn waiting(service: &Service, acting: &Acting) -> Result<Vec<Waiting>> {
    require_operator(acting, Permission::ReadConnections)?;
    let mut reader = service.store.reader();
    shield::waiting(&mut reader, acting.caller.tenant).await
}

/// What of a connection of the operator's tenant waits for a decision: so many, after the one with that number.
///
/// # Errors
/// 403.
pub async fn undecided(
    service: &Service,
    acting: &Acting,
    connection: &Connection,
    after: i64,
    count: i64,
) -> Result<Vec<Preview>> {
    require_operator(acting, Permission::ReadConnections)?;
    let mut reader = service.store.snapshot().await?;
    let tenant = acting.caller.tenant;
    let held = shield::undecided(&mut reader, tenant, connection.key, after, count).await?;
    previews(service, &mut reader, tenant, held).await
}

pub(super) async fn decide_by(
    service: &Service,
    by: &Origin,
    connection: &Connection,
    which: &Which,
    is_released: bool,
) -> Result<u64> {
    let now = service.clock.now();
    let (decision, operation) = if is_released {
        ("released", "release-held")
    } else {
        ("rejected", "reject-held")
    };
    in_transaction!(service.store, |tx| {
        let mut decided = 0;
        match which {
            Which::All => decided = shield::decide(tx, connection.key, None, decision, now).await?,
            Which::These(keys) => {
                for key in keys {
                    let one = shield::decide(tx, connection.key, Some(*key), decision, now).await?;
                    if one == 0 {
                        return Err(Error::not_found(format!(
                            "the connection {:?} holds no change with the number {key}",
                            connection.name
                        )));
                    }
                    decided += one;
                }
            }
        }
        let these = match which {
            Which::All => Value::from("all"),
            Which::These(keys) => json!(keys),
        };
        let detail = json!({"connection": connection.name, "which": these, "changes": decided});
        record_by(tx, by, connection.tenant, operation, &detail, now).await?;
        Ok(decided)
    })
}
