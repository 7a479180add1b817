//! Memberships: rows, so that one member more costs one row however large the group is.

use std::collections::{BTreeSet, HashMap, HashSet};

use uuid::Uuid;

use super::statement::{LIST_CHUNK, Statement};
use super::{ResourceKey, TenantKey, Transaction};
use crate::error::Result;
use crate::schema::{AttributeId, ResourceTypeId};

/// A member, or a group, as the other side shows it.
#[derive(Debug, Clone)]
pub struct Relative {
    /// Its key.
    pub key: ResourceKey,
    /// `id`.
    pub id: Uuid,
    /// Its type.
    pub resource_type: ResourceTypeId,
    /// Its name for people.
    pub display_name: Option<String>,
}

type Columns = (i64, Uuid, i16, Option<String>);

impl From<Columns> for Relative {
    fn from((key, id, resource_type, display_name): Columns) -> Self {
        Self {
            key: ResourceKey(key),
            id,
            resource_type: ResourceTypeId(resource_type),
            display_name,
        }
    }
}

/// Somebody who may become or stop being a member.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The resource.
    pub relative: Relative,
    /// Whether the index says of it what [`resolve`] was asked for.
    pub is_operators: bool,
}

/// Attributes of which one has a certain value in those who are marked; by default, nobody is.
#[derive(Debug, Default)]
pub struct Mark {
    /// The attributes.
    pub attributes: Vec<AttributeId>,
    /// Their value as the index has it.
    pub key: &'static str,
}

impl Mark {
    /// How many of the marks a resource has, as a column.
    pub(super) fn count(&self, select: &mut Statement, resource_key: &'static str) {
        let attributes: Vec<i16> = self.attributes.iter().map(|one| one.0).collect();
        select.push("(SELECT COUNT(*) FROM attribute_index i WHERE i.resource_key = ");
        select.push(resource_key).push(" AND i.attribute_id IN ");
        select.bind_list(&attributes);
        select.push(" AND i.index_key = ").bind(self.key).push(")");
    }
}

/// Those of the ids that exist in the tenant, and whether they are marked.
///
/// # Errors
/// The database's.
pub async fn resolve(
    tx: &mut Transaction,
    tenant: TenantKey,
    ids: &[Uuid],
    mark: &Mark,
) -> Result<Vec<Candidate>> {
    type Row = (i64, Uuid, i16, Option<String>, i64);
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(LIST_CHUNK) {
        let mut select =
            Statement::new("SELECT r.resource_key, r.id, r.resource_type, r.display_name, ");
        mark.count(&mut select, "r.resource_key");
        select
            .push(" FROM resource r WHERE r.tenant_key = ")
            .bind(tenant.0);
        select.push(" AND r.id IN ").bind_list(chunk);
        let rows: Vec<Row> = tx.fetch_all(select).await?;
        let candidates = rows
            .into_iter()
            .map(|(key, id, resource_type, display_name, marks)| Candidate {
                relative: Relative::from((key, id, resource_type, display_name)),
                is_operators: marks > 0,
            });
        found.extend(candidates);
    }
    Ok(found)
}

/// Adds members; answers the keys of those that were not members before.
///
/// # Errors
/// A conflict when one of them vanished meanwhile; the database's.
pub async fn add(
    tx: &mut Transaction,
    tenant: TenantKey,
    group: ResourceKey,
    members: &[ResourceKey],
) -> Result<Vec<ResourceKey>> {
    let mut added = Vec::new();
    for chunk in members.chunks(LIST_CHUNK) {
        let mut insert =
            Statement::new("INSERT INTO membership (group_key, member_key, tenant_key) VALUES ");
        for (position, member) in chunk.iter().enumerate() {
            if position > 0 {
                insert.push(", ");
            }
            insert.bind_row([group.0.into(), member.0.into(), tenant.0.into()]);
        }
        insert.push(" ON CONFLICT (group_key, member_key) DO NOTHING RETURNING member_key");
        let rows: Vec<(i64,)> = tx.fetch_all(insert).await?;
        added.extend(rows.into_iter().map(|(key,)| ResourceKey(key)));
    }
    Ok(added)
}

