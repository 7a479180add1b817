//! Facts about the database itself, by name: what its index is made of, the key that seals cursors.

use super::Transaction;
use super::statement::Statement;
use crate::error::Result;

/// The fact of that name.
///
/// # Errors
/// The database's.
pub async fn get(tx: &mut Transaction, name: &str) -> Result<Option<String>> {
    let select = Statement::new("SELECT value FROM setting WHERE name = $1");
    let row: Option<(String,)> = tx.fetch_optional(select.arg(name)).await?;
    Ok(row.map(|(value,)| value))
}

/// Notes a fact in the place of what was noted before.
///
/// # Errors
/// The database's.
pub async fn set(tx: &mut Transaction, name: &str, value: &str) -> Result<()> {
    let upsert = Statement::new(
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2",
    );
    tx.execute(upsert.arg(name).arg(value)).await.map(|_| ())
}

/// Notes a fact unless it is known already; answers what is known then.
///
/// # Errors
/// The database's.
pub async fn get_or_set(tx: &mut Transaction, name: &str, value: &str) -> Result<String> {
    let upsert = Statement::new(
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = setting.value RETURNING value",
    );
    let (known,): (String,) = tx.fetch_one(upsert.arg(name).arg(value)).await?;
    Ok(known)
}
