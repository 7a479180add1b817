//! Refusals that depend on rights, settings, limits and the database: met for real and explained.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use muster::server::open_service;
use muster::service::admin;
use muster::service::explain::explain;
use muster::service::shield::{self, Which};
use serde_json::json;

use super::Logged;
use super::refusals::assert_words;
use crate::support::Db;
use crate::support::server::{id_of, patch_of, user};

on_both_databases!(
    refusals_by_rights_are_explained,
    refusals_by_settings_are_explained,
    refusals_by_the_shield_are_explained,
    refusals_by_limits_are_explained,
    a_database_that_is_away_is_explained,
);

async fn refusals_by_rights_are_explained(db: Db) {
    let logged = Logged::with_profile(db).await;
    let one = id_of(&logged.call("POST", "/Users", Some(&user("one"))).await);
    let other = id_of(&logged.call("POST", "/Users", Some(&user("other"))).await);
    let path = format!("/Users/{one}");
    let reading = logged.token_of(&logged.connection, "read", None).await;
    let own = logged
        .token_of(&logged.connection, "read write", Some(&other))
        .await;
    let refused = logged
        .as_token(&reading, "DELETE", &path, &[], None)
        .await
        .expect_status(403);
    let explained = logged
        .assert_explained("insufficientScope", &refused, true)
        .await;
    assert!(explained.refused[1].contains("users:delete"), "{explained}");
    let refused = logged
        .as_token(&own, "GET", &path, &[], None)
        .await
        .expect_status(403);
    logged.assert_explained("forbidden", &refused, true).await;
    // The token of somebody who may not use the account any more: whose it is, is known.
    let off = patch_of(&json!([{"op": "replace", "path": "active", "value": false}]));
    logged
        .call("PATCH", &format!("/Users/{other}"), Some(&off))
        .await
        .expect_status(200);
    let refused = logged
        .as_token(&own, "GET", "/Me", &[], None)
        .await
        .expect_status(401);
    let entry = logged.entry(&refused).await;
    assert_eq!(entry.error_kind.as_deref(), Some("invalidToken"));
    let explained = logged.explained(&refused).await;
    let said = entry.detail.unwrap();
    assert_words("invalidToken", &explained, &said, true);
    let frozen = logged.connect("frozen", &[]).await;
    let token = logged.token_of(&frozen, "read write", None).await;
    admin::set_frozen(logged.server.service(), &frozen, true)
        .await
        .unwrap();
    let held = logged
        .as_token(&token, "DELETE", &path, &[], None)
        .await
        .expect_status(503);
    let explained = logged.assert_explained("frozen", &held, true).await;
    assert!(explained.summary.contains(": held, 503"), "{explained}");
    logged.stop().await;
}