/// Removes members; answers the keys of those that were members.
///
/// # Errors
/// The database's.
pub async fn remove(
    tx: &mut Transaction,
    group: ResourceKey,
    members: &[ResourceKey],
) -> Result<Vec<ResourceKey>> {
    let mut removed = Vec::new();
    for chunk in members.chunks(LIST_CHUNK) {
        let keys: Vec<i64> = chunk.iter().map(|key| key.0).collect();
        let mut delete =
            Statement::new("DELETE FROM membership WHERE group_key = $1 AND member_key IN ")
                .arg(group.0);
        delete.bind_list(&keys).push(" RETURNING member_key");
        let rows: Vec<(i64,)> = tx.fetch_all(delete).await?;
        removed.extend(rows.into_iter().map(|(key,)| ResourceKey(key)));
    }
    Ok(removed)
}

/// Those of the resources that are members of a group.
///
/// # Errors
/// The database's.
pub async fn among(
    tx: &mut Transaction,
    group: ResourceKey,
    candidates: &[ResourceKey],
) -> Result<HashSet<ResourceKey>> {
    let mut found = HashSet::with_capacity(candidates.len());
    for chunk in candidates.chunks(LIST_CHUNK) {
        let keys: Vec<i64> = chunk.iter().map(|key| key.0).collect();
        let mut select = Statement::new(
            "SELECT member_key FROM membership WHERE group_key = $1 AND member_key IN ",
        )
        .arg(group.0);
        select.bind_list(&keys);
        let rows: Vec<(i64,)> = tx.fetch_all(select).await?;
        found.extend(rows.into_iter().map(|(key,)| ResourceKey(key)));
    }
    Ok(found)
}

/// One page of a group's members in a stable order, after the member with the key `after`.
///
/// # Errors
/// The database's.
pub async fn list(
    tx: &mut Transaction,
    group: ResourceKey,
    after: Option<ResourceKey>,
    count: i64,
) -> Result<Vec<Relative>> {
    let select = Statement::new(
        "SELECT m.member_key, r.id, r.resource_type, r.display_name FROM membership m JOIN resource r ON r.resource_key = m.member_key \
         WHERE m.group_key = $1 AND m.member_key > $2 ORDER BY m.member_key LIMIT $3",
    );
    let after = after.map_or(-1, |key| key.0);
    let rows: Vec<Columns> = tx
        .fetch_all(select.arg(group.0).arg(after).arg(count))
        .await?;
    Ok(rows.into_iter().map(Relative::from).collect())
}

/// The members of several groups: (group, member), in a stable order; at most `count` rows.
///
/// # Errors
/// The database's.
pub async fn of_groups(
    tx: &mut Transaction,
    groups: &[ResourceKey],
    count: i64,
) -> Result<Vec<(ResourceKey, Relative)>> {
    let mut found = Vec::new();
    for chunk in groups.chunks(LIST_CHUNK) {
        let keys: Vec<i64> = chunk.iter().map(|key| key.0).collect();
        let mut select = Statement::new(
            "SELECT m.group_key, m.member_key, r.id, r.resource_type, r.display_name FROM membership m JOIN resource r ON r.resource_key = m.member_key \
             WHERE m.group_key IN ",
        );
        select
            .bind_list(&keys)
            .push(" ORDER BY m.group_key, m.member_key LIMIT ")
            .bind(count);
        let rows: Vec<(i64, i64, Uuid, i16, Option<String>)> = tx.fetch_all(select).await?;
        found.extend(rows.into_iter().map(|(group, key, id, kind, name)| {
            (ResourceKey(group), Relative::from((key, id, kind, name)))
        }));
    }
    Ok(found)
}

