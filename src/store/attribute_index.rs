//! Resource → rows of the attribute index. A change writes only the rows that differ.

use std::collections::{HashMap, HashSet};

use super::statement::{LIST_CHUNK, Statement};
use super::{ResourceKey, TenantKey, Transaction};
use crate::error::{Error, Result};
use crate::resource::IndexEntry;
use crate::schema::AttributeId;

/// Numbers attribute paths; a path keeps its number for ever.
pub(crate) async fn number(
    tx: &mut Transaction,
    paths: &[String],
) -> Result<HashMap<String, AttributeId>> {
    // One at a time: a number that another instance gave to another path would leave ours without one.
    super::tenants::lock_all(tx).await?;
    let mut numbers = read_numbers(tx).await?;
    let mut next = numbers.values().map(|id| id.0).max().unwrap_or_default();
    for path in paths {
        if numbers.contains_key(path) {
            continue;
        }
        next = next
            .checked_add(1)
            .ok_or_else(|| Error::internal("the numbers of attributes are used up"))?;
        let insert = Statement::new("INSERT INTO attribute (attribute_id, path) VALUES ($1, $2)");
        tx.execute(insert.arg(next).arg(path.as_str())).await?;
        numbers.insert(path.clone(), AttributeId(next));
    }
    Ok(numbers)
}

/// The numbers of all attribute paths.
///
/// # Errors
/// The database's.
pub(crate) async fn read_numbers(tx: &mut Transaction) -> Result<HashMap<String, AttributeId>> {
    let rows: Vec<(i16, String)> = tx
        .fetch_all(Statement::new("SELECT attribute_id, path FROM attribute"))
        .await?;
    Ok(rows
        .into_iter()
        .map(|(number, path)| (path, AttributeId(number)))
        .collect())
}

/// The unique value among `entries` that another resource of the tenant holds already.
///
/// # Errors
/// The database's.
pub async fn find_taken(
    tx: &mut Transaction,
    tenant: TenantKey,
    entries: &[IndexEntry],
    own: Option<ResourceKey>,
) -> Result<Option<AttributeId>> {
    let unique: Vec<&IndexEntry> = entries.iter().filter(|entry| entry.is_unique).collect();
    for chunk in unique.chunks(ROWS_PER_INSERT) {
        let mut select = Statement::default();
        for (position, entry) in chunk.iter().enumerate() {
            select.push(if position > 0 { " UNION ALL " } else { "" });
            select
                .push("SELECT resource_key, attribute_id FROM attribute_index WHERE is_unique AND tenant_key = ")
                .bind(tenant.0);
            select.push(" AND attribute_id = ").bind(entry.attribute.0);
            select.push(" AND index_key = ").bind(entry.key.as_str());
        }
        let holders: Vec<(i64, i16)> = tx.fetch_all(select.early()).await?;
        let other = holders
            .into_iter()
            .find(|(holder, _)| own != Some(ResourceKey(*holder)));
        if let Some((_, attribute)) = other {
            return Ok(Some(AttributeId(attribute)));
        }
    }
    Ok(None)
}

/// Inserts the rows of resources, many in one statement. They may be written with the commit.
///
/// # Errors
/// `uniqueness` when a unique value is taken; the database's.
pub async fn insert(
    tx: &mut Transaction,
    tenant: TenantKey,
    resources: &[(ResourceKey, Vec<IndexEntry>)],
) -> Result<()> {
    tx.later_together(insertions(tenant, resources)).await
}

fn insertions(tenant: TenantKey, resources: &[(ResourceKey, Vec<IndexEntry>)]) -> Vec<Statement> {
    let mut rows: Vec<(ResourceKey, &IndexEntry)> = resources
        .iter()
        .flat_map(|(resource, entries)| entries.iter().map(|entry| (*resource, entry)))
        .collect();
    // In the order of the unique index: transactions that want the same values wait for one another in that order only.
    rows.sort_by_key(|(_, entry)| (entry.attribute.0, entry.key.as_str()));
    let statements = rows.chunks(ROWS_PER_INSERT).map(|chunk| {
        let mut statement = Statement::new(
            "INSERT INTO attribute_index (resource_key, attribute_id, element, tenant_key, index_key, is_unique) VALUES ",
        );
        for (position, (resource, entry)) in chunk.iter().enumerate() {
            statement.push(if position > 0 { ", " } else { "" });
            statement.bind_row([
                resource.0.into(),
                entry.attribute.0.into(),
                entry.element.into(),
                tenant.0.into(),
                entry.key.as_str().into(),
                entry.is_unique.into(),
            ]);
        }
        // A row may be left from when the attribute was indexed before.
        statement.push(" ON CONFLICT (resource_key, attribute_id, element) DO UPDATE SET index_key = excluded.index_key, is_unique = excluded.is_unique");
        statement
    });
    statements.collect()
}

/// SQLite looks for each argument's name among all of them: the time to bind a statement grows with the square of its arguments.
const ROWS_PER_INSERT: usize = 64;