async fn refusals_by_settings_are_explained(db: Db) {
    let logged = Logged::with_profile(db).await;
    let careful = logged
        .connect("careful", &[("write.if_match", "required")])
        .await;
    let token = logged.token_of(&careful, "read write", None).await;
    let mut ids = Vec::new();
    for name in ["one", "two"] {
        ids.push(id_of(
            &logged.call("POST", "/Users", Some(&user(name))).await,
        ));
    }
    let path = |position: usize| format!("/Users/{}", ids[position]);
    let refused = logged
        .as_token(&token, "PUT", &path(0), &[], Some(&user("one")))
        .await
        .expect_status(428);
    let explained = logged
        .assert_explained("preconditionRequired", &refused, true)
        .await;
    let setting = "Setting write.if_match is required here";
    assert!(
        explained
            .advice
            .iter()
            .any(|step| step.starts_with(setting)),
        "{explained}"
    );
    // Other kinds that a setting decides about name it with its value.
    let strict = logged
        .connect(
            "strict",
            &[
                ("patch.replace_unmatched", "error"),
                ("values.string_booleans", "refuse"),
            ],
        )
        .await;
    let token = logged.token_of(&strict, "read write", None).await;
    for (kind, operations, setting) in [
        (
            "noTarget",
            json!([{"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "x"}]),
            "patch.replace_unmatched is error",
        ),
        (
            "invalidValue",
            json!([{"op": "Replace", "path": "active", "value": "False"}]),
            "values.string_booleans is refuse",
        ),
    ] {
        let refused = logged
            .as_token(&token, "PATCH", &path(1), &[], Some(&patch_of(&operations)))
            .await
            .expect_status(400);
        let explained = logged.assert_explained(kind, &refused, true).await;
        let wanted = format!("Setting {setting} here");
        assert!(
            explained
                .advice
                .iter()
                .any(|step| step.starts_with(&wanted)),
            "{setting}: {explained}"
        );
    }
    logged.stop().await;
}

async fn refusals_by_the_shield_are_explained(db: Db) {
    let logged = Logged::with_profile(db).await;
    let mut ids = Vec::new();
    for name in ["one", "two"] {
        ids.push(id_of(
            &logged.call("POST", "/Users", Some(&user(name))).await,
        ));
    }
    let path = |position: usize| format!("/Users/{}", ids[position]);
    let bounds = [
        ("shield.count", "1"),
        ("shield.percent", "100"),
        ("shield.spare", "1"),
    ];
    let shielded = logged.connect("shielded", &bounds).await;
    let token = logged.token_of(&shielded, "read write", None).await;
    logged
        .as_token(&token, "DELETE", &path(0), &[], None)
        .await
        .expect_status(204);
    let held = logged
        .as_token(&token, "DELETE", &path(1), &[], None)
        .await
        .expect_status(503);
    let explained = logged.assert_explained("held", &held, true).await;
    for setting in [
        "shield.mode is on",
        "shield.count is 1 ",
        "shield.percent is 100 ",
        "shield.window_minutes is 60 ",
    ] {
        let wanted = format!("Setting {setting}");
        assert!(
            explained
                .advice
                .iter()
                .any(|step| step.starts_with(&wanted)),
            "{setting}: {explained}"
        );
    }
    let name = "\"two\"";
    assert!(
        explained
            .matched
            .iter()
            .any(|sentence| sentence.contains(name)),
        "{explained}"
    );
    shield::decide(logged.server.service(), &shielded, &Which::All, false)
        .await
        .unwrap();
    let rejected = logged
        .as_token(&token, "DELETE", &path(1), &[], None)
        .await
        .expect_status(403);
    logged.assert_explained("rejected", &rejected, true).await;
    logged.stop().await;
}

async fn refusals_by_limits_are_explained(db: Db) {
    let logged = Logged::with(db, "entra", |config| {
        config.limits.scan = 3;
        config.limits.body_timeout = Duration::from_millis(300);
        config.pagination.cursor_seconds = 0;
    })
    .await;
    for number in 0..5 {
        let mut document = user(&format!("user {number}"));
        document["title"] = json!("x");
        logged
            .call("POST", "/Users", Some(&document))
            .await
            .expect_status(201);
    }
    let refused = logged
        .call("GET", "/Users?filter=title+co+%22x%22", None)
        .await
        .expect_status(400);
    let explained = logged.assert_explained("tooMany", &refused, true).await;
    assert!(explained.refused[1].contains("title"), "{explained}");
    let page = logged
        .call("GET", "/Users?cursor=&count=1", None)
        .await
        .json();
    let next = format!(
        "/Users?count=1&cursor={}",
        page["nextCursor"].as_str().unwrap()
    );
    let mut expired = logged.call("GET", &next, None).await;
    for _ in 0..100 {
        if expired.status != 200 {
            break;
        }
        expired = logged.call("GET", &next, None).await;
    }
    logged
        .assert_explained("expiredCursor", &expired, true)
        .await;
    let (root, token) = (logged.server.root_url(), logged.token.clone());
    let answer = tokio::task::spawn_blocking(move || half_a_body(&root, &token))
        .await
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    let entry = logged.entry_of("half-a-body").await;
    assert_eq!(entry.error_kind.as_deref(), Some("requestTimeout"));
    let explained = explain(logged.server.service(), &entry).await.unwrap();
    let said = entry.detail.unwrap();
    assert_words("requestTimeout", &explained, &said, true);
    assert!(
        explained.understood[0].contains("did not arrive"),
        "{explained}"
    );
    logged.stop().await;
    let logged = Logged::with(db, "entra", |config| config.limits.requests_per_second = 1).await;
    let mut limited = logged.call("GET", "/Users", None).await;
    for _ in 0..50 {
        if limited.status == 429 {
            break;
        }
        limited = logged.call("GET", "/Users", None).await;
    }
    logged
        .assert_explained("rateLimited", &limited.expect_status(429), true)
        .await;
    logged.stop().await;
}

/// Sends the head and half of the body of a request; the answer.
fn half_a_body(root: &str, token: &str) -> String {
    let authority = root.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(authority).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_mins(1)))
        .unwrap();
    let head = format!(
        "POST /scim/v2/Users HTTP/1.1\r\nHost: {authority}\r\nAuthorization: Bearer {token}\r\nX-Request-Id: half-a-body\r\n\
         Content-Type: application/scim+json\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n{{\"userName\":"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = Vec::new();
    // The server may end the connection without ado.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

async fn a_database_that_is_away_is_explained(db: Db) {
    let logged = Logged::with_profile(db).await;
    let headers = [("X-Request-Id", "away")];
    logged.server.service().store.close().await;
    let failed = logged
        .as_token(&logged.token, "GET", "/Users", &headers, None)
        .await;
    let failed = failed.expect_status(503);
    assert!(
        failed.header("Retry-After").is_some(),
        "{}",
        failed.describe()
    );
    let entry = logged.entry(&failed).await;
    assert_eq!(
        (entry.error_kind.as_deref(), entry.outcome.as_str()),
        (Some("unavailable"), "failed")
    );
    // By another process, once the database is back.
    let service = open_service(&logged.config).await.unwrap();
    let explained = explain(&service, &entry).await.unwrap();
    assert_words("unavailable", &explained, &entry.detail.unwrap(), false);
    assert!(
        explained.summary.contains("the server's fault"),
        "{explained}"
    );
    service.store.close().await;
    logged.log.close().await;
}
