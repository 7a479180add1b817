//! What a handler needs from a request: who calls, the query parameters, the body, preconditions.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::http::header::{self, HeaderMap, HeaderName};
use axum::http::request::Parts;
use axum::http::{Extensions, Method};
use tracing::Span;

use super::App;
use super::admission::Turn;
use super::observe::{Origin, RequestId};
use super::parameters::Parameters;
use super::record::Note;
use crate::auth::tenant_settings::AccountSettings;
use crate::auth::{Caller, bearer};
use crate::error::{Error, ErrorKind, Result};
use crate::resource::etag::{Preconditions, Tags};
use crate::schema::definition::is_version;
use crate::schema::{Registry, ResourceType};
use crate::service::Call;
use crate::service::account::Intent;
use crate::service::account::acting::Request;
use crate::service::account::sessions::resume;
use crate::service::me::check_subject;
use crate::service::shield::Attempts;
use crate::store::ConnectionKey;

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
    accounts: Arc<AccountSettings>,
    pub(super) request_id: String,
    pub(super) base_url: String,
    max_body_bytes: usize,
    /// Captured parts of the path.
    path: HashMap<String, String>,
    pub(super) parameters: Parameters,
    pub(super) preconditions: Preconditions,
    /// The turn of a request without body; others wait for theirs when the body is there.
    _turn: Option<Turn>,
}

/// Who calls, where the server itself asks for somebody who has signed in; nothing that comes over the network can hold this.
#[derive(Debug, Clone)]
pub(super) struct Insider(pub(super) Caller);

/// Whose turn a request with a body has to wait for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Client(pub(super) Option<ConnectionKey>);

/// The address a request comes from, where that is known.
pub(super) fn client_address(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<Origin>().and_then(|origin| origin.address)
}

impl Scim {
    pub(super) fn call(&self) -> Call<'_> {
        Call {
            caller: &self.caller,
            registry: &self.registry,
            schema_version: self.schema_version,
            accounts: &self.accounts,
            intent: Intent::default(),
            origin: self.caller.origin(&self.request_id),
            base_url: self.base_url.clone(),
            max_body_bytes: self.max_body_bytes,
            held: Attempts::default(),
        }
    }

    /// Reads the schemas that are in force now: those the request was read by are not.
    pub(super) async fn refresh(&mut self, app: &App) -> Result<()> {
        let found = app.service.current_registry(self.caller.tenant).await?;
        self.registry = found.registry;
        self.schema_version = found.version;
        self.accounts = found.accounts;
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
        let address = client_address(&parts.extensions);
        app.admission.count_address(address)?;
        let insider = parts.extensions.get::<Insider>();
        let known = insider.map(|insider| insider.0.clone());
        let authenticated = match known {
            Some(caller) => Ok(caller),
            None => authenticate(&parts.headers, app).await,
        };
        let caller = match authenticated {
            Err(error) if error.kind() == ErrorKind::InvalidToken => {
                app.admission.count_failure(address)?;
                return Err(error);
            }
            outcome => outcome?,
        };
        app.service
            .seen
            .note(&caller, address, app.service.clock.now());
        let note = parts.extensions.get::<Note>().cloned().unwrap_or_default();
        note.caller(&caller);
        app.admission.count_request(caller.connection)?;
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
        let endpoint = path.get("endpoint").map(String::as_str).unwrap_or_default();
        let resource_type = found.registry.at_endpoint(endpoint);
        note.target(&found.registry, resource_type.map(Arc::as_ref));
        let has_body = matches!(parts.method, Method::POST | Method::PUT | Method::PATCH);
        let turn = if has_body {
            parts.extensions.insert(Client(caller.connection));
            None
        } else {
            app.admission.turn(caller.connection).await?
        };
        tracing::record_all!(
            Span::current(),
            tenant = caller.tenant_name,
            client = caller.actor,
            token = caller.token_id.as_deref().unwrap_or_default(),
        );
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
            accounts: found.accounts,
            path,
            parameters: Parameters::parse(parts.uri.query().unwrap_or_default())?,
            preconditions: preconditions(&parts.headers)?,
            _turn: turn,
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

/// The bearer token of a request, if it shows one.
pub(super) fn bearer_token(headers: &HeaderMap) -> Result<Option<String>> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = given.next() else {
        return Ok(None);
    };
    if given.next().is_some() {
        return Err(Error::bad_request("the Authorization header stands twice"));
    }
    let text = value
        .to_str()
        .map_err(|_| Error::invalid_token("the Authorization header is not text"))?;
    Ok(Some(bearer::from_header(text)?.to_owned()))
}

async fn authenticate(headers: &HeaderMap, app: &App) -> Result<Caller> {
    let Some(token) = bearer_token(headers)? else {
        return Err(Error::unauthenticated(
            "this request needs a bearer token in the Authorization header",
        ));
    };
    if token.starts_with(bearer::OPERATOR_PREFIX) {
        let signed_in = Box::pin(resume(&app.service, &token, Request::default())).await?;
        return Ok(signed_in.at_work()?.caller);
    }
    app.auth.authenticate(&token).await
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
