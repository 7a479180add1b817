//! Requests that nobody should send: each gets one of the answers it may get, none harms what is there.
//!
//! `hostile/requests.jsonl` holds one request per line. `path` is below the SCIM base and goes out byte for byte; the
//! answer's status is one of `expect`. `path_repeat`, `body_repeat` and a header that is a list stand for long texts:
//! what comes first, what is repeated, how often, what comes last. `body_hex` is for bytes that are no text.
//! A header `null` takes a default header away. `{user}`, `{group}` and `{member}` stand for ids, `{user_upper}`,
//! `{user_simple}` and `{user_cut}` for the user's id in upper case, without hyphens and without its last letter,
//! `{token}`, `{token_cut}` and `{token_swapped}` for the token, cut and with its case swapped.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::http::{Request, Response, send};
use crate::support::server::{TestTenant, id_of};
use crate::support::{Db, fresh_tenant};

const REQUESTS: &str = include_str!("hostile/requests.jsonl");
const ERROR_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// How long the server may think about one request.
const PATIENCE: Duration = Duration::from_secs(10);

/// The user's password, which no answer may contain.
const PASSWORD: &str = "Correct!Horse-9";

/// A body from this size on may be refused by closing the connection while it is being sent.
const LARGE_BODY_BYTES: usize = 1024 * 1024;

/// Answers that hyper gives before we see the request; they have no body.
const WITHOUT_BODY: [u16; 2] = [414, 431];

on_both_databases!(
    hostile_requests_are_answered_and_change_nothing,
    an_id_in_another_case_is_nobodys,
);

/// One line of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hostile {
    name: String,
    method: String,
    path: Option<Text>,
    path_repeat: Option<Text>,
    headers: BTreeMap<String, Option<Text>>,
    body: Option<Text>,
    body_repeat: Option<Text>,
    body_hex: Option<String>,
    expect: Vec<u16>,
}

/// A text, or its beginning, what is repeated, how often, and its end.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Text {
    Plain(String),
    Repeated(String, String, usize, String),
}

impl Text {
    fn written_out(&self) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Repeated(start, unit, times, end) => {
                format!("{start}{}{end}", unit.repeat(*times))
            }
        }
    }
}

/// shows: B-6750-03 P-3.4.1-04 P-3.8-06 P-3.12-15 P-7.7-02 S-9.2-01
async fn hostile_requests_are_answered_and_change_nothing(db: Db) {
    let requests: Vec<Hostile> = REQUESTS
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    assert!(requests.len() >= 150, "only {} requests", requests.len());
    let target = Target::create(db).await;
    let start = target.state().await;
    let mut before = start.clone();
    let mut failures = Vec::new();
    for request in &requests {
        let mut faults = target.faults_of(request).await;
        let after = target.state().await;
        if after != before {
            faults.push(format!("it changed {before:#?}\ninto {after:#?}"));
            before = after;
        }
        if !faults.is_empty() {
            failures.push(format!("{}\n- {}", request.name, faults.join("\n- ")));
        }
    }
    let (failed, total) = (failures.len(), requests.len());
    let failures = failures.join("\n\n");
    assert!(
        failures.is_empty(),
        "{failed} of {total} ({db:?}):\n{failures}"
    );
    assert_eq!(target.state().await, start);
}

/// shows: S-3.1-04
async fn an_id_in_another_case_is_nobodys(db: Db) {
    let target = Target::create(db).await;
    let (own, other) = (target.user.clone(), target.user.to_uppercase());
    assert_ne!(own, other, "an id without letters");
    for (id, status, total) in [(own, 200, 1), (other, 404, 0)] {
        let read = target.tenant.get(&format!("/Users/{id}")).await;
        read.expect_status(status);
        let path = format!("/Users?filter=id%20eq%20%22{id}%22");
        let found = target.tenant.get(&path).await.expect_status(200);
        assert_eq!(found.json()["totalResults"], total, "{id}");
    }
}

/// What the requests are aimed at: a user, and a group with another user in it.
struct Target {
    tenant: TestTenant,
    user: String,
    member: String,
    group: String,
}

