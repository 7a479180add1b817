//! Which resources a query finds: order, page and total, in keys; documents are read afterwards.

mod course;

pub use course::{Course, choose};

use super::counts::{self, Blocks};
use super::predicate_sql::{self, Coverage, Probing, Scope, coverage, keys_by, ordered_part};
use super::resources::{self, Stored};
use super::statement::{Arg, Dialect, Statement};
use super::{ConnectionKey, ResourceKey, TenantKey, Transaction};
use crate::error::Result;
use crate::filter::{Op, Predicate, Test};
use crate::schema::{AttributeId, Kind, ResourceTypeId};

/// A query over one or more resource types.
#[derive(Debug)]
pub struct Query<'a> {
    /// Each type with its predicate; `None`: all of them.
    pub branches: Vec<(ResourceTypeId, Option<&'a Predicate>)>,
    /// The order; `None`: by age.
    pub sort: Option<Sort>,
    /// Who asks: values that belong to one connection are there for no other.
    pub connection: Option<ConnectionKey>,
    /// It finds one resource at most: whether that is in a group is read with it.
    pub finds_one: bool,
    /// How it is carried out.
    pub course: Course,
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

    /// Whether any of the types is filtered.
    #[must_use]
    pub fn has_filter(&self) -> bool {
        self.branches
            .iter()
            .any(|(_, predicate)| predicate.is_some())
    }

    fn types(&self) -> Vec<ResourceTypeId> {
        let branches = self.branches.iter();
        branches.map(|(resource_type, _)| *resource_type).collect()
    }

    /// The SELECT of the keys that match, to be read or measured; nothing is asked. The tenant is one of its arguments.
    #[must_use]
    pub fn sql(&self, dialect: Dialect) -> String {
        let mut statement = Statement::default();
        self.matching(dialect, TenantKey(0), &mut statement);
        statement.sql
    }

    fn matching(&self, dialect: Dialect, tenant: TenantKey, statement: &mut Statement) {
        let everything = Predicate::constant(true);
        for (position, (resource_type, predicate)) in self.branches.iter().enumerate() {
            if position > 0 {
                statement.push(" UNION ALL ");
            }
            let scope = Scope {
                tenant,
                resource_type: *resource_type,
                dialect,
                connection: self.connection,
                probing: match self.course {
                    Course::Sets => Probing::Sets,
                    Course::Expected | Course::By(_) => Probing::Each,
                },
            };
            let predicate = predicate.unwrap_or(&everything);
            keys_by(statement, scope, predicate, self.driver(position));
        }
    }

    fn driver(&self, branch: usize) -> Option<usize> {
        match &self.course {
            Course::By(drivers) => drivers.get(branch).copied().flatten(),
            Course::Expected | Course::Sets => None,
        }
    }

    /// Whether all that match must be found for the first page: they do not lie in the order of the list.
    #[must_use]
    pub fn finds_all_first(&self) -> bool {
        let is_in_order = |predicate: &Predicate| {
            !matches!(predicate, Predicate::And(_)) && ordered_part(predicate).is_some()
        };
        match self.branches.as_slice() {
            [(_, Some(predicate))] => self.sort.is_some() || !is_in_order(predicate),
            _ => self.has_filter(),
        }
    }
}

/// A page of the keys of a query that [finds all first](Query::finds_all_first), with how many there are. One statement, or two
/// behind the end.
///
/// # Errors
/// The database's.
pub async fn found(
    tx: &mut Transaction,
    tenant: TenantKey,
    query: &Query<'_>,
    offset: i64,
    count: i64,
) -> Result<(Vec<ResourceKey>, i64)> {
    let mut statement = Statement::new("WITH k AS MATERIALIZED (");
    query.matching(tx.dialect(), tenant, &mut statement);
    statement.push(") SELECT k.resource_key, (SELECT COUNT(*) FROM k) FROM k");
    let window = Window {
        skipped: offset,
        count,
        is_reversed: false,
    };
    window.cut(&mut statement, query.sort.as_ref());
    let rows: Vec<(i64, i64)> = tx.fetch_all(statement).await?;
    let number = match rows.first() {
        Some((_, number)) => *number,
        None if offset == 0 => 0,
        None => total(tx, tenant, query).await?,
    };
    let keys = rows.into_iter().map(|(key, _)| ResourceKey(key));
    Ok((keys.collect(), number))
}

