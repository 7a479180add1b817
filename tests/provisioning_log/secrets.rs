//! What must never be in the log, in whatever way it is written; and personal values, where they are masked.

use std::path::Path;

use muster::server::log_url;
use muster::store::log::{LogStore, Wanted};
use serde_json::json;

use super::texts;
use crate::support::command::muster;
use crate::support::http::{Request, Response, send};
use crate::support::process::Instance;
use crate::support::server::{TestDatabase, config_for, id_of, patch_of, scim_request, user};
use crate::support::{Db, fresh_database, unique};

on_both_databases!(no_secret_is_written_anywhere,);

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// A `muster serve` that logs as much as it can, and what is sent to it.
struct Watched {
    instance: Instance,
    root: String,
    token: String,
    /// The beginning of every secret.
    canary: String,
    sent: usize,
}

impl Watched {
    async fn send(&mut self, request: Request) -> Response {
        self.sent += 1;
        send(&self.root, request).await.unwrap()
    }

    async fn call(&mut self, method: &str, path: &str, body: &str) -> Response {
        let headers = [("Content-Type", "application/scim+json")];
        let mut request = scim_request(&self.token, method, path, &headers, None);
        request.body = (!body.is_empty()).then(|| body.as_bytes().to_vec());
        self.send(request).await
    }

    /// Another secret.
    fn secret(&self) -> String {
        format!("{}{}!", self.canary, unique())
    }
}

async fn no_secret_is_written_anywhere(db: Db) {
    let database = fresh_database(db).await;
    let canary = format!("Canary7{}", unique());
    // Long enough to be a bearer token of its own.
    let bootstrap = format!("{canary}-bootstrap-token-of-more-than-forty-characters");
    let mut instance = Instance::spawn(
        &database.url,
        &[
            ("MUSTER_SERVER__BOOTSTRAP_TOKEN", &bootstrap),
            ("MUSTER_LOG__LEVEL", "debug"),
            ("MUSTER_LIMITS__FAILURES_PER_MINUTE", "10000"),
        ],
    );
    let root = instance.root();
    let mut watched = Watched {
        instance,
        root,
        token: bootstrap,
        canary,
        sent: 0,
    };
    let id = id_of(
        &watched
            .call("POST", "/Users", &user("bjensen").to_string())
            .await,
    );
    in_bodies(&mut watched, &id).await;
    in_queries(&mut watched).await;
    in_headers(&mut watched).await;
    let client = at_the_token_endpoint(&mut watched, &database).await;
    let marker = scim_request(
        &watched.token,
        "GET",
        "/Users",
        &[("X-Request-Id", "the-last")],
        None,
    );
    watched.send(marker).await.expect_status(200);
    watched.instance.signal("TERM");
    let sent = watched.sent;
    let ended = watched.instance.wait();
    for (what, output) in [("stdout", &ended.stdout), ("stderr", &ended.stderr)] {
        for secret in [&watched.canary, &client] {
            assert!(
                !output.contains(secret.as_str()),
                "{what} has {secret}:\n{output}"
            );
        }
    }
    assert!(
        ended.stderr.contains("request answered"),
        "{}",
        ended.stderr
    );
    let log = LogStore::open(&log_url(&config_for(&database.url)))
        .await
        .unwrap();
    let wanted = Wanted {
        limit: 10_000,
        ..Wanted::default()
    };
    let listed = log.list(&wanted).await.unwrap();
    // Those to the token endpoint are not kept.
    assert!(
        listed.len() + 6 >= sent && listed.len() <= sent,
        "{} of {sent}",
        listed.len()
    );
    let mut told = Vec::new();
    for entry in &listed {
        let entry = log.get(entry.key).await.unwrap().unwrap();
        let shown = texts(&entry);
        let secrets = [&watched.canary, &client];
        if secrets.iter().any(|secret| shown.contains(secret.as_str())) {
            told.push(shown);
        }
    }
    log.close().await;
    assert!(
        told.is_empty(),
        "{} of {} entries:\n{}",
        told.len(),
        listed.len(),
        told.join("\n\n")
    );
    if db == Db::Sqlite {
        let path = database.url.strip_prefix("sqlite:").unwrap();
        grep(
            Path::new(path).parent().unwrap(),
            &[&watched.canary, &client],
        );
    }
}

