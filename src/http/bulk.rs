//! POST /Bulk (RFC 7644 §3.7).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};

use super::body::BulkJson;
use super::extract::{Scim, current};
use super::{App, respond};
use crate::error::Result;
use crate::service::bulk;

pub(super) async fn bulk(
    State(app): State<Arc<App>>,
    mut scim: Scim,
    BulkJson(body, _turn): BulkJson,
) -> Result<Response<Body>> {
    let answer = current!(
        app,
        scim,
        bulk::bulk(&app.service, &scim.call(), &body).await
    );
    Ok(respond::scim(StatusCode::OK, answer?))
}
