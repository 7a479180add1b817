//! The history of everything in a tenant: who changed what, newest first.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};
use uuid::Uuid;

use super::Service;
use super::account::acting::Acting;
use super::account::people::require_operator;
use crate::auth::Permission;
use crate::error::Result;
use crate::resource::timestamp;
use crate::store::changes::{self, Numbered, Recorded, Wanted};
use crate::store::{Transaction, resources};

/// How many changes one page looks at, where no index finds what is wanted.
const LOOKED_AT: i64 = 20_000;
/// How many changes an export has at most.
pub const MAX_EXPORT: i64 = 10_000;

/// Which changes are wanted.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Of this resource.
    pub resource: Option<Uuid>,
    /// By this actor: `operator ID`, `connection NAME`, or an id alone.
    pub actor: Option<String>,
    /// Of this operation.
    pub operation: Option<String>,
    /// Of the request with this id.
    pub request_id: Option<String>,
    /// Not before this time, in microseconds since 1970 UTC.
    pub since: Option<i64>,
    /// Not from this time on.
    pub until: Option<i64>,
    /// Older than the change with this number.
    pub before: Option<i64>,
    /// Newer than the change with this number.
    pub after: Option<i64>,
    /// How many.
    pub count: i64,
}

/// One change, with the names of what it speaks of.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its number.
    pub key: i64,
    /// What was recorded.
    pub change: Recorded,
    /// The resource: its type's endpoint and name, its id, and what it is called while it is there.
    pub resource: Option<Subject>,
    /// What whoever did it is called, where it is somebody who is there.
    pub actor_name: Option<String>,
}

/// The resource that a change is about.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The name of the resource type.
    pub resource_type: String,
    /// Where resources of the type are, such as `/Users`.
    pub endpoint: String,
    /// The id.
    pub id: Uuid,
    /// What it is called.
    pub name: Option<String>,
    /// Whether it is there.
    pub is_there: bool,
}

/// A page of changes, newest first.
#[derive(Debug, Default)]
pub struct Page {
    /// The changes.
    pub rows: Vec<Entry>,
    /// Where the page of newer ones ends.
    pub newer: Option<i64>,
    /// Where the page of older ones begins.
    pub older: Option<i64>,
    /// There may be more that was not looked at yet: the search ended at `older`.
    pub is_cut: bool,
}

/// A page of the tenant's changes.
///
/// # Errors
/// 403.
pub async fn page(service: &Service, acting: &Acting, query: &Query) -> Result<Page> {
    require_operator(acting, Permission::ReadAudit)?;
    let tenant = acting.caller.tenant;
    let mut reader = service.store.snapshot().await?;
    let is_ascending = query.after.is_some();
    let is_bounded = query.resource.is_none() && query.is_narrowed();
    let upper = query.before.unwrap_or(i64::MAX);
    let floor = if is_bounded && !is_ascending {
        changes::far(&mut reader, tenant, upper, LOOKED_AT).await?
    } else {
        None
    };
    let mut wanted = query.wanted();
    wanted.after = query.after.or(floor).unwrap_or(0);
    wanted.limit = query.count + 1;
    let mut found = changes::list(&mut reader, tenant, &wanted).await?;
    let has_more = i64::try_from(found.len()).unwrap_or(i64::MAX) > query.count;
    found.truncate(usize::try_from(query.count).unwrap_or_default());
    if is_ascending {
        found.reverse();
    }
    let is_cut = floor.is_some() && !has_more;
    let last = found.last().map(|one| one.key);
    let older = if has_more || is_ascending {
        last
    } else {
        floor.map(|floor| floor + 1)
    };
    let is_newest = (query.before.is_none() && !is_ascending) || (is_ascending && !has_more);
    let newer = if is_newest {
        None
    } else {
        let first = found.first().map(|one| one.key);
        first.or(query.before.map(|before| before - 1))
    };
    Ok(Page {
        rows: named(&mut reader, acting, found).await?,
        newer,
        older,
        is_cut,
    })
}

