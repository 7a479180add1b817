//! `muster log`: lists, single entries, and what comes while one looks.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use muster::service::admin;
use muster::store::log::Entry;
use serde_json::{Value, json};

use super::Logged;
use crate::support::Db;
use crate::support::command::{command, muster};
use crate::support::http::Response;
use crate::support::server::{id_of, patch_of, scim_request, user};
use crate::support::unique;

on_both_databases!(
    entries_are_listed_by_what_they_have,
    pages_of_a_list_meet_without_gaps,
    an_entry_is_shown_whole,
    an_entry_is_explained,
    requests_are_printed_as_they_come,
);

impl Logged {
    fn json(&self, arguments: &[&str]) -> Value {
        let arguments = [arguments, &["-o", "json"]].concat();
        let printed = muster(&self.database.url, &arguments).expect_success();
        serde_json::from_str(&printed)
            .unwrap_or_else(|error| panic!("{arguments:?}: {error}: {printed}"))
    }

    /// The numbers of the entries that are listed.
    fn listed(&self, arguments: &[&str]) -> Vec<i64> {
        let rows = self.json(&[&["log", "list"], arguments].concat());
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row["id"].as_i64().unwrap()).collect()
    }

    async fn number(&self, response: &Response) -> i64 {
        self.entry(response).await.key
    }
}

async fn entries_are_listed_by_what_they_have(db: Db) {
    let logged = Logged::new(db).await;
    let service = logged.server.service();
    let tenant = logged.tenant.name.as_str();
    let second = admin::create_connection(service, &logged.tenant, "second", "generic", &[]).await;
    let second = second.unwrap();
    let token = admin::create_token(service, &second, Some("read write"), None, None).await;
    let token = token.unwrap().secret;
    let created = logged.call("POST", "/Users", Some(&user("bjensen"))).await;
    let id = id_of(&created);
    let path = format!("/Users/{id}");
    let change = patch_of(&json!([{"op": "replace", "path": "title", "value": "x"}]));
    let patched = logged
        .send(scim_request(&token, "PATCH", &path, &[], Some(&change)))
        .await
        .expect_status(200);
    let refused = logged
        .call("POST", "/Users", Some(&user("bjensen")))
        .await
        .expect_status(409);
    let failed = logged
        .call("POST", "/Me", Some(&user("x")))
        .await
        .expect_status(501);
    admin::set_frozen(service, &second, true).await.unwrap();
    let held = logged
        .send(scim_request(&token, "DELETE", &path, &[], None))
        .await
        .expect_status(503);
    let unknown = logged
        .send(scim_request("mst_unknown", "GET", "/Users", &[], None))
        .await
        .expect_status(401);
    let mut keys = Vec::new();
    for answer in [&created, &patched, &refused, &failed, &held, &unknown] {
        keys.push(logged.number(answer).await);
    }
    assert!(keys.is_sorted(), "{keys:?}");
    let of = |positions: &[usize]| -> Vec<i64> {
        positions.iter().map(|position| keys[*position]).collect()
    };
    let request_id = refused.header("X-Request-Id").unwrap();
    let last = keys[3].to_string();
    for (arguments, positions) in [
        (vec![], vec![5, 4, 3, 2, 1, 0]),
        (vec!["--tenant", tenant], vec![4, 3, 2, 1, 0]),
        (vec!["--tenant", "default"], vec![]),
        (
            vec!["--tenant", tenant, "--connection", "test"],
            vec![3, 2, 0],
        ),
        (
            vec!["--tenant", tenant, "--connection", "second"],
            vec![4, 1],
        ),
        (vec!["--outcome", "ok"], vec![1, 0]),
        (vec!["--outcome", "refused"], vec![5, 2]),
        (vec!["--outcome", "held"], vec![4]),
        (vec!["--outcome", "failed"], vec![3]),
        (vec!["--tenant", tenant, "--outcome", "refused"], vec![2]),
        (vec!["--resource", &id], vec![4, 1, 0]),
        (
            vec!["--resource", "0199aaaa-0000-7000-8000-00000000beef"],
            vec![],
        ),
        (
            vec![
                "--resource",
                &id,
                "--outcome",
                "ok",
                "--tenant",
                tenant,
                "--connection",
                "second",
            ],
            vec![1],
        ),
        (vec!["--request", request_id], vec![2]),
        (vec!["--limit", "2"], vec![5, 4]),
        (vec!["--limit", "2", "--before", &last], vec![2, 1]),
        (vec!["--since", "1h"], vec![5, 4, 3, 2, 1, 0]),
        (vec!["--until", "1h"], vec![]),
    ] {
        assert_eq!(logged.listed(&arguments), of(&positions), "{arguments:?}");
    }
    for (wrong, code) in [
        (&["--outcome", "perhaps"][..], 2),
        (&["--since", "yesterday"], 2),
        (&["--limit", "0"], 2),
        (&["--limit", "10001"], 2),
        (&["--tenant", "nobody"], 3),
        (&["--tenant", tenant, "--connection", "nobody"], 3),
    ] {
        let ended = muster(&logged.database.url, &[&["log", "list"], wrong].concat());
        assert_eq!(ended.code, Some(code), "{wrong:?}: {ended:?}");
    }
    logged.stop().await;
}

