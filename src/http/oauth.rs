//! `/oauth/token`, the published keys, and what the server says of itself (RFC 6749 §4.4, RFC 7517, RFC 8414).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, Request, State};
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::App;
use super::body::Form;
use super::extract::client_address;
use crate::auth::oauth::{TokenError, TokenRequest};
use crate::error::Error;

/// Ten minutes: a key that is new is asked for by its name before that.
const KEYS_LIFE: HeaderValue = HeaderValue::from_static("public, max-age=600");

pub(super) async fn token(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let address = client_address(&parts.extensions);
    let headers = parts.headers.clone();
    let answer = async {
        app.admission.count_address(address)?;
        let form = Form::from_request(Request::from_parts(parts, body), &app).await?;
        Ok::<_, Error>(form)
    };
    let form = match answer.await {
        Ok(form) => form,
        Err(error) => return refused(&as_token_error(error)),
    };
    let mut asked = match read(&headers, &form) {
        Ok(asked) => asked,
        Err(error) => return refused(&error),
    };
    asked.address = address.map(|address| address.to_string());
    match app.auth.issue(&asked).await {
        Ok(answer) => {
            tracing::info!(client = asked.client_id, "access token issued");
            uncached(json_response(StatusCode::OK, &answer))
        }
        Err(error) => {
            tracing::info!(
                client = asked.client_id,
                code = error.code,
                reason = error.description,
                "no access token"
            );
            if error.code == "invalid_client"
                && let Err(limited) = app.admission.count_failure(address)
            {
                return refused(&as_token_error(limited));
            }
            refused(&error)
        }
    }
}

fn as_token_error(error: Error) -> TokenError {
    match error.kind().status() {
        429 | 500.. => TokenError::from(error),
        _ => TokenError {
            code: "invalid_request",
            description: error.detail().to_owned(),
            cause: Some(error),
        },
    }
}

/// Client and secret stand in the header or in the body, not in both (RFC 6749 §2.3).
fn read(headers: &HeaderMap, form: &Form) -> Result<TokenRequest, TokenError> {
    let invalid = |description: &str| TokenError {
        code: "invalid_request",
        description: description.to_owned(),
        cause: None,
    };
    let field = |name: &str| form.get(name).map_err(|error| invalid(error.detail()));
    let mut asked = TokenRequest {
        grant_type: field("grant_type")?,
        scope: field("scope")?,
        client_id: field("client_id")?,
        client_secret: field("client_secret")?,
        assertion_type: field("client_assertion_type")?,
        assertion: field("client_assertion")?,
        address: None,
    };
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let first = given.next();
    if given.next().is_some() {
        return Err(invalid("the Authorization header stands twice"));
    }
    if let Some(given) = first {
        let (id, secret) = basic(given).ok_or_else(|| {
            invalid("the Authorization header must be HTTP Basic with client id and secret")
        })?;
        if asked.client_secret.is_some() || asked.assertion.is_some() {
            return Err(invalid(
                "the client authenticates twice: in the header and in the body",
            ));
        }
        if asked.client_id.as_ref().is_some_and(|other| *other != id) {
            return Err(invalid("the header and the body name two clients"));
        }
        (asked.client_id, asked.client_secret) = (Some(id), Some(secret));
    }
    Ok(asked)
}

/// HTTP Basic; both parts are percent-encoded first (RFC 6749 §2.3.1).
fn basic(header: &HeaderValue) -> Option<(String, String)> {
    let (scheme, encoded) = header.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decoded = |part: &str| {
        let spaced = part.replace('+', " ");
        let decoded = percent_decode_str(&spaced).decode_utf8().ok()?;
        Some(decoded.into_owned())
    };
    Some((decoded(id)?, decoded(secret)?))
}

fn refused(error: &TokenError) -> Response<Body> {
    let status = match (error.code, &error.cause) {
        ("invalid_client", _) => StatusCode::UNAUTHORIZED,
        (_, Some(cause)) => {
            StatusCode::from_u16(cause.kind().status()).unwrap_or(StatusCode::BAD_REQUEST)
        }
        (_, None) => StatusCode::BAD_REQUEST,
    };
    if let Some(cause) = error.cause.as_ref().filter(|cause| cause.is_ours()) {
        tracing::error!(error = %cause, "no access token");
    }
    let description = match &error.cause {
        Some(cause) if status == StatusCode::INTERNAL_SERVER_ERROR => cause
            .to_message()
            .get("detail")
            .cloned()
            .unwrap_or_default(),
        Some(_) | None => Value::from(error.description.as_str()),
    };
    let body = json!({"error": error.code, "error_description": description});
    let mut response = uncached(json_response(status, &body));
    let headers = response.headers_mut();
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Basic realm=\"muster\""),
        );
    }
    let seconds = error.cause.as_ref().and_then(Error::retry_after_seconds);
    if let Some(seconds) = seconds {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

pub(super) async fn keys(State(app): State<Arc<App>>) -> Response<Body> {
    match app.auth.key_set().await {
        Ok(keys) => {
            let mut response = json_response(StatusCode::OK, &keys);
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, KEYS_LIFE);
            response
        }
        Err(error) => error.into_response(),
    }
}

pub(super) async fn metadata(State(app): State<Arc<App>>) -> Response<Body> {
    json_response(StatusCode::OK, &app.auth.metadata())
}

fn json_response(status: StatusCode, body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

fn uncached(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}
