//! `/ServiceProviderConfig`, `/Schemas` and `/ResourceTypes` (RFC 7644 §4).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use serde_json::{Value, json};

use super::extract::{Scim, base_url, check_accept, path_parts};
use super::parameters::Parameters;
use super::{App, respond};
use crate::auth::Scope;
use crate::error::{Error, Result};

type Answer = Result<Response<Body>>;

/// Readable without a token: it tells how to authenticate (RFC 7643 §5).
pub(super) async fn service_provider_config(
    State(app): State<Arc<App>>,
    request: Request,
) -> Answer {
    let (mut parts, _) = request.into_parts();
    check_accept(&parts.headers)?;
    refuse_filter(&Parameters::parse(parts.uri.query().unwrap_or_default())?)?;
    let path = path_parts(&mut parts, &app).await?;
    let base_url = base_url(&app, path.get("tenant"));
    let limits = app.service.limits;
    let config = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": {"supported": true},
        "bulk": {"supported": true, "maxOperations": limits.bulk_operations, "maxPayloadSize": app.max_bulk_bytes},
        "filter": {"supported": true, "maxResults": limits.max_count},
        "changePassword": {"supported": true},
        "sort": {"supported": true},
        "etag": {"supported": true},
        "pagination": {
            "cursor": true,
            "index": true,
            "defaultPaginationMethod": if limits.pages_by_cursor { "cursor" } else { "index" },
            "defaultPageSize": limits.default_count,
            "maxPageSize": limits.max_count,
            "cursorTimeout": limits.cursor_seconds,
        },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "OAuth Bearer Token",
            "description": "A bearer token in the Authorization header, as RFC 6750 describes it",
            "specUri": "https://www.rfc-editor.org/info/rfc6750",
            "primary": true,
        }, {
            "type": "oauth2",
            "name": "OAuth 2 client credentials",
            "description": "A short-lived bearer token from the token endpoint, which /.well-known/oauth-authorization-server names",
            "specUri": "https://www.rfc-editor.org/info/rfc6749",
        }],
        "meta": {"resourceType": "ServiceProviderConfig", "location": format!("{base_url}/ServiceProviderConfig")},
    });
    Ok(respond::scim(StatusCode::OK, config.to_string()))
}

pub(super) async fn schemas(scim: Scim) -> Answer {
    check(&scim)?;
    let documents = scim
        .registry
        .schemas()
        .iter()
        .map(|schema| with_meta(&schema.document, "Schema", "Schemas", &scim.base_url));
    Ok(list(&documents.collect::<Vec<_>>()))
}

pub(super) async fn schema(scim: Scim) -> Answer {
    check(&scim)?;
    let id = scim.part("id");
    let schema = scim
        .registry
        .schema(id)
        .ok_or_else(|| Error::not_found("there is no schema of this URN; /Schemas lists them"))?;
    Ok(respond::scim(
        StatusCode::OK,
        with_meta(&schema.document, "Schema", "Schemas", &scim.base_url).to_string(),
    ))
}

pub(super) async fn resource_types(scim: Scim) -> Answer {
    check(&scim)?;
    let documents = scim
        .registry
        .resource_type_documents()
        .iter()
        .map(|document| with_meta(document, "ResourceType", "ResourceTypes", &scim.base_url));
    Ok(list(&documents.collect::<Vec<_>>()))
}

pub(super) async fn resource_type(scim: Scim) -> Answer {
    check(&scim)?;
    let id = scim.part("id");
    let documents = scim.registry.resource_type_documents();
    let document = documents
        .iter()
        .find(|document| document.get("id").and_then(Value::as_str) == Some(id));
    let document = document.ok_or_else(|| {
        Error::not_found("there is no resource type of this name; /ResourceTypes lists them")
    })?;
    Ok(respond::scim(
        StatusCode::OK,
        with_meta(document, "ResourceType", "ResourceTypes", &scim.base_url).to_string(),
    ))
}

fn check(scim: &Scim) -> Result<()> {
    scim.caller.require(Scope::SchemasRead)?;
    refuse_filter(&scim.parameters)
}

/// No client is to believe that its filter was applied (RFC 7644 §4).
fn refuse_filter(parameters: &Parameters) -> Result<()> {
    if parameters.get("filter").is_some() {
        return Err(Error::forbidden(
            "this endpoint is not filtered; leave the filter out",
        ));
    }
    Ok(())
}

fn with_meta(document: &Value, resource_type: &str, endpoint: &str, base_url: &str) -> Value {
    let mut document = document.clone();
    let id = document
        .get("id")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let meta =
        json!({"resourceType": resource_type, "location": format!("{base_url}/{endpoint}/{id}")});
    if let Some(members) = document.as_object_mut() {
        members.insert("meta".to_owned(), meta);
    }
    document
}

fn list(documents: &[Value]) -> Response<Body> {
    let count = documents.len();
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": count,
        "startIndex": 1,
        "itemsPerPage": count,
        "Resources": documents,
    });
    respond::scim(StatusCode::OK, body.to_string())
}
