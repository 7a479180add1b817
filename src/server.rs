//! A running server: listeners, and an orderly end.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tower::Layer;
use tower_http::normalize_path::NormalizePathLayer;

use crate::auth::password::Passwords;
use crate::auth::{self, Authenticator};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::http::admission::{Admission, Bounds};
use crate::http::{self, App};
use crate::listen;
use crate::listen::proxy::check_exposure;
use crate::listen::tls::{self, Tls};
use crate::mail::{self, Mailer};
use crate::service::account::post::Post;
use crate::service::admin::{FirstStart, first_start};
use crate::service::provisioning_log::{Mode, ProvisioningLog};
use crate::service::redact::Redaction;
use crate::service::upkeep::Upkeep;
use crate::service::{Limits, Service, SystemClock};
use crate::store::log::{LogStore, url_beside};
use crate::store::{self, Store, folder_beside, listing};

/// How long requests in flight may take after the server was told to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(25);

/// How often the certificate's files are looked at.
const RELOAD_INTERVAL: Duration = Duration::from_secs(10);

/// How long the database's connections may take to close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// A server that answers requests until it is stopped.
#[derive(Debug)]
pub struct Server {
    service: Arc<Service>,
    public_url: String,
    address: SocketAddr,
    operations_address: Option<SocketAddr>,
    first_start: Option<FirstStart>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    tls: Option<Arc<Tls>>,
    /// What goes on until the last request has been answered.
    last: Vec<JoinHandle<()>>,
}

/// Opens the database and builds the operations on it: what the server and the command line share.
///
/// # Errors
/// When the database cannot be opened or the index list is wrong.
pub async fn open_service(config: &Config) -> Result<Arc<Service>> {
    let database = &config.database;
    let store = Store::open(store::Options {
        url: &database.url,
        max_connections: database.max_connections,
        read_urls: &database.read_urls,
        statement_timeout: Some(database.statement_timeout),
    });
    let store = store.await?;
    let limits = Limits {
        default_count: config.limits.default_count.min(config.limits.max_count),
        max_count: config.limits.max_count,
        scan: config.limits.scan,
        bulk_operations: config.limits.bulk_operations,
        cursor_seconds: config.pagination.cursor_seconds,
        pages_by_cursor: config.pagination.is_by_cursor,
        lists: listing::Bounds::default(),
    };
    let passwords = Passwords::new(config.limits.password_parallelism);
    Ok(Arc::new(
        Service::new(store, Arc::new(SystemClock), passwords, limits).await?,
    ))
}

/// Where the provisioning log is kept.
#[must_use]
pub fn log_url(config: &Config) -> String {
    let configured = config.provisioning_log.database.clone();
    configured.unwrap_or_else(|| url_beside(&config.database.url))
}

/// How letters are sent.
fn mail_options(config: &Config) -> Result<mail::Options> {
    let mail = &config.mail;
    let unknown = |key: &str| Error::invalid_value(format!("{key} is none of those there are"));
    let folder = match &mail.folder {
        Some(folder) => PathBuf::from(folder),
        None => folder_beside(&config.database.url, "mail"),
    };
    Ok(mail::Options {
        transport: mail::Transport::named(&mail.transport)
            .ok_or_else(|| unknown("mail.transport"))?,
        folder,
        host: mail.host.clone(),
        port: mail.port,
        tls: mail::Encryption::named(&mail.tls).ok_or_else(|| unknown("mail.tls"))?,
        user: mail.user.clone(),
        password: mail.password.clone(),
        from: mail.from.clone(),
        timeout: mail.timeout,
    })
}

/// Opens the provisioning log and begins to write it.
async fn start_log(
    config: &Config,
) -> Result<(Option<LogStore>, ProvisioningLog, Option<JoinHandle<()>>)> {
    let mode = Mode::parse(&config.provisioning_log.mode);
    if mode == Mode::Off {
        return Ok((None, ProvisioningLog::off(), None));
    }
    let store = LogStore::open(&log_url(config)).await?;
    let redaction = Redaction {
        body_bytes: config.provisioning_log.body_bytes,
        read_bytes: config.provisioning_log.read_body_bytes,
        masks_personal: config.provisioning_log.masks_personal,
    };
    let (log, task) = ProvisioningLog::start(store.clone(), mode, redaction);
    Ok((Some(store), log, Some(task)))
}

