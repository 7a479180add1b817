//! Groups of people, as operators look after them otherwise than over SCIM.
//!
//! Who may change which group is decided where every write is decided, in `rules`.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::acting::Acting;
use super::{CUSTOMER, Intent, OPERATOR, State, people, say_schemas, text};
use crate::auth::{Permission, Role};
use crate::error::{Error, Result};
use crate::in_transaction;
use crate::resource::etag::{Preconditions, Tags};
use crate::resource::patch::MESSAGE_SCHEMA;
use crate::resource::{called, display_name};
use crate::schema::project::Projection;
use crate::schema::{AttributeDef, IndexKey, Relation, ResourceType, Team, validate};
use crate::service::create::{self, Create};
use crate::service::{Service, delete, modify, not_found, parse_document, query};
use crate::store::resources::{self, Stored};
use crate::store::{ResourceKey, Transaction, attribute_index, connections, members};

/// How many ids an error names.
const NAMED: usize = 10;

/// A group's row and document; its members are elsewhere.
#[derive(Debug, Clone)]
pub struct Group {
    /// The row.
    pub stored: Stored,
    /// The document.
    pub document: Map<String, Value>,
}

/// Who may be in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Customers.
    Customers,
    /// Operators, who have the role that the group carries, if it carries one.
    Operators(Option<Role>),
}

/// A new group.
#[derive(Debug, Clone)]
pub struct NewGroup {
    /// Its name.
    pub name: String,
    /// Who may be in it.
    pub audience: Audience,
    /// The ids of those who are in it from the beginning.
    pub members: Vec<Uuid>,
}

/// What operators see of a group beyond its document.
#[derive(Debug, Clone)]
pub struct Facts {
    /// How many members it has; those of groups in it are not counted.
    pub members: i64,
    /// The name of the connection that created it.
    pub connection: Option<String>,
}

/// A member of a group.
#[derive(Debug, Clone)]
pub struct Member {
    /// The id.
    pub id: Uuid,
    /// The name of the resource type.
    pub kind: String,
    /// The user name, or the name of a group.
    pub called: Option<String>,
    /// The name for people.
    pub display: Option<String>,
}

/// Somebody who may be added to a group, or taken out of it.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Who.
    pub member: Member,
    /// Whether they can sign in, and why not; groups have no such state.
    pub state: Option<State>,
    /// Whether they are in the group itself; those of groups in it are not.
    pub is_member: bool,
}

/// What is to become of a group besides its members.
#[derive(Debug, Clone)]
pub struct Edit {
    /// The version that whoever edits has seen.
    pub version: i64,
    /// The name.
    pub name: String,
    /// The role that the group carries, or none; left out, it stays.
    pub role: Option<Option<Role>>,
}

pub(super) fn team(groups: &ResourceType) -> Result<&Team> {
    let team = groups.team.as_ref();
    team.ok_or_else(|| Error::internal("groups have no audience"))
}

fn name_attribute(groups: &ResourceType) -> Result<&AttributeDef> {
    let name = groups.display.first();
    name.map(AsRef::as_ref)
        .ok_or_else(|| Error::internal("groups have no name"))
}

fn members_attribute(groups: &ResourceType) -> Result<&AttributeDef> {
    let members = groups.relation(Relation::Members);
    members
        .map(AsRef::as_ref)
        .ok_or_else(|| Error::internal("groups have no members"))
}

/// The group with this id, or with this name where only one has it.
///
/// # Errors
/// 403; 404; `invalidValue` naming the ids of several groups with this name.
pub async fn find(service: &Service, acting: &Acting, group: &str) -> Result<Group> {
    people::require_operator(acting, Permission::ReadPeople)?;
    let groups = acting.groups()?;
    let mut reader = service.store.reader();
    let stored = match Uuid::try_parse(group) {
        Ok(id) => {
            let found = resources::get(&mut reader, acting.caller.tenant, groups.id, id).await?;
            found.ok_or_else(|| not_found(groups, group))?
        }
        Err(_) => named(&mut reader, acting, group).await?,
    };
    let document = parse_document(&stored.document)?;
    Ok(Group { stored, document })
}

