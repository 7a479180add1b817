//! Runs against small servers that behave in a chosen way.

use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// A request as the server saw it.
#[derive(Debug, Clone)]
struct Seen {
    method: String,
    path: String,
    head: String,
    body: String,
}

/// A server that answers each request by a function of it: status, further header lines, body.
struct Server {
    base: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    async fn start(
        answer: impl Fn(&Seen) -> (u16, &'static str, String) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/scim", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (seen.clone(), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (log, answer) = (log.clone(), answer.clone());
                tokio::spawn(async move {
                    let mut bytes = Vec::new();
                    let request = loop {
                        let mut chunk = [0; 4096];
                        let read = stream.read(&mut chunk).await.unwrap_or_default();
                        if read == 0 {
                            return;
                        }
                        bytes.extend_from_slice(&chunk[..read]);
                        if let Some(request) = parsed(&bytes) {
                            break request;
                        }
                    };
                    log.lock().unwrap().push(request.clone());
                    let (status, headers, body) = answer(&request);
                    let length = body.len();
                    let text = format!(
                        "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-type: application/scim+json\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
                    );
                    _ = stream.write_all(text.as_bytes()).await;
                });
            }
        });
        Self { base, seen }
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    fn options(&self) -> Options {
        Options {
            client: "generic".to_owned(),
            server: self.base.clone(),
            token: "very-secret".to_owned(),
            users: 4,
            groups: 1,
            seed: 1,
            keep: false,
            timeout: Duration::from_mins(1),
        }
    }

    async fn play(&self, document: &Value) -> Report {
        let scenario = Scenario::parse(&document.to_string()).unwrap();
        let options = self.options();
        let never = std::future::pending();
        play(&scenario, &options, never, &|_| {}).await.unwrap()
    }
}

fn parsed(bytes: &[u8]) -> Option<Seen> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length = head.to_lowercase();
    let length = length.split("content-length: ").nth(1);
    let length: usize = length.map_or(0, |rest| rest.lines().next().unwrap().parse().unwrap());
    if body.len() < length {
        return None;
    }
    let mut first = head.split(' ');
    Some(Seen {
        method: first.next()?.to_owned(),
        path: first.next()?.strip_prefix("/scim")?.to_owned(),
        head: head.to_owned(),
        body: body.to_owned(),
    })
}

fn scenario(steps: &Value) -> Value {
    json!({
        "client": "A test", "about": "A test.",
        "headers": {"Content-Type": "application/scim+json"},
        "retry": {"attempts": 2, "wait": 0, "longest": 1},
        "phases": [{"name": "only", "steps": steps}],
    })
}

fn create() -> Value {
    json!({"name": "create", "for": "users", "method": "POST", "path": "/Users", "body": {"userName": "{{user.userName}}"},
        "status": [201], "save": {"user.id": "/id"}, "why": "because"})
}

#[test]
fn every_document_can_be_played() {
    for (name, document) in clients::CLIENTS {
        if let Err(error) = Scenario::parse(document) {
            panic!("{name}: {error}");
        }
    }
}

#[tokio::test]
async fn what_was_made_is_deleted_and_nothing_else() {
    let server = Server::start(|request| match request.method.as_str() {
        "POST" => (
            201,
            "",
            json!({"id": request.body.len().to_string()}).to_string(),
        ),
        _ => (204, "", String::new()),
    })
    .await;
    let report = server.play(&scenario(&json!([create()]))).await;
    assert!(report.is_passed());
    let seen = server.seen();
    let mut made: Vec<String> = Vec::new();
    for request in seen.iter().filter(|request| request.method == "POST") {
        made.push(format!("/Users/{}", request.body.len()));
    }
    made.sort();
    made.dedup();
    let deleted = seen.iter().filter(|request| request.method == "DELETE");
    let mut deleted: Vec<String> = deleted.map(|request| request.path.clone()).collect();
    deleted.sort();
    assert_eq!(deleted, made);
    assert_eq!(report.cleanup.left, 0);
}

#[tokio::test]
async fn a_stranger_in_a_list_is_never_touched() {
    let server = Server::start(|request| match request.method.as_str() {
        "GET" => {
            let stranger = json!({"id": "42", "userName": "the.boss@example.com"});
            (
                200,
                "",
                json!({"totalResults": 1, "Resources": [stranger]}).to_string(),
            )
        }
        _ => (500, "", String::new()),
    })
    .await;
    let look = json!([{"name": "look", "for": "users", "method": "GET", "path": "/Users?filter=x", "status": [200], "why": "because",
        "adopt": {"user": "{{user.userName}}"},
        "branches": [{"adopted": true, "steps": [{"name": "change", "method": "PUT", "path": "/Users/{{user.id}}", "body": {}, "status": [200], "why": "because"}]}]},
        {"name": "delete", "method": "DELETE", "path": "/Users/42", "status": [204], "why": "because"}]);
    let report = server.play(&scenario(&look)).await;
    assert!(server.seen().iter().all(|request| request.method == "GET"));
    assert_eq!(report.traffic.not_sent, 1);
}

