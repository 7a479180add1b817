//! The settings in force, by section, and what they are when nobody says otherwise.

use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

/// The settings in force.
#[derive(Debug, Clone)]
pub struct Config {
    /// The SCIM listener.
    pub server: Server,
    /// The operations listener.
    pub operations: Operations,
    /// The database.
    pub database: Database,
    /// What is indexed beyond the default.
    pub index: Vec<String>,
    /// Bounds.
    pub limits: Limits,
    /// How lists are paged.
    pub pagination: Pagination,
    /// Access tokens of clients.
    pub oauth: OAuth,
    /// Letters to people.
    pub mail: Mail,
    /// What is kept of every request.
    pub provisioning_log: ProvisioningLog,
    /// The log.
    pub log: Log,
}

impl Config {
    /// Where the server is reached, as far as the settings say.
    #[must_use]
    pub fn public_url(&self) -> String {
        let scheme = if self.server.tls.is_some() {
            "https"
        } else {
            "http"
        };
        let configured = self.server.public_url.clone();
        configured.unwrap_or_else(|| format!("{scheme}://{}", self.server.listen))
    }
}

/// Letters to people.
#[derive(Clone)]
pub struct Mail {
    /// `file` or `smtp`.
    pub transport: String,
    /// The folder of the file transport.
    pub folder: Option<String>,
    /// The mail server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// `implicit`, `required` or `off`.
    pub tls: String,
    /// Who signs in there.
    pub user: Option<String>,
    /// With which password.
    pub password: Option<String>,
    /// Who letters are from.
    pub from: String,
    /// How long a delivery may take.
    pub timeout: Duration,
}

/// The password is left out.
impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail")
            .field("transport", &self.transport)
            .field("folder", &self.folder)
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .field("user", &self.user)
            .field("from", &self.from)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// Access tokens of clients.
#[derive(Debug, Clone)]
pub struct OAuth {
    /// What they are signed with.
    pub algorithm: String,
    /// How long they live.
    pub token_minutes: i64,
    /// How old a key gets.
    pub key_days: i64,
    /// Where keys may be fetched although it is no public address.
    pub private_networks: Vec<IpNet>,
}

/// What is kept of every request.
#[derive(Debug, Clone)]
pub struct ProvisioningLog {
    /// `all`, `changes`, `failures` or `off`.
    pub mode: String,
    /// Where it is kept.
    pub database: Option<String>,
    /// How long.
    pub days: i64,
    /// How much of a body.
    pub body_bytes: usize,
    /// The longest answer to a request that only read.
    pub read_body_bytes: usize,
    /// Personal values are masked.
    pub masks_personal: bool,
}

/// How lists are paged (RFC 9865).
#[derive(Debug, Clone)]
pub struct Pagination {
    /// By cursor where the client does not say.
    pub is_by_cursor: bool,
    /// How long a cursor is good for, in seconds.
    pub cursor_seconds: i64,
}

/// The SCIM listener.
#[derive(Debug, Clone)]
pub struct Server {
    /// Address and port.
    pub listen: String,
    /// How clients reach it, without a slash at the end.
    pub public_url: Option<String>,
    /// The first connection's token.
    pub bootstrap_token: Option<String>,
    /// A proxy in front speaks TLS.
    pub is_behind_proxy: bool,
    /// Whose forwarding headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Certificate chain and private key.
    pub tls: Option<(PathBuf, PathBuf)>,
}

/// The operations listener.
#[derive(Debug, Clone)]
pub struct Operations {
    /// Address and port.
    pub listen: String,
    /// Whether the address was chosen by the operator; then it must be free.
    pub is_chosen: bool,
}

/// The database.
#[derive(Debug, Clone)]
pub struct Database {
    /// `sqlite:` or `postgres:`.
    pub url: String,
    /// Size of the pool.
    pub max_connections: u32,
    /// Replicas to read from.
    pub read_urls: Vec<String>,
    /// How long a statement may take.
    pub statement_timeout: Duration,
}

