//! Operators: which roles somebody has by their groups, and who has a role.

use super::statement::Statement;
use super::{ResourceKey, TenantKey, Transaction};
use crate::error::Result;
use crate::schema::{AttributeId, ResourceTypeId};

/// The numbers by which operators and their groups are found in the index.
#[derive(Debug, Clone, Copy)]
pub struct Numbers {
    /// The resource type of people.
    pub people: ResourceTypeId,
    /// The role of a group.
    pub role: AttributeId,
    /// The state of an account; one without a row can sign in.
    pub state: AttributeId,
}

/// The roles of a person, by the groups they are in directly or through other groups.
///
/// # Errors
/// The database's.
pub async fn roles(
    tx: &mut Transaction,
    person: ResourceKey,
    numbers: &Numbers,
) -> Result<Vec<String>> {
    let select = Statement::new(
        "WITH RECURSIVE above (resource_key) AS (SELECT m.group_key FROM membership m WHERE m.member_key = $1 \
         UNION SELECT m.group_key FROM above a JOIN membership m ON m.member_key = a.resource_key) \
         SELECT DISTINCT i.index_key FROM above a JOIN attribute_index i ON i.resource_key = a.resource_key WHERE i.attribute_id = $2",
    );
    let rows: Vec<(String,)> = tx
        .fetch_all(select.arg(person.0).arg(numbers.role.0))
        .await?;
    Ok(rows.into_iter().map(|(role,)| role).collect())
}

/// How many people who can sign in have a role.
///
/// # Errors
/// The database's.
pub async fn count_able(
    tx: &mut Transaction,
    tenant: TenantKey,
    numbers: &Numbers,
    role: &str,
) -> Result<i64> {
    let select = Statement::new(
        "WITH RECURSIVE below (resource_key) AS (SELECT i.resource_key FROM attribute_index i WHERE i.tenant_key = $1 AND i.attribute_id = $2 AND i.index_key = $3 \
         UNION SELECT m.member_key FROM below b JOIN membership m ON m.group_key = b.resource_key) \
         SELECT COUNT(*) FROM below b JOIN resource r ON r.resource_key = b.resource_key WHERE r.resource_type = $4 \
         AND NOT EXISTS (SELECT 1 FROM attribute_index s WHERE s.resource_key = b.resource_key AND s.attribute_id = $5)",
    );
    let select = select
        .arg(tenant.0)
        .arg(numbers.role.0)
        .arg(role)
        .arg(numbers.people.0)
        .arg(numbers.state.0);
    let (count,): (i64,) = tx.fetch_one(select).await?;
    Ok(count)
}

/// Whether anybody has a role who is not in a state, by the key that the index has of it.
///
/// # Errors
/// The database's.
pub async fn is_held(
    tx: &mut Transaction,
    tenant: TenantKey,
    numbers: &Numbers,
    role: &str,
    but_in: &str,
) -> Result<bool> {
    let select = Statement::new(
        "WITH RECURSIVE below (resource_key) AS (SELECT i.resource_key FROM attribute_index i WHERE i.tenant_key = $1 AND i.attribute_id = $2 AND i.index_key = $3 \
         UNION SELECT m.member_key FROM below b JOIN membership m ON m.group_key = b.resource_key) \
         SELECT COUNT(*) FROM below b JOIN resource r ON r.resource_key = b.resource_key WHERE r.resource_type = $4 \
         AND NOT EXISTS (SELECT 1 FROM attribute_index s WHERE s.resource_key = b.resource_key AND s.attribute_id = $5 AND s.index_key = $6)",
    );
    let select = select
        .arg(tenant.0)
        .arg(numbers.role.0)
        .arg(role)
        .arg(numbers.people.0)
        .arg(numbers.state.0)
        .arg(but_in);
    let (count,): (i64,) = tx.fetch_one(select).await?;
    Ok(count > 0)
}
