//! Tokens, clients and issuers for tests, and requests to the token endpoint.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster::auth::bearer::NewToken;
use muster::auth::oauth::{ASSERTION_TYPE, Assertions};
use muster::service::Service;
use muster::service::admin::{self, Connection, NewClient, Tenant};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::http::{Request, Response, send};
use super::server::{TestTenant, scim_request};

/// The media type of a token request.
pub(crate) const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// A test's tenant as operators see it, with its connection.
pub(crate) async fn connection_of(service: &Service, tenant: &TestTenant) -> (Tenant, Connection) {
    let found = admin::get_tenant(service, &tenant.name).await.unwrap();
    let connection = admin::get_connection(service, &found, "test")
        .await
        .unwrap();
    (found, connection)
}

/// A token of the test's connection, or of one of its users, that never ends.
pub(crate) async fn token_for(
    service: &Service,
    tenant: &TestTenant,
    scopes: &str,
    user: Option<&str>,
) -> NewToken {
    let (_, connection) = connection_of(service, tenant).await;
    let token = admin::create_token(service, &connection, Some(scopes), None, user).await;
    token.unwrap()
}

/// A client of the test's connection with all scopes.
pub(crate) async fn client_for(
    service: &Service,
    tenant: &TestTenant,
    assertions: Option<&Assertions>,
) -> NewClient {
    let (_, connection) = connection_of(service, tenant).await;
    let scopes = Some("read write");
    let client = admin::create_client(service, &connection, scopes, assertions).await;
    client.unwrap()
}

impl TestTenant {
    /// The same tenant with another token.
    pub(crate) fn showing(&self, token: &str) -> Self {
        let mut other = self.clone();
        token.clone_into(&mut other.token);
        other
    }
}

/// Sends a body to the token endpoint, with these headers alone.
pub(crate) async fn post_form(root: &str, headers: &[(&str, &str)], body: &str) -> Response {
    let headers = headers.iter();
    let request = Request {
        method: "POST".to_owned(),
        target: "/oauth/token".to_owned(),
        headers: headers
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: Some(body.as_bytes().to_vec()),
    };
    match send(root, request).await {
        Ok(response) => response,
        Err(error) => panic!("{error}"),
    }
}

/// Asks for a token with these fields.
pub(crate) async fn ask(root: &str, fields: &[(&str, &str)]) -> Response {
    post_form(root, &[FORM], &form(fields)).await
}

/// Asks for a token with client and secret in the body.
pub(crate) async fn ask_by_secret(root: &str, id: &str, secret: &str) -> Response {
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", id),
        ("client_secret", secret),
    ];
    ask(root, &fields).await
}

/// Asks for a token with an assertion.
pub(crate) async fn ask_by_assertion(root: &str, assertion: &str) -> Response {
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", assertion),
    ];
    ask(root, &fields).await
}

/// Fields as a form.
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pairs = fields.iter();
    let pairs = pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// An `Authorization` header with a name and a secret as they are.
pub(crate) fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

/// The access token of an answer.
#[track_caller]
pub(crate) fn access_token(answer: Response) -> String {
    let answer = answer.expect_status(200).json();
    answer["access_token"].as_str().unwrap().to_owned()
}

/// Reads the users with a token.
pub(crate) async fn read_with(root: &str, token: &str) -> Response {
    let request = scim_request(token, "GET", "/Users", &[], None);
    match send(root, request).await {
        Ok(response) => response,
        Err(error) => panic!("{error}"),
    }
}

/// Demands a 401 with its challenge and its body.
#[track_caller]
pub(crate) fn expect_invalid_token(answer: &Response, what: &str) {
    let shown = format!("{what}:\n{}", answer.describe());
    assert_eq!(answer.status, 401, "{shown}");
    let challenge = answer.header("WWW-Authenticate").unwrap_or_default();
    assert!(challenge.starts_with("Bearer "), "{shown}");
    assert!(challenge.contains("error=\"invalid_token\""), "{shown}");
    let body = answer.json();
    assert_eq!(body["status"], "401", "{shown}");
    assert_eq!(
        body["schemas"][0], "urn:ietf:params:scim:api:messages:2.0:Error",
        "{shown}"
    );
}

/// Demands an error of the token endpoint (RFC 6749 §5.2); returns its description.
#[track_caller]
pub(crate) fn expect_refusal(answer: &Response, status: u16, code: &str, what: &str) -> String {
    let shown = format!("{what}:\n{}", answer.describe());
    assert_eq!(answer.status, status, "{shown}");
    let body = answer.json();
    assert_eq!(body["error"], code, "{shown}");
    assert!(body.get("access_token").is_none(), "{shown}");
    assert_uncached(answer, &shown);
    let description = body["error_description"].as_str();
    description.unwrap_or_default().to_owned()
}

/// Demands that nobody keeps the answer (RFC 6749 §5.1).
#[track_caller]
pub(crate) fn assert_uncached(answer: &Response, shown: &str) {
    assert_eq!(answer.header("Cache-Control"), Some("no-store"), "{shown}");
    assert_eq!(answer.header("Pragma"), Some("no-cache"), "{shown}");
    assert_eq!(
        answer.header("Content-Type"),
        Some("application/json"),
        "{shown}"
    );
}

/// The integer of a `Retry-After` header.
#[track_caller]
pub(crate) fn retry_after(answer: &Response) -> u64 {
    let value = answer.header("Retry-After");
    let seconds = value.and_then(|value| value.parse().ok());
    seconds.unwrap_or_else(|| panic!("no Retry-After in seconds:\n{}", answer.describe()))
}
