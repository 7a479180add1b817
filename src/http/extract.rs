//! What a handler needs from a request: who calls, the query parameters, the body, preconditions.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header::{self, HeaderMap, HeaderName};
use axum::http::request::Parts;
use futures_util::StreamExt;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use tracing::Span;

use super::App;
use super::observe::RequestId;
use crate::auth::{Caller, bearer};
use crate::error::{Error, Result};
use crate::resource::etag::{Preconditions, Tags};
use crate::schema::definition::is_version;
use crate::schema::project::Projection;
use crate::schema::{Registry, ResourceType};
use crate::service::me::check_subject;
use crate::service::{Call, query};

/// How often a request is read anew because the schemas have changed.
pub(super) const ATTEMPTS: usize = 5;

/// Does something with a request; once more where the schemas that it was read by have changed meanwhile.
macro_rules! current {
    ($app:expr, $scim:ident, $work:expr) => {{
        let mut attempt = 1;
        loop {
            let outcome: $crate::error::Result<_> = async { $work }.await;
            match outcome {
                Err(error)
                    if error.kind() == $crate::error::ErrorKind::Stale
                        && attempt < $crate::http::extract::ATTEMPTS =>
                {
                    attempt += 1;
                    $scim.refresh(&$app).await?;
                }
                outcome => break outcome,
            }
        }
    }};
}
pub(super) use current;

/// An authenticated request on a known resource type or on none.
pub(super) struct Scim {
    pub(super) caller: Caller,
    /// The tenant's schemas and resource types.
    pub(super) registry: Arc<Registry>,
    schema_version: i64,
    pub(super) request_id: String,
    pub(super) base_url: String,
    max_body_bytes: usize,
    /// Captured parts of the path.
    path: HashMap<String, String>,
    pub(super) parameters: Parameters,
    pub(super) preconditions: Preconditions,
}

impl Scim {
    pub(super) fn call(&self) -> Call<'_> {
        Call {
            caller: &self.caller,
            registry: &self.registry,
            schema_version: self.schema_version,
            origin: self.caller.origin(&self.request_id),
            base_url: self.base_url.clone(),
            max_body_bytes: self.max_body_bytes,
        }
    }

    /// Reads the schemas that are in force now: those the request was read by are not.
    pub(super) async fn refresh(&mut self, app: &App) -> Result<()> {
        let found = app.service.current_registry(self.caller.tenant).await?;
        self.registry = found.registry;
        self.schema_version = found.version;
        Ok(())
    }

    /// The resource type of the address.
    pub(super) fn resource_type(&self) -> Result<&Arc<ResourceType>> {
        let endpoint = self.part("endpoint");
        self.registry.at_endpoint(endpoint).ok_or_else(|| {
            if is_version(endpoint) {
                return unsupported_version(endpoint);
            }
            let endpoint: String = endpoint.chars().take(64).collect();
            Error::not_found(format!(
                "there is no endpoint \"/{endpoint}\"; /ResourceTypes lists them"
            ))
        })
    }

    /// The captured part of that name.
    pub(super) fn part(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }
}

impl FromRequestParts<Arc<App>> for Scim {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self> {
        check_accept(&parts.headers)?;
        let caller = authenticate(&parts.headers, app).await?;
        let path = path_parts(parts, app).await?;
        if path
            .get("tenant")
            .is_some_and(|tenant| *tenant != caller.tenant_name)
        {
            return Err(Error::not_found("there is no such tenant for this token"));
        }
        let found = app
            .service
            .registry(caller.tenant, caller.schema_version)
            .await?;
        check_subject(&app.service, &caller, &found.registry).await?;
        let span = Span::current();
        span.record("tenant", &caller.tenant_name)
            .record("client", &caller.actor)
            .record("token", caller.token_id.as_deref().unwrap_or_default());
        Ok(Self {
            request_id: parts
                .extensions
                .get::<RequestId>()
                .map(|id| id.0.clone())
                .unwrap_or_default(),
            base_url: base_url(app, path.get("tenant")),
            max_body_bytes: app.max_body_bytes,
            caller,
            registry: found.registry,
            schema_version: found.version,
            path,
            parameters: Parameters::parse(parts.uri.query().unwrap_or_default())?,
            preconditions: preconditions(&parts.headers)?,
        })
    }
}

