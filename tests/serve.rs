//! The server as a process: its start, its end, its logs, its request ids, its links.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use muster::server::Server;
use serde_json::{Value, json};

use crate::support::http::{Response, send};
use crate::support::process::Instance;
use crate::support::server::{config_for, fresh_tenant_on, id_of, scim_request, user};
use crate::support::{Db, fresh_database, fresh_tenant, unique};

const TOKEN: &str = "a-bootstrap-token-of-forty-characters-00";
const BOOTSTRAP: (&str, &str) = ("MUSTER_SERVER__BOOTSTRAP_TOKEN", TOKEN);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_in_flight_are_answered_after_sigterm() {
    requests_in_flight_are_answered_after("TERM").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_in_flight_are_answered_after_sigint() {
    requests_in_flight_are_answered_after("INT").await;
}

/// Clients have sent half of their request when the signal comes, and send the rest after it.
async fn requests_in_flight_are_answered_after(signal: &str) {
    let database = fresh_database(Db::Sqlite).await;
    let mut instance = Instance::spawn(&database.url, &[BOOTSTRAP]);
    let root = instance.root();
    let mut halves: Vec<(TcpStream, String)> = (0..20).map(|_| send_half(&root)).collect();
    // The server has to have seen the requests before it is told to stop.
    tokio::time::sleep(Duration::from_millis(500)).await;
    instance.signal(signal);
    tokio::time::sleep(Duration::from_millis(300)).await;
    for (stream, rest) in &mut halves {
        stream.write_all(rest.as_bytes()).unwrap();
    }
    for (mut stream, _) in halves {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 201 "), "{answer:?}");
    }
    let ended = instance.wait();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
}

/// Sends the head and half of the body of a request that creates a user; returns the rest.
fn send_half(root: &str) -> (TcpStream, String) {
    let authority = root.strip_prefix("http://").unwrap();
    let body = user(&unique()).to_string();
    let (first, rest) = body.split_at(body.len() / 2);
    let mut stream = TcpStream::connect(authority).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_mins(1)))
        .unwrap();
    let request = format!(
        "POST /scim/v2/Users HTTP/1.1\r\nHost: {authority}\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Type: application/scim+json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{first}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    (stream, rest.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_servers_start_at_once_on_one_empty_database() {
    let database = fresh_database(Db::Postgres).await;
    let mut instances: Vec<Instance> = (0..4)
        .map(|_| Instance::spawn(&database.url, &[]))
        .collect();
    let roots: Vec<String> = instances.iter_mut().map(Instance::root).collect();
    let token = find_token(&instances).await;
    let created = call(&roots[0], &token, "POST", "/Users", Some(&user("bjensen"))).await;
    let path = format!("/Users/{}", id_of(&created.expect_status(201)));
    for root in &roots {
        call(root, &token, "GET", &path, None)
            .await
            .expect_status(200);
    }
    let mut tokens = Vec::new();
    for instance in instances {
        instance.signal("TERM");
        let ended = instance.wait();
        assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
        tokens.extend(tokens_in(&ended.stdout));
    }
    assert_eq!(tokens, [token]);
}