fn app(
    config: &Config,
    service: &Arc<Service>,
    public_url: &str,
    log: ProvisioningLog,
) -> Result<App> {
    let limits = &config.limits;
    let options = auth::Options {
        issuer: public_url.to_owned(),
        algorithm: config.oauth.algorithm.clone(),
        life_seconds: config.oauth.token_minutes * 60,
        private_networks: config.oauth.private_networks.clone(),
        remembers: limits.token_memory,
    };
    let clock = Arc::clone(&service.clock);
    Ok(App {
        auth: Authenticator::new(service.store.clone(), clock, &options)?,
        admission: Admission::new(Bounds {
            concurrent: limits.concurrent_requests,
            waiting: limits.waiting_requests,
            patience: limits.waiting_time,
            per_second: limits.requests_per_second,
            address_per_second: limits.address_requests_per_second,
            failures_per_minute: limits.failures_per_minute,
            address_attempts: limits.address_attempts,
            account_letters: limits.account_letters,
        }),
        log,
        trusted_proxies: config.server.trusted_proxies.clone(),
        service: Arc::clone(service),
        public_url: public_url.to_owned(),
        max_body_bytes: limits.body_bytes,
        max_bulk_bytes: limits.bulk_bytes,
        body_timeout: limits.body_timeout,
    })
}

impl Server {
    /// Migrates the database, makes tenant, connection and token on the first start, and begins to listen.
    ///
    /// # Errors
    /// When the database cannot be opened, or an address is taken.
    pub async fn start(config: Config) -> Result<Self> {
        // First whatever can fail: a token that was made and never shown would be lost.
        let listener = bind("server.listen", &config.server.listen).await?;
        let tls = tls(&config, local_address(&listener)?)?;
        let operations = operations_listener(&config).await?;
        let mailer = Mailer::open(&mail_options(&config)?)?;
        let service = open_service(&config).await?;
        service.agree_on_index(&config.index).await?;
        let address = local_address(&listener)?;
        let public_url = config
            .server
            .public_url
            .clone()
            .unwrap_or_else(|| default_url(address, tls.is_some()));
        let (log_store, log, log_task) = start_log(&config).await?;
        let app = Arc::new(app(&config, &service, &public_url, log)?);
        let operations_address = operations.as_ref().map(local_address).transpose()?;
        let first_start = first_start(&service, config.server.bootstrap_token.as_deref()).await?;
        let (stop, stopped) = watch::channel(false);
        let options = options(&config, tls.clone());
        let mut tasks = vec![serve(
            listener,
            http::router(Arc::clone(&app))?,
            options,
            stopped.clone(),
        )];
        tasks.extend(
            tls.as_ref()
                .map(|tls| tls::reload_every(Arc::clone(tls), RELOAD_INTERVAL, stopped.clone())),
        );
        let post = Post {
            service: Arc::clone(&service),
            mailer,
            public_url: public_url.clone(),
        };
        tasks.push(tokio::spawn(post.run(stopped.clone())));
        let upkeep = Upkeep {
            service: Arc::clone(&service),
            log: log_store,
            log_days: config.provisioning_log.days,
            algorithm: config.oauth.algorithm.clone(),
            key_days: config.oauth.key_days,
        };
        let upkeep = tokio::spawn(upkeep.run(stopped.clone()));
        tasks.extend(operations.map(|listener| {
            let options = listen::Options::default();
            serve(listener, http::health::router(app), options, stopped)
        }));
        tracing::info!(%address, public_url, "listening");
        Ok(Self {
            service,
            public_url,
            address,
            operations_address,
            first_start,
            stop,
            tasks,
            tls,
            last: std::iter::once(upkeep).chain(log_task).collect(),
        })
    }

    /// `http://` and the address it listens on.
    #[must_use]
    pub fn root_url(&self) -> String {
        default_url(self.address, self.tls.is_some())
    }

