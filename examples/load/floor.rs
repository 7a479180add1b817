//! A server that does nothing: what HTTP itself allows on this machine, beside which other figures can be seen.
//!
//! It reads no body, asks nobody who they are and keeps nothing; every answer is a text made beforehand, of the size Muster's have.
//! Users are listed so that `measure` finds as many as it needs.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{Outcome, people};

const SCIM: HeaderValue = HeaderValue::from_static("application/scim+json");
/// As many users as a page has in `measure`.
const PAGE: u32 = 100;

/// What is answered.
struct Answers {
    users: u32,
    user: Bytes,
    found: Bytes,
    page: Bytes,
}

/// Answers until the program is ended.
pub(crate) async fn run(address: SocketAddr, users: u32, seed: u64) -> Outcome<()> {
    let answers = Arc::new(Answers::made(users, seed));
    let listener = TcpListener::bind(address).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let answers = Arc::clone(&answers);
        let service = service_fn(move |request| {
            let answer = answers.answer(&request);
            async move { Ok::<_, Infallible>(answer) }
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async move { drop(connection.await) });
    }
}

impl Answers {
    fn made(users: u32, seed: u64) -> Self {
        let all: Vec<Value> = (1..=users.min(PAGE)).map(|n| stored(seed, n)).collect();
        let first = all.first().cloned().unwrap_or_default();
        Self {
            users,
            user: first.to_string().into(),
            found: list(1, &[first]),
            page: list(users, &all),
        }
    }

    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let (path, query) = (request.uri().path(), request.uri().query());
        let body = match query {
            Some(query) if path.ends_with("/Users") && query.contains("attributes=userName") => {
                self.listed(query)
            }
            Some(query) if query.contains("filter=") => self.found.clone(),
            Some(_) => self.page.clone(),
            None => self.user.clone(),
        };
        let mut response = Response::new(Full::new(body));
        if request.method() == Method::POST {
            *response.status_mut() = StatusCode::CREATED;
        }
        response.headers_mut().insert(CONTENT_TYPE, SCIM);
        response
    }

    /// Ids and names of the users from `startIndex` on, `count` of them.
    fn listed(&self, query: &str) -> Bytes {
        let number = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find_map(|(key, value)| value.parse().ok().filter(|_: &u32| key == name))
        };
        let first = number("startIndex").unwrap_or(1).max(1);
        let beyond = first.saturating_add(number("count").unwrap_or(PAGE));
        let users: Vec<Value> = (first..beyond.min(self.users.saturating_add(1)))
            .map(|n| json!({ "id": id(n), "userName": people::user_name(n) }))
            .collect();
        list(self.users, &users)
    }
}

fn id(number: u32) -> String {
    format!("00000000-0000-7000-8000-{number:012}")
}

/// A user with what a server adds.
fn stored(seed: u64, number: u32) -> Value {
    let mut user = people::user(seed, number);
    let id = id(number);
    let meta = json!({
        "resourceType": "User",
        "created": "2026-01-01T00:00:00.000Z",
        "lastModified": "2026-01-01T00:00:00.000Z",
        "location": format!("http://127.0.0.1:8080/scim/v2/Users/{id}"),
        "version": "W/\"1\"",
    });
    people::set(&mut user, "id", id.into());
    people::set(&mut user, "meta", meta);
    user
}

fn list(total: u32, resources: &[Value]) -> Bytes {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": total,
        "startIndex": 1,
        "itemsPerPage": resources.len(),
        "nextCursor": "none",
        "Resources": resources,
    })
    .to_string()
    .into()
}