/// How many members each of these groups has; one without members is left out. Costs as much as there are members.
///
/// # Errors
/// The database's.
pub async fn counts(
    tx: &mut Transaction,
    groups: &[ResourceKey],
) -> Result<HashMap<ResourceKey, i64>> {
    let mut counts = HashMap::with_capacity(groups.len());
    for chunk in groups.chunks(LIST_CHUNK) {
        let keys: Vec<i64> = chunk.iter().map(|key| key.0).collect();
        let mut select =
            Statement::new("SELECT group_key, COUNT(*) FROM membership WHERE group_key IN ");
        select.bind_list(&keys).push(" GROUP BY group_key");
        let rows: Vec<(i64, i64)> = tx.fetch_all(select).await?;
        counts.extend(
            rows.into_iter()
                .map(|(key, count)| (ResourceKey(key), count)),
        );
    }
    Ok(counts)
}

/// The groups of resources, with whether each membership is direct; nested groups make indirect ones.
///
/// One query per level of nesting, each group once, so that cycles end; one more for the groups' names.
///
/// # Errors
/// The database's.
pub async fn groups_of(
    tx: &mut Transaction,
    members: &[ResourceKey],
) -> Result<HashMap<ResourceKey, Vec<(Relative, bool)>>> {
    let mut parents: HashMap<i64, Vec<i64>> = HashMap::new();
    let mut seen: HashSet<i64> = HashSet::new();
    let mut level: Vec<i64> = members.iter().map(|key| key.0).collect();
    while !level.is_empty() {
        let found = parents_of(tx, &level).await?;
        level.clear();
        for (member, group) in found {
            parents.entry(member).or_default().push(group);
            if seen.insert(group) {
                level.push(group);
            }
        }
    }
    let groups = by_keys(tx, &seen.into_iter().collect::<Vec<_>>()).await?;
    let with_groups = members
        .iter()
        .filter(|member| parents.contains_key(&member.0));
    Ok(with_groups
        .map(|member| (*member, ancestors(member.0, &parents, &groups)))
        .collect())
}

async fn parents_of(tx: &mut Transaction, members: &[i64]) -> Result<Vec<(i64, i64)>> {
    let mut found = Vec::new();
    for chunk in members.chunks(LIST_CHUNK) {
        let mut select =
            Statement::new("SELECT member_key, group_key FROM membership WHERE member_key IN ");
        select.bind_list(chunk);
        found.extend(tx.fetch_all::<(i64, i64)>(select).await?);
    }
    Ok(found)
}

async fn by_keys(tx: &mut Transaction, keys: &[i64]) -> Result<HashMap<i64, Relative>> {
    let mut found = HashMap::with_capacity(keys.len());
    for chunk in keys.chunks(LIST_CHUNK) {
        let mut select = Statement::new(
            "SELECT resource_key, id, resource_type, display_name FROM resource WHERE resource_key IN ",
        );
        select.bind_list(chunk);
        let rows: Vec<Columns> = tx.fetch_all(select).await?;
        found.extend(rows.into_iter().map(|row| (row.0, Relative::from(row))));
    }
    Ok(found)
}

/// Everything above one member, in the order of age; direct where the member itself is in the group.
fn ancestors(
    member: i64,
    parents: &HashMap<i64, Vec<i64>>,
    groups: &HashMap<i64, Relative>,
) -> Vec<(Relative, bool)> {
    let direct: &[i64] = parents.get(&member).map(Vec::as_slice).unwrap_or_default();
    let mut above: BTreeSet<i64> = BTreeSet::new();
    let mut next: Vec<i64> = direct.to_vec();
    while let Some(group) = next.pop() {
        if above.insert(group) {
            next.extend(parents.get(&group).into_iter().flatten());
        }
    }
    above
        .into_iter()
        .filter_map(|group| Some((groups.get(&group)?.clone(), direct.contains(&group))))
        .collect()
}

