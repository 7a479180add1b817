//! Which condition of a filter finds the candidates of the others, where it may matter much.

use super::Query;
use crate::error::Result;
use crate::filter::Predicate;
use crate::store::predicate_sql::{self, Driver, Probing, Scope, drivers};
use crate::store::statement::{Dialect, Statement};
use crate::store::{TenantKey, Transaction};

/// How a query is carried out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Course {
    /// By the part of a filter that is expected to be the best, each candidate looked up in the others.
    #[default]
    Expected,
    /// As that, by the part at this position of each branch's filter, which was found to be the best.
    By(Vec<Option<usize>>),
    /// By the sets of all parts, joined as PostgreSQL sees fit.
    Sets,
}

/// Chooses how a query is carried out that may look at much. PostgreSQL chooses by itself, from its statistics; with SQLite the rows
/// of each part are counted: first those that are found without looking at others, up to so many as are `few`, which need no better
/// way; then all.
///
/// # Errors
/// The database's.
pub async fn choose(
    tx: &mut Transaction,
    tenant: TenantKey,
    query: &mut Query<'_>,
    few: i64,
) -> Result<()> {
    let has_choice = |predicate: &Predicate| drivers(predicate).len() > 1;
    if !query
        .branches
        .iter()
        .any(|(_, one)| one.is_some_and(has_choice))
    {
        return Ok(());
    }
    if tx.dialect() == Dialect::Postgres {
        query.course = Course::Sets;
        return Ok(());
    }
    let mut chosen = Vec::with_capacity(query.branches.len());
    for (resource_type, predicate) in &query.branches {
        let scope = Scope {
            tenant,
            resource_type: *resource_type,
            dialect: tx.dialect(),
            connection: query.connection,
            probing: Probing::Each,
        };
        chosen.push(match predicate {
            Some(predicate) => best_driver(tx, scope, predicate, few).await?,
            None => None,
        });
    }
    query.course = Course::By(chosen);
    Ok(())
}

/// The part with the fewest rows. At most two statements.
async fn best_driver(
    tx: &mut Transaction,
    scope: Scope,
    predicate: &Predicate,
    few: i64,
) -> Result<Option<usize>> {
    let drivers = drivers(predicate);
    if drivers.len() < 2 {
        return Ok(None);
    }
    for bound in [Some(few), None] {
        let mut counts = Statement::default();
        let is_counted = |driver: &&Driver<'_>| bound.is_none() || driver.is_found;
        for driver in drivers.iter().filter(is_counted) {
            let position = i64::try_from(driver.position).unwrap_or_default();
            counts
                .push(if counts.sql.is_empty() {
                    "SELECT "
                } else {
                    " UNION ALL SELECT "
                })
                .bind(position)
                .push(", 0");
            for test in &driver.tests {
                counts.push(" + (SELECT COUNT(*) FROM (");
                predicate_sql::rows(&mut counts, scope, test);
                if let Some(bound) = bound {
                    counts.push(" LIMIT ").bind(bound + 1);
                }
                counts.push(") c)");
            }
        }
        if counts.sql.is_empty() {
            continue;
        }
        let counts: Vec<(i64, i64)> = tx.fetch_all(counts).await?;
        let fewest = counts.into_iter().min_by_key(|(_, rows)| *rows);
        if let Some((position, rows)) = fewest
            && bound.is_none_or(|bound| rows <= bound)
        {
            return Ok(usize::try_from(position).ok());
        }
    }
    Ok(None)
}
