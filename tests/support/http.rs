//! A small HTTP/1.1 client: one connection per request, nothing added but `Host`.

use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{HOST, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Uri};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// Longer than any answer may take, shorter than the patience of whoever waits for the tests.
const TIMEOUT: Duration = Duration::from_mins(1);

/// One request; `target` goes on the request line byte for byte.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Vec<u8>>,
}

/// One answer, read to its end.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// The first value of a header, if it is there and readable.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON; panics with the answer when it is something else.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("the body is not JSON ({error}):\n{}", self.describe()),
        }
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Panics with the answer unless it has this status; returns the answer.
    #[track_caller]
    pub(crate) fn expect_status(self, status: u16) -> Self {
        assert!(
            self.status == status,
            "expected status {status}, found:\n{}",
            self.describe()
        );
        self
    }

    /// Whether the status is between 200 and 299.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The answer as a reader wants to see it in a failure; long bodies are cut.
    pub(crate) fn describe(&self) -> String {
        const SHOWN_CHARACTERS: usize = 3000;
        let headers = self.headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            format!("{name}: {value}\n")
        });
        let headers: String = headers.collect();
        let body = String::from_utf8_lossy(&self.body);
        let shown: String = body.chars().take(SHOWN_CHARACTERS).collect();
        let cut = if shown.len() < body.len() {
            format!(" … ({} bytes)", self.body.len())
        } else {
            String::new()
        };
        format!("HTTP {}\n{headers}\n{shown}{cut}", self.status)
    }
}

/// Sends one request to `root` (`http://host:port`); the error says what failed on the way.
pub(crate) async fn send(root: &str, request: Request) -> Result<Response, String> {
    let what = format!("{} {}", request.method, request.target);
    match tokio::time::timeout(TIMEOUT, exchange(root, request)).await {
        Ok(result) => result.map_err(|error| format!("{what}: {error}")),
        Err(_) => Err(format!(
            "{what}: no answer within {} seconds",
            TIMEOUT.as_secs()
        )),
    }
}

async fn exchange(
    root: &str,
    request: Request,
) -> Result<Response, Box<dyn std::error::Error + Send + Sync>> {
    let authority = root.strip_prefix("http://").ok_or("the root is not http")?;
    let request = build(authority, request)?;
    let stream = TcpStream::connect(authority).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    // Its error reaches us through the answer, or comes after it and does not matter.
    tokio::spawn(connection);
    let (parts, body) = sender.send_request(request).await?.into_parts();
    Ok(Response {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: body.collect().await?.to_bytes().to_vec(),
    })
}

fn build(
    authority: &str,
    request: Request,
) -> Result<hyper::Request<Full<Bytes>>, Box<dyn std::error::Error + Send + Sync>> {
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        headers.append(
            HeaderName::from_bytes(name.as_bytes())?,
            HeaderValue::from_bytes(value.as_bytes())?,
        );
    }
    if !headers.contains_key(HOST) {
        headers.insert(HOST, HeaderValue::from_str(authority)?);
    }
    let body = Full::new(Bytes::from(request.body.unwrap_or_default()));
    let mut built = hyper::Request::new(body);
    *built.method_mut() = Method::from_bytes(request.method.as_bytes())?;
    *built.uri_mut() = Uri::try_from(request.target)?;
    *built.headers_mut() = headers;
    Ok(built)
}
