//! DELETE (RFC 7644 §3.6).

use serde_json::{Map, json};
use uuid::Uuid;

use super::account::leaving;
use super::membership::{Delta, IDS_PER_CHANGE};
use super::shield::{self, Taking};
use super::{Call, Service, not_found, parse_document, parse_id};
use crate::auth::Scope;
use crate::error::Result;
use crate::in_transaction;
use crate::resource::changes;
use crate::resource::etag::Preconditions;
use crate::schema::ResourceType;
use crate::store::changes::{Change, append};
use crate::store::resources::{self, Stored};
use crate::store::shield::Kind;
use crate::store::{ResourceKey, Transaction, members};

/// Deletes a resource. The groups it was a member of lose it, and show that in their version and history.
///
/// # Errors
/// 404, 412; 403.
pub async fn delete(
    service: &Service,
    call: &Call<'_>,
    resource_type: &ResourceType,
    id: &str,
    preconditions: &Preconditions,
) -> Result<()> {
    let id = prepare(call, resource_type, id, preconditions)?;
    let _turn = service.turns.take(id).await;
    let outcome = in_transaction!(service.store, |tx| execute(
        service,
        tx,
        call,
        resource_type,
        id,
        preconditions
    )
    .await);
    shield::note(service, call).await;
    outcome
}

/// Checks what needs no database; answers the id.
///
/// # Errors
/// 404 for what cannot be an id; 403, 428.
pub fn prepare(
    call: &Call<'_>,
    resource_type: &ResourceType,
    id: &str,
    preconditions: &Preconditions,
) -> Result<Uuid> {
    call.caller.require(Scope::Delete(resource_type.family))?;
    call.caller.require_connection()?;
    let id = parse_id(resource_type, id)?;
    call.require_version(preconditions)?;
    Ok(id)
}

/// Deletes the resource in a transaction.
///
/// # Errors
/// As [`delete`].
pub async fn execute(
    service: &Service,
    tx: &mut Transaction,
    call: &Call<'_>,
    resource_type: &ResourceType,
    id: Uuid,
    preconditions: &Preconditions,
) -> Result<()> {
    let tenant = call.caller.tenant;
    let found = resources::lock(tx, tenant, resource_type.id, id).await?;
    let (stored, _) = found.ok_or_else(|| not_found(resource_type, &id.to_string()))?;
    preconditions.check_write(stored.meta.version)?;
    let document = parse_document(&stored.document)?;
    let leaving = leaving::check(tx, call, resource_type, &stored, &document).await?;
    let taking = Taking {
        kind: Kind::Deletion,
        resource_type,
        id,
        group: None,
        amount: 1,
    };
    shield::check(service, tx, call, taking).await?;
    let now = service.clock.now();
    let mut left = leave_groups(tx, &stored, now).await?;
    let mut attributes = Some(changes::between(resource_type, &document, &Map::new()));
    let deleted = |detail| Change {
        resource: Some((resource_type.id, id)),
        version: Some(stored.meta.version),
        operation: "delete",
        detail,
        at: now,
    };
    // As many members at a time as are in one record: all of them may be more than are to be in memory.
    let mut last = None;
    loop {
        let gone = members::remove_next(tx, stored.key, last, IDS_PER_CHANGE).await?;
        let mut delta = Delta::default();
        delta.record_removed(&gone, tx).await?;
        let details = delta.details(attributes.take()).map(deleted);
        let recorded = std::mem::take(&mut left).into_iter().chain(details);
        append(tx, tenant, &call.origin, recorded).await?;
        if gone.len() < IDS_PER_CHANGE {
            break;
        }
        last = gone.into_iter().max();
    }
    leaving::bury(tx, call, resource_type, &stored, &document, now).await?;
    resources::delete(tx, tenant, &stored).await?;
    leaving::check_owners(tx, call, leaving).await
}

/// Takes the resource out of its groups; each of them gets a new version and a record of its loss.
async fn leave_groups(tx: &mut Transaction, stored: &Stored, now: i64) -> Result<Vec<Change>> {
    let groups = members::direct_groups(tx, stored.key).await?;
    let keys: Vec<ResourceKey> = groups.iter().map(|group| group.key).collect();
    let left = members::remove_from(tx, stored.key, &keys).await?;
    let detail = json!({"members": {"added": [], "removed": [stored.id.to_string()]}}).to_string();
    let mut recorded = Vec::with_capacity(left.len());
    for group in groups.iter().filter(|group| left.contains(&group.key)) {
        let meta = resources::touch(tx, group.key, now).await?;
        recorded.push(Change {
            resource: Some((group.resource_type, group.id)),
            version: meta.map(|meta| meta.version),
            operation: "modify",
            detail: detail.clone(),
            at: now,
        });
    }
    Ok(recorded)
}