/// The token that one of the servers prints; it may come after the address.
async fn find_token(instances: &[Instance]) -> String {
    for _ in 0..500 {
        let token = instances
            .iter()
            .find_map(|instance| tokens_in(&instance.stdout()).pop());
        if let Some(token) = token {
            return token;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("no server printed a token");
}

fn tokens_in(output: &str) -> Vec<String> {
    let is_token = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    output
        .split(|letter: char| !is_token(letter))
        .filter(|word| word.starts_with("mst_"))
        .map(str::to_owned)
        .collect()
}

async fn call(root: &str, token: &str, method: &str, path: &str, body: Option<&Value>) -> Response {
    send(root, scim_request(token, method, path, &[], body))
        .await
        .unwrap()
}

/// shows: P-1.3-01
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_begin_with_the_public_url() {
    const PUBLIC_URL: &str = "https://directory.example/people/and/groups";
    let database = fresh_database(Db::Sqlite).await;
    let mut config = config_for(&database.url);
    config.server.public_url = Some(PUBLIC_URL.to_owned());
    let server = Server::start(config).await.unwrap();
    let tenant = fresh_tenant_on(&server).await;
    let created = tenant.post("/Users", &user("bjensen")).await;
    let created = created.expect_status(201);
    let id = id_of(&created);
    let location = format!("{PUBLIC_URL}/scim/v2/Users/{id}");
    assert_eq!(created.header("Location"), Some(location.as_str()));
    assert_eq!(created.json()["meta"]["location"], json!(location));
    // The query of a request is not part of a link.
    let read = tenant.get(&format!("/Users/{id}?attributes=meta")).await;
    let read = read.expect_status(200).json();
    assert_eq!(read["meta"]["location"], json!(location));
    let group = tenant.create_group(&[id]).await;
    let group = tenant.get(&format!("/Groups/{group}")).await;
    let group = group.expect_status(200).json();
    assert_eq!(group["members"][0]["$ref"], json!(location));
    let user_type = tenant.get("/ResourceTypes/User").await;
    let user_type = user_type.expect_status(200).json();
    let location = format!("{PUBLIC_URL}/scim/v2/ResourceTypes/User");
    assert_eq!(user_type["meta"]["location"], json!(location));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_id_is_echoed_or_made() {
    let tenant = fresh_tenant(Db::Sqlite).await;
    let headers = [("X-Request-Id", "abc-123")];
    for path in ["/Users", "/Users/unknown", "/Unknown"] {
        let echoed = tenant.request("GET", path, &headers, None).await;
        assert_eq!(echoed.header("X-Request-Id"), Some("abc-123"), "{path}");
        let first = tenant.get(path).await;
        let second = tenant.get(path).await;
        let made = first.header("X-Request-Id").expect("a request id");
        assert!(!made.is_empty());
        assert_ne!(Some(made), second.header("X-Request-Id"), "{path}");
    }
}

/// shows: P-7.5.2-02
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logs_contain_no_token_no_query_and_no_body() {
    for db in [Db::Sqlite, Db::Postgres] {
        logs_tell_no_secrets(db).await;
    }
}

async fn logs_tell_no_secrets(db: Db) {
    let database = fresh_database(db).await;
    let environment = [BOOTSTRAP, ("MUSTER_LOG__FORMAT", "json")];
    let mut instance = Instance::spawn(&database.url, &environment);
    let root = instance.root();
    let (in_query, in_body, in_password) = (unique(), unique(), unique());
    let wrong_token = format!("mst_{}{}", unique(), unique());
    let query = format!("/Users?filter=displayName%20eq%20%22{in_query}%22");
    let bad_query = format!("/Users?filter=nonsense%20{in_query}");
    let mut document = user(&in_body);
    document["password"] = json!(in_password);
    let mut wrong = user(&in_body);
    wrong["active"] = json!(in_body);
    for (method, path, body, token) in [
        ("POST", "/Users", Some(&document), TOKEN),
        ("POST", "/Users", Some(&document), TOKEN),
        ("POST", "/Users", Some(&wrong), TOKEN),
        ("GET", query.as_str(), None, TOKEN),
        ("GET", bad_query.as_str(), None, TOKEN),
        ("GET", query.as_str(), None, wrong_token.as_str()),
    ] {
        call(&root, token, method, path, body).await;
    }
    instance.signal("TERM");
    let ended = instance.wait();
    assert!(!ended.stderr.is_empty(), "there is no log");
    for line in ended.stderr.lines().filter(|line| !line.is_empty()) {
        let is_object = serde_json::from_str::<Value>(line).is_ok_and(|line| line.is_object());
        assert!(is_object, "not a JSON object: {line}");
        // What a client does wrong is nothing for whoever looks after the server.
        assert!(!line.contains("\"ERROR\""), "{line}");
    }
    for secret in [TOKEN, &in_query, &in_body, &in_password, &wrong_token] {
        assert!(
            !ended.stderr.contains(secret),
            "{secret}:\n{}",
            ended.stderr
        );
    }
}
