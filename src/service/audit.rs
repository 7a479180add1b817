//! The history of everything in a tenant, for those who look after it: who changed what, newest first.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::Service;
use super::account::Intent;
use super::account::acting::Acting;
use super::account::people::require_operator;
use super::listing::{self, ChangeQuery, ChangeRow, Count, Page, Window};
use crate::auth::Permission;
use crate::error::Result;
use crate::resource::{self, timestamp};
use crate::schema::Registry;
use crate::store::changes::{self, Recorded};
use crate::store::resources;

/// How many changes an export has at most.
pub const MAX_EXPORT: i64 = 10_000;
/// How many changes an export reads in one go, and how many times: what is rare may be far apart.
const READ_AT_ONCE: i64 = 200;
const MAX_READS: usize = 500;

/// A change, with the name of whoever made it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The change.
    pub row: ChangeRow,
    /// What whoever did it is called, where it is somebody who is there.
    pub actor_name: Option<String>,
    /// What the change calls its resource: one that is no more, or has no name but the one to sign in with.
    pub called: Option<String>,
}

/// A page of the tenant's changes, with the names of those who made them.
#[derive(Debug)]
pub struct Changes {
    /// The changes, newest first.
    pub rows: Vec<Entry>,
    /// Where the page of older ones begins.
    pub next: Option<String>,
    /// Where the page of newer ones ends.
    pub previous: Option<String>,
    /// How many there are.
    pub total: Count,
    /// There may be more that was not looked at yet.
    pub is_cut: bool,
}

/// A page of the tenant's changes.
///
/// # Errors
/// 403.
pub async fn page(service: &Service, acting: &Acting, query: &ChangeQuery) -> Result<Changes> {
    require_operator(acting, Permission::ReadAudit)?;
    let page = listing::changes(service, acting, query).await?;
    let text = |place: Option<listing::Place>| place.map(|place| place.to_string());
    let actors = page.rows.iter();
    let actors: HashSet<Uuid> = actors
        .filter_map(|row| person_of(&row.recorded.actor))
        .collect();
    let actors: Vec<Uuid> = actors.into_iter().collect();
    let mut reader = service.store.reader();
    let names = resources::names(&mut reader, acting.caller.tenant, &actors).await?;
    let names: HashMap<Uuid, Option<String>> =
        names.into_iter().map(|(id, _, name)| (id, name)).collect();
    let call = acting.call(Intent::default());
    let entry = |row: ChangeRow| Entry {
        called: called(call.registry, &row),
        actor_name: person_of(&row.recorded.actor).and_then(|id| names.get(&id).cloned()?),
        row,
    };
    Ok(Changes {
        next: text(page.next),
        previous: text(page.previous),
        total: page.total,
        is_cut: page.is_cut,
        rows: page.rows.into_iter().map(entry).collect(),
    })
}

/// What a change calls its resource, after it or else before.
fn called(registry: &Registry, row: &ChangeRow) -> Option<String> {
    let resource_type = registry.resource_type_named(row.resource_type.as_deref()?)?;
    let detail: Value = serde_json::from_str(&row.recorded.detail).ok()?;
    let attributes = detail.get("attributes")?.as_object()?;
    ["new", "old"].iter().find_map(|which| {
        let values = attributes.iter();
        let document: Map<String, Value> = values
            .filter_map(|(name, change)| Some((name.clone(), change.get(which)?.clone())))
            .collect();
        let shown = resource::display_name(resource_type, &document);
        shown.or_else(|| resource::called(resource_type, &document))
    })
}

/// The person that an actor's words name.
fn person_of(actor: &str) -> Option<Uuid> {
    let id = actor
        .strip_prefix("operator ")
        .or_else(|| actor.strip_prefix("user "))?;
    Uuid::try_parse(id).ok()
}

/// The same as lines of JSON, of [`MAX_EXPORT`] changes at most.
///
/// # Errors
/// 403.
pub async fn export(service: &Service, acting: &Acting, query: &ChangeQuery) -> Result<String> {
    require_operator(acting, Permission::ReadAudit)?;
    let mut query = ChangeQuery {
        window: Window {
            count: READ_AT_ONCE,
            ..Window::default()
        },
        ..query.clone()
    };
    let mut lines = String::new();
    let mut left = usize::try_from(MAX_EXPORT).unwrap_or_default();
    for _ in 0..MAX_READS {
        let page: Page<ChangeRow> = listing::changes(service, acting, &query).await?;
        for row in page.rows.iter().take(left) {
            lines.push_str(&line(row).to_string());
            lines.push('\n');
        }
        left = left.saturating_sub(page.rows.len());
        query.window.at = page.next;
        if left == 0 || page.next.is_none() {
            break;
        }
    }
    Ok(lines)
}

/// A change as an object, for whoever keeps it elsewhere.
fn line(row: &ChangeRow) -> Value {
    let recorded = &row.recorded;
    json!({
        "at": timestamp(recorded.at),
        "operation": recorded.operation,
        "actor": recorded.actor,
        "resourceType": row.resource_type,
        "resourceId": row.resource,
        "version": recorded.version,
        "requestId": recorded.request_id,
        "detail": serde_json::from_str::<Value>(&recorded.detail).unwrap_or_default(),
    })
}

/// What one request changed of a resource.
///
/// # Errors
/// 403.
pub async fn of_request(
    service: &Service,
    acting: &Acting,
    id: Uuid,
    request_id: &str,
) -> Result<Vec<Recorded>> {
    require_operator(acting, Permission::ReadPeople)?;
    let mut reader = service.store.reader();
    changes::of_request(&mut reader, acting.caller.tenant, id, request_id).await
}
