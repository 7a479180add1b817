//! Every setting there is, with its default and what it does.

/// A setting.
#[derive(Debug)]
pub struct Key {
    /// Section and name, as in `server.listen`.
    pub name: &'static str,
    /// What it is when nobody says otherwise; empty: nothing.
    pub default: &'static str,
    /// Whether its value is never shown, and may be read from a file.
    pub is_secret: bool,
    /// Whether it may stand in the configuration file.
    pub is_in_file: bool,
    /// What it does, with its unit.
    pub purpose: &'static str,
}

const fn key(name: &'static str, default: &'static str, purpose: &'static str) -> Key {
    Key {
        name,
        default,
        is_secret: false,
        is_in_file: true,
        purpose,
    }
}

const fn secret(
    name: &'static str,
    default: &'static str,
    is_in_file: bool,
    purpose: &'static str,
) -> Key {
    Key {
        name,
        default,
        is_secret: true,
        is_in_file,
        purpose,
    }
}

/// Every setting there is.
pub const KEYS: &[Key] = &[
    key(
        "server.listen",
        "127.0.0.1:8080",
        "address of the SCIM listener",
    ),
    key(
        "server.public_url",
        "",
        "how clients reach the server; begins every link; empty: http:// and the address it listens on",
    ),
    secret(
        "server.bootstrap_token",
        "",
        false,
        "the first connection's token, set at the first start; at least 32 characters; environment only",
    ),
    key(
        "operations.listen",
        "127.0.0.1:9464",
        "address of /livez and /readyz",
    ),
    secret(
        "database.url",
        "sqlite:data/muster.db",
        true,
        "sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE",
    ),
    key(
        "database.max_connections",
        "0",
        "connections to PostgreSQL, or readers of SQLite (at most 8); 0: two for each core, at least 4",
    ),
    key(
        "index.attributes",
        "",
        "further attributes to index, as in [\"User:title\"]; a reindex is needed for resources that exist",
    ),
    key(
        "limits.body_bytes",
        "1048576",
        "largest request body, in bytes",
    ),
    key(
        "limits.bulk_bytes",
        "4194304",
        "largest body of a bulk request (maxPayloadSize), in bytes",
    ),
    key(
        "limits.bulk_operations",
        "1000",
        "operations of one bulk request at most (maxOperations)",
    ),
    key(
        "limits.body_timeout_seconds",
        "30",
        "how long a request body may take to arrive",
    ),
    key(
        "limits.default_count",
        "100",
        "resources on a page when the client does not say",
    ),
    key("limits.max_count", "1000", "resources on a page at most"),
    key(
        "limits.scan",
        "100000",
        "resources that one query may look at one by one",
    ),
    key(
        "limits.password_parallelism",
        "0",
        "passwords hashed at once; 0: as many as there are cores",
    ),
    key(
        "pagination.default_method",
        "index",
        "how a list is paged when the client says neither startIndex nor cursor: index or cursor",
    ),
    key(
        "pagination.cursor_timeout_seconds",
        "3600",
        "how long a cursor is good for",
    ),
    key("log.format", "text", "text or json"),
    key(
        "log.level",
        "info",
        "error, warn, info, debug, trace, or a filter such as muster=debug,sqlx=info",
    ),
];
