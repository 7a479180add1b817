//! The `change` rows: what happened, by whom, written in the transaction of the change itself.

use uuid::Uuid;

use super::statement::Statement;
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
pub struct Change<'a> {
    /// The resource.
    pub resource: Option<(ResourceTypeId, Uuid)>,
    /// Its version afterwards.
    pub version: Option<i64>,
    /// `create`, `replace`, `modify`, `delete`, or what else was done.
    pub operation: &'a str,
    /// JSON: what changed, secrets removed.
    pub detail: String,
    /// Microseconds since 1970 UTC.
    pub at: i64,
}

/// Appends changes, many in one statement.
///
/// # Errors
/// The database's.
pub async fn append(
    tx: &mut Transaction,
    tenant: TenantKey,
    origin: &Origin,
    changes: Vec<Change<'_>>,
) -> Result<()> {
    let mut changes = changes.into_iter().peekable();
    while changes.peek().is_some() {
        let mut insert = Statement::new(
            "INSERT INTO change (tenant_key, at, request_id, connection_key, actor, resource_id, resource_type, version, operation, detail) VALUES ",
        );
        for (position, change) in changes.by_ref().take(ROWS_PER_INSERT).enumerate() {
            if position > 0 {
                insert.push(", ");
            }
            let (resource_type, id) = change.resource.unzip();
            insert.bind_row([
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
            ]);
        }
        tx.execute(insert).await?;
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