impl Target {
    async fn create(db: Db) -> Self {
        let tenant = fresh_tenant(db).await;
        let user = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": "hostile-user",
            "displayName": "Hostile User",
            "externalId": "hostile-1",
            "active": true,
            "password": PASSWORD,
            "name": {"givenName": "Hostile", "familyName": "User"},
            "emails": [{"value": "user@hostile.example", "type": "work", "primary": true}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Tests"},
        });
        let user = id_of(&tenant.post("/Users", &user).await.expect_status(201));
        let member = tenant.create_user("hostile-member").await;
        let group = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
            "displayName": "hostile-group",
            "members": [{"value": member}],
        });
        let group = id_of(&tenant.post("/Groups", &group).await.expect_status(201));
        Self {
            tenant,
            user,
            member,
            group,
        }
    }

    /// `ETag` and body of each resource.
    async fn state(&self) -> Vec<(String, String)> {
        let paths = [
            format!("/Users/{}", self.user),
            format!("/Users/{}", self.member),
            format!("/Groups/{}", self.group),
        ];
        let mut state = Vec::new();
        for path in &paths {
            let answer = self.tenant.get(path).await.expect_status(200);
            let etag = answer.header("ETag").expect("an ETag").to_owned();
            state.push((etag, String::from_utf8(answer.body).unwrap()));
        }
        state
    }

    /// Sends a request; returns what is wrong with the answer.
    async fn faults_of(&self, hostile: &Hostile) -> Vec<String> {
        let request = self.request(hostile);
        let body_bytes = request.body.as_ref().map_or(0, Vec::len);
        match tokio::time::timeout(PATIENCE, send(&self.tenant.root, request)).await {
            Ok(Ok(answer)) => faults(hostile, &answer),
            Ok(Err(_)) if body_bytes >= LARGE_BODY_BYTES => Vec::new(),
            Ok(Err(error)) => vec![format!("no answer: {error}")],
            Err(_) => vec![format!("no answer within {PATIENCE:?}")],
        }
    }

    fn request(&self, hostile: &Hostile) -> Request {
        let path = hostile.path.as_ref().or(hostile.path_repeat.as_ref());
        let path = self.fill(path.expect("path or path_repeat"));
        let body = match (&hostile.body_hex, &hostile.body, &hostile.body_repeat) {
            (Some(digits), _, _) => Some(bytes_of(digits)),
            (None, Some(text), _) | (None, None, Some(text)) => Some(self.fill(text).into_bytes()),
            (None, None, None) => None,
        };
        let mut headers = Vec::new();
        let defaults = [
            ("Authorization", format!("Bearer {}", self.tenant.token)),
            ("Content-Type", "application/scim+json".to_owned()),
        ];
        for (name, value) in defaults {
            let is_wanted = name == "Authorization" || body.is_some();
            if is_wanted && !hostile.headers.contains_key(name) {
                headers.push((name.to_owned(), value));
            }
        }
        for (name, value) in &hostile.headers {
            if let Some(value) = value {
                headers.push((name.clone(), self.fill(value)));
            }
        }
        Request {
            method: hostile.method.clone(),
            target: format!("/scim/v2{path}"),
            headers,
            body,
        }
    }

    fn fill(&self, text: &Text) -> String {
        let (user, token) = (&self.user, &self.tenant.token);
        let mut filled = text.written_out();
        for (name, value) in [
            ("{user}", user.clone()),
            ("{user_upper}", user.to_uppercase()),
            ("{user_simple}", user.replace('-', "")),
            ("{user_cut}", user[..user.len() - 1].to_owned()),
            ("{member}", self.member.clone()),
            ("{group}", self.group.clone()),
            ("{token}", token.clone()),
            ("{token_cut}", token[..token.len() - 1].to_owned()),
            ("{token_swapped}", token.chars().map(swap_case).collect()),
        ] {
            filled = filled.replace(name, &value);
        }
        filled
    }
}

fn swap_case(letter: char) -> char {
    if letter.is_ascii_lowercase() {
        letter.to_ascii_uppercase()
    } else {
        letter.to_ascii_lowercase()
    }
}

fn bytes_of(digits: &str) -> Vec<u8> {
    (0..digits.len())
        .step_by(2)
        .map(|start| u8::from_str_radix(&digits[start..start + 2], 16).unwrap())
        .collect()
}

fn faults(hostile: &Hostile, answer: &Response) -> Vec<String> {
    let mut faults = Vec::new();
    if !hostile.expect.contains(&answer.status) {
        faults.push(format!("expected one of {:?}", hostile.expect));
    }
    if answer.status >= 500 && answer.status != 501 {
        faults.push("a fault of the server".to_owned());
    }
    if answer.status >= 400 && hostile.method != "HEAD" {
        faults.extend(error_faults(answer));
    }
    if String::from_utf8_lossy(&answer.body).contains(PASSWORD) {
        faults.push("it contains the password".to_owned());
    }
    if !faults.is_empty() {
        faults.push(answer.describe());
    }
    faults
}

/// What is wrong with the SCIM form of an error (RFC 7644 §3.12).
fn error_faults(answer: &Response) -> Vec<String> {
    if answer.body.is_empty() && WITHOUT_BODY.contains(&answer.status) {
        return Vec::new();
    }
    let mut faults = Vec::new();
    let media_type = answer.header("Content-Type").unwrap_or_default();
    if !media_type.starts_with("application/scim+json") {
        faults.push(format!("the error is of type {media_type:?}"));
    }
    let error: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if error["schemas"] != json!([ERROR_SCHEMA]) {
        faults.push("it is not a SCIM error".to_owned());
    }
    if error["status"] != json!(answer.status.to_string()) {
        faults.push(format!("its status is {}", error["status"]));
    }
    faults
}
