//! How many resources there are: counters that writers keep, so that nobody counts rows.
//!
//! A counter stands for a block of keys. On PostgreSQL it has slots, so that concurrent creates, which all come to the newest block,
//! seldom meet in one row; [`fold`] puts them together again.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::resources::{NewResource, Stored};
use super::statement::{Dialect, Statement};
use super::{ResourceKey, TenantKey, Transaction};
use crate::error::Result;
use crate::schema::ResourceTypeId;

/// How many slots a counter has.
const COUNT_SLOTS: i16 = 16;
/// How many keys one counter stands for: the most that a deep page has to skip.
const KEYS_PER_BLOCK: i64 = 4_096;
/// How many blocks are put together in one transaction.
const FOLDED_TOGETHER: i64 = 64;

/// Which of the slots of its block counts a resource; with the one writer of SQLite, one is enough.
fn slot(dialect: Dialect, id: Uuid) -> i16 {
    if dialect == Dialect::Sqlite {
        return 0;
    }
    let number = id.as_bytes().last().copied().unwrap_or_default();
    i16::from(number) % COUNT_SLOTS
}

/// Appends the beginning of the statement that counts a resource in: where the row is that has its key, and [`COUNT_ON`], are to follow.
pub(super) fn count_created(
    statement: &mut Statement,
    dialect: Dialect,
    tenant: TenantKey,
    new: &NewResource,
) {
    statement
        .push(
            "INSERT INTO resource_count (tenant_key, resource_type, block, slot, resources) SELECT ",
        )
        .bind_all([tenant.0.into(), new.resource_type.0.into()])
        .push(", resource_key / ")
        .bind(KEYS_PER_BLOCK)
        .push(", ")
        .bind(slot(dialect, new.id))
        .push(", 1 FROM ");
}

pub(super) const COUNT_ON: &str = " ON CONFLICT (tenant_key, resource_type, block, slot) DO UPDATE SET resources = resource_count.resources + excluded.resources";

/// Counts resources in or out. The counters' rows are locked from here on, so this comes last in a transaction.
///
/// # Errors
/// The database's.
pub async fn count(
    tx: &mut Transaction,
    tenant: TenantKey,
    resources: &[Stored],
    change: i64,
) -> Result<()> {
    // In the order of their keys: whoever locks several counters locks them in the same order as others.
    let mut counters: BTreeMap<(i16, i64, i16), i64> = BTreeMap::new();
    for resource in resources {
        let block = resource.key.0 / KEYS_PER_BLOCK;
        let counter = counters.entry((
            resource.resource_type.0,
            block,
            slot(tx.dialect(), resource.id),
        ));
        *counter.or_default() += change;
    }
    if counters.is_empty() {
        return Ok(());
    }
    let mut upsert = Statement::new(
        "INSERT INTO resource_count (tenant_key, resource_type, block, slot, resources) VALUES ",
    );
    for (position, ((resource_type, block, slot), change)) in counters.into_iter().enumerate() {
        upsert.push(if position > 0 { ", " } else { "" });
        upsert.bind_row([
            tenant.0.into(),
            resource_type.into(),
            block.into(),
            slot.into(),
            change.into(),
        ]);
    }
    upsert.push(COUNT_ON);
    tx.later(upsert).await
}

/// How many resources there are, by blocks of keys in order.
#[derive(Debug, Clone, Default)]
pub struct Blocks(BTreeMap<i64, i64>);

impl Blocks {
    /// How many there are altogether.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.0.values().sum()
    }

    /// Where to begin in order to skip `offset` resources: from which key on, and how many there are still to skip.
    #[must_use]
    pub fn skip(&self, offset: i64) -> (ResourceKey, i64) {
        let mut left = offset;
        for (block, resources) in &self.0 {
            if left < *resources {
                return (ResourceKey(block * KEYS_PER_BLOCK), left);
            }
            left -= resources;
        }
        (ResourceKey(i64::MAX), 0)
    }
}

/// How many resources of some types there are, which is one number: a list over ten million has 2,442 counters to add up.
///
/// # Errors
/// The database's.
pub async fn total(
    tx: &mut Transaction,
    tenant: TenantKey,
    types: &[ResourceTypeId],
) -> Result<i64> {
    let mut select = Statement::new("SELECT CAST(COALESCE(SUM(resources), 0) AS BIGINT)");
    of_types(&mut select, tenant, types);
    let (total,): (i64,) = tx.fetch_one(select).await?;
    Ok(total)
}

