//! Lists for people to look through: pages by key in both directions, newest first, at a cost that is bounded however many there are.
//!
//! A list is read in one of two ways. If its best condition has few rows, those are read, tested and sorted. Otherwise the resources
//! are *walked* in the order of the list, by an index that has that order, and each is tested; a walk ends with the page, or after
//! [`Bounds::walk`] candidates, and then says where it stopped.

use std::collections::HashMap;

use uuid::Uuid;

use super::predicate_sql::{
    self, Coverage, Probing, Scope, conditions, coverage, driving_tests, ordered_part,
};
use super::statement::{LIST_CHUNK, Statement};
use super::tombstones::Tombstone;
use super::{ResourceKey, TenantKey, Transaction};
use crate::error::Result;
use crate::filter::{Predicate, Test};
use crate::resource::Meta;
use crate::schema::ResourceTypeId;

/// How much a list looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// So many rows of an index are few: they are read and sorted rather than walked to.
    pub few: i64,
    /// How many candidates a page looks at, in portions: most pages are full after the first.
    pub walk: [i64; 3],
    /// How many candidates a count looks at where it walks.
    pub counted: i64,
    /// How many candidates are read and tested where SQL cannot decide.
    pub tested: i64,
    /// How many changes a page of the history looks at.
    pub changes: i64,
}

impl Default for Bounds {
    /// A few tens of milliseconds at most, measured with a million users.
    fn default() -> Self {
        Self {
            few: 5_000,
            walk: [500, 1_500, 4_000],
            counted: 3_000,
            tested: 2_000,
            changes: 5_000,
        }
    }
}

/// What is listed.
#[derive(Debug, Clone, Copy)]
pub struct List<'a> {
    /// The tenant.
    pub tenant: TenantKey,
    /// The type.
    pub resource_type: ResourceTypeId,
    /// The condition.
    pub predicate: &'a Predicate,
    /// Among whom.
    pub among: Among,
    /// How much is looked at.
    pub bounds: Bounds,
}

/// Among whom a list looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Among {
    /// All of the type.
    Everybody,
    /// The members of a group, of whatever type.
    Members(ResourceKey),
    /// Those of the type who are no direct members of a group.
    Others(ResourceKey),
}

/// Whether SQL finds exactly those that satisfy a predicate; otherwise each must be tested once more.
#[must_use]
pub fn is_exact(predicate: &Predicate) -> bool {
    coverage(predicate) == Coverage::Exact
}

/// A part of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slice {
    /// The keys, nearest to the place first.
    pub keys: Vec<ResourceKey>,
    /// Whether there are more in that direction, as far as it was looked.
    pub has_more: bool,
    /// Where the walk stopped without having seen all.
    pub stopped: Option<ResourceKey>,
}

/// A number that was counted up to a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// So many were found.
    pub number: i64,
    /// There may be more.
    pub is_more: bool,
}