/// Only version 2 is spoken here (RFC 7644 §3.13).
pub(super) fn unsupported_version(segment: &str) -> Error {
    let segment: String = segment.chars().take(16).collect();
    Error::invalid_version(format!(
        "the protocol version {segment:?} is not supported; SCIM is at /scim/v2"
    ))
}

/// The captured parts of the path; text that is not UTF-8 names nothing.
pub(super) async fn path_parts(
    parts: &mut Parts,
    app: &Arc<App>,
) -> Result<HashMap<String, String>> {
    let captured = Path::<HashMap<String, String>>::from_request_parts(parts, app).await;
    captured
        .map(|path| path.0)
        .map_err(|_| Error::not_found("there is nothing at this address"))
}

/// Where links begin: with the tenant in them where the client used it.
pub(super) fn base_url(app: &App, tenant: Option<&String>) -> String {
    match tenant {
        Some(tenant) => format!("{}/t/{tenant}/scim/v2", app.public_url),
        None => format!("{}/scim/v2", app.public_url),
    }
}

async fn authenticate(headers: &HeaderMap, app: &App) -> Result<Caller> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = given.next() else {
        return Err(Error::unauthenticated(
            "this request needs a bearer token in the Authorization header",
        ));
    };
    if given.next().is_some() {
        return Err(Error::bad_request("the Authorization header stands twice"));
    }
    let text = value
        .to_str()
        .map_err(|_| Error::invalid_token("the Authorization header is not text"))?;
    bearer::authenticate(
        &app.service.store,
        bearer::from_header(text)?,
        app.service.clock.now(),
    )
    .await
}

/// The client must accept JSON (RFC 7644 §3.8).
pub(super) fn check_accept(headers: &HeaderMap) -> Result<()> {
    let mut ranges = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .peekable();
    if ranges.peek().is_none() {
        return Ok(());
    }
    let accepted = [
        "*/*",
        "application/*",
        "application/scim+json",
        "application/json",
        "",
    ];
    let is_accepted = |range: &str| {
        let mut parts = range.split(';').map(str::trim);
        let media_type = parts.next().unwrap_or_default().to_ascii_lowercase();
        let is_refused = parts.any(|part| {
            matches!(
                part.to_ascii_lowercase().as_str(),
                "q=0" | "q=0.0" | "q=0.00" | "q=0.000"
            )
        });
        accepted.contains(&media_type.as_str()) && !is_refused
    };
    if ranges.any(is_accepted) {
        return Ok(());
    }
    Err(Error::not_acceptable(
        "answers are application/scim+json; the Accept header must allow it",
    ))
}

fn preconditions(headers: &HeaderMap) -> Result<Preconditions> {
    let tags = |name: HeaderName| -> Result<Option<Tags>> {
        let mut values = Vec::new();
        for value in headers.get_all(&name) {
            values.push(
                value
                    .to_str()
                    .map_err(|_| Error::bad_request(format!("{name} is not text")))?,
            );
        }
        let label = if name == header::IF_MATCH {
            "If-Match"
        } else {
            "If-None-Match"
        };
        if values.is_empty() {
            Ok(None)
        } else {
            Tags::parse(label, &values.join(", ")).map(Some)
        }
    };
    Ok(Preconditions {
        if_match: tags(header::IF_MATCH)?,
        if_none_match: tags(header::IF_NONE_MATCH)?,
    })
}

/// Query parameters: names in any case, `+` and `%20` as blanks, empty parts passed over.
#[derive(Debug, Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn parse(query: &str) -> Result<Self> {
        let mut parameters = Vec::new();
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            parameters.push((decode(name)?.to_ascii_lowercase(), decode(value)?));
        }
        Ok(Self(parameters))
    }

    /// The first value of that name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let name = name.to_ascii_lowercase();
        self.0
            .iter()
            .find(|(other, _)| *other == name)
            .map(|(_, value)| value.as_str())
    }

    fn all(&self, name: &str) -> Vec<String> {
        let name = name.to_ascii_lowercase();
        self.0
            .iter()
            .filter(|(other, _)| *other == name)
            .map(|(_, value)| value.clone())
            .collect()
    }

    /// `attributes` and `excludedAttributes`.
    pub(super) fn projection(&self) -> Result<Projection> {
        Projection::new(&self.all("attributes"), &self.all("excludedAttributes"))
    }

    /// Everything a list can be asked for.
    pub(super) fn query(&self) -> Result<query::Request> {
        Ok(query::Request {
            filter: self.get("filter").map(str::to_owned),
            sort_by: self
                .get("sortBy")
                .filter(|path| !path.is_empty())
                .map(str::to_owned),
            is_descending: is_descending(self.get("sortOrder"))?,
            start_index: self.integer("startIndex")?,
            cursor: self.get("cursor").map(str::to_owned),
            count: self.integer("count")?,
            projection: self.projection()?,
            is_in_url: true,
        })
    }

    /// A whole number; one that does not fit 64 bits counts as the largest or smallest.
    fn integer(&self, name: &str) -> Result<Option<i64>> {
        let Some(text) = self.get(name).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(Error::invalid_value(format!(
                "{name} must be a whole number"
            )));
        }
        let limit = if text.starts_with('-') {
            i64::MIN
        } else {
            i64::MAX
        };
        Ok(Some(text.parse().unwrap_or(limit)))
    }
}