/// Whether what a predicate is found by is one value of a text or a number: what shares that is mostly little.
#[must_use]
pub fn is_narrow(predicate: &Predicate) -> bool {
    let is_value = |test: &&Test| {
        test.op == Op::Eq
            && test.attribute.kind != Kind::Boolean
            && test.attribute.relation.is_none()
    };
    predicate_sql::driving_tests(predicate).is_some_and(|tests| tests.iter().all(is_value))
}

/// How many candidates there are.
#[derive(Debug)]
pub enum Total {
    /// All resources of the types, by blocks.
    Everything(Blocks),
    /// Those that match a filter.
    Matches(i64),
    /// They were not counted: good for the first page.
    Unknown,
}

impl Total {
    /// The number.
    #[must_use]
    pub fn count(&self) -> i64 {
        match self {
            Self::Everything(blocks) => blocks.total(),
            Self::Matches(count) => *count,
            Self::Unknown => i64::MAX,
        }
    }
}

/// How many candidates there are: without a filter the counters answer; with one, the matches are counted.
///
/// # Errors
/// The database's.
pub async fn total(tx: &mut Transaction, tenant: TenantKey, query: &Query<'_>) -> Result<i64> {
    if !query.has_filter() {
        return counts::total(tx, tenant, &query.types()).await;
    }
    let mut statement = Statement::new("SELECT COUNT(*) FROM (");
    query.matching(tx.dialect(), tenant, &mut statement);
    statement.push(") k");
    let (count,): (i64,) = tx.fetch_one(statement).await?;
    Ok(count)
}

/// As [`total`], with what [`page`] needs to find the beginning of any page.
///
/// # Errors
/// The database's.
pub async fn count(tx: &mut Transaction, tenant: TenantKey, query: &Query<'_>) -> Result<Total> {
    if query.has_filter() {
        return total(tx, tenant, query).await.map(Total::Matches);
    }
    let blocks = counts::blocks(tx, tenant, &query.types()).await?;
    Ok(Total::Everything(blocks))
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
        "SELECT r.resource_key, r.resource_type, r.id, r.document, r.version, r.created, r.last_modified, r.external_id_connection",
    );
    if query.finds_one {
        statement.push(", CAST(CASE WHEN EXISTS (SELECT 1 FROM membership WHERE member_key = r.resource_key) THEN 1 ELSE 0 END AS INTEGER)");
    }
    statement.push(" FROM (SELECT k.resource_key AS resource_key FROM (");
    query.matching(tx.dialect(), tenant, &mut statement);
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
        Total::Matches(_) | Total::Unknown => window.cut(&mut statement, None),
    }
    statement
        .push(") p JOIN resource r ON r.resource_key = p.resource_key ORDER BY r.resource_key");
    if query.finds_one {
        return resources::fetch_grouped(tx, statement.by_key()).await;
    }
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
    query.matching(tx.dialect(), tenant, &mut statement);
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

/// A place in an ordered list: between a resource and its neighbour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The sort value of the resource; none where it has none, or where nothing is sorted by.
    pub value: Option<String>,
    /// Its key.
    pub key: ResourceKey,
}

/// The resources after (or before) a place, nearest first, with their places; without a place from the beginning.
///
/// # Errors
/// The database's.
pub async fn beside(
    tx: &mut Transaction,
    tenant: TenantKey,
    query: &Query<'_>,
    place: Option<&Place>,
    is_backwards: bool,
    count: i64,
) -> Result<Vec<Place>> {
    let by = query.sort.as_ref().map(|sort| &sort.by);
    let mut statement = Statement::new("SELECT k.resource_key, ");
    statement.push(match by {
        None => "CAST(NULL AS TEXT)",
        Some(SortBy::Attribute(_)) => "s.index_key",
        Some(SortBy::Id) => "s.id",
        Some(SortBy::Created) => "s.created",
        Some(SortBy::LastModified) => "s.last_modified",
    });
    statement.push(" FROM (");
    query.matching(tx.dialect(), tenant, &mut statement);
    statement.push(") k");
    join(&mut statement, query.sort.as_ref());
    if let Some(place) = place {
        statement.push(" WHERE ");
        beyond(&mut statement, query.sort.as_ref(), place, is_backwards);
    }
    order_by(&mut statement, query.sort.as_ref(), is_backwards);
    statement.push(" LIMIT ").bind(count);
    let place = |(key, value): (i64, Option<String>)| Place {
        value,
        key: ResourceKey(key),
    };
    Ok(match by {
        None | Some(SortBy::Attribute(_)) => {
            let rows: Vec<(i64, Option<String>)> = tx.fetch_all(statement).await?;
            rows.into_iter().map(place).collect()
        }
        Some(SortBy::Id) => {
            let rows: Vec<(i64, uuid::Uuid)> = tx.fetch_all(statement).await?;
            rows.into_iter()
                .map(|(key, id)| place((key, Some(id.to_string()))))
                .collect()
        }
        Some(SortBy::Created | SortBy::LastModified) => {
            let rows: Vec<(i64, i64)> = tx.fetch_all(statement).await?;
            rows.into_iter()
                .map(|(key, time)| place((key, Some(time_text(time)))))
                .collect()
        }
    })
}

