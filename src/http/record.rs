//! Hands every SCIM request and its answer to the provisioning log.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName};
use axum::http::{Method, Response};
use axum::middleware::Next;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::App;
use super::extract::client_address;
use super::observe::RequestId;
use super::respond::Refusal;
use crate::auth::Caller;
use crate::error::ErrorKind;
use crate::schema::{Registry, ResourceType};
use crate::service::provisioning_log::Exchange;
use crate::store::ConnectionKey;

/// Headers that matter for the answer; none of them is secret.
const KEPT: &[HeaderName] = &[
    header::ACCEPT,
    header::CONTENT_TYPE,
    header::IF_MATCH,
    header::IF_NONE_MATCH,
    header::USER_AGENT,
];
/// How much of one header is kept, in characters.
const HEADER_CHARACTERS: usize = 300;

/// What handlers tell of a request.
#[derive(Debug, Clone, Default)]
pub(super) struct Note(Arc<Mutex<Noted>>);

#[derive(Debug, Default)]
struct Noted {
    tenant: Option<i32>,
    connection: Option<i32>,
    actor: String,
    token_id: Option<String>,
    registry: Option<Arc<Registry>>,
    resource_type: Option<String>,
    body: Option<Bytes>,
}

impl Note {
    fn with<T>(&self, work: impl FnOnce(&mut Noted) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Who it is.
    pub(super) fn caller(&self, caller: &Caller) {
        self.with(|noted| {
            noted.tenant = Some(caller.tenant.number());
            noted.connection = caller.connection.map(ConnectionKey::number);
            noted.actor.clone_from(&caller.actor);
            noted.token_id.clone_from(&caller.token_id);
        });
    }

    /// What it is about.
    pub(super) fn target(&self, registry: &Arc<Registry>, resource_type: Option<&ResourceType>) {
        self.with(|noted| {
            noted.registry = Some(Arc::clone(registry));
            noted.resource_type = resource_type.map(|resource_type| resource_type.name.clone());
        });
    }

    /// What was sent.
    pub(super) fn body(&self, body: &Bytes) {
        self.with(|noted| noted.body = Some(body.clone()));
    }
}

/// Records a request, unless nothing is to be recorded.
pub(super) async fn record(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Response<Body> {
    if !app.log.is_on() || !is_scim(request.uri().path()) {
        return next.run(request).await;
    }
    let note = Note::default();
    request.extensions_mut().insert(note.clone());
    let mut exchange = begin(&app, &request);
    let started = Instant::now();
    let response = next.run(request).await;
    exchange.entry.duration = i64::try_from(started.elapsed().as_micros()).unwrap_or(i64::MAX);
    finish(&app, exchange, &note, response).await
}

fn is_scim(path: &str) -> bool {
    let mut parts = path.split('/').skip(1);
    match parts.next() {
        Some("scim") => true,
        Some("t") => parts.nth(1) == Some("scim"),
        _ => false,
    }
}

fn begin(app: &App, request: &Request) -> Exchange {
    let mut exchange = Exchange {
        is_reading: matches!(*request.method(), Method::GET | Method::HEAD)
            || request.uri().path().ends_with("/.search"),
        ..Exchange::default()
    };
    let entry = &mut exchange.entry;
    entry.at = app.service.clock.now();
    entry.method = request.method().to_string();
    entry.path = request.uri().path().chars().take(1_024).collect();
    let query = request.uri().query().unwrap_or_default();
    query.clone_into(&mut entry.query);
    entry.headers = kept_headers(request.headers());
    let extensions = request.extensions();
    entry.address = client_address(extensions).map(|address| address.to_string());
    let id = extensions.get::<RequestId>();
    entry.request_id = id.map(|id| id.0.clone()).unwrap_or_default();
    exchange
}

fn kept_headers(headers: &HeaderMap) -> String {
    let mut kept = Map::new();
    for name in KEPT {
        if let Some(value) = headers.get(name) {
            let text = String::from_utf8_lossy(value.as_bytes());
            let text: String = text.chars().take(HEADER_CHARACTERS).collect();
            kept.insert(name.as_str().to_owned(), Value::from(text));
        }
    }
    Value::Object(kept).to_string()
}

async fn finish(
    app: &App,
    mut exchange: Exchange,
    note: &Note,
    response: Response<Body>,
) -> Response<Body> {
    let (parts, body) = response.into_parts();
    // Answers are whole texts in memory: nothing is copied here.
    let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else {
        return Response::from_parts(parts, Body::empty());
    };
    let noted = note.with(std::mem::take);
    let refusal = parts.extensions.get::<Refusal>();
    // Whoever floods the server without a token is not to flood the log as well.
    let is_flood = noted.tenant.is_none()
        && refusal.is_some_and(|refusal| refusal.kind == ErrorKind::RateLimited);
    if !is_flood {
        let entry = &mut exchange.entry;
        entry.status = i16::try_from(parts.status.as_u16()).unwrap_or_default();
        entry.tenant = noted.tenant;
        entry.connection = noted.connection;
        entry.actor = noted.actor;
        entry.token_id = noted.token_id;
        entry.resource_type = noted.resource_type;
        entry.resource_id = resource_id(&entry.path, &parts.headers);
        entry.detail = refusal.map(|refusal| refusal.detail.clone());
        entry.request_bytes = length(noted.body.as_ref().map_or(0, Bytes::len));
        entry.response_bytes = length(bytes.len());
        exchange.error = refusal.map(|refusal| refusal.kind);
        exchange.registry = noted.registry;
        exchange.request = noted.body;
        exchange.response = bytes.clone();
        app.log.submit(exchange);
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// The resource of the address, or the one that was made.
fn resource_id(path: &str, headers: &HeaderMap) -> Option<String> {
    let last = |text: &str| {
        let id = text.trim_end_matches('/').rsplit('/').next()?;
        Uuid::try_parse(id).ok().map(|id| id.to_string())
    };
    let made = headers
        .get(header::LOCATION)
        .and_then(|location| location.to_str().ok());
    last(path).or_else(|| made.and_then(last))
}

fn length(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