    /// Where links begin.
    #[must_use]
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// Where clients reach SCIM.
    #[must_use]
    pub fn scim_url(&self) -> String {
        format!("{}/scim/v2", self.public_url)
    }

    /// `http://` and the address of the operations listener; empty without one.
    #[must_use]
    pub fn operations_url(&self) -> String {
        let address = self.operations_address;
        address.map_or_else(String::new, |address| default_url(address, false))
    }

    /// The operations.
    #[must_use]
    pub fn service(&self) -> &Arc<Service> {
        &self.service
    }

    /// What the first start made, if this was it.
    #[must_use]
    pub fn first_start(&self) -> Option<&FirstStart> {
        self.first_start.as_ref()
    }

    /// Reads the certificate anew; without one, nothing happens. What became of it is logged.
    pub fn reload(&self) {
        if let Some(tls) = &self.tls {
            _ = tls.reload();
        }
    }

    /// Stops listening, lets the requests in flight finish, and closes the database.
    pub async fn stop(self) {
        _ = self.stop.send(true);
        let drained = tokio::time::timeout(DRAIN_TIMEOUT, async {
            for task in self.tasks {
                _ = task.await;
            }
        });
        if drained.await.is_err() {
            tracing::warn!(
                timeout_seconds = DRAIN_TIMEOUT.as_secs(),
                "some requests did not finish in time"
            );
        }
        let written = tokio::time::timeout(CLOSE_TIMEOUT, async {
            for task in self.last {
                _ = task.await;
            }
        });
        if written.await.is_err() {
            tracing::warn!("the provisioning log could not be written to its end in time");
        }
        if tokio::time::timeout(CLOSE_TIMEOUT, self.service.store.close())
            .await
            .is_err()
        {
            tracing::warn!("the database connections did not close in time");
        }
        tracing::info!("stopped");
    }
}

fn serve(
    listener: TcpListener,
    router: Router,
    options: listen::Options,
    stopped: watch::Receiver<bool>,
) -> JoinHandle<()> {
    let normalized = NormalizePathLayer::trim_trailing_slash().layer(router);
    listen::serve(listener, normalized, options, stopped)
}

async fn bind(key: &str, address: &str) -> Result<TcpListener> {
    listen::bind(address).await.map_err(|error| {
        Error::unavailable(format!("cannot listen on {key} = {address:?}")).caused_by(error)
    })
}

/// The operations listener. Its default port may be taken by another instance; one that was chosen may not.
async fn operations_listener(config: &Config) -> Result<Option<TcpListener>> {
    match bind("operations.listen", &config.operations.listen).await {
        Ok(listener) => Ok(Some(listener)),
        Err(error) if config.operations.is_chosen => Err(error),
        Err(error) => {
            tracing::warn!(%error, "no operations listener: set operations.listen to a free address");
            Ok(None)
        }
    }
}

fn local_address(listener: &TcpListener) -> Result<SocketAddr> {
    listener
        .local_addr()
        .map_err(|error| Error::internal("a listener has no address").caused_by(error))
}

/// A URL for an address; one that stands for all interfaces is shown as this machine.
fn default_url(address: SocketAddr, has_tls: bool) -> String {
    let scheme = if has_tls { "https" } else { "http" };
    if address.ip().is_unspecified() {
        format!("{scheme}://localhost:{}", address.port())
    } else {
        format!("{scheme}://{address}")
    }
}

/// The certificate, if there is one; without, the address must be one that only this machine reaches, or a proxy's.
fn tls(config: &Config, address: SocketAddr) -> Result<Option<Arc<Tls>>> {
    let tls = match &config.server.tls {
        Some((certificate, key)) => Some(Tls::open(certificate, key)?),
        None => None,
    };
    check_exposure(address, tls.is_some(), config.server.is_behind_proxy)?;
    Ok(tls)
}

fn options(config: &Config, tls: Option<Arc<Tls>>) -> listen::Options {
    listen::Options {
        tls,
        max_connections: u32::try_from(config.limits.open_connections).unwrap_or(u32::MAX),
        max_head_bytes: config.limits.header_bytes,
        head_timeout: config.limits.header_timeout,
        idle_timeout: config.limits.idle_timeout,
        ..listen::Options::default()
    }
}
