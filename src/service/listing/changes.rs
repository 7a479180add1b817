//! The history of a tenant, the newest first.

use std::collections::HashMap;

use uuid::Uuid;

use super::{COUNT_CAP, Found, Page, Place, Window};
use crate::auth::Permission;
use crate::error::Result;
use crate::service::Service;
use crate::service::account::Intent;
use crate::service::account::acting::Acting;
use crate::service::account::people::require_operator;
use crate::store::changes::{self, Asked, Recorded};
use crate::store::resources;

/// Which changes.
#[derive(Debug, Clone, Default)]
pub struct ChangeQuery {
    /// Of this resource.
    pub resource: Option<Uuid>,
    /// By whom, in exactly these words.
    pub actor: Option<String>,
    /// What was done, in exactly this word.
    pub operation: Option<String>,
    /// In this request.
    pub request_id: Option<String>,
    /// From then on: microseconds since 1970 UTC.
    pub since: Option<i64>,
    /// Before then.
    pub until: Option<i64>,
    /// Which part.
    pub window: Window,
}

/// A change.
#[derive(Debug, Clone)]
pub struct ChangeRow {
    /// What was recorded.
    pub recorded: Recorded,
    /// The name of the resource's type.
    pub resource_type: Option<String>,
    /// The resource's id.
    pub resource: Option<Uuid>,
    /// Whether the resource is still there.
    pub is_there: bool,
    /// Its name for people, where it is still there.
    pub display: Option<String>,
}

/// Some of what happened in a tenant, the newest first. Looks at a bounded number of changes, and says so.
///
/// # Errors
/// 403.
pub async fn changes(
    service: &Service,
    acting: &Acting,
    query: &ChangeQuery,
) -> Result<Page<ChangeRow>> {
    require_operator(acting, Permission::ReadPeople)?;
    let call = acting.call(Intent::default());
    let (tenant, window) = (acting.caller.tenant, &query.window);
    let asked = Asked {
        resource: query.resource,
        actor: query.actor.as_deref(),
        operation: query.operation.as_deref(),
        request_id: query.request_id.as_deref(),
        since: query.since,
        until: query.until,
        scanned: service.limits.lists.changes,
    };
    let mut tx = service.store.snapshot().await?;
    let place = window.at.map(|place| place.number);
    let mut found = changes::page(
        &mut tx,
        tenant,
        &asked,
        place,
        window.is_backwards,
        window.rows(),
    )
    .await?;
    let total = changes::count(&mut tx, tenant, &asked, COUNT_CAP).await?;
    let numbered = |number: i64| Place { number, id: None };
    let places = (
        found.rows.first().map(|row| numbered(row.key)),
        found.rows.last().map(|row| numbered(row.key)),
    );
    let stopped = found.stopped.map(numbered);
    let (next, previous) = Found::neighbours(window, places, found.has_more, stopped);
    if window.is_backwards {
        found.rows.reverse();
    }
    let mut ids: Vec<Uuid> = found.rows.iter().filter_map(|row| row.resource).collect();
    ids.sort_unstable();
    ids.dedup();
    let names = resources::names(&mut tx, tenant, &ids).await?;
    let names: HashMap<Uuid, Option<String>> =
        names.into_iter().map(|(id, _, name)| (id, name)).collect();
    let rows = found.rows.into_iter().map(|row| {
        let resource_type = row
            .resource_type
            .and_then(|number| call.registry.resource_type(number));
        let name = row.resource.and_then(|id| names.get(&id));
        ChangeRow {
            recorded: row.recorded,
            resource_type: resource_type.map(|one| one.name.clone()),
            resource: row.resource,
            is_there: name.is_some(),
            display: name.cloned().flatten(),
        }
    });
    let page = Found {
        next,
        previous,
        is_cut: stopped.is_some(),
        ..Found::default()
    };
    Ok(page.page(rows.collect(), total.into()))
}