/// The same as lines of JSON, of [`MAX_EXPORT`] changes at most.
///
/// # Errors
/// 403.
pub async fn export(service: &Service, acting: &Acting, query: &Query) -> Result<String> {
    require_operator(acting, Permission::ReadAudit)?;
    let mut lines = String::new();
    let mut left = MAX_EXPORT;
    let mut query = Query {
        after: None,
        count: 500,
        ..query.clone()
    };
    loop {
        let page = page(service, acting, &query).await?;
        for entry in page.rows.iter().take(usize::try_from(left).unwrap_or(0)) {
            lines.push_str(&entry.to_json().to_string());
            lines.push('\n');
        }
        left -= i64::try_from(page.rows.len()).unwrap_or(left);
        match page.older {
            Some(older) if left > 0 => query.before = Some(older),
            _ => return Ok(lines),
        }
    }
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
    let mut reader = service.store.reader().await?;
    changes::of_request(&mut reader, acting.caller.tenant, id, request_id).await
}

impl Query {
    fn is_narrowed(&self) -> bool {
        let texts = [&self.actor, &self.operation, &self.request_id];
        texts.into_iter().any(Option::is_some) || self.since.is_some() || self.until.is_some()
    }

    fn wanted(&self) -> Wanted {
        let actor = self.actor.as_ref().map(|actor| {
            let is_id = Uuid::try_parse(actor).is_ok();
            if is_id {
                format!("operator {actor}")
            } else {
                actor.clone()
            }
        });
        Wanted {
            resource: self.resource,
            actor,
            operation: self.operation.clone(),
            request_id: self.request_id.clone(),
            since: self.since,
            until: self.until,
            before: self.before,
            is_ascending: self.after.is_some(),
            ..Wanted::default()
        }
    }
}

/// The person that an actor's words name.
fn person_of(actor: &str) -> Option<Uuid> {
    let id = actor
        .strip_prefix("operator ")
        .or_else(|| actor.strip_prefix("user "))?;
    Uuid::try_parse(id).ok()
}

async fn named(
    reader: &mut Transaction,
    acting: &Acting,
    found: Vec<Numbered>,
) -> Result<Vec<Entry>> {
    let subjects = found.iter().filter_map(|one| Some(one.resource?.1));
    let actors = found.iter().filter_map(|one| person_of(&one.change.actor));
    let ids: HashSet<Uuid> = subjects.chain(actors).collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let names = resources::names(reader, acting.caller.tenant, &ids).await?;
    let names: HashMap<Uuid, Option<String>> =
        names.into_iter().map(|(id, _, name)| (id, name)).collect();
    let registry = acting.registry();
    let entries = found.into_iter().map(|one| {
        let subject = one.resource.map(|(resource_type, id)| {
            let known = registry.resource_type(resource_type);
            Subject {
                resource_type: known.map_or_else(String::new, |known| known.name.clone()),
                endpoint: known.map_or_else(String::new, |known| known.endpoint.clone()),
                id,
                name: names.get(&id).cloned().flatten(),
                is_there: names.contains_key(&id),
            }
        });
        Entry {
            key: one.key,
            actor_name: person_of(&one.change.actor).and_then(|id| names.get(&id).cloned()?),
            resource: subject,
            change: one.change,
        }
    });
    Ok(entries.collect())
}

impl Entry {
    /// The change as an object, for whoever keeps it elsewhere.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let resource = self.resource.as_ref();
        json!({
            "number": self.key,
            "at": timestamp(self.change.at),
            "operation": self.change.operation,
            "actor": self.change.actor,
            "resourceType": resource.map(|one| one.resource_type.as_str()),
            "resourceId": resource.map(|one| one.id),
            "version": self.change.version,
            "requestId": self.change.request_id,
            "detail": serde_json::from_str::<Value>(&self.change.detail).unwrap_or_default(),
        })
    }
}
