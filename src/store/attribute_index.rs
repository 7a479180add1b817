//! Resource → rows of the attribute index. A change writes only the rows that differ.

use std::collections::{HashMap, HashSet};

use super::statement::{LIST_CHUNK, Statement};
use super::{ResourceKey, TenantKey, Transaction};
use crate::error::Result;
use crate::resource::IndexEntry;
use crate::schema::AttributeId;

/// Numbers attribute paths; a path keeps its number for ever.
pub(crate) async fn number(
    tx: &mut Transaction,
    paths: &[String],
) -> Result<HashMap<String, AttributeId>> {
    let mut numbers = read_numbers(tx).await?;
    let mut next = numbers.values().map(|id| id.0).max().unwrap_or_default() + 1;
    for path in paths {
        if numbers.contains_key(path) {
            continue;
        }
        let insert = Statement::new(
            "INSERT INTO attribute (attribute_id, path) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        );
        tx.execute(insert.arg(next).arg(path.as_str())).await?;
        numbers.insert(path.clone(), AttributeId(next));
        next += 1;
    }
    // Another instance may have numbered the same paths at the same moment: what is stored counts.
    read_numbers(tx).await
}

async fn read_numbers(tx: &mut Transaction) -> Result<HashMap<String, AttributeId>> {
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
    for entry in entries.iter().filter(|entry| entry.is_unique) {
        let select = Statement::new(
            "SELECT resource_key FROM attribute_index WHERE tenant_key = $1 AND attribute_id = $2 AND index_key = $3 AND is_unique",
        );
        let holder: Option<(i64,)> = tx
            .fetch_optional(
                select
                    .arg(tenant.0)
                    .arg(entry.attribute.0)
                    .arg(entry.key.as_str()),
            )
            .await?;
        if holder.is_some_and(|(holder,)| own != Some(ResourceKey(holder))) {
            return Ok(Some(entry.attribute));
        }
    }
    Ok(None)
}

/// Inserts rows, many in one statement.
///
/// # Errors
/// `uniqueness` when a unique value is taken; the database's.
pub async fn insert(
    tx: &mut Transaction,
    tenant: TenantKey,
    resource: ResourceKey,
    entries: &[IndexEntry],
) -> Result<()> {
    for chunk in entries.chunks(LIST_CHUNK) {
        let mut statement = Statement::new(
            "INSERT INTO attribute_index (resource_key, attribute_id, element, tenant_key, index_key, is_unique) VALUES ",
        );
        for (position, entry) in chunk.iter().enumerate() {
            if position > 0 {
                statement.push(", ");
            }
            let row = [
                resource.0.into(),
                entry.attribute.0.into(),
                entry.element.into(),
                tenant.0.into(),
                entry.key.as_str().into(),
                entry.is_unique.into(),
            ];
            statement.bind_row(row);
        }
        tx.execute(statement).await?;
    }
    Ok(())
}

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
    for gone in old.iter().filter(|entry| !after.contains(entry)) {
        let successor = added.iter().position(|entry| {
            entry.attribute == gone.attribute && entry.element == gone.element && !entry.is_unique
        });
        // A unique value is never written over another: two resources, or two values, might be swapping theirs.
        let statement = match successor.filter(|_| !gone.is_unique) {
            Some(position) => {
                let key = added.swap_remove(position).key.as_str();
                Statement::new("UPDATE attribute_index SET index_key = $4 WHERE resource_key = $1 AND attribute_id = $2 AND element = $3")
                    .arg(resource.0).arg(gone.attribute.0).arg(gone.element).arg(key)
            }
            None => Statement::new("DELETE FROM attribute_index WHERE resource_key = $1 AND attribute_id = $2 AND element = $3")
                .arg(resource.0).arg(gone.attribute.0).arg(gone.element),
        };
        tx.execute(statement).await?;
    }
    let added: Vec<IndexEntry> = added.into_iter().cloned().collect();
    insert(tx, tenant, resource, &added).await
}

/// The list of indexed attributes that the index was built with; `None` before the first start.
///
/// # Errors
/// The database's.
pub async fn built_with(tx: &mut Transaction) -> Result<Option<String>> {
    let select = Statement::new("SELECT value FROM setting WHERE name = 'indexed_attributes'");
    let row: Option<(String,)> = tx.fetch_optional(select).await?;
    Ok(row.map(|(list,)| list))
}

/// Notes the list of indexed attributes that the index is built with.
///
/// # Errors
/// The database's.
pub async fn set_built_with(tx: &mut Transaction, list: &str) -> Result<()> {
    let upsert = Statement::new(
        "INSERT INTO setting (name, value) VALUES ('indexed_attributes', $1) ON CONFLICT (name) DO UPDATE SET value = $1",
    );
    tx.execute(upsert.arg(list)).await.map(|_| ())
}

/// Replaces all rows of a resource.
///
/// # Errors
/// As [`insert`].
pub async fn rebuild(
    tx: &mut Transaction,
    tenant: TenantKey,
    resource: ResourceKey,
    entries: &[IndexEntry],
) -> Result<()> {
    tx.execute(
        Statement::new("DELETE FROM attribute_index WHERE resource_key = $1").arg(resource.0),
    )
    .await?;
    insert(tx, tenant, resource, entries).await
}
