//! The console: the pages of operators.
//!
//! It adds no rule: every page calls the functions of `service` that SCIM, the API and the command line call. Each route says in its area's `PAGES`
//! what it asks of whoever opens it, and nothing is handled before that is checked (`desk`).
//!
//! The pages are complete without a script. The one there is, `assets/console.js`, helps on top of them.

mod asked;
mod attributes;
mod audit;
mod connections;
mod dashboard;
mod desk;
mod factor;
mod groups;
mod lists;
mod log;
mod operators;
mod own;
mod people;
mod person;
mod proof;
mod search;
mod settings;
mod setup;
mod several;
mod shield;
mod tokens;
mod transfer;
pub mod views;
mod wizard;
mod workbench;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::Response;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get};
use tower_http::compression::CompressionLayer;

use self::desk::guard;
use super::App;
use super::account::{BASES, file};
use crate::auth::Permission;

/// What a page asks of whoever opens it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// An operator who has signed in; the second factor may still be due.
    Session,
    /// An operator whose sign-in is complete.
    Operator,
    /// An operator whose role allows this.
    To(Permission),
}

/// A method at an address of the console.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// The method, in lower case.
    pub method: &'static str,
    /// The address, below `/console`.
    pub path: &'static str,
    /// What it asks of whoever opens it.
    pub needs: Needs,
}

/// Writes the pages of an area once, for the router and for those who check it.
macro_rules! pages {
    ($($path:literal => $($method:ident $handler:path, $needs:expr;)+)*) => {
        /// The pages of this area.
        pub(super) const PAGES: &[$crate::http::console::Page] = &[
            $($($crate::http::console::Page {
                method: stringify!($method),
                path: $path,
                needs: $needs,
            },)+)*
        ];

        /// The routes of these pages below a base.
        pub(super) fn routes(
            base: &str,
            app: &std::sync::Arc<$crate::http::App>,
        ) -> axum::Router<std::sync::Arc<$crate::http::App>> {
            axum::Router::new()
                $(.route(
                    &format!("{base}/console{}", $path),
                    axum::routing::MethodRouter::new()
                        $(.merge($crate::http::console::guarded(
                            app,
                            $needs,
                            axum::routing::$method($handler),
                        )))+,
                ))*
        }
    };
}
use pages;

/// The areas of the console: their pages, and the routes to them.
const AREAS: &[Area] = &[
    (own::PAGES, own::routes),
    (factor::PAGES, factor::routes),
    (people::PAGES, people::routes),
    (several::PAGES, several::routes),
    (wizard::PAGES, wizard::routes),
    (transfer::PAGES, transfer::routes),
    (search::PAGES, search::routes),
    (dashboard::PAGES, dashboard::routes),
    (connections::PAGES, connections::routes),
    (setup::PAGES, setup::routes),
    (tokens::PAGES, tokens::routes),
    (shield::PAGES, shield::routes),
    (groups::PAGES, groups::routes),
    (operators::PAGES, operators::routes),
    (person::PAGES, person::routes),
    (log::PAGES, log::routes),
    (audit::PAGES, audit::routes),
    (attributes::PAGES, attributes::routes),
    (settings::PAGES, settings::routes),
    (workbench::PAGES, workbench::routes),
];

type Area = (&'static [Page], fn(&str, &Arc<App>) -> Router<Arc<App>>);

/// Every page with what it asks.
pub fn all_pages() -> impl Iterator<Item = &'static Page> {
    AREAS.iter().flat_map(|(pages, _)| pages.iter())
}

fn guarded(app: &Arc<App>, needs: Needs, route: MethodRouter<Arc<App>>) -> MethodRouter<Arc<App>> {
    route.layer(from_fn_with_state((Arc::clone(app), needs), guard))
}

/// Every address of the console, and its files. They are sent compressed: a list of 50 people would be too long otherwise. Nobody can make
/// a browser show a secret beside a text of theirs: secrets stand in the answers to forms, which other sites cannot send.
pub(super) fn router(app: &Arc<App>) -> Router<Arc<App>> {
    let pages = BASES.iter().fold(Router::new(), |router, base| {
        AREAS.iter().fold(router, |router, (_, routes)| {
            router.merge(routes(base, app))
        })
    });
    pages
        .route(views::STYLE_ADDRESS, get(style))
        .route(views::SCRIPT_ADDRESS, get(script))
        .route(views::ICONS_ADDRESS, get(icons))
        .layer(CompressionLayer::new().gzip(true))
}

async fn style() -> Response<Body> {
    file("text/css; charset=utf-8", views::STYLE)
}

async fn script() -> Response<Body> {
    file("text/javascript; charset=utf-8", views::SCRIPT)
}

async fn icons() -> Response<Body> {
    file("image/svg+xml", views::ICONS)
}
