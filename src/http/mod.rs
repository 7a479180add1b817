//! The only code that knows axum: the routes on one screen, and the layers around them.
//!
//! No SCIM rule lives here; handlers extract, call one function of `service`, and respond.

pub mod admission;
mod body;
mod bulk;
mod discovery;
mod extract;
pub mod health;
mod me;
mod oauth;
mod observe;
mod parameters;
mod record;
mod resources;
mod respond;
mod search;

use std::sync::Arc;
use std::time::Duration;

use admission::Admission;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use ipnet::IpNet;
use tower_http::catch_panic::CatchPanicLayer;

use crate::auth::Authenticator;
use crate::service::Service;
use crate::service::provisioning_log::ProvisioningLog;

/// What the handlers share.
#[derive(Debug)]
pub struct App {
    /// The operations.
    pub service: Arc<Service>,
    /// Where the server is reached, without a slash at the end: every link begins with it.
    pub public_url: String,
    /// The largest body of a request, in bytes.
    pub max_body_bytes: usize,
    /// The largest body of a bulk request, in bytes.
    pub max_bulk_bytes: usize,
    /// How long a body may take to arrive.
    pub body_timeout: Duration,
    /// Every way to prove who one is.
    pub auth: Authenticator,
    /// Who is let in when.
    pub admission: Admission,
    /// What is kept of every request.
    pub log: ProvisioningLog,
    /// Whose forwarding headers are believed.
    pub trusted_proxies: Vec<IpNet>,
}

/// Every address of the SCIM listener.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .nest("/scim/v2", scim())
        .nest("/t/{tenant}/scim/v2", scim())
        // Without a version it is the newest there is (RFC 7644 §3.13).
        .nest("/scim", scim())
        .nest("/t/{tenant}/scim", scim())
        .route("/oauth/token", post(oauth::token))
        .route("/.well-known/jwks.json", get(oauth::keys))
        .route(
            "/.well-known/oauth-authorization-server",
            get(oauth::metadata),
        )
        .fallback(respond::unknown_address)
        .method_not_allowed_fallback(respond::unknown_method)
        .layer(CatchPanicLayer::custom(respond::after_panic))
        .layer(from_fn_with_state(Arc::clone(&app), record::record))
        .layer(from_fn_with_state(Arc::clone(&app), observe::observe))
        .with_state(app)
}

fn scim() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(search::root))
        .route("/.search", post(search::root_by_post))
        .route(
            "/ServiceProviderConfig",
            get(discovery::service_provider_config),
        )
        .route("/Schemas", get(discovery::schemas))
        .route("/Schemas/{id}", get(discovery::schema))
        .route("/ResourceTypes", get(discovery::resource_types))
        .route("/ResourceTypes/{id}", get(discovery::resource_type))
        .route("/Bulk", post(bulk::bulk))
        .route(
            "/Me",
            get(me::read)
                .post(me::create)
                .put(me::replace)
                .patch(me::modify)
                .delete(me::delete),
        )
        .route("/{endpoint}", get(search::list).post(resources::create))
        .route("/{endpoint}/.search", post(search::by_post))
        .route(
            "/{endpoint}/{id}",
            get(resources::read)
                .put(resources::replace)
                .patch(resources::modify)
                .delete(resources::delete),
        )
}
