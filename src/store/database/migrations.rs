//! The migrations of both databases, in their order.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

pub(super) const SQLITE_MIGRATIONS: &[(i64, &str, &str)] = &[
    (
        1,
        "initial",
        include_str!("../../../migrations/sqlite/0001_initial.sql"),
    ),
    (
        2,
        "tenant schemas",
        include_str!("../../../migrations/sqlite/0002_tenant_schemas.sql"),
    ),
    (
        3,
        "connections",
        include_str!("../../../migrations/sqlite/0003_connections.sql"),
    ),
    (
        4,
        "accounts",
        include_str!("../../../migrations/sqlite/0004_accounts.sql"),
    ),
    (
        5,
        "address changes",
        include_str!("../../../migrations/sqlite/0005_address_changes.sql"),
    ),
    (
        6,
        "second factors",
        include_str!("../../../migrations/sqlite/0006_second_factors.sql"),
    ),
    (
        7,
        "first owner",
        include_str!("../../../migrations/sqlite/0007_first_owner.sql"),
    ),
];
pub(super) const POSTGRES_MIGRATIONS: &[(i64, &str, &str)] = &[
    (
        1,
        "initial",
        include_str!("../../../migrations/postgres/0001_initial.sql"),
    ),
    (
        2,
        "tenant schemas",
        include_str!("../../../migrations/postgres/0002_tenant_schemas.sql"),
    ),
    (
        3,
        "connections",
        include_str!("../../../migrations/postgres/0003_connections.sql"),
    ),
    (
        4,
        "accounts",
        include_str!("../../../migrations/postgres/0004_accounts.sql"),
    ),
    (
        5,
        "address changes",
        include_str!("../../../migrations/postgres/0005_address_changes.sql"),
    ),
    (
        6,
        "second factors",
        include_str!("../../../migrations/postgres/0006_second_factors.sql"),
    ),
    (
        7,
        "first owner",
        include_str!("../../../migrations/postgres/0007_first_owner.sql"),
    ),
    (
        8,
        "value statistics",
        include_str!("../../../migrations/postgres/0008_value_statistics.sql"),
    ),
];

pub(super) const SQLITE_LOG: &[(i64, &str, &str)] = &[(
    1,
    "initial",
    include_str!("../../../migrations/log/sqlite/0001_initial.sql"),
)];
pub(super) const POSTGRES_LOG: &[(i64, &str, &str)] = &[(
    1,
    "initial",
    include_str!("../../../migrations/log/postgres/0001_initial.sql"),
)];

pub(super) fn migrator(migrations: &[(i64, &'static str, &'static str)]) -> Migrator {
    let migrations = migrations.iter().map(|(version, description, sql)| {
        Migration::new(
            *version,
            (*description).into(),
            MigrationType::Simple,
            (*sql).into_sql_str(),
            false,
        )
    });
    Migrator::with_migrations(migrations.collect())
}
