//! Every table, column by column, for what goes over all of them. A test compares this list with the migrations.

use super::statement::Arg;
use crate::error::{Error, Result};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    I16,
    I32,
    I64,
    Text,
    Bool,
    Id,
    Bytes,
}

/// A table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table {
    pub(super) name: &'static str,
    /// All of them, in the order of the migrations.
    pub(super) columns: &'static [(&'static str, Kind)],
    /// So many of the first columns are the primary key.
    pub(super) key: usize,
    /// The database numbers the rows.
    pub(super) is_numbered: bool,
}

/// A value, the same whichever database it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Null,
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cells(pub(super) Vec<Cell>);

impl Table {
    /// The columns of the primary key.
    pub(super) fn key_columns(&self) -> impl Iterator<Item = (&'static str, Kind)> {
        self.columns.iter().take(self.key).copied()
    }

    /// Where the primary key of a row is: what the next page begins behind.
    ///
    /// # Errors
    /// When a value is not of its column's kind.
    pub(super) fn place(&self, row: &Cells) -> Result<Vec<Arg>> {
        self.key_columns()
            .zip(&row.0)
            .map(|((_, kind), cell)| kind.argument(cell))
            .collect()
    }
}

impl Kind {
    /// A value of this kind, for either database.
    fn argument(self, cell: &Cell) -> Result<Arg> {
        let wrong = || Error::internal("a key is not of its column's kind");
        Ok(match (self, cell) {
            (Self::I16, Cell::Integer(value)) => {
                Arg::I16(i16::try_from(*value).map_err(|_| wrong())?)
            }
            (Self::I32, Cell::Integer(value)) => {
                Arg::I32(i32::try_from(*value).map_err(|_| wrong())?)
            }
            (Self::I64, Cell::Integer(value)) => Arg::I64(*value),
            (Self::Text, Cell::Text(value)) => Arg::Text(value.clone()),
            (Self::Bytes, Cell::Bytes(value)) => Arg::Bytes(value.clone()),
            (Self::Id, Cell::Bytes(value)) => {
                Arg::Id(uuid::Uuid::from_slice(value).map_err(|_| wrong())?)
            }
            _ => return Err(wrong()),
        })
    }
}

