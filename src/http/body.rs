//! Bodies: JSON within its limits, and forms.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::{self, HeaderMap};
use futures_util::StreamExt;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::App;
use super::admission::Turn;
use super::extract::Client;
use super::record::Note;
use crate::error::{Error, Result};

/// A JSON body, and the request's turn, which lasts as long as this is kept.
pub(super) struct ScimJson(pub(super) Value, pub(super) Option<Turn>);

impl FromRequest<Arc<App>> for ScimJson {
    type Rejection = Error;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self> {
        let (body, turn) = read_json(request, app, app.max_body_bytes, "limits.body_bytes").await?;
        Ok(Self(body, turn))
    }
}

/// The JSON body of a bulk request, which may be larger than others.
pub(super) struct BulkJson(pub(super) Value, pub(super) Option<Turn>);

impl FromRequest<Arc<App>> for BulkJson {
    type Rejection = Error;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self> {
        let (body, turn) = read_json(request, app, app.max_bulk_bytes, "maxPayloadSize").await?;
        Ok(Self(body, turn))
    }
}

async fn read_json(
    request: Request,
    app: &App,
    limit: usize,
    name: &str,
) -> Result<(Value, Option<Turn>)> {
    check_media_type(request.headers())?;
    let extensions = request.extensions();
    let (note, client) = (
        extensions.get::<Note>().cloned(),
        extensions.get::<Client>().and_then(|client| client.0),
    );
    let bytes = in_time(app, read_body(request, limit, name)).await?;
    if let Some(note) = note {
        note.body(&bytes);
    }
    let turn = app.admission.turn(client).await?;
    Ok((crate::json::parse(&bytes)?, turn))
}

async fn in_time(app: &App, reading: impl Future<Output = Result<Bytes>>) -> Result<Bytes> {
    tokio::time::timeout(app.body_timeout, reading)
        .await
        .map_err(|_| Error::request_timeout("the body took too long to arrive"))?
}

/// All of a body, of that many bytes at most.
pub(super) async fn read_whole(app: &App, request: Request, limit: usize) -> Result<Bytes> {
    in_time(app, read_body(request, limit, "this may be")).await
}

/// The largest form, in bytes.
const FORM_BYTES: usize = 32_768;

/// The fields of a form: of a page, or of a token request.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// The parameter of that name; an empty one counts as absent (RFC 6749 §3.2).
    ///
    /// # Errors
    /// When it stands twice.
    pub(super) fn get(&self, name: &str) -> Result<Option<String>> {
        let mut found = self.0.iter().filter(|(other, _)| other == name);
        let first = found.next().map(|(_, value)| value.clone());
        if found.next().is_some() {
            return Err(Error::bad_request(format!("{name} stands twice")));
        }
        Ok(first.filter(|value| !value.is_empty()))
    }

    /// Every value of that name, in the order sent.
    pub(super) fn all(&self, name: &str) -> Vec<String> {
        let found = self.0.iter().filter(|(other, _)| other == name);
        found.map(|(_, value)| value.clone()).collect()
    }

    /// Whether the parameter was sent.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(other, _)| other == name)
    }
}

impl FromRequest<Arc<App>> for Form {
    type Rejection = Error;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self> {
        let media_type = request.headers().get(header::CONTENT_TYPE);
        let media_type = media_type.and_then(|value| value.to_str().ok());
        let media_type = media_type.and_then(|text| text.split(';').next());
        let is_form = media_type.is_some_and(|text| {
            text.trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        });
        if !is_form {
            return Err(Error::bad_request(
                "the body must be sent as Content-Type: application/x-www-form-urlencoded",
            ));
        }
        let bytes = in_time(app, read_body(request, FORM_BYTES, "a form may be")).await?;
        let text =
            std::str::from_utf8(&bytes).map_err(|_| Error::bad_request("the body is not UTF-8"))?;
        let mut parameters = Vec::new();
        for part in text.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            parameters.push((decoded(name)?, decoded(value)?));
        }
        Ok(Self(parameters))
    }
}

fn decoded(text: &str) -> Result<String> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    decoded
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| Error::bad_request("the body is not UTF-8"))
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
