//! Around every request: its id, and one line in the log. No query string, no body, no token.

use std::net::IpAddr;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Response};
use tracing::{Instrument, field};
use uuid::Uuid;

use super::App;
use crate::listen::Peer;
use crate::listen::proxy::client_address;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// Longer ids than this are not taken over.
const MAX_ID_BYTES: usize = 128;

/// Where a request comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin {
    /// The client's address; none: a proxy did not say.
    pub(super) address: Option<IpAddr>,
}

/// The id of a request, from its header or made here.
#[derive(Debug, Clone)]
pub(super) struct RequestId(pub(super) String);

/// Gives the request its id, answers it, logs how it ended, and echoes the id.
pub(super) async fn observe<F>(
    app: &App,
    mut request: Request,
    answer: impl FnOnce(Request) -> F,
) -> Response<Body>
where
    F: Future<Output = Response<Body>>,
{
    let id = request_id(&request);
    let peer = request.extensions().get::<Peer>();
    let address = peer.and_then(|peer| {
        let headers = request.headers();
        client_address(peer.address.ip(), headers, &app.trusted_proxies)
    });
    let origin = Origin { address };
    request.extensions_mut().insert(origin);
    request.extensions_mut().insert(RequestId(id.clone()));
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", MatchedPath::as_str)
        .to_owned();
    let span = tracing::info_span!(
        "request",
        request_id = %id,
        method = %request.method(),
        route,
        tenant = field::Empty,
        client = field::Empty,
        token = field::Empty,
    );
    let started = Instant::now();
    let mut response = answer(request).instrument(span.clone()).await;
    let duration_ms = (started.elapsed().as_secs_f64() * 1_000_000.0).round() / 1_000.0;
    span.in_scope(|| {
        tracing::info!(
            status = response.status().as_u16(),
            duration_ms,
            "request answered"
        );
    });
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

fn request_id(request: &Request) -> String {
    let given = request
        .headers()
        .get(&HEADER)
        .and_then(|value| value.to_str().ok());
    let is_usable = |id: &&str| {
        !id.is_empty() && id.len() <= MAX_ID_BYTES && id.bytes().all(|byte| byte.is_ascii_graphic())
    };
    given
        .filter(is_usable)
        .map_or_else(|| Uuid::now_v7().to_string(), str::to_owned)
}