/// A time as text whose order is that of the times.
#[must_use]
pub fn time_text(microseconds: i64) -> String {
    format!("{microseconds:020}")
}

/// Appends the condition of what lies beyond a place, in the order of the list or against it.
fn beyond(statement: &mut Statement, sort: Option<&Sort>, place: &Place, is_backwards: bool) {
    let key_op = if is_backwards { " < " } else { " > " };
    let Some(sort) = sort else {
        statement
            .push("k.resource_key")
            .push(key_op)
            .bind(place.key.0);
        return;
    };
    // Upwards, missing values come after all others.
    let is_upwards = sort.is_descending == is_backwards;
    let (column, value) = match &sort.by {
        SortBy::Attribute(_) => ("s.index_key", place.value.clone().map(Arg::Text)),
        SortBy::Id => {
            let id = place.value.as_deref().and_then(|id| id.parse().ok());
            ("s.id", Some(Arg::Id(id.unwrap_or_default())))
        }
        SortBy::Created => ("s.created", Some(time(place))),
        SortBy::LastModified => ("s.last_modified", Some(time(place))),
    };
    let same_key = |statement: &mut Statement| {
        statement
            .push(" AND k.resource_key")
            .push(key_op)
            .bind(place.key.0);
    };
    statement.push("(");
    if let Some(value) = value {
        statement
            .push(column)
            .push(if is_upwards { " > " } else { " < " })
            .bind(value.clone());
        statement.push(" OR (").push(column).push(" = ").bind(value);
        same_key(statement);
        statement.push(")");
        if is_upwards {
            statement.push(" OR ").push(column).push(" IS NULL");
        }
    } else {
        statement.push("(").push(column).push(" IS NULL");
        same_key(statement);
        statement.push(")");
        if !is_upwards {
            statement.push(" OR ").push(column).push(" IS NOT NULL");
        }
    }
    statement.push(")");
}

fn time(place: &Place) -> Arg {
    let text = place.value.as_deref().unwrap_or_default();
    Arg::I64(text.parse().unwrap_or_default())
}

/// Appends the join and the ORDER BY. Resources without a value are last ascending and first descending.
fn order(statement: &mut Statement, sort: Option<&Sort>, is_reversed: bool) {
    join(statement, sort);
    order_by(statement, sort, is_reversed);
}

/// Appends the join that brings the value to sort by.
fn join(statement: &mut Statement, sort: Option<&Sort>) {
    match sort.map(|sort| &sort.by) {
        None => {}
        Some(SortBy::Attribute(attributes)) => {
            let attributes: Vec<i16> = attributes.iter().map(|attribute| attribute.0).collect();
            statement.push(" LEFT JOIN attribute_index s ON s.resource_key = k.resource_key AND s.element = 0 AND s.attribute_id IN ").bind_list(&attributes);
        }
        Some(SortBy::Id | SortBy::Created | SortBy::LastModified) => {
            statement.push(" JOIN resource s ON s.resource_key = k.resource_key");
        }
    }
}

fn order_by(statement: &mut Statement, sort: Option<&Sort>, is_reversed: bool) {
    statement.push(" ORDER BY ");
    if let Some(sort) = sort {
        let direction = if sort.is_descending == is_reversed {
            " ASC"
        } else {
            " DESC"
        };
        match &sort.by {
            SortBy::Attribute(_) => {
                statement
                    .push("(s.index_key IS NULL)")
                    .push(direction)
                    .push(", s.index_key");
            }
            SortBy::Id => {
                statement.push("s.id");
            }
            SortBy::Created => {
                statement.push("s.created");
            }
            SortBy::LastModified => {
                statement.push("s.last_modified");
            }
        }
        statement.push(direction).push(", ");
    }
    statement.push(if is_reversed {
        "k.resource_key DESC"
    } else {
        "k.resource_key"
    });
}
