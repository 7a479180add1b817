//! POST, GET, PUT, PATCH and DELETE for every resource type.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use serde_json::Value;

use super::body::ScimJson;
use super::extract::{Scim, current};
use super::{App, large, respond};
use crate::error::{Error, Result};
use crate::schema::ResourceType;
use crate::service::modify::Modified;
use crate::service::read::Found;
use crate::service::{create, delete, modify, read, replace};

type Answer = Result<Response<Body>>;

pub(super) async fn create(
    State(app): State<Arc<App>>,
    mut scim: Scim,
    ScimJson(body, _turn): ScimJson,
) -> Answer {
    let created = current!(
        app,
        scim,
        create::create(
            &app.service,
            &scim.call(),
            scim.resource_type()?,
            &body,
            scim.parameters.projection()?,
        )
        .await
    );
    Ok(respond::resource(StatusCode::CREATED, created?))
}

pub(super) async fn read(State(app): State<Arc<App>>, scim: Scim) -> Answer {
    read_at(&app, &scim, scim.resource_type()?, scim.part("id")).await
}

/// Answers the resource with that id.
pub(super) async fn read_at(
    app: &App,
    scim: &Scim,
    resource_type: &ResourceType,
    id: &str,
) -> Answer {
    if scim.parameters.get("filter").is_some() {
        return Err(Error::invalid_filter(
            "a single resource is not filtered; leave the filter out, or use the list",
        ));
    }
    let projection = scim.parameters.projection()?;
    match read::read(
        &app.service,
        &scim.call(),
        resource_type,
        id,
        &scim.preconditions,
        &projection,
    )
    .await?
    {
        Found::Resource(representation) => Ok(respond::resource(StatusCode::OK, representation)),
        Found::Large(large) => Ok(large::group(*large)),
        Found::NotModified { version } => Ok(respond::without_body(
            StatusCode::NOT_MODIFIED,
            None,
            version,
        )),
    }
}

pub(super) async fn replace(
    State(app): State<Arc<App>>,
    mut scim: Scim,
    ScimJson(body, _turn): ScimJson,
) -> Answer {
    current!(
        app,
        scim,
        replace_at(&app, &scim, scim.resource_type()?, scim.part("id"), &body).await
    )
}

/// Replaces the resource with that id.
pub(super) async fn replace_at(
    app: &App,
    scim: &Scim,
    resource_type: &ResourceType,
    id: &str,
    body: &Value,
) -> Answer {
    let projection = scim.parameters.projection()?;
    let replaced = replace::replace(
        &app.service,
        &scim.call(),
        resource_type,
        id,
        body,
        &scim.preconditions,
        projection,
    )
    .await?;
    Ok(respond::resource(StatusCode::OK, replaced))
}

pub(super) async fn modify(
    State(app): State<Arc<App>>,
    mut scim: Scim,
    ScimJson(body, _turn): ScimJson,
) -> Answer {
    current!(
        app,
        scim,
        modify_at(&app, &scim, scim.resource_type()?, scim.part("id"), &body).await
    )
}

/// Modifies the resource with that id.
pub(super) async fn modify_at(
    app: &App,
    scim: &Scim,
    resource_type: &ResourceType,
    id: &str,
    body: &Value,
) -> Answer {
    let projection = scim.parameters.projection()?;
    match modify::modify(
        &app.service,
        &scim.call(),
        resource_type,
        id,
        body,
        &scim.preconditions,
        projection,
    )
    .await?
    {
        Modified::Resource(representation) => Ok(respond::resource(StatusCode::OK, representation)),
        Modified::Silent { location, version } => Ok(respond::without_body(
            StatusCode::NO_CONTENT,
            Some(&location),
            version,
        )),
    }
}

pub(super) async fn delete(State(app): State<Arc<App>>, scim: Scim) -> Answer {
    let resource_type = scim.resource_type()?;
    delete::delete(
        &app.service,
        &scim.call(),
        resource_type,
        scim.part("id"),
        &scim.preconditions,
    )
    .await?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(response)
}
