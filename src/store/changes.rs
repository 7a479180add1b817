//! The `change` rows: what happened, by whom, written in the transaction of the change itself.

use uuid::Uuid;

use super::statement::{Arg, Statement};
use super::{ConnectionKey, TenantKey, Transaction};
use crate::error::Result;
use crate::schema::ResourceTypeId;

/// Who does something, and in which request.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The request's id.
    pub request_id: String,
    /// The connection, for a provisioning client.
    pub connection: Option<ConnectionKey>,
    /// Who, in words: `connection entra`, `operator cli`.
    pub actor: String,
}

/// One change.
#[derive(Debug)]
pub struct Change {
    /// The resource.
    pub resource: Option<(ResourceTypeId, Uuid)>,
    /// Its version afterwards.
    pub version: Option<i64>,
    /// `create`, `replace`, `modify`, `delete`, or what else was done.
    pub operation: &'static str,
    /// JSON: what changed, secrets removed.
    pub detail: String,
    /// Microseconds since 1970 UTC.
    pub at: i64,
}

/// The columns of [`inserted`].
pub(super) const INSERTED: &str = "tenant_key, at, request_id, connection_key, actor, resource_id, resource_type, version, operation, detail";

/// What is inserted.
pub(super) fn inserted(tenant: TenantKey, origin: &Origin, change: Change) -> [Arg; 10] {
    let (resource_type, id) = change.resource.unzip();
    [
        tenant.0.into(),
        change.at.into(),
        origin.request_id.as_str().into(),
        origin.connection.map(|connection| connection.0).into(),
        origin.actor.as_str().into(),
        id.into(),
        resource_type.map(|resource_type| resource_type.0).into(),
        change.version.into(),
        change.operation.into(),
        change.detail.into(),
    ]
}

/// Appends changes, many in one statement. They may be written with the commit. They are asked for as they are written: a group of a
/// million members has a thousand of them when it goes.
///
/// # Errors
/// The database's.
pub async fn append(
    tx: &mut Transaction,
    tenant: TenantKey,
    origin: &Origin,
    changes: impl IntoIterator<Item = Change, IntoIter: Send>,
) -> Result<()> {
    let mut changes = changes.into_iter().peekable();
    while changes.peek().is_some() {
        let mut insert = Statement::new("INSERT INTO change (");
        insert.push(INSERTED).push(") VALUES ");
        for (position, change) in changes.by_ref().take(ROWS_PER_INSERT).enumerate() {
            if position > 0 {
                insert.push(", ");
            }
            insert.bind_row(inserted(tenant, origin, change));
        }
        tx.later(insert).await?;
    }
    Ok(())
}

/// Ten arguments each: few enough to be bound quickly (see `attribute_index`).
const ROWS_PER_INSERT: usize = 32;

/// A change as it is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Microseconds since 1970 UTC.
    pub at: i64,
    /// The request's id.
    pub request_id: String,
    /// Who.
    pub actor: String,
    /// Version afterwards.
    pub version: Option<i64>,
    /// What was done.
    pub operation: String,
    /// JSON: what changed.
    pub detail: String,
}

/// The changes of one resource, oldest first.
///
/// # Errors
/// The database's.
pub async fn of_resource(
    tx: &mut Transaction,
    tenant: TenantKey,
    id: Uuid,
) -> Result<Vec<Recorded>> {
    read(tx, tenant, id, None).await
}

async fn read(
    tx: &mut Transaction,
    tenant: TenantKey,
    id: Uuid,
    request_id: Option<&str>,
) -> Result<Vec<Recorded>> {
    let mut select = Statement::new(
        "SELECT at, request_id, actor, version, operation, detail FROM change WHERE tenant_key = $1 AND resource_id = $2",
    )
    .arg(tenant.0)
    .arg(id);
    if let Some(request_id) = request_id {
        select.push(" AND request_id = ").bind(request_id);
    }
    select.push(" ORDER BY change_key");
    let rows: Vec<(i64, String, String, Option<i64>, String, String)> =
        tx.fetch_all(select).await?;
    let recorded =
        rows.into_iter().map(
            |(at, request_id, actor, version, operation, detail)| Recorded {
                at,
                request_id,
                actor,
                version,
                operation,
                detail,
            },
        );
    Ok(recorded.collect())
}

/// What one request changed of a resource, oldest first.
///
/// # Errors
/// The database's.
pub async fn of_request(
    tx: &mut Transaction,
    tenant: TenantKey,
    id: Uuid,
    request_id: &str,
) -> Result<Vec<Recorded>> {
    read(tx, tenant, id, Some(request_id)).await
}

/// By how much the order of the times may differ from that of the rows, in microseconds: transactions last, and clocks differ.
const DISORDER: i64 = 10 * 60 * 1_000_000;

