//! Listing users and handling groups, outside what is measured.

use std::collections::{BTreeMap, HashSet};

use hyper::Method;
use serde_json::{Value, json};

use crate::client::{Call, Connection, Reply, encode};
use crate::{Outcome, people};

const PAGE: usize = 1000;
const CHUNK: usize = 1000;

/// A listed user.
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) is_active: bool,
}

/// Lists users page by page until there are `wanted` or no more.
pub(crate) async fn users(connection: &mut Connection, wanted: usize) -> Outcome<Vec<User>> {
    let mut users = Vec::new();
    let mut seen = 0;
    while users.len() < wanted {
        let (start, count) = (seen + 1, PAGE);
        let path = format!("/Users?attributes=userName,active&startIndex={start}&count={count}");
        let page = fetch(connection, path).await?;
        let Some(resources) = page.get("Resources").and_then(Value::as_array) else {
            break;
        };
        if resources.is_empty() {
            break;
        }
        seen += resources.len();
        users.extend(resources.iter().filter_map(listed));
        let total = page.get("totalResults").and_then(Value::as_u64);
        if total.is_none_or(|total| u64::try_from(seen).is_ok_and(|seen| seen >= total)) {
            break;
        }
    }
    Ok(users)
}

fn listed(resource: &Value) -> Option<User> {
    let id = resource.get("id")?.as_str()?.to_owned();
    let name = resource.get("userName")?.as_str()?.to_owned();
    let is_active = resource.get("active") != Some(&Value::Bool(false));
    Some(User {
        id,
        name,
        is_active,
    })
}

/// The users that `fill` created, by number; there must be `wanted`.
pub(crate) async fn filled(connection: &mut Connection, wanted: u32) -> Outcome<Vec<User>> {
    let listed = users(connection, usize::MAX).await?;
    let users: BTreeMap<u32, User> = listed
        .into_iter()
        .filter_map(|user| Some((people::number_of(&user.name)?, user)))
        .collect();
    let found = users.range(1..=wanted).count();
    if found < usize::try_from(wanted)? {
        return Err(format!("the server has {found} of the {wanted} users; run fill first").into());
    }
    Ok(users.into_values().collect())
}

/// The request that creates a group.
pub(crate) fn creation(name: &str, ids: &[&str]) -> Call {
    let mut body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": name,
    });
    if !ids.is_empty() {
        let members: Vec<Value> = ids.iter().map(|id| json!({ "value": id })).collect();
        people::set(&mut body, "members", Value::Array(members));
    }
    Call::json(Method::POST, "/Groups".to_owned(), &body)
}

/// Creates an empty group and returns its id.
pub(crate) async fn create_group(connection: &mut Connection, name: &str) -> Outcome<String> {
    let group = parse(&connection.demand(&creation(name, &[]), &[201]).await?)?;
    let id = group.get("id").and_then(Value::as_str);
    Ok(id.ok_or("the new group has no id")?.to_owned())
}

/// Adds members in chunks.
pub(crate) async fn add_members(
    connection: &mut Connection,
    group: &str,
    ids: &[&str],
) -> Outcome<()> {
    for chunk in ids.chunks(CHUNK) {
        connection
            .demand(&addition(group, chunk), &[200, 204])
            .await?;
    }
    Ok(())
}

/// The request that adds members to a group.
pub(crate) fn addition(group: &str, ids: &[&str]) -> Call {
    let members: Vec<Value> = ids.iter().map(|id| json!({ "value": id })).collect();
    patch(
        "Groups",
        group,
        &json!({ "op": "Add", "path": "members", "value": members }),
    )
}

/// A PATCH request with one operation.
pub(crate) fn patch(endpoint: &str, id: &str, operation: &Value) -> Call {
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [operation],
    });
    Call::json(Method::PATCH, format!("/{endpoint}/{}", encode(id)), &body)
}

/// The ids of the members of a group.
pub(crate) async fn members(connection: &mut Connection, id: &str) -> Outcome<HashSet<String>> {
    let path = format!("/Groups/{}?attributes=members", encode(id));
    let group = fetch(connection, path).await?;
    let members = group.get("members").and_then(Value::as_array);
    let values = members
        .into_iter()
        .flatten()
        .filter_map(|m| m.get("value")?.as_str());
    Ok(values.map(str::to_owned).collect())
}

/// Deletes a group.
pub(crate) async fn delete_group(connection: &mut Connection, id: &str) -> Outcome<()> {
    let call = Call::plain(Method::DELETE, format!("/Groups/{}", encode(id)));
    connection.demand(&call, &[204]).await?;
    Ok(())
}

/// GETs a resource or a list.
pub(crate) async fn fetch(connection: &mut Connection, path: String) -> Outcome<Value> {
    let call = Call::plain(Method::GET, path);
    parse(&connection.demand(&call, &[200]).await?)
}

fn parse(reply: &Reply) -> Outcome<Value> {
    Ok(serde_json::from_slice(&reply.body)?)
}