/// The one group with this name.
pub(super) async fn named(tx: &mut Transaction, acting: &Acting, name: &str) -> Result<Stored> {
    let groups = acting.groups()?;
    let shown: String = name.chars().take(64).collect();
    let missing = || Error::not_found(format!("there is no group {shown:?}"));
    let attribute = name_attribute(groups)?;
    let key = IndexKey::of(attribute, &json!(name)).ok_or_else(missing)?;
    let tenant = acting.caller.tenant;
    let found = attribute_index::holders(tx, tenant, attribute.id, key.as_str()).await?;
    let mut rows = resources::by_keys(tx, &found).await?;
    rows.retain(|row| row.resource_type == groups.id);
    if rows.len() > 1 {
        let ids = rows.iter().take(NAMED).map(|row| row.id.to_string());
        let ids: Vec<String> = ids.collect();
        return Err(Error::invalid_value(format!(
            "there are several groups {shown:?}: say which one by its id: {}",
            ids.join(", ")
        )));
    }
    rows.pop().ok_or_else(missing)
}

/// Creates a group with its members in one transaction; answers its id.
///
/// # Errors
/// 403; `invalidValue`; `uniqueness`.
pub async fn create(service: &Service, acting: &Acting, new: &NewGroup) -> Result<Uuid> {
    let groups = acting.groups()?;
    let call = acting.call(Intent::default());
    let body = body(groups, new)?;
    let prepared = create::prepare(service, &call, groups, Uuid::now_v7(), &body).await?;
    let one = Create {
        resource_type: groups,
        prepared: &prepared,
    };
    in_transaction!(service.store, |tx| {
        create::check(tx, &call, one).await?;
        let created = create::execute(service, tx, &call, &[one]).await;
        created.map_err(|(_, error)| error).map(|_| ())
    })?;
    Ok(prepared.id)
}

/// The SCIM group.
pub(super) fn body(groups: &ResourceType, new: &NewGroup) -> Result<Value> {
    let team = team(groups)?;
    let mut body = Map::new();
    body.insert(name_attribute(groups)?.name.clone(), json!(new.name));
    if let Audience::Operators(role) = new.audience {
        validate::set(&mut body, &team.audience, json!(OPERATOR));
        if let Some(role) = role {
            validate::set(&mut body, &team.role, json!(role.name()));
        }
    }
    if !new.members.is_empty() {
        let members = members_attribute(groups)?;
        body.insert(members.name.clone(), values(&new.members));
    }
    say_schemas(groups, &mut body);
    Ok(Value::Object(body))
}

fn values(ids: &[Uuid]) -> Value {
    let values = ids.iter().map(|id| json!({"value": id.to_string()}));
    Value::Array(values.collect())
}

/// Gives a group another name.
///
/// # Errors
/// 403; 404; `invalidValue`; `uniqueness`.
pub async fn rename(service: &Service, acting: &Acting, id: Uuid, name: &str) -> Result<()> {
    let groups = acting.groups()?;
    let call = acting.call(Intent::default());
    let path = name_attribute(groups)?.path();
    let body = patch(&json!([{"op": "replace", "path": path, "value": name}]));
    let (any, id) = (Preconditions::default(), id.to_string());
    let silent = Projection::default();
    modify::modify(service, &call, groups, &id, &body, &any, silent)
        .await
        .map(|_| ())
}

/// Changes the name of a group, and the role that it carries.
///
/// # Errors
/// 403; 404; 412 when the group has another version by now; `invalidValue`; `uniqueness`; 409 for the last owner.
pub async fn edit(service: &Service, acting: &Acting, id: Uuid, edit: &Edit) -> Result<()> {
    let groups = acting.groups()?;
    let call = acting.call(Intent::default());
    let name = name_attribute(groups)?.path();
    let mut operations = vec![json!({"op": "replace", "path": name, "value": edit.name})];
    if let Some(role) = edit.role {
        let path = team(groups)?.role.path();
        operations.push(match role {
            Some(role) => json!({"op": "replace", "path": path, "value": role.name()}),
            None => json!({"op": "remove", "path": path}),
        });
    }
    let body = patch(&Value::Array(operations));
    let seen = Preconditions {
        if_match: Some(Tags::These(vec![edit.version.to_string()])),
        if_none_match: None,
    };
    let (id, silent) = (id.to_string(), Projection::default());
    modify::modify(service, &call, groups, &id, &body, &seen, silent)
        .await
        .map(|_| ())
}

fn patch(operations: &Value) -> Value {
    json!({"schemas": [MESSAGE_SCHEMA], "Operations": operations})
}