/// Which changes are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Of this resource.
    pub resource: Option<Uuid>,
    /// By whom.
    pub actor: Option<&'a str>,
    /// What was done.
    pub operation: Option<&'a str>,
    /// In this request.
    pub request_id: Option<&'a str>,
    /// From then on: microseconds since 1970 UTC.
    pub since: Option<i64>,
    /// Before then.
    pub until: Option<i64>,
    /// How many changes are looked at.
    pub scanned: i64,
}

/// A change with its key.
#[derive(Debug, Clone)]
pub struct Keyed {
    /// Its key: the later, the greater.
    pub key: i64,
    /// The resource's type.
    pub resource_type: Option<ResourceTypeId>,
    /// The resource.
    pub resource: Option<Uuid>,
    /// What was recorded.
    pub recorded: Recorded,
}

/// A part of the history.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// The changes, nearest to the place first.
    pub rows: Vec<Keyed>,
    /// Whether there are more in that direction.
    pub has_more: bool,
    /// Where it was given up without having seen all.
    pub stopped: Option<i64>,
}

impl Asked<'_> {
    /// Whether more is asked than what an index has.
    fn is_tested(&self) -> bool {
        self.actor.is_some() || self.operation.is_some() || self.request_id.is_some()
    }

    /// Appends the rows in the order of their keys, within these bounds.
    fn walked(&self, statement: &mut Statement, tenant: TenantKey, bounds: (i64, i64)) {
        statement
            .push(" FROM change c WHERE c.tenant_key = ")
            .bind(tenant.0);
        if let Some(resource) = self.resource {
            statement.push(" AND c.resource_id = ").bind(resource);
        }
        statement.push(" AND c.change_key > ").bind(bounds.0);
        statement.push(" AND c.change_key < ").bind(bounds.1);
    }

    /// Appends what the rows must pass besides.
    fn tested(&self, statement: &mut Statement) {
        let texts = [
            (" AND c.actor = ", self.actor),
            (" AND c.operation = ", self.operation),
            (" AND c.request_id = ", self.request_id),
        ];
        for (condition, text) in texts {
            if let Some(text) = text {
                statement.push(condition).bind(text);
            }
        }
        if let Some(since) = self.since {
            statement.push(" AND c.at >= ").bind(since);
        }
        if let Some(until) = self.until {
            statement.push(" AND c.at < ").bind(until);
        }
    }

    /// Between which keys the changes of the asked time lie, for certain. Both are beyond them.
    async fn bounds(&self, tx: &mut Transaction, tenant: TenantKey) -> Result<(i64, i64)> {
        let from = match self.since {
            Some(since) => first_since(tx, tenant, since.saturating_sub(DISORDER)).await? - 1,
            None => -1,
        };
        let to = match self.until {
            Some(until) => first_since(tx, tenant, until.saturating_add(DISORDER)).await?,
            None => i64::MAX,
        };
        Ok((from, to))
    }
}

/// The key from which on the changes are not older than that, found by halving: a few dozen reads of one row.
async fn first_since(tx: &mut Transaction, tenant: TenantKey, time: i64) -> Result<i64> {
    let ends = Statement::new(
        "SELECT COALESCE((SELECT MIN(change_key) FROM change WHERE tenant_key = $1), 0), COALESCE((SELECT MAX(change_key) FROM change WHERE tenant_key = $1), 0)",
    );
    let (mut low, last): (i64, i64) = tx.fetch_one(ends.arg(tenant.0)).await?;
    let mut high = last + 1;
    while low < high {
        let middle = low + (high - low) / 2;
        let select = Statement::new(
            "SELECT change_key, at FROM change WHERE tenant_key = $1 AND change_key >= $2 ORDER BY change_key LIMIT 1",
        );
        let row: Option<(i64, i64)> = tx.fetch_optional(select.arg(tenant.0).arg(middle)).await?;
        match row {
            Some((key, at)) if at < time => low = key + 1,
            Some(_) | None => high = middle,
        }
    }
    Ok(low)
}