/// Each after those it points at.
pub(super) const TABLES: &[Table] = &[
    Table {
        name: "setting",
        columns: &[("name", Kind::Text), ("value", Kind::Text)],
        key: 1,
        is_numbered: false,
    },
    Table {
        name: "tenant",
        columns: &[
            ("tenant_key", Kind::I32),
            ("name", Kind::Text),
            ("created", Kind::I64),
            ("settings", Kind::Text),
            ("schema_version", Kind::I64),
            ("last_resource_type", Kind::I16),
        ],
        key: 1,
        is_numbered: true,
    },
    Table {
        name: "connection",
        columns: &[
            ("connection_key", Kind::I32),
            ("tenant_key", Kind::I32),
            ("name", Kind::Text),
            ("profile", Kind::Text),
            ("settings", Kind::Text),
            ("created", Kind::I64),
            ("frozen", Kind::I64),
        ],
        key: 1,
        is_numbered: true,
    },
    Table {
        name: "access_token",
        columns: &[
            ("token_key", Kind::I32),
            ("tenant_key", Kind::I32),
            ("connection_key", Kind::I32),
            ("token_id", Kind::Text),
            ("token_hash", Kind::Bytes),
            ("scopes", Kind::Text),
            ("created", Kind::I64),
            ("expires", Kind::I64),
            ("revoked", Kind::I64),
            ("subject_id", Kind::Id),
            ("last_used", Kind::I64),
            ("last_address", Kind::Text),
            ("replaced", Kind::I64),
        ],
        key: 1,
        is_numbered: true,
    },
    Table {
        name: "resource",
        columns: &[
            ("resource_key", Kind::I64),
            ("tenant_key", Kind::I32),
            ("resource_type", Kind::I16),
            ("id", Kind::Id),
            ("connection_key", Kind::I32),
            ("document", Kind::Text),
            ("display_name", Kind::Text),
            ("password_hash", Kind::Text),
            ("version", Kind::I64),
            ("created", Kind::I64),
            ("last_modified", Kind::I64),
            ("external_id_connection", Kind::I32),
        ],
        key: 1,
        is_numbered: true,
    },
    Table {
        name: "resource_count",
        columns: &[
            ("tenant_key", Kind::I32),
            ("resource_type", Kind::I16),
            ("block", Kind::I64),
            ("slot", Kind::I16),
            ("resources", Kind::I64),
        ],
        key: 4,
        is_numbered: false,
    },
    Table {
        name: "attribute",
        columns: &[("attribute_id", Kind::I16), ("path", Kind::Text)],
        key: 1,
        is_numbered: false,
    },
    Table {
        name: "attribute_index",
        columns: &[
            ("resource_key", Kind::I64),
            ("attribute_id", Kind::I16),
            ("element", Kind::I16),
            ("tenant_key", Kind::I32),
            ("index_key", Kind::Text),
            ("is_unique", Kind::Bool),
        ],
        key: 3,
        is_numbered: false,
    },
    Table {
        name: "membership",
        columns: &[
            ("group_key", Kind::I64),
            ("member_key", Kind::I64),
            ("tenant_key", Kind::I32),
        ],
        key: 2,
        is_numbered: false,
    },
    Table {
        name: "change",
        columns: &[
            ("change_key", Kind::I64),
            ("tenant_key", Kind::I32),
            ("at", Kind::I64),
            ("request_id", Kind::Text),
            ("connection_key", Kind::I32),
            ("actor", Kind::Text),
            ("resource_id", Kind::Id),
            ("resource_type", Kind::I16),
            ("version", Kind::I64),
            ("operation", Kind::Text),
            ("detail", Kind::Text),
        ],
        key: 1,
        is_numbered: true,
    },
    Table {
        name: "tenant_schema",
        columns: &[
            ("tenant_key", Kind::I32),
            ("kind", Kind::Text),
            ("id", Kind::Text),
            ("resource_type", Kind::I16),
            ("document", Kind::Text),
            ("created", Kind::I64),
        ],
        key: 3,
        is_numbered: false,
    },
    Table {
        name: "oauth_client",
        columns: &[
            ("client_key", Kind::I32),
            ("tenant_key", Kind::I32),
            ("connection_key", Kind::I32),
            ("client_id", Kind::Text),
            ("secret_hash", Kind::Bytes),
            ("former_hash", Kind::Bytes),
            ("former_expires", Kind::I64),
            ("assertion", Kind::Text),
            ("scopes", Kind::Text),
            ("created", Kind::I64),
            ("last_used", Kind::I64),
            ("last_address", Kind::Text),
        ],
        key: 1,
        is_numbered: true,
    },
    Table {
        name: "used_assertion",
        columns: &[
            ("client_key", Kind::I32),
            ("assertion_hash", Kind::Bytes),
            ("expires", Kind::I64),
        ],
        key: 2,
        is_numbered: false,
    },
    Table {
        name: "signing_key",
        columns: &[
            ("key_id", Kind::Text),
            ("algorithm", Kind::Text),
            ("private_key", Kind::Bytes),
            ("public_key", Kind::Text),
            ("created", Kind::I64),
            ("retired", Kind::I64),
        ],
        key: 1,
        is_numbered: false,
    },
    Table {
        name: "token_issuer",
        columns: &[
            ("issuer_key", Kind::I32),
            ("tenant_key", Kind::I32),
            ("connection_key", Kind::I32),
            ("name", Kind::Text),
            ("issuer", Kind::Text),
            ("audience", Kind::Text),
            ("configuration", Kind::Text),
            ("scopes", Kind::Text),
            ("created", Kind::I64),
        ],
        key: 1,
        is_numbered: true,
    },
    Table {
        name: "shield_event",
        columns: &[
            ("event_key", Kind::I64),
            ("connection_key", Kind::I32),
            ("kind", Kind::I16),
            ("scope_id", Kind::Id),
            ("at", Kind::I64),
            ("amount", Kind::I64),
        ],
        key: 1,
        is_numbered: true,
    },
    Table {
        name: "held_operation",
        columns: &[
            ("held_key", Kind::I64),
            ("tenant_key", Kind::I32),
            ("connection_key", Kind::I32),
            ("kind", Kind::I16),
            ("resource_type", Kind::I16),
            ("resource_id", Kind::Id),
            ("amount", Kind::I64),
            ("attempts", Kind::I64),
            ("first_attempt", Kind::I64),
            ("last_attempt", Kind::I64),
            ("decision", Kind::Text),
            ("released", Kind::I64),
            ("decided", Kind::I64),
        ],
        key: 1,
        is_numbered: true,
    },
    Table {
        name: "credential",
        columns: &[
            ("resource_key", Kind::I64),
            ("tenant_key", Kind::I32),
            ("password_version", Kind::I64),
            ("password_changed", Kind::I64),
            ("password_expires", Kind::I64),
            ("failures", Kind::I64),
            ("last_failure", Kind::I64),
            ("locked_until", Kind::I64),
            ("lockouts", Kind::I64),
            ("verified_address", Kind::Text),
            ("last_sign_in", Kind::I64),
            ("address_changed", Kind::I64),
        ],
        key: 1,
        is_numbered: false,
    },
    Table {
        name: "account_session",
        columns: &[
            ("session_key", Kind::I64),
            ("tenant_key", Kind::I32),
            ("resource_key", Kind::I64),
            ("session_id", Kind::Text),
            ("session_hash", Kind::Bytes),
            ("created", Kind::I64),
            ("last_used", Kind::I64),
            ("expires", Kind::I64),
            ("name", Kind::Text),
            ("address", Kind::Text),
            ("agent", Kind::Text),
            ("factor_shown", Kind::I64),
            ("proven", Kind::I64),
        ],
        key: 1,
        is_numbered: true,
    },
    Table {
        name: "account_link",
        columns: &[
            ("link_key", Kind::I64),
            ("tenant_key", Kind::I32),
            ("resource_key", Kind::I64),
            ("purpose", Kind::Text),
            ("address", Kind::Text),
            ("password_version", Kind::I64),
            ("link_hash", Kind::Bytes),
            ("created", Kind::I64),
            ("expires", Kind::I64),
        ],
        key: 1,
        is_numbered: true,
    },
    Table {
        name: "letter",
        columns: &[
            ("letter_key", Kind::I64),
            ("tenant_key", Kind::I32),
            ("resource_id", Kind::Id),
            ("kind", Kind::Text),
            ("purpose", Kind::Text),
            ("address", Kind::Text),
            ("language", Kind::Text),
            ("variables", Kind::Text),
            ("created", Kind::I64),
            ("due", Kind::I64),
            ("attempts", Kind::I64),
            ("failure", Kind::Text),
            ("ended", Kind::I64),
            ("is_sent", Kind::Bool),
        ],
        key: 1,
        is_numbered: true,
    },
    Table {
        name: "tombstone",
        columns: &[
            ("tenant_key", Kind::I32),
            ("id", Kind::Id),
            ("resource_type", Kind::I16),
            ("kind", Kind::Text),
            ("username", Kind::Text),
            ("display_name", Kind::Text),
            ("actor", Kind::Text),
            ("deleted", Kind::I64),
        ],
        key: 2,
        is_numbered: false,
    },
    Table {
        name: "profile_attribute",
        columns: &[
            ("tenant_key", Kind::I32),
            ("path", Kind::Text),
            ("setting", Kind::Text),
        ],
        key: 2,
        is_numbered: false,
    },
    Table {
        name: "second_factor",
        columns: &[
            ("resource_key", Kind::I64),
            ("tenant_key", Kind::I32),
            ("secret", Kind::Bytes),
            ("created", Kind::I64),
            ("confirmed", Kind::I64),
            ("last_step", Kind::I64),
            ("failures", Kind::I64),
            ("last_failure", Kind::I64),
        ],
        key: 1,
        is_numbered: false,
    },
    Table {
        name: "recovery_code",
        columns: &[("resource_key", Kind::I64), ("code_hash", Kind::Bytes)],
        key: 2,
        is_numbered: false,
    },
    Table {
        name: "owner_link",
        columns: &[
            ("tenant_key", Kind::I32),
            ("link_hash", Kind::Bytes),
            ("created", Kind::I64),
            ("expires", Kind::I64),
        ],
        key: 1,
        is_numbered: false,
    },
];