impl List<'_> {
    fn scope(&self, tx: &Transaction, probing: Probing) -> Scope {
        Scope {
            tenant: self.tenant,
            resource_type: self.resource_type,
            dialect: tx.dialect(),
            connection: None,
            probing,
        }
    }

    /// Appends what restricts the candidate `alias` to those among whom it is looked.
    fn within(&self, statement: &mut Statement, alias: &'static str) {
        let (word, group) = match self.among {
            Among::Everybody => return,
            Among::Members(group) => (" AND EXISTS (", group),
            Among::Others(group) => (" AND NOT EXISTS (", group),
        };
        statement
            .push(word)
            .push("SELECT 1 FROM membership x WHERE x.group_key = ")
            .bind(group.0)
            .push(" AND x.member_key = ")
            .push(alias)
            .push(".resource_key)");
    }

    /// Appends the candidates in the order of their keys: a SELECT that can be continued with `AND`. Answers the test that they pass.
    fn walked(&self, statement: &mut Statement) -> Option<&Test> {
        if let Among::Members(group) = self.among {
            statement
                .push("SELECT d.resource_key FROM (SELECT m.member_key AS resource_key FROM membership m WHERE m.group_key = ")
                .bind(group.0)
                .push(") d WHERE 1 = 1");
            return None;
        }
        if let Some((test, _)) = ordered_part(self.predicate) {
            statement
                .push("SELECT d.resource_key FROM attribute_index d WHERE d.tenant_key = ")
                .bind(self.tenant.0);
            statement
                .push(" AND d.attribute_id = ")
                .bind(test.attribute.id.0);
            statement
                .push(" AND d.index_key = ")
                .bind(test.key.as_str());
            return Some(test);
        }
        statement
            .push("SELECT d.resource_key FROM resource d WHERE d.tenant_key = ")
            .bind(self.tenant.0);
        statement
            .push(" AND d.resource_type = ")
            .bind(self.resource_type.0);
        None
    }

    /// Appends what the candidates must pass that [`Self::walked`] does not say. Answers whether there is anything.
    fn tested(&self, tx: &Transaction, statement: &mut Statement, known: Option<&Test>) -> bool {
        if matches!(self.among, Among::Others(_)) {
            self.within(statement, "d");
        }
        let scope = self.scope(tx, Probing::Walk);
        conditions(statement, scope, self.predicate, known)
            || matches!(self.among, Among::Others(_))
    }

    /// Appends the few keys that satisfy the predicate, as the table `k`.
    fn few(&self, tx: &Transaction, statement: &mut Statement) {
        statement.push("WITH k AS MATERIALIZED (");
        predicate_sql::keys(statement, self.scope(tx, Probing::Each), self.predicate);
        statement.push(") ");
    }

    /// Whether the best condition has so few rows that reading them all is the shortest way. One statement, bounded.
    async fn are_few(&self, tx: &mut Transaction) -> Result<bool> {
        let is_walked_by = ordered_part(self.predicate).is_some_and(|(_, is_best)| is_best);
        if is_walked_by && self.among == Among::Everybody {
            return Ok(false);
        }
        let Some(tests) = driving_tests(self.predicate) else {
            return Ok(false);
        };
        let mut select = Statement::new("SELECT CAST(0 AS BIGINT)");
        for test in tests {
            select.push(" + (SELECT COUNT(*) FROM (");
            predicate_sql::rows(&mut select, self.scope(tx, Probing::Each), test);
            select
                .push(" LIMIT ")
                .bind(self.bounds.few + 1)
                .push(") c)");
        }
        let (rows,): (i64,) = tx.fetch_one(select).await?;
        Ok(rows <= self.bounds.few)
    }
}

/// Appends ` AND alias.resource_key` beyond a place.
fn beyond(
    statement: &mut Statement,
    alias: &'static str,
    place: Option<ResourceKey>,
    is_backwards: bool,
) {
    let Some(place) = place else { return };
    statement
        .push(" AND ")
        .push(alias)
        .push(".resource_key")
        .push(if is_backwards { " > " } else { " < " })
        .bind(place.0);
}

/// Appends the order of a list, or against it.
fn order(statement: &mut Statement, alias: &'static str, is_backwards: bool) {
    statement
        .push(" ORDER BY ")
        .push(alias)
        .push(".resource_key")
        .push(if is_backwards { "" } else { " DESC" });
}

fn keys_of(rows: Vec<(i64,)>) -> impl Iterator<Item = ResourceKey> {
    rows.into_iter().map(|(key,)| ResourceKey(key))
}

/// The resources beyond a place, at most `count`, the newest first; backwards: those before it, the nearest first.
///
/// # Errors
/// The database's.
pub async fn slice(
    tx: &mut Transaction,
    list: &List<'_>,
    place: Option<ResourceKey>,
    is_backwards: bool,
    count: i64,
) -> Result<Slice> {
    let wanted = usize::try_from(count).unwrap_or_default();
    let mut slice = if list.are_few(tx).await? {
        let mut select = Statement::default();
        list.few(tx, &mut select);
        select.push("SELECT k.resource_key FROM k WHERE 1 = 1");
        list.within(&mut select, "k");
        beyond(&mut select, "k", place, is_backwards);
        order(&mut select, "k", is_backwards);
        select.push(" LIMIT ").bind(count + 1);
        Slice {
            keys: keys_of(tx.fetch_all(select).await?).collect(),
            ..Slice::default()
        }
    } else {
        walk(tx, list, place, is_backwards, count).await?
    };
    if slice.keys.len() > wanted {
        slice.keys.truncate(wanted);
        slice.has_more = true;
        slice.stopped = None;
    }
    Ok(slice)
}