async fn pages_of_a_list_meet_without_gaps(db: Db) {
    const HOUR: i64 = 3_600_000_000;
    let logged = Logged::new(db).await;
    let now = logged.server.service().clock.now();
    // Two an hour, the oldest first.
    let entries: Vec<Entry> = (0..40)
        .map(|number| Entry {
            at: now - (20 - number / 2) * HOUR + 60_000_000,
            request_id: format!("n-{number}"),
            outcome: if number % 4 == 0 { "refused" } else { "ok" }.to_owned(),
            headers: "{}".to_owned(),
            status: 200,
            ..Entry::default()
        })
        .collect();
    logged.log.append(entries).await.unwrap();
    let everything = logged.listed(&["--limit", "10000"]);
    assert_eq!(everything.len(), 40);
    for size in ["1", "7", "39", "40", "41"] {
        let (mut pages, mut before) = (Vec::new(), None::<String>);
        loop {
            let mut arguments = vec!["--limit", size];
            if let Some(before) = &before {
                arguments.extend(["--before", before.as_str()]);
            }
            let page = logged.listed(&arguments);
            let Some(last) = page.last() else { break };
            before = Some(last.to_string());
            pages.extend(page);
            if size == "1" && pages.len() == 3 {
                break;
            }
        }
        assert_eq!(pages, everything[..pages.len()], "{size}");
        assert!(size == "1" || pages.len() == 40, "{size}");
    }
    // An entry of so many hours and a minute less: what is younger than the bound.
    for (hours, count) in [("1h", 2), ("5h", 10), ("19h", 38), ("30h", 40)] {
        assert_eq!(
            logged.listed(&["--since", hours]).len(),
            count,
            "since {hours}"
        );
        assert_eq!(
            logged.listed(&["--until", hours]).len(),
            40 - count,
            "until {hours}"
        );
    }
    assert_eq!(
        logged.listed(&["--since", "10h", "--until", "5h"]).len(),
        10
    );
    assert_eq!(
        logged
            .listed(&["--since", "10h", "--outcome", "refused"])
            .len(),
        5
    );
    logged.stop().await;
}

async fn an_entry_is_shown_whole(db: Db) {
    let logged = Logged::new(db).await;
    let headers = [("User-Agent", "a client/1.0")];
    let body = user("bjensen");
    let sent = scim_request(
        &logged.token,
        "POST",
        "/Users?attributes=userName",
        &headers,
        Some(&body),
    );
    let created = logged.send(sent).await.expect_status(201);
    let number = logged.number(&created).await.to_string();
    let shown = logged.json(&["log", "show", &number]);
    for (member, expected) in [
        ("id", json!(number.parse::<i64>().unwrap())),
        ("tenant", json!(logged.tenant.name)),
        ("connection", json!("test")),
        ("actor", json!("connection test")),
        ("address", json!("127.0.0.1")),
        ("request_id", json!(created.header("X-Request-Id"))),
        ("method", json!("POST")),
        ("path", json!("/scim/v2/Users")),
        ("query", json!("attributes=userName")),
        (
            "headers",
            json!({"user-agent": "a client/1.0", "content-type": "application/scim+json"}),
        ),
        ("resource_type", json!("User")),
        ("resource_id", json!(id_of(&created))),
        ("status", json!(201)),
        ("outcome", json!("ok")),
        ("error", Value::Null),
        ("request", body),
        ("response", created.json()),
        ("response_bytes", json!(created.body.len())),
    ] {
        assert_eq!(shown[member], expected, "{member}: {shown}");
    }
    let printed = muster(&logged.database.url, &["log", "show", &number]).expect_success();
    assert!(
        printed.contains("bjensen") && printed.contains("/scim/v2/Users"),
        "{printed}"
    );
    for wrong in ["show", "explain"] {
        let ended = muster(&logged.database.url, &["log", wrong, "999999"]);
        assert_eq!(ended.code, Some(3), "{ended:?}");
        assert!(ended.stderr.contains("muster log list"), "{ended:?}");
    }
    logged.stop().await;
}

