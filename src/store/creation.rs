//! A create that is one statement of PostgreSQL: the row, its index, its count and its record, or nothing of them.

use super::changes::{self, Change, Origin};
use super::counts;
use super::resources::{self, NewResource, SchemaVersion, Stored};
use super::statement::{Dialect, Statement};
use super::{TenantKey, Transaction};
use crate::error::Result;
use crate::resource::IndexEntry;

/// Everything that a create writes.
#[derive(Debug)]
pub struct Creation<'a> {
    /// The tenant.
    pub tenant: TenantKey,
    /// The version of the tenant's schemas by which the document was validated.
    pub in_force: SchemaVersion,
    /// The row.
    pub row: NewResource,
    /// What it is found by.
    pub entries: &'a [IndexEntry],
    /// What is recorded of it.
    pub change: Change,
    /// Who creates it.
    pub origin: &'a Origin,
}

/// Whether a create can be one statement here: on PostgreSQL, and with nothing before it in its transaction.
#[must_use]
pub fn is_possible(tx: &Transaction) -> bool {
    tx.dialect() == Dialect::Postgres && tx.is_untouched()
}

/// Creates a resource and ends the transaction; `None` when the tenant's schemas are of another version by now.
///
/// # Errors
/// `uniqueness` when a unique value is taken; the database's.
pub async fn create(tx: &mut Transaction, creation: Creation<'_>) -> Result<Option<Stored>> {
    let Creation {
        tenant,
        in_force,
        row,
        entries,
        change,
        origin,
    } = creation;
    let mut all = Statement::new("WITH created AS (INSERT INTO resource (");
    all.push(resources::INSERTED).push(") SELECT ");
    all.bind_all(resources::inserted(tenant, &row));
    all.push(" WHERE (SELECT schema_version FROM tenant WHERE tenant_key = ")
        .bind(tenant.0)
        .push(") = ")
        .bind(in_force.0)
        .push(" RETURNING resource_key)");
    if !entries.is_empty() {
        all.push(
            ", indexed AS (INSERT INTO attribute_index (resource_key, attribute_id, element, tenant_key, index_key, is_unique) \
             SELECT c.resource_key, v.* FROM created c, (VALUES ",
        );
        for (position, entry) in entries.iter().enumerate() {
            all.push(if position > 0 { ", " } else { "" });
            all.bind_row([
                entry.attribute.0.into(),
                entry.element.into(),
                tenant.0.into(),
                entry.key.as_str().into(),
                entry.is_unique.into(),
            ]);
        }
        all.push(") v)");
    }
    all.push(", recorded AS (INSERT INTO change (")
        .push(changes::INSERTED)
        .push(") SELECT ");
    all.bind_all(changes::inserted(tenant, origin, change));
    all.push(" FROM created), counted AS (");
    counts::count_created(&mut all, tenant, &row);
    all.push(") SELECT resource_key FROM created");
    let created: Option<(i64,)> = tx.all_in_one(all).await?;
    Ok(created.map(|(key,)| row.stored(key)))
}
