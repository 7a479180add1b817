//! DELETE (RFC 7644 §3.6).

use serde_json::{Map, json};

use super::{Call, Service, not_found, parse_document, parse_id};
use crate::auth::Scope;
use crate::error::Result;
use crate::in_transaction;
use crate::resource::changes;
use crate::resource::etag::Preconditions;
use crate::schema::ResourceType;
use crate::store::changes::{Change, append};
use crate::store::{ResourceKey, members, resources};

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
    call.caller.require(Scope::Write)?;
    let parsed = parse_id(resource_type, id)?;
    let tenant = call.caller.tenant;
    in_transaction!(service.store, |tx| {
        let stored = resources::lock(tx, tenant, resource_type.id, parsed).await?;
        let stored = stored.ok_or_else(|| not_found(resource_type, id))?;
        preconditions.check_write(stored.meta.version)?;
        let now = service.clock.now();
        let groups = members::direct_groups(tx, stored.key).await?;
        let group_keys: Vec<ResourceKey> = groups.iter().map(|group| group.key).collect();
        let member_count = members::count(tx, stored.key).await?;
        members::remove_all_of(tx, stored.key).await?;
        resources::touch(tx, &group_keys, now).await?;
        let attributes = changes::between(
            resource_type,
            &parse_document(&stored.document)?,
            &Map::new(),
        );
        let detail =
            json!({"attributes": attributes, "members": {"count": member_count}}).to_string();
        let mut recorded = vec![Change {
            resource: Some((resource_type.id, parsed)),
            version: Some(stored.meta.version),
            operation: "delete",
            detail,
            at: now,
        }];
        let removal =
            json!({"members": {"added": [], "removed": [parsed.to_string()]}}).to_string();
        recorded.extend(groups.iter().map(|group| Change {
            resource: Some((group.resource_type, group.id)),
            version: None,
            operation: "modify",
            detail: removal.clone(),
            at: now,
        }));
        append(tx, tenant, &call.origin, recorded).await?;
        resources::delete(tx, tenant, &stored).await
    })
}