async fn an_entry_is_explained(db: Db) {
    let logged = Logged::with(db, "entra", |_| ()).await;
    let created = logged.call("POST", "/Users", Some(&user("bjensen"))).await;
    let refused = logged
        .call("POST", "/Users", Some(&user("bjensen")))
        .await
        .expect_status(409);
    let number = logged.number(&refused).await.to_string();
    let printed = muster(&logged.database.url, &["log", "explain", &number]).expect_success();
    for part in [
        "Understood",
        "Matched",
        "Changed",
        "Refused",
        "What to do",
        "Muster said: ",
        &id_of(&created),
    ] {
        assert!(printed.contains(part), "{part}: {printed}");
    }
    let explained = logged.json(&["log", "explain", &number]);
    assert!(
        explained["summary"]
            .as_str()
            .unwrap()
            .contains("(profile entra)"),
        "{explained}"
    );
    assert!(
        explained["advice"].as_array().unwrap().len() >= 2,
        "{explained}"
    );
    logged.stop().await;
}

/// A command whose lines are read as they come; it is ended with the value.
struct Tail {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Tail {
    fn start(logged: &Logged, arguments: &[&str]) -> Self {
        let arguments = [&["log", "tail"], arguments].concat();
        let mut child = command(&logged.database.url, &arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self { child, lines }
    }

    /// The next line, if one comes in time.
    fn next(&self, patience: Duration) -> Option<String> {
        self.lines.recv_timeout(patience).ok()
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        // Both fail when it has ended by itself, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn requests_are_printed_as_they_come(db: Db) {
    let logged = Logged::new(db).await;
    let before = logged.call("GET", "/Users?count=1&before=it", None).await;
    logged.entry(&before).await;
    let tenant = logged.tenant.name.clone();
    let all = Tail::start(&logged, &["-o", "jsonl"]);
    let refused = Tail::start(
        &logged,
        &[
            "--tenant",
            &tenant,
            "--connection",
            "test",
            "--outcome",
            "refused",
        ],
    );
    // It prints what comes after it has begun: something comes until it has.
    let started = Instant::now();
    let mut seen = None;
    while seen.is_none() {
        assert!(started.elapsed() < super::PATIENCE, "nothing is printed");
        logged.call("GET", "/Users?count=1&still=there", None).await;
        seen = all.next(Duration::from_millis(300));
    }
    let first = seen.unwrap();
    assert!(first.contains("still=there"), "{first}");
    let marker = unique();
    let path = format!("/Users/{marker}");
    while refused.next(Duration::from_millis(300)).is_none() {
        assert!(started.elapsed() < super::PATIENCE, "nothing is printed");
        logged
            .call("GET", "/Users/nobody", None)
            .await
            .expect_status(404);
    }
    logged.call("GET", &path, None).await.expect_status(404);
    let mut lines = Vec::new();
    while !lines.iter().any(|line: &String| line.contains(&marker)) {
        lines.push(all.next(super::PATIENCE).expect("the request is printed"));
    }
    let line = lines.last().unwrap();
    let row: Value = serde_json::from_str(line).unwrap();
    assert_eq!(
        (&row["status"], &row["connection"]),
        (&json!(404), &json!("test")),
        "{line}"
    );
    let is_known = |line: &&String| line.contains("still=there") || line.contains("/Users/");
    assert_eq!(
        lines.iter().filter(is_known).count(),
        lines.len(),
        "{lines:?}"
    );
    loop {
        let line = refused
            .next(super::PATIENCE)
            .expect("the refusal is printed");
        assert!(line.contains("refused") && line.contains("404"), "{line}");
        if line.contains(&marker) {
            break;
        }
    }
    drop((all, refused));
    logged.stop().await;
}
