//! The pages that a person meets: to sign in, to follow a link, to look after the own account. HTML, rendered here, without a script.
//!
//! Every page is at the root for the tenant `default`, and below `/t/{tenant}` for each tenant.

mod agent;
mod entry;
mod form;
pub mod moved;
mod own;
pub mod views;
mod visit;
mod welcome;

pub(super) use agent::words as browser_words;
pub(super) use form::Form;
pub(super) use visit::{Refused, Visit, html, session_secret};

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderValue};
use axum::http::{Response, StatusCode, request};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use tower_http::csrf::{CsrfLayer, ProtectionError};

use super::App;
use super::admin::Problem;
use super::respond;
use crate::error::{Error, Result};

/// Where the pages are: for the tenant `default`, and for each tenant.
pub(super) const BASES: &[&str] = &["", "/t/{tenant}"];

/// The pages of one tenant.
fn pages(base: &str) -> Router<Arc<App>> {
    let at = |path: &str| format!("{base}{path}");
    Router::new()
        .route(&at("/sign-in"), get(entry::sign_in).post(entry::signed_in))
        .route(&at("/sign-out"), get(own::signed_out).post(own::sign_out))
        .route(&at("/signed-out"), get(own::signed_out))
        .route(&at("/forgot"), get(entry::forgot).post(entry::forgotten))
        .route(
            &at("/register"),
            get(entry::register).post(entry::registered),
        )
        .route(&at("/invite/{secret}"), get(entry::take_invite))
        .route(&at("/reset/{secret}"), get(entry::take_reset))
        .route(&at("/verify/{secret}"), get(entry::take_verify))
        .route(&at("/invite"), get(entry::invite).post(entry::invited))
        .route(&at("/reset"), get(entry::reset).post(entry::has_reset))
        .route(&at("/verify"), get(entry::verify).post(entry::verified))
        .route(&at("/welcome/{secret}"), get(welcome::take))
        .route(
            &at("/welcome"),
            get(welcome::introduce).post(welcome::introduced),
        )
        .route(&at("/account"), get(own::profile).post(own::change_profile))
        .route(
            &at("/account/password"),
            get(own::password).post(own::change_password),
        )
        .route(
            &at("/account/sessions"),
            get(own::sessions).post(own::end_sessions),
        )
        .route(&at("/account/groups"), get(own::groups))
        .route(
            &at("/account/language"),
            get(own::languages).post(own::change_language),
        )
        .route(&at("/account/export"), get(own::export))
        .route(&at("/account/token"), post(own::token))
        .route(&at("/account/leave"), get(own::leave))
        .route(
            &at("/account/deactivate"),
            get(own::leave).post(own::deactivate),
        )
        .route(&at("/account/delete"), get(own::leave).post(own::delete))
}

/// All of them, and those of the console, with what keeps strangers and other sites out.
///
/// # Errors
/// When the public URL is none.
pub(super) fn router(app: &Arc<App>, console: Router<Arc<App>>) -> Result<Router<Arc<App>>> {
    let public_url = app.public_url.as_str();
    let csrf = CsrfLayer::new()
        .add_trusted_origin(origin(public_url))
        .map_err(|error| {
            Error::invalid_value(format!("server.public_url is no address: {public_url:?}"))
                .caused_by(format!("{error:?}"))
        })?;
    let all = BASES.iter().fold(console, |router, base| {
        router.merge(pages(base)).merge(moved::routes(base))
    });
    let all = BASES.iter().fold(all, |router, base| {
        router.nest(&format!("{base}/admin/v1"), super::admin::router())
    });
    Ok(all
        .route("/", get(async || Redirect::to("/account")))
        .layer(csrf)
        .layer(from_fn_with_state(Arc::clone(app), guarded))
        .route(views::STYLE_ADDRESS, get(style))
        .route(views::MARK_ADDRESS, get(mark)))
}

/// Scheme, host and port.
fn origin(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    let rest = url.get(start..).unwrap_or_default();
    let end = rest.find('/').map_or(url.len(), |at| start + at);
    url.get(..end).unwrap_or(url)
}

/// What every page is sent with: nothing from elsewhere runs in it, nobody keeps it, nobody frames it, no address leaks.
async fn guarded(State(app): State<Arc<App>>, request: Request, next: Next) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let kept = parts.clone();
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if response.extensions().get::<ProtectionError>().is_some() {
        response = foreign(&kept);
    }
    with_headers(visit::finished(&app, &kept, response).await)
}

/// The answer to what another site has made a browser send.
fn foreign(parts: &request::Parts) -> Response<Body> {
    if visit::is_programs(parts.uri.path()) {
        return Problem::from(Error::forbidden("this was sent from another site")).into_response();
    }
    visit::Refused::foreign().into_response()
}

/// Nothing is at this address: a page for somebody in front of a browser, an error of SCIM for everybody else.
pub(super) async fn unknown_address(
    State(app): State<Arc<App>>,
    request: Request,
) -> Response<Body> {
    let (parts, _) = request.into_parts();
    let error = respond::unknown_address(&parts.uri);
    told(&app, &parts, error).await
}

/// The address exists, the method does not; axum adds `Allow`.
pub(super) async fn unknown_method(
    State(app): State<Arc<App>>,
    request: Request,
) -> Response<Body> {
    let (parts, _) = request.into_parts();
    let error = respond::unknown_method(&parts.uri);
    told(&app, &parts, error).await
}

async fn told(app: &Arc<App>, parts: &request::Parts, error: Error) -> Response<Body> {
    if visit::is_for_people(parts) {
        return with_headers(visit::nothing_here(app, parts, error).await);
    }
    error.into_response()
}

fn with_headers(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    // The console's pages bring one that allows its own script.
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        let policy = HeaderValue::from_static(views::POLICY);
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        // Without any, browsers send "Origin: null" with a form, which is nobody's.
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in [
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), geolocation=(), microphone=(), payment=()",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn style() -> Response<Body> {
    file("text/css; charset=utf-8", views::STYLE)
}

async fn mark() -> Response<Body> {
    file("image/svg+xml", views::MARK)
}

pub(super) fn file(media_type: &'static str, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = StatusCode::OK;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=3600"),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_no_path() {
        assert_eq!(origin("https://id.example.com"), "https://id.example.com");
        assert_eq!(
            origin("https://id.example.com:8443/muster"),
            "https://id.example.com:8443"
        );
    }
}