pub(super) fn is_descending(order: Option<&str>) -> Result<bool> {
    match order.map(str::to_ascii_lowercase).as_deref() {
        None | Some("" | "ascending") => Ok(false),
        Some("descending") => Ok(true),
        Some(_) => Err(Error::invalid_value(
            "sortOrder must be \"ascending\" or \"descending\"",
        )),
    }
}

fn decode(text: &str) -> Result<String> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced)
        .decode_utf8()
        .map_err(|_| Error::invalid_value("the query string is not UTF-8"))?;
    Ok(decoded.into_owned())
}

/// A JSON body.
pub(super) struct ScimJson(pub(super) Value);

impl FromRequest<Arc<App>> for ScimJson {
    type Rejection = Error;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self> {
        read_json(request, app, app.max_body_bytes, "limits.body_bytes")
            .await
            .map(Self)
    }
}

/// The JSON body of a bulk request, which may be larger than others.
pub(super) struct BulkJson(pub(super) Value);

impl FromRequest<Arc<App>> for BulkJson {
    type Rejection = Error;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self> {
        read_json(request, app, app.max_bulk_bytes, "maxPayloadSize")
            .await
            .map(Self)
    }
}

async fn read_json(request: Request, app: &App, limit: usize, name: &str) -> Result<Value> {
    check_media_type(request.headers())?;
    let reading = read_body(request, limit, name);
    let bytes = tokio::time::timeout(app.body_timeout, reading)
        .await
        .map_err(|_| Error::request_timeout("the body took too long to arrive"))??;
    crate::json::parse(&bytes)
}

/// `application/scim+json` and `application/json`, in any case and with any parameters; nothing is taken for JSON.
fn check_media_type(headers: &HeaderMap) -> Result<()> {
    let encoding = headers.get(header::CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(Error::unsupported_media_type(
            "compressed bodies are not accepted; leave Content-Encoding out",
        ));
    }
    let Some(value) = headers.get(header::CONTENT_TYPE) else {
        return Ok(());
    };
    let text = value.to_str().unwrap_or_default();
    let media_type = text
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    if matches!(
        media_type.as_str(),
        "application/scim+json" | "application/json"
    ) {
        return Ok(());
    }
    Err(Error::unsupported_media_type(
        "the body must be sent as Content-Type: application/scim+json",
    ))
}

/// Reads at most `limit` bytes. What is too much is read on and dropped for a while, so that the client gets to see the answer;
/// a body that says it is too large is never kept at all.
async fn read_body(request: Request, limit: usize, name: &str) -> Result<Bytes> {
    const DRAINED_TIMES: usize = 8;
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let is_too_large = announced.is_some_and(|length| length > limit);
    let mut stream = request.into_body().into_data_stream();
    let mut bytes = Vec::new();
    let mut total = 0_usize;
    while let Some(portion) = stream.next().await {
        let portion = portion
            .map_err(|error| Error::bad_request("the body could not be read").caused_by(error))?;
        total += portion.len();
        if total <= limit && !is_too_large {
            bytes.extend_from_slice(&portion);
        } else if total > limit.saturating_mul(DRAINED_TIMES) {
            break;
        }
    }
    if is_too_large || total > limit {
        return Err(Error::payload_too_large(format!(
            "the body is larger than {name}, {limit} bytes; nothing was done"
        )));
    }
    Ok(bytes.into())
}
