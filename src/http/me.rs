//! /Me (RFC 7644 §3.11): the resource of the user whose token it is, under its own address.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;

use super::App;
use super::body::ScimJson;
use super::extract::{Scim, current};
use super::resources::{modify_at, read_at, replace_at};
use crate::error::{Error, Result};
use crate::service::me::resource;

type Answer = Result<Response<Body>>;

pub(super) async fn read(State(app): State<Arc<App>>, scim: Scim) -> Answer {
    let (resource_type, id) = resource(&app.service, &scim.call()).await?;
    read_at(&app, &scim, resource_type, &id).await
}

pub(super) async fn replace(
    State(app): State<Arc<App>>,
    mut scim: Scim,
    ScimJson(body, _turn): ScimJson,
) -> Answer {
    current!(app, scim, {
        let (resource_type, id) = resource(&app.service, &scim.call()).await?;
        replace_at(&app, &scim, resource_type, &id, &body).await
    })
}

pub(super) async fn modify(
    State(app): State<Arc<App>>,
    mut scim: Scim,
    ScimJson(body, _turn): ScimJson,
) -> Answer {
    current!(app, scim, {
        let (resource_type, id) = resource(&app.service, &scim.call()).await?;
        modify_at(&app, &scim, resource_type, &id, &body).await
    })
}

pub(super) async fn delete(State(app): State<Arc<App>>, scim: Scim) -> Result<Error> {
    resource(&app.service, &scim.call()).await?;
    Ok(Error::forbidden(
        "users cannot delete their own resource; the provisioning client can",
    ))
}

pub(super) async fn create(_: Scim) -> Error {
    Error::not_implemented(
        "POST /Me is not implemented: users are created by a provisioning client at /Users",
    )
}
