//! A create that is written at once: the row, its index, its count and its record, or nothing of them.

use super::changes::{self, Change, Origin};
use super::counts;
use super::resources::{self, NewResource, SchemaVersion, Stored};
use super::statement::{Arg, Dialect, Statement};
use super::{TenantKey, Transaction};
use crate::error::Result;
use crate::resource::IndexEntry;

/// Everything that a create writes.
#[derive(Debug)]
pub struct Creation<'a> {
    /// The tenant.
    pub tenant: TenantKey,
    /// The version of the tenant's schemas by which the document was validated.
    pub in_force: SchemaVersion,
    /// The row.
    pub row: NewResource,
    /// What it is found by.
    pub entries: &'a [IndexEntry],
    /// What is recorded of it.
    pub change: Change,
    /// Who creates it.
    pub origin: &'a Origin,
}

/// Whether a create can be written at once here: with nothing before it in its transaction.
#[must_use]
pub fn is_possible(tx: &Transaction) -> bool {
    tx.is_untouched()
}

/// Creates a resource and ends the transaction; `None` when the tenant's schemas are of another version by now.
///
/// # Errors
/// `uniqueness` when a unique value is taken; the database's.
pub async fn create(tx: &mut Transaction, creation: Creation<'_>) -> Result<Option<Stored>> {
    let Creation {
        tenant,
        in_force,
        row,
        entries,
        change,
        origin,
    } = creation;
    let parts = Parts {
        dialect: tx.dialect(),
        tenant,
        in_force,
        row: &row,
        entries,
    };
    let record = changes::inserted(tenant, origin, change);
    let statements = match parts.dialect {
        Dialect::Sqlite => parts.several(record),
        Dialect::Postgres => vec![parts.one(record)],
    };
    let created: Option<(i64,)> = tx.all_at_once(statements).await?;
    Ok(created.map(|(key,)| row.stored(key)))
}

/// What the statements of a create are made of.
struct Parts<'a> {
    dialect: Dialect,
    tenant: TenantKey,
    in_force: SchemaVersion,
    row: &'a NewResource,
    entries: &'a [IndexEntry],
}

impl Parts<'_> {
    /// With PostgreSQL the row is there for what follows as `created`, in one statement.
    fn one(&self, record: [Arg; 10]) -> Statement {
        let mut all = Statement::new("WITH created AS (");
        self.insert(&mut all);
        if !self.entries.is_empty() {
            all.push("), indexed AS (");
            self.index(&mut all);
        }
        all.push("), recorded AS (");
        self.record(&mut all, record);
        all.push("), counted AS (");
        self.count(&mut all);
        all.push(") SELECT resource_key FROM created");
        all
    }

    /// With SQLite what follows finds the row by its id, in statements of their own. Where it is not there, they write nothing.
    fn several(&self, record: [Arg; 10]) -> Vec<Statement> {
        let made = |make: &dyn Fn(&mut Statement)| {
            let mut statement = Statement::default();
            make(&mut statement);
            statement
        };
        let mut all = vec![made(&|all| self.insert(all))];
        if !self.entries.is_empty() {
            all.push(made(&|all| self.index(all)));
        }
        let mut recorded = Statement::default();
        self.record(&mut recorded, record);
        all.push(recorded);
        all.push(made(&|all| self.count(all)));
        all
    }

    fn insert(&self, all: &mut Statement) {
        all.push("INSERT INTO resource (")
            .push(resources::INSERTED)
            .push(") SELECT ")
            .bind_all(resources::inserted(self.tenant, self.row))
            .push(" WHERE (SELECT schema_version FROM tenant WHERE tenant_key = ")
            .bind(self.tenant.0)
            .push(") = ")
            .bind(self.in_force.0)
            .push(" RETURNING resource_key");
    }

    fn index(&self, all: &mut Statement) {
        all.push(
            "INSERT INTO attribute_index (resource_key, attribute_id, element, tenant_key, index_key, is_unique) \
             SELECT created.resource_key, v.* FROM ",
        );
        self.created(all);
        // In this order: SQLite looks for the row once.
        all.push(" CROSS JOIN (VALUES ");
        for (position, entry) in self.entries.iter().enumerate() {
            all.push(if position > 0 { ", " } else { "" });
            all.bind_row([
                entry.attribute.0.into(),
                entry.element.into(),
                self.tenant.0.into(),
                entry.key.as_str().into(),
                entry.is_unique.into(),
            ]);
        }
        all.push(") AS v");
    }

    fn record(&self, all: &mut Statement, record: [Arg; 10]) {
        all.push("INSERT INTO change (")
            .push(changes::INSERTED)
            .push(") SELECT ")
            .bind_all(record)
            .push(" FROM ");
        self.created(all);
    }

    fn count(&self, all: &mut Statement) {
        counts::count_created(all, self.dialect, self.tenant, self.row);
        self.created(all);
        // SQLite would take `ON` for a condition of the source.
        all.push(" WHERE true").push(counts::COUNT_ON);
    }

    fn created(&self, all: &mut Statement) {
        match self.dialect {
            Dialect::Postgres => all.push("created"),
            Dialect::Sqlite => all
                .push("(SELECT resource_key FROM resource WHERE tenant_key = ")
                .bind(self.tenant.0)
                .push(" AND id = ")
                .bind(self.row.id)
                .push(") AS created"),
        };
    }
}