/// Deletes a group. Its members stay who they are.
///
/// # Errors
/// 403; 404; 409 for the group of the last owner.
pub async fn remove(service: &Service, acting: &Acting, id: Uuid) -> Result<()> {
    let groups = acting.groups()?;
    let call = acting.call(Intent::default());
    let any = Preconditions::default();
    delete::delete(service, &call, groups, &id.to_string(), &any).await
}

/// Adds members, all or none; answers how many were none before.
///
/// # Errors
/// 403; 404; `invalidValue` naming those who do not exist, or may not be in this group.
pub async fn add(service: &Service, acting: &Acting, group: Uuid, ids: &[Uuid]) -> Result<i64> {
    let path = &members_attribute(acting.groups()?)?.name;
    let operation = json!({"op": "add", "path": path, "value": values(ids)});
    change(service, acting, group, vec![operation])
        .await
        .map(|(added, _)| added)
}

/// Removes members, and nobody else; answers how many were members before.
///
/// # Errors
/// 403; 404; 409 for the last owner.
pub async fn take(service: &Service, acting: &Acting, group: Uuid, ids: &[Uuid]) -> Result<i64> {
    let path = &members_attribute(acting.groups()?)?.name;
    let operation = json!({"op": "remove", "path": path, "value": values(ids)});
    change(service, acting, group, vec![operation])
        .await
        .map(|(_, removed)| removed)
}

/// Removes some members and adds others in one transaction; answers how many were added and how many removed. Nobody else is
/// touched, whoever has changed the group meanwhile.
///
/// # Errors
/// 403; 404; `invalidValue` naming those who do not exist, or may not be in this group; 409 for the last owner.
pub async fn exchange(
    service: &Service,
    acting: &Acting,
    group: Uuid,
    added: &[Uuid],
    removed: &[Uuid],
) -> Result<(i64, i64)> {
    let path = &members_attribute(acting.groups()?)?.name;
    let operations = [("remove", removed), ("add", added)]
        .into_iter()
        .filter(|(_, ids)| !ids.is_empty())
        .map(|(op, ids)| json!({"op": op, "path": path, "value": values(ids)}))
        .collect::<Vec<_>>();
    if operations.is_empty() {
        return Ok((0, 0));
    }
    change(service, acting, group, operations).await
}

/// How many were added and removed.
async fn change(
    service: &Service,
    acting: &Acting,
    group: Uuid,
    operations: Vec<Value>,
) -> Result<(i64, i64)> {
    let groups = acting.groups()?;
    let call = acting.call(Intent::default());
    let (any, id) = (Preconditions::default(), group.to_string());
    let body = patch(&Value::Array(operations));
    let patch = modify::prepare(service, &call, groups, &id, &body, &any).await?;
    in_transaction!(service.store, |tx| patch.apply_to_members(tx).await)
}

/// What operators see of a group beyond its document.
///
/// # Errors
/// 403.
pub async fn facts(service: &Service, acting: &Acting, group: &Group) -> Result<Facts> {
    people::require_operator(acting, Permission::ReadPeople)?;
    let mut reader = service.store.reader();
    let key = group.stored.key;
    let counts = members::counts(&mut reader, &[key]).await?;
    Ok(Facts {
        members: counts.get(&key).copied().unwrap_or_default(),
        connection: connections::name_of_creator(&mut reader, key).await?,
    })
}

/// How many members groups have, by the groups' ids.
///
/// # Errors
/// 403.
pub async fn counts(
    service: &Service,
    acting: &Acting,
    groups: &[Uuid],
) -> Result<HashMap<Uuid, i64>> {
    people::require_operator(acting, Permission::ReadPeople)?;
    let mut reader = service.store.reader();
    let tenant = acting.caller.tenant;
    let rows = members::resolve(&mut reader, tenant, groups, &members::Mark::default()).await?;
    let keys: Vec<ResourceKey> = rows.iter().map(|row| row.relative.key).collect();
    let counts = members::counts(&mut reader, &keys).await?;
    let counted = rows.iter().map(|row| {
        let count = counts.get(&row.relative.key).copied();
        (row.relative.id, count.unwrap_or_default())
    });
    Ok(counted.collect())
}

