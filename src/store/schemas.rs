//! A tenant's own schemas and resource types, as documents.

use super::statement::Statement;
use super::{TenantKey, Transaction};
use crate::error::Result;
use crate::schema::ResourceTypeId;

/// What a document defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// A schema.
    Schema,
    /// A resource type, or extensions of one.
    ResourceType,
}

impl DocumentKind {
    /// Its name in the database, which is that of RFC 7643.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Schema => "Schema",
            Self::ResourceType => "ResourceType",
        }
    }
}

/// A document as it is stored.
#[derive(Debug, Clone)]
pub struct Document {
    /// What it defines.
    pub kind: DocumentKind,
    /// The schema's URN, the resource type's name.
    pub id: String,
    /// The resource type's number; none where it extends an embedded one.
    pub resource_type: Option<ResourceTypeId>,
    /// JSON text.
    pub document: String,
    /// Microseconds since 1970 UTC.
    pub created: i64,
}

/// A tenant's documents, oldest first.
///
/// # Errors
/// The database's.
pub async fn list(tx: &mut Transaction, tenant: TenantKey) -> Result<Vec<Document>> {
    type Columns = (String, String, Option<i16>, String, i64);
    let select = Statement::new(
        "SELECT kind, id, resource_type, document, created FROM tenant_schema WHERE tenant_key = $1 ORDER BY created, resource_type, id",
    );
    let rows: Vec<Columns> = tx.fetch_all(select.arg(tenant.0)).await?;
    let documents = rows
        .into_iter()
        .map(|(kind, id, resource_type, document, created)| Document {
            kind: if kind == DocumentKind::Schema.name() {
                DocumentKind::Schema
            } else {
                DocumentKind::ResourceType
            },
            id,
            resource_type: resource_type.map(ResourceTypeId),
            document,
            created,
        });
    Ok(documents.collect())
}

/// Whether any tenant has a resource type of that name.
///
/// # Errors
/// The database's.
pub async fn has_resource_type(tx: &mut Transaction, name: &str) -> Result<bool> {
    let select = Statement::new(
        "SELECT tenant_key FROM tenant_schema WHERE kind = 'ResourceType' AND id = $1 LIMIT 1",
    );
    let row: Option<(i32,)> = tx.fetch_optional(select.arg(name)).await?;
    Ok(row.is_some())
}

/// Writes a document over the one of the same kind and id, if there is one.
///
/// # Errors
/// The database's.
pub async fn put(tx: &mut Transaction, tenant: TenantKey, document: &Document) -> Result<()> {
    let upsert = Statement::new(
        "INSERT INTO tenant_schema (tenant_key, kind, id, resource_type, document, created) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (tenant_key, kind, id) DO UPDATE SET document = $5",
    );
    let upsert = upsert
        .arg(tenant.0)
        .arg(document.kind.name())
        .arg(document.id.as_str())
        .arg(document.resource_type.map(|number| number.0));
    tx.execute(upsert.arg(document.document.as_str()).arg(document.created))
        .await
        .map(|_| ())
}

/// Removes a document; false when there is none.
///
/// # Errors
/// The database's.
pub async fn remove(
    tx: &mut Transaction,
    tenant: TenantKey,
    kind: DocumentKind,
    id: &str,
) -> Result<bool> {
    let delete =
        Statement::new("DELETE FROM tenant_schema WHERE tenant_key = $1 AND kind = $2 AND id = $3");
    let removed = tx
        .execute(delete.arg(tenant.0).arg(kind.name()).arg(id))
        .await?;
    Ok(removed > 0)
}

/// The next number of a resource type; numbers are not used again, because old changes refer to them.
///
/// # Errors
/// The database's.
pub async fn next_resource_type(tx: &mut Transaction, tenant: TenantKey) -> Result<ResourceTypeId> {
    let update = Statement::new(
        "UPDATE tenant SET last_resource_type = last_resource_type + 1 WHERE tenant_key = $1 RETURNING last_resource_type",
    );
    let (number,): (i16,) = tx.fetch_one(update.arg(tenant.0)).await?;
    Ok(ResourceTypeId(number))
}
