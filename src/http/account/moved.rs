//! Addresses of pages are for good: who has kept a link, or types what other products call a page, is led on.

use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, Uri, header};
use axum::routing::get;

use super::super::App;

/// An address that a page had, or that people try, and the page's own. A page that is renamed leaves its old address here.
pub const MOVED: &[(&str, &str)] = &[
    ("/login", "/sign-in"),
    ("/signin", "/sign-in"),
    ("/logout", "/sign-out"),
    ("/signup", "/register"),
    ("/sign-up", "/register"),
    ("/forgot-password", "/forgot"),
    ("/profile", "/account"),
    ("/admin", "/console"),
    ("/console/people", "/console/users"),
    ("/console/customers", "/console/users"),
    ("/console/admins", "/console/operators"),
    ("/console/provisioning", "/console/connections"),
    ("/console/logs", "/console/log"),
    ("/console/provisioning-log", "/console/log"),
    ("/console/history", "/console/audit"),
    // What password managers ask for (W3C, A Well-Known URL for Changing Passwords).
    ("/.well-known/change-password", "/account/password"),
];

/// The way from each of them, with what was asked.
pub(super) fn routes(base: &str) -> Router<Arc<App>> {
    MOVED.iter().fold(Router::new(), |router, (from, to)| {
        let length = from.len();
        let onward = async move |uri: Uri| {
            let path = uri.path();
            let kept = path.get(..path.len().saturating_sub(length));
            let query = uri.query().map(|query| format!("?{query}"));
            let address = format!(
                "{}{to}{}",
                kept.unwrap_or_default(),
                query.unwrap_or_default()
            );
            (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, address)])
        };
        router.route(&format!("{base}{from}"), get(onward))
    })
}
