//! What applications ask besides the SCIM protocol.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{self, HeaderValue};
use axum::http::{Response, StatusCode};
use uuid::Uuid;

use super::App;
use super::extract::Scim;
use crate::error::{Error, Result};
use crate::service::account::claims;

/// A person's claims, for the token hook of an identity provider.
pub(super) async fn claims(State(app): State<Arc<App>>, scim: Scim) -> Result<Response<Body>> {
    let text = scim.part("id");
    let id = Uuid::try_parse(text).ok();
    let id = id.filter(|id| id.to_string() == text);
    let id = id.ok_or_else(|| Error::not_found("there is no user with this id"))?;
    let claims = claims::claims(&app.service, &scim.call(), id).await?;
    let mut response = Response::new(Body::from(claims.to_string()));
    *response.status_mut() = StatusCode::OK;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