#[tokio::test]
async fn the_client_waits_as_the_server_asks() {
    let answered = Mutex::new(0);
    let server = Server::start(move |_| {
        let mut answered = answered.lock().unwrap();
        *answered += 1;
        match *answered {
            1 => (429, "retry-after: 0\r\n", String::new()),
            2 => (503, "", String::new()),
            3 => (200, "", "{}".to_owned()),
            _ => (503, "retry-after: 3600\r\n", String::new()),
        }
    })
    .await;
    let read = json!([{"name": "read", "method": "GET", "path": "/Users", "status": [200], "why": "because"},
        {"name": "read again", "method": "GET", "path": "/Users", "status": [200], "why": "because"}]);
    let report = server.play(&scenario(&read)).await;
    assert_eq!(report.traffic.retries, 2);
    assert_eq!(report.traffic.requests, 4);
    assert_eq!(report.score, Score { passed: 1, made: 2 });
}

#[tokio::test]
async fn the_token_is_sent_and_not_shown() {
    let server = Server::start(|request| (400, "", request.head.clone())).await;
    let read = json!([{"name": "read", "method": "GET", "path": "/Users", "status": [200], "why": "because"}]);
    let report = server.play(&scenario(&read)).await;
    assert!(server.seen()[0].head.contains("Bearer very-secret"));
    let shown = format!("{report} {}", serde_json::to_string(&report).unwrap());
    assert!(shown.contains("Bearer [token]"), "{shown}");
    assert!(!shown.contains("very-secret"));
}

#[tokio::test]
async fn the_same_failure_is_shown_once_and_counted() {
    let server = Server::start(|_| (500, "", "{}".to_owned())).await;
    let report = server.play(&scenario(&json!([create()]))).await;
    assert_eq!(report.findings.len(), 1);
    assert_eq!(report.findings[0].count, 4);
    assert_eq!(report.findings[0].failed[0].expected, "status 201");
    assert!(!report.is_passed());
}

#[tokio::test]
async fn a_server_that_does_not_answer_ends_the_run() {
    let server = Server::start(|_| (200, "", String::new())).await;
    let options = Options {
        server: "http://127.0.0.1:1/scim".to_owned(),
        ..server.options()
    };
    let report = run(&options, &|_| {}).await.unwrap();
    assert_eq!(
        report.stopped.as_deref(),
        Some("the server does not answer")
    );
    assert_eq!(report.traffic.transport_failures, 5);
    assert!(!report.is_passed());
}

#[tokio::test]
async fn an_interrupted_run_still_cleans_up() {
    let server = Server::start(|request| match request.method.as_str() {
        "POST" => (201, "", json!({"id": "7"}).to_string()),
        _ => (204, "", String::new()),
    })
    .await;
    let scenario = Scenario::parse(&scenario(&json!([create()])).to_string()).unwrap();
    let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
    let sender = Mutex::new(Some(sender));
    let on_progress = |_: &Progress<'_>| drop(sender.lock().unwrap().take());
    let interrupted = async {
        _ = receiver.await;
    };
    let report = play(&scenario, &server.options(), interrupted, &on_progress)
        .await
        .unwrap();
    assert_eq!(report.stopped.as_deref(), Some("it was interrupted"));
    assert!(
        server
            .seen()
            .iter()
            .any(|request| request.method == "DELETE")
    );
}

#[tokio::test]
async fn pages_are_read_to_the_end_and_compared() {
    let server = Server::start(|request| match request.method.as_str() {
        "POST" => {
            let number = request.body.split('.').nth(1).unwrap().to_owned();
            (201, "", json!({"id": number}).to_string())
        }
        // The third user is on no page, the second on two.
        "GET" if request.path.contains("startIndex=1&") => (
            200,
            "",
            json!({"totalResults": 4, "Resources": [{"id": "0"}, {"id": "1"}]}).to_string(),
        ),
        "GET" => (
            200,
            "",
            json!({"totalResults": 4, "Resources": [{"id": "1"}, {"id": "3"}]}).to_string(),
        ),
        _ => (204, "", String::new()),
    })
    .await;
    let walk = json!({"name": "walk", "method": "GET", "path": "/Users?startIndex={{page.start}}&count={{page.count}}",
        "walk": {"count": 2, "complete": "users"}, "status": [200], "why": "because"});
    let report = server.play(&scenario(&json!([create(), walk]))).await;
    assert_eq!(
        report.findings[0].failed[0].found,
        "1 on no page, 1 on more than one"
    );
}
