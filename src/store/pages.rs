//! Which resources a query finds: order, page and total, in keys; documents are read afterwards.

use super::predicate_sql::{Coverage, Scope, coverage, keys};
use super::resources::{self, Blocks, Stored};
use super::statement::Statement;
use super::{ResourceKey, TenantKey, Transaction};
use crate::error::Result;
use crate::filter::Predicate;
use crate::schema::{AttributeId, ResourceTypeId};

/// A query over one or more resource types.
#[derive(Debug)]
pub struct Query<'a> {
    /// Each type with its predicate; `None`: all of them.
    pub branches: Vec<(ResourceTypeId, Option<&'a Predicate>)>,
    /// The order; `None`: by age.
    pub sort: Option<Sort>,
}

/// The order of a query that SQL can give.
#[derive(Debug, Clone)]
pub struct Sort {
    /// What to sort by.
    pub by: SortBy,
    /// Greatest first.
    pub is_descending: bool,
}

/// What SQL can sort by.
#[derive(Debug, Clone)]
pub enum SortBy {
    /// An indexed attribute: its number in each of the resource types that have it.
    Attribute(Vec<AttributeId>),
    /// `id`.
    Id,
    /// `meta.created`.
    Created,
    /// `meta.lastModified`.
    LastModified,
}

impl Query<'_> {
    /// Whether SQL finds exactly the matching resources; otherwise each candidate must be tested.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.branches.iter().all(|(_, predicate)| {
            predicate.is_none_or(|predicate| coverage(predicate) == Coverage::Exact)
        })
    }

    fn matching(&self, tx: &Transaction, tenant: TenantKey, statement: &mut Statement) {
        let everything = Predicate::constant(true);
        for (position, (resource_type, predicate)) in self.branches.iter().enumerate() {
            if position > 0 {
                statement.push(" UNION ALL ");
            }
            let scope = Scope {
                tenant,
                resource_type: *resource_type,
                dialect: tx.dialect(),
            };
            keys(statement, scope, predicate.unwrap_or(&everything));
        }
    }
}

/// How many candidates there are.
#[derive(Debug)]
pub enum Total {
    /// All resources of the types, by blocks.
    Everything(Blocks),
    /// Those that match a filter.
    Matches(i64),
}

impl Total {
    /// The number.
    #[must_use]
    pub fn count(&self) -> i64 {
        match self {
            Self::Everything(blocks) => blocks.total(),
            Self::Matches(count) => *count,
        }
    }
}

/// Counts the candidates: without a filter the counters answer; with one, the matches are counted.
///
/// # Errors
/// The database's.
pub async fn count(tx: &mut Transaction, tenant: TenantKey, query: &Query<'_>) -> Result<Total> {
    if query
        .branches
        .iter()
        .all(|(_, predicate)| predicate.is_none())
    {
        let types: Vec<ResourceTypeId> = query
            .branches
            .iter()
            .map(|(resource_type, _)| *resource_type)
            .collect();
        return resources::blocks(tx, tenant, &types)
            .await
            .map(Total::Everything);
    }
    let mut statement = Statement::new("SELECT COUNT(*) FROM (");
    query.matching(tx, tenant, &mut statement);
    statement.push(") k");
    let (count,): (i64,) = tx.fetch_one(statement).await?;
    Ok(Total::Matches(count))
}

/// The resources after the first `offset`, at most `count`, in order.
///
/// `total` is what [`count`] gave in the same snapshot. In a list without filter and order, its blocks tell where to begin;
/// in others, a page nearer to the end is read from there. Offsets are counted on keys; documents are joined to the page only.
///
/// # Errors
/// The database's.
pub async fn page(
    tx: &mut Transaction,
    tenant: TenantKey,
    query: &Query<'_>,
    total: &Total,
    offset: i64,
    count: i64,
) -> Result<Vec<Stored>> {
    if query.sort.is_some() {
        let keys = page_of_keys(tx, tenant, query, total.count(), offset, count).await?;
        return resources::by_keys(tx, &keys).await;
    }
    let Some(window) = Window::new(total.count(), offset, count) else {
        return Ok(Vec::new());
    };
    let mut statement = Statement::new(
        "SELECT r.resource_key, r.resource_type, r.id, r.document, r.version, r.created, r.last_modified \
         FROM (SELECT k.resource_key AS resource_key FROM (",
    );
    query.matching(tx, tenant, &mut statement);
    statement.push(") k");
    match total {
        Total::Everything(blocks) => {
            let (first, skipped) = blocks.skip(offset);
            statement.push(" WHERE k.resource_key >= ").bind(first.0);
            Window {
                skipped,
                is_reversed: false,
                ..window
            }
            .cut(&mut statement, None);
        }
        Total::Matches(_) => window.cut(&mut statement, None),
    }
    statement
        .push(") p JOIN resource r ON r.resource_key = p.resource_key ORDER BY r.resource_key");
    resources::fetch(tx, statement).await
}

