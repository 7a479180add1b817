//! The provisioning log: what is kept of every request, what is not, for how long, and how it is read.

mod circumstances;
mod command_line;
mod explained;
mod fields;
mod found;
mod keeping;
mod masks;
mod refusals;
mod secrets;
mod sizes;

use std::time::Duration;

use muster::config::Config;
use muster::server::{Server, log_url};
use muster::service::admin::{self, Connection, Tenant};
use muster::store::log::{Entry, LogStore, Wanted};
use serde_json::Value;

use crate::support::http::{Request, Response, send};
use crate::support::server::{TestDatabase, config_for, scim_request};
use crate::support::{Db, fresh_database, unique};

/// Longer than entries ever wait to be written.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server of the test's own, its log, and a connection.
struct Logged {
    server: Server,
    config: Config,
    log: LogStore,
    tenant: Tenant,
    connection: Connection,
    token: String,
    database: TestDatabase,
}

impl Logged {
    async fn new(db: Db) -> Self {
        Self::with(db, "generic", |_| ()).await
    }

    async fn with(db: Db, profile: &str, change: impl FnOnce(&mut Config)) -> Self {
        let database = fresh_database(db).await;
        let mut config = config_for(&database.url);
        config.limits.failures_per_minute = 1_000_000;
        change(&mut config);
        let server = Server::start(config.clone()).await.unwrap();
        let service = server.service();
        let name = format!("t-{}", unique());
        let tenant = admin::create_tenant(service, &name).await.unwrap();
        let connection = admin::create_connection(service, &tenant, "test", profile, &[]).await;
        let connection = connection.unwrap();
        let scopes = Some("read write");
        let token = admin::create_token(service, &connection, scopes, None, None).await;
        let token = token.unwrap().secret;
        Self {
            log: LogStore::open(&log_url(&config)).await.unwrap(),
            server,
            config,
            tenant,
            connection,
            token,
            database,
        }
    }

    async fn send(&self, request: Request) -> Response {
        send(&self.server.root_url(), request).await.unwrap()
    }

    async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Response {
        let request = scim_request(&self.token, method, path, &[], body);
        self.send(request).await
    }

    /// The entry of the request that was answered so, as soon as it is there.
    async fn entry(&self, response: &Response) -> Entry {
        let id = response.header("X-Request-Id").unwrap();
        self.entry_of(id).await
    }

    async fn entry_of(&self, request_id: &str) -> Entry {
        let listed = self.wait_for(&of_request(request_id), 1).await;
        self.log.get(listed[0].key).await.unwrap().unwrap()
    }

    /// Waits until the log has at least so many of those that are wanted.
    async fn wait_for(&self, wanted: &Wanted, count: usize) -> Vec<Entry> {
        let started = std::time::Instant::now();
        loop {
            let listed = self.log.list(wanted).await.unwrap();
            if listed.len() >= count {
                return listed;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "{} of {count} entries: {wanted:?}",
                listed.len()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Everything that is in the log once this much later request is.
    async fn all(&self) -> Vec<Entry> {
        let marker = format!("marker-{}", unique());
        let headers = [("X-Request-Id", marker.as_str())];
        // Refused, so that every mode but "off" keeps it.
        let request = scim_request("mst_none", "GET", "/Users", &headers, None);
        self.send(request).await.expect_status(401);
        self.wait_for(&of_request(&marker), 1).await;
        let wanted = Wanted {
            limit: 10_000,
            is_ascending: true,
            ..Wanted::default()
        };
        let mut all = Vec::new();
        for listed in self.log.list(&wanted).await.unwrap() {
            if listed.request_id != marker {
                all.push(self.log.get(listed.key).await.unwrap().unwrap());
            }
        }
        all
    }

    async fn stop(self) {
        self.log.close().await;
        self.server.stop().await;
    }
}

fn of_request(id: &str) -> Wanted {
    Wanted {
        request_id: Some(id.to_owned()),
        limit: 10,
        ..Wanted::default()
    }
}

/// Every text of an entry.
fn texts(entry: &Entry) -> String {
    format!("{entry:?}")
}
