//! A running server: listeners, and an orderly end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::serve::ListenerExt;
use axum::{Router, ServiceExt};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tower::Layer;
use tower_http::normalize_path::NormalizePathLayer;

use crate::auth::password::Passwords;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::http::{self, App};
use crate::service::admin::{FirstStart, first_start};
use crate::service::{Limits, Service, SystemClock};
use crate::store::Store;

/// How long requests in flight may take after the server was told to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(25);

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
    tasks: Vec<JoinHandle<std::io::Result<()>>>,
}

/// Opens the database and builds the operations on it: what the server and the command line share.
///
/// # Errors
/// When the database cannot be opened or the index list is wrong.
pub async fn open_service(config: &Config) -> Result<Arc<Service>> {
    let store = Store::open(&config.database.url, config.database.max_connections).await?;
    let limits = Limits {
        default_count: config.limits.default_count.min(config.limits.max_count),
        max_count: config.limits.max_count,
        scan: config.limits.scan,
        bulk_operations: config.limits.bulk_operations,
        cursor_seconds: config.pagination.cursor_seconds,
        pages_by_cursor: config.pagination.is_by_cursor,
    };
    let passwords = Passwords::new(config.limits.password_parallelism);
    Ok(Arc::new(
        Service::new(store, Arc::new(SystemClock), passwords, limits).await?,
    ))
}

impl Server {
    /// Migrates the database, makes tenant, connection and token on the first start, and begins to listen.
    ///
    /// # Errors
    /// When the database cannot be opened, or an address is taken.
    pub async fn start(config: Config) -> Result<Self> {
        // First the address: a token that was made and never shown would be lost.
        let listener = bind("server.listen", &config.server.listen).await?;
        let operations = operations_listener(&config).await?;
        let service = open_service(&config).await?;
        service.agree_on_index(&config.index).await?;
        let first_start = first_start(&service, config.server.bootstrap_token.as_deref()).await?;
        let address = local_address(&listener)?;
        let public_url = config
            .server
            .public_url
            .clone()
            .unwrap_or_else(|| default_url(address));
        let app = Arc::new(App {
            service: Arc::clone(&service),
            public_url: public_url.clone(),
            max_body_bytes: config.limits.body_bytes,
            max_bulk_bytes: config.limits.bulk_bytes,
            body_timeout: config.limits.body_timeout,
        });
        let (stop, stopped) = watch::channel(false);
        let mut tasks = vec![serve(
            listener,
            http::router(Arc::clone(&app)),
            stopped.clone(),
        )];
        let operations_address = operations.as_ref().map(local_address).transpose()?;
        tasks
            .extend(operations.map(|listener| serve(listener, http::health::router(app), stopped)));
        tracing::info!(%address, public_url, "listening");
        Ok(Self {
            service,
            public_url,
            address,
            operations_address,
            first_start,
            stop,
            tasks,
        })
    }

    /// `http://` and the address it listens on.
    #[must_use]
    pub fn root_url(&self) -> String {
        default_url(self.address)
    }

    /// Where clients reach SCIM.
    #[must_use]
    pub fn scim_url(&self) -> String {
        format!("{}/scim/v2", self.public_url)
    }

    /// `http://` and the address of the operations listener; empty without one.
    #[must_use]
    pub fn operations_url(&self) -> String {
        self.operations_address.map(default_url).unwrap_or_default()
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
    mut stopped: watch::Receiver<bool>,
) -> JoinHandle<std::io::Result<()>> {
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "nodelay could not be set");
        }
    });
    let normalized = NormalizePathLayer::trim_trailing_slash().layer(router);
    let service = ServiceExt::<Request>::into_make_service(normalized);
    let until_stopped = async move {
        _ = stopped.wait_for(|is_stopped| *is_stopped).await;
    };
    tokio::spawn(async move {
        axum::serve(listener, service)
            .with_graceful_shutdown(until_stopped)
            .await
    })
}

async fn bind(key: &str, address: &str) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
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
fn default_url(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("http://localhost:{}", address.port())
    } else {
        format!("http://{address}")
    }
}