/// As [`total`], by blocks. Reads counters, not resources.
///
/// # Errors
/// The database's.
pub async fn blocks(
    tx: &mut Transaction,
    tenant: TenantKey,
    types: &[ResourceTypeId],
) -> Result<Blocks> {
    let mut select = Statement::new("SELECT block, CAST(SUM(resources) AS BIGINT)");
    of_types(&mut select, tenant, types);
    select.push(" GROUP BY block");
    let rows: Vec<(i64, i64)> = tx.fetch_all(select).await?;
    Ok(Blocks(rows.into_iter().collect()))
}

fn of_types(select: &mut Statement, tenant: TenantKey, types: &[ResourceTypeId]) {
    let types: Vec<i16> = types.iter().map(|resource_type| resource_type.0).collect();
    select
        .push(" FROM resource_count WHERE tenant_key = ")
        .bind(tenant.0);
    select.push(" AND resource_type IN ").bind_list(&types);
}

/// A block of a type of a tenant.
pub type Place = (i32, i16, i64);

/// Puts the slots of a block together in one, some blocks at a time, from this block on; answers where to go on, `None` at the end.
///
/// # Errors
/// The database's.
pub async fn fold(tx: &mut Transaction, from: Place) -> Result<Option<Place>> {
    let select = Statement::new(
        "SELECT tenant_key, resource_type, block FROM resource_count WHERE (tenant_key, resource_type, block) >= ($1, $2, $3) AND slot > 0 \
         GROUP BY tenant_key, resource_type, block ORDER BY tenant_key, resource_type, block LIMIT $4",
    );
    let select = select.arg(from.0).arg(from.1).arg(from.2);
    let slotted: Vec<Place> = tx.fetch_all(select.arg(FOLDED_TOGETHER)).await?;
    for &(tenant, resource_type, block) in &slotted {
        // In the order in which those who count lock them.
        let mut select = Statement::new(
            "SELECT slot, resources FROM resource_count WHERE tenant_key = $1 AND resource_type = $2 AND block = $3 ORDER BY slot",
        );
        select.push(tx.dialect().for_update());
        let of_block = |statement: Statement| statement.arg(tenant).arg(resource_type).arg(block);
        let mut slots: Vec<(i16, i64)> = tx.fetch_all(of_block(select)).await?;
        slots.retain(|(slot, _)| *slot > 0);
        let (folded, moved): (Vec<i16>, Vec<i64>) = slots.into_iter().unzip();
        if folded.is_empty() {
            continue;
        }
        // Not those that came after the SELECT.
        let mut delete = of_block(Statement::new(
            "DELETE FROM resource_count WHERE tenant_key = $1 AND resource_type = $2 AND block = $3 AND slot IN ",
        ));
        delete.bind_list(&folded);
        tx.execute(delete).await?;
        let mut upsert = Statement::new(
            "INSERT INTO resource_count (tenant_key, resource_type, block, slot, resources) VALUES ($1, $2, $3, 0, $4)",
        );
        upsert.push(COUNT_ON);
        tx.execute(of_block(upsert).arg(moved.iter().sum::<i64>()))
            .await?;
    }
    let is_last = i64::try_from(slotted.len()).is_ok_and(|length| length < FOLDED_TOGETHER);
    Ok(slotted.last().filter(|_| !is_last).copied())
}

/// Whether there is any resource, and how many: over all tenants, from the counters.
///
/// # Errors
/// The database's.
pub async fn total_of_all(tx: &mut Transaction) -> Result<i64> {
    let select =
        Statement::new("SELECT CAST(COALESCE(SUM(resources), 0) AS BIGINT) FROM resource_count");
    let (total,): (i64,) = tx.fetch_one(select).await?;
    Ok(total)
}

/// How many resources of a type a tenant has.
///
/// # Errors
/// The database's.
pub async fn count_of_type(
    tx: &mut Transaction,
    tenant: TenantKey,
    resource_type: ResourceTypeId,
) -> Result<i64> {
    total(tx, tenant, &[resource_type]).await
}
