//! What PostgreSQL knows of its tables, kept up while they grow quickly.
//!
//! Its own upkeep (`autovacuum`) looks at most once a minute. A first sync may be over by then, and until then a filter of several conditions
//! is planned as if hardly anybody satisfied each of them, and compares everybody with everybody. `SQLite` plans without statistics.

use super::Transaction;
use super::statement::Statement;
use crate::error::Result;

/// The tables that filters look at, and how they are looked at anew.
const TABLES: [(&str, &str); 3] = [
    ("attribute_index", "ANALYZE attribute_index"),
    ("membership", "ANALYZE membership"),
    ("resource", "ANALYZE resource"),
];
/// Keeps other instances from doing the same at the same time.
const LOCK: i64 = 0x6d75_7374_6572_7374;

/// Looks anew at tables of which more than a half, and 1,000 rows, have changed since that was done last. Answers which.
///
/// # Errors
/// The database's.
pub async fn renew(tx: &mut Transaction) -> Result<Vec<&'static str>> {
    let select = Statement::new(
        "SELECT s.relname::text FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid \
         WHERE s.schemaname = current_schema() AND s.n_mod_since_analyze > 1000 + 0.5 * GREATEST(c.reltuples, 0)",
    );
    let grown: Vec<(String,)> = tx.fetch_all(select).await?;
    let is_grown = |(name, _): &(&str, &str)| grown.iter().any(|(grown,)| grown == name);
    let due: Vec<_> = TABLES.into_iter().filter(is_grown).collect();
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let lock = Statement::new("SELECT pg_try_advisory_xact_lock($1)::int").arg(LOCK);
    let (is_ours,): (i32,) = tx.fetch_one(lock).await?;
    if is_ours == 0 {
        return Ok(Vec::new());
    }
    for (_, analyze) in &due {
        tx.execute(Statement::new(analyze)).await?;
    }
    Ok(due.into_iter().map(|(name, _)| name).collect())
}
