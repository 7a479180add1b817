//! What has arrived of a connection that is being set up: its first requests of each sort, from the provisioning log.

use serde_json::Value;

use super::account::acting::Acting;
use super::account::people::require_operator;
use super::admin::Connection;
use crate::auth::Permission;
use crate::error::Result;
use crate::store::log::{Entry, LogStore, Wanted};

/// How many of a connection's oldest and of its newest requests are looked at.
const LOOKED_AT: i64 = 300;
/// How many bodies are read to find who was deactivated.
const BODIES: usize = 20;

/// Something that a client does sooner or later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Any request: the address and the token are right.
    Request,
    /// A look-up or a list.
    Search,
    /// A user is created.
    User,
    /// A user is changed.
    Change,
    /// A user is deactivated or deleted.
    Leaver,
    /// A group is created.
    Group,
}

impl Sort {
    /// All, in the order in which they usually come.
    pub const ALL: [Self; 6] = [
        Self::Request,
        Self::Search,
        Self::User,
        Self::Change,
        Self::Leaver,
        Self::Group,
    ];
}

/// What has arrived of a sort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// The sort.
    pub sort: Sort,
    /// The first that was carried out; if there is none, the last that was not.
    pub entry: Option<Entry>,
}

impl Arrived {
    /// Whether one was carried out.
    #[must_use]
    pub fn is_done(&self) -> bool {
        let entry = self.entry.as_ref();
        entry.is_some_and(|entry| entry.outcome == "ok" || self.sort == Sort::Request)
    }
}

/// What has arrived, of each sort.
///
/// # Errors
/// 403; the database's.
pub async fn arrived(
    log: &LogStore,
    acting: &Acting,
    connection: &Connection,
) -> Result<Vec<Arrived>> {
    require_operator(acting, Permission::ReadConnections)?;
    let wanted = |is_ascending| Wanted {
        tenant: Some(acting.caller.tenant),
        connection: Some(connection.key),
        is_ascending,
        limit: LOOKED_AT,
        ..Wanted::default()
    };
    let mut entries = log.list(&wanted(true)).await?;
    let last = entries.last().map_or(0, |entry| entry.key);
    if entries.len() >= usize::try_from(LOOKED_AT).unwrap_or(usize::MAX) {
        let mut newest = log.list(&wanted(false)).await?;
        newest.reverse();
        entries.extend(newest.into_iter().filter(|entry| entry.key > last));
    }
    let leavers = leavers(log, acting, &entries).await?;
    let mut all = Vec::with_capacity(Sort::ALL.len());
    for sort in Sort::ALL {
        let mut fitting = Vec::new();
        for entry in &entries {
            if is_of(sort, acting, entry, &leavers)? {
                fitting.push(entry);
            }
        }
        let good = fitting
            .iter()
            .find(|entry| entry.outcome == "ok" || sort == Sort::Request);
        let found = good.or(fitting.last()).map(|entry| (*entry).clone());
        all.push(Arrived { sort, entry: found });
    }
    Ok(all)
}

fn is_changing(entry: &Entry) -> bool {
    matches!(entry.method.as_str(), "PATCH" | "PUT")
}

fn is_of(sort: Sort, acting: &Acting, entry: &Entry, leavers: &[i64]) -> Result<bool> {
    let of = |name: &str| entry.resource_type.as_deref() == Some(name);
    let (people, _) = acting.people()?;
    let method = entry.method.as_str();
    let is_search = entry.path.ends_with("/.search");
    Ok(match sort {
        Sort::Request => true,
        Sort::Search => entry.resource_type.is_some() && (method == "GET" || is_search),
        Sort::User => of(&people.name) && method == "POST" && !is_search,
        Sort::Change => of(&people.name) && is_changing(entry) && !leavers.contains(&entry.key),
        Sort::Leaver => of(&people.name) && (method == "DELETE" || leavers.contains(&entry.key)),
        Sort::Group => of(&acting.groups()?.name) && method == "POST" && !is_search,
    })
}

/// The numbers of the changes that deactivate somebody.
async fn leavers(log: &LogStore, acting: &Acting, entries: &[Entry]) -> Result<Vec<i64>> {
    let (people, _) = acting.people()?;
    let Some(enabled) = &people.enabled else {
        return Ok(Vec::new());
    };
    let of_people = |entry: &&Entry| entry.resource_type.as_ref() == Some(&people.name);
    let changes = entries.iter().filter(|entry| is_changing(entry));
    let mut found = Vec::new();
    for entry in changes.rev().filter(of_people).take(BODIES) {
        let Some(whole) = log.get(entry.key).await? else {
            continue;
        };
        let body = whole.request_body.unwrap_or_default();
        let body: Value = serde_json::from_str(&body).unwrap_or_default();
        if switches_off(&body, &enabled.name) {
            found.push(entry.key);
        }
    }
    Ok(found)
}

/// Whether somewhere in a request an attribute is set to false.
fn switches_off(body: &Value, name: &str) -> bool {
    let is_it = |text: &str| {
        let own = text.rsplit(':').next().unwrap_or_default();
        own.eq_ignore_ascii_case(name)
    };
    match body {
        Value::Array(items) => items.iter().any(|item| switches_off(item, name)),
        Value::Object(members) => {
            let path = members.get("path").and_then(Value::as_str);
            let by_path = path.is_some_and(is_it) && members.get("value").is_some_and(is_false);
            let by_name = |(key, value): (&String, &Value)| {
                (is_it(key) && is_false(value)) || switches_off(value, name)
            };
            by_path || members.iter().any(by_name)
        }
        _ => false,
    }
}

fn is_false(value: &Value) -> bool {
    match value {
        Value::Bool(is_on) => !is_on,
        Value::String(text) => text.eq_ignore_ascii_case("false"),
        // Some send a list of one value.
        Value::Array(items) => items.len() == 1 && items.iter().all(is_false),
        Value::Object(members) => members.get("value").is_some_and(is_false),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_way_to_deactivate_is_seen() {
        for body in [
            json!({"active": false}),
            json!({"Operations": [{"op": "Replace", "path": "active", "value": "False"}]}),
            json!({"Operations": [{"op": "replace", "value": {"active": false}}]}),
            json!({"Operations": [{"op": "replace", "path": "active", "value": [{"value": "False"}]}]}),
            json!({"Operations": [{"op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:active", "value": false}]}),
        ] {
            assert!(switches_off(&body, "active"), "{body}");
        }
        for body in [
            json!({"active": true}),
            json!({"Operations": [{"op": "replace", "path": "title", "value": false}]}),
            json!(null),
        ] {
            assert!(!switches_off(&body, "active"), "{body}");
        }
    }
}
