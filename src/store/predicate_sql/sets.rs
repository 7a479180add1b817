//! The parts of an `and` as sets of keys, for a planner that knows the values and how to join sets.
//!
//! Looked up one by one, a million candidates cost a million ways through an index for each part; as sets, each part is one
//! range of an index, and PostgreSQL joins the ranges by hashing. Only a part of the outermost `and` is said so: a set below an
//! `or` or a `not` could be built anew for each candidate.

use super::coverage::{as_related_test, rank};
use super::{Probing, Scope, drive_element, keys, rows};
use crate::filter::Predicate;
use crate::store::statement::Statement;

/// Appends a condition on the candidate `d`.
pub(super) fn probe(statement: &mut Statement, scope: Scope, predicate: &Predicate) {
    if rank(predicate).is_some() {
        statement.push("d.resource_key IN (");
        members(statement, scope, predicate);
        statement.push(")");
    } else {
        let probing = Probing::Each;
        super::probe(statement, Scope { probing, ..scope }, predicate);
    }
}

/// Appends a SELECT of the keys of what can drive; some may come twice.
fn members(statement: &mut Statement, scope: Scope, predicate: &Predicate) {
    match predicate {
        Predicate::Test(test) => rows(statement, scope, test),
        Predicate::Or(parts) => {
            for (position, part) in parts.iter().enumerate() {
                // Not UNION ALL: PostgreSQL would guess that all its rows are 200 different ones.
                statement.push(if position > 0 { " UNION " } else { "" });
                members(statement, scope, part);
            }
        }
        Predicate::SameElement { attribute, test } if attribute.relation.is_some() => {
            if let Some(test) = as_related_test(test) {
                rows(statement, scope, test);
            }
        }
        Predicate::SameElement { test, .. } => drive_element(statement, scope, test),
        Predicate::And(_) | Predicate::Not(_) => keys(statement, scope, predicate),
    }
}