/// The groups that a resource is a direct member of, in the order in which they are to be locked.
///
/// # Errors
/// The database's.
pub async fn direct_groups(tx: &mut Transaction, member: ResourceKey) -> Result<Vec<Relative>> {
    let mut select = Statement::new(
        "SELECT r.resource_key, r.id, r.resource_type, r.display_name FROM resource r \
         WHERE r.resource_key IN (SELECT group_key FROM membership WHERE member_key = $1) ORDER BY r.resource_key",
    );
    select.push(tx.dialect().for_update());
    let rows: Vec<Columns> = tx.fetch_all(select.arg(member.0)).await?;
    Ok(rows.into_iter().map(Relative::from).collect())
}

/// The keys of all members of a group. Eight bytes each; only a replacement of the whole list needs them.
///
/// # Errors
/// The database's.
pub async fn all_keys(tx: &mut Transaction, group: ResourceKey) -> Result<Vec<ResourceKey>> {
    let rows: Vec<(i64,)> = tx
        .fetch_all(
            Statement::new("SELECT member_key FROM membership WHERE group_key = $1").arg(group.0),
        )
        .await?;
    Ok(rows.into_iter().map(|(key,)| ResourceKey(key)).collect())
}

/// Takes a member out of these groups; answers those it was in.
///
/// A membership in a group that is not among them stays and fails the member's deletion, which then tries again.
///
/// # Errors
/// The database's.
pub async fn remove_from(
    tx: &mut Transaction,
    member: ResourceKey,
    groups: &[ResourceKey],
) -> Result<Vec<ResourceKey>> {
    let mut left = Vec::new();
    for chunk in groups.chunks(LIST_CHUNK) {
        let keys: Vec<i64> = chunk.iter().map(|key| key.0).collect();
        let mut delete =
            Statement::new("DELETE FROM membership WHERE member_key = $1 AND group_key IN ")
                .arg(member.0);
        delete.bind_list(&keys).push(" RETURNING group_key");
        let rows: Vec<(i64,)> = tx.fetch_all(delete).await?;
        left.extend(rows.into_iter().map(|(key,)| ResourceKey(key)));
    }
    Ok(left)
}

/// Removes the next members behind a key, so many at most; answers their keys. When there are fewer, these were the last.
///
/// The key before is for PostgreSQL: it would walk over all those that the transaction has removed already.
///
/// # Errors
/// The database's.
pub async fn remove_next(
    tx: &mut Transaction,
    group: ResourceKey,
    after: Option<ResourceKey>,
    most: usize,
) -> Result<Vec<ResourceKey>> {
    let delete = Statement::new(
        "DELETE FROM membership WHERE group_key = $1 AND member_key > $2 AND member_key <= COALESCE(\
         (SELECT member_key FROM membership WHERE group_key = $1 AND member_key > $2 ORDER BY member_key LIMIT 1 OFFSET $3), $4) \
         RETURNING member_key",
    );
    let delete = delete
        .arg(group.0)
        .arg(after.map_or(0, |key| key.0))
        .arg(i64::try_from(most.saturating_sub(1)).unwrap_or(i64::MAX))
        .arg(i64::MAX);
    let rows: Vec<(i64,)> = tx.fetch_all(delete).await?;
    Ok(rows.into_iter().map(|(key,)| ResourceKey(key)).collect())
}

/// The ids of resources.
///
/// # Errors
/// The database's.
pub async fn ids(tx: &mut Transaction, keys: &[ResourceKey]) -> Result<Vec<Uuid>> {
    let mut ids = Vec::with_capacity(keys.len());
    for chunk in keys.chunks(LIST_CHUNK) {
        let keys: Vec<i64> = chunk.iter().map(|key| key.0).collect();
        let mut select = Statement::new("SELECT id FROM resource WHERE resource_key IN ");
        select.bind_list(&keys);
        let rows: Vec<(Uuid,)> = tx.fetch_all(select).await?;
        ids.extend(rows.into_iter().map(|(id,)| id));
    }
    Ok(ids)
}
