//! The second factor of operators: the secret shared with an authenticator, and the hashes of recovery codes.

use std::collections::HashSet;

use super::statement::{LIST_CHUNK, Statement};
use super::{ResourceKey, TenantKey, Transaction};
use crate::error::Result;

/// A second factor.
#[derive(Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// What the authenticator shares with the server.
    pub secret: Vec<u8>,
    /// Since when it counts; none: no code has been shown yet. Microseconds since 1970 UTC.
    pub confirmed: Option<i64>,
    /// The last time step whose code was accepted.
    pub last_step: i64,
    /// Wrong codes in a row.
    pub failures: i64,
    /// When the last of them was given.
    pub last_failure: Option<i64>,
}

/// The secret is left out.
impl std::fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecondFactor")
            .field("confirmed", &self.confirmed)
            .field("failures", &self.failures)
            .finish_non_exhaustive()
    }
}

/// The second factor of a person.
///
/// # Errors
/// The database's.
pub async fn get(tx: &mut Transaction, person: ResourceKey) -> Result<Option<SecondFactor>> {
    type Row = (Vec<u8>, Option<i64>, i64, i64, Option<i64>);
    let select = Statement::new(
        "SELECT secret, confirmed, last_step, failures, last_failure FROM second_factor WHERE resource_key = $1",
    );
    let row: Option<Row> = tx.fetch_optional(select.arg(person.0)).await?;
    Ok(row.map(
        |(secret, confirmed, last_step, failures, last_failure)| SecondFactor {
            secret,
            confirmed,
            last_step,
            failures,
            last_failure,
        },
    ))
}

/// Those of the people who have a second factor that counts.
///
/// # Errors
/// The database's.
pub async fn confirmed(
    tx: &mut Transaction,
    people: &[ResourceKey],
) -> Result<HashSet<ResourceKey>> {
    let mut found = HashSet::new();
    for chunk in people.chunks(LIST_CHUNK) {
        let keys: Vec<i64> = chunk.iter().map(|key| key.0).collect();
        let mut select = Statement::new(
            "SELECT resource_key FROM second_factor WHERE confirmed IS NOT NULL AND resource_key IN ",
        );
        select.bind_list(&keys);
        let rows: Vec<(i64,)> = tx.fetch_all(select).await?;
        found.extend(rows.into_iter().map(|(key,)| ResourceKey(key)));
    }
    Ok(found)
}

/// Inserts a second factor that does not count yet, unless the person has one.
///
/// # Errors
/// The database's.
pub async fn insert(
    tx: &mut Transaction,
    tenant: TenantKey,
    person: ResourceKey,
    secret: &[u8],
    now: i64,
) -> Result<()> {
    let insert = Statement::new(
        "INSERT INTO second_factor (resource_key, tenant_key, secret, created, last_step, failures) VALUES ($1, $2, $3, $4, 0, 0) \
         ON CONFLICT (resource_key) DO NOTHING",
    );
    let insert = insert
        .arg(person.0)
        .arg(tenant.0)
        .arg(secret.to_vec())
        .arg(now);
    tx.execute(insert).await.map(|_| ())
}

/// Makes a second factor count; answers whether there was one that did not.
///
/// # Errors
/// The database's.
pub async fn confirm(tx: &mut Transaction, person: ResourceKey, now: i64) -> Result<bool> {
    let update = Statement::new(
        "UPDATE second_factor SET confirmed = $2 WHERE resource_key = $1 AND confirmed IS NULL",
    );
    Ok(tx.execute(update.arg(person.0).arg(now)).await? > 0)
}

/// Takes the code of a time step, unless it or a later one has been taken; wrong codes are forgotten.
///
/// # Errors
/// The database's.
pub async fn take_step(tx: &mut Transaction, person: ResourceKey, step: i64) -> Result<bool> {
    let update = Statement::new(
        "UPDATE second_factor SET last_step = $2, failures = 0 WHERE resource_key = $1 AND last_step < $2",
    );
    Ok(tx.execute(update.arg(person.0).arg(step)).await? > 0)
}

/// Counts a wrong code.
///
/// # Errors
/// The database's.
pub async fn note_failure(tx: &mut Transaction, person: ResourceKey, now: i64) -> Result<()> {
    let update = Statement::new(
        "UPDATE second_factor SET failures = failures + 1, last_failure = $2 WHERE resource_key = $1",
    );
    tx.execute(update.arg(person.0).arg(now)).await.map(|_| ())
}

/// Removes the second factor of a person, and the recovery codes; answers whether there was one.
///
/// # Errors
/// The database's.
pub async fn remove(tx: &mut Transaction, person: ResourceKey) -> Result<bool> {
    remove_codes(tx, person).await?;
    let delete = Statement::new("DELETE FROM second_factor WHERE resource_key = $1");
    Ok(tx.execute(delete.arg(person.0)).await? > 0)
}

/// Puts recovery codes, by their hashes, in the place of those there were.
///
/// # Errors
/// The database's.
pub async fn replace_codes(
    tx: &mut Transaction,
    person: ResourceKey,
    hashes: &[Vec<u8>],
) -> Result<()> {
    remove_codes(tx, person).await?;
    for hash in hashes {
        let insert =
            Statement::new("INSERT INTO recovery_code (resource_key, code_hash) VALUES ($1, $2)");
        tx.execute(insert.arg(person.0).arg(hash.clone())).await?;
    }
    Ok(())
}

async fn remove_codes(tx: &mut Transaction, person: ResourceKey) -> Result<()> {
    let delete = Statement::new("DELETE FROM recovery_code WHERE resource_key = $1");
    tx.execute(delete.arg(person.0)).await.map(|_| ())
}

/// Uses a recovery code up, if it is one; wrong codes are forgotten then.
///
/// # Errors
/// The database's.
pub async fn take_code(tx: &mut Transaction, person: ResourceKey, hash: &[u8]) -> Result<bool> {
    let delete =
        Statement::new("DELETE FROM recovery_code WHERE resource_key = $1 AND code_hash = $2");
    if tx.execute(delete.arg(person.0).arg(hash.to_vec())).await? == 0 {
        return Ok(false);
    }
    let update = Statement::new("UPDATE second_factor SET failures = 0 WHERE resource_key = $1");
    tx.execute(update.arg(person.0)).await?;
    Ok(true)
}

/// How many recovery codes a person has left.
///
/// # Errors
/// The database's.
pub async fn count_codes(tx: &mut Transaction, person: ResourceKey) -> Result<i64> {
    let select = Statement::new("SELECT COUNT(*) FROM recovery_code WHERE resource_key = $1");
    let (count,): (i64,) = tx.fetch_one(select.arg(person.0)).await?;
    Ok(count)
}
