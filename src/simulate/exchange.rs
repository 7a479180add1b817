//! Requests over HTTP: sent as they are written, tried again as the client does, answers read within bounds.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Url, redirect};
use serde_json::Value;

use super::scenario::Retry;
use crate::error::{Error, Result};

/// How long one request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// The largest answer that is read, in bytes.
const MOST_BYTES: usize = 64 << 20;

/// A request, ready to be sent.
#[derive(Debug, Clone, Default)]
pub(super) struct Request {
    pub(super) method: String,
    /// Below the base URL, byte for byte.
    pub(super) path: String,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Option<String>,
}

/// An answer, read to its end.
#[derive(Debug, Clone, Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// By name in lower case.
    pub(super) headers: BTreeMap<String, String>,
    pub(super) text: String,
    pub(super) json: Option<Value>,
}

/// What was sent in all.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) requests: AtomicU64,
    pub(super) retries: AtomicU64,
    pub(super) waited: AtomicU64,
    /// Milliseconds of every answer.
    pub(super) times: Mutex<Vec<u64>>,
}

/// A client of one server.
pub(super) struct Exchanger {
    client: Client,
    base: String,
    token: String,
    retry: Retry,
    pub(super) counts: Counts,
}

impl Exchanger {
    /// A client of the server at `base`.
    ///
    /// # Errors
    ///
    /// When the base is no http or https URL, or the token cannot be sent.
    pub(super) fn new(base: &str, token: &str, retry: Retry, unpacks: bool) -> Result<Self> {
        let refuse = |problem: &str| {
            Error::invalid_value(format!(
                "{problem}; write the SCIM base URL as in https://scim.example.com/scim/v2"
            ))
        };
        let url = Url::parse(base).map_err(|error| refuse("that is no URL").caused_by(error))?;
        if !["http", "https"].contains(&url.scheme()) {
            return Err(refuse("the URL is neither http nor https"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refuse("the URL has a query or a fragment"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("the URL has credentials in it"));
        }
        if HeaderValue::from_str(token).is_err() {
            return Err(Error::invalid_value(
                "the token has characters no header can have",
            ));
        }
        let client = Client::builder()
            .timeout(REQUEST_TIMEOUT)
            .redirect(redirect::Policy::none())
            .gzip(unpacks)
            .deflate(unpacks)
            .build()
            .map_err(|error| {
                Error::internal("the HTTP client cannot be set up").caused_by(error)
            })?;
        Ok(Self {
            client,
            base: url.as_str().trim_end_matches('/').to_owned(),
            token: token.to_owned(),
            retry,
            counts: Counts::default(),
        })
    }

    /// The server's address.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// Text without the token.
    pub(super) fn redacted(&self, text: &str) -> String {
        if self.token.is_empty() {
            text.to_owned()
        } else {
            text.replace(&self.token, "[token]")
        }
    }

    /// Sends a request, again after 429 and 503 where the client would.
    ///
    /// # Errors
    ///
    /// When there is no answer: no connection, a time-out, a broken body.
    pub(super) async fn send(&self, request: &Request) -> Result<Answer> {
        self.send_with(request, &self.retry).await
    }

    /// The same, trying again in another way than the client.
    ///
    /// # Errors
    ///
    /// When there is no answer.
    pub(super) async fn send_with(&self, request: &Request, retry: &Retry) -> Result<Answer> {
        let mut tries = 0;
        loop {
            let answer = self.send_once(request).await?;
            if ![429, 503].contains(&answer.status) || tries >= retry.attempts {
                return Ok(answer);
            }
            let asked = answer.headers.get("retry-after");
            let wait = match asked.map(|asked| asked.trim().parse::<u64>()) {
                Some(Ok(seconds)) => seconds,
                _ => retry.wait,
            };
            if wait > retry.longest {
                return Ok(answer);
            }
            tries += 1;
            self.counts.retries.fetch_add(1, Ordering::Relaxed);
            self.counts.waited.fetch_add(wait, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_secs(wait)).await;
        }
    }

    async fn send_once(&self, request: &Request) -> Result<Answer> {
        let request = self.built(request)?;
        self.counts.requests.fetch_add(1, Ordering::Relaxed);
        let started = Instant::now();
        let mut response = self
            .client
            .execute(request)
            .await
            .map_err(|error| Error::unavailable("no answer").caused_by(error.without_url()))?;
        let status = response.status().as_u16();
        let headers = plain(response.headers());
        let mut bytes = Vec::new();
        let broken = |error: reqwest::Error| {
            Error::unavailable("the answer broke off").caused_by(error.without_url())
        };
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            if bytes.len() + chunk.len() > MOST_BYTES {
                return Err(Error::unavailable("the answer is larger than 64 MiB"));
            }
            bytes.extend_from_slice(&chunk);
        }
        let took = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        if let Ok(mut times) = self.counts.times.lock() {
            times.push(took);
        }
        Ok(Answer {
            status,
            headers,
            json: serde_json::from_slice(&bytes).ok(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        })
    }

    fn built(&self, request: &Request) -> Result<reqwest::Request> {
        let text = format!("{}{}", self.base, request.path);
        let internal = |problem: &str| Error::internal(format!("{problem}: {}", request.path));
        let url = Url::parse(&text)
            .map_err(|error| internal("the path is no part of a URL").caused_by(error))?;
        if url.as_str() != text {
            return Err(internal("the path cannot be sent as it is written"));
        }
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|error| internal("the method is none").caused_by(error))?;
        let mut built = reqwest::Request::new(method, url);
        let headers = built.headers_mut();
        for (name, value) in &request.headers {
            let (Ok(name), Ok(value)) = (
                HeaderName::from_bytes(name.as_bytes()),
                HeaderValue::from_str(value),
            ) else {
                return Err(internal("a header cannot be sent"));
            };
            headers.insert(name, value);
        }
        if !headers.contains_key("authorization") && !self.token.is_empty() {
            let mut value = HeaderValue::from_str(&format!("Bearer {}", self.token))
                .map_err(|error| internal("the token cannot be sent").caused_by(error))?;
            value.set_sensitive(true);
            headers.insert("authorization", value);
        }
        *built.body_mut() = request.body.clone().map(Into::into);
        Ok(built)
    }
}

fn plain(headers: &HeaderMap) -> BTreeMap<String, String> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), text(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchanger(base: &str) -> Result<Exchanger> {
        Exchanger::new(base, "secret", Retry::default(), false)
    }

    fn sent(path: &str) -> Result<String> {
        let request = Request {
            method: "GET".to_owned(),
            path: path.to_owned(),
            ..Request::default()
        };
        let built = exchanger("http://127.0.0.1:9/scim/v2/")?.built(&request)?;
        Ok(built.url().as_str().to_owned())
    }

    #[test]
    fn odd_paths_are_sent_byte_for_byte() {
        for path in [
            "/Users?",
            "/Users?filter=userName+eq+%22a%22&",
            "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User",
            "/Users?filter=emails[type%20eq%20%22work%22].value%20eq%20%22a@b%22",
        ] {
            assert_eq!(
                sent(path).unwrap(),
                format!("http://127.0.0.1:9/scim/v2{path}")
            );
        }
    }

    #[test]
    fn a_path_that_would_be_changed_is_refused() {
        assert!(sent("/Users?filter=a b").is_err());
        assert!(sent("/Users/../Groups").is_err());
    }

    #[test]
    fn a_base_with_secrets_or_a_query_is_refused() {
        for base in ["ftp://h/", "https://u:p@h/", "https://h/?a", "nonsense"] {
            assert!(exchanger(base).is_err(), "{base}");
        }
    }

    #[test]
    fn the_token_is_never_shown() {
        let exchanger = exchanger("https://h/scim").unwrap();
        assert_eq!(exchanger.redacted("Bearer secret!"), "Bearer [token]!");
    }
}