/// As [`slice`], one more than is wanted.
async fn walk(
    tx: &mut Transaction,
    list: &List<'_>,
    mut place: Option<ResourceKey>,
    is_backwards: bool,
    count: i64,
) -> Result<Slice> {
    let mut slice = Slice::default();
    for portion in list.bounds.walk {
        let end = end_of(tx, list, place, is_backwards, portion).await?;
        let found = i64::try_from(slice.keys.len()).unwrap_or(i64::MAX);
        let mut select = Statement::default();
        let known = list.walked(&mut select);
        beyond(&mut select, "d", place, is_backwards);
        if let Some(end) = end {
            up_to(&mut select, end, is_backwards);
        }
        let is_tested = list.tested(tx, &mut select, known);
        order(&mut select, "d", is_backwards);
        select.push(" LIMIT ").bind(count + 1 - found);
        slice.keys.extend(keys_of(tx.fetch_all(select).await?));
        slice.stopped = end;
        let found = i64::try_from(slice.keys.len()).unwrap_or(i64::MAX);
        if end.is_none() || found > count || !is_tested {
            return Ok(slice);
        }
        place = end;
    }
    Ok(slice)
}

/// Appends the end of a portion, which belongs to it.
fn up_to(statement: &mut Statement, end: ResourceKey, is_backwards: bool) {
    statement
        .push(" AND d.resource_key")
        .push(if is_backwards { " <= " } else { " >= " })
        .bind(end.0);
}

/// The last of so many candidates; none: there are not so many.
async fn end_of(
    tx: &mut Transaction,
    list: &List<'_>,
    place: Option<ResourceKey>,
    is_backwards: bool,
    portion: i64,
) -> Result<Option<ResourceKey>> {
    let mut select = Statement::default();
    list.walked(&mut select);
    beyond(&mut select, "d", place, is_backwards);
    order(&mut select, "d", is_backwards);
    select.push(" LIMIT 1 OFFSET ").bind(portion - 1);
    let row: Option<(i64,)> = tx.fetch_optional(select).await?;
    Ok(row.map(|(key,)| ResourceKey(key)))
}

/// How many there are, counted up to `cap`, and looking at a bounded number of candidates.
///
/// # Errors
/// The database's.
pub async fn count(tx: &mut Transaction, list: &List<'_>, cap: i64) -> Result<Counted> {
    let mut select = Statement::default();
    let mut is_whole = true;
    if list.are_few(tx).await? {
        list.few(tx, &mut select);
        select.push("SELECT COUNT(*) FROM (SELECT 1 FROM k WHERE 1 = 1");
        list.within(&mut select, "k");
    } else {
        let mut walked = Statement::default();
        let known = list.walked(&mut walked);
        let end = if list.tested(tx, &mut walked, known) {
            end_of(tx, list, None, false, list.bounds.counted).await?
        } else {
            None
        };
        select.push("SELECT COUNT(*) FROM (");
        let known = list.walked(&mut select);
        if let Some(end) = end {
            up_to(&mut select, end, false);
        }
        list.tested(tx, &mut select, known);
        is_whole = end.is_none();
    }
    select.push(" LIMIT ").bind(cap + 1).push(") c");
    let (number,): (i64,) = tx.fetch_one(select).await?;
    Ok(Counted {
        number: number.min(cap),
        is_more: number > cap || !is_whole,
    })
}

/// A row of a list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its key.
    pub key: ResourceKey,
    /// Its type.
    pub resource_type: ResourceTypeId,
    /// `id`.
    pub id: Uuid,
    /// The document's JSON text.
    pub document: String,
    /// Times and version.
    pub meta: Meta,
    /// The name of the connection that created it.
    pub connection: Option<String>,
}