/// The changes beyond a place, at most `count`, the newest first; backwards: those before it, the nearest first.
///
/// # Errors
/// The database's.
pub async fn page(
    tx: &mut Transaction,
    tenant: TenantKey,
    asked: &Asked<'_>,
    place: Option<i64>,
    is_backwards: bool,
    count: i64,
) -> Result<Part> {
    type Columns = (
        i64,
        i64,
        String,
        String,
        Option<i64>,
        String,
        String,
        Option<i16>,
        Option<Uuid>,
    );
    let mut bounds = asked.bounds(tx, tenant).await?;
    match (place, is_backwards) {
        (Some(place), true) => bounds.0 = bounds.0.max(place),
        (Some(place), false) => bounds.1 = bounds.1.min(place),
        (None, _) => {}
    }
    let end = if asked.is_tested() {
        end_of(tx, tenant, asked, bounds, is_backwards).await?
    } else {
        None
    };
    match end {
        Some(end) if is_backwards => bounds.1 = end + 1,
        Some(end) => bounds.0 = end - 1,
        None => {}
    }
    let mut select = Statement::new(
        "SELECT c.change_key, c.at, c.request_id, c.actor, c.version, c.operation, c.detail, c.resource_type, c.resource_id",
    );
    asked.walked(&mut select, tenant, bounds);
    asked.tested(&mut select);
    order(&mut select, is_backwards);
    select.push(" LIMIT ").bind(count + 1);
    let rows: Vec<Columns> = tx.fetch_all(select).await?;
    let mut rows: Vec<Keyed> = rows
        .into_iter()
        .map(
            |(key, at, request_id, actor, version, operation, detail, resource_type, resource)| {
                Keyed {
                    key,
                    resource_type: resource_type.map(ResourceTypeId),
                    resource,
                    recorded: Recorded {
                        at,
                        request_id,
                        actor,
                        version,
                        operation,
                        detail,
                    },
                }
            },
        )
        .collect();
    let wanted = usize::try_from(count).unwrap_or_default();
    let has_more = rows.len() > wanted;
    rows.truncate(wanted);
    Ok(Part {
        rows,
        has_more,
        stopped: end.filter(|_| !has_more),
    })
}

fn order(statement: &mut Statement, is_backwards: bool) {
    statement.push(if is_backwards {
        " ORDER BY c.change_key"
    } else {
        " ORDER BY c.change_key DESC"
    });
}

/// The last of as many changes as are looked at; none: there are not so many.
async fn end_of(
    tx: &mut Transaction,
    tenant: TenantKey,
    asked: &Asked<'_>,
    bounds: (i64, i64),
    is_backwards: bool,
) -> Result<Option<i64>> {
    let mut select = Statement::new("SELECT c.change_key");
    asked.walked(&mut select, tenant, bounds);
    order(&mut select, is_backwards);
    select.push(" LIMIT 1 OFFSET ").bind(asked.scanned - 1);
    let row: Option<(i64,)> = tx.fetch_optional(select).await?;
    Ok(row.map(|(key,)| key))
}

/// How many there are, counted up to `cap` among the newest.
///
/// # Errors
/// The database's.
pub async fn count(
    tx: &mut Transaction,
    tenant: TenantKey,
    asked: &Asked<'_>,
    cap: i64,
) -> Result<super::listing::Counted> {
    let mut bounds = asked.bounds(tx, tenant).await?;
    let end = if asked.is_tested() {
        end_of(tx, tenant, asked, bounds, false).await?
    } else {
        None
    };
    bounds.0 = end.map_or(bounds.0, |end| end - 1);
    let mut select = Statement::new("SELECT COUNT(*) FROM (SELECT 1");
    asked.walked(&mut select, tenant, bounds);
    asked.tested(&mut select);
    select.push(" LIMIT ").bind(cap + 1).push(") n");
    let (number,): (i64,) = tx.fetch_one(select).await?;
    Ok(super::listing::Counted {
        number: number.min(cap),
        is_more: number > cap || end.is_some(),
    })
}

/// The changes of one resource, the latest first, each with its number. `beginning`: how the words for who did it begin; `before`: only
/// changes with a smaller number. By the index on tenant, resource and number.
///
/// # Errors
/// The database's.
pub async fn latest(
    tx: &mut Transaction,
    tenant: TenantKey,
    id: Uuid,
    beginning: &str,
    before: Option<i64>,
    count: i64,
) -> Result<Vec<(i64, Recorded)>> {
    type Row = (i64, i64, String, String, Option<i64>, String, String);
    let mut select = Statement::new(
        "SELECT change_key, at, request_id, actor, version, operation, detail FROM change WHERE tenant_key = $1 AND resource_id = $2",
    )
    .arg(tenant.0)
    .arg(id);
    if let Some(before) = before {
        select.push(" AND change_key < ").bind(before);
    }
    if !beginning.is_empty() {
        let pattern = format!("{beginning}%");
        select.push(" AND actor LIKE ").bind(pattern);
    }
    select.push(" ORDER BY change_key DESC LIMIT ").bind(count);
    let rows: Vec<Row> = tx.fetch_all(select).await?;
    let found = rows
        .into_iter()
        .map(|(key, at, request_id, actor, version, operation, detail)| {
            let recorded = Recorded {
                at,
                request_id,
                actor,
                version,
                operation,
                detail,
            };
            (key, recorded)
        });
    Ok(found.collect())
}
