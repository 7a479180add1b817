//! Operators: which roles somebody has by their groups, and who has a role.

use std::collections::HashMap;

use super::statement::{LIST_CHUNK, Statement};
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

/// The roles of several people, in the order of their names; one without roles is left out. One statement per chunk.
///
/// # Errors
/// The database's.
pub async fn roles_of(
    tx: &mut Transaction,
    people: &[ResourceKey],
    numbers: &Numbers,
) -> Result<HashMap<ResourceKey, Vec<String>>> {
    let mut roles: HashMap<ResourceKey, Vec<String>> = HashMap::new();
    for chunk in people.chunks(LIST_CHUNK) {
        let keys: Vec<i64> = chunk.iter().map(|key| key.0).collect();
        let mut select = Statement::new(
            "WITH RECURSIVE above (person_key, resource_key) AS (SELECT m.member_key, m.group_key FROM membership m WHERE m.member_key IN ",
        );
        select.bind_list(&keys).push(
            " UNION SELECT a.person_key, m.group_key FROM above a JOIN membership m ON m.member_key = a.resource_key) \
             SELECT DISTINCT a.person_key, i.index_key FROM above a JOIN attribute_index i ON i.resource_key = a.resource_key WHERE i.attribute_id = ",
        );
        select.bind(numbers.role.0);
        select.push(" ORDER BY 1, 2");
        let rows: Vec<(i64, String)> = tx.fetch_all(select).await?;
        for (person, role) in rows {
            roles.entry(ResourceKey(person)).or_default().push(role);
        }
    }
    Ok(roles)
}

/// How many resources have each of these values of an attribute; a value that none has is left out.
///
/// # Errors
/// The database's.
pub async fn count_holders(
    tx: &mut Transaction,
    tenant: TenantKey,
    attribute: AttributeId,
    values: &[String],
) -> Result<HashMap<String, i64>> {
    let mut counts = HashMap::new();
    for chunk in values.chunks(LIST_CHUNK) {
        let mut select = Statement::new(
            "SELECT index_key, COUNT(*) FROM attribute_index WHERE tenant_key = $1 AND attribute_id = $2 AND index_key IN ",
        )
        .arg(tenant.0)
        .arg(attribute.0);
        select.bind_list(chunk).push(" GROUP BY index_key");
        let rows: Vec<(String, i64)> = tx.fetch_all(select).await?;
        counts.extend(rows);
    }
    Ok(counts)
}

/// When people signed in last; whoever never did is left out.
///
/// # Errors
/// The database's.
pub async fn last_sign_ins(
    tx: &mut Transaction,
    people: &[ResourceKey],
) -> Result<HashMap<ResourceKey, i64>> {
    let mut moments = HashMap::new();
    for chunk in people.chunks(LIST_CHUNK) {
        let keys: Vec<i64> = chunk.iter().map(|key| key.0).collect();
        let mut select = Statement::new(
            "SELECT resource_key, last_sign_in FROM credential WHERE last_sign_in IS NOT NULL AND resource_key IN ",
        );
        select.bind_list(&keys);
        let rows: Vec<(i64, i64)> = tx.fetch_all(select).await?;
        moments.extend(rows.into_iter().map(|(key, at)| (ResourceKey(key), at)));
    }
    Ok(moments)
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