/// The rows of a page, in the order of the keys that are given. One statement.
///
/// # Errors
/// The database's.
pub async fn rows(tx: &mut Transaction, keys: &[ResourceKey]) -> Result<Vec<Listed>> {
    type Columns = (i64, i16, Uuid, String, i64, i64, i64, Option<String>);
    let mut found: HashMap<ResourceKey, Listed> = HashMap::with_capacity(keys.len());
    for chunk in keys.chunks(LIST_CHUNK) {
        let chunk: Vec<i64> = chunk.iter().map(|key| key.0).collect();
        let mut select = Statement::new(
            "SELECT r.resource_key, r.resource_type, r.id, r.document, r.version, r.created, r.last_modified, c.name \
             FROM resource r LEFT JOIN connection c ON c.connection_key = r.connection_key WHERE r.resource_key IN ",
        );
        select.bind_list(&chunk);
        let rows: Vec<Columns> = tx.fetch_all(select).await?;
        for (key, resource_type, id, document, version, created, last_modified, connection) in rows
        {
            let key = ResourceKey(key);
            let listed = Listed {
                key,
                resource_type: ResourceTypeId(resource_type),
                id,
                document,
                meta: Meta {
                    created,
                    last_modified,
                    version,
                },
                connection,
            };
            found.insert(key, listed);
        }
    }
    Ok(keys.iter().filter_map(|key| found.remove(key)).collect())
}

/// The groups that somebody is in.
#[derive(Debug, Clone, Default)]
pub struct Belonging {
    /// The first of them: ids and names.
    pub first: Vec<(Uuid, Option<String>)>,
    /// How many there are, direct ones alone.
    pub number: i64,
}

/// The first `each` direct groups of each of these, and how many each is in, counted up to `cap`. Two statements.
///
/// # Errors
/// The database's.
pub async fn belongings(
    tx: &mut Transaction,
    members: &[ResourceKey],
    each: i64,
    cap: i64,
) -> Result<HashMap<ResourceKey, Belonging>> {
    let mut found: HashMap<ResourceKey, Belonging> = HashMap::new();
    // SQLite accepts 500 parts of a UNION.
    for chunk in members.chunks(256) {
        let keys: Vec<i64> = chunk.iter().map(|key| key.0).collect();
        let mut select = Statement::new(
            "SELECT r.resource_key, (SELECT COUNT(*) FROM (SELECT 1 FROM membership m WHERE m.member_key = r.resource_key LIMIT ",
        );
        select
            .bind(cap + 1)
            .push(") c) FROM resource r WHERE r.resource_key IN ")
            .bind_list(&keys);
        let counts: Vec<(i64, i64)> = tx.fetch_all(select).await?;
        let counts: Vec<(i64, i64)> = counts.into_iter().filter(|(_, n)| *n > 0).collect();
        if counts.is_empty() {
            continue;
        }
        let mut select = Statement::new("SELECT f.member_key, g.id, g.display_name FROM (");
        for (position, (member, number)) in counts.iter().enumerate() {
            select.push(if position > 0 { " UNION ALL " } else { "" });
            select
                .push("SELECT * FROM (SELECT m.member_key, m.group_key FROM membership m WHERE m.member_key = ")
                .bind(*member)
                .push(" ORDER BY m.group_key LIMIT ")
                .bind(each)
                .push(") p");
            found.entry(ResourceKey(*member)).or_default().number = *number;
        }
        select.push(
            ") f JOIN resource g ON g.resource_key = f.group_key ORDER BY f.member_key, f.group_key",
        );
        let names: Vec<(i64, Uuid, Option<String>)> = tx.fetch_all(select).await?;
        for (member, id, name) in names {
            let belonging = found.entry(ResourceKey(member)).or_default();
            belonging.first.push((id, name));
        }
    }
    Ok(found)
}

/// How many members each of these groups has, each counted up to `cap`. One statement.
///
/// # Errors
/// The database's.
pub async fn member_counts(
    tx: &mut Transaction,
    groups: &[ResourceKey],
    cap: i64,
) -> Result<HashMap<ResourceKey, Counted>> {
    let mut counts = HashMap::with_capacity(groups.len());
    for chunk in groups.chunks(LIST_CHUNK) {
        let keys: Vec<i64> = chunk.iter().map(|key| key.0).collect();
        let mut select = Statement::new(
            "SELECT r.resource_key, (SELECT COUNT(*) FROM (SELECT 1 FROM membership m WHERE m.group_key = r.resource_key LIMIT ",
        );
        select
            .bind(cap + 1)
            .push(") c) FROM resource r WHERE r.resource_key IN ")
            .bind_list(&keys);
        let rows: Vec<(i64, i64)> = tx.fetch_all(select).await?;
        counts.extend(rows.into_iter().map(|(key, number)| {
            let counted = Counted {
                number: number.min(cap),
                is_more: number > cap,
            };
            (ResourceKey(key), counted)
        }));
    }
    Ok(counts)
}

