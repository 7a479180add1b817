//! The only code that knows axum: the routes on one screen, and the layers around them.
//!
//! No SCIM rule lives here; handlers extract, call one function of `service`, and respond.

pub mod account;
mod admin;
pub mod admission;
mod api;
mod body;
mod bulk;
pub mod console;
mod discovery;
mod extract;
pub mod health;
mod large;
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
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use axum::middleware::{Next, from_fn_with_state};
use axum::routing::MethodRouter;
use ipnet::IpNet;

use crate::auth::{Authenticator, Scope};
use crate::error::Result;
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

/// What a route asks of whoever calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: it tells how to authenticate, or is where one does.
    Nothing,
    /// A token; what the request does is refused in any case.
    Token,
    /// This scope.
    Scope(Scope),
    /// To read resources of the addressed type.
    Read,
    /// To read resources of every type.
    ReadAll,
    /// To create and change resources of the addressed type.
    Write,
    /// To delete resources of the addressed type.
    Delete,
    /// A user's own token, and to read users.
    ReadOwn,
    /// A user's own token, and to change users.
    WriteOwn,
}

/// A method at an address.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The method, in lower case.
    pub method: &'static str,
    /// The address, below the base where it has one.
    pub path: &'static str,
    /// What it asks of whoever calls it.
    pub needs: Needs,
}

/// Writes a list of routes once, for the router and for those who check it.
macro_rules! routes {
    ($(#[$doc:meta])* $table:ident, $router:ident: $($path:literal => $($method:ident $handler:path, $needs:expr;)+)*) => {
        $(#[$doc])*
        pub const $table: &[Route] = &[
            $($(Route { method: stringify!($method), path: $path, needs: $needs },)+)*
        ];

        /// Adds them below each base, each as one route: what axum nests costs every request more.
        fn $router(router: Router<Arc<App>>, bases: &[&str]) -> Router<Arc<App>> {
            bases.iter().fold(router, |router, base| {
                router$(.route(&below(base, $path), MethodRouter::new()$(.$method($handler))+))*
            })
        }
    };
}

routes! {
    /// The addresses below a SCIM base.
    ROUTES, scim:
    "/" =>
        get search::root, Needs::ReadAll;
    "/.search" =>
        post search::root_by_post, Needs::ReadAll;
    "/ServiceProviderConfig" =>
        get discovery::service_provider_config, Needs::Nothing;
    "/Schemas" =>
        get discovery::schemas, Needs::Scope(Scope::SchemasRead);
    "/Schemas/{id}" =>
        get discovery::schema, Needs::Scope(Scope::SchemasRead);
    "/ResourceTypes" =>
        get discovery::resource_types, Needs::Scope(Scope::SchemasRead);
    "/ResourceTypes/{id}" =>
        get discovery::resource_type, Needs::Scope(Scope::SchemasRead);
    "/Bulk" =>
        post bulk::bulk, Needs::Scope(Scope::Bulk);
    "/Me" =>
        get me::read, Needs::ReadOwn;
        post me::create, Needs::Token;
        put me::replace, Needs::WriteOwn;
        patch me::modify, Needs::WriteOwn;
        delete me::delete, Needs::Token;
    "/{endpoint}" =>
        get search::list, Needs::Read;
        post resources::create, Needs::Write;
    "/{endpoint}/.search" =>
        post search::by_post, Needs::Read;
    "/{endpoint}/{id}" =>
        get resources::read, Needs::Read;
        put resources::replace, Needs::Write;
        patch resources::modify, Needs::Write;
        delete resources::delete, Needs::Delete;
}

routes! {
    /// The addresses that belong to no SCIM base.
    OTHER_ROUTES, other:
    "/oauth/token" =>
        post oauth::token, Needs::Nothing;
    "/.well-known/jwks.json" =>
        get oauth::keys, Needs::Nothing;
    "/.well-known/oauth-authorization-server" =>
        get oauth::metadata, Needs::Nothing;
}

routes! {
    /// The addresses of what applications ask, below `/api/v1`.
    API_ROUTES, api:
    "/users/{id}/claims" =>
        get api::claims, Needs::Scope(Scope::ClaimsRead);
}

/// Where applications ask.
pub const API_BASES: &[&str] = &["/api/v1", "/t/{tenant}/api/v1"];

/// Where SCIM is: with the tenant in the address or by the token alone, and without a version, which means the newest there
/// is (RFC 7644 §3.13).
pub const BASES: &[&str] = &[
    "/scim/v2",
    "/t/{tenant}/scim/v2",
    "/scim",
    "/t/{tenant}/scim",
];

/// The address of a path below a base; the base itself has no slash at its end.
fn below(base: &str, path: &str) -> String {
    match path {
        "/" if !base.is_empty() => base.to_owned(),
        _ => format!("{base}{path}"),
    }
}

/// The SCIM addresses alone, for requests that the server makes itself for somebody who has signed in.
fn inside(app: &Arc<App>) -> Router {
    scim(Router::new(), BASES)
        .fallback(account::unknown_address)
        .method_not_allowed_fallback(account::unknown_method)
        .layer(from_fn_with_state(Arc::clone(app), recorded))
        .with_state(Arc::clone(app))
}

/// Around a request that the server makes itself: it is recorded as any other.
async fn recorded(State(app): State<Arc<App>>, request: Request, next: Next) -> Response<Body> {
    record::record(&app, request, |request| next.run(request)).await
}

/// Around a request that came over the network. One layer, since each takes memory several times for every request.
async fn around(State(app): State<Arc<App>>, request: Request, next: Next) -> Response<Body> {
    let handled = |request| respond::caught(next.run(request));
    let recorded = |request| record::record(&app, request, handled);
    observe::observe(&app, request, recorded).await
}

/// Every address of the SCIM listener.
///
/// # Errors
/// When the public URL is none.
pub fn router(app: Arc<App>) -> Result<Router> {
    let routes = other(Router::new(), &[""]);
    let routes = api(scim(routes, BASES), API_BASES);
    Ok(routes
        .merge(account::router(&app, console::router(&app))?)
        .fallback(account::unknown_address)
        .method_not_allowed_fallback(account::unknown_method)
        .layer(from_fn_with_state(Arc::clone(&app), around))
        .with_state(app))
}
