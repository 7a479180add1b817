//! Answers: SCIM JSON with its headers, and errors, logged once.

use std::any::Any;
use std::fmt::Write;
use std::panic::AssertUnwindSafe;

use axum::body::Body;
use axum::http::header::{self, HeaderValue};
use axum::http::{Response, StatusCode, Uri};
use axum::response::IntoResponse;
use futures_util::FutureExt as _;

use super::extract::unsupported_version;
use crate::error::{Error, ErrorKind};
use crate::resource::etag;
use crate::schema::definition::is_version;
use crate::service::represent::Representation;

const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/scim+json");

/// JSON text with a status.
pub(super) fn scim(status: StatusCode, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, MEDIA_TYPE);
    response
}

/// One resource with `Location` and `ETag`.
pub(super) fn resource(status: StatusCode, representation: Representation) -> Response<Body> {
    let mut response = scim(status, representation.body);
    set_version(
        &mut response,
        Some(&representation.location),
        representation.version,
    );
    response
}

/// An answer without body that names the resource's version.
pub(super) fn without_body(
    status: StatusCode,
    location: Option<&str>,
    version: i64,
) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    set_version(&mut response, location, version);
    response
}

fn set_version(response: &mut Response<Body>, location: Option<&str>, version: i64) {
    let headers = response.headers_mut();
    if let Some(location) = location.and_then(|location| HeaderValue::from_str(location).ok()) {
        headers.insert(header::LOCATION, location);
    }
    if let Ok(tag) = HeaderValue::from_str(&etag::of(version)) {
        headers.insert(header::ETAG, tag);
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response<Body> {
        let status =
            StatusCode::from_u16(self.kind().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if self.is_ours() {
            tracing::error!(status = status.as_u16(), error = %self, "request failed");
        } else {
            tracing::debug!(status = status.as_u16(), error = %self, "request refused");
        }
        let body = self.to_message();
        let mut response = scim(status, body.to_string());
        let headers = response.headers_mut();
        if let Some(challenge) = challenge(&self) {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Some(seconds) = self.retry_after_seconds() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(Refusal {
            kind: self.kind(),
            detail: self.detail().to_owned(),
        });
        response
    }
}

/// Why a request was not carried out, for the provisioning log.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    pub(super) kind: ErrorKind,
    pub(super) detail: String,
}

/// The challenge of RFC 6750 §3.
fn challenge(error: &Error) -> Option<HeaderValue> {
    let code = match error.kind() {
        ErrorKind::Unauthenticated => {
            return Some(HeaderValue::from_static("Bearer realm=\"muster\""));
        }
        ErrorKind::InvalidToken => "invalid_token",
        ErrorKind::InsufficientScope => "insufficient_scope",
        _ => return None,
    };
    let mut text = format!("Bearer realm=\"muster\", error=\"{code}\"");
    if let Some(scope) = error.scope() {
        _ = write!(text, ", scope=\"{scope}\"");
    }
    HeaderValue::from_str(&text).ok()
}

/// The version in the address, where it is not the one that is spoken here.
fn other_version(uri: &Uri) -> Option<&str> {
    let (_, after) = uri.path().split_once("/scim/")?;
    let version = after.split('/').next()?;
    (is_version(version) && version != "v2").then_some(version)
}

/// Nothing is at this address.
pub(super) fn unknown_address(uri: &Uri) -> Error {
    if let Some(version) = other_version(uri) {
        return unsupported_version(version);
    }
    Error::not_found(
        "there is nothing at this address; SCIM is at /scim/v2, and /scim/v2/ResourceTypes lists the endpoints",
    )
}

/// The address exists, the method does not.
pub(super) fn unknown_method(uri: &Uri) -> Error {
    if let Some(version) = other_version(uri) {
        return unsupported_version(version);
    }
    Error::method_not_allowed(
        "this address does not know the method; the Allow header lists those it knows",
    )
}

/// The answer, even where making it panics: that ends one request, not the server.
pub(super) async fn caught(answer: impl Future<Output = Response<Body>>) -> Response<Body> {
    // What a handler was changing is dropped with it: the next request sees nothing of it.
    match AssertUnwindSafe(answer).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => after_panic(panic.as_ref()),
    }
}

fn after_panic(panic: &(dyn Any + Send)) -> Response<Body> {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    Error::internal(format!(
        "a handler panicked: {}",
        message.unwrap_or("no message")
    ))
    .into_response()
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::middleware::{Next, from_fn};
    use axum::routing::get;
    use serde_json::Value;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// Sends one request to a router over a real connection and answers what came back.
    async fn answer(router: Router, request: &str) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        text
    }

    /// shows: P-3.12-15 P-3.12-16
    #[tokio::test]
    async fn a_panic_is_answered_as_an_internal_error_without_its_message() {
        let router = Router::new()
            .route(
                "/",
                get(|| async { panic!("the secret reason") as Response<Body> }),
            )
            .layer(from_fn(|request, next: Next| caught(next.run(request))));
        let text = answer(
            router,
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        )
        .await;
        assert!(text.starts_with("HTTP/1.1 500 "), "{text}");
        assert!(
            text.contains("content-type: application/scim+json"),
            "{text}"
        );
        let body: Value = serde_json::from_str(text.split("\r\n\r\n").nth(1).unwrap()).unwrap();
        assert_eq!(body["status"], "500");
        assert!(!text.contains("secret"), "{text}");
    }

    /// shows: B-6750-01 B-6750-02 P-2-01
    #[test]
    fn every_kind_with_a_challenge_or_a_delay_says_so() {
        let header = |error: Error, name: header::HeaderName| {
            let response = error.into_response();
            response
                .headers()
                .get(name)
                .map(|value| value.to_str().unwrap().to_owned())
        };
        let challenge = |error| header(error, header::WWW_AUTHENTICATE);
        assert_eq!(
            challenge(Error::unauthenticated("x")).unwrap(),
            "Bearer realm=\"muster\""
        );
        assert!(
            challenge(Error::invalid_token("x"))
                .unwrap()
                .contains("invalid_token")
        );
        assert!(
            challenge(Error::insufficient_scope("x"))
                .unwrap()
                .contains("insufficient_scope")
        );
        assert_eq!(
            header(Error::unavailable("x"), header::RETRY_AFTER).unwrap(),
            "1"
        );
        assert_eq!(challenge(Error::not_found("x")), None);
    }
}