/// Some of the members of a group, and where to go on if there may be more.
///
/// # Errors
/// 403.
pub async fn members(
    service: &Service,
    acting: &Acting,
    group: &Group,
    after: Option<ResourceKey>,
    count: i64,
) -> Result<(Vec<Member>, Option<ResourceKey>)> {
    people::require_operator(acting, Permission::ReadPeople)?;
    let mut reader = service.store.reader();
    let found = members::list(&mut reader, group.stored.key, after, count).await?;
    let is_last = i64::try_from(found.len()).unwrap_or(i64::MAX) < count;
    let next = found.last().map(|member| member.key);
    let keys: Vec<ResourceKey> = found.iter().map(|member| member.key).collect();
    // Whoever is deleted between the two statements is no member any more.
    let rows = resources::by_keys(&mut reader, &keys).await?;
    let call = acting.call(Intent::default());
    let mut listed = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(resource_type) = call.registry.resource_type(row.resource_type) else {
            continue;
        };
        let document = parse_document(&row.document)?;
        listed.push(Member {
            id: row.id,
            kind: resource_type.name.clone(),
            called: called(resource_type, &document),
            display: display_name(resource_type, &document),
        });
    }
    Ok((listed, next.filter(|_| !is_last)))
}

/// Those of the people and groups with these ids that exist, in the order asked for, and whether they are in a group.
///
/// # Errors
/// 403.
pub async fn candidates(
    service: &Service,
    acting: &Acting,
    group: Option<&Group>,
    ids: &[Uuid],
) -> Result<Vec<Candidate>> {
    people::require_operator(acting, Permission::ReadPeople)?;
    let call = acting.call(Intent::default());
    let mut reader = service.store.snapshot().await?;
    let tenant = acting.caller.tenant;
    let found = members::resolve(&mut reader, tenant, ids, &members::Mark::default()).await?;
    let keys: Vec<ResourceKey> = found.iter().map(|one| one.relative.key).collect();
    let present = match group {
        Some(group) => members::among(&mut reader, group.stored.key, &keys).await?,
        None => HashSet::new(),
    };
    let mut candidates = Vec::with_capacity(keys.len());
    for row in resources::by_keys(&mut reader, &keys).await? {
        let Some(resource_type) = call.registry.resource_type(row.resource_type) else {
            continue;
        };
        if resource_type.account.is_none() && resource_type.team.is_none() {
            continue;
        }
        let document = parse_document(&row.document)?;
        let account = resource_type.account.as_ref();
        candidates.push(Candidate {
            member: Member {
                id: row.id,
                kind: resource_type.name.clone(),
                called: called(resource_type, &document),
                display: display_name(resource_type, &document),
            },
            state: account.map(|account| State::of(account, &document)),
            is_member: present.contains(&row.key),
        });
    }
    let place = |id: Uuid| ids.iter().position(|one| *one == id);
    candidates.sort_by_key(|one| place(one.member.id));
    Ok(candidates)
}

/// Who may be in a group, and which role it carries, by its document.
///
/// # Errors
/// When the tenant has no groups.
pub fn audience(acting: &Acting, document: &Map<String, Value>) -> Result<Audience> {
    let team = team(acting.groups()?)?;
    if text(document, &team.audience) != Some(OPERATOR) {
        return Ok(Audience::Customers);
    }
    let role = text(document, &team.role).and_then(Role::named);
    Ok(Audience::Operators(role))
}

/// The name of a group, by its document.
///
/// # Errors
/// When the tenant has no groups.
pub fn name(acting: &Acting, document: &Map<String, Value>) -> Result<String> {
    let name = name_attribute(acting.groups()?)?;
    Ok(text(document, name).unwrap_or_default().to_owned())
}

/// The name of the connection that created a group.
///
/// # Errors
/// 403.
pub async fn connection(
    service: &Service,
    acting: &Acting,
    group: &Group,
) -> Result<Option<String>> {
    people::require_operator(acting, Permission::ReadPeople)?;
    let mut reader = service.store.reader();
    connections::name_of_creator(&mut reader, group.stored.key).await
}

/// The id of a group with this name, the oldest where there are several.
///
/// # Errors
/// 403.
pub async fn find_named(service: &Service, acting: &Acting, name: &str) -> Result<Option<Uuid>> {
    people::require_operator(acting, Permission::ReadPeople)?;
    let groups = acting.groups()?;
    let attribute = name_attribute(groups)?;
    let Some(key) = IndexKey::of(attribute, &json!(name)) else {
        return Ok(None);
    };
    let mut reader = service.store.reader();
    let tenant = acting.caller.tenant;
    let found = attribute_index::holders(&mut reader, tenant, attribute.id, key.as_str()).await?;
    let rows = resources::by_keys(&mut reader, &found).await?;
    let mut rows = rows.iter().filter(|row| row.resource_type == groups.id);
    Ok(rows.next().map(|row| row.id))
}

