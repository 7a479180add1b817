//! A server of the test's own, whose time the test sets.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use muster::auth::password::Passwords;
use muster::auth::{self, Authenticator, Clock};
use muster::config::Config;
use muster::http::admission::{Admission, Bounds};
use muster::http::{App, router};
use muster::listen::{self, bind};
use muster::server::log_url;
use muster::service::provisioning_log::{Mode, ProvisioningLog};
use muster::service::redact::Redaction;
use muster::service::{Limits, Service, SystemClock};
use muster::store::Store;
use muster::store::log::LogStore;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tower::Layer;
use tower_http::normalize_path::NormalizePathLayer;

use super::Db;
use super::server::{
    TenantOptions, TestDatabase, TestTenant, config_for, create_tenant, fresh_database,
};

/// A time that stands still until the test moves it.
#[derive(Debug)]
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    /// Begins at the beginning of the current second.
    pub(crate) fn new() -> Arc<Self> {
        let now = SystemClock.now().div_euclid(1_000_000) * 1_000_000;
        Arc::new(Self(AtomicI64::new(now)))
    }

    /// Seconds since 1970 UTC.
    pub(crate) fn seconds(&self) -> i64 {
        self.now().div_euclid(1_000_000)
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.advance_microseconds(seconds * 1_000_000);
    }

    pub(crate) fn advance_microseconds(&self, microseconds: i64) {
        self.0.fetch_add(microseconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A running server with such a time.
pub(crate) struct Clocked {
    pub(crate) clock: Arc<TestClock>,
    pub(crate) service: Arc<Service>,
    /// Where it listens, `http://host:port`.
    pub(crate) root: String,
    /// What its access tokens say as `iss` and as `aud`.
    pub(crate) issuer: String,
    database: Arc<TestDatabase>,
    config: Config,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Starts a server on an empty database. It fetches keys from this machine and takes any number of failures, unless
/// `change` says otherwise.
pub(crate) async fn clocked_with(db: Db, change: impl FnOnce(&mut Config)) -> Clocked {
    let database = Arc::new(fresh_database(db).await);
    let mut config = config_for(&database.url);
    config.oauth.private_networks = vec!["127.0.0.0/8".parse().unwrap()];
    config.limits.failures_per_minute = 1_000_000;
    "off".clone_into(&mut config.provisioning_log.mode);
    change(&mut config);
    start(database, config, TestClock::new()).await
}

pub(crate) async fn clocked(db: Db) -> Clocked {
    clocked_with(db, |_| ()).await
}

impl Clocked {
    /// The database, as the command line is told of it.
    pub(crate) fn database_url(&self) -> &str {
        &self.database.url
    }

    /// Another instance on the same database, with the same name and the same time.
    pub(crate) async fn another(&self) -> Self {
        self.another_with(|_| ()).await
    }

    pub(crate) async fn another_with(&self, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = self.config.clone();
        config.server.public_url = Some(self.issuer.clone());
        change(&mut config);
        start(Arc::clone(&self.database), config, Arc::clone(&self.clock)).await
    }

    pub(crate) async fn tenant(&self) -> TestTenant {
        self.tenant_with(&TenantOptions::default()).await
    }

    pub(crate) async fn tenant_with(&self, options: &TenantOptions) -> TestTenant {
        create_tenant(&self.service, &self.root, options).await
    }

    pub(crate) async fn stop(self) {
        self.stop.send(true).unwrap();
        self.task.await.unwrap();
        self.service.store.close().await;
    }
}

async fn start(database: Arc<TestDatabase>, config: Config, clock: Arc<TestClock>) -> Clocked {
    let url = &config.database.url;
    let store = Store::open(muster::store::Options {
        url,
        max_connections: config.database.max_connections,
        read_urls: &[],
        statement_timeout: None,
    });
    let store = store.await;
    let time: Arc<dyn Clock> = Arc::<TestClock>::clone(&clock);
    let limits = Limits {
        scan: config.limits.scan,
        ..Limits::default()
    };
    let service = Service::new(store.unwrap(), time, Passwords::new(2), limits);
    let service = Arc::new(service.await.unwrap());
    service.agree_on_index(&[]).await.unwrap();
    let listener = bind("127.0.0.1:0").await.unwrap();
    let root = format!("http://{}", listener.local_addr().unwrap());
    let issuer = config.server.public_url.clone();
    let issuer = issuer.unwrap_or_else(|| root.clone());
    let log = log(&config).await;
    let app = Arc::new(app(&config, &service, &issuer, log));
    let (stop, stopped) = watch::channel(false);
    let options = listen::Options {
        max_head_bytes: config.limits.header_bytes,
        ..listen::Options::default()
    };
    let layered = NormalizePathLayer::trim_trailing_slash().layer(router(app).unwrap());
    let task = listen::serve(listener, layered, options, stopped);
    Clocked {
        clock,
        service,
        root,
        issuer,
        database,
        config,
        stop,
        task,
    }
}

/// The provisioning log, for tests that ask for one or name a database for it.
async fn log(config: &Config) -> ProvisioningLog {
    let mode = match Mode::parse(&config.provisioning_log.mode) {
        Mode::Off if config.provisioning_log.database.is_some() => Mode::All,
        mode => mode,
    };
    if mode == Mode::Off {
        return ProvisioningLog::off();
    }
    let store = LogStore::open(&log_url(config)).await.unwrap();
    let redaction = Redaction {
        body_bytes: config.provisioning_log.body_bytes,
        read_bytes: config.provisioning_log.read_body_bytes,
        masks_personal: config.provisioning_log.masks_personal,
    };
    ProvisioningLog::start(store, mode, redaction).0
}

fn app(config: &Config, service: &Arc<Service>, issuer: &str, log: ProvisioningLog) -> App {
    let options = auth::Options {
        issuer: issuer.to_owned(),
        algorithm: config.oauth.algorithm.clone(),
        life_seconds: config.oauth.token_minutes * 60,
        private_networks: config.oauth.private_networks.clone(),
        remembers: std::time::Duration::from_millis(50),
    };
    let clock = Arc::clone(&service.clock);
    App {
        auth: Authenticator::new(service.store.clone(), clock, &options).unwrap(),
        admission: Admission::new(Bounds {
            concurrent: 32,
            waiting: 512,
            patience: Duration::from_secs(10),
            per_second: 0,
            address_per_second: 0,
            account_letters: 5,
            address_attempts: 20,
            failures_per_minute: config.limits.failures_per_minute,
        }),
        log,
        trusted_proxies: Vec::new(),
        service: Arc::clone(service),
        public_url: issuer.to_owned(),
        max_body_bytes: config.limits.body_bytes,
        max_bulk_bytes: config.limits.bulk_bytes,
        body_timeout: Duration::from_secs(30),
    }
}