/// Those of the provisioning log.
pub(super) const LOG_TABLES: &[Table] = &[Table {
    name: "request_log",
    columns: &[
        ("log_key", Kind::I64),
        ("at", Kind::I64),
        ("duration", Kind::I64),
        ("tenant_key", Kind::I32),
        ("connection_key", Kind::I32),
        ("actor", Kind::Text),
        ("token_id", Kind::Text),
        ("address", Kind::Text),
        ("request_id", Kind::Text),
        ("method", Kind::Text),
        ("path", Kind::Text),
        ("query", Kind::Text),
        ("headers", Kind::Text),
        ("resource_type", Kind::Text),
        ("resource_id", Kind::Text),
        ("status", Kind::I16),
        ("outcome", Kind::Text),
        ("error_kind", Kind::Text),
        ("scim_type", Kind::Text),
        ("detail", Kind::Text),
        ("request_body", Kind::Text),
        ("request_bytes", Kind::I64),
        ("response_body", Kind::Text),
        ("response_bytes", Kind::I64),
    ],
    key: 1,
    is_numbered: true,
}];

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// A table as a migration makes it: its columns with the words after them, and the columns of its primary key.
    struct Made {
        name: String,
        columns: Vec<(String, String)>,
        key: Vec<String>,
    }

    fn statements(folder: &str) -> Vec<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("migrations")
            .join(folder);
        let files = std::fs::read_dir(folder).unwrap();
        let mut files: Vec<_> = files.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let texts = files.iter().map(|file| {
            let text = std::fs::read_to_string(file).unwrap();
            let lines = text.lines().map(|line| line.split("--").next().unwrap());
            lines.collect::<Vec<_>>().join("\n")
        });
        let all = texts.collect::<Vec<_>>().join("\n");
        all.split(';').map(|one| one.trim().to_owned()).collect()
    }

    fn made(folder: &str) -> Vec<Made> {
        let mut tables: Vec<Made> = Vec::new();
        for statement in statements(folder) {
            if let Some(rest) = statement.strip_prefix("ALTER TABLE ") {
                let (name, column) = rest.split_once(" ADD COLUMN ").unwrap();
                let table = tables.iter_mut().find(|table| table.name == name);
                let (column, words) = column.split_once(' ').unwrap();
                let column = (column.to_owned(), words.to_owned());
                table.unwrap().columns.push(column);
            }
            let Some(rest) = statement.strip_prefix("CREATE TABLE ") else {
                assert!(
                    !statement.contains("TABLE ") || statement.starts_with("ALTER TABLE"),
                    "{statement}"
                );
                continue;
            };
            let (name, body) = rest.split_once(" (").unwrap();
            let mut table = Made {
                name: name.to_owned(),
                columns: Vec::new(),
                key: Vec::new(),
            };
            for line in body.lines().map(str::trim) {
                if let Some(key) = line.strip_prefix("PRIMARY KEY (") {
                    let key = key.split(')').next().unwrap();
                    table.key = key.split(", ").map(str::to_owned).collect();
                } else if let Some((column, words)) = line.split_once(' ')
                    && !line.starts_with("UNIQUE (")
                    && !line.starts_with(')')
                {
                    if words.contains("PRIMARY KEY") {
                        table.key = vec![column.to_owned()];
                    }
                    table.columns.push((column.to_owned(), words.to_owned()));
                }
            }
            tables.push(table);
        }
        tables
    }

    fn is_right(kind: Kind, sql: &str, is_sqlite: bool) -> bool {
        match kind {
            Kind::I16 => sql == "SMALLINT",
            Kind::I32 => sql == "INTEGER",
            // SQLite's own row numbers have 64 bits.
            Kind::I64 => sql == "BIGINT" || (is_sqlite && sql == "INTEGER"),
            Kind::Text => sql == "TEXT",
            Kind::Bool => sql == "BOOLEAN",
            Kind::Id => sql == if is_sqlite { "BLOB" } else { "UUID" },
            Kind::Bytes => sql == if is_sqlite { "BLOB" } else { "BYTEA" },
        }
    }

    #[test]
    fn every_table_and_column_of_the_migrations_is_listed_with_its_kind_and_key() {
        for (folder, tables) in [
            ("sqlite", TABLES),
            ("postgres", TABLES),
            ("log/sqlite", LOG_TABLES),
            ("log/postgres", LOG_TABLES),
        ] {
            let is_sqlite = folder.ends_with("sqlite");
            let made = made(folder);
            let names: Vec<&str> = made.iter().map(|table| table.name.as_str()).collect();
            let listed: Vec<&str> = tables.iter().map(|table| table.name).collect();
            assert_eq!(names, listed, "{folder}");
            for (made, table) in made.iter().zip(tables) {
                let columns: Vec<&str> = made.columns.iter().map(|(name, _)| &**name).collect();
                let listed: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
                assert_eq!(columns, listed, "{folder}: {}", table.name);
                let key: Vec<&str> = table.key_columns().map(|(name, _)| name).collect();
                assert_eq!(made.key, key, "{folder}: {}", table.name);
                for ((name, words), (_, kind)) in made.columns.iter().zip(table.columns) {
                    let sql = words.split_whitespace().next().unwrap();
                    let sql = sql.trim_end_matches(',');
                    assert!(
                        is_right(*kind, sql, is_sqlite),
                        "{folder}: {}.{name}",
                        table.name
                    );
                }
                let (_, first) = &made.columns[0];
                let is_numbered = first.contains("IDENTITY") || first.contains("AUTOINCREMENT");
                assert_eq!(is_numbered, table.is_numbered, "{folder}: {}", table.name);
            }
        }
    }

    #[test]
    fn tables_come_after_those_they_point_at() {
        for table in made("postgres") {
            for (column, words) in &table.columns {
                let Some((_, target)) = words.split_once("REFERENCES ") else {
                    continue;
                };
                let target = target.split(' ').next().unwrap();
                let place = |name: &str| TABLES.iter().position(|table| table.name == name);
                assert!(
                    place(target) < place(&table.name),
                    "{}.{column}",
                    table.name
                );
            }
        }
    }
}