/// The keys of a page, as [`page`].
async fn page_of_keys(
    tx: &mut Transaction,
    tenant: TenantKey,
    query: &Query<'_>,
    total: i64,
    offset: i64,
    count: i64,
) -> Result<Vec<ResourceKey>> {
    let Some(window) = Window::new(total, offset, count) else {
        return Ok(Vec::new());
    };
    let mut statement = Statement::new("SELECT k.resource_key FROM (");
    query.matching(tx, tenant, &mut statement);
    statement.push(") k");
    window.cut(&mut statement, query.sort.as_ref());
    let rows: Vec<(i64,)> = tx.fetch_all(statement).await?;
    let mut found: Vec<ResourceKey> = rows.into_iter().map(|(key,)| ResourceKey(key)).collect();
    if window.is_reversed {
        found.reverse();
    }
    Ok(found)
}

/// A part of an ordered list, counted from the nearer end.
struct Window {
    skipped: i64,
    count: i64,
    is_reversed: bool,
}

impl Window {
    fn new(total: i64, offset: i64, count: i64) -> Option<Self> {
        let count = count.min(total - offset);
        if count <= 0 {
            return None;
        }
        let from_end = total - offset - count;
        let is_reversed = from_end < offset;
        Some(Self {
            skipped: if is_reversed { from_end } else { offset },
            count,
            is_reversed,
        })
    }

    fn cut(&self, statement: &mut Statement, sort: Option<&Sort>) {
        order(statement, sort, self.is_reversed);
        statement
            .push(" LIMIT ")
            .bind(self.count)
            .push(" OFFSET ")
            .bind(self.skipped);
    }
}

/// The keys of all candidates in order, at most `limit`.
///
/// # Errors
/// The database's.
pub async fn candidates(
    tx: &mut Transaction,
    tenant: TenantKey,
    query: &Query<'_>,
    limit: i64,
) -> Result<Vec<ResourceKey>> {
    page_of_keys(tx, tenant, query, limit, 0, limit).await
}

/// Appends the join and the ORDER BY. Resources without a value are last ascending and first descending.
fn order(statement: &mut Statement, sort: Option<&Sort>, is_reversed: bool) {
    let by_key = |statement: &mut Statement, is_descending: bool| {
        statement.push(if is_descending {
            "k.resource_key DESC"
        } else {
            "k.resource_key"
        });
    };
    let Some(sort) = sort else {
        statement.push(" ORDER BY ");
        return by_key(statement, is_reversed);
    };
    let direction = if sort.is_descending == is_reversed {
        " ASC"
    } else {
        " DESC"
    };
    match &sort.by {
        SortBy::Attribute(attributes) => {
            let attributes: Vec<i16> = attributes.iter().map(|attribute| attribute.0).collect();
            statement.push(" LEFT JOIN attribute_index s ON s.resource_key = k.resource_key AND s.element = 0 AND s.attribute_id IN ").bind_list(&attributes);
            statement
                .push(" ORDER BY (s.index_key IS NULL)")
                .push(direction)
                .push(", s.index_key")
                .push(direction);
        }
        SortBy::Id => {
            statement
                .push(" JOIN resource s ON s.resource_key = k.resource_key ORDER BY s.id")
                .push(direction);
        }
        SortBy::Created => {
            statement
                .push(" JOIN resource s ON s.resource_key = k.resource_key ORDER BY s.created")
                .push(direction);
        }
        SortBy::LastModified => {
            statement
                .push(
                    " JOIN resource s ON s.resource_key = k.resource_key ORDER BY s.last_modified",
                )
                .push(direction);
        }
    }
    statement.push(", ");
    by_key(statement, is_reversed);
}
