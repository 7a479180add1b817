//! Lists by URL and by POST to `.search` (RFC 7644 §3.4.2, §3.4.3).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use serde_json::{Map, Value};

use super::body::ScimJson;
use super::extract::Scim;
use super::parameters::is_descending;
use super::{App, respond};
use crate::error::{Error, Result};
use crate::json::member;
use crate::schema::ResourceType;
use crate::schema::project::Projection;
use crate::service::query::{self, Request};

const MESSAGE_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

type Answer = Result<Response<Body>>;

pub(super) async fn list(State(app): State<Arc<App>>, scim: Scim) -> Answer {
    let resource_type = scim.resource_type()?;
    answer(
        &app,
        &scim,
        std::slice::from_ref(resource_type),
        &scim.parameters.query()?,
    )
    .await
}

pub(super) async fn by_post(
    State(app): State<Arc<App>>,
    scim: Scim,
    ScimJson(body, _turn): ScimJson,
) -> Answer {
    let resource_type = scim.resource_type()?;
    answer(
        &app,
        &scim,
        std::slice::from_ref(resource_type),
        &from_body(&body)?,
    )
    .await
}

pub(super) async fn root(State(app): State<Arc<App>>, scim: Scim) -> Answer {
    answer(
        &app,
        &scim,
        scim.registry.resource_types(),
        &scim.parameters.query()?,
    )
    .await
}

pub(super) async fn root_by_post(
    State(app): State<Arc<App>>,
    scim: Scim,
    ScimJson(body, _turn): ScimJson,
) -> Answer {
    answer(
        &app,
        &scim,
        scim.registry.resource_types(),
        &from_body(&body)?,
    )
    .await
}

async fn answer(app: &App, scim: &Scim, types: &[Arc<ResourceType>], request: &Request) -> Answer {
    let body = query::query(&app.service, &scim.call(), types, request).await?;
    Ok(respond::scim(StatusCode::OK, body))
}

/// Reads a `SearchRequest`: the parameters of the URL as members of a JSON object.
fn from_body(body: &Value) -> Result<Request> {
    let Value::Object(members) = body else {
        return Err(Error::invalid_syntax("the body must be a JSON object"));
    };
    let schemas = member(members, "schemas").and_then(Value::as_array);
    if !schemas.is_some_and(|schemas| schemas.iter().any(|schema| schema == MESSAGE_SCHEMA)) {
        return Err(Error::invalid_syntax(format!(
            "a search must have \"schemas\": [{MESSAGE_SCHEMA:?}]"
        )));
    }
    Ok(Request {
        filter: text(members, "filter")?,
        sort_by: text(members, "sortBy")?.filter(|path| !path.is_empty()),
        is_descending: is_descending(text(members, "sortOrder")?.as_deref())?,
        start_index: integer(members, "startIndex")?,
        cursor: text(members, "cursor")?,
        count: integer(members, "count")?,
        projection: Projection::new(
            &texts(members, "attributes")?,
            &texts(members, "excludedAttributes")?,
        )?,
        is_in_url: false,
    })
}

fn text(members: &Map<String, Value>, name: &str) -> Result<Option<String>> {
    match member(members, name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Error::invalid_value(format!("{name:?} must be a string"))),
    }
}

fn integer(members: &Map<String, Value>, name: &str) -> Result<Option<i64>> {
    match member(members, name) {
        None => Ok(None),
        Some(Value::Number(number)) if number.is_i64() => Ok(number.as_i64()),
        Some(Value::Number(number)) if number.is_u64() => Ok(Some(i64::MAX)),
        Some(_) => Err(Error::invalid_value(format!(
            "{name:?} must be a whole number"
        ))),
    }
}

fn texts(members: &Map<String, Value>, name: &str) -> Result<Vec<String>> {
    let wrong = || Error::invalid_value(format!("{name:?} must be an array of attribute names"));
    match member(members, name) {
        None => Ok(Vec::new()),
        Some(Value::Array(values)) => values
            .iter()
            .map(|value| value.as_str().map(str::to_owned).ok_or_else(wrong))
            .collect(),
        Some(_) => Err(wrong()),
    }
}