/// The groups that somebody is in, also through other groups, beyond a place; with whether directly. One statement; it costs as much as
/// there are.
///
/// # Errors
/// The database's.
pub async fn groups_of(
    tx: &mut Transaction,
    member: ResourceKey,
    place: Option<ResourceKey>,
    is_backwards: bool,
    count: i64,
) -> Result<Vec<(ResourceKey, bool)>> {
    let mut select = Statement::new(
        "WITH RECURSIVE above (resource_key) AS (SELECT m.group_key FROM membership m WHERE m.member_key = $1 \
         UNION SELECT m.group_key FROM above a JOIN membership m ON m.member_key = a.resource_key) \
         SELECT d.resource_key, (SELECT COUNT(*) FROM membership m WHERE m.group_key = d.resource_key AND m.member_key = $1) FROM above d WHERE 1 = 1",
    )
    .arg(member.0);
    beyond(&mut select, "d", place, is_backwards);
    order(&mut select, "d", is_backwards);
    select.push(" LIMIT ").bind(count);
    let rows: Vec<(i64, i64)> = tx.fetch_all(select).await?;
    let groups = rows.into_iter();
    Ok(groups
        .map(|(key, direct)| (ResourceKey(key), direct > 0))
        .collect())
}

/// How many groups somebody is in, also through other groups, counted up to `cap`.
///
/// # Errors
/// The database's.
pub async fn count_groups_of(
    tx: &mut Transaction,
    member: ResourceKey,
    cap: i64,
) -> Result<Counted> {
    let select = Statement::new(
        "WITH RECURSIVE above (resource_key) AS (SELECT m.group_key FROM membership m WHERE m.member_key = $1 \
         UNION SELECT m.group_key FROM above a JOIN membership m ON m.member_key = a.resource_key) \
         SELECT COUNT(*) FROM (SELECT 1 FROM above LIMIT $2) c",
    );
    let (number,): (i64,) = tx.fetch_one(select.arg(member.0).arg(cap + 1)).await?;
    Ok(Counted {
        number: number.min(cap),
        is_more: number > cap,
    })
}

/// Those who have been deleted, the latest first, beyond a place.
///
/// # Errors
/// The database's.
pub async fn deleted(
    tx: &mut Transaction,
    tenant: TenantKey,
    place: Option<(i64, Uuid)>,
    is_backwards: bool,
    count: i64,
) -> Result<Vec<Tombstone>> {
    type Columns = (
        Uuid,
        i16,
        String,
        Option<String>,
        Option<String>,
        String,
        i64,
    );
    let mut select = Statement::new(
        "SELECT id, resource_type, kind, username, display_name, actor, deleted FROM tombstone WHERE tenant_key = $1",
    )
    .arg(tenant.0);
    if let Some((deleted, id)) = place {
        select
            .push(" AND (deleted, id)")
            .push(if is_backwards { " > (" } else { " < (" })
            .bind(deleted)
            .push(", ")
            .bind(id)
            .push(")");
    }
    select.push(if is_backwards {
        " ORDER BY deleted, id LIMIT "
    } else {
        " ORDER BY deleted DESC, id DESC LIMIT "
    });
    select.bind(count);
    let rows: Vec<Columns> = tx.fetch_all(select).await?;
    let tombstones = rows.into_iter().map(
        |(id, resource_type, kind, username, display_name, actor, deleted)| Tombstone {
            id,
            resource_type: ResourceTypeId(resource_type),
            kind,
            username,
            display_name,
            actor,
            deleted,
        },
    );
    Ok(tombstones.collect())
}

/// How many have been deleted, counted up to `cap`.
///
/// # Errors
/// The database's.
pub async fn count_deleted(tx: &mut Transaction, tenant: TenantKey, cap: i64) -> Result<Counted> {
    let select = Statement::new(
        "SELECT COUNT(*) FROM (SELECT 1 FROM tombstone WHERE tenant_key = $1 LIMIT $2) c",
    );
    let (number,): (i64,) = tx.fetch_one(select.arg(tenant.0).arg(cap + 1)).await?;
    Ok(Counted {
        number: number.min(cap),
        is_more: number > cap,
    })
}