/// Looks through every file of a folder, byte for byte.
fn grep(folder: &Path, secrets: &[&str]) {
    let mut seen = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        seen += bytes.len();
        for secret in secrets {
            let is_there = bytes
                .windows(secret.len())
                .any(|part| part == secret.as_bytes());
            assert!(!is_there, "{} has {secret}", path.display());
        }
    }
    assert!(seen > 10_000, "{seen} bytes");
}

/// Passwords, in every way a body can carry one.
async fn in_bodies(watched: &mut Watched, id: &str) {
    const MESSAGE: &str = "urn:ietf:params:scim:api:messages:2.0";
    let path = format!("/Users/{id}");
    let urn = format!("{USER}:password");
    for name in [
        "password",
        "Password",
        "PASSWORD",
        "pass\\u0077ord",
        "\\u0070assword",
        urn.as_str(),
    ] {
        let (secret, other) = (watched.secret(), unique());
        let user = |name: &str| format!(r#""schemas":["{USER}"],"userName":"{name}""#);
        let created = format!(r#"{{{},"{name}":"{secret}"}}"#, user(&other));
        let replaced = format!(r#"{{{},"{name}":"{secret}"}}"#, user("bjensen"));
        let change = |operation: &str| {
            format!(
                r#"{{"schemas":["{MESSAGE}:PatchOp"],"Operations":[{{"op":"replace",{operation}}}]}}"#
            )
        };
        let bulk = |operation: &str| {
            format!(r#"{{"schemas":["{MESSAGE}:BulkRequest"],"Operations":[{operation}]}}"#)
        };
        let by_path = change(&format!(r#""path":"{name}","value":"{secret}""#));
        let in_bulk = format!(r#"{{"method":"PATCH","path":"{path}","data":{by_path}}}"#);
        let made = format!(r#"{{"method":"POST","path":"/Users","bulkId":"b","data":{created}}}"#);
        for (method, path, body) in [
            ("POST", "/Users", created.clone()),
            ("PUT", &path, replaced),
            (
                "PATCH",
                &path,
                change(&format!(r#""value":{{"{name}":"{secret}"}}"#)),
            ),
            ("PATCH", &path, by_path),
            ("POST", "/Bulk", bulk(&in_bulk)),
            ("POST", "/Bulk", bulk(&made)),
            // In the wrong place, of the wrong type, twice, or in what is no JSON at all.
            ("POST", "/Groups", created.clone()),
            ("POST", "/Nothing", created.clone()),
            (
                "POST",
                "/Users",
                format!(r#"{{{},"{name}":["{secret}"]}}"#, user("x")),
            ),
            (
                "POST",
                "/Users",
                format!(r#"{{{},"{name}":{{"value":"{secret}"}}}}"#, user("x")),
            ),
            (
                "POST",
                "/Users",
                format!(
                    r#"{{{},"{name}":"{secret}","{name}":"{secret}"}}"#,
                    user("x")
                ),
            ),
            (
                "POST",
                "/Users",
                format!(r#"{{{},"{name}":"{secret}""#, user("x")),
            ),
        ] {
            watched.call(method, path, &body).await;
        }
    }
    for operations in [
        json!([{"op": "Add", "path": "password", "value": watched.secret()}]),
        json!([{"OP": "replace", "PATH": "password", "VALUE": watched.secret()}]),
        json!([{"op": "replace", "path": " password", "value": watched.secret()}]),
        json!([{"op": "replace", "path": "password.value", "value": watched.secret()}]),
        json!([{"op": "replace", "path": "password", "value": [watched.secret()]}]),
        json!([{"op": "replace", "path": "password", "value": {"password": watched.secret()}}]),
        json!([{"op": "replace", "path": format!("{USER}:password"), "value": watched.secret()}]),
        json!([{"op": "remove", "path": "password", "value": watched.secret()}]),
        json!([{"op": "replace", "value": {USER: {"password": watched.secret()}}}]),
    ] {
        let change = patch_of(&operations).to_string();
        watched.call("PATCH", &path, &change).await;
    }
    // A password that is too long, and one that is hashed though the change fails afterwards.
    let long = watched.secret().repeat(60);
    let mut document = user("somebody");
    document["password"] = json!(long);
    watched
        .call("POST", "/Users", &document.to_string())
        .await
        .expect_status(400);
    let mut taken = user("bjensen");
    taken["password"] = json!(watched.secret());
    watched
        .call("POST", "/Users", &taken.to_string())
        .await
        .expect_status(409);
}

async fn in_queries(watched: &mut Watched) {
    for template in [
        "/Users?filter=password%20eq%20%22SECRET%22",
        "/Users?filter=PassWord+eq+%22SECRET%22",
        "/Users?filter=p%61ssword%20eq%20%22SECRET%22",
        "/Users?FILTER=password%20eq%20%22SECRET%22",
        "/Users?count=1&filter=userName%20eq%20%22x%22%20or%20password%20eq%20%22SECRET%22",
        "/?filter=password%20eq%20%22SECRET%22",
        "/Users?access_token=SECRET",
        "/Users?Access_Token=SECRET",
        "/Users?access%5Ftoken=SECRET",
    ] {
        let path = template.replace("SECRET", &watched.secret());
        watched.call("GET", &path, "").await;
    }
}

async fn in_headers(watched: &mut Watched) {
    let secret = watched.secret();
    for header in [
        format!("Bearer {secret}"),
        format!("Bearer mst_{secret}"),
        format!("Basic {secret}"),
        secret.clone(),
        format!("Bearer {secret}.{secret}.{secret}"),
        format!("Bearer a b {secret}"),
    ] {
        let mut request = scim_request("", "GET", "/Users", &[], None);
        request.headers[0].1 = header;
        watched.send(request).await.expect_status(401);
    }
    let mut twice = scim_request(&secret, "GET", "/Users", &[], None);
    twice.headers.push(twice.headers[0].clone());
    watched.send(twice).await.expect_status(400);
    for name in ["Cookie", "X-Api-Key", "Proxy-Authorization"] {
        let request = scim_request(&watched.token, "GET", "/Users", &[(name, &secret)], None);
        watched.send(request).await.expect_status(200);
    }
}

/// Secrets of clients; the answer is one that was really given out.
async fn at_the_token_endpoint(watched: &mut Watched, database: &TestDatabase) -> String {
    let printed = muster(
        &database.url,
        &["client", "create", "--connection", "default", "-o", "json"],
    );
    let printed = printed.stdout;
    let secret = printed
        .split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
        .find(|word| word.starts_with("mcs_"))
        .unwrap_or_else(|| panic!("no secret: {printed}"))
        .to_owned();
    let id = printed
        .split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
        .find(|word| word.starts_with("mcl_"))
        .unwrap()
        .to_owned();
    let wrong = watched.secret();
    for (secret, status) in [(&secret, 200), (&wrong, 401)] {
        let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        let request = Request {
            method: "POST".to_owned(),
            target: "/oauth/token".to_owned(),
            headers: vec![(
                "Content-Type".to_owned(),
                "application/x-www-form-urlencoded".to_owned(),
            )],
            body: Some(form.clone().into_bytes()),
        };
        let answer = watched.send(request.clone()).await.expect_status(status);
        if status == 200 {
            let token = answer.json()["access_token"].as_str().unwrap().to_owned();
            let request = scim_request(&token, "GET", "/Users", &[], None);
            watched.send(request).await.expect_status(200);
        }
        // In the address, or at an address that takes no forms.
        let misplaced = Request {
            target: format!("/oauth/token?{form}"),
            body: None,
            ..request.clone()
        };
        watched.send(misplaced).await.expect_status(400);
        let misplaced = Request {
            target: "/scim/v2/oauth/token".to_owned(),
            ..request
        };
        watched.send(misplaced).await;
    }
    secret
}
