//! A keep-alive HTTP/1.1 client for one server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Method, Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use crate::Outcome;

const SCIM: HeaderValue = HeaderValue::from_static("application/scim+json");

/// The server under load.
pub(crate) struct Target {
    address: SocketAddr,
    authority: String,
    prefix: String,
    authorization: HeaderValue,
    timeout: Duration,
}

impl Target {
    /// Resolves the base URL; refuses addresses outside this machine unless `remote`.
    pub(crate) async fn resolve(
        base: &str,
        token: &str,
        remote: bool,
        timeout: Duration,
    ) -> Outcome<Self> {
        let uri: Uri = base.parse()?;
        let (Some("http"), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err("the base URL must start with http:// (there is no TLS)".into());
        };
        let host = authority.host().trim_matches(['[', ']']);
        let port = authority.port_u16().unwrap_or(80);
        let mut addresses = lookup_host((host, port)).await?;
        let Some(address) = addresses.find(|a| remote || a.ip().is_loopback()) else {
            return Err(format!("{host} is not a loopback address; see --allow-remote").into());
        };
        let mut authorization = HeaderValue::try_from(format!("Bearer {token}"))?;
        authorization.set_sensitive(true);
        Ok(Self {
            address,
            authority: authority.to_string(),
            prefix: uri.path().trim_end_matches('/').to_owned(),
            authorization,
            timeout,
        })
    }

    /// The base URL in use.
    pub(crate) fn base(&self) -> String {
        format!("http://{}{}", self.authority, self.prefix)
    }

    fn request(&self, call: &Call) -> Outcome<Request<Full<Bytes>>> {
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(format!("{}{}", self.prefix, call.path))
            .header(HOST, &self.authority)
            .header(AUTHORIZATION, &self.authorization)
            .header(ACCEPT, SCIM);
        if !call.body.is_empty() {
            request = request.header(CONTENT_TYPE, SCIM);
        }
        Ok(request.body(Full::new(call.body.clone()))?)
    }
}

/// A request relative to the base URL.
pub(crate) struct Call {
    method: Method,
    path: String,
    body: Bytes,
}

impl Call {
    /// A request without a body.
    pub(crate) fn plain(method: Method, path: String) -> Self {
        let body = Bytes::new();
        Self { method, path, body }
    }

    /// A request with a JSON body.
    pub(crate) fn json(method: Method, path: String, body: &Value) -> Self {
        let body = Bytes::from(body.to_string());
        Self { method, path, body }
    }

    /// The length of the body.
    pub(crate) fn body_length(&self) -> usize {
        self.body.len()
    }
}

/// A complete answer.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

impl Reply {
    /// Describes an answer nobody expected, with the start of its body.
    pub(crate) fn describe(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        let start: String = text.chars().take(1000).collect();
        format!("{}: {start}", self.status)
    }
}

/// One keep-alive connection, opened again when the server closed it.
pub(crate) struct Connection {
    target: Arc<Target>,
    sender: Option<SendRequest<Full<Bytes>>>,
}

impl Connection {
    /// Connects to the server.
    pub(crate) async fn open(target: Arc<Target>) -> Outcome<Self> {
        let mut connection = Self {
            target,
            sender: None,
        };
        connection.reopen().await?;
        Ok(connection)
    }

    /// Connects afresh.
    pub(crate) async fn reopen(&mut self) -> Outcome<()> {
        let connecting = connect(self.target.address);
        let sender = timeout(self.target.timeout, connecting).await;
        self.sender = Some(sender.map_err(|_| "connecting took too long")??);
        Ok(())
    }

    /// Sends a request and reads the whole answer.
    pub(crate) async fn send(&mut self, call: &Call) -> Outcome<Reply> {
        let limit = self.target.timeout;
        match timeout(limit, self.exchange(call)).await {
            Ok(reply) => reply,
            Err(_) => Err(format!("no answer within {} s", limit.as_secs()).into()),
        }
    }

    /// Sends a request that must be answered with one of `statuses`.
    pub(crate) async fn demand(&mut self, call: &Call, statuses: &[u16]) -> Outcome<Reply> {
        let reply = self.send(call).await?;
        if statuses.contains(&reply.status.as_u16()) {
            return Ok(reply);
        }
        let (method, path) = (&call.method, &call.path);
        Err(format!("{method} {path} was answered {}", reply.describe()).into())
    }

    async fn exchange(&mut self, call: &Call) -> Outcome<Reply> {
        let request = self.target.request(call)?;
        let kept = match self.sender.take() {
            Some(mut sender) => sender.ready().await.is_ok().then_some(sender),
            None => None,
        };
        let mut sender = match kept {
            Some(sender) => sender,
            None => connect(self.target.address).await?,
        };
        let answer = sender.send_request(request).await?;
        let status = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        self.sender = Some(sender);
        Ok(Reply { status, body })
    }
}

async fn connect(address: SocketAddr) -> Outcome<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address)
        .await
        .map_err(|failure| format!("cannot connect to {address}: {failure}"))?;
    stream.set_nodelay(true)?;
    let (sender, driver) = http1::handshake(TokioIo::new(stream)).await?;
    // A failure of the connection also reaches the request that waits for it.
    tokio::spawn(async move { drop(driver.await) });
    Ok(sender)
}

/// Percent-encodes a path segment or query value.
pub(crate) fn encode(text: &str) -> String {
    let encode = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(encode).collect()
}
