//! The house rules that a compiler does not check: who may use whom, where SQL and axum live, and that both databases have
//! the same tables.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Which module may use which others of this crate. Dependencies point downwards only.
const MAY_USE: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("json", &["error"]),
    ("schema", &["error", "json"]),
    ("filter", &["error", "schema"]),
    ("language", &["error"]),
    ("mail", &["error", "language"]),
    ("resource", &["error", "filter", "schema"]),
    (
        "store",
        &[
            "error",
            "filter",
            "resource",
            "schema",
            "in_transaction",
            "read_elastic",
        ],
    ),
    (
        "auth",
        &["error", "resource", "schema", "store", "in_transaction"],
    ),
    (
        "service",
        &[
            "auth",
            "error",
            "filter",
            "json",
            "language",
            "mail",
            "resource",
            "schema",
            "store",
            "in_transaction",
            "read_elastic",
        ],
    ),
    (
        "http",
        &[
            "auth", "error", "json", "language", "listen", "resource", "schema", "service", "store",
        ],
    ),
    ("listen", &["error"]),
    ("simulate", &["error"]),
    ("config", &["error"]),
    (
        "server",
        &[
            "auth", "config", "error", "http", "listen", "mail", "service", "store",
        ],
    ),
    (
        "cli",
        &[
            "auth", "config", "error", "resource", "schema", "server", "service", "simulate",
            "store",
        ],
    ),
];

/// Which crates may be named in which files only.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("sqlx::", &["store/database"]),
    ("AssertSqlSafe", &["store/database"]),
    ("axum::", &["http/", "listen/", "server.rs"]),
    ("hyper", &["listen/"]),
    ("rustls", &["listen/", "mail/smtp.rs"]),
    ("jsonwebtoken", &["auth/"]),
    ("aws_lc_rs", &["auth/keys.rs", "listen/tls.rs"]),
    ("reqwest", &["auth/jwks.rs", "simulate/"]),
    ("governor", &["http/admission.rs"]),
    (
        "argon2::",
        &["auth/argon.rs", "auth/password.rs", "auth/foreign_hash.rs"],
    ),
    ("rustix::", &["auth/workers.rs"]),
    ("lettre::", &["mail/"]),
    ("fluent_bundle", &["language.rs"]),
    ("csv::", &["service/transfer/"]),
    (" hmac::", &["auth/totp.rs"]),
    ("qrcode::", &["service/account/qr.rs"]),
    ("nom::", &["filter/parse.rs"]),
    ("chacha20poly1305", &["service/cursor.rs"]),
    ("precis_profiles", &["schema/validate/text.rs"]),
    ("clap::", &["cli/"]),
];

fn source_files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            let is_test = path
                .file_stem()
                .is_some_and(|stem| stem == "tests" || stem == "samples");
            if is_test {
                // Unit tests in files, or folders, of their own.
            } else if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path
                    .strip_prefix(&root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                files.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(files.len() > 30, "the sources were not found");
    files
}

/// Code without comments and without the tests at the end of a file.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let text = text
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default();
    text.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
}

#[test]
fn dependencies_point_downwards() {
    let mut faults = Vec::new();
    for (file, text) in source_files() {
        let module = file.split(['/', '.']).next().unwrap().to_owned();
        if module == "lib" || module == "main" {
            continue;
        }
        let allowed = MAY_USE.iter().find(|(name, _)| *name == module);
        let (_, allowed) =
            allowed.unwrap_or_else(|| panic!("{module} is not in the table of modules"));
        for line in code(&text) {
            for used in line.split("crate::").skip(1) {
                let used: String = used
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                if used != module && !allowed.contains(&used.as_str()) {
                    faults.push(format!(
                        "{file}: {module} may not use {used}: {}",
                        line.trim()
                    ));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn each_foreign_crate_stays_in_its_place() {
    let mut faults = Vec::new();
    for (file, text) in source_files() {
        for (name, places) in ONLY_IN {
            let is_allowed = places.iter().any(|place| file.starts_with(place));
            if !is_allowed && code(&text).any(|line| line.contains(name)) {
                faults.push(format!(
                    "{file} names {name}, which belongs in {}",
                    places.join(", ")
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Attribute names are data: none stands in a comparison outside the schemas.
#[test]
fn attribute_names_do_not_drive_behaviour() {
    let names = [
        "userName",
        "displayName",
        "emails",
        "externalId",
        "familyName",
        "manager",
        "active",
    ];
    let mut faults = Vec::new();
    // What a simulated client sends is data of the client, and drives nothing here.
    let files = source_files().into_iter();
    // The columns of a CSV file are words of their own, and so is the name of a state.
    let exempt = ["simulate/", "service/transfer/", "service/account/mod.rs"];
    for (file, text) in
        files.filter(|(file, _)| !exempt.iter().any(|exempt| file.starts_with(exempt)))
    {
        for line in code(&text) {
            for name in names {
                if line.contains(&format!("\"{name}\"")) {
                    faults.push(format!("{file}: {}", line.trim()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

type Tables = BTreeMap<String, Vec<String>>;

fn migrations(database: &str) -> (Tables, Vec<String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("migrations")
        .join(database);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let (mut tables, mut others) = (Tables::new(), Vec::new());
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let text: Vec<&str> = text
            .lines()
            .map(|line| line.split("--").next().unwrap())
            .collect();
        let text = text.join("\n");
        // SQLite has no statistics of several columns.
        let is_common = |statement: &&str| !statement.starts_with("CREATE STATISTICS");
        let statements: Vec<&str> = text
            .split(';')
            .map(str::trim)
            .filter(|statement| !statement.is_empty())
            .filter(is_common)
            .collect();
        if !statements.is_empty() {
            others.push(file.file_name().unwrap().to_str().unwrap().to_owned());
        }
        for statement in statements {
            if let Some(table) = statement.strip_prefix("CREATE TABLE ") {
                let (name, body) = table.split_once('(').unwrap();
                let constraints = ["UNIQUE", "PRIMARY", "FOREIGN", "CHECK", ")"];
                let columns = body
                    .lines()
                    .filter_map(|line| line.split_whitespace().next());
                let columns = columns.filter(|word| {
                    !constraints
                        .iter()
                        .any(|constraint| word.starts_with(constraint))
                });
                tables.insert(name.trim().to_owned(), columns.map(str::to_owned).collect());
            } else {
                let words: Vec<&str> = statement.split_whitespace().collect();
                // The types of added columns are spelled differently, as in CREATE TABLE.
                let is_column = statement.starts_with("ALTER TABLE");
                let compared = if is_column { &words[..6] } else { &words[..] };
                others.push(compared.join(" "));
            }
        }
    }
    (tables, others)
}

#[test]
fn both_databases_have_the_same_tables_columns_and_indexes() {
    let (sqlite, postgres) = (migrations("sqlite"), migrations("postgres"));
    assert!(
        sqlite.0.len() >= 8,
        "the tables were not read: {:?}",
        sqlite.0.keys()
    );
    assert!(
        sqlite.0.values().all(|columns| columns.len() >= 2),
        "{:?}",
        sqlite.0
    );
    assert_eq!(sqlite, postgres);
    assert_eq!(migrations("log/sqlite"), migrations("log/postgres"));
}
