//! Hands every SCIM request and its answer to the provisioning log.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::{self, HeaderMap, HeaderName};
use axum::http::{Method, Response, Uri};
use futures_util::TryStreamExt as _;
use serde::Serializer as _;
use uuid::Uuid;

use super::App;
use super::extract::client_address;
use super::large::Beginning;
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
/// How much of a path is kept, in characters.
const PATH_CHARACTERS: usize = 1_024;
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

/// Answers a request and records it, unless nothing is to be recorded.
pub(super) async fn record<F>(
    app: &Arc<App>,
    mut request: Request,
    answer: impl FnOnce(Request) -> F,
) -> Response<Body>
where
    F: Future<Output = Response<Body>>,
{
    if !app.log.is_on() || !is_scim(request.uri().path()) {
        return answer(request).await;
    }
    let note = Note::default();
    request.extensions_mut().insert(note.clone());
    let asked = Asked::of(app, &request);
    let started = Instant::now();
    let response = answer(request).await;
    finish(Arc::clone(app), asked, started, &note, response).await
}

fn is_scim(path: &str) -> bool {
    let mut parts = path.split('/').skip(1);
    match parts.next() {
        Some("scim") => true,
        Some("t") => parts.nth(1) == Some("scim"),
        _ => false,
    }
}

/// What is known of a request before it is answered.
struct Asked {
    at: i64,
    method: Method,
    uri: Uri,
    headers: String,
    address: Option<IpAddr>,
    request_id: String,
}

impl Asked {
    fn of(app: &App, request: &Request) -> Self {
        let extensions = request.extensions();
        let id = extensions.get::<RequestId>();
        Self {
            at: app.service.clock.now(),
            method: request.method().clone(),
            uri: request.uri().clone(),
            headers: kept_headers(request.headers()),
            address: client_address(extensions),
            request_id: id.map(|id| id.0.clone()).unwrap_or_default(),
        }
    }

    fn is_reading(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD) || self.uri.path().ends_with("/.search")
    }
}

/// As JSON.
fn kept_headers(headers: &HeaderMap) -> String {
    let kept = KEPT.iter().filter_map(|name| {
        let text = String::from_utf8_lossy(headers.get(name)?.as_bytes());
        Some((
            name.as_str(),
            beginning(&text, HEADER_CHARACTERS).to_owned(),
        ))
    });
    let mut text = Vec::new();
    let written = serde_json::Serializer::new(&mut text).collect_map(kept);
    match written.map(|()| String::from_utf8(text)) {
        Ok(Ok(text)) => text,
        _ => "{}".to_owned(),
    }
}

fn beginning(text: &str, characters: usize) -> &str {
    let end = text.char_indices().nth(characters);
    end.and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

async fn finish(
    app: Arc<App>,
    asked: Asked,
    started: Instant,
    note: &Note,
    response: Response<Body>,
) -> Response<Body> {
    let (mut parts, body) = response.into_parts();
    let path = beginning(asked.uri.path(), PATH_CHARACTERS);
    let answered = Answered {
        resource_id: resource_id(path, &parts.headers),
        app,
        asked,
        started,
        noted: note.with(std::mem::take),
        status: i16::try_from(parts.status.as_u16()).unwrap_or_default(),
        refusal: parts.extensions.remove(),
    };
    if let Some(Beginning(beginning)) = parts.extensions.remove() {
        let taken = Taken {
            answered,
            beginning,
            bytes: 0,
        };
        return Response::from_parts(parts, taken.body(body));
    }
    // Other answers are whole texts in memory: nothing is copied here.
    let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else {
        return Response::from_parts(parts, Body::empty());
    };
    answered.submit(&bytes, bytes.len());
    Response::from_parts(parts, Body::from(bytes))
}

/// A request and its answer, but for the answer's text.
struct Answered {
    app: Arc<App>,
    asked: Asked,
    started: Instant,
    noted: Noted,
    status: i16,
    refusal: Option<Refusal>,
    resource_id: Option<String>,
}

impl Answered {
    /// Hands it over with the beginning of its text, which has so many bytes.
    fn submit(&self, response: &[u8], response_bytes: usize) {
        let Self {
            app,
            asked,
            noted,
            refusal,
            ..
        } = self;
        // Whoever floods the server without a token is not to flood the log as well.
        let is_flood = noted.tenant.is_none()
            && refusal
                .as_ref()
                .is_some_and(|refusal| refusal.kind == ErrorKind::RateLimited);
        if is_flood {
            return;
        }
        let refusal = refusal.as_ref();
        app.log.submit(&Exchange {
            at: asked.at,
            duration: i64::try_from(self.started.elapsed().as_micros()).unwrap_or(i64::MAX),
            tenant: noted.tenant,
            connection: noted.connection,
            actor: &noted.actor,
            token_id: noted.token_id.as_deref(),
            address: asked.address.map(|address| address.to_string()).as_deref(),
            request_id: &asked.request_id,
            method: asked.method.as_str(),
            path: beginning(asked.uri.path(), PATH_CHARACTERS),
            query: asked.uri.query().unwrap_or_default(),
            headers: &asked.headers,
            resource_type: noted.resource_type.as_deref(),
            resource_id: self.resource_id.as_deref(),
            status: self.status,
            error: refusal.map(|refusal| refusal.kind),
            detail: refusal.map(|refusal| refusal.detail.as_str()),
            registry: noted.registry.clone(),
            is_reading: asked.is_reading(),
            request: noted.body.as_deref(),
            response,
            response_bytes,
        });
    }
}

/// An answer that is made while it is taken: it is recorded when it ends, with what was taken of it.
struct Taken {
    answered: Answered,
    beginning: Bytes,
    bytes: usize,
}

impl Taken {
    fn body(mut self, body: Body) -> Body {
        Body::from_stream(body.into_data_stream().inspect_ok(move |part| {
            self.count(part.len());
        }))
    }

    /// A method, so that the stream holds all of it.
    fn count(&mut self, bytes: usize) {
        self.bytes += bytes;
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.answered.submit(&self.beginning, self.bytes);
    }
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
