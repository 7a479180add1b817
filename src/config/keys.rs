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
    key(
        "server.behind_proxy",
        "false",
        "true: a proxy in front of the server speaks TLS, so that the server may listen on a public address without",
    ),
    key(
        "server.trusted_proxies",
        "",
        "networks of proxies whose Forwarded and X-Forwarded-For headers are believed, as in [\"10.0.0.0/8\"]",
    ),
    secret(
        "server.bootstrap_token",
        "",
        false,
        "the first connection's token, set at the first start; at least 32 characters; environment only",
    ),
    key(
        "tls.certificate_file",
        "",
        "PEM file with the certificate and its chain; read anew when it changes",
    ),
    key(
        "tls.key_file",
        "",
        "PEM file with the certificate's private key",
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
        "sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE; several hosts, HOST:PORT,HOST:PORT, are a primary and those that may become it",
    ),
    secret(
        "database.read_urls",
        "",
        true,
        "replicas of a PostgreSQL that answer reads, as in [\"postgres://USER:PASSWORD@HOST/DATABASE\"]; what was acknowledged before a read is in its answer",
    ),
    key(
        "database.statement_timeout_seconds",
        "30",
        "how long PostgreSQL may take for one statement; then it is answered 503 and the connection is given up",
    ),
    key(
        "database.max_connections",
        "0",
        "connections to PostgreSQL (0: three for each core, at least 6), or readers of SQLite (at most 8; 0: two for each core, at least 4)",
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
        "limits.header_bytes",
        "65536",
        "largest head of a request, address included, in bytes; more is answered 431",
    ),
    key(
        "limits.header_timeout_seconds",
        "10",
        "how long the head of a request may take to arrive",
    ),
    key(
        "limits.idle_timeout_seconds",
        "75",
        "how long a connection may rest between two requests",
    ),
    key(
        "limits.open_connections",
        "10000",
        "network connections that are open at once; more wait until one is closed",
    ),
    key(
        "limits.concurrent_requests",
        "32",
        "requests of one provisioning client that are carried out at once; more wait their turn",
    ),
    key(
        "limits.waiting_requests",
        "1024",
        "requests of one provisioning client that may wait their turn; more are answered 429",
    ),
    key(
        "limits.waiting_seconds",
        "10",
        "how long a request may wait its turn; then it is answered 429",
    ),
    key(
        "limits.requests_per_second",
        "0",
        "requests of one provisioning client in a second, on average; more are answered 429; 0: no limit",
    ),
    key(
        "limits.address_requests_per_second",
        "0",
        "requests from one address in a second, on average; more are answered 429; 0: no limit",
    ),
    key(
        "limits.failures_per_minute",
        "60",
        "requests from one address in a minute that fail to authenticate; more are answered 429",
    ),
    key(
        "limits.address_attempts",
        "20",
        "wrong passwords on pages, and letters asked for, from one address in a quarter of an hour; more are answered 429",
    ),
    key(
        "limits.account_letters",
        "5",
        "letters that can be asked for one account in a quarter of an hour; more are answered 429",
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
        "limits.token_memory_milliseconds",
        "50",
        "how long it is remembered what a bearer token stands for, 0 to 100; a change by the same instance is in force at once, one by another instance or a command after this time",
    ),
    key(
        "limits.password_parallelism",
        "0",
        "passwords hashed at once; 0: all cores but one, at least one",
    ),
    key(
        "oauth.algorithm",
        "EdDSA",
        "what access tokens are signed with: EdDSA or ES256",
    ),
    key(
        "oauth.token_minutes",
        "60",
        "how long an access token lives that /oauth/token gives out, 1 to 1440",
    ),
    key(
        "oauth.key_days",
        "90",
        "how old a signing key gets before another one takes its place",
    ),
    key(
        "oauth.private_networks",
        "",
        "private networks from which the keys of clients and issuers may be fetched, as in [\"10.0.0.0/8\"]",
    ),
    key(
        "mail.transport",
        "file",
        "where letters to people go: file (a folder, to try things out) or smtp",
    ),
    key(
        "mail.folder",
        "",
        "the folder of the file transport; empty: mail beside a SQLite database, otherwise data/mail",
    ),
    key("mail.host", "localhost", "the mail server"),
    key("mail.port", "587", "its port"),
    key(
        "mail.tls",
        "required",
        "how the connection to it is protected: implicit (from the beginning, usually port 465), required (STARTTLS), or off (this machine only)",
    ),
    key(
        "mail.user",
        "",
        "who signs in at the mail server; empty: nobody does",
    ),
    secret("mail.password", "", true, "the password of that user"),
    key(
        "mail.from",
        "Muster <muster@localhost>",
        "who letters are from: Name <address>, or an address",
    ),
    key(
        "mail.timeout_seconds",
        "30",
        "how long the delivery of one letter may take",
    ),
    key(
        "provisioning_log.mode",
        "all",
        "which SCIM requests are kept in the provisioning log: all, changes (and everything that failed), failures, or off",
    ),
    secret(
        "provisioning_log.database",
        "",
        true,
        "where it is kept; empty: beside a SQLite database in a file of its own, or in the PostgreSQL database",
    ),
    key("provisioning_log.days", "30", "how long entries are kept"),
    key(
        "provisioning_log.body_bytes",
        "32768",
        "how much of a request's and of an answer's body is kept",
    ),
    key(
        "provisioning_log.read_body_bytes",
        "2048",
        "how much of an answer is kept when the request only read and was carried out",
    ),
    key(
        "provisioning_log.personal",
        "keep",
        "personal values in it: keep or mask; secrets are never kept",
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