/// Bounds on requests.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Largest body.
    pub body_bytes: usize,
    /// Largest body of a bulk request.
    pub bulk_bytes: usize,
    /// Operations of one bulk request.
    pub bulk_operations: usize,
    /// How long it may take.
    pub body_timeout: Duration,
    /// Largest head of a request.
    pub header_bytes: u32,
    /// How long the head of a request may take.
    pub header_timeout: Duration,
    /// How long a connection may rest.
    pub idle_timeout: Duration,
    /// Network connections at once.
    pub open_connections: usize,
    /// Requests of one client at once, waiting, and for how long.
    pub concurrent_requests: usize,
    /// Requests of one client that may wait.
    pub waiting_requests: usize,
    /// How long they may wait.
    pub waiting_time: Duration,
    /// Requests of one client in a second; 0: no limit.
    pub requests_per_second: u32,
    /// Requests from one address in a second; 0: no limit.
    pub address_requests_per_second: u32,
    /// Failures to authenticate from one address in a minute.
    pub failures_per_minute: u32,
    /// Wrong passwords, and letters asked for, from one address in a quarter of an hour.
    pub address_attempts: u32,
    /// Letters asked for one account in a quarter of an hour.
    pub account_letters: u32,
    /// Page size without `count`.
    pub default_count: i64,
    /// Largest page.
    pub max_count: i64,
    /// Resources looked at one by one.
    pub scan: i64,
    /// How long it is remembered what a bearer token stands for.
    pub token_memory: Duration,
    /// Passwords hashed at once.
    pub password_parallelism: usize,
}

/// The log.
#[derive(Debug, Clone)]
pub struct Log {
    /// JSON lines instead of text.
    pub is_json: bool,
    /// What is logged.
    pub level: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            server: Server {
                listen: "127.0.0.1:8080".to_owned(),
                public_url: None,
                bootstrap_token: None,
                is_behind_proxy: false,
                trusted_proxies: Vec::new(),
                tls: None,
            },
            operations: Operations {
                listen: "127.0.0.1:9464".to_owned(),
                is_chosen: false,
            },
            database: Database {
                url: "sqlite:data/muster.db".to_owned(),
                max_connections: connections(0, "sqlite:"),
                read_urls: Vec::new(),
                statement_timeout: Duration::from_secs(30),
            },
            index: Vec::new(),
            limits: Limits {
                body_bytes: 1_048_576,
                bulk_bytes: 4_194_304,
                bulk_operations: 1_000,
                body_timeout: Duration::from_secs(30),
                header_bytes: 65_536,
                header_timeout: Duration::from_secs(10),
                idle_timeout: Duration::from_secs(75),
                open_connections: 10_000,
                concurrent_requests: 32,
                waiting_requests: 1_024,
                waiting_time: Duration::from_secs(10),
                requests_per_second: 0,
                address_requests_per_second: 0,
                failures_per_minute: 60,
                address_attempts: 20,
                account_letters: 5,
                default_count: 100,
                max_count: 1_000,
                scan: 100_000,
                token_memory: Duration::from_millis(50),
                password_parallelism: spare_cores(),
            },
            pagination: Pagination {
                is_by_cursor: false,
                cursor_seconds: 3_600,
            },
            oauth: OAuth {
                algorithm: "EdDSA".to_owned(),
                token_minutes: 60,
                key_days: 90,
                private_networks: Vec::new(),
            },
            mail: Mail {
                transport: "file".to_owned(),
                folder: None,
                host: "localhost".to_owned(),
                port: 587,
                tls: "required".to_owned(),
                user: None,
                password: None,
                from: "Muster <muster@localhost>".to_owned(),
                timeout: Duration::from_secs(30),
            },
            provisioning_log: ProvisioningLog {
                mode: "all".to_owned(),
                database: None,
                days: 30,
                body_bytes: 32_768,
                read_body_bytes: 2_048,
                masks_personal: false,
            },
            log: Log {
                is_json: false,
                level: "info".to_owned(),
            },
        }
    }
}

/// How many connections there may be, also where that is not configured: two for each core as readers of SQLite. Writers of PostgreSQL keep
/// theirs while the disk writes, so there is one more for each core; beyond that statements wait inside the database instead of before it:
/// with 16 on two cores, the slowest reads took twice as long.
pub(super) fn connections(configured: u32, url: &str) -> u32 {
    let for_each = if url.starts_with("sqlite:") { 2 } else { 3 };
    match configured {
        0 => u32::try_from(cores().max(2) * for_each).map_or(64, |usual| usual.min(64)),
        configured => configured,
    }
}

/// All cores but one, which is left for other requests than those that hash passwords.
pub(super) fn spare_cores() -> usize {
    cores().saturating_sub(1).max(1)
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