/// A group that somebody is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Belonging {
    /// The group's id.
    pub id: Uuid,
    /// Its name; without one, the id.
    pub name: String,
    /// Whether the person is a member, and not only a group that they are in.
    pub is_direct: bool,
}

/// The groups that a person is in, directly or through others, by name.
///
/// # Errors
/// 403; 404.
pub async fn of_person(service: &Service, acting: &Acting, id: Uuid) -> Result<Vec<Belonging>> {
    people::require_operator(acting, Permission::ReadPeople)?;
    let mut reader = service.store.reader();
    let person = acting.person(&mut reader, id).await?;
    let found = members::groups_of(&mut reader, &[person.stored.key]).await?;
    let groups = found.into_values().flatten();
    let mut groups: Vec<Belonging> = groups
        .map(|(group, is_direct)| Belonging {
            id: group.id,
            name: group.display_name.unwrap_or_else(|| group.id.to_string()),
            is_direct,
        })
        .collect();
    groups.sort_by_key(|group| (!group.is_direct, group.name.to_lowercase(), group.id));
    Ok(groups)
}

/// Groups whose name begins so, by id and name: those that the operator may add people of this audience to.
///
/// # Errors
/// 403.
pub async fn search(
    service: &Service,
    acting: &Acting,
    beginning: &str,
    is_operators: bool,
    count: i64,
) -> Result<Vec<(Uuid, String)>> {
    people::require_operator(acting, Permission::ReadPeople)?;
    let groups = acting.groups()?;
    let name = name_attribute(groups)?;
    let audience = &team(groups)?.audience;
    let wanted = if is_operators { OPERATOR } else { CUSTOMER };
    let mut filter = format!("{} eq \"{wanted}\"", audience.path());
    if !beginning.is_empty() {
        filter = format!("{} sw {} and {filter}", name.path(), json!(beginning));
    }
    let request = query::Request {
        filter: Some(filter),
        sort_by: Some(name.path()),
        start_index: Some(1),
        count: Some(count),
        projection: Projection::new(&[name.path()], &[])?,
        ..query::Request::default()
    };
    let call = acting.call(Intent::default());
    let types = [std::sync::Arc::clone(groups)];
    let list = query::query(service, &call, &types, &request).await?;
    let list: Value = serde_json::from_str(&list)
        .map_err(|error| Error::internal("a list is malformed").caused_by(error))?;
    let found = list.get("Resources").and_then(Value::as_array);
    let found = found.map(Vec::as_slice).unwrap_or_default();
    let read = |resource: &Value| {
        let id = Uuid::try_parse(resource.get("id")?.as_str()?).ok()?;
        let name = resource.get(&name.name).and_then(Value::as_str);
        Some((id, name.map_or_else(|| id.to_string(), str::to_owned)))
    };
    Ok(found.iter().filter_map(read).collect())
}

/// Adds a person to groups and takes them out of others, all or none; answers how many of each were news.
///
/// # Errors
/// 403; 404; `invalidValue`; 409 for the last owner.
pub async fn regroup(
    service: &Service,
    acting: &Acting,
    person: Uuid,
    add: &[Uuid],
    take: &[Uuid],
) -> Result<(i64, i64)> {
    let groups = acting.groups()?;
    let path = &members_attribute(groups)?.name;
    let call = acting.call(Intent::default());
    let any = Preconditions::default();
    let mut changes: Vec<(Uuid, &str)> = add.iter().map(|id| (*id, "add")).collect();
    changes.extend(take.iter().map(|id| (*id, "remove")));
    // Two who do this at once take the groups in the same order.
    changes.sort_unstable();
    let mut patches = Vec::with_capacity(changes.len());
    for (group, operation) in changes {
        let body = patch(&json!([{"op": operation, "path": path, "value": values(&[person])}]));
        let id = group.to_string();
        patches.push(modify::prepare(service, &call, groups, &id, &body, &any).await?);
    }
    in_transaction!(service.store, |tx| {
        // Whoever is deleted meanwhile is in no group.
        acting.lock(tx, &call, person).await?;
        let (mut added, mut removed) = (0, 0);
        for patch in &patches {
            let (more, fewer) = patch.apply_to_members(tx).await?;
            added += more;
            removed += fewer;
        }
        Ok((added, removed))
    })
}