/// Turns the rows of `old` into those of `new`.
///
/// # Errors
/// As [`insert`].
pub async fn update(
    tx: &mut Transaction,
    tenant: TenantKey,
    resource: ResourceKey,
    old: &[IndexEntry],
    new: &[IndexEntry],
) -> Result<()> {
    let (before, after): (HashSet<_>, HashSet<_>) = (old.iter().collect(), new.iter().collect());
    let mut added: Vec<&IndexEntry> = new.iter().filter(|entry| !before.contains(entry)).collect();
    let (mut changed, mut deleted) = (Vec::new(), Vec::new());
    for gone in old.iter().filter(|entry| !after.contains(entry)) {
        let successor = added.iter().position(|entry| {
            entry.attribute == gone.attribute && entry.element == gone.element && !entry.is_unique
        });
        // A unique value is never written over another: two resources, or two values, might be swapping theirs.
        match successor.filter(|_| !gone.is_unique) {
            Some(position) => {
                let key = added.swap_remove(position).key.as_str();
                changed.push(Statement::new("UPDATE attribute_index SET index_key = $4 WHERE resource_key = $1 AND attribute_id = $2 AND element = $3")
                    .arg(resource.0).arg(gone.attribute.0).arg(gone.element).arg(key));
            }
            None => deleted.push(Statement::new("DELETE FROM attribute_index WHERE resource_key = $1 AND attribute_id = $2 AND element = $3")
                .arg(resource.0).arg(gone.attribute.0).arg(gone.element)),
        }
    }
    // What goes and what changes are different rows. What comes may take the place, or the value, of what goes: that goes first then.
    let mut rows = deleted;
    if !added.is_empty() {
        tx.later_together(std::mem::take(&mut rows)).await?;
    }
    let added: Vec<IndexEntry> = added.into_iter().cloned().collect();
    rows.extend(changed);
    rows.extend(insertions(tenant, &[(resource, added)]));
    tx.later_together(rows).await
}

/// Whether the attribute with that number has values twice in the tenant, and in how many places.
///
/// # Errors
/// The database's.
pub async fn duplicates(
    tx: &mut Transaction,
    tenant: TenantKey,
    attribute: AttributeId,
) -> Result<i64> {
    let select = Statement::new(
        "SELECT COUNT(*) FROM (SELECT index_key FROM attribute_index WHERE tenant_key = $1 AND attribute_id = $2 GROUP BY index_key HAVING COUNT(*) > 1) g",
    );
    let (count,): (i64,) = tx.fetch_one(select.arg(tenant.0).arg(attribute.0)).await?;
    Ok(count)
}

/// The resource of the tenant that holds a unique value.
///
/// # Errors
/// The database's.
pub async fn holder(
    tx: &mut Transaction,
    tenant: TenantKey,
    attribute: AttributeId,
    key: &str,
) -> Result<Option<ResourceKey>> {
    let select = Statement::new(
        "SELECT resource_key FROM attribute_index WHERE tenant_key = $1 AND attribute_id = $2 AND index_key = $3 AND is_unique",
    );
    let row: Option<(i64,)> = tx
        .fetch_optional(select.arg(tenant.0).arg(attribute.0).arg(key).early())
        .await?;
    Ok(row.map(|(key,)| ResourceKey(key)))
}

/// The resources of the tenant that have a value, in the order of their keys.
///
/// # Errors
/// The database's.
pub async fn holders(
    tx: &mut Transaction,
    tenant: TenantKey,
    attribute: AttributeId,
    key: &str,
) -> Result<Vec<ResourceKey>> {
    let select = Statement::new(
        "SELECT DISTINCT resource_key FROM attribute_index WHERE tenant_key = $1 AND attribute_id = $2 AND index_key = $3 ORDER BY resource_key",
    );
    let rows: Vec<(i64,)> = tx
        .fetch_all(select.arg(tenant.0).arg(attribute.0).arg(key))
        .await?;
    Ok(rows.into_iter().map(|(key,)| ResourceKey(key)).collect())
}

/// Makes the values of an attribute unique in the tenant, or no longer so.
///
/// # Errors
/// `uniqueness` when there are values twice.
pub async fn set_unique(
    tx: &mut Transaction,
    tenant: TenantKey,
    attribute: AttributeId,
    is_unique: bool,
) -> Result<()> {
    let update = Statement::new(
        "UPDATE attribute_index SET is_unique = $3 WHERE tenant_key = $1 AND attribute_id = $2 AND is_unique <> $3",
    );
    tx.execute(update.arg(tenant.0).arg(attribute.0).arg(is_unique))
        .await
        .map(|_| ())
}

/// All rows of some resources, each resource's in the order of attributes and elements.
///
/// # Errors
/// The database's.
pub async fn of_resources(
    tx: &mut Transaction,
    resources: &[ResourceKey],
) -> Result<HashMap<ResourceKey, Vec<IndexEntry>>> {
    let mut found: HashMap<ResourceKey, Vec<IndexEntry>> = HashMap::new();
    for chunk in resources.chunks(LIST_CHUNK) {
        let keys: Vec<i64> = chunk.iter().map(|key| key.0).collect();
        let mut select = Statement::new(
            "SELECT resource_key, attribute_id, element, index_key, is_unique FROM attribute_index WHERE resource_key IN ",
        );
        select.bind_list(&keys);
        let rows: Vec<(i64, i16, i16, String, bool)> = tx.fetch_all(select).await?;
        for (resource, attribute, element, key, is_unique) in rows {
            let entry = IndexEntry {
                attribute: AttributeId(attribute),
                element,
                key,
                is_unique,
            };
            found.entry(ResourceKey(resource)).or_default().push(entry);
        }
    }
    Ok(found)
}
